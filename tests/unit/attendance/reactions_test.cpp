#include "attendance/endpoints/reactions.h"

#include <gtest/gtest.h>

#include "base/date.h"
#include "registry/contract/registry.pb.h"

namespace attendance {
namespace {

namespace registry = baoxue::registry::v1;

bus::Event EventOf(std::uint64_t seq, const google::protobuf::Message& payload) {
  bus::Event event;
  event.set_seq(seq);
  event.set_feed("registry");
  event.mutable_time()->set_seconds(1788278400);  // 2026-09-01T16:00Z, already the 2nd in China
  event.set_payload_type(payload.GetDescriptor()->full_name());
  event.set_payload(payload.SerializeAsString());
  return event;
}
registry::StudentChanged Student(std::int64_t id) {
  registry::StudentChanged student;
  student.set_student_id(id);
  student.set_name("张三");
  student.set_class_id(11);
  student.set_school_code("3135000001");
  student.set_expected_in_class(true);
  return student;
}

TEST(ReactionsTest, WhatAttendanceNeedsOfEachKind) {
  registry::SchoolChanged school;
  school.mutable_school()->set_school_code("3135000001");
  school.mutable_school()->set_name("第一小学");
  registry::ClassChanged in;
  in.mutable_school_class()->set_class_id(11);
  in.mutable_school_class()->set_name("三年级2班");
  in.mutable_school_class()->set_homeroom_teacher("王老师");
  registry::StudentChanged student = Student(7);
  student.mutable_effective()->set_year(2026);
  student.mutable_effective()->set_month(9);
  student.mutable_effective()->set_day(1);
  const ReadEvents read = ReadNews({EventOf(1, school), EventOf(2, in), EventOf(3, student),
                                    EventOf(4, registry::MatchFound{})});
  EXPECT_TRUE(read.unreadable.empty());
  ASSERT_EQ(read.news.schools.size(), 1u);
  EXPECT_EQ(read.news.schools[0].name, "第一小学");
  ASSERT_EQ(read.news.classes.size(), 1u);
  EXPECT_EQ(read.news.classes[0].homeroom_teacher, "王老师");
  EXPECT_EQ(read.news.classes[0].seq, 2u);
  ASSERT_EQ(read.news.students.size(), 1u);
  EXPECT_EQ(read.news.students[0].class_id, ClassId{11});
  EXPECT_TRUE(read.news.students[0].expected);
  EXPECT_EQ(read.news.students[0].effective.ToString(), "2026-09-01");
}

TEST(ReactionsTest, WhoIsExpected) {
  registry::StudentChanged suspended = Student(1);
  suspended.set_expected_in_class(false);
  registry::StudentChanged at_home = Student(2);
  at_home.set_home_teaching(true);
  registry::StudentChanged in_no_class = Student(3);
  in_no_class.set_class_id(0);
  const ReadEvents read =
      ReadNews({EventOf(1, suspended), EventOf(2, at_home), EventOf(3, in_no_class)});
  ASSERT_EQ(read.news.students.size(), 3u);
  for (const RosterChange& change : read.news.students) EXPECT_FALSE(change.expected);
  // Without a day of its own it holds from the civil day of the event.
  EXPECT_EQ(read.news.students[0].effective.ToString(), "2026-09-02");
}

TEST(ReactionsTest, OneThatMakesNoSenseStopsNothing) {
  bus::Event torn = EventOf(1, Student(1));
  torn.set_payload("\xff\xff");
  registry::StudentChanged nobody = Student(0);
  registry::StudentChanged never = Student(3);
  never.mutable_effective()->set_year(2026);
  never.mutable_effective()->set_month(2);
  never.mutable_effective()->set_day(30);
  const ReadEvents read =
      ReadNews({torn, EventOf(2, nobody), EventOf(3, never), EventOf(4, Student(4))});
  EXPECT_EQ(read.unreadable, (std::vector<std::uint64_t>{1, 2, 3}));
  ASSERT_EQ(read.news.students.size(), 1u);
  EXPECT_EQ(read.news.students[0].student, StudentId{4});
}

}  // namespace
}  // namespace attendance
