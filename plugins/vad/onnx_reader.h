// Reads the tensors out of an ONNX file: initializers and the values of Constant nodes, those of
// subgraphs (If branches) too. Nothing else of the format is interpreted.
//
// The bytes may be anything: what is cut off, contradicts itself or is nested too deeply is an
// error that says so, and what is allocated is in proportion to the length of the file.
#pragma once

#include "plugins/base/result.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace centralita {

struct OnnxTensor {
  std::vector<std::int64_t> shape;
  std::vector<float> values;  // as many as the shape says, row by row
};

// By name. Only tensors of 32-bit floats.
Result<std::map<std::string, OnnxTensor>> read_onnx_tensors(std::string_view file);

}  // namespace centralita
