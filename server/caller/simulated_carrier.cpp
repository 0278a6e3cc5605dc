#include "server/caller/simulated_carrier.h"

#include <algorithm>
#include <cmath>

namespace centralita::caller {

SimulatedCarrier::SimulatedCarrier(IoContext io, std::uint16_t port)
    : io_(std::move(io)),
      soup_(Ref<SoupServer>::adopt(soup_server_new("server-header", "carrier", nullptr))) {
  soup_server_add_handler(soup_.get(), nullptr, on_request, this, nullptr);
  auto listener = SoupListener::listen(soup_.get(), "127.0.0.1", port);
  if (listener)
    listener_ = std::move(*listener);
  else if (port == 0)
    g_error("the simulated carrier cannot listen: %s", listener.error().c_str());
}

SimulatedCarrier::~SimulatedCarrier() {
  listener_.reset();
  soup_server_disconnect(soup_.get());
}

std::string SimulatedCarrier::url() const {
  return "http://127.0.0.1:" + std::to_string(listener_->port());
}

void SimulatedCarrier::on_request(SoupServer*, SoupServerMessage* message, const char* path,
                                  GHashTable*, gpointer self) noexcept {
  const auto bytes =
      Ref<GBytes>::adopt(soup_message_body_flatten(soup_server_message_get_request_body(message)));
  gsize size = 0;
  const auto* data = static_cast<const char*>(g_bytes_get_data(bytes.get(), &size));
  const char* authorization = soup_message_headers_get_one(
      soup_server_message_get_request_headers(message), "Authorization");
  const auto reply = static_cast<SimulatedCarrier*>(self)->answer(
      {.method = soup_server_message_get_method(message),
       .path = path,
       .body = data ? std::string(data, size) : "",
       .authorization = authorization ? authorization : ""});
  soup_server_message_set_status(message, static_cast<guint>(reply.status), nullptr);
  soup_server_message_set_response(message, "application/json", SOUP_MEMORY_COPY, reply.body.data(),
                                   reply.body.size());
}

std::optional<double> CarrierCall::when(std::string_view what) const {
  for (const auto& moment : moments)
    if (moment.what == what)
      return moment.ms;
  return std::nullopt;
}

void SimulatedCarrier::note(Live& live, std::string what) {
  const auto& moment = live.call.moments.emplace_back(Moment{
      std::chrono::duration<double, std::milli>(io_.now() - live.began).count(), std::move(what)});
  if (on_moment)
    on_moment(live.call, moment);
}

Callee SimulatedCarrier::callee_of(const std::string& number) const {
  const auto found = callees.find(number);
  return found == callees.end() ? callee : found->second;
}

Callee::Kind SimulatedCarrier::other_of(const std::string& number) const {
  const auto found = callees.find(number);
  return found == callees.end() ? other : found->second.kind;
}

void SimulatedCarrier::later(std::function<void()> run) {
  io_.post([alive = std::weak_ptr(alive_), run = std::move(run)] {
    if (alive.lock())
      run();
  });
}

void SimulatedCarrier::after(Live& live, double seconds, std::function<void()> run) {
  live.timers.push_back(
      io_.after(std::chrono::nanoseconds(std::llround(seconds * 1e9)), std::move(run)));
}

bool SimulatedCarrier::is_live(const Live* live) const {
  return std::any_of(live_.begin(), live_.end(),
                     [&](const auto& entry) { return entry.get() == live; });
}

void SimulatedCarrier::post(Live& about, const std::string& name, HttpRequest request,
                            std::function<void(int, const std::string&)> answered) {
  const auto pending = std::make_shared<Post>();
  posts_.push_back(pending);
  const auto finish = [this, name, about = &about, answered = std::move(answered),
                       weak = std::weak_ptr(pending)] {
    const auto post = weak.lock();
    if (!post)
      return;
    webhooks.push_back(name + " " + std::to_string(post->status));
    if (is_live(about))
      note(*about, "> " + webhooks.back());
    posts_.remove(post);
    if (answered)
      answered(post->status, post->body);
  };
  pending->request = HttpStream::start(
      io_, std::move(request),
      {.on_answer = [pending = pending.get()](const HttpAnswer& a) { pending->status = a.status; },
       .on_bytes = [pending = pending.get()](
                       auto bytes) { pending->body.append(bytes.begin(), bytes.end()); },
       .on_end = finish,
       .on_failure = [finish](const HttpFailure&) { finish(); }});
}

void SimulatedCarrier::connect(Live& live, LegSettings settings, std::unique_ptr<Wire> wire) {
  live.call.streamed = true;
  note(live, "stream");
  settings.max_duration = live.plan->max_duration;
  settings.keep_audio = live.plan->keep_audio;
  ScriptPlayer player(live.plan->script, live.plan->clips_at(wire->rate_hz()), wire->rate_hz(),
                      live.plan->player);
  CallReport report;
  report.from = live.from;
  report.to = live.to;
  report.call_sid = live.call.id;
  live.leg = std::make_unique<CallLeg>(io_, io_.timers(), std::move(settings), std::move(wire),
                                       std::move(player), std::move(report),
                                       [this, &live](CallReport report) {
                                         live.call.report = std::move(report);
                                         later([this, &live] {
                                           live.leg.reset();
                                           leg_ended(live, live.call.report.ended_by_agent);
                                         });
                                       });
  live.leg->start();
}

void SimulatedCarrier::finish(Live& live) {
  later([this, &live] {
    const auto at = std::find_if(live_.begin(), live_.end(),
                                 [&](const auto& entry) { return entry.get() == &live; });
    if (at == live_.end())
      return;
    const auto keep = std::move(*at);
    live_.erase(at);
    const auto& done = keep->call.outbound ? on_outbound : keep->done;
    if (done)
      done(std::move(keep->call));
  });
}

}  // namespace centralita::caller
