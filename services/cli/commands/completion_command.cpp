// Shell completion, made from the commands themselves: `source <(baoxue completion bash)`.
#include <fmt/format.h>

#include <memory>

#include "cli/commands/commands.h"

namespace cli {
namespace {

std::string Joined(const Arguments::Words& words) {
  return fmt::format("{}{}{}", fmt::join(words.subcommands, " "),
                     words.subcommands.empty() || words.options.empty() ? "" : " ",
                     fmt::join(words.options, " "));
}

// One case per command path; the path is what stands on the line without options.
std::string BashFunction(const Arguments& arguments) {
  std::string script =
      "_baoxue() {\n"
      "  local current=\"${COMP_WORDS[COMP_CWORD]}\" path=\"\" word known\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case \"$word\" in -*) continue ;; esac\n"
      "    case \" $known_paths \" in\n"
      "      *\" ${path:+${path}/}$word \"*) path=\"${path:+${path}/}$word\" ;;\n"
      "    esac\n"
      "  done\n"
      "  case \"$path\" in\n";
  std::string paths;
  for (const Arguments::Words& words : arguments.AllWords()) {
    std::string path = words.path;
    for (char& c : path) c = c == ' ' ? '/' : c;
    if (!path.empty()) paths += " " + path;
    script += fmt::format("    '{}') known='{}' ;;\n", path, Joined(words));
  }
  script +=
      "  esac\n"
      "  COMPREPLY=( $(compgen -W \"$known\" -- \"$current\") )\n"
      "  [ ${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=( $(compgen -f -- \"$current\") )\n"
      "}\n";
  return script.insert(script.find("path=\"\""), "known_paths='" + paths + " ' ");
}

}  // namespace

void AddCompletion(Shell& shell, Command& root, const Arguments& arguments) {
  Command command =
      root.Sub("completion", "命令行补全，用法：source <(baoxue completion bash)");
  const auto kind = std::make_shared<std::string>();
  command.OneOf("SHELL", *kind, {{"bash", ""}, {"zsh", ""}}, "用哪种命令行", Need::kRequired);
  command.Run([&shell, &arguments, kind]() -> base::Status {
    std::string script;
    if (*kind == "zsh") script += "autoload -U +X bashcompinit && bashcompinit\n";
    script += BashFunction(arguments) + "complete -F _baoxue baoxue\n";
    fmt::print("{}", script);
    (void)shell;
    return {};
  });
}

}  // namespace cli
