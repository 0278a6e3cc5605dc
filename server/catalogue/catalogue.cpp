#include "server/catalogue/catalogue.h"

#include "plugins/base/http_stream.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace centralita {
namespace {

using namespace std::chrono_literals;

constexpr auto kKept = 1h;
constexpr auto kBuiltInKept = 1min;
// Azure's whole list is about 500 voices, 400 KB.
constexpr std::size_t kLargestAnswer = 8 * 1024 * 1024;

}  // namespace

Catalogue::Catalogue(IoContext io, std::function<Source()> source)
    : io_(std::move(io)), source_(std::move(source)) {}

void Catalogue::ask(Answer answer) {
  if (have_ && io_.now() < good_until_)
    return answer(known_);
  waiting_.push_back(std::move(answer));
  if (waiting_.size() == 1)
    fetch();
}

void Catalogue::fetch() {
  body_.clear();
  status_ = 0;
  const auto source = source_();
  request_ = HttpStream::start(
      io_,
      {.method = "GET",
       .url = source.url,
       .headers = source.headers,
       .deadlines = {.connect = 2000ms, .first_byte = 5000ms, .stall = 3000ms}},
      {.on_answer = [this](const HttpAnswer& answer) { status_ = answer.status; },
       .on_bytes =
           [this](std::span<const std::uint8_t> bytes) {
             if (body_.size() + bytes.size() <= kLargestAnswer)
               body_.append(bytes.begin(), bytes.end());
           },
       .on_end =
           [this, source] {
             if (status_ != 200)
               return finish(source, {},
                             source.provider + " answered " + std::to_string(status_) +
                                 " to the question for its " + source.name + ".");
             const auto document = json::parse(body_);
             finish(
                 source, document ? source.read(*document) : json::Array(),
                 source.provider + " answered something that is no list of " + source.name + ".");
           },
       .on_failure =
           [this, source](const HttpFailure& failure) {
             finish(source, {},
                    source.provider + " does not say which " + source.name +
                        " it has: " + failure.detail);
           }});
}

void Catalogue::finish(Source source, const json::Array& list, const std::string& problem) {
  request_.reset();
  const bool built_in = list.size() == 0;
  if (built_in)
    spdlog::warn("catalogue: {} The built-in list is shown.", problem);
  known_ = json::Object();
  known_.set("source", built_in ? "built-in" : source.provider)
      .set(source.name.c_str(), built_in ? source.built_in() : list);
  if (built_in)
    known_.set("problem", problem);
  else
    known_.set("problem", nullptr);
  have_ = true;
  good_until_ = io_.now() + (built_in ? Clock::TimePoint(kBuiltInKept) : Clock::TimePoint(kKept));
  for (const auto& answer : std::exchange(waiting_, {})) answer(known_);
}

}  // namespace centralita
