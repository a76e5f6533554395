"""Make features ready for a model: standardise them, expand them to polynomials, encode words.

    >>> import numpy as np
    >>> train, test = np.array([[1.0, 10.0], [3.0, 30.0]]), np.array([[5.0, 20.0]])
    >>> scaler = StandardScaler().fit(train)
    >>> scaler.transform(test)
    array([[3., 0.]])

| class | what `transform` does |
|---|---|
| `StandardScaler` | every column to mean 0 and standard deviation 1 |
| `PolynomialFeatures` | products of the columns, up to a degree |
| `OrdinalEncoder` | words to the codes 0, 1, 2, ... |

All three learn in `fit`, from the training data alone, and apply what they learned in `transform`:
a test row is treated the same alone as in company, and tells nothing about itself beforehand.
Names, defaults and the order of columns are scikit-learn's. Input is never modified. The names of
a DataFrame's columns are remembered, and a table with other names, or another order, is refused.
"""

from __future__ import annotations

import reprlib
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement, groupby
from math import comb

import numpy as np

from utils.checks import (
    as_array,
    check_columns,
    check_flag,
    check_integer,
    check_numbers,
    column_names,
    is_missing,
)

_MOST_COLUMNS = 1_000_000  # of an expansion
_MOST_NUMBERS = 500_000_000  # in one table that is made here: 4 GB


class _Transformer:
    """What the transformers share: the columns of `fit` are remembered, and expected later."""

    def fit_transform(self, X, y=None) -> np.ndarray:
        """Do `fit(X)`, then `transform(X)`.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            The training data.
        y : None, default=None
            Not used.

        Returns
        -------
        ndarray of shape (n_samples, n_outputs)
        """
        return self.fit(X).transform(X)

    def _remember_columns(self, X, n_features):
        """Set the number of columns that `fit` saw, and their names if `X` has any."""
        names = column_names(X)
        if names is not None:
            self.feature_names_in_ = names
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        self.n_features_in_ = n_features

    def _check_fitted(self):
        """Refuse to go on before `fit`."""
        if not hasattr(self, "n_features_in_"):
            raise RuntimeError(f"{type(self).__name__} is not fitted: call fit first")

    def _check_columns(self, X):
        """Refuse names of columns that are not those of `fit`."""
        self._check_fitted()
        check_columns(X, getattr(self, "feature_names_in_", None))

    def _check_width(self, X):
        """Refuse an array that has not as many columns as `fit` saw."""
        if X.shape[1] != self.n_features_in_:
            raise ValueError(f"X has {X.shape[1]} features, fit saw {self.n_features_in_}")

    def _check_new(self, X) -> np.ndarray:
        """Return `X` as finite numbers (n_samples, n_features), with the columns of `fit`."""
        self._check_columns(X)
        X = check_numbers(X, "X", ndim=2)
        self._check_width(X)
        return X


class StandardScaler(_Transformer):
    """Standardise each column: z = (x - mean) / standard deviation of the training data.

    Distances, penalties and gradient steps treat all columns alike, so a column measured in
    thousands outweighs one measured in hundredths until both have the same spread.

    Parameters
    ----------
    with_mean : bool, default=True
        Subtract the mean.
    with_std : bool, default=True
        Divide by the standard deviation (that of the population: divided by n, not n - 1).

    Attributes
    ----------
    mean_ : ndarray of shape (n_features,), or None if `with_mean` is False
        Mean of each column.
    scale_ : ndarray of shape (n_features,), or None if `with_std` is False
        Standard deviation of each column; 1 for a constant column, which thus becomes 0. Values
        that differ by no more than a few units in their last place count as constant: their
        spread is rounding, and dividing by it would turn rounding into a feature.
    n_features_in_ : int
        The number of columns that `fit` saw.
    feature_names_in_ : ndarray of str, shape (n_features,)
        The names of the columns. Only there if `fit` saw a DataFrame whose names are strings.

    Notes
    -----
    The mean is corrected once by the mean of what remains after subtracting it, and the spread is
    taken of what remains then, so offsets do not cost digits: 1e8 + x has the spread of x as
    exactly as 1e8 + x is stored at all. Columns near 1e300 or 1e-300 are brought near 1 beforehand,
    by a power of two, which rounds nothing, so that squares neither overflow nor vanish.

    Examples
    --------
    >>> scaler = StandardScaler().fit([[1.0], [3.0]])
    >>> scaler.mean_, scaler.scale_
    (array([2.]), array([1.]))
    >>> scaler.transform([[5.0]])
    array([[3.]])
    """

    def __init__(self, *, with_mean: bool = True, with_std: bool = True):
        self.with_mean = with_mean
        self.with_std = with_std

    def fit(self, X, y=None) -> StandardScaler:
        """Learn mean and standard deviation of each column.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            The training data.
        y : None, default=None
            Not used.

        Returns
        -------
        self : StandardScaler
        """
        check_flag("with_mean", self.with_mean)
        check_flag("with_std", self.with_std)
        table = X
        X = check_numbers(X, "X", ndim=2)
        low, high = X.min(axis=0), X.max(axis=0)
        largest = np.maximum(high, -low)
        constant = high / 2 - low / 2 <= 2 * np.finfo(float).eps * largest
        _, exponent = np.frexp(largest)
        exponent[np.abs(exponent) < 400] = 0
        if exponent.any():
            X = np.ldexp(X, -exponent)
        mean = X.mean(axis=0)
        residual = X - mean
        drift = residual.mean(axis=0)
        std = np.sqrt(((residual - drift) ** 2).mean(axis=0))
        scale = np.ldexp(std, exponent)
        scale[constant | (scale == 0)] = 1.0
        self.mean_ = np.ldexp(mean + drift, exponent) if self.with_mean else None
        self.scale_ = scale if self.with_std else None
        self._remember_columns(table, X.shape[1])
        return self

    def transform(self, X) -> np.ndarray:
        """Standardise rows with the training mean and deviation.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Rows with the columns that `fit` saw.

        Returns
        -------
        Z : ndarray of shape (n_samples, n_features)
        """
        X = self._check_new(X)
        mean = 0.0 if self.mean_ is None else self.mean_
        scale = 1.0 if self.scale_ is None else self.scale_
        with np.errstate(over="ignore"):
            Z = X - mean
            Z /= scale
            if not np.isfinite(Z).all():  # a difference of numbers near 1.8e308 overflows
                Z = _within_range((X / 4 - mean / 4) / scale * 4, "standardised values")
        return Z

    def inverse_transform(self, X) -> np.ndarray:
        """Take standardised values back to the original units: x = z * scale + mean.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Standardised values.

        Returns
        -------
        X : ndarray of shape (n_samples, n_features)
        """
        Z = self._check_new(X)
        mean = 0.0 if self.mean_ is None else self.mean_
        scale = 1.0 if self.scale_ is None else self.scale_
        with np.errstate(over="ignore"):
            X = Z * scale
            X += mean
            if not np.isfinite(X).all():
                X = _within_range((Z / 4 * scale + mean / 4) * 4, "values in the original units")
        return X


class PolynomialFeatures(_Transformer):
    """All products of columns up to a degree: 1, a, b, a², ab, b² for degree 2 and columns a, b.

    A linear model of these columns is a curved model of the original ones. An expansion to more
    than a million columns, or to more than 4 GB, is refused.

    Parameters
    ----------
    degree : int, default=2
        Largest total degree, 0 or more.
    interaction_only : bool, default=False
        Keep only products of different columns: ab, but neither a² nor b².
    include_bias : bool, default=True
        Begin with a column of ones. Set it to False for a model that has its own intercept.

    Attributes
    ----------
    n_output_features_ : int
        The number of outputs: C(n_features + degree, degree) with all terms.
    powers_ : ndarray of int, shape (n_output_features_, n_features)
        `powers_[i, j]` is the exponent of input j in output i. It is made when it is asked for.
    n_features_in_ : int
        The number of columns that `fit` saw.
    feature_names_in_ : ndarray of str, shape (n_features,)
        The names of the columns. Only there if `fit` saw a DataFrame whose names are strings.

    Examples
    --------
    >>> poly = PolynomialFeatures(2).fit([[2.0, 3.0]])
    >>> poly.transform([[2.0, 3.0]])
    array([[1., 2., 3., 4., 6., 9.]])
    >>> poly.get_feature_names(["a", "b"]).tolist()
    ['1', 'a', 'b', 'a^2', 'a b', 'b^2']
    """

    def __init__(
        self, degree: int = 2, *, interaction_only: bool = False, include_bias: bool = True
    ):
        self.degree = degree
        self.interaction_only = interaction_only
        self.include_bias = include_bias

    def fit(self, X, y=None) -> PolynomialFeatures:
        """Learn from the number of columns which products there are. None is made yet.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            The training data. Only its columns are counted.
        y : None, default=None
            Not used.

        Returns
        -------
        self : PolynomialFeatures
        """
        degree = check_integer("degree", self.degree, low=0)
        check_flag("interaction_only", self.interaction_only)
        check_flag("include_bias", self.include_bias)
        if degree == 0 and not self.include_bias:
            raise ValueError("degree=0 with include_bias=False leaves no column at all")
        d = check_numbers(X, "X", ndim=2).shape[1]
        terms = _Terms(d, degree, bool(self.interaction_only), bool(self.include_bias))
        count = terms.count()
        if count > _MOST_COLUMNS:
            number = f"{count} columns" if count < 10**15 else "over 1e15 columns"
            raise ValueError(
                f"degree={degree} on {d} features gives {number}, more than {_MOST_COLUMNS}"
            )
        self._terms = terms
        self.n_output_features_ = count
        self._remember_columns(X, d)
        return self

    def transform(self, X) -> np.ndarray:
        """Make the products of the columns.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Rows with the columns that `fit` saw.

        Returns
        -------
        P : ndarray of shape (n_samples, n_output_features_)
        """
        X = self._check_new(X)
        self._check_size(len(X), "rows of them")
        P = np.empty((len(X), self.n_output_features_))
        bias = int(self._terms.include_bias)
        d = self.n_features_in_
        P[:, :bias] = 1.0
        with np.errstate(over="ignore", invalid="ignore"):
            if self._terms.degree > 0:
                P[:, bias : bias + d] = X
            for j, source, target in self._terms.recipe():
                np.multiply(X[:, j, None], P[:, source], out=P[:, target])
        if not np.isfinite(P).all():
            raise ValueError(
                f"a product of degree {self._terms.degree} overflows: the largest value of X is "
                f"{np.abs(X).max():.3g}; standardise X first"
            )
        return P

    @property
    def powers_(self) -> np.ndarray:
        """The exponent of each input in each output, (n_output_features_, n_features_in_)."""
        if not hasattr(self, "n_features_in_"):
            raise AttributeError("PolynomialFeatures has no powers_ before fit")
        bias = int(self._terms.include_bias)
        d = self.n_features_in_
        self._check_size(d, "exponents for each of them")
        powers = np.zeros((self.n_output_features_, d), dtype=np.int64)
        if self._terms.degree > 0:
            powers[bias : bias + d] = np.eye(d)
        for j, source, target in self._terms.recipe():
            powers[target] = powers[source]
            powers[target, j] += 1
        return powers

    def get_feature_names(self, names=None) -> np.ndarray:
        """Name each output column.

        Parameters
        ----------
        names : sequence of n_features_in_ strings, default=None
            Names of the input columns. None means the names that `fit` saw, else x0, x1, ...

        Returns
        -------
        names : ndarray of str, shape (n_output_features_,)
        """
        self._check_fitted()
        d = self.n_features_in_
        if names is None:
            names = getattr(self, "feature_names_in_", [f"x{j}" for j in range(d)])
        names = [str(name) for name in names]
        if len(names) != d:
            raise ValueError(f"names has {len(names)} entries, fit saw {d} features")
        return np.array([_term_name(term, names) for term in self._terms.each()])

    def _check_size(self, n, what):
        """Refuse a table of n times n_output_features_ numbers that would fill the memory."""
        size = n * self.n_output_features_
        if size > _MOST_NUMBERS:
            raise ValueError(
                f"degree={self._terms.degree} on {self.n_features_in_} features gives "
                f"{self.n_output_features_} columns, and {n} {what} need {8 * size / 1e9:.3g} GB, "
                f"more than {8 * _MOST_NUMBERS / 1e9:g}"
            )


@dataclass(frozen=True)
class _Terms:
    """Which products an expansion has: all of up to `degree` of `d` columns, in order.

    Products of fewer factors come first. Those of equally many are in dictionary order of their
    column numbers: aa, ab, ac, bb, bc, cc. With `interaction_only` no column comes twice, without
    `include_bias` the empty product, 1, is left out.
    """

    d: int
    degree: int
    interaction_only: bool
    include_bias: bool

    def sizes(self) -> range:
        """Return the numbers of factors that products have, rising."""
        largest = min(self.degree, self.d) if self.interaction_only else self.degree
        return range(0 if self.include_bias else 1, largest + 1)

    def count(self) -> int:
        """Return the number of products, or some number beyond 1e15 if there are more."""
        least = min(self.d, self.degree)
        if least > 50:  # C(102, 51) and more, or 2^51 and more: no need of the exact number
            return 10**16
        if self.interaction_only:
            total = sum(comb(self.d, size) for size in range(least + 1))
        else:
            total = comb(self.d + self.degree, least)
        return total if self.include_bias else total - 1

    def each(self):
        """Yield each product as the tuple of its column numbers, () for the product 1."""
        choose = combinations if self.interaction_only else combinations_with_replacement
        for size in self.sizes():
            yield from choose(range(self.d), size)

    def recipe(self):
        """Yield how the products of two and more factors come from those with one factor less.

        Each item is (j, source, target): the products `target` are column j times the products
        `source`, both slices. In dictionary order the products that begin with column j or a
        later one stand together at the end of their size. So d multiplications of whole blocks
        make a size.
        """
        begins = [int(self.include_bias) + j for j in range(self.d + 1)]  # of the size before
        for _ in range(2, self.sizes().stop):
            end = begins[-1]
            place, next_begins = end, []
            for j in range(self.d):
                first = begins[j + 1] if self.interaction_only else begins[j]
                next_begins.append(place)
                if first < end:
                    yield j, slice(first, end), slice(place, place + end - first)
                place += end - first
            begins = [*next_begins, place]


class OrdinalEncoder(_Transformer):
    """Replace the words (or other labels) of each column by the codes 0, 1, 2, ...

    Codes follow the sorted order of the labels seen in `fit`. They are names, not amounts: give
    them to a model that treats them so, such as categorical naive Bayes. A table holds words only
    or numbers only.

    Attributes
    ----------
    categories_ : list of n_features arrays
        The labels of each column, sorted; `categories_[j][code]` is the label behind a code.
    n_features_in_ : int
        The number of columns that `fit` saw.
    feature_names_in_ : ndarray of str, shape (n_features,)
        The names of the columns. Only there if `fit` saw a DataFrame whose names are strings.

    Examples
    --------
    >>> days = [["sunny", "hot"], ["rain", "mild"], ["sunny", "mild"]]
    >>> OrdinalEncoder().fit_transform(days)
    array([[1, 0],
           [0, 1],
           [1, 1]])
    """

    def fit(self, X, y=None) -> OrdinalEncoder:
        """Learn the labels of each column.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            The training data: words, or numbers.
        y : None, default=None
            Not used.

        Returns
        -------
        self : OrdinalEncoder
        """
        labels = _words_or_numbers(X)
        self.categories_ = [np.unique(column) for column in labels.T]
        self._remember_columns(X, labels.shape[1])
        return self

    def transform(self, X) -> np.ndarray:
        """Replace labels by codes. A label that `fit` did not see is an error.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Rows with the columns that `fit` saw.

        Returns
        -------
        codes : ndarray of int64, shape (n_samples, n_features)
        """
        self._check_columns(X)
        X = _words_or_numbers(X)
        self._check_width(X)
        codes = np.empty(X.shape, dtype=np.int64)
        for j, known in enumerate(self.categories_):
            words = known.dtype.kind == "U"
            if words != (X.dtype.kind == "U"):
                raise TypeError(
                    f"X must hold {'words' if words else 'numbers'}, as in fit, got dtype {X.dtype}"
                )
            found = np.isin(X[:, j], known)
            if not found.all():
                raise ValueError(
                    f"column {j} of X contains {X[~found, j][0].item()!r}, which fit did not see; "
                    f"it saw {reprlib.repr(known.tolist())}"
                )
            codes[:, j] = np.searchsorted(known, X[:, j])
        return codes

    def inverse_transform(self, X) -> np.ndarray:
        """Replace codes by the labels behind them.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Codes, whole numbers.

        Returns
        -------
        labels : ndarray of shape (n_samples, n_features)
        """
        codes = self._check_new(X)
        sizes = np.array([len(known) for known in self.categories_])
        bad = (codes != np.floor(codes)) | (codes < 0) | (codes >= sizes)
        if bad.any():
            i, j = np.argwhere(bad)[0]
            raise ValueError(
                f"column {j} of X contains the code {codes[i, j]:g}; "
                f"its codes are whole numbers from 0 to {sizes[j] - 1}"
            )
        columns = zip(self.categories_, codes.astype(np.int64).T)
        return np.stack([known[column] for known, column in columns], axis=1)


def _within_range(A, what) -> np.ndarray:
    """Return `A`, or say in which column `what` is beyond the range of floats."""
    finite = np.isfinite(A).all(axis=0)
    if not finite.all():
        raise ValueError(f"{what} of column {finite.argmin()} are beyond the range of floats")
    return A


def _term_name(term, names) -> str:
    """Return the name of a product, such as "a^2 b" for the column numbers (0, 0, 1)."""
    factors = []
    for j, same in groupby(term):
        power = len(list(same))
        factors.append(names[j] if power == 1 else f"{names[j]}^{power}")
    return " ".join(factors) or "1"


def _words_or_numbers(X) -> np.ndarray:
    """Return `X` as a non-empty 2-D array of labels that are all words, or all numbers."""
    table = as_array(X, "X")
    if table.ndim != 2 or table.size == 0:
        raise ValueError(f"X must be a non-empty 2-D array, got shape {table.shape}")
    if table.dtype.kind == "T":  # strings of any length, which may have gaps
        table = table.astype(object)
    if table.dtype.kind == "U":
        return table
    if table.dtype != object:
        check_numbers(table, "X", ndim=2)
        return table
    first = {}  # whether it is a word -> where the first such label is
    for index, label in np.ndenumerate(table):
        if is_missing(label):
            raise ValueError(f"X holds a missing value: X[{index[0]}, {index[1]}] is {label}")
        first.setdefault(isinstance(label, str), index)
    if len(first) == 2:
        (i, j), (k, m) = first[True], first[False]
        raise TypeError(
            f"X must hold words only or numbers only: X[{i}, {j}] is {table[i, j]!r}, "
            f"X[{k}, {m}] is {table[k, m]!r}"
        )
    return table.astype(str) if True in first else check_numbers(table, "X", ndim=2)
