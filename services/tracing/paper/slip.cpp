// The tear-off reply: what an office without the software fills in and sends back.
#include <fmt/format.h>

#include "tracing/domain/reply.h"
#include "tracing/paper/body.h"

namespace tracing {
namespace {

// domain.md 6.2: every code that an officer may enter.
constexpr ReplyCode kCodes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 99};
constexpr ReplyCode kRefused = 4;

}  // namespace

Slip SlipOf(const v1::Item& opening, const Parties& parties) {
  Slip slip;
  slip.to = parties.asker_bureau;
  slip.document_no = opening.document_no();
  slip.title = LetterTitle(opening);
  if (const v1::Child* const child = PaperChild(opening)) {
    slip.student = child->name();
    const std::string& number = child->id_number();
    if (number.size() > 4) slip.id_masked = "后四位" + number.substr(number.size() - 4);
  }
  slip.reply_by = DayChinese(opening.reply_by());
  if (const v1::Office* const contact = ContactOf(opening)) {
    slip.contact = contact->person();
    if (!contact->phone().empty()) slip.contact += "，电话" + contact->phone();
  }
  for (const ReplyCode code : kCodes) {
    slip.codes.push_back(EffectOf(code).name + (code == kRefused ? "（　　）次" : ""));
  }
  return slip;
}

}  // namespace tracing
