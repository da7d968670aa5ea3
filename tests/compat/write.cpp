// Writes golden bytes for messages that have none, and new lines of the schema:
// compat_write PACKAGE... What is there is what some release wrote and stays as it is.

#include <google/protobuf/text_format.h>

#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>

#include "golden.h"

namespace {

void AddToSchema(const std::filesystem::path& path, const std::string& package) {
  std::set<std::string> lines = compat::SchemaOf(package);
  std::istringstream before{compat::ReadAll(path)};
  for (std::string line; std::getline(before, line);) lines.insert(line);
  std::ofstream out{path};
  for (const std::string& line : lines) out << line << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path root = BAOXUE_GOLDEN_DIR;
  std::set<std::string> have;
  for (const compat::Golden& golden : compat::FindGolden(root)) have.insert(golden.type);
  for (int i = 1; i < argc; ++i) {
    const std::string package = argv[i];
    std::filesystem::create_directories(root / package);
    for (const std::string& type : compat::TypesOf(package)) {
      if (have.contains(type)) continue;
      const auto message = compat::NewMessage(type);
      compat::FillSample(*message);
      std::string text;
      google::protobuf::TextFormat::PrintToString(*message, &text);
      const std::string base =
          (root / package / (type.substr(package.size() + 1) + ".sample")).string();
      std::ofstream{base + ".bin", std::ios::binary} << message->SerializeAsString();
      std::ofstream{base + ".txtpb"} << text;
      std::printf("%s\n", type.c_str());
    }
    AddToSchema(root / package / "schema.txt", package);
  }
  return 0;
}
