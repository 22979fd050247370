// An Enricher adds to an event what the organisation knows: who and which machine it is about,
// department and peer group, zones, countries, domains, and the parts of names and paths that the
// parser did not split. docs/content.md, "What enrichment adds", lists it.
//
//   Enricher enricher(schema, tables, countries);
//   enricher.Enrich(*event, batch.arena);
//
// A field that the event has is never overwritten. Borrowed references outlive it. One per thread;
// adds no text of its own but to the arena. Cost: some hash look-ups, well under a microsecond.
// Source: semantics sections 2.1, 2.4.
#pragma once

#include <string>
#include <string_view>

#include "enrich/context_tables.h"
#include "enrich/countries.h"
#include "event/event.h"

namespace vedette {

class Enricher {
 public:
  // `countries` may be null.
  Enricher(const Schema& schema, const ContextTables& tables, const Countries* countries);

  void Enrich(Event& event, Arena& arena) const;

 private:
  void SplitNames(Event& event, Arena& arena) const;
  void ResolveMail(Event& event, Arena& arena) const;
  void ResolveUser(Event& event, Arena& arena) const;
  void ResolveDevices(Event& event, Arena& arena) const;
  void ResolveNetwork(Event& event, Arena& arena) const;
  void AddDirectory(Event& event, Arena& arena, const User& user) const;

  void SetIfAbsent(Event& event, Arena& arena, FieldId field, std::string_view text) const;
  std::string_view Text(const Event& event, FieldId field) const;
  bool IsOurs(std::string_view mail_domain) const;

  const KnownFields& known_;
  const ContextTables& tables_;
  const Countries* countries_;
  FieldId direction_;
  int company_domains_;
  int country_tlds_;
};

// The account name behind the spellings of one identity, lower case into `scratch`: "CORP\\Ada" and
// "ada" are "ada". Empty for system accounts, machine accounts ("WS-17$") and words for nobody.
std::string_view AccountName(std::string_view raw, std::string& scratch);

// The short host name, lower case into `scratch`: "WS-17.corp.example" and "CORP\\WS-17" are
// "ws-17"; an address stays.
std::string_view ShortHost(std::string_view raw, std::string& scratch);

}  // namespace vedette
