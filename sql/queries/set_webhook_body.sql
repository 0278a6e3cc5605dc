-- $1 id, $2 body
update webhook_deliveries set body = $2 where id = $1::bigint
