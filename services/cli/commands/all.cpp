#include "cli/commands/all.h"

#include "cli/commands/commands.h"

namespace cli {

void AddAll(Shell& shell, Arguments& arguments) {
  Command root = arguments.Root();
  root.Text("--config", shell.globals().config, "部署的配置文件").Or("BAOXUE_CONFIG");
  root.Text("--as", shell.globals().as, "经办人，写成 人/职务/单位").Or("BAOXUE_AS");
  root.Text("--key", shell.globals().key, "用 keys_dir 中谁的钥匙连接，外单位用自己的");
  root.Flag("--json", shell.globals().json, "结果用 JSON 输出，供程序读取");
  root.Flag("--quiet,-q", shell.globals().quiet, "不显示进度");
  root.Number("--timeout", shell.globals().timeout_s, "最多等多少秒");

  AddSetup(shell, root);
  AddSample(shell, root);
  AddImport(shell, root);
  AddReconcile(shell, root);
  AddEnrol(shell, root);
  AddStudent(shell, root);
  AddPlaces(shell, root);
  AddLedger(shell, root);
  AddRollCall(shell, root);
  AddAbsence(shell, root);
  AddLeave(shell, root);
  AddCase(shell, root);
  AddTask(shell, root);
  AddSubsidy(shell, root);
  AddLetter(shell, root);
  AddTransfer(shell, root);
  AddAway(shell, root);
  AddDirectory(shell, root);
  AddEvidence(shell, root);
  AddWhere(shell, root);
  AddFollow(shell, root);
  AddAccess(shell, root);
  AddJobs(shell, root);
  AddDoctor(shell, root);
  AddClock(shell, root);
  AddReport(shell, root);
  AddRehearse(shell, root);
  AddCompletion(shell, root, arguments);
}

}  // namespace cli
