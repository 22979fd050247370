#include "content/scalar_places.h"

namespace vedette {
namespace {

// A cursor in the file that knows its line and column.
class Cursor {
 public:
  Cursor(std::string_view source, size_t at, const Place& place)
      : source_(source), at_(at), line_(place.line), column_(place.column) {}

  bool ended() const { return at_ >= source_.size(); }
  char Peek(size_t ahead = 0) const {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }
  void Next(size_t count = 1) {
    for (; count > 0 && !ended(); --count, ++at_) {
      if (source_[at_] == '\n') {
        ++line_;
        column_ = 1;
      } else {
        ++column_;
      }
    }
  }
  void SkipBlanks() {
    while (Peek() == ' ' || Peek() == '\t' || Peek() == '\r') Next();
  }
  // Past blanks and line ends, if a line ends here.
  bool SkipLineEnds() {
    size_t ahead = 0;
    while (Peek(ahead) == ' ' || Peek(ahead) == '\t' || Peek(ahead) == '\r') ++ahead;
    if (Peek(ahead) != '\n') return false;
    while (!ended() && (Peek() == ' ' || Peek() == '\t' || Peek() == '\r' || Peek() == '\n'))
      Next();
    return true;
  }
  Place place(const Place& like) const { return {like.file, line_, column_}; }
  int line() const { return line_; }
  int column() const { return column_; }

 private:
  std::string_view source_;
  size_t at_;
  int line_;
  int column_;
};

// Bytes that an escape of double quotes takes in the file.
size_t EscapeLength(char kind) {
  switch (kind) {
    case 'x':
      return 4;
    case 'u':
      return 6;
    case 'U':
      return 10;
    default:
      return 2;
  }
}

// Bytes of the character that begins with `lead`.
size_t CharacterLength(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

}  // namespace

TextPlaces PlacesOfScalar(std::string_view source, size_t mark, const Place& place,
                          std::string_view scalar) {
  TextPlaces places(place);
  Cursor cursor(source, mark, place);
  while (cursor.Peek() == '&' || cursor.Peek() == '!') {  // an anchor or a tag stands before it
    while (!cursor.ended() && cursor.Peek() != ' ' && cursor.Peek() != '\n') cursor.Next();
    cursor.SkipBlanks();
  }
  size_t begin = 0;
  char style = cursor.Peek();
  if (style == '\'' || style == '"') {
    cursor.Next();
  } else if (style == '|' || style == '>') {
    while (!cursor.ended() && cursor.Peek() != '\n') cursor.Next();
    cursor.SkipLineEnds();
    while (begin < scalar.size() && scalar[begin] == '\n') ++begin;  // empty lines at the top
  } else {
    style = '\0';
  }
  int line = place.line;
  int shift = place.column;  // the column of byte 0 if everything stood on one line as written
  for (size_t i = begin; i < scalar.size() && !cursor.ended();) {
    const bool folded = (scalar[i] == ' ' || scalar[i] == '\n') && cursor.SkipLineEnds();
    if (cursor.line() != line || cursor.column() - static_cast<int>(i) != shift) {
      if (!folded) {
        places.Break(i, cursor.place(place));
        line = cursor.line();
        shift = cursor.column() - static_cast<int>(i);
      }
    }
    if (folded) {
      while (i < scalar.size() && (scalar[i] == ' ' || scalar[i] == '\n')) ++i;
      continue;
    }
    if (style == '"' && cursor.Peek() == '\\') {
      cursor.Next(EscapeLength(cursor.Peek(1)));
      i += CharacterLength(scalar[i]);
      continue;
    }
    if (style == '\'' && cursor.Peek() == '\'') cursor.Next();  // stands doubled
    if (cursor.Peek() != scalar[i]) break;
    cursor.Next();
    ++i;
  }
  return places;
}

}  // namespace vedette
