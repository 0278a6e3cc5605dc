-- The trace (W3C Trace Context) that a call's requests belong to, at the providers, the tools and
-- whoever is told of the call.
alter table calls add column trace_id text;
