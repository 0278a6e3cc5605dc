-- $1 days
-- Of calls that began before that many days.
select c.session_id
  from recordings r
  join calls c on c.id = r.call_id
 where c.start_time < now() - $1::integer * interval '1 day'
   and r.origin = 'ours'
 order by c.start_time
 limit 500
