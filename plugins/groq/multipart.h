// Builds the body of a multipart/form-data request (RFC 7578).
//
//   const auto form = Multipart().field("model", "whisper").file("file", "a.wav", "audio/wav",
//   wav).build(); request.content_type = form.content_type; request.body = form.body;
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace centralita {

class Multipart {
 public:
  struct Form {
    std::string content_type;  // with the boundary
    std::string body;
  };

  static std::string random_boundary();

  // `candidates` gives boundaries until one is found that no part contains.
  explicit Multipart(std::function<std::string()> candidates = random_boundary)
      : candidates_(std::move(candidates)) {}

  // Names and file names may hold anything: quotes and line breaks are escaped. Contents go as they
  // are.
  Multipart& field(std::string_view name, std::string_view value);
  Multipart& file(std::string_view name, std::string_view filename, std::string_view type,
                  std::string content);

  Form build() const;

 private:
  struct Part {
    std::string headers;
    std::string content;
  };
  std::function<std::string()> candidates_;
  std::vector<Part> parts_;
};

}  // namespace centralita
