-- $1 minutes for which a deletion can be undone
-- `untold`: events of theirs that no webhook will get any more; they go with the call.
with gone as (
  delete from calls where deleted_at < now() - $1::integer * interval '1 minute'
  returning id
)
select count(*) as calls,
       (select count(*)
          from webhook_deliveries d
          join gone g on g.id = d.call_id
         where d.state = 'pending') as untold
  from gone
