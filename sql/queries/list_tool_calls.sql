-- $1 call id
select t.tool_number, t.reply, t.model_id, t.name, t.arguments, t.result, t.ok,
       (extract(epoch from t.at) * 1000000)::bigint as at_us, t.since_start_ms, t.duration_ms
  from tool_calls t
 where t.call_id = $1::bigint
 order by t.tool_number
