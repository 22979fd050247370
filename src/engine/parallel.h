// Work on numbered pieces by several threads.
#pragma once

#include <cstddef>
#include <functional>

namespace vedette {

// Calls `work(piece, thread)` once for each piece below `pieces`, in order of start, from up to
// `threads` threads of which the caller's is number 0. `tick`, when given, is called from the
// caller's thread while it waits for the others. Returns when all is done.
void InParallel(size_t pieces, unsigned threads,
                const std::function<void(size_t piece, unsigned thread)>& work,
                const std::function<void()>& tick = {});

// How many threads InParallel will use.
unsigned ThreadsFor(size_t pieces, unsigned threads);

}  // namespace vedette
