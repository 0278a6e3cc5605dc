-- $1 minutes for which a deletion can be undone
delete from calls where deleted_at < now() - $1::integer * interval '1 minute'
