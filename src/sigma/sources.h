// Sources say what Sigma's log sources and fields mean in the records of a product: which events
// count as `process_creation`, and which column stands for `CommandLine`. They are content:
// content/sigma/sources/, in the form that docs/content.md describes.
//
//   Sources sources = Sources::Load(library.sigma, library.schema, faults);
//   sources.Compile(collection, compiler, faults);      // what the rules need, nothing else
//   SourceView view(source, collection.fields());       // a View of one event at a time
//
// A field is an expression over the event and its raw record, so it is read only when a rule asks
// for it and shared with our own rules. Raw paths are kept by parsers only for what was compiled.
// Immutable after Compile. Source: Sigma's taxonomy; columns compared with recorded rows.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "content/library.h"
#include "core/arena.h"
#include "event/schema.h"
#include "expr/evaluator.h"
#include "expr/program.h"
#include "sigma/collection.h"
#include "sigma/view.h"

namespace vedette::sigma {

struct SourceField {
  std::string name;  // Sigma's
  std::string expression;
  Place place;
  ExprId value = kNoExpr;                                     // kNoExpr: no rule asks for it
  std::vector<std::pair<std::string, std::string>> prefixes;  // lower case -> what stands instead
  std::vector<std::pair<std::string, std::string>> map;       // lower case -> value
  std::vector<std::string> platforms;                         // empty: all
};

struct Source {
  std::string id;
  std::string about;
  std::string vendor, product;
  std::vector<EventTypeId> events;
  std::vector<std::string> tables;     // names under which bare rows are known
  std::vector<LogSource> log_sources;  // without the platform, which is Sigma's `product`
  std::string when_text, platform_text;
  Place when_place, platform_place;
  ExprId when = kNoExpr;
  ExprId platform = kNoExpr;           // a text, one of `platforms`
  std::vector<std::string> platforms;  // empty: log sources without a product
  bool empty_is_absent = false;        // "" and "-" are no values
  std::vector<SourceField> fields;
  Place place;

  // The log sources that records of a platform count as.
  std::vector<LogSource> LogSourcesOf(size_t platform) const;
  // At least one, so that there is one for sources without platforms.
  size_t platform_count() const { return platforms.empty() ? 1 : platforms.size(); }
  // "defender-process" or "defender-process/windows".
  std::string NameOf(size_t platform) const;
  // The field, if the source supplies it on that platform.
  const SourceField* Find(std::string_view name, size_t platform) const;
};

class Sources {
 public:
  // Reads the files under sources/; other files of `files` are not its business.
  static Sources Load(const std::vector<ContentFile>& files, const Schema& schema,
                      Diagnostics& faults);

  // Compiles the sources for which `rules` has rules, and of them the fields that those name; all,
  // when a rule has keywords.
  void Compile(const Collection& rules, Compiler& compiler, Diagnostics& faults);
  // Compiles everything, to check it.
  void CompileAll(Compiler& compiler, Diagnostics& faults);

  const std::vector<Source>& all() const { return sources_; }

 private:
  static void CompileSource(Source& source, const FieldNames* asked, Compiler& compiler,
                            Diagnostics& faults);

  std::vector<Source> sources_;
};

// The active rules that apply to records of a source and platform, ascending.
std::vector<RuleIndex> RulesForSource(const Collection& rules, const Source& source,
                                      size_t platform);

// An event under Sigma's names. One thread; refers to the source and the evaluator, which stands at
// the event as long as the view is asked. Cost: nothing until asked, an expression per field then.
class SourceView : public View {
 public:
  SourceView(const Source& source, size_t platform, const FieldNames& names);

  // Turns to the event that `evaluator` stands at.
  void Open(Evaluator& evaluator);

  Leaves Get(FieldId field) override;
  // The values of every compiled field: the record as far as the source describes it.
  void AppendEveryValue(std::vector<Value>& out) override;
  void AppendValuesBeyond(const std::vector<bool>& known, std::vector<Value>& out) override;

 private:
  struct Slot {
    const SourceField* field = nullptr;
    FieldId id = kNoField;
    Value value;
    bool asked = false;
  };

  Leaves LeavesOf(Slot& slot);
  Value Compute(const SourceField& field);
  Value Rewrite(const SourceField& field, const Value& value);

  const Source& source_;
  std::vector<int32_t> slot_of_;  // by field id; -1: not supplied
  std::vector<Slot> slots_;
  Evaluator* evaluator_ = nullptr;
  Arena arena_{4 * 1024};
  std::string scratch_;
};

}  // namespace vedette::sigma
