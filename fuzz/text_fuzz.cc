// Regular expressions and times over free text: whatever stands there, they come to an end within
// their limits.
#include <cstdint>
#include <vector>

#include "core/check.h"
#include "parse/text_pattern.h"
#include "parse/time_format.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vedette;
  static const std::vector<TextPattern> patterns = [] {
    std::vector<TextPattern> made;
    for (const char* text : {R"(^(?<a>\w+)\s*[:=]\s*(?<b>.+?)(?=\s+\w+\s*[:=]|$))",
                             R"((?<a>(x+x+)+y))", R"((?<time>\d{4}-\d\d-\d\d).*?(?<rest>\S+)$)"}) {
      made.push_back(*TextPattern::Compile(text));
    }
    return made;
  }();
  static const std::vector<TimeFormat> formats = [] {
    std::vector<TimeFormat> made;
    for (const char* text :
         {"iso8601", "epoch", "epoch_ms", "syslog", "yyyyMMdd Hmm", "M/d/yyyy h:mm:ss a",
          "MMM d yyyy HH:mm:ss 'GMT'XXX", "dd.MM.yy HH:mm:ss.SSS zzz"}) {
      made.push_back(*TimeFormat::Compile(text));
    }
    return made;
  }();
  const std::vector<char> bytes(data, data + size);
  const std::string_view text(bytes.data(), bytes.size());
  for (const TextPattern& pattern : patterns) {
    pattern.Match(text, [&](size_t, std::string_view value) {
      CHECK(value.data() >= text.data() &&
            value.data() + value.size() <= text.data() + text.size());
    });
    std::string_view first;
    pattern.First(text, &first);
  }
  for (const TimeFormat& format : formats)
    format.Read(Value::String(text), *Zone::Utc(), Timestamp{1'775'000'000 * kNanosPerSecond});
  return 0;
}
