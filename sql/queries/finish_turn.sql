-- $1 session_id, $2 turn_number, $3 role, $4 content, $5 generated, $6 interrupted,
-- $7 timestamp (microseconds since 1970, UTC), $8 duration_ms, $9 timings
-- No row is touched when the call is unknown, as when it was deleted while it went on.
insert into transcripts (call_id, turn_number, role, content, generated, interrupted, "timestamp",
                         duration_ms, timings)
select c.id, $2::integer, $3, $4, nullif($5, ''), $6::boolean,
       timestamptz 'epoch' + $7::bigint * interval '1 microsecond', $8::integer, $9::jsonb
  from calls c
 where c.session_id = $1
on conflict (call_id, turn_number) do update
   set role = excluded.role,
       content = excluded.content,
       generated = excluded.generated,
       interrupted = excluded.interrupted,
       "timestamp" = excluded."timestamp",
       duration_ms = excluded.duration_ms,
       timings = excluded.timings
