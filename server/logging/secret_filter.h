// Takes secrets out of a text before it is written anywhere: every value that the environment holds
// as one, and whatever looks like one by what stands in front of it. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace centralita {

class SecretFilter {
 public:
  // Values shorter than 8 characters are left out: they would be found in every other word.
  explicit SecretFilter(std::vector<std::string> secrets);

  // "[secret]" for a known value, also as part of a URL, percent-encoded; for what follows "Bearer
  // ", "api_key=", "password=", "token=", "secret=" or the like; and for the password in
  // "//user:password@".
  std::string filtered(std::string_view text) const;

 private:
  std::vector<std::string> secrets_;  // longest first
};

// The values of the variables that hold secrets: those named so here, and all whose name ends in
// _KEY, _SECRET, _TOKEN or _PASSWORD.
std::vector<std::string> secrets_of_environment();

}  // namespace centralita
