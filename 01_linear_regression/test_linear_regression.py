"""Tests of linear regression: by hand, by theory, against frozen numbers, against slow twins, with
bad input and with awkward input. LR.1 and so on are formulas of `references/math_notes.md`.
"""

import copy
import inspect
import itertools
import pickle
import re
import tracemalloc
import warnings
from fractions import Fraction

import linear_regression
import numpy as np
import pytest
from linear_regression import LinearRegression, _centre

from utils.datasets import load_diabetes, load_iris, load_wine
from utils.docstrings import documented_defaults, faults
from utils.forms import FORMS, NA, Frame, Sparse, masked
from utils.inference import linear_inference
from utils.preprocessing import StandardScaler

EXACT = ("auto", "normal", "svd")
PENALTIES = {
    "none": {},
    "ridge": {"alpha": 0.3},
    "lasso": {"alpha": 2.0, "l1_ratio": 1.0},
    "elastic net": {"alpha": 1.0, "l1_ratio": 0.7},
}
every_penalty = pytest.mark.parametrize("penalty", PENALTIES.values(), ids=PENALTIES)

X, y = load_diabetes()[:2]  # (442, 10) in raw units: ages, pressures, concentrations
Z = StandardScaler().fit_transform(X)


def objective(model, X, y, w, b):
    """Return J of LR.1 at any w and b, for the hyperparameters of `model`."""
    l1_ratio = model.l1_ratio
    penalty = l1_ratio * np.abs(w).sum() + (1 - l1_ratio) / 2 * np.sum(w**2)
    return np.mean((y - X @ w - b) ** 2) / 2 + model.alpha * penalty


def relative_error(found, true):
    """Return the length of the error, as a share of the length of the truth."""
    return np.linalg.norm(found - true) / np.linalg.norm(true)


def without_l1(penalty):
    """Return whether a penalty has no L1 part, so that every solver takes it."""
    return penalty.get("l1_ratio", 0) == 0


# --- 1. by hand ---

FOUR_X, FOUR_Y = np.array([[1.0], [2.0], [3.0], [4.0]]), np.array([2.0, 3.0, 5.0, 6.0])
# Means 2.5 and 4, so z = -1.5, -0.5, 0.5, 1.5 and q = -2, -1, 1, 2:
# z.z = 2.25 + 0.25 + 0.25 + 2.25 = 5 and z.q = 3 + 0.5 + 0.5 + 3 = 7.


@pytest.mark.parametrize("solver", [*EXACT, "cd"])
def test_the_line_through_four_points(solver):
    model = LinearRegression(solver=solver).fit(FOUR_X, FOUR_Y)
    assert model.coef_ == pytest.approx([7 / 5])
    assert model.intercept_ == pytest.approx(4 - 2.5 * 7 / 5)
    assert model.predict([[5], [0]]) == pytest.approx([0.5 + 1.4 * 5, 0.5])


@pytest.mark.parametrize(
    ("params", "slope"),
    [
        ({"alpha": 0.5}, 7 / (5 + 4 * 0.5)),
        ({"alpha": 1.0, "l1_ratio": 1.0}, (7 - 4 * 1.0) / 5),
        ({"alpha": 1.75, "l1_ratio": 1.0}, 0.0),  # 7 - 4 * 1.75: the last pull is gone
        ({"alpha": 1.5, "l1_ratio": 0.5}, (7 - 4 * 0.75) / (5 + 4 * 0.75)),
    ],
)
def test_penalties_shrink_the_line_through_four_points(params, slope):
    model = LinearRegression(**params).fit(FOUR_X, FOUR_Y)
    assert model.coef_ == pytest.approx([slope])
    assert model.intercept_ == pytest.approx(4 - 2.5 * slope)


def test_one_gradient_step_from_zero():
    model = LinearRegression(solver="gd", learning_rate=0.1, max_iter=1, tol=None)
    model.fit(FOUR_X, FOUR_Y)
    # At w = b = 0 the residuals are y: slopes -(1*2 + 2*3 + 3*5 + 4*6) / 4, -(2 + 3 + 5 + 6) / 4.
    assert model.coef_ == pytest.approx([0.1 * 47 / 4])
    assert model.intercept_ == pytest.approx(0.1 * 16 / 4)
    assert model.loss_history_[0] == pytest.approx((4 + 9 + 25 + 36) / (2 * 4))
    assert model.coef_history_ == pytest.approx(np.array([[0, 0], [1.175, 0.4]]))


def test_a_too_long_step_is_told_the_longest_stable_one():
    # H = [[30, 10], [10, 4]] / 4 has trace 8.5, determinant 1.25 and lambda = 4.25 + sqrt(16.8125)
    model = LinearRegression(solver="gd", learning_rate=1.0)
    with pytest.warns(RuntimeWarning, match=r"diverged with learning_rate=1: .* is 0\.2395\."):
        model.fit(FOUR_X, FOUR_Y)
    assert 2 / (4.25 + 16.8125**0.5) == pytest.approx(0.2395, abs=5e-5)


def test_a_weight_of_zero_leaves_three_points():
    model = LinearRegression().fit(FOUR_X, [2, 3, 5, 600], sample_weight=[1, 1, 1, 0])
    assert model.coef_ == pytest.approx([(5 - 2) / 2])  # z = -1, 0, 1
    assert model.intercept_ == pytest.approx(10 / 3 - 2 * 1.5)


# --- 2. theory ---


@pytest.mark.parametrize("solver", [*EXACT, "cd"])
def test_residuals_are_orthogonal_to_every_feature_and_sum_to_zero(solver):
    model = LinearRegression(solver=solver, tol=1e-12).fit(Z, y)
    r = y - model.predict(Z)
    assert np.abs(Z.T @ r).max() < 1e-6 * np.linalg.norm(y)
    assert abs(r.sum()) < 1e-9 * np.linalg.norm(y)


def test_the_hat_matrix_is_a_projection_whose_trace_counts_the_coefficients():
    rows = Z[:25]
    P = np.array([LinearRegression().fit(rows, e).predict(rows) for e in np.eye(25)]).T  # LR.12
    assert P == pytest.approx(P.T, abs=1e-12)
    assert P @ P == pytest.approx(P, abs=1e-12)
    assert np.trace(P) == pytest.approx(10 + 1)


def test_total_variation_is_explained_plus_residual():
    fitted = LinearRegression().fit(X, y).predict(X)
    explained, residual = np.sum((fitted - y.mean()) ** 2), np.sum((y - fitted) ** 2)
    assert explained + residual == pytest.approx(np.sum((y - y.mean()) ** 2))


def test_standard_errors_are_those_of_the_notes():
    model = LinearRegression().fit(FOUR_X, FOUR_Y)
    table = linear_inference(model, FOUR_X, FOUR_Y)
    s2 = (0.1**2 + 0.3**2 + 0.3**2 + 0.1**2) / (4 - 1 - 1)  # LR.13
    assert table.std_error == pytest.approx([(s2 * (1 / 4 + 2.5**2 / 5)) ** 0.5, (s2 / 5) ** 0.5])
    assert table.statistic[1] == pytest.approx(1.4 / (0.1 / 5) ** 0.5)


@pytest.mark.parametrize("name", ["none", "ridge"])
def test_the_gradient_agrees_with_finite_differences(name):
    rate = 0.01
    model = LinearRegression(solver="gd", learning_rate=rate, max_iter=4, tol=None)
    vars(model).update(PENALTIES[name])
    path = model.fit(Z, y).coef_history_

    def J(p):
        return objective(model, Z, y, p[:-1], p[-1])

    numeric = [(J(path[3] + e) - J(path[3] - e)) / 2e-3 for e in 1e-3 * np.eye(11)]
    assert (path[3] - path[4]) / rate == pytest.approx(np.array(numeric), rel=1e-6, abs=1e-6)


@every_penalty
def test_all_solvers_minimise_one_objective(penalty):
    exact = EXACT if without_l1(penalty) else ("auto",)
    params = {"learning_rate": 0.4, "max_iter": 20_000, "tol": 1e-12, **penalty}
    fits = [LinearRegression(solver=s, **params).fit(Z, y) for s in (*exact, "cd", "gd")]
    for model in fits:
        assert model.coef_ == pytest.approx(fits[0].coef_, rel=1e-5, abs=1e-5)
        assert model.intercept_ == pytest.approx(fits[0].intercept_)
        if hasattr(model, "loss_history_"):
            J = objective(model, Z, y, model.coef_, model.intercept_)
            assert model.loss_history_[-1] == pytest.approx(J, rel=1e-12)
            assert len(model.loss_history_) == model.n_iter_ + 1


@every_penalty
@pytest.mark.parametrize("solver", ["auto", "svd", "cd", "gd"])
def test_the_intercept_is_never_penalised(solver, penalty):
    if solver == "svd" and not without_l1(penalty):
        solver = "auto"
    params = {"solver": solver, "learning_rate": 0.4, "max_iter": 20_000, "tol": 1e-10, **penalty}
    model, shifted = (LinearRegression(**params).fit(Z, t) for t in (y, y + 1000))
    assert shifted.coef_ == pytest.approx(model.coef_, rel=1e-5, abs=1e-5)
    assert shifted.intercept_ == pytest.approx(model.intercept_ + 1000)


@pytest.mark.parametrize("name", ["lasso", "elastic net"])
@pytest.mark.parametrize("shape", [(442, 10), (60, 10), (20, 60)], ids=str)
def test_lasso_and_elastic_net_meet_the_kkt_conditions(name, shape):
    n, d = shape
    A = Z[:n] if d == 10 else np.random.default_rng(0).normal(size=shape)
    model = LinearRegression(**PENALTIES[name], tol=1e-12).fit(A, y[:n])
    share = 1.0 if name == "lasso" else model.l1_ratio
    pull = A.T @ (y[:n] - model.predict(A)) / n - model.alpha * (1 - share) * model.coef_
    live = model.coef_ != 0
    bound = model.alpha * share
    assert live.any() and (name == "elastic net" or live.sum() < min(n, d))
    assert pull[live] == pytest.approx(bound * np.sign(model.coef_[live]), rel=1e-5)
    assert (np.abs(pull[~live]) <= bound * (1 + 1e-9)).all()


@every_penalty
def test_an_open_duality_gap_bounds_the_distance_to_the_minimum(penalty):
    B = np.delete(Z, 1, axis=1)  # all but sex, which has no curve
    A = np.hstack([B, B**2, B**3]) + 2 * B[:, :1]  # so many that one sweep is not enough
    params = {"solver": "cd", **penalty}
    with pytest.warns(RuntimeWarning, match=r"max_iter=1: the duality gap is .* above tol=1e-12"):
        early = LinearRegression(max_iter=1, tol=1e-12, **params).fit(A, y)
    late = LinearRegression(tol=1e-12, max_iter=5000, **params).fit(A, y)
    above = early.loss_history_[-1] - late.loss_history_[-1]
    assert 0 < above <= early.dual_gap_ * (1 + 1e-9)
    assert (np.diff(late.loss_history_) <= 1e-12 * late.loss_history_[0]).all()


def duality_gap(model, A, t):
    """Return the gap of LR.9 in units of J, from the definition, and J."""
    n, alpha, l1_ratio = len(t), model.alpha, model.l1_ratio
    J = objective(model, A, t, model.coef_, model.intercept_)
    r = t - model.predict(A)
    if model.fit_intercept:
        A, t = A - A.mean(axis=0), t - t.mean()
    pull = np.abs(A.T @ r)
    bound = n * alpha * l1_ratio
    if l1_ratio == 1:
        u, price = r * min(1, bound / pull.max()), 0
    else:
        u, price = r, np.sum(np.maximum(pull - bound, 0) ** 2) / (2 * n * alpha * (1 - l1_ratio))
    D = u @ t - u @ u / 2 - price
    return J - D / n, J


@pytest.mark.parametrize("name", ["lasso", "elastic net"])
@pytest.mark.parametrize("shape", [(442, 10), (20, 60)], ids=str)
def test_the_duality_gap_is_closed_to_a_millionth(name, shape):
    n, d = shape
    A = Z if d == 10 else np.random.default_rng(1).normal(size=shape)
    model = LinearRegression(**PENALTIES[name]).fit(A, y[:n])
    gap, J = duality_gap(model, A, y[:n])
    assert gap <= 1e-6 * J
    assert model.dual_gap_ == pytest.approx(gap, abs=1e-9 * J)


def wide_problems():
    """Yield rows with more columns than rows, or with columns that depend on each other."""
    rng = np.random.default_rng(0)
    A = rng.normal(size=(30, 8))
    yield "many columns", rng.normal(size=(30, 200))
    yield "signs", np.sign(rng.normal(size=(12, 60)))
    yield "columns that come four times", np.repeat(A, 4, axis=1)
    yield "columns and their negatives", np.hstack([A, -A])
    yield "mixtures of three columns", A[:, :3] @ rng.normal(size=(3, 40))
    yield "dummy variables", np.eye(6)[np.arange(30) % 6]
    yield "correlated columns", A @ rng.normal(size=(8, 8)) + 5 * A[:, :1]


WIDE = {name: A for name, A in wide_problems()}


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("l1_ratio", [1.0, 0.9])
@pytest.mark.parametrize("name", WIDE)
def test_lasso_and_elastic_net_close_the_gap_in_few_sweeps_and_never_rise(
    name, l1_ratio, fit_intercept
):
    A = WIDE[name]
    n = len(A)
    t = A[:, :3] @ [3.0, -2.0, 1.0] + np.random.default_rng(1).normal(size=n) + 7
    Z = A - A.mean(axis=0) * fit_intercept
    largest = np.abs(Z.T @ (t - t.mean() * fit_intercept)).max() / n
    params = {"l1_ratio": l1_ratio, "fit_intercept": fit_intercept, "max_iter": 300}
    for share in (0.5, 0.1, 0.01, 1e-3, 1e-4):
        model = LinearRegression(alpha=share * largest, **params).fit(A, t)
        gap, J = duality_gap(model, A, t)
        assert gap <= 1e-6 * J
        assert model.dual_gap_ == pytest.approx(gap, abs=1e-9 * J)
        assert (np.diff(model.loss_history_) <= 1e-12 * model.loss_history_[0]).all()
        if l1_ratio == 1:  # no more than the rows can tell apart
            assert (model.coef_ != 0).sum() <= np.linalg.matrix_rank(Z)


@pytest.mark.parametrize("name", WIDE)
def test_coordinate_descent_reaches_one_of_many_least_squares_solutions(name):
    A = WIDE[name]
    t = A[:, :3] @ [3.0, -2.0, 1.0] + np.random.default_rng(1).normal(size=len(A)) + 7
    model = LinearRegression(solver="cd", max_iter=10, tol=1e-12).fit(A, t)
    assert model.predict(A) == pytest.approx(LinearRegression().fit(A, t).predict(A), abs=1e-5)


def test_a_lasso_of_a_thousand_columns_and_fifty_rows_is_solved():
    rng = np.random.default_rng(0)
    A = rng.normal(size=(50, 1000))
    t = A[:, :9].sum(axis=1) + rng.normal(size=50)
    for alpha in (0.5, 0.05, 0.005):
        model = LinearRegression(alpha=alpha, l1_ratio=1.0, max_iter=400).fit(A, t)
        gap, J = duality_gap(model, A, t)
        assert gap <= 1e-6 * J and (model.coef_ != 0).sum() <= 49


def test_lasso_zeroes_what_ridge_only_shrinks():
    lasso = LinearRegression(alpha=5.0, l1_ratio=1.0).fit(Z, y)
    ridge = LinearRegression(alpha=5.0).fit(Z, y)
    assert (lasso.coef_ == 0).sum() == 5
    assert (ridge.coef_ != 0).all()


def test_the_smallest_alpha_that_empties_the_lasso_is_the_largest_pull():
    largest = np.abs(Z.T @ (y - y.mean())).max() / len(y)
    above = LinearRegression(alpha=largest * (1 + 1e-9), l1_ratio=1.0).fit(Z, y)
    below = LinearRegression(alpha=largest * (1 - 1e-3), l1_ratio=1.0).fit(Z, y)
    assert (above.coef_ == 0).all() and above.intercept_ == pytest.approx(y.mean())
    assert np.flatnonzero(below.coef_).tolist() == [2]  # the body mass index enters first


@pytest.mark.parametrize("solver", ["auto", "cd"])
def test_noise_free_data_are_no_reason_to_run_to_the_last_sweep(solver):
    truth = np.array([1.0, 2.0, 0.0, 3.0])
    A = np.random.default_rng(0).normal(size=(50, 4))
    for penalty in ({}, {"alpha": 1e-13, "l1_ratio": 1.0}, {"alpha": 1e-13, "l1_ratio": 0.5}):
        model = LinearRegression(solver=solver, **penalty).fit(A, A @ truth)
        assert model.n_iter_ < 50
        assert model.coef_ == pytest.approx(truth, abs=1e-6)


def test_gradient_descent_is_stable_below_two_over_the_largest_eigenvalue_and_not_above():
    for penalty, ridge in (({}, 0.0), ({"alpha": 2.0}, 2.0)):
        A = np.column_stack([Z, np.ones(len(Z))])
        H = A.T @ A / len(A) + np.diag([ridge] * 10 + [0])
        largest = 2 / np.linalg.eigvalsh(H)[-1]  # LR.11
        params = {"solver": "gd", "max_iter": 400, "tol": None, **penalty}
        below = LinearRegression(learning_rate=0.99 * largest, **params).fit(Z, y)
        assert (np.diff(below.loss_history_) <= 0).all()
        with pytest.warns(RuntimeWarning, match="diverged") as caught:
            above = LinearRegression(learning_rate=1.01 * largest, **params).fit(Z, y)
        message = str(caught.pop(RuntimeWarning).message)
        named = float(re.search(r"rate is (.*?)\. ", message).group(1))
        assert named == pytest.approx(largest, rel=1e-3)
        assert np.isfinite(above.predict(Z)).all()


@pytest.mark.parametrize("rate", [1.0, 1e10, 1e200])
@pytest.mark.parametrize("params", [{}, {"batch_size": 7}, {"fit_intercept": False}], ids=str)
def test_divergence_is_a_warning_and_never_a_page_of_nan(rate, params):
    model = LinearRegression(solver="gd", learning_rate=rate, random_state=0, **params)
    with pytest.warns(RuntimeWarning, match=r"largest stable full-batch rate is 0\.497"):
        model.fit(Z, y)
    assert np.isfinite(model.coef_).all() and np.isfinite(model.intercept_)
    J = objective(model, Z, y, model.coef_, model.intercept_)
    assert J == pytest.approx(model.loss_history_.min())
    assert not np.isnan(model.loss_history_).any()


@pytest.mark.parametrize("mean", [5.0, -5.0])
@pytest.mark.parametrize("slope", [0.0, 3.0, -3.0])
def test_gradient_descent_does_not_stop_before_both_signs_of_every_slope_are_small(mean, slope):
    x = np.array([[-1.0], [1.0]])  # centred: the slope in w and the slope in b do not mix
    model = LinearRegression(solver="gd", learning_rate=0.5, tol=1e-12)
    model.fit(x, mean + slope * x.ravel())
    assert model.n_iter_ > 10
    assert model.coef_ == pytest.approx([slope], abs=1e-9)
    assert model.intercept_ == pytest.approx(mean, rel=1e-9)


@pytest.mark.parametrize("alpha", [0.0, 0.5])
def test_gradient_descent_stops_at_the_first_epoch_that_is_flat_enough(alpha):
    model = LinearRegression(solver="gd", learning_rate=0.4, tol=1e-3, alpha=alpha).fit(Z, y)
    steepest = []
    for *w, b in model.coef_history_:
        r = y - Z @ w - b
        slope = np.append(-Z.T @ r / len(y) + alpha * np.array(w), -r.mean())  # LR.2
        steepest.append(np.abs(slope).max())
    assert 2 < model.n_iter_ < 1000
    assert steepest[-1] <= 1e-3 * steepest[0]
    assert min(steepest[:-1]) > 1e-3 * steepest[0]


def test_gradient_descent_with_an_l1_penalty_stops_where_the_subgradient_holds_0():
    params = {"alpha": 6.0, "l1_ratio": 0.8, "learning_rate": 0.4, "tol": 1e-9}
    model = LinearRegression(solver="gd", max_iter=5000, **params).fit(Z, y)
    r = y - model.predict(Z)
    pull = Z.T @ r / len(y) - 6 * (1 - 0.8) * model.coef_
    live = model.coef_ != 0
    assert 0 < live.sum() < 10
    assert pull[live] == pytest.approx(6 * 0.8 * np.sign(model.coef_[live]), rel=1e-6)
    assert (np.abs(pull[~live]) < 6 * 0.8).all()


def test_a_walk_that_fails_on_columns_of_different_units_is_told_to_scale_them():
    unequal = Z * np.geomspace(1, 1e4, 10)
    for rate, words in ((1e-10, "stopped at max_iter=9"), (1.0, "diverged")):
        with pytest.warns(RuntimeWarning, match=f"{words}.* Scale X: its columns have very"):
            LinearRegression(solver="gd", learning_rate=rate, max_iter=9).fit(unequal, y)
        with pytest.warns(RuntimeWarning, match=words) as caught:
            LinearRegression(solver="gd", learning_rate=rate, max_iter=9).fit(Z, y)
        assert "Scale X" not in str(caught.pop(RuntimeWarning).message)


def test_a_gradient_descent_that_runs_out_of_epochs_says_by_how_much():
    with pytest.warns(RuntimeWarning, match=r"max_iter=5: its slope is 0\.\d+ of the first, above"):
        LinearRegression(solver="gd", max_iter=5).fit(Z, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        LinearRegression(solver="gd", max_iter=5, tol=None).fit(Z, y)  # no verdict was asked for


def test_the_mean_gradient_does_not_grow_with_the_number_of_rows():
    params = {"solver": "gd", "learning_rate": 0.1, "max_iter": 20, "tol": None}
    few, many = (LinearRegression(**params).fit(np.tile(Z, (k, 1)), np.tile(y, k)) for k in (1, 12))
    assert many.coef_history_ == pytest.approx(few.coef_history_)


@pytest.mark.parametrize("batch_size", [None, 4, 2, 1])
def test_the_learning_rate_decays_on_the_global_step(batch_size):
    # Five equal rows x = 1, y = 2: whichever are drawn, an update multiplies w - 2 by 1 - rate.
    model = LinearRegression(
        solver="gd", fit_intercept=False, learning_rate=0.5, decay=0.25, batch_size=batch_size,
        max_iter=3, tol=None,
    ).fit(np.ones((5, 1)), np.full(5, 2.0))
    updates = 3 * {None: 1, 4: 2, 2: 3, 1: 5}[batch_size]
    left = np.prod([1 - 0.5 / (1 + 0.25 * t) for t in range(updates)])  # LR.10
    assert model.coef_ == pytest.approx([2 - 2 * left])


def test_decay_lets_stochastic_descent_settle():
    A = Z[:, [0, 2, 9]]
    best = LinearRegression().fit(A, y).coef_
    params = {"solver": "gd", "learning_rate": 0.05, "batch_size": 1, "max_iter": 20, "tol": None}
    constant, decaying = (
        relative_error(LinearRegression(decay=k, random_state=0, **params).fit(A, y).coef_, best)
        for k in (0.0, 0.02)
    )
    assert decaying < constant / 2


@every_penalty
@pytest.mark.parametrize("solver", ["auto", "normal", "svd", "cd", "gd"])
def test_a_weight_of_two_is_a_row_twice_and_a_weight_of_zero_a_row_less(solver, penalty):
    if solver in ("normal", "svd") and not without_l1(penalty):
        solver = "auto"
    params = {"solver": solver, "learning_rate": 0.4, "max_iter": 2000, "tol": 1e-10, **penalty}
    A = Z[:, [0, 1, 2, 3, 8, 9]]  # without the blood values, whose valley is too long for "gd"
    for seed in range(5):
        rng = np.random.default_rng(seed)
        rows = rng.choice(len(y), size=120, replace=False)
        s = rng.integers(0, 4, size=120)
        weighted = LinearRegression(**params).fit(A[rows], y[rows], sample_weight=s)
        repeated = LinearRegression(**params).fit(A[np.repeat(rows, s)], y[np.repeat(rows, s)])
        assert weighted.coef_ == pytest.approx(repeated.coef_, rel=1e-6, abs=1e-6)
        assert weighted.intercept_ == pytest.approx(repeated.intercept_)
        assert ((weighted.coef_ == 0) == (repeated.coef_ == 0)).all()
        if hasattr(weighted, "loss_history_"):
            J = repeated.loss_history_[-1]
            assert weighted.loss_history_[-1] == pytest.approx(J, rel=1e-9)


@every_penalty
@pytest.mark.parametrize("solver", ["auto", "cd", "gd"])
def test_only_the_proportions_of_the_weights_matter(solver, penalty):
    s = np.arange(len(y)) % 3
    A = Z[:, [0, 1, 2, 3, 8, 9]]
    params = {"solver": solver, "learning_rate": 0.4, "max_iter": 2000, "tol": 1e-10, **penalty}
    model = LinearRegression(**params).fit(A, y, sample_weight=s)
    for c in (1e-306, 1e306):
        scaled = LinearRegression(**params).fit(A, y, sample_weight=c * s)
        assert scaled.coef_ == pytest.approx(model.coef_, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("params", [
    {}, {"solver": "svd"}, {"alpha": 2.0, "l1_ratio": 1.0}, {"solver": "gd"},
    {"solver": "gd", "batch_size": 7}, {"solver": "gd", "batch_size": 1},
], ids=str)
def test_without_the_rows_of_weight_zero_the_fit_is_the_same_to_the_bit(params):
    s = np.arange(60) % 3
    models = [LinearRegression(max_iter=20, tol=None, random_state=5, **params) for _ in range(2)]
    models[0].fit(Z[:60], y[:60], sample_weight=s)
    models[1].fit(Z[:60][s > 0], y[:60][s > 0], sample_weight=s[s > 0])
    assert (models[0].coef_ == models[1].coef_).all()
    assert models[0].intercept_ == models[1].intercept_


@pytest.mark.parametrize("where", [0, 200])
@pytest.mark.parametrize("solver", [*EXACT, "cd"])
def test_a_row_of_weight_zero_may_hold_anything(where, solver):
    A = np.insert(Z, where, -1e308, axis=0)
    t = np.insert(y, where, 1e308)
    s = np.ones(len(y) + 1)
    s[where] = 0
    removed = LinearRegression(solver=solver, tol=1e-12).fit(Z, y)
    kept = LinearRegression(solver=solver, tol=1e-12).fit(A, t, s)
    assert (kept.coef_ == removed.coef_).all()


@pytest.mark.parametrize("params", [{}, {"alpha": 2.0, "l1_ratio": 1.0}], ids=str)
def test_the_order_of_rows_and_columns_does_not_matter(params):
    rng = np.random.default_rng(0)
    rows, columns = rng.permutation(len(y)), rng.permutation(10)
    model = LinearRegression(**params).fit(X, y)
    mixed = LinearRegression(**params).fit(X[rows][:, columns], y[rows])
    assert mixed.coef_ == pytest.approx(model.coef_[columns], rel=1e-8)


def test_without_an_intercept_the_fit_goes_through_the_origin():
    model = LinearRegression(fit_intercept=False).fit(FOUR_X, FOUR_Y)
    assert model.intercept_ == 0
    assert model.coef_ == pytest.approx([(2 + 6 + 15 + 24) / (1 + 4 + 9 + 16)])  # x.y / x.x


# --- 3. frozen oracles ---

# Minimisers by scikit-learn 1.9.1: LinearRegression; Ridge(alpha * n, solver="svd"); Lasso and
# ElasticNet with tol=1e-14. Coefficients, then the intercept. The weights are 0, 1, 2, 0, 1, 2...
# "Eight patients" are fewer rows than columns: the shortest of all least-squares solutions, the
# one and only lasso.
WINE = load_wine().X
IRIS = load_iris().X
ORACLES = {
    "diabetes": (X, y, {}, False, [
        -0.036361224223623534, -22.859648090498354, 5.602962091923719, 1.1168079933181838,
        -1.0899963340632226, 0.7464504555142124, 0.3720047150891379, 6.53383193599034,
        68.48312496478829, 0.2801169893214981, -334.5671385187875]),
    "diabetes, weighted": (X, y, {}, True, [
        -0.12470597627365873, -16.24662012572505, 5.418116589700981, 0.9201311218974935,
        -1.3924407121718687, 1.0407339394876116, 0.7749336734188967, 9.344323265853177,
        71.72529472890393, 0.3523327485524037, -345.30686066296187]),
    "ridge": (X, y, {"alpha": 0.5}, False, [
        -0.041795282535431875, -6.4787532785616335, 6.090370931951008, 1.0584894953655704,
        1.1469589262743645, -1.2822596667978088, -2.0189207293439475, 0.9110929820951972,
        3.677174711964849, 0.34875532964188133, -118.14433369129333]),
    "lasso, raw units": (X, y, {"alpha": 2.0, "l1_ratio": 1.0}, False, [
        0, -12.57838853508241, 6.099096011045747, 1.0878938185063765, 1.1953922614345651,
        -1.3020497681760417, -2.2084485120105226, 0, 1.4591714849530084, 0.35944469588643174,
        -98.64139105197208]),
    "lasso": (Z, y, {"alpha": 2.0, "l1_ratio": 1.0}, False, [
        0, -7.568198382742983, 24.622831566258416, 13.177846873990003, -2.716899713960697, 0,
        -10.053588335936704, 0, 23.147923012590226, 1.690371440911631, 152.13348416289602]),
    "elastic net": (Z, y, {"alpha": 1.0, "l1_ratio": 0.7}, False, [
        0.07613506734443891, -6.793802609223867, 20.219524821455423, 12.426973575839849,
        -0.6785412751302371, -2.81752472350972, -8.80771252998505, 4.741024301718322,
        17.40503903301195, 4.613252282342026, 152.13348416289602]),
    "wine, lasso, weighted": (WINE[:, :12], WINE[:, 12], {"alpha": 1.0, "l1_ratio": 1.0}, True, [
        106.89299872404217, -2.9819339987202587, 219.92671509522066, -35.39492838768373,
        2.7099062535690863, 19.916133154291213, 15.586206470902578, 0, 54.81282243068127,
        18.320864185845235, 51.031159342453485, 58.866293760928066, -1183.8530050514532]),
    "ridge, weighted": (X, y, {"alpha": 0.5}, True, [
        -0.13273209064417862, -4.561926572416217, 5.816876258696754, 0.9269740820105519,
        0.8676038969603792, -0.928752216488755, -1.9223079974608046, 0.6818243237104242,
        4.307651771370382, 0.36665292620524376, -92.81561098544739]),
    "wine, elastic net, weighted": (
        WINE[:, :12], WINE[:, 12], {"alpha": 0.1, "l1_ratio": 0.3}, True, [
            100.73129493499468, -1.8943421964402232, 88.36563883925213, -29.442372722117682,
            3.391149264874617, 26.327724454854117, 38.93839551986037, 13.47036764776405,
            33.640777637191995, 21.80439664644926, 29.880939618221, 48.4173003182726,
            -984.5638853826574]),
    "eight patients": (Z[:8], y[:8], {}, False, [
        -12.848542054919495, -7.328324483011255, -2.1594259933964124, 0.4076248797009773,
        -17.705980911600356, -18.617954957921004, -31.12019715932998, 68.25538847960351,
        -28.638524083355634, 6.286249919922923, 131.257878512879]),
    "eight patients, lasso": (Z[:8], y[:8], {"alpha": 2.0, "l1_ratio": 1.0}, False, [
        -6.335399311120622, -7.5722056904819235, 0, -13.936616741875664, 0, 0,
        -44.929871667085536, 3.673687204935865, 0, 0, 131.1334502824971]),
    "eight patients, elastic net": (Z[:8], y[:8], {"alpha": 1.0, "l1_ratio": 0.5}, False, [
        -8.25789851732102, -2.4771936147879035, 1.0362311056753335, -7.909625483860148,
        -5.156877893441804, -1.7999451508864617, -16.44051183506845, 9.24516220088488,
        9.011735013942706, 6.797908385025464, 138.53108736444372]),
    "wine, no intercept": (WINE[:, :12], WINE[:, 12], {"fit_intercept": False}, False, [
        30.048175822151617, -10.794667284124237, 257.0673648609014, -40.45010872281022,
        1.7288666708225549, 13.895739748109856, 55.08262994039169, -229.45966852112227,
        -5.254735784309753, 40.08993177950787, 134.2234917262467, 3.3056835813266576, 0]),
    "iris, petal width on length": (IRIS[:, 2:3], IRIS[:, 3], {}, False, [
        0.41575541635241153, -0.3630755213190291]),
}


@pytest.mark.parametrize("name", ORACLES)
def test_frozen_scikit_learn_fits_are_met(name):
    A, t, params, weighted, numbers = ORACLES[name]
    s = np.arange(len(t)) % 3 if weighted else None
    solvers = ["auto", "svd"] if without_l1(params) else ["auto", "cd"]
    if without_l1(params) and len(t) > 8:  # of fewer rows than columns it leaves the rest to "svd"
        solvers.append("normal")
    for solver in solvers:
        model = LinearRegression(solver=solver, tol=1e-12, **params).fit(A, t, s)
        assert np.append(model.coef_, model.intercept_) == pytest.approx(numbers, rel=1e-9)
        assert ((model.coef_ == 0) == (np.array(numbers[:-1]) == 0)).all()


# Employment in the United States (Longley, 1967): y, then price index, product, unemployed, armed
# forces, population, year. Coefficients, errors: certified by NIST, Statistical Reference Datasets.
LONGLEY = np.array("""
    60323  83.0 234289 2356 1590 107608 1947  61122  88.5 259426 2325 1456 108632 1948
    60171  88.2 258054 3682 1616 109773 1949  61187  89.5 284599 3351 1650 110929 1950
    63221  96.2 328975 2099 3099 112075 1951  63639  98.1 346999 1932 3594 113270 1952
    64989  99.0 365385 1870 3547 115094 1953  63761 100.0 363112 3578 3350 116219 1954
    66019 101.2 397469 2904 3048 117388 1955  67857 104.6 419180 2822 2857 118734 1956
    68169 108.4 442769 2936 2798 120445 1957  66513 110.8 444546 4681 2637 121950 1958
    68655 112.6 482704 3813 2552 123366 1959  69564 114.2 502601 3931 2514 125368 1960
    69331 115.7 518173 4806 2572 127852 1961  70551 116.9 554894 4007 2827 130081 1962
    """.split(), dtype=float).reshape(16, 7)
LONGLEY_FIT = [15.0618722713733, -0.0358191792925910, -2.02022980381683, -1.03322686717359,
               -0.0511041056535807, 1829.15146461355, -3482258.63459582]
LONGLEY_ERRORS = [890420.383607373, 84.9149257747669, 0.0334910077722432, 0.488399681651699,
                  0.214274163161675, 0.226073200069370, 455.478499142212]


@pytest.mark.parametrize("solver", EXACT)
def test_the_certified_digits_of_longley_are_met(solver):
    A, t = LONGLEY[:, 1:], LONGLEY[:, 0]
    model = LinearRegression(solver=solver).fit(A, t)
    assert np.append(model.coef_, model.intercept_) == pytest.approx(LONGLEY_FIT, rel=1e-13)
    assert linear_inference(model, A, t).std_error == pytest.approx(LONGLEY_ERRORS, rel=1e-11)


# --- 4. slow and obvious ---


def exact_least_squares(A, t):
    """Normal equations by elimination on fractions, never rounded: slopes, then the intercept."""
    rows = [[*map(Fraction, (*row, 1, v))] for row, v in zip(A.tolist(), t.tolist())]
    k = len(rows[0]) - 1
    M = [[sum(row[i] * row[j] for row in rows) for j in range(k + 1)] for i in range(k)]
    for p in range(k):
        M[p] = [v / M[p][p] for v in M[p]]
        for i in set(range(k)) - {p}:
            M[i] = [a - M[i][p] * b for a, b in zip(M[i], M[p])]
    return np.array([float(row[-1]) for row in M])


def hard_problems():
    rng = np.random.default_rng(0)
    for degree in (3, 5, 8):
        x = np.linspace(0.9, 1.1, 40)
        powers = x[:, None] ** np.arange(1, degree + 1)
        yield f"polynomial of degree {degree}", powers, np.sin(5 * x)
    for offset in (1e3, 1e6, 1e9):
        series = offset + rng.normal(size=(40, 3)).cumsum(axis=0)
        yield f"series around {offset:g}", series, series @ [1, -1, 2]
    yield "Longley", LONGLEY[:, 1:], LONGLEY[:, 0] / 1000
    mixed = rng.normal(size=(40, 3)) * [1e-8, 1, 1e8]
    yield "units from 1e-8 to 1e8", mixed, mixed @ [1e8, 1, 1e-8]


@pytest.mark.parametrize("solver", ["auto", "svd"])
@pytest.mark.parametrize(
    ("A", "t"), [p[1:] for p in hard_problems()], ids=[p[0] for p in hard_problems()]
)
def test_hard_problems_get_the_digits_of_orthogonal_factorisations(A, t, solver):
    rng = np.random.default_rng(0)
    size = np.abs(A - A.mean(axis=0)).max(axis=0)
    B = (A - A.mean(axis=0)) / size
    Q, R = np.linalg.qr(B)
    errors = []  # of ours, of an SVD and of a QR of the centred problem, for six samples of noise
    for _ in range(6):
        noisy = t + 0.1 * rng.normal(size=len(t))
        truth = exact_least_squares(A, noisy)
        model = LinearRegression(solver=solver).fit(A, noisy)
        q = noisy - noisy.mean()
        by_svd, by_qr = np.linalg.lstsq(B, q, rcond=1e-17)[0], np.linalg.solve(R, Q.T @ q)
        fits = (model.coef_ * size, by_svd, by_qr)
        errors.append([relative_error(w, truth[:-1] * size) for w in fits])
        assert model.rank_ == A.shape[1]
    ours, by_svd, by_qr = np.exp(np.log(np.array(errors) + 1e-15).mean(axis=0))
    assert ours <= 10 * min(by_svd, by_qr)  # luck varies, a lost digit squared would not hide


def test_normal_equations_that_would_lose_digits_are_handed_over():
    x = np.linspace(0.9, 1.1, 40)
    A = x[:, None] ** np.arange(1, 9)
    with pytest.warns(RuntimeWarning, match=r"too ill-conditioned: solver='svd' took over"):
        normal = LinearRegression(solver="normal").fit(A, np.sin(5 * x))
    assert (normal.coef_ == LinearRegression(solver="svd").fit(A, np.sin(5 * x)).coef_).all()


def deficient_problems():
    rng = np.random.default_rng(1)
    A = np.rint(100 * rng.normal(size=(30, 4)))  # integers, so that sums of columns are exact
    yield "repeated column", np.column_stack([A, A[:, 1]]), 4
    yield "sum of columns, offset", np.column_stack([A, A.sum(axis=1) + 1e4]), 4
    yield "dummy variables", np.eye(3)[np.arange(30) % 3], 2
    yield "wide", rng.normal(size=(30, 80)) + 5, 29
    yield "wide, far from zero", rng.normal(size=(6, 9)) + 1e6, 5
    yield "wide and repeated", np.repeat(A, 20, axis=1), 4
    yield "two rows", A[:2], 1
    yield "pixels that are always zero", np.column_stack([A, np.zeros((30, 3))]), 4


@pytest.mark.parametrize("solver", ["auto", "svd"])
@pytest.mark.parametrize(
    ("A", "rank"), [p[1:] for p in deficient_problems()], ids=[p[0] for p in deficient_problems()]
)
def test_of_many_minimisers_the_shortest_is_taken(A, rank, solver):
    t = y[: len(A)]
    B = A - A[0]  # exact or nearly so, and small: its mean is rounded far less than that of A
    shortest = np.linalg.lstsq(B - B.mean(axis=0), t - t.mean(), rcond=1e-11)[0]
    model = LinearRegression(solver=solver).fit(A, t)
    assert model.rank_ == rank
    assert model.coef_ == pytest.approx(shortest, rel=1e-8, abs=1e-8 * np.abs(shortest).max())


@pytest.mark.parametrize("solver", ["auto", "svd"])
def test_as_many_rows_as_columns_of_any_unit_are_solved_exactly(solver):
    A = np.random.default_rng(3).normal(size=(5, 5)) * [1e-9, 1e-4, 1, 1e4, 1e9]
    truth = np.array([1e9, -2e4, 3, 1e-4, 2e-9])
    model = LinearRegression(solver=solver, fit_intercept=False).fit(A, A @ truth)
    assert model.rank_ == 5
    assert model.coef_ == pytest.approx(truth, rel=1e-11)


def test_rows_of_weight_zero_add_no_rank_however_far_from_zero_the_columns_are():
    A, s = np.random.default_rng(2).normal(size=(6, 9)), np.array([1, 2, 0, 1, 3, 0])
    near, far = (LinearRegression().fit(A + shift, y[:6], s) for shift in (0, 2.0**30))
    assert near.rank_ == far.rank_ == 3  # four rows that count, less their mean
    assert far.coef_ == pytest.approx(near.coef_, rel=1e-4)


def test_ridge_is_least_squares_with_d_more_rows():
    alpha, n = 0.3, len(y)
    more = np.vstack([Z - Z.mean(axis=0), np.sqrt(n * alpha) * np.eye(10)])  # LR.7
    twin = np.linalg.lstsq(more, np.append(y - y.mean(), np.zeros(10)), rcond=None)[0]
    for solver in EXACT:
        model = LinearRegression(solver=solver, alpha=alpha).fit(Z, y)
        assert model.coef_ == pytest.approx(twin, rel=1e-10)
        assert not hasattr(model, "rank_")


@pytest.mark.parametrize("l1_ratio", [1.0, 0.8, 0.2])
@pytest.mark.parametrize("alpha", [0.1, 3.0, 12.0])
def test_the_best_of_all_sign_patterns_is_found(l1_ratio, alpha):
    A, n = Z[:, [2, 3, 4, 8]], len(y)
    model = LinearRegression(alpha=alpha, l1_ratio=l1_ratio, tol=1e-12)
    candidates = []
    for signs in itertools.product((-1, 0, 1), repeat=4):
        w, on = np.zeros(4), np.flatnonzero(signs)
        G = A[:, on].T @ A[:, on] + n * alpha * (1 - l1_ratio) * np.eye(len(on))
        pull = A[:, on].T @ (y - y.mean()) - n * alpha * l1_ratio * np.take(signs, on)
        w[on] = np.linalg.solve(G, pull)
        candidates.append((objective(model, A, y, w, y.mean() - A.mean(axis=0) @ w), w))
    best = min(candidates, key=lambda pair: pair[0])[1]
    assert model.fit(A, y).coef_ == pytest.approx(best, rel=1e-8, abs=1e-8)


def test_least_squares_is_what_all_solvers_do_by_default_whatever_the_share():
    twin = np.linalg.lstsq(np.column_stack([Z, np.ones(len(Z))]), y, rcond=None)[0]
    for solver in (*EXACT, "cd"):
        for params in ({}, {"l1_ratio": 1.0}, {"l1_ratio": 0.3}, {"alpha": 0}):
            model = LinearRegression(solver=solver, tol=1e-12, **params).fit(Z, y)
            assert np.append(model.coef_, model.intercept_) == pytest.approx(twin, rel=1e-6)
            assert hasattr(model, "rank_") == (solver != "cd")


def test_the_kind_of_penalty_is_said_by_alpha_and_l1_ratio_alone():
    with pytest.raises(TypeError, match="unexpected keyword argument 'penalty'"):
        LinearRegression(penalty="l1")
    ridge = LinearRegression(alpha=3).fit(Z, y)  # l1_ratio is 0 by default
    assert (ridge.coef_ == LinearRegression(alpha=3.0, l1_ratio=0).fit(Z, y).coef_).all()
    assert not hasattr(ridge, "dual_gap_") and not hasattr(ridge, "rank_")
    half = LinearRegression(alpha=3.0, l1_ratio=0.5, tol=1e-12).fit(Z, y)
    assert hasattr(half, "dual_gap_")
    lasso = LinearRegression(alpha=3.0, l1_ratio=1, tol=1e-12).fit(Z, y)
    for a, b in itertools.permutations([ridge, half, lasso], 2):  # each is the best of its own J
        assert objective(a, Z, y, a.coef_, a.intercept_) < objective(a, Z, y, b.coef_, b.intercept_)


@pytest.mark.parametrize(("solver", "n", "penalty", "road"), [
    ("auto", 60, {}, "_solve_normal_equations"),
    ("auto", 60, {"alpha": 0.3}, "_solve_normal_equations"),
    ("auto", 60, PENALTIES["lasso"], "_coordinate_descent"),
    ("auto", 8, {}, "_solve_by_singular_values"),  # fewer rows than columns
    ("auto", 8, {"alpha": 0.3}, "_solve_by_singular_values"),
    ("normal", 60, {}, "_solve_normal_equations"),
    ("normal", 8, {"alpha": 0.3}, "_solve_normal_equations"),
    ("svd", 60, {}, "_solve_by_singular_values"),
    ("svd", 60, {"alpha": 0.3}, "_solve_by_singular_values"),
    ("cd", 60, {"alpha": 0.3}, "_coordinate_descent"),
    ("cd", 60, {}, "_coordinate_descent"),
])
def test_each_solver_takes_its_own_road(monkeypatch, solver, n, penalty, road):
    roads = ("_solve_normal_equations", "_solve_by_singular_values", "_coordinate_descent")
    taken = []
    for name in roads:
        function = getattr(linear_regression, name)

        def record(*args, name=name, function=function):
            taken.append(name)
            return function(*args)

        monkeypatch.setattr(linear_regression, name, record)
    LinearRegression(solver=solver, **penalty).fit(Z[:n], y[:n])
    assert taken == [road]


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("offset", [0.0, 0.5, 0.95, 1.5, 30.0, 1e8])
def test_the_products_are_those_of_centred_rows_however_they_were_made(
    offset, weighted, fit_intercept
):
    rng = np.random.default_rng(0)
    A = rng.normal(size=(300, 4)) + offset * np.array([1, -1, 1, 0])
    t = A @ [1, 2, 3, 4] + rng.normal(size=300) + 50
    s = rng.choice([0.25, 0.5, 1.0], size=300) if weighted else np.ones(300)
    rows = _centre(A, t, s, fit_intercept, with_products=True)
    x_mean = s @ (A - A[0]) / s.sum() * fit_intercept + A[0] * fit_intercept
    y_mean = s @ t / s.sum() * fit_intercept
    B = (A - x_mean) * np.sqrt(s)[:, None]
    q = (t - y_mean) * np.sqrt(s)
    units = np.outer(rows.x_unit, rows.x_unit)
    assert rows.products.ZtZ * units == pytest.approx(B.T @ B, rel=1e-12, abs=1e-12)
    assert rows.products.Ztq * rows.x_unit * rows.y_unit == pytest.approx(B.T @ q, rel=1e-11)
    assert rows.products.qtq * rows.y_unit**2 == pytest.approx(q @ q)
    w = np.array([1.0, 0.5, -2.0, 0.1])
    Ztr = rows.Ztr(w * rows.x_unit / rows.y_unit) * rows.x_unit * rows.y_unit
    assert Ztr == pytest.approx(B.T @ (q - B @ w), rel=1e-11)
    # Without a copy of the rows, but only where that costs no digit.
    assert rows.is_plain == (not weighted and offset * fit_intercept < 0.9)


def test_gradient_descent_is_the_loop_of_the_textbook():
    rows, targets, w, b, rate = FOUR_X.ravel().tolist(), FOUR_Y.tolist(), 0.0, 0.0, 0.05
    for _ in range(30):
        residuals = [t - w * x - b for x, t in zip(rows, targets)]
        w_slope = -sum(r * x for r, x in zip(residuals, rows)) / 4
        b_slope = -sum(residuals) / 4
        w, b = w - rate * w_slope, b - rate * b_slope
    model = LinearRegression(solver="gd", learning_rate=rate, max_iter=30, tol=None)
    model.fit(FOUR_X, FOUR_Y)
    assert (model.coef_[0], model.intercept_) == pytest.approx((w, b), rel=1e-12)


@pytest.mark.parametrize("block", [1, 100, 2**30])
@pytest.mark.parametrize("params", [{}, {"solver": "svd"}, PENALTIES["lasso"]], ids=str)
def test_the_size_of_a_block_changes_nothing(monkeypatch, params, block):
    s = 1 + np.arange(len(y)) % 3
    whole, parts = (LinearRegression(tol=None, max_iter=20, **params) for _ in range(2))
    whole.fit(Z, y, s)
    monkeypatch.setattr("linear_regression._BLOCK", block)
    parts.fit(Z, y, s)
    assert parts.coef_ == pytest.approx(whole.coef_, rel=1e-11)
    assert parts.intercept_ == pytest.approx(whole.intercept_, rel=1e-13)


@pytest.mark.parametrize("params", [
    {"solver": "normal"}, {"solver": "svd"}, {"alpha": 0.01, "l1_ratio": 1.0},
    {"solver": "gd", "max_iter": 2, "tol": None}, {"solver": "gd", "learning_rate": 9.0},
], ids=str)
def test_memory_is_bounded(params):
    rng = np.random.default_rng(0)
    A = rng.normal(size=(100_000, 50))  # 40 MB
    t, s = A[:, 0] + rng.normal(size=100_000), rng.random(100_000)
    tracemalloc.start()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the last row of the table diverges on purpose
        LinearRegression(**params).fit(A, t, s).predict(A)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6  # half of X


# --- 5. bad input ---


def fit(X=X, y=y, sample_weight=None, **params):
    return LinearRegression(**params).fit(X, y, sample_weight)


def holed(value, dtype=float):
    """Return the diabetes data with `value` in row 3 of column 4."""
    A = X.astype(dtype)
    A[3, 4] = value
    return A


def framed_fit():
    """Return a model that was fitted to a table with the columns x0, ..., x9."""
    return LinearRegression().fit(Frame(X), y)


NAMES = [f"x{j}" for j in range(10)]
TWO = [1.0, 2.0]
DATES = np.array(["2024-01-01", "2024-01-02"], dtype="datetime64[D]")
V, T, R = ValueError, TypeError, RuntimeError
BAD = {
    # hyperparameters
    "negative alpha": (lambda: fit(alpha=-1), V, "alpha must be >= 0, got -1"),
    "alpha is nan": (lambda: fit(alpha=np.nan), V, "alpha must be >= 0, got nan"),
    "alpha is infinite": (lambda: fit(alpha=np.inf), V, "alpha must be >= 0 and finite, got inf"),
    "alpha is beyond float64": (lambda: fit(alpha=10**400), V, "alpha must be .* finite, got 1000"),
    "alpha is a string": (lambda: fit(alpha="1"), T, "alpha must be a number, got '1'"),
    "alpha is a bool": (lambda: fit(alpha=True), T, "alpha must be a number, got True"),
    "alpha is None": (lambda: fit(alpha=None), T, "alpha must be a number, got None"),
    "too large a share": (lambda: fit(l1_ratio=1.5), V, "l1_ratio must be >= 0 and <= 1, got 1.5"),
    "a share below 0": (lambda: fit(l1_ratio=-0.1), V, "l1_ratio must be >= 0 and <= 1, got -0.1"),
    "no learning": (lambda: fit(learning_rate=0), V, "learning_rate must be > 0, got 0"),
    "negative decay": (lambda: fit(decay=-0.1), V, "decay must be >= 0, got -0.1"),
    "empty batches": (lambda: fit(batch_size=0), V, "batch_size must be >= 1, got 0"),
    "half a row": (lambda: fit(batch_size=0.5), T, "batch_size must be an integer, got 0.5"),
    "no epochs": (lambda: fit(max_iter=0), V, "max_iter must be >= 1, got 0"),
    "a float of epochs": (lambda: fit(max_iter=1e3), T, "max_iter must be an integer, got 1000.0"),
    "tol of zero": (lambda: fit(tol=0), V, "tol must be > 0, got 0"),
    "tol is a word": (lambda: fit(tol="small"), T, "tol must be a number, got 'small'"),
    "unknown solver": (lambda: fit(solver="lsqr"), V,
                       "solver must be one of 'auto', 'normal', 'svd', 'cd', 'gd', got 'lsqr'"),
    "solver is None": (lambda: fit(solver=None), V, "solver must be one of .* got None"),
    "solver is an array": (lambda: fit(solver=X), V, "solver must be one of 'auto'"),
    "lasso by SVD": (lambda: fit(solver="svd", alpha=1, l1_ratio=1), V,
                     "solver='svd' has no L1 penalty, and l1_ratio=1 asks for one: use 'auto'"),
    "elastic net by normal equations": (lambda: fit(solver="normal", alpha=1, l1_ratio=0.1), V,
                                        "solver='normal' has no L1 penalty, and l1_ratio=0.1"),
    "fit_intercept='no'": (lambda: fit(fit_intercept="no"), T,
                           "fit_intercept must be True or False, got 'no'"),
    "fit_intercept=0": (lambda: fit(fit_intercept=0), T, "fit_intercept must be True or False"),
    "fit_intercept=None": (lambda: fit(fit_intercept=None), T, "fit_intercept must be True or F"),
    "a word as seed": (lambda: fit(random_state="seed"), T,
                       "random_state must be None, an integer >= 0 or a numpy.random.Generator, "
                       "got 'seed'"),
    "a seed below 0": (lambda: fit(random_state=-1), V, "random_state must be >= 0, got -1"),
    "a fraction as seed": (lambda: fit(random_state=0.5, solver="gd"), T, "random_state must be"),
    "a truth value as seed": (lambda: fit(random_state=True), T, "random_state must be None"),
    # the shape of X
    "flat X": (lambda: fit(y), V, r"non-empty 2-D array, got shape \(442,\)\. Reshape"),
    "3-D X": (lambda: fit(X[None]), V, r"non-empty 2-D array, got shape \(1, 442, 10\)"),
    "no rows": (lambda: fit(X[:0], y[:0]), V, r"0 sample\(s\), 10 feature\(s\)"),
    "no columns": (lambda: fit(X[:, :0]), V, r"442 sample\(s\), 0 feature\(s\)"),
    "ragged X": (lambda: fit([[1, 2], [3]], TWO), V, "X must be an array whose rows all have"),
    # the numbers of X
    "no X": (lambda: fit(None), V, "X is None: an array is needed"),
    "nan in X": (lambda: fit(holed(np.nan)), V, r"X contains NaN or infinity: X\[3, 4\] is nan"),
    "infinity in X": (lambda: fit(holed(-np.inf)), V, r"X\[3, 4\] is -inf"),
    "None in X": (lambda: fit([[1], [None]], TWO), V, r"X\[1, 0\] is None"),
    "NA in X": (lambda: fit(holed(NA, object)), V,
                r"column 4 holds a missing value: X\[3, 4\] is '<NA>'"),
    "a word in X": (lambda: fit(holed("red", object)), T,
                    r"column 4 holds text: X\[3, 4\] is 'red'"),
    "numerals in X": (lambda: fit([["1"], ["2"]], TWO), T, "column 0 holds text"),
    "numeral objects in X": (lambda: fit(np.array([["1"], ["2"]], object), TWO), T,
                             "column 0 holds text"),
    "numbers and numerals": (lambda: fit([[1, "2"], [3, "4"]], TWO), T, "column 1 holds text"),
    "bytes in X": (lambda: fit([[b"a"], [b"b"]], TWO), T, "column 0 holds text"),
    "words in a frame": (lambda: fit(Frame([["a"], ["b"]]), TWO), T, "column 0 holds text"),
    "dates in X": (lambda: fit(DATES[:, None], TWO), T, "column 0 holds a date"),
    "a dictionary in X": (lambda: fit([[{}], [{}]], TWO), T, "column 0 holds a dict"),
    "a huge integer": (lambda: fit([[1], [10**400]], TWO), V,
                       "column 0 holds a number beyond the range of float64"),
    "a span beyond float64": (lambda: fit([[1.7e308], [-1.7e308]], TWO), V,
                              "X spans more than the range of float64"),
    "complex X": (lambda: fit(X + 1j), V, "Complex data not supported: X must hold real numbers"),
    "sparse X": (lambda: fit(Sparse(X)), T, r"X is a sparse matrix, .* needed: X\.toarray\(\)"),
    "masked X": (lambda: fit(masked(X)), V, "X is a masked array"),
    # y
    "no y": (lambda: fit(y=None), V, "requires y to be passed, but the target y is None"),
    "y too short": (lambda: fit(y=y[:-1]), V, r"y should be .* shape \(442,\), got \(441,\)"),
    "two columns of y": (lambda: fit(y=X[:, :2]), V, r"shape \(442,\), got \(442, 2\)"),
    "one number as y": (lambda: fit(y=3.0), V, r"y should be a 1d array .* got \(\)"),
    "nan in y": (lambda: fit(y=y * np.nan), V, r"y contains NaN or infinity: y\[0\] is nan"),
    "a gap in a list": (lambda: fit([[1], [2]], [1, None]), V, r"y\[1\] is None"),
    "NA in y": (lambda: fit([[1], [2]], [1, NA]), V, "it holds a missing value"),
    "words in y": (lambda: fit(y=["high"] * 442), T, r"it holds text: y\[0\] is 'high'"),
    "numbers and words": (lambda: fit([[1], [2]], [1, "high"]), T, r"text: y\[1\] is 'high'"),
    "a word and a gap": (lambda: fit([[1], [2]], ["high", float("nan")]), T, "it holds text"),
    "numeral objects in y": (lambda: fit([[1], [2]], np.array(["1", "2"], object)), T, "text"),
    "dates in y": (lambda: fit([[1], [2]], DATES), T, "it holds a date"),
    "masked y": (lambda: fit(y=masked(y, 0)), V, "y is a masked array"),
    "a huge y": (lambda: fit([[1], [2]], [1, -(10**400)]), V, "y must be .* beyond the range"),
    "a span of y": (lambda: fit([[1], [2]], [1.7e308, -1.7e308]), V, "y spans more than the range"),
    # sample_weight
    "too few weights": (lambda: fit(sample_weight=[1]), V, r"sample_weight .* got \(1,\)"),
    "a negative weight": (lambda: fit(sample_weight=y - 99), V, "sample_weight must be >= 0"),
    "all weights zero": (lambda: fit(sample_weight=0 * y), V, "sample_weight .* not all zero"),
    "nan weight": (lambda: fit(sample_weight=y * np.nan), V, "sample_weight contains NaN"),
    "words as weights": (lambda: fit(sample_weight=["a"] * 442), T, "sample_weight must be an arr"),
    "masked weights": (lambda: fit(sample_weight=masked(y, 0)), V, "is a masked array"),
    # predict
    "predict unfitted": (lambda: LinearRegression().predict(X), R,
                         "LinearRegression is not fitted: call fit first"),
    "predict narrow": (lambda: fit().predict(X[:, :9]), V, "X has 9 features.*: fit saw 10"),
    "predict flat": (lambda: fit().predict(X[0]), V, r"X\.reshape\(1, -1\) one sample"),
    "predict nan": (lambda: fit().predict(holed(np.nan)), V, r"X\[3, 4\] is nan"),
    "predict None": (lambda: fit().predict(None), V, "X is None"),
    "predict masked": (lambda: fit().predict(masked(X)), V, "X is a masked array"),
    "columns in another order": (
        lambda: framed_fit().predict(Frame(X[:, ::-1], NAMES[::-1])), V,
        r"feature names should match .* columns \['x0', .*'x9'\], X has \['x9'"),
    "columns of other names": (
        lambda: framed_fit().predict(Frame(X, [*NAMES[:9], "age"])), V, r"X has .*'age'\]"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_met_at_the_door(name):
    call, error, message = BAD[name]
    with pytest.raises(error, match=message):
        call()


def test_the_names_of_columns_are_remembered_and_forgotten():
    model = framed_fit()
    assert model.feature_names_in_.tolist() == NAMES
    with_names, without = model.predict(Frame(X)), model.predict(X)  # without names is allowed
    assert (with_names == without).all()
    assert not hasattr(model.fit(X, y), "feature_names_in_")
    numbered = LinearRegression().fit(Frame(X, range(10)), y)  # numbers are no names
    assert not hasattr(numbered, "feature_names_in_")
    assert (numbered.predict(Frame(X)) == numbered.predict(X)).all()


def test_a_failed_fit_leaves_the_earlier_fit_usable():
    model = LinearRegression().fit(X, y)
    before, state = model.predict(X), set(vars(model))
    for bad_X, bad_y, alpha in (
        (X[:, :3], y[:-1], 0.0),
        (holed(np.nan), y, 0.0),
        (Frame(X[:, :3]), y, -1),
        ([[1.7e308], [-1.7e308]], [1, 2], 0.0),
    ):
        model.alpha = alpha
        with pytest.raises(ValueError):
            model.fit(bad_X, bad_y)
        assert (model.predict(X) == before).all()
        assert set(vars(model)) == state


# --- 6. robustness ---


DEFAULTS = {
    "fit_intercept": True, "solver": "auto", "alpha": 0.0, "l1_ratio": 0.0,
    "learning_rate": 0.01, "decay": 0.0, "batch_size": None, "max_iter": 1000, "tol": 1e-6,
    "random_state": None,
}


def test_the_defaults_are_those_of_this_table_and_of_the_docstring():
    signature = inspect.signature(LinearRegression).parameters
    assert {name: p.default for name, p in signature.items()} == DEFAULTS
    assert all(p.kind == p.KEYWORD_ONLY for p in signature.values())
    assert documented_defaults(LinearRegression) == DEFAULTS
    assert faults(LinearRegression) == faults(LinearRegression.fit) == []
    assert documented_defaults(LinearRegression.fit) == {"sample_weight": None}


def test_the_constructor_stores_its_arguments_and_does_nothing_else():
    defaults = {k: p.default for k, p in inspect.signature(LinearRegression).parameters.items()}
    assert vars(LinearRegression()) == defaults
    strange = {name: object() for name in defaults}
    nothing = dict.fromkeys(defaults)
    assert vars(LinearRegression(**strange)) == strange
    assert vars(LinearRegression(**nothing)) == nothing


def test_fit_returns_the_model_and_leaves_its_hyperparameters_alone():
    too_fast = {"solver": "gd", "learning_rate": 9, "tol": None}
    for params in ({}, too_fast, PENALTIES["lasso"]):
        model = LinearRegression(random_state=np.random.default_rng(0), **params)
        given = dict(vars(model))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that gradient descent diverges
            assert model.fit(Z, y) is model
        assert all(vars(model)[name] is value for name, value in given.items())


@pytest.mark.parametrize(
    "params", [{}, {"solver": "svd"}, {"alpha": 1.0, "l1_ratio": 1.0}, {"alpha": 1.0}], ids=str
)
def test_one_row_is_predicted_by_its_own_target(params):
    model = LinearRegression(**params).fit([[1.0, 2.0]], [3.0])
    assert (model.coef_ == 0).all() and model.intercept_ == 3
    assert model.predict([[7.0, 8.0]]).tolist() == [3.0]


@every_penalty
def test_rows_that_all_come_twice_change_nothing(penalty):
    once = LinearRegression(**penalty).fit(Z, y)
    twice = LinearRegression(**penalty).fit(np.vstack([Z, Z]), np.append(y, y))
    assert twice.coef_ == pytest.approx(once.coef_, rel=1e-9)


@pytest.mark.parametrize("solver", [*EXACT, "cd"])
def test_equal_rows_with_different_targets_are_predicted_by_their_mean(solver):
    model = LinearRegression(solver=solver).fit([[0], [0], [1], [1]], [0, 4, 10, 20])
    assert model.predict([[0], [1]]) == pytest.approx([(0 + 4) / 2, (10 + 20) / 2], rel=1e-14)


@pytest.mark.parametrize("solver", ["auto", "normal", "svd", "cd"])
@pytest.mark.parametrize("alpha", [0.0, 0.5])
def test_constant_columns_cost_neither_digits_nor_the_normal_equations(solver, alpha):
    zero, one = np.zeros(len(y)), np.ones(len(y))
    A = np.column_stack([zero, Z[:, :5], 3 * one, Z[:, 5:], one])
    live = [1, 2, 3, 4, 5, 7, 8, 9, 10, 11]
    for s in (None, 1 + np.arange(len(y)) % 3):
        model = LinearRegression(solver=solver, alpha=alpha, tol=1e-12).fit(A, y, s)  # no warning
        without = LinearRegression(solver=solver, alpha=alpha, tol=1e-12).fit(A[:, live], y, s)
        assert model.coef_[[0, 6, 12]].tolist() == [0, 0, 0]
        assert model.coef_[live] == pytest.approx(without.coef_, rel=1e-9)
        if alpha == 0 and solver != "cd":
            assert model.rank_ == without.rank_ == 10


def test_a_zero_has_no_sign():
    for params in ({"solver": "cd"}, {"solver": "gd", "learning_rate": 0.3, "tol": None}):
        model = LinearRegression(alpha=5.0, l1_ratio=1.0, **params).fit(-Z, y)
        zeros = model.coef_[model.coef_ == 0]
        assert len(zeros) > 0 and not np.signbit(zeros).any()


@every_penalty
@pytest.mark.parametrize("value", [0.0, 0.1, -7e12])
def test_a_constant_column_gets_exactly_zero(penalty, value):
    A = np.column_stack([Z[:, :4], np.full(len(y), value), Z[:, 4:]])
    model = LinearRegression(**penalty).fit(A, y, 1 + np.arange(len(y)) % 3)
    without = LinearRegression(**penalty).fit(Z, y, 1 + np.arange(len(y)) % 3)
    assert model.coef_[4] == 0
    assert np.delete(model.coef_, 4) == pytest.approx(without.coef_, rel=1e-6)


@pytest.mark.parametrize("c", [1e3, 1e-3, 1e300, 1e-300])
@pytest.mark.parametrize("what", ["X", "y"])
@pytest.mark.parametrize(
    ("params", "power"),
    [
        ({"solver": "normal"}, 0), ({"solver": "svd"}, 0), ({"solver": "cd", "tol": 1e-12}, 0),
        ({"alpha": 2.0, "l1_ratio": 1.0}, 1), ({"alpha": 0.3}, 2),
    ],
    ids=str,
)
def test_units_may_be_of_any_size(params, power, c, what):
    c = c**0.5 if power == 2 else c  # alpha grows by c**2, which has to stay a number
    model = LinearRegression(**params).fit(Z, y)
    if what == "X":  # w is in units of y / X, the price of |w| in y X and of |w|^2 in X^2
        scaled = LinearRegression(**{**params, "alpha": model.alpha * c**power}).fit(Z * c, y)
        assert scaled.coef_ * c == pytest.approx(model.coef_, rel=1e-8)
    else:
        alpha = model.alpha * c ** (power % 2)
        scaled = LinearRegression(**{**params, "alpha": alpha}).fit(Z, y * c)
        assert scaled.coef_ / c == pytest.approx(model.coef_, rel=1e-8)
    assert np.isfinite(scaled.intercept_)


@every_penalty
def test_constant_data_are_predicted_by_their_mean(penalty):
    model = LinearRegression(**penalty).fit(np.full((6, 2), 7.0), [1.0, 2.0, 6.0] * 2)
    assert (model.coef_ == 0).all() and model.predict([[7, 7]]) == pytest.approx([3.0])


def test_a_constant_target_is_its_own_intercept():
    for penalty in PENALTIES.values():
        model = LinearRegression(**penalty).fit(X, np.full(len(X), 3.3))
        assert (model.coef_ == 0).all() and model.intercept_ == 3.3


def test_gradient_descent_on_enormous_columns_warns_and_stays_finite():
    with pytest.warns(RuntimeWarning, match="diverged"):
        model = LinearRegression(solver="gd").fit(Z * 1e200, y)
    assert np.isfinite(model.predict(Z)).all()


def test_the_stable_rate_of_tiny_columns_is_that_of_the_intercept_alone():
    with pytest.warns(RuntimeWarning, match=r"largest stable full-batch rate is 2\."):
        LinearRegression(solver="gd", learning_rate=3.0).fit(Z * 1e-200, y)


def test_a_batch_of_all_rows_is_the_full_batch():
    params = {"solver": "gd", "max_iter": 3, "tol": None}
    full = LinearRegression(**params).fit(Z, y)
    for size in (len(y), 10 * len(y)):
        assert (LinearRegression(batch_size=size, **params).fit(Z, y).coef_ == full.coef_).all()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "params",
    [{}, {"alpha": 0.1, "l1_ratio": 1.0}, {"solver": "gd", "max_iter": 50, "tol": None}],
    ids=str,
)
def test_any_form_of_the_same_numbers_gives_the_same_fit(form, params):
    rng = np.random.default_rng(0)
    A = rng.integers(-9, 9, size=(30, 3)).astype(float)
    t = A @ [1, 0, -2] + rng.integers(0, 5, 30)
    model, other = (LinearRegression(**params) for _ in range(2))
    other.fit(FORMS[form](A), t.astype(int).tolist())
    assert other.coef_ == pytest.approx(model.fit(A, t).coef_, rel=1e-12)
    assert other.predict(FORMS[form](A)) == pytest.approx(model.predict(A), rel=1e-12)
    assert other.coef_.dtype == other.predict(FORMS[form](A)).dtype == float


def test_truth_values_and_a_column_of_targets_are_numbers_too():
    model = LinearRegression().fit([[True], [False], [True], [False]], [[3], [1], [5], [1]])
    assert model.coef_ == pytest.approx([3.0])
    assert model.predict([[False]]) == pytest.approx([1.0])


@every_penalty
@pytest.mark.parametrize("solver", ["auto", "gd"])
def test_a_row_predicts_the_same_alone_as_in_company_of_any_kind(solver, penalty):
    params = {"solver": solver, "learning_rate": 0.1, "max_iter": 50, "tol": None, **penalty}
    model = LinearRegression(**params).fit(Z, y)
    by_hand = [sum(v * w for v, w in zip(row, model.coef_)) + model.intercept_ for row in Z[:20]]
    rng = np.random.default_rng(0)
    companies = {
        "none": Z[:0],
        "the training rows": Z,
        "rows far away": Z[:50] * 10 + 30,
        "one enormous row": np.full((1, 10), 1e9),
        "rows of zeros": np.zeros((9, 10)),
        "the same row again and again": np.repeat(Z[300:301], 40, axis=0),
    }
    for company in companies.values():
        together = model.predict(np.vstack([Z[:20], company]))[:20]
        assert together == pytest.approx(by_hand, rel=1e-12)
    alone = [model.predict(Z[i : i + 1])[0] for i in range(20)]
    assert alone == pytest.approx(by_hand, rel=1e-12)
    order = rng.permutation(20)
    shuffled = model.predict(Z[:20][order])
    assert shuffled == pytest.approx(np.array(by_hand)[order], rel=1e-12)


@pytest.mark.parametrize("solver", [*EXACT, "cd", "gd"])
def test_input_is_left_as_it_was_and_later_changes_do_not_reach_the_model(solver):
    A, t, s = Z.copy(), y.copy(), 1 + np.arange(len(y)) % 3.0
    model = LinearRegression(solver=solver, tol=None, max_iter=5).fit(A, t, s)
    model.predict(A)
    assert (A == Z).all() and (t == y).all() and (s == 1 + np.arange(len(y)) % 3).all()
    before = copy.deepcopy(vars(model))
    A[:], t[:], s[:] = 0, 0, 0
    for name, value in before.items():
        assert np.array_equal(getattr(model, name), value)


@pytest.mark.parametrize("params", [
    {"solver": "gd", "max_iter": 3}, {"solver": "gd", "learning_rate": 9.0},
    {"alpha": 0.01, "l1_ratio": 1.0, "max_iter": 1, "tol": 1e-12},
], ids=str)
def test_a_warning_names_the_line_of_fit_and_finds_the_model_whole(params):
    A = Z + 2 * Z[:, :1]
    with pytest.warns(RuntimeWarning) as caught:
        warned = LinearRegression(**params).fit(A, y)
    assert caught.pop(RuntimeWarning).filename == __file__
    refused = LinearRegression(**params)
    with pytest.raises(RuntimeWarning):  # here warnings are errors
        refused.fit(A, y)
    assert (refused.predict(A) == warned.predict(A)).all()
    assert vars(refused).keys() == vars(warned).keys()


def test_a_second_fit_forgets_the_first():
    used = LinearRegression(solver="gd", tol=None, max_iter=5).fit(Z, y)
    used.solver, used.tol, used.max_iter = "auto", 1e-6, 1000
    fresh = LinearRegression().fit(X[:, :3], y)
    used.fit(X[:, :3], y)
    assert set(vars(used)) == set(vars(fresh))
    assert (used.coef_ == fresh.coef_).all() and used.n_features_in_ == 3


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
@pytest.mark.parametrize("params", [{}, {"solver": "gd", "tol": None}, PENALTIES["lasso"]], ids=str)
def test_a_model_survives_pickle_and_deepcopy(duplicate, params):
    model = LinearRegression(**params).fit(Z, y)
    twin = duplicate(model)
    assert (twin.predict(Z) == model.predict(Z)).all()
    assert set(vars(twin)) == set(vars(model))
    assert not any(callable(value) for value in vars(model).values())


@pytest.mark.parametrize("batch_size", [1, 32])
def test_a_seed_fixes_the_result_and_leaves_the_global_generator_alone(batch_size):
    def path(random_state):
        model = LinearRegression(solver="gd", batch_size=batch_size, max_iter=3, tol=None,
                                 random_state=random_state)
        return model.fit(Z, y).coef_history_

    before = str(np.random.get_state())  # noqa: NPY002
    assert (path(0) == path(0)).all()  # 0 is a seed like any other
    assert (path(0) != path(1)).any() and (path(None) != path(None)).any()
    rng = np.random.default_rng(0)
    assert (path(rng) == path(0)).all() and (path(rng) != path(0)).any()  # drawn on from there
    assert str(np.random.get_state()) == before  # noqa: NPY002
