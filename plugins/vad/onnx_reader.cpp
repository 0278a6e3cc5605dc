#include "plugins/vad/onnx_reader.h"

#include <bit>
#include <cstring>
#include <optional>

namespace centralita {
namespace {

static_assert(std::endian::native == std::endian::little, "ONNX stores floats little-endian");

using Tensors = std::map<std::string, OnnxTensor>;
using Error = std::optional<std::string>;

constexpr int kMaxDepth = 16;  // of graphs within graphs; the published model has 2

// Field numbers of onnx.proto.
namespace model {
constexpr unsigned kGraph = 7;
}
namespace graph {
constexpr unsigned kNode = 1;
constexpr unsigned kInitializer = 5;
}  // namespace graph
namespace node {
constexpr unsigned kOutput = 2;
constexpr unsigned kAttribute = 5;
}  // namespace node
namespace attribute {
constexpr unsigned kTensor = 5;
constexpr unsigned kGraph = 6;
}  // namespace attribute
namespace tensor {
constexpr unsigned kDims = 1;
constexpr unsigned kDataType = 2;
constexpr unsigned kFloatData = 4;
constexpr unsigned kName = 8;
constexpr unsigned kRawData = 9;
constexpr std::uint64_t kFloat = 1;  // a data type
}  // namespace tensor

struct Field {
  unsigned number = 0;
  bool is_bytes = false;
  std::uint64_t integer = 0;
  std::string_view bytes;
};

// Steps through the fields of one protobuf message.
class FieldReader {
 public:
  explicit FieldReader(std::string_view bytes) : rest_(bytes) {}

  // Empty at the end and after an error; see ok().
  std::optional<Field> next() {
    if (rest_.empty() || !ok_)
      return std::nullopt;
    const auto key = varint();
    if (!key || (*key >> 3) == 0 || (*key >> 3) > 0x1fffffff)
      return fail();
    Field field{.number = static_cast<unsigned>(*key >> 3)};
    switch (*key & 7) {
      case 0: {
        const auto value = varint();
        if (!value)
          return fail();
        field.integer = *value;
        return field;
      }
      case 1:
        return skip(8) ? std::optional(field) : fail();
      case 2: {
        const auto size = varint();
        if (!size || *size > rest_.size())
          return fail();
        field.is_bytes = true;
        field.bytes = rest_.substr(0, *size);
        rest_.remove_prefix(*size);
        return field;
      }
      case 5:
        return skip(4) ? std::optional(field) : fail();
      default:  // groups, which onnx.proto does not have
        return fail();
    }
  }

  std::optional<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<std::uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7fu} << shift;
      if (!(byte & 0x80))
        return value;
    }
    return std::nullopt;
  }

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }

 private:
  bool skip(std::size_t n) {
    if (rest_.size() < n)
      return false;
    rest_.remove_prefix(n);
    return true;
  }
  std::optional<Field> fail() {
    ok_ = false;
    return std::nullopt;
  }

  std::string_view rest_;
  bool ok_ = true;
};

Error malformed(const char* what) {
  return std::string("not a whole ONNX file: ") + what + " is cut off or malformed";
}

std::vector<float> floats_of(std::string_view bytes) {
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

Error read_tensor(std::string_view bytes, std::string name, Tensors& tensors) {
  OnnxTensor result;
  std::uint64_t type = 0;
  std::string_view data;
  FieldReader reader(bytes);
  while (const auto field = reader.next()) {
    if (field->number == tensor::kDims && field->is_bytes) {  // packed
      FieldReader dims(field->bytes);
      while (!dims.at_end()) {
        const auto dim = dims.varint();
        if (!dim)
          return malformed("a tensor's shape");
        result.shape.push_back(static_cast<std::int64_t>(*dim));
      }
    } else if (field->number == tensor::kDims) {
      result.shape.push_back(static_cast<std::int64_t>(field->integer));
    } else if (field->number == tensor::kDataType) {
      type = field->integer;
    } else if (field->number == tensor::kName && name.empty()) {
      name = field->bytes;
    } else if ((field->number == tensor::kRawData || field->number == tensor::kFloatData) &&
               field->is_bytes) {
      data = field->bytes;
    }
  }
  if (!reader.ok())
    return malformed("a tensor");
  if (type != tensor::kFloat)
    return std::nullopt;

  std::uint64_t count = 1;
  for (const auto dim : result.shape) {
    // A tensor that is all there has no more elements than its file has bytes.
    if (dim < 0 || (dim > 0 && count > bytes.size() / static_cast<std::uint64_t>(dim)))
      return "tensor " + name + " has an impossible shape";
    count *= static_cast<std::uint64_t>(dim);
  }
  if (data.size() != count * sizeof(float))
    return "tensor " + name + " has other than the values its shape says";
  result.values = floats_of(data);
  tensors.insert_or_assign(std::move(name), std::move(result));
  return std::nullopt;
}

Error read_graph(std::string_view bytes, int depth, Tensors& tensors);

Error read_node(std::string_view bytes, int depth, Tensors& tensors) {
  std::string output;
  std::vector<std::string_view> values;
  std::vector<std::string_view> subgraphs;
  FieldReader reader(bytes);
  while (const auto field = reader.next()) {
    if (field->number == node::kOutput && output.empty())
      output = field->bytes;
    if (field->number != node::kAttribute)
      continue;
    FieldReader attributes(field->bytes);
    while (const auto entry = attributes.next()) {
      if (entry->number == attribute::kTensor && entry->is_bytes)
        values.push_back(entry->bytes);
      else if (entry->number == attribute::kGraph && entry->is_bytes)
        subgraphs.push_back(entry->bytes);
    }
    if (!attributes.ok())
      return malformed("an attribute");
  }
  if (!reader.ok())
    return malformed("a node");
  for (const auto value : values)
    if (auto error = read_tensor(value, output, tensors))
      return error;
  for (const auto subgraph : subgraphs)
    if (auto error = read_graph(subgraph, depth + 1, tensors))
      return error;
  return std::nullopt;
}

Error read_graph(std::string_view bytes, int depth, Tensors& tensors) {
  if (depth > kMaxDepth)
    return "graphs nested too deeply";
  FieldReader reader(bytes);
  while (const auto field = reader.next()) {
    Error error;
    if (field->number == graph::kNode)
      error = read_node(field->bytes, depth, tensors);
    else if (field->number == graph::kInitializer)
      error = read_tensor(field->bytes, "", tensors);
    if (error)
      return error;
  }
  return reader.ok() ? std::nullopt : malformed("a graph");
}

}  // namespace

Result<std::map<std::string, OnnxTensor>> read_onnx_tensors(std::string_view file) {
  Tensors tensors;
  FieldReader reader(file);
  while (const auto field = reader.next())
    if (field->number == model::kGraph)
      if (auto error = read_graph(field->bytes, 0, tensors))
        return Unexpected(std::move(*error));
  if (!reader.ok())
    return Unexpected(*malformed("the file"));
  return tensors;
}

}  // namespace centralita
