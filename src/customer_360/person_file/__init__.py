"""Files of persons that people bring to ``kedro resolve``: which column is what, every record once, as text."""

from .columns import IGNORE, REQUIRED_COLUMNS, ColumnsError, Said
from .parts import PersonFileError, StagedPersons
from .read import check_input, stage_persons
from .results import Made, Wanted, make_results
from .tell import about_file, about_result

__all__ = [
    "IGNORE",
    "REQUIRED_COLUMNS",
    "ColumnsError",
    "Made",
    "PersonFileError",
    "Said",
    "StagedPersons",
    "Wanted",
    "about_file",
    "about_result",
    "check_input",
    "make_results",
    "stage_persons",
]
