// What reads bytes from outside, one function a parser. libFuzzer runs each for as long as it is
// told
// (./dev fuzz); an ordinary test runs each over the bytes that are kept in corpus/ (./dev test).
#pragma once

#include <span>
#include <string_view>

namespace centralita::fuzz {

struct Target {
  const char* name;  // also of its folder in corpus/
  // Aborts when something is wrong with what comes out.
  void (*run)(std::string_view bytes);
};

std::span<const Target> targets();

}  // namespace centralita::fuzz
