"""Kedro-Viz as a person sees it: a small run, the page in headless Chromium, a table and a chart.

Needs Chromium and Playwright (``pytest -m browser``).
CUSTOMER_360_SCREENSHOTS=docs/images renews the pictures of the documentation.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# No tour over the graph and the list of nodes folded away: what a person sees after the first visit.
PREFERENCES = {"showFeatureHints": False, "visible": {"sidebar": False, "graph": True, "miniMap": False}}


OPEN = "/?pid={}&expandAllPipelines=true"
WIDE, NARROW = {"width": 1400, "height": 1000}, {"width": 1100, "height": 1000}
GRAPH = {"x": 136, "y": 0, "width": 964, "height": 1000}  # of the narrow page, beside its switches


def environment() -> dict[str, str]:
    """Nothing leaves the machine: no telemetry, and the check for a newer Kedro-Viz fails at once."""
    return os.environ | {
        "DO_NOT_TRACK": "1",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "127.0.0.1,localhost",
    }


@pytest.fixture(scope="module")
def lakehouse(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs, the second after a change: so that there is something to see over runs."""
    folder = tmp_path_factory.mktemp("lakehouse")
    command = ["run", "--params", f"lakehouse={folder},sample_customers=200"]
    for _ in range(2):
        result = subprocess.run(
            [sys.executable, "-m", "kedro", *command],
            cwd=project, env=environment(), capture_output=True, text=True, timeout=280, check=False,
        )  # fmt: skip
        assert result.returncode == 0, result.stdout + result.stderr
        tickets = folder / "Files" / "landing" / "support_tickets.json"
        tickets.write_text(json.dumps(json.loads(tickets.read_text())[:-3]))
    return folder


@pytest.fixture(scope="module")
def address(project: Path, lakehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """``kedro viz run`` on that lakehouse."""
    port = free_port()
    log = tmp_path_factory.mktemp("viz") / "log.txt"
    command = ["viz", "run", "--no-browser", "--port", str(port), "--params", f"lakehouse={lakehouse}"]
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "kedro", *command],
            cwd=project, env=environment(), stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            wait_for(f"http://127.0.0.1:{port}/api/main", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)  # the server is a child of its own
            process.wait(timeout=20)


def free_port() -> int:
    """Kedro-Viz refuses ports above 49151, which the system gives for port 0 every other time."""
    for port in random.sample(range(20_000, 30_000), 50):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    pytest.fail("no free port between 20000 and 30000")


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() in (None, 0), log.read_text()
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.2)
    pytest.fail(f"kedro viz run did not answer in {seconds} s:\n{log.read_text()}")


@pytest.fixture(scope="module")
def page(address: str) -> Iterator[Page]:
    """The page, once its graph is there."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    names = ("chromium", "chromium-browser", "google-chrome")
    chromium = next((path for name in names if (path := shutil.which(name))), None)
    if chromium is None:
        pytest.skip(f"there is no browser on the PATH: {', '.join(names)}")

    def only_local(route: Route) -> None:
        route.continue_() if route.request.url.startswith(address) else route.abort()

    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = browser.new_page(viewport=WIDE, device_scale_factor=1.5)
        page.set_default_timeout(20_000)
        page.route("**/*", only_local)
        stored = json.dumps(json.dumps(PREFERENCES))
        page.add_init_script(
            f"localStorage.getItem('KedroViz') || localStorage.setItem('KedroViz', {stored})"
        )
        page.goto(address, wait_until="domcontentloaded")
        page.locator(".pipeline-node").first.wait_for()
        without_banner(page)
        yield page
        browser.close()


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    chosen = os.environ.get("CUSTOMER_360_SCREENSHOTS")
    folder = project / chosen if chosen else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def choose(page: Page, name: str) -> None:
    """Click on the node ``name`` of the graph, in which all boxes are open."""
    view = OPEN.format("charts" if name.startswith("chart_") else "__default__")
    if not page.url.split("&sn=")[0].endswith(view):
        page.goto(page.url.split("/?")[0].rstrip("/") + view, wait_until="domcontentloaded")
    page.locator(".pipeline-node", has=page.get_by_text(name, exact=True)).dispatch_event("click")
    page.locator(".pipeline-metadata__title", has_text=name).wait_for()


def without_banner(page: Page) -> None:
    """Of a newer version, which the page cannot know offline."""
    banner = page.get_by_role("button", name="Dismiss")
    if banner.count():
        banner.first.click()


def picture_of_graph(page: Page, path: Path) -> None:
    """As large as its signs can be read in a document."""
    page.set_viewport_size(NARROW)
    page.wait_for_timeout(500)
    page.reload(wait_until="domcontentloaded")
    page.locator(".pipeline-node").first.wait_for()
    without_banner(page)
    page.wait_for_timeout(1500)  # the graph comes to rest
    page.screenshot(path=path, clip=GRAPH)
    page.set_viewport_size(WIDE)


def get(address: str, path: str) -> Any:
    with urllib.request.urlopen(f"{address}/api/{path}", timeout=20) as answer:
        return json.load(answer)


def test_what_a_person_sees_first(page: Page, pictures: Path) -> None:
    """The layers in order, each pipeline as one box, and few enough signs to read them."""
    page.locator(".pipeline-layer-name").first.wait_for()
    layers = page.locator(".pipeline-layer-name").all_text_contents()
    assert layers == ["source", "bronze", "silver", "identity", "gold"]
    shown = page.locator(".pipeline-node").all_text_contents()
    assert {"ingestion", "cleaning", "identity", "customers", "report"} <= {
        text.strip().lower() for text in shown
    }
    assert "link_records" not in shown
    picture_of_graph(page, pictures / "kedro-viz.png")


@pytest.mark.parametrize(
    ("view", "layers", "signs"),
    [
        ("enrichment", {"source", "silver", "identity", "gold"}, {"identity", "customers", "report"}),
        ("resolution", {"silver", "identity"}, {"prepare_records", "train_model", "cluster_records"}),
    ],
)
def test_views_that_fit_one_screen(  # noqa: PLR0917
    page: Page, address: str, pictures: Path, view: str, layers: set[str], signs: set[str]
) -> None:
    opened = "&expandAllPipelines=true" if view == "resolution" else ""
    page.goto(f"{address}/?pid={view}{opened}", wait_until="domcontentloaded")
    for sign in signs:
        page.locator(".pipeline-node").get_by_text(sign, exact=True).wait_for()
    assert set(page.locator(".pipeline-layer-name").all_text_contents()) == layers
    picture_of_graph(page, pictures / f"kedro-viz-{view}.png")


@pytest.mark.parametrize(
    "name",
    ["source_crm_users", "ingest_crm_users", "bronze_crm_users", "clean_crm_users", "silver_crm_users",
     "link_records", "gold_customer_crosswalk", "build_profile", "gold_customer_profile", "gold_customer_360",
     "chart_tickets_by_category_and_status", "chart_customers_by_linked_systems"],
)  # fmt: skip
def test_the_flow_by_name(page: Page, address: str, name: str) -> None:
    view = OPEN.format("charts" if name.startswith("chart_") else "__default__")
    if not page.url.endswith(view):
        page.goto(address + view, wait_until="domcontentloaded")
        page.locator(".pipeline-node").get_by_text(name, exact=True).wait_for()
    assert page.locator(".pipeline-node").get_by_text(name, exact=True).count() == 1


def test_customer_360_shows_its_first_rows(page: Page, pictures: Path) -> None:
    choose(page, "gold_customer_360")
    table = page.locator(".preview-table")
    table.wait_for()
    headers = table.locator("th").all_text_contents()
    assert headers[0] == "customer_id"
    assert {"full_name", "email", "post_count", "ticket_count", "source_count"} <= set(headers)
    assert table.locator("tr").count() == 1 + 20
    page.get_by_role("button", name="Expand preview").click()
    page.locator(".pipeline-metadata-modal .preview-table__large").wait_for()
    page.wait_for_timeout(500)
    page.screenshot(path=pictures / "kedro-viz-gold_customer_360.png")
    page.get_by_role("button", name="Back", exact=True).click()


@pytest.mark.parametrize(
    ("chart", "title"),
    [
        ("chart_customers_by_linked_systems", "Customers by number of linked systems"),
        ("chart_engagement_by_tag", "Engagement by tag (the 15 most viewed)"),
        ("chart_data_quality_by_rule", "Data quality: records by broken rule"),
        ("chart_match_weight_model", "Match weights: what each answer of a comparison says, in bits"),
        ("chart_match_weight_distribution", "Pairs of records by match weight"),
        ("chart_runs_linked", "Over runs: share of clean records that are linked to a customer"),
        ("chart_runs_quarantined", "Over runs: share of records in quarantine"),
        ("chart_runs_changed", "Over runs: records that were new, changed or deleted"),
        ("chart_tickets_by_category_and_status", "Tickets by category and status"),
    ],
)
def test_charts_are_drawn(page: Page, pictures: Path, chart: str, title: str) -> None:
    choose(page, chart)
    plot = page.locator(".pipeline-metadata .js-plotly-plot")
    plot.locator(".gtitle", has_text=title).wait_for()
    assert plot.locator("svg .bars .point, svg .scatterlayer .point").count() >= 2
    page.get_by_role("button", name="Expand preview").click()
    large = page.locator(".pipeline-metadata-modal .js-plotly-plot")
    large.locator(".gtitle", has_text=title).wait_for()
    page.wait_for_timeout(500)
    page.screenshot(path=pictures / f"kedro-viz-{chart}.png")
    page.get_by_role("button", name="Back", exact=True).click()


def test_every_table_and_chart_has_a_preview(address: str) -> None:
    """How long each takes: benchmarks/previews.py."""
    nodes = [node for node in get(address, "main")["nodes"] if node["type"] == "data"]
    shown = [node for node in nodes if node["name"].startswith(("bronze_", "silver_", "gold_", "chart_"))]
    assert len(shown) > 15
    for node in shown:
        preview = get(address, f"nodes/{node['id']}").get("preview")
        is_empty = node["name"] == "gold_identity_decisions"  # nobody decided anything about the sample
        assert bool(preview) != is_empty, f"{node['name']} shows {preview}"
