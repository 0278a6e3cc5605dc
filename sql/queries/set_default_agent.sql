-- $1 id
update agents set is_default = true where id = $1::bigint
