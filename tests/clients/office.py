"""What Python's libraries for office files read of an exported sheet, as JSON: the lines of each cell, the merged cells,
and how it is set up to be printed. `office.py excel FILE.xlsx` or `office.py word FILE.docx`."""

import json
import sys

import docx
import openpyxl


def lines(text):
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def excel(path):
    book = openpyxl.load_workbook(path)
    sheet = book["計画・評価表"]
    return {
        "sheets": book.sheetnames,
        "rows": [[lines(cell) for cell in row] for row in sheet.iter_rows(values_only=True)],
        "merged": sorted(str(cells) for cells in sheet.merged_cells.ranges),
        "paper": int(sheet.page_setup.paperSize),
        "orientation": sheet.page_setup.orientation,
        "titles": sheet.print_title_rows,
        "area": sheet.print_area,
        "formulas": [cell.coordinate for one in book for row in one.iter_rows() for cell in row if cell.data_type == "f"],
    }


def word(path):
    document = docx.Document(path)
    section = document.sections[0]
    (table,) = document.tables
    repeated = [row for row in table.rows if row._tr.xpath("w:trPr/w:tblHeader")]
    return {
        "rows": [[lines(cell.text) for cell in row.cells] for row in table.rows],
        "repeated": len(repeated),
        "millimetres": [round(section.page_width.mm), round(section.page_height.mm)],
        "orientation": section.orientation.name.lower(),
        "paragraphs": [paragraph.text for paragraph in document.paragraphs],
    }


kind, path = sys.argv[1:]
json.dump({"excel": excel, "word": word}[kind](path), sys.stdout, ensure_ascii=False)
