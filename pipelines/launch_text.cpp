#include "pipelines/launch_text.h"

#include "plugins/base/ref.h"

#include <glib.h>

#include <sstream>

namespace centralita {

std::string without_comments(std::string_view text) {
  std::istringstream lines{std::string(text)};
  std::string launch;
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with('#'))
      launch += line + '\n';
  return launch;
}

Result<std::string> read_launch_file(const std::string& path) {
  char* contents = nullptr;
  GError* error = nullptr;
  if (!g_file_get_contents(path.c_str(), &contents, nullptr, &error))
    return Unexpected(std::string(OwnedError(error)->message));
  return without_comments(OwnedString(contents).get());
}

std::map<std::string, Result<std::string>> read_launch_files(const std::string& folder) {
  std::map<std::string, Result<std::string>> launches;
  for (const char* type : {"browser", "telnyx", "twilio"})
    launches.emplace(type, read_launch_file(folder + "/" + type + ".launch"));
  return launches;
}

std::string with_codecs(std::string launch, const WireFormat& in, const WireFormat& out) {
  using Encoding = WireFormat::Encoding;
  const auto fill = [&](std::string_view place, const char* element) {
    for (auto at = launch.find(place); at != std::string::npos; at = launch.find(place, at))
      launch.replace(at, place.size(), element);
  };
  fill("{decoder}", in.encoding == Encoding::kMulaw  ? "! mulawtopcm"
                    : in.encoding == Encoding::kAlaw ? "! alawtopcm"
                                                     : "");
  fill("{encoder}", out.encoding == Encoding::kMulaw  ? "! pcmtomulaw"
                    : out.encoding == Encoding::kAlaw ? "! pcmtoalaw"
                                                      : "");
  return launch;
}

}  // namespace centralita
