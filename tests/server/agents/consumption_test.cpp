// Every setting changes something in a call: a property of the element that the call's pipeline is
// built with, or, where a whole call is needed to see it, a scenario or a test that names it.
#include "pipelines/briefing.h"
#include "pipelines/call_pipeline.h"
#include "pipelines/call_src.h"
#include "server/agents/value.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace centralita;

namespace {

struct Proof {
  const char* setting;
  const char* value;  // JSON
  const char* element;
  const char* property;
  const char* expected;  // as gst_value_serialize() writes the property
};

// Settings whose consumer is an element.
const Proof kProofs[] = {
    {"instructions", R"("Sé breve.")", "dialog", "instructions", "Sé breve."},
    {"llm_model", R"("openai/gpt-oss-20b")", "dialog", "model", "openai/gpt-oss-20b"},
    {"temperature", "0", "dialog", "temperature", "0"},
    {"max_tokens", "321", "dialog", "max-tokens", "321"},
    {"context_window", "7", "dialog", "context-window", "7"},
    {"response_length", R"("very_short")", "dialog", "instructions",
     "Responde con una sola frase muy corta."},
    {"conversation_tone", R"("neutral")", "dialog", "instructions", "Tu tono es neutro."},
    {"conversation_formality", R"("formal")", "dialog", "instructions", "Trata de usted."},
    {"conversation_pacing", R"("fast")", "dialog", "instructions", "Ve al grano y avanza deprisa."},
    {"voice_language", R"("en-GB")", "tts", "language", "en-GB"},
    {"voice_name", R"("es-MX-LarissaNeural")", "tts", "voice", "es-MX-LarissaNeural"},
    {"voice_speed", "1.25", "tts", "rate", "1.25"},
    {"voice_pitch", "-3", "tts", "pitch", "-3"},
    {"voice_volume", "40", "tts", "volume", "40"},
    {"stt_language", R"("en-GB")", "stt", "language", "en-GB"},
    {"stt_model", R"("whisper-large-v3")", "stt", "model", "whisper-large-v3"},
    {"voice_style", R"("cheerful")", "tts", "style", "cheerful"},
    {"voice_style_degree", "1.5", "tts", "style-degree", "1.5"},
    {"pronunciation_dictionary", R"({"Centralita": "sentralita"})", "tts", "dictionary",
     R"({"Centralita":"sentralita"})"},
    {"stt_keywords", R"(["Andrea", "RFC"])", "stt", "keywords", "< (string)Andrea, (string)RFC >"},
    {"hallucination_strictness", R"("strict")", "stt", "hallucination-gate", "strict"},
    {"vad_threshold", "0.75", "vad", "threshold", "0.75"},
    {"silence_timeout_ms", "450", "vad", "hangover", "450"},
    {"speculation", "true", "stt", "speculative", "true"},
    {"stt_fallback_endpoint", R"("https://stt.example/v1")", "stt", "fallback-base-url",
     "https://stt.example/v1"},
    {"stt_fallback_model", R"("whisper-large-v3")", "stt", "fallback-model", "whisper-large-v3"},
    {"llm_fallback_endpoint", R"("https://llm.example/v1")", "dialog", "fallback-base-url",
     "https://llm.example/v1"},
    {"llm_fallback_model", R"("openai/gpt-oss-20b")", "dialog", "fallback-model",
     "openai/gpt-oss-20b"},
    {"voice_fallback_endpoint", R"("https://westus.example")", "tts", "fallback-endpoint",
     "https://westus.example"},
    {"voice_fallback_name", R"("es-MX-JorgeNeural")", "tts", "fallback-voice", "es-MX-JorgeNeural"},
    {"hedge_requests", "true", "dialog", "hedge", "true"},
    {"hedge_requests", "true", "stt", "hedge", "true"},
    {"hedge_requests", "true", "tts", "hedge", "true"},
};

// Settings that only a whole call shows; the tests of tests/calls and tests/pipelines name them.
const char* const kInCalls[] = {
    "first_message",
    "speak_first",
    "dynamic_vars",
    "barge_in_enabled",
    "idle_timeout",
    "idle_message",
    "inactivity_max_retries",
    "max_duration",
    "apology_message",
    "protect_greeting",
    "barge_in_confirmation",
    "interruption_threshold",
    "duration_warning",
    "duration_warning_time",
    "goodbye_message",
    "dtmf_timeout",
    "max_speculations",
    "endpointing",
    "endpointing_expects",
    "endpointing_min",
    "endpointing_max",
    "merge_window",
    "recording",
    "noise_suppression",
    "filler_delay",
    "filler_phrases",
    "transfer_whitelist",
    "transfer_message",
    "transfer_mode",
    "transfer_ring",
    "filler_for_model",
    "send_dtmf_enabled",
    "redact_params",
    "end_call_phrases",
    "hallucination_blacklist",
    "input_min_characters",
};

// Lists and a key that no scenario sets yet: phrases_test, interruption_test,
// dtmf_collector_test, toolbox_test and briefing_test show what they change in the rules that the
// call is given them for.
const char* const kInRules[] = {"interruption_phrases", "backchannel_phrases", "dtmf_terminator",
                                "end_call_enabled", "schedule_callback_enabled", "tools",
                                "outbound_context", "outbound_first_message",
                                // of the history: privacy_test
                                "pii_redaction_enabled", "retention_days"};

// What is asked of the conversation when it is over; the tests of server/analysis show it.
const char* const kAfterCalls[] = {"extraction_enabled", "extraction_schema", "extraction_model",
                                   "analysis_prompt",    "success_rubric",    "sentiment_analysis"};

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::filesystem::path root() { return g_getenv("CENTRALITA_SOURCE_ROOT"); }

AgentConfig with(const char* setting, const char* value) {
  const auto holder = json::parse(std::string("{\"value\": ") + value + "}")->object();
  const auto* field = agents::find_field(setting);
  EXPECT_NE(field, nullptr) << setting;
  AgentConfig agent;
  if (field) {
    const auto problem = agents::problem_with(*field, holder.node("value"));
    EXPECT_FALSE(problem) << setting << " " << problem->reason.en;
    agents::assign(*field, holder.node("value"), agent);
  }
  return agent;
}

struct AgentSettings : ::testing::Test {
  AgentSettings() {
    GST_ELEMENT_REGISTER(callsrc, nullptr);
    GST_ELEMENT_REGISTER(callsink, nullptr);
  }

  std::string property(const AgentConfig& agent, const char* element, const char* name) {
    const auto launch = read_launch_file(root() / "pipelines/twilio.launch");
    EXPECT_TRUE(launch);
    auto pipeline = CallPipeline::create(
        io, {.launch = *launch,
             .format = {},
             .agent = briefed(agent, {.session_id = "s", .client_type = "twilio"}, {})});
    EXPECT_TRUE(pipeline) << pipeline.error();
    const auto place = (*pipeline)->element(element);
    const auto* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(place.get()), name);
    EXPECT_NE(spec, nullptr) << element << " has no " << name;
    GValue value = G_VALUE_INIT;
    g_value_init(&value, spec->value_type);
    g_object_get_property(G_OBJECT(place.get()), name, &value);
    const OwnedString text(G_VALUE_HOLDS_STRING(&value) ? g_value_dup_string(&value)
                                                        : gst_value_serialize(&value));
    g_value_unset(&value);
    return text ? text.get() : "";
  }

  IoContext io{Ref<GMainContext>::share(g_main_context_default()), IoContext::make_session()};
};

TEST_F(AgentSettings, SettingsOfElementsReachThem) {
  for (const auto& proof : kProofs) {
    EXPECT_EQ(property(with(proof.setting, proof.value), proof.element, proof.property),
              proof.expected)
        << proof.setting;
    EXPECT_NE(property({}, proof.element, proof.property), proof.expected)
        << proof.setting << ": this test would pass without it";
  }
}

TEST_F(AgentSettings, LevelThatInterruptsIsTheDetectorsWhileTheAgentSpeaks) {
  const auto launch = read_launch_file(root() / "pipelines/twilio.launch");
  ASSERT_TRUE(launch);
  const auto pipeline = CallPipeline::create(
      io, {.launch = *launch, .format = {}, .agent = with("barge_in_min_level", "-33")});
  ASSERT_TRUE(pipeline) << pipeline.error();
  const auto vad = (*pipeline)->element("vad");
  double level = 0;
  (*pipeline)->listen(CallPipeline::Ear::kForBargeIn, std::chrono::milliseconds(700));
  g_object_get(vad.get(), "min-level", &level, nullptr);
  EXPECT_EQ(level, -33);
  (*pipeline)->listen(CallPipeline::Ear::kForTurns, std::chrono::milliseconds(700));
  g_object_get(vad.get(), "min-level", &level, nullptr);
  EXPECT_NE(level, -33);
}

TEST_F(AgentSettings, EverySettingHasAProofOfWhatItChanges) {
  std::string tests;
  for (const char* folder : {"tests/calls", "tests/pipelines", "server/replay"})
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root() / folder))
      if (entry.is_regular_file())
        tests += text_of(entry.path());
  for (const auto& field : agents::all_fields()) {
    std::string name = field.name;
    if (name == "barge_in_min_level")
      continue;  // has a test of its own
    const bool of_element = std::any_of(std::begin(kProofs), std::end(kProofs),
                                        [&](const auto& proof) { return name == proof.setting; });
    if (name.ends_with("_ms"))
      name.resize(name.size() - 3);
    const bool of_call = std::any_of(std::begin(kInCalls), std::end(kInCalls),
                                     [&](const char* setting) { return name == setting; });
    const bool of_rule = std::any_of(std::begin(kInRules), std::end(kInRules),
                                     [&](const char* setting) { return name == setting; });
    const bool after = std::any_of(std::begin(kAfterCalls), std::end(kAfterCalls),
                                   [&](const char* setting) { return name == setting; });
    EXPECT_TRUE(of_element || of_call || of_rule || after) << field.name << " has no proof";
    if (of_call) {
      EXPECT_NE(tests.find(name), std::string::npos) << "no test of a call names " << name;
    }
  }
}

}  // namespace
