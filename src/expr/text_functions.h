// Text functions of the condition language. Positions and lengths count Unicode code points. All are pure; views point into the input.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

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
std::string ReplaceAll(std::string_view text, std::string_view from, std::string_view to);
// The i-th part (from 0) between separators; nothing when there is none.
std::optional<std::string_view> SplitPart(std::string_view text, std::string_view separator, int64_t i);
// Bits per character of the text's own distribution.
double ShannonBits(std::string_view text);
// A number from hex digits, with or without 0x; null when it is none or larger than 63 bits.
Value ParseHex(std::string_view text);
// %s %d %x %f with width and precision, %% for a percent sign; a null prints nothing.
std::string FormatValues(std::string_view spec, std::span<const Value> values);
// The host of a URL, without user, port and brackets; of a bare host the host itself.
std::string_view UrlHost(std::string_view url);
// Behind the last dot of the last path part; empty when there is none.
std::string_view FileExtension(std::string_view path);

}  // namespace vedette
