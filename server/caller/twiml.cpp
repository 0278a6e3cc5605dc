#include "server/caller/twiml.h"

#include "plugins/base/ref.h"

namespace centralita::caller {
namespace {

struct ContextDelete {
  void operator()(GMarkupParseContext* p) const noexcept { g_markup_parse_context_free(p); }
};

std::string attribute(const char* const* names, const char* const* values, const char* name) {
  for (; *names; ++names, ++values)
    if (g_str_equal(*names, name))
      return *values;
  return {};
}

std::string trimmed(std::string_view text) {
  constexpr char kSpace[] = " \t\r\n";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == text.npos)
    return {};
  return std::string(text.substr(begin, text.find_last_not_of(kSpace) - begin + 1));
}

// Depth 1 is Response, 2 a verb, 3 a noun such as Stream, 4 its Parameters.
struct Reader {
  Twiml twiml;
  int depth = 0;

  static void set_invalid(GError** error, const std::string& what) {
    g_set_error_literal(error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, what.c_str());
  }

  void start(const std::string& name, const char* const* names, const char* const* values,
             GError** error) {
    ++depth;
    if (depth == 1 && name != "Response")
      return set_invalid(error, "the document is a <" + name + "> and not a <Response>");
    if (depth == 2) {
      twiml.verbs.push_back({.name = name, .reason = attribute(names, values, "reason")});
    } else if (depth == 3 && name == "Stream" && verb().name == "Connect") {
      const auto url = attribute(names, values, "url");
      if (url.empty())
        return set_invalid(error, "<Stream> without a url");
      if (url.find('?') != url.npos)
        return set_invalid(error, "the url of <Stream> has a query, which Twilio does not allow");
      verb().stream = TwimlStream{.url = url};
    } else if (depth == 4 && name == "Parameter" && verb().stream) {
      verb().stream->parameters.emplace_back(attribute(names, values, "name"),
                                             attribute(names, values, "value"));
    }
  }

  TwimlVerb& verb() { return twiml.verbs.back(); }
};

void on_start(GMarkupParseContext*, const char* name, const char** names, const char** values,
              gpointer data, GError** error) noexcept {
  static_cast<Reader*>(data)->start(name, names, values, error);
}
void on_end(GMarkupParseContext*, const char*, gpointer data, GError**) noexcept {
  --static_cast<Reader*>(data)->depth;
}
void on_text(GMarkupParseContext*, const char* text, gsize size, gpointer data, GError**) noexcept {
  auto* reader = static_cast<Reader*>(data);
  if (reader->depth >= 2)
    reader->verb().text += std::string_view(text, size);
}

}  // namespace

Result<Twiml> parse_twiml(std::string_view text) {
  if (text.empty() || text.front() != '<')
    return Unexpected("TwiML must begin with '<': nothing may come before it");
  Reader reader;
  constexpr GMarkupParser kParser{on_start, on_end, on_text, nullptr, nullptr};
  const std::unique_ptr<GMarkupParseContext, ContextDelete> context(
      g_markup_parse_context_new(&kParser, G_MARKUP_TREAT_CDATA_AS_TEXT, &reader, nullptr));
  GError* error = nullptr;
  if (!g_markup_parse_context_parse(context.get(), text.data(), static_cast<gssize>(text.size()),
                                    &error) ||
      !g_markup_parse_context_end_parse(context.get(), &error)) {
    const OwnedError owned(error);
    return Unexpected(std::string(owned->message));
  }
  for (auto& verb : reader.twiml.verbs) verb.text = trimmed(verb.text);
  return std::move(reader.twiml);
}

Result<TwimlStream> Twiml::stream() const {
  for (const auto& verb : verbs) {
    if (verb.stream)
      return *verb.stream;
    if (verb.name == "Reject")
      return Unexpected("rejected: " + (verb.reason.empty() ? "rejected" : verb.reason));
    if (verb.name == "Hangup")
      return Unexpected("hung up without a stream");
    if (verb.name == "Redirect" || verb.name == "Dial" || verb.name == "Connect")
      return Unexpected("<" + verb.name + "> without a stream, which this telephone cannot follow");
  }
  return Unexpected("the TwiML has no stream to connect to");
}

std::string Twiml::summary() const {
  std::string summary;
  for (const auto& verb : verbs) {
    if (!summary.empty())
      summary += ", ";
    summary += verb.name;
    if (verb.stream)
      summary += " " + verb.stream->url + " (" + std::to_string(verb.stream->parameters.size()) +
                 " parameters)";
    else if (!verb.text.empty())
      summary += " \"" + verb.text + "\"";
    if (!verb.reason.empty())
      summary += " (" + verb.reason + ")";
  }
  return summary.empty() ? "empty" : summary;
}

}  // namespace centralita::caller
