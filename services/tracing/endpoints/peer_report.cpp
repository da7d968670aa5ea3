// What PeerWatch shows to whoever operates the deployment: lines of `doctor` and gauges.
#include <fmt/format.h>

#include "tracing/endpoints/mapping.h"
#include "tracing/endpoints/own_address.h"
#include "tracing/endpoints/peer_watch.h"
#include "tracing/store/letter_repository.h"
#include "tracing/store/told_repository.h"

namespace tracing {
namespace {

using Health = baoxue::bus::v1::DependencyHealth;

std::string DayOf(base::UtcTime at) { return base::DateAt(at).ToString(); }

// "a、b、c"; the rest as a number.
class Words {
 public:
  void Add(const std::string& one) {
    constexpr std::size_t kShown = 10;
    count_ += 1;
    if (count_ <= kShown) text_ += (text_.empty() ? "" : "、") + one;
  }
  std::size_t count() const { return count_; }
  std::string Line(std::string_view what) const {
    if (count_ == 0) return "";
    return fmt::format("{} {} 个：{}{}；", what, count_, text_, count_ > 10 ? " 等" : "");
  }

 private:
  std::size_t count_ = 0;
  std::string text_ = {};
};

}  // namespace

// Red: people have to do something here. A county that is silent is shown, and is its own affair.
Health PeerWatch::Peers() const {
  const std::map<Division, Stand> stands = guard_.Stands();
  Words shut;
  Words slowed;
  Words silent;
  {
    const std::lock_guard lock{mutex_};
    for (const auto& [peer, stand] : stands) {
      if (stand == Stand::kShutOut) shut.Add(NameOf(peer) + peer.ToString());
      if (stand == Stand::kSlowed) slowed.Add(NameOf(peer) + peer.ToString());
    }
    for (const auto& [peer, row] : rows_) {
      if (!row.silent_since || NameOf(peer).empty()) continue;
      silent.Add(fmt::format("{}{}（{} 起）", NameOf(peer), peer.ToString(),
                             DayOf(*row.silent_since)));
    }
  }
  Health health;
  health.set_name("letters:peers");
  health.set_ok(shut.count() == 0);
  health.set_lag(shut.count() + slowed.count() + silent.count());
  std::string text = shut.Line("暂停接收的县") + slowed.Line("限速的县") + silent.Line("无应答的县");
  if (shut.count() > 0) text += "查明后可用 baoxue directory open-peer 恢复接收";
  health.set_detail(text.empty() ? "各县往来正常" : text);
  return health;
}

Health PeerWatch::Keys() const {
  const auto book = desk_.office().book();
  const bool own = book->SigningKey(desk_.Now()) != nullptr;
  Words soon;
  Words over;
  for (const KeyExpiry& one : Expiries()) {
    Words& words = one.at <= desk_.Now() ? over : soon;
    words.Add(fmt::format("{}{}（{}）", one.name, one.division, DayOf(one.at)));
  }
  Health health;
  health.set_name("letters:keys");
  health.set_ok(own && over.count() == 0);
  health.set_lag(soon.count() + over.count());
  const std::string text =
      (own ? "" : std::string{"本县没有有效的密钥，请执行 baoxue directory rotate；"}) +
      over.Line("密钥已过期") + soon.Line("密钥60日内到期");
  health.set_detail(text.empty() ? "密钥均在有效期内" : text);
  return health;
}

Health PeerWatch::Letters() const {
  Health health;
  health.set_name("letters:delivery");
  std::map<Stuck, std::uint64_t> stuck;
  std::uint64_t to_post = 0;
  const base::Status read = desk_.pool().WithSession([&](store::Session& s) -> base::Status {
    ASSIGN_OR_RETURN(stuck, TallyStuck(s));
    LetterFilter post;
    post.to_post_only = true;
    post.printed_since = PrintedSince(desk_.Now(), desk_.PolicyNow());
    ASSIGN_OR_RETURN(to_post, CountLetters(s, post));
    return {};
  });
  if (!read.ok()) {
    health.set_ok(false);
    health.set_detail("函件情况无法读取：" + read.error().reason);
    return health;
  }
  std::string text;
  std::uint64_t all = 0;
  for (const auto& [why, count] : stuck) {
    if (why == Stuck::kPaperWaiting) continue;  // by post: below
    all += count;
    text += fmt::format("{} 封：{}；", count, StuckChinese(why));
  }
  const bool people = stuck.contains(Stuck::kParked) || stuck.contains(Stuck::kOwnKeyMissing) ||
                      stuck.contains(Stuck::kLookUpFails);
  health.set_ok(!people);
  health.set_lag(all);
  if (to_post > 0) {
    text += fmt::format("{} 封纸质函件待打印邮寄或登记送达，详见 baoxue letter list --for-officer；",
                        to_post);
  }
  health.set_detail(all + to_post == 0 ? "没有停滞的函件"
                    : all == 0         ? text
                                       : text + "详见 baoxue letter list --stuck");
  return health;
}

Health PeerWatch::Spreading() const {
  Health health;
  health.set_name("letters:directory");
  Words behind;
  const base::Status read = desk_.pool().WithSession([&](store::Session& s) -> base::Status {
    ASSIGN_OR_RETURN(const auto divisions, NotTold(s, directory_.own_file().serial));
    for (const Behind& one : divisions) {
      const auto division = Division::Parse(one.division);
      const std::string name = (division.ok() ? NameOf(*division) : "") + one.division;
      const std::string why = one.in_mailbox         ? "（已寄存中转信箱，待取）"
                              : one.refused.empty() ? ""
                                                    : "（对方未接受：" + one.refused + "）";
      behind.Add(name + why);
    }
    return {};
  });
  health.set_ok(read.ok());
  health.set_lag(behind.count());
  const std::string text = behind.Line("尚未收到本县最新名录的县");
  health.set_detail(!read.ok()     ? "名录情况无法读取：" + read.error().reason
                    : text.empty() ? "各县均已收到本县名录"
                                   : text);
  return health;
}

void PeerWatch::Report() {
  host_.AddHealth("letters:peers", [this] { return Peers(); });
  host_.AddHealth("letters:keys", [this] { return Keys(); });
  host_.AddHealth("letters:delivery", [this] { return Letters(); });
  host_.AddHealth("letters:address", [this] { return AddressHealth(directory_.config()); });
  host_.AddHealth("letters:directory", [this] { return Spreading(); });
  const auto gauge = [this](const char* name, const char* about) {
    return host_.metrics().gauge(name, about);
  };
  host::Gauge shut = gauge("baoxue_tracing_peers_shut_out", "Counties that are shut out");
  host::Gauge slowed = gauge("baoxue_tracing_peers_slowed", "Counties that are slowed");
  host::Gauge silent = gauge("baoxue_tracing_peers_silent", "Counties that do not answer");
  host::Gauge parked = gauge("baoxue_tracing_letters_parked",
                             "Letters that were refused for good and wait for an officer");
  host::Gauge failing = gauge("baoxue_tracing_look_ups_failing",
                              "Incoming letters that the machine cannot look up");
  host::Gauge soon = gauge("baoxue_tracing_keys_expiring",
                           "Counties whose last key expires within 60 days, or has");
  host::Gauge over = gauge("baoxue_tracing_keys_expired", "Counties whose last key has expired");
  host::Gauge behind = gauge("baoxue_tracing_directory_not_told",
                             "Counties that do not hold our newest file of the directory");
  host_.metrics().Collect([=, this]() mutable {
    std::map<Stand, int> stands;
    for (const auto& [peer, stand] : guard_.Stands()) stands[stand] += 1;
    shut.Set(stands[Stand::kShutOut]);
    slowed.Set(stands[Stand::kSlowed]);
    int quiet = 0;
    {
      const std::lock_guard lock{mutex_};
      for (const auto& [peer, row] : rows_) quiet += row.silent_since ? 1 : 0;
    }
    silent.Set(quiet);
    const std::vector<KeyExpiry> expiries = Expiries();
    soon.Set(static_cast<double>(expiries.size()));
    over.Set(static_cast<double>(std::count_if(
        expiries.begin(), expiries.end(),
        [this](const KeyExpiry& one) { return one.at <= desk_.Now(); })));
    (void)desk_.pool().WithSession([&](store::Session& s) -> base::Status {
      ASSIGN_OR_RETURN(auto stuck, TallyStuck(s));
      parked.Set(static_cast<double>(stuck[Stuck::kParked]));
      failing.Set(static_cast<double>(stuck[Stuck::kLookUpFails]));
      ASSIGN_OR_RETURN(const auto divisions, NotTold(s, directory_.own_file().serial));
      behind.Set(static_cast<double>(divisions.size()));
      return {};
    }).ok();
  });
}

}  // namespace tracing
