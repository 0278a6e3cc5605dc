-- $1, $2: from and to, microseconds since the epoch; calls count by when they began
-- How many calls each agent had, the busiest first.
select c.agent_id, max(c.agent_name) as agent, count(*) as calls,
       count(*) filter (where c.status = 'failed') as failed
  from calls c
 where c.start_time >= timestamptz 'epoch' + $1::bigint * interval '1 microsecond'
   and c.start_time < timestamptz 'epoch' + $2::bigint * interval '1 microsecond'
   and c.deleted_at is null
   and c.agent_id is not null
 group by c.agent_id
 order by calls desc, agent
 limit 100
