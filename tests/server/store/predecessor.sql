-- A database as the predecessor leaves it behind: its three tables (of the third, a selection of its
-- 356 columns), with calls of all its kinds in them.
create table calls (
  id serial primary key,
  session_id varchar not null,
  start_time timestamp without time zone default now(),
  end_time timestamp without time zone,
  status varchar default 'active',
  client_type varchar default 'simulator',
  extracted_data json
);
create unique index ix_calls_session_id on calls (session_id);
create index ix_calls_id on calls (id);

create table transcripts (
  id serial primary key,
  call_id integer,
  role varchar,
  content text,
  "timestamp" timestamp without time zone default now(),
  foreign key (call_id) references calls (id)
);
create index ix_transcripts_call_id on transcripts (call_id);

create table agent_configs (
  id serial primary key,
  name varchar unique,
  llm_provider varchar,
  llm_model varchar,
  system_prompt text,
  temperature double precision,
  max_tokens integer,
  context_window integer,
  first_message text,
  first_message_mode varchar,
  tts_provider varchar,
  voice_language varchar,
  voice_name varchar,
  voice_style varchar,
  voice_speed double precision,
  voice_pitch integer,
  voice_volume integer,
  stt_provider varchar,
  stt_language varchar,
  vad_threshold double precision,
  silence_timeout_ms integer,
  barge_in_enabled boolean,
  idle_timeout double precision,
  idle_message text,
  inactivity_max_retries integer,
  max_duration integer,
  dynamic_vars json,
  system_prompt_phone text,
  voice_name_phone varchar,
  system_prompt_telnyx text,
  twilio_auth_token varchar
);

create table alembic_version (version_num varchar(32) primary key);
insert into alembic_version values ('a1b2c3d4e5f6');

insert into calls (session_id, start_time, end_time, status, client_type, extracted_data) values
  ('browser-1700000000001', '2025-11-02 18:04:05.123456', '2025-11-02 18:06:10', 'completed', 'browser',
   '{"summary": "Agenda una cita", "intent": "agendar_cita", "extracted_entities": {"name": "Íñigo"}}'),
  ('MZ0123456789', '2026-03-29 02:30:00', '2026-03-29 02:31:00', 'completed', 'twilio', null),
  ('v3:telnyx-stream', '2026-04-05 08:15:30.5', null, 'active', 'telnyx', null);

-- All rows of a call were inserted when it ended, many at the same time: only the id tells the order.
insert into transcripts (call_id, role, content, "timestamp") values
  (1, 'assistant', 'Hola, ¿en qué le ayudo?', '2025-11-02 18:06:10'),
  (1, 'user', 'Quiero una cita', '2025-11-02 18:06:10'),
  (1, 'assistant', 'Con gusto. ¿Para cuándo?', '2025-11-02 18:06:10'),
  (2, 'user', 'Bueno', '2026-03-29 02:30:10'),
  (1, 'system', 'Fin de la llamada', '2025-11-02 18:06:10.5'),
  (3, 'user', '¿Sigue ahí?', '2026-04-05 08:16:00');

insert into agent_configs
  (name, llm_provider, llm_model, system_prompt, temperature, max_tokens, context_window, first_message,
   first_message_mode, tts_provider, voice_language, voice_name, voice_speed, voice_pitch, voice_volume,
   stt_language, vad_threshold, silence_timeout_ms, barge_in_enabled, idle_timeout, idle_message,
   inactivity_max_retries, max_duration, twilio_auth_token)
values
  ('default', 'groq', 'llama-3.3-70b-versatile', 'Eres Andrea, vendedora de seguros. "Cita" y ''ñ''.', 0.3,
   900, 12, '¡Hola! Habla Andrea.', 'listen-first', 'azure', 'es-MX', 'es-MX-LarissaNeural', 1.1, 40, 150,
   'es-MX', 0.6, 1200, false, 12.5, '¿Me escucha?', 3, 900, 'secret');

-- The two other profiles, of which the suffixed columns are a selection too.
alter table agent_configs
  add column conversation_tone varchar,
  add column tts_provider_telnyx varchar,
  add column voice_name_telnyx varchar,
  add column voice_speed_phone double precision,
  add column voice_speed_telnyx double precision,
  add column voice_pitch_phone integer,
  add column temperature_phone double precision,
  add column max_tokens_phone integer,
  add column silence_timeout_ms_phone integer,
  add column idle_timeout_telnyx double precision,
  add column first_message_mode_phone varchar,
  add column barge_in_enabled_telnyx boolean,
  add column response_length_telnyx varchar;
update agent_configs
   set dynamic_vars = '{"empresa": "Acme", "plazo": 3, "vacío": null}',
       conversation_tone = 'warm',
       voice_name_phone = 'es-MX-LarissaNeural', system_prompt_telnyx = ' Eres Andrea, al teléfono. ',
       tts_provider_telnyx = 'elevenlabs', voice_name_telnyx = 'rachel-xyz',
       voice_speed_phone = 0.9, voice_speed_telnyx = 9, voice_pitch_phone = -40, temperature_phone = 0.3,
       max_tokens_phone = 250, silence_timeout_ms_phone = 2000, idle_timeout_telnyx = 20,
       first_message_mode_phone = 'speak-first', barge_in_enabled_telnyx = true,
       response_length_telnyx = 'enormous';
