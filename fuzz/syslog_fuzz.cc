// The envelope of a line: collector prefix, syslog headers, structured data.
#include <cstdint>
#include <vector>

#include "parse/envelope.h"
#include "reader_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vedette;
  // In a buffer of its own, so that a read beyond its end is seen.
  const std::vector<char> bytes(data, data + size);
  const std::string_view text(bytes.data(), bytes.size());
  const FuzzPaths paths;
  Record record(paths.table);
  record.Begin();
  const Envelope envelope =
      ReadEnvelope(text, *Zone::Utc(), Timestamp{1'775'000'000 * kNanosPerSecond});
  // What is left is part of the line.
  CHECK(envelope.payload.empty() ||
        (envelope.payload.data() >= text.data() &&
         envelope.payload.data() + envelope.payload.size() <= text.data() + text.size()));
  StoreEnvelope(envelope, text, paths.table, record);
  paths.Whole(record);
  return 0;
}
