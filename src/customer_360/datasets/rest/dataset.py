"""A paged REST API as a Kedro dataset."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kedro.io.core import DatasetError
from pydantic import ValidationError

from customer_360.datasets.declared_fields import FieldsToKeep
from customer_360.datasets.errors import SourceError, explain, public_url
from customer_360.datasets.incremental import IncrementalOptions, IncrementalPull
from customer_360.datasets.rest.auth import auth_headers
from customer_360.datasets.rest.client import RestClient, RestResource
from customer_360.datasets.rest.limits import MAX_RESPONSE_BYTES
from customer_360.datasets.rest.pagination import at_path
from customer_360.datasets.staged_source import StagedSourceDataset

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


_NOT_GIVEN = re.compile(r"<(\w+)>")
_NOWHERE = "https://not-given.invalid"


class RestSourceDataset(StagedSourceDataset):
    """Pulls one resource of a REST API, in full or what changed in it, as ``payload STRING, origin STRING``.

    Its configuration is checked when it is made; nothing is requested before it is read.

    Attributes:
        not_given: name of the run setting that must say where the API is, and does not; None where it is known.

    Example (``catalog.yml``)::

        source_crm_users:
          type: customer_360.datasets.rest.RestSourceDataset
          base_url: https://crm.example.org
          resource: users
          pagination: {style: offset, page_size: 100}   # or page, cursor, link
          key_field: id
          fields: [id, firstName, company.name]
          staging: data/lakehouse/Files/staging/crm_users
          blocked_fields: [password]
          credentials: crm                              # {type: bearer, token: ...} in credentials.yml

    Args:
        base_url: ``http(s)://host[/path]``, without user-info and query; or ``<name>``, where a run setting of this
            name must say it (:attr:`not_given`).
        resource: path of the resource below it.
        pagination: ``{style: offset | page | cursor | link, page_size, ...}``, see ``pagination.py``.
        staging: folder for staged files, or ``{path: ..., storage_options: {...}}``.
        blocked_fields: names of fields that are never written, at any depth.
        records_key: where a body holds the records (dots go deeper, ``.`` is the body itself);
            by default the last part of the resource's path.
        total_key: where it holds the number of all records; null if the API tells none.
        fields: fields to keep (dots go deeper); all others are dropped on arrival, and told of. None: keep all.
        leave_out: fields that are not told of.
        keep_other_fields: ask for all fields and keep those that are not among ``fields``, too.
        select_param: query parameter that asks the API for just these fields; null if it has none.
        params: further query parameters. Not for secrets: they may show in logs of HTTP libraries.
        headers: further headers. Not for secrets.
        key_field: field that no two records share (dots go deeper). A pull that shows a record twice is not
            complete: another one may have been hidden between two pages. None: whole records are compared.
        unique_records: false where the source really has the same record several times.
        second_look: read the source once more, at once, where known records are missing from it: only what is
            missing twice counts as deleted.
        encoding: what the answers are in, where their ``Content-Type`` does not say it, or says it wrongly.
        timeouts: ``{connect, read, total, pull}`` in seconds, see :class:`~.limits.Timeouts`.
        retries: ``{max_attempts, backoff_initial, backoff_max, retry_after_max, max_wait}``.
        max_response_bytes: what one answer may have, before and after decompression.
        credentials: see :func:`~customer_360.datasets.rest.auth.auth_headers`.
        incremental: how it is asked for changes only, as
            :class:`~customer_360.datasets.incremental.settings.IncrementalOptions` has it.
        loads_pull: load a :class:`~customer_360.engine.Pull`.
        metadata: anything; Kedro ignores it, kedro-viz reads it.

    Raises:
        DatasetError: something in the configuration is not as described; the message shows no secret.
    """

    def __init__(
        self,
        *,
        base_url: str,
        resource: str,
        pagination: Mapping[str, Any],
        staging: str | Mapping[str, Any],
        blocked_fields: Collection[str],
        records_key: str | None = None,
        total_key: str | None = "total",
        fields: Collection[str] = (),
        leave_out: Collection[str] = (),
        keep_other_fields: bool = False,
        select_param: str | None = "select",
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        key_field: str | None = None,
        unique_records: bool = True,
        second_look: bool = True,
        encoding: str | None = None,
        timeouts: Mapping[str, float] | None = None,
        retries: Mapping[str, float] | None = None,
        max_response_bytes: int = MAX_RESPONSE_BYTES,
        credentials: Mapping[str, Any] | None = None,
        incremental: Mapping[str, Any] | None = None,
        loads_pull: bool = False,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        kept = FieldsToKeep(fields, leave_out, keep_other_fields)
        super().__init__(staging=staging, blocked_fields=blocked_fields, kept=kept, metadata=metadata)
        self._loads_pull, changes = loads_pull, IncrementalOptions.read(incremental, resource)
        place = self._place(base_url, resource, changes) | {"select_param": select_param}
        pages = {"pagination": dict(pagination), "key_field": key_field, "unique_records": unique_records}
        answer = {"records_key": records_key, "total_key": total_key, "encoding": encoding}
        more = _filled(params=params, headers=headers, timeouts=timeouts, retries=retries)
        self._resource = _checked(place | pages | answer | more, max_response_bytes=max_response_bytes)
        self._auth_headers, self._second_look = auth_headers(credentials), second_look
        self._watch(changes)

    def _place(self, base_url: str, resource: str, changes: IncrementalOptions | None) -> dict[str, Any]:
        """Where it is, and the fields to ask for: those that are kept, and the one that tells changes; none: all."""
        lacking = _NOT_GIVEN.fullmatch(str(base_url))
        self.not_given = lacking[1] if lacking else None
        watched = [changes.field] if changes and changes.field else []
        asked = () if self._declared.keeps_all else (*self._declared.names, *watched)
        return {"base_url": _NOWHERE if lacking else base_url, "resource": resource, "fields": asked}

    def _watch(self, changes: IncrementalOptions | None) -> None:
        self._refuse_blocked_fields()
        if changes is not None:
            self._ask_for_changes(changes)

    def _ask_for_changes(self, settings: IncrementalOptions) -> None:
        if not settings.parameter or not settings.field or settings.by != "field":
            raise DatasetError(f"incremental of {self.origin} needs the keys parameter and field.")
        place = {"url": self.origin, "params": dict(self._resource.params), "key": self._resource.key_field}
        records = [self._declared.names, self._declared.keeps_all, self._blocked_fields]
        asked_of = {**place, "records_key": self._resource.records_path, "records": records}
        self._declared.expect(settings.field)
        self._changes = IncrementalPull(settings, asked_of=asked_of, origin=self.origin)

    def _refuse_blocked_fields(self) -> None:
        blocked = {name.casefold() for name in self._blocked_fields}
        refused = [path for path in self._declared.names if blocked & set(path.casefold().split("."))]
        if refused:
            raise DatasetError(
                f"fields of the REST source {self.origin} name blocked fields: {', '.join(refused)}. "
                "Blocked fields are never stored; take them out of one of the two lists."
            )

    @property
    def origin(self) -> str:
        """The resource's URL, without query."""
        return self._resource.url

    @property
    def may_look_again(self) -> bool:
        """Whether a second pull is wanted where records are missing."""
        return self._second_look

    def look_again(self) -> DataFrame:
        """A second pull, now."""
        return self._pulled()

    def _records(self) -> Iterator[object]:
        if self.not_given:
            raise SourceError(
                f"Where the REST source '{self._resource.resource}' is, is not given: {self.not_given}."
            )
        resource, changes = self._resource, self._changes
        if changes is not None and not changes.question.is_for_all:
            params = {**resource.params, str(changes.settings.parameter): changes.time}
            resource = resource.model_copy(update={"params": params})
        return RestClient(
            resource,
            auth_headers=self._auth_headers,
            progress=self._report,
            keep=self._kept,
        ).records()

    def _kept(self, record: object) -> object:
        """What is kept of a record; when it changed is looked at first, and need not be."""
        if self._changes is not None:
            field = str(self._changes.settings.field)
            found = record.get(field, at_path(record, field)) if isinstance(record, dict) else None
            self._changes.see(found)
        return self._declared.keep(record)

    def _exists(self) -> bool:
        return True  # whether it answers shows when it is read

    def _describe(self) -> dict[str, Any]:
        return {
            "url": self.origin,
            "pagination": self._resource.pagination.style,
            "page_size": self._resource.pagination.page_size,
            "key_field": self._resource.key_field,
            "fields": list(self._declared.names) or None,
            "params": sorted(self._resource.params) or None,  # names only
            "headers": sorted(self._resource.headers) or None,
            "staging": public_url(self._staging),
        }


def _filled(**settings: Mapping[str, Any] | None) -> dict[str, dict[str, Any]]:
    """Settings of their own; those that are left out, or blank in YAML, are empty."""
    return {name: dict(given or {}) for name, given in settings.items()}


def _checked(given: Mapping[str, Any], *, max_response_bytes: int) -> RestResource:
    """Raises DatasetError: the configuration is not as described."""
    try:
        return RestResource.model_validate({**given, "max_response_bytes": max_response_bytes})
    except ValidationError as error:
        name = public_url(str(given["resource"])).partition("?")[0]
        raise DatasetError(f"RestSourceDataset for '{name}': {explain(error)}.") from None
