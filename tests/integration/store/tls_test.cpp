// TLS is enforced and the server verified: no plaintext, no foreign certificate.
#include "fixture.h"

namespace {

using store_test::Said;

const std::string kHost = "127.0.0.1";

void OpenSsl(const harness::TempDir& dir, std::vector<std::string> args) {
  args.insert(args.begin(), {"sh", "-c", "cd \"$0\" && exec openssl \"$@\"", dir.path()});
  const auto result = harness::RunProgram(std::move(args));
  if (result.exit_code != 0) throw std::runtime_error(result.output);
}

// A CA and a server certificate for `host` that it signed.
void MakeCertificates(const harness::TempDir& dir, const std::string& host) {
  OpenSsl(dir, {"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=test-ca"});
  OpenSsl(dir, {"req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                "server.key", "-out", "server.csr", "-subj", "/CN=" + host});
  const std::string address = host == kHost ? ",IP:" + host : "";
  harness::WriteFile(dir.File("ext"), "subjectAltName=DNS:" + host + address + "\n");
  OpenSsl(dir, {"x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", "-out", "server.pem", "-days", "2", "-extfile", "ext"});
}

std::vector<std::string> TlsArgs(const harness::TempDir& dir) {
  return {"--ssl-cert=" + dir.File("server.pem"), "--ssl-key=" + dir.File("server.key"),
          "--ssl-ca=" + dir.File("ca.pem")};
}

store::PoolOptions TcpOptions(const harness::PrivateMariaDb& server, const std::string& ca) {
  store::PoolOptions options = server.PoolOptions();
  options.socket.clear();
  options.host = kHost;  // by address: not every machine can look up localhost
  options.port = server.port();
  options.tls_ca_file = ca;
  return options;
}

class TlsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { MakeCertificates(Certificates(), kHost); }
  static const harness::TempDir& Certificates() {
    static const harness::TempDir dir{"tls"};
    return dir;
  }
  base::SystemClock clock_;
};

TEST_F(TlsTest, IsUsedWhenAskedFor) {
  harness::PrivateMariaDb server{{.tcp = true, .extra_args = TlsArgs(Certificates())}};
  store::Pool pool{TcpOptions(server, Certificates().File("ca.pem")), clock_};
  const auto status = pool.WithSession([](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(store::Rows rows, session.Query("SHOW SESSION STATUS LIKE 'Ssl_cipher'"));
    EXPECT_TRUE(rows.Next());
    EXPECT_FALSE(rows.Text("Value").empty());
    return {};
  });
  EXPECT_TRUE(status.ok()) << Said(status);
}

// The connector's OPT_SSL_MODE=REQUIRED would connect in plaintext here.
TEST_F(TlsTest, AServerWithoutTlsIsRefused) {
  harness::PrivateMariaDb server{{.tcp = true}};
  store::Pool pool{TcpOptions(server, Certificates().File("ca.pem")), clock_};
  const auto status = pool.Ping();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, base::Code::kUnavailable) << Said(status);
}

TEST_F(TlsTest, AnotherAuthoritysCertificateIsRefused) {
  harness::PrivateMariaDb server{{.tcp = true, .extra_args = TlsArgs(Certificates())}};
  const harness::TempDir other{"tls2"};
  MakeCertificates(other, kHost);
  store::Pool pool{TcpOptions(server, other.File("ca.pem")), clock_};
  const auto status = pool.Ping();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().reason, "DB_TLS") << Said(status);
}

TEST_F(TlsTest, ACertificateForAnotherHostIsRefused) {
  const harness::TempDir dir{"tls3"};
  MakeCertificates(dir, "elsewhere.example");
  harness::PrivateMariaDb server{{.tcp = true, .extra_args = TlsArgs(dir)}};
  store::Pool pool{TcpOptions(server, dir.File("ca.pem")), clock_};
  const auto status = pool.Ping();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().reason, "DB_TLS") << Said(status);
}

}  // namespace
