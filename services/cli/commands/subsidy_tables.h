// Tables of `baoxue subsidy`: on the screen, or as a file for the bank and the bureau.
// Errors: those of libs/tables.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "cli/shell/shell.h"
#include "cli/shell/text_table.h"
#include "subsidy/contract/subsidy.pb.h"
#include "tables/tables.h"

namespace cli {

std::string Yuan(std::int64_t fen);  // "625.00"

// Rows into a file by its ending, or onto the screen when there is no path.
class TableOut {
 public:
  // `numbers` are the columns of amounts and counts: right-aligned, and numbers in XLSX.
  TableOut(Shell& shell, std::string path, std::string sheet, std::vector<std::string> header,
           std::set<std::size_t> numbers = {});
  base::Status Open();
  base::Status Row(std::vector<std::string> cells);
  base::Status Close();

 private:
  Shell& shell_;
  const std::string path_;
  const std::string sheet_;
  const std::vector<std::string> header_;
  const std::set<std::size_t> numbers_;
  std::unique_ptr<tables::Writer> writer_ = {};
  TextTable table_;
};

std::vector<std::string> CellsOf(const baoxue::subsidy::v1::Entitlement& row);
std::vector<std::string> CellsOf(const baoxue::subsidy::v1::RollLine& line);
void ShowRolls(Shell& shell, const std::vector<baoxue::subsidy::v1::Roll>& rolls);
// Who gains and loses into `path`, cost by school and benefit into "<path without ending>-cost".
base::Status WriteTrial(Shell& shell, const baoxue::subsidy::v1::WhatIfReply& reply,
                        const std::string& path);

}  // namespace cli
