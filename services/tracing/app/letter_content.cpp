#include "tracing/app/letter_content.h"

#include <algorithm>

#include "base/plain_text.h"
#include "security/security.h"
#include "tracing/contract/parcel.h"
#include "tracing/domain/numbering.h"
#include "tracing/domain/wire.h"
#include "tracing/store/codec.h"

namespace tracing {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void Longest(const Message& message, std::size_t& longest) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->is_repeated()) {
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
      for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
        Longest(reflection->GetRepeatedMessage(message, field, i), longest);
      }
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Longest(reflection->GetMessage(message, field), longest);
    } else if (field->type() == FieldDescriptor::TYPE_STRING) {
      longest = std::max(longest, reflection->GetString(message, field).size() / 3);
    }
  }
}

bool SaysUndeclared(const Message& message) {
  const auto* reflection = message.GetReflection();
  if (!reflection->GetUnknownFields(message).empty()) return true;
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      if (SaysUndeclared(reflection->GetMessage(message, field))) return true;
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      if (SaysUndeclared(reflection->GetRepeatedMessage(message, field, i))) return true;
    }
  }
  return false;
}

// The opening letter's message within the item; null: none.
const Message* LetterOf(const v1::Item& item) {
  switch (item.content_case()) {
    case v1::Item::kInquiry: return &item.inquiry();
    case v1::Item::kSearch: return &item.search();
    case v1::Item::kPersuasion: return &item.persuasion();
    case v1::Item::kTransfer: return &item.transfer();
    case v1::Item::kProof: return &item.proof();
    case v1::Item::kNotice: return &item.notice();
    default: return nullptr;
  }
}

// 同教函〔2026〕37号, whatever its prefix.
DocumentNumber NumberFrom(const std::string& text) {
  const std::size_t bracket = text.find("〔");
  if (bracket == std::string::npos) return {};
  const auto number = ParseNumber(text.substr(0, bracket), text);
  return number.ok() ? *number : DocumentNumber{};
}

Division DivisionFrom(const std::string& code) {
  const auto division = Division::Parse(code);
  return division.ok() ? *division : Division{};
}

}  // namespace

void PutDate(base::Date day, baoxue::bus::v1::Date* out) {
  out->set_year(day.year());
  out->set_month(static_cast<std::int32_t>(day.month()));
  out->set_day(static_cast<std::int32_t>(day.day()));
}

base::Date DateOr(const baoxue::bus::v1::Date& date, base::Date fallback) {
  if (date.month() < 1 || date.day() < 1 || date.year() < 1900 || date.year() > 2200) {
    return fallback;
  }
  return base::Date::FromYmd(date.year(), static_cast<unsigned>(date.month()),
                             static_cast<unsigned>(date.day()))
      .value_or(fallback);
}

const v1::Child* ChildOf(const v1::Item& item) {
  const Message* const letter = LetterOf(item);
  if (letter == nullptr) return nullptr;
  const auto* const field = letter->GetDescriptor()->FindFieldByName("child");
  if (field == nullptr || !letter->GetReflection()->HasField(*letter, field)) return nullptr;
  return dynamic_cast<const v1::Child*>(&letter->GetReflection()->GetMessage(*letter, field));
}

base::Status CheckDeclared(const Message& content) {
  if (!SaysUndeclared(content)) return {};
  return base::Error{base::Code::kInvalidArgument, "FIELD_NOT_ALLOWED",
                     "内容含有本系统不认识的项目，不得发往外县；请先升级本县的协查服务"};
}

void Tame(Message* message) {
  const auto* reflection = message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (is_message && field->is_repeated()) {
      for (int i = 0; i < reflection->FieldSize(*message, field); ++i) {
        Tame(reflection->MutableRepeatedMessage(message, field, i));
      }
    } else if (is_message) {
      Tame(reflection->MutableMessage(message, field));
    } else if (field->type() == FieldDescriptor::TYPE_STRING && !field->is_repeated()) {
      const std::size_t most = field->name().ends_with("document_no")   ? kDocumentNoMax
                               : field->name() == "last_paid_term" ? kTermMax
                                                                   : kNameMax;
      reflection->SetString(message, field,
                            base::PlainLine(reflection->GetString(*message, field), most));
    }
  }
}

LetterFacts FactsOf(LetterKind kind, const v1::Item& content) {
  LetterFacts facts;
  facts.kind = kind;
  const Message* const letter = LetterOf(content);
  if (letter == nullptr) return facts;
  std::vector<const FieldDescriptor*> fields;
  letter->GetReflection()->ListFields(*letter, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->name() != "child") facts.present.push_back(field->name());
  }
  if (const v1::Child* const child = ChildOf(content)) {
    fields.clear();
    child->GetReflection()->ListFields(*child, &fields);
    for (const FieldDescriptor* field : fields) facts.present.push_back("child." + field->name());
  }
  const auto visits = [&](const auto& measures) {
    for (const v1::Measure& one : measures) facts.home_visits += one.kind() == "家访" ? 1 : 0;
  };
  if (content.has_inquiry()) visits(content.inquiry().measures());
  if (content.has_persuasion()) visits(content.persuasion().measures());
  Longest(*letter, facts.longest_text);
  return facts;
}

LetterKind KindOf(const v1::Item& content) {
  switch (content.content_case()) {
    case v1::Item::kInquiry: return LetterKind::kHc;
    case v1::Item::kSearch: return LetterKind::kXc;
    case v1::Item::kPersuasion: return LetterKind::kQf;
    case v1::Item::kTransfer: return LetterKind::kZx;
    case v1::Item::kProof: return LetterKind::kJd;
    case v1::Item::kNotice: return LetterKind::kGz;
    default: return LetterKind::kNone;
  }
}

void PutHead(const Draft& draft, const std::string& number_prefix, v1::Item* out) {
  const Conversation& c = draft.conversation;
  const bool asker = c.side == Side::kAsker;
  out->set_version(kProtocolVersion);
  out->set_conversation_id(BytesOf(c.id));
  out->set_asker((asker ? c.self : c.peer).ToString());
  out->set_answerer((asker ? c.peer : c.self).ToString());
  out->set_from_asker(draft.by_asker);
  out->set_seq(draft.seq);
  out->set_previous(BytesOf(draft.previous));
  out->set_seen_seq(draft.seen_seq);
  out->set_seen_head(BytesOf(draft.seen_head));
  *out->mutable_written_at() = ToProto(draft.item.at);
  if (draft.item.number.number > 0) {
    out->set_document_no(FormatNumber(number_prefix, draft.item.number));
  }
  out->set_letter_kind(static_cast<v1::LetterKind>(c.kind));
  if (draft.item.due != base::Date{}) PutDate(draft.item.due, out->mutable_reply_by());
  for (const Hop& hop : c.hops) {
    v1::ForwardedFrom& one = *out->add_forwarded_from();
    one.set_conversation_id(BytesOf(hop.conversation));
    one.set_by(hop.by.ToString());
    one.set_item_hash(BytesOf(hop.forwarding));
  }
  out->set_kind(static_cast<std::uint32_t>(draft.item.kind));
  out->set_step(draft.item.step);
}

void PutOwnContent(const Draft& draft, v1::Item* out) {
  switch (draft.item.kind) {
    case ItemKind::kUrge: {
      v1::UrgeLetter& urge = *out->mutable_urge();
      urge.set_step(draft.item.step);
      const base::Date due = Fold(draft.conversation).reply_by;
      if (due != base::Date{}) PutDate(due, urge.mutable_was_due());
      urge.set_text("该函回复期限已到，请尽快函复。");
      break;
    }
    case ItemKind::kCopy: {
      out->mutable_superior_copied()->set_superior(draft.item.to.ToString());
      out->mutable_superior_copied()->set_step(draft.item.step);
      break;
    }
    case ItemKind::kExpire: out->mutable_expiry()->set_text("逾期未复，本次查询终止。"); break;
    case ItemKind::kClose: out->mutable_closing()->set_text("已收悉，办结。"); break;
    case ItemKind::kAcknowledge: out->mutable_acknowledgement()->set_by_machine(true); break;
    default: break;
  }
}

Arrived ArrivedFrom(const v1::Item& in, const Digest& hash) {
  Arrived out;
  out.id = IdFrom(in.conversation_id());
  out.asker = DivisionFrom(in.asker());
  out.answerer = DivisionFrom(in.answerer());
  out.from_asker = in.from_asker();
  out.seq = in.seq();
  out.previous = DigestFrom(in.previous());
  out.seen_head = DigestFrom(in.seen_head());
  out.kind = LetterKindOf(in.letter_kind());
  for (const v1::ForwardedFrom& hop : in.forwarded_from()) {
    out.hops.push_back({.conversation = IdFrom(hop.conversation_id()),
                        .by = DivisionFrom(hop.by()),
                        .forwarding = DigestFrom(hop.item_hash())});
  }
  Item& item = out.item;
  item.kind = ItemKindOf(in.kind());
  item.step = NarrowOf<std::uint16_t>(in.step());
  item.seen = in.seen_seq();
  item.number = NumberFrom(in.document_no());
  item.at = FromProto(in.written_at());
  item.hash = hash;
  item.by_hand = !in.by_hand().empty();
  if (in.has_reply_by()) item.due = DateOr(in.reply_by(), base::Date{});
  if (in.has_reply()) {
    item.code = ReplyCodeOf(in.reply().code());
    item.by_machine = in.reply().by_machine();
  }
  if (in.has_forwarding()) {
    item.code = 11;
    item.to = DivisionFrom(in.forwarding().to());
  }
  if (in.has_superior_copied()) item.to = DivisionFrom(in.superior_copied().superior());
  if (in.has_acknowledgement()) item.by_machine = in.acknowledgement().by_machine();
  if (in.has_interim() && in.interim().has_until()) {
    item.due = DateOr(in.interim().until(), base::Date{});
    item.code = 12;
  }
  return out;
}

ReceiptArrived ReceiptFrom(const v1::Receipt& receipt) {
  return {.of_asker = receipt.of_asker(),
          .seq = receipt.seq(),
          .hash = DigestFrom(receipt.item_hash()),
          .head = DigestFrom(receipt.head()),
          .sent_seq = receipt.sent_seq(),
          .state = LetterStateOf(receipt.state())};
}

v1::ReplyLetter ReplyOf(const Answer& answer, const std::string& bureau) {
  v1::ReplyLetter reply;
  reply.set_code(static_cast<v1::ReplyCode>(answer.code));
  reply.set_school(answer.school);
  reply.set_grade_class(answer.grade_class);
  reply.set_student_no(answer.student_no);
  if (answer.since != base::Date{}) PutDate(answer.since, reply.mutable_since());
  reply.set_third_division(answer.third.ToString());
  reply.set_last_paid_term(answer.last_paid_term);
  reply.set_last_paid_fen(answer.last_paid_fen);
  reply.mutable_contact()->set_body(bureau);
  return reply;
}

ReplyFields FieldsOfReply(const v1::ReplyLetter& reply) {
  return {.code = ReplyCodeOf(reply.code()),
          .has_school = !reply.school().empty(),
          .has_since = reply.has_since(),
          .has_until = reply.has_until(),
          .has_third = !reply.third_division().empty() || !reply.third_address().empty(),
          .has_text = !reply.text().empty(),
          .persuasions = static_cast<int>(std::min<std::uint32_t>(reply.persuasions(), 10'000))};
}

std::string MaskedId(const v1::Child* child) {
  if (child == nullptr || child->id_number().empty()) return "";
  return base::PlainLine(security::MaskIdNumber(child->id_number()), kIdMaskedMax);
}

}  // namespace tracing
