-- $1 days a call is kept where its agent says nothing (0: for ever), $2 how many at the most
with due as (
  select c.id
    from calls c
    left join agents a on a.id = c.agent_id
   cross join lateral (select coalesce(agent_retention_days(a.config, c.client_type), $1::integer) as days) kept
   where c.end_time is not null
     and kept.days > 0
     and c.end_time < now() - kept.days * interval '1 day'
   order by c.id
   limit $2
)
delete from calls c using due where c.id = due.id returning c.session_id
