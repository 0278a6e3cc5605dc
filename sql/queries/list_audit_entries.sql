-- $1 subject, or null for all of them; $2 only entries before this id, or null; $3 how many
select e.id, e.actor, e.address, e.action, e.subject, e.details,
       (extract(epoch from e.at) * 1000000)::bigint as at_us
  from audit_log e
 where ($1::text is null or e.subject = $1::text) and ($2::bigint is null or e.id < $2::bigint)
 order by e.id desc
 limit $3::integer
