#include "cases/store/entry_codec.h"

#include <nlohmann/json.hpp>

namespace cases {
namespace {

using nlohmann::json;

// ---- writing: only what is not at its default ---------------------------------------------------

void Put(json& out, const char* key, const std::string& value) {
  if (!value.empty()) out[key] = value;
}
void Put(json& out, const char* key, const std::vector<std::string>& value) {
  if (!value.empty()) out[key] = value;
}
void Put(json& out, const char* key, std::int64_t value) {
  if (value != 0) out[key] = value;
}
void Put(json& out, const char* key, const std::optional<base::Date>& value) {
  if (value) out[key] = value->ToString();
}
void Put(json& out, const char* key, const std::optional<base::UtcTime>& value) {
  if (value) out[key] = value->time_since_epoch().count();
}
void Put(json& out, const char* key, const json& value) {
  if (!value.empty()) out[key] = value;
}

json ActJson(const Act& act) {
  json out = json::object();
  Put(out, "at", act.at);
  Put(out, "method", act.method);
  Put(out, "place", act.place);
  Put(out, "participants", act.participants);
  Put(out, "counterpart", act.counterpart);
  Put(out, "outcome", act.outcome);
  Put(out, "promised_on", act.promised_on);
  Put(out, "text", act.text);
  Put(out, "reason_code", act.reason_code);
  Put(out, "evidence", act.evidence);
  Put(out, "target", act.target);
  Put(out, "clock", act.clock);
  Put(out, "approve", std::int64_t{act.approve ? 1 : 0});
  Put(out, "witness", act.witness);
  Put(out, "document_no", act.document_no);
  Put(out, "until", act.until);
  return out;
}

json PartyJson(const Party& party) {
  json out = json::object();
  Put(out, "level", party.level);
  Put(out, "body", party.body);
  Put(out, "person_id", party.person_id);
  Put(out, "person", party.person);
  Put(out, "role", party.role);
  return out;
}

json ContactsJson(const Contacts& contacts) {
  json out = json::object();
  Put(out, "student_name", contacts.student_name);
  Put(out, "school_code", contacts.school_code);
  Put(out, "school_name", contacts.school_name);
  Put(out, "town", contacts.town);
  Put(out, "class_id", contacts.class_id.raw());
  Put(out, "class_name", contacts.class_name);
  Put(out, "teacher_id", contacts.teacher_id);
  Put(out, "teacher", contacts.teacher);
  return out;
}

json PresenceJson(const Presence& presence) {
  if (presence == Presence{}) return json::object();
  return {{"since", presence.since.ToString()},
          {"in_row", presence.present_days_in_row},
          {"present", presence.present_days},
          {"school_days", presence.school_days}};
}

json LetterJson(const LetterNews& letter) {
  json out = json::object();
  Put(out, "conversation", letter.conversation);
  Put(out, "county", letter.county);
  Put(out, "division", letter.division);
  Put(out, "asked_no", letter.asked_no);
  Put(out, "document_no", letter.document_no);
  Put(out, "code", letter.code);
  Put(out, "code_name", letter.code_name);
  Put(out, "school", letter.school);
  Put(out, "third", letter.third);
  Put(out, "evidence", letter.evidence);
  Put(out, "persuasions", std::int64_t{letter.persuasions});
  Put(out, "proofs", std::int64_t{letter.proofs});
  Put(out, "by_machine", std::int64_t{letter.by_machine ? 1 : 0});
  Put(out, "forwarded", std::int64_t{letter.forwarded ? 1 : 0});
  return out;
}

// ---- reading ------------------------------------------------------------------------------------

void Get(const json& in, const char* key, std::string& value) { value = in.value(key, value); }
void Get(const json& in, const char* key, std::vector<std::string>& value) {
  value = in.value(key, value);
}
void Get(const json& in, const char* key, int& value) { value = in.value(key, value); }
void Get(const json& in, const char* key, std::int64_t& value) { value = in.value(key, value); }
void Get(const json& in, const char* key, std::optional<base::Date>& value) {
  if (!in.contains(key)) return;
  const auto day = base::Date::Parse(in.at(key).get<std::string>());
  if (day.ok()) value = *day;
}
void Get(const json& in, const char* key, std::optional<base::UtcTime>& value) {
  if (in.contains(key)) {
    value = base::UtcTime{std::chrono::milliseconds{in.at(key).get<std::int64_t>()}};
  }
}
template <class Tag>
void Get(const json& in, const char* key, base::Id<Tag>& value) {
  value = base::Id<Tag>{in.value(key, value.raw())};
}

void ReadAct(const json& in, Act& act) {
  std::int64_t approve = 0;
  Get(in, "at", act.at);
  Get(in, "method", act.method);
  Get(in, "place", act.place);
  Get(in, "participants", act.participants);
  Get(in, "counterpart", act.counterpart);
  Get(in, "outcome", act.outcome);
  Get(in, "promised_on", act.promised_on);
  Get(in, "text", act.text);
  Get(in, "reason_code", act.reason_code);
  Get(in, "evidence", act.evidence);
  Get(in, "target", act.target);
  Get(in, "clock", act.clock);
  Get(in, "approve", approve);
  act.approve = approve != 0;
  Get(in, "witness", act.witness);
  Get(in, "document_no", act.document_no);
  Get(in, "until", act.until);
}

void ReadParty(const json& in, Party& party) {
  Get(in, "level", party.level);
  Get(in, "body", party.body);
  Get(in, "person_id", party.person_id);
  Get(in, "person", party.person);
  Get(in, "role", party.role);
}

void ReadContacts(const json& in, Contacts& contacts) {
  Get(in, "student_name", contacts.student_name);
  Get(in, "school_code", contacts.school_code);
  Get(in, "school_name", contacts.school_name);
  Get(in, "town", contacts.town);
  Get(in, "class_id", contacts.class_id);
  Get(in, "class_name", contacts.class_name);
  Get(in, "teacher_id", contacts.teacher_id);
  Get(in, "teacher", contacts.teacher);
}

void ReadPresence(const json& in, Presence& presence) {
  std::optional<base::Date> since;
  Get(in, "since", since);
  presence.since = since.value_or(presence.since);
  Get(in, "in_row", presence.present_days_in_row);
  Get(in, "present", presence.present_days);
  Get(in, "school_days", presence.school_days);
}

void ReadLetter(const json& in, LetterNews& letter) {
  std::int64_t by_machine = 0;
  std::int64_t forwarded = 0;
  Get(in, "conversation", letter.conversation);
  Get(in, "county", letter.county);
  Get(in, "division", letter.division);
  Get(in, "asked_no", letter.asked_no);
  Get(in, "document_no", letter.document_no);
  Get(in, "code", letter.code);
  Get(in, "code_name", letter.code_name);
  Get(in, "school", letter.school);
  Get(in, "third", letter.third);
  Get(in, "evidence", letter.evidence);
  Get(in, "persuasions", letter.persuasions);
  Get(in, "proofs", letter.proofs);
  Get(in, "by_machine", by_machine);
  Get(in, "forwarded", forwarded);
  letter.by_machine = by_machine != 0;
  letter.forwarded = forwarded != 0;
}

void ReadEntry(const json& in, Entry& entry) {
  std::int64_t confirmed = 0;
  std::string unit;
  Get(in, "phase", entry.phase);
  Get(in, "confirmed", confirmed);
  entry.confirmed = confirmed != 0;
  Get(in, "cause", entry.cause);
  Get(in, "text", entry.text);
  Get(in, "clock", entry.clock);
  Get(in, "step", entry.step);
  Get(in, "unit", unit);
  entry.unit = UnitFromName(unit).value_or(entry.unit);
  Get(in, "due", entry.due);
  Get(in, "resume_at", entry.resume_at);
  Get(in, "remaining", entry.remaining);
  Get(in, "task_level", entry.task_level);
  Get(in, "body", entry.body);
  Get(in, "found_by", entry.found_by);
  Get(in, "reference", entry.reference);
  Get(in, "day", entry.day);
  Get(in, "until", entry.until);
  Get(in, "streak", entry.streak);
  Get(in, "days", entry.days);
  Get(in, "groups", entry.groups);
  if (in.contains("act")) ReadAct(in.at("act"), entry.act);
  if (in.contains("party")) ReadParty(in.at("party"), entry.party);
  if (in.contains("contacts")) ReadContacts(in.at("contacts"), entry.contacts);
  if (in.contains("letter")) ReadLetter(in.at("letter"), entry.letter);
  if (in.contains("presence")) ReadPresence(in.at("presence"), entry.presence);
}

}  // namespace

std::string EncodeDetails(const Entry& entry) {
  json out = json::object();
  Put(out, "phase", entry.phase);
  Put(out, "confirmed", std::int64_t{entry.confirmed ? 1 : 0});
  Put(out, "cause", entry.cause);
  Put(out, "text", entry.text);
  Put(out, "clock", entry.clock);
  Put(out, "step", std::int64_t{entry.step});
  if (!entry.clock.empty()) out["unit"] = std::string{UnitName(entry.unit)};
  Put(out, "due", entry.due);
  Put(out, "resume_at", entry.resume_at);
  Put(out, "remaining", entry.remaining);
  Put(out, "task_level", std::int64_t{entry.task_level});
  Put(out, "body", entry.body);
  Put(out, "found_by", entry.found_by);
  Put(out, "reference", entry.reference);
  Put(out, "day", entry.day);
  Put(out, "until", entry.until);
  Put(out, "streak", entry.streak.raw());
  Put(out, "days", std::int64_t{entry.days});
  Put(out, "groups", entry.groups);
  Put(out, "act", ActJson(entry.act));
  Put(out, "party", PartyJson(entry.party));
  Put(out, "contacts", ContactsJson(entry.contacts));
  Put(out, "presence", PresenceJson(entry.presence));
  Put(out, "letter", LetterJson(entry.letter));
  // A name that is not UTF-8 must not stop a case: it is stored with replacement characters.
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

base::Status DecodeDetails(std::string_view text, Entry& entry) {
  const json in = json::parse(text, nullptr, false);
  const auto bad = [](std::string_view what) {
    return base::Error{base::Code::kDataCorruption, "BAD_HISTORY_ROW", std::string{what}};
  };
  if (!in.is_object()) return bad("case_history.details is not an object");
  try {
    ReadEntry(in, entry);
  } catch (const json::exception& error) {
    return bad(error.what());
  }
  return {};
}

}  // namespace cases
