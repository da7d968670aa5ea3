#include "golden.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

namespace compat {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::Reflection;

constexpr int kDepthMax = 4;

void Fill(Message& message, int depth);

void FillScalar(Message& message, const FieldDescriptor& field) {
  const Reflection& r = *message.GetReflection();
  const bool many = field.is_repeated();
  const std::int32_t n = field.number();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return many ? r.AddInt32(&message, &field, -n) : r.SetInt32(&message, &field, -n);
    case FieldDescriptor::CPPTYPE_INT64:
      return many ? r.AddInt64(&message, &field, -n) : r.SetInt64(&message, &field, -n);
    case FieldDescriptor::CPPTYPE_UINT32: {
      const auto value = static_cast<std::uint32_t>(1000 + n);
      return many ? r.AddUInt32(&message, &field, value) : r.SetUInt32(&message, &field, value);
    }
    case FieldDescriptor::CPPTYPE_UINT64: {
      const auto value = static_cast<std::uint64_t>(1000 + n);
      return many ? r.AddUInt64(&message, &field, value) : r.SetUInt64(&message, &field, value);
    }
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return many ? r.AddDouble(&message, &field, n / 2.0) : r.SetDouble(&message, &field, n / 2.0);
    case FieldDescriptor::CPPTYPE_FLOAT: {
      const float value = static_cast<float>(n) / 2.0F;
      return many ? r.AddFloat(&message, &field, value) : r.SetFloat(&message, &field, value);
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return many ? r.AddBool(&message, &field, true) : r.SetBool(&message, &field, true);
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto& values = *field.enum_type();
      const auto* value = values.value(std::min(1, values.value_count() - 1));
      return many ? r.AddEnum(&message, &field, value) : r.SetEnum(&message, &field, value);
    }
    default: {
      const std::string value = field.name() + " " + std::to_string(n);
      return many ? r.AddString(&message, &field, value) : r.SetString(&message, &field, value);
    }
  }
}

void Fill(Message& message, int depth) {
  const Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    // Of a oneof only the first, and nothing without end.
    if (field.real_containing_oneof() != nullptr && field.index_in_oneof() > 0) continue;
    for (int copy = 0; copy < (field.is_repeated() && !field.is_map() ? 2 : 1); ++copy) {
      if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
        FillScalar(message, field);
      } else if (depth < kDepthMax) {
        const Reflection& r = *message.GetReflection();
        Fill(field.is_repeated() ? *r.AddMessage(&message, &field)
                                 : *r.MutableMessage(&message, &field),
             depth + 1);
      }
    }
  }
}

}  // namespace

void FillSample(Message& message) { Fill(message, 0); }

std::vector<std::string> Alternatives(const Message& message) {
  std::vector<std::string> names;
  const Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.real_containing_oneof() != nullptr && field.index_in_oneof() > 0) {
      names.push_back(field.name());
    }
  }
  return names;
}

void FillAlternative(Message& message, const std::string& name) {
  const FieldDescriptor& field = *message.GetDescriptor()->FindFieldByName(name);
  message.GetReflection()->ClearOneof(&message, field.real_containing_oneof());
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    Fill(*message.GetReflection()->MutableMessage(&message, &field), 1);
  } else {
    FillScalar(message, field);
  }
}

std::vector<Golden> FindGolden(const std::filesystem::path& root) {
  std::vector<Golden> all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{root}) {
    if (entry.path().extension() != ".bin") continue;
    const std::string stem = entry.path().stem().string();
    const std::size_t dot = stem.find('.');
    Golden golden;
    golden.type = entry.path().parent_path().filename().string() + "." + stem.substr(0, dot);
    golden.name = dot == std::string::npos ? "" : stem.substr(dot + 1);
    golden.bytes = entry.path();
    golden.text = std::filesystem::path{entry.path()}.replace_extension(".txtpb");
    all.push_back(std::move(golden));
  }
  std::sort(all.begin(), all.end(),
            [](const Golden& a, const Golden& b) { return a.bytes < b.bytes; });
  return all;
}

std::unique_ptr<Message> NewMessage(const std::string& type) {
  const Descriptor* descriptor = DescriptorPool::generated_pool()->FindMessageTypeByName(type);
  if (descriptor == nullptr) return nullptr;
  const Message* prototype = MessageFactory::generated_factory()->GetPrototype(descriptor);
  return std::unique_ptr<Message>{prototype->New()};
}

std::vector<const FileDescriptor*> ProjectFiles() {
  std::vector<const FileDescriptor*> files;
  std::istringstream names{BAOXUE_PROTOS};
  for (std::string name; std::getline(names, name, ',');) {
    files.push_back(DescriptorPool::generated_pool()->FindFileByName(name));
  }
  return files;
}

std::vector<std::string> TypesOf(const std::string& package) {
  std::set<std::string> types;
  for (const FileDescriptor* file : ProjectFiles()) {
    if (file->package() != package) continue;
    for (int i = 0; i < file->message_type_count(); ++i) {
      types.insert(file->message_type(i)->full_name());
    }
  }
  return {types.begin(), types.end()};
}

namespace {

std::string TypeName(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_MESSAGE:
      return field.message_type()->full_name();
    case FieldDescriptor::TYPE_ENUM:
      return field.enum_type()->full_name();
    default:
      return field.type_name();
  }
}

void AddSchema(const google::protobuf::EnumDescriptor& type, std::set<std::string>& lines) {
  for (int i = 0; i < type.value_count(); ++i) {
    lines.insert("enum " + type.full_name() + " " + type.value(i)->name() + " = " +
                 std::to_string(type.value(i)->number()));
  }
}

void AddSchema(const Descriptor& type, std::set<std::string>& lines) {
  lines.insert("message " + type.full_name());
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const auto* oneof = field.real_containing_oneof();
    lines.insert(field.full_name() + " = " + std::to_string(field.number()) +
                 (field.is_repeated() ? " repeated " : " optional ") + TypeName(field) +
                 (oneof == nullptr ? "" : " oneof " + oneof->name()));
  }
  for (int i = 0; i < type.nested_type_count(); ++i) AddSchema(*type.nested_type(i), lines);
  for (int i = 0; i < type.enum_type_count(); ++i) AddSchema(*type.enum_type(i), lines);
}

}  // namespace

std::set<std::string> SchemaOf(const std::string& package) {
  std::set<std::string> lines;
  for (const FileDescriptor* file : ProjectFiles()) {
    if (file->package() != package) continue;
    for (int i = 0; i < file->message_type_count(); ++i) AddSchema(*file->message_type(i), lines);
    for (int i = 0; i < file->enum_type_count(); ++i) AddSchema(*file->enum_type(i), lines);
  }
  return lines;
}

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace compat
