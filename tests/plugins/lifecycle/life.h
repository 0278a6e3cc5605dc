// One life of an element, as an application leads it: made by its factory, linked, set to PLAYING,
// given something to do, set to NULL, let go. What the element is, the plugin in the registry says;
// nothing here is linked with it.
#pragma once

#include "tests/support/element_test.h"
#include "tests/support/fake_http.h"

namespace centralita::test {

struct Subject {
  const char* factory;
  const char* sink_caps;
  const char* src_caps;      // nullptr: its source pad stays unlinked
  const char* url_property;  // of its provider; nullptr: it has none

  bool asks_a_provider() const { return url_property != nullptr; }
};

// Every element that our plugins register, and how to use it.
const std::vector<Subject>& subjects();
std::ostream& operator<<(std::ostream& out, const Subject& subject);

GType type_of(const Subject& subject);

enum class Fate {
  kUnused,     // nothing came
  kFinished,   // it did its work up to the end of the stream
  kAbandoned,  // gone while its provider had not answered (or, without one, in mid-stream)
};

// The provider that answers (kFinished) or never does (kAbandoned).
void prepare_provider(FakeHttp& provider, const Subject& subject, Fate fate);

void live(const Subject& subject, IoMode mode, FakeHttp& provider, Fate fate);

}  // namespace centralita::test
