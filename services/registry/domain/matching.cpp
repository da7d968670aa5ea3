#include "registry/domain/matching.h"

#include <fmt/format.h>

#include <array>
#include <initializer_list>
#include <utility>

#include "registry/domain/student_number.h"

namespace registry {
namespace {

struct Row {
  MatchClass match_class;
  std::string_view code;
  std::string_view text;
  std::string_view action;
  bool matters;
};

constexpr std::array kRows{
    Row{MatchClass::kB01, "B01", "已在校就读并注册学籍(本县)", "无需处理", false},
    Row{MatchClass::kB02, "B02", "省内就读无学籍", "请就读学校建立学籍", true},
    Row{MatchClass::kB03, "B03", "省外就读无学籍", "向就读地发函,取得就读证明", true},
    Row{MatchClass::kB04, "B04", "外地就读有学籍", "按学籍号核实后结案", true},
    Row{MatchClass::kB05, "B05", "已超出义务教育年龄离校", "标注离校", true},
    Row{MatchClass::kB06, "B06", "出国(境)", "取得出境证明", true},
    Row{MatchClass::kB07, "B07", "因病因残无法正常入学/送教", "办理延缓入学、休学或送教上门", true},
    Row{MatchClass::kB08, "B08", "死亡", "请公安机关核实并注销户籍,学籍办理死亡注销", true},
    Row{MatchClass::kB09, "B09", "空挂户/双重户籍/证号或姓名错误/查无此人", "请公安机关核对更正",
        true},
    Row{MatchClass::kB10, "B10", "随父母外出长年不回、无法联系", "入户核查并向可能的流入地发函",
        true},
    Row{MatchClass::kB11, "B11", "失学/辍学", "立案劝返", true},
    Row{MatchClass::kN00, "N00", "未到入学年龄", "无需处理", false},
    Row{MatchClass::kR01, "R01", "在籍而未见其人(人籍分离)", "学校核实是否在校", true},
};

const Row* Find(MatchClass match_class) {
  for (const Row& row : kRows) {
    if (row.match_class == match_class) return &row;
  }
  return nullptr;
}

bool SaysOneOf(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (text.find(word) != std::string_view::npos) return true;
  }
  return false;
}

// The words of the list's columns that say where the child is, joined.
std::string Words(const Record& row) {
  std::string words;
  for (const Field field : {Field::kHukouStatus, Field::kWhereabouts, Field::kRemark}) {
    words.append(row.Get(field)).append(" ");
  }
  return words;
}

Verdict Explained(MatchClass match_class, std::string why, bool needs_decision = false) {
  return Verdict{match_class, 1000, needs_decision, std::move(why)};
}

// Schooling elsewhere: B02, B03 or B04; kNone when the row does not speak of a school.
MatchClass Schooling(const Record& row, std::string_view words, std::string_view county_division,
                     const Divisions& divisions) {
  const std::string_view school = row.Get(Field::kAttendingSchool);
  const bool speaks_of_school =
      !school.empty() || SaysOneOf(words, {"就读", "在读", "上学", "读书"});
  const bool denied = SaysOneOf(words, {"未就读", "不就读", "未在读", "未上学", "不上学"});
  if (!speaks_of_school || (denied && school.empty())) return MatchClass::kNone;
  const bool registered_elsewhere = StudentNoKindOf(row.Get(Field::kStudentNo)).has_value() ||
                                    SaysOneOf(words, {"有学籍", "已注册学籍", "学籍在"});
  const bool denied_registration = SaysOneOf(words, {"无学籍", "未建学籍", "没有学籍"});
  if (registered_elsewhere && !denied_registration) return MatchClass::kB04;
  if (SaysOneOf(words, {"省外", "外省", "跨省"})) return MatchClass::kB03;
  if (SaysOneOf(words, {"省内", "本省", "外县", "外市", "市内", "县外"})) return MatchClass::kB02;
  std::string where{words};
  where.append(school);
  const std::string_view province = divisions.ProvinceNamedIn(where);
  if (!province.empty() && province != county_division.substr(0, 2)) return MatchClass::kB03;
  return MatchClass::kB02;
}

}  // namespace

std::string_view MatchCode(MatchClass match_class) {
  const Row* row = Find(match_class);
  return row == nullptr ? "" : row->code;
}
MatchClass MatchFromCode(std::string_view code) {
  for (const Row& row : kRows) {
    if (row.code == code) return row.match_class;
  }
  return MatchClass::kNone;
}
std::string_view MatchText(MatchClass match_class) {
  const Row* row = Find(match_class);
  return row == nullptr ? "" : row->text;
}
std::string_view NextAction(MatchClass match_class) {
  const Row* row = Find(match_class);
  return row == nullptr ? "" : row->action;
}
bool MattersToOthers(MatchClass match_class) {
  const Row* row = Find(match_class);
  return row != nullptr && row->matters;
}

Verdict JudgeExact(const ExactFacts& facts) {
  using S = StudentStatus;
  if (facts.status == S::kDeceased) {
    return Explained(MatchClass::kB08, "学籍登记为死亡,户籍仍在册", true);
  }
  if (!facts.same_name) {
    return Explained(MatchClass::kB09, "身份证件号相同而姓名不同", true);
  }
  switch (facts.status) {
    case S::kTransferredOut:
      return Explained(MatchClass::kB04, "学籍已转出");
    case S::kLeftOverAge:
      return Explained(MatchClass::kB05, "学籍登记为超龄离校");
    case S::kGraduated:
    case S::kCompleted:
      return Explained(MatchClass::kB05, "学籍登记为毕业或结业", true);
    case S::kSuspended:
      return Explained(MatchClass::kB07, "学籍登记为休学");
    case S::kPlaceKept:
      return Explained(MatchClass::kB07, "学籍登记为延缓入学或保留学籍");
    case S::kWhereaboutsUnknown:
      return Explained(MatchClass::kB10, "学籍登记为下落不明");
    case S::kLost:
      return Explained(MatchClass::kB11, "学籍登记为流失");
    case S::kOther:
      return Explained(MatchClass::kB09, "学籍状态为其他", true);
    default:
      break;
  }
  if (facts.home_teaching) return Explained(MatchClass::kB07, "在籍,送教上门");
  if (facts.absent) return Explained(MatchClass::kR01, "在籍,但有未结的缺勤个案", true);
  return Explained(MatchClass::kB01, "身份证件号相同,在籍在校");
}

Verdict JudgeUnmatched(const ListedPerson& person, const Policy& policy, const Divisions& divisions,
                       base::Date on) {
  const std::string words = Words(person.row);
  if (SaysOneOf(words, {"死亡", "已故", "亡故", "去世", "夭折"})) {
    return Explained(MatchClass::kB08, "名单注明死亡", true);
  }
  if (SaysOneOf(words, {"出国", "出境", "国外", "境外", "移居", "移民"})) {
    return Explained(MatchClass::kB06, "名单注明出国(境)");
  }
  if (SaysOneOf(words, {"空挂", "双重户", "重复户", "查无此人", "号码错误", "证号错误", "姓名错误",
                        "户籍错误", "信息错误", "已注销"})) {
    return Explained(MatchClass::kB09, "名单注明户籍或信息有误", true);
  }
  const MatchAge age = MatchAgeOn(policy, person.birth, on);
  if (SaysOneOf(words, {"超龄", "已毕业", "完成义务教育"}) || age.present > policy.age_max) {
    return Explained(MatchClass::kB05, fmt::format("截至 {} 为 {} 周岁,或名单注明超龄离校",
                                                   CutoffFor(policy, on).ToString(), age.present));
  }
  const MatchClass schooling = Schooling(person.row, words, person.county_division, divisions);
  if (schooling != MatchClass::kNone) {
    return Explained(schooling, fmt::format("名单注明{}", MatchText(schooling)));
  }
  if (SaysOneOf(words, {"因病", "因残", "重病", "住院", "残疾", "重残", "送教", "康复", "延缓"}) ||
      person.disabled_group) {
    return Explained(MatchClass::kB07, "名单或残疾儿童名单注明因病因残");
  }
  if (SaysOneOf(words, {"失学", "辍学", "拒绝", "厌学", "务工", "打工", "早婚", "不愿上学",
                        "未就读", "未上学", "不上学"}) &&
      !SaysOneOf(words, {"随父母", "父母外出", "父母务工", "父母打工", "举家"})) {
    return Explained(MatchClass::kB11, "名单注明未就读");
  }
  if (SaysOneOf(words, {"外出", "随父母", "举家", "失联", "无法联系", "联系不上", "下落不明",
                        "不在家", "长年不回", "人户分离"})) {
    return Explained(MatchClass::kB10, "名单注明外出或无法联系");
  }
  if (age.coming < policy.age_min) return Explained(MatchClass::kN00, "未满入学年龄");
  return Verdict{MatchClass::kB11, 1000, true, "名单在册,无学籍,也没有注明去向"};
}

int Score(const Likeness& likeness) {
  int score = 0;
  if (likeness.name) score += 400;
  if (likeness.birth) score += 300;
  if (likeness.sex) score += 100;
  if (likeness.guardian) score += 150;
  if (likeness.phone) score += 50;
  // Nothing known of the guardian on one side speaks neither for nor against.
  if (!likeness.guardian_known && likeness.name && likeness.birth) score += 100;
  return score;
}

Verdict JudgeLikeness(const Likeness& likeness, const Policy& policy) {
  const int score = Score(likeness);
  if (score < policy.match_maybe_score) return {};
  const bool numbers_differ = likeness.list_has_number && likeness.student_has_number;
  Verdict verdict;
  verdict.score = score;
  verdict.needs_decision = true;
  verdict.match_class = numbers_differ ? MatchClass::kB09 : MatchClass::kB01;
  const std::string_view how = score >= policy.match_same_score ? "很可能是同一人" : "可能是同一人";
  verdict.why = numbers_differ ? fmt::format("姓名等相符而身份证件号不同,{}:须人工确认", how)
                               : fmt::format("一方没有身份证件号,姓名等相符,{}:须人工确认", how);
  return verdict;
}

Verdict JudgeUnlisted(bool absent) {
  if (absent) return Verdict{MatchClass::kR01, 1000, true, "在籍,但有未结的缺勤个案,名单中也没有"};
  return Verdict{MatchClass::kR01, 1000, true, "在籍且户籍在本县,名单中没有"};
}

}  // namespace registry
