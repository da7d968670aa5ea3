#include <fmt/format.h>

#include <map>
#include <memory>

#include "cli/commands/commands.h"
#include "cli/shell/json.h"
#include "cli/shell/text_table.h"
#include "cli/shell/values.h"
#include "registry/contract/registry.pb.h"
#include "tables/tables.h"

namespace cli {
namespace {

namespace registry = baoxue::registry::v1;

constexpr std::uint32_t kPage = 1000;

struct Options {
  std::string ledger = {};
  std::string out = {};
  std::int64_t limit = 50;
};

struct Ledger {
  registry::Ledger number;
  std::string_view chinese;
};
const std::map<std::string, Ledger>& Ledgers() {
  static const std::map<std::string, Ledger> kLedgers{
      {"school-age", {registry::LEDGER_SCHOOL_AGE, "适龄儿童台账"}},
      {"suspected", {registry::LEDGER_SUSPECTED, "疑似辍学学生台账"}},
      {"dropout", {registry::LEDGER_DROPOUT, "辍学学生台账"}}};
  return kLedgers;
}

struct Content {
  std::vector<std::string> header = {};
  std::vector<std::vector<std::string>> rows = {};
  std::uint64_t total = 0;
};

base::Result<Content> Fetch(Shell& shell, registry::Ledger ledger, std::int64_t limit) {
  Content content;
  registry::ListLedger request;
  request.set_ledger(ledger);
  std::int64_t left = limit > 0 ? limit : INT64_MAX;
  while (left > 0) {
    request.set_limit(static_cast<std::uint32_t>(std::min<std::int64_t>(left, kPage)));
    ASSIGN_OR_RETURN(const auto page, (shell.Ask<registry::ListLedgerReply>("registry", request)));
    content.header.assign(page.header().begin(), page.header().end());
    content.total = page.total();
    for (const registry::LedgerRow& row : page.rows()) {
      content.rows.emplace_back(row.cells().begin(), row.cells().end());
      request.set_after(row.row_id());
      --left;
    }
    if (page.rows_size() < static_cast<int>(request.limit())) break;
  }
  return content;
}

base::Status Export(const Content& content, const std::string& path, std::string_view name) {
  ASSIGN_OR_RETURN(const auto writer,
                   tables::Create(path, tables::FormatFor(path), std::string{name}));
  RETURN_IF_ERROR(writer->Write(content.header));
  for (const auto& row : content.rows) RETURN_IF_ERROR(writer->Write(row));
  return writer->Close();
}

std::string AsJson(const Content& content) {
  std::vector<std::string> rows;
  for (const auto& row : content.rows) {
    JsonObject json;
    for (std::size_t i = 0; i < row.size() && i < content.header.size(); ++i) {
      json.Text(content.header[i], row[i]);
    }
    rows.push_back(json.ToString());
  }
  return JsonObject{}.Number("total", content.total).Json("rows", JsonArray(rows)).ToString();
}

base::Status List(Shell& shell, const Options& options) {
  const Ledger& ledger = Ledgers().at(options.ledger);
  const std::int64_t limit = options.out.empty() ? options.limit : 0;
  ASSIGN_OR_RETURN(const Content content, Fetch(shell, ledger.number, limit));
  if (!options.out.empty()) {
    RETURN_IF_ERROR(Export(content, options.out, ledger.chinese));
    shell.Say(
        fmt::format("{} {} 人,写入 {}", ledger.chinese, WithCommas(content.total), options.out));
    return {};
  }
  if (shell.json()) {
    shell.Json(AsJson(content));
    return {};
  }
  shell.Say(fmt::format("{}:共 {} 人", ledger.chinese, WithCommas(content.total)));
  TextTable table(content.header);
  for (std::size_t i = 0; i < content.header.size(); ++i) table.WidthMax(i, 24);
  for (const auto& row : content.rows) table.Row(row);
  shell.Say(table.ToString());
  return {};
}

}  // namespace

void AddLedger(Shell& shell, Command& root) {
  Command command = root.Sub("ledger", "三本台账：查看或导出");
  const auto options = std::make_shared<Options>();
  std::vector<Choice> ledgers;
  for (const auto& [name, ledger] : Ledgers()) {
    ledgers.push_back({name, std::string{ledger.chinese}});
  }
  command
      .OneOf("LEDGER", options->ledger, ledgers, "哪本台账", Need::kRequired)
      .Text("--out", options->out, "全部写到这个文件（.csv 或 .xlsx）")
      .Number("--limit", options->limit, "最多列多少行，0 为全部");
  command.Run([&shell, options] { return List(shell, *options); });
}

}  // namespace cli
