select id, name, role, disabled,
       (extract(epoch from created_at) * 1000000)::bigint as created_us,
       (extract(epoch from updated_at) * 1000000)::bigint as updated_us,
       (extract(epoch from last_login_at) * 1000000)::bigint as last_login_us
  from users
 where $1::bigint is null or id = $1
 order by lower(name)
