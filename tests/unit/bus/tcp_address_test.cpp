// What an operator may write as an address, and which of them nobody else can reach.
#include "bus/tcp_address.h"

#include <gtest/gtest.h>

namespace bus {
namespace {

TEST(TcpAddressTest, IsReadWhole) {
  const auto address = ParseTcpAddress("tcp://letters.county.gov.cn:17099");
  ASSERT_TRUE(address.ok());
  EXPECT_EQ(address->host, "letters.county.gov.cn");
  EXPECT_EQ(address->port, 17099);
  EXPECT_EQ(ParseTcpAddress("tcp://[2001:db8::7]:1")->host, "2001:db8::7");
}

TEST(TcpAddressTest, WhatIsNoAddressIsRefused) {
  for (const char* text :
       {"", "10.1.2.3:17099", "tcp://", "tcp://10.1.2.3", "tcp://10.1.2.3:", "tcp://10.1.2.3:0",
        "tcp://10.1.2.3:65536", "tcp://10.1.2.3:-1", "tcp://10.1.2.3:17099 ", "tcp://10.1.2:80",
        "tcp://10.1.2.300:80", "tcp://:80", "tcp://2001:db8::7:80", "tcp://[10.1.2.3]:80",
        "tcp://a b:80", "tcp://县:80", "ipc:///run/x", "tcp://-a:80", "tcp://10.1.2.3:*",
        "tcp://u@host:80", "tcp://host:80/path"}) {
    EXPECT_FALSE(ParseTcpAddress(text).ok()) << text;
  }
  EXPECT_FALSE(ParseTcpAddress("tcp://" + std::string(300, 'a') + ":80").ok());
}

TEST(TcpAddressTest, SaysWhoCanReachIt) {
  for (const char* text : {"tcp://127.0.0.1:1", "tcp://127.8.0.1:1", "tcp://localhost:1",
                           "tcp://[::1]:1", "tcp://[0:0::1]:1"}) {
    EXPECT_TRUE(ParseTcpAddress(text)->IsLoopback()) << text;
    EXPECT_FALSE(ParseTcpAddress(text)->IsAny()) << text;
  }
  for (const char* text : {"tcp://*:1", "tcp://0.0.0.0:1", "tcp://[::]:1"}) {
    EXPECT_TRUE(ParseTcpAddress(text)->IsAny()) << text;
    EXPECT_FALSE(ParseTcpAddress(text)->IsLoopback()) << text;
  }
  for (const char* text : {"tcp://10.1.2.3:1", "tcp://127.example.cn:1", "tcp://[2001:db8::]:1"}) {
    EXPECT_FALSE(ParseTcpAddress(text)->IsLoopback()) << text;
    EXPECT_FALSE(ParseTcpAddress(text)->IsAny()) << text;
  }
}

}  // namespace
}  // namespace bus
