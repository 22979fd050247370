#include "engine/plan_ahead.h"

namespace vedette {

PlanAhead::PlanAhead(const PlanTables& tables, Crew* crew)
    : crew_(crew != nullptr && crew->threads() > 0 ? crew : nullptr), plans_(1) {
  const unsigned others = crew_ != nullptr ? crew_->threads() : 0;
  for (unsigned i = 0; i <= others; ++i) planners_.push_back(std::make_unique<Planner>(tables));
  if (crew_ != nullptr) crew_->Add(*this, Crew::Urgency::kNow);
}

PlanAhead::~PlanAhead() {
  if (crew_ != nullptr) crew_->Remove(*this);
}

void PlanAhead::Start(const std::vector<Step>& steps) {
  {
    std::lock_guard lock(mutex_);
    steps_ = steps;
    made_.assign(steps.size(), 0);
    next_ = 0;
    if (crew_ != nullptr && plans_.size() < steps.size()) plans_.resize(steps.size());
  }
  if (crew_ != nullptr && steps.size() > 1) crew_->Wake();
}

StepPlan& PlanAhead::Get(size_t step) {
  if (crew_ == nullptr) {
    planners_[0]->Plan(steps_[step], plans_[0]);
    return plans_[0];
  }
  std::unique_lock lock(mutex_);
  while (!made_[step]) {
    if (!MakeNext(0, lock)) made_one_.wait(lock, [&] { return made_[step] != 0; });
  }
  return plans_[step];
}

bool PlanAhead::TakePiece(unsigned thread) {
  std::unique_lock lock(mutex_);
  return MakeNext(thread, lock);
}

bool PlanAhead::MakeNext(unsigned thread, std::unique_lock<std::mutex>& lock) {
  if (next_ == steps_.size()) return false;
  const size_t step = next_++;
  lock.unlock();
  planners_[thread]->Plan(steps_[step], plans_[step]);
  lock.lock();
  made_[step] = 1;
  made_one_.notify_one();
  return true;
}

std::vector<Evaluator::TableUse> PlanAhead::table_use() const {
  std::vector<Evaluator::TableUse> sum;
  for (const std::unique_ptr<Planner>& planner : planners_) {
    const std::vector<Evaluator::TableUse>& use = planner->evaluator().table_use();
    if (sum.size() < use.size()) sum.resize(use.size());
    for (size_t i = 0; i < use.size(); ++i) {
      sum[i].asked += use[i].asked;
      sum[i].found += use[i].found;
    }
  }
  return sum;
}

SigmaLanes::Counters PlanAhead::sigma_counters() const {
  SigmaLanes::Counters sum;
  for (const std::unique_ptr<Planner>& planner : planners_) {
    const SigmaLanes::Counters* counters = planner->sigma_counters();
    if (counters == nullptr) continue;
    sum.events += counters->events;
    sum.matches += counters->matches;
  }
  return sum;
}

}  // namespace vedette
