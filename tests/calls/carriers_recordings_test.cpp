// Recordings of both sides, ours and the carrier's.
#include "plugins/law/g711.h"
#include "tests/calls/carriers_world.h"

#include <algorithm>
#include <cmath>
#include <csignal>

using namespace centralita;
using namespace centralita::caller;
using namespace std::chrono_literals;

namespace {

// The samples of a WAV file's one side, 0 the caller's.
std::vector<std::int16_t> side_of(const std::string& wav, std::size_t side) {
  std::vector<std::int16_t> samples;
  for (std::size_t at = 44 + 2 * side; at + 1 < wav.size(); at += 4)
    samples.push_back(static_cast<std::int16_t>(static_cast<unsigned char>(wav[at]) |
                                                static_cast<unsigned char>(wav[at + 1]) << 8));
  return samples;
}

// By how many samples `kept` must be moved to lie on `real`, whose loudest half second is looked
// for, and how much of it is then the same.
struct Match {
  std::ptrdiff_t shift;
  double same;
};
Match match(const std::vector<std::int16_t>& real, const std::vector<std::int16_t>& kept,
            std::size_t from) {
  const std::size_t length = std::min<std::size_t>(4000, real.size() - from);
  Match best{0, 0};
  for (std::size_t at = from > 8000 ? from - 8000 : 0;
       at < from + 8000 && at + length <= kept.size(); ++at) {
    std::size_t same = 0;
    for (std::size_t i = 0; i < length; i += 16) same += kept[at + i] == real[from + i];
    const double share = static_cast<double>(same) / std::ceil(static_cast<double>(length) / 16);
    if (share > best.same)
      best = {static_cast<std::ptrdiff_t>(at) - static_cast<std::ptrdiff_t>(from), share};
  }
  return best;
}

std::vector<std::int16_t> through_g711(std::vector<std::int16_t> samples) {
  for (auto& sample : samples)
    sample = g711::decoded<g711::Law::kMu>(g711::encoded<g711::Law::kMu>(sample));
  return samples;
}

std::size_t first_sound(const std::vector<std::int16_t>& samples) {
  std::size_t at = 0;
  while (at < samples.size() && std::abs(samples[at]) < 1000) ++at;
  return at;
}

}  // namespace

TEST(Recordings, BothSidesAreKeptAsTheyWereHeardAndWhatWasCutOffIsNotInThem) {
  auto& stack = world().stack;
  stack.configure("recording", "\"ours\"");
  stack.configure("first_message",
                  "\"Buenos días, le habla la recepción de la clínica. Si quiere una cita, dígame "
                  "por favor qué día le viene bien y a qué hora prefiere que sea.\"");
  Calls calls;
  calls.greet_once();
  std::vector<Scenario*> ones;
  for (auto* carrier : world().carriers())
    ones.push_back(&calls.inbound(carrier, "barge-in 1.2 es/queue-thankyou; wait-reply; hang-up"));
  calls.wait();
  stack.configure("recording", "\"off\"");
  for (const auto* one : ones) {
    const auto* name = world().name_of(one->carrier);
    SCOPED_TRACE(name);
    const auto& report = one->call.report;
    const auto history = calls.history(*one);
    const auto call = *history.object("call");
    const auto recording = call.object("recording");
    ASSERT_TRUE(recording) << said(one->call);
    EXPECT_EQ(recording->string("state"), "complete");
    EXPECT_NEAR(static_cast<double>(*recording->integer("duration_ms")), report.duration_ms, 700);
    const auto wav =
        stack.get("/api/v1/calls/" + std::to_string(*call.integer("id")) + "/recording");
    ASSERT_EQ(wav.status, 200) << wav.body.substr(0, 300);
    EXPECT_EQ(wav.content_type, "audio/wav");
    const auto left = side_of(wav.body, 0), right = side_of(wav.body, 1);
    const auto on_the_wire = through_g711(report.said);
    const auto spoken = match(on_the_wire, left, first_sound(on_the_wire));
    // Where this telephone itself stumbled it heard less than there was: the best of four places.
    Match heard{0, 0};
    for (std::size_t k = 0; k < 4 && heard.same < 1; ++k)
      if (const auto found = match(report.heard, right, first_sound(report.heard) + k * 1600);
          found.same > heard.same)
        heard = found;
    std::printf(
        "%s: the caller's side is %.1f %% the same, moved by %.1f ms; the agent's %.1f %%, %.1f "
        "ms\n",
        name, 100 * spoken.same, static_cast<double>(spoken.shift) / 8, 100 * heard.same,
        static_cast<double>(heard.shift) / 8);
    EXPECT_EQ(spoken.same, 1.0);
    EXPECT_EQ(heard.same, 1.0);
    // What was heard and what was said lie beside each other as on the telephone.
    EXPECT_LT(std::abs(spoken.shift - heard.shift), 8 * 60);
    // The greeting is cut off in the recording where it was cut off at the ear.
    const auto& clears = report.clears;
    if (clears.empty() && times_slower() > 1)
      continue;  // so late that there was nothing left to clear
    ASSERT_FALSE(clears.empty()) << said(one->call);
    const double cut = clears[0].at_ms + static_cast<double>(heard.shift) / 8;
    EXPECT_LT(level_dbfs(right, 8000, cut + 150, cut + 450), -60);
    EXPECT_GT(level_dbfs(right, 8000, cut - 600, cut - 250), -50);
  }
}

TEST(Recordings, AKilledServerLeavesWhatItHadAndTheNextOneClosesTheLines) {
  auto& stack = world().stack;
  TemporaryFolder data;
  const auto start = [&] { return stack.another_server({{"CENTRALITA_DATA", data.path()}}); };
  auto server = start();
  const auto url = server->wait_for("listening on (http://[^ ;]+)");
  stack.configure("recording", "\"ours\"");
  stack.configure("first_message", "\"Hola, buenos días.\"");
  // Closing a stream does not end a call there.
  auto& telnyx = world().telnyx;
  telnyx.patience_seconds = 60;
  Calls calls;
  auto& twilio_call =
      calls.inbound(&world().twilio, "wait-greeting; silence 20; hang-up", 8000, url);
  auto& telnyx_call = calls.inbound(&telnyx, "wait-greeting; silence 20; hang-up", 8000, url);
  wait_for(4s);
  stack.configure("recording", "\"off\"");
  server->signal(SIGKILL);
  server.reset();
  server = start();
  const auto again = server->wait_for("listening on (http://[^ ;]+)");
  calls.wait();
  telnyx.patience_seconds = 3;
  EXPECT_TRUE(twilio_call.call.violations.empty()) << said(twilio_call.call);
  EXPECT_TRUE(telnyx_call.call.violations.empty()) << said(telnyx_call.call);
  EXPECT_EQ(count(telnyx_call.call.commands, "hangup"), 1) << server->output();
  for (const auto* one : {&twilio_call, &telnyx_call}) {
    SCOPED_TRACE(world().name_of(one->carrier));
    json::Object call;
    for (int i = 0; i < 500; ++i, g_usleep(10'000)) {
      call = *calls.history(*one).object("call");
      if (const auto kept = call.object("recording");
          kept && kept->string("state") == "interrupted")
        break;
    }
    EXPECT_EQ(call.string("end_cause"), "server-restarted");
    const auto kept = call.object("recording");
    ASSERT_TRUE(kept) << call.to_string();
    EXPECT_EQ(kept->string("state"), "interrupted");
    EXPECT_GT(kept->integer("duration_ms").value_or(0), 1000);
    EXPECT_FALSE(kept->string("error").value_or("").empty());
  }
}

TEST(Recordings, TheCarrierRecordsWhereThatIsAskedForAndTheHistoryKnows) {
  auto& stack = world().stack;
  stack.configure("recording", "\"carrier\"");
  Calls calls;
  std::vector<Scenario*> ones;
  for (auto* carrier : world().carriers())
    ones.push_back(&calls.inbound(carrier, "wait-greeting; hang-up"));
  calls.wait();
  stack.configure("recording", "\"off\"");
  for (const auto* one : ones) {
    SCOPED_TRACE(world().name_of(one->carrier));
    EXPECT_TRUE(one->call.violations.empty()) << said(one->call);
    EXPECT_EQ(
        count(one->call.commands, one->carrier == &world().telnyx ? "record_start" : "record"), 1)
        << said(one->call);
    std::optional<json::Object> recording;
    for (int i = 0; i < 500; ++i, g_usleep(10'000)) {  // the carrier tells of it after the end
      recording = calls.history(*one).object("call")->object("recording");
      if (recording && recording->string("state") == "complete")
        break;
    }
    ASSERT_TRUE(recording) << said(one->call);
    EXPECT_EQ(recording->string("origin"), "carrier");
    EXPECT_EQ(recording->string("state"), "complete");
    EXPECT_FALSE(recording->string("reference").value_or("").empty());
  }
}
