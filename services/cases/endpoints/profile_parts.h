// The readers of the parts of a ladder; problems are recorded for Document::Finish. Used by
// profile_reader.cpp alone.
#pragma once

#include "cases/domain/profile.h"
#include "settings/reader.h"

namespace cases {

Gate ReadGate(settings::Reader& reader);
State ReadState(settings::Reader& reader);
Body ReadBody(settings::Reader& reader);
Level ReadLevel(settings::Reader& reader);
Task ReadTask(settings::Reader& reader);
Task ReadStanding(settings::Reader& reader);
Watch ReadWatch(settings::Reader& reader);
// With `inherited`, each part that is absent is taken from there.
Triggers ReadTriggers(settings::Reader& reader, const Triggers* inherited = nullptr);
SkipReason ReadSkipReason(settings::Reader& reader);

}  // namespace cases
