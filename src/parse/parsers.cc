#include "parse/parsers.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include <fmt/format.h>

#include "core/hash.h"
#include "core/text.h"

namespace vedette {
namespace {

const std::vector<std::string_view> kFormats = {"json", "cef",       "leef", "kv",
                                                "csv",  "delimited", "text"};

// Ids of events are part of the contract with sinks: never change it.
constexpr uint64_t kEventSeed = 0x6576656e74;

// What a value of a path is found by, from the hash of its text.
uint64_t ValueKey(PathId path, uint64_t text_hash) {
  return text_hash ^ (uint64_t{path} + 1) * 0x9e3779b97f4a7c15ULL;
}

// A value as conditions compare it. `buffer` is where numbers are written.
std::string_view ConditionText(const Value& value, char (&buffer)[24]) {
  if (value.is_text()) return value.text();
  if (value.kind() == ValueKind::kBool) return value.boolean() ? "true" : "false";
  if (value.kind() == ValueKind::kInt) {
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof(buffer), value.integer());
    return {buffer, static_cast<size_t>(end - buffer)};
  }
  return {};
}

uint64_t ConditionHash(const Record& record, PathId path) {
  char buffer[24];
  return record.HashOf(path, [&](const Value& value) { return ConditionText(value, buffer); });
}

std::string LowerLabel(std::string_view path) {
  return StartsWith(path, "label.") ? "label." + ToLower(path.substr(6)) : std::string(path);
}

// A path as written to ids: relative to the root, with the endings of Log Analytics as
// alternatives.
std::vector<PathId> Resolve(PathTable& paths, const FormSpec& form, std::string_view path) {
  std::vector<PathId> ids;
  static constexpr std::string_view kTop[] = {"syslog.", "sd.", "cef.", "leef.", "label.", "json."};
  const bool top = form.root.empty() || path == "$line" ||
                   std::any_of(std::begin(kTop), std::end(kTop),
                               [&](std::string_view p) { return StartsWith(path, p); });
  if (StartsWith(path, "$.")) {
    ids.push_back(paths.Intern(LowerLabel(path.substr(2))));
    return ids;
  }
  const std::string base = top ? LowerLabel(path) : form.root + "." + std::string(path);
  ids.push_back(paths.Intern(base));
  const size_t first = base.find_first_of(".[", form.root.empty() ? 0 : form.root.size() + 1);
  const std::string head = base.substr(0, first);
  const std::string tail = first == std::string::npos ? "" : base.substr(first);
  for (const std::string& suffix : form.suffixes) ids.push_back(paths.Intern(head + suffix + tail));
  return ids;
}

}  // namespace

// Reads parser files and builds the indices.
class ParserLoader {
 public:
  ParserLoader(ContentLibrary& library, RawNames& raw_names, Compiler& compiler,
               Diagnostics& faults)
      : library_(library), raw_names_(raw_names), compiler_(compiler), faults_(faults) {
    for (const char* path :
         {"$line", "syslog.time", "syslog.host", "syslog.app", "syslog.pid", "syslog.msgid",
          "sd.id", "message", "_raw", "event.original", "RawData"}) {
      set_.paths_->Intern(path);
    }
  }

  ParserSet Load() {
    for (const ContentFile& file : library_.parsers) ReadParser(file);
    CheckReachable();
    Index();
    for (size_t raw = 0; raw < raw_names_.size(); ++raw)
      set_.raw_asked_.push_back(raw_names_.asked(static_cast<RawId>(raw)));
    return std::move(set_);
  }

 private:
  void ReadParser(const ContentFile& file) {
    MapReader map(file.root, "parser", faults_);
    if (!file.root.is_map()) return;
    ParserSpec parser;
    parser.file = file.path;
    parser.place = file.root.place;
    parser.id = map.RequiredText("id");
    parser.title = map.RequiredText("title");
    parser.about = map.Text("about");
    const std::string vendor = map.RequiredText("vendor");
    const std::string product = map.RequiredText("product");
    parser.product = library_.schema.InternProduct(vendor, product);
    parser.product_hash = Hasher(kEventSeed).Add(vendor).Add(product);
    if (const Node* covers = file.root.Find("x-covers")) {
      for (const Node& name : covers->items) parser.covers.push_back(name.scalar);
    }
    ReadTime(map, parser);
    parser.id_from = map.Texts("id_from");
    if (const Node* fields = map.Get("fields")) parser.fields = ReadFields(*fields);
    if (const Node* events = map.Required("events")) ReadEvents(*events, parser);
    const Node* forms = map.Required("forms");
    map.Finish();
    if (parser.id.empty() || forms == nullptr) return;
    if (!ids_.emplace(parser.id, parser.place).second) {
      faults_.Error(parser.place, "duplicate-id",
                    fmt::format("the parser '{}' is already defined at {}", parser.id,
                                ids_[parser.id].ToString()));
      return;
    }
    const auto index = static_cast<ParserId>(set_.parsers_.size());
    set_.parsers_.push_back(std::move(parser));
    for (const Node& form : forms->items) ReadForm(form, index);
  }

  void ReadTime(MapReader& map, ParserSpec& parser) {
    const Node* node = map.Required("time");
    if (node == nullptr) return;
    MapReader time(*node, "time", faults_);
    parser.time_from = time.Texts("from");
    if (parser.time_from.empty()) faults_.Error(node->place, "parser-time", "a time needs 'from'");
    const Node* formats = time.Required("formats");
    if (formats != nullptr) {
      const auto add = [&](const Node& item) {
        Result<TimeFormat> format = TimeFormat::Compile(item.scalar);
        if (format) {
          parser.time_formats.push_back(*std::move(format));
        } else {
          faults_.Error(item.place, format.error().code, format.error().message);
        }
      };
      if (formats->is_scalar()) add(*formats);
      for (const Node& item : formats->items) add(item);
    }
    const std::string zone = time.Text("zone", "UTC");
    parser.time_zone = Zone::Find(zone);
    if (parser.time_zone == nullptr) {
      faults_.Error(time.PlaceOf("zone"), "unknown-time-zone",
                    fmt::format("there is no time zone '{}'", zone));
      parser.time_zone = Zone::Utc();
    }
    time.Finish();
  }

  std::vector<FieldSpec> ReadFields(const Node& node) {
    std::vector<FieldSpec> fields;
    for (const auto& [name, spec] : node.pairs) {
      if (auto field = ReadFieldSpec(name, spec, library_.schema, faults_))
        fields.push_back(*std::move(field));
    }
    // In order of field id an event only ever appends.
    std::stable_sort(fields.begin(), fields.end(),
                     [](const FieldSpec& a, const FieldSpec& b) { return a.field < b.field; });
    for (size_t i = 1; i < fields.size(); ++i) {
      if (fields[i].field != fields[i - 1].field) continue;
      faults_.Error(
          fields[i].place, "parser-field",
          fmt::format("the field '{}' is already given at {}",
                      library_.schema.field(fields[i].field).name, fields[i - 1].place.ToString()));
      fields.erase(fields.begin() + static_cast<std::ptrdiff_t>(i--));
    }
    return fields;
  }

  void ReadEvents(const Node& node, ParserSpec& parser) {
    std::set<RawId> read;
    for (const Node& item : node.items) {
      MapReader map(item, "event", faults_);
      EventChoice choice;
      const std::string type = map.Text("type");
      if (map.Has("drop")) choice.drop = map.Text("drop");
      if (!type.empty()) {
        const Schema::EventType* found = library_.schema.FindEventType(type);
        if (found != nullptr) {
          choice.type = found->id;
        } else {
          faults_.Error(map.PlaceOf("type"), "unknown-event-type",
                        fmt::format("there is no event type '{}'", type),
                        DidYouMean(type, library_.schema.EventTypeNames()));
        }
      } else if (!choice.drop) {
        faults_.Error(item.place, "parser-event", "an event entry needs 'type' or 'drop'");
      }
      if (const Node* when = map.Get("when")) {
        choice.when = compiler_.Compile(when->scalar, when->places(), faults_).value_or(kNoExpr);
        if (choice.when != kNoExpr) {
          std::vector<FieldId> fields;
          std::vector<RawId> raw;
          compiler_.program().ReadBy(choice.when, &fields, &raw);
          read.insert(raw.begin(), raw.end());
        }
      }
      if (const Node* fields = map.Get("fields")) choice.fields = ReadFields(*fields);
      map.Finish();
      parser.events.push_back(std::move(choice));
    }
    parser.raw_read.assign(read.begin(), read.end());
  }

  void ReadForm(const Node& node, ParserId parser) {
    MapReader map(node, "form", faults_);
    if (!node.is_map()) return;
    FormSpec form;
    form.parser = parser;
    map.Required("format");
    form.format = static_cast<Format>(map.Word("format", kFormats, 0));
    form.root = map.Text("root");
    form.suffixes = map.Texts("suffixes");
    form.kv.pair = map.Text("pair", "=");
    form.kv.separator = map.Text("separator", " ");
    form.columns.separator = map.Text("separator", ",");
    form.columns.quotes = form.format == Format::kCsv;
    form.columns.names = map.Texts("columns");
    if (form.kv.pair.empty() || form.kv.separator.empty() || form.columns.separator.empty()) {
      faults_.Error(node.place, "parser-separator", "'separator' and 'pair' cannot be empty");
      return;
    }
    ReadPatterns(map, form);
    if (const Node* match = map.Required("match")) ReadMatch(*match, form);
    map.Finish();
    ResolvePaths(form);
    set_.forms_.push_back(std::move(form));
    form_places_.push_back(node.place);
  }

  void ReadPatterns(MapReader& map, FormSpec& form) {
    const Node* patterns = map.Get("patterns");
    if (patterns == nullptr) {
      if (form.format == Format::kText)
        faults_.Error(map.place(), "parser-patterns", "a text form needs 'patterns'");
      return;
    }
    for (const Node& item : patterns->items) {
      Result<TextPattern> pattern = TextPattern::Compile(item.scalar);
      if (!pattern) {
        faults_.Error(item.place, pattern.error().code, pattern.error().message);
        continue;
      }
      std::vector<PathId> paths;
      for (const std::string& name : pattern->group_names())
        paths.push_back(set_.paths_->Intern(name));
      form.pattern_paths.push_back(std::move(paths));
      form.patterns.push_back(*std::move(pattern));
    }
  }

  void ReadMatch(const Node& node, FormSpec& form) {
    for (const auto& [path, value] : node.pairs) {
      Condition condition;
      if (path == "text") {
        condition.kind = Condition::Kind::kText;
      } else {
        condition.path = set_.paths_->Intern(LowerLabel(path));
        condition.kind = Condition::Kind::kEqual;
      }
      const Node* texts = &value;
      if (value.is_map()) {
        struct Word {
          std::string_view key;
          Condition::Kind kind;
        };
        texts = nullptr;
        for (const Word& word :
             {Word{"prefix", Condition::Kind::kPrefix}, Word{"suffix", Condition::Kind::kSuffix},
              Word{"contains", Condition::Kind::kContains},
              Word{"exists", Condition::Kind::kExists}}) {
          if (const Node* found = value.Find(word.key)) {
            condition.kind = word.kind;
            texts = found;
          }
        }
        if (texts == nullptr) {
          faults_.Error(
              value.place, "parser-match",
              "a condition is a value, a list, or one of exists, prefix, suffix, contains");
          continue;
        }
        if (condition.kind == Condition::Kind::kExists && texts->scalar == "false")
          condition.kind = Condition::Kind::kMissing;
      }
      if (texts->is_scalar()) condition.texts.push_back(texts->scalar);
      for (const Node& item : texts->items) condition.texts.push_back(item.scalar);
      if (condition.kind == Condition::Kind::kText) std::erase(condition.texts, "");
      for (const std::string& text : condition.texts) condition.hashes.push_back(HashKey(text));
      form.condition_count += condition.kind == Condition::Kind::kText ? condition.texts.size() : 1;
      form.conditions.push_back(std::move(condition));
    }
    const bool findable =
        std::any_of(form.conditions.begin(), form.conditions.end(), [](const Condition& c) {
          return (c.kind == Condition::Kind::kEqual || c.kind == Condition::Kind::kExists ||
                  c.kind == Condition::Kind::kText) &&
                 !c.texts.empty();
        });
    if (!findable) {
      faults_.Error(node.place, "parser-match",
                    "a form needs at least one equality, 'exists: true' or 'text'");
    }
  }

  std::vector<PathId> ResolveAll(const FormSpec& form, const std::vector<std::string>& paths) {
    std::vector<PathId> ids;
    for (const std::string& path : paths) {
      const std::vector<PathId> more = Resolve(*set_.paths_, form, path);
      ids.insert(ids.end(), more.begin(), more.end());
    }
    return ids;
  }

  // Points to the specs, which stay where they are from now on.
  std::vector<FieldPlan> PlanFields(const FormSpec& form, const std::vector<FieldSpec>& fields) {
    std::vector<FieldPlan> plans;
    for (const FieldSpec& field : fields) plans.push_back({&field, ResolveAll(form, field.from)});
    return plans;
  }

  void ResolvePaths(FormSpec& form) {
    const ParserSpec& parser = set_.parsers_[form.parser];
    form.fields = PlanFields(form, parser.fields);
    for (const EventChoice& choice : parser.events)
      form.choice_fields.push_back(PlanFields(form, choice.fields));
    form.time_paths = ResolveAll(form, parser.time_from);
    for (const std::string& path : parser.id_from)
      form.id_paths.push_back(Resolve(*set_.paths_, form, path));
    for (RawId raw : parser.raw_read)
      form.raw_paths.emplace_back(raw, Resolve(*set_.paths_, form, raw_names_.path(raw)));
  }

  // Two forms with the same conditions: the one that loses every tie never gets a record.
  void CheckReachable() {
    std::map<std::string, size_t> seen;
    for (size_t i = 0; i < set_.forms_.size(); ++i) {
      const FormSpec& form = set_.forms_[i];
      std::vector<std::string> parts;
      for (const Condition& c : form.conditions) {
        std::vector<std::string> texts = c.texts;
        std::sort(texts.begin(), texts.end());
        parts.push_back(
            fmt::format("{}:{}:{}", static_cast<int>(c.kind), c.path, fmt::join(texts, "\x1f")));
      }
      std::sort(parts.begin(), parts.end());
      std::string key =
          fmt::format("{}|{}", static_cast<int>(form.format), fmt::join(parts, "\x1e"));
      if (form.format == Format::kKv) key += form.kv.pair + form.kv.separator;
      if (form.format == Format::kCsv || form.format == Format::kDelimited)
        key += form.columns.separator;
      const auto [at, added] = seen.emplace(std::move(key), i);
      if (added || set_.forms_[at->second].parser == form.parser) continue;
      const std::string& a = set_.parsers_[set_.forms_[at->second].parser].id;
      const std::string& b = set_.parsers_[form.parser].id;
      const bool first_wins = a < b;
      faults_.Warning(form_places_[first_wins ? i : at->second], "parser-unreachable",
                      fmt::format("this form of '{}' gets no record: '{}' has the same conditions",
                                  first_wins ? b : a, first_wins ? a : b));
    }
  }

  void Index() {
    set_.by_presence_.resize(set_.paths_->size());
    set_.indexed_.resize(set_.paths_->size());
    // How many forms share a value, so that each form goes under its rarest.
    std::map<std::pair<PathId, std::string>, size_t> shared;
    for (const FormSpec& form : set_.forms_) {
      for (const Condition& c : form.conditions) {
        if (c.kind != Condition::Kind::kEqual) continue;
        for (const std::string& text : c.texts) ++shared[{c.path, text}];
      }
    }
    std::map<std::string, std::vector<uint32_t>> literals;
    for (uint32_t i = 0; i < set_.forms_.size(); ++i) {
      const FormSpec& form = set_.forms_[i];
      const Condition* best = nullptr;
      size_t best_sharing = SIZE_MAX;
      for (const Condition& c : form.conditions) {
        if (c.kind != Condition::Kind::kEqual || c.texts.empty()) continue;
        size_t sharing = 0;
        for (const std::string& text : c.texts) sharing = std::max(sharing, shared[{c.path, text}]);
        if (sharing < best_sharing) {
          best = &c;
          best_sharing = sharing;
        }
      }
      if (best != nullptr) {
        set_.indexed_[best->path] |= ParserSet::kByValue;
        for (const std::string& text : best->texts)
          set_.by_value_[ValueKey(best->path, HashKey(text))].push_back(i);
      } else if (const Condition* there = FindKind(form, Condition::Kind::kExists)) {
        set_.by_presence_[there->path].push_back(i);
        set_.indexed_[there->path] |= ParserSet::kByPresence;
      } else if (const Condition* text = FindKind(form, Condition::Kind::kText)) {
        const auto longest =
            std::max_element(text->texts.begin(), text->texts.end(),
                             [](const auto& a, const auto& b) { return a.size() < b.size(); });
        literals[*longest].push_back(i);
        set_.has_literals_[static_cast<size_t>(form.format)] = true;
      }
      AddOptions(form);
    }
    for (FormSpec& form : set_.forms_) OrderConditions(form);
    RankForms();
    std::vector<std::string> texts;
    for (auto& [text, forms] : literals) {
      texts.push_back(text);
      set_.by_literal_.push_back(std::move(forms));
    }
    if (!texts.empty()) set_.literals_ = std::make_unique<LiteralSet>(texts);
  }

  // Forms of one parser with as many conditions share a rank.
  void RankForms() {
    const auto key = [&](const FormSpec* form) {
      return std::pair<size_t, std::string_view>(SIZE_MAX - form->condition_count,
                                                 set_.parsers_[form->parser].id);
    };
    std::vector<FormSpec*> best_first;
    for (FormSpec& form : set_.forms_) best_first.push_back(&form);
    std::sort(best_first.begin(), best_first.end(),
              [&](const FormSpec* a, const FormSpec* b) { return key(a) < key(b); });
    for (size_t i = 1; i < best_first.size(); ++i) {
      const bool same = key(best_first[i - 1]) == key(best_first[i]);
      best_first[i]->rank = best_first[i - 1]->rank + (same ? 0 : 1);
    }
  }

  // What most likely fails comes first: a beginning, an ending, an equality of few values,
  // presence; what costs most comes last.
  static void OrderConditions(FormSpec& form) {
    const auto rank = [](const Condition& c) -> size_t {
      switch (c.kind) {
        case Condition::Kind::kPrefix:
        case Condition::Kind::kSuffix:
          return 0;
        case Condition::Kind::kEqual:
          return c.texts.size();
        case Condition::Kind::kMissing:
        case Condition::Kind::kExists:
          return 1000;
        case Condition::Kind::kContains:
          return 1001;
        case Condition::Kind::kText:
          return 1002;
      }
      return 0;
    };
    std::stable_sort(form.conditions.begin(), form.conditions.end(),
                     [&](const Condition& a, const Condition& b) { return rank(a) < rank(b); });
  }

  static const Condition* FindKind(const FormSpec& form, Condition::Kind kind) {
    for (const Condition& c : form.conditions) {
      if (c.kind == kind && !c.texts.empty()) return &c;
    }
    return nullptr;
  }

  void AddOptions(const FormSpec& form) {
    const auto add = [](auto& all, const auto& options) {
      if (std::find(all.begin(), all.end(), options) == all.end()) all.push_back(options);
    };
    if (form.format == Format::kKv) add(set_.kv_options_, form.kv);
    if (form.format == Format::kCsv || form.format == Format::kDelimited)
      add(set_.column_options_, form.columns);
  }

  ContentLibrary& library_;
  RawNames& raw_names_;
  Compiler& compiler_;
  Diagnostics& faults_;
  ParserSet set_;
  std::map<std::string, Place> ids_;
  std::vector<Place> form_places_;
};

ParserSet ParserSet::Load(ContentLibrary& library, RawNames& raw_names, Compiler& compiler,
                          Diagnostics& faults) {
  return ParserLoader(library, raw_names, compiler, faults).Load();
}

// A form keeps what its own parser asks for, and of every form is kept what anybody else asks for:
// rules, models.
void ParserSet::Finish(const RawNames& raw_names) {
  for (size_t i = 0; i < raw_names.size(); ++i) {
    const auto raw = static_cast<RawId>(i);
    if (raw < raw_asked_.size() && raw_names.asked(raw) == raw_asked_[raw]) continue;
    for (FormSpec& form : forms_) {
      const auto kept = [&](const auto& own) { return own.first == raw; };
      if (std::any_of(form.raw_paths.begin(), form.raw_paths.end(), kept)) continue;
      form.raw_paths.emplace_back(raw, Resolve(*paths_, form, raw_names.path(raw)));
    }
  }
  for (FormSpec& form : forms_) std::sort(form.raw_paths.begin(), form.raw_paths.end());
  by_presence_.resize(paths_->size());
  indexed_.resize(paths_->size());

  std::vector<bool> early(paths_->size());
  for (const FormSpec& form : forms_) {
    for (const Condition& condition : form.conditions) {
      if (condition.path != kNoPath) early[condition.path] = true;
    }
    for (PathId path : form.time_paths) early[path] = true;
  }
  paths_->MarkEarly(early);
}

bool ParserSet::Fits(const FormSpec& form, const Record& record, std::string_view line) const {
  char buffer[24];
  for (const Condition& c : form.conditions) {
    if (c.kind == Condition::Kind::kText) {
      for (const std::string& text : c.texts) {
        if (line.find(text) == std::string_view::npos) return false;
      }
      continue;
    }
    const Value* const value = record.Find(c.path);
    if (c.kind == Condition::Kind::kMissing) {
      if (value != nullptr) return false;
      continue;
    }
    if (value == nullptr) return false;
    if (c.kind == Condition::Kind::kExists) continue;
    const std::string_view whole = value->is_text() ? value->text() : ConditionText(*value, buffer);
    bool holds = false;
    if (c.kind == Condition::Kind::kEqual) {
      const uint64_t hash = ConditionHash(record, c.path);
      for (size_t i = 0; i < c.hashes.size() && !holds; ++i)
        holds = c.hashes[i] == hash && whole == c.texts[i];
    } else {
      for (const std::string& text : c.texts) {
        const size_t size = text.size();
        if (whole.size() < size) continue;
        holds = c.kind == Condition::Kind::kPrefix   ? SameBytes(whole.data(), text.data(), size)
                : c.kind == Condition::Kind::kSuffix ? EndsWith(whole, text)
                                                     : whole.find(text) != std::string_view::npos;
        if (holds) break;
      }
    }
    if (!holds) return false;
  }
  return true;
}

template <typename Visit>
void ParserSet::ForEachByRecord(Format format, const Record& record, Visit visit) const {
  // The latest first: what tells more tends to stand behind what tells less, as the signature of a
  // CEF line behind its vendor.
  const auto visit_all = [&](const std::vector<uint32_t>& forms) {
    for (size_t i = forms.size(); i-- > 0;) {
      if (forms_[forms[i]].format == format) visit(forms_[forms[i]]);
    }
  };
  const std::span<const PathId> present = record.present();
  for (size_t i = present.size(); i-- > 0;) {
    const PathId path = present[i];
    const uint8_t how = indexed_[path];
    if (how == 0) continue;
    if (how & kByPresence) visit_all(by_presence_[path]);
    if (how & kByValue) {
      const auto found = by_value_.find(ValueKey(path, ConditionHash(record, path)));
      if (found != by_value_.end()) visit_all(found->second);
    }
  }
}

template <typename Visit>
void ParserSet::ForEachByLiteral(Format format, std::string_view line, Visit visit) const {
  if (literals_ == nullptr) return;
  const auto found = [&](size_t literal) {
    for (uint32_t form : by_literal_[literal]) {
      if (forms_[form].format == format) visit(forms_[form]);
    }
  };
  literals_->Find(line, std::cref(found));  // by reference, which needs no memory
}

const FormSpec* ParserSet::Choose(Format format, const Record& record,
                                  std::string_view line) const {
  const FormSpec* best = nullptr;
  // Of equals, which are forms of one parser, the one wins whose key or value stands first.
  ForEachByRecord(format, record, [&](const FormSpec& form) {
    if (best != nullptr && IsBetter(*best, form)) return;
    if (Fits(form, record, line)) best = &form;
  });
  if (best == nullptr && has_literals_[static_cast<size_t>(format)]) {
    ForEachByLiteral(format, line, [&](const FormSpec& form) {
      if (best != nullptr && !IsBetter(form, *best)) return;
      if (Fits(form, record, line)) best = &form;
    });
  }
  return best;
}

void ParserSet::ChooseText(const Record& record, std::string_view line,
                           std::vector<const FormSpec*>* fitting) const {
  fitting->clear();
  const auto consider = [&](const FormSpec& form) {
    if (Fits(form, record, line)) fitting->push_back(&form);
  };
  ForEachByRecord(Format::kText, record, consider);
  if (has_literals_[static_cast<size_t>(Format::kText)])
    ForEachByLiteral(Format::kText, line, consider);
  std::sort(fitting->begin(), fitting->end(), [&](const FormSpec* a, const FormSpec* b) {
    return IsBetter(*a, *b) || (!IsBetter(*b, *a) && a < b);
  });
  fitting->erase(std::unique(fitting->begin(), fitting->end()), fitting->end());
}

}  // namespace vedette
