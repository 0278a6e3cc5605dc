-- $1 the record: see server/journal/record.h
-- What is complete is not begun again by a note that comes twice.
insert into recordings (call_id, origin, state, bytes, duration_ms, reference, error)
select c.id, $1::jsonb ->> 'origin', $1::jsonb ->> 'state', ($1::jsonb ->> 'bytes')::bigint,
       ($1::jsonb ->> 'duration_ms')::bigint, nullif($1::jsonb ->> 'reference', ''),
       nullif($1::jsonb ->> 'error', '')
  from calls c
 where c.session_id = $1::jsonb ->> 'session_id'
    or $1::jsonb ->> 'session_id' = '' and c.provider_call_id = nullif($1::jsonb ->> 'provider_call_id', '')
on conflict (call_id) do update
   set origin = excluded.origin,
       state = case when excluded.state = 'recording' then recordings.state else excluded.state end,
       bytes = greatest(recordings.bytes, excluded.bytes),
       duration_ms = greatest(recordings.duration_ms, excluded.duration_ms),
       reference = coalesce(excluded.reference, recordings.reference),
       error = coalesce(excluded.error, recordings.error),
       updated = now()
