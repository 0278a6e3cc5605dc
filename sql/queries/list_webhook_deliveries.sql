-- $1 webhook, $2 state, $3 id of the last one of the page before: null where it does not matter;
-- $4 id of one, or null; $5 how many
select d.id, d.webhook_id, d.event_id, d.event, d.state, d.attempts, d.last_status, d.last_error,
       (extract(epoch from d.next_attempt) * 1000000)::bigint as next_us,
       (extract(epoch from d.created_at) * 1000000)::bigint as created_us
  from webhook_deliveries d
 where ($1::bigint is null or d.webhook_id = $1::bigint)
   and ($2::text is null or d.state = $2::text)
   and ($3::bigint is null or d.id < $3::bigint)
   and ($4::bigint is null or d.id = $4::bigint)
 order by d.id desc
 limit $5::integer
