// What an item says, as labelled lines for officers: every field that it carries, in Chinese.
//
// Identity numbers and 学籍号 are masked, in texts too; a field that this release does not know
// comes under its number. Attachments are listed, their bytes stay where they are. Pure.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tracing/contract/tracing.pb.h"

namespace tracing {

namespace v1 = baoxue::tracing::v1;

// The name of a division, "" if nobody knows it.
using NameOfDivision = std::function<std::string(const std::string& code)>;

// Fills fields, attachments and newer.
void PutWords(const v1::Item& item, const NameOfDivision& name_of, v1::LogEntry* out);
// The attachments of whatever the item carries, in the order in which they are numbered.
std::vector<const v1::Attachment*> AttachmentsOf(const v1::Item& item);
// The label of a field of the contract; "" if it has none (a test asks for each).
std::string_view LabelOf(const google::protobuf::FieldDescriptor& field);

}  // namespace tracing
