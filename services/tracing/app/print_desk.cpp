#include "tracing/app/print_desk.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/plain_text.h"
#include "tracing/contract/parcel.h"
#include "tracing/paper/sheet.h"
#include "tracing/store/codec.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::size_t kKeyBytes = 16;
constexpr std::uint32_t kLimitDefault = 200;
constexpr std::uint32_t kLimitMax = 1000;
constexpr std::size_t kPurposeMax = 300;  // bytes
constexpr std::size_t kDivisionDigits = 6;
constexpr const char* kDraftKind = "draft";

struct Wanted {
  bool by_asker = true;
  std::uint32_t seq = 1;
  ItemKind kind = ItemKind::kLetter;
};

// The words that officers say where the item's name is another.
std::string_view ItemWord(const std::string& of) {
  if (of.empty()) return "letter";
  if (of == "reply") return "answer";
  if (of == "withdrawal") return "withdraw";
  return of;
}

base::Result<Wanted> Find(const v1::PrintLetter& request, const Conversation& c) {
  const Error none{Code::kNotFound, "NO_SUCH_ITEM",
                   fmt::format("这封函件没有“{}”", request.seq() != 0
                                                       ? std::to_string(request.seq())
                                                       : std::string{ItemWord(request.of())})};
  if (request.seq() != 0) {
    const Direction& side = request.of_asker() ? c.asker() : c.answerer();
    if (request.seq() > side.size()) return none;
    return Wanted{.by_asker = request.of_asker(), .seq = request.seq(),
                  .kind = side.items[request.seq() - 1].kind};
  }
  for (const bool by_asker : {true, false}) {
    const std::vector<Item>& items = (by_asker ? c.asker() : c.answerer()).items;
    for (std::size_t i = items.size(); i > 0; --i) {
      if (ItemKindName(items[i - 1].kind) != ItemWord(request.of())) continue;
      return Wanted{.by_asker = by_asker, .seq = static_cast<std::uint32_t>(i),
                    .kind = items[i - 1].kind};
    }
  }
  return none;
}

// Urging that was due on the day on which the superior got its copy goes along with the copy.
Division CopyOf(const Conversation& c, const Wanted& wanted) {
  if (wanted.kind != ItemKind::kUrge || !wanted.by_asker) return {};
  const std::vector<Item>& items = c.asker().items;
  const bool copied = wanted.seq < items.size() && items[wanted.seq].kind == ItemKind::kCopy;
  return copied ? items[wanted.seq].to : Division{};
}

std::string Purpose(const v1::PrintLetter& request, const Conversation& c, const Wanted& wanted) {
  if (!request.purpose().empty()) return request.purpose();
  const bool ours = wanted.by_asker == (c.side == Side::kAsker);
  return c.paper && ours ? "寄送" : "存档";
}

// Without an identity number, and no longer than its column.
std::string ShortText(const std::string& given) {
  std::string text = security::MaskText(given);
  if (text.size() <= kPurposeMax) return text;
  std::size_t end = kPurposeMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

// Each part with its length, so that no two rows have the same text.
std::string RowText(const std::string& before, const PrintRow& row) {
  std::string out = before;
  for (const std::string& part :
       {std::to_string(row.print_no), row.idem_key, BytesOf(row.conversation),
        std::string{row.by_asker ? "1" : "0"}, std::to_string(row.seq), row.item_kind,
        row.document_no, row.purpose, base::ToIso(row.at), row.person_id, row.name, row.role,
        row.body}) {
    out += fmt::format("{}:{}", part.size(), part);
  }
  return out;
}

PrintMac MacOf(const Office& office) {
  return [&office](const std::string& before, const PrintRow& row) {
    return office.keyring->BlindIndex("tracing.print_log", RowText(before, row));
  };
}

std::string KindChinese(const std::string& name) {
  if (name == kDraftKind) return "拟稿";
  if (name == "attachment") return "附件";
  if (name == "evidence") return "证据";
  for (std::uint16_t i = 1; i < 64; ++i) {
    const ItemKind kind{i};
    if (IsDocument(kind) && ItemKindName(kind) == name) return ItemKindChinese(kind);
  }
  return name;
}

base::Result<v1::PrintLetterReply> Printed(const Sheet& sheet, const PrintRow& row,
                                           const std::string& file_name) {
  ASSIGN_OR_RETURN(const PrintedSheet printed, RenderSheet(sheet));
  v1::PrintLetterReply reply;
  reply.set_pdf(printed.pdf);
  reply.set_pages(static_cast<std::uint32_t>(printed.pages));
  reply.set_missing_characters(static_cast<std::uint32_t>(printed.missing));
  reply.set_file_name(file_name + ".pdf");
  PutRecord(row, reply.mutable_record());
  return reply;
}

// Without the ending. Another county's number may be a path: then it names no file.
std::string FileName(const PrintRow& row) {
  const std::string& number = row.document_no;
  const bool good = !number.empty() && number.front() != '.' &&
                    number.find_first_of("/\\:*?\"<>|") == std::string::npos;
  return good ? number : fmt::format("{}-{}", base::ToHex(row.conversation.raw), row.seq);
}

std::string FootMark(const PrintRow& row) {
  return fmt::format("打印登记第{}号　{}　{}　用途：{}", row.print_no,
                     row.name.empty() ? row.person_id : row.name,
                     base::ToLocal(row.at).substr(0, 16), row.purpose);
}

}  // namespace

void PutRecord(const PrintRow& row, v1::PrintRecord* out) {
  out->set_print_no(static_cast<std::uint64_t>(row.print_no));
  out->set_conversation_id(BytesOf(row.conversation));
  out->set_of_asker(row.by_asker);
  out->set_seq(row.seq);
  out->set_kind(row.item_kind);
  out->set_kind_name(KindChinese(row.item_kind));
  out->set_document_no(row.document_no);
  out->set_purpose(row.purpose);
  *out->mutable_at() = ToProto(row.at);
  out->mutable_by()->set_person_id(row.person_id);
  out->mutable_by()->set_name(row.name);
  out->mutable_by()->set_role(row.role);
  out->mutable_by()->set_body(row.body);
}

// How an office is addressed on paper.
std::string PrintDesk::BureauOf(Division division) const {
  const Office& office = letters_.office();
  if (division == office.self) return office.bureau;
  const std::shared_ptr<const Book> book = office.book();
  const v1::Member* const member = book->directory.Find(division.ToString());
  if (member != nullptr && !member->bureau().empty()) return member->bureau();
  if (member != nullptr && !member->name().empty()) return member->name() + "教育行政部门";
  return fmt::format("教育行政部门（行政区划代码{}）", division.ToString());
}

base::Result<v1::PrintLetterReply> PrintDesk::Print(const v1::PrintLetter& request,
                                                    const baoxue::bus::v1::Actor& actor,
                                                    const std::string& idem_key) {
  if (idem_key.size() != kKeyBytes) {
    return Error{Code::kInvalidArgument, "KEY_MISSING", "a write needs a 16-byte idempotency key"};
  }
  const ConversationId id = IdFrom(request.conversation_id());
  ASSIGN_OR_RETURN(const LetterRow letter, letters_.Get(id));
  const Conversation& c = letter.conversation;
  const bool first = request.seq() == 0 && ItemWord(request.of()) == "letter";
  if (!letter.draft.empty() && (first || request.of() == kDraftKind)) {
    return PrintDraft(letter, request, actor, idem_key);
  }
  ASSIGN_OR_RETURN(const Wanted wanted, Find(request, c));
  ASSIGN_OR_RETURN(const v1::Item opening, letters_.ItemOf(id, true, 1));
  ASSIGN_OR_RETURN(const v1::Item item, letters_.ItemOf(id, wanted.by_asker, wanted.seq));
  const bool asker = c.side == Side::kAsker;
  Parties parties{.asker_bureau = BureauOf(asker ? c.self : c.peer),
                  .answerer_bureau = BureauOf(asker ? c.peer : c.self)};
  if (const Division copy = CopyOf(c, wanted)) parties.copies.push_back(BureauOf(copy));
  ASSIGN_OR_RETURN(Sheet sheet, SheetOf(item, opening, parties));

  ASSIGN_OR_RETURN(const PrintRow row,
                   Record({.idem_key = idem_key, .conversation = id, .by_asker = wanted.by_asker,
                           .seq = wanted.seq, .item_kind = std::string{ItemKindName(wanted.kind)},
                           .document_no = base::PlainLine(item.document_no(), kDocumentNoMax),
                           .purpose = Purpose(request, c, wanted)},
                          actor));
  sheet.printed_at = row.at;
  sheet.print_mark = FootMark(row);
  return Printed(sheet, row, FileName(row));
}

base::Result<PrintRow> PrintDesk::Record(PrintRow row, const baoxue::bus::v1::Actor& actor) {
  row.at = letters_.Now();
  row.person_id = actor.person_id();
  row.name = actor.name();
  row.role = actor.role();
  row.body = actor.body();
  row.purpose = ShortText(row.purpose);
  return letters_.pool().Transact([&](store::Transaction& tx) {
    return SavePrint(tx, row, MacOf(letters_.office()));
  });
}

base::Result<v1::PrintLetterReply> PrintDesk::PrintDraft(const LetterRow& letter,
                                                         const v1::PrintLetter& request,
                                                         const baoxue::bus::v1::Actor& actor,
                                                         const std::string& idem_key) {
  const Conversation& c = letter.conversation;
  ASSIGN_OR_RETURN(v1::Item item, letters_.DraftOf(letter));
  *item.mutable_written_at() = ToProto(letters_.Now());
  ASSIGN_OR_RETURN(Sheet sheet, SheetOf(item, item, {.asker_bureau = BureauOf(c.self),
                                                     .answerer_bureau = BureauOf(c.peer),
                                                     .copies = {}}));
  sheet.draft = true;
  sheet.document_no = "（草稿，未编号）";
  sheet.slip.reset();
  ASSIGN_OR_RETURN(const PrintRow row,
                   Record({.idem_key = idem_key, .conversation = c.id, .by_asker = true, .seq = 0,
                           .item_kind = kDraftKind, .document_no = {},
                           .purpose = request.purpose().empty() ? "签发前审阅" : request.purpose()},
                          actor));
  sheet.printed_at = row.at;
  sheet.print_mark = FootMark(row);
  return Printed(sheet, row, base::ToHex(c.id.raw) + "-草稿");
}

// The whole log from its first row: each number follows the one before, each mac is its row's.
base::Status PrintDesk::Check(v1::ListPrintsReply* reply) {
  const PrintMac mac = MacOf(letters_.office());
  std::string before;
  PrintFilter page{.limit = kLimitMax};
  for (;;) {
    std::vector<PrintRow> rows;
    RETURN_IF_ERROR(letters_.pool().WithSession([&](store::Session& session) -> base::Status {
      ASSIGN_OR_RETURN(rows, ListPrints(session, page));
      return {};
    }));
    for (const PrintRow& row : rows) {
      if (row.print_no != page.after + 1 || row.mac != mac(before, row)) {
        reply->set_broken_at(static_cast<std::uint64_t>(row.print_no));
        return {};
      }
      page.after = row.print_no;
      before = row.mac;
      reply->set_checked(reply->checked() + 1);
    }
    if (rows.size() < page.limit) return {};
  }
}

base::Result<v1::ListPrintsReply> PrintDesk::List(const v1::ListPrints& request) {
  PrintFilter filter;
  if (!request.conversation_id().empty()) {
    filter.conversation = IdFrom(request.conversation_id());
  }
  constexpr base::Date kNone{};
  if (const base::Date day = DateOr(request.from(), kNone); request.has_from()) {
    if (day == kNone) return Error{Code::kInvalidArgument, "BAD_DATE", "没有这一天"};
    filter.from = base::InstantAt(day, 0);
  }
  if (const base::Date day = DateOr(request.until(), kNone); request.has_until()) {
    if (day == kNone) return Error{Code::kInvalidArgument, "BAD_DATE", "没有这一天"};
    filter.before = base::InstantAt(day + std::chrono::days{1}, 0);
  }
  filter.after = static_cast<std::int64_t>(request.after());
  filter.limit = request.limit() == 0 ? kLimitDefault : std::min(request.limit(), kLimitMax);
  v1::ListPrintsReply reply;
  std::vector<PrintRow> rows;
  RETURN_IF_ERROR(letters_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(rows, ListPrints(session, filter));
    return {};
  }));
  for (const PrintRow& row : rows) PutRecord(row, reply.add_prints());
  if (request.check()) RETURN_IF_ERROR(Check(&reply));
  return reply;
}

base::Status PrintDesk::PutPaper(const ConversationId& id, v1::Letter* out) {
  std::vector<PrintRow> prints;
  std::vector<PaperProof> proofs;
  RETURN_IF_ERROR(letters_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(prints, ListPrints(session, {.conversation = id, .limit = kLimitMax}));
    ASSIGN_OR_RETURN(proofs, ProofsOf(session, id));
    return {};
  }));
  for (const PrintRow& row : prints) PutRecord(row, out->add_printed());
  for (const PaperProof& proof : proofs) {
    for (v1::LogEntry& entry : *out->mutable_log()) {
      if (entry.by_asker() != proof.by_asker || entry.seq() != proof.seq) continue;
      entry.set_by_hand(proof.reference + (proof.on ? " " + proof.on->ToString() : ""));
    }
  }
  return {};
}

base::Status KeepProof(store::Transaction& tx, const v1::DoLetterAct& act, const LetterRow& after,
                       const baoxue::bus::v1::Actor& actor, base::UtcTime now) {
  if (act.kind() != "receipt_by_hand") return {};
  PaperProof proof{.conversation = after.conversation.id,
                   .by_asker = after.conversation.side == Side::kAsker,
                   .seq = after.conversation.delivered, .reference = act.reference(), .on = {},
                   .at = now, .by = actor.person_id()};
  if (act.has_on()) {
    const base::Date day = DateOr(act.on(), base::Date{});
    if (day == base::Date{}) return Error{Code::kInvalidArgument, "BAD_DATE", "没有这一天"};
    proof.on = day;
  }
  return SaveProof(tx, proof);
}

base::Result<v1::PutPaperOfficeReply> PrintDesk::PutOffice(const v1::PutPaperOffice& request,
                                                           const baoxue::bus::v1::Actor& actor) {
  ASSIGN_OR_RETURN(const Division division, Division::Parse(request.division()));
  const std::string code = division.ToString();
  if (code.size() != kDivisionDigits || division == letters_.office().self) {
    return Error{Code::kInvalidArgument, "BAD_OFFICE", "请写对方的六位行政区划代码"};
  }
  if (!request.remove() && (request.name().empty() || request.bureau().empty())) {
    return Error{Code::kInvalidArgument, "BAD_OFFICE", "请写明对方的名称和教育行政部门名称"};
  }
  const PaperOffice office{.division = code, .name = request.name(), .bureau = request.bureau(),
                           .post_address = request.post_address()};
  v1::PutPaperOfficeReply reply;
  RETURN_IF_ERROR(letters_.pool().InTransaction([&](store::Transaction& tx) -> base::Status {
    if (request.remove()) {
      ASSIGN_OR_RETURN(const bool was, DeletePaperOffice(tx, code));
      reply.set_known_before(was);
      return {};
    }
    ASSIGN_OR_RETURN(const std::vector<PaperOffice> all, LoadPaperOffices(tx));
    reply.set_known_before(std::any_of(all.begin(), all.end(), [&](const PaperOffice& one) {
      return one.division == code;
    }));
    return SavePaperOffice(tx, office, actor.person_id(), letters_.Now());
  }));
  return reply;
}

base::Result<std::vector<v1::Directory>> PaperOfficeFiles(store::Pool& pool) {
  std::vector<PaperOffice> offices;
  RETURN_IF_ERROR(pool.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(offices, LoadPaperOffices(session));
    return {};
  }));
  std::vector<v1::Directory> files;
  for (const PaperOffice& office : offices) {
    v1::Directory& file = files.emplace_back();
    file.set_issuer(office.division);
    v1::Member& member = *file.add_members();  // serial 0: any signed record is newer
    member.set_division(office.division);
    member.set_name(office.name);
    member.set_bureau(office.bureau);
    member.set_post_address(office.post_address);
    member.set_paper(true);
  }
  return files;
}

}  // namespace tracing
