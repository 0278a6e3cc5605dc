-- $1 id of the delivery
update webhook_deliveries
   set state = 'pending', attempts = 0, next_attempt = now(), delivered_at = null
 where id = $1::bigint
