-- $1 id
update instances set gone_at = now() where id = $1 returning host
