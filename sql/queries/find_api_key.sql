select id, name, role,
       coalesce(last_used_at < now() - interval '60 seconds', true) as to_touch
  from api_keys
 where key_hash = $1
   and revoked_at is null
   and (expires_at is null or expires_at > now())
