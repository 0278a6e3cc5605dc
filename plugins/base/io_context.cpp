#include "plugins/base/io_context.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace centralita {
namespace {

using Function = std::function<void()>;

gboolean call(gpointer data) noexcept {
  (*static_cast<Function*>(data))();
  return G_SOURCE_REMOVE;
}
void delete_function(gpointer data) noexcept { delete static_cast<Function*>(data); }

IoContext start_shared_thread() {
  std::mutex mutex;
  std::condition_variable started;
  std::optional<IoContext> io;
  std::thread([&] {
    const auto context = Ref<GMainContext>::adopt(g_main_context_new());
    const auto loop = Ref<GMainLoop>::adopt(g_main_loop_new(context.get(), FALSE));
    g_main_context_push_thread_default(context.get());
    {
      const std::lock_guard lock(mutex);
      io.emplace(context, IoContext::make_session());
      started.notify_one();
    }
    g_main_loop_run(loop.get());  // as long as the process
  }).detach();
  std::unique_lock lock(mutex);
  started.wait(lock, [&] { return io.has_value(); });
  return *io;
}

}  // namespace

IoContext::IoContext(Ref<GMainContext> context, Ref<SoupSession> session)
    : context_(std::move(context)),
      session_(std::move(session)),
      timers_(TimerQueue::of(context_.get())) {}

IoContext IoContext::shared() {
  static const auto* const io = new IoContext(start_shared_thread());
  return *io;
}

Ref<SoupSession> IoContext::make_session() {
  auto session = Ref<SoupSession>::adopt(soup_session_new_with_options(
      "max-conns", 4096, "max-conns-per-host", 4096, "timeout", 0, "idle-timeout", 60, "user-agent",
      "centralita/" CENTRALITA_VERSION, nullptr));
  soup_session_remove_feature_by_type(session.get(), SOUP_TYPE_CONTENT_DECODER);
  return session;
}

IoContext IoContext::traced(std::string trace_id, std::string tracestate) const {
  auto traced = *this;
  traced.trace_id_ = std::move(trace_id);
  traced.tracestate_ = std::move(tracestate);
  return traced;
}

std::optional<IoContext> IoContext::from_gst(GstContext* context) {
  if (!gst_context_has_context_type(context, kIoContextType))
    return std::nullopt;
  GMainContext* main_context = nullptr;
  SoupSession* session = nullptr;
  if (!gst_structure_get(gst_context_get_structure(context), "main-context", G_TYPE_MAIN_CONTEXT,
                         &main_context, "session", SOUP_TYPE_SESSION, &session, nullptr))
    return std::nullopt;
  IoContext io(Ref<GMainContext>::adopt(main_context), Ref<SoupSession>::adopt(session));
  const auto* structure = gst_context_get_structure(context);
  const char* trace = gst_structure_get_string(structure, "trace-id");
  const char* state = gst_structure_get_string(structure, "tracestate");
  return trace ? io.traced(trace, state ? state : "") : io;
}

Ref<GstContext> IoContext::to_gst() const {
  auto context = Ref<GstContext>::adopt(gst_context_new(kIoContextType, TRUE));
  gst_structure_set(gst_context_writable_structure(context.get()), "main-context",
                    G_TYPE_MAIN_CONTEXT, context_.get(), "session", SOUP_TYPE_SESSION,
                    session_.get(), nullptr);
  if (!trace_id_.empty())
    gst_structure_set(gst_context_writable_structure(context.get()), "trace-id", G_TYPE_STRING,
                      trace_id_.c_str(), "tracestate", G_TYPE_STRING, tracestate_.c_str(), nullptr);
  return context;
}

void IoContext::run(Function function) const {
  if (is_current())
    function();
  else
    post(std::move(function));
}

void IoContext::post(Function function) const { queue(std::move(function), G_PRIORITY_DEFAULT); }

void IoContext::post_ahead(Function function) const { queue(std::move(function), G_PRIORITY_HIGH); }

void IoContext::queue(Function function, int priority) const {
  const auto source = Ref<GSource>::adopt(g_idle_source_new());
  g_source_set_priority(source.get(), priority);
  g_source_set_callback(source.get(), call, new Function(std::move(function)), delete_function);
  g_source_attach(source.get(), context_.get());
}

void IoContext::run_and_wait(const Function& function) const {
  // Also when nobody runs the context any more: then it is ours for the moment.
  if (g_main_context_acquire(context_.get())) {
    function();
    g_main_context_release(context_.get());
    return;
  }
  std::mutex mutex;
  std::condition_variable done;
  bool finished = false;
  post([&] {
    function();
    const std::lock_guard lock(mutex);
    finished = true;
    done.notify_one();
  });
  std::unique_lock lock(mutex);
  done.wait(lock, [&] { return finished; });
}

void IoBinding::offer(GstContext* context) {
  if (auto io = IoContext::from_gst(context))
    offered_ = std::move(io);
}

IoContext IoBinding::find(GstElement* element) {
  if (!offered_) {
    // An answer comes at once, through set_context() and offer(), or not at all.
    gst_element_post_message(
        element, gst_message_new_need_context(GST_OBJECT_CAST(element), kIoContextType));
  }
  return offered_ ? *offered_ : IoContext::shared();
}

}  // namespace centralita
