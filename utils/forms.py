"""The forms in which one and the same matrix may reach a model, and two that must be refused.

    >>> import numpy as np
    >>> A = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> FORMS["list"](A)
    [[1.0, 2.0], [3.0, 4.0]]
    >>> FORMS["strided"](A).flags.contiguous
    False

| name | what it is |
|---|---|
| `FORMS` | name -> function of an array, which returns its numbers in that form |
| `Frame` | what a DataFrame looks like to NumPy |
| `Sparse` | what a sparse matrix looks like to NumPy |
| `Ragged` | rows that do not agree on their length |

The tests of every model fit it to each form and expect one and the same fit, and a refusal of the
last two. Numbers that every form can hold are integers from -128 to 127.
"""

from __future__ import annotations

import numpy as np


class Frame:
    """What a DataFrame looks like to NumPy: no array, but something that turns into one.

    Parameters
    ----------
    values : array of shape (n, d)
        The numbers; `columns` gives them the names "x0", "x1" and so on.
    """

    def __init__(self, values):
        self.values, self.columns = values, [f"x{j}" for j in range(values.shape[1])]

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype=dtype)


class Sparse:
    """What a sparse matrix of SciPy looks like to NumPy: one object that has a shape.

    Parameters
    ----------
    values : array of shape (n, d)
        The numbers, of which NumPy sees none.
    """

    def __init__(self, values):
        self.shape = values.shape


class Ragged:
    """Rows that do not agree on their length, whatever the version of NumPy makes of such a list.

    NumPy 1.26 and 2 refuse `[[1, 2], [3]]` by themselves; so does this, with the same error.
    """

    def __array__(self, dtype=None, copy=None):
        raise ValueError("setting an array element with a sequence: inhomogeneous shape")


def _strided(A):
    wide = np.full((2 * A.shape[0], 3 * A.shape[1]), np.nan)  # between the rows and columns
    wide[::2, ::3] = A
    return wide[::2, ::3]


def _read_only(A):
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
