-- $1 filter, see calls_matching(); $2, $3: start_time (microseconds) and id of the last call of the page
-- before, both null for the first; $4 how many; $5 how many to pass over
select c.id, c.session_id, c.client_type, c.direction, c.from_number, c.to_number, c.provider_call_id, c.client_state,
       c.agent_id, c.agent_name, c.status, c.end_cause, c.error, c.extracted_data,
       c.extraction_state, c.extraction_error, c.usage, c.cost, c.trace_id,
       agent_retention_days(a.config, c.client_type) as agent_days,
       (extract(epoch from c.start_time) * 1000000)::bigint as start_us,
       (extract(epoch from c.end_time) * 1000000)::bigint as end_us,
       r.origin as recording_origin, r.state as recording_state, r.bytes as recording_bytes,
       r.duration_ms as recording_ms, r.reference as recording_reference,
       r.error as recording_error
  from calls_matching($1::jsonb) c
  left join recordings r on r.call_id = c.id
  left join agents a on a.id = c.agent_id
 where $2::bigint is null
    or (c.start_time, c.id) < (timestamptz 'epoch' + $2::bigint * interval '1 microsecond', $3::bigint)
 order by c.start_time desc, c.id desc
 limit $4::integer offset $5::integer
