-- $1 call id, $2 state, $3 data (JSON) or null, $4 error, $5 seconds to wait before another try
-- Nothing when the call has gone on meanwhile, or is to be read anew.
update calls
   set extraction_state = $2,
       extraction_at = extraction_at + $5 * interval '1 second',
       extracted_data = coalesce($3::json, extracted_data),
       extraction_error = nullif($4, '')
 where id = $1::bigint and extraction_state = 'running'
