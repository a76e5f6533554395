"""Tests of the repository as a whole: what every folder promises, and what the text says of it."""

import ast
import doctest
import json
import re
import runpy
import subprocess
import sys
import tracemalloc
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = sorted(path for path in ROOT.glob("[0-9][0-9]_*") if path.is_dir())
MODELS = [folder / f"{folder.name[3:]}.py" for folder in FOLDERS]
DOOR_CHECKS = ("_check_X", "_check_y", "_check_number", "_as_array")
OTHER_LIBRARIES = {"sklearn", "scipy", "pandas", "torch", "tensorflow", "statsmodels", "xgboost"}
NOTES = ROOT / "references" / "math_notes.md"
TAG = re.compile(r"\b[A-Z]{2,3}\.\d+\b")
NOT_OURS = {".venv", "venv", ".pytest_cache", ".ipynb_checkpoints"}  # tools leave copies there


def ours(pattern):
    return sorted(path for path in ROOT.rglob(pattern)
                  if NOT_OURS.isdisjoint(path.relative_to(ROOT).parts))


TEXTS = ours("*.md")


def name(path):
    return str(path.relative_to(ROOT))


def imported(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "a relative import" if node.level else node.module.split(".")[0]


def notebook_code(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_a_numbered_folder_holds_its_three_files_and_nothing_else(folder):
    model = folder.name[3:]
    files = {path.name for path in folder.iterdir()}
    files -= {"__pycache__", ".ipynb_checkpoints", ".pytest_cache"}
    assert files == {f"{model}.py", f"test_{model}.py", "notebook_demo.ipynb"}


@pytest.mark.parametrize("model", MODELS, ids=name)
def test_a_model_file_imports_numpy_and_the_standard_library_only(model):
    assert set(imported(model.read_text(encoding="utf-8"))) <= {"numpy", *sys.stdlib_module_names}


@pytest.mark.parametrize("model", MODELS, ids=name)
def test_a_model_file_works_from_its_own_folder_with_no_path_set(model):
    lift_out = f"import sys; sys.path.insert(0, '.'); import {model.stem}"
    command = [sys.executable, "-I", "-W", "error", "-c", lift_out]
    subprocess.run(command, cwd=model.parent, check=True, timeout=60)


def test_no_machine_learning_library_is_imported_anywhere():
    sources = {path: path.read_text(encoding="utf-8") for path in ours("*.py")}
    sources |= {path: notebook_code(path) for path in ROOT.glob("[0-9][0-9]_*/*.ipynb")}
    guilty = {name(path): OTHER_LIBRARIES & {*imported(source)} for path, source in sources.items()}
    assert {path: found for path, found in guilty.items() if found} == {}


def test_the_door_checks_are_the_same_to_the_letter_in_every_model_file():
    copies = {check: {} for check in DOOR_CHECKS}
    for model in MODELS:
        source = model.read_text(encoding="utf-8")
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef) and node.name in copies:
                text = ast.get_source_segment(source, node)
                copies[node.name].setdefault(text, []).append(model.name)
    assert {check: len(versions) for check, versions in copies.items()} == dict.fromkeys(copies, 1)


@pytest.mark.parametrize("order", ["C", "F"])
def test_the_door_looks_at_every_number_without_a_copy_of_the_data(order):
    door = runpy.run_path(str(MODELS[0]))["_check_X"]
    X = np.ones((10_000, 50), order=order)
    tracemalloc.start()
    assert door(X) is X
    assert tracemalloc.get_traced_memory()[1] < 0.1 * X.nbytes
    tracemalloc.stop()
    X[9_999, 49] = np.nan
    with pytest.raises(ValueError, match="X contains NaN or infinity"):
        door(X)


@pytest.mark.parametrize("model", MODELS, ids=name)
def test_every_tag_that_a_model_cites_stands_once_in_the_notes(model):
    cited = set(TAG.findall(model.read_text(encoding="utf-8")))
    defined = re.findall(r"\\tag\{([^}]*)\}", NOTES.read_text(encoding="utf-8"))
    assert cited, "a model file cites the equations that it carries out"
    assert {tag: defined.count(tag) for tag in cited} == dict.fromkeys(cited, 1)


def test_tags_of_the_notes_are_numbered_from_one_without_gaps_in_any_order():
    seen = {}
    for tag in re.findall(r"\\tag\{([^}]*)\}", NOTES.read_text(encoding="utf-8")):
        prefix, _, number = tag.partition(".")
        seen.setdefault(prefix, []).append(int(number))
    assert len(seen) == len(MODELS)
    for numbers in seen.values():
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_worked_numbers_of_the_notes_run():
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    sections = re.split(r"(?m)^## ", NOTES.read_text(encoding="utf-8"))[1:]
    for section in sections:
        blocks = "\n".join(re.findall(r"(?s)```python\n(.*?)```", section))
        test = parser.get_doctest(blocks, {}, section.splitlines()[0], str(NOTES), 0)
        assert test.examples, f"section {test.name!r} has no worked numbers"
        assert runner.run(test).failed == 0, test.name


@pytest.mark.parametrize("text", TEXTS, ids=name)
def test_links_between_files_resolve(text):
    content = text.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)\s]+)\)", content)
    targets += re.findall(r'(?:src|href)="([^"]+)"', content)
    local = [target for target in targets if not target.startswith(("http", "mailto:"))]
    for target in local:
        path, _, anchor = unquote(target).partition("#")
        file = (text.parent / path) if path else text
        assert file.exists(), f"{target} is not there"
        if anchor:
            assert anchor in anchors(file), f"{target}: no such heading"


def anchors(path):
    """The anchors that GitHub gives to the headings of a Markdown file."""
    headings = re.findall(r"(?m)^#+ +(.+?)\s*$", path.read_text(encoding="utf-8"))
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower() for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}


def test_requirements_are_the_four_packages():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").split()
    packages = [re.fullmatch(r"(\w+)>=[\d.]+", line)[1] for line in lines]
    assert packages == ["numpy", "matplotlib", "jupyter", "pytest"]


def test_the_gate_runs_the_test_command_of_the_readme_and_plays_with_the_lessons():
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8").strip().splitlines()[-1]
    command, _, option = gate.partition(".venv/bin/")[2].replace('"', "").partition(" -m play")
    assert (command, option) == ("python -m pytest", " or not play")
    assert f".venv/bin/{command}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_table_names_every_folder_with_links_to_its_files():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for folder, model in zip(FOLDERS, MODELS):
        for file in (model.name, f"test_{model.name}", "notebook_demo.ipynb"):
            assert f"({folder.name}/{file})" in readme


def test_the_names_of_the_tests_are_the_same_in_every_process(request):
    # Parallel runs compare the names, and the address of a function is another each time.
    assert not [item.nodeid for item in request.session.items if " at 0x" in item.nodeid]
