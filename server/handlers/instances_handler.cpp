#include "server/handlers/instances_handler.h"

#include "server/handlers/api.h"

namespace centralita {

void add_instances_handler(Router& router, store::Store& store) {
  router.add("GET", "/api/v1/instances", Access::kViewer, [&store](const Exchange& exchange) {
    using Instances = std::vector<store::Instance>;
    store.read<Instances>(
        store::list_instances, nullptr,
        [exchange, self = store.run()](Result<Instances, store::StoreError> instances) {
          if (!instances)
            return reply_store_error(*exchange, instances.error());
          json::Array list;
          for (const auto& instance : *instances)
            list.add(json::Object()
                         .set("id", instance.id)
                         .set("host", instance.host)
                         .set("version", instance.version)
                         .set("started", iso_time(instance.started))
                         .set("live_calls", instance.live_calls)
                         .set("state", instance.state)
                         .set("self", instance.id == self));
          exchange->reply_json(200, json::Object().set("instances", list));
        });
  });
}

}  // namespace centralita
