-- $1 how many
-- Whoever claims one has it for a minute; of a server that dies over it somebody else takes it then.
-- What is to be told of a deleted call waits while the deletion can be undone, and goes with the call.
with due as (
  select p.id
    from webhook_deliveries p
    join webhooks w on w.id = p.webhook_id
    left join calls c on c.id = p.call_id
   where p.state = 'pending' and p.next_attempt <= now() and (w.enabled or p.event = 'test')
     and c.deleted_at is null
   order by p.next_attempt
   limit $1::integer
     for update of p skip locked
)
update webhook_deliveries d
   set attempts = d.attempts + 1, next_attempt = now() + interval '1 minute'
  from due, webhooks w
 where d.id = due.id and w.id = d.webhook_id
returning d.id, w.url, w.secret_env, d.event_id, d.event, d.call_id, d.data, d.body, d.attempts,
          (select c.trace_id from calls c where c.id = d.call_id) as trace_id,
          (extract(epoch from d.created_at) * 1000000)::bigint as created_us
