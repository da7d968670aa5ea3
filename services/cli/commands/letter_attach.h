// Files that go with a letter, and files that came with one: --attach, and letter attachment.
// Errors: kNotFound/NO_FILE, kInvalidArgument/ATTACHMENT_TOO_LARGE (beyond what one message
// carries; the profile's own limits are the service's to judge), those of the service.
#pragma once

#include <string>
#include <vector>

#include "cli/shell/args.h"
#include "cli/shell/shell.h"
#include "tracing/contract/tracing.pb.h"

namespace cli {

using Attachments = google::protobuf::RepeatedPtrField<baoxue::tracing::v1::Attachment>;

base::Status ReadAttachments(const std::vector<std::string>& paths, Attachments* out);
// To a draft whose kind carries files. Errors: kInvalidArgument/ATTACHMENT_NOT_ALLOWED.
base::Status AttachTo(const std::vector<std::string>& paths,
                      baoxue::tracing::v1::DraftLetter* draft);
void AddLetterAttachment(Shell& shell, Command& letter);

}  // namespace cli
