-- $1 session_id, $2 status
-- How far a call has come. What arrives after its end changes nothing.
update calls
   set status = case when end_time is null then $2 else status end
 where session_id = $1
