-- Calls that a previous run of the server left open. They ended no later than now and no earlier than
-- the last thing that was heard of them, which is the time they get.
update calls c
   set status = 'failed',
       end_cause = 'server-restarted',
       extraction_state = coalesce(c.extraction_state, 'waiting'),
       error = 'The server stopped while the call was going on.',
       end_time = greatest(
         c.start_time,
         (select max(t."timestamp" + coalesce(t.duration_ms, 0) * interval '1 millisecond')
            from transcripts t
           where t.call_id = c.id))
 where c.end_time is null and c.status in ('active', 'queued', 'ringing', 'answered')
