#include "cli/importing/summary.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/shell/text_table.h"
#include "cli/shell/values.h"
#include "tables/tables.h"

namespace cli {
namespace {

namespace registry = baoxue::registry::v1;
using FieldCounts = google::protobuf::RepeatedPtrField<registry::FieldCount>;

constexpr std::uint32_t kPage = 2000;
constexpr int kShownMax = 12;

std::string Counted(const std::string& title, const FieldCounts& counts) {
  if (counts.empty()) return {};
  std::vector<const registry::FieldCount*> sorted;
  for (const registry::FieldCount& one : counts) sorted.push_back(&one);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto* a, const auto* b) { return a->count() > b->count(); });
  TextTable table({title, "行数"});
  table.RightAligned(1);
  for (const registry::FieldCount* one : sorted) {
    if (&one - &sorted.front() == kShownMax) break;
    table.Row({one->field(), WithCommas(one->count())});
  }
  return "\n" + table.ToString();
}

}  // namespace

std::string SummaryText(const registry::ImportReply& reply) {
  TextTable table({"行数", "新增", "变更", "不变", "拒绝", "缺失"});
  for (std::size_t i = 0; i < 6; ++i) table.RightAligned(i);
  table.Row({WithCommas(reply.rows()), WithCommas(reply.added()), WithCommas(reply.changed()),
             WithCommas(reply.unchanged()), WithCommas(reply.refused()),
             WithCommas(reply.missing())});
  return table.ToString() + Counted("变更的列", reply.changed_fields()) +
         Counted("被拒的原因", reply.refused_reasons()) + Counted("提示", reply.warnings());
}

base::Status WriteRefused(Shell& shell, const std::string& import_id, const std::string& path) {
  std::unique_ptr<tables::Writer> writer;
  registry::ListImportRows request;
  request.set_import_id(import_id);
  request.set_outcome("refused");
  std::uint64_t rows = 0;
  for (;;) {
    request.set_limit(kPage);
    ASSIGN_OR_RETURN(const auto page,
                     (shell.Ask<registry::ListImportRowsReply>("registry", request)));
    if (writer == nullptr) {
      ASSIGN_OR_RETURN(writer, tables::Create(path, tables::FormatFor(path), "被拒的行"));
      std::vector<std::string> header(page.header().begin(), page.header().end());
      header.emplace_back("原因");
      RETURN_IF_ERROR(writer->Write(header));
    }
    for (const registry::ImportRowOutcome& row : page.rows()) {
      std::vector<std::string> cells(row.cells().begin(), row.cells().end());
      cells.resize(static_cast<std::size_t>(page.header_size()));
      cells.push_back(row.reason());
      RETURN_IF_ERROR(writer->Write(cells));
      request.set_after(row.number());
      ++rows;
    }
    if (page.rows_size() < static_cast<int>(kPage)) break;
  }
  RETURN_IF_ERROR(writer->Close());
  shell.Say(fmt::format("被拒的 {} 行连同原因写入 {}", rows, path));
  return {};
}

}  // namespace cli
