-- $1 id of the webhook
insert into webhook_deliveries (webhook_id, event_id, event, data)
select w.id, gen_random_uuid()::text, 'test', jsonb_build_object('webhook_id', w.id)
  from webhooks w
 where w.id = $1::bigint
returning id
