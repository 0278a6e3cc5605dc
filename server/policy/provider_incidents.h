// An incident of the kind "provider" for each service whose circuit breaker has opened, ended when
// it closes again: once for each outage, however many calls or servers notice it.
//
// The database may be away as well: what it does not know yet is told to it when it is back. An
// incident of several servers ends when the last of their breakers closes. One that is gone counts
// no more: what it left open ends with it (server/store/instances.h).
//
// Main thread. While it lives it is who ProviderHealth::shared() tells.
#pragma once

#include "plugins/base/io_context.h"
#include "plugins/base/provider_health.h"
#include "server/store/incidents.h"
#include "server/store/store.h"

#include <map>
#include <memory>
#include <string>

namespace centralita::policy {

class ProviderIncidents {
 public:
  // `instance`: this server's name.
  ProviderIncidents(IoContext io, store::Store& store, std::string instance);
  ~ProviderIncidents();

 private:
  struct Wish {
    bool open = false;
    store::Incident incident;
  };

  void changed(const ProviderHealth::Status& status);
  // Tells the database the oldest thing that it does not know.
  void synchronise();
  void done(bool ok);

  const IoContext io_;
  store::Store& store_;
  const std::string instance_;
  bool busy_ = false;
  std::map<std::string, Wish> wishes_;  // what the database does not know, by subject
  std::shared_ptr<int> alive_ = std::make_shared<int>();
  Slot later_;
};

}  // namespace centralita::policy
