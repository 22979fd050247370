// TextPlaces say where each character of a text stands in the file that it was read from, whatever
// the file's syntax did to it: quotes, escapes, lines that were folded into one.
//
//   TextPlaces places(place_of_the_first_character);    // a text on one line, as written
//   places.Break(12, {file, 8, 5});                      // from byte 12 on it goes on there
//   faults.Error(places.At(offset), …);
//
// Plain value; thread-safe to read. Cost: a binary search in the breaks.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "core/diagnostics.h"

namespace vedette {

class TextPlaces {
 public:
  explicit TextPlaces(Place start) : start_(std::move(start)) {}

  // The bytes from `offset` on stand at `place` and behind it. Offsets ascend.
  void Break(size_t offset, Place place);

  // Where the byte at `offset` stands; behind the end of the text: as if it went on.
  Place At(size_t offset) const;
  // Where the whole value stands, quotes included.
  const Place& start() const { return start_; }
  // The text stands on one line, as it is.
  bool plain() const { return runs_.empty(); }

 private:
  struct Run {
    size_t offset;
    int line;
    int column;
  };
  Place start_;
  std::vector<Run> runs_;
};

}  // namespace vedette
