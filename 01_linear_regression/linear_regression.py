"""Linear regression: predict a number by adding up the features, each times a coefficient.

The best coefficients make the mean squared error of the training rows as small as it can be. At
the minimum every slope is zero, and this is a system of linear equations. A penalty on large
coefficients makes the answer steadier (ridge), or makes some of them exactly zero (the lasso).

Objective of every solver. The intercept b is never penalised.
    J(w, b) = 1/(2n) sum_i (y_i - x_i.w - b)^2 + l1 |w|_1 + l2/2 |w|^2                  LR.1
    with l1 = alpha l1_ratio and l2 = alpha (1 - l1_ratio)

Algorithm. The steps have the names of the functions below, the solvers their names in quotes.
    centre                          Z = X - x_mean and q = y - y_mean: b is gone        LR.4
    then w, by one of these:
        solve_normal_equations      "normal": (Z'Z + n l2 I) w = Z'q              LR.3, LR.7
        solve_by_singular_values    "svd": w = sum_j s_j / (s_j^2 + n l2) (u_j.q) v_j   LR.5
        coordinate_descent          "cd": one w_j after the other by soft_threshold,    LR.8
                                    until the duality gap is small: J is above its
                                    minimum by no more than this gap                    LR.9
    and in the end                  b = y_mean - x_mean.w                               LR.4
    gradient_descent                "gd": (w, b) takes one gradient_step after the other,
                                    on X and y as they are                       LR.2, LR.10
    "auto" is "cd" if l1 > 0. If not, it is "normal" where that is safe, and "svd" elsewhere.

Symbols: n samples (rows), d features; in a shape, "rows" is some of the n rows.
    X (n, d)   the rows x_i                    y (n,)   the targets
    w (d,)     the coefficients                b        the intercept
    Z (n, d)   the rows of X less their mean   q (n,)   the targets less theirs
    r (n,)     the residuals y - X w - b, which are also q - Z w
    s, u, v    the singular values of Z = U diag(s) V', and the columns of U and V
    A row of weight 2 counts as two equal rows. In sums, n is the sum of the weights.
Cost: O(n d^2 + d^3) time; "gd" O(n d) an epoch. Memory: d^2 numbers and a block of rows.

Follows Hastie, Tibshirani & Friedman (2009) and Golub & Van Loan (2013): see LinearRegression.
"""

import warnings
from typing import NamedTuple

import numpy as np


class LinearRegression:
    """Least squares, ridge regression, the lasso and the elastic net.

    The prediction is X @ coef_ + intercept_. `fit` makes the sum of two terms as small as it can:
    half the mean squared error of the training rows, and the penalty

        alpha * (l1_ratio * sum(abs(coef_)) + (1 - l1_ratio) / 2 * sum(coef_**2)).

    If columns are collinear and there is no penalty, many coefficients are equally good. The exact
    solvers return those with the smallest sum of squares. A constant column gets the coefficient 0.

    Parameters
    ----------
    fit_intercept : bool, default=True
        Whether there is an intercept. Without one, a row of zeros is predicted as 0.
    solver : {"auto", "normal", "svd", "cd", "gd"}, default="auto"
        How the minimum is found. "normal" solves the normal equations. "svd" uses singular values;
        it is slower, and right even if columns are nearly collinear. "cd" is coordinate descent,
        one coefficient after the other. "gd" is gradient descent. "auto" takes "cd" if the penalty
        has an L1 part. If not, it takes "normal" where that is safe and "svd" elsewhere.
        "normal" and "svd" have no L1 part.
    alpha : float, default=0.0
        The strength of the penalty, >= 0. 0 is least squares. As the error is a mean, the same
        alpha does the same for few rows and for many. (In scikit-learn this holds for Lasso and
        ElasticNet. Its Ridge adds up the errors: there, the same alpha is n_samples times this.)
    l1_ratio : float, default=0.0
        The L1 part of the penalty, from 0 to 1. 0 is ridge regression, 1 is the lasso, and the
        elastic net lies between them. It has no effect if `alpha` is 0.
    learning_rate : float, default=0.01
        The length of the steps of "gd", > 0. A step is this times the slope.
    decay : float, default=0.0
        How fast the steps of "gd" become shorter, >= 0. After h updates the rate is
        learning_rate / (1 + decay * h), and h goes on counting from one epoch to the next.
    batch_size : int or None, default=None
        The number of rows from which an update of "gd" learns the slope. None is all rows, 1 is
        stochastic gradient descent.
    max_iter : int, default=1000
        The most epochs of "gd" (passes through all rows), or the most sweeps of "cd" (passes
        through the coefficients that are not 0 or about to leave 0).
    tol : float or None, default=1e-6
        When to stop, > 0. "gd" stops when its steepest slope is `tol` times the first one. "cd"
        stops when J is at most `tol` times itself above its minimum. With None they take
        `max_iter` rounds and do not warn.
    random_state : None, int or numpy.random.Generator, default=None
        What draws the mini-batches of "gd". An int makes the result repeatable.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,)
        The coefficients w, in units of y per unit of each feature.
    intercept_ : float
        The intercept b, in units of y. It is 0 if `fit_intercept` is False.
    rank_ : int
        The number of linearly independent columns of the centred X. Only the exact solvers
        ("normal" and "svd", also by way of "auto") have it, and only without a penalty.
    n_iter_ : int
        The number of epochs of "gd" or of sweeps of "cd". 1 for the exact solvers.
    dual_gap_ : float
        J is at most this far above its minimum. Only "cd" has it.
    loss_history_ : ndarray of shape (n_iter_ + 1,)
        J at the start and after each epoch or sweep. Only "gd" and "cd" have it.
    coef_history_ : ndarray of shape (n_iter_ + 1, n_features + 1)
        The coefficients and, in the last column, the intercept at the same moments. Only "gd" has
        it.
    n_features_in_ : int
        The number of features that `fit` saw.
    feature_names_in_ : ndarray of str, shape (n_features,)
        The names of the columns of X. It is only there if X was a table with such names.

    References
    ----------
    T. Hastie, R. Tibshirani, J. Friedman (2009), "The Elements of Statistical Learning", 2nd ed.,
    sections 3.2, 3.4 and 3.8.
    G. Golub, C. Van Loan (2013), "Matrix Computations", 4th ed., chapter 5.

    Examples
    --------
    >>> from linear_regression import LinearRegression
    >>> X = [[1], [2], [3], [4]]
    >>> y = [2, 3, 5, 6]
    >>> model = LinearRegression().fit(X, y)
    >>> model.coef_.round(6).tolist(), round(model.intercept_, 6)
    ([1.4], 0.5)
    >>> model.predict([[5]]).round(6).tolist()
    [7.5]
    >>> LinearRegression(alpha=0.5).fit(X, y).coef_.round(6).tolist()              # ridge
    [1.0]
    >>> LinearRegression(alpha=1.0, l1_ratio=1.0).fit(X, y).coef_.round(6).tolist()  # the lasso
    [0.6]
    """

    def __init__(self, *, fit_intercept: bool = True, solver: str = "auto", alpha: float = 0.0,
                 l1_ratio: float = 0.0, learning_rate: float = 0.01, decay: float = 0.0,
                 batch_size: int | None = None, max_iter: int = 1000, tol: float | None = 1e-6,
                 random_state: int | np.random.Generator | None = None):
        self.fit_intercept = fit_intercept
        self.solver = solver
        self.alpha = alpha
        self.l1_ratio = l1_ratio
        self.learning_rate = learning_rate
        self.decay = decay
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state

    def fit(self, X, y, sample_weight=None) -> "LinearRegression":
        """Find the coefficients and the intercept.

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
        self : LinearRegression
        """
        self._check_hyperparameters()
        rng = _check_random_state(self.random_state)
        names = _feature_names(X)
        X = _check_X_or_file(X)
        y = _check_y(y, X, numeric=True)
        weights = _check_weights(sample_weight, X)
        weights = weights / weights.max()           # the proportions count, and sums stay in range
        is_used = weights > 0
        if not is_used.all():                       # a row of weight 0 is no row
            X = X[is_used]
            y = y[is_used]
            weights = weights[is_used]

        with np.errstate(over="ignore", invalid="ignore"):             # a loss may exceed 1e308
            if self.solver == "gd":
                X = X.astype(float, copy=False)     # a mapped file is read as a whole
                found = self._gradient_descent(X, y, weights, rng)
            else:
                found = self._solve_centred(X, y, weights)

        self.coef_ = found.w + 0.0                  # -0.0 becomes 0.0
        self.intercept_ = float(found.b)
        self.n_iter_ = found.n_iter
        self.rank_ = found.rank
        self.dual_gap_ = found.dual_gap
        self.loss_history_ = found.loss_history
        self.coef_history_ = found.coef_history
        self.n_features_in_ = X.shape[1]
        self.feature_names_in_ = names
        if names is None:
            del self.feature_names_in_
        for name in ("rank_", "dual_gap_", "loss_history_", "coef_history_"):
            if getattr(self, name) is None:         # not found by the solver that ran
                delattr(self, name)
        if found.warning is not None:
            warnings.warn(found.warning, RuntimeWarning, stacklevel=2)
        return self

    def predict(self, X):
        """Return the predicted target of each row of X.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Rows with the features that `fit` saw.

        Returns
        -------
        y : ndarray of shape (n_samples,)
        """
        X = _check_X_or_file(X, fitted=self)
        return _times(X, self.coef_) + self.intercept_

    def _solve_centred(self, X, y, weights):
        """Find w on centred data, then read off b: every solver but "gd".

        X (n, d), y (n,) and weights (n,) are the training rows. Returns a _Solution.
        """
        n_rows, d = X.shape
        l1 = self.alpha * self.l1_ratio
        l2 = self.alpha * (1 - self.l1_ratio)
        # With few rows Z'Z is singular, and larger than Z: the solvers then work on the rows.
        with_products = self.solver == "normal" or (self.solver != "svd" and n_rows > d)
        rows = _centre(X, y, weights, self.fit_intercept, with_products)
        n_l1, n_l2 = rows.penalties(l1, l2)         # n l1 and n l2 for each column
        if self.solver == "cd" or n_l1.any():
            found = self._solve_by_coordinate_descent(rows, n_l1, n_l2)
        else:
            found = self._solve_exactly(rows, n_l2)
        w = found.w * (rows.y_unit / rows.x_unit)   # back to the units of X and y
        b = rows.y_mean - rows.x_mean @ w                                              # LR.4
        return found._replace(w=w, b=b)

    def _solve_exactly(self, rows, n_l2):
        """Solve the normal equations where that is safe, and by singular values elsewhere.

        rows is a _CentredRows, and n_l2 (d,) is n l2 for each column. Returns a _Solution without
        b, and with w in the units of `rows`.
        """
        warning = None
        if rows.products is not None and _is_safe(rows.products.ZtZ + np.diag(n_l2)):
            w = _solve_normal_equations(rows, n_l2)
            rank = rows.products.n_varying          # if A is safe, these are independent
        else:
            w, rank = _solve_in_good_units(rows, n_l2)                 # by singular values
            if self.solver == "normal":
                warning = "the normal equations are too ill-conditioned: solver='svd' took over"
        if n_l2.any():
            rank = None                             # a penalty hides it
        return _Solution(w=w, n_iter=1, rank=rank, warning=warning)

    def _solve_by_coordinate_descent(self, rows, n_l1, n_l2):
        """Run `_coordinate_descent` on the few rows that `rows` can be condensed to.

        rows is a _CentredRows, and n_l1 and n_l2 (d,) are n l1 and n l2 for each column. Returns a
        _Solution without b, and with w in the units of `rows`.
        """
        Z, q = rows.condensed()
        w, n_J, gap, is_closed = _coordinate_descent(Z, q, n_l1, n_l2, self.max_iter, self.tol)
        n_sweeps = len(n_J) - 1
        warning = None
        if self.tol is not None and not is_closed:
            warning = (f"coordinate descent stopped at max_iter={n_sweeps}: the duality gap is "
                       f"{gap / n_J[-1]:.2g} of the objective, above tol={self.tol:g}. "
                       "Raise max_iter")
        # q is y less its mean, divided by y_unit, so n J is divided by y_unit**2. This square may
        # be out of range: multiply by y_unit twice.
        dual_gap = gap / rows.n * rows.y_unit * rows.y_unit
        J = n_J / rows.n * rows.y_unit * rows.y_unit
        return _Solution(w=w, n_iter=n_sweeps, dual_gap=float(dual_gap), loss_history=J,
                         warning=warning)

    def _gradient_descent(self, X, y, weights, rng):
        """Step against the slope of J until it is nearly flat: the solver "gd".

        It moves a point (w, b), held as one array of d + 1 numbers, from 0. Each round of the outer
        loop is an epoch, a pass through all rows. X (n, d), y (n,) and weights (n,) are the
        training rows, and rng is the Generator that draws batches of them. Returns a _Solution.
        """
        n, d = X.shape
        is_penalised = np.append(np.ones(d), 0)                        # b is not
        l1 = self.alpha * self.l1_ratio * is_penalised
        l2 = self.alpha * (1 - self.l1_ratio) * is_penalised
        shares = weights / weights.sum()            # a sum with these is a mean over the rows
        batch_size = n if self.batch_size is None else min(self.batch_size, n)
        tol = 0 if self.tol is None else self.tol
        point = np.zeros(d + 1)
        n_updates = 0
        path = []
        J = []
        steepness = []
        for epoch in range(self.max_iter + 1):
            r = _residuals(X, y, point)
            slope = _gradient(X, r, shares, point, l2, self.fit_intercept)
            path.append(point)
            J.append(_objective(r, shares, point, l1, l2))
            steepness.append(_steepness(slope, point, l1))
            has_converged = steepness[-1] <= tol * steepness[0]
            has_diverged = J[-1] > 1e10 * J[0]
            if has_converged or has_diverged or epoch == self.max_iter:
                break
            for batch in _batches(n, batch_size, rng):
                if batch_size < n:                  # the slope as these few rows see it
                    X_batch = X[batch]
                    r = _residuals(X_batch, y[batch], point)
                    batch_shares = shares[batch] * (n / len(batch))    # their sum is 1 on average
                    slope = _gradient(X_batch, r, batch_shares, point, l2, self.fit_intercept)
                rate = self.learning_rate / (1 + self.decay * n_updates)               # LR.10
                point = _gradient_step(point, slope, rate, l1)
                n_updates += 1

        warning = self._trouble_on_the_way(X, shares, l2, J, steepness)
        if J[-1] > J[0]:
            point = path[np.argmin(J)]
        return _Solution(w=point[:-1], n_iter=epoch, b=point[-1], loss_history=np.array(J),
                         coef_history=np.array(path), warning=warning)

    def _trouble_on_the_way(self, X, shares, l2, J, steepness):
        """Return what to warn about after gradient descent, or None.

        X, shares and l2 are as in `_gradient`. J and steepness are the objective and the steepest
        slope at the start and after each epoch.
        """
        if J[-1] > J[0]:
            stable = _largest_stable_rate(X, shares, l2, self.fit_intercept)
            return (f"gradient descent diverged with learning_rate={self.learning_rate:g}: the "
                    f"largest stable full-batch rate is {stable:.4g}. The lowest loss is kept"
                    + _advice_on_units(X))
        if self.tol is not None and steepness[-1] > self.tol * steepness[0]:
            return (f"gradient descent stopped at max_iter={self.max_iter}: its slope is "
                    f"{steepness[-1] / steepness[0]:.2g} of the first, above tol={self.tol:g}. "
                    "Raise max_iter or learning_rate" + _advice_on_units(X))
        return None

    def _check_hyperparameters(self):
        """Refuse hyperparameters that cannot be used."""
        _check_flag("fit_intercept", self.fit_intercept)
        _check_option("solver", self.solver, ("auto", "normal", "svd", "cd", "gd"))
        _check_number("alpha", self.alpha, 0)
        _check_number("l1_ratio", self.l1_ratio, 0, 1)
        _check_number("learning_rate", self.learning_rate, 0, above=True)
        _check_number("decay", self.decay, 0)
        if self.batch_size is not None:
            _check_number("batch_size", self.batch_size, 1, integer=True)
        _check_number("max_iter", self.max_iter, 1, integer=True)
        if self.tol is not None:
            _check_number("tol", self.tol, 0, above=True)
        if self.solver in ("normal", "svd") and self.alpha * self.l1_ratio > 0:
            raise ValueError(f"solver={self.solver!r} has no L1 penalty, and l1_ratio="
                             f"{self.l1_ratio} asks for one: use 'auto', 'cd' or 'gd'")


class _Solution(NamedTuple):
    """What a solver finds. None stands for what this solver does not find.

    w : ndarray (d,), the coefficients
    n_iter : int, epochs or sweeps
    b : float, the intercept
    rank : int, as rank_ of LinearRegression
    dual_gap : float, as dual_gap_
    loss_history : ndarray (n_iter + 1,), as loss_history_
    coef_history : ndarray (n_iter + 1, d + 1), as coef_history_
    warning : str, what to warn about
    """

    w: np.ndarray
    n_iter: int
    b: float | None = None
    rank: int | None = None
    dual_gap: float | None = None
    loss_history: np.ndarray | None = None
    coef_history: np.ndarray | None = None
    warning: str | None = None


# ---- The algorithm ----
#
# The first three solvers see centred data: Z (n, d) and q (n,), the rows of X and y less their
# means. `rows` makes some of these rows at a time. Its class, _CentredRows, stands in the next
# part. It answers these questions:
#     rows.products.ZtZ, rows.products.Ztq    the products Z'Z (d, d) and Z'q (d,)
#     rows.Ztr(w)                             Z'r (d,) of the residuals r = q - Z w
#     rows.condensed(), rows.triangle()       a Z (m, d) and a q (m,) of at most d + 1 rows, with
#                                             the same Z'Z, Z'q and q'q, so n J is the same too
# n_l1 and n_l2 (d,) are n l1 and n l2. They are arrays because each column of Z has its own unit.
# (These solvers work with n J, as the notes do. It has its minimum at the same w as J.)
# From the next part also come
#     _solve_in_good_units(rows, n_l2)        calls _solve_by_singular_values, returns the same
#     _worth_a_visit(coefficients)            which w_j a sweep visits; a textbook visits them all
#     _solve_for_signs(coefficients)          a better w (d,) for all w_j that are not 0, together;
#                                             a textbook does without it
#     _blocks(n, width)                       slices that cut n rows into blocks


def _solve_normal_equations(rows, n_l2):
    """Return the w (d,) at which J has no slope, if there is no L1 penalty.

    Z'r = n l2 w holds there. Because Z'Z and Z'q are rounded, it does not hold exactly after the
    first solve. The residuals of the rows themselves show what is left over, and the second solve
    finds the correction of w that belongs to it.
    """
    A = rows.products.ZtZ + np.diag(n_l2)
    w = np.linalg.solve(A, rows.products.Ztq)                          # LR.3, LR.7
    left_over = rows.Ztr(w) - n_l2 * w
    return w + np.linalg.solve(A, left_over)                           # LR.6


def _solve_by_singular_values(Z, q, n_l2):
    """Return the w (d,) at which J has no slope, and the rank of Z.

    Z (m, d) and q (m,) may be condensed rows. n_l2 is one number: all columns have the same unit,
    or there is no penalty. A direction in which the rows do not vary has the singular value 0, up
    to rounding. It is left out. So without a penalty w is the shortest of all solutions.
    """
    U, s, Vt = np.linalg.svd(Z, full_matrices=False)                   # s: the largest first
    rounding = 10 * Z.shape[1] * np.finfo(float).eps * s[0]            # may stand where 0 should
    rank = np.count_nonzero(s > rounding)
    U = U[:, :rank]
    s = s[:rank]
    Vt = Vt[:rank]
    w = Vt.T @ (s / (s**2 + n_l2) * (U.T @ q))                         # LR.5, LR.7
    return w, rank


def _soft_threshold(c, limit):
    """Return c, a number or an array, moved towards 0 by `limit`, but not beyond 0."""
    return np.sign(c) * np.maximum(abs(c) - limit, 0)                  # LR.8


class _Coefficients:
    """The coefficients of a lasso or an elastic net, on their way to the minimum of n J.

    Parameters
    ----------
    Z : ndarray (m, d)
        The centred rows, or any rows that have the same products.
    q : ndarray (m,)
        The centred targets that belong to them.
    n_l1 : ndarray (d,)
        n l1 for each column.
    n_l2 : ndarray (d,)
        n l2 for each column.

    Attributes
    ----------
    w : ndarray (d,)
        The coefficients. They start at 0.
    r : ndarray (m,)
        The residuals q - Z w.
    squares : ndarray (d,)
        z_j.z_j of each column.
    """

    def __init__(self, Z, q, n_l1, n_l2):
        self.Z = np.asfortranarray(Z)               # a column is one piece of memory
        self.q = q
        self.n_l1 = n_l1
        self.n_l2 = n_l2
        self.w = np.zeros(len(n_l1))
        self.r = q.copy()
        self.squares = _squares(self.Z.T)

    def sweep(self, columns):
        """Move w_j to where n J is smallest, the others fixed, for each j of `columns` in turn.

        A column of zeros must not be among them: without a penalty its w_j would be 0 / 0.
        `_worth_a_visit` never chooses one.
        """
        for j in columns:
            z = self.Z[:, j]
            old = self.w[j]
            pull = z @ self.r + self.squares[j] * old                  # c_j = z_j.(r + z_j w_j)
            new = _soft_threshold(pull, self.n_l1[j]) / (self.squares[j] + self.n_l2[j])  # LR.8
            self.r += (old - new) * z
            self.w[j] = new

    def move_to(self, w):
        """Take these coefficients (d,), and make the residuals anew."""
        self.w = w
        self.r = self.q - self.Z @ w

    def objective(self):
        """Return n J."""
        penalty = self.n_l1 @ abs(self.w) + self.n_l2 @ self.w**2 / 2
        return self.r @ self.r / 2 + penalty                           # LR.1

    def dual(self):
        """Return D(a), which n J cannot fall below for any w. a (m,) is from `_dual_point`."""
        a = self._dual_point()
        excess = np.maximum(abs(self.Z.T @ a) - self.n_l1, 0)
        has_l2 = self.n_l2 > 0                      # elsewhere there is no excess: no 0 / 0
        cost_of_excess = (excess[has_l2]**2 / self.n_l2[has_l2]).sum() / 2
        return a @ self.q - a @ a / 2 - cost_of_excess                 # LR.9

    def _dual_point(self):
        """Return an a (m,) for LR.9, one for which D(a) rises to n J as w comes to the minimum.

        With an L2 penalty this is r. Without one no |z_j.a| may be above n l1.
        """
        if self.n_l2.all():                         # elastic net and ridge
            return self.r
        if not (self.n_l1.any() or self.n_l2.any()):                   # least squares: Z'a = 0
            return self.q - self.Z @ np.linalg.lstsq(self.Z, self.q, rcond=None)[0]
        size = abs(self.Z.T @ self.r)               # the lasso: r, made shorter if it must be
        too_large = size > self.n_l1
        factor = np.min(self.n_l1[too_large] / size[too_large], initial=1.0)
        return factor * self.r


def _coordinate_descent(Z, q, n_l1, n_l2, max_iter, tol):
    """Sweep through the coefficients until the duality gap is closed.

    Z, q, n_l1 and n_l2 are as in _Coefficients, max_iter and tol as in LinearRegression. Returns
    w (d,), then n J at the start and after each sweep (n_sweeps + 1,), the gap of the last sweep,
    and whether it is as small as `tol` asks for.
    """
    coefficients = _Coefficients(Z, q, n_l1, n_l2)
    n_J = [coefficients.objective()]
    for _ in range(max_iter):
        coefficients.sweep(_worth_a_visit(coefficients))
        coefficients.move_to(_solve_for_signs(coefficients))
        n_J.append(coefficients.objective())
        gap = max(n_J[-1] - coefficients.dual(), 0.0)                  # LR.9
        is_closed = tol is not None and gap <= max(tol * n_J[-1], 1e-14 * n_J[0])
        if is_closed:                               # 1e-14: what is left is rounding
            break
    return coefficients.w, np.array(n_J), gap, is_closed


# What follows are the steps of gradient descent. Its data are not centred. A point (d + 1,) is w
# and, as the last number, b. l1 and l2 (d + 1,) are those of LR.1, and 0 for b. `shares` (n,) are
# the weights of the rows, made to add up to 1.


def _residuals(X, y, point):
    """Return r = y - X w - b, (n,)."""
    return y - (X @ point[:-1] + point[-1])


def _objective(r, shares, point, l1, l2):
    """Return J at a point from the residuals r (n,) there, or inf if no float is large enough."""
    J = (shares * r) @ r / 2 + l1 @ abs(point) + l2 @ point**2 / 2     # LR.1
    return np.fmin(J, np.inf)                       # nan becomes inf: 0 times an infinite b is nan


def _gradient(X, r, shares, point, l2, fit_intercept):
    """Return the slopes (d + 1,) of J, without its L1 part, from the residuals r at a point."""
    slope = l2 * point
    slope[:-1] -= X.T @ (shares * r)                                   # LR.2
    slope[-1] -= shares @ r * fit_intercept         # b stays 0 if there is no intercept
    return slope


def _gradient_step(point, slope, rate, l1):
    """Return the point (d + 1,) after one update: against the slope, then towards 0.

    `rate` is eta_h of LR.10. The move towards 0 is for the L1 penalty. For b it is 0, as l1 is.
    """
    return _soft_threshold(point - rate * slope, rate * l1)            # LR.10


def _steepness(slope, point, l1):
    """Return the largest slope of J, with its L1 part: 0 at the minimum, and only there.

    It is the largest move of a number of the point in a step of rate 1, and this step leads to
    soft(c, l1) with c = point - slope. As soft(c, l1) is c - clip(c, -l1, l1), the move is
    point - c + clip(c, -l1, l1). Here point - c is written as slope: beside a large point a small
    slope would lose its digits.
    """
    return abs(slope + np.clip(point - slope, -l1, l1)).max()


def _batches(n, batch_size, rng):
    """Return the batches of an epoch: arrays of row numbers in a new random order, or one slice."""
    if batch_size == n:
        return [slice(None)]                        # all rows, in their own order
    return np.split(rng.permutation(n), range(batch_size, n, batch_size))


def _largest_stable_rate(X, shares, l2, fit_intercept):
    """Return the learning rate above which steps from all rows become longer and longer.

    H (d + 1, d + 1) is the Hessian of J, for X in a unit (a power of two) that keeps its squares
    in the range of floats.
    """
    n, d = X.shape
    unit = _power_of_two(max(X.max(), -X.min(), 1))
    H = np.diag(l2 / unit / unit)
    for i in _blocks(n, width=d + 1):
        X1 = np.column_stack([X[i], np.full(len(X[i]), float(fit_intercept))])
        B = np.sqrt(shares[i])[:, None] * (X1 / unit)
        H += B.T @ B
    return 2 / np.linalg.eigvalsh(H)[-1] / unit / unit                 # LR.11


# ---- Arithmetic: fast, small, safe ----
#
# A first reading may skip this part: for data of usual size it changes the last digits at most.
# What it buys, measured by leaving out each piece in turn (1,000 x 20 to 100,000 x 50 numbers, and
# for the lasso also correlated columns and more columns than rows):
#     sums of products, not a triangle by QR     fit 2 to 3.5 times as fast
#     _centre_afterwards                         up to twice as fast
#     _worth_a_visit                             the lasso up to 11 times as fast
#     _solve_for_signs                           the lasso up to 40 times as fast
#     blocks of rows                             5 MB and not 80 to 120 (100,000 rows, 50 columns)
#     a mapped file in blocks                    0.14 of a float32 file in memory, and not 2.1
#     an origin before the mean                  every digit of rows such as 1e8 + small changes
#     units that are powers of two               right answers at 1e300 and at 1e-300
#     _solve_in_good_units, _is_safe             no digits lost where columns are nearly collinear

_BLOCK = 2**16      # numbers in a block of rows: half a megabyte, which stays in the cache


class _Scale(NamedTuple):
    """How X, or y, is centred and brought to a unit: (A - origin - shift) / unit.

    origin : ndarray (d,), or float for y: one of the rows, or 0
    shift : ndarray (d,), or float for y: the mean of all rows less the origin
    unit : ndarray (d,), or float for y: a power of two near the usual distance from the origin
    """

    origin: np.ndarray
    shift: np.ndarray
    unit: np.ndarray

    def centre(self, A):
        """Return some rows A (rows, d), or some targets (rows,), less their mean, in the unit.

        The origin is taken off first. This keeps every digit of rows such as 1e8 + small changes,
        and makes a constant column exactly 0. A mean, rounded at the size of 1e8, would not.
        """
        B = A - self.origin
        B -= self.shift
        B /= self.unit
        return B


class _Products(NamedTuple):
    """The products of the centred columns.

    ZtZ : ndarray (d, d), Z'Z, but with a 1 on the diagonal for each constant column
    Ztq : ndarray (d,), Z'q
    qtq : float, q'q
    n_varying : int, the number of columns that are not constant

    In Z a constant column is 0, and its row of Z'Z too. With the 1, its equation says w_j = 0.
    """

    ZtZ: np.ndarray
    Ztq: np.ndarray
    qtq: float
    n_varying: int


class _CentredRows:
    """The rows of X and y less their means: Z (n, d) and q (n,), made some rows at a time.

    Each row is multiplied by the square root of its weight. So a plain sum of products over the
    rows is a weighted one. Each column of X has a unit of its own, and y has one. They are powers
    of two, to divide by them is exact, and the squares of Z and q stay in the range of floats.
    In these units the coefficients of X and y are multiplied by x_unit / y_unit.

    Parameters
    ----------
    X : ndarray (n, d)
        The rows.
    y : ndarray (n,)
        Their targets.
    weights : ndarray (n,)
        Their weights, > 0.
    x_scale : _Scale
        That of X.
    y_scale : _Scale
        That of y.

    Attributes
    ----------
    n : float
        The sum of the weights.
    x_mean : ndarray (d,)
        The mean of X.
    y_mean : float
        The mean of y.
    x_unit : ndarray (d,)
        The unit of each column of Z.
    y_unit : float
        The unit of q.
    products : _Products or None
        Sums over all rows. `_centre` sets them, if they are wanted.
    is_plain : bool
        Whether products of X as it is are good enough. `_centre` sets this too.
    """

    def __init__(self, X, y, weights, x_scale, y_scale):
        self.X = X
        self.y = y
        self.roots = np.sqrt(weights)
        self.x_scale = x_scale
        self.y_scale = y_scale
        self.n = weights.sum()
        self.x_mean = x_scale.origin + x_scale.shift
        self.y_mean = y_scale.origin + y_scale.shift
        self.x_unit = x_scale.unit
        self.y_unit = y_scale.unit
        self.products = None
        self.is_plain = False

    def blocks(self):
        """Yield Z (rows, d) and q (rows,), one block of rows after the other."""
        n, d = self.X.shape
        # A block has about _BLOCK / width rows. A smaller width makes this at least 2 d: with fewer
        # rows, `triangle` would take much longer.
        width = max(1, min(d + 1, _BLOCK // (2 * d)))
        for part in _blocks(n, width):
            root = self.roots[part]
            Z = self.x_scale.centre(self.X[part])
            Z *= root[:, None]
            q = self.y_scale.centre(self.y[part])
            q *= root
            yield Z, q

    def multiply(self):
        """Return the _Products of all rows."""
        ZtZ = 0.0
        Ztq = 0.0
        qtq = 0.0
        for Z, q in self.blocks():
            ZtZ = ZtZ + Z.T @ Z
            Ztq = Ztq + Z.T @ q
            qtq = qtq + q @ q
        constant = ZtZ.diagonal() == 0
        ZtZ[constant, constant] = 1.0
        return _Products(ZtZ, Ztq, qtq, n_varying=np.count_nonzero(~constant))

    def Ztr(self, w):
        """Return Z'r (d,) with the residuals r = q - Z w."""
        if not self.is_plain:
            return sum(Z.T @ (q - Z @ w) for Z, q in self.blocks())
        # Z = (X - x_mean) / x_unit, multiplied out: no row of X has to be copied.
        n, d = self.X.shape
        v = w / self.x_unit
        Xtr = 0.0
        total = 0.0
        for part in _blocks(n, width=d + 1):
            B = self.X[part]
            q = self.y_scale.centre(self.y[part])
            r = q - (B @ v - self.x_mean @ v)
            Xtr = Xtr + B.T @ r
            total = total + r.sum()
        return (Xtr - self.x_mean * total) / self.x_unit

    def triangle(self):
        """Return a Z (m, d) and a q (m,) of at most d + 1 rows that have the same products.

        If [Z q] = Q R, the rows of R have them, because Q keeps all lengths and angles.
        """
        most = self.X.shape[1] + 1
        R = np.empty((0, most))
        for Z, q in self.blocks():
            R = np.vstack([R, np.column_stack([Z, q])])
            if len(R) > most:
                R = np.linalg.qr(R, mode="r")
        return R[:, :-1], R[:, -1]

    def condensed(self):
        """Return what `triangle` does, but made from the products of all rows if this is safe.

        It must be safer than for `_solve_normal_equations`: no second solve corrects this one.
        """
        if self.products is None or not _is_safe(self.products.ZtZ, worst=1e6):
            return self.triangle()
        L = np.linalg.cholesky(self.products.ZtZ)                      # Z'Z = L L'
        q = np.linalg.solve(L, self.products.Ztq)                      # Z'q = L q
        rest = self.products.qtq - q @ q            # the square of what no column explains
        Z = np.vstack([L.T, np.zeros_like(q)])
        return Z, np.append(q, np.sqrt(max(rest, 0)))

    def penalties(self, l1, l2):
        """Return n l1 and n l2, both (d,), for coefficients in the units of Z and q.

        In these units n J is divided by y_unit**2. No penalty may become infinite.
        """
        n_l1 = self.n * l1 / self.x_unit / self.y_unit
        n_l2 = self.n * l2 / self.x_unit / self.x_unit                 # x_unit**2 could be 0
        return np.minimum(n_l1, 1e300), np.minimum(n_l2, 1e300)


def _centre(X, y, weights, fit_intercept, with_products):
    """Return the _CentredRows of X (n, d) and y (n,), with their products or without.

    weights (n,) are those of the rows, and the largest is 1.
    """
    is_ready = X.flags.forc and X.dtype == float    # if not, NumPy would copy X to multiply it
    if with_products and is_ready and weights.min() == 1:
        rows = _centre_afterwards(X, y, weights, fit_intercept)
        if rows is not None:
            return rows
    x_scale = _find_scale(X, "X", weights, fit_intercept)
    y_scale = _find_scale(y, "y", weights, fit_intercept)
    rows = _CentredRows(X, y, weights, x_scale, y_scale)
    if with_products:
        rows.products = rows.multiply()
    return rows


def _centre_afterwards(X, y, weights, fit_intercept):
    """Return what `_centre` does, with products of X as it is, or None if they would lose digits.

    With m the mean of X, Z'Z = X'X - n m m', and no centred copy of the rows is needed. But a
    difference of large numbers loses digits. It loses one bit at most if m is not larger than the
    spread of the rows. A few rows give a first guess of the spread, before X'X is made.
    """
    n = len(X)
    x_mean = weights @ X / n * fit_intercept        # the weights are all 1
    if not (abs(x_mean) < 0.9 * X[:99].std(axis=0)).all():
        return None
    ZtZ = X.T @ X - n * np.outer(x_mean, x_mean)                       # LR.4
    squares = ZtZ.diagonal()
    if not (squares.min() > 1e-99 and squares.max() < 1e99 and (squares > n * x_mean**2).all()):
        return None
    x_unit = _power_of_two(np.sqrt(squares / n))
    y_scale = _find_scale(y, "y", weights, fit_intercept)
    q = y_scale.centre(y)
    rows = _CentredRows(X, y, weights, _Scale(np.zeros_like(x_mean), x_mean, x_unit), y_scale)
    rows.products = _Products(ZtZ / x_unit / x_unit[:, None], X.T @ q / x_unit, q @ q, len(x_unit))
    rows.is_plain = True
    return rows


def _find_scale(A, name, weights, fit_intercept):
    """Return the _Scale of A, which is X (n, d) or y (n,). Errors call it `name`."""
    origin = A[weights.argmax()].astype(float) * fit_intercept
    shares = weights / weights.sum()
    roots = np.sqrt(weights) / len(A)               # _CentredRows multiplies the rows by the root
    shift = 0.0
    distance = 0.0
    for part in _blocks(len(A), width=A.size // len(A)):
        B = A[part] - origin
        shift = shift + shares[part] @ B
        distance = distance + roots[part] @ abs(B)
    if not np.isfinite(distance).all():
        raise ValueError(f"{name} spans more than the range of float64")
    return _Scale(origin, shift * fit_intercept, _power_of_two(distance))


def _solve_in_good_units(rows, n_l2):
    """Solve by singular values, in units that suit them. Return w (d,) and the rank.

    rows is a _CentredRows, and n_l2 (d,) is n l2 for each column. A constant column gets 0.
    """
    Z, q = rows.triangle()
    varies = Z.any(axis=0)
    n_varying = np.count_nonzero(varies)
    w = np.zeros(len(n_l2))
    if n_varying == 0:
        return w, 0
    if not n_l2.any() and len(Z) >= n_varying:
        # In units of their own the columns are alike, and few digits are lost. It is the only
        # solution if the columns are independent.
        w[varies], rank = _solve_by_singular_values(Z[:, varies], q, 0.0)
        if rank == n_varying:
            return w, rank
    # The length of w counts here: all columns must have one unit, the largest of theirs. In this
    # unit n l2 is the smallest of n_l2.
    units = rows.x_unit[varies] / rows.x_unit[varies].max()
    w_in_one_unit, rank = _solve_by_singular_values(Z[:, varies] * units, q, n_l2[varies].min())
    w[varies] = w_in_one_unit * units
    return w, rank


def _worth_a_visit(coefficients):
    """Return the numbers of the coefficients that the next sweep visits.

    `coefficients` is a _Coefficients. Those that are not 0 are visited first. Then come those that
    would leave 0, the strongest first, but not all at once: of many new ones, most would go back to
    0. At most ten come in, or as many as are not 0 already if these are more. For the lasso all
    together are not more than Z has rows (but one may always come in), because more columns than
    rows depend on each other.
    """
    live = np.flatnonzero(coefficients.w)
    Ztr = coefficients.Z.T @ coefficients.r         # the pull c_j of each w_j that is 0
    excess = abs(Ztr) - coefficients.n_l1           # above 0: w_j would leave 0
    excess[live] = 0
    most = max(10, len(live))
    if coefficients.n_l1.any() and not coefficients.n_l2.any():
        most = min(most, max(1, len(coefficients.q) - len(live)))
    strongest = np.argsort(-excess)[:most]
    new = strongest[excess[strongest] > 0]
    return np.append(live, new)


def _solve_for_signs(coefficients):
    """Return w (d,) after all coefficients that are not 0 have moved down together.

    `coefficients` is a _Coefficients. With fixed signs n_l1 |w| is linear, so the minimum solves a
    linear system, and n J falls all the way to it. If a coefficient comes to 0 on the way, it
    stays there, and the others go on without it.
    """
    w = coefficients.w.copy()
    while w.any():
        live = np.flatnonzero(w)
        way, end = _way_down(coefficients, w, live)
        has_corner = coefficients.n_l1[live] > 0    # without an L1 penalty 0 is like any number
        shrinks = (w[live] * way < 0) & has_corner
        arrival = np.full(len(live), np.inf)        # how much of the way each takes to come to 0
        arrival[shrinks] = -w[live][shrinks] / way[shrinks]
        first = arrival.argmin()
        share = min(end, arrival[first])
        if share == np.inf:
            break
        w[live] += share * way
        if share == end:
            break
        w[live[first]] = 0
    return w


def _way_down(coefficients, w, live):
    """Return `way` (k,) and `end`: n J falls from w[live] to w[live] + end * way, at fixed signs.

    coefficients is a _Coefficients, w (d,) is where they are now, and `live` (k,) are the numbers
    of those that are not 0. Usually the end is 1, and the minimum for these signs is there. If the
    columns depend on each other, there may be no such minimum for the lasso. Then the way changes
    w but not Z w, the L1 penalty falls all along it, and the end is infinite.
    """
    Z = coefficients.Z[:, live]
    q = coefficients.q
    n_l1 = coefficients.n_l1
    l1_slope = n_l1[live] * np.sign(w[live])
    A = Z.T @ Z + np.diag(coefficients.n_l2[live])
    if _is_safe(A, worst=1e14):
        return np.linalg.solve(A, Z.T @ q - l1_slope) - w[live], 1.0
    if not n_l1.any():                              # least squares: one of many minima
        return np.linalg.lstsq(Z, q - Z @ w[live], rcond=None)[0], 1.0
    way = _flattest_way(A)
    if l1_slope @ way > 0:
        way = -way
    return way, np.inf


def _is_safe(A, worst=1e8):
    """Return whether equations with the symmetric matrix A (d, d) can be solved without great loss.

    The condition number may be `worst`. It is that of A in units that make its diagonal 1. At 1e8
    half of the digits are lost, and LR.6 brings them back.
    """
    eigenvalues = np.linalg.eigvalsh(_with_unit_diagonal(A)[0])        # the smallest first
    return eigenvalues[0] * worst >= eigenvalues[-1]


def _flattest_way(A):
    """Return a w (d,) for which w'A w is nearly 0, if `_is_safe` has refused A."""
    A, length = _with_unit_diagonal(A)
    _, V = np.linalg.eigh(A)                        # the smallest eigenvalue first
    return V[:, 0] / length


def _with_unit_diagonal(A):
    """Return A (d, d) in units that make its diagonal 1, and the length (d,) of the old ones."""
    length = np.sqrt(A.diagonal())
    return A / length / length[:, None], length


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


def _check_weights(sample_weight, X):
    """Return the weights (n,) of the rows of X: all 1 if None, else >= 0 and not all 0."""
    if sample_weight is None:
        return np.ones(len(X))
    weights = _check_y(sample_weight, X, numeric=True, name="sample_weight")
    if weights.min() < 0 or weights.max() == 0:
        raise ValueError("sample_weight must be >= 0 and not all zero, got numbers from "
                         f"{weights.min()} to {weights.max()}")
    return weights


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
