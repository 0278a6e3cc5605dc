-- A month of calls, for pictures of the dashboard: what a small office has, busier by day than by night.
begin;
insert into calls (session_id, client_type, direction, from_number, to_number, agent_name, status, end_cause, error,
                   start_time, end_time)
select 'sample-' || n, case when n % 9 = 0 then 'telnyx' when n % 7 = 0 then 'browser' else 'twilio' end,
       case when n % 5 = 0 then 'outbound' else 'inbound' end, '+5255' || (10000000 + n * 7919 % 90000000),
       '+525588880000', 'Ventas',
       case when n % 41 = 0 then 'failed' else 'completed' end,
       case when n % 41 = 0 then 'provider-failed' when n % 3 = 0 then 'agent-hung-up' else 'caller-hung-up' end,
       case when n % 41 = 0 then 'Groq did not answer within 6 seconds.' end,
       at, at + (40 + n * 13 % 200) * interval '1 second'
  from (select n, least(date_trunc('day', now()) - (n % 30) * interval '1 day'
                          + (13 + (n * 37 % 1000) / 1000.0 * 11) * interval '1 hour',
                        now() - (n % 180 + 5) * interval '1 minute') as at
          from generate_series(1, 620) as n) as times;
insert into transcripts (call_id, turn_number, role, content, interrupted, "timestamp", timings)
select c.id, t, case when t % 2 = 0 then 'assistant' else 'user' end,
       (array['Hola, le habla Andrea. ¿En qué puedo ayudarle?', 'Quiero una cita el martes, por favor.',
              'Con gusto. ¿Le queda bien a las diez?', 'Sí, a las diez está bien.',
              'Listo: martes a las diez. ¿Algo más?', 'No, gracias. Hasta luego.'])[t + 1],
       t = 2 and c.id % 11 = 0, c.start_time + t * interval '7 seconds',
       case when t % 2 = 0 and t > 0
            then jsonb_build_object('response_ms', 480 + c.id * 53 % 400, 'endpointing_ms', 180 + c.id * 7 % 60,
                                    'stt_ms', 70 + c.id * 11 % 60, 'llm_first_clause_ms', 130 + c.id * 29 % 240,
                                    'tts_first_byte_ms', 60 + c.id * 17 % 80) end
  from calls c cross join generate_series(0, 5) as t
 where c.session_id like 'sample-%' and c.status = 'completed';
commit;
