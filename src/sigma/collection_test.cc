// Loading: what is taken, what is refused and told, and that the rest always loads.
#include "sigma/collection.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sigma/matcher.h"

namespace vedette::sigma {
namespace {

constexpr std::string_view kGood =
    "title: good\nid: g\nlogsource: {category: x}\ndetection: {s: {A: 1}, condition: s}\n";

struct Loaded {
  Diagnostics faults;
  Collection rules;
};

Loaded LoadTexts(std::vector<std::string> texts) {
  std::vector<RuleFile> files;
  for (size_t i = 0; i < texts.size(); ++i)
    files.push_back({fmt::format("f{}.yml", i), std::move(texts[i])});
  Loaded loaded;
  loaded.rules = Collection::Load(files, {}, loaded.faults);
  return loaded;
}

TEST(SigmaCollection, ReadsStreamsWithMarksAndLineEnds) {
  const Loaded loaded = LoadTexts({
      "\xEF\xBB\xBF---\r\n# nothing\r\n---\r\ntitle: one\r\nlogsource:\r\n  category: x\r\n"
      "detection:\r\n  s:\r\n    A: b\r\n  condition: s\r\n---\r\n---\r\n",
      "%YAML 1.2\n--- {title: two, logsource: {product: p}, detection: {s: {A: 1}, condition: s}}\n"
      "...\n",
  });
  EXPECT_EQ(loaded.faults.Render(), "");
  ASSERT_EQ(loaded.rules.rules().size(), 2u);
  EXPECT_EQ(loaded.rules.counts().documents, 2u);
  EXPECT_EQ(loaded.rules.rules()[0].meta.title, "one");
  EXPECT_EQ(loaded.rules.rules()[0].meta.place.ToString(), "f0.yml:4:1");
  EXPECT_EQ(loaded.rules.rules()[1].logsource.ToString(), "p");
}

TEST(SigmaCollection, KeepsWhatPeopleAreShown) {
  const Loaded loaded = LoadTexts(
      {"title: t\nid: 1-2\nname: n\nstatus: test\nlevel: high\ndescription: d\nauthor: Ann, Bob\n"
       "license: L\ndate: 2024-01-01\nmodified: 2025-01-01\ntags: [attack.t1059.001, "
       "attack.stealth]\nreferences: [r1, r2]\nfalsepositives: [none]\nfields: [A]\nrelated: []\n"
       "custom: {any: thing}\nlogsource: {category: c, product: p, service: s, definition: x}\n"
       "detection: {s: {A: 1}, condition: s}\n"});
  EXPECT_EQ(loaded.faults.Render(), "");
  const Metadata& meta = loaded.rules.rules().at(0).meta;
  EXPECT_EQ(meta.key, "sigma:1-2");
  EXPECT_EQ(meta.author, "Ann, Bob");
  EXPECT_EQ(meta.level, Level::kHigh);
  EXPECT_EQ(meta.tags.size(), 2u);
  EXPECT_EQ(meta.references.size(), 2u);
  EXPECT_EQ(loaded.rules.rules()[0].logsource.ToString(), "p/c/s");
  EXPECT_EQ(loaded.rules.FindRule("n"), 0u);
}

TEST(SigmaCollection, TellsEachFaultWithItsPlaceAndLoadsTheRest) {
  struct Case {
    std::string text;
    const char* place;
    const char* code;
  };
  const std::string head = "title: bad\nlogsource: {category: x}\ndetection:\n";
  for (const Case& c : std::vector<Case>{
           {"title: bad\nx: [\n", "f0.yml:", "yaml-syntax"},
           {"title: bad\ntitle: bad\n", "f0.yml:2:1", "yaml-duplicate-key"},
           {head + "  s:\n    A|contain: x\n  condition: s\n", "f0.yml:5:5",
            "sigma-modifier-unknown"},
           {head + "  s:\n    A|contains: 5\n  condition: s\n", "f0.yml:5:17",
            "sigma-modifier-type"},
           {head + "  s:\n    A|re:\n      - ok\n      - '('\n  condition: s\n", "f0.yml:7:9",
            "sigma-regex"},
           {head + "  s:\n    A: 1\n  condition: s and t\n", "f0.yml:6:20",
            "sigma-condition-unknown-name"},
           {head + "  s:\n    A: 1\n  condition: 's AND s'\n", "f0.yml:6:17",
            "sigma-condition-syntax"},
           {head + "  s:\n    A: 1\n  condition: s | count() > 1\n", "f0.yml:6:16",
            "sigma-condition-aggregation"},
           {"title: bad\nid: g\nlogsource: {category: x}\ndetection: {s: {A: 2}, condition: s}\n",
            "f0.yml:1:1", "sigma-duplicate"},
           {"title: bad\xFF\n", "f0.yml:1:1", "sigma-encoding"},
           {std::string("title: bad\0\n", 12), "f0.yml", "yaml-binary"},
       }) {
    const std::string good(kGood);
    // The good rule stands before, behind, or is the one whose id is taken.
    const Loaded before = LoadTexts({c.text + "---\n" + good});
    const Loaded after = LoadTexts({good, c.text});
    const bool duplicate = std::string_view(c.code) == "sigma-duplicate";
    EXPECT_EQ(before.rules.rules().size(), 1u) << c.text;
    EXPECT_EQ(after.rules.rules().size(), 1u) << c.text;
    ASSERT_EQ(before.rules.refusals().size(), 1u) << c.text;
    const Refusal& refusal = before.rules.refusals()[0];
    EXPECT_EQ(refusal.code, c.code) << refusal.reason;
    if (!duplicate) {
      EXPECT_TRUE(refusal.place.ToString().starts_with(c.place)) << refusal.place.ToString();
      EXPECT_EQ(refusal.title.substr(0, 3), "bad");
    }
    EXPECT_EQ(before.faults.errors(), 1u);
    EXPECT_EQ(before.rules.counts().refused, 1u);
  }
}

TEST(SigmaCollection, OfTwoWithOneIdOrNameTheFirstStays) {
  const std::string rule = "logsource: {category: x}\ndetection: {s: {A: 1}, condition: s}\n";
  const Loaded loaded = LoadTexts({"title: a\nid: i\nname: n\n" + rule, "title: b\nid: i\n" + rule,
                                   "title: c\nname: n\n" + rule,
                                   "title: a\nid: i\nname: n\n" + rule, "title: d\n" + rule});
  EXPECT_EQ(loaded.rules.rules().size(), 2u);
  EXPECT_EQ(loaded.rules.counts().duplicates, 3u);
  EXPECT_EQ(loaded.faults.errors(), 3u);
}

TEST(SigmaCollection, LeavesOldAndForeignRulesInactive) {
  const auto rule = [](const char* more) {
    return fmt::format(
        "title: 'of {}'\n{}\nlogsource: {{category: x}}\n"
        "detection: {{s: {{A: 1}}, condition: s}}\n",
        more, more);
  };
  const Loaded loaded =
      LoadTexts({rule("status: deprecated"), rule("status: unsupported"), rule("taxonomy: ecs"),
                 rule("taxonomy: sigma"), rule("status: stable")});
  EXPECT_EQ(loaded.rules.rules().size(), 5u);
  EXPECT_EQ(loaded.rules.counts().inactive, 3u);
  EXPECT_EQ(loaded.rules.RulesFor({"x", "windows", ""}), (std::vector<RuleIndex>{3, 4}));
}

TEST(SigmaCollection, LogSourcesThatARuleLeavesOpenFitAll) {
  EXPECT_TRUE((LogSource{"c", "", ""}.Covers({"c", "p", "s"})));
  EXPECT_TRUE((LogSource{"", "p", ""}.Covers({"c", "p", ""})));
  EXPECT_FALSE((LogSource{"c", "p", ""}.Covers({"c", "", ""})));
  EXPECT_FALSE((LogSource{"c", "", "s"}.Covers({"c", "p", ""})));
}

TEST(SigmaCollection, SurvivesMassAndSize) {
  std::string copies;
  for (int i = 0; i < 10'000; ++i) copies += "---\n" + std::string(kGood);
  const std::string huge = "title: huge\nlogsource: {category: x}\ndetection:\n  s:\n    A:\n" +
                           [] {
                             std::string values;
                             while (values.size() < 10'000'000) values += "      - some value\n";
                             return values;
                           }() +
                           "  condition: s\n";
  std::string deep =
      "title: deep\nlogsource: {category: x}\ndetection:\n  s: {A: 1}\n  condition: ";
  deep += std::string(100'000, '(') + "s\n";
  const Loaded loaded = LoadTexts({copies, huge, deep,
                                   "title: last\nlogsource: {category: x}\n"
                                   "detection: {s: {A: 1}, condition: s}\n"});
  EXPECT_EQ(loaded.rules.rules().size(), 2u);
  EXPECT_EQ(loaded.rules.counts().duplicates, 9'999u);
  EXPECT_EQ(loaded.rules.counts().refused, 10'001u);
  EXPECT_EQ(loaded.rules.counts().documents, 10'003u);
}

TEST(SigmaCollection, WarnsOfWhatMeansNothing) {
  const Loaded loaded = LoadTexts(
      {"title: t\nlevel: severe\nlogsource: {category: x}\n"
       "detection: {s: {A: 1}, timeframe: 5m, condition: s}\n",
       "title: f\nlogsource: {category: x}\nfilter: {rules: [nobody], s: {A: 1}, condition: s}\n"});
  EXPECT_EQ(loaded.faults.errors(), 0u);
  EXPECT_EQ(loaded.faults.warnings(), 3u);
}

TEST(SigmaMatcher, UnsuppliedFieldsMakeRulesInactiveOrDegraded) {
  const auto rule = [](const char* title, const char* detection) {
    return fmt::format("title: {}\nlogsource: {{category: x}}\ndetection: {}\n", title, detection);
  };
  const Loaded loaded =
      LoadTexts({rule("active", "{s: {A: 1}, condition: s}"),
                 rule("degraded", "{s: {A: 1}, f: {B: 1}, condition: s and not f}"),
                 rule("also degraded", "{s: {A: 1}, t: {B: null}, condition: s or t}"),
                 rule("inactive", "{s: {A: 1, B: null}, condition: s}"),
                 rule("inactive by reference", "{s: {A|fieldref: B}, condition: s}"),
                 rule("negated", "{s: {B|neq: 1}, condition: s}")});
  const FieldId missing = loaded.rules.fields().Find("B");
  std::vector<RuleIndex> all = {0, 1, 2, 3, 4, 5};
  const Matcher matcher(loaded.rules, all, [&](FieldId field) { return field != missing; });
  std::string states;
  for (const RuleCoverage& coverage : matcher.coverage()) {
    states += "adi"[static_cast<int>(coverage.state)];
    EXPECT_EQ(coverage.unsupplied.empty(), coverage.rule == 0);
  }
  EXPECT_EQ(states, "addiid");
}

TEST(SigmaMatcher, SaysWhatMatched) {
  const Loaded loaded = LoadTexts(
      {"title: t\nlogsource: {category: x}\ndetection:\n  sel:\n    Image|endswith: ['\\a.exe', "
       "'\\b.exe']\n    Cmd|contains|all: [ x, y ]\n  kw: [needle]\n  flt: {User: root}\n  "
       "condition: (sel or kw) and not flt\n"});
  ASSERT_EQ(loaded.rules.rules().size(), 1u) << loaded.faults.Render();
  const FieldNames& fields = loaded.rules.fields();
  class Event : public View {
   public:
    explicit Event(const FieldNames& fields) : fields_(fields) {}
    Leaves Get(FieldId field) override {
      const std::string& name = fields_.name(field);
      if (name == "Image") return Leaves::Of({&image_, 1});
      if (name == "Cmd") return Leaves::Of({&command_, 1});
      return {};
    }
    void AppendEveryValue(std::vector<Value>& out) override { out = {image_, command_}; }

   private:
    const FieldNames& fields_;
    Value image_ = Value::String("C:\\B.EXE");
    Value command_ = Value::String("X to Y");
  } event(fields);
  const Matcher matcher(loaded.rules, {0});
  MatchScratch scratch;
  std::vector<RuleIndex> matched;
  matcher.Match(event, scratch, matched);
  ASSERT_EQ(matched.size(), 1u);
  std::vector<Evidence> evidence;
  matcher.Explain(0, event, evidence);
  std::string told;
  for (const Evidence& e : evidence)
    told +=
        fmt::format("{}: {}|{} {} = {}\n", e.identifier, e.field, e.modifiers, e.pattern, e.value);
  EXPECT_EQ(told,
            "sel: Image|endswith \\b.exe = C:\\B.EXE\n"
            "sel: Cmd|contains|all x = X to Y\n"
            "sel: Cmd|contains|all y = X to Y\n");
}

TEST(SigmaRuleFiles, ReadsFoldersAndNamesWhatItCannotRead) {
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) / "sigma_rule_files";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder / "inner");
  std::ofstream(folder / "b.yml") << kGood;
  std::ofstream(folder / "inner" / "a.yaml") << kGood;
  std::ofstream(folder / "notes.txt") << "no rule";
  Diagnostics faults;
  const std::vector<RuleFile> files = ReadRuleFiles(folder.string(), faults);
  ASSERT_EQ(files.size(), 2u);
  EXPECT_TRUE(files[0].name.ends_with("b.yml"));
  EXPECT_FALSE(faults.has_errors());
  ReadRuleFiles((folder / "missing.yml").string(), faults);
  EXPECT_EQ(faults.errors(), 1u);
}

// All public rules load; skipped without a folder that holds them.
TEST(SigmaCollection, LoadsEveryPublicRule) {
  const char* folder = std::getenv("VEDETTE_REFERENCE");
  if (folder == nullptr) GTEST_SKIP() << "VEDETTE_REFERENCE names no folder";
  Diagnostics faults;
  const std::vector<RuleFile> files =
      ReadRuleFiles(std::string(folder) + "/sigma_rules.tar.gz", faults);
  EXPECT_EQ(files.size(), 3141u);
  const Collection rules = Collection::Load(files, {}, faults);
  EXPECT_EQ(faults.Render(), "");
  EXPECT_EQ(rules.rules().size(), 3141u);
  size_t with_author = 0;
  for (const DetectionRule& rule : rules.rules()) with_author += !rule.meta.author.empty();
  EXPECT_EQ(with_author, 3141u);
}

}  // namespace
}  // namespace vedette::sigma
