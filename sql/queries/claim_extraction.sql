-- After a try that failed the next one waits a quarter of a minute, a minute, four, sixteen, an hour, so that an outage of
-- the model is outlived; one that never came back is due again.
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
                          and d.extraction_at < now() - power(4, d.extraction_tries - 1) * interval '15 seconds'
                       or d.extraction_at < now() - interval '5 minutes')
                order by d.id
                limit 1
                for update skip locked)
returning c.id, c.extraction_tries
