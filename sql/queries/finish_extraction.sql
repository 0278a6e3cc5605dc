-- $1 call id, $2 state, $3 data (JSON) or null, $4 error
update calls
   set extraction_state = $2,
       extracted_data = coalesce($3::json, extracted_data),
       extraction_error = nullif($4, '')
 where id = $1::bigint
