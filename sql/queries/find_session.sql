-- The session, while neither $2 seconds of idleness nor $3 of life are over.
select s.user_id, u.name, u.role, s.key_tag,
       s.seen_at < now() - interval '60 seconds' as to_touch
  from sessions s
  left join users u on u.id = s.user_id
 where s.token_hash = $1
   and s.seen_at > now() - make_interval(secs => $2)
   and s.created_at > now() - make_interval(secs => $3)
   and (s.user_id is null or not u.disabled)
