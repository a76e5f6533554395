"""How sure are the coefficients? Standard errors, tests and intervals of fitted linear models.

`linear_inference` and `logistic_inference` take a fitted model and the data it was fitted to and
return a `CoefficientTable`; `prediction_interval` answers for new rows. The covariance of the
estimates is that of weighted least squares with weights v,

    linear:    Cov = s² (AᵀA)⁻¹ ,  v = 1,          s² = RSS / (n - d - 1),  t with n - d - 1 df
    logistic:  Cov = (AᵀVA)⁻¹ ,    v = p (1 - p),  Wald's z, normal for large n

with A = [1 X]. The product AᵀA is never formed: X is centred by the v-weighted mean, which parts
the intercept from the slopes, and the QR factor of the centred, scaled columns gives

    Cov(w) = G Gᵀ ,   Var(b) = 1/Σv + ‖Gᵀ x̄‖² ,   G = D⁻¹ R⁻¹ ,   √V (X - x̄) = Q R D.

Both hold for fits without a penalty; a model away from the optimum is refused. Hastie, Tibshirani
and Friedman, The Elements of Statistical Learning, sections 3.2 and 4.4.2.

The t distribution comes from the regularised incomplete beta function by its continued fraction
(DLMF 8.17.22), with logarithms outside, so that probabilities far out in the tail keep their
digits; the normal one from `math.erfc`.
"""

import math
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

_FAR_FROM_OPTIMUM = 0.1  # standard errors: such a shift costs a 95 % interval 0.1 % of coverage


def normal_sf(z):
    """P(Z > z) of the standard normal distribution, elementwise."""
    return _elementwise(lambda u: 0.5 * math.erfc(u / math.sqrt(2.0)), z)


def normal_quantile(q):
    """The z with P(Z <= z) = q, elementwise, for 0 < q < 1."""
    _check_probability(q)
    return _elementwise(NormalDist().inv_cdf, q)


def student_t_sf(t, df):
    """P(T > t) of Student's t distribution, elementwise; `df` > 0 may be a fraction or infinite.

    P(T > t) = I_x(df/2, 1/2) / 2 with x = df / (df + t²) for t >= 0, about 13 digits of it.
    """
    _check_df(df)
    return _elementwise(_t_tail, t, df)


def student_t_quantile(q, df):
    """The t with P(T <= t) = q, elementwise, for 0 < q < 1."""
    _check_probability(q)
    _check_df(df)
    return _elementwise(_t_quantile, q, df)


def two_sided_p_value(statistic, df=math.inf):
    """P(|T| > |statistic|), elementwise; infinite `df` is the normal distribution."""
    return 2.0 * student_t_sf(np.abs(statistic), df)


@dataclass(frozen=True, repr=False)
class CoefficientTable:
    """Estimates and how sure they are, one entry per coefficient, the intercept first.

    `statistic` is estimate / standard error: t with `df` degrees of freedom for a linear model, z
    (`df` infinite) for a logistic one; `p_value` is two-sided, `lower` and `upper` bound the
    confidence interval at `level`. `residual_std` is s, None for a logistic model. Printed as a
    table; `table.row("bmi")` gives one row.
    """

    names: list
    estimate: np.ndarray
    std_error: np.ndarray
    statistic: np.ndarray
    p_value: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    level: float
    df: float
    n_samples: int
    residual_std: float | None
    _design: "_Design" = field(repr=False)

    @property
    def odds_ratio(self):
        """exp(estimate, lower, upper), shape (k, 3): what one unit more multiplies the odds by."""
        if self.residual_std is not None:
            raise ValueError(
                "odds ratios belong to a logistic model, this table is of a linear one"
            )
        with np.errstate(over="ignore"):
            return np.exp(np.column_stack([self.estimate, self.lower, self.upper]))

    def row(self, name):
        """The numbers of one coefficient in a dictionary."""
        if name not in self.names:
            raise ValueError(f"no coefficient is named {name!r}; there are {', '.join(self.names)}")
        i = self.names.index(name)
        columns = ("estimate", "std_error", "statistic", "p_value", "lower", "upper")
        return {column: float(getattr(self, column)[i]) for column in columns}

    def __str__(self):
        linear = self.residual_std is not None
        head = ["", "estimate", "std error", "t" if linear else "z", "p", "lower", "upper"]
        values = [self.estimate, self.std_error, self.statistic]
        columns = [self.names, *([f"{v:.4g}" for v in column] for column in values)]
        columns.append([f"{p:.3f}" if p >= 0.001 else f"{p:.1e}" for p in self.p_value])
        columns += [[f"{v:.4g}" for v in bound] for bound in (self.lower, self.upper)]
        if not linear:
            head.append("odds ratio")
            columns.append([f"{v:.4g}" for v in self.odds_ratio[:, 0]])
        rows = [head, *zip(*columns)]
        widths = [max(len(row[j]) for row in rows) for j in range(len(head))]
        lines = [
            "  ".join([row[0].ljust(widths[0]), *(v.rjust(w) for v, w in zip(row[1:], widths[1:]))])
            for row in rows
        ]
        foot = f"n = {self.n_samples}, {self.level:.4g} confidence intervals"
        if linear:
            foot += f", df = {self.df:.0f}, residual standard deviation {self.residual_std:.4g}"
        return "\n".join([*lines, foot])

    __repr__ = __str__


class PredictionInterval(NamedTuple):
    """The predictions, the interval of their mean and that of one new observation, each (n,)."""

    prediction: np.ndarray
    mean_lower: np.ndarray
    mean_upper: np.ndarray
    lower: np.ndarray
    upper: np.ndarray


def linear_inference(model, X, y, feature_names=None, level=0.95):
    """Coefficient table of a least-squares fit: standard errors, t, p and intervals.

    Parameters
    ----------
    model : fitted LinearRegression
        Of `coef_` and `intercept_`, fitted to X and y without penalty and sample weights.
    X : array-like of shape (n, d)
    y : array-like of shape (n,)
    feature_names : sequence of str, optional
        Default x0, x1, ...
    level : float
        Coverage of the intervals, between 0 and 1.

    Raises
    ------
    ValueError
        If columns of X are constant or combinations of others, if n - d - 1 leaves no degree of
        freedom, if the fit is exact (no noise to judge by) or the model is not the least-squares
        fit of these data.
    """
    X, names, coef, intercept = _check_fit(model, X, feature_names, level)
    y = np.asarray(y)
    if y.dtype.kind not in "buif":
        raise ValueError(f"y must be numeric, got dtype {y.dtype}")
    if y.shape != X.shape[:1]:
        raise ValueError(f"y must have shape ({len(X)},) as X has rows, got {y.shape}")
    y = y.astype(float)
    if not np.isfinite(y).all():
        raise ValueError("y contains NaN or infinity")
    df = len(X) - X.shape[1] - 1
    if df <= 0:
        raise ValueError(
            f"{len(X)} samples leave no degree of freedom beside {X.shape[1]} coefficients and an "
            f"intercept: at least {X.shape[1] + 2} are needed"
        )
    design = _design(X, np.ones(len(X)), names)
    slopes = coef * design.scale
    offset = y.mean() - design.mean @ coef - intercept
    residual = (y - y.mean()) - design.place(X) @ slopes + offset
    size = np.abs(residual).max()
    rounding = np.abs(y).max() + np.abs(X * coef).sum(axis=1).max()
    if size <= 1e-14 * rounding:
        raise ValueError("the fit is exact: without residuals there is no noise to judge it by")
    s = size * math.sqrt(np.sum((residual / size) ** 2) / df)
    _refuse_far(design, X, residual, s, 1e-10 * rounding, "the least-squares fit of X and y")
    return _table(design, names, intercept, coef, s, df, level, len(X), s)


def logistic_inference(model, X, y, feature_names=None, level=0.95):
    """Coefficient table of a two-class logistic regression: standard errors, z, p, odds ratios.

    Parameters are those of `linear_inference`; the model has `coef_`, `intercept_` and
    `predict_proba` and was fitted without a penalty, or with one too weak to matter. The second
    class, in sorted order or that of the model's `classes_`, is the one whose odds are meant.

    Raises
    ------
    ValueError
        If columns of X are constant or combinations of others, if the model separates the classes
        perfectly (the likelihood then has no maximum) or is away from the maximum.
    """
    X, names, coef, intercept = _check_fit(model, X, feature_names, level)
    y = np.asarray(y)
    if y.shape != X.shape[:1]:
        raise ValueError(f"y must have shape ({len(X)},) as X has rows, got {y.shape}")
    classes = np.asarray(getattr(model, "classes_", np.unique(y)))
    if len(classes) != 2:
        raise ValueError(f"logistic_inference needs 2 classes, got {len(classes)}")
    if not np.isin(y, classes).all():
        raise ValueError(f"y holds labels other than the model's classes {classes.tolist()}")
    second = y == classes[1]
    proba = np.asarray(model.predict_proba(X), dtype=float)
    if (np.where(second, proba[:, 1], proba[:, 0]) > 0.5).all():
        raise ValueError(
            "the model separates the classes perfectly: the likelihood has no maximum, and the "
            "coefficients have no standard errors"
        )
    design = _design(X, proba[:, 0] * proba[:, 1], names)
    residual = np.where(second, proba[:, 0], -proba[:, 1])
    _refuse_far(design, X, residual, 1.0, 0.0, "at the maximum of the likelihood of X and y")
    return _table(design, names, intercept, coef, 1.0, math.inf, level, len(X), None)


def prediction_interval(table, X_new, level=None):
    """Intervals of a linear model at new rows.

    The interval of the mean says where the line is; the wider one of a new observation adds the
    noise around the line: variances s² h and s² (1 + h), h = 1/n + ‖Gᵀ (x - x̄)‖².

    Parameters
    ----------
    table : CoefficientTable
        As `linear_inference` returned it.
    X_new : array-like of shape (m, d)
    level : float, optional
        Default the level of the table.
    """
    if table.residual_std is None:
        raise ValueError("prediction_interval needs the table of a linear model")
    level = table.level if level is None else level
    _check_level(level)
    X_new = _check_X(X_new, "X_new", table.names[1:])
    prediction = table.estimate[0] + X_new @ table.estimate[1:]
    design = table._design
    h = 1.0 / design.total + np.sum((design.place(X_new) @ design.factor) ** 2, axis=1)
    t = student_t_quantile(0.5 + level / 2, table.df)
    mean, new = (t * table.residual_std * np.sqrt(h + noise) for noise in (0.0, 1.0))
    return PredictionInterval(
        prediction, prediction - mean, prediction + mean, prediction - new, prediction + new
    )


class _Design(NamedTuple):
    """What the covariance needs of X: Z = (X - mean) / scale and the inverse of its R factor."""

    total: float
    mean: np.ndarray
    scale: np.ndarray
    factor: np.ndarray

    def place(self, X):
        return (X - self.mean) / self.scale


def _design(X, v, names):
    """Centre X by the v-weighted mean, scale it, factorise it; collinear columns are refused."""
    if len(X) <= X.shape[1]:
        raise ValueError(f"{len(X)} samples cannot tell {X.shape[1]} coefficients and an intercept")
    for name, constant in zip(names[1:], X.max(axis=0) == X.min(axis=0)):
        if constant:
            raise ValueError(f"feature {name!r} is constant: the intercept says the same")
    total = v.sum()
    mean = (v / total) @ X
    scale = np.abs(X - mean).max(axis=0)
    Z = np.sqrt(v)[:, None] * ((X - mean) / scale)
    R = np.linalg.qr(Z, mode="r")
    noise = np.finfo(float).eps * (np.abs(X).max(axis=0) / scale).max()
    distance = np.abs(np.diag(R)) / np.linalg.norm(Z, axis=0)  # of a column from those before it
    for name, d in zip(names[1:], distance):
        if not d > 1e-11 + 10 * noise:
            raise ValueError(f"feature {name!r} is a combination of the features before it")
    return _Design(total, mean, scale, np.linalg.solve(R, np.eye(len(R))))


def _refuse_far(design, X, residual, s, rounding, what):
    """Refuse a model from which one Newton step leads further than a part of a standard error."""
    slopes = design.factor @ (design.factor.T @ (design.place(X).T @ residual))
    step = np.abs(np.append(residual.sum() / design.total, slopes))
    error = s * np.append(design.total**-0.5, np.linalg.norm(design.factor, axis=1))
    if (step > _FAR_FROM_OPTIMUM * error + rounding).any():
        away = (step / error).max()
        raise ValueError(
            f"the model is not {what}: it is {away:.3g} standard errors away. Was it fitted to "
            "these data, without penalty and sample weights, to convergence?"
        )


def _table(design, names, intercept, coef, s, df, level, n_samples, residual_std):
    """Put the numbers together."""
    at_zero = np.linalg.norm(design.factor.T @ (design.mean / design.scale))
    intercept_error = s * math.hypot(design.total**-0.5, at_zero)
    std_error = np.append(intercept_error, s * np.linalg.norm(design.factor, axis=1) / design.scale)
    estimate = np.append(intercept, coef)
    statistic = estimate / std_error
    half = student_t_quantile(0.5 + level / 2, df) * std_error
    return CoefficientTable(
        names=names,
        estimate=estimate,
        std_error=std_error,
        statistic=statistic,
        p_value=two_sided_p_value(statistic, df),
        lower=estimate - half,
        upper=estimate + half,
        level=level,
        df=df,
        n_samples=n_samples,
        residual_std=residual_std,
        _design=design,
    )


def _elementwise(function, *arguments):
    """The scalar function over broadcast arrays; a float when all arguments are scalars."""
    result = np.frompyfunc(lambda *values: function(*map(float, values)), len(arguments), 1)
    return np.asarray(result(*arguments), dtype=float)[()]


def _t_tail(t, df):
    """P(T > t) for one t."""
    if math.isnan(t) or math.isinf(df):
        return 0.5 * math.erfc(t / math.sqrt(2.0))
    if t <= 0:
        return 0.5 if t == 0 else 1.0 - _t_tail(-t, df)
    if math.isinf(t):
        return 0.0
    a, log_ratio = df / 2, 2 * math.log(t) - math.log(df)  # of t² / df = (1 - x) / x
    if log_ratio < 0:
        log_x = -math.log1p((t / math.sqrt(df)) ** 2)
    else:
        log_x = -log_ratio - math.log1p(math.exp(-log_ratio))
    log_y = log_x + log_ratio
    x, y = math.exp(log_x), math.exp(log_y)
    front = math.exp(a * log_x + 0.5 * log_y - _log_beta_half(a))
    if x < (a + 1) / (a + 2.5):
        return 0.5 * front / _beta_fraction(a, 0.5, x, y)
    return 0.5 - 0.5 * front / _beta_fraction(0.5, a, y, x)


def _t_quantile(q, df):
    """The t with P(T <= t) = q: Newton's steps on log P against log t, kept inside a bracket."""
    if math.isinf(df):
        return NormalDist().inv_cdf(q)
    if q <= 0.5:
        return 0.0 if q == 0.5 else -_t_upper_quantile(q, df)
    return _t_upper_quantile(1.0 - q, df)


def _t_upper_quantile(p, df):
    low, high = -700.0, 700.0  # logarithms of t: every double
    u = math.log(max(NormalDist().inv_cdf(1.0 - p), 1e-3)) if p > 1e-15 else 2.0
    log_density = -0.5 * math.log(df) - _log_beta_half(df / 2)
    for _ in range(200):
        t = math.exp(u)
        tail = _t_tail(t, df)
        low, high = (u, high) if tail > p else (low, u)
        log_ratio = 2 * u - math.log(df)
        power = np.logaddexp(0.0, log_ratio) * (df + 1) / 2
        slope = -math.exp(u + log_density - power) / tail if tail > 0 else 0.0
        step = -(math.log(tail) - math.log(p)) / slope if slope < 0 else math.inf
        new = u + step if low < u + step < high else 0.5 * (low + high)
        if abs(new - u) <= 1e-15 * max(1.0, abs(u)):
            break
        u = new
    return math.exp(new)


def _log_beta_half(a):
    """log B(a, 1/2); for large a by the series of log Γ(a + 1/2) - log Γ(a), which cancel."""
    if a < 20:
        difference = math.lgamma(a + 0.5) - math.lgamma(a)
    else:
        tail = -1 / 8 + (1 / 192 + (-1 / 640 + 17 / 14336 / a**2) / a**2) / a**2
        difference = 0.5 * math.log(a) + tail / a
    return 0.5 * math.log(math.pi) - difference


def _beta_fraction(a, b, x, y):
    """x^a y^b / (B(a, b) I_x(a, b)), y = 1 - x: Lentz's rule on the even part of DLMF 8.17.22.

    The even part takes half the steps and is written in y, which near x = 1 keeps its digits.
    """
    fraction = c = a * (a * y - b * x + 1) / (a + 1)
    d = 0.0
    for m in range(1, 10_000):
        above = (a + m - 1) * (a + b + m - 1) * m * (b - m) * (x / (a + 2 * m - 1)) ** 2
        below = m + m * (b - m) * x / (a + 2 * m - 1)
        below += (a + m) * (a * y - b * x + 1 + m * (2 - x)) / (a + 2 * m + 1)
        c = below + above / c
        d = 1.0 / (below + above * d)
        fraction *= c * d
        if abs(c * d - 1.0) < 3e-16:
            break
    return fraction


def _check_fit(model, X, feature_names, level):
    """The data, the names (intercept first) and the fitted numbers, all checked."""
    _check_level(level)
    if not hasattr(model, "coef_"):
        raise RuntimeError(f"{type(model).__name__} is not fitted: call fit first")
    if not getattr(model, "fit_intercept", True):
        raise ValueError("the model must have been fitted with fit_intercept=True")
    coef, intercept = np.ravel(model.coef_).astype(float), np.ravel(model.intercept_)
    if len(intercept) != 1:
        raise ValueError(f"the model must have one intercept, got {len(intercept)}")
    if feature_names is None:
        feature_names = [f"x{j}" for j in range(len(coef))]
    names = [str(name) for name in feature_names]
    if len(names) != len(coef):
        raise ValueError(f"feature_names has {len(names)} names for {len(coef)} coefficients")
    return _check_X(X, "X", names), ["intercept", *names], coef, float(intercept[0])


def _check_X(X, name, columns):
    X = np.asarray(X)
    if X.ndim != 2 or X.size == 0:
        raise ValueError(f"{name} must be a non-empty 2-D array, got shape {X.shape}")
    if X.dtype.kind not in "buif":
        raise ValueError(f"{name} must be numeric, got dtype {X.dtype}")
    if X.shape[1] != len(columns):
        raise ValueError(f"{name} has {X.shape[1]} features, fit saw {len(columns)}")
    X = X.astype(float)
    if not np.isfinite(X).all():
        raise ValueError(f"{name} contains NaN or infinity")
    return X


def _check_level(level):
    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1, got {level}")


def _check_df(df):
    if not np.all(np.asarray(df, dtype=float) > 0):
        raise ValueError(f"df must be > 0, got {df}")


def _check_probability(q):
    q = np.asarray(q, dtype=float)
    if not np.all((q > 0) & (q < 1)):
        raise ValueError(f"q must be between 0 and 1, got {q}")
