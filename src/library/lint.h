// What `check` says about content as a whole, beyond what each part finds in its own files:
//
//   unknown-technique, revoked-technique, deprecated-technique, unknown-tactic   a tag or a use case names what ATT&CK does not have
//   unknown-use-case, no-use-case          a rule is in a use case without a file, or in none (a warning)
//   rule-never-fed, event-type-never-fed   no parser yields any, or one (a warning), of the rule's event types
//   duplicate-use-case, page-name-collision
//
// Each fault has the place of the rule, use case or parser.
#pragma once

#include "library/facts.h"

namespace vedette {

void CheckReferences(const LibraryFacts& facts, Diagnostics& faults);  // all but the pages
void CheckPageNames(const LibraryFacts& facts, Diagnostics& faults);

// What content/sigma/ says: every source and field compiles, use cases and techniques exist.
void CheckSigmaContent(const LibraryFacts& facts, Diagnostics& faults);

}  // namespace vedette
