// Subcommands and their options, declared by each command in a few lines; CLI11 stays in args.cpp.
//
//   void AddLeave(Shell& shell, Command& root) {
//     Command leave = root.Sub("leave", "请假");
//     auto o = std::make_shared<Options>();
//     leave.Text("--from", o->from, "第一天，如 2026-09-01", Need::kRequired);
//     leave.Run([&shell, o] { return Leave(shell, *o); });
//   }
// Values that are bound must live as long as the Arguments (a shared_ptr caught by Run does that).
// Whoever reads the help reads Chinese: so are all texts, and every word that an option takes is
// said in Chinese beside it. Parse() never throws; what is wrong on the line goes to stderr, in
// Chinese, with the help to read. Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace cli {

enum class Need { kOptional, kRequired };

// A word that an option takes, and what it means; no meaning where it is Chinese itself.
struct Choice {
  std::string name = {};
  std::string chinese = {};
};
// "方向：out 转出，in 转入"
std::string Explained(const std::string& about, const std::vector<Choice>& choices);
// The meaning of one of them; the word itself where it is none.
std::string MeaningOf(const std::vector<Choice>& choices, const std::string& name);

class Command {
 public:
  Command Sub(const std::string& name, const std::string& about);

  // "FILE" is positional, "--name" or "-n,--name" an option.
  Command& Text(const std::string& name, std::string& value, const std::string& about,
                Need need = Need::kOptional);
  // The help explains the choices after `about`; an empty one is "any" and not named.
  Command& OneOf(const std::string& name, std::string& value, const std::vector<Choice>& choices,
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

  // For shell completion and tests: every command path with its subcommands and options.
  struct Words {
    std::string path = {};  // "case show"
    std::vector<std::string> subcommands = {};
    std::vector<std::string> options = {};
    // What the help says of the command, of its options and of its positionals.
    std::string about = {};
    std::vector<std::pair<std::string, std::string>> explained = {};
    // Option, and each word that it takes.
    std::vector<std::pair<std::string, Choice>> choices = {};
  };
  std::vector<Words> AllWords() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cli
