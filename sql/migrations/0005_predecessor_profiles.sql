-- What the predecessor's users configured for Twilio (columns with the suffix _phone) and for Telnyx
-- (_telnyx) becomes the profiles of the agent 'default', where it differs from what is shared, which
-- 0003 made of the columns without suffix. Settings that 0003 did not know are taken over for all
-- three. Each value that had to be corrected, or was of no use, is in the audit log.

create function pg_temp.member_of(raw text, kind text, low numeric, high numeric, factor numeric)
returns jsonb language plpgsql as $$
declare
  trimmed text := nullif(regexp_replace(raw, '^\s+|\s+$', '', 'g'), '');
  document jsonb;
begin
  if trimmed is null then
    return null;
  end if;
  case kind
    when 'number', 'integer' then
      if trimmed !~ '^[-+]?\d{1,12}(\.\d{1,30})?([eE][-+]?\d{1,2})?$' then
        return null;
      end if;
      if kind = 'integer' then
        return to_jsonb(round(greatest(low, least(high, trimmed::numeric * factor))));
      end if;
      return to_jsonb(trim_scale(greatest(low, least(high, trimmed::numeric * factor))));
    when 'flag' then
      return case when trimmed in ('true', 'false') then trimmed::jsonb end;
    when 'text' then
      return to_jsonb(left(trimmed, high::integer));
    when 'name' then
      return case when trimmed ~ '^[A-Za-z0-9:_-]{1,100}$' then to_jsonb(trimmed) end;
    when 'language' then
      return case when trimmed ~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$' then to_jsonb(trimmed) end;
    when 'length' then
      return case when trimmed in ('very_short', 'short', 'medium', 'long', 'detailed')
                  then to_jsonb(trimmed) end;
    when 'tone' then
      return case when trimmed in ('professional', 'friendly', 'warm', 'enthusiastic', 'neutral',
                                   'empathetic') then to_jsonb(trimmed) end;
    when 'formality' then
      return case when trimmed in ('very_formal', 'formal', 'semi_formal', 'casual', 'very_casual')
                  then to_jsonb(trimmed) end;
    when 'pacing' then
      return case when trimmed in ('fast', 'moderate', 'relaxed') then to_jsonb(trimmed) end;
    when 'mode' then
      return case trimmed when 'speak-first' then 'true'::jsonb
                          when 'listen-first' then 'false'::jsonb
                          when 'wait-for-user' then 'false'::jsonb
                          when 'wait-for-greeting' then 'false'::jsonb end;
    when 'variables' then
      begin
        document := trimmed::jsonb;
      exception when others then
        return null;
      end;
      if jsonb_typeof(document) <> 'object' then
        return null;
      end if;
      return (select coalesce(jsonb_object_agg(key, left(value, 2000)), '{}')
                from (select key, value from jsonb_each_text(document)
                       where value is not null order by key limit 50) pairs);
  end case;
end
$$;

do $$
declare
  old jsonb;
  agent record;
  document jsonb;
  field record;
  family record;
  raw text;
  value jsonb;
  notes jsonb := '[]';
begin
  if not exists (select 1 from information_schema.columns
                  where table_schema = current_schema()
                    and table_name = 'agent_configs' and column_name = 'name')
  then
    return;
  end if;
  execute 'select to_jsonb(c) from agent_configs c where c.name = ''default'' limit 1' into old;
  select id, version, config into agent from agents where name = 'default' and deleted_at is null;
  if old is null or agent is null then
    return;
  end if;
  document := agent.config;

  for family in
    select * from (values ('', 'shared', null), ('_phone', 'profiles', 'twilio'),
                          ('_telnyx', 'profiles', 'telnyx')) f (suffix, part, profile)
  loop
    for field in
      select * from (values
        ('instructions', 'system_prompt', 'text', 0, 20000, 1),
        ('temperature', 'temperature', 'number', 0, 2, 1),
        ('max_tokens', 'max_tokens', 'integer', 600, 8192, 1),
        ('context_window', 'context_window', 'integer', 2, 100, 1),
        ('first_message', 'first_message', 'text', 0, 1000, 1),
        ('speak_first', 'first_message_mode', 'mode', 0, 0, 1),
        ('response_length', 'response_length', 'length', 0, 0, 1),
        ('conversation_tone', 'conversation_tone', 'tone', 0, 0, 1),
        ('conversation_formality', 'conversation_formality', 'formality', 0, 0, 1),
        ('conversation_pacing', 'conversation_pacing', 'pacing', 0, 0, 1),
        ('dynamic_vars', 'dynamic_vars', 'variables', 0, 0, 1),
        ('voice_language', 'voice_language', 'language', 0, 0, 1),
        ('voice_name', 'voice_name', 'name', 0, 0, 1),
        ('voice_speed', 'voice_speed', 'number', 0.5, 2, 1),
        ('voice_pitch', 'voice_pitch', 'integer', -12, 12, 1),
        ('voice_volume', 'voice_volume', 'integer', 0, 100, 1),
        ('stt_language', 'stt_language', 'language', 0, 0, 1),
        ('vad_threshold', 'vad_threshold', 'number', 0.1, 0.95, 1),
        ('silence_timeout_ms', 'silence_timeout_ms', 'integer', 100, 5000, 1),
        ('barge_in_enabled', 'barge_in_enabled', 'flag', 0, 0, 1),
        ('idle_timeout_ms', 'idle_timeout', 'integer', 1000, 300000, 1000),
        ('idle_message', 'idle_message', 'text', 0, 1000, 1),
        ('inactivity_max_retries', 'inactivity_max_retries', 'integer', 0, 10, 1),
        ('max_duration_ms', 'max_duration', 'integer', 10000, 14400000, 1000)
      ) f (setting, old_name, kind, low, high, factor)
    loop
      raw := old ->> (field.old_name || family.suffix);
      if raw is null or btrim(raw) = '' then
        continue;
      end if;
      value := pg_temp.member_of(raw, field.kind, field.low, field.high, field.factor);
      -- Its other voice providers were never connected; their ids mean nothing to Azure.
      if field.setting = 'voice_name'
         and coalesce(old ->> ('tts_provider' || family.suffix), 'azure') <> 'azure'
      then
        value := null;
      end if;
      if value is null then
        notes := notes || jsonb_build_object('column', field.old_name || family.suffix,
                                             'from', left(raw, 200), 'passed_over', true);
        continue;
      end if;
      if field.kind in ('number', 'integer')
         and raw::numeric * field.factor not between field.low and field.high
         and (family.profile is not null
              or coalesce(document -> 'shared' -> field.setting, value) = value)
      then
        notes := notes || jsonb_build_object(
          'column', field.old_name || family.suffix, 'from', trim_scale(raw::numeric),
          'path', case when family.profile is null then '/shared/'
                       else '/profiles/' || family.profile || '/' end || field.setting,
          'to', value);
      end if;
      if family.profile is null then
        -- What 0003 took over, and what has been changed since, stands.
        if not (document -> 'shared') ? field.setting then
          document := jsonb_set(document, array['shared', field.setting], value);
        end if;
      elsif (document -> 'shared' -> field.setting) is distinct from value
            and not (document -> 'profiles' -> family.profile) ? field.setting
      then
        document := jsonb_set(document, array['profiles', family.profile, field.setting], value);
      end if;
    end loop;
  end loop;

  update agents set config = document, version = version + 1, updated_at = now()
   where id = agent.id;
  insert into agent_versions (agent_id, version, name, config, author, action)
  select id, version, name, config, 'migration', 'imported' from agents where id = agent.id;
  insert into audit_log (actor, action, subject, details)
  values ('migration', 'agent.imported', 'agent:' || agent.id,
          jsonb_build_object('from', 'agent_configs', 'version', agent.version + 1,
                             'corrected', notes));
end
$$;

drop function pg_temp.member_of(text, text, numeric, numeric, numeric);
