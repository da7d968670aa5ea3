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

void Write(const std::filesystem::path& folder, const std::string& type, const std::string& name,
           const google::protobuf::Message& message) {
  std::string text;
  google::protobuf::TextFormat::PrintToString(message, &text);
  const std::string base = (folder / (type + "." + name)).string();
  std::ofstream{base + ".bin", std::ios::binary} << message.SerializeAsString();
  std::ofstream{base + ".txtpb"} << text;
  std::printf("%s.%s\n", type.c_str(), name.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path root = BAOXUE_GOLDEN_DIR;
  std::set<std::string> have;
  for (const compat::Golden& golden : compat::FindGolden(root)) {
    have.insert(golden.type);
    have.insert(golden.type + "." + golden.name);
  }
  for (int i = 1; i < argc; ++i) {
    const std::string package = argv[i];
    std::filesystem::create_directories(root / package);
    for (const std::string& type : compat::TypesOf(package)) {
      const auto message = compat::NewMessage(type);
      compat::FillSample(*message);
      const std::string short_name = type.substr(package.size() + 1);
      if (!have.contains(type)) Write(root / package, short_name, "sample", *message);
      for (const std::string& field : compat::Alternatives(*message)) {
        if (have.contains(type + "." + field)) continue;
        compat::FillAlternative(*message, field);
        Write(root / package, short_name, field, *message);
      }
    }
    AddToSchema(root / package / "schema.txt", package);
  }
  return 0;
}
