-- For how many days an agent wants its calls of a kind to be kept; null where it leaves that to the server.
create function agent_retention_days(config jsonb, client_type text) returns integer
language sql immutable parallel safe as $$
  select coalesce(nullif((config -> 'profiles' -> client_type ->> 'retention_days')::numeric::integer, 0),
                  nullif((config -> 'shared' ->> 'retention_days')::numeric::integer, 0))
$$;
