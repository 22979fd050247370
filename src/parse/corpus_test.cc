// Real logs, when somebody has some: VEDETTE_CORPUS=<folder> parse_test --gtest_filter='Corpus.*'.
// Every line below the folder is parsed or counted, and what is parsed has a type, a time, and the
// user and host that the record names.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "parse/test_content.h"

namespace vedette {
namespace {

namespace fs = std::filesystem;

// Whether one of these keys, by which records of the five products name people and machines, has a
// value. Accounts of the system are no people.
bool Names(std::string_view line, std::initializer_list<std::string_view> keys) {
  for (std::string_view key : keys) {
    const std::string start = fmt::format("\"{}\":\"", key);
    const size_t at = line.find(start);
    if (at == std::string_view::npos) continue;
    std::string_view value = line.substr(at + start.size());
    value = value.substr(0, value.find('"'));
    if (!value.empty() && !EqualsIgnoreCase(value, "system") && !EndsWith(value, " SERVICE") &&
        value.back() != '$')
      return true;
  }
  return false;
}

TEST(Corpus, EveryLineIsParsedOrCounted) {
  const char* folder = std::getenv("VEDETTE_CORPUS");
  if (folder == nullptr) GTEST_SKIP() << "VEDETTE_CORPUS names no folder of logs";
  TestContent content(VEDETTE_SOURCE_DIR "/content");
  ASSERT_FALSE(content.faults.has_errors()) << content.faults.Render();
  struct Counts {
    size_t lines = 0, parsed = 0, other = 0;
  };
  std::map<std::string, Counts> by_file;
  std::map<std::string, size_t> by_kind;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().extension() == ".md") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    Counts& counts = by_file[fs::relative(entry.path(), folder).generic_string()];
    for (std::string line; std::getline(file, line);) {
      while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.pop_back();
      if (line.empty()) continue;
      ++counts.lines;
      const size_t before = content.batch.events.size();
      const std::string told = content.Parse(line);
      ASSERT_FALSE(told.empty()) << line;
      for (size_t at = 0; at < told.size();
           at = told.find('\n', at) == std::string::npos ? told.size() : told.find('\n', at) + 1) {
        const std::string one = told.substr(at, told.find('\n', at) - at);
        ++by_kind[one];
        (one.starts_with("parsed") ? counts.parsed : counts.other) += 1;
      }
      for (size_t i = before; i < content.batch.events.size(); ++i) {
        const Event& event = *content.batch.events[i];
        EXPECT_NE(event.type, kNoEventType) << line;
        EXPECT_GT(event.time.ns, 0) << line;
        const KnownFields& known = content.library.schema.known();
        if (Names(line, {"DeviceName", "device_name"})) {
          EXPECT_TRUE(event.Has(known.host) || event.Has(known.src_host) ||
                      event.Has(known.dest_host))
              << told << "\n"
              << line;
        }
        if (Names(line, {"AccountUpn", "user_name"}) && !Names(line, {"AlertId"})) {
          EXPECT_TRUE(event.Has(known.user) || event.Has(known.user_upn) ||
                      event.Has(known.account) || event.Has(known.dest_user) ||
                      event.Has(known.user_sid))
              << told << "\n"
              << line;
        }
      }
    }
  }
  fmt::print("{:<80}{:>8}{:>8}{:>8}\n", "file", "lines", "parsed", "other");
  for (const auto& [name, c] : by_file)
    fmt::print("{:<80}{:>8}{:>8}{:>8}\n", name, c.lines, c.parsed, c.other);
  for (const auto& [told, count] : by_kind) fmt::print("{:>6}  {}\n", count, told);
  EXPECT_FALSE(by_file.empty());
}

}  // namespace
}  // namespace vedette
