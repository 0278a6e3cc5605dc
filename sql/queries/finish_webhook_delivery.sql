-- $1 id, $2 state, $3 status, $4 error, $5 milliseconds until the next attempt
update webhook_deliveries
   set state = $2, last_status = $3::integer, last_error = nullif($4, ''),
       next_attempt = now() + $5::bigint * interval '1 millisecond',
       delivered_at = case when $2 = 'delivered' then now() end
 where id = $1::bigint
