"""Logistic regression: the probability of each class, from a score that is linear in the features.

Each class has a score, its logit, which is a weighted sum of the features. Softmax turns the
logits of a row into probabilities. The best weights give the labels that were seen a high
probability, and are not large without need.

Objective (b is never penalised)                                                         LOG.4
    J(W, b) = C sum_i s_i (log sum_c exp a_ic - a_iy)  +  (1 - rho) |W|^2 / 2  +  rho |W|_1
    with the logits a_ic = w_c . x_i + b_c, and y the class of row i                     LOG.1
The first part is the log loss. Its slope by the logits is probability minus truth, P - Y.

Softmax and two classes
    Three or more classes: each has a row w_c of W, and P_ci = exp a_ic / sum_j exp a_ij LOG.2
    Two classes: the logit of the first is 0, so W has one row w, that of the second class, and
    P has one row p_i = 1 / (1 + exp -a_i). The logit a_i is the log-odds of row i       LOG.3

Algorithm "newton". The steps have the names of the functions below. Repeat, until G is flat:
    evaluate             J, its slope G, and the probabilities P at W and b              LOG.5
    Hessian              the curvature H: how the slope changes with W and b             LOG.6
    newton_step          solve H S = -G roughly, by conjugate_gradients           LOG.7, LOG.8
    newton_step_in_orthant      the same for rho > 0: what crosses 0 stops there        LOG.11
    line_search          halve the step S until J falls: it never diverges               LOG.9
Under L1, full_slope adds the slope of |w|, which has a corner at 0                     LOG.10

Algorithm "gd", for study: gradient_descent, in batches of any size             LOG.12, LOG.13

Symbols: n samples (rows), d features, k classes; m rows of W: one for two classes, else k
    X (n, d)       the rows x_i              W (m, d)     the weights, b (m,) the intercepts
    s (n,)         the weights of the rows   B (m, d + 1) W and b side by side
    P, Y (m, n)    probabilities and truth   G, S         slope and step, of the shape of B
                   (P has the class first, a_ic the row)
    rho            `l1_ratio`                L            J / (C sum_i s_i), a mean loss
Cost: ten steps or so of O(n d m + r d^2 + d^3), where r of the n rows show the curvature.
Memory: O(n m + r d).

Follows Hastie, Tibshirani & Friedman, "The Elements of Statistical Learning", 2nd ed., 4.4.
"""

import warnings
from typing import NamedTuple

import numpy as np


class LogisticRegression:
    """Linear classifier that gives probabilities, for two or more classes.

    `fit` makes J least: C sum_i s_i (-log p_i) + (1 - rho) |W|^2 / 2 + rho |W|_1. Here s_i is the
    weight of row i, p_i the probability that the model gives its label, and rho is `l1_ratio`.

    The price on large weights is in the units of X as it comes, so standardise X first. Without
    a penalty (`C=np.inf`), classes that can be separated have no best weights. Then `fit` keeps
    finite weights that separate them, and warns. A constant column gets the weight 0.

    Parameters
    ----------
    C : float, default=1.0
        How much the summed log loss counts against the penalty, > 0. A large C is a weak penalty,
        `np.inf` is none. (Then the objective is the summed log loss.)
    l1_ratio : float, default=0.0
        The share rho of the L1 norm in the penalty, from 0 to 1. 0 is L2, 1 is L1, which sets
        weights to exactly 0, and between them lies the elastic net.
    fit_intercept : bool, default=True
        False keeps the intercept at 0.
    class_weight : {"balanced"}, dict or None, default=None
        A dict gives factors > 0 for the weights of the rows of some labels. "balanced" makes the
        weights of all classes sum to the same.
    solver : {"newton", "gd"}, default="newton"
        "newton" is Newton's method. "gd" is gradient descent, for study: it is slow, and needs
        columns of similar units.
    learning_rate : float, default=0.1
        The step of "gd" along the slope of J / (C sum_i s_i), > 0.
    batch_size : int or None, default=None
        The number of rows in an update of "gd". 1 is stochastic gradient descent, None takes all
        rows.
    max_iter : int, default=100
        The most steps of "newton", or epochs of "gd".
    tol : float or None, default=1e-5
        Stop when `gradient_norm_` is at most this, > 0. A penalty makes it stricter where the
        mean loss L = J / (C sum_i s_i) is small: `tol` * 200 L if L is below 0.005, and with L1
        `tol` * L if L is below 1. None goes on to `max_iter` and does not warn.
    random_state : None, int or numpy.random.Generator, default=None
        What draws the mini-batches. An int makes the result repeatable.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted. Among equal probabilities `predict` takes the first label.
    coef_ : ndarray of shape (n_classes, n_features) or (1, n_features)
        The weights W: what one unit more of a feature adds to each logit. Two classes have one
        row, which belongs to the log-odds of the second class.
    intercept_ : ndarray of shape (n_classes,) or (1,)
        The intercepts b.
    n_iter_ : int
        The number of steps, or epochs.
    gradient_norm_ : float
        How far the weights are from the optimum, where it is 0: the steepest slope of
        J / (C sum_i s_i) along one weight or intercept, as if the columns were standardised. At a
        corner of |w| the slope nearest to 0 counts.
    gradient_norm_history_ : ndarray of shape (n_iter_ + 1,)
        The same at the start and after each step.
    loss_history_ : ndarray of shape (n_iter_ + 1,)
        The objective J at the start and after each step.
    coef_history_ : ndarray of shape (n_iter_ + 1, n_classes or 1, n_features + 1)
        The weights, and in the last column the intercepts, at the start and after each step. The
        start is zeros. With "newton" and at least 4096 + 40 n_features rows, it is about the
        optimum of a sample of them, unless zeros are better.
    n_features_in_ : int
        The number of features that `fit` saw.
    feature_names_in_ : ndarray of str, shape (n_features,)
        The names of the columns of X. It is only there if X was a table with such names.

    References
    ----------
    T. Hastie, R. Tibshirani and J. Friedman (2009), "The Elements of Statistical Learning",
    2nd ed., section 4.4.
    G. Andrew and J. Gao (2007), "Scalable training of L1-regularized log-linear models".
    J. More and G. Toraldo (1991), "On the solution of large quadratic programming problems with
    bound constraints".

    Examples
    --------
    Of four rows with x = 0 one is "yes", of four with x = 1 three are: odds of 1/3 and 3.

    >>> import numpy as np
    >>> from logistic_regression import LogisticRegression
    >>> X = [[0], [0], [0], [0], [1], [1], [1], [1]]
    >>> y = ["yes", "no", "no", "no", "yes", "yes", "yes", "no"]
    >>> model = LogisticRegression(C=np.inf).fit(X, y)
    >>> model.predict_proba([[0], [1]]).round(4).tolist()
    [[0.75, 0.25], [0.25, 0.75]]
    >>> np.exp(model.coef_).round(3).item()            # one unit more of x: 9 times the odds
    9.0
    >>> model.predict([[0], [1]]).tolist()
    ['no', 'yes']
    """

    def __init__(self, *, C: float = 1.0, l1_ratio: float = 0.0, fit_intercept: bool = True,
                 class_weight: str | dict | None = None, solver: str = "newton",
                 learning_rate: float = 0.1, batch_size: int | None = None, max_iter: int = 100,
                 tol: float | None = 1e-5,
                 random_state: int | np.random.Generator | None = None):
        self.C = C
        self.l1_ratio = l1_ratio
        self.fit_intercept = fit_intercept
        self.class_weight = class_weight
        self.solver = solver
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state

    def fit(self, X, y, sample_weight=None) -> "LogisticRegression":
        """Find the weights and intercepts that make J least.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            The training rows.
        y : array of shape (n_samples,)
            The label of each row, numbers or text.
        sample_weight : array of shape (n_samples,), default=None
            How many times each row counts, >= 0. None is once.

        Returns
        -------
        self : LogisticRegression
        """
        names = _feature_names(X)
        X, y, s, rng = self._check_input(X, y, sample_weight)
        classes = np.unique(y)
        if len(classes) < 2:
            raise ValueError(f"y has one class only, {classes.tolist()[0]!r}: it needs two or more")
        is_class = y == classes[:, None]                               # (k, n)
        s = s * (_class_factors(self.class_weight, classes, is_class @ s) @ is_class)

        with np.errstate(all="ignore"):        # what overflows is seen in L, and needs no message
            raw, data_weight = self._problem(X, is_class, s)           # in the units of X
            problem = _standardised(raw)                               # in standardised columns
            if self.solver == "newton":
                run = self._follow(_newton(problem))
                run = run._replace(path=problem.to_units_of_X(run.path))
            else:
                run = self._follow(_gradient_descent(raw, problem, self.learning_rate,
                                                     self.batch_size, rng))
            missed = self._what_is_missed(raw, problem, run)

        self.classes_ = classes
        self.coef_ = run.path[run.kept, :, :-1].copy()
        self.intercept_ = run.path[run.kept, :, -1].copy()
        self.n_iter_ = len(run.path) - 1
        self.gradient_norm_ = float(run.norms[run.kept])
        self.gradient_norm_history_ = run.norms
        self.loss_history_ = data_weight * run.L
        self.coef_history_ = run.path
        self.n_features_in_ = X.shape[1]
        self.feature_names_in_ = names
        if names is None:
            del self.feature_names_in_
        if missed:
            warnings.warn(missed, RuntimeWarning, stacklevel=2)
        return self

    def decision_function(self, X):
        """Return the logits of each row of X.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Rows with the features that `fit` saw.

        Returns
        -------
        logits : ndarray of shape (n_samples, n_classes), or (n_samples,)
            Of two classes it is the log-odds of the second.
        """
        X = _check_X_or_file(X, fitted=self)
        A = _times(X, self.coef_.T) + self.intercept_                                  # LOG.1
        return A[:, 0] if len(self.classes_) == 2 else A

    def predict_log_proba(self, X):
        """Return the logarithms of the probabilities, finite where a probability rounds to 0.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Rows with the features that `fit` saw.

        Returns
        -------
        log_probabilities : ndarray of shape (n_samples, n_classes)
        """
        A = self.decision_function(X)
        if A.ndim == 1:
            A = np.stack([np.zeros_like(A), A], axis=1)                                # LOG.3
        A = A - A.max(axis=1, keepdims=True)               # no exponential overflows
        return A - np.log(np.exp(A).sum(axis=1, keepdims=True))                        # LOG.2

    def predict_proba(self, X):
        """Return the probability of each class, in the order of `classes_`.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Rows with the features that `fit` saw.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
        """
        return np.exp(self.predict_log_proba(X))

    def predict(self, X):
        """Return the most probable label of each row of X.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Rows with the features that `fit` saw.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
        """
        best = self.predict_log_proba(X).argmax(axis=1)
        return self.classes_[best]

    def _check_input(self, X, y, sample_weight):
        """Check the hyperparameters and the data. A row of weight 0 is no row.

        Return X (n, d), y (n,), the weights s (n,) > 0 and the generator of `random_state`.
        """
        is_infinite = isinstance(self.C, (float, np.floating)) and self.C == np.inf
        if not is_infinite:
            _check_number("C", self.C, 0, above=True)
        _check_number("l1_ratio", self.l1_ratio, 0, 1)
        _check_flag("fit_intercept", self.fit_intercept)
        _check_class_weight(self.class_weight)
        _check_option("solver", self.solver, ("newton", "gd"))
        _check_number("learning_rate", self.learning_rate, 0, above=True)
        if self.batch_size is not None:
            _check_number("batch_size", self.batch_size, 1, integer=True)
        _check_number("max_iter", self.max_iter, 1, integer=True)
        if self.tol is not None:
            _check_number("tol", self.tol, 0, above=True)
        rng = _check_random_state(self.random_state)

        X = _check_X_or_file(X)
        y = _check_y(y, X)
        s = _check_weights(sample_weight, X)
        if s.min() == 0:
            X, y, s = X[s > 0], y[s > 0], s[s > 0]
        return X, y, s, rng

    def _problem(self, X, is_class, s):
        """Return L = J / (C sum_i s_i) as a `_Problem` in the units of X, and C sum_i s_i.

        is_class (k, n) is true where a row is of the class, s (n,) are the weights of the rows.
        """
        C = self.C if self.C < np.inf else 1.0
        share = s / s.max()                                # else the sum might overflow
        data_weight = C * s.max() * share.sum()
        price = 1 / data_weight if self.C < np.inf else 0.0
        d = X.shape[1]
        is_weight = np.append(np.ones(d), 0)               # the intercept costs nothing
        raw = _Problem(
            X=X,
            Y=is_class[1:] if len(is_class) == 2 else is_class,                        # LOG.3
            q=share / share.sum(),
            mean=np.zeros(d),
            unit=np.ones(d),
            l1=self.l1_ratio * price * is_weight,
            l2=(1 - self.l1_ratio) * price * is_weight,
            has_intercept=bool(self.fit_intercept),
        )
        return raw, data_weight

    def _follow(self, points):
        """Go through the points of a solver until the slope is small. Return them as a `_Run`."""
        path = []
        L = []
        norms = []
        for point, G in points:
            path.append(point.B)
            L.append(np.fmin(point.L, np.inf))             # nan, from inf - inf, counts as inf
            norms.append(abs(G).max())
            if norms[-1] <= self._allowed_slope(L[-1]) or len(path) > self.max_iter:
                break
        # Newton's method never ends above its start. Gradient descent does if it diverges.
        kept = len(L) - 1 if L[-1] <= L[0] else int(np.argmin(L))
        return _Run(np.array(path), np.array(L), np.array(norms), kept, point)

    def _allowed_slope(self, L):
        """Return the `gradient_norm_` at which to stop, where the mean loss is L.

        If the penalty is weak and the classes are almost separable, the loss is small, and so are
        all its slopes, long before the optimum. Under L1 some directions have almost no curvature.
        There a small slope is less good a sign. The factor 200 is a choice: it makes a mean loss
        below 1 / 200 a small one.
        """
        if self.tol is None:
            return 0.0
        if self.C == np.inf:
            return self.tol
        return self.tol * min(1, L if self.l1_ratio > 0 else 200 * L)

    def _what_is_missed(self, raw, problem, run):
        """Return what to warn about: no best weights, or a stop before them. Else return ""."""
        if self.C == np.inf and self._separates(problem, run):
            return ("the classes, or some of their rows, can be separated: without a penalty the "
                    "best weights are infinite. Those kept have gradient norm "
                    f"{run.norms[run.kept]:.2g}. A finite C makes the best weights finite")
        if run.kept < len(run.L) - 1:
            return (f"gradient descent diverged with learning_rate={self.learning_rate:g}, where "
                    f"{_safe_rate(raw, problem):.2g} is safe: the weights of least loss are kept"
                    f"{_advice_on_units(raw.X)}")
        L = run.L[-1]
        allowed = self._allowed_slope(L)
        is_rounding = L < _ROUNDING
        if self.tol is None or (run.norms[-1] <= allowed and not is_rounding):
            return ""

        n_iter = len(run.L) - 1
        limit = f", max_iter={self.max_iter}" if n_iter == self.max_iter else ""
        reason = f"above tol={self.tol:g}"
        if run.norms[-1] <= self.tol:
            reason = f"and tol={self.tol:g} allows {allowed:.2g} where the mean loss is {L:.2g}"
        if is_rounding:
            cure = (f"C={self.C:g} is so large, in these units of X, that rounding errors hide the "
                    "penalty: lower C, or scale X")
        elif n_iter < self.max_iter:
            cure = "No step lowers the objective: rounding errors hide the rest"
        elif self.solver == "gd":
            cure = f"Raise max_iter. A learning_rate of {_safe_rate(raw, problem):.2g} is safe"
        else:
            cure = "Raise max_iter"
        return (f"{self.solver} stopped after {n_iter} rounds{limit}: the gradient norm is "
                f"{run.norms[-1]:.2g}, {reason}. {cure}{_advice_on_units(raw.X)}")

    def _separates(self, problem, run):
        """Return whether some rows can be separated from a class, so that no weights are best.

        They can if each row is on its right side. If not, only a step near the end tells.
        """
        if self.solver == "newton":
            point = run.last
        else:
            point = _evaluate(problem, problem.from_units_of_X(run.path[run.kept]))
        odds = _odds(problem.Y, point.P)
        if odds.max() <= 1 and odds.min() < 1:             # all are 1 at the start: that is no side
            return True
        is_near_end = run.norms[run.kept] <= max(1e-4, self.tol or 0)
        return is_near_end and _is_separable(problem, point)


# ---- The algorithm ----
#
# All this minimises L = J / (C sum_i s_i), whose size does not depend on the number of rows. A
# class that follows says what belongs to L (_Problem), and another what is known at some weights
# (_Point). From the next part come
#     _standardised(problem)     the same L, in standardised columns
#     _first_point(problem)      where to begin: at zero or, with many rows, near the optimum
#     _Sample(problem)           the rows that show the curvature: all, or of many rows some
#     H.inverse(free)            a matrix that resembles the inverse of the Hessian H
#     _blocks(n, width)          slices that cut many rows into blocks of a few thousand


class _Problem(NamedTuple):
    """What is to be minimised: L as a function of the weights B (m, d + 1).

    B has one row for each class, or if there are two, one row for the second. Its columns are the
    weights W of the columns and, last, the intercepts b. The columns are not x, but
    (x - mean) / unit. In the units of X mean is 0 and unit is 1.

    X : ndarray (n, d), the rows
    Y : ndarray of bool (m, n), whether a row is of the class
    q : ndarray (n,), the share of each row in L. They sum to 1
    mean : ndarray (d,), what is subtracted from each column
    unit : ndarray (d,), what each column is divided by
    l1 : ndarray (d + 1,), the price rho / (C sum_i s_i) of |w| in each column, 0 for the intercept
    l2 : ndarray (d + 1,), the price (1 - rho) / (C sum_i s_i) of w^2 / 2, 0 for the intercept
    has_intercept : bool, else b stays 0
    """

    X: np.ndarray
    Y: np.ndarray
    q: np.ndarray
    mean: np.ndarray
    unit: np.ndarray
    l1: np.ndarray
    l2: np.ndarray
    has_intercept: bool

    def to_units_of_X(self, B):
        """Turn the weights B (..., d + 1) of (x - mean) / unit into weights of x."""
        B = B.copy()
        B[..., :-1] /= self.unit
        B[..., -1] -= B[..., :-1] @ self.mean
        return B

    def from_units_of_X(self, B):
        """Turn the weights B (m, d + 1) of x into weights of (x - mean) / unit."""
        b = B[:, -1] + B[:, :-1] @ self.mean
        W = B[:, :-1] * np.where(self.unit < np.inf, self.unit, 0)     # constant columns: inf
        return np.column_stack([W, b])


class _Point(NamedTuple):
    """Some weights, and what is known there.

    B : ndarray (m, d + 1), the weights
    L : float, the objective
    G : ndarray (m, d + 1), the slope of L but for the part with |w|, which has corners
    P : ndarray (m, n), the probabilities
    """

    B: np.ndarray
    L: float
    G: np.ndarray
    P: np.ndarray


class _Run(NamedTuple):
    """The way of a solver, from the start to the last point.

    path : ndarray (n_iter + 1, m, d + 1), the weights
    L : ndarray (n_iter + 1,), the objective
    norms : ndarray (n_iter + 1,), the steepest slope
    kept : int, the number of the weights that the model keeps
    last : _Point, the last point, in the columns in which the solver takes its steps
    """

    path: np.ndarray
    L: np.ndarray
    norms: np.ndarray
    kept: int
    last: _Point


def _evaluate(problem, B):
    """Return the objective, its slope and the probabilities at the weights B, as a `_Point`."""
    X, Y, q = problem.X, problem.Y, problem.q
    m = len(B)
    W = B[:, :-1] / problem.unit
    b = B[:, -1] - W @ problem.mean
    L = (problem.l1 * abs(B) + problem.l2 * B**2 / 2).sum()
    G = problem.l2 * B
    P = np.empty(Y.shape)
    for rows in _blocks(len(X), width=max(X.shape[1], m)):
        A = W @ X[rows].T + b[:, None]                                                 # LOG.1
        losses, P[:, rows] = _log_loss(A, Y[:, rows])
        L += q[rows] @ losses                                                          # LOG.4
        G += _slope(problem, rows, P[:, rows])
    return _Point(B, L, G, P)


def _log_loss(A, Y):
    """Return the log loss of each row (rows,), and the probabilities (m, rows).

    A (m, rows) are logits, Y (m, rows) is true where a row is of the class. With one row in A
    there are two classes, and the first, which has no row, has the logit 0.
    """
    if len(A) == 1:
        highest = np.maximum(A[0], 0)
        of_first = np.exp(0 - highest)                                                 # LOG.3
    else:
        highest = A.max(axis=0)
        of_first = 0
    E = np.exp(A - highest)                                # at most 1: it cannot overflow
    total = E.sum(axis=0) + of_first
    of_label = (A * Y).sum(axis=0)                         # the logit of the row's own class
    return highest - of_label + np.log(total), E / total                               # LOG.2


def _slope(problem, rows, P):
    """Return the slope (m, d + 1) of the mean log loss, as far as it comes from some rows.

    P (m, rows) are their probabilities. A column is seen as (x - mean) / unit.
    """
    by_logits = problem.q[rows] * (P - problem.Y[:, rows])
    total = by_logits.sum(axis=1, keepdims=True)
    by_weights = (by_logits @ problem.X[rows] - total * problem.mean) / problem.unit
    by_intercepts = problem.has_intercept * total
    return np.hstack([by_weights, by_intercepts])                                      # LOG.5


def _full_slope(B, G, l1):
    """Return the slope of L (m, d + 1): G, which lacks the part of |w|, and that part.

    l1 (d + 1,) is the price of |w|. At its corner, w = 0, each slope from G - l1 to G + l1 is one
    of L. The one nearest to 0 counts: it is 0 where a step to neither side goes down.
    """
    return np.where(B != 0, G + l1 * np.sign(B), _soft_threshold(G, l1))               # LOG.10


def _soft_threshold(t, limit):
    """Return t, a number or an array, moved towards 0 by `limit`, but not beyond 0."""
    return np.sign(t) * np.maximum(abs(t) - limit, 0)                                  # LR.8


def _newton(problem):
    """Yield the points that Newton's method goes through, each with the slope of L there.

    It ends if no step makes L less. Then the rest is rounding.
    """
    sample = _Sample(problem)
    point = _first_point(problem)
    while point is not None:
        G = _full_slope(point.B, point.G, problem.l1)
        yield point, G
        sample.double_if_needed(abs(G).max())
        H = sample.hessian(point.P)
        if problem.l1.any():
            S = _newton_step_in_orthant(H, point.B, G, problem.l1)
        else:
            S = _newton_step(H, G)
        point = _line_search(problem, point, G, S)
        if point is not None and problem.l1.any() and len(S) > 1:
            point = _shift_classes(problem, point)


class _Hessian:
    """The curvature H of L at some weights, a matrix of m (d + 1) rows and columns.

    It is never written down: `times` multiplies it with a step.

    Parameters
    ----------
    Z : ndarray (r, d + 1)
        The rows that show the curvature, in standardised columns. The last column is ones, or
        zeros if there is no intercept.
    w : ndarray (r,)
        The share of each of these rows. They sum to 1.
    P : ndarray (m, r)
        Their probabilities.
    l2 : ndarray (d + 1,)
        The price of w^2 / 2.
    ridge : float
        This times the mean curvature of the rows is added to the diagonal of H. So H has an
        inverse: no direction is quite flat.
    whole : bool
        Whether the matrix M of `inverse` is whole. Else it is diagonal.
    """

    def __init__(self, Z, w, P, l2, ridge, whole):
        curvature = (w * P * (1 - P)).mean(axis=0)                     # (r,), V of LOG.8
        self.diagonal = l2 + ridge * curvature.sum()
        self.Z = Z
        self.w = w.astype(Z.dtype)
        self.P = P.astype(Z.dtype)
        root = np.sqrt(curvature).astype(Z.dtype)
        M = 0
        for rows in _blocks(len(Z), width=Z.shape[1]):
            V = root[rows, None] * Z[rows]
            M = M + (V.T @ V if whole else (V * V).sum(axis=0))
        self.M = M + (np.diag(self.diagonal) if whole else self.diagonal)              # LOG.8

    def times(self, S):
        """Return H S: how much the slope changes if the weights move by S (m, d + 1)."""
        U = S.astype(self.Z.dtype) @ self.Z.T              # (m, r), how much the logits move
        PU = self.P * U
        change = PU - self.P * PU.sum(axis=0)              # how much the probabilities move
        return (self.w * change) @ self.Z + self.diagonal * S                          # LOG.6

    def inverse(self, free):
        """Return the inverse of M, which resembles H but is the same for each class.

        For two classes M is H itself. It is (d + 1, d + 1) or, if it is diagonal, (d + 1,). Under
        L1 only the weights that are `free` (m, d + 1) move, and the rest of M does not count. (A
        whole M is used for softmax only if all weights are free.)
        """
        if self.M.ndim == 1:
            return 1 / self.M
        identity = np.eye(len(self.M))
        block = free[0] & free[0][:, None]
        return np.linalg.solve(np.where(block, self.M, identity), identity)


def _conjugate_gradients(H, R, free, enough=0.1, max_steps=50):
    """Yield better and better solutions S (m, d + 1) of H S = R, the first of which is 0.

    Parameters
    ----------
    H : _Hessian
        The matrix.
    R : ndarray (m, d + 1)
        The right side, which is also the residual of S = 0.
    free : ndarray of bool (m, d + 1)
        The entries of S that are solved for. The others stay 0, and R must be 0 there.
    enough : float
        Stop when the residual, measured by R . M^-1 R, has fallen to this part. A tenth will do
        for Newton's method: its next step corrects the rest.
    max_steps : int
        Stop after so many.
    """
    inverse = H.inverse(free)
    S = np.zeros_like(R)
    p = np.zeros_like(R)                                   # the direction of the next step
    Rz_before = 1.0                                        # any number: the first p is z
    for step in range(max_steps + 1):
        yield S
        z = (R @ inverse if inverse.ndim == 2 else R * inverse) * free
        Rz = (R * z).sum()
        if step == 0:
            goal = enough * Rz
        if Rz <= goal:
            return
        p = z + Rz / Rz_before * p
        Hp = H.times(p) * free
        length = Rz / (p * Hp).sum()
        S = S + length * p
        R = R - length * Hp                                                            # LOG.7
        Rz_before = Rz


def _newton_step(H, G):
    """Solve H S = -G roughly for the step S (m, d + 1), where G is the slope of L.

    For two classes the first step of the conjugate gradients solves it, as M is H.
    """
    everything = np.full(G.shape, True)
    for better in _conjugate_gradients(H, -G, everything):
        S = better
    if len(S) > 1:                     # softmax: the same shift of all classes changes no
        S = S - S.mean(axis=0)         # probability, so take none
    return S


def _newton_step_in_orthant(H, B, G, l1):
    """Do the same under L1, without leaving the orthant of B (m, d + 1), where L is smooth.

    There a weight that is not 0 keeps its sign. One that is 0 may leave 0 downhill, against its
    slope G, or stays where this slope is 0. What would cross 0 stops there, and the step of the
    others is solved for again.

    With more columns than rows H is flat in many directions. A step there is long, many weights
    cross 0, and to stop them all may make the parabola higher. Then the step ends where the first
    of them arrives at 0. So the parabola falls with each stop, although H has no inverse.
    """
    side = np.where(B != 0, np.sign(B), -np.sign(G))                                   # LOG.10
    free = (l1 == 0) | (side != 0)
    S = np.zeros_like(B)
    HS = np.zeros_like(B)
    value = 0.0                                            # of the parabola at S
    for _ in range(_MOST_STOPS):
        for D in _conjugate_gradients(H, -(G + HS) * free, free):
            crosses = free & (l1 > 0) & ((B + S + D) * side < 0)
            if crosses.any():
                break
        if not crosses.any():
            S = S + D
            break
        there = np.where(crosses, -B, S + D)                                           # LOG.11
        value_there, HS_there = _parabola(H, G, there)
        if value_there >= value:       # too far: go only as far as the first that arrives at 0
            share = np.where(crosses, -(B + S) / D, np.inf)    # of D, until a weight is at 0
            crosses = share == share.min()
            there = np.where(crosses, -B, S + share.min() * D)
            value_there, HS_there = _parabola(H, G, there)
        S = there
        HS = HS_there
        value = value_there
        free = free & ~crosses
    if len(S) > 1:                     # as in _newton_step, but only the intercepts are free of
        S = S - S.mean(axis=0) * (l1 == 0)                 # a price
    return S


def _parabola(H, G, S):
    """Return the value G . S + S . HS / 2, and HS, for a step S (m, d + 1).

    This is how much L changes, if its slope is G and its curvature stays H.
    """
    HS = H.times(S)
    return (G * S).sum() + (S * HS).sum() / 2, HS


def _line_search(problem, point, G, S):
    """Return the point B + S, or B + S / 2, B + S / 4, ...: the first where L falls enough.

    G (m, d + 1) is the slope of L at the `point`. Return None if L falls nowhere.
    """
    for _ in range(40):
        there = _evaluate(problem, point.B + S)
        promised = abs((G * S).sum())                      # how much L falls, by its slope
        if there.L <= point.L - 1e-4 * promised + 1e-14:   # 1e-14: rounding of L        LOG.9
            return there
        S = S / 2
    return None


def _shift_classes(problem, point):
    """Return the point where the same shift of all classes has made the price of W least.

    To add one number to the weights that all classes give to a feature changes no probability. So
    L has no curvature there, Newton's method sees no end of the way, and the price alone decides.
    """
    W = point.B[:, :-1]
    l1 = problem.l1[:-1]
    l2 = problem.l2[:-1]
    t = _cheapest_shift(W, l1, l2)
    saved = l1 * (abs(W) - abs(W - t)) + l2 * (W**2 - (W - t) ** 2) / 2
    B = point.B.copy()
    B[:, :-1] -= t
    G = point.G.copy()
    G[:, :-1] -= l2 * t
    return point._replace(B=B, L=point.L - saved.sum(), G=G)


def _cheapest_shift(W, l1, l2):
    """Return t (d,) that makes sum_c l1 |w_c - t| + l2 (w_c - t)^2 / 2 least in each column.

    W is (k, d), l1 and l2 are (d,). If j of the k weights are below t, then the slope in t is 0 at
    t_j = mean + (1 - 2 j / k) l1 / l2. So the best t is the median of all w_c and t_j: "L1 and
    three or more classes" in the notes shows it. Without l2 the t_j are infinite, but for the
    middle one: then t may be any number between the two middle weights, and 0 is wanted.
    """
    k = len(W)
    surplus = 1 - 2 * np.arange(k + 1)[:, None] / k        # (k + 1, 1)
    if l2.any():
        t = W.mean(axis=0) + surplus * l1 / np.where(l2 > 0, l2, 1)
    else:
        infinite = np.where(surplus > 0, np.inf, -np.inf)
        t = np.where(surplus == 0, 0, infinite) + np.zeros_like(l1)
    return np.median(np.vstack([W, t]), axis=0)


def _gradient_descent(raw, problem, learning_rate, batch_size, rng):
    """Yield the points at the start and after each epoch, each with the slope of L there.

    Parameters
    ----------
    raw : _Problem
        The problem in the units of X, in which the steps are taken.
    problem : _Problem
        The same in standardised columns, in which the slope is told.
    learning_rate : float
        The step along the slope.
    batch_size : int or None
        The number of rows in an update, None for all.
    rng : Generator
        It shuffles the rows anew in each epoch.
    """
    n, d = raw.X.shape
    size = batch_size or n
    B = np.zeros((len(raw.Y), d + 1))
    point = _evaluate(raw, B)
    while True:
        centred = point.G[:, :-1] - point.G[:, -1:] * problem.mean     # of x - mean, by the
        G = np.column_stack([centred / problem.unit, point.G[:, -1]])  # chain rule
        yield point, _full_slope(point.B, G, problem.l1)
        if not np.isfinite(point.L):
            return
        for rows in np.split(rng.permutation(n), range(size, n, size)):
            if size < n:
                share = raw.q[rows] * (n / len(rows))      # as if these rows were all
                batch = raw._replace(X=raw.X[rows], Y=raw.Y[:, rows], q=share)
                G = _evaluate(batch, B).G
            else:
                G = point.G
            B = _soft_threshold(B - learning_rate * G, learning_rate * raw.l1)         # LOG.12
        point = _evaluate(raw, B)


def _safe_rate(raw, problem):
    """Return a learning rate that is safe for gradient descent on all rows.             LOG.13"""
    has_spread = problem.unit < np.inf                     # constant columns have the unit inf
    variance = (problem.unit[has_spread] ** 2).sum()
    mean_square = problem.mean @ problem.mean + variance   # the mean of |x|^2
    h = 1 / 4 if len(raw.Y) == 1 else 1 / 2                # the most that P (1 - P) can do
    return 2 / (h * (1 + mean_square) + raw.l2[0])


def _is_separable(problem, point):
    """Return whether some rows can be separated from a class, so that no weights are best.

    Then the way to the best weights has no end. One more step of Newton's method, solved well,
    takes such rows 1 further away from the class, in the logit, and so does the next step. Near
    best weights it moves almost nothing, and the next step much less. Between the two, from 0.1
    on, the step is taken and the next one tells.

    A few rows are enough for a first look. In them one of such rows can weigh 1 / share times what
    it weighs in all rows, and then the step takes it only `share` further away.

    There is no penalty, and the `point` is the last one in standardised columns.
    """
    sample = _Sample(problem, part=0.1)
    for _ in range(60):                                    # an upper bound
        H = sample.hessian(point.P, ridge=1e-14)           # curvatures may be as small as 1e-10
        everything = np.full(point.G.shape, True)
        for better in _conjugate_gradients(H, -point.G, everything, enough=1e-12, max_steps=200):
            S = better
        step = problem.to_units_of_X(S)
        U = _times(problem.X, step[:, :-1].T).T + step[:, -1:]         # (m, n), of the logits
        away = _moves(problem.Y, U)
        is_near = _odds(problem.Y, point.P) > 1e-20        # other rows move far in any fit
        farthest = away[is_near].max()
        if farthest < 0.1 * sample.share:
            return False
        if away.min() >= -1e-6 * farthest:                 # no row moves back, but for rounding
            return True
        if sample.stride > 1:
            sample.double()                                # it may lack the rows that matter
        else:
            there = _line_search(problem, point, point.G, S)
            if there is None:
                break
            point = there
    return bool(farthest > 0.5)                            # nearer to 1 than to 0


def _odds(Y, P):
    """Return the odds (m, n) of each other class against the class of the row.

    Y and P (m, n) are the truth and the probabilities. For three or more classes the class itself
    is among the others, with odds of 1.
    """
    if len(Y) == 1:
        return np.where(Y, (1 - P) / P, P / (1 - P))
    own = Y.argmax(axis=0)[None]
    return P / np.take_along_axis(P, own, axis=0)


def _moves(Y, U):
    """Return how far the logit of each row's class moves away from those of the other classes.

    U (m, n) is how much the logits move. The shape and the order are those of `_odds`.
    """
    if len(Y) == 1:
        return np.where(Y, U, -U)
    own = Y.argmax(axis=0)[None]
    return np.take_along_axis(U, own, axis=0) - U


# ---- Arithmetic: fast, small, safe ----
#
# A first reading may skip this part: it changes the way to the best weights, and not the weights.
# What it buys, measured by leaving out each piece in turn:
#     a sample shows the curvature of many rows       1.3 to 2.3 times as fast from 50,000 rows on
#     a start near the optimum of a sample            1.1 to 1.5 times as fast
#     single precision where it is enough             up to 1.7 times as fast
#     M is whole, for up to 512 columns               1.5 to 6 times as fast
#     M is diagonal if the rows are few               29 times as fast (100 rows, 500 columns)
#     at most ten stops at 0 in a step, under L1      up to 4 times as fast (2,000 columns)
#     blocks of rows                                  up to 2 times as fast, and no second X
#     a mapped file in blocks                         0.24 of a float32 file in memory, not 2.2
#     standardised columns, units found in one pass   right answers at 1e300 and at 1e-300

_BLOCK = 2**19      # numbers in a block of rows: 4 MB, which stay in cache, in few calls of BLAS
_SAMPLE = 4096      # rows, and 40 more a column, that show the curvature well enough for a step
_WHOLE = 512        # the most columns for which the matrix M is whole
_ROUNDING = 1e-13   # a mean loss below this has lost most of its digits
_MOST_STOPS = 10    # how often weights may stop at 0 before the step is taken as it is


def _standardised(raw):
    """Return the same problem in standardised columns."""
    mean, unit = _units(raw.X, raw.q, raw.has_intercept)
    most = 1e300                       # a price beyond the range of floats is as good as this
    l1 = np.minimum(raw.l1[:-1] / unit, most)
    l2 = np.minimum(raw.l2[:-1] / unit / unit, most)       # unit**2 might overflow
    return raw._replace(mean=mean, unit=unit, l1=np.append(l1, 0), l2=np.append(l2, 0))


def _units(X, q, centre):
    """Return the mean (d,) and the standard deviation (d,) of the columns of X (n, d).

    q (n,) are the shares of the rows. If not `centre`, the mean is 0 and the deviation is about 0.
    The deviation of a constant column is inf, so that its weight stays 0.

    One pass: squares are summed about a rough mean, the median of some rows, and in a rough unit,
    as in the units of X they might cancel or overflow.
    """
    some = X[::max(1, len(X) // 99)].astype(float)
    rough = centre * np.median(some, axis=0)
    scale = 1 / max(abs(some).max() or 1, 1e-300)          # 1 / 0 and 1 / 1e-310 would overflow
    shift = 0
    square = 0
    for rows in _blocks(len(X), width=16 * X.shape[1]):    # small: Z and Z * Z stay in cache
        Z = (X[rows] - rough) * scale
        shift = shift + centre * (q[rows] @ Z)
        square = square + q[rows] @ (Z * Z)
    mean = rough + shift / scale
    deviation = np.sqrt(np.maximum(square - shift**2, 0)) / scale
    varies = deviation > 2e-15 * abs(mean)                 # a smaller one is rounding
    return mean, np.where(varies, deviation, np.inf)


def _first_point(problem):
    """Return the point at which Newton's method begins.

    With few rows that is zero. With many rows it first runs on some of them, half as many as show
    the curvature, until its slope is below 0.003, and begins there. Then two to seven steps remain.
    But if L of all rows is less at zero, the few have misled, and it begins at zero.
    """
    n, d = problem.X.shape
    zeros = np.zeros((len(problem.Y), d + 1))
    if n < _enough(d):
        return _evaluate(problem, zeros)
    few = slice(None, None, 2 * (n // _enough(d)))
    q = problem.q[few]
    part = problem._replace(X=problem.X[few], Y=problem.Y[:, few], q=q / q.sum())
    B = zeros
    for _, (point, G) in zip(range(20), _newton(part)):    # 20 points at most
        if abs(G).max() < 0.003:
            B = point.B
            break
    point = _evaluate(problem, B)
    at_zero = np.log(max(2, len(zeros)))                   # the log loss of equal probabilities
    return point if point.L <= at_zero else _evaluate(problem, zeros)


class _Sample:
    """The rows that show the curvature: all, or if they are many every second, third, ...

    The slope always sees all rows, so the sample changes the way and not the end. If a step on a
    sample does not halve the slope, the sample is doubled.

    Parameters
    ----------
    problem : _Problem
        The problem, in standardised columns.
    part : float
        How many rows to begin with, as a part of those that show the curvature well.

    Attributes
    ----------
    stride : int
        Every so-many-th row is in the sample.
    Z : ndarray (r, d + 1)
        The sample in standardised columns, with a last column of ones (zeros without intercept).
    w : ndarray (r,)
        The weight of each of its rows. They sum to 1.
    share : float
        The share of these rows in L.
    """

    def __init__(self, problem, part=1.0):
        n, d = problem.X.shape
        self.problem = problem
        self.stride = int(n / (part * _enough(d))) or 1
        self.steepest = np.inf
        self._choose()

    def double_if_needed(self, steepest):
        """Double the sample if the `steepest` slope is more than half the one of the last call."""
        if steepest > 0.5 * self.steepest:
            self.double()
        self.steepest = steepest

    def double(self):
        """Double the sample, if it is not all rows."""
        if self.stride > 1:
            self.stride //= 2
            self._choose()

    def hessian(self, P, ridge=None):
        """Return the `_Hessian` at the probabilities P (m, n).

        M is whole if it is small, or has rows enough. Else a few products with H cost less than
        M does. The ridge is larger on a sample, which may be flat where all rows are not.
        """
        r, width = self.Z.shape
        worth_it = width <= 64 or (width <= _WHOLE and r >= 1.5 * width)
        whole = worth_it and (len(P) == 1 or not self.problem.l1.any())
        if ridge is None:
            ridge = 1e-5 if self.stride > 1 else 1e-10
        return _Hessian(self.Z, self.w, P[:, ::self.stride], self.problem.l2, ridge, whole)

    def _choose(self):
        """Take every `stride`-th row, and more of them as long as they lack a column."""
        self._take()
        free_of_price = not (self.problem.l1.any() or self.problem.l2.any())
        while free_of_price and self.stride > 1 and self._lacks_a_column():
            self.stride //= 2
            self._take()

    def _lacks_a_column(self):
        """Return whether a column, whose mean square is 1 in all rows, is almost 0 in the sample.

        Then the sample has none of the few rows where the column differs from its mean. Nothing
        but a penalty would keep the first step from running away in this direction.
        """
        mean_square = self.w @ self.Z[:, :-1] ** 2
        return (mean_square[self.problem.unit < np.inf] < 0.1).any()

    def _take(self):
        """Standardise every `stride`-th row.

        Single precision is enough where the penalty bounds the condition number of H.
        """
        X, q, mean, unit = (self.problem.X, self.problem.q, self.problem.mean, self.problem.unit)
        bounded = (self.problem.l2[:-1][unit < np.inf] > 1e-6).all()
        X = X[::self.stride]
        q = q[::self.stride]
        in_range = q.min() > 1e-60     # a column has sum q z^2 = 1, so |z| <= 1 / sqrt(q) <= 1e30
        precision = np.float32 if bounded and in_range else float
        width = X.shape[1] + 1
        self.share = q.sum()
        self.w = q / self.share
        self.Z = np.empty((len(X), width), dtype=precision)
        self.Z[:, -1] = self.problem.has_intercept
        for rows in _blocks(len(X), width):
            self.Z[rows, :-1] = (X[rows] - mean) / unit


def _enough(d):
    """Return how many rows show the curvature of d columns well enough for a step."""
    return _SAMPLE + 40 * d


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


def _check_class_weight(class_weight):
    """Refuse class weights other than None, "balanced" and a dict of numbers > 0."""
    if isinstance(class_weight, dict):
        for label, factor in class_weight.items():
            _check_number(f"class_weight[{label!r}]", factor, 0, above=True)
    else:
        _check_option("class_weight", class_weight, (None, "balanced"), other="a dict")


def _class_factors(class_weight, classes, totals):
    """Return what each of the `classes` (k,) multiplies the weights of its rows by, (k,).

    `totals` (k,) is the sum of the weights of the rows of each class. "balanced" makes all these
    sums equal and keeps the sum over all classes.
    """
    if class_weight is None:
        return np.ones(len(classes))
    if isinstance(class_weight, str):
        return totals.mean() / totals
    labels = classes.tolist()
    for label in class_weight:
        if label not in labels:
            raise ValueError(f"class_weight names {label!r}, which is not in y")
    return np.array([float(class_weight.get(label, 1)) for label in labels])


def _advice_on_units(X):
    """Return what a warning adds if the columns of X (n, d) spread very differently, or ""."""
    spread = X.max(axis=0) / 2 - X.min(axis=0) / 2                     # the whole may overflow
    spread = spread[spread > 0]                                        # constants have no unit
    if len(spread) == 0 or spread.max() / 1e3 <= spread.min():
        return ""
    return (". Scale X: its columns have very different units. (x - mean) / standard deviation of "
            "each column is the usual way")


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
