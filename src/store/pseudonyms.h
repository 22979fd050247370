// Pseudonyms stand for people in everything that is written: the same person has the same one in
// every run with the same key, and without the key and the table nobody can tell who it is.
//
//   Result<Pseudonyms> pseudonyms = Pseudonyms::Load("people.key", schema);
//   pseudonyms->Hide(event, detection);                 // in its fields and its sentence
//   detection.entity = pseudonyms->Of(detection.entity);
//   pseudonyms->SaveTable();                            // people.key.names.csv, for those who may know
//
// Hidden are the names, addresses and identifiers of persons that an event has in fields of its
// own, also where they stand in other texts of it (a path, a subject). A name that an event
// mentions only in free text is not known to be one. The key file holds at least 16 bytes of
// randomness
// (`head -c 32 /dev/urandom`); it and the table are readable by their owner alone, anything else is
// refused. One thread. Source of the keyed hash: core/siphash.h.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "event/event.h"
#include "event/schema.h"
#include "rule/detection.h"
#include "session/session_book.h"

namespace vedette {

class Pseudonyms {
 public:
  static Result<Pseudonyms> Load(const std::string& key_file, const Schema& schema);

  // "person-" and 16 hex digits. Upper and lower case of a name are one.
  const std::string& Of(std::string_view name);
  // Scope, value, reason, fields, what a Sigma rule matched, and id; not the entity, which sessions
  // go by.
  void Hide(const Event& event, Detection& detection);
  void Hide(Session& session);

  // Adds the names of this run to the table beside the key.
  Result<void> SaveTable() const;
  std::string table_path() const { return key_file_ + ".names.csv"; }

 private:
  Pseudonyms() = default;
  Hash128 Keyed(const Hash128& id) const;

  std::string key_file_;
  std::array<uint64_t, 2> key_{};
  std::vector<FieldId> fields_;               // that hold persons
  std::map<std::string, std::string> names_;  // lower case -> pseudonym
  std::string scratch_;
};

}  // namespace vedette
