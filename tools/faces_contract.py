"""A contract for import-linter: what is in a package is reached from outside through the package itself, its face.

``import-linter`` has ``protected`` contracts, one for each package; this one is for all of them, nested ones too.
"""

from __future__ import annotations

from importlinter import Contract, ContractCheck, fields, output
from importlinter.application.contract_utils import AlertLevel, remove_ignored_imports


class FacesContract(Contract):
    """A module imports from outside its own packages only faces.

    ``from customer_360.identity import resolve`` is allowed everywhere, ``from customer_360.identity.resolver import
    resolve`` only inside ``customer_360.identity``.

    Configuration: ``ignore_imports``, as in import-linter's own contracts.
    """

    type_name = "faces"

    ignore_imports = fields.SetField(subfield=fields.ImportExpressionField(), required=False)

    def check(self, graph, verbose):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        """Find the imports that go past a face."""
        remove_ignored_imports(graph, self.ignore_imports or set(), AlertLevel.ERROR)  # type: ignore[arg-type]
        past = [
            (importer, imported, face, graph.get_import_details(importer=importer, imported=imported))
            for importer in sorted(graph.modules)
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if (face := _face(imported, importer, self.session_options["root_packages"]))
            not in (None, imported)
        ]
        return ContractCheck(kept=not past, metadata={"past": past})

    def render_broken_contract(self, check):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        """Say which import goes past which face."""
        for importer, imported, face, details in check.metadata["past"]:
            line = details[0]["line_number"] if details else "?"
            output.print_error(f"{importer}:{line} imports {imported}; import it from {face}", bold=False)


def _face(imported: str, importer: str, roots: list[str]) -> str | None:
    """The outermost package on the way to ``imported`` that the importer is not in; None if it is in all."""
    parts = imported.split(".")
    if parts[0] not in roots:
        return None
    for length in range(2, len(parts) + 1):
        package = ".".join(parts[:length])
        if importer != package and not importer.startswith(f"{package}."):
            return package
    return None
