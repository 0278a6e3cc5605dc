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

// What whoever must know of a stop is told, and who has been. It is kept beside the stop, so that a
// server that ends before everybody was told goes on when it starts again.
struct Notice {
  std::string id;  // the same at every try: receivers know what they have already
  bool webhook = false, mail = false;  // told
  bool resumed = false;                // begun before this server started
};

class GlobalStop {
 public:
  struct Handlers {
    // On the server that raised it: once for each incident, and again at a start while somebody has
    // not been told.
    std::function<void(const Stop&, const Notice&)> on_raised;
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
  // Of the notice `id`, that one got it; when the stop is over by then, nothing.
  void told(const std::string& id, bool Notice::*who);

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
  std::optional<Notice> notice_;         // of a stop raised here, while somebody is to be told
  bool telling_ = false;                 // ... and on_raised has been called for it
  bool said_ = false;                    // ... in the log, that the database does not hear of it
  store::Author author_;                 // of what is pending
  std::shared_ptr<int> alive_ = std::make_shared<int>();
  Slot watch_, look_;
};

}  // namespace centralita::policy
