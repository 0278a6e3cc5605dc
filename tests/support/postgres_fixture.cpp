#include "tests/support/postgres_fixture.h"

#include <fcntl.h>
#include <glib.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <vector>

namespace centralita {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "PostgresFixture: %s\n", why.c_str());
  std::abort();
}

std::string output_of(const char* command) {
  std::string text;
  if (FILE* pipe = popen(command, "re")) {
    char buffer[512];
    while (std::fgets(buffer, sizeof buffer, pipe)) text += buffer;
    pclose(pipe);
  }
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

std::string find_programs() {
  // Debian keeps the server's programs out of PATH, one folder a major version.
  std::vector<std::string> folders = {
      "/usr/lib/postgresql/15/bin", output_of("pg_config --bindir 2>/dev/null"),
      fs::path(output_of("command -v postgres 2>/dev/null")).parent_path()};
  std::error_code ignored;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", ignored))
    folders.push_back(version.path() / "bin");
  for (const auto& folder : folders)
    if (!folder.empty() && fs::exists(folder + "/initdb") && fs::exists(folder + "/postgres"))
      return folder;
  fail("neither initdb nor postgres is installed (Debian: postgresql-15)");
}

// Between fork and exec only what is async-signal-safe: the program may have threads.
pid_t spawn(const std::vector<std::string>& command, const std::function<void()>& in_child) {
  std::vector<char*> argv;
  for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const pid_t pid = fork();
  if (pid < 0)
    fail(std::string("fork: ") + std::strerror(errno));
  if (pid == 0) {
    in_child();
    execv(argv[0], argv.data());
    _exit(127);
  }
  return pid;
}

void redirect(int descriptor, const char* path, int flags) {
  const int file = open(path, flags, 0600);
  if (file >= 0 && file != descriptor) {
    dup2(file, descriptor);
    close(file);
  }
}

void become(uid_t user, gid_t group) {
  if (geteuid() != 0)
    return;
  if (setgroups(0, nullptr) != 0 || setgid(group) != 0 || setuid(user) != 0)
    _exit(126);
}

int wait_for(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

bool has_room(const std::string& folder) {
  std::error_code error;
  const auto space = fs::space(folder, error);
  return !error && space.available > (4ull << 30) && access(folder.c_str(), W_OK) == 0;
}

std::string tail_of(const std::string& path) {
  gchar* text = nullptr;
  gsize size = 0;
  if (!g_file_get_contents(path.c_str(), &text, &size, nullptr))
    return "";
  const std::string all(text, size);
  g_free(text);
  return all.size() > 2'000 ? all.substr(all.size() - 2'000) : all;
}

// Waits until the test program's end of the pipe is closed, whoever closes it, then until the
// server has followed (it gets a signal of its own), and clears the folder away.
constexpr char kSweeper[] =
    "read -r line\n"
    "pid=$(head -n 1 \"$1/data/postmaster.pid\" 2>/dev/null)\n"
    "if [ -n \"$pid\" ]; then\n"
    "  kill -QUIT \"$pid\" 2>/dev/null\n"
    "  tries=0\n"
    "  while [ -e \"$1/data/postmaster.pid\" ] && [ $tries -lt 50 ]; do\n"
    "    sleep 0.1; tries=$((tries + 1))\n"
    "  done\n"
    "fi\n"
    "rm -rf \"$1\"\n";

}  // namespace

PostgresFixture& PostgresFixture::shared() {
  static PostgresFixture fixture;
  return fixture;
}

PostgresFixture::PostgresFixture() : programs_(find_programs()) {
  user_ = geteuid();
  group_ = getegid();
  if (user_ == 0) {
    const passwd* unprivileged = getpwnam("postgres");
    if (!unprivileged)
      unprivileged = getpwnam("nobody");
    if (!unprivileged)
      fail("root may not run PostgreSQL, and there is neither a user postgres nor nobody");
    user_ = unprivileged->pw_uid;
    group_ = unprivileged->pw_gid;
  }

  // The path of a Unix socket is 107 bytes at the most; a long TMPDIR would not leave enough.
  std::string base = g_get_tmp_dir();
  if (base.size() > 60)
    base = "/tmp";
  // Each database is three hundred files, which memory makes in a fraction of the time.
  if (has_room("/dev/shm"))
    base = "/dev/shm";
  folder_ = base + "/centralita-pg-XXXXXX";
  if (!mkdtemp(folder_.data()))
    fail("cannot make a folder in " + base + ": " + std::strerror(errno));
  if (geteuid() == 0 && chown(folder_.c_str(), user_, group_) != 0)
    fail("cannot give " + folder_ + " away: " + std::strerror(errno));

  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    fail(std::string("pipe: ") + std::strerror(errno));
  lifeline_ = ends[1];
  sweeper_ = spawn({"/bin/sh", "-c", kSweeper, "sweeper", folder_}, [&] {
    setsid();  // a Ctrl-C is for the test program; what is left of it is for the sweeper
    dup2(ends[0], STDIN_FILENO);
    redirect(STDOUT_FILENO, "/dev/null", O_WRONLY);
    redirect(STDERR_FILENO, "/dev/null", O_WRONLY);
  });
  close(ends[0]);

  const std::string log = folder_ + "/initdb.log";
  const int status = wait_for(
      spawn({programs_ + "/initdb", "--pgdata=" + folder_ + "/data", "--username=centralita",
             "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"},
            [&] {
              become(user_, group_);
              redirect(STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND);
              dup2(STDOUT_FILENO, STDERR_FILENO);
            }));
  if (status != 0)
    fail("initdb failed:\n" + tail_of(log));
  start();
}

PostgresFixture::~PostgresFixture() {
  stop();
  close(lifeline_);
  wait_for(sweeper_);
}

void PostgresFixture::start() {
  const std::string log = folder_ + "/server.log";
  const pid_t parent = getpid();
  server_ = spawn(
      {programs_ + "/postgres", "-D", folder_ + "/data", "-k", folder_,
       // The log must reach the system before a commit is acknowledged (crash() is to
       // lose nothing), but not the disk.
       "-c", "listen_addresses=", "-c", "unix_socket_permissions=0777", "-c", "fsync=off", "-c",
       "max_connections=40", "-c", "shared_buffers=16MB", "-c", "timezone=America/Mexico_City"},
      [&] {
        become(user_, group_);
        // After become(): a change of user forgets it.
        prctl(PR_SET_PDEATHSIG, SIGQUIT);
        if (getppid() != parent)
          _exit(125);
        redirect(STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND);
        dup2(STDOUT_FILENO, STDERR_FILENO);
      });
  const auto deadline = g_get_monotonic_time() + 30 * G_TIME_SPAN_SECOND;
  while (PQping(conninfo("postgres").c_str()) != PQPING_OK) {
    int status = 0;
    if (waitpid(server_, &status, WNOHANG) == server_ || g_get_monotonic_time() > deadline)
      fail("postgres does not start:\n" + tail_of(log));
    g_usleep(10'000);
  }
}

void PostgresFixture::stop() { signal_and_wait(SIGINT); }
void PostgresFixture::crash() { signal_and_wait(SIGQUIT); }

void PostgresFixture::signal_and_wait(int signal) {
  if (server_ < 0)
    return;
  kill(server_, signal);
  wait_for(server_);
  server_ = -1;
}

std::string PostgresFixture::conninfo(const std::string& database) const {
  return "host=" + folder_ + " port=5432 user=centralita dbname=" + database;
}

std::string PostgresFixture::create_database() { return create_from("template1"); }

std::string PostgresFixture::copy_database(const std::string& conninfo) {
  return create_from(execute(conninfo, "select current_database()"));
}

std::string PostgresFixture::create_from(const std::string& original) {
  const std::string name = "test_" + std::to_string(++databases_);
  execute(conninfo("postgres"), "create database " + name + " template " + original);
  return conninfo(name);
}

std::string PostgresFixture::execute(const std::string& conninfo, const std::string& sql) {
  PGconn* connection = PQconnectdb(conninfo.c_str());
  PQsetNoticeProcessor(
      connection, [](void*, const char*) {}, nullptr);
  PGresult* result = PQexec(connection, sql.c_str());
  const auto status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    fail(std::string(PQerrorMessage(connection)) + "in: " + sql.substr(0, 500));
  std::string first;
  if (PQntuples(result) > 0 && PQnfields(result) > 0)
    first = PQgetvalue(result, 0, 0);
  PQclear(result);
  PQfinish(connection);
  return first;
}

}  // namespace centralita
