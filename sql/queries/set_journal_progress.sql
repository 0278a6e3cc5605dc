-- $1 run, $2 number
update journal_progress
   set number = $2::bigint,
       updated_at = now()
 where run = $1
