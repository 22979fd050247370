#include "parse/literal_set.h"

#include <atomic>
#include <unordered_set>

#include <hs/hs.h>

#include "core/check.h"

namespace vedette {

struct LiteralSet::Database {
  hs_database_t* compiled = nullptr;
  uint64_t number = 0;  // never given twice, unlike its address
  ~Database() { hs_free_database(compiled); }
};

namespace {

uint64_t NextNumber() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

// The scratch space of a thread, large enough for every database that it has seen.
struct Scratch {
  hs_scratch_t* space = nullptr;
  std::unordered_set<uint64_t> fits;
  ~Scratch() { hs_free_scratch(space); }
};

hs_scratch_t* ScratchFor(const hs_database_t* database, uint64_t number) {
  thread_local Scratch scratch;
  if (scratch.fits.insert(number).second)
    CHECK(hs_alloc_scratch(database, &scratch.space) == HS_SUCCESS);
  return scratch.space;
}

int OnMatch(unsigned id, unsigned long long, unsigned long long, unsigned, void* context) {
  (*static_cast<const std::function<void(size_t)>*>(context))(id);
  return 0;
}

}  // namespace

LiteralSet::LiteralSet(const std::vector<std::string>& literals)
    : database_(std::make_unique<Database>()) {
  if (literals.empty()) return;
  database_->number = NextNumber();
  std::vector<const char*> texts;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;
  std::vector<size_t> lengths;
  for (size_t i = 0; i < literals.size(); ++i) {
    texts.push_back(literals[i].data());
    flags.push_back(HS_FLAG_SINGLEMATCH);
    ids.push_back(static_cast<unsigned>(i));
    lengths.push_back(literals[i].size());
  }
  hs_compile_error_t* error = nullptr;
  const hs_error_t status = hs_compile_lit_multi(
      texts.data(), flags.data(), ids.data(), lengths.data(), static_cast<unsigned>(texts.size()),
      HS_MODE_BLOCK, nullptr, &database_->compiled, &error);
  hs_free_compile_error(error);
  CHECK(status == HS_SUCCESS);  // literals are not empty; the loader sees to it
}

LiteralSet::~LiteralSet() = default;

void LiteralSet::Find(std::string_view text, const std::function<void(size_t)>& visit) const {
  if (database_->compiled == nullptr) return;
  const hs_error_t status =
      hs_scan(database_->compiled, text.data(), static_cast<unsigned>(text.size()), 0,
              ScratchFor(database_->compiled, database_->number), OnMatch,
              const_cast<std::function<void(size_t)>*>(&visit));
  CHECK(status == HS_SUCCESS);
}

}  // namespace vedette
