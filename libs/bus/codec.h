// The frame written into and read from ZeroMQ messages, and Status <-> base::Error. Internal.
#pragma once

#include <string_view>
#include <zmq.hpp>

#include "bus/bus.h"

namespace bus {

inline constexpr std::string_view kMagic = "BAOXUE/1";
inline constexpr std::size_t kHeaderBytes = 12;
inline constexpr std::size_t kIdBytes = 16;

inline std::string_view View(const zmq::message_t& message) {
  return {static_cast<const char*>(message.data()), message.size()};
}

// Bytes of the frame; the message's sizes are cached for WriteFrame.
std::size_t FrameBytes(const Envelope& envelope, std::string_view body);
// Precondition: FrameBytes() of the same envelope was called just before and `out` holds as many.
void WriteFrame(const Envelope& envelope, std::string_view body, char* out);

void PutError(const base::Error& error, baoxue::bus::v1::Status& status);
// Unknown codes of a newer peer read as kInternal.
base::Error GetError(const baoxue::bus::v1::Status& status);

}  // namespace bus
