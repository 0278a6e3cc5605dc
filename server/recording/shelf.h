// Where recordings lie on disk, a folder each:
//
//   FOLDER/ab/abcd.../about.json      whose, its rate
//                     000000.s16      interleaved samples, little-endian, left the caller; a minute
//                     000001.s16      each, written as they come
//                     open            locked by who writes; gone when the recording is complete
//
// The folder's name is a digest of the session's id, so no id can name a place outside, and no
// number or name of a person is in a path. Any thread; all block for the time of a disk.
#pragma once

#include "plugins/base/result.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace centralita::recording {

struct Stored {
  struct Segment {
    std::string path;
    std::int64_t bytes;  // of whole frames
  };
  std::string session_id;
  int rate = 8000;
  std::vector<Segment> segments;
  bool open = false;  // somebody writes, or has died writing
  std::int64_t bytes() const;
  std::chrono::milliseconds duration() const;
};

class Shelf {
 public:
  static constexpr std::int64_t kFrame = 4;  // bytes: two samples of 16 bits

  explicit Shelf(std::string folder) : folder_(std::move(folder)) {}

  const std::string& folder() const { return folder_; }
  std::string place_of(const std::string& session_id) const;
  std::optional<Stored> find(const std::string& session_id) const;
  // Deletes a call's recording for good, whatever state it is in. False: there is none, or it could
  // not be deleted, which is logged.
  bool remove(const std::string& session_id) const;
  // Those whose writer has died. Each is told once, over all processes that share the folder.
  void recover(const std::function<void(const Stored&)>& found) const;
  // Of all that have lain here for `age` or longer.
  std::vector<std::string> session_ids(std::chrono::hours age) const;

 private:
  std::optional<Stored> read(const std::string& place) const;
  std::vector<std::string> places() const;

  const std::string folder_;
};

// Writes one recording. Not thread-safe.
class SegmentWriter {
 public:
  // The error is a sentence.
  static Result<SegmentWriter> create(const Shelf& shelf, const std::string& session_id, int rate,
                                      std::chrono::seconds segment);
  SegmentWriter(SegmentWriter&& other) noexcept;
  SegmentWriter& operator=(SegmentWriter&&) = delete;
  ~SegmentWriter();  // as a process that dies: what is written stays, and counts as open

  Result<bool> write(std::span<const std::int16_t> frames);
  // All is on the disk, and the recording no longer open.
  Result<bool> close();
  std::int64_t bytes() const { return bytes_; }

 private:
  SegmentWriter(std::string place, std::int64_t segment_bytes, int lock)
      : place_(std::move(place)), segment_bytes_(segment_bytes), lock_(lock) {}
  Result<bool> next_segment();

  std::string place_;
  std::int64_t segment_bytes_, in_segment_ = 0, bytes_ = 0;
  int segments_ = 0, file_ = -1, lock_ = -1;
};

// A recording as one WAV file that never exists on disk: 44 bytes of header, then the segments.
class WavView {
 public:
  static constexpr std::int64_t kHeader = 44;

  explicit WavView(Stored stored);
  ~WavView();
  WavView(const WavView&) = delete;
  WavView& operator=(const WavView&) = delete;

  std::int64_t size() const { return kHeader + data_; }
  // Fewer bytes than asked for at the end, none behind it; or when the disk fails.
  std::size_t read(std::int64_t offset, std::span<std::uint8_t> into);

 private:
  const Stored stored_;
  const std::int64_t data_;
  std::vector<std::uint8_t> header_;
  std::size_t opened_ = 0;  // which segment
  int file_ = -1;
};

}  // namespace centralita::recording
