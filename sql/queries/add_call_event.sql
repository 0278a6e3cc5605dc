-- $1 session_id, $2 name, $3 detail, $4 at (microseconds since 1970, UTC), $5 since_start_ms
-- No row is touched when the call is unknown, or the event is there already.
insert into call_events (call_id, name, detail, at, since_start_ms)
select c.id, $2, $3, timestamptz 'epoch' + $4::bigint * interval '1 microsecond', $5::bigint
  from calls c
 where c.session_id = $1
on conflict do nothing
