#include "tracing/contract/evidence.h"

#include <algorithm>

#include <fmt/format.h>

#include "security/security.h"
#include "tracing/contract/letter.pb.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kFirstLine = "baoxue-evidence 1\n";
constexpr std::size_t kDigestBytes = 32;

void AppendBig(std::string& out, std::uint64_t n, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>((n >> (8 * i)) & 0xff);
}

// Goes through one direction, item by item.
class Judge {
 public:
  Judge(const v1::Evidence& evidence, const Directory& keys, security::LetterSuite suite,
        EvidenceReport& report)
      : evidence_(evidence), keys_(keys), suite_(suite), report_(report) {}

  // Heads after each item; [0] is before the first.
  std::vector<std::string> Heads(bool by_asker) const {
    const auto& items = by_asker ? evidence_.of_asker() : evidence_.of_answerer();
    std::vector<std::string> heads{std::string(kDigestBytes, '\0')};
    for (const v1::EvidenceItem& one : items) {
      v1::Item item;
      if (!item.ParseFromString(one.item().item())) break;
      heads.push_back(Next(item, one.item().item(), heads.back()));
    }
    return heads;
  }

  void Direction(bool by_asker) {
    const auto& items = by_asker ? evidence_.of_asker() : evidence_.of_answerer();
    author_ = by_asker ? evidence_.asker() : evidence_.answerer();
    other_ = by_asker ? evidence_.answerer() : evidence_.asker();
    const std::vector<std::string> heads = Heads(by_asker);
    const std::vector<std::string> others = Heads(!by_asker);
    (by_asker ? report_.asker_head : report_.answerer_head) = security::Hex(heads.back());
    std::uint32_t seq = 0;
    std::uint32_t seen = 0;
    for (const v1::EvidenceItem& one : items) {
      ++seq;
      if (seq >= heads.size()) {
        Find(seq, "UNREADABLE", "内容无法读取");
        return;
      }
      v1::Item item;
      (void)item.ParseFromString(one.item().item());
      const std::size_t before = report_.findings.size();
      Item(item, one, by_asker, seq, heads[seq - 1]);
      const bool in_order = item.seen_seq() >= seen && item.seen_seq() < others.size() &&
                            item.seen_head() == others[item.seen_seq()];
      if (!in_order) Find(seq, "LINK_BROKEN", "所引对方记录与对方记录链不符");
      seen = item.seen_seq();
      EvidenceLine line{.division = author_, .seq = seq, .kind = item.kind(),
                        .document_no = item.document_no(),
                        .written_at = FromProto(item.written_at()), .receipted = false,
                        .taken_at = {}};
      if (one.has_receipt()) Receipt(one, by_asker, seq, heads[seq], line);
      if (report_.findings.size() == before) report_.lines.push_back(line);
    }
  }

 private:
  std::string Next(const v1::Item& item, const std::string& bytes, const std::string& head) const {
    std::string link = "baoxue-chain/1";
    link += item.conversation_id();
    AppendBig(link, item.from_asker() ? 1 : 0, 1);
    AppendBig(link, item.seq(), 4);
    AppendBig(link, std::min<std::uint32_t>(item.kind(), 0xFFFF), 2);
    AppendBig(link, item.seen_seq(), 4);
    link += security::LetterDigest(suite_, bytes);
    link += head;
    return security::LetterDigest(suite_, link);
  }

  void Item(const v1::Item& item, const v1::EvidenceItem& one, bool by_asker, std::uint32_t seq,
            const std::string& previous) {
    if (item.conversation_id() != evidence_.conversation_id() ||
        item.asker() != evidence_.asker() || item.answerer() != evidence_.answerer() ||
        item.from_asker() != by_asker) {
      Find(seq, "OTHER_CONVERSATION", "不属于这次往来");
    }
    if (item.seq() != seq) Find(seq, "ORDER_BROKEN", "序号不连续");
    if (item.previous() != previous) Find(seq, "CHAIN_BROKEN", "与前一条的链接不符");
    const auto key = KeyOf(item, one);
    if (!key.ok()) return Find(seq, key.error().reason, key.error().detail);
    const base::Status verified = VerifyItem(one.item(), *key);
    if (!verified.ok()) Find(seq, verified.error().reason, verified.error().detail);
  }

  // In force when it was written, as its author says, or when the other side took it, as that one
  // says: what waited for a rotation was signed anew.
  base::Result<security::LetterVerifier> KeyOf(const v1::Item& item,
                                               const v1::EvidenceItem& one) {
    auto key = Key(author_, one.item().key_id(), FromProto(item.written_at()));
    v1::Receipt claimed;
    if (key.ok() || !claimed.ParseFromString(one.receipt().receipt())) return key;
    const base::UtcTime taken = FromProto(claimed.taken_at());
    const auto reader = Key(other_, one.receipt().key_id(), taken);
    if (!reader.ok() || !OpenReceipt(one.receipt(), *reader).ok() ||
        claimed.item_hash() != security::LetterDigest(suite_, one.item().item())) {
      return key;
    }
    auto later = Key(author_, one.item().key_id(), taken);
    return later.ok() ? later : key;
  }

  void Receipt(const v1::EvidenceItem& one, bool by_asker, std::uint32_t seq,
               const std::string& head, EvidenceLine& line) {
    v1::Receipt claimed;
    if (!claimed.ParseFromString(one.receipt().receipt())) {
      return Find(seq, "RECEIPT_UNREADABLE", "回执无法读取");
    }
    const auto key = Key(other_, one.receipt().key_id(), FromProto(claimed.taken_at()));
    if (!key.ok()) return Find(seq, "RECEIPT_" + key.error().reason, key.error().detail);
    const auto receipt = OpenReceipt(one.receipt(), *key);
    if (!receipt.ok()) return Find(seq, "RECEIPT_" + receipt.error().reason, "回执签名不符");
    const bool same = receipt->conversation_id() == evidence_.conversation_id() &&
                      receipt->by() == other_ && receipt->to() == author_ &&
                      receipt->of_asker() == by_asker && receipt->seq() == seq &&
                      receipt->item_hash() ==
                          security::LetterDigest(suite_, one.item().item()) &&
                      receipt->head() == head;
    if (!same) return Find(seq, "RECEIPT_OF_ANOTHER", "回执不是这一条的");
    line.receipted = true;
    line.taken_at = FromProto(receipt->taken_at());
  }

  base::Result<security::LetterVerifier> Key(const std::string& division,
                                             const std::string& key_id, base::UtcTime at) {
    auto key = keys_.SignKey(division, key_id, at);
    if (!key.ok()) return key;
    const std::pair used{division, key->key().Fingerprint()};
    auto& known = report_.fingerprints;
    if (std::find(known.begin(), known.end(), used) == known.end()) known.push_back(used);
    return key;
  }

  void Find(std::uint32_t seq, std::string problem, std::string text) {
    report_.findings.push_back({.division = author_, .seq = seq, .problem = std::move(problem),
                                .text = std::move(text)});
  }

  const v1::Evidence& evidence_;
  const Directory& keys_;
  security::LetterSuite suite_;
  EvidenceReport& report_;
  std::string author_ = {};
  std::string other_ = {};
};

}  // namespace

std::string EvidenceFile(const v1::Evidence& evidence) {
  return std::string{kFirstLine} + evidence.SerializeAsString();
}

base::Result<v1::Evidence> ParseEvidence(std::string_view file) {
  v1::Evidence evidence;
  if (!file.starts_with(kFirstLine) ||
      !evidence.ParseFromArray(file.data() + kFirstLine.size(),
                               static_cast<int>(file.size() - kFirstLine.size()))) {
    return Error{Code::kInvalidArgument, "EVIDENCE_BAD", "不是证据文件"};
  }
  return evidence;
}

EvidenceReport JudgeEvidence(const v1::Evidence& evidence, const Directory* trusted) {
  EvidenceReport report;
  report.asker = evidence.asker();
  report.answerer = evidence.answerer();
  const auto suite = SuiteFromProto(evidence.suite());
  if (!suite.ok()) {
    report.findings.push_back({.division = {}, .seq = 0, .problem = "SUITE_UNKNOWN",
                               .text = "不认识的密码套件"});
    return report;
  }
  // Each county's own record, so that neither can name the other's keys... except that it is the
  // exporter who writes the file: hence the fingerprints.
  std::vector<v1::Directory> own;
  for (const v1::Member& member : evidence.members()) {
    v1::Directory one;
    one.set_issuer(member.division());
    *one.add_members() = member;
    own.push_back(std::move(one));
  }
  const Directory in_file{own};
  Judge judge{evidence, trusted != nullptr ? *trusted : in_file, *suite, report};
  judge.Direction(true);
  judge.Direction(false);
  if (evidence.of_asker().empty()) {
    report.findings.push_back({.division = evidence.asker(), .seq = 0, .problem = "EMPTY",
                               .text = "没有来往记录"});
  }
  return report;
}

}  // namespace tracing
