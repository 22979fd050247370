// A whole raw line with the shipped parsers: every record of it has one outcome, a second parser
// that has seen nothing says the same, and reading only the times misses none.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "core/check.h"
#include "event/event_json.h"
#include "parse/test_content.h"

namespace vedette {
namespace {

// What was told, and all that the events hold.
struct Story : ParseObserver {
  explicit Story(const Schema& s) : schema(s) {}
  const Schema& schema;
  std::string text;
  uint32_t records = 0;
  size_t parsed = 0;

  void Next(std::string_view what, std::string_view why, uint32_t record) {
    CHECK(record == records++);
    CHECK(!why.empty());
    text += std::string(what) + ": " + std::string(why) + "\n";
  }
  void Parsed(const Event& event) override {
    ++parsed;
    Next("parsed", schema.event_type(event.type).name, event.position.record);
    text += event.id.ToHex() + " " + FormatIso8601(event.time) + "\n";
    AppendFieldsJson(text, event, schema);
    for (uint16_t i = 0; i < event.raw_count(); ++i) text += event.raw_entries()[i].value.ToText();
  }
  void Dropped(ParserId, std::string_view why, uint32_t record) override {
    Next("dropped", why, record);
  }
  void Unmatched(std::string_view why, uint32_t record) override { Next("unmatched", why, record); }
  void Malformed(ParserId, std::string_view why, uint32_t record) override {
    Next("malformed", why, record);
  }
};

std::string Tell(const TestContent& content, LineParser& parser, std::string_view line,
                 Batch& batch) {
  Story story(content.library.schema);
  parser.Parse(line, TestContent::kIngestTime, batch, story);
  CHECK(story.records > 0);
  CHECK(batch.events.size() == story.parsed);
  return story.text;
}

}  // namespace
}  // namespace vedette

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vedette;
  static TestContent content(VEDETTE_SOURCE_DIR "/content");
  std::string line(reinterpret_cast<const char*>(data), size);
  line.append(64, '\0');
  const std::string_view text(line.data(), size);
  content.batch.Clear();
  const std::string warm = Tell(content, *content.line_parser, text, content.batch);
  LineParser fresh(content.parsers, content.library.schema, content.compiler->program(),
                   content.lookups);
  Batch batch;
  CHECK(Tell(content, fresh, text, batch) == warm);
  std::vector<Timestamp> times;
  fresh.ReadTimes(text, TestContent::kIngestTime, [&](Timestamp time) { times.push_back(time); });
  for (const Event* event : batch.events)
    CHECK(std::find(times.begin(), times.end(), event->time) != times.end());
  return 0;
}
