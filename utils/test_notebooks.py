"""Tests of the notebook tools, and of every notebook that the repository holds."""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
from nbformat.v4 import new_output

from utils.notebooks import (
    MAX_SECONDS,
    ROOT,
    WIDGET_VIEW,
    clean,
    execute,
    keep_timings,
    main,
    problems,
    read,
    stored_notebooks,
    tagged,
    to_text,
    with_solutions,
)
from utils.play import ANSWERS, invitations, read_answers


def stream(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def cell(kind, source, id, **others):
    others = {"cell_type": kind, "source": source, "metadata": {}, **others}
    return nbformat.from_dict({**others, "id": id} if id else others)


def text(source, id="text", **others):
    return cell("markdown", source, id, **others)


def code(source, *outputs, count=1, tags=(), id="cell-01"):
    metadata = {"tags": list(tags)} if tags else {}
    return cell("code", source, id, outputs=outputs, execution_count=count, metadata=metadata)


def raw_book(*cells, **metadata):
    parts = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return nbformat.from_dict(parts)


def book(*cells, **metadata):
    """A notebook whose metadata are clean but for those that are given."""
    return raw_book(*cells, **clean(raw_book()).metadata | metadata)


# Cleaning


def test_cleaning_a_notebook_by_hand():
    view = new_output("display_data", {WIDGET_VIEW: {"model_id": "7"}, "text/plain": "IntSlider()"})
    result = new_output("execute_result", {"text/plain": "2"}, execution_count=31)
    printed = [stream("a\n"), stream("b\n")]
    notebook = raw_book(
        text("# Title", id=None, metadata={"collapsed": True}, attachments={"a.png": {}}),
        code("1 + 1", *printed, view, result, count=31, tags=["exercise-1"], id=None),
        code("2", stream("a"), stream("b", "stderr"), stream("c"), count=17, id="mine"),
        widgets={},
        language_info={"name": "python", "version": "3.11.7"},
    )
    notebook.cells[1].metadata["execution"] = {"iopub.execute_input": "2024-01-01T00:00:00Z"}
    cleaned = clean(notebook)
    assert cleaned.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert (cleaned.nbformat, cleaned.nbformat_minor) == (4, 5)
    title, first, second = cleaned.cells
    assert [cell.id for cell in cleaned.cells] == ["cell-01", "cell-02", "mine"]
    assert title.metadata == {} and "attachments" not in title
    assert first.metadata == {"tags": ["exercise-1"]}
    assert (first.execution_count, second.execution_count) == (1, 2)
    assert first.outputs == [
        stream("a\nb\n"),
        new_output("execute_result", {"text/plain": "2"}, execution_count=1),
    ]
    assert [output.text for output in second.outputs] == ["a", "b", "c"]


def test_cleaning_leaves_its_argument_untouched_and_twice_is_once():
    notebook = raw_book(code("1", stream("a"), stream("b"), count=5), widgets={})
    before = to_text(notebook)
    once = clean(notebook)
    assert to_text(notebook) == before
    assert to_text(clean(once)) == to_text(once) != before


def test_new_cell_ids_avoid_those_that_are_taken():
    notebook = raw_book(text("a", id=None), text("b", id="cell-01"))
    assert [cell.id for cell in clean(notebook).cells] == ["cell-01a", "cell-01"]


def test_unexecuted_cells_stay_unexecuted():
    cells = [code("1", count=None), code("2", count=9)]
    assert [cell.execution_count for cell in clean(book(*cells)).cells] == [None, 1]


def test_stored_text_has_sorted_keys_plain_letters_and_a_last_newline():
    written = to_text(book(text("π")))
    assert written.endswith("}\n") and not written.endswith("\n\n")
    assert "π" in written and written.startswith('{\n "cells": [\n')
    assert list(json.loads(written)) == ["cells", "metadata", "nbformat", "nbformat_minor"]


def test_reading_what_was_written_gives_the_same_text(tmp_path):
    path = tmp_path / "a.ipynb"
    written = to_text(book(code("print(1)\nprint(2)", stream("1\n2\n"))))
    path.write_text(written, encoding="utf-8")
    assert to_text(read(path)) == written


# Judging


def test_a_clean_executed_notebook_has_no_problems(tmp_path):
    (tmp_path / "there.png").touch()
    prose = "[a](there.png#part) [b](https://example.org) [c](#anchor) <img src='there.png'>"
    imports = "import os, numpy as np\nfrom matplotlib import pyplot\nfrom utils import exercises"
    notebook = book(text(prose), code(imports, stream("ok\n")))
    assert problems(notebook, tmp_path) == []


ERROR = new_output("error", ename="ValueError", evalue="no", traceback=["ValueError: no"])
WIDGET = new_output("display_data", {WIDGET_VIEW: {"model_id": "7"}})
HTML = new_output("display_data", {"text/html": "<p><SCRIPT>1</script>"})
SCRIPT = new_output("display_data", {"application/javascript": "1"})
ADDRESS = new_output("display_data", {"text/plain": "<Line2D object at 0x7f3a10b2c9d0>"})


def said(source):
    return book(text(source))


@pytest.mark.parametrize(
    ("notebook", "finding"),
    [
        (book(code("1"), widgets={}), "is not clean: its metadata"),
        (book(code("1"), language_info={"name": "python", "version": "3"}), "is not clean"),
        (
            book(cell("raw", "", "cell-01", metadata={"execution": {}})),
            r"cell 1 \(cell-01\) is not clean",
        ),
        (book(code("1", count=3)), "is not clean"),
        (book(code("1", WIDGET)), "is not clean"),
        (book(code("1", stream("a"), stream("b"))), "is not clean"),
        (book(code("1", ERROR)), "ended in ValueError: no"),
        (book(code("1", stream("Warning:\n overflow", "stderr"))), "to stderr: Warning: overflow"),
        (book(code("1", count=None)), r"cell 1 \(cell-01\) was not executed"),
        (book(code(" \n", count=None)), r"cell 1 \(cell-01\) is empty"),
        (book(code("1", SCRIPT)), "stores a script"),
        (book(code("1", HTML)), "stores a script"),
        (book(code("1", ADDRESS)), "shows a memory address, 'at 0x7f3a10b2c9d0'"),
        (book(code("1", stream("<f at 0x7f3a10b2c9d0>"))), "shows a memory address"),
        (book(code("%timeit 1")), "is not plain Python"),
        (book(code("import pandas as pd")), "imports pandas"),
        (book(code("def f():\n    from scipy.stats import t")), "imports scipy.stats"),
        (book(code("from . import metrics")), r"imports \."),
        (said("<details>more</details>"), "holds <details>"),
        (said("see [notes](../nowhere/notes.md#LR)"), "links to ../nowhere/notes.md#LR, which"),
        (said("![p](attachment:p.png)"), "links to attachment:p.png"),
        (said("<img width=3 src='gone.png'/>"), "links to gone.png"),
        (book(code("1"), code("2", count=2)), "the cell id cell-01 is used twice"),
        (book(code("1", id="a b")), "is not a valid notebook"),
        (book(code("1", stream("x" * 1_500_000))), "has 1.50 MB; 1.5 is the limit"),
    ],
)
def test_every_fault_is_found(notebook, finding, tmp_path):
    found = problems(notebook, tmp_path)
    assert len(found) == 1
    assert re.search(finding, found[0])


# Reading


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is not a notebook"),
        ("no JSON", "is not a notebook"),
        ("[]", "is not a notebook"),
        ("{}", "is not a notebook"),
        ('"text"', "is not a notebook"),
        ('{"nbformat": 3, "worksheets": []}', "is not a notebook"),
        ('{"nbformat": 4, "cells": []}', "is not a notebook: metadata"),
        ('{"nbformat": 3, "metadata": {}, "cells": []}', "format 4"),
        ('{"nbformat": 4, "metadata": {}, "cells": 7}', "is not a notebook"),
        ('{"nbformat": 4, "metadata": {}, "cells": ["code"]}', "is not a notebook"),
        (
            '{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "raw", "metadata": {}}]}',
            "with their type",
        ),
        (b"\xff\xfe\x00", "is not a notebook"),
    ],
)
def test_a_file_that_is_no_notebook_is_refused(tmp_path, content, message):
    path = tmp_path / "a.ipynb"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ValueError, match=message):
        read(path)


def test_a_missing_file_is_named(tmp_path, capsys):
    with pytest.raises(FileNotFoundError, match=r"gone\.ipynb does not exist"):
        read(tmp_path / "gone.ipynb")
    assert main(["--check", str(tmp_path / "gone.ipynb")]) == 1
    assert capsys.readouterr().out.endswith("gone.ipynb does not exist\n")


# Exercises and timings


def test_solutions_take_the_places_of_their_exercises():
    exercise = "answer = ...\ntest = bool\n\ncheck('2', answer, test)"
    blank = code(exercise, stream("not attempted yet"), tags=["exercise-2"])
    notebook = book(blank, code("x = 1"), code("answer = 4", tags=["solution-2"]))
    before = to_text(notebook)
    solved = with_solutions(notebook)
    pasted = "answer = ...\ntest = bool\n\nanswer = 4"
    assert [cell.source for cell in solved.cells] == [pasted, "x = 1", "answer = 4"]
    assert solved.cells[0].metadata.tags == ["exercise-2"]
    assert to_text(notebook) == before


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        (["exercise-1"], "do not pair: 1 stands alone"),
        (["solution-1"], "do not pair: 1 stands alone"),
        (["exercise-1", "solution-1", "exercise-2"], "do not pair: 2 stands alone"),
        (["exercise-1", "solution-3"], "do not pair: 1, 3 stands alone"),
        (["exercise-1", "exercise-1", "solution-1"], "exercise-1 stands on two cells"),
        (["exercise-1", "solution-1", "solution-1"], "solution-1 stands on two cells"),
    ],
)
def test_exercises_without_their_solution_are_refused(tags, message):
    with pytest.raises(ValueError, match=message):
        with_solutions(book(*[code("1", tags=[tag]) for tag in tags]))


def test_timing_cells_keep_their_output_while_their_source_is_the_same():
    def run(*texts, source="t"):
        return book(
            code(source, stream(texts[0]), tags=["timing"], id="a"),
            code("plain", stream(texts[1]), id="b"),
        )

    new = run("2 ms", "new")
    keep_timings(new, run("1 ms", "old"))
    assert [cell.outputs[0].text for cell in new.cells] == ["1 ms", "new"]
    new = run("2 ms", "new")
    keep_timings(new, run("1 ms", "old", source="other"))
    assert [cell.outputs[0].text for cell in new.cells] == ["2 ms", "new"]


# Executing, in a process of its own: what the kernel's libraries warn of is not ours to answer for


def tool(*arguments, timeout=600):
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout)


TINY = [
    "import os, sys\nprint(sys.executable)\nprint(os.getcwd())",
    "import ipywidgets\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "ipywidgets.interact(lambda x: print(x), x=(0, 3));",
    "import time\nprint(time.perf_counter())",
    "ipywidgets.IntSlider()",
    "print(get_ipython().kernel.parent.transport)",
]


def test_building_for_real_is_clean_and_twice_changes_no_byte(tmp_path):
    path = tmp_path / "tiny.ipynb"
    cells = [code(source, count=None, id=None) for source in TINY]
    cells[3].metadata["tags"] = ["timing"]
    path.write_text(to_text(raw_book(*cells)), encoding="utf-8")

    built = tool("-m", "utils.notebooks", path)
    assert built.returncode == 0, built.stdout + built.stderr
    first = path.read_bytes()
    notebook = read(path)
    assert problems(notebook, tmp_path) == []
    assert "widget" not in json.dumps([cell.outputs for cell in notebook.cells])
    assert notebook.cells[0].outputs[0].text.splitlines() == [sys.executable, str(tmp_path)]
    assert "image/png" in notebook.cells[1].outputs[0].data
    if os.name == "posix":  # a kernel that takes no ports takes none of another kernel's
        assert notebook.cells[5].outputs[0].text == "ipc\n"

    assert tool("-m", "utils.notebooks", path).returncode == 0
    assert path.read_bytes() == first

    path.write_bytes(first + b"\n")
    checked = tool("-m", "utils.notebooks", "--check", path)
    assert checked.returncode == 1 and "is not clean: build it" in checked.stdout
    assert path.read_bytes() == first + b"\n"


OLD = "import warnings\\ndef f(kind): warnings.warn(kind.__name__, kind, stacklevel=1)"
DEPRECATIONS = f"""
import sys, types, warnings
their, our = types.ModuleType("library"), types.ModuleType("svm")
for module in (their, our):
    exec("{OLD}", vars(module))
their.f(DeprecationWarning)
their.f(FutureWarning)
our.f(DeprecationWarning)
warnings.warn("of the lesson", PendingDeprecationWarning, stacklevel=1)
their.f(UserWarning)
"""


@pytest.mark.filterwarnings("ignore")  # the kernel's libraries', in this process
def test_a_lesson_shows_deprecations_of_its_own_and_none_inside_a_library(tmp_path):
    path = tmp_path / "warns.ipynb"
    path.write_text(to_text(book(code(DEPRECATIONS, count=None))), encoding="utf-8")
    (output,) = clean(execute(path)).cells[0].outputs
    assert output.name == "stderr"
    shown = re.findall(r"(?m)^.*: (\w+Warning): (.*)$", output.text)
    assert shown == [
        ("DeprecationWarning", "DeprecationWarning"),
        ("PendingDeprecationWarning", "of the lesson"),
        ("UserWarning", "UserWarning"),
    ]


CLAIM = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from utils.exercises import claim
claim(2 + 2 == 5, "two and two are five")
"""

SLIDERS = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from utils import plotting as draw
def show(ax, x, word, on, power):
    assert (x, word, on, power) != moved, "a later value"
moved = None
start = dict(x=0, word="a", on=True, power=1)
sliders = dict(x=(0, 3, 1), word=["a", "b"], on=True, power=(1, 100, 1, "log"))
draw.explore(show, dict(start=start), **sliders)
moved = 3, "b", False, 100
"""


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("1 / 0", r"cell 1 \(a\) ended in ZeroDivisionError: division by zero"),
        ("import os\nos._exit(3)", "Kernel died"),
        (CLAIM, "ended in AssertionError: the text says: two and two are five"),
        (
            "import ipywidgets\nipywidgets.interact(lambda x: 1 / 0, x=(0, 3));",
            "the function of a widget ended in ZeroDivisionError",
        ),
        (SLIDERS, r"cell 2 \(sliders\) .* AssertionError: a later value \(power = 100"),
    ],
)
@pytest.mark.filterwarnings("ignore")  # the kernel's libraries', in this process
def test_a_cell_that_fails_stops_the_build_and_leaves_the_file(tmp_path, capfd, source, message):
    path = tmp_path / "fails.ipynb"
    path.write_text(to_text(book(code(source, count=None, id="a"))), encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(RuntimeError, match=message):
        execute(path)
    assert path.read_bytes() == before


# The lessons, in processes of their own, as many at a time as the machine has cores

# The lessons that are played with, and not only run.
PLAYED = [
    "01_linear_regression",
    "02_logistic_regression",
    "03_knn",
    "04_decision_tree",
    "05_svm",
    "06_naive_bayes",
    "07_k_means",
    "08_pca",
]

RUN = """
import json, sys, time
from utils.notebooks import execute, read, with_solutions
start = time.perf_counter()
notebook = execute(sys.argv[1], with_solutions(read(sys.argv[1])))
print(json.dumps({"seconds": time.perf_counter() - start, "notebook": notebook}))
"""

REHEARSE = """
import json, sys, time
from utils.play import rehearse
start = time.perf_counter()
report = rehearse(sys.argv[1])
print(json.dumps({"seconds": time.perf_counter() - start, **report}))
"""


def run_lesson(path):
    script = REHEARSE if path.parent.name in PLAYED else RUN
    run = tool("-c", script, path)
    assert run.returncode == 0, run.stderr[-2000:]
    return json.loads(run.stdout.splitlines()[-1])


def play_lesson(path):
    return tool("-m", "utils.play", "--quiet", path.parent, timeout=3600)


def started(request, fixture, job):
    """The job of each lesson that the selected tests ask for, all of them on their way."""
    tests = [item for item in request.session.items if fixture in getattr(item, "fixturenames", ())]
    paths = {test.callspec.params["path"] for test in tests if hasattr(test, "callspec")}
    pool = ThreadPoolExecutor(os.cpu_count() or 1)
    yield {path: pool.submit(job, path) for path in stored_notebooks() if path in paths}
    pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="module")
def runs(request):
    yield from started(request, "runs", run_lesson)


@pytest.fixture(scope="module")
def plays(request):
    yield from started(request, "plays", play_lesson)


lessons = pytest.mark.parametrize(
    "path", [pytest.param(path, id=path.parent.name) for path in stored_notebooks()]
)
played = pytest.mark.parametrize(
    "path",
    [pytest.param(p, id=p.parent.name) for p in stored_notebooks() if p.parent.name in PLAYED],
)


def verdicts(notebook, kind):
    """What the checks of the cells tagged "kind-K" printed, one line for each of the cells."""
    lines = []
    for cell in notebook.cells:
        if any(re.fullmatch(rf"{kind}-\d+", tag) for tag in cell.metadata.get("tags", [])):
            printed = "".join(output.get("text", "") for output in cell.outputs)
            marks = r"^.+: (not attempted yet|not yet: .+|correct)$"
            found = re.findall(marks, printed, flags=re.MULTILINE)
            assert len(found) == 1, f"one check per exercise cell, this one printed {printed!r}"
            lines += found
    return lines


@lessons
def test_the_stored_notebook_is_clean_executed_small_and_whole(path):
    assert problems(read(path), path.parent) == []
    assert path.read_bytes() == to_text(clean(read(path))).encode("utf-8")


@lessons
def test_the_stored_exercises_are_blank_and_the_stored_solutions_correct(path):
    exercises, solutions = (verdicts(read(path), kind) for kind in ("exercise", "solution"))
    assert len(exercises) == len(solutions) >= 3
    assert set(exercises) == {"not attempted yet"}
    assert set(solutions) == {"correct"}


@lessons
def test_the_notebook_runs_and_its_solutions_are_marked_correct(path, runs):
    report = runs[path].result()
    notebook = clean(nbformat.from_dict(report["notebook"]))
    assert problems(notebook, path.parent) == []
    assert len(verdicts(notebook, "exercise")) >= 3
    assert set(verdicts(notebook, "exercise")) == {"correct"}
    assert report["seconds"] < 6 * MAX_SECONDS  # of a slow or busy machine, played with


@played
def test_cells_run_once_more_from_the_last_to_the_first_show_the_same(path, runs):
    assert runs[path].result()["changed"] == []


@played
def test_an_exercise_that_is_run_too_early_says_so(path, runs):
    alone = runs[path].result()["alone"]
    assert len(alone) >= 2 * 3
    for exercise, printed in alone:
        friendly = r"(?m)^.+: (run the cells above first: .+|not attempted yet|correct)$"
        assert len(re.findall(friendly, printed)) == 1, f"exercise {exercise} printed {printed!r}"
        assert "Error" not in printed


@played
def test_right_answers_are_accepted_and_wrong_ones_get_the_hint_that_fits(path, runs):
    surprises = []
    for exercise, right, title, hint, printed in runs[path].result()["answers"]:
        line = printed.splitlines()[-1] if printed else ""
        expected = ": correct" if right else ": not yet: "
        if expected not in line or hint.lower() not in line.lower():
            surprises.append(f"{exercise}, {title}: {line}")
    assert surprises == []


@played
def test_each_exercise_has_three_other_right_answers_and_five_wrong_ones(path):
    answers = read_answers((ANSWERS / f"{path.parent.name}.md").read_text(encoding="utf-8"))
    exercises = tagged(read(path), "exercise")
    assert {answer.exercise for answer in answers} == exercises.keys()
    solutions = [cell.source for cell in tagged(read(path), "solution").values()]
    for number in exercises:
        right = {a.source for a in answers if a.exercise == number and a.right}
        wrong = {a.source for a in answers if a.exercise == number and not a.right}
        assert len(right) >= 3 and len(wrong) >= 5, f"exercise {number}"
        assert not any(source in solution for source in right for solution in solutions)


@played
def test_a_lesson_invites_to_change_numbers(path):
    marked = [cell for cell in read(path).cells if "# try:" in cell.source]
    assert sum(cell.source.count("# try:") for cell in marked) >= 4
    assert len(invitations(read(path))) >= 8


@pytest.mark.play
@played
def test_a_lesson_runs_with_other_numbers_and_its_claims_hold_with_other_seeds(path, plays):
    run = plays[path].result()
    assert run.returncode == 0, run.stdout + run.stderr[-2000:]
