-- $1 call id
-- A turn without a number was written by the predecessor after this schema was made.
select t.turn_number, t.role, t.content, t.generated, t.interrupted, t.duration_ms, t.timings,
       (extract(epoch from t."timestamp") * 1000000)::bigint as at_us
  from transcripts t
 where t.call_id = $1::bigint
 order by t.turn_number nulls last, t.id
