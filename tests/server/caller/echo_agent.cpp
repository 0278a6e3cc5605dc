// A far end to try the command against: it greets with a tone, gives back what it hears, and prints
// where it listens.
#include "tests/server/caller/fake_agent.h"

#include <iostream>

int main() {
  centralita::caller::FakeAgent agent;
  agent.twiml =
      "<Response><Connect><Stream url=\"" + agent.ws_url("/stream") + "\"/></Connect></Response>";
  std::cout << agent.ws_url("/stream") << "\n"
            << agent.http_url("/incoming") << "\n"
            << agent.http_url("") << std::endl;
  const auto loop = centralita::Ref<GMainLoop>::adopt(g_main_loop_new(nullptr, FALSE));
  g_main_loop_run(loop.get());
}
