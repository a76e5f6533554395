"""The one function that marks an exercise: `check` prints a line and never stops the notebook.

An exercise starts as a blank, written as Python's own blank `...`, and is marked by a test that
states a property of the right answer, each property with its hint:

    def is_gradient(answer):
        assert answer.shape == w.shape, "a gradient has one entry per weight"
        assert np.allclose(answer, numeric_gradient), "compare it with the finite differences"

    answer = ...
    check("Exercise 1", answer, is_gradient)        # Exercise 1: not attempted yet

The blank may also be what a function of the learner's returns, or a part that it computes with.
"""

import dis
import functools
import types
import warnings

import numpy as np

_GENERAL_HINT = "not the expected result; read the question again and print what you have"
_LONGEST_HINT = 300


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
        Called with the answer. `AssertionError("hint")` gives "not yet: hint", any other
        exception its type and message, False (also a NumPy array that is not all true) a general
        hint. Everything else it may return, None included, gives "correct".

    Notes
    -----
    Warnings are not shown: a test that must see one, an overflow for instance, turns it into an
    error with `np.errstate(over="raise")`. A keyboard interrupt is passed on.

    Examples
    --------
    >>> check("Sum", ..., lambda answer: answer == 5)
    Sum: not attempted yet
    >>> check("Sum", 2 + 3, lambda answer: answer == 5)
    Sum: correct
    """
    print(_one_line(name) + ": " + _verdict(answer, test))


def _verdict(answer, test):
    """The part of the line after the name."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if answer is None or _is_blank(answer) or _has_no_body(answer):
                return "not attempted yet"
            result = test(_watched(answer))
            if isinstance(result, (bool, np.bool_, np.ndarray)) and not np.all(result):
                return "not yet: " + _GENERAL_HINT
            return "correct"
    except _Blank:
        return "not attempted yet"
    except AssertionError as error:
        return "not yet: " + (_message(error) or _GENERAL_HINT)
    except (Exception, SystemExit) as error:
        message = _message(error)
        if isinstance(error, TypeError) and "ellipsis" in message:  # arithmetic with a blank
            return "not attempted yet"
        return "not yet: " + type(error).__name__ + (": " + message if message else "")


def _watched(answer):
    """The answer; a function is wrapped so that a blank among its results ends the test.

    Classes and callable objects (a polynomial, a ufunc) stay as they are: a wrapper would hide
    their methods, and they return no blanks.
    """
    if not isinstance(answer, (types.FunctionType, types.MethodType, functools.partial)):
        return answer

    @functools.wraps(answer)
    def watched(*args, **kwargs):
        result = answer(*args, **kwargs)
        if _is_blank(result):
            raise _Blank
        return result

    return watched


def _is_blank(value):
    """Whether the value is `...`, or a tuple or list that holds it."""
    return value is ... or (type(value) in (tuple, list) and any(part is ... for part in value))


def _has_no_body(answer):
    """Whether the answer is a function that does nothing, as `def f(x): ...`.

    Such a function returns None, which a function that merely lacks its `return` does too; only
    the first is not attempted, so the instructions are looked at and not the result.
    """
    if not isinstance(answer, types.FunctionType):
        return False
    steps = [step for step in dis.get_instructions(answer) if step.opname not in ("RESUME", "NOP")]
    does_nothing = {step.opname for step in steps} <= {"LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}
    return does_nothing and all(
        step.argval is None for step in steps if step.opname.endswith("_CONST")
    )


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
