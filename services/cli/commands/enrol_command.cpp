#include <fmt/format.h>

#include <map>
#include <memory>

#include "cli/commands/commands.h"
#include "cli/shell/resolve.h"
#include "cli/shell/values.h"
#include "registry/contract/registry.pb.h"

namespace cli {
namespace {

namespace registry = baoxue::registry::v1;

struct Kind {
  registry::ChangeKind kind;
  std::string_view chinese;
};
const std::map<std::string, Kind>& Kinds() {
  static const std::map<std::string, Kind> kKinds{
      {"register", {registry::CHANGE_KIND_REGISTER, "新建学籍"}},
      {"transfer-in", {registry::CHANGE_KIND_TRANSFER_IN, "转学(转入)"}},
      {"transfer-out", {registry::CHANGE_KIND_TRANSFER_OUT, "转学(转出)"}},
      {"change-class", {registry::CHANGE_KIND_CHANGE_CLASS, "转班级"}},
      {"suspend", {registry::CHANGE_KIND_SUSPEND, "休学"}},
      {"resume", {registry::CHANGE_KIND_RESUME, "复学"}},
      {"restore", {registry::CHANGE_KIND_RESTORE, "恢复学籍"}},
      {"keep", {registry::CHANGE_KIND_KEEP, "保留学籍"}},
      {"defer", {registry::CHANGE_KIND_DEFER, "延缓入学"}},
      {"death", {registry::CHANGE_KIND_DEATH, "死亡"}},
      {"graduate", {registry::CHANGE_KIND_GRADUATE, "毕业"}},
      {"leave-over-age", {registry::CHANGE_KIND_LEAVE_OVER_AGE, "超龄离校"}},
      {"home-teaching", {registry::CHANGE_KIND_HOME_TEACHING, "送教上门"}},
      {"end-home-teaching", {registry::CHANGE_KIND_END_HOME_TEACHING, "结束送教上门"}},
      {"skip-grade", {registry::CHANGE_KIND_SKIP_GRADE, "跳级"}}};
  return kKinds;
}

struct Options {
  std::string kind = {};
  std::string student = {};
  std::string in_class = {};
  std::string effective = {};
  std::string until = {};
  std::string approver = {};
  std::vector<std::string> details = {};
  registry::ChangeEnrolment change = {};
  std::string reason_code = {};
  std::string other_school = {};
  std::string other_division = {};
  std::string note = {};
  std::vector<std::string> evidence = {};
};

base::Status Enrol(Shell& shell, const Options& options) {
  registry::ChangeEnrolment change;
  change.set_kind(Kinds().at(options.kind).kind);
  if (!options.student.empty()) {
    ASSIGN_OR_RETURN(const std::int64_t student, ResolveStudent(shell, options.student));
    change.set_student_id(student);
  }
  if (!options.in_class.empty()) {
    ASSIGN_OR_RETURN(const std::int64_t in_class, ResolveClass(shell, options.in_class));
    change.set_class_id(in_class);
  }
  RETURN_IF_ERROR(ReadDate(options.effective, change.mutable_effective()));
  if (!options.until.empty()) RETURN_IF_ERROR(ReadDate(options.until, change.mutable_until()));
  if (!options.approver.empty()) *change.mutable_approver() = ReadActor(options.approver);
  for (const std::string& detail : options.details) {
    const std::size_t equals = detail.find('=');
    if (equals == std::string::npos) return WrongWords("--detail 应写成 栏名=内容");
    (*change.mutable_details())[detail.substr(0, equals)] = detail.substr(equals + 1);
  }
  for (const std::string& evidence : options.evidence) change.add_evidence(evidence);
  change.set_reason_code(options.reason_code);
  change.set_other_school(options.other_school);
  change.set_other_division(options.other_division);
  change.set_note(options.note);
  ASSIGN_OR_RETURN(const auto reply,
                   (shell.Ask<registry::ChangeEnrolmentReply>("registry", change)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  shell.Say(fmt::format("{}:{}(编号 {},版本 {}){}", Kinds().at(options.kind).chinese,
                        reply.student().name(), reply.student().student_id(),
                        reply.student().version(),
                        reply.student().class_name().empty()
                            ? std::string{}
                            : " " + reply.student().school_name() + reply.student().class_name()));
  return {};
}

}  // namespace

void AddEnrol(Shell& shell, Command& root) {
  Command command = root.Sub("enrol", "办理学籍异动，只接受规定允许的异动");
  const auto o = std::make_shared<Options>();
  std::vector<Choice> kinds;
  for (const auto& [name, kind] : Kinds()) kinds.push_back({name, std::string{kind.chinese}});
  command.OneOf("KIND", o->kind, kinds, "异动种类", Need::kRequired)
      .Text("--student", o->student, kStudentHelp)
      .Text("--class", o->in_class, "转入的班级：编号，或 学校标识码/班号")
      .Text("--effective", o->effective, "生效日期，如 2026-09-01", Need::kRequired)
      .Text("--until", o->until, "截止日期（休学、延缓入学）")
      .Text("--reason-code", o->reason_code, "学籍异动原因码")
      .List("--evidence", o->evidence, "佐证材料，写成 种类:编号，如 医院证明:2026-17，可写多次")
      .Text("--approver", o->approver, "审批人，写成 人/职务/单位")
      .Text("--other-school", o->other_school, "外县学校的名称或标识码")
      .Text("--other-division", o->other_division, "外县的六位行政区划代码")
      .List("--detail", o->details, "名册模板中的其他栏，写成 栏名=内容，可写多次")
      .Text("--note", o->note, "备注");
  command.Run([&shell, o] { return Enrol(shell, *o); });
}

}  // namespace cli
