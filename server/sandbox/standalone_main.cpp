// The sandbox as a program of its own, for tests and benchmarks that start it as a process.
#include "server/sandbox/sandbox.h"

int main(int argc, char** argv) {
  return centralita::sandbox_main({argv, static_cast<std::size_t>(argc)});
}
