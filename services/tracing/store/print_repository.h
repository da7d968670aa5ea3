// The rows of print_log (who printed which item, what for), paper_office (offices without the
// software) and paper_receipt (how a delivery by post was proven).
// Errors: those of libs/store. Functions on a session or transaction; no state.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/date.h"
#include "store/store.h"
#include "tracing/domain/types.h"

namespace tracing {

struct PrintRow {
  std::int64_t print_no = 0;         // 1, 2, 3, ... without a hole
  std::string idem_key = {};
  ConversationId conversation = {};
  bool by_asker = false;
  std::uint32_t seq = 0;
  std::string item_kind = {};
  std::string document_no = {};
  std::string purpose = {};
  base::UtcTime at = {};
  std::string person_id = {};
  std::string name = {};
  std::string role = {};
  std::string body = {};
  std::string mac = {};
};
// The mac of a row after the row with that mac ("" before the first).
using PrintMac = std::function<std::string(const std::string& before, const PrintRow& row)>;

// Gives the row its number and mac and adds it; the same printing again adds nothing and is
// returned as it was. Errors: kInvalidArgument/KEY_REUSED when the key is that of another printing.
base::Result<PrintRow> SavePrint(store::Transaction& tx, PrintRow row, const PrintMac& mac);

struct PrintFilter {
  std::optional<ConversationId> conversation = {};
  std::optional<base::UtcTime> from = {};
  std::optional<base::UtcTime> before = {};
  std::int64_t after = 0;            // print_no
  std::uint32_t limit = 1000;
};
// By number.
base::Result<std::vector<PrintRow>> ListPrints(store::Session& session, const PrintFilter& filter);

struct PaperProof {
  ConversationId conversation = {};
  bool by_asker = true;
  std::uint32_t seq = 0;
  std::string reference = {};
  std::optional<base::Date> on = {};
  base::UtcTime at = {};
  std::string by = {};
};
base::Status SaveProof(store::Transaction& tx, const PaperProof& proof);
base::Result<std::vector<PaperProof>> ProofsOf(store::Session& session, const ConversationId& id);

struct PaperOffice {
  std::string division = {};
  std::string name = {};             // 宜章县
  std::string bureau = {};           // 宜章县教育局
  std::string post_address = {};
};
base::Result<std::vector<PaperOffice>> LoadPaperOffices(store::Session& session);
base::Status SavePaperOffice(store::Transaction& tx, const PaperOffice& office,
                             const std::string& by, base::UtcTime now);
// Whether there was one.
base::Result<bool> DeletePaperOffice(store::Transaction& tx, const std::string& division);

}  // namespace tracing
