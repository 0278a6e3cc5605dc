#include "server/sandbox/faults.h"

#include <charconv>
#include <cstdlib>

namespace centralita::sandbox {
namespace {

constexpr std::string_view kSpaces = " \t";

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(kSpaces);
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(kSpaces) - begin + 1);
}

Result<bool> apply(Fault& fault, std::string_view name, std::optional<double> value) {
  const auto in_ms = std::chrono::milliseconds(static_cast<std::int64_t>(value.value_or(0)));
  if (name == "delay" && value)
    fault.delay = in_ms;
  else if (name == "status" && value && *value >= 400 && *value < 600)
    fault.status = static_cast<int>(*value);
  else if (name == "retry-after" && value)
    fault.retry_after = *value;
  else if (name == "stall") {
    fault.stall = true;
    fault.stall_for = in_ms;
  } else if (name == "cut")
    fault.cut = true;
  else if (name == "malformed")
    fault.malformed = true;
  else if (name == "wrong-audio")
    fault.wrong_audio = true;
  else if (name == "stream-error")
    fault.stream_error = true;
  else
    return Unexpected("no fault \"" + std::string(name) +
                      "\" (delay=MS, status=400..599, retry-after=S, stall, cut, malformed, "
                      "wrong-audio, stream-error)");
  return true;
}

}  // namespace

const char* name_of(Operation operation) {
  switch (operation) {
    case Operation::kTranscription:
      return "transcription";
    case Operation::kChat:
      return "chat";
    case Operation::kSynthesis:
      return "synthesis";
  }
  return "";
}

std::optional<Operation> operation_named(std::string_view name) {
  for (const auto operation : {Operation::kTranscription, Operation::kChat, Operation::kSynthesis})
    if (name == name_of(operation))
      return operation;
  return std::nullopt;
}

bool Fault::any() const {
  return delay || status || stall || cut || malformed || wrong_audio || stream_error;
}

Result<Fault> Fault::from_header(std::string_view text) {
  Fault fault;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(',', at), text.size());
    const auto part = trimmed(text.substr(at, end - at));
    at = end + 1;
    const auto equals = part.find('=');
    std::optional<double> value;
    if (equals != std::string_view::npos) {
      const auto digits = part.substr(equals + 1);
      double number = 0;
      const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
      if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size() || number < 0)
        return Unexpected("\"" + std::string(digits) + "\" is not a number");
      value = number;
    }
    const auto done = apply(fault, part.substr(0, equals), value);
    if (!done)
      return Unexpected(done.error());
  }
  return fault;
}

Result<Fault> Fault::from_json(const json::Object& object) {
  const auto name = object.string("fault");
  if (!name)
    return Unexpected("\"fault\" is missing");
  Fault fault;
  fault.retry_after = object.number("retry_after");
  const auto done =
      apply(fault, *name, *name == "status" ? object.number("status") : object.number("ms"));
  if (!done)
    return Unexpected(done.error());
  return fault;
}

void FaultPlan::add(Operation operation, const Fault& fault, int times) {
  planned_[operation].push_back({fault, times});
}

std::optional<Fault> FaultPlan::take(Operation operation) {
  auto& queue = planned_[operation];
  if (queue.empty())
    return std::nullopt;
  auto& first = queue.front();
  const Fault fault = first.fault;
  if (first.left > 0 && --first.left == 0)
    queue.pop_front();
  return fault;
}

}  // namespace centralita::sandbox
