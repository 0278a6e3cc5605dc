#include "plugins/law/g711.h"

#include "plugins/law/kernels.h"

namespace centralita::g711 {

template <Law law>
void decode(std::span<const std::uint8_t> codes, std::span<std::int16_t> samples,
            const LawKernels& kernels) {
  (law == Law::kMu ? kernels.decode_mu : kernels.decode_a)(codes.data(), codes.size(),
                                                           samples.data());
}

template <Law law>
void encode(std::span<const std::int16_t> samples, std::span<std::uint8_t> codes,
            const LawKernels& kernels) {
  (law == Law::kMu ? kernels.encode_mu : kernels.encode_a)(samples.data(), samples.size(),
                                                           codes.data());
}

template void decode<Law::kMu>(std::span<const std::uint8_t>, std::span<std::int16_t>,
                               const LawKernels&);
template void decode<Law::kA>(std::span<const std::uint8_t>, std::span<std::int16_t>,
                              const LawKernels&);
template void encode<Law::kMu>(std::span<const std::int16_t>, std::span<std::uint8_t>,
                               const LawKernels&);
template void encode<Law::kA>(std::span<const std::int16_t>, std::span<std::uint8_t>,
                              const LawKernels&);

}  // namespace centralita::g711
