-- $1 ids of calls, as an array's text
select t.call_id, t.turn_number, t.role, t.content, t.generated, t.interrupted, t.duration_ms, t.timings,
       (extract(epoch from t."timestamp") * 1000000)::bigint as at_us
  from transcripts t
 where t.call_id = any ($1::bigint[])
 order by t.call_id, t.turn_number nulls last, t.id
