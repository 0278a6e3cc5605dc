#include "plugins/groq/transcript_messages.h"

namespace centralita {
namespace {

void post(GstElement* element, GstStructure* structure) {
  gst_element_post_message(element, gst_message_new_element(GST_OBJECT_CAST(element), structure));
}

guint64 ns(std::chrono::nanoseconds time) { return static_cast<guint64>(time.count()); }
guint ms(std::chrono::milliseconds time) { return static_cast<guint>(time.count()); }

}  // namespace

void post_started(GstElement* element, const TranscriptionJob& job, bool speculative) {
  post(element, gst_structure_new("transcription-started", "utterance", G_TYPE_UINT, job.number(),
                                  "start", G_TYPE_UINT64, ns(job.utterance()->start), "end",
                                  G_TYPE_UINT64, ns(job.utterance()->end), "audio", G_TYPE_UINT64,
                                  ns(job.utterance()->length()), "speculative", G_TYPE_BOOLEAN,
                                  speculative, nullptr));
}

void post_withdrawn(GstElement* element, unsigned number, const char* reason, bool speculative) {
  post(element, gst_structure_new("transcription-withdrawn", "utterance", G_TYPE_UINT, number,
                                  "reason", G_TYPE_STRING, reason, "speculative", G_TYPE_BOOLEAN,
                                  speculative, nullptr));
}

void post_outcome(GstElement* element, const TranscriptionQueue::Outcome& outcome) {
  const auto& job = *outcome.job;
  const auto& result = job.result();
  if (!result) {
    result.error().post(element);
    return post(element, gst_structure_new("transcription-failed", "utterance", G_TYPE_UINT,
                                           job.number(), nullptr));
  }
  auto* fields = gst_structure_new(
      "transcript", "text", G_TYPE_STRING, result->text.c_str(), "utterance", G_TYPE_UINT,
      job.number(), "final", G_TYPE_BOOLEAN, !outcome.speculative, "speculative", G_TYPE_BOOLEAN,
      outcome.speculative, "start", G_TYPE_UINT64, ns(job.utterance()->start), "end", G_TYPE_UINT64,
      ns(job.utterance()->end), "latency-ms", G_TYPE_UINT, ms(job.latency()), "wait-ms",
      G_TYPE_UINT, ms(outcome.wait), "language", G_TYPE_STRING, result->language.c_str(),
      "rejected-text", G_TYPE_STRING, result->rejected.c_str(), "reject-reason", G_TYPE_STRING,
      result->reject_reason.c_str(), nullptr);
  if (result->confidence)
    gst_structure_set(fields, "confidence", G_TYPE_DOUBLE, *result->confidence, nullptr);
  if (outcome.replaces != 0)
    gst_structure_set(fields, "replaces", G_TYPE_UINT, outcome.replaces, nullptr);
  post(element, fields);
}

void push_text(SrcPusher& pusher, const TranscriptionJob& job) {
  const auto& text = job.result()->text;
  const auto& utterance = *job.utterance();
  auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_memdup(text.data(), text.size()));
  GST_BUFFER_PTS(buffer.get()) = ns(utterance.start);
  GST_BUFFER_DURATION(buffer.get()) = ns(utterance.end - utterance.start);
  pusher.push(std::move(buffer));
  pusher.push_event(Ref<GstEvent>::adopt(gst_event_new_custom(
      GST_EVENT_CUSTOM_DOWNSTREAM, gst_structure_new_empty("rstranscribe/final-transcript"))));
}

}  // namespace centralita
