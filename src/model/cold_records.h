// ColdRecords is where scopes are that memory had no room for: what the last checkpoint holds of
// them.
//
//   ColdRecords cold('s');
//   cold.Open(view, "m7");                       // records "m7s…"; nothing is cold before
//   cold.Add();                                  // one of them left memory, as it is in the view
//   if (cold.any()) record = cold.Take(scope);   // it is in memory again; nothing: it was not cold
//
// What leaves memory has to be in the view as it is; what comes back is not changed by that, so
// whatever happens in between, view and memory together are what memory alone would have been. A
// record that cannot be read is a failure, which stays: answers after it are worth nothing.
// `view` outlives it. One thread. Cost: a look-up in the view.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "core/state_records.h"

namespace vedette {

class ColdRecords {
 public:
  explicit ColdRecords(char kind) : kind_(kind) {}

  void Open(const StateView& view, std::string_view prefix) {
    view_ = &view;
    prefix_ = std::string(prefix) + kind_;
  }
  bool is_open() const { return view_ != nullptr; }
  bool any() const { return count_ > 0; }
  uint64_t count() const { return count_; }
  uint64_t returned() const { return returned_; }
  void Add(uint64_t records = 1) { count_ += records; }
  void Clear() { count_ = 0; }

  std::optional<std::string> Take(const Hash128& key) {
    if (count_ == 0 || failure_) return std::nullopt;
    std::string name = prefix_;
    AppendKeyHash(name, key);
    Result<std::optional<std::string>> record = view_->Get(name);
    if (!record) {
      failure_ = record.error();
      return std::nullopt;
    }
    if (*record) {
      --count_;
      ++returned_;
    }
    return *std::move(record);
  }

  void Fail(Error error) {
    if (!failure_) failure_ = std::move(error);
  }
  // A record passes its checksum and is not what it should be.
  void FailDamaged(const std::string& model) {
    Fail({"state-damaged",
          "records of model " + model +
              " cannot be understood; put back a copy of the folder, or add --state-repair to go "
              "on without them",
          view_->place()});
  }
  const std::optional<Error>& failure() const { return failure_; }

 private:
  char kind_;
  const StateView* view_ = nullptr;
  std::string prefix_;
  uint64_t count_ = 0;
  uint64_t returned_ = 0;
  std::optional<Error> failure_;
};

}  // namespace vedette
