-- The agents that say for how long their calls are kept; without a profile it holds for all of them.
select a.id, a.name, rule.profile, rule.days
  from agents a
 cross join lateral (
   select null as profile, nullif((a.config -> 'shared' ->> 'retention_days')::numeric::integer, 0) as days
   union all
   select p.key, nullif((p.value ->> 'retention_days')::numeric::integer, 0)
     from jsonb_each(coalesce(a.config -> 'profiles', '{}'::jsonb)) p) rule
 where a.deleted_at is null and rule.days is not null
 order by a.name, rule.profile nulls first
