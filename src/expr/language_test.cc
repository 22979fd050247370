// Grammar, null and type rules, faults and sharing of the condition language.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "expr/sample_world.h"

namespace vedette {
namespace {

struct Truth {
  const char* expression;
  bool holds;
};

TEST(ExpressionLanguage, PrecedenceIsThatOfTheGrammar) {
  for (const Truth& t : {Truth{"true || false && false", true},
                         {"(true || false) && false", false},
                         {"NOT false AND false", false},
                         {"!false && true", true},
                         {"! 1 = 2", true},
                         {"!1 = 1 || true", true},
                         {"1 + 2 * 3 = 7", true},
                         {"(1 + 2) * 3 = 9", true},
                         {"10 - 2 - 3 = 5", true},
                         {"2 * -3 = -6", true},
                         {"- 2 + 3 = 1", true},
                         {"8 / 2 / 2 = 2", true},
                         {"7 % 4 + 1 = 4", true},
                         {"1 + 1 = 2 && 2 > 1", true},
                         {"1 < 2 = true", false} /* one comparison only */,
                         {"NOT NOT true", true},
                         {"! ! false", false},
                         {"true or false and false or false", true},
                         {"true NOT false NOT false", true},
                         {"not(false) && not (true)", false},
                         {"not (1 = 2) = false", false}}) {
    SampleWorld world;
    if (std::string_view(t.expression) == "1 < 2 = true") {
      EXPECT_FALSE(world.Compile(t.expression)) << t.expression;
      continue;
    }
    EXPECT_EQ(world.Test(t.expression), t.holds) << t.expression;
    EXPECT_FALSE(world.faults.has_errors()) << world.faults.Render();
  }
}

// Semantics 15, line 14.
TEST(ExpressionLanguage, NotBindsLooserThanComparison) {
  for (const auto& [os, holds] :
       {std::pair<const char*, bool>{nullptr, true}, {"Windows", false}, {"Linux", true}}) {
    SampleWorld world;
    if (os != nullptr) world.Set("os", Value::String(os));
    EXPECT_EQ(world.Test("!os = 'Windows'"), holds) << (os == nullptr ? "null" : os);
    EXPECT_EQ(world.Test("os != 'Windows'"), holds) << (os == nullptr ? "null" : os);
  }
}

TEST(ExpressionLanguage, NamesAndKeywordsInAnyCaseTextsByteForByte) {
  SampleWorld world;
  world.Set("user", Value::String("Ada"));
  EXPECT_TRUE(world.Test("TOLOWER(USER) = 'ada' And Not User = 'ada' aNd TRUE"));
}

TEST(ExpressionLanguage, TextsKnowTheirEscapes) {
  for (const auto& [text, value] : {std::pair<const char*, const char*>{R"('a')", "a"},
                                    {R"("it's")", "it's"},
                                    {R"('it''s')", "it's"},
                                    {R"("a""b")", "a\"b"},
                                    {R"('it\'s')", "it's"},
                                    {R"('\"')", "\""},
                                    {R"('C:\temp\x')", "C:\\temp\\x"},
                                    {R"('\temp\\')", "\\temp\\"},
                                    {R"('^\d+\s$')", "^\\d+\\s$"},
                                    {"'\xC3\xA9'", "\xC3\xA9"},
                                    {"''", ""}}) {
    SampleWorld world;
    EXPECT_EQ(world.Evaluate(text).ToText(), value) << text << world.faults.Render();
  }
}

TEST(ExpressionLanguage, ReadsRawValuesByPath) {
  SampleWorld world;
  const auto id = world.Compile(
      "raw.ActionType = 'X' && raw.'Event time (local)' = 'noon' && raw.items[0].name = 1");
  ASSERT_TRUE(id) << world.faults.Render();
  ASSERT_EQ(world.raw_names.size(), 3u);
  EXPECT_EQ(world.raw_names.path(1), "Event time (local)");
  EXPECT_EQ(world.raw_names.path(2), "items[0].name");
  const Event::RawEntry raw[] = {
      {0, Value::String("X")}, {1, Value::String("noon")}, {2, Value::Int(1)}};
  world.event.SetRaw(raw, 3);
  Evaluator evaluator(world.compiler.program(), world.lookups);
  evaluator.Reset(world.event);
  EXPECT_TRUE(evaluator.Test(*id));
  world.event.SetRaw(raw, 2);
  evaluator.Reset(world.event);
  EXPECT_FALSE(evaluator.Test(*id));
}

// Semantics 8.3, rule 5.
TEST(ExpressionLanguage, ComparesNumbersBooleansAndTimesWithTheirTexts) {
  SampleWorld world;
  world.Set("login_type", Value::Int(10));
  world.Set("ratio", Value::Double(2.5));
  world.Set("executive", Value::Bool(true));
  world.Set("file_time", Value::Time(*ParseIso8601("2026-03-02T09:30:00Z")));
  world.Set("user", Value::String("007"));
  for (const Truth& t : {Truth{"login_type = '10'", true},
                         {"login_type = ' 10 '", true},
                         {"login_type = '10.0'", true},
                         {"login_type = '1o'", false},
                         {"login_type > '9'", true},
                         {"'9' < login_type", true},
                         {"ratio = '2.50'", true},
                         {"executive = 'TRUE'", true},
                         {"executive = 'yes'", false},
                         {"executive != 'false'", true},
                         {"executive = 1", false},
                         {"user = '7'", false},
                         {"user = 7", true},
                         {"toNumber(user) = '7'", true},
                         {"file_time = '2026-03-02T10:30:00+01:00'", true},
                         {"file_time < '2026-03-02T09:30:01Z'", true},
                         {"file_time > '2026-03-02T09:30:00.5Z'", false},
                         {"toString(file_time) = '2026-03-02T09:30:00Z'", true}}) {
    EXPECT_EQ(world.Test(t.expression), t.holds) << t.expression;
  }
}

TEST(ExpressionLanguage, ShortCircuits) {
  SampleWorld world;
  world.lookups.AddList("companies", {"x"});
  for (const char* text : {"false && ContextListContains('companies','x')",
                           "true || ContextListContains('companies','x')",
                           "if(true, 1, ContextListContains('companies','x'))",
                           "if(false, ContextListContains('companies','x'), 1)",
                           "first(1, ContextListContains('companies','x'))",
                           "fieldOr('a', ContextListContains('companies','x'), {'a': true})",
                           "fieldOr('b', 1, {'a': ContextListContains('companies','x')})",
                           "exists(null, ContextListContains('companies','x'))"}) {
    world.Evaluate(text);
    EXPECT_TRUE(world.evaluator->table_use().empty()) << text;
  }
  world.Evaluate(
      "true && ContextListContains('companies','x') && ContextListContains('companies','y')");
  ASSERT_EQ(world.evaluator->table_use().size(), 1u);
  EXPECT_EQ(world.evaluator->table_use()[0].asked, 2u);
  EXPECT_EQ(world.evaluator->table_use()[0].found, 1u);
}

TEST(ExpressionLanguage, EvaluatesSharedPartsOnceAnEvent) {
  SampleWorld world;
  world.lookups.AddList("companies", {"x"});
  const auto a = world.Compile("ContextListContains('companies', toLower(user)) && bytes > 1");
  const size_t size = world.compiler.program().size();
  const auto b = world.Compile("bytes > 2 || ContextListContains('companies', toLower(user))");
  ASSERT_TRUE(a && b);
  EXPECT_EQ(world.compiler.program().size(), size + 3);  // 2, bytes > 2, ||
  EXPECT_EQ(world.Compile("bytes>2  OR ContextListContains( \"companies\", TOLOWER(User))"), b);
  world.Set("user", Value::String("X"));
  Evaluator evaluator(world.compiler.program(), world.lookups);
  for (int event = 1; event <= 3; ++event) {
    evaluator.Reset(world.event);
    EXPECT_FALSE(evaluator.Test(*a));
    EXPECT_TRUE(evaluator.Test(*b));
    EXPECT_TRUE(evaluator.Test(*b));
    EXPECT_EQ(evaluator.table_use()[0].asked, static_cast<uint64_t>(event));
  }
}

TEST(ExpressionLanguage, FollowsAProgramThatGrows) {
  SampleWorld world;
  world.Set("user", Value::String("Ada"));
  const auto a = world.Compile("toLower(user)");
  Evaluator evaluator(world.compiler.program(), world.lookups);
  evaluator.Reset(world.event);
  EXPECT_EQ(evaluator.Evaluate(*a).text(), "ada");
  const auto b = world.Compile("toUpper(user)");
  evaluator.Reset(world.event);
  EXPECT_EQ(evaluator.Evaluate(*b).text(), "ADA");
  EXPECT_EQ(evaluator.Evaluate(*a).text(), "ada");
}

TEST(ExpressionLanguage, FoldsConstants) {
  SampleWorld world;
  const auto folded = world.Compile(
      "if(matches(toLower('ABC'),'b') && inCidr('10.0.0.1','10.0.0.0/8') && in(2,1,2), 2 * 3, "
      "hour('UTC'))");
  ASSERT_TRUE(folded);
  const Program& program = world.compiler.program();
  EXPECT_EQ(program.node(*folded).op, Op::kIf);  // the clock is no constant
  EXPECT_EQ(world.Compile("2 * (1 + 2)"), world.Compile("6"));
  EXPECT_EQ(world.Compile("toLower('ADA') = 'ada'"), world.Compile("true"));
  EXPECT_NE(world.Compile("1"), world.Compile("'1'"));
  EXPECT_NE(world.Compile("1"), world.Compile("1.0"));
  EXPECT_NE(world.Compile("''"), world.Compile("null"));
}

TEST(ExpressionLanguage, ListsWhatAnExpressionReads) {
  SampleWorld world;
  const auto id = world.Compile(
      "toLower(user) = 'a' || raw.b = user || EntityId('type: Device') = 'x' || raw.a > 1 || raw.b "
      "= 2");
  ASSERT_TRUE(id);
  std::vector<FieldId> fields;
  std::vector<RawId> raw;
  world.compiler.program().ReadBy(*id, &fields, &raw);
  EXPECT_EQ(fields, (std::vector<FieldId>{world.schema.FindField("user")->id,
                                          world.schema.FindField("src_device_entity")->id}));
  EXPECT_EQ(raw, (std::vector<RawId>{0, 1}));
}

TEST(ExpressionLanguage, CountsTypeErrorsAndGivesNull) {
  SampleWorld world;
  world.Set("user", Value::String("ada"));
  for (const char* text : {"user + 1", "abs(user)", "drop('hello', user)", "max(user)"}) {
    EXPECT_TRUE(world.Evaluate(text).is_null()) << text;
    EXPECT_EQ(world.evaluator->errors(), 1u) << text;
  }
  EXPECT_FALSE(world.Test("user > 1"));
  EXPECT_EQ(world.evaluator->errors(), 1u);
  EXPECT_TRUE(world.Evaluate("app + 1").is_null());
  EXPECT_EQ(world.evaluator->errors(), 0u);  // null is no error
}

TEST(ExpressionLanguage, TextsDoNotGrowWithoutEnd) {
  SampleWorld world;
  world.Set("user", Value::String("aaaaaaaaaaaaaaaa"));
  const std::string many(200, 'a');
  std::string text = "user";
  for (int i = 0; i < 20; ++i) text = "replace(" + text + ",'a','" + many + "')";
  EXPECT_TRUE(world.Evaluate(text).is_null());
  EXPECT_EQ(world.evaluator->errors(), 1u);
  std::string joined = "user";
  for (int i = 0; i < 18; ++i) joined = "replace(concat(" + joined + ",'b'),'a','aa')";
  EXPECT_LE(world.Evaluate(joined).size(),
            20u);  // what was too long is null, and concat treats null as nothing
  EXPECT_GE(world.evaluator->errors(), 1u);
}

struct Fault {
  const char* expression;
  int column;  // from 1, within the expression
  const char* code;
  const char* says;
};

TEST(ExpressionLanguage, NamesEveryFaultWithItsPlace) {
  for (const Fault& fault : {
           Fault{"user = 'ada", 8, "expr-syntax", "quote is not closed"},  // semantics 15, line 16
           {"user = \"it's", 8, "expr-syntax", "quote is not closed"},
           {"raw.'x", 5, "expr-syntax", "quote is not closed"},
           {"toLower(usr) = 'a'", 9, "unknown-field", "did you mean 'user'?"},
           {"1 + toLowre(user)", 5, "unknown-function", "did you mean 'toLower'?"},
           {"GetDynamicContextAttribute('a','b')", 1, "unknown-function", "announced"},
           {"true && contains(user)", 9, "expr-arguments", "contains takes 2 arguments, not 1"},
           {"substring(user,1)", 1, "expr-arguments", "3 arguments, not 2"},
           {"concat()", 1, "expr-arguments", "at least 1 argument, not 0"},
           {"hour('UTC','UTC')", 1, "expr-arguments", "0 to 1 arguments, not 2"},
           {"user = ", 8, "expr-syntax", "the end"},
           {"", 1, "expr-syntax", "the end"},
           {"(user = 'a'", 12, "expr-syntax", "')' is expected, not the end"},
           {"user = 'a')", 11, "expr-syntax", "')' is not expected"},
           {"user 'a'", 6, "expr-syntax", "a text is not expected"},
           {"in(user, 'a' 'b')", 14, "expr-syntax", "',' is expected, not a text"},
           {"in(user, 'a',)", 14, "expr-syntax", "a value is expected here, not ')'"},
           {"user # 1", 6, "expr-syntax", "means nothing"},
           {"1.2.3 = 1", 1, "expr-syntax", "no number"},
           {"matches(user, '(')", 15, "expr-pattern", "not valid"},
           {"matches(user, app)", 15, "expr-pattern", "text in quotes"},
           {"ContextListContains(user, 'a')", 21, "expr-table", "text in quotes"},
           {"EntityId('type: Usr')", 10, "expr-selector", "no entity selector"},
           {"EntityId('type: User && direction: Up')", 10, "expr-selector", "no entity selector"},
           {"EntityAttribute(user, 'x')", 17, "expr-selector", "no entity selector"},
           {"inCidr(src_ip, '10.0.0.0/33')", 16, "expr-network", "'10.0.0.0/33' is no network"},
           {"hour('Mars/Olympus')", 6, "expr-zone", "Mars/Olympus"},
           {"fieldOr(os, false, true)", 20, "expr-syntax", "table"},
           {"fieldOr(os, false, {os: true})", 21, "expr-syntax", "text in quotes"},
           {"fieldOr(os, false, {'a' true})", 25, "expr-syntax", "':' is expected"},
           {"first({'a': true})", 7, "expr-syntax", "only in fieldOr"},
           {"raw. = 1", 1, "expr-syntax", "needs a path"},
           {"user = 'a' or", 14, "expr-syntax", "the end"},
       }) {
    SampleWorld world;
    Diagnostics faults;
    EXPECT_FALSE(world.compiler.Compile(fault.expression, {"rule.yaml", 3, 9}, faults))
        << fault.expression;
    ASSERT_EQ(faults.all().size(), 1u) << fault.expression << "\n" << faults.Render();
    const Diagnostic& found = faults.all()[0];
    EXPECT_EQ(found.severity, Severity::kError);
    EXPECT_EQ(found.code, fault.code) << fault.expression << "\n" << faults.Render();
    EXPECT_EQ(found.place.ToString(), fmt::format("rule.yaml:3:{}", 8 + fault.column))
        << fault.expression << "\n"
        << faults.Render();
    EXPECT_NE(faults.Render().find(fault.says), std::string::npos) << fault.expression << "\n"
                                                                   << faults.Render();
    EXPECT_NE(faults.Render().find(fmt::format("(character {})", fault.column)), std::string::npos)
        << faults.Render();
  }
}

TEST(ExpressionLanguage, WarnsOfWhatCanNeverBe) {
  for (const Fault& fault : {
           Fault{"bytes > 'abc'", 9, "expr-type", "'abc' is no number"},
           {"'abc' < bytes", 1, "expr-type", "'abc' is no number"},
           {"executive + 1 = 2", 1, "expr-type", "true or false"},
           {"1 + exists(user)", 5, "expr-type", "true or false"},
           {"2 * recipients", 5, "expr-type", "a list"},
           {"-'x' = 1", 2, "expr-type", "no number"},
           {"bytes = 'many'", 9, "expr-type", "never equal"},
           {"'many' != bytes", 11, "expr-type", "never equal"},
           {"executive = 'yes'", 13, "expr-type", "never equal"},
           {"in(login_type, 1, 'two')", 19, "expr-type", "never equal"},
           {"round('x')", 7, "expr-type", "no number"},
           {"drop(user, 'x')", 12, "expr-type", "no number"},
           {"isPrivate(bytes)", 11, "expr-type", "never an address"},
           {"inCidr(bytes, '10.0.0.0/8')", 8, "expr-type", "never an address"},
           {"count(user, 'logon') > 3", 7, "expr-session-function", "the verdict 'crossed'"},
           {"sequenceCount(user, 'logon') > 3", 15, "expr-session-function", "a sequence hands"},
           {"ruleFired('EM-DED')", 11, "expr-session-function", "under 'requires'"},
           {"EntityIsLoggedToVpn('type: User')", 21, "expr-never", "VPN"},
           {"ContextListContains('nowhere', user)", 21, "unknown-table",
            "no list or table 'nowhere'"},
       }) {
    SampleWorld world;
    Diagnostics faults;
    EXPECT_TRUE(world.compiler.Compile(fault.expression, {"rule.yaml", 3, 9}, faults))
        << fault.expression;
    ASSERT_EQ(faults.all().size(), 1u) << fault.expression << "\n" << faults.Render();
    EXPECT_EQ(faults.all()[0].severity, Severity::kWarning);
    EXPECT_EQ(faults.all()[0].code, fault.code);
    EXPECT_EQ(faults.all()[0].place.column, 8 + fault.column) << fault.expression << "\n"
                                                              << faults.Render();
    EXPECT_NE(faults.Render().find(fault.says), std::string::npos) << faults.Render();
  }
}

TEST(ExpressionLanguage, IsQuietAboutWhatMayBe) {
  for (const char* text : {"bytes > '10'", "login_type = '2'", "inList(login_type,'2','10')",
                           "executive = 'TRUE'", "user + 1", "raw.x > 'y' || raw.x = 1",
                           "isPrivate(user)", "file_time > '2026-01-01T00:00:00Z'",
                           "file_time = '2026-01-01'", "bytes = null", "first(bytes,'x') = 'x'"}) {
    SampleWorld world;
    ASSERT_TRUE(world.Compile(text)) << text;
    if (std::string_view(text) == "raw.x > 'y' || raw.x = 1")
      continue;  // says that 'y' is no number
    EXPECT_TRUE(world.faults.all().empty()) << text << world.faults.Render();
  }
}

std::string Repeat(std::string_view part, int n) {
  std::string out;
  for (int i = 0; i < n; ++i) out += part;
  return out;
}

TEST(ExpressionLanguage, RefusesDeepNestingInsteadOfExhaustingTheStack) {
  for (const std::string& text :
       {Repeat("(", 5000) + "1" + Repeat(")", 5000), Repeat("!", 5000) + "true",
        Repeat("not ", 5000) + "true", Repeat("-", 5000) + "1",
        Repeat("toLower(", 5000) + "user" + Repeat(")", 5000), "bytes" + Repeat("+1-1", 5000),
        "bytes" + Repeat("*2/2", 5000), Repeat("if(true,", 200) + "bytes" + Repeat(",2)", 200)}) {
    SampleWorld world;
    EXPECT_FALSE(world.Compile(text)) << text.substr(0, 20);
    ASSERT_EQ(world.faults.all().size(), 1u);
    EXPECT_EQ(world.faults.all()[0].code, "expr-too-deep") << world.faults.Render().substr(0, 200);
  }
  SampleWorld world;
  world.Set("bytes", Value::Int(1));
  EXPECT_EQ(world.Evaluate("0" + Repeat("+bytes", 9000)).integer(), 9000);  // a chain is not deep
  EXPECT_TRUE(world.Test("user = 'x'" + Repeat(" || bytes = 1 && true", 1000)));
  EXPECT_EQ(world.Evaluate(Repeat("(", 90) + "bytes" + Repeat(")", 90)).integer(), 1);
  EXPECT_FALSE(world.Compile("user = '" + std::string(70'000, 'x') + "'"));
  EXPECT_EQ(world.faults.all().back().code, "expr-too-long");
}

TEST(ExpressionLanguage, SelectorsInEverySpelling) {
  struct Row {
    const char* selector;
    const char* field;
  };
  for (const Row& row : {Row{"type: User && direction: Source", "user_entity"},
                         {"direction:source&type:user", "user_entity"},
                         {"TYPE : USER", "user_entity"},
                         {"type: User && direction: Dest", "dest_user_entity"},
                         {"type: Device AND direction: Dest", "dest_device_entity"},
                         {"type: device", "src_device_entity"},
                         {"type: Group", "peer_group"},
                         {"type: Zone", "src_zone"},
                         {"type: Zone & direction: Destination", "dest_zone"},
                         {"type: EmailDomain", "sender_domain"},
                         {"type: EmailDomain and direction: dest", "recipient_domain"},
                         {"type: UsbDevice", "usb_device"},
                         {"type: App", "app"}}) {
    SampleWorld world;
    const auto id = world.Compile(fmt::format("EntityId('{}')", row.selector));
    ASSERT_TRUE(id) << row.selector << world.faults.Render();
    EXPECT_EQ(id, world.Compile(row.field)) << row.selector;
  }
  for (const char* bad : {"", "type", "direction: Source", "type: User && colour: red",
                          "type: Robot", "type: User || type: Device"}) {
    SampleWorld world;
    EXPECT_FALSE(world.Compile(fmt::format("EntityId('{}')", bad))) << bad;
  }
}

}  // namespace
}  // namespace vedette
