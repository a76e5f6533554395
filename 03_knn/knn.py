"""k-nearest neighbours: classification and regression by the nearest training rows.

Rule: the k rows nearest to a query q, at distances d_1 <= ... <= d_k, vote with weights w_i
    distance  d(q, x) = (sum_j |q_j - x_j|^p)^(1/p), p = 1, 2, inf or any p > 0           KNN.1
              cosine: half the squared distance between q / |q| and x / |x|               KNN.2
    weights   w_i = 1, or 1 / d_i in units of the nearest: d_1 / d_i                      KNN.3
    answer    P(c | q) = share of class c in sum w_i, or sum w_i y_i / sum w_i     KNN.4, KNN.5
Algorithm
    "brute"    for p = 2 screen every pair by |x|^2 - 2 q.x, one matrix product in single
               precision; measure what its rounding error cannot exclude           KNN.6, KNN.7
    "kd_tree"  halve the points at the median of their widest coordinate; skip a leaf whose
               box lies farther from q than the k-th neighbour so far              KNN.8, KNN.9
Symbols: n training rows x, d features, k neighbours, q a query.
Cost: brute O(n d) a query; tree O(n log n) to build, a query from O(log n) for few features to
O(n d) for many. Memory: X, the answer and a few blocks of _BLOCK numbers, whatever n.
Follows Hastie, Tibshirani & Friedman, "The Elements of Statistical Learning", 2nd ed.,
section 13.3, and Friedman, Bentley & Finkel (1977), ACM Trans. Math. Software 3, 209-226.
"""

from functools import reduce

import numpy as np

_BLOCK, _LEAF = 2**20, 32  # most numbers in a block of work (4 MB in single), points in a leaf
_NOBODY = complex(np.inf, np.inf)  # distance + i index: complex numbers sort by both, in this order


class KNeighborsClassifier:
    """Classification by the vote of the k nearest training rows.

    Equal distances: the row of lower index counts as nearer. Equal votes: the smaller label wins.

    Parameters
    ----------
    n_neighbors : int >= 1, default 5
    weights : {"uniform", "distance"} or callable of distances (m, k), default "uniform"
        "distance" is 1 / distance; rows at distance 0 then take the whole vote.
    algorithm : {"auto", "brute", "kd_tree"}, default "auto"; how to search, never what is found
        "auto" is the tree where it was measured to win: n >= 40 * 4^d, or p != 2 and d <= 7.
    p : float > 0 or inf, default 2; power of the Minkowski metric
    metric : {"minkowski", "euclidean", "manhattan", "chebyshev", "cosine"}, default "minkowski"
        Cosine: a row of zeros is at distance 1 from every row that is not, 0 from one that is.

    Attributes
    ----------
    classes_ : ndarray (n_classes,), the labels in ascending order
    n_features_in_, n_samples_fit_ : int; algorithm_ : {"brute", "kd_tree"}, the search in use
    """

    def __init__(self, n_neighbors: int = 5, *, weights="uniform", algorithm: str = "auto",
                 p: float = 2, metric: str = "minkowski"):
        self.n_neighbors, self.weights = n_neighbors, weights
        self.algorithm, self.p, self.metric = algorithm, p, metric

    def fit(self, X, y):
        """Keep a copy of X (n, d) and one label y (n,) for each row; build the tree if needed."""
        state, y = _fit(self, X, y)
        classes, codes = np.unique(y, return_inverse=True)
        vars(self).update(state, _y=codes, classes_=classes)
        return self

    def kneighbors(self, X=None, n_neighbors=None, return_distance=True):
        """Return distances and indices (m, k) in order; X=None: each training row to the others."""
        D, I = map(np.concatenate, zip(*_search(self, X, n_neighbors)))
        return (D, I) if return_distance else I

    def predict(self, X):
        """Return the labels (m,) of X (m, d); X=None: of each training row by all the others."""
        P = self.predict_proba(X)
        return self.classes_[P.argmax(axis=1)]

    def predict_proba(self, X):
        """Return the share of each of classes_ in the vote (m, n_classes), X as for predict."""
        P = []
        for D, I in _search(self, X):
            c, w = len(self.classes_), _weights(self.weights, D)
            cell = self._y[I] + c * np.arange(len(I))[:, None]
            votes = np.bincount(cell.ravel(), w.ravel(), c * len(I)).reshape(-1, c)
            P.append(votes / w.sum(axis=1, keepdims=True))                              # KNN.4
        return np.concatenate(P)


class KNeighborsRegressor:
    """Weighted mean target of the k nearest rows; all else as in KNeighborsClassifier."""

    __init__, kneighbors = KNeighborsClassifier.__init__, KNeighborsClassifier.kneighbors

    def fit(self, X, y):
        """Keep a copy of X (n, d) and one target y (n,) for each row; build the tree if needed."""
        state, y = _fit(self, X, y, numeric=True)
        vars(self).update(state, _y=y.copy())
        return self

    def predict(self, X):
        """Return the targets (m,) of X (m, d); X=None: of each training row by all the others."""
        pairs = ((_weights(self.weights, D), self._y[I]) for D, I in _search(self, X))
        return np.concatenate([(w * y).sum(axis=1) / w.sum(axis=1) for w, y in pairs])  # KNN.5


def _fit(model, X, y, numeric=False):
    power = {"minkowski": model.p, "euclidean": 2, "manhattan": 1, "chebyshev": np.inf, "cosine": 2}
    for name, options in (("weights", ("uniform", "distance")), ("metric", tuple(power)),
                          ("algorithm", ("auto", "brute", "kd_tree"))):
        value = getattr(model, name)
        if not (name == "weights" and callable(value)) and value not in options:
            raise ValueError(f"{name} must be one of {options}, got {value!r}")
    _check_number("p", 1 if model.p == np.inf else model.p, 0, above=True)
    n, d = (X := _check_X(X)).shape
    _check_number(f"n_neighbors (of n_samples={n})", model.n_neighbors, 1, n, integer=True)
    y, p, cosine = _check_y(y, X, numeric), power[model.metric], model.metric == "cosine"
    many = n >> 2 * d >= 40 or (p != 2 and d <= 7)
    choice = ("brute", "kd_tree")[many] if model.algorithm == "auto" else model.algorithm
    X = _as_directions(X) if cosine else np.array(X, order="C")
    return {"_X": X, "_tree": _build_tree(X) if choice == "kd_tree" else None, "_p": p, "_cosine":
            cosine, "algorithm_": choice, "n_samples_fit_": n, "n_features_in_": d}, y


def _as_directions(X):
    size = _length(X.T, 2)[:, None]  # rows of zeros get a direction at right angles to all others
    return np.hstack([X / (size + (size == 0)), size == 0])                             # KNN.2


def _search(model, X, k=None):
    """Yield distances and indices (b, k) of neighbours for one block of queries after the other."""
    if not hasattr(model, "n_features_in_"):
        raise RuntimeError(f"{type(model).__name__} is not fitted: call fit first")
    own = X is None
    k, n = model.n_neighbors if k is None else k, model.n_samples_fit_ - own
    _check_number(f"n_neighbors (of {n} {'other ' * own}samples)", k, 1, n, integer=True)
    Q = model._X if own else _check_X(X, fitted=model)
    size = max(k + own, Q.shape[1] // 16, len(getattr(model, "classes_", "")))
    search, data = (_search_tree, model._tree) if model._tree else (_brute_force, [model._X])
    for i in range(0, len(Q), step := max(1, _BLOCK // 16 // size)):
        B = _as_directions(Q[i:i + step]) if model._cosine and not own else Q[i:i + step]
        with np.errstate(over="ignore", invalid="ignore"):
            best = np.sort(search(*data, B, k + own, model._p), axis=1)
        D, I = best.real.copy(), best.imag.astype(np.intp)
        if own:
            # Among many copies of a row the k + 1 nearest may all be others: the last one goes.
            go = I == np.arange(i, i + len(B))[:, None]
            go[:, -1] |= ~go.any(axis=1)
            D, I = D[~go].reshape(-1, k), I[~go].reshape(-1, k)
        yield (D * D / 2 if model._cosine else D), I                                    # KNN.2


def _weights(weights, D):
    w = np.ones_like(D)
    if callable(weights):
        w = _as_array(weights(D), "weights(distances)", numeric=True)
        if w.shape != D.shape or w.min() < 0 or w.max(axis=1).min() == 0:
            raise ValueError(f"weights must return {D.shape} numbers >= 0, no row all 0, got {w}")
    elif weights == "distance":  # 1 / d in units of the nearest: rows at 0 leave others 0, not nan
        np.divide(D[:, :1], D, out=w, where=D > D[:, :1])                               # KNN.3
    return w


@np.errstate(over="ignore", invalid="ignore")
def _length(G, p):
    """Return the p-norms of the vectors whose coordinate j stands in G[j]."""
    if p in (1, np.inf):
        return reduce(np.add if p == 1 else np.maximum, abs(G))                         # KNN.1
    r = np.sqrt(reduce(np.add, G * G)) if p == 2 else np.zeros(G.shape[1:])             # KNN.1
    lost = ~((r > 1e-140) & (r < 1e140))
    if lost.any():  # other powers, and squares out of range: in units of the largest coordinate
        G = np.nan_to_num(abs(G[:, lost]))
        top = G.max(axis=0) + (G.max(axis=0) == 0)
        r[lost] = top * reduce(np.add, (G / top)**p)**(1 / p)                           # KNN.1
    return r


def _brute_force(X, Q, k, p, dtype=np.float32):
    """Return the k nearest rows of X for each row of Q, as complex numbers distance + i index."""
    (n, d), best, limit = X.shape, np.full((len(Q), k), _NOBODY), np.full((len(Q), 1), np.inf)
    centre, half = (X.min(axis=0) + X.max(axis=0)) / 2, np.ptp(X, axis=0) / 2
    unit = np.ldexp(1.0, np.frexp(half.max())[1])
    A = (Q - centre) / unit
    reach = np.sqrt((A * A).sum(axis=1, keepdims=True)) + np.sqrt(((half / unit)**2).sum())
    error = (p == 2) * (2 * d + 16) * np.finfo(dtype).eps * reach**2                    # KNN.7
    A = np.hstack([-2 * A, np.ones((len(A), 1))]).astype(dtype)
    step, columns = max(1, _BLOCK // d), max(k, min(n, 2**13, 2 * _BLOCK // (d + 1)))
    rows, parts = max(1, (_BLOCK if p == 2 else step // 4) // columns), max(1, n // columns)
    for C, I in zip(np.array_split(X, parts), np.array_split(np.arange(n), parts)):
        W = (C - centre) / unit
        W = np.hstack([W, (W * W).sum(axis=1, keepdims=True)]).astype(dtype).T
        g = min(len(C), max(256, 4 * k))
        for B in (slice(i, i + rows) for i in range(0, len(Q), rows)):
            S = A[B] @ W if p == 2 else _length(Q[B].T[:, :, None] - C.T[:, None], p)   # KNN.6
            # The k-th smallest of the minima of g groups, cheap, bounds the k-th smallest of all.
            M = S[:, :len(C) // g * g].reshape(len(S), -1, g).min(axis=1)
            bound = np.partition(M, k - 1, axis=1)[:, k - 1:k] + 2 * error[B]           # KNN.7
            limit[B] = np.minimum(limit[B], bound)
            row, col = np.divmod(np.flatnonzero(~(S > limit[B].astype(S.dtype))), len(C))
            if p == 2 and dtype == np.float32 and len(row) > 20 * k * len(S):
                return _brute_force(X, Q, k, p, np.float64)
            D = [_length((Q[B][row[s:s + step]] - C[col[s:s + step]]).T, p)
                 for s in range(0, len(row) + 1, step)]
            count = np.bincount(row, minlength=len(S))
            place = k + np.arange(len(row)) - (count.cumsum() - count)[row]
            M = np.full((len(S), k + count.max()), _NOBODY)
            M[:, :k], M[row, place] = best[B], np.concatenate(D) + 1j * I[col]
            best[B] = np.partition(M, k - 1, axis=1)[:, :k]
    return best


def _build_tree(X):
    """Halve the points again and again, down to leaves of equal size; node i has 2i and 2i + 1."""
    levels = max(0, int(np.ceil(np.log2(len(X) / _LEAF))))
    size = -(-len(X) // 2**levels) * 2**levels
    # To fill all leaves some points come twice, the second time infinitely far away.
    I = np.arange(size) * len(X) // size
    Z, I = X.T.take(I, axis=1), np.where(np.diff(I, prepend=-1), 0, np.inf) + 1j * I
    axes, cuts = np.zeros(2**levels, int), np.zeros(2**levels)
    for level in range(levels):
        Z, at = Z.reshape(len(Z), 2**level, -1), np.arange(2**level)
        half = Z.shape[2] // 2
        axis = (Z.max(axis=2) / 2 - Z.min(axis=2) / 2).argmax(axis=0)
        order = Z[axis, at].argpartition(half, axis=1)                                  # KNN.8
        axes[2**level + at], cuts[2**level + at] = axis, Z[axis, at, order[:, half]]
        order = (order + 2 * half * at[:, None]).ravel()
        Z, I = Z.reshape(len(Z), size).take(order, axis=1), I[order]
    Z = Z.reshape(len(Z), 2**levels, -1)
    return Z.transpose(1, 0, 2).copy(), I.reshape(2**levels, -1), Z.min(2), Z.max(2), axes, cuts


def _search_tree(points, index, low, high, axes, cuts, Q, k, p):
    """Answer all queries together, in the form of _brute_force."""
    def visit(row, leaf):
        q = Q.take(row, axis=1)
        gap = np.maximum(low.take(leaf, axis=1) - q, q - high.take(leaf, axis=1))
        gap = _length(np.maximum(gap, 0), p) * (1 - 1e-9)
        while (near := gap <= radius[row]).any():                                       # KNN.9
            row, leaf, gap = row[near], leaf[near], gap[near]
            now = np.flatnonzero(np.diff(row, prepend=-1))[:most]  # one leaf of a query at a time
            r, f = row[now], leaf[now]
            gap[now] = np.nan  # done with
            D = _length(points.take(f, axis=0).transpose(1, 0, 2) - Q[:, r, None], p)
            near = D.min(axis=1) <= radius[r]
            M = np.partition(np.hstack([best[r[near]], D[near] + index[f[near]]]), k - 1, axis=1)
            best[r[near]], radius[r[near]] = M[:, :k], M[:, k - 1].real

    leaves, most = len(points), max(1, _BLOCK // 8 // points[0].size)
    best, radius = np.full((len(Q), k), _NOBODY), np.full(len(Q), np.inf)
    Q, row, node = Q.T.copy(), np.arange(len(Q)), np.ones(len(Q), int)
    while node[0] < leaves:
        node = 2 * node + (Q[axes[node], row] > cuts[node])
    span = min(leaves, 1 << (2 * k // points.shape[2]).bit_length())  # leaves that hold 2k points
    home = (node - leaves) // span  # those around q give the first radius
    visit(np.repeat(row, span), (home[:, None] * span + np.arange(span)).ravel())
    stack = [(row, np.ones(len(row), int))]                # pieces of pairs, each on one level
    while stack:
        row, node = stack.pop()
        if node[0] >= leaves:
            new = (node - leaves) // span != home[row]
            visit(row[new], node[new] - leaves)
            continue
        q, r, cut = Q[axes[node], row], radius[row] * (1 + 1e-9), cuts[node]
        child = np.flatnonzero(np.stack([q - r <= cut, q + r >= cut], axis=1))          # KNN.9
        row, node = row[child // 2], 2 * node[child // 2] + child % 2
        stack += zip(*(np.array_split(a, len(a) // (128 * most) + 1) for a in (row, node)))
    return best


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


def _check_y(y, X, numeric=False, name="y"):
    """Return y as (n,) finite float64 where numeric, else as (n,) class labels of one kind."""
    y = _as_array(y, name)
    y = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
    if y.shape != (len(X),):
        raise ValueError(f"{name} should be a 1d array with one entry for each row of X: expected "
                         f"shape ({len(X)},), got {y.shape}")
    if numeric:
        return _as_array(y, name, numeric)
    if y.dtype.kind == "f" and (y != np.floor(_as_array(y, name, numeric=True))).any():
        raise ValueError("Unknown label type: y is continuous, a classifier needs class labels")
    if y.dtype == object and (None in y or len({isinstance(v, str) for v in y}) > 1):
        raise TypeError("Unknown label type: y mixes strings with other values")
    return y


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
    if numeric and not np.isfinite(np.vdot(a, a)) and not np.isfinite(a).all():
        raise ValueError(f"{name} contains NaN or infinity")
    return a
