-- $1 who ends them
-- Those of providers whose breaker is open on no server that lives.
update incidents i
   set ended = greatest(now(), i.began), cleared_by = $1
 where i.kind = 'provider' and i.ended is null
   and not exists (select 1 from instances s where s.id = any (i.runs) and s.gone_at is null)
returning i.id, i.reason
