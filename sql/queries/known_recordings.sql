-- $1 session ids, as a JSON array
-- Those of them that the history still has a recording of.
select c.session_id
  from recordings r
  join calls c on c.id = r.call_id
 where c.session_id in (select jsonb_array_elements_text($1::jsonb))
