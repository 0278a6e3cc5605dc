// Every kept input of every parser, once: what was found by fuzzing stays found.
#include "plugins/base/base64.h"
#include "tests/fuzz/targets.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

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

// tests/fuzz/kept, a line of base64 each: what reaches code that no other input does.
TEST(Fuzz, WhatFuzzingHasFoundIsReadByItsParser) {
  const std::filesystem::path root =
      std::string(std::getenv("CENTRALITA_SOURCE_ROOT")) + "/tests/fuzz/kept";
  for (const auto& target : targets()) {
    std::ifstream file(root / target.name);
    int number = 0;
    for (std::string line; std::getline(file, line);) {
      SCOPED_TRACE(std::string(target.name) + ", line " + std::to_string(++number));
      std::vector<std::uint8_t> bytes;
      ASSERT_TRUE(base64_decode(line, bytes));
      target.run({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
    EXPECT_GE(number, 1) << target.name;
  }
}

}  // namespace
}  // namespace centralita::fuzz
