// LEEF 1.0 and 2.0.
#include <cstdint>
#include <vector>

#include "reader_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vedette;
  // In a buffer of its own, so that a read beyond its end is seen.
  const std::vector<char> bytes(data, data + size);
  const std::string_view text(bytes.data(), bytes.size());
  ReadTwice([&](const PathTable&, PairReader& pairs, JsonReader& json, Record& record) {
    return pairs.ReadLeef(text, json, record);
  });
  return 0;
}
