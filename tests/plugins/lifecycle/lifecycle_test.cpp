#include "tests/plugins/lifecycle/life.h"

#include <gtest/gtest.h>

#include <malloc.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>
#include <sstream>

namespace centralita::test {
namespace {

struct Holdings {
  std::size_t heap;  // bytes in use
  long threads;
  long descriptors;
};

long entries(const char* folder) {
  return std::distance(std::filesystem::directory_iterator(folder),
                       std::filesystem::directory_iterator{});
}

Holdings holdings() {
  const auto heap = mallinfo2();
  return {heap.uordblks + heap.hblkhd, entries("/proc/self/task"), entries("/proc/self/fd")};
}

std::ostream& operator<<(std::ostream& out, const Holdings& holdings) {
  return out << holdings.heap / 1024 << " KiB, " << holdings.threads << " threads, "
             << holdings.descriptors << " descriptors";
}

std::string name_of(const ::testing::TestParamInfo<Subject>& info) { return info.param.factory; }

constexpr std::array kFates = {Fate::kFinished, Fate::kAbandoned, Fate::kUnused};

// The fake provider keeps what it was asked, so each fate's lives have one of their own.
void live_often(const Subject& subject, IoMode mode, int times_each) {
  for (const auto fate : kFates) {
    FakeHttp provider;
    prepare_provider(provider, subject, fate);
    for (int i = 0; i < times_each; ++i) live(subject, mode, provider, fate);
  }
}

// What the allocator keeps for itself wanders by some tens of KiB; the smallest block that malloc
// gives, lost once a life, would be 32 bytes.
constexpr std::size_t kHeapALife = 24;
// GLib keeps up to ten idle threads for pools, tasks among them, which come and go by themselves
// and hold a descriptor each; one lost with each life would be thousands.
constexpr long kIdleThreads = 10;

void expect_as_before(const Subject& subject, IoMode mode, int parts, int lives_each) {
  live_often(subject, mode, lives_each);  // what is made once is made now
  const auto before = holdings();
  for (int part = 0; part < parts; ++part) live_often(subject, mode, lives_each);
  const auto after = holdings();

  const auto lives = static_cast<std::size_t>(parts * lives_each) * kFates.size();
  std::cout << subject << " before: " << before << "; after " << lives << " lives: " << after
            << "\n";
  EXPECT_LT(after.heap, before.heap + lives * kHeapALife);
  EXPECT_LE(after.threads, before.threads + kIdleThreads);
  EXPECT_LE(after.descriptors, before.descriptors + kIdleThreads);
}

struct Lifecycle : ::testing::TestWithParam<Subject> {};

TEST_P(Lifecycle, TenThousandLivesLeaveMemoryThreadsAndDescriptorsAsTheyWere) {
  expect_as_before(GetParam(), IoMode::kInline, 12, 280);
}

struct NetworkLifecycle : ::testing::TestWithParam<Subject> {};

// By the shared I/O thread and streaming tasks, as in gst-launch.
TEST_P(NetworkLifecycle, ThousandsOfLivesWithStreamingTasksLeaveNothingBehind) {
  expect_as_before(GetParam(), IoMode::kTask, 8, 125);
}

TEST_P(Lifecycle, TakesStateChangesInEveryOrder) {
  constexpr std::array kStates = {GST_STATE_NULL, GST_STATE_READY, GST_STATE_PAUSED,
                                  GST_STATE_PLAYING};
  FakeHttp provider;
  prepare_provider(provider, GetParam(), Fate::kFinished);
  for (const auto mode : {IoMode::kInline, IoMode::kTask}) {
    ElementTest test(type_of(GetParam()), mode);
    if (GetParam().asks_a_provider())
      g_object_set(test.element(), GetParam().url_property, provider.url().c_str(), nullptr);
    test.start("sink", "src");
    for (int order = 0; order < 1024; ++order) {
      for (int step = 0, rest = order; step < 5; ++step, rest /= 4) {
        const auto state = kStates[static_cast<std::size_t>(rest % 4)];
        ASSERT_NE(gst_element_set_state(test.element(), state), GST_STATE_CHANGE_FAILURE)
            << "order " << order << ", step " << step;
        GstState reached = GST_STATE_VOID_PENDING;
        gst_element_get_state(test.element(), &reached, nullptr, 0);
        ASSERT_EQ(reached, state) << "order " << order << ", step " << step;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EveryElement, Lifecycle, ::testing::ValuesIn(subjects()), name_of);

std::vector<Subject> network_subjects() {
  auto found = subjects();
  std::erase_if(found, [](const Subject& subject) { return !subject.asks_a_provider(); });
  return found;
}
INSTANTIATE_TEST_SUITE_P(EveryElement, NetworkLifecycle, ::testing::ValuesIn(network_subjects()),
                         name_of);

// Runs with GST_TRACERS=leaks, which notes every GStreamer object from birth to death.
struct Leaks : ::testing::TestWithParam<Subject> {
  static std::string alive() {
    GList* tracers = gst_tracing_get_active_tracers();
    std::string found = "GST_TRACERS=leaks is not set";
    for (GList* l = tracers; l; l = l->next) {
      if (std::string(G_OBJECT_TYPE_NAME(l->data)) != "GstLeaksTracer")
        continue;
      GstStructure* objects = nullptr;
      g_signal_emit_by_name(l->data, "get-live-objects", &objects);
      const GValue* list = gst_structure_get_value(objects, "live-objects-list");
      std::ostringstream names;
      for (guint i = 0; i < gst_value_list_get_size(list); ++i) {
        const OwnedString text(gst_structure_to_string(static_cast<const GstStructure*>(
            g_value_get_boxed(gst_value_list_get_value(list, i)))));
        names << text.get() << "\n";
      }
      // Not freed: in GStreamer 1.22 it holds the objects without references of its own, and
      // freeing it would take theirs.
      found = names.str();
    }
    g_list_free_full(tracers, gst_object_unref);
    return found;
  }
};

TEST_P(Leaks, NoGStreamerObjectOutlivesTheElement) {
  for (const auto mode : {IoMode::kInline, IoMode::kTask}) {
    for (const auto fate : kFates) {
      FakeHttp provider;
      prepare_provider(provider, GetParam(), fate);
      live(GetParam(), mode, provider, fate);
    }
  }
  EXPECT_EQ(alive(), "");
}

TEST(Leaks, WhatIsAliveIsSeen) {
  const auto element = Ref<GstElement>::sink(gst_element_factory_make("mulawtopcm", "kept"));
  EXPECT_NE(Leaks::alive().find("kept"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(EveryElement, Leaks, ::testing::ValuesIn(subjects()), name_of);

// A new element must join the list above.
TEST(Subjects, AreAllElementsOfOurPlugins) {
  std::vector<std::string> registered, listed;
  auto* registry = gst_registry_get();
  GList* plugins = gst_registry_get_plugin_list(registry);
  for (GList* l = plugins; l; l = l->next) {
    const char* name = gst_plugin_get_name(GST_PLUGIN(l->data));
    if (!std::string_view(name).starts_with("centralita"))
      continue;
    GList* features = gst_registry_get_feature_list_by_plugin(registry, name);
    for (GList* f = features; f; f = f->next)
      if (GST_IS_ELEMENT_FACTORY(f->data))
        registered.emplace_back(GST_OBJECT_NAME(f->data));
    gst_plugin_feature_list_free(features);
  }
  gst_plugin_list_free(plugins);
  for (const auto& subject : subjects()) listed.emplace_back(subject.factory);
  std::sort(registered.begin(), registered.end());
  std::sort(listed.begin(), listed.end());
  EXPECT_EQ(listed, registered);
}

}  // namespace
}  // namespace centralita::test
