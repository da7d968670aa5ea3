#include "tracing/app/division_file.h"

#include <filesystem>

#include "settings/reader.h"

namespace tracing {

base::Result<std::vector<DivisionChange>> LoadDivisionChanges(const std::string& path) {
  std::vector<DivisionChange> changes;
  if (!std::filesystem::exists(path)) return changes;
  ASSIGN_OR_RETURN(settings::Document document, settings::Document::Load(path));
  settings::Reader root = document.Root();
  for (settings::Reader& one : root.List("changes", "{from, became, on, source}")) {
    DivisionChange change{.from = {}, .became = {}, .on = one.Date("on", {.about = "from then"})};
    const auto from = Division::Parse(one.String("from", {.about = "the old code"}));
    if (from.ok()) change.from = *from;
    if (!from.ok()) one.Problem("from", "needs six digits of GB/T 2260");
    for (const std::string& code : one.Strings("became", "the new codes; several: it was split")) {
      const auto became = Division::Parse(code);
      if (became.ok()) change.became.push_back(*became);
      if (!became.ok()) one.Problem("became", "needs six digits of GB/T 2260");
    }
    if (change.became.empty()) one.Problem("became", "names no code");
    (void)one.String("source", {.about = "who announced it"});
    changes.push_back(std::move(change));
  }
  RETURN_IF_ERROR(document.Finish());
  return changes;
}

}  // namespace tracing
