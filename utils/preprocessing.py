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
Names, defaults and the order of columns are scikit-learn's. Input is never modified.
"""

from __future__ import annotations

from itertools import combinations, combinations_with_replacement
from math import comb

import numpy as np

_MAX_COLUMNS = 1_000_000


class StandardScaler:
    """Standardise each column: z = (x - mean) / standard deviation of the training data.

    Distances, penalties and gradient steps treat all columns alike, so a column measured in
    thousands outweighs one measured in hundredths until both have the same spread.

    Parameters
    ----------
    with_mean : bool
        Subtract the mean.
    with_std : bool
        Divide by the standard deviation (that of the population: divided by n, not n - 1).

    Attributes
    ----------
    mean_ : array of shape (n_features,), or None if `with_mean` is False
        Mean of each column.
    scale_ : array of shape (n_features,), or None if `with_std` is False
        Standard deviation of each column; 1 for a constant column, which thus becomes 0. Values
        that differ by no more than a few units in their last place count as constant: their
        spread is rounding, and dividing by it would turn rounding into a feature.
    n_features_in_ : int

    Notes
    -----
    The mean is corrected once by the mean of what remains after subtracting it, and the spread is
    taken of what remains then, so offsets do not cost digits: 1e8 + x has the spread of x as
    exactly as 1e8 + x is stored at all. Columns near 1e300 or 1e-300 are brought near 1 beforehand,
    by a power of two, which rounds nothing, so that squares neither overflow nor vanish.
    """

    def __init__(self, *, with_mean: bool = True, with_std: bool = True):
        self.with_mean = with_mean
        self.with_std = with_std

    def fit(self, X, y=None) -> StandardScaler:
        """Learn mean and standard deviation of each column; `y` is ignored."""
        _check_flag("with_mean", self.with_mean)
        _check_flag("with_std", self.with_std)
        X = _check_matrix(X)
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
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X) -> np.ndarray:
        """Standardise `X`, (n_samples, n_features), with the training mean and deviation."""
        X = _check_matrix(X, fitted=self)
        Z = X.copy() if self.mean_ is None else X - self.mean_
        if self.scale_ is not None:
            Z /= self.scale_
        return Z

    def fit_transform(self, X, y=None) -> np.ndarray:
        """`fit(X)`, then `transform(X)`."""
        return self.fit(X).transform(X)

    def inverse_transform(self, X) -> np.ndarray:
        """Take standardised values back to the original units: x = z * scale + mean."""
        Z = _check_matrix(X, fitted=self)
        X = Z.copy() if self.scale_ is None else Z * self.scale_
        if self.mean_ is not None:
            X += self.mean_
        return X


class PolynomialFeatures:
    """All products of columns up to a degree: 1, a, b, a², ab, b² for degree 2 and columns a, b.

    A linear model of these columns is a curved model of the original ones.

    Parameters
    ----------
    degree : int
        Largest total degree, 0 or more.
    include_bias : bool
        Begin with a column of ones. Set it to False for a model that has its own intercept.
    interaction_only : bool
        Keep only products of different columns: ab, but neither a² nor b².

    Attributes
    ----------
    powers_ : int array of shape (n_output_features_, n_features_in_)
        `powers_[i, j]` is the exponent of input j in output i.
    n_output_features_, n_features_in_ : int
        `n_output_features_` is C(n_features + degree, degree) with all terms.
    """

    def __init__(
        self, degree: int = 2, *, interaction_only: bool = False, include_bias: bool = True
    ):
        self.degree = degree
        self.interaction_only = interaction_only
        self.include_bias = include_bias

    def fit(self, X, y=None) -> PolynomialFeatures:
        """Learn which products there are from the number of columns of `X`; `y` is ignored."""
        if isinstance(self.degree, bool) or not isinstance(self.degree, (int, np.integer)):
            raise TypeError(f"degree must be an int, got {self.degree!r}")
        if self.degree < 0:
            raise ValueError(f"degree must be >= 0, got {self.degree}")
        _check_flag("interaction_only", self.interaction_only)
        _check_flag("include_bias", self.include_bias)
        if self.degree == 0 and not self.include_bias:
            raise ValueError("degree=0 with include_bias=False leaves no column at all")
        d = _check_matrix(X).shape[1]
        self._check_count(d)
        choose = combinations if self.interaction_only else combinations_with_replacement
        first = 0 if self.include_bias else 1
        terms = [term for size in range(first, self.degree + 1) for term in choose(range(d), size)]
        self.powers_ = np.zeros((len(terms), d), dtype=np.int64)
        for row, term in zip(self.powers_, terms):
            for j in term:
                row[j] += 1
        self.n_output_features_ = len(terms)
        self.n_features_in_ = d
        return self

    def transform(self, X) -> np.ndarray:
        """Products of the columns of `X`, an array of shape (n_samples, n_output_features_)."""
        X = _check_matrix(X, fitted=self)
        P = np.empty((len(X), self.n_output_features_))
        products = {(): np.ones(len(X))}
        with np.errstate(over="ignore", invalid="ignore"):
            for i, powers in enumerate(self.powers_):
                term = tuple(np.repeat(np.arange(self.n_features_in_), powers))
                # A product is the product without its last factor, times that factor.
                P[:, i] = products[term[:-1]] * X[:, term[-1]] if term else 1.0
                products[term] = P[:, i]
        if not np.isfinite(P).all():
            raise ValueError(
                f"a product of degree {self.degree} overflows: the largest value of X is "
                f"{np.abs(X).max():.3g}; standardise X first"
            )
        return P

    def fit_transform(self, X, y=None) -> np.ndarray:
        """`fit(X)`, then `transform(X)`."""
        return self.fit(X).transform(X)

    def get_feature_names(self, names=None) -> np.ndarray:
        """Name of each output column.

            >>> PolynomialFeatures(2).fit([[1, 2]]).get_feature_names(["a", "b"]).tolist()
            ['1', 'a', 'b', 'a^2', 'a b', 'b^2']

        Parameters
        ----------
        names : sequence of n_features_in_ strings, optional
            Names of the input columns; x0, x1, ... without.

        Returns
        -------
        string array of shape (n_output_features_,)
        """
        _check_fitted(self)
        d = self.n_features_in_
        names = [f"x{j}" for j in range(d)] if names is None else [str(name) for name in names]
        if len(names) != d:
            raise ValueError(f"names has {len(names)} entries, fit saw {d} features")
        described = [
            " ".join(name if p == 1 else f"{name}^{p}" for name, p in zip(names, powers) if p)
            for powers in self.powers_
        ]
        return np.array([text or "1" for text in described])

    def _check_count(self, d: int) -> None:
        """Refuse an expansion that no memory would hold, before any work."""
        if self.interaction_only:
            count = sum(comb(d, size) for size in range(min(self.degree, d) + 1))
        else:
            count = comb(d + self.degree, d)
        if count > _MAX_COLUMNS:
            raise ValueError(
                f"degree={self.degree} on {d} features gives {count} columns, "
                f"more than {_MAX_COLUMNS}"
            )


class OrdinalEncoder:
    """Replace the words (or other labels) of each column by the codes 0, 1, 2, ...

    Codes follow the sorted order of the labels seen in `fit`. They are names, not amounts: give
    them to a model that treats them so, such as categorical naive Bayes.

        >>> days = [["sunny", "hot"], ["rain", "mild"], ["sunny", "mild"]]
        >>> OrdinalEncoder().fit_transform(days)
        array([[1, 0],
               [0, 1],
               [1, 1]])

    Attributes
    ----------
    categories_ : list of n_features_in_ arrays
        The labels of each column, sorted; `categories_[j][code]` is the label behind a code.
    n_features_in_ : int
    """

    def fit(self, X, y=None) -> OrdinalEncoder:
        """Learn the labels of each column of `X`, (n_samples, n_features); `y` is ignored."""
        X = _check_table(X)
        self.categories_ = [np.unique(column) for column in X.T]
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X) -> np.ndarray:
        """Codes of the labels, an int64 array; a label that `fit` did not see is an error."""
        _check_fitted(self)
        X = _check_table(X, fitted=self)
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
                    f"it saw {known.tolist()}"
                )
            codes[:, j] = np.searchsorted(known, X[:, j])
        return codes

    def fit_transform(self, X, y=None) -> np.ndarray:
        """`fit(X)`, then `transform(X)`."""
        return self.fit(X).transform(X)

    def inverse_transform(self, X) -> np.ndarray:
        """The labels behind the codes."""
        codes = _check_matrix(X, fitted=self)
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


def _check_matrix(X, fitted=None) -> np.ndarray:
    """`X` as a finite, non-empty 2-D float64 array, as wide as `fitted` saw it."""
    if fitted is not None:
        _check_fitted(fitted)
    X = _as_array(X)
    if X.dtype == object:
        try:
            if any(isinstance(value, (str, bytes)) for value in X.flat):
                raise TypeError("a word is not a number, even if it spells one")
            X = X.astype(np.float64)
        except (TypeError, ValueError) as error:
            raise TypeError("X must hold numbers, got an array of objects") from error
    if X.dtype.kind not in "fiub":
        raise TypeError(f"X must hold real numbers, got dtype {X.dtype}")
    if X.ndim != 2 or X.size == 0:
        raise ValueError(f"X must be a non-empty 2-D array, got shape {X.shape}")
    X = X.astype(np.float64, copy=False)
    if not np.isfinite(X).all():
        raise ValueError("X contains NaN or infinity")
    _check_width(X, fitted)
    return X


def _check_table(X, fitted=None) -> np.ndarray:
    """`X` as a non-empty 2-D array of labels that are all words, or all numbers."""
    X = _as_array(X)
    if X.ndim != 2 or X.size == 0:
        raise ValueError(f"X must be a non-empty 2-D array, got shape {X.shape}")
    if X.dtype == object:
        words = {isinstance(label, str) for label in X.flat}
        if words == {False}:
            return _check_matrix(X, fitted)
        if words == {True, False}:
            raise TypeError("X must hold words only or numbers only, got both")
        X = X.astype(str)
    if X.dtype.kind not in "fiubU":
        raise TypeError(f"X must hold words or numbers, got dtype {X.dtype}")
    if X.dtype.kind == "f" and not np.isfinite(X).all():
        raise ValueError("X contains NaN or infinity")
    _check_width(X, fitted)
    return X


def _as_array(X) -> np.ndarray:
    try:
        return np.asarray(X)
    except ValueError as error:
        raise ValueError("X must be a rectangular table, got rows of unequal length") from error


def _check_width(X: np.ndarray, fitted) -> None:
    if fitted is not None and X.shape[1] != fitted.n_features_in_:
        raise ValueError(f"X has {X.shape[1]} features, fit saw {fitted.n_features_in_}")


def _check_fitted(model) -> None:
    if not hasattr(model, "n_features_in_"):
        raise RuntimeError(f"{type(model).__name__} is not fitted: call fit first")


def _check_flag(name: str, value) -> None:
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {value!r}")
