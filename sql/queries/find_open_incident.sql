-- $1 kind, $2 subject: the one that has not ended
select i.id, i.kind, i.subject, i.reason, i.raised_by, i.cleared_by, i.errors,
       (extract(epoch from i.began) * 1000000)::bigint as began_us,
       (extract(epoch from i.ended) * 1000000)::bigint as ended_us
  from incidents i
 where i.kind = $1 and i.subject = $2 and i.ended is null
