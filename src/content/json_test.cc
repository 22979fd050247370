#include "content/json.h"

#include <gtest/gtest.h>

namespace vedette {
namespace {

TEST(Json, ReadsValuesAsWrittenWithTheirPlaces) {
  const auto root = ParseJson(
      "\xEF\xBB\xBF{\n  \"a\": [1, \"x\\u00e4\\ud83d\\ude00\\/\", true, null]\r\n}", "f.json");
  ASSERT_TRUE(root.has_value()) << root.error().ToString();
  const Node* list = root->Find("a");
  ASSERT_NE(list, nullptr);
  ASSERT_EQ(list->items.size(), 4u);
  EXPECT_EQ(list->items[0].scalar, "1");
  EXPECT_FALSE(list->items[0].quoted);
  EXPECT_EQ(list->items[1].scalar, "x\u00e4\U0001F600/");
  EXPECT_TRUE(list->items[1].quoted);
  EXPECT_EQ(list->items[1].place.ToString(), "f.json:2:13");  // behind the quote
  EXPECT_EQ(list->items[2].scalar, "true");
  EXPECT_TRUE(list->items[3].is_null());
  EXPECT_EQ(root->key_places[0].ToString(), "f.json:2:3");
}

struct BadCase {
  const char* text;
  const char* place;
  const char* code;
};

TEST(Json, NamesTheFirstFaultWithItsPlace) {
  const BadCase cases[] = {
      {"{\"a\": 1,}", "f:1:9", "json-syntax"},
      {"{\"a\": \"open\n}", "f:1:7", "json-syntax"},
      {"{\"a\": 1\n \"b\": 2}", "f:2:2", "json-syntax"},
      {"{\"a\": 1, \"a\": 2}", "f:1:10", "json-duplicate-key"},
      {"[1, 2] x", "f:1:8", "json-syntax"},
      {"[yes]", "f:1:2", "json-syntax"},
      {"[\"\\x\"]", "f:1:3", "json-syntax"},
      {"[\"\\u12g4\"]", "f:1:3", "json-syntax"},
      {"[\"\\ud83d x\"]", "f:1:3", "json-syntax"},
      {"[\"\\ude00\"]", "f:1:3", "json-syntax"},
      {"[01]", "f:1:2", "json-syntax"},
      {"[1.]", "f:1:2", "json-syntax"},
      {"[1e]", "f:1:2", "json-syntax"},
      {"[1e999]", "f:1:2", "json-syntax"},
      {"[1, 2", "f:1:6", "json-syntax"},
      {"", "f:1:1", "json-syntax"},
      {"{'a': 1}", "f:1:2", "json-syntax"},
      {"[\"\xFF\"]", "f", "json-encoding"},
  };
  for (const BadCase& c : cases) {
    const auto root = ParseJson(c.text, "f");
    ASSERT_FALSE(root.has_value()) << c.text;
    EXPECT_EQ(root.error().code, c.code) << c.text;
    EXPECT_EQ(root.error().place.ToString(), c.place) << c.text << ": " << root.error().message;
  }
  EXPECT_EQ(ParseJson(std::string(100, '['), "f").error().code, "json-too-deep");
}

}  // namespace
}  // namespace vedette
