// Small text functions that many parts need. All are pure; views point into their input.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vedette {

inline char ToLowerAscii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
inline char ToUpperAscii(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
inline bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::string_view Trim(std::string_view text);
bool IsAscii(std::string_view text);
bool IsValidUtf8(std::string_view text);

// Compares ASCII letters without case, other bytes exactly.
bool EqualsIgnoreCase(std::string_view a, std::string_view b);
bool StartsWith(std::string_view text, std::string_view prefix);
bool EndsWith(std::string_view text, std::string_view suffix);

// Lower or upper case by Unicode; ASCII without a look-up. Invalid UTF-8 keeps its bytes.
std::string ToLower(std::string_view text);
std::string ToUpper(std::string_view text);
// As these, behind what `out` holds: for buffers that are used again.
void AppendLower(std::string& out, std::string_view text);
void AppendUpper(std::string& out, std::string_view text);

// Unicode simple case folding: each code point becomes one code point, so that two texts differ
// only in case exactly if their foldings are equal. No normal form, no locale. Source: Unicode
// CaseFolding.txt, statuses C and S.
std::string FoldCase(std::string_view text);
void AppendFolded(std::string& out, std::string_view text);

// Writes the text with ASCII letters in lower case and other bytes as they are. False when there
// was a byte that is not ASCII. `to` has room for text.size() bytes. Cost: a few instructions for
// eight bytes.
bool LowerAsciiTo(char* to, std::string_view text);

// Bytes of the character at `at`: of a code point in valid UTF-8, else 1. Requires at < size.
size_t CharacterLength(std::string_view text, size_t at);
// Whether a text begins with a letter, a digit or an underscore, by Unicode.
bool IsWordCharacter(std::string_view text);

// How values become model keys: trimmed, Unicode NFC, lower case unless `case_sensitive`
// (semantics 4.2). `scratch` is used only when something had to change; the result points into
// `text` or `scratch`.
std::string_view NormalizeKey(std::string_view text, bool case_sensitive, std::string& scratch);

// The whole text as a number; nothing may be left over.
std::optional<int64_t> ParseInt(std::string_view text);
// Bytes: "4096", "200kB", "64MB", "1.5GB" (powers of ten) or "64MiB" (of two). Nothing else.
std::optional<uint64_t> ParseSize(std::string_view text);
std::optional<double> ParseDouble(std::string_view text);

// Appends `text` with JSON escapes, without quotes. Invalid UTF-8 becomes U+FFFD.
void AppendJsonEscaped(std::string& out, std::string_view text);

}  // namespace vedette
