-- $1 number, $2 agent's id
insert into agent_numbers (number, agent_id) values ($1, $2::bigint)
on conflict (number) do update set agent_id = excluded.agent_id, updated_at = now()
