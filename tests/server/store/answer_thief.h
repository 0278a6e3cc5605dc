// A proxy before PostgreSQL's Unix socket that can be told to steal the answer to an insert: the
// server carries it out, and the client sees its connection end instead.
#pragma once

#include <atomic>
#include <map>
#include <string>
#include <thread>

namespace centralita::store {

class AnswerThief {
 public:
  // Listens in `folder`, which must exist, for what is meant for the server in `server_folder`.
  AnswerThief(std::string folder, std::string server_folder);
  ~AnswerThief();

  void steal(int answers) { to_steal_ = answers; }
  int stolen() const { return stolen_; }

 private:
  void run();
  void accept_one();
  bool forward(int from, int to, bool from_client);

  const std::string server_folder_;
  std::string path_;
  int listener_ = -1;
  int wake_[2];
  std::map<int, int> client_to_server_;
  std::atomic<int> to_steal_ = 0, stolen_ = 0;
  std::map<int, bool> inserting_;  // by the server's descriptor
  std::thread thread_;
};

}  // namespace centralita::store
