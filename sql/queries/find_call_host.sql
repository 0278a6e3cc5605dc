-- $1 call, by either of its ids
select i.host
  from calls c
  join instances i on i.id = c.instance
 where c.end_time is null and c.deleted_at is null and $1 in (c.session_id, c.provider_call_id)
 order by c.id desc
 limit 1
