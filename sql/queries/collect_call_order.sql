-- $1 id
-- No row: it has not been answered yet.
delete from call_orders where id = $1::uuid and status is not null returning status, answer
