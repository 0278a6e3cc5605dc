-- $1 id, $2 session ids (a JSON array)
-- Calls that were taken for lost and go on. What was extracted was of half a call.
update calls c
   set status = 'active', end_cause = null, error = null, end_time = null, extraction_state = null,
       extraction_at = null, extraction_tries = 0, extraction_error = null, extracted_data = null
 where c.instance = $1 and c.end_cause = 'instance-lost'
   and c.session_id in (select jsonb_array_elements_text($2::jsonb))
