// One XML part read as a stream of elements (expat). Private to libs/tables.
//
// Names come without their prefix. A document type declaration is refused, so there are no entities
// of a file's own, external or nested; so are nesting deeper than 64 and single tokens above 4 MiB.
// Errors: kInvalidArgument/BAD_XLSX, and what Fail was given. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "tables/package.h"

struct XML_ParserStruct;

namespace tables {

// The attributes of a start tag.
class Attributes {
 public:
  explicit Attributes(const char** pairs) : pairs_(pairs) {}
  // The value of that attribute, with any prefix; "" if absent.
  std::string_view Get(std::string_view name) const;
  const char** pairs() const { return pairs_; }

 private:
  const char** pairs_;
};

std::string_view LocalName(std::string_view name);

class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  virtual void Start(std::string_view name, const Attributes& attributes) = 0;
  virtual void End(std::string_view name) = 0;
  virtual void Text(std::string_view text) = 0;
};

class XmlStream {
 public:
  XmlStream(Part part, XmlHandler& handler);
  XmlStream(const XmlStream&) = delete;
  XmlStream& operator=(const XmlStream&) = delete;
  ~XmlStream();

  // Reads on until the handler calls Suspend (true) or the part ends (false).
  base::Result<bool> Pump();
  int PermilleRead() const { return part_.PermilleRead(); }

  // For the handler:
  void Suspend();
  void Fail(base::Error error);

 private:
  struct Callbacks;
  base::Result<bool> Advance();
  base::Status Feed();
  base::Error NotXml() const;

  Part part_;
  XmlHandler& handler_;
  XML_ParserStruct* parser_;
  int depth_ = 0;
  std::uint64_t fed_ = 0;
  bool suspended_ = false;
  bool done_ = false;
  std::optional<base::Error> failed_ = {};
};

// Reads a whole part.
base::Status ReadXml(Package& package, const std::string& name, XmlHandler& handler);

}  // namespace tables
