#include "cli/commands/feed_digest.h"

#include <fmt/format.h>

#include <charconv>
#include <fstream>

#include "cli/shell/values.h"
#include "security/security.h"
#include "subsidy/contract/subsidy.pb.h"

namespace cli {
namespace {

namespace wire = baoxue::bus::v1;
namespace v1 = baoxue::subsidy::v1;
using base::Code;
using base::Error;

// The text of one attribute of a CloudEvent; these never hold an escaped character.
std::string Attribute(const std::string& line, const std::string& name) {
  const std::string key = "\"" + name + "\":\"";
  const std::size_t at = line.find(key);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + key.size();
  return line.substr(begin, line.find('"', begin) - begin);
}

base::Result<FeedDays> FromLines(const std::string& path) {
  std::ifstream in(path);
  if (!in) return Error{Code::kNotFound, "NO_FILE", path};
  FeedDays days;
  std::string line;
  std::uint64_t number = 0;
  std::uint64_t last = 0;
  while (std::getline(in, line)) {
    ++number;
    const std::string sequence = Attribute(line, "sequence");
    std::uint64_t seq = 0;
    (void)std::from_chars(sequence.data(), sequence.data() + sequence.size(), seq);
    const auto time = base::ParseTime(Attribute(line, "time"));
    if (seq == 0 || !time.ok()) {
      return Error{Code::kInvalidArgument, "BAD_LINE", fmt::format("{}:{}", path, number)};
    }
    if (seq <= last) continue;  // a line that was written twice
    last = seq;
    Count(days, base::DateAt(*time), seq, Attribute(line, "type"), Attribute(line, "subject"),
          Attribute(line, "datadigest"));
  }
  return days;
}

base::Result<FeedDays> FromService(Shell& shell, const std::string& feed) {
  FeedDays days;
  wire::FetchEvents fetch;
  fetch.set_feed(feed);
  fetch.set_limit(1000);
  for (;;) {
    ASSIGN_OR_RETURN(const auto batch, (shell.Ask<wire::EventBatch>(feed, fetch)));
    for (const bus::Event& event : batch.events()) {
      Count(days, base::DateAt(FromProto(event.time())), event.seq(), event.type(),
            event.subject(), PayloadDigest(event));
      fetch.set_after(event.seq());
    }
    if (batch.events_size() == 0) return days;
  }
}

}  // namespace

std::string PayloadDigest(const bus::Event& event) {
  return security::Hex(security::Sha256(event.payload()));
}

void Count(FeedDays& days, base::Date day, std::uint64_t seq, const std::string& type,
           const std::string& subject, const std::string& payload_digest) {
  FeedDigest& one = days[day];
  one.hash = security::Sha256(one.hash + std::to_string(seq) + '|' + type + '|' + subject + '|' +
                              payload_digest);
  if (one.count++ == 0) one.first_seq = seq;
  one.last_seq = seq;
}

base::Status VerifyFeed(Shell& shell, const std::string& feed, const std::string& lines_file) {
  auto mine = lines_file.empty() ? FromService(shell, feed) : FromLines(lines_file);
  if (!mine.ok()) return mine.error();
  v1::GetFeedDays ask;
  const auto reply = shell.Ask<v1::GetFeedDaysReply>(feed, ask);
  if (!reply.ok()) return reply.error();
  int wrong = 0;
  std::uint64_t events = 0;
  for (const v1::FeedDay& day : reply->days()) {
    const FeedDigest own = (*mine)[FromProto(day.day()).value_or(base::Date{})];
    const bool same = own.count == day.count() && security::Hex(own.hash) == day.hash();
    wrong += same ? 0 : 1;
    events += day.count();
    shell.Say(fmt::format("{}  {} 条,{}  {}", Show(day.day()), day.count(),
                          day.hash().substr(0, 16),
                          same ? "一致" : fmt::format("不一致:收到 {} 条", own.count)));
  }
  if (wrong > 0) {
    return Error{Code::kDataCorruption, "FEED_DIFFERS", fmt::format("{} 天不一致", wrong)};
  }
  shell.Say(fmt::format("{} 天,{} 条,全部一致", reply->days_size(), events));
  return {};
}

}  // namespace cli
