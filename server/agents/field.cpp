#include "server/agents/field.h"

#include "server/agents/fields/fields.h"

#include <algorithm>
#include <utility>

namespace centralita::agents {
namespace {

struct TabName {
  const char* id;
  Words title;
};

const TabName& name_of(Tab tab) {
  static const std::vector<TabName> kTabs = {
      {"model", {"Modelo", "Model"}},
      {"voice", {"Voz", "Voice"}},
      {"ear", {"Oído", "Ear"}},
      {"flow", {"Flujo", "Flow"}},
      {"tools", {"Herramientas", "Tools"}},
      {"connectivity", {"Conectividad", "Connectivity"}},
      {"campaigns", {"Campañas", "Campaigns"}},
      {"system", {"Sistema", "System"}},
      {"advanced", {"Avanzado", "Advanced"}},
      {"analysis", {"Análisis", "Analysis"}},
  };
  return kTabs.at(static_cast<std::size_t>(tab));
}

}  // namespace

const std::vector<Field>& all_fields() {
  static const std::vector<Field> fields = [] {
    std::vector<Field> all;
    for (auto part : {model_fields(), voice_fields(), ear_fields(), flow_fields(), tools_fields(),
                      connectivity_fields(), campaigns_fields(), analysis_fields()})
      all.insert(all.end(), std::make_move_iterator(part.begin()),
                 std::make_move_iterator(part.end()));
    // Whatever file a setting is in, a tab's are together.
    std::stable_sort(all.begin(), all.end(),
                     [](const Field& a, const Field& b) { return a.tab < b.tab; });
    return all;
  }();
  return fields;
}

const Field* find_field(std::string_view name) {
  static const auto by_name = [] {
    std::map<std::string_view, const Field*> fields;
    for (const auto& field : all_fields()) fields.emplace(field.name, &field);
    return fields;
  }();
  const auto found = by_name.find(name);
  return found == by_name.end() ? nullptr : found->second;
}

const char* id_of(Tab tab) { return name_of(tab).id; }
const Words& title_of(Tab tab) { return name_of(tab).title; }

}  // namespace centralita::agents
