// The growth curves of docs/performance.md, and which benchmarks they are made of.
//
//   for (const Curve& curve : Curves(rows)) WriteFile(folder + "/" + curve.file, RenderSvg(curve.plot));
//
// A point is a benchmark with its argument, as in Dispatch/1000. Curves of which fewer than two
// points were measured are left out.
#pragma once

#include <string>
#include <vector>

#include "plot.h"
#include "results.h"

namespace vedette::bench {

struct Curve {
  std::string file;
  Plot plot;
};

std::vector<Curve> Curves(const std::vector<Row>& rows);

}  // namespace vedette::bench
