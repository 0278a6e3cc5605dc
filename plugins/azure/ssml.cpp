#include "plugins/azure/ssml.h"

#include "plugins/base/ref.h"

#include <array>

namespace centralita {
namespace {

// Char of XML 1.0, section 2.2. Surrogates cannot occur: they are no UTF-8.
bool allowed(gunichar c) {
  return c == 0x9 || c == 0xA || c == 0xD || (c >= 0x20 && c != 0xFFFE && c != 0xFFFF);
}

OwnedString valid_utf8(std::string_view text) {
  std::string without_nul(text);  // which g_utf8_make_valid would make a U+FFFD
  std::erase(without_nul, '\0');
  return OwnedString(
      g_utf8_make_valid(without_nul.data(), static_cast<gssize>(without_nul.size())));
}

void append_escaped(std::string& out, const char* begin, const char* end) {
  switch (*begin) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    case '\'':
      out += "&apos;";
      break;
    default:
      out.append(begin, end);
  }
}

std::string decimal(double value) {
  std::array<char, G_ASCII_DTOSTR_BUF_SIZE> digits;
  return g_ascii_formatd(digits.data(), digits.size(), "%.4g", value);
}

std::string attribute(const char* name, std::string_view value) {
  return " " + std::string(name) + "=\"" + xml_escaped(value) + "\"";
}

std::string prosody(const Voice& voice, std::string content) {
  std::string attributes;
  if (voice.rate != 1.0)
    attributes += attribute("rate", decimal(voice.rate));
  if (voice.pitch != 0)
    attributes +=
        attribute("pitch", (voice.pitch > 0 ? "+" : "") + std::to_string(voice.pitch) + "st");
  if (voice.volume != 100)
    attributes += attribute("volume", std::to_string(voice.volume));
  return attributes.empty() ? content : "<prosody" + attributes + ">" + content + "</prosody>";
}

std::string said(const SpokenPiece& piece) {
  const auto text = xml_escaped(piece.text);
  if (!piece.ipa.empty())
    return "<phoneme alphabet=\"ipa\"" + attribute("ph", piece.ipa) + ">" + text + "</phoneme>";
  if (!piece.alias.empty())
    return "<sub" + attribute("alias", piece.alias) + ">" + text + "</sub>";
  return text;
}

// Outside prosody: Azure does not allow it inside.
std::string express_as(const Voice& voice, std::string content) {
  if (voice.style.empty())
    return content;
  auto attributes = attribute("style", voice.style);
  if (voice.style_degree != 1.0)
    attributes += attribute("styledegree", decimal(voice.style_degree));
  return "<mstts:express-as" + attributes + ">" + content + "</mstts:express-as>";
}

}  // namespace

std::string xml_escaped(std::string_view text) {
  const auto valid = valid_utf8(text);
  std::string out;
  out.reserve(text.size() + 16);
  for (const char* p = valid.get(); *p;) {
    const char* next = g_utf8_next_char(p);
    if (allowed(g_utf8_get_char(p)))
      append_escaped(out, p, next);
    p = next;
  }
  return out;
}

std::string valid_text(std::string_view text) { return valid_utf8(text).get(); }

std::string ssml(const Voice& voice, std::string_view text) {
  const SpokenPiece piece{.text = std::string(text)};
  return ssml(voice, {&piece, 1});
}

std::string ssml(const Voice& voice, std::span<const SpokenPiece> pieces) {
  std::string content;
  for (const auto& piece : pieces) content += said(piece);
  return "<speak version=\"1.0\" xmlns=\"http://www.w3.org/2001/10/synthesis\" "
         "xmlns:mstts=\"https://www.w3.org/2001/mstts\"" +
         attribute("xml:lang", voice.language) + "><voice" + attribute("name", voice.name) +
         "><mstts:silence type=\"Leading-exact\" value=\"0ms\"/>" +
         express_as(voice, prosody(voice, std::move(content))) + "</voice></speak>";
}

bool speakable(std::string_view text) {
  const auto valid = valid_utf8(text);
  for (const char* p = valid.get(); *p; p = g_utf8_next_char(p)) {
    const auto c = g_utf8_get_char(p);
    switch (g_unichar_type(c)) {
      case G_UNICODE_CONNECT_PUNCTUATION:
      case G_UNICODE_DASH_PUNCTUATION:
      case G_UNICODE_CLOSE_PUNCTUATION:
      case G_UNICODE_FINAL_PUNCTUATION:
      case G_UNICODE_INITIAL_PUNCTUATION:
      case G_UNICODE_OPEN_PUNCTUATION:
        break;
      case G_UNICODE_OTHER_PUNCTUATION:
        if (c == '%' || c == '&' || c == '@' || c == '#')
          return true;
        break;
      default:
        if (!g_unichar_isspace(c) && !g_unichar_iscntrl(c) && allowed(c) && c != 0xFFFD)
          return true;
    }
  }
  return false;
}

}  // namespace centralita
