// Brings the records of a state of an older format up to date.
//
//   Result<void> done = MigrateState(db, prefixes);    // of all models that learn values
//
// Until format 1 scopes of profiles and categories had numbers: a scope was under its number, and
// every entry named that. Since format 2 scopes are under their hash and entries under the hash of
// their scope, so that one scope can be read alone. Formats 0 and 1 differ in nothing else. Killed
// on the way, it is done again: the header, which comes last, says that it is done. Cost: all
// entries are written once more.
#pragma once

#include <string>
#include <vector>

#include "store/state_db.h"

namespace vedette {

Result<void> MigrateState(StateDb& db, const std::vector<std::string>& value_models);

}  // namespace vedette
