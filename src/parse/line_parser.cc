#include "parse/line_parser.h"

#include <algorithm>
#include <charconv>

#include "core/text.h"
#include "parse/envelope.h"
#include "parse/reasons.h"

namespace vedette {
namespace {

constexpr std::string_view kContainers[] = {"records", "result", "events"};
constexpr std::string_view kWrappers[] = {"message", "_raw", "event.original", "RawData"};

// 2000-01-01. What says to be older is the time of a clock that was never set, and would make all
// models and days begin there.
constexpr Timestamp kEarliestTime{946'684'800 * kNanosPerSecond};

std::string_view ReasonOf(JsonOutcome outcome) {
  switch (outcome) {
    case JsonOutcome::kBadUtf8:
      return parse_reason::kBadUtf8;
    case JsonOutcome::kTruncated:
      return parse_reason::kTruncatedJson;
    case JsonOutcome::kTooDeep:
      return parse_reason::kTooDeep;
    default:
      return parse_reason::kBrokenJson;
  }
}

// Whether `"key"` stands in the text; a cheap look before it is parsed once more.
bool MayHaveKey(std::string_view text, std::string_view key) {
  for (size_t at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1)) {
    if (at > 0 && text[at - 1] == '"' && at + key.size() < text.size() &&
        text[at + key.size()] == '"')
      return true;
  }
  return false;
}

// Views of a value that the event may keep.
Value KeepValue(Value value, const Record& record, Arena& arena) {
  if (value.is_text()) return Value::String(record.Keep(value.text(), arena));
  if (!value.is_list()) return value;
  Value* items = arena.Array<Value>(value.size());
  for (uint32_t i = 0; i < value.size(); ++i) items[i] = KeepValue(value.items()[i], record, arena);
  return Value::List(items, value.size());
}

}  // namespace

LineParser::LineParser(const ParserSet& parsers, const Schema& schema, const Program& program,
                       const Lookups& lookups)
    : parsers_(parsers),
      schema_(schema),
      evaluator_(program, lookups),
      pairs_(parsers.paths()),
      record_(parsers.paths()),
      zone_(*Zone::Utc()) {}

void LineParser::Parse(std::string_view line, Timestamp ingest_time, Batch& out,
                       ParseObserver& observer) {
  ParseContext context{ingest_time, out, observer};
  ParseRecord(line, 0, context);
}

void LineParser::ReadTimes(std::string_view line, Timestamp ingest_time,
                           const std::function<void(Timestamp)>& visit) {
  struct NobodyIsTold : ParseObserver {
    void Parsed(const Event&) override {}
    void Dropped(ParserId, std::string_view, uint32_t) override {}
    void Unmatched(std::string_view, uint32_t) override {}
    void Malformed(ParserId, std::string_view, uint32_t) override {}
  } nobody;
  times_scratch_.Clear();
  ParseContext context{ingest_time, times_scratch_, nobody};
  context.times_only = &visit;
  json_.SetEarlyOnly(true);
  ParseRecord(line, 0, context);
  json_.SetEarlyOnly(false);
}

void LineParser::ParseRecord(std::string_view line, int depth, ParseContext& context) {
  const Envelope envelope = ReadEnvelope(line, zone_, context.ingest_time);
  // The JSON reader checks what it reads itself.
  const bool is_json = envelope.format == Format::kJson;
  const std::string_view unchecked =
      is_json ? line.substr(0, static_cast<size_t>(envelope.payload.data() - line.data())) : line;
  if (unchecked.find('\0') != std::string_view::npos) {
    context.observer.Malformed(kNoParser, parse_reason::kNul, context.record++);
    return;
  }
  if (!IsValidUtf8(unchecked)) {
    context.observer.Malformed(kNoParser, parse_reason::kBadUtf8, context.record++);
    return;
  }
  record_.Begin();
  StoreEnvelope(envelope, line, parsers_.paths(), record_);
  if (is_json && ReadJson(envelope, line, depth, context)) return;
  ReadText(envelope, line, context);
}

// True when the record is settled.
bool LineParser::ReadJson(const Envelope& envelope, std::string_view line, int depth,
                          ParseContext& context) {
  const JsonOutcome outcome = json_.ReadObject(envelope.payload, parsers_.paths().root(), record_);
  if (outcome == JsonOutcome::kObject) {
    if (const FormSpec* form = parsers_.Choose(Format::kJson, record_, line)) {
      Build(*form, line, context);
      return true;
    }
  } else if (outcome != JsonOutcome::kArray) {
    context.observer.Malformed(kNoParser, ReasonOf(outcome), context.record++);
    return true;
  }
  return Unwrap(envelope.payload, depth, context);
}

// Records inside a record, or the raw line inside a collector's object. True when there were any.
bool LineParser::Unwrap(std::string_view payload, int depth, ParseContext& context) {
  bool too_deep = false;
  const auto parse_inner = [&](std::string_view inner) {
    if (depth < kMaxWrappers) {
      ParseRecord(inner, depth + 1, context);
    } else if (!too_deep) {
      too_deep = true;
      context.observer.Malformed(kNoParser, parse_reason::kTooDeep, context.record++);
    }
  };
  if (payload.front() == '[') return json_.ForEachElement(payload, "", parse_inner);
  for (std::string_view key : kContainers) {
    if (MayHaveKey(payload, key) && json_.ForEachElement(payload, key, parse_inner)) return true;
  }
  for (std::string_view key : kWrappers) {
    if (!MayHaveKey(payload, key) && !MayHaveKey(payload, key.substr(key.find('.') + 1))) continue;
    const std::string_view inner = json_.TopLevelText(payload, key, context.out.arena);
    if (Trim(inner).size() < 2) continue;
    parse_inner(inner);
    return true;
  }
  return false;
}

// Everything that is not JSON, and JSON that no form of its format takes.
void LineParser::ReadText(const Envelope& envelope, std::string_view line, ParseContext& context) {
  bool good = true;
  if (envelope.format == Format::kCef || envelope.format == Format::kLeef) {
    good = envelope.format == Format::kCef ? pairs_.ReadCef(envelope.payload, json_, record_)
                                           : pairs_.ReadLeef(envelope.payload, json_, record_);
    if (const FormSpec* form = good ? parsers_.Choose(envelope.format, record_, line) : nullptr) {
      Build(*form, line, context);
      return;
    }
  }
  ParserId limited = kNoParser;
  if (TryText(line, context, &limited)) return;
  if (envelope.format == Format::kText && TryColumns(envelope, line, context)) return;
  if (!good) {
    context.observer.Malformed(
        kNoParser,
        envelope.format == Format::kCef ? parse_reason::kBrokenCef : parse_reason::kBrokenLeef,
        context.record++);
  } else if (limited != kNoParser) {
    context.observer.Malformed(limited, parse_reason::kPatternLimit, context.record++);
  } else {
    context.observer.Unmatched(parse_reason::kNoParser, context.record++);
  }
}

// The best form whose first pattern matches. `limited` is told a parser whose pattern gave up.
bool LineParser::TryText(std::string_view line, ParseContext& context, ParserId* limited) {
  parsers_.ChooseText(record_, line, &fitting_);
  for (const FormSpec* form : fitting_) {
    bool taken = !form->patterns.empty();
    for (size_t i = 0; i < form->patterns.size() && taken; ++i) {
      const std::vector<PathId>& paths = form->pattern_paths[i];
      const MatchOutcome outcome =
          form->patterns[i].Match(line, [&](size_t group, std::string_view value) {
            if (!value.empty()) record_.Set(paths[group], Value::String(value));
          });
      if (outcome == MatchOutcome::kLimit) *limited = form->parser;
      taken = outcome == MatchOutcome::kMatch || (i > 0 && outcome == MatchOutcome::kNoMatch);
    }
    if (!taken) continue;
    Build(*form, line, context);
    return true;
  }
  return false;
}

// Reads the line in each way that some form asks for; the best form of all takes it.
bool LineParser::TryColumns(const Envelope& envelope, std::string_view line,
                            ParseContext& context) {
  const std::vector<KvOptions>& kv = parsers_.kv_options();
  const std::vector<ColumnOptions>& columns = parsers_.column_options();
  const auto read = [&](size_t way) {
    record_.Begin();
    StoreEnvelope(envelope, line, parsers_.paths(), record_);
    return way < columns.size()
               ? pairs_.ReadColumns(envelope.payload, columns[way], json_, record_)
               : pairs_.ReadKv(envelope.payload, kv[way - columns.size()], json_, record_);
  };
  const FormSpec* best = nullptr;
  size_t best_way = 0;
  bool good = false;
  size_t last_way = 0;
  for (size_t way = 0; way < columns.size() + kv.size(); ++way) {
    const std::string& mark =
        way < columns.size() ? columns[way].separator : kv[way - columns.size()].pair;
    if (envelope.payload.find(mark) == std::string_view::npos) continue;
    const bool whole = read(way);
    last_way = way;
    const Format format = way >= columns.size() ? Format::kKv
                          : columns[way].quotes ? Format::kCsv
                                                : Format::kDelimited;
    const FormSpec* form = parsers_.Choose(format, record_, line);
    if (form == nullptr || (best != nullptr && !ParserSet::IsBetter(*form, *best))) continue;
    best = form;
    best_way = way;
    good = whole;
  }
  if (best == nullptr) return false;
  if (!good) {
    context.observer.Malformed(
        best->parser,
        best_way < columns.size() ? parse_reason::kBrokenColumns : parse_reason::kBrokenPairs,
        context.record++);
    return true;
  }
  if (best_way != last_way) read(best_way);
  Build(*best, line, context);
  return true;
}

bool LineParser::ReadTime(const FormSpec& form, Timestamp ingest_time, Timestamp* time) const {
  const ParserSpec& parser = parsers_.parsers()[form.parser];
  for (PathId path : form.time_paths) {
    const Value value = record_.Get(path);
    if (value.is_null() || (value.is_text() && IsAbsentWord(value.text()))) continue;
    for (const TimeFormat& format : parser.time_formats) {
      if (const auto read = format.Read(value, *parser.time_zone, ingest_time)) {
        *time = *read;
        return true;
      }
    }
  }
  return false;
}

// The record's own unique id where its parser names one, else its bytes; never where it lay.
Hash128 LineParser::IdOf(const FormSpec& form, std::string_view raw) const {
  const ParserSpec& parser = parsers_.parsers()[form.parser];
  if (form.id_paths.empty()) return Hasher(parser.product_hash).Add(raw).Finish();
  Hasher hasher = parser.product_hash;
  for (const std::vector<PathId>& alternatives : form.id_paths) {
    const auto there = std::find_if(alternatives.begin(), alternatives.end(),
                                    [&](PathId path) { return record_.Has(path); });
    if (there == alternatives.end()) return Hasher(parser.product_hash).Add(raw).Finish();
    const Value value = record_.Get(*there);
    if (value.is_text()) {
      hasher.Add(value.text());
    } else if (value.kind() == ValueKind::kInt) {
      char digits[24];
      const auto [end, error] = std::to_chars(digits, digits + sizeof(digits), value.integer());
      hasher.Add(std::string_view(digits, static_cast<size_t>(end - digits)));
    } else {
      hasher.Add(value.ToText());
    }
  }
  return hasher.Add(parser.id).Finish();
}

void LineParser::KeepRaw(const FormSpec& form, Event& event, Arena& arena) const {
  if (form.raw_paths.empty()) return;
  uint16_t count = 0;
  Event::RawEntry* entries = arena.Array<Event::RawEntry>(form.raw_paths.size());
  for (const auto& [raw, alternatives] : form.raw_paths) {
    for (PathId path : alternatives) {
      if (!record_.Has(path)) continue;
      entries[count++] = {raw, KeepValue(record_.Get(path), record_, arena)};
      break;
    }
  }
  event.SetRaw(entries, count);
}

const EventChoice* LineParser::ChooseEvent(const ParserSpec& parser, const Event& event) {
  evaluator_.Reset(event);
  for (const EventChoice& choice : parser.events) {
    if (choice.when == kNoExpr || evaluator_.Test(choice.when)) return &choice;
  }
  return nullptr;
}

void LineParser::Build(const FormSpec& form, std::string_view raw, ParseContext& context) {
  if (context.times_only != nullptr) {
    Timestamp time;
    if (ReadTime(form, context.ingest_time, &time)) (*context.times_only)(time);
    return;
  }
  const ParserSpec& parser = parsers_.parsers()[form.parser];
  Arena& arena = context.out.arena;
  const uint32_t number = context.record++;
  Event* event = context.out.Add();
  event->product = parser.product;
  event->parser = form.parser;
  event->position.record = number;
  FillFields(form.fields, record_, arena, event);
  KeepRaw(form, *event, arena);
  const bool has_time = ReadTime(form, context.ingest_time, &event->time);

  const EventChoice* choice = ChooseEvent(parser, *event);
  const bool too_early = event->time < kEarliestTime;
  if (choice == nullptr || choice->drop || !has_time || too_early) {
    context.out.events.pop_back();
    if (choice == nullptr) {
      context.observer.Unmatched(parse_reason::kNoEventType, number);
    } else if (choice->drop) {
      context.observer.Dropped(form.parser, *choice->drop, number);
    } else {
      context.observer.Malformed(
          form.parser, has_time ? parse_reason::kEarlyTime : parse_reason::kBadTime, number);
    }
    return;
  }
  event->type = choice->type;
  for (const FieldPlan& field :
       form.choice_fields[static_cast<size_t>(choice - parser.events.data())]) {
    // A field that the entry names is the entry's alone: without a value there is none.
    event->Set(arena, field.spec->field, EvaluateField(field, record_, arena));
  }
  event->id = IdOf(form, raw);
  context.observer.Parsed(*event);
}

}  // namespace vedette
