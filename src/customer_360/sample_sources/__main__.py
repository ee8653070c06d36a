"""``python -m customer_360.sample_sources``: generate a sample, serve it, or serve given files."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from customer_360.sample_sources.api import LoopbackApi
from customer_360.sample_sources.faults import RateLimit


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; when it serves, the first line of output is the URL, and Ctrl-C ends it."""
    options = _parse(arguments)
    lines: list[str] = []
    resources: dict[str, Path] = dict(options.serve_files or ())
    if options.out is not None:
        from customer_360.sample_sources.generator import generate

        files = generate(options.out, customers=options.customers, seed=options.seed)
        lines = [f"{name}: {path}" for name, path in files.paths().items()]
        if options.serve:
            resources = {"users": files.crm_users, "posts": files.marketing_posts} | resources
    if not resources:
        print("\n".join(lines))
        return 0
    limit = None if options.no_rate_limit else RateLimit()
    try:
        api = LoopbackApi(resources, rate_limit=limit, port=options.port)
    except (OSError, ValueError) as error:
        print(f"Cannot serve: {error}", file=sys.stderr)
        return 2
    with api:
        print("\n".join([api.url, *lines]), flush=True)
        _wait_for_interrupt()
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m customer_360.sample_sources", description=__doc__)
    parser.add_argument(
        "--customers", type=int, default=500, help="persons in the CRM (default: %(default)s)"
    )
    parser.add_argument(
        "--seed", type=int, default=360, help="another seed gives other people (default: %(default)s)"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for the generated files")
    parser.add_argument("--serve", action="store_true", help="serve the generated users and posts")
    parser.add_argument(
        "--serve-files",
        nargs="+",
        type=_resource,
        metavar="NAME=PATH",
        help="serve these .jsonl or .json files",
    )
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--no-rate-limit", action="store_true", help="answer any number of requests")
    options = parser.parse_args(arguments)
    if options.out is None and not options.serve_files:
        parser.error("nothing to do: give --out DIR to generate, or --serve-files NAME=PATH to serve")
    if options.serve and options.out is None:
        parser.error("--serve serves what was generated: give --out DIR too")
    if options.customers < 0 or options.seed < 0:
        parser.error("--customers and --seed must be 0 or more")
    return options


def _resource(text: str) -> tuple[str, Path]:
    name, separator, path = text.partition("=")
    if not (name and separator and path):
        raise argparse.ArgumentTypeError(f"expected NAME=PATH, such as users=crm_users.jsonl; got '{text}'")
    return name, Path(path)


def _wait_for_interrupt() -> None:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()


if __name__ == "__main__":
    sys.exit(main())
