#include "server/telephony/open_calls.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace centralita {
namespace {

using namespace std::chrono_literals;

constexpr auto kFirst = 4s;
constexpr auto kEvery = 60s;
// A call that is younger may be known to a server that has not told the history yet.
constexpr auto kYoung = 2min;
constexpr std::size_t kMostAtOnce = 20;

}  // namespace

OpenCalls::OpenCalls(IoContext io, PhoneCalls& calls, store::Store& store)
    : io_(std::move(io)), calls_(calls), store_(store), closed_(kCarriersMayRepeat) {
  timer_ = io_.after(kFirst, [this] { sweep(); });
}

void OpenCalls::sweep() {
  timer_ = io_.after(kEvery, [this] { sweep(); });
  using Rows = std::vector<store::CallRow>;
  store_.read<Rows>(
      [](store::Connection& connection) { return store::list_open_calls(connection); }, nullptr,
      [this](const Result<Rows, store::StoreError>& open) {
        if (open)  // else the next minute will do
          ask(*open);
      });
  using Lines = std::vector<store::CutOffCall>;
  store_.read<Lines>(
      [](store::Connection& connection) { return store::list_cut_off_calls(connection); }, nullptr,
      [this](const Result<Lines, store::StoreError>& lines) {
        if (lines)
          close(*lines);
      });
}

void OpenCalls::close(const std::vector<store::CutOffCall>& lines) {
  std::size_t closed = 0;
  for (const auto& line : lines) {
    if (closed == kMostAtOnce || calls_.knows(line.provider_call_id) ||
        !closed_.add(line.provider_call_id, io_.now()))
      continue;
    ++closed;
    spdlog::warn("call {}: was cut off with its server; its line is closed", line.provider_call_id);
    calls_.close_line(line.carrier, line.provider_call_id);
  }
}

void OpenCalls::ask(const std::vector<store::CallRow>& open) {
  const auto now = std::chrono::system_clock::now();
  std::vector<store::CallRow> doubtful;
  for (const auto& call : open)
    if (!call.provider_call_id.empty() && call.start_time + kYoung <= now &&
        !calls_.knows(call.provider_call_id))
      doubtful.push_back(call);
  const auto asked = std::min(doubtful.size(), kMostAtOnce);
  for (std::size_t i = 0; i < asked; ++i) {
    const auto& call = doubtful[(asked_before_ + i) % doubtful.size()];
    calls_.ask_alive(
        call.client_type, call.provider_call_id,
        [this, session_id = call.session_id](const Result<bool, CarrierError>& alive) {
          if (!alive || *alive)
            return;
          spdlog::warn("call {}: was left open, and its carrier has it no more", session_id);
          store_.call_ended({.session_id = session_id,
                             .status = "failed",
                             .end_cause = "lost-webhook",
                             .error = "The call was left open by a server that stopped, or by a "
                                      "webhook that did not arrive. Its carrier says it is over.",
                             .end_time = std::chrono::system_clock::now()});
        });
  }
  asked_before_ += asked;
}

}  // namespace centralita
