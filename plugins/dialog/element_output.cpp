#include "plugins/dialog/element_output.h"

namespace centralita {

void ElementOutput::started(std::uint32_t turn, bool provisional) {
  post("dialog-started", "turn", G_TYPE_UINT, turn, "monotonic-time", G_TYPE_UINT64,
       static_cast<guint64>(Clock::monotonic().now().count()), "provisional", G_TYPE_BOOLEAN,
       provisional, nullptr);
}

void ElementOutput::first_token(std::uint32_t turn, std::chrono::milliseconds latency) {
  post("dialog-first-token", "turn", G_TYPE_UINT, turn, "latency-ms", G_TYPE_UINT,
       static_cast<guint>(latency.count()), nullptr);
}

void ElementOutput::clause(ClauseTag tag, const std::string& text) {
  auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_memdup(text.data(), text.size()));
  tag_clause(buffer.get(), tag);
  pusher_.push(std::move(buffer));
  post("dialog-clause", "turn", G_TYPE_UINT, tag.turn, "clause", G_TYPE_UINT, tag.clause, "text",
       G_TYPE_STRING, text.c_str(), "provisional", G_TYPE_BOOLEAN, tag.provisional, nullptr);
}

void ElementOutput::expects(std::uint32_t turn, const std::string& what) {
  post("dialog-expects", "turn", G_TYPE_UINT, turn, "what", G_TYPE_STRING, what.c_str(), nullptr);
}

void ElementOutput::tool_call(std::uint32_t turn, const ToolCall& call) {
  post("dialog-tool-call", "turn", G_TYPE_UINT, turn, "id", G_TYPE_STRING, call.id.c_str(), "name",
       G_TYPE_STRING, call.name.c_str(), "arguments", G_TYPE_STRING, call.arguments.c_str(),
       nullptr);
}

void ElementOutput::reply_end(std::uint32_t turn) { pusher_.push_event(reply_end_event(turn)); }

void ElementOutput::replied(const DialogReply& reply) {
  post("dialog-reply", "turn", G_TYPE_UINT, reply.turn, "text", G_TYPE_STRING, reply.text.c_str(),
       "finish-reason", G_TYPE_STRING, reply.finish_reason.c_str(), "prompt-tokens", G_TYPE_UINT,
       reply.usage.prompt_tokens, "completion-tokens", G_TYPE_UINT, reply.usage.completion_tokens,
       nullptr);
}

void ElementOutput::cancelled(std::uint32_t turn) {
  post("dialog-cancelled", "turn", G_TYPE_UINT, turn, nullptr);
}

void ElementOutput::confirmed(std::uint32_t turn) {
  pusher_.push_out_of_band(reply_confirmed_event(turn));
  post("dialog-confirmed", "turn", G_TYPE_UINT, turn, nullptr);
}

void ElementOutput::withdrawn(std::uint32_t turn) {
  post("dialog-withdrawn", "turn", G_TYPE_UINT, turn, nullptr);
}

void ElementOutput::failed(std::uint32_t turn, const ProviderError& error) {
  error.post(element_);
  post("dialog-failed", "turn", G_TYPE_UINT, turn, nullptr);
}

void ElementOutput::model_retired(const std::string& model, const std::string& replacement) {
  post("model-retired", "model", G_TYPE_STRING, model.c_str(), "replacement", G_TYPE_STRING,
       replacement.c_str(), nullptr);
  GST_ELEMENT_WARNING(element_, RESOURCE, NOT_FOUND,
                      ("The model %s has been shut down by its provider; %s is used instead. "
                       "Change the agent's model.",
                       model.c_str(), replacement.c_str()),
                      (nullptr));
}

void ElementOutput::variable_unknown(const std::string& name) {
  post("variable-unknown", "name", G_TYPE_STRING, name.c_str(), nullptr);
  GST_ELEMENT_WARNING(element_, LIBRARY, SETTINGS,
                      ("The text names the variable {{%s}}, which is not set: it is left out. Set "
                       "it in the property \"variables\".",
                       name.c_str()),
                      (nullptr));
}

void ElementOutput::flush() { pusher_.flush(); }

void ElementOutput::post(const char* name, const char* first_field, ...) {
  va_list fields;
  va_start(fields, first_field);
  auto* structure = gst_structure_new_valist(name, first_field, fields);
  va_end(fields);
  gst_element_post_message(element_, gst_message_new_element(GST_OBJECT_CAST(element_), structure));
}

}  // namespace centralita
