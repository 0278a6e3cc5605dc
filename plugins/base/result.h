// Result<T, E> is a value or the error that stands in its place. The names are those of
// std::expected, which the compilers of Debian 12 do not have; delete this file when they do.
//
//   Result<int> port = parse_port(text);
//   if (!port) return Unexpected(port.error());
//   listen(*port);
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace centralita {

template <typename E>
struct Unexpected {
  explicit Unexpected(E e) : error(std::move(e)) {}
  E error;
};
Unexpected(const char*)->Unexpected<std::string>;

template <typename T, typename E = std::string>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  template <typename E2>
  Result(Unexpected<E2> unexpected) : state_(std::in_place_index<1>, std::move(unexpected.error)) {}

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const E& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, E> state_;
};

}  // namespace centralita
