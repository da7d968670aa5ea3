// The words of each kind of letter and reply. Private to this room. Pure and thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tracing/domain/types.h"
#include "tracing/paper/sheet.h"

namespace tracing {

std::string DayChinese(const baoxue::bus::v1::Date& date);  // "2026年9月1日"; "" for none
// 分 in capitals, "陆佰贰拾伍元零叁分", more than nothing and below 一亿元. Source: 支付结算办法,
// 附一 正确填写票据和结算凭证的基本规定, 二, 三.
std::string AmountChinese(std::int64_t fen);
// The child, null if the letter names none.
const v1::Child* PaperChild(const v1::Item& item);
// 附件 and 联系人 of whatever the item carries.
std::vector<std::string> AttachmentNames(const v1::Item& item);
const v1::Office* ContactOf(const v1::Item& item);

// Whether the letter's addressee needs the whole identity number.
bool ShowsWholeIdentity(LetterKind kind);
std::string LetterTitle(const v1::Item& opening);  // "关于核查学生去向和就读情况的函"
std::vector<SheetParagraph> LetterBody(const v1::Item& item);
std::vector<SheetParagraph> ReplyBody(const v1::Item& item, const v1::Item& opening);
// Everything else that is a document: urges, supplements, withdrawals, ... Empty: not one.
std::vector<SheetParagraph> OtherBody(const v1::Item& item, const v1::Item& opening);
Slip SlipOf(const v1::Item& opening, const Parties& parties);

}  // namespace tracing
