"""k-means clustering: k centres, each the mean of the rows that are nearest to it.

Objective: the inertia J(l, C) = sum_i |x_i - c_{l_i}|^2 over labels l_i, centres c_j  KM.1
Algorithm (Lloyd): half-steps that never raise J, until no label changes
    assign    l_i = argmin_j |x_i - c_j|^2, the square written out, in one product     KM.2, KM.3
              of single precision; where rounding leaves rivals, double decides        KM.6
    re-seed   a centre without rows moves to the row that is farthest from its own     KM.7
    update    c_j = S_j / n_j, the sum of its rows over their number; only rows whose
              label changes are added or taken away                                    KM.4, KM.5
Start: greedy k-means++ draws rows far from the centres, keeps the best of a few       KM.8, KM.9
Mini-batches: c_j is the mean of all rows dealt to it since it was last seeded         KM.10
Symbols: n samples, d features, k clusters; X (n, d), labels l (n,), centres C (k, d).
Cost: O(n k d) a round; a copy of X in single precision, a few numbers a row, and the history.
Follows Lloyd (1982), "Least squares quantization in PCM"; Arthur & Vassilvitskii (2007),
"k-means++: the advantages of careful seeding"; Sculley (2010), "Web-scale k-means clustering".
"""

import warnings

import numpy as np

_BLOCK = 2**18    # numbers in a block of rows and its distances: 1 MB, which stays in cache
_PRODUCT = 2**19  # multiplications in one product, so few that BLAS calls no threads to wait for


class KMeans:
    """k-means by Lloyd's algorithm or, with batch_size, by mini-batches.

    A row equally near to two centres, to rounding, gets the lower label. With fewer distinct rows
    than clusters each distinct row has a centre, and fit warns that spare centres have no rows.

    Parameters
    ----------
    n_clusters : int in [1, n], default 8
    init : {"k-means++", "random"} or array (k, d), default "k-means++"; start at rows far from
        each other, at rows drawn with equal chances, or as given
    n_init : "auto" or int, default "auto"; starts, of which the lowest inertia is kept; "auto" is
        10 for "random" and 1 for "k-means++"; a given array is always one start
    batch_size : int or None, default None; rows in a mini-batch; None, or n and more, is Lloyd
    max_iter : int, default 300; most rounds, or epochs of mini-batches, of a start
    tol : float >= 0 or None, default 1e-4; stop when the centres' summed squared step is at most
        tol of the features' mean variance; Lloyd also when no label changes; None: no verdict
    random_state : None, int or numpy.random.Generator, default None; draws starts and batches

    Attributes
    ----------
    cluster_centers_ : ndarray (k, d); labels_ : ndarray of int (n,), the nearest centre
    inertia_ : float, J, in squared units of X (inf or 0 beyond the range of floats)
    n_iter_ : int, rounds or epochs of the start that was kept; n_features_in_ : int
    inertia_history_ : ndarray, J after each half-step (assign, update, assign, ...), never rising;
        with mini-batches after each epoch, without that promise; inertia_ comes last
    centers_history_ : ndarray (n_iter_ + 1, k, d), the start and the centres after each round
    """

    def __init__(self, n_clusters: int = 8, *, init="k-means++", n_init="auto",
                 batch_size: int | None = None, max_iter: int = 300, tol: float | None = 1e-4,
                 random_state=None):
        self.n_clusters, self.init, self.n_init, self.tol = n_clusters, init, n_init, tol
        self.batch_size, self.max_iter, self.random_state = batch_size, max_iter, random_state

    def fit(self, X, y=None):
        """Cluster the rows of X (n, d); y is ignored."""
        given, n_init = self._check_hyperparameters()
        X, k = _check_X(X), self.n_clusters
        if k > len(X):
            raise ValueError(f"n_clusters={k} is more than the {len(X)} samples")
        if given is not None and given.shape != (k, X.shape[1]):
            raise ValueError(f"init must have shape {(k, X.shape[1])}, got {given.shape}")
        X, C, exponent = _in_range(X, X[:k] if given is None else given)
        rows, rng = _Rows(X, X.mean(axis=0)), np.random.default_rng(self.random_state)
        allowed = np.sqrt((self.tol or 0) * rows.T / X.size)
        solve = self._lloyd if (self.batch_size or len(X)) >= len(X) else self._mini_batches
        runs = (solve(rows, _start(self.init, rows, C, rng), allowed, rng) for _ in range(n_init))
        J, path, labels, moved = min(runs, key=lambda run: run[0][-1])
        with np.errstate(over="ignore", under="ignore"):
            self.inertia_history_ = np.ldexp(J, 2 * exponent)
        self.centers_history_ = np.ldexp(np.array(path) + rows.mean, exponent)
        self.inertia_, self.n_iter_ = float(self.inertia_history_[-1]), len(path) - 1
        self.cluster_centers_, self.n_features_in_ = self.centers_history_[-1].copy(), X.shape[1]
        if moved > allowed and self.tol is not None:
            moved, allowed = np.ldexp([moved, allowed], exponent)
            warnings.warn(f"k-means stopped at max_iter={self.max_iter}: its centres moved by "
                          f"{moved:.3g}, tol={self.tol:g} allows {allowed:.3g}", RuntimeWarning, 2)
        self.labels_ = labels.astype(np.int32)
        if (used := np.count_nonzero(np.bincount(labels))) < k:
            warnings.warn(f"only {used} of the {k} clusters have rows: X has fewer distinct rows "
                          "than n_clusters, or max_iter is small", RuntimeWarning, 2)
        return self

    def predict(self, X):
        """Return the label (n,) of the centre nearest to each row of X (n, d)."""
        X, C, _ = _in_range(_check_X(X, fitted=self), self.cluster_centers_)
        parts = (_Rows(X[r], C.mean(axis=0)) for r in _blocks(len(X), C))
        return np.concatenate([p.labels(C - p.mean) for p in parts]).astype(np.int32)

    def transform(self, X):
        """Return the distances (n, k) of the rows of X (n, d) from the centres."""
        X, C, exponent = _in_range(_check_X(X, fitted=self), self.cluster_centers_)
        parts = (_Rows(X[r], C.mean(axis=0), float) for r in _blocks(len(X), C))
        D = [np.sqrt(rows.squared_to(C - rows.mean, 1e10)).T for rows in parts]
        return np.ldexp(np.concatenate(D), exponent)

    def fit_predict(self, X, y=None):
        """Return the label (n,) that fit gives to each row of X (n, d)."""
        return self.fit(X).labels_

    def fit_transform(self, X, y=None):
        """Return the distances (n, k) of the rows of X (n, d) from the centres that fit finds."""
        return self.fit(X).transform(X)

    def _lloyd(self, rows, C, allowed, rng):
        labels, path, J = np.full(rows.n, -1), [C], []
        S, N = np.zeros_like(C), np.zeros(len(C))
        for _ in range(self.max_iter):
            labels, changed = _assign(rows, C, labels, S, N)
            seeded = _reseed(rows, C, labels, S, N)
            new = np.where(N[:, None] > 0, S / np.maximum(N, 1)[:, None], seeded)      # KM.4
            J += [rows.T + N @ _squares(c) - 2 * (S * c).sum() for c in (seeded, new)]  # KM.5
            settled, moved = seeded is C and not changed, np.sqrt(_squares(new - C).sum())
            C = new
            path.append(C)
            if settled or moved <= allowed:
                break
        if not settled:
            labels, _ = _assign(rows, C, labels, S, N)
            J.append(rows.T + N @ _squares(C) - 2 * (S * C).sum())                     # KM.5
        if J[-1] < 1e-3 * rows.T:                  # clusters so tight that the terms of KM.5 cancel
            J[-1] = rows.squared_to_own(C, labels).sum()                               # KM.1
        # What rounding adds to a half-step that changes next to nothing is not a rise of J.
        return np.minimum.accumulate(np.maximum(J, J[-1])), path, labels, moved

    def _mini_batches(self, rows, C, allowed, rng):
        N, path, J = np.zeros(len(C)), [C], []
        for _ in range(self.max_iter):
            C, before = C.copy(), N.copy()
            for r in np.array_split(rng.permutation(rows.n), -(-rows.n // self.batch_size)):
                O = (rows.labels(C, r) == np.arange(len(C))[:, None]).astype(float)
                N += (m := O.sum(axis=1))
                C += (O @ rows.exact(r) - m[:, None] * C) / np.maximum(N, 1)[:, None]  # KM.10
            path.append(C)
            labels, moved = rows.labels(C), np.sqrt(_squares(C - path[-2]).sum())
            J.append((far := rows.squared_to_own(C, labels)).sum())                    # KM.1
            if moved <= allowed:
                break
            C, idle = C.copy(), np.flatnonzero(N == before)
            C[idle], N[idle] = rows.exact(far.argsort()[rows.n - len(idle):]), 1       # KM.7
        return np.array(J), path, labels, moved

    def _check_hyperparameters(self):
        drawn, n_init = isinstance(self.init, str), self.n_init
        if drawn and self.init not in ("k-means++", "random"):
            raise ValueError(f"init must be 'k-means++', 'random' or an array, got {self.init!r}")
        if isinstance(n_init, str) and n_init == "auto":
            n_init = 10 if drawn and self.init == "random" else 1
        for name in ("n_clusters", "max_iter", *["batch_size"] * (self.batch_size is not None)):
            _check_number(name, getattr(self, name), 1, integer=True)
        _check_number("n_init", n_init, 1, integer=True)
        _check_number("tol", 0 if self.tol is None else self.tol, 0)
        return (None, n_init) if drawn else (_as_array(self.init, "init", numeric=True), 1)


def _in_range(X, C):    # by a power of two, exact: squares must stay within single precision
    e = int(np.frexp(max(X.max(), -X.min(), C.max(), -C.min()))[1])
    return (X, C, 0) if abs(e) < 30 else (np.ldexp(X, -e), np.ldexp(C, -e), e)


def _blocks(rows, C, product=False):
    # Slices of so many rows, or runs of a list of row numbers: d + k numbers for each row of a
    # block, k d multiplications for each row of a product.
    size = max(64, _PRODUCT // C.size if product else _BLOCK // sum(C.shape))
    whole = isinstance(rows, int)
    for i in range(0, rows if whole else len(rows), size):
        yield slice(i, min(i + size, rows)) if whole else rows[i:i + size]


class _Rows:
    # X less its mean, as an offset would cost KM.3 its digits: in single precision, which halves
    # the time, to find the nearest centre, and in double for all that is summed or in doubt.
    def __init__(self, X, mean, precision=np.float32):
        self.X, self.mean, self.T, self.n = X, mean, 0.0, len(X)
        self.Z = np.ones((X.shape[1] + 2, len(X)), dtype=precision)
        self.eps = (8 + X.shape[1]) * np.finfo(precision).eps
        for r in _blocks(self.n, X[:1]):
            B = self.exact(r)
            self.Z[1, r], self.Z[2:, r] = (squares := _squares(B)), B.T
            self.T += squares.sum()
        self.wrong = self.eps * self.Z[1]               # KM.3 errs by less than wrong + eps D

    def exact(self, r):
        return (self.X[r] if isinstance(r, slice) else self.X.take(r, axis=0)) - self.mean

    def distances(self, C, parts):
        c = np.column_stack([_squares(C), np.ones(len(C)), -2 * C]).astype(self.Z.dtype)
        for r in parts:
            Z = self.Z[:, r] if isinstance(r, slice) else self.Z.take(r, axis=1)
            D = np.empty((len(C), Z.shape[1]), dtype=Z.dtype)                  # (k, rows)
            for i in _blocks(Z.shape[1], c, product=True):
                np.matmul(c, Z[:, i], out=D[:, i])                              # KM.3
            yield r, D

    def labels(self, C, r=None):
        # The nearest centre of all rows, or of the rows r: mostly the only one that is close.
        index, near, rivals = np.arange(len(C), dtype=np.min_scalar_type(len(C)))[:, None], [], []
        for part, D in self.distances(C, _blocks(self.n if r is None else r, C)):
            close = D <= (1 + 3 * self.eps) * D.min(axis=0) + 3 * self.wrong[part]
            close = close.view(np.uint8)                                               # KM.6
            near.append((index * close).max(axis=0))
            rivals.append(close.sum(axis=0, dtype=index.dtype))
        near, doubt = np.concatenate(near), np.flatnonzero(np.concatenate(rivals) > 1)
        for i in _blocks(doubt, C):            # what KM.3 cannot tell apart, KM.2 can
            B = self.exact(i if r is None else r[i])
            D = np.sqrt([_squares(B - c) for c in C])                                  # KM.2
            one, size = D.min(axis=0), np.sqrt(_squares(B))
            near[i] = (D <= one + 1e-14 * (one + size)).argmax(axis=0)
        return near

    def squared_to(self, C, certain=100):
        D = np.empty((len(C), self.n), dtype=self.Z.dtype)
        for r, block in self.distances(C, _blocks(self.n, C)):
            D[:, r] = block
            j, i = np.nonzero(D[:, r] <= certain * self.wrong[r])              # too near for KM.3
            D[j, r.start + i] = _squares(self.exact(r.start + i) - C[j])               # KM.2
        return D

    def squared_to_own(self, C, labels):
        blocks = _blocks(self.n, C)
        return np.concatenate([_squares(self.exact(r) - C.take(labels[r], axis=0)) for r in blocks])


def _start(init, rows, given, rng):
    if not isinstance(init, str):
        return given - rows.mean
    if init == "random":
        return rows.exact(rng.choice(rows.n, len(given), replace=False))
    C = rows.exact(rng.integers(rows.n, size=1))
    nearest = rows.squared_to(C)[0]
    while len(C) < len(given):
        total = np.cumsum(nearest, dtype=float)
        u = rng.uniform(size=2 + int(np.log(len(given)))) * total[-1]
        drawn = rows.exact(np.searchsorted(total[:-1], u, side="right"))               # KM.8
        after = np.minimum(nearest, rows.squared_to(drawn))
        best = after.sum(axis=1, dtype=float).argmin()                                 # KM.9
        C, nearest = np.vstack([C, drawn[best]]), after[best]
    return C


def _assign(rows, C, labels, S, N):
    # Sums and sizes, in place, take in and let go only the rows whose label changes.
    new = rows.labels(C)
    index = np.arange(len(C), dtype=new.dtype)[:, None]
    moved = np.flatnonzero(new != labels)
    for r in _blocks(moved, C):
        O, B = (new[r] == index).astype(float) - (labels[r] == index), rows.exact(r)
        S += sum(O[:, i] @ B[i] for i in _blocks(len(B), S, product=True))
        N += O.sum(axis=1)
    return new, len(moved)


def _reseed(rows, C, labels, S, N):
    # In place but for C, which comes back as it was if no centre is empty. J falls: so it ends.
    while not N.all():
        far = rows.squared_to_own(C, labels)
        i, j = far.argmax(), N.argmin()                                                # KM.7
        if far[i] <= 1e-28 * rows.T:                            # only duplicates are left to take
            break
        S[labels[i]] -= (x := rows.exact([i])[0])
        N[labels[i]] -= 1
        S[j], N[j], labels[i] = x, 1, j
        C = np.where(np.arange(len(C))[:, None] == j, x, C)
    return C


def _squares(R):
    return np.einsum("ij,ij->i", R, R)


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
