// Every kept input of every parser, once: what was found by fuzzing stays found.
#include "tests/fuzz/targets.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace centralita::fuzz {
namespace {

TEST(Fuzz, EveryKeptInputIsReadByItsParser) {
  const std::filesystem::path root =
      std::string(std::getenv("CENTRALITA_SOURCE_ROOT")) + "/tests/fuzz/corpus";
  for (const auto& target : targets()) {
    int inputs = 0;
    for (const auto& entry : std::filesystem::directory_iterator(root / target.name)) {
      SCOPED_TRACE(entry.path().string());
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(file), {}};
      target.run(bytes);
      // Cut anywhere, and with a byte changed, it is read too.
      for (std::size_t cut = 0; cut < bytes.size() && cut < 256; cut += 7)
        target.run(std::string_view(bytes).substr(0, cut));
      for (std::size_t at = 0; at < bytes.size() && at < 512; at += 11) {
        auto changed = bytes;
        changed[at] = static_cast<char>(changed[at] ^ 0x41);
        target.run(changed);
      }
      ++inputs;
    }
    EXPECT_GE(inputs, 1) << target.name;
  }
}

}  // namespace
}  // namespace centralita::fuzz
