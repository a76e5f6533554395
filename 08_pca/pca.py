"""Principal component analysis: the orthogonal directions along which the data vary most.

Objective: the k orthonormal rows of V that keep the most variance of the centred data Z, which
are also those that lose the least when the data are rebuilt from k numbers a row    PCA.2, PCA.3
Algorithm
    centre in blocks of rows, Z = X - mean                                                  PCA.1
    "full"             Z = U S V, from the triangle of its QR factorisation if n > d        PCA.5
    "covariance_eigh"  eigenvectors of Z'Z (d, d), summed over the blocks                   PCA.4
    "gram"             eigenvectors u of ZZ' (n, n) where n < d, and Z'u, made unit         PCA.6
    "randomized"       block Krylov: eigenvectors of Z'Z within span{Q, Z'Z Q, ...}         PCA.7
    "auto"             one of these by shape, and "full" where squares cost too many digits PCA.8
    the loading of largest size in each component is made positive                          PCA.9
Symbols: n samples, d features, k components, m = min(n, d); X (n, d), V (k, d), lam eigenvalues.
Time: O(n d m + m^3), "randomized" O(n d k). Memory beyond X: a block of rows and m^2 + k d numbers,
"full" two copies of X if n <= d, "randomized" some 2 (k + 10) d for each pass instead of m^2.
Follows Jolliffe, "Principal Component Analysis", 2nd ed., chapters 1 to 3, and Musco & Musco,
"Randomized block Krylov methods for stronger and faster approximate SVD" (2015).
"""

from functools import partial

import numpy as np

_BLOCK = 2**18  # numbers in a block: 2 MB, which stays in cache
_VIEWS = 16     # so many times larger may be a block that is a mere view of X


class PCA:
    """Principal component analysis.

    Parameters
    ----------
    n_components : int, float or None, default None
        How many components to keep: an int up to m; a float in (0, 1) for the fewest that explain
        more than this share of the variance; None for all m.
    whiten : bool, default False; scale the scores to variance 1
    svd_solver : {"auto", "full", "covariance_eigh", "gram", "randomized"}, default "auto"
        "auto" is "randomized" for at most m // 10 components where m > 1000, or m > 500 and the
        longer side is below 10 m; "full" for more than m // 2 (or a share) where m > 500 and it is
        below 2 m; else "covariance_eigh" or "gram", whichever matrix is smaller, and then "full" if
        a wanted variance is below 1e-4 of the largest: squares would cost it its last digits.
    iterated_power : int >= 1 or "auto", default "auto"
        Products with Z'Z in "randomized", each one pass over the data, after one for the start:
        more passes, more digits; "auto" makes 5. If so many blocks of k + 10 vectors would fill all
        m dimensions, a single product with m vectors serves instead and is exact.
    random_state : None, int or numpy.random.Generator, default None; start of "randomized"

    Attributes
    ----------
    components_ : ndarray (k, d); orthonormal rows, by decreasing variance. In each the loading of
        largest size (the first of several that agree to 1e-8) is positive, whatever the solver.
    explained_variance_ : ndarray (k,); variances of the scores, with n - 1 in the denominator. 0
        where it is below the solver's rounding. Infinite where it exceeds the range of numbers.
    explained_variance_ratio_ : ndarray (k,); shares of the total variance, 0 if there is none
    singular_values_ : ndarray (k,); lengths of the columns of scores
    mean_ : ndarray (d,); n_components_, n_samples_, n_features_in_ : int
    noise_variance_ : float, mean of the m - k variances that are left out, 0 if none is
    """

    def __init__(self, n_components: int | float | None = None, *, whiten: bool = False,
                 svd_solver: str = "auto", iterated_power: int | str = "auto", random_state=None):
        self.n_components = n_components
        self.whiten = whiten
        self.svd_solver = svd_solver
        self.iterated_power = iterated_power
        self.random_state = random_state

    def fit(self, X, y=None):
        """Find mean and components of X (n, d); y is ignored."""
        self._check_hyperparameters()
        X = _check_X(X)
        n, m, whole = len(X), min(X.shape), isinstance(self.n_components, (int, np.integer))
        k = self.n_components if whole else m
        if k > m:
            raise ValueError(f"n_components={k} is more than min(n_samples, n_features)={m} of X "
                             f"with shape {X.shape}")
        solver = self.svd_solver if self.svd_solver != "auto" else _choose(X.shape, k, whole)
        mean, unit, C = _moments(X, solver == "covariance_eigh")       # PCA.1
        Z = partial(_blocks, X, mean, unit)
        if solver == "randomized":
            steps = 5 if self.iterated_power == "auto" else self.iterated_power
            rng = np.random.default_rng(self.random_state)
            lam, V, total = _randomized(Z, m, k, steps, rng)
        else:
            solve = {"full": _full, "gram": _gram, "covariance_eigh": _covariance_eigh}
            lam, V, total = solve[solver](Z, C, X.shape, k)
            k = _count(self.n_components, lam / (total or 1))
            # One of the n centred rows follows from the others: beyond n - 1 all variances are 0.
            small = lam[min(k, n - 1) - 1] < 1e-4 * lam[0]
            if self.svd_solver == "auto" and solver != "full" and small:               # PCA.8
                lam, V, total = _full(Z, C, X.shape, k)
                k = _count(self.n_components, lam / (total or 1))
        rest = lam[k:].sum() if len(lam) == m else max(total - lam[:k].sum(), 0.0)
        lam, freedom = lam[:k], max(n - 1, 1)
        self.components_ = _fix_signs(V[:k])                           # PCA.9
        self.singular_values_ = np.sqrt(lam) * unit                    # PCA.5
        with np.errstate(over="ignore", under="ignore"):
            self.explained_variance_ = (self.singular_values_ / np.sqrt(freedom))**2
            self.noise_variance_ = float(rest / max(m - k, 1) / freedom * unit * unit)  # PCA.13
        self.explained_variance_ratio_ = lam / (total or 1)            # PCA.12
        self.mean_, self.n_components_, self.n_samples_ = mean, int(k), n
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X):
        """Return the scores (n, k) of X (n, d): coordinates along the components."""
        X = _check_X(X, fitted=self)
        V = self.components_.T
        if abs(self.mean_).max() < 10 * self._deviations()[0]:         # nothing cancels
            T = X @ V - self.mean_ @ V
        else:
            T = np.vstack([B @ V for B in _blocks(X, self.mean_, 1)])  # PCA.10
        if self.whiten:                                                # PCA.14
            T /= np.where(self.singular_values_ > 0, self._deviations(), np.inf)
        return T

    def fit_transform(self, X, y=None):
        """Fit to X (n, d) and return its scores (n, k)."""
        return self.fit(X).transform(X)

    def inverse_transform(self, X):
        """Return the points (n, d) whose scores are X (n, k)."""
        if not hasattr(self, "n_features_in_"):
            raise RuntimeError("PCA is not fitted: call fit first")
        T = _check_X(X)
        if T.shape[1] != self.n_components_:
            raise ValueError(f"X has {T.shape[1]} scores a row, fit kept "
                             f"n_components_={self.n_components_}")
        T = T * self._deviations() if self.whiten else T
        return T @ self.components_ + self.mean_                       # PCA.11

    def _deviations(self):
        return self.singular_values_ / np.sqrt(max(self.n_samples_ - 1, 1))

    def _check_hyperparameters(self):
        options = ("auto", "full", "covariance_eigh", "gram", "randomized")
        if self.svd_solver not in options:
            raise ValueError(f"svd_solver must be one of {options}, got {self.svd_solver!r}")
        k = self.n_components
        if isinstance(k, (float, np.floating)) and not 0 < k < 1:
            raise ValueError(f"n_components must be an integer >= 1, a share in (0, 1) or None, "
                             f"got {k}")
        if k is not None and not isinstance(k, (float, np.floating)):
            _check_number("n_components", k, 1, integer=True)
        if self.svd_solver == "randomized" and isinstance(k, (float, np.floating)):
            raise ValueError(f"n_components={k} needs every variance, which "
                             "svd_solver='randomized' does not compute: use 'auto' or an integer")
        if self.iterated_power != "auto":
            _check_number("iterated_power", self.iterated_power, 1, integer=True)
        if not isinstance(self.whiten, (bool, np.bool_)):
            raise TypeError(f"whiten must be True or False, got {self.whiten!r}")
        if self.random_state is not None:
            np.random.default_rng(self.random_state)  # says what is wrong with it, for any solver


def _choose(shape, k, whole):
    m, longest = min(shape), max(shape)
    if whole and k <= m // 10 and (m > 1000 or (m > 500 and longest < 10 * m)):
        return "randomized"
    if k > m // 2 and m > 500 and longest < 2 * m:    # nearly all of a square: some will be tiny
        return "full"
    return "gram" if shape[0] < shape[1] else "covariance_eigh"


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def _moments(X, squares):
    # Any centre within the cloud serves at first: the sums S tell what it misses. Taken from the
    # first row, it keeps all digits of 1e8 + small changes and makes constant columns exactly zero.
    sample = X[::max(1, X.size // 2**13)] - X[0]
    shift = (sample / len(sample)).sum(axis=0)
    rough = X[0] + shift
    if (abs(rough) <= 10 * abs(sample - shift).mean(axis=0)).all():
        rough = np.zeros(X.shape[1])    # a cloud about the origin need not be moved at all
    S, C, power = _sums(X, rough, 1, squares)
    unit = 1
    if not 1e-200 < power < 1e200:      # a power of two brings the squares back into range
        peak = np.maximum(X.max(axis=0) - rough, rough - X.min(axis=0)).max()
        if not 2 * peak * np.sqrt(X.size) < np.inf:     # nan too: the length of Z is no float64
            raise ValueError("X spans more than the range of float64")
        unit = np.ldexp(1.0, np.frexp(peak)[1] - 1)
        S, C, _ = _sums(X, rough, unit, squares)
    C = C - np.outer(S / len(X), S) if squares else None               # Z'Z
    return rough + unit * (S / len(X)), unit, C                        # PCA.1


def _sums(X, rough, unit, squares):
    S = C = power = 0
    for B in _blocks(X, rough, unit):
        C = C + (B.T @ B if squares else 0)
        S = S + np.einsum("ij->j", B)
        power += 0 if squares else np.einsum("ij,ij->", B, B)
    return S, C, C.trace() if squares else power


def _blocks(X, centre, unit, rows=1, columns=False):
    # Z = (X - centre) / unit in blocks of at least so many rows, or in blocks of whole columns. The
    # next block overwrites the last: to write into fresh memory each time took a third longer.
    n, d = X.shape
    size = max(rows, _BLOCK // (n if columns else d))
    untouched = unit == 1 and not centre.any()
    size *= _VIEWS if untouched else 1
    parts = [np.s_[:, i:i + size] if columns else np.s_[i:i + size]
             for i in range(0, d if columns else n, size)]
    if untouched:
        yield from (X[part] for part in parts)
        return
    M, room = np.broadcast_to(centre, X.shape), np.empty(X[parts[0]].shape)
    for part in parts:
        length, width = X[part].shape
        B = np.subtract(X[part], M[part], out=room[:length, :width])
        B /= unit
        yield B


def _full(Z, C, shape, k):
    n, d = shape
    if n > d:                     # only Z'Z matters, and QR keeps it: n rows shrink to d
        R = np.empty((0, d))
        for B in Z(rows=2 * d):
            R = np.linalg.qr(np.vstack([R, B]), mode="r")
    else:
        R = next(Z(rows=n))       # one block: Z itself
    _, s, V = np.linalg.svd(R, full_matrices=False)                    # PCA.5
    return _resolved(s, min(shape))**2, V, s @ s


def _covariance_eigh(Z, C, shape, k):
    lam, V = np.linalg.eigh(C)                                         # PCA.4
    return _resolved(lam[::-1], min(shape)), V.T[::-1], C.trace()


def _gram(Z, C, shape, k):
    lam, U = np.linalg.eigh(sum(B @ B.T for B in Z(columns=True)))     # ZZ'
    W = np.vstack([B.T @ U[:, :-k - 1:-1] for B in Z(columns=True)])   # PCA.6
    # The columns of W are orthogonal, of length sqrt(lam): QR only makes them unit, and puts any
    # orthonormal direction where that length is 0.
    return _resolved(lam[::-1], min(shape)), np.linalg.qr(W)[0].T, lam.sum()


def _randomized(Z, m, k, steps, rng):
    # K holds an orthonormal basis of the Krylov space, grown by a block Q a pass; with C = Z'Z,
    # CK = C K and CQ = C Q, and T = K'CK is what C is within that space.
    size = k + 10         # a few more than wanted: the last ones converge slowest
    if steps * size >= m:
        size, steps = m, 1                                             # all of the row space
    Q, total = 0, 0.0
    for B in Z():
        Q = Q + B.T @ rng.normal(size=(len(B), size))                  # Z' times a random matrix
        total += np.vdot(B, B)
    K = CK = np.empty((len(Q), 0))
    for _ in range(steps):
        for _ in range(3):     # QR magnifies what rounding left of K in Q: two rounds can fail
            Q = np.linalg.qr(Q - K @ (K.T @ Q))[0]
        CQ = sum(B.T @ (B @ Q) for B in Z())                           # one pass: Z'(Z Q)
        K, CK, Q = np.hstack([K, Q]), np.hstack([CK, CQ]), CQ
    T = K.T @ CK
    lam, S = np.linalg.eigh((T + T.T) / 2)                             # PCA.7
    return _resolved(lam[::-1], m), (K @ S[:, ::-1]).T, total


def _resolved(values, m):
    # What rounding alone could have made is reported as the 0 that it stands for.
    values = values[:m]
    return np.where(values > 10 * m * np.finfo(float).eps * values[0], values, 0)


def _count(n_components, shares):
    if isinstance(n_components, (float, np.floating)):
        return min((np.cumsum(shares) <= n_components).sum() + 1, len(shares))         # PCA.12
    return len(shares) if n_components is None else n_components


def _fix_signs(V):
    size = abs(V)
    first = (size >= (1 - 1e-8) * size.max(axis=1, keepdims=True)).argmax(axis=1)
    return V * np.sign(V[np.arange(len(V)), first])[:, None]           # PCA.9


def _check_X(X, fitted=None):
    """Return X as a finite (n, d) float64 array; d is what fit saw if a fitted model is given."""
    name = type(fitted).__name__
    if fitted is not None and not hasattr(fitted, "n_features_in_"):
        raise RuntimeError(f"{name} is not fitted: call fit first")
    X = _as_array(X, "X", numeric=True)
    if X.ndim != 2 or X.size == 0:
        raise ValueError(f"X must be a non-empty 2-D array, got shape {X.shape}. " + (
            "Reshape your data: X.reshape(-1, 1) is one feature, X.reshape(1, -1) one sample"
            if X.ndim != 2 else f"{len(X)} sample(s), {X.shape[1]} feature(s) (shape={X.shape}) "
            "while a minimum of 1 is required."))
    if fitted is not None and X.shape[1] != (seen := fitted.n_features_in_):
        raise ValueError(f"X has {X.shape[1]} features, but {name} is expecting {seen} features "
                         f"as input: fit saw {seen}")
    return X


def _check_number(name, value, low, high=np.inf, *, above=False, integer=False):
    """Refuse a hyperparameter that is not a finite number >= low (> low where above), <= high."""
    kinds = (int, np.integer) if integer else (int, float, np.integer, np.floating)
    if isinstance(value, bool) or not isinstance(value, kinds):
        raise TypeError(f"{name} must be {'an integer' if integer else 'a number'}, got {value!r}")
    if not (low < value if above else low <= value) or value > high or value == np.inf:
        rule = f"{'>' if above else '>='} {low}" + f" and <= {high}" * (high < np.inf)
        raise ValueError(f"{name} must be {rule}{' and finite' * (value == np.inf)}, got {value}")


def _as_array(a, name, numeric=False):
    try:
        a = np.asarray(a)
        a = np.array(a.tolist()) if numeric and a.dtype == object else a
        if a.dtype.kind == "c":
            raise ValueError("Complex data not supported")
        if numeric and a.dtype.kind not in "biufO":
            raise TypeError(f"its dtype is {a.dtype}")
        a = a.astype(float, copy=False) if numeric else a
    except (TypeError, ValueError, OverflowError) as error:
        raise (TypeError if isinstance(error, TypeError) else ValueError)(
            f"{name} must be a dense, not a sparse, array of numbers: {error}") from None
    if numeric and not np.isfinite(np.vdot(f := a.ravel("K"), f)) and not np.isfinite(a).all():
        raise ValueError(f"{name} contains NaN or infinity")
    return a
