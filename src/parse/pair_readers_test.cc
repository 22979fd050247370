#include "parse/pair_readers.h"

#include <gtest/gtest.h>

#include "parse/test_record.h"

namespace vedette {
namespace {

struct Case {
  std::string_view about;
  std::vector<std::string> paths;
  std::string text;
  std::string expected;  // "broken": the line does not hold together
};

template <typename Read>
void Check(const std::vector<Case>& cases, Read read) {
  for (const Case& c : cases) {
    TestPaths t(c.paths);
    PairReader reader(t.table);
    const std::vector<char> text(c.text.begin(), c.text.end());
    // Twice: the second time the keys are known.
    for (int round = 0; round < 2; ++round) {
      t.record->Begin();
      const bool good = read(reader, std::string_view(text.data(), text.size()), t);
      EXPECT_EQ(good ? t.Show() : "broken", c.expected) << c.about;
    }
  }
}

constexpr std::string_view kHead = "0|Acme|Guard|2.1|42|Copy blocked|7|";

TEST(ReadCef, Extension) {
  const auto line = [](std::string_view extension) {
    return std::string(kHead) + std::string(extension);
  };
  Check(
      {
          {"header",
           {"cef.vendor", "cef.product", "cef.version", "cef.signature", "cef.name",
            "cef.severity"},
           line("a=1"),
           "cef.vendor=s:Acme cef.product=s:Guard cef.version=s:2.1 cef.signature=s:42 "
           "cef.name=s:Copy blocked cef.severity=s:7"},
          {"header escapes",
           {"cef.vendor", "cef.product"},
           R"(0|A\|B|C\\D|1|2|n|3|)",
           R"(cef.vendor=s:A|B cef.product=s:C\D)"},
          {"bars behind backslashes",
           {"cef.vendor", "cef.product", "cef.version", "a"},
           R"(0|A\\|B\\\||C\|\\\|D|2|n|3|a=1)",
           R"(cef.vendor=s:A\ cef.product=s:B\| cef.version=s:C|\|D a=s:1)"},
          {"a header longer than a word of the masks",
           {"cef.name", "cef.severity", "a"},
           "0|a|b|c|d|" + std::string(150, 'n') + R"(\|)" + std::string(150, 'm') + "|9|a=x|y",
           "cef.name=s:" + std::string(150, 'n') + "|" + std::string(150, 'm') +
               " cef.severity=s:9 a=s:x|y"},
          {"backslashes of a severity without a last bar",
           {"cef.severity"},
           R"(0|a|b|c|d|e|Lo\\w)",
           R"(cef.severity=s:Lo\\w)"},
          {"a key across the masks' words",
           {"a", "averylongkeyofmorethanonewordofmasksaverylongkeyofmorethanonewordofmasks", "b"},
           line("a=" + std::string(70, 'x') +
                " averylongkeyofmorethanonewordofmasksaverylongkeyofmorethanonewordofmasks=2 b=3"),
           "a=s:" + std::string(70, 'x') +
               " averylongkeyofmorethanonewordofmasksaverylongkeyofmorethanonewordofmasks=s:2 "
               "b=s:3"},
          {"an extension that begins with an equals sign", {"a"}, line("=x a=1"), "a=s:1"},
          {"no extension and no last bar",
           {"cef.severity"},
           "0|a|b|c|d|e|Low",
           "cef.severity=s:Low"},
          {"too short a header", {"cef.vendor"}, "0|a|b|c|d", "broken"},
          {"values with blanks", {"a", "b"}, line("a=one two  b=three"), "a=s:one two b=s:three"},
          {"escaped equals sign",
           {"fname"},
           line(R"(fname=plan a\=b.docx x=1)"),
           "fname=s:plan a=b.docx"},
          {"equals signs of a URL",
           {"request", "b"},
           line("request=http://h.example/?x=1&y=2 b=3"),
           "request=s:http://h.example/?x=1&y=2 b=s:3"},
          {"doubled backslash", {"suser"}, line(R"(suser=CORP\\ada b=1)"), R"(suser=s:CORP\ada)"},
          {"single backslash in an account",
           {"suser"},
           line(R"(suser=CORP\nora b=1)"),
           R"(suser=s:CORP\nora)"},
          {"single backslashes in a path",
           {"p"},
           line(R"(p=C:\new\reports b=1)"),
           R"(p=s:C:\new\reports)"},
          {"a path that ends in a backslash",
           {"p", "b"},
           line(R"(p=E:\out\ b=1)"),
           R"(p=s:E:\out\ b=s:1)"},
          {"doubled backslashes in a path",
           {"p"},
           line(R"(p=C:\\new\\reports)"),
           R"(p=s:C:\new\reports)"},
          {"escapes at both ends", {"a", "b"}, line(R"(a=\=x\\ b=x\\\)"), R"(a=s:=x\ b=s:x\\)"},
          {"escapes that follow each other",
           {"msg"},
           line(R"(msg=a\\\=b\|\q\n\\n)"),
           "msg=s:a\\=b|\\q\n\\n"},
          {"an equals sign in a path", {"p"}, line(R"(p=C:\a\=b\new)"), R"(p=s:C:\a=b\new)"},
          {"line breaks in a text",
           {"msg"},
           line(R"(msg=one\ntwo three\rfour)"),
           "msg=s:one\ntwo three\rfour"},
          {"an unknown escape stays", {"msg"}, line(R"(msg=50\% of it)"), R"(msg=s:50\% of it)"},
          {"empty values are absent", {"act", "cs1", "b"}, line("act= cs1= b=1"), "b=s:1"},
          {"the last of a repeated key", {"a"}, line("a=1 a=2"), "a=s:2"},
          {"keys with odd characters",
           {"a.b[x]", "c/d", "e,f"},
           line("a.b[x]=1 c/d=2 e,f=3"),
           "a.b[x]=s:1 c/d=s:2 e,f=s:3"},
          {"a blank at the end", {"a"}, line("a=1 "), "a=s:1"},
          {"labels before and after",
           {"label.user", "label.rule"},
           line("cs1Label=User cs1=ada cs2=r one cs2Label=Rule"),
           "label.user=s:ada label.rule=s:r one"},
          {"a label without a value", {"label.user"}, line("cs1Label=User cs2=x"), ""},
          {"JSON with blanks and equals signs",
           {"msg", "json.a", "b"},
           line(R"(msg={"a":"x y=z","q":"C:\\n"} b=1)"),
           R"(msg=s:{"a":"x y=z","q":"C:\n"} json.a=s:x y=z b=s:1)"},
          {"a path into the JSON of a value",
           {"d.Type"},
           line(R"(d={"Type":"Removable"} b=1)"),
           "d.Type=s:Removable"},
          {"JSON that never ends", {"b", "json.a"}, line(R"(msg={"a":"x b=1)"), "b=s:1"},
          {"text before the first key", {"a"}, line("stray words a=1"), "a=s:1"},
      },
      [](PairReader& reader, std::string_view text, TestPaths& t) {
        return reader.ReadCef(text, t.json, *t.record);
      });
}

TEST(ReadCef, ALabelMaySaySomethingElseInTheNextLine) {
  TestPaths t({"label.user", "label.rule"});
  PairReader reader(t.table);
  const auto read = [&](std::string_view extension) {
    const std::string text = std::string(kHead) + std::string(extension);
    t.record->Begin();
    EXPECT_TRUE(reader.ReadCef(text, t.json, *t.record));
    return t.Show();
  };
  EXPECT_EQ(read("cs1Label=User cs1=ada"), "label.user=s:ada");
  EXPECT_EQ(read("cs1Label=Rule cs1=one"), "label.rule=s:one");
  EXPECT_EQ(read("cs1Label=Other cs1=one"), "");
  EXPECT_EQ(read("cs1=one"), "");
  EXPECT_EQ(read("cs1Label=User cs1Label=Rule cs1=ada"), "label.user=s:ada label.rule=s:ada");
}

TEST(ReadLeef, HeaderAndDelimiters) {
  const std::vector<std::string> paths = {"leef.vendor", "leef.event", "a", "b"};
  const std::string all = "leef.vendor=s:Acme leef.event=s:usb a=s:x=1 b=s:y z";
  Check(
      {
          {"one, tabs", paths, "1.0|Acme|Guard|2.1|usb|a=x=1\tb=y z", all},
          {"two, a character", paths, "2.0|Acme|Guard|2.1|usb|^|a=x=1^b=y z", all},
          {"two, a code", paths, "2.0|Acme|Guard|2.1|usb|0x5E|a=x=1^b=y z", all},
          {"two, a short code", paths, "2.0|Acme|Guard|2.1|usb|x5e|a=x=1^b=y z", all},
          {"two, an empty field", paths, "2.0|Acme|Guard|2.1|usb||a=x=1\tb=y z", all},
          {"two, no field", paths, "2.0|Acme|Guard|2.1|usb|a=x=1\tb=y z", all},
          {"two, a delimiter that is not used", paths, "2.0|Acme|Guard|2.1|usb|^|a=x=1\tb=y z",
           all},
          {"written-out tabs", paths, R"(1.0|Acme|Guard|2.1|usb|a=x=1\tb=y z)", all},
          {"two, no code", paths, "2.0|Acme|Guard|2.1|usb|xZZ|a=1", "broken"},
          {"two, a code of nothing", paths, "2.0|Acme|Guard|2.1|usb|x00|a=1", "broken"},
          {"too short", paths, "1.0|Acme|Guard", "broken"},
      },
      [](PairReader& reader, std::string_view text, TestPaths& t) {
        return reader.ReadLeef(text, t.json, *t.record);
      });
}

TEST(ReadKv, QuotesAndSeparators) {
  const auto read = [](const KvOptions& options) {
    return [options](PairReader& reader, std::string_view text, TestPaths& t) {
      return reader.ReadKv(text, options, t.json, *t.record);
    };
  };
  Check(
      {
          {"plain and quoted", {"a", "b", "c"}, R"(a=1 b="x y" c='z')", "a=s:1 b=s:x y c=s:z"},
          {"an escaped quote",
           {"a", "b"},
           R"(a="say \"hi\" there" b=2)",
           R"(a=s:say "hi" there b=s:2)"},
          {"a path before the closing quote",
           {"a", "b"},
           R"(a="C:\tmp\" b="x")",
           R"(a=s:C:\tmp\ b=s:x)"},
          {"a path at the end", {"a"}, R"(a="C:\tmp\")", R"(a=s:C:\tmp\)"},
          {"words before a pair", {"a"}, "kernel: dropped a=1", "a=s:1"},
          {"a quote that is not closed", {"a"}, R"(a="x y)", "broken"},
          {"JSON in a value", {"d.t"}, R"(d='{"t":"x"}')", "d.t=s:x"},
      },
      read({"=", " "}));
  Check({{"tabs keep blanks", {"a", "b"}, "a=x y\tb=z", "a=s:x y b=s:z"}}, read({"=", "\t"}));
  Check({{"colon and comma", {"a", "b"}, "a: x y, b: z", "a=s:x y b=s:z"}}, read({":", ", "}));
}

TEST(ReadColumns, QuotesNamesAndSeparators) {
  const auto read = [](const ColumnOptions& options) {
    return [options](PairReader& reader, std::string_view text, TestPaths& t) {
      return reader.ReadColumns(text, options, t.json, *t.record);
    };
  };
  Check(
      {
          {"plain", {"col.0", "col.2"}, "a, b ,c", "col.0=s:a col.2=s:c"},
          {"by name", {"user", "col.1"}, "x,ada", "user=s:ada col.1=s:ada"},
          {"quoted with separator and quotes",
           {"col.0", "col.1"},
           R"("a, ""b""" ,c)",
           R"(col.0=s:a, "b" col.1=s:c)"},
          {"an empty column is absent", {"col.0", "col.1"}, R"("",b)", "col.1=s:b"},
          {"a quote inside stays", {"col.0"}, R"(5" disk,b)", R"(col.0=s:5" disk)"},
          {"a quote that is not closed", {"col.0"}, R"(a,"b)", "broken"},
          {"something behind a closed quote", {"col.0"}, R"("a"b,c)", "broken"},
      },
      read({",", true, {"host", "user"}}));
  Check({{"a long separator", {"col.1"}, "a<;> b<;>c", "col.1=s: b"}}, read({"<;>", false, {}}));
  Check({{"tabs", {"col.1"}, "a\t\"b\tc\"\td", "col.1=s:b\tc"}}, read({"\t", true, {}}));
}

// Lines that would take quadratic time if a reader looked ahead without a bound.
TEST(PairReaders, HostileLinesStayLinear) {
  TestPaths t({"a", "json.x"});
  PairReader reader(t.table);
  const auto repeat = [](std::string_view part, size_t count) {
    std::string text;
    for (size_t i = 0; i < count; ++i) text += part;
    return text;
  };
  constexpr size_t kMany = 300'000;
  t.record->Begin();
  EXPECT_TRUE(reader.ReadCef(std::string(kHead) + repeat("a={ ", kMany), t.json, *t.record));
  t.record->Begin();
  EXPECT_TRUE(reader.ReadCef(std::string(kHead) + repeat("a=x ", kMany), t.json, *t.record));
  t.record->Begin();
  reader.ReadKv("a=\"" + repeat("\\\" ", kMany), {"=", " "}, t.json, *t.record);
  t.record->Begin();
  EXPECT_EQ(t.json.ReadObject(repeat("[", kMany), t.table.root(), *t.record), JsonOutcome::kArray);
}

}  // namespace
}  // namespace vedette
