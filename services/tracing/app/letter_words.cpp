#include "tracing/app/letter_words.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/unknown_field_set.h>

#include "base/plain_text.h"
#include "base/utf8.h"
#include "security/security.h"
#include "tracing/app/letter_content.h"
#include "tracing/domain/reply.h"
#include "tracing/domain/wire.h"

namespace tracing {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

constexpr std::size_t kTextBytesMax = 6000;   // of one line on a screen
constexpr std::size_t kNewerBytesMax = 300;
constexpr int kFenOfYuan = 100;

// "Message.field" before "field".
struct Label {
  std::string_view field = {};
  std::string_view chinese = {};
};
constexpr Label kLabels[] = {
    {"Child.name", "学生姓名"}, {"Child.school", "原学校"}, {"Child.grade_class", "原年级班"},
    {"Measure.text", "内容"}, {"Measure.kind", "方式"}, {"Measure.day", "日期"},
    {"UrgeLetter.step", "第几次催办"}, {"SuperiorCopied.step", "第几次"},
    {"InterimReply.until", "预计答复日期"}, {"Forwarding.to", "应由哪县办理"},
    {"Acknowledgement.by", "签收人"}, {"Closing.code", "所据结果"}, {"Refusal.text", "说明"},
    {"Refusal.reason", "不予办理的理由"}, {"NoticeLetter.text", "内容"},
    {"ProofLetter.school", "就读学校"}, {"ProofLetter.since", "就读起始日期"},
    {"child", "学生"}, {"matter", "事项"},
    {"name", "姓名"}, {"sex", "性别"}, {"birth", "出生日期"}, {"id_number", "身份证件号"},
    {"student_no", "学籍号"}, {"household_division", "户籍地"}, {"household_address", "户籍地址"},
    {"guardians", "监护人"}, {"last_seen", "最后见到日期"}, {"known_destination", "已知去向"},
    {"measures", "已采取措施"}, {"request", "请求事项"}, {"contact", "联系人"},
    {"attachments", "附件"}, {"whereabouts", "现在何处"}, {"from_school", "转出学校"},
    {"to_school", "转入学校"}, {"left_on", "离校日期"}, {"last_paid_term", "资助已发至学期"},
    {"last_paid_fen", "该学期已发金额"}, {"confirm_arrival", "请确认到校"}, {"term", "学期"},
    {"subject", "事由"}, {"about_document_no", "所涉文号"}, {"was_due", "原定期限"},
    {"code", "核查结果"}, {"text", "说明"}, {"by_machine", "系统自动答复"}, {"school", "就读学校"},
    {"grade_class", "年级班"}, {"since", "起始日期"}, {"until", "期限或返校日期"},
    {"persuasions", "已劝返次数"}, {"third_division", "第三地"}, {"third_address", "第三地地址"},
    {"third_phone", "第三地电话"}, {"proof", "证明材料"}, {"reply_by", "答复期限"},
    {"superior", "抄送上级"}, {"relation", "关系"}, {"phone", "电话"}, {"body", "单位"},
    {"person", "姓名"}};

std::string_view Find(std::string_view name) {
  for (const Label& label : kLabels) {
    if (label.field == name) return label.chinese;
  }
  return {};
}

std::string Cut(std::string text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  text.resize(base::Utf8Prefix(std::string_view{text}.substr(0, bytes)));
  return text + "……（下略）";
}

// A text as it may stand on a screen: no number of a person, nothing that moves a cursor.
std::string Shown(const std::string& text, std::size_t bytes = kTextBytesMax) {
  return Cut(security::MaskText(base::PlainText(text)), bytes);
}

std::string Day(const baoxue::bus::v1::Date& date) {
  if (date.year() == 0) return "";
  return fmt::format("{}-{:02}-{:02}", date.year(), date.month(), date.day());
}

std::string Join(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    out += (out.empty() ? "" : " ") + part;
  }
  return out;
}

// What is one line though it has parts.
std::optional<std::string> OneLine(const Message& message) {
  if (const auto* date = dynamic_cast<const baoxue::bus::v1::Date*>(&message)) return Day(*date);
  if (const auto* one = dynamic_cast<const v1::GuardianContact*>(&message)) {
    return Shown(Join({one->relation(), one->name(), one->phone()}));
  }
  if (const auto* one = dynamic_cast<const v1::Measure*>(&message)) {
    return Shown(Join({Day(one->day()), one->kind(), one->text()}));
  }
  if (const auto* one = dynamic_cast<const v1::Office*>(&message)) {
    return Shown(Join({one->body(), one->person(), one->phone()}));
  }
  return std::nullopt;
}

class Walk {
 public:
  Walk(const NameOfDivision& name_of, v1::LogEntry* out) : name_of_(name_of), out_(out) {}

  void Fields(const Message& message, const std::string& path) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      const int count =
          field->is_repeated() ? message.GetReflection()->FieldSize(message, field) : 1;
      for (int i = 0; i < count; ++i) One(message, *field, field->is_repeated() ? i : -1, path);
    }
    Newer(message, path);
  }
  void Newer(const Message& message, const std::string& path) {
    const UnknownFieldSet& set = message.GetReflection()->GetUnknownFields(message);
    for (int i = 0; i < set.field_count(); ++i) {
      v1::ShownField& one = *out_->add_newer();
      one.set_name(path + std::to_string(set.field(i).number()));
      one.set_value(Unknown(set.field(i)));
    }
  }
  void Put(std::string_view name, std::string value) {
    if (value.empty()) return;
    v1::ShownField& one = *out_->add_fields();
    one.set_name(std::string{name});
    one.set_value(std::move(value));
  }

 private:
  void One(const Message& message, const FieldDescriptor& field, int index,
           const std::string& path) {
    const std::string_view label = LabelOf(field);
    const std::string_view name = label.empty() ? field.name() : label;
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      return Put(name, Scalar(message, field, index));
    }
    const auto& part = index < 0
                           ? message.GetReflection()->GetMessage(message, &field)
                           : message.GetReflection()->GetRepeatedMessage(message, &field, index);
    const std::string below = fmt::format("{}{}.", path, field.number());
    if (const auto line = OneLine(part)) {
      Put(name, *line);
      return Newer(part, below);
    }
    if (const auto* file = dynamic_cast<const v1::Attachment*>(&part)) {
      v1::ShownAttachment& one = *out_->add_attachments();
      one.set_number(static_cast<std::uint32_t>(out_->attachments_size()));
      one.set_name(base::PlainLine(Shown(file->name(), kNewerBytesMax), kNameMax));
      one.set_media_type(base::PlainLine(Shown(file->media_type(), kNewerBytesMax), kNameMax));
      one.set_size(file->content().size());
      return Newer(part, below);
    }
    Fields(part, below);
  }

  std::string Scalar(const Message& message, const FieldDescriptor& field, int index) const {
    const auto& reflection = *message.GetReflection();
    if (index >= 0) return "";  // the contract has no repeated scalars
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING: {
        const std::string text = reflection.GetString(message, &field);
        return field.type() == FieldDescriptor::TYPE_BYTES
                   ? fmt::format("{}字节", text.size())
                   : Text(field, text);
      }
      case FieldDescriptor::CPPTYPE_BOOL: return "是";
      case FieldDescriptor::CPPTYPE_ENUM: {
        const int value = reflection.GetEnumValue(message, &field);
        return field.enum_type() == v1::ReplyCode_descriptor()
                   ? EffectOf(ReplyCodeOf(value)).name
                   : std::to_string(value);
      }
      case FieldDescriptor::CPPTYPE_UINT32:
        return std::to_string(reflection.GetUInt32(message, &field));
      case FieldDescriptor::CPPTYPE_INT64: {
        const std::int64_t value = reflection.GetInt64(message, &field);
        if (!field.name().ends_with("_fen")) return std::to_string(value);
        return fmt::format("{}.{:02}元", value / kFenOfYuan, std::abs(value % kFenOfYuan));
      }
      default: return "";
    }
  }

  std::string Text(const FieldDescriptor& field, const std::string& text) const {
    if (field.name() == "id_number" || field.name() == "student_no") {
      return Cut(base::PlainLine(security::MaskIdNumber(text), kNameMax), kNewerBytesMax);
    }
    const bool division = field.name().ends_with("division") || field.name() == "to" ||
                          field.name() == "superior";
    return division ? Shown(Join({text, name_of_(text)})) : Shown(text);
  }

  static std::string Unknown(const UnknownField& field) {
    switch (field.type()) {
      case UnknownField::TYPE_VARINT: return std::to_string(field.varint());
      case UnknownField::TYPE_FIXED32: return std::to_string(field.fixed32());
      case UnknownField::TYPE_FIXED64: return std::to_string(field.fixed64());
      case UnknownField::TYPE_LENGTH_DELIMITED: break;
      default: return "（一组）";
    }
    const std::string& bytes = field.length_delimited();
    bool text = base::IsUtf8(bytes);
    for (const char c : bytes) text = text && (static_cast<unsigned char>(c) >= 0x20 || c == '\n');
    return text ? Shown(bytes, kNewerBytesMax) : fmt::format("{}字节", bytes.size());
  }

  const NameOfDivision& name_of_;
  v1::LogEntry* out_;
};

// The item's content; null: none, or a newer neighbour's.
const FieldDescriptor* ContentField(const v1::Item& item) {
  return item.GetReflection()->GetOneofFieldDescriptor(
      item, item.GetDescriptor()->FindOneofByName("content"));
}

}  // namespace

std::string_view LabelOf(const FieldDescriptor& field) {
  const std::string_view of_message =
      Find(field.containing_type()->name() + "." + field.name());
  return of_message.empty() ? Find(field.name()) : of_message;
}

void PutWords(const v1::Item& item, const NameOfDivision& name_of, v1::LogEntry* out) {
  Walk walk(name_of, out);
  if (const FieldDescriptor* const field = ContentField(item)) {
    walk.Fields(item.GetReflection()->GetMessage(item, field),
                std::to_string(field->number()) + ".");
  }
  if (item.has_reply_by()) walk.Put("答复期限", Day(item.reply_by()));
  if (item.has_signed_by()) {
    const auto& by = item.signed_by();
    walk.Put("签发", Shown(Join({by.body(), by.name().empty() ? by.person_id() : by.name()})));
  }
  walk.Newer(item, "");
}

std::vector<const v1::Attachment*> AttachmentsOf(const v1::Item& item) {
  std::vector<const v1::Attachment*> out;
  const auto add = [&](const auto& attachments) {
    for (const v1::Attachment& one : attachments) out.push_back(&one);
  };
  if (item.has_inquiry()) add(item.inquiry().attachments());
  if (item.has_persuasion()) add(item.persuasion().attachments());
  if (item.has_reply()) add(item.reply().proof());
  if (item.has_supplement()) add(item.supplement().attachments());
  return out;
}

}  // namespace tracing
