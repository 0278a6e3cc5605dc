-- $1 id, $2 url, $3 events (between blanks), $4 secret_env, $5 enabled
update webhooks
   set url = $2, events = string_to_array($3, ' '), secret_env = $4, enabled = $5::boolean,
       updated_at = now()
 where id = $1::bigint
