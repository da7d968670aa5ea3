#include <memory>

#include "cli/commands/commands.h"
#include "cli/shell/text_table.h"
#include "registry/contract/registry.pb.h"

namespace cli {
namespace {

namespace registry = baoxue::registry::v1;

std::string StageText(registry::Stage stage) {
  switch (stage) {
    case registry::STAGE_PRIMARY:
      return "小学";
    case registry::STAGE_JUNIOR:
      return "初中";
    case registry::STAGE_NINE_YEAR:
      return "九年一贯制";
    case registry::STAGE_SPECIAL:
      return "特殊教育";
    default:
      return "";
  }
}

base::Status Schools(Shell& shell) {
  ASSIGN_OR_RETURN(const auto reply,
                   (shell.Ask<registry::ListSchoolsReply>("registry", registry::ListSchools{})));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  TextTable table({"学校标识码", "学校", "学段", "教学点", "主管学校", "镇街"});
  for (const registry::School& school : reply.schools()) {
    table.Row({school.school_code(), school.name(), StageText(school.stage()),
               school.teaching_point() ? "是" : "", school.parent_code(), school.town()});
  }
  shell.Say(table.ToString());
  return {};
}

base::Status Classes(Shell& shell, const std::string& school) {
  registry::ListClasses request;
  request.set_school_code(school);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<registry::ListClassesReply>("registry", request)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  TextTable table({"编号", "学校标识码", "班号", "班级", "班主任", "工号"});
  for (const registry::SchoolClass& one : reply.classes()) {
    table.Row({std::to_string(one.class_id()), one.school_code(), one.class_no(), one.name(),
               one.homeroom_teacher(), one.homeroom_teacher_id()});
  }
  shell.Say(table.ToString());
  return {};
}

}  // namespace

void AddPlaces(Shell& shell, Command& root) {
  Command schools = root.Sub("school", "学校");
  schools.NeedsSub();
  Command list = schools.Sub("list", "列出全部学校");
  list.Run([&shell] { return Schools(shell); });

  const auto school = std::make_shared<std::string>();
  Command classes = root.Sub("class", "班级");
  classes.NeedsSub();
  Command all = classes.Sub("list", "列出全部班级，或一所学校的班级");
  all.Text("--school", *school, "只列这所学校：学校标识码");
  all.Run([&shell, school] { return Classes(shell, *school); });
}

}  // namespace cli
