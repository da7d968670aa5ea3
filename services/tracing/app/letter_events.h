// What tracing tells the suite: the events of its feed. No child's name, no identity number. Pure.
#pragma once

#include <string>
#include <vector>

#include "store/event_log.h"
#include "tracing/app/letter_content.h"
#include "tracing/store/letter_repository.h"

namespace tracing {

// The events of one record of a step, if it has any.
std::vector<store::NewEvent> EventsOf(const Record& record, const LetterRow& row,
                                      const std::string& peer_name, base::UtcTime now);
// What is told of another county's answer besides the letter that it answers.
struct ReplyNews {
  v1::ReplyLetter reply = {};
  std::uint32_t seq = 0;
  std::string document_no = {};
  std::string peer_name = {};
  std::string third_name = {};
  bool forwarding = false;  // the machine asks the third county by itself
};
store::NewEvent ReplyEvent(const LetterRow& row, const ReplyNews& news, base::UtcTime now);
// A visit that a letter needs; the child's name stays in the letter.
struct HouseholdNews {
  std::string asker_name = {};
  std::string text = {};
  std::string town = {};
  std::int64_t person_id = 0;
  base::UtcTime due = {};
};
store::NewEvent HouseholdEvent(const LetterRow& row, const HouseholdNews& news, base::UtcTime now);

}  // namespace tracing
