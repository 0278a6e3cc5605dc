// Whether this process can take calls: the parts that have a say, each with a name. Main thread.
//
//   readiness.add("disk", [&] { return Readiness::Part{free > 0, "the disk is full"}; });
#pragma once

#include "plugins/base/json.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace centralita {

class Readiness {
 public:
  struct Part {
    bool ok = true;
    bool needed = true;    // false: without it calls are taken all the same
    std::string message;   // why not
    json::Object details;  // more about it, as further members; also another "status"
  };

  // Asked at every question; must not block.
  void add(std::string name, std::function<Part()> part) {
    parts_.emplace_back(std::move(name), std::move(part));
  }

  struct Answer {
    bool ready = true;
    bool whole = true;  // nothing fails, needed or not
    json::Object parts;
  };
  Answer ask() const {
    Answer answer;
    for (const auto& [name, part] : parts_) {
      auto said = part();
      answer.ready &= said.ok || !said.needed;
      answer.whole &= said.ok;
      if (!said.details.has("status"))
        said.details.set("status", said.ok ? "ok" : "failing");
      if (!said.message.empty())
        said.details.set("message", said.message);
      answer.parts.set(name.c_str(), said.details);
    }
    return answer;
  }

 private:
  std::vector<std::pair<std::string, std::function<Part()>>> parts_;
};

}  // namespace centralita
