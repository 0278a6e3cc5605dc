-- $1 a deletion's name
update calls set deleted_at = null, deletion = null where deletion = $1
