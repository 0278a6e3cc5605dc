#include "server/doctor/doctor.h"

#include "server/doctor/checks.h"

#include <spdlog/spdlog.h>

#include <cstdio>
#include <cstring>

namespace centralita {
namespace {

using agents::Language;
using doctor::Finding;

constexpr char kHelp[] = R"(Usage: centralita doctor [--lang es|en] [--call]

Looks at everything that a telephone call needs, with the environment of `centralita serve` and beside
the server that runs: settings, elements, disk, database, the carriers' keys, the public address, its
WebSocket, and whether signed webhooks are accepted and others refused. Says in a sentence what is
wrong and what to do. Prints no secret.

  --call      also places a whole call to the server until the agent has said its greeting; it uses
              the speech providers, and costs what a greeting costs
  --lang      es or en (that of LANG)

The exit code is 0 when nothing is wrong, 1 when something is, 2 when the command line is wrong.
)";

constexpr const char* kWrong[] = {"\n%d things are wrong.\n", "\n%d cosas están mal.\n"};

const char* mark_of(Finding::State state, Language language) {
  const bool es = language == Language::kSpanish;
  switch (state) {
    case Finding::State::kGood:
      return es ? "bien" : "ok";
    case Finding::State::kWrong:
      return es ? "MAL" : "WRONG";
    case Finding::State::kSkipped:
      break;
  }
  return "-";
}

}  // namespace

int doctor_main(std::span<char*> args) {
  const char* locale = g_getenv("LANG");
  auto language =
      locale && std::strncmp(locale, "es", 2) == 0 ? Language::kSpanish : Language::kEnglish;
  bool call = false;
  for (std::size_t i = 1; i < args.size(); ++i) {
    const std::string_view arg = args[i];
    if (arg == "--help" || arg == "-h") {
      std::fputs(kHelp, stdout);
      return 0;
    }
    const std::string_view next = i + 1 < args.size() ? args[i + 1] : "";
    if (arg == "--call") {
      call = true;
    } else if (arg == "--lang" && (next == "es" || next == "en")) {
      language = next == "es" ? Language::kSpanish : Language::kEnglish;
      ++i;
    } else {
      std::fputs(kHelp, stderr);
      return 2;
    }
  }
  g_setenv("GIO_USE_PROXY_RESOLVER", "dummy", FALSE);
  spdlog::set_level(spdlog::level::off);
  int wrong = 0;
  const auto show = [&](const std::vector<Finding>& findings) {
    for (const auto& finding : findings) {
      std::printf("%-6s %s: %s\n", mark_of(finding.state, language),
                  finding.what.in(language).c_str(), finding.words.in(language).c_str());
      wrong += finding.state == Finding::State::kWrong;
    }
    std::fflush(stdout);
  };

  const auto settings = read_settings();
  const agents::Words what{"Entorno", "Environment"};
  if (!settings) {
    std::vector<Finding> findings;
    for (const auto& mistake : settings.error())
      findings.push_back({Finding::State::kWrong, what, {mistake, mistake}});
    show(findings);
    std::printf(kWrong[language == Language::kSpanish], wrong);
    return 1;
  }
  show({{Finding::State::kGood, what, {"Se puede leer.", "It can be read."}}});

  gst_init(nullptr, nullptr);
  const IoContext io(Ref<GMainContext>::share(g_main_context_default()), IoContext::make_session());
  show(doctor::check_elements());
  show(doctor::check_disk(*settings));
  show(doctor::check_database(*settings));
  show(doctor::check_twilio(*settings, io));
  show(doctor::check_telnyx(*settings, io));
  show(doctor::check_public_address(*settings, io));
  if (call)
    show(doctor::check_call(*settings, io));
  if (wrong)
    std::printf(kWrong[language == Language::kSpanish], wrong);
  return wrong ? 1 : 0;
}

}  // namespace centralita
