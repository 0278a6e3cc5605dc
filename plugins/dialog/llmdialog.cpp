/**
 * SECTION:element-llmdialog
 * @title: llmdialog
 *
 * Talks with a language model. Each text buffer is what the caller said; it is answered with a
 * streamed chat completion (Groq, or any server that speaks OpenAI's protocol), which leaves the
 * source pad clause by clause, one buffer each, tagged with the reply's turn (from 1) and the
 * clause's number (from 0). After the last clause of a reply comes the event
 * `centralita/reply-end`. Custom events from upstream keep their place. Markdown, emoji and the
 * like are left out.
 *
 * Element messages: `model-retired` (model, replacement); `variable-unknown` (name);
 * `dialog-started` (turn, monotonic-time in ns, provisional) when the model is asked;
 * `dialog-first-token` (turn, latency-ms); `dialog-clause` (turn, clause, text, provisional);
 * `dialog-expects` (turn, what) when the model says what it waits for with a mark that is not
 * spoken, `<expect digits 10>`: what is `digits 10`;
 * `dialog-tool-call` (turn, id, name, arguments); `dialog-reply` (turn, text, finish-reason,
 * prompt-tokens, completion-tokens), with finish-reason "said" for what the application said;
 * `dialog-cancelled` (turn); `dialog-failed` (turn), beside a `provider-error`. A reply that was
 * cancelled without a flush, or failed, after some of its clauses went out has its reply-end too.
 *
 * Action signals, from any thread: `say`, `respond`, `respond-speculatively`, `confirm`,
 * `withdraw`, `retract`, `interrupt`, `cancel`, `interject`, `add-tool-result`, `get-history`,
 * `set-history`.
 *
 * Speculation: `respond-speculatively` answers words that may not be all of what the caller says.
 * Its clauses go downstream at once, tagged provisional, so that a synthesizer can work ahead; what
 * plays them must hold them back until the out-of-band event `centralita/reply-confirmed` (turn).
 * `confirm`, or a buffer with the very same words, makes it a reply like any other
 * (`dialog-confirmed`); `withdraw`, other words, an interruption, a cancel or EOS end it
 * (`dialog-withdrawn`) and flush what is downstream of it, so a speculation is for when nothing of
 * an earlier reply is still playing. Until then the history is as before, tools are not called, and
 * a failure is nobody's business: what failed is asked again when it is confirmed. Another
 * speculation takes the place of the one before; the same words are the same turn.
 *
 * The instructions and the first message may hold `{{name}}`, filled in from
 * #CentralitaLlmDialog:variables at every request; what is not set is left out with a warning.
 * The model is told the instructions, always, and the last messages: as many as both
 * #CentralitaLlmDialog:context-window and #CentralitaLlmDialog:context-tokens allow, a tool's
 * result never without its call.
 *
 * Any server that speaks the protocol will do. What one refuses (`stream_options`,
 * `max_completion_tokens`, `temperature`, `reasoning_effort`) is left out from then on, or said in
 * the older way; one that does not stream is understood.
 *
 * GST_DEBUG category: `llmdialog`.
 *
 * Latency: a clause leaves when it is complete and the first character of what follows has come.
 * The first one ends at a comma after three words, later ones after seven.
 *
 * ## Example launch line
 * ```
 * echo "¿Qué hora es?" | gst-launch-1.0 -m fdsrc ! text/x-raw,format=utf8 ! \
 *     llmdialog instructions="Sé breve." ! fakesink dump=true
 * ```
 */
#include "plugins/dialog/llmdialog.h"

#include "plugins/base/controlled_values.h"
#include "plugins/base/locked.h"
#include "plugins/base/mapped_buffer.h"
#include "plugins/dialog/dialog_properties.h"
#include "plugins/dialog/element_output.h"

#include <atomic>

GST_DEBUG_CATEGORY_STATIC(llmdialog_debug);
#define GST_CAT_DEFAULT llmdialog_debug

namespace {

using namespace centralita;

constexpr char kCaps[] = "text/x-raw, format=(string)utf8";
// gst-plugins-rs' word for: everything said until here has been transcribed.
constexpr char kFinalTranscript[] = "rstranscribe/final-transcript";

GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS(kCaps));
GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS(kCaps));

// Beside those of DialogSettings.
enum Property {
  PROP_SPECULATIONS = kDialogProperties,
  PROP_SPECULATIONS_CONFIRMED,
  PROP_SPECULATIONS_WASTED,
};

// What a call that is over leaves to be read, or what the next one shall begin with.
struct KeptHistory {
  ChatHistory history;
  SpeculationCounts counts;
  bool of_a_past_call = false;
};

// The C++ half of the element.
struct Impl {
  Impl(GstElement* element, GstPad* src_pad) : pusher(src_pad), output(element, pusher) {}

  Locked<DialogSettings> settings;           // any thread
  IoBinding binding;                         // as GstElement's set_context and change_state
  Locked<std::optional<IoContext>> io;       // set from PAUSED to READY
  std::atomic<std::uint32_t> last_turn = 0;  // any thread
  Locked<KeptHistory> kept;                  // any thread, while there is no conversation
  SrcPusher pusher;
  ElementOutput output;
  std::shared_ptr<Conversation> conversation;  // I/O thread, from PAUSED to READY
};

}  // namespace

struct _CentralitaLlmDialog {
  GstElement parent;
  Impl* impl;
};

G_DEFINE_FINAL_TYPE_WITH_CODE(CentralitaLlmDialog, centralita_llm_dialog, GST_TYPE_ELEMENT,
                              GST_DEBUG_CATEGORY_INIT(llmdialog_debug, "llmdialog", 0,
                                                      "dialog with a language model"))
GST_ELEMENT_REGISTER_DEFINE(llmdialog, "llmdialog", GST_RANK_NONE, CENTRALITA_TYPE_LLM_DIALOG)

namespace {

Impl& impl_of(gpointer object) { return *CENTRALITA_LLM_DIALOG(object)->impl; }

// Runs `function` on the conversation, in its thread; false when there is none.
bool run(gpointer object, std::function<void(Conversation&)> function) {
  const auto io = impl_of(object).io.copy();
  if (!io)
    return false;
  io->run(
      [element = Ref<GstElement>::share(GST_ELEMENT_CAST(object)), function = std::move(function)] {
        if (const auto conversation = impl_of(element.get()).conversation)
          function(*conversation);
      });
  return true;
}

// The same, and returns when it has run.
void with_conversation(gpointer object, const std::function<void(Conversation&)>& function) {
  auto& impl = impl_of(object);
  if (const auto io = impl.io.copy())
    io->run_and_wait([&] {
      if (const auto conversation = impl.conversation)
        function(*conversation);
    });
}

// --- Streaming -----------------------------------------------------------------------------------

GstFlowReturn chain(GstPad* pad, GstObject* parent, GstBuffer* data) noexcept {
  const auto buffer = Ref<GstBuffer>::adopt(data);
  take_controlled_values(parent, pad, data);
  const MappedBuffer map(buffer.get(), GST_MAP_READ);
  if (!map) {
    GST_ELEMENT_ERROR(parent, RESOURCE, READ, ("Cannot read the text"), (nullptr));
    return GST_FLOW_ERROR;
  }
  const auto bytes = map.bytes();
  const OwnedString text(g_utf8_make_valid(reinterpret_cast<const char*>(bytes.data()),
                                           static_cast<gssize>(bytes.size())));
  const bool running =
      run(parent, [text = std::string(text.get())](Conversation& c) { c.respond(text); });
  return running ? GST_FLOW_OK : GST_FLOW_FLUSHING;
}

void forward(gpointer object, Ref<GstEvent> event) {
  run(object, [object, event = std::move(event)](Conversation& conversation) {
    const auto speech = parse_speech_event(event.get());
    if (speech && speech->edge == SpeechEdge::kStart)
      conversation.speech_started();
    impl_of(object).pusher.push_event(event);
    if (gst_event_has_name(event.get(), kFinalTranscript))
      conversation.utterance_over();
  });
}

gboolean sink_event(GstPad* pad, GstObject* parent, GstEvent* data) noexcept {
  auto event = Ref<GstEvent>::adopt(data);
  switch (GST_EVENT_TYPE(data)) {
    case GST_EVENT_FLUSH_START:
      run(parent, [](Conversation& c) {
        c.drain(nullptr);
        c.cancel(true);
      });
      return TRUE;
    case GST_EVENT_EOS:
      run(parent, [parent, event](Conversation& c) {
        c.drain([parent, event] { impl_of(parent).pusher.push_event(event); });
      });
      return TRUE;
    case GST_EVENT_CUSTOM_DOWNSTREAM:
    case GST_EVENT_CUSTOM_DOWNSTREAM_STICKY:
    case GST_EVENT_CUSTOM_BOTH:
      forward(parent, std::move(event));
      return TRUE;
    case GST_EVENT_CUSTOM_DOWNSTREAM_OOB:
    case GST_EVENT_CUSTOM_BOTH_OOB:
      return gst_pad_event_default(pad, parent, event.release());
    default:
      // The replies are a stream of their own: start, caps, segment and flush stop are the
      // pusher's.
      return TRUE;
  }
}

// --- States --------------------------------------------------------------------------------------

void start(CentralitaLlmDialog* self) {
  auto& impl = *self->impl;
  const auto io = impl.binding.find(GST_ELEMENT_CAST(self));
  const auto mode = impl.binding.offered() ? SrcPusher::Mode::kInline : SrcPusher::Mode::kTask;
  impl.last_turn = 0;
  ChatHistory history;
  if (auto kept = impl.kept.lock(); !kept->of_a_past_call)
    history = std::move(kept->history);
  io.run_and_wait([&] {
    impl.conversation = std::make_shared<Conversation>(
        io, impl.output, [&impl] { return impl.settings.copy(); },
        [&impl] { return ++impl.last_turn; }, std::move(history));
    impl.pusher.start(mode);
    impl.pusher.set_caps(Ref<GstCaps>::adopt(gst_caps_from_string(kCaps)));
  });
  *impl.io.lock() = io;

  // Said at PAUSED and not at PLAYING: a sink that waits for preroll would wait for the caller's
  // first words. Not from within the state change: what is said is pushed, and may be answered by
  // signals.
  const auto first_message = impl.settings.copy().first_message;
  const std::uint32_t turn = first_message.empty() ? 0 : ++impl.last_turn;
  io.post([element = Ref<GstElement>::share(GST_ELEMENT_CAST(self)), turn, first_message] {
    if (const auto conversation = impl_of(element.get()).conversation)
      conversation->open(turn, first_message);
  });
}

void stop(CentralitaLlmDialog* self) {
  auto& impl = *self->impl;
  const auto io = impl.io.copy();
  if (!io)
    return;
  io->run_and_wait([&impl] {
    const auto conversation = std::exchange(impl.conversation, nullptr);
    conversation->shut_down();
    *impl.kept.lock() = {conversation->history(), conversation->speculation_counts(), true};
  });
  *impl.io.lock() = std::nullopt;
  impl.pusher.stop();
}

GstStateChangeReturn change_state(GstElement* element, GstStateChange transition) noexcept {
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    stop(CENTRALITA_LLM_DIALOG(element));
  const auto result =
      GST_ELEMENT_CLASS(centralita_llm_dialog_parent_class)->change_state(element, transition);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && result != GST_STATE_CHANGE_FAILURE)
    start(CENTRALITA_LLM_DIALOG(element));
  return result;
}

void set_context(GstElement* element, GstContext* context) noexcept {
  impl_of(element).binding.offer(context);
  GST_ELEMENT_CLASS(centralita_llm_dialog_parent_class)->set_context(element, context);
}

// --- Action signals ------------------------------------------------------------------------------

std::string text_or_empty(const char* text) { return text ? text : ""; }

guint say(CentralitaLlmDialog* self, const char* text) noexcept {
  if (!self->impl->io.copy())
    return 0;
  const std::uint32_t turn = ++self->impl->last_turn;
  run(self, [turn, words = text_or_empty(text)](Conversation& c) { c.say(turn, words); });
  return turn;
}

void respond(CentralitaLlmDialog* self, const char* text) noexcept {
  run(self, [words = text_or_empty(text)](Conversation& c) { c.respond(words); });
}

void interrupt(CentralitaLlmDialog* self, const char* heard) noexcept {
  const auto words = heard ? std::optional<std::string>(heard) : std::nullopt;
  run(self, [words](Conversation& c) { c.interrupt(words); });
}

void cancel(CentralitaLlmDialog* self) noexcept {
  run(self, [](Conversation& c) { c.cancel(false); });
}

void add_tool_result(CentralitaLlmDialog* self, const char* id, const char* content) noexcept {
  run(self, [id = text_or_empty(id), result = text_or_empty(content)](Conversation& c) {
    c.add_tool_result(id, result);
  });
}

gboolean retract(CentralitaLlmDialog* self, const char* text) noexcept {
  bool done = false;
  with_conversation(self, [&](Conversation& c) { done = c.retract(text_or_empty(text)); });
  return done;
}

guint respond_speculatively(CentralitaLlmDialog* self, const char* text) noexcept {
  std::uint32_t turn = 0;
  with_conversation(self,
                    [&](Conversation& c) { turn = c.respond_speculatively(text_or_empty(text)); });
  return turn;
}

gboolean confirm(CentralitaLlmDialog* self, guint turn) noexcept {
  bool done = false;
  with_conversation(self, [&](Conversation& c) { done = c.confirm(turn); });
  return done;
}

gboolean withdraw(CentralitaLlmDialog* self, guint turn) noexcept {
  bool done = false;
  with_conversation(self, [&](Conversation& c) { done = c.withdraw(turn); });
  return done;
}

gboolean interject(CentralitaLlmDialog* self, const char* text) noexcept {
  bool done = false;
  with_conversation(self, [&](Conversation& c) { done = c.interject(text_or_empty(text)); });
  return done;
}

gboolean answer_again(CentralitaLlmDialog* self) noexcept {
  bool done = false;
  with_conversation(self, [&](Conversation& c) { done = c.answer_again(); });
  return done;
}

// Runs `with` on the history, wherever it is now, and returns when it has run.
void with_history(CentralitaLlmDialog* self, const std::function<void(Conversation*)>& with) {
  auto& impl = *self->impl;
  if (const auto io = impl.io.copy())
    io->run_and_wait([&] { with(std::shared_ptr(impl.conversation).get()); });
  else
    with(nullptr);
}

char* get_history(CentralitaLlmDialog* self) noexcept {
  std::string history;
  with_history(self, [&](Conversation* conversation) {
    history = conversation ? conversation->history().to_json()
                           : self->impl->kept.lock()->history.to_json();
  });
  return g_strdup(history.c_str());
}

void set_history(CentralitaLlmDialog* self, const char* text) noexcept {
  auto history = ChatHistory::from_json(text_or_empty(text));
  if (!history) {
    GST_ELEMENT_WARNING(self, LIBRARY, SETTINGS, ("The history was not set: it is not valid"),
                        ("%s", history.error().c_str()));
    return;
  }
  with_history(self, [&](Conversation* conversation) {
    if (conversation)
      conversation->set_history(std::move(*history));
    else
      *self->impl->kept.lock() = {.history = std::move(*history)};
  });
}

SpeculationCounts speculation_counts(gpointer object) {
  auto counts = impl_of(object).kept.lock()->counts;
  with_conversation(object, [&](Conversation& c) { counts = c.speculation_counts(); });
  return counts;
}

// --- Properties ----------------------------------------------------------------------------------

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* pspec) noexcept {
  const auto known = set_dialog_property(impl_of(object).settings, id, value);
  if (!known)
    GST_ELEMENT_WARNING(object, LIBRARY, SETTINGS, ("%s", known.error().c_str()), (nullptr));
  else if (!*known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* pspec) noexcept {
  switch (id) {
    case PROP_SPECULATIONS:
      g_value_set_uint64(value, speculation_counts(object).made);
      break;
    case PROP_SPECULATIONS_CONFIRMED:
      g_value_set_uint64(value, speculation_counts(object).confirmed);
      break;
    case PROP_SPECULATIONS_WASTED:
      g_value_set_uint64(value, speculation_counts(object).wasted);
      break;
    default:
      if (!get_dialog_property(impl_of(object).settings.copy(), id, value))
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

void finalize(GObject* object) noexcept {
  delete CENTRALITA_LLM_DIALOG(object)->impl;
  G_OBJECT_CLASS(centralita_llm_dialog_parent_class)->finalize(object);
}

// --- Index ---------------------------------------------------------------------------------------

void install_properties(GObjectClass* klass) {
  install_dialog_properties(klass);
  const auto install_count = [klass](guint id, const char* name, const char* nick,
                                     const char* blurb) {
    g_object_class_install_property(
        klass, id,
        g_param_spec_uint64(name, nick, blurb, 0, G_MAXUINT64, 0,
                            static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)));
  };
  install_count(PROP_SPECULATIONS, "speculations", "Speculations",
                "Replies begun by respond-speculatively in this call");
  install_count(PROP_SPECULATIONS_CONFIRMED, "speculations-confirmed", "Speculations confirmed",
                "Of these");
  install_count(PROP_SPECULATIONS_WASTED, "speculations-wasted", "Speculations wasted",
                "Requests that were made for them and whose answer nobody heard");
}

template <typename Handler, typename... Types>
void install_action(const char* name, Handler handler, GType result, Types... types) {
  g_signal_new_class_handler(name, CENTRALITA_TYPE_LLM_DIALOG,
                             static_cast<GSignalFlags>(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION),
                             reinterpret_cast<GCallback>(handler), nullptr, nullptr, nullptr,
                             result, sizeof...(types), types...);
}

void install_signals() {
  // say (text) -> turn: speaks a text as the agent, after what is under way; 0 below PAUSED.
  install_action("say", say, G_TYPE_UINT, G_TYPE_STRING);
  // respond (text): as if a buffer with the caller's words had come.
  install_action("respond", respond, G_TYPE_NONE, G_TYPE_STRING);
  // interrupt (heard): ends the reply, flushes downstream, cuts the history to what was heard; NULL
  // keeps what was sent, empty removes the reply. Before a reply has sent anything, heard words are
  // the previous one's.
  install_action("interrupt", interrupt, G_TYPE_NONE, G_TYPE_STRING);
  // cancel (): ends the reply and what waits; what was sent goes on playing.
  install_action("cancel", cancel, G_TYPE_NONE);
  // respond-speculatively (text) -> turn, see the documentation of the element; 0: no words, or
  // below PAUSED. confirm (turn), withdraw (turn) -> whether that turn was still undecided.
  install_action("respond-speculatively", respond_speculatively, G_TYPE_UINT, G_TYPE_STRING);
  install_action("confirm", confirm, G_TYPE_BOOLEAN, G_TYPE_UINT);
  install_action("withdraw", withdraw, G_TYPE_BOOLEAN, G_TYPE_UINT);
  // retract (text) -> whether these were the caller's last words and nobody had answered them: they
  // are taken out of the history, for the whole that comes.
  install_action("retract", retract, G_TYPE_BOOLEAN, G_TYPE_STRING);
  // answer-again () -> whether there are words of the caller's that have no answer, because that
  // failed: they are given one.
  install_action("answer-again", answer_again, G_TYPE_BOOLEAN);
  // interject (text) -> whether it is said: a sentence in the reply under way while that has
  // nothing to say, its model being slow or its tools asked. Heard as a clause of it, in no
  // history.
  install_action("interject", interject, G_TYPE_BOOLEAN, G_TYPE_STRING);
  // add-tool-result (id, content): the reply goes on when every call of it has one.
  install_action("add-tool-result", add_tool_result, G_TYPE_NONE, G_TYPE_STRING, G_TYPE_STRING);
  // get-history () -> JSON array of messages, instructions not included. Also after the call.
  install_action("get-history", get_history, G_TYPE_STRING);
  // set-history (JSON): a warning and nothing else when it is not valid.
  install_action("set-history", set_history, G_TYPE_NONE, G_TYPE_STRING);
}

}  // namespace

static void centralita_llm_dialog_init(CentralitaLlmDialog* self) {
  auto* element = GST_ELEMENT_CAST(self);
  auto* sink = gst_pad_new_from_static_template(&sink_template, "sink");
  gst_pad_set_chain_function(sink, chain);
  gst_pad_set_event_function(sink, sink_event);
  gst_element_add_pad(element, sink);
  auto* src = gst_pad_new_from_static_template(&src_template, "src");
  gst_pad_use_fixed_caps(src);
  gst_element_add_pad(element, src);
  self->impl = new Impl(element, src);
}

static void centralita_llm_dialog_class_init(CentralitaLlmDialogClass* klass) {
  auto* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  install_properties(object_class);
  install_signals();

  auto* element_class = GST_ELEMENT_CLASS(klass);
  element_class->change_state = GST_DEBUG_FUNCPTR(change_state);
  element_class->set_context = GST_DEBUG_FUNCPTR(set_context);
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(
      element_class, "Dialog with a language model", "Filter/Text",
      "Answers text with a chat completion, clause by clause", "Centralita");
}
