// The text of a call's graph: gst-launch text with places for what differs between calls.
#pragma once

#include "pipelines/wire_format.h"
#include "plugins/base/result.h"

#include <map>
#include <string>
#include <string_view>

namespace centralita {

// Of a launch file that serves several formats: "{decoder}" becomes what makes PCM of `in`, and
// "{encoder}" what makes `out` of PCM.
std::string with_codecs(std::string launch, const WireFormat& in, const WireFormat& out);

// A launch file without its comment lines.
Result<std::string> read_launch_file(const std::string& path);
std::string without_comments(std::string_view launch);

// FOLDER/TYPE.launch of each type of client: "browser", "telnyx" and "twilio".
std::map<std::string, Result<std::string>> read_launch_files(const std::string& folder);

}  // namespace centralita
