#include "subsidy/store/facts_codec.h"

#include <fmt/format.h>

#include <charconv>
#include <vector>

#include "subsidy/store/rows.h"

namespace subsidy {
namespace {

std::vector<std::string_view> Split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = text.find(by);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

int Number(std::string_view text) {
  int value = 0;
  (void)std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string Plain(std::string text) {
  for (char& c : text) {
    if (c == '\t' || c == '\n') c = ' ';
  }
  return text;
}

base::Error Broken() {
  return {base::Code::kDataCorruption, "FACTS_BROKEN", "frozen facts cannot be read"};
}

}  // namespace

std::string EncodeFacts(const Facts& f) {
  std::string text = fmt::format(
      "1\t状态{}\t年级{}\t校{}\t{}{}{}{}{}{}\t{}", f.status, f.grade, static_cast<int>(f.kind),
      f.boarding ? 'B' : '-', f.home_teaching ? 'H' : '-', f.inclusive ? 'I' : '-',
      f.non_local ? 'N' : '-', f.paid_elsewhere ? 'P' : '-', f.recognised ? 'R' : '-',
      Plain(f.school_code));
  for (const Tag& tag : f.tags) {
    text += fmt::format("\n{}\t{}\t{}\t{}\t{}", Plain(tag.group), Plain(tag.source),
                        Plain(tag.batch), tag.from.ToString(), tag.to ? tag.to->ToString() : "");
  }
  return text;
}

base::Result<Facts> DecodeFacts(std::string_view text) {
  const auto lines = Split(text, '\n');
  const auto head = Split(lines[0], '\t');
  if (head.size() != 6 || head[0] != "1" || head[4].size() != 6 || head[1].size() < 7 ||
      head[2].size() < 7 || head[3].size() < 4) {
    return Broken();
  }
  Facts f;
  f.status = Number(head[1].substr(6));
  f.grade = Number(head[2].substr(6));
  f.kind = static_cast<SchoolKind>(Number(head[3].substr(3)));
  f.boarding = head[4][0] == 'B';
  f.home_teaching = head[4][1] == 'H';
  f.inclusive = head[4][2] == 'I';
  f.non_local = head[4][3] == 'N';
  f.paid_elsewhere = head[4][4] == 'P';
  f.recognised = head[4][5] == 'R';
  f.school_code = head[5];
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto cells = Split(lines[i], '\t');
    if (cells.size() != 5) return Broken();
    const auto from = base::Date::Parse(cells[3]);
    if (!from.ok()) return Broken();
    Tag tag{std::string{cells[0]}, std::string{cells[1]}, std::string{cells[2]}, *from, {}};
    if (!cells[4].empty()) {
      const auto to = base::Date::Parse(cells[4]);
      if (!to.ok()) return Broken();
      tag.to = *to;
    }
    f.tags.push_back(std::move(tag));
  }
  return f;
}

std::string EncodeActor(const Actor& actor) {
  return Plain(actor.person_id) + '\t' + Plain(actor.name) + '\t' + Plain(actor.role) + '\t' +
         Plain(actor.body);
}

Actor DecodeActor(std::string_view text) {
  const auto cells = Split(text, '\t');
  if (cells.size() != 4) return {.person_id = std::string{text}};
  return {std::string{cells[0]}, std::string{cells[1]}, std::string{cells[2]},
          std::string{cells[3]}};
}

std::string IdList(const std::vector<StudentId>& ids) {
  std::string list;
  for (const StudentId id : ids) list += (list.empty() ? "" : ",") + std::to_string(id.raw());
  return list;
}

base::Result<std::int64_t> TakeId(store::Transaction& tx, std::string_view counter) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   tx.Query("SELECT next_id FROM id_counter WHERE name = ? FOR UPDATE", {counter}));
  if (!rows.Next()) return base::Error{base::Code::kInternal, "NO_COUNTER", std::string{counter}};
  const std::int64_t id = rows.Int("next_id");
  const auto done =
      tx.Execute("UPDATE id_counter SET next_id = next_id + 1 WHERE name = ?", {counter});
  if (!done.ok()) return done.error();
  return id;
}

}  // namespace subsidy
