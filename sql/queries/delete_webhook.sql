-- $1 id
delete from webhooks where id = $1::bigint
