insert into users (name, password_hash, role) values ($1, $2, $3) returning id
