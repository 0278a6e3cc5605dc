-- $1 the digits of a number: of every ended call from or to it nothing stays
delete from calls
 where end_time is not null
   and (regexp_replace(from_number, '\D', '', 'g') = $1
        or regexp_replace(to_number, '\D', '', 'g') = $1)
returning session_id
