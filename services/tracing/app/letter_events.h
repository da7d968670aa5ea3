// What tracing tells the suite: events of its feed, and the note for the asking case. No name, no
// identity number. Pure.
#pragma once

#include <string>
#include <vector>

#include "store/event_log.h"
#include "tracing/app/letter_content.h"
#include "tracing/store/letter_repository.h"

namespace tracing {

// The events of one record of a step, if it has any.
std::vector<store::NewEvent> EventsOf(const Record& record, const LetterRow& row,
                                      base::UtcTime now);
store::NewEvent ReplyEvent(const LetterRow& row, const v1::ReplyLetter& reply,
                           const std::string& document_no, base::UtcTime now);
store::NewEvent HouseholdEvent(const LetterRow& row, const std::string& asker_name,
                               const std::string& text, base::UtcTime due, base::UtcTime now);
// What the case's timeline says of a reply.
std::string NoteOf(const std::string& peer_name, const v1::ReplyLetter& reply,
                   const std::string& document_no);

}  // namespace tracing
