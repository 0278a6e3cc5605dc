-- $1 slot
select pg_try_advisory_lock(instance_lock_class(), $1::integer) as locked
