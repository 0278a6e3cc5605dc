-- pg_restore works with an empty search path, in which the body of transcript_words, a text until then,
-- did not find folded(): the index on it was missing after a restore. A body that is parsed when it is
-- made holds what it names.
create or replace function transcript_words(content text) returns tsvector
language sql immutable parallel safe
begin atomic
  select to_tsvector('pg_catalog.spanish', f) || '''.'':99'::tsvector
      || to_tsvector('pg_catalog.english', f) || '''.'':99'::tsvector
      || to_tsvector('pg_catalog.simple', f)
    from folded(content) f;
end;

-- Of a database that was restored before.
create index if not exists transcripts_words on transcripts using gin (transcript_words(content));
