// What ThreadSanitizer cannot see: GLib and GStreamer are not built with it, so that their locks,
// reference counts and main loops order nothing for it, and everything handed over by one of them
// looks like a race. Linked into each test of a TSan build, these functions stand before GLib's own
// (calls from one library into another find the program's symbol first), tell the sanitizer
// what is ordered, and call the real one. Nothing of ours is excused by it.
#include <dlfcn.h>
#include <gio/gio.h>
#include <gst/gst.h>

extern "C" {
void __tsan_acquire(void* address);
void __tsan_release(void* address);
}

namespace {

template <typename Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

#define REAL(function) static auto* const real_function = real<decltype(function)>(#function)

// --- Main loops ------------------------------------------------------------

// Stands for the function of a source; its own address is what is released and acquired.
struct Handover {
  GSourceFunc function;
  gpointer data;
  GDestroyNotify notify;
};

gboolean run(gpointer data) {
  auto* handover = static_cast<Handover*>(data);
  __tsan_acquire(handover);
  const gboolean again = handover->function(handover->data);
  __tsan_release(handover);
  return again;
}

constexpr char kThreadFunction[] = "tsan-thread-function";

void run_task(GTask* task, gpointer source, gpointer data, GCancellable* cancellable) {
  __tsan_acquire(task);
  auto* function =
      reinterpret_cast<GTaskThreadFunc>(g_object_get_data(G_OBJECT(task), kThreadFunction));
  function(task, source, data, cancellable);
  __tsan_release(task);
}

void forget(gpointer data) {
  auto* handover = static_cast<Handover*>(data);
  __tsan_acquire(handover);
  if (handover->notify)
    handover->notify(handover->data);
  delete handover;
}

}  // namespace

extern "C" {

void g_mutex_lock(GMutex* mutex) {
  REAL(g_mutex_lock);
  real_function(mutex);
  __tsan_acquire(mutex);
}
gboolean g_mutex_trylock(GMutex* mutex) {
  REAL(g_mutex_trylock);
  const gboolean locked = real_function(mutex);
  if (locked)
    __tsan_acquire(mutex);
  return locked;
}
void g_mutex_unlock(GMutex* mutex) {
  REAL(g_mutex_unlock);
  __tsan_release(mutex);
  real_function(mutex);
}
void g_rec_mutex_lock(GRecMutex* mutex) {
  REAL(g_rec_mutex_lock);
  real_function(mutex);
  __tsan_acquire(mutex);
}
void g_rec_mutex_unlock(GRecMutex* mutex) {
  REAL(g_rec_mutex_unlock);
  __tsan_release(mutex);
  real_function(mutex);
}
void g_cond_wait(GCond* condition, GMutex* mutex) {
  REAL(g_cond_wait);
  __tsan_release(mutex);
  real_function(condition, mutex);
  __tsan_acquire(mutex);
}
gboolean g_cond_wait_until(GCond* condition, GMutex* mutex, gint64 end) {
  REAL(g_cond_wait_until);
  __tsan_release(mutex);
  const gboolean signalled = real_function(condition, mutex, end);
  __tsan_acquire(mutex);
  return signalled;
}

gboolean(g_once_init_enter)(volatile void* location) {
  static auto* const real_function = real<gboolean(volatile void*)>("g_once_init_enter");
  const gboolean first = real_function(location);
  if (!first)
    __tsan_acquire(const_cast<void*>(location));
  return first;
}
void(g_once_init_leave)(volatile void* location, gsize result) {
  static auto* const real_function = real<void(volatile void*, gsize)>("g_once_init_leave");
  __tsan_release(const_cast<void*>(location));
  real_function(location, result);
}

void g_async_queue_push(GAsyncQueue* queue, gpointer item) {
  REAL(g_async_queue_push);
  __tsan_release(queue);
  real_function(queue, item);
}
gpointer g_async_queue_pop(GAsyncQueue* queue) {
  REAL(g_async_queue_pop);
  gpointer item = real_function(queue);
  __tsan_acquire(queue);
  return item;
}
gpointer g_async_queue_try_pop(GAsyncQueue* queue) {
  REAL(g_async_queue_try_pop);
  gpointer item = real_function(queue);
  __tsan_acquire(queue);
  return item;
}
gpointer g_async_queue_timeout_pop(GAsyncQueue* queue, guint64 timeout) {
  REAL(g_async_queue_timeout_pop);
  gpointer item = real_function(queue, timeout);
  __tsan_acquire(queue);
  return item;
}

// Who drops a reference is done with the object; who drops the last one comes after all of them.
void g_object_unref(gpointer object) {
  REAL(g_object_unref);
  __tsan_release(object);
  __tsan_acquire(object);
  real_function(object);
}
void gst_mini_object_unref(GstMiniObject* object) {
  REAL(gst_mini_object_unref);
  __tsan_release(object);
  __tsan_acquire(object);
  real_function(object);
}
void gst_object_unref(gpointer object) {
  REAL(gst_object_unref);
  __tsan_release(object);
  __tsan_acquire(object);
  real_function(object);
}

void g_source_set_callback(GSource* source, GSourceFunc function, gpointer data,
                           GDestroyNotify notify) {
  REAL(g_source_set_callback);
  // The functions of other kinds of sources take other parameters.
  if (!function ||
      (source->source_funcs != &g_idle_funcs && source->source_funcs != &g_timeout_funcs))
    return real_function(source, function, data, notify);
  auto* handover = new Handover{function, data, notify};
  __tsan_release(handover);
  real_function(source, run, handover, forget);
}

void g_task_run_in_thread(GTask* task, GTaskThreadFunc function) {
  REAL(g_task_run_in_thread);
  g_object_set_data(G_OBJECT(task), kThreadFunction, reinterpret_cast<gpointer>(function));
  __tsan_release(task);
  real_function(task, run_task);
}

}  // extern "C"
