// A folder that goes with its test, and all that is in it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace centralita {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    char name[] = "/tmp/centralita-test-XXXXXX";
    path_ = mkdtemp(name);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace centralita
