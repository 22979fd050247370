// PlanAhead gives the plans of a run of events, step by step and in order: made by the caller's
// thread, and ahead of it by a crew.
//
//   PlanAhead plans(tables, crew);                // crew null: the caller's thread makes all
//   plans.Start(steps);
//   for (size_t i = 0; i < steps.size(); ++i) Decide(plans.Get(i));
//
// Get each step, in order, before the next Start; the events outlive that. A plan is the caller's
// until the next Get. Start and Get are for one thread; while Get waits for a step in somebody's
// hands, it makes another. The crew outlives this. Plans are the same whoever makes them.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "engine/crew.h"
#include "engine/planner.h"

namespace vedette {

class PlanAhead : private Crew::Work {
 public:
  using Step = std::span<Event* const>;

  PlanAhead(const PlanTables& tables, Crew* crew);
  ~PlanAhead() override;
  PlanAhead(const PlanAhead&) = delete;
  PlanAhead& operator=(const PlanAhead&) = delete;

  void Start(const std::vector<Step>& steps);
  StepPlan& Get(size_t step);

  // Of the caller's thread; it stands anywhere after a Get.
  Evaluator& evaluator() { return planners_[0]->evaluator(); }
  // Of all threads, between two runs of events.
  std::vector<Evaluator::TableUse> table_use() const;
  SigmaLanes::Counters sigma_counters() const;

 private:
  bool TakePiece(unsigned thread) override;
  // Makes the next plan that nobody has begun; false when there is none.
  bool MakeNext(unsigned thread, std::unique_lock<std::mutex>& lock);

  Crew* const crew_;
  std::vector<std::unique_ptr<Planner>> planners_;  // by thread, the caller's first
  std::vector<StepPlan> plans_;                     // by step; one when there is no crew

  std::mutex mutex_;
  std::condition_variable made_one_;
  std::vector<Step> steps_;
  std::vector<char> made_;  // by step
  size_t next_ = 0;         // that nobody has begun
};

}  // namespace vedette
