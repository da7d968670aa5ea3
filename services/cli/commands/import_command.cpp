#include <fmt/format.h>

#include <memory>

#include "cli/commands/commands.h"
#include "cli/importing/importing.h"
#include "cli/shell/json.h"

namespace cli {
namespace {

struct Options {
  ImportOptions import = {};
  std::string sample = {};
  bool dry_run = false;
  bool yes = false;
};

base::Status Import(Shell& shell, Options& options) {
  if (!options.sample.empty()) {
    ASSIGN_OR_RETURN(const auto outcomes, ImportSample(shell, options.sample));
    if (shell.json()) {
      std::vector<std::string> items;
      for (const ImportOutcome& one : outcomes) items.push_back(ToJson(one.reply));
      shell.Json(JsonArray(items));
    }
    return {};
  }
  if (options.import.file.empty() || options.import.kind.empty()) {
    return WrongWords("请写明文件 FILE 和种类 --kind，或样例目录 --sample");
  }
  options.import.apply = options.dry_run ? Apply::kNo : options.yes ? Apply::kYes : Apply::kAsk;
  ASSIGN_OR_RETURN(const ImportOutcome outcome, ImportFile(shell, options.import));
  if (shell.json()) {
    shell.Json(
        JsonObject{}.Bool("applied", outcome.applied).Message("import", outcome.reply).ToString());
  }
  return {};
}

}  // namespace

void AddImport(Shell& shell, Command& root) {
  Command command = root.Sub("import", "导入名单（CSV 或 XLSX）：先试算，再写入");
  const auto options = std::make_shared<Options>();
  ImportOptions& import = options->import;
  command.Text("FILE", import.file, "要导入的表")
      .OneOf("--kind", import.kind, {{"roster", "学籍名册"},
                                     {"school-age", "适龄儿童名单"},
                                     {"group", "特殊群体名单"},
                                     {"schools", "学校表"},
                                     {"classes", "班级表"}},
             "名单种类")
      .Flag("--full", import.full, "是全部学籍的名册，名册中没有的学生会列出")
      .Text("--source", import.source, "提供名单的部门")
      .Text("--batch", import.batch, "批次号或日期")
      .Text("--group", import.group, "部门名单的群体，如 脱贫户")
      .Text("--valid-from", import.valid_from, "名单从哪一天起有效")
      .Text("--valid-to", import.valid_to, "名单到哪一天止有效")
      .Text("--refused", import.refused_file, "把被拒的行连同原因写到这个文件（.csv 或 .xlsx）")
      .Flag("--strict", import.strict, "有一行被拒就全部不导入")
      .Flag("--dry-run", options->dry_run, "只试算，不写入")
      .Flag("--yes,-y", options->yes, "不询问，直接写入")
      .Text("--sample", options->sample, "导入样例目录中的全部名单");
  command.Run([&shell, options] { return Import(shell, *options); });
}

}  // namespace cli
