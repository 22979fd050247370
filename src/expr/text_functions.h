// Text functions of the condition language. Positions and lengths count Unicode code points. All
// are pure; views point into the input.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/arena.h"
#include "event/value.h"

namespace vedette {

int64_t CountCharacters(std::string_view text);
std::string_view DropCharacters(std::string_view text, int64_t n);
std::string_view DropRightCharacters(std::string_view text, int64_t n);
std::string_view SubCharacters(std::string_view text, int64_t from, int64_t length);
// Without the n-th `part` (from 1) and all after; unchanged when there are fewer.
std::string_view ChopAfter(std::string_view text, std::string_view part, int64_t n);
// Without everything up to and with the n-th `part`; unchanged when there are fewer.
std::string_view ChopBefore(std::string_view text, std::string_view part, int64_t n);
std::string_view CommonPrefix(std::string_view a, std::string_view b);
std::string_view CommonSuffix(std::string_view a, std::string_view b);
// Byte offset of `part`, or npos; an empty part is at 0.
size_t FindPart(std::string_view text, std::string_view part);
// How often `part` stands in the text, from left to right without overlaps; an empty part never
// does.
size_t CountParts(std::string_view text, std::string_view part);
// Writes the text with every `from` replaced; `out` has room for it (see CountParts).
void ReplaceParts(std::string_view text, std::string_view from, std::string_view to, char* out);
// The i-th part (from 0) between separators; nothing when there is none.
std::optional<std::string_view> SplitPart(std::string_view text, std::string_view separator,
                                          int64_t i);
// Bits per character of the text's own distribution.
double ShannonBits(std::string_view text, Arena& scratch);
// A number from hex digits, with or without 0x; null when it is none or larger than 63 bits.
Value ParseHex(std::string_view text);
// Appends `spec` with %s %d %x %f (width, precision, "-", "0") filled in and %% as a percent sign;
// a null prints nothing. Stops when `out` has grown beyond `most`.
void AppendFormatted(std::string& out, std::string_view spec, std::span<const Value> values,
                     size_t most);

// What changing the case of a text takes: nothing, its ASCII letters, or Unicode's tables.
enum class CaseChange { kNone, kAscii, kUnicode };
CaseChange CaseOf(std::string_view text, bool lower);
// For ASCII texts; `out` has room for as many bytes.
void ChangeAsciiCase(std::string_view text, bool lower, char* out);

// Behind the last dot of the last path part; empty when there is none.
std::string_view FileExtension(std::string_view path);

}  // namespace vedette
