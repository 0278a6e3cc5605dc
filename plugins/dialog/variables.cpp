#include "plugins/dialog/variables.h"

#include "plugins/base/json.h"
#include "plugins/dialog/utf8.h"

#include <algorithm>

namespace centralita {
namespace {

constexpr std::string_view kOpen = "{{", kClose = "}}";

bool is_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return g_ascii_isalnum(c) || c == '_' || c == '-' || c == '.' ||
           static_cast<unsigned char>(c) >= 0x80;
  });
}

void erase_all(std::string& text, std::string_view what) {
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at > 0 ? at - 1 : 0))
    text.erase(at, what.size());
}

// One line, and nothing that could pass for a mark of who speaks.
std::string harmless(std::string_view value) {
  std::string text;
  for (const char c : value) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    if (!control)
      text += c;
    else if (!text.empty() && text.back() != ' ')
      text += ' ';
  }
  for (const std::string_view separator : {"\u2028", "\u2029", "\u0085"})
    erase_all(text, separator);
  for (const std::string_view mark : {"<|", "|>"}) erase_all(text, mark);
  return std::string(trimmed(text));
}

}  // namespace

Result<Variables> parse_variables(std::string_view text) {
  Variables values;
  if (trimmed(text).empty())
    return values;
  const auto document = json::parse(text);
  if (!document)
    return Unexpected(document.error());
  if (!document->is_object())
    return Unexpected("not an object");
  const auto object = document->object();
  for (const auto& name : object.names()) {
    auto* node = object.node(name.c_str());
    if (!is_name(name))
      return Unexpected("\"" + name + "\" is no name: letters, digits, _, - and . are");
    if (json_node_get_node_type(node) == JSON_NODE_NULL)
      values[name] = "";
    else if (const auto string = object.string(name.c_str()))
      values[name] = harmless(*string);
    else if (json_node_get_node_type(node) == JSON_NODE_VALUE)
      values[name] = json::to_string(node);
    else
      return Unexpected("\"" + name + "\" is not a string, a number, a boolean or null");
  }
  return values;
}

FilledText fill_variables(std::string_view text, const Variables& values) {
  FilledText filled;
  for (;;) {
    const auto open = text.find(kOpen);
    filled.text += text.substr(0, open);
    if (open == text.npos)
      return filled;
    text.remove_prefix(open);
    const auto close = text.find(kClose, kOpen.size());
    const auto name = close == text.npos ? std::string_view()
                                         : trimmed(text.substr(kOpen.size(), close - kOpen.size()));
    if (!is_name(name)) {
      filled.text += text.front();
      text.remove_prefix(1);
      continue;
    }
    if (const auto value = values.find(name); value != values.end())
      filled.text += value->second;
    else if (std::find(filled.unknown.begin(), filled.unknown.end(), name) == filled.unknown.end())
      filled.unknown.emplace_back(name);
    text.remove_prefix(close + kClose.size());
  }
}

}  // namespace centralita
