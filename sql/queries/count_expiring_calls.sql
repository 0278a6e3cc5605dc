-- $1 days a call is kept where its agent says nothing (0: for ever), $2 how many days to look ahead,
-- $3 the time zone whose days they are
-- How many calls will be deleted on each of the next days. Those that are overdue count for today.
with shortest as (
  select min(days) as days
    from (select nullif($1::integer, 0) as days
          union all
          select agent_retention_days(a.config, profile)
            from agents a, unnest(array['browser', 'twilio', 'telnyx', '']) profile) each_rule
)
select to_char(greatest(c.end_time + kept.days * interval '1 day', now()) at time zone $3::text, 'YYYY-MM-DD') as day,
       count(*) as calls
  from shortest, calls c
  left join agents a on a.id = c.agent_id
 cross join lateral (select coalesce(agent_retention_days(a.config, c.client_type), $1::integer) as days) kept
 where c.start_time < now() + ($2::integer - shortest.days) * interval '1 day'
   and c.end_time is not null
   and c.deleted_at is null
   and kept.days > 0
   and c.end_time < now() + ($2::integer - kept.days) * interval '1 day'
 group by day
 order by day
