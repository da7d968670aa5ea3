#include "subsidy/app/once.h"

namespace subsidy {

base::Result<std::string> DoOnce(
    const Office& office, const Once& once,
    const std::function<base::Result<std::string>(store::Transaction&, Assessor&)>& work) {
  using base::Code;
  if (once.key.size() != 16) {
    return base::Error{Code::kInvalidArgument, "KEY_MISSING",
                       "a write needs a 16-byte idempotency key"};
  }
  auto reply = office.pool().Transact([&](store::Transaction& tx) -> base::Result<std::string> {
    ASSIGN_OR_RETURN(const auto known, store::FindReply(tx, once.key));
    if (known) {
      if (known->request_type == once.request_type) return known->reply;
      return base::Error{Code::kInvalidArgument, "KEY_REUSED",
                         "the key belongs to another request"};
    }
    Assessor assessor{tx, office};
    ASSIGN_OR_RETURN(std::string answer, work(tx, assessor));
    RETURN_IF_ERROR(store::RememberReply(tx, once.key, once.request_type, answer, office.Now()));
    RETURN_IF_ERROR(assessor.Finish());
    return answer;
  });
  if (reply.ok()) office.NotifyFeed();
  return reply;
}

}  // namespace subsidy
