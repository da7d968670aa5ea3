// "tcp://host:port" as an operator writes it: where we listen, or where others find us.
//
// A host is an IPv4 address, an IPv6 address in brackets, a name, or "*" (any address of the
// machine). Ports are 1..65535. No name is looked up. Pure.
// Errors: kInvalidArgument/BAD_ADDRESS (English, for settings).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace bus {

struct TcpAddress {
  std::string host = {};  // without brackets
  int port = 0;

  bool IsAny() const;       // "*", 0.0.0.0, [::]: to listen on, not to be found at
  bool IsLoopback() const;  // 127.x.x.x, [::1], localhost: nobody else gets there
};

base::Result<TcpAddress> ParseTcpAddress(std::string_view text);

}  // namespace bus
