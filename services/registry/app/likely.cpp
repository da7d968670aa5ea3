#include "registry/app/likely.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "registry/domain/normalise.h"
#include "registry/domain/text.h"
#include "registry/store/likely_repository.h"
#include "registry/store/place_repository.h"

namespace registry {
namespace {

constexpr std::uint32_t kNamesakesMax = 1000;
constexpr std::uint32_t kBornMax = 2000;      // on the days together
constexpr std::size_t kContactsMax = 1000;    // of all guardians together
constexpr std::size_t kGuardiansMax = 6;      // of one letter
constexpr std::size_t kOpenedMax = 100;
constexpr std::size_t kToldMax = 50;

// What the letter says, made canonical.
struct Said {
  std::string number = {};
  std::string name = {};
  std::optional<base::Date> birth = {};
  Sex sex = Sex::kUnknown;
  std::vector<std::string> guardians = {};
  std::vector<std::string> phones = {};
  std::vector<base::Date> days = {};       // looked at
  std::vector<std::string> near_keys = {}; // of numbers that may be meant
};

Said Read(const WhichLikely& which, const Vault& vault) {
  Said said{.number = NormaliseId(which.id_number), .name = CleanName(which.name)};
  const std::optional<base::Date> within = BirthIn(said.number);
  said.birth = which.birth ? which.birth : within;
  said.sex = which.sex == Sex::kUnknown ? SexIn(said.number) : which.sex;
  for (const std::string& guardian : which.guardians) {
    std::string name = CleanName(guardian);
    if (!name.empty() && said.guardians.size() < kGuardiansMax) {
      said.guardians.push_back(std::move(name));
    }
  }
  for (const std::string& phone : which.phones) {
    std::string digits = PhoneDigits(phone);
    if (!digits.empty() && said.phones.size() < kGuardiansMax) {
      said.phones.push_back(std::move(digits));
    }
  }
  std::set<base::Date> days;
  for (const std::optional<base::Date>& day : {which.birth, within}) {
    if (!day) continue;
    days.insert(*day);
    if (const auto swapped = Swapped(*day)) days.insert(*swapped);
  }
  said.days.assign(days.begin(), days.end());
  for (const std::string& number : NumbersNear(said.number)) {
    said.near_keys.push_back(vault.NumberKey(number));
  }
  return said;
}

Agreement AgreementOf(bool both_known, bool equal) {
  if (!both_known) return Agreement::kUnknown;
  return equal ? Agreement::kYes : Agreement::kNo;
}

// One of the texts said is one of ours.
Agreement OneOf(const std::vector<std::string>& said, const std::vector<std::string>& ours) {
  const bool equal = std::any_of(ours.begin(), ours.end(), [&](const std::string& one) {
    return std::find(said.begin(), said.end(), one) != said.end();
  });
  return AgreementOf(!said.empty() && !ours.empty(), equal);
}

// What can be told without opening anything.
ChildLikeness CompareOpenly(const Said& said, const NamedRow& row) {
  ChildLikeness likeness;
  likeness.name = CompareNames(said.name, row.name);
  if (said.birth) likeness.birth = CompareBirths(*said.birth, row.birth);
  likeness.sex = AgreementOf(said.sex != Sex::kUnknown && row.sex != Sex::kUnknown,
                             said.sex == row.sex);
  return likeness;
}

struct SealedFields {
  std::vector<Field> guardians = {};
  std::vector<Field> phones = {};
};

ChildLikeness Compare(const Said& said, const NamedRow& row, const Record& record,
                      const SealedFields& fields) {
  ChildLikeness likeness = CompareOpenly(said, row);
  const bool former = !said.name.empty() && likeness.name != NameLikeness::kSame &&
                      CleanName(record.Get(Field::kFormerName)) == said.name;
  if (former) likeness.name = NameLikeness::kFormer;
  likeness.number = CompareNumbers(said.number, NormaliseId(record.Get(Field::kIdNumber)));
  std::vector<std::string> names;
  for (const Field field : fields.guardians) {
    if (record.Has(field)) names.push_back(CleanName(record.Get(field)));
  }
  std::vector<std::string> phones;
  for (const Field field : fields.phones) {
    std::string digits = PhoneDigits(record.Get(field));
    if (!digits.empty()) phones.push_back(std::move(digits));
  }
  likeness.guardian = OneOf(said.guardians, names);
  likeness.phone = OneOf(said.phones, phones);
  return likeness;
}

// Who is found by several ways is opened first.
class Finds {
 public:
  void Add(const NamedRow& row, int rank) {
    const auto [at, fresh] = rows_.emplace(row.id, std::pair{row, rank});
    if (!fresh) at->second.second += rank;
  }
  bool empty() const { return rows_.empty(); }
  const NamedRow& At(std::int64_t id) const { return rows_.at(id).first; }
  std::vector<std::int64_t> Best() const {
    std::vector<std::pair<int, std::int64_t>> order;
    for (const auto& [id, row] : rows_) order.emplace_back(-row.second, id);
    std::sort(order.begin(), order.end());
    if (order.size() > kOpenedMax) order.resize(kOpenedMax);
    std::vector<std::int64_t> ids;
    for (const auto& [rank, id] : order) ids.push_back(id);
    return ids;
  }

 private:
  std::map<std::int64_t, std::pair<NamedRow, int>> rows_;
};

// Those whose name is the same or nearly.
void AddBorn(const Said& said, const std::vector<NamedRow>& born, Finds& finds) {
  for (const NamedRow& row : born) {
    const NameLikeness name = CompareNames(said.name, row.name);
    if (name == NameLikeness::kSame || IsNear(name)) {
      finds.Add(row, Agreements(CompareOpenly(said, row)));
    }
  }
}

base::Status AddContacts(const Said& said, ContactBook& book, store::Session& session,
                         Finds& finds) {
  using Kind = ContactBook::Kind;
  std::vector<ContactBook::Contact> sure;
  std::vector<ContactBook::Contact> names;
  for (const std::string& phone : said.phones) sure.push_back({Kind::kPhone, phone});
  if (!said.name.empty()) sure.push_back({Kind::kFormerName, said.name});
  for (const std::string& name : said.guardians) names.push_back({Kind::kGuardian, name});
  for (const auto& contacts : {sure, names}) {
    ASSIGN_OR_RETURN(const auto ids, book.Find(session, contacts, kContactsMax));
    ASSIGN_OR_RETURN(const auto rows, StudentsOfIds(session, ids));
    for (const NamedRow& row : rows) finds.Add(row, 1 + Agreements(CompareOpenly(said, row)));
  }
  return {};
}

base::Result<Finds> FindStudents(const Said& said, ContactBook& book, store::Session& session) {
  Finds finds;
  if (!said.name.empty()) {
    ASSIGN_OR_RETURN(const auto namesakes, StudentsNamed(session, said.name, kNamesakesMax));
    for (const NamedRow& row : namesakes) {
      // A number or a guardian that agrees is found by itself.
      const ChildLikeness likeness = CompareOpenly(said, row);
      if (likeness.birth != BirthLikeness::kDifferent) finds.Add(row, Agreements(likeness));
    }
    ASSIGN_OR_RETURN(const auto born, StudentsBornOn(session, said.days, kBornMax));
    AddBorn(said, born, finds);
  }
  ASSIGN_OR_RETURN(const auto near, StudentsOfKeys(session, said.near_keys));
  for (const NamedRow& row : near) finds.Add(row, 2 + Agreements(CompareOpenly(said, row)));
  RETURN_IF_ERROR(AddContacts(said, book, session, finds));
  return finds;
}

template <class One>
void KeepBest(std::vector<One>& all) {
  std::stable_sort(all.begin(), all.end(), [](const One& a, const One& b) {
    return Agreements(a.likeness) > Agreements(b.likeness);
  });
  if (all.size() > kToldMax) all.resize(kToldMax);
}

base::Status AddPlaces(store::Session& session, std::vector<LikelyStudent>& students) {
  std::map<std::string, std::string> schools;
  std::map<ClassId, std::string> classes;
  for (LikelyStudent& one : students) {
    const auto [school, new_school] = schools.emplace(one.student.school_code, "");
    if (new_school) {
      ASSIGN_OR_RETURN(const auto found, FindSchool(session, one.student.school_code));
      if (found) school->second = found->name;
    }
    one.school_name = school->second;
    const auto [in, new_class] = classes.emplace(one.student.class_id, "");
    if (new_class && one.student.class_id) {
      ASSIGN_OR_RETURN(const auto found, FindClass(session, one.student.class_id));
      if (found) in->second = found->name;
    }
    one.class_name = in->second;
  }
  return {};
}

// Opens and compares; `keys` are those of the students who are told.
base::Result<std::vector<LikelyStudent>> OpenStudents(const Said& said, const Vault& vault,
                                                      store::Session& session,
                                                      const Finds& finds,
                                                      std::set<std::string>& keys) {
  static const SealedFields kFields{
      {Field::kMember1Name, Field::kMember2Name},
      {Field::kMember1Phone, Field::kMember2Phone, Field::kPhone}};
  std::vector<LikelyStudent> found;
  if (finds.empty()) return found;
  std::vector<StudentId> ids;
  for (const std::int64_t id : finds.Best()) ids.emplace_back(id);
  ASSIGN_OR_RETURN(const auto rows, FindStudentsById(session, ids, Lock::kNone));
  for (const StudentRow& row : rows) {
    LikelyStudent one;
    ASSIGN_OR_RETURN(one.student, OpenStudent(vault, row));
    one.likeness = Compare(said, finds.At(row.student.id.raw()), one.student.details, kFields);
    if (!IsWorthALook(one.likeness)) continue;
    keys.insert(row.person_key);
    found.push_back(std::move(one));
  }
  KeepBest(found);
  RETURN_IF_ERROR(AddPlaces(session, found));
  return found;
}

base::Result<Finds> FindPeople(const Said& said, BatchId batch, store::Session& session) {
  Finds finds;
  if (!said.name.empty()) {
    ASSIGN_OR_RETURN(const auto born, PeopleBornOn(session, batch, said.days, kBornMax));
    AddBorn(said, born, finds);
  }
  ASSIGN_OR_RETURN(const auto near, PeopleOfKeys(session, batch, said.near_keys));
  for (const NamedRow& row : near) finds.Add(row, 2 + Agreements(CompareOpenly(said, row)));
  return finds;
}

}  // namespace

base::Result<LikelyFound> Likely::Find(const WhichLikely& which) {
  static const SealedFields kListed{{Field::kGuardianName}, {Field::kGuardianPhone}};
  const Said said = Read(which, deps_.vault);
  LikelyFound found;
  RETURN_IF_ERROR(deps_.pool.WithSession([&](store::Session& session) -> base::Status {
    std::set<std::string> keys;
    ASSIGN_OR_RETURN(const Finds finds, FindStudents(said, book_, session));
    ASSIGN_OR_RETURN(found.students, OpenStudents(said, deps_.vault, session, finds, keys));
    found.people.clear();
    ASSIGN_OR_RETURN(const auto batch, LatestBatch(session, ImportKind::kSchoolAge, ""));
    if (!batch) return {};
    ASSIGN_OR_RETURN(const Finds listed, FindPeople(said, batch->id, session));
    if (listed.empty()) return {};
    std::vector<PersonId> ids;
    for (const std::int64_t id : listed.Best()) ids.emplace_back(id);
    ASSIGN_OR_RETURN(const auto rows, FindPersonsById(session, ids));
    for (const PersonRow& row : rows) {
      if (keys.contains(row.person_key)) continue;
      ASSIGN_OR_RETURN(const Record record, deps_.vault.OpenRecord(Sealed::kPerson, row.sealed));
      LikelyPerson one;
      one.likeness = Compare(said, listed.At(row.id.raw()), record, kListed);
      if (!IsWorthALook(one.likeness)) continue;
      ASSIGN_OR_RETURN(one.person, people_.View(session, row));
      found.people.push_back(std::move(one));
    }
    KeepBest(found.people);
    return {};
  }));
  return found;
}

}  // namespace registry
