-- $1 id, $2 slot
-- Closes the calls of a server that is gone; nothing when it lives after all, or somebody else is at it.
-- They ended no later than now and no earlier than the last thing that was heard of them.
with dead as (
  update instances i
     set gone_at = now()
   where i.id = $1 and i.gone_at is null
     and pg_try_advisory_xact_lock(instance_lock_class(), $2::integer)
  returning i.id
)
update calls c
   set status = 'failed',
       end_cause = 'instance-lost',
       error = 'The server that had the call is gone.',
       extraction_state = coalesce(c.extraction_state, 'waiting'),
       end_time = greatest(
         c.start_time,
         (select max(t."timestamp" + coalesce(t.duration_ms, 0) * interval '1 millisecond')
            from transcripts t
           where t.call_id = c.id))
  from dead
 where c.instance = dead.id and c.end_time is null
