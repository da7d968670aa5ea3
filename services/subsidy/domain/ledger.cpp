#include "subsidy/domain/ledger.h"

#include <algorithm>
#include <charconv>

namespace subsidy {
namespace {

const Amount* Find(const std::vector<Amount>& amounts, const std::string& benefit) {
  const auto found = std::find_if(amounts.begin(), amounts.end(),
                                  [&](const Amount& one) { return one.benefit == benefit; });
  return found == amounts.end() ? nullptr : &*found;
}

}  // namespace

std::vector<Change> Compare(const std::vector<Amount>& before, const std::vector<Amount>& after) {
  std::vector<Change> changes;
  for (const Amount& old : before) {
    const Amount* now = Find(after, old.benefit);
    if (now == nullptr) {
      changes.push_back({ChangeKind::kEnded, old.benefit, old.fen, 0});
    } else if (now->fen != old.fen) {
      changes.push_back({ChangeKind::kChanged, old.benefit, old.fen, now->fen});
    }
  }
  for (const Amount& now : after) {
    if (Find(before, now.benefit) == nullptr) {
      changes.push_back({ChangeKind::kGranted, now.benefit, 0, now.fen});
    }
  }
  return changes;
}

std::string EncodeAmounts(const std::vector<Amount>& amounts) {
  std::string text;
  for (const Amount& one : amounts) {
    if (!text.empty()) text += ';';
    text += one.benefit + ':' + std::to_string(one.fen);
  }
  return text;
}

std::vector<Amount> DecodeAmounts(std::string_view text) {
  std::vector<Amount> amounts;
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find(';'));
    text.remove_prefix(std::min(text.size(), one.size() + 1));
    const std::size_t colon = one.find(':');
    if (colon == std::string_view::npos) continue;
    Amount amount{std::string{one.substr(0, colon)}, 0};
    (void)std::from_chars(one.data() + colon + 1, one.data() + one.size(), amount.fen);
    amounts.push_back(std::move(amount));
  }
  return amounts;
}

}  // namespace subsidy
