// `centralita sandbox`: the command line around class Sandbox.
#include "server/sandbox/sandbox.h"

#include <glib-unix.h>

#include <charconv>
#include <cstdio>
#include <cstring>

namespace centralita::sandbox {
namespace {

constexpr char kHelp[] =
    "usage: centralita sandbox [--port N] [--host ADDRESS] [--providers groq,azure]\n"
    "\n"
    "Speaks the protocols of Groq and Azure Speech with offline engines, for trying and testing\n"
    "without an account. Every key is right but an empty one and \"wrong-key\".\n"
    "\n"
    "  --port N          port to listen on; 0, the default, is any free one\n"
    "  --host ADDRESS    address to listen on (127.0.0.1)\n"
    "  --providers LIST  groq, azure or both (groq,azure)\n";

Result<SandboxSettings> settings_of(std::span<char*> args) {
  SandboxSettings settings;
  for (std::size_t i = 1; i < args.size(); ++i) {
    std::string name = args[i];
    std::string value;
    if (const auto equals = name.find('='); equals != std::string::npos) {
      value = name.substr(equals + 1);
      name.resize(equals);
    } else if (i + 1 < args.size()) {
      value = args[++i];
    } else {
      return Unexpected(name + " needs a value, or is no option");
    }
    if (name == "--port") {
      const auto* end = value.data() + value.size();
      const auto read = std::from_chars(value.data(), end, settings.port);
      if (read.ec != std::errc{} || read.ptr != end || settings.port < 0 || settings.port > 65535)
        return Unexpected("\"" + value + "\" is not a port");
    } else if (name == "--host") {
      settings.host = value;
    } else if (name == "--providers") {
      settings.groq = value == "groq" || value == "groq,azure" || value == "azure,groq";
      settings.azure = value == "azure" || value == "groq,azure" || value == "azure,groq";
      if (!settings.groq && !settings.azure)
        return Unexpected("providers are groq and azure, not \"" + value + "\"");
    } else {
      return Unexpected("no option " + name);
    }
  }
  return settings;
}

gboolean quit(gpointer loop) noexcept {
  g_main_loop_quit(static_cast<GMainLoop*>(loop));
  return G_SOURCE_CONTINUE;
}

}  // namespace

int sandbox_main(std::span<char*> args) {
  for (const char* arg : args) {
    if (std::strcmp(arg, "--help") == 0) {
      std::fputs(kHelp, stdout);
      return 0;
    }
  }
  const auto settings = settings_of(args);
  if (!settings) {
    std::fprintf(stderr, "centralita sandbox: %s\n%s", settings.error().c_str(), kHelp);
    return 2;
  }
  const auto loop = Ref<GMainLoop>::adopt(g_main_loop_new(nullptr, FALSE));
  Sandbox sandbox(Ref<GMainContext>::share(g_main_context_default()));
  const auto port = sandbox.start(*settings);
  if (!port) {
    std::fprintf(stderr, "centralita sandbox: %s\n", port.error().c_str());
    return 1;
  }
  const guint sources[] = {g_unix_signal_add(SIGTERM, quit, loop.get()),
                           g_unix_signal_add(SIGINT, quit, loop.get())};
  std::printf("sandbox listening on http://%s:%d\n", settings->host.c_str(), *port);
  std::fflush(stdout);
  g_main_loop_run(loop.get());
  for (const auto source : sources) g_source_remove(source);
  return 0;
}

}  // namespace centralita::sandbox
