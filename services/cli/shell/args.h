// Subcommands and their options, declared by each command in a few lines; CLI11 stays in args.cpp.
//
//   void AddLeave(Shell& shell, Command& root) {
//     Command leave = root.Sub("leave", "请假");
//     auto o = std::make_shared<Options>();
//     leave.Text("--from", o->from, "first day, YYYY-MM-DD", Need::kRequired);
//     leave.Run([&shell, o] { return Leave(shell, *o); });
//   }
// Values that are bound must live as long as the Arguments (a shared_ptr caught by Run does that).
// Help texts are English. Parse() never throws. Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace cli {

enum class Need { kOptional, kRequired };

class Command {
 public:
  Command Sub(const std::string& name, const std::string& about);

  // "FILE" is positional, "--name" or "-n,--name" an option.
  Command& Text(const std::string& name, std::string& value, const std::string& about,
                Need need = Need::kOptional);
  Command& OneOf(const std::string& name, std::string& value, std::vector<std::string> choices,
                 const std::string& about, Need need = Need::kOptional);
  Command& Number(const std::string& name, std::int64_t& value, const std::string& about,
                  Need need = Need::kOptional);
  Command& Flag(const std::string& name, bool& value, const std::string& about);
  // May be given more than once.
  Command& List(const std::string& name, std::vector<std::string>& values, const std::string& about,
                Need need = Need::kOptional);
  // Also from this environment variable. For the option declared last.
  Command& Or(const std::string& environment_variable);
  // A folder of subcommands of which one must be named.
  Command& NeedsSub();
  void Run(std::function<base::Status()> run);

  struct Node;
  explicit Command(std::shared_ptr<Node> node) : node_(std::move(node)) {}

 private:
  std::shared_ptr<Node> node_;
};

class Arguments {
 public:
  Arguments(const std::string& name, const std::string& about, const std::string& version);
  ~Arguments();
  Command Root();

  struct Outcome {
    bool stop = false;  // help was shown, or the words were wrong
    int exit_code = 0;  // 0 or 2
  };
  Outcome Parse(int argc, char** argv);
  // What Run() of the command named on the line was given.
  const std::function<base::Status()>& chosen() const;

  // For shell completion: every command path with its subcommands and options.
  struct Words {
    std::string path = {};  // "case show"
    std::vector<std::string> subcommands = {};
    std::vector<std::string> options = {};
  };
  std::vector<Words> AllWords() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cli
