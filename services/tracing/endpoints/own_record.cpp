#include "tracing/endpoints/own_record.h"

namespace tracing {
namespace {

std::vector<DivisionChange> ChangesOf(const Directory& directory,
                                      const std::vector<DivisionChange>& known) {
  std::vector<DivisionChange> out = known;
  for (const v1::DivisionChange& change : directory.changes()) {
    const auto from = Division::Parse(change.division());
    if (!from.ok()) continue;
    DivisionChange one{.from = *from, .became = {}, .on = base::DateAt(FromProto(change.on()))};
    for (const std::string& code : change.became()) {
      const auto became = Division::Parse(code);
      if (became.ok()) one.became.push_back(*became);
    }
    out.push_back(std::move(one));
  }
  return out;
}

// Older keys end with the overlap; a revoked one now.
void ChangeKeys(const OwnChange& change, base::UtcTime now, v1::Member& own) {
  for (v1::Key& key : *own.mutable_keys()) {
    if (key.use() == "curve") continue;
    const bool is_new = FromProto(key.valid_from()) >= base::InstantAt(base::DateAt(now), 0);
    if (change.old_keys_end && !is_new && FromProto(key.valid_to()) > *change.old_keys_end) {
      *key.mutable_valid_to() = ToProto(*change.old_keys_end);
    }
    if (key.key_id() == change.revoked) *key.mutable_revoked_at() = ToProto(now);
  }
}

}  // namespace

v1::Member OwnRecord(const OwnFacts& facts, const v1::Member* published, const OwnChange& change) {
  const Office& office = facts.office;
  const ExchangeConfig& config = facts.config;
  v1::Member member;
  member.set_division(office.self.ToString());
  member.set_name(office.name);
  member.set_bureau(office.bureau);
  for (const std::string& address : config.advertise) member.add_endpoints(address);
  if (config.advertise.empty()) member.set_relay(config.relay.through.ToString());
  for (const security::LetterKey& key : facts.keys) {
    for (v1::Key& one : KeysOf(key.key())) {
      for (int i = 0; published != nullptr && i < published->keys_size(); ++i) {
        const v1::Key& old = published->keys(i);
        if (old.key_id() == one.key_id() && old.use() == one.use()) one = old;
      }
      *member.add_keys() = one;
    }
  }
  v1::Key& curve = *member.add_keys();
  curve.set_key_id("curve");
  curve.set_use("curve");
  curve.set_public_key(config.curve.public_key);
  *curve.mutable_valid_from() = ToProto(base::InstantAt(*base::Date::FromYmd(2020, 1, 1), 0));
  *curve.mutable_valid_to() = ToProto(base::InstantAt(*base::Date::FromYmd(2100, 1, 1), 0));
  for (const char* one : {"protocol:1", "suite:sm", "suite:intl", "machine_reply"}) {
    member.add_capabilities(one);
  }
  if (office.PolicyAt(facts.now).where.answer) member.add_capabilities("blind");
  ChangeKeys(change, facts.now, member);
  if (change.leaving) {
    member.clear_endpoints();
    member.set_paper(true);
  }
  return member;
}

v1::Directory OwnContent(const v1::Member& own, const std::vector<v1::Directory>& others,
                         const std::vector<v1::DivisionChange>& changes) {
  v1::Directory mine;
  mine.set_issuer(own.division());
  *mine.add_members() = own;
  for (const v1::DivisionChange& change : changes) *mine.add_changes() = change;
  const Directory known{others};
  for (const auto& [division, member] : known.members()) {
    if (division != own.division() && MaySpeakFor(own.division(), division)) {
      *mine.add_members() = member;
    }
  }
  return mine;
}

bool SameButSerial(v1::Member a, v1::Member b) {
  a.set_serial(0);
  b.set_serial(0);
  return a.SerializeAsString() == b.SerializeAsString();
}

bool SameButSerial(v1::Directory a, v1::Directory b) {
  for (v1::Directory* const file : {&a, &b}) {
    file->set_serial(0);
    file->clear_issued_at();
    if (!file->members().empty()) file->mutable_members(0)->set_serial(0);
  }
  return a.SerializeAsString() == b.SerializeAsString();
}

std::set<std::string> MembersWithSoftware(const Directory& directory, const std::string& self) {
  std::set<std::string> out;
  for (const auto& [code, member] : directory.members()) {
    if (code != self && !member.paper()) out.insert(code);
  }
  return out;
}

Divisions DivisionsOf(const Directory& directory, const std::vector<DivisionChange>& known) {
  std::vector<Division> members;
  for (const auto& [code, member] : directory.members()) {
    const auto division = Division::Parse(code);
    if (division.ok()) members.push_back(*division);
  }
  return Divisions{std::move(members), ChangesOf(directory, known)};
}

}  // namespace tracing
