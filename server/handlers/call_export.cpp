#include "server/handlers/call_export.h"

#include "server/csv.h"
#include "server/handlers/api.h"
#include "server/handlers/call_json.h"
#include "server/stream_reply.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace centralita {
namespace {

using Page = Result<store::DetailedPage, store::StoreError>;

constexpr int kPage = 100;

constexpr const char* kColumns[] = {"id",
                                    "start_time",
                                    "end_time",
                                    "time_zone",
                                    "duration_s",
                                    "client_type",
                                    "direction",
                                    "from",
                                    "to",
                                    "agent",
                                    "status",
                                    "end_cause",
                                    "error",
                                    "intent",
                                    "sentiment",
                                    "summary",
                                    "turns",
                                    "interrupted",
                                    "median_response_ms",
                                    "session_id",
                                    "provider_call_id",
                                    "transcript"};

std::string header_line() {
  CsvLine line;
  for (const char* name : kColumns) line.add(name);
  return line.take();
}

std::optional<int> median_response(const std::vector<store::TurnRow>& turns) {
  std::vector<int> values;
  for (const auto& turn : turns)
    if (turn.timings.response)
      values.push_back(*turn.timings.response);
  if (values.empty())
    return std::nullopt;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::string csv_of(const store::CallDetail& detail, const Zone& zone) {
  const auto& call = detail.call;
  const auto document = json::parse(call.extracted_data);
  const auto extracted = document ? document->object() : json::Object();
  CsvLine line;
  line.add_number(static_cast<double>(call.id)).add(zone.local(call.start_time));
  line.add(call.end_time ? zone.local(*call.end_time) : "").add(zone.name());
  if (call.end_time)
    line.add_number(std::chrono::duration<double>(*call.end_time - call.start_time).count(), 1);
  else
    line.skip();
  line.add(call.client_type)
      .add(call.direction)
      .add(call.from_number)
      .add(call.to_number)
      .add(call.agent_name)
      .add(call.status)
      .add(call.end_cause)
      .add(call.error);
  for (const char* name : {"intent", "sentiment", "summary"})
    line.add(extracted.string(name).value_or(""));
  line.add_number(static_cast<double>(detail.turns.size()));
  line.add_number(static_cast<double>(
      std::count_if(detail.turns.begin(), detail.turns.end(),
                    [](const store::TurnRow& turn) { return turn.interrupted; })));
  if (const auto response = median_response(detail.turns))
    line.add_number(*response);
  else
    line.skip();
  line.add(call.session_id).add(call.provider_call_id);
  std::string transcript;
  for (const auto& turn : detail.turns)
    transcript += (transcript.empty() ? "" : "\n") + turn.role + ": " + turn.content;
  return line.add(transcript).take();
}

class CallExport : public std::enable_shared_from_this<CallExport> {
 public:
  CallExport(store::Store& store, Exchange exchange, ExportOptions options)
      : store_(store), exchange_(std::move(exchange)), options_(std::move(options)) {
    query_.limit = kPage;
    query_.filter = options_.filter;
  }

  void next() {
    store_.read<store::DetailedPage>(
        [query = query_](store::Connection& connection) {
          return store::list_detailed_calls(connection, query);
        },
        nullptr, [self = shared_from_this()](const Page& page) { self->take(page); });
  }

 private:
  bool csv() const { return options_.format == ExportOptions::Format::kCsv; }

  void begin() {
    const auto name = std::string("centralita-") +
                      options_.zone.local(std::chrono::system_clock::now()).substr(0, 10) +
                      (csv() ? ".csv" : ".json");
    exchange_->set_header("Content-Disposition", "attachment; filename=\"" + name + "\"");
    reply_ = StreamReply::begin(*exchange_, csv() ? "text/csv; charset=utf-8; header=present"
                                                  : "application/json; charset=utf-8");
    exchange_.reset();
    if (!reply_->open())  // only the headers were asked for
      return reply_.reset();
    reply_->on_drained = [weak = weak_from_this()] {
      if (const auto self = weak.lock(); self && self->waiting_) {
        self->waiting_ = false;
        self->next();
      }
    };
    // Both keep each other until the answer is over.
    reply_->on_closed = [self = shared_from_this()] { self->reply_.reset(); };
    if (csv())
      reply_->write((options_.byte_order_mark ? "\uFEFF" : "") + header_line());
    else
      reply_->write("{\"calls\":[");
  }

  void take(const Page& page) {
    if (!page) {
      if (exchange_)
        return reply_store_error(*exchange_, page.error());
      spdlog::error("an export of calls was cut off: {}", page.error().message);
      if (reply_)
        reply_->cut();
      return;
    }
    if (exchange_)
      begin();
    if (!reply_ || !reply_->open())
      return;
    std::string text;
    for (const auto& detail : page->calls)
      text += csv() ? csv_of(detail, options_.zone) : json_of(detail);
    query_.cursor = page->next_cursor;
    if (!query_.cursor.empty()) {
      waiting_ = true;
      return reply_->write(text);
    }
    reply_->write(csv() ? text : text + "]}\n");
    reply_->end();
  }

  std::string json_of(const store::CallDetail& detail) {
    const char* between = std::exchange(first_, false) ? "\n" : ",\n";
    return between + to_json(detail.call).set("transcripts", to_json(detail.turns)).to_string();
  }

  store::Store& store_;
  Exchange exchange_;  // until the answer begins
  ExportOptions options_;
  store::CallQuery query_;
  std::shared_ptr<StreamReply> reply_;
  bool waiting_ = false;  // for what was written to be on its way
  bool first_ = true;
};

}  // namespace

void export_calls(store::Store& store, const Exchange& exchange, ExportOptions options) {
  std::make_shared<CallExport>(store, exchange, std::move(options))->next();
}

}  // namespace centralita
