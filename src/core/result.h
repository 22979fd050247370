// Result<T> is a value or an Error: how everything that touches the outside world reports failure.
//
//   Result<File> file = File::Open(path);
//   if (!file) return Fail(file.error());
//
// Errors of content go to a Diagnostics list instead (diagnostics.h), so that an author sees all of
// them.
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "core/diagnostics.h"

namespace vedette {

struct Error {
  std::string code;     // stable, kebab-case
  std::string message;  // one sentence, names what was tried and what went wrong
  Place place;          // empty when there is none

  std::string ToString() const {
    return place.file.empty() ? message : place.ToString() + ": " + message;
  }
};

template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> Fail(Error error) { return tl::unexpected<Error>(std::move(error)); }
inline tl::unexpected<Error> Fail(std::string code, std::string message, Place place = {}) {
  return tl::unexpected<Error>(Error{std::move(code), std::move(message), std::move(place)});
}

}  // namespace vedette
