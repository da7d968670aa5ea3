// `baoxue follow FEED`: every event as one line of CloudEvents 1.0 JSON on stdout.
//
// The position is the number of the last event whose line has been written out; it is kept in a
// file, so a second call goes on where the first ended. A program that dies between reading a line
// and acting on it may see that line again: `id` is the same then (at least once).
#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>

#include "attendance/contract/attendance.pb.h"
#include "cases/contract/cases.pb.h"
#include "cli/commands/commands.h"
#include "cli/commands/feed_digest.h"
#include "cli/shell/json.h"
#include "cli/shell/values.h"
#include "registry/contract/registry.pb.h"
#include "subsidy/contract/subsidy.pb.h"
#include "tracing/contract/tracing.pb.h"

namespace cli {
namespace {

namespace wire = baoxue::bus::v1;
namespace fs = std::filesystem;
using base::Code;
using base::Error;

constexpr std::chrono::milliseconds kPoll{20};

struct Options {
  std::string feed = {};
  std::string position_file = {};
  std::int64_t from = -1;
  bool once = false;
  bool verify = false;
  std::string lines = {};
};

std::atomic<bool> stop_asked{false};
void AskStop(int) { stop_asked = true; }

// The payload as JSON, by its type's name; as hexadecimal when this program does not know the type.
std::string DataOf(const bus::Event& event) {
  const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
      event.payload_type());
  if (type != nullptr) {
    const std::unique_ptr<google::protobuf::Message> message{
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New()};
    if (message->ParseFromString(event.payload())) return ToJson(*message);
  }
  wire::Event unknown;
  unknown.set_payload(event.payload());
  return ToJson(unknown);
}

std::string CloudEvent(const std::string& county, const bus::Event& event) {
  JsonObject json;
  json.Text("specversion", "1.0")
      .Text("id", fmt::format("{}-{}", event.feed(), event.seq()))
      .Text("source", fmt::format("/baoxue/{}/{}", county, event.feed()))
      .Text("type", event.type())
      .Text("time", base::ToIso(FromProto(event.time())));
  if (!event.subject().empty()) json.Text("subject", event.subject());
  json.Text("datacontenttype", "application/json")
      .Text("dataschema", fmt::format("urn:protobuf:{}", event.payload_type()))
      .Text("sequence", fmt::format("{:020}", event.seq()))
      .Text("datadigest", PayloadDigest(event))
      .Json("data", DataOf(event));
  return json.ToString();
}

// The number of the last event written, in a file that is replaced whole.
class PositionFile {
 public:
  explicit PositionFile(std::string path) : path_(std::move(path)) {}

  std::uint64_t Load() const {
    std::ifstream file(path_);
    std::uint64_t position = 0;
    file >> position;
    return file ? position : 0;
  }
  base::Status Save(std::uint64_t position) const {
    std::error_code error;
    if (const fs::path folder = fs::path{path_}.parent_path(); !folder.empty()) {
      fs::create_directories(folder, error);
    }
    const std::string fresh = path_ + ".new";
    {
      std::ofstream file(fresh, std::ios::trunc);
      file << position << '\n';
      file.close();
      if (!file) return CannotWrite();
    }
    fs::rename(fresh, path_, error);
    if (error) return CannotWrite();
    return {};
  }

 private:
  Error CannotWrite() const {
    return {Code::kUnavailable, "CANNOT_WRITE", "文件写不进去：" + path_};
  }
  std::string path_;
};

class Tap {
 public:
  Tap(std::string county, std::string path, std::uint64_t start)
      : county_(std::move(county)), file_(std::move(path)), position_(start) {}

  std::uint64_t position() const { return position_; }
  bool broken() const { return broken_; }

  base::Result<std::uint64_t> Apply(const std::vector<bus::Event>& events) {
    std::string lines;
    for (const bus::Event& event : events) lines += CloudEvent(county_, event) + "\n";
    const bool written = std::fwrite(lines.data(), 1, lines.size(), stdout) == lines.size() &&
                         std::fflush(stdout) == 0;
    if (!written) {
      broken_ = true;
      return Error{Code::kUnavailable, "STDOUT_CLOSED", "读取方已断开"};
    }
    if (!events.empty()) {
      RETURN_IF_ERROR(file_.Save(events.back().seq()));
      position_ = events.back().seq();
    }
    return position_.load();
  }

 private:
  const std::string county_;
  const PositionFile file_;
  std::atomic<std::uint64_t> position_;
  std::atomic<bool> broken_{false};
};

base::Result<std::uint64_t> Head(Shell& shell, const std::string& feed, std::uint64_t after) {
  wire::FetchEvents fetch;
  fetch.set_feed(feed);
  fetch.set_after(after);
  fetch.set_limit(1);
  ASSIGN_OR_RETURN(const auto batch, (shell.Ask<wire::EventBatch>(feed, fetch)));
  return batch.head();
}

base::Result<bus::Follower::Options> FollowerOptions(Shell& shell, const std::string& feed) {
  ASSIGN_OR_RETURN(const host::Suite* suite, shell.suite());
  ASSIGN_OR_RETURN(const bus::ClientOptions client,
                   host::ClientFor(*suite, feed, shell.globals().key));
  bus::Follower::Options options;
  options.feed = feed;
  options.keys = client.keys;
  const auto service = suite->services.find(feed);
  if (service == suite->services.end() || client.endpoints.empty()) {
    return Error{Code::kNotFound, "SERVICE_UNKNOWN", suite->path + " 中没有这个服务：" + feed};
  }
  for (const std::string& address : service->second.events) {
    options.events.push_back({address, client.endpoints.front().server_key});
  }
  return options;
}

base::Status Follow(Shell& shell, const Options& options) {
  ASSIGN_OR_RETURN(const host::Suite* suite, shell.suite());
  const std::string path = options.position_file.empty()
                               ? fmt::format("{}/follow/{}.position", suite->data_dir, options.feed)
                               : options.position_file;
  const std::uint64_t start =
      options.from >= 0 ? static_cast<std::uint64_t>(options.from) : PositionFile(path).Load();
  ASSIGN_OR_RETURN(const std::uint64_t head, Head(shell, options.feed, start));
  ASSIGN_OR_RETURN(bus::Client * client, shell.ClientOf(options.feed));
  ASSIGN_OR_RETURN(const auto follower_options, FollowerOptions(shell, options.feed));
  Tap tap(suite->county, path, start);
  bus::Follower follower(
      shell.context(), follower_options, *client,
      [&]() -> base::Result<std::uint64_t> { return tap.position(); },
      [&](const std::vector<bus::Event>& events) { return tap.Apply(events); }, shell.clock());
  std::signal(SIGINT, AskStop);
  std::signal(SIGTERM, AskStop);
  std::signal(SIGPIPE, SIG_IGN);
  follower.Start();
  while (!stop_asked && !tap.broken() && !(options.once && tap.position() >= head)) {
    shell.Pause(kPoll);
  }
  follower.Stop();
  return {};
}

}  // namespace

void AddFollow(Shell& shell, Command& root) {
  Command command =
      root.Sub("follow", "跟随事件：先补漏，再实时，每行一个 CloudEvents 1.0 JSON");
  const auto o = std::make_shared<Options>();
  command.OneOf("FEED", o->feed, {{"registry", "学籍"},
                                   {"attendance", "考勤"},
                                   {"cases", "个案"},
                                   {"subsidy", "资助"},
                                   {"tracing", "函件"}},
                "哪个服务的事件", Need::kRequired)
      .Text("--position-file", o->position_file, "记录读到哪里的文件，不填为 数据目录/follow/服务.position")
      .Number("--from", o->from, "从这一序号之后开始，不看记录")
      .Flag("--once", o->once, "读到现在的最新一条为止")
      .Flag("--verify", o->verify, "资助：逐日核对条数和校验值")
      .Text("--lines", o->lines, "核对用：已收到的各行的文件，不填则重新取");
  command.Run([&shell, o] {
    return o->verify ? VerifyFeed(shell, o->feed, o->lines) : Follow(shell, *o);
  });
  // The types are found by name: this keeps the linker from dropping them.
  (void)baoxue::registry::v1::StudentChanged::default_instance();
  (void)baoxue::attendance::v1::AbsenceSuspected::default_instance();
  (void)baoxue::cases::v1::CaseChanged::default_instance();
  (void)baoxue::subsidy::v1::EligibilityChanged::default_instance();
  (void)baoxue::tracing::v1::TransferChanged::default_instance();
}

}  // namespace cli
