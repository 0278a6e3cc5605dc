// What an agent is told for one call: read from the database when the call is answered, and never
// changed while it lasts. The names are those of the predecessor's configuration where it had one.
#pragma once

#include "pipelines/http_tool.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace centralita {

struct AgentConfig {
  std::int64_t id = 0;
  std::string name = "default";

  // Model. The instructions are the system prompt.
  std::string instructions;
  std::string llm_model = "openai/gpt-oss-120b";
  double temperature = 0.7;  // 0-2
  int max_tokens = 600;      // of a reply, reasoning included
  int context_window = 20;   // messages sent to the model besides the instructions
  // Who is asked when the model's service fails: a URL as GROQ_BASE_URL is, a model. Empty: see
  // ProviderSettings::fallback_url. The same for voice and ear.
  std::string llm_fallback_endpoint, llm_fallback_model;
  // Whether requests that are later than most are sent twice, to any of the three services.
  bool hedge_requests = false;
  // How it speaks, put into words for the model (briefing.h); empty: as the instructions say.
  std::string response_length;    // very_short, short, medium, long, detailed
  std::string conversation_tone;  // professional, friendly, warm, enthusiastic, neutral, empathetic
  std::string conversation_formality;  // very_formal, formal, semi_formal, casual, very_casual
  std::string conversation_pacing;     // fast, moderate, relaxed
  std::map<std::string, std::string> dynamic_vars;  // what {{name}} stands for
  std::string first_message;
  bool speak_first = true;  // false: the caller has the first word
  // Of calls that the agent places: why it calls, and how it begins. Empty: as any other call.
  std::string outbound_context, outbound_first_message;

  // Voice.
  std::string voice_language = "es-MX";  // BCP 47
  std::string voice_name = "es-MX-DaliaNeural";
  double voice_speed = 1.0;  // 0.5-2, factor
  int voice_pitch = 0;       // -12..12 semitones
  int voice_volume = 100;    // 0-100
  std::string voice_fallback_endpoint, voice_fallback_name;
  std::string voice_style;          // Azure's, such as cheerful; empty: the voice's own
  double voice_style_degree = 1.0;  // 0.01-2
  // How words are pronounced: an alias, or between slashes IPA. See plugins/azure/dictionary.h.
  std::map<std::string, std::string> pronunciation_dictionary;

  // Ear.
  std::string stt_model = "whisper-large-v3-turbo";
  std::string stt_fallback_endpoint, stt_fallback_model;
  std::string stt_language = "es-MX";     // BCP 47; the provider gets the part before the hyphen
  std::vector<std::string> stt_keywords;  // names and words to be heard right, important ones first
  // How readily text is left out that was invented and not said: off, lenient, normal, strict.
  std::string hallucination_strictness = "normal";
  // What is nothing but one of these, or has fewer letters, was not said. Keys are not held to it.
  std::vector<std::string> hallucination_blacklist;
  int input_min_characters = 0;
  double vad_threshold = 0.5;  // probability above which a frame is speech, 0.1-0.95
  std::chrono::milliseconds silence_timeout{700};  // silence that ends the caller's turn
  // Whether that is so for everybody (fixed), or learned of each caller (adaptive); and whether it
  // depends on what the agent has asked for. See pipelines/endpointing.h.
  std::string endpointing = "fixed";
  bool endpointing_expects = false;
  std::chrono::milliseconds endpointing_min{400}, endpointing_max{2000};  // 200-5000, 200-10000
  // A caller who goes on so soon after the end, before the answer is heard, has not finished: all
  // of it is transcribed as one. 0-3000; 0: never.
  std::chrono::milliseconds merge_window{1500};
  // Whether the reply is made at each pause of the caller, before it is sure that the turn is over.
  // Off until asked for: what is thrown away when the caller goes on is paid for all the same.
  bool speculation = false;
  int max_speculations = 20;  // that may be thrown away in one call, 0-1000

  // Tools, besides those that are always there; see toolbox.h.
  bool end_call_enabled = true;  // the model may hang up
  bool schedule_callback_enabled = false;
  std::vector<HttpTool> tools;  // names differ
  // Whom the caller may be handed to: what the model calls them, and their number (E.164).
  std::map<std::string, std::string> transfer_whitelist;
  std::string transfer_message;  // said before; empty: what the model says of it itself
  // blind; or warm: the other party is rung for so long (5-120 s) while the caller stays.
  std::string transfer_mode = "blind";
  std::chrono::milliseconds transfer_ring{30'000};
  bool send_dtmf_enabled = false;
  std::vector<std::string> redact_params;  // arguments of tools that no log and no history shows
  // What is said when a tool, or with filler_for_model the model, is slow. 0: nothing.
  std::chrono::milliseconds filler_delay{1500};
  std::vector<std::string> filler_phrases;  // empty: those of the voice's language, see filler.h
  bool filler_for_model = false;

  // After the call.
  bool extraction_enabled = true;
  std::string extraction_schema;  // JSON Schema of an object; empty: the usual one
  std::string extraction_model;   // empty: the server's
  std::string analysis_prompt;    // what to look for besides
  std::string success_rubric;     // when the call counts as a success
  bool sentiment_analysis = true;
  bool pii_redaction_enabled = false;  // nobody who follows the call is told what is personal
  int retention_days = 0;              // of its calls in the history; 0: as the server says

  // Flow.
  bool barge_in_enabled = true;
  bool protect_greeting = false;  // the first message is not interrupted
  // How long a sound of the caller's must last to interrupt the agent without its words being
  // known. 100-2000; see pipelines/interruption.h.
  std::chrono::milliseconds barge_in_confirmation{350};
  bool echo_gate = true;  // the agent's own voice, coming back by the line, does not interrupt
  double barge_in_min_level = -45;  // dBFS, -70 to -20: what is softer does not interrupt
  int interruption_threshold = 1;   // words that a shorter sound needs to interrupt, 0-10
  // Any of them interrupts. Case, accents and punctuation do not matter.
  std::vector<std::string> interruption_phrases = {
      "espera", "espere",   "espérese", "un momento", "un segundo", "alto",    "pare",      "basta",
      "perdón", "disculpe", "oiga",     "stop",       "wait",       "hold on", "one moment"};
  // What is nothing but these does not interrupt.
  std::vector<std::string> backchannel_phrases = {
      "ajá",   "mm",         "mhm",      "mm-hm", "uh-huh", "ah",    "eh",
      "oh",    "sí",         "ok",       "okay",  "vale",   "ya",    "claro",
      "bueno", "de acuerdo", "entiendo", "yes",   "yeah",   "right", "I see"};
  std::chrono::milliseconds idle_timeout{10'000};  // caller's silence before idle_message
  std::string idle_message;
  int inactivity_max_retries = 2;  // idle messages before the agent hangs up
  std::chrono::milliseconds max_duration{600'000};
  std::string duration_warning;  // said so long before the call's longest time; empty: no warning
  std::chrono::milliseconds duration_warning_time{30'000};
  // When the agent has said one of them to its end it hangs up, as by end_call.
  std::vector<std::string> end_call_phrases;
  std::string goodbye_message;  // said before hanging up for silence or length; empty: nothing
  std::chrono::milliseconds dtmf_timeout{3000};  // after the last key an entry is complete
  std::string dtmf_terminator = "#";             // one key that completes it at once; empty: none
  std::string apology_message;  // said before hanging up when a provider fails for good

  // Connectivity.
  std::string recording = "off";  // off, ours, carrier
  // The carrier's engine for the caller's side, where it has any: server (as the environment says),
  // off, Denoiser, DeepFilterNet, Krisp, AiCoustics.
  std::string noise_suppression = "server";
};

}  // namespace centralita
