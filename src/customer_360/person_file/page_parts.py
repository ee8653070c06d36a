"""Pieces of a page: tiles, tables and bars, all of them HTML and CSS, on wide screens and on telephones."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

# Okabe and Ito's palette, as in the charts of Kedro-Viz and in drawn links.
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
* {{ box-sizing: border-box; }}
body {{ margin: 0 auto; padding: 1rem; max-width: 60rem; font: 16px/1.5 sans-serif; color: #222; background: #fff; }}
h1 {{ font-size: 1.5rem; overflow-wrap: anywhere; }}
h2 {{ font-size: 1.2rem; margin: 2rem 0 .5rem; border-bottom: 1px solid #ccc; }}
h3 {{ font-size: 1rem; margin: 1.2rem 0 .3rem; }}
table {{ border-collapse: collapse; }}
th, td {{ text-align: left; padding: .15rem 1.5rem .15rem 0; overflow-wrap: anywhere; vertical-align: top; }}
th {{ border-bottom: 1px solid #999; }}
li {{ overflow-wrap: anywhere; margin-bottom: .3rem; }}
.tiles {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .6rem; }}
.tile {{ background: #f2f5f8; border-radius: .4rem; padding: .6rem .8rem; }}
.tile b {{ display: block; font-size: 1.5rem; }}
.row {{ display: grid; grid-template-columns: minmax(6.5rem, 26%) 1fr 3.5rem; gap: .6rem; align-items: center; }}
.row > :last-child {{ text-align: right; font-variant-numeric: tabular-nums; }}
.bar {{ display: flex; height: .9rem; background: #f4f4f4; }}
.bar i {{ display: block; height: 100%; }}
.for {{ background: #0072b2; }}
.against {{ background: #d55e00; }}
.half {{ width: 50%; display: flex; height: 100%; }}
.left {{ justify-content: flex-end; border-right: 1px solid #666; }}
.key i {{ display: inline-block; width: .8rem; height: .8rem; margin: 0 .3rem 0 .8rem; }}
.cards {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); gap: .6rem; }}
.card {{ border: 1px solid #ccc; border-radius: .4rem; padding: .5rem .8rem; overflow-wrap: anywhere; }}
dl {{ display: grid; grid-template-columns: 7.5rem 1fr; gap: 0 .5rem; margin: .3rem 0 0; font-size: .9rem; }}
dt {{ color: #555; }}
dd {{ margin: 0; }}
</style>
</head>
<body>
{body}
</body>
</html>
"""


def tile(number: str, words: str) -> str:
    """A number with what it counts."""
    return f'<div class="tile"><b>{escape(number)}</b>{escape(words)}</div>'


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of texts."""
    head = "".join(f"<th>{escape(text)}</th>" for text in header)
    lines = ("".join(f"<td>{escape(text)}</td>" for text in row) for row in rows)
    return f"<table><tr>{head}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def bar_rows(rows: Sequence[tuple[str, int]]) -> str:
    """A bar for each number."""
    most = max((number for _, number in rows), default=0) or 1
    return "".join(_row(label, _piece("for", number / most), f"{number:,}") for label, number in rows)


def stacked_rows(rows: Sequence[tuple[str, int, int]], *, names: tuple[str, str]) -> str:
    """A bar of two parts for each pair of numbers, with a key."""
    most = max((one + other for _, one, other in rows), default=0) or 1
    key = f'<p class="key"><i class="for"></i>{escape(names[0])}<i class="against"></i>{escape(names[1])}</p>'
    return key + "".join(
        _row(label, _piece("for", one / most) + _piece("against", other / most), f"{one + other:,}")
        for label, one, other in rows
    )


def signed_rows(rows: Sequence[tuple[str, float]], *, widest: float) -> str:
    """A bar to the right for each positive number, to the left for each negative one."""
    parts = []
    for label, number in rows:
        left = _piece("against", max(-number, 0.0) / widest)
        right = _piece("for", max(number, 0.0) / widest)
        bars = f'<span class="half left">{left}</span><span class="half">{right}</span>'
        parts.append(_row(label, bars, f"{number:+.1f}"))
    return "".join(parts)


def _piece(kind: str, share: float) -> str:
    return f'<i class="{kind}" style="width:{share * 100:.1f}%"></i>' if share > 0 else ""


def _row(label: str, bars: str, number: str) -> str:
    cells = (
        f"<span>{escape(label)}</span>",
        f'<span class="bar">{bars}</span>',
        f"<span>{escape(number)}</span>",
    )
    return f'<div class="row">{"".join(cells)}</div>'
