#include "registry/domain/reference.h"

#include <algorithm>

#include "registry/domain/identity_number.h"
#include "registry/domain/text.h"

namespace registry {
namespace {

bool AllDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "福建省" -> "福建", "内蒙古自治区" -> "内蒙古": how people name a province in a remark.
std::string ShortName(std::string_view name) {
  for (const std::string_view tail :
       {"维吾尔自治区", "壮族自治区", "回族自治区", "特别行政区", "自治区", "省", "市"}) {
    if (name.size() > tail.size() && name.ends_with(tail)) {
      return std::string{name.substr(0, name.size() - tail.size())};
    }
  }
  return std::string{name};
}

}  // namespace

bool CodeList::Add(std::string_view code, std::string_view text,
                   const std::vector<std::string>& also) {
  const std::size_t index = texts_.size();
  texts_.emplace_back(text);
  bool fresh = true;
  const auto add = [&](std::string_view form) {
    if (form.empty()) return;
    const auto [at, inserted] = by_form_.emplace(CleanText(form), index);
    if (!inserted && at->second != index) fresh = false;
  };
  add(text);
  add(code);
  // "01" is also written "1".
  if (code.size() == 2 && code.front() == '0' && code.back() != '0') {
    by_form_.emplace(std::string{code.substr(1)}, index);
  }
  for (const std::string& form : also) add(form);
  return fresh;
}

const std::string* CodeList::Find(std::string_view value) const {
  const auto lookup = [this](std::string_view form) -> const std::string* {
    const auto found = by_form_.find(form);
    return found == by_form_.end() ? nullptr : &texts_[found->second];
  };
  if (const std::string* text = lookup(value)) return text;
  // "1-走读", "01 走读", "走读(1)": the text decides.
  const std::size_t cut = value.find_first_of("-_. :");
  if (cut != std::string_view::npos && cut > 0 && cut <= 3) {
    std::string_view rest = value.substr(cut + 1);
    while (rest.starts_with(' ') || rest.starts_with('-')) rest.remove_prefix(1);
    if (const std::string* text = lookup(rest)) return text;
  }
  const std::size_t open = value.find('(');
  if (open != std::string_view::npos && open > 0) return lookup(value.substr(0, open));
  return nullptr;
}

std::string CodeList::Choices(std::size_t most) const {
  std::string text;
  for (std::size_t i = 0; i < texts_.size() && i < most; ++i) {
    if (i > 0) text += "、";
    text += texts_[i];
  }
  if (texts_.size() > most) text += "等";
  return text;
}

void Divisions::Add(std::string_view code, std::string_view name) {
  names_.emplace(std::string{code}, std::string{name});
  if (code.size() == 2) province_words_.emplace_back(ShortName(name), std::string{code});
}

DivisionCheck Divisions::Check(std::string_view code) const {
  if ((code.size() != 6 && code.size() != 9 && code.size() != 12) || !AllDigits(code)) {
    return DivisionCheck::kForm;
  }
  if (!IsProvinceCode(code.substr(0, 2))) return DivisionCheck::kProvince;
  // A province or prefecture alone (350000, 350200) is known by its first digits.
  if (code.substr(2, 4) == "0000" || NameOf(code.substr(0, 4)) != nullptr) {
    return DivisionCheck::kOk;
  }
  return DivisionCheck::kPrefectureUnknown;
}

const std::string* Divisions::NameOf(std::string_view code) const {
  const auto found = names_.find(code);
  return found == names_.end() ? nullptr : &found->second;
}

std::string_view Divisions::ProvinceNamedIn(std::string_view text) const {
  for (const auto& [word, code] : province_words_) {
    if (text.find(word) != std::string_view::npos) return code;
  }
  return {};
}

}  // namespace registry
