"""The sources' files in Kedro's configuration: read with it, and folded into its catalog and its parameters."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import Any

from kedro.config import MissingConfigException, OmegaConfigLoader
from kedro.framework.project import pipelines
from kedro.utils import find_kedro_project
from omegaconf import DictConfig, OmegaConf
from yaml.parser import ParserError

from customer_360.sources import (
    DeclaredSource,
    Registry,
    Source,
    SourceDeclarationError,
    catalog_entry,
    chosen,
    in_order,
    read_declaration,
    with_declarations,
)

SOURCES = "sources"
_PATTERNS = [f"{SOURCES}/*"]
# What a source's file may use besides run settings and globals.
_LAKEHOUSE = "${runtime_params:lakehouse,${globals:lakehouse}}"
_SHARED = Path("_shared")

_Raw = tuple[dict[Path, DictConfig], dict[Path, DictConfig], str, str, set[Path]]


class SourceFilesLoader(OmegaConfigLoader):
    """Kedro's loader, which also reads ``sources/*.yml`` of base and environment (``CONFIG_LOADER_CLASS``).

    Each file declares one source. ``catalog`` has an entry ``source_<table>`` for it and ``parameters`` what it says
    for the steps, so that all that is made of the configuration sees it; both lie under what the catalog and
    parameters files say themselves. An environment's file changes what it names and keeps the rest.
    """

    def __init__(
        self, conf_source: str | Path, env: str | None = None, *arguments: Any, **options: Any
    ) -> None:
        options["config_patterns"] = {SOURCES: _PATTERNS, **(options.get("config_patterns") or {})}
        options["merge_strategy"] = {SOURCES: "soft", **(options.get("merge_strategy") or {})}
        self._raw_sources: _Raw | None = None
        self._declared: tuple[dict[str, Any], tuple[DeclaredSource, ...]] | None = None
        super().__init__(conf_source, env, *arguments, **options)
        Registry.read_by(self.declared)

    def __getitem__(self, key: str) -> dict[str, Any]:
        """As Kedro's own; catalog and parameters with what the sources' files declare.

        Raises:
            SourceDeclarationError: a source's file that cannot be used.
        """
        # Kedro keeps run settings as they were at first; hooks complete them later.
        self._runtime_params_oc = None
        found: dict[str, Any] = super().__getitem__(key)
        if key == "catalog":
            return self._with_sources(found)
        if key == "parameters":
            declared = chosen(self.declared())
            _renew_pipelines(declared)
            return with_declarations(found, declared)
        return found

    def declared(self) -> tuple[DeclaredSource, ...]:
        """The sources that this configuration declares, in order.

        Raises:
            SourceDeclarationError: a file that cannot be used.
        """
        settings = dict(self.runtime_params or {})
        if self._declared is None or self._declared[0] != settings:
            self._declared = settings, self._read_declarations()
        return self._declared[1]

    def _read_declarations(self) -> tuple[DeclaredSource, ...]:
        try:
            written = self[SOURCES]
        except MissingConfigException:
            return ()
        files = self._files()
        blocked = tuple(self._globals.get("blocked_fields") or ())
        return in_order(
            [
                DeclaredSource(
                    name=name,
                    file=files[name],
                    declaration=read_declaration(name, said, file=files[name], blocked_fields=blocked),
                )
                for name, said in written.items()
            ]
        )

    def _with_sources(self, catalog: dict[str, Any]) -> dict[str, Any]:
        runtime = self.runtime_params or {}
        entries = {
            f"source_{one.table}": catalog_entry(
                one,
                lakehouse=str(runtime.get("lakehouse", self._globals.get("lakehouse", ""))),
                blocked_fields=self._globals.get("blocked_fields") or (),
                full_pull=bool(runtime.get("full_pull", False)),
            )
            for one in chosen(self.declared())
        }
        return {**entries, **catalog}

    def _read_raw_config(self, key: str) -> _Raw:
        if key != SOURCES:
            raw: _Raw = super()._read_raw_config(key)
            return raw
        if self._raw_sources is None:  # read once: catalog, parameters and pipelines ask for them
            try:
                self._raw_sources = super()._read_raw_config(key)
            except ParserError as error:
                raise SourceDeclarationError(str(error)) from error
            self._files()
        return self._raw_sources

    def _merge_and_resolve(self, key: str, config_per_file: dict[Path, DictConfig]) -> dict[str, Any]:
        if key == SOURCES and config_per_file:
            config_per_file = {_SHARED: OmegaConf.create({"_lakehouse": _LAKEHOUSE}), **config_per_file}
        merged: dict[str, Any] = super()._merge_and_resolve(key, config_per_file)
        return merged

    def _check_duplicates(self, key: str, config_per_file: dict[Path, Any]) -> None:
        if key != SOURCES:  # their own check says more
            super()._check_duplicates(key, config_per_file)

    def _files(self) -> dict[str, str]:
        """Source -> its file, or files.

        Raises:
            SourceDeclarationError: a file with another key than its own name, or two of one name in one folder.
        """
        assert self._raw_sources is not None
        base, env, *_ = self._raw_sources
        files: dict[str, list[str]] = {}
        for path, written in [*base.items(), *env.items()]:
            shown = "/".join(path.parts[-4:] if path.is_absolute() else path.parts)
            keys = [str(key) for key in written if not str(key).startswith("_")]
            if keys != [path.stem]:
                raise SourceDeclarationError.at(
                    shown,
                    "",
                    f"a source's file has one key, its own name, and all about the source below it: `{path.stem}:`. "
                    f"It has {', '.join(keys) or 'none'}.",
                )
            if any(
                PurePosixPath(other).parent == PurePosixPath(shown).parent
                for other in files.get(path.stem, ())
            ):
                raise SourceDeclarationError.at(
                    shown, "", f"there is another file for the source {path.stem} beside it."
                )
            files.setdefault(path.stem, []).append(shown)
        return {name: " and ".join(shown) for name, shown in files.items()}


def project_sources() -> tuple[DeclaredSource, ...]:
    """The sources of the project that this process is in, where no session has read a configuration yet.

    Raises:
        SourceDeclarationError: there is no project here.
    """
    here = find_kedro_project(Path.cwd()) or Path(__file__).resolve().parents[2]
    if not (here / "conf" / "base").is_dir():
        raise SourceDeclarationError(
            f"The sources are declared in the folder conf of the project, and there is none in {Path.cwd()}. Start "
            "there, or load the project first: KedroSession.create(project_path=..., conf_source=...).load_context()."
        )
    loader = SourceFilesLoader(
        str(here / "conf"), os.environ.get("KEDRO_ENV"), base_env="base", default_run_env="local"
    )
    return loader.declared()


_built: dict[str, tuple[Source, ...]] = {}


def remember_sources(sources: tuple[Source, ...]) -> None:
    """The pipelines are being made for these sources."""
    _built["with"] = sources


def _renew_pipelines(declared: tuple[DeclaredSource, ...]) -> None:
    """Have Kedro make the pipelines anew, if it made them for other sources: of a project that was looked at before."""
    if _built and _built["with"] != tuple(one.source for one in declared):
        _built.clear()
        pipelines.configure(f"{__package__}.pipeline_registry")
