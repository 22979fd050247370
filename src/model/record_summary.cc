#include "model/record_summary.h"

#include <algorithm>

#include "core/record.h"
#include "model/entry_table.h"

namespace vedette {
namespace {

bool LearnsValues(ModelKind kind) {
  return kind == ModelKind::kProfile || kind == ModelKind::kCategorical;
}

template <typename T, typename Better>
void Keep(std::optional<T>& kept, const T& candidate, Better better) {
  if (!kept || better(candidate, *kept)) kept = candidate;
}

size_t MembersOf(RecordReader& in) {
  in.I64();
  for (size_t i = in.Count(); i > 0; --i) in.Hash();
  return in.Count();
}

}  // namespace

Result<RecordSummary> SummarizeRecords(ModelKind kind, const StateView& view,
                                       const std::string& prefix) {
  RecordSummary summary;
  Result<void> read = view.ForEach(prefix, [&](std::string_view key, std::string_view value) {
    summary.bytes += prefix.size() + key.size() + value.size();
    if (key.empty()) return;
    RecordReader in(value);
    switch (key[0]) {
      case 'm':
        summary.since = in.Time();
        if (LearnsValues(kind)) {
          if (in.U8() == 0) summary.since.reset();  // it has learned nothing yet
          summary.evictions = in.U64();
          break;
        }
        // The last eight bytes of other kinds.
        if (value.size() >= 8)
          summary.evictions = RecordReader(value.substr(value.size() - 8)).U64();
        break;
      case 's': {
        const Minutes first = in.U32();
        if (!in.good()) return;
        ++summary.scopes;
        Keep(summary.oldest, FromMinutes(first), std::less<>());
        if (kind == ModelKind::kTop) summary.entries += MembersOf(in);
        break;
      }
      case 'e': {
        in.U32();
        const Minutes last = in.U32();
        if (!in.good()) return;
        ++summary.entries;
        Keep(summary.newest, FromMinutes(last), std::greater<>());
        break;
      }
      case 'c':
        ++summary.entries;
        break;
      default:
        break;
    }
  });
  if (!read) return Fail(read.error());
  return summary;
}

}  // namespace vedette
