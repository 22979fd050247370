#include "parse/parsers.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "core/hash.h"
#include "core/text.h"

namespace vedette {
namespace {

const std::vector<std::string_view> kFormats = {"json", "cef", "leef", "kv", "csv", "delimited", "text"};

uint64_t ValueKey(PathId path, std::string_view text) { return HashBytes64(text, 0x70617273 + path); }

// A value as conditions compare it.
std::string_view ConditionText(const Value& value, char* buffer) {
  if (value.is_text()) return value.text();
  if (value.kind() == ValueKind::kBool) return value.boolean() ? "true" : "false";
  if (value.kind() == ValueKind::kInt) {
    const auto [end, error] = std::to_chars(buffer, buffer + 24, value.integer());
    return {buffer, static_cast<size_t>(end - buffer)};
  }
  return {};
}

}  // namespace

// Reads parser files and builds the indices.
class ParserLoader {
 public:
  ParserLoader(ContentLibrary& library, RawNames& raw_names, Compiler& compiler, Diagnostics& faults)
      : library_(library), raw_names_(raw_names), compiler_(compiler), faults_(faults) {
    for (const char* path : {"$line", "syslog.time", "syslog.host", "syslog.app", "syslog.pid", "syslog.msgid", "sd.id", "message",
                             "_raw", "event.original", "RawData"}) {
      set_.paths_->Intern(path);
    }
  }

  ParserSet Load() {
    for (const ContentFile& file : library_.parsers) ReadParser(file);
    CheckReachable();
    Index();
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
                    fmt::format("the parser '{}' is already defined at {}", parser.id, ids_[parser.id].ToString()));
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
      faults_.Error(time.PlaceOf("zone"), "unknown-time-zone", fmt::format("there is no time zone '{}'", zone));
      parser.time_zone = Zone::Utc();
    }
    time.Finish();
  }

  std::vector<FieldSpec> ReadFields(const Node& node) {
    std::vector<FieldSpec> fields;
    for (const auto& [name, spec] : node.pairs) {
      if (auto field = ReadFieldSpec(name, spec, library_.schema, faults_)) fields.push_back(*std::move(field));
    }
    // In order of field id an event only ever appends.
    std::stable_sort(fields.begin(), fields.end(), [](const FieldSpec& a, const FieldSpec& b) { return a.field < b.field; });
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
          faults_.Error(map.PlaceOf("type"), "unknown-event-type", fmt::format("there is no event type '{}'", type),
                        DidYouMean(type, library_.schema.EventTypeNames()));
        }
      } else if (!choice.drop) {
        faults_.Error(item.place, "parser-event", "an event entry needs 'type' or 'drop'");
      }
      if (const Node* when = map.Get("when")) {
        choice.when = compiler_.Compile(when->scalar, when->place, faults_).value_or(kNoExpr);
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
      if (form.format == Format::kText) faults_.Error(map.place(), "parser-patterns", "a text form needs 'patterns'");
      return;
    }
    for (const Node& item : patterns->items) {
      Result<TextPattern> pattern = TextPattern::Compile(item.scalar);
      if (!pattern) {
        faults_.Error(item.place, pattern.error().code, pattern.error().message);
        continue;
      }
      std::vector<PathId> paths;
      for (const std::string& name : pattern->group_names()) paths.push_back(set_.paths_->Intern(name));
      form.pattern_paths.push_back(std::move(paths));
      form.patterns.push_back(*std::move(pattern));
    }
  }

  static std::string LowerLabel(std::string_view path) {
    return StartsWith(path, "label.") ? "label." + ToLower(path.substr(6)) : std::string(path);
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
        for (const Word& word : {Word{"prefix", Condition::Kind::kPrefix}, Word{"suffix", Condition::Kind::kSuffix},
                                 Word{"contains", Condition::Kind::kContains}, Word{"exists", Condition::Kind::kExists}}) {
          if (const Node* found = value.Find(word.key)) {
            condition.kind = word.kind;
            texts = found;
          }
        }
        if (texts == nullptr) {
          faults_.Error(value.place, "parser-match", "a condition is a value, a list, or one of exists, prefix, suffix, contains");
          continue;
        }
        if (condition.kind == Condition::Kind::kExists && texts->scalar == "false") condition.kind = Condition::Kind::kMissing;
      }
      if (texts->is_scalar()) condition.texts.push_back(texts->scalar);
      for (const Node& item : texts->items) condition.texts.push_back(item.scalar);
      if (condition.kind == Condition::Kind::kText) std::erase(condition.texts, "");
      form.condition_count += condition.kind == Condition::Kind::kText ? condition.texts.size() : 1;
      form.conditions.push_back(std::move(condition));
    }
    const bool findable = std::any_of(form.conditions.begin(), form.conditions.end(), [](const Condition& c) {
      return (c.kind == Condition::Kind::kEqual || c.kind == Condition::Kind::kExists || c.kind == Condition::Kind::kText) && !c.texts.empty();
    });
    if (!findable) {
      faults_.Error(node.place, "parser-match", "a form needs at least one equality, 'exists: true' or 'text'");
    }
  }

  // A path as written to ids: relative to the root, with the endings of Log Analytics as alternatives.
  std::vector<PathId> Resolve(const FormSpec& form, std::string_view path) {
    std::vector<PathId> ids;
    static constexpr std::string_view kTop[] = {"syslog.", "sd.", "cef.", "leef.", "label.", "json."};
    const bool top = form.root.empty() || path == "$line" ||
                     std::any_of(std::begin(kTop), std::end(kTop), [&](std::string_view p) { return StartsWith(path, p); });
    if (StartsWith(path, "$.")) {
      ids.push_back(set_.paths_->Intern(LowerLabel(path.substr(2))));
      return ids;
    }
    const std::string base = top ? LowerLabel(path) : form.root + "." + std::string(path);
    ids.push_back(set_.paths_->Intern(base));
    const size_t first = base.find_first_of(".[", form.root.empty() ? 0 : form.root.size() + 1);
    const std::string head = base.substr(0, first);
    const std::string tail = first == std::string::npos ? "" : base.substr(first);
    for (const std::string& suffix : form.suffixes) ids.push_back(set_.paths_->Intern(head + suffix + tail));
    return ids;
  }

  std::vector<PathId> ResolveAll(const FormSpec& form, const std::vector<std::string>& paths) {
    std::vector<PathId> ids;
    for (const std::string& path : paths) {
      const std::vector<PathId> more = Resolve(form, path);
      ids.insert(ids.end(), more.begin(), more.end());
    }
    return ids;
  }

  void ResolvePaths(FormSpec& form) {
    const ParserSpec& parser = set_.parsers_[form.parser];
    for (const FieldSpec& field : parser.fields) form.field_paths.push_back(ResolveAll(form, field.from));
    for (const EventChoice& choice : parser.events) {
      std::vector<std::vector<PathId>> paths;
      for (const FieldSpec& field : choice.fields) paths.push_back(ResolveAll(form, field.from));
      form.choice_paths.push_back(std::move(paths));
    }
    for (const std::string& path : parser.time_from) form.time_paths.push_back(Resolve(form, path));
    for (const std::string& path : parser.id_from) form.id_paths.push_back(Resolve(form, path));
    for (RawId raw : parser.raw_read) form.raw_paths.emplace_back(raw, Resolve(form, raw_names_.path(raw)));
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
        parts.push_back(fmt::format("{}:{}:{}", static_cast<int>(c.kind), c.path, fmt::join(texts, "\x1f")));
      }
      std::sort(parts.begin(), parts.end());
      std::string key = fmt::format("{}|{}", static_cast<int>(form.format), fmt::join(parts, "\x1e"));
      if (form.format == Format::kKv) key += form.kv.pair + form.kv.separator;
      if (form.format == Format::kCsv || form.format == Format::kDelimited) key += form.columns.separator;
      const auto [at, added] = seen.emplace(std::move(key), i);
      if (added || set_.forms_[at->second].parser == form.parser) continue;
      const std::string& a = set_.parsers_[set_.forms_[at->second].parser].id;
      const std::string& b = set_.parsers_[form.parser].id;
      const bool first_wins = a < b;
      faults_.Warning(form_places_[first_wins ? i : at->second], "parser-unreachable",
                      fmt::format("this form of '{}' gets no record: '{}' has the same conditions", first_wins ? b : a, first_wins ? a : b));
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
        set_.indexed_[best->path] = 1;
        for (const std::string& text : best->texts) set_.by_value_[ValueKey(best->path, text)].push_back(i);
      } else if (const Condition* there = FindKind(form, Condition::Kind::kExists)) {
        set_.by_presence_[there->path].push_back(i);
      } else if (const Condition* text = FindKind(form, Condition::Kind::kText)) {
        const auto longest = std::max_element(text->texts.begin(), text->texts.end(),
                                              [](const auto& a, const auto& b) { return a.size() < b.size(); });
        literals[*longest].push_back(i);
      }
      AddOptions(form);
    }
    std::vector<std::string> texts;
    for (auto& [text, forms] : literals) {
      texts.push_back(text);
      set_.by_literal_.push_back(std::move(forms));
    }
    if (!texts.empty()) set_.literals_ = std::make_unique<LiteralSet>(texts);
  }

  static const Condition* FindKind(const FormSpec& form, Condition::Kind kind) {
    for (const Condition& c : form.conditions) {
      if (c.kind == kind && !c.texts.empty()) return &c;
    }
    return nullptr;
  }

  void AddOptions(const FormSpec& form) {
    if (form.format == Format::kKv) {
      const bool known = std::any_of(set_.kv_options_.begin(), set_.kv_options_.end(), [&](const KvOptions& o) {
        return o.pair == form.kv.pair && o.separator == form.kv.separator;
      });
      if (!known) set_.kv_options_.push_back(form.kv);
    }
    if (form.format == Format::kCsv || form.format == Format::kDelimited) {
      const bool known = std::any_of(set_.column_options_.begin(), set_.column_options_.end(), [&](const ColumnOptions& o) {
        return o.separator == form.columns.separator && o.quotes == form.columns.quotes && o.names == form.columns.names;
      });
      if (!known) set_.column_options_.push_back(form.columns);
    }
  }

  ContentLibrary& library_;
  RawNames& raw_names_;
  Compiler& compiler_;
  Diagnostics& faults_;
  ParserSet set_;
  std::map<std::string, Place> ids_;
  std::vector<Place> form_places_;
};

ParserSet ParserSet::Load(ContentLibrary& library, RawNames& raw_names, Compiler& compiler, Diagnostics& faults) {
  return ParserLoader(library, raw_names, compiler, faults).Load();
}

// Raw values that rules and models ask for are wanted of every form.
void ParserSet::Finish(const RawNames& raw_names) {
  std::set<RawId> own;
  for (const ParserSpec& parser : parsers_) own.insert(parser.raw_read.begin(), parser.raw_read.end());
  for (FormSpec& form : forms_) {
    for (RawId raw = 0; raw < raw_names.size(); ++raw) {
      if (own.contains(raw)) continue;
      const std::string& path = raw_names.path(raw);
      const std::string full = form.root.empty() || StartsWith(path, "$.") ? path : form.root + "." + path;
      form.raw_paths.emplace_back(raw, std::vector<PathId>{paths_->Intern(StartsWith(full, "$.") ? full.substr(2) : full)});
    }
    std::sort(form.raw_paths.begin(), form.raw_paths.end());
  }
  by_presence_.resize(paths_->size());
  indexed_.resize(paths_->size());
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
    const bool there = record.Has(c.path);
    if (c.kind == Condition::Kind::kMissing) {
      if (there) return false;
      continue;
    }
    if (!there) return false;
    if (c.kind == Condition::Kind::kExists) continue;
    const std::string_view value = ConditionText(record.Get(c.path), buffer);
    const bool any = std::any_of(c.texts.begin(), c.texts.end(), [&](const std::string& text) {
      switch (c.kind) {
        case Condition::Kind::kEqual: return value == text;
        case Condition::Kind::kPrefix: return StartsWith(value, text);
        case Condition::Kind::kSuffix: return EndsWith(value, text);
        default: return value.find(text) != std::string_view::npos;
      }
    });
    if (!any) return false;
  }
  return true;
}

void ParserSet::Consider(uint32_t index, Format format, const Record& record, std::string_view line, const FormSpec** best) const {
  const FormSpec& form = forms_[index];
  if (form.format != format) return;
  if (*best != nullptr) {
    const FormSpec& other = **best;
    if (form.condition_count < other.condition_count) return;
    if (form.condition_count == other.condition_count && parsers_[form.parser].id >= parsers_[other.parser].id) return;
  }
  if (Fits(form, record, line)) *best = &form;
}

const FormSpec* ParserSet::Choose(Format format, const Record& record, std::string_view line) const {
  const FormSpec* best = nullptr;
  char buffer[24];
  if (format != Format::kText) {
    for (PathId path : record.present()) {
      if (indexed_[path]) {
        const auto found = by_value_.find(ValueKey(path, ConditionText(record.Get(path), buffer)));
        if (found != by_value_.end()) {
          for (uint32_t form : found->second) Consider(form, format, record, line, &best);
        }
      }
      for (uint32_t form : by_presence_[path]) Consider(form, format, record, line, &best);
    }
    if (best != nullptr) return best;
  }
  if (literals_ != nullptr) {
    literals_->Find(line, [&](size_t literal) {
      for (uint32_t form : by_literal_[literal]) Consider(form, format, record, line, &best);
    });
  }
  return best;
}

}  // namespace vedette
