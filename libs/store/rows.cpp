#include "store/rows.h"

#include <charconv>

#include "base/check.h"

namespace store {
namespace {

template <class Number>
Number ParseNumber(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  CHECK(error == std::errc{});
  CHECK(end == text.data() + text.size());
  return value;
}

unsigned Digits(std::string_view text, std::size_t at, std::size_t count) {
  CHECK(text.size() >= at + count);
  return ParseNumber<unsigned>(text.substr(at, count));
}

base::Date ParseDay(std::string_view text) {
  CHECK(text.size() >= 10);
  const auto day = base::Date::FromYmd(static_cast<int>(Digits(text, 0, 4)), Digits(text, 5, 2),
                                       Digits(text, 8, 2));
  CHECK(day.has_value());
  return *day;
}

// "YYYY-MM-DD HH:MM:SS" with 0 to 6 decimals.
base::UtcTime ParseInstant(std::string_view text) {
  using namespace std::chrono;
  CHECK(text.size() >= 19);
  unsigned ms = 0;
  if (text.size() > 20) {
    std::string decimals{text.substr(20, 3)};
    decimals.resize(3, '0');
    ms = ParseNumber<unsigned>(decimals);
  }
  return base::UtcTime{ParseDay(text).days()} + hours{Digits(text, 11, 2)} +
         minutes{Digits(text, 14, 2)} + seconds{Digits(text, 17, 2)} + milliseconds{ms};
}

}  // namespace

std::size_t Rows::Data::Column(std::string_view name) const {
  std::size_t found = columns.size();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i] == name) {
      found = i;
      break;
    }
  }
  CHECK(found < columns.size());  // no such column in the SELECT
  return found;
}

const Rows::Data::Cell& Rows::Data::At(std::size_t row, std::size_t column) const {
  CHECK(row >= 1 && row <= rows());  // Next() has not been called, or has returned false
  return cells[(row - 1) * columns.size() + column];
}

std::string_view Rows::Data::View(std::size_t row, std::string_view column) const {
  const Cell& cell = At(row, Column(column));
  CHECK(!cell.null);  // ask IsNull or use Maybe...
  return std::string_view{bytes}.substr(cell.begin, cell.size);
}

bool Rows::Next() {
  if (row_ <= data_->rows()) ++row_;
  return row_ <= data_->rows();
}

std::size_t Rows::size() const { return data_->rows(); }

bool Rows::IsNull(std::string_view column) const {
  return data_->At(row_, data_->Column(column)).null;
}

std::int64_t Rows::Int(std::string_view column) const {
  return ParseNumber<std::int64_t>(data_->View(row_, column));
}

std::uint64_t Rows::Uint(std::string_view column) const {
  return ParseNumber<std::uint64_t>(data_->View(row_, column));
}

const std::string& Rows::Text(std::string_view column) const {
  const std::string_view text = data_->View(row_, column);
  Data::Made& made = data_->made[data_->Column(column)];
  if (made.row != row_) {
    made.text = text;
    made.row = row_;
  }
  return made.text;
}

base::Date Rows::Day(std::string_view column) const { return ParseDay(data_->View(row_, column)); }

base::UtcTime Rows::Time(std::string_view column) const {
  return ParseInstant(data_->View(row_, column));
}

std::optional<std::int64_t> Rows::MaybeInt(std::string_view column) const {
  if (IsNull(column)) return std::nullopt;
  return Int(column);
}

std::optional<std::string> Rows::MaybeText(std::string_view column) const {
  if (IsNull(column)) return std::nullopt;
  return Text(column);
}

std::optional<base::Date> Rows::MaybeDay(std::string_view column) const {
  if (IsNull(column)) return std::nullopt;
  return Day(column);
}

std::optional<base::UtcTime> Rows::MaybeTime(std::string_view column) const {
  if (IsNull(column)) return std::nullopt;
  return Time(column);
}

}  // namespace store
