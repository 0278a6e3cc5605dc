-- $1 run
-- Up to which of its records a run's are stored. Whoever has asked has the run to itself until the
-- transaction ends.
insert into journal_progress as p (run, number)
values ($1, 0)
on conflict (run) do update set run = excluded.run
returning p.number
