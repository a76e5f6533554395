"""k-nearest neighbours: classification and regression by the nearest training rows.

Rule: of n training rows x with d features the k nearest to a query q, d_1 <= ... <= d_k away, vote
    distance  d(q, x) = (sum_j |q_j - x_j|^p)^(1/p), p = 1, 2, inf or any p > 0           KNN.1
              cosine: half the squared distance between q / |q| and x / |x|               KNN.2
    weights   w_i = 1, or 1 / d_i in units of the nearest: d_1 / d_i                      KNN.3
    answer    P(c | q) = share of class c in sum w_i, or sum w_i y_i / sum w_i     KNN.4, KNN.5
Search "brute": for p = 2 screen every pair by |x|^2 - 2 q.x, one matrix product in single
    precision; measure what its rounding error cannot exclude                      KNN.6, KNN.7
Search "kd_tree": halve the points at the median of their widest coordinate; skip a leaf whose
    box lies farther from q than the k-th neighbour so far                         KNN.8, KNN.9
Cost: brute O(n d) a query; tree O(n log n) to build, a query from O(log n) for few features to
O(n d) for many. Memory: X (twice with a tree), the answer and a few blocks of _BLOCK numbers.
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
    weights : {"uniform", "distance"} or callable, default "uniform"
        "distance" is 1 / distance; rows at distance 0 then take the whole vote. A callable gets
        the distances (b, k) of one block of queries at a time and must treat each row alone.
    algorithm : {"auto", "brute", "kd_tree"}, default "auto"; how to search, never what is found
        "auto", as measured: the tree if n >= 40 * 4^d, or d <= 7 and neither Euclidean nor cosine.
    p : float > 0 or inf, default 2; power of the Minkowski metric, the other metrics ignore it
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
        state = _fit(self, X, y)
        classes, codes = np.unique(state["_y"], return_inverse=True)
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
        vars(self).update(_fit(self, X, y, numeric=True))
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
    X = _check_X(X)
    y, (n, d) = _check_y(y, X, numeric), X.shape
    _check_number(f"n_neighbors (of n_samples={n})", model.n_neighbors, 1, n, integer=True)
    p, cosine, choice = power[model.metric], model.metric == "cosine", model.algorithm
    if choice == "auto":  # as measured: "Where the tree wins" in the notes
        choice = "kd_tree" if n >= 40 * 4**d or (p != 2 and d <= 7) else "brute"
    X = _as_directions(X) if cosine else np.array(X, order="C")
    return dict(_X=X, _y=y.copy(), _tree=_build_tree(X) if choice == "kd_tree" else None, _p=p,
                _cosine=cosine, algorithm_=choice, n_samples_fit_=n, n_features_in_=d)


def _as_directions(X):
    size = _length(X.T, 2)[:, None]  # rows of zeros get a direction at right angles to all others
    return np.hstack([X / (size + (size == 0)), size == 0])                             # KNN.2


def _search(model, X, k=None):
    """Yield distances and indices (b, k) of neighbours for one block of queries after the other."""
    own = X is None and hasattr(model, "_X")
    Q = model._X if own else _check_X(X, fitted=model)  # which refuses a model that is not fitted
    k, n = model.n_neighbors if k is None else k, model.n_samples_fit_ - own
    _check_number(f"n_neighbors (of {n} {'other ' * own}samples)", k, 1, n, integer=True)
    size = max(k + own, Q.shape[1] // 16, len(getattr(model, "classes_", ())))
    step = max(1, _BLOCK // 16 // size)  # _BLOCK coordinates, or _BLOCK / 16 neighbours or votes
    search, data = (_search_tree, model._tree) if model._tree else (_brute_force, [model._X])
    for i in range(0, len(Q), step):
        B = Q[i:i + step] if own or not model._cosine else _as_directions(Q[i:i + step])
        with np.errstate(over="ignore", invalid="ignore"):
            best = search(*data, B, k + own, model._p)
        if own:  # a row is not its own neighbour; nobody sorts last, and the last one is cut off
            best[best.imag == np.arange(i, i + len(B))[:, None]] = _NOBODY
        best = np.sort(best, axis=1)[:, :k]
        D, I = best.real.copy(), best.imag.astype(np.intp)
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
    """Return the p-norms of the vectors whose coordinate j stands in G[j], added in this order."""
    if p in (1, np.inf):
        return reduce(np.add if p == 1 else np.maximum, abs(G))                         # KNN.1
    r = np.sqrt(reduce(np.add, G * G)) if p == 2 else np.full(G.shape[1:], np.nan)      # KNN.1
    lost = ~((r > 1e-140) & (r < 1e140))  # true for NaN: every other p
    if lost.any():  # other powers, and squares out of range: in units of the largest coordinate
        G = np.nan_to_num(abs(G[:, lost]))
        top = G.max(axis=0) + (G.max(axis=0) == 0)
        r[lost] = top * reduce(np.add, (G / top)**p)**(1 / p)                           # KNN.1
    return r


def _brute_force(X, Q, k, p, dtype=np.float32):
    """Return the k nearest rows of X for each row of Q, as complex numbers distance + i index."""
    (n, d), low, high, dtype = X.shape, X.min(axis=0), X.max(axis=0), dtype if p == 2 else float
    centre, half = low / 2 + high / 2, high / 2 - low / 2
    unit = np.ldexp(1.0, np.frexp(half.max())[1])
    A = np.clip((Q - centre) / unit, -1e18, 1e18)  # beyond, rounding errors hide all differences
    reach = np.linalg.norm(A, axis=1, keepdims=True) + np.linalg.norm(half / unit)
    error = np.minimum((p == 2) * (2 * d + 16) * np.finfo(dtype).eps * reach**2, 1e30)  # KNN.7
    A = np.hstack([-2 * A, np.ones((len(A), 1))], dtype=dtype)
    best, least = np.full((len(Q), k), _NOBODY), np.full((len(Q), k), np.inf, dtype)
    step = max(1, _BLOCK // 4 // d)  # most pairs measured at a time
    columns = max(k, min(n, 2**14, _BLOCK // (d + 1) if p == 2 else step))
    rows, parts = max(1, (_BLOCK if p == 2 else step) // columns), max(1, n // columns)
    for C, I in zip(np.array_split(X, parts), np.array_split(np.arange(n), parts)):
        Z, g = (C - centre) / unit, min(len(C), max(256, 4 * k)) if p == 2 else len(C)
        W = np.zeros((-(-len(C) // g) * g, d + 1), dtype)  # groups j, j + g, ..., filled with inf
        W[:len(C), :d], W[:len(C), d], W[len(C):, d] = Z, np.einsum("ij,ij->i", Z, Z), np.inf
        room = np.empty((min(rows, len(Q)), len(W)), dtype)
        for B in (slice(i, i + rows) for i in range(0, len(Q), rows)):
            S = np.matmul(A[B], W.T, out=room[:len(Q[B])]) if p == 2 else (             # KNN.6
                _length(Q[B].T[:, :, None] - C.T[:, None], p))
            M = S.reshape(len(S), -1, g).min(axis=1)  # the nearest of each group
            least[B] = np.partition(np.hstack([least[B], M]), k - 1, axis=1)[:, :k]  # of k rows
            T = least[B][:, k - 1:] + 2 * error[B].astype(dtype)                        # KNN.7
            row, col = np.divmod(np.flatnonzero(M <= T), g)
            cell = (row * len(W) + col)[:, None] + np.arange(0, len(W), g)
            row, col = np.divmod(cell[S.take(cell) <= T[row]], len(W))
            if dtype == np.float32 and len(row) > 20 * k * len(S):
                return _brute_force(X, Q, k, p, float)
            D = [_length((Q[B][row[s:s + step]] - C[col[s:s + step]]).T, p)
                 for s in range(0, len(row) + 1, step)]
            place = k + np.arange(len(row)) - row.searchsorted(row)  # k, k + 1, ... in each
            M = np.full((len(S), place.max(initial=k) + 1), _NOBODY)  # k best, survivors, nobody
            M[:, :k], M[row, place] = best[B], np.concatenate(D) + 1j * I[col]
            best[B] = np.partition(M, k - 1, axis=1)[:, :k]
    return best


def _build_tree(X):
    """Halve the points again and again, down to leaves of equal size; node i has 2i and 2i + 1."""
    levels = max(0, int(np.ceil(np.log2(len(X) / _LEAF))))
    size = -(-len(X) // 2**levels) * 2**levels
    I = np.arange(size)[None] * len(X) // size  # some points twice, the second infinitely far away
    Z, I = X.T.take(I, axis=1), np.where(np.diff(I, prepend=-1), 0, np.inf) + 1j * I
    axes, cuts = np.zeros(2**levels, int), np.zeros(2**levels)
    for level in range(levels):
        at, half = np.arange(2**level), Z.shape[2] // 2  # Z: (d, nodes, points of a node)
        axis = (Z.max(axis=2) / 2 - Z.min(axis=2) / 2).argmax(axis=0)
        order = Z[axis, at].argpartition(half, axis=1)                                  # KNN.8
        axes[2**level + at], cuts[2**level + at] = axis, Z[axis, at, order[:, half]]
        order = (order + 2 * half * at[:, None]).reshape(-1, half)
        Z, I = Z.reshape(len(Z), size).take(order, axis=1), I.take(order)
    return Z.transpose(1, 0, 2).copy(), I, Z.min(axis=2), Z.max(axis=2), axes, cuts


def _search_tree(points, index, low, high, axes, cuts, Q, k, p):
    """Answer all queries together, in the form of _brute_force."""
    leaves, most = len(points), max(1, _BLOCK // 8 // points[0].size)
    best, radius = np.full((len(Q), k), _NOBODY), np.full(len(Q), np.inf)
    Q, row, node = Q.T.copy(), np.arange(len(Q)), np.ones(len(Q), int)

    def visit(row, leaf):
        """Measure the pairs of a query, row[i], and a leaf, leaf[i], that KNN.9 cannot skip."""
        q = Q.take(row, axis=1)
        gap = np.maximum(low.take(leaf, axis=1) - q, q - high.take(leaf, axis=1))
        gap = _length(np.maximum(gap, 0), p) * (1 - 1e-9)  # a margin far above rounding errors
        while (todo := gap <= radius[row]).any():                                       # KNN.9
            row, leaf, gap = row[todo], leaf[todo], gap[todo]
            now = np.flatnonzero(np.diff(row, prepend=-1))[:most]  # one leaf of a query at a time
            r, f = row[now], leaf[now]
            gap[now] = np.nan  # done: NaN <= radius is false
            D = _length(points.take(f, axis=0).transpose(1, 0, 2) - Q[:, r, None], p)
            better = D.min(axis=1) <= radius[r]
            r, found = r[better], D[better] + index[f[better]]
            M = np.partition(np.hstack([best[r], found]), k - 1, axis=1)
            best[r], radius[r] = M[:, :k], M[:, k - 1].real

    while node[0] < leaves:
        node = 2 * node + (Q[axes[node], row] > cuts[node])
    span = min(leaves, 1 << (2 * k // points.shape[2]).bit_length())  # leaves that hold 2k points
    home = (node - leaves) // span  # the ones around q, which give the first radius
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
    if numeric and not np.isfinite(np.vdot(f := a.ravel("K"), f)) and not np.isfinite(a).all():
        raise ValueError(f"{name} contains NaN or infinity")
    return a
