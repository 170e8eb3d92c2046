"""Executes notebooks from clean and keeps what they show.

python execute.py NOTEBOOKS OUTPUT: runs every notebook of one folder, in its order, and
writes each with its outputs, and as a page, into another. A notebook that was committed
with outputs, or that fails, is an error.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError


def execute(path: Path, folder: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    if any(cell.get("outputs") for cell in notebook.cells):
        sys.exit(f"error: {path} has outputs; commit it without")
    client = NotebookClient(
        notebook,
        timeout=None,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        client.execute()
    except CellExecutionError as error:
        sys.exit(f"error: {path}: {error}")
    finally:
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, folder / path.name)
    print(f"{path}: {sum(cell.cell_type == 'code' for cell in notebook.cells)} cells")


def main() -> None:
    source, folder = (Path(argument) for argument in sys.argv[1:3])
    for path in sorted(source.glob("[0-9]*.ipynb")):
        execute(path, folder)


if __name__ == "__main__":
    main()
