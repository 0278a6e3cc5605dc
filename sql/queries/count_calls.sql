-- $1 filter, see calls_matching(); $2, $3: start_time (microseconds) and id of a call, to count those that
-- began after it, or null; $4 where to stop counting
select count(*) as number
  from (select 1
          from calls_matching($1::jsonb) c
         where $2::bigint is null
            or (c.start_time, c.id) > (timestamptz 'epoch' + $2::bigint * interval '1 microsecond', $3::bigint)
         limit $4::integer) counted
