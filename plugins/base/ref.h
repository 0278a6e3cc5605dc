// Ref<T> owns exactly one reference to a GLib or GStreamer object.
//
// The word at the call says what the C documentation says of the pointer ("transfer"):
//
//   auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(text));   // full: it is ours now
//   auto bus = Ref<GstBus>::share(bus_of_somebody_else);           // none: we add a reference
//   auto pad = Ref<GstPad>::sink(gst_pad_new("src", GST_PAD_SRC)); // floating: we take it over
//   gst_pad_push(pad, buffer.release());                           // C takes the reference
//
// Only types with a RefTraits can be held, so that nothing is released with another type's
// function. The types of libsoup and json-glib are in soup_ref.h and json.h. What is freed rather
// than unreferenced is a std::unique_ptr: OwnedString, OwnedError, OwnedStructure below.
//
// Not thread-safe as a variable; the object behind it is as thread-safe as its own type.
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>

#include <cstddef>
#include <memory>
#include <utility>

namespace centralita {

template <typename T>
struct RefTraits;  // static void ref(T*), unref(T*); for floating types also sink(T*),
                   // is_floating(T*)

template <typename T>
class [[nodiscard]] Ref {
 public:
  constexpr Ref() noexcept = default;
  constexpr Ref(std::nullptr_t) noexcept {}
  Ref(const Ref& other) noexcept : Ref(share(other.object_)) {}
  Ref(Ref&& other) noexcept : object_(other.release()) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_)
      RefTraits<T>::unref(object_);
  }

  static Ref adopt(T* object) noexcept {
    if constexpr (requires { RefTraits<T>::is_floating(object); })
      g_assert(!object || !RefTraits<T>::is_floating(object));
    return Ref(object);
  }
  static Ref share(T* object) noexcept {
    if (object)
      RefTraits<T>::ref(object);
    return Ref(object);
  }
  static Ref sink(T* object) noexcept requires requires { RefTraits<T>::sink(object); }
  {
    if (object)
      RefTraits<T>::sink(object);
    return Ref(object);
  }

  T* get() const noexcept { return object_; }
  explicit operator bool() const noexcept { return object_ != nullptr; }
  friend bool operator==(const Ref&, const Ref&) = default;

  [[nodiscard]] T* release() noexcept { return std::exchange(object_, nullptr); }

 private:
  explicit Ref(T* object) noexcept : object_(object) {}
  T* object_ = nullptr;
};

struct GObjectTraits {
  static void ref(gpointer p) { g_object_ref(p); }
  static void unref(gpointer p) { g_object_unref(p); }
};

struct GstObjectTraits {
  static void ref(gpointer p) { gst_object_ref(p); }
  static void unref(gpointer p) { gst_object_unref(p); }
  static void sink(gpointer p) { gst_object_ref_sink(p); }
  static bool is_floating(gpointer p) { return g_object_is_floating(p); }
};

struct MiniObjectTraits {
  static void ref(gpointer p) { gst_mini_object_ref(static_cast<GstMiniObject*>(p)); }
  static void unref(gpointer p) { gst_mini_object_unref(static_cast<GstMiniObject*>(p)); }
};

// clang-format off
template <> struct RefTraits<GObject> : GObjectTraits {};
template <> struct RefTraits<GCancellable> : GObjectTraits {};
template <> struct RefTraits<GInputStream> : GObjectTraits {};
template <> struct RefTraits<GOutputStream> : GObjectTraits {};
template <> struct RefTraits<GIOStream> : GObjectTraits {};
template <> struct RefTraits<GSocketAddress> : GObjectTraits {};
template <> struct RefTraits<GSubprocess> : GObjectTraits {};
template <> struct RefTraits<GTlsCertificate> : GObjectTraits {};
template <> struct RefTraits<GstElement> : GstObjectTraits {};
template <> struct RefTraits<GstPad> : GstObjectTraits {};
template <> struct RefTraits<GstBus> : GstObjectTraits {};
template <> struct RefTraits<GstTask> : GstObjectTraits {};
template <> struct RefTraits<GstClock> : GstObjectTraits {};
template <> struct RefTraits<GstBufferPool> : GstObjectTraits {};
template <> struct RefTraits<GstElementFactory> : GstObjectTraits {};
template <> struct RefTraits<GstBuffer> : MiniObjectTraits {};
template <> struct RefTraits<GstCaps> : MiniObjectTraits {};
template <> struct RefTraits<GstEvent> : MiniObjectTraits {};
template <> struct RefTraits<GstMessage> : MiniObjectTraits {};
template <> struct RefTraits<GstQuery> : MiniObjectTraits {};
template <> struct RefTraits<GstContext> : MiniObjectTraits {};
template <> struct RefTraits<GstSample> : MiniObjectTraits {};
template <> struct RefTraits<GMainContext> {
  static void ref(GMainContext* p) { g_main_context_ref(p); }
  static void unref(GMainContext* p) { g_main_context_unref(p); }
};
template <> struct RefTraits<GMainLoop> {
  static void ref(GMainLoop* p) { g_main_loop_ref(p); }
  static void unref(GMainLoop* p) { g_main_loop_unref(p); }
};
template <> struct RefTraits<GSource> {
  static void ref(GSource* p) { g_source_ref(p); }
  static void unref(GSource* p) { g_source_unref(p); }
};
template <> struct RefTraits<GBytes> {
  static void ref(GBytes* p) { g_bytes_ref(p); }
  static void unref(GBytes* p) { g_bytes_unref(p); }
};
template <> struct RefTraits<GRegex> {
  static void ref(GRegex* p) { g_regex_ref(p); }
  static void unref(GRegex* p) { g_regex_unref(p); }
};
template <> struct RefTraits<GUri> {
  static void ref(GUri* p) { g_uri_ref(p); }
  static void unref(GUri* p) { g_uri_unref(p); }
};
// clang-format on

template <auto Free>
struct FreeWith {
  template <typename T>
  void operator()(T* p) const noexcept {
    Free(p);
  }
};
using OwnedString = std::unique_ptr<char, FreeWith<g_free>>;
using OwnedError = std::unique_ptr<GError, FreeWith<g_error_free>>;
using OwnedMatch = std::unique_ptr<GMatchInfo, FreeWith<g_match_info_unref>>;
using OwnedStructure = std::unique_ptr<GstStructure, FreeWith<gst_structure_free>>;

}  // namespace centralita
