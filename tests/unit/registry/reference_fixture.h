// A small reference for tests: a few code lists and the divisions that the cases name.
#pragma once

#include "registry/domain/reference.h"

namespace registry::testing {

inline const Reference& SmallReference() {
  static const Reference kReference = [] {
    Reference reference;
    const auto list = [&](const char* name) -> CodeList& { return reference.lists[name]; };
    list("就读方式").Add("1", "走读", {});
    list("就读方式").Add("2", "住校", {"寄宿"});
    list("身份证件类型").Add("1", "居民身份证", {"身份证"});
    list("身份证件类型").Add("A", "护照", {});
    list("身份证件类型").Add("", "无户籍", {"无"});
    list("民族").Add("01", "汉族", {"汉"});
    list("民族").Add("05", "维吾尔族", {"维吾尔"});
    list("学段").Add("1", "小学", {});
    list("学段").Add("2", "初中", {"初级中学"});
    list("学段").Add("3", "九年一贯制", {"九年一贯制学校"});
    for (const auto& [code, name] :
         {std::pair{"35", "福建省"}, {"44", "广东省"}, {"3502", "厦门市"}, {"4403", "深圳市"}}) {
      reference.divisions.Add(code, name);
    }
    return reference;
  }();
  return kReference;
}

}  // namespace registry::testing
