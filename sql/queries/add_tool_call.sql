-- $1 session_id, $2 tool_number, $3 reply, $4 model_id, $5 name, $6 arguments, $7 result, $8 ok,
-- $9 at (microseconds since 1970, UTC), $10 since_start_ms, $11 duration_ms
insert into tool_calls (call_id, tool_number, reply, model_id, name, arguments, result, ok, at,
                        since_start_ms, duration_ms)
select c.id, $2::integer, $3::bigint, $4, $5, $6, $7, $8::boolean,
       timestamptz 'epoch' + $9::bigint * interval '1 microsecond', $10::bigint, $11::bigint
  from calls c
 where c.session_id = $1
on conflict do nothing
