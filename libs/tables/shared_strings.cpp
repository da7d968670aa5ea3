#include "tables/shared_strings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/check.h"
#include "tables/text.h"
#include "tables/xml.h"

namespace tables {
namespace {

constexpr std::size_t kLengthBytes = sizeof(std::uint32_t);

// <sst><si><t>text</t></si><si><r><t>rich</t></r><r>..</r><rPh>reading aid</rPh></si></sst>
class StringsHandler final : public XmlHandler {
 public:
  StringsHandler(SharedStrings& strings, const Limits& limits)
      : strings_(strings), limits_(limits) {}
  void SetStream(XmlStream& stream) { stream_ = &stream; }

  void Start(std::string_view name, const Attributes&) override {
    if (name == "si") text_.clear();
    if (name == "rPh") ++aside_;
    in_text_ = name == "t" && aside_ == 0;
  }
  void End(std::string_view name) override {
    in_text_ = false;
    if (name == "rPh") --aside_;
    if (name != "si") return;
    UnescapeXlsx(text_);
    strings_.Add(text_);
    if (strings_.bytes() > limits_.shared_strings_bytes_max) {
      stream_->Fail(Refuse("XLSX_LIMIT", fmt::format("文字内容超过 {} MiB",
                                                     limits_.shared_strings_bytes_max >> 20)));
    }
  }
  void Text(std::string_view text) override {
    if (!in_text_) return;
    text_ += text;
    if (text_.size() > limits_.cell_bytes_max) {
      text_.clear();
      stream_->Fail(Refuse("XLSX_LIMIT", fmt::format("有一个单元格的内容超过 {} 字节",
                                                     limits_.cell_bytes_max)));
    }
  }

 private:
  SharedStrings& strings_;
  const Limits& limits_;
  XmlStream* stream_ = nullptr;
  std::string text_ = {};
  int aside_ = 0;
  bool in_text_ = false;
};

}  // namespace

void SharedStrings::Add(std::string_view text) {
  const std::size_t need = kLengthBytes + text.size();
  CHECK(need <= kBlockBytes);
  if (used_ + need > kBlockBytes) {
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(kBlockBytes));
    used_ = 0;
  }
  char* const at = blocks_.back().get() + used_;
  const auto length = static_cast<std::uint32_t>(text.size());
  std::memcpy(at, &length, kLengthBytes);
  std::memcpy(at + kLengthBytes, text.data(), text.size());
  places_.push_back(static_cast<std::uint32_t>((blocks_.size() - 1) * kBlockBytes + used_));
  used_ += need;
  bytes_ += need + sizeof(std::uint32_t);
}

std::string_view SharedStrings::At(std::size_t index) const {
  const std::uint32_t place = places_[index];
  const char* const at = blocks_[place / kBlockBytes].get() + place % kBlockBytes;
  std::uint32_t length = 0;
  std::memcpy(&length, at, kLengthBytes);
  return {at + kLengthBytes, length};
}

base::Result<SharedStrings> SharedStrings::Read(Package& package, const std::string& name,
                                                const Limits& limits) {
  SharedStrings strings;
  ASSIGN_OR_RETURN(Part part, package.Open(name));
  StringsHandler handler{strings, limits};
  XmlStream stream{std::move(part), handler};
  handler.SetStream(stream);
  ASSIGN_OR_RETURN(const bool suspended, stream.Pump());
  CHECK(!suspended);
  return strings;
}

void UnescapeXlsx(std::string& text) {
  std::size_t from = text.find("_x");
  if (from == std::string::npos) return;
  std::string out = text.substr(0, from);
  while (from < text.size()) {
    unsigned code = 0;
    const std::string_view rest = std::string_view{text}.substr(from);
    const bool shaped = rest.size() >= 7 && rest.starts_with("_x") && rest[6] == '_';
    const char* const end = shaped ? rest.data() + 6 : nullptr;
    const bool escape = shaped && std::from_chars(rest.data() + 2, end, code, 16).ptr == end;
    if (escape && code < 0x80u) {
      if (code != 0) out += static_cast<char>(code);
      from += 7;
    } else {
      out += text[from++];
    }
  }
  text = std::move(out);
}

}  // namespace tables
