-- $1 id, or null for all
select w.id, w.url, array_to_string(w.events, ' ') as events, w.secret_env, w.enabled
  from webhooks w
 where $1::bigint is null or w.id = $1::bigint
 order by w.id
