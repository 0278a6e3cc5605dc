-- $1 kind, $2 subject, $3 who, $4 the errors of its time, or null to leave them
update incidents
   set ended = greatest(now(), began), cleared_by = $3, errors = coalesce($4::jsonb, errors)
 where kind = $1 and subject = $2 and ended is null
returning id, reason
