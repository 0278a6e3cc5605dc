-- $1 actor, $2 address, $3 action, $4 subject, $5 details
insert into audit_log (actor, address, action, subject, details)
values ($1, nullif($2, ''), $3, $4, $5::jsonb)
