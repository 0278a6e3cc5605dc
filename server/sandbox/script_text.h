// The words of the script: what is recognised as which intent, and the sentences that answer it.
#pragma once

#include <span>
#include <string_view>

namespace centralita::sandbox {

enum class Intent {
  kUnknown,
  kGreeting,
  kAppointment,
  kCancel,
  kHours,
  kPlace,
  kPrice,
  kRepeat,
  kWho,
  kPerson,
  kWeather,
  kTime,
  kName,
  kDay,
  kYes,
  kNo,
  kWait,
  kThanks,
  kGoodbye,
};

struct IntentWords {
  Intent intent;
  std::span<const std::string_view>
      words;  // folded: lower case without accents; a phrase may be inside
};

// In the order in which they are tried: the first intent with a phrase that occurs wins.
std::span<const IntentWords> intent_words();

// What a tool's name or description must contain to be one for the intent.
std::span<const std::string_view> tool_words(Intent intent);

// `{day}`, `{hour}`, `{name}` and `{heard}` are filled in by the script.
std::string_view answer_text(Intent intent, bool spanish);

struct Answers {
  std::string_view ask_day, ask_hour, booked, booked_named, name_noted, first_greeting,
      nothing_said, nothing_heard;
};
const Answers& answers(bool spanish);

}  // namespace centralita::sandbox
