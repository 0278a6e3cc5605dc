// What an agent can be told, as a table: one row a setting. The table is the only place where a
// setting's type, range, default and meaning are written down. From it come the check of what is
// written (validation.h), the reading of what was stored (codec.h), the JSON Schema that is
// published (json_schema.h) and, by that, the dashboard's forms.
//
// A new setting is a member of AgentConfig with its default, a row in fields/, its consumer, and a
// test of what it changes in a call.
#pragma once

#include "pipelines/agent_config.h"
#include "server/agents/language.h"

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace centralita::agents {

// Where the value goes; its C++ type is the setting's type. In JSON a duration is a whole number of
// milliseconds, a map is an object of texts.
using Member = std::variant<
    bool AgentConfig::*, int AgentConfig::*, double AgentConfig::*, std::string AgentConfig::*,
    std::chrono::milliseconds AgentConfig::*, std::vector<std::string> AgentConfig::*,
    std::map<std::string, std::string> AgentConfig::*, std::vector<HttpTool> AgentConfig::*>;

// The predecessor's tabs, of those that have settings.
enum class Tab {
  kModel,
  kVoice,
  kEar,
  kFlow,
  kTools,
  kConnectivity,
  kCampaigns,
  kSystem,
  kAdvanced,
  kAnalysis
};

struct Choice {
  const char* value;
  Words title;
};

enum class Scope {
  kProfile,  // a profile may override it
  kShared,   // the same for every kind of call
};

struct Field {
  const char* name;  // member of the document; the predecessor's where it had one
  Member member;
  Tab tab;
  Words title;
  Words help;
  Words group = {};       // heading inside the tab; empty: none
  const char* unit = "";  // "ms", "%", ...
  // Of a number its range, of a text its length in characters, of a list or map its size. A text of
  // a list or map has `item_length` characters at the most.
  double low = 0, high = 0;
  int item_length = 200;
  std::vector<Choice> choices = {};  // of a text; empty: any text
  const char* pattern = nullptr;     // ECMA 262, anchored; of a text, or of each text of a map
  bool holds_schema = false;         // a text that is a JSON Schema of an object, or empty
  // How a form shows it, beyond what its type says: "multiline", "language", "voice", "llm-model",
  // "stt-model", "phrases".
  const char* widget = "";
  Scope scope = Scope::kProfile;
  int since = 1;  // version of the schema that brought it
};

// In the order in which forms show them.
const std::vector<Field>& all_fields();
const Field* find_field(std::string_view name);  // nullptr: there is none

const char* id_of(Tab tab);  // "model"
const Words& title_of(Tab tab);

}  // namespace centralita::agents
