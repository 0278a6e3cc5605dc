#include "server/recording/shelf.h"

#include "plugins/base/json.h"
#include "plugins/base/ref.h"

#include <spdlog/spdlog.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace centralita::recording {
namespace {

namespace fs = std::filesystem;

constexpr char kAbout[] = "/about.json", kOpen[] = "/open", kSuffix[] = ".s16";

std::string digest(const std::string& text) {
  return OwnedString(g_compute_checksum_for_string(G_CHECKSUM_SHA256, text.data(),
                                                   static_cast<gssize>(text.size())))
      .get();
}

std::string segment_path(const std::string& place, int number) {
  std::array<char, 16> name{};
  std::snprintf(name.data(), name.size(), "/%06d", number);
  return place + name.data() + kSuffix;
}

std::string error_text(const std::string& what, int error) {
  return what + ": " + (error == ENOSPC ? "the disk is full" : std::strerror(error));
}

void put(std::vector<std::uint8_t>& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void put(std::vector<std::uint8_t>& out, const char* tag) { out.insert(out.end(), tag, tag + 4); }

}  // namespace

std::int64_t Stored::bytes() const {
  std::int64_t sum = 0;
  for (const auto& segment : segments) sum += segment.bytes;
  return sum;
}

std::chrono::milliseconds Stored::duration() const {
  return std::chrono::milliseconds(bytes() / Shelf::kFrame * 1000 / rate);
}

// --- Shelf -------------------------------------------------------------------

std::string Shelf::place_of(const std::string& session_id) const {
  const auto name = digest(session_id);
  return folder_ + "/" + name.substr(0, 2) + "/" + name.substr(0, 40);
}

std::optional<Stored> Shelf::read(const std::string& place) const {
  std::ifstream about(place + kAbout, std::ios::binary);
  if (!about)
    return std::nullopt;
  const auto document = json::parse(std::string(std::istreambuf_iterator<char>(about), {}));
  if (!document || !document->is_object())
    return std::nullopt;
  const auto object = document->object();
  Stored stored{.session_id = object.string("session_id").value_or(""),
                .rate = static_cast<int>(object.integer("rate").value_or(8000)),
                .segments = {}};
  if (stored.rate < 1)
    return std::nullopt;
  std::error_code error;
  stored.open = fs::exists(place + kOpen, error);
  for (int i = 0;; ++i) {
    const auto path = segment_path(place, i);
    const auto size = fs::file_size(path, error);
    if (error)
      break;
    stored.segments.push_back({path, static_cast<std::int64_t>(size) / kFrame * kFrame});
  }
  return stored;
}

std::optional<Stored> Shelf::find(const std::string& session_id) const {
  auto stored = read(place_of(session_id));
  return stored && stored->session_id == session_id ? stored : std::nullopt;
}

bool Shelf::remove(const std::string& session_id) const {
  std::error_code error;
  const auto removed = fs::remove_all(place_of(session_id), error);
  if (error)
    spdlog::error("call {}: its recording could not be deleted: {}", session_id, error.message());
  return !error && removed > 0;
}

std::vector<std::string> Shelf::places() const {
  std::vector<std::string> places;
  std::error_code error;
  for (const auto& half : fs::directory_iterator(folder_, error))
    for (const auto& entry : fs::directory_iterator(half.path(), error))
      places.push_back(entry.path().string());
  return places;
}

void Shelf::recover(const std::function<void(const Stored&)>& found) const {
  for (const auto& place : places()) {
    const auto open_path = place + kOpen;
    const int file = ::open(open_path.c_str(), O_RDWR | O_CLOEXEC);
    if (file < 0)
      continue;
    // The kernel lets go of a dead process' lock.
    if (::flock(file, LOCK_EX | LOCK_NB) == 0) {
      if (const auto stored = read(place); stored && ::unlink(open_path.c_str()) == 0)
        found(*stored);
    }
    ::close(file);
  }
}

std::vector<std::string> Shelf::session_ids(std::chrono::hours age) const {
  std::vector<std::string> ids;
  const auto limit = fs::file_time_type::clock::now() - age;
  for (const auto& place : places()) {
    std::error_code error;
    const auto written = fs::last_write_time(place + kAbout, error);
    if (error || written > limit)
      continue;
    if (auto stored = read(place))
      ids.push_back(std::move(stored->session_id));
  }
  return ids;
}

// --- Writing -----------------------------------------------------------------

Result<SegmentWriter> SegmentWriter::create(const Shelf& shelf, const std::string& session_id,
                                            int rate, std::chrono::seconds segment) {
  const auto place = shelf.place_of(session_id);
  std::error_code error;
  fs::create_directories(place, error);
  if (error)
    return Unexpected("there is no folder for the recording in " + shelf.folder() + ": " +
                      error.message());
  fs::permissions(place, fs::perms::owner_all, error);
  const auto about = json::Object().set("session_id", session_id).set("rate", rate).to_string();
  {
    std::ofstream file(place + kAbout, std::ios::binary);
    file << about << "\n";
    if (!file.flush())
      return Unexpected(error_text("the recording cannot be begun in " + shelf.folder(), errno));
  }
  const int lock = ::open((place + kOpen).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0 || ::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    const int why = errno;
    if (lock >= 0)
      ::close(lock);
    return Unexpected(error_text("the recording cannot be begun in " + shelf.folder(), why));
  }
  return SegmentWriter(place, segment.count() * rate * Shelf::kFrame, lock);
}

SegmentWriter::SegmentWriter(SegmentWriter&& other) noexcept
    : place_(std::move(other.place_)),
      segment_bytes_(other.segment_bytes_),
      in_segment_(other.in_segment_),
      bytes_(other.bytes_),
      segments_(other.segments_),
      file_(std::exchange(other.file_, -1)),
      lock_(std::exchange(other.lock_, -1)) {}

SegmentWriter::~SegmentWriter() {
  for (const int file : {file_, lock_})
    if (file >= 0)
      ::close(file);
}

Result<bool> SegmentWriter::next_segment() {
  if (file_ >= 0) {
    (void)::fdatasync(file_);
    ::close(file_);
  }
  in_segment_ = 0;
  file_ = ::open(segment_path(place_, segments_++).c_str(),
                 O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file_ < 0)
    return Unexpected(error_text("the recording cannot go on", errno));
  return true;
}

Result<bool> SegmentWriter::write(std::span<const std::int16_t> frames) {
  auto rest = std::as_bytes(frames);  // little-endian, as every machine we build for
  while (!rest.empty()) {
    if (file_ < 0 || in_segment_ >= segment_bytes_)
      if (auto opened = next_segment(); !opened)
        return opened;
    const auto room = static_cast<std::size_t>(segment_bytes_ - in_segment_);
    const auto written = ::write(file_, rest.data(), std::min(rest.size(), room));
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return Unexpected(error_text("the recording cannot go on", written < 0 ? errno : ENOSPC));
    rest = rest.subspan(static_cast<std::size_t>(written));
    in_segment_ += written;
    bytes_ += written;
  }
  return true;
}

Result<bool> SegmentWriter::close() {
  const bool kept = file_ < 0 || ::fdatasync(file_) == 0;
  const int why = errno;
  (void)::unlink((place_ + kOpen).c_str());
  for (int* file : {&file_, &lock_})
    if (*file >= 0)
      ::close(std::exchange(*file, -1));
  if (!kept)
    return Unexpected(error_text("the end of the recording may be lost", why));
  return true;
}

// --- Reading -----------------------------------------------------------------

WavView::WavView(Stored stored)
    // A WAV file's sizes have 32 bits: 18 hours of 16 kHz stereo. What is beyond is left out.
    : stored_(std::move(stored)), data_(std::min<std::int64_t>(stored_.bytes(), 0xFFFFFF00)) {
  const auto rate = static_cast<std::uint32_t>(stored_.rate);
  put(header_, "RIFF");
  put(header_, static_cast<std::uint32_t>(data_ + 36), 4);
  put(header_, "WAVE");
  put(header_, "fmt ");
  put(header_, 16, 4);
  put(header_, 1, 2);  // PCM
  put(header_, 2, 2);  // channels
  put(header_, rate, 4);
  put(header_, rate * 4, 4);  // bytes a second
  put(header_, 4, 2);         // of a frame
  put(header_, 16, 2);        // bits of a sample
  put(header_, "data");
  put(header_, static_cast<std::uint32_t>(data_), 4);
}

WavView::~WavView() {
  if (file_ >= 0)
    ::close(file_);
}

std::size_t WavView::read(std::int64_t offset, std::span<std::uint8_t> into) {
  std::size_t done = 0;
  const auto want = std::min<std::int64_t>(static_cast<std::int64_t>(into.size()), size() - offset);
  while (static_cast<std::int64_t>(done) < want) {
    auto at = offset + static_cast<std::int64_t>(done);
    const auto rest = static_cast<std::size_t>(want) - done;
    if (at < kHeader) {
      const auto count = std::min(rest, static_cast<std::size_t>(kHeader - at));
      std::copy_n(header_.begin() + at, count, into.begin() + static_cast<std::ptrdiff_t>(done));
      done += count;
      continue;
    }
    at -= kHeader;
    std::size_t number = 0;
    while (number < stored_.segments.size() && at >= stored_.segments[number].bytes)
      at -= stored_.segments[number++].bytes;
    if (number == stored_.segments.size())
      break;
    if (file_ < 0 || opened_ != number) {
      if (file_ >= 0)
        ::close(file_);
      file_ = ::open(stored_.segments[number].path.c_str(), O_RDONLY | O_CLOEXEC);
      opened_ = number;
      if (file_ < 0)
        break;
    }
    const auto count =
        std::min(rest, static_cast<std::size_t>(stored_.segments[number].bytes - at));
    const auto got = ::pread(file_, into.data() + done, count, at);
    if (got <= 0)
      break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

}  // namespace centralita::recording
