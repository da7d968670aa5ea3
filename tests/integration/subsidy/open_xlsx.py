"""Opens a payment roll and the two tables of a trial with Python's own zipfile and XML, knowing
nothing of libs/tables: Chinese headings, amounts as numbers with the format 0.00, totals that add
up, the control sum of the lines. Prints what it found; exits 1 with a traceback if it differs.
  open_xlsx.py ROLL TRIAL COST"""
import hashlib
import re
import sys
import xml.etree.ElementTree as xml
import zipfile

NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def rows_of(path):
    """(sheet name, rows of cells); a cell is text, or (number, its format)."""
    book = zipfile.ZipFile(path)
    part = lambda name: xml.fromstring(book.read(name))
    shared = []
    if "xl/sharedStrings.xml" in book.namelist():
        shared = ["".join(t.text or "" for t in si.iter(NS + "t"))
                  for si in part("xl/sharedStrings.xml").iter(NS + "si")]
    styles = part("xl/styles.xml")
    own = {f.get("numFmtId"): f.get("formatCode") for f in styles.iter(NS + "numFmt")}
    builtin = {"0": "General", "1": "0", "2": "0.00", "49": "@"}
    formats = [own.get(xf.get("numFmtId"), builtin.get(xf.get("numFmtId")))
               for xf in styles.find(NS + "cellXfs")]
    rows = []
    for row in part("xl/worksheets/sheet1.xml").iter(NS + "row"):
        cells = {}
        for cell in row.iter(NS + "c"):
            value, kind = cell.find(NS + "v"), cell.get("t", "n")
            if kind == "inlineStr":
                found = "".join(t.text or "" for t in cell.iter(NS + "t"))
            elif value is None:
                continue
            elif kind == "s":
                found = shared[int(value.text)]
            elif kind == "str":
                found = value.text
            else:
                found = (float(value.text), formats[int(cell.get("s", "0"))])
            cells[re.sub(r"[0-9]", "", cell.get("r"))] = found
        rows.append(cells)
    return part("xl/workbook.xml").find(f".//{NS}sheet").get("name"), rows


def heading(rows):
    return [rows[0][column] for column in sorted(rows[0])]


def fen(cell):
    amount, shown = cell
    assert shown == "0.00", shown
    assert abs(amount * 100 - round(amount * 100)) < 1e-6, amount
    return round(amount * 100)


def roll(path):
    name, rows = rows_of(path)
    assert name == "发放表", name
    assert heading(rows) == ["序号", "学生", "班级", "姓名", "金额(元)", "项目", "状态", "备注"]
    *lines, total = rows[1:]
    assert [line["A"] for line in lines] == [(n + 1.0, "0") for n in range(len(lines))]
    assert all(isinstance(line["B"], str) for line in lines)
    assert total["A"] == "合计" and total["B"] == f"{len(lines)} 人", total
    assert sum(fen(line["E"]) for line in lines) == fen(total["E"]) > 0
    sums = "".join(f"{n + 1}|{line['B']}|{fen(line['E'])}\n" for n, line in enumerate(lines))
    assert total["G"] == hashlib.sha256(sums.encode()).hexdigest()
    print("lines", len(lines), "control", total["G"])


def trial(people, cost):
    name, rows = rows_of(people)
    assert name == "增减" and heading(rows) == ["学生", "学校", "现在", "试算", "每学期差额"]
    gained = sum(fen(row["E"]) for row in rows[1:])
    name, rows = rows_of(cost)
    assert name == "费用"
    assert heading(rows) == ["学校标识码", "学校", "补助", "现人数", "试算人数", "现金额", "试算金额"]
    assert all(row["D"][1] == row["E"][1] == "0" for row in rows[1:])
    assert sum(fen(row["G"]) - fen(row["F"]) for row in rows[1:]) == gained
    print("trial", gained, "costs", len(rows) - 1)


if __name__ == "__main__":
    roll(sys.argv[1])
    trial(sys.argv[2], sys.argv[3])
