-- What is kept of runs that ended months ago: how far each one's journal was stored, and its place
-- among the instances. A journal that comes back after that is stored from its beginning, which
-- changes nothing: a record that is there is the same one.
with ended as (
  delete from instances
   where gone_at < now() - interval '90 days'
  returning id
)
delete from journal_progress p
 where p.updated_at < now() - interval '90 days'
   and not exists (select 1 from instances i where i.id = p.run and i.gone_at is null)
