// The SQL of sql/, as it was built into the program.
#pragma once

#include <string>
#include <vector>

namespace centralita::store {

struct Migration {
  int version = 0;   // 1 in 0001_calls.sql
  std::string name;  // calls
  std::string script;
  std::string checksum;  // SHA-256 of the script, hexadecimal
};

// Ordered by version, without gaps.
const std::vector<Migration>& embedded_migrations();

// A migration as its file name and text say; aborts on a file name of another form.
Migration make_migration(const std::string& file_name, std::string script);

// The text of sql/queries/NAME.sql; aborts when there is none, for that is a mistake of ours.
const char* query_text(const char* name);
bool has_query(const std::string& name);

}  // namespace centralita::store
