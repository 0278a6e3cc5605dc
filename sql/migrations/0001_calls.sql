-- The history in the shape its predecessor gave it. A database that the predecessor leaves behind has
-- these tables and keeps them, rows and all; a fresh one gets the same two, so that what follows has
-- one starting point. Its third table, agent_configs, is never made here: 0003 reads it when it is
-- there and leaves it as it is, so that going back to the predecessor remains possible.
create table if not exists calls (
  id serial primary key,
  session_id text not null unique,
  start_time timestamp default (now() at time zone 'utc'),
  end_time timestamp,
  status text default 'active',
  client_type text default 'simulator',
  extracted_data json
);

create table if not exists transcripts (
  id serial primary key,
  call_id integer references calls (id),
  role text,
  content text,
  "timestamp" timestamp default (now() at time zone 'utc')
);
