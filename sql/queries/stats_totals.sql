-- $1, $2: from and to, microseconds since the epoch; calls count by when they began, deleted ones not
-- One row, whose only column is JSON. "Answered": somebody took the call, person or agent.
with chosen as (
  select c.id, c.status, c.cost,
         coalesce(c.status, '') not in ('queued', 'ringing', 'busy', 'no-answer', 'canceled')
           and coalesce(c.end_cause, '') <> 'not-answered' as answered,
         extract(epoch from coalesce(c.end_time, c.start_time) - c.start_time) * 1000 as ms
    from calls c
   where c.start_time >= timestamptz 'epoch' + $1::bigint * interval '1 microsecond'
     and c.start_time < timestamptz 'epoch' + $2::bigint * interval '1 microsecond'
     and c.deleted_at is null
), turns as (
  select t.interrupted, (t.timings ->> 'response_ms')::float8 as response_ms
    from transcripts t
    join chosen on chosen.id = t.call_id
   where t.role = 'assistant'
)
select json_build_object(
         'calls', (select count(*) from chosen),
         'answered', (select count(*) from chosen where answered),
         'failed', (select count(*) from chosen where status = 'failed'),
         'active', (select count(*) from chosen where status = 'active'),
         'talk_ms', (select coalesce(sum(ms), 0)::bigint from chosen where answered),
         'cost', (select json_build_object('amount', sum((cost ->> 'amount')::float8),
                                           'currency', max(cost ->> 'currency'))
                    from chosen
                   where cost ->> 'amount' is not null
                  having count(*) > 0),
         'replies', count(*),
         'interrupted', count(*) filter (where interrupted),
         'response_mean_ms', round(avg(response_ms)),
         'response_p50_ms', round(percentile_cont(0.5) within group (order by response_ms)),
         'response_p95_ms', round(percentile_cont(0.95) within group (order by response_ms)))::text as totals
  from turns
