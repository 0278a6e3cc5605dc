-- Each run of a server writes its records through a journal of its own, numbered; what has been stored
-- of each is remembered in the same transaction that stores it, so that a record handed over twice is
-- stored once.
create table journal_progress (
  run text primary key,
  number bigint not null,
  updated_at timestamptz not null default now()
);

-- The run of the server that has the call.
alter table calls add column instance text;
create index calls_of_instance on calls (instance) where end_time is null;

-- What an older version of the server left open has no run: its calls are over.
update calls c
   set status = 'failed',
       end_cause = 'server-restarted',
       extraction_state = coalesce(c.extraction_state, 'skipped'),
       error = 'The server stopped while the call was going on.',
       end_time = greatest(
         c.start_time,
         (select max(t."timestamp" + coalesce(t.duration_ms, 0) * interval '1 millisecond')
            from transcripts t
           where t.call_id = c.id))
 where c.end_time is null and c.status in ('active', 'queued', 'ringing', 'answered');
