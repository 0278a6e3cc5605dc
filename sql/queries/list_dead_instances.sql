-- $1 id of the one that asks
select i.id, i.slot
  from instances i
 where i.id <> $1 and i.gone_at is null and not instance_lives(i.slot)
