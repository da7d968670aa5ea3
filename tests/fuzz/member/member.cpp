// A member of the directory, whose signatures are good, against one letter's desk: whatever it
// writes, in whatever order, with our own officers' and the clock's steps in between.
//
// The first byte says whether the letter is ours and of what kind; then steps until the end.
#include "fuzz/member/desk.h"
#include "fuzz/member/tape.h"

namespace {

namespace v1 = baoxue::tracing::v1;
using fuzz::Tape;
using tracing::ItemKind;

tracing::Input Decision(Tape& tape, base::UtcTime now, v1::Item& content) {
  const std::uint8_t what = tape.Byte();
  const base::Date day = base::DateAt(now) + std::chrono::days{tape.Byte() % 16};
  tracing::Write write{.kind = static_cast<ItemKind>(what % 64),
                       .text = what % 3 == 0 ? "" : "说明",
                       .code = static_cast<tracing::ReplyCode>(what % 13),
                       .to = tracing::Division::FromRaw(430000 + what)};
  if (what & 1) write.due = day;
  if (write.kind == ItemKind::kAnswer) {
    content.mutable_reply()->set_code(static_cast<v1::ReplyCode>(write.code));
  }
  if (write.kind == ItemKind::kForward) content.mutable_forwarding()->set_to(write.to.ToString());
  switch (tape.Byte() % 10) {
    case 0: return tracing::ToDesk{tracing::Desk::kOfficer};
    case 1: return tracing::ToDesk{tracing::Desk::kHousehold};
    case 2: return tracing::Resend{};
    case 3: return tracing::ByPaper{};
    case 4: return tracing::PaperReceipt{"EMS 1"};
    case 5: return tracing::PaperItem{.write = write, .reference = "EMS 2"};
    case 6: return tracing::LookUpFailed{.lasts = true};
    case 7: return tracing::Approve{};
    default: return write;
  }
}

void Step(Tape& tape, fuzz::Desk& desk) {
  switch (tape.Byte() % 12) {
    case 0:
    case 1:
    case 2: desk.Arrive(tape.Bytes(), true); break;
    case 3: desk.Arrive(tape.Bytes(), false); break;
    case 4: desk.ArriveAgain(tape.Byte()); break;
    case 5: desk.Receipt(tape.Bytes(), true); break;
    case 6: desk.Receipt(tape.Bytes(), false); break;
    case 7: {
      const std::uint8_t fits = tape.Byte();
      desk.Declined(tape.Bytes(), fits % 2 == 0);
      break;
    }
    case 8: {
      const std::uint8_t how = tape.Byte();
      desk.Returned(tape.Bytes(), how);
      break;
    }
    case 9: {
      v1::Item content;
      const tracing::Input input = Decision(tape, desk.now(), content);
      desk.Decide(input, content);
      break;
    }
    case 10:
      desk.Pass(tape.Byte());
      desk.Tick();
      break;
    default: desk.Toggle(tape.Byte()); break;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kStepsMax = 60;
  Tape tape{{reinterpret_cast<const char*>(data), size}};
  const std::uint8_t first = tape.Byte();
  fuzz::Desk desk{(first & 1) != 0, static_cast<tracing::LetterKind>((first >> 1) % 9)};
  for (std::size_t i = 0; i < kStepsMax && !tape.empty(); ++i) Step(tape, desk);
  fuzz::CheckShown(desk);
  return 0;
}
