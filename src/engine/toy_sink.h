// For tests of the stream: a parser of toy lines.
//
//   2026-03-02T08:00:00Z text…           an event of that time; its id is the hash of the line
//   2026-03-02T08:00:00Z #name text…     its id is the hash of `name`
//   a | b | c                            several records in one line
//   drop…                                recognised and dropped
//   anything else                        malformed when it begins with a digit, else unmatched
//
// The text is kept as raw value 0, and the parser is the number of the text's first letter.
#pragma once

#include "core/text.h"
#include "engine/line_sink.h"

namespace vedette {

class ToySink : public LineSink {
 public:
  void Parse(const RawLine& line, Batch& out, Tally& tally) override {
    std::string_view rest = line.text;
    for (uint32_t record = 0;; ++record) {
      const size_t bar = rest.find(" | ");
      ParseRecord(rest.substr(0, bar), record, out, tally);
      if (bar == std::string_view::npos) return;
      rest.remove_prefix(bar + 3);
    }
  }

  void ReadTimes(const RawLine& line, TimeSpan* span) override {
    Batch events;
    Tally forget(false);
    Parse(line, events, forget);
    for (const Event* event : events.events) span->Add(event->time);
  }

  static std::string_view TextOf(const Event& event) { return event.Raw(0).text(); }

 private:
  static void ParseRecord(std::string_view record, uint32_t number, Batch& out, Tally& tally) {
    if (StartsWith(record, "drop")) return tally.Dropped(25, 0, "of-no-interest", number);
    if (record.empty() || !IsDigit(record.front())) return tally.Unmatched("no-parser", number);
    const size_t blank = record.find(' ');
    const std::optional<Timestamp> time = ParseIso8601(record.substr(0, blank));
    if (!time) return tally.Malformed(24, 0, "time-unreadable", number);
    std::string_view text =
        blank == std::string_view::npos ? std::string_view() : record.substr(blank + 1);
    Event* event = out.Add();
    event->time = *time;
    event->id = HashBytes(record, 1);
    if (StartsWith(text, "#")) {
      const size_t end = text.find(' ');
      event->id = HashBytes(text.substr(0, end), 2);
    }
    event->position.record = number;
    event->type = 0;
    event->product = 0;
    event->parser =
        text.empty() || text[0] < 'a' || text[0] > 'x' ? 0 : static_cast<ParserId>(text[0] - 'a');
    Event::RawEntry* raw = out.arena.Array<Event::RawEntry>(1);
    raw[0] = {0, Value::String(record)};
    event->SetRaw(raw, 1);
    tally.Parsed(event->parser, 0);
  }
};

inline SinkFactory MakeToySinks() {
  return [] { return std::make_unique<ToySink>(); };
}

}  // namespace vedette
