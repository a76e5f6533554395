"""k-means clustering: k centres, each the mean of the rows that are nearest to it.

If the centres were known, each row would belong to the nearest one. If it were known which rows
belong together, each centre would be their mean. Lloyd's algorithm knows neither. It guesses the
centres and then takes these two steps in turns, until nothing changes.

Objective: the inertia J(l, C) = sum_i w_i |x_i - c_{l_i}|^2, to be made small by the choice of
the labels l and the centres C. The weights w_i are 1, if none are given                  KM.1

Algorithm (Lloyd). The steps have the names of the functions below, and the four inside `lloyd`
those of the methods of _Clusters.
    k_means_plus_plus    draw k rows far from each other: the first centres         KM.8, KM.9
    lloyd                repeat, until no label changes or the centres hardly move:
        assign           l_i = argmin_j |x_i - c_j|^2, each row to its nearest centre     KM.2
        reseed           a centre without rows moves to the row farthest from its own     KM.7
        update           c_j = S_j / n_j, each centre to the mean of its rows             KM.4
        inertia          J, which none of these steps raises                              KM.5
    mini_batches         the same, with an update after every few rows                   KM.10

Symbols: n samples (rows), d features, k clusters; in a shape, "rows" is some of the n rows.
    X (n, d)       the rows x_i              C (k, d)    the centres c_j
    l (n,)         the label of each row     D (k, rows) squared distances of rows from centres
    w (n,)         the weights of the rows: a row of weight 2 counts as two equal rows
    S (k, d)       the sum of the rows of each cluster, and n_j (k,) their number, both weighted
    E (n,)         squared distance of each row from the nearest of the centres drawn so far
    B (rows, d)    some rows, less the mean of all
Cost: O(n k d) time a round. Memory: a copy of X in single precision, and a few numbers a row.

Follows Lloyd (1982), Arthur & Vassilvitskii (2007) and Sculley (2010): see KMeans.
"""

import math
import warnings
from typing import NamedTuple

import numpy as np


class KMeans:
    """k-means clustering, by Lloyd's algorithm or by mini-batches.

    A row that is equally near to two centres (up to rounding) gets the lower label. If X has
    fewer distinct rows than `n_clusters`, every distinct row gets a centre, and `fit` warns that
    the other centres have no rows.

    Parameters
    ----------
    n_clusters : int, default=8
        The number of clusters, from 1 to n_samples.
    init : {"k-means++", "random"} or array of shape (n_clusters, n_features), default="k-means++"
        Where the centres start. "k-means++" draws rows of X one after the other, with chances in
        proportion to the squared distance from the nearest centre so far, and of a few such
        draws keeps the best. "random" draws rows with equal chances. In both, a row of weight 2
        has twice the chance. An array holds the centres themselves.
    n_init : "auto" or int, default="auto"
        The number of starts. The one that ends with the lowest inertia is kept. "auto" is 10 for
        "random" and 1 for "k-means++". An array as `init` is always one start.
    batch_size : int or None, default=None
        The number of rows in a mini-batch. With None, or with n_samples and more, `fit` runs
        Lloyd's algorithm on all rows.
    max_iter : int, default=300
        The most rounds of each start. With mini-batches a round is an epoch, one pass through
        all rows.
    tol : float or None, default=1e-4
        Stop when the squared distances that the centres move in a round add up to at most `tol`
        times the mean variance of the features. With 0 Lloyd's algorithm goes on until no label
        changes. None is the same as 0, but `fit` does not warn when it stops at `max_iter`.
    random_state : None, int or numpy.random.Generator, default=None
        What draws the starts and the mini-batches. An int makes the result repeatable.

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_features)
        The centres.
    labels_ : ndarray of int, shape (n_samples,)
        The number of the centre nearest to each row of X, from 0 to n_clusters - 1.
    inertia_ : float
        The sum of the squared distances of the rows from their centres, each times the weight of
        its row, in squared units of X. It is inf or 0 where it lies beyond the range of floats.
    n_iter_ : int
        The number of rounds (with mini-batches: epochs) of the start that was kept.
    inertia_history_ : ndarray of shape (n_half_steps,)
        The inertia after each half-step: assign, update, assign, ... There are two in a round,
        and one more assign if the last round changed labels. It never rises. With mini-batches:
        after each epoch, and it may rise. The last one is `inertia_`.
    centers_history_ : ndarray of shape (n_iter_ + 1, n_clusters, n_features)
        The start, and the centres after each round.
    n_features_in_ : int
        The number of features that `fit` saw.
    feature_names_in_ : ndarray of str, shape (n_features,)
        The names of the columns of X. It is only there if X was a table with such names.

    References
    ----------
    S. Lloyd (1982), "Least squares quantization in PCM".
    D. Arthur and S. Vassilvitskii (2007), "k-means++: the advantages of careful seeding".
    D. Sculley (2010), "Web-scale k-means clustering".

    Examples
    --------
    >>> from k_means import KMeans
    >>> X = [[1], [2], [3], [8], [9], [13]]
    >>> model = KMeans(2, init=[[1], [2]]).fit(X)
    >>> model.cluster_centers_.tolist()
    [[2.0], [10.0]]
    >>> model.labels_.tolist()
    [0, 0, 0, 1, 1, 1]
    >>> model.inertia_history_.tolist()
    [207.0, 82.0, 46.0, 16.0, 16.0, 16.0]
    >>> model.predict([[5], [7]]).tolist()
    [0, 1]
    """

    def __init__(self, n_clusters: int = 8, *, init: str | np.ndarray = "k-means++",
                 n_init: int | str = "auto", batch_size: int | None = None, max_iter: int = 300,
                 tol: float | None = 1e-4,
                 random_state: int | np.random.Generator | None = None):
        self.n_clusters = n_clusters
        self.init = init
        self.n_init = n_init
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state

    def fit(self, X, y=None, sample_weight=None) -> "KMeans":
        """Find the centres of the clusters of X.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            The rows to cluster.
        y : None
            Not used. It is here because `fit` of other models takes targets.
        sample_weight : array of shape (n_samples,), default=None
            How many times each row counts, >= 0. None is once. A row of weight 0 only gets a
            label in the end.

        Returns
        -------
        self : KMeans
        """
        names = _feature_names(X)
        X = _check_X_or_file(X)
        weights = _check_weights(sample_weight, X)
        n_rows = np.count_nonzero(weights)                          # a row of weight 0 is no row
        init_centres, n_init = self._check_hyperparameters(n_rows, X.shape[1])
        rng = _check_random_state(self.random_state)

        data, init_centres, unit, weight_unit = _prepare(X, weights, init_centres)
        allowed = self._allowed_movement(data)
        best = None
        for _ in range(n_init):
            C = self._start(data, init_centres, rng)
            if self.batch_size is None or self.batch_size >= data.n:
                run = _lloyd(data, C, allowed, self.max_iter)
            else:
                run = _mini_batches(data, C, allowed, self.max_iter, self.batch_size, rng)
            if best is None or run.J[-1] < best.J[-1]:
                best = run

        # Back to the origin of X, and to the units of X and of the weights.
        self.centers_history_ = (np.array(best.path) + data.mean) * unit
        self.cluster_centers_ = self.centers_history_[-1].copy()
        self.labels_ = best.labels.astype(np.int32)
        with np.errstate(over="ignore", under="ignore"):    # inf or 0 in extreme units
            self.inertia_history_ = best.J * unit * unit * weight_unit
        self.inertia_ = float(self.inertia_history_[-1])
        self.n_iter_ = len(best.path) - 1
        self.n_features_in_ = X.shape[1]
        self.feature_names_in_ = names
        if names is None:
            del self.feature_names_in_                      # it may be there from an earlier fit
        if data.n < len(X):                                 # rows of weight 0 have no label yet
            self.labels_ = self.predict(X)
        self._give_warnings(best, allowed, unit)
        return self

    def predict(self, X):
        """Return the number of the nearest centre for each row of X.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Rows with the features that `fit` saw.

        Returns
        -------
        labels : ndarray of int, shape (n_samples,)
        """
        X = _check_X_or_file(X, fitted=self)
        X, C, _ = _in_range(X, self.cluster_centers_)
        k, d = C.shape
        mean = C.mean(axis=0)                       # any origin near the centres will do
        labels = np.empty(len(X), dtype=np.int32)
        for part in _blocks(len(X), width=d + k):   # so that no copy of the whole X is made
            labels[part] = _CentredRows(X[part], mean).nearest(C - mean)
        return labels

    def transform(self, X):
        """Return the distance of each row of X from each centre.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Rows with the features that `fit` saw.

        Returns
        -------
        distances : ndarray of shape (n_samples, n_clusters)
            With ten right digits.
        """
        X = _check_X_or_file(X, fitted=self)
        X, C, unit = _in_range(X, self.cluster_centers_)
        k, d = C.shape
        mean = C.mean(axis=0)                       # any origin near the centres will do
        distances = np.empty((len(X), k))
        for part in _blocks(len(X), width=d + k):
            data = _CentredRows(X[part], mean, precision=np.float64)
            D = data.squared_distances(C - mean, digits=10)
            distances[part] = np.sqrt(D).T
        return distances * unit

    def fit_predict(self, X, y=None, sample_weight=None):
        """Fit the model as `fit` does and return `labels_` (n_samples,)."""
        return self.fit(X, sample_weight=sample_weight).labels_

    def fit_transform(self, X, y=None, sample_weight=None):
        """Fit the model as `fit` does. Return the distances of X, as `transform` gives them."""
        return self.fit(X, sample_weight=sample_weight).transform(X)

    def _start(self, data, init_centres, rng):
        """Return the centres (k, d) to start from, less the mean of the rows.

        `data` is a _CentredRows, and `init_centres` are the centres (k, d) of `init`, or None.
        """
        if init_centres is not None:
            return init_centres - data.mean
        if self.init == "random":
            drawn = rng.choice(data.n, self.n_clusters, replace=False, p=data.chances)
            return data.get(drawn)
        return _k_means_plus_plus(data, self.n_clusters, rng)

    def _allowed_movement(self, data):
        """Return how far the centres may move in a round and still count as at rest.

        All centres together move by the root of the sum of their squared movements. `tol` limits
        this sum, in terms of the mean variance of the features, which is T / (d sum w).
        """
        tol = 0 if self.tol is None else self.tol
        mean_variance = data.variation / (data.weights.sum() * data.X.shape[1])
        return np.sqrt(tol * mean_variance)

    def _check_hyperparameters(self, n, d):
        """Refuse hyperparameters that do not fit to n rows of d features.

        Returns
        -------
        init_centres : ndarray (k, d) of float, those of `init`, or None if they are to be drawn
        n_init : int, the number of starts
        """
        is_drawn = isinstance(self.init, str)
        if is_drawn:
            _check_option("init", self.init, ("k-means++", "random"), other="an array")
        _check_number("n_clusters", self.n_clusters, 1, integer=True)
        _check_number("max_iter", self.max_iter, 1, integer=True)
        if self.batch_size is not None:
            _check_number("batch_size", self.batch_size, 1, integer=True)
        if self.tol is not None:
            _check_number("tol", self.tol, 0)
        n_init = self.n_init
        if isinstance(n_init, str) and n_init == "auto":
            n_init = 10 if is_drawn and self.init == "random" else 1
        _check_number("n_init", n_init, 1, integer=True)
        if self.n_clusters > n:
            raise ValueError(f"n_clusters={self.n_clusters} is more than the {n} samples")
        if is_drawn:
            return None, n_init

        init_centres = _as_array(self.init, "init", numeric=True)
        shape = (self.n_clusters, d)
        if init_centres.shape != shape:
            raise ValueError(f"init must have shape {shape}, got {init_centres.shape}")
        return init_centres, 1

    def _give_warnings(self, run, allowed, unit):
        """Warn if `fit` stopped before the centres were at rest, or if centres have no rows.

        `run` is the start that was kept (a _Run), and `allowed` the distance that `tol` allows in
        a round. The distances are in `unit` of X. Rows of weight 0 do not count.
        """
        if self.tol is not None and run.moved > allowed:
            warnings.warn(f"k-means stopped at max_iter={self.max_iter}: its centres moved by "
                          f"{run.moved * unit:.3g}, tol={self.tol:g} allows {allowed * unit:.3g}",
                          RuntimeWarning, stacklevel=3)
        n_used = np.count_nonzero(np.bincount(run.labels))
        if n_used < self.n_clusters:
            warnings.warn(f"only {n_used} of the {self.n_clusters} clusters have rows: X has fewer "
                          "distinct rows than n_clusters, or max_iter is small",
                          RuntimeWarning, stacklevel=3)


# ---- The algorithm ----
#
# Here `data` is the rows of X less their mean, so that the origin is the mean of all. Its class,
# _CentredRows, stands in the next part. It answers these questions:
#     data.get(i)                       the rows with the numbers i, as B (rows, d)
#     data.nearest(C)                   the number of the nearest centre of each row, (n,)
#     data.squared_distances(C, ...)    from every row to every centre, (k, n)
#     data.squared_to_own(C, labels)    from every row to the centre of its label, (n,)
#     data.n, data.weights              the number of rows, and w (n,)
#     data.chances                      None, or the chance of each row to be drawn, (n,)
#     data.variation                    T of KM.5
# From the next part also come _blocks, which cuts many rows into blocks of a few thousand, and
# _product(A, B), which is A @ B.


def _k_means_plus_plus(data, k, rng):
    """Draw k rows that lie far from each other. Return them as centres (k, d) to start from.

    The first is any row, a heavy one with a greater chance. Before each next centre a few
    candidates are drawn. A row has a greater chance if it is far from the centres so far, or
    heavy. The candidate that would leave the least inertia becomes a centre. (This is the greedy
    form of k-means++.) The squared distances have two right digits, which are enough to draw by.
    """
    n_candidates = 2 + int(np.log(k))
    C = data.get(rng.choice(data.n, size=1, p=data.chances))
    E = data.squared_distances(C, digits=2)[0]                         # (n,)
    while len(C) < k:
        # Lay n pieces of the lengths w_i E_i end to end on a line. A random point of the line lies
        # on piece i with the chance p_i of KM.8. Piece i is the first one that ends beyond the
        # point, so a piece of length 0 is never drawn. The last end is left out: a point that
        # is rounded up to the end of the line belongs to the last piece.
        ends = np.cumsum(data.weights * E)
        points = rng.uniform(size=n_candidates) * ends[-1]
        drawn = np.searchsorted(ends[:-1], points, side="right")                       # KM.8
        candidates = data.get(drawn)
        to_candidates = data.squared_distances(candidates, digits=2)
        E_with = np.minimum(E, to_candidates)      # (n_candidates, n): E with this candidate, too
        best = (E_with @ data.weights).argmin()                                        # KM.9
        C = np.vstack([C, candidates[best]])
        E = E_with[best]
    return C


def _nearest_centre(B, C):
    """Return the number of the nearest centre of C (k, d) for each row of B (rows, d).

    This is the definition. `data.nearest` gives the same labels for all rows, and is faster.
    """
    distances = np.sqrt([_squares(B - c) for c in C])                  # (k, rows)       KM.2
    least = distances.min(axis=0)
    # When the mean was taken off the rows, they were rounded. A tie must stay a tie all the same:
    # distances count as equal if they differ by rounding alone, and the lowest number wins. (1e-14
    # is 45 times the spacing of double precision, because a distance has several roundings.)
    rounding = 1e-14 * (least + np.sqrt(_squares(B)))
    return (distances <= least + rounding).argmax(axis=0)              # the first that is True


class _Clusters:
    """The k clusters: their centres, and which row belongs to which.

    The methods are the steps of Lloyd's algorithm.

    Parameters
    ----------
    data : _CentredRows
        The rows.
    C : ndarray (k, d)
        The centres to start from.

    Attributes
    ----------
    centres : ndarray (k, d)
        The centres c_j. A step that moves them makes a new array.
    labels : ndarray (n,)
        The label l_i of each row, -1 before the first `assign`.
    sums : ndarray (k, d)
        S_j, the sum of the rows of each cluster, each row times its weight.
    sizes : ndarray (k,)
        n_j, the sum of the weights of the rows of each cluster. It is 0 if there are none.
    """

    def __init__(self, data, C):
        self.data = data
        self.centres = C
        self.labels = np.full(data.n, -1)
        self.sums = np.zeros_like(C)
        self.sizes = np.zeros(len(C))

    def assign(self):
        """Give each row to its nearest centre. Return the number of labels that change.

        The sizes and sums follow. Only a row whose label changes leaves a cluster and joins
        another, and after the first rounds such rows are few. (If each round added up all rows
        anew, the whole fit would take 1.6 to 3 times as long.)
        """
        k, d = self.centres.shape
        labels = self.data.nearest(self.centres)                                       # KM.2
        changed = np.flatnonzero(labels != self.labels)
        for part in _blocks(len(changed), width=d + k):
            i = changed[part]
            # (k, rows): 1 where a row joins a cluster, -1 where it leaves one, 0 elsewhere. In the
            # first round the old label is -1, and so no row leaves any.
            joins = _one_hot(labels[i], k) - _one_hot(self.labels[i], k)
            weights = self.data.weights[i, None]                       # (rows, 1)
            self.sums += _product(joins, weights * self.data.get(i))
        self.sizes = np.bincount(labels, self.data.weights, minlength=k)
        self.labels = labels
        return len(changed)

    def reseed(self):
        """Move each centre without rows to the row farthest from its own centre.

        That row becomes the first of the cluster. Its term of J falls to 0 and no other term
        changes. If the row was alone in its old cluster, that cluster is empty now and will be
        next. As J falls each time, this ends. Return the number of moves.
        """
        n_moved = 0
        while not self.sizes.all():
            squared = self.data.squared_to_own(self.centres, self.labels)
            i = squared.argmax()                                                       # KM.7
            if squared[i] <= 1e-28 * self.data.variation:
                break                      # up to rounding each row lies on its centre
            j = self.sizes.argmin()        # an empty cluster: its size is 0
            x = self.data.get(i)
            weight = self.data.weights[i]
            old = self.labels[i]
            self.labels[i] = j
            self.sums[j] = weight * x
            self.sizes[j] = weight
            self.sums[old] -= weight * x
            self.sizes[old] -= weight
            if not (self.labels == old).any():      # the last row has left: leave no rounding
                self.sums[old] = 0
                self.sizes[old] = 0
            self.centres = self.centres.copy()      # _lloyd keeps the old ones
            self.centres[j] = x
            n_moved += 1
        return n_moved

    def update(self):
        """Move each centre to the mean of its rows. A centre without rows stays."""
        sizes = self.sizes[:, None]
        means = self.sums / np.where(sizes > 0, sizes, 1)                              # KM.4
        self.centres = np.where(sizes > 0, means, self.centres)

    def inertia(self):
        """Return J of the labels and the centres.

        The sums and sizes are enough for it. (If it added up all squared distances, as KM.1 says,
        the whole fit would take 1.3 to 3 times as long.)
        """
        squares = self.sizes @ _squares(self.centres)
        products = (self.sums * self.centres).sum()
        return self.data.variation + squares - 2 * products                            # KM.5


class _Run(NamedTuple):
    """What one start leads to.

    J : ndarray, the inertia after each half-step of Lloyd, or each epoch of mini-batches
    path : list of ndarrays (k, d), the start and the centres after each round
    labels : ndarray (n,), the number of the nearest of the last centres for each row
    moved : float, the distance that the centres moved in the last round, all together
    """

    J: np.ndarray
    path: list
    labels: np.ndarray
    moved: float


def _lloyd(data, C, allowed, max_iter):
    """Assign, re-seed and update in turns, until nothing changes.

    Parameters
    ----------
    data : _CentredRows
        The rows.
    C : ndarray (k, d)
        The centres to start from.
    allowed : float
        The centres are at rest if they move by no more than this in a round.
    max_iter : int
        The most rounds.

    Returns
    -------
    _Run
    """
    clusters = _Clusters(data, C)
    path = [C]
    J = []
    for _ in range(max_iter):
        n_changed = clusters.assign()
        n_reseeded = clusters.reseed()
        J.append(clusters.inertia())
        clusters.update()
        J.append(clusters.inertia())
        path.append(clusters.centres)
        moved = np.linalg.norm(path[-1] - path[-2])
        settled = n_changed == 0 and n_reseeded == 0
        if settled or moved <= allowed:
            break
    if not settled:                    # the centres have moved since the labels were given
        clusters.assign()
        J.append(clusters.inertia())
    return _Run(_without_rounding(J, clusters), path, clusters.labels, moved)


def _mini_batches(data, C, allowed, max_iter, batch_size, rng):
    """Update the centres after every few rows, until an epoch hardly moves them.

    An epoch is one pass through all rows, in a new random order. Each centre is the mean of the
    rows that were dealt to it since it was last seeded. One that was dealt no row in an epoch is
    seeded anew, with one of the rows that are farthest from their centres.

    Parameters
    ----------
    data : _CentredRows
        The rows.
    C : ndarray (k, d)
        The centres to start from.
    allowed : float
        The centres are at rest if they move by no more than this in an epoch.
    max_iter : int
        The most epochs.
    batch_size : int
        The most rows of a batch.
    rng : Generator
        It deals the rows.

    Returns
    -------
    _Run
    """
    k = len(C)
    n_batches = math.ceil(data.n / batch_size)
    dealt = np.zeros((k, 1))                                           # N_j of KM.10
    path = [C]
    J = []
    for _ in range(max_iter):
        dealt_before = dealt.copy()
        for batch in np.array_split(rng.permutation(data.n), n_batches):
            B = data.get(batch)                                        # the mean is off already
            batch_labels = _CentredRows(B, mean=0).nearest(C)                          # KM.2
            members = _one_hot(batch_labels, k) * data.weights[batch]
            sums = _product(members, B)                                # R_j, (k, d)
            sizes = members.sum(axis=1, keepdims=True)                 # m_j, (k, 1)
            dealt += sizes
            C = C + (sums - sizes * C) / np.where(dealt > 0, dealt, 1)                 # KM.10
        path.append(C)
        labels = data.nearest(C)
        squared = data.squared_to_own(C, labels)
        J.append((data.weights * squared).sum())                                       # KM.1
        moved = np.linalg.norm(path[-1] - path[-2])
        if moved <= allowed:
            break
        idle = np.flatnonzero(dealt == dealt_before)
        if len(idle) > 0:
            farthest = squared.argsort()[-len(idle):]
            C = C.copy()
            C[idle] = data.get(farthest)                                               # KM.7
            dealt[idle, 0] = data.weights[farthest]                    # dealt this one row so far
    return _Run(np.array(J), path, labels, moved)


def _one_hot(labels, k):
    """Return a table (k, rows) of floats: 1 where the row has the label, 0 elsewhere."""
    numbers = np.arange(k, dtype=labels.dtype)
    return (labels == numbers[:, None]).astype(float)


def _squares(A):
    """Return the squared length of each row of A (rows, d): (A * A).sum(axis=1) in one pass."""
    return np.einsum("ij,ij->i", A, A)


# ---- Arithmetic: fast, small, safe ----
#
# A first reading may skip this part: it changes no label and no centre. What it buys, measured
# by leaving out each piece in turn (Lloyd on 3,000 to 100,000 rows, 8 to 100 clusters):
#     all distances by one matrix product, KM.3       7 to 11 times as fast as by differences
#     in single precision, double if in doubt, KM.6   up to 1.5 times as fast, half the memory
#     blocks of rows                                  14 MB and not 51 (100,000 rows, 10 clusters)
#     a mapped file in blocks                         1.6 times a float32 file in memory, not 3.6
#     small matrix products                           up to 40 times as fast on two busy cores
#     a power of two as the unit of X                 right answers at 1e300 and at 1e-300

_BLOCK = 2**18      # numbers in a block of rows: 1 MB in single precision
_PRODUCT = 2**19    # multiplications in a matrix product: BLAS shares larger ones among threads,
#                     and waiting for these threads takes longer than the product


class _CentredRows:
    """The rows of X less a mean, and their distances from any centres.

    KM.3 finds the distances by one matrix product, but loses digits if the rows are far from the
    origin. So the mean is taken off the rows. The same mean must be off the centres C.

    Parameters
    ----------
    X : ndarray (n, d)
        The rows.
    mean : ndarray (d,) or 0
        A point among the rows, the new origin.
    weights : ndarray (n,), default=None
        The weights of the rows, > 0. None makes them 1.
    precision : dtype
        The precision of the matrix product. All else is in double precision.

    Attributes
    ----------
    n : int
        The number of rows.
    weights : ndarray (n,)
        The weights of the rows.
    variation : float
        The sum of the squared lengths of the rows, each times its weight: T of KM.5.
    Z : ndarray (d + 2, n)
        The right factor of KM.3. Column i holds 1, |x_i|^2 and x_i.
    delta : float
        A squared distance D of KM.3 may be wrong by delta * (|x|^2 + D), and where D is small,
        by about delta * |x|^2: see KM.6.
    """

    def __init__(self, X, mean, weights=None, precision=np.float32):
        n, d = X.shape
        self.X = X
        self.mean = mean
        self.weights = np.ones(n) if weights is None else weights
        self.n = n
        self.variation = 0.0
        self.Z = np.empty((d + 2, n), dtype=precision)
        self.delta = (d + 8) * np.finfo(precision).eps
        self.Z[0] = 1
        for part in _blocks(n, width=d + 1):
            B = self.get(part)
            squares = _squares(B)
            self.Z[1, part] = squares
            self.Z[2:, part] = B.T
            self.variation += (self.weights[part] * squares).sum()

    @property
    def chances(self):
        """The chance of each row to be drawn, (n,), or None if all have the same."""
        if (self.weights == self.weights[0]).all():
            return None
        return self.weights / self.weights.sum()

    def get(self, i):
        """Return the rows i (a slice, row numbers or one number) less the mean, (rows, d)."""
        if isinstance(i, slice):
            return self.X[i] - self.mean
        return self.X.take(i, axis=0) - self.mean      # as X[i], in a third of the time

    def nearest(self, C):
        """Return the number of the nearest centre of C (k, d) for each row, (n,).

        Single precision settles almost every row. A row may have rivals: two or more centres that
        are equally near up to rounding. Then the definition decides.
        """
        k, d = C.shape
        numbers = np.arange(k, dtype=np.min_scalar_type(k))[:, None]   # small integers are fast
        labels = np.empty(self.n, dtype=numbers.dtype)
        contested = []
        for part, D in self._distances_by_product(C):
            squares = self.Z[1, part]
            limit = (1 + 3 * self.delta) * D.min(axis=0) + 3 * self.delta * squares
            is_rival = D <= limit                                      # (k, rows)       KM.6
            # If a row has one rival only, the maximum finds its number. The maximum and the
            # count together take a sixth to a half of the time of D.argmin(axis=0).
            labels[part] = (numbers * is_rival).max(axis=0)
            n_rivals = is_rival.sum(axis=0, dtype=numbers.dtype)
            contested.append(part.start + np.flatnonzero(n_rivals > 1))

        contested = np.concatenate(contested)
        for part in _blocks(len(contested), width=d + k):
            i = contested[part]
            labels[i] = _nearest_centre(self.get(i), C)
        return labels

    def squared_distances(self, C, digits):
        """Return the squared distances (k, n) of all rows from C (k, d), to `digits` digits.

        KM.3 may be wrong by about delta |x|^2. So it has enough digits where D is at least
        10^digits times as large. Smaller ones are computed by KM.2.
        """
        D = np.empty((len(C), self.n), dtype=self.Z.dtype)
        for part, block in self._distances_by_product(C):
            D[:, part] = block
            error = self.delta * self.Z[1, part]
            j, i = np.nonzero(block <= 10.0**digits * error)
            i += part.start
            D[j, i] = _squares(self.get(i) - C[j])                                     # KM.2
        return D

    def squared_to_own(self, C, labels):
        """Return the squared distance (n,) of each row from the centre of its label."""
        k, d = C.shape
        squared = np.empty(self.n)
        for part in _blocks(self.n, width=d + k):
            own = C.take(labels[part], axis=0)
            squared[part] = _squares(self.get(part) - own)                             # KM.1
        return squared

    def _distances_by_product(self, C):
        """Yield slices of the rows, each with its squared distances D (k, rows) from C (k, d)."""
        k, d = C.shape
        factor = np.empty((k, d + 2), dtype=self.Z.dtype)              # the left factor of KM.3
        factor[:, 0] = _squares(C)
        factor[:, 1] = 1
        factor[:, 2:] = -2 * C
        for part in _blocks(self.n, width=d + k):
            Z = self.Z[:, part]
            n_rows = Z.shape[1]
            D = np.empty((k, n_rows), dtype=Z.dtype)
            for piece in _pieces(n_rows, work=factor.size):
                np.matmul(factor, Z[:, piece], out=D[:, piece])                        # KM.3
            yield part, D


def _without_rounding(J, clusters):
    """Return the list J as an array that never rises and whose last value has all its digits.

    If the clusters are tight, the terms of KM.5 cancel, and KM.1 gives the last value instead. A
    half-step that changes almost nothing may seem to raise J by rounding. That rise is taken off.
    """
    J = np.array(J)
    data = clusters.data
    if J[-1] < 1e-3 * data.variation:
        squared = data.squared_to_own(clusters.centres, clusters.labels)
        J[-1] = (data.weights * squared).sum()                                         # KM.1
    J = np.maximum(J, J[-1])
    return np.minimum.accumulate(J)


def _product(A, B):
    """Return A @ B, of A (k, rows) and B (rows, d), as the sum of products of a few rows each."""
    pieces = _pieces(len(B), work=len(A) * B.shape[1])
    return sum(A[:, i] @ B[i] for i in pieces)


def _pieces(n, work):
    """Yield slices that cover n rows, each small enough for one matrix product.

    As in _blocks, but here each has about _PRODUCT multiplications, `work` of them a row.
    """
    size = max(64, _PRODUCT // work)
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))


def _prepare(X, weights, init_centres):
    """Return centred rows and the given start, if any, in units in which no square overflows.

    X (n, d) are the rows, weights (n,) their weights, init_centres (k, d) the start, or None.

    Returns
    -------
    data : _CentredRows, the rows of weight above 0, in `unit`
    init_centres : ndarray (k, d), in `unit` too, but not centred, or None
    unit : float, a power of two. The numbers of X are those of `data` times `unit`.
    weight_unit : float, a power of two. The weights are those of `data` times `weight_unit`.
    """
    has_weight = weights > 0
    if not has_weight.all():
        X = X[has_weight]
        weights = weights[has_weight]
    X, _, unit = _in_range(X, None)
    if init_centres is not None:
        # The clip keeps squares in range. A centre that far out gets rows only if all centres are.
        init_centres = np.clip(init_centres / unit, -2.0**60, 2.0**60)
    weight_unit = _power_of_two(weights.max())
    weights = weights / weight_unit
    return _CentredRows(X, _mean(X, weights), weights), init_centres, unit, weight_unit


def _mean(X, weights):
    """Return the mean (d,) of the rows X (n, d), each as often as its weight (n,) says."""
    if weights.min() == weights.max():
        return X.mean(axis=0, dtype=float)
    if X.dtype == float:
        return weights @ X / weights.sum()
    total = sum(weights[part] @ X[part] for part in _blocks(len(X), width=X.shape[1]))
    return total / weights.sum()


def _in_range(X, C):
    """Return X (n, d) and C (k, d) in a unit that keeps their squares in range, and this unit.

    It is a power of two, and 1 for numbers of a usual size: then X comes back as it is. C may be
    None.
    """
    largest = max(float(X.max()), -float(X.min()))
    if C is not None:
        largest = max(largest, C.max(), -C.min())
    if 2.0**-30 < largest < 2.0**30:   # single precision reaches from 2**-126 to 2**128
        return X, C, 1.0
    unit = _power_of_two(largest)
    if C is not None:
        C = C / unit
    return X.astype(float, copy=False) / unit, C, unit


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


def _check_weights(sample_weight, X):
    """Return the weights (n,) of the rows of X: all 1 if None, else >= 0 and not all 0."""
    if sample_weight is None:
        return np.ones(len(X))
    weights = _check_y(sample_weight, X, numeric=True, name="sample_weight")
    if weights.min() < 0 or weights.max() == 0:
        raise ValueError("sample_weight must be >= 0 and not all zero, got numbers from "
                         f"{weights.min()} to {weights.max()}")
    return weights


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
