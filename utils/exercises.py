"""What a lesson says to its reader: `check` marks an exercise, `claim` watches a sentence.

**Exercises.** An exercise starts as a blank, written as Python's own blank `...`. A test marks it.
The test yields what must be true of a right answer, and a hint for each of these properties:

    def is_gradient(answer):
        yield np.shape(answer) == w.shape, "a gradient has one entry per weight"
        yield np.allclose(answer, numeric_gradient), "compare it with the finite differences"

    answer = ...
    check("Exercise 1", answer, is_gradient)        # Exercise 1: not attempted yet

The blank may also be what a function of the learner's returns, or a part that it computes with.

**Claims.** The text of a lesson quotes numbers. A reader who changes a number or a seed gets other
ones. So a cell whose numbers the text quotes ends with a claim:

    claim(round(limit, 3) == 0.646, "the rate must stay below 0.646")

It prints nothing while the text is right, and one friendly line when it is not. While a lesson is
built or tested, the environment variable LESSONS_ARE_STRICT is set, and a claim that fails raises.
"""

import ast
import functools
import inspect
import json
import linecache
import os
import textwrap
import types
import warnings
from pathlib import Path

import numpy as np

STRICT = "LESSONS_ARE_STRICT"  # the environment variable that makes claims raise
OTHER_NUMBERS = "The text was written for other numbers: "
_GENERAL_HINT = "not the expected result; read the question again and print what you have"
_LONGEST_HINT = 300
_WITH_NAMES_OF_THEIR_OWN = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip


def claim(condition, text):
    """Say in one friendly line that a sentence of the text does not fit the present numbers.

    Parameters
    ----------
    condition : bool or array of bool
        Whether the sentence is true. Of an array every entry must be true.
    text : str
        What the lesson's text says, in a few words.

    Raises
    ------
    AssertionError
        If the condition is false and the environment variable LESSONS_ARE_STRICT is set. It is
        set while lessons are built or tested, and never for a reader.

    Examples
    --------
    >>> claim(2 + 3 == 5, "two and three are five")
    >>> claim(2 + 4 == 5, "two and three are five")
    The text was written for other numbers: two and three are five
    """
    if np.all(condition):
        return
    if os.environ.get(STRICT):
        raise AssertionError(f"the text says: {text}")
    print(OTHER_NUMBERS + _one_line(text))


class _Blank(BaseException):
    """A function of the learner's returned its blank; no `except Exception` of a test keeps it."""


def check(name, answer, test):
    """Mark an answer and print one line; nothing is returned and nothing is raised.

    Parameters
    ----------
    name : str
        What the printed line begins with, "Exercise 1" say.
    answer : object
        A value or a function. `...` and None, a tuple or list that still holds `...`, a function
        without a body and a function that returns any of these count as "not attempted yet".
    test : callable
        Called with the answer. It may yield pairs of a condition and a hint, one after the other:
        the first condition that is false gives "not yet: hint". `AssertionError("hint")` gives the
        same. False gives a general hint (also an array, a list or a pandas Series that holds a
        False). Everything else that it may return, None included, gives "correct".

    Notes
    -----
    If something else goes wrong, the line says where:

    - A name is missing that a cell of the lesson defines: "run the cells above first". These
      names are read from the notebooks in the working directory.
    - The learner's function raises: its line and the error.
    - The learner's function returns None: "is a `return` missing?".
    - The test cannot use the answer: what the answer is, and the error.

    Warnings are not shown: a test that must see one, an overflow for instance, turns it into an
    error with `np.errstate(over="raise")`. A keyboard interrupt is passed on.

    Examples
    --------
    >>> check("Sum", ..., lambda answer: answer == 5)
    Sum: not attempted yet
    >>> check("Sum", 2 * 3, lambda answer: answer == 5)
    Sum: not yet: not the expected result; read the question again and print what you have
    >>> check("Sum", 2 + 3, lambda answer: answer == 5)
    Sum: correct
    """
    print(_one_line(name) + ": " + _verdict(answer, test))


def _verdict(answer, test):
    """The part of the line after the name."""
    results = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if answer is None or _is_blank(answer) or _has_no_body(answer):
                return "not attempted yet"
            result = test(_watched(answer, results))
            if isinstance(result, types.GeneratorType):
                hint = _first_hint(result)
            else:
                hint = _GENERAL_HINT if _holds_false(result) else None
    except _Blank:
        return "not attempted yet"
    except AssertionError as error:
        if _last_step_in(answer, error):
            hint = _what_went_wrong(answer, results, error)
        else:
            hint = _message(error) or _GENERAL_HINT
    except (Exception, SystemExit) as error:
        if isinstance(error, TypeError) and "ellipsis" in _message(error):
            return "not attempted yet"  # arithmetic with a blank
        if _is_name_of_a_cell_not_run(error, test):
            return f"run the cells above first: {error.name!r} is not defined yet"
        hint = _what_went_wrong(answer, results, error)
    if hint is None:
        return "correct"
    if results and all(value is None for value in results):
        hint = "your function returned None. Is a `return` missing?"
    return "not yet: " + hint


def _watched(answer, results):
    """The answer; a function is wrapped so that a blank among its results ends the test.

    Its results are added to the list `results`. Classes and callable objects (a polynomial, a
    ufunc) stay as they are: a wrapper would hide their methods, and they return no blanks.
    """
    if not isinstance(answer, (types.FunctionType, types.MethodType, functools.partial)):
        return answer

    @functools.wraps(answer)
    def watched(*args, **kwargs):
        result = answer(*args, **kwargs)
        if _is_blank(result):
            raise _Blank
        results.append(result)
        return result

    return watched


def _is_blank(value):
    """Whether the value is `...`, or a tuple or list that holds it."""
    return value is ... or (type(value) in (tuple, list) and any(part is ... for part in value))


def _has_no_body(answer):
    """Whether the answer is a function that does nothing, as `def f(x): ...`.

    Such a function returns None, which a function that merely lacks its `return` does too. Only
    the first is not attempted, so the source is looked at and not the result. Without a source
    (a function made by `exec`) the function counts as an attempt.
    """
    if not isinstance(answer, types.FunctionType):
        return False
    try:
        (function,) = ast.parse(textwrap.dedent(inspect.getsource(answer))).body
    except (OSError, TypeError, ValueError, SyntaxError):
        return False
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return False  # a lambda has a value
    return all(
        isinstance(step, ast.Pass)
        or (isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant))
        for step in function.body
    )


def _first_hint(conditions):
    """The hint of the first condition that does not hold, None if all hold."""
    for condition, hint in conditions:
        if not np.all(condition):
            return _one_line(hint)
    return None


def _holds_false(result):
    """Whether what a test returned is False, or an array or a list that holds a False."""
    if isinstance(result, np.generic) and not isinstance(result, np.bool_):
        return False  # a number, 0.0 too, is no verdict
    if isinstance(result, bool) or hasattr(result, "__array__"):
        return not np.all(np.asarray(result))
    if isinstance(result, (list, tuple)):
        return any(_holds_false(part) for part in result)
    return False


def _is_name_of_a_cell_not_run(error, test):
    """Whether the error says that a cell of the lesson, which defines a name, has not run.

    It does if the test itself lacks the name, or if a cell of the lesson defines the name: the
    learner's function may use it too. Any other name is a slip of the learner's.
    """
    if type(error) is not NameError or not error.name:  # an UnboundLocalError is a slip
        return False
    *_, last = _steps(error)
    return _is_part(last.tb_frame.f_code, test) or error.name in _names_of_the_lesson()


def _names_of_the_lesson():
    """The names that the cells of the notebooks in the working directory define."""
    names = set()
    for path in Path.cwd().glob("*.ipynb"):
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            sources = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
        except (OSError, ValueError, KeyError, TypeError):
            continue  # somebody's notebook that is none
        for source in sources:
            names |= _names_of_a_cell(source)
    return names


def _names_of_a_cell(source):
    """The names that the code of one cell defines for the cells below it."""
    try:
        waiting = list(ast.parse(source).body)
    except (SyntaxError, ValueError):
        return set()  # a magic command
    names = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        if isinstance(node, _WITH_NAMES_OF_THEIR_OWN):
            continue  # what stands inside is local
        if isinstance(node, ast.alias):
            names.add((node.asname or node.name).split(".")[0])
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        waiting += ast.iter_child_nodes(node)
    return names


def _steps(error):
    """The steps of the error's traceback, the place where it was raised last."""
    step = error.__traceback__
    while step is not None:
        yield step
        step = step.tb_next


def _last_step_in(answer, error):
    """The last step of the error's traceback in the learner's function; None if there is none."""
    inside = [step for step in _steps(error) if _is_part(step.tb_frame.f_code, answer)]
    return inside[-1] if inside else None


def _is_part(code, function):
    """Whether a code object is that of a function, or of a function or loop inside it."""
    while isinstance(function, (functools.partial, types.MethodType)):
        function = function.func if isinstance(function, functools.partial) else function.__func__
    waiting = [function.__code__] if isinstance(function, types.FunctionType) else []
    while waiting:
        part = waiting.pop()
        if part is code:
            return True
        waiting += [inner for inner in part.co_consts if isinstance(inner, types.CodeType)]
    return False


def _what_went_wrong(answer, results, error):
    """The hint for an error that the test did not foresee."""
    message = _message(error)
    words = type(error).__name__ + (f": {message}" if message else "")
    step = _last_step_in(answer, error)
    if step is not None:
        line = linecache.getline(step.tb_frame.f_code.co_filename, step.tb_lineno).strip()
        return f"your function ended in {words}" + (f" (at `{line}`)" if line else "")
    if results:
        return f"your function returned {_describe(results[-1])}, which does not fit ({words})"
    return f"your answer is {_describe(answer)}, which does not fit ({words})"


def _describe(value):
    """What a value is, in a few words: its type, and its shape or length where it has one."""
    kind = type(value).__name__
    article = "an" if kind[0].lower() in "aeiou" else "a"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, (list, tuple)):
        return f"{article} {kind} of length {len(value)}"
    return f"{article} {kind}"


def _message(error):
    """What the error says, on one line; an error whose message cannot be had says nothing."""
    try:
        return _one_line(error)
    except Exception:
        return ""


def _one_line(thing):
    """The text on one line, cut where it gets long, without what an output cannot encode."""
    text = " ".join(str(thing).split()).encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= _LONGEST_HINT else text[: _LONGEST_HINT - 3] + "..."
