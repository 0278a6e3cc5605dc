// The door of libFuzzer; FUZZ_TARGET names the parser.
#include "tests/fuzz/targets.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

const centralita::fuzz::Target& chosen() {
  const char* name = std::getenv("FUZZ_TARGET");
  for (const auto& target : centralita::fuzz::targets())
    if (name && std::string_view(name) == target.name)
      return target;
  for (const auto& target : centralita::fuzz::targets()) std::puts(target.name);
  std::exit(2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto& target = chosen();
  target.run({reinterpret_cast<const char*>(data), size});
  return 0;
}
