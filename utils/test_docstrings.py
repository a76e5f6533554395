"""Tests of `utils.docstrings`: every way in which a docstring can be wrong is found."""

import doctest

import pytest

import utils.docstrings
from utils.docstrings import documented_defaults, faults, signature_defaults


def right(X, *more, low=0.0, names=None, high=float("inf"), **style):
    """Do nothing.

    Parameters
    ----------
    X : array of shape (n, d)
        The data.
    *more : arrays
        And more of it.
    low : float, default=0.0
        A number.
    names : list of str, default=None
        Words.

        A second paragraph : with a colon.
    high : float, default=inf
        A number.
    **style : dict
        The rest.

    Returns
    -------
    nothing : None
    """


class Right:
    """A class.

    Parameters
    ----------
    size, width : int, default=3
        Two numbers.
    """

    def __init__(self, size=3, width=3):
        self.size, self.width = size, width

    def area(self, unit=1):
        """Return the area.

        Parameters
        ----------
        unit : float, default=1
            What it is measured in.
        """
        return self.size * self.width / unit


def no_docstring(a):
    pass


def other_default(a=1):
    """Do nothing.

    Parameters
    ----------
    a : int, default=2
        A number.
    """


def other_type(a=1):
    """Do nothing.

    Parameters
    ----------
    a : float, default=1.0
        A number.
    """


def silent_default(a=1):
    """Do nothing.

    Parameters
    ----------
    a : int
        A number.
    """


def invented_default(a):
    """Do nothing.

    Parameters
    ----------
    a : int, default=1
        A number.
    """


def left_out(a, b):
    """Do nothing.

    Parameters
    ----------
    a : int
        A number.

    Returns
    -------
    b : int
    """


def other_order(a, b):
    """Do nothing.

    Parameters
    ----------
    b : int
        A number.
    a : int
        A number.
    """


def no_meaning(a, b):
    """Do nothing.

    Parameters
    ----------
    a : int
    b : int
        A number.
    """


def no_meaning_at_the_end(a):
    """Do nothing.

    Parameters
    ----------
    a : int
    """


@pytest.mark.parametrize("thing", [right, Right, Right.area])
def test_nothing_is_found_where_all_is_right(thing):
    assert faults(thing) == []
    assert documented_defaults(thing) == signature_defaults(thing)


def test_defaults_are_values():
    assert documented_defaults(right) == {"low": 0.0, "names": None, "high": float("inf")}
    assert signature_defaults(Right) == {"size": 3, "width": 3}


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        (no_docstring, "no_docstring documents [], its parameters are ['a']"),
        (other_default, "other_default says default=2 of a, it is 1"),
        (other_type, "other_type says default=1.0 of a, it is 1"),
        (silent_default, "silent_default says default=None of a, it is 1"),
        (invented_default, "invented_default says default=1 of a, it is None"),
        (left_out, "left_out documents ['a'], its parameters are ['a', 'b']"),
        (other_order, "other_order documents ['b', 'a'], its parameters are ['a', 'b']"),
        (no_meaning, "no_meaning does not say what 'a : int' means"),
        (no_meaning_at_the_end, "no_meaning_at_the_end does not say what 'a : int' means"),
    ],
)
def test_every_fault_is_found_and_nothing_else(thing, words):
    assert faults(thing) == [words]


def test_the_example_of_the_module_runs():
    assert doctest.testmod(utils.docstrings).failed == 0
