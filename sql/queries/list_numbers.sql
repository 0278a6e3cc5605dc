-- $1 number, or null for all of them
select n.number, a.id as agent_id, a.name as agent_name, a.deleted_at is not null as agent_deleted,
       (extract(epoch from n.updated_at) * 1000000)::bigint as updated_us
  from agent_numbers n
  join agents a on a.id = n.agent_id
 where $1::text is null or n.number = $1::text
 order by n.number
