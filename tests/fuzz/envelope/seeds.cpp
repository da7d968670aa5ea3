// Writes the seeds into the folder named on the command line: good frames of each kind and the ways
// in which a frame is commonly broken.

#include <fstream>
#include <string>

#include "bus/bus.h"

namespace {

using bus::Envelope;

void Write(const std::string& path, const std::string& bytes) {
  std::ofstream{path, std::ios::binary} << bytes;
}

Envelope Request() {
  Envelope envelope;
  envelope.set_kind(baoxue::bus::v1::KIND_REQUEST);
  envelope.set_type("baoxue.attendance.v1.SubmitRollCall");
  envelope.set_message_id("0123456789abcdef");
  envelope.set_correlation_id("correlation-0001");
  envelope.set_causation_id("causation-000001");
  envelope.set_idempotency_key("idempotency-0001");
  envelope.mutable_actor()->set_person_id("T1");
  envelope.mutable_actor()->set_name("王老师");
  envelope.mutable_actor()->set_role("homeroom_teacher");
  envelope.set_sender("seed");
  envelope.set_timeout_ms(3000);
  envelope.mutable_expires_at()->set_seconds(1'790'000'000);
  envelope.set_trace_id("trace");
  envelope.set_attempt(2);
  return envelope;
}

std::string Batch(int events) {
  bus::EventBatch batch;
  batch.set_feed("registry");
  batch.set_head(7);
  for (int i = 0; i < events; ++i) {
    bus::Event& event = *batch.add_events();
    event.set_seq(static_cast<std::uint64_t>(i) + 1);
    event.set_feed("registry");
    event.set_type("registry.student.registered");
    event.set_subject("student/4711");
    event.mutable_time()->set_seconds(1'790'000'000);
    event.set_payload_type("baoxue.registry.v1.StudentRegistered");
    event.set_payload("payload");
  }
  return batch.SerializeAsString();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string dir = std::string{argv[1]} + "/";
  const std::string good = bus::EncodeFrame(Request(), "body");
  Write(dir + "request", good);
  Envelope reply;
  reply.set_kind(baoxue::bus::v1::KIND_REPLY);
  reply.set_message_id("0123456789abcdef");
  reply.mutable_status()->set_code("FAILED_PRECONDITION");
  reply.mutable_status()->set_reason("DAY_CLOSED");
  reply.mutable_status()->set_detail("已结束");
  Write(dir + "reply_error", bus::EncodeFrame(reply, ""));
  Envelope feed;
  feed.set_type("baoxue.bus.v1.EventBatch");
  Write(dir + "batch", bus::EncodeFrame(feed, Batch(3)));
  Write(dir + "heartbeat", bus::EncodeFrame(feed, Batch(0)));
  Write(dir + "empty_envelope", bus::EncodeFrame({}, ""));
  Write(dir + "header_only", good.substr(0, 12));
  Write(dir + "header_cut", good.substr(0, 10));
  Write(dir + "envelope_cut", good.substr(0, 40));
  std::string huge = good;
  huge.replace(8, 4, "\xff\xff\xff\xff");
  Write(dir + "size_huge", huge);
  std::string off = good;
  off[8] = static_cast<char>(off[8] + 1);
  Write(dir + "size_off_by_one", off);
  Write(dir + "other_version", "BAOXUE/2" + good.substr(8));
  Write(dir + "nested_groups", "BAOXUE/1" + std::string{"\x40\0\0\0", 4} + std::string(64, '\x7b'));
  Write(dir + "empty", "");
  return 0;
}
