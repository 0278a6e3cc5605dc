-- $1 id of the one that asks
-- Those that can take calls.
select count(*) as others
  from instances i
 where i.id <> $1 and i.gone_at is null and not i.draining and instance_lives(i.slot)
