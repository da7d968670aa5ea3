// ZeroMQ sockets of this suite with every option that matters set explicitly: CURVE, high-water
// marks, linger, message size, handshake, heartbeats, keep-alive, reconnect. For the bus itself and
// for load generators that drive many DEALER sockets from one thread. Errors: zmq::error_t for
// programmer errors (a key that is not 40 characters of Z85). A socket belongs to the thread that
// uses it.
#pragma once

#include <string>
#include <string_view>
#include <zmq.hpp>

#include "bus/bus.h"

namespace bus {

zmq::context_t& ZmqContext(Context& context);

// Dialling side of CURVE: our keys and the one server we are willing to talk to.
void SetCurveClient(zmq::socket_t& socket, const KeyPair& keys, std::string_view server_key);
// Listening side: clients are judged by the context's ZAP handler in `domain` ("requests" or
// "feed:<name>").
void SetCurveServer(zmq::socket_t& socket, const KeyPair& keys, std::string_view domain);
// What all sockets have in common. `messages_max` is the high-water mark in both directions.
void SetCommonOptions(zmq::socket_t& socket, int messages_max, int linger_ms);

// Sets up a fresh DEALER and dials.
void SetDealer(zmq::socket_t& socket, const KeyPair& keys, const Endpoint& endpoint);
// A DEALER dialled to one server, ready to send frames. Send fails with EAGAIN until it is
// connected.
zmq::socket_t DialRequests(Context& context, const KeyPair& keys, const Endpoint& endpoint);

// The frame, written once into the message that is sent.
zmq::message_t EncodeMessage(const Envelope& envelope, std::string_view body);

}  // namespace bus
