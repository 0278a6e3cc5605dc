#include "server/caller/caller.h"

int main(int argc, char** argv) {
  return centralita::caller_main({argv, static_cast<std::size_t>(argc)});
}
