"""Logistic regression for two or more classes, with an L2, an L1 or no penalty.

Objective, b is never penalised; of two classes only the second has a row of W     LOG.3, LOG.4
    J(W, b) = C sum_i s_i (log sum_c exp a_ic - a_iy) + |W|^2 / 2,  or + |W|_1
    with a logit a_ic = w_c . x_i + b_c for each class, y the class of row i       LOG.1, LOG.2
"newton": slope C (P - Y) X + W of J, Hessian X' diag(C p (1 - p)) X + I           LOG.5, LOG.6
    a step by preconditioned conjugate gradients, for two classes that of IRLS     LOG.7, LOG.8
    halved until J falls: that is why it never diverges                                   LOG.9
    L1: what is 0 and content stays 0, a change of sign stops at 0               LOG.10, LOG.11
"gd": (W, b) <- (W, b) - rate (slope), in batches of any size                    LOG.12, LOG.13
Symbols: n samples, d features, k classes; X (n, d), W (k, d), b (k,), P and Y (k, n).
Cost: ten steps or so of O(n d k + m d^2 + d^3), memory O(n k + m d), m rows for the Hessian.
Follows Hastie, Tibshirani & Friedman, "The Elements of Statistical Learning", 2nd ed., 4.4.
"""

import warnings

import numpy as np

_BLOCK = 2**19  # numbers in a block of rows: 4 MB, which stay in cache, in few calls of BLAS
_SAMPLE = 4096  # rows, and 40 more a feature, that show the Hessian well enough for a step
_WRITTEN = 512  # most features whose Hessian is written out


class LogisticRegression:
    """Linear classifier that gives probabilities, for two or more classes.

    Parameters
    ----------
    penalty : {"l2", "l1", None}, default "l2"; in the units of X as it comes: standardise X first
    C : float > 0, default 1.0; weight of the summed log loss against the penalty
    fit_intercept : bool, default True; False keeps b at 0
    class_weight : None, "balanced" (classes sum to the same) or {label: factor > 0}, default None
    solver : {"newton", "gd"}, default "newton"; "gd" is for study and minds the units of X
    learning_rate : float > 0, default 0.1; of "gd", along the slope of J / (C sum_i s_i)
    batch_size : int or None, default None; rows in an update of "gd", None for all, 1 stochastic
    max_iter : int, default 100; most steps of "newton", most epochs of "gd"
    tol : float > 0 or None, default 1e-5; gradient_norm_ at which to stop, None for no verdict
    random_state : None, int or numpy.random.Generator, default None; shuffles mini-batches

    Attributes
    ----------
    classes_ : ndarray (k,), the labels in order; equal probabilities go to the first
    coef_ : ndarray (k, d), or (1, d) for the second of two classes: logits, or log-odds, per unit
        of the feature, 0 for a constant one. Without a penalty, classes that can be separated have
        no best weights: fit keeps finite ones that separate them, and warns.
    intercept_ : ndarray (k,) or (1,); n_features_in_, n_iter_ : int
    gradient_norm_ : float, 0 at the optimum: the steepest slope of J / (C sum_i s_i) along any
        coefficient, per standard deviation of its column; for L1 the least of the subgradients
    gradient_norm_history_, loss_history_, coef_history_ : ndarray (n_iter_ + 1, ...), it, J and
        [coef_ intercept_] after each round. Entry 0 is the start: zeros or, with "newton" and at
        least 4096 + 40 d rows, about the optimum of a sample of them, unless zeros are better.
    """

    def __init__(self, penalty: str | None = "l2", *, C: float = 1.0, fit_intercept: bool = True,
                 class_weight=None, solver: str = "newton", learning_rate: float = 0.1,
                 batch_size: int | None = None, max_iter: int = 100, tol: float | None = 1e-5,
                 random_state=None):
        self.penalty, self.C, self.fit_intercept, self.tol = penalty, C, fit_intercept, tol
        self.class_weight, self.solver, self.random_state = class_weight, solver, random_state
        self.learning_rate, self.batch_size, self.max_iter = learning_rate, batch_size, max_iter

    def fit(self, X, y, sample_weight=None):
        """Fit W and b to X (n, d) and labels y (n,), rows weighted by sample_weight (n,) >= 0."""
        self._check_hyperparameters()
        X = _check_X(X)
        y = _check_y(y, X)
        s = (np.ones(len(X)) if sample_weight is None
             else _check_y(sample_weight, X, numeric=True, name="sample_weight"))
        if s.min() < 0 or s.max() == 0:
            raise ValueError(f"sample_weight must be >= 0, not all zero: {s.min()} to {s.max()}")
        X, y, s = (X, y, s) if s.min() > 0 else (X[s > 0], y[s > 0], s[s > 0])
        classes = np.unique(y)
        if len(classes) < 2:
            raise ValueError(f"y has one class only, {classes.tolist()[0]!r}: it needs two or more")
        Y = y == classes[:, None]                                      # (k, n)
        labels, factors = classes.tolist(), self.class_weight or {}
        factors = dict(zip(labels, (Y @ s).mean() / (Y @ s))) if factors == "balanced" else factors
        if extra := set(factors) - set(labels):
            raise ValueError(f"class_weight names {extra.pop()!r}, which is not in y")
        s = s * (np.array([factors.get(label, 1.0) for label in labels]) @ Y)
        q, total = (r := s / s.max()) / r.sum(), self.C * s.max() * r.sum()
        l1, l2 = ((self.penalty == name) / total for name in ("l1", "l2"))
        zeros, history, missed = np.zeros((len(Y) - (len(Y) == 2), X.shape[1] + 1)), [], ""  # LOG.3
        rounds = self._gradient_descent if self.solver == "gd" else self._newton
        with np.errstate(all="ignore"):                                # scales up to 1e300
            mean, D = self._units(X, q, bool(self.fit_intercept))
            for B, F, slope in rounds(zeros, X, Y, q, l1, l2, mean, D):
                history.append((B, np.fmin(F, np.inf), abs(slope).max()))  # inf - inf is no loss
                if history[-1][2] <= (self.tol or 0) or len(history) > self.max_iter:
                    break
            path, losses, norms = (np.array(values) for values in zip(*history))
            if self.solver == "newton":  # of standardised columns: back to those of X
                path[..., :-1] /= D
                path[..., -1] -= path[..., :-1] @ mean
            L = (mean @ mean + (D[D < np.inf]**2).sum() + 1) / (4 if len(B) == 1 else 2) + l2
        kept = len(path) - 1 if losses[-1] <= losses[0] else int(losses.argmin())
        self.classes_, self.n_features_in_, self.n_iter_ = classes, X.shape[1], len(path) - 1
        self.coef_, self.intercept_ = path[kept, :, :-1].copy(), path[kept, :, -1].copy()
        self.gradient_norm_, self.gradient_norm_history_ = float(norms[kept]), norms
        self.loss_history_, self.coef_history_ = total * losses, path
        if self.penalty is None and self._separated(X, y, path[:kept + 1], norms[:kept + 1]):
            missed = ("the classes, or some of their rows, can be separated: without a penalty the "
                      f"best weights are infinite. Those kept have gradient norm {norms[kept]:.2g}")
        elif kept < len(path) - 1:
            missed = (f"gradient descent diverged with learning_rate={self.learning_rate:g}, where "
                      f"{2 / L:.2g} is safe: the weights of least loss are kept")  # LOG.13
        elif self.tol is not None and norms[-1] > self.tol:
            missed = (f"stopped after {len(norms) - 1} rounds, max_iter={self.max_iter}: the "
                      f"gradient norm is {norms[-1]:.2g}, above tol={self.tol:g}")
        if missed:
            warnings.warn(missed, RuntimeWarning, stacklevel=2)
        return self

    def decision_function(self, X):
        """Return the logits (n, k), or (n,) those of the second of two classes."""
        A = _check_X(X, fitted=self) @ self.coef_.T + self.intercept_  # LOG.1
        return A[:, 0] if len(self.classes_) == 2 else A

    def predict_log_proba(self, X):
        """Return the logarithms (n, k) of the probabilities, finite where these round to 0."""
        A = self.decision_function(X)
        A = np.stack([0 * A, A], axis=1) if A.ndim == 1 else A         # LOG.3
        A = A - A.max(axis=1, keepdims=True)
        return A - np.log(np.exp(A).sum(axis=1, keepdims=True))        # LOG.2

    def predict_proba(self, X):
        """Return the probabilities (n, k) of the classes, in the order of classes_."""
        return np.exp(self.predict_log_proba(X))

    def predict(self, X):
        """Return the most probable label of each row of X."""
        best = self.predict_log_proba(X).argmax(axis=1)
        return self.classes_[best]

    def _units(self, X, q, centre):
        # Mean and deviation (inf if constant: the weight stays 0) of each column, in a single pass.
        few, shift, square = slice(None, None, max(1, len(X) // 99)), 0, 0
        rough, scale = centre * np.median(X[few], axis=0), 1 / max(abs(X[few]).max() or 1, 1e-300)
        for i in range(0, len(X), size := max(1, _BLOCK // 16 // X.shape[1])):
            Z, r = (X[i:i + size] - rough) * scale, q[i:i + size]
            shift, square = shift + centre * (r @ Z), square + r @ (Z * Z)
        D, mean = np.sqrt(np.maximum(square - shift**2, 0)) / scale, rough + shift / scale
        return mean, np.where(D > 2e-15 * abs(mean), D, np.inf)

    def _newton(self, B, X, Y, q, l1, l2, mean, D):
        stride = len(X) // (enough := _SAMPLE + 40 * len(D)) or 1
        if len(X) >= enough:  # begin near the optimum of half as many rows
            half = slice(None, None, 2 * stride)
            part = X[half], Y[:, half], q[half] / q[half].sum(), l1, l2, mean, D
            run = zip(range(20), self._newton(B, *part))
            B = next((start for _, (start, _, slope) in run if abs(slope).max() < 0.003), B)
        l1, l2 = (np.append(np.minimum(a, 1e300), 0) for a in (l1 / D, l2 / D / D))
        F, G, P = self._objective(B, X, Y, q, mean, D, l1, l2)
        if len(X) >= enough and not F <= np.log(len(Y)):  # J at 0 is less: the sample misled
            B = np.zeros_like(B)
            F, G, P = self._objective(B, X, Y, q, mean, D, l1, l2)
        (Z, w), damping, last = self._sample(X[::stride], q[::stride], mean, D, l2), 0, np.inf
        while True:
            yield B, F, (slope := self._steepest(B, G, l1))
            if stride > 1 and abs(slope).max() > 0.5 * last:
                stride = stride // 2
                Z, w = self._sample(X[::stride], q[::stride], mean, D, l2)
            last, ridge = abs(slope).max(), 1e-5 if stride > 1 else 1e-10
            for trial in range(40):
                if trial == 0 or l1.any():  # J has corners: rather turn S towards the slope
                    S = self._newton_step(B, slope, Z, P[:, ::stride], w, l1, l2, ridge + damping)
                F_new, G, P_new = self._objective(B + S, X, Y, q, mean, D, l1, l2)
                if F_new <= F - 1e-4 * abs((slope * S).sum()) + 1e-14:
                    break
                S, damping = S / 2, (10 * damping + 1e-4) * l1.any()   # LOG.9
            else:
                return                                                 # what is left is rounding
            B, F, P, damping = B + S, F_new, P_new, damping / 10

    def _sample(self, X, q, mean, D, l2):
        # Few digits do where the penalty bounds the condition number of H; |Z| <= 1 / sqrt(q).
        few = (l2[:-1] + np.isinf(D)).min() > 1e-6 and q.min() > 1e-60
        Z = np.full((len(X), len(l2)), float(self.fit_intercept), np.float32 if few else float)
        for i in range(0, len(X), size := max(1, _BLOCK // len(l2))):
            Z[i:i + size, :-1] = (X[i:i + size] - mean) / D
        return Z, q / q.sum()

    def _newton_step(self, B, slope, Z, P, q, l1, l2, ridge):
        v, written, M = (q * P * (1 - P)).mean(axis=0), Z.shape[1] <= _WRITTEN, 0
        e = l2 + ridge * v.sum()                                       # no direction is quite flat
        P, q, root = (a.astype(Z.dtype) for a in (P, q, np.sqrt(v)[:, None]))
        for i in range(0, len(Z), size := max(1, _BLOCK // len(e))):
            V = root[i:i + size] * Z[i:i + size]
            M = M + (V.T @ V if written else (V * V).sum(axis=0))      # LOG.8
        inverse = np.linalg.solve(M + np.diag(e), np.eye(len(e))) if written else 1 / (M + e)
        def H(S):
            U = P * (S.astype(Z.dtype) @ Z.T)
            return (q * (U - P * U.sum(axis=0))) @ Z + e * S           # LOG.6
        side = np.where(B != 0, np.sign(B), -np.sign(slope)) * (l1 > 0)
        S, free, over = np.zeros_like(B), (l1 == 0) | (side != 0), True  # LOG.10
        while np.any(over):
            R, p, Rz, first = -(slope + H(S) if S.any() else slope) * free, 0, 1, 0
            for _ in range(50):                                        # LOG.7
                z = (R @ inverse if written else R * inverse) * free
                p, Rz = z + (R * z).sum() / Rz * p, (R * z).sum()
                first = first or Rz
                if Rz <= 0.1 * first:
                    break
                Hp = H(p) * free
                S, R = S + Rz / (p * Hp).sum() * p, R - Rz / (p * Hp).sum() * Hp
            over = free & ((B + S) * side < 0)
            S[over], free = -B[over], free & ~over                     # LOG.11
        return S - S.mean(axis=0) * ((len(S) > 1) & (l1 == 0))         # an equal shift is no change

    def _gradient_descent(self, B, X, Y, q, l1, l2, mean, D):
        (n, d), rng, F = X.shape, np.random.default_rng(self.random_state), 0.0
        size, (l1, l2) = self.batch_size or n, (np.append(np.full(d, a), 0) for a in (l1, l2))
        raw = np.zeros(d), np.ones(d), l1, l2
        while np.isfinite(F):
            F, G, _ = self._objective(B, X, Y, q, *raw)
            slope = np.column_stack([(G[:, :-1] - G[:, -1:] * mean) / D, G[:, -1]])
            yield B, F, self._steepest(B, slope, l1 / np.append(D, 1))
            for i in np.split(rng.permutation(n), range(size, n, size)):
                if size < n:
                    _, G, _ = self._objective(B, X[i], Y[:, i], q[i] * (n / len(i)), *raw)
                B = B - self.learning_rate * G                         # LOG.12
                B = np.sign(B) * np.maximum(abs(B) - self.learning_rate * l1, 0)

    def _objective(self, B, X, Y, q, mean, D, l1, l2):
        m, W, c = len(B), B[:, :-1] / D, float(self.fit_intercept)
        F, G, P = (l1 * abs(B) + l2 * B**2 / 2).sum(), l2 * B, np.empty((m, len(X)))
        for i in range(0, len(X), size := max(1, _BLOCK // max(X.shape[1], len(Y)))):
            i = slice(i, i + size)
            A = W @ X[i].T + (c * B[:, -1] - W @ mean)[:, None]        # LOG.1
            top = A.max(axis=0) if m > 1 else np.maximum(A[0], 0)
            E = np.exp(A - top)
            total = E.sum(axis=0) + (np.exp(-top) if m == 1 else 0)    # LOG.3
            P[:, i] = E / total                                        # LOG.2
            F += q[i] @ (top - (A * Y[-m:, i]).sum(axis=0) + np.log(total))  # LOG.4
            R = q[i] * (P[:, i] - Y[-m:, i])                           # LOG.5
            G[:, :-1] += (R @ X[i] - R.sum(axis=1, keepdims=True) * mean) / D
            G[:, -1] += c * R.sum(axis=1)
        return F, G, P

    def _steepest(self, B, G, l1):                                     # LOG.10
        return np.where(B != 0, G + l1 * np.sign(B), np.sign(G) * np.maximum(abs(G) - l1, 0))

    def _separated(self, X, y, path, norms):
        A, step = (X @ B[:, :-1].T + B[:, -1] for B in (path[-1], path[-1] - path[-2:][0]))
        flat = 0.15 * norms[-2:][0] < norms[-1] < 1e-4  # do logits still grow, by 1 in each step?
        return (flat and ((abs(step) > 0.5) & (abs(A) < 50)).any()) or (self.predict(X) == y).all()

    def _check_hyperparameters(self):
        weights = self.class_weight if isinstance(self.class_weight, dict) else {}
        for name, options in (("penalty", ("l2", "l1", None)), ("solver", ("newton", "gd")),
                              ("class_weight", (None, "balanced", weights))):
            if getattr(self, name) not in options:
                raise ValueError(f"{name} must be one of {options}, got {getattr(self, name)!r}")
        for label, factor in weights.items():
            _check_number(f"class_weight[{label!r}]", factor, 0, above=True)
        for name in ("C", "learning_rate", *["tol"] * (self.tol is not None)):
            _check_number(name, getattr(self, name), 0, above=True)
        for name in ("max_iter", *["batch_size"] * (self.batch_size is not None)):
            _check_number(name, getattr(self, name), 1, integer=True)


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
