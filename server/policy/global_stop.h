// Whether new calls are refused everywhere, for how long already and why.
//
// The truth is the open incident of the kind "global_stop" in the database, which all servers
// share; each hears of a change at once (store/listener.h), and looks every half second besides. A
// server that cannot reach the database acts on its own: what it decided holds here, is kept in a
// file against a restart, and goes to the database when that is back. raise() and clear() of the
// same moment, on different servers: the database's order decides.
//
// Main thread, except state().
#pragma once

#include "plugins/base/io_context.h"
#include "plugins/base/json.h"
#include "plugins/base/locked.h"
#include "server/store/incidents.h"
#include "server/store/store.h"

#include <functional>
#include <optional>
#include <string>

namespace centralita::policy {

struct Stop {
  std::string reason;
  std::string by;  // "errors", or who commanded it
  WallTime since{};
  std::string errors = "[]";  // JSON: those that led to it

  friend bool operator==(const Stop&, const Stop&) = default;
};

class GlobalStop {
 public:
  struct Handlers {
    // Once for each incident, on the server that raised it.
    std::function<void(const Stop&)> on_raised;
    // On every server: it does not hold any more.
    std::function<void(const std::string& by)> on_cleared;
  };

  // `file`: where it is kept; empty: nowhere.
  GlobalStop(IoContext io, store::Store& store, std::string file, Handlers handlers);

  std::optional<Stop> state();  // any thread
  // Holds here from now on. Does nothing while one holds.
  void raise(Stop stop, const store::Author& author);
  // Ends here from now on. False: none held.
  bool clear(const store::Author& author);

 private:
  enum class Pending { kNothing, kRaise, kClear };

  void load_file();
  void save_file();
  void hold(std::optional<Stop> stop);
  void synchronise();
  void store_raise();
  void store_clear();
  void read_database();
  void look_soon();
  void raised_here(const Stop& stop);

  const IoContext io_;
  store::Store& store_;
  const std::string file_;
  const Handlers handlers_;
  Locked<std::optional<Stop>> stop_;
  Pending pending_ = Pending::kNothing;  // what the database does not know yet
  bool busy_ = false;                    // a question to the database is under way
  bool again_ = false;                   // ... and another is due after it
  bool told_ = false;                    // on_raised has been called for the stop that holds
  bool said_ = false;                    // ... in the log, that the database does not hear of it
  store::Author author_;                 // of what is pending
  std::shared_ptr<int> alive_ = std::make_shared<int>();
  Slot watch_, look_;
};

}  // namespace centralita::policy
