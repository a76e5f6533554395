"""Tests of the marking of exercises."""

import functools
import sys
import warnings

import numpy as np
import pytest

from utils.exercises import check


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

    assert line(capsys, forgets_return, calls_it).startswith("not yet: is a return missing?")


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


@pytest.mark.parametrize("result", [None, True, np.True_, 0, "", [], np.ones(3), np.array([])])
def test_whatever_is_not_false_is_correct(capsys, result):
    assert line(capsys, 1.0, lambda answer: result) == "correct"


@pytest.mark.parametrize(
    "result", [False, np.False_, np.zeros(3), np.array([True, False])], ids=str
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


@pytest.mark.parametrize(
    ("answer", "test", "verdict"),
    [
        ("three", lambda a: a + 1, 'not yet: TypeError: can only concatenate str (not "int")'),
        (np.ones(3), lambda a: a @ np.ones(4), "not yet: ValueError: matmul"),
        (np.ones(2), lambda a: bool(a == a), "not yet: ValueError: The truth value"),
        ([], lambda a: a[0], "not yet: IndexError: list index out of range"),
        ({}, lambda a: a["w"], "not yet: KeyError: 'w'"),
        (1, lambda a: a / 0, "not yet: ZeroDivisionError: division by zero"),
        (1, lambda a: a.coef_, "not yet: AttributeError: 'int' object has no attribute"),
        (1, recurses, "not yet: RecursionError: maximum recursion depth"),
        (1, lambda a: sys.exit(3), "not yet: SystemExit: 3"),
        (1, raises(NoWords()), "not yet: NoWords"),
        (1, raises(ValueError()), "not yet: ValueError"),
        (1, raises(ValueError("two\nlines,\tone  gap")), "not yet: ValueError: two lines, one gap"),
        (1, raises(AssertionError("a\nlong\nreport")), "not yet: a long report"),
        (1, raises(AssertionError("\ud800 half a pair")), "not yet: ? half a pair"),
        (1, raises(StopIteration()), "not yet: StopIteration"),
        (lambda: 1, lambda a: a(5), "not yet: TypeError: "),
        (np.log, lambda a: a("x"), "not yet: TypeError: ufunc 'log' not supported"),
        (1, 5, "not yet: TypeError: 'int' object is not callable"),
        (1, None, "not yet: TypeError: 'NoneType' object is not callable"),
    ],
)
def test_no_answer_and_no_test_stops_the_notebook(capsys, answer, test, verdict):
    assert line(capsys, answer, test).startswith(verdict)


def test_an_answer_that_refuses_everything_does_not_stop_the_notebook(capsys):
    printed = line(capsys, Refuses(), lambda answer: answer == 1)
    assert printed == "not yet: RuntimeError: nothing is equal to me"
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
    assert printed == "not yet: FloatingPointError: overflow encountered in exp"


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
