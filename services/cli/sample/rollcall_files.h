// The files of a term: rollcalls.csv (日期,半天,学校标识码,班号,例外; one row per class and
// half-day that has a roll call when it is due), later.csv (the same with 提交日期 in front: what
// is submitted in the evening of a later day, corrections and late roll calls, always the whole
// class), leaves.csv. An exception is 班内学号:记号; several are joined by ";". Rows rise by day,
// half-day and class. Errors: those of CsvFile. Pure but for the files.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/sample/behaviour.h"
#include "cli/sample/roster.h"

namespace sample {

base::Status WriteRollCalls(const County& county, const TermDays& term, const Behaviour& behaviour,
                            const std::string& path, const Progress& progress);
base::Status WriteLater(const County& county, const TermDays& term, const Behaviour& behaviour,
                        const std::string& path);
base::Status WriteLeaves(const County& county, const TermDays& term, const Behaviour& behaviour,
                         const std::string& path);

std::string_view HalfChinese(int half);  // 上午, 下午
// 学校标识码, 班号, 班内学号 of a student, as files name it.
struct SeatRef {
  std::string_view school = {};
  std::string_view class_no = {};
  std::string seat = {};
};
SeatRef RefOf(const County& county, std::uint32_t student);

}  // namespace sample
