"""Principal component analysis: the orthogonal directions along which the data vary most.

A cloud of points often varies a lot along a few directions and little along the others. PCA finds
the directions in order, the one of most variance first. The coordinates of the points along the
first few describe them well with few numbers.

Objective: of all lines through the mean, the one along which the shadows of the points vary most.
It is also the line that lies nearest to the points. Then the same at right angles to the lines
found so far.                                                                     PCA.2, PCA.3

Algorithm. The steps have the names of the functions below.
    choose_solver        which of the four solvers below, if nothing is said             PCA.8
    centre               take the mean off the rows, Z = X - mean                        PCA.1
    full                 the singular value decomposition Z = U S Vt                     PCA.5
    covariance_eigh      or: the eigenvectors of Z'Z, where n >= d                       PCA.4
    gram                 or: those of ZZ', where n < d                                   PCA.6
    randomized           or: those of Z'Z within a few random directions, improved       PCA.7
    fix_signs            the largest loading of each component becomes positive          PCA.9
    PCA.transform        the scores, T = Z V                                            PCA.10
    PCA.inverse_transform    and back: T Vt + mean                                      PCA.11

Symbols: n samples (rows), d features, m = min(n, d), k components.
    X (n, d)      the rows                       Z (n, d)     the rows less their mean
    Vt (m, d)     the directions, one a row      s (m,)       the singular values of Z
    lam (m,)      the eigenvalues of Z'Z: lam = s^2, the sum of squares along each direction
    T (n, k)      the scores: the coordinates of the rows along the first k directions
Cost: O(n d m + m^3) time, "randomized" O(n d k).
Memory beyond X: a block of rows and about m^2 + k d numbers. But "full" takes two copies of X if
n <= d, and "randomized" takes no m^2, but 2 p (k + 10) d numbers for p passes.

Follows Jolliffe, "Principal Component Analysis", and Musco & Musco (2015): see PCA.
"""

from typing import NamedTuple

import numpy as np


class PCA:
    """Principal component analysis.

    All solvers find the same directions. A direction and its opposite are equally good, so one
    rule chooses the sign. `m` is min(n_samples, n_features), the largest number of components.

    Parameters
    ----------
    n_components : int, float or None, default=None
        How many components to keep. An int from 1 to m is their number. A float between 0 and 1
        is a share: as few as explain more than this share of the variance. None keeps all m.
    whiten : bool, default=False
        Whether `transform` divides the scores by their standard deviations. Scores without any
        variance become 0.
    svd_solver : {"auto", "full", "covariance_eigh", "gram", "randomized"}, default="auto"
        How the components are found. "full" decomposes the centred data and keeps the most digits.
        "covariance_eigh" decomposes the matrix of features by features, "gram" that of samples by
        samples. "randomized" is fast if few components of large data are wanted, and needs an int
        as `n_components`. "auto" chooses by the shape, and takes "full" if a component has so
        little variance that the other solvers would lose digits of it.
    iterated_power : int or "auto", default="auto"
        For "randomized": the number of passes, >= 1. Each pass reads the data once more and makes
        the directions better. "auto" is 5.
    random_state : None, int or numpy.random.Generator, default=None
        What draws the first directions of "randomized". An int makes the result repeatable.

    Attributes
    ----------
    components_ : ndarray of shape (n_components_, n_features)
        The directions, the one of most variance first. They have length 1 and are at right angles
        to each other. In each one the entry of largest size is positive (of several that agree to
        1e-8 the first one).
    explained_variance_ : ndarray of shape (n_components_,)
        The variance of the scores along each direction, with n_samples - 1 in the denominator. It
        is 0 where it is below the rounding of the solver, and infinite beyond the range of floats.
    explained_variance_ratio_ : ndarray of shape (n_components_,)
        The share of each of them in the variance of all features. All are 0 if nothing varies.
    singular_values_ : ndarray of shape (n_components_,)
        The length of each column of scores, which is the square root of its sum of squares.
    mean_ : ndarray of shape (n_features,)
        The mean of each feature.
    noise_variance_ : float
        The mean variance of the m - n_components_ directions that are left out, 0 if there are
        none.
    n_components_ : int
        The number of components that are kept.
    n_samples_ : int
        The number of rows that `fit` saw.
    n_features_in_ : int
        The number of features that `fit` saw.
    feature_names_in_ : ndarray of str, shape (n_features,)
        The names of the columns of X. It is only there if X was a table with such names.

    References
    ----------
    I. T. Jolliffe (2002), "Principal Component Analysis", 2nd edition, chapters 1 to 3.
    C. Musco and C. Musco (2015), "Randomized block Krylov methods for stronger and faster
    approximate singular value decomposition".

    Examples
    --------
    >>> from pca import PCA
    >>> X = [[0, 0], [4, 2], [2, 4], [6, 6]]
    >>> model = PCA().fit(X)
    >>> model.components_.round(3).tolist()
    [[0.707, 0.707], [0.707, -0.707]]
    >>> model.explained_variance_ratio_.round(6).tolist()
    [0.9, 0.1]
    >>> model.transform([[5, 5]]).round(3).tolist()
    [[2.828, 0.0]]
    """

    def __init__(self, n_components: int | float | None = None, *, whiten: bool = False,
                 svd_solver: str = "auto", iterated_power: int | str = "auto",
                 random_state: int | np.random.Generator | None = None):
        self.n_components = n_components
        self.whiten = whiten
        self.svd_solver = svd_solver
        self.iterated_power = iterated_power
        self.random_state = random_state

    def fit(self, X, y=None) -> "PCA":
        """Find the mean and the components of X.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            The training rows.
        y : None
            Not used. It is here because `fit` of other models takes targets.

        Returns
        -------
        self : PCA
        """
        names = _feature_names(X)
        X = _check_X_or_file(X)
        wanted = self._check_hyperparameters(X.shape)
        n, d = X.shape
        m = min(n, d)

        solver = self.svd_solver
        if solver == "auto":
            solver = _choose_solver(X.shape, wanted)
        Z = _centre(X, with_products=solver == "covariance_eigh")                     # PCA.1
        found = _decompose(solver, Z, wanted)
        k = _count(found, wanted)
        if self.svd_solver == "auto" and solver in ("covariance_eigh", "gram"):
            if _digits_are_lost(found.lam, k, n):                                      # PCA.8
                found = _full(Z, wanted)
                k = _count(found, wanted)

        lam = found.lam[:k]
        left_out = found.lam[k:].sum()
        if len(found.lam) < m:                              # "randomized" does not know them all
            left_out = max(found.total - lam.sum(), 0.0)
        freedom = max(n - 1, 1)
        self.components_ = _fix_signs(found.Vt[:k])                                    # PCA.9
        self.singular_values_ = np.sqrt(lam) * Z.unit                                  # PCA.5
        # Inf or 0 in extreme units. To divide before squaring makes these units rare.
        with np.errstate(over="ignore", under="ignore"):
            self.explained_variance_ = (self.singular_values_ / np.sqrt(freedom))**2
            mean_left_out = left_out / max(m - k, 1) / freedom                        # PCA.13
            self.noise_variance_ = float(mean_left_out * Z.unit * Z.unit)
        self.explained_variance_ratio_ = _shares(found)[:k]                           # PCA.12
        self.mean_ = Z.mean
        self.n_components_ = int(k)
        self.n_samples_ = n
        self.n_features_in_ = d
        self.feature_names_in_ = names
        if names is None:
            del self.feature_names_in_                      # it may be there from an earlier fit
        return self

    def transform(self, X):
        """Return the scores of X: the coordinates of its rows along the components.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Rows with the features that `fit` saw.

        Returns
        -------
        T : ndarray of shape (n_samples, n_components_)
        """
        X = _check_X_or_file(X, fitted=self)
        V = self.components_.T
        if abs(self.mean_).max() < 10 * self._deviations()[0]:
            # The mean is not far from 0, so few digits cancel. This form makes no copy of X.
            T = _times(X, V)
            T -= self.mean_ @ V
        else:
            blocks = _blocks(len(X), width=X.shape[1])
            T = np.vstack([(X[i] - self.mean_) @ V for i in blocks])                  # PCA.10
        if self.whiten:
            deviations = self._deviations()
            # To divide by infinity makes scores without variance 0.
            T /= np.where(deviations > 0, deviations, np.inf)                         # PCA.14
        return T

    def fit_transform(self, X, y=None):
        """Fit the model to X (n_samples, n_features) and return the scores of X, as `transform`."""
        return self.fit(X).transform(X)

    def inverse_transform(self, X):
        """Return the points that have the scores X and lie in the span of the components.

        Parameters
        ----------
        X : array of shape (n_samples, n_components_)
            Scores, as `transform` returns them.

        Returns
        -------
        X : ndarray of shape (n_samples, n_features)
        """
        if not hasattr(self, "n_features_in_"):
            raise RuntimeError(f"{type(self).__name__} is not fitted: call fit first")
        T = _check_X(X)
        if T.shape[1] != self.n_components_:
            raise ValueError(f"X has {T.shape[1]} scores a row, fit kept "
                             f"n_components_={self.n_components_}")
        if self.whiten:
            T = T * self._deviations()
        return T @ self.components_ + self.mean_                                      # PCA.11

    def _deviations(self):
        """Return the standard deviations (k,) of the scores of the training rows."""
        return self.singular_values_ / np.sqrt(max(self.n_samples_ - 1, 1))

    def _check_hyperparameters(self, shape):
        """Refuse hyperparameters that cannot be used with X of this shape. Return a _Wanted."""
        options = ("auto", "full", "covariance_eigh", "gram", "randomized")
        _check_option("svd_solver", self.svd_solver, options)
        _check_flag("whiten", self.whiten)
        passes = 5
        if not (isinstance(self.iterated_power, str) and self.iterated_power == "auto"):
            _check_number("iterated_power", self.iterated_power, 1, integer=True)
            passes = self.iterated_power
        if self.random_state is not None:   # `fit` makes the Generator where it draws: it is slow
            _check_random_state(self.random_state)

        m = min(shape)
        n_components = self.n_components
        allowed = "n_components must be an integer >= 1, a share in (0, 1) or None"
        k = m                                   # for None, and for a share until k is known
        share = None
        if isinstance(n_components, str):
            raise ValueError(f"{allowed}, got {n_components!r}")
        if isinstance(n_components, (float, np.floating)):
            share = n_components
            if not 0 < share < 1:
                raise ValueError(f"{allowed}, got {share}")
            if self.svd_solver == "randomized":
                raise ValueError(f"n_components={share} needs every variance, which "
                                 "svd_solver='randomized' does not compute: use 'auto' or an "
                                 "integer")
        elif n_components is not None:
            k = n_components
            _check_number("n_components", k, 1, integer=True)
        if k > m:
            raise ValueError(f"n_components={k} is more than min(n_samples, n_features)={m} of X "
                             f"with shape {shape}")
        is_counted = n_components is not None and share is None
        return _Wanted(k, share, is_counted, passes, self.random_state)


# ---- The algorithm ----
#
# Here Z (n, d) is the centred data, an object of the next part, which never holds all of it:
#     Z.n, Z.d, Z.m                 n, d and min(n, d)
#     Z.blocks()                    Z in blocks of rows, each B (rows, d)
#     Z.column_blocks()             Z in blocks of columns, each B (n, columns)
#     Z.whole()                     Z itself, (n, d)
#     Z.products                    Z'Z (d, d), or None if it was not asked for
#     Z.mean, Z.unit                Z = (X - mean) / unit, where the unit is a power of two
# From the next part also come _centre(X, with_products), which makes Z, _triangle(Z), the d rows
# (d, d) into which QR folds the n rows of Z, and _resolved(values, m), which puts 0 in the place
# of values that are nothing but rounding.


class _Wanted(NamedTuple):
    """What `fit` is asked for.

    k : int, the number of components, or m as long as it is not known
    share : float or None, the share of the variance that the components must explain
    is_counted : bool, whether `n_components` is an int
    passes : int, how many blocks of directions "randomized" collects, one in each pass
    random_state : None, int or Generator, what draws the first directions of "randomized"
    """

    k: int
    share: float | None
    is_counted: bool
    passes: int
    random_state: int | np.random.Generator | None


class _Found(NamedTuple):
    """What a solver finds.

    lam : ndarray (r,), the largest eigenvalues of Z'Z, in decreasing order
    Vt : ndarray (..., d), their eigenvectors, one a row, at least the k that are kept
    total : float, the sum of all eigenvalues, which is the sum of the squares of Z
    """

    lam: np.ndarray
    Vt: np.ndarray
    total: float


def _full(Z, wanted):
    """Find all components by the singular value decomposition of Z: the way of most digits."""
    A = _triangle(Z) if Z.n > Z.d else Z.whole()
    _, s, Vt = np.linalg.svd(A, full_matrices=False)                                   # PCA.5
    return _Found(_resolved(s, Z.m)**2, Vt, s @ s)


def _covariance_eigh(Z, wanted):
    """Find all components as the eigenvectors of Z'Z (d, d)."""
    lam, V = np.linalg.eigh(Z.products)                                                # PCA.4
    return _Found(_resolved(lam[::-1], Z.m), V.T[::-1], Z.products.trace())


def _gram(Z, wanted):
    """Find the components from the eigenvectors u of ZZ' (n, n): each is Z'u, made unit."""
    lam, U = np.linalg.eigh(sum(B @ B.T for B in Z.column_blocks()))
    lam = lam[::-1]
    U = U[:, ::-1][:, :wanted.k]
    W = np.vstack([B.T @ U for B in Z.column_blocks()])                                # PCA.6
    # The columns of W are at right angles, of length sqrt(lam). QR makes them unit, and where the
    # length is 0 it puts any direction at right angles to the others.
    Q, _ = np.linalg.qr(W)
    return _Found(_resolved(lam, Z.m), Q.T, lam.sum())


def _randomized(Z, wanted):
    """Find the first components within a space that grows out of a few random directions.

    Q (d, size) begins as Z' times random numbers: random mixtures of the rows of Z. They lean
    towards the directions of most variance, Z'Z Q leans more, Z'Z Z'Z Q even more. Each pass adds
    such a block to K (d, ...), an orthonormal basis of all blocks so far (a block Krylov space).
    The eigenvectors of Z'Z within this space come close to the first ones of Z'Z.
    """
    size = wanted.k + 10          # more than wanted, because the last ones of a block are the worst
    passes = wanted.passes
    if passes * size >= Z.m:      # then m directions, which are all that Z has, cost no more
        size = Z.m
        passes = 1

    rng = _check_random_state(wanted.random_state)
    Q = np.zeros((Z.d, size))
    total = 0.0
    for B in Z.blocks():
        Q += B.T @ rng.normal(size=(len(B), size))
        total += np.vdot(B, B)
    K = np.empty((Z.d, 0))
    CK = np.empty((Z.d, 0))                                            # Z'Z K
    for _ in range(passes):
        Q = _orthonormal(Q, K)
        CQ = sum(B.T @ (B @ Q) for B in Z.blocks())                    # Z'Z Q
        K = np.hstack([K, Q])                                                          # PCA.7
        CK = np.hstack([CK, CQ])
        Q = CQ
    C = K.T @ CK                                                       # Z'Z within the space
    lam, Y = np.linalg.eigh((C + C.T) / 2)
    return _Found(_resolved(lam[::-1], Z.m), (K @ Y[:, ::-1]).T, total)


def _orthonormal(Q, K):
    """Return unit directions, at right angles to each other and to K, that span with K what Q does.

    Q (d, size) and K (d, ...) have their directions in the columns. Without rounding one round
    would be enough. But if only a short rest of Q is at right angles to K, QR makes this rest unit
    and its rounding errors grow with it. The next round removes them. Two rounds can fail.
    """
    for _ in range(3):
        Q, _ = np.linalg.qr(Q - K @ (K.T @ Q))
    return Q


def _choose_solver(shape, wanted):
    """Return the solver that "auto" takes for data of this shape (n, d).

    "randomized" for few components of large data. "full" for nearly all components of nearly
    square data, where the last ones have little variance. Else the smaller matrix of products.
    For a share of the variance wanted.k is m here.
    """
    n, d = shape
    shorter = min(n, d)
    longer = max(n, d)
    is_large = shorter > 1000 or (shorter > 500 and longer < 10 * shorter)
    if wanted.is_counted and wanted.k <= shorter // 10 and is_large:
        return "randomized"                                                            # PCA.8
    if wanted.k > shorter // 2 and shorter > 500 and longer < 2 * shorter:
        return "full"
    return "gram" if n < d else "covariance_eigh"


def _digits_are_lost(lam, k, n):
    """Return whether one of the first k eigenvalues lam of n rows is too small to be exact.

    In "covariance_eigh" and "gram" rounding makes an error of about 1e-16 lam[0] in each. So one
    below 1e-4 lam[0] has fewer than 12 right digits. Only n - 1 eigenvalues can be above 0,
    because the rows of Z add up to 0, and so any row follows from the others. The rest does not
    count.
    """
    n_counted = min(k, max(n - 1, 1))
    return lam[n_counted - 1] < 1e-4 * lam[0]


def _decompose(solver, Z, wanted):
    """Find the components of Z by the solver of this name. Return a _Found."""
    solvers = {"full": _full, "covariance_eigh": _covariance_eigh, "gram": _gram,
               "randomized": _randomized}
    return solvers[solver](Z, wanted)


def _shares(found):
    """Return the share of each eigenvalue in their sum, (r,), or zeros if nothing varies."""
    return found.lam / (found.total or 1)                                             # PCA.12


def _count(found, wanted):
    """Return how many components are to be kept.

    For a share these are the fewest that together explain more than the share.
    """
    if wanted.share is None:
        return wanted.k
    explained = np.cumsum(_shares(found))                                             # PCA.12
    n_too_few = np.count_nonzero(explained <= wanted.share)
    return min(n_too_few + 1, len(explained))


def _fix_signs(Vt):
    """Turn each row of Vt (k, d) so that its entry of largest size is positive.

    Several entries may be of the largest size, up to rounding. Then the first of them counts.
    """
    size = abs(Vt)
    is_largest = size >= (1 - 1e-8) * size.max(axis=1, keepdims=True)
    first = is_largest.argmax(axis=1)                                  # the first that is True
    largest = Vt[np.arange(len(Vt)), first]
    return Vt * np.sign(largest)[:, None]                                              # PCA.9


# ---- Arithmetic: fast, small, safe ----
#
# A first reading may skip this part. What it buys, measured by leaving out each piece in turn:
#     blocks of rows                    a few MB of memory, where Z would be a copy of X
#     a mapped file in blocks           0.05 of a float32 file in memory, and not 2
#     mean and Z'Z in one pass, PCA.15  up to 1.35 times as fast, and all digits of 1e12 + small
#     a power of two as the unit of Z   right answers at 1e300 and at 1e-300
#     0 for what is rounding            a variance of 0 where rounding would leave 1e-17

_BLOCK = 2**18    # numbers in a block of rows: 2 MB, which stay in the cache of the processor


class _CentredData:
    """The centred data Z = (X - mean) / unit. Only a block of it is in memory at any time.

    Parameters
    ----------
    X : ndarray (n, d)
        The rows.
    mean : ndarray (d,)
        The mean of the rows.
    unit : float
        A power of two that brings Z into range.
    products : ndarray (d, d) or None
        Z'Z, if it is known.

    Attributes
    ----------
    n, d, m : int
        The number of rows, of features, and the smaller one of the two.
    """

    def __init__(self, X, mean, unit, products):
        self.X = X
        self.mean = mean
        self.unit = unit
        self.products = products
        self.n, self.d = X.shape
        self.m = min(X.shape)

    def whole(self):
        """Return Z (n, d)."""
        return _shifted(self.X, self.mean, self.unit)

    def blocks(self):
        """Yield Z in blocks of rows, (rows, d)."""
        for part in _blocks(self.n, width=self.d):
            yield _shifted(self.X[part], self.mean, self.unit)

    def column_blocks(self):
        """Yield Z in blocks of columns, (n, columns)."""
        for part in _blocks(self.d, width=self.n):
            yield _shifted(self.X[:, part], self.mean[part], self.unit)


def _shifted(X, origin, unit):
    """Return (X - origin) / unit in new memory, for X (rows, d) and origin (d,)."""
    B = X - origin
    if unit != 1:
        B /= unit
    return B


def _centre(X, with_products):
    """Return the centred data of X (n, d), a _CentredData, after one pass over X.

    One pass is enough, because the mean need not be known before. Take any point r. With
    B = X - r and h, the sum of the rows of B, the mean is r + h / n and Z'Z = B'B - h h' / n. Few
    digits cancel if r is near the cloud. Z'Z is only made if `with_products` is true.
    """
    n = len(X)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):   # `total` shows overflow
        r = _point_near(X)
        unit = 1.0
        h, products, total = _sums(X, r, unit, with_products)
        if not 1e-200 < total < 1e200:
            unit = _unit(X, r)
            h, products, _ = _sums(X, r, unit, with_products)
        mean = r + unit * (h / n)                                                      # PCA.1
        if with_products:
            products -= np.outer(h / n, h)                                            # PCA.15
    return _CentredData(X, mean, unit, products)


def _point_near(X):
    """Return a point (d,) near the cloud X (n, d): the mean of some rows, or 0.

    It is 0, which saves time, if in each column the mean is at most ten times the spread. Then
    PCA.15 loses about two digits. The mean is built upon the first row. So 1e8 + small keeps its
    digits, and a constant column becomes exactly zero.
    """
    step = max(1, X.size // 2**13)             # about 8,192 numbers, or one row if it is longer
    sample = X[::step].astype(float) - X[0]
    shift = (sample / len(sample)).sum(axis=0)                         # the sum may overflow
    spread = abs(sample - shift).mean(axis=0)
    point = X[0] + shift
    if (abs(point) <= 10 * spread).all():
        return np.zeros(X.shape[1])
    return point


def _sums(X, r, unit, with_products):
    """Return sums over B = (X - r) / unit, in one pass over X (n, d) about the point r (d,).

    Returns
    -------
    h : ndarray (d,), the sum of the rows of B
    products : ndarray (d, d), B'B, or None if it is not asked for
    total : float, the sum of the squares of B
    """
    d = X.shape[1]
    h = np.zeros(d)
    products = np.zeros((d, d)) if with_products else None
    total = 0.0
    is_X = unit == 1 and not r.any()
    for part in _blocks(len(X), width=d):
        B = X[part].astype(float, copy=False) if is_X else _shifted(X[part], r, unit)
        h += np.einsum("ij->j", B)                                     # B.sum(axis=0), faster
        if with_products:
            products += B.T @ B
        else:
            total += np.einsum("ij,ij->", B, B)
    if with_products:
        total = products.trace()
    return h, products, total


def _unit(X, r):
    """Return the power of two that brings the numbers of X - r, (n, d) less (d,), below 2."""
    largest = np.maximum(X.max(axis=0) - r, r - X.min(axis=0)).max()
    # Z has n d numbers, and none is above 2 largest. So no singular value is above this bound.
    bound = 2 * largest * np.sqrt(X.size)
    if not bound < np.inf:                                             # nan, too
        raise ValueError("X spans more than the range of float64")
    return _power_of_two(largest)


def _triangle(Z):
    """Return d rows R (d, d) with R'R = Z'Z, for n > d: singular values and Vt are those of Z.

    The triangle takes in one block B after the other: QR of R with B below it gives a new R, and
    its R'R is the old R'R + B'B.
    """
    rows = max(2 * Z.d, _BLOCK // Z.d)
    R = np.empty((0, Z.d))
    for start in range(0, Z.n, rows):
        B = _shifted(Z.X[start:start + rows], Z.mean, Z.unit)
        R = np.linalg.qr(np.vstack([R, B]), mode="r")
    return R


def _resolved(values, m):
    """Return the first m of `values`, which decrease, with 0 for those that are only rounding.

    The decompositions round by a few times m in the last digit of the largest value.
    """
    values = values[:m]
    rounding = 10 * m * np.finfo(float).eps * values[0]
    return np.where(values > rounding, values, 0)


def _times(X, A):
    """Return X @ A of X (n, d) and A (d, ...), as float64 without a float64 copy of all X."""
    if X.dtype == float:
        return X @ A
    product = np.empty((len(X), *A.shape[1:]))
    for part in _blocks(len(X), width=X.shape[1]):
        product[part] = X[part] @ A
    return product


def _check_X_or_file(X, fitted=None):
    """Return X as `_check_X` does, but a file that is mapped into memory in its own type.

    A float64 copy of a float32 file is twice as large as the file. So the file is checked some
    rows at a time. Whoever uses some rows of it combines them with float64 numbers, and the result
    is float64.
    """
    is_file = isinstance(X, np.memmap) and np.can_cast(X.dtype, float)
    if not is_file or X.dtype == float or X.ndim != 2:
        return _check_X(X, fitted)
    n_parts = min(len(X), 1 + X.size // 2**18)
    try:
        for part in np.array_split(X, n_parts):
            _check_X(part, fitted)
    except ValueError:
        return _check_X(X, fitted)         # its message counts the rows from the first of all
    return X.view(np.ndarray)


def _blocks(n, width):
    """Yield slices that cover n rows. Each has about _BLOCK numbers, `width` of them a row."""
    size = max(1, _BLOCK // width)
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))


def _power_of_two(size):
    """Return the largest power of two that is not above `size`, a number or an array of them.

    It serves as a unit: to divide by a power of two is exact. For 0 it is 1/2.
    """
    return np.ldexp(1.0, np.frexp(size)[1] - 1)


# ---- The door: the same in every folder ----
#
# Everything that comes from outside passes these checks before any work begins. So an error names
# the argument that caused it, and a `fit` that fails leaves the model as it was.


def _check_X(X, fitted=None):
    """Return X as an array (n, d) of finite float64 numbers.

    `fitted` is the model that is about to use X. It must be fitted, and X must have the features
    that its `fit` saw: as many, and with the same names in the same order if both have names.
    """
    model = type(fitted).__name__
    if fitted is not None and not hasattr(fitted, "n_features_in_"):
        raise RuntimeError(f"{model} is not fitted: call fit first")
    names = _feature_names(X)
    X = _as_array(X, "X", numeric=True)
    if X.ndim != 2:
        raise ValueError(f"X must be a non-empty 2-D array, got shape {X.shape}. Reshape your "
                         "data: X.reshape(-1, 1) is one feature, X.reshape(1, -1) one sample")
    n, d = X.shape
    if X.size == 0:
        raise ValueError(f"X must be a non-empty 2-D array, got {n} sample(s), {d} feature(s) "
                         f"(shape={X.shape}) while a minimum of 1 is required.")
    if fitted is None:
        return X
    if d != fitted.n_features_in_:
        raise ValueError(f"X has {d} features, but {model} is expecting {fitted.n_features_in_} "
                         f"features as input: fit saw {fitted.n_features_in_}")
    seen = getattr(fitted, "feature_names_in_", None)
    if names is not None and seen is not None and list(names) != list(seen):
        raise ValueError("The feature names should match those that were passed during fit: fit "
                         f"saw the columns {list(seen)}, X has {list(names)}. "
                         "X[model.feature_names_in_] puts columns into the order of fit")
    return X


def _feature_names(X):
    """Return the column names (d,) of a table such as a DataFrame, if all are text, else None."""
    columns = getattr(X, "columns", None)
    if columns is None or not all(isinstance(name, str) for name in columns):
        return None
    return np.array(list(columns), dtype=object)


def _check_number(name, value, low, high=np.inf, *, above=False, integer=False):
    """Refuse a hyperparameter that is not a finite number from `low` to `high`.

    With `above` it must be greater than `low`, with `integer` a whole number.
    """
    kinds = (int, np.integer) if integer else (int, float, np.integer, np.floating)
    if isinstance(value, bool) or not isinstance(value, kinds):
        kind = "an integer" if integer else "a number"
        raise TypeError(f"{name} must be {kind}, got {value!r}")
    value = value.item() if isinstance(value, np.generic) else value
    largest = np.inf if integer else float(np.finfo(float).max)
    large_enough = value > low if above else value >= low
    if large_enough and -largest <= value <= min(high, largest):
        return
    rules = []
    if low > -np.inf:
        rules.append(f"> {low}" if above else f">= {low}")
    if high < np.inf:
        rules.append(f"<= {high}")
    if value > largest or not rules:
        rules.append("finite")
    raise ValueError(f"{name} must be {' and '.join(rules)}, got {value}")


def _check_option(name, value, options, other=None):
    """Refuse a hyperparameter that is none of the `options`, which are texts or None.

    `other` says in words what is allowed besides them; the caller has checked that.
    """
    if value is None and None in options:
        return
    if isinstance(value, str) and value in options:
        return
    allowed = ", ".join(repr(option) for option in options)
    if other is not None:
        allowed += f" or {other}"
    raise ValueError(f"{name} must be one of {allowed}, got {value!r}")


def _check_flag(name, value):
    """Refuse a hyperparameter that is neither True nor False."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {value!r}")


def _check_random_state(random_state):
    """Return a Generator made from None, an integer >= 0 or a Generator, which comes back as is."""
    if random_state is None or isinstance(random_state, np.random.Generator):
        return np.random.default_rng(random_state)
    if isinstance(random_state, bool) or not isinstance(random_state, (int, np.integer)):
        raise TypeError("random_state must be None, an integer >= 0 or a numpy.random.Generator, "
                        f"got {random_state!r}")
    _check_number("random_state", random_state, 0, integer=True)
    return np.random.default_rng(random_state)


def _as_array(a, name, numeric=False):
    """Return `a`, which messages call `name`, as an array; as finite float64 numbers if `numeric`.

    What is no dense array of one kind of values is refused, and the message says what it holds.
    """
    if type(a) is not np.ndarray:
        _check_container(a, name)
    try:
        array = np.asarray(a)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be an array whose rows all have the same length: "
                         f"{error}") from None
    if array.dtype.kind == "c":
        raise ValueError(f"Complex data not supported: {name} must hold real numbers")
    if not numeric:
        return array
    numbers = array if array.dtype == float else _as_floats(a, array, name)
    # The sum of all squares tells in one quick pass, without a copy, that all numbers are finite.
    flat = numbers.ravel("K")
    if not np.isfinite(np.vdot(flat, flat)) and not np.isfinite(numbers).all():
        place = np.argwhere(~np.isfinite(numbers))[0].tolist()
        entry = array[tuple(place)]
        raise ValueError(f"{name} contains NaN or infinity: {name}{place} is {entry}. Leave such "
                         "rows out or fill them in")
    return numbers


def _check_container(a, name):
    """Refuse None, a masked array and a sparse matrix."""
    if a is None:
        raise ValueError(f"{name} is None: an array is needed")
    if isinstance(a, np.ma.MaskedArray):
        raise ValueError(f"{name} is a masked array, and a masked entry is a missing value: leave "
                         f"such rows out or fill them in, then pass {name}.data")
    if hasattr(a, "toarray"):
        raise TypeError(f"{name} is a sparse matrix, a dense array is needed: {name}.toarray()")


def _as_floats(a, array, name):
    """Return `array`, which was made of `a`, as float64 numbers. Refuse what is no number."""
    try:
        plain = np.array(array.tolist()) if array.dtype == object else array
        if plain.dtype.kind not in "biufO":
            raise TypeError(f"its dtype is {plain.dtype}")
        if plain.dtype == object and any(_kind_of(entry)[0] == "a date" for entry in plain.flat):
            raise TypeError("a date is no number")
        with np.errstate(over="ignore"):
            return plain.astype(float)
    except (TypeError, ValueError, OverflowError) as error:
        raise _not_numbers(a, name, error) from None


def _not_numbers(a, name, reason):
    """Return the error that names the first entry of `a` that is not a number."""
    entries = np.array(a, dtype=object)
    if entries.ndim == 0:
        return TypeError(f"{name} must be an array of numbers, got {type(a).__name__}: {reason}")
    kinds = ((place, entry, *_kind_of(entry)) for place, entry in np.ndenumerate(entries))
    place, entry, kind, error = next(found for found in kinds if found[2] != "a number")
    where = f"column {place[1]} holds" if len(place) == 2 else "it holds"
    return error(f"{name} must be an array of numbers, but {where} {kind}: {name}{list(place)} is "
                 f"{str(entry)[:40]!r} ({reason})")


def _kind_of(entry):
    """Return what an entry of an array is, in words, and the kind of error it deserves."""
    if isinstance(entry, (str, bytes)):
        return "text", TypeError
    if _is_missing(entry):
        return "a missing value", ValueError
    if hasattr(entry, "isoformat") or isinstance(entry, (np.datetime64, np.timedelta64)):
        return "a date", TypeError
    try:
        float(entry)
    except OverflowError:
        return "a number beyond the range of float64", ValueError
    except (TypeError, ValueError):
        return f"a {type(entry).__name__}", TypeError
    return "a number", ValueError


def _is_missing(entry):
    """Return whether an entry is a missing value: None, nan, NaT, or NA of pandas."""
    try:
        return entry is None or not entry == entry
    except TypeError:                      # NA does not know whether it is equal to itself
        return True
    except ValueError:                     # an array compares entry by entry
        return False
