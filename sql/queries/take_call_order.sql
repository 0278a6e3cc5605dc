-- $1 id
select call, kind, body from call_orders where id = $1::uuid and status is null
