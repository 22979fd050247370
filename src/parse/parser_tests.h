// Runs the tests beside parsers: a raw log, and what it has to become. The form of the files:
// docs/content.md, "Parser tests".
//
// Every expectation that is not met is a fault with the place of the expectation.
#pragma once

#include "content/library.h"
#include "expr/lookups.h"
#include "parse/parsers.h"

namespace vedette {

struct ParserTestReport {
  size_t tests = 0;
  size_t failed = 0;
  std::vector<size_t> by_parser;  // tests whose record this parser took
};

// "Now" for the tests, which year-less times are resolved against.
inline constexpr Timestamp kTestIngestTime{1'775'000'000 * kNanosPerSecond};  // 2026-03-31

ParserTestReport RunParserTests(const ContentLibrary& library, const ParserSet& parsers,
                                const Program& program, const Lookups& lookups,
                                Diagnostics& faults);

}  // namespace vedette
