"""Support vector machines: the boundary in the middle of the widest street between two classes.

Of all boundaries between two classes, a support vector machine takes the one that keeps the
greatest distance from the rows on both sides: the middle of the widest street. Rows may stand on
the street or on its wrong side, at a price. Only these and the rows on its kerbs decide where it
runs: the support vectors. With a kernel in place of products of rows, the street bends.

Objective: P = |w|^2 / 2 + sum_i C_i loss_i for the score f(x) = w.phi(x) + b, where phi is known
only through k(x, z) = phi(x).phi(z), and C_i is C times the weight of row i
    SVC, LinearSVC(loss="hinge")      loss = max(0, 1 - y f(x)), y = +-1                    SVM.1
    SVR                               loss = max(0, |y - f(x)| - epsilon)                   SVM.2
    LinearSVC                         loss = max(0, 1 - y f(x))^2                          SVM.16

Algorithm. The steps have the names of the functions below.
    SVC and SVR work on the dual: one multiplier beta_i for each row, and w = sum_i beta_i phi(x_i).
    They seek the largest D(beta) = t.beta - epsilon |beta|_1 + beta'R beta / 2             SVM.4
    The beta_i add up to 0. Then D does not need the products of rows, only their distances R.
        kernel             k(x, z) for all pairs of rows                                   SVM.11
        half_distances     R_ij = |phi(x_i) - phi(x_j)|^2 / 2                               SVM.4
        smo                from beta = 0 climb the dual D(beta), two multipliers at a time:
            pick a pair        beta_i that rises, beta_j that falls, for the largest gain   SVM.6
            how far            to the crest of D, or to the first bound on the way          SVM.7
            shift              delta from beta_j to beta_i
            update the slopes  of D, with two rows of R                                     SVM.7
            newton step        now and then, with all beta_i between two bounds at once     SVM.8
        intercept          b, from the rows whose multiplier is between its bounds          SVM.9
        duality_gap        how far the result is from the optimum, at most                 SVM.10
        vote               one machine for each two classes, and each has a vote           SVM.12
    LinearSVC works on w itself, one class against all others
        newton             ridge regression on the rows inside the margin, again and again SVM.17
        pegasos            a few rows at a time, with shrinking steps              SVM.13, SVM.14

Symbols: n samples (rows), d features, k classes, p = k (k - 1) / 2 pairs of classes, m support
vectors; in a shape, "rows" is some of the n rows.
    beta (n,)    the multipliers; between bounds lo (n,) <= 0 <= hi (n,)
    t (n,)       what f should be: the labels +-1, or the targets
    prices (n,)  C_i
    s (n,)       the slopes of D without epsilon: t + R beta
    rise (n,)    the slope of D if beta_i rises: s_i - epsilon (s_i + epsilon where beta_i < 0)
    fall (n,)    the slope of D if beta_i falls: s_i + epsilon (s_i - epsilon where beta_i > 0)
    R (n, n)     half squared distances, and half (n,): k(x_i, x_i) / 2
    Z (n, d)     rows in the units of the kernel; for LinearSVC with a last column of ones
Cost: SVC and SVR compute R in O(n^2 d) time and n^2 numbers, and then take 0.02 n to 11 n steps of
O(n) (the linear kernel with a large C: more). LinearSVC takes O(n d^2) time for each step
of Newton, of which it needs 4 to 15 and rarely more, and O(n d) for each pass of Pegasos.

Follows Platt (1998), Fan, Chen & Lin (2005), Keerthi & DeCoste (2005) and Shalev-Shwartz et al.
(2011): see SVC and LinearSVC.
"""

import itertools
import warnings
from typing import NamedTuple

import numpy as np


class _KernelMachine:
    """What SVC and SVR share: the checks of hyperparameters, the fitted state, and the score f.

    `dual_coef_` and `support_vectors_` are read-only, because `fit` computes `coef_` from them.
    `intercept_` and `coef_` can be changed, and the prediction follows.
    """

    @property
    def dual_coef_(self):
        """The multipliers of the support vectors, read-only."""
        return _read_only(self._dual_coef)

    @property
    def support_vectors_(self):
        """The support vectors, read-only."""
        return _read_only(self._support_vectors)

    def _check_hyperparameters(self):
        """Refuse hyperparameters of SVC and SVR that cannot be used."""
        if not callable(self.kernel):
            _check_option("kernel", self.kernel, ("linear", "poly", "rbf", "sigmoid"),
                          other="a callable")
        if isinstance(self.gamma, str):
            _check_option("gamma", self.gamma, ("scale", "auto"), other="a number")
        else:
            _check_number("gamma", self.gamma, 0)
        _check_number("degree", self.degree, 0, integer=True)
        _check_number("coef0", self.coef0, -1e300)
        _check_number("C", self.C, 0, above=True)
        _check_number("tol", self.tol, 0, above=True)
        _check_number("cache_size", self.cache_size, 0, above=True)
        if self.max_iter != -1:
            _check_number("max_iter", self.max_iter, 1, integer=True)

    def _set_state(self, rows, kernel, solution, names):
        """Keep what `fit` found: the support vectors among the `rows`, and f in terms of them.

        The rows stand class by class, and so do the columns of `solution.dual`.
        """
        used = np.flatnonzero(solution.dual.any(axis=0))
        n_classes = rows.code[-1] + 1                                  # the last class comes last
        self.support_ = rows.number[used]
        self.n_support_ = np.bincount(rows.code[used], minlength=n_classes)
        self._support_vectors = rows.X[used]
        self._dual_coef = solution.dual[:, used]
        self._pairs = np.triu_indices(n_classes, 1)    # the first and the second class of each
        self._kernel = kernel
        self.intercept_ = solution.intercept
        self.coef_ = None
        del self.coef_                         # an earlier fit may have left one
        if kernel.kind == "linear":
            V = kernel.prepare(self._support_vectors)
            self.coef_ = self._sums_by_pair(V.T).T                     # SVM.3, (p, d)
            # The kernel saw rows less `shift`: f = w.(x - shift) + b.
            self.intercept_ = self.intercept_ - self.coef_ @ kernel.shift
        self.dual_gap_ = solution.gap
        self.dual_objective_history_ = solution.history
        self.n_iter_ = np.array([len(D) - 1 for D in solution.history])
        self.n_features_in_ = rows.X.shape[1]
        self.feature_names_in_ = names
        if names is None:
            del self.feature_names_in_

    def _give_warning(self, rows, solution):
        """Warn if SMO stopped before no pair could climb by more than `tol`."""
        missed = solution.violation.max()
        if missed > 1.001 * self.tol:                                  # beyond rounding
            warnings.warn(f"SMO stopped after {self.n_iter_.max()} steps: KKT conditions violated "
                          f"by {missed:.2g}, tol is {self.tol:g}. Raise max_iter or tol, or lower C"
                          f"{_advice_on_units(rows.X)}", RuntimeWarning, stacklevel=3)

    def _scores(self, X):
        """Yield slices of the rows of X (n, d), each with their scores f (rows, p)."""
        n_pairs = len(self.intercept_)
        if self._kernel.kind == "linear":
            for part in _blocks(len(X), width=2 * n_pairs):            # f and w.x
                yield part, X[part] @ self.coef_.T + self.intercept_
            return
        V = self._kernel.prepare(self._support_vectors)
        for part in _blocks(len(X), width=len(V) + 2 * n_pairs):
            f = self._sums_by_pair(self._kernel(self._kernel.prepare(X[part]), V))      # SVM.3
            yield part, f + self.intercept_

    def _sums_by_pair(self, K):
        """Return the sum of beta_i K[:, i] over the support vectors of each pair, (rows, p).

        Column i of K (rows, m) belongs to support vector i: k of it with some rows, or itself.
        """
        dual = self._dual_coef                                         # (k - 1, m)
        if len(dual) == 1:
            return K @ dual.T
        ends = np.cumsum(self.n_support_)
        own = [slice(end - size, end) for end, size in zip(ends, self.n_support_)]
        sums = np.array([K[:, i] @ dual[:, i].T for i in own])         # (k, rows, k - 1)
        first, second = self._pairs
        # The multipliers of class a against class b are in row b - 1 if a < b, and else in row b.
        return (sums[first, :, second - 1] + sums[second, :, first]).T


class SVC(_KernelMachine):
    """Support vector classifier with kernels, by sequential minimal optimisation (SMO).

    With more than two classes there is one machine for each pair of classes, and each casts a
    vote. A score of 0 and equal votes go to the first class. If equal rows have different labels,
    their multipliers end at the bounds.

    Parameters
    ----------
    C : float, default=1.0
        The price of a unit of margin violation, > 0. A small C makes a wide street.
    kernel : {"linear", "poly", "rbf", "sigmoid"} or callable, default="rbf"
        What takes the place of the product x.z of two rows: x.z itself,
        (gamma x.z + coef0)^degree, exp(-gamma |x - z|^2) or tanh(gamma x.z + coef0). A callable
        takes rows A and B and returns an array of shape (len(A), len(B)).
    degree : int, default=3
        The exponent of the polynomial kernel, >= 0. The other kernels ignore it.
    gamma : {"scale", "auto"} or float, default="scale"
        The factor in the kernel, >= 0. A large one makes a narrow kernel. "scale" is
        1 / (n_features * the variance of all entries of X), "auto" is 1 / n_features.
    coef0 : float, default=0.0
        The constant in the polynomial and the sigmoid kernel.
    tol : float, default=1e-3
        `fit` stops when no two multipliers violate the optimality conditions (KKT) by more than
        `tol`, in units of f.
    cache_size : float, default=200
        The megabytes for half squared distances between rows. 200 hold those of 5,000 rows. With
        more rows `fit` computes them again when they are needed, which is slower.
    class_weight : dict, "balanced" or None, default=None
        What multiplies C for the rows of each class: a dict from label to number (1 if left out).
        "balanced" gives all classes the same total.
    max_iter : int, default=-1
        The most steps for each pair of classes. -1 is 100,000 + 100 n_samples. Fits with
        max_iter = 1, 2, 3, ... show a longer fit step by step.
    decision_function_shape : {"ovr", "ovo"}, default="ovr"
        What `decision_function` returns with more than two classes: "ovr" (one versus rest) is a
        score for each class, "ovo" (one versus one) is a score for each pair of classes.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    support_ : ndarray of int, shape (n_support,)
        The row numbers of the support vectors, class by class.
    support_vectors_ : ndarray of shape (n_support, n_features)
        The rows of X that f depends on. Read-only.
    n_support_ : ndarray of int, shape (n_classes,)
        The number of support vectors of each class.
    dual_coef_ : ndarray of shape (n_classes - 1, n_support)
        The multiplier of each support vector against each other class, positive where it pulls f
        up and negative where it pulls f down. The rows are the other classes in order: its own is
        left out. Read-only.
    intercept_ : ndarray of shape (n_pairs,)
        b of each pair of classes: (0, 1), (0, 2), ..., (1, 2), ... A positive f speaks for the
        first class of the pair, but for the second, `classes_[1]`, if there are two classes only.
    coef_ : ndarray of shape (n_pairs, n_features)
        w of each pair of classes. Only the linear kernel has it.
    dual_gap_ : ndarray of shape (n_pairs,)
        The objective is at most this far above its minimum. For an indefinite kernel, as "sigmoid"
        may be, it certifies nothing: `fit` then ends in a local optimum.
    dual_objective_history_ : list of n_pairs ndarrays
        The dual objective of each pair of classes, at the start and after each step. It never
        falls.
    n_iter_ : ndarray of int, shape (n_pairs,)
        The number of steps for each pair of classes.
    n_features_in_ : int
        The number of features that `fit` saw.
    feature_names_in_ : ndarray of str, shape (n_features,)
        The names of the columns of X. It is only there if X was a table with such names.

    References
    ----------
    J. Platt (1998), "Sequential minimal optimization".
    R.-E. Fan, P.-H. Chen and C.-J. Lin (2005), "Working set selection using second order
    information for training support vector machines".

    Examples
    --------
    >>> from svm import SVC
    >>> model = SVC(kernel="linear").fit([[0], [2], [3]], ["no", "yes", "yes"])
    >>> model.support_vectors_.tolist()
    [[0.0], [2.0]]
    >>> model.decision_function([[0], [1], [2], [3]]).round(6).tolist()
    [-1.0, 0.0, 1.0, 2.0]
    >>> model.predict([[0.9], [1.1]]).tolist()
    ['no', 'yes']
    """

    def __init__(self, *, C: float = 1.0, kernel="rbf", degree: int = 3,
                 gamma: str | float = "scale", coef0: float = 0.0, tol: float = 1e-3,
                 cache_size: float = 200, class_weight: dict | str | None = None,
                 max_iter: int = -1, decision_function_shape: str = "ovr"):
        self.C = C
        self.kernel = kernel
        self.degree = degree
        self.gamma = gamma
        self.coef0 = coef0
        self.tol = tol
        self.cache_size = cache_size
        self.class_weight = class_weight
        self.max_iter = max_iter
        self.decision_function_shape = decision_function_shape

    def fit(self, X, y, sample_weight=None) -> "SVC":
        """Find the support vectors between each two classes.

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
        self : SVC
        """
        names = _feature_names(X)
        self._check_hyperparameters()
        _check_option("decision_function_shape", self.decision_function_shape, ("ovr", "ovo"))
        data, classes = _check_classes(self, X, y, sample_weight)
        totals = np.bincount(data.code, data.weights)
        factors = _class_factors(self.class_weight, classes, totals)
        kernel = _Kernel(self, data.X, data.weights)

        order = np.argsort(data.code, kind="stable")
        rows = _Rows(*[values[order] for values in data])              # class by class
        prices = _prices(self.C, rows.weights * factors[rows.code])    # C_i of SVM.1
        solution = _one_against_one(self, kernel, kernel.prepare(rows.X), rows.code, prices)

        self.classes_ = classes
        self._set_state(rows, kernel, solution, names)
        self._give_warning(rows, solution)
        return self

    def decision_function(self, X):
        """Return the scores of the rows of X.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Rows with the features that `fit` saw.

        Returns
        -------
        scores : ndarray of shape (n_samples,), (n_samples, n_classes) or (n_samples, n_pairs)
            With two classes f, positive for `classes_[1]`. With more, the votes for each class,
            with ties broken by the scores ("ovr"), or f of each pair of classes ("ovo").
        """
        X = _check_X(X, fitted=self)
        n_classes = len(self.classes_)
        for_each_class = n_classes > 2 and self.decision_function_shape == "ovr"
        scores = np.empty((len(X), n_classes if for_each_class else len(self.intercept_)))
        for part, f in self._scores(X):
            scores[part] = _vote(f, self._pairs)[1] if for_each_class else f
        return scores if n_classes > 2 else scores[:, 0]

    def predict(self, X):
        """Return the label of each row of X: the class with most votes.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Rows with the features that `fit` saw.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
        """
        X = _check_X(X, fitted=self)
        n_classes = len(self.classes_)
        winner = np.empty(len(X), dtype=int)
        for part, f in self._scores(X):
            first_is_up = f if n_classes > 2 else -f                   # > 0: first of the pair
            winner[part] = _vote(first_is_up, self._pairs)[0].argmax(axis=1)
        return self.classes_[winner]


class SVR(_KernelMachine):
    """Support vector regression: an error up to epsilon is free, each unit beyond it costs C.

    Parameters
    ----------
    kernel : {"linear", "poly", "rbf", "sigmoid"} or callable, default="rbf"
        What takes the place of the product x.z of two rows: x.z itself,
        (gamma x.z + coef0)^degree, exp(-gamma |x - z|^2) or tanh(gamma x.z + coef0). A callable
        takes rows A and B and returns an array of shape (len(A), len(B)).
    degree : int, default=3
        The exponent of the polynomial kernel, >= 0. The other kernels ignore it.
    gamma : {"scale", "auto"} or float, default="scale"
        The factor in the kernel, >= 0. A large one makes a narrow kernel. "scale" is
        1 / (n_features * the variance of all entries of X), "auto" is 1 / n_features.
    coef0 : float, default=0.0
        The constant in the polynomial and the sigmoid kernel.
    tol : float, default=1e-3
        `fit` stops when no two multipliers violate the optimality conditions (KKT) by more than
        `tol`, in units of y.
    C : float, default=1.0
        The price of a unit of error beyond `epsilon`, > 0.
    epsilon : float, default=0.1
        The error that is free, >= 0, in units of y.
    cache_size : float, default=200
        The megabytes for half squared distances between rows. 200 hold those of 5,000 rows. With
        more rows `fit` computes them again when they are needed, which is slower.
    max_iter : int, default=-1
        The most steps. -1 is 100,000 + 100 n_samples.

    Attributes
    ----------
    support_ : ndarray of int, shape (n_support,)
        The row numbers of the support vectors.
    support_vectors_ : ndarray of shape (n_support, n_features)
        The rows of X that f depends on: those with an error of `epsilon` or more. Read-only.
    n_support_ : ndarray of int, shape (1,)
        The number of support vectors.
    dual_coef_ : ndarray of shape (1, n_support)
        The multiplier of each support vector, positive if the target is above f. Read-only.
    intercept_ : ndarray of shape (1,)
        The intercept b.
    coef_ : ndarray of shape (1, n_features)
        w. Only the linear kernel has it.
    dual_gap_ : ndarray of shape (1,)
        The objective is at most this far above its minimum. For an indefinite kernel, as "sigmoid"
        may be, it certifies nothing: `fit` then ends in a local optimum.
    dual_objective_history_ : list of one ndarray, shape (n_iter_ + 1,)
        The dual objective at the start and after each step. It never falls.
    n_iter_ : ndarray of int, shape (1,)
        The number of steps.
    n_features_in_ : int
        The number of features that `fit` saw.
    feature_names_in_ : ndarray of str, shape (n_features,)
        The names of the columns of X. It is only there if X was a table with such names.

    References
    ----------
    A. J. Smola and B. Schölkopf (2004), "A tutorial on support vector regression".

    Examples
    --------
    >>> from svm import SVR
    >>> model = SVR(kernel="linear", epsilon=0.25, C=10).fit([[0], [1]], [0, 1])
    >>> model.coef_.round(6).tolist(), model.intercept_.round(6).tolist()
    ([[0.5]], [0.25])
    >>> model.predict([[0], [1], [2]]).round(6).tolist()
    [0.25, 0.75, 1.25]
    """

    def __init__(self, *, kernel="rbf", degree: int = 3, gamma: str | float = "scale",
                 coef0: float = 0.0, tol: float = 1e-3, C: float = 1.0, epsilon: float = 0.1,
                 cache_size: float = 200, max_iter: int = -1):
        self.kernel = kernel
        self.degree = degree
        self.gamma = gamma
        self.coef0 = coef0
        self.tol = tol
        self.C = C
        self.epsilon = epsilon
        self.cache_size = cache_size
        self.max_iter = max_iter

    def fit(self, X, y, sample_weight=None) -> "SVR":
        """Find the tube of width 2 epsilon from which the targets stand out least.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            The training rows.
        y : array of shape (n_samples,)
            The target of each row.
        sample_weight : array of shape (n_samples,), default=None
            How many times each row counts, >= 0. None is once.

        Returns
        -------
        self : SVR
        """
        names = _feature_names(X)
        self._check_hyperparameters()
        _check_number("epsilon", self.epsilon, 0)
        X = _check_X(X)
        y = _check_y(y, X, numeric=True)
        weights = _check_weights(sample_weight, X)
        number = np.flatnonzero(weights)                               # weight 0 is no row
        rows = _Rows(X[number], number, weights[number], np.zeros(len(number), dtype=int))
        prices = _prices(self.C, rows.weights)                         # C_i of SVM.2

        kernel = _Kernel(self, rows.X, rows.weights)
        distances = _half_distances(kernel, kernel.prepare(rows.X), self.cache_size)
        problem = _Problem(distances, y[number], float(self.epsilon), -prices, prices)
        solution = _solve(problem, self.tol, self.max_iter)

        self._set_state(rows, kernel, solution, names)
        self._give_warning(rows, solution)
        return self

    def predict(self, X):
        """Return f of each row of X.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Rows with the features that `fit` saw.

        Returns
        -------
        y : ndarray of shape (n_samples,)
        """
        X = _check_X(X, fitted=self)
        y = np.empty(len(X))
        for part, f in self._scores(X):
            y[part] = f[:, 0]
        return y


class LinearSVC:
    """Linear support vector classifier, for many rows: its time is in proportion to their number.

    f(x) = w.x + b. With more than two classes there is one f for each class against all others.
    As in scikit-learn, b is the weight of a constant feature 1 and is penalised like the others,
    so b comes out slightly too small if the data are far from the origin.

    Parameters
    ----------
    loss : {"squared_hinge", "hinge"}, default="squared_hinge"
        What a margin violation v = max(0, 1 - y f(x)) costs: C v^2, which Newton's method
        minimises in a few steps, or C v as in SVC, where Pegasos takes many small random steps.
    C : float, default=1.0
        The price of margin violations, > 0.
    fit_intercept : bool, default=True
        Whether f has a constant b.
    class_weight : dict, "balanced" or None, default=None
        What multiplies C for the rows of each class: a dict from label to number (1 if left out).
        "balanced" gives all classes the same total. With more than two classes the factor of a
        class holds for its own f. There the rows of all other classes have the factor 1.
    batch_size : int, default=16
        The number of rows in a step of Pegasos. Newton's method ignores it.
    max_iter : int, default=1000
        The most steps of Newton's method for each f, or the most epochs of Pegasos. An epoch is
        one pass through all rows.
    tol : float or None, default=1e-4
        `fit` stops when the duality gap is at most `tol` times the objective. Pegasos is slow, and
        1e-2 is a realistic wish there. With None it goes on to `max_iter` (Newton's method: until
        rounding stops it) and does not warn.
    random_state : None, int or numpy.random.Generator, default=None
        What draws the order of the rows in Pegasos. An int makes the result repeatable.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    coef_ : ndarray of shape (n_classes, n_features), (1, n_features) with two classes
        w of each f.
    intercept_ : ndarray of shape (n_classes,), (1,) with two classes
        b of each f.
    n_iter_ : int
        The number of steps of Newton's method, of the f that took most, or of epochs.
    dual_gap_ : ndarray of shape (n_classes,), (1,) with two classes
        The objective of each f is at most this far above its minimum.
    loss_history_ : ndarray of shape (n_iter_,)
        The objective after each step or epoch, summed over the classes.
    dual_history_ : ndarray of shape (n_iter_,)
        The dual objective, a bound from below to the minimum, summed over the classes.
    iterate_loss_history_ : ndarray of shape (n_iter_,)
        Only for Pegasos, which keeps the average of its weights: the objective of the last ones.
    n_features_in_ : int
        The number of features that `fit` saw.
    feature_names_in_ : ndarray of str, shape (n_features,)
        The names of the columns of X. It is only there if X was a table with such names.

    References
    ----------
    S. S. Keerthi and D. DeCoste (2005), "A modified finite Newton method for fast solution of
    large scale linear SVMs".
    S. Shalev-Shwartz, Y. Singer, N. Srebro and A. Cotter (2011), "Pegasos: primal estimated
    sub-gradient solver for SVM".

    Examples
    --------
    >>> from svm import LinearSVC
    >>> model = LinearSVC(C=1.0, fit_intercept=False).fit([[-1], [1]], ["no", "yes"])
    >>> model.coef_.round(6).tolist(), model.n_iter_
    ([[0.8]], 1)
    >>> model.predict([[-3], [2]]).tolist()
    ['no', 'yes']
    """

    def __init__(self, *, loss: str = "squared_hinge", C: float = 1.0, fit_intercept: bool = True,
                 class_weight: dict | str | None = None, batch_size: int = 16,
                 max_iter: int = 1000, tol: float | None = 1e-4,
                 random_state: int | np.random.Generator | None = None):
        self.loss = loss
        self.C = C
        self.fit_intercept = fit_intercept
        self.class_weight = class_weight
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state

    def fit(self, X, y, sample_weight=None) -> "LinearSVC":
        """Find the weights w and b of each class against the others.

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
        self : LinearSVC
        """
        names = _feature_names(X)
        rng = self._check_hyperparameters()
        data, classes = _check_classes(self, X, y, sample_weight)
        Y, prices = self._one_against_all(data, classes)               # (n, k) each
        self._check_range(data.X, prices)
        ones = np.full(len(data.X), float(self.fit_intercept))
        Z = np.column_stack([data.X, ones])                            # (n, d + 1)

        tol = -np.inf if self.tol is None else self.tol               # -inf is never reached
        if self.loss == "hinge":
            run = _pegasos(Z, Y, prices, self, tol, rng)
        else:
            run = _newton_for_each(Z, Y, prices, tol, self.max_iter)

        self.classes_ = classes
        self.coef_ = run.W[:-1].T.copy()
        self.intercept_ = run.W[-1].copy()
        self.n_iter_ = len(run.loss)
        self.dual_gap_ = run.loss[-1] - run.dual[-1]
        self.loss_history_ = run.loss.sum(axis=1)
        self.dual_history_ = run.dual.sum(axis=1)
        self.iterate_loss_history_ = run.iterate_loss
        if run.iterate_loss is None:
            del self.iterate_loss_history_
        self.n_features_in_ = data.X.shape[1]
        self.feature_names_in_ = names
        if names is None:
            del self.feature_names_in_
        self._give_warning(data.X, run)
        return self

    def decision_function(self, X):
        """Return f of the rows of X.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Rows with the features that `fit` saw.

        Returns
        -------
        scores : ndarray of shape (n_samples, n_classes), (n_samples,) with two classes
            With two classes f is positive for `classes_[1]`.
        """
        X = _check_X(X, fitted=self)
        f = X @ self.coef_.T + self.intercept_
        return f if len(self.classes_) > 2 else f[:, 0]

    def predict(self, X):
        """Return the label of each row of X: the class of the largest f, or the sign of f.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Rows with the features that `fit` saw.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
        """
        f = self.decision_function(X)
        winner = f.argmax(axis=1) if f.ndim == 2 else (f > 0).astype(int)
        return self.classes_[winner]

    def _check_hyperparameters(self):
        """Refuse hyperparameters that cannot be used. Return the random generator."""
        _check_option("loss", self.loss, ("squared_hinge", "hinge"))
        _check_number("C", self.C, 0, above=True)
        _check_flag("fit_intercept", self.fit_intercept)
        _check_number("batch_size", self.batch_size, 1, integer=True)
        _check_number("max_iter", self.max_iter, 1, integer=True)
        if self.tol is not None:
            _check_number("tol", self.tol, 0, above=True)
        return _check_random_state(self.random_state)

    def _one_against_all(self, data, classes):
        """Return the labels +-1 and the prices C_i of the rows, (n, k) or, of two classes, (n, 1).

        Column c says 1 for the rows of class c and -1 for all others.
        """
        n_classes = len(classes)
        totals = np.bincount(data.code, data.weights)
        factors = _class_factors(self.class_weight, classes, totals)
        if n_classes == 2:
            Y = np.where(data.code == 1, 1.0, -1.0)[:, None]
            factors = factors[data.code][:, None]                      # (n, 1)
        else:
            Y = np.where(data.code[:, None] == np.arange(n_classes), 1.0, -1.0)
            factors = np.where(Y > 0, factors, 1.0)
        return Y, _prices(self.C, data.weights[:, None] * factors)

    def _check_range(self, X, prices):
        """Refuse numbers whose squares, times the prices, add up to infinity."""
        largest = max(X.max(), -X.min(), 1.0)
        with np.errstate(over="ignore"):
            total = prices.sum() * largest * largest * X.shape[1]
        if not total < 1e300:
            raise ValueError(f"X holds numbers as large as {largest:.2g}, and their squares are "
                             "too large with C and the weights. Scale X: (x - mean) / standard "
                             "deviation of each column is the usual way")

    def _give_warning(self, X, run):
        """Warn if `fit` stopped before the duality gap was small enough."""
        if self.tol is None:
            return
        missed = (self.dual_gap_ / run.loss[-1]).max()
        if missed <= self.tol:
            return
        if self.loss == "hinge":
            what = f"Pegasos stopped at max_iter={self.max_iter}"
            cure = "Raise tol or max_iter, lower C, or take loss='squared_hinge'"
        elif self.n_iter_ == self.max_iter:
            what = f"Newton's method stopped at max_iter={self.max_iter}"
            cure = "Raise max_iter or tol, or lower C"
        else:
            what = f"Newton's method stands still after {self.n_iter_} steps"
            cure = "Rounding hides the rest: lower C, or scale X"
        warnings.warn(f"{what}: the duality gap is {missed:.2g} of the objective, above "
                      f"tol={self.tol:g}. {cure}{_advice_on_units(X)}",
                      RuntimeWarning, stacklevel=3)


# ---- The algorithm ----
#
# SVC and SVR solve a _Problem: the dual SVM.4 of some rows. In SVC these are the rows of two
# classes, in SVR all rows. From the next part come
#     _gaussian(A, B)                    exp(-|a - b|^2 / 2) of all rows a and b, (len(A), len(B))
#     _half_distances(kernel, Z, ...)    R and half of the rows Z: a _Distances
#     _free_newton_step(climb)           beta after a Newton step of those between two bounds, (n,)
#     _pairs_together(...)               the same as _one_against_one, faster for many classes
#     _newton_step(objective, point)     what objective.newton_step returns, also where that would
#                                        be slow or too large
# and three rules: _least_distance, _most_steps and _steps_between_newton_steps.


class _Kernel:
    """The kernel k. It takes rows times the root of gamma, and then needs gamma no more.

    Parameters
    ----------
    model : SVC or SVR
        It says which kernel.
    X : ndarray (n, d)
        The training rows, which say what gamma="scale" is.
    weights : ndarray (n,)
        How many times each of these rows counts.

    Attributes
    ----------
    kind : str or callable
        The name of the kernel, or k itself.
    degree, coef0 : int, float
        As in `SVC`.
    shift : ndarray (d,) or float
        The mean of the rows, which is taken off if the kernel works on differences of rows only.
    root : float
        The root of gamma (of 2 gamma for "rbf"), which multiplies the rows. It is in range where
        gamma is not, as for rows near 1e200.
    """

    def __init__(self, model, X, weights):
        self.kind = model.kernel
        self.degree = model.degree
        self.coef0 = model.coef0
        # The dual sees differences of rows only (SVM.4), also with products as the kernel. So
        # the rows may be centred: those near 1e8 then keep their small digits.
        self.shift = X.mean(axis=0) if self.kind in ("rbf", "linear") else 0.0
        self.root = 1.0
        if self.kind in ("rbf", "poly", "sigmoid"):
            # gamma="scale" is 1 / (d spread^2). The square may be out of range, so the root is
            # divided by the spread. A spread of 0 means that all rows are equal: any root will do.
            spread = _spread(X, weights) if model.gamma == "scale" else 1.0
            gamma = 1 / X.shape[1] if isinstance(model.gamma, str) else float(model.gamma)
            if spread > 0:
                factor = 2 * gamma if self.kind == "rbf" else gamma
                self.root = np.sqrt(factor) / spread

    def prepare(self, X):
        """Return rows X (n, d) in the units of the kernel, (n, d)."""
        return (X - self.shift) * self.root

    def __call__(self, A, B):
        """Return k of each row of A with each row of B, (len(A), len(B)).

        The rows have been through `prepare`.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            if callable(self.kind):
                K = np.asarray(self.kind(A, B), dtype=float)
            elif self.kind == "rbf":
                K = _gaussian(A, B)                                    # exp(-|a - b|^2 / 2)
            else:
                K = self._of_products(A @ B.T)
        shape = (len(A), len(B))
        if K.shape != shape:
            raise ValueError(f"kernel must return an array of shape {shape} for {len(A)} and "
                             f"{len(B)} rows, got shape {K.shape}")
        return self._check(K)

    def diagonal(self, Z):
        """Return k of each row of Z (n, d) with itself, (n,)."""
        if callable(self.kind):
            # The callable gives all pairs of the rows it gets: small groups waste little.
            blocks = np.array_split(Z, 1 + len(Z) // 32)
            return np.concatenate([self(A, A).diagonal() for A in blocks])
        if self.kind == "rbf":
            return np.ones(len(Z))
        with np.errstate(over="ignore", invalid="ignore"):
            return self._check(self._of_products(_squares(Z)))

    def _of_products(self, products):
        """Return k from the products x.z, an array of any shape: SVM.11 without "rbf"."""
        if self.kind == "poly":
            return (products + self.coef0)**self.degree
        if self.kind == "sigmoid":
            return np.tanh(products + self.coef0)
        return products

    def _check(self, K):
        """Return K, an array of any shape. Refuse it if it holds NaN or infinity."""
        with np.errstate(over="ignore", invalid="ignore"):
            total = K.sum()
        if not np.isfinite(total):
            raise ValueError(f"kernel={self.kind!r} gave NaN or infinity. Scale X")
        return K


class _Rows(NamedTuple):
    """The rows that count: those whose weight is not 0.

    X : ndarray (n, d)
    number : ndarray (n,), where each of them stands in the X that `fit` got
    weights : ndarray (n,), how many times each counts
    code : ndarray (n,), the number of the class, from 0; in SVR all are 0
    """

    X: np.ndarray
    number: np.ndarray
    weights: np.ndarray
    code: np.ndarray


class _Distances(NamedTuple):
    """How far apart some rows are, as the kernel sees them.

    R : ndarray (n, n) or _RowCache, half the squared distances
    half : ndarray (n,), half of the kernel of each row with itself
    all_positive : bool, whether every number in R is known to be above 0, and may divide. (It can
        be, although R_ii = 0: `_half_distances` adds a tiny constant to R.)
    """

    R: "np.ndarray | _RowCache"
    half: np.ndarray
    all_positive: bool


class _Problem(NamedTuple):
    """A dual problem: maximise t.beta - epsilon |beta|_1 + beta'R beta / 2.                 SVM.4

    distances : _Distances
    t : ndarray (n,), the labels +-1, or the targets
    epsilon : float, 0 in SVC
    lo : ndarray (n,), the lower bounds of beta, <= 0
    hi : ndarray (n,), its upper bounds, >= 0
    """

    distances: _Distances
    t: np.ndarray
    epsilon: float
    lo: np.ndarray
    hi: np.ndarray


class _Solution(NamedTuple):
    """The solution of one problem, or of one for each pair of classes.

    dual : ndarray (1, n) of one problem; ndarray (k - 1, n), as in `SVC.dual_coef_`
    intercept : ndarray (p,), b
    gap : ndarray (p,), the duality gap
    violation : ndarray (p,), max(rise) - min(fall): the slope of D for the steepest pair
    history : list of p ndarrays, D at the start and after each step
    """

    dual: np.ndarray
    intercept: np.ndarray
    gap: np.ndarray
    violation: np.ndarray
    history: list


class _Climb:
    """A climb of SMO: the multipliers on their way, and the slopes of D where they are.

    Parameters
    ----------
    problem : _Problem
        What is to be maximised.

    Attributes
    ----------
    beta : ndarray (n,)
        The multipliers. They add up to 0.
    s : ndarray (n,)
        The slopes without epsilon, as they were at the last `refresh`.
    rise : ndarray (n,)
        What D gains as beta_i rises, for each unit; -inf at the upper bound.
    fall : ndarray (n,)
        What D loses as beta_i falls, for each unit; inf at the lower bound.
    history : list of float
        D at the start and after each step.
    least : float
        What stands in for half a squared distance R_ij that is not above 0.
    pause : int
        The number of steps between two Newton steps.
    """

    def __init__(self, problem):
        n = len(problem.t)
        self.problem = problem
        self.least = _least_distance(problem.distances.half)
        self.pause = int(_steps_between_newton_steps(n))
        self.beta = np.zeros(n)
        self.rise = np.empty(n)
        self.fall = np.empty(n)
        self.history = [0.0]
        if isinstance(problem.distances.R, _RowCache):
            problem.distances.R.watch(self.rise, self.fall)            # to foresee the next rows
        self.refresh()

    def refresh(self):
        """Compute the slopes from beta, free of the rounding errors that add up in SMO."""
        distances, t, epsilon, lo, hi = self.problem
        beta = np.clip(self.beta, lo, hi, out=self.beta)               # C may round to C + 1e-16
        self.s = t + distances.R @ beta if beta.any() else t           # SVM.5
        self.rise[:], self.fall[:] = _rise_and_fall(self.s, beta, lo, hi, epsilon)

    def newton_step(self):
        """Take a Newton step with all multipliers between bounds, if R is held whole."""
        distances, t, epsilon, _, _ = self.problem
        if isinstance(distances.R, np.ndarray):
            self.beta[:] = _free_newton_step(self)
        self.refresh()
        # As s = t + R beta, (s + t).beta / 2 is t.beta + beta'R beta / 2.
        D = (self.s + t) @ self.beta / 2 - epsilon * abs(self.beta).sum()               # SVM.4
        self.history.append(D)


def _rise_and_fall(s, beta, lo, hi, epsilon):
    """Return the slopes of D for multipliers that rise, and for multipliers that fall.

    s is the slope without the term epsilon |beta|, which has a kink at 0. At its upper bound a
    multiplier cannot rise: -inf. At its lower bound it cannot fall: inf.
    """
    rise = np.where(beta >= hi, -np.inf, s - np.where(beta >= 0, epsilon, -epsilon))
    fall = np.where(beta <= lo, np.inf, s - np.where(beta > 0, epsilon, -epsilon))
    return rise, fall


def _rise_and_fall_of_one(s, beta, lo, hi, epsilon):
    """Do the same for one multiplier, with Python's floats, which are faster one at a time."""
    rise = s - (epsilon if beta >= 0 else -epsilon)
    fall = s - (epsilon if beta > 0 else -epsilon)
    if beta >= hi:
        rise = -np.inf
    if beta <= lo:
        fall = np.inf
    return rise, fall


def _smo(climb, tol, max_iter):
    """Climb until no pair of multipliers climbs by more than tol, or until max_iter steps.

    climb : _Climb, where the climb begins. It is moved to where it ends.
    """
    distances, _, epsilon, lo, hi = climb.problem
    R, _, all_positive = distances
    beta = climb.beta
    rise = climb.rise
    fall = climb.fall
    history = climb.history
    bottom = lo.tolist()                       # lo and hi as Python's floats: fast one at a time
    top = hi.tolist()
    while len(history) <= max_iter:
        # Pick a pair: i on the steepest way up, and the partner j with whom D gains most. The
        # square keeps the sign of the slope, so that no j wins with whom D would fall.
        i = int(rise.argmax())
        R_i = R[i]                                                     # (n,)
        slope = rise[i] - fall                                         # (n,), towards each j
        gain = slope * abs(slope) / (R_i if all_positive else np.maximum(R_i, climb.least))
        j = int(gain.argmax())                                         # SVM.6
        slope_j = slope.item(j)
        if slope_j <= tol and slope.max() <= tol:      # the maximum takes time: it comes second
            break
        if len(history) % climb.pause == 0:
            climb.newton_step()                                        # SVM.8
            continue

        # How far: to the crest of the parabola, or to the first wall on the way. Walls are the
        # bounds, and 0 as well, because |beta| has a kink there.
        beta_i = beta.item(i)
        beta_j = beta.item(j)
        room_i = (0.0 if beta_i < 0 else top[i]) - beta_i
        room_j = beta_j - (0.0 if beta_j > 0 else bottom[j])
        R_ij = R_i.item(j)
        delta = min(slope_j / max(2 * R_ij, climb.least), room_i, room_j)              # SVM.7
        # Shift.
        beta[i] = beta_i + delta
        beta[j] = beta_j - delta
        history.append(history[-1] + delta * (slope_j - delta * R_ij))
        # Update the slopes. Those of i and j are set anew, for they may be at another wall now.
        change = delta * (R_i - R[j])                                  # SVM.7
        rise += change
        fall += change
        s_i = rise.item(i) + (epsilon if beta_i >= 0 else -epsilon)
        s_j = fall.item(j) + (epsilon if beta_j > 0 else -epsilon)
        rise[i], fall[i] = _rise_and_fall_of_one(s_i, beta.item(i), bottom[i], top[i], epsilon)
        rise[j], fall[j] = _rise_and_fall_of_one(s_j, beta.item(j), bottom[j], top[j], epsilon)
    climb.refresh()


def _solve(problem, tol, max_iter):
    """Solve one problem by SMO, from beta = 0. Return a _Solution."""
    climb = _Climb(problem)
    _smo(climb, tol, _most_steps(max_iter, len(problem.t)))
    _, _, epsilon, lo, hi = problem
    level = _intercept(climb.s, climb.beta, lo, hi, epsilon)           # b + half.beta
    error = climb.s - level                    # t - f, as f = b + half.beta - R beta
    gap = _duality_gap(error, climb.beta, lo, hi, epsilon)
    return _Solution(
        dual=climb.beta[None],
        intercept=np.array([level - problem.distances.half @ climb.beta]),
        gap=np.array([gap]),
        violation=np.array([climb.rise.max() - climb.fall.min()]),
        history=[np.array(climb.history)])


def _one_against_one(model, kernel, Z, code, prices):
    """Solve the dual problem of each pair of classes. Return a _Solution.

    Z (n, d) are the prepared rows, class by class, code (n,) their classes and prices (n,) their
    C_i. The first class of a pair gets t = 1. Two classes are turned round, so that a positive f
    speaks for the second.
    """
    sizes = np.bincount(code)
    n_classes = len(sizes)
    n_pairs = n_classes * (n_classes - 1) // 2
    if n_pairs > _FEW and 2 * len(Z) / n_classes <= _WIDE:             # the same, in less time
        return _pairs_together(model, kernel, Z, code, prices)
    ends = np.cumsum(sizes)
    own = [np.arange(end - size, end) for end, size in zip(ends, sizes)]
    solution = _blank_solution(n_classes, len(Z))
    for pair, (a, b) in enumerate(itertools.combinations(range(n_classes), 2)):
        rows = np.append(own[a], own[b])
        is_up = code[rows] == (a if n_classes > 2 else b)
        t = np.where(is_up, 1.0, -1.0)
        lo = np.where(is_up, 0, -prices[rows])                         # SVM.4
        hi = np.where(is_up, prices[rows], 0)
        problem = _Problem(_half_distances(kernel, Z[rows], model.cache_size), t, 0.0, lo, hi)
        one = _solve(problem, model.tol, model.max_iter)
        del problem                            # its R makes room for the next
        # The rows of `dual` are the other classes: for class a > b there is none for a itself.
        solution.dual[b - 1, own[a]] = one.dual[0, :sizes[a]]
        solution.dual[a, own[b]] = one.dual[0, sizes[a]:]
        solution.intercept[pair] = one.intercept[0]
        solution.gap[pair] = one.gap[0]
        solution.violation[pair] = one.violation[0]
        solution.history[pair] = one.history[0]
    return solution


def _blank_solution(n_classes, n):
    """Return a _Solution for n rows, to be filled in for one pair of classes after the other."""
    n_pairs = n_classes * (n_classes - 1) // 2
    return _Solution(
        dual=np.zeros((n_classes - 1, n)),
        intercept=np.zeros(n_pairs),
        gap=np.zeros(n_pairs),
        violation=np.zeros(n_pairs),
        history=[None] * n_pairs)


def _intercept(s, beta, lo, hi, epsilon):
    """Return b + half.beta of one problem, from arrays (n,), or of p problems, from (p, n).

    (The slopes lack half.beta, see SVM.5.) A multiplier strictly between two bounds has
    rise = fall, and all such slopes agree up to tol: take their mean. If there are none, any
    number between max(rise) and min(fall) will do.
    """
    beta = _without_rounding(beta, lo, hi)
    rise, fall = _rise_and_fall(s, beta, lo, hi, epsilon)
    is_free = rise == fall
    n_free = is_free.sum(axis=-1)
    mean = np.where(is_free, rise, 0).sum(axis=-1) / np.maximum(n_free, 1)
    middle = (rise.max(axis=-1) + fall.min(axis=-1)) / 2
    return np.where(n_free > 0, mean, middle)                          # SVM.9


def _duality_gap(error, beta, lo, hi, epsilon):
    """Return the objective less its dual: the distance from the optimum is no larger.

    `error` is t - f(x) of each row. All arrays are (n,), or (p, n) for p problems.
    """
    # C_i loss_i is the maximum of beta_i error_i - epsilon |beta_i|: at hi, at lo or at 0.
    cost = np.maximum(hi * (error - epsilon), lo * (error + epsilon))
    cost = np.maximum(cost, 0)
    return (cost - beta * error + epsilon * abs(beta)).sum(axis=-1)    # SVM.10


def _vote(f, pairs):
    """Let all pairs of classes vote. Return the votes and the scores, (rows, k) each.

    `pairs` are two arrays (p,): the first class of each pair and the second. f (rows, p) is > 0
    where the first wins, and 0 counts for it too. The trust in a class is the sum of all f in its
    favour. It decides between equal votes, and no more.
    """
    first, second = pairs
    one_hot = np.eye(second[-1] + 1)                                   # (k, k)
    is_first = one_hot[first]                                          # (p, k)
    is_second = one_hot[second]
    votes = (f >= 0) @ is_first + (f < 0) @ is_second
    trust = f @ (is_first - is_second)
    return votes, votes + trust / (3 * abs(trust) + 3)                 # SVM.12


class _Run(NamedTuple):
    """What LinearSVC finds. There is one column for each class against the others.

    W : ndarray (d + 1, k), the weights, the last row is b
    loss : ndarray (n_iter, k), the objective after each step or epoch
    dual : ndarray (n_iter, k), the dual objective
    iterate_loss : ndarray (n_iter,) or None, the objective of the last weights if W is an average
    """

    W: np.ndarray
    loss: np.ndarray
    dual: np.ndarray
    iterate_loss: "np.ndarray | None"


class _Point(NamedTuple):
    """Some weights, and the objective there.

    w : ndarray (d + 1,), the weights, the last is b
    margin : ndarray (n,), y f(x) of each row
    P : float, the objective
    g : ndarray (d + 1,), its gradient
    """

    w: np.ndarray
    margin: np.ndarray
    P: float
    g: np.ndarray


class _SquaredHinge:
    """The objective of one class (y = 1) against the others (y = -1), with squared violations.

    Parameters
    ----------
    Z : ndarray (n, d + 1)
        The rows, with a last column of ones.
    y : ndarray (n,)
        The labels +-1.
    prices : ndarray (n,)
        C_i.
    """

    def __init__(self, Z, y, prices):
        self.Z = Z
        self.y = y
        self.prices = prices

    def at(self, w):
        """Return the _Point at the weights w (d + 1,)."""
        margin = self.y * (self.Z @ w)
        violation = np.maximum(0, 1 - margin)                          # 0 outside the margin
        P = w @ w / 2 + self.prices @ violation**2                     # SVM.16
        error = self.y * violation             # y - f inside the margin, as y^2 = 1; 0 outside
        g = w - 2 * (self.prices * error) @ self.Z                     # SVM.17
        return _Point(w, margin, P, g)

    def newton_step(self, point):
        """Return the Newton step (d + 1,) from a point.

        Inside the margin (1 - y f)^2 is (y - f)^2. So w + step is ridge regression on the rows that
        are inside the margin now, with their labels as targets.
        """
        B, _ = self.rows_inside(point)
        H = np.eye(len(point.w)) + B.T @ B
        return np.linalg.solve(H, -point.g)                            # SVM.17

    def rows_inside(self, point):
        """Return the rows inside the margin, (rows, d + 1), and their labels, (rows,).

        Both are multiplied by the root of 2 C_i. So I + B'B is the matrix of SVM.17.
        """
        inside = np.flatnonzero(point.margin < 1)
        root = np.sqrt(2 * self.prices[inside])
        B = self.Z[inside]
        B *= root[:, None]
        return B, root * self.y[inside]

    def descend(self, point, move):
        """Return the point at w + move, or w + half of it, a quarter, ... until P falls enough.

        Enough is a ten-thousandth of what the gradient promises. If P does not fall at all, only
        rounding is left, and the old point comes back.
        """
        promise = point.g @ move                                       # below 0
        change = self.y * (self.Z @ move)                              # of the margins
        share = 1.0
        while share > 1e-12:
            w = point.w + share * move
            violation = np.maximum(0, 1 - point.margin - share * change)
            P = w @ w / 2 + self.prices @ violation**2                 # SVM.16
            if P <= point.P + 1e-4 * share * promise:
                new = self.at(w)
                if new.P < point.P:            # also without the rounding in `violation`
                    return new
            share /= 2
        return point


def _newton(objective, tol, max_iter):
    """Minimise a _SquaredHinge by Newton's method from w = 0.

    Return the weights w (d + 1,), and the objective and its dual after each step, (steps,) each.
    The dual is found on the way: 2 C_i times the violations are multipliers.
    """
    point = objective.at(np.zeros(objective.Z.shape[1]))
    loss = []
    dual = []
    for _ in range(max_iter):
        new = objective.descend(point, _newton_step(objective, point))
        has_moved = new is not point
        point = new
        gap = point.g @ point.g / 2                                    # SVM.18
        loss.append(point.P)
        dual.append(point.P - gap)
        if gap <= tol * point.P or not has_moved:
            break
    return point.w, loss, dual


def _newton_for_each(Z, Y, prices, tol, max_iter):
    """Minimise the squared hinge loss of each class against the others. Return a _Run.

    Z (n, d + 1) holds the rows and a last column of ones, Y (n, k) the labels +-1 of each class
    against the others, and prices (n, k) the C_i.
    """
    found = [_newton(_SquaredHinge(Z, y, C), tol, max_iter) for y, C in zip(Y.T, prices.T)]
    W, losses, duals = zip(*found)
    n_iter = max(len(loss) for loss in losses)
    for values in (*losses, *duals):           # who is done early stays where it is
        values += [values[-1]] * (n_iter - len(values))
    return _Run(np.transpose(W), np.transpose(losses), np.transpose(duals), None)


def _pegasos(Z, Y, prices, model, tol, rng):
    """Minimise the hinge loss of each class against the others by small steps. Return a _Run.

    Z (n, d + 1) holds the rows and a last column of ones, Y (n, k) the labels +-1 of each class
    against the others, and prices (n, k) the C_i. An epoch goes through all rows once, in an order
    that rng draws, `model.batch_size` of them in a step. A step moves the weights W (d + 1, k) of
    all k.
    """
    n = len(Z)
    cuts = range(model.batch_size, n, model.batch_size)
    pull = prices * Y                          # (n, k)
    W = np.zeros((Z.shape[1], Y.shape[1]))
    mean = W
    inside = np.zeros(Y.shape)                 # epochs in which a row was inside the margin
    step = 0
    seen = 0                                   # tau of SVM.13, the rows seen so far
    loss = []
    iterate_loss = []
    dual = []
    for epoch in range(1, model.max_iter + 1):
        for i in np.split(rng.permutation(n), cuts):                   # the rows of a batch
            B = Z[i]
            is_inside = Y[i] * (B @ W) < 1                             # (rows, k)
            inside[i] += is_inside
            step += 1
            seen += len(i)
            W = (1 - len(i) / seen) * W + n / seen * (B.T @ (pull[i] * is_inside))     # SVM.13
            mean = mean + 2 / (step + 1) * (W - mean)                  # SVM.14
        loss.append(_hinge_objective(Z, Y, prices, mean))
        iterate_loss.append(_hinge_objective(Z, Y, prices, W).sum())
        alpha = prices * inside / epoch
        dual.append(alpha.sum(axis=0) - (W * W).sum(axis=0) / 2)       # SVM.15
        gap = loss[-1] - dual[-1]
        if (gap <= tol * loss[-1]).all():
            break
    return _Run(mean, np.array(loss), np.array(dual), np.array(iterate_loss))


def _hinge_objective(Z, Y, prices, W):
    """Return the objective of each column of the weights W (d + 1, k), (k,)."""
    violation = np.maximum(0, 1 - Y * (Z @ W))
    return (W * W).sum(axis=0) / 2 + (prices * violation).sum(axis=0)  # SVM.1


# ---- Arithmetic: fast, small, safe ----
#
# A first reading may skip this part: it changes results by rounding or within `tol` only. What it
# buys, measured by leaving out each piece in turn:
#     all pairs of classes at once       1.6 to 2.1 times as fast (10 classes), 12 times (100)
#     Newton steps among those of SMO    a gap of 2e-10 and not 0.8 (SVR with a large C)
#     rows of R made when asked for      20,000 rows in 200 MB and not in 3.2 GB
#     ridge regression by rows           13 times as fast (500 rows, 2,000 columns)
#     ridge regression, roughly          20,000 columns without a matrix of 3.2 GB
#     units of the kernel                right answers at 1e300 and at 1e-300

_BLOCK = 2**21      # numbers in a block, such as kernel values: 16 MB. Smaller matrix products
#                     wait longer for their threads than they take
_CACHED = 2**19     # numbers in a block of R: 4 MB stay in the processor's cache
_TOGETHER = 2**16   # numbers in each array of the pairs of classes that climb together
_FEW = 10           # so few pairs of classes climb faster one after the other
_WIDE = 1024        # pairs of classes with more rows than this, too
_WRITTEN = 2048     # the largest matrix of LinearSVC that is written down and solved


def _check_classes(model, X, y, sample_weight):
    """Refuse bad rows, labels and weights of a classifier. Return _Rows and the classes (k,)."""
    _check_class_weight(model.class_weight)
    X = _check_X(X)
    y = _check_y(y, X)
    weights = _check_weights(sample_weight, X)
    number = np.flatnonzero(weights)                                   # weight 0 is no row
    if len(number) < len(X):
        X = X[number]
        y = y[number]
        weights = weights[number]
    classes, code = np.unique(y, return_inverse=True)
    if len(classes) < 2:
        raise ValueError(f"y must hold at least 2 classes, got 1 class: {classes[0]!r}")
    return _Rows(X, number, weights, code), classes


def _prices(C, weights):
    """Return C_i of each row: C times the weights, an array of any shape."""
    with np.errstate(over="ignore"):
        prices = C * weights
    if not np.isfinite(prices).all():
        raise ValueError(f"C={C} times the weights is too large: lower C or sample_weight")
    return prices


def _read_only(A):
    """Return a view of the array A that cannot be written to."""
    view = A.view()
    view.flags.writeable = False
    return view


def _spread(X, weights):
    """Return the standard deviation of all entries of X (n, d), each row counted by its weight."""
    unit = abs(X).max() or 1.0                                         # squares stay in range
    Z = X / unit
    if (weights == weights[0]).all():
        return Z.std() * unit
    mean = np.average(Z.mean(axis=1), weights=weights)
    variance = np.average(_squares(Z - mean), weights=weights) / X.shape[1]
    return np.sqrt(variance) * unit


def _gaussian(A, B):
    """Return exp(-|a - b|^2 / 2) of each row a of A with each row b of B, by one product.

    |a - b|^2 / 2 = |a|^2 / 2 + |b|^2 / 2 - a.b is 0 for equal rows, but rounding may make it
    anything up to 1e-14 of |a|^2 + |b|^2. Where these squares are large it counts as 0. (If
    they add up to less than 1e6, the error is about 1e-8 at most, and may stay.)
    """
    a = _squares(A)[:, None] / 2
    b = _squares(B) / 2
    K = A @ B.T
    K -= a
    K -= b
    if a.sum() + b.sum() >= 1e6:
        K = np.where(K > -1e-14 * (a + b), 0, K)
    return np.exp(K, out=K)


def _room(cache_size):
    """Return how many float64 numbers fit into `cache_size` megabytes, at most 1e15."""
    return int(min(cache_size * (1e6 / 8), 1e15))


def _half_distances(kernel, Z, cache_size):
    """Return the _Distances of the prepared rows Z (n, d).

    R is written down if it fits into `cache_size` megabytes. It is symmetric: of two blocks that
    mirror each other one is computed, so thin blocks save almost half of the work.
    """
    n = len(Z)
    room = _room(cache_size)
    half = kernel.diagonal(Z) / 2
    # A constant added to R leaves D alone, as the sum of beta is 0. This one keeps nearly all
    # rounded numbers of R above 0.
    half += 1e-13 * (abs(half).max() or 1.0)
    if n * n > room:
        return _Distances(_RowCache(kernel, Z, half, room), half, all_positive=False)

    R = np.empty((n, n))
    size = max(64, min(_CACHED // n, n // 8))
    lowest = np.inf
    for start in range(0, n, size):
        end = min(start + size, n)
        block = R[start:end, :end]
        np.subtract(half[:end], kernel(Z[start:end], Z[:end]), out=block)
        block += half[start:end, None]                                 # SVM.4
        R[:start, start:end] = R[start:end, :start].T
        lowest = min(lowest, block.min())
    return _Distances(R, half, all_positive=lowest > 0)


def _least_distance(half):
    """Return what stands in for half a squared distance that is 0, or below it by rounding."""
    return 1e-13 * abs(half).max(axis=-1)


def _without_rounding(beta, lo, hi):
    """Return beta (..., n) with those put to a bound, or to 0, that only rounding keeps away.

    If all multipliers should be at a bound, as with balanced classes and a small C, the last one
    misses it by rounding, since they add up to 0. It must not pass for one between two bounds.
    """
    rounding = 1e-13
    largest = abs(beta).max(axis=-1, keepdims=True)
    beta = np.where(abs(beta) <= rounding * largest, 0, beta)
    beta = np.where(abs(beta - hi) <= rounding * hi, hi, beta)
    return np.where(abs(beta - lo) <= rounding * -lo, lo, beta)


def _steps_between_newton_steps(n):
    """Return how many steps of SMO come before a Newton step, which costs far more, for n rows."""
    return np.maximum(100, n * n // 250)


def _most_steps(max_iter, n):
    """Return the most steps of SMO for n rows. -1 is the default."""
    return 100_000 + 100 * n if max_iter == -1 else max_iter


class _RowCache:
    """R where it is too large to hold: rows are made when they are asked for, and the last kept.

    With many features, one product makes 32 rows in the time of a few (200 features: of four). So
    with a row come those that SMO is likely to ask for next: of the multipliers whose slopes are
    farthest from where they should be.

    Parameters
    ----------
    kernel : _Kernel
    Z : ndarray (n, d)
        The prepared rows.
    half : ndarray (n,)
        As in `_Distances`.
    room : int
        How many numbers there is room for.
    """

    def __init__(self, kernel, Z, half, room):
        self.kernel = kernel
        self.Z = Z
        self.half = half
        self.capacity = max(64, room // len(Z) - 32)                   # 32 are in the making
        self.rows = {}                                                 # the oldest comes first
        self.rise = None
        self.fall = None

    def watch(self, rise, fall):
        """Take note of the arrays of slopes (n,), which SMO will keep up to date."""
        self.rise = rise
        self.fall = fall

    def __getitem__(self, i):
        """Return the row (n,) of R with the number i."""
        if i not in self.rows:
            worst = np.maximum(self.rise - self.fall.min(), self.rise.max() - self.fall)
            likely = np.argsort(-worst)[:32].tolist()
            new = [i, *(j for j in likely if j != i and j not in self.rows)]
            while len(self.rows) + len(new) > self.capacity:
                del self.rows[next(iter(self.rows))]
            self.rows.update(zip(new, self._make(np.array(new))))
        return self.rows[i]

    def __matmul__(self, beta):
        """Return R @ beta (n,)."""
        used = np.flatnonzero(beta)
        product = np.zeros(len(beta))
        for part in _blocks(len(used), width=len(beta)):
            i = used[part]
            product += beta[i] @ self._make(i)
        return product

    def _make(self, i):
        """Compute the rows i of R, (len(i), n)."""
        return self.half[i, None] + self.half - self.kernel(self.Z[i], self.Z)          # SVM.4


def _free_newton_step(climb):
    """Return beta (n,) after a Newton step of D with all multipliers strictly between two bounds.

    SMO zigzags where multipliers depend on each other. At the optimum all free ones have the same
    slope, which is a linear system. Go to its solution, or to the first bound on the way. Hold
    the multipliers that are at a bound now, and repeat with the others. D never falls.
    """
    distances, _, _, lo, hi = climb.problem
    R = distances.R
    beta = climb.beta
    free = np.flatnonzero(climb.rise == climb.fall)
    slope = climb.rise
    work = 1000 * len(beta)**2                 # what all systems together may take
    share = 0.0
    while share < 1 and len(free) > 1:
        work -= len(free)**3
        if work <= 0:
            break
        move = _move_to_equal_slopes(R[np.ix_(free, free)], slope[free], climb.least)
        upper = np.where(beta[free] < 0, 0, hi[free])                  # |beta| has a kink at 0
        lower = np.where(beta[free] > 0, 0, lo[free])
        bound = np.where(move > 0, upper, lower)
        room = np.full(len(free), np.inf)
        np.divide(bound - beta[free], move, out=room, where=move != 0)
        share = min(1.0, room.min())
        step = np.zeros(len(beta))
        step[free] = share * move
        change = R @ step                                              # SVM.5
        gain = slope[free] @ step[free] + change @ step / 2
        if not gain > 0:                                               # an indefinite kernel
            break
        beta = beta + step
        slope = slope + change
        beta[free] = np.where(room <= share, bound, beta[free])
        free = free[room > share]
    return beta


def _move_to_equal_slopes(R, slope, least):
    """Return the move (r,) of r free multipliers, of sum 0, that makes their slopes equal.

    R (r, r) and slope (r,) are those of the free multipliers. `least` on the diagonal keeps the
    system solvable where two rows are equal.
    """
    # In place of the ones of SVM.8 stands a number of the size of R, so that no digits are lost.
    # It changes nu only, which is not used.
    size = 1e13 * least
    A = np.pad(least * np.eye(len(R)) - R, (0, 1), constant_values=size)
    A[-1, -1] = 0
    return np.linalg.solve(A, np.append(slope, 0))[:-1]                # SVM.8


def _pairs_together(model, kernel, Z, code, prices):
    """Do what `_one_against_one` does, for many pairs of classes at once.

    All pairs of classes share one R, or a few if the cache has no room for a whole one.
    """
    sizes = np.bincount(code)
    solution = _blank_solution(len(sizes), len(Z))
    number = np.zeros((len(sizes), len(sizes)), dtype=int)             # of a pair of classes
    number[np.triu_indices(len(sizes), 1)] = np.arange(len(solution.gap))
    for members, pairs in _shares(sizes, room=_room(model.cache_size)):
        rows = np.flatnonzero(np.isin(code, members))
        distances = _half_distances(kernel, Z[rows], model.cache_size)
        n_rows = sizes[pairs].sum(axis=1)
        by_size = n_rows.argsort(kind="stable")
        for some in _batches(n_rows[by_size]):
            first, second = pairs[by_size[some]].T
            crowd = _Crowd(distances, code[rows], prices[rows], first, second)
            crowd.climb(model.tol, model.max_iter)
            crowd.report(solution, number[first, second], rows)
        del distances, crowd                   # R makes room for the next
    return solution


def _shares(sizes, room):
    """Yield classes whose rows share an R of at most `room` numbers, and pairs of these classes.

    sizes (k,) is the number of rows of each class. All pairs come once. If the rows of two
    classes are too many, these two come alone.
    """
    # R of two groups is (2 most)^2 = room / 2 numbers, and the copy of a pair is no larger.
    most = np.sqrt(room / 8)                                           # rows of a group
    if _numbers_in_R(sizes) <= room:
        most = np.inf
    groups = [[]]
    for c, size in enumerate(sizes):
        if groups[-1] and sizes[groups[-1]].sum() + size > most:
            groups.append([])
        groups[-1].append(c)
    for g, h in itertools.combinations_with_replacement(groups, 2):
        members = sorted({*g, *h})
        pairs = np.array([(a, b) for a in g for b in h if a < b])
        if len(pairs) > 0 and _numbers_in_R(sizes[members]) <= room:
            yield members, pairs
        else:
            for pair in pairs:
                yield pair, pair[None]


def _numbers_in_R(sizes):
    """Return how many numbers R of some classes takes, with a copy for the largest pair of them."""
    return sizes.sum()**2 + np.sort(sizes)[-2:].sum()**2


def _batches(n_rows):
    """Yield slices of pairs of classes that may climb together.

    n_rows (p,) is the number of rows of each pair, in ascending order. None of a batch is more
    than twice as long as another.
    """
    start = 0
    while start < len(n_rows):
        width = n_rows[start:]
        n_numbers = width * np.arange(1, len(width) + 1)
        fits = (n_numbers <= _TOGETHER) & (width <= 2 * width[0])
        end = start + max(1, np.count_nonzero(fits))
        yield slice(start, end)
        start = end


class _Crowd:
    """The dual problems of p pairs of classes, which take the steps of `_smo` all at once.

    These are the same steps, to the bit. In arrays (p, width) each row is a pair. A pair with
    fewer rows than others is filled up with multipliers whose bounds are both 0.

    Parameters
    ----------
    distances : _Distances
        Of the rows of all these classes, class by class.
    code : ndarray (n,)
        The classes of these rows.
    prices : ndarray (n,)
        Their C_i.
    first, second : ndarray (p,)
        The two classes of each pair.

    Attributes
    ----------
    row : ndarray (p, width)
        The row number in R of each multiplier.
    n_rows : ndarray (p,)
        The number of rows of each pair.
    ends : ndarray (2, 2, p)
        Where the rows of the first and the second class begin in R (ends[0]) and end (ends[1]).
    t, lo, hi, beta : ndarray (p, width)
        As in `_Problem` and `_Climb`.
    least : ndarray (p,)
        What stands in for R_ij <= 0.
    D : ndarray (p,)
        The dual objective.
    history : list
        After each step, the numbers of the pairs that took it, and their D.
    histories : list of p ndarrays
        The D of each pair, in the end.
    b, gap, violation : ndarray (p,)
        As in `_Solution`, of those that have arrived.
    on_way : ndarray (q,)
        The numbers of the pairs that have not arrived.
    row_on_way, rise, fall : ndarray (q, width)
        The row numbers of these pairs, and their slopes as in `_Climb`.
    """

    def __init__(self, distances, code, prices, first, second):
        start = np.searchsorted(code, [first, second])                 # (2, p)
        end = np.searchsorted(code, [first, second], side="right")
        self.ends = np.array([start, end])                             # (2, 2, p)
        n_first, n_second = (end - start)[:, :, None]                  # (p, 1) each
        place = np.arange((n_first + n_second).max())
        is_first = place < n_first                                     # (p, width)
        is_filling = place >= n_first + n_second
        row = place + np.where(is_first, start[0][:, None], start[1][:, None] - n_first)
        row[is_filling] = 0
        bound = np.where(is_filling, 0, prices[row])

        self.distances = distances
        self.first = first
        self.second = second
        self.is_first = is_first
        self.row = row
        self.n_rows = (n_first + n_second)[:, 0]
        self.t = np.where(is_first, 1.0, -1.0)
        self.lo = np.where(is_first, 0, -bound)
        self.hi = np.where(is_first, bound, 0)
        self.beta = np.zeros(row.shape)
        self.least = _least_distance(np.where(is_filling, 0, distances.half[row]))
        self.pause = _steps_between_newton_steps(self.n_rows)
        self.D = np.zeros(len(row))
        self.b = np.zeros(len(row))
        self.gap = np.zeros(len(row))
        self.violation = np.zeros(len(row))
        self.on_way = np.arange(len(row))
        self.row_on_way = row
        self.rise, self.fall = _rise_and_fall(self.t, self.beta, self.lo, self.hi, 0.0)
        self.history = [(self.on_way, self.D.copy())]

    def climb(self, tol, max_iter):
        """Climb until no pair of multipliers climbs by more than tol, or until max_iter steps.

        Pairs of classes that have arrived drop out. The last few go on one after the other, which
        is faster then.
        """
        most_steps = [_most_steps(max_iter, n) for n in self.n_rows]
        together = min(most_steps) if self.row.shape[1] <= _WIDE else 0
        while len(self.on_way) > _FEW and len(self.history) <= together:
            has_arrived = self.step(tol)
            if 4 * np.count_nonzero(has_arrived) > len(has_arrived):   # single ones may wait
                self.finish(has_arrived)

        self.histories = self.split_history()
        for q, pair in enumerate(self.on_way):
            self.climb_alone(q, tol, most_steps[pair])
        self.finish(np.ones(len(self.on_way), dtype=bool))

    def climb_alone(self, q, tol, max_iter):
        """Let the q-th pair on the way go on to the end."""
        pair = self.on_way[q]
        climb = self.alone(q)
        climb.history = self.histories[pair].tolist()
        _smo(climb, tol, max_iter)
        self.histories[pair] = np.array(climb.history)
        self.put_back(q, climb)

    def step(self, tol):
        """Take a step with each pair of classes. Return which have arrived, and took none, (q,).

        Flat arrays are quick to index: `at` is the place of a multiplier in the arrays of all
        pairs, `here` its place in those of the pairs on the way.
        """
        width = self.row.shape[1]
        start = width * np.arange(len(self.on_way))
        start_at = width * self.on_way
        i = self.rise.argmax(axis=1)
        here_i = start + i
        R_i = self.rows_of_R(here_i)                                   # (q, width)
        slope = self.rise.ravel()[here_i, None] - self.fall
        gain = abs(slope)
        gain *= slope
        gain /= self.divisor(R_i)
        j = gain.argmax(axis=1)                                        # SVM.6
        here_j = start + j
        slope_j = slope.ravel()[here_j]
        has_arrived = slope_j <= tol
        if has_arrived.any():
            has_arrived &= slope.max(axis=1) <= tol
        takes_newton = len(self.history) % self.pause[self.on_way] == 0

        at_i = start_at + i
        at_j = start_at + j
        R_ij = R_i.ravel()[here_j]
        delta = slope_j / np.maximum(2 * R_ij, self.least[self.on_way])
        delta = np.minimum(delta, self.hi.ravel()[at_i] - self.beta.ravel()[at_i])
        delta = np.minimum(delta, self.beta.ravel()[at_j] - self.lo.ravel()[at_j])      # SVM.7
        delta[has_arrived | takes_newton] = 0
        self.beta.ravel()[at_i] += delta
        self.beta.ravel()[at_j] -= delta
        self.D[self.on_way] += delta * (slope_j - delta * R_ij)

        change = R_i
        change -= self.rows_of_R(here_j)
        change *= delta[:, None]                                       # SVM.7
        self.rise += change
        self.fall += change
        self.set_anew(here_i, at_i, self.rise.ravel()[here_i])
        self.set_anew(here_j, at_j, self.fall.ravel()[here_j])
        if takes_newton.any():
            for q in np.flatnonzero(takes_newton & ~has_arrived):
                climb = self.alone(q)
                climb.newton_step()
                self.put_back(q, climb)
        stepped = self.on_way[~has_arrived]
        self.history.append((stepped, self.D[stepped]))
        return has_arrived

    def set_anew(self, here, at, s):
        """Set rise and fall of multipliers with the slopes s (q,), which may be at a wall now."""
        beta = self.beta.ravel()[at]
        self.rise.ravel()[here] = np.where(beta >= self.hi.ravel()[at], -np.inf, s)
        self.fall.ravel()[here] = np.where(beta <= self.lo.ravel()[at], np.inf, s)

    def divisor(self, R_i):
        """Return R_i (q, width) with numbers above 0 only."""
        if self.distances.all_positive:
            return R_i
        return np.maximum(R_i, self.least[self.on_way, None])

    def rows_of_R(self, here):
        """Return the part of a row of R that belongs to each pair on the way, (q, width).

        `here` (q,) is the place of the row among the multipliers of the pairs on the way.
        """
        R = self.distances.R
        first = len(R) * self.row_on_way.ravel()[here, None]
        return R.ravel().take(self.row_on_way + first)

    def alone(self, q):
        """Return the _Climb of the q-th pair on the way."""
        pair = self.on_way[q]
        n = self.n_rows[pair]
        R, half, all_positive = self.distances
        if n < len(half):
            # Two slices of R: the rows of the first class and those of the second.
            own = [slice(start, end) for start, end in self.ends[:, :, pair].T]
            R = np.block([[R[u, v] for v in own] for u in own])
            half = half[self.row[pair, :n]]
        distances = _Distances(R, half, all_positive)
        climb = _Climb(_Problem(distances, self.t[pair, :n], 0.0, self.lo[pair, :n],
                                self.hi[pair, :n]))
        climb.beta[:] = self.beta[pair, :n]
        climb.rise[:] = self.rise[q, :n]
        climb.fall[:] = self.fall[q, :n]
        climb.history = [self.D[pair]]
        return climb

    def put_back(self, q, climb):
        """Take over where the climb of the q-th pair on the way is now."""
        pair = self.on_way[q]
        n = len(climb.beta)
        self.beta[pair, :n] = climb.beta
        self.D[pair] = climb.history[-1]
        self.rise[q, :n] = climb.rise
        self.fall[q, :n] = climb.fall

    def finish(self, done):
        """Compute b, the gap and the violation of pairs that are done, (q,) of bool. Drop them."""
        pair = self.on_way[done]
        rise = self.rise[done]
        fall = self.fall[done]
        lo = self.lo[pair]
        hi = self.hi[pair]
        beta = np.clip(self.beta[pair], lo, hi)                        # C may round to C + 1e-16
        s = np.where(beta < hi, rise, fall)    # both are s, where they are finite: epsilon is 0
        s[lo == hi] = 0                                                # the filling has no slope
        level = _intercept(s, beta, lo, hi, 0.0)                       # b + half.beta
        self.beta[pair] = beta
        self.b[pair] = level - (self.distances.half[self.row[pair]] * beta).sum(axis=1)
        self.gap[pair] = _duality_gap(s - level[:, None], beta, lo, hi, 0.0)
        self.violation[pair] = rise.max(axis=1) - fall.min(axis=1)

        self.on_way = self.on_way[~done]
        self.row_on_way = self.row_on_way[~done]
        self.rise = self.rise[~done]
        self.fall = self.fall[~done]

    def split_history(self):
        """Return D of each pair at the start and after each of its steps, a list of p arrays."""
        pairs, values = zip(*self.history)
        pairs = np.concatenate(pairs)
        values = np.concatenate(values)
        ends = np.bincount(pairs).cumsum()
        return np.split(values[pairs.argsort(kind="stable")], ends[:-1])

    def report(self, solution, number, rows):
        """Write what was found into a _Solution.

        number (p,) says which pair each is there, and rows (n,) which rows the rows of R are.
        """
        other = np.where(self.is_first, self.second[:, None] - 1, self.first[:, None])
        is_row = np.arange(self.row.shape[1]) < self.n_rows[:, None]
        solution.dual[other[is_row], rows[self.row[is_row]]] = self.beta[is_row]
        solution.intercept[number] = self.b
        solution.gap[number] = self.gap
        solution.violation[number] = self.violation
        for pair, D in zip(number, self.histories):
            solution.history[pair] = D


def _newton_step(objective, point):
    """Return the Newton step (d + 1,) of a _SquaredHinge from a point.

    This is the same as `objective.newton_step`, also where H is too large to be written down, and
    where few rows are inside the margin. It always leads downhill.
    """
    n_inside = np.count_nonzero(point.margin < 1)
    n_weights = len(point.w)
    if min(n_inside, n_weights) <= _WRITTEN:
        try:
            if n_inside < n_weights:
                move = _ridge_by_rows(*objective.rows_inside(point)) - point.w
            else:
                move = objective.newton_step(point)
            if point.g @ move < 0:
                return move
        except np.linalg.LinAlgError:          # singular up to rounding
            pass
    B, _ = objective.rows_inside(point)
    return _conjugate_gradients(B, -point.g)


def _ridge_by_rows(B, q):
    """Return the weights w of ridge regression, the smallest |w|^2 + |q - B w|^2.

    B is (rows, d) and q (rows,). The system has the size of the rows.
    """
    A = np.eye(len(B)) + B @ B.T
    return B.T @ np.linalg.solve(A, q)                                 # SVM.19


def _conjugate_gradients(B, r):
    """Return s (d,) with (I + B'B) s = r roughly. However rough, r.s is above 0.

    B is (rows, d). The diagonal of the matrix is the preconditioner. It stops when the residual,
    measured with it, has fallen to a hundredth.
    """
    diagonal = 1 + np.einsum("ij,ij->j", B, B)
    s = np.zeros(len(r))
    z = r / diagonal
    p = z
    rz = r @ z
    enough = 1e-4 * rz
    for _ in range(100):
        if rz <= enough:
            break
        Hp = p + (B @ p) @ B
        length = rz / (p @ Hp)
        s = s + length * p
        r = r - length * Hp
        z = r / diagonal
        rz_before = rz
        rz = r @ z
        p = z + rz / rz_before * p
    return s


def _blocks(n, width):
    """Yield slices that cover n rows. Each has about _BLOCK numbers, `width` of them a row."""
    size = max(1, _BLOCK // width)
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))


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
