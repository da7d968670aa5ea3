// Reference: the code lists and division codes that cells are checked against. Loaded once at start
// (config/reference), immutable then, so it may be shared between threads.
// Sources: GB/T 2260, GB/T 3304, JY/T 1001; see config/reference/README.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace registry {

struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>{}(text);
  }
};
template <class T>
using ByText = std::unordered_map<std::string, T, StringHash, std::equal_to<>>;

class CodeList {
 public:
  // `code` may be empty. Returns false when a code, text or other form already means another value.
  bool Add(std::string_view code, std::string_view text, const std::vector<std::string>& also);
  // The text of a code ("1", "01"), a text, another form of it, or both ("1-走读"); null if
  // unknown.
  const std::string* Find(std::string_view value) const;
  // "走读、住校、借宿、其他", for the message that refuses a value.
  std::string Choices(std::size_t most = 8) const;
  std::size_t size() const { return texts_.size(); }

 private:
  std::vector<std::string> texts_ = {};
  ByText<std::size_t> by_form_ = {};
};

enum class DivisionCheck { kOk, kForm, kProvince, kPrefectureUnknown };

class Divisions {
 public:
  void Add(std::string_view code, std::string_view name);
  // 6, 9 or 12 digits.
  DivisionCheck Check(std::string_view code) const;
  // Null if unknown; 2, 4 or 6 digits.
  const std::string* NameOf(std::string_view code) const;
  // The province that a text names at its beginning or anywhere ("在广东打工" -> "44"); empty if
  // none.
  std::string_view ProvinceNamedIn(std::string_view text) const;

 private:
  ByText<std::string> names_ = {};
  std::vector<std::pair<std::string, std::string>> province_words_ = {};  // word, code
};

struct Reference {
  ByText<CodeList> lists = {};
  Divisions divisions = {};
  const CodeList* List(std::string_view name) const {
    const auto found = lists.find(name);
    return found == lists.end() ? nullptr : &found->second;
  }
};

}  // namespace registry
