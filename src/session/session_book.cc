#include "session/session_book.h"

#include <algorithm>

namespace vedette {
namespace {

constexpr uint64_t kEntitySeed = 0x656e74697479;
constexpr uint64_t kSessionSeed = 0x73657373696f6e;

}  // namespace

Hash128 EntityKey(EntityKind kind, std::string_view entity) {
  return HashBytes(entity, kEntitySeed + static_cast<uint64_t>(kind));
}

SessionBook::SessionBook(const RuleSet& rules)
    : rules_(rules),
      rarity_(rules.groups().size()),
      fired_today_(rules.groups().size()),
      fired_days_(rules.groups().size()),
      changed_groups_(rules.groups().size()) {}

void SessionBook::Activity(const Hash128& entity, int64_t utc_day) {
  int64_t& last = last_active_[entity];
  if (last >= utc_day) return;
  last = utc_day;
  changed_entities_.Add(entity);
}

Session& SessionBook::Open(const Key& key, OpenSession** open) {
  *open = &sessions_[key];
  Session& session = (*open)->session;
  if (!session.detections.empty()) return session;
  std::tie(session.entity_kind, session.entity, session.day) = key;
  session.id = Hasher(kSessionSeed)
                   .Add(EntityKindName(session.entity_kind))
                   .Add(session.entity)
                   .Add(static_cast<uint64_t>(session.day))
                   .Finish();
  return session;
}

void SessionBook::Add(const Detection& detection) {
  const uint32_t group = rules_.group_of(detection.rule);
  fired_today_[group].insert(EntityKey(detection.entity_kind, detection.entity));
  changed_groups_[group] = true;

  const RuleSpec& rule = rules_.rules()[detection.rule];
  const Key key{detection.entity_kind, detection.entity, detection.local_day};
  OpenSession* open = nullptr;
  Session& session = Open(key, &open);
  if (tracks_changes_ && !open->changed) {
    open->changed = true;
    changed_sessions_.push_back(key);
  }
  SessionDetection item;
  item.id = detection.id;
  item.rule = detection.rule;
  item.time = detection.time;
  item.reason = detection.reason;
  item.evidence.group = group;
  item.evidence.value_key = detection.value_key;
  item.evidence.adds = rule.ladder_adds;
  item.evidence.points_micro =
      Contribution(rule.score_micro, rarity_[group], detection.quality_ppm);
  session.detections.push_back(std::move(item));
}

void SessionBook::CloseDay(int64_t utc_day) {
  ++closed_days_;
  boost::unordered::erase_if(last_active_, [&](const auto& item) {
    const bool gone = item.second <= utc_day - kDays;
    if (gone) changed_entities_.Add(item.first);
    return gone;
  });
  const auto active = static_cast<int64_t>(last_active_.size());
  const int64_t days = std::min<int64_t>(closed_days_, kDays);
  for (size_t group = 0; group < rarity_.size(); ++group) {
    std::deque<int64_t>& history = fired_days_[group];
    changed_groups_[group] = true;
    history.push_back(static_cast<int64_t>(fired_today_[group].size()));
    if (history.size() > kDays) history.pop_front();
    fired_today_[group].clear();
    int64_t entity_days = 0;
    for (int64_t entities : history) entity_days += entities;
    rarity_[group] = RarityOf(entity_days, days, active);
  }
}

void SessionBook::Score(Session& session, const LabelsOf& labels_of) const {
  std::sort(session.detections.begin(), session.detections.end(), [](const auto& a, const auto& b) {
    return std::tie(a.time, a.id) < std::tie(b.time, b.id);
  });
  std::vector<Evidence> evidence;
  for (const SessionDetection& d : session.detections) evidence.push_back(d.evidence);
  const vedette::Score score = ScoreSession(evidence);
  for (size_t i = 0; i < evidence.size(); ++i)
    session.detections[i].points_micro = score.counted_micro[i];
  if (labels_of) session.labels = labels_of(session);
  std::vector<int64_t> factors;
  for (const uint32_t label : session.labels) factors.push_back(rules_.labels()[label].factor_ppm);
  session.factor_ppm = FactorOf(factors);
  session.score_micro = Weighted(score.total_micro, session.factor_ppm);
  session.groups = score.groups;
  session.notable = session.score_micro >= kNotableMicro;
}

std::vector<Session> SessionBook::Finish(const LabelsOf& labels_of) const {
  std::vector<Session> sessions;
  int64_t risk = 0;
  int64_t risk_day = 0;
  // The map orders by kind, entity and day, so each entity's days follow one another.
  for (const auto& [key, open] : sessions_) {
    Session session = open.session;
    Score(session, labels_of);
    const bool same_entity = !sessions.empty() &&
                             sessions.back().entity_kind == session.entity_kind &&
                             sessions.back().entity == session.entity;
    if (!same_entity) risk = 0;
    for (int64_t day = risk_day; same_entity && day < session.day && risk > 0; ++day)
      risk = DecayOneDay(risk);
    risk += session.score_micro;
    risk_day = session.day;
    session.entity_risk_micro = risk;
    sessions.push_back(std::move(session));
  }
  std::sort(sessions.begin(), sessions.end(), [](const Session& a, const Session& b) {
    return std::tie(a.day, b.score_micro, a.entity_kind, a.entity) <
           std::tie(b.day, a.score_micro, b.entity_kind, b.entity);
  });
  return sessions;
}

}  // namespace vedette
