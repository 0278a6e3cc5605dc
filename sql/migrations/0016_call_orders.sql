-- Orders to live calls on their way from the server that was asked to the one that has the call. Both
-- wait for each other with the connection at hand, so nothing of it need outlive a crash.
create unlogged table call_orders (
  id uuid primary key default gen_random_uuid(),
  asked_by text not null,  -- run: calls.instance
  asked_of text not null,
  call text not null,      -- session_id, or the carrier's id
  kind text not null,
  body jsonb not null,
  status integer,          -- of HTTP, with the answer
  answer jsonb,
  created_at timestamptz not null default now()
);
