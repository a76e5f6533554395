"""The forms in which one and the same matrix may reach a model, and those that must be refused.

    >>> import numpy as np
    >>> A = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> FORMS["list"](A)
    [[1.0, 2.0], [3.0, 4.0]]
    >>> FORMS["strided"](A).flags.contiguous
    False

| name | what it is |
|---|---|
| `FORMS` | name -> function of an array, which returns its numbers in that form |
| `Frame` | what a DataFrame looks like: names of columns, and rows taken by `iloc` |
| `Sparse` | what a sparse matrix looks like to NumPy |
| `Ragged` | rows that do not agree on their length |
| `masked` | a masked array, one entry of which is hidden |
| `NA` | what the missing value of pandas looks like |

The tests of every model fit it to each form and expect one and the same fit, and a refusal of the
last four. Numbers that every form can hold are integers from -128 to 127.
"""

from __future__ import annotations

import numpy as np


class Frame:
    """What a DataFrame looks like to NumPy: no array, but something that turns into one.

    Parameters
    ----------
    values : array of shape (n, d)
        The numbers, or words, of the table.
    columns : sequence of length d, default=None
        The names of the columns; "x0", "x1" and so on without.
    """

    def __init__(self, values, columns=None):
        self.values = np.asarray(values)
        names = [f"x{j}" for j in range(self.values.shape[1])] if columns is None else columns
        self.columns = list(names)
        self.shape = self.values.shape

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype=dtype)

    def __len__(self):
        return len(self.values)

    @property
    def iloc(self):
        """Rows by their number, as `frame.iloc[[2, 0]]`: a Frame with the same columns."""
        return _RowsOf(self)


class _RowsOf:
    """What `Frame.iloc` returns: `[rows]` takes these rows."""

    def __init__(self, frame):
        self.frame = frame

    def __getitem__(self, rows):
        return Frame(self.frame.values[rows], self.frame.columns)


class Sparse:
    """What a sparse matrix of SciPy looks like to NumPy: one object that has a shape.

    Parameters
    ----------
    values : array of shape (n, d)
        The numbers. NumPy sees none of them; `toarray()` gives them.
    """

    def __init__(self, values):
        self.values = np.asarray(values)
        self.shape = self.values.shape

    def toarray(self):
        """Return the numbers as an array."""
        return self.values.copy()


class Ragged:
    """Rows that do not agree on their length, whatever the version of NumPy makes of such a list.

    NumPy 1.26 and 2 refuse `[[1, 2], [3]]` by themselves; so does this, with the same error.
    """

    def __array__(self, dtype=None, copy=None):
        raise ValueError("setting an array element with a sequence: inhomogeneous shape")


class _Missing:
    """The type of `NA`: no comparison with it has an answer, not even with itself."""

    def _unknown(self, other):
        return self

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _unknown

    def __hash__(self):
        return 0

    def __bool__(self):
        raise TypeError("boolean value of NA is ambiguous")

    def __repr__(self):
        return "<NA>"


NA = _Missing()


def masked(values, where=(0, 0)):
    """Return a masked copy of `values`, in which the entry at `where` is hidden.

    Below the mask a number is -99, so that a model which overlooks the mask goes astray.
    """
    values = np.array(values)
    mask = np.zeros(values.shape, dtype=bool)
    mask[where] = True
    if values.dtype.kind in "if":
        values[mask] = -99
    return np.ma.array(values, mask=mask)


def _strided(A):
    """Return A as every second row and third column of a larger array of NaN."""
    wide = np.full((2 * A.shape[0], 3 * A.shape[1]), np.nan)  # between the rows and columns
    wide[::2, ::3] = A
    return wide[::2, ::3]


def _read_only(A):
    """Return a copy of A that refuses to be changed."""
    A = A.copy()
    A.flags.writeable = False
    return A


FORMS = {
    "list": np.ndarray.tolist,
    "float32": lambda A: A.astype(np.float32),
    "int8": lambda A: A.astype(np.int8),
    "object": lambda A: A.astype(object),
    "Fortran": lambda A: np.array(A, order="F"),
    "strided": _strided,
    "reversed": lambda A: A[::-1, ::-1].copy()[::-1, ::-1],
    "read-only": _read_only,
    "frame": Frame,
}
