// What letters bring to the list of children who live elsewhere, taken from the own feed.
#include <fmt/format.h>

#include <algorithm>

#include "host/log.h"
#include "tracing/app/away_desk.h"
#include "tracing/contract/parcel.h"
#include "tracing/domain/wire.h"
#include "tracing/store/codec.h"

namespace tracing {
namespace {

constexpr std::string_view kPosition = "tracing.away";  // of the own feed
constexpr std::size_t kEventsAtOnce = 500;

// The last answer of a side, as a finding; a forwarding is R11.
std::optional<AwayFinding> FindingIn(const std::vector<v1::EvidenceItem>& items,
                                     const Book& book, base::Date today,
                                     v1::ReplyLetter& reply) {
  std::optional<AwayFinding> finding;
  for (const v1::EvidenceItem& one : items) {
    v1::Item item;
    if (!item.ParseFromString(one.item().item())) continue;
    Tame(&item);
    if (item.has_forwarding()) {
      reply.Clear();
      reply.set_code(v1::REPLY_CODE_R11);
      reply.set_third_division(item.forwarding().to());
    } else if (item.has_reply()) {
      reply = item.reply();
    } else {
      continue;
    }
    finding.emplace();
    finding->code = ReplyCodeOf(reply.code());
    finding->has_school = !reply.school().empty();
    const auto day = [](const baoxue::bus::v1::Date& date) {
      const base::Date value = DateOr(date, base::Date{});
      return value == base::Date{} ? std::nullopt : std::optional{value};
    };
    finding->since = day(reply.since());
    finding->until = day(reply.until());
    finding->third = PlaceIn(book, reply.third_division(), today);
  }
  return finding;
}

}  // namespace

base::Result<std::uint64_t> AwayDesk::FeedLag(store::Session& session) {
  ASSIGN_OR_RETURN(const std::uint64_t head, store::HeadOf(session, "tracing"));
  ASSIGN_OR_RETURN(const std::uint64_t position, store::LoadPosition(session, kPosition));
  return head > position ? head - position : 0;
}

base::Result<std::uint64_t> AwayDesk::RunFeed() {
  std::uint64_t position = 0;
  std::vector<store::StoredEvent> read;
  RETURN_IF_ERROR(letters_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(position, store::LoadPosition(session, kPosition));
    ASSIGN_OR_RETURN(read, store::ReadEvents(session, "tracing", position, kEventsAtOnce));
    return {};
  }));
  if (read.empty()) return 0;
  std::vector<News> news;
  for (const store::StoredEvent& event : read) {
    if (auto one = Read(event)) news.push_back(*std::move(one));
  }
  const base::Status taken = InTransaction([&](store::Transaction& tx,
                                               Events& events) -> base::Status {
    ASSIGN_OR_RETURN(const std::uint64_t locked, store::LockPosition(tx, kPosition));
    if (locked != position) return {};  // another copy was faster
    for (const News& one : news) RETURN_IF_ERROR(Take(tx, one, events));
    return store::SavePosition(tx, kPosition, read.back().seq);
  });
  if (!taken.ok()) return taken.error();
  return read.size();
}

std::optional<AwayDesk::News> AwayDesk::Read(const store::StoredEvent& event) {
  const std::string& type = event.event.type;
  std::optional<News> news;
  if (type == "tracing.letter.received") {
    v1::LetterChanged message;
    if (!message.ParseFromString(event.event.payload) || !message.incoming()) return std::nullopt;
    if (message.kind() == v1::LETTER_KIND_GZ) {
      return ReadHandOver(IdFrom(message.conversation_id()));
    }
  }
  if (!letters_.PolicyNow().away.enabled) return std::nullopt;
  if (type == "tracing.reply.received") {
    v1::ReplyReceived message;
    if (!message.ParseFromString(event.event.payload)) return std::nullopt;
    news = ReadAnswer(IdFrom(message.conversation_id()), false);
  } else if (type == "tracing.letter.received" || type == "tracing.letter.answered" ||
             type == "tracing.letter.forwarded") {
    v1::LetterChanged message;
    if (!message.ParseFromString(event.event.payload)) return std::nullopt;
    const ConversationId id = IdFrom(message.conversation_id());
    if (type == "tracing.letter.received") {
      if (!message.incoming() || message.kind() != v1::LETTER_KIND_JD) return std::nullopt;
      news = ReadProof(id);
    } else if (message.incoming()) {
      news = ReadAnswer(id, true);
    } else if (type == "tracing.letter.forwarded") {
      news = ReadAnswer(id, false);
    }
  }
  if (news) news->seq = event.seq;
  return news;
}

// A 就读证明函 that arrived by itself.
std::optional<AwayDesk::News> AwayDesk::ReadProof(const ConversationId& id) {
  auto item = letters_.ItemOf(id, true, 1);
  if (!item.ok() || !item->has_proof()) return std::nullopt;
  Tame(&*item);
  const v1::ProofLetter& proof = item->proof();
  News news;
  news.conversation = id;
  news.child_key = AwayKeyOf(proof.child(), *letters_.office().keyring);
  news.proof_letter = true;
  news.finding.code = 1;
  news.finding.has_school = !proof.school().empty();
  const base::Date since = DateOr(proof.since(), base::Date{});
  if (since != base::Date{}) news.finding.since = since;
  news.school = proof.school();
  news.text = fmt::format("就读证明函{}：{}", item->document_no(), proof.school());
  return news;
}

// A file that another county hands over: the township visits the family, whatever we keep of it.
std::optional<AwayDesk::News> AwayDesk::ReadHandOver(const ConversationId& id) {
  auto item = letters_.ItemOf(id, true, 1);
  if (item.ok()) Tame(&*item);
  if (!item.ok() || !item->has_notice() || item->notice().matter() != "hand_over") {
    return std::nullopt;
  }
  const Office& office = letters_.office();
  const std::shared_ptr<const Book> book = office.book();
  const v1::Member* const asker = book->directory.Find(item->asker());
  const base::UtcTime now = letters_.Now();
  const Policy& policy = office.PolicyAt(now);
  v1::HouseholdTaskWanted out;
  out.set_conversation_id(BytesOf(id));
  out.set_kind(v1::LETTER_KIND_GZ);
  out.set_asker(item->asker());
  out.set_asker_name(asker == nullptr ? "" : asker->name());
  out.set_document_no(item->document_no());
  *out.mutable_due() = ToProto(base::InstantAt(
      office.calendar.AddWorkingDays(base::DateAt(now), policy.reply.household_days),
      policy.deadlines.day_end_minute));
  out.set_text("外县移交辍学学生学籍，请入户核实并动员复学");
  out.set_purpose("hand_over");
  out.set_reference("hand_over/" + base::ToHex(id.raw));
  News news;
  news.household = store::NewEvent{.type = "tracing.household.wanted",
                                   .subject = "letter/" + base::ToHex(id.raw),
                                   .time = now,
                                   .payload = out.SerializeAsString(),
                                   .payload_type = out.GetDescriptor()->full_name(),
                                   .correlation_id = BytesOf(id),
                                   .causation_id = {}};
  return news;
}

// An answer to a letter of ours; or our own, when it says that a child of ours lives elsewhere.
std::optional<AwayDesk::News> AwayDesk::ReadAnswer(const ConversationId& id, bool ours) {
  const Office& office = letters_.office();
  const base::Date today = base::DateAt(letters_.Now());
  auto letter = letters_.ItemOf(id, true, 1);
  const auto items = letters_.Items(id, false);
  if (!letter.ok() || !items.ok()) return std::nullopt;
  Tame(&*letter);
  const v1::Child* const child = ChildOf(*letter);
  if (child == nullptr) return std::nullopt;
  const std::shared_ptr<const Book> book = office.book();
  News news;
  v1::ReplyLetter reply;
  const auto finding = FindingIn(*items, *book, today, reply);
  if (!finding) return std::nullopt;
  news.conversation = id;
  news.child_key = AwayKeyOf(*child, *office.keyring);
  news.finding = *finding;
  news.school = reply.school();
  news.text = fmt::format("{}{}", EffectOf(finding->code).name,
                          reply.school().empty() ? "" : "：" + reply.school());
  if (!ours) {
    const auto row = letters_.Get(id);
    if (!row.ok()) return std::nullopt;
    for (const Hop& hop : row->conversation.hops) news.asked_before.push_back(hop.conversation);
    return news;
  }
  const auto household = book->divisions.ResolveText(child->household_division(), today);
  const bool of_us = household.ok() && *household == office.self;
  if (finding->code != 5 || !finding->third || finding->third == office.self || !of_us) {
    return std::nullopt;
  }
  v1::AwayEntry& entry = news.elsewhere.emplace();
  *entry.mutable_child() = *child;
  entry.mutable_child()->clear_school();
  entry.set_town("（来函查询，乡镇待补）");
  entry.set_division(finding->third.ToString());
  entry.set_address(reply.third_address());
  entry.set_phone(reply.third_phone());
  PutDate(today, entry.mutable_left_on());
  return news;
}

base::Status AwayDesk::Take(store::Transaction& tx, const News& news, Events& events) {
  if (news.household) {  // every item of the letter tells that it came: the task is wanted once
    const std::string key = security::Sha256("hand_over" + news.household->correlation_id);
    ASSIGN_OR_RETURN(const auto known, store::FindReply(tx, key));
    if (known) return {};
    events.push_back(*news.household);
    return store::RememberReply(tx, key, "tracing.hand_over.in", "", letters_.Now());
  }
  if (news.elsewhere) {
    if (!ProblemsOf(*news.elsewhere, letters_.office(), base::DateAt(letters_.Now())).empty()) {
      host::LogWarn("tracing.away_not_listed", {{"event", news.seq}});
      return {};
    }
    return FoundElsewhere(tx, *news.elsewhere, "我县回函：随父母在第三地", events);
  }
  ASSIGN_OR_RETURN(std::optional<AwayRow> row, LockAwayByKey(tx, news.child_key));
  if (!row) return {};
  const AwayContext context = ContextNow();
  const AwayStep next = Found(row->child, news.finding, letters_.office().self, context);
  const bool same = next.child == row->child;
  // A letter of another matter about the same child proves schooling, and nothing else.
  const auto& before = news.asked_before;
  const bool asked_on =
      row->conversation && std::ranges::find(before, *row->conversation) != before.end();
  const bool asked = news.proof_letter || row->conversation == news.conversation || asked_on;
  if (same && !asked) return {};
  if (!asked && next.told != "proven") return {};
  const bool was_missing = MissingTold(row->child);
  row->child = next.child;
  Step step{.kind = next.told.empty() ? "answer" : next.told,
            .text = news.text,
            .event = next.told,
            .actor = Machine(),
            .conversation = asked_on ? std::optional{news.conversation} : std::nullopt,
            .was_missing = was_missing,
            .suspect = context.rules.suspect};
  if (next.told == "proven") {
    row->school = news.school;
    if (news.finding.since) row->school_since = news.finding.since;
  }
  if (next.told == "proof_missing" && context.rules.visit_missing) {
    events.push_back(WantVisit(*row, "居住地答复未见就读，请入户或电话核实"));
  }
  return Save(tx, *row, step, events);
}

base::Status AwayDesk::Visit(const AwayAnswer& answer, const AwayFinding& finding,
                             const std::string& school, const std::string& text) {
  return InTransaction([&](store::Transaction& tx, Events& events) -> base::Status {
    ASSIGN_OR_RETURN(std::optional<AwayRow> row, LockAway(tx, answer.away_id));
    ASSIGN_OR_RETURN(const bool taken, TakeAwayAnswer(tx, answer));
    if (!row || !taken || !IsTracked(row->child.state)) return {};
    Step step{.kind = "visited", .text = text, .event = "", .actor = Machine(),
              .conversation = {}, .was_missing = MissingTold(row->child)};
    if (finding.code == 3) {
      row->look = true;  // the registry says whether the child sits in a class
    } else if (finding.code != 6 && finding.code != 99) {
      const AwayContext context = ContextNow();
      const AwayStep next = Found(row->child, finding, letters_.office().self, context);
      row->child = next.child;
      step.suspect = context.rules.suspect;
      step.event = next.told;
      if (next.told == "proven") {
        row->school = school;
        row->school_since = finding.since;
      }
    }  // else nothing new about schooling: the letter and its date decide
    return Save(tx, *row, step, events);
  });
}

}  // namespace tracing
