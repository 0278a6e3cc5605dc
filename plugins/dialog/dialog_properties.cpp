#include "plugins/dialog/dialog_properties.h"

#include "plugins/dialog/chat_call.h"
#include "plugins/dialog/chat_request.h"

namespace centralita {
namespace {

using std::chrono::milliseconds;

constexpr char kGroqBaseUrl[] = "https://api.groq.com/openai/v1";

enum Property : guint {
  PROP_0,
  PROP_INSTRUCTIONS,
  PROP_FIRST_MESSAGE,
  PROP_VARIABLES,
  PROP_MODEL,
  PROP_TEMPERATURE,
  PROP_MAX_TOKENS,
  PROP_CONTEXT_WINDOW,
  PROP_CONTEXT_TOKENS,
  PROP_TOOLS,
  PROP_TOOL_CHOICE,
  PROP_TOOL_TIMEOUT,
  PROP_BARGE_IN,
  PROP_PROVIDER,
  N_PROPERTIES = PROP_PROVIDER
};
constexpr ProviderProperties kProvider(PROP_PROVIDER, kChat);
static_assert(PROP_PROVIDER + ProviderProperties::kCount <= kDialogProperties);

GParamSpec* properties[N_PROPERTIES];

std::string text_of(const GValue* value) {
  const char* text = g_value_get_string(value);
  return text ? text : "";
}

Result<bool> set_tools(Locked<DialogSettings>& settings, const std::string& tools) {
  if (const auto valid = check_tools(tools); !valid)
    return Unexpected("The tools were not set: they are not valid: " + valid.error());
  settings.lock()->tools = tools;
  return true;
}

Result<bool> set_variables(Locked<DialogSettings>& settings, const std::string& variables) {
  auto values = parse_variables(variables);
  if (!values)
    return Unexpected("The variables were not set: they are not valid: " + values.error());
  const auto now = settings.lock();
  now->variables = variables;
  now->values = std::move(*values);
  return true;
}

constexpr auto kReadWrite = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                     GST_PARAM_MUTABLE_PLAYING);

// Of a reply: the values of its question's time.
constexpr auto kControlled = static_cast<GParamFlags>(kReadWrite | GST_PARAM_CONTROLLABLE);

GParamSpec* text_property(const char* name, const char* nick, const char* blurb,
                          const char* standard = nullptr, GParamFlags flags = kReadWrite) {
  return g_param_spec_string(name, nick, blurb, standard, flags);
}

GParamSpec* time_property(const char* name, const char* nick, const char* blurb,
                          milliseconds standard) {
  return g_param_spec_uint(name, nick, blurb, 1, 600'000, static_cast<guint>(standard.count()),
                           kReadWrite);
}

}  // namespace

ProviderSettings DialogSettings::endpoint() const { return provider.resolved(kChat, kGroqBaseUrl); }

Result<bool> set_dialog_property(Locked<DialogSettings>& locked, guint id, const GValue* value) {
  if (id == PROP_TOOLS)
    return set_tools(locked, text_of(value));
  if (id == PROP_VARIABLES)
    return set_variables(locked, text_of(value));
  const auto text = [value] { return text_of(value); };
  const auto time = [value] { return milliseconds(g_value_get_uint(value)); };
  const auto settings = locked.lock();
  switch (id) {
    case PROP_INSTRUCTIONS:
      settings->instructions = text();
      break;
    case PROP_FIRST_MESSAGE:
      settings->first_message = text();
      break;
    case PROP_MODEL:
      settings->model = text();
      break;
    case PROP_TEMPERATURE:
      settings->temperature = g_value_get_double(value);
      break;
    case PROP_MAX_TOKENS:
      settings->max_tokens = static_cast<int>(g_value_get_uint(value));
      break;
    case PROP_CONTEXT_WINDOW:
      settings->context_window = static_cast<int>(g_value_get_uint(value));
      break;
    case PROP_CONTEXT_TOKENS:
      settings->context_tokens = static_cast<int>(g_value_get_uint(value));
      break;
    case PROP_TOOL_CHOICE:
      settings->tool_choice = text();
      break;
    case PROP_TOOL_TIMEOUT:
      settings->tool_timeout = time();
      break;
    case PROP_BARGE_IN:
      settings->barge_in = g_value_get_boolean(value);
      break;
    default:
      return kProvider.set(settings->provider, id, value);
  }
  return true;
}

bool get_dialog_property(const DialogSettings& settings, guint id, GValue* value) {
  const auto set_time = [value](milliseconds time) {
    g_value_set_uint(value, static_cast<guint>(time.count()));
  };
  switch (id) {
    case PROP_INSTRUCTIONS:
      g_value_set_string(value, settings.instructions.c_str());
      break;
    case PROP_FIRST_MESSAGE:
      g_value_set_string(value, settings.first_message.c_str());
      break;
    case PROP_MODEL:
      g_value_set_string(value, settings.model.c_str());
      break;
    case PROP_TEMPERATURE:
      g_value_set_double(value, settings.temperature);
      break;
    case PROP_MAX_TOKENS:
      g_value_set_uint(value, static_cast<guint>(settings.max_tokens));
      break;
    case PROP_CONTEXT_WINDOW:
      g_value_set_uint(value, static_cast<guint>(settings.context_window));
      break;
    case PROP_VARIABLES:
      g_value_set_string(value, settings.variables.c_str());
      break;
    case PROP_CONTEXT_TOKENS:
      g_value_set_uint(value, static_cast<guint>(settings.context_tokens));
      break;
    case PROP_TOOLS:
      g_value_set_string(value, settings.tools.c_str());
      break;
    case PROP_TOOL_CHOICE:
      g_value_set_string(value, settings.tool_choice.c_str());
      break;
    case PROP_TOOL_TIMEOUT:
      set_time(settings.tool_timeout);
      break;
    case PROP_BARGE_IN:
      g_value_set_boolean(value, settings.barge_in);
      break;
    default:
      return kProvider.get(settings.provider, id, value);
  }
  return true;
}

void install_dialog_properties(GObjectClass* klass) {
  const DialogSettings defaults;
  properties[PROP_INSTRUCTIONS] =
      text_property("instructions", "Instructions",
                    "The system prompt: who the agent is and how it speaks; {{name}} is filled in");
  properties[PROP_FIRST_MESSAGE] = text_property("first-message", "First message",
                                                 "Said as turn 1 when the element goes to PAUSED, "
                                                 "without asking the model; {{name}} is filled "
                                                 "in; empty: nothing");
  properties[PROP_VARIABLES] = text_property(
      "variables", "Variables",
      "JSON object of what {{name}} stands for, from the next request on; what is not valid is not "
      "taken, with a warning");
  properties[PROP_MODEL] = text_property(
      "model", "Model", "The provider's model id; an id known to be shut down is replaced",
      defaults.model.c_str());
  properties[PROP_TEMPERATURE] =
      g_param_spec_double("temperature", "Temperature", "Of the model's choice of words", 0, 2,
                          defaults.temperature, kControlled);
  properties[PROP_MAX_TOKENS] =
      g_param_spec_uint("max-tokens", "Max tokens",
                        "Tokens of a reply, reasoning included; 0: the provider's own limit", 0,
                        1'000'000, static_cast<guint>(defaults.max_tokens), kControlled);
  properties[PROP_CONTEXT_WINDOW] = g_param_spec_uint(
      "context-window", "Context window", "Messages sent to the model besides the instructions", 1,
      10'000, static_cast<guint>(defaults.context_window), kControlled);
  properties[PROP_CONTEXT_TOKENS] =
      g_param_spec_uint("context-tokens", "Context tokens",
                        "Tokens sent to the model at most, instructions and tools included, by an "
                        "estimate (a quarter "
                        "for each ASCII character, a half for á or ñ); the instructions and the "
                        "last message are sent "
                        "in any case; 0: no limit",
                        0, 10'000'000, static_cast<guint>(defaults.context_tokens), kControlled);
  properties[PROP_TOOLS] = text_property(
      "tools", "Tools",
      "JSON array of {\"type\":\"function\",\"function\":{name, description, parameters}}; what "
      "is not valid is not taken, with a warning");
  properties[PROP_TOOL_CHOICE] = text_property(
      "tool-choice", "Tool choice",
      "auto, none, required, a function's name or a JSON object; unset: the provider's default");
  properties[PROP_TOOL_TIMEOUT] = time_property(
      "tool-timeout", "Tool timeout",
      "Milliseconds to wait for add-tool-result before the model is told \"no answer\"",
      defaults.tool_timeout);
  properties[PROP_BARGE_IN] = g_param_spec_boolean(
      "barge-in", "Barge-in",
      "The caller's speech ends the reply under way and flushes downstream; false: their words "
      "wait until it is done",
      defaults.barge_in, kReadWrite);
  g_object_class_install_properties(klass, N_PROPERTIES, properties);
  kProvider.install(klass, defaults.provider);
}

}  // namespace centralita
