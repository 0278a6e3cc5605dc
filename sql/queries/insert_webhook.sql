-- $1 url, $2 events (between blanks), $3 secret_env, $4 enabled
insert into webhooks (url, events, secret_env, enabled)
values ($1, string_to_array($2, ' '), $3, $4::boolean)
returning id
