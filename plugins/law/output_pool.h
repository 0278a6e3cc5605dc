// Output buffers that are used again when downstream is done with them. The memory is downstream's
// choice (an allocator offered in the ALLOCATION query), the pool is ours: buffers here have any
// size, and a pool has one. Streaming thread.
//
//   pool.use(allocator, params);          // when downstream has said
//   auto buffer = pool.acquire(bytes);    // its size may be more than asked for
#pragma once

#include "plugins/base/ref.h"

#include <gst/gst.h>

#include <utility>

namespace centralita {

// Without sink(): an allocator that somebody else made may float for as long as it lives.
template <>
struct RefTraits<GstAllocator> {
  static void ref(gpointer p) { gst_object_ref(p); }
  static void unref(gpointer p) { gst_object_unref(p); }
};

class OutputPool {
 public:
  ~OutputPool() { clear(); }

  void use(Ref<GstAllocator> allocator, const GstAllocationParams& params) {
    clear();
    allocator_ = std::move(allocator);
    params_ = params;
  }
  // With room for `size` bytes at least. Null when there is no memory.
  Ref<GstBuffer> acquire(gsize size) {
    if ((!pool_ || size > size_) && !make(size))
      return nullptr;
    GstBuffer* buffer = nullptr;
    if (gst_buffer_pool_acquire_buffer(pool_.get(), &buffer, nullptr) != GST_FLOW_OK)
      return nullptr;
    return Ref<GstBuffer>::adopt(buffer);
  }
  void clear() {
    if (pool_)
      gst_buffer_pool_set_active(pool_.get(), FALSE);
    pool_ = nullptr;
  }

 private:
  bool make(gsize size) {
    clear();
    pool_ = Ref<GstBufferPool>::adopt(gst_buffer_pool_new());
    // A little more, so that buffers of almost the same size do not make another pool.
    size_ = size + size / 8;
    GstStructure* config = gst_buffer_pool_get_config(pool_.get());
    gst_buffer_pool_config_set_params(config, nullptr, static_cast<guint>(size_), 0, 0);
    gst_buffer_pool_config_set_allocator(config, allocator_.get(), &params_);
    return gst_buffer_pool_set_config(pool_.get(), config) &&
           gst_buffer_pool_set_active(pool_.get(), TRUE);
  }

  Ref<GstBufferPool> pool_;
  gsize size_ = 0;
  Ref<GstAllocator> allocator_;
  GstAllocationParams params_{};
};

}  // namespace centralita
