#include <fmt/format.h>
#include <gtest/gtest.h>

#include "content/node.h"

namespace vedette {
namespace {

// Where the letter X of the value of `when` stands.
std::string PlaceOfX(const std::string& yaml) {
  const Result<Node> root = ParseYaml(yaml, "f.yaml");
  if (!root) return root.error().message;
  const Node* when = root->Find("when");
  return when->places().At(when->scalar.find('X')).ToString();
}

TEST(ScalarPlaces, EveryStyleOfYaml) {
  struct Case {
    const char* yaml;
    const char* place;
  };
  for (const Case& c : {
           Case{"when: aX", "f.yaml:1:8"},
           {"when: a X", "f.yaml:1:9"},
           {"when: 'aX'", "f.yaml:1:9"},
           {"when: \"aX\"", "f.yaml:1:9"},
           {"when: 'it''s X'", "f.yaml:1:14"},
           {"when: \"a\\\\b\\\"X\"", "f.yaml:1:14"},
           {"when: \"\\u00e4X\"", "f.yaml:1:14"},
           {"when: >-\n  a\n  b X\n", "f.yaml:3:5"},
           {"when: >-\n\n  a\n\n  b X\n", "f.yaml:5:5"},
           {"when: |\n  a\n    bX\n", "f.yaml:3:6"},
           {"when: &anchor >-\n  a\n  X\n", "f.yaml:3:3"},
           {"when: &anchor 'aX'\n", "f.yaml:1:17"},
           {"when: a\n  b X\n", "f.yaml:2:5"},
           {"when: 'a\n  b X'\n", "f.yaml:2:5"},
           {"x: &c >-\n  a\n  X\nwhen: *c\n", "f.yaml:3:3"},
           {"when: \xC3\xA4X", "f.yaml:1:9"},
       }) {
    EXPECT_EQ(PlaceOfX(c.yaml), c.place) << c.yaml;
  }
}

TEST(ScalarPlaces, TheEndOfATextHasAPlaceToo) {
  const Result<Node> root = ParseYaml("when: >-\n  a\n  b\n", "f.yaml");
  EXPECT_EQ(root->Find("when")->places().At(3).ToString(), "f.yaml:3:4");
  EXPECT_EQ(root->Find("when")->places().start().ToString(), "f.yaml:1:7");
}

TEST(ScalarPlaces, APlainTextKeepsNoPlaces) {
  const Result<Node> root = ParseYaml("a: b c d\nb: 'e'\n", "f.yaml");
  EXPECT_EQ(root->Find("a")->text_places, nullptr);
  EXPECT_NE(root->Find("b")->text_places, nullptr);
}

}  // namespace
}  // namespace vedette
