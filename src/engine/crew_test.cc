#include "engine/crew.h"

#include <gtest/gtest.h>

#include <atomic>

namespace vedette {
namespace {

// So many pieces; each is noted.
class Pieces : public Crew::Work {
 public:
  explicit Pieces(size_t count) : done_(count) {}

  bool TakePiece(unsigned) override {
    const size_t piece = next_.fetch_add(1);
    if (piece >= offered_) {
      --next_;
      return false;
    }
    ++done_[piece];
    std::lock_guard lock(mutex_);
    if (++finished_ == offered_) all_.notify_all();
    return true;
  }
  void Offer(size_t count) { offered_ = count; }
  void Wait() {
    std::unique_lock lock(mutex_);
    all_.wait(lock, [&] { return finished_ == offered_; });
  }
  const std::vector<std::atomic<int>>& done() const { return done_; }

 private:
  std::atomic<size_t> next_{0}, offered_{0};
  std::vector<std::atomic<int>> done_;
  std::mutex mutex_;
  std::condition_variable all_;
  size_t finished_ = 0;
};

TEST(Crew, DoesEachPieceOnceAndGoesOnWhenWoken) {
  Pieces pieces(2000);
  Crew crew(3);
  crew.Add(pieces, Crew::Urgency::kAhead);
  for (const size_t offered : {1u, 10u, 1000u, 2000u}) {
    pieces.Offer(offered);
    crew.Wake();
    pieces.Wait();
  }
  crew.Remove(pieces);
  for (const std::atomic<int>& done : pieces.done()) EXPECT_EQ(done, 1);
}

// Notes who was asked.
class Asked : public Crew::Work {
 public:
  Asked(char name, std::string& order) : name_(name), order_(order) {}
  bool TakePiece(unsigned) override {
    order_ += name_;
    return false;
  }

 private:
  char name_;
  std::string& order_;
};

TEST(Crew, AsksTheUrgentFirst) {
  std::string order;
  Asked ahead('a', order), now('n', order);
  {
    Crew crew(1);
    crew.Add(ahead, Crew::Urgency::kAhead);
    crew.Add(now, Crew::Urgency::kNow);
    Pieces last(1);
    last.Offer(1);
    crew.Add(last, Crew::Urgency::kAhead);
    last.Wait();
    crew.Remove(last);
    crew.Remove(now);
    crew.Remove(ahead);
  }
  EXPECT_TRUE(order.ends_with("na")) << order;
}

TEST(Crew, OfNoThreadsDoesNothing) {
  Pieces pieces(1);
  pieces.Offer(1);
  Crew crew(0);
  crew.Add(pieces, Crew::Urgency::kNow);
  crew.Remove(pieces);
  EXPECT_EQ(pieces.done()[0], 0);
}

}  // namespace
}  // namespace vedette
