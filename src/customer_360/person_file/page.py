"""The report on a file of persons: one HTML page that needs nothing else, neither scripts nor a network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from typing import Any

from customer_360.foundation import noun
from customer_360.person_file.columns import REQUIRED_COLUMNS
from customer_360.person_file.findings import Example, Findings
from customer_360.person_file.page_parts import PAGE, bar_rows, signed_rows, stacked_rows, table, tile
from customer_360.person_file.parts import StagedPersons
from customer_360.person_file.tell import not_compared
from customer_360.privacy import masked_beside
from customer_360.stewardship import percent, sentence

_LARGE = 10  # clusters of this size and more are one row


def report_page(name: str, staged: StagedPersons, findings: Findings, *, show_values: bool) -> str:
    """The report as an HTML document.

    Args:
        name: of the file.
        staged: what was read of it.
        findings: what came out.
        show_values: show names, addresses and the like as they are; else their first characters.
    """
    body = [
        f"<h1>Who is who in {escape(name)}</h1>",
        _tiles(findings),
        _section("What was compared", _compared(staged)),
        _section("Persons by number of records", _sizes(findings)),
        _section("Pairs of records by match weight", _bits(findings)),
        _section("Examples", _examples(findings.examples, show_values=show_values)),
        _section("What the model learnt", _model(findings)),
        _section("What was not compared", _skipped(findings)),
    ]
    return PAGE.format(title=escape(f"Who is who in {name}"), body="\n".join(body))


def _section(title: str, content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>\n{content}</section>" if content else ""


def _tiles(found: Findings) -> str:
    tiles = [
        tile(f"{found.records:,}", "records"),
        tile(f"{found.persons:,}", "persons"),
        tile(f"{found.several:,}", "of them with several records"),
        tile(f"{found.largest:,}", "records of the largest one"),
        tile(f"{found.expected_pairs:,.0f}", "pairs of one person expected"),
    ]
    return f'<div class="tiles">{"".join(tiles)}</div>'


def _compared(staged: StagedPersons) -> str:
    called = {target: column for column, target in staged.matched.renamed}
    rows = [(target, called.get(target, target)) for target in staged.matched.positions]
    said = [f"<p>{escape(note[:1].upper() + note[1:])}.</p>" for note in staged.notes]
    ignored = ", ".join(staged.matched.ignored) or "none"
    keys = f"The columns {' and '.join(REQUIRED_COLUMNS)} name a record and are not evidence."
    return "".join(
        [
            *said,
            table(("read as", "column of the file"), rows),
            f"<p>Columns ignored: {escape(ignored)}. {escape(keys)}</p>",
            *[f"<p>{escape(line)}</p>" for line in _doubts(staged)],
        ]
    )


def _doubts(staged: StagedPersons) -> Iterable[str]:
    for attribute, count in staged.rounded.items():
        if count:
            yield (
                f"{attribute} holds {count:,} numbers that were rounded before they came: they cannot tell people "
                "apart."
            )
    for attribute, count in staged.lost.items():
        if count:
            yield f"{attribute} holds {count:,} texts with characters that another program has lost."


def _sizes(found: Findings) -> str:
    small = {size: number for size, number in found.sizes.items() if size < _LARGE}
    large = sum(number for size, number in found.sizes.items() if size >= _LARGE)
    rows = [(f"{size} record{'s' if size > 1 else ''}", small[size]) for size in sorted(small)]
    return bar_rows([*rows, *([(f"{_LARGE} or more", large)] if large else [])])


def _bits(found: Findings) -> str:
    together, apart = found.bits.get(True, {}), found.bits.get(False, {})
    if not together and not apart:
        return "<p>No pair was likely enough to be looked at.</p>"
    places = [*together, *apart]
    rows = [
        (f"{_signed(bits)} to {_signed(bits + 1)}", together.get(bits, 0), apart.get(bits, 0))
        for bits in range(max(places), min(places) - 1, -1)
    ]
    return (
        "<p>Weights are in bits: 0 is one half, and each additional bit doubles the odds. Pairs below -6 bits are not "
        "shown. A pair can be of one person although its own weight is low, where other records of that person join "
        "the two.</p>" + stacked_rows(rows, names=("one person", "two persons"))
    )


def _signed(bits: int) -> str:
    return f"{bits:+d}" if bits else "0"


def _model(found: Findings) -> str:
    weights = [weight for weight in found.weights if weight[0] in found.seen]
    if not weights:
        return ""
    parts = [
        "<p>What each answer of a comparison says, in bits: to the right for one person, to the left for two. "
        "Estimated from this file, without labels.</p>"
    ]
    for name, levels in groupby(weights, key=lambda weight: weight[0]):
        parts.append(f"<h3>{escape(name.replace('_', ' '))}</h3>")
        parts.append(signed_rows([(level, bits) for _, level, bits in levels], widest=_widest(weights)))
    return "".join(parts)


def _widest(weights: Sequence[tuple[str, str, float]]) -> float:
    return max((abs(bits) for *_, bits in weights), default=1.0) or 1.0


def _skipped(found: Findings) -> str:
    lines = list(not_compared(found))
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>" if lines else ""


def _examples(examples: Sequence[Example], *, show_values: bool) -> str:
    if not examples:
        return "<p>Nobody has several records.</p>"
    note = (
        "<p>Values are masked; --show-values shows them. Letters show where a value is nearly the same as the "
        "first one; = means that it is the same.</p>"
    )
    shown = "".join(_example(example, show_values=show_values) for example in examples)
    return shown if show_values else note + shown


def _example(example: Example, *, show_values: bool) -> str:
    first = example.records[0] if example.records else {}
    cards = "".join(
        _card(record, None if show_values else {} if record is first else first) for record in example.records
    )
    more = example.size - len(example.records)
    rest = f"<p>and {more:,} more {noun(more, 'record')}</p>" if more > 0 else ""
    links = "".join(
        f"<li><b>{escape(_name(link, 'left'))} and {escape(_name(link, 'right'))}</b>: {escape(sentence(link))}</li>"
        for link in example.links
    )
    sure = min((float(record["confidence"]) for record in example.records), default=None)
    heading = f"{example.size:,} records, {example.why}; the least sure of them: {percent(sure)}"
    return f'<h3>{escape(heading)}</h3><div class="cards">{cards}</div>{rest}<ul>{links}</ul>'


def _card(record: dict[str, Any], beside: dict[str, Any] | None) -> str:
    """A record; masked so that it can be compared with another one, or as it is (None)."""
    rows = []
    for name, value in record.items():
        if value and name not in (*REQUIRED_COLUMNS, "confidence"):
            text = str(value) if beside is None else masked_beside(value, beside.get(name))
            rows.append(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>")
    title = f"{record['source']}:{record['key']}"
    return f'<div class="card"><b>{escape(title)}</b><dl>{"".join(rows)}</dl></div>'


def _name(link: dict[str, object], side: str) -> str:
    return f"{link[f'{side}_source']}:{link[f'{side}_key']}"
