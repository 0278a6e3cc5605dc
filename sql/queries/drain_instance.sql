-- $1 id
update instances set draining = true where id = $1
