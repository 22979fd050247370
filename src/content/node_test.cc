#include "content/node.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "content/library.h"

namespace vedette {
namespace {

TEST(Yaml, KeepsThePlaceOfEveryValue) {
  const auto root = ParseYaml("a: 1\nb:\n  - x\n  - {c: 'y'}\n", "f.yaml");
  ASSERT_TRUE(root.has_value());
  EXPECT_EQ(root->Find("b")->items[1].Find("c")->place.ToString(), "f.yaml:4:9");
  EXPECT_TRUE(root->Find("b")->items[1].Find("c")->quoted);
  EXPECT_FALSE(root->Find("a")->quoted);
  EXPECT_EQ(root->Find("z"), nullptr);
}

TEST(Yaml, RefusesBrokenTextWithItsPlace) {
  struct Case {
    const char* text;
    const char* code;
    const char* place;
  };
  for (const Case& c : {Case{"a: [1, 2\nb: 3\n", "yaml-syntax", "f.yaml:2:2"},
                        Case{"a: 1\na: 2\n", "yaml-duplicate-key", "f.yaml:2:1"},
                        Case{"a: !!binary x\n", "yaml-tag", "f.yaml:1:4"},
                        Case{"a: &a\n  - *a\n", "yaml-alias", "f.yaml:2:5"},
                        Case{"? [1, 2]\n: x\n", "yaml-key", "f.yaml:1:3"}}) {
    const auto root = ParseYaml(c.text, "f.yaml");
    ASSERT_FALSE(root.has_value()) << c.text;
    EXPECT_EQ(root.error().code, c.code);
    EXPECT_EQ(root.error().place.ToString(), c.place);
  }
  EXPECT_EQ(ParseYaml(std::string_view("a: \0", 4), "f").error().code, "yaml-binary");
  EXPECT_EQ(ParseYaml(std::string(200, '['), "f").has_value(), false);
}

TEST(Yaml, CopiesWhatAnAliasNames) {
  const auto root = ParseYaml("a: &x [1, {b: c}]\nd: *x\n", "f.yaml", 10);
  ASSERT_TRUE(root.has_value());
  EXPECT_EQ(root->Find("d")->items[1].Find("b")->scalar, "c");
  EXPECT_EQ(root->Find("d")->items[0].place.ToString(), "f.yaml:11:8");
}

TEST(Yaml, RefusesAliasesThatMultiply) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    text += fmt::format("a{}: &a{} [", i, i);
    for (int j = 0; j < 10; ++j) text += fmt::format("{}*a{}", j == 0 ? "" : ", ", i - 1);
    text += "]\n";
  }
  const auto root = ParseYaml(text, "f.yaml");
  ASSERT_FALSE(root.has_value());
  EXPECT_EQ(root.error().code, "yaml-too-large");
}

TEST(MapReader, CollectsEveryFaultOfAMap) {
  const auto root = ParseYaml(
      "titel: x\nscore: many\nevents: {a: 1}\nkind: cluster\nx-note: free\nwait: 5\n", "f.yaml");
  ASSERT_TRUE(root.has_value());
  Diagnostics faults;
  MapReader map(*root, "rule", faults);
  map.RequiredText("title");
  EXPECT_EQ(map.Int("score", 7), 7);
  EXPECT_TRUE(map.Texts("events").empty());
  EXPECT_EQ(map.Word("kind", {"profile", "clustered"}, 0), 0u);
  EXPECT_EQ(map.Duration("wait", Nanoseconds(3)).count(), 3);
  map.Finish();
  faults.Sort();
  EXPECT_EQ(
      faults.Render(),
      "f.yaml:1:1: error: this rule has no 'title' [content-missing-key]\n"
      "f.yaml:1:1: error: a rule has no key 'titel' [content-unknown-key]; did you mean 'title'?\n"
      "f.yaml:2:8: error: 'score' must be a whole number, not 'many' [content-type]\n"
      "f.yaml:3:9: error: 'events' must be a list of texts, not a map [content-type]\n"
      "f.yaml:4:7: error: 'kind' cannot be 'cluster' [content-word]; did you mean 'clustered'?\n"
      "f.yaml:6:7: error: 'wait' must be a duration such as 30s, 5m, 12h or 90d, not '5' "
      "[content-type]\n");
}

TEST(ContentLibrary, ReportsAMissingFolder) {
  Diagnostics faults;
  ContentLibrary::Load("/nowhere/content", faults);
  ASSERT_EQ(faults.errors(), 1u);
  EXPECT_EQ(faults.all()[0].code, "content-folder-missing");
}

TEST(ContentLibrary, LoadsTheShippedSchemaWithoutFault) {
  Diagnostics faults;
  const ContentLibrary library =
      ContentLibrary::Load(std::string(VEDETTE_SOURCE_DIR) + "/content", faults);
  EXPECT_FALSE(faults.has_errors()) << faults.Render();
  EXPECT_NE(library.schema.FindField("process_command_line"), nullptr);
  EXPECT_NE(library.schema.FindEventType("usb-write"), nullptr);
}

}  // namespace
}  // namespace vedette
