// A JsonView is an event written as a JSON object under Sigma's own field names.
//
//   JsonView view(rules.fields(), *JsonValue::Read(R"({"a": {"b": [1, 2]}})"));
//   view.Get(rules.fields().Find("a.b"));        // 1 and 2
//
// A literal key at the top wins; else dots lead into objects, whichever way the name can be cut.
// Lists fan out, on the way and at the end. Refers to names and event, which must outlive it.
#pragma once

#include <vector>

#include "sigma/json_value.h"
#include "sigma/view.h"

namespace vedette::sigma {

class JsonView : public View {
 public:
  JsonView(const FieldNames& fields, const JsonValue& event) : fields_(fields), event_(event) {}

  Leaves Get(FieldId field) override;
  void AppendEveryValue(std::vector<Value>& out) override;

 private:
  const FieldNames& fields_;
  const JsonValue& event_;
  std::deque<std::vector<Value>> leaves_;  // what was handed out
};

}  // namespace vedette::sigma
