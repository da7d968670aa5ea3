// The daily count and chained hash of a feed, as its service keeps them: what a follower compares
// to prove that it missed nothing. h = sha256(h | "seq|type|subject|" | hex(sha256(payload))),
// beginning with 32 zero bytes each civil day (services/subsidy/contract/subsidy.proto).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "bus/bus.h"
#include "cli/shell/shell.h"

namespace cli {

struct FeedDigest {
  std::uint64_t count = 0;
  std::uint64_t first_seq = 0;
  std::uint64_t last_seq = 0;
  std::string hash = std::string(32, '\0');
};
using FeedDays = std::map<base::Date, FeedDigest>;

std::string PayloadDigest(const bus::Event& event);  // hexadecimal
void Count(FeedDays& days, base::Date day, std::uint64_t seq, const std::string& type,
           const std::string& subject, const std::string& payload_digest);

// Compares what a file of JSON lines holds (as `follow` wrote it) with the service's own counts; an
// empty path fetches the whole feed anew. Prints a line a day.
// Errors: kDataCorruption/FEED_DIFFERS, kInvalidArgument/BAD_LINE.
base::Status VerifyFeed(Shell& shell, const std::string& feed, const std::string& lines_file);

}  // namespace cli
