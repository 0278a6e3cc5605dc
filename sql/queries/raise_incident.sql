-- $1 kind, $2 subject, $3 reason, $4 who, $5 errors, $6 when, in microseconds; $7 of a provider's: the
-- server (instances.id) whose breaker is open, else null. No row: one stands already, or this very one
-- has been raised before, by a server that did not live to know it. Not `raised`: one stands, and this
-- server's breaker is open as well.
insert into incidents (kind, subject, reason, raised_by, errors, began, runs)
select $1::text, $2::text, $3::text, $4::text, $5::jsonb, t.began,
       array_remove(array[$7::text], null)
  from (select 'epoch'::timestamptz + $6::bigint * interval '1 microsecond' as began) t
 where not exists (select 1 from incidents i
                    where i.kind = $1 and i.subject = $2 and i.began = t.began)
on conflict (kind, subject) where ended is null do update
   set runs = incidents.runs || excluded.runs
 where not incidents.runs @> excluded.runs
returning id, xmax = 0 as raised  -- no transaction has locked or changed a row that is new
