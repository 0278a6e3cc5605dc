-- $1 days, $2 how many at a time. What is still tried stays.
delete from webhook_deliveries
 where id in (select d.id
                from webhook_deliveries d
               where d.state <> 'pending'
                 and coalesce(d.delivered_at, d.created_at) < now() - $1::integer * interval '1 day'
               order by d.id
               limit $2::integer)
