#include <fmt/format.h>

#include <charconv>

#include "registry/domain/text.h"
#include "registry/endpoints/mapping.h"

namespace registry {
namespace {

using base::Code;
using base::Error;

constexpr std::size_t kKeyBytes = 16;

// What the columns of the history hold.
base::Status CheckTexts(const pb::ChangeEnrolment& message) {
  bool fits = message.evidence_size() <= 12 && message.reason_code().size() <= 8 &&
              Characters(message.note()) <= 500 && Characters(message.other_school()) <= 100 &&
              message.other_division().size() <= 12;
  for (const std::string& evidence : message.evidence()) {
    fits = fits && Characters(evidence) <= 300;
  }
  if (fits) return {};
  return Error{Code::kInvalidArgument, "TEXT_TOO_LONG",
               "佐证材料至多 12 份、每份 300 字,说明至多 500 字,学校名称至多 100 字"};
}

Actor From(const bus::Actor& message) {
  return Actor{message.person_id(), message.name(), message.role(), message.body()};
}

}  // namespace

base::Result<WriteContext> WriteFrom(const bus::Request& request) {
  const bus::Actor& actor = request.envelope.actor();
  if (actor.person_id().empty() || actor.role().empty()) {
    return Error{Code::kInvalidArgument, "ACTOR_MISSING", "须写明办理人及其身份"};
  }
  if (request.envelope.idempotency_key().size() != kKeyBytes) {
    return Error{Code::kInvalidArgument, "KEY_MISSING", "a write needs a key of 16 bytes"};
  }
  return WriteContext{.actor = From(actor),
                      .idempotency_key = request.envelope.idempotency_key(),
                      .request_type = request.envelope.type(),
                      .correlation_id = request.envelope.correlation_id(),
                      .causation_id = request.envelope.message_id()};
}

base::Status CheckWrite(const bus::Request& request) {
  const auto write = WriteFrom(request);
  return write.ok() ? base::Status{} : write.error();
}

base::Result<std::optional<base::Date>> DateFrom(bool has, const baoxue::bus::v1::Date& date,
                                                 std::string_view what) {
  if (!has) return std::optional<base::Date>{};
  const auto day = date.month() < 1 || date.day() < 1
                       ? std::nullopt
                       : base::Date::FromYmd(date.year(), static_cast<unsigned>(date.month()),
                                             static_cast<unsigned>(date.day()));
  if (!day) {
    return Error{Code::kInvalidArgument, "BAD_DATE", fmt::format("{}不是一个存在的日期", what)};
  }
  return std::optional{*day};
}

base::Result<ImportId> ImportIdFrom(const std::string& text) {
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc{} || end != text.data() + text.size() || id <= 0) {
    return Error{Code::kInvalidArgument, "BAD_ID", "导入编号不是数字"};
  }
  return ImportId{id};
}

base::Result<BeginCommand> From(const pb::BeginImport& message) {
  BeginCommand command{.kind = message.kind(),
                       .file_name = message.file_name(),
                       .header = {message.header().begin(), message.header().end()},
                       .full = message.full(),
                       .source = message.source(),
                       .batch = message.batch(),
                       .group = message.group()};
  ASSIGN_OR_RETURN(command.valid_from,
                   DateFrom(message.has_valid_from(), message.valid_from(), "生效日期"));
  ASSIGN_OR_RETURN(command.valid_to,
                   DateFrom(message.has_valid_to(), message.valid_to(), "失效日期"));
  return command;
}

std::vector<InputRow> From(const pb::AddImportRows& message) {
  std::vector<InputRow> rows;
  rows.reserve(static_cast<std::size_t>(message.rows_size()));
  for (const pb::ImportRow& row : message.rows()) {
    rows.push_back(InputRow{row.number(),
                            Cells{row.cells().data(), static_cast<std::size_t>(row.cells_size())}});
  }
  return rows;
}

base::Result<Outcome> OutcomeFrom(const std::string& text) {
  if (text == "refused") return Outcome::kRefused;
  if (text == "changed") return Outcome::kChanged;
  if (text == "missing") return Outcome::kMissing;
  return Error{Code::kInvalidArgument, "OUTCOME_UNKNOWN", "应为 refused、changed 或 missing"};
}

base::Result<AsOf> AsOfFrom(bool has_as_of, const baoxue::bus::v1::Date& as_of, bool has_known_on,
                            const baoxue::bus::v1::Date& known_on) {
  AsOf result;
  ASSIGN_OR_RETURN(result.effective_on, DateFrom(has_as_of, as_of, "查询日期"));
  ASSIGN_OR_RETURN(result.known_on, DateFrom(has_known_on, known_on, "知悉日期"));
  return result;
}

base::Result<ChangeCommand> From(const pb::ChangeEnrolment& message) {
  ChangeCommand command;
  command.student_id = StudentId{message.student_id()};
  command.expected_version = message.expected_version();
  command.details = {message.details().begin(), message.details().end()};
  EnrolmentCommand& enrolment = command.enrolment;
  enrolment.kind = message.kind();
  enrolment.reason_code = message.reason_code();
  enrolment.evidence = {message.evidence().begin(), message.evidence().end()};
  enrolment.approver = From(message.approver());
  enrolment.class_id = ClassId{message.class_id()};
  enrolment.other_school = message.other_school();
  enrolment.other_division = message.other_division();
  enrolment.note = message.note();
  RETURN_IF_ERROR(CheckTexts(message));
  ASSIGN_OR_RETURN(enrolment.effective,
                   DateFrom(message.has_effective(), message.effective(), "生效日期"));
  ASSIGN_OR_RETURN(enrolment.until, DateFrom(message.has_until(), message.until(), "期满日期"));
  if (command.student_id.raw() < 0) {
    return Error{Code::kInvalidArgument, "BAD_ID", "学生编号不能是负数"};
  }
  return command;
}

base::Result<StudentFilter> From(const pb::ListStudents& message) {
  StudentFilter filter{.school_code = message.school_code(),
                       .class_id = ClassId{message.class_id()},
                       .name = CleanName(message.name()),
                       .after = StudentId{message.after()},
                       .limit = message.limit() == 0 ? 100 : message.limit()};
  for (const int status : message.statuses()) {
    if (status == 0 || !pb::StudentStatus_IsValid(status)) {
      return Error{Code::kInvalidArgument, "BAD_STATUS", "没有这样的学籍状态"};
    }
    filter.statuses.push_back(static_cast<StudentStatus>(status));
  }
  return filter;
}

base::Result<MatchFilter> From(const pb::ListMatches& message) {
  MatchFilter filter{.run_id = RunId{message.run_id()},
                     .match_class = MatchFromCode(message.match_class()),
                     .after = MatchId{message.after()},
                     .limit = message.limit() == 0 ? 100 : message.limit(),
                     .undecided_only = message.undecided_only()};
  if (!message.match_class().empty() && filter.match_class == MatchClass::kNone) {
    return Error{Code::kInvalidArgument, "MATCH_CLASS", "没有这样的比对类别"};
  }
  return filter;
}

}  // namespace registry
