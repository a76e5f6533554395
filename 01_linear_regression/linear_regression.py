"""Linear regression: ordinary least squares, ridge, lasso and elastic net.

Objective of every solver; the intercept b is never penalised
    J(w, b) = 1/(2n) sum_i (y_i - x_i.w - b)^2
              + alpha (l1_ratio |w|_1 + (1 - l1_ratio)/2 |w|^2)                        LR.1
Algorithm
    centre X and y: Z = X - x_mean frees the intercept, b = y_mean - x_mean.w          LR.4
    "normal"  solve (Z'Z + n alpha I) w = Z'y, then one step on the residual     LR.3, LR.6, LR.7
    "svd"     fold the rows of Z into a triangle R by QR; with R = U S Vt,
              w = V (s / (s^2 + n alpha)) U'q, of least norm if columns are collinear  LR.5
    "auto"    "normal" where its condition number is safe, else "svd"; "cd" for an L1 penalty
    "cd"      R by QR or from Z'Z; soft-threshold w_j by w_j until the duality gap closes LR.8, LR.9
    "gd"      (w, b) <- (w, b) - rate (gradient), in batches of any size         LR.2, LR.10
Symbols: n samples, d features; X (n, d), y (n,), w (d,).
Cost: O(n d^2 + d^3); "gd" O(n d) an epoch; "cd" O(d^3) a sweep. Memory: d^2 and a block of rows.
Follows Hastie, Tibshirani & Friedman, "The Elements of Statistical Learning", 2nd ed.,
sections 3.2, 3.4 and 3.8, and Golub & Van Loan, "Matrix Computations", 4th ed., chapter 5.
"""

import warnings
from functools import partial, reduce

import numpy as np

_BLOCK = 2**16  # numbers in a block of rows: half a megabyte, which stays in cache


class LinearRegression:
    """Least squares with an optional L2, L1 or elastic-net penalty.

    Parameters
    ----------
    fit_intercept : bool, default True; False forces the fit through the origin
    solver : {"auto", "normal", "svd", "gd", "cd"}, default "auto"
    penalty : {None, "l2", "l1", "elasticnet"}, default None; "l2" is ridge, "l1" the lasso
    alpha : float >= 0, default 1.0; weight of the penalty against half the *mean* squared error
    l1_ratio : float in [0, 1], default 0.5; share of the L1 term in "elasticnet"
    learning_rate : float > 0, default 0.01, and decay : float >= 0, default 0.0
        Update t of "gd" (t counts on over epochs) has rate learning_rate / (1 + decay t).
    batch_size : int or None, default None; rows in an update of "gd", None for all, 1 stochastic
    max_iter : int, default 1000; most epochs of "gd", most sweeps of "cd"
    tol : float > 0 or None (max_iter rounds and no verdict), default 1e-6; "gd" stops when its
        steepest slope is tol of the first one, "cd" when the duality gap is tol of the objective
    random_state : None, int or numpy.random.Generator, default None; shuffles mini-batches

    Attributes
    ----------
    coef_ : ndarray (d,); 0 for a constant column; of the exact solvers the shortest minimiser
    intercept_ : float, in units of y; rank_ : int, of the centred X (exact solvers, no penalty)
    n_features_in_ : int; n_iter_ : int, epochs or sweeps, 1 for the exact solvers
    dual_gap_ : float, J is at most this far above its minimum ("cd")
    loss_history_ : ndarray (n_iter_ + 1,), J at the start and after each round ("gd", "cd")
    coef_history_ : ndarray (n_iter_ + 1, d + 1), w and b at the same moments ("gd")
    """

    def __init__(self, *, fit_intercept: bool = True, solver: str = "auto",
                 penalty: str | None = None, alpha: float = 1.0, l1_ratio: float = 0.5,
                 learning_rate: float = 0.01, decay: float = 0.0, batch_size: int | None = None,
                 max_iter: int = 1000, tol: float | None = 1e-6, random_state=None):
        self.fit_intercept, self.solver = fit_intercept, solver
        self.penalty, self.alpha, self.l1_ratio = penalty, alpha, l1_ratio
        self.learning_rate, self.decay, self.batch_size = learning_rate, decay, batch_size
        self.max_iter, self.tol, self.random_state = max_iter, tol, random_state

    def fit(self, X, y, sample_weight=None):
        """Fit w and b to X (n, d) and y (n,), rows weighted by sample_weight (n,) >= 0."""
        l1, l2 = self._check_hyperparameters()
        X = _check_X(X)
        y = _check_y(y, X, numeric=True)
        s = (np.ones(len(X)) if sample_weight is None
             else _check_y(sample_weight, X, numeric=True, name="sample_weight"))
        if s.min() < 0 or s.max() == 0:
            raise ValueError(f"sample_weight must be >= 0, not all zero: {s.min()} to {s.max()}")
        solve = self._gradient_descent if self.solver == "gd" else self._solve_centred
        with np.errstate(over="ignore", invalid="ignore"):             # a loss may exceed 1e308
            w, b, state, missed = solve(X, y, s / s.max(), l1, l2)
        for name in ("rank_", "dual_gap_", "loss_history_", "coef_history_"):
            vars(self).pop(name, None)                                 # of an earlier fit
        vars(self).update(state)
        self.coef_, self.intercept_, self.n_features_in_ = w, float(b), X.shape[1]
        if missed:
            warnings.warn(missed, RuntimeWarning, stacklevel=2)
        return self

    def predict(self, X):
        """Return the predicted targets (n,) of X (n, d)."""
        return _check_X(X, fitted=self) @ self.coef_ + self.intercept_

    def _solve_centred(self, X, y, s, l1, l2):
        gram = self.solver == "normal" or (self.solver != "svd" and len(X) > X.shape[1])
        mean, D, G = _moments(X, y, s, bool(self.fit_intercept), gram)
        rows = partial(_blocks, X, y, s, mean, D)                      # of [Z q]: centred, scaled
        mean, y_mean, D, c, n = (m := sum(mean))[:-1], m[-1], D[:-1], D[-1], s.sum()  # D, c: units
        l1, l2 = np.minimum(n * l1 / D / c, 1e300), np.minimum(n * l2 / D / D, 1e300)
        missed, descend = None, self.solver == "cd" or l1.any()
        M, R = _factor(G, l2 * (not descend), 1e-6 if descend else 1e-8) if gram else (None, None)
        if M is None:
            blocks = (B for _, B in rows())   # only T'T matters, and QR keeps it: n rows to d + 1
            T = reduce(lambda T, B: np.linalg.qr(np.vstack([T, B]), mode="r"), blocks)
            if self.solver == "normal":
                missed = "the normal equations are too ill-conditioned: solver='svd' took over"
        elif descend:
            q = M.T @ G[:-1, -1]              # the same T'T = G, with R'R = Z'Z and R'q = Z'q
            T = np.block([[R, q[:, None]], [0 * q, max(G[-1, -1] - q @ q, 0)**0.5]])
        if descend:
            v, sweeps, gap, J = _coordinate_descent(T, l1, l2, self.max_iter, self.tol)
            state = {"n_iter_": sweeps, "dual_gap_": gap * c**2 / n, "loss_history_": J * c**2 / n}
            if self.tol is not None and gap > max(self.tol * J[-1], 1e-14 * J[0]):
                missed = (f"coordinate descent stopped at max_iter={sweeps}: the duality gap is "
                          f"{gap / J[-1]:.2g} of the objective, above tol={self.tol:g}")
        else:
            v, rank = _solve_svd(T, D, l2) if M is None else _solve_normal(G, M, rows, l2)
            state = {"n_iter_": 1} | ({} if l2.any() else {"rank_": rank})
        w = v * (c / D)                                                # in units of X and y again
        return w, y_mean - mean @ w, state, missed                     # LR.4

    def _gradient_descent(self, X, y, s, l1, l2):
        def gradient(i, s):
            r = X[i] @ w + b - y[i]
            return r, X[i].T @ (s * r) + l2 * w, self.fit_intercept * (s @ r)          # LR.2
        (n, d), rng = X.shape, np.random.default_rng(self.random_state)
        size = n if self.batch_size is None else min(self.batch_size, n)
        s, w, b, t, J, path, slopes, missed = s / s.sum(), np.zeros(d), 0.0, 0, [], [], [], None
        for epoch in range(self.max_iter + 1):
            r, g, g_b = gradient(slice(None), s)
            loss = (s * r) @ r / 2 + l1 * abs(w).sum() + l2 * (w @ w) / 2              # LR.1
            J.append(np.fmin(loss, np.inf))                            # inf - inf is no loss
            path.append(np.append(w, b))
            slopes.append(max(abs(g + np.clip(w - g, -l1, l1)).max(), abs(g_b)))
            converged = slopes[-1] <= (self.tol or 0) * slopes[0]
            if converged or epoch == self.max_iter or not J[-1] <= 1e10 * J[0]:
                break
            for i in np.split(rng.permutation(n), range(size, n, size)):
                if size < n:
                    _, g, g_b = gradient(i, s[i] * (n / len(i)))
                rate = self.learning_rate / (1 + self.decay * t)                       # LR.10
                w, b, t = w - rate * g, b - rate * g_b, t + 1
                w -= np.clip(w, -rate * l1, rate * l1)                                 # LR.8
        if not J[-1] <= J[0]:
            *w, b = path[np.argmin(J)]
            ones, D = np.full(n, float(self.fit_intercept)), max(X.max(), -X.min(), 1.0)
            H = sum(B.T @ B for _, B in _blocks(X, ones, s, (), D)) + np.diag([l2 / D**2] * d + [0])
            stable = 2 / np.linalg.eigvalsh(H)[-1] / D / D                             # LR.11
            missed = (f"gradient descent diverged with learning_rate={self.learning_rate:g}: the "
                      f"largest stable full-batch rate is {stable:.4g}. The lowest loss is kept")
        elif self.tol is not None and not converged:
            missed = (f"gradient descent stopped at max_iter={epoch}: its slope is "
                      f"{slopes[-1] / slopes[0]:.2g} of the first, above tol={self.tol:g}")
        state = {"n_iter_": epoch, "loss_history_": np.array(J), "coef_history_": np.array(path)}
        return np.array(w), b, state, missed

    def _check_hyperparameters(self):
        for name, options in (("solver", ("auto", "normal", "svd", "gd", "cd")),
                              ("penalty", (None, "l2", "l1", "elasticnet"))):
            if getattr(self, name) not in options:
                raise ValueError(f"{name} must be one of {options}, got {getattr(self, name)!r}")
        _check_number("alpha", self.alpha, 0)
        _check_number("l1_ratio", self.l1_ratio, 0, 1)
        _check_number("learning_rate", self.learning_rate, 0, above=True)
        _check_number("decay", self.decay, 0)
        _check_number("max_iter", self.max_iter, 1, integer=True)
        if self.batch_size is not None:
            _check_number("batch_size", self.batch_size, 1, integer=True)
        _check_number("tol", 1 if self.tol is None else self.tol, 0, above=True)
        l1 = self.alpha * {"l1": 1.0, "elasticnet": self.l1_ratio}.get(self.penalty, 0.0)
        if self.solver in ("normal", "svd") and l1 > 0:
            raise ValueError(f"solver={self.solver!r} has no L1 penalty: use 'auto', 'cd' or 'gd'")
        return l1, (self.alpha - l1 if self.penalty else 0.0)


def _moments(X, y, s, centre, gram):
    n, zero, shift, size = len(X), np.append(X[i := s.argmax()], y[i]) * centre, 0, 0
    m = np.append(s @ X / n * centre, 0)
    if gram and s.min() == 1 and X.flags.forc and (abs(m[:-1]) <= 2 * X[:99].std(axis=0)).all():
        # Means within the spread may be taken out of the products of the rows as they are: that
        # cancels one bit at most, and spares a centred copy of the rows.
        q = y - zero[-1]
        q -= (q_mean := q.mean() * centre)
        G = np.block([[X.T @ X, (g := X.T @ q)[:, None]], [g, q @ q]]) - n * np.outer(m, m)
        if (spread := G.diagonal()).max() < 1e99 and (spread > n * m**2 + 1e-99).all():
            D = np.ldexp(1.0, np.frexp(np.sqrt(spread / n))[1])
            return (np.append(m[:-1], zero[-1] + q_mean),), D, G / D / D[:, None]      # LR.4
    # The mean comes in two parts, a row and the small rest: taken out in turn they keep every digit
    # of 1e8 + small changes and zero constant columns. The power of two D keeps squares in range.
    for root, B in _blocks(X, y, s, (zero,), 1):
        shift, size = shift + root @ B / s.sum(), size + np.full(len(B), 1 / n) @ abs(B)
    mean, D = (zero, shift * centre), np.ldexp(1.0, np.frexp(size)[1])                 # LR.4
    return mean, D, sum(B.T @ B for _, B in _blocks(X, y, s, mean, D)) if gram else None


def _blocks(X, y, s, mean, D):
    for i in range(0, len(X), size := max(2 * X.shape[1], _BLOCK // (X.shape[1] + 1))):
        B, root = np.column_stack([X[i:i + size], y[i:i + size]]), np.sqrt(s[i:i + size])
        yield root, reduce(np.subtract, mean, B) / D * root[:, None]


def _factor(G, l2, least):
    A = G[:-1, :-1] + np.diag(l2)                                      # LR.3, LR.7
    e = 1 / np.sqrt(np.where(A.diagonal() > 0, A.diagonal(), 1))
    lam, V = np.linalg.eigh(e[:, None] * A * e)
    if not lam[0] > least * lam[-1]:                                   # too many digits at risk
        return None, None
    return e[:, None] * V / np.sqrt(lam), (V * np.sqrt(lam)).T / e     # A^-1 = M M', A = R'R


def _solve_normal(G, M, rows, l2):
    v = M @ (M.T @ G[:-1, -1])
    # Rounding in G moved v by about eps cond(A). The gradient at v, summed anew from the rows'
    # own residuals, knows by how much, and the same factors solve for the correction.
    g = sum(B[:, :-1].T @ (B @ np.append(-v, 1)) for _, B in rows()) - l2 * v
    return (v + M @ (M.T @ g)) * (G.diagonal()[:-1] > 0), len(v)       # LR.6; constant columns 0


def _solve_svd(T, D, l2):
    v, live = np.zeros(len(D)), T[:, :-1].any(axis=0)                  # constant columns get 0
    if not live.any():
        return v, 0
    R, q, l2 = T[:, :-1][:, live], T[:, -1], l2[live].min()
    # Columns of full rank may be scaled at will. Else, and under a penalty, it is the norm of w
    # itself that must stay small: all columns in one unit.
    for E in (np.ones(R.shape[1]), D[live] / D[live].max()):
        U, sv, Vt = np.linalg.svd(R * E, full_matrices=False)
        keep = sv > 10 * len(E) * np.finfo(float).eps * sv[0]
        if keep.sum() == len(E) and l2 == 0:
            break
    v[live] = E * (Vt[keep].T @ (sv[keep] / (sv[keep]**2 + l2) * (U[:, keep].T @ q)))  # LR.5, LR.7
    return v, int(keep.sum())


def _coordinate_descent(T, l1, l2, max_iter, tol):
    R, q = np.asfortranarray(T[:, :-1]), T[:, -1]
    h = np.einsum("ij,ij->j", R, R)
    v, r, J = np.zeros(len(h)), q.copy(), [q @ q / 2]
    for sweep in range(1, max_iter + 1):
        for j in np.flatnonzero(h) if sweep % 5 == 1 else np.flatnonzero(v):
            rho = R[:, j] @ r + h[j] * v[j]
            new = np.copysign(max(abs(rho) - l1[j], 0), rho) / (h[j] + l2[j])          # LR.8
            r += (v[j] - new) * R[:, j]
            v[j] = new
        # With signs given the rest is a linear system: keep its only solution if the signs agree.
        A = np.flatnonzero(v)
        H, pull = R[:, A].T @ R[:, A] + np.diag(l2[A]), R[:, A].T @ q - l1[A] * np.sign(v[A])
        exact, _, rank, _ = np.linalg.lstsq(H, pull, rcond=None)
        if rank == len(A) and (np.sign(exact) == np.sign(v[A])).all():
            v[A], r = exact, q - R[:, A] @ exact
        J.append(r @ r / 2 + l1 @ abs(v) + l2 @ v**2 / 2)
        gap = max(J[-1] - _dual(R, q, r, l1, l2), 0.0)                                 # LR.9
        if tol is not None and gap <= max(tol * J[-1], 1e-14 * J[0]):  # or lost in rounding
            break
    return v, sweep, gap, np.array(J)


def _dual(R, q, r, l1, l2):
    if not (l1 + l2).any():
        return (q - R @ np.linalg.lstsq(R, q, rcond=None)[0]) @ q / 2  # plain least squares
    a = abs(R.T @ r)
    if l2.all():
        return q @ r - r @ r / 2 - np.maximum(a - l1, 0)**2 @ (1 / l2) / 2
    shrink = min([1.0, *(l1[a > l1] / a[a > l1])])
    return shrink * (q @ r) - shrink**2 * (r @ r) / 2


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
