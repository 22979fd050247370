#include "model/clustered.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/check.h"
#include "core/record.h"

namespace vedette {
namespace {

constexpr double kNormalQuantile99 = 2.326347874;
constexpr double kLeastShape = 0.5;
constexpr double kLargestProduct = 8e37;  // two of them fit into 128 bits

Band BandOf(double distance) {
  if (distance <= 1) return Band::kNone;
  if (distance <= 2) return Band::kSmall;
  return distance <= 4 ? Band::kMedium : Band::kLarge;
}

MagnitudeScale PowersOfTwo() {
  Result<MagnitudeScale> scale = MagnitudeScale::Make("2");
  CHECK(scale.has_value());
  return *std::move(scale);
}

// n S2 - S1^2, in whole numbers, so that nothing cancels. Of numbers so large that their products
// do not fit, which no honest log has, about that.
double Spread(uint64_t n, __int128 sum, __int128 sum_of_squares) {
  const double squares = static_cast<double>(n) * static_cast<double>(sum_of_squares);
  const double square = static_cast<double>(sum) * static_cast<double>(sum);
  if (squares > kLargestProduct || square > kLargestProduct) return squares - square;
  return static_cast<double>(static_cast<__int128>(n) * sum_of_squares - sum * sum);
}

// Hostile numbers stop at the largest.
template <typename T>
void AddCapped(T& total, T more) {
  if (__builtin_add_overflow(total, more, &total)) total = std::numeric_limits<T>::max();
}

}  // namespace

ClusteredMemory::ClusteredMemory(const ModelSpec& spec) : spec_(spec), scale_(PowersOfTwo()) {}

GammaFit FitGamma(uint64_t count, __int128 sum, __int128 sum_of_squares, int64_t bin_width) {
  GammaFit fit;
  const auto n = static_cast<double>(count);
  fit.mean = static_cast<double>(sum) / n;
  const double spread = Spread(count, sum, sum_of_squares);
  fit.variance = spread / (n * (n - 1));
  if (spread <= 0) {
    fit.boundary = fit.mean + static_cast<double>(bin_width);
    return fit;
  }
  fit.shape = fit.mean * fit.mean / fit.variance;
  fit.scale = fit.variance / fit.mean;
  fit.bursty = fit.shape < kLeastShape;
  if (fit.bursty) return fit;
  const double ninth = 1 / (9 * fit.shape);
  const double root = 1 - ninth + kNormalQuantile99 * std::sqrt(ninth);
  fit.boundary = fit.mean * (root * root * root);
  return fit;
}

void ClusteredMemory::Judge(const Scope& scope, int64_t number, Minutes now, Answer& answer) const {
  answer.number = number;
  answer.total = scope.n;
  answer.distinct = static_cast<uint32_t>(scope.bins.size());
  answer.converged = scope.n >= 2 && spec_.convergence.IsOpen(scope.n, scope.bins.size());
  if (!answer.converged) return;
  const GammaFit fit = FitGamma(scope.n, scope.sum, scope.sum_of_squares, spec_.bin_width);
  answer.boundary = fit.boundary;
  if (!fit.bursty) {
    answer.band =
        answer.boundary > 0 ? BandOf(static_cast<double>(number) / answer.boundary) : Band::kNone;
    return;
  }
  answer.boundary_by_magnitude = true;
  answer.magnitude = scale_.Of(number);
  answer.live_magnitude = scope.magnitudes.Highest(now, spec_.memory);
  answer.boundary = static_cast<double>(scale_.Least(answer.live_magnitude + 1));
  const int steps = answer.magnitude - answer.live_magnitude;
  answer.band = steps <= 0   ? Band::kNone
                : steps == 1 ? Band::kSmall
                : steps == 2 ? Band::kMedium
                             : Band::kLarge;
}

void ClusteredMemory::Learn(Scope& scope, int64_t number, const Answer& answer, Minutes now) {
  int64_t learned = number;
  if (answer.band != Band::kNone && answer.boundary < static_cast<double>(number))
    learned = static_cast<int64_t>(std::floor(answer.boundary));
  ++scope.n;
  scope.sum += learned;
  AddCapped(scope.sum_of_squares, static_cast<__int128>(learned) * learned);
  uint32_t& bin = scope.bins[Timestamp::FloorDiv(learned, spec_.bin_width)];
  bins_ += bin == 0;
  ++bin;
  scope.magnitudes.See(scale_.Of(learned), now);
}

bool ClusteredMemory::CloseSession(Scope& scope, const Probe& probe) {
  if (scope.day == INT64_MIN || probe.local_day <= scope.day) return false;
  const Minutes now = ToMinutes(probe.time);
  Answer answer;
  Judge(scope, scope.day_sum, now, answer);
  Learn(scope, scope.day_sum, answer, now);
  scope.day_sum = 0;
  scope.day = INT64_MIN;
  return true;
}

Answer ClusteredMemory::Ask(const Probe& probe) {
  Answer answer;
  answer.asked = true;
  answer.trained = trained_;
  answer.model_since = since_;
  answer.number = probe.number;
  Scope* found = FindScope(probe.scope);
  if (found == nullptr) return answer;
  Scope& scope = *found;
  answer.scope_known = true;
  answer.scope_since = FromMinutes(scope.first_seen);
  answer.active_days = scope.active_days;
  int64_t number = probe.number;
  if (spec_.aggregate == Aggregate::kSessionSum) {
    if (CloseSession(scope, probe)) changes_.Add(probe.scope);
    if (probe.local_day == scope.day) AddCapped(number, scope.day_sum);
  }
  Judge(scope, number, ToMinutes(probe.time), answer);
  return answer;
}

void ClusteredMemory::Train(const Probe& probe, const Answer& answer) {
  const Minutes now = ToMinutes(probe.time);
  if (!trained_ || probe.time < since_) since_ = probe.time;
  trained_ = true;
  Scope* known = FindScope(probe.scope);
  Scope& scope = known != nullptr ? *known : Add({.key = probe.scope, .first_seen = now});
  changes_.Add(probe.scope);
  scope.first_seen = std::min(scope.first_seen, now);
  scope.last_seen = std::max(scope.last_seen, now);
  if (spec_.aggregate == Aggregate::kEvent) {
    Learn(scope, probe.number, answer, now);
  } else {
    CloseSession(scope, probe);
    AddCapped(scope.day_sum, probe.number);
  }
  if (probe.local_day > scope.day) {
    scope.day = probe.local_day;
    ++scope.active_days;
  }
}

void ClusteredMemory::VisitUnits(const VisitUnit& visit) const {
  for (const Scope& scope : scopes_) visit({scope.last_seen, scope.key}, CostOf(scope));
}

uint64_t ClusteredMemory::Evict(const Age& limit) {
  const uint64_t gone = TakeOutScopes(limit, index_, scopes_, [&](const Scope& scope) {
    bins_ -= scope.bins.size();
    changes_.Add(scope.key);
  });
  evictions_ += gone;
  return gone;
}

void ClusteredMemory::Cool(const Age& limit) {
  cold_.Add(TakeOutScopes(limit, index_, scopes_,
                          [&](const Scope& scope) { bins_ -= scope.bins.size(); }));
}

ClusteredMemory::Scope* ClusteredMemory::FindScope(const Hash128& key) {
  if (const auto found = index_.find(key); found != index_.end()) return &scopes_[found->second];
  const std::optional<std::string> record = cold_.Take(key);
  if (!record) return nullptr;
  Scope scope;
  if (!ReadScope(*record, &scope)) cold_.FailDamaged(spec_.id);
  scope.key = key;
  return &Add(std::move(scope));
}

ClusteredMemory::Scope& ClusteredMemory::Add(Scope scope) {
  index_[scope.key] = static_cast<uint32_t>(scopes_.size());
  bins_ += scope.bins.size();
  scopes_.push_back(std::move(scope));
  return scopes_.back();
}

// False: it does not hold together.
bool ClusteredMemory::ReadScope(std::string_view value, Scope* scope) {
  RecordReader in(value);
  scope->first_seen = in.U32();
  scope->last_seen = in.U32();
  scope->n = in.Var();
  scope->sum = in.I128();
  scope->sum_of_squares = in.I128();
  scope->active_days = static_cast<uint32_t>(in.Var());
  scope->day = in.Day();
  scope->day_sum = in.Signed();
  scope->magnitudes.Read(in);
  for (size_t i = in.Count(); i > 0; --i) {
    const int64_t bin = in.Signed();
    scope->bins[bin] = static_cast<uint32_t>(in.Var());
  }
  return in.done();
}

void ClusteredMemory::SaveChanges(StatePart part) {
  const bool any = SaveChanged(changes_, part, 's', FindIn(index_, scopes_),
                               [](const Scope& scope, RecordWriter& out) {
                                 out.U32(scope.first_seen)
                                     .U32(scope.last_seen)
                                     .Var(scope.n)
                                     .I128(scope.sum)
                                     .I128(scope.sum_of_squares);
                                 out.Var(scope.active_days).I64(scope.day).Signed(scope.day_sum);
                                 scope.magnitudes.Write(out);
                                 out.Var(scope.bins.size());
                                 for (const auto& [bin, count] : scope.bins)
                                   out.Signed(bin).Var(count);
                               });
  if (!any && !recount_) return;
  recount_ = false;
  std::string value;
  RecordWriter(value).Time(since_).U64(index_.size() + cold_.count()).U64(evictions_);
  part.Put('m', "", value);
}

Result<void> ClusteredMemory::Load(const StateView& view, const std::string& prefix,
                                   StateDamage& damage) {
  uint64_t broken = 0, want = 0;
  Result<void> read = view.ForEach(prefix, [&](std::string_view key, std::string_view value) {
    RecordReader in(value);
    if (key == "m") {
      since_ = in.Time();
      want = in.U64();
      evictions_ = in.U64();
      trained_ = in.done();
      broken += !in.done();
      return;
    }
    Scope scope;
    if (key.size() != 17 || !ReadScope(value, &scope)) {
      ++broken;
      damage.keys.push_back(prefix + std::string(key));
    } else if (cold_.is_open()) {
      cold_.Add();
    } else {
      scope.key = KeyHash(key.substr(1));
      Add(std::move(scope));
    }
  });
  const uint64_t found = index_.size() + cold_.count();
  const uint64_t lost = std::max(broken, want - std::min(want, found));
  damage.Add(lost, fmt::format("{} records of model {}", lost, spec_.id));
  recount_ = lost > 0 && trained_;
  return read;
}

size_t ClusteredMemory::bytes() const {
  size_t bytes = scopes_.size() * sizeof(Scope) +
                 index_.bucket_count() * sizeof(std::pair<Hash128, uint32_t>);
  for (const Scope& scope : scopes_) bytes += scope.bins.size() * kBinCost;
  return bytes;
}

}  // namespace vedette
