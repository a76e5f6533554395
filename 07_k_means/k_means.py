"""k-means clustering: k centres, each the mean of the rows that are nearest to it.

Objective: the inertia, over the label l_i of every row and the centres c_j
    J(l, C) = sum_i |x_i - c_{l_i}|^2                                                  KM.1
Algorithm (Lloyd): half-steps that never raise J, until no label changes
    assign    l_i = argmin_j |x_i - c_j|^2 = argmin_j (|c_j|^2 - 2 c_j.x_i)            KM.2, KM.3
              but a label stands, unlooked at, while its lead over the second nearest
              centre exceeds what the two have moved since it was measured             KM.6
    re-seed   a centre without rows moves to the row that is farthest from its own     KM.7
    update    c_j = S_j / n_j, the sum of its rows over their number                   KM.4, KM.5
Start: greedy k-means++ draws rows far from the centres, keeps the best of a few       KM.8, KM.9
Mini-batches: c_j is the mean of all the rows that were ever dealt to it               KM.10
Symbols: n samples, d features, k clusters; X (n, d), labels l (n,), centres C (k, d).
Cost: O(n k d) for a full round, less as labels settle; memory of half of X, and the history.
Follows Lloyd (1982), "Least squares quantization in PCM"; Arthur & Vassilvitskii (2007), k-means++;
Hamerly (2010), "Making k-means even faster"; Sculley (2010), "Web-scale k-means clustering".
"""

import warnings

import numpy as np

_BLOCK = 2**17  # numbers in a block of rows and its distances: 0.5 MB in single precision


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
    tol : float >= 0 or None, default 1e-4
        fit stops when no label changes, or when the squared movement of all centres in a round is
        at most tol of the features' mean variance. None: labels alone, no verdict at max_iter.
    random_state : None, int or numpy.random.Generator, default None; draws starts and batches

    Attributes
    ----------
    cluster_centers_ : ndarray (k, d), in units of X
    labels_ : ndarray of int (n,), the centre nearest to each row
    inertia_ : float, J, in squared units of X (inf or 0 where these leave the range of floats)
    n_iter_ : int, rounds or epochs of the start that was kept; n_features_in_ : int
    inertia_history_ : ndarray, J after each half-step (assign, update, assign, ...), never rising,
        inertia_ last; with mini-batches the sum over each epoch's batches as met, then inertia_
    centers_history_ : ndarray (n_iter_ + 1, k, d), the start and the centres after each round
    """

    def __init__(self, n_clusters: int = 8, *, init="k-means++", n_init="auto",
                 batch_size: int | None = None, max_iter: int = 300, tol: float | None = 1e-4,
                 random_state=None):
        self.n_clusters = n_clusters
        self.init, self.n_init = init, n_init
        self.batch_size = batch_size
        self.max_iter, self.tol = max_iter, tol
        self.random_state = random_state

    def fit(self, X, y=None):
        """Cluster the rows of X (n, d); y is ignored."""
        given, n_init = self._check_hyperparameters()
        X, k = _check_X(X), self.n_clusters
        if k > len(X):
            raise ValueError(f"n_clusters={k} is more than the {len(X)} samples")
        given = X[:k] if given is None else given
        if given.shape != (k, X.shape[1]):
            raise ValueError("init must have a row for each cluster and a column for each feature: "
                             f"expected shape {(k, X.shape[1])}, got {given.shape}")
        X, given, exponent = _in_range(X, given)
        rows, rng = _Rows(X, X.mean(axis=0)), np.random.default_rng(self.random_state)
        allowed = np.sqrt((self.tol or 0) * rows.T / X.size)
        solve = self._lloyd if (self.batch_size or len(X)) >= len(X) else self._mini_batches
        runs = (solve(rows, _start(self.init, rows, given, rng), allowed, rng)
                for _ in range(n_init))
        J, path, labels, moved = min(runs, key=lambda run: run[0][-1])
        with np.errstate(over="ignore"):
            self.inertia_history_ = np.ldexp(J, 2 * exponent)
            self.centers_history_ = np.ldexp(np.array(path) + rows.mean, exponent)
        self.cluster_centers_ = self.centers_history_[-1].copy()
        self.labels_, self.inertia_ = labels, float(self.inertia_history_[-1])
        self.n_iter_, self.n_features_in_ = len(path) - 1, X.shape[1]
        if moved > allowed and self.tol is not None:
            warnings.warn(f"k-means stopped at max_iter={self.max_iter}: the centres still moved, "
                          f"{moved / allowed if allowed else np.inf:.2g} times as far as "
                          f"tol={self.tol:g} allows", RuntimeWarning, stacklevel=2)
        if (used := np.count_nonzero(np.bincount(labels))) < k:
            warnings.warn(f"only {used} of the {k} clusters have rows: X has fewer distinct rows "
                          "than n_clusters, or max_iter is small", RuntimeWarning, stacklevel=2)
        return self

    def predict(self, X):
        """Return the label (n,) of the centre nearest to each row of X (n, d)."""
        X, C, _ = _in_range(_check_X(X, fitted=self), self.cluster_centers_)
        mean = C.mean(axis=0)
        return np.concatenate([_labels(_Rows(X[r], mean), C - mean) for r in _blocks(len(X), C)])

    def transform(self, X):
        """Return the distances (n, k) of the rows of X (n, d) from the centres."""
        X, C, exponent = _in_range(_check_X(X, fitted=self), self.cluster_centers_)
        D = np.concatenate([_differences(X[r], C).T for r in _blocks(len(X), C)])
        return np.ldexp(np.sqrt(D), exponent)

    def fit_predict(self, X, y=None):
        """Return the label (n,) that fit gives to each row of X (n, d)."""
        return self.fit(X).labels_

    def fit_transform(self, X, y=None):
        """Return the distances (n, k) of the rows of X (n, d) from the centres that fit finds."""
        return self.fit(X).transform(X)

    def _lloyd(self, rows, C, allowed, rng):
        labels, lead = np.full(rows.n, -1, dtype=np.int32), np.zeros(rows.n)
        S, N, path, falls = np.zeros_like(C), np.zeros(len(C)), [C], []
        for _ in range(self.max_iter):
            changed, fall = _assign(rows, C, labels, lead, S, N)
            seeded, seeds, more = _reseed(rows, C, labels, lead, S, N)
            new = np.where(N[:, None] > 0, S / np.maximum(N, 1)[:, None], seeded)      # KM.4
            falls += [fall + more, N @ _squares(new - seeded)]                         # KM.5
            shift = np.sqrt(_squares(new - C))
            lead -= (shift + shift.max())[labels]                                      # KM.6
            C, moved = new, np.sqrt(shift @ shift)
            path.append(C)
            if changed + seeds == 0 or moved <= allowed:
                break
        if changed + seeds:
            falls.append(_assign(rows, C, labels, lead, S, N)[1])
        J = _squared_to_own(rows, C, labels).sum()                                     # KM.1
        # J after a half-step is the last J and all that was lost since: exact even if J is tiny.
        return np.cumsum([J, *falls[:0:-1]])[::-1], path, labels, moved

    def _mini_batches(self, rows, C, allowed, rng):
        N, path, J = np.zeros(len(C)), [C], []
        for _ in range(self.max_iter):
            C, before, order = C.copy(), N.copy(), rng.permutation(rows.n)
            J.append(0.0)
            for i in range(0, rows.n, self.batch_size):
                S, m = np.zeros_like(C), np.zeros(len(C))
                for r in _blocks(order[i:i + self.batch_size], C):
                    near, _ = _nearest(rows, r, C)
                    B, O = rows.exact(r), _one_hot(near, C)
                    S, m = S + O @ B, m + O.sum(axis=1)
                    J[-1] += _squares(B - C[near]).sum()                               # KM.1
                N += m
                C += (S - m[:, None] * C) / np.maximum(N, 1)[:, None]                  # KM.10
            idle = np.flatnonzero(N == before)
            if len(idle):
                far = _squared_to_own(rows, C, _labels(rows, C)).argsort()[-len(idle):]
                C[idle], N[idle] = rows.exact(far), 1                                  # KM.7
            path.append(C)
            moved = np.sqrt(_squares(C - path[-2]).sum())
            if moved <= allowed:
                break
        labels = _labels(rows, C)
        return np.array([*J, _squared_to_own(rows, C, labels).sum()]), path, labels, moved

    def _check_hyperparameters(self):
        n_init = self.n_init
        if isinstance(n_init, str) and n_init == "auto":
            n_init = 10 if isinstance(self.init, str) and self.init == "random" else 1
        batch_size = 1 if self.batch_size is None else self.batch_size
        for name, value in (("n_clusters", self.n_clusters), ("n_init", n_init),
                            ("batch_size", batch_size), ("max_iter", self.max_iter)):
            _check_number(name, value, 1, integer=True)
        _check_number("tol", 0 if self.tol is None else self.tol, 0)
        if not isinstance(self.init, str):
            return _as_array(self.init, "init", numeric=True), 1
        if self.init not in ("k-means++", "random"):
            raise ValueError(f"init must be 'k-means++', 'random' or an array, got {self.init!r}")
        return None, n_init


def _in_range(X, C):
    # Squares must not leave the range of single precision: a power of two, which rounds nothing,
    # brings numbers beyond 1e9 or below 1e-9 near to 1.
    exponent = int(np.frexp(max(X.max(), -X.min(), C.max(), -C.min()))[1])
    if abs(exponent) < 30:
        return X, C, 0
    return np.ldexp(X, -exponent), np.ldexp(C, -exponent), exponent


class _Rows:
    # X less its mean, as an offset would cost KM.3 its digits: in single precision, which halves
    # the time, to find the nearest centre, and in double for all that is summed or in doubt.
    def __init__(self, X, mean):
        self.X, self.mean, self.T, self.n = X, mean, 0.0, len(X)
        self.single, self.squares = np.empty(X.shape, np.float32), np.empty(len(X), np.float32)
        for r in _blocks(len(X), mean):
            self.single[r] = B = self.exact(r)
            self.squares[r] = squares = _squares(B)
            self.T += squares.sum()

    def exact(self, r):
        return (self.X[r] if isinstance(r, slice) else self.X.take(r, axis=0)) - self.mean

    def distances(self, r, C):
        Z = self.single[r] if isinstance(r, slice) else self.single.take(r, axis=0)
        c = C.astype(np.float32)
        D = -2 * c @ Z.T                                                               # (k, rows)
        D += (c**2).sum(axis=1)[:, None]                                               # KM.3
        return D, self.squares[r], (8 + len(c.T)) * np.finfo(np.float32).eps


def _blocks(rows, C):
    # Slices of the first so many rows, or runs of a list of row numbers.
    size = max(1, _BLOCK // sum(C.shape))
    if isinstance(rows, int):
        return (slice(i, min(i + size, rows)) for i in range(0, rows, size))
    return (rows[i:i + size] for i in range(0, len(rows), size))


def _start(init, rows, given, rng):
    k, n = len(given), rows.n
    if not isinstance(init, str):
        return given - rows.mean
    if init == "random":
        return rows.exact(rng.choice(n, k, replace=False))
    C = rows.exact(rng.integers(n, size=1))
    nearest = _squared_distances(rows, C)[0]
    while len(C) < k:
        total = np.cumsum(nearest, dtype=float)
        u = rng.uniform(size=2 + int(np.log(k))) * total[-1]
        drawn = np.searchsorted(total, u, side="right")                                # KM.8
        drawn = rows.exact(np.minimum(drawn, n - 1))
        after = np.minimum(nearest, _squared_distances(rows, drawn))
        best = after.sum(axis=1, dtype=float).argmin()                                 # KM.9
        C, nearest = np.vstack([C, drawn[best]]), after[best]
    return C


def _squared_distances(rows, C):
    out = np.empty((len(C), rows.n), dtype=np.float32)
    for r in _blocks(rows.n, C):
        D, squares, eps = rows.distances(r, C)
        D += squares
        j, i = np.nonzero(D <= 100 * eps * squares)  # too near for KM.3: a duplicate must have 0
        D[j, i] = _squares(rows.exact(r.start + i) - C[j])                             # KM.2
        out[:, r] = D
    return out


def _assign(rows, C, labels, lead, S, N):
    # In place. The sums take in and let go only the rows whose label changes.
    changed, fall, first = 0, 0.0, not N.any()
    todo, index = np.flatnonzero(lead <= 0), np.arange(rows.n)                         # KM.6
    for r in _blocks(todo if len(todo) < rows.n else rows.n, C):
        near, lead[r] = _nearest(rows, r, C)
        m = np.flatnonzero(near != labels[r])
        r, new = index[r][m], near[m]
        B, old, O = rows.exact(r), labels[r], _one_hot(new, C)
        if not first:
            O -= _one_hot(old, C)
            fall += _squares(B - C[old]).sum() - _squares(B - C[new]).sum()            # KM.5
        S += O @ B
        N += O.sum(axis=1)
        labels[r] = new
        changed += len(r)
    return changed, fall


def _nearest(rows, r, C):
    # The nearest centre of each row, and at least how much nearer it is than the second nearest.
    D, squares, eps = rows.distances(r, C)
    one, index = D.min(axis=0), np.arange(len(C), dtype=np.min_scalar_type(len(C)))
    near = (index[:, None] * (D == one)).max(axis=0)                    # argmin of all rows abreast
    D[near, np.arange(len(near))] = np.inf
    two, own = D.min(axis=0), np.maximum(one + squares, 0)
    doubt = np.flatnonzero(two - one <= eps * (squares + own))
    if len(doubt):                              # what KM.3 cannot tell apart, differences can
        E = _differences(rows.exact(r)[doubt], C)
        best = E.min(axis=0)
        tied = E <= best + 1e-14 * np.sqrt(best * (best + squares[doubt]))
        near[doubt] = tied.argmax(axis=0)
    far = np.maximum((1 - eps) * (two + squares) - eps * squares, 0)
    return near, np.sqrt(far) - np.sqrt((1 + eps) * own + eps * squares)


def _squares(R):
    return np.einsum("ij,ij->i", R, R)


def _differences(B, C):
    return np.array([_squares(B - c) for c in C])                                      # KM.2


def _one_hot(labels, C):
    return (labels == np.arange(len(C))[:, None]).astype(float)


def _labels(rows, C):
    near = [_nearest(rows, r, C)[0] for r in _blocks(rows.n, C)]
    return np.concatenate(near).astype(np.int32)


def _squared_to_own(rows, C, labels):
    blocks = _blocks(rows.n, C)
    return np.concatenate([_squares(rows.exact(r) - C.take(labels[r], axis=0)) for r in blocks])


def _reseed(rows, C, labels, lead, S, N):
    # In place but for C. A row alone in its cluster stays, as to take it would empty another.
    C, seeds, fall, empty = C.copy(), 0, 0.0, np.flatnonzero(N == 0)
    far = _squared_to_own(rows, C, labels) if len(empty) else None
    for j in empty:
        far[N[labels] < 2] = 0
        i = far.argmax()                                                               # KM.7
        if far[i] <= 1e-28 * rows.T:                            # only duplicates are left to take
            break
        C[j] = S[j] = rows.exact([i])[0]
        S[labels[i]] -= S[j]
        N[labels[i]] -= 1
        labels[i], N[j], lead[i] = j, 1, 0
        seeds, fall = seeds + 1, fall + far[i]
    return C, seeds, fall


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
    if numeric and a.size and not (np.isfinite(a.min()) and np.isfinite(a.max())):
        raise ValueError(f"{name} contains NaN or infinity")
    return a
