#include "server/logging/secret_filter.h"

#include "plugins/base/ref.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace centralita {
namespace {

constexpr std::size_t kShortest = 8;
constexpr char kInstead[] = "[secret]";

bool ends_value(char c) {
  return c == ' ' || c == '&' || c == '"' || c == '\'' || c == ',' || c == ';' || c == '}' ||
         c == ')' || c == '\n' || c == '\r' || c == '\t';
}

// After these words, and = or : with or without quotes, a secret follows.
constexpr std::array kNames = {
    "api_key", "apikey",        "api-key",   "password",          "passwd", "secret", "token",
    "cookie",  "authorization", "signature", "centralita_session"};

std::size_t find_folded(std::string_view text, std::string_view word, std::size_t from) {
  const auto same = [](char a, char b) { return g_ascii_tolower(a) == b; };
  const auto found = std::search(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(),
                                 word.begin(), word.end(), same);
  return found == text.end() ? text.npos : static_cast<std::size_t>(found - text.begin());
}

void hide_value(std::string& text, std::size_t begin) {
  auto end = begin;
  while (end < text.size() && !ends_value(text[end])) ++end;
  if (end > begin)
    text.replace(begin, end - begin, kInstead);
}

void hide_named(std::string& text, std::string_view name) {
  for (auto at = find_folded(text, name, 0); at != text.npos; at = find_folded(text, name, at)) {
    at += name.size();
    auto value = at;
    while (value < text.size() && (text[value] == '"' || text[value] == '\'')) ++value;
    if (value >= text.size() || (text[value] != '=' && text[value] != ':'))
      continue;
    ++value;
    while (value < text.size() && (text[value] == ' ' || text[value] == '"' || text[value] == '\''))
      ++value;
    for (const char* scheme : {"Bearer ", "Basic "})
      if (text.compare(value, std::strlen(scheme), scheme) == 0)
        value += std::strlen(scheme);
    hide_value(text, value);
  }
}

void hide_bearer(std::string& text) {
  constexpr std::string_view kBearer = "bearer ";
  for (auto at = find_folded(text, kBearer, 0); at != text.npos;
       at = find_folded(text, kBearer, at)) {
    at += kBearer.size();
    // "Bearer KEY" is a sentence's, a secret is longer.
    auto end = at;
    while (end < text.size() && !ends_value(text[end])) ++end;
    if (end - at >= kShortest)
      hide_value(text, at);
  }
}

// postgresql://user:password@host
void hide_user_info(std::string& text) {
  for (auto at = text.find("://"); at != text.npos; at = text.find("://", at)) {
    at += 3;
    auto end = at;
    while (end < text.size() && text[end] != '/' && !ends_value(text[end])) ++end;
    const auto sign = text.rfind('@', end);
    const auto colon = text.find(':', at);
    if (sign != text.npos && sign >= at && sign < end && colon < sign)
      text.replace(colon + 1, sign - colon - 1, kInstead);
  }
}

bool names_secret(std::string_view name) {
  if (name == "DATABASE_URL" || name == "TELNYX_PUBLIC_KEY")
    return name == "DATABASE_URL";
  for (const char* ending : {"_KEY", "_SECRET", "_TOKEN", "_PASSWORD"})
    if (name.ends_with(ending))
      return true;
  return false;
}

}  // namespace

SecretFilter::SecretFilter(std::vector<std::string> secrets) {
  for (auto& secret : secrets) {
    if (secret.size() < kShortest)
      continue;
    const OwnedString escaped(g_uri_escape_string(secret.c_str(), nullptr, FALSE));
    if (secret != escaped.get())
      secrets_.emplace_back(escaped.get());
    secrets_.push_back(std::move(secret));
  }
  std::sort(secrets_.begin(), secrets_.end(),
            [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

std::string SecretFilter::filtered(std::string_view given) const {
  std::string text(given);
  for (const auto& secret : secrets_)
    for (auto at = text.find(secret); at != text.npos; at = text.find(secret, at)) {
      text.replace(at, secret.size(), kInstead);
      at += std::strlen(kInstead);
    }
  hide_user_info(text);
  hide_bearer(text);
  for (const char* name : kNames) hide_named(text, name);
  return text;
}

std::vector<std::string> secrets_of_environment() {
  std::vector<std::string> secrets;
  const std::unique_ptr<char*, FreeWith<g_strfreev>> names(g_listenv());
  for (char** name = names.get(); name && *name; ++name) {
    const char* value = g_getenv(*name);
    if (names_secret(*name) && value)
      secrets.emplace_back(value);
  }
  return secrets;
}

}  // namespace centralita
