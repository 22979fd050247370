// The judge's records: what a checkpoint keeps of it besides its models.
#include <algorithm>

#include <fmt/format.h>

#include "core/record.h"
#include "engine/judge.h"

namespace vedette {
namespace {

std::string ProductKey(const Schema::Product& product) {
  return product.vendor + '\t' + product.product;
}

}  // namespace

void Judge::TrackChanges() {
  store_.TrackChanges();
  suppression_.TrackChanges();
  sessions_.TrackChanges();
  sequencer_.TrackChanges();
  judged_changes_.Track(true);
  counter_changes_.Track(true);
  quarantine_changes_.Track(true);
  saved_counts_.resize(counts_.size());
}

void Judge::BeginRun() {
  counts_.assign(counts_.size(), {});
  source_hours_.ResetCounts();
  sequencer_.BeginRun();
  if (sigma_) sigma_->BeginRun();
}

// `d` the judge, `p` since when each product is known, `h` its hours, `v` quarantine, `r` what
// rules did, `k` their breakers, `j` what was judged this session, `c` counters, `q` sequences, `x`
// exclusions, `g` correlations of Sigma rules.
void Judge::SaveChanges(StatePart part, const std::function<StatePart(uint32_t model)>& part_of) {
  for (uint32_t model = 0; model < store_.model_count(); ++model)
    store_.SaveChanges(model, part_of(model));
  suppression_.SaveChanges(part.At("u"));
  sessions_.SaveChanges(part.At("s"));
  sequencer_.SaveChanges(part.At("q"), schema_);

  std::string value;
  RecordWriter(value).I64(day_).Var(store_.probes());
  part.Put('d', "", value);
  for (ProductId product = 0; product < source_since_.size(); ++product) {
    if (source_since_[product].ns == INT64_MAX || product >= schema_.product_count()) continue;
    value.clear();
    RecordWriter(value).Time(source_since_[product]);
    part.Put('p', ProductKey(schema_.product(product)), value);
    part.Put('h', ProductKey(schema_.product(product)), source_hours_.Save(product));
  }
  for (uint32_t rule = 0; rule < counts_.size(); ++rule) {
    const std::string& id = rules_.rules()[rule].id;
    if (breaker_.TakeChanged(rule)) part.Put('k', id, breaker_.Save(rule));
    if (saved_counts_[rule] == counts_[rule]) continue;
    saved_counts_[rule] = counts_[rule];
    value.clear();
    RecordWriter out(value);
    out.Var(counts_[rule].acted).Var(counts_[rule].fired);
    for (uint64_t held_back : counts_[rule].held_back) out.Var(held_back);
    part.Put('r', id, value);
  }
  SaveChanged(
      judged_changes_, part, 'j', FindIn(judged_),
      [](const Judged& judged, RecordWriter& out) { out.Signed(judged.day).Hash(judged.bearer); });
  SaveChanged(quarantine_changes_, part, 'v', FindIn(quarantine_),
              [&](const Quarantined& held, RecordWriter& out) {
                out.Hash(held.scope).Hash(held.value).Text(rules_.models()[held.model].id);
                out.Var(held.days).Signed(held.last_day);
              });
  SaveChanged(counter_changes_, part, 'c', FindIn(counters_),
              [](const Counter& counter, RecordWriter& out) {
                std::vector<uint64_t> values(counter.values.begin(), counter.values.end());
                std::sort(values.begin(), values.end());
                out.I64(counter.day).Hash(counter.bearer).Signed(counter.total).Var(values.size());
                for (uint64_t hash : values) out.U64(hash);
              });
  for (const Exclusions::Exclusion& exclusion : exclusions_.all()) {
    if (exclusion.hits == 0) continue;
    value.clear();
    RecordWriter(value).Var(exclusion.hits).Time(exclusion.last_hit);
    part.Put('x', exclusion.id, value);
  }
  if (sigma_ && sigma_->TakeChanged()) part.Put('g', "", sigma_->Save());
}

Result<void> Judge::Load(const StateView& view, const std::string& prefix, StateDamage& damage) {
  uint64_t broken = 0;
  const auto each = [&](char kind,
                        const std::function<bool(std::string_view key, RecordReader & in)>& take) {
    return view.ForEach(prefix + kind, [&](std::string_view key, std::string_view value) {
      RecordReader in(value);
      if (take(key, in)) return;
      ++broken;
      damage.keys.push_back((prefix + kind).append(key));
    });
  };
  std::map<std::string, ProductId, std::less<>> products;
  for (size_t i = 0; i < schema_.product_count(); ++i) {
    const auto id = static_cast<ProductId>(i);
    products[ProductKey(schema_.product(id))] = id;
  }
  const auto known_rule = [&](std::string_view id, uint32_t* rule) {
    const int found = rules_.FindRule(id);
    if (found >= 0) *rule = static_cast<uint32_t>(found);
    return found >= 0;
  };

  Result<void> read = suppression_.Load(view, prefix + "u", damage);
  if (read) read = sessions_.Load(view, prefix + "s", damage);
  if (read) read = sequencer_.Load(view, prefix + "q", schema_, damage);
  if (read) {
    read = each('d', [&](std::string_view, RecordReader& in) {
      day_ = in.Day();
      store_.set_probes(in.Var());
      if (day_ != INT64_MIN) store_.BeginAfter(day_ - 1);
      return in.done();
    });
  }
  if (read) {
    read = each('p', [&](std::string_view key, RecordReader& in) {
      const Timestamp since = in.Time();
      const auto product = products.find(key);
      if (product != products.end() && in.done()) source_since_[product->second] = since;
      return in.done();
    });
  }
  if (read) {
    read = each('h', [&](std::string_view key, RecordReader& in) {
      const auto product = products.find(key);
      return product == products.end() || source_hours_.Load(product->second, in.rest());
    });
  }
  if (read) {
    read = each('v', [&](std::string_view key, RecordReader& in) {
      Quarantined held;
      held.scope = in.Hash();
      held.value = in.Hash();
      const int model = rules_.FindModel(in.Text());
      held.days = static_cast<uint32_t>(in.Var());
      held.last_day = in.SignedDay();
      if (key.size() != 16 || !in.done() || held.last_day < 0) return false;
      held.model = static_cast<uint32_t>(std::max(model, 0));
      if (model >= 0) quarantine_[KeyHash(key)] = held;
      return true;
    });
  }
  if (read) {
    read = each('k', [&](std::string_view key, RecordReader& in) {
      uint32_t rule = 0;
      return !known_rule(key, &rule) || breaker_.Load(rule, in.rest());
    });
  }
  if (read) {
    read = each('r', [&](std::string_view key, RecordReader& in) {
      uint32_t rule = 0;
      if (!known_rule(key, &rule)) return true;
      counts_[rule].acted = in.Var();
      counts_[rule].fired = in.Var();
      for (uint64_t& held_back : counts_[rule].held_back) held_back = in.Var();
      return in.done();
    });
  }
  if (read) {
    read = each('j', [&](std::string_view key, RecordReader& in) {
      Judged judged;
      judged.day = in.SignedDay();
      judged.bearer = in.Hash();
      if (key.size() != 16 || !in.done()) return false;
      judged_[KeyHash(key)] = judged;
      return true;
    });
  }
  if (read) {
    read = each('c', [&](std::string_view key, RecordReader& in) {
      Counter counter;
      counter.day = in.Day();
      counter.bearer = in.Hash();
      counter.total = in.Signed();
      for (size_t i = in.Count(); i > 0; --i) counter.values.insert(in.U64());
      if (key.size() != 16 || !in.done()) return false;
      counters_[KeyHash(key)] = std::move(counter);
      return true;
    });
  }
  if (read) {
    read = each('x', [&](std::string_view key, RecordReader& in) {
      const uint64_t hits = in.Var();
      const Timestamp last_hit = in.Time();
      if (in.done()) exclusions_.Restore(key, hits, last_hit);
      return in.done();
    });
  }
  if (read && sigma_) {
    read =
        each('g', [&](std::string_view, RecordReader& in) { return sigma_->Restore(in.rest()); });
  }
  damage.Add(broken, fmt::format("{} records of the judge", broken));
  return read;
}

}  // namespace vedette
