-- $1 record (see server/journal/record.h)
-- No row is touched when the call is unknown, or the event is there already.
insert into call_events (call_id, name, detail, at, since_start_ms)
select c.id, r ->> 'name', r ->> 'detail',
       timestamptz 'epoch' + (r ->> 'time')::bigint * interval '1 microsecond',
       (r ->> 'since_start_ms')::bigint
  from (select $1::jsonb as r) record
  join calls c on c.session_id = r ->> 'session_id'
on conflict do nothing
