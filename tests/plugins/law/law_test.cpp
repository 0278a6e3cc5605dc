// The four elements, as an application meets them: found by name in the built plugin.
#include "plugins/base/ref.h"

#include <gst/check/gstharness.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <tuple>
#include <vector>

using namespace centralita;

namespace {

constexpr char kMulaw[] = "audio/x-mulaw,rate=8000,channels=1";
constexpr char kAlaw[] = "audio/x-alaw,rate=8000,channels=1";

std::string pcm(unsigned rate) {
  return "audio/x-raw,format=S16LE,layout=interleaved,channels=1,rate=" + std::to_string(rate);
}

struct Harness {
  Harness(const char* element, const std::string& in, const std::string& out)
      : h(gst_harness_new(element)) {
    gst_harness_set_caps_str(h, in.c_str(), out.c_str());
  }
  ~Harness() { gst_harness_teardown(h); }

  static Ref<GstBuffer> buffer(std::size_t bytes, GstClockTime pts, std::uint8_t value = 0) {
    auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, bytes, nullptr));
    gst_buffer_memset(buffer.get(), 0, value, bytes);
    GST_BUFFER_PTS(buffer.get()) = pts;
    return buffer;
  }
  void push(Ref<GstBuffer> buffer) const {
    ASSERT_EQ(gst_harness_push(h, buffer.release()), GST_FLOW_OK);
  }
  void push(std::size_t bytes, GstClockTime pts, std::uint8_t value = 0) const {
    push(buffer(bytes, pts, value));
  }
  Ref<GstBuffer> pull() const { return Ref<GstBuffer>::adopt(gst_harness_try_pull(h)); }
  std::vector<Ref<GstBuffer>> pull_all() const {
    std::vector<Ref<GstBuffer>> all;
    while (auto buffer = pull()) all.push_back(std::move(buffer));
    return all;
  }
  void eos() const { gst_harness_push_event(h, gst_event_new_eos()); }
  std::string src_caps() const {
    const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(h->element, "src"));
    const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad.get()));
    const OwnedString text(caps ? gst_caps_to_string(caps.get()) : nullptr);
    return text ? text.get() : "";
  }

  GstHarness* h;
};

std::size_t size_of(const Ref<GstBuffer>& b) { return gst_buffer_get_size(b.get()); }
GstClockTime pts_of(const Ref<GstBuffer>& b) { return GST_BUFFER_PTS(b.get()); }
GstClockTime duration_of(const Ref<GstBuffer>& b) { return GST_BUFFER_DURATION(b.get()); }
bool is_discont(const Ref<GstBuffer>& b) { return GST_BUFFER_IS_DISCONT(b.get()); }

std::size_t total_of(const std::vector<Ref<GstBuffer>>& buffers) {
  std::size_t total = 0;
  for (const auto& b : buffers) total += size_of(b);
  return total;
}

constexpr GstClockTime kMs = GST_MSECOND;

}  // namespace

TEST(Law, AtEqualRatesABufferIsABufferWithNoLatency) {
  for (const auto& [element, law] : {std::pair{"mulawtopcm", kMulaw}, {"alawtopcm", kAlaw}}) {
    const Harness harness(element, law, pcm(8000));
    harness.push(160, 5 * kMs);
    const auto out = harness.pull();
    ASSERT_TRUE(out);
    EXPECT_EQ(size_of(out), 320u);
    EXPECT_EQ(pts_of(out), 5 * kMs);
    EXPECT_EQ(duration_of(out), 20 * kMs);
    EXPECT_EQ(gst_harness_query_latency(harness.h), 0u);
  }
}

TEST(Law, ItPrefersEightKilohertzAndFollowsDownstreamOtherwise) {
  const std::pair<const char*, int> cases[] = {
      {"audio/x-raw", 8000},
      {"audio/x-raw,rate=[8000,48000]", 8000},
      {"audio/x-raw,rate=[11025,48000]", 16000},
      {"audio/x-raw,rate={44100,48000}", 48000},
      {"audio/x-raw,rate=24000;audio/x-raw,rate=8000", 24000}};
  for (const auto& [downstream, rate] : cases) {
    const Harness harness("mulawtopcm", kMulaw, downstream);
    harness.push(160, 0);
    EXPECT_NE(harness.src_caps().find("rate=(int)" + std::to_string(rate)), std::string::npos)
        << downstream << " gave " << harness.src_caps();
  }
}

TEST(Law, ARateThatIsNoMultipleIsNotNegotiated) {
  const Harness harness("mulawtopcm", kMulaw, "audio/x-raw,rate=44100");
  EXPECT_EQ(gst_harness_push(harness.h, harness.buffer(160, 0).release()), GST_FLOW_NOT_NEGOTIATED);
}

TEST(Law, EncodersTakeEveryRateAndGiveEightKilohertz) {
  for (const unsigned rate : {8000u, 16000u, 24000u, 48000u})
    for (const auto& [element, law] : {std::pair{"pcmtomulaw", kMulaw}, {"pcmtoalaw", kAlaw}}) {
      const Harness harness(element, pcm(rate), law);
      for (unsigned i = 0; i < 50; ++i) harness.push(rate / 50 * 2, i * 20 * kMs);
      harness.eos();
      const auto out = harness.pull_all();
      EXPECT_EQ(total_of(out), 8000u) << rate;
      EXPECT_EQ(pts_of(out.back()) + duration_of(out.back()), GST_SECOND) << rate;
    }
}

TEST(Law, TimestampsStayWithTheirSamplesAndFollowOn) {
  for (const unsigned rate : {16000u, 24000u, 48000u}) {
    const Harness harness("mulawtopcm", kMulaw, pcm(rate));
    for (unsigned i = 0; i < 50; ++i) harness.push(160, GST_SECOND + i * 20 * kMs);
    harness.eos();
    const auto out = harness.pull_all();
    ASSERT_EQ(out.size(), 51u);
    const GstClockTime delay = rate == 48000 ? 4375 * GST_USECOND : 4 * kMs;
    EXPECT_EQ(duration_of(out.front()), 20 * kMs - delay);  // waits in the filter
    EXPECT_EQ(duration_of(out.back()), delay);              // and comes at the end
    GstClockTime next = GST_SECOND;
    for (const auto& buffer : out) {
      EXPECT_EQ(pts_of(buffer), next);
      next += duration_of(buffer);
    }
    EXPECT_EQ(next, 2 * GST_SECOND);
    EXPECT_EQ(total_of(out), rate * 2);
  }
}

TEST(Law, APulseComesOutAtTheTimestampItWentIn) {
  const Harness harness("mulawtopcm", kMulaw, pcm(48000));
  auto in = Harness::buffer(400, 0, 0xff);
  gst_buffer_memset(in.get(), 200, 0x80, 1);
  harness.push(std::move(in));
  harness.eos();
  std::vector<std::int16_t> samples;
  for (const auto& buffer : harness.pull_all()) {
    const auto at = samples.size();
    EXPECT_EQ(pts_of(buffer), gst_util_uint64_scale(at, GST_SECOND, 48000));
    samples.resize(at + size_of(buffer) / 2);
    gst_buffer_extract(buffer.get(), 0, &samples[at], size_of(buffer));
  }
  EXPECT_EQ(std::max_element(samples.begin(), samples.end()) - samples.begin(), 200 * 6);
}

TEST(Law, TheFilterIsAnsweredAsLatency) {
  const Harness harness("pcmtomulaw", pcm(24000), kMulaw);
  harness.push(960, 0);
  gst_harness_set_upstream_latency(harness.h, 20 * kMs);
  EXPECT_EQ(gst_harness_query_latency(harness.h), 24 * kMs);
}

TEST(Law, BuffersOfOneByteGiveTheSameAudioAndNoFalseBreaks) {
  for (const auto& [element, in, out] : {std::tuple{"mulawtopcm", std::string(kMulaw), pcm(24000)},
                                         std::tuple{"pcmtoalaw", pcm(24000), std::string(kAlaw)}}) {
    constexpr std::size_t kBytes = 1200;
    auto whole = Harness::buffer(kBytes, 0);
    for (std::size_t i = 0; i < kBytes; ++i)
      gst_buffer_memset(whole.get(), i, static_cast<std::uint8_t>(i * 37 + i / 7), 1);
    const auto bytes_of = [](const std::vector<Ref<GstBuffer>>& buffers) {
      std::vector<std::uint8_t> bytes(total_of(buffers));
      std::size_t at = 0;
      for (const auto& b : buffers) at += gst_buffer_extract(b.get(), 0, &bytes[at], size_of(b));
      return bytes;
    };

    const Harness at_once(element, in, out);
    at_once.push(whole);
    at_once.eos();
    const Harness byte_by_byte(element, in, out);
    for (std::size_t i = 0; i < kBytes; ++i) {
      auto byte =
          Ref<GstBuffer>::adopt(gst_buffer_copy_region(whole.get(), GST_BUFFER_COPY_MEMORY, i, 1));
      if (i == 0)
        GST_BUFFER_PTS(byte.get()) = 0;
      byte_by_byte.push(std::move(byte));
    }
    byte_by_byte.eos();

    const auto pieces = byte_by_byte.pull_all();
    EXPECT_EQ(bytes_of(pieces), bytes_of(at_once.pull_all())) << element;
    for (std::size_t i = 1; i < pieces.size(); ++i) EXPECT_FALSE(is_discont(pieces[i])) << i;
  }
}

TEST(Law, ADiscontEndsTheRunBeforeItAndStartsAnother) {
  const Harness harness("mulawtopcm", kMulaw, pcm(16000));
  harness.push(160, 0, 0x80);
  auto later = Harness::buffer(160, GST_SECOND, 0xff);
  GST_BUFFER_FLAG_SET(later.get(), GST_BUFFER_FLAG_DISCONT);
  harness.push(std::move(later));
  const auto out = harness.pull_all();
  ASSERT_EQ(out.size(), 3u);
  EXPECT_EQ(pts_of(out[1]), 16 * kMs);
  EXPECT_EQ(duration_of(out[1]), 4 * kMs);
  EXPECT_FALSE(is_discont(out[1]));
  EXPECT_EQ(pts_of(out[2]), GST_SECOND);
  EXPECT_TRUE(is_discont(out[2]));
  std::vector<std::int16_t> samples(size_of(out[2]) / 2, 1);
  gst_buffer_extract(out[2].get(), 0, samples.data(), samples.size() * 2);
  EXPECT_EQ(samples, std::vector<std::int16_t>(samples.size(), 0))
      << "the filter forgot the run before";
}

TEST(Law, AJumpOfTimestampsIsABreakAndJitterIsNot) {
  const Harness harness("mulawtopcm", kMulaw, pcm(16000));
  harness.push(160, 0);
  harness.push(160, 27 * kMs);
  harness.push(160, 500 * kMs);
  const auto out = harness.pull_all();
  ASSERT_EQ(out.size(), 4u);
  EXPECT_EQ(pts_of(out[1]), 16 * kMs);
  EXPECT_FALSE(is_discont(out[1]));
  EXPECT_EQ(duration_of(out[2]), 4 * kMs);
  EXPECT_EQ(pts_of(out[3]), 500 * kMs);
  EXPECT_TRUE(is_discont(out[3]));
}

TEST(Law, AFlushForgetsWhatTheFilterHolds) {
  const Harness harness("mulawtopcm", kMulaw, pcm(16000));
  harness.push(160, 0, 0x80);
  (void)harness.pull_all();
  gst_harness_push_event(harness.h, gst_event_new_flush_start());
  gst_harness_push_event(harness.h, gst_event_new_flush_stop(TRUE));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_harness_push_event(harness.h, gst_event_new_segment(&segment));
  harness.push(160, 0, 0xff);
  harness.eos();
  const auto out = harness.pull_all();
  ASSERT_EQ(out.size(), 2u);
  EXPECT_EQ(total_of(out), 640u);
  EXPECT_EQ(pts_of(out[0]), 0u);
  for (const auto& buffer : out) {
    std::vector<std::int16_t> samples(size_of(buffer) / 2, 1);
    gst_buffer_extract(buffer.get(), 0, samples.data(), samples.size() * 2);
    EXPECT_EQ(samples, std::vector<std::int16_t>(samples.size(), 0));
  }
}

TEST(Law, ACustomEventKeepsItsPlaceBehindTheSamplesBeforeIt) {
  const Harness harness("pcmtomulaw", pcm(16000), kMulaw);
  harness.push(640, 0);
  EXPECT_EQ(total_of(harness.pull_all()), 128u);
  gst_harness_push_event(harness.h,
                         gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM,
                                              gst_structure_new_empty("centralita/clause-end")));
  EXPECT_EQ(total_of(harness.pull_all()), 32u);
  harness.push(640, 20 * kMs);
  const auto next = harness.pull();
  EXPECT_EQ(pts_of(next), 20 * kMs);
  EXPECT_FALSE(is_discont(next));
}

TEST(Law, BuffersWithoutTimestampsAreConvertedAllTheSame) {
  const Harness harness("mulawtopcm", kMulaw, pcm(16000));
  harness.push(160, GST_CLOCK_TIME_NONE);
  harness.push(160, GST_CLOCK_TIME_NONE);
  harness.eos();
  const auto out = harness.pull_all();
  EXPECT_EQ(total_of(out), 2u * 320 * 2);
  EXPECT_FALSE(GST_CLOCK_TIME_IS_VALID(pts_of(out.back())));
}

TEST(Law, AnotherRateInMidStreamLosesNothing) {
  const Harness harness("pcmtomulaw", pcm(16000), kMulaw);
  harness.push(640, 0);
  gst_harness_set_src_caps_str(harness.h, pcm(48000).c_str());
  harness.push(1920, 20 * kMs);
  harness.eos();
  const auto out = harness.pull_all();
  EXPECT_EQ(total_of(out), 320u);
  EXPECT_EQ(pts_of(out.back()) + duration_of(out.back()), 40 * kMs);
}

TEST(Law, ItCanBeStoppedAndStartedAgain) {
  const Harness harness("mulawtopcm", kMulaw, pcm(16000));
  harness.push(160, 0);
  EXPECT_EQ(gst_element_set_state(harness.h->element, GST_STATE_READY), GST_STATE_CHANGE_SUCCESS);
  EXPECT_EQ(gst_element_set_state(harness.h->element, GST_STATE_PLAYING), GST_STATE_CHANGE_SUCCESS);
  gst_harness_play(harness.h);
  gst_harness_set_src_caps_str(harness.h, kMulaw);
  (void)harness.pull_all();
  harness.push(160, 0);
  EXPECT_EQ(total_of(harness.pull_all()), 512u);
}

namespace {

// Counts the memory that is asked of it; what it gives is the system's.
struct CountingAllocator {
  GstAllocator parent;
  std::atomic<unsigned> asked;
};
struct CountingAllocatorClass {
  GstAllocatorClass parent;
};
G_DEFINE_TYPE(CountingAllocator, counting_allocator, GST_TYPE_ALLOCATOR)

GstMemory* count_and_allocate(GstAllocator* allocator, gsize size, GstAllocationParams* params) {
  ++reinterpret_cast<CountingAllocator*>(allocator)->asked;
  return gst_allocator_alloc(nullptr, size, params);
}
void counting_allocator_class_init(CountingAllocatorClass* klass) {
  GST_ALLOCATOR_CLASS(klass)->alloc = count_and_allocate;
}
void counting_allocator_init(CountingAllocator* self) {
  GST_OBJECT_FLAG_SET(self, GST_ALLOCATOR_FLAG_CUSTOM_ALLOC);
}

struct Way {
  const char* element;
  std::string in, out;
  unsigned in_bytes, out_bytes;  // of a millisecond
};

std::vector<Way> all_ways() {
  std::vector<Way> ways;
  for (const unsigned rate : {8000u, 16000u, 24000u, 48000u})
    for (const auto& [decoder, encoder, law] :
         {std::tuple{"mulawtopcm", "pcmtomulaw", kMulaw}, {"alawtopcm", "pcmtoalaw", kAlaw}}) {
      ways.push_back({decoder, law, pcm(rate), 8, rate / 500});
      ways.push_back({encoder, pcm(rate), law, rate / 500, 8});
    }
  return ways;
}

}  // namespace

TEST(Law, OnceRunningNothingIsAllocated) {
  for (const auto& way : all_ways()) {
    const Harness harness(way.element, way.in, way.out);
    auto* allocator =
        static_cast<CountingAllocator*>(g_object_new(counting_allocator_get_type(), nullptr));
    gst_object_ref_sink(allocator);
    gst_harness_set_propose_allocator(harness.h, GST_ALLOCATOR(gst_object_ref(allocator)), nullptr);
    gst_harness_push_upstream_event(harness.h, gst_event_new_reconfigure());
    std::vector<Ref<GstBuffer>> held;  // downstream keeps three for a while
    for (unsigned i = 0; i < 1000; ++i) {
      if (i == 10) {
        EXPECT_GT(allocator->asked, 0u);
        EXPECT_LT(allocator->asked, 8u);
        allocator->asked = 0;
      }
      harness.push(way.in_bytes * 20, i * 20 * kMs);
      held.push_back(harness.pull());
      if (held.size() > 3)
        held.erase(held.begin());
    }
    EXPECT_EQ(allocator->asked, 0u) << way.element << " " << way.out;
    held.clear();
    gst_object_unref(allocator);
  }
}

TEST(Law, EveryPairOfCapsIsNegotiatedAndGivesAsMuchAsWentIn) {
  for (const auto& way : all_ways()) {
    const Harness harness(way.element, way.in, way.out);
    // From one byte to ten seconds, and bigger after smaller.
    const std::size_t sizes[] = {2, 160, 34, way.in_bytes * 20, 4002, way.in_bytes * 10000, 2};
    std::size_t total = 0;
    for (const std::size_t size : sizes) {
      harness.push(size, GST_CLOCK_TIME_NONE, 0x55);
      total += size;
    }
    harness.eos();
    // Rounded up to whole samples.
    const std::size_t out = (total * way.out_bytes + way.in_bytes - 1) / way.in_bytes;
    const auto got = total_of(harness.pull_all());
    EXPECT_GE(got, out / 2 * 2) << way.element << " " << way.in << " " << way.out;
    EXPECT_LE(got, out + 1) << way.element << " " << way.in << " " << way.out;
  }
}

TEST(Law, AGapEventBringsOutWhatWasBeforeIt) {
  const Harness harness("mulawtopcm", kMulaw, pcm(24000));
  harness.push(160, 0);
  EXPECT_EQ(total_of(harness.pull_all()), 128u * 3 * 2);
  gst_harness_push_event(harness.h, gst_event_new_gap(20 * kMs, 20 * kMs));
  EXPECT_EQ(total_of(harness.pull_all()), 32u * 3 * 2);
  harness.push(160, 40 * kMs);
  EXPECT_EQ(pts_of(harness.pull()), 40 * kMs);
}

TEST(Law, EveryOrderOfStatesIsTaken) {
  constexpr GstState kStates[] = {GST_STATE_PLAYING, GST_STATE_PAUSED, GST_STATE_READY,
                                  GST_STATE_NULL};
  for (const auto first : kStates)
    for (const auto second : kStates)
      for (const auto third : kStates) {
        const Harness harness("pcmtoalaw", pcm(48000), kAlaw);
        harness.push(1920, 0);
        for (const auto state : {first, second, third})
          EXPECT_EQ(gst_element_set_state(harness.h->element, state), GST_STATE_CHANGE_SUCCESS);
        EXPECT_EQ(gst_element_set_state(harness.h->element, GST_STATE_PLAYING),
                  GST_STATE_CHANGE_SUCCESS);
      }
}

TEST(Law, ABufferThatOutlivesTheElementIsStillThere) {
  Ref<GstBuffer> kept;
  {
    const Harness harness("mulawtopcm", kMulaw, pcm(8000));
    harness.push(160, 0, 0x80);
    kept = harness.pull();
  }
  std::vector<std::int16_t> samples(160);
  EXPECT_EQ(gst_buffer_extract(kept.get(), 0, samples.data(), 320), 320u);
  EXPECT_EQ(samples, std::vector<std::int16_t>(160, 32124));
}
