#include "subsidy/app/office.h"

#include "subsidy/store/rule_repository.h"

namespace subsidy {

base::Status Office::EnsureRules() {
  ASSIGN_OR_RETURN(const auto live, FromTexts(parts_.config_texts));
  return parts_.pool.InTransaction([&](store::Transaction& tx) -> base::Status {
    ASSIGN_OR_RETURN(const std::string version, VersionInForce(tx));
    if (!version.empty()) return {};
    return SaveRelease(tx, {.version = live->book.rules().version,
                            .texts = parts_.config_texts,
                            .in_force = true,
                            .approved_by = "首次启用",
                            .released_at = Now()});
  });
}

base::Result<std::shared_ptr<const Live>> Office::FromTexts(const std::string& texts) const {
  ASSIGN_OR_RETURN(RuleSet rules, parts_.parse(texts));
  auto terms = TermsOf(parts_.calendar, rules);
  return std::shared_ptr<const Live>{
      std::make_shared<Live>(Live{Book{std::move(rules)}, std::move(terms)})};
}

base::Result<std::shared_ptr<const Live>> Office::InForce(store::Session& session) const {
  ASSIGN_OR_RETURN(const std::string version, VersionInForce(session));
  return ByVersion(session, version);
}

base::Result<std::shared_ptr<const Live>> Office::ByVersion(store::Session& session,
                                                            const std::string& version) const {
  {
    const std::lock_guard lock{mutex_};
    if (const auto found = books_.find(version); found != books_.end()) return found->second;
  }
  ASSIGN_OR_RETURN(const auto release, FindRelease(session, version));
  if (!release) {
    return base::Error{base::Code::kNotFound, "RULES_UNKNOWN", "没有这个版本的规则"};
  }
  auto live = FromTexts(release->texts);
  if (!live.ok()) {
    return base::Error{base::Code::kDataCorruption, "RULES_BROKEN", live.error().detail};
  }
  const std::lock_guard lock{mutex_};
  return books_.try_emplace(version, *live).first->second;
}

}  // namespace subsidy
