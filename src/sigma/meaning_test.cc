// What Sigma's values, modifiers and conditions mean, one line per sentence.
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/json_writer.h"
#include "sigma/cases.h"

namespace vedette::sigma {
namespace {

const Collection& Nothing() {
  static const Collection none;
  return none;
}

std::string Ask(std::string_view request) {
  CaseRunner cases(Nothing());
  const std::string json = cases.Answer(request).json;
  const std::string_view head = R"({"id":null,"result":)";
  const std::string result = json.substr(head.size(), json.size() - head.size() - 1);
  return result == "\"error\"" ? "error" : result;
}

std::string Quote(std::string_view text) {
  std::string out;
  JsonWriter(out).String(text);
  return out;
}

// `detection` is a flow map: the body of `detection:`.
std::string Judge(std::string_view detection, std::string_view event, std::string_view more = {}) {
  const std::string rule =
      fmt::format("title: t\nlogsource: {{category: test}}\ndetection: {}\n", detection);
  return Ask(fmt::format(R"({{"rule": {}, "event": {}{}}})", Quote(rule), event, more));
}

struct Case {
  const char* item;  // one item of a search identifier: `Field|mod: value`
  const char* event;
  const char* result;
};

void Check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    const std::string detection = fmt::format("{{s: {{{}}}, condition: s}}", c.item);
    EXPECT_EQ(Judge(detection, c.event), c.result) << c.item << " on " << c.event;
  }
}

TEST(SigmaMeaning, Strings) {
  Check({
      {"A: 'guest'", R"({"A": "GUEST"})", "true"},
      {"A: 'guest'", R"({"A": "guests"})", "false"},
      {"a: 'guest'", R"({"A": "guest"})", "false"},
      {R"(A: 'D:\x\\*')", R"({"A": "d:\\x\\y"})", "true"},
      {R"(A: 'D:\x\*')", R"({"A": "d:\\x\\y"})", "false"},
      {R"(A: 'D:\x\*')", R"({"A": "d:\\x*"})", "true"},
      {R"(A: '\\srv\share')", R"({"A": "\\srv\\share"})", "true"},
      {R"(A: '\\\\srv')", R"({"A": "\\\\srv"})", "true"},
      {R"(A: 'a\\\*b')", R"({"A": "a\\*b"})", "true"},
      {R"(A: 'a\nb')", R"({"A": "a\\nb"})", "true"},
      {R"(A: 'a\')", R"({"A": "a\\"})", "true"},
      {"A: 'a?c'", R"({"A": "aéc"})", "true"},
      {"A: 'a?c'", R"({"A": "ac"})", "false"},
      {"A: 'a?c'", "{\"A\": \"a\\nc\"}", "true"},
      {R"(A: 'a\?c')", R"({"A": "abc"})", "false"},
      {"A: 'a*c'", "{\"A\": \"a\\n\\nc\"}", "true"},
      {"A: 'a*b*c'", R"({"A": "axbybzc"})", "true"},
      {"A: 'É'", R"({"A": "é"})", "true"},
      {"A: 'Σ'", R"({"A": "ς"})", "true"},
      {"A: 'straße'", R"({"A": "STRASSE"})", "false"},
      {"A: 'k'", "{\"A\": \"\\u212A\"}", "true"},
      {"A: 'i'", "{\"A\": \"\\u0130\"}", "false"},
      {"A: 'é'", "{\"A\": \"e\\u0301\"}", "false"},
      {"A: 'a.c'", R"({"A": "abc"})", "false"},
      {"A: ''", R"({"A": ""})", "true"},
      {"A: ''", R"({"A": null})", "false"},
      {"A: ''", "{}", "false"},
      {"A: '*'", R"({"A": ""})", "true"},
      {"A: '*'", R"({"A": 7})", "true"},
      {"A: '*'", R"({"A": null})", "false"},
      {"A: '*'", "{}", "false"},
      {"A: ['x', 'y']", R"({"A": "Y"})", "true"},
      {"A|all: ['*x*', '*y*']", R"({"A": "xy"})", "true"},
      {"A|all: ['*x*', '*y*']", R"({"A": "x"})", "false"},
  });
}

TEST(SigmaMeaning, NumbersBooleansAndNull) {
  Check({
      {"A: 5", R"({"A": 5})", "true"},
      {"A: 5", R"({"A": 5.0})", "true"},
      {"A: 5.0", R"({"A": 5})", "true"},
      {"A: 5", R"({"A": "5"})", "true"},
      {"A: 5", R"({"A": "5.0"})", "true"},
      {"A: 5", R"({"A": "5 "})", "false"},
      {"A: 1", R"({"A": true})", "false"},
      {"A: 9007199254740993", R"({"A": 9007199254740992})", "false"},
      {"A: 9007199254740993", R"({"A": 9007199254740993})", "true"},
      {"A: 18446744073709551615", R"({"A": 18446744073709551615})", "true"},
      {"A: 0.5", R"({"A": 0.5})", "true"},
      {"A: -3", R"({"A": "-3"})", "true"},
      {"A: '4624'", R"({"A": 4624})", "true"},
      {"A: '5'", R"({"A": 5.0})", "true"},
      {"A: '0.5'", R"({"A": 0.50})", "true"},
      {"A: 'true'", R"({"A": true})", "true"},
      {"A: true", R"({"A": true})", "true"},
      {"A: true", R"({"A": "TRUE"})", "true"},
      {"A: false", R"({"A": true})", "false"},
      {"A: true", R"({"A": 1})", "false"},
      {"A: null", "{}", "true"},
      {"A: null", R"({"A": null})", "true"},
      {"A: null", R"({"A": ""})", "false"},
      {"A: []", "{}", "true"},
      {"A: ", R"({"A": null})", "true"},
      {"A: [null, x]", R"({"A": "x"})", "true"},
      {"A: [null, x]", "{}", "true"},
      {"A: 00429", R"({"A": "00429"})", "true"},
      {"A: 00429", R"({"A": "429"})", "false"},
      {"A: yes", R"({"A": "yes"})", "true"},
      {"A: 0777", R"({"A": "0777"})", "true"},
      {"A: 0x1f", R"({"A": "0x1F"})", "true"},
      {"A: 1:30", R"({"A": "1:30"})", "true"},
      {"A: ~", "{}", "true"},
      {"A: '~'", R"({"A": "~"})", "true"},
      {"A: 1e3", R"({"A": 1000})", "true"},
  });
}

TEST(SigmaMeaning, Fields) {
  Check({
      {"a.b: x", R"({"a.b": "x"})", "true"},
      {"a.b: x", R"({"a": {"b": "x"}})", "true"},
      {"a.b: x", R"({"a.b": "y", "a": {"b": "x"}})", "false"},
      {"a.b.c: x", R"({"a.b": {"c": "x"}})", "true"},
      {"a.b.c: x", R"({"a": {"b.c": "x"}})", "true"},
      {"a.b: x", R"({"a": [{"b": "y"}, {"b": "x"}]})", "true"},
      {"A: x", R"({"A": ["y", "x"]})", "true"},
      {"A: x", R"({"A": [["x"]]})", "true"},
      {"A: x", R"({"A": {"x": "x"}})", "false"},
      {"A: null", R"({"A": []})", "false"},
      {"A|exists: true", R"({"A": []})", "true"},
      {"A|exists: true", R"({"A": null})", "true"},
      {"A|exists: true", R"({"A": ""})", "true"},
      {"A|exists: false", R"({"A": ""})", "false"},
      {"A|exists: false", "{}", "true"},
      {"A|exists: 'yes'", "{}", "error"},
      {"A|exists|contains: true", "{}", "error"},
      {"A|exists: [true]", "{}", "error"},
  });
}

TEST(SigmaMeaning, TextModifiers) {
  Check({
      {"A|contains: ell", R"({"A": "HELLO"})", "true"},
      {"A|startswith: he", R"({"A": "HELLO"})", "true"},
      {"A|endswith: lo", R"({"A": "HELLO"})", "true"},
      {"A|endswith: he", R"({"A": "HELLO"})", "false"},
      {"A|startswith|endswith: ll", R"({"A": "HELLO"})", "true"},
      {R"(A|contains: '\Temp\')", R"({"A": "c:\\temp\\x"})", "true"},
      {R"(A|startswith: 'c:\')", R"({"A": "C:\\x"})", "true"},
      {"A|contains: 'a*b'", R"({"A": "xxa--bxx"})", "true"},
      {"A|contains: ''", R"({"A": ""})", "true"},
      {"A|contains: ''", "{}", "false"},
      {"A|contains: 5", "{}", "error"},
      {"A|contains: null", "{}", "error"},
      {"A|contains: '5'", R"({"A": 152})", "true"},
      {"A|contains|all: [a, b]", R"({"A": "b-a"})", "true"},
      {"A|all|contains: [a, b]", R"({"A": "a"})", "false"},
      {"A|contains|all: a", R"({"A": "a"})", "true"},
      {"A|contains|cased: Ab", R"({"A": "xAbx"})", "true"},
      {"A|contains|cased: Ab", R"({"A": "xabx"})", "false"},
      {"A|cased: Ab", R"({"A": "AB"})", "false"},
      {"A|neq: x", R"({"A": "x"})", "false"},
      {"A|neq: x", R"({"A": "y"})", "true"},
      {"A|neq: x", "{}", "true"},
      {"A|neq: [x, y]", R"({"A": "y"})", "false"},
      {"A|contains|neq|all: [x, y]", R"({"A": "y"})", "true"},
      {"A|neq|contains|all: [x, y]", R"({"A": "yx"})", "false"},
      {"A|neq: null", R"({"A": "y"})", "true"},
      {"A|upper: x", "{}", "error"},
      {"A|: x", "{}", "error"},
      {"A: {b: c}", "{}", "error"},
      {"A: [[b]]", "{}", "error"},
  });
}

TEST(SigmaMeaning, RegularExpressions) {
  Check({
      {R"(A|re: 'a\d+b')", R"({"A": "xxa12bxx"})", "true"},
      {R"(A|re: '\\x')", R"({"A": "a\\x"})", "true"},
      {"A|re: ABC", R"({"A": "abc"})", "false"},
      {"A|re|i: ABC", R"({"A": "abc"})", "true"},
      {"A|re|ignorecase: ABC", R"({"A": "abc"})", "true"},
      {"A|re: '(?i)ABC'", R"({"A": "abc"})", "true"},
      {"A|re: 'a.c'", "{\"A\": \"a\\nc\"}", "false"},
      {"A|re|s: 'a.c'", "{\"A\": \"a\\nc\"}", "true"},
      {"A|re|dotall|i: 'A.c'", "{\"A\": \"a\\nc\"}", "true"},
      {"A|re: '^b'", "{\"A\": \"a\\nb\"}", "false"},
      {"A|re|m: '^b'", "{\"A\": \"a\\nb\"}", "true"},
      {"A|re|m: 'a$'", "{\"A\": \"a\\nb\"}", "true"},
      {"A|re: 'a$'", "{\"A\": \"xa\\n\"}", "true"},
      {"A|re: 'a$'", "{\"A\": \"a\\n\\n\"}", "false"},
      {"A|re: 'a$'", "{\"A\": \"a\\nb\"}", "false"},
      {R"(A|re: 'a\$')", R"({"A": "a$b"})", "true"},
      {"A|re: 'a[$]'", R"({"A": "a$b"})", "true"},
      {"A|re: '(a|b$)c?'", R"({"A": "xb"})", "true"},
      {"A|re: '^4'", R"({"A": 42})", "true"},
      {"A|re: tru", R"({"A": true})", "true"},
      {"A|re|contains: 'b'", R"({"A": "abc"})", "true"},
      {"A|re: ''", "{}", "false"},
      {"A|contains|re: b", "{}", "error"},
      {"A|i: b", "{}", "error"},
      {"A|re: '(?=x)'", "{}", "error"},
      {R"(A|re: '(a)\1')", "{}", "error"},
      {"A|re: '('", "{}", "error"},
      {"A|re: 5", "{}", "error"},
      {"A|re|cased: 5", "{}", "error"},
      {"A|re|all: ['a', 'b']", R"({"A": "ab"})", "true"},
  });
}

TEST(SigmaMeaning, NetworksAndComparisons) {
  Check({
      {"A|cidr: 10.0.0.0/8", R"({"A": "10.255.0.1"})", "true"},
      {"A|cidr: 10.0.0.0/8", R"({"A": "11.0.0.1"})", "false"},
      {"A|cidr: 10.1.2.3", R"({"A": "10.1.2.3"})", "true"},
      {"A|cidr: 10.0.0.0/8", R"({"A": "::ffff:10.1.1.1"})", "true"},
      {"A|cidr: '2001:db8::/32'", R"({"A": "2001:DB8::1"})", "true"},
      {"A|cidr: '::/0'", R"({"A": "10.1.1.1"})", "false"},
      {"A|cidr: 0.0.0.0/0", R"({"A": "::1"})", "false"},
      {"A|cidr: 10.0.0.0/8", R"({"A": "10.1.1"})", "false"},
      {"A|cidr: 10.0.0.1/8", "{}", "error"},
      {"A|cidr: 10.0.0.0/33", "{}", "error"},
      {"A|cidr: 10.0.0.0/", "{}", "error"},
      {"A|cidr: host", "{}", "error"},
      {"A|contains|cidr: 10.0.0.0/8", "{}", "error"},
      {"A|cidr: [10.0.0.0/8, 192.168.0.0/16]", R"({"A": "192.168.1.1"})", "true"},
      {"A|gt: 5", R"({"A": 6})", "true"},
      {"A|gt: 5", R"({"A": 5.5})", "true"},
      {"A|gt: 5", R"({"A": 5})", "false"},
      {"A|gte: 5", R"({"A": "5"})", "true"},
      {"A|lt: 10", R"({"A": "9"})", "true"},
      {"A|lte: 0.5", R"({"A": 0.5})", "true"},
      {"A|lt: 10", R"({"A": "x"})", "false"},
      {"A|lt: 10", R"({"A": true})", "false"},
      {"A|lt: 10", "{}", "false"},
      {"A|gt: '5'", "{}", "error"},
      {"A|gt|lt: 5", "{}", "error"},
      {"A|gt: [5, 1]", R"({"A": 2})", "true"},
  });
}

TEST(SigmaMeaning, Encodings) {
  Check({
      {"A|base64: foobar", R"({"A": "Zm9vYmFy"})", "true"},
      {"A|base64|contains: foobar", R"({"A": "xZm9vYmFyx"})", "true"},
      {"A|base64: foobar", R"({"A": "zm9vymfy"})", "true"},
      {"A|base64|cased: foobar", R"({"A": "zm9vymfy"})", "false"},
      {"A|base64: 'a*'", "{}", "error"},
      {R"(A|base64: 'a\*')", R"({"A": "YSo="})", "true"},
      {"A|base64offset|contains: foobar", R"({"A": "xxZvb2Jhcxx"})", "true"},
      {"A|base64offset|contains: foobar", R"({"A": "xxmb29iYXxx"})", "true"},
      {"A|base64offset|contains: é", R"({"A": "YcOpYg=="})", "true"},
      {"A|base64offset: a", "{}", "error"},
      {"A|base64offset|contains: 5", "{}", "error"},
      {"A|wide|base64: ab", R"({"A": "YQBiAA=="})", "true"},
      {"A|utf16le|base64: ab", R"({"A": "YQBiAA=="})", "true"},
      {"A|utf16be|base64: ab", R"({"A": "AGEAYg=="})", "true"},
      {"A|utf16|base64: ab", R"({"A": "//5hAGIA"})", "true"},
      {"A|wide|base64offset|contains: é😀", R"({"A": "6QA92ADe"})", "true"},
      {"A|wide: ab", "{}", "error"},
      {"A|base64offset|contains|all: [foobar, http]", R"({"A": "Zm9vYmFy aHR0c"})", "true"},
  });
}

TEST(SigmaMeaning, Windash) {
  Check({
      {"A|windash|contains: ' -x '", R"({"A": "t /x z"})", "true"},
      {"A|windash|contains: ' -x '", R"({"A": "t –x z"})", "true"},
      {"A|windash|contains: ' -x '", R"({"A": "t ―x z"})", "true"},
      {"A|windash|contains: ' /x '", R"({"A": "t -x z"})", "true"},
      {"A|windash|contains: ' -x '", R"({"A": "t +x z"})", "false"},
      {"A|windash|contains: '-a-b'", R"({"A": "/a-b"})", "true"},
      {"A|windash|contains: '-a-b'", R"({"A": "-a/b"})", "false"},
      {"A|windash|contains: 'c/d'", R"({"A": "c-d"})", "false"},
      {"A|windash|contains: '--x'", R"({"A": "-/x"})", "true"},
      {"A|windash|contains: '- '", R"({"A": "/ "})", "false"},
      {"A|windash|contains: ' –x '", R"({"A": "t -x z"})", "false"},
      {"A|contains|windash: ' -x -y'", R"({"A": "t /x —y"})", "true"},
      {"A|windash|contains|all: [' -x', ' -y']", R"({"A": "t /y /x"})", "true"},
      {"A|windash: 5", "{}", "error"},
  });
}

TEST(SigmaMeaning, FieldReferences) {
  Check({
      {"A|fieldref: B", R"({"A": "x", "B": "X"})", "true"},
      {"A|fieldref: B", R"({"A": 5, "B": "5.0"})", "true"},
      {"A|fieldref: B", R"({"A": "5", "B": "5.0"})", "false"},
      {"A|fieldref: B", R"({"A": "x"})", "false"},
      {"A|fieldref: B", "{}", "false"},
      {"A|fieldref: B", R"({"A": null, "B": null})", "false"},
      {"A|fieldref|contains: B", R"({"A": "xyz", "B": "Y"})", "true"},
      {"A|fieldref|startswith: B", R"({"A": "xyz", "B": "xy"})", "true"},
      {"A|fieldref|endswith: B", R"({"A": "xyz", "B": "xy"})", "false"},
      {"A|fieldref|neq: B", R"({"A": "x", "B": "y"})", "true"},
      {"A|fieldref: 'B*'", "{}", "error"},
      {"A|fieldref: B", R"({"A": ["p", "q"], "B": ["r", "Q"]})", "true"},
  });
}

TEST(SigmaMeaning, PartsOfTimes) {
  Check({
      {"A|hour: 5", R"({"A": "2026-02-03T05:59:00Z"})", "true"},
      {"A|hour: 5", R"({"A": "2026-02-03 05:59+08:00"})", "true"},
      {"A|minute: 59", R"({"A": "2026-02-03T05:59:00.5"})", "true"},
      {"A|day: 3", R"({"A": "2026-02-03T05:59:00Z"})", "true"},
      {"A|month: 2", R"({"A": "2026-02-03T05:59:00Z"})", "true"},
      {"A|year: 2026", R"({"A": "2026-02-03T05:59:00Z"})", "true"},
      {"A|week: 53", R"({"A": "2027-01-01T00:00:00Z"})", "true"},
      {"A|week: 1", R"({"A": "2024-12-30T00:00:00Z"})", "true"},
      {"A|hour: 1", R"({"A": 3600})", "true"},
      {"A|year: 2023", R"({"A": 1700000000000})", "true"},
      {"A|hour: 5", R"({"A": "2026-02-03"})", "false"},
      {"A|hour: 5", R"({"A": "2026-02-30T05:00:00"})", "false"},
      {"A|hour: 5", R"({"A": "2026-02-03T05:59:00Zjunk"})", "false"},
      {"A|hour|gte: 22", R"({"A": "2026-02-03T23:59:00Z"})", "true"},
      {"A|hour|lt: 6", R"({"A": "2026-02-03T06:00:00Z"})", "false"},
      {"A|hour: '5'", "{}", "error"},
      {"A|hour|lt|gt: 5", "{}", "error"},
  });
}

TEST(SigmaMeaning, Placeholders) {
  const auto judge = [](const char* item, const char* event) {
    return Judge(fmt::format("{{s: {{{}}}, condition: s}}", item), event,
                 R"(, "vars": {"j": ["jmp-*", "bastion"], "n": [7], "e": []})");
  };
  EXPECT_EQ(judge("A|expand: '%j%'", R"({"A": "JMP-3"})"), "true");
  EXPECT_EQ(judge("A|expand: 'x-%j%'", R"({"A": "x-bastion"})"), "true");
  EXPECT_EQ(judge("A|expand|contains: '%j%'", R"({"A": "a bastion b"})"), "true");
  EXPECT_EQ(judge("A|contains|expand: '%j%'", R"({"A": "a bastion b"})"), "true");
  EXPECT_EQ(judge("A|expand: '%j%%n%'", R"({"A": "bastion7"})"), "true");
  EXPECT_EQ(judge("A|expand: '%missing%'", "{}"), "error");
  EXPECT_EQ(judge("A|expand: '%e%'", "{}"), "error");
  EXPECT_EQ(judge("A: '%j%'", R"({"A": "%j%"})"), "true");
  EXPECT_EQ(judge(R"(A|expand: '\%j\%')", R"({"A": "%j%"})"), "true");
  EXPECT_EQ(judge("A|expand: '100%'", R"({"A": "100%"})"), "true");
}

TEST(SigmaMeaning, Keywords) {
  const auto judge = [](const char* keywords, const char* event) {
    return Judge(fmt::format("{{k: {}, condition: k}}", keywords), event);
  };
  const char* nested = R"({"a": {"b": ["one TWO", 42]}, "three": "four", "t": true})";
  EXPECT_EQ(judge("[two]", nested), "true");
  EXPECT_EQ(judge("two", nested), "true");
  EXPECT_EQ(judge("['o*t']", nested), "true");
  EXPECT_EQ(judge("['two*four']", nested), "false");
  EXPECT_EQ(judge("[three]", nested), "false");
  EXPECT_EQ(judge("[4]", nested), "true");
  EXPECT_EQ(judge("[true]", nested), "true");
  EXPECT_EQ(judge("{'|all': [two, four]}", nested), "true");
  EXPECT_EQ(judge("{'|all': [two, five]}", nested), "false");
  EXPECT_EQ(judge("{'|re': '^f.u'}", nested), "true");
  EXPECT_EQ(judge("{'|cased': TWO}", nested), "true");
  EXPECT_EQ(judge("{'|cased': two}", nested), "false");
  EXPECT_EQ(judge("{'|startswith': one}", nested), "true");
  EXPECT_EQ(judge("{'|startswith': two}", nested), "false");
  EXPECT_EQ(judge("{'|contains': wo}", nested), "true");
  EXPECT_EQ(judge("{'|exists': true}", nested), "error");
  EXPECT_EQ(judge("[null]", nested), "error");
  EXPECT_EQ(judge("[five, {three: four}]", nested), "true");
  EXPECT_EQ(judge("{}", nested), "error");
  EXPECT_EQ(judge("[]", nested), "error");
  EXPECT_EQ(judge("", nested), "error");
}

TEST(SigmaMeaning, Conditions) {
  const auto judge = [](const char* condition, const char* event) {
    return Judge(fmt::format("{{s1: {{A: 1}}, s2: {{B: 1}}, f-1: {{C: 1}}, _h: {{D: 1}}, "
                             "notice: {{E: 1}}, condition: {}}}",
                             condition),
                 event);
  };
  struct Row {
    const char* condition;
    const char* event;
    const char* result;
  };
  for (const Row& row : std::vector<Row>{
           {"s1", R"({"A": 1})", "true"},
           {"s1 and s2", R"({"A": 1})", "false"},
           {"s1 or s2 and f-1", R"({"A": 1})", "true"},
           {"(s1 or s2) and f-1", R"({"A": 1})", "false"},
           {"not s1", "{}", "true"},
           {"not not s1", R"({"A": 1})", "true"},
           {"not s1 and s2", R"({"B": 1})", "true"},
           {"not (s1 or s2)", R"({"B": 1})", "false"},
           {"  s1\tor   s2 ", R"({"B": 1})", "true"},
           {"1 of s*", R"({"B": 1})", "true"},
           {"any of s*", R"({"B": 1})", "true"},
           {"all of s*", R"({"B": 1})", "false"},
           {"all of s*", R"({"A": 1, "B": 1})", "true"},
           {"1 of f-*", R"({"C": 1})", "true"},
           {"1 of *1", R"({"C": 1})", "true"},
           {"1 of s1", R"({"A": 1})", "true"},
           {"1 of them", R"({"D": 1})", "false"},
           {"1 of *", R"({"D": 1})", "false"},
           {"1 of _*", R"({"D": 1})", "true"},
           {"all of them", R"({"A": 1, "B": 1, "C": 1, "E": 1})", "true"},
           {"notice", R"({"E": 1})", "true"},
           {"not 1 of s* and notice", R"({"E": 1})", "true"},
           {"[s1, s2]", R"({"B": 1})", "true"},
           {"s3", "{}", "error"},
           {"1 of t*", "{}", "error"},
           {"2 of s*", "{}", "error"},
           {"s1 AND s2", "{}", "error"},
           {"s1 s2", "{}", "error"},
           {"s1 and", "{}", "error"},
           {"(s1", "{}", "error"},
           {"s1)", "{}", "error"},
           {"s1 | count() > 5", "{}", "error"},
           {"''", "{}", "error"},
           {"[]", "{}", "error"},
       })
    EXPECT_EQ(judge(row.condition, row.event), row.result) << row.condition << " " << row.event;
}

TEST(SigmaMeaning, MapsAndLists) {
  EXPECT_EQ(Judge("{s: [{A: 1, B: 1}, {C: 1}], condition: s}", R"({"A": 1})"), "false");
  EXPECT_EQ(Judge("{s: [{A: 1, B: 1}, {C: 1}], condition: s}", R"({"C": 1})"), "true");
  EXPECT_EQ(Judge("{s: {A|contains: x, A|endswith: z}, condition: s}", R"({"A": "xz"})"), "true");
  EXPECT_EQ(Judge("{s: {A: 1, A: 2}, condition: s}", "{}"), "error");
  EXPECT_EQ(Judge("{s: {A: 1}}", "{}"), "error");
  EXPECT_EQ(Judge("{condition: s}", "{}"), "error");
  EXPECT_EQ(Judge("{s: {A: 1}, timeframe: 5m, condition: s}", R"({"A": 1})"), "true");
  EXPECT_EQ(Judge("{s: {A: 1}, timeframe: 5m, condition: 1 of them}", "{}"), "false");
  EXPECT_EQ(Judge("{s: {}, condition: s}", "{}"), "error");
  EXPECT_EQ(Judge("{s: null, t: {A: 1}, condition: t}", "{}"), "error");
}

TEST(SigmaMeaning, FiltersOnlyNarrow) {
  const std::string rules =
      "title: failed\nname: failed\nlogsource: {category: auth, product: x}\n"
      "detection: {selection: {R: failure}, condition: 1 of selection*}\n"
      "---\ntitle: no services\nlogsource: {category: auth}\n"
      "filter: {rules: [failed], selection_1: {User|startswith: svc_}, "
      "condition: not 1 of selection_*}\n"
      "---\ntitle: elsewhere\nlogsource: {category: dns}\n"
      "filter: {rules: any, s: {User: ann}, condition: not s}\n";
  const auto judge = [&](const char* event) {
    return Ask(
        fmt::format(R"({{"rule": {}, "target": "failed", "event": {}}})", Quote(rules), event));
  };
  EXPECT_EQ(judge(R"({"R": "failure", "User": "svc_scan"})"), "false");
  EXPECT_EQ(judge(R"({"R": "failure", "User": "ann"})"), "true");
  EXPECT_EQ(judge(R"({"R": "success", "User": "ann"})"), "false");
}

TEST(SigmaMeaning, RefusesWhatItCannotRead) {
  for (const char* rule : {
           "title: t\n",
           "- a\n- b\n",
           "logsource: {category: x}\ndetection: {s: {A: 1}, condition: s}\n",
           "title: t\ndetection: {s: {A: 1}, condition: s}\n",
           "title: t\nlogsource: {definition: x}\ndetection: {s: {A: 1}, condition: s}\n",
           "title: 5\nlogsource: {category: x}\ndetection: {s: {A: 1}, condition: s}\n",
           "action: global\ntitle: t\nlogsource: {category: x}\ndetection: {s: {A: 1}, condition: "
           "s}\n",
           "title: t\nlogsource: {category: x}\ndetection: {s: {A: !!str 1}, condition: s}\n",
           "title: [\n",
       })
    EXPECT_EQ(Ask(fmt::format(R"({{"rule": {}, "event": {{}}}})", Quote(rule))), "error") << rule;
}

// Runs the worked cases of a folder of references; nothing of it is kept here.
TEST(SigmaMeaning, WorkedCases) {
  const char* folder = std::getenv("VEDETTE_REFERENCE");
  if (folder == nullptr) GTEST_SKIP() << "VEDETTE_REFERENCE names no folder";
  std::ifstream file(std::string(folder) + "/sigma_worked_cases.jsonl");
  ASSERT_TRUE(file);
  CaseRunner cases(Nothing());
  size_t count = 0;
  for (std::string line; std::getline(file, line); ++count) {
    const auto request = JsonValue::Read(line);
    ASSERT_TRUE(request);
    const JsonValue& expect = *request->Find("expect");
    const std::string wanted = expect.is_text() ? "\"error\"" : expect.truth ? "true" : "false";
    EXPECT_EQ(cases.Answer(line).json,
              fmt::format(R"({{"id":"{}","result":{}}})", request->Find("id")->text, wanted));
  }
  EXPECT_EQ(count, 35u);
}

}  // namespace
}  // namespace vedette::sigma
