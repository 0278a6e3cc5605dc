-- $1 record (see server/journal/record.h)
-- How far a call has come. What arrives after its end changes nothing.
update calls c
   set status = case when c.end_time is null then r ->> 'status' else c.status end
  from (select $1::jsonb as r) record
 where c.session_id = r ->> 'session_id'
