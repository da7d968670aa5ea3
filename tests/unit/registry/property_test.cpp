// What must hold for any input: normalising and taking over a difference change nothing the second
// time, encoding loses nothing, decoding never trips.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "people.h"
#include "reference_fixture.h"
#include "registry/domain/check_row.h"
#include "registry/domain/normalise.h"
#include "registry/domain/text.h"

namespace registry {
namespace {

using testing::Day;
using testing::SmallReference;

// Cells as people fill them in: pieces of text, digits, dates and rubbish.
rc::Gen<std::string> Cell() {
  return rc::gen::oneOf(
      rc::gen::element<std::string>("", " ", "是", "否", "1", "走读", "1-走读", "20150901",
                                    "2015年9月1日", "２０１５-０９-０１", "350212", "350212101000",
                                    "阿依古丽•买买提", "张 三", "1.1E+17", "11010519491231002x",
                                    "138 1234 5678", "汉", "1.50公里", "·", "\xff\xfe", "\xc2\x01\xa0",
                                    "（公里）",
                                    "202309"),
      rc::gen::container<std::string>(rc::gen::elementOf(std::string{"0123456789-/. E+X"})),
      rc::gen::arbitrary<std::string>());
}

std::vector<std::string> AsCells(const HeaderMap& map, const Record& record) {
  std::vector<std::string> cells;
  for (const Column* column : map.columns) cells.emplace_back(record.Get(column->field));
  return cells;
}

void Normalise(const HeaderMap& map, const std::vector<std::string>& cells, Record& record,
               RowNotes& notes) {
  std::vector<const std::string*> pointers;
  for (const std::string& cell : cells) pointers.push_back(&cell);
  NormaliseRow(map, SmallReference(), pointers, record, notes);
}

RC_GTEST_PROP(NormaliseRows, DoesNothingTheSecondTime, ()) {
  const HeaderMap map = *MapHeader(ImportKind::kRoster, TemplateHeader(ImportKind::kRoster));
  const auto cells = *rc::gen::container<std::vector<std::string>>(map.columns.size(), Cell());
  Record once;
  Record twice;
  RowNotes notes;
  Normalise(map, cells, once, notes);
  Normalise(map, AsCells(map, once), twice, notes);
  RC_ASSERT(once == twice);
  RC_ASSERT(notes.ok());
}

RC_GTEST_PROP(Text, CleaningIsIdempotent, (const std::string& text)) {
  RC_ASSERT(CleanText(CleanText(text)) == CleanText(text));
  RC_ASSERT(CleanName(CleanName(text)) == CleanName(text));
  RC_ASSERT(NormaliseId(NormaliseId(text)) == NormaliseId(text));
}

rc::Gen<Record> AnyRecord() {
  return rc::gen::map(
      rc::gen::container<std::vector<std::pair<int, std::string>>>(rc::gen::pair(
          rc::gen::inRange(1, static_cast<int>(kFieldCount)), rc::gen::arbitrary<std::string>())),
      [](const std::vector<std::pair<int, std::string>>& values) {
        Record record;
        for (const auto& [field, value] : values) record.Set(static_cast<Field>(field), value);
        return record;
      });
}

RC_GTEST_PROP(RecordBytes, RoundTrip, ()) {
  const Record record = *AnyRecord();
  const auto decoded = Record::Decode(record.Encode());
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(*decoded == record);
  RC_ASSERT(decoded->Encode() == record.Encode());
}

RC_GTEST_PROP(RecordBytes, AnyBytesAreReadOrRefused, (const std::string& bytes)) {
  const auto decoded = Record::Decode(bytes);
  if (decoded) RC_ASSERT(Record::Decode(decoded->Encode()) == decoded);
}

RC_GTEST_PROP(Differences, AreGoneOnceTakenOver, ()) {
  const Record stored = *AnyRecord();
  const Record row = *AnyRecord();
  FieldSet all;
  all.set();
  const auto fields = Diff(stored, row, all);
  const Record after = Overlay(stored, row, fields);
  RC_ASSERT(Diff(after, row, all).empty());
  // And can be undone with what was picked before, where there was something to pick.
  const Record before = Pick(stored, fields);
  const Record back = Overlay(after, before, fields);
  RC_ASSERT(back == stored);
}

RC_GTEST_PROP(Identity, AnyTextIsJudgedWithoutTrouble, (const std::string& text)) {
  const IdCheck check = CheckIdentityNumber(text, Day(2026, 9, 1));
  if (check.ok()) RC_ASSERT(text.size() == 18u);
}

}  // namespace
}  // namespace registry
