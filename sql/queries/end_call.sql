-- $1 session_id, $2 status, $3 end_cause, $4 error, $5 end_time (microseconds since 1970, UTC),
-- $6 usage, $7 cost
-- The end may be stored twice: what has been extracted since stays.
update calls
   set status = $2,
       end_cause = nullif($3, ''),
       error = nullif($4, ''),
       end_time = timestamptz 'epoch' + $5::bigint * interval '1 microsecond',
       usage = coalesce($6::jsonb, usage),
       cost = coalesce($7::jsonb, cost),
       extraction_state = coalesce(extraction_state, 'waiting')
 where session_id = $1
