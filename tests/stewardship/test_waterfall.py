from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from customer_360.stewardship.waterfall import waterfall_chart

SVG = "{http://www.w3.org/2000/svg}"
LINK: dict[str, Any] = {
    "method": "match_weight", "match_weight": 4.0, "probability": 0.9412,
    "evidence": [
        {"comparison": "e-mail", "level": "equal <rare>", "weight": 10.0},
        {"comparison": "city", "level": "differs", "weight": -1.0},
    ],
}  # fmt: skip


def test_bars_begin_where_the_one_before_ended() -> None:
    root = ElementTree.fromstring(waterfall_chart([("crm:1 and erp:7", LINK)]))
    texts = [item.text for item in root.iter(f"{SVG}text")]
    assert texts == [
        "crm:1 and erp:7", "0 bits, 50 %", "before comparing", "-5.0", "e-mail equal <rare>", "+10.0", "city differs",
        "-1.0", "together", "+4.0  94.12 %",
    ]  # fmt: skip
    bars = list(root.iter(f"{SVG}rect"))[1:]
    ends = [(float(bar.get("x", 0)), float(bar.get("x", 0)) + float(bar.get("width", 0))) for bar in bars]
    before, mail, city, together = ends
    assert before[0] == mail[0] and mail[1] == city[1]
    assert together == pytest.approx((before[1], city[0]), abs=0.2)  # from 0 to where the last one ended
    assert mail[1] - mail[0] == pytest.approx(10 * (city[1] - city[0]), abs=1)
    blue, orange, green = (bars[number].get("fill") for number in (1, 2, 3))
    assert bars[0].get("fill") == orange and len({blue, orange, green}) == 3


def test_several_links_one_below_the_other() -> None:
    rule = {"method": "post_author", "match_weight": None, "probability": 1.0, "evidence": []}
    nothing = {**LINK, "evidence": None, "match_weight": 0.0}
    root = ElementTree.fromstring(waterfall_chart([("a", rule), ("b", nothing), ("c", LINK)]))
    tops = {item.text: float(item.get("y", 0)) for item in root.iter(f"{SVG}text")}
    assert tops["a"] < tops["rule post_author: 100 %"] < tops["b"] < tops["c"]
    assert max(tops.values()) < float(root.get("height", 0))
