#include "parse/parser_tests.h"

#include <fmt/format.h>

#include "core/text.h"
#include "event/event_json.h"
#include "parse/line_parser.h"

namespace vedette {
namespace {

// What became of the first record.
struct Seen : ParseObserver {
  std::string status = "nothing";
  std::string reason;
  ParserId parser = kNoParser;
  size_t records = 0;

  void Note(std::string_view what, std::string_view why, ParserId which) {
    if (records++ > 0) return;
    status = std::string(what);
    reason = std::string(why);
    parser = which;
  }
  void Parsed(const Event& event) override { Note("parsed", "", event.parser); }
  void Dropped(ParserId which, std::string_view why, uint32_t) override {
    Note("dropped", why, which);
  }
  void Unmatched(std::string_view why, uint32_t) override { Note("unmatched", why, kNoParser); }
  void Malformed(ParserId which, std::string_view why, uint32_t) override {
    Note("malformed", why, which);
  }
};

std::string Shown(const Value& value) {
  if (!value.is_list()) return value.ToText();
  std::string text = "[";
  for (uint32_t i = 0; i < value.size(); ++i)
    text += (i > 0 ? ", " : "") + value.items()[i].ToText();
  return text + "]";
}

std::string Shown(const Node& node) {
  if (!node.is_list()) return node.scalar;
  std::string text = "[";
  for (size_t i = 0; i < node.items.size(); ++i) text += (i > 0 ? ", " : "") + node.items[i].scalar;
  return text + "]";
}

class ParserTester {
 public:
  ParserTester(const ContentLibrary& library, const ParserSet& parsers, const Program& program,
               const Lookups& lookups, ParserTestReport& report, Diagnostics& faults)
      : schema_(library.schema),
        parsers_(parsers),
        line_parser_(parsers, library.schema, program, lookups),
        report_(report),
        faults_(faults) {}

  void Run(const ContentFile& file) {
    MapReader map(file.root, "parser test file", faults_);
    const Node* tests = map.Required("tests");
    map.Finish();
    if (tests == nullptr) return;
    for (const Node& test : tests->items) {
      const size_t before = faults_.errors();
      RunTest(file.path, test);
      ++report_.tests;
      if (faults_.errors() > before) ++report_.failed;
    }
  }

 private:
  void RunTest(const std::string& path, const Node& node) {
    MapReader map(node, "parser test", faults_);
    const std::string name = map.RequiredText("name");
    std::string raw = map.RequiredText("raw");
    const Node* expect = map.Required("expect");
    map.Finish();
    if (expect == nullptr) return;
    const size_t size = raw.size();
    raw.append(64, '\0');
    Batch batch;
    Seen seen;
    line_parser_.Parse({raw.data(), size}, kTestIngestTime, batch, seen);
    if (seen.parser != kNoParser) ++report_.by_parser[seen.parser];

    MapReader expected(*expect, "expectation", faults_);
    const std::string status = expected.Text("status", "parsed");
    const std::string parser = expected.Text("parser");
    const std::string event_type = expected.Text("event_type");
    const std::string time = expected.Text("time");
    const Node* fields = expected.Get("fields");
    const std::vector<std::string> absent = expected.Texts("absent");
    const int64_t records = expected.Int("records", -1);
    expected.Finish();

    const std::string got_parser =
        seen.parser == kNoParser ? "no parser" : parsers_.parsers()[seen.parser].id;
    const auto fail = [&](const Place& place, std::string message) {
      faults_.Error(place, "parser-test", fmt::format("{}: {}", name, message));
    };
    // "unmatched" in a parser's own test also means: another parser took it.
    const bool other =
        status == "unmatched" && seen.parser != kNoParser && !BelongsTo(path, seen.parser);
    if (seen.status != status && !other) {
      fail(expect->place,
           fmt::format("the record is {}{}{} by {}, not {}", seen.status,
                       seen.reason.empty() ? "" : ": ", seen.reason, got_parser, status));
      return;
    }
    if (records >= 0 && static_cast<size_t>(records) != seen.records) {
      fail(expect->place, fmt::format("the line holds {} records, not {}", seen.records, records));
    }
    if (!parser.empty() && parser != got_parser)
      fail(expected.PlaceOf("parser"), fmt::format("{} took it, not {}", got_parser, parser));
    if (seen.status != "parsed") return;
    if (status == "parsed" && parser.empty() && !BelongsTo(path, seen.parser)) {
      fail(expect->place, fmt::format("{} took it, which is not this file's parser", got_parser));
    }
    const Event& event = *batch.events.front();
    const std::string& got_type = schema_.event_type(event.type).name;
    if (!event_type.empty() && got_type != event_type)
      fail(expected.PlaceOf("event_type"),
           fmt::format("the event is {}, not {}", got_type, event_type));
    if (!time.empty()) {
      const auto wanted = ParseIso8601(time);
      if (!wanted || *wanted != event.time)
        fail(expected.PlaceOf("time"),
             fmt::format("the time is {}, not {}", FormatIso8601(event.time), time));
    }
    if (fields != nullptr) CheckFields(*fields, event, fail);
    for (const std::string& field : absent) {
      const Schema::Field* known = schema_.FindField(field);
      if (known == nullptr) {
        fail(expected.PlaceOf("absent"), fmt::format("there is no field '{}'; {}", field,
                                                     DidYouMean(field, schema_.FieldNames())));
      } else if (event.Has(known->id)) {
        fail(expected.PlaceOf("absent"),
             fmt::format("{} is '{}', not absent", field, Shown(event.Get(known->id))));
      }
    }
  }

  template <typename Fail>
  void CheckFields(const Node& fields, const Event& event, const Fail& fail) {
    for (const auto& [field, wanted] : fields.pairs) {
      const Schema::Field* known = schema_.FindField(field);
      if (known == nullptr) {
        fail(wanted.place, fmt::format("there is no field '{}'; {}", field,
                                       DidYouMean(field, schema_.FieldNames())));
        continue;
      }
      const Value value = event.Get(known->id);
      if (value.is_null()) {
        fail(wanted.place, fmt::format("{} is absent, not '{}'", field, Shown(wanted)));
      } else if (Shown(value) != Shown(wanted)) {
        fail(wanted.place, fmt::format("{} is '{}', not '{}'", field, Shown(value), Shown(wanted)));
      }
    }
  }

  bool BelongsTo(const std::string& test_path, ParserId parser) const {
    const std::string beside =
        test_path.substr(0, test_path.size() - std::string_view(".test.yaml").size()) + ".yaml";
    return parsers_.parsers()[parser].file == beside;
  }

  const Schema& schema_;
  const ParserSet& parsers_;
  LineParser line_parser_;
  ParserTestReport& report_;
  Diagnostics& faults_;
};

}  // namespace

ParserTestReport RunParserTests(const ContentLibrary& library, const ParserSet& parsers,
                                const Program& program, const Lookups& lookups,
                                Diagnostics& faults) {
  ParserTestReport report;
  report.by_parser.resize(parsers.parsers().size());
  ParserTester tester(library, parsers, program, lookups, report, faults);
  for (const ContentFile& file : library.parser_tests) tester.Run(file);
  return report;
}

}  // namespace vedette
