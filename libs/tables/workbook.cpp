#include "tables/workbook.h"

#include <fmt/format.h>

#include <charconv>
#include <map>

#include "tables/text.h"
#include "tables/xml.h"

namespace tables {
namespace {

constexpr std::size_t kSheetsMax = 1000;
constexpr std::size_t kStylesMax = 65'536;
constexpr std::size_t kPathDepthMax = 16;

struct Relation {
  std::string type = {};
  std::string part = {};
};
using Relations = std::map<std::string, Relation>;  // by id

class RelationsHandler final : public XmlHandler {
 public:
  explicit RelationsHandler(std::string base) : base_(std::move(base)) {}
  Relations relations = {};

  void Start(std::string_view name, const Attributes& attributes) override {
    if (name != "Relationship" || attributes.Get("TargetMode") == "External") return;
    if (relations.size() >= kSheetsMax) return;
    relations[std::string{attributes.Get("Id")}] = {
        std::string{attributes.Get("Type")}, ResolvePart(base_, attributes.Get("Target"))};
  }
  void End(std::string_view) override {}
  void Text(std::string_view) override {}

 private:
  std::string base_;
};

class WorkbookHandler final : public XmlHandler {
 public:
  struct Tab {
    std::string name = {};
    std::string relation = {};
    bool visible = true;
  };
  DateSystem dates = DateSystem::k1900;
  std::vector<Tab> tabs = {};

  void Start(std::string_view name, const Attributes& attributes) override {
    if (name == "workbookPr") {
      const std::string_view from_1904 = attributes.Get("date1904");
      if (from_1904 == "1" || from_1904 == "true") dates = DateSystem::k1904;
    } else if (name == "sheet" && tabs.size() < kSheetsMax) {
      const std::string_view state = attributes.Get("state");
      tabs.push_back({std::string{attributes.Get("name")}, std::string{attributes.Get("id")},
                      state.empty() || state == "visible"});
    }
  }
  void End(std::string_view) override {}
  void Text(std::string_view) override {}
};

unsigned Unsigned(std::string_view text) {
  unsigned value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

class StylesHandler final : public XmlHandler {
 public:
  std::vector<NumberStyle> styles = {};

  void Start(std::string_view name, const Attributes& attributes) override {
    if (name == "numFmt" && own_.size() < kStylesMax) {
      own_[Unsigned(attributes.Get("numFmtId"))] = ClassifyFormat(attributes.Get("formatCode"));
    } else if (name == "cellXfs") {
      inside_ = true;
    } else if (inside_ && name == "xf" && styles.size() < kStylesMax) {
      const unsigned id = Unsigned(attributes.Get("numFmtId"));
      const auto own = own_.find(id);
      styles.push_back(own == own_.end() ? BuiltInStyle(id) : own->second);
    }
  }
  void End(std::string_view name) override {
    if (name == "cellXfs") inside_ = false;
  }
  void Text(std::string_view) override {}

 private:
  std::map<unsigned, NumberStyle> own_;
  bool inside_ = false;
};

// The relations of a part stand beside it: xl/_rels/workbook.xml.rels.
std::string RelationsOf(const std::string& part) {
  const std::size_t slash = part.rfind('/');
  const std::size_t at = slash == std::string::npos ? 0 : slash + 1;
  return fmt::format("{}_rels/{}.rels", part.substr(0, at), part.substr(at));
}

base::Result<Relations> ReadRelations(Package& package, const std::string& part) {
  RelationsHandler handler{part};
  const std::string name = RelationsOf(part);
  if (!package.Has(name)) return Relations{};
  RETURN_IF_ERROR(ReadXml(package, name, handler));
  return std::move(handler.relations);
}

// "xl/workbook.xml", as the package's own relations name it.
base::Result<std::string> FindWorkbook(Package& package) {
  RelationsHandler handler{""};
  if (package.Has("_rels/.rels")) RETURN_IF_ERROR(ReadXml(package, "_rels/.rels", handler));
  for (const auto& [id, relation] : handler.relations) {
    if (relation.type.ends_with("/officeDocument") && package.Has(relation.part) &&
        relation.part.find("workbook") != std::string::npos) {
      return relation.part;
    }
  }
  if (package.Has("xl/workbook.xml")) return std::string{"xl/workbook.xml"};
  return Refuse("NOT_A_TABLE", "这个压缩文件不是 XLSX 表格。请导入 CSV 或 XLSX 文件");
}

}  // namespace

std::string ResolvePart(const std::string& base, std::string_view target) {
  std::vector<std::string> steps;
  const auto walk = [&steps](std::string_view path) {
    while (!path.empty()) {
      const std::size_t end = std::min(path.find('/'), path.size());
      const std::string_view step = path.substr(0, end);
      if (step == ".." && !steps.empty()) {
        steps.pop_back();
      } else if (!step.empty() && step != "." && step != ".." && steps.size() < kPathDepthMax) {
        steps.emplace_back(step);
      }
      path.remove_prefix(std::min(end + 1, path.size()));
    }
  };
  const std::size_t slash = base.rfind('/');
  if (!target.starts_with('/') && slash != std::string::npos) {
    walk(std::string_view{base}.substr(0, slash));
  }
  walk(target);
  return fmt::format("{}", fmt::join(steps, "/"));
}

base::Result<Sheet> Workbook::Find(const std::string& name) const {
  std::vector<std::string_view> names;
  for (const Sheet& sheet : sheets) {
    if (name.empty() ? sheet.visible : sheet.name == name) return sheet;
    names.push_back(sheet.name);
  }
  if (name.empty()) return Refuse("NOT_A_TABLE", "文件中没有可见的工作表");
  return Refuse("NOT_A_TABLE", fmt::format("文件中没有名为“{}”的工作表。现有:{}", name,
                                           fmt::join(names, "、")));
}

base::Result<Workbook> ReadWorkbook(Package& package) {
  ASSIGN_OR_RETURN(const std::string part, FindWorkbook(package));
  WorkbookHandler handler;
  RETURN_IF_ERROR(ReadXml(package, part, handler));
  ASSIGN_OR_RETURN(const Relations relations, ReadRelations(package, part));
  Workbook workbook;
  workbook.dates = handler.dates;
  for (const auto& tab : handler.tabs) {
    const auto relation = relations.find(tab.relation);
    if (relation == relations.end() || !relation->second.type.ends_with("/worksheet")) continue;
    workbook.sheets.push_back(
        {.name = tab.name, .part = relation->second.part, .visible = tab.visible});
  }
  for (const auto& [id, relation] : relations) {
    if (!package.Has(relation.part)) continue;
    if (relation.type.ends_with("/sharedStrings")) workbook.shared_strings = relation.part;
    if (relation.type.ends_with("/styles")) {
      StylesHandler styles;
      RETURN_IF_ERROR(ReadXml(package, relation.part, styles));
      workbook.styles = std::move(styles.styles);
    }
  }
  return workbook;
}

}  // namespace tables
