// A county for tests of letters: the real tracing service on a real database, a registry that
// answers what the test says. Two of them exchange letters over CURVE on loopback. Children are
// made up.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "cases/contract/cases.pb.h"
#include "cli/setup.h"
#include "harness/child_process.h"
#include "harness/private_mariadb.h"
#include "harness/private_redis.h"
#include "harness/temp_dir.h"
#include "harness/wait.h"
#include "host/runtime.h"
#include "integration/tracing/fake_cases.h"
#include "integration/tracing/fake_registry.h"
#include "registry/contract/registry.pb.h"
#include "settings/county.h"
#include "tracing/contract/evidence.h"
#include "tracing/contract/tracing.pb.h"
#include "tracing/endpoints/service.h"

namespace tracing::testing {

namespace registry = baoxue::registry::v1;
namespace wire = baoxue::bus::v1;

class County {
 public:
  County(const std::string& profile, const std::string& letter_suite,
         const std::string& config_dir = std::string{BAOXUE_SOURCE_DIR} + "/config",
         const std::string& rehearsal_start = "2026-10-12") {
    harness::PrivateMariaDb& mariadb = harness::PrivateMariaDb::Shared();
    harness::PrivateRedis& redis = harness::PrivateRedis::Shared();
    const store::PoolOptions own = mariadb.FreshDatabase();
    cli::SetupOptions options;
    options.data_dir = dir_.File("v");
    options.config_dir = config_dir;
    options.county = profile;
    options.rehearsal = true;
    options.rehearsal_start = base::Date::Parse(rehearsal_start).value();
    options.port_base = 0;
    options.mysql_socket = mariadb.socket();
    options.mysql_user = own.user;
    options.mysql_password = own.password;
    options.redis_socket = redis.socket();
    options.redis_password = redis.password();
    options.database_prefix = own.database + "_";
    options.redis_prefix = redis.FreshPrefix().prefix;
    options.tracing = true;
    options.exchange_bind = "tcp://127.0.0.1:" + std::to_string(harness::FreePort());
    options.letter_suite = letter_suite;
    const base::Status written = cli::WriteSetup(options);
    EXPECT_TRUE(written.ok()) << written.error().ToString();
    address_ = options.exchange_bind;
    std::ofstream{dir_.File("v/etc/exchange.yaml"), std::ios::app}
        << "automatic: [HC, XC]\nretry_first_ms: 200\n";
    suite_ = host::LoadSuite(cli::SuitePath(dir_.File("v"))).value();
    now_ = base::InstantAt(*options.rehearsal_start, 6 * 60);
    registry_ = Run(FakeRegistry(book_));
    client_ = std::make_unique<bus::Client>(
        context_, host::ClientFor(suite_, "tracing", "cli").value(), clock_, ids_);
  }

  // More lines of etc/exchange.yaml, before Start.
  void Configure(const std::string& lines) {
    std::ofstream{dir_.File("v/etc/exchange.yaml"), std::ios::app} << lines;
  }
  // The whole of it instead.
  void Reconfigure(const std::string& text) {
    std::ofstream{dir_.File("v/etc/exchange.yaml"), std::ios::trunc} << text;
  }
  std::string division() const {
    const auto county = settings::LoadCounty(suite_.ProfilePath());
    return county.ok() ? county->division : "";
  }
  std::string Sql(const std::string& sql) const {
    return harness::PrivateMariaDb::Shared().RunSql(sql,
                                                    suite_.services.at("tracing").database);
  }
  // Before Start: the metrics' page is served there.
  void ServeMetrics(const std::string& address) { suite_.services["tracing"].metrics = address; }
  // What a metric says now; -1: there is none of that name.
  double Metric(const std::string& name) {
    const std::string page = service_->host().metrics().Text();
    const std::size_t at = page.find("\n" + name + " ");
    return at == std::string::npos ? -1 : std::stod(page.substr(at + name.size() + 2));
  }
  void RegistryDown() { registry_.reset(); }
  void RegistryUp() { registry_ = Run(FakeRegistry(book_)); }
  void Start() {
    StartCases();
    service_ = Run(TracingDefinition());
  }
  // What cases says of a case, unless the real service runs here.
  void OpensCase(const baoxue::cases::v1::Case& opened) {
    const std::lock_guard lock{case_book_->mutex};
    case_book_->cases[opened.case_id()] = opened;
  }
  // What the registry knows of a student of ours.
  void Enrols(const std::string& id_number, const registry::Student& student) {
    const std::lock_guard lock{book_->mutex};
    book_->students[id_number] = student;
  }
  // Another service of this deployment, the real one.
  void Also(const std::string& name, host::Definition definition) {
    others_[name] = Run(std::move(definition));
    clients_[name] = std::make_unique<bus::Client>(
        context_, host::ClientFor(suite_, name, "cli").value(), clock_, ids_);
  }
  template <class Rep, class Req>
  base::Result<Rep> AskOf(const std::string& service, const Req& request) {
    return clients_.at(service)->Ask<Rep>(request, Officer());
  }
  void Stop() {
    if (service_) service_->Stop();
    service_.reset();
  }
  // As a process of its own, to be killed.
  void Launch() {
    StartCases();
    harness::ChildOptions child;
    child.argv = {std::string{BAOXUE_BINARY_DIR} + "/bin/baoxue-tracing", "--config",
                  cli::SuitePath(dir_.File("v"))};
    child.output_file = dir_.File("tracing.log");
    process_ = std::make_unique<harness::ChildProcess>(child);
  }
  void Kill9() {
    process_->Kill9();
    process_.reset();
  }

  static bus::CallOptions Officer() {
    bus::CallOptions options;
    options.timeout = std::chrono::seconds{20};
    options.actor.set_person_id("officer-1");
    options.actor.set_name("张科员");
    options.actor.set_role("bureau_officer");
    return options;
  }
  // Who signs what the officer drafted.
  static bus::CallOptions Leader() {
    bus::CallOptions options = Officer();
    options.actor.set_person_id("leader-1");
    options.actor.set_name("李股长");
    return options;
  }
  template <class Rep, class Req>
  base::Result<Rep> Ask(const Req& request) {
    return client_->Ask<Rep>(request, Officer());
  }
  template <class Rep, class Req>
  base::Result<Rep> AskAs(const Req& request, bus::CallOptions options) {
    return client_->Ask<Rep>(request, std::move(options));
  }
  template <class Rep, class Req>
  Rep Must(const Req& request) {
    auto reply = Ask<Rep>(request);
    EXPECT_TRUE(reply.ok()) << (reply.ok() ? "" : reply.error().ToString());
    return reply.ok() ? *reply : Rep{};
  }

  // The two compare fingerprints by telephone and take each other's file.
  void Join(County& other) {
    const auto theirs = other.Must<v1::ExportMemberReply>(v1::ExportMember{});
    v1::ImportDirectory import;
    *import.mutable_directory() = theirs.directory();
    import.set_fingerprint(theirs.fingerprint());
    EXPECT_EQ(Must<v1::ImportDirectoryReply>(import).added(), 1u);
  }

  static v1::DraftLetter Inquiry(const std::string& to, std::int64_t case_id,
                                 const std::string& id_number) {
    v1::DraftLetter draft;
    draft.set_kind(v1::LETTER_KIND_HC);
    draft.set_to(to);
    draft.set_case_id(case_id);
    v1::InquiryLetter& letter = *draft.mutable_inquiry();
    letter.mutable_child()->set_name("周小舟");
    letter.mutable_child()->set_id_number(id_number);
    letter.mutable_child()->set_household_division(to);
    letter.mutable_last_seen()->set_year(2026);
    letter.mutable_last_seen()->set_month(9);
    letter.mutable_last_seen()->set_day(30);
    v1::Measure& visit = *letter.add_measures();
    visit.set_kind("家访");
    visit.set_text("家中无人");
    visit.mutable_day()->set_year(2026);
    visit.mutable_day()->set_month(10);
    visit.mutable_day()->set_day(8);
    letter.set_request("请核查该生去向及就读情况");
    letter.mutable_contact()->set_body("厦门市同安区教育局");
    letter.mutable_contact()->set_person("张科员");
    letter.mutable_contact()->set_phone("0592-0000000");
    return draft;
  }

  v1::Letter Send(const std::string& to, std::int64_t case_id, const std::string& id_number) {
    return Must<v1::LetterReply>(Inquiry(to, case_id, id_number)).letter();
  }
  v1::Letter Look(const std::string& conversation) {
    v1::GetLetter get;
    get.set_conversation_id(conversation);
    return Must<v1::LetterReply>(get).letter();
  }
  v1::ListLettersReply List() {
    v1::ListLetters list;
    list.set_limit(1000);
    return Must<v1::ListLettersReply>(list);
  }
  bool Await(const std::string& conversation, v1::LetterState state) {
    return harness::WaitUntil([&] { return Look(conversation).state() == state; },
                              std::chrono::seconds{20});
  }
  // On the school-age list, in no school.
  void Lists(const std::string& id_number, const std::string& town) {
    const std::lock_guard lock{book_->mutex};
    book_->listed[id_number] = town;
  }
  void Namesake(std::int64_t student_id, const std::string& school) {
    const std::lock_guard lock{book_->mutex};
    registry::Student& student = book_->namesakes.emplace_back();
    student.set_student_id(student_id);
    student.set_name("周小舟");
    student.set_id_masked("3502**********0001");
    student.mutable_birth()->set_year(2014);
    student.mutable_birth()->set_month(5);
    student.mutable_birth()->set_day(6);
    student.set_status(registry::STUDENT_STATUS_ENROLLED);
    student.set_school_name(school);
    student.set_class_name("六年级1班");
    book_->likeness.set_name(registry::NAME_LIKENESS_SAME);
    book_->likeness.set_birth(registry::BIRTH_LIKENESS_SAME);
  }
  // How the registry says that its namesakes are like the child.
  void Likens(const registry::Likeness& likeness) {
    const std::lock_guard lock{book_->mutex};
    book_->likeness = likeness;
  }
  registry::FindLikely AskedLikely() {
    const std::lock_guard lock{book_->mutex};
    return book_->asked_likely;
  }
  void Knows(const std::string& id_number, const std::string& school) {
    const std::lock_guard lock{book_->mutex};
    registry::Student& student = book_->students[id_number];
    student.set_student_id(7);
    student.set_name("周小舟");
    student.set_status(registry::STUDENT_STATUS_ENROLLED);
    student.set_school_name(school);
    student.set_class_name("三年级2班");
  }
  // The whole feed, in order.
  std::vector<wire::Event> Feed() {
    std::vector<wire::Event> all;
    wire::FetchEvents fetch;
    fetch.set_feed("tracing");
    fetch.set_limit(500);
    while (true) {
      const auto page = Must<wire::EventBatch>(fetch);
      for (const wire::Event& event : page.events()) {
        fetch.set_after(event.seq());
        all.push_back(event);
      }
      if (page.events().empty()) return all;
    }
  }
  void Forgets(const std::string& id_number) {
    const std::lock_guard lock{book_->mutex};
    book_->students.erase(id_number);
  }
  void ProvesAs(const std::string& division) {
    const std::lock_guard lock{book_->mutex};
    book_->proves_as = division;
  }
  // What the county's own cases hear of answers, in order.
  std::vector<v1::ReplyReceived> Told() {
    std::vector<v1::ReplyReceived> told;
    for (const wire::Event& event : Feed()) {
      v1::ReplyReceived reply;
      if (event.type() != "tracing.reply.received") continue;
      EXPECT_TRUE(reply.ParseFromString(event.payload()));
      told.push_back(std::move(reply));
    }
    return told;
  }
  // A student with a household of another county, whose case stands so.
  void Enrols(const std::string& id_number, std::int64_t student_id, const std::string& hukou) {
    Knows(id_number, "绥宁县第一中学");
    const std::lock_guard lock{book_->mutex};
    book_->students[id_number].set_student_id(student_id);
    book_->students[id_number].set_hukou_division(hukou);
    book_->students[id_number].set_non_local(true);
  }
  int Disclosed() {
    const std::lock_guard lock{book_->mutex};
    return book_->disclosed;
  }
  // Publishes its feed and knows the cases it was told of, unless the real one is here.
  void StartCases() {
    if (!cases_ && !others_.contains("cases")) cases_ = Run(FakeCases(case_book_, &cases_host_));
  }
  void TellCase(std::int64_t case_id, std::int64_t student_id, const std::string& state,
                int version) {
    baoxue::cases::v1::CaseChanged changed;
    changed.set_case_id(case_id);
    changed.set_student_id(student_id);
    changed.set_state(state);
    changed.set_version(version);
    changed.set_persuasions(3);
    const store::NewEvent event{.type = "cases.case.state_changed",
                                .subject = "case/" + std::to_string(case_id),
                                .time = now_,
                                .payload = changed.SerializeAsString(),
                                .payload_type = changed.GetDescriptor()->full_name(),
                                .correlation_id = {},
                                .causation_id = {}};
    const base::Status told =
        cases_host_->pool().InTransaction([&](store::Transaction& tx) -> base::Status {
          const auto appended = store::AppendEvents(tx, "cases", {&event, 1});
          return appended.ok() ? base::Status{} : base::Status{appended.error()};
        });
    EXPECT_TRUE(told.ok()) << told.error().ToString();
    cases_host_->NotifyFeed();
  }
  void AdvanceTo(base::UtcTime time) { Advance(time - now_); }
  wire::GetProgressReply Progress() { return Must<wire::GetProgressReply>(wire::GetProgress{}); }
  void Advance(std::chrono::milliseconds by) {
    now_ += by;
    wire::SetClock set;
    *set.mutable_now() = ToProto(now_);
    for (auto& [name, client] : clients_) {
      const auto moved = client->Ask<wire::SetClockReply>(set, Officer());
      EXPECT_TRUE(moved.ok()) << name;
    }
    Must<wire::SetClockReply>(set);
  }
  // A row of the service's own database.
  std::string Sql(const std::string& service, const std::string& sql) const {
    return harness::PrivateMariaDb::Shared().RunSql(sql, suite_.services.at(service).database);
  }
  EvidenceReport Judge(const std::string& conversation) {
    v1::ExportEvidence ask;
    ask.set_conversation_id(conversation);
    const auto file = Must<v1::ExportEvidenceReply>(ask);
    const auto evidence = ParseEvidence(file.file());
    EXPECT_TRUE(evidence.ok());
    return JudgeEvidence(*evidence, nullptr);
  }
  const std::string& address() const { return address_; }
  // Of the tracing service, in the shared server.
  std::string database() const { return suite_.services.at("tracing").database; }
  base::UtcTime now() const { return now_; }
  std::string CurveKey() const {
    return bus::LoadPublicKey(suite_.keys_dir, "exchange").value();
  }

 private:
  std::unique_ptr<host::Runtime> Run(host::Definition definition) {
    auto runtime = host::Runtime::Start(suite_, std::move(definition),
                                        [](std::chrono::milliseconds) { return false; });
    EXPECT_TRUE(runtime.ok()) << runtime.error().ToString();
    return runtime.ok() ? *std::move(runtime) : nullptr;
  }

  harness::TempDir dir_{"letters"};
  host::Suite suite_;
  std::string address_;
  base::UtcTime now_ = {};
  std::shared_ptr<RegistryBook> book_ = std::make_shared<RegistryBook>();
  std::shared_ptr<CaseBook> case_book_ = std::make_shared<CaseBook>();
  base::SystemClock clock_;
  base::RandomIds ids_;
  bus::Context context_{bus::AccessList{}};
  std::unique_ptr<host::Runtime> registry_;
  std::unique_ptr<host::Runtime> service_;
  host::Host* cases_host_ = nullptr;
  std::unique_ptr<host::Runtime> cases_;
  std::unique_ptr<harness::ChildProcess> process_;
  std::unique_ptr<bus::Client> client_;
  std::map<std::string, std::unique_ptr<host::Runtime>> others_;
  std::map<std::string, std::unique_ptr<bus::Client>> clients_;
};

}  // namespace tracing::testing
