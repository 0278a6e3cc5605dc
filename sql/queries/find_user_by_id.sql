select id, name, role, disabled, password_hash
  from users
 where id = $1
   for update
