#include "engine/parallel.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace vedette {

unsigned ThreadsFor(size_t pieces, unsigned threads) {
  return static_cast<unsigned>(
      std::min<size_t>(std::max(1u, threads), std::max<size_t>(1, pieces)));
}

void InParallel(size_t pieces, unsigned threads, const std::function<void(size_t, unsigned)>& work,
                const std::function<void()>& tick) {
  std::atomic<size_t> next{0};
  auto run = [&](unsigned thread) {
    for (size_t piece; (piece = next.fetch_add(1)) < pieces;) work(piece, thread);
  };
  std::mutex mutex;
  std::condition_variable ended;
  std::vector<std::thread> workers;
  size_t running = ThreadsFor(pieces, threads) - 1;
  for (unsigned thread = 1; thread < ThreadsFor(pieces, threads); ++thread) {
    workers.emplace_back([&, thread] {
      run(thread);
      std::lock_guard lock(mutex);
      --running;
      ended.notify_one();
    });
  }
  run(0);
  {
    std::unique_lock lock(mutex);
    while (!ended.wait_for(lock, std::chrono::milliseconds(100), [&] { return running == 0; })) {
      if (tick) tick();
    }
  }
  for (std::thread& worker : workers) worker.join();
}

}  // namespace vedette
