"""How an API hands out its records page by page: what a source declares of it, one model per protocol."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Parameter = Annotated[str, Field(min_length=1)]
PageSize = Annotated[int, Field(ge=1, le=100_000)]


class _Paging(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class OffsetPaging(_Paging):
    """``?limit=100&skip=200``: so many records, after so many."""

    style: Literal["offset"] = "offset"
    page_size: PageSize = 100
    limit_param: Parameter = "limit"
    offset_param: Parameter = "skip"


class PageNumberPaging(_Paging):
    """``?page=3&per_page=100``. ``size_param: null`` where the API has a fixed page size."""

    style: Literal["page"] = "page"
    page_size: PageSize = 100
    page_param: Parameter = "page"
    size_param: Parameter | None = "per_page"
    first_page: Annotated[int, Field(ge=0)] = 1


class CursorPaging(_Paging):
    """``?cursor=abc``: each body holds the cursor of the next page at ``cursor_path`` (dots go deeper)."""

    style: Literal["cursor"] = "cursor"
    page_size: PageSize = 100
    size_param: Parameter | None = "limit"
    cursor_param: Parameter = "cursor"
    cursor_path: Parameter = "next_cursor"


class LinkPaging(_Paging):
    """Each answer says the URL of the next: in its ``Link`` header, or in its body at ``next_path``."""

    style: Literal["link"] = "link"
    page_size: PageSize = 100
    size_param: Parameter | None = "per_page"
    next_path: Parameter | None = None


Paging = Annotated[OffsetPaging | PageNumberPaging | CursorPaging | LinkPaging, Field(discriminator="style")]
