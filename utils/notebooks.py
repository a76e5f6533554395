"""Build and check the lessons' notebooks: `python -m utils.notebooks [--check] [paths...]`.

Without options every notebook is executed from a fresh kernel in its own folder, cleaned and
written back; with `--check` it is executed and judged, and nothing is written. A clean notebook
holds what a reader sees and nothing of the machine or the moment that made it, so that building
twice changes no byte: no timing metadata, no widget state (GitHub refuses to show a file that has
it; the picture beside each widget stays), execution counts from 1, stable cell ids.

Lessons are executed strictly: a `claim` of `utils/exercises.py` that does not hold ends in an
error. A reader's kernel is lenient. `utils/play.py` plays with a lesson: other numbers, other
seeds, other answers.

Cells are marked by tags: `exercise-1` and `solution-1` belong together, and a cell tagged `timing`
keeps its stored output while its source stays the same, because no two clocks agree (`--fresh`
measures again).
"""

import argparse
import ast
import copy
import os
import re
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from utils.exercises import STRICT

ROOT = Path(__file__).resolve().parent.parent
CELL_TIMEOUT = 120  # seconds
MAX_SECONDS = 30
MAX_BYTES = 1_500_000
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
_WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
PACKAGES = {"numpy", "matplotlib", "ipywidgets", "IPython", "utils"}

_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_ENVIRONMENT = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYTHONHASHSEED": "0",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    STRICT: "1",
    # One thread adds up in one order on every machine, so the last digits stay the same.
    **dict.fromkeys((f"{name}_NUM_THREADS" for name in ("OMP", "OPENBLAS", "MKL")), "1"),
    "VECLIB_MAXIMUM_THREADS": "1",
}


def _warning_filters():
    """What PYTHONWARNINGS is for a kernel, so that no lesson shows a deprecation inside a library.

    A deprecation that the lesson itself causes, or a file of this repository, is shown.
    """
    models = [path.stem for path in sorted(ROOT.glob("[0-9][0-9]_*/*.py"))]
    utils = [f"utils.{path.stem}" for path in sorted(ROOT.glob("utils/*.py"))]
    kinds = ["DeprecationWarning", "PendingDeprecationWarning", "FutureWarning"]
    filters = [f"ignore::{kind}" for kind in kinds]
    filters += [f"default:::{module}" for module in ["__main__", *models, *utils]]
    return ",".join(filters)


def read(path):
    """The notebook stored at a path, as it stands: nothing is converted, repaired or added."""
    path = Path(path)
    needed = {"cell_type", "metadata", "source"}
    try:
        notebook = nbformat.v4.reads(path.read_text(encoding="utf-8"))
        if notebook.nbformat != 4 or not all(needed <= cell.keys() for cell in notebook.cells):
            raise ValueError("format 4 and cells with their type, metadata and source are needed")
    except FileNotFoundError:
        raise FileNotFoundError(f"{path} does not exist") from None
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is not a notebook: {error}") from error
    return notebook


def to_text(notebook):
    """The text that is stored: keys sorted, indented by 1, a newline at the end."""
    return nbformat.v4.writes(notebook) + "\n"


# A reader who has run all cells moves a slider last, when later cells may have given new values to
# the names that its function reads. `explore` writes a failure under the picture.
_MOVE_ALL_SLIDERS = """
def move_all_sliders():
    import gc
    import ipywidgets

    for box in [o for o in gc.get_objects() if issubclass(type(o), ipywidgets.Box)]:
        for control in box.children if "widget-interact" in box._dom_classes else ():
            if hasattr(control, "max"):
                ends = [control.min, control.max]
                ends = [control.base**end for end in ends] if hasattr(control, "base") else ends
            elif hasattr(control, "options"):
                ends = [control.options[0], control.options[-1]]
            elif isinstance(control, ipywidgets.Checkbox):
                ends = [False, True]
            else:
                continue
            control.value = ends[control.value == ends[0]]
            if words := getattr(box.children[-1], "value", ""):
                raise RuntimeError(f"{words} ({control.description} = {control.value})")

move_all_sliders()
"""


def execute(path, notebook=None):
    """Run every cell in a fresh kernel of this interpreter, in the folder of the notebook.

    When all have run, every slider is moved to an end of its range.

    Parameters
    ----------
    path : str or Path
        Where the notebook is stored; its folder becomes the working directory.
    notebook : NotebookNode, optional
        What to execute instead of the stored notebook, with its solutions for instance.

    Returns
    -------
    NotebookNode
        An executed copy, not yet cleaned.

    Raises
    ------
    RuntimeError
        If a cell or the function of a slider raises, takes longer than 120 s or takes the
        kernel down.
    """
    # Imported here: whoever only reads or cleans a notebook needs no kernel machinery.
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    class ThisPython(AsyncKernelManager):
        """Starts the running interpreter, whichever kernels are installed under which name.

        It talks to the kernel through files where that is possible: their paths must be short.
        Ports are numbers that all programs share. Another kernel that starts at the same time may
        take the same ones, and then one of the two never answers.
        """

        def __init__(self, **options):
            if os.name == "posix" and len(profile) < 90:
                options |= {"transport": "ipc", "ip": f"{profile}/kernel"}
            super().__init__(**options)

        @property
        def kernel_spec(self):
            command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            return KernelSpec(argv=command, display_name="Python 3", language="python")

    path = Path(path)
    notebook = read(path) if notebook is None else copy.deepcopy(notebook)
    for cell in _code_cells(notebook):
        cell.outputs, cell.execution_count = [], None
    notebook.cells.append(nbformat.v4.new_code_cell(_MOVE_ALL_SLIDERS, id="sliders"))
    environment = os.environ | _ENVIRONMENT | {"PYTHONWARNINGS": _warning_filters()}
    client = NotebookClient(
        notebook,
        kernel_manager_class=ThisPython,
        timeout=CELL_TIMEOUT,
        extra_arguments=["--HistoryManager.enabled=False", "--IPKernelApp.log_level=40"],
    )
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        environment["IPYTHONDIR"] = profile  # no start-up files and settings of the user's
        try:
            client.execute(cwd=str(path.resolve().parent), env=environment)
        except CellExecutionError as error:
            last = max(n for n, cell in enumerate(notebook.cells) if cell.get("outputs"))
            place = _place(last + 1, notebook.cells[last])
            raise RuntimeError(f"{place} ended in {error.ename}: {error.evalue}") from error
        except (CellTimeoutError, DeadKernelError) as error:
            raise RuntimeError(" ".join(str(error).split())) from error
    notebook.cells.pop()
    _refuse_failed_widgets(notebook)
    return notebook


def _refuse_failed_widgets(notebook):
    """Raise what a slider's function raised, which its widget keeps to itself."""
    views = notebook.metadata.get("widgets", {}).get(_WIDGET_STATE, {}).get("state", {})
    for view in views.values():
        for output in view.get("state", {}).get("outputs", ()):
            if output.get("output_type") == "error":
                error = f"{output['ename']}: {output['evalue']}"
                raise RuntimeError(f"the function of a widget ended in {error}")


def clean(notebook):
    """A copy without anything that a reader does not see; cleaning it again changes nothing."""
    notebook = copy.deepcopy(notebook)
    notebook.metadata = nbformat.from_dict(_METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    taken = {cell.get("id") for cell in notebook.cells}
    count = 0
    for number, cell in enumerate(notebook.cells, 1):
        if "id" not in cell:
            free = (f"cell-{number:02d}{suffix}" for suffix in ["", *"abcdefghijklmnopqrstuvwxyz"])
            cell.id = next(name for name in free if name not in taken)
            taken.add(cell.id)
        tags = cell.get("metadata", {}).get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        cell.pop("attachments", None)
        if cell.cell_type != "code":
            continue
        if cell.get("execution_count") is not None:
            count += 1
            cell.execution_count = count
        cell.outputs = clean_outputs(cell.get("outputs", []), cell.get("execution_count"))
    return notebook


def clean_outputs(outputs, execution_count):
    """Copies of the outputs without widget views, neighbouring pieces of one stream joined."""
    kept = []
    for output in copy.deepcopy(outputs):
        if WIDGET_VIEW in output.get("data", {}):
            continue
        if output.output_type == "execute_result":
            output.execution_count = execution_count
        if output.output_type == "stream" and kept and kept[-1].get("name") == output.name:
            kept[-1].text += output.text
        else:
            kept.append(output)
    return kept


def with_solutions(notebook):
    """A copy in which each exercise cell is solved by the solution cell of the same number.

    What stands before the exercise's `check`, its blank and its test, stays; the solution follows.
    """
    notebook = copy.deepcopy(notebook)
    exercises, solutions = (tagged(notebook, kind) for kind in ("exercise", "solution"))
    if exercises.keys() != solutions.keys():
        without = sorted(exercises.keys() ^ solutions.keys())
        raise ValueError(f"exercises and solutions do not pair: {', '.join(without)} stands alone")
    for number, cell in exercises.items():
        before, _, _ = cell.source.rpartition("\ncheck(")
        cell.source = "\n\n".join(filter(None, [before.rstrip(), solutions[number].source]))
    return notebook


def tagged(notebook, kind):
    """The code cells tagged "kind-K", by K."""
    cells = {}
    for cell in _code_cells(notebook):
        for tag in cell.metadata.get("tags", []):
            if found := re.fullmatch(rf"{kind}-(\d+)", tag):
                if found[1] in cells:
                    raise ValueError(f"the tag {tag} stands on two cells")
                cells[found[1]] = cell
    return cells


def keep_timings(notebook, stored):
    """Give the cells tagged "timing" back the outputs stored with the same id and source."""
    before = {cell.get("id"): cell for cell in _code_cells(stored) if cell.get("outputs")}
    for cell in _code_cells(notebook):
        old = before.get(cell.get("id"))
        if "timing" in cell.metadata.get("tags", []) and old and old.source == cell.source:
            cell.outputs = copy.deepcopy(old.outputs)


def problems(notebook, folder=None):
    """What keeps a notebook from being stored or shown, one line each; empty when all is well.

    Parameters
    ----------
    notebook : NotebookNode
    folder : str or Path, optional
        Where the notebook stands; the links of its text are followed from there when given.
    """
    found = []
    cleaned = clean(notebook)
    if notebook.get("nbformat_minor") != 5 or notebook.metadata != cleaned.metadata:
        found.append("is not clean: its metadata hold more or less than the kernel's name")
    for number, (cell, clean_cell) in enumerate(zip(notebook.cells, cleaned.cells), 1):
        finds = [] if cell == clean_cell else ["is not clean"]
        finds += _code_problems(cell) if cell.cell_type == "code" else _prose_problems(cell, folder)
        found += [f"{_place(number, cell)} {find}" for find in finds]
    ids = [cell.id for cell in cleaned.cells]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    found += [f"the cell id {name} is used twice" for name in twice]
    if not twice:  # which validation would repair
        try:
            nbformat.validate(cleaned)
        except nbformat.ValidationError as error:
            found.append(f"is not a valid notebook: {str(error).splitlines()[0]}")
    size = len(to_text(notebook).encode("utf-8"))
    if size > MAX_BYTES:
        found.append(f"has {size / 1e6:.2f} MB; {MAX_BYTES / 1e6} is the limit")
    return found


def _code_problems(cell):
    if not cell.source.strip():
        return ["is empty"]
    found = [] if cell.get("execution_count") else ["was not executed"]
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        seen = f"{output.get('text')} {data.get('text/plain')} {data.get('text/html')}"
        if output.output_type == "error":
            found.append(f"ended in {output.ename}: {output.evalue}")
        if output.get("name") == "stderr":
            found.append(f"wrote to stderr: {' '.join(output.text.split())[-200:]}")
        if "<script" in seen.lower() or "application/javascript" in data:
            found.append("stores a script")
        if address := re.search(r"\bat 0x[0-9a-fA-F]{6,}", seen):
            found.append(f"shows a memory address, {address[0]!r}, other at every run")
    try:
        tree = ast.parse(cell.source)
    except SyntaxError:
        return [*found, "is not plain Python (a magic command?)"]
    ours = {path.stem for path in ROOT.glob("[0-9][0-9]_*/*.py")}
    allowed = PACKAGES | ours | sys.stdlib_module_names
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = ["." * node.level + (node.module or "")]
        found += [f"imports {name}" for name in names if name.split(".")[0] not in allowed]
    return found


def _prose_problems(cell, folder):
    found = [f"holds {tag}>" for tag in ("<script", "<details") if tag in cell.source.lower()]
    links = re.findall(r"\]\(([^)\s]+)[^)]*\)|<img[^>]*\bsrc=[\"']([^\"']+)", cell.source)
    for link in filter(None, sum(links, ())):
        if folder is None or link.startswith(("http:", "https:", "mailto:", "#")):
            continue
        if not (Path(folder) / link.split("#")[0]).exists():
            found.append(f"links to {link}, which is not there")
    return found


def _code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _place(number, cell):
    return f"cell {number} ({cell.get('id', 'without id')})"


def stored_notebooks():
    """The lessons' notebooks that exist, in the order of their folders."""
    return sorted(ROOT.glob("[0-9][0-9]_*/notebook_demo.ipynb"))


def main(argv=None):
    """Build or check notebooks; returns the exit status, 1 when there is any finding."""
    parser = argparse.ArgumentParser(
        prog="python -m utils.notebooks", description="Execute and clean the notebooks in place."
    )
    parser.add_argument("paths", nargs="*", type=Path, help="notebooks or folders (default: all)")
    parser.add_argument("--check", action="store_true", help="execute and judge, write nothing")
    parser.add_argument("--fresh", action="store_true", help="measure the timing cells again")
    options = parser.parse_args(argv)
    paths = [p / "notebook_demo.ipynb" if p.is_dir() else p for p in options.paths]
    failed = False
    for path in paths or stored_notebooks():
        start = time.perf_counter()
        try:
            stored = read(path)
            found = _stored_problems(path, stored) if options.check else []
            built = clean(execute(path, stored))
        except (OSError, ValueError, RuntimeError) as error:
            found, built = [str(error)], None
        seconds = time.perf_counter() - start
        if seconds > MAX_SECONDS:
            found.append(f"took {seconds:.0f} s; {MAX_SECONDS} is the limit")
        if built is not None:
            if not options.fresh:
                keep_timings(built, clean(stored))
            text = to_text(built)
            found += [find for find in problems(built, path.parent) if find not in found]
            if not options.check:
                path.write_text(text, encoding="utf-8", newline="\n")
            print(f"{path}: {len(built.cells)} cells, {seconds:.1f} s, {len(text) / 1e6:.2f} MB")
        for find in found:
            print(f"{path}: {find}")
        failed = failed or bool(found)
    return int(failed)


def _stored_problems(path, stored):
    """The findings on the file, whose very bytes must be those that a build would write."""
    found = problems(stored, path.parent)
    if not found and path.read_bytes() != to_text(clean(stored)).encode("utf-8"):
        found.append("is not clean: build it with python -m utils.notebooks")
    return found


if __name__ == "__main__":
    sys.exit(main())
