-- $1 id, $2 name, $3 number that was called: one of them, the others null. A number that belongs to
-- nobody, or to an agent that was deleted, is the default agent's.
select a.id, a.name, a.config
  from agents a
 where a.deleted_at is null
   and case when $1::bigint is not null then a.id = $1::bigint
            when $2::text is not null then a.name = $2::text
            else a.id = coalesce((select n.agent_id
                                    from agent_numbers n
                                    join agents owner on owner.id = n.agent_id
                                   where n.number = $3::text and owner.deleted_at is null),
                                 (select d.id from agents d where d.is_default))
       end
