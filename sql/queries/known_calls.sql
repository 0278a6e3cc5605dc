-- $1 session ids (jsonb array); those of calls that are in the history
select session_id from calls where session_id in (select jsonb_array_elements_text($1::jsonb))
