"""Executes notebooks from clean and keeps what they show.

python execute.py NOTEBOOKS OUTPUT: runs the notebooks of one folder, two at a time, and
writes each with its outputs into another. A notebook that was committed with outputs, or
that fails, is an error.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError


def execute(path: Path, folder: Path) -> str | None:
    """Run one notebook and return what is wrong with it."""
    notebook = nbformat.read(path, as_version=4)
    if any(cell.get("outputs") for cell in notebook.cells):
        return f"{path} has outputs; commit it without"
    client = NotebookClient(
        notebook,
        timeout=None,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        client.execute()
    except CellExecutionError as error:
        return f"{path}: {error}"
    finally:
        nbformat.write(notebook, folder / path.name)
    print(f"{path}: {sum(cell.cell_type == 'code' for cell in notebook.cells)} cells")
    return None


def main() -> None:
    source, folder = (Path(argument) for argument in sys.argv[1:3])
    folder.mkdir(parents=True, exist_ok=True)
    paths = sorted(source.glob("[0-9]*.ipynb"))
    with ThreadPoolExecutor(max_workers=2) as pool:
        wrong = [text for text in pool.map(lambda path: execute(path, folder), paths) if text]
    if wrong:
        sys.exit("\n".join(f"error: {text}" for text in wrong))


if __name__ == "__main__":
    main()
