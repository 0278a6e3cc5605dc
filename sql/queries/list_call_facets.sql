-- $1 how many of the newest calls to look at
-- What the filters of the history can be set to, the most frequent first.
with recent as materialized (
  select c.client_type, c.agent_name, c.status, c.direction, c.end_cause, c.extracted_data
    from calls c
   where c.deleted_at is null
   order by c.start_time desc, c.id desc
   limit $1::integer
)
select f.facet, f.value, count(*) as number
  from recent r
 cross join lateral (values ('client_type', r.client_type), ('agent', r.agent_name), ('status', r.status),
                            ('direction', r.direction), ('end_cause', r.end_cause),
                            ('intent', r.extracted_data ->> 'intent'),
                            ('sentiment', r.extracted_data ->> 'sentiment')) f (facet, value)
 where f.value <> ''
 group by f.facet, f.value
 order by f.facet, number desc, f.value
