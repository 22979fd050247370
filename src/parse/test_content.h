// For tests and benchmarks: a content folder, or parsers written in the test, ready to parse lines
// without enrichment.
//
//   TestContent content(VEDETTE_SOURCE_DIR "/content");        // or TestContent content({"id: x\nvendor: …", …});
//   content.Parse(R"({"category":…})");                        // "parsed dlp-alert by x" and the like, one per record
//   content.batch.events…
//
// Lists and tables are empty.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "content/library.h"
#include "parse/line_parser.h"

namespace vedette {

class NoLookups : public Lookups {
 public:
  int FindTable(std::string_view) const override { return 0; }
  bool ListContains(int, std::string_view) const override { return false; }
  bool TableHasKey(int, std::string_view) const override { return false; }
  Value TableValue(int, std::string_view, std::string_view) const override { return {}; }
  Value EntityAttribute(bool, std::string_view, std::string_view) const override { return {}; }
  bool IsSmallGroup(std::string_view) const override { return false; }
  std::span<const std::string> MembersOf(std::string_view) const override { return {}; }
  std::string_view TopDomain(std::string_view) const override { return {}; }
  const Zone* ZoneOf(const Event&) const override { return Zone::Utc(); }
};

class TestContent {
 public:
  static constexpr Timestamp kIngestTime{1'775'000'000 * kNanosPerSecond};  // 2026-03-31

  explicit TestContent(const std::string& folder) : library(ContentLibrary::Load(folder, faults)) {
    Load();
  }

  // The schema of the shipped content and these parser files.
  TestContent(const std::string& shipped, const std::vector<std::string>& parsers)
      : library(ContentLibrary::Load(shipped, faults)) {
    library.parsers.clear();
    for (size_t i = 0; i < parsers.size(); ++i) {
      const std::string name = "parsers/test/" + std::to_string(i) + ".yaml";
      Result<Node> root = ParseYaml(parsers[i], name);
      if (root) {
        library.parsers.push_back({name, *std::move(root)});
      } else {
        faults.Error(root.error().place, root.error().code, root.error().message);
      }
    }
    Load();
  }

  // What became of each record, one a line: "parsed <event type> by <parser>", "dropped by
  // <parser>: <reason>", "unmatched: <reason>", "malformed: <reason>", "malformed by <parser>:
  // <reason>".
  std::string Parse(std::string_view line) {
    Tale tale(*this);
    lines.push_back(std::make_unique<std::string>(line));
    lines.back()->append(64, '\0');
    line_parser->Parse({lines.back()->data(), line.size()}, kIngestTime, batch, tale);
    return tale.text;
  }

  // A field of the last event as text with its kind left out; empty when absent.
  std::string Field(std::string_view name) const {
    if (batch.events.empty()) return {};
    return batch.events.back()->Get(library.schema.FindField(name)->id).ToText();
  }

  Diagnostics faults;
  ContentLibrary library;
  RawNames raw_names;
  NoLookups lookups;
  std::unique_ptr<Compiler> compiler;
  ParserSet parsers;
  std::unique_ptr<LineParser> line_parser;
  Batch batch;
  std::vector<std::unique_ptr<std::string>> lines;  // events point into them

 private:
  struct Tale : ParseObserver {
    explicit Tale(const TestContent& c) : content(c) {}
    std::string text;
    const TestContent& content;

    void Add(std::string_view line) { text += (text.empty() ? "" : "\n") + std::string(line); }
    const std::string& Id(ParserId parser) const { return content.parsers.parsers()[parser].id; }
    void Parsed(const Event& event) override {
      Add("parsed " + content.library.schema.event_type(event.type).name + " by " +
          Id(event.parser));
    }
    void Dropped(ParserId parser, std::string_view reason, uint32_t) override {
      Add("dropped by " + Id(parser) + ": " + std::string(reason));
    }
    void Unmatched(std::string_view reason, uint32_t) override {
      Add("unmatched: " + std::string(reason));
    }
    void Malformed(ParserId parser, std::string_view reason, uint32_t) override {
      Add("malformed" + (parser == kNoParser ? std::string() : " by " + Id(parser)) + ": " +
          std::string(reason));
    }
  };

  void Load() {
    compiler = std::make_unique<Compiler>(library.schema, raw_names, lookups);
    parsers = ParserSet::Load(library, raw_names, *compiler, faults);
    parsers.Finish(raw_names);
    line_parser =
        std::make_unique<LineParser>(parsers, library.schema, compiler->program(), lookups);
  }
};

}  // namespace vedette
