"""What reaches a function, checked in words: arrays of numbers, class labels, names of columns.

    >>> check_numbers([[1, 2], [3, "red"]], "X", ndim=2)
    Traceback (most recent call last):
        ...
    TypeError: X must be an array of numbers, but column 1 holds text: X[1, 1] is 'red'

| function | what it returns or does |
|---|---|
| `as_array` | an array of any type, in which nothing is hidden or altered |
| `check_numbers` | finite numbers, as float64 |
| `check_labels` | class labels of one kind |
| `check_same_length` | refuses two arrays of different lengths |
| `is_missing` | whether one entry of a table is missing |
| `column_names`, `check_columns` | the names of a DataFrame's columns, the same as in `fit` |
| `check_integer`, `check_number`, `check_flag` | one hyperparameter |
| `check_generator` | a random generator from `random_state` |

A thing of the wrong kind (text, dates, a sparse matrix) is a TypeError. A thing of the right kind
with a wrong value (NaN, a missing entry, a wrong shape, a count below 0) is a ValueError, and so is
None, a missing array.
NumPy hides some faults: it turns `["a", nan]` and `["a", 1]` into words, and drops the mask of a
masked array. So these functions look at what was given before NumPy does.
"""

from __future__ import annotations

import datetime
import reprlib

import numpy as np

_DATES = (datetime.date, datetime.time, datetime.timedelta, np.datetime64, np.timedelta64)

# -------------------------------------------------------------------------------------- arrays


def as_array(a, name):
    """Return `a` as an array of any type, and refuse what NumPy would read wrongly.

    Words that are mixed with other values in a list come as an array of objects. NumPy alone would
    turn the other values into words.

    Parameters
    ----------
    a : array-like
        What was given. The result may share its memory.
    name : str
        What the caller calls it, for the messages.

    Returns
    -------
    array : ndarray
    """
    if a is None:
        raise ValueError(f"{name} is None: an array is needed")
    if _is_masked(a):
        raise ValueError(
            f"{name} is a masked array: a masked entry is a missing value. Leave such rows out, "
            f"or fill the gaps: {name}.filled(value)"
        )
    if hasattr(a, "toarray"):
        raise TypeError(f"{name} is a sparse matrix: call {name}.toarray() first")
    try:
        array = np.asarray(a)
        if array.dtype.kind in "US" and not isinstance(a, np.ndarray):
            objects = np.asarray(a, dtype=object)
            word = bytes if array.dtype.kind == "S" else str
            pure = all(isinstance(value, word) for value in objects.flat)
            array = array if pure else objects
    except ValueError:
        raise ValueError(f"{name} has rows of different lengths") from None
    if array.ndim == 0 and array.dtype == object:
        raise TypeError(f"{name} must be an array, got a value of type {type(a).__name__}")
    return array


def check_numbers(a, name, ndim=1):
    """Return `a` as a finite, non-empty array of float64.

    Parameters
    ----------
    a : array-like
        What was given. The result may share its memory: copy it before you change it.
    name : str
        What the caller calls it, for the messages.
    ndim : int or tuple of int, default=1
        How many dimensions it may have.

    Returns
    -------
    numbers : ndarray of float64
    """
    array = as_array(a, name)
    _check_shape(array, name, ndim)
    if array.dtype.kind not in "biuf":
        _refuse_strangers(array, name)
    numbers = _to_float(array, name)
    finite = np.isfinite(numbers)
    if not finite.all():
        place = tuple(np.argwhere(~finite)[0])
        raise ValueError(
            f"{name} contains NaN or infinity: {_at(name, place)} is {numbers[place]}"
        )
    return numbers


def check_labels(a, name, *, whole=True):
    """Return `a` as a 1-D array of class labels: words, or numbers, or booleans.

    Parameters
    ----------
    a : array-like of shape (n,)
        What was given. The result may share its memory: copy it before you change it.
    name : str
        What the caller calls it, for the messages.
    whole : bool, default=True
        Refuse numbers with a fraction: they are measurements, not labels.

    Returns
    -------
    labels : ndarray of shape (n,)
        Words as strings; numbers of an array of objects as int64 or float64.
    """
    labels = as_array(a, name)
    _check_shape(labels, name, ndim=1)
    if labels.dtype.kind == "T":  # strings of any length, which may have gaps
        labels = labels.astype(object)
    if labels.dtype == object:
        labels = _labels_of_objects(labels, name)
    if labels.dtype.kind not in "biufU":
        kind = _what_instead_of_a_number(labels[0]) or f"values of dtype {labels.dtype}"
        raise TypeError(f"{name} must hold words or numbers as class labels, got {kind}")
    if labels.dtype.kind != "f":
        return labels
    if np.isnan(labels).any():
        raise ValueError(f"{name} holds a missing label (nan)")
    if np.isinf(labels).any():
        raise ValueError(f"{name} contains infinity")
    broken = labels[labels != np.floor(labels)]
    if whole and broken.size:
        raise ValueError(
            f"{name} must hold class labels, got continuous values such as {broken[0]:g}"
        )
    return labels


def check_same_length(name_a, a, name_b, b):
    """Refuse two arrays that do not have the same number of rows.

    Parameters
    ----------
    name_a : str
        What the caller calls the first.
    a : ndarray
        The first.
    name_b : str
        What the caller calls the second.
    b : ndarray
        The second.
    """
    if len(a) != len(b):
        raise ValueError(f"{name_a} has length {len(a)}, {name_b} has length {len(b)}")


def is_missing(value):
    """Return whether `value` is None, NaN, NaT, or the NA of pandas.

    Parameters
    ----------
    value : object
        One entry of a table.
    """
    if value is None:
        return True
    try:
        return not value == value  # NaN and NaT are not equal to themselves
    except TypeError:  # the NA of pandas gives no answer
        return True
    except ValueError:  # an array gives many
        return False


def column_names(X):
    """Return the names of a DataFrame's columns, an array of strings.

    Parameters
    ----------
    X : array-like
        What was given.

    Returns
    -------
    names : ndarray of object, shape (d,), or None
        None if `X` has no such names, or if one of them is not a string.
    """
    names = getattr(X, "columns", None)
    if names is None or callable(names):
        return None
    names = list(names)
    if not names or not all(isinstance(name, str) for name in names):
        return None
    return np.array(names, dtype=object)


def check_columns(X, seen, name="X"):
    """Refuse a DataFrame whose columns have not the names, in the order, that `fit` saw.

    Parameters
    ----------
    X : array-like
        What was given. Without names of columns it passes.
    seen : sequence of str, or None
        The names that `fit` saw, or None if it saw none: then `X` passes.
    name : str, default="X"
        What the caller calls it, for the messages.
    """
    given = column_names(X)
    if given is None or seen is None:
        return
    given, seen = given.tolist(), [str(column) for column in seen]
    if given == seen:
        return
    start = "The feature names should match those that were passed during fit"
    if sorted(given) == sorted(seen):
        raise ValueError(
            f"{start}: the columns of {name} are in another order, fit saw {reprlib.repr(seen)}, "
            f"{name} has {reprlib.repr(given)}. Put them into the order of fit, "
            f"{name}[model.feature_names_in_]"
        )
    unknown = [column for column in given if column not in seen]
    missing = [column for column in seen if column not in given]
    differences = []
    if unknown:
        differences.append(f"fit did not see {reprlib.repr(unknown)}")
    if missing:
        differences.append(f"{name} lacks {reprlib.repr(missing)}")
    if not differences:
        differences.append(f"fit saw {len(seen)} columns, {name} has {len(given)}")
    raise ValueError(f"{start}: {' and '.join(differences)}")


# ----------------------------------------------------------------------------- hyperparameters


def check_integer(name, value, low):
    """Return `value` as an int, if it is one and at least `low`.

    Parameters
    ----------
    name : str
        What the caller calls it, for the messages.
    value : object
        What was given. True and False are no integers here.
    low : int
        The smallest value allowed.
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} must be an int, got {value!r}")
    if value < low:
        raise ValueError(f"{name} must be >= {low}, got {value}")
    return int(value)


def check_number(name, value, low=0.0, high=np.inf):
    """Return `value` as a float, if it is a finite number from `low` to `high`.

    Parameters
    ----------
    name : str
        What the caller calls it, for the messages.
    value : object
        What was given. True and False are no numbers here.
    low : float, default=0.0
        The smallest value allowed.
    high : float, default=inf
        The largest value allowed.
    """
    kinds = (int, float, np.integer, np.floating)
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, kinds):
        raise TypeError(f"{name} must be a number, got {value!r}")
    if not np.isfinite(value):
        raise ValueError(f"{name} must be finite, got {value}")
    if not low <= value <= high:
        rule = f">= {low:g}" if high == np.inf else f"from {low:g} to {high:g}"
        raise ValueError(f"{name} must be {rule}, got {value}")
    return float(value)


def check_flag(name, value):
    """Return `value` as a bool, if it is one.

    Parameters
    ----------
    name : str
        What the caller calls it, for the messages.
    value : object
        What was given. 0, 1 and "no" are refused.
    """
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {value!r}")
    return bool(value)


def check_generator(random_state):
    """Return the generator that `random_state` stands for.

    Parameters
    ----------
    random_state : None, int or numpy.random.Generator
        None for a new generator, an int >= 0 for a repeatable one. A generator comes back as it
        is, to be drawn on from where it stands.

    Returns
    -------
    rng : numpy.random.Generator
    """
    if random_state is None or isinstance(random_state, np.random.Generator):
        return np.random.default_rng(random_state)
    whole = isinstance(random_state, (int, np.integer))
    if isinstance(random_state, (bool, np.bool_)) or not whole:
        raise TypeError(f"random_state must be None, an int or a Generator, got {random_state!r}")
    if random_state < 0:
        raise ValueError(f"random_state must be >= 0, got {random_state}")
    return np.random.default_rng(random_state)


# ------------------------------------------------------------------------------------- helpers


def _is_masked(a):
    """Return whether `a` is a masked array, or a list of which a row is one."""
    rows = a if isinstance(a, (list, tuple)) else [a]
    return any(isinstance(row, np.ma.MaskedArray) for row in rows)


def _check_shape(array, name, ndim):
    """Refuse an empty array, or one that has not one of the numbers of dimensions in `ndim`."""
    allowed = ndim if isinstance(ndim, tuple) else (ndim,)
    if array.ndim not in allowed or array.size == 0:
        wanted = " or ".join(f"{d}-D" for d in allowed)
        raise ValueError(f"{name} must be a non-empty {wanted} array, got shape {array.shape}")


def _to_float(array, name):
    """Return an array of numbers as float64."""
    try:
        with np.errstate(over="ignore"):  # of a longer type of float
            return array.astype(np.float64, copy=False)
    except OverflowError:
        raise ValueError(f"{name} holds an integer beyond 1.8e308, the range of floats") from None


def _refuse_strangers(array, name):
    """Refuse the first entry of `array` that is no real number, and say what and where it is."""
    strange = {}  # type of an entry -> what it is, or None for a number
    for index, value in np.ndenumerate(array):
        kind = type(value)
        if kind not in strange:
            strange[kind] = "missing" if is_missing(value) else _what_instead_of_a_number(value)
        what = strange[kind]
        if what is None or (what == "missing" and isinstance(value, float)):
            continue  # the caller looks for NaN
        place = _at(name, index)
        if what == "missing":
            raise ValueError(f"{name} holds a missing value: {place} is {value}")
        column = f"column {index[1]} " if array.ndim == 2 else ""
        raise TypeError(
            f"{name} must be an array of numbers, but {column}holds {what}: {place} is "
            f"{_shown(value)}"
        )


def _at(name, index):
    """Return an entry as it is written in Python, such as "X[0, 2]"."""
    return f"{name}[{', '.join(str(i) for i in index)}]"


def _labels_of_objects(labels, name):
    """Return an array of objects as words, or as numbers. A mixture of them is refused."""
    for value in labels:
        if is_missing(value):
            raise ValueError(f"{name} holds a missing label ({value})")
    words = [isinstance(value, str) for value in labels]
    if all(words):
        return labels.astype(str)
    if any(words):
        word, other = labels[words.index(True)], labels[words.index(False)]
        raise TypeError(
            f"{name} mixes words with other values, such as {_shown(word)} and {_shown(other)}: "
            "labels must be of one kind"
        )
    _refuse_strangers(labels, name)
    numbers = np.asarray(labels.tolist())  # whole numbers stay whole
    return _to_float(numbers, name) if numbers.dtype == object else numbers


def _what_instead_of_a_number(value):
    """Return in words what `value` is, or None if it is a real number."""
    if isinstance(value, str):
        return "text"
    if isinstance(value, bytes):
        return "bytes"
    if isinstance(value, _DATES):
        return "dates or times"
    if isinstance(value, (complex, np.complexfloating)):
        return "complex numbers"
    one_number = hasattr(value, "__float__") and getattr(value, "ndim", 0) == 0
    if isinstance(value, np.void) or not one_number:
        return f"a value of type {type(value).__name__}"
    return None


def _shown(value):
    """Return `value` as it is written, cut short if it is long."""
    if isinstance(value, _DATES):
        return str(value)
    return reprlib.repr(value.item() if isinstance(value, np.generic) else value)
