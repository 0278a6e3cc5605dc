-- $1 call, by either of its ids; $2 run that asks; $3 kind; $4 order (JSON)
-- No row: the history knows no such call that is going on. `id` is null where nobody was told: the
-- call's server does not live, or is the one that asks.
with old as (
  delete from call_orders where created_at < now() - interval '1 minute'
), target as (
  select i.id, i.host, i.gone_at is null and instance_lives(i.slot) as lives
    from calls c
    join instances i on i.id = c.instance
   where c.end_time is null and c.deleted_at is null and $1 in (c.session_id, c.provider_call_id)
   order by c.id desc
   limit 1
), passed as (
  insert into call_orders (asked_by, asked_of, call, kind, body)
  select $2, t.id, $1, $3, $4::jsonb
    from target t
   where t.lives and t.id <> $2
  returning id, asked_of
)
select t.host, t.lives, p.id::text as id,
       case when p.id is not null
            then pg_notify('centralita', 'call-order ' || p.asked_of || ' ' || p.id) end as told
  from target t
  left join passed p on true
