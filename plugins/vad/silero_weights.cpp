#include "plugins/vad/silero_weights.h"

#include "plugins/base/locked.h"
#include "plugins/vad/onnx_reader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>

namespace centralita {
namespace {

constexpr std::size_t kWideSize = 256;
constexpr std::size_t kTaps = 3;

struct LayerShape {
  std::size_t in, out, stride, first_tap, last_tap;
};
// Four frames of input become 4, 2, 1, 1.
constexpr LayerShape kEncoder[] = {{SileroWeights::kBins, 128, 1, 0, 2},
                                   {128, 64, 2, 0, 2},
                                   {64, 64, 2, 1, 2},
                                   {64, 128, 1, 1, 1}};

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

// Finds the tensors of one branch, whose names have a common prefix, and checks their shapes.
class Branch {
 public:
  static Result<Branch> find(const std::map<std::string, OnnxTensor>& tensors) {
    constexpr std::string_view kBasis = "stft.forward_basis_buffer";
    for (const auto& [name, tensor] : tensors)
      if (name.ends_with(kBasis) &&
          tensor.shape == std::vector<std::int64_t>{2 * SileroWeights::kBins, 1, kWideSize})
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

// The published matrix: first the real, then the imaginary part of each bin. Sample n of a
// transform at a lower rate is sample n * step of it.
class Basis {
 public:
  explicit Basis(const std::vector<float>& values) : values_(values) {}

  float real(std::size_t bin, std::size_t n) const { return values_[bin * kWideSize + n]; }
  float imaginary(std::size_t bin, std::size_t n) const {
    return real(SileroWeights::kBins + bin, n);
  }

  // Whether it is what SileroWeights::Transform may take by halves.
  bool is_windowed_fourier() const {
    constexpr float kTolerance = 1e-5f;
    constexpr std::size_t kHalf = kWideSize / 2;
    for (std::size_t k = 0; k <= kHalf; ++k)
      for (std::size_t n = 0; n <= kHalf; ++n) {
        const std::size_t mirror = (kWideSize - n) % kWideSize;
        const float sign = n % 2 == 0 ? 1 : -1;
        for (const float difference :
             {real(k, n) - real(k, mirror), imaginary(k, n) + imaginary(k, mirror),
              real(k, n) - sign * real(kHalf - k, n),
              imaginary(k, n) + sign * imaginary(kHalf - k, n)})
          if (!(std::abs(difference) <= kTolerance))
            return false;
      }
    return true;
  }

  SileroWeights::Transform transform(std::size_t size) const {
    const std::size_t step = kWideSize / size;
    const auto scale = static_cast<float>(step);  // fewer samples in each sum
    const std::size_t bins = size / 4 + 1;
    const auto pack = [&](std::size_t first, bool is_real) {
      return PackedMatrix(bins, size / 4 + 1 - first, SileroWeights::kBinPanel,
                          [&](std::size_t bin, std::size_t i) {
                            const std::size_t n = (2 * i + first) * step;
                            return scale * (is_real ? real(bin, n) : imaginary(bin, n));
                          });
    };
    return {size, pack(0, true), pack(1, true), pack(0, false), pack(1, false)};
  }

 private:
  const std::vector<float>& values_;
};

}  // namespace

PackedMatrix::PackedMatrix(std::size_t outputs, std::size_t inputs, std::size_t panel,
                           const std::function<float(std::size_t, std::size_t)>& element)
    : inputs_(inputs),
      padded_((outputs + panel - 1) / panel * panel),
      lines_(padded_ / kLine * inputs, Line{}) {
  for (std::size_t o = 0; o < outputs; ++o)
    for (std::size_t i = 0; i < inputs; ++i) {
      const std::size_t at = (o / panel * inputs + i) * panel + o % panel;
      lines_[at / kLine].values[at % kLine] = element(o, i);
    }
}

Result<std::shared_ptr<const SileroWeights>> SileroWeights::parse(std::string_view onnx_file) {
  const auto tensors = read_onnx_tensors(onnx_file);
  if (!tensors)
    return Unexpected(tensors.error());
  const auto branch = Branch::find(*tensors);
  if (!branch)
    return Unexpected(branch.error());
  auto weights = std::make_shared<SileroWeights>();

  const auto basis_values = branch->get("stft.forward_basis_buffer", {2 * kBins, kWideSize});
  if (!basis_values)
    return Unexpected(basis_values.error());
  const Basis basis(**basis_values);
  if (!basis.is_windowed_fourier())
    return Unexpected("its transform is not that of Silero's v5 and v6");
  weights->narrow = basis.transform(kWideSize / 2);
  weights->wide = basis.transform(kWideSize);

  for (std::size_t l = 0; l < std::size(kEncoder); ++l) {
    const auto& shape = kEncoder[l];
    const auto in = static_cast<std::int64_t>(shape.in);
    const auto out = static_cast<std::int64_t>(shape.out);
    const std::string name = "encoder." + std::to_string(l) + ".reparam_conv.";
    const auto weight = branch->get(name + "weight", {out, in, kTaps});
    const auto bias = branch->get(name + "bias", {out});
    if (!weight || !bias)
      return Unexpected(!weight ? weight.error() : bias.error());
    auto& layer = weights->encoder[l];
    layer = {shape.in, shape.out, shape.stride, shape.first_tap, shape.last_tap, {}, **bias};
    for (std::size_t tap = shape.first_tap; tap <= shape.last_tap; ++tap)
      layer.weight.emplace_back(shape.out, shape.in, kPanel, [&](std::size_t o, std::size_t i) {
        return (**weight)[(o * shape.in + i) * kTaps + tap];
      });
  }

  constexpr std::int64_t kWidth = kHidden;
  const auto from_input = branch->get("decoder.rnn.weight_ih", {kGates, kWidth});
  const auto from_hidden = branch->get("decoder.rnn.weight_hh", {kGates, kWidth});
  const auto input_bias = branch->get("decoder.rnn.bias_ih", {kGates});
  const auto hidden_bias = branch->get("decoder.rnn.bias_hh", {kGates});
  for (const auto* part : {&from_input, &from_hidden, &input_bias, &hidden_bias})
    if (!*part)
      return Unexpected(part->error());
  weights->lstm = PackedMatrix(kGates, 2 * kHidden, kPanel, [&](std::size_t o, std::size_t i) {
    return i < kHidden ? (**from_input)[o * kHidden + i]
                       : (**from_hidden)[o * kHidden + i - kHidden];
  });
  weights->lstm_bias = **input_bias;
  std::transform(weights->lstm_bias.begin(), weights->lstm_bias.end(), (*hidden_bias)->begin(),
                 weights->lstm_bias.begin(), std::plus());

  const auto output = branch->get("decoder.decoder.2.weight", {kWidth});
  const auto output_bias = branch->get("decoder.decoder.2.bias", {});
  if (!output || !output_bias)
    return Unexpected(!output ? output.error() : output_bias.error());
  weights->output = **output;
  weights->output_bias = (*output_bias)->front();
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

}  // namespace centralita
