// A private PostgreSQL for a test program: its own cluster in a temporary folder, on a Unix socket
// only, made on first use and gone with the program, however that ends.
//
//   auto& postgres = PostgresFixture::shared();
//   const std::string conninfo = postgres.create_database();   // a fresh, empty one
//   postgres.stop();   // an outage
//   postgres.start();
//
// PostgreSQL refuses to be root: run as root, the cluster belongs to `postgres`, or to `nobody`.
// Its time zone is not UTC, so that a test sees who forgets to say UTC. The main thread only.
#pragma once

#include <sys/types.h>

#include <string>

namespace centralita {

class PostgresFixture {
 public:
  static PostgresFixture& shared();  // aborts, saying why, when there is no PostgreSQL to run

  ~PostgresFixture();
  PostgresFixture(const PostgresFixture&) = delete;
  PostgresFixture& operator=(const PostgresFixture&) = delete;

  std::string create_database();  // its connection string
  // With what another one holds, which nobody is connected to.
  std::string copy_database(const std::string& conninfo);
  // Statements without parameters in a database of create_database(); the first column of the first
  // row of the last one's result, "" when there is none. Aborts on an error.
  std::string execute(const std::string& conninfo, const std::string& sql);

  const std::string& programs() const { return programs_; }  // the folder of initdb, pg_dump...

  void stop();   // connections are cut, what was committed is kept
  void crash();  // the same without a goodbye: the next start recovers from the log
  void start();  // returns when it accepts connections

 private:
  PostgresFixture();
  std::string create_from(const std::string& original);
  void signal_and_wait(int signal);
  std::string conninfo(const std::string& database) const;

  std::string folder_;
  std::string programs_;  // where initdb and postgres are
  uid_t user_ = 0;
  gid_t group_ = 0;
  pid_t server_ = -1;
  int lifeline_ = -1;  // closing it tells the sweeper that we are gone
  pid_t sweeper_ = -1;
  int databases_ = 0;
};

}  // namespace centralita
