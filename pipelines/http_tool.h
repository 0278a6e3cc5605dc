// A tool of an agent's that is a web service: what the model is told of it and how it is asked.
// server/agents/tool_list.h checks what is written here.
#pragma once

#include <chrono>
#include <map>
#include <string>

namespace centralita {

struct HttpTool {
  std::string name;         // as the model calls it: letters, digits, "_" and "-", 64 at the most
  std::string description;  // for the model: what it does and when to call it
  // JSON Schema of the arguments, an object's; JSON text.
  std::string parameters = R"({"type":"object","properties":{}})";
  std::string url;              // http or https
  std::string method = "POST";  // or GET, which gets the arguments as its query
  std::map<std::string, std::string> headers;
  // Name of the environment variable with the key that requests are signed with; empty: they are
  // not.
  std::string secret;
  std::chrono::milliseconds timeout{5000};  // of the whole call, further tries included
  int retries = 1;                          // after a failure that may pass

  friend bool operator==(const HttpTool&, const HttpTool&) = default;
};

}  // namespace centralita
