#include "parse/text_pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <fmt/format.h>

namespace vedette {
namespace {

constexpr uint32_t kMatchLimit = 200'000;
constexpr uint32_t kDepthLimit = 2'000;
constexpr uint32_t kMaxGroups = 64;

// Per thread: where matches are put, and the limits.
struct MatchState {
  pcre2_match_data* data = pcre2_match_data_create(kMaxGroups, nullptr);
  pcre2_match_context* context = pcre2_match_context_create(nullptr);
  const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(data);
  pcre2_jit_stack* stack = pcre2_jit_stack_create(32 * 1024, 512 * 1024, nullptr);
  MatchState() {
    pcre2_set_match_limit(context, kMatchLimit);
    pcre2_set_depth_limit(context, kDepthLimit);
    pcre2_jit_stack_assign(context, nullptr, stack);
  }
  ~MatchState() {
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    pcre2_jit_stack_free(stack);
  }
};

MatchState& State() {
  thread_local MatchState state;
  return state;
}

MatchOutcome Run(const pcre2_code* code, bool has_jit, std::string_view text, int* groups) {
  MatchState& state = State();
  const auto* subject = reinterpret_cast<PCRE2_SPTR>(text.data() == nullptr ? "" : text.data());
  // The direct way in leaves out checks of arguments that are all ours.
  *groups = has_jit ? pcre2_jit_match(code, subject, text.size(), 0, 0, state.data, state.context)
                    : pcre2_match(code, subject, text.size(), 0, 0, state.data, state.context);
  if (*groups >= 0) return MatchOutcome::kMatch;
  return *groups == PCRE2_ERROR_NOMATCH ? MatchOutcome::kNoMatch : MatchOutcome::kLimit;
}

bool Group(std::string_view text, uint32_t number, std::string_view* value) {
  if (number >= kMaxGroups) return false;
  const PCRE2_SIZE* offsets = State().offsets;
  const PCRE2_SIZE begin = offsets[2 * number];
  const PCRE2_SIZE end = offsets[2 * number + 1];
  if (begin == PCRE2_UNSET || end < begin) return false;
  *value = text.substr(begin, end - begin);
  return true;
}

}  // namespace

struct TextPattern::Code {
  pcre2_code* compiled = nullptr;
  bool has_jit = false;
  uint32_t captures = 0;
  ~Code() { pcre2_code_free(compiled); }
};

TextPattern::TextPattern(TextPattern&&) noexcept = default;
TextPattern& TextPattern::operator=(TextPattern&&) noexcept = default;
TextPattern::~TextPattern() = default;

Result<TextPattern> TextPattern::Compile(std::string_view pattern) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  TextPattern result;
  result.code_ = std::make_unique<Code>();
  result.code_->compiled = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()),
                                         pattern.size(), PCRE2_DUPNAMES, &error, &offset, nullptr);
  if (result.code_->compiled == nullptr) {
    PCRE2_UCHAR message[160];
    pcre2_get_error_message(error, message, sizeof(message));
    return Fail("bad-pattern", fmt::format("the pattern is not valid at character {}: {}",
                                           offset + 1, reinterpret_cast<char*>(message)));
  }
  uint32_t captures = 0;
  pcre2_pattern_info(result.code_->compiled, PCRE2_INFO_CAPTURECOUNT, &captures);
  if (captures >= kMaxGroups)
    return Fail("bad-pattern", fmt::format("the pattern has more than {} groups", kMaxGroups - 1));
  result.code_->captures = captures;
  result.code_->has_jit = pcre2_jit_compile(result.code_->compiled, PCRE2_JIT_COMPLETE) == 0;

  uint32_t names = 0;
  uint32_t entry_size = 0;
  PCRE2_SPTR table = nullptr;
  pcre2_pattern_info(result.code_->compiled, PCRE2_INFO_NAMECOUNT, &names);
  pcre2_pattern_info(result.code_->compiled, PCRE2_INFO_NAMEENTRYSIZE, &entry_size);
  pcre2_pattern_info(result.code_->compiled, PCRE2_INFO_NAMETABLE, &table);
  for (uint32_t i = 0; i < names; ++i) {
    const PCRE2_SPTR entry = table + i * entry_size;
    result.group_numbers_.push_back(static_cast<uint32_t>(entry[0] << 8 | entry[1]));
    result.group_names_.emplace_back(reinterpret_cast<const char*>(entry + 2));
  }
  return result;
}

MatchOutcome TextPattern::Match(std::string_view text,
                                const std::function<void(size_t, std::string_view)>& visit) const {
  int groups = 0;
  const MatchOutcome outcome = Run(code_->compiled, code_->has_jit, text, &groups);
  if (outcome != MatchOutcome::kMatch) return outcome;
  for (size_t i = 0; i < group_numbers_.size(); ++i) {
    std::string_view value;
    if (static_cast<int>(group_numbers_[i]) < groups && Group(text, group_numbers_[i], &value))
      visit(i, value);
  }
  return outcome;
}

MatchOutcome TextPattern::First(std::string_view text, std::string_view* value) const {
  int groups = 0;
  const MatchOutcome outcome = Run(code_->compiled, code_->has_jit, text, &groups);
  if (outcome != MatchOutcome::kMatch) return outcome;
  if (code_->captures == 0) return Group(text, 0, value) ? outcome : MatchOutcome::kNoMatch;
  // The first group that took part.
  for (uint32_t group = 1; group < static_cast<uint32_t>(groups); ++group) {
    if (Group(text, group, value)) return outcome;
  }
  return MatchOutcome::kNoMatch;
}

}  // namespace vedette
