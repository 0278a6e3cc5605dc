-- $1 only those before this id, or null; $2 how many
select i.id, i.kind, i.subject, i.reason, i.raised_by, i.cleared_by, i.errors,
       (extract(epoch from i.began) * 1000000)::bigint as began_us,
       (extract(epoch from i.ended) * 1000000)::bigint as ended_us
  from incidents i
 where $1::bigint is null or i.id < $1::bigint
 order by i.id desc
 limit $2::integer
