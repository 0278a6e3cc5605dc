-- $1 name, $2 config
insert into agents (name, config) values ($1, $2::jsonb) returning id
