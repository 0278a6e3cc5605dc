-- $1 session_id, $2 client_type, $3 direction, $4 provider_call_id, $5 from_number, $6 to_number,
-- $7 agent_id, $8 agent_name, $9 start_time (microseconds since 1970, UTC)
-- A call stored before keeps its status: the same record may come again after the call has ended.
insert into calls (session_id, client_type, direction, provider_call_id, from_number, to_number,
                   agent_id, agent_name, start_time, status)
values ($1, $2, nullif($3, ''), nullif($4, ''), nullif($5, ''), nullif($6, ''),
        $7::bigint, nullif($8, ''), timestamptz 'epoch' + $9::bigint * interval '1 microsecond', 'active')
on conflict (session_id) do update
   set client_type = excluded.client_type,
       direction = excluded.direction,
       provider_call_id = excluded.provider_call_id,
       from_number = excluded.from_number,
       to_number = excluded.to_number,
       agent_id = excluded.agent_id,
       agent_name = excluded.agent_name,
       start_time = excluded.start_time
