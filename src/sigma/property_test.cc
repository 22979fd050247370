// Random rules and random events: the matcher, with pruning and without, and the plain evaluator
// say the same of every pair.
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sigma/json_view.h"
#include "sigma/matcher.h"
#include "sigma/reference_test.h"

namespace vedette::sigma {
namespace {

// xorshift64*: the same numbers everywhere.
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}
  size_t Below(size_t limit) {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return static_cast<size_t>((state_ * 0x2545F4914F6CDD1DULL) >> 33) % limit;
  }
  bool OneIn(size_t n) { return Below(n) == 0; }
  template <typename T>
  const T& Of(const std::vector<T>& choices) {
    return choices[Below(choices.size())];
  }

 private:
  uint64_t state_;
};

const std::vector<std::string> kFields = {"A", "B", "C", "d.e", "f.g.h"};
const std::vector<std::string> kAddresses = {"10.1.2.3", "10.200.0.1", "::ffff:10.1.2.3",
                                             "2001:db8::1", "192.168.7.1"};

std::string Word(Dice& dice, bool rule) {
  static const std::vector<std::string> kPieces = {
      "a", "b", "A", "cmd", "power", ".exe", "-", "/",        "\\",    " ",
      "é", "É", "–", "ab",  "-x",    " /y",  "7", "Zm9vYmFy", "foobar"};
  static const std::vector<std::string> kWild = {"*", "?", "\\*", "\\\\"};
  std::string word;
  for (size_t n = dice.Below(5); n > 0; --n)
    word += rule && dice.OneIn(7) ? dice.Of(kWild) : dice.Of(kPieces);
  return word;
}

std::string Single(const std::string& text) { return "'" + text + "'"; }

// One item as `key: value`.
std::string Item(Dice& dice, size_t number) {
  static const std::vector<std::string> kModifiers = {"",
                                                      "",
                                                      "|contains",
                                                      "|contains",
                                                      "|startswith",
                                                      "|endswith",
                                                      "|cased",
                                                      "|contains|cased",
                                                      "|contains|all",
                                                      "|windash|contains",
                                                      "|neq",
                                                      "|windash",
                                                      "|contains|windash",
                                                      "|contains|neq",
                                                      "|endswith|all|neq",
                                                      "|base64offset|contains"};
  const std::string field = dice.Of(kFields);
  const auto key = [&](const std::string& modifiers) {
    // A second item of one name would be a duplicate key: `all` changes nothing for one value.
    return "'" + field + modifiers + (number % 2 == 0 ? "" : "|all") + "'";
  };
  switch (dice.Below(12)) {
    case 0:
      return key("") + ": " + std::to_string(dice.Below(12));
    case 1:
      return key("") + ": " + (dice.OneIn(2) ? "null" : "true");
    case 2:
      return fmt::format("'{}|exists': {}", field, dice.OneIn(2) ? "true" : "false");
    case 3:
      return key(dice.OneIn(2) ? "|gte" : "|lt") + ": " + std::to_string(dice.Below(12));
    case 4:
      return key("|cidr") + ": " +
             Single(dice.Of(std::vector<std::string>{"10.0.0.0/8", "10.1.0.0/16", "2001:db8::/32",
                                                     "192.168.7.1"}));
    case 5:
      return key(dice.OneIn(2) ? "|re" : "|re|i") + ": " +
             Single(dice.Of(std::vector<std::string>{"a[ab-]?b", "^cmd", "[ab]+\\.exe", "x|7",
                                                     "power|foobar"}));
    case 6:
      return key(dice.Of(std::vector<std::string>{"|fieldref", "|fieldref|contains",
                                                  "|fieldref|endswith"})) +
             ": " + Single(dice.Of(kFields));
    default:
      break;
  }
  const std::string modifiers = dice.Of(kModifiers);
  std::string values;
  const size_t count = 1 + dice.Below(3);
  for (size_t i = 0; i < count; ++i) {
    std::string word = Word(dice, modifiers.find("base64") == std::string::npos);
    // Texts of less than two bytes have no trace in Base64.
    if (modifiers.find("base64") != std::string::npos) word += "xy";
    values += (i == 0 ? "" : ", ") + Single(word);
  }
  return fmt::format("'{}{}': [{}]", field, modifiers + (number % 2 == 0 ? "" : "|all"), values);
}

std::string Search(Dice& dice) {
  if (dice.OneIn(12)) return fmt::format("[{}, {}]", Single("cmd"), Single(Word(dice, true)));
  const auto map = [&] {
    std::string body = Item(dice, 0);
    if (dice.OneIn(2)) {
      // Never the same key twice: the second item has another set of modifiers.
      const std::string second = Item(dice, 1);
      if (second.substr(0, second.find("':")) != body.substr(0, body.find("':")))
        body += ", " + second;
    }
    return "{" + body + "}";
  };
  return dice.OneIn(4) ? fmt::format("[{}, {}]", map(), map()) : map();
}

std::string RandomRule(Dice& dice, size_t number) {
  static const std::vector<std::string> kConditions = {"s1",
                                                       "s1 and s2",
                                                       "s1 or s2 and not f1",
                                                       "1 of s*",
                                                       "all of s* and not 1 of f*",
                                                       "not (s1 or f1)",
                                                       "(s1 or s2) and not f1",
                                                       "s1 and not 1 of f*",
                                                       "all of them",
                                                       "not s1 and (f1 or not s2)"};
  return fmt::format(
      "title: r{}\nid: r{}\nlogsource: {{category: x}}\ndetection:\n  s1: {}\n  s2: {}\n  f1: {}\n"
      "  condition: {}\n",
      number, number, Search(dice), Search(dice), Search(dice), dice.Of(kConditions));
}

JsonValue Leaf(Dice& dice) {
  JsonValue value;
  switch (dice.Below(10)) {
    case 0:
      break;
    case 1:
      value.kind = JsonValue::Kind::kInt;
      value.integer = static_cast<int64_t>(dice.Below(12));
      break;
    case 2:
      value.kind = JsonValue::Kind::kBool;
      value.truth = dice.OneIn(2);
      break;
    case 3:
      value.kind = JsonValue::Kind::kDouble;
      value.decimal = static_cast<double>(dice.Below(24)) / 2;
      break;
    case 4:
      value.kind = JsonValue::Kind::kText;
      value.text = dice.Of(kAddresses);
      break;
    case 5:
      value.kind = JsonValue::Kind::kList;
      for (size_t n = dice.Below(3); n > 0; --n) value.items.push_back(Leaf(dice));
      break;
    case 6:
      value.kind = JsonValue::Kind::kText;
      value.text = dice.Of(std::vector<std::string>{"", "7", "5.0", "TRUE", "cmd.exe"});
      break;
    default:
      value.kind = JsonValue::Kind::kText;
      value.text = Word(dice, false);
  }
  return value;
}

JsonValue RandomEvent(Dice& dice) {
  const auto object = [] {
    JsonValue value;
    value.kind = JsonValue::Kind::kObject;
    return value;
  };
  JsonValue event = object();
  for (const char* field : {"A", "B", "C"}) {
    if (!dice.OneIn(4)) event.members.push_back({field, Leaf(dice)});
  }
  if (dice.OneIn(4)) event.members.push_back({"d.e", Leaf(dice)});
  JsonValue inner = object();
  inner.members.push_back({"e", Leaf(dice)});
  event.members.push_back({"d", std::move(inner)});
  JsonValue deep = object();
  deep.members.push_back({dice.OneIn(2) ? "g.h" : "g", Leaf(dice)});
  event.members.push_back({"f", std::move(deep)});
  return event;
}

// VEDETTE_SIGMA_ROUNDS multiplies the work; 25 are more than a million pairs.
size_t Rounds() {
  const char* rounds = std::getenv("VEDETTE_SIGMA_ROUNDS");
  return rounds == nullptr ? 1 : std::strtoul(rounds, nullptr, 10);
}

TEST(SigmaProperty, EveryEvaluatorSaysTheSame) {
  constexpr size_t kRules = 200;
  constexpr size_t kEvents = 220;
  size_t pairs = 0;
  size_t matches = 0;
  for (size_t round = 0; round < Rounds(); ++round) {
    Dice dice(0x5EED + round);
    std::vector<RuleFile> files;
    for (size_t i = 0; i < kRules; ++i)
      files.push_back({fmt::format("{:04}", i), RandomRule(dice, i)});
    Diagnostics faults;
    const Collection rules = Collection::Load(files, {}, faults);
    ASSERT_EQ(rules.rules().size(), kRules) << faults.Render();
    std::vector<ReferenceRule> references;
    for (const RuleFile& file : files) references.emplace_back(*ParseYaml(file.text, file.name));

    // Every other round, one field is not supplied.
    const std::string missing = round % 2 == 0 ? "" : kFields[round / 2 % kFields.size()];
    const auto supplies = [&](const std::string& field) { return field != missing; };
    const auto by_id = [&](FieldId field) { return supplies(rules.fields().name(field)); };
    std::vector<RuleIndex> all;
    for (RuleIndex i = 0; i < kRules; ++i) all.push_back(i);
    const Matcher pruned(rules, all, by_id);
    const Matcher plain(rules, all, by_id, {.prune = false});
    MatchScratch scratch;  // each its own: they remember texts from event to event
    MatchScratch scratch_of_plain;
    std::vector<RuleIndex> from_pruned;
    std::vector<RuleIndex> from_plain;
    std::vector<Evidence> evidence;
    for (size_t e = 0; e < kEvents; ++e) {
      const JsonValue event = RandomEvent(dice);
      JsonView view(rules.fields(), event);
      pruned.Match(view, scratch, from_pruned);
      plain.Match(view, scratch_of_plain, from_plain);
      std::vector<RuleIndex> expected;
      for (RuleIndex i = 0; i < kRules; ++i) {
        if (references[i].Matches(event, supplies)) expected.push_back(i);
      }
      for (RuleIndex i = 0; i < kRules; ++i) {
        const auto in = [&](const std::vector<RuleIndex>& list) {
          return std::binary_search(list.begin(), list.end(), i);
        };
        ASSERT_EQ(in(from_pruned), in(expected))
            << "event " << e << " of round " << round << ", missing '" << missing << "'\n"
            << files[i].text;
        ASSERT_EQ(in(from_plain), in(expected)) << files[i].text;
      }
      for (RuleIndex i : from_pruned) pruned.Explain(i, view, evidence);
      pairs += kRules;
      matches += expected.size();
    }
  }
  EXPECT_GT(matches, pairs / 20);
  EXPECT_LT(matches, pairs / 2);
  RecordProperty("pairs", static_cast<int>(pairs));
}

}  // namespace
}  // namespace vedette::sigma
