#include "plugins/azure/speaker.h"

namespace centralita {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

template <typename... Fields>
Ref<GstMessage> message(GstElement* element, const char* name, ClauseTag tag, Fields... fields) {
  return Ref<GstMessage>::adopt(gst_message_new_element(
      GST_OBJECT_CAST(element), gst_structure_new(name, "turn", G_TYPE_UINT, tag.turn, "clause",
                                                  G_TYPE_UINT, tag.clause, fields..., nullptr)));
}

void post(GstElement* element, Ref<GstMessage> message) {
  gst_element_post_message(element, message.release());
}

// What downstream prefers of what Azure has; null when there is nothing.
const AudioFormat* negotiate(GstPad* src) {
  const auto ours = Ref<GstCaps>::adopt(gst_pad_get_pad_template_caps(src));
  const auto theirs = Ref<GstCaps>::adopt(gst_pad_peer_query_caps(src, nullptr));
  const auto common = Ref<GstCaps>::adopt(
      gst_caps_intersect_full(theirs.get(), ours.get(), GST_CAPS_INTERSECT_FIRST));
  for (guint i = 0; i < gst_caps_get_size(common.get()); ++i) {
    const auto preferred = Ref<GstCaps>::adopt(gst_caps_copy_nth(common.get(), i));
    for (const auto& format : audio_formats()) {
      const auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(format.caps));
      if (gst_caps_can_intersect(caps.get(), preferred.get()))
        return &format;
    }
  }
  return nullptr;
}

}  // namespace

Speaker::Speaker(IoContext io, Surroundings surroundings)
    : io_(io),
      around_(std::move(surroundings)),
      queue_(std::make_shared<ClauseQueue>(std::move(io), handlers())) {
  queue_->set_prefetch(around_.settings().prefetch);
}

void Speaker::warm_up() {
  const auto settings = around_.settings().synthesis.resolved();
  if (!settings.lacks_key())
    HttpStream::preconnect(io_, settings.provider.base_url);
}

void Speaker::speak(std::string text, Voice voice, std::optional<ClauseTag> given) {
  const auto tag = given.value_or(next_);
  next_ = {tag.turn, tag.clause + 1};
  queue_->speak({tag, std::move(text), std::move(voice)});
}

void Speaker::pass_on(Ref<GstEvent> event) {
  if (const auto turn = parse_reply_end(event.get()))
    next_turn(*turn + 1);
  queue_->mark([this, event] {
    if (GST_EVENT_TYPE(event.get()) != GST_EVENT_EOS)
      announce(nullptr);
    around_.pusher->push_event(event);
  });
}

void Speaker::prepare(std::string text) {
  const auto plan = this->plan();
  const auto number = ++last_prepared_;
  if (!plan.format || !speakable(text))
    return prepared(number, text, "");
  if (plan.settings.lacks_key()) {
    missing_key(kAzure).post(around_.element);
    return prepared(number, text, "");
  }
  preparing_[number] =
      start_phrase(io_,
                   {.settings = plan.settings,
                    .format = plan.format,
                    .cache = plan.cache,
                    .text = text,
                    .prepared = true},
                   {.on_audio = [](std::span<const std::uint8_t>) {},
                    .on_end = [this, number, text](
                                  AudioOrigin origin) { prepared(number, text, name_of(origin)); },
                    .on_failure =
                        [this, number, text](const ProviderError& error) {
                          error.post(around_.element);
                          prepared(number, text, "");
                        }});
}

void Speaker::prepared(unsigned number, const std::string& phrase, const char* source) {
  const auto text = valid_text(phrase);
  const auto posted = Ref<GstMessage>::adopt(gst_message_new_element(
      GST_OBJECT_CAST(around_.element),
      gst_structure_new("phrase-prepared", "text", G_TYPE_STRING, text.c_str(), "success",
                        G_TYPE_BOOLEAN, *source != '\0', "source", G_TYPE_STRING, source,
                        nullptr)));
  preparing_.erase(number);  // and with it perhaps `phrase`
  post(around_.element, posted);
}

void Speaker::flush() {
  queue_->cancel();
  if (next_.clause > 0)
    next_turn(next_.turn + 1);
}

void Speaker::close() {
  queue_->close();
  preparing_.clear();
}

// --- The clauses' audio --------------------------------------------------------

ClauseQueue::Plan Speaker::plan() {
  const auto settings = around_.settings();
  ClauseQueue::Plan plan{settings.synthesis.resolved(), negotiate(around_.src), settings.cache};
  if (!plan.format)
    GST_ELEMENT_ERROR(around_.element, CORE, NEGOTIATION,
                      ("Nobody downstream takes a format of Azure's"), (nullptr));
  return plan;
}

// Caps go before everything but EOS, a clause's first event included. Without a format: any, if
// none was announced yet.
void Speaker::announce(const AudioFormat* format) {
  if (!format)
    format = format_ ? format_ : negotiate(around_.src);
  if (format && std::exchange(format_, format) != format)
    around_.pusher->set_caps(Ref<GstCaps>::adopt(gst_caps_from_string(format->caps)));
}

void Speaker::push_audio(std::span<const std::uint8_t> bytes, nanoseconds duration) {
  auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_memdup(bytes.data(), bytes.size()));
  GST_BUFFER_DURATION(buffer.get()) = static_cast<GstClockTime>(duration.count());
  around_.pusher->push(std::move(buffer));
}

void Speaker::end_clause(ClauseTag tag, const ClauseQueue::Outcome& outcome) {
  auto* element = around_.element;
  around_.pusher->push_event(clause_end_event(tag));
  if (!outcome.error) {
    around_.pusher->post_message(message(element, "synthesis-done", tag, "duration", G_TYPE_UINT64,
                                         static_cast<guint64>(outcome.duration.count()), "source",
                                         G_TYPE_STRING, name_of(outcome.origin)));
    return;
  }
  outcome.error->post(element);
  post(element, message(element, "synthesis-failed", tag));
}

ClauseQueue::Handlers Speaker::handlers() {
  using Clause = ClauseQueue::Clause;
  return {
      .plan = [this] { return plan(); },
      .on_requested =
          [this](const Clause& clause) {
            post(around_.element, message(around_.element, "synthesis-started", clause.tag, "time",
                                          G_TYPE_UINT64, static_cast<guint64>(io_.now().count())));
          },
      .on_first_audio =
          [this](const Clause& clause, milliseconds latency) {
            post(around_.element,
                 message(around_.element, "synthesis-first-audio", clause.tag, "latency-ms",
                         G_TYPE_UINT, static_cast<guint>(latency.count())));
          },
      .on_begin =
          [this](const Clause& clause, const AudioFormat* format) {
            announce(format);
            around_.pusher->push_event(clause_start_event(clause.tag, clause.text));
          },
      .on_audio = [this](std::span<const std::uint8_t> bytes,
                         nanoseconds duration) { push_audio(bytes, duration); },
      .on_end = [this](const Clause& clause,
                       const ClauseQueue::Outcome& outcome) { end_clause(clause.tag, outcome); }};
}

}  // namespace centralita
