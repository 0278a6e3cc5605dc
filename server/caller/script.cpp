#include "server/caller/script.h"

#include "plugins/base/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace centralita::caller {
namespace {

using Kind = Step::Kind;
using std::chrono::milliseconds;

constexpr milliseconds kDefaultQuiet{1200};
constexpr double kLongestWait = 3600;

// What a step takes: seconds, a file, digits, or seconds that may be left out.
enum class Takes { kNothing, kSeconds, kOptionalSeconds, kFile, kSecondsAndFile, kDigits };

struct StepForm {
  std::string_view name;
  Kind kind;
  Takes takes;
};

constexpr StepForm kForms[] = {
    {"say", Kind::kSay, Takes::kFile},
    {"wait", Kind::kWait, Takes::kSeconds},
    {"wait-for-agent", Kind::kWaitForAgent, Takes::kNothing},
    {"wait-greeting", Kind::kWaitGreeting, Takes::kOptionalSeconds},
    {"wait-reply", Kind::kWaitReply, Takes::kOptionalSeconds},
    {"barge-in", Kind::kBargeIn, Takes::kSecondsAndFile},
    {"dtmf", Kind::kDtmf, Takes::kDigits},
    {"silence", Kind::kSilence, Takes::kSeconds},
    {"wait-end", Kind::kWaitEnd, Takes::kNothing},
    {"hang-up", Kind::kHangUp, Takes::kNothing},
};

const StepForm* find_form(std::string_view name) {
  const auto found = std::find_if(std::begin(kForms), std::end(kForms),
                                  [&](const StepForm& form) { return form.name == name; });
  return found == std::end(kForms) ? nullptr : found;
}

const StepForm& form_of(Kind kind) {
  return *std::find_if(std::begin(kForms), std::end(kForms),
                       [&](const StepForm& form) { return form.kind == kind; });
}

std::string_view needs(const StepForm& form) {
  switch (form.takes) {
    case Takes::kNothing:
      return "takes nothing";
    case Takes::kSeconds:
      return "needs seconds, from 0 to 3600";
    case Takes::kOptionalSeconds:
      return "takes seconds of silence, from 0 to 3600, or nothing";
    case Takes::kFile:
      return "needs a file";
    case Takes::kSecondsAndFile:
      return "needs seconds, from 0 to 3600, and a file";
    case Takes::kDigits:
      return "needs keys: 0-9 * # A-D";
  }
  return {};
}

Unexpected<std::string> wrong_argument(const StepForm& form) {
  return Unexpected(std::string(form.name) + " " + std::string(needs(form)));
}

std::optional<milliseconds> to_time(double seconds) {
  if (!(seconds >= 0 && seconds <= kLongestWait))
    return std::nullopt;
  return milliseconds(std::llround(seconds * 1000));
}

std::optional<milliseconds> to_time(std::string_view text) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return to_time(seconds);
}

bool are_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789*#ABCD") == text.npos;
}

std::string in_folder(std::string_view file, const std::string& folder) {
  if (folder.empty() || file.starts_with('/'))
    return std::string(file);
  return folder + "/" + std::string(file);
}

Step new_step(const StepForm& form) {
  Step step{.kind = form.kind};
  if (form.takes == Takes::kOptionalSeconds)
    step.time = kDefaultQuiet;
  return step;
}

// The rules that hold for a whole script; the number of the step that breaks one is in the error.
Result<Script> finish(Script script) {
  const auto ends = [](const Step& step) {
    return step.kind == Kind::kHangUp || step.kind == Kind::kWaitEnd;
  };
  if (script.steps.empty())
    return Unexpected("the script has no steps");
  for (std::size_t i = 0; i + 1 < script.steps.size(); ++i)
    if (ends(script.steps[i]))
      return Unexpected("step " + std::to_string(i + 2) + ": nothing can follow " +
                        script.steps[i].name());
  if (!ends(script.steps.back()))
    script.steps.push_back({.kind = Kind::kHangUp});
  return script;
}

// One word of the text form and where it begins.
struct Word {
  std::string text;
  std::size_t column;
};

struct TextStep {
  std::vector<Word> words;
  std::size_t column;  // of the first word, or of the end of an empty step
};

Result<std::vector<TextStep>> split(std::string_view text) {
  std::vector<TextStep> steps(1);
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == ';' || c == '\n') {
      steps.back().column = steps.back().words.empty() ? i + 1 : steps.back().words[0].column;
      steps.emplace_back();
      ++i;
    } else if (c == ' ' || c == '\t' || c == '\r') {
      ++i;
    } else if (c == '"') {
      const auto end = text.find('"', i + 1);
      if (end == text.npos)
        return Unexpected("step " + std::to_string(steps.size()) + ", column " +
                          std::to_string(i + 1) + ": a quote is not closed");
      steps.back().words.push_back({std::string(text.substr(i + 1, end - i - 1)), i + 1});
      i = end + 1;
    } else {
      const auto end = std::min(text.find_first_of(" \t\r\n;", i), text.size());
      steps.back().words.push_back({std::string(text.substr(i, end - i)), i + 1});
      i = end;
    }
  }
  steps.back().column = steps.back().words.empty() ? text.size() : steps.back().words[0].column;
  return steps;
}

Result<Step> to_step(const TextStep& text, const std::string& folder) {
  const auto* form = find_form(text.words[0].text);
  if (!form)
    return Unexpected("unknown step '" + text.words[0].text + "'");
  Step step = new_step(*form);
  const auto count = text.words.size() - 1;
  const auto argument = [&](std::size_t i) -> const std::string& { return text.words[i].text; };
  const bool has_time = form->takes == Takes::kSeconds || form->takes == Takes::kSecondsAndFile ||
                        (form->takes == Takes::kOptionalSeconds && count > 0);
  const std::size_t wanted = form->takes == Takes::kNothing ? 0
                             : form->takes == Takes::kOptionalSeconds
                                 ? std::min<std::size_t>(count, 1)
                             : form->takes == Takes::kSecondsAndFile ? 2
                                                                     : 1;
  if (count != wanted)
    return wrong_argument(*form);
  if (has_time) {
    const auto time = to_time(argument(1));
    if (!time)
      return wrong_argument(*form);
    step.time = *time;
  }
  if (form->takes == Takes::kFile || form->takes == Takes::kSecondsAndFile)
    step.file = in_folder(argument(count), folder);
  if (form->takes == Takes::kDigits) {
    if (!are_digits(argument(1)))
      return wrong_argument(*form);
    step.digits = argument(1);
  }
  return step;
}

// {"barge-in": {"after": 1.5, "file": "stop.wav", "timeout": 20}}
bool read_members(const StepForm& form, const json::Object& members, const std::string& folder,
                  Step& step) {
  const char* time_name = form.takes == Takes::kSecondsAndFile    ? "after"
                          : form.takes == Takes::kOptionalSeconds ? "quiet"
                                                                  : "seconds";
  for (const auto& name : members.names()) {
    const auto seconds = members.number(name.c_str());
    const auto time = seconds ? to_time(*seconds) : std::nullopt;
    const auto text = members.string(name.c_str());
    if (name == "timeout" && time)
      step.timeout = *time;
    else if (name == time_name && time)
      step.time = *time;
    else if (name == "file" && text)
      step.file = in_folder(*text, folder);
    else if (name == "digits" && text)
      step.digits = *text;
    else
      return false;
  }
  const bool takes_file = form.takes == Takes::kFile || form.takes == Takes::kSecondsAndFile;
  const bool needs_time = form.takes == Takes::kSeconds || form.takes == Takes::kSecondsAndFile;
  return takes_file == !step.file.empty() && (!needs_time || members.has(time_name)) &&
         (form.takes == Takes::kDigits ? are_digits(step.digits) : step.digits.empty());
}

Result<Step> to_step(JsonNode* node, const std::string& folder) {
  if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING) {
    const std::string_view name = json_node_get_string(node);
    const auto* form = find_form(name);
    if (!form)
      return Unexpected("unknown step '" + std::string(name) + "'");
    if (form->takes != Takes::kNothing && form->takes != Takes::kOptionalSeconds)
      return wrong_argument(*form);
    return new_step(*form);
  }
  if (!JSON_NODE_HOLDS_OBJECT(node))
    return Unexpected("a step is a name or an object with one");
  const json::Object object(json_node_get_object(node));
  const auto names = object.names();
  if (names.size() != 1)
    return Unexpected("a step has exactly one name");
  const auto* form = find_form(names[0]);
  if (!form)
    return Unexpected("unknown step '" + names[0] + "'");
  Step step = new_step(*form);
  const char* name = names[0].c_str();
  if (const auto members = object.object(name)) {
    if (!read_members(*form, *members, folder, step))
      return wrong_argument(*form);
    return step;
  }
  const auto seconds = object.number(name);
  const auto time = seconds ? to_time(*seconds) : std::nullopt;
  const auto text = object.string(name);
  if (time && (form->takes == Takes::kSeconds || form->takes == Takes::kOptionalSeconds))
    step.time = *time;
  else if (text && !text->empty() && form->takes == Takes::kFile)
    step.file = in_folder(*text, folder);
  else if (text && form->takes == Takes::kDigits && are_digits(*text))
    step.digits = *text;
  else
    return wrong_argument(*form);
  return step;
}

}  // namespace

std::string Step::name() const {
  std::string name(form_of(kind).name);
  if (!file.empty())
    name += " " + file.substr(file.find_last_of('/') + 1);
  if (!digits.empty())
    name += " " + digits;
  return name;
}

std::vector<std::string> Script::files() const {
  std::vector<std::string> files;
  for (const auto& step : steps)
    if (!step.file.empty() && std::find(files.begin(), files.end(), step.file) == files.end())
      files.push_back(step.file);
  return files;
}

Result<Script> parse_script_text(std::string_view text, const std::string& folder) {
  auto parts = split(text);
  if (!parts)
    return Unexpected(parts.error());
  Script script;
  for (std::size_t i = 0; i < parts->size(); ++i) {
    const auto& part = (*parts)[i];
    if (part.words.empty())
      continue;  // "say a.wav;;" and a last semicolon harm nobody
    auto step = to_step(part, folder);
    if (!step)
      return Unexpected("step " + std::to_string(i + 1) + ", column " +
                        std::to_string(part.column) + ": " + step.error());
    script.steps.push_back(std::move(*step));
  }
  return finish(std::move(script));
}

Result<Script> parse_script_json(std::string_view text, const std::string& folder) {
  const auto document = json::parse(text);
  if (!document)
    return Unexpected(document.error());
  const auto steps =
      document->is_array() ? std::optional(document->array()) : document->object().array("steps");
  if (!steps)
    return Unexpected("a script is {\"steps\": [...]}");
  Script script;
  for (std::size_t i = 0; i < steps->size(); ++i) {
    auto step = to_step(steps->node(i), folder);
    if (!step)
      return Unexpected("step " + std::to_string(i + 1) + ": " + step.error());
    script.steps.push_back(std::move(*step));
  }
  return finish(std::move(script));
}

Script default_script(const std::vector<std::string>& files) {
  Script script;
  script.steps.push_back({.kind = Kind::kWaitGreeting, .time = kDefaultQuiet});
  for (const auto& file : files) {
    script.steps.push_back({.kind = Kind::kSay, .file = file});
    script.steps.push_back({.kind = Kind::kWaitReply, .time = kDefaultQuiet});
  }
  script.steps.push_back({.kind = Kind::kHangUp});
  return script;
}

}  // namespace centralita::caller
