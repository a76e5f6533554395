"""Tests of what a lesson says to its reader: the marks of exercises, and claims."""

import doctest
import functools
import json
import sys
import warnings

import numpy as np
import pytest

from utils import exercises
from utils.exercises import STRICT, check, claim


@pytest.fixture(autouse=True)
def as_a_reader_sees_it(monkeypatch):
    monkeypatch.delenv(STRICT, raising=False)


def test_the_examples_of_the_docstrings_run():
    assert doctest.testmod(exercises).failed == 0


# Claims


@pytest.mark.parametrize("condition", [True, np.True_, 1, np.array([True, True]), [True, True]])
def test_a_claim_that_holds_says_nothing(capsys, monkeypatch, condition):
    assert claim(condition, "all is well") is None
    monkeypatch.setenv(STRICT, "1")
    assert claim(condition, "all is well") is None
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("condition", [False, np.False_, np.array([True, False]), [True, False]])
def test_a_claim_that_fails_is_one_friendly_line_and_raises_only_where_lessons_are_built(
    capsys, monkeypatch, condition
):
    assert claim(condition, "28 of 30\ntowns") is None
    assert capsys.readouterr().out == "The text was written for other numbers: 28 of 30 towns\n"
    monkeypatch.setenv(STRICT, "1")
    with pytest.raises(AssertionError, match="the text says: 28 of 30"):
        claim(condition, "28 of 30\ntowns")


# Marks


def line(capsys, answer, test, name="Exercise 1"):
    """What one check prints after the name, asserting that it is one line and returns nothing."""
    assert check(name, answer, test) is None
    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out.startswith("Exercise 1: ")
    assert printed.out.endswith("\n") and printed.out.count("\n") == 1
    return printed.out[len("Exercise 1: ") : -1]


def accepts_everything(answer):
    return True


def must_not_be_called(answer):
    raise RuntimeError("a blank was tested")


def test_the_three_verdicts_on_two_plus_three(capsys):
    def is_five(answer):
        if answer != 2 + 3:  # pytest would add its own words to the message of an assert
            raise AssertionError("add the two numbers")

    check("Sum", ..., is_five)
    check("Sum", 2 * 3, is_five)
    check("Sum", 5, is_five)
    assert capsys.readouterr().out.splitlines() == [
        "Sum: not attempted yet",
        "Sum: not yet: add the two numbers",
        "Sum: correct",
    ]


def test_a_test_may_yield_conditions_with_their_hints(capsys):
    seen = []

    def is_five(answer):
        yield answer is not None, "never said"
        yield [answer > 3, True], "more\nthan three"
        seen.append(answer)
        yield answer == np.array([5, 5]), "add the two numbers"

    assert line(capsys, ..., is_five) == "not attempted yet"
    assert line(capsys, 3, is_five) == "not yet: more than three"
    assert seen == []  # what follows a false condition does not run
    assert line(capsys, 4, is_five) == "not yet: add the two numbers"
    assert line(capsys, 5, is_five) == "correct"
    assert line(capsys, "5", is_five).startswith("not yet: your answer is a str, which does not")
    assert line(capsys, lambda: ..., iter_one) == "not attempted yet"


def iter_one(answer):
    yield answer() == 1, "one"


def body_of_dots(x): ...


def body_of_docstring(x):
    """The gradient at x."""


def body_of_docstring_and_dots(x):
    """The gradient at x."""
    ...  # noqa: PIE790


def body_of_pass(x, *args, y=1, **kwargs):
    pass


@pytest.mark.parametrize(
    "blank",
    [
        ...,
        None,
        (1.0, ...),
        [..., ...],
        body_of_dots,
        body_of_docstring,
        body_of_docstring_and_dots,
        body_of_pass,
    ],
)
def test_a_blank_is_not_attempted_and_not_tested(capsys, blank):
    assert line(capsys, blank, must_not_be_called) == "not attempted yet"


class Learner:
    def method(self, x):
        return ...


def half_blank(x):
    gradient = ...
    return gradient / len(x)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: ...,
        lambda x: (1.0, ...),
        lambda x: [..., 2.0],
        Learner().method,
        functools.partial(lambda factor, x: ..., 2.0),
        half_blank,
        lambda x: x * ...,
    ],
)
def test_a_function_that_returns_a_blank_is_not_attempted(capsys, function):
    def calls_it(answer):
        assert np.allclose(answer(np.ones(3)), 1.0), "the mean of ones is 1"

    assert line(capsys, function, calls_it) == "not attempted yet"


def test_a_blank_passes_through_a_test_that_catches_exceptions(capsys):
    def expects_an_error(answer):
        try:
            answer(-1)
        except Exception:
            return
        raise AssertionError("a negative number must be refused")

    assert line(capsys, lambda x: ..., expects_an_error) == "not attempted yet"


def test_a_function_without_its_return_is_an_attempt(capsys):
    def forgets_return(x):
        x.sum()

    def calls_it(answer):
        assert answer(np.ones(3)) is not None, "is a return missing?"

    assert line(capsys, forgets_return, calls_it) == (
        "not yet: your function returned None. Is a `return` missing?"
    )


def test_a_missing_return_is_the_hint_whatever_the_test_says(capsys):
    def forgets_return(x):
        x.sum()

    def has_another_hint(answer):
        assert np.shape(answer(np.ones(3))) == (3,), "one entry per weight"

    for test in (has_another_hint, lambda answer: answer(np.ones(3)) + 1):
        assert line(capsys, forgets_return, test) == (
            "not yet: your function returned None. Is a `return` missing?"
        )
    assert line(capsys, forgets_return, lambda answer: answer(np.ones(3)) is None) == "correct"


# What stands in a notebook's cell has a source (linecache keeps it), what `exec` made has none.


def made_without_source(code):
    names = {}
    exec(code, names)
    return names["f"]


@pytest.mark.parametrize("body", ["...", "pass", "'The gradient at x.'"])
def test_without_its_source_a_function_without_a_body_counts_as_one_without_return(capsys, body):
    function = made_without_source(f"def f(x): {body}")
    assert line(capsys, function, lambda answer: answer(1) == 2) == (
        "not yet: your function returned None. Is a `return` missing?"
    )


@pytest.mark.parametrize("body", ["return 7", "return x + 1", "x + 1", "return None"])
def test_a_function_with_a_body_is_called(capsys, body):
    for function in (made_without_source(f"def f(x): {body}"), in_a_cell(f"def f(x): {body}")["f"]):
        assert line(capsys, function, lambda answer: answer(1) != []) == "correct"


def in_a_cell(source):
    """The names that a cell defines, with its source where Jupyter's kernel keeps it."""
    import linecache

    file_name = f"/tmp/ipykernel_1/{abs(hash(source))}.py"
    linecache.cache[file_name] = (len(source), None, source.splitlines(keepends=True), file_name)
    names = {"np": np}
    exec(compile(source, file_name, "exec"), names)
    return names


@pytest.mark.parametrize("body", ["...", "pass", "'The gradient at x.'\n    ..."])
def test_a_blank_function_of_a_cell_is_not_attempted(capsys, body):
    function = in_a_cell(f"w = 1\n\ndef f(x):\n    {body}\n\nv = 2\n")["f"]
    assert line(capsys, function, must_not_be_called) == "not attempted yet"


def test_a_function_that_returns_a_constant_is_an_attempt(capsys):
    def seven(x):
        return 7

    assert line(capsys, seven, lambda answer: answer(0) == 7) == "correct"
    assert line(capsys, lambda: 7, lambda answer: answer() == 7) == "correct"


def test_arguments_results_and_attributes_pass_through_the_wrapper(capsys):
    def scaled(x, factor=1.0):
        """Times the factor."""
        return x * factor

    scaled.calls = 3

    def looks_at_it(answer):
        assert answer(2.0, factor=4.0) == 8.0
        assert answer.__name__ == "scaled" and answer.__doc__ == "Times the factor."
        assert answer.calls == 3 and answer.__wrapped__ is scaled

    assert line(capsys, scaled, looks_at_it) == "correct"


@pytest.mark.parametrize("answer", [Learner, np.exp, np.polynomial.Polynomial([1.0, 2.0])])
def test_classes_and_callable_objects_keep_what_they_are(capsys, answer):
    assert line(capsys, answer, lambda received: received is answer) == "correct"


class Series:
    """As a pandas Series, which is no NumPy array but becomes one."""

    def __init__(self, *values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values)


@pytest.mark.parametrize(
    "result",
    [None, True, np.True_, 0, 0.0, np.float64(0), "", [], [0, ""], [True], np.ones(3), np.array([])]
    + [Series(True, True), Series(1, 2)],
)
def test_whatever_is_not_false_is_correct(capsys, result):
    assert line(capsys, 1.0, lambda answer: result) == "correct"


@pytest.mark.parametrize(
    "result",
    [False, np.False_, np.zeros(3), np.array([True, False])]
    + [[False], (True, np.False_), [[True], [True, False]], [np.array([True, False])]]
    + [Series(True, False), Series(None, False)],
)
def test_false_gives_the_general_hint(capsys, result):
    assert line(capsys, 1.0, lambda answer: result).startswith("not yet: not the expected result")


def test_an_assertion_without_a_message_gives_the_general_hint(capsys):
    def bare(answer):
        assert answer == 2

    def blank_message(answer):
        raise AssertionError("  \n ")

    def none(answer):
        raise AssertionError

    assert line(capsys, 1, none).startswith("not yet: not the expected result")
    assert line(capsys, 1, blank_message).startswith("not yet: not the expected result")
    assert line(capsys, 1, bare).startswith("not yet: ")


class NoWords(Exception):
    def __str__(self):
        raise RuntimeError("no message for you")


class Refuses:
    """An object on which every ordinary operation fails."""

    def __getattr__(self, name):
        raise RuntimeError(f"no {name} here")

    def __bool__(self):
        raise RuntimeError("neither true nor false")

    def __eq__(self, other):
        raise RuntimeError("nothing is equal to me")

    __hash__ = None

    def __call__(self, x):
        return x


def raises(error):
    def test(answer):
        raise error

    return test


def recurses(answer):
    return recurses(answer)


AN_INT = "not yet: your answer is an int, which does not fit"


@pytest.mark.parametrize(
    ("answer", "test", "verdict"),
    [
        ("three", lambda a: a + 1, 'not yet: your answer is a str, which does not fit (TypeErr'),
        (np.ones(3), lambda a: a @ np.ones(4), "not yet: your answer is an array of shape (3,), w"),
        (np.ones(2), lambda a: bool(a == a), "not yet: your answer is an array of shape (2,), w"),
        ([], lambda a: a[0], "not yet: your answer is a list of length 0, which does"),
        ({}, lambda a: a["w"], "not yet: your answer is a dict, which does not fit (KeyError: "),
        (1, lambda a: a / 0, f"{AN_INT} (ZeroDivisionError: division by zero)"),
        (1, lambda a: a.coef_, f"{AN_INT} (AttributeError: 'int' object has no"),
        (1, recurses, f"{AN_INT} (RecursionError: maximum recursion depth"),
        (1, lambda a: sys.exit(3), f"{AN_INT} (SystemExit: 3)"),
        (1, raises(NoWords()), f"{AN_INT} (NoWords)"),
        (1, raises(ValueError()), f"{AN_INT} (ValueError)"),
        (1, raises(ValueError("two\nlines,\tone  gap")), f"{AN_INT} (ValueError: two lines, on"),
        (1, raises(AssertionError("a\nlong\nreport")), "not yet: a long report"),
        (1, raises(AssertionError("\ud800 half a pair")), "not yet: ? half a pair"),
        (1, raises(StopIteration()), f"{AN_INT} (StopIteration)"),
        (lambda: 1, lambda a: a(5), "not yet: your answer is a function, which does not fit (Ty"),
        (np.log, lambda a: a("x"), "not yet: your answer is an ufunc, which does not fit (TypeE"),
        (lambda x: [x], lambda a: a(1) / 2, "not yet: your function returned a list of length 1"),
        (lambda x: np.ones((2, x)), lambda a: a(3) @ a(3), "not yet: your function returned an ar"),
        (1, 5, f"{AN_INT} (TypeError: 'int' object is not callable)"),
        (1, None, f"{AN_INT} (TypeError: 'NoneType' object is not callable)"),
    ],
)
def test_no_answer_and_no_test_stops_the_notebook(capsys, answer, test, verdict):
    assert line(capsys, answer, test).startswith(verdict)


def test_an_answer_that_refuses_everything_does_not_stop_the_notebook(capsys):
    printed = line(capsys, Refuses(), lambda answer: answer == 1)
    assert printed == (
        "not yet: your answer is a Refuses, which does not fit "
        "(RuntimeError: nothing is equal to me)"
    )
    assert line(capsys, Refuses(), accepts_everything) == "correct"


def test_a_long_message_is_cut(capsys):
    printed = line(capsys, 1, raises(AssertionError("word " * 1000)))
    assert printed.endswith("...") and len(printed) == len("not yet: ") + 300


@pytest.mark.parametrize("name", ["Exercise 1", "Exercise\n1"])
def test_the_line_begins_with_the_name_on_one_line(capsys, name):
    assert line(capsys, 1, accepts_everything, name=name) == "correct"


def test_warnings_of_an_answer_neither_show_nor_stop(capsys):
    def sigmoid(z):
        warnings.warn("a warning of the learner's", UserWarning, stacklevel=1)
        return 1.0 / (1.0 + np.exp(-z))

    def is_sigmoid(answer):
        assert answer(np.array([-1000.0]))[0] == 0.0

    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        assert line(capsys, sigmoid, is_sigmoid) == "correct"
    assert shown == []


def test_a_test_can_ask_for_an_overflow_to_count(capsys):
    def must_not_overflow(answer):
        with np.errstate(over="raise"):
            answer(np.array([-1000.0]))

    printed = line(capsys, lambda z: 1.0 / (1.0 + np.exp(-z)), must_not_overflow)
    assert printed.startswith(
        "not yet: your function ended in FloatingPointError: overflow encountered in exp (at `"
    )


def test_an_error_in_the_learners_function_names_its_line(capsys):
    source = """
def f(x):
    def square(v):
        return v**2
    return square(x) / 0
"""
    function = in_a_cell(source)["f"]
    for answer in (function, functools.partial(function)):
        assert line(capsys, answer, lambda a: a(1) == 2) == (
            "not yet: your function ended in ZeroDivisionError: division by zero "
            "(at `return square(x) / 0`)"
        )


def test_an_assert_in_the_learners_function_is_not_taken_for_a_hint(capsys):
    function = in_a_cell("def f(x):\n    assert x > 1, 'x is too small'\n    return x\n")["f"]
    assert line(capsys, function, lambda a: a(1) == 2) == (
        "not yet: your function ended in AssertionError: x is too small "
        "(at `assert x > 1, 'x is too small'`)"
    )


# Cells that have not run


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """A lesson in the working directory, whose cells define names."""
    sources = ["import numpy as np, os.path", "for i in range(3):\n    X, (a, b) = 1, (2, 3)",
               "def helper(inside):\n    local = 1", "%matplotlib inline", "class Model: ...",
               "f = lambda: [each for each in X]"]
    cells = [{"cell_type": "code", "source": source} for source in sources]
    cells += [{"cell_type": "markdown", "source": "prose = 1"}]
    (tmp_path / "notebook_demo.ipynb").write_text(json.dumps({"cells": cells}))
    (tmp_path / "no_notebook.ipynb").write_text("{")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", ["np", "os", "X", "b", "helper", "Model"])
def test_a_name_of_a_cell_that_has_not_run_is_no_mistake_of_the_learners(capsys, lesson, name):
    names = in_a_cell(f"def f(x):\n    return [{name} for _ in x]\n")
    names.pop("np")
    assert line(capsys, names["f"], lambda answer: answer([1])) == (
        f"run the cells above first: {name!r} is not defined yet"
    )


def test_a_name_that_the_test_lacks_is_no_mistake_of_the_learners(capsys):
    def needs_data(answer):
        assert answer == np.mean([x for x in data_of_a_cell_above])  # noqa: F821

    assert line(capsys, 1, needs_data) == (
        "run the cells above first: 'data_of_a_cell_above' is not defined yet"
    )


@pytest.mark.parametrize("name", ["centers", "inside", "local", "each", "prose"])
def test_a_name_that_no_cell_defines_is_a_slip(capsys, lesson, name):
    function = in_a_cell(f"def f(x):\n    return {name}\n")["f"]
    assert line(capsys, function, lambda answer: answer(1)) == (
        f"not yet: your function ended in NameError: name {name!r} is not defined "
        f"(at `return {name}`)"
    )


def test_a_local_variable_without_a_value_is_a_slip(capsys, lesson):
    function = in_a_cell("def f(x):\n    X += 1\n    return X\n")["f"]
    printed = line(capsys, function, lambda answer: answer(1))
    assert printed.startswith("not yet: your function ended in UnboundLocalError")


def test_warning_filters_are_as_before_afterwards(capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        line(capsys, 1, accepts_everything)
        with pytest.raises(UserWarning):
            warnings.warn("still an error", UserWarning, stacklevel=1)


def test_a_keyboard_interrupt_is_passed_on():
    with pytest.raises(KeyboardInterrupt):
        check("Exercise 1", 1, raises(KeyboardInterrupt()))


def test_the_answer_is_left_untouched(capsys):
    answer = np.array([3.0, 1.0, 2.0])
    before = answer.copy()
    line(capsys, answer, lambda a: a.shape == (3,))
    np.testing.assert_array_equal(answer, before)
