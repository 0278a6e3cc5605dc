-- $1, $2: from and to, microseconds since the epoch; calls count by when they began
-- Why calls failed, the most frequent reason first.
select coalesce(c.end_cause, 'unknown') as cause, count(*) as calls, max(c.error) as example
  from calls c
 where c.start_time >= timestamptz 'epoch' + $1::bigint * interval '1 microsecond'
   and c.start_time < timestamptz 'epoch' + $2::bigint * interval '1 microsecond'
   and c.deleted_at is null
   and c.status = 'failed'
 group by 1
 order by calls desc, cause
 limit 10
