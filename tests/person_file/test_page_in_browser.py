"""The report in headless Chromium, on a wide screen and on a telephone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from person_file.test_page import FOUND, STAGED

from customer_360.person_file.page import report_page

pytestmark = pytest.mark.browser


def test_the_page_fits_and_asks_nothing_of_a_network(tmp_path: Path) -> None:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    names = ("chromium", "chromium-browser", "google-chrome")
    chromium = next((path for name in names if (path := shutil.which(name))), None)
    if chromium is None:
        pytest.skip(f"there is no browser on the PATH: {', '.join(names)}")
    path = tmp_path / "report.html"
    path.write_text(report_page("people.csv", STAGED, FOUND, show_values=False), encoding="utf-8")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for width in (1280, 390):
            page = browser.new_page(viewport={"width": width, "height": 900})
            asked: list[str] = []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.goto(path.as_uri())
            assert asked == [path.as_uri()]
            assert page.evaluate("document.documentElement.scrollWidth") == width
            bars = page.locator(".bar i").evaluate_all("bars => bars.map(bar => bar.offsetWidth)")
            assert len(bars) >= 8 and min(bars) >= 1, "every number that is not 0 has a bar to see"
            small = page.evaluate(
                "[...document.querySelectorAll('section *')].filter("
                "one => one.innerText && parseFloat(getComputedStyle(one).fontSize) < 14).length"
            )
            assert small == 0
        browser.close()
