select count(*) as number
  from calls
 where end_time is null
   and (regexp_replace(from_number, '\D', '', 'g') = $1
        or regexp_replace(to_number, '\D', '', 'g') = $1)
