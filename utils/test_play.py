"""Tests of playing with a lesson: other numbers, other seeds, cells again, other answers."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from utils import notebooks, plotting
from utils.exercises import STRICT
from utils.play import (
    ROOT,
    Answer,
    _changes,
    _printed,
    draw_films_once,
    invitations,
    main,
    play,
    read_answers,
    run_alone,
    run_cells,
    with_answer,
)

SETUP = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import matplotlib.pyplot as plt
import numpy as np
from utils import plotting as draw
from utils.exercises import check, claim
"""


def lesson(*sources):
    cells = [new_code_cell(source, id=f"c{i}") for i, source in enumerate(sources, 1)]
    return new_notebook(cells=cells)


def stored(folder, *sources, tags=()):
    """The path of a lesson with the given cells after its setup."""
    notebook = lesson(SETUP, *sources)
    for cell, tag in zip(notebook.cells[1:], tags):
        cell.metadata["tags"] = [tag] if tag else []
    path = folder / "notebook_demo.ipynb"
    path.write_text(notebooks.to_text(notebook), encoding="utf-8")
    return path


# Invitations


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ("k = 3  # try: 2, 5", ["k = 2", "k = 5"]),
        ("x = -1.5  # try: -2", ["x = -2"]),
        ("p = np.array([[1, 2]])  # try: [[3, 4], [5, 6]]", ["p = np.array([[3, 4], [5, 6]])"]),
        ("rates = (0.1, 2)  # try: (1, 2), (3,)", ["rates = (1, 2)", "rates = (3,)"]),
        ("note = 'é, hi'  # try: \"a, b\", ''", ['note = "a, b"', "note = ''"]),
        ("a, b = 1, 2  # try: (3, 4)", ["a, b = (3, 4)"]),
        ("new = []  # try: [[1.0, 2]]", ["new = [[1.0, 2]]"]),
        ("é = f('é')  # try: 'b'", ["é = f('b')"]),
        ("start = X[:4]  # try: X[4:8], np.zeros(3)", ["start = X[4:8]", "start = np.zeros(3)"]),
        ("use = True  # try: False", ["use = False"]),
        ("x = np.array([1, 2])[:, None]  # try: [3]", ["x = np.array([3])[:, None]"]),
        ("x = f(1.5, 'a', True)  # try: 2", ["x = f(2, 'a', True)"]),
        ("x = f(1.5)  # try: [2, 3], None", ["x = f([2, 3])", "x = f(None)"]),
        ("f(x[:, 3])  # try: 5", ["f(x[:, 5])"]),
    ],
)
def test_a_value_takes_the_place_of_the_one_literal_of_its_line(line, changed):
    found = invitations(lesson("first = 1", f"before = 1\n{line}\nafter = 2"))
    assert [i.cell for i in found] == [1] * len(changed)
    assert [i.source.split("\n")[1].split("  # try:")[0] for i in found] == changed
    assert [i.label for i in found] == [f"cell 2 (c2): {text}" for text in changed]
    assert all(i.source.startswith("before = 1\n") for i in found)
    assert all(i.source.endswith("\nafter = 2") for i in found)


def test_a_line_within_a_longer_statement_may_be_marked():
    (found,) = invitations(lesson("C = [\n    [1, 2],  # try: [8, 9]\n    [3, 4],\n]"))
    assert found.source == "C = [\n    [8, 9],  # try: [8, 9]\n    [3, 4],\n]"


def test_only_comments_of_code_are_invitations():
    notebook = lesson("text = '# try: 1'", "# to try: 2")
    notebook.cells.append(new_markdown_cell("`k = 3  # try: 2`"))
    assert invitations(notebook) == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("k = 3  # try: 0.1 and your own!", r"cell 1 \(c1\), line 1: .* is no list of Python val"),
        ("k = 3  # try:", "is no list of Python values"),
        ("f(3, 4)  # try: 2", r"exactly one number, text, list or tuple to replace, .* has 2"),
        ("f(x)  # try: 2", "this one has 0"),
        ("f(x)  # try: X[0]", "needs one assignment, .* this one has 0"),
        ("t = f'{x} 3'  # try: 2", "this one has 0"),
    ],
)
def test_a_line_without_one_place_for_its_values_is_refused(line, message):
    with pytest.raises(ValueError, match=message):
        invitations(lesson(line))


# Other numbers and other seeds


def test_every_generator_gets_another_seed_and_equal_seeds_stay_equal(tmp_path):
    source = """
from utils.data_generators import make_moons
a, b, c = (np.random.default_rng(n).normal() for n in (4, 4, 5))
X = make_moons(10, noise=0.1, random_state=4)[0]
claim(a == b and a != c, "equal seeds, equal numbers")
claim(a == {a!r}, "a")
claim(X[0, 0] == {X!r}, "X")
"""
    make, (place, index) = np.random.default_rng, (tmp_path, "cell 2 (c2)")

    def expected(seed):
        from utils.data_generators import make_moons

        X = make_moons(10, noise=0.1, random_state=4 + seed)[0]
        return source.format(a=float(make(4 + seed).normal()), X=float(X[0, 0]))

    for seed in (0, 3):
        cells = lesson(SETUP, expected(1000 * seed)).cells
        assert run_cells(cells, place, seed) == ([], set())
    missed = run_cells(lesson(SETUP, expected(0)).cells, place, 3).missed
    assert missed == {(index, "a"), (index, "X")}
    assert np.random.default_rng is make


def test_a_run_leaves_the_process_as_it_was(tmp_path, monkeypatch):
    monkeypatch.setenv(STRICT, "1")
    before = Path.cwd(), list(sys.path), plotting.animate, plotting.explore, dict(os.environ)
    source = "import os\nclaim(False, os.getcwd())\n1 / 0"
    outcome = run_cells(lesson(SETUP, source).cells, tmp_path)
    assert outcome.missed == set()  # what an unfinished cell says does not count
    assert outcome.faults == [
        "cell 2 (c2), line 3 ended in ZeroDivisionError: division by zero"
    ]
    assert before == (
        Path.cwd(), list(sys.path), plotting.animate, plotting.explore, dict(os.environ)
    )


FILM = "draw.animate(lambda fig, frame: 1 / (frame - 5), range(1, 6))"
PANELS = """
def show(ax, k, way): assert k + len(way) < 9
draw.explore(show, {"one": {"k": 2, "way": "a"}}, k=(1, 5, 1), way=["a", "long"])
"""


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("def f():\n    return 1 / 0\nf()", "line 2 ended in ZeroDivisionError: division by zero"),
        ("x = (", r"line 1 ended in SyntaxError"),
        (FILM, "line 1 ended in ZeroDivisionError: division by zero"),
        (PANELS.replace("9", "6"), "line 2 ended in AssertionError"),
        (PANELS, None),
        ("check('Exercise 1', 4, lambda answer: answer == 5)", "printed 'Exercise 1: not yet: not"),
        ("check('Exercise 1', ..., bool)", None),
        ("plt.plot([1, 2])\nassert plt.get_fignums() == [1]", None),
        ("import inspect\ndef f(): ...\nassert 'def f()' in inspect.getsource(f)", None),
        ("display(1)", None),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_faults_of_a_cell_are_found_where_they_are(tmp_path, source, fault):
    after = "assert plt.get_fignums() == []"
    faults = run_cells(lesson(SETUP, source, after).cells, tmp_path).faults
    assert len(faults) == (fault is not None)
    if faults:
        assert faults[0].startswith("cell 2 (c2)") and fault in faults[0]


def test_each_invitation_and_each_seed_is_played_and_reported(tmp_path):
    path = stored(tmp_path, "k = 3  # try: 2, 0, 5\nclaim(k == 3, 'three')\nx = 1 / k")
    lines = []
    assert play(path, seeds=[7], report=lines.append) == [
        "cell 2 (c2): k = 0: cell 2 (c2), line 3 ended in ZeroDivisionError: division by zero"
    ]
    assert lines == [
        "cell 2 (c2): k = 2: 0 faults; not now: three",
        "cell 2 (c2): k = 0: 1 faults",
        "cell 2 (c2): k = 5: 0 faults; not now: three",
        "other seed 7: 0 faults",
    ]


@pytest.mark.parametrize(
    ("condition", "found"),
    [("seed < 1000 * 19", 0), ("seed < 1000 * 18", 1), ("seed == 0", 1)],
)
def test_a_claim_may_fail_with_two_of_twenty_other_seeds(tmp_path, condition, found):
    made = "rng = np.random.default_rng(0)\nseed = rng.bit_generator.seed_seq.entropy\n"
    path = stored(tmp_path, f"{made}for _ in range(3):\n    claim({condition}, 'as drawn')")
    faults = play(path)
    assert len(faults) == found
    assert not faults or faults[0].startswith("cell 2 (c2): 'as drawn' fails for the other seeds [")
    path = stored(tmp_path, f"{made}claim({condition}, 'in this draw it is so')")
    assert play(path) == []


def test_the_command_says_what_it_found(tmp_path, capsys):
    path = stored(tmp_path, "k = 3  # try: 0\nx = 1 / k")
    assert main([str(path.parent), "--seeds", "1"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["cell 2 (c2): k = 0: 1 faults", "other seed 1: 0 faults"]
    assert "ended in ZeroDivisionError" in lines[2] and " 1 findings, " in lines[3]
    stored(tmp_path, "k = 3  # try: 4\nx = 1 / k")
    assert main([str(path.parent), "--seeds", "1", "--quiet"]) == 0
    assert " 0 findings, " in capsys.readouterr().out


# Other answers

ANSWERS = """# Answers

Words.

## Exercise 1: five

### Right: as a sum

Add them up.

```python
answer = 2 + 3
```

### Wrong: multiplied
Hint: add the two
```python
# Hint: this is no hint
answer = 2 * 3
```

## Exercise 2
### Wrong: nothing
Hint: is a `return` missing?

```python
def f(x):
    x + 1
```
"""


def test_answers_are_read_from_a_text_that_a_teacher_reads():
    assert read_answers(ANSWERS) == [
        Answer("1", True, "as a sum", "", "answer = 2 + 3"),
        Answer("1", False, "multiplied", "add the two",
               "# Hint: this is no hint\nanswer = 2 * 3"),
        Answer("2", False, "nothing", "is a `return` missing?", "def f(x):\n    x + 1"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("part", "other", "message"),
    [
        ("### Right:", "### Good:", "'### Good: as a sum' must begin with"),
        ("```python\nanswer = 2 + 3\n```", "", "hold one block of Python, it has 0"),
        ("Hint: add the two\n", "", "has 0 lines 'Hint: ...'"),
        ("Add them up.", "Hint: add them up", "has 1 lines 'Hint: ...'"),
        ("Exercise 2", "Exercise two", "has no number"),
    ],
)
def test_answers_that_are_written_in_another_way_are_refused(part, other, message):
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        read_answers(ANSWERS.replace(part, other))


def test_an_answer_stands_between_the_test_and_its_check():
    exercise = "def f(x):\n    return ...\n\ndef test(f): ...\n\ncheck('1', f, test)"
    assert with_answer(exercise, "f = abs") == (
        "def f(x):\n    return ...\n\ndef test(f): ...\n\nf = abs\n\ncheck('1', f, test)"
    )
    with pytest.raises(ValueError, match="must call check"):
        with_answer("x = 1", "x = 2")


def test_cells_that_run_alone_know_only_each_other(capsys):
    run_alone(["x = 1", "print(x + 1)"])
    run_alone(["y = 1", "print(x)"])
    assert capsys.readouterr().out == "2\nNameError: name 'x' is not defined\n"


def test_a_film_is_drawn_once_unless_its_ends_differ(monkeypatch):
    monkeypatch.setattr(plotting, "animate", plotting.animate)
    draw_films_once()
    drawn = []

    def scene(fig, x):
        drawn.append(x)
        ax = fig.subplots()
        ax.plot([x], [x], "o")
        ax.set(xlim=(0, 9), ylim=(0, 9))

    first = plotting.animate(scene, [1, 2, 3, 4], size=(2, 2))
    assert drawn == [1, 4, 1, 2, 3, 4]
    drawn.clear()
    assert plotting.animate(scene, [1, 2, 3, 4], size=(2, 2)) is first
    assert drawn == [1, 4]
    for frames, options in (([1, 2, 3, 5], {}), ([1, 4], {}), ([1, 2, 3, 4], {"ms": 100})):
        other = plotting.animate(scene, frames, size=(2, 2), **options)
        assert other.data != first.data


# Rehearsing, in a process of its own: what the kernel's libraries warn of is not ours


def rehearsed(path):
    script = "import json, sys; from utils.play import rehearse\n"
    script += "print(json.dumps(rehearse(sys.argv[1])))"
    run = subprocess.run([sys.executable, "-c", script, str(path)], cwd=ROOT, capture_output=True,
                         text=True, timeout=300)  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    return json.loads(run.stdout.splitlines()[-1])


def test_what_differs_when_cells_run_once_more_backwards_is_found(tmp_path):
    path = stored(
        tmp_path,
        "rng = np.random.default_rng(0)\nx = 1",
        "print(rng.normal())",
        "print(x)\nplt.plot([0, x]);",
        "plt.plot([x, 1]);",
        "own = np.random.default_rng(0)\nprint(own.normal())",
        "x = 2\ny = 3\ndef f(): return ...\n\ncheck('Exercise 1', f, lambda f: f() == y)",
        "import time\nprint(time.perf_counter())",
        "def f(): return y\n\ncheck('Exercise 1', f, lambda f: f() == y)",
        tags=["", "", "", "", "", "exercise-1", "timing", "solution-1"],
    )
    report = rehearsed(path)
    assert len(report["notebook"]["cells"]) == 9
    changed = report["changed"]
    assert [line.split(" printed")[0].split(" showed")[0] for line in changed] == ["c3", "c4", "c5"]
    assert changed[1] == "c4 printed '1\\n', then '2\\n'"
    assert changed[2] == "c5 showed one picture, then another"
    assert report["answers"] == []
    assert report["alone"] == [
        ["1", "Exercise 1: not attempted yet\n"],
        ["1", "Exercise 1: correct\n"],
    ]


def test_a_line_that_a_kernel_sends_in_two_pieces_is_one_line():
    first, second = new_code_cell("1", id="c"), new_code_cell("1", id="c")
    first.outputs = [new_output("stream", text="a b\n")]
    second.outputs = [new_output("stream", text="a"), new_output("stream", text=" b\n")]
    for _ in range(2):  # comparing must change neither of them
        assert list(_changes(first, second)) == list(_changes(second, first)) == []
    assert [_printed(cell) for cell in (first, second)] == ["a b\n", "a b\n"]
    second.outputs[1].text = " c\n"
    assert list(_changes(first, second)) == ["c printed 'a b\\n', then 'a c\\n'"]
