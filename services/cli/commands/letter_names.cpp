#include "cli/commands/letter_names.h"

#include <algorithm>
#include <charconv>

#include "base/random.h"
#include "tracing/contract/tracing.pb.h"

namespace cli {

namespace tracing = baoxue::tracing::v1;

std::string LetterId(const std::string& conversation_id) {
  base::Uuid id = {};
  if (conversation_id.size() != id.size()) return "";
  std::transform(conversation_id.begin(), conversation_id.end(), id.begin(),
                 [](char c) { return static_cast<std::uint8_t>(c); });
  return base::ToHex(id);
}

base::Result<std::string> FindLetterId(Shell& shell, const std::string& text) {
  base::Uuid id = {};
  if (base::FromHex(text, id)) return std::string{base::Bytes(id)};
  tracing::ListLetters request;
  request.set_document_no(text);
  request.set_limit(1);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::ListLettersReply>("tracing", request)));
  if (!text.empty() && !reply.letters().empty()) return reply.letters(0).conversation_id();
  return base::Error{base::Code::kNotFound, "NO_LETTER", "没有这封函件：" + text};
}

std::string LetterKindText(tracing::LetterKind kind) {
  switch (kind) {
    case tracing::LETTER_KIND_HC: return "核查函";
    case tracing::LETTER_KIND_XC: return "协查函";
    case tracing::LETTER_KIND_QF: return "劝返函";
    case tracing::LETTER_KIND_ZX: return "转学联系函";
    case tracing::LETTER_KIND_JD: return "就读证明函";
    case tracing::LETTER_KIND_CB: return "催办函";
    case tracing::LETTER_KIND_HF: return "回函";
    case tracing::LETTER_KIND_GZ: return "告知函";
    default: return "未知";
  }
}

int ReplyCodeOf(const std::string& text) {
  if (text.size() < 2 || (text[0] != 'R' && text[0] != 'r')) return -1;
  int code = -1;
  const auto [stop, error] = std::from_chars(text.data() + 1, text.data() + text.size(), code);
  return error == std::errc{} && stop == text.data() + text.size() ? code : -1;
}

}  // namespace cli
