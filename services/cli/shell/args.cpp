#include "cli/shell/args.h"

#include <CLI/CLI.hpp>
#include <iostream>

namespace cli {

struct Command::Node {
  CLI::App* app = nullptr;
  CLI::Option* last = nullptr;
  std::shared_ptr<std::function<base::Status()>> chosen = {};
};

struct Arguments::Impl {
  CLI::App app;
  std::shared_ptr<std::function<base::Status()>> chosen =
      std::make_shared<std::function<base::Status()>>();
  explicit Impl(const std::string& about, const std::string& name) : app(about, name) {}
};

namespace {

void Require(CLI::Option* option, Need need) {
  if (need == Need::kRequired) option->required();
}

void Collect(const CLI::App& app, const std::string& path, std::vector<Arguments::Words>& out) {
  Arguments::Words words;
  words.path = path;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) words.options.push_back("--" + name);
    for (const std::string& name : option->get_snames()) words.options.push_back("-" + name);
  }
  const auto subs = app.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* sub : subs) words.subcommands.push_back(sub->get_name());
  out.push_back(words);
  for (const CLI::App* sub : subs) {
    Collect(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), out);
  }
}

}  // namespace

Command Command::Sub(const std::string& name, const std::string& about) {
  CLI::App* sub = node_->app->add_subcommand(name, about);
  sub->fallthrough();
  return Command{
      std::make_shared<Node>(Node{.app = sub, .last = nullptr, .chosen = node_->chosen})};
}

Command& Command::Text(const std::string& name, std::string& value, const std::string& about,
                       Need need) {
  node_->last = node_->app->add_option(name, value, about)->capture_default_str();
  Require(node_->last, need);
  return *this;
}

Command& Command::OneOf(const std::string& name, std::string& value,
                        std::vector<std::string> choices, const std::string& about, Need need) {
  node_->last = node_->app->add_option(name, value, about)->capture_default_str();
  node_->last->check(CLI::IsMember(std::move(choices)));
  Require(node_->last, need);
  return *this;
}

Command& Command::Number(const std::string& name, std::int64_t& value, const std::string& about,
                         Need need) {
  node_->last = node_->app->add_option(name, value, about)->capture_default_str();
  Require(node_->last, need);
  return *this;
}

Command& Command::Flag(const std::string& name, bool& value, const std::string& about) {
  node_->last = node_->app->add_flag(name, value, about);
  return *this;
}

Command& Command::List(const std::string& name, std::vector<std::string>& values,
                       const std::string& about, Need need) {
  node_->last = node_->app->add_option(name, values, about);
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
  node_->app->callback([chosen = node_->chosen, run = std::move(run)] { *chosen = run; });
}

Arguments::Arguments(const std::string& name, const std::string& about, const std::string& version)
    : impl_(std::make_unique<Impl>(about, name)) {
  impl_->app.require_subcommand(1);
  impl_->app.set_version_flag("--version", version);
  impl_->app.get_formatter()->column_width(34);
}

Arguments::~Arguments() = default;

Command Arguments::Root() {
  return Command{std::make_shared<Command::Node>(
      Command::Node{.app = &impl_->app, .last = nullptr, .chosen = impl_->chosen})};
}

Arguments::Outcome Arguments::Parse(int argc, char** argv) {
  try {
    impl_->app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = impl_->app.exit(error, std::cout, std::cerr);
    return {.stop = true, .exit_code = code == 0 ? 0 : 2};
  }
  return {};
}

const std::function<base::Status()>& Arguments::chosen() const { return *impl_->chosen; }

std::vector<Arguments::Words> Arguments::AllWords() const {
  std::vector<Words> all;
  Collect(impl_->app, "", all);
  return all;
}

}  // namespace cli
