select id, name, hint, role, created_by,
       (extract(epoch from created_at) * 1000000)::bigint as created_us,
       (extract(epoch from last_used_at) * 1000000)::bigint as last_used_us,
       (extract(epoch from expires_at) * 1000000)::bigint as expires_us,
       (extract(epoch from revoked_at) * 1000000)::bigint as revoked_us
  from api_keys
 where $1::bigint is null or id = $1
 order by revoked_at is not null, id desc
