#include "sigma/correlator.h"

#include <algorithm>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "core/hash.h"
#include "core/magnitude.h"
#include "core/record.h"
#include "sigma/correlation_window.h"
#include "sigma/leaf.h"

namespace vedette::sigma {
namespace {

using Type = CorrelationType;

constexpr uint32_t kStateVersion = 2;

bool IsNumeric(Type type) {
  return type == Type::kValueSum || type == Type::kValueAvg || type == Type::kValueMedian ||
         type == Type::kValuePercentile || type == Type::kNewMagnitude;
}

bool Learns(Type type) {
  return type == Type::kNewValue || type == Type::kRareValue || type == Type::kNewMagnitude;
}

// A firing as an event: the fields of its group.
class GroupView : public View {
 public:
  GroupView(const FieldNames& fields, const std::vector<std::string>& names,
            const std::vector<std::string>& values)
      : fields_(fields), names_(names) {
    for (const std::string& value : values) values_.push_back(Value::String(value));
  }

  Leaves Get(FieldId field) override {
    for (size_t i = 0; i < names_.size(); ++i) {
      if (names_[i] == fields_.name(field)) return Leaves::Of({&values_[i], 1});
    }
    return {};
  }
  void AppendEveryValue(std::vector<Value>& out) override {
    out.insert(out.end(), values_.begin(), values_.end());
  }

 private:
  const FieldNames& fields_;
  const std::vector<std::string>& names_;
  std::vector<Value> values_;
};

// The values of a group, or of several counted fields, as one text that cannot be mistaken.
std::string Join(const std::vector<std::string>& parts) {
  std::string joined;
  RecordWriter writer(joined);
  for (const std::string& part : parts) writer.Text(part);
  return joined;
}

// Changes with everything that makes old state meaningless.
Hash128 DefinitionOf(const Collection& rules, const Correlation& correlation) {
  Hasher hasher(0);
  hasher.Add(static_cast<uint64_t>(correlation.type)).Add(correlation.timespan.count());
  for (size_t i = 0; i < correlation.rules.size(); ++i) {
    const RuleRef& ref = correlation.rules[i];
    hasher.Add(ref.is_correlation ? rules.correlations()[ref.index].meta.key
                                  : rules.rules()[ref.index].meta.key);
    for (FieldId field : correlation.group_fields[i]) hasher.Add(rules.fields().name(field));
  }
  for (FieldId field : correlation.value_fields) hasher.Add(rules.fields().name(field));
  return hasher.Finish();
}

}  // namespace

struct Correlator::Impl {
  struct Group {
    std::vector<std::string> values;
    CorrelationWindow window;
    Timestamp born;
    // kAbsent: whether the condition held when it was last looked at. A gap is told when it begins,
    // so a group that was never out of one has none.
    bool in_gap = true;
    std::string subject;  // kAbsent: of the last match
    std::list<const std::string*>::iterator age;
  };

  struct Book {
    const Correlation* correlation = nullptr;
    Hash128 definition;
    std::unordered_map<std::string, Group> groups;
    std::list<const std::string*> ages;                    // keys, the longest untouched first
    std::set<std::pair<Timestamp, std::string>> expiries;  // kAbsent: when the oldest match ends
  };

  struct Use {
    uint32_t correlation = 0;
    uint32_t position = 0;
  };

  // A match on its way into one correlation.
  struct Arrival {
    uint32_t position = 0;
    View* view = nullptr;
    std::string_view subject;
  };

  Impl(const Collection& of, CorrelatorOptions limits)
      : rules(of), options(limits), magnitudes(*MagnitudeScale::Make("2")) {
    uses.resize(rules.rules().size());
    chained.resize(rules.correlations().size());
    for (uint32_t i = 0; i < rules.correlations().size(); ++i) {
      const Correlation& correlation = rules.correlations()[i];
      books.push_back({&correlation, DefinitionOf(rules, correlation), {}, {}, {}});
      if (!correlation.meta.active()) continue;
      for (uint32_t position = 0; position < correlation.rules.size(); ++position) {
        const RuleRef& ref = correlation.rules[position];
        (ref.is_correlation ? chained : uses)[ref.index].push_back({i, position});
      }
      if (correlation.type == Type::kAbsent) absent.push_back(i);
    }
    // A correlation stands behind those that it names.
    wants_subject.resize(books.size());
    for (size_t i = books.size(); i-- > 0;) {
      wants_subject[i] = books[i].correlation->type == Type::kAbsent ||
                         std::any_of(chained[i].begin(), chained[i].end(), [&](const Use& use) {
                           return wants_subject[use.correlation];
                         });
    }
  }

  // --- What a match brings ---

  std::optional<std::string> FirstText(View& view, FieldId field) {
    std::string scratch;
    for (const Value& leaf : view.Get(field).values) {
      if (const auto text = LeafText(leaf, scratch)) return std::string(*text);
    }
    return {};
  }

  bool ReadGroup(const Correlation& correlation, const Arrival& arrival,
                 std::vector<std::string>& values) {
    values.clear();
    for (FieldId field : correlation.group_fields[arrival.position]) {
      auto text = FirstText(*arrival.view, field);
      if (!text) return false;
      values.push_back(std::move(*text));
    }
    return true;
  }

  // The values of one match that are counted, summed or remembered: one without content for types
  // that have no field, none if the field is missing.
  std::vector<CorrelationWindow::Match> ReadValues(const Correlation& correlation,
                                                   const Arrival& arrival) {
    std::vector<CorrelationWindow::Match> matches;
    CorrelationWindow::Match match{now, arrival.position, {}, 0};
    const bool has_field = IsNumeric(correlation.type) || Learns(correlation.type) ||
                           correlation.type == Type::kValueCount;
    if (!has_field) return {match};
    if (correlation.value_fields.size() > 1) {
      std::vector<std::string> parts;
      for (FieldId field : correlation.value_fields) {
        auto text = FirstText(*arrival.view, field);
        if (!text) return {};
        parts.push_back(std::move(*text));
      }
      match.value = Join(parts);
      return {match};
    }
    std::string scratch;
    for (const Value& leaf : arrival.view->Get(correlation.value_fields[0]).values) {
      if (IsNumeric(correlation.type)) {
        const auto number = LeafNumber(leaf);
        if (!number) continue;
        match.nano = number->ToNano();
      } else {
        const auto text = LeafText(leaf, scratch);
        if (!text) continue;
        match.value = *text;
      }
      matches.push_back(match);
    }
    return matches;
  }

  // --- Groups ---

  Group& Touch(Book& book, std::vector<std::string> values) {
    // What has expired is free; it is only the rest that is evicted.
    if (book.correlation->type != Type::kAbsent) {
      while (!book.ages.empty()) {
        Group& oldest = book.groups.find(*book.ages.front())->second;
        oldest.window.Expire(now - book.correlation->timespan);
        if (!oldest.window.empty() || Learns(book.correlation->type)) break;
        Drop(book, *book.ages.front());
      }
    }
    const auto [at, added] = book.groups.try_emplace(Join(values));
    Group& group = at->second;
    if (added) {
      group.values = std::move(values);
      group.born = now;
      group.age = book.ages.insert(book.ages.end(), &at->first);
      if (book.groups.size() > options.max_groups) {
        Drop(book, *book.ages.front());
        ++counters.evicted_groups;
      }
    } else {
      book.ages.splice(book.ages.end(), book.ages, group.age);
    }
    return group;
  }

  void Drop(Book& book, const std::string& key) {
    const auto at = book.groups.find(key);
    Unschedule(book, at->first, at->second);
    book.ages.erase(at->second.age);
    book.groups.erase(at);
  }

  // --- `absent` ---

  void Schedule(Book& book, const std::string& key, const Group& group) {
    if (book.correlation->type == Type::kAbsent && !group.window.empty())
      book.expiries.emplace(group.window.matches().front().time + book.correlation->timespan, key);
  }
  void Unschedule(Book& book, const std::string& key, const Group& group) {
    if (book.correlation->type == Type::kAbsent && !group.window.empty())
      book.expiries.erase({group.window.matches().front().time + book.correlation->timespan, key});
  }

  bool IsGap(const Correlation& correlation, const Group& group) const {
    const Number count = Number::Of(static_cast<int64_t>(group.window.matches().size()));
    return std::all_of(correlation.bounds.begin(), correlation.bounds.end(),
                       [&](const Bound& b) { return Holds(b.comparison, count <=> b.number); });
  }

  // The `absent` correlation with the earliest deadline; of equal ones the first.
  Book* NextDue() {
    Book* next = nullptr;
    for (const uint32_t i : absent) {
      Book& book = books[i];
      if (book.expiries.empty()) continue;
      if (next == nullptr || book.expiries.begin()->first < next->expiries.begin()->first)
        next = &book;
    }
    return next;
  }

  // Lets the matches leave whose window ran out first. Appends a firing if that begins a gap.
  void EndFirst(Book& book, std::vector<CorrelationFiring>& firings) {
    const auto [end, key] = *book.expiries.begin();
    Group& group = book.groups.find(key)->second;
    Unschedule(book, key, group);
    const Timestamp left = group.window.matches().front().time;
    group.window.Expire(end - book.correlation->timespan + Nanoseconds(1));
    const auto& matches = group.window.matches();
    if (!group.in_gap && IsGap(*book.correlation, group)) {
      group.in_gap = true;
      ++counters.firings;
      firings.push_back({static_cast<uint32_t>(&book - books.data()), end, group.values,
                         static_cast<double>(matches.size()), static_cast<uint32_t>(matches.size()),
                         matches.empty() ? left : matches.front().time, group.subject});
    }
    if (group.window.empty()) {
      Drop(book, key);
    } else {
      Schedule(book, key, group);
    }
  }

  // --- Judging ---

  bool Judge(const Correlation& correlation, const Group& group,
             const CorrelationWindow::Match& match, double* compared) {
    const bool ripe = now - group.born >= correlation.warm_up;
    switch (correlation.type) {
      case Type::kAbsent:
        return false;
      case Type::kNewValue:
        *compared = group.window.CountOf(match.value);
        return ripe && *compared == 1;
      case Type::kRareValue: {
        const uint32_t count = group.window.CountOf(match.value);
        *compared = count;
        return ripe &&
               std::all_of(correlation.bounds.begin(), correlation.bounds.end(),
                           [&](const Bound& b) {
                             return Holds(b.comparison, Number::Of(int64_t{count}) <=> b.number);
                           });
      }
      case Type::kNewMagnitude: {
        const auto magnitude = [&](const CorrelationWindow::Match& m) {
          return magnitudes.Of(static_cast<int64_t>(m.nano / 1'000'000'000));
        };
        int highest = -1;
        size_t others = 0;
        for (const CorrelationWindow::Match& m : group.window.matches()) {
          if (&m == &group.window.matches().back()) break;
          highest = std::max(highest, magnitude(m));
          ++others;
        }
        *compared = magnitude(match);
        return ripe && others > 0 && magnitude(match) > highest;
      }
      default:
        return group.window.Holds(correlation, compared);
    }
  }

  // Takes all arrivals of one event into one correlation.
  void Take(uint32_t index, const std::vector<Arrival>& arrivals,
            std::vector<CorrelationFiring>& firings) {
    Book& book = books[index];
    const Correlation& correlation = *book.correlation;
    struct Touched {
      std::vector<CorrelationWindow::Match> matches;
      std::string_view subject;
    };
    std::map<std::string, Touched> touched;  // by key of the group
    std::vector<std::string> values;
    for (const Arrival& arrival : arrivals) {
      ++counters.matches;
      if (!ReadGroup(correlation, arrival, values)) {
        ++counters.without_group;
        continue;
      }
      std::vector<CorrelationWindow::Match> matches = ReadValues(correlation, arrival);
      if (matches.empty()) {
        ++counters.without_value;
        continue;
      }
      const std::string key = Join(values);
      Group& group = Touch(book, values);
      Unschedule(book, key, group);
      touched[key].subject = arrival.subject;
      for (CorrelationWindow::Match& match : matches) {
        touched[key].matches.push_back(match);
        counters.evicted_matches += group.window.Add(std::move(match), options.max_matches);
      }
      group.window.Expire(now - correlation.timespan);
      Schedule(book, key, group);
      if (correlation.type == Type::kAbsent) {
        group.subject = arrival.subject;
        group.in_gap = group.in_gap && IsGap(correlation, group);
      }
    }
    for (const auto& [key, touch] : touched) {
      const auto at = book.groups.find(key);
      if (at == book.groups.end()) continue;
      const Group& group = at->second;
      double compared = 0;
      const bool fires = std::any_of(
          touch.matches.begin(), touch.matches.end(),
          [&](const auto& match) { return Judge(correlation, group, match, &compared); });
      if (!fires) continue;
      ++counters.firings;
      firings.push_back({index, now, group.values, compared,
                         static_cast<uint32_t>(group.window.matches().size()),
                         group.window.matches().front().time, std::string(touch.subject)});
    }
  }

  // Hands firings on to the correlations that name theirs.
  void Chain(const std::vector<CorrelationFiring>& firings,
             std::map<uint32_t, std::vector<Arrival>>& arrivals, std::deque<GroupView>& views) {
    for (const CorrelationFiring& firing : firings) {
      if (chained[firing.correlation].empty()) continue;
      const Correlation& correlation = rules.correlations()[firing.correlation];
      GroupView& view = views.emplace_back(rules.fields(), correlation.group_by, firing.group);
      for (const Use& use : chained[firing.correlation])
        arrivals[use.correlation].push_back({use.position, &view, firing.subject});
    }
  }

  void Run(std::map<uint32_t, std::vector<Arrival>>& arrivals,
           std::vector<CorrelationFiring>& firings) {
    std::deque<GroupView> views;
    // A correlation stands behind those that it names, so none is met too early.
    for (auto next = arrivals.begin(); next != arrivals.end(); ++next) {
      const size_t before = firings.size();
      Take(next->first, next->second, firings);
      // The views hold texts of their own firing, which `firings` may move.
      std::vector<CorrelationFiring> fresh(firings.begin() + static_cast<std::ptrdiff_t>(before),
                                           firings.end());
      held.push_back(std::move(fresh));
      Chain(held.back(), arrivals, views);
    }
    held.clear();
  }

  void Move(Timestamp time) {
    if (time < now) {
      ++counters.out_of_order;
    } else {
      now = time;
    }
  }

  const Collection& rules;
  CorrelatorOptions options;
  MagnitudeScale magnitudes;
  CorrelatorCounters counters;
  Timestamp now{INT64_MIN};  // no match yet
  std::vector<Book> books;
  std::vector<std::vector<Use>> uses;     // by detection rule
  std::vector<std::vector<Use>> chained;  // by correlation
  std::vector<uint32_t> absent;           // correlations of that type
  std::vector<bool> wants_subject;        // by correlation: it, or one that it leads to, is absent
  uint64_t revision = 0;
  std::list<std::vector<CorrelationFiring>> held;
};

Correlator::Correlator(const Collection& rules, CorrelatorOptions options)
    : impl_(std::make_unique<Impl>(rules, options)) {}
Correlator::~Correlator() = default;
Correlator::Correlator(Correlator&&) noexcept = default;
Correlator& Correlator::operator=(Correlator&&) noexcept = default;

bool Correlator::Wants(RuleIndex rule) const { return !impl_->uses[rule].empty(); }

bool Correlator::WantsSubject(RuleIndex rule) const {
  const std::vector<Impl::Use>& uses = impl_->uses[rule];
  return std::any_of(uses.begin(), uses.end(),
                     [&](const Impl::Use& use) { return impl_->wants_subject[use.correlation]; });
}

void Correlator::OnMatches(std::span<const RuleIndex> matched, Timestamp time, View& view,
                           std::vector<CorrelationFiring>& firings, std::string_view subject) {
  std::map<uint32_t, std::vector<Impl::Arrival>> arrivals;
  for (RuleIndex rule : matched) {
    for (const Impl::Use& use : impl_->uses[rule])
      arrivals[use.correlation].push_back({use.position, &view, subject});
  }
  if (arrivals.empty()) return;
  AdvanceTo(time, firings);
  ++impl_->revision;
  impl_->Move(time);
  impl_->Run(arrivals, firings);
}

void Correlator::AdvanceTo(Timestamp watermark, std::vector<CorrelationFiring>& firings) {
  std::vector<CorrelationFiring> ended;
  while (Deadline() < watermark) {
    ++impl_->revision;
    ended.clear();
    impl_->EndFirst(*impl_->NextDue(), ended);
    if (ended.empty()) continue;
    impl_->Move(ended.front().time);
    firings.push_back(ended.front());
    std::map<uint32_t, std::vector<Impl::Arrival>> arrivals;
    std::deque<GroupView> views;
    impl_->Chain(ended, arrivals, views);
    impl_->Run(arrivals, firings);
  }
}

Timestamp Correlator::Deadline() const {
  const Impl::Book* next = impl_->NextDue();
  return next == nullptr ? Timestamp{INT64_MAX} : next->expiries.begin()->first;
}

void Correlator::ForEachSubject(const std::function<void(std::string&)>& visit) {
  for (const uint32_t i : impl_->absent) {
    for (auto& [key, group] : impl_->books[i].groups) {
      ++impl_->revision;
      visit(group.subject);
    }
  }
}

uint64_t Correlator::revision() const { return impl_->revision; }

const CorrelatorCounters& Correlator::counters() const { return impl_->counters; }

size_t Correlator::groups() const {
  size_t sum = 0;
  for (const Impl::Book& book : impl_->books) sum += book.groups.size();
  return sum;
}

std::string Correlator::Save() const {
  std::string bytes;
  RecordWriter out(bytes);
  out.U32(kStateVersion).Time(impl_->now).Var(impl_->books.size());
  const CorrelatorCounters& c = impl_->counters;
  for (uint64_t counter : {c.matches, c.without_group, c.without_value, c.firings, c.evicted_groups,
                           c.evicted_matches, c.out_of_order})
    out.U64(counter);
  for (const Impl::Book& book : impl_->books) {
    std::string content;
    RecordWriter groups(content);
    groups.Var(book.ages.size());
    for (const std::string* key : book.ages) {
      const Impl::Group& group = book.groups.find(*key)->second;
      groups.Var(group.values.size());
      for (const std::string& value : group.values) groups.Text(value);
      groups.Time(group.born).U8(group.in_gap).Text(group.subject);
      groups.Var(group.window.matches().size());
      for (const CorrelationWindow::Match& match : group.window.matches())
        groups.Time(match.time).Var(match.position).Text(match.value).I128(match.nano);
    }
    out.Text(book.correlation->meta.key).Hash(book.definition).Text(content);
  }
  return bytes;
}

bool Correlator::Restore(std::string_view bytes) {
  Correlator fresh(impl_->rules, impl_->options);
  *this = std::move(fresh);
  const auto fail = [&] {
    Correlator empty(impl_->rules, impl_->options);
    *this = std::move(empty);
    return false;
  };
  Impl& impl = *impl_;
  RecordReader in(bytes);
  if (in.U32() != kStateVersion) return fail();
  impl.now = {in.I64()};
  const uint64_t books = in.Var();
  CorrelatorCounters& c = impl.counters;
  for (uint64_t* counter : {&c.matches, &c.without_group, &c.without_value, &c.firings,
                            &c.evicted_groups, &c.evicted_matches, &c.out_of_order})
    *counter = in.U64();
  for (uint64_t i = 0; i < books; ++i) {
    const std::string_view key = in.Text();
    const Hash128 definition = in.Hash();
    const std::string_view content = in.Text();
    if (!in.good()) return fail();
    const auto book = std::find_if(impl.books.begin(), impl.books.end(), [&](const auto& b) {
      return b.correlation->meta.key == key && b.definition == definition;
    });
    if (book == impl.books.end()) continue;  // changed or gone: starts anew
    RecordReader groups(content);
    const size_t parts = book->correlation->group_by.size();
    const uint64_t count = groups.Var();
    for (uint64_t g = 0; g < count && groups.good(); ++g) {
      std::vector<std::string> values;
      if (groups.Var() != parts) return fail();
      for (size_t p = 0; p < parts; ++p) values.emplace_back(groups.Text());
      const std::string group_key = Join(values);
      const auto [at, added] = book->groups.try_emplace(group_key);
      if (!added) return fail();
      Impl::Group& group = at->second;
      group.values = std::move(values);
      group.age = book->ages.insert(book->ages.end(), &at->first);
      group.born = {groups.I64()};
      group.in_gap = groups.U8() != 0;
      group.subject = groups.Text();
      const uint64_t matches = groups.Var();
      for (uint64_t m = 0; m < matches && groups.good(); ++m) {
        CorrelationWindow::Match match;
        match.time = {groups.I64()};
        match.position = static_cast<uint32_t>(groups.Var());
        match.value = groups.Text();
        match.nano = groups.I128();
        if (match.position >= book->correlation->rules.size()) return fail();
        group.window.Add(std::move(match), impl.options.max_matches);
      }
      impl.Schedule(*book, group_key, group);
    }
    if (!groups.done()) return fail();
  }
  return in.done() || fail();
}

}  // namespace vedette::sigma
