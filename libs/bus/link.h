// The client's side of one endpoint: a DEALER socket, what its monitor says, and how it has
// behaved. Internal; belongs to the client's thread.
//
// libzmq gives up a connection for good when the server refuses the key or breaks the protocol, so
// a link that stays down while it is wanted gets a new socket.
#pragma once

#include <string>
#include <string_view>
#include <zmq.hpp>

#include "bus/bus.h"

namespace bus {

class Link {
 public:
  Link(Context& context, const KeyPair& keys, Endpoint endpoint, base::SteadyTime now);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  // Sends if the server is connected and has room; leaves the frame as it was otherwise.
  bool Send(zmq::message_t& frame);
  // False when there is nothing to read.
  bool Receive(zmq::message_t& frame);
  // What the monitor has told since: true when the connection was lost.
  bool TakeLost(base::SteadyTime now);

  // The server answered: it is well.
  void Answered(base::SteadyTime now);
  // A request got no answer in time: stay away for a while, longer each time in a row.
  void Silent(base::SteadyTime now);
  // The server asked to be left alone.
  void AvoidUntil(base::SteadyTime until) { avoid_until_ = until; }
  bool avoided(base::SteadyTime now) const { return now < avoid_until_; }
  base::SteadyTime last_answer() const { return last_answer_; }

  // Replaces the socket if it has been down for too long.
  void Renew(base::SteadyTime now);

  void* socket() { return socket_.handle(); }
  void* monitor() { return monitor_.handle(); }

 private:
  void Open(base::SteadyTime now);
  void Close();

  Context& context_;
  const KeyPair& keys_;
  const Endpoint endpoint_;
  zmq::socket_t socket_;
  zmq::socket_t monitor_;
  bool connected_ = false;
  int silences_ = 0;
  base::SteadyTime down_since_ = {};
  base::SteadyTime last_answer_ = {};
  base::SteadyTime avoid_until_ = {};
};

}  // namespace bus
