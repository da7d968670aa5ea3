// A conversation between its row's bytes and the domain's value. Decode refuses what it cannot be
// (kDataCorruption/ROW_BROKEN). Pure and thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "tracing/domain/conversation.h"

namespace tracing {

std::string EncodeConversation(const Conversation& conversation);
base::Result<Conversation> DecodeConversation(const ConversationId& id, std::string_view bytes);

std::string BytesOf(const Digest& digest);
Digest DigestFrom(std::string_view bytes);  // none if it has not 32 bytes
std::string BytesOf(const ConversationId& id);
ConversationId IdFrom(std::string_view bytes);  // none if it has not 16 bytes

}  // namespace tracing
