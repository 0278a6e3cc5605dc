#include "plugins/law/kernels.h"

#include <array>

namespace centralita {

extern const LawKernels baseline;
#if defined(__x86_64__)
extern const LawKernels avx2;
extern const LawKernels avx512;
#endif

namespace {

struct Available {
  std::array<const LawKernels*, 3> kernels{};
  std::size_t count = 0;

  Available() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vnni"))
      kernels[count++] = &avx512;
    if (__builtin_cpu_supports("avx2"))
      kernels[count++] = &avx2;
#endif
    kernels[count++] = &baseline;
  }
};

}  // namespace

std::span<const LawKernels* const> available_kernels() {
  static const Available available;
  return std::span(available.kernels).first(available.count);
}

}  // namespace centralita
