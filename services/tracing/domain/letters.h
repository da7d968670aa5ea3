// Which fields each kind of letter may carry; nothing else can leave the county.
//
// The contract has one message per kind with exactly these fields (a test compares them); what is
// not in the list has no place to be put. Required fields are checked before a letter is issued.
// Errors: kInvalidArgument/ FIELD_MISSING, CHILD_MISSING, HOME_VISIT_MISSING, TEXT_TOO_LONG,
// FIELD_NOT_ALLOWED, NOT_AN_OPENING_LETTER; details Chinese. Pure and thread-safe.
// Source: domain.md 6.2 (fields; 已采取措施 with at least one 家访), PIPL art. 6, 28, 34 (minimum).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tracing/domain/types.h"

namespace tracing {

struct LetterField {
  std::string_view name = {};      // as in the contract: "child.id_number"
  std::string_view chinese = {};
  bool required = false;
};
// Every field that letters of the kind may carry.
const std::vector<LetterField>& FieldsOf(LetterKind kind);

// What the shell says about the content that it is about to issue.
struct LetterFacts {
  LetterKind kind = LetterKind::kNone;
  std::vector<std::string> present = {};   // names of non-empty fields
  int home_visits = 0;                     // among the measures
  std::size_t longest_text = 0;            // characters
};
base::Status CheckLetter(const LetterFacts& facts);

}  // namespace tracing
