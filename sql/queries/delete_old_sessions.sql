delete from sessions
 where seen_at < now() - make_interval(secs => $1)
    or created_at < now() - make_interval(secs => $2)
