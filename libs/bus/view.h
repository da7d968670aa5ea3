// What a role may see of an event: the fields that the contract declares for it with the option
// seen_by (roles.proto), nothing else.
//
// An empty role sees everything. A payload whose type this process does not know is cut whole.
// Messages of baoxue.bus.v1 and google.protobuf (a date, a time) are seen whole where the field
// that holds them is declared; other messages are cut field by field. Number, type, subject and
// time of an event are always seen; correlation and causation are not. No errors; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bus/bus.h"

namespace google::protobuf {
class Descriptor;
class Message;
}  // namespace google::protobuf

namespace bus {

void CutForRole(std::string_view role, Event& event);
void CutForRole(std::string_view role, google::protobuf::Message& message);
// The payload of an event alone.
std::string CutPayload(std::string_view role, const std::string& type, const std::string& payload);
// The names of the fields of `type` that the role sees.
std::vector<std::string> DeclaredFields(std::string_view role,
                                        const google::protobuf::Descriptor& type);

}  // namespace bus
