-- All of them but $2's.
delete from sessions where user_id = $1 and token_hash <> $2
