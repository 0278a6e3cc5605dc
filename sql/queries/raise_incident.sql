-- $1 kind, $2 subject, $3 reason, $4 who, $5 errors, $6 when, in microseconds. No row: one stands
-- already, or this very one has been raised before, by a server that did not live to know it.
insert into incidents (kind, subject, reason, raised_by, errors, began)
select $1::text, $2::text, $3::text, $4::text, $5::jsonb, t.began
  from (select 'epoch'::timestamptz + $6::bigint * interval '1 microsecond' as began) t
 where not exists (select 1 from incidents i
                    where i.kind = $1 and i.subject = $2 and i.began = t.began)
on conflict (kind, subject) where ended is null do nothing
returning id
