-- $6 microseconds since 1970, or null: never
insert into api_keys (name, key_hash, hint, role, created_by, expires_at)
values ($1, $2, $3, $4, $5, timestamptz 'epoch' + $6::bigint * interval '1 microsecond')
returning id
