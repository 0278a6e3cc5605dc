-- $1 run
select coalesce((select number from journal_progress where run = $1), 0) as number
