#include "server/telephony/outbound_request.h"

#include <algorithm>

namespace centralita {
namespace {

constexpr std::size_t kMostVariables = 50;
constexpr std::size_t kLongestVariable = 1000;
constexpr std::size_t kLongestClientState = 1024;
constexpr std::size_t kLongestMessage = 2000;

bool is_name(const std::string& text) {
  return !text.empty() && text.size() <= 64 &&
         text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == text.npos;
}

class Reader {
 public:
  Reader(const json::Object& body, std::vector<std::string>& mistakes)
      : body_(body), mistakes_(mistakes) {}

  std::string text(const char* name) {
    auto value = body_.string(name);
    if (!value && body_.has(name))
      mistakes_.push_back(std::string(name) + " must be a text.");
    return value.value_or("");
  }
  void mistake(std::string sentence) { mistakes_.push_back(std::move(sentence)); }
  const json::Object& body() const { return body_; }

 private:
  const json::Object& body_;
  std::vector<std::string>& mistakes_;
};

void read_variables(Reader& read, OutboundRequest& request) {
  if (!read.body().has("variables"))
    return;
  const auto variables = read.body().object("variables");
  if (!variables)
    return read.mistake("variables must be an object of texts.");
  const auto names = variables->names();
  if (names.size() > kMostVariables)
    return read.mistake("variables may hold 50 at most.");
  for (const auto& name : names) {
    const auto value = variables->string(name.c_str());
    if (!is_name(name))
      read.mistake("A variable's name is of letters, digits and _: \"" + name.substr(0, 64) +
                   "\".");
    else if (!value || value->size() > kLongestVariable)
      read.mistake("The variable " + name + " must be a text of 1000 bytes at most.");
    else
      request.variables.emplace(name, *value);
  }
}

void read_voicemail(Reader& read, OutboundRequest& request) {
  if (!read.body().has("voicemail"))
    return;
  const auto voicemail = read.body().object("voicemail");
  const auto action = voicemail ? voicemail->string("action").value_or("") : "";
  using Action = Voicemail::Action;
  if (action == "ignore")
    request.voicemail.action = Action::kIgnore;
  else if (action == "hang-up")
    request.voicemail.action = Action::kHangUp;
  else if (action == "leave-message")
    request.voicemail.action = Action::kLeaveMessage;
  else
    return read.mistake(
        R"(voicemail must be {"action": "ignore", "hang-up" or "leave-message", "message": "..."}.)");
  request.voicemail.message = voicemail->string("message").value_or("");
  if (request.voicemail.action != Action::kLeaveMessage)
    return;
  if (request.voicemail.message.empty() || request.voicemail.message.size() > kLongestMessage)
    read.mistake("voicemail.message must say what to leave, in 2000 bytes at most.");
}

}  // namespace

bool is_e164(const std::string& number) {
  return number.size() >= 9 && number.size() <= 16 && number[0] == '+' && number[1] != '0' &&
         number.find_first_not_of("0123456789", 1) == number.npos;
}

Result<OutboundRequest, std::vector<std::string>> read_outbound_request(const json::Object& body) {
  std::vector<std::string> mistakes;
  Reader read(body, mistakes);
  OutboundRequest request;
  request.to = read.text("to");
  request.from = read.text("from");
  request.carrier = read.text("carrier");
  request.agent = read.text("agent");
  request.client_state = read.text("client_state");
  if (!is_e164(request.to))
    read.mistake("to must be a number in international form, such as +525512345678.");
  if (!request.from.empty() && !is_e164(request.from))
    read.mistake("from must be a number in international form, such as +525512345678.");
  if (!request.carrier.empty() && request.carrier != "twilio" && request.carrier != "telnyx")
    read.mistake("carrier must be twilio or telnyx.");
  if (request.client_state.size() > kLongestClientState)
    read.mistake("client_state may have 1024 bytes at most.");
  // A line of a log, a cell of an export: nothing in it may begin another one.
  if (std::any_of(request.client_state.begin(), request.client_state.end(),
                  [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
    read.mistake("client_state may hold no control characters.");
  if (body.has("ring_seconds")) {
    const auto seconds = body.integer("ring_seconds");
    if (!seconds || *seconds < 5 || *seconds > 600)
      read.mistake("ring_seconds must be a whole number from 5 to 600.");
    else
      request.ring_seconds = static_cast<int>(*seconds);
  }
  read_variables(read, request);
  read_voicemail(read, request);
  if (!mistakes.empty())
    return Unexpected(std::move(mistakes));
  return request;
}

}  // namespace centralita
