-- $1 record (see server/journal/record.h)
-- No row is touched when the call is unknown, as when it was deleted while it went on.
insert into transcripts (call_id, turn_number, role, content, generated, interrupted, "timestamp",
                         duration_ms, timings)
select c.id, (r ->> 'number')::integer, r ->> 'role', r ->> 'content', nullif(r ->> 'generated', ''),
       coalesce((r ->> 'interrupted')::boolean, false),
       timestamptz 'epoch' + (r ->> 'time')::bigint * interval '1 microsecond',
       (r ->> 'duration_ms')::integer, r -> 'timings'
  from (select $1::jsonb as r) record
  join calls c on c.session_id = r ->> 'session_id'
on conflict (call_id, turn_number) do update
   set role = excluded.role,
       content = excluded.content,
       generated = excluded.generated,
       interrupted = excluded.interrupted,
       "timestamp" = excluded."timestamp",
       duration_ms = excluded.duration_ms,
       timings = excluded.timings
