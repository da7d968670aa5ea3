#include "cli/shell/identity.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iostream>

#include "cli/shell/shell.h"

namespace cli {

base::Result<std::string> ReadIdentity(const std::string& path) {
  std::string line;
  if (path == "-") {
    std::getline(std::cin, line);
  } else {
    std::ifstream in{path};
    if (!in) return WrongWords("读不到文件 " + path);
    std::getline(in, line);
  }
  std::erase_if(line, [](unsigned char c) { return std::isspace(c) != 0; });
  if (line.empty()) return WrongWords("没有读到身份证件号");
  return line;
}

bool LooksLikeIdentity(const std::string& text) {
  return (text.size() == 15 || text.size() == 18) &&
         std::all_of(text.begin(), text.end() - 1,
                     [](unsigned char c) { return std::isdigit(c) != 0; });
}

base::Error NotOnTheLine(const std::string& instead) {
  return WrongWords("身份证件号不要写在命令行上(本机所有用户都能看到):" + instead);
}

}  // namespace cli
