#include "plugins/base/clause.h"

namespace centralita {
namespace {

constexpr char kClauseMeta[] = "CentralitaClause";
constexpr char kClauseStart[] = "centralita/clause-start";
constexpr char kClauseEnd[] = "centralita/clause-end";
constexpr char kReplyEnd[] = "centralita/reply-end";
constexpr char kReplyConfirmed[] = "centralita/reply-confirmed";
constexpr std::pair<SpeechEdge, const char*> kSpeechEvents[] = {
    {SpeechEdge::kStart, "centralita/speech-start"},
    {SpeechEdge::kPause, "centralita/speech-pause"},
    {SpeechEdge::kResume, "centralita/speech-resume"},
    {SpeechEdge::kEnd, "centralita/speech-end"}};
constexpr std::pair<SpeechOnset, const char*> kSpeechOnsets[] = {
    {SpeechOnset::kProbable, "centralita/speech-probable"},
    {SpeechOnset::kRejected, "centralita/speech-rejected"}};

void register_meta() {
  static const bool registered = [] {
    static const gchar* tags[] = {nullptr};
    // Another of our libraries may have been first: the name is registered once a process.
    if (!gst_meta_get_info(kClauseMeta))
      gst_meta_register_custom(kClauseMeta, tags, nullptr, nullptr, nullptr);
    return true;
  }();
  (void)registered;
}

Ref<GstEvent> downstream(GstStructure* structure) {
  return Ref<GstEvent>::adopt(gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM, structure));
}

const GstStructure* fields_of(GstEvent* event, const char* name,
                              GstEventType type = GST_EVENT_CUSTOM_DOWNSTREAM) {
  const bool ours = GST_EVENT_TYPE(event) == type && gst_event_has_name(event, name);
  return ours ? gst_event_get_structure(event) : nullptr;
}

std::optional<ClauseTag> tag_of(const GstStructure* fields) {
  ClauseTag tag;
  if (!fields || !gst_structure_get_uint(fields, "turn", &tag.turn) ||
      !gst_structure_get_uint(fields, "clause", &tag.clause))
    return std::nullopt;
  gboolean provisional = FALSE;
  tag.provisional = gst_structure_get_boolean(fields, "provisional", &provisional) && provisional;
  return tag;
}

std::optional<std::uint32_t> turn_of(const GstStructure* fields) {
  guint turn = 0;
  if (!fields || !gst_structure_get_uint(fields, "turn", &turn))
    return std::nullopt;
  return turn;
}

// Absent is false: an ordinary clause is tagged with its two numbers only.
void mark_provisional(GstStructure* fields, ClauseTag tag) {
  if (tag.provisional)
    gst_structure_set(fields, "provisional", G_TYPE_BOOLEAN, TRUE, nullptr);
}

template <typename Kind, std::size_t n>
const char* name_of(const std::pair<Kind, const char*> (&names)[n], Kind kind) {
  for (const auto& [candidate, name] : names)
    if (candidate == kind)
      return name;
  return nullptr;
}

Ref<GstEvent> timed(const char* name, GstClockTime running_time) {
  return downstream(gst_structure_new(name, "running-time", G_TYPE_UINT64, running_time, nullptr));
}

std::optional<GstClockTime> running_time_of(GstEvent* event, const char* name) {
  const auto* fields = fields_of(event, name);
  guint64 running_time = GST_CLOCK_TIME_NONE;
  if (!fields || !gst_structure_get_uint64(fields, "running-time", &running_time))
    return std::nullopt;
  return running_time;
}

}  // namespace

void tag_clause(GstBuffer* buffer, ClauseTag tag) {
  register_meta();
  auto* meta = gst_buffer_add_custom_meta(buffer, kClauseMeta);
  auto* fields = gst_custom_meta_get_structure(meta);
  gst_structure_set(fields, "turn", G_TYPE_UINT, tag.turn, "clause", G_TYPE_UINT, tag.clause,
                    nullptr);
  mark_provisional(fields, tag);
}

std::optional<ClauseTag> clause_tag_of(GstBuffer* buffer) {
  register_meta();
  auto* meta = gst_buffer_get_custom_meta(buffer, kClauseMeta);
  return meta ? tag_of(gst_custom_meta_get_structure(meta)) : std::nullopt;
}

Ref<GstEvent> clause_start_event(ClauseTag tag, std::string_view text) {
  const OwnedString valid(g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())));
  auto* fields =
      gst_structure_new(kClauseStart, "turn", G_TYPE_UINT, tag.turn, "clause", G_TYPE_UINT,
                        tag.clause, "text", G_TYPE_STRING, valid.get(), nullptr);
  mark_provisional(fields, tag);
  return downstream(fields);
}

std::optional<ClauseStart> parse_clause_start(GstEvent* event) {
  const auto* fields = fields_of(event, kClauseStart);
  const auto tag = tag_of(fields);
  if (!tag)
    return std::nullopt;
  const char* text = gst_structure_get_string(fields, "text");
  return ClauseStart{*tag, text ? text : ""};
}

Ref<GstEvent> clause_end_event(ClauseTag tag) {
  return downstream(gst_structure_new(kClauseEnd, "turn", G_TYPE_UINT, tag.turn, "clause",
                                      G_TYPE_UINT, tag.clause, nullptr));
}

std::optional<ClauseTag> parse_clause_end(GstEvent* event) {
  return tag_of(fields_of(event, kClauseEnd));
}

Ref<GstEvent> reply_end_event(std::uint32_t turn) {
  return downstream(gst_structure_new(kReplyEnd, "turn", G_TYPE_UINT, turn, nullptr));
}

std::optional<std::uint32_t> parse_reply_end(GstEvent* event) {
  return turn_of(fields_of(event, kReplyEnd));
}

Ref<GstEvent> reply_confirmed_event(std::uint32_t turn) {
  return Ref<GstEvent>::adopt(
      gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM_OOB,
                           gst_structure_new(kReplyConfirmed, "turn", G_TYPE_UINT, turn, nullptr)));
}

std::optional<std::uint32_t> parse_reply_confirmed(GstEvent* event) {
  return turn_of(fields_of(event, kReplyConfirmed, GST_EVENT_CUSTOM_DOWNSTREAM_OOB));
}

Ref<GstEvent> speech_event(SpeechEvent speech) {
  return timed(name_of(kSpeechEvents, speech.edge), speech.running_time);
}

std::optional<SpeechEvent> parse_speech_event(GstEvent* event) {
  for (const auto& [edge, name] : kSpeechEvents)
    if (const auto time = running_time_of(event, name))
      return SpeechEvent{edge, *time};
  return std::nullopt;
}

Ref<GstEvent> speech_onset_event(SpeechOnsetEvent onset) {
  return timed(name_of(kSpeechOnsets, onset.onset), onset.running_time);
}

std::optional<SpeechOnsetEvent> parse_speech_onset_event(GstEvent* event) {
  for (const auto& [onset, name] : kSpeechOnsets)
    if (const auto time = running_time_of(event, name))
      return SpeechOnsetEvent{onset, *time};
  return std::nullopt;
}

}  // namespace centralita
