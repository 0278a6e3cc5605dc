// Every codec of both carriers in both directions, sample by sample: what the caller says is what
// the transcription service is sent, and what the synthesizer made is what the caller hears. The
// table is in docs/carriers.md.
#include "plugins/law/g711.h"
#include "plugins/law/transcoder.h"
#include "tests/calls/carriers_world.h"

#include <algorithm>
#include <regex>

using namespace centralita;
using namespace centralita::caller;

namespace {

using Samples = std::vector<std::int16_t>;
using Codec = TelnyxCodec::Kind;

// One sentence, so that it is one request to the synthesizer.
constexpr char kGreeting[] = "Le atiende la recepción de la clínica";

template <g711::Law law>
Samples through(Samples samples) {
  for (auto& sample : samples) sample = g711::decoded<law>(g711::encoded<law>(sample));
  return samples;
}

Samples through(Codec codec, Samples samples) {
  switch (codec) {
    case Codec::kPcmu:
      return through<g711::Law::kMu>(std::move(samples));
    case Codec::kPcma:
      return through<g711::Law::kA>(std::move(samples));
    case Codec::kL16:
      return samples;
  }
  return {};
}

Samples samples_of(const std::string& wav) {
  Samples samples;
  for (std::size_t at = 44; at + 1 < wav.size(); at += 2)
    samples.push_back(static_cast<std::int16_t>(static_cast<unsigned char>(wav[at]) |
                                                static_cast<unsigned char>(wav[at + 1]) << 8));
  return samples;
}

bool is_loud(std::int16_t sample) { return std::abs(sample) > 400; }

// Where `part` begins in `whole`, sample by sample, looked for by its first loud piece: silence is
// everywhere.
std::optional<std::ptrdiff_t> place_of(const Samples& part, const Samples& whole) {
  const auto loud = std::find_if(part.begin(), part.end(), is_loud);
  const auto size = std::min<std::ptrdiff_t>(400, part.end() - loud);
  const auto found = std::search(whole.begin(), whole.end(), loud, loud + size);
  if (size < 100 || found == whole.end())
    return std::nullopt;
  return (found - whole.begin()) - (loud - part.begin());
}

// How many samples of `part` are in `whole`: all of them, or none.
std::size_t found_in(const Samples& whole, const Samples& part) {
  const auto at = place_of(part, whole);
  if (!at || *at < 0 || part.size() + static_cast<std::size_t>(*at) > whole.size())
    return 0;
  return std::equal(part.begin(), part.end(), whole.begin() + *at) ? part.size() : 0;
}

// As much of `reference` as is heard, from its first loud sample on, in order and without a sample
// between, but for whole frames of nothing where this telephone had to wait for sound.
struct Heard {
  std::size_t same = 0, of = 0, waited = 0;
};
Heard compare(const Samples& reference, const Samples& heard) {
  const auto first = std::find_if(reference.begin(), reference.end(), is_loud);
  Heard result{.of = static_cast<std::size_t>(reference.end() - first)};
  const auto place = place_of(reference, heard);
  if (!place)
    return result;
  auto at = heard.begin() + *place + (first - reference.begin());
  for (auto sample = first; sample != reference.end() && at != heard.end();)
    if (*sample == *at) {
      ++sample, ++at, ++result.same;
    } else if (*at == 0) {
      ++at, ++result.waited;
    } else {
      break;
    }
  return result;
}

// 24 kHz PCM as it is heard by a telephone of that law.
template <g711::Law law>
Samples encoded(const std::string& pcm) {
  Transcoder encoder(law, Transcoder::Direction::kEncode, 24000);
  const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(pcm.data()),
                                            pcm.size());
  std::vector<std::uint8_t> codes(encoder.max_output(bytes.size()) + encoder.max_drain());
  auto size = encoder.push(bytes, codes);
  size += encoder.drain(std::span(codes).subspan(size));
  Samples samples(size);
  g711::decode<law>(std::span(codes).first(size), samples);
  return samples;
}

// What the synthesizer makes of the greeting, asked of it once more in the format of the codec.
Samples synthesized(Codec codec, int rate) {
  auto& stack = world().stack;
  const auto last = json::parse(stack.get_url(stack.sandbox_url() + "/sandbox/requests").body)
                        ->object()
                        .object("synthesis")
                        ->object("last");
  auto ssml = last->string("ssml").value_or("");
  ssml = std::regex_replace(ssml, std::regex(R"((value="0ms"/>)[^<]*)"),
                            std::string("$1") + kGreeting);
  EXPECT_NE(ssml.find(kGreeting), std::string::npos) << ssml;
  // What is to be G.711 is asked for at 24 kHz, and filtered and encoded in one pass.
  const auto asked = codec == Codec::kL16 ? rate : 24000;
  const auto reply = stack.post(
      stack.sandbox_url() + "/cognitiveservices/v1", ssml,
      {{"Ocp-Apim-Subscription-Key", "sandbox"},
       {"X-Microsoft-OutputFormat", "raw-" + std::to_string(asked / 1000) + "khz-16bit-mono-pcm"},
       {"User-Agent", "test"}},
      "application/ssml+xml");
  EXPECT_EQ(reply.status, 200) << reply.body;
  if (codec == Codec::kL16)
    return samples_of(std::string(44, '\0') + reply.body);
  return codec == Codec::kPcmu ? encoded<g711::Law::kMu>(reply.body)
                               : encoded<g711::Law::kA>(reply.body);
}

struct Row {
  const char* carrier;
  const char* spoken;  // codec and byte order, as it comes from the carrier
  const char* heard;   // as it goes to it
  const char* server;  // TELNYX_CODEC
  TelnyxCodec codec;   // of the caller
  Codec out;
  const char* clip;
  Scenario* call = nullptr;
};

}  // namespace

TEST(Codecs, EverySampleArrivesInBothDirections) {
  std::vector<Row> rows = {
      {"twilio", "PCMU 8 kHz", "PCMU 8 kHz", "PCMU", {}, Codec::kPcmu, "es/queue-thankyou"},
      {"telnyx", "PCMU 8 kHz", "PCMU 8 kHz", "PCMU", {}, Codec::kPcmu, "es/vm-msgsaved"},
      {"telnyx",
       "PCMA 8 kHz",
       "PCMA 8 kHz",
       "PCMA",
       {.kind = Codec::kPcma},
       Codec::kPcma,
       "es/vm-tooshort"},
      {"telnyx",
       "PCMA 8 kHz",
       "PCMU 8 kHz",
       "PCMU",
       {.kind = Codec::kPcma},
       Codec::kPcmu,
       "es/vm-unknown-caller"},
      {"telnyx",
       "PCMU 8 kHz",
       "PCMA 8 kHz",
       "PCMA",
       {.kind = Codec::kPcmu},
       Codec::kPcma,
       "es/vm-theperson"},
      {"telnyx",
       "L16 16 kHz, little-endian",
       "L16 16 kHz, little-endian",
       "L16",
       {.kind = Codec::kL16},
       Codec::kL16,
       "es/queue-thereare"},
      {"telnyx",
       "L16 16 kHz, big-endian",
       "L16 16 kHz, big-endian",
       "L16",
       {.kind = Codec::kL16, .big_endian = true},
       Codec::kL16,
       "es/vm-undeleted"},
      {"telnyx",
       "L16 8 kHz, little-endian",
       "L16 8 kHz, little-endian",
       "L16-8000",
       {.kind = Codec::kL16, .l16_rate_hz = 8000},
       Codec::kL16,
       "es/vm-nomore"},
      {"telnyx",
       "L16 8 kHz, big-endian",
       "L16 8 kHz, big-endian",
       "L16-8000",
       {.kind = Codec::kL16, .big_endian = true, .l16_rate_hz = 8000},
       Codec::kL16,
       "es/privacy-thankyou"},
  };
  auto& stack = world().stack;
  stack.configure("first_message", std::string("\"") + kGreeting + "\"");
  std::map<std::string, std::unique_ptr<Stack::Another>> servers;
  for (const auto& row : rows)
    if (row.server != std::string("PCMU") && !servers.contains(row.server))
      servers[row.server] = stack.server_beside({{"TELNYX_CODEC", row.server}});
  Calls calls;
  for (auto& row : rows) {
    SimulatedCarrier* carrier = &world().telnyx;
    if (row.carrier == std::string("twilio"))
      carrier = &world().twilio;
    const auto server = servers.find(row.server);
    // No line is wholly silent: by its noise the order of its bytes is known before anybody speaks.
    row.call = &calls.inbound(carrier, std::string("wait 5; say ") + row.clip + "; wait 2; hang-up",
                              row.codec.rate_hz(),
                              server == servers.end() ? "" : server->second->url, row.codec, -66);
  }
  calls.wait();
  std::map<int, std::vector<Samples>> uploads;
  const auto list =
      json::parse(stack.get_url(stack.sandbox_url() + "/sandbox/uploads").body)->object();
  for (const auto& upload : list.objects("uploads"))
    uploads[static_cast<int>(*upload.integer("rate"))].push_back(samples_of(
        stack
            .get_url(stack.sandbox_url() +
                     "/sandbox/uploads?number=" + std::to_string(*upload.integer("number")))
            .body));
  std::printf(
      "| carrier | the caller is carried in | sent to the transcriber | the agent is carried "
      "in | heard of the synthesizer's |\n| --- | --- | ---: | --- | ---: |\n");
  for (const auto& row : rows) {
    const auto& call = row.call->call;
    SCOPED_TRACE(std::string(row.carrier) + " " + row.spoken + " -> " + row.heard);
    EXPECT_TRUE(call.violations.empty()) << said(call);
    EXPECT_EQ(call.report.violation_count, 0u) << said(call);
    const int rate = call.report.rate_hz;
    EXPECT_EQ(rate, row.codec.rate_hz());
    const auto spoken = through(row.codec.kind, call.report.said);
    std::size_t longest = 0;
    for (const auto& upload : uploads[rate]) longest = std::max(longest, found_in(spoken, upload));
    EXPECT_GT(longest, static_cast<std::size_t>(rate) * 6 / 10) << said(call);
    const auto heard = compare(synthesized(row.out, rate), call.report.heard);
    EXPECT_EQ(heard.same, heard.of) << said(call);
    EXPECT_GT(heard.of, static_cast<std::size_t>(rate));
    std::printf("| %s | %s | %zu of %zu samples the same | %s | %zu of %zu |\n", row.carrier,
                row.spoken, longest, longest, row.heard, heard.same, heard.of);
    if (heard.waited > 0)
      std::printf("(this telephone waited %zu samples)\n", heard.waited);
  }
}
