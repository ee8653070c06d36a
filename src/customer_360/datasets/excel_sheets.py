"""Which sheets an Excel workbook has, where the one that was asked for is not among them."""

from __future__ import annotations

from typing import Any

from customer_360.foundation import did_you_mean


def missing_sheet(dataset: Any) -> str | None:
    """What to say of a dataset of kedro-datasets that could not be loaded, if its sheet is not there.

    Args:
        dataset: any; only ``pandas.ExcelDataset`` has sheets.

    Returns:
        ``has no sheet 'Members'. It has: Sheet1``; None where the sheets are not the reason.
    """
    if type(dataset).__name__ != "ExcelDataset":
        return None
    wanted = dataset._load_args.get("sheet_name", 0)
    sheets = _sheets(dataset)
    if sheets is None or not isinstance(wanted, str | int):
        return None
    if wanted in sheets or (isinstance(wanted, int) and wanted < len(sheets)):
        return None
    near = did_you_mean(wanted, sheets) if isinstance(wanted, str) else ""
    return f"has no sheet {wanted!r}.{near} It has: {', '.join(sheets)}"


def _sheets(dataset: Any) -> list[str] | None:
    """Names of the sheets; None where the workbook cannot be opened, which the first error says better."""
    import pandas as pd

    try:
        with dataset._fs.open(str(dataset._get_load_path()), "rb") as file:
            return [str(name) for name in pd.ExcelFile(file).sheet_names]
    except Exception:
        return None
