// Golden files: golden/<package>/<Message>.<case>.bin holds bytes as some release wrote them, the
// .txtpb beside it what they mean.
#pragma once

#include <google/protobuf/message.h>

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace compat {

struct Golden {
  std::string type = {};  // "baoxue.bus.v1.Envelope"
  std::string name = {};  // "sample"
  std::filesystem::path bytes = {};
  std::filesystem::path text = {};
};

// Every .bin of the folder, in order.
std::vector<Golden> FindGolden(const std::filesystem::path& root);

// An empty message of today's code, or null when it knows no such type.
std::unique_ptr<google::protobuf::Message> NewMessage(const std::string& type);

// Types of a package that today's code knows, in order.
std::vector<std::string> TypesOf(const std::string& package);
// The project's .proto files that are linked.
std::vector<const google::protobuf::FileDescriptor*> ProjectFiles();

// One line for each message, field and enum value of a package, in order, with number and type:
//   baoxue.bus.v1.Actor.person_id = 1 optional string
std::set<std::string> SchemaOf(const std::string& package);

// Every field filled with a value that tells which field it is; of a oneof the first.
void FillSample(google::protobuf::Message& message);
// The other fields of the message's own oneofs, each of which deserves bytes of its own.
std::vector<std::string> Alternatives(const google::protobuf::Message& message);
// Clears the oneof of that field and fills the field.
void FillAlternative(google::protobuf::Message& message, const std::string& field);

std::string ReadAll(const std::filesystem::path& path);

}  // namespace compat
