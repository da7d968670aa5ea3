#include "base/plain_text.h"
#include "base/utf8.h"
#include "tracing/contract/parcel.h"
#include "tracing/domain/wire.h"
#include "tracing/paper/body.h"
#include "tracing/paper/sheet.h"

namespace tracing {
namespace {

constexpr const char* kWarning = "含未成年人个人信息，注意保密";

std::string WithoutEnd(std::string title) {
  constexpr std::string_view kEnd = "函";
  if (title.ends_with(kEnd)) title.resize(title.size() - kEnd.size());
  return title;
}

std::string TitleOf(const v1::Item& item, const v1::Item& opening) {
  const std::string title = LetterTitle(opening);
  switch (item.content_case()) {
    case v1::Item::kReply: return WithoutEnd(title) + "复函";
    case v1::Item::kForwarding: return WithoutEnd(title) + "复函（转办）";
    case v1::Item::kRefusal: return WithoutEnd(title) + "复函（不予办理）";
    case v1::Item::kInterim: return WithoutEnd(title) + "中间答复函";
    case v1::Item::kUrge: return WithoutEnd(title) + "催办函";
    case v1::Item::kSupplement: return WithoutEnd(title) + "补充函";
    case v1::Item::kWithdrawal: return WithoutEnd(title) + "撤回函";
    case v1::Item::kReopening: return WithoutEnd(title) + "再次核查函";
    default: return title;
  }
}

std::string DayOf(const google::protobuf::Timestamp& at) {
  const base::Date day = base::DateAt(FromProto(at));
  baoxue::bus::v1::Date date;
  date.set_year(day.year());
  date.set_month(static_cast<decltype(date.month())>(day.month()));
  date.set_day(static_cast<decltype(date.day())>(day.day()));
  return DayChinese(date);
}

std::string NoteOf(const v1::Item& item) {
  const v1::Office* const contact = ContactOf(item);
  if (contact == nullptr || (contact->person().empty() && contact->phone().empty())) return "";
  std::string note = contact->person().empty() ? "" : "联系人：" + contact->person();
  if (!contact->phone().empty()) note += (note.empty() ? "联系电话：" : "，电话：") + contact->phone();
  return "（" + note + "）";
}

// What a neighbour may make as long as it likes.
void CutToPaper(Sheet& sheet) {
  constexpr std::size_t kLineMax = 200;       // characters
  constexpr std::size_t kParagraphMax = 60'000;  // bytes
  constexpr std::size_t kFilesMax = 50;
  for (SheetParagraph& one : sheet.body) {
    if (one.text.size() <= kParagraphMax) continue;
    one.text.resize(base::Utf8Prefix(std::string_view{one.text}.substr(0, kParagraphMax)));
    one.text += "……（下略，全文见系统）";
  }
  if (sheet.attachments.size() > kFilesMax) {
    sheet.attachments.resize(kFilesMax);
    sheet.attachments.emplace_back("……（其余附件见系统）");
  }
  for (std::string& one : sheet.attachments) one = base::PlainLine(one, kLineMax);
  sheet.document_no = base::PlainLine(sheet.document_no, kLineMax / 2);
  sheet.note = base::PlainLine(sheet.note, kLineMax);
  if (!sheet.slip) return;
  for (std::string* one : {&sheet.slip->document_no, &sheet.slip->student, &sheet.slip->id_masked,
                           &sheet.slip->contact}) {
    *one = base::PlainLine(*one, kLineMax / 2);
  }
}

}  // namespace

base::Result<Sheet> SheetOf(const v1::Item& item, const v1::Item& opening, const Parties& parties) {
  Sheet sheet;
  sheet.body = item.has_reply() ? ReplyBody(item, opening) : LetterBody(item);
  const bool letter = !item.has_reply() && !sheet.body.empty();
  if (sheet.body.empty()) sheet.body = OtherBody(item, opening);
  if (sheet.body.empty()) {
    return base::Error{base::Code::kInvalidArgument, "NOT_A_DOCUMENT", "该事项不是公文，不能打印"};
  }
  sheet.mark = item.from_asker() ? parties.asker_bureau : parties.answerer_bureau;
  sheet.addressee = item.from_asker() ? parties.answerer_bureau : parties.asker_bureau;
  if (PaperChild(opening) != nullptr) sheet.warning = kWarning;
  sheet.document_no = item.document_no();
  sheet.title = sheet.mark + TitleOf(item, opening);
  sheet.author = sheet.mark;
  sheet.date = DayOf(item.written_at());
  sheet.attachments = AttachmentNames(item);
  sheet.note = NoteOf(item);
  sheet.copies = parties.copies;
  const bool reply_due = ExpectsReply(LetterKindOf(opening.letter_kind()));
  if (reply_due && (letter || item.has_urge() || item.has_reopening())) {
    sheet.slip = SlipOf(opening, parties);
    if (item.has_reopening()) sheet.slip->reply_by = DayChinese(item.reopening().reply_by());
  }
  CutToPaper(sheet);
  return sheet;
}

}  // namespace tracing
