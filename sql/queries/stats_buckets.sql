-- $1, $2: from and to, microseconds since the epoch; calls count by when they began
-- $3: 'hour' or 'day'; $4: the time zone whose hours and days they are
-- Every hour or day of the time, those without a call too. Days are as long as the zone's clocks
-- make them: 23 or 25 hours when they change.
with bounds as (
  select timestamptz 'epoch' + $1::bigint * interval '1 microsecond' as low,
         timestamptz 'epoch' + $2::bigint * interval '1 microsecond' as high
), series as (
  select generate_series(date_trunc('hour', low, $4::text), high - interval '1 microsecond',
                         interval '1 hour') as at
    from bounds
   where $3::text = 'hour'
  union all
  select generate_series(date_trunc('day', low at time zone $4::text),
                         (high - interval '1 microsecond') at time zone $4::text,
                         interval '1 day') at time zone $4::text
    from bounds
   where $3::text = 'day'
), chosen as (
  select c.id, c.status, date_trunc($3::text, c.start_time, $4::text) as at
    from calls c, bounds
   where c.start_time >= low and c.start_time < high and c.deleted_at is null
), counted as (
  select at, count(*) as calls, count(*) filter (where status = 'failed') as failed
    from chosen
   group by at
), timed as (
  select at, count(*) filter (where t.interrupted) as interrupted,
         percentile_cont(0.5) within group (order by (t.timings ->> 'response_ms')::float8) as p50,
         percentile_cont(0.95) within group (order by (t.timings ->> 'response_ms')::float8) as p95
    from chosen
    join transcripts t on t.call_id = chosen.id and t.role = 'assistant'
   group by at
)
select (extract(epoch from series.at) * 1000000)::bigint as at_us,
       coalesce(calls, 0) as calls, coalesce(failed, 0) as failed,
       coalesce(interrupted, 0) as interrupted,
       round(p50)::bigint as p50_ms, round(p95)::bigint as p95_ms
  from series
  left join counted on counted.at = series.at
  left join timed on timed.at = series.at
 order by series.at
