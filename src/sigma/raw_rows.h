// RawRows show rows of a vendor's tables under Sigma's names, without parsers and event types: how
// a rule writer tries a rule on a row that stands in a console.
//
//   RawRows rows(library, lookups, faults);
//   std::unique_ptr<View> view = rows.MakeView(names, "DeviceProcessEvents", *JsonValue::Read(row));
//
// The source is the first of the table whose condition holds for the row, else the first of the
// table. Null when no source has a table of that name. A text that holds JSON is read as such when
// a path goes into it. Views refer to the RawRows and to nothing else. One thread.
#pragma once

#include <memory>
#include <string_view>

#include "content/library.h"
#include "expr/lookups.h"
#include "sigma/json_value.h"
#include "sigma/sources.h"

namespace vedette::sigma {

class RawRows {
 public:
  // Both outlive this. Faults of content/sigma/ go to `faults`.
  RawRows(const ContentLibrary& library, const Lookups& lookups, Diagnostics& faults);

  std::unique_ptr<View> MakeView(const FieldNames& names, std::string_view table,
                                 const JsonValue& row) const;

 private:
  const Lookups& lookups_;
  RawNames raw_names_;
  Compiler compiler_;
  Sources sources_;
};

}  // namespace vedette::sigma
