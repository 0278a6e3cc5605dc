-- Held until the transaction ends; the number is "centrali" in ASCII.
select pg_advisory_xact_lock(7162252228816890985)
