#include "cases/endpoints/profile_reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "cases/endpoints/profile_parts.h"
#include "settings/dated.h"

namespace cases {
namespace {

using settings::Reader;

// What an entry takes from its base file.
struct Base {
  std::vector<State> states = {};
  Task standing = {};
  Watch watch = {};
  Triggers triggers = {};
  std::vector<SkipReason> skip_reasons = {};
  std::vector<Task> tasks = {};
};

base::Result<Base> LoadBase(const std::string& path) {
  ASSIGN_OR_RETURN(settings::Document document, settings::Document::Load(path));
  Reader root = document.Root();
  Base base;
  (void)root.String("source", {.fallback = "", .about = "what the file follows"});
  for (Reader& reader : root.List("states", "the states of a case")) {
    base.states.push_back(ReadState(reader));
  }
  Reader standing = root.Map("standing", "the duty that never rests while a case is open");
  base.standing = ReadStanding(standing);
  Reader watch = root.Map("watch", "how long a returned student is watched");
  base.watch = ReadWatch(watch);
  Reader triggers = root.Map("triggers", "what signals and events do");
  base.triggers = ReadTriggers(triggers);
  for (Reader& reader : root.List("skip_reasons", "for what levels may be skipped upward")) {
    base.skip_reasons.push_back(ReadSkipReason(reader));
  }
  for (Reader& reader : root.List("tasks", "what is due when, in every county")) {
    base.tasks.push_back(ReadTask(reader));
  }
  RETURN_IF_ERROR(document.Finish());
  return base;
}

// The county's own replace those of the same key and come after the others.
template <class T>
void Replace(std::vector<T>& all, std::vector<T> own, std::string T::*key) {
  const std::size_t inherited = all.size();
  for (T& one : own) {
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(inherited);
    const auto known =
        std::find_if(all.begin(), end, [&](const T& old) { return old.*key == one.*key; });
    if (known == end) {
      all.push_back(std::move(one));
    } else {
      *known = std::move(one);
    }
  }
}

Profile FromBase(Reader& reader, std::vector<base::Error>& errors) {
  Profile profile;
  const std::string path =
      reader.Path("base", {.about = "file of states and defaults, relative to this file"});
  base::Result<Base> base = LoadBase(path);
  if (!base.ok()) {
    if (base.error().reason == "NO_FILE") {
      reader.Problem("base", base.error().detail);
    } else {
      errors.push_back(base.error());
    }
    return profile;
  }
  profile.states = std::move(base->states);
  profile.standing = std::move(base->standing);
  profile.watch = base->watch;
  profile.triggers = std::move(base->triggers);
  profile.skip_reasons = std::move(base->skip_reasons);
  profile.tasks = std::move(base->tasks);
  return profile;
}

Profile ReadProfile(Reader& reader, const settings::County& county,
                    std::vector<base::Error>& errors) {
  Profile profile = FromBase(reader, errors);
  profile.day_end_minute = reader.TimeOfDay(
      "day_end", {.fallback = "17:30", .about = "time of day at which a day's deadline falls due"});
  profile.backdate_days_max = static_cast<int>(reader.Int(
      "act_backdate_days_max",
      {.min = 0, .max = 365, .fallback = 14, .about = "how far back an act may be dated"}));
  profile.suspend_days_max = static_cast<int>(reader.Int(
      "suspend_days_max",
      {.min = 1, .max = 180, .fallback = 30, .about = "how long a clock may stand still"}));
  profile.inbox = {.level = county.bureau,
                   .body = county.fallback_inbox.body,
                   .person_id = county.fallback_inbox.person_id,
                   .person = county.fallback_inbox.person,
                   .role = "bureau_officer"};
  for (Reader& one : reader.List("bodies", "who may answer")) {
    profile.bodies.push_back(ReadBody(one));
  }
  for (Reader& one : reader.List("levels", "the ladder")) profile.levels.push_back(ReadLevel(one));
  std::vector<Task> tasks;
  for (Reader& one : reader.List("tasks", "what is due when")) tasks.push_back(ReadTask(one));
  Replace(profile.tasks, std::move(tasks), &Task::id);
  std::vector<State> states;
  for (Reader& one : reader.List("states", "states that differ from the base")) {
    states.push_back(ReadState(one));
  }
  Replace(profile.states, std::move(states), &State::code);
  if (auto standing = reader.MaybeMap("standing", "differs from the base")) {
    profile.standing = ReadStanding(*standing);
  }
  if (auto watch = reader.MaybeMap("watch", "differs from the base")) {
    profile.watch = ReadWatch(*watch);
  }
  if (auto triggers = reader.MaybeMap("triggers", "differs from the base")) {
    profile.triggers = ReadTriggers(*triggers, &profile.triggers);
  }
  if (reader.Has("skip_reasons")) profile.skip_reasons.clear();
  for (Reader& one : reader.List("skip_reasons", "differs from the base")) {
    profile.skip_reasons.push_back(ReadSkipReason(one));
  }
  return profile;
}

// The problems of one entry, one a line, each with the place before it.
base::Error AtLine(base::Error error, const std::string& place) {
  std::string detail = place;
  for (const char c : error.detail) {
    detail += c;
    if (c == '\n') detail += place;
  }
  error.detail = std::move(detail);
  return error;
}

}  // namespace

base::Result<CountyLadder> LoadLadder(const std::string& county_profile_path) {
  ASSIGN_OR_RETURN(settings::Document document, settings::Document::Load(county_profile_path));
  Reader root = document.Root();
  for (std::string_view other : {"sizes", "attendance", "registry", "subsidy", "tracing"}) {
    root.Skip(other);
  }
  CountyLadder ladder;
  ladder.county = settings::ReadCounty(root.Map("county", "who runs this deployment"));
  std::vector<base::Error> errors;
  auto dated = settings::ReadDated<Profile>(
      root, "cases", "the ladder, by the day from which it applies",
      [&](Reader& reader) { return ReadProfile(reader, ladder.county, errors); });
  if (!errors.empty()) return errors.front();
  RETURN_IF_ERROR(document.Finish());
  for (auto& entry : dated.entries) {
    entry.value.from = entry.from;
    entry.value.source = entry.source;
    if (base::Status valid = Validate(entry.value); !valid.ok()) {
      return AtLine(valid.error(), fmt::format("{}:{}: cases: ", county_profile_path, entry.line));
    }
    ladder.profiles.entries.push_back(std::move(entry.value));
  }
  return ladder;
}

}  // namespace cases
