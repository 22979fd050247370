// A Crew is the threads of a run beside the one that judges. They share whatever work there is, so
// that none waits while another has too much.
//
//   Crew crew(threads - 1);
//   crew.Add(planning, Crew::Urgency::kNow);    // a thread takes one piece of it after another
//   crew.Wake();                                // there is more to do
//   crew.Remove(planning);                      // returns when no thread is in it any more
//
// A thread that is free asks the urgent works first. It sleeps when none has a piece, until Wake.
// Works outlive their time in the crew. Add, Remove and Wake may be called from any thread, though
// not from a piece. Cost: a lock per piece, so pieces take hundreds of microseconds.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace vedette {

class Crew {
 public:
  enum class Urgency : uint8_t { kNow, kAhead };  // somebody waits for it; it is done ahead

  class Work {
   public:
    virtual ~Work() = default;
    // Does one piece; false when there is nothing to do now. Called from many threads at one time,
    // each with its number: 1, 2, … up to the crew's threads.
    virtual bool TakePiece(unsigned thread) = 0;
  };

  explicit Crew(unsigned threads);
  ~Crew();  // waits for pieces in hand
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  unsigned threads() const { return static_cast<unsigned>(threads_.size()); }

  void Add(Work& work, Urgency urgency);
  void Remove(Work& work);
  void Wake();

 private:
  struct Entry {
    Work* work;
    Urgency urgency;
    unsigned inside = 0;  // threads
  };

  void Run(unsigned thread);
  bool TakeAnyPiece(unsigned thread, std::unique_lock<std::mutex>& lock);
  Entry* Find(const Work& work);

  std::mutex mutex_;
  std::condition_variable wake_;  // for threads: there may be work, or stop
  std::condition_variable left_;  // for Remove
  std::vector<Entry> works_;      // urgent ones first
  uint64_t calls_ = 0;            // of Wake
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace vedette
