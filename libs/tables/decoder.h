// A file's bytes -> UTF-8, chunk by chunk. Private to libs/tables.
//
// The encoding: a BOM decides; else the text is ASCII until the first byte that is not, and the
// bytes from there on decide: well-formed UTF-8, or else GB18030 (which holds GBK and GB 2312).
// NULs are taken out. Memory: a few chunks. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct UConverter;

namespace tables {

// Where bytes come from: a file, or memory.
class ByteSource {
 public:
  // Errors: kNotFound/NO_FILE, kInvalidArgument/NOT_A_TABLE (not a file).
  static base::Result<std::unique_ptr<ByteSource>> OpenFile(const std::string& path);
  explicit ByteSource(std::string bytes);
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  ~ByteSource();

  // Replaces `chunk`; empty at the end. Errors: kUnavailable/FILE_READ.
  base::Status Read(std::string& chunk);
  std::uint64_t size() const { return size_; }
  std::uint64_t done() const { return done_; }

 private:
  ByteSource(int fd, std::uint64_t size) : fd_(fd), size_(size) {}
  int fd_ = -1;
  std::string bytes_ = {};
  std::uint64_t size_ = 0;
  std::uint64_t done_ = 0;
};

class Decoder {
 public:
  explicit Decoder(std::unique_ptr<ByteSource> source);
  ~Decoder();

  enum class Step { kMore, kEnd, kBad };
  // Appends decoded text. kEnd: nothing more comes. kBad: what follows the text is not in the
  // encoding; it comes once the good text before it has been given out.
  base::Result<Step> Append(std::string& out);
  const char* Name() const;
  int PermilleRead() const;

 private:
  enum class Kind { kStart, kAscii, kUtf8, kConverted };
  // False if it takes more bytes to tell.
  bool Decide(bool last);
  void UseConverter(const char* icu_name, const char* shown);
  Step AppendUtf8(std::string& out, bool last);
  Step AppendConverted(std::string& out, bool last);

  std::unique_ptr<ByteSource> source_;
  Kind kind_ = Kind::kStart;
  const char* name_ = "UTF-8";
  std::string chunk_ = {};  // not yet decoded
  std::string next_ = {};
  std::u16string wide_ = {};
  UConverter* converter_ = nullptr;
  bool ended_ = false;
  bool bad_ = false;
};

}  // namespace tables
