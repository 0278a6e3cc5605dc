-- The history can be searched, and a deletion can be taken back for a while.
alter table calls
  add column deleted_at timestamptz,
  -- Names one act of deleting, so that it can be undone as a whole.
  add column deletion text;
create index calls_deletion on calls (deletion) where deletion is not null;
create index calls_deleted_at on calls (deleted_at) where deleted_at is not null;

-- Words are found without their accents, for people type without them. In a database of the locale C
-- PostgreSQL knows neither the case nor the kind of what is not ASCII.
create function folded(content text) returns text
language sql immutable parallel safe as $$
  select translate(lower(coalesce(content, '')),
                   'áàâäéèêëíìîïóòôöúùûüñçÁÀÂÄÉÈÊËÍÌÎÏÓÒÔÖÚÙÛÜÑÇ¿¡«»“”‘’…—–',
                   'aaaaeeeeiiiioooouuuuncaaaaeeeeiiiioooouuuunc           ')
$$;

-- The words of a turn, by their Spanish and their English stems, and as they stand, so that no word is
-- too common to be found. The gaps keep a phrase from going on from one to the next.
create function transcript_words(content text) returns tsvector
language sql immutable parallel safe as $$
  select to_tsvector('pg_catalog.spanish', f) || '''.'':99'::tsvector
      || to_tsvector('pg_catalog.english', f) || '''.'':99'::tsvector
      || to_tsvector('pg_catalog.simple', f)
    from folded(content) f
$$;

-- The last word of a query may be unfinished.
create function unfinished(query tsquery) returns tsquery
language sql immutable parallel safe as $$
  select case when query::text like '%''' then (query::text || ':*')::tsquery else query end
$$;

-- What somebody typed: words, "a phrase", or, -without.
create function transcript_query(typed text) returns tsquery
language sql immutable parallel safe as $$
  select unfinished(websearch_to_tsquery('pg_catalog.spanish', f))
      || unfinished(websearch_to_tsquery('pg_catalog.english', f))
      || unfinished(websearch_to_tsquery('pg_catalog.simple', f))
    from folded(typed) f
$$;

create index transcripts_words on transcripts using gin (transcript_words(content));

-- The calls of the history that a filter lets through; server/store/call_filter.h says what is in one. A
-- function of one plain select is planned as a part of the statement that asks it.
create function calls_matching(filter jsonb) returns setof calls
language sql stable as $$
  select c.*
    from calls c
   where c.deleted_at is null
     and (filter -> 'ids' is null
          or c.id in (select given.id::bigint from jsonb_array_elements_text(filter -> 'ids') given (id)))
     and (filter -> 'from_us' is null
          or c.start_time >= timestamptz 'epoch' + (filter ->> 'from_us')::bigint * interval '1 microsecond')
     and (filter -> 'to_us' is null
          or c.start_time < timestamptz 'epoch' + (filter ->> 'to_us')::bigint * interval '1 microsecond')
     and (filter -> 'client_type' is null or filter -> 'client_type' ? c.client_type)
     and (filter -> 'status' is null or filter -> 'status' ? c.status)
     and (filter -> 'direction' is null or filter -> 'direction' ? c.direction)
     and (filter -> 'agent' is null or filter -> 'agent' ? c.agent_name)
     and (filter -> 'end_cause' is null or filter -> 'end_cause' ? c.end_cause)
     and (filter -> 'intent' is null or filter -> 'intent' ? (c.extracted_data ->> 'intent'))
     and (filter -> 'sentiment' is null or filter -> 'sentiment' ? (c.extracted_data ->> 'sentiment'))
     and (filter -> 'number' is null
          or translate(c.from_number, '+-(). ', '') like '%' || (filter ->> 'number') || '%'
          or translate(c.to_number, '+-(). ', '') like '%' || (filter ->> 'number') || '%')
     and (filter -> 'q' is null
          or c.id in (select t.call_id
                        from transcripts t
                       where transcript_words(t.content) @@ transcript_query(filter ->> 'q')))
$$;
