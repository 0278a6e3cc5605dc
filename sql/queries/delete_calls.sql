-- $1 filter, see calls_matching(); $2 the deletion's name
-- A call that goes on is left alone; one that has gone on for a day is a crash's.
update calls
   set deleted_at = now(), deletion = $2
 where id in (select c.id
                from calls_matching($1::jsonb) c
               where c.end_time is not null or c.start_time < now() - interval '1 day')
