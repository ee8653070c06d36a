from __future__ import annotations

import tarfile
from pathlib import Path

from customer_360.cli.packaging import write_configuration

FILES = {
    "base/catalog.yml": True,
    "onelake/globals.yml": True,
    "logging.yml": True,
    "onelake/credentials.yml": False,
    "onelake/credentials/crm.json": False,
    "base/credentials_crm.yaml": False,
    "local/parameters.yml": False,
    "local/secret.json": False,
    "base/.hidden.yml": False,
}


def make(folder: Path) -> Path:
    for name in FILES:
        path = folder / "conf" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name}: value\n")
    return folder / "conf"


def test_secrets_and_local_settings_stay_behind(tmp_path: Path) -> None:
    archive = tmp_path / "dist" / "conf.tar.gz"
    names = write_configuration(make(tmp_path), archive)
    assert names == sorted(f"conf/{name}" for name, kept in FILES.items() if kept)
    with tarfile.open(archive) as tar:
        assert sorted(entry.name for entry in tar if entry.isfile()) == names
        assert tar.getmember("conf/local").isdir()  # Kedro looks for its default environment
        content = tar.extractfile("conf/base/catalog.yml")
        assert content is not None
        assert content.read() == b"base/catalog.yml: value\n"


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    archives = [tmp_path / "1.tar.gz", tmp_path / "2.tar.gz"]
    for archive in archives:
        write_configuration(make(tmp_path), archive)
    assert archives[0].read_bytes() == archives[1].read_bytes()
