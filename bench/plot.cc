#include "plot.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace vedette::bench {
namespace {

constexpr double kWidth = 720, kHeight = 360;
constexpr double kLeft = 76, kRight = 24, kTop = 64, kBottom = 56;

// Okabe and Ito's colours, which the colour-blind tell apart, and shapes beside them.
constexpr const char* kStyle = R"(<style>
text{font:13px system-ui,sans-serif;fill:#24292f}
.title{font-weight:600;font-size:15px}.grid{stroke:#d0d7de}.axis{stroke:#57606a}
.line{fill:none;stroke-width:2}
.s0{stroke:#0072b2;color:#0072b2}.s1{stroke:#d55e00;color:#d55e00}.s2{stroke:#009e73;color:#009e73}
.s3{stroke:#cc79a7;color:#cc79a7}.s4{stroke:#8c6d00;color:#8c6d00}.s5{stroke:#57606a;color:#57606a}
.mark{fill:currentColor}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.grid{stroke:#30363d}.axis{stroke:#8b949e}
.s0{stroke:#56b4e9;color:#56b4e9}.s1{stroke:#ff9a4d;color:#ff9a4d}.s2{stroke:#3ddc97;color:#3ddc97}
.s3{stroke:#e6a1c6;color:#e6a1c6}.s4{stroke:#f0e442;color:#f0e442}.s5{stroke:#8b949e;color:#8b949e}}
</style>
)";
constexpr size_t kColours = 6;

std::string Escaped(const std::string& text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// 1,500 -> 1.5 k.
std::string Number(double value) {
  const std::pair<double, const char*> units[] = {{1e9, " G"}, {1e6, " M"}, {1e3, " k"}};
  for (const auto& [size, unit] : units) {
    if (value >= size) return fmt::format("{:.4g}{}", value / size, unit);
  }
  return fmt::format("{:.4g}", value);
}

// The step of 1, 2 or 5 times a power of ten that makes at most `most` steps.
double Step(double range, int most) {
  const double power = std::pow(10, std::floor(std::log10(range / most)));
  for (double step : {1.0, 2.0, 5.0}) {
    if (range / (step * power) <= most) return step * power;
  }
  return 10 * power;
}

class Canvas {
 public:
  explicit Canvas(const Plot& plot) : plot_(plot) {
    x_min_ = 1e300;
    for (const Plot::Series& series : plot.series) {
      for (const auto& [x, y] : series.points) {
        x_min_ = std::min(x_min_, x);
        x_max_ = std::max(x_max_, x);
        y_max_ = std::max(y_max_, y);
      }
    }
    if (!plot.log_x) x_min_ = 0;
    y_step_ = Step(y_max_ * 1.05, 6);
    y_max_ = y_step_ * std::ceil(y_max_ * 1.05 / y_step_);
  }

  std::string Render() {
    out_ = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
        "height=\"{1}\" role=\"img\" aria-label=\"{2}\">\n",
        kWidth, kHeight, Escaped(plot_.title));
    out_ += kStyle;
    Text(kLeft, 20, "start", plot_.title, "title");
    YAxis();
    XAxis();
    for (size_t i = 0; i < plot_.series.size(); ++i) Draw(i);
    Legend();
    return out_ + "</svg>\n";
  }

 private:
  double X(double value) const {
    const double share = plot_.log_x
                             ? std::log(value / x_min_) / std::max(std::log(x_max_ / x_min_), 1e-9)
                             : (value - x_min_) / (x_max_ - x_min_);
    return kLeft + share * (kWidth - kLeft - kRight);
  }
  double Y(double value) const {
    return kHeight - kBottom - value / y_max_ * (kHeight - kTop - kBottom);
  }

  void Text(double x, double y, const char* anchor, const std::string& text,
            const char* style = "") {
    out_ +=
        fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y,
                    anchor, *style == 0 ? "" : fmt::format(" class=\"{}\"", style), Escaped(text));
  }
  void Line(double x1, double y1, double x2, double y2, const char* style) {
    out_ += fmt::format(
        "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" class=\"{}\"/>\n", x1, y1,
        x2, y2, style);
  }

  void YAxis() {
    for (double value = 0; value <= y_max_ * 1.001; value += y_step_) {
      Line(kLeft, Y(value), kWidth - kRight, Y(value), value == 0 ? "axis" : "grid");
      Text(kLeft - 8, Y(value) + 4, "end", Number(value));
    }
    out_ += fmt::format(
        "<text transform=\"translate(16 {:.1f}) rotate(-90)\" text-anchor=\"middle\">{}</text>\n",
        (kTop + kHeight - kBottom) / 2, Escaped(plot_.y_label));
  }

  void XAxis() {
    std::vector<double> ticks;
    if (plot_.log_x) {
      for (double value = std::pow(10, std::ceil(std::log10(x_min_) - 1e-9));
           value <= x_max_ * 1.001; value *= 10)
        ticks.push_back(value);
      if (ticks.size() < 3) {  // less than two decades: the points themselves
        ticks.clear();
        for (const auto& [x, y] : plot_.series[0].points) ticks.push_back(x);
      }
    } else {
      const double step = Step(x_max_, 8);
      for (double value = 0; value <= x_max_ * 1.001; value += step) ticks.push_back(value);
    }
    for (double value : ticks) {
      Line(X(value), Y(0), X(value), Y(0) + 5, "axis");
      Text(X(value), Y(0) + 20, "middle", Number(value));
    }
    Text((kLeft + kWidth - kRight) / 2, kHeight - 12, "middle", plot_.x_label);
  }

  void Mark(size_t series, double x, double y) {
    const char* path = series % 3 == 0   ? "M-4-4h8v8h-8z"
                       : series % 3 == 1 ? "M0-5 5 4H-5z"
                                         : "M0-5 5 0 0 5-5 0z";
    out_ +=
        fmt::format("<path class=\"mark s{}\" transform=\"translate({:.1f} {:.1f})\" d=\"{}\"/>\n",
                    series % kColours, x, y, path);
  }

  void Draw(size_t series) {
    std::string path;
    for (const auto& [x, y] : plot_.series[series].points)
      path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : " L", X(x), Y(y));
    out_ += fmt::format("<path class=\"line s{}\" d=\"{}\"/>\n", series % kColours, path);
    for (const auto& [x, y] : plot_.series[series].points) Mark(series, X(x), Y(y));
  }

  void Legend() {
    double x = kLeft + 6;
    for (size_t i = 0; i < plot_.series.size(); ++i) {
      Mark(i, x, 40);
      Text(x + 12, 44, "start", plot_.series[i].name);
      x += 34 + 7.2 * static_cast<double>(plot_.series[i].name.size());
    }
  }

  const Plot& plot_;
  double x_min_ = 0, x_max_ = 0, y_max_ = 0, y_step_ = 0;
  std::string out_;
};

}  // namespace

std::string RenderSvg(const Plot& plot) { return Canvas(plot).Render(); }

}  // namespace vedette::bench
