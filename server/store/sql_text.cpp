#include "server/store/sql_text.h"

#include "plugins/base/ref.h"

// Generated for C only; what it includes itself must have been included before, as it is by ref.h.
extern "C" {
#include "server/store/centralita-sql.h"
}

#include <algorithm>
#include <cstdlib>
#include <regex>

namespace centralita::store {
namespace {

constexpr char kRoot[] = "/org/centralita/sql/";

Ref<GBytes> lookup(const std::string& path) {
  GError* error = nullptr;
  auto bytes = Ref<GBytes>::adopt(g_resource_lookup_data(
      centralita_sql_get_resource(), path.c_str(), G_RESOURCE_LOOKUP_FLAGS_NONE, &error));
  if (!bytes)
    g_error("%s", error->message);
  return bytes;
}

std::vector<Migration> read_migrations() {
  const std::string folder = std::string(kRoot) + "migrations/";
  const std::unique_ptr<char*, FreeWith<g_strfreev>> names(g_resource_enumerate_children(
      centralita_sql_get_resource(), folder.c_str(), G_RESOURCE_LOOKUP_FLAGS_NONE, nullptr));
  std::vector<Migration> migrations;
  for (char** name = names.get(); name && *name; ++name) {
    gsize size = 0;
    const auto bytes = lookup(folder + *name);
    const auto* data = static_cast<const char*>(g_bytes_get_data(bytes.get(), &size));
    migrations.push_back(make_migration(*name, std::string(data, size)));
  }
  std::sort(migrations.begin(), migrations.end(),
            [](const Migration& a, const Migration& b) { return a.version < b.version; });
  for (std::size_t i = 0; i < migrations.size(); ++i)
    g_assert(migrations[i].version == static_cast<int>(i) + 1);
  return migrations;
}

}  // namespace

const std::vector<Migration>& embedded_migrations() {
  static const std::vector<Migration> migrations = read_migrations();
  return migrations;
}

Migration make_migration(const std::string& file_name, std::string script) {
  static const std::regex pattern("([0-9]{4})_([a-z0-9_]+)\\.sql");
  std::smatch match;
  if (!std::regex_match(file_name, match, pattern))
    g_error("a migration is named NNNN_name.sql, not %s", file_name.c_str());
  const OwnedString checksum(
      g_compute_checksum_for_data(G_CHECKSUM_SHA256, reinterpret_cast<const guchar*>(script.data()),
                                  static_cast<gsize>(script.size())));
  return {.version = std::atoi(match[1].str().c_str()),
          .name = match[2],
          .script = std::move(script),
          .checksum = checksum.get()};
}

const char* query_text(const char* name) {
  // The bundle lies uncompressed in the program, so that the text outlives the GBytes around it;
  // GResource puts a zero byte behind every file.
  const auto bytes = lookup(std::string(kRoot) + "queries/" + name + ".sql");
  return static_cast<const char*>(g_bytes_get_data(bytes.get(), nullptr));
}

bool has_query(const std::string& name) {
  return g_resource_get_info(centralita_sql_get_resource(),
                             (std::string(kRoot) + "queries/" + name + ".sql").c_str(),
                             G_RESOURCE_LOOKUP_FLAGS_NONE, nullptr, nullptr, nullptr);
}

}  // namespace centralita::store
