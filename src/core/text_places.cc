#include "core/text_places.h"

#include <algorithm>

namespace vedette {

void TextPlaces::Break(size_t offset, Place place) {
  runs_.push_back({offset, place.line, place.column});
}

Place TextPlaces::At(size_t offset) const {
  Place at = start_;
  const auto behind = std::upper_bound(runs_.begin(), runs_.end(), offset,
                                       [](size_t o, const Run& run) { return o < run.offset; });
  size_t begin = 0;
  if (behind != runs_.begin()) {
    const Run& run = *std::prev(behind);
    at.line = run.line;
    at.column = run.column;
    begin = run.offset;
  }
  if (at.column > 0) at.column += static_cast<int>(offset - begin);
  return at;
}

}  // namespace vedette
