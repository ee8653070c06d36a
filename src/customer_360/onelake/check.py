"""Before the first write: is the lakehouse there, and may we enter?"""

from __future__ import annotations

from customer_360.onelake.address import LAKEHOUSE, WORKSPACE, LakehouseAddress, OneLakeError
from customer_360.onelake.filesystem import OneLakeFileSystem


def require_lakehouse(address: LakehouseAddress) -> None:
    """Look into the lakehouse.

    A lakehouse always has its folders Files and Tables; an answer without any means that OneLake knows the
    workspace but no such lakehouse.

    Raises:
        OneLakeError: no such workspace or lakehouse, no right to see it, or OneLake cannot be reached.
    """
    where = f"lakehouse '{address.lakehouse}' in workspace '{address.workspace}'"
    try:
        found = OneLakeFileSystem().ls(address.root)
    except FileNotFoundError:
        found = []
    except PermissionError:
        raise OneLakeError(
            f"OneLake refuses access to the {where}. Give this identity at least the role Contributor in the "
            "workspace (Manage access), or sign in as somebody else: ONELAKE_CREDENTIAL."
        ) from None
    except OSError as error:
        raise OneLakeError(
            f"OneLake did not answer for the {where}: {error}. Nothing was written. Check the network and the "
            "sign-in (az login, or the secret's expiry), then run again."
        ) from None
    if not found:
        raise OneLakeError(
            f"There is no {where}. Check the spelling (names are case-sensitive) of {WORKSPACE} and {LAKEHOUSE}, "
            "or create the lakehouse first (schemas enabled): docs/fabric.md."
        )
