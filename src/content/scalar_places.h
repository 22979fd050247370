// Where the characters of a YAML scalar stand in its file.
//
//   TextPlaces places = PlacesOfScalar(file_text, mark_offset, place_of_the_mark, scalar);
//
// The scalar is what YAML made of the text at the mark: quotes taken off, escapes resolved, lines
// folded. Both are walked side by side; where they part for a reason that is not known here, the
// rest keeps counting from there. Pure. Cost: one pass over the scalar.
#pragma once

#include <string_view>

#include "core/text_places.h"

namespace vedette {

TextPlaces PlacesOfScalar(std::string_view source, size_t mark, const Place& place,
                          std::string_view scalar);

}  // namespace vedette
