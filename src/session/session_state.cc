// The session book's records: what a checkpoint keeps of it.
#include <algorithm>

#include <fmt/format.h>

#include "core/record.h"
#include "session/session_book.h"

namespace vedette {
namespace {

constexpr uint32_t kDayZero = 0x80000000;  // so that days before 1970 sort first

// Day, kind and entity; what is about one day lies together.
std::string SessionKey(EntityKind kind, std::string_view entity, int64_t day) {
  std::string key;
  AppendKeyNumber(key, static_cast<uint32_t>(day + kDayZero));
  key.push_back(static_cast<char>(kind));
  key.append(entity);
  return key;
}

}  // namespace

void SessionBook::TrackChanges() {
  tracks_changes_ = true;
  changed_entities_.Track(true);
}

void SessionBook::SaveChanges(StatePart part) {
  std::string value;
  for (size_t group = 0; group < changed_groups_.size(); ++group) {
    if (!changed_groups_[group]) continue;
    changed_groups_[group] = false;
    value.clear();
    RecordWriter out(value);
    out.I64(rarity_[group].numerator).I64(rarity_[group].denominator);
    out.Var(fired_days_[group].size());
    for (int64_t entities : fired_days_[group]) out.Signed(entities);
    out.Var(fired_today_[group].size());
    for (const Hash128& entity : fired_today_[group]) out.Hash(entity);
    part.Put('g', rules_.groups()[group], value);
  }
  SaveChanged(changed_entities_, part, 'a', FindIn(last_active_),
              [](int64_t day, RecordWriter& out) { out.Signed(day); });
  std::sort(changed_sessions_.begin(), changed_sessions_.end());
  for (const Key& key : changed_sessions_) {
    const auto at = sessions_.find(key);
    if (at == sessions_.end()) continue;
    OpenSession& open = at->second;
    const Session& session = open.session;
    std::string record_key = SessionKey(session.entity_kind, session.entity, session.day);
    const size_t key_bytes = record_key.size();
    for (; open.saved < session.detections.size(); ++open.saved) {
      const SessionDetection& d = session.detections[open.saved];
      record_key.resize(key_bytes);
      AppendKeyNumber(record_key, open.next_number++);
      value.clear();
      RecordWriter(value)
          .Hash(d.id)
          .Text(rules_.rules()[d.rule].id)
          .Time(d.time)
          .Text(d.reason)
          .Hash(d.evidence.value_key)
          .U8(d.evidence.adds)
          .Signed(d.evidence.points_micro);
      part.Put('d', record_key, value);
    }
    open.changed = false;
  }
  changed_sessions_.clear();
  value.clear();
  RecordWriter(value).Signed(closed_days_);
  part.Put('b', "", value);
}

Result<void> SessionBook::Load(const StateView& view, const std::string& prefix,
                               StateDamage& damage) {
  uint64_t broken = 0, orphans = 0;
  const auto leave_out = [&](char kind, std::string_view key) {
    ++broken;
    damage.keys.push_back((prefix + kind).append(key));
  };
  std::map<std::string, uint32_t, std::less<>> groups;
  for (size_t i = 0; i < rules_.groups().size(); ++i)
    groups[rules_.groups()[i]] = static_cast<uint32_t>(i);
  Result<void> read = view.ForEach(prefix + "b", [&](std::string_view key, std::string_view value) {
    RecordReader in(value);
    closed_days_ = in.Signed();
    if (!in.done()) leave_out('b', key);
  });
  if (!read) return read;
  read = view.ForEach(prefix + "g", [&](std::string_view key, std::string_view value) {
    const auto group = groups.find(key);
    if (group == groups.end()) return;  // content no longer has it
    RecordReader in(value);
    Rarity rarity;
    std::deque<int64_t> days;
    std::set<Hash128> today;
    rarity.numerator = in.I64();
    rarity.denominator = in.I64();
    for (size_t i = in.Count(); i > 0; --i) days.push_back(in.Signed());
    for (size_t i = in.Count(); i > 0; --i) today.insert(in.Hash());
    if (!in.done() || rarity.denominator <= 0) {
      leave_out('g', key);
      return;
    }
    rarity_[group->second] = rarity;
    fired_days_[group->second] = std::move(days);
    fired_today_[group->second] = std::move(today);
  });
  if (!read) return read;
  read = view.ForEach(prefix + "a", [&](std::string_view key, std::string_view value) {
    RecordReader in(value);
    const int64_t day = in.SignedDay();
    const bool good = key.size() == 16 && in.done();
    if (!good) leave_out('a', key);
    if (good) last_active_[KeyHash(key)] = day;
  });
  if (!read) return read;
  read = view.ForEach(prefix + "d", [&](std::string_view key, std::string_view value) {
    RecordReader in(value);
    SessionDetection item;
    item.id = in.Hash();
    const std::string_view rule_id = in.Text();
    item.time = in.Time();
    item.reason = std::string(in.Text());
    item.evidence.value_key = in.Hash();
    item.evidence.adds = in.U8() != 0;
    item.evidence.points_micro = in.Signed();
    if (!in.done() || key.size() < 9) {
      leave_out('d', key);
      return;
    }
    const int rule = rules_.FindRule(rule_id);
    if (rule < 0) {
      ++orphans;
      return;
    }
    item.rule = static_cast<uint32_t>(rule);
    item.evidence.group = rules_.group_of(item.rule);
    const auto day = static_cast<int64_t>(KeyNumber(key.substr(0, 4))) - int64_t{kDayZero};
    const auto kind = static_cast<EntityKind>(key[4]);
    OpenSession* open = nullptr;
    Session& session = Open({kind, std::string(key.substr(5, key.size() - 9)), day}, &open);
    session.detections.push_back(std::move(item));
    open->saved = session.detections.size();
    open->next_number = KeyNumber(key.substr(key.size() - 4)) + 1;
  });
  damage.Add(broken, fmt::format("{} records of sessions", broken));
  orphans_ = orphans;
  return read;
}

}  // namespace vedette
