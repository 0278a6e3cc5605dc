#include "pipelines/call_messages.h"

#include "plugins/base/ref.h"

namespace centralita {
namespace {

using Service = CallMessageListener::Service;
using Stage = CallMessageListener::Stage;

std::string text_of(const GstStructure* fields, const char* name) {
  const char* value = gst_structure_get_string(fields, name);
  return value ? value : "";
}
std::uint32_t number_of(const GstStructure* fields, const char* name) {
  guint value = 0;
  gst_structure_get_uint(fields, name, &value);
  return value;
}
bool is_set(const GstStructure* fields, const char* name) {
  gboolean value = FALSE;
  return gst_structure_get_boolean(fields, name, &value) && value;
}
std::chrono::nanoseconds time_of(const GstStructure* fields, const char* name) {
  guint64 value = 0;
  gst_structure_get_uint64(fields, name, &value);
  return std::chrono::nanoseconds(value);
}

template <typename Parse, typename Tell>
void hand_over_error(GstMessage* message, Parse parse, Tell tell) {
  GError* error = nullptr;
  char* debug = nullptr;
  parse(message, &error, &debug);
  const OwnedError owned_error(error);
  const OwnedString owned_debug(debug);
  tell(error->message, debug ? debug : "");
}

void hand_over_stage(const GstStructure* fields, Stage stage, CallMessageListener& listener) {
  if (number_of(fields, "clause") == 0)
    listener.on_stage(number_of(fields, "turn"), stage,
                      static_cast<int>(number_of(fields, "latency-ms")));
}

void hand_over_transcript(const GstStructure* fields, CallMessageListener& listener) {
  const CallMessageListener::Transcript transcript{
      .text = text_of(fields, "text"),
      .start = time_of(fields, "start"),
      .end = time_of(fields, "end"),
      .wait_ms = static_cast<int>(number_of(fields, "wait-ms"))};
  if (is_set(fields, "speculative"))
    listener.on_words_so_far(transcript);
  else
    listener.on_transcript(transcript);
}

void hand_over_element(const GstStructure* fields, CallMessageListener& listener) {
  const std::string name = gst_structure_get_name(fields);
  if (name == "speech-start")
    listener.on_speech_start(time_of(fields, "running-time"));
  else if (name == "speech-end")
    listener.on_speech_end(time_of(fields, "running-time"));
  else if (name == "speech-pause")
    listener.on_speech_pause(time_of(fields, "running-time"));
  else if (name == "speech-resume")
    listener.on_speech_resume(time_of(fields, "running-time"));
  else if (name == "speech-probable")
    listener.on_speech_probable(time_of(fields, "running-time"));
  else if (name == "speech-rejected")
    listener.on_speech_rejected();
  else if (name == "transcript")
    hand_over_transcript(fields, listener);
  else if (name == "transcription-withdrawn" && is_set(fields, "speculative"))
    listener.on_words_withdrawn();
  else if (name == "dialog-started")
    listener.on_reply_started(number_of(fields, "turn"));
  else if (name == "dialog-clause")
    listener.on_clause(number_of(fields, "turn"), text_of(fields, "text"));
  else if (name == "dialog-expects")
    listener.on_expects(text_of(fields, "what"));
  else if (name == "dialog-tool-call")
    listener.on_tool_call({.reply = number_of(fields, "turn"),
                           .id = text_of(fields, "id"),
                           .name = text_of(fields, "name"),
                           .arguments = text_of(fields, "arguments")});
  else if (name == "dialog-first-token")
    hand_over_stage(fields, Stage::kFirstToken, listener);
  else if (name == "synthesis-first-audio")
    hand_over_stage(fields, Stage::kFirstAudio, listener);
  else if (name == "transcription-failed")
    listener.on_provider_failed(Service::kTranscription, 0);
  else if (name == "dialog-failed")
    listener.on_provider_failed(Service::kModel, number_of(fields, "turn"));
  else if (name == "synthesis-failed")
    listener.on_provider_failed(Service::kVoice, number_of(fields, "turn"));
}

}  // namespace

void hand_over(GstMessage* message, CallMessageListener& listener) {
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ERROR:
      return hand_over_error(message, gst_message_parse_error, [&](auto text, auto debug) {
        listener.on_pipeline_error(text, debug);
      });
    case GST_MESSAGE_WARNING:
      return hand_over_error(message, gst_message_parse_warning, [&](auto text, auto debug) {
        listener.on_pipeline_warning(text, debug);
      });
    case GST_MESSAGE_ELEMENT:
      if (const auto error = ProviderError::from_message(message))
        return listener.on_provider_error(*error);
      return hand_over_element(gst_message_get_structure(message), listener);
    default:
      return;
  }
}

}  // namespace centralita
