-- $1 id of a delivery. One that is still tried is not deleted.
delete from webhook_deliveries
 where id = $1::bigint and state <> 'pending'
