// County: one small county on servers of its own, and everything that its databases say in the end.
//
// The same options give the same sample, so the pictures of two counties that played the same term
// must be the same line by line, whatever was killed meanwhile. Instants are rehearsed ones, UTC.
// Throws std::runtime_error when a command fails that should not. Belongs to one thread.
#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/deployment.h"
#include "harness/temp_dir.h"

namespace chaos {

// What a table says, as sorted lines, by title.
using Picture = std::map<std::string, std::vector<std::string>>;

class County {
 public:
  County(int students, int weeks);

  harness::Deployment& deployment() { return *deployment_; }
  std::string File(const std::string& name) const { return dir_.File(name); }
  std::string folder() const { return File("sample"); }

  // The command with --json; its answer.
  nlohmann::json Ask(std::vector<std::string> words);
  // The command as a process that runs beside the test; what it says goes to `output`.
  std::unique_ptr<harness::ChildProcess> Beside(std::vector<std::string> words,
                                                const std::string& output) const;

  std::vector<std::string> Rows(const std::string& sql);
  Picture Look();
  // "seq type subject" of each event of a feed, as its log has them.
  std::vector<std::string> Log(const std::string& feed);

 private:
  harness::TempDir dir_{"chaos"};
  std::unique_ptr<harness::Deployment> deployment_;
};

// The lines that `baoxue follow` wrote, in the words of Log(). A last line without its end, which a
// killed follower may leave, is left out.
std::vector<std::string> Followed(const std::string& text);

// Gap-free logs, followers at the head, no roll call twice, nothing in the dead letters.
void ExpectSound(County& county);
// Line by line; the first differences are shown.
void ExpectSame(const Picture& calm, const Picture& disturbed);

}  // namespace chaos
