"""Tests of `utils.checks`: what passes, what is refused, and in which words."""

import datetime
import doctest
import inspect
import re
import tracemalloc
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import utils.checks
from utils.checks import (
    as_array,
    check_columns,
    check_flag,
    check_generator,
    check_integer,
    check_labels,
    check_number,
    check_numbers,
    check_same_length,
    column_names,
    is_missing,
)
from utils.docstrings import faults, signature_defaults
from utils.forms import FORMS, NA, Frame, Ragged, Sparse, masked

NAN = float("nan")
TABLE = np.array([[1.0, -2.0, 0.0], [127.0, 5.0, -128.0]])

# What passes


@pytest.mark.parametrize("form", FORMS)
def test_numbers_pass_in_every_form(form):
    numbers = check_numbers(FORMS[form](TABLE), "X", ndim=2)
    assert numbers.dtype == np.float64 and (numbers == TABLE).all()


@pytest.mark.parametrize("values, expected", [
    ([True, False], [1, 0]),
    ([Decimal("1.5"), Fraction(1, 4)], [1.5, 0.25]),
    ([10**30, 1], [1e30, 1]),
    (np.array([2**64 - 1], dtype=np.uint64), [2.0**64]),
    ([np.float32(0.5), np.int8(3), np.bool_(True)], [0.5, 3, 1]),
    (np.array([np.array(1.5), 2], dtype=object), [1.5, 2]),
    (np.array([0.5], dtype=np.float16), [0.5]),
])
def test_every_kind_of_real_number_passes(values, expected):
    assert check_numbers(values, "y").tolist() == expected


def test_numbers_that_are_good_are_not_copied_and_never_changed():
    given = np.ones((1000, 100))
    given.flags.writeable = False
    tracemalloc.start()
    assert check_numbers(given, "X", ndim=2) is given
    assert tracemalloc.get_traced_memory()[1] < 0.2 * given.nbytes
    tracemalloc.stop()


@pytest.mark.parametrize("given, labels, kind", [
    (["a", "bb"], ["a", "bb"], "U"),
    (np.array(["a", "bb"], dtype=object), ["a", "bb"], "U"),
    ([1, 2], [1, 2], "i"),
    (np.array([2**60 + 1, 2], dtype=object), [2**60 + 1, 2], "i"),
    ([1.0, 2.0], [1, 2], "f"),
    ([True, False], [True, False], "b"),
    (np.array([True, False], dtype=object), [True, False], "b"),
    (np.array([True, 2], dtype=object), [1, 2], "i"),
    ([Decimal(1), 2], [1, 2], "f"),
    ([10**30, 2], [1e30, 2], "f"),
    (("a", "b"), ["a", "b"], "U"),
])
def test_labels_are_words_or_numbers(given, labels, kind):
    result = check_labels(given, "y")
    assert result.tolist() == labels and result.dtype.kind == kind


def test_labels_may_have_a_fraction_if_the_caller_allows_it():
    assert check_labels([0.5, -1.5], "y", whole=False).tolist() == [0.5, -1.5]


@pytest.mark.skipif(not hasattr(np, "dtypes") or not hasattr(np.dtypes, "StringDType"),
                    reason="NumPy 1 has no strings of any length")
def test_strings_of_any_length_are_words():
    words = np.array(["a", "b" * 50], dtype=np.dtypes.StringDType())
    assert check_labels(words, "y").tolist() == ["a", "b" * 50]
    gap = np.array(["a", NAN], dtype=np.dtypes.StringDType(na_object=NAN))
    with pytest.raises(ValueError, match="y holds a missing label"):
        check_labels(gap, "y")


def test_words_mixed_with_other_values_stay_what_they_are():
    for mixed in (["a", 1], ["a", NAN], [1.5, "a"], [["a", True]], [b"a", 1], ["a", None]):
        array = as_array(mixed, "y")
        assert array.dtype == object
        assert [type(v) for v in array.flat] == [type(v) for v in np.array(mixed, object).flat]
    assert as_array(["a", "b"], "y").dtype.kind == "U"
    assert as_array([b"a", b"b"], "y").dtype.kind == "S"
    assert as_array([1, 2], "y").dtype.kind == "i"


def holding(value):
    """An array of objects of which one is `value`, whatever that is."""
    table = np.array([[1, 2]], dtype=object)
    table[0, 1] = value
    return table


# What is refused: (what was given, the error, its message)

NOT_NUMBERS = [
    (None, ValueError, "X is None: an array is needed"),
    ({1, 2}, TypeError, "X must be an array, got a value of type set"),
    ((i for i in [1]), TypeError, "X must be an array, got a value of type generator"),
    (5, ValueError, "X must be a non-empty 2-D array, got shape ()"),
    ("abc", ValueError, "X must be a non-empty 2-D array, got shape ()"),
    ([1, 2], ValueError, "X must be a non-empty 2-D array, got shape (2,)"),
    ([[]], ValueError, "X must be a non-empty 2-D array, got shape (1, 0)"),
    ([[1], [1, 2]], ValueError, "X has rows of different lengths"),
    (Ragged(), ValueError, "X has rows of different lengths"),
    (Sparse(TABLE), TypeError, "X is a sparse matrix: call X.toarray() first"),
    (masked(TABLE), ValueError,
     "X is a masked array: a masked entry is a missing value. Leave such rows out, or fill the "
     "gaps: X.filled(value)"),
    (np.ma.array(TABLE), ValueError, "X is a masked array"),
    (list(masked(TABLE)), ValueError, "X is a masked array"),
    (tuple(masked(TABLE)), ValueError, "X is a masked array"),
    ([[1, 2, "red"]], TypeError,
     "X must be an array of numbers, but column 2 holds text: X[0, 2] is 'red'"),
    ([[1, 2], [3, "4"]], TypeError, "column 1 holds text: X[1, 1] is '4'"),
    (np.array([["a"]]), TypeError, "column 0 holds text: X[0, 0] is 'a'"),
    (Frame([["x", 1]]), TypeError, "column 0 holds text: X[0, 0] is 'x'"),
    ([[b"a"]], TypeError, "column 0 holds bytes: X[0, 0] is b'a'"),
    ([["long " * 50]], TypeError, "column 0 holds text: X[0, 0] is 'long long lo..."),
    ([[1, datetime.date(2020, 1, 31)]], TypeError,
     "column 1 holds dates or times: X[0, 1] is 2020-01-31"),
    ([[datetime.time(12)]], TypeError, "holds dates or times: X[0, 0] is 12:00:00"),
    ([[datetime.timedelta(2)]], TypeError, "holds dates or times"),
    (np.array([["2020-01-31"]], dtype="M8[D]"), TypeError, "X[0, 0] is 2020-01-31"),
    (np.array([[3]], dtype="m8[D]"), TypeError, "dates or times: X[0, 0] is 3 days"),
    ([[1, 2j]], TypeError, "holds complex numbers: X[0, 0] is (1+0j)"),
    (np.array([[1, 2j]], dtype=object), TypeError, "column 1 holds complex numbers: X[0, 1] is 2j"),
    ([[1, {}]], TypeError, "column 1 holds a value of type dict: X[0, 1] is {}"),
    (np.zeros((1, 1), dtype="i4,i4"), TypeError, "holds a value of type void: X[0, 0] is (0, 0)"),
    (holding(np.array([3, 4])), TypeError, "column 1 holds a value of type ndarray: X[0, 1] is"),
    (holding([3, 4]), TypeError, "column 1 holds a value of type list: X[0, 1] is [3, 4]"),
    ([[1, None]], ValueError, "X holds a missing value: X[0, 1] is None"),
    ([[1], [NA]], ValueError, "X holds a missing value: X[1, 0] is <NA>"),
    ([[1, np.datetime64("NaT", "D")]], ValueError, "X holds a missing value: X[0, 1] is NaT"),
    ([[1, NAN]], ValueError, "X contains NaN or infinity: X[0, 1] is nan"),
    ([[1, 2], [-np.inf, NAN]], ValueError, "X contains NaN or infinity: X[1, 0] is -inf"),
    (np.array([[NAN, 1]], dtype=object), ValueError, "X contains NaN or infinity"),
    (np.array([[1, NAN, "a"]], dtype=object), TypeError, "column 2 holds text: X[0, 2] is 'a'"),
    ([[1, -np.inf]], ValueError, "X contains NaN or infinity"),
    ([[1, 10**400]], ValueError, "X holds an integer beyond 1.8e308, the range of floats"),
    ([[-(10**400), 1.5]], ValueError, "X holds an integer beyond 1.8e308"),
    (np.array([[10**400]], dtype=object), ValueError, "X holds an integer beyond 1.8e308"),
]


@pytest.mark.parametrize("X, error, message", NOT_NUMBERS)
def test_what_is_no_table_of_numbers_is_refused_in_words(X, error, message):
    with pytest.raises(error, match=re.escape(message)):
        check_numbers(X, "X", ndim=2)


def test_a_number_beyond_the_range_of_floats_is_infinity():
    if np.finfo(np.longdouble).max > np.finfo(float).max:
        with pytest.raises(ValueError, match="y contains NaN or infinity"):
            check_numbers([np.longdouble(10) ** 1000], "y")


def test_the_message_says_where_in_one_two_and_three_dimensions():
    for ndim, index in ((1, "y[0]"), (3, "y[0, 0, 0]")):
        given = np.full((1,) * ndim, "a")
        expected = f"y must be an array of numbers, but holds text: {index} is 'a'"
        with pytest.raises(TypeError, match=f"^{re.escape(expected)}$"):
            check_numbers(given, "y", ndim=ndim)


@pytest.mark.parametrize("ndim, words", [(1, "1-D"), (2, "2-D"), ((1, 2), "1-D or 2-D")])
def test_the_number_of_dimensions_is_checked(ndim, words):
    allowed = ndim if isinstance(ndim, tuple) else (ndim,)
    for dimensions in range(4):
        array = np.ones((2,) * dimensions)
        if dimensions in allowed:
            assert check_numbers(array, "X", ndim).shape == array.shape
        else:
            with pytest.raises(ValueError, match=f"X must be a non-empty {words} array, got sha"):
                check_numbers(array, "X", ndim)


NOT_LABELS = [
    ([0, NAN], ValueError, "y holds a missing label (nan)"),
    (["a", NAN, "b"], ValueError, "y holds a missing label (nan)"),
    (["a", None], ValueError, "y holds a missing label (None)"),
    ([1, NA], ValueError, "y holds a missing label (<NA>)"),
    (["a", np.datetime64("NaT", "D")], ValueError, "y holds a missing label (NaT)"),
    ([0, np.inf], ValueError, "y contains infinity"),
    ([0, 0.25], ValueError, "y must hold class labels, got continuous values such as 0.25"),
    ([-0.5], ValueError, "got continuous values such as -0.5"),
    (["a", 1], TypeError,
     "y mixes words with other values, such as 'a' and 1: labels must be of one kind"),
    ([1.5, "a"], TypeError, "such as 'a' and 1.5: labels must be of one kind"),
    (["a", b"a"], TypeError, "such as 'a' and b'a'"),
    ([b"a"], TypeError, "y must hold words or numbers as class labels, got bytes"),
    ([1j], TypeError, "y must hold words or numbers as class labels, got complex numbers"),
    (np.array(["2020"], dtype="M8[D]"), TypeError, "as class labels, got dates or times"),
    (np.zeros(1, dtype="i4,i4"), TypeError, "as class labels, got a value of type void"),
    ([{}], TypeError, "but holds a value of type dict: y[0] is {}"),
    ([datetime.date(2020, 1, 1)], TypeError, "but holds dates or times: y[0] is 2020-01-01"),
    ([10**400, 1], ValueError, "y holds an integer beyond 1.8e308"),
    ([], ValueError, "y must be a non-empty 1-D array, got shape (0,)"),
    ([[1], [2]], ValueError, "y must be a non-empty 1-D array, got shape (2, 1)"),
    (None, ValueError, "y is None: an array is needed"),
    (masked([0, 1], 0), ValueError, "y is a masked array"),
    (["a", np.ma.masked], ValueError, "y is a masked array"),
    (Sparse([[1]]), TypeError, "y is a sparse matrix"),
]


@pytest.mark.parametrize("y, error, message", NOT_LABELS)
def test_what_is_no_row_of_labels_is_refused_in_words(y, error, message):
    with pytest.raises(error, match=re.escape(message)):
        check_labels(y, "y")


def test_lengths_are_compared():
    check_same_length("X", [1, 2], "y", [3, 4])
    with pytest.raises(ValueError, match="X has length 2, y has length 1"):
        check_same_length("X", [1, 2], "y", [3])


def test_what_is_missing():
    no_day = np.datetime64("NaT", "D")
    missing = [None, NAN, NA, np.float32(NAN), no_day, Decimal("NaN"), np.ma.masked]
    assert [is_missing(value) for value in missing] == [True] * 7
    there = [0, "", "nan", False, np.inf, np.array([1, NAN]), np.datetime64("2020"), {}]
    assert [is_missing(value) for value in there] == [False] * 8


# Names of columns


def test_only_names_that_are_all_strings_are_remembered():
    assert column_names(Frame(TABLE, ["a", "b", "c"])).tolist() == ["a", "b", "c"]
    assert column_names(Frame(TABLE, ["a", "b", "c"])).dtype == object
    for nameless in (TABLE, TABLE.tolist(), Frame(TABLE, [0, 1, 2]), Frame(TABLE, ["a", "b", 2])):
        assert column_names(nameless) is None
    assert column_names(Frame(np.empty((2, 0)))) is None


class WithMethod:
    """An object whose `columns` is a method, not a list of names."""

    def columns(self):
        """Return nothing."""


def test_a_method_named_columns_is_no_list_of_names():
    assert column_names(WithMethod()) is None


@pytest.mark.parametrize("seen, columns", [
    (["a", "b"], ["a", "b"]), (None, ["a", "b"]), (["a", "b"], [0, 1]), (None, [0, 1]),
])
def test_the_same_names_and_missing_names_pass(seen, columns):
    check_columns(Frame(TABLE[:, :2], columns), seen)
    check_columns(TABLE[:, :2], seen)


@pytest.mark.parametrize("columns, message", [
    (["b", "a"], "the columns of Q are in another order, fit saw ['a', 'b'], Q has ['b', 'a']. "
                 "Put them into the order of fit, Q[model.feature_names_in_]"),
    (["a", "c"], "fit did not see ['c'] and Q lacks ['b']"),
    (["a"], "during fit: Q lacks ['b']"),
    (["a", "b", "c"], "during fit: fit did not see ['c']"),
    (["a", "b", "b"], "during fit: fit saw 2 columns, Q has 3"),
])
def test_other_names_and_another_order_are_refused(columns, message):
    with pytest.raises(ValueError, match=re.escape(message) + "$") as info:
        check_columns(Frame(np.ones((2, len(columns))), columns), np.array(["a", "b"]), "Q")
    start = "The feature names should match those that were passed during fit: "
    assert str(info.value).startswith(start)


# Hyperparameters


def test_good_hyperparameters_come_back_as_plain_values():
    values = [check_integer("n", np.int8(3), low=3), check_number("a", np.float32(0.5)),
              check_number("a", 2, low=2, high=2), check_number("a", -1e9, low=-np.inf),
              check_flag("f", np.bool_(True)), check_flag("f", False), check_number("a", 0)]
    assert values == [3, 0.5, 2.0, -1e9, True, False, 0.0]
    assert [type(v) for v in values] == [int, float, float, float, bool, bool, float]


@pytest.mark.parametrize("call, error, message", [
    (lambda: check_integer("n", 2.0, 1), TypeError, "n must be an int, got 2.0"),
    (lambda: check_integer("n", True, 1), TypeError, "n must be an int, got True"),
    (lambda: check_integer("n", np.bool_(True), 1), TypeError, "n must be an int, got"),
    (lambda: check_integer("n", "2", 1), TypeError, "n must be an int, got '2'"),
    (lambda: check_integer("n", 0, 1), ValueError, "n must be >= 1, got 0"),
    (lambda: check_number("a", "1"), TypeError, "a must be a number, got '1'"),
    (lambda: check_number("a", None), TypeError, "a must be a number, got None"),
    (lambda: check_number("a", True), TypeError, "a must be a number, got True"),
    (lambda: check_number("a", np.bool_(True)), TypeError, "a must be a number, got"),
    (lambda: check_number("a", 1j), TypeError, "a must be a number, got 1j"),
    (lambda: check_number("a", NAN), ValueError, "a must be finite, got nan"),
    (lambda: check_number("a", np.inf), ValueError, "a must be finite, got inf"),
    (lambda: check_number("a", -0.1), ValueError, "a must be >= 0, got -0.1"),
    (lambda: check_number("a", 2, high=1), ValueError, "a must be from 0 to 1, got 2"),
    (lambda: check_number("a", -1, high=1), ValueError, "a must be from 0 to 1, got -1"),
    (lambda: check_flag("f", 1), TypeError, "f must be True or False, got 1"),
    (lambda: check_flag("f", "no"), TypeError, "f must be True or False, got 'no'"),
    (lambda: check_flag("f", None), TypeError, "f must be True or False, got None"),
    (lambda: check_generator("a"), TypeError,
     "random_state must be None, an int or a Generator, got 'a'"),
    (lambda: check_generator(1.0), TypeError, "None, an int or a Generator, got 1.0"),
    (lambda: check_generator(True), TypeError, "None, an int or a Generator, got True"),
    (lambda: check_generator(np.bool_(False)), TypeError, "None, an int or a Generator, got"),
    (lambda: check_generator(-1), ValueError, "random_state must be >= 0, got -1"),
])
def test_bad_hyperparameters_are_refused_in_words(call, error, message):
    with pytest.raises(error, match=re.escape(message)):
        call()


def test_a_generator_is_drawn_on_and_a_seed_repeats():
    rng = np.random.default_rng(0)
    assert check_generator(rng) is rng
    draws = [check_generator(seed).random() for seed in (0, 0, np.int64(0), 1, None, None)]
    assert draws[0] == draws[1] == draws[2] and len(set(draws)) == 4


# The docstrings

DEFAULTS = {
    as_array: {},
    check_numbers: {"ndim": 1},
    check_labels: {"whole": True},
    check_same_length: {},
    is_missing: {},
    column_names: {},
    check_columns: {"name": "X"},
    check_integer: {},
    check_number: {"low": 0.0, "high": np.inf},
    check_flag: {},
    check_generator: {},
}


def test_every_public_function_is_in_the_table_of_defaults():
    functions = inspect.getmembers(utils.checks, inspect.isfunction)
    assert {f for name, f in functions if name[0] != "_"} == set(DEFAULTS)


@pytest.mark.parametrize("function", DEFAULTS)
def test_defaults_are_those_of_the_table_and_of_the_docstring(function):
    assert repr(signature_defaults(function)) == repr(DEFAULTS[function])
    assert faults(function) == []


def test_the_example_of_the_module_runs():
    assert doctest.testmod(utils.checks).failed == 0
