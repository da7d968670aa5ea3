#include "cli/shell/args.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <iostream>
#include <map>

#include "cli/shell/chinese_help.h"

namespace cli {

// What the commands of one Arguments share.
struct Shared {
  std::function<base::Status()> chosen = {};
  std::map<const CLI::Option*, std::vector<Choice>> choices = {};
};

struct Command::Node {
  CLI::App* app = nullptr;
  CLI::Option* last = nullptr;
  std::shared_ptr<Shared> shared = {};
};

struct Arguments::Impl {
  CLI::App app;
  std::shared_ptr<Shared> shared = std::make_shared<Shared>();
  explicit Impl(const std::string& about, const std::string& name) : app(about, name) {}
};

namespace {

constexpr const char* kHelpNames = "-h,--help";
constexpr const char* kHelpAbout = "显示帮助";
constexpr std::size_t kChoicesInARow = 6;  // more stand one below the other

void Require(CLI::Option* option, Need need) {
  if (need == Need::kRequired) option->required();
}

void Collect(const CLI::App& app, const std::string& path, const Shared& shared,
             std::vector<Arguments::Words>& out) {
  Arguments::Words words;
  words.path = path;
  words.about = app.get_description();
  for (const CLI::Option* option : app.get_options()) {
    words.explained.emplace_back(option->get_name(), option->get_description());
    if (const auto found = shared.choices.find(option); found != shared.choices.end()) {
      for (const Choice& one : found->second) words.choices.emplace_back(option->get_name(), one);
    }
    for (const std::string& name : option->get_lnames()) words.options.push_back("--" + name);
    for (const std::string& name : option->get_snames()) words.options.push_back("-" + name);
  }
  const auto subs = app.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* sub : subs) words.subcommands.push_back(sub->get_name());
  out.push_back(words);
  for (const CLI::App* sub : subs) {
    Collect(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), shared, out);
  }
}

// Decimal digits only: CLI11 would take 010 for eight.
std::string CheckNumber(std::string& text) {
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || stop != text.data() + text.size()) {
    return fmt::format("应为整数，不能是“{}”", text);
  }
  text = std::to_string(number);
  return {};
}

std::string Joined(const std::vector<Choice>& choices, const std::string& between) {
  std::string text;
  for (const Choice& one : choices) {
    if (one.name.empty()) continue;
    if (!text.empty()) text += between;
    text += one.chinese.empty() ? one.name : one.name + " " + one.chinese;
  }
  return text;
}

std::string CheckChoice(const std::vector<Choice>& choices, const std::string& text) {
  const bool known = std::any_of(choices.begin(), choices.end(),
                                 [&](const Choice& one) { return one.name == text; });
  return known ? std::string{} : "没有“" + text + "”，可以是：" + Joined(choices, "，");
}

}  // namespace

std::string Explained(const std::string& about, const std::vector<Choice>& choices) {
  if (choices.size() <= kChoicesInARow) return about + "：" + Joined(choices, "，");
  return about + "：\n" + Joined(choices, "\n");
}

std::string MeaningOf(const std::vector<Choice>& choices, const std::string& name) {
  for (const Choice& one : choices) {
    if (one.name == name && !one.chinese.empty()) return one.chinese;
  }
  return name;
}

Command Command::Sub(const std::string& name, const std::string& about) {
  CLI::App* sub = node_->app->add_subcommand(name, about);
  sub->fallthrough()->group("命令");
  sub->set_help_flag(kHelpNames, kHelpAbout);  // the one taken over stands in CLI11's own group
  return Command{
      std::make_shared<Node>(Node{.app = sub, .last = nullptr, .shared = node_->shared})};
}

Command& Command::Text(const std::string& name, std::string& value, const std::string& about,
                       Need need) {
  node_->last = node_->app->add_option(name, value, about)->capture_default_str();
  node_->last->type_name("文字");
  Require(node_->last, need);
  return *this;
}

Command& Command::OneOf(const std::string& name, std::string& value,
                        const std::vector<Choice>& choices, const std::string& about, Need need) {
  node_->last = node_->app->add_option(name, value, Explained(about, choices));
  node_->last->capture_default_str()->type_name("名称");
  node_->last->check([choices](const std::string& text) { return CheckChoice(choices, text); });
  node_->shared->choices[node_->last] = choices;
  Require(node_->last, need);
  return *this;
}

Command& Command::Number(const std::string& name, std::int64_t& value, const std::string& about,
                         Need need) {
  node_->last = node_->app->add_option(name, value, about)->capture_default_str();
  node_->last->type_name("数字")->transform(CLI::Validator{CheckNumber, "", ""});
  Require(node_->last, need);
  return *this;
}

Command& Command::Flag(const std::string& name, bool& value, const std::string& about) {
  node_->last = node_->app->add_flag(name, value, about);
  return *this;
}

Command& Command::List(const std::string& name, std::vector<std::string>& values,
                       const std::string& about, Need need) {
  node_->last = node_->app->add_option(name, values, about)->type_name("文字");
  if (name.front() == '-') node_->last->allow_extra_args(false)->take_all();
  Require(node_->last, need);
  return *this;
}

Command& Command::Or(const std::string& environment_variable) {
  if (node_->last != nullptr) node_->last->envname(environment_variable);
  return *this;
}

Command& Command::NeedsSub() {
  node_->app->require_subcommand(1);
  return *this;
}

void Command::Run(std::function<base::Status()> run) {
  node_->app->callback(
      [shared = node_->shared, run = std::move(run)] { shared->chosen = run; });
}

Arguments::Arguments(const std::string& name, const std::string& about, const std::string& version)
    : impl_(std::make_unique<Impl>(about, name)) {
  impl_->app.require_subcommand(1);
  // Subcommands take these over when they are made.
  impl_->app.formatter(ChineseHelp());
  impl_->app.option_defaults()->group("选项");
  impl_->app.set_help_flag(kHelpNames, kHelpAbout);
  impl_->app.set_version_flag("--version", version, "显示版本号");
}

Arguments::~Arguments() = default;

Command Arguments::Root() {
  return Command{std::make_shared<Command::Node>(
      Command::Node{.app = &impl_->app, .last = nullptr, .shared = impl_->shared})};
}

Arguments::Outcome Arguments::Parse(int argc, char** argv) {
  try {
    impl_->app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      impl_->app.exit(error, std::cout, std::cerr);
      return {.stop = true, .exit_code = 0};
    }
    std::cerr << WhatIsWrong(impl_->app, error);
    return {.stop = true, .exit_code = 2};
  }
  return {};
}

const std::function<base::Status()>& Arguments::chosen() const { return impl_->shared->chosen; }

std::vector<Arguments::Words> Arguments::AllWords() const {
  std::vector<Words> all;
  Collect(impl_->app, "", *impl_->shared, all);
  return all;
}

}  // namespace cli
