#include "plugins/dialog/model_names.h"

namespace centralita {
namespace {

constexpr char kLarge[] = "openai/gpt-oss-120b";
constexpr char kSmall[] = "openai/gpt-oss-20b";

struct Retired {
  std::string_view prefix;  // of the id; the first that fits counts
  const char* successor;
};
// Groq's deprecation notices up to October 2026. Where they name no replacement, the production
// model of like size.
constexpr Retired kRetired[] = {
    {"llama-3.1-8b", kSmall},
    {"llama-3.2-1b", kSmall},
    {"llama-3.2-3b", kSmall},
    {"llama-3.2-11b", kSmall},
    {"llama-3.1-", kLarge},
    {"llama-3.2-", kLarge},
    {"llama-3.3-", kLarge},
    {"llama3-8b", kSmall},
    {"llama3-groq-8b", kSmall},
    {"llama3-", kLarge},
    {"llama2-", kLarge},
    {"meta-llama/llama-4-", kLarge},
    {"mixtral-8x7b", kLarge},
    {"gemma-7b", kSmall},
    {"gemma2-9b", kSmall},
    {"mistral-saba-", kLarge},
    {"deepseek-r1-distill-", kLarge},
    {"qwen-qwq-", kLarge},
    {"qwen-2.5-", kLarge},
    {"qwen/qwen3-32b", kLarge},
    {"qwen/qwen3.6-27b", kLarge},
    {"groq/compound-mini", kSmall},
    {"groq/compound", kLarge},
    {"compound-beta-mini", kSmall},
    {"compound-beta", kLarge},
};

}  // namespace

std::optional<std::string> successor_of(std::string_view model) {
  for (const auto& retired : kRetired)
    if (model.starts_with(retired.prefix))
      return retired.successor;
  return std::nullopt;
}

bool is_gpt_oss(std::string_view model) { return model.find("gpt-oss") != model.npos; }

}  // namespace centralita
