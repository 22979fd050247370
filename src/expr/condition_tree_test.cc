// That the tree finds the conditions that hold, asks shared parts once, and nothing behind a part
// that fails.
#include "expr/condition_tree.h"

#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "expr/sample_world.h"

namespace vedette {
namespace {

class ConditionTreeTest : public testing::Test {
 protected:
  ExprId Compile(const char* text) {
    return *world_.compiler.Compile(text, {"test"}, world_.faults);
  }

  std::vector<uint32_t> Holding(const ConditionTree& tree, Evaluator& evaluator) {
    evaluator.Reset(world_.event);
    std::vector<uint32_t> ids;
    tree.ForEach(evaluator, [&](uint32_t id) { ids.push_back(id); });
    std::sort(ids.begin(), ids.end());
    return ids;
  }

  SampleWorld world_;
};

TEST_F(ConditionTreeTest, FindsTheSameAsAskingEachConditionByItself) {
  const char* const texts[] = {
      "user = 'ada'",
      "user = 'ada' and host = 'ws-17'",
      "user = 'ada' and host = 'ws-17' and bytes > 10",
      "user = 'ada' and (host = 'ws-17' or bytes > 10)",
      "host = 'ws-17' and user = 'ada'",
      "bytes > 10",
      "not exists(user)",
  };
  std::vector<ExprId> conditions = {kNoExpr};
  ConditionTree tree;
  for (const char* text : texts) conditions.push_back(Compile(text));
  for (uint32_t i = 0; i < conditions.size(); ++i)
    tree.Add(world_.compiler.program(), conditions[i], i);
  tree.Finish();
  Evaluator evaluator(world_.compiler.program(), world_.lookups);
  size_t most = 0;
  for (const char* user : {"ada", "bob", ""}) {
    for (const char* host : {"ws-17", "ws-18"}) {
      for (int64_t bytes : {1, 1000}) {
        world_.Set("user", user[0] == '\0' ? Value() : Value::String(user));
        world_.Set("host", Value::String(host));
        world_.Set("bytes", Value::Int(bytes));
        evaluator.Reset(world_.event);
        std::vector<uint32_t> expected;
        for (uint32_t i = 0; i < conditions.size(); ++i) {
          if (conditions[i] == kNoExpr || evaluator.Test(conditions[i])) expected.push_back(i);
        }
        EXPECT_EQ(Holding(tree, evaluator), expected) << user << " " << host << " " << bytes;
        most = std::max(most, expected.size());
      }
    }
  }
  EXPECT_EQ(most, 7u);
}

TEST_F(ConditionTreeTest, PassesOverEverythingBehindAPartThatFails) {
  world_.lookups.AddList("asked", {"x"});
  ConditionTree tree;
  for (uint32_t i = 0; i < 100; ++i) {
    const std::string text =
        fmt::format("user = 'ada' and ContextListContains('asked', host) and bytes = {}", i);
    tree.Add(world_.compiler.program(), Compile(text.c_str()), i);
  }
  tree.Finish();
  Evaluator evaluator(world_.compiler.program(), world_.lookups);
  world_.Set("host", Value::String("x"));
  world_.Set("user", Value::String("bob"));
  EXPECT_TRUE(Holding(tree, evaluator).empty());
  EXPECT_TRUE(evaluator.table_use().empty());
  world_.Set("user", Value::String("ada"));
  world_.Set("bytes", Value::Int(7));
  EXPECT_EQ(Holding(tree, evaluator), std::vector<uint32_t>{7});
  EXPECT_EQ(evaluator.table_use().back().asked, 1u);
}

}  // namespace
}  // namespace vedette
