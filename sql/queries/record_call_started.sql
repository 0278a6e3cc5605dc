-- $1 record (see server/journal/record.h)
-- A call stored before keeps its status: the same record may come again after the call has ended, and
-- an outbound call's begins with the dialling and is completed later.
insert into calls (session_id, instance, client_type, direction, provider_call_id, from_number,
                   to_number, agent_id, agent_name, trace_id, start_time, client_state, status)
select r ->> 'session_id', r ->> 'instance', r ->> 'client_type', nullif(r ->> 'direction', ''),
       nullif(r ->> 'provider_call_id', ''), nullif(r ->> 'from_number', ''),
       nullif(r ->> 'to_number', ''), (r ->> 'agent_id')::bigint, nullif(r ->> 'agent_name', ''),
       nullif(r ->> 'trace_id', ''),
       timestamptz 'epoch' + (r ->> 'start_time')::bigint * interval '1 microsecond',
       nullif(r ->> 'client_state', ''), 'active'
  from (select $1::jsonb as r) record
on conflict (session_id) do update
   set instance = excluded.instance,
       client_type = excluded.client_type,
       direction = excluded.direction,
       provider_call_id = excluded.provider_call_id,
       from_number = excluded.from_number,
       to_number = excluded.to_number,
       agent_id = excluded.agent_id,
       agent_name = excluded.agent_name,
       trace_id = coalesce(excluded.trace_id, calls.trace_id),
       start_time = excluded.start_time,
       client_state = coalesce(excluded.client_state, calls.client_state)
