-- $1 record (see server/journal/record.h)
-- That a call was cut off, or left open, is the weakest thing to be known of its end.
update calls c
   set status = r ->> 'status',
       end_cause = nullif(r ->> 'end_cause', ''),
       error = nullif(r ->> 'error', ''),
       end_time = greatest(c.start_time,
                           timestamptz 'epoch' + (r ->> 'time')::bigint * interval '1 microsecond'),
       usage = coalesce(r -> 'usage', c.usage),
       cost = coalesce(r -> 'cost', c.cost),
       -- What has been extracted before, of an end that came twice, stays; of one that was only taken for
       -- lost there may be more to read.
       extraction_state = case when c.end_cause = 'instance-lost' then 'waiting'
                               else coalesce(c.extraction_state, 'waiting') end
  from (select $1::jsonb as r) record
 where c.session_id = r ->> 'session_id'
   and (c.end_time is null or r ->> 'end_cause' not in ('server-restarted', 'lost-webhook'))
