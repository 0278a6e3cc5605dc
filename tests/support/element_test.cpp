#include "tests/support/element_test.h"

#include "plugins/base/mapped_buffer.h"

#include <stdexcept>

namespace centralita::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kElementPatience = 20s;

gboolean go_on(gpointer) noexcept { return G_SOURCE_CONTINUE; }

}  // namespace

ElementTest::ElementTest(GType type, IoMode mode) {
  // Also makes this thread the context's owner, as a shard's thread is.
  g_main_context_push_thread_default(context_.get());
  // Wakes until() for what other threads have done.
  tick_ = Ref<GSource>::adopt(g_timeout_source_new(2));
  g_source_set_callback(tick_.get(), go_on, nullptr, nullptr);
  g_source_attach(tick_.get(), context_.get());

  element_ = Ref<GstElement>::sink(GST_ELEMENT(g_object_new(type, nullptr)));
  gst_bus_set_sync_handler(bus_.get(), record, this, nullptr);
  gst_element_set_bus(element_.get(), bus_.get());
  if (mode == IoMode::kInline) {
    io_.emplace(context_, IoContext::make_session());
    const auto offer = io_->to_gst();
    gst_element_set_context(element_.get(), offer.get());
  }
}

ElementTest::~ElementTest() {
  stop();
  if (harness_)
    gst_harness_teardown(harness_);
  gst_element_set_bus(element_.get(), nullptr);
  element_ = nullptr;
  if (io_)
    soup_session_abort(io_->session());
  while (g_main_context_iteration(context_.get(), FALSE)) {
    if (!g_main_context_pending(context_.get()))
      break;
  }
  io_.reset();
  g_source_destroy(tick_.get());
  g_main_context_pop_thread_default(context_.get());
}

void ElementTest::start(const char* sink_pad, const char* src_pad) {
  harness_ = gst_harness_new_with_element(element_.get(), sink_pad, src_pad);
  gst_element_set_state(element_.get(), GST_STATE_PLAYING);
}

void ElementTest::stop() { gst_element_set_state(element_.get(), GST_STATE_NULL); }

void ElementTest::until(const char* what, const std::function<bool()>& so) {
  const auto deadline = std::chrono::steady_clock::now() + kElementPatience;
  while (!so()) {
    if (std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error(std::string("waited in vain for ") + what);
    g_main_context_iteration(context_.get(), TRUE);
  }
}

void ElementTest::run_for(std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  until("time to pass", [&] { return std::chrono::steady_clock::now() >= end; });
}

GstBusSyncReply ElementTest::record(GstBus*, GstMessage* owned, gpointer data) noexcept {
  auto* self = static_cast<ElementTest*>(data);
  const auto message = Ref<GstMessage>::adopt(owned);  // a handler that drops it owns it
  {
    const std::lock_guard lock(self->mutex_);
    self->messages_.push_back(message);
  }
  if (self->on_message_)
    self->on_message_(message.get());
  return GST_BUS_DROP;
}

std::vector<std::shared_ptr<GstStructure>> ElementTest::messages(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<GstStructure>> found;
  for (const auto& message : messages_)
    if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_ELEMENT &&
        gst_message_has_name(message.get(), name.c_str()))
      found.emplace_back(gst_structure_copy(gst_message_get_structure(message.get())),
                         gst_structure_free);
  return found;
}

std::vector<std::string> ElementTest::message_names() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& message : messages_)
    names.emplace_back(GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_ELEMENT
                           ? gst_structure_get_name(gst_message_get_structure(message.get()))
                           : GST_MESSAGE_TYPE_NAME(message.get()));
  return names;
}

std::vector<ProviderError> ElementTest::provider_errors() const {
  const std::lock_guard lock(mutex_);
  std::vector<ProviderError> errors;
  for (const auto& message : messages_)
    if (auto error = ProviderError::from_message(message.get()))
      errors.push_back(std::move(*error));
  return errors;
}

std::vector<Ref<GstBuffer>> ElementTest::take_buffers() {
  std::vector<Ref<GstBuffer>> buffers;
  while (auto buffer = Ref<GstBuffer>::adopt(gst_harness_try_pull(harness_)))
    buffers.push_back(std::move(buffer));
  return buffers;
}

std::vector<Ref<GstEvent>> ElementTest::take_events() {
  std::vector<Ref<GstEvent>> events;
  while (auto event = Ref<GstEvent>::adopt(gst_harness_try_pull_event(harness_)))
    events.push_back(std::move(event));
  return events;
}

std::string text_of(const GstStructure* structure, const char* field) {
  const char* text = gst_structure_get_string(structure, field);
  return text ? text : "";
}

std::uint64_t number_of(const GstStructure* structure, const char* field) {
  guint small = 0;
  if (gst_structure_get_uint(structure, field, &small))
    return small;
  guint64 number = G_MAXUINT64;
  gst_structure_get_uint64(structure, field, &number);
  return number;
}

std::string bytes_of(GstBuffer* buffer) {
  const MappedBuffer map(buffer, GST_MAP_READ);
  return {map.bytes().begin(), map.bytes().end()};
}

}  // namespace centralita::test
