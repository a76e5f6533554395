"""Naive Bayes for Gaussian, multinomial, Bernoulli and categorical features.

Objective: the class of highest posterior, features independent of each other within a class
    log P(c | x) = log P(c) + sum_j log p(x_j | c) - log sum_c' P(c') p(x | c')        NB.1, NB.2
Algorithm: one pass that counts, with weights; the prior is the share of a class             NB.3
    Gaussian     mean and variance of each feature in each class: a density      NB.4, NB.5, NB.6
    multinomial  share of each word among all words of the class, smoothed by alpha    NB.9, NB.10
    Bernoulli    share of the rows of the class that have the feature                NB.11, NB.12
    categorical  share of each category of the feature in the class                         NB.13
    partial_fit  adds counts, and merges means and variances as if all had come at once      NB.8
Symbols: n samples, d features, k classes; X (n, d), y (n,), weights w (n,), W (k,) of classes.
Cost: O(n d k) in products with the one-hot matrix of the classes; memory n and k d beyond X.
Follows Manning, Raghavan & Schuetze, "Introduction to Information Retrieval", chapter 13.
"""

import numpy as np

_BLOCK = 10**5  # numbers in a block of rows: 0.8 MB, which stay in cache; of counts twice that


class GaussianNB:
    """Features that are normal within each class.

    Parameters
    ----------
    priors : array (k,) or None, default None; P(c) in the order of classes_, None to learn it
    var_smoothing : float >= 0, default 1e-9; this share (1e-30 at least) of the largest variance
        of any feature, over all rows seen, is added to each variance; 1 if nothing varies

    Attributes
    ----------
    classes_, class_prior_, class_log_prior_, class_count_ (sums of weights) : ndarray (k,)
    theta_, var_ : ndarray (k, d), means, and variances with epsilon_, the float that was added;
        of all rows, for a class without any. To read: predictions use copies in safe units.
    """

    def __init__(self, *, priors=None, var_smoothing: float = 1e-9):
        self.priors, self.var_smoothing = priors, var_smoothing

    def fit(self, X, y, sample_weight=None):
        """Learn from X (n, d) and y (n,), rows weighted by sample_weight (n,) >= 0."""
        return _learn(self, X, y, None, sample_weight, {})

    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Learn from one more batch, as if all had come at once; the first names all classes."""
        before = dict(vars(self)) if hasattr(self, "n_features_in_") else {}
        if not before and (classes is None or np.size(classes) == 0):
            raise ValueError("classes must name all classes in the first call of partial_fit")
        classes = self.classes_ if classes is None else np.unique(_as_array(classes, "classes"))
        if before and not np.array_equal(classes, self.classes_):
            raise ValueError(f"classes={classes} is not the same as before: {self.classes_}")
        return _learn(self, X, y, classes, sample_weight, before)

    def predict(self, X):
        """Return the most probable class of each row of X (n, d), the first one of equals."""
        L = self._log_joint(_check_X(X, fitted=self))
        return self.classes_[L.argmax(axis=0)]                         # NB.1

    def predict_log_proba(self, X):
        """Return log P(c | x), shape (n, k), columns in the order of classes_."""
        L = self._log_joint(_check_X(X, fitted=self))
        L = L - L.max(axis=0)
        return (L - np.log(np.exp(L).sum(axis=0))).T                   # NB.2

    def predict_proba(self, X):
        """Return P(c | x), shape (n, k), columns in the order of classes_."""
        return np.exp(self.predict_log_proba(X))

    def _count(self, X, codes, w, W, before):
        # Distances from one row, in a power of two, keep every digit of features like 1e8 + small
        # changes and all squares in range. Later batches are measured from the same row.
        k, half = len(W), X.max() / 2 - X.min() / 2
        unit = 1.0 if 1e-25 < half < 1e25 else np.ldexp(1.0, np.frexp(half)[1])
        nothing = (X[0].copy(), unit), (0 * W, np.zeros((k, X.shape[1])), 0.0)
        (origin, unit), (W_old, m_old, S_old) = before.get("_moments", nothing)
        W_new = np.bincount(codes, w, k)[:, None]
        m_new = _class_sums(_blocks(X, origin, unit), codes, w, k) / np.where(W_new > 0, W_new, 1)
        squares = ((rows, (Z - m_new[codes[rows]])**2) for rows, Z in _blocks(X, origin, unit))
        S_new = _class_sums(squares, codes, w, k)
        divisor = np.where(W > 0, W, 1)[:, None]
        step, share = m_new - m_old, W_new / divisor
        m, S = m_old + share * step, S_old + S_new + W_old[:, None] * share * step**2  # NB.8
        middle = W @ m / W.sum()
        spread = (S.sum(axis=0) + W @ (m - middle)**2) / W.sum()       # within classes and between
        epsilon = max(self.var_smoothing, 1e-30) * spread.max() or 1.0                 # NB.6
        seen = W[:, None] > 0              # a class without rows gets the bell of all rows
        m, var = np.where(seen, m, middle), np.where(seen, S / divisor, spread)        # NB.5
        self._moments, self._var = ((origin, unit), (W, m, S)), var + epsilon
        with np.errstate(over="ignore", under="ignore"):
            self.theta_, self.var_ = origin + unit * m, self._var * unit * unit
            self.epsilon_ = float(epsilon * unit * unit)

    def _log_joint(self, X):
        ((origin, unit), (W, m, _)), a = self._moments, 1 / self._var
        # Multiplied out about the middle of the data if at most 4 of 16 digits cancel, else not.
        middle = origin + unit * (W @ m / W.sum())
        m = m - (middle - origin) / unit
        near = (squares := (m * m * a).sum(axis=1)) < 1e4
        base = self.class_log_prior_ + np.log(a / (2 * np.pi)).sum(axis=1) / 2
        L = np.empty((len(base), len(X)))
        for rows, Z in _blocks(X, middle, unit):
            Z = Z if max(Z.max(), -Z.min()) < 1e100 else np.clip(Z, -1e100, 1e100)  # finite squares
            for c in np.flatnonzero(~near):
                L[c, rows] = base[c] - (Z - m[c])**2 @ a[c] / 2        # NB.4
            P = (m * a)[near] @ Z.T + (base - squares / 2)[near, None]
            L[near, rows] = P - a[near] @ np.square(Z, out=Z).T / 2    # NB.7
        return L


class MultinomialNB:
    """Features that are counts, such as how often each word occurs in a text.

    Parameters
    ----------
    alpha : float >= 0, default 1.0; added to every count: nothing is impossible. 0 acts as 1e-10
    fit_prior : bool, default True; learn P(c), else all classes are equally probable
    class_prior : array (k,) or None, default None; P(c) in the order of classes_

    Attributes are the first line of those of GaussianNB, and
    feature_count_, feature_log_prob_ : ndarray (k, d), how often, and log p(word | c)
    """
    fit, partial_fit, predict = GaussianNB.fit, GaussianNB.partial_fit, GaussianNB.predict
    predict_log_proba, predict_proba = GaussianNB.predict_log_proba, GaussianNB.predict_proba

    def __init__(self, *, alpha: float = 1.0, fit_prior: bool = True, class_prior=None):
        self.alpha, self.fit_prior, self.class_prior = alpha, fit_prior, class_prior

    def _count(self, X, codes, w, W, before):
        blocks = ((rows, _check_counts(self, _check_X(B))) for rows, B in _blocks(X))
        N = _class_sums(blocks, codes, w, len(W)) + before.get("feature_count_", 0)
        P = (N + max(self.alpha, 1e-10)).T
        self.feature_count_, self.feature_log_prob_ = N, np.log(P / P.sum(axis=0)).T   # NB.10

    def _log_joint(self, X):
        return (_check_counts(self, X) @ self.feature_log_prob_.T + self.class_log_prior_).T  # NB.9


class BernoulliNB:
    """Features that are present or absent.

    Parameters as for MultinomialNB (alpha is added to both, present and absent), and
    binarize : float or None, default 0.0; what is larger is present, None if X is 0 and 1 already
    Attributes as for MultinomialNB; counts are rows with the feature, p is p(present | c)
    """
    fit, partial_fit, predict = GaussianNB.fit, GaussianNB.partial_fit, GaussianNB.predict
    predict_log_proba, predict_proba = GaussianNB.predict_log_proba, GaussianNB.predict_proba

    def __init__(self, *, alpha: float = 1.0, binarize: float | None = 0.0,
                 fit_prior: bool = True, class_prior=None):
        self.alpha, self.binarize = alpha, binarize
        self.fit_prior, self.class_prior = fit_prior, class_prior

    def _count(self, X, codes, w, W, before):
        blocks = ((rows, self._present(_check_X(B))) for rows, B in _blocks(X))
        N = _class_sums(blocks, codes, w, len(W)) + before.get("feature_count_", 0)
        alpha, W = max(self.alpha, 1e-10), W[:, None]
        self.feature_count_, self.feature_log_prob_ = N, np.log((N + alpha) / (W + 2 * alpha))
        self._absent_log_prob = np.log((np.maximum(W - N, 0) + alpha) / (W + 2 * alpha))     # NB.12

    def _log_joint(self, X):
        odds = self.feature_log_prob_ - self._absent_log_prob
        base = (self.class_log_prior_ + self._absent_log_prob.sum(axis=1))[:, None]
        return np.hstack([odds @ self._present(B).T + base for _, B in _blocks(X)])    # NB.11

    def _present(self, X):
        if self.binarize is None and ((X != 0) & (X != 1)).any():
            raise ValueError("X must hold nothing but 0 and 1 where binarize is None")
        _check_number("binarize", self.binarize or 0, -np.inf)
        return (X > (self.binarize or 0)).astype(float)


class CategoricalNB:
    """Features that are categories, coded 0, 1, 2, ... in each column.

    A category that a class never had has the share alpha / (W_c + alpha K) there; so has one that
    no training row had, even one beyond the K categories, and K does not grow for it. Beside what
    MultinomialNB has: min_categories : int, array (d,) or None, default None; least number K of
    categories. category_count_, feature_log_prob_ are lists of d arrays (k, K), n_categories_ (d,)
    """
    fit, partial_fit, predict = GaussianNB.fit, GaussianNB.partial_fit, GaussianNB.predict
    predict_log_proba, predict_proba = GaussianNB.predict_log_proba, GaussianNB.predict_proba

    def __init__(self, *, alpha: float = 1.0, fit_prior: bool = True, class_prior=None,
                 min_categories=None):
        self.alpha, self.fit_prior, self.class_prior = alpha, fit_prior, class_prior
        self.min_categories = min_categories

    def _count(self, X, codes, w, W, before):
        _check_counts(self, X)
        least = 1 if self.min_categories is None else self.min_categories
        K = _as_array(least, "min_categories", numeric=True)
        if K.shape not in ((), X.shape[1:]) or (K < 1).any() or (K != np.floor(K)).any():
            raise ValueError(f"min_categories must be an integer >= 1 or one for each of the "
                             f"{X.shape[1]} features, got {least}")
        K = np.maximum(np.maximum(K, X.max(axis=0) + 1), before.get("n_categories_", 0)).astype(int)
        counts = [np.bincount(codes * size + x.astype(int), w, len(W) * size).reshape(-1, size)
                  for x, size in zip(X.T, K)]
        for N, old in zip(counts, before.get("category_count_", ())):
            N[:, :old.shape[1]] += old
        alpha = max(self.alpha, 1e-10)
        self._tables = [np.log((np.vstack([N.T, 0 * W]) + alpha) / (W + alpha * N.shape[1]))
                        for N in counts]                               # NB.13, and one row unseen
        self.feature_log_prob_ = [table[:-1].T for table in self._tables]
        self.category_count_, self.n_categories_ = counts, K

    def _log_joint(self, X):
        L = np.tile(self.class_log_prior_, (len(X), 1))
        for x, K, table in zip(_check_counts(self, X).T, self.n_categories_, self._tables):
            L += table[np.minimum(x, K).astype(int)]
        return L.T


def _learn(self, X, y, classes, sample_weight, before):
    names = ("alpha", "class_prior") if hasattr(self, "alpha") else ("var_smoothing", "priors")
    _check_number(names[0], getattr(self, names[0]), 0)
    X, whole = _as_array(X, "X"), isinstance(self, (GaussianNB, CategoricalNB))
    if whole or X.ndim != 2 or not X.size or X.shape[1] != before.get("n_features_in_", X.shape[1]):
        X = _check_X(X, fitted=self if before else None)       # counts: block by block, in cache
    y = _check_y(y, X)
    w = (np.ones(len(X)) if sample_weight is None
         else _check_y(sample_weight, X, numeric=True, name="sample_weight"))
    if w.min() < 0 or w.max() == 0:
        raise ValueError(f"sample_weight must be >= 0, not all zero: {w.min()} to {w.max()}")
    # np.unique would hash every label, which takes many times as long as sorting them.
    classes = (s := np.sort(y))[np.append(True, s[1:] != s[:-1])] if classes is None else classes
    k, d, codes = len(classes), X.shape[1], np.searchsorted(classes, y)
    if (strange := classes[codes := np.minimum(codes, k - 1)] != y).any():
        raise ValueError(f"y has the label {y[strange][0]!r}, the classes are {classes}")
    if (prior := getattr(self, names[1])) is not None:
        prior = _as_array(prior, names[1], numeric=True).copy()
        if prior.shape != (k,) or prior.min() < 0 or abs(prior.sum() - 1) > 1e-8:
            raise ValueError(f"{names[1]} must be {k} numbers >= 0 with sum 1, got {prior}")
    W = np.bincount(codes, w, k) + before.get("class_count_", 0)
    self._count(X, codes, w, W, before)
    if prior is None:
        prior = W / W.sum() if getattr(self, "fit_prior", True) else np.full(k, 1 / k)  # NB.3
    self.class_log_prior_ = np.log(prior, out=np.full(k, -np.inf), where=prior > 0)
    self.class_count_, self.class_prior_, self.classes_, self.n_features_in_ = W, prior, classes, d
    return self


def _class_sums(blocks, codes, w, k):
    # Products with the one-hot matrix of the classes, of four columns at least: three take longer.
    one_hot = np.eye(max(k, 4))
    return sum(B.T @ (one_hot.take(codes[r], axis=0) * w[r, None]) for r, B in blocks).T[:k]


def _blocks(X, origin=None, unit=1.0):  # X as it is, or (X - origin) / unit
    size = max(1, (2 * _BLOCK if origin is None else _BLOCK) // X.shape[1])
    for rows in (slice(i, i + size) for i in range(0, len(X), size)):
        Z = X[rows] if origin is None else X[rows] - origin
        yield rows, Z if unit == 1 else np.divide(Z, unit, out=Z)


def _check_counts(self, X):
    if X.min() < 0:
        raise ValueError(f"Negative values in data passed to {type(self).__name__}: {X.min()}")
    if isinstance(self, CategoricalNB) and any((x != np.floor(x)).any() for x in X.T):
        raise ValueError(f"X must hold categories 0, 1, 2, ..., got {X[X != np.floor(X)][0]}")
    return X


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
