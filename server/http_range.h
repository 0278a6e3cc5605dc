// RFC 9110 14: the part of a body that a request asks for.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace centralita {

struct ByteRange {
  std::int64_t first, last;  // both included
};

enum class RangeKind {
  kWhole,          // none asked for, or one that we need not understand
  kPart,           // `range`
  kUnsatisfiable,  // 416
};

struct RangeAnswer {
  RangeKind kind = RangeKind::kWhole;
  ByteRange range{0, -1};
};

// `header`: the field's value, empty when there is none. `size`: of the whole body. Several ranges
// at once are answered with the whole, which is allowed.
RangeAnswer range_of(std::string_view header, std::int64_t size);

}  // namespace centralita
