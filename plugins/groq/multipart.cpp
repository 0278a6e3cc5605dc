#include "plugins/groq/multipart.h"

#include <algorithm>
#include <random>

namespace centralita {
namespace {

// As browsers do it (HTML standard, "multipart/form-data encoding algorithm").
std::string escaped(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '"')
      out += "%22";
    else if (c == '\r')
      out += "%0D";
    else if (c == '\n')
      out += "%0A";
    else
      out += c;
  }
  return out;
}

}  // namespace

std::string Multipart::random_boundary() {
  static constexpr char kDigits[] = "0123456789abcdef";
  thread_local std::mt19937_64 random{std::random_device{}()};
  std::string boundary = "centralita-";
  for (int i = 0; i < 24; ++i) boundary += kDigits[random() & 15];
  return boundary;
}

Multipart& Multipart::field(std::string_view name, std::string_view value) {
  parts_.push_back(
      {"Content-Disposition: form-data; name=\"" + escaped(name) + "\"\r\n", std::string(value)});
  return *this;
}

Multipart& Multipart::file(std::string_view name, std::string_view filename, std::string_view type,
                           std::string content) {
  parts_.push_back({"Content-Disposition: form-data; name=\"" + escaped(name) + "\"; filename=\"" +
                        escaped(filename) + "\"\r\nContent-Type: " + std::string(type) + "\r\n",
                    std::move(content)});
  return *this;
}

Multipart::Form Multipart::build() const {
  const auto taken = [&](const std::string& boundary) {
    return std::any_of(parts_.begin(), parts_.end(), [&](const Part& part) {
      return part.content.find(boundary) != std::string::npos ||
             part.headers.find(boundary) != std::string::npos;
    });
  };
  std::string boundary = candidates_();
  while (taken(boundary)) boundary = candidates_();

  Form form{.content_type = "multipart/form-data; boundary=" + boundary};
  std::size_t size = boundary.size() + 8;
  for (const auto& part : parts_)
    size += boundary.size() + part.headers.size() + part.content.size() + 8;
  form.body.reserve(size);
  for (const auto& part : parts_)
    form.body.append("--")
        .append(boundary)
        .append("\r\n")
        .append(part.headers)
        .append("\r\n")
        .append(part.content)
        .append("\r\n");
  form.body.append("--").append(boundary).append("--\r\n");
  return form;
}

}  // namespace centralita
