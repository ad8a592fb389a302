#pragma once

#include <optional>
#include <utility>
#include <variant>

namespace twinkeep {

// Wraps an error on its way into a `result`, so that a value and an error of the same type
// cannot be confused: `return failure{error_code::not_found};`.
template <class Error>
struct failure {
  explicit failure(Error e) : value(std::move(e)) {}
  Error value;
};

// A value or the reason why there is none. Stands in for std::expected, which g++ 12 lacks.
// Precondition of value(): ok(); of error(): !ok(). A breach throws std::bad_variant_access.
template <class Value, class Error>
class [[nodiscard]] result {
 public:
  using value_type = Value;
  using error_type = Error;

  result(Value value) : content_(std::in_place_index<0>, std::move(value)) {}  // NOLINT
  template <class Other>
  result(failure<Other> e) : content_(std::in_place_index<1>, std::move(e.value)) {}  // NOLINT

  [[nodiscard]] bool ok() const { return content_.index() == 0; }
  explicit operator bool() const { return ok(); }

  Value& value() & { return std::get<0>(content_); }
  const Value& value() const& { return std::get<0>(content_); }
  Value&& value() && { return std::get<0>(std::move(content_)); }
  Value& operator*() & { return value(); }
  const Value& operator*() const& { return value(); }
  Value&& operator*() && { return std::move(*this).value(); }
  Value* operator->() { return &value(); }
  const Value* operator->() const { return &value(); }

  const Error& error() const& { return std::get<1>(content_); }
  Error&& error() && { return std::get<1>(std::move(content_)); }

 private:
  std::variant<Value, Error> content_;
};

// Success without a value, or an error.
template <class Error>
class [[nodiscard]] result<void, Error> {
 public:
  using value_type = void;
  using error_type = Error;

  result() = default;
  template <class Other>
  result(failure<Other> e) : error_(std::move(e.value)) {}  // NOLINT

  [[nodiscard]] bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const& { return error_.value(); }
  Error&& error() && { return std::move(error_).value(); }

 private:
  std::optional<Error> error_;
};

}  // namespace twinkeep
