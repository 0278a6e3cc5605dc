-- A try that failed waits a quarter of a minute longer each time; one that never came back is due again.
update calls c
   set extraction_state = 'running',
       extraction_at = now(),
       extraction_tries = c.extraction_tries + 1
 where c.id = (select d.id
                 from calls d
                where d.extraction_state in ('waiting', 'running')
                  and d.end_time is not null and d.deleted_at is null
                  and (d.extraction_at is null
                       or d.extraction_state = 'waiting'
                          and d.extraction_at < now() - d.extraction_tries * interval '15 seconds'
                       or d.extraction_at < now() - interval '5 minutes')
                order by d.id
                limit 1
                for update skip locked)
returning c.id, c.extraction_tries
