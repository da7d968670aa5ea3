#include "bus/view.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <memory>

#include "bus/roles.pb.h"

namespace bus {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::Reflection;

bool Declared(const FieldDescriptor& field, std::string_view role) {
  const auto& options = field.options();
  const int count = options.ExtensionSize(baoxue::bus::v1::seen_by);
  for (int i = 0; i < count; ++i) {
    if (options.GetExtension(baoxue::bus::v1::seen_by, i) == role) return true;
  }
  return false;
}

// A date, a time: has no parts that could be declared on their own.
bool Whole(const Descriptor& type) {
  const std::string& package = type.file()->package();
  return package == "baoxue.bus.v1" || package == "google.protobuf";
}

}  // namespace

void CutForRole(std::string_view role, Message& message) {
  const Reflection& reflection = *message.GetReflection();
  reflection.MutableUnknownFields(&message)->Clear();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (!Declared(*field, role)) {
      reflection.ClearField(&message, field);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
               !Whole(*field->message_type())) {
      if (!field->is_repeated()) {
        CutForRole(role, *reflection.MutableMessage(&message, field));
        continue;
      }
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        CutForRole(role, *reflection.MutableRepeatedMessage(&message, field, i));
      }
    }
  }
}

std::string CutPayload(std::string_view role, const std::string& type,
                       const std::string& payload) {
  if (role.empty()) return payload;
  const Descriptor* descriptor = DescriptorPool::generated_pool()->FindMessageTypeByName(type);
  if (descriptor == nullptr) return {};
  const Message* prototype = MessageFactory::generated_factory()->GetPrototype(descriptor);
  const std::unique_ptr<Message> message{prototype->New()};
  if (!message->ParseFromString(payload)) return {};
  CutForRole(role, *message);
  return message->SerializeAsString();
}

void CutForRole(std::string_view role, Event& event) {
  if (role.empty()) return;
  event.set_payload(CutPayload(role, event.payload_type(), event.payload()));
  event.clear_correlation_id();
  event.clear_causation_id();
}

std::vector<std::string> DeclaredFields(std::string_view role, const Descriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) {
    if (Declared(*type.field(i), role)) names.push_back(type.field(i)->full_name());
  }
  return names;
}

}  // namespace bus
