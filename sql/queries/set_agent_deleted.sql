-- $1 id, $2 whether
update agents
   set deleted_at = case when $2::boolean then now() end, updated_at = now()
 where id = $1::bigint
