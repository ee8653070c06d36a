"""``make deploy ENV=dev``: publish ``fabric/`` to a workspace, with the wheel, and bring the configuration along.

``make deploy DRY_RUN=1`` shows what would go where and talks to nobody.
"""

from __future__ import annotations

import argparse
import io
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parents[1]
ITEMS = PROJECT / "fabric"
DIST = PROJECT / "dist"
ENVIRONMENT_ITEM = "customer_360_environment.Environment"
LAKEHOUSE_ITEM = "customer_360"
ARCHIVE = "conf-customer_360.tar.gz"
# The order in which fabric-cicd publishes them, as later ones refer to earlier ones.
TYPES = ("VariableLibrary", "Lakehouse", "Environment", "Notebook", "SemanticModel", "DataPipeline")


class DeployError(RuntimeError):
    """The deployment cannot start; the message says what is missing."""


@dataclass(frozen=True)
class Target:
    """Where to publish."""

    environment: str
    workspace: str

    @property
    def archive_url(self) -> str:
        """Where the configuration archive goes, as the notebook looks for it."""
        from customer_360.fabric.notebook import CONF_ARCHIVE
        from customer_360.onelake.address import LakehouseAddress

        address = LakehouseAddress.of(self.workspace, LAKEHOUSE_ITEM, where="in fabric/targets.yml")
        return f"{address.root}/{CONF_ARCHIVE}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 when all of it worked."""
    parser = argparse.ArgumentParser(prog="make deploy", description=__doc__)
    parser.add_argument("--env", default="dev", help="dev, test or prod (fabric/targets.yml)")
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would be published, without a tenant"
    )
    parser.add_argument(
        "--verbose", action="store_true", help="also show what fabric-cicd says while it checks"
    )
    options = parser.parse_args(arguments)
    try:
        target = read_target(options.env)
        with tempfile.TemporaryDirectory() as folder:
            items = assemble(Path(folder) / "fabric")
            check(items, target, verbose=options.verbose)
            if options.dry_run:
                print("\n".join(plan(items, target)))
            else:
                publish(items, target)
    except DeployError as error:
        print(f"Nothing was published: {error}", file=sys.stderr)
        return 1
    return 0


def read_target(environment: str) -> Target:
    """The workspace of an environment.

    Raises:
        DeployError: an environment that `fabric/targets.yml` does not have.
    """
    targets = yaml.safe_load((ITEMS / "targets.yml").read_text())
    if environment not in targets:
        raise DeployError(
            f"there is no environment '{environment}'. fabric/targets.yml has: {', '.join(targets)}."
        )
    return Target(environment, os.environ.get("FABRIC_WORKSPACE") or targets[environment]["workspace"])


def assemble(folder: Path) -> Path:
    """Copy the items and put the wheel into the Environment.

    Raises:
        DeployError: `make package` has not been run, or left several wheels.
    """
    wheels = sorted(DIST.glob("customer_360-*.whl"))
    if len(wheels) != 1 or not (DIST / ARCHIVE).exists():
        raise DeployError(
            f"dist/ must hold one wheel and {ARCHIVE}; it has {len(wheels)} wheels. Run: make package."
        )
    shutil.copytree(ITEMS, folder)
    libraries = folder / ENVIRONMENT_ITEM / "Libraries" / "CustomLibraries"
    libraries.mkdir(parents=True)
    shutil.copy(wheels[0], libraries)
    return folder


def check(items: Path, target: Target, *, verbose: bool = False) -> None:
    """Let fabric-cicd check its parameter file; what it says about it is shown where it does not accept it.

    Raises:
        DeployError: it does not accept it, or it is not installed.
    """
    try:
        from fabric_cicd._parameter._utils import validate_parameter_file
    except ImportError as error:
        raise DeployError(f"fabric-cicd is not installed ({error.name}). Run: make deploy.") from None
    with _collected_log("fabric_cicd") as said:
        accepted = validate_parameter_file(str(items), list(TYPES), target.environment)
    if verbose or not accepted:
        print(said.getvalue(), end="", file=sys.stderr)
    if not accepted:
        raise DeployError("fabric-cicd does not accept fabric/parameter.yml; its messages are above.")


@contextmanager
def _collected_log(name: str) -> Iterator[io.StringIO]:
    """What a logger says, in place of printing it."""
    logger, said = logging.getLogger(name), io.StringIO()
    handlers, propagate = logger.handlers, logger.propagate
    logger.handlers, logger.propagate = [logging.StreamHandler(said)], False
    try:
        yield said
    finally:
        logger.handlers, logger.propagate = handlers, propagate


def plan(items: Path, target: Target) -> list[str]:
    """What would be published where, in order, one line each."""
    lines = [f"environment {target.environment} -> workspace {target.workspace}", ""]
    for kind in TYPES:
        for item in sorted(items.glob(f"*.{kind}")):
            files = [path for path in sorted(item.rglob("*")) if path.is_file()]
            lines.append(f"publish  {kind:<16} {item.stem}  ({len(files)} files)")
            lines += [f"         with {path.name}" for path in files if path.suffix == ".whl"]
    lines += ["", *replacements(items, target.environment)]
    lines += ["", f"activate value set '{target.environment}' of customer_360_settings"]
    lines += [f"upload   dist/{ARCHIVE} -> {target.archive_url}", "", "Nothing was published (DRY_RUN)."]
    return lines


def replacements(items: Path, environment: str) -> list[str]:
    """What `parameter.yml` changes for an environment, and in which files."""
    parameters: dict[str, Any] = yaml.safe_load((items / "parameter.yml").read_text())
    lines = []
    for entry in parameters.get("find_replace", []):
        values = entry["replace_value"]
        value = values.get(environment, values.get("_ALL_"))
        kinds = [entry["item_type"]] if isinstance(entry["item_type"], str) else entry["item_type"]
        for path in sorted(path for kind in kinds for path in items.glob(f"*.{kind}/**/*") if path.is_file()):
            if path.name != ".platform" and entry["find_value"] in path.read_text(encoding="utf-8"):
                lines.append(f"replace  {entry['find_value']} by {value} in {path.relative_to(items)}")
    for entry in parameters.get("key_value_replace", []):
        value = entry["replace_value"][environment]
        lines.append(f"set      {entry['find_key']} to {value} in {entry['file_path'].lstrip('/')}")
    return lines


def publish(items: Path, target: Target) -> None:
    """Publish the items, then upload the configuration.

    Raises:
        DeployError: nothing says how to sign in.
    """
    from fabric_cicd import FabricWorkspace, publish_all_items

    from customer_360.onelake.address import OneLakeError
    from customer_360.onelake.filesystem import OneLakeFileSystem
    from customer_360.onelake.sign_in import read_credentials

    try:
        credentials = read_credentials(os.environ, {})
    except OneLakeError as error:
        raise DeployError(str(error)) from None
    workspace = FabricWorkspace(
        workspace_name=target.workspace,
        environment=target.environment,
        repository_directory=str(items),
        item_type_in_scope=list(TYPES),
        token_credential=_token_credential(credentials.method, dict(credentials.values)),
    )
    publish_all_items(workspace)
    credentials.apply(os.environ)
    OneLakeFileSystem().pipe_file(target.archive_url, (DIST / ARCHIVE).read_bytes())
    print(f"Published to {target.workspace}; the configuration is at {target.archive_url}.")


def _token_credential(method: str, values: dict[str, str]) -> Any:
    from azure.identity import AzureCliCredential, ClientSecretCredential, ManagedIdentityCredential

    if method == "service_principal":
        return ClientSecretCredential(values["tenant_id"], values["client_id"], values["client_secret"])
    if method == "managed_identity":
        return ManagedIdentityCredential(client_id=values.get("client_id"))
    if method == "azure_cli":
        return AzureCliCredential()
    raise DeployError(
        f"publishing needs a sign-in that gives tokens for Fabric's API; '{method}' does not. Use az login or a "
        "service principal (AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_TENANT_ID)."
    )


if __name__ == "__main__":
    sys.exit(main())
