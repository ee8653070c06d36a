"""What every room stands on: the process and how it ends, the terminal, files written whole, words of messages."""

from .code_meaning import code_digest, module_digest, same_code
from .interrupts import ending_at_once, interrupt_handler_kept, remove_temporary_folders, temporary_folder
from .process import process_state
from .terminal import can_show, print_result, print_text, protect_console, say
from .whole_files import OutputError, Writing, cannot_be_written, write_files
from .wording import counted, did_you_mean, no_such, noun

__all__ = [
    "OutputError",
    "Writing",
    "can_show",
    "cannot_be_written",
    "code_digest",
    "counted",
    "did_you_mean",
    "ending_at_once",
    "interrupt_handler_kept",
    "module_digest",
    "no_such",
    "noun",
    "print_result",
    "print_text",
    "process_state",
    "protect_console",
    "remove_temporary_folders",
    "same_code",
    "say",
    "temporary_folder",
    "write_files",
]
