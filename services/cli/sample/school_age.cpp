#include "cli/sample/school_age.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "cli/sample/csv_file.h"
#include "cli/sample/rollcall_files.h"

namespace sample {
namespace {

// Of the students, basis points for each kind of disagreement; about 2 % altogether.
constexpr std::uint64_t kEachBp = 13;

// A child who is on the list and in no school of the county, and what the list says of it.
struct Story {
  std::string_view match_class;
  std::string_view chinese;
  int age_min;
  int age_max;
  std::string_view hukou_state;
  std::string_view whereabouts;
  std::string_view school;
  std::string_view remark;
  bool student_no = false;  // a 学籍号 elsewhere
  bool needs_decision = false;
};

// Ages that mean the same just before and just after the day of the year on which ages count.
constexpr auto kStories = std::to_array<Story>({
    {"B02", "省内就读无学籍", 6, 14, "正常", "省内外县就读,无学籍", "", "临时借读,未办手续"},
    {"B03", "省外就读无学籍", 6, 14, "正常", "省外就读,无学籍", "东莞市长安镇某民办小学",
     "随亲属在外"},
    {"B04", "外地就读有学籍", 6, 14, "正常", "外地就读", "杭州市余杭区某小学", "已在当地注册学籍",
     true},
    {"B05", "超龄离校", 17, 17, "正常", "", "", ""},
    {"B05", "已毕业", 15, 15, "正常", "已毕业", "", "2026年6月初中毕业"},
    {"B06", "出国(境)", 6, 14, "正常", "随父母移居国外", "", "护照已核"},
    {"B07", "因病因残", 6, 14, "正常", "重度残疾,在家康复", "", ""},
    {"B07", "因病延缓", 6, 7, "正常", "因病住院", "", "拟申请延缓入学"},
    {"B08", "死亡", 6, 14, "死亡未注销", "", "", "村委会证明", false, true},
    {"B09", "空挂户", 6, 14, "空挂户", "查无此人", "", "", false, true},
    {"B10", "随父母外出无法联系", 6, 14, "人户分离", "随父母外出,长年不回", "",
     "电话停机,无法联系"},
    {"B11", "辍学在家", 9, 14, "正常", "辍学在家,厌学", "", "家长称劝不动"},
    {"B11", "外出务工", 13, 14, "正常", "外出打工", "", ""},
    {"B11", "去向不明的在册儿童", 7, 14, "正常", "", "", "", false, true},
    {"N00", "未到入学年龄", 5, 5, "正常", "", "", ""},
});

// What happens to a student's own row.
enum class Slip { kNone, kWrongName, kWrongNumber, kNotListed };

class ListWriter {
 public:
  ListWriter(County& county, const std::string& path)
      : county_(county),
        file_(path),
        rng_(county.seed ^ 0x0b01b11ULL),
        own_(static_cast<std::uint32_t>(std::stoul(county.plan.division))) {
    for (const Student& student : county.students) names_.insert(county.NameOf(student));
  }

  base::Result<SchoolAgeTruth> Run(const Progress& progress) {
    file_.Row({"姓名", "性别", "出生日期", "身份证件号", "户籍地址", "户籍地行政区划代码",
               "监护人姓名", "监护人电话", "户籍状态", "核查去向", "就读学校", "学籍号", "备注",
               "所属镇街", "村居"});
    const std::uint64_t each =
        std::max<std::uint64_t>(2, county_.students.size() * kEachBp / 10000);
    PickSlips(each);
    const std::uint64_t strangers = each * kStories.size();
    const std::uint64_t total = county_.students.size();
    std::uint64_t told = 0;
    for (std::uint32_t i = 0; i < total; ++i) {
      Listed(i);
      // Spread evenly among the students.
      for (; told * total < strangers * (i + 1); ++told) Stranger(kStories[told % kStories.size()]);
      if (progress && i % 4096 == 0) progress(static_cast<int>(i * 1000ull / total));
    }
    truth_.rows = file_.rows() - 1;
    RETURN_IF_ERROR(file_.Close());
    return std::move(truth_);
  }

 private:
  // Students of the county's own hukou whose name and birthday nobody shares.
  void PickSlips(std::uint64_t each) {
    std::unordered_map<std::string, int> seen;
    for (const Student& student : county_.students) ++seen[Key(student)];
    std::vector<std::uint32_t> fit;
    for (std::uint32_t i = 0; i < county_.students.size(); ++i) {
      const Student& student = county_.students[i];
      const bool own = student.hukou_division == own_ && student.id_division == own_;
      if (own && seen[Key(student)] == 1) fit.push_back(i);
    }
    for (const Slip slip : {Slip::kWrongName, Slip::kWrongNumber, Slip::kNotListed}) {
      for (std::uint64_t n = 0; n < each && slips_.size() < fit.size(); ++n) {
        std::uint32_t student = fit[rng_.Below(fit.size())];
        while (slips_.contains(student)) student = fit[rng_.Below(fit.size())];
        slips_[student] = slip;
      }
    }
  }

  std::string Key(const Student& student) const {
    return county_.NameOf(student) + student.birth.ToString();
  }

  void Listed(std::uint32_t index) {
    const Student& student = county_.students[index];
    const auto found = slips_.find(index);
    const Slip slip = found == slips_.end() ? Slip::kNone : found->second;
    std::string name = county_.NameOf(student);
    std::string id = county_.IdOf(student);
    if (slip == Slip::kNotListed) {
      Tell("R01", "在籍而未列名", name, student.birth, index, 0, true);
      return;
    }
    if (slip == Slip::kWrongName) {
      name = FreshName(student.sex);
      Tell("B09", "号码相同而姓名不同", name, student.birth, index, file_.rows() + 1, true);
    } else if (slip == Slip::kWrongNumber) {
      id = IdNumber(fmt::format("{:06}", own_), student.birth,
                    county_.numbers.Next(own_, student.birth, student.sex));
      Tell("B09", "姓名等相同而号码不同", name, student.birth, index, file_.rows() + 1, true);
    } else {
      ++truth_.plain;
    }
    const Household home = HouseholdOf(county_, index);
    const School& school = county_.school_of(student);
    file_.Row({name, student.sex == Sex::kMale ? "男" : "女", student.birth.ToString(), id,
               home.hukou_address, fmt::format("{:06}", student.hukou_division), home.first.name,
               home.first.phone, "正常", "在校就读", school.name, "", "",
               county_.plan.towns[school.town], home.village});
  }

  void Stranger(const Story& story) {
    const Sex sex = rng_.Chance(5200) ? Sex::kMale : Sex::kFemale;
    const int ages = story.age_max - story.age_min + 1;
    const int age = story.age_min + static_cast<int>(rng_.Below(static_cast<std::uint64_t>(ages)));
    const base::Date birth = BirthAtAge(rng_, county_.school_year, age);
    const std::string name = FreshName(sex);
    const std::string id =
        IdNumber(county_.plan.division, birth, county_.numbers.Next(own_, birth, sex));
    const std::string guardian = FreshName(Sex::kMale);
    const std::string& town = county_.plan.towns[rng_.Below(county_.plan.towns.size())];
    const std::string village = VillageName(rng_.Below(160));
    Tell(story.match_class, story.chinese, name, birth, {}, file_.rows() + 1, story.needs_decision);
    file_.Row({name, sex == Sex::kMale ? "男" : "女", birth.ToString(), id,
               fmt::format("{}{}{}{}号", county_.plan.name, town, village, 1 + rng_.Below(300)),
               county_.plan.division, guardian, fmt::format("1991{:07}", rng_.Below(10'000'000)),
               story.hukou_state, story.whereabouts, story.school,
               story.student_no ? "G" + id : std::string{}, story.remark, town, village});
  }

  // A name that no student has, so that nobody is taken for another.
  std::string FreshName(Sex sex) {
    for (;;) {
      std::string name = NameText(DrawName(rng_, sex), sex);
      if (names_.insert(name).second) return name;
    }
  }

  void Tell(std::string_view match_class, std::string_view chinese, const std::string& name,
            base::Date birth, std::optional<std::uint32_t> student, std::uint64_t row,
            bool needs_decision) {
    TruthMatch match{.row = row,
                     .match_class = std::string{match_class},
                     .chinese = std::string{chinese},
                     .name = name,
                     .birth = birth,
                     .needs_decision = needs_decision};
    if (student) {
      const SeatRef ref = RefOf(county_, *student);
      match.student = TruthStudent{.school = std::string{ref.school},
                                   .class_no = std::string{ref.class_no},
                                   .seat = ref.seat,
                                   .name = county_.NameOf(county_.students[*student])};
    }
    truth_.matches.push_back(std::move(match));
  }

  County& county_;
  CsvFile file_;
  base::Rng rng_;
  const std::uint32_t own_;
  std::unordered_set<std::string> names_;
  std::unordered_map<std::uint32_t, Slip> slips_;
  SchoolAgeTruth truth_;
};

}  // namespace

base::Result<SchoolAgeTruth> WriteSchoolAge(County& county, const std::string& path,
                                            const Progress& progress) {
  return ListWriter(county, path).Run(progress);
}

}  // namespace sample
