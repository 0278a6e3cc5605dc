#include "pipelines/usage_meter.h"

#include <algorithm>
#include <string_view>

namespace centralita {
namespace {

std::uint32_t number_of(const GstStructure* fields, const char* name) {
  guint value = 0;
  gst_structure_get_uint(fields, name, &value);
  return value;
}

std::int64_t milliseconds_of(const GstStructure* fields, const char* name) {
  guint64 value = 0;
  gst_structure_get_uint64(fields, name, &value);
  return static_cast<std::int64_t>(value / GST_MSECOND);
}

std::string_view text_of(const GstStructure* fields, const char* name) {
  const char* value = gst_structure_get_string(fields, name);
  return value ? value : "";
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(g_utf8_strlen(text.data(), static_cast<gssize>(text.size())));
}

// About four characters a token, as of most languages written in Latin letters.
std::int64_t tokens(std::size_t letters) { return static_cast<std::int64_t>((letters + 3) / 4); }

}  // namespace

void UsageMeter::look(GstMessage* message) {
  if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_ELEMENT)
    return;
  const auto* fields = gst_message_get_structure(message);
  const std::string_view name = gst_structure_get_name(fields);
  const auto turn = number_of(fields, "turn");
  const std::pair clause{turn, number_of(fields, "clause")};
  if (name == "transcription-started") {
    // All that is sent: also what was taken along from before the first sound and after the last.
    usage_.stt_audio +=
        std::max(std::chrono::milliseconds(milliseconds_of(fields, "audio")), kLeastAudio);
    ++usage_.stt_requests;
  } else if (name == "dialog-started") {
    replies_[turn].asked = true;
  } else if (name == "dialog-clause") {
    clauses_[clause] = characters(text_of(fields, "text"));
    replies_[turn].characters += clauses_[clause];
  } else if (name == "dialog-reply") {
    const std::int64_t input = number_of(fields, "prompt-tokens");
    if (input > 0) {
      last_input_ = input;
      usage_.llm_input_tokens += input;
      usage_.llm_output_tokens += number_of(fields, "completion-tokens");
      ++usage_.llm_requests;
    }
    reply_over(turn, input == 0);
  } else if (name == "dialog-cancelled" || name == "dialog-withdrawn" || name == "dialog-failed") {
    reply_over(turn, true);
  } else if (name == "synthesis-started") {
    usage_.tts_characters += static_cast<std::int64_t>(clauses_[clause]);
    ++usage_.tts_requests;
  } else if (name == "synthesis-done") {
    if (text_of(fields, "source") != "service" && clauses_.contains(clause)) {
      usage_.tts_characters -= static_cast<std::int64_t>(clauses_[clause]);
      --usage_.tts_requests;
    }
    clauses_.erase(clause);
  }
}

void UsageMeter::reply_over(std::uint32_t turn, bool cut_off) {
  const auto node = replies_.extract(turn);
  if (node && cut_off)
    count(usage_, node.mapped());
}

void UsageMeter::count(CallUsage& usage, const Reply& reply) const {
  if (!reply.asked)
    return;  // said by us
  usage.llm_input_tokens += last_input_;
  usage.llm_output_tokens += tokens(reply.characters);
  ++usage.llm_requests;
  usage.llm_estimated = true;
}

CallUsage UsageMeter::usage() const {
  auto usage = usage_;
  for (const auto& [turn, reply] : replies_) count(usage, reply);
  return usage;
}

}  // namespace centralita
