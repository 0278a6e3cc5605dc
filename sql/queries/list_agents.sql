-- $1 also the deleted ones
select a.id, a.name, a.config, a.version, a.is_default,
       (extract(epoch from a.created_at) * 1000000)::bigint as created_us,
       (extract(epoch from a.updated_at) * 1000000)::bigint as updated_us,
       (extract(epoch from a.deleted_at) * 1000000)::bigint as deleted_us,
       (select string_agg(n.number, ' ' order by n.number) from agent_numbers n
         where n.agent_id = a.id) as numbers
  from agents a
 where $1::boolean or a.deleted_at is null
 order by a.id
