#include "library/lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "library/tiny_content.h"

namespace vedette {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string Lint(TinyContent& tiny) {
  const LibraryFacts& facts = tiny.Load();
  CheckReferences(facts, tiny.faults());
  CheckPageNames(facts, tiny.faults());
  return tiny.faults().Render();
}

std::string RuleFile(const std::string& rest) {
  return "behaviour: x\nabout: X.\nrules:\n" + TinyRule("X", rest);
}

TEST(LintTest, SoundContentIsQuiet) {
  TinyContent tiny;
  EXPECT_EQ(Lint(tiny), "");
}

TEST(LintTest, NamesATechniqueThatDoesNotExist) {
  TinyContent tiny;
  tiny.Write(
      "rules/x.yaml",
      RuleFile(
          "    events: [file-write]\n    use_cases: [Data Leak]\n    tags: [attack.t1048.009]\n"));
  EXPECT_THAT(Lint(tiny), AllOf(HasSubstr("rules/x.yaml:4:"), HasSubstr("'T1048.009'"),
                                HasSubstr("[unknown-technique]")));
}

TEST(LintTest, NamesTheSuccessorOfARevokedTechnique) {
  TinyContent tiny;
  tiny.Write(
      "rules/x.yaml",
      RuleFile("    events: [file-write]\n    use_cases: [Data Leak]\n    tags: [attack.t1002]\n"));
  EXPECT_THAT(Lint(tiny),
              AllOf(HasSubstr("[revoked-technique]"), HasSubstr("its successor is 'T1560'")));
}

TEST(LintTest, NamesATacticThatDoesNotExist) {
  TinyContent tiny;
  tiny.Write("rules/x.yaml", RuleFile("    events: [file-write]\n    use_cases: [Data Leak]\n    "
                                      "tags: [attack.exfiltratoin]\n"));
  EXPECT_THAT(Lint(tiny),
              AllOf(HasSubstr("[unknown-tactic]"), HasSubstr("did you mean 'exfiltration'?")));
}

TEST(LintTest, ATechniqueOfAUseCaseHasToExist) {
  TinyContent tiny;
  tiny.Write("use_cases/leak.yaml",
             "name: Data Leak\nabout: Out.\nquestion: Does it leak?\ntechniques: [T9999]\n");
  EXPECT_THAT(Lint(tiny),
              AllOf(HasSubstr("use_cases/leak.yaml:4:"), HasSubstr("[unknown-technique]")));
}

TEST(LintTest, NamesAUseCaseWithoutAFile) {
  TinyContent tiny;
  tiny.Write("rules/x.yaml", RuleFile("    events: [file-write]\n    use_cases: [Data Leek]\n"));
  EXPECT_THAT(Lint(tiny), AllOf(HasSubstr("rules/x.yaml:4:"), HasSubstr("[unknown-use-case]"),
                                HasSubstr("did you mean 'Data Leak'?")));
}

TEST(LintTest, NamesARuleThatNoParserFeeds) {
  TinyContent tiny;
  tiny.Write("rules/x.yaml",
             RuleFile("    events: [print-activity]\n    use_cases: [Data Leak]\n"));
  EXPECT_THAT(Lint(tiny),
              AllOf(HasSubstr("rules/x.yaml:4:"), HasSubstr("no parser yields 'print-activity'"),
                    HasSubstr("[rule-never-fed]")));
  EXPECT_EQ(tiny.faults().errors(), 1u);
}

TEST(LintTest, WarnsOfAnEventTypeThatNoParserYields) {
  TinyContent tiny;
  tiny.Write("rules/x.yaml",
             RuleFile("    events: [file-write, print-activity]\n    use_cases: [Data Leak]\n"));
  EXPECT_THAT(Lint(tiny), HasSubstr("[event-type-never-fed]"));
  EXPECT_EQ(tiny.faults().errors(), 0u);
}

TEST(LintTest, NamesASecondUseCaseOfOneName) {
  TinyContent tiny;
  tiny.Write("use_cases/z.yaml", "name: Data Leak\nabout: Out.\nquestion: Does it leak?\n");
  EXPECT_THAT(Lint(tiny), AllOf(HasSubstr("use_cases/z.yaml:1:"),
                                HasSubstr("already defined at use_cases/leak.yaml:1:"),
                                HasSubstr("[duplicate-use-case]")));
}

TEST(LintTest, NamesParsersThatWouldShareAPage) {
  TinyContent tiny;
  tiny.Write("parsers/acme/edr/z.yaml",
             TinyParser("acmefile", "Acme", "EDR", "[{type: file-write}]"));
  EXPECT_THAT(Lint(tiny),
              AllOf(HasSubstr("[page-name-collision]"),
                    HasSubstr("the parser 'acmefile' and the parser 'acme-file'"),
                    HasSubstr("Ps/pC_acmefile.md"), HasSubstr("parsers/acme/edr/z.yaml:1:")));
}

TEST(LintTest, NamesUseCasesWhosePagesDifferInCaseOnly) {
  TinyContent tiny;
  tiny.Write("use_cases/z.yaml", "name: DATA LEAK\nabout: Out.\nquestion: Does it leak?\n");
  EXPECT_THAT(Lint(tiny),
              AllOf(HasSubstr("[page-name-collision]"), HasSubstr("the use case 'Data Leak'")));
}

}  // namespace
}  // namespace vedette
