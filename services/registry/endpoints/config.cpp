#include "registry/endpoints/config.h"

#include <fmt/format.h>

#include "settings/dated.h"
#include "settings/reader.h"

namespace registry {
namespace {

using settings::Reader;

int ReadInt(Reader& reader, std::string_view key, int fallback, int min, int max,
            std::string_view about) {
  return static_cast<int>(
      reader.Int(key, {.min = min, .max = max, .fallback = fallback, .about = about}));
}

void ReadCutoff(Reader& reader, Policy& policy) {
  const std::string text =
      reader.String("cutoff", {.fallback = "08-31", .about = "day of the year for ages, MM-DD"});
  // A day of any year, so not 29 February.
  const auto day = base::Date::Parse("2023-" + text);
  if (!day.ok()) return reader.Problem("cutoff", fmt::format("must be MM-DD, is '{}'", text));
  policy.cutoff_month = day->month();
  policy.cutoff_day = day->day();
}

Policy ReadPolicy(Reader& entry) {
  Policy policy;
  if (auto age = entry.MaybeMap("school_age", "who belongs on the list of school-age children")) {
    policy.age_min = ReadInt(*age, "min", policy.age_min, 3, 12, "completed years, inclusive");
    policy.age_max = ReadInt(*age, "max", policy.age_max, 12, 20, "completed years, inclusive");
    ReadCutoff(*age, policy);
  }
  if (auto overage = entry.MaybeMap("overage", "from which age one may leave over age")) {
    policy.overage_general = ReadInt(*overage, "general", policy.overage_general, 15, 25, "years");
    policy.overage_disabled =
        ReadInt(*overage, "disabled", policy.overage_disabled, 15, 25, "years");
  }
  if (auto match = entry.MaybeMap("match", "scores of 人籍比对, 0..1000")) {
    policy.match_same_score =
        ReadInt(*match, "same_score", policy.match_same_score, 1, 1000, "almost certainly one");
    policy.match_maybe_score =
        ReadInt(*match, "maybe_score", policy.match_maybe_score, 1, 1000, "a person is asked");
    policy.match_ahead_days =
        ReadInt(*match, "ahead_days", policy.match_ahead_days, 0, 120, "the coming year counts");
    if (policy.match_maybe_score > policy.match_same_score) {
      match->Problem("maybe_score", "must not be above same_score");
    }
  }
  if (auto home = entry.MaybeMap("home_teaching", "送教上门")) {
    policy.home_teaching_age_min =
        ReadInt(*home, "age_min", policy.home_teaching_age_min, 3, 18, "years, inclusive");
    policy.home_teaching_age_max =
        ReadInt(*home, "age_max", policy.home_teaching_age_max, 3, 25, "years, inclusive");
  }
  policy.suspend_months_max = ReadInt(entry, "suspend_months_max", policy.suspend_months_max, 1, 36,
                                      "longest suspension (休学), months");
  policy.suspend_extensions_max =
      ReadInt(entry, "suspend_extensions_max", policy.suspend_extensions_max, 0, 5,
              "how often a suspension may be extended");
  policy.defer_months_max = ReadInt(entry, "defer_months_max", policy.defer_months_max, 1, 36,
                                    "longest deferral (延缓入学), months");
  policy.backdate_days_max = ReadInt(entry, "backdate_days_max", policy.backdate_days_max, 0, 3650,
                                     "how far back a change may take effect, days");
  policy.student_age_min = ReadInt(entry, "student_age_min", policy.student_age_min, 0, 10,
                                   "a younger child in a list is a typing error, years");
  policy.student_age_max = ReadInt(entry, "student_age_max", policy.student_age_max, 15, 40,
                                   "an older one is a typing error, years");
  policy.final_term_frozen = entry.Bool(
      "final_term_frozen", {.fallback = policy.final_term_frozen,
                            .about = "no transfer or suspension in the last term of a stage"});
  policy.import_changes_names = entry.Bool(
      "import_changes_names", {.fallback = policy.import_changes_names,
                               .about = "a roster may change a name; false: only with papers"});
  return policy;
}

base::Status ReadDivisions(const std::string& path, Reference& reference) {
  ASSIGN_OR_RETURN(settings::Document document, settings::Document::Load(path));
  Reader root = document.Root();
  const auto add = [&](Reader& where, std::string_view key, const std::string& text,
                       std::size_t digits) {
    const std::size_t space = text.find(' ');
    if (space != digits) {
      return where.Problem(key,
                           fmt::format("'{}' is not a code of {} digits and a name", text, digits));
    }
    reference.divisions.Add(text.substr(0, space), text.substr(space + 1));
  };
  for (Reader& province : root.List("provinces", "GB/T 2260")) {
    const std::string code = province.String("code");
    reference.divisions.Add(code, province.String("name"));
    for (const std::string& text : province.Strings("prefectures")) {
      add(province, "prefectures", text, 4);
    }
  }
  for (const std::string& text : root.Strings("counties")) add(root, "counties", text, 6);
  return document.Finish();
}

base::Status ReadCodeLists(const std::string& path, Reference& reference) {
  ASSIGN_OR_RETURN(settings::Document document, settings::Document::Load(path));
  Reader root = document.Root();
  for (Reader& list : root.List("lists", "code lists")) {
    CodeList& codes = reference.lists[list.String("name")];
    list.String("source");
    for (Reader& value : list.List("values")) {
      const std::string code = value.String("code", {.fallback = ""});
      const std::string text = value.String("text");
      if (!codes.Add(code, text, value.Strings("also"))) {
        value.Problem("also", fmt::format("'{}': a form that already means another value", text));
      }
    }
  }
  return document.Finish();
}

}  // namespace

base::Result<Reference> LoadReference(const std::string& folder) {
  Reference reference;
  RETURN_IF_ERROR(ReadDivisions(folder + "/divisions.yaml", reference));
  RETURN_IF_ERROR(ReadCodeLists(folder + "/code_lists.yaml", reference));
  return reference;
}

base::Result<Config> LoadConfig(const std::string& profile, const std::string& config_dir) {
  Config config;
  ASSIGN_OR_RETURN(settings::Document document, settings::Document::Load(profile));
  Reader root = document.Root();
  config.county = settings::ReadCounty(root.Map("county", "who runs this deployment"));
  const auto dated =
      settings::ReadDated<Policy>(root, "registry", "rules of the registry, dated", ReadPolicy);
  for (const std::string_view other : {"sizes", "attendance", "cases", "subsidy", "tracing"}) {
    root.Skip(other);
  }
  RETURN_IF_ERROR(document.Finish());
  std::vector<PolicyBook::Entry> entries;
  for (const auto& entry : dated.entries) entries.push_back({entry.from, entry.value});
  config.policies = PolicyBook{std::move(entries)};
  ASSIGN_OR_RETURN(config.reference, LoadReference(config_dir + "/reference"));
  return config;
}

}  // namespace registry
