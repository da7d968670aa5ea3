#include <fmt/format.h>

#include <memory>

#include "cli/commands/commands.h"
#include "cli/shell/json.h"
#include "cli/shell/resolve.h"
#include "cli/shell/text_table.h"
#include "cli/shell/values.h"
#include "registry/contract/registry.pb.h"

namespace cli {
namespace {

namespace registry = baoxue::registry::v1;

struct Options {
  std::string student = {};
  std::string as_of = {};
  std::string school = {};
  std::string in_class = {};
  std::string name = {};
  std::int64_t limit = 50;
};

std::string StatusText(registry::StudentStatus status) {
  switch (status) {
    case registry::STUDENT_STATUS_ENROLLED:
      return "在读";
    case registry::STUDENT_STATUS_SUSPENDED:
      return "休学";
    case registry::STUDENT_STATUS_RETURNED:
      return "复学";
    case registry::STUDENT_STATUS_LOST:
      return "流失";
    case registry::STUDENT_STATUS_GRADUATED:
      return "毕业";
    case registry::STUDENT_STATUS_COMPLETED:
      return "结业";
    case registry::STUDENT_STATUS_TRANSFERRED_OUT:
      return "转出";
    case registry::STUDENT_STATUS_DECEASED:
      return "死亡";
    case registry::STUDENT_STATUS_PLACE_KEPT:
      return "保留入学资格";
    case registry::STUDENT_STATUS_WHEREABOUTS_UNKNOWN:
      return "下落不明";
    case registry::STUDENT_STATUS_LEFT_OVER_AGE:
      return "超龄离校";
    default:
      return "其他";
  }
}

std::string SexText(registry::Sex sex) {
  return sex == registry::SEX_MALE ? "男" : sex == registry::SEX_FEMALE ? "女" : "";
}

std::string Groups(const registry::Student& student) {
  std::string text;
  for (const registry::GroupTag& tag : student.groups()) {
    text += (text.empty() ? "" : "、") + tag.group();
  }
  return text;
}

void Print(Shell& shell, const registry::Student& student) {
  TextTable table({"项目", "内容"});
  table.WidthMax(1, 90);
  table.Row({"编号", std::to_string(student.student_id())});
  table.Row({"姓名", student.name() + " " + SexText(student.sex())});
  table.Row({"出生日期", Show(student.birth())});
  table.Row({"身份证件号", student.id_masked()});
  table.Row({"学籍号", student.student_no()});
  table.Row({"学校", student.school_name() + " " + student.school_code()});
  table.Row({"班级", student.class_name() + " 班内学号 " + student.seat_no()});
  table.Row({"状态", StatusText(student.status()) + (student.boarding() ? " 住校" : "") +
                         (student.home_teaching() ? " 送教上门" : "")});
  table.Row({"户籍", student.hukou_division() + (student.non_local() ? "(外县)" : "")});
  table.Row({"特殊群体", Groups(student)});
  for (const registry::Guardian& guardian : student.guardians()) {
    table.Row({guardian.relation(), guardian.name() + " " + guardian.phone_masked()});
  }
  table.Row({"版本", std::to_string(student.version())});
  shell.Say(table.ToString());
}

base::Status ShowStudent(Shell& shell, const Options& options) {
  ASSIGN_OR_RETURN(const std::int64_t id, ResolveStudent(shell, options.student));
  registry::GetStudent request;
  request.set_student_id(id);
  if (!options.as_of.empty()) RETURN_IF_ERROR(ReadDate(options.as_of, request.mutable_as_of()));
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<registry::GetStudentReply>("registry", request)));
  if (shell.json()) {
    shell.Json(reply.student());
  } else {
    Print(shell, reply.student());
  }
  return {};
}

base::Status History(Shell& shell, const Options& options) {
  ASSIGN_OR_RETURN(const std::int64_t id, ResolveStudent(shell, options.student));
  registry::GetStudentHistory request;
  request.set_student_id(id);
  ASSIGN_OR_RETURN(const auto reply,
                   (shell.Ask<registry::GetStudentHistoryReply>("registry", request)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  TextTable table({"版本", "生效", "异动", "原因", "由", "到", "经办", "审批", "登记时间"});
  for (const registry::EnrolmentChange& change : reply.changes()) {
    table.Row({std::to_string(change.version()), Show(change.effective()), change.kind_name(),
               change.reason_code(), StatusText(change.from()), StatusText(change.to()),
               Show(change.actor()), Show(change.approver()), Show(change.recorded_at())});
  }
  shell.Say(table.ToString());
  return {};
}

base::Status List(Shell& shell, const Options& options) {
  registry::ListStudents request;
  request.set_school_code(options.school);
  request.set_name(options.name);
  if (!options.in_class.empty()) {
    ASSIGN_OR_RETURN(const std::int64_t in_class, ResolveClass(shell, options.in_class));
    request.set_class_id(in_class);
  }
  if (!options.as_of.empty()) RETURN_IF_ERROR(ReadDate(options.as_of, request.mutable_as_of()));
  ASSIGN_OR_RETURN(const auto students,
                   ListAllStudents(shell, request, static_cast<std::size_t>(options.limit)));
  if (shell.json()) {
    std::vector<std::string> items;
    for (const registry::Student& student : students) items.push_back(ToJson(student));
    shell.Json(JsonArray(items));
    return {};
  }
  TextTable table({"编号", "姓名", "性别", "出生日期", "学校", "班级", "学号", "状态", "特殊群体"});
  for (const registry::Student& student : students) {
    table.Row({std::to_string(student.student_id()), student.name(), SexText(student.sex()),
               Show(student.birth()), student.school_name(), student.class_name(),
               student.seat_no(), StatusText(student.status()), Groups(student)});
  }
  shell.Say(table.ToString());
  return {};
}

}  // namespace

void AddStudent(Shell& shell, Command& root) {
  Command command = root.Sub("student", "学生：查看、异动经过、查询");
  command.NeedsSub();
  const auto options = std::make_shared<Options>();
  Command show = command.Sub("show", "一名学生的学籍，可查某一天所载");
  show.Text("STUDENT", options->student, kStudentHelp, Need::kRequired)
      .Text("--as-of", options->as_of, "这一天学籍所载，如 2026-09-01");
  show.Run([&shell, options] { return ShowStudent(shell, *options); });
  Command history = command.Sub("history", "学籍异动的全部经过");
  history.Text("STUDENT", options->student, kStudentHelp,
               Need::kRequired);
  history.Run([&shell, options] { return History(shell, *options); });
  Command list = command.Sub("list", "按学校、班级或姓名列出学生");
  list.Text("--school", options->school, "学校标识码")
      .Text("--class", options->in_class, kClassHelp)
      .Text("--name", options->name, "姓名")
      .Text("--as-of", options->as_of, "这一天学籍所载，如 2026-09-01")
      .Number("--limit", options->limit, "最多列多少名，0 为全部");
  list.Run([&shell, options] { return List(shell, *options); });
}

}  // namespace cli
