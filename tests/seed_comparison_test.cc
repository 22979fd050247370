// Compares the content library with a catalogue of what public pages print for the same products,
// fact by fact and not by sentence:
//
//   VEDETTE_REFERENCE=folder build/release/tests/seed_comparison_test
//
// The folder holds catalogue.json. Skipped without it. A fact is a (product, use case, event type,
// rule) or (…, model); facts marked `seed` stand on a page that the library has to match.
#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <boost/json/src.hpp>  // the whole of it: no library to link

#include "library/facts.h"
#include "library/library_json.h"

namespace vedette {
namespace {

namespace json = boost::json;

// Use case, event type, rule or model.
using Fact = std::array<std::string, 3>;

struct ProductSheet {
  std::string name;
  std::set<Fact> rules, models;            // on either side of the comparison
  std::set<Fact> seed_rules, seed_models;  // catalogue only
  std::map<std::string, std::set<std::string>> techniques, seed_techniques;  // by rule
  std::map<std::string, std::set<std::string>> parsers;                      // by event type
  json::object counts;
};
using Sheets =
    std::map<std::string, ProductSheet>;  // by the catalogue's key: microsoft_365_defender

std::string Text(const json::value& value) { return std::string(value.as_string()); }

std::string KeyOf(std::string name) {
  for (char& c : name)
    c = c == ' ' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

json::value ReadJson(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  json::error_code error;
  json::value value = json::parse(std::string(std::istreambuf_iterator<char>(in), {}), error);
  EXPECT_FALSE(error) << path << ": " << error.message();
  return value;
}

Sheets OurSheets(const json::value& library) {
  Sheets sheets;
  for (const json::value& product : library.at("products").as_array()) {
    const std::string name = Text(product.at("vendor")) + " " + Text(product.at("product"));
    ProductSheet& sheet = sheets[KeyOf(name)];
    sheet.name = name;
    sheet.counts = product.at("counts").as_object();
    for (const json::value& type : product.at("event_types").as_array()) {
      for (const json::value& parser : type.at("parsers").as_array())
        sheet.parsers[Text(type.at("name"))].insert(Text(parser));
    }
    for (const json::value& use_case : product.at("use_cases").as_array()) {
      for (const json::value& type : use_case.at("event_types").as_array()) {
        for (const json::value& rule : type.at("rules").as_array()) {
          sheet.rules.insert(
              {Text(use_case.at("name")), Text(type.at("name")), Text(rule.at("id"))});
          for (const json::value& id : rule.at("techniques").as_array())
            sheet.techniques[Text(rule.at("id"))].insert(Text(id));
        }
        for (const json::value& model : type.at("models").as_array()) {
          sheet.models.insert({Text(use_case.at("name")), Text(type.at("name")), Text(model)});
        }
      }
    }
  }
  return sheets;
}

// Names that older pages give our use cases.
std::map<std::string, std::string> FormerNames(const LibraryFacts& facts) {
  std::map<std::string, std::string> names;
  for (const UseCase& use_case : facts.use_cases()) {
    for (const std::string& former : use_case.former_names) names[former] = use_case.name;
  }
  return names;
}

Sheets CatalogueSheets(const json::value& catalogue,
                       const std::map<std::string, std::string>& former) {
  Sheets sheets;
  const auto modern = [&](const std::string& name) {
    const auto found = former.find(name);
    return found == former.end() ? name : found->second;
  };
  for (const json::value& row : catalogue.at("tuples").at("rows").as_array()) {
    ProductSheet& sheet = sheets[Text(row.at(0))];
    const Fact fact = {modern(Text(row.at(1))), Text(row.at(2)), Text(row.at(4))};
    sheet.rules.insert(fact);
    sheet.techniques[fact[2]].insert(Text(row.at(3)));
    if (!row.at(5).as_bool()) continue;
    sheet.seed_rules.insert(fact);
    sheet.seed_techniques[fact[2]].insert(Text(row.at(3)));
  }
  for (const json::value& row : catalogue.at("model_tuples").at("rows").as_array()) {
    ProductSheet& sheet = sheets[Text(row.at(0))];
    const Fact fact = {modern(Text(row.at(1))), Text(row.at(2)), Text(row.at(3))};
    sheet.models.insert(fact);
    if (row.at(4).as_bool()) sheet.seed_models.insert(fact);
  }
  for (const json::value& product : catalogue.at("products").as_array()) {
    ProductSheet& sheet = sheets[Text(product.at("key"))];
    sheet.counts = product.at("counts_derived").as_object();
    for (const json::value& type : product.at("event_types").as_array()) {
      for (const json::value& parser : type.at("parsers").as_array())
        sheet.parsers[Text(type.at("name"))].insert(Text(parser));
    }
  }
  return sheets;
}

template <typename T>
std::set<T> Less(const std::set<T>& all, const std::set<T>& other) {
  std::set<T> rest;
  std::set_difference(all.begin(), all.end(), other.begin(), other.end(),
                      std::inserter(rest, rest.end()));
  return rest;
}

template <typename Map>
std::set<std::string> Keys(const Map& map) {
  std::set<std::string> keys;
  for (const auto& [key, value] : map) keys.insert(key);
  return keys;
}

void PrintFacts(std::string_view what, const std::set<Fact>& facts) {
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> rows;
  for (const Fact& fact : facts) rows[{fact[0], fact[1]}].push_back(fact[2]);
  fmt::print("  {}: {}\n", what, facts.size());
  for (const auto& [row, ids] : rows)
    fmt::print("    {} | {} | {}\n", row.first, row.second, fmt::join(ids, " "));
}

void PrintNames(std::string_view what, const std::set<std::string>& names) {
  fmt::print("  {}: {}{}{}\n", what, names.size(), names.empty() ? "" : ": ",
             fmt::join(names, " "));
}

// Of the facts that a page prints for use cases on it, in ours and in the catalogue.
void PrintProduct(const ProductSheet& ours, const ProductSheet& theirs,
                  const std::set<std::string>& covered) {
  fmt::print("\n{}\n  counts ours {}\n  counts theirs {}\n", ours.name,
             json::serialize(ours.counts), json::serialize(theirs.counts));
  const std::set<std::string> our_types = Keys(ours.parsers);
  const std::set<std::string> their_types = Keys(theirs.parsers);
  PrintNames("event types only ours", Less(our_types, their_types));
  PrintNames("event types only theirs", Less(their_types, our_types));
  std::set<std::string> our_parsers;
  for (const auto& [type, parsers] : ours.parsers)
    our_parsers.insert(parsers.begin(), parsers.end());
  std::set<std::string> their_parsers;
  for (const auto& [type, parsers] : theirs.parsers)
    their_parsers.insert(parsers.begin(), parsers.end());
  our_parsers.insert(covered.begin(), covered.end());
  PrintNames("parsers only theirs, also by the names that ours cover",
             Less(their_parsers, our_parsers));
  PrintFacts("less: seed rules that ours lack", Less(theirs.seed_rules, ours.rules));
  PrintFacts("less: seed models that ours lack", Less(theirs.seed_models, ours.models));
  PrintFacts("more: models that no page of theirs has", Less(ours.models, theirs.models));
  PrintFacts("more: rules that no page of theirs has", Less(ours.rules, theirs.rules));
  fmt::print("  different: techniques of seed rules\n");
  for (const auto& [rule, techniques] : theirs.seed_techniques) {
    const auto found = ours.techniques.find(rule);
    const std::set<std::string> mine =
        found == ours.techniques.end() ? std::set<std::string>() : found->second;
    if (mine != techniques)
      fmt::print("    {}: ours {} theirs {}\n", rule, fmt::join(mine, " "),
                 fmt::join(techniques, " "));
  }
}

std::string ReadText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Whether our rule carries what is printed: the technique, the one that replaces it, or the tactic.
bool Carries(const LibraryFacts& facts, const std::string& id, const std::string& printed) {
  const int index = facts.content().rules.FindRule(id);
  if (index < 0) return false;
  const RuleSpec& rule = facts.rule(static_cast<uint32_t>(index));
  const auto has = [&](const std::string& technique) {
    return std::count(rule.techniques.begin(), rule.techniques.end(), technique) > 0;
  };
  if (printed.starts_with("TA")) {
    return std::any_of(rule.tactics.begin(), rule.tactics.end(), [&](const std::string& name) {
      const Tactic* tactic = facts.attack().FindTactic(name);
      return tactic != nullptr && tactic->id == printed;
    });
  }
  const Technique* technique = facts.attack().Find(printed);
  return has(printed) || (technique != nullptr && technique->revoked && has(technique->revoked_by));
}

// Whether a row of the table names the rule and the technique in its first two cells.
bool StandsInCorrections(const std::string& page, const std::string& rule,
                         const std::string& technique) {
  size_t begin = 0;
  while (begin < page.size()) {
    const size_t end = std::min(page.find('\n', begin), page.size());
    const std::string line = page.substr(begin, end - begin);
    begin = end + 1;
    const size_t second = line.find('|', 1);
    const size_t third = second == std::string::npos ? second : line.find('|', second + 1);
    if (third == std::string::npos) continue;
    if (line.substr(0, second).find("`" + rule + "`") != std::string::npos &&
        line.substr(second, third - second).find(technique) != std::string::npos)
      return true;
  }
  return false;
}

size_t CountIn(const std::set<Fact>& wanted, const std::set<Fact>& have) {
  return wanted.size() - Less(wanted, have).size();
}

TEST(SeedComparisonTest, TheLibraryHasWhatTheSeedsPrint) {
  const char* folder = std::getenv("VEDETTE_REFERENCE");
  if (folder == nullptr)
    GTEST_SKIP() << "VEDETTE_REFERENCE names no folder with catalogue.json to compare with";
  const std::string path = std::string(folder) + "/catalogue.json";
  if (!std::ifstream(path)) GTEST_SKIP() << "there is no " << path;

  Diagnostics faults;
  ContentSet::Options options;
  options.content_folder = VEDETTE_SOURCE_DIR "/content";
  const std::unique_ptr<ContentSet> content = ContentSet::Load(options, faults);
  const LibraryFacts facts = LibraryFacts::Load(*content, faults);
  ASSERT_EQ(faults.errors(), 0u) << faults.Render();
  std::set<std::string> covered;
  for (const uint32_t p : facts.parsers())
    covered.insert(facts.parser(p).covers.begin(), facts.parser(p).covers.end());
  const json::value library = json::parse(RenderLibraryJson(facts));

  const Sheets ours = OurSheets(library);
  const Sheets theirs = CatalogueSheets(ReadJson(path), FormerNames(facts));
  ASSERT_FALSE(theirs.empty());
  size_t wanted = 0;
  size_t found = 0;
  for (const auto& [key, sheet] : theirs) {
    ASSERT_TRUE(ours.contains(key)) << "the library has no product " << key;
    const ProductSheet& mine = ours.at(key);
    PrintProduct(mine, sheet, covered);
    wanted += sheet.seed_rules.size() + sheet.seed_models.size();
    found += CountIn(sheet.seed_rules, mine.rules) + CountIn(sheet.seed_models, mine.models);
  }
  fmt::print("\nseed facts: {} of {}\n", found, wanted);
  EXPECT_GT(wanted, 100u);
  EXPECT_GE(found * 100, wanted * 98);

  // Pairs of rule and technique: each that ours lack stands in the table of corrections.
  std::map<std::string, std::set<std::string>> printed;
  for (const auto& [key, sheet] : theirs) {
    const auto& all = key == "microsoft_365_defender" ? sheet.techniques : sheet.seed_techniques;
    for (const auto& [rule, ids] : all) printed[rule].insert(ids.begin(), ids.end());
  }
  const std::string corrections =
      ReadText(VEDETTE_SOURCE_DIR "/docs/decisions/technique-corrections.md");
  size_t pairs = 0;
  size_t present = 0;
  for (const auto& [rule, ids] : printed) {
    for (const std::string& id : ids) {
      ++pairs;
      if (Carries(facts, rule, id)) {
        ++present;
      } else {
        EXPECT_TRUE(StandsInCorrections(corrections, rule, id)) << rule << " " << id;
      }
    }
  }
  fmt::print("pairs of rule and technique: {} of {}, the rest in technique-corrections.md\n",
             present, pairs);
  EXPECT_GE(present * 10, pairs * 9);

  const ProductSheet& defender = theirs.at("microsoft_365_defender");
  EXPECT_EQ(Less(defender.rules, ours.at("microsoft_365_defender").rules), std::set<Fact>());
  EXPECT_EQ(Less(defender.models, ours.at("microsoft_365_defender").models), std::set<Fact>());
}

}  // namespace
}  // namespace vedette
