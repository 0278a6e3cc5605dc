-- $1 how many
-- Calls that are going on as far as the database knows, on any instance. One that has been open for long is
-- a crash's.
select c.id, c.session_id, c.client_type, c.direction, c.from_number, c.to_number, c.provider_call_id, c.client_state,
       c.agent_id, c.agent_name, c.status, c.end_cause, c.error, c.extracted_data,
       c.extraction_state, c.extraction_error, c.usage, c.cost, c.trace_id, null::integer as agent_days,
       (extract(epoch from c.start_time) * 1000000)::bigint as start_us,
       null::bigint as end_us,
       r.origin as recording_origin, r.state as recording_state, r.bytes as recording_bytes,
       r.duration_ms as recording_ms, r.reference as recording_reference,
       r.error as recording_error
  from calls c
  left join recordings r on r.call_id = c.id
 where c.end_time is null and c.deleted_at is null and c.start_time > now() - interval '4 hours'
   and c.status in ('active', 'queued', 'ringing', 'answered')
 order by c.start_time desc, c.id desc
 limit $1::integer
