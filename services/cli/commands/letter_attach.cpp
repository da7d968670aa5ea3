#include "cli/commands/letter_attach.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "cli/commands/letter_names.h"
#include "cli/shell/files.h"

namespace cli {
namespace {

namespace tracing = baoxue::tracing::v1;
using base::Code;
using base::Error;

constexpr std::uintmax_t kMega = 1u << 20;
constexpr std::uintmax_t kMessageMax = 12 * kMega;  // with the rest of it, what the bus carries

struct Options {
  std::string letter = {};
  std::string file = {};
  std::string purpose = {};
  std::int64_t seq = 0;
  std::int64_t number = 1;
  bool answerer = false;
};

base::Status Take(Shell& shell, const Options& o) {
  tracing::TakeAttachment request;
  ASSIGN_OR_RETURN(const std::string id, FindLetterId(shell, o.letter));
  request.set_conversation_id(id);
  request.set_of_asker(!o.answerer);
  request.set_seq(static_cast<std::uint32_t>(o.seq));
  request.set_number(static_cast<std::uint32_t>(o.number));
  request.set_purpose(o.purpose);
  ASSIGN_OR_RETURN(auto taken, (shell.Ask<tracing::TakeAttachmentReply>("tracing", request)));
  const std::string path = o.file.empty() ? taken.file_name() : o.file;
  RETURN_IF_ERROR(WriteFile(path, taken.content()));
  if (shell.json()) {
    taken.clear_content();
    shell.Json(taken);
    return {};
  }
  shell.Say(fmt::format("{}  {}  打印登记第{}号\n", path, taken.name(),
                        taken.record().print_no()));
  if (taken.media_type().empty()) shell.Say("不是本系统认得的文件格式,打开前请核实\n");
  return {};
}

}  // namespace

base::Status ReadAttachments(const std::vector<std::string>& paths, Attachments* out) {
  std::uintmax_t total = 0;
  for (const std::string& path : paths) {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    std::ifstream in{path, std::ios::binary};
    if (error || !in) return Error{Code::kNotFound, "NO_FILE", "打不开附件：" + path};
    total += size;
    if (total > kMessageMax) {
      return Error{Code::kInvalidArgument, "ATTACHMENT_TOO_LARGE",
                   fmt::format("附件“{}”过大，一次最多发送{}MB", path, kMessageMax / kMega)};
    }
    tracing::Attachment& one = *out->Add();
    one.set_name(std::filesystem::path{path}.filename().string());
    one.set_content(std::string{std::istreambuf_iterator<char>{in}, {}});
  }
  return {};
}

base::Status AttachTo(const std::vector<std::string>& paths, tracing::DraftLetter* draft) {
  if (paths.empty()) return {};
  if (draft->has_inquiry()) {
    return ReadAttachments(paths, draft->mutable_inquiry()->mutable_attachments());
  }
  if (draft->has_persuasion()) {
    return ReadAttachments(paths, draft->mutable_persuasion()->mutable_attachments());
  }
  return Error{Code::kInvalidArgument, "ATTACHMENT_NOT_ALLOWED", "只有核查函和劝返函可以带附件"};
}

void AddLetterAttachment(Shell& shell, Command& letter) {
  const auto o = std::make_shared<Options>();
  Command take = letter.Sub("attachment", "取出来件的附件，并登记");
  take.Text("LETTER", o->letter, kLetterHelp, Need::kRequired)
      .Text("FILE", o->file, "要写的文件，不填用附件的名称")
      .Number("--seq", o->seq, "letter show 中的序号，0 为拟稿")
      .Flag("--answerer", o->answerer, "序号是回函方的")
      .Number("--number", o->number, "第几个附件")
      .Text("--for", o->purpose, "用途");
  take.Run([&shell, o] { return Take(shell, *o); });
}

}  // namespace cli
