"""What a user can mend is told in one message; everything else is a bug and shows its traceback."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from kedro.config import MissingConfigException
from kedro.io.core import DatasetError
from kedro.validation import ParameterValidationError

from customer_360.bronze import RepeatedKeyError, SourceShrankError
from customer_360.datasets import SourceError, has_read_from_onelake
from customer_360.engine import EngineError
from customer_360.foundation import OutputError, say
from customer_360.identity import IdentityModelError, TrainedModelError
from customer_360.lakehouse import (
    ChangedTableError,
    DamagedTableError,
    LakehouseDamagedError,
    LeaseError,
    PathError,
    StoreError,
)
from customer_360.lakehouse_sql import SqlError
from customer_360.linking import LinkingConfigurationError
from customer_360.onelake import OneLakeError, explain_failure
from customer_360.parameters import RunSettingsError, UnknownNameError, explain_parameters
from customer_360.person_file import PersonFileError
from customer_360.profile import ProfileConfigurationError
from customer_360.quality import RuleError, SourceShapeError
from customer_360.sources import SourceDeclarationError

EXPECTED_ERRORS = (
    ChangedTableError,
    DamagedTableError,
    DatasetError,
    EngineError,
    LeaseError,
    LakehouseDamagedError,
    IdentityModelError,
    LinkingConfigurationError,
    MissingConfigException,
    OneLakeError,
    OutputError,
    ParameterValidationError,
    PathError,
    PersonFileError,
    ProfileConfigurationError,
    RepeatedKeyError,
    RuleError,
    RunSettingsError,
    SourceDeclarationError,
    SourceShapeError,
    SourceShrankError,
    SqlError,
    StoreError,
    TrainedModelError,
    UnknownNameError,
)


def expected_message(error: Exception) -> str | None:
    """What to tell people of an error that they can mend; None: a bug, to be shown as it is."""
    if isinstance(error, ParameterValidationError):
        return explain_parameters(str(error))
    if isinstance(error, click.ClickException):
        return error.format_message()
    failure = explain_failure(error, others=(SourceError,))
    return failure or (str(error) if isinstance(error, EXPECTED_ERRORS) else None)


def told_in_a_sentence(callback: Callable[..., Any]) -> Callable[..., Any]:
    """A command that tells what a user can mend in one message, and ends with status 1.

    It takes ``verbose`` besides: then the traceback is shown, too.
    """

    @wraps(callback)
    def told(*, verbose: bool, **kwargs: Any) -> None:
        try:
            callback(**kwargs)
        except Exception as error:
            message = expected_message(error)
            if message is None:
                raise
            if verbose:
                traceback.print_exc()
            say(message, colour="red", error=True)
            _end(1)
        except SystemExit as ended:
            _end(ended.code)
        _end(0)

    return told


def _end(code: Any) -> None:
    """Delta-rs may abort a process that has read from OneLake while Python takes it down: that one ends here."""
    if has_read_from_onelake():
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        os._exit(code if isinstance(code, int) else int(code is not None))
    if code:
        sys.exit(code)
