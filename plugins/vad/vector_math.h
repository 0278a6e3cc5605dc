// Arithmetic on vectors of floats, for functions that are compiled several times, each for other
// processors: everything here is inlined into those and so takes on their instructions. `Vector` is
// Floats<4>, Floats<8> or Floats<16>: what one register of the processor meant holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#define CENTRALITA_INLINE inline __attribute__((always_inline))

namespace centralita {

template <std::size_t lanes>
struct Lanes;
template <>
struct Lanes<4> {
  typedef float Floats __attribute__((vector_size(16)));
  typedef std::int32_t Integers __attribute__((vector_size(16)));
};
template <>
struct Lanes<8> {
  typedef float Floats __attribute__((vector_size(32)));
  typedef std::int32_t Integers __attribute__((vector_size(32)));
};
template <>
struct Lanes<16> {
  typedef float Floats __attribute__((vector_size(64)));
  typedef std::int32_t Integers __attribute__((vector_size(64)));
};

template <typename Vector>
constexpr std::size_t kLanesOf = sizeof(Vector) / sizeof(float);

template <typename Vector>
CENTRALITA_INLINE void load(Vector& vector, const float* from) {
  std::memcpy(&vector, from, sizeof vector);
}
template <typename Vector>
CENTRALITA_INLINE void store(float* to, const Vector& vector) {
  std::memcpy(to, &vector, sizeof vector);
}

// e to the x, within 2e-7 of it; beyond +-87, where floats end, that of 87.
template <typename Vector>
CENTRALITA_INLINE void exponential(Vector& x) {
  using Integers = typename Lanes<kLanesOf<Vector>>::Integers;
  constexpr float kLimit = 87;
  constexpr float kShift = 12582912;  // 1.5 * 2^23: adding it rounds to a whole number
  x = x > kLimit ? Vector{} + kLimit : x;
  x = x < -kLimit ? Vector{} - kLimit : x;
  const Vector shifted = x * 1.44269504088896341f + kShift;
  const Vector whole = shifted - kShift;
  // ln 2 in two parts, so that the difference keeps its digits.
  const Vector r = (x - whole * 0.693359375f) + whole * 2.12194440e-4f;
  Vector p = Vector{} + 1.0f / 5040;
  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  // The whole number is in the low bits of `shifted`; moved to the exponent it scales by 2^whole.
  const Integers exponent = reinterpret_cast<Integers>(shifted) << 23;
  x = reinterpret_cast<Vector>(reinterpret_cast<Integers>(p) + exponent);
}

template <typename Vector>
CENTRALITA_INLINE void sigmoid(Vector& x) {
  x = -x;
  exponential(x);
  x = 1.0f / (1.0f + x);
}

// As exact as is needed next to 1.
template <typename Vector>
CENTRALITA_INLINE void hyperbolic_tangent(Vector& x) {
  x = x + x;
  sigmoid(x);
  x = x + x - 1.0f;
}

// y[row][output] += the sum of x[row][input] * w[input][output], over `inputs` inputs, for
// `columns` vectors of outputs. The sums stay in registers.
template <typename Vector, std::size_t rows, std::size_t columns>
CENTRALITA_INLINE void multiply_block(float* y, std::size_t y_stride, const float* x,
                                      std::size_t x_stride, std::size_t inputs, const float* w,
                                      std::size_t panel) {
  constexpr std::size_t kLanes = kLanesOf<Vector>;
  Vector sum[rows][columns];
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) load(sum[r][c], y + r * y_stride + c * kLanes);
  for (std::size_t i = 0; i < inputs; ++i, w += panel)
    for (std::size_t c = 0; c < columns; ++c) {
      Vector weight;
      load(weight, w + c * kLanes);
      for (std::size_t r = 0; r < rows; ++r) sum[r][c] += x[r * x_stride + i] * weight;
    }
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) store(y + r * y_stride + c * kLanes, sum[r][c]);
}

// The same with a whole matrix in panels, of which only the first `inputs` of `matrix_inputs`
// inputs count. `columns` vectors of outputs must divide the panel.
template <typename Vector, std::size_t rows, std::size_t columns, std::size_t panel>
CENTRALITA_INLINE void multiply(float* y, std::size_t y_stride, std::size_t outputs, const float* x,
                                std::size_t x_stride, std::size_t inputs, std::size_t matrix_inputs,
                                const float* w) {
  constexpr std::size_t kWidth = columns * kLanesOf<Vector>;
  static_assert(panel % kWidth == 0);
  for (std::size_t o = 0; o < outputs; o += kWidth)
    multiply_block<Vector, rows, columns>(y + o, y_stride, x, x_stride, inputs,
                                          w + o / panel * panel * matrix_inputs + o % panel, panel);
}

}  // namespace centralita
