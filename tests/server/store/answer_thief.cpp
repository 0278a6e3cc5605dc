#include "tests/server/store/answer_thief.h"

#include <fcntl.h>
#include <glib.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <string_view>
#include <vector>

namespace centralita::store {
namespace {

sockaddr_un address_in(const std::string& folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = folder + "/.s.PGSQL.5432";
  g_assert(path.size() < sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  return address;
}

}  // namespace

AnswerThief::AnswerThief(std::string folder, std::string server_folder)
    : server_folder_(std::move(server_folder)) {
  const auto address = address_in(folder);
  path_ = address.sun_path;
  listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert(bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  g_assert(listen(listener_, 8) == 0);
  g_assert(pipe2(wake_, O_CLOEXEC) == 0);
  thread_ = std::thread([this] { run(); });
}

AnswerThief::~AnswerThief() {
  close(wake_[1]);
  thread_.join();
  close(wake_[0]);
  close(listener_);
  unlink(path_.c_str());
}

void AnswerThief::run() {
  for (;;) {
    std::vector<pollfd> fds = {{wake_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const auto& [client, server] : client_to_server_) {
      fds.push_back({client, POLLIN, 0});
      fds.push_back({server, POLLIN, 0});
    }
    poll(fds.data(), fds.size(), -1);
    if (fds[0].revents)
      break;
    if (fds[1].revents)
      accept_one();
    for (std::size_t i = 2; i < fds.size(); i += 2) {
      const int client = fds[i].fd, server = fds[i + 1].fd;
      if ((fds[i].revents && !forward(client, server, true)) ||
          (fds[i + 1].revents && !forward(server, client, false))) {
        close(client);
        close(server);
        client_to_server_.erase(client);
        inserting_.erase(server);
      }
    }
  }
  for (const auto& [client, server] : client_to_server_) {
    close(client);
    close(server);
  }
}

void AnswerThief::accept_one() {
  const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = address_in(server_folder_);
  if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(client);
    close(server);
    return;
  }
  client_to_server_[client] = server;
}

bool AnswerThief::forward(int from, int to, bool from_client) {
  char buffer[65'536];
  const auto size = read(from, buffer, sizeof buffer);
  if (size <= 0)
    return false;
  const std::string_view data(buffer, static_cast<std::size_t>(size));
  if (from_client) {
    inserting_[to] = data.find("insert into transcripts") != std::string_view::npos;
  } else if (inserting_[from] && to_steal_ > 0) {
    --to_steal_;
    ++stolen_;
    return false;
  }
  // Who reads may be gone by now, which is no reason to die.
  return send(to, buffer, data.size(), MSG_NOSIGNAL) == size;
}

}  // namespace centralita::store
