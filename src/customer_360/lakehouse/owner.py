"""Which process is this, and is another one still there? Told without anybody's name."""

from __future__ import annotations

import hashlib
import os
import platform
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Owner:
    """A process, so that people can recognise it and other processes of the same machine can look for it.

    Attributes:
        description: for people, for example ``process 4711 on laptop-7``.
        machine: the same for processes that see one another (same start of the system, same process numbers).
        process: its number.
        started: what tells it from a later process with the same number; blank where that is not known.
    """

    description: str
    machine: str
    process: int
    started: str = ""

    @classmethod
    def this(cls) -> Owner:
        """This process."""
        process = os.getpid()
        return cls(
            description=_notebook() or f"process {process} on {platform.node() or 'an unnamed machine'}",
            machine=_machine(),
            process=process,
            started=_started(process),
        )

    @classmethod
    def read(cls, content: Any) -> Owner | None:
        """What :meth:`as_dict` gave; None for anything else."""
        try:
            return cls(
                description=str(content["description"]),
                machine=str(content["machine"]),
                process=int(content["process"]),
                started=str(content["started"]),
            )
        except (TypeError, KeyError, ValueError):
            return None

    @classmethod
    def of_process(cls, machine: str, process: int) -> Owner:
        """A process of which no more is known than where it is, by :attr:`machine` and number."""
        return cls(description="", machine=machine, process=process)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    def is_gone(self) -> bool:
        """Whether this process has ended for certain; False wherever that cannot be seen from here."""
        if not self.machine or self.machine != _machine() or os.name == "nt":  # there, asking would end it
            return False
        if self.process == os.getpid() and self.started == _started(self.process):
            return False
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return True
        except OSError:  # somebody else's
            pass
        found = _status(self.process)
        if found is None:
            return False
        state, started = found
        return state in ("Z", "X") or bool(self.started and started != self.started)


def _machine() -> str:
    """A digest of what processes that can see one another have in common."""
    try:
        seen = Path("/proc/sys/kernel/random/boot_id").read_text() + os.readlink("/proc/self/ns/pid")
    except OSError:
        seen = f"{uuid.getnode():x}"
    return hashlib.sha256(f"{platform.node()} {seen}".encode()).hexdigest()[:16]


def _started(process: int) -> str:
    found = _status(process)
    return found[1] if found else ""


def _status(process: int) -> tuple[str, str] | None:
    """State and start of a process, where the system shows them as files."""
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()  # the name before may hold anything
    return fields[0], fields[19]


def _notebook() -> str:
    """The notebook that this runs in, and its activity, inside Fabric."""
    from customer_360.onelake import in_fabric

    if not in_fabric():
        return ""
    try:
        import notebookutils

        context = notebookutils.runtime.context
        name, activity = (str(context.get(key) or "") for key in ("currentNotebookName", "activityId"))
    except Exception:  # a name is nice to have
        return ""
    # a retry is another activity of the same notebook: the id, which Fabric's Monitor shows, tells them apart
    return f"notebook {name} in Fabric{f', activity {activity}' if activity else ''}" if name else ""
