// POST /openai/v1/audio/transcriptions: a multipart form with a WAV or FLAC file in, its words out.
#include "server/sandbox/flac.h"
#include "server/sandbox/services.h"

#include <algorithm>
#include <cmath>

namespace centralita::sandbox {
namespace {

constexpr gsize kLargestFile = 25 * 1024 * 1024;
constexpr double kShortestAudio = 0.01;  // seconds

struct Form {
  std::map<std::string, std::string> fields;
  std::vector<std::string> granularities;
  std::optional<std::string> file;
  std::string file_name;
};

struct HashTableUnref {
  void operator()(GHashTable* table) const noexcept { g_hash_table_unref(table); }
};

Result<Form> read_form(Exchange& exchange) {
  auto* headers = soup_server_message_get_request_headers(exchange.message());
  const auto body = exchange.body();
  const auto bytes = Ref<GBytes>::adopt(g_bytes_new(body.data(), body.size()));
  auto* multipart = soup_multipart_new_from_message(headers, bytes.get());
  if (!multipart)
    return Unexpected("request body is not a well-formed multipart/form-data");
  const std::unique_ptr<SoupMultipart, FreeWith<soup_multipart_free>> owned(multipart);
  Form form;
  for (int i = 0; i < soup_multipart_get_length(multipart); ++i) {
    SoupMessageHeaders* part_headers = nullptr;
    GBytes* part = nullptr;
    soup_multipart_get_part(multipart, i, &part_headers, &part);
    char* disposition = nullptr;
    GHashTable* parameters = nullptr;
    if (!soup_message_headers_get_content_disposition(part_headers, &disposition, &parameters))
      return Unexpected("a part of the form has no Content-Disposition");
    const OwnedString owned_disposition(disposition);
    const std::unique_ptr<GHashTable, HashTableUnref> owned_parameters(parameters);
    const auto parameter = [&](const char* name) {
      const auto* value = static_cast<const char*>(g_hash_table_lookup(parameters, name));
      return std::string(value ? value : "");
    };
    gsize size = 0;
    const auto* data = static_cast<const char*>(g_bytes_get_data(part, &size));
    const std::string value(data ? data : "", size);
    const auto name = parameter("name");
    if (name == "file") {
      form.file = value;
      form.file_name = parameter("filename");
    } else if (name == "timestamp_granularities[]") {
      form.granularities.push_back(value);
    } else {
      form.fields[name] = value;
    }
  }
  return form;
}

// Whisper's measure of repetition: how well the text compresses. Deflate of a short text hardly
// does, and so it is near and below 1; repeated words raise it here as they do there.
double compression_ratio(const std::string& text) {
  if (text.empty())
    return 0;
  const auto* input = reinterpret_cast<const guint8*>(text.data());
  const std::unique_ptr<GZlibCompressor, FreeWith<g_object_unref>> compressor(
      g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB, -1));
  std::vector<guint8> out(text.size() + 256);
  gsize read = 0, written = 0;
  g_converter_convert(G_CONVERTER(compressor.get()), input, text.size(), out.data(), out.size(),
                      G_CONVERTER_INPUT_AT_END, &read, &written, nullptr);
  return written > 0 ? static_cast<double>(text.size()) / static_cast<double>(written) : 1;
}

double rounded(double value) { return std::round(value * 1000) / 1000; }

// The recogniser's confidence on Whisper's scales: a good fit is about -0.2 and 0.02, what was
// rejected is below -1 and above 0.6.
struct Scores {
  double avg_logprob;
  double no_speech_prob;
};

Scores scores_of(const Recognition& heard) {
  if (heard.text.empty())
    return {-1.5, 0.9};
  const double doubt = std::clamp(-heard.confidence, 0.0, 3.0);
  return {rounded(-0.15 - 0.25 * doubt), rounded(0.01 + 0.08 * doubt)};
}

std::string verbose_body(const Recognition& heard, const Form& form, bool spanish) {
  const auto wants = [&](const char* what) {
    return std::find(form.granularities.begin(), form.granularities.end(), what) !=
           form.granularities.end();
  };
  json::Object root;
  root.set("task", "transcribe")
      .set("language", spanish ? "Spanish" : "English")
      .set("duration", rounded(heard.duration))
      .set("text", " " + heard.text);
  const auto scores = scores_of(heard);
  if (form.granularities.empty() || wants("segment")) {
    json::Array segments;
    if (!heard.text.empty()) {
      json::Object segment;
      segment.set("id", 0)
          .set("seek", 0)
          .set("start", rounded(heard.words.front().start))
          .set("end", rounded(heard.words.back().end))
          .set("text", " " + heard.text)
          .set("tokens", json::Array())
          .set("temperature", 0)
          .set("avg_logprob", scores.avg_logprob)
          .set("compression_ratio", rounded(compression_ratio(heard.text)))
          .set("no_speech_prob", scores.no_speech_prob);
      segments.add(segment);
    }
    root.set("segments", segments);
  }
  if (wants("word")) {
    json::Array words;
    for (const auto& word : heard.words)
      words.add(json::Object()
                    .set("word", word.word)
                    .set("start", rounded(word.start))
                    .set("end", rounded(word.end)));
    root.set("words", words);
  }
  root.set("x_groq", json::Object().set("id", groq_request_id()));
  return root.to_string();
}

}  // namespace

void handle_transcription(Services& services, std::shared_ptr<Exchange> exchange) {
  const auto bad = [&](std::string message, std::string param = "") {
    answer_error(*exchange,
                 {400, std::move(message), "invalid_request_error", "", std::move(param)});
  };
  auto form = read_form(*exchange);
  if (!form)
    return bad(form.error());
  const auto field = [&](const char* name) {
    const auto found = form->fields.find(name);
    return found == form->fields.end() ? std::string() : found->second;
  };
  services.note(
      Operation::kTranscription,
      json::Object()
          .set("model", field("model"))
          .set("language", field("language"))
          .set("prompt", field("prompt"))
          .set("response_format", field("response_format"))
          .set("file_name", form->file_name)
          .set("file_bytes", static_cast<std::int64_t>(form->file ? form->file->size() : 0)));
  if (field("model").empty())
    return bad("`model` is required", "model");
  if (auto error = model_error(field("model")))
    return answer_error(*exchange, *error);
  if (!field("model").starts_with("whisper") && !field("model").starts_with("sandbox"))
    return bad("model `" + field("model") + "` does not support audio transcription", "model");
  if (!form->file)
    return bad("one of `file` or `url` is required", "file");
  if (form->file_name.empty())
    return bad("`file` needs a filename with an extension", "file");
  if (form->file->size() > kLargestFile)
    return answer_error(*exchange, {413, "Request Entity Too Large", "invalid_request_error",
                                    "request_too_large", ""});
  auto format = field("response_format");
  if (format.empty())
    format = "json";
  if (format != "json" && format != "text" && format != "verbose_json")
    return bad("response_format must be one of [json, text, verbose_json]", "response_format");
  auto language = field("language");
  if (language.empty())
    language = "en";
  if (language != "es" && language != "en")
    return bad("the sandbox hears Spanish (es) and English (en), not `" + language + "`",
               "language");
  auto audio = is_flac(*form->file) ? read_flac(*form->file) : read_wav(*form->file);
  if (!audio)
    return bad(
        "could not process file - is it a valid media file? (The sandbox reads WAV and FLAC: " +
            audio.error() + ".)",
        "file");
  if (static_cast<double>(audio->samples.size()) < kShortestAudio * audio->rate)
    return bad("Audio file is too short. Minimum audio length is 0.01 seconds.", "file");
  services.keep_upload(*audio);
  exchange->set_least_latency(services.latency.transcription);

  services.recognition.run([&services, exchange, form = std::move(*form), audio = std::move(*audio),
                            language, format](int worker) mutable {
    auto decoder = services.decoder(worker, language);
    Recognition heard;
    if (decoder)
      heard = (*decoder)->recognise(audio);
    const auto error = decoder ? std::optional<std::string>() : std::optional(decoder.error());
    services.post([&services, exchange, form = std::move(form), language, format,
                   heard = std::move(heard), error] {
      if (error) {
        g_warning("sandbox: %s", error->c_str());
        return answer_error(*exchange, {503, *error, "service_unavailable", "", ""});
      }
      const auto headers = services.limits.headers(0);
      if (format == "text")
        return exchange->answer(200, "text/plain", " " + heard.text, headers);
      const auto body = format == "verbose_json"
                            ? verbose_body(heard, form, language == "es")
                            : json::Object()
                                  .set("text", heard.text.empty() ? "" : " " + heard.text)
                                  .set("x_groq", json::Object().set("id", groq_request_id()))
                                  .to_string();
      exchange->answer(200, "application/json", body, headers);
    });
  });
}

}  // namespace centralita::sandbox
