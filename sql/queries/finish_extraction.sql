-- $1 call id, $2 state, $3 data (JSON) or null, $4 error, $5 seconds to wait before another try
update calls
   set extraction_state = $2,
       extraction_at = extraction_at + $5 * interval '1 second',
       extracted_data = coalesce($3::json, extracted_data),
       extraction_error = nullif($4, '')
 where id = $1::bigint
