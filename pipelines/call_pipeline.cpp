#include "pipelines/call_pipeline.h"

#include "pipelines/call_src.h"
#include "pipelines/interruption.h"
#include "plugins/base/json.h"
#include "plugins/base/mapped_buffer.h"

#include <algorithm>

namespace centralita {
namespace {

constexpr guint kPausesOfADictation = 12;

void set_from_text(GObject* object, const char* name, const std::string& value) {
  g_object_set(object, name, value.c_str(), nullptr);
}

void set_from_texts(GObject* object, const char* name, const std::vector<std::string>& texts) {
  GValue array = G_VALUE_INIT;
  g_value_init(&array, GST_TYPE_ARRAY);
  for (const auto& text : texts) {
    GValue item = G_VALUE_INIT;
    g_value_init(&item, G_TYPE_STRING);
    g_value_set_string(&item, text.c_str());
    gst_value_array_append_and_take_value(&array, &item);
  }
  g_object_set_property(object, name, &array);
  g_value_unset(&array);
}

// `choice`: "fallback-model" or "fallback-voice".
void apply_fallback(GstElement* element, const char* url, const std::string& endpoint,
                    const char* choice, const std::string& chosen, bool hedge) {
  set_from_text(G_OBJECT(element), url, endpoint);
  set_from_text(G_OBJECT(element), choice, chosen);
  g_object_set(element, "hedge", static_cast<gboolean>(hedge), nullptr);
}

void apply(const AgentConfig& agent, GstElement* vad, GstElement* stt, GstElement* dialog,
           GstElement* tts) {
  if (vad)
    g_object_set(vad, "threshold", agent.vad_threshold, "hangover",
                 static_cast<guint>(agent.silence_timeout.count()), nullptr);
  if (stt) {
    set_from_text(G_OBJECT(stt), "model", agent.stt_model);
    set_from_text(G_OBJECT(stt), "language", agent.stt_language);
    set_from_texts(G_OBJECT(stt), "keywords", agent.stt_keywords);
    gst_util_set_object_arg(G_OBJECT(stt), "hallucination-gate",
                            agent.hallucination_strictness.c_str());
    g_object_set(stt, "speculative", static_cast<gboolean>(agent.speculation), "reopen-window",
                 static_cast<guint>(agent.merge_window.count()), nullptr);
    apply_fallback(stt, "fallback-base-url", agent.stt_fallback_endpoint, "fallback-model",
                   agent.stt_fallback_model, agent.hedge_requests);
    // At each pause of a dictation it is asked whether that was all.
    if (agent.endpointing_expects)
      g_object_set(stt, "max-speculations", kPausesOfADictation, nullptr);
  }
  set_from_text(G_OBJECT(dialog), "instructions", agent.instructions);
  json::Object variables;
  for (const auto& [name, value] : agent.dynamic_vars) variables.set(name.c_str(), value);
  set_from_text(G_OBJECT(dialog), "variables", variables.to_string());
  set_from_text(G_OBJECT(dialog), "model", agent.llm_model);
  g_object_set(dialog, "temperature", agent.temperature, "max-tokens",
               static_cast<guint>(agent.max_tokens), "context-window",
               static_cast<guint>(agent.context_window), nullptr);
  apply_fallback(dialog, "fallback-base-url", agent.llm_fallback_endpoint, "fallback-model",
                 agent.llm_fallback_model, agent.hedge_requests);
  if (tts) {
    set_from_text(G_OBJECT(tts), "voice", agent.voice_name);
    set_from_text(G_OBJECT(tts), "language", agent.voice_language);
    set_from_text(G_OBJECT(tts), "style", agent.voice_style);
    g_object_set(tts, "style-degree", agent.voice_style_degree, nullptr);
    apply_fallback(tts, "fallback-endpoint", agent.voice_fallback_endpoint, "fallback-voice",
                   agent.voice_fallback_name, agent.hedge_requests);
    json::Object dictionary;
    for (const auto& [word, sound] : agent.pronunciation_dictionary)
      dictionary.set(word.c_str(), sound);
    if (!agent.pronunciation_dictionary.empty())
      set_from_text(G_OBJECT(tts), "dictionary", dictionary.to_string());
    g_object_set(tts, "rate", agent.voice_speed, "pitch", agent.voice_pitch, "volume",
                 static_cast<guint>(agent.voice_volume), nullptr);
  }
}

}  // namespace

CallPipeline::CallPipeline(IoContext io, Options& options)
    : io_(std::move(io)),
      on_message_(
          std::make_shared<std::function<void(GstMessage*)>>(std::move(options.on_message))),
      on_words_(std::move(options.on_words)),
      ahead_(options.agent.speculation),
      hangover_ms_(static_cast<guint>(options.agent.silence_timeout.count())),
      barge_in_level_(options.agent.barge_in_min_level) {}

Result<std::unique_ptr<CallPipeline>> CallPipeline::create(const IoContext& io, Options options) {
  std::unique_ptr<CallPipeline> self(new CallPipeline(io, options));
  auto built = self->build(options);
  if (!built)
    return Unexpected(built.error());
  return self;
}

Result<bool> CallPipeline::build(Options& options) {
  GError* error = nullptr;
  pipeline_ = Ref<GstElement>::sink(
      gst_parse_launch_full(options.launch.c_str(), nullptr, GST_PARSE_FLAG_FATAL_ERRORS, &error));
  if (!pipeline_) {
    const OwnedError owned(error);
    return Unexpected(std::string("the launch text does not make a pipeline: ") + owned->message);
  }
  if (!GST_IS_PIPELINE(pipeline_.get()))
    return Unexpected("the launch text makes a single element, not a pipeline");
  // Nothing in it waits for a clock; without one no element can be tempted to.
  gst_pipeline_use_clock(GST_PIPELINE(pipeline_.get()), nullptr);

  in_ = place("in");
  vad_ = place("vad");
  stt_ = place("stt");
  dialog_ = place("dialog");
  out_ = place("out");
  for (const auto& [name, element] : {std::pair{"in", &in_}, {"dialog", &dialog_}, {"out", &out_}})
    if (!*element)
      return Unexpected(std::string("the launch text has no element named ") + name);
  if (!CENTRALITA_IS_CALL_SRC(in_.get()) || !CENTRALITA_IS_CALL_SINK(out_.get()))
    return Unexpected("the elements named in and out must be callsrc and callsink");

  const auto caps = options.format.caps();
  g_object_set(in_.get(), "caps", caps.get(), nullptr);
  const auto out_caps = options.out_format.value_or(options.format).caps();
  g_object_set(out_.get(), "caps", out_caps.get(), nullptr);
  call_sink_set_listener(out_.get(), options.listener);
  apply(options.agent, vad_.get(), stt_.get(), dialog_.get(), place("tts").get());
  if (const auto tts = place("tts"); tts && !options.phrase_folder.empty())
    set_from_text(G_OBJECT(tts.get()), "cache-dir", options.phrase_folder);
  if (!options.tools.empty())
    set_from_text(G_OBJECT(dialog_.get()), "tools", options.tools);

  if (vad_)
    g_object_get(vad_.get(), "min-level", &turn_level_, nullptr);

  const auto words = Ref<GstPad>::adopt(gst_element_get_static_pad(dialog_.get(), "sink"));
  if (words && on_words_)
    gst_pad_add_probe(words.get(), GST_PAD_PROBE_TYPE_BUFFER, take_words, this, nullptr);
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
  gst_bus_set_sync_handler(bus.get(), take_message, this, nullptr);
  gst_element_set_context(pipeline_.get(), io_.to_gst().get());
  return true;
}

CallPipeline::~CallPipeline() {
  if (!pipeline_)
    return;
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
  if (bus)
    gst_bus_set_sync_handler(bus.get(), nullptr, nullptr, nullptr);
}

Ref<GstElement> CallPipeline::place(const char* name) const {
  return Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), name));
}

GstBusSyncReply CallPipeline::take_message(GstBus*, GstMessage* owned, gpointer data) noexcept {
  auto* self = static_cast<CallPipeline*>(data);
  const auto message = Ref<GstMessage>::adopt(owned);  // a handler that drops it owns it
  if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_ERROR)
    self->remember(message.get());
  if (GST_MESSAGE_TYPE(message.get()) &
      (GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR | GST_MESSAGE_WARNING))
    self->io_.post([weak = std::weak_ptr(self->on_message_), message] {
      if (const auto on_message = weak.lock())
        (*on_message)(message.get());
    });
  return GST_BUS_DROP;
}

GstPadProbeReturn CallPipeline::take_words(GstPad*, GstPadProbeInfo* info, gpointer data) noexcept {
  auto* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  std::string text;
  {
    const MappedBuffer map(buffer, GST_MAP_READ);
    text.assign(map.bytes().begin(), map.bytes().end());
  }
  const auto began = GST_BUFFER_PTS_IS_VALID(buffer) ? GST_BUFFER_PTS(buffer) : 0;
  const bool wanted =
      static_cast<CallPipeline*>(data)->on_words_(text, std::chrono::nanoseconds(began));
  return wanted ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

Result<bool> CallPipeline::start() {
  if (gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    return Unexpected("The call's pipeline does not start: " +
                      error_.lock()->value_or("an element refuses, without a reason") + ".");
  return true;
}

// The first error: those behind it are often its echoes.
void CallPipeline::remember(GstMessage* message) {
  GError* error = nullptr;
  gst_message_parse_error(message, &error, nullptr);
  const OwnedError owned(error);
  const auto first = error_.lock();
  if (!*first)
    *first = std::string(GST_MESSAGE_SRC_NAME(message)) + ": " + owned->message;
}

GstFlowReturn CallPipeline::push_audio(std::span<const std::uint8_t> audio, GstClockTime pts) {
  return call_src_push(in_.get(), audio, pts);
}

std::uint32_t CallPipeline::say(const std::string& text) {
  guint turn = 0;
  g_signal_emit_by_name(dialog_.get(), "say", text.c_str(), &turn);
  return turn;
}

void CallPipeline::interrupt(const std::optional<std::string>& heard) {
  g_signal_emit_by_name(dialog_.get(), "interrupt", heard ? heard->c_str() : nullptr);
}

void CallPipeline::respond(const std::string& text) {
  g_signal_emit_by_name(dialog_.get(), "respond", text.c_str());
}

void CallPipeline::transcribe_ahead(bool ahead) {
  if (std::exchange(ahead_, ahead) != ahead && stt_)
    g_object_set(stt_.get(), "speculative", static_cast<gboolean>(ahead), nullptr);
}

std::uint32_t CallPipeline::respond_ahead(const std::string& text) {
  guint turn = 0;
  g_signal_emit_by_name(dialog_.get(), "respond-speculatively", text.c_str(), &turn);
  return turn;
}

void CallPipeline::confirm(std::uint32_t reply) {
  gboolean done = FALSE;
  g_signal_emit_by_name(dialog_.get(), "confirm", reply, &done);
}

void CallPipeline::withdraw(std::uint32_t reply) {
  gboolean done = FALSE;
  g_signal_emit_by_name(dialog_.get(), "withdraw", reply, &done);
}

bool CallPipeline::prepare(const std::string& clause) {
  gboolean under_way = FALSE;
  if (const auto tts = place("tts");
      tts && g_signal_lookup("prepare", G_OBJECT_TYPE(tts.get())) != 0)
    g_signal_emit_by_name(tts.get(), "prepare", clause.c_str(), &under_way);
  return under_way;
}

void CallPipeline::play(std::span<const std::uint8_t> audio, const ClauseStart* as) {
  call_sink_play(out_.get(), audio, as);
}

void CallPipeline::hold(bool held) { call_sink_hold(out_.get(), held); }

void CallPipeline::listen(Ear ear, std::chrono::milliseconds silence) {
  const bool turns = ear == Ear::kForTurns;
  const auto hangover =
      static_cast<guint>((turns ? silence : std::min(silence, kBargeInPause)).count());
  const bool same_ear = std::exchange(ear_, ear) == ear;
  const bool same_hangover = std::exchange(hangover_ms_, hangover) == hangover;
  if ((same_ear && same_hangover) || !vad_)
    return;
  g_object_set(vad_.get(), "hangover", hangover, "min-level",
               turns ? turn_level_ : std::max(turn_level_, barge_in_level_), nullptr);
}

bool CallPipeline::merge_next() {
  gboolean merges = FALSE;
  if (stt_ && g_signal_lookup("merge-next", G_OBJECT_TYPE(stt_.get())) != 0)
    g_signal_emit_by_name(stt_.get(), "merge-next", &merges);
  return merges;
}

bool CallPipeline::transcribe_again() {
  gboolean again = FALSE;
  if (stt_ && g_signal_lookup("transcribe-again", G_OBJECT_TYPE(stt_.get())) != 0)
    g_signal_emit_by_name(stt_.get(), "transcribe-again", &again);
  return again;
}

bool CallPipeline::answer_again() {
  gboolean again = FALSE;
  g_signal_emit_by_name(dialog_.get(), "answer-again", &again);
  return again;
}

void CallPipeline::retract(const std::string& text) {
  gboolean done = FALSE;
  g_signal_emit_by_name(dialog_.get(), "retract", text.c_str(), &done);
}

void CallPipeline::instruct(const std::string& instructions, const Variables& variables) {
  json::Object values;
  for (const auto& [name, value] : variables) values.set(name.c_str(), value);
  set_from_text(G_OBJECT(dialog_.get()), "variables", values.to_string());
  set_from_text(G_OBJECT(dialog_.get()), "instructions", instructions);
}

bool CallPipeline::interject(const std::string& text) {
  gboolean done = FALSE;
  g_signal_emit_by_name(dialog_.get(), "interject", text.c_str(), &done);
  return done;
}

void CallPipeline::add_tool_result(const std::string& id, const std::string& content) {
  g_signal_emit_by_name(dialog_.get(), "add-tool-result", id.c_str(), content.c_str());
}

}  // namespace centralita
