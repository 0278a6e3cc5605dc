#include "server/caller/report.h"

#include <algorithm>
#include <cmath>
#include <cstdarg>

namespace centralita::caller {
namespace {

std::string print(const char* format, ...) G_GNUC_PRINTF(1, 2);
std::string print(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const OwnedString text(g_strdup_vprintf(format, arguments));
  va_end(arguments);
  return text.get();
}

double tenths(double ms) { return std::round(ms * 10) / 10; }
std::int64_t rounded(double ms) { return std::llround(ms); }

std::optional<std::int64_t> rounded(const std::optional<double>& ms) {
  return ms ? std::optional(rounded(*ms)) : std::nullopt;
}

std::string ms_text(const std::optional<double>& ms) {
  return ms ? print("%.0f ms", *ms) : std::string("-");
}

json::Object to_object(const Turn& turn, std::size_t number) {
  json::Object object;
  object.set("turn", static_cast<std::int64_t>(number));
  if (turn.caller)
    object.set("caller", json::Object()
                             .set("file", turn.caller->file)
                             .set("barge_in", turn.caller->barge_in)
                             .set("first_voiced_ms", rounded(turn.caller->first_voiced_ms))
                             .set("last_voiced_ms", rounded(turn.caller->last_voiced_ms)));
  return object.set("first_audio_ms", rounded(turn.first_audio_ms))
      .set("first_voiced_ms", rounded(turn.first_voiced_ms))
      .set("heard_from_ms", rounded(turn.heard_from_ms))
      .set("heard_to_ms", rounded(turn.heard_to_ms))
      .set("agent_audio_ms", rounded(turn.audio_ms))
      .set("response_ms", rounded(turn.response_ms))
      .set("heard_response_ms", rounded(turn.heard_response_ms))
      .set("agent_began_early", turn.agent_began_early)
      .set("talked_over_ms", rounded(turn.talked_over_ms));
}

json::Object to_object(const Percentiles& p) {
  return json::Object()
      .set("count", static_cast<std::int64_t>(p.count))
      .set("p50", tenths(p.p50))
      .set("p95", tenths(p.p95))
      .set("p99", tenths(p.p99))
      .set("max", tenths(p.max));
}

template <typename T, typename F>
json::Array to_array(const std::vector<T>& items, F to_item) {
  json::Array array;
  for (const auto& item : items) array.add(to_item(item));
  return array;
}

json::Object webhook_object(const WebhookOutcome& webhook) {
  return json::Object()
      .set("url", webhook.url)
      .set("status", webhook.status)
      .set("took_ms", rounded(webhook.took_ms))
      .set("answer", webhook.answer);
}

void add_turns(json::Object& object, const CallReport& report) {
  json::Array turns;
  for (std::size_t i = 0; i < report.turns.size(); ++i) turns.add(to_object(report.turns[i], i));
  object.set("turns", turns);
}

std::string turn_text(const Turn& turn, std::size_t number) {
  std::string text =
      turn.caller ? print("  turn %zu  %s %s %.0f..%.0f ms", number,
                          turn.caller->barge_in ? "barge-in" : "say", turn.caller->file.c_str(),
                          turn.caller->first_voiced_ms, turn.caller->last_voiced_ms)
                  : std::string("  greeting");
  if (turn.talked_over_ms)
    text += print(", agent still heard for %.0f ms", *turn.talked_over_ms);
  if (turn.agent_began_early)
    text += ", agent began before the caller had ended";
  if (!turn.first_voiced_ms)
    return text + (turn.agent_began_early ? "\n" : ": no reply\n");
  text += print(": agent at %.0f ms (response %s, heard %s), audio %.0f ms", *turn.first_voiced_ms,
                ms_text(turn.response_ms).c_str(), ms_text(turn.heard_response_ms).c_str(),
                turn.audio_ms);
  if (turn.heard_from_ms && turn.heard_to_ms)
    text += print(", heard %.0f..%.0f ms", *turn.heard_from_ms, *turn.heard_to_ms);
  return text + "\n";
}

std::string marks_text(const CallReport& report) {
  const auto cleared = std::count_if(report.marks.begin(), report.marks.end(),
                                     [](const MarkRecord& mark) { return mark.cleared; });
  const auto unplayed = std::count_if(report.marks.begin(), report.marks.end(),
                                      [](const MarkRecord& mark) { return !mark.echoed_ms; });
  std::string text = print("  marks %zu (%td by a clear, %td not echoed), clears %zu\n",
                           report.marks.size(), cleared, unplayed, report.clears.size());
  for (const auto& clear : report.clears)
    text += print("    clear at %.0f ms: %.0f ms of audio and %zu marks dropped\n", clear.at_ms,
                  clear.dropped_ms, clear.marks);
  return text;
}

}  // namespace

Percentiles percentiles(std::vector<float> values) {
  if (values.empty())
    return {};
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) {
    const auto rank =
        static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
    return double{values[std::max<std::size_t>(rank, 1) - 1]};
  };
  return {.p50 = at(0.5),
          .p95 = at(0.95),
          .p99 = at(0.99),
          .max = values.back(),
          .count = values.size()};
}

std::string to_json(const CallReport& report) {
  json::Object object;
  object.set("ok", report.ok())
      .set("failure_kind", report.failure_kind)
      .set("failure", report.failure)
      .set("way", report.way)
      .set("from", report.from)
      .set("to", report.to)
      .set("call_sid", report.call_sid)
      .set("stream_sid", report.stream_sid)
      .set("stream_url", report.stream_url)
      .set("answered", report.answered)
      .set("setup_ms", rounded(report.setup_ms))
      .set("duration_ms", rounded(report.duration_ms))
      .set("close_code", report.close_code)
      .set("close_reason", report.close_reason)
      .set("ended_by_agent", report.ended_by_agent)
      .set("end_cause", report.end_cause);
  if (report.webhook)
    object.set("webhook", webhook_object(*report.webhook));
  add_turns(object, report);
  object.set("marks", to_array(report.marks, [](const MarkRecord& mark) {
               return json::Object()
                   .set("name", mark.name)
                   .set("received_ms", rounded(mark.received_ms))
                   .set("echoed_ms", rounded(mark.echoed_ms))
                   .set("cleared", mark.cleared);
             }));
  object.set("clears", to_array(report.clears, [](const ClearRecord& clear) {
               return json::Object()
                   .set("at_ms", rounded(clear.at_ms))
                   .set("dropped_ms", rounded(clear.dropped_ms))
                   .set("marks", static_cast<std::int64_t>(clear.marks));
             }));
  object.set("transcripts", to_array(report.transcripts, [](const TranscriptRecord& transcript) {
               return json::Object()
                   .set("at_ms", rounded(transcript.at_ms))
                   .set("role", transcript.role)
                   .set("text", transcript.text)
                   .set("turn", transcript.turn)
                   .set("interrupted", transcript.interrupted);
             }));
  json::Array timings;
  for (const auto& text : report.server_timings)
    if (const auto document = json::parse(text); document)
      timings.add(document->object());
  object.set("server_timings", timings);
  object.set("events", to_array(report.events, [](const EventRecord& event) {
               return json::Object()
                   .set("at_ms", rounded(event.at_ms))
                   .set("kind", event.kind)
                   .set("text", event.text);
             }));
  object.set("violation_count", static_cast<std::int64_t>(report.violation_count))
      .set("violations",
           to_array(report.violations,
                    [](const std::string& text) -> std::string_view { return text; }));
  return object.set("frames_sent", static_cast<std::int64_t>(report.frames_sent))
      .set("media_received", static_cast<std::int64_t>(report.media_received))
      .set("audio_received_ms", rounded(report.audio_received_ms))
      .set("discarded_ms", rounded(report.discarded_ms))
      .set("underrun_ms", static_cast<std::int64_t>(report.underrun_ticks) * 20)
      .set("own_worst_tick_ms", rounded(report.worst_tick_ms))
      .set("agent_lateness_ms", to_object(percentiles(report.lateness_ms)))
      .set("agent_gaps_ms", to_object(percentiles(report.gaps_ms)))
      .to_string();
}

std::string to_text(const CallReport& report) {
  std::string text = print("call %s (%s)\n", report.call_sid.c_str(), report.way.c_str());
  if (const auto& webhook = report.webhook)
    text += print("  POST %s: %d in %.0f ms, %s\n", webhook->url.c_str(), webhook->status,
                  webhook->took_ms, webhook->answer.c_str());
  if (!report.stream_url.empty())
    text += print(
        "  stream %s: %s\n", report.stream_url.c_str(),
        report.answered ? print("open after %.0f ms", report.setup_ms).c_str() : "not opened");
  for (std::size_t i = 0; i < report.turns.size(); ++i) text += turn_text(report.turns[i], i);
  for (const auto& transcript : report.transcripts)
    text += print("  %6.0f ms %s: %s%s\n", transcript.at_ms, transcript.role.c_str(),
                  transcript.text.c_str(), transcript.interrupted ? " [interrupted]" : "");
  for (const auto& event : report.events)
    if (event.kind == "error" || event.kind == "note")
      text += print("  %6.0f ms %s: %s\n", event.at_ms, event.kind.c_str(), event.text.c_str());
  if (report.answered) {
    text += marks_text(report);
    const auto late = percentiles(report.lateness_ms), gaps = percentiles(report.gaps_ms);
    text += print("  sent %" G_GUINT64_FORMAT " frames, received %" G_GUINT64_FORMAT
                  " messages with %.0f ms of audio, %" G_GUINT64_FORMAT " ms of holes in it\n",
                  report.frames_sent, report.media_received, report.audio_received_ms,
                  report.underrun_ticks * 20);
    text += print(
        "  agent's frames: lateness p50 %.1f p99 %.1f max %.1f ms, gap p50 %.1f p99 %.1f ms;"
        " this telephone at its worst %.1f ms late\n",
        late.p50, late.p99, late.max, gaps.p50, gaps.p99, report.worst_tick_ms);
    text += print("  protocol violations by the server: %" G_GUINT64_FORMAT "\n",
                  report.violation_count);
    for (const auto& violation : report.violations) text += "    " + violation + "\n";
    text += print("  closed by the %s after %.1f s, code %d%s%s%s\n",
                  report.ended_by_agent ? "agent" : "caller", report.duration_ms / 1000,
                  report.close_code, report.close_reason.empty() ? "" : " ",
                  report.close_reason.c_str(),
                  report.end_cause.empty() ? "" : (", cause " + report.end_cause).c_str());
  }
  return text + (report.ok() ? "  ok\n" : "  FAILED: " + report.failure + "\n");
}

std::vector<std::int16_t> interleave(const std::vector<std::int16_t>& left,
                                     const std::vector<std::int16_t>& right) {
  std::vector<std::int16_t> both(2 * std::max(left.size(), right.size()));
  for (std::size_t i = 0; i < left.size(); ++i) both[2 * i] = left[i];
  for (std::size_t i = 0; i < right.size(); ++i) both[2 * i + 1] = right[i];
  return both;
}

}  // namespace centralita::caller
