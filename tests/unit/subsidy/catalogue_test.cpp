// The event catalogue agrees with the code: the same types, the messages behind them, and every
// example is that message, field by field. A type that the code tells and the catalogue does not
// name fails here, and the other way round.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "bus/view.h"
#include "cli/shell/json.h"
#include "settings/reader.h"
#include "subsidy/app/events.h"

namespace subsidy {
namespace {

// One event of each kind that events.cpp makes.
std::vector<store::NewEvent> EveryKind() {
  const DecisionRow decision{.student = StudentId{1}, .term = "2026秋"};
  const Benefit benefit{.id = "living", .name = "生活补助"};
  std::vector<store::NewEvent> events;
  for (const ChangeKind kind : {ChangeKind::kGranted, ChangeKind::kChanged, ChangeKind::kEnded}) {
    events.push_back(EligibilityEvent(decision, {kind, "living", 0, 1}, benefit));
  }
  for (const char* what : {"ordered", "paid", "failed", "returned"}) {
    events.push_back(PaymentEvent({}, {.student = StudentId{1}}, what, {}));
  }
  events.push_back(RulesEvent({}, {}, {}));
  return events;
}

// As protobuf reads it: a day is an object there, "2026-09-10" in what `baoxue follow` writes.
std::string WithDates(const std::string& example) {
  auto json = nlohmann::ordered_json::parse(example);
  if (json.contains("day")) {
    const auto day = base::Date::Parse(json["day"].get<std::string>());
    EXPECT_TRUE(day.ok());
    json["day"] = {{"year", day->year()}, {"month", day->month()}, {"day", day->day()}};
  }
  return json.dump();
}

TEST(Catalogue, AgreesWithTheCode) {
  std::map<std::string, std::string> told;
  for (const store::NewEvent& event : EveryKind()) told[event.type] = event.payload_type;
  auto document = settings::Document::Load(std::string{BAOXUE_SOURCE_DIR} +
                                           "/services/subsidy/contract/catalogue.yaml");
  ASSERT_TRUE(document.ok()) << document.error().ToString();
  std::map<std::string, std::string> described;
  for (settings::Reader& one : document->Root().List("events")) {
    const std::string type = one.String("type");
    const std::string name = one.String("message");
    EXPECT_FALSE(one.String("about").empty());
    described[type] = name;
    const auto* descriptor =
        google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
    ASSERT_NE(descriptor, nullptr) << name;
    const std::unique_ptr<google::protobuf::Message> message{
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New()};
    std::vector<std::string> declared;
    for (const std::string& field : bus::DeclaredFields("office", *descriptor)) {
      declared.push_back(field.substr(field.rfind('.') + 1));
    }
    EXPECT_EQ(one.Strings("office", "what the role sees"), declared) << type;
    const std::string example = one.String("example");
    const auto parsed =
        google::protobuf::util::JsonStringToMessage(WithDates(example), message.get());
    ASSERT_TRUE(parsed.ok()) << type << ": " << parsed.ToString();
    EXPECT_EQ(cli::ToJson(*message), example) << type;
    if (type.starts_with("subsidy.payment.") && type != "subsidy.payment.ordered") {
      EXPECT_THAT(example, ::testing::HasSubstr("\"state\":\"" + type.substr(16) + "\""));
    }
  }
  EXPECT_TRUE(document->Finish().ok());
  EXPECT_EQ(described, told);
}

// Whatever a message holds, its fields that are not declared never get through, nor does anything
// that this release does not know.
TEST(Catalogue, TheOfficeSeesWhatTheContractDeclaresAndNothingElse) {
  v1::EligibilityChanged changed;
  changed.set_student_id(4711);
  changed.set_difference_fen(62500);
  changed.mutable_day()->set_year(2026);
  changed.set_cause("registry.student.suspended #29");
  changed.GetReflection()->MutableUnknownFields(&changed)->AddLengthDelimited(77, "of tomorrow");
  bus::Event event;
  event.set_seq(9);
  event.set_subject("student/4711");
  event.set_payload_type("baoxue.subsidy.v1.EligibilityChanged");
  event.set_payload(changed.SerializeAsString());
  event.set_causation_id("x");
  bus::Event whole = event;
  bus::CutForRole("", whole);
  EXPECT_EQ(whole.SerializeAsString(), event.SerializeAsString());
  bus::CutForRole("office", event);
  v1::EligibilityChanged left;
  ASSERT_TRUE(left.ParseFromString(event.payload()));
  EXPECT_EQ(left.ShortDebugString(),
            "student_id: 4711 difference_fen: 62500 day { year: 2026 }");
  EXPECT_EQ(event.seq(), 9u);
  EXPECT_EQ(event.causation_id(), "");
  v1::PaymentChanged paid;
  paid.set_fen(1);
  paid.set_note("李四的账号不符");
  bus::CutForRole("office", paid);
  EXPECT_EQ(paid.ShortDebugString(), "fen: 1");
  v1::RulesChanged rules;
  rules.set_version("v");
  rules.add_approved_by("zz001");
  bus::CutForRole("office", rules);
  EXPECT_EQ(rules.ShortDebugString(), "version: \"v\"");
  // A role that no contract knows, a type that this process does not know: nothing.
  for (const auto& [role, type] : {std::pair{"bank", "baoxue.subsidy.v1.EligibilityChanged"},
                                   std::pair{"office", "baoxue.unknown.v1.Thing"}}) {
    EXPECT_EQ(bus::CutPayload(role, type, changed.SerializeAsString()), "") << role;
  }
}

// Nor has the whole message a name or a number of a person.
TEST(Catalogue, NoEventHasANameOrAnIdentityNumber) {
  for (const auto* descriptor : {v1::EligibilityChanged::descriptor(),
                                 v1::PaymentChanged::descriptor()}) {
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const std::string& name = descriptor->field(i)->name();
      EXPECT_TRUE(name != "name" && name != "student_name" && name != "id_number" &&
                  name != "id_masked")
          << name;
    }
  }
}

}  // namespace
}  // namespace subsidy
