"""Support vector machines: SVC and SVR in the dual by SMO, LinearSVC in the primal by Pegasos.

Objective, for f(x) = w.phi(x) + b, with phi known only through k(x, z) = phi(x).phi(z)
    |w|^2/2 + C sum_i loss_i; loss = max(0, 1 - y f(x)), y = +-1, in SVC and LinearSVC    SVM.1
    and max(0, |y - f(x)| - epsilon) in SVR                                               SVM.2
Dual of both: one signed multiplier per sample, w = sum_i beta_i phi(x_i), sum_i beta_i = 0  SVM.3
    maximise D = t.beta - epsilon |beta|_1 + beta'R beta / 2 with lo <= beta <= hi, where
    t = y, R_ij = |phi(x_i) - phi(x_j)|^2 / 2; in SVC epsilon = 0 and 0 <= y beta <= C    SVM.4
SMO: from beta = 0, with the slopes s = t + R beta at hand,                               SVM.5
    find the sample i of the steepest way up and its partner j on the way down for the
    largest gain; shift delta from beta_j to beta_i, to the crest or a bound       SVM.6, SVM.7
    until no pair climbs by more than tol: the Karush-Kuhn-Tucker (KKT) conditions hold. If R is
    held whole, now and then a Newton step on all multipliers between bounds              SVM.8
    b is the mean over those, the duality gap certifies the result                  SVM.9, SVM.10
    one SVC for each pair of classes, and a vote, where there are more than two          SVM.12
Pegasos: w <- (1 - 1/t) w + (C n/t) y_i x_i [y_i f(x_i) < 1], averaged           SVM.13, SVM.14
Symbols: n samples, d features, k classes, p pairs, m support vectors; kernels: SVM.11.
Cost: SMO 8 n^2 bytes, O(n^2 d), n/4 to 4n steps of O(n) (linear: more); Pegasos O(n d) an epoch.
Follows Platt (1998), Fan, Chen & Lin (JMLR 6, 2005) and Shalev-Shwartz et al. (Pegasos, 2011).
"""

import warnings

import numpy as np

_BLOCK = 2**21  # kernel values in one block: 16 MB, so few products wait for their threads


class SVC:
    """Support vector classifier with kernels, one against one for more than two classes.

    Parameters
    ----------
    C : float > 0, default 1.0; price of a unit of margin violation
    kernel : {"rbf", "linear", "poly", "sigmoid"} or callable(A, B) -> (len(A), len(B)), "rbf"
        exp(-gamma |x - z|^2), x.z, (gamma x.z + coef0)^degree, tanh(gamma x.z + coef0).
    degree : int >= 0, default 3; coef0 : float, default 0.0; decision_function_shape : "ovr", "ovo"
    gamma : {"scale", "auto"} or float >= 0, default "scale", 1 / (d X.var()); "auto" is 1 / d
    tol : float > 0, default 1e-3; KKT violation at which SMO stops, in units of f
    cache_size : float > 0, default 200; MB for R if it fits (n = 5,000), else for rows used last
    max_iter : int, default -1, 100,000 + 100 n; steps of a pair. 1, 2, 3, ... retrace a long fit

    Attributes
    ----------
    classes_ : ndarray (k,), sorted; the p pairs run (0, 1), (0, 2), ..., (k - 2, k - 1)
    support_, support_vectors_, n_support_ : (m,) row numbers class by class, (m, d), (k,)
    dual_coef_ : ndarray (k - 1, m), beta of each against every other class
    intercept_ : ndarray (p,); coef_ : ndarray (p, d), w of the linear kernel only
        All three are positive for the first class of a pair, but of two classes for classes_[1].
    n_iter_, dual_gap_ : ndarrays (p,); SVM.1 is at most dual_gap_ above its minimum
    dual_objective_history_ : list of p ndarrays (n_iter_ + 1,), D after each step

    f(x) = 0 and equal votes go to the first class. Equal samples with opposite labels end at C.
    An indefinite kernel (sigmoid) has local optima, and its dual_gap_ certifies nothing.
    """

    def __init__(self, *, C: float = 1.0, kernel="rbf", degree: int = 3, gamma="scale",
                 coef0: float = 0.0, tol: float = 1e-3, cache_size: float = 200,
                 max_iter: int = -1, decision_function_shape: str = "ovr"):
        self.C, self.kernel, self.degree, self.gamma, self.coef0 = C, kernel, degree, gamma, coef0
        self.tol, self.cache_size, self.max_iter = tol, cache_size, max_iter
        self.decision_function_shape = decision_function_shape

    def fit(self, X, y):
        """Fit to X (n, d) and labels y (n,) of any kind, two or more."""
        _check_hyperparameters(self)
        if (shape := self.decision_function_shape) not in ("ovr", "ovo"):
            raise ValueError(f"decision_function_shape must be 'ovr' or 'ovo', got {shape!r}")
        X = _check_X(X)
        classes, code = np.unique(_check_y(y, X), return_inverse=True)
        if len(classes) < 2:
            raise ValueError(f"y must hold at least 2 classes, got 1 class: {classes[0]!r}")
        order, sizes, k = np.argsort(code, kind="stable"), np.bincount(code), len(classes)
        pairs, sign = np.transpose(np.triu_indices(k, 1)), 1.0 if k > 2 else -1.0
        kernel, beta, results = _Kernel(self, X), np.zeros((len(pairs), len(X))), []
        # The pairs cut their parts from one R where it and the largest part fit.
        Z = kernel.prepare(X[order])
        shared = k > 2 and len(X)**2 + np.sort(sizes)[-2:].sum()**2 <= self.cache_size * 1e6 / 8
        R, half, positive = _half_distances(self, kernel, Z) if shared else (None, None, None)
        own = [slice(end - size, end) for end, size in zip(sizes.cumsum(), sizes)]
        for (a, b), row in zip(pairs, beta):
            i, t = np.r_[own[a], own[b]], np.repeat([sign, -sign], sizes[[a, b]])
            part = _half_distances(self, kernel, Z[i]) if not shared else (
                np.block([[R[own[u], own[v]] for v in (a, b)] for u in (a, b)]), half[i], positive)
            row[i], *result = _smo(self, *part, t, 0.0, *np.sort([0 * t, self.C * t], axis=0))
            results.append(result)
        used = np.flatnonzero(beta.any(axis=0))
        beta, owner = beta[:, used], code[order[used]]
        self.classes_, self.n_support_ = classes, np.bincount(owner, minlength=k)
        self.dual_coef_ = np.zeros((k - 1, len(used)))
        for (a, b), row in zip(pairs, beta):
            self.dual_coef_[b - 1] += row * (owner == a)
            self.dual_coef_[a] += row * (owner == b)
        return _finish(self, kernel, X, order[used], beta, results)

    def decision_function(self, X):
        """Return f (n,) of two classes; else (n, p) of pairs for "ovo", (n, k) for "ovr"."""
        f, _, ovr = self._vote(X)
        return -f[:, 0] if f.shape[1] == 1 else f if self.decision_function_shape == "ovo" else ovr

    def predict(self, X):
        """Return the label (n,) of each row of X (n, d): the class that most pairs vote for."""
        return self._vote(X)[1]

    def _vote(self, X):
        f, k = _decide(self, _check_X(X, fitted=self)), len(self.classes_)
        f = f if k > 2 else -f                                         # > 0: the first of the pair
        first, second = (np.eye(k)[c] for c in np.triu_indices(k, 1))  # (p, k) one-hot
        votes, trust = (f >= 0) @ first + (f < 0) @ second, f @ (first - second)
        return f, self.classes_[votes.argmax(1)], votes + trust / (3 * abs(trust) + 3)  # SVM.12


class SVR:
    """Support vector regression: an error up to epsilon is free, each unit beyond it costs C.

    Parameters
    ----------
    C : float > 0, default 1.0; epsilon : float >= 0, default 0.1, in units of y
    kernel, degree, gamma, coef0, tol, cache_size, max_iter : as of SVC; tol in units of y

    Attributes
    ----------
    dual_coef_ : ndarray (1, m), beta; the others as of SVC with one pair and one class
    """

    def __init__(self, *, kernel="rbf", degree: int = 3, gamma="scale", coef0: float = 0.0,
                 tol: float = 1e-3, C: float = 1.0, epsilon: float = 0.1,
                 cache_size: float = 200, max_iter: int = -1):
        self.kernel, self.degree, self.gamma, self.coef0, self.C = kernel, degree, gamma, coef0, C
        self.tol, self.cache_size, self.max_iter, self.epsilon = tol, cache_size, max_iter, epsilon

    def fit(self, X, y):
        """Fit to X (n, d) and numbers y (n,)."""
        _check_hyperparameters(self)
        _check_number("epsilon", self.epsilon, 0)
        X = _check_X(X)
        y = _check_y(y, X, numeric=True)
        kernel, hi = _Kernel(self, X), 0 * y + self.C
        part = _half_distances(self, kernel, kernel.prepare(X))
        beta, *result = _smo(self, *part, y, float(self.epsilon), -hi, hi)
        used = np.flatnonzero(beta)
        self.dual_coef_, self.n_support_ = beta[None, used], np.array([len(used)])
        return _finish(self, kernel, X, used, beta[None, used], [result])

    def predict(self, X):
        """Return f (n,) of the rows of X (n, d)."""
        return _decide(self, _check_X(X, fitted=self))[:, 0]


class LinearSVC:
    """Linear support vector classifier by stochastic subgradient descent on the primal.

    SVM.1 for f(x) = w.x + b, one class against the rest for more than two; b is the weight of a
    constant feature 1, penalised as in scikit-learn's LinearSVC(loss="hinge"). Scale X first.

    Parameters
    ----------
    C : float > 0, default 1.0; fit_intercept : bool, default True; random_state shuffles rows
    batch_size : int, default 16; rows in one step; max_iter : int, default 1000; most epochs
    tol : float > 0 or None, default 1e-2; stops at this duality gap / objective; None: no verdict

    Attributes
    ----------
    classes_ : ndarray (k,); coef_, intercept_ : ndarrays (k, d), (k,), of two classes (1, d), (1,)
    n_iter_ : int, epochs; dual_gap_ : ndarray like intercept_, objective minus minimum at most
    loss_history_, iterate_loss_history_, dual_history_ : ndarrays (n_iter_,), sums over classes
        Objective of the averaged weights, which are kept, of the last ones, and of the dual.
    """

    def __init__(self, *, C: float = 1.0, fit_intercept: bool = True, batch_size: int = 16,
                 max_iter: int = 1000, tol: float | None = 1e-2, random_state=None):
        self.C, self.fit_intercept, self.batch_size = C, fit_intercept, batch_size
        self.max_iter, self.tol, self.random_state = max_iter, tol, random_state

    def fit(self, X, y):
        """Fit to X (n, d) and labels y (n,) of any kind, two or more."""
        _check_number("C", self.C, 0, above=True)
        _check_number("tol", 1.0 if self.tol is None else self.tol, 0, above=True)
        _check_number("batch_size", self.batch_size, 1, integer=True)
        _check_number("max_iter", self.max_iter, 1, integer=True)
        X = _check_X(X)
        classes, code = np.unique(_check_y(y, X), return_inverse=True)
        if len(classes) < 2:
            raise ValueError(f"y must hold at least 2 classes, got 1 class: {classes[0]!r}")
        rng, n = np.random.default_rng(self.random_state), len(X)
        Y = np.where(code[:, None] == np.arange(len(classes))[len(classes) == 2:], 1.0, -1.0)
        Z = np.column_stack([X, np.full(n, float(bool(self.fit_intercept)))])
        W = mean = np.zeros((Z.shape[1], Y.shape[1]))
        inside, history, step, seen = 0 * Y, [], 0, 0
        for epoch in range(1, self.max_iter + 1):
            for i in np.split(rng.permutation(n), range(self.batch_size, n, self.batch_size)):
                V = Y[i] * (Y[i] * (Z[i] @ W) < 1)                     # 0 beyond the margin
                inside[i] += abs(V)
                step, seen = step + 1, seen + len(i)
                W = (1 - len(i) / seen) * W + self.C * n / seen * (Z[i].T @ V)         # SVM.13
                mean = mean + 2 / (step + 1) * (W - mean)              # SVM.14
            loss, last = ((A * A).sum(0) / 2 + self.C * np.maximum(0, 1 - Y * (Z @ A)).sum(0)
                          for A in (mean, W))                          # SVM.1
            dual = self.C / epoch * inside.sum(0) - (W * W).sum(0) / 2                 # SVM.15
            history.append((loss.sum(), last.sum(), dual.sum()))
            missed = ((loss - dual) / loss).max()
            if self.tol is not None and missed <= self.tol:
                break
        self.classes_, self.coef_, self.intercept_ = classes, mean[:-1].T.copy(), mean[-1].copy()
        self.loss_history_, self.iterate_loss_history_, self.dual_history_ = np.array(history).T
        self.dual_gap_, self.n_iter_, self.n_features_in_ = loss - dual, epoch, X.shape[1]
        if self.tol is not None and not missed <= self.tol:            # so NaN warns as well
            warnings.warn(f"Pegasos stopped at max_iter={epoch}: the duality gap is {missed:.2g} "
                          f"of the objective, above tol={self.tol:g}", RuntimeWarning, stacklevel=2)
        return self

    def decision_function(self, X):
        """Return f (n,) of two classes, positive for classes_[1]; else (n, k)."""
        f = _check_X(X, fitted=self) @ self.coef_.T + self.intercept_
        return f if len(self.classes_) > 2 else f[:, 0]

    def predict(self, X):
        """Return the label (n,) of each row of X (n, d): by the largest f, or by its sign."""
        f = self.decision_function(X)
        return self.classes_[f.argmax(axis=1) if f.ndim == 2 else (f > 0).astype(int)]


class _Kernel:
    # prepare brings rows to units in which gamma is 1 (1/2 for rbf): its root is in range where
    # gamma is not (data near 1e200). Distances ignore a shift: centred 1e8 + small keeps digits.
    def __init__(self, model, X):
        self.kind, self.degree, self.coef0 = model.kernel, model.degree, model.coef0
        self.shift = X.mean(axis=0) if self.kind in ("rbf", "linear") else 0.0
        spread = (X / (c := abs(X).max() or 1.0)).std() * c if model.gamma == "scale" else 1.0
        gamma = 1 / X.shape[1] if isinstance(model.gamma, str) else model.gamma
        scaled = self.kind in ("rbf", "poly", "sigmoid") and spread > 0
        self.root = np.sqrt(gamma * (1 + (self.kind == "rbf"))) / spread if scaled else 1.0

    def prepare(self, X):
        return (X - self.shift) * self.root

    @np.errstate(over="ignore", invalid="ignore")
    def __call__(self, A, B):
        K = np.asarray(self.kind(A, B), dtype=float) if callable(self.kind) else A @ B.T
        if self.kind == "rbf":
            K -= (a := np.einsum("ij,ij->i", A, A)[:, None] / 2)
            K -= (b := np.einsum("ij,ij->i", B, B) / 2)                # SVM.11; roundings are 0
            np.exp(K if a.sum() + b.sum() < 1e6 else np.where(K > -1e-14 * (a + b), 0, K), out=K)
        elif self.kind == "poly":
            K = (K + self.coef0)**self.degree
        elif self.kind == "sigmoid":
            K = np.tanh(K + self.coef0)
        if K.shape != (len(A), len(B)) or not np.isfinite(K.sum()):
            raise ValueError(f"kernel={self.kind!r} gave NaN, infinity or shape {K.shape}: scale X")
        return K


class _Rows(dict):
    # R where it is too large to hold: rows by number, made in blocks where missing.
    def __matmul__(self, beta):
        blocks = np.array_split(np.flatnonzero(beta), 1 + beta.size**2 // _BLOCK)
        return sum(beta[i] @ self.make(i) for i in blocks)

    def __missing__(self, i):
        # One product makes 32 rows in the time of a few: likely next are the worst violators.
        likely = np.argsort(-self.urgency())[:32].tolist()
        new = [i, *(j for j in likely if j != i and j not in self)]
        while len(self) + len(new) > self.capacity:
            del self[next(iter(self))]                                 # the oldest
        self.update(zip(new, self.make(np.array(new))))
        return self[i]


def _half_distances(model, kernel, Z):
    n, room = len(Z), int(model.cache_size * 1e6 / 8)
    half = np.concatenate([kernel(A, A).diagonal() / 2 for A in np.array_split(Z, 1 + n // 32)])
    # A constant added to R leaves D alone, as sum beta = 0, and keeps most rounded R above 0.
    half += 1e-13 * (abs(half).max() or 1.0)
    if n * n > room:
        R = _Rows()
        R.capacity = max(64, room // n - 32)                           # and one block in the making
        R.make = lambda i: half[i, None] + half - kernel(Z[i], Z)      # SVM.4
        return R, half, False
    R, size, least = np.empty((n, n)), max(1, _BLOCK // 4 // n), []  # 4 MB stay in cache
    for i, j in zip(range(0, n, size), [*range(size, n, size), n]):    # one half, then its mirror
        np.subtract(half[:j], kernel(Z[i:j], Z[:j]), out=R[i:j, :j])
        R[i:j, :j] += half[i:j, None]                                  # SVM.4
        R[:i, i:j] = R[i:j, :i].T
        least.append(R[i:j, :j].min())
    return R, half, min(least) > 0


def _smo(model, R, half, positive, t, eps, lo, hi):
    n, tol, whole, tiny = len(t), model.tol, isinstance(R, np.ndarray), 1e-13 * abs(half).max()
    limit, pause = 100 * n + 10**5 if model.max_iter < 0 else model.max_iter, max(100, n * n // 250)
    beta, top, bottom, D = [0.0] * n, hi.tolist(), lo.tolist(), [0.0]  # lists: fast scalars

    def slopes():
        # Of D where beta rises, and where it falls: |beta| has a kink at 0, bounds are walls.
        a = np.clip(beta, lo, hi)                                      # C may round to C + 1e-16
        s = t + R @ a if a.any() else t.copy()                         # SVM.5
        return (a, s, np.where(a >= hi, -np.inf, s - np.where(a >= 0, eps, -eps)),
                np.where(a <= lo, np.inf, s - np.where(a > 0, eps, -eps)))

    a, s, rise, fall = slopes()
    if not whole:
        R.urgency = lambda: np.maximum(rise - fall.min(), rise.max() - fall)
    while len(D) <= limit:
        i = int(rise.argmax())
        R_i, climb = R[i], rise[i] - fall
        gain = climb * abs(climb) / (R_i if positive else np.maximum(R_i, tiny))
        j = int(gain.argmax())                                         # SVM.6
        slope, bend, beta_i, beta_j = climb.item(j), 2 * R_i.item(j), beta[i], beta[j]
        if slope <= tol and climb.max() <= tol:
            break
        if len(D) % pause == 0:
            beta = _newton(R, np.array(beta), rise, fall, lo, hi, tiny).tolist() if whole else beta
            a, s, rise, fall = slopes()                                # free of summed roundings
            D.append((s + t) @ a / 2 - eps * abs(a).sum())             # SVM.4
            continue
        ceiling, ground = 0.0 if beta_i < 0 else top[i], 0.0 if beta_j > 0 else bottom[j]
        delta = min(slope / max(bend, tiny), ceiling - beta_i, beta_j - ground)        # SVM.7
        beta[i], beta[j] = beta_i + delta, beta_j - delta
        D.append(D[-1] + delta * (slope - delta * bend / 2))
        change = delta * (R_i - R[j])                                  # SVM.5
        rise += change
        fall += change
        for h, s_h in ((i, rise.item(i) + (eps if beta_i >= 0 else -eps)),
                       (j, fall.item(j) + (eps if beta_j > 0 else -eps))):
            rise[h] = -np.inf if beta[h] >= top[h] else s_h - (eps if beta[h] >= 0 else -eps)
            fall[h] = np.inf if beta[h] <= bottom[h] else s_h - (eps if beta[h] > 0 else -eps)
    a, s, rise, fall = slopes()
    free = rise == fall                                                # strictly between two bounds
    b = rise[free].mean() if free.any() else (rise.max() + fall.min()) / 2             # SVM.9
    loss = np.maximum(0, np.maximum(hi * (s - b - eps), lo * (s - b + eps)))
    gap = (loss - (s - b) * a + eps * abs(a)).sum()                    # SVM.10
    return a, b - half @ a, gap, rise.max() - fall.min(), np.array(D)


def _newton(R, beta, rise, fall, lo, hi, tiny):
    # SMO zigzags where multipliers are coupled. Those between two bounds obey a linear system:
    # go to its solution or the first bound on the way, hold who arrived, repeat. O(n^3), so rarely.
    F, slope, share, work = np.flatnonzero(rise == fall), rise.copy(), 0.0, 1000 * len(beta)**2
    while share < 1 and len(F) > 1 and (work := work - len(F)**3) > 0:
        A = np.pad(tiny * np.eye(len(F)) - R[np.ix_(F, F)], (0, 1), constant_values=1e13 * tiny)
        A[-1, -1] = 0
        move = np.linalg.solve(A, np.append(slope[F], 0))[:-1]         # SVM.8
        bound = np.where(move > 0, np.where(beta[F] < 0, 0, hi[F]), np.where(beta[F] > 0, 0, lo[F]))
        room = np.divide(bound - beta[F], move, out=np.full(len(F), np.inf), where=move != 0)
        step, share = np.zeros(len(beta)), min(1.0, room.min())
        step[F] = share * move
        change = R @ step
        if not slope[F] @ step[F] + change @ step / 2 > 0:             # an indefinite kernel
            break
        beta, slope = beta + step, slope + change
        beta[F] = np.where(room <= share, bound, beta[F])
        F = F[room > share]
    return beta


def _finish(model, kernel, X, used, beta, results):
    vars(model).pop("coef_", None)                                     # of an earlier fit
    b, gap, missed, D = zip(*results)
    model.support_, model.support_vectors_, model.intercept_ = used, X[used], np.array(b)
    model._kernel, model._pair_coef, model.dual_gap_ = kernel, beta, np.array(gap)
    if kernel.kind == "linear":
        model.coef_ = beta @ kernel.prepare(X[used])                   # SVM.3
        model.intercept_ -= model.coef_ @ kernel.shift
    model.dual_objective_history_, model.n_iter_ = list(D), np.array([len(h) - 1 for h in D])
    model.n_features_in_ = X.shape[1]
    if max(missed) > 1.001 * model.tol:                                # beyond roundings
        warnings.warn(f"SMO stopped after {max(model.n_iter_)} steps: KKT conditions violated "
                      f"by {max(missed):.2g}, tol is {model.tol:g}", RuntimeWarning, stacklevel=3)
    return model


def _decide(model, X):
    if hasattr(model, "coef_"):
        return X @ model.coef_.T + model.intercept_
    kernel, V = model._kernel, model._kernel.prepare(model.support_vectors_)
    blocks = np.array_split(X, 1 + len(X) * len(V) // _BLOCK)
    f = [kernel(kernel.prepare(A), V) @ model._pair_coef.T for A in blocks]            # SVM.3
    return np.concatenate(f) + model.intercept_


def _check_hyperparameters(model):
    if not callable(kernel := model.kernel) and kernel not in ("linear", "poly", "rbf", "sigmoid"):
        raise ValueError(f"kernel must be linear, poly, rbf, sigmoid or callable, got {kernel!r}")
    gamma = 0 if model.gamma in ("scale", "auto") else model.gamma
    _check_number("gamma, if not 'scale' or 'auto',", gamma, 0)
    _check_number("degree", model.degree, 0, integer=True)
    _check_number("coef0", model.coef0, -1e300)
    _check_number("max_iter", 1 if model.max_iter == -1 else model.max_iter, 1, integer=True)
    for name in ("C", "tol", "cache_size"):
        _check_number(name, getattr(model, name), 0, above=True)


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
