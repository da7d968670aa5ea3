#include "simulation/tracing/invariants.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace simulation {
namespace {

using std::chrono::hours;
using tracing::ItemKind;
using tracing::LetterState;
using tracing::Stage;
using tracing::Stuck;

const Row* OtherSide(const World& world, const County& county, const Row& row) {
  const auto peer = static_cast<std::size_t>(IndexOf(row.letter.peer));
  (void)county;
  const auto& letters = world.counties()[peer].db.letters;
  const auto found = letters.find(row.letter.id);
  return found == letters.end() ? nullptr : &found->second;
}

const County& At(const World& world, const Row& row) {
  return world.counties()[static_cast<std::size_t>(IndexOf(row.letter.peer))];
}

std::string About(const County& county, const Row& row) {
  const auto& c = row.letter;
  return fmt::format("county {} with {}, {}, {}, mine {}/{}, theirs {}, stuck '{}'", county.index,
                     IndexOf(c.peer), c.side == tracing::Side::kAsker ? "asker" : "answerer",
                     tracing::LetterStateName(tracing::StateOf(c)), c.delivered, c.mine.size(),
                     c.theirs.size(), tracing::StuckName(c.stuck));
}

std::string Log(const tracing::Direction& direction) {
  std::string out;
  for (const auto& item : direction.items) {
    out += fmt::format(" {}/{}:{:02x}{:02x}", tracing::ItemKindName(item.kind), item.seen,
                       item.hash[0], item.hash[1]);
  }
  return out;
}

std::string Logs(const Row& a, const Row& b) {
  return fmt::format("\n  asker {}\n     or {}\n  answerer {}\n     or {}", Log(a.letter.asker()),
                     Log(b.letter.asker()), Log(a.letter.answerer()), Log(b.letter.answerer()));
}

// 1: an item waits long, and nothing says why.
void CheckStuck(World& world, const County& county, const Row& row) {
  const auto& c = row.letter;
  if (county.down_until > world.now()) return;
  if (c.stage == Stage::kApproved && c.stuck == Stuck::kNone) {
    world.Violation("NOT_STUCK: approved, " + About(county, row));
  }
  if (c.stage != Stage::kLive || c.delivered >= c.mine.size()) return;
  const auto clock = world.now() + county.clock_off;
  // Two of the longest repeats with their jitter, and the time that the process was down.
  if (clock - c.waiting_since > hours{6} && c.stuck == Stuck::kNone) {
    world.Violation("NOT_STUCK: " + About(county, row));
  }
}

// 4: the row remembers which round was closed.
void CheckClosed(World& world, const County& county, const Row& row) {
  const auto facts = tracing::Fold(row.letter);
  if (row.closed_round > 0 && facts.round <= row.closed_round &&
      facts.state != LetterState::kClosed) {
    world.Violation("CLOSED_LEFT: " + About(county, row));
  }
}

// 6: by round and step, over the asker's own log.
void CheckOnce(World& world, const County& county, const Row& row) {
  std::set<std::tuple<int, ItemKind, int>> seen;
  int round = 0;
  int letters = 0;
  for (const auto& item : row.letter.asker().items) {
    if (item.kind == ItemKind::kLetter) letters += 1;
    if (item.kind == ItemKind::kLetter || item.kind == ItemKind::kReopen) round += 1;
    if (item.kind != ItemKind::kUrge && item.kind != ItemKind::kCopy) continue;
    if (!seen.insert({round, item.kind, item.step}).second) {
      world.Violation((item.kind == ItemKind::kUrge ? "URGED_TWICE: " : "COPIED_TWICE: ") +
                      About(county, row));
    }
  }
  if (letters > 1) world.Violation("LETTER_TWICE: " + About(county, row));
}

tracing::Conversation Receipted(tracing::Conversation c) {
  const bool by_asker = c.side == tracing::Side::kAsker;
  c.mine.head = tracing::HeadAt(c, by_asker, c.delivered, Mix);
  c.mine.items.resize(c.delivered);
  return c;
}

void CheckPair(World& world, const County& county, const Row& row) {
  if (row.letter.stage != Stage::kLive) return;
  const Row* other = OtherSide(world, county, row);
  if (other == nullptr || other->letter.stage != Stage::kLive) return;
  // What a county wrote after a restore that nobody announced is not common yet.
  const bool silent = county.silently_restored || At(world, row).silently_restored;
  const bool agree = silent ? tracing::Agree(Receipted(row.letter), Receipted(other->letter))
                            : tracing::Agree(row.letter, other->letter);
  if (!agree) {
    world.Violation("LOGS_DIFFER: " + About(county, row) + Logs(row, *other));
  }
}

void CheckEndPair(World& world, const County& county, const Row& row) {
  const auto& c = row.letter;
  if (c.stage != Stage::kLive) {
    if (c.stage == Stage::kApproved) world.Violation("NOT_DELIVERED: " + About(county, row));
    return;
  }
  // A restore that nobody announced heals conversation by conversation, as they move.
  const County& peer = world.counties()[static_cast<std::size_t>(IndexOf(c.peer))];
  if (county.silently_restored || peer.silently_restored) return;
  const Row* other = OtherSide(world, county, row);
  // What both lost in their restores nobody can bring back: that it is seen must do.
  if (county.restores > 0 && peer.restores > 0 && c.stuck != Stuck::kNone) return;
  if (other == nullptr || c.delivered < c.mine.size() || c.stuck != Stuck::kNone ||
      other->letter.theirs.size() != c.mine.size()) {
    world.Violation("NOT_DELIVERED: " + About(county, row));
    return;
  }
  if (tracing::StateOf(c) != tracing::StateOf(other->letter)) {
    world.Violation("STATE_DIFFERS: " + About(county, row) + " | " +
                    About(world.counties()[static_cast<std::size_t>(IndexOf(c.peer))], *other));
  }
  const auto says = [&](const tracing::Conversation& side) {
    return tracing::IsConfirmed(side) && side.peer_state == tracing::StateOf(c);
  };
  // After both were restored nothing may be left to send, and so nothing to confirm by.
  const bool both_restored = county.restores > 0 && peer.restores > 0;
  const bool confirmed = both_restored || says(c) || says(other->letter);
  if (!confirmed) world.Violation("NOT_CONFIRMED: " + About(county, row));
  const auto state = tracing::StateOf(c);
  if (tracing::AwaitsAnswer(state) || state == LetterState::kAnswered) {
    world.Violation("NOT_FINISHED: " + About(county, row));
  }
}

// 7: the numbers of a county, over all that it wrote.
void CheckNumbers(World& world, const County& county) {
  std::map<int, std::vector<int>> by_year;
  for (const auto& [id, row] : county.db.letters) {
    for (const auto& item : row.letter.mine.items) {
      if (item.number.number > 0) by_year[item.number.year].push_back(item.number.number);
    }
  }
  // What a restore lost for good is known, and the next letter of the year takes it.
  for (const auto& [year, unused] : county.db.numbering.unused()) {
    by_year[year].insert(by_year[year].end(), unused.begin(), unused.end());
  }
  for (auto& [year, numbers] : by_year) {
    std::sort(numbers.begin(), numbers.end());
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (numbers[i] == static_cast<int>(i) + 1) continue;
      world.Violation(fmt::format("NUMBER_GAP: county {} year {} at {}, {} is there", county.index,
                                  year, i + 1, numbers[i]));
      break;
    }
  }
}

}  // namespace

void CheckDuring(World& world) {
  for (const County& county : world.counties()) {
    for (const auto& [id, row] : county.db.letters) {
      CheckStuck(world, county, row);
      CheckClosed(world, county, row);
      CheckPair(world, county, row);
    }
  }
}

void CheckAtEnd(World& world) {
  std::map<std::tuple<int, std::int64_t, int, int, bool>, int> intents;
  for (const County& county : world.counties()) {
    if (!county.silently_restored) CheckNumbers(world, county);
    for (const auto& [id, row] : county.db.letters) {
      CheckClosed(world, county, row);
      CheckPair(world, county, row);
      CheckEndPair(world, county, row);
      CheckOnce(world, county, row);
      const auto& c = row.letter;
      if (c.side == tracing::Side::kAsker && c.kind != tracing::LetterKind::kGz && row.case_id) {
        const int sent = ++intents[{county.index, row.case_id, static_cast<int>(c.kind),
                                    IndexOf(c.peer), c.hops.empty()}];
        if (sent > 1) world.Violation("LETTER_TWICE: " + About(county, row));
      }
    }
  }
}

}  // namespace simulation
