#include "cli/sample/names.h"

#include <array>
#include <string_view>

namespace sample {
namespace {

// Common surnames, the commoner the earlier; DrawName favours the front.
constexpr auto kSurnames = std::to_array<std::string_view>(
    {"王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱",
     "胡", "郭", "何", "林", "高", "罗", "郑", "梁", "谢", "宋", "唐", "许", "邓", "冯",
     "韩", "曹", "曾", "彭", "萧", "蔡", "潘", "田", "董", "袁", "于", "余", "叶", "蒋",
     "杜", "苏", "魏", "程", "吕", "丁", "沈", "任", "姚", "卢", "傅", "钟", "姜", "崔",
     "谭", "廖", "范", "汪", "陆", "金", "石", "戴", "贾", "韦", "夏", "邱", "方", "侯",
     "邹", "熊", "孟", "秦", "白", "江", "阎", "薛", "尹", "段", "雷", "黎", "史", "龙",
     "陶", "贺", "顾", "毛", "郝", "龚", "邵", "万", "钱", "覃", "武", "戚"});

constexpr auto kMale = std::to_array<std::string_view>(
    {"浩", "宇", "轩", "子", "俊", "杰", "博", "文", "明", "志", "强", "伟", "建", "国", "家",
     "豪", "泽", "睿", "晨", "阳", "鑫", "磊", "涛", "鹏", "飞", "龙", "凯", "旭", "昊", "天",
     "佑", "嘉", "乐", "航", "远", "承", "德", "思", "源", "景", "立", "诚", "安", "康", "毅",
     "峰", "林", "森", "海", "江", "波", "清", "华", "荣", "锦", "程", "逸", "凡", "铭", "辰"});

constexpr auto kFemale = std::to_array<std::string_view>(
    {"欣", "怡", "诗", "涵", "梓", "萱", "雨", "婷", "佳", "琪", "思", "雯", "静", "雅", "美",
     "玲", "芳", "丽", "娜", "娟", "秀", "英", "慧", "敏", "雪", "莹", "晓", "燕", "梦", "瑶",
     "若", "曦", "妍", "悦", "可", "语", "桐", "彤", "心", "月", "兰", "梅", "菊", "莲", "蓉",
     "琳", "璐", "珊", "颖", "倩", "蕾", "露", "紫", "晴", "云", "霞", "凤", "巧", "艺", "馨"});

constexpr auto kVillageFirst = std::to_array<std::string_view>(
    {"石板", "上坪", "下坪", "大塘", "小溪", "龙潭", "双河", "新田", "老屋", "竹林",
     "枫树", "桃园", "梨树", "青山", "白沙", "黄泥", "红岩", "清水", "金竹", "银杏",
     "东坡", "西岭", "南庄", "北寨", "高桥", "平安", "和平", "团结", "光明", "前进",
     "建设", "永丰", "太平", "长兴", "福田", "岩口", "坝上", "河湾", "柳林", "松岗"});
constexpr auto kVillageLast = std::to_array<std::string_view>({"村", "社区", "村", "新村"});

constexpr std::uint8_t kNoSecond = 255;

const auto& Given(Sex sex) { return sex == Sex::kMale ? kMale : kFemale; }

}  // namespace

NameParts DrawName(base::Rng& rng, Sex sex) {
  // The lower of two draws: about what the real frequencies look like.
  const std::uint64_t a = rng.Below(kSurnames.size());
  const std::uint64_t b = rng.Below(kSurnames.size());
  return DrawName(rng, sex, static_cast<std::uint8_t>(a < b ? a : b));
}

NameParts DrawName(base::Rng& rng, Sex sex, std::uint8_t surname) {
  const std::size_t n = Given(sex).size();
  NameParts parts;
  parts.surname = surname;
  parts.first = static_cast<std::uint8_t>(rng.Below(n));
  parts.second = rng.Chance(1200) ? kNoSecond : static_cast<std::uint8_t>(rng.Below(n));
  return parts;
}

std::string NameText(NameParts parts, Sex sex) {
  std::string text{kSurnames[parts.surname]};
  text += Given(sex)[parts.first];
  if (parts.second != kNoSecond) text += Given(sex)[parts.second];
  return text;
}

std::string VillageName(std::uint64_t number) {
  std::string text{kVillageFirst[number % kVillageFirst.size()]};
  text += kVillageLast[(number / kVillageFirst.size()) % kVillageLast.size()];
  return text;
}

}  // namespace sample
