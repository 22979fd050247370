#include "parse/json_reader.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parse/test_record.h"

namespace vedette {
namespace {

std::string Name(JsonOutcome outcome) {
  switch (outcome) {
    case JsonOutcome::kObject:
      return "object";
    case JsonOutcome::kArray:
      return "array";
    case JsonOutcome::kBroken:
      return "broken";
    case JsonOutcome::kBadUtf8:
      return "bad-utf8";
    case JsonOutcome::kTruncated:
      return "truncated";
    case JsonOutcome::kTooDeep:
      return "too-deep";
  }
  return {};
}

// The text in a buffer of exactly its size, so that a sanitizer sees any read beyond it.
std::vector<char> Exactly(std::string_view text) { return {text.begin(), text.end()}; }

struct Case {
  std::string_view about;
  std::vector<std::string> paths;
  std::string text;
  std::string expected;
};

TEST(JsonReader, KeepsWhatPathsAskFor) {
  const Case cases[] = {
      {"scalars keep their type",
       {"a", "b", "c", "d", "e"},
       R"({"a":"x","b":7,"c":true,"d":1.5,"e":null})",
       "a=s:x b=i:7 c=b:true d=d:1.5"},
      {"blanks around everything",
       {"a", "b", "c", "d"},
       "{ \"a\" : \"x\" , \"b\"\t:\n7 ,\"c\" :  -7 , \"d\": \"\" }",
       "a=s:x b=i:7 c=i:-7 d=s:"},
      {"what nobody asks for is skipped",
       {"z"},
       R"({"a":{"z":1,"l":[1,[2]]},"b":[{"z":2}],"z":3})",
       "z=i:3"},
      {"nested", {"a.b.c", "a.d"}, R"({"a":{"b":{"c":"deep"},"d":2}})", "a.b.c=s:deep a.d=i:2"},
      {"a key with the dot itself",
       {"event.original"},
       R"({"event.original":"raw"})",
       "event.original=s:raw"},
      {"one item, all items",
       {"l[0].x", "l[*].x"},
       R"({"l":[{"x":"a"},{"x":"b"},{"y":1}]})",
       "l[0].x=s:a l[*].x=[s:a|s:b]"},
      {"a second item only", {"l[1]"}, R"({"l":["a","b","c"]})", "l[1]=s:b"},
      {"lists in list items are joined",
       {"l[*].t"},
       R"({"l":[{"t":["a","b"]},{"t":["c"]}]})",
       "l[*].t=[s:a|s:b|s:c]"},
      {"a list of scalars is a list", {"l"}, R"({"l":["a",1,null,true]})", "l=[s:a|i:1|b:true]"},
      {"an empty list is absent", {"l"}, R"({"l":[ ]})", ""},
      {"a list of objects is its text",
       {"l"},
       R"({"l":[{"a":1}, {"b":2}]})",
       R"(l=s:[{"a":1}, {"b":2}])"},
      {"an object is its text, and can be entered",
       {"o", "o.a"},
       R"({"o":{"a":"\\x"} })",
       R"(o=s:{"a":"\\x"} o.a=s:\x)"},
      {"JSON in a text",
       {"x.a", "x.b[0]"},
       R"({"x":"{\"a\":\"p\\\\q\",\"b\":[5]}"})",
       R"(x.a=s:p\q x.b[0]=i:5)"},
      {"JSON in a text in a text", {"x.y.z"}, R"({"x":"{\"y\":\"{\\\"z\\\":9}\"}"})", "x.y.z=i:9"},
      {"a text that only looks like JSON stays a text",
       {"x", "x.a"},
       R"({"x":"{oops}"})",
       "x=s:{oops}"},
      {"cut JSON in a text stays a text",
       {"x", "x.a"},
       R"({"x":"{\"a\":1,\"b\":"})",
       R"(x=s:{"a":1,"b":)"},
      {"an empty text is a value", {"a"}, R"({"a":""})", "a=s:"},
      {"the last of a repeated key stays", {"a"}, R"({"a":1,"a":2})", "a=i:2"},
      {"blanks everywhere", {"a", "b"}, " {\t\"a\" : \"x y\" , \"b\" :\n-3 } ", "a=s:x y b=i:-3"},
      {"labels",
       {"label.user name"},
       R"({"cs1":"ada","cs1Label":"User Name","cs2Label":"x"})",
       "label.user name=s:ada"},
      {"a label before its value",
       {"label.rule"},
       R"({"DeviceCustomString4Label":"Rule","DeviceCustomString4":"a\tb"})",
       "label.rule=s:a\tb"},
      {"a key with an escape", {"a/b"}, R"({"a\/b":1,"\u0061/b":2})", "a/b=i:2"},
  };
  for (const Case& c : cases) {
    TestPaths t(c.paths);
    const std::vector<char> text = Exactly(c.text);
    EXPECT_EQ(Name(t.json.ReadObject({text.data(), text.size()}, t.table.root(), *t.record)),
              "object")
        << c.about;
    EXPECT_EQ(t.Show(), c.expected) << c.about;
  }
}

TEST(JsonReader, NumbersStayExact) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"0", "i:0"},
      {"-0", "i:0"},
      {"9007199254740993", "i:9007199254740993"},
      {"999999999999999999", "i:999999999999999999"},
      {"1000000000000000000", "i:1000000000000000000"},
      {"9223372036854775807", "i:9223372036854775807"},
      {"-9223372036854775808", "i:-9223372036854775808"},
      {"9223372036854775808", "s:9223372036854775808"},
      {"18446744073709551615", "s:18446744073709551615"},
      {"123456789012345678901234567890", "s:123456789012345678901234567890"},
      {"007", "s:007"},
      {"1e3", "d:1000"},
      {"-2.50", "d:-2.5"},
      {"1e999", "s:1e999"},
  };
  for (const auto& [text, expected] : cases) {
    TestPaths t({"n"});
    const std::string line = fmt::format("{{\"n\":{}}}", text);
    ASSERT_EQ(Name(t.json.ReadObject(line, t.table.root(), *t.record)), "object") << text;
    EXPECT_EQ(ShowValue(t.record->Get(t.ids[0])), expected) << text;
  }
}

TEST(JsonReader, UndoesEscapes) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"(C:\\new\\reports)", R"(C:\new\reports)"},
      {R"(\"\/\b\f\n\r\t)", "\"/\b\f\n\r\t"},
      {R"(\u00e9\u20AC)", "\u00e9\u20ac"},
      {R"(\ud83d\ude00)", "\U0001F600"},
      {R"(\ud83dx)", "\uFFFDx"},
      {R"(\ude00)", "\uFFFD"},
      {R"(\u0000)", std::string_view("\0", 1)},
      {R"(a\\)", R"(a\)"},
      {R"(\\\")", R"(\")"},
  };
  for (const auto& [text, expected] : cases) {
    // A second value behind it: a backslash must not be looked for in the wrong place.
    TestPaths t({"v", "w"});
    const std::string line = fmt::format(R"({{"v":"{}","u":"\\","w":"plain"}})", text);
    ASSERT_EQ(Name(t.json.ReadObject(line, t.table.root(), *t.record)), "object") << text;
    EXPECT_EQ(t.record->Get(t.ids[0]).text(), expected) << text;
    EXPECT_EQ(t.record->Get(t.ids[1]).text(), "plain") << text;
  }
}

TEST(JsonReader, SaysWhatIsWrong) {
  const std::string deep(100, '[');
  const std::tuple<std::string_view, std::string, std::string_view> cases[] = {
      {"nothing", "", "broken"},
      {"a scalar", "17", "broken"},
      {"an array", R"([{"a":1}])", "array"},
      {"cut in a text", R"({"a":"x)", "truncated"},
      {"cut behind a value", R"({"a":1)", "truncated"},
      {"cut behind a comma", R"({"a":1,)", "truncated"},
      {"cut in a skipped list", R"({"s":[1,2)", "truncated"},
      {"text behind the object", R"({"a":1} x)", "broken"},
      {"two objects", R"({"a":1}{"a":2})", "broken"},
      {"no colon", R"({"a" 1})", "broken"},
      {"no comma", R"({"a":1 "b":2})", "broken"},
      {"a comma too much", R"({"a":1,})", "broken"},
      {"no value", R"({"a":,"b":1})", "broken"},
      {"a bare word", R"({"a":yes})", "broken"},
      {"half a word", R"({"a":tru})", "broken"},
      {"no number", R"({"a":1x})", "broken"},
      {"only a sign", R"({"a":-})", "broken"},
      {"an unknown escape", R"({"a":"\q"})", "broken"},
      {"a short unicode escape", R"({"a":"\u12"})", "broken"},
      {"a control character", "{\"a\":\"x\ty\"}", "broken"},
      {"a NUL in a text", std::string("{\"a\":\"x\0y\"}", 11), "broken"},
      {"brackets that do not match", R"({"s":[1},"a":2])", "broken"},
      {"a text with something behind it", R"({"a":"x"y})", "broken"},
      {"single quotes", R"({'a':1})", "broken"},
      {"invalid UTF-8", "{\"a\":\"\xff\xfe\"}", "bad-utf8"},
      {"a cut UTF-8 sequence in what nobody asks for", "{\"s\":\"\xe2\x82\",\"a\":1}", "bad-utf8"},
      {"nested too deep", fmt::format("{{\"s\":{}{}}}", deep, std::string(100, ']')), "too-deep"},
  };
  for (const auto& [about, line, expected] : cases) {
    TestPaths t({"a"});
    const std::vector<char> text = Exactly(line);
    EXPECT_EQ(Name(t.json.ReadObject({text.data(), text.size()}, t.table.root(), *t.record)),
              expected)
        << about;
  }
}

// The reader remembers keys from record to record; what it returns must not depend on it.
TEST(JsonReader, RemembersKeysWithoutMixingThemUp) {
  const std::vector<std::string> paths = {"a",     "ab",           "abc",          "n.a",
                                          "n.n.a", "longer_key_1", "longer_key_2", "x.a"};
  const std::string lines[] = {
      R"({"a":1,"ab":2,"abc":3})",
      R"({"a":1,"abc":3,"ab":2})",
      R"({"n":{"a":4,"n":{"a":5}},"a":1})",
      R"({"n":{"n":{"a":5},"a":4},"ab":2})",
      R"({"longer_key_1":1,"longer_key_2":2,"longer_key_3":3})",
      R"({"longer_key_2":2,"longer_key_1":1})",
      R"({"x":"{\"a\":6}","a":1})",
      R"({"n":{"a":4},"x":{"a":6}})",
      R"({"a" :1, "ab" :2})",
      R"({})",
  };
  TestPaths warm(paths);
  for (int round = 0; round < 3; ++round) {
    for (size_t i = 0; i < std::size(lines); ++i) {
      const std::string& line = lines[round == 1 ? std::size(lines) - 1 - i : i];
      TestPaths fresh(paths);
      fresh.json.ReadObject(line, fresh.table.root(), *fresh.record);
      warm.record->Begin();
      EXPECT_EQ(warm.json.ReadObject(line, warm.table.root(), *warm.record), JsonOutcome::kObject);
      EXPECT_EQ(warm.Show(), fresh.Show()) << line;
    }
  }
}

TEST(JsonReader, ManyKeysDoNotGrowItsMemoryForEver) {
  TestPaths t({"wanted"});
  for (int i = 0; i < 60'000; i += 30) {
    std::string line = "{";
    for (int k = 0; k < 30; ++k) line += fmt::format("\"key{}\":1,", i + k);
    line += "\"wanted\":2}";
    t.record->Begin();
    ASSERT_EQ(t.json.ReadObject(line, t.table.root(), *t.record), JsonOutcome::kObject);
    ASSERT_EQ(t.Show(), "wanted=i:2");
  }
}

TEST(JsonReader, GivesTheElementsOfContainers) {
  const std::tuple<std::string_view, std::string_view, std::vector<std::string>> cases[] = {
      {R"({"records":[{"a":1}, {"b":[2]} ]})", "records", {R"({"a":1})", R"({"b":[2]})"}},
      {R"([{"a":1},null,"x"])", "", {R"({"a":1})", "null", R"("x")"}},
      {R"({"n":{"records":[{"a":1}]}})", "records", {}},
      {R"({"records":[1,2]})", "records", {}},
      {R"({"records":[]})", "records", {}},
      {R"({"records":{"a":1}})", "records", {}},
      {R"({"records":[{"a":1})", "records", {}},
  };
  for (const auto& [text, key, expected] : cases) {
    JsonReader json;
    std::vector<std::string> elements;
    const bool found = json.ForEachElement(
        text, key, [&](std::string_view element) { elements.emplace_back(element); });
    EXPECT_EQ(found, !expected.empty()) << text;
    EXPECT_EQ(elements, expected) << text;
  }
}

TEST(JsonReader, GivesTheTextOfAKey) {
  JsonReader json;
  Arena arena;
  EXPECT_EQ(json.TopLevelText(R"({"a":1,"message":"<14>x \"y\""})", "message", arena),
            R"(<14>x "y")");
  EXPECT_EQ(json.TopLevelText(R"({"event":{"id":3,"original":"raw"}})", "event.original", arena),
            "raw");
  EXPECT_EQ(json.TopLevelText(R"({"event.original":"raw"})", "event.original", arena), "raw");
  EXPECT_EQ(json.TopLevelText(R"({"message":17})", "message", arena), "");
  EXPECT_EQ(json.TopLevelText(R"({"x":{"message":"no"}})", "message", arena), "");
}

}  // namespace
}  // namespace vedette
