#include "parse/line_parser.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parse/test_content.h"

namespace vedette {
namespace {

// A made-up product: no C++ knows it.
constexpr std::string_view kGuard = R"(
id: acme-guard
vendor: Acme
product: Guard
title: Files copied
forms:
  - {format: json, match: {kind: copy}, root: data}
  - {format: json, match: {Type: GuardCopy_CL}, suffixes: [_s, _d]}
  - {format: cef, match: {cef.vendor: Acme, cef.signature: ['42', '43']}}
  - {format: leef, match: {leef.vendor: Acme}}
  - {format: kv, match: {product: guard}}
  - {format: csv, match: {col.0: GUARD}, columns: [tag, at, host, user, file, size, ip]}
  - format: text
    match: {text: [guard copied]}
    patterns: ['guard copied (?<file>\S+) by (?<user>\w+)', ' at (?<at>\S+)']
time: {from: [at, $.received, syslog.time], formats: [iso8601, epoch_ms, syslog]}
id_from: [number]
fields:
  host: [host, syslog.host]
  user: {from: [user, account], skip: [system], take: [lower]}
  file_name: {from: file, take: [basename]}
  bytes: size
  src_ip: ip
  recipients: {from: [to, cc], all: true}
  outcome: {value: success}
events:
  - {drop: a heartbeat, when: "raw.action = 'beat'"}
  - {type: usb-write, when: "raw.action = 'usb'", fields: {device_type: {value: usb}, outcome: result}}
  - {type: file-write, when: "raw.action = null OR raw.action = 'copy'"}
)";

class LineParserTest : public ::testing::Test {
 protected:
  LineParserTest() : content(VEDETTE_SOURCE_DIR "/content", {std::string(kGuard)}) {}
  void SetUp() override { ASSERT_EQ(content.faults.Render(), ""); }
  TestContent content;
};

TEST_F(LineParserTest, EveryFormOfAMadeUpProduct) {
  const std::string lines[] = {
      R"({"kind":"copy","data":{"at":"2026-03-07T14:05:09Z","host":"ws-17","user":"ADA","file":"E:\\out\\plan.zip","size":7,"ip":"192.0.2.7"}})",
      R"({"Type":"GuardCopy_CL","at_s":"2026-03-07T14:05:09Z","host_s":"ws-17","user_s":"ada","file_s":"plan.zip","size_d":7,"ip_s":"192.0.2.7"})",
      R"(<134>Mar  7 14:05:12 relay CEF:0|Acme|Guard|1|42|Copied|3|at=2026-03-07T14:05:09Z host=ws-17 user=ada file=/out/plan.zip size=7 ip=192.0.2.7)",
      "LEEF:2.0|Acme|Guard|1|copy|^|at=1772892309000^host=ws-17^user=ada^file=plan.zip^size=7^ip="
      "192.0.2.7",
      R"(product=guard at=2026-03-07T14:05:09Z host=ws-17 user="ada" file=plan.zip size=7 ip=192.0.2.7)",
      "GUARD,2026-03-07T14:05:09Z,ws-17,ada,plan.zip,7,192.0.2.7",
      R"({"message":"LEEF:1.0|Acme|Guard|1|copy|at=1772892309000\thost=ws-17\tuser=ada\tfile=plan.zip\tsize=7\tip=192.0.2.7"})",
      R"(collector_host=10.0.0.1 raw={"kind":"copy","data":{"at":"2026-03-07T14:05:09Z","host":"ws-17","user":"ada","file":"plan.zip","size":7,"ip":"192.0.2.7"}})",
  };
  for (const std::string& line : lines) {
    ASSERT_EQ(content.Parse(line), "parsed file-write by acme-guard") << line;
    EXPECT_EQ(FormatIso8601(content.batch.events.back()->time), "2026-03-07T14:05:09Z") << line;
    EXPECT_EQ(content.Field("host"), "ws-17") << line;
    EXPECT_EQ(content.Field("user"), "ada") << line;
    EXPECT_EQ(content.Field("file_name"), "plan.zip") << line;
    EXPECT_EQ(content.Field("bytes"), "7") << line;
    EXPECT_EQ(content.Field("src_ip"), "192.0.2.7") << line;
    EXPECT_EQ(content.Field("outcome"), "success") << line;
  }
  ASSERT_EQ(content.Parse("<14>Mar  7 14:05:09 ws-17 app: guard copied plan.zip by Ada"),
            "parsed file-write by acme-guard");
  EXPECT_EQ(FormatIso8601(content.batch.events.back()->time), "2026-03-07T14:05:09Z");
  EXPECT_EQ(content.Field("host"), "ws-17");
  EXPECT_EQ(content.Field("user"), "ada");
}

TEST_F(LineParserTest, SaysWhatBecameOfEachRecord) {
  const std::string time = R"("at":"2026-03-07T14:05:09Z")";
  const std::pair<std::string, std::string> cases[] = {
      {R"({"kind":"copy","data":{"action":"beat"}})", "dropped by acme-guard: a heartbeat"},
      {R"({"kind":"copy","data":{"action":"usb",)" + time + "}}", "parsed usb-write by acme-guard"},
      {R"({"kind":"copy","data":{"action":"other",)" + time + "}}", "unmatched: no-event-type"},
      {R"({"kind":"copy","data":{"at":"yesterday"}})", "malformed by acme-guard: unreadable-time"},
      {R"({"kind":"copy","data":{}})", "malformed by acme-guard: unreadable-time"},
      {R"({"kind":"paste"})", "unmatched: no-parser"},
      {R"({"kind":"copy","data":{)", "malformed: truncated-json"},
      {R"({"kind":"copy","data":})", "malformed: broken-json"},
      {"{\"kind\":\"\xff\"}", "malformed: invalid-utf-8"},
      {"nothing that anybody knows", "unmatched: no-parser"},
      {std::string("a\0b", 3), "malformed: nul-byte"},
      {"text \xff", "malformed: invalid-utf-8"},
      {"CEF:0|Acme|Guard", "malformed: broken-cef"},
      {"LEEF:2.0|Acme|Guard|1|x|xZZ|a=1", "malformed: broken-leef"},
      {R"(product=guard at=2026-03-07T14:05:09Z host="ws)",
       "malformed by acme-guard: broken-pairs"},
      {"GUARD,\"2026", "malformed by acme-guard: broken-columns"},
  };
  for (const auto& [line, expected] : cases) EXPECT_EQ(content.Parse(line), expected) << line;
}

TEST_F(LineParserTest, ReadsEveryRecordOfAContainer) {
  const std::string one = R"({"kind":"copy","data":{"at":"2026-03-07T14:05:09Z","user":"a"}})";
  const std::string two = R"({"kind":"copy","data":{"at":"2026-03-07T14:05:10Z","user":"b"}})";
  const std::string parsed = "parsed file-write by acme-guard";
  for (std::string_view key : {"records", "result", "events"}) {
    const std::string line = fmt::format(R"({{"next":7,"{}":[{}, {{"x":1}},{}]}})", key, one, two);
    EXPECT_EQ(content.Parse(line), parsed + "\nunmatched: no-parser\n" + parsed) << key;
  }
  content.batch.Clear();
  EXPECT_EQ(content.Parse(fmt::format("[{},{}]", one, two)), parsed + "\n" + parsed);
  EXPECT_EQ(content.batch.events[0]->position.record, 0u);
  EXPECT_EQ(content.batch.events[1]->position.record, 1u);
  // Neither the container nor the place in it is part of the id.
  const Hash128 id = content.batch.events[1]->id;
  content.Parse(two);
  EXPECT_EQ(content.batch.events.back()->id, id);
  EXPECT_EQ(content.Parse(R"({"records":[]})"), "unmatched: no-parser");
  std::string nested = one;
  for (int i = 0; i < 8; ++i) nested = "[" + nested + "]";
  EXPECT_EQ(content.Parse(nested), "unmatched: no-parser");
  nested = one;
  for (int i = 0; i < 8; ++i) nested = R"({"records":[)" + nested + "]}";
  EXPECT_EQ(content.Parse(nested), "malformed: nested-too-deep");
}

TEST_F(LineParserTest, IdsComeFromWhatTheRecordSays) {
  const auto id = [&](std::string_view number, std::string_view user) {
    content.Parse(fmt::format(
        R"({{"kind":"copy","data":{{"at":"2026-03-07T14:05:09Z",{}"user":"{}"}}}})", number, user));
    return content.batch.events.back()->id;
  };
  EXPECT_EQ(id("\"number\":1,", "a"), id("\"number\":1,", "b"));
  EXPECT_EQ(id("\"number\":1,", "a"), id("\"number\":\"1\",", "a"));
  EXPECT_NE(id("\"number\":1,", "a"), id("\"number\":2,", "a"));
  EXPECT_NE(id("", "a"), id("", "b"));
  EXPECT_EQ(id("", "a"), id("", "a"));
}

TEST_F(LineParserTest, FieldsHaveTheTypesOfTheVocabulary) {
  const auto parse = [&](std::string_view more) {
    ASSERT_EQ(content.Parse(fmt::format(
                  R"({{"kind":"copy","data":{{"at":"2026-03-07T14:05:09.1234567Z",{}}}}})", more)),
              "parsed file-write by acme-guard");
  };
  parse(
      R"("size":"9007199254740993","ip":"2001:db8::1","to":["a@x","b@x"],"cc":"c@x","user":"SYSTEM","account":"Bob")");
  EXPECT_EQ(content.Field("bytes"), "9007199254740993");
  EXPECT_EQ(content.Field("src_ip"), "2001:db8::1");
  EXPECT_EQ(content.Field("recipients"), "a@x, b@x, c@x");
  EXPECT_EQ(content.Field("user"), "bob");
  EXPECT_EQ(FormatIso8601(content.batch.events.back()->time), "2026-03-07T14:05:09.1234567Z");
  parse(R"("size":"many","ip":"nowhere","to":[],"user":"N/A","host":" - ")");
  for (std::string_view field : {"bytes", "src_ip", "recipients", "user", "host"})
    EXPECT_EQ(content.Field(field), "") << field;
  parse(R"("size":18446744073709551615)");
  EXPECT_EQ(content.Field("bytes"), "");  // more than the field can hold
}

TEST(LineParser, SkipsNumbersByHowTheyAreWritten) {
  TestContent content(VEDETTE_SOURCE_DIR "/content", {R"(
id: a
vendor: Acme
product: Guard
title: Numbers
forms: [{format: json, match: {kind: a}}]
time: {from: t, formats: [iso8601]}
fields:
  bytes: {from: [n, m], skip: ['0', '-1', '007']}
  host: {from: [n, m], skip: ['0']}
events: [{type: file-write}]
)"});
  ASSERT_EQ(content.faults.Render(), "");
  const std::tuple<std::string_view, std::string_view, std::string_view> cases[] = {
      {"0", "5", "5"},        {"-1", "5", "-1"}, {"7", "7", "7"},  {R"("007")", "5", "007"},
      {R"(" 0 ")", "5", "5"}, {"1", "1", "1"},   {"-0", "5", "5"},
  };
  for (const auto& [number, bytes, host] : cases) {
    content.Parse(fmt::format(R"({{"kind":"a","t":"2026-03-07T14:05:09Z","n":{},"m":5}})", number));
    EXPECT_EQ(content.Field("bytes"), bytes) << number;
    EXPECT_EQ(content.Field("host"), host) << number;
  }
}

// Views of a line stay good until the batch is cleared, whatever is parsed afterwards.
TEST_F(LineParserTest, EventsKeepTheirTexts) {
  for (int i = 0; i < 200; ++i) {
    content.Parse(fmt::format(
        R"({{"kind":"copy","data":{{"at":"2026-03-07T14:05:09Z","host":"h\u00e9{}","user":"User{}","file":"C:\\d\\f{}"}}}})",
        i, i, i));
  }
  ASSERT_EQ(content.batch.events.size(), 200u);
  for (int i = 0; i < 200; ++i) {
    const Event& event = *content.batch.events[static_cast<size_t>(i)];
    const auto text = [&](std::string_view field) {
      return event.Get(content.library.schema.FindField(field)->id).ToText();
    };
    EXPECT_EQ(text("host"), fmt::format("h\u00e9{}", i));
    EXPECT_EQ(text("user"), fmt::format("user{}", i));
    EXPECT_EQ(text("file_name"), fmt::format("f{}", i));
  }
}

std::string Parser(std::string_view id, std::string_view match, std::string_view type,
                   std::string_view format = "json") {
  return fmt::format(
      "id: {}\nvendor: V\nproduct: P\ntitle: T\nforms:\n  - {{format: {}, match: {}}}\ntime: "
      "{{from: at, formats: [iso8601]}}\nevents:\n  - {{type: {}}}\n",
      id, format, match, type);
}

TEST(ChoosingAParser, MoreConditionsThenTheSmallerId) {
  TestContent content(
      VEDETTE_SOURCE_DIR "/content",
      {Parser("b", "{k: [x, y]}", "file-write"), Parser("a", "{k: [x, z]}", "file-read"),
       Parser("c", "{k: x, more: {exists: true}}", "file-delete"),
       Parser("d", "{k: x, more: {prefix: [ab, cd]}, n: 5}", "usb-write"),
       Parser("e", "{other: {exists: true}, k: {exists: false}}", "usb-read")});
  ASSERT_EQ(content.faults.Render(), "");
  const std::string time = R"("at":"2026-03-07T14:05:09Z"})";
  EXPECT_EQ(content.Parse(R"({"k":"x",)" + time), "parsed file-read by a");
  EXPECT_EQ(content.Parse(R"({"k":"y",)" + time), "parsed file-write by b");
  EXPECT_EQ(content.Parse(R"({"k":"x","more":"q",)" + time), "parsed file-delete by c");
  EXPECT_EQ(content.Parse(R"({"k":"x","more":"cde","n":5,)" + time), "parsed usb-write by d");
  EXPECT_EQ(content.Parse(R"({"k":"x","more":"cde","n":"6",)" + time), "parsed file-delete by c");
  EXPECT_EQ(content.Parse(R"({"other":1,)" + time), "parsed usb-read by e");
  EXPECT_EQ(content.Parse(R"({"other":1,"k":"q",)" + time), "unmatched: no-parser");
}

TEST(LoadingParsers, ReportsEveryFaultWithItsPlace) {
  TestContent content(
      VEDETTE_SOURCE_DIR "/content",
      {"id: one\nvendor: V\nproduct: P\ntitle: T\nforms:\n  - {format: json, match: {k: x}}\ntime: "
       "{from: at, formats: [iso8602]}\n"
       "fields:\n  usr: a\n  bytes: {value: many}\n  user: {from: b, take: [lowr]}\nevents:\n  - "
       "{type: file-wrote}\n",
       Parser("two", "{k: y}", "file-write"), Parser("three", "{k: y}", "file-read"),
       "id: four\nvendor: V\nproduct: P\ntitle: T\nforms:\n  - format: text\n    match: {text: "
       "a}\n    patterns: ['(']\n"
       "time: {from: at, formats: [iso8601]}\nevents:\n  - {type: file-read}\n"});
  const std::string faults = content.faults.Render();
  using ::testing::HasSubstr;
  EXPECT_THAT(faults, HasSubstr("iso8602"));
  EXPECT_THAT(faults, HasSubstr("parsers/test/0.yaml:9:"));
  EXPECT_THAT(faults, HasSubstr("did you mean 'user'"));
  EXPECT_THAT(faults, HasSubstr("'many' is no value for 'bytes'"));
  EXPECT_THAT(faults, HasSubstr("did you mean 'lower'"));
  EXPECT_THAT(faults, HasSubstr("did you mean 'file-write'"));
  EXPECT_THAT(faults, HasSubstr("'three' has the same conditions"));
  EXPECT_THAT(faults, HasSubstr("parsers/test/3.yaml:8:"));
}

// What a rule asks for is kept of every form, also when some parser asks for it too; what only a
// parser asks for, of its own forms.
TEST(LineParser, KeepsTheRawValuesThatContentAsksFor) {
  const auto parser = [](std::string_view id, std::string_view kind, std::string_view when) {
    return fmt::format(
        "id: {0}\nvendor: V\nproduct: P\ntitle: T\nforms:\n  - {{format: json, match: {{k: {1}}}, "
        "root: d}}\n"
        "  - {{format: json, match: {{t: {1}}}, suffixes: [_s]}}\ntime: {{from: at, formats: "
        "[iso8601]}}\n"
        "events:\n  - {{type: file-write, when: \"{2}\"}}\n",
        id, kind, when);
  };
  TestContent content(
      VEDETTE_SOURCE_DIR "/content",
      {parser("a", "x", "exists(raw.both) OR raw.mine = null"), parser("b", "y", "true")});
  ASSERT_EQ(content.faults.Render(), "");
  ASSERT_TRUE(content.compiler->Compile("raw.both = '1' AND raw.theirs = '2' AND raw.'$.top' = '3'",
                                        {}, content.faults));
  ParserSet& parsers = content.parsers;
  parsers.Finish(content.raw_names);
  content.line_parser = std::make_unique<LineParser>(parsers, content.library.schema,
                                                     content.compiler->program(), content.lookups);
  const auto kept = [&](std::string_view line) {
    EXPECT_EQ(content.Parse(line).substr(0, 6), "parsed") << line;
    std::string text;
    const Event& event = *content.batch.events.back();
    for (uint16_t i = 0; i < event.raw_count(); ++i) {
      text += content.raw_names.path(event.raw_entries()[i].id) + "=" +
              event.raw_entries()[i].value.ToText() + " ";
    }
    return text;
  };
  EXPECT_EQ(
      kept(R"({"k":"x","d":{"at":"2026-03-07T14:05:09Z","both":1,"mine":4,"theirs":2},"top":3})"),
      "both=1 mine=4 theirs=2 $.top=3 ");
  EXPECT_EQ(kept(R"({"k":"y","d":{"at":"2026-03-07T14:05:09Z","both":1,"mine":4,"theirs":2}})"),
            "both=1 theirs=2 ");
  EXPECT_EQ(kept(R"({"t":"y","at_s":"2026-03-07T14:05:09Z","both_s":1,"mine_s":4,"theirs":2})"),
            "both=1 theirs=2 ");
}

// A pattern that would need for ever is stopped; where it only does not match, the next form has
// its turn.
TEST(LineParser, PatternsEndWithinTheirLimits) {
  TestContent content(VEDETTE_SOURCE_DIR "/content",
                      {"id: slow\nvendor: V\nproduct: P\ntitle: T\nforms:\n  - {format: text, "
                       "match: {text: [xx, slow]}, patterns: ['(x+x+)+[yz]']}\n"
                       "time: {from: at, formats: [iso8601]}\nevents:\n  - {type: file-read}\n",
                       "id: next\nvendor: V\nproduct: P\ntitle: T\nforms:\n  - {format: text, "
                       "match: {text: word}, patterns: ['word (?<at>\\S+)']}\n"
                       "time: {from: at, formats: [iso8601]}\nevents:\n  - {type: file-read}\n"});
  ASSERT_EQ(content.faults.Render(), "");
  EXPECT_EQ(content.Parse("slow " + std::string(60, 'x')), "malformed by slow: pattern-limit");
  EXPECT_EQ(content.Parse("slow xx word 2026-03-07T14:05:09Z"), "parsed file-read by next");
}

}  // namespace
}  // namespace vedette
