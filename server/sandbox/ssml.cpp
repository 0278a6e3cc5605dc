#include "server/sandbox/ssml.h"

#include "plugins/base/ref.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>

namespace centralita::sandbox {
namespace {

constexpr double kNeutralHertz = 180;  // what a pitch in Hz is taken relative to

std::optional<double> named(std::string_view value,
                            std::initializer_list<std::pair<std::string_view, double>> names) {
  for (const auto& [name, number] : names)
    if (name == value)
      return number;
  return std::nullopt;
}

// The number in front and what follows it: "+10%" is 10 and "%".
std::optional<std::pair<double, std::string>> quantity(std::string_view value) {
  const std::string text(value);
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || !std::isfinite(number))
    return std::nullopt;
  return std::pair(number, std::string(end));
}

bool is_relative(std::string_view value) {
  return !value.empty() && (value.front() == '+' || value.front() == '-');
}

std::chrono::milliseconds duration(std::string_view value) {
  const auto parts = quantity(value);
  if (!parts)
    return std::chrono::milliseconds(0);
  const double ms = parts->second == "s" ? parts->first * 1000 : parts->first;
  return std::chrono::milliseconds(static_cast<int>(std::clamp(ms, 0.0, 20000.0)));
}

struct Prosody {
  double rate = 1, pitch = 1, volume = 1;
};

struct Parser {
  std::vector<SpeechPiece> pieces;
  std::vector<Prosody> prosody{{}};
  const VoiceName* voice = nullptr;
  std::chrono::milliseconds pause{0};
  bool in_speak = false;
  bool any_voice = false;
  int substituted = 0;  // depth inside a <sub>, whose text is replaced by its alias

  void say(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos)
      return;
    const auto end = text.find_last_not_of(" \t\r\n");
    const auto& now = prosody.back();
    auto* last = pieces.empty() ? nullptr : &pieces.back();
    if (last && pause.count() == 0 && last->voice == voice && last->rate == now.rate &&
        last->pitch == now.pitch && last->volume == now.volume) {
      last->text += " " + std::string(text.substr(begin, end - begin + 1));
      return;
    }
    pieces.push_back({voice, std::string(text.substr(begin, end - begin + 1)), pause, now.rate,
                      now.pitch, now.volume});
    pause = {};
  }
};

using Attributes = std::map<std::string, std::string>;

void fail(GError** error, const std::string& what) {
  g_set_error_literal(error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, what.c_str());
}

std::string attribute(const Attributes& attributes, const char* name) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? "" : found->second;
}

void start_element(GMarkupParseContext*, const gchar* element, const gchar** names,
                   const gchar** values, gpointer data, GError** error) noexcept {
  auto& parser = *static_cast<Parser*>(data);
  const std::string name = element;
  Attributes attributes;
  for (; *names; ++names, ++values) attributes[*names] = *values;
  if (parser.substituted > 0) {
    ++parser.substituted;
    return;
  }
  if (name == "speak") {
    for (const auto* needed : {"version", "xmlns", "xml:lang"})
      if (attribute(attributes, needed).empty())
        return fail(error, std::string("Ssml should contain speak attribute ") + needed + ".");
    parser.in_speak = true;
  } else if (!parser.in_speak) {
    fail(error, "Ssml should only contain <speak> as its root, not <" + name + ">.");
  } else if (name == "voice") {
    parser.voice = voice_named(attribute(attributes, "name"));
    if (!parser.voice)
      return fail(error, "Unsupported voice " + attribute(attributes, "name") + ".");
    parser.any_voice = true;
  } else if (name == "prosody") {
    auto inner = parser.prosody.back();
    if (const auto v = attribute(attributes, "rate"); !v.empty())
      inner.rate = std::clamp(inner.rate * prosody_rate(v), 0.5, 2.0);
    if (const auto v = attribute(attributes, "pitch"); !v.empty())
      inner.pitch = std::clamp(inner.pitch * prosody_pitch(v), 0.5, 1.5);
    if (const auto v = attribute(attributes, "volume"); !v.empty())
      inner.volume = std::clamp(inner.volume * prosody_volume(v), 0.0, 2.0);
    parser.prosody.push_back(inner);
  } else if (name == "break") {
    const auto time = attribute(attributes, "time");
    const auto strength =
        named(attribute(attributes, "strength"),
              {{"none", 0}, {"x-weak", 250}, {"weak", 500}, {"strong", 1000}, {"x-strong", 1250}});
    parser.pause += time.empty()
                        ? std::chrono::milliseconds(static_cast<int>(strength.value_or(750)))
                        : duration(time);
  } else if (name == "mstts:silence") {
    const auto type = attribute(attributes, "type");
    if (type.starts_with("Leading") || type.starts_with("Tailing"))
      parser.pause += duration(attribute(attributes, "value"));
  } else if (name == "sub") {
    parser.say(attribute(attributes, "alias"));
    parser.substituted = 1;
  }
}

void end_element(GMarkupParseContext*, const gchar* element, gpointer data, GError**) noexcept {
  auto& parser = *static_cast<Parser*>(data);
  if (parser.substituted > 0) {
    --parser.substituted;
    return;
  }
  const std::string_view name = element;
  if (name == "prosody")
    parser.prosody.pop_back();
  else if (name == "voice")
    parser.voice = nullptr;
}

void on_text(GMarkupParseContext*, const gchar* text, gsize size, gpointer data,
             GError** error) noexcept {
  auto& parser = *static_cast<Parser*>(data);
  const std::string_view words(text, size);
  if (words.find_first_not_of(" \t\r\n") == std::string_view::npos || parser.substituted > 0)
    return;
  if (!parser.voice)
    return fail(error, "Text outside of a <voice> is not allowed.");
  parser.say(words);
}

}  // namespace

double prosody_rate(std::string_view value) {
  if (const auto name = named(value, {{"x-slow", 0.5},
                                      {"slow", 0.64},
                                      {"medium", 1},
                                      {"default", 1},
                                      {"fast", 1.55},
                                      {"x-fast", 2}}))
    return *name;
  const auto parts = quantity(value);
  if (!parts)
    return 1;
  const double rate = parts->second == "%" ? 1 + parts->first / 100 : parts->first;
  return std::clamp(rate, 0.5, 2.0);
}

double prosody_pitch(std::string_view value) {
  if (const auto name = named(value, {{"x-low", 0.55},
                                      {"low", 0.8},
                                      {"medium", 1},
                                      {"default", 1},
                                      {"high", 1.2},
                                      {"x-high", 1.45}}))
    return *name;
  const auto parts = quantity(value);
  if (!parts)
    return 1;
  const auto& [number, unit] = *parts;
  double pitch = 1;
  if (unit == "%")
    pitch = 1 + number / 100;
  else if (unit == "st")
    pitch = std::pow(2, number / 12);
  else if (unit == "Hz")
    pitch = is_relative(value) ? 1 + number / kNeutralHertz : number / kNeutralHertz;
  return std::clamp(pitch, 0.5, 1.5);
}

double prosody_volume(std::string_view value) {
  if (const auto name = named(value, {{"silent", 0},
                                      {"x-soft", 0.2},
                                      {"soft", 0.4},
                                      {"medium", 0.6},
                                      {"default", 1},
                                      {"loud", 0.8},
                                      {"x-loud", 1}}))
    return *name;
  const auto parts = quantity(value);
  if (!parts)
    return 1;
  // "90" is out of 100, "+10" and "-10%" are relative to 100.
  const double volume =
      is_relative(value) || parts->second == "%" ? 1 + parts->first / 100 : parts->first / 100;
  return std::clamp(volume, 0.0, 2.0);
}

Result<std::vector<SpeechPiece>> parse_ssml(std::string_view ssml) {
  static constexpr GMarkupParser kParser = {start_element, end_element, on_text, nullptr, nullptr};
  Parser parser;
  auto* context =
      g_markup_parse_context_new(&kParser, G_MARKUP_TREAT_CDATA_AS_TEXT, &parser, nullptr);
  GError* error = nullptr;
  const bool parsed = g_markup_parse_context_parse(context, ssml.data(),
                                                   static_cast<gssize>(ssml.size()), &error) &&
                      g_markup_parse_context_end_parse(context, &error);
  g_markup_parse_context_free(context);
  if (!parsed) {
    const OwnedError owned(error);
    return Unexpected(std::string(owned->message));
  }
  if (!parser.any_voice)
    return Unexpected("Ssml should contain at least one <voice>.");
  if (parser.pause.count() > 0)
    parser.pieces.push_back({nullptr, "", parser.pause, 1, 1, 1});
  return std::move(parser.pieces);
}

}  // namespace centralita::sandbox
