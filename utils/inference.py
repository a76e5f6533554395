"""How sure are the coefficients? Standard errors, tests and intervals of fitted linear models.

    >>> print(f"{student_t_quantile(0.975, df=30):.6f}, {two_sided_p_value(1.96):.4f}")
    2.042272, 0.0500

`linear_inference` and `logistic_inference` take a fitted model and the data it was fitted to and
return a `CoefficientTable`; `prediction_interval` answers for new rows. The covariance of the
estimates is that of weighted least squares with weights v,

    linear:    Cov = s² (AᵀA)⁻¹ ,  v = 1,          s² = RSS / (n - d - 1),  t with n - d - 1 df
    logistic:  Cov = (AᵀVA)⁻¹ ,    v = p (1 - p),  Wald's z, normal for large n

with A = [1 X]. The product AᵀA is never formed: X is centred by the v-weighted mean, which parts
the intercept from the slopes, and the QR factor of the centred, scaled columns gives

    Cov(w) = G Gᵀ ,   Var(b) = 1/Σv + ‖Gᵀ x̄‖² ,   G = D⁻¹ R⁻¹ ,   √V (X - x̄) = Q R D.

Both hold for fits without a penalty, so a model away from the optimum is refused. One that is near
it but not quite there (iterative solvers stop early) is taken there by Newton's steps

    b += Σr / Σv ,   D w += G Gᵀ D⁻¹ (X - x̄)ᵀ r ,   r = y - prediction ,

before anything is computed, so that the digits of the table are right. If the steps of a logistic
model do not come to rest, its likelihood has no maximum, and it is refused as well. Hastie,
Tibshirani and Friedman, The Elements of Statistical Learning, sections 3.2 and 4.4.2.

The t distribution comes from the regularised incomplete beta function by its continued fraction
(DLMF 8.17.22), with logarithms outside, so that probabilities far out in the tail keep their
digits; the normal one from `math.erfc`.
"""

import math
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from utils.checks import (
    as_array,
    check_columns,
    check_labels,
    check_number,
    check_numbers,
    column_names,
)

_FAR_FROM_OPTIMUM = 0.1  # standard errors: such a shift costs a 95 % interval 0.1 % of coverage
_MOST_STEPS = 15  # of Newton's method: near a maximum three are many
_AT_REST = 1e-6  # the largest change of a log-odds, which the next step would square
_NEVER_AT_REST = 0.5  # log-odds of separated rows change by 1 or more in every step


def normal_sf(z):
    """P(Z > z) of the standard normal distribution, elementwise.

    Parameters
    ----------
    z : float or array
        Where the tail begins.

    Returns
    -------
    p : float or ndarray
    """
    return _elementwise(_normal_tail, z=z)


def normal_quantile(q):
    """The z with P(Z <= z) = q of the standard normal distribution, elementwise.

    Parameters
    ----------
    q : float or array
        Probabilities between 0 and 1.

    Returns
    -------
    z : float or ndarray
    """
    _check_probability(q)
    return _elementwise(NormalDist().inv_cdf, q=q)


def student_t_sf(t, df):
    """P(T > t) of Student's t distribution, elementwise.

    P(T > t) = I_x(df/2, 1/2) / 2 with x = df / (df + t²) for t >= 0, about 13 digits of it.

    Parameters
    ----------
    t : float or array
        Where the tail begins.
    df : float or array
        Degrees of freedom above 0, also fractions. Infinity is the normal distribution.

    Returns
    -------
    p : float or ndarray
    """
    _check_df(df)
    return _elementwise(_t_tail, t=t, df=df)


def student_t_quantile(q, df):
    """The t with P(T <= t) = q of Student's t distribution, elementwise.

    Parameters
    ----------
    q : float or array
        Probabilities between 0 and 1.
    df : float or array
        Degrees of freedom above 0, also fractions. Infinity is the normal distribution.

    Returns
    -------
    t : float or ndarray
    """
    _check_probability(q)
    _check_df(df)
    return _elementwise(_t_quantile, q=q, df=df)


def two_sided_p_value(statistic, df=math.inf):
    """P(|T| > |statistic|), elementwise.

    Parameters
    ----------
    statistic : float or array
        Estimates over their standard errors.
    df : float or array, default=inf
        Degrees of freedom above 0. Infinity is the normal distribution.

    Returns
    -------
    p : float or ndarray
    """
    statistic = as_array(statistic, "statistic")
    return 2.0 * student_t_sf(np.abs(statistic), df)


@dataclass(frozen=True, repr=False)
class CoefficientTable:
    """Estimates and how sure they are, one entry for each of k coefficients, the intercept first.

    It prints as a table; `table.row("bmi")` gives one row of it.

    Attributes
    ----------
    names : list of str
        "intercept", then the features.
    estimate : ndarray of shape (k,)
        The coefficients, at the optimum to the last digits.
    std_error : ndarray of shape (k,)
        Their standard errors.
    statistic : ndarray of shape (k,)
        estimate / std_error: t for a linear model, z for a logistic one.
    p_value : ndarray of shape (k,)
        Two-sided.
    lower, upper : ndarrays of shape (k,)
        The confidence interval.
    level : float
        Its coverage.
    df : float
        Degrees of freedom of t; inf for a logistic model.
    n_samples : int
        The number of rows.
    residual_std : float or None
        The standard deviation of the noise, s; None for a logistic model.
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
        """The numbers of one coefficient.

        Parameters
        ----------
        name : str
            "intercept", or the name of a feature.

        Returns
        -------
        row : dict of str to float
        """
        if name not in self.names:
            raise ValueError(f"no coefficient is named {name!r}; there are {', '.join(self.names)}")
        i = self.names.index(name)
        columns = ("estimate", "std_error", "statistic", "p_value", "lower", "upper")
        return {column: float(getattr(self, column)[i]) for column in columns}

    def __str__(self):
        """Return the table as text, a line for each coefficient."""
        linear = self.residual_std is not None
        p_values = [f"{p:.3f}" if p >= 0.001 else f"{p:.1e}" for p in self.p_value]
        columns = {
            "": self.names,
            "estimate": _four_digits(self.estimate),
            "std error": _four_digits(self.std_error),
            "t" if linear else "z": _four_digits(self.statistic),
            "p": p_values,
            "lower": _four_digits(self.lower),
            "upper": _four_digits(self.upper),
        }
        if not linear:
            columns["odds ratio"] = _four_digits(self.odds_ratio[:, 0])
        rows = [list(columns), *zip(*columns.values())]
        widths = [max(len(text) for text in column) for column in zip(*rows)]
        lines = []
        for name, *numbers in rows:
            cells = [text.rjust(width) for text, width in zip(numbers, widths[1:])]
            lines.append("  ".join([name.ljust(widths[0]), *cells]))
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
        Anything with `coef_` and `intercept_`, fitted to X and y without penalty (alpha=0) and
        without sample weights.
    X : array of shape (n, d)
        The rows that it was fitted to.
    y : array of shape (n,)
        Their targets.
    feature_names : sequence of d str, default=None
        None means the names of the columns of X, or those that the model saw, or x0, x1, ...
    level : float, default=0.95
        Coverage of the intervals, between 0 and 1.

    Returns
    -------
    table : CoefficientTable

    Raises
    ------
    ValueError
        If columns of X are constant or combinations of others, if n - d - 1 leaves no degree of
        freedom, if the fit is exact (no noise to judge by) or the model is not the least-squares
        fit of these data.
    """
    fit = _check_fit(model, X, feature_names, level)
    X = fit.X
    y = as_array(y, "y")
    if y.shape != X.shape[:1]:
        raise ValueError(f"y must have shape ({len(X)},) as X has rows, got {y.shape}")
    y = check_numbers(y, "y")
    df = len(X) - X.shape[1] - 1
    if df <= 0:
        raise ValueError(
            f"{len(X)} samples leave no degree of freedom beside {X.shape[1]} coefficients and an "
            f"intercept: at least {X.shape[1] + 2} are needed"
        )
    design = _design(X, np.ones(len(X)), fit)
    _refuse_collinear(design, fit)
    Z = design.place(X)
    slopes = fit.coef * design.scale
    level_here = fit.intercept + design.mean @ fit.coef  # the prediction at the mean of X
    residual = (y - y.mean()) - Z @ slopes + (y.mean() - level_here)
    size = np.abs(residual).max()
    rounding = np.abs(y).max() + np.abs(X * fit.coef).sum(axis=1).max()
    if size <= 1e-14 * rounding:
        raise ValueError("the fit is exact: without residuals there is no noise to judge it by")
    s = size * math.sqrt(np.sum((residual / size) ** 2) / df)
    step = design.newton_step(Z, residual)
    _refuse_far(design, step, s, 1e-10 * rounding, "the least-squares fit of X and y (alpha=0)")
    residual = residual - step[0] - Z @ step[1:]
    s = size * math.sqrt(np.sum((residual / size) ** 2) / df)
    coef = (slopes + step[1:]) / design.scale
    intercept = level_here + step[0] - design.mean @ coef
    return _table(design, fit, intercept, coef, s, df)


def logistic_inference(model, X, y, feature_names=None, level=0.95):
    """Coefficient table of a two-class logistic regression: standard errors, z, p, odds ratios.

    Parameters
    ----------
    model : fitted LogisticRegression
        Anything with `coef_` and `intercept_`, fitted to X and y without a penalty (C=inf), or
        with one too weak to matter, and without weights. The second class, in sorted order or
        that of the model's `classes_`, is the one whose odds are meant.
    X : array of shape (n, d)
        The rows that it was fitted to.
    y : array of shape (n,)
        Their labels, of two classes.
    feature_names : sequence of d str, default=None
        None means the names of the columns of X, or those that the model saw, or x0, x1, ...
    level : float, default=0.95
        Coverage of the intervals, between 0 and 1.

    Returns
    -------
    table : CoefficientTable

    Raises
    ------
    ValueError
        If columns of X are constant or combinations of others, if the model is away from the
        maximum of the likelihood, or if there is no maximum because the features separate the
        classes, be it for some rows only.
    """
    fit = _check_fit(model, X, feature_names, level)
    X = fit.X
    y = as_array(y, "y")
    if y.shape != X.shape[:1]:
        raise ValueError(f"y must have shape ({len(X)},) as X has rows, got {y.shape}")
    y = check_labels(y, "y")
    classes = np.asarray(getattr(model, "classes_", np.unique(y)))
    if len(classes) != 2:
        raise ValueError(f"logistic_inference needs 2 classes, got {len(classes)}")
    if not np.isin(y, classes).all():
        raise ValueError(f"y holds labels other than the model's classes {classes.tolist()}")
    second = y == classes[1]
    plain = _design(X, np.ones(len(X)), fit)
    _refuse_collinear(plain, fit)
    coef, intercept, v = _climb(plain, fit, second)
    return _table(_design(X, v, fit), fit, intercept, coef, 1.0, math.inf)


def prediction_interval(table, X_new, level=None):
    """Intervals of a linear model at new rows.

    The interval of the mean says where the line is; the wider one of a new observation adds the
    noise around the line: variances s² h and s² (1 + h), h = 1/n + ‖Gᵀ (x - x̄)‖².

    Parameters
    ----------
    table : CoefficientTable
        As `linear_inference` returned it.
    X_new : array of shape (m, d)
        The new rows.
    level : float, default=None
        Coverage of the intervals, between 0 and 1. None means the level of the table.

    Returns
    -------
    intervals : PredictionInterval
    """
    if table.residual_std is None:
        raise ValueError("prediction_interval needs the table of a linear model")
    level = table.level if level is None else level
    _check_level(level)
    design = table._design
    check_columns(X_new, design.columns, "X_new")
    X_new = _check_X(X_new, "X_new", len(table.estimate) - 1)
    prediction = table.estimate[0] + X_new @ table.estimate[1:]
    h = 1.0 / design.total + np.sum((design.place(X_new) @ design.factor) ** 2, axis=1)
    t = student_t_quantile(0.5 + level / 2, table.df)
    mean_half = t * table.residual_std * np.sqrt(h)
    new_half = t * table.residual_std * np.sqrt(1.0 + h)
    return PredictionInterval(
        prediction=prediction,
        mean_lower=prediction - mean_half,
        mean_upper=prediction + mean_half,
        lower=prediction - new_half,
        upper=prediction + new_half,
    )


class _Fit(NamedTuple):
    """A fitted model and its data, checked: X (n, d), coef (d,), names (d + 1,), intercept first.

    `columns` are the names of the columns as a DataFrame or the model has them, or None.
    """

    X: np.ndarray
    coef: np.ndarray
    intercept: float
    names: list
    columns: np.ndarray | None
    level: float


class _Design(NamedTuple):
    """What the covariance needs of X: Z = (X - mean) / scale and the inverse of its R factor.

    total : Σv;  mean (d,) : x̄, weighted by v;  scale (d,) : D;  factor (d, d) : R⁻¹, or None where
    columns are collinear;  collinear : the number of the first such column, or None.
    """

    total: float
    mean: np.ndarray
    scale: np.ndarray
    factor: np.ndarray | None
    collinear: int | None
    columns: np.ndarray | None

    def place(self, X):
        """Return Z (n, d), the rows of X in units of the design."""
        return (X - self.mean) / self.scale

    def newton_step(self, Z, residual):
        """Return the step (d + 1,) of the prediction at the mean, and of the slopes on Z (n, d)."""
        W = Z @ self.factor  # √v W = Q; by way of Z'r, digits of collinear columns would be lost
        slopes = self.factor @ (W.T @ residual)
        return np.append(residual.sum() / self.total, slopes)

    def errors(self):
        """Return the standard errors (d + 1,) of the same, for noise of deviation 1."""
        return np.append(self.total**-0.5, np.linalg.norm(self.factor, axis=1))


def _design(X, v, fit):
    """Centre X (n, d) by its mean with weights v (n,), scale it, and factorise it by QR."""
    if len(X) <= X.shape[1]:
        raise ValueError(f"{len(X)} samples cannot tell {X.shape[1]} coefficients and an intercept")
    constant = X.max(axis=0) == X.min(axis=0)
    if constant.any():
        name = fit.names[1 + constant.argmax()]
        raise ValueError(f"feature {name!r} is constant: the intercept says the same")
    total = v.sum()
    mean = (v / total) @ X
    scale = np.abs(X - mean).max(axis=0)
    Z = np.sqrt(v)[:, None] * ((X - mean) / scale)
    R = np.linalg.qr(Z, mode="r")
    noise = np.finfo(float).eps * (np.abs(X).max(axis=0) / scale).max()
    from_those_before = np.abs(np.diag(R))  # the distance of a column
    alone = from_those_before > (1e-11 + 10 * noise) * np.linalg.norm(Z, axis=0)
    if not alone.all():
        return _Design(total, mean, scale, None, int(alone.argmin()), fit.columns)
    return _Design(total, mean, scale, np.linalg.solve(R, np.eye(len(R))), None, fit.columns)


def _refuse_collinear(design, fit):
    """Refuse features of which one is a combination of others."""
    if design.collinear is not None:
        name = fit.names[1 + design.collinear]
        raise ValueError(f"feature {name!r} is a combination of the features before it")


def _refuse_far(design, step, s, rounding, what):
    """Refuse a model from which Newton's step (d + 1,) is more than a part of a standard error."""
    error = s * design.errors()
    if (np.abs(step) > _FAR_FROM_OPTIMUM * error + rounding).any():
        away = (np.abs(step) / error).max()
        raise ValueError(
            f"the model is not {what}: it is {away:.3g} standard errors away. Was it fitted to "
            "these data, without penalty and sample weights, to convergence?"
        )


def _climb(plain, fit, second):
    """Take a logistic model to the maximum of the likelihood by Newton's steps.

    Parameters
    ----------
    plain : _Design
        That of X without weights.
    fit : _Fit
        The model and X (n, d).
    second : ndarray of bool, shape (n,)
        Whether a row is of the second class.

    Returns
    -------
    coef : ndarray of shape (d,)
    intercept : float
    v : ndarray of shape (n,)
        The weights p (1 - p) at the maximum.
    """
    Z = plain.place(fit.X)
    slopes = fit.coef * plain.scale
    level_here = fit.intercept + plain.mean @ fit.coef  # the log-odds at the mean of X
    for steps in range(_MOST_STEPS):
        z = level_here + Z @ slopes
        if (np.where(second, z, -z) > 0).all():
            raise ValueError(
                "the model separates the classes perfectly: the likelihood has no maximum, and "
                "the coefficients have no standard errors"
            )
        p_wrong = _sigmoid(np.where(second, -z, z))
        residual = np.where(second, p_wrong, -p_wrong)  # y - p, to the last digit
        design = _design(Z, _sigmoid(z) * _sigmoid(-z), fit)
        if design.factor is None:  # rows that tell the columns apart have no weight left
            _refuse_separated("some rows")
        W = design.place(Z)
        step = design.newton_step(W, residual)
        if steps == 0:
            _refuse_far(design, step, 1.0, 0.0, "at the maximum of the likelihood (C=inf)")
        change = step[0] + W @ step[1:]
        slopes = slopes + step[1:] / design.scale
        level_here = level_here + step[0] - design.mean @ (step[1:] / design.scale)
        if np.abs(change).max() <= _AT_REST:
            break
    moving = np.abs(change) > _NEVER_AT_REST
    if moving.any():
        _refuse_separated(f"{moving.sum()} of {len(Z)} rows, row {moving.argmax()} is one")
    coef = slopes / plain.scale
    z = level_here + Z @ slopes
    return coef, level_here - plain.mean @ coef, _sigmoid(z) * _sigmoid(-z)


def _refuse_separated(rows):
    """Refuse data in which the features tell the class of some rows for certain."""
    raise ValueError(
        f"the features separate the classes for {rows}: their log-odds grow without end. The "
        "likelihood has no maximum, and the coefficients have no standard errors"
    )


def _sigmoid(z):
    """Return 1 / (1 + exp(-z)), elementwise, without overflow."""
    return np.exp(np.minimum(z, 0.0)) / (1.0 + np.exp(-np.abs(z)))


def _table(design, fit, intercept, coef, s, df):
    """Put the numbers together: of a linear model with noise s, of a logistic one if df is inf."""
    at_zero = np.linalg.norm(design.factor.T @ (design.mean / design.scale))
    intercept_error = s * math.hypot(design.total**-0.5, at_zero)
    slope_errors = s * design.errors()[1:] / design.scale
    std_error = np.append(intercept_error, slope_errors)
    estimate = np.append(intercept, coef)
    statistic = estimate / std_error
    half = student_t_quantile(0.5 + fit.level / 2, df) * std_error
    return CoefficientTable(
        names=fit.names,
        estimate=estimate,
        std_error=std_error,
        statistic=statistic,
        p_value=two_sided_p_value(statistic, df),
        lower=estimate - half,
        upper=estimate + half,
        level=fit.level,
        df=df,
        n_samples=len(fit.X),
        residual_std=None if math.isinf(df) else s,
        _design=design,
    )


def _four_digits(numbers):
    """Return the numbers as text with four digits."""
    return [f"{number:.4g}" for number in numbers]


def _elementwise(function, **arguments):
    """Return the scalar function over broadcast arrays; a float when all arguments are scalars."""
    arrays = []
    for name, value in arguments.items():
        array = as_array(value, name)
        if array.dtype.kind not in "biufO":
            raise TypeError(f"{name} must be a number or an array of numbers, got {value!r}")
        arrays.append(array.astype(float))
    result = np.frompyfunc(function, len(arrays), 1)(*arrays)
    return np.asarray(result, dtype=float)[()]


def _normal_tail(z):
    """P(Z > z) for one z."""
    return 0.5 * math.erfc(z / math.sqrt(2.0))


def _t_tail(t, df):
    """P(T > t) for one t."""
    if math.isnan(t) or math.isinf(df):
        return _normal_tail(t)
    if t <= 0:
        return 0.5 if t == 0 else 1.0 - _t_tail(-t, df)
    if math.isinf(t):
        return 0.0
    a = df / 2
    log_ratio = 2 * math.log(t) - math.log(df)  # of t² / df = (1 - x) / x
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
    """The t with P(T <= t) = q for one q."""
    if math.isinf(df):
        return NormalDist().inv_cdf(q)
    if q <= 0.5:
        return 0.0 if q == 0.5 else -_t_upper_quantile(q, df)
    return _t_upper_quantile(1.0 - q, df)


def _t_upper_quantile(p, df):
    """The t with P(T > t) = p < 1/2: Newton's steps on log P against u = log t, in a bracket."""
    low, high = -700.0, 700.0  # logarithms of t: every double
    if p > 1e-15:
        u = math.log(max(NormalDist().inv_cdf(1.0 - p), 1e-3))
    else:
        u = 2.0
    log_density = -0.5 * math.log(df) - _log_beta_half(df / 2)
    for _ in range(200):
        tail = _t_tail(math.exp(u), df)
        if tail > p:
            low = u
        else:
            high = u
        new = 0.5 * (low + high)
        if tail > 0:
            log_power = np.logaddexp(0.0, 2 * u - math.log(df)) * (df + 1) / 2
            slope = -math.exp(u + log_density - log_power) / tail  # of log P
            if slope < 0:
                newton = u - (math.log(tail) - math.log(p)) / slope
                new = newton if low < newton < high else new
        if abs(new - u) <= 1e-15 * max(1.0, abs(u)):
            break
        u = new
    return math.exp(new)


def _log_beta_half(a):
    """log B(a, 1/2); for large a by the series of log Γ(a + 1/2) - log Γ(a), which cancel."""
    if a < 20:
        difference = math.lgamma(a + 0.5) - math.lgamma(a)
    else:
        series = -1 / 640 + 17 / 14336 / a**2
        series = 1 / 192 + series / a**2
        series = -1 / 8 + series / a**2
        difference = 0.5 * math.log(a) + series / a
    return 0.5 * math.log(math.pi) - difference


def _beta_fraction(a, b, x, y):
    """x^a y^b / (B(a, b) I_x(a, b)), y = 1 - x: Lentz's rule on the even part of DLMF 8.17.22.

    The even part takes half the steps and is written in y, which near x = 1 keeps its digits.
    """
    fraction = c = a * (a * y - b * x + 1) / (a + 1)
    d = 0.0
    for m in range(1, 10_000):
        share = x / (a + 2 * m - 1)
        above = (a + m - 1) * (a + b + m - 1) * m * (b - m) * share**2
        next_share = (a + m) / (a + 2 * m + 1)
        below = m + m * (b - m) * share + next_share * (a * y - b * x + 1 + m * (2 - x))
        c = below + above / c
        d = 1.0 / (below + above * d)
        fraction *= c * d
        if abs(c * d - 1.0) < 3e-16:
            break
    return fraction


def _check_fit(model, X, feature_names, level):
    """Return the model and X as a _Fit, all checked."""
    _check_level(level)
    name = type(model).__name__
    if hasattr(model, "steps_"):
        raise TypeError(
            f"{name} has no coefficients of its own: pass its last step, model.steps_[-1], and "
            "the X that reached it"
        )
    if not hasattr(model, "coef_") and hasattr(model, "n_features_in_"):
        raise TypeError(f"{name} has no coefficients: there is nothing to be sure of")
    if not hasattr(model, "coef_"):
        raise RuntimeError(f"{name} is not fitted: call fit first")
    if not getattr(model, "fit_intercept", True):
        raise ValueError("the model must have been fitted with fit_intercept=True")
    coef = np.ravel(model.coef_).astype(float)
    intercept = np.ravel(model.intercept_)
    if len(intercept) != 1:
        raise ValueError(f"the model must have one intercept, got {len(intercept)}")
    seen = getattr(model, "feature_names_in_", None)
    check_columns(X, seen)
    columns = column_names(X)
    columns = seen if columns is None else columns
    if feature_names is None:
        feature_names = [f"x{j}" for j in range(len(coef))] if columns is None else columns
    names = [str(name) for name in feature_names]
    if len(names) != len(coef):
        raise ValueError(f"feature_names has {len(names)} names for {len(coef)} coefficients")
    X = _check_X(X, "X", len(coef))
    return _Fit(X, coef, float(intercept[0]), ["intercept", *names], columns, level)


def _check_X(X, name, width):
    """Return X as finite numbers in `width` columns."""
    X = check_numbers(X, name, ndim=2)
    if X.shape[1] != width:
        raise ValueError(f"{name} has {X.shape[1]} features, fit saw {width}")
    return X


def _check_level(level):
    """Refuse a coverage that is no number between 0 and 1."""
    level = check_number("level", level, low=-math.inf)
    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1, got {level:g}")


def _check_df(df):
    """Refuse degrees of freedom that are not above 0."""
    if not np.all(as_array(df, "df").astype(float) > 0):
        raise ValueError(f"df must be > 0, got {df}")


def _check_probability(q):
    """Refuse what is not between 0 and 1."""
    array = as_array(q, "q").astype(float)
    if not np.all((array > 0) & (array < 1)):
        raise ValueError(f"q must be between 0 and 1, got {q}")
