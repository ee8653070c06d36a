"""OneLake: where the lakehouse is, who may enter, and how Python reads and writes files there.

Tables are read and written by the Spark engine; this package gives it the address and the credentials, and
covers what is not Spark's: the landing files, the staging folder and the check before the first write.
"""

from .address import LakehouseAddress, OneLakeError, read_address
from .check import require_lakehouse
from .failures import explain_failure, use_onelake
from .filesystem import OneLakeFileSystem, default_store, register_onelake
from .place import in_fabric
from .sign_in import Credentials, read_credentials
from .storage_errors import errors_typed

__all__ = [
    "Credentials",
    "LakehouseAddress",
    "OneLakeError",
    "OneLakeFileSystem",
    "default_store",
    "errors_typed",
    "explain_failure",
    "in_fabric",
    "read_address",
    "read_credentials",
    "register_onelake",
    "require_lakehouse",
    "use_onelake",
]
