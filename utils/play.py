"""Play with a lesson as its readers do: other numbers, other seeds, cells again, other answers.

`python -m utils.play 07_k_means` runs the lesson with each number that it invites to try and with
twenty other seeds, and prints what went wrong. `utils/test_notebooks.py` asks for the same.

An author marks two things in a lesson, and writes one file beside it:

**Invitations.** `spread = 1.3  # try: 0.7, 2, 3` invites the reader to change a number. What stands
behind `try:` is a list of Python values and nothing else. Each takes the place of the one literal
of its kind in the line: a number, a text, a list, a tuple, also inside a call, as in
`np.array([1, 2])`. If there is none of its kind, it takes the place of the only literal. A value
that is no literal (`X[:3]`) takes the place of all that stands right of the `=`.

**Claims.** `claim(condition, text)` of `utils/exercises.py` holds a number that the text quotes. A
claim about random data must hold for at least 18 of 20 other seeds. A claim whose text has the
words "in this draw" need not.

Seeds need no mark. "Other seed 3" means that every generator that is made with a number n is made
with n + 3000 instead: `np.random.default_rng(n)` in the lesson and, because they call it too, each
`random_state=n` of a model or of `utils`. Equal seeds stay equal and different ones different. To
see what a finding was about, add the 3000 by hand.

**Answers.** `utils/lesson_answers/07_k_means.md` holds answers to the exercises that differ from
the lesson's solutions: right ones that must be accepted, and wrong ones with a part of the hint
that each must get. The format is that of `read_answers`.
"""

import argparse
import ast
import contextlib
import copy
import io
import itertools
import linecache
import os
import re
import sys
import time
import tokenize
from pathlib import Path
from typing import NamedTuple

import numpy as np
from nbformat.v4 import new_code_cell

from utils import notebooks, plotting
from utils.exercises import OTHER_NUMBERS, STRICT

ROOT = notebooks.ROOT
ANSWERS = ROOT / "utils" / "lesson_answers"
OTHER_SEEDS = range(1, 21)
CLAIMS_MAY_FAIL = 2  # of the twenty other seeds
ONE_DRAW = "in this draw"


# ------------------------------------------------------------------------------------- invitations


class Invitation(NamedTuple):
    """One value that a lesson invites to try.

    Attributes
    ----------
    cell : int
        The index of the cell among the cells of the notebook.
    label : str
        The changed line, for messages.
    source : str
        The source of the cell with the value in its place.
    """

    cell: int
    label: str
    source: str


def invitations(notebook):
    """The values that the lines marked `# try:` offer, as a list of Invitation.

    Raises
    ------
    ValueError
        If a marked line has no one place for its values, or if they are no Python values.
    """
    found = []
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code" or "# try:" not in cell.source:
            continue
        place = _place(index, cell)
        for line, text in _marked_lines(cell.source):
            try:
                sources = _with_values(cell.source, line, text)
            except (SyntaxError, ValueError) as error:
                raise ValueError(f"{place}, line {line}: {error}") from None
            for source in sources:
                changed = source.splitlines()[line - 1].split("# try:")[0].strip()
                found.append(Invitation(index, f"{place}: {changed}", source))
    return found


def _marked_lines(source):
    """The number of each marked line and what stands behind its mark."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and token.string.startswith("# try:"):
            yield token.start[0], token.string.removeprefix("# try:").strip()


def _with_values(source, line, text):
    """The source once for each of the values of `text`, which takes its place on the line."""
    try:
        values = ast.parse(f"({text},)", mode="eval")
    except SyntaxError:
        raise ValueError(f"'{text}' is no list of Python values") from None
    texts = [ast.get_source_segment(f"({text},)", value) for value in values.body.elts]
    tree = ast.parse(source)
    if all(_is_literal(value) for value in values.body.elts):
        places = list(_literals(tree, line))
        alike = [node for node in places if _kind(node) == _kind(values.body.elts[0])]
        places = alike or places
        rule = "exactly one number, text, list or tuple to replace"
    else:
        places = [node.value for node in ast.walk(tree)
                  if isinstance(node, ast.Assign) and node.lineno == node.end_lineno == line]
        rule = "one assignment, because the values are no plain numbers, texts or lists"
    if len(places) != 1:
        raise ValueError(f"a line with '# try:' needs {rule}, this one has {len(places)}")
    lines = source.encode().splitlines(keepends=True)  # the columns of `ast` count bytes
    before = lines[line - 1][: places[0].col_offset]
    after = lines[line - 1][places[0].end_col_offset :]
    sources = []
    for value in texts:
        lines[line - 1] = before + value.encode() + after
        sources.append(b"".join(lines).decode())
    return sources


def _literals(node, line):
    """The largest literals of a piece of code that stand whole on a line."""
    if isinstance(node, ast.JoinedStr):
        return
    whole = getattr(node, "lineno", None) == getattr(node, "end_lineno", None) == line
    if whole and isinstance(node, ast.expr) and _is_literal(node):
        yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from _literals(child, line)


def _is_literal(node):
    """Whether an expression is a number, a text, or a list, tuple or dict of such."""
    try:
        ast.literal_eval(node)
    except ValueError:
        return False
    return True


def _kind(node):
    """The type of a literal; all numbers are of one kind."""
    value = ast.literal_eval(node)
    is_number = isinstance(value, (int, float, complex)) and not isinstance(value, bool)
    return "number" if is_number else type(value)


# ---------------------------------------------------------------------- other numbers, other seeds


class Outcome(NamedTuple):
    """What one run of a lesson brought.

    Attributes
    ----------
    faults : list of str
        An error, or solutions of exercises that were refused.
    missed : set of (str, str)
        The claims that did not hold: cell and text.
    """

    faults: list
    missed: set


def run_cells(cells, folder, seed=0):
    """Run the code cells of a lesson in this process, without a kernel and without its pictures.

    The cells draw on their figures, but nothing is turned into pixels. Of a film the first and
    the last frame are drawn, and a slider is moved to both its ends. Claims are lenient.

    Parameters
    ----------
    cells : list of notebook cells
    folder : Path
        Where the lesson stands: its working directory.
    seed : int
        Which of the other seeds; with 0 the lesson's own.

    Returns
    -------
    Outcome
    """
    import matplotlib.pyplot as plt

    faults, missed = [], set()
    names = {"__name__": "__main__", "display": lambda *things, **options: None}
    with _as_a_reader(folder), _without_pixels(), _other_seed(seed):
        for index, cell in enumerate(cells):
            if cell.cell_type != "code":
                continue
            place, printed = _place(index, cell), io.StringIO()
            try:
                with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
                    exec(_compiled(cell.source, place), names)
            except (Exception, SystemExit) as error:
                line = _line_in(place, error)
                faults.append(f"{place}, line {line} ended in {type(error).__name__}: {error}")
                break
            finally:
                plt.close("all")
            for line in printed.getvalue().splitlines():
                if line.startswith(OTHER_NUMBERS):
                    missed.add((place, line.removeprefix(OTHER_NUMBERS)))
                elif ": not yet: " in line or ": run the cells above first" in line:
                    faults.append(f"{place} printed '{line}'")
    return Outcome(faults, missed)


@contextlib.contextmanager
def _as_a_reader(folder):
    """Work in the folder of a lesson, with lenient claims, and leave no trace of it."""
    path, here, strict = list(sys.path), Path.cwd(), os.environ.pop(STRICT, None)
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(here)
        sys.path[:] = path
        if strict is not None:
            os.environ[STRICT] = strict


@contextlib.contextmanager
def _without_pixels():
    """Let films and sliders draw, but turn nothing into pictures."""
    import matplotlib

    backend, film, slider = matplotlib.get_backend(), plotting.animate, plotting.explore
    matplotlib.use("agg")
    plotting.animate, plotting.explore = _first_and_last_frame, _panels_and_ends
    try:
        yield
    finally:
        plotting.animate, plotting.explore = film, slider
        matplotlib.use(backend)


def _first_and_last_frame(draw, frames, *, size=(6, 3.6), dpi=80, **options):
    """What `plotting.animate` is while nothing is turned into pixels."""
    frames = list(frames)
    for frame in (frames[0], frames[-1]):
        draw(plotting.figure(size, dpi), frame)


def _panels_and_ends(draw, panels, *, rows=1, size=None, **sliders):
    """What `plotting.explore` is while nothing is turned into pixels."""
    settings = list(plotting.panel_settings(panels, sliders).values())
    for name, slider in sliders.items():
        if isinstance(slider, bool):
            ends = (False, True)
        else:
            ends = slider[:2] if isinstance(slider, tuple) else (slider[0], slider[-1])
        settings += [settings[0] | {name: end} for end in ends]
    for setting in settings:
        draw(plotting.figure(plotting.SINGLE).subplots(rows), **setting)


@contextlib.contextmanager
def _other_seed(seed):
    """Let every generator that is made with a number n be made with n + 1000 seed."""
    make = np.random.default_rng

    def make_other(number=None):
        if isinstance(number, (int, np.integer)):
            number = int(number) + 1000 * seed
        elif isinstance(number, (list, tuple, np.ndarray)):
            number = [int(number[0]) + 1000 * seed, *number[1:]]
        return make(number)

    np.random.default_rng = make_other
    try:
        yield
    finally:
        np.random.default_rng = make


def _compiled(source, place):
    """The code of a cell; its source is kept where `inspect` and tracebacks look for it."""
    lines = source.splitlines(keepends=True)
    linecache.cache[place] = (len(source), None, lines, place)
    return compile(source, place, "exec")


def _line_in(place, error):
    """The line of a cell in which an error was raised."""
    if isinstance(error, SyntaxError) and error.filename == place:
        return error.lineno
    line, step = "?", error.__traceback__
    while step is not None:
        line = step.tb_lineno if step.tb_frame.f_code.co_filename == place else line
        step = step.tb_next
    return line


def _place(index, cell):
    return f"cell {index + 1} ({cell.get('id', 'without id')})"


def play(path, seeds=OTHER_SEEDS, report=lambda line: None):
    """Run a lesson with each number that it invites to try, and with other seeds.

    Parameters
    ----------
    path : Path
        The stored notebook.
    seeds : iterable of int
        The other seeds.
    report : callable
        Called with a line after each run.

    Returns
    -------
    list of str
        What went wrong, one line each; empty when all is well.
    """
    notebook, folder = notebooks.read(path), Path(path).resolve().parent
    found, missed = [], {}
    for cell, label, source in invitations(notebook):
        cells = list(notebook.cells)
        cells[cell] = copy.deepcopy(cells[cell])
        cells[cell].source = source
        outcome = run_cells(cells, folder)
        found += [f"{label}: {fault}" for fault in outcome.faults]
        texts = "".join(f"; not now: {text}" for _, text in sorted(outcome.missed))
        report(f"{label}: {len(outcome.faults)} faults{texts}")
    for seed in seeds:
        outcome = run_cells(notebook.cells, folder, seed)
        found += [f"other seed {seed}: {fault}" for fault in outcome.faults]
        for place_and_text in outcome.missed:
            missed.setdefault(place_and_text, []).append(seed)
        texts = "".join(f"; not now: {text}" for _, text in sorted(outcome.missed))
        report(f"other seed {seed}: {len(outcome.faults)} faults{texts}")
    for (place, text), failed in missed.items():
        if len(failed) > CLAIMS_MAY_FAIL and ONE_DRAW not in text:
            found.append(f"{place}: '{text}' fails for the other seeds {failed}")
    return found


# ------------------------------------------------------------------------------------ other answers


class Answer(NamedTuple):
    """An answer to an exercise that differs from the lesson's own solution.

    Attributes
    ----------
    exercise : str
        The number of the exercise.
    right : bool
        Whether it must be accepted.
    title : str
        What it does, in a few words.
    hint : str
        A part of the hint that a wrong answer must get.
    source : str
        The code.
    """

    exercise: str
    right: bool
    title: str
    hint: str
    source: str


def read_answers(text):
    """The answers that a text in Markdown holds, as a list of Answer.

    The text is written so, with a few words anywhere between:

        ## Exercise 1: the title of the exercise
        ### Right: with a loop
        (the answer as a block of Python)
        ### Wrong: forgets the square
        Hint: sum the squares
        (the answer as a block of Python)

    Raises
    ------
    ValueError
        If an answer has not exactly one block of code, or a wrong one no hint.
    """
    answers = []
    for section in re.split(r"(?m)^## Exercise ", text)[1:]:
        exercise = re.match(r"\d+", section)
        if not exercise:
            raise ValueError(f"'## Exercise {section.splitlines()[0]}' has no number")
        for part in re.split(r"(?m)^### ", section)[1:]:
            title = part.splitlines()[0]
            kind = re.match(r"(Right|Wrong): (.+)", title)
            code = re.findall(r"(?ms)^```python\n(.*?)^```$", part)
            hint = re.findall(r"(?m)^Hint: (.+)$", re.sub(r"(?ms)^```.*?^```$", "", part))
            if not kind or len(code) != 1:
                raise ValueError(f"'### {title}' must begin with 'Right: ' or 'Wrong: ' and hold "
                                 f"one block of Python, it has {len(code)}")  # fmt: skip
            if len(hint) != (kind[1] == "Wrong"):
                raise ValueError(f"'### {title}' has {len(hint)} lines 'Hint: ...'; a wrong answer "
                                 "has one, a right one none")  # fmt: skip
            answers.append(Answer(exercise[0], kind[1] == "Right", kind[2].strip(),
                                  hint[0].strip() if hint else "", code[0].rstrip()))  # fmt: skip
    return answers


def with_answer(exercise, source):
    """The source of an exercise cell with an answer behind its test, in front of its `check`."""
    before, found, after = exercise.rpartition("\ncheck(")
    if not found:
        raise ValueError("an exercise cell must call check( at the beginning of a line")
    return f"{before.rstrip()}\n\n{source}\n\ncheck({after}"


def run_alone(sources):
    """Run cells one after the other in an empty namespace, and print an error as one line."""
    names = {"__name__": "__main__"}
    try:
        for number, source in enumerate(sources, 1):
            exec(_compiled(source, f"cell {number}, alone"), names)
    except Exception as error:
        print(f"{type(error).__name__}: {error}")


def draw_films_once():
    """Let `plotting.animate` make each film once in this process.

    A film whose first and last frame are as those of an earlier one is the earlier one. So a
    second run of a cell draws two frames, and draws them all only if they differ.
    """
    make, films = plotting.animate, {}

    def animate(draw, frames, *, size=(6, 3.6), dpi=80, **options):
        frames, ends = list(frames), []
        for frame in (frames[0], frames[-1]):
            fig = plotting.figure(size, dpi)
            draw(fig, frame)
            fig.canvas.draw()
            ends.append(bytes(fig.canvas.buffer_rgba()))
        film = (*ends, len(frames), size, dpi, repr(options))
        if film not in films:
            films[film] = make(draw, frames, size=size, dpi=dpi, **options)
        return films[film]

    plotting.animate = animate


def rehearse(path):
    """Run a solved lesson in a kernel, then all its cells backwards, then other answers.

    Parameters
    ----------
    path : Path
        The stored notebook. Answers are read from the file of its folder's name in
        `utils/lesson_answers`, if there is one.

    Returns
    -------
    dict with these keys, of JSON's types:
        notebook : the executed notebook, its exercises solved
        changed : for each cell that shows something else when all cells run once more, from the
            last to the first: its place and what differs
        answers : (exercise, right, title, hint, printed text) of each answer
        alone : (place, printed text) of each exercise cell after the setup cell alone; first with
            its blank, then solved

    Raises
    ------
    RuntimeError
        If a cell ends in an error.
    """
    stored = notebooks.read(path)
    solved = notebooks.with_solutions(stored)
    code = [cell for cell in solved.cells if cell.cell_type == "code"]
    again = [new_code_cell(c.source, id=f"{c.id}-again", metadata=c.metadata) for c in code[::-1]]

    exercises = notebooks.tagged(stored, "exercise")
    file = ANSWERS / f"{Path(path).resolve().parent.name}.md"
    answers = read_answers(file.read_text(encoding="utf-8")) if file.exists() else []
    numbers = itertools.count(1)
    answered = [new_code_cell(with_answer(exercises[a.exercise].source, a.source),
                              id=f"answer-{next(numbers)}-to-{a.exercise}") for a in answers]

    setup = code[0].source
    blank = [cell.source for cell in exercises.values()]
    blank += [cell.source for cell in notebooks.tagged(solved, "exercise").values()]
    run = "__import__('utils.play', fromlist=['run_alone']).run_alone"
    alone = [new_code_cell(f"{run}({[setup, source]!r})", id=f"alone-{i}")
             for i, source in enumerate(blank, 1)]

    whole = copy.deepcopy(solved)
    whole.cells += [*again, *answered, *alone]
    first_code = next(cell for cell in whole.cells if cell.cell_type == "code")
    films = "__import__('utils.play', fromlist=['draw_films_once']).draw_films_once()"
    first_code.source += f"\n{films}"
    done = notebooks.execute(path, whole)
    parts = iter(done.cells)
    solved.cells = list(itertools.islice(parts, len(solved.cells)))
    first = [cell for cell in solved.cells if cell.cell_type == "code"]
    first[0].source = setup
    second = list(itertools.islice(parts, len(again)))
    printed = [_printed(cell) for cell in parts]
    return {
        "notebook": solved,
        "changed": [change for pair in zip(first, second[::-1]) for change in _changes(*pair)],
        "answers": [(a.exercise, a.right, a.title, a.hint, text)
                    for a, text in zip(answers, printed)],
        "alone": list(zip([*exercises, *exercises], printed[len(answers):])),
    }  # fmt: skip


def _printed(cell):
    """What a cell wrote, without empty lines."""
    text = "".join(output.get("text", "") for output in cell.outputs)
    return "".join(f"{line}\n" for line in text.splitlines() if line.strip())


def _changes(first, second):
    """What differs between the outputs of two runs of a cell, in words."""
    one, two = (notebooks.clean_outputs(cell.outputs, None) for cell in (first, second))
    if "timing" in first.metadata.get("tags", []):
        return
    if _printed(first) != _printed(second):
        yield f"{first.id} printed {_printed(first)!r}, then {_printed(second)!r}"
    elif one != two:
        yield f"{first.id} showed one picture, then another"


# --------------------------------------------------------------------------------------------- main


def main(argv=None):
    """Play with lessons and print what went wrong; returns 1 when there is any finding."""
    parser = argparse.ArgumentParser(
        prog="python -m utils.play", description="Run lessons with other numbers and other seeds."
    )
    parser.add_argument("folders", nargs="*", type=Path, help="folders of lessons (default: all)")
    parser.add_argument("--seeds", type=int, default=len(OTHER_SEEDS), help="how many other seeds")
    parser.add_argument("--quiet", action="store_true", help="print what went wrong and no more")
    options = parser.parse_args(argv)
    paths = [folder / "notebook_demo.ipynb" for folder in options.folders]
    failed = False
    for path in paths or notebooks.stored_notebooks():
        start = time.perf_counter()
        show = (lambda line: None) if options.quiet else print
        found = play(path, range(1, options.seeds + 1), show)
        for line in found:
            print(f"{path.parent.name}: {line}")
        print(f"{path.parent.name}: {len(found)} findings, {time.perf_counter() - start:.0f} s")
        failed = failed or bool(found)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
