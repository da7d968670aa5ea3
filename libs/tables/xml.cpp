#include "tables/xml.h"

#include <expat.h>
#include <fmt/format.h>

#include "base/check.h"
#include "tables/text.h"

namespace tables {
namespace {

constexpr int kDepthMax = 64;
constexpr std::uint64_t kTokenBytesMax = 4u << 20;
constexpr int kFeedBytes = 64 << 10;

}  // namespace

std::string_view LocalName(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::string_view Attributes::Get(std::string_view name) const {
  for (const char** at = pairs_; *at != nullptr; at += 2) {
    if (LocalName(at[0]) == name) return at[1];
  }
  return {};
}

struct XmlStream::Callbacks {
  static XmlStream& Of(void* data) { return *static_cast<XmlStream*>(data); }
  static void XMLCALL Start(void* data, const XML_Char* name, const XML_Char** attributes) {
    XmlStream& stream = Of(data);
    if (++stream.depth_ > kDepthMax) {
      stream.Fail(Refuse("BAD_XLSX", "文件内部结构嵌套过深"));
      return;
    }
    stream.handler_.Start(LocalName(name), Attributes{attributes});
  }
  static void XMLCALL End(void* data, const XML_Char* name) {
    --Of(data).depth_;
    Of(data).handler_.End(LocalName(name));
  }
  static void XMLCALL Text(void* data, const XML_Char* text, int bytes) {
    Of(data).handler_.Text({text, static_cast<std::size_t>(bytes)});
  }
  static void XMLCALL Doctype(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    Of(data).Fail(Refuse("BAD_XLSX", "文件内部含有 DOCTYPE 声明,不予读取"));
  }
};

XmlStream::XmlStream(Part part, XmlHandler& handler)
    : part_(std::move(part)), handler_(handler), parser_(XML_ParserCreate(nullptr)) {
  CHECK(parser_ != nullptr);
  XML_SetUserData(parser_, this);
  XML_SetElementHandler(parser_, &Callbacks::Start, &Callbacks::End);
  XML_SetCharacterDataHandler(parser_, &Callbacks::Text);
  XML_SetStartDoctypeDeclHandler(parser_, &Callbacks::Doctype);
}

XmlStream::~XmlStream() { XML_ParserFree(parser_); }

void XmlStream::Suspend() {
  if (!failed_) XML_StopParser(parser_, XML_TRUE);
}

void XmlStream::Fail(base::Error error) {
  if (failed_) return;
  failed_ = std::move(error);
  XML_StopParser(parser_, XML_FALSE);
}

base::Error XmlStream::NotXml() const {
  return Refuse("BAD_XLSX",
                fmt::format("文件内部不是正确的 XML({},第{}行)。请用 Excel 或 WPS 打开后另存再试",
                            XML_ErrorString(XML_GetErrorCode(parser_)),
                            static_cast<std::uint64_t>(XML_GetCurrentLineNumber(parser_))));
}

base::Status XmlStream::Feed() {
  void* const buffer = XML_GetBuffer(parser_, kFeedBytes);
  if (buffer == nullptr) return NotXml();
  ASSIGN_OR_RETURN(const std::size_t n, part_.Read(static_cast<char*>(buffer), kFeedBytes));
  fed_ += n;
  const XML_Status status = XML_ParseBuffer(parser_, static_cast<int>(n), n == 0);
  if (failed_) return *failed_;
  if (status == XML_STATUS_ERROR) return NotXml();
  suspended_ = status == XML_STATUS_SUSPENDED;
  done_ = !suspended_ && n == 0;
  const auto parsed = static_cast<std::uint64_t>(XML_GetCurrentByteIndex(parser_));
  if (!suspended_ && !done_ && fed_ > parsed + kTokenBytesMax) {
    return Refuse("XLSX_LIMIT", "文件内部有过长的内容");
  }
  return {};
}

base::Result<bool> XmlStream::Pump() {
  if (failed_) return *failed_;
  auto suspended = Advance();
  if (!suspended.ok() && !failed_) failed_ = suspended.error();
  return suspended;
}

base::Result<bool> XmlStream::Advance() {
  if (suspended_) {
    const XML_Status status = XML_ResumeParser(parser_);
    if (failed_) return *failed_;
    if (status == XML_STATUS_ERROR) return NotXml();
    suspended_ = status == XML_STATUS_SUSPENDED;
    XML_ParsingStatus now = {};
    XML_GetParsingStatus(parser_, &now);
    done_ = now.parsing == XML_FINISHED;
  }
  while (!suspended_ && !done_) RETURN_IF_ERROR(Feed());
  return suspended_;
}

base::Status ReadXml(Package& package, const std::string& name, XmlHandler& handler) {
  ASSIGN_OR_RETURN(Part part, package.Open(name));
  XmlStream stream{std::move(part), handler};
  ASSIGN_OR_RETURN(const bool suspended, stream.Pump());
  CHECK(!suspended);
  return {};
}

}  // namespace tables
