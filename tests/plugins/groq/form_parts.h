// Reads what groqsttsink uploaded.
#pragma once

#include "tests/support/fake_http.h"

#include <cstdint>
#include <cstring>
#include <string>

namespace centralita::test {

// The content of a form's part, by its name.
inline std::string part(const FakeRequest& request, const std::string& name) {
  const auto type = request.header("content-type");
  const auto boundary = "\r\n--" + type.substr(type.find("boundary=") + 9);
  const auto at = request.body.find("name=\"" + name + "\"");
  if (at == std::string::npos)
    return "(absent)";
  const auto begin = request.body.find("\r\n\r\n", at) + 4;
  return request.body.substr(begin, request.body.find(boundary, begin) - begin);
}

inline std::uint32_t u32(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, 4);
  return value;
}

inline int rate_of(const std::string& wav) { return static_cast<int>(u32(wav, 24)); }

// Of the WAV file in the form.
inline long milliseconds_of(const FakeRequest& request) {
  const auto wav = part(request, "file");
  return static_cast<long>(wav.size() - 44) * 1000 / 2 / rate_of(wav);
}

}  // namespace centralita::test
