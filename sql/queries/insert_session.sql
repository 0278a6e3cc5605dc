insert into sessions (token_hash, user_id, key_tag, address) values ($1, $2, $3, $4)
