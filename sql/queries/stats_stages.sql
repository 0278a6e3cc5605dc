-- $1, $2: from and to, microseconds since the epoch; calls count by when they began
-- What each stage of the agent's replies took.
select stage.name, count(*) as replies, round(avg(stage.ms))::bigint as mean_ms,
       round(percentile_cont(0.5) within group (order by stage.ms))::bigint as p50_ms,
       round(percentile_cont(0.95) within group (order by stage.ms))::bigint as p95_ms
  from calls c
  join transcripts t on t.call_id = c.id and t.role = 'assistant'
 cross join lateral (values ('endpointing', 1, (t.timings ->> 'endpointing_ms')::float8),
                            ('stt', 2, (t.timings ->> 'stt_ms')::float8),
                            ('llm', 3, (t.timings ->> 'llm_first_clause_ms')::float8),
                            ('tts', 4, (t.timings ->> 'tts_first_byte_ms')::float8))
         as stage (name, place, ms)
 where c.start_time >= timestamptz 'epoch' + $1::bigint * interval '1 microsecond'
   and c.start_time < timestamptz 'epoch' + $2::bigint * interval '1 microsecond'
   and c.deleted_at is null
   and stage.ms is not null
 group by stage.name, stage.place
 order by stage.place
