-- $1 id, $2 host, $3 version
-- `was_gone`: others took this server for dead while it was cut off from the database.
with old as (
  delete from instances where gone_at < now() - interval '7 days'
), before as (
  select gone_at from instances where id = $1
)
insert into instances (id, host, version)
values ($1, $2, $3)
on conflict (id) do update set gone_at = null
returning slot, coalesce((select gone_at is not null from before), false) as was_gone
