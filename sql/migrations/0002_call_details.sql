-- What the predecessor did not keep of a call: who called whom, through whom, why it ended, and of
-- every turn its number, its times and what of it was heard. Its own columns stay, and every new one
-- may be left out of an insert, so that its program can still write here after going back.

-- It stored UTC in columns without a zone. The server's own time zone must not be applied to them.
do $$
declare
  naive record;
begin
  for naive in
    select c.table_name, c.column_name
      from information_schema.columns c
     where c.table_schema = current_schema()
       and c.data_type = 'timestamp without time zone'
       and (c.table_name, c.column_name)
           in (('calls', 'start_time'), ('calls', 'end_time'), ('transcripts', 'timestamp'))
  loop
    -- A default such as now() means local time in the old type and must go before the type changes.
    execute format('alter table %I alter column %I drop default', naive.table_name, naive.column_name);
    execute format('alter table %I alter column %I type timestamptz using %I at time zone ''UTC''',
                   naive.table_name, naive.column_name, naive.column_name);
  end loop;
end
$$;

alter table calls
  add column direction text,
  add column from_number text,
  add column to_number text,
  add column provider_call_id text,
  -- No foreign key: the name beside it still tells who spoke when the agent has been deleted, and a
  -- call that was under way meanwhile is stored all the same.
  add column agent_id bigint,
  add column agent_name text,
  add column end_cause text,
  add column error text;

alter table transcripts
  add column turn_number integer,
  add column generated text,
  add column interrupted boolean not null default false,
  add column duration_ms integer,
  add column timings jsonb;

-- The history is paged by (start_time, id): a call without a start would be on no page.
update calls c
   set start_time = coalesce((select min(t."timestamp") from transcripts t where t.call_id = c.id),
                             c.end_time, now())
 where c.start_time is null;
update transcripts t
   set "timestamp" = (select c.start_time from calls c where c.id = t.call_id)
 where t."timestamp" is null;
update calls set session_id = 'predecessor-' || id where session_id is null;

alter table calls
  alter column session_id set not null,
  alter column start_time set default now(),
  alter column start_time set not null;
alter table transcripts
  alter column "timestamp" set default now();

-- Old turns carry the time of their insertion, many of them the same one; the id is their order.
update transcripts t
   set turn_number = numbered.n
  from (select id, row_number() over (partition by call_id order by id) - 1 as n
          from transcripts
         where call_id is not null) numbered
 where numbered.id = t.id;

-- One row a call and one row a turn, whatever is stored twice.
do $$
declare
  old record;
begin
  if not exists (select 1
                   from pg_index i
                   join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
                  where i.indrelid = 'calls'::regclass and a.attname = 'session_id'
                    and i.indisunique and i.indnkeyatts = 1 and i.indpred is null)
  then
    alter table calls add constraint calls_session_id_key unique (session_id);
  end if;

  for old in
    select conname from pg_constraint
     where conrelid = 'transcripts'::regclass and confrelid = 'calls'::regclass and contype = 'f'
  loop
    execute format('alter table transcripts drop constraint %I', old.conname);
  end loop;
end
$$;

alter table transcripts
  add constraint transcripts_call_id_fkey foreign key (call_id) references calls (id) on delete cascade,
  add constraint transcripts_turn_key unique (call_id, turn_number);

create index calls_newest_first on calls (start_time desc, id desc);
create index calls_provider_call_id on calls (provider_call_id) where provider_call_id is not null;
create index calls_unfinished on calls (id) where end_time is null;
