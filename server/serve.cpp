#include "server/serve.h"

#include "pipelines/call_sink.h"
#include "pipelines/call_src.h"
#include "server/env_names.h"
#include "server/logging/log.h"
#include "server/server.h"

#include <glib-unix.h>
#include <spdlog/spdlog.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>

namespace centralita {
namespace {

constexpr char kServeHelp[] = R"(Usage: centralita serve

Runs the server: dashboard, API, webhooks and calls. It is told everything by environment variables;
docs/env.md lists them. Required: DATABASE_URL, ADMIN_API_KEY. SIGTERM or SIGINT stops it: no new
calls are taken, live ones may end for DRAIN_SECONDS, a second signal ends them at once; what is
not in the database yet waits in the journal in CENTRALITA_DATA.
)";

// What every call's pipeline is made of; said at start rather than at the first call.
bool have_elements() {
  constexpr std::array kNeeded = {"mulawtopcm", "pcmtomulaw",  "alawtopcm", "pcmtoalaw",
                                  "voicevad",   "groqsttsink", "llmdialog", "azurettssrc",
                                  "callsrc",    "callsink"};
  bool all = true;
  for (const char* name : kNeeded) {
    const auto factory = Ref<GstElementFactory>::adopt(gst_element_factory_find(name));
    if (factory)
      continue;
    all = false;
    spdlog::error(
        "the GStreamer element {} is not installed, or its plugin does not load. Is "
        "GST_PLUGIN_PATH right? gst-inspect-1.0 {} says more.",
        name, name);
  }
  return all;
}

struct Stopping {
  Server& server;
  GMainLoop* loop;
};

// The first signal lets the calls end, the second one does not.
gboolean stop(gpointer data) noexcept {
  auto& stopping = *static_cast<Stopping*>(data);
  if (stopping.server.draining()) {
    spdlog::warn("stopping at once; {} streams are open", stopping.server.live_streams());
    g_main_loop_quit(stopping.loop);
    return G_SOURCE_CONTINUE;
  }
  spdlog::info("stopping; {} streams are open, no new calls are taken",
               stopping.server.live_streams());
  stopping.server.drain([loop = stopping.loop] { g_main_loop_quit(loop); });
  return G_SOURCE_CONTINUE;
}

}  // namespace

int serve_main(std::span<char*> args) {
  for (const char* arg : args.subspan(1)) {
    const bool help = std::strcmp(arg, "--help") == 0;
    std::fputs(kServeHelp, help ? stdout : stderr);
    return help ? 0 : 2;
  }
  auto settings = read_settings();
  if (!settings) {
    for (const auto& mistake : settings.error())
      std::fprintf(stderr, "centralita: %s\n", mistake.c_str());
    return 2;
  }
  set_up_log({.format = settings->log_json ? LogFormat::kJson : LogFormat::kText,
              .redact_pii = settings->redact_logs},
             SecretFilter(secrets_of_environment()), settings->log_level);
  for (const auto& warning : warnings_about(environment_names())) spdlog::warn("{}", warning);

  // A desktop's proxy settings are no business of a server, and asking for them starts two threads
  // at the first connection. Whoever needs a proxy names another resolver in the environment.
  g_setenv("GIO_USE_PROXY_RESOLVER", "dummy", FALSE);

  gst_init(nullptr, nullptr);
  GST_ELEMENT_REGISTER(callsrc, nullptr);
  GST_ELEMENT_REGISTER(callsink, nullptr);
  if (!have_elements())
    return 1;

  // A file that reaches the limit of the process is a write that fails, and not the end.
  std::signal(SIGXFSZ, SIG_IGN);
  auto store = store::Store::open(
      {.conninfo = settings->database_url,
       .journal = {.folder = settings->data_dir + "/journal"},
       .instance = {.host = settings->instance.empty() ? g_get_host_name() : settings->instance},
       .auto_migrate = true});
  const auto host = settings->host;
  Server server(std::move(*settings), std::move(store));
  if (const auto tried = server.try_launch_files(); !tried) {
    spdlog::error("{}", tried.error());
    return 2;
  }
  if (const auto listening = server.listen(); !listening) {
    spdlog::error("{}", listening.error());
    return 1;
  }
  spdlog::info("listening on http://{}:{}; the dashboard is at {}/dashboard", host, server.port(),
               server.base_url());

  const auto loop = Ref<GMainLoop>::adopt(g_main_loop_new(nullptr, FALSE));
  Stopping stopping{server, loop.get()};
  for (const int signal : {SIGINT, SIGTERM}) g_unix_signal_add(signal, stop, &stopping);
  g_main_loop_run(loop.get());
  server.shut_down("server-stopping");
  return 0;
}

}  // namespace centralita
