"""Tests of standard errors, p-values and intervals.

Tails and quantiles of the t distribution: quadrature by mpmath 1.4.1 at 30 digits of the
density, with no incomplete beta function in it. Coefficient tables: statsmodels 0.15.0.
"""

import doctest
import inspect
import math
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest

import utils.inference
from utils.datasets import load_diabetes
from utils.docstrings import faults, signature_defaults
from utils.forms import NA, Frame, Sparse, masked
from utils.inference import (
    CoefficientTable,
    PredictionInterval,
    linear_inference,
    logistic_inference,
    normal_quantile,
    normal_sf,
    prediction_interval,
    student_t_quantile,
    student_t_sf,
    two_sided_p_value,
)

# (t, df, P(T > t))
T_TAILS = [
    (1e-08, 0.5, 0.49999999730323699),
    (0.1, 0.5, 0.4731658105643032),
    (1, 0.5, 0.30112161084132208),
    (2, 0.5, 0.22275744509156562),
    (5, 0.5, 0.1429957015794294),
    (40, 0.5, 0.050704899964747178),
    (300, 0.5, 0.01851566401878651),
    (1e-08, 1, 0.49999999681690114),
    (0.1, 1, 0.46827448256944643),
    (1, 1, 0.25),
    (2, 1, 0.14758361765043327),
    (5, 1, 0.062832958189001184),
    (40, 1, 0.0079560899120258133),
    (300, 1, 0.0010610290242204858),
    (1e-08, 2, 0.49999999646446609),
    (0.1, 2, 0.46473271920707008),
    (1, 2, 0.21132486540518712),
    (2, 2, 0.091751709536136984),
    (5, 2, 0.018874775675311863),
    (40, 2, 0.00031220733609237032),
    (300, 2, 5.5554629646776073e-6),
    (1e-08, 3, 0.49999999632447403),
    (0.1, 3, 0.46332617440040291),
    (1, 3, 0.19550110947788532),
    (2, 3, 0.069662984279421588),
    (5, 3, 0.0076962190366511505),
    (40, 3, 1.7190340394579264e-5),
    (300, 3, 4.0837543929893382e-8),
    (1e-08, 5, 0.4999999962039331),
    (0.1, 5, 0.46211507057733019),
    (1, 5, 0.18160873382456131),
    (2, 5, 0.050969739414929178),
    (5, 5, 0.0020523579900266612),
    (40, 5, 9.2059810858864772e-8),
    (300, 5, 3.9049537289611038e-12),
    (1e-08, 30, 0.49999999604367815),
    (0.1, 30, 0.46050480589513558),
    (1, 30, 0.16265430771301495),
    (2, 30, 0.027312522481491552),
    (5, 30, 1.1648342733503898e-5),
    (40, 30, 6.8630225972032014e-28),
    (300, 30, 5.0096675035800995e-54),
    (0.1, 40, 0.46042192652264008),
    (2, 40, 0.026161171607524607),
    (40, 40, 3.5204052873892461e-34),
    (1e-08, 1000, 0.49999999601157443),
    (0.1, 1000, 0.46018218451180206),
    (1, 1000, 0.15877620904233615),
    (2, 1000, 0.02288517324662582),
    (5, 1000, 3.3836281823243152e-7),
    (40, 1000, 5.2394260775866805e-210),
    (1e-08, 1000000.0, 0.49999999601057819),
    (0.1, 1000000.0, 0.46017217274602158),
    (1, 1000000.0, 0.15865537491678906),
    (2, 1000000.0, 0.022750266925659604),
    (5, 1000000.0, 2.8669989354453708e-7),
]

# (q, df, t with P(T <= t) = q)
T_QUANTILES = [
    (0.975, 1, 12.706204736174693),
    (0.975, 2, 4.3026527297494618),
    (0.975, 5, 2.5705818356363148),
    (0.975, 30, 2.0422724563012379),
    (0.975, 441, 1.9653578272030219),
    (0.995, 10, 3.1692726726169507),
    (0.9, 0.5, 10.270324410234511),
    (0.6, 3, 0.27667066233268985),
    (0.999999, 4, 41.577854150151499),
    (0.975, 1000000.0, 1.9599663568141067),
    (0.501, 7, 0.0025974636136622075),
]

# The 23 shuttle flights before the accident: temperature in °F, whether an O-ring was damaged.
TEMPERATURE = [66, 70, 69, 68, 67, 72, 73, 70, 57, 63, 70, 78, 67, 53, 67, 75, 70, 81, 76, 79, 75]
TEMPERATURE += [76, 58]
DAMAGE = [0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1]


def least_squares(X, y):
    """A fitted linear model, solved for on the centred columns."""
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    mean = X.mean(axis=0)
    coef = np.linalg.lstsq(X - mean, y - y.mean(), rcond=None)[0]
    return SimpleNamespace(coef_=coef, intercept_=y.mean() - mean @ coef)


def newton_logistic(X, y, steps=12, C=math.inf):
    """A fitted logistic model with attributes shaped as a classifier's, by plain Newton's method.

    It is as rough as the number of steps makes it; 1/C is the penalty on the slopes.
    """
    A = np.column_stack([np.ones(len(X)), X])
    classes, codes = np.unique(y, return_inverse=True)
    w = np.zeros(A.shape[1])
    penalty = np.append(0.0, np.full(A.shape[1] - 1, 1 / C))
    for _ in range(steps):
        p = 1 / (1 + np.exp(-A @ w))
        hessian = A.T @ (A * (p * (1 - p))[:, None]) + np.diag(penalty)
        w = w + np.linalg.solve(hessian, A.T @ (codes - p) - penalty * w)
    return SimpleNamespace(coef_=w[None, 1:], intercept_=w[:1], classes_=classes)


def flights():
    X, y = np.array(TEMPERATURE)[:, None], np.array(DAMAGE)
    return newton_logistic(X, y), X, y


def noisy(n=40, d=3, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d)) * np.array([1.0, 20.0, 0.1])[:d] + np.array([5.0, 0.0, -3.0])[:d]
    return X, X @ np.ones(d) + rng.normal(size=n)


# By hand


def test_three_points_by_hand():
    X, y = [[-1.0], [0.0], [1.0]], [0.0, 1.0, 5.0]
    # slope (0·(-1) + 5·1) / 2 = 2.5, mean 2; residuals 0.5, -1, 0.5; RSS 1.5 with 3 - 2 = 1 df
    table = linear_inference(least_squares(X, y), X, y)
    np.testing.assert_allclose(table.estimate, [2.0, 2.5], rtol=1e-14)
    np.testing.assert_allclose(
        table.std_error, [math.sqrt(1.5 / 3), math.sqrt(1.5 / 2)], rtol=1e-14
    )
    t = 2.5 / math.sqrt(0.75)
    assert table.row("x0")["statistic"] == pytest.approx(t, rel=1e-14)
    # with one degree of freedom T is Cauchy: P(|T| > t) = 1 - (2 / π) arctan t
    assert table.row("x0")["p_value"] == pytest.approx(1 - 2 / math.pi * math.atan(t), rel=1e-13)
    half = math.tan(math.pi * 0.475) * math.sqrt(0.75)
    np.testing.assert_allclose(
        [table.lower[1], table.upper[1]], [2.5 - half, 2.5 + half], rtol=1e-12
    )
    assert (table.df, table.n_samples, table.names) == (1, 3, ["intercept", "x0"])
    assert table.residual_std == pytest.approx(math.sqrt(1.5), rel=1e-14)


def test_prediction_intervals_by_hand():
    X, y = [[-1.0], [0.0], [1.0]], [0.0, 1.0, 5.0]
    table = linear_inference(least_squares(X, y), X, y)
    at = prediction_interval(table, [[1.0]])
    t = math.tan(math.pi * 0.475)
    h = 1 / 3 + 1 / 2
    assert at.prediction == pytest.approx([4.5])
    assert at.mean_upper - at.prediction == pytest.approx([t * math.sqrt(1.5 * h)], rel=1e-12)
    assert at.prediction - at.lower == pytest.approx([t * math.sqrt(1.5 * (1 + h))], rel=1e-12)


# The distributions


@pytest.mark.parametrize(("t", "df", "tail"), T_TAILS)
def test_tails_of_t_keep_their_digits_however_far_out(t, df, tail):
    assert student_t_sf(t, df) == pytest.approx(tail, rel=1e-12, abs=0)
    assert two_sided_p_value(-t, df) == pytest.approx(2 * tail, rel=1e-12, abs=0)
    assert student_t_sf(-t, df) == pytest.approx(1 - tail, rel=1e-14)


@pytest.mark.parametrize(("q", "df", "t"), T_QUANTILES)
def test_quantiles_of_t(q, df, t):
    assert student_t_quantile(q, df) == pytest.approx(t, rel=1e-10)
    assert student_t_quantile(1 - q, df) == pytest.approx(-t, rel=1e-9)  # 1 - q is rounded


def test_quantile_and_tail_undo_each_other_over_the_whole_range():
    q = np.array([1e-12, 1e-6, 0.01, 0.3, 0.49, 0.5, 0.51, 0.9, 0.999])[:, None]
    df = np.array([0.1, 0.5, 1.0, 2.5, 30.0, 1e4, 1e9, math.inf])
    t = student_t_quantile(q, df)
    assert t.shape == (9, 8)
    np.testing.assert_allclose(student_t_sf(-t, df), np.broadcast_to(q, t.shape), rtol=1e-9)


@pytest.mark.parametrize("q", [1e-16, 1e-20, 1e-100, 1e-300])
def test_quantiles_far_out_in_the_tail(q):
    df = np.array([1.0, 2.5, 5.0, 300.0, 1e9, math.inf])
    t = student_t_quantile(q, df)
    assert (t < 0).all() and (np.diff(t) > 0).all()
    np.testing.assert_allclose(student_t_sf(-t, df), q, rtol=1e-9)


def test_t_with_many_degrees_of_freedom_becomes_normal():
    z = np.array([-3.0, 0.0, 0.5, 1.7, 1.74, 5.0])
    np.testing.assert_allclose(student_t_sf(z, 1e12), normal_sf(z), rtol=1e-9)
    np.testing.assert_array_equal(student_t_sf(z, math.inf), normal_sf(z))


def test_tails_fall_without_a_jump_where_the_method_changes():
    for df in (0.3, 1, 7, 39.9, 40.1, 1e5):
        t = np.linspace(1e-3, 6, 2001)
        assert (np.diff(student_t_sf(t, df)) < 0).all()


def test_the_median_of_t_is_zero():
    assert student_t_quantile(0.5, [0.5, 1, 7, 1e9, math.inf]).tolist() == [0.0] * 5


def test_limits_of_t():
    sf = student_t_sf([0.0, math.inf, -math.inf, math.nan, 1e200, 1e300], [3, 3, 3, 3, 0.5, 3])
    np.testing.assert_array_equal(sf[:3], [0.5, 0.0, 1.0])
    assert math.isnan(sf[3])
    far = student_t_sf(1e100, 0.5)  # where the tail is the power t^(-df)
    assert sf[4] == pytest.approx(far * 1e-50, rel=1e-11, abs=0)
    assert sf[5] == 0.0


def test_normal_tail_and_quantile():
    # DLMF 7.12.1 at z = 30: P = φ(z)/z (1 - 1/z² + 3/z⁴ - 15/z⁶ + ...)
    series = 1 - 1 / 30**2 + 3 / 30**4 - 15 / 30**6 + 105 / 30**8
    density = math.exp(-450) / math.sqrt(2 * math.pi)
    assert normal_sf(30.0) == pytest.approx(density / 30 * series, rel=1e-11, abs=0)
    assert normal_sf(0) == 0.5
    assert normal_quantile(0.975) == pytest.approx(1.959963984540054, rel=1e-15)
    np.testing.assert_allclose(normal_sf(-normal_quantile([0.1, 0.6])), [0.1, 0.6], rtol=1e-14)


# Frozen oracles: statsmodels 0.15.0

DIABETES = {
    "estimate": [
        -334.567138519,
        -0.0363612242236,
        -22.8596480905,
        5.60296209192,
        1.11680799332,
        -1.08999633406,
        0.746450455514,
        0.372004715089,
        6.53383193599,
        68.4831249648,
        0.280116989322,
    ],
    "std_error": [
        67.4546211043,
        0.217041435409,
        5.83582128501,
        0.717105500561,
        0.225238169188,
        0.57333185855,
        0.530834389766,
        0.782463845627,
        5.95863783722,
        15.6697192387,
        0.273313950359,
    ],
    "p_value": [
        1.016617292e-06,
        0.8670306337,
        0.000104167119277,
        4.29639141952e-14,
        1.02427839221e-06,
        0.0579476053692,
        0.160390240015,
        0.634723255775,
        0.273458693661,
        1.55589908654e-05,
        0.305989526196,
    ],
    "lower": [
        -467.148071179,
        -0.462952545342,
        -34.3298574867,
        4.19350319165,
        0.674106128675,
        -2.21687053906,
        -0.296895683434,
        -1.16591492226,
        -5.177771345,
        37.6845531667,
        -0.257077021326,
    ],
}
# prediction, standard error of the mean, interval of the mean, interval of an observation
DIABETES_ROWS = [
    [206.11667724510522, 191.9786112240542, 220.25474326615625, 98.74256616846966, 313.49078832174],
    [
        68.07103297306841,
        52.16137520556792,
        83.9806907405689,
        -39.550675008923136,
        175.69274095505995,
    ],
    [
        176.88279035105265,
        160.54991272955263,
        193.21566797255267,
        69.19770452167249,
        284.56787618043,
    ],
]


def test_diabetes_as_statsmodels_has_it():
    data = load_diabetes()
    model = least_squares(data.X, data.y)
    table = linear_inference(model, data.X, data.y, data.feature_names)
    for column, expected in DIABETES.items():
        np.testing.assert_allclose(getattr(table, column), expected, rtol=1e-8, err_msg=column)
    np.testing.assert_allclose(table.lower + table.upper, 2 * table.estimate, rtol=1e-9)
    assert table.residual_std == pytest.approx(54.15423932805569, rel=1e-12)
    assert table.df == 442 - 11
    rows = np.column_stack(prediction_interval(table, data.X[:3]))
    np.testing.assert_allclose(rows, DIABETES_ROWS, rtol=1e-10)


def test_the_shuttle_flights_as_statsmodels_has_them():
    table = logistic_inference(*flights(), feature_names=["temperature"])
    np.testing.assert_allclose(table.estimate, [15.0429016477, -0.232162744219], rtol=1e-9)
    np.testing.assert_allclose(table.std_error, [7.37863638492, 0.108236521649], rtol=1e-8)
    np.testing.assert_allclose(table.statistic, [2.03871025254, -2.14495754927], rtol=1e-8)
    np.testing.assert_allclose(table.p_value, [0.0414789539113, 0.0319562412495], rtol=1e-8)
    np.testing.assert_allclose(table.lower, [0.581040078249, -0.444302428463], rtol=1e-8)
    np.testing.assert_allclose(table.upper, [29.5047632172, -0.0200230599741], rtol=1e-7)
    np.testing.assert_allclose(
        table.odds_ratio, np.exp([table.estimate, table.lower, table.upper]).T
    )
    assert table.residual_std is None and math.isinf(table.df)


# Properties


def test_standard_errors_are_those_of_the_textbook_formula():
    X, y = noisy()
    table = linear_inference(least_squares(X, y), X, y)
    A = np.column_stack([np.ones(len(X)), X])
    residual = y - A @ table.estimate
    covariance = residual @ residual / (40 - 4) * np.linalg.inv(A.T @ A)
    np.testing.assert_allclose(table.std_error, np.sqrt(np.diag(covariance)), rtol=1e-10)


def test_intervals_cover_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(12, 2))
    covered = predicted = 0
    for _ in range(600):
        y = 3 + X @ [1.0, -2.0] + rng.normal(size=12)
        table = linear_inference(least_squares(X, y), X, y, level=0.8)
        covered += np.sum((table.lower < [3, 1, -2]) & (table.upper > [3, 1, -2]))
        at = prediction_interval(table, [[2.0, 2.0]])
        predicted += at.lower[0] < 1 + rng.normal() < at.upper[0]
    assert covered / 1800 == pytest.approx(0.8, abs=0.03)
    assert predicted / 600 == pytest.approx(0.8, abs=0.05)


@pytest.mark.parametrize("factor", [1e-150, 1e-3, 1e3, 1e150])
def test_scaling_a_feature_scales_its_row_and_nothing_else(factor):
    X, y = noisy()
    plain = linear_inference(least_squares(X, y), X, y)
    model = least_squares(X, y)
    model.coef_ = model.coef_ / [1.0, factor, 1.0]
    scaled = linear_inference(model, X * [1.0, factor, 1.0], y)
    np.testing.assert_allclose(scaled.p_value, plain.p_value, rtol=1e-8)
    np.testing.assert_allclose(scaled.std_error[2] * factor, plain.std_error[2], rtol=1e-9)


@pytest.mark.parametrize("gap", [1e-3, 1e-6, 1e-9])
def test_columns_that_are_nearly_collinear_keep_an_exact_fit_as_exact(gap):
    X, noise = noisy(d=2)
    Q, _ = np.linalg.qr(np.column_stack([np.ones(40), X]))
    X[:, 1] = X[:, 0] + gap * X[:, 1]
    y = X @ [1.0, 2.0] + 0.1 * (noise - Q @ (Q.T @ noise))  # by design, 1 and 2 fit best
    table = linear_inference(SimpleNamespace(coef_=[1.0, 2.0], intercept_=0.0), X, y)
    away = (table.estimate - [0, 1, 2]) / table.std_error
    assert np.abs(away).max() < 1e-7


def test_a_large_offset_costs_the_slope_no_digits():
    X, y = noisy()
    X = np.round(X * 64) / 64  # so that adding the offset rounds nothing
    plain = linear_inference(least_squares(X, y), X, y)
    moved = linear_inference(least_squares(X + 2.0**30, y), X + 2.0**30, y)
    np.testing.assert_allclose(moved.std_error[1:], plain.std_error[1:], rtol=1e-7)


def test_logistic_errors_are_the_curvature_of_the_likelihood():
    X, _ = noisy(d=2)
    y = np.where(X[:, 0] + np.random.default_rng(2).normal(size=40) > 5, "yes", "no")
    table = logistic_inference(newton_logistic(X, y), X, y)
    A = np.column_stack([np.ones(40), X])
    p = 1 / (1 + np.exp(-A @ table.estimate))
    covariance = np.linalg.inv(A.T @ (A * (p * (1 - p))[:, None]))
    np.testing.assert_allclose(table.std_error, np.sqrt(np.diag(covariance)), rtol=1e-9)


def test_the_order_of_rows_does_not_matter_and_inputs_stay_untouched():
    X, y = noisy()
    model = least_squares(X, y)
    X.flags.writeable = y.flags.writeable = False
    table = linear_inference(model, X, y)
    turned = linear_inference(model, X[::-1], y[::-1])
    np.testing.assert_allclose(turned.p_value, table.p_value, rtol=1e-9)
    assert linear_inference(model, X.tolist(), y.tolist()).p_value == pytest.approx(table.p_value)


def test_a_wider_level_gives_wider_intervals():
    X, y = noisy()
    table = linear_inference(least_squares(X, y), X, y, level=0.5)
    at = prediction_interval(table, X)
    wide = prediction_interval(table, X, level=0.99)
    assert (wide.lower < at.lower).all() and (at.lower < at.mean_lower).all()
    assert (at.mean_lower < at.prediction).all() and (at.mean_upper < at.upper).all()
    assert (at.upper < wide.upper).all()


def test_the_printed_table():
    lines = str(logistic_inference(*flights(), feature_names=["temperature"])).splitlines()
    assert lines[0].split() == "estimate std error z p lower upper odds ratio".split()
    assert lines[1].split() == "intercept 15.04 7.379 2.039 0.041 0.581 29.5 3.412e+06".split()
    assert lines[2].split() == (
        "temperature -0.2322 0.1082 -2.145 0.032 -0.4443 -0.02002 0.7928".split()
    )
    assert lines[3] == "n = 23, 0.95 confidence intervals"
    assert len({len(line) for line in lines[:3]}) == 1
    X, y = noisy()
    table = linear_inference(least_squares(X, y), X, y)
    assert repr(table) == str(table)
    assert str(table).endswith(f"df = 36, residual standard deviation {table.residual_std:.4g}")


# A model that is not quite at the optimum

# 30 rows with their labels, and the table as statsmodels 0.15.0 has it after Newton's last step.
ROWS = [
    [0.0, 0.3], [-0.3, -0.9], [-0.5, -1.0], [0.1, 1.3], [-0.5, -0.6], [0.5, 0.4], [0.1, -0.9],
    [0.0, 0.7], [-1.3, -0.5], [-1.9, -1.3], [-1.8, -0.2], [-1.3, 0.3], [0.2, -0.2], [-2.5, -0.5],
    [0.0, 0.1], [-1.5, -0.5], [-1.0, -0.8], [1.1, -0.8], [0.0, 0.9], [-0.6, -0.1], [0.1, 0.1],
    [-1.2, 0.1], [1.4, -1.5], [0.9, 0.1], [-0.6, 2.0], [0.8, -1.2], [0.1, 0.6], [-0.2, 0.7],
    [-0.1, 0.7], [1.4, -0.7],
]
OUTCOMES = [
    0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0, 0, 1, 1,
]
OUTCOME_TABLE = {
    "estimate": [-0.00647658472674158, 1.54133541138382, -1.55859241749193],
    "std_error": [0.505332692017659, 0.689919191843817, 0.761849469053528],
    "p_value": [0.989774210984639, 0.0254777388367897, 0.040775952088268],
    "lower": [-0.996910461292025, 0.189118643126962, -3.05178993847781],
    "upper": [0.983957291838542, 2.89355217964069, -0.0653948965060487],
}


@pytest.mark.parametrize("steps", [3, 4, 5, 20])
def test_a_logistic_model_that_stopped_early_gets_the_table_of_the_maximum(steps):
    model = newton_logistic(ROWS, OUTCOMES, steps)
    table = logistic_inference(model, ROWS, OUTCOMES)
    for column, expected in OUTCOME_TABLE.items():
        np.testing.assert_allclose(getattr(table, column), expected, rtol=1e-10, err_msg=column)
    printed = str(logistic_inference(newton_logistic(ROWS, OUTCOMES, 30), ROWS, OUTCOMES))
    assert str(table) == printed


def test_a_model_as_rough_as_this_has_other_digits_itself():
    rough = newton_logistic(ROWS, OUTCOMES, 3)
    exact = newton_logistic(ROWS, OUTCOMES, 30)
    assert 1e-4 < np.abs(rough.coef_ - exact.coef_).max() < 0.05


@pytest.mark.parametrize("shift", [[0.03, 0.0, 0.0], [0.0, -0.03, 0.03], [-0.02, 0.02, 0.02]])
def test_either_way_from_the_maximum_leads_back(shift):
    model = newton_logistic(ROWS, OUTCOMES, 30)
    model.intercept_ = model.intercept_ + shift[0]
    model.coef_ = model.coef_ + shift[1:]
    table = logistic_inference(model, ROWS, OUTCOMES)
    np.testing.assert_allclose(table.estimate, OUTCOME_TABLE["estimate"], rtol=1e-9)


@pytest.mark.parametrize("seed", range(25))
def test_tables_of_rough_logistic_models_are_those_of_the_textbook(seed):
    rng = np.random.default_rng(seed)
    n, d = int(rng.integers(30, 200)), int(rng.integers(1, 4))
    units, offset = 10.0 ** rng.integers(-3, 4, d), rng.integers(-2, 3, d)
    Z = rng.normal(size=(n, d))
    y = (Z @ rng.normal(size=d) + 1.5 * rng.normal(size=n) > 0).astype(int)
    w = newton_logistic(Z, y, 30)
    rough = SimpleNamespace(coef_=w.coef_ / units * (1 + 1e-4), classes_=w.classes_)
    rough.intercept_ = w.intercept_ - rough.coef_[0] @ (offset * units)
    table = logistic_inference(rough, (Z + offset) * units, y)
    A = np.column_stack([np.ones(n), (Z + offset) * units])
    p = 1 / (1 + np.exp(-A @ table.estimate))
    A_scaled = A / np.append(1, units)
    cov = np.linalg.inv(A_scaled.T @ (A_scaled * (p * (1 - p))[:, None]))
    np.testing.assert_allclose(table.estimate[1:], w.coef_[0] / units, rtol=1e-8)
    np.testing.assert_allclose(table.std_error, np.sqrt(cov.diagonal()) / [1, *units], rtol=1e-8)
    np.testing.assert_allclose(A_scaled.T @ (p - y), 0, atol=1e-9 * n)


@pytest.mark.parametrize("shift", [0.0, 0.05, -0.05])
def test_a_linear_model_that_stopped_early_gets_the_table_of_least_squares(shift):
    X, y = noisy()
    exact = linear_inference(least_squares(X, y), X, y)
    rough = least_squares(X, y)
    rough.coef_ = rough.coef_ + shift * exact.std_error[1:] * [1, -1, 1]
    rough.intercept_ = y.mean() - X.mean(axis=0) @ rough.coef_ + shift * exact.residual_std / 10
    table = linear_inference(rough, X, y)
    for column in ("estimate", "std_error", "statistic", "p_value", "lower", "upper"):
        np.testing.assert_allclose(getattr(table, column), getattr(exact, column), rtol=1e-9)
    assert table.residual_std == pytest.approx(exact.residual_std, rel=1e-12)
    at, expected = (prediction_interval(t, X[:5]) for t in (table, exact))
    np.testing.assert_allclose(np.array(at), np.array(expected), rtol=1e-9)


@pytest.mark.parametrize("coefficient", [0, 1, 2])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_twentieth_of_a_standard_error_is_near_and_a_fifth_is_far(coefficient, sign):
    centred = np.array(ROWS) - np.mean(ROWS, axis=0)
    exact = newton_logistic(centred, OUTCOMES, 30)
    errors = logistic_inference(exact, centred, OUTCOMES).std_error
    X, y = noisy()
    X = X - X.mean(axis=0)
    line = least_squares(X, y)
    line_errors = linear_inference(line, X, y).std_error

    def moved(model, shift):
        return SimpleNamespace(
            coef_=model.coef_ + shift[1:], intercept_=model.intercept_ + shift[0]
        )

    step = sign * np.eye(3)[coefficient] * errors
    line_step = sign * np.eye(4)[coefficient] * line_errors
    logistic_inference(moved(exact, 0.05 * step), centred, OUTCOMES)
    linear_inference(moved(line, 0.05 * line_step), X, y)
    with pytest.raises(ValueError, match=r"not at the maximum of the likelihood .* away"):
        logistic_inference(moved(exact, 0.2 * step), centred, OUTCOMES)
    with pytest.raises(ValueError, match=r"not the least-squares fit .* away"):
        linear_inference(moved(line, 0.2 * line_step), X, y)


# Data that some feature separates


@pytest.mark.parametrize("C", [1e2, 1e4, 1e8, 1e12])
def test_quasi_separated_data_have_no_table(C):
    X, y = [[0], [0], [0], [0], [1], [1], [1]], [0, 1, 0, 1, 1, 1, 1]
    model = newton_logistic(X, y, 60, C)
    message = "no maximum" if C > 1e3 else "no maximum|not at the maximum"
    with pytest.raises(ValueError, match=message):
        logistic_inference(model, X, y)


def test_the_message_says_how_many_rows_are_separated_and_names_one():
    X, y = [[0], [0], [0], [0], [1], [1], [1]], [0, 1, 0, 1, 1, 1, 1]
    with pytest.raises(ValueError, match="the classes for 3 of 7 rows, row 4 is one"):
        logistic_inference(newton_logistic(X, y, 60, 1e8), X, y)


QUASI_SEPARATED = {
    "the other sign": ([[0], [0], [0], [0], [-1], [-1], [-1]], [0, 1, 0, 1, 1, 1, 1]),
    "the other class": ([[0], [0], [0], [0], [1], [1], [1]], [0, 1, 0, 1, 0, 0, 0]),
    "a threshold that both share": ([[1], [2], [3], [3], [4], [5]], [0, 0, 0, 1, 1, 1]),
    "beside a feature that is fine": (
        [[0, 3], [0, 1], [0, 2], [0, 2], [1, 5], [1, 1], [1, 3]], [0, 1, 0, 1, 1, 1, 1],
    ),
    "a combination of two features": (
        [[0, 0], [1, 1], [2, 2], [0, 0], [1, 1], [2, 2], [1, 0], [2, 0], [0, 1], [1, 2]],
        [0, 1, 0, 1, 0, 1, 1, 1, 0, 0],
    ),
    "other units": ([[5000], [5000], [5000], [5000], [9000], [9000]], [0, 1, 0, 1, 1, 1]),
    "words": ([[0], [0], [0], [0], [1], [1], [1]], ["n", "y", "n", "y", "y", "y", "y"]),
}


@pytest.mark.parametrize("case", QUASI_SEPARATED)
def test_quasi_separation_is_seen_in_every_guise(case):
    X, y = QUASI_SEPARATED[case]
    X = np.array(X, dtype=float)
    unit = np.abs(X).max()
    model = newton_logistic(X / unit, y, 80, 1e7)
    model.coef_ = model.coef_ / unit
    with pytest.raises(ValueError, match=r"separate the classes for .*: their log-odds grow"):
        logistic_inference(model, X, y)


def test_a_model_so_sure_that_nothing_is_left_to_weigh_is_refused_too():
    X, y = np.array([[0.0], [0], [0], [0], [1], [1], [1]]), [0, 1, 0, 1, 1, 1, 1]
    for sure in (40.0, 300.0, 800.0):
        model = SimpleNamespace(coef_=[[sure]], intercept_=[0.0])
        with pytest.raises(ValueError, match="separate the classes for"):
            logistic_inference(model, X, y)
    two = np.column_stack([X[:, 0], [3.0, 1, 2, 2, 5, 1, 3]])
    model = SimpleNamespace(coef_=[[700.0, 0.0]], intercept_=[0.0])
    with pytest.raises(ValueError, match=r"separate the classes for|not at the maximum"):
        logistic_inference(model, two, y)


def test_every_table_of_two_by_two_counts_has_its_closed_form_or_none():
    # counts of y = 0 and 1 at x = 0, then at x = 1: the slope is the logarithm of the odds ratio
    for counts in product(range(4), repeat=4):
        a, b, c, d = counts
        x = np.repeat([0.0, 0.0, 1.0, 1.0], counts)[:, None]
        y = np.repeat([0, 1, 0, 1], counts)
        if min(a + b, c + d, a + c, b + d) == 0 or len(x) < 3:
            continue  # one class, one value of x, or hardly a row
        model = newton_logistic(x, y, 60, 1e8)
        if min(counts) == 0:
            with pytest.raises(ValueError, match="no maximum"):
                logistic_inference(model, x, y)
            continue
        table = logistic_inference(model, x, y)
        slope = math.log(a * d / (b * c))
        np.testing.assert_allclose(table.estimate, [math.log(b / a), slope], atol=1e-12)
        errors = [math.sqrt(1 / a + 1 / b), math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)]
        np.testing.assert_allclose(table.std_error, errors, rtol=1e-12)


def test_a_far_row_on_the_right_side_is_no_separation():
    X, _ = noisy(d=1)
    X = np.append(X, [[1e4]], axis=0)  # its log-odds are thousands, and settled
    y = (X[:, 0] + np.random.default_rng(2).normal(size=41) > 5).astype(int)
    unit = 100.0
    model = newton_logistic(X / unit, y, 30)
    model.coef_ = model.coef_ / unit
    with np.errstate(over="ignore"):
        table = logistic_inference(model, X, y)
    assert 0 < table.p_value[1] < 0.1 and table.estimate[1] * 1e4 > 1000


# Names of columns


def test_the_names_of_a_frame_are_the_names_of_the_table():
    X, y = noisy()
    frame = Frame(X, ["age", "bmi", "dose"])
    model = least_squares(X, y)
    assert linear_inference(model, frame, y).names == ["intercept", "age", "bmi", "dose"]
    assert linear_inference(model, frame, y, list("abc")).names == ["intercept", "a", "b", "c"]
    assert linear_inference(model, X, y).names == ["intercept", "x0", "x1", "x2"]
    model.feature_names_in_ = np.array(["age", "bmi", "dose"], dtype=object)
    assert linear_inference(model, X, y).names == ["intercept", "age", "bmi", "dose"]
    dose = linear_inference(model, frame, y).row("dose")
    assert dose["estimate"] == pytest.approx(model.coef_[2], rel=1e-12)


@pytest.mark.parametrize("columns, message", [
    (["bmi", "age", "dose"], "the columns of X are in another order"),
    (["age", "bmi", "size"], r"fit did not see \['size'\] and X lacks \['dose'\]"),
])
def test_columns_in_another_order_are_refused(columns, message):
    X, y = noisy()
    model = least_squares(X, y)
    model.feature_names_in_ = np.array(["age", "bmi", "dose"], dtype=object)
    with pytest.raises(ValueError, match=message):
        linear_inference(model, Frame(X, columns), y)
    table = linear_inference(model, X, y, ["A", "B", "D"])  # words for the table, not for the data
    assert len(prediction_interval(table, Frame(X, ["age", "bmi", "dose"])).lower) == 40
    assert len(prediction_interval(table, X).lower) == 40
    with pytest.raises(ValueError, match=message.replace("X", "X_new")):
        prediction_interval(table, Frame(X, columns))


def test_logistic_tables_look_at_the_names_too():
    model = newton_logistic(ROWS, OUTCOMES)
    assert logistic_inference(model, Frame(ROWS, ["u", "v"]), OUTCOMES).names[1:] == ["u", "v"]
    model.feature_names_in_ = ["v", "u"]
    with pytest.raises(ValueError, match="in another order"):
        logistic_inference(model, Frame(ROWS, ["u", "v"]), OUTCOMES)


# Bad input


def changed(**attributes):
    X, y = noisy()
    return SimpleNamespace(**{**vars(least_squares(X, y)), **attributes})


X, Y = noisy()
MODEL = least_squares(X, Y)
NAN = np.where(np.arange(40) == 3, np.nan, Y)
RISING = newton_logistic(np.arange(6.0)[:, None], [0, 0, 1, 0, 1, 1])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((SimpleNamespace(), X, Y), RuntimeError, "SimpleNamespace is not fitted: call fit first"),
        ((MODEL, X[:, :2], Y), ValueError, "X has 2 features, fit saw 3"),
        ((MODEL, X[:, 0], Y), ValueError, r"X must be a non-empty 2-D array, got shape \(40,\)"),
        ((MODEL, X[:0], Y[:0]), ValueError, r"non-empty 2-D array, got shape \(0, 3\)"),
        ((MODEL, X.astype(str), Y), TypeError, r"column 0 holds text: X\[0, 0\] is '"),
        ((MODEL, X * 1j, Y), TypeError, "column 0 holds complex numbers"),
        ((MODEL, None, Y), ValueError, "X is None: an array is needed"),
        ((MODEL, X, None), ValueError, "y is None: an array is needed"),
        ((MODEL, Sparse(X), Y), TypeError, r"X is a sparse matrix: call X.toarray\(\) first"),
        ((MODEL, masked(X), Y), ValueError, "X is a masked array: a masked entry is a missing"),
        ((MODEL, X, masked(Y, 0)), ValueError, "y is a masked array"),
        ((MODEL, X, np.ma.array(Y)), ValueError, "y is a masked array"),
        ((MODEL, X, [NA, *Y[1:]]), ValueError, r"y holds a missing value: y\[0\] is <NA>"),
        ((MODEL, X, [None, *Y[1:]]), ValueError, r"y holds a missing value: y\[0\] is None"),
        ((MODEL, X, [10**400, *Y[1:]]), ValueError, "y holds an integer beyond 1.8e308"),
        ((MODEL, X, ["a", *Y[1:]]), TypeError, r"y must be .* holds text: y\[0\] is 'a'"),
        ((MODEL, X * NAN[:, None], Y), ValueError, "X contains NaN or infinity"),
        ((MODEL, X, NAN), ValueError, "y contains NaN or infinity"),
        ((MODEL, X, Y[:-1]), ValueError, r"y must have shape \(40,\) as X has rows, got \(39,\)"),
        ((MODEL, X, Y[:, None]), ValueError, r"y must have shape \(40,\)"),
        ((MODEL, X, Y.astype(str)), TypeError, r"y must be an array of numbers, but holds text"),
        ((MODEL, X, Y, None, "0.9"), TypeError, "level must be a number, got '0.9'"),
        ((SimpleNamespace(steps_=()), X, Y), TypeError, r"pass its last step, model.steps_\[-1\]"),
        ((SimpleNamespace(n_features_in_=3), X, Y), TypeError, "SimpleNamespace has no coeffici"),
        ((MODEL, X, Y, ["a", "b"]), ValueError, "feature_names has 2 names for 3 coefficients"),
        ((MODEL, X, Y, None, 95), ValueError, "level must be between 0 and 1, got 95"),
        ((MODEL, X, Y, None, 0), ValueError, "level must be between 0 and 1, got 0"),
        ((MODEL, X[:4], Y[:4]), ValueError, "4 samples leave no degree of freedom .* at least 5"),
        ((changed(fit_intercept=False), X, Y), ValueError, "with fit_intercept=True"),
        ((changed(intercept_=np.ones(2)), X, Y), ValueError, "one intercept, got 2"),
        ((changed(coef_=MODEL.coef_ * 0.8), X, Y), ValueError, "not the least-squares fit .* away"),
        ((changed(intercept_=99.0), X, Y), ValueError, "not the least-squares fit of X and y"),
        ((MODEL, X[::-1], Y), ValueError, "Was it fitted to these data"),
        ((changed(coef_=MODEL.coef_ * 1.2), X, Y), ValueError, "not the least-squares fit .* away"),
        ((changed(intercept_=-99.0), X, Y), ValueError, "not the least-squares fit of X and y"),
        ((MODEL, X * [1, 0, 1], Y), ValueError, "feature 'x1' is constant"),
        ((MODEL, X, X @ MODEL.coef_ + MODEL.intercept_), ValueError, "the fit is exact"),
        ((MODEL, X[:, [0, 1, 1]], Y, list("abc")), ValueError, "feature 'c' is a combination of"),
    ],
)
def test_bad_input_to_linear_inference(arguments, error, message):
    with pytest.raises(error, match=message):
        linear_inference(*arguments)


def test_collinear_columns_are_refused_whatever_their_scales_and_offsets():
    X, y = noisy()
    for third in (X[:, 0] + X[:, 1], 1e6 * X[:, 0] - 3, X[:, 1] * 1e-9 + 1e3):
        C = np.column_stack([X[:, :2], third])
        with pytest.raises(
            ValueError, match="feature 'x2' is a combination of the features before"
        ):
            linear_inference(least_squares(C, y), C, y)


@pytest.mark.parametrize("n", [20, 2000])
def test_noise_that_is_tiny_but_real_is_judged(n):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 1))
    y = X[:, 0] + 2e-12 * rng.normal(size=n)
    table = linear_inference(least_squares(X, y), X, y)
    assert table.residual_std == pytest.approx(2e-12, rel=0.4)
    assert abs(table.row("x0")["estimate"] - 1) < 5 * table.row("x0")["std_error"] < 1e-11


def test_a_constant_y_has_no_noise_to_judge_by():
    X, _ = noisy()
    for value in (0.0, 0.1, 1e9):
        y = np.full(40, value)
        with pytest.raises(ValueError, match="the fit is exact"):
            linear_inference(least_squares(X, y), X, y)


def logistic_bad(message, X, y, model=RISING, error=ValueError, **options):
    """A row of the table below."""
    return pytest.param(model, X, y, options, error, message, id=message[:30])


LINE = np.arange(6.0)[:, None]


@pytest.mark.parametrize(
    ("model", "X", "y", "options", "error", "message"),
    [
        logistic_bad("not fitted", LINE, [0, 0, 1, 0, 1, 1], SimpleNamespace(), RuntimeError),
        logistic_bad("X has 2 features, fit saw 1", np.ones((6, 2)), [0, 0, 1, 0, 1, 1]),
        logistic_bad("non-empty 2-D", LINE[:, 0], [0, 0, 1, 0, 1, 1]),
        logistic_bad("X contains NaN", LINE * np.nan, [0, 0, 1, 0, 1, 1]),
        logistic_bad("y must have shape", LINE, [0, 1]),
        logistic_bad("labels other than the model's classes", LINE, [0, 0, 1, 0, 1, 2]),
        logistic_bad("level must be", LINE, [0, 0, 1, 0, 1, 1], level=-0.5),
        logistic_bad("feature_names has 0 names", LINE, [0, 0, 1, 0, 1, 1], feature_names=[]),
        logistic_bad("is constant", LINE * 0, [0, 0, 1, 0, 1, 1]),
        logistic_bad("not at the maximum", LINE, [1, 0, 1, 0, 0, 0]),
        logistic_bad("separates the classes perfectly", LINE, [0, 0, 0, 1, 1, 1]),
        logistic_bad("samples cannot tell", LINE[:1], [1]),
        logistic_bad("y is a masked array", LINE, masked([0, 0, 1, 0, 1, 1], 0)),
        logistic_bad("X is a masked array", masked(LINE), [0, 0, 1, 0, 1, 1]),
        logistic_bad("y holds a missing label", LINE, ["a", "a", "b", "a", math.nan, "b"]),
        logistic_bad("y holds a missing label", LINE, [0, 0, 1, 0, None, 1]),
        logistic_bad("y mixes words", LINE, ["a", "a", "b", "a", 1, "b"], error=TypeError),
        logistic_bad("holds text", [["a"]] * 6, [0, 0, 1, 0, 1, 1], error=TypeError),
        logistic_bad("an integer beyond", [[10**400]] * 6, [0, 0, 1, 0, 1, 1]),
        logistic_bad("is a combination", np.ones((6, 1)) * [1, 2] * LINE, [0, 0, 1, 0, 1, 1],
                     SimpleNamespace(coef_=[[1.0, 0.0]], intercept_=[0.0])),
    ],
)
def test_bad_input_to_logistic_inference(model, X, y, options, error, message):
    with pytest.raises(error, match=message):
        logistic_inference(model, X, y, **options)


def test_more_than_two_classes_are_refused():
    model = SimpleNamespace(coef_=[[1.0]], intercept_=[0.0], classes_=["a", "b", "c"])
    with pytest.raises(ValueError, match="needs 2 classes, got 3"):
        logistic_inference(model, LINE, list("aabbcc"))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda table: prediction_interval(table, [[1.0]]), "X_new has 1 features, fit saw 3"),
        (lambda table: prediction_interval(table, [1.0, 2, 3]), "X_new must be a non-empty 2-D"),
        (lambda table: prediction_interval(table, [[1, 2, math.inf]]), "X_new contains NaN or inf"),
        (lambda table: prediction_interval(table, X, level=1), "level must be between 0 and 1"),
        (lambda table: table.odds_ratio, "odds ratios belong to a logistic model"),
        (lambda table: table.row("age"), "no coefficient is named 'age'; there are intercept, x0"),
        (lambda table: student_t_sf(1.0, 0), "df must be > 0, got 0"),
        (lambda table: student_t_sf(1.0, [2, -1]), r"df must be > 0, got \[2, -1\]"),
        (lambda table: student_t_sf(1.0, math.nan), "df must be > 0, got nan"),
        (lambda table: student_t_quantile(1.0, 3), "q must be between 0 and 1, got 1.0"),
        (lambda table: student_t_quantile(math.nan, 3), "q must be between 0 and 1, got nan"),
        (lambda table: normal_quantile(0.0), "q must be between 0 and 1, got 0.0"),
        (lambda table: prediction_interval(table, masked(X)), "X_new is a masked array"),
        (lambda table: normal_sf(masked([1.0, 2.0], 0)), "z is a masked array"),
        (lambda table: normal_quantile(masked([0.1, 0.2], 0)), "q is a masked array"),
        (lambda table: student_t_sf(masked([1.0, 2.0], 0), 3), "t is a masked array"),
        (lambda table: student_t_sf(1.0, masked([1.0, 2.0], 0)), "df is a masked array"),
        (lambda table: student_t_quantile(masked([0.1, 0.2], 0), 3), "q is a masked array"),
        (lambda table: normal_sf(None), "z is None: an array is needed"),
        (lambda table: two_sided_p_value(masked([1.0, 2.0], 0)), "statistic is a masked array"),
    ],
)
def test_bad_input_to_the_rest(call, message):
    with pytest.raises(ValueError, match=message):
        call(linear_inference(MODEL, X, Y))


def test_prediction_intervals_belong_to_linear_models():
    with pytest.raises(ValueError, match="needs the table of a linear model"):
        prediction_interval(logistic_inference(*flights()), [[31.0]])


@pytest.mark.parametrize("call, message", [
    (lambda: normal_sf("a"), "z must be a number or an array of numbers, got 'a'"),
    (lambda: normal_sf(["a"]), r"z must be a number or an array of numbers, got \['a'\]"),
    (lambda: student_t_sf(1j, 3), "t must be a number or an array of numbers"),
])
def test_only_numbers_have_a_tail(call, message):
    with pytest.raises(TypeError, match=message):
        call()


# The docstrings

DEFAULTS = {
    normal_sf: {},
    normal_quantile: {},
    student_t_sf: {},
    student_t_quantile: {},
    two_sided_p_value: {"df": math.inf},
    linear_inference: {"feature_names": None, "level": 0.95},
    logistic_inference: {"feature_names": None, "level": 0.95},
    prediction_interval: {"level": None},
}


def test_every_public_function_is_in_the_table_of_defaults():
    functions = inspect.getmembers(utils.inference, inspect.isfunction)
    public = {f for name, f in functions if f.__module__ == "utils.inference" and name[0] != "_"}
    assert public == set(DEFAULTS)
    assert CoefficientTable.__doc__ and PredictionInterval.__doc__


@pytest.mark.parametrize("function", DEFAULTS)
def test_defaults_are_those_of_the_table_and_of_the_docstring(function):
    assert repr(signature_defaults(function)) == repr(DEFAULTS[function])
    assert faults(function) == []


def test_every_field_of_a_table_has_its_entry():
    documented = CoefficientTable.__doc__
    for name in CoefficientTable.__dataclass_fields__:
        assert name[0] == "_" or name in documented.split("Attributes")[1]


def test_the_default_level_is_95_per_cent():
    X, y = noisy()
    table = linear_inference(least_squares(X, y), X, y)
    assert table.level == 0.95 and prediction_interval(table, X[:1]).lower[0] == pytest.approx(
        prediction_interval(table, X[:1], level=0.95).lower[0], rel=1e-15)


def test_the_examples_of_the_module_run():
    assert doctest.testmod(utils.inference).failed == 0
