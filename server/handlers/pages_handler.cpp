#include "server/handlers/pages_handler.h"

#include <spdlog/spdlog.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace centralita {
namespace {

namespace fs = std::filesystem;

struct File {
  const char* content_type;
  std::string content;
};
using Files = std::map<std::string, File>;  // by name

const char* content_type_of(const fs::path& path) {
  static const std::map<std::string, const char*> kTypes = {
      {".html", "text/html; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},   {".svg", "image/svg+xml"},
      {".json", "application/json"},         {".wav", "audio/wav"},
  };
  const auto type = kTypes.find(path.extension().string());
  return type == kTypes.end() ? nullptr : type->second;
}

Files read_files(const std::string& folder) {
  Files files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const char* type = content_type_of(entry.path());
    if (!type || !entry.is_regular_file())
      continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    files[entry.path().filename().string()] = {
        type, std::string(std::istreambuf_iterator<char>(stream), {})};
  }
  if (files.empty())
    spdlog::warn("there are no dashboard files in {}; build them with ./dev build", folder);
  return files;
}

void reply_file(HttpExchange& exchange, const Files& files, const std::string& name) {
  const auto file = files.find(name);
  if (file == files.end())
    return exchange.reply_error(
        404, "not-found", "The dashboard has no file " + name + ". Build it with ./dev build.");
  exchange.reply(200, file->second.content_type, file->second.content);
}

}  // namespace

void add_pages_handler(Router& router, Authenticator& auth, const std::string& web_dir) {
  const auto files = std::make_shared<const Files>(read_files(web_dir));
  const auto page = [files](const char* name) {
    return [files, name](const Exchange& exchange) { reply_file(*exchange, *files, name); };
  };
  router.add("GET", "/", Access::kOpen,
             [](const Exchange& exchange) { exchange->redirect("/dashboard"); });
  router.add("GET", "/dashboard", Access::kPage, page("index.html"));
  router.add("GET", "/dashboard/v2", Access::kPage, page("index.html"));
  router.add("GET", "/login", Access::kOpen, page("login.html"));
  // Style and program of the pages are no secret, and the login needs the style.
  router.add("GET", "/static/{id}", Access::kOpen,
             [files](const Exchange& exchange) { reply_file(*exchange, *files, exchange->id); });

  router.add("POST", "/login", Access::kOpen, [&auth](const Exchange& exchange) {
    auto form = exchange->form();
    const auto& secret = form["api_key"].empty() ? form["password"] : form["api_key"];
    auth.log_in(exchange, form["user"], secret, [exchange](Authenticator::Login outcome) {
      switch (outcome) {
        case Authenticator::Login::kOpened:
          return exchange->redirect("/dashboard");
        case Authenticator::Login::kWrong:
          return exchange->redirect("/login?error=1#error");
        case Authenticator::Login::kTooMany:
          return exchange->reply_error(
              429, "too-many-attempts",
              "Too many wrong passwords or keys. The header Retry-After says how long to wait.");
        case Authenticator::Login::kUnavailable:
          return exchange->reply_error(503, "unavailable",
                                       "Nobody can log in right now; try again in a few seconds.");
      }
    });
  });
  router.add("POST", "/logout", Access::kOpen, [&auth](const Exchange& exchange) {
    auth.log_out(exchange, [exchange] { exchange->redirect("/login"); });
  });
}

}  // namespace centralita
