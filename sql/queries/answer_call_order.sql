-- $1 id, $2 status, $3 answer (JSON)
with answered as (
  update call_orders
     set status = $2::integer, answer = $3::jsonb
   where id = $1::uuid
  returning id, asked_by
)
select pg_notify('centralita', 'call-order-answer ' || a.asked_by || ' ' || a.id) from answered a
