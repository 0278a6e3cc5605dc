-- What has been kept of a call's sound. The sound itself is on disk, or with the carrier.
create table recordings (
  call_id integer primary key references calls (id) on delete cascade,
  origin text not null check (origin in ('ours', 'carrier')),
  state text not null check (state in ('recording', 'complete', 'interrupted', 'stopped')),
  bytes bigint not null default 0,
  duration_ms bigint not null default 0,
  reference text,
  error text,
  updated timestamptz not null default now()
);
