-- Null leaves a value as it is.
update users
   set name = coalesce($2, name),
       password_hash = coalesce($3, password_hash),
       role = coalesce($4, role),
       disabled = coalesce($5, disabled),
       updated_at = now()
 where id = $1
