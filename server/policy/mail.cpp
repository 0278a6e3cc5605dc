#include "server/policy/mail.h"

#include "plugins/base/ref.h"

#include <curl/curl.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <memory>

namespace centralita::policy {
namespace {

constexpr long kConnectSeconds = 10;
constexpr long kLongestSeconds = 60;
constexpr int kTries = 20;
constexpr std::chrono::minutes kLongestPause{10};

struct EasyCleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

struct Upload {
  const std::string& document;
  std::size_t at = 0;
};

std::size_t read_upload(char* to, std::size_t size, std::size_t count, void* data) noexcept {
  auto& upload = *static_cast<Upload*>(data);
  const auto n = std::min(size * count, upload.document.size() - upload.at);
  std::memcpy(to, upload.document.data() + upload.at, n);
  upload.at += n;
  return n;
}

// libcurl asks it now and then: a program that ends waits for no mail server.
int may_go_on(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
  return (*static_cast<std::function<bool()>*>(stop))() ? 1 : 0;
}

std::string base64(const std::string& text) {
  return OwnedString(g_base64_encode(reinterpret_cast<const guchar*>(text.data()), text.size()))
      .get();
}

std::string listed(const std::vector<std::string>& addresses) {
  std::string list;
  for (const auto& address : addresses) list += (list.empty() ? "" : ", ") + address;
  return list;
}

// A header has no line ends.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n'; }, ' ');
  return text;
}

}  // namespace

std::string mail_document(const MailSettings& settings, const Mail& mail,
                          std::chrono::system_clock::time_point date) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(date);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  // Names of days and months in English whatever the locale is.
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char when[64];
  g_snprintf(when, sizeof when, "%s, %02d %s %04d %02d:%02d:%02d +0000", kDays[parts.tm_wday],
             parts.tm_mday, kMonths[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour,
             parts.tm_min, parts.tm_sec);
  std::string document;
  const auto header = [&](const char* name, const std::string& value) {
    document += std::string(name) + ": " + one_line(value) + "\r\n";
  };
  header("Date", when);
  header("From", settings.from);
  header("To", listed(settings.to));
  header("Message-ID", "<" + mail.id + "@centralita>");
  header("Subject", "=?UTF-8?B?" + base64(one_line(mail.subject)) + "?=");
  header("MIME-Version", "1.0");
  header("Content-Type", "text/plain; charset=utf-8");
  header("Content-Transfer-Encoding", "base64");
  header("Auto-Submitted", "auto-generated");
  document += "\r\n";
  // RFC 2045 6.8: lines of at most 76 characters.
  const auto body = base64(mail.text);
  for (std::size_t at = 0; at < body.size(); at += 76) document += body.substr(at, 76) + "\r\n";
  return document;
}

Mailer::Mailer(MailSettings settings) : settings_(std::move(settings)) {
  if (!settings_.complete())
    return;
  static const auto initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (initialised != CURLE_OK)
    spdlog::error("mail: libcurl does not start: {}", curl_easy_strerror(initialised));
  thread_ = std::thread([this] { run(); });
}

Mailer::~Mailer() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable())
    thread_.join();
}

void Mailer::send(Mail mail) {
  if (!settings_.complete()) {
    if (mail.on_sent)
      mail.on_sent();
    return;
  }
  if (mail.id.empty())
    mail.id = OwnedString(g_uuid_string_random()).get();
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(mail));
  changed_.notify_all();
}

bool Mailer::wait_idle(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [this] { return waiting_.empty() && !sending_; });
}

void Mailer::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stop_ || !waiting_.empty(); });
    if (stop_)
      return;
    const auto mail = std::move(waiting_.front());
    waiting_.pop_front();
    sending_ = true;
    auto pause = settings_.first_retry;
    for (int tries = 1;; ++tries) {
      lock.unlock();
      const auto error = deliver(mail);
      lock.lock();
      if (error.empty()) {
        spdlog::info("mail: \"{}\" was sent to {}", mail.subject, listed(settings_.to));
        lock.unlock();
        if (mail.on_sent)
          mail.on_sent();
        lock.lock();
        break;
      }
      if (stop_ || tries == kTries) {
        spdlog::error("mail: \"{}\" could not be sent, given up: {}", mail.subject, error);
        break;
      }
      spdlog::warn("mail: \"{}\" could not be sent, tried again in {} s: {}", mail.subject,
                   pause.count() / 1000, error);
      if (changed_.wait_for(lock, pause, [this] { return stop_; }))
        return;
      pause = std::min<std::chrono::milliseconds>(pause * 4, kLongestPause);
    }
    sending_ = false;
    changed_.notify_all();
  }
}

std::string Mailer::deliver(const Mail& mail) {
  const std::unique_ptr<CURL, EasyCleanup> handle(curl_easy_init());
  if (!handle)
    return "libcurl gives no handle";
  const auto document = mail_document(settings_, mail, std::chrono::system_clock::now());
  Upload upload{document};
  std::function<bool()> stopped = [this] {
    const std::lock_guard lock(mutex_);
    return stop_;
  };
  std::unique_ptr<curl_slist, ListFree> to;
  for (const auto& address : settings_.to)
    to.reset(curl_slist_append(to.release(), ("<" + address + ">").c_str()));
  char reason[CURL_ERROR_SIZE] = "";
  auto* curl = handle.get();
  curl_easy_setopt(curl, CURLOPT_URL, settings_.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, kLongestSeconds);
  curl_easy_setopt(curl, CURLOPT_USE_SSL,
                   static_cast<long>(settings_.password.empty() ? CURLUSESSL_TRY : CURLUSESSL_ALL));
  if (!settings_.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, settings_.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, settings_.password.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, ("<" + settings_.from + ">").c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to.get());
  // One recipient whom the server does not know costs the others nothing.
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_upload);
  curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, may_go_on);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &stopped);
  const auto result = curl_easy_perform(curl);
  if (result == CURLE_OK)
    return "";
  return *reason ? reason : curl_easy_strerror(result);
}

}  // namespace centralita::policy
