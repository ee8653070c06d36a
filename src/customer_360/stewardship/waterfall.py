"""The waterfall chart of a link: SVG text, which every browser shows, and which needs no package to draw."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from customer_360.stewardship.explain import BY_WEIGHT, Link, percent, running_sums, sentence, steps

_WIDTH, _ROW, _MARGIN = 920, 24, 20
_BARS_FROM, _BARS_TO = 290, 700  # the words are left of it, the bits right
# Okabe and Ito's palette, as in the charts of Kedro-Viz.
_FOR, _AGAINST, _TOTAL, _INK = "#0072B2", "#D55E00", "#009E73", "#222222"


def waterfall_chart(links: Sequence[tuple[str, Link]]) -> str:
    """Draw the waterfall of each link below the other.

    Args:
        links: a heading, and the link as for :func:`.explain.waterfall`.

    Returns:
        An SVG document.
    """
    parts: list[str] = []
    top = float(_MARGIN)
    for heading, link in links:
        drawn, height = _panel(heading, link, top)
        parts += drawn
        top += height + _ROW
    height = round(top)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" '
            f'height="{height}" font-family="sans-serif" font-size="14" fill="{_INK}">',
            f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
            *parts,
            "</svg>\n",
        ]
    )


def _panel(heading: str, link: Link, top: float) -> tuple[list[str], float]:
    """The lines of one link, and how high they are together."""
    parts = [_text(_MARGIN, top + 16, heading, bold=True)]
    if link["method"] != BY_WEIGHT:
        return [*parts, _text(_MARGIN, top + _ROW + 16, sentence(link))], 2 * _ROW
    found, total = steps(link), float(link["match_weight"])
    sums = running_sums(found)
    low, high = min(*sums, 0.0, total), max(*sums, 0.0, total)
    scale = (_BARS_TO - _BARS_FROM) / max(high - low, 1e-9)

    def x(bits: float) -> float:
        return round(_BARS_FROM + (bits - low) * scale, 1)

    rows = [(words, weight, sums[number], sums[number + 1]) for number, (words, weight) in enumerate(found)]
    y = top + 1.5 * _ROW
    bottom = y + (len(rows) + 1) * _ROW
    parts.append(
        f'<line x1="{x(0)}" x2="{x(0)}" y1="{y}" y2="{bottom}" stroke="#999999" stroke-dasharray="4 3"/>'
    )
    parts.append(_text(x(0), bottom + 14, "0 bits, 50 %", anchor="middle", small=True))
    for words, weight, start, end in rows:
        parts += _bar(words, f"{weight:+.1f}", y, (x(start), x(end)), _FOR if weight >= 0 else _AGAINST)
        parts.append(
            f'<line x1="{x(end)}" x2="{x(end)}" y1="{y + _ROW - 4}" y2="{y + _ROW + 4}" stroke="{_INK}"/>'
        )
        y += _ROW
    said = f"{total:+.1f}  {percent(link['probability'])}"
    return [*parts, *_bar("together", said, y, (x(0), x(total)), _TOTAL, bold=True)], bottom + 18 - top


def _bar(
    words: str, said: str, y: float, ends: tuple[float, float], colour: str, *, bold: bool = False
) -> list[str]:
    left, right = sorted(ends)
    return [
        _text(_BARS_FROM - 12, y + 17, words, anchor="end", bold=bold),
        f'<rect x="{left}" y="{y + 4}" width="{max(right - left, 1.5):.1f}" height="{_ROW - 8}" fill="{colour}"/>',
        _text(_BARS_TO + 12, y + 17, said, bold=bold),
    ]


def _text(
    x: float, y: float, words: str, *, anchor: str = "start", bold: bool = False, small: bool = False
) -> str:
    style = (' font-weight="bold"' if bold else "") + (' font-size="11"' if small else "")
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}"{style}>{escape(words)}</text>'
