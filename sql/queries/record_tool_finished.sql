-- $1 record (see server/journal/record.h)
insert into tool_calls (call_id, tool_number, reply, model_id, name, arguments, result, ok, at,
                        since_start_ms, duration_ms)
select c.id, (r ->> 'number')::integer, (r ->> 'reply')::bigint, r ->> 'id', r ->> 'name',
       r ->> 'arguments', r ->> 'result', (r ->> 'ok')::boolean,
       timestamptz 'epoch' + (r ->> 'time')::bigint * interval '1 microsecond',
       (r ->> 'since_start_ms')::bigint, (r ->> 'duration_ms')::bigint
  from (select $1::jsonb as r) record
  join calls c on c.session_id = r ->> 'session_id'
on conflict do nothing
