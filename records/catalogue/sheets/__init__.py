"""The catalogue as tables for spreadsheets: XLSX and CSV read and written, with the column names that offices use.

`read_sheets` and `write_sheet` are the doors; `columns.yaml` is the table of sheets, columns, their other names and how a cell is written.
"""

from records.catalogue.sheets.reading import Known, Sheets, read_sheets
from records.catalogue.sheets.writing import SheetError, write_csv, write_template, write_xlsx

__all__ = ["Known", "SheetError", "Sheets", "read_sheets", "write_csv", "write_template", "write_xlsx"]
