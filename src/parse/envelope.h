// The envelope of a raw log: collector prefix and syslog header, read once, before the format
// inside.
//
//   Envelope envelope = ReadEnvelope(line, *zone, ingest_time);
//   envelope.payload                      // what is left: JSON, CEF …, or text
//
// Views point into the line. Never fails: what is no header is payload. RFC 3164 with the
// departures of real senders (no priority, ISO times, a year, no host), RFC 5424 with structured
// data. Sources: RFC 3164, RFC 5424.
#pragma once

#include <optional>
#include <string_view>

#include "core/time.h"
#include "core/zone.h"
#include "parse/record.h"

namespace vedette {

struct Envelope {
  Format format = Format::kText;  // of the payload, by its looks: JSON, CEF, LEEF or text
  std::string_view payload;       // behind "CEF:" and "LEEF:"
  std::optional<Timestamp> time;
  std::string_view host, app, pid, msgid;
  std::string_view structured_data;  // with its brackets
};

Envelope ReadEnvelope(std::string_view line, const Zone& zone, Timestamp ingest_time);

// Puts the header's parts and the structured data into the record, as syslog.* and sd.*.
void StoreEnvelope(const Envelope& envelope, std::string_view line, const PathTable& paths,
                   Record& record);

}  // namespace vedette
