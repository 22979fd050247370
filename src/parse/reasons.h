// Why a record is no event: the words that summaries count and users search for. Drops have the
// reasons that content gives.
#pragma once

#include <string_view>

namespace vedette::parse_reason {

// Unmatched.
inline constexpr std::string_view kNoParser = "no-parser";  // no form of any parser fits
inline constexpr std::string_view kNoEventType =
    "no-event-type";  // a parser fits, none of its event entries does

// Malformed.
inline constexpr std::string_view kBadTime =
    "unreadable-time";  // none of the parser's times can be read
inline constexpr std::string_view kEarlyTime = "time-before-2000";  // of a clock that was never set
inline constexpr std::string_view kBadUtf8 = "invalid-utf-8";
inline constexpr std::string_view kNul = "nul-byte";
inline constexpr std::string_view kBrokenJson = "broken-json";
inline constexpr std::string_view kTruncatedJson = "truncated-json";
inline constexpr std::string_view kTooDeep =
    "nested-too-deep";  // brackets in brackets, or records in records
inline constexpr std::string_view kBrokenCef = "broken-cef";  // the header has too few parts
inline constexpr std::string_view kBrokenLeef =
    "broken-leef";  // as above, or the delimiter is none
inline constexpr std::string_view kBrokenPairs = "broken-pairs";  // a quote is not closed
inline constexpr std::string_view kBrokenColumns =
    "broken-columns";  // a quote is not closed, or closed too early
inline constexpr std::string_view kPatternLimit =
    "pattern-limit";  // a regular expression took too long

}  // namespace vedette::parse_reason
