-- $1 id; nobody else changes it until the transaction ends
select 1 from agents where id = $1::bigint for update
