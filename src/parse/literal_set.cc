#include "parse/literal_set.h"

#include <unordered_map>

#include <hs/hs.h>

#include "core/check.h"

namespace vedette {

struct LiteralSet::Database {
  hs_database_t* compiled = nullptr;
  ~Database() { hs_free_database(compiled); }
};

namespace {

struct Scratch {
  hs_scratch_t* space = nullptr;
  ~Scratch() { hs_free_scratch(space); }
};

// Scratch space of this thread that is large enough for the database.
hs_scratch_t* ScratchFor(const hs_database_t* database) {
  thread_local std::unordered_map<const hs_database_t*, std::unique_ptr<Scratch>> spaces;
  std::unique_ptr<Scratch>& scratch = spaces[database];
  if (scratch == nullptr) {
    scratch = std::make_unique<Scratch>();
    CHECK(hs_alloc_scratch(database, &scratch->space) == HS_SUCCESS);
  }
  return scratch->space;
}

int OnMatch(unsigned id, unsigned long long, unsigned long long, unsigned, void* context) {
  (*static_cast<const std::function<void(size_t)>*>(context))(id);
  return 0;
}

}  // namespace

LiteralSet::LiteralSet(const std::vector<std::string>& literals) : database_(std::make_unique<Database>()) {
  if (literals.empty()) return;
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
  const hs_error_t status = hs_compile_lit_multi(texts.data(), flags.data(), ids.data(), lengths.data(),
                                                 static_cast<unsigned>(texts.size()), HS_MODE_BLOCK, nullptr,
                                                 &database_->compiled, &error);
  hs_free_compile_error(error);
  CHECK(status == HS_SUCCESS);  // literals are not empty; the loader sees to it
}

LiteralSet::~LiteralSet() = default;

void LiteralSet::Find(std::string_view text, const std::function<void(size_t)>& visit) const {
  if (database_->compiled == nullptr) return;
  hs_scan(database_->compiled, text.data(), static_cast<unsigned>(text.size()), 0, ScratchFor(database_->compiled), OnMatch,
          const_cast<std::function<void(size_t)>*>(&visit));
}

}  // namespace vedette
