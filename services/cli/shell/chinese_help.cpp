#include "cli/shell/chinese_help.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <numeric>
#include <sstream>
#include <string_view>
#include <vector>

#include "cli/shell/text_table.h"

namespace cli {
namespace {

constexpr std::size_t kNameCells = 30;
constexpr std::size_t kLineCells = 100;
constexpr std::size_t kNearEnough = 2;      // letters that differ
constexpr std::size_t kIdentityDigits = 15;  // and more

// "  name      explanation", the explanation in a column of its own.
std::string Entry(const std::string& name, const std::string& about) {
  std::string text = "  " + PadToWidth(name, kNameCells - 4);
  if (DisplayWidth(text) >= kNameCells - 1) text += "\n" + std::string(kNameCells - 2, ' ');
  std::string gap = "  ";
  std::istringstream lines{about};
  for (std::string whole; std::getline(lines, whole);) {
    for (const std::string& line : WrapToWidth(whole, kLineCells - kNameCells)) {
      text += gap + line + "\n";
      gap = std::string(kNameCells, ' ');
    }
  }
  if (about.empty()) text += "\n";
  return text;
}

class Formatter : public CLI::Formatter {
 public:
  Formatter() {
    label("Usage", "用法");
    label("OPTIONS", "选项");
    label("SUBCOMMAND", "命令");
    label("Positionals", "参数");
    label("REQUIRED", "必填");
    label("Env", "环境变量");
  }
  std::string make_option(const CLI::Option* option, bool positional) const override {
    return Entry(make_option_name(option, positional) + make_option_opts(option),
                 make_option_desc(option));
  }
  std::string make_subcommand(const CLI::App* sub) const override {
    return Entry(sub->get_display_name(true), sub->get_description());
  }
  // Which options belong together is not told by CLI11's counts here.
  std::string make_description(const CLI::App* app) const override {
    return app->get_description() + "\n";
  }
};

// The commands on the line, the innermost last.
std::vector<const CLI::App*> Named(const CLI::App& root) {
  std::vector<const CLI::App*> named{&root};
  while (!named.back()->get_subcommands().empty()) {
    named.push_back(named.back()->get_subcommands().front());
  }
  return named;
}

std::string Path(const std::vector<const CLI::App*>& named) {
  std::string path;
  for (const CLI::App* app : named) path += (path.empty() ? "" : " ") + app->get_name();
  return path;
}

std::string Quoted(const std::string& word) {
  const auto digits = std::count_if(word.begin(), word.end(),
                                    [](unsigned char c) { return std::isdigit(c) != 0; });
  if (static_cast<std::size_t>(digits) >= kIdentityDigits - 1) return "(一串号码)";
  return "“" + word + "”";
}

// How many letters must change to make one of the other.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t before = row[0];
    row[0] = i + 1;
    for (std::size_t k = 0; k < b.size(); ++k) {
      const std::size_t same = before + (a[i] == b[k] ? 0 : 1);
      before = row[k + 1];
      row[k + 1] = std::min({same, before + 1, row[k] + 1});
    }
  }
  return row.back();
}

std::string DidYouMean(const std::string& word, const std::vector<std::string>& known) {
  std::string best;
  std::size_t least = kNearEnough + 1;
  for (const std::string& one : known) {
    const std::size_t distance = Distance(word, one);
    if (distance < least && distance < one.size() / 2 + 1) {
      least = distance;
      best = one;
    }
  }
  return best.empty() ? "" : fmt::format("，是不是 {}？", best);
}

std::string UnknownCommand(const std::string& word, const CLI::App& app) {
  std::vector<std::string> known;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    known.push_back(sub->get_name());
  }
  return fmt::format("没有{}这个命令{}", Quoted(word), DidYouMean(word, known));
}

std::string UnknownOption(const std::string& word, const std::vector<const CLI::App*>& named) {
  const std::string name = word.substr(0, word.find('='));
  std::vector<std::string> known;
  for (const CLI::App* app : named) {
    for (const CLI::Option* option : app->get_options()) {
      for (const std::string& one : option->get_lnames()) known.push_back("--" + one);
    }
  }
  return fmt::format("没有{}这个选项{}", Quoted(name), DidYouMean(name, known));
}

// What the line has too much of.
std::string Extra(const std::vector<std::string>& words,
                  const std::vector<const CLI::App*>& named) {
  const CLI::App& last = *named.back();
  for (const std::string& word : words) {
    if (word.size() > 1 && word.front() == '-') return UnknownOption(word, named);
  }
  if (last.get_require_subcommand_min() > 0) return UnknownCommand(words.front(), last);
  return "多余的内容：" + Quoted(words.front());
}

// Its name, and what it is for, up to the list of its words.
std::string Brief(const CLI::Option& option) {
  const std::string about = option.get_description();
  return fmt::format("{}（{}）", option.get_name(), about.substr(0, about.find("：")));
}

std::string Missing(const CLI::App& root, const std::vector<const CLI::App*>& named) {
  std::string text;
  for (const CLI::App* app : named) {
    for (const CLI::Option* option : app->get_options()) {
      if (!option->get_required() || option->count() > 0) continue;
      text += (text.empty() ? "缺少 " : "、") + Brief(*option);
    }
  }
  if (!text.empty()) return text;
  const std::vector<std::string> words = root.remaining(true);
  return words.empty() ? "缺少命令" : Extra(words, named);
}

// CLI11 says by name only which option it means: the longest name that stands in the text.
const CLI::Option* Meant(const std::vector<const CLI::App*>& named, const std::string& text) {
  const CLI::Option* found = nullptr;
  for (const CLI::App* app : named) {
    for (const CLI::Option* option : app->get_options()) {
      if (text.find(option->get_name()) == std::string::npos) continue;
      if (found == nullptr || found->get_name().size() < option->get_name().size()) found = option;
    }
  }
  return found;
}

std::string WrongCount(const CLI::Option* option) {
  if (option == nullptr) return "选项的写法不对";
  if (option->get_type_name().empty()) return option->get_name() + " 是开关，后面不写内容";
  if (option->count() > 1) return option->get_name() + " 只能写一次";
  return Brief(*option) + "后面缺少内容";
}

}  // namespace

std::shared_ptr<CLI::Formatter> ChineseHelp() { return std::make_shared<Formatter>(); }

std::string WhatIsWrong(const CLI::App& root, const CLI::ParseError& error) {
  const std::vector<const CLI::App*> named = Named(root);
  const std::vector<std::string> words = root.remaining(true);
  std::string text;
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    text = Missing(root, named);
  } else if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && !words.empty()) {
    text = Extra(words, named);
  } else if (dynamic_cast<const CLI::ValidationError*>(&error) != nullptr) {
    text = error.what();  // the option's name and the text of its own check
  } else {
    text = WrongCount(Meant(named, error.what()));
  }
  return fmt::format("baoxue: {}\n用法见：{} --help\n", text, Path(named));
}

}  // namespace cli
