#include "server/sandbox/services.h"

#include <algorithm>
#include <thread>

namespace centralita::sandbox {
namespace {

int workers() { return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, 2u)); }

}  // namespace

struct Services::Gate {
  std::mutex mutex;
  bool open = true;
};

Services::Services(Ref<GMainContext> context)
    : timers(TimerQueue::of(context.get())),
      context_(std::move(context)),
      gate_(std::make_shared<Gate>()),
      decoders_(static_cast<std::size_t>(workers())),
      recognition(workers()),
      synthesis(workers()) {}

Services::~Services() {
  const std::lock_guard lock(gate_->mutex);
  gate_->open = false;
}

void Services::post(std::function<void()> function) {
  struct Posted {
    std::shared_ptr<Gate> gate;
    std::function<void()> function;
  };
  auto source = Ref<GSource>::adopt(g_idle_source_new());
  g_source_set_priority(source.get(), G_PRIORITY_DEFAULT);
  g_source_set_callback(
      source.get(),
      [](gpointer data) noexcept -> gboolean {
        auto* posted = static_cast<Posted*>(data);
        bool open = false;
        {
          const std::lock_guard lock(posted->gate->mutex);
          open = posted->gate->open;
        }
        if (open)
          posted->function();
        return G_SOURCE_REMOVE;
      },
      new Posted{gate_, std::move(function)},
      [](gpointer data) noexcept { delete static_cast<Posted*>(data); });
  g_source_attach(source.get(), context_.get());
}

Result<Recogniser*> Services::decoder(int worker, const std::string& language) {
  auto& own = decoders_[static_cast<std::size_t>(worker)][language];
  if (!own) {
    auto made = Recogniser::make(language);
    if (!made)
      return Unexpected(made.error());
    own = std::move(*made);
  }
  return own.get();
}

void Services::keep_upload(Audio audio) {
  uploads.push_back(std::move(audio));
  ++upload_count;
  if (uploads.size() > kUploadsKept)
    uploads.pop_front();
}

void Services::note(Operation operation, json::Object request) {
  auto& log = requests[operation];
  ++log.count;
  log.last = std::move(request);
}

}  // namespace centralita::sandbox
