// Between the contract's messages and the domain: refuses nonsense on the way in, masks on the way
// out. Errors: kInvalidArgument with ACTOR_MISSING, KEY_MISSING, BAD_DATE, BAD_ID. Pure and
// thread-safe.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "bus/bus.h"
#include "registry/app/enrolments.h"
#include "registry/app/imports.h"
#include "registry/app/ledgers.h"
#include "registry/app/messages.h"
#include "registry/app/people.h"
#include "registry/app/reconciliations.h"
#include "registry/app/students.h"

namespace registry {

// ---- in ----

// Who writes, with which key. Every write passes here.
base::Result<WriteContext> WriteFrom(const bus::Request& request);
// The same for a write whose own ids make it idempotent.
base::Status CheckWrite(const bus::Request& request);
base::Result<std::optional<base::Date>> DateFrom(bool has, const baoxue::bus::v1::Date& date,
                                                 std::string_view what);
base::Result<ImportId> ImportIdFrom(const std::string& text);
base::Result<BeginCommand> From(const pb::BeginImport& message);
std::vector<InputRow> From(const pb::AddImportRows& message);
base::Result<Outcome> OutcomeFrom(const std::string& text);
base::Result<AsOf> AsOfFrom(bool has_as_of, const baoxue::bus::v1::Date& as_of, bool has_known_on,
                            const baoxue::bus::v1::Date& known_on);
base::Result<ChangeCommand> From(const pb::ChangeEnrolment& message);
base::Result<StudentFilter> From(const pb::ListStudents& message);
base::Result<MatchFilter> From(const pb::ListMatches& message);

// ---- out ----

pb::BeginImportReply ToReply(const Begun& begun);
pb::ImportReply ToReply(const ImportReport& report);
pb::ListImportRowsReply ToReply(const OutcomePage& page);
pb::ReconciliationReply ToReply(const RunRow& run);
pb::ListLedgerReply ToReply(const LedgerPage& page);
void Fill(pb::Student& to, const StudentView& view);
// With the identity number in the clear.
pb::GetChildForLetterReply ToChild(const StudentView& view, bool with_guardians);
void Fill(pb::ListedPerson& to, const PersonView& view);
void Fill(pb::EnrolmentChange& to, const ChangeRow& row);

}  // namespace registry
