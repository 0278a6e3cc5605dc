#include "plugins/vad/silero_model.h"

#include "plugins/base/locked.h"
#include "plugins/vad/onnx_reader.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <iterator>
#include <map>
#include <optional>

namespace centralita {
namespace {

constexpr std::size_t kTransform = 256;  // samples of one Fourier transform
constexpr std::size_t kStride = 128;
constexpr std::size_t kBins = kTransform / 2 + 1;
constexpr std::size_t kFrames = 4;  // transforms of one window
constexpr std::size_t kRow = 288;   // 2 x kBins, filled up to whole panels
constexpr std::size_t kTaps = 3;
constexpr std::size_t kGates = 512;

struct Layer {
  std::size_t in, out;
};
constexpr Layer kEncoder[] = {{kBins, 128}, {128, 64}, {64, 64}, {64, 128}};

// Matrices lie in panels of 32 outputs, [output / 32][input][output % 32], so that a product reads
// them from one end to the other. With outputs innermost it vectorises without reordering any sum.
constexpr std::size_t kPanel = 32;

constexpr std::size_t padded(std::size_t outputs) {
  return (outputs + kPanel - 1) / kPanel * kPanel;
}

// `weight(o, i)` gives the elements; outputs beyond the last are zero.
template <typename Weight>
std::vector<float> packed(std::size_t outputs, std::size_t inputs, Weight weight) {
  std::vector<float> result(padded(outputs) * inputs);
  for (std::size_t o = 0; o < outputs; ++o)
    for (std::size_t i = 0; i < inputs; ++i)
      result[(o / kPanel * inputs + i) * kPanel + o % kPanel] = weight(o, i);
  return result;
}

std::vector<float> packed(std::size_t outputs, std::size_t inputs,
                          const std::vector<float>& matrix) {
  return packed(outputs, inputs,
                [&](std::size_t o, std::size_t i) { return matrix[o * inputs + i]; });
}

// ifunc resolvers run before a sanitizer is ready, and exist in glibc only.
#if defined(__x86_64__) && defined(__GNUC__) && defined(__gnu_linux__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define CENTRALITA_VECTOR_CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define CENTRALITA_VECTOR_CLONES
#endif

// Eight floats that the compiler keeps in whatever registers the clone has.
typedef float Vector __attribute__((vector_size(32)));
constexpr std::size_t kLanes = 8;

inline __attribute__((always_inline)) void load(Vector& vector, const float* from) {
  std::memcpy(&vector, from, sizeof vector);
}

// y[row][o] += sum over i of x[row * x_stride + i] * w[o][i], for `rows` rows of `out` values, a
// multiple of kPanel. The sums stay in registers: `columns` vectors of outputs for each row.
template <std::size_t rows, std::size_t columns>
inline __attribute__((always_inline)) void multiply_rows(float* y, std::size_t out, const float* x,
                                                         std::size_t x_stride, std::size_t in,
                                                         const float* w) {
  for (std::size_t o = 0; o < out; o += columns * kLanes) {
    const float* weights = w + o / kPanel * kPanel * in + o % kPanel;
    Vector sum[rows][columns];
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t c = 0; c < columns; ++c) load(sum[r][c], y + r * out + o + c * kLanes);
    for (std::size_t i = 0; i < in; ++i, weights += kPanel)
      for (std::size_t c = 0; c < columns; ++c) {
        Vector weight;
        load(weight, weights + c * kLanes);
        for (std::size_t r = 0; r < rows; ++r) sum[r][c] += x[r * x_stride + i] * weight;
      }
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t c = 0; c < columns; ++c)
        std::memcpy(y + r * out + o + c * kLanes, &sum[r][c], sizeof(Vector));
  }
}

// 1 to 4 rows: the weights, which are what memory has to deliver, are read once for all of them.
CENTRALITA_VECTOR_CLONES
void multiply(std::size_t rows, float* y, std::size_t out, const float* x, std::size_t x_stride,
              std::size_t in, const float* w) {
  switch (rows) {
    case 1:
      return multiply_rows<1, 4>(y, out, x, x_stride, in, w);
    case 2:
      return multiply_rows<2, 4>(y, out, x, x_stride, in, w);
    case 3:
      return multiply_rows<3, 2>(y, out, x, x_stride, in, w);
    case 4:
      return multiply_rows<4, 2>(y, out, x, x_stride, in, w);
  }
}

// One-dimensional convolution of three taps with a padding of one, and ReLU. `x` is [frame][in],
// `y` [frame / stride][out]; returns how many frames of output there are.
std::size_t convolve(const Layer& layer, std::size_t stride, const std::vector<float>& weight,
                     const std::vector<float>& bias, const float* x, std::size_t frames, float* y) {
  const std::size_t out_frames = (frames - 1) / stride + 1;
  for (std::size_t t = 0; t < out_frames; ++t)
    std::copy(bias.begin(), bias.end(), y + t * layer.out);
  for (std::size_t tap = 0; tap < kTaps; ++tap) {
    // The frames of output whose frame of input, at t * stride + tap - 1, is not padding.
    const std::size_t first = tap == 0 ? 1 : 0;
    std::size_t last = out_frames;
    while (last > first && (last - 1) * stride + tap > frames) --last;
    if (last > first)
      multiply(last - first, y + first * layer.out, layer.out,
               x + (first * stride + tap - 1) * layer.in, stride * layer.in, layer.in,
               weight.data() + tap * layer.in * layer.out);
  }
  std::for_each(y, y + out_frames * layer.out, [](float& v) { v = std::max(v, 0.0f); });
  return out_frames;
}

std::optional<std::string> read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             std::fclose);
  if (!file)
    return std::nullopt;
  std::string bytes;
  std::array<char, 65536> block;
  while (const std::size_t n = std::fread(block.data(), 1, block.size(), file.get()))
    bytes.append(block.data(), n);
  if (std::ferror(file.get()))  // a directory, for one
    return std::nullopt;
  return bytes;
}

float sigmoid(float x) { return 1 / (1 + std::exp(-x)); }
// Several times faster than std::tanh, and as exact as is needed next to 1.
float tanh_of(float x) { return 2 * sigmoid(2 * x) - 1; }

// Finds the tensors of one branch, whose names have a common prefix, and checks their shapes.
class Branch {
 public:
  static Result<Branch> find(const std::map<std::string, OnnxTensor>& tensors) {
    constexpr std::string_view kBasis = "stft.forward_basis_buffer";
    for (const auto& [name, tensor] : tensors)
      if (name.ends_with(kBasis) &&
          tensor.shape == std::vector<std::int64_t>{2 * kBins, 1, kTransform})
        return Branch(tensors, name.substr(0, name.size() - kBasis.size()));
    return Unexpected("no Silero network for 16 kHz is in it");
  }

  // `shape` without the sizes of one, which versions write differently.
  Result<const std::vector<float>*> get(const std::string& name,
                                        std::vector<std::int64_t> shape) const {
    const auto found = tensors_->find(prefix_ + name);
    if (found == tensors_->end())
      return Unexpected("the tensor " + name + " is missing");
    auto actual = found->second.shape;
    std::erase(actual, 1);
    if (actual != shape)
      return Unexpected("the tensor " + name + " has another shape than Silero's v5 and v6");
    return &found->second.values;
  }

 private:
  Branch(const std::map<std::string, OnnxTensor>& tensors, std::string prefix)
      : tensors_(&tensors), prefix_(std::move(prefix)) {}

  const std::map<std::string, OnnxTensor>* tensors_;
  std::string prefix_;
};

}  // namespace

Result<std::shared_ptr<const SileroWeights>> SileroWeights::parse(std::string_view onnx_file) {
  const auto tensors = read_onnx_tensors(onnx_file);
  if (!tensors)
    return Unexpected(tensors.error());
  const auto branch = Branch::find(*tensors);
  if (!branch)
    return Unexpected(branch.error());
  auto weights = std::make_shared<SileroWeights>();

  const auto basis = branch->get("stft.forward_basis_buffer", {2 * kBins, kTransform});
  if (!basis)
    return Unexpected(basis.error());
  weights->basis_ = packed(2 * kBins, kTransform, **basis);

  for (std::size_t l = 0; l < std::size(kEncoder); ++l) {
    const auto in = static_cast<std::int64_t>(kEncoder[l].in);
    const auto out = static_cast<std::int64_t>(kEncoder[l].out);
    const std::string name = "encoder." + std::to_string(l) + ".reparam_conv.";
    const auto weight = branch->get(name + "weight", {out, in, kTaps});
    const auto bias = branch->get(name + "bias", {out});
    if (!weight || !bias)
      return Unexpected(!weight ? weight.error() : bias.error());
    auto& convolution = weights->encoder_[l];
    convolution.bias = **bias;
    const auto inputs = kEncoder[l].in;
    for (std::size_t tap = 0; tap < kTaps; ++tap) {
      const auto one = packed(kEncoder[l].out, inputs, [&](std::size_t o, std::size_t i) {
        return (**weight)[(o * inputs + i) * kTaps + tap];
      });
      convolution.weight.insert(convolution.weight.end(), one.begin(), one.end());
    }
  }

  constexpr std::int64_t kHidden = SileroState::kHidden;
  const auto from_input = branch->get("decoder.rnn.weight_ih", {kGates, kHidden});
  const auto from_hidden = branch->get("decoder.rnn.weight_hh", {kGates, kHidden});
  const auto input_bias = branch->get("decoder.rnn.bias_ih", {kGates});
  const auto hidden_bias = branch->get("decoder.rnn.bias_hh", {kGates});
  for (const auto* part : {&from_input, &from_hidden, &input_bias, &hidden_bias})
    if (!*part)
      return Unexpected(part->error());
  weights->lstm_weight_ = packed(kGates, kHidden, **from_input);
  const auto hidden = packed(kGates, kHidden, **from_hidden);
  weights->lstm_weight_.insert(weights->lstm_weight_.end(), hidden.begin(), hidden.end());
  weights->lstm_bias_ = **input_bias;
  std::transform(weights->lstm_bias_.begin(), weights->lstm_bias_.end(), (*hidden_bias)->begin(),
                 weights->lstm_bias_.begin(), std::plus());

  const auto output = branch->get("decoder.decoder.2.weight", {kHidden});
  const auto output_bias = branch->get("decoder.decoder.2.bias", {});
  if (!output || !output_bias)
    return Unexpected(!output ? output.error() : output_bias.error());
  weights->output_weight_ = **output;
  weights->output_bias_ = (*output_bias)->front();
  return std::shared_ptr<const SileroWeights>(std::move(weights));
}

Result<std::shared_ptr<const SileroWeights>> SileroWeights::load(const std::string& path) {
  static Locked<std::map<std::string, std::shared_ptr<const SileroWeights>>> cache;
  const auto loaded = cache.lock();  // held while reading: two streams that start at once read once
  if (const auto found = loaded->find(path); found != loaded->end())
    return found->second;
  const auto bytes = read_file(path);
  if (!bytes)
    return Unexpected("cannot read the Silero weights at " + path);
  auto weights = parse(*bytes);
  if (!weights)
    return Unexpected("cannot use the Silero weights at " + path + ": " + weights.error());
  loaded->emplace(path, *weights);
  return weights;
}

SileroState::SileroState(std::shared_ptr<const SileroWeights> weights)
    : weights_(std::move(weights)) {
  reset();
}

void SileroState::reset() {
  audio_.fill(0);
  hidden_.fill(0);
  cell_.fill(0);
}

void SileroState::append(std::span<const float, kWindow> window) {
  std::copy_n(audio_.begin() + kWindow, kContext, audio_.begin());
  std::copy(window.begin(), window.end(), audio_.begin() + kContext);
}

void SileroState::skip(std::span<const float, kWindow> window) { append(window); }

float SileroState::step(std::span<const float, kWindow> window) {
  append(window);
  spectrum();
  encode();
  return decode();
}

void SileroState::spectrum() {
  // The end is continued by its mirror image.
  constexpr std::size_t kEnd = kContext + kWindow;
  for (std::size_t i = 0; i < kPadding; ++i) audio_[kEnd + i] = audio_[kEnd - 2 - i];
  transform_.fill(0);
  multiply(kFrames, transform_.data(), kRow, audio_.data(), kStride, kTransform,
           weights_->basis_.data());
  for (std::size_t t = 0; t < kFrames; ++t) {
    const float* const real = &transform_[t * kRow];
    const float* const imaginary = real + kBins;
    for (std::size_t k = 0; k < kBins; ++k)
      magnitude_[t * kBins + k] = std::sqrt(real[k] * real[k] + imaginary[k] * imaginary[k]);
  }
}

void SileroState::encode() {
  const auto& layers = weights_->encoder_;
  const auto run = [&](std::size_t l, std::size_t stride, const float* x, std::size_t frames,
                       float* y) {
    return convolve(kEncoder[l], stride, layers[l].weight, layers[l].bias, x, frames, y);
  };
  std::size_t frames = run(0, 1, magnitude_.data(), kFrames, ping_.data());
  frames = run(1, 2, ping_.data(), frames, pong_.data());
  frames = run(2, 2, pong_.data(), frames, ping_.data());
  run(3, 1, ping_.data(), frames, pong_.data());
}

float SileroState::decode() {
  std::array<float, kGates> gates;
  std::copy(weights_->lstm_bias_.begin(), weights_->lstm_bias_.end(), gates.begin());
  const float* const weight = weights_->lstm_weight_.data();
  multiply(1, gates.data(), kGates, pong_.data(), 0, kHidden, weight);
  multiply(1, gates.data(), kGates, hidden_.data(), 0, kHidden, weight + kHidden * kGates);
  float output = weights_->output_bias_;
  for (std::size_t i = 0; i < kHidden; ++i) {
    const float in = sigmoid(gates[i]);
    const float forget = sigmoid(gates[kHidden + i]);
    const float candidate = tanh_of(gates[2 * kHidden + i]);
    const float out = sigmoid(gates[3 * kHidden + i]);
    cell_[i] = forget * cell_[i] + in * candidate;
    hidden_[i] = out * tanh_of(cell_[i]);
    output += weights_->output_weight_[i] * std::max(hidden_[i], 0.0f);
  }
  return sigmoid(output);
}

}  // namespace centralita
