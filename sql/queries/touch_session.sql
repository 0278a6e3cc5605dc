update sessions set seen_at = now() where token_hash = $1
