-- $1 id, $2 author, $3 action: the agent as it is now becomes a version of its history
insert into agent_versions (agent_id, version, name, config, author, action)
select id, version, name, config, $2, $3 from agents where id = $1::bigint
