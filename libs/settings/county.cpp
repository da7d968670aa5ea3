#include "settings/county.h"

#include <algorithm>
#include <set>

namespace settings {
namespace {

bool IsDivision(const std::string& code) {
  return code.size() == 6 &&
         std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// It is part of file names and of letters between counties.
bool IsId(const std::string& id) {
  constexpr std::size_t kBytesMax = 40;
  return id.size() <= kBytesMax && std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

CitedDocument ReadDocument(Reader& reader) {
  CitedDocument document;
  document.id = reader.String("id", {.about = "short name that rules cite"});
  document.title = reader.String("title", {.about = "title of the document"});
  document.number = reader.String("number", {.fallback = "", .about = "document number"});
  if (reader.Has("date")) {
    document.date = reader.Date("date", {.about = "day of issue"});
  } else {
    reader.Skip("date");
  }
  document.issuer = reader.String("issuer", {.fallback = "", .about = "who issued it"});
  return document;
}

}  // namespace

County ReadCounty(Reader section) {
  County county;
  county.id = section.String("id", {.about = "name of the profile's file without .yaml"});
  if (!IsId(county.id)) {
    section.Problem("id", "must be at most 40 small letters, digits, '-' and '_'");
  }
  county.name = section.String("name", {.about = "name of the county or district"});
  county.bureau = section.String("bureau", {.about = "full name of its education bureau"});
  county.division = section.String("division", {.about = "six-digit code of GB/T 2260"});
  if (!county.division.empty() && !IsDivision(county.division)) {
    section.Problem("division", "must be six digits");
  }
  county.calendar = section.Path("calendar", {.about = "school calendar, relative to this file"});
  Reader inbox = section.Map("fallback_inbox", "who gets what nobody else is responsible for");
  county.fallback_inbox.body = inbox.String("body", {.about = "body that answers for the inbox"});
  county.fallback_inbox.person_id = inbox.String("person_id", {.about = "staff or account number"});
  county.fallback_inbox.person = inbox.String("person", {.about = "name of that person"});
  std::set<std::string> ids;
  for (Reader& reader : section.List("documents", "documents that the rules cite")) {
    CitedDocument document = ReadDocument(reader);
    if (!document.id.empty() && !ids.insert(document.id).second) {
      reader.Problem("id", "two documents have this id");
    }
    county.documents.push_back(std::move(document));
  }
  return county;
}

base::Result<County> LoadCounty(const std::string& path) {
  ASSIGN_OR_RETURN(Document document, Document::Load(path));
  Reader root = document.Root();
  root.Keys();  // the other sections belong to the services
  County county = ReadCounty(root.Map("county", "who runs this deployment"));
  RETURN_IF_ERROR(document.Finish());
  return county;
}

}  // namespace settings
