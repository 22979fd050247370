// JSON, as records and as containers of records.
#include <cstdint>
#include <vector>

#include "reader_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vedette;
  // In a buffer of its own, so that a read beyond its end is seen.
  const std::vector<char> bytes(data, data + size);
  const std::string_view text(bytes.data(), bytes.size());
  ReadTwice([&](const PathTable& paths, PairReader&, JsonReader& json, Record& record) {
    const JsonOutcome outcome = json.ReadObject(text, paths.root(), record);
    size_t elements = 0;
    json.ForEachElement(text, outcome == JsonOutcome::kArray ? "" : "l",
                        [&](std::string_view element) { elements += !element.empty(); });
    json.TopLevelText(text, "a.b", record.arena());
    return outcome == JsonOutcome::kObject;
  });
  return 0;
}
