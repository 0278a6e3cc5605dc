-- $1 id, or null; $2 session_id, or null
with found as (
  select c.id, c.end_time is not null as ended
    from calls c
   where (c.id = $1::bigint or c.session_id = $2::text) and c.deleted_at is null
), asked as (
  update calls c
     set extraction_state = 'waiting', extraction_at = null, extraction_tries = 0, extraction_error = null
    from found f
   where c.id = f.id and f.ended
)
select f.ended from found f
