-- What becomes of what a server has said when others take it for gone.

-- As in 0012, and: the end that others gave to a lost server's call may have been none, or another one
-- than they thought. What was not told of it yet is not told, and the real end is an event of its own, for
-- a receiver that has heard of the other.
create or replace function calls_emit_events() returns trigger
language plpgsql as $$
declare
  extracting boolean := coalesce(new.extraction_state in ('waiting', 'running'), false);
  mistaken boolean := tg_op = 'UPDATE' and old.end_cause = 'instance-lost'
                      and new.end_cause is distinct from old.end_cause;
begin
  if tg_op = 'INSERT' and new.end_time is null then
    perform emit_event('call.started', new.session_id, new.id, null, now());
  end if;
  if mistaken then
    delete from webhook_deliveries d
     where d.call_id = new.id and d.event = 'call.ended' and d.state = 'pending';
  end if;
  if new.end_time is not null and (tg_op = 'INSERT' or old.end_time is null or mistaken) then
    perform emit_event('call.ended', new.session_id || ' ' || extract(epoch from new.end_time),
                       new.id, null,
                       case when extracting then now() + interval '1 minute' else now() end);
  elsif tg_op = 'UPDATE' and new.end_time is not null
        and not extracting and old.extraction_state in ('waiting', 'running') then
    update webhook_deliveries d
       set next_attempt = now()
     where d.call_id = new.id and d.event = 'call.ended' and d.state = 'pending' and d.attempts = 0
       and d.next_attempt > now();
  end if;
  return null;
end
$$;

-- Of a provider's incident: the servers (instances.id) whose circuit breaker is open.
alter table incidents add column runs text[] not null default '{}';
