-- $1 session_id
delete from recordings
 where call_id = (select id from calls where session_id = $1)
