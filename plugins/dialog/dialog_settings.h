// What an llmdialog has been told by its properties, of which dialog_properties.cpp is the list.
#pragma once

#include "plugins/base/provider_settings.h"
#include "plugins/dialog/variables.h"

namespace centralita {

struct DialogSettings {
  std::string instructions;
  std::string first_message;
  std::string variables;  // JSON
  Variables values;       // the same, read
  std::string model = "openai/gpt-oss-120b";
  ProviderSettings provider;
  double temperature = 0.7;
  int max_tokens = 600;
  int context_window = 20;
  int context_tokens = 0;
  std::string tools;
  std::string tool_choice;
  bool barge_in = true;
  std::chrono::milliseconds tool_timeout{10'000};

  ProviderSettings endpoint() const;
};

}  // namespace centralita
