// Twilio for the browser tests: its API and its telephones, without its network. One line of JSON
// says where it is; each line of JSON that comes in by standard input,
//
//   {"server": "http://127.0.0.1:8000", "from": "+525512345678", "to": "+12125550100", "do":
//   "wait-greeting; wait-end"}
//
// is a call to the server, and one line goes out when it is over. Ends with the input.
#include "server/caller/simulated_twilio.h"

#include <glib-unix.h>
#include <gst/gst.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

using namespace centralita;
using namespace centralita::caller;

namespace {

constexpr char kToken[] = "0123456789abcdef0123456789abcdef";

void say(const json::Object& object) {
  std::printf("%s\n", object.to_string().c_str());
  std::fflush(stdout);
}

json::Array array_of(const std::vector<std::string>& texts) {
  json::Array array;
  for (const auto& text : texts) array.add(text);
  return array;
}

void over(const CarrierCall& call) {
  say(json::Object()
          .set("id", call.id)
          .set("end", call.end)
          .set("transferred_to", call.transferred_to)
          .set("consulted", call.consulted)
          .set("commands", array_of(call.commands))
          .set("violations", array_of(call.violations)));
}

struct Fixture {
  Fixture(const IoContext& io, GMainLoop* loop) : twilio(io, kToken), loop(loop) {}

  void call(const std::string& line) {
    const auto wanted = json::parse(line);
    if (!wanted || !wanted->is_object())
      return say(json::Object().set("error", "that line is no JSON object"));
    const auto object = wanted->object();
    auto plan = std::make_shared<CallPlan>();
    auto script = parse_script_text(object.string("do").value_or("wait-greeting; wait-end"));
    if (!script)
      return say(json::Object().set("error", script.error()));
    plan->script = std::move(*script);
    if (const auto wrong = load_clips(*plan); !wrong.empty())
      return say(json::Object().set("error", wrong));
    plan->from = object.string("from").value_or(plan->from);
    plan->to = object.string("to").value_or(plan->to);
    plan->keep_audio = false;
    twilio.server_url = object.string("server").value_or("");
    twilio.call(plan, over);
  }

  void read_lines() {
    char bytes[4096];
    const auto count = ::read(STDIN_FILENO, bytes, sizeof bytes);
    if (count <= 0)
      return g_main_loop_quit(loop);
    input.append(bytes, static_cast<std::size_t>(count));
    for (std::size_t end; (end = input.find('\n')) != input.npos; input.erase(0, end + 1))
      call(input.substr(0, end));
  }

  SimulatedTwilio twilio;
  GMainLoop* loop;
  std::string input;
};

}  // namespace

int main() {
  gst_init(nullptr, nullptr);
  const IoContext io(Ref<GMainContext>::share(g_main_context_default()), IoContext::make_session());
  const auto loop = Ref<GMainLoop>::adopt(g_main_loop_new(nullptr, FALSE));
  Fixture fixture(io, loop.get());
  say(json::Object()
          .set("api", fixture.twilio.url())
          .set("account", SimulatedTwilio::kAccount)
          .set("token", kToken));
  g_unix_fd_add(
      STDIN_FILENO, GIOCondition(G_IO_IN | G_IO_HUP),
      [](int, GIOCondition, gpointer fixture) noexcept -> gboolean {
        static_cast<Fixture*>(fixture)->read_lines();
        return G_SOURCE_CONTINUE;
      },
      &fixture);
  g_main_loop_run(loop.get());
}
