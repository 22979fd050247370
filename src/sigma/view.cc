#include "sigma/view.h"

namespace vedette::sigma {

FieldId FieldNames::Intern(std::string_view name) {
  const auto found = ids_.find(name);
  if (found != ids_.end()) return found->second;
  const auto id = static_cast<FieldId>(names_.size());
  ids_.emplace(names_.emplace_back(name), id);
  return id;
}

FieldId FieldNames::Find(std::string_view name) const {
  const auto found = ids_.find(name);
  return found == ids_.end() ? kNoField : found->second;
}

}  // namespace vedette::sigma
