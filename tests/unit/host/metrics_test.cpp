#include "host/metrics.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace host {
namespace {

using testing::HasSubstr;

// The answer to GET /metrics.
std::string Scrape(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    const std::string request = "GET /metrics HTTP/1.0\r\n\r\n";
    EXPECT_EQ(::send(fd, request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
    char buffer[4096];
    for (ssize_t n = 0; (n = ::recv(fd, buffer, sizeof buffer, 0)) > 0;) {
      answer.append(buffer, static_cast<std::size_t>(n));
    }
  }
  ::close(fd);
  return answer;
}

TEST(MetricsTest, ServesWhatWasCounted) {
  Metrics metrics;
  metrics.counter("baoxue_t_calls_total", "calls", "kind", "a").Add(3);
  metrics.counter("baoxue_t_calls_total", "calls", "kind", "b").Add();
  metrics.gauge("baoxue_t_depth", "depth").Set(7);
  metrics.histogram("baoxue_t_seconds", "time").Observe(0.003);
  ASSERT_TRUE(metrics.Serve("127.0.0.1:0").ok());
  const std::string page = Scrape(metrics.port());
  EXPECT_THAT(page, HasSubstr("200 OK"));
  EXPECT_THAT(page, HasSubstr("baoxue_t_calls_total{kind=\"a\"} 3"));
  EXPECT_THAT(page, HasSubstr("baoxue_t_calls_total{kind=\"b\"} 1"));
  EXPECT_THAT(page, HasSubstr("baoxue_t_depth 7"));
  EXPECT_THAT(page, HasSubstr("baoxue_t_seconds_bucket{le=\"0.002"));
  EXPECT_THAT(page, HasSubstr("baoxue_t_seconds_count 1"));
  EXPECT_THAT(metrics.Names(), testing::ElementsAre("baoxue_t_calls_total", "baoxue_t_depth",
                                                    "baoxue_t_seconds"));
}

TEST(MetricsTest, ReadsWhenScraped) {
  Metrics metrics;
  Gauge gauge = metrics.gauge("baoxue_t_now", "now");
  double value = 1;
  metrics.Collect([&]() mutable { gauge.Set(value); });
  EXPECT_THAT(metrics.Text(), HasSubstr("baoxue_t_now 1"));
  value = 2;
  EXPECT_THAT(metrics.Text(), HasSubstr("baoxue_t_now 2"));
}

TEST(MetricsTest, ATotalCountedElsewhereNeverFalls) {
  Metrics metrics;
  Counter counter = metrics.counter("baoxue_t_total", "total");
  counter.RaiseTo(5);
  counter.RaiseTo(3);
  EXPECT_THAT(metrics.Text(), HasSubstr("baoxue_t_total 5"));
}

TEST(MetricsTest, SaysThatAnAddressIsTaken) {
  Metrics first;
  ASSERT_TRUE(first.Serve("127.0.0.1:0").ok());
  Metrics second;
  const base::Status status = second.Serve("127.0.0.1:" + std::to_string(first.port()));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().reason, "METRICS_BIND");
}

TEST(MetricsTest, NothingRunsAfterStop) {
  Metrics metrics;
  ASSERT_TRUE(metrics.Serve("127.0.0.1:0").ok());
  const int port = metrics.port();
  metrics.Stop();
  EXPECT_EQ(Scrape(port), "");
}

}  // namespace
}  // namespace host
