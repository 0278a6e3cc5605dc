#include "plugins/azure/phrase_disk.h"

#include <gio/gio.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <set>

namespace centralita {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "CPHRASE1";
constexpr std::size_t kSumSize = 32;
constexpr std::size_t kMostAudio = 16 * 1024 * 1024;
constexpr char kEnding[] = ".phrase";
constexpr char kUnfinished[] = ".phrase-part";

std::string checksum(const std::uint8_t* data, std::size_t size) {
  const std::unique_ptr<GChecksum, FreeWith<g_checksum_free>> sum(
      g_checksum_new(G_CHECKSUM_SHA256));
  g_checksum_update(sum.get(), data, static_cast<gssize>(size));
  std::string digest(kSumSize, '\0');
  gsize length = digest.size();
  g_checksum_get_digest(sum.get(), reinterpret_cast<guint8*>(digest.data()), &length);
  return digest;
}

fs::path file_of(const PhraseFolder& folder, const std::string& key) {
  return fs::path(folder.path) / (key + kEnding);
}

// Ours, by their name; unfinished ones that a process left behind go after an hour.
struct Kept {
  fs::path path;
  fs::file_time_type used;
  std::uint64_t bytes;
};
std::vector<Kept> kept_files(const PhraseFolder& folder) {
  std::vector<Kept> files;
  std::error_code error;
  for (fs::directory_iterator it(folder.path, error), end; !error && it != end;
       it.increment(error)) {
    std::error_code gone;
    const auto name = it->path().filename().string();
    const auto used = it->last_write_time(gone);
    if (gone)
      continue;
    if (name.ends_with(kUnfinished) &&
        used + std::chrono::hours(1) < fs::file_time_type::clock::now())
      fs::remove(it->path(), gone);
    else if (name.ends_with(kEnding) && name.size() == 64 + sizeof(kEnding) - 1)
      files.push_back({it->path(), used, it->file_size(gone)});
  }
  return files;
}

void make_room(const PhraseFolder& folder) {
  auto files = kept_files(folder);
  std::uint64_t bytes = 0;
  for (const auto& file : files) bytes += file.bytes;
  std::sort(files.begin(), files.end(),
            [](const Kept& a, const Kept& b) { return a.used < b.used; });
  for (const auto& file : files) {
    if (bytes <= folder.most_bytes)
      return;
    std::error_code error;
    if (fs::remove(file.path, error))
      bytes -= file.bytes;
  }
}

// Runs on one of GLib's worker threads.
void in_worker(std::function<void()> work) {
  const auto task = Ref<GObject>::adopt(G_OBJECT(g_task_new(nullptr, nullptr, nullptr, nullptr)));
  g_task_set_task_data(
      G_TASK(task.get()), new std::function<void()>(std::move(work)),
      [](gpointer data) noexcept { delete static_cast<std::function<void()>*>(data); });
  g_task_run_in_thread(G_TASK(task.get()),
                       [](GTask*, gpointer, gpointer data, GCancellable*) noexcept {
                         (*static_cast<std::function<void()>*>(data))();
                       });
}

}  // namespace

std::shared_ptr<const Audio> load_phrase(const PhraseFolder& folder, const std::string& key) {
  const auto path = file_of(folder, key);
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error)
    return nullptr;
  const auto header = kMagic.size() + kSumSize;
  if (size > header && size <= header + kMostAudio) {
    std::ifstream in(path, std::ios::binary);
    std::string begin(header, '\0');
    auto audio = std::make_shared<Audio>(size - header);
    in.read(begin.data(), static_cast<std::streamsize>(header));
    in.read(reinterpret_cast<char*>(audio->data()), static_cast<std::streamsize>(audio->size()));
    if (in && begin == std::string(kMagic) + checksum(audio->data(), audio->size())) {
      fs::last_write_time(path, fs::file_time_type::clock::now(), error);
      return audio;
    }
  }
  fs::remove(path, error);
  return nullptr;
}

Result<bool> store_phrase(const PhraseFolder& folder, const std::string& key, const Audio& audio) {
  std::error_code error;
  fs::create_directories(folder.path, error);
  if (error)
    return Unexpected("cannot make " + folder.path + ": " + error.message());
  const auto unfinished =
      fs::path(folder.path) / (key + "-" + std::to_string(g_random_int()) + kUnfinished);
  {
    std::ofstream out(unfinished, std::ios::binary);
    out << kMagic << checksum(audio.data(), audio.size());
    out.write(reinterpret_cast<const char*>(audio.data()),
              static_cast<std::streamsize>(audio.size()));
    out.close();
    if (!out) {
      const std::string why = std::strerror(errno);
      fs::remove(unfinished, error);
      return Unexpected("cannot write to " + folder.path + ": " + why);
    }
  }
  fs::rename(unfinished, file_of(folder, key), error);
  if (error) {
    const auto why = error.message();
    fs::remove(unfinished, error);
    return Unexpected("cannot write to " + folder.path + ": " + why);
  }
  make_room(folder);
  return true;
}

void load_phrase_async(const IoContext& io, PhraseFolder folder, std::string key,
                       std::function<void(std::shared_ptr<const Audio>)> then) {
  in_worker([io, folder = std::move(folder), key = std::move(key), then = std::move(then)] {
    io.post([then, audio = load_phrase(folder, key)] { then(audio); });
  });
}

void store_phrase_async(PhraseFolder folder, std::string key, std::shared_ptr<const Audio> audio) {
  in_worker([folder = std::move(folder), key = std::move(key), audio = std::move(audio)] {
    static Locked<std::set<std::string>> reported;
    const auto stored = store_phrase(folder, key, *audio);
    if (!stored && reported.lock()->insert(folder.path).second)
      g_warning("Phrases are not kept: %s", stored.error().c_str());
  });
}

}  // namespace centralita
