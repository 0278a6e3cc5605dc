// A call's sound over HTTP.
#include "server/recording/recorder.h"
#include "tests/server/api/support.h"

#include <cstring>
#include <filesystem>

using namespace centralita;
using namespace std::chrono_literals;

namespace {

class RecordingApi : public ApiTest {
 protected:
  // A call of ten seconds, whose left samples count up.
  std::string add_call(const char* session) {
    const auto id = sql(std::string("insert into calls (session_id, end_time) values ('") +
                        session + "', now()) returning id");
    recording::Recorder recorder({.folder = data_dir() + "/recordings", .segment = 3s},
                                 {.on_note = [this](const auto& note) { store().record(note); },
                                  .on_event = [](const auto&) {}});
    auto tap = recorder.begin(session, {WireFormat::Encoding::kPcm, 8000},
                              {WireFormat::Encoding::kPcm, 8000}, 0ns, {});
    int value = 0;
    for (int i = 0; i < 500; ++i) {
      std::vector<std::uint8_t> frame;
      for (int s = 0; s < 160; ++s, ++value) {
        frame.push_back(static_cast<std::uint8_t>(value & 255));
        frame.push_back(static_cast<std::uint8_t>(value >> 8 & 255));
      }
      tap->caller_audio(frame, i * 20ms, i * 20ms);
    }
    tap->ended(10s);
    EXPECT_TRUE(recorder.flush(10s));
    EXPECT_TRUE(store().flush(10s));
    return id;
  }
  Reply range(const std::string& path, const std::string& range, const char* method = "GET") {
    return request(method, path, "", {{"X-API-Key", kKey}, {"Range", range}});
  }
};

}  // namespace

TEST_F(RecordingApi, TheWholeIsAWavFileAndPartsOfItAreItsParts) {
  const auto path = "/api/v1/calls/" + add_call("one") + "/recording";
  const auto whole = get(path);
  ASSERT_EQ(whole.status, 200) << whole.body.substr(0, 200);
  ASSERT_EQ(whole.body.size(), 44u + 320'000);
  EXPECT_EQ(whole.headers.at("content-type"), "audio/wav");
  EXPECT_EQ(whole.headers.at("accept-ranges"), "bytes");
  EXPECT_EQ(whole.body.substr(0, 4), "RIFF");
  std::uint32_t frame = 0;
  std::memcpy(&frame, whole.body.data() + 44 + 4 * 50'000, 4);
  EXPECT_EQ(frame, 50'000u);
  // Across the border of two segments.
  const auto part = range(path, "bytes=95000-98999");
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.headers.at("content-range"), "bytes 95000-98999/320044");
  EXPECT_EQ(part.body, whole.body.substr(95'000, 4'000));
  EXPECT_EQ(range(path, "bytes=-10").body, whole.body.substr(320'034));
  EXPECT_EQ(range(path, "bytes=20-").body, whole.body.substr(20));
  const auto behind = range(path, "bytes=400000-");
  EXPECT_EQ(behind.status, 416);
  EXPECT_EQ(behind.headers.at("content-range"), "bytes */320044");
  const auto stale = request("GET", path, "",
                             {{"X-API-Key", kKey}, {"Range", "bytes=0-9"}, {"If-Range", "\"7\""}});
  EXPECT_EQ(stale.status, 200);
  EXPECT_EQ(stale.body.size(), whole.body.size());
}

TEST_F(RecordingApi, HeadSaysTheSizeAndSendsNothing) {
  const auto path = "/api/v1/calls/" + add_call("two") + "/recording";
  const auto head = request("HEAD", path);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-length"), "320044");
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(get(path).status, 200) << "the connection is still of use";
}

TEST_F(RecordingApi, TheHistorySaysWhatThereIs) {
  const auto id = add_call("three");
  const auto recording = *get("/api/v1/calls/" + id).json().object("call")->object("recording");
  EXPECT_EQ(recording.integer("duration_ms"), 10'000);
  EXPECT_EQ(recording.integer("bytes"), 320'000);
  EXPECT_EQ(recording.string("state"), "complete");
  EXPECT_TRUE(get("/api/v1/calls").json().objects("calls").at(0).object("recording"));
}

TEST_F(RecordingApi, WhatIsNotThereIsSaidSo) {
  const auto code = [&](const std::string& path) {
    const auto reply = get(path);
    return std::to_string(reply.status) + " " +
           reply.json().object("error")->string("code").value_or("");
  };
  const auto bare = sql("insert into calls (session_id) values ('bare') returning id");
  EXPECT_EQ(code("/api/v1/calls/" + bare + "/recording"), "404 not-recorded");
  EXPECT_EQ(code("/api/v1/calls/99999/recording"), "404 not-found");
  EXPECT_EQ(get("/api/v1/calls/..%2F..%2Fetc/recording").status, 400);
  sql("insert into recordings (call_id, origin, state, reference) values (" + bare +
      ", 'carrier', 'complete', 'RE1')");
  EXPECT_EQ(code("/api/v1/calls/" + bare + "/recording"), "404 at-the-carrier");
  EXPECT_EQ(request("GET", "/api/v1/calls/" + bare + "/recording", "", {}).status, 401);
}

TEST_F(RecordingApi, WhatIsOldOrOfADeletedCallGoes) {
  recording::Recorder recorder({.folder = data_dir() + "/recordings"},
                               {.on_note = [](const auto&) {}, .on_event = [](const auto&) {}});
  const IoContext io(Ref<GMainContext>::share(g_main_context_default()), IoContext::make_session());
  recording::Retention retention(io, recorder, store(), 30);
  const auto old = add_call("old"), young = add_call("young"), orphan = add_call("orphan");
  sql("update calls set start_time = now() - interval '31 days' where id = " + old);
  sql("delete from calls where id = " + orphan);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data_dir()))
    if (entry.path().filename() == "about.json")  // a recording of the day before yesterday
      std::filesystem::last_write_time(entry.path(), entry.last_write_time() - 48h);
  std::optional<std::vector<std::string>> gone;
  retention.sweep([&](auto ids) { gone = std::move(ids); });
  while (!gone) g_main_context_iteration(nullptr, TRUE);
  EXPECT_EQ(*gone, (std::vector<std::string>{"old", "orphan"}));
  EXPECT_TRUE(recorder.flush(10s));
  EXPECT_EQ(recorder.shelf().session_ids(0h), std::vector<std::string>{"young"});
  for (int i = 0; i < 1000 && sql("select count(*) from recordings") != "1"; ++i) g_usleep(5000);
  EXPECT_EQ(get("/api/v1/calls/" + old + "/recording").status, 404);
  EXPECT_EQ(get("/api/v1/calls/" + young + "/recording").status, 200);
}
