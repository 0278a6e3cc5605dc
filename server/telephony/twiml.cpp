#include "server/telephony/twiml.h"

#include "plugins/base/ref.h"

namespace centralita {
namespace {

constexpr char kHead[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

}  // namespace

std::string twiml_connect_stream(const std::string& url, const std::string& token,
                                 const std::string& status_callback) {
  const OwnedString document(g_markup_printf_escaped(
      "<Response><Connect><Stream url=\"%s\" statusCallback=\"%s\" statusCallbackMethod=\"POST\">"
      "<Parameter name=\"token\" value=\"%s\"/></Stream></Connect></Response>",
      url.c_str(), status_callback.c_str(), token.c_str()));
  return std::string(kHead) + document.get();
}

std::string twiml_say_and_hang_up(const std::string& text, const std::string& language) {
  const OwnedString document(
      g_markup_printf_escaped("<Response><Say language=\"%s\">%s</Say><Hangup/></Response>",
                              language.c_str(), text.c_str()));
  return std::string(kHead) + document.get();
}

std::string twiml_dial(const std::string& number, const std::string& caller_id) {
  const OwnedString attribute(caller_id.empty()
                                  ? g_strdup("")
                                  : g_markup_printf_escaped(" callerId=\"%s\"", caller_id.c_str()));
  const OwnedString target(g_markup_printf_escaped("%s", number.c_str()));
  return std::string(kHead) + "<Response><Dial" + attribute.get() + "><Number>" + target.get() +
         "</Number></Dial></Response>";
}

std::string twiml_conference(const std::string& room) {
  const OwnedString document(g_markup_printf_escaped(
      "<Response><Dial><Conference beep=\"false\" startConferenceOnEnter=\"true\" "
      "endConferenceOnExit=\"true\" maxParticipants=\"2\">%s</Conference></Dial></Response>",
      room.c_str()));
  return std::string(kHead) + document.get();
}

}  // namespace centralita
