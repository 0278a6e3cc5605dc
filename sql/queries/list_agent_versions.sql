-- $1 agent's id, $2 version, or null for all of them
select v.version, v.name, v.config, v.author, v.action,
       (extract(epoch from v.created_at) * 1000000)::bigint as created_us
  from agent_versions v
 where v.agent_id = $1::bigint and ($2::integer is null or v.version = $2::integer)
 order by v.version desc
