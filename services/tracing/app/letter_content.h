// Between an item's bytes (contract letter.proto) and what the protocol and the rules see of it.
//
// What comes from a stranger is mapped as it is: nothing here refuses an unknown kind or code, the
// protocol does. Pure and thread-safe.
#pragma once

#include <string>

#include "tracing/contract/exchange.pb.h"
#include "tracing/contract/letter.pb.h"
#include "tracing/contract/tracing.pb.h"
#include "tracing/domain/letters.h"
#include "tracing/domain/protocol.h"
#include "tracing/domain/reply.h"

namespace tracing {

namespace v1 = baoxue::tracing::v1;

void PutDate(base::Date day, baoxue::bus::v1::Date* out);
base::Date DateOr(const baoxue::bus::v1::Date& date, base::Date fallback);

// The child of an opening letter; null if the item holds none.
const v1::Child* ChildOf(const v1::Item& item);
// Whether it holds, at any depth, something that this release does not declare: a newer client's
// field. Nobody here knows what it says, so it does not leave the county.
// Errors: kInvalidArgument/FIELD_NOT_ALLOWED.
base::Status CheckDeclared(const google::protobuf::Message& content);
// What somebody else wrote, as our tables, events and lists hold it: each text on one plain line
// and no longer than its column. The bytes that were signed stay as they are.
inline constexpr std::size_t kNameMax = 200;        // characters
inline constexpr std::size_t kDocumentNoMax = 64;
inline constexpr std::size_t kIdMaskedMax = 32;
inline constexpr std::size_t kTermMax = 32;
void Tame(google::protobuf::Message* message);
// What CheckLetter asks about the content.
LetterFacts FactsOf(LetterKind kind, const v1::Item& content);
// The kind of the opening letter that the content is; kNone: none.
LetterKind KindOf(const v1::Item& content);

// The head of an item that is about to be written; the content is the caller's.
void PutHead(const Draft& draft, const std::string& number_prefix, v1::Item* out);
// What the clock writes: urges, copies, closings, expiries, machine's acknowledgements.
void PutOwnContent(const Draft& draft, v1::Item* out);

// An item of the other side, or one of ours that came back. Precondition: the hash is of its bytes.
Arrived ArrivedFrom(const v1::Item& item, const Digest& hash);

// A receipt whose signature was verified.
ReceiptArrived ReceiptFrom(const v1::Receipt& receipt);

// The reply that an answer is, without text.
v1::ReplyLetter ReplyOf(const Answer& answer, const std::string& bureau);
ReplyFields FieldsOfReply(const v1::ReplyLetter& reply);
std::string MaskedId(const v1::Child* child);

}  // namespace tracing
