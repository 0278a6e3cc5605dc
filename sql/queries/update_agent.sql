-- $1 id, $2 name, $3 config
update agents
   set name = $2, config = $3::jsonb, version = version + 1, updated_at = now()
 where id = $1::bigint
