"""k-nearest neighbours: a query is answered by the training rows that are most like it.

Nothing is fitted: the training rows are the model. To answer a query, find the k rows that are
nearest to it. For a class they vote. For a number the answer is their mean.

The distance of a query q from a row x, for a power p > 0:
    d(q, x) = (sum_j |q_j - x_j|^p)^(1/p), or max_j |q_j - x_j| for p = inf             KNN.1
    cosine: half the squared distance of the directions q / |q| and x / |x|             KNN.2

Algorithm. The steps have the names of the functions below.
    measure_all    find the k nearest rows of each query: measure all, keep the k nearest
        distances  d(q, x) of many pairs                                                KNN.1
    weigh          w_i = 1, or 1 / D_i in units of the nearest                          KNN.3
    vote           P(c | q), the share of class c in the sum of the weights             KNN.4
    weighted_mean  the mean of the numbers y_i, with the weights w_i                    KNN.5
Two faster roads lead to what measure_all finds, the same rows and the same distances:
    measure_few    for p = 2: one matrix product gives all pairs a score that rises with the
                   distance, and only pairs with low scores are measured         KNN.6, KNN.7
    build_tree     for few features: halve the rows again and again, once               KNN.8
    search_tree    and skip the leaves that lie too far from the query                  KNN.9

Symbols: n training rows, m queries, d features, k neighbours; in a shape, "rows" and "queries"
are some of the rows and some of the queries.
    X (n, d)    the training rows x          D (m, k)    the distances of the nearest, ascending
    Q (m, d)    the queries q                I (m, k)    their row numbers
Cost: measure_all O(n d) a query. The tree O(d n log n) to build, and from O(log n) a query with few
features to O(n d) with many. Memory: X, twice with a tree, and a few blocks of _BLOCK numbers.

Follows Cover & Hart (1967) and Friedman, Bentley & Finkel (1977): see KNeighborsClassifier.
"""

from typing import NamedTuple

import numpy as np


class _NearestNeighbours:
    """What the two public classes share: hyperparameters, training rows, the search in them."""

    def __init__(self, n_neighbors: int = 5, *, weights="uniform", algorithm: str = "auto",
                 p: float = 2, metric: str = "minkowski"):
        self.n_neighbors = n_neighbors
        self.weights = weights
        self.algorithm = algorithm
        self.p = p
        self.metric = metric

    def kneighbors(self, X=None, n_neighbors=None, return_distance=True):
        """Return the training rows that are nearest to each row of X.

        Parameters
        ----------
        X : array of shape (n_queries, n_features), default=None
            Rows with the features that `fit` saw. None stands for the training rows, each of
            which then asks all the others.
        n_neighbors : int, default=None
            How many neighbours to return. None is the number that the model was made with.
        return_distance : bool, default=True
            Whether to return the distances too.

        Returns
        -------
        distances : ndarray of shape (n_queries, n_neighbors)
            The distances, ascending. Left out if `return_distance` is False.
        indices : ndarray of int, shape (n_queries, n_neighbors)
            The numbers of the training rows. Of equal distances the lower number comes first.
        """
        D, I = zip(*self._search(X, n_neighbors))
        if return_distance:
            return np.concatenate(D), np.concatenate(I)
        return np.concatenate(I)

    def _check_input(self, X, y, numeric):
        """Refuse hyperparameters and data that cannot be used; return X (n, d) and y (n,)."""
        if not callable(self.weights):
            _check_option("weights", self.weights, ("uniform", "distance"), other="a callable")
        _check_option("metric", self.metric, tuple(self._powers()))
        _check_option("algorithm", self.algorithm, ("auto", "brute", "kd_tree"))
        is_infinite = isinstance(self.p, (float, np.floating)) and self.p == np.inf
        if not is_infinite:
            _check_number("p", self.p, 0, above=True)
        X = _check_X(X)
        y = _check_y(y, X, numeric)
        n = len(X)
        _check_number(f"n_neighbors (of n_samples={n})", self.n_neighbors, 1, n, integer=True)
        return X, y

    def _keep(self, X, y, names):
        """Keep X (n, d), the targets or class codes y (n,) and the column names of X, or None."""
        n, d = X.shape
        is_cosine = self.metric == "cosine"
        p = self._powers()[self.metric]
        algorithm = self.algorithm
        if algorithm == "auto":        # as measured: "Where the tree wins" in the notes
            tree_wins = n >= 40 * 4**d or (p != 2 and d <= 7)
            algorithm = "kd_tree" if tree_wins else "brute"
        rows = _as_directions(X) if is_cosine else np.array(X, order="C")
        # k + 1: a training row that asks for k others finds itself as well.
        tree = _build_tree(rows, self.n_neighbors + 1) if algorithm == "kd_tree" else None

        self._X = rows
        self._y = np.array(y)
        self._tree = tree
        self._p = p
        self._is_cosine = is_cosine
        self.algorithm_ = algorithm
        self.n_samples_fit_ = n
        self.n_features_in_ = d
        self.feature_names_in_ = names
        if names is None:              # without names the attribute is not there at all
            del self.feature_names_in_

    def _powers(self):
        """Return the power p of KNN.1 for each name of a metric."""
        return {"minkowski": self.p, "euclidean": 2, "manhattan": 1, "chebyshev": np.inf,
                "cosine": 2}

    def _search(self, X, n_neighbors=None):
        """Yield D and I (queries, k) for one block of the rows of X after the other.

        None as X stands for the training rows, and then no row is its own neighbour.
        """
        is_own = X is None and hasattr(self, "_X")
        Q = self._X if is_own else _check_X(X, fitted=self)    # raises an error before fit
        k = self.n_neighbors if n_neighbors is None else n_neighbors
        n = self.n_samples_fit_ - is_own
        samples = "other samples" if is_own else "samples"
        _check_number(f"n_neighbors (of {n} {samples})", k, 1, n, integer=True)

        n_classes = len(getattr(self, "classes_", ()))
        # Numbers in a block for each query: those of D, of I and of _Nearest, or the votes. For its
        # d features a quarter is enough: each block reads all rows again, so few blocks are best.
        width = max(4 * (k + is_own), 4 * n_classes, Q.shape[1] // 4)
        for part in _blocks(len(Q), width):
            queries = Q[part]
            if self._is_cosine and not is_own:
                queries = _as_directions(queries)
            D, I = self._nearest(queries, k + is_own)
            if is_own:
                D, I = _without_itself(D, I, np.arange(part.start, part.stop))
            if self._is_cosine:
                D = D * D / 2                                          # KNN.2
            yield D, I

    def _nearest(self, Q, k):
        """Return D and I (queries, k) of the queries Q (queries, d), by the fastest road."""
        # Powers of very large or small gaps leave the range of floats: _distances mends that.
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            if self._tree is not None and k <= self._tree.most_k:
                return _search_tree(self._tree, Q, k, self._p)
            if self._p == 2:
                return _measure_few(self._X, Q, k)
            return _measure_all(self._X, Q, k, self._p)


class KNeighborsClassifier(_NearestNeighbours):
    """Classification by the vote of the k nearest training rows.

    Of rows at equal distance the one with the lower number counts as nearer. Of classes with equal
    votes the smaller label wins. Distances compare all features in one unit: standardise first,
    unless the units are the same already.

    Parameters
    ----------
    n_neighbors : int, default=5
        How many rows vote, from 1 to n_samples.
    weights : {"uniform", "distance"} or callable, default="uniform"
        How much a vote counts: 1, or 1 / distance. Rows at distance 0 then take the whole vote.
        A callable turns an array of distances (n_queries, n_neighbors) into an array of weights
        of the same shape. It gets some queries at a time and must treat each row by itself.
    algorithm : {"auto", "brute", "kd_tree"}, default="auto"
        How to search. It changes the time and never the answer. "auto" takes the k-d tree for few
        features and many rows, as measured: if n_samples >= 40 * 4**n_features, or for other
        metrics than the Euclidean and the cosine if n_features <= 7.
    p : float, default=2
        The power of the Minkowski distance, > 0; np.inf is the Chebyshev distance. Metrics with a
        name of their own do not look at it.
    metric : {"minkowski", "euclidean", "manhattan", "chebyshev", "cosine"}, default="minkowski"
        The distance. By the cosine a row of zeros is at distance 1 from every other row, and at
        distance 0 from another row of zeros.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    algorithm_ : {"brute", "kd_tree"}
        The search in use.
    n_samples_fit_ : int
        The number of training rows.
    n_features_in_ : int
        The number of features that `fit` saw.
    feature_names_in_ : ndarray of str, shape (n_features,)
        The names of the columns of X. It is only there if X was a table with such names.

    References
    ----------
    T. Cover and P. Hart (1967), "Nearest neighbor pattern classification".
    J. Friedman, J. Bentley and R. Finkel (1977), "An algorithm for finding best matches in
    logarithmic expected time".
    T. Hastie, R. Tibshirani and J. Friedman (2009), "The elements of statistical learning",
    section 13.3.

    Examples
    --------
    >>> from knn import KNeighborsClassifier
    >>> X = [[0, 0], [3, 0], [0, 4], [6, 8]]
    >>> model = KNeighborsClassifier(3).fit(X, ["a", "b", "a", "b"])
    >>> distances, indices = model.kneighbors([[3, 4]])
    >>> distances.tolist(), indices.tolist()
    ([[3.0, 4.0, 5.0]], [[2, 1, 0]])
    >>> model.predict([[3, 4]]).tolist()
    ['a']
    """

    def fit(self, X, y) -> "KNeighborsClassifier":
        """Keep a copy of the training rows, and build the tree if it will serve.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            The training rows.
        y : array of shape (n_samples,)
            The label of each row, numbers or text.

        Returns
        -------
        self : KNeighborsClassifier
        """
        names = _feature_names(X)
        X, y = self._check_input(X, y, numeric=False)
        classes, codes = np.unique(y, return_inverse=True)
        self._keep(X, codes, names)
        self.classes_ = classes
        return self

    def predict(self, X):
        """Return the label with the largest share of the vote for each row of X.

        Parameters
        ----------
        X : array of shape (n_queries, n_features) or None
            Rows with the features that `fit` saw. None stands for the training rows, each of
            which then asks all the others.

        Returns
        -------
        labels : ndarray of shape (n_queries,)
        """
        P = self.predict_proba(X)
        return self.classes_[P.argmax(axis=1)]     # of equal shares the first: the smaller label

    def predict_proba(self, X):
        """Return the share of each class in the vote for each row of X.

        Parameters
        ----------
        X : array of shape (n_queries, n_features) or None
            As in `predict`.

        Returns
        -------
        shares : ndarray of shape (n_queries, n_classes)
            In the order of `classes_`. Each row adds up to 1.
        """
        shares = []
        for D, I in self._search(X):
            w = _weigh(D, self.weights)
            shares.append(_vote(self._y[I], w, len(self.classes_)))
        return np.concatenate(shares)


class KNeighborsRegressor(_NearestNeighbours):
    """Regression by the mean target of the k nearest training rows.

    Of rows at equal distance the one with the lower number counts as nearer. Distances compare all
    features in one unit: standardise first, unless the units are the same already.

    Parameters
    ----------
    n_neighbors : int, default=5
        Over how many rows the mean is taken, from 1 to n_samples.
    weights : {"uniform", "distance"} or callable, default="uniform"
        How much a row counts in the mean: 1, or 1 / distance. Only rows at distance 0 count then,
        if there are any. A callable turns an array of distances (n_queries, n_neighbors) into an
        array of weights of the same shape. It gets some queries at a time and must treat each row
        by itself.
    algorithm : {"auto", "brute", "kd_tree"}, default="auto"
        How to search. It changes the time and never the answer. "auto" takes the k-d tree for few
        features and many rows, as measured: if n_samples >= 40 * 4**n_features, or for other
        metrics than the Euclidean and the cosine if n_features <= 7.
    p : float, default=2
        The power of the Minkowski distance, > 0; np.inf is the Chebyshev distance. Metrics with a
        name of their own do not look at it.
    metric : {"minkowski", "euclidean", "manhattan", "chebyshev", "cosine"}, default="minkowski"
        The distance. By the cosine a row of zeros is at distance 1 from every other row, and at
        distance 0 from another row of zeros.

    Attributes
    ----------
    algorithm_ : {"brute", "kd_tree"}
        The search in use.
    n_samples_fit_ : int
        The number of training rows.
    n_features_in_ : int
        The number of features that `fit` saw.
    feature_names_in_ : ndarray of str, shape (n_features,)
        The names of the columns of X. It is only there if X was a table with such names.

    References
    ----------
    J. Friedman, J. Bentley and R. Finkel (1977), "An algorithm for finding best matches in
    logarithmic expected time".
    T. Hastie, R. Tibshirani and J. Friedman (2009), "The elements of statistical learning",
    section 13.3.

    Examples
    --------
    >>> from knn import KNeighborsRegressor
    >>> X = [[0, 0], [3, 0], [0, 4], [6, 8]]
    >>> model = KNeighborsRegressor(3).fit(X, [10, 20, 30, 40])
    >>> model.predict([[3, 4]]).tolist()
    [20.0]
    """

    def fit(self, X, y) -> "KNeighborsRegressor":
        """Keep a copy of the training rows, and build the tree if it will serve.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            The training rows.
        y : array of shape (n_samples,)
            The target of each row.

        Returns
        -------
        self : KNeighborsRegressor
        """
        names = _feature_names(X)
        X, y = self._check_input(X, y, numeric=True)
        self._keep(X, y, names)
        return self

    def predict(self, X):
        """Return the weighted mean target of the nearest rows for each row of X.

        Parameters
        ----------
        X : array of shape (n_queries, n_features) or None
            Rows with the features that `fit` saw. None stands for the training rows, each of
            which then asks all the others.

        Returns
        -------
        targets : ndarray of shape (n_queries,)
        """
        targets = []
        for D, I in self._search(X):
            w = _weigh(D, self.weights)
            targets.append(_weighted_mean(self._y[I], w))
        return np.concatenate(targets)


# ---- The algorithm ----
#
# The definition of the search is _measure_all. The next part has two faster roads to the same
# answer, _measure_few and _search_tree. From there come these helpers:
#     _blocks(n, width)            slices that cover n rows, some at a time
#     _few_lowest(D, k, limit)     (query, row), the places of a few entries of D (queries, rows).
#                                  The k lowest of each line are among them, unless they are
#                                  above the limit.
#     _differ(A, B)                which points of A and B are not equal
#     _extreme_lengths(gaps, p)    the lengths of gaps whose powers leave the range of floats


def _measure_all(X, Q, k, p):
    """Return the k nearest rows of X to each query: measure all, keep the k nearest.

    This is the definition. It is also the road in use for every power p other than 2.

    Parameters
    ----------
    X : ndarray (n, d)
        The training rows.
    Q : ndarray (m, d)
        The queries.
    k : int
        The number of neighbours, from 1 to n.
    p : float
        The power of KNN.1.

    Returns
    -------
    D : ndarray (m, k)
        The distances of the k nearest rows, ascending.
    I : ndarray of int (m, k)
        Their row numbers. Of equal distances the lower number comes first.
    """
    n, d = X.shape
    nearest = _Nearest(len(Q), k)
    # 4,096 rows at a time, fewer if they are wide. Then D has _BLOCK / 8 numbers, which stay in the
    # cache of the processor.
    for rows in _blocks(n, width=max(64, d // 4)):
        B = X[rows].T.copy()                                           # (d, rows)
        for queries in _blocks(len(Q), width=8 * B.shape[1]):
            A = Q[queries].T                                           # (d, queries)
            D = _distances(A[:, :, None], B[:, None, :], p)            # (queries, rows)
            nearest.add_block(queries, rows, D)
    return nearest.result()


def _distances(A, B, p):
    """Return the distances of points A from points B.

    A[j] and B[j] hold feature j of all the points. Behind this first axis the shapes broadcast:
    A (d, queries, 1) and B (d, 1, rows) give the distances of all pairs, (queries, rows).

    The features are added one after the other, always in the same order. So a pair has the same
    distance to the last bit, wherever it is measured, and a tie is a tie. (np.sum adds in an order
    that depends on the shape.)
    """
    total = np.zeros(np.broadcast(A[0], B[0]).shape)
    combine = np.maximum if p == np.inf else np.add
    # Of few pairs all features are subtracted at once, of many pairs one feature after the other:
    # up to _BLOCK / 8 gaps, which stay in the cache.
    for features in _blocks(len(A), width=8 * max(1, total.size)):
        gaps = A[features] - B[features]
        for term in _power(gaps, p):
            combine(total, term, out=total)
    if p in (1, np.inf):
        return total                                                   # KNN.1
    distances = np.sqrt(total) if p == 2 else total**(1 / p)           # KNN.1
    # Powers below 1e-308 lose digits or become 0, powers above 1e308 become inf. No total between
    # 1e-280 and 1e280 suffers from that.
    is_extreme = ~((total > 1e-280) & (total < 1e280))                 # 0, inf and nan too
    if is_extreme.any():
        is_extreme &= _differ(A, B)                # most often such points are equal
        A, B = np.broadcast_arrays(A, B)
        gaps = A[:, is_extreme] - B[:, is_extreme]
        distances[is_extreme] = _extreme_lengths(gaps, p)
    return distances


def _power(gaps, p):
    """Turn gaps into |gaps|^p, or for p = inf into |gaps|, in place. Return them."""
    if p == 2:
        return np.multiply(gaps, gaps, out=gaps)   # in half the time of a power
    sizes = np.abs(gaps, out=gaps)
    if p in (1, np.inf):
        return sizes
    if p == 3:
        return sizes * sizes * sizes               # in a fifth of the time or less
    if p == 0.5:
        return np.sqrt(sizes, out=sizes)           # in half the time
    # A power of 0 takes six times as long as another one, so zeros stay as they are.
    return np.power(sizes, p, out=sizes, where=sizes > 0)


class _Nearest:
    """The k nearest rows that were found so far, for each of m queries.

    Attributes
    ----------
    keys : ndarray of complex (m, k)
        distance + 1j * row number, ascending, and inf + inf j where there is no row yet. They are
        complex because NumPy sorts complex numbers by the real part, and equal ones by the
        imaginary part: of equal distances the lower row number comes first. (np.lexsort does the
        same with two arrays, in three times the time.)
    """

    def __init__(self, m, k):
        self.keys = np.full((m, k), complex(np.inf, np.inf))

    def add_block(self, queries, rows, D):
        """Take in the distances D (queries, rows) of a block: two slices of queries and rows."""
        k = self.keys.shape[1]
        query, row = _few_lowest(D, k, self.farthest(queries)[:, None])
        self.add(queries.start + query, rows.start + row, D[query, row])

    def add(self, query, row, distance):
        """Take in pairs of a query and a row, all three (pairs,), and keep the k nearest rows."""
        if len(query) == 0:
            return
        order = np.argsort(query, kind="stable")
        query = query[order]
        first = np.flatnonzero(np.diff(query, prepend=-1))             # where each query begins
        count = np.diff(first, append=len(query))                      # the pairs of each query
        asked = query[first]
        # The table gets one line for each query that is asked: the k rows that it has so far, then
        # the new ones, then fillers. Each new pair goes to table[line, place].
        k = self.keys.shape[1]
        line = np.repeat(np.arange(len(asked)), count)
        place = k + np.arange(len(query)) - first[line]                # k, k + 1, ... in each line
        table = np.full((len(asked), k + count.max()), complex(np.inf, np.inf))
        table[:, :k] = self.keys[asked]
        table.real[line, place] = distance[order]
        table.imag[line, place] = row[order]
        table.sort(axis=1)
        self.keys[asked] = table[:, :k]

    def farthest(self, queries):
        """Return the distance (queries,) of the k-th nearest row so far, inf without k rows."""
        return self.keys[queries, -1].real

    def result(self):
        """Return the distances D and the row numbers I, both (m, k)."""
        return self.keys.real.copy(), self.keys.imag.astype(int)


def _weigh(D, weights):
    """Return the weights of neighbours at the distances D, both (queries, k).

    `weights` is "uniform", "distance" or a callable that turns D into the weights.
    """
    if callable(weights):
        w = _as_array(weights(D), "weights(distances)", numeric=True)
        if w.shape != D.shape or w.min() < 0 or w.max(axis=1).min() == 0:
            raise ValueError(f"weights must return {D.shape} numbers >= 0, no row all 0, got {w}")
        return w
    _check_option("weights", weights, ("uniform", "distance"), other="a callable")
    w = np.ones_like(D)
    if weights == "distance":
        # D_1 / D_i, not 1 / D_i: where D_1 is 0, the rows at distance 0 keep their 1 and all
        # others get 0. There 1 / 0 would end in nan.
        nearest = D[:, :1]
        np.divide(nearest, D, out=w, where=D > nearest)                # KNN.3
    return w


def _vote(labels, w, n_classes):
    """Return the share of each class in the vote, (queries, n_classes).

    labels : ndarray of int (queries, k), the class of each neighbour, from 0 to n_classes - 1
    w : ndarray (queries, k), the weight of each vote
    """
    n_queries = len(labels)
    # Each pair of a query and a class has a number of its own, so one bincount adds all votes.
    ballot = n_classes * np.arange(n_queries)[:, None] + labels        # (queries, k)
    votes = np.bincount(ballot.ravel(), w.ravel(), minlength=n_queries * n_classes)
    votes = votes.reshape(n_queries, n_classes)
    return votes / w.sum(axis=1, keepdims=True)                        # KNN.4


def _weighted_mean(y, w):
    """Return the mean of the targets y of each query's neighbours, weighted by w: (queries,)."""
    return (w * y).sum(axis=1) / w.sum(axis=1)                         # KNN.5


def _as_directions(X):
    """Return the directions of the rows of X (n, d), as points (n, d + 1) of length 1.

    Half the squared distance of two such points is the cosine distance. A row of zeros has no
    direction: it gets the last axis, which stands at a right angle to all other rows.     KNN.2
    """
    with np.errstate(over="ignore", invalid="ignore"):     # see _nearest
        lengths = _distances(X.T, np.zeros((X.shape[1], 1)), 2)
    is_zero = lengths == 0                                 # counts as 1: no division by 0
    return np.column_stack([X / (lengths + is_zero)[:, None], is_zero])


def _without_itself(D, I, own):
    """Return D and I (rows, k) of training rows without the rows themselves, one column less.

    own : ndarray of int (rows,), the number of each row

    A row may be missing in its own list, if the list is full of copies of it with lower numbers.
    Then the last entry is dropped.
    """
    is_other = I != own[:, None]
    is_other[is_other.all(axis=1), -1] = False
    shape = (len(I), I.shape[1] - 1)
    return D[is_other].reshape(shape), I[is_other].reshape(shape)


# ---- Arithmetic: fast, small, safe ----
#
# A first reading may skip this part: it changes no neighbour and no distance. What it buys, found
# by leaving out each piece in turn (500 queries, 1,500 to 100,000 rows, one thread):
#     a screen of all pairs, KNN.6, KNN.7          8 to 19 times as fast as to measure all
#         in single precision, double if in doubt  1.3 to 1.9 times as fast
#         the minima of groups of rows             5 to 8 times as fast
#     on hard data, which an outlier or many equal distances make:
#         far rows in later rounds                 8 to 15 times as fast with a few outliers
#         a centre near to the queries             5 times as fast with five far clusters
#         surplus copies left out                  40 times as fast with 16,000 copies of ten rows
#         ties of whole numbers told apart         9 times as fast with ones in 1,000 columns
#         queries at one distance from all rows    14 times as fast with queries at 1e18
#         equal queries measured once              11 times as fast with queries amid a sphere
#     the tree, KNN.8, KNN.9                       1.5 to 8 times as fast with 2 to 4 features, and
#                                                  6 to 30 times for other powers than p = 2
#     units of the largest gap                     right distances at 1e300 and at 1e-300

_BLOCK = 2**18       # numbers in a block of work: 2 MB in double precision
_LEAF = 32           # the most points in a leaf of the tree
_FEW_QUERIES = 4     # with so many queries or fewer it is fastest to measure all,
_FEW_GAPS = 2**16    # and with so many gaps |q_j - x_j| or fewer
_MOST_CENTRES = 64   # the most centres that _measure_few tries on hard data
_FAR = 2.0**50       # in units of the screen: farther out, rounding hides all differences


def _few_lowest(D, k, limit):
    """Return the places of those entries of D that may be among the k lowest of their line.

    Parameters
    ----------
    D : ndarray (queries, rows)
        Distances.
    k : int
    limit : ndarray (queries, 1)
        Entries above it do not count. inf is no limit.

    Returns
    -------
    query, row : ndarrays of int (pairs,)
        Line by line, ascending. Of many entries that are equal to the limit, the first k.
    """
    limit = _kth_lowest_or_more(D, k, limit)
    is_low = D <= limit
    if np.count_nonzero(is_low) > 8 * k * len(D):      # 8 k of a line: many are equal to the limit
        is_equal = D == limit                          # then the first k of these are enough
        is_low &= ~(is_equal & (np.cumsum(is_equal, axis=1) > k))
    return np.divmod(np.flatnonzero(is_low), D.shape[1])


def _kth_lowest_or_more(D, k, limit):
    """Return the limit (queries, 1), or a lower one that k entries of each line of D do not exceed.

    Where all limits are below inf, each query knows k other rows, and its limit is low enough
    already. The entries of a long line are dealt into groups. The k groups with the lowest minima
    hold k entries up to the k-th lowest minimum. That is found in a tenth of the time, and it is
    hardly above the k-th lowest entry: of four groups or more for each of the k lowest entries,
    few hold two of them.
    """
    n_queries, n = D.shape
    if n < k or (limit < np.inf).all():
        return limit
    n_groups = max(256, 4 * k)
    if n >= 2 * n_groups:
        groups = D[:, :n - n % n_groups].reshape(n_queries, -1, n_groups)
        D = groups.min(axis=1)                                         # (queries, n_groups)
    return np.minimum(limit, np.partition(D, k - 1, axis=1)[:, k - 1:k])


def _extreme_lengths(gaps, p):
    """Return the length KNN.1 of each column of gaps (d, pairs), however large or small it is.

    In units of the largest gap of a pair, which must not be 0, no power overflows, and none that
    counts underflows.
    """
    gaps = np.nan_to_num(abs(gaps))                        # a gap of inf: the largest float
    largest = gaps.max(axis=0)
    total = np.zeros(len(largest))
    for gap in gaps:
        total += (gap / largest)**p
    return largest * total**(1 / p)                                    # KNN.1


def _differ(A, B):
    """Return which points of A and B differ in some feature. The shapes are as in _distances."""
    differ = np.zeros(np.broadcast(A[0], B[0]).shape, dtype=bool)
    for a, b in zip(A, B):
        differ |= a != b
    return differ


def _measure_few(X, Q, k):
    """Do as _measure_all does for p = 2, but measure only pairs that a screen does not rule out.

    Most often the screen leaves little more than k rows of a query. On hard data it may leave too
    many. Such a query is undecided, and a screen in double precision tries it again, after two
    cures: copies of rows that no query needs are left out, and the origin of the screen moves to
    an undecided query, for all undecided queries near to it. What is undecided even then is
    measured in full.
    """
    if len(Q) <= _FEW_QUERIES or X.size * len(Q) <= _FEW_GAPS:
        return _measure_all(X, Q, k, 2)
    rows = np.arange(len(X))
    nearest, undecided = _search_by_screen(X, rows, Q, k, _median(X), np.float32)
    if len(undecided) == 0:
        return nearest.result()

    rows = _without_surplus_copies(X, k)
    in_full = []                           # groups of queries that are to be measured in full
    while len(undecided) > _FEW_QUERIES and len(in_full) < _MOST_CENTRES:
        centre = Q[undecided[0]]
        group, undecided = _near_and_far(Q, undecided, centre)
        if len(group) > _FEW_QUERIES:
            found, is_left = _search_by_screen(X, rows, Q[group], k, centre, np.float64)
            nearest.keys[group] = found.keys
            group = group[is_left]
        in_full.append(group)
    in_full = np.concatenate([*in_full, undecided])

    D, I = nearest.result()
    if len(in_full) > 0:
        D[in_full], I[in_full] = _measure_in_full(X, rows, Q[in_full], k)
    return D, I


def _measure_in_full(X, rows, Q, k):
    """Do as _measure_all does for p = 2, with only the given rows of X.

    Equal queries are measured once. And a query may lie so far out that all rows of X are at the
    same distance, as floats have it. Then the first k rows are its nearest.
    """
    Q, copy_of = np.unique(Q, axis=0, return_inverse=True)
    D = np.empty((len(Q), k))
    I = np.empty((len(Q), k), dtype=int)
    is_equal, distance = _are_all_equally_far(X, Q)
    D[is_equal] = distance[is_equal, None]
    I[is_equal] = np.arange(k)
    D[~is_equal], place = _measure_all(X[rows], Q[~is_equal], k, 2)
    I[~is_equal] = rows[place]
    copy_of = copy_of.ravel()              # NumPy 2.0 gives it two axes
    return D[copy_of], I[copy_of]


def _are_all_equally_far(X, Q):
    """Return for which queries (m, d) all rows of X are at one distance, and this distance: (m,).

    In _distances each rounded step is monotone: no larger gap leads to a smaller distance. So the
    distance of every row lies between those of the nearest and of the farthest point of the box
    around all rows. If these two are equal, so are all.
    """
    low = X.min(axis=0)
    high = X.max(axis=0)
    nearest = np.clip(Q, low, high)
    farthest = np.where(Q - low > high - Q, low, high)
    distance = _distances(Q.T, nearest.T, 2)
    return distance == _distances(Q.T, farthest.T, 2), distance


def _search_by_screen(X, rows, Q, k, centre, precision):
    """Find the k nearest of some rows of X (n, d) to the queries Q (m, d), for p = 2.

    Rounding errors grow with the lengths of the rows. So the rows come in rounds: the first takes
    those that are shorter than `reach`, the next one longer rows, and so on. Most often the first
    takes them all, or the others are too far from every query.

    Parameters
    ----------
    rows : ndarray of int (r,)
        The numbers of these rows, ascending.
    centre : ndarray (d,)
        The origin of the screen. Near to it the scores are more exact: fewer pairs are left.
    precision : dtype
        np.float32 or np.float64.

    Returns
    -------
    nearest : _Nearest
        What it found. For undecided queries that is of no use.
    undecided : ndarray of int
        The queries of which it leaves too many pairs. If these are more than a quarter, it gives
        up at once and calls all of them undecided.
    """
    if precision == np.float32:
        # For usual data. Half of the rows are about as long as the unit or shorter. The squares of
        # rows of 8 units cost two of the seven digits.
        share = 1 / 2
        first_reach = 8
    else:
        # For hard data, where few rows may be near the centre: one in 64 is shorter than the unit.
        # The squares of rows of 1024 units cost six of the sixteen digits.
        share = 1 / 64
        first_reach = 1024
    unit = _unit(_lengths(_sample(X, rows) - centre), share)
    is_whole = precision == np.float64 and _are_whole(X) and _are_whole(Q)
    tie_break = 0.5**len(X).bit_length() if is_whole else 0.0          # below 1 / len(X)
    screen = _Screen(Q, k, centre, unit, precision, tie_break)

    reach = first_reach
    while len(rows) > 0:
        rows, shortest = _search_round(screen, X, rows, Q, reach, is_first=reach == first_reach)
        needs_more = ~screen.is_undecided & ~screen.are_beyond(shortest)
        if shortest > 4 * _FAR:        # too long for scores, and nearly always too far for all
            screen.is_undecided |= needs_more
            break
        if not needs_more.any():
            break
        reach = first_reach * shortest
    return screen.nearest, np.flatnonzero(screen.is_undecided)


def _search_round(screen, X, rows, Q, reach, is_first):
    """Search those of the rows of X that are shorter than `reach`.

    Return the numbers of the other rows, and the least of their lengths. If the first round leaves
    more than a quarter of the queries undecided, give up: then all are, and no rows remain.
    """
    m, d = Q.shape
    far = []
    far_lengths = []
    # Parts of 16,384 to 32,767 rows, fewer if they are wide. They are equally long, because a short
    # part takes nearly as much time as a long one.
    n_parts = max(1, len(rows) * max(16, d // 4) // _BLOCK)
    for part in np.array_split(rows, n_parts):
        lengths = screen.load(X, part, reach)
        is_far = lengths >= reach
        far.append(part[is_far])
        far_lengths.append(lengths[is_far])
        for queries in _blocks(m, width=max(1, len(part) // 4)):       # 4 * _BLOCK scores
            query, row = screen.open_pairs(queries)
            if is_first and screen.is_undecided.sum() > m / 4:
                screen.is_undecided[:] = True
                return rows[:0], np.inf
            screen.nearest.add(query, row, _pair_distances(Q, X, query, row))
    return np.concatenate(far), np.concatenate(far_lengths).min(initial=np.inf)


class _Screen:
    """Scores s(q, x) = |x|^2 - 2 q.x, and the pairs of a query and a row that they cannot rule out.

    |q - x|^2 = |q|^2 + s(q, x), and |q|^2 is the same for all rows. So the nearest rows of a query
    have the lowest scores, and one matrix product makes all scores: KNN.6. They are wrong by
    rounding, but no more than KNN.7 says. Here q and x count from a centre, in a unit that is a
    power of two.

    Parameters
    ----------
    Q : ndarray (m, d)
        The queries.
    k : int
        The number of neighbours.
    centre : ndarray (d,)
    unit : float
    precision : dtype
        The precision of the scores.
    tie_break : float
        For whole numbers a fraction that, times any row number, is below 1. Else 0.

    Attributes
    ----------
    lengths : ndarray (m, 1)
        |q|.
    left : ndarray (m, d + 1)
        The lines [-2q, 1], the left factor of the product.
    right : ndarray (columns, d + 1)
        The lines [x, |x|^2] of the rows in work, the right factor. For a far row the line is
        [0, inf]. The same lines stand at the end, so that all groups are equally large. They score
        inf, and a score of inf is never looked at.
    rows : ndarray of int (rows,)
        The numbers of the rows in work.
    n_groups : int
        The scores of a query are dealt into so many groups: column c is in group c % n_groups.
    error : ndarray (m, 1)
        How wrong a score of the rows in work can be, at most.
    bounds : ndarray (m, k)
        For each query upper bounds of the true scores of k different rows, the lowest that are
        known. So k rows have scores up to the largest of them.
    nearest : _Nearest
        The nearest rows that were found so far.
    is_undecided : ndarray of bool (m,)
        The queries of which too many pairs are left, or that are too far out for any score.
    """

    def __init__(self, Q, k, centre, unit, precision, tie_break=0.0):
        m, d = Q.shape
        Z = (Q - centre) / unit
        self.k = k
        self.centre = centre
        self.unit = unit
        self.precision = precision
        self.tie_break = tie_break
        self.lengths = np.sqrt(_squares(Z))[:, None]
        self.is_undecided = self.lengths[:, 0] >= _FAR
        self.lengths[self.is_undecided] = 0                            # they take no part
        Z[self.is_undecided] = 0
        self.left = np.ones((m, d + 1), dtype=precision)
        self.left[:, :d] = -2 * Z
        self.bounds = np.full((m, k), np.inf, dtype=precision)
        self.nearest = _Nearest(m, k)

    def load(self, X, rows, reach):
        """Take those of the rows of X into work that are shorter than `reach`, not the others.

        Return the lengths of all of them, (rows,).
        """
        n = len(rows)
        d = X.shape[1]
        self.rows = rows
        self.n_groups = min(n, max(256, 4 * self.k))
        n_columns = -(-n // self.n_groups) * self.n_groups             # n, rounded up
        self.right = np.empty((n_columns, d + 1), dtype=self.precision)
        is_empty = np.ones(n_columns, dtype=bool)                      # no row, or a far one
        lengths = self._write_lines(X, rows)
        is_empty[:n] = lengths >= reach
        self.right[is_empty, :d] = 0
        self.right[is_empty, d] = np.inf
        longest = lengths.max(where=lengths < reach, initial=0)
        if self._are_exact(longest):
            self.right[:n, d] += rows * (self.tie_break / self.unit**2)
            self.error = np.zeros_like(self.lengths)
        else:
            self.error = self._largest_error(longest)
        return lengths

    def _write_lines(self, X, rows):
        """Write the lines [x, |x|^2] of some rows of X. Return their lengths, (rows,)."""
        d = X.shape[1]
        squares = np.empty(len(rows))
        for part in _blocks(len(rows), width=8 * d):                   # so that Z fits in the cache
            Z = (X.take(rows[part], axis=0) - self.centre) / self.unit
            squares[part] = _squares(Z)
            self.right[part, :d] = Z
        self.right[:len(rows), d] = squares
        return np.sqrt(squares)

    def _are_exact(self, longest):
        """Return whether rows up to this length have whole scores without an error.

        Whole numbers do, if a float has bits enough. Then `load` adds a fraction to each score that
        grows with the row number. So of rows with equal scores the first have the lowest, and the
        limit leaves out all but the first k.
        """
        largest = (self.lengths.max() + longest) ** 2      # of |q - x|^2 and of scores, in units
        return largest * self.unit**2 < 2.0**52 * self.tie_break       # 52 bits of the fraction

    def _largest_error(self, longest):
        """Return how wrong the scores of rows up to this length can be, for each query: (m, 1)."""
        d = self.left.shape[1] - 1
        info = np.finfo(self.precision)
        of_score = info.eps * (2 * self.lengths + longest) * longest
        of_distance = np.finfo(float).eps * (self.lengths + longest)**2
        error = (2 * d + 16) * (of_score + of_distance + info.tiny)    # KNN.7; tiny: for underflow
        return error.astype(self.precision)

    def open_pairs(self, queries):
        """Return (query, row) of the pairs of a slice of queries that the scores do not rule out.

        If k different rows have true scores up to a bound, so have the k nearest. Their computed
        scores then do not exceed the limit, which is the bound plus the error. Such a bound comes
        from the minima of the groups, as these belong to different rows. Only the few groups with
        a minimum up to the limit are looked through.
        """
        scores = self.left[queries] @ self.right.T                     # KNN.6
        scores = scores.reshape(len(scores), -1, self.n_groups)        # (queries, size, n_groups)
        minima = scores.min(axis=1)                                    # (queries, n_groups)
        error = self.error[queries]
        bounds = np.hstack([self.bounds[queries], _k_lowest(minima, self.k) + error])
        self.bounds[queries] = _k_lowest(bounds, self.k)
        limit = self.bounds[queries].max(axis=1, keepdims=True) + error                # KNN.7
        limit = np.minimum(limit, np.finfo(self.precision).max)        # below inf

        query, group = np.divmod(np.flatnonzero(minima <= limit), self.n_groups)
        n_left = np.bincount(query, minlength=len(scores))             # groups left of each query
        # The groups of the k nearest are left, and as many again. Where there are far more, the
        # scores are all too close to each other, and to look through them would take too long.
        self.is_undecided[queries] |= n_left > 32 + 2 * self.k
        goes_on = ~self.is_undecided[queries][query]
        query = query[goes_on]
        group = group[goes_on]
        is_left = scores[query, :, group] <= limit[query]              # (groups left, size)
        place, member = np.divmod(np.flatnonzero(is_left), scores.shape[1])
        column = member * self.n_groups + group[place]
        return queries.start + query[place], self.rows[column]

    def are_beyond(self, length):
        """Return which queries have k rows that are nearer than all rows of this length: (m,)."""
        gap = (length - self.lengths[:, 0]) * self.unit * (1 - 1e-6)   # 1e-6: against rounding
        return gap > self.nearest.farthest(slice(None))


def _k_lowest(A, k):
    """Return the k lowest entries of each line of A, in any order; all if a line has fewer."""
    return A if A.shape[1] <= k else np.partition(A, k - 1, axis=1)[:, :k]


def _pair_distances(Q, X, query, row):
    """Return the distance of each pair of a row of Q and a row of X, (pairs,)."""
    distances = np.empty(len(query))
    for part in _blocks(len(query), width=Q.shape[1]):
        A = Q.take(query[part], axis=0).T
        B = X.take(row[part], axis=0).T
        distances[part] = _distances(A, B, 2)
    return distances


def _median(X):
    """Return the median (d,) of each feature in a sample of X. It is an entry of X."""
    sample = _sample(X, np.arange(len(X)))
    middle = len(sample) // 2
    return np.partition(sample, middle, axis=0)[middle]


def _sample(X, rows):
    """Return 128 of these rows of X, spread over all of them, or all if they are 300 or fewer.

    Every 100th row would be a bad sample of data with a period of 100. So the places are fractions
    of multiples of the golden ratio: they fill the unit interval evenly, but without a period.
    (Of 128 such fractions the closest are 1 / 199 apart. So no row comes twice.)
    """
    if len(rows) > 300:
        share = np.arange(128) * (np.sqrt(5) - 1) / 2 % 1
        rows = rows.take(np.sort((share * len(rows)).astype(int)))
    return X.take(rows, axis=0)


def _lengths(A):
    """Return the length of each row of A (rows, d), of any size."""
    largest = abs(A).max(axis=1)
    unit = np.where(largest > 0, largest, 1)
    return unit * np.sqrt(_squares(A / unit[:, None]))


def _unit(lengths, share):
    """Return a power of two near the length that the given share of the lengths does not exceed.

    Lengths of 0 do not count: many rows may be equal to the centre.
    """
    lengths = lengths[lengths > 0]
    if len(lengths) == 0:
        return 1.0
    place = int(share * len(lengths))
    return _power_of_two(np.partition(lengths, place)[place])


def _near_and_far(Q, queries, centre):
    """Divide the numbers of some rows of Q into those near the centre and the others.

    Near are those that are less than 1024 times as far as the nearest sixteenth of them: as in
    _search_by_screen, they cost up to six of the sixteen digits.
    """
    lengths = _lengths(Q[queries] - centre)
    is_near = lengths < 1024 * _unit(lengths, share=1 / 16)
    return queries[is_near], queries[~is_near]


def _are_whole(A):
    """Return whether A (rows, d) holds whole numbers alone."""
    for part in _blocks(len(A), width=8 * A.shape[1]):
        if (A[part] != np.rint(A[part])).any():
            return False
    return True


def _without_surplus_copies(X, k):
    """Return the numbers (r,) of the rows of X (n, d) that have fewer than k copies before them.

    The others are among nobody's k nearest: k rows are as near and have lower numbers. Equal rows
    have equal marks, so they stand side by side in the order of the marks.
    """
    n, d = X.shape
    marks = _marks(X)
    order = marks.argsort(kind="stable")
    marks = marks[order]
    same_mark = np.flatnonzero(marks[1:] == marks[:-1])                # equal to the next mark
    is_copy = np.zeros(n, dtype=bool)      # is the row at this place of `order` like the one before
    for part in _blocks(len(same_mark), width=d):
        i = same_mark[part]
        is_copy[i + 1] = (X[order[i]] == X[order[i + 1]]).all(axis=1)
    place = np.arange(n)
    first = np.maximum.accumulate(np.where(is_copy, 0, place))         # place of its first copy
    return np.sort(order[place - first < k])


def _marks(X):
    """Return a mark (n,) for the rows of X, a weighted sum of the entries: equal for equal rows."""
    with np.errstate(over="ignore", invalid="ignore"):     # inf or nan: a copy may be missed
        return X @ np.sqrt(np.arange(2.0, X.shape[1] + 2))


class _Tree(NamedTuple):
    """A k-d tree. All its leaves lie on one level and hold equally many points.

    Node 1 is the root, node i has the children 2i and 2i + 1, and leaf j is node n_leaves + j. To
    fill up the leaves some rows stand in two places. The second is a filler: nobody's neighbour.

    points : ndarray (n_leaves, d, size), the points of each leaf
    rows : ndarray of int (n_leaves, size), their row numbers
    fillers : ndarray (n_leaves, size), nan for fillers, else 0
    low, high : ndarrays (d, n_leaves), the box around the points of each leaf
    axes : ndarray of int (n_leaves,), the feature that divides an inner node
    cuts : ndarray (n_leaves,), its value there: smaller ones go left, larger ones right
    most_k : int, the most neighbours that the tree can find, see _build_tree
    """

    points: np.ndarray
    rows: np.ndarray
    fillers: np.ndarray
    low: np.ndarray
    high: np.ndarray
    axes: np.ndarray
    cuts: np.ndarray
    most_k: int


def _build_tree(X, k):
    """Halve the rows of X (n, d) again and again, all nodes of a level at once. Return the _Tree.

    No cut divides equal rows, and a query beside many of them would have to measure all. So if a
    sample of X has equal rows, surplus copies are left out, those that no search for k rows needs.
    """
    d = X.shape[1]
    rows = np.arange(len(X))
    most_k = len(X)
    sample_marks = np.sort(_marks(_sample(X, rows)))
    if (sample_marks[1:] == sample_marks[:-1]).any():
        most_k = max(k, _LEAF)
        rows = _without_surplus_copies(X, most_k)
    n_levels = max(0, int(np.ceil(np.log2(len(rows) / _LEAF))))
    n_leaves = 2**n_levels
    size = -(-len(rows) // n_leaves)                                   # rows of a leaf, rounded up
    n_places = n_leaves * size
    # The rows are spread over all places: 0, 0, 1, 2, 2, 3, for instance. Where a row stands in two
    # of them, the second is a filler.
    spread = np.arange(n_places) * len(rows) // n_places
    fillers = np.zeros(n_places)
    fillers[1:][spread[1:] == spread[:-1]] = np.nan
    rows = rows.take(spread)
    points = X.T.take(rows, axis=1)                                    # (d, places)
    place = np.arange(n_places)                                        # where a point stood first
    axes = np.zeros(n_leaves, dtype=int)
    cuts = np.zeros(n_leaves)
    for level in range(n_levels):
        n_nodes = 2**level
        node = np.arange(n_nodes)
        points = points.reshape(d, n_nodes, -1)
        middle = points.shape[2] // 2
        widths = points.max(axis=2) / 2 - points.min(axis=2) / 2       # halves cannot overflow
        axis = widths.argmax(axis=0)                                   # KNN.8
        values = points[axis, node]                                    # (nodes, places of a node)
        order = values.argpartition(middle, axis=1)                    # first the lower half
        axes[n_nodes + node] = axis
        cuts[n_nodes + node] = values[node, order[:, middle]]          # KNN.8
        # From places in a node to places in the level: its first place is added.
        order = (order + points.shape[2] * node[:, None]).ravel()
        points = points.reshape(d, -1).take(order, axis=1)
        place = place.take(order)
    points = points.reshape(d, n_leaves, size)
    place = place.reshape(n_leaves, size)
    return _Tree(points=points.transpose(1, 0, 2).copy(), rows=rows.take(place),
                 fillers=fillers.take(place), low=points.min(axis=2), high=points.max(axis=2),
                 axes=axes, cuts=cuts, most_k=most_k)


def _search_tree(tree, Q, k, p):
    """Do as _measure_all does, with the tree of the rows in their place.

    First each query measures the leaves around it. The k-th nearest of their points gives it a
    ball in which all its neighbours lie. Then the tree is searched from the root, as a list of
    pairs of a query and a node: all queries at once, one level after the other, and only into the
    nodes that meet the ball.
    """
    m = len(Q)
    n_leaves, d, size = tree.points.shape
    nearest = _Nearest(m, k)
    query = np.arange(m)
    node = np.ones(m, dtype=int)
    while node[0] < n_leaves:
        goes_right = Q[query, tree.axes[node]] > tree.cuts[node]
        node = 2 * node + goes_right
    # The home of a query: a few leaves side by side, its own among them, with more than 2k points.
    # Their number is a power of two, so that all homes are equally large.
    n_home = min(n_leaves, 2**(2 * k // size).bit_length())
    home = (node - n_leaves) // n_home
    leaves = home[:, None] * n_home + np.arange(n_home)                # (queries, n_home)
    _measure_leaves(tree, Q, p, nearest, query, leaves)

    # The list is worked off in pieces, each of them on one level, so that it never becomes long.
    most_pairs = max(1, 16 * _BLOCK // (d * size))
    pieces = [(query, np.ones(m, dtype=int))]
    while pieces:
        query, node = pieces.pop()
        half = len(query) // 2
        if len(query) > most_pairs:
            pieces.append((query[half:], node[half:]))
            pieces.append((query[:half], node[:half]))
        elif len(query) > 0 and node[0] < n_leaves:
            pieces.append(_children(tree, Q, nearest, query, node))
        else:
            leaf = node - n_leaves
            is_new = leaf // n_home != home[query]
            _visit_leaves(tree, Q, p, nearest, query[is_new], leaf[is_new])
    return nearest.result()


def _children(tree, Q, nearest, query, node):
    """Return the pairs (query, child) of the children that the ball of each query meets.

    query, node : ndarrays of int (pairs,), the pairs one level above
    """
    q = Q[query, tree.axes[node]]
    radius = nearest.farthest(query) * (1 + 1e-9)                      # 1e-9: against rounding
    cut = tree.cuts[node]
    meets = np.stack([q - radius <= cut, q + radius >= cut], axis=1)   # left, right
    pair, is_right = np.divmod(np.flatnonzero(meets), 2)
    return query[pair], 2 * node[pair] + is_right


def _visit_leaves(tree, Q, p, nearest, query, leaf):
    """Measure the pairs of a query and a leaf, both (pairs,), whose box meets the ball.

    `query` is ascending. All queries take turns: first each takes one leaf, then another, then two
    at once, then four, and so on. Meanwhile their balls shrink, and the boxes that a ball meets no
    more are skipped.
    """
    q = Q[query].T                                                     # (d, pairs)
    box_point = np.clip(q, tree.low.take(leaf, axis=1), tree.high.take(leaf, axis=1))
    gap = _distances(q, box_point, p) * (1 - 1e-9)                     # 1e-9: against rounding
    meets = gap <= nearest.farthest(query)                             # KNN.9
    query = query[meets]
    # The first leaf of each query has turn 0, the next one turn 1, and so on.
    turn = np.arange(len(query)) - query.searchsorted(query)
    order = np.argsort(turn, kind="stable")
    turn = turn[order]
    query = query[order]
    leaf = leaf[meets][order]
    gap = gap[meets][order]

    start = 0
    next_turn = 1                          # 1, 2, 4, 8, ...: the turns below it come now
    while start < len(query):
        stop = turn.searchsorted(next_turn)
        meets = gap[start:stop] <= nearest.farthest(query[start:stop])
        i = start + np.flatnonzero(meets)
        _measure_leaves(tree, Q, p, nearest, query[i], leaf[i, None])
        start = stop
        next_turn *= 2


def _measure_leaves(tree, Q, p, nearest, query, leaves):
    """Measure each query (pairs,) to all points of its leaves (pairs, leaves)."""
    k = nearest.keys.shape[1]
    # The points of a block are _BLOCK / 4 numbers, which stay in the cache.
    for part in _blocks(len(query), width=4 * leaves.shape[1] * tree.points[0].size):
        asked = query[part]
        some = leaves[part]
        A = Q[asked].T[:, :, None, None]                               # (d, pairs, 1, 1)
        B = np.moveaxis(tree.points.take(some, axis=0), 2, 0)          # (d, pairs, leaves, size)
        D = _distances(A, B, p) + tree.fillers.take(some, axis=0)
        D = D.reshape(len(asked), -1)                                  # (pairs, points)
        rows = tree.rows.take(some, axis=0).reshape(D.shape)
        limit = _kth_lowest_or_more(D, k, nearest.farthest(asked)[:, None])
        pair, point = np.divmod(np.flatnonzero(D <= limit), D.shape[1])
        nearest.add(asked[pair], rows[pair, point], D[pair, point])


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


def _squares(A):
    """Return the squared length of each row of A (rows, d): (A * A).sum(axis=1) in one pass."""
    return np.einsum("ij,ij->i", A, A)


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


def _check_y(y, X, numeric=False, name="y"):
    """Return y as an array (n,), one entry for each row of X.

    Its entries are finite float64 numbers if `numeric`, else class labels of one kind. `name` is
    what error messages call y.
    """
    if y is None:
        raise ValueError(f"fit requires {name} to be passed, but the target {name} is None")
    given = y
    y = _as_array(y, name)
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.shape != (len(X),):
        raise ValueError(f"{name} should be a 1d array with one entry for each row of X: expected "
                         f"shape ({len(X)},), got {y.shape}")
    if numeric:
        return _as_array(given, name, numeric=True).reshape(len(X))
    if y.dtype.kind == "f":
        numbers = _as_array(y, name, numeric=True)                     # refuses nan and infinity
        if (numbers != np.floor(numbers)).any():
            raise ValueError(f"Unknown label type: {name} is continuous, a classifier needs class "
                             "labels")
    elif y.dtype.kind not in "biu":
        _check_labels(given, name)
    return y


def _check_labels(y, name):
    """Refuse labels that are missing, and text mixed with other values.

    NumPy turns ["a", nan] and ["a", 1] into text, so this looks at y as it was given.
    """
    y = y if isinstance(y, np.ndarray) else np.array(y, dtype=object)
    if y.dtype.kind in "US":
        return
    labels = y.ravel().tolist()
    for label in labels:
        if _is_missing(label):
            raise ValueError(f"{name} holds a missing label ({label}): leave such rows out")
    texts = [label for label in labels if isinstance(label, (str, bytes))]
    others = [label for label in labels if not isinstance(label, (str, bytes))]
    if texts and others:
        raise TypeError(f"Unknown label type: {name} mixes strings with other values, "
                        f"{texts[0]!r} with {others[0]!r}")


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
