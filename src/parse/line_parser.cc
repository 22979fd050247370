#include "parse/line_parser.h"

#include <algorithm>
#include <cstring>

#include "core/text.h"
#include "parse/envelope.h"

namespace vedette {
namespace {

constexpr uint64_t kEventSeed = 0x6576656e74;

constexpr std::string_view kContainers[] = {"records", "result", "events"};
constexpr std::string_view kWrappers[] = {"message", "_raw", "event.original", "RawData"};

// Reasons, as summaries count them.
constexpr std::string_view kBrokenJson = "broken-json";
constexpr std::string_view kTruncatedJson = "truncated-json";
constexpr std::string_view kBrokenCef = "broken-cef";
constexpr std::string_view kBrokenLeef = "broken-leef";
constexpr std::string_view kNul = "nul-byte";
constexpr std::string_view kBadUtf8 = "invalid-utf-8";
constexpr std::string_view kNoTime = "unreadable-time";
constexpr std::string_view kPatternLimit = "pattern-limit";
constexpr std::string_view kNoParserFits = "no-parser";
constexpr std::string_view kNoEventTypeFits = "no-event-type";
constexpr std::string_view kTooDeep = "nested-too-deep";

}  // namespace

LineParser::LineParser(const ParserSet& parsers, const Schema& schema, const Program& program, const Lookups& lookups)
    : parsers_(parsers), schema_(schema), evaluator_(program, lookups), record_(parsers.paths()), zone_(*Zone::Utc()) {}

void LineParser::Parse(std::string_view line, Timestamp ingest_time, Batch& out, ParseObserver& observer) {
  ParseContext context{ingest_time, out, observer};
  if (line.find('\0') != std::string_view::npos) {
    observer.Malformed(kNoParser, kNul, 0);
    return;
  }
  ParseRecord(line, 0, context);
}

void LineParser::ParseRecord(std::string_view line, int depth, ParseContext& context) {
  const Envelope envelope = ReadEnvelope(line, zone_, context.ingest_time);
  if (!IsValidUtf8(line)) {
    context.observer.Malformed(kNoParser, kBadUtf8, context.record++);
    return;
  }
  record_.Begin();
  StoreEnvelope(envelope, line, parsers_.paths(), record_);
  switch (envelope.format) {
    case Format::kJson:
      if (ReadJson(envelope, line, depth, context)) return;
      break;
    case Format::kCef:
      if (!ReadCef(envelope.payload, parsers_.paths(), json_, record_)) {
        context.observer.Malformed(kNoParser, kBrokenCef, context.record++);
        return;
      }
      break;
    case Format::kLeef:
      if (!ReadLeef(envelope.payload, parsers_.paths(), json_, record_)) {
        context.observer.Malformed(kNoParser, kBrokenLeef, context.record++);
        return;
      }
      break;
    default:
      break;
  }
  if (envelope.format == Format::kCef || envelope.format == Format::kLeef) {
    if (const FormSpec* form = parsers_.Choose(envelope.format, record_, line)) {
      Build(*form, line, context);
      return;
    }
  }
  bool limited = false;
  if (TryText(line, context, &limited)) return;
  if (envelope.format == Format::kText && TryColumns(line, envelope.payload, context)) return;
  if (limited) {
    context.observer.Malformed(kNoParser, kPatternLimit, context.record++);
  } else {
    context.observer.Unmatched(kNoParserFits, context.record++);
  }
}

// True when the record is settled.
bool LineParser::ReadJson(const Envelope& envelope, std::string_view line, int depth, ParseContext& context) {
  // Only the end of the caller's line is known to be followed by padding; a payload in front of it is too.
  const JsonOutcome outcome = json_.ReadObject(envelope.payload, parsers_.paths().root(), record_);
  if (outcome != JsonOutcome::kObject && outcome != JsonOutcome::kArray) {
    const std::string_view reason = outcome == JsonOutcome::kBadUtf8     ? kBadUtf8
                                    : outcome == JsonOutcome::kTruncated ? kTruncatedJson
                                    : outcome == JsonOutcome::kTooDeep   ? kTooDeep
                                                                         : kBrokenJson;
    context.observer.Malformed(kNoParser, reason, context.record++);
    return true;
  }
  if (outcome == JsonOutcome::kObject) {
    if (const FormSpec* form = parsers_.Choose(Format::kJson, record_, line)) {
      Build(*form, line, context);
      return true;
    }
  }
  return Unwrap(envelope.payload, depth, context);
}

// Records inside a record, or the raw line inside a collector's object.
bool LineParser::Unwrap(std::string_view payload, int depth, ParseContext& context) {
  if (depth == kMaxWrappers) {
    context.observer.Malformed(kNoParser, kTooDeep, context.record++);
    return true;
  }
  const auto parse_inner = [&](std::string_view inner) {
    std::string padded(inner);
    padded.append(64, '\0');
    ParseRecord({padded.data(), inner.size()}, depth + 1, context);
  };
  if (Trim(payload).front() == '[') return json_.ForEachElement(payload, "", parse_inner);
  for (std::string_view key : kContainers) {
    const std::string quoted = fmt::format("\"{}\"", key);
    if (payload.find(quoted) != std::string_view::npos && json_.ForEachElement(payload, key, parse_inner)) return true;
  }
  for (std::string_view key : kWrappers) {
    const std::string quoted = fmt::format("\"{}\"", key.substr(key.find('.') + 1));
    if (payload.find(quoted) == std::string_view::npos && payload.find(fmt::format("\"{}\"", key)) == std::string_view::npos) continue;
    const std::string inner(json_.TopLevelText(payload, key, record_.arena()));
    if (Trim(inner).size() < 2) continue;
    parse_inner(inner);
    return true;
  }
  return false;
}

bool LineParser::TryText(std::string_view line, ParseContext& context, bool* limited) {
  if (!parsers_.HasTextForms()) return false;
  const FormSpec* form = parsers_.Choose(Format::kText, record_, line);
  if (form == nullptr) return false;
  bool first = true;
  for (size_t i = 0; i < form->patterns.size(); ++i) {
    const std::vector<PathId>& paths = form->pattern_paths[i];
    const MatchOutcome outcome = form->patterns[i].Match(line, [&](size_t group, std::string_view value) {
      if (!value.empty()) record_.Set(paths[group], Value::String(value));
    });
    if (outcome == MatchOutcome::kLimit) *limited = true;
    if (first && outcome != MatchOutcome::kMatch) return false;
    first = false;
  }
  Build(*form, line, context);
  return true;
}

bool LineParser::TryColumns(std::string_view line, std::string_view payload, ParseContext& context) {
  const Envelope envelope = ReadEnvelope(line, zone_, context.ingest_time);
  const auto attempt = [&](Format format, const auto& read) {
    record_.Begin();
    StoreEnvelope(envelope, line, parsers_.paths(), record_);
    if (!read()) return false;
    const FormSpec* form = parsers_.Choose(format, record_, line);
    if (form == nullptr) return false;
    Build(*form, line, context);
    return true;
  };
  for (const ColumnOptions& options : parsers_.column_options()) {
    const Format format = options.quotes ? Format::kCsv : Format::kDelimited;
    if (payload.find(options.separator) == std::string_view::npos) continue;
    if (attempt(format, [&] { return ReadColumns(payload, options, parsers_.paths(), json_, record_); })) return true;
  }
  for (const KvOptions& options : parsers_.kv_options()) {
    if (payload.find(options.pair) == std::string_view::npos) continue;
    if (attempt(Format::kKv, [&] { return ReadKv(payload, options, parsers_.paths(), json_, record_); })) return true;
  }
  return false;
}

bool LineParser::ReadTime(const FormSpec& form, ParseContext& context, Timestamp* time) {
  const ParserSpec& parser = parsers_.parsers()[form.parser];
  for (const std::vector<PathId>& alternatives : form.time_paths) {
    for (PathId path : alternatives) {
      const Value value = record_.Get(path);
      if (value.is_null() || (value.is_text() && IsAbsentWord(value.text()))) continue;
      for (const TimeFormat& format : parser.time_formats) {
        if (const auto read = format.Read(value, *parser.time_zone, context.ingest_time)) {
          *time = *read;
          return true;
        }
      }
    }
  }
  return false;
}

// The record's own unique id where its parser names one, else its bytes; never where it lay.
Hash128 LineParser::IdOf(const FormSpec& form, std::string_view raw) const {
  const ParserSpec& parser = parsers_.parsers()[form.parser];
  const Schema::Product& product = schema_.product(parser.product);
  Hasher hasher(kEventSeed);
  hasher.Add(product.vendor).Add(product.product);
  bool complete = !form.id_paths.empty();
  for (const std::vector<PathId>& alternatives : form.id_paths) {
    const auto there = std::find_if(alternatives.begin(), alternatives.end(), [&](PathId path) { return record_.Has(path); });
    if (there == alternatives.end()) {
      complete = false;
      break;
    }
    const Value value = record_.Get(*there);
    hasher.Add(value.is_text() ? value.text() : std::string_view(value.ToText()));
  }
  if (complete) return hasher.Add(parser.id).Finish();
  return Hasher(kEventSeed).Add(product.vendor).Add(product.product).Add(raw).Finish();
}

void LineParser::KeepRaw(const FormSpec& form, Event& event, Arena& arena) {
  size_t count = 0;
  Event::RawEntry* entries = arena.Array<Event::RawEntry>(form.raw_paths.size());
  for (const auto& [raw, alternatives] : form.raw_paths) {
    for (PathId path : alternatives) {
      Value value = record_.Get(path);
      if (value.is_null()) continue;
      if (value.is_text()) value = Value::String(arena.Copy(value.text()));
      if (value.is_list()) {
        Value* items = arena.Array<Value>(value.size());
        for (uint32_t i = 0; i < value.size(); ++i) {
          items[i] = value.items()[i].is_text() ? Value::String(arena.Copy(value.items()[i].text())) : value.items()[i];
        }
        value = Value::List(items, value.size());
      }
      entries[count++] = {raw, value};
      break;
    }
  }
  event.SetRaw(entries, static_cast<uint16_t>(count));
}

void LineParser::Build(const FormSpec& form, std::string_view raw, ParseContext& context) {
  const ParserSpec& parser = parsers_.parsers()[form.parser];
  Batch& out = context.out;
  const uint32_t number = context.record++;
  Event* event = out.Add();
  const auto discard = [&] { out.events.pop_back(); };
  event->product = parser.product;
  event->parser = form.parser;
  event->position.record = number;
  for (size_t i = 0; i < parser.fields.size(); ++i) {
    const Value value = EvaluateField(parser.fields[i], form.field_paths[i], record_, out.arena);
    if (!value.is_null()) event->Set(out.arena, parser.fields[i].field, value);
  }
  KeepRaw(form, *event, out.arena);
  Timestamp time;
  const bool has_time = ReadTime(form, context, &time);
  event->time = time;

  evaluator_.Reset(*event);
  const EventChoice* chosen = nullptr;
  size_t chosen_index = 0;
  for (size_t i = 0; i < parser.events.size() && chosen == nullptr; ++i) {
    if (parser.events[i].when == kNoExpr || evaluator_.Test(parser.events[i].when)) {
      chosen = &parser.events[i];
      chosen_index = i;
    }
  }
  if (chosen == nullptr) {
    discard();
    context.observer.Unmatched(kNoEventTypeFits, number);
    return;
  }
  if (chosen->drop) {
    discard();
    context.observer.Dropped(form.parser, *chosen->drop, number);
    return;
  }
  if (!has_time) {
    discard();
    context.observer.Malformed(form.parser, kNoTime, number);
    return;
  }
  event->type = chosen->type;
  for (size_t i = 0; i < chosen->fields.size(); ++i) {
    const FieldSpec& field = chosen->fields[i];
    // A field that the entry names is the entry's alone: without a value there is none.
    event->Set(out.arena, field.field, EvaluateField(field, form.choice_paths[chosen_index][i], record_, out.arena));
  }
  event->id = IdOf(form, raw);
  context.observer.Parsed(*event);
}

}  // namespace vedette
