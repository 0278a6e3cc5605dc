-- $1 call id
select e.name, e.detail, (extract(epoch from e.at) * 1000000)::bigint as at_us, e.since_start_ms
  from call_events e
 where e.call_id = $1::bigint
 order by e.at, e.id
