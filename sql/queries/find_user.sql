select id, name, role, disabled, password_hash
  from users
 where lower(name) = lower($1)
