// What the registry has told: schools, classes, states of students, lines of lists; and the two
// facts that only this service is told. Errors: those of store::Session.
#pragma once

#include <vector>

#include "subsidy/store/rows.h"

namespace subsidy {

base::Status SaveSchools(store::Transaction& tx, const std::vector<SchoolRow>& rows);
base::Status SaveClasses(store::Transaction& tx, const std::vector<ClassRow>& rows);
base::Status SaveStates(store::Transaction& tx, const std::vector<StateRow>& rows);
// All lines about each student: what stood before goes.
base::Status SaveTags(store::Transaction& tx, const std::map<StudentId, std::vector<Tag>>& tags);
base::Status SavePaidElsewhere(store::Transaction& tx, StudentId student, std::string_view term,
                               std::string_view division, std::int64_t fen,
                               std::string_view letter, bool withdrawn);

struct StepRow {
  RecognitionStep step = {};
  Actor actor = {};
  std::string note = {};
};
// Term -> 分 that another county has paid.
base::Result<std::map<std::string, std::int64_t>> PaidElsewhereOf(store::Session& session,
                                                                  StudentId student);
base::Result<std::vector<StepRow>> LoadSteps(store::Session& session, StudentId student,
                                             std::string_view school_year);
base::Status AddStep(store::Transaction& tx, StudentId student, std::string_view school_year,
                     int step_no, const StepRow& row, base::UtcTime now);

base::Result<std::vector<StudentId>> StudentsOfClasses(store::Session& session,
                                                       const std::vector<std::int64_t>& classes);
base::Result<std::vector<StudentId>> StudentsOfSchools(store::Session& session,
                                                       const std::vector<std::string>& schools);
// In order of the ids; a student that nobody knows is left out.
base::Result<std::vector<Dossier>> LoadDossiers(store::Session& session,
                                                const std::vector<StudentId>& students);
base::Result<Places> LoadPlaces(store::Session& session, const std::vector<Dossier>& dossiers);
base::Result<std::vector<StudentId>> StudentsAfter(store::Session& session, StudentId after,
                                                   std::uint32_t limit);

struct PublicRow {
  std::string school = {};
  std::string school_class = {};
  std::string name = {};
};
// Whose latest step of that year is 公示.
base::Result<std::vector<PublicRow>> ListPublic(store::Session& session,
                                                std::string_view school_year,
                                                std::string_view school_code);

}  // namespace subsidy
