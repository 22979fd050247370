#include "simulate/dirt.h"

#include <utility>

namespace vedette::simulate {
namespace {

constexpr uint64_t kDirtStream = 0x64697274;
constexpr uint64_t kSkewStream = 0x736b6577;

// Of a million lines.
constexpr uint64_t kDuplicates = 5'000;
constexpr uint64_t kOutOfOrder = 30'000;
constexpr uint64_t kLate = 1'500;
constexpr uint64_t kBroken = 800;
constexpr uint64_t kSkewedMachines = 30;  // of a thousand

}  // namespace

LogStream::LogStream(DirtOptions options, LogFiles& files)
    : options_(options), files_(files), random_(Random::Of(options.seed, kDirtStream)) {}

void LogStream::Add(Timestamp time, Product product, std::string line, int label) {
  if (!options_.dirty) {
    files_.Append(time, product, line, label);
    return;
  }
  Timestamp arrives = time;
  if (random_.ChanceInMillion(kLate)) {
    arrives.ns += random_.Between(3600, 20 * 3600) * kNanosPerSecond;
    ++counts_.late;
  } else if (random_.ChanceInMillion(kOutOfOrder)) {
    arrives.ns += random_.Between(1, 240) * kNanosPerSecond;
    ++counts_.out_of_order;
  }
  if (random_.ChanceInMillion(kDuplicates)) {
    Wait(arrives + Nanoseconds(random_.Between(0, 300) * kNanosPerSecond), product, line, label);
    ++counts_.duplicates;
  } else if (label < 0 && random_.ChanceInMillion(kBroken)) {
    Break(line);
    ++counts_.broken;
  }
  Wait(arrives, product, std::move(line), label);
}

void LogStream::Advance(Timestamp time) {
  while (!waiting_.empty() && waiting_.top().arrives < time) {
    const Waiting& first = waiting_.top();
    files_.Append(first.arrives, first.product, first.line, first.label);
    waiting_.pop();
  }
}

Result<void> LogStream::Finish() {
  Advance({INT64_MAX});
  return files_.Close();
}

void LogStream::Wait(Timestamp arrives, Product product, std::string line, int label) {
  waiting_.push({arrives, number_++, product, label, std::move(line)});
}

void LogStream::Break(std::string& line) {
  switch (random_.Below(5)) {
    case 0:  // cut short
      line.resize(1 + random_.Below(line.size()));
      break;
    case 1:  // bytes that are no UTF-8
      for (int i = 0; i < 3; ++i)
        line[random_.Below(line.size())] = static_cast<char>(random_.Between(0xf8, 0xff));
      break;
    case 2:  // NULs
      line[random_.Below(line.size())] = '\0';
      break;
    case 3:  // two lines in one: the line break went missing
      line += line.substr(0, random_.Below(line.size()));
      break;
    default:  // noise
      line.resize(1 + random_.Below(200));
      for (char& c : line) c = static_cast<char>(random_.Between(1, 255));
      for (char& c : line) c = c == '\n' || c == '\r' ? ' ' : c;
      break;
  }
}

Nanoseconds ClockSkew(const DirtOptions& options, uint32_t machine) {
  Random random = Random::Of(options.seed, kSkewStream, machine);
  if (!options.dirty || !random.Chance(kSkewedMachines)) return Nanoseconds(0);
  return Nanoseconds(random.Between(-420, 420) * kNanosPerSecond);
}

}  // namespace vedette::simulate
