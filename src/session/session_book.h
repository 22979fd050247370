// A SessionBook puts detections into the sessions of those who bear them, one session per entity
// and local day, and scores them.
//
//   book.Activity(entity_key, utc_day);              // every event's entities, for the rarity weights
//   book.Add(detection);
//   book.CloseDay(utc_day);                          // in order of days
//   for (const Session& s : book.Finish()) …         // by day, then score
//
// Only entities with detections have sessions. The rarity weight of a rule group is fixed at each
// UTC day's close and holds for the next day. What the context labels of an entity weigh is applied
// to its score once. One thread. Memory: a session's detections, and 24
// bytes per entity seen in thirty days. Source: semantics 11, 12.5.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "core/state_records.h"
#include "rule/detection.h"
#include "rule/rule_set.h"
#include "session/score.h"

namespace vedette {

struct SessionDetection {
  Hash128 id;
  uint32_t rule = 0;
  Timestamp time;
  std::string reason;
  int64_t points_micro = 0;  // as counted in the score
  Evidence evidence;
};

struct Session {
  Hash128 id;
  EntityKind entity_kind = EntityKind::kUser;
  std::string entity;
  int64_t day = 0;               // local date of the entity
  int64_t score_micro = 0;       // with the weight of the labels
  std::vector<uint32_t> labels;  // that hold for the entity
  int64_t factor_ppm = kMicro;   // what they weigh together
  bool notable = false;
  int64_t entity_risk_micro = 0;
  std::vector<GroupPoints> groups;
  std::vector<SessionDetection> detections;  // by time, then id
};

class SessionBook {
 public:
  explicit SessionBook(const RuleSet& rules);

  void Activity(const Hash128& entity, int64_t utc_day);
  void Add(const Detection& detection);
  void CloseDay(int64_t utc_day);

  // Every session, scored, with the risk of its entity across days. The book stays as it is.
  // `labels_of` says which context labels hold for an entity; empty: none do.
  using LabelsOf = std::function<std::vector<uint32_t>(const Session&)>;
  std::vector<Session> Finish(const LabelsOf& labels_of = {}) const;

  // Records of the state: `b` the book, `g` rule groups by name, `a` entities by when they were
  // last active, `d` detections by session. `Load` belongs to a new book.
  void TrackChanges();
  void SaveChanges(StatePart part);
  Result<void> Load(const StateView& view, const std::string& prefix, StateDamage& damage);

  // Detections that Load left out because their rule is no longer in the content.
  uint64_t orphans() const { return orphans_; }

  Rarity rarity(uint32_t group) const { return rarity_[group]; }

 private:
  static constexpr int kDays = 30;
  using Key = std::tuple<EntityKind, std::string, int64_t>;
  struct OpenSession {
    Session session;
    size_t saved = 0;          // of its detections, by the last checkpoint
    uint32_t next_number = 0;  // of the next one's record
    bool changed = false;      // since the last checkpoint
  };

  void Score(Session& session, const LabelsOf& labels_of) const;
  Session& Open(const Key& key, OpenSession** open);

  const RuleSet& rules_;
  std::map<Key, OpenSession> sessions_;

  std::vector<Rarity> rarity_;                   // by group, for the current day
  std::vector<std::set<Hash128>> fired_today_;   // by group: entities
  std::vector<std::deque<int64_t>> fired_days_;  // by group: distinct entities of closed days
  int64_t closed_days_ = 0;
  boost::unordered_flat_map<Hash128, int64_t, HashOfHash> last_active_;

  uint64_t orphans_ = 0;
  bool tracks_changes_ = false;
  std::vector<Key> changed_sessions_;
  std::vector<bool> changed_groups_;
  ChangedKeys changed_entities_;
};

// How an entity is told apart from others of its kind.
Hash128 EntityKey(EntityKind kind, std::string_view entity);

}  // namespace vedette
