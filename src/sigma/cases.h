// Cases of rule writers: a rule and an event, or a stream of them, as one JSON line each, answered
// by one JSON line each.
//
//   CaseRunner cases(files, {});
//   cases.Answer(R"({"id": 1, "rule": "title: …", "event": {"User": "x"}})");
//   // {"id":1,"result":true}
//
// Events stand under Sigma's field names; log sources are not looked at.
//   rule, event               true, false, or "error" if the rule is refused
//   + target                  several documents; the one with that title, filters applied
//   + vars                    values of placeholders, {name: [..]}
//   rule, events, target      {"first": index or null, "groups": [..]} of a correlation; events
//                             have `_time` and are taken in its order
//   rule_id, event            a rule of the loaded files
//   logsource, event          ids of the loaded rules of exactly that log source that match, sorted
//   rule or rule_id, table, row   a raw record, by way of `raw_views`
//
// What is wrong with a rule or a case is told in `faults` of the answer. One thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sigma/collection.h"
#include "sigma/json_value.h"
#include "sigma/matcher.h"

namespace vedette::sigma {

struct CaseAnswer {
  std::string json;    // {"id":…,"result":…}, without a line end
  std::string faults;  // for people; empty when there are none
};

class CaseRunner {
 public:
  // Makes the view of one row of a vendor's table; null when there is no such table.
  using RawViews = std::function<std::unique_ptr<View>(
      const FieldNames& fields, std::string_view table, const JsonValue& row)>;

  CaseRunner(const Collection& loaded, RawViews raw_views = nullptr)
      : loaded_(loaded), raw_views_(std::move(raw_views)) {}

  CaseAnswer Answer(std::string_view line);

 private:
  // The result as JSON; empty: "error".
  std::optional<std::string> Result(const JsonValue& request, std::string& faults);
  std::optional<std::string> ByLogSource(const JsonValue& request);
  std::optional<std::string> Stream(const Collection& rules, const JsonValue& events,
                                    std::string_view target, std::string& faults);
  std::optional<std::string> Single(const Collection& rules, RuleIndex rule,
                                    const JsonValue& request, std::string& faults);

  const Collection& loaded_;
  RawViews raw_views_;
  std::map<LogSource, std::unique_ptr<Matcher>> matchers_;
  MatchScratch scratch_;
};

}  // namespace vedette::sigma
