// What `check` says about content and its tests: each fault by name, with its place.
#include "engine/behaviour_tests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/temp_content.h"

namespace vedette {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kFact = R"yaml(behaviour: copies
about: x
rules:
  - {id: F, title: f, description: d, verdict: fact, events: [file-write], when: "file_ext = 'zip'", score: 1, reason: "wrote ${event.file_name}"}
)yaml";

class BehaviourTestsTest : public ::testing::Test {
 protected:
  // Loads and tests what was written; every fault as text.
  std::string Check() {
    Diagnostics faults;
    const std::unique_ptr<ContentSet> content = temp_.Load(faults);
    report_ = RunBehaviourTests(content->library, content->raw_names, content->rules,
                                content->compiler.program(), ShippedWorlds(*content), faults);
    CheckCoverage(content->library.schema, content->compiler.program(), content->rules, report_,
                  faults);
    faults.Sort();
    return faults.Render();
  }

  TempContent temp_;
  BehaviourTestReport report_;
};

TEST_F(BehaviourTestsTest, NamesARuleWithoutATest) {
  temp_.Write("rules/copies.yaml", kFact);
  EXPECT_EQ(Check(),
            "rules/copies.yaml:4:5: error: the rule 'F' has no test case of these kinds: firing "
            "quiet [rule-untested]\n");
}

TEST_F(BehaviourTestsTest, CountsCasesByKind) {
  temp_.Write("rules/copies.yaml", kFact);
  temp_.Write("rules/copies.test.yaml", R"yaml(tests:
  - name: both
    events:
      - {at: 2026-01-05T10:00:00Z, event: {type: file-write, file_ext: zip}, expect: [F]}
      - {at: 2026-01-05T10:01:00Z, event: {type: file-write, file_ext: txt}, expect: []}
)yaml");
  EXPECT_EQ(Check(), "");
  EXPECT_EQ(report_.coverage[0].firing, 1u);
  EXPECT_EQ(report_.coverage[0].quiet, 1u);
}

TEST_F(BehaviourTestsTest, ALearningRuleNeedsAClosedGateAndACommandLineAnEvasion) {
  temp_.Write("rules/both.yaml", R"yaml(behaviour: both
about: x
models:
  - {id: M, title: m, kind: profile, events: [file-write], scope: user, value: file_ext}
rules:
  - {id: L, title: l, description: d, verdict: first, model: M, score: 1, reason: r}
  - {id: C, title: c, description: d, verdict: fact, events: [process-created], when: "contains(process_command_line, 'x')", score: 1, reason: r}
)yaml");
  temp_.Write("rules/both.test.yaml", R"yaml(tests:
  - name: a first
    history: [{start: 2026-01-05, days: 30, event: {type: file-write, user: ada, file_ext: txt}}]
    events:
      - {at: 2026-02-10T10:00:00Z, event: {type: file-write, user: ada, file_ext: zip}, expect: [L]}
      - {at: 2026-02-10T10:01:00Z, event: {type: file-write, user: ada, file_ext: txt}, expect: []}
      - {at: 2026-02-10T10:02:00Z, event: {type: process-created, process_command_line: x}, expect: [C]}
      - {at: 2026-02-10T10:03:00Z, event: {type: process-created, process_command_line: y}, expect: []}
)yaml");
  EXPECT_EQ(Check(),
            "rules/both.yaml:6:5: error: the rule 'L' has no test case of these kinds: gate "
            "[rule-untested]\n"
            "rules/both.yaml:7:5: error: the rule 'C' has no test case of these kinds: evasion "
            "[rule-untested]\n");
}

TEST_F(BehaviourTestsTest, NamesWhatIsNotAsExpected) {
  temp_.Write("rules/copies.yaml", kFact);
  temp_.Write("rules/copies.test.yaml", R"yaml(tests:
  - name: wrong
    events:
      - {at: 2026-01-05T10:00:00Z, event: {type: file-write, file_ext: txt}, expect: [F]}
      - {at: 2026-01-05T10:01:00Z, event: {type: file-write, file_ext: zip}, expect: []}
      - {at: 2026-01-05T10:02:00Z, event: {type: file-write, file_ext: zip, file_name: a.zip}, expect: [F], reason: {F: wrote b.zip}}
      - {at: 2026-01-05T10:03:00Z, event: {type: file-write, file_ext: zip}, gate: {F: warm_up}}
      - {at: 2026-01-05T10:04:00Z, event: {type: file-write}, gate: {F: warmup}}
      - {at: 2026-01-05T10:05:00Z, event: {type: file-writ}, expect: []}
      - {at: 2026-01-05T10:06:00Z, event: {type: file-write, file_nam: x}, expect: [G]}
      - {at: noon, event: {type: file-write}, expect: []}
)yaml");
  const std::string all = Check();
  for (const char* part :
       {"test.yaml:4:", "wrong: F did not fire: its condition does not hold [test-quiet]",
        "test.yaml:5:", "wrong: F fired [test-fired]",
        "wrong: F says 'wrote a.zip', not 'wrote b.zip' [test-reason]",
        "the gate warm_up of F is not what is closed: it fired [test-gate]",
        "there is no gate 'warmup' [unknown-gate]; did you mean 'warm_up'?",
        "there is no event type 'file-writ' [unknown-event-type]; did you mean 'file-write'?",
        "there is no field 'file_nam' [unknown-field]; did you mean 'file_name'?",
        "there is no rule 'G' [unknown-rule]",
        "test.yaml:11:9: error: a step needs 'at' (a time) and 'event' (a map) [test-step]"}) {
    EXPECT_THAT(all, HasSubstr(part));
  }
}

TEST_F(BehaviourTestsTest, NamesATestWithoutItsBehaviour) {
  temp_.Write("rules/copy.test.yaml", "tests: []\n");
  EXPECT_THAT(Check(), HasSubstr("rules/copy.test.yaml: error: there is no behaviour file "
                                 "rules/copy.yaml beside it [test-without-behaviour]"));
}

TEST_F(BehaviourTestsTest, NamesTwoRulesWithOneId) {
  temp_.Write("rules/a.yaml", kFact);
  temp_.Write("rules/b.yaml", kFact);
  EXPECT_THAT(Check(), HasSubstr("rules/b.yaml:4:5: error: the rule 'F' is already defined at "
                                 "rules/a.yaml:4:5 [duplicate-id]"));
}

TEST_F(BehaviourTestsTest, NamesAModelThatNoRuleReads) {
  temp_.Write("rules/m.yaml", R"yaml(behaviour: m
about: x
models:
  - {id: M, title: m, kind: profile, events: [file-write], scope: user, value: file_ext}
rules: []
)yaml");
  EXPECT_THAT(Check(), HasSubstr("rules/m.yaml:4:5: warning: no rule reads the model 'M' "
                                 "[model-unread]"));
}

TEST_F(BehaviourTestsTest, NamesASequenceThatNoRuleReadsAndTwoOfOneType) {
  const std::string sequence =
      "yields: failed-logon-sequence, scope: user, steps: {events: [failed-logon]}}\n";
  temp_.Write("rules/s.yaml", "behaviour: s\nabout: x\nsequences:\n  - {id: A, title: a, " +
                                  sequence + "  - {id: B, title: b, " + sequence + "rules: []\n");
  const std::string all = Check();
  EXPECT_THAT(all, HasSubstr("rules/s.yaml:4:5: warning: no rule reads the sequence 'A' "
                             "[sequence-unread]"));
  EXPECT_THAT(all, HasSubstr("rules/s.yaml:5:5: error: the event type 'failed-logon-sequence' is "
                             "already what the sequence 'A' yields [sequence-type]"));
}

TEST_F(BehaviourTestsTest, NamesAListWithoutItsSource) {
  temp_.Write("context/tools.yaml", "name: tools\nabout: x\nvalues: [a]\n");
  EXPECT_THAT(Check(), HasSubstr("context/tools.yaml:1:1: error: this context file has no "
                                 "'source' [content-missing-key]"));
}

TEST_F(BehaviourTestsTest, NamesAnEventTypeOutsideTheVocabulary) {
  std::string fact = kFact;
  fact.replace(fact.find("file-write"), 10, "file-wirte");
  temp_.Write("rules/copies.yaml", fact);
  EXPECT_THAT(Check(), HasSubstr("rules/copies.yaml:4:63: error: there is no event type "
                                 "'file-wirte' [unknown-event-type]; did you mean 'file-write'?"));
}

// An expression in quotes, and one that is folded over lines: the place is that of the word.
TEST_F(BehaviourTestsTest, FaultsInExpressionsHaveTheirExactPlace) {
  temp_.Write(
      "rules/a.yaml",
      "behaviour: a\nabout: x\nrules:\n"
      "  - {id: A, title: a, description: d, verdict: fact, events: [file-write], score: 1, "
      "reason: r, when: \"usr = 'x'\"}\n"
      "  - id: B\n    title: b\n    description: d\n    verdict: fact\n"
      "    events: [file-write]\n    score: 1\n    reason: r\n"
      "    when: >-\n      user = 'x'\n      && exists(hst)\n");
  const std::string all = Check();
  EXPECT_THAT(all, HasSubstr("rules/a.yaml:4:104: error: there is no field 'usr'"));
  EXPECT_THAT(all, HasSubstr("rules/a.yaml:14:17: error: there is no field 'hst'"));
}

TEST_F(BehaviourTestsTest, NamesAKeyThatAFormDoesNotHave) {
  temp_.Write("parsers/p.yaml",
              "id: p\nvendor: V\nproduct: P\ntitle: t\nabout: a\nforms: [{format: csv, header: "
              "true, match: {col.0: x}}]\ntime: {from: col.1, formats: [iso8601]}\n"
              "events: [{type: file-write}]\n");
  const std::string all = Check();
  EXPECT_THAT(all, HasSubstr("parsers/p.yaml:6:23: error: a form has no key 'header' "
                             "[content-unknown-key]"));
}

}  // namespace
}  // namespace vedette
