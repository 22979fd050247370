// A ContentSet is a content folder with everything that is made of it, ready to run: what `run`,
// `parse`, `check` and tests share.
//
//   Diagnostics faults;
//   std::unique_ptr<ContentSet> content = ContentSet::Load({"content", "context"}, faults);
//
// Loading reports every fault of every file and builds what it can. Read-only afterwards; shared by
// threads. Stays where it is made, because its parts refer to each other.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "content/library.h"
#include "engine/sigma_rules.h"
#include "enrich/context_tables.h"
#include "enrich/countries.h"
#include "expr/program.h"
#include "parse/parsers.h"
#include "rule/exclusions.h"
#include "rule/rule_set.h"

namespace vedette {

class ContentSet {
 public:
  struct Options {
    std::string content_folder = "content";
    std::string context_folder;                // empty: none
    std::string country_database;              // MaxMind file; empty: none
    std::string time_zone = "UTC";             // of entities that have none of their own
    std::vector<std::string> analytics_rules;  // rule documents (rule/analytics_rules.h)
    std::vector<std::string> sigma;            // folders, files and .tar.gz of Sigma rules
  };

  static std::unique_ptr<ContentSet> Load(const Options& options, Diagnostics& faults);

  ContentLibrary library;
  RawNames raw_names;
  ContextTables tables;
  std::optional<Countries> countries;
  Compiler compiler;
  ParserSet parsers;
  std::unique_ptr<const SigmaRules> sigma;  // null: none were given
  RuleSet rules;
  std::optional<Exclusions> exclusions;  // exclusions.yaml of the context folder

 private:
  explicit ContentSet(ContentLibrary loaded);
};

}  // namespace vedette
