// Written by generate.mjs from the server’s own description: do not edit.

export type AgentSettings = {
  apology_message?: string;
  backchannel_phrases?: Array<string>;
  barge_in_confirmation_ms?: number;
  barge_in_enabled?: boolean;
  barge_in_min_level?: number;
  context_window?: number;
  conversation_formality?: "" | "very_formal" | "formal" | "semi_formal" | "casual" | "very_casual";
  conversation_pacing?: "" | "fast" | "moderate" | "relaxed";
  conversation_tone?: "" | "professional" | "friendly" | "warm" | "enthusiastic" | "neutral" | "empathetic";
  dtmf_terminator?: string;
  dtmf_timeout_ms?: number;
  duration_warning?: string;
  duration_warning_time_ms?: number;
  dynamic_vars?: Record<string, string>;
  end_call_enabled?: boolean;
  endpointing?: "fixed" | "adaptive";
  endpointing_expects?: boolean;
  endpointing_max_ms?: number;
  endpointing_min_ms?: number;
  first_message?: string;
  goodbye_message?: string;
  hallucination_strictness?: "off" | "lenient" | "normal" | "strict";
  idle_message?: string;
  idle_timeout_ms?: number;
  inactivity_max_retries?: number;
  instructions?: string;
  interruption_phrases?: Array<string>;
  interruption_threshold?: number;
  llm_model?: string;
  max_duration_ms?: number;
  max_speculations?: number;
  max_tokens?: number;
  merge_window_ms?: number;
  outbound_context?: string;
  outbound_first_message?: string;
  protect_greeting?: boolean;
  recording?: "off" | "ours" | "carrier";
  response_length?: "" | "very_short" | "short" | "medium" | "long" | "detailed";
  schedule_callback_enabled?: boolean;
  silence_timeout_ms?: number;
  speak_first?: boolean;
  speculation?: boolean;
  stt_keywords?: Array<string>;
  stt_language?: string;
  stt_model?: string;
  temperature?: number;
  tools?: Array<object>;
  vad_threshold?: number;
  voice_language?: string;
  voice_name?: string;
  voice_pitch?: number;
  voice_speed?: number;
  voice_style?: string;
  voice_style_degree?: number;
  voice_volume?: number;
};

export type SettingName = keyof AgentSettings;

/** What is to change of them: null takes a setting away. */
export type AgentChanges = { [K in SettingName]?: AgentSettings[K] | null };
