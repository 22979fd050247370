// An Enricher adds to an event what the organisation knows: who and which machine it is about,
// department and peer group, zones, countries, domains, and the parts of names and paths that the
// parser did not split. docs/content.md, "What enrichment adds", lists it.
//
//   Enricher enricher(schema, tables, countries);
//   enricher.Enrich(*event, batch.arena);
//
// A field that the event has is never overwritten. Borrowed references outlive it. One per thread;
// adds no text of its own but to the arena. It remembers what it found out about names and
// addresses (2 MB), so that those that come again cost a look-up: some 0.5 microseconds an event.
// Source: semantics sections 2.1, 2.4.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "enrich/context_tables.h"
#include "enrich/countries.h"
#include "enrich/text_memo.h"
#include "event/event.h"

namespace vedette {

class Enricher {
 public:
  // `countries` may be null.
  Enricher(const Schema& schema, const ContextTables& tables, const Countries* countries);

  void Enrich(Event& event, Arena& arena);

 private:
  // A part of a text, by place: what is remembered of one text holds for every equal one.
  struct Part {
    uint32_t begin = 0;
    uint32_t size = 0;
    std::string_view Of(std::string_view text) const { return text.substr(begin, size); }
  };
  struct Account {
    const User* user = nullptr;
    Part name;  // empty: nobody
  };
  struct Host {
    const Asset* asset = nullptr;
    Part name;  // empty: no machine
  };
  struct Address {
    bool valid = false;
    bool is_public = false;
    std::string_view zone;     // by network
    std::string_view country;  // of a public one
  };
  // A field that the directory fills, and the column of users.csv; -1: there is none.
  struct UserField {
    FieldId field;
    int column;
  };

  void SplitNames(Event& event, Arena& arena);
  void ResolveMail(Event& event, Arena& arena);
  void ResolveUser(Event& event, Arena& arena);
  void ResolveDevices(Event& event, Arena& arena);
  void ResolveNetwork(Event& event, Arena& arena);
  void AddDirectory(Event& event, Arena& arena, const User& user) const;

  const Account& AccountOf(std::string_view raw);
  Account FindAccount(std::string_view raw);
  const Host& HostOf(std::string_view raw);
  const Address& AddressOf(std::string_view text);
  std::string_view ZoneOfDevice(std::string_view device);

  void SetIfAbsent(Event& event, Arena& arena, FieldId field, std::string_view text) const;
  std::string_view Text(const Event& event, FieldId field) const;
  bool IsOurs(std::string_view mail_domain);

  const KnownFields& known_;
  const ContextTables& tables_;
  const Countries* countries_;
  FieldId direction_;
  int company_domains_;
  int country_tlds_;
  std::vector<UserField> user_fields_;
  int department_column_ = -1;
  int peer_group_column_ = -1;
  int executive_column_ = -1;
  int zone_column_ = -1;  // of assets

  TextMemo<Account> accounts_;
  TextMemo<Host> hosts_;
  TextMemo<Address> addresses_;
  TextMemo<std::string_view> device_zones_;
  TextMemo<Part> top_domains_;
  TextMemo<bool> ours_;
};

// The account name behind the spellings of one identity, lower case into `scratch`: "CORP\\Ada" and
// "ada" are "ada". Empty for system accounts, machine accounts ("WS-17$") and words for nobody.
std::string_view AccountName(std::string_view raw, std::string& scratch);

// The short host name, lower case into `scratch`: "WS-17.corp.example" and "CORP\\WS-17" are
// "ws-17"; an address stays.
std::string_view ShortHost(std::string_view raw, std::string& scratch);

}  // namespace vedette
