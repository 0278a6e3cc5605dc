-- $1 kind, $2 subject, $3 reason, $4 who, $5 errors, $6 when, in microseconds. No row: it stands
-- already.
insert into incidents (kind, subject, reason, raised_by, errors, began)
values ($1, $2, $3, $4, $5::jsonb,
        'epoch'::timestamptz + $6::bigint * interval '1 microsecond')
on conflict (kind, subject) where ended is null do nothing
returning id
