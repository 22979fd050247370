#include "simulated_world.h"

#include <algorithm>
#include <map>

#include "core/check.h"
#include "engine/parsed_block.h"
#include "enrich/enricher.h"
#include "ingest/discover.h"
#include "ingest/line_reader.h"
#include "parse/line_parser.h"
#include "simulate/simulate.h"

namespace vedette::bench {
namespace {

struct NoObserver : ParseObserver {
  void Parsed(const Event&) override {}
  void Dropped(ParserId, std::string_view, uint32_t) override {}
  void Unmatched(std::string_view, uint32_t) override {}
  void Malformed(ParserId, std::string_view, uint32_t) override {}
};

}  // namespace

SimulatedLogs::SimulatedLogs(int people, int days) {
  simulate::SimulationOptions options;
  options.users = people;
  options.days = days;
  options.seed = 7;
  options.folder = folder_.path();
  CHECK(simulate::Simulate(options).has_value());
  Diagnostics faults;
  content_ = ContentSet::Load({.content_folder = VEDETTE_SOURCE_DIR "/content",
                               .context_folder = folder_.path() + "/context"},
                              faults);
  CHECK(!faults.has_errors());
}

const SimulatedWorld& SimulatedWorld::Get(int people, int days) {
  static std::map<std::pair<int, int>, std::unique_ptr<SimulatedWorld>> worlds;
  std::unique_ptr<SimulatedWorld>& world = worlds[{people, days}];
  if (world == nullptr) world.reset(new SimulatedWorld(people, days));
  return *world;
}

SimulatedWorld::SimulatedWorld(int people, int days) : logs_(people, days) {
  Diagnostics faults;
  for (const SourceFile& source : DiscoverSources({folder()}, faults)) {
    files_.push_back(source.path);
    Result<LineReader> reader = LineReader::OpenAt(source.path);
    for (LineBlock block; reader->Next(block); block.Clear()) {
      for (const RawLine& line : block.lines) {
        lines_.push_back(line.text);
        if (!line.text.empty() && line.text.front() == '{') json_.push_back(line.text);
        bytes_ += line.text.size() + 1;
      }
      blocks_.push_back(std::move(block));
    }
  }

  const ContentSet& content = logs_.content();
  LineParser parser(content.parsers, content.library.schema, content.compiler.program(),
                    content.tables);
  Enricher enricher(content.library.schema, content.tables, nullptr);
  NoObserver observer;
  for (std::string_view line : lines_) parser.Parse(line, kNoIngestTime, batch_, observer);
  for (Event* event : batch_.events) enricher.Enrich(*event, batch_.arena);
  std::sort(batch_.events.begin(), batch_.events.end(),
            [](const Event* a, const Event* b) { return EventBefore(*a, *b); });
}

}  // namespace vedette::bench
