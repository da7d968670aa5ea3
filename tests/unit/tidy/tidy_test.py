#!/usr/bin/env python3
"""Each rule of tests/tidy fires on a tree that breaks it, and on nothing in one that does not."""
import importlib.machinery
import importlib.util
import pathlib
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve()
sys.dont_write_bytecode = True
LOADER = importlib.machinery.SourceFileLoader("tidy", str(HERE.parents[2] / "tidy"))
SPEC = importlib.util.spec_from_loader("tidy", LOADER)
assert SPEC
tidy = importlib.util.module_from_spec(SPEC)
sys.modules["tidy"] = tidy
LOADER.exec_module(tidy)

# A small tree without a problem; each case below adds or replaces files.
GOOD = {
    "libs/base/README.md": "# base\n",
    "libs/base/a.h": "#pragma once\nint F() {\n  return 1;\n}\n",
    "libs/base/clock.cpp": "auto now = std::chrono::system_clock::now();\n",
    "services/alpha/README.md": "# a\n\n[base](../../libs/base/README.md), no `app/`: one.\n",
    "services/alpha/main.cpp": "int main() {}\n",
    "services/alpha/contract/alpha.proto": "syntax = \"proto3\";\n",
    "services/alpha/domain/rule.cpp": '#include "alpha/domain/rule.h"\n#include "base/a.h"\n',
    "services/alpha/store/migrations/001_initial.sql": "CREATE TABLE t (id INT);\n",
    "services/alpha/endpoints/handlers.cpp": '#include "beta/contract/beta.pb.h"\n',
    "services/beta/README.md": "# beta\n\nno `domain/`, no `store/`, no `app/`, no `endpoints/`.\n",
    "services/beta/main.cpp": "int main() {}\n",
    "services/beta/contract/beta.proto": "syntax = \"proto3\";\n",
}
LONG_BODY = "  ++x;\n" * 80
CODE = "services/alpha/domain/x.cpp"


def found(changes: dict) -> list:
    """The (rule, line) pairs of the good tree with these changes; None removes a file."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in {**GOOD, **changes}.items():
            if text is None:
                continue
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return [(problem.rule, problem.line) for problem in tidy.check(root)]


class Rules(unittest.TestCase):
    def test_a_good_tree_has_no_problem(self):
        self.assertEqual(found({}), [])

    def test_line_length_counts_characters(self):
        self.assertEqual(found({CODE: "// " + "保" * 97 + "\n"}), [])
        self.assertEqual(found({CODE: "// " + "保" * 98 + "\n"}), [("line-length", 1)])

    def test_file_length(self):
        self.assertEqual(found({CODE: "\n" * 500}), [])
        self.assertEqual(found({CODE: "\n" * 501}), [("file-length", 1)])

    def test_function_length(self):
        for head in ("int F(int x) {", "A::A(int x) : x_{x}, y_(2) {", "TEST(Suite, Name) {",
                     "auto F(int x) -> int {", "struct S {\n  int F(int x) const {"):
            lines = head.count("\n") + 1
            self.assertEqual(found({CODE: f"{head}\n{LONG_BODY}}}\n"}),
                             [("function-length", lines)], head)

    def test_long_tables_classes_and_namespaces_are_no_functions(self):
        cells = "    {1, 2},\n" * 80
        for head in ("const int kTable[] = {", "namespace a {", "struct S {", "enum class E {",
                     "constexpr std::array kAll{"):
            self.assertEqual(found({CODE: f"{head}\n{cells}}};\n"}), [], head)

    def test_braces_in_text_and_comments_do_not_count(self):
        body = '  auto a = "{{{"; auto b = \'{\'; // {{{\n' + "  ++x;\n" * 10
        self.assertEqual(found({CODE: f"void F() {{\n{body}}}\nvoid G() {{\n{LONG_BODY}}}\n"}),
                         [("function-length", 14)])

    def test_function_length_of_python(self):
        script = "def f():\n" + "    x = 1\n" * 80
        self.assertEqual(found({"tests/long.py": script}), [("function-length", 1)])

    def test_banned_calls(self):
        for line in ("auto t = std::chrono::system_clock::now();", "auto t = steady_clock::now();",
                     "auto t = time(nullptr);", "auto t = std::time(0);", "int x = rand();",
                     "std::random_device d;", "std::this_thread::sleep_for(1s);", "usleep(1);",
                     "auto e = std::getenv(\"A\");", "connection->commit();",
                     "connection->setAutoCommit(true);", "options[\"OPT_RECONNECT\"] = true;",
                     "options[\"OPT_LOCAL_INFILE\"] = 1;", "int f = CLIENT_MULTI_STATEMENTS;",
                     "auto q = \"SELECT * FROM t\";"):
            self.assertEqual(found({"services/alpha/app/x.cpp": line + "\n"}), [("banned-call", 1)],
                             line)

    def test_banned_includes(self):
        for name in ("cppconn/driver.h", "mysql_connection.h", "zmq.hpp", "zmq.h",
                     "hiredis/hiredis.h"):
            include = f"#include <{name}>\n"
            self.assertEqual(found({"services/alpha/app/x.cpp": include}), [("banned-call", 1)])
        self.assertEqual(found({"libs/bus/README.md": "# bus\n",
                                "libs/bus/a.cpp": "#include <zmq.h>\n"}), [])

    def test_what_only_looks_banned(self):
        for line in ("auto t = clock.time();", "int operand(int x);", "// never call rand()",
                     "options[\"OPT_LOCAL_INFILE\"] = 0;", "auto t = event.time(0);",
                     "transaction.Commit();"):
            self.assertEqual(found({"services/alpha/app/x.cpp": line + "\n"}), [], line)

    def test_open_ends_name_an_issue(self):
        word = "TO" + "DO"
        self.assertEqual(found({CODE: f"// {word}: later\n"}), [("open-end", 1)])
        self.assertEqual(found({CODE: f"// {word}(#12): later\n"}), [])
        self.assertEqual(found({CODE: "GTEST_" + "SKIP() << 1;\n"}), [("open-end", 1)])
        self.assertEqual(found({CODE: "GTEST_" + "SKIP() << \"#12\";\n"}), [])

    def test_rooms(self):
        self.assertEqual(found({"services/alpha/README.md": None}), [("rooms", 1)])
        self.assertEqual(found({"services/alpha/main.cpp": None}), [("rooms", 1)])
        self.assertEqual(found({"services/beta/README.md": "# beta\n"}), [("rooms", 1)] * 4)
        self.assertEqual(found({"libs/base/README.md": None, "services/alpha/README.md":
                                "# alpha\n\nno `app/`\n"}), [("rooms", 1)])

    def test_includes(self):
        self.assertEqual(found({"libs/base/b.h": '#include "alpha/domain/rule.h"\n'}),
                         [("includes", 1)])
        self.assertEqual(found({"services/alpha/app/x.cpp": '#include "beta/app/x.h"\n'}),
                         [("includes", 1)])
        self.assertEqual(found({CODE: '\n#include "store/store.h"\n'}), [("includes", 2)])

    def test_migrations_have_numbers_of_their_own(self):
        folder = "services/alpha/store/migrations/"
        self.assertEqual(found({folder + "001_more.sql": "--\n"}), [("migrations", 1)])
        self.assertEqual(found({folder + "002_more.sql": "--\n"}), [])

    def test_readme_links(self):
        self.assertEqual(found({"README.md": "[a](libs/base) [b](#c) [d](https://a.org)\n"}), [])
        self.assertEqual(found({"README.md": "\n[a](libs/none/README.md)\n"}), [("readme-link", 2)])

    def test_readme_tests(self):
        test = {"tests/unit/a_test.cpp": "TEST(Alpha, FindsAll) {}\nTEST_F(Beta, IsLate) {}\n"}
        good = "`Alpha.FindsAll` `Beta.*` `Beta.Is*` `.IsLate` `…Late` `GetCase.allowed` `a.cpp`\n"
        self.assertEqual(found({**test, "README.md": good}), [])
        for bad in ("`Alpha.IsLate`", "`Gamma.*`", "`Alpha.Is*`", "`Alpha.*` `.IsLate`",
                    "`…Early`"):
            self.assertEqual(found({**test, "README.md": bad + "\n"}), [("readme-test", 1)], bad)

    def test_machine_paths_and_hosts(self):
        self.assertEqual(found({"deploy/x.md": "see /wo" + "rk/main\n"}), [("machine-path", 1)])
        self.assertEqual(found({"deploy/x.md": "see /home/" + "someone/x\n"}),
                         [("machine-path", 1)])
        self.assertEqual(found({"deploy/x.md": "from registry.npmjs" + ".org\n"}),
                         [("registry-host", 1)])
        self.assertEqual(found({"deploy/x.md": "$HOME/work var/root/x a/work\n"}), [])


if __name__ == "__main__":
    unittest.main()
