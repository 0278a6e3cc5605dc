-- $1 id, or null; $2 name, or null; with both null every agent
select a.id, a.name, a.config
  from agents a
 where a.id = $1::bigint or a.name = $2::text or ($1::bigint is null and $2::text is null)
 order by a.id
