"""Tests of the support vector machines: by hand, by theory, against frozen numbers, against slow
twins, with bad input and with awkward input. SVM.1 and so on are formulas of
`references/math_notes.md`.
"""

import copy
import datetime
import inspect
import itertools
import pickle
import tracemalloc
import types
import warnings

import numpy as np
import pytest
import svm
from svm import SVC, SVR, LinearSVC

from utils.data_generators import make_blobs, make_circles, make_moons
from utils.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine
from utils.docstrings import documented_defaults
from utils.forms import FORMS, Frame, Sparse
from utils.preprocessing import StandardScaler


def standardised(load):
    X, y = load()[:2]
    return StandardScaler().fit_transform(X), y


IRIS, IRIS_Y = standardised(load_iris)
WINE, WINE_Y = standardised(load_wine)
CANCER, CANCER_Y = standardised(load_breast_cancer)
DIABETES, PROGRESSION = standardised(load_diabetes)
DIGITS, DIGITS_Y = load_digits()[:2]
MOONS, MOONS_Y = make_moons(120, noise=0.3, random_state=0)

KERNELS = {
    "linear": {"kernel": "linear"},
    "rbf": {"kernel": "rbf", "gamma": 0.7},
    "poly": {"kernel": "poly", "degree": 2, "gamma": 0.5, "coef0": 1.0},
    "callable": {"kernel": lambda A, B: (1 + A @ B.T) ** 2},
}
every_kernel = pytest.mark.parametrize("params", KERNELS.values(), ids=KERNELS)


def gram(params, A, B):
    """K of SVM.11, one pair of samples at a time."""
    gamma, c = params.get("gamma"), params.get("coef0", 0.0)
    formulas = {
        "linear": lambda x, z: x @ z,
        "rbf": lambda x, z: np.exp(-gamma * np.sum((x - z) ** 2)),
        "poly": lambda x, z: (gamma * (x @ z) + c) ** params["degree"],
        "sigmoid": lambda x, z: np.tanh(gamma * (x @ z) + c),
    }
    kernel = params["kernel"]
    k = formulas.get(kernel, lambda x, z: kernel(x[None], z[None])[0, 0])
    return np.array([[k(x, z) for z in B] for x in A])


def pegasos(**params):
    """A LinearSVC that takes the small steps of Pegasos, and gives no verdict if not asked to."""
    return LinearSVC(loss="hinge", **{"tol": None, "random_state": 0, **params})


def squared_hinge(Z, y, w, prices):
    """P of SVM.16 and its gradient, one row at a time."""
    P = w @ w / 2
    g = w.copy()
    for z, label, price in zip(Z, y, prices):
        violation = max(0, 1 - label * (z @ w))
        P += price * violation**2
        g -= 2 * price * violation * label * z
    return P, g


def with_ones(X):
    return np.column_stack([X, np.ones(len(X))])


def beta_of(model, n, row=0):
    beta = np.zeros(n)
    beta[model.support_] = model.dual_coef_[row]
    return beta


def primal(model, X, y, K, beta):
    """P of SVM.1 or SVM.2 at the fitted f, from public attributes only."""
    f = K @ beta + model.intercept_[0]
    if isinstance(model, SVR):
        losses = np.maximum(0, abs(y - f) - model.epsilon)
    else:
        losses = np.maximum(0, 1 - np.where(y == model.classes_[1], 1, -1) * f)
    return beta @ K @ beta / 2 + model.C * losses.sum()


# --- 1. by hand ---

LINE, LABELS = np.array([[0.0], [2.0], [3.0]]), np.array([0, 1, 1])
# The street between 0 and 2 is 2 wide: f(x) = x - 1. One step does it: R_01 = (2 - 0)^2 / 2 = 2,
# delta = (1 - -1) / (2 * 2) = 1/2, so beta = -1/2, 1/2, 0 and w = 1/2 * 2 = 1.


def test_the_widest_street_between_three_points():
    model = SVC(kernel="linear").fit(LINE, LABELS)
    assert model.support_.tolist() == [0, 1] and model.n_support_.tolist() == [1, 1]
    assert model.dual_coef_.tolist() == [pytest.approx([-0.5, 0.5])]
    assert model.coef_.tolist() == [pytest.approx([1.0])]
    assert model.intercept_ == pytest.approx([-1.0])
    assert model.n_iter_.tolist() == [1]
    assert model.dual_objective_history_[0] == pytest.approx([0, 0.5])  # w^2 / 2, no loss
    assert model.dual_gap_ == pytest.approx([0], abs=1e-12)
    assert model.decision_function([[1], [5]]) == pytest.approx([0, 4])
    assert model.predict([[0.9], [1.1]]).tolist() == [0, 1]


def test_a_cheap_street_is_bounded_by_the_price():
    # C = 1/4 stops the step early: beta = -1/4, 1/4, 0 and w = 1/2. Then 3 and 0 are the steepest
    # pair, but 0 is at its bound; no multiplier is free. s = t + R beta = -1/2, 1/2, -0 for
    # R_01 = 2, R_02 = 9/2, R_12 = 1/2: 3 may only rise (slope 0), 2 and 0 may only go back.
    # Balance: rise is 0 (of 3) at most, fall 1/2 (of 2) at least: b halfway, less h.beta = 1/2.
    model = SVC(kernel="linear", C=0.25).fit(LINE, LABELS)
    assert model.coef_[0] == pytest.approx([0.5])
    assert model.intercept_[0] == pytest.approx((0 + 0.5) / 2 - 0.5)
    # P = 1/8 + C (1 + f(0)) + C (1 - f(2)) + C (1 - f(3))+ with f = x/2 - 1/4
    assert model.dual_gap_[0] == pytest.approx(0, abs=1e-12)
    assert model.dual_objective_history_[0][-1] == pytest.approx(1 / 8 + (3 / 4 + 1 / 4) / 4)


def test_a_tube_around_two_points():
    # From (0, 0) to (1, 1) in a tube of half width 1/4: slope (1 - 2/4) / 1, through (0, 1/4).
    model = SVR(kernel="linear", epsilon=0.25, C=10).fit([[0], [1]], [0, 1])
    assert model.coef_[0] == pytest.approx([0.5])
    assert model.intercept_ == pytest.approx([0.25])
    assert model.dual_coef_[0] == pytest.approx([-0.5, 0.5])
    assert model.dual_objective_history_[0] == pytest.approx([0, 1 / 8])  # w^2 / 2


def test_three_epochs_of_pegasos_on_two_points():
    # x = -1, 1 with y = -1, 1, C = 1, all rows in each step: w = 0 + C n/2 (1/n)... in numbers
    # t = 2: both inside the margin, w = (1 - 2/2) 0 + (2/2)(1 + 1) = 2, mean 2
    # t = 4: margins 2, none inside, w = (1 - 2/4) 2 = 1, mean 2 + 2/3 (1 - 2) = 4/3
    # t = 6: margins 1, not below 1, w = (1 - 2/6) 1 = 2/3, mean 4/3 + 2/4 (2/3 - 4/3) = 1
    model = pegasos(fit_intercept=False, batch_size=2, max_iter=3)
    model.fit([[-1.0], [1.0]], ["no", "yes"])
    assert model.coef_ == pytest.approx(1.0) and model.intercept_ == 0
    assert model.loss_history_ == pytest.approx([2**2 / 2, (4 / 3) ** 2 / 2, 1 / 2])
    assert model.iterate_loss_history_ == pytest.approx([2, 1 / 2, (2 / 3) ** 2 / 2 + 2 / 3])
    # alpha = 1, 1/2, 1/3 for both rows: D = 2 alpha - w^2 / 2
    assert model.dual_history_ == pytest.approx([2 - 2, 1 - 1 / 2, 2 / 3 - 2 / 9])
    assert model.dual_gap_ == pytest.approx([1 / 2 - 4 / 9])


def test_one_newton_step_on_two_points():
    # At w = 0 both x = -1 and 1 are inside the margin: g = -2 (1 + 1) = -4, H = 1 + 2 (1 + 1) = 5.
    # So w = 4/5; both are still inside, by 1/5, and 4/5 - 2 (1/5 + 1/5) = 0 is the gradient.
    model = LinearSVC(fit_intercept=False).fit([[-1.0], [1.0]], ["no", "yes"])
    assert model.coef_ == pytest.approx(4 / 5)
    assert model.intercept_ == 0
    assert model.n_iter_ == 1
    P = (4 / 5) ** 2 / 2 + (1 / 5) ** 2 + (1 / 5) ** 2
    assert model.loss_history_ == pytest.approx([P])
    alpha = 2 / 5  # 2 C times the violation, for both: D = 2 alpha - w^2 / 2 - 2 alpha^2 / 4
    assert model.dual_history_ == pytest.approx([2 * alpha - (4 / 5) ** 2 / 2 - alpha**2 / 2])


def test_a_class_of_twice_the_price_lets_the_street_grow_to_the_third_point():
    # The case of C = 1/4 above, but 0 may go to -1/2. After the first step beta = -1/4, 1/4, 0
    # and s = -1/2, 1/2, 0: now 3 rises and 0 falls by (0 + 1/2) / (2 * 9/2) = 1/18.
    # w = 2/4 + 3/18 = 2/3, and f(0) = -1, f(3) = 1: 2 is on the street and pays.
    for weights in ({"class_weight": {0: 2}}, {"class_weight": {0: 4, 1: 2}, "C": 0.125}):
        model = SVC(**{"kernel": "linear", "C": 0.25, **weights}).fit(LINE, LABELS)
        assert model.dual_coef_[0] == pytest.approx([-1 / 4 - 1 / 18, 1 / 4, 1 / 18])
        assert model.coef_[0] == pytest.approx([2 / 3])
        assert model.intercept_ == pytest.approx([-1])
    weighted = SVC(kernel="linear", C=0.25).fit(LINE, LABELS, sample_weight=[2, 1, 1])
    assert weighted.dual_coef_ == pytest.approx(model.dual_coef_)
    assert weighted.intercept_ == pytest.approx(model.intercept_)


# --- 2. theory ---


@every_kernel
@pytest.mark.parametrize("C", [0.1, 1.0, 100.0])
def test_the_kkt_conditions_hold_to_tol(params, C):
    model = SVC(C=C, tol=1e-6, **params).fit(MOONS, MOONS_Y)
    sign = np.where(MOONS_Y == 1, 1, -1)
    alpha = sign * beta_of(model, len(MOONS))
    margin = sign * model.decision_function(MOONS)
    assert abs((sign * alpha).sum()) < 1e-9 * C
    assert alpha.min() >= 0 and alpha.max() <= C
    assert (margin[alpha == 0] >= 1 - 1e-5).all()
    assert (margin[alpha == C] <= 1 + 1e-5).all()
    assert margin[(alpha > 0) & (alpha < C)] == pytest.approx(1, abs=1e-5)


@every_kernel
@pytest.mark.parametrize("epsilon", [0.0, 0.2])
def test_the_kkt_conditions_of_regression_hold_to_tol(params, epsilon):
    y = np.sin(3 * MOONS[:, 0]) + MOONS[:, 1]
    model = SVR(C=2.0, epsilon=epsilon, tol=1e-6, **params).fit(MOONS, y)
    beta, error = beta_of(model, len(y)), y - model.predict(MOONS)
    assert abs(beta.sum()) < 1e-9 and abs(beta).max() <= 2
    assert (abs(error[beta == 0]) <= epsilon + 1e-5).all()
    free = (beta != 0) & (abs(beta) < 2)
    assert error[free] == pytest.approx(epsilon * np.sign(beta[free]), abs=1e-5)
    assert (np.sign(beta) * error)[abs(beta) == 2].min() >= epsilon - 1e-5


@every_kernel
@pytest.mark.parametrize("steps", [1, 10, 30, -1])
def test_the_gap_and_the_dual_are_those_of_the_definitions(params, steps):
    K = gram(params, MOONS, MOONS)
    problems = ((SVC(C=3.0), MOONS_Y), (SVR(C=3.0), MOONS[:, 0] ** 2))
    for (model, y), cache_size in itertools.product(problems, (200, 0.01)):  # 0.01: 64 of 120 rows
        vars(model).update(params, max_iter=steps, cache_size=cache_size)
        if steps > 0:
            with pytest.warns(RuntimeWarning, match="SMO stopped after"):
                model.fit(MOONS, y)
        else:
            model.fit(MOONS, y)
        beta = beta_of(model, len(y))
        t = y if isinstance(model, SVR) else 2 * y - 1
        eps = getattr(model, "epsilon", 0)
        D = t @ beta - eps * abs(beta).sum() - beta @ K @ beta / 2
        assert model.dual_objective_history_[0][-1] == pytest.approx(D, rel=1e-9)
        gap = primal(model, MOONS, y, K, beta) - D
        assert model.dual_gap_[0] == pytest.approx(gap, rel=1e-6, abs=1e-9)
        assert gap > -1e-9


@every_kernel
def test_the_dual_objective_never_falls_and_the_gap_closes(params):
    model = SVC(C=100.0, tol=1e-5, **params).fit(MOONS, MOONS_Y)
    D = model.dual_objective_history_[0]
    assert len(D) == model.n_iter_[0] + 1 and D[0] == 0
    assert (np.diff(D) >= -1e-12 * D[-1]).all() and D[-1] > 0
    assert 0 <= model.dual_gap_[0] <= len(MOONS) * model.C * model.tol


@pytest.mark.parametrize("load", [load_iris, load_wine, load_breast_cancer, load_digits])
@pytest.mark.parametrize("C", [1.0, 100.0])
def test_a_tol_of_1e_5_is_within_a_millionth_of_the_optimum(load, C):
    X, y = load()[:2]
    X = X[::2] if load is load_digits else StandardScaler().fit_transform(X)
    y = y[::2] if load is load_digits else y
    found, best = (SVC(C=C, tol=tol).fit(X, y) for tol in (1e-5, 1e-11))
    for D, D_best in zip(found.dual_objective_history_, best.dual_objective_history_):
        assert D[-1] == pytest.approx(D_best[-1], rel=1e-6)
    assert (best.dual_gap_ < 1e-6 * found.dual_gap_.max() + 1e-8).all()


def test_the_most_steps_are_those_of_the_docstring():
    assert svm._most_steps(-1, 7) == 100_000 + 100 * 7
    assert svm._most_steps(9, 7) == 9


def test_a_fit_cut_short_is_the_beginning_of_the_long_one():
    long = SVC().fit(MOONS, MOONS_Y).dual_objective_history_[0]
    for steps in (1, 7, 30):
        with pytest.warns(RuntimeWarning, match=f"after {steps} steps: KKT conditions violated by"):
            short = SVC(max_iter=steps).fit(MOONS, MOONS_Y)
        assert short.n_iter_.tolist() == [steps]
        assert (short.dual_objective_history_[0] == long[: steps + 1]).all()


def test_only_support_vectors_matter():
    X, y = make_blobs(80, centers=2, random_state=3)[:2]
    model = SVC(kernel="linear", tol=1e-9).fit(X, y)
    again = SVC(kernel="linear", tol=1e-9).fit(X[model.support_], y[model.support_])
    assert len(model.support_) < 20
    assert again.coef_ == pytest.approx(model.coef_, rel=1e-6)
    assert again.intercept_ == pytest.approx(model.intercept_, rel=1e-6)


def test_every_free_support_vector_lies_on_a_kerb_and_one_at_the_bound_does_not():
    # The intercept of the first support vector would be wrong: that one is at the bound.
    model = SVC(C=0.1, tol=1e-8).fit(CANCER, CANCER_Y)
    f, alpha = model.decision_function(CANCER[model.support_]), abs(model.dual_coef_[0])
    assert alpha[0] == 0.1 and abs(abs(f[0]) - 1) > 0.01
    assert (alpha < 0.1).sum() > 5
    assert abs(f[alpha < 0.1]) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("steps", [120, 200])
def test_the_intercept_is_the_mean_over_all_free_support_vectors(steps):
    with pytest.warns(RuntimeWarning, match="KKT"):  # they do not agree yet
        model = SVC(C=1.0, tol=1e-12, max_iter=steps).fit(CANCER, CANCER_Y)
    f, beta = model.decision_function(CANCER), beta_of(model, len(CANCER))
    free = (beta != 0) & (abs(beta) < 1)
    named = np.sign(beta[free]) - (f[free] - model.intercept_[0])
    assert np.ptp(named) > 1e-6
    assert model.intercept_[0] == pytest.approx(named.mean(), abs=1e-12)


@pytest.mark.parametrize("C", [0.1, 0.7, 1 / 3, 3.3])
def test_multipliers_at_a_bound_are_there_exactly(C):
    for X, y in ((MOONS, MOONS_Y), (CANCER, CANCER_Y)):
        alpha = abs(SVC(C=C, kernel="linear").fit(X, y).dual_coef_)
        assert (alpha == C).sum() > 5
        assert not ((alpha != C) & (alpha > C * (1 - 1e-9))).any() and alpha.min() > 1e-12 * C


@pytest.mark.parametrize("seed", [8, 20, 51, 103, 147, 163])  # where beta + (C - beta) > C once was
def test_no_multiplier_exceeds_the_price_by_a_rounding(seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(40, 2))
    y, C = X[:, 0] + rng.normal(size=40), rng.uniform(0.1, 20)
    for model, target in ((SVR(C=C, epsilon=0.0), y), (SVC(C=C), y > 0)):
        beta = model.fit(X, target).dual_coef_[0]
        assert (abs(beta) == C).any() and abs(beta).max() == C
        assert abs(beta.sum()) < 1e-12 * C


def test_the_loosest_and_the_tightest_price():
    X, y = make_blobs(40, centers=2, random_state=3)[:2]
    hard = SVC(kernel="linear", C=1e6).fit(X, y)  # separable: the hard margin
    margin = (2 * y - 1) * hard.decision_function(X)
    assert margin.min() == pytest.approx(1, abs=1e-2)
    loose = SVC(kernel="linear", C=1e-6).fit(X, y)
    assert (abs(loose.dual_coef_) == 1e-6).all()
    assert np.linalg.norm(loose.coef_) < 1e-3


@pytest.mark.parametrize("params", [{"gamma": 0.7}, {"kernel": "linear"}], ids=str)
def test_a_shift_of_all_samples_changes_nothing(params):
    model = SVC(tol=1e-8, **params).fit(MOONS, MOONS_Y)
    far = SVC(tol=1e-8, **params).fit(MOONS + 2.0**27, MOONS_Y)  # adds no rounding worth naming
    f, f_far = model.decision_function(MOONS), far.decision_function(MOONS + 2.0**27)
    assert f_far == pytest.approx(f, abs=2e-6)


def test_the_order_of_rows_and_the_names_of_classes_do_not_matter():
    order = np.random.default_rng(0).permutation(len(WINE))
    words = np.array(["b", "a", "c"])[WINE_Y]  # 0 and 1 change places
    model = SVC(tol=1e-8).fit(WINE, WINE_Y)
    other = SVC(tol=1e-8).fit(WINE[order], words[order])
    assert other.classes_.tolist() == ["a", "b", "c"]
    f, g = model.decision_function(WINE), other.decision_function(WINE)
    assert g[:, [1, 0, 2]] == pytest.approx(f, abs=1e-5)
    assert np.sort(order[other.support_]).tolist() == np.sort(model.support_).tolist()


def test_a_constant_added_to_y_adds_to_the_intercept_alone():
    model = SVR(tol=1e-8).fit(DIABETES, PROGRESSION)
    lifted = SVR(tol=1e-8).fit(DIABETES, PROGRESSION + 1000)
    assert lifted.intercept_ == pytest.approx(model.intercept_ + 1000)
    assert lifted.dual_coef_ == pytest.approx(model.dual_coef_, abs=1e-5)


def test_the_votes_and_the_trust_of_every_pair():
    model = SVC(decision_function_shape="ovo").fit(IRIS, IRIS_Y)
    f = model.decision_function(IRIS)
    votes, trust = np.zeros((2, len(IRIS), 3))
    for row, values in enumerate(f):
        for (a, b), value in zip(itertools.combinations(range(3), 2), values):
            votes[row, a if value >= 0 else b] += 1
            trust[row, a] += value
            trust[row, b] -= value
    assert (model.predict(IRIS) == votes.argmax(axis=1)).all()
    model.decision_function_shape = "ovr"
    score = model.decision_function(IRIS)
    assert score == pytest.approx(votes + trust / (3 * abs(trust) + 3))
    assert (np.rint(score) == votes).all()  # trust never outweighs a vote


def test_a_score_of_zero_and_equal_votes_go_to_the_first_class():
    X = np.full((6, 2), 3.0)  # nothing to tell the classes apart: every f is 0
    for k, score in ((2, [0.0]), (3, [[2.0, 1.0, 0.0]])):
        y = np.arange(6) % k
        model = SVC().fit(X, y)
        assert model.decision_function(X[:1]).tolist() == score
        assert model.predict(X).tolist() == [0] * 6


def test_the_public_attributes_of_many_classes_are_a_whole_model():
    X, y = DIGITS[::4], DIGITS_Y[::4]
    model = SVC(kernel="linear", decision_function_shape="ovo").fit(X, y)
    assert (np.diff(y[model.support_]) >= 0).all()
    assert (np.bincount(y[model.support_]) == model.n_support_).all()
    assert (X[model.support_] == model.support_vectors_).all()
    ends = np.append(0, np.cumsum(model.n_support_))
    K = X[:50] @ model.support_vectors_.T
    f = model.decision_function(X[:50])
    for p, (a, b) in enumerate(itertools.combinations(range(10), 2)):
        A, B = slice(ends[a], ends[a + 1]), slice(ends[b], ends[b + 1])
        by_hand = (K[:, A] @ model.dual_coef_[b - 1, A] + K[:, B] @ model.dual_coef_[a, B]
                   + model.intercept_[p])
        assert by_hand == pytest.approx(f[:, p], abs=1e-8)
        assert f[:, p] == pytest.approx(X[:50] @ model.coef_[p] + model.intercept_[p])


@pytest.mark.parametrize("cut", [(0, 1), (1, 2), (0, 2)], ids=str)
def test_a_pair_of_many_is_the_machine_of_those_two_classes_alone(cut):
    rows = np.isin(WINE_Y, cut)
    pair = SVC(gamma=0.1, tol=1e-8).fit(WINE[rows], WINE_Y[rows])
    all_of_them = SVC(gamma=0.1, tol=1e-8, decision_function_shape="ovo").fit(WINE, WINE_Y)
    p = [(0, 1), (0, 2), (1, 2)].index(cut)
    f = all_of_them.decision_function(WINE)[:, p]
    assert -pair.decision_function(WINE) == pytest.approx(f, abs=1e-6)
    assert pair.dual_gap_ == pytest.approx(all_of_them.dual_gap_[p], abs=1e-6)


def test_a_large_price_is_reached_by_newton_steps():
    # Pair by pair this takes more than a million steps and is then still far from the optimum.
    X, y = load_wine()[:2]
    model = SVC(kernel="linear", C=1e6).fit(X[y > 0], y[y > 0])
    assert model.n_iter_[0] < 5000
    assert model.dual_objective_history_[0][-1] == pytest.approx(5.2425967, rel=1e-6)


def test_circles_need_a_kernel():
    X, y = make_circles(200, noise=0.05, factor=0.4, random_state=0)
    assert (SVC().fit(X, y).predict(X) == y).mean() == 1
    assert (SVC(kernel="linear").fit(X, y).predict(X) == y).mean() < 0.75


@pytest.mark.parametrize("batch_size", [1, 16, 1000])
@pytest.mark.parametrize("data", [(IRIS, IRIS_Y, 15.215153948), (CANCER, CANCER_Y, 4.366007031)],
                         ids=["iris", "breast cancer"])
def test_the_certificate_of_pegasos_brackets_the_minimum(data, batch_size):
    # The minima are those of scikit-learn 1.9.1, LinearSVC(loss="hinge", C=0.1, tol=1e-10).
    X, y, least = data
    model = pegasos(C=0.1, batch_size=batch_size, max_iter=20).fit(X, y)
    assert (model.loss_history_ >= least - 1e-6).all()
    assert (model.iterate_loss_history_ >= least - 1e-6).all()
    assert (model.dual_history_ <= least + 1e-6).all()
    gap = model.loss_history_[-1] - model.dual_history_[-1]
    assert model.dual_gap_.sum() == pytest.approx(gap)
    assert model.loss_history_[-1] - least <= gap


def test_the_averaged_weights_settle_where_the_last_ones_jump():
    model = pegasos(C=1.0, batch_size=1, max_iter=60)
    model.fit(IRIS[50:], IRIS_Y[50:])
    mean, last = model.loss_history_[10:], model.iterate_loss_history_[10:]
    assert np.std(np.diff(mean)) < np.std(np.diff(last)) / 5
    assert mean[-1] < np.median(last[-10:])


def test_pegasos_stops_at_its_certificate_and_says_when_it_cannot():
    model = pegasos(C=0.01, tol=0.01).fit(CANCER, CANCER_Y)
    assert model.n_iter_ < 1000
    assert model.dual_gap_[0] <= 0.01 * model.loss_history_[-1]
    message = r"Pegasos stopped at max_iter=2: the duality gap is .* above tol=0\.01\. .*max_iter"
    with pytest.warns(RuntimeWarning, match=message):
        pegasos(tol=0.01, max_iter=2).fit(CANCER, CANCER_Y)


@pytest.mark.parametrize("C", [1e-6, 1e-2, 1.0, 1e3, 1e6])
@pytest.mark.parametrize("data", [(IRIS[:100, :2], IRIS_Y[:100]), (WINE[50:], WINE_Y[50:] == 1)],
                         ids=["iris", "wine"])
def test_the_squared_hinge_ends_where_its_gradient_is_0(data, C):
    X, label = data
    y = np.where(label == 1, 1, -1)
    model = LinearSVC(C=C, tol=1e-12).fit(X, y)
    w = np.append(model.coef_[0], model.intercept_)
    P, g = squared_hinge(with_ones(X), y, w, np.full(len(X), C))
    assert model.loss_history_[-1] == pytest.approx(P)
    assert np.linalg.norm(g) < 1e-5 * np.linalg.norm(w)
    assert (np.diff(model.loss_history_) <= 0).all()
    for direction in np.vstack([np.eye(len(w)), -np.eye(len(w))]):
        assert squared_hinge(with_ones(X), y, w + 1e-3 * direction, np.full(len(X), C))[0] > P


def test_the_optimum_of_the_squared_hinge_is_ridge_regression_on_the_rows_inside_the_margin():
    y = np.where(CANCER_Y == 1, 1, -1)
    model = LinearSVC(C=0.3, tol=1e-14).fit(CANCER, y)
    inside = y * model.decision_function(CANCER) < 1
    Z = with_ones(CANCER)[inside]
    assert 50 < inside.sum() < 500
    w = np.linalg.solve(np.eye(31) + 2 * 0.3 * Z.T @ Z, 2 * 0.3 * Z.T @ y[inside])
    assert np.append(model.coef_[0], model.intercept_) == pytest.approx(w, rel=1e-7)


def test_the_gap_of_the_squared_hinge_is_that_of_its_multipliers():
    y = np.where(CANCER_Y == 1, 1, -1)
    C = 0.5
    for steps in (1, 2, 3):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = LinearSVC(C=C, max_iter=steps).fit(CANCER, y)
        violation = np.maximum(0, 1 - y * model.decision_function(CANCER))
        w = np.append(model.coef_[0], model.intercept_)
        alpha = 2 * C * violation
        v = (alpha * y) @ with_ones(CANCER)
        D = alpha.sum() - v @ v / 2 - (alpha**2).sum() / (4 * C)
        P = w @ w / 2 + C * (violation**2).sum()
        assert model.dual_history_[-1] == pytest.approx(D)
        assert model.dual_gap_[0] == pytest.approx(P - D)
        assert P - D > 0


def test_newton_stops_at_its_certificate_and_says_when_it_cannot():
    model = LinearSVC(tol=1e-3).fit(CANCER, CANCER_Y)
    gap = model.loss_history_ - model.dual_history_
    assert (gap[:-1] > 1e-3 * model.loss_history_[:-1]).all()
    assert gap[-1] <= 1e-3 * model.loss_history_[-1]
    message = (r"Newton's method stopped at max_iter=2: the duality gap is .* of the objective, "
               r"above tol=0\.0001\. Raise max_iter or tol")
    with pytest.warns(RuntimeWarning, match=message):
        stopped = LinearSVC(max_iter=2).fit(CANCER, CANCER_Y)
    assert stopped.n_iter_ == len(stopped.loss_history_) == 2


def test_without_a_tol_newton_goes_on_until_rounding_stops_it_and_does_not_warn():
    model = LinearSVC(tol=None).fit(CANCER, CANCER_Y)
    assert model.n_iter_ < 50
    assert model.dual_gap_[0] < 1e-20
    assert LinearSVC(tol=None, max_iter=2).fit(CANCER, CANCER_Y).n_iter_ == 2


WEIGHTED = {
    "SVC": lambda **kw: SVC(tol=1e-9, **kw),
    "linear SVC": lambda **kw: SVC(kernel="linear", tol=1e-9, **kw),
    "SVR": lambda **kw: SVR(tol=1e-9, **kw),
    "LinearSVC": lambda **kw: LinearSVC(tol=1e-14, **kw),
    "Pegasos": lambda **kw: pegasos(batch_size=10**6, max_iter=9, **kw),
}


def score_of(model, X):
    return getattr(model, "decision_function", model.predict)(X)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("make", WEIGHTED.values(), ids=WEIGHTED)
def test_a_weight_of_two_is_the_row_twice_and_a_weight_of_zero_is_no_row(make, seed):
    rng = np.random.default_rng(seed)
    n_classes = [2, 3, 6][seed % 3]
    params = {"C": [0.01, 1.0, 20.0][seed // 2]}
    X = rng.normal(size=(40, 3))
    y = rng.integers(n_classes, size=40)
    weight = rng.integers(4, size=40)
    weight[y == y[0]] += 1  # one class at least is whole
    repeated = np.repeat(np.arange(40), weight)
    if make is WEIGHTED["SVR"]:
        y = y + rng.normal(size=40)
    elif seed % 2:
        params["class_weight"] = "balanced"
    weighted = make(**params).fit(X, y, sample_weight=weight)
    again = make(**params).fit(X[repeated], y[repeated])
    queries = 2 * rng.normal(size=(30, 3))
    assert score_of(weighted, queries) == pytest.approx(score_of(again, queries), abs=1e-6)
    assert weighted.dual_gap_ == pytest.approx(again.dual_gap_, abs=1e-6)
    if hasattr(weighted, "support_"):
        assert set(weighted.support_) <= set(repeated)
        assert (weighted.support_vectors_ == X[weighted.support_]).all()


@pytest.mark.parametrize("make", WEIGHTED.values(), ids=WEIGHTED)
def test_equal_weights_are_a_price(make):
    for target in (WINE_Y, WINE_Y > 0):
        weighted = make(C=0.1).fit(WINE, target, sample_weight=np.full(len(WINE), 3.0))
        dear = make(C=0.3).fit(WINE, target)
        assert score_of(weighted, WINE) == pytest.approx(score_of(dear, WINE), abs=1e-6)


@pytest.mark.parametrize("make", [SVC, LinearSVC, pegasos])
def test_a_class_without_weight_is_no_class(make):
    model = make().fit(IRIS, IRIS_Y, sample_weight=IRIS_Y > 0)
    alone = make().fit(IRIS[50:], IRIS_Y[50:])
    assert model.classes_.tolist() == [1, 2]
    assert (model.decision_function(IRIS) == alone.decision_function(IRIS)).all()
    with pytest.raises(ValueError, match=r"at least 2 classes, got 1 class: .*2"):
        make().fit(IRIS, IRIS_Y, sample_weight=IRIS_Y == 2)


def test_class_weights_are_prices_of_the_rows_of_a_class():
    factor = np.array([3.0, 1.0, 0.5])
    named = SVC(tol=1e-9, gamma=0.1, class_weight={0: 3, 2: 0.5}).fit(WINE, WINE_Y)
    given = SVC(tol=1e-9, gamma=0.1).fit(WINE, WINE_Y, sample_weight=factor[WINE_Y])
    assert named.dual_coef_ == pytest.approx(given.dual_coef_, abs=1e-6)
    # In LinearSVC the factor of a class holds for its own f, and the rest has the factor 1.
    model = LinearSVC(tol=1e-14, class_weight={0: 3, 2: 0.5}).fit(WINE, WINE_Y)
    for c in range(3):
        own = np.where(WINE_Y == c, factor[c], 1.0)
        alone = LinearSVC(tol=1e-14).fit(WINE, WINE_Y == c, sample_weight=own)
        assert model.coef_[c] == pytest.approx(alone.coef_[0])
    both = LinearSVC(tol=1e-14, class_weight={0: 3, 1: 0.5}).fit(CANCER, CANCER_Y)
    given = LinearSVC(tol=1e-14).fit(CANCER, CANCER_Y, sample_weight=np.take([3, 0.5], CANCER_Y))
    assert both.coef_ == pytest.approx(given.coef_)


def test_balanced_classes_have_the_same_total_price():
    rows = np.r_[:20, 50:100]  # 20 and 50 flowers: factors 35 / 20 and 35 / 50
    X, y = IRIS[rows], IRIS_Y[rows]
    for model in (SVC(C=1e-3), LinearSVC(C=1e-3, tol=1e-14), pegasos(C=1e-3, max_iter=5)):
        balanced = copy.copy(model)
        balanced.class_weight = "balanced"
        balanced.fit(X, y)
        model.class_weight = {0: 35 / 20, 1: 35 / 50}
        model.fit(X, y)
        assert balanced.decision_function(X) == pytest.approx(model.decision_function(X))
    assert SVC(C=1e-3, class_weight="balanced").fit(X, y).dual_coef_.sum() == pytest.approx(0)


def test_the_intercept_is_in_the_middle_if_every_multiplier_is_at_a_bound_but_for_rounding():
    # With balanced classes and a small C all are at their bounds. They add up to 0, so the last
    # one misses its bound by rounding, and must not be taken for a free one.
    rng = np.random.default_rng(0)
    for n_up in (11, 13, 17, 23):
        y = np.arange(40) < n_up
        X = rng.normal(size=(40, 2)) + y[:, None]
        model = SVC(C=1e-2, class_weight="balanced", tol=1e-9).fit(X, y)
        prices = 1e-2 * np.where(y, 20 / n_up, 20 / (40 - n_up))
        assert abs(beta_of(model, 40)) == pytest.approx(prices)
        b = np.where(y, 1, -1) - model.decision_function(X) + model.intercept_
        assert model.intercept_[0] == pytest.approx((b[~y].max() + b[y].min()) / 2)


# --- 3. frozen oracles ---

# scikit-learn 1.9.1 with tol=1e-12, fitted to the rows whose number is not a multiple of 3:
# dual objective summed over pairs, support vectors, share of right predictions on the other rows,
# sum of |intercept|, and sum of prediction * (1, 2, 3, ...), which any other prediction changes.
POLY = {"kernel": "poly", "degree": 2, "coef0": 1.0}
ORACLES = [
    ("iris", {}, 25.8301514058, 44, 0.980000, 0.34725636, 1827),
    ("iris", {"kernel": "linear"}, 13.9087341277, 23, 0.980000, 4.37739417, 1827),
    ("iris", {"C": 100.0}, 465.948671045, 27, 0.980000, 0.34260806, 1758),
    ("iris", POLY, 15.4335383063, 26, 1.000000, 3.41704308, 1802),
    ("wine", {}, 26.4311594139, 59, 1.000000, 1.34908573, 2460),
    ("wine", {"kernel": "linear"}, 4.18918300765, 25, 0.983333, 1.49748855, 2493),
    ("wine", {"C": 100.0}, 31.5920967241, 54, 1.000000, 1.24890718, 2460),
    ("wine", POLY, 11.9335761821, 37, 0.983333, 1.24682086, 2493),
    ("breast cancer", {}, 44.6250559151, 91, 0.984211, 0.14376281, 12710),
    ("breast cancer", {"kernel": "linear"}, 15.7055883412, 31, 0.978947, 0.08383197, 12426),
    ("breast cancer", {"C": 100.0}, 158.127894968, 58, 0.968421, 0.10936947, 12462),
    ("breast cancer", POLY, 30.6815468866, 54, 0.984211, 0.35302436, 12710),
    ("digits", {}, 661.200303799, 570, 0.991653, 11.32218482, 832378),
    ("digits", {"kernel": "linear"}, 0.699131736876, 369, 0.973289, 29.05404686, 822496),
    ("digits", {"C": 100.0}, 782.095922586, 508, 0.991653, 12.03716600, 838350),
    ("digits", POLY, 249.133152366, 429, 0.986644, 14.40404664, 830354),
]
DATA = {"iris": (IRIS, IRIS_Y), "wine": (WINE, WINE_Y), "breast cancer": (CANCER, CANCER_Y),
        "digits": (DIGITS, DIGITS_Y)}


@pytest.mark.parametrize(
    ("name", "params", "dual", "support", "accuracy", "intercepts", "checksum"), ORACLES, ids=str
)
def test_frozen_scikit_learn_fits_are_met(
    name, params, dual, support, accuracy, intercepts, checksum
):
    X, y = DATA[name]
    train = np.arange(len(X)) % 3 != 0
    model = SVC(tol=1e-5, **params).fit(X[train], y[train])
    assert sum(D[-1] for D in model.dual_objective_history_) == pytest.approx(dual, rel=1e-6)
    assert abs(len(model.support_) - support) <= (name == "iris")  # equal flowers share a beta
    assert abs(model.intercept_).sum() == pytest.approx(intercepts, rel=2e-4)
    for fitted in (model, SVC(**params).fit(X[train], y[train])):  # and at the default tol
        predicted = fitted.predict(X[~train])
        assert (predicted == y[~train]).mean() == pytest.approx(accuracy, abs=1e-6)
        assert predicted @ np.arange(1, len(predicted) + 1) == checksum


def test_a_frozen_scikit_learn_fit_is_met_number_for_number():
    model = SVC(tol=1e-8).fit(WINE, WINE_Y)  # scikit-learn 1.9.1, tol=1e-12
    assert model.n_support_.tolist() == [19, 31, 19]
    assert model.support_[[0, 34, -1]].tolist() == [3, 81, 170]
    frozen = [[0.080024846, -1, 0], [0.239249967, 0, -0.056950416]]
    assert model.dual_coef_[:, [0, 34, -1]] == pytest.approx(np.array(frozen), abs=1e-6)
    assert model.intercept_ == pytest.approx([-0.784598397, -0.083968838, 0.466277726], abs=1e-6)
    ovr = [[2.241330277, 0.857630088, -0.217493367], [-0.213473304, 2.210483703, 1.021129172],
           [-0.216308108, 0.940621363, 2.224583362]]
    ovo = [[1.453311736, 1.16975632, 0.707776748], [-1.074100679, -0.706920943, 0.639243522],
           [-0.783253827, -1.065134895, -1.000000019]]
    rows = WINE[[0, 70, 133]]
    assert model.decision_function(rows) == pytest.approx(np.array(ovr), abs=1e-6)
    model.decision_function_shape = "ovo"
    assert model.decision_function(rows) == pytest.approx(np.array(ovo), abs=1e-6)


@pytest.mark.parametrize(
    ("params", "predicted", "support", "intercept"),
    [
        ({"C": 100.0}, [224.617771895, 75.099985712, 184.288541388], 441, 161.44795799),
        ({"kernel": "linear", "C": 10.0, "epsilon": 20.0},
         [202.115760766, 67.541050586, 169.229648007], 314, 151.20955546),
        ({**POLY, "epsilon": 5.0}, [182.581017037, 79.981496532, 163.05439031], 414, 143.08065201),
    ],
    ids=str,
)
def test_frozen_regressions_are_met(params, predicted, support, intercept):
    model = SVR(tol=1e-6, **params).fit(DIABETES, PROGRESSION)  # scikit-learn 1.9.1, tol=1e-10
    assert model.predict(DIABETES[:3]) == pytest.approx(predicted, rel=1e-5)
    assert len(model.support_) == model.n_support_[0] == support
    assert model.intercept_ == pytest.approx([intercept], rel=1e-5)


# scikit-learn 1.9.1, LinearSVC with tol=1e-12, fitted to the same rows as above: objective summed
# over the classes, sum of |coef|, sum of intercepts, and the same checksum of its predictions.
LINEAR_ORACLES = [
    ("iris", {}, 83.2877028492, 7.0745783, -3.00386063, 1831),
    ("iris", {"C": 0.01}, 1.58575172132, 2.02840028, -0.686662713, 1966),
    ("iris", {"class_weight": "balanced", "C": 0.1}, 10.7082488259, 4.1431085, -1.71074849, 1872),
    ("iris", {"fit_intercept": False}, 129.655025892, 6.85607766, 0.0, 1851),
    ("wine", {}, 9.3045966859, 14.76937, -2.31989493, 2493),
    ("wine", {"C": 0.01}, 1.00669255212, 4.21044388, -0.707000451, 2460),
    ("wine", {"class_weight": "balanced", "C": 0.1}, 3.3491548909, 7.99917582, -1.34280667, 2493),
    ("breast cancer", {}, 15.1904649508, 11.8649798, -0.0429696503, 12620),
    ("breast cancer", {"C": 0.01}, 0.545896639974, 2.77941318, 0.12517453, 12696),
    ("breast cancer", {"class_weight": "balanced", "C": 0.1}, 2.96317975287, 5.89140145,
     -0.00397549661, 12522),
    ("digits", {}, 146.673068886, 57.6485717, -7.93143503, 831785),
    ("digits", {"class_weight": "balanced", "C": 0.1}, 20.8680105674, 34.9846861, -2.03736169,
     823908),
    ("digits", {"fit_intercept": False}, 174.90772848, 59.5616578, 0.0, 824387),
]


@pytest.mark.parametrize(
    ("name", "params", "objective", "weights", "intercepts", "checksum"), LINEAR_ORACLES, ids=str
)
def test_frozen_fits_of_liblinear_are_met(
    name, params, objective, weights, intercepts, checksum
):
    X, y = DATA[name]
    train = np.arange(len(X)) % 3 != 0
    model = LinearSVC(tol=1e-12, **params).fit(X[train], y[train])
    assert model.loss_history_[-1] == pytest.approx(objective, rel=1e-9)
    assert abs(model.coef_).sum() == pytest.approx(weights, rel=1e-5)
    assert model.intercept_.sum() == pytest.approx(intercepts, rel=1e-5, abs=1e-12)
    predicted = model.predict(X[~train])
    assert predicted @ np.arange(1, len(predicted) + 1) == checksum
    usual = LinearSVC(**params).fit(X[train], y[train])  # at the default tol
    assert usual.loss_history_[-1] == pytest.approx(objective, rel=1e-4)


def test_frozen_fits_with_weights_are_met():
    # scikit-learn 1.9.1 with tol=1e-12 (SVR: 1e-10)
    weight = 1 + np.arange(len(WINE)) % 4 / 2
    model = SVC(gamma=0.1, tol=1e-9).fit(WINE, WINE_Y, sample_weight=weight)
    assert model.n_support_.tolist() == [21, 32, 25]
    assert model.intercept_ == pytest.approx([-0.6463943, -0.066605123, 0.457303058], abs=1e-7)
    assert abs(model.dual_coef_).sum() == pytest.approx(61.84921198)

    model = SVC(gamma=0.1, tol=1e-9, class_weight="balanced").fit(WINE[:100], WINE_Y[:100])
    assert model.n_support_.tolist() == [18, 20]
    assert model.intercept_ == pytest.approx([0.524975294], abs=1e-7)
    assert abs(model.dual_coef_).sum() == pytest.approx(20.92997476)

    model = SVC(gamma=0.1, tol=1e-9, class_weight={0: 3, 2: 0.5}).fit(WINE, WINE_Y)
    assert model.n_support_.tolist() == [20, 34, 28]
    assert model.intercept_ == pytest.approx([-0.659041594, -0.036395051, 0.529981283], abs=1e-7)

    model = LinearSVC(C=0.5, tol=1e-14, class_weight={0: 3, 2: 0.5})
    model.fit(WINE, WINE_Y, sample_weight=weight)
    assert model.intercept_ == pytest.approx([-0.612894745, -0.795377393, -1.110350077])
    assert abs(model.coef_).sum(axis=1) == pytest.approx([5.007649297, 5.987893017, 4.205122171])

    weight = 1 + np.arange(len(DIABETES)) % 4 / 2
    model = SVR(C=10, gamma=0.1, epsilon=5, tol=1e-7)
    model.fit(DIABETES, PROGRESSION, sample_weight=weight)
    assert model.n_support_.tolist() == [403]
    assert model.intercept_ == pytest.approx([162.28086699])
    assert model.predict(DIABETES[:3]) == pytest.approx([208.84599635, 76.09125552, 177.87851708])


# --- 4. slow and obvious ---


def best_of_all_corners(K, t, eps, levels):
    """Maximum of D when each multiplier rests at one of its `levels` or is free: "+", "-" or 0."""
    best, C = -np.inf, max(abs(v) for row in levels for v in row if not isinstance(v, str))
    for choice in itertools.product(*levels):
        F = np.array([isinstance(v, str) for v in choice])
        sign = np.array([{"+": 1, "-": -1}.get(v, 0) for v in choice])
        beta = np.array([0.0 if isinstance(v, str) else v for v in choice])
        m = F.sum()
        A = np.block([[K[np.ix_(F, F)], np.ones((m, 1))], [np.ones((1, m)), np.zeros((1, 1))]])
        slopes = np.append((t - eps * sign - K @ beta)[F], -beta.sum())
        beta[F] = np.linalg.lstsq(A, slopes, rcond=None)[0][:m]
        inside = (sign * beta >= 0).all() and abs(beta).max() <= C * (1 + 1e-12)
        if inside and abs(beta.sum()) < 1e-9:
            best = max(best, t @ beta - eps * abs(beta).sum() - beta @ K @ beta / 2)
    return best


@every_kernel
@pytest.mark.parametrize("C", [0.3, 2.0])
def test_smo_finds_the_best_of_all_corners(params, C):
    X = np.random.default_rng(1).normal(size=(6, 2))
    y = np.array([0, 1, 1, 0, 1, 0])
    levels = [(0.0, "+", C) if label else (0.0, "-", -C) for label in y]
    best = best_of_all_corners(gram(params, X, X), 2.0 * y - 1, 0.0, levels)
    model = SVC(C=C, tol=1e-10, **params).fit(X, y)
    assert model.dual_objective_history_[0][-1] == pytest.approx(best, rel=1e-8)


@every_kernel
@pytest.mark.parametrize("epsilon", [0.0, 0.3])
def test_smo_finds_the_best_of_all_corners_of_regression(params, epsilon):
    X, C = np.random.default_rng(2).normal(size=(4, 2)), 0.5
    y = np.array([1.0, -0.3, 0.2, 2.0])
    best = best_of_all_corners(gram(params, X, X), y, epsilon, [(-C, "-", 0.0, "+", C)] * 4)
    model = SVR(C=C, epsilon=epsilon, tol=1e-10, **params).fit(X, y)
    assert model.dual_objective_history_[0][-1] == pytest.approx(best, rel=1e-8)


@pytest.mark.parametrize(
    "params", [*KERNELS.values(), {"kernel": "sigmoid", "gamma": 2}], ids=[*KERNELS, "sigmoid"]
)
def test_the_score_is_the_sum_over_support_vectors(params):
    model = SVC(**params).fit(MOONS, MOONS_Y)
    K = gram(params, MOONS[:20], model.support_vectors_)
    by_hand = K @ model.dual_coef_[0] + model.intercept_[0]
    assert model.decision_function(MOONS[:20]) == pytest.approx(by_hand, abs=1e-9)
    assert (model.predict(MOONS[:20]) == (by_hand > 0)).all()


@pytest.mark.parametrize(("batch_size", "intercept"), [(1, True), (7, True), (7, False)])
def test_pegasos_row_by_row_takes_the_same_walk(batch_size, intercept):
    C, epochs, (n, d) = 0.3, 4, WINE.shape
    model = pegasos(C=C, batch_size=batch_size, fit_intercept=intercept, max_iter=epochs,
                    random_state=5).fit(WINE, WINE_Y)
    Z = np.column_stack([WINE, np.ones(n)]) if intercept else WINE
    rng = np.random.default_rng(5)
    orders = [rng.permutation(n) for _ in range(epochs)]
    scores = []
    for k in range(3):  # each class against the rest
        y = np.where(WINE_Y == k, 1, -1)
        w, mean, alpha, t, u = np.zeros(Z.shape[1]), 0, np.zeros(n), 0, 0
        for order in orders:
            for start in range(0, n, batch_size):
                B = order[start : start + batch_size]
                t, u = t + len(B), u + 1
                push = np.zeros(Z.shape[1])
                for i in B:
                    if y[i] * (Z[i] @ w) < 1:
                        push += y[i] * Z[i]
                        alpha[i] += C / epochs
                w = (1 - len(B) / t) * w + n * C / t * push  # SVM.13
                mean = mean + 2 / (u + 1) * (w - mean)  # SVM.14
        P = mean @ mean / 2 + C * sum(max(0, 1 - y[i] * (Z[i] @ mean)) for i in range(n))
        v = (alpha * y) @ Z
        assert model.coef_[k] == pytest.approx(mean[:d], rel=1e-9, abs=1e-12)
        assert model.intercept_[k] == pytest.approx(mean[d] if intercept else 0, abs=1e-12)
        assert model.dual_gap_[k] == pytest.approx(P - (alpha.sum() - v @ v / 2))  # SVM.15
        scores.append(Z @ mean)
    assert model.decision_function(WINE) == pytest.approx(np.transpose(scores))
    assert (model.predict(WINE) == np.argmax(scores, axis=0)).all()


@pytest.mark.parametrize(("gamma", "value"), [("scale", None), ("auto", 1 / 13), (0.2, 0.2)])
def test_gamma_by_name_is_gamma_by_value(gamma, value):
    value = 1 / (13 * WINE.var()) if value is None else value
    named, given = (SVC(gamma=g, tol=1e-8).fit(WINE, WINE_Y) for g in (gamma, value))
    assert named.dual_coef_ == pytest.approx(given.dual_coef_, abs=1e-5)


@pytest.mark.parametrize("params", [{}, {"kernel": "linear", "C": 0.01}, {"C": 50.0}], ids=str)
def test_rows_from_the_cache_make_the_same_machine(params):
    X, y = DIGITS[:600], DIGITS_Y[:600] % 2
    whole = SVC(tol=1e-5, **params).fit(X, y)
    rows = SVC(tol=1e-5, cache_size=0.5, **params).fit(X, y)  # 104 of the 600 rows
    assert rows.dual_objective_history_[0][-1] == pytest.approx(
        whole.dual_objective_history_[0][-1], rel=1e-7)
    f, g = whole.decision_function(X), rows.decision_function(X)
    assert g == pytest.approx(f, abs=1e-3)


@pytest.mark.parametrize("block", [1, 1000, 5000])
def test_the_size_of_a_block_changes_nothing(monkeypatch, block):
    X, y = WINE[::3], WINE_Y[::3]
    whole = SVC(tol=1e-6).fit(X, y)
    f = whole.decision_function(X)
    monkeypatch.setattr("svm._BLOCK", block)
    parts = SVC(tol=1e-6).fit(X, y)
    assert parts.dual_coef_ == pytest.approx(whole.dual_coef_, abs=1e-4)
    assert parts.decision_function(X) == pytest.approx(f, abs=1e-5)
    regression = SVR(cache_size=0.01).fit(X, X[:, 0])  # rows, and their product, in blocks
    assert regression.dual_gap_[0] < 1e-3 * len(X)


def test_many_classes_without_room_for_one_whole_matrix_get_one_each():
    X, y = DIGITS[:600], DIGITS_Y[:600]
    whole, parts, rows = (SVC(cache_size=size).fit(X, y) for size in (200, 1, 0.01))
    for model in (parts, rows):
        assert (model.predict(X) == whole.predict(X)).all()
        assert model.intercept_ == pytest.approx(whole.intercept_, abs=3e-3)


def test_the_cache_is_never_larger_than_stated(monkeypatch):
    monkeypatch.setattr("svm._BLOCK", 2**16)  # passing blocks of half a MB
    X = np.random.default_rng(0).normal(size=(2500, 3))
    y = (X[:, 0] * X[:, 1] + X[:, 2] > 0).astype(int)
    tracemalloc.start()
    SVC(cache_size=4).fit(X, y)  # all of R would take 50 MB
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4e6 + 3e6


def test_the_row_cache_holds_the_newest_rows_and_has_room_for_32_more():
    rng = np.random.default_rng(0)
    Z = rng.normal(size=(200, 2))
    kernel = svm._Kernel(SVC(kernel="linear"), Z, np.ones(200))
    half = kernel.diagonal(Z) / 2
    cache = svm._RowCache(kernel, Z, half, room=200 * 132)
    cache.watch(rng.normal(size=200), rng.normal(size=200))
    R = ((Z[:, None] - Z) ** 2).sum(axis=2) / 2
    most = 0
    for i in rng.permutation(200):
        assert cache[i] == pytest.approx(R[i])
        assert cache[i] is cache[i]
        most = max(most, len(cache.rows))
    assert 68 <= most <= 100
    assert cache @ np.arange(200.0) == pytest.approx(R @ np.arange(200.0))


def test_memory_is_bounded():
    X, y = np.random.default_rng(0).normal(size=(1000, 2)), np.arange(1000) % 2
    for model in (SVC(C=1e-3).fit(X, y), SVR(C=1e-3).fit(X, 100 * X[:, 0])):
        assert len(model.support_) > 990
        tracemalloc.start()
        model.predict(np.tile(X, (20, 1)))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 25e6  # all kernel values: 160 MB


@pytest.mark.parametrize("C", [0.05, 1.0, 100.0])
def test_newton_finds_the_best_of_all_sets_of_rows_inside_the_margin(C):
    rng = np.random.default_rng(3)
    X = rng.normal(size=(8, 2))
    y = rng.choice([-1, 1], size=8)
    Z = with_ones(X)
    optima = []
    for choice in itertools.product([False, True], repeat=8):
        A = Z[list(choice)]
        w = np.linalg.solve(np.eye(3) + 2 * C * A.T @ A, 2 * C * A.T @ y[list(choice)])
        if ((y * (Z @ w) < 1) == choice).all():
            optima.append(w)
    assert len(optima) == 1
    model = LinearSVC(C=C, tol=1e-14).fit(X, y)
    assert np.append(model.coef_[0], model.intercept_) == pytest.approx(optima[0], rel=1e-7)


@pytest.mark.parametrize("shape", [(60, 5), (20, 50), (50, 51), (5, 200)], ids=str)
def test_all_roads_of_newton_lead_to_the_same_weights(monkeypatch, shape):
    rng = np.random.default_rng(0)
    X = rng.normal(size=shape)
    y = X[:, 0] + rng.normal(size=len(X)) > 0
    weight = rng.uniform(0.5, 2, size=len(X))
    fits = {}
    for C in (0.1, 100.0):
        for road in ("usual", "plain", "rough"):
            if road == "plain":
                monkeypatch.setattr(svm, "_newton_step", svm._SquaredHinge.newton_step)
            elif road == "rough":
                monkeypatch.setattr(svm, "_WRITTEN", 0)
            fits[road] = LinearSVC(C=C, tol=1e-12).fit(X, y, sample_weight=weight)
            monkeypatch.undo()
        for other in ("plain", "rough"):
            assert fits[other].coef_ == pytest.approx(fits["usual"].coef_, rel=1e-4, abs=1e-5)
            assert fits[other].loss_history_[-1] == pytest.approx(fits["usual"].loss_history_[-1])


@pytest.mark.parametrize(("shape", "expected"), [((60, 5), False), ((20, 50), True)], ids=str)
def test_newton_solves_the_smaller_of_two_systems(monkeypatch, shape, expected):
    sizes = []
    by_rows = svm._ridge_by_rows
    monkeypatch.setattr(svm, "_ridge_by_rows", lambda B, q: sizes.append(len(B)) or by_rows(B, q))
    rng = np.random.default_rng(0)
    X = rng.normal(size=shape)
    LinearSVC(C=0.01).fit(X, X[:, 0] + rng.normal(size=len(X)) > 0)
    assert (len(sizes) > 0) == expected
    assert all(size <= shape[1] for size in sizes)


@pytest.mark.parametrize("decades", [0, 1, 3])
def test_conjugate_gradients_lead_downhill_and_near_the_solution(decades):
    rng = np.random.default_rng(0)
    rotation = np.linalg.qr(rng.normal(size=(200, 200)))[0]
    B = rng.normal(size=(300, 200)) * np.logspace(0, decades, 200) @ rotation
    r = rng.normal(size=200)
    H = np.eye(200) + B.T @ B
    s = svm._conjugate_gradients(B, r)
    assert r @ s > 0
    if decades < 3:  # else it stops after 100 rounds
        root = np.sqrt(H.diagonal())
        assert np.linalg.norm((r - H @ s) / root) <= 0.01 * np.linalg.norm(r / root)
        assert r @ s == pytest.approx(r @ np.linalg.solve(H, r), rel=1e-3)


CROWDS = {
    "rbf": {},
    "linear": {"kernel": "linear", "C": 0.5},
    "a large C": {"C": 1e4, "gamma": 0.05},
    "Newton steps": {"kernel": "linear", "C": 1e4, "tol": 1e-6},
    "indefinite": {"kernel": "sigmoid", "gamma": 0.5, "coef0": -1.0},
    "class weights": {"class_weight": {0: 5.0, 3: 0.1}},
    "cut short": {"C": 100.0, "max_iter": 9},
}


def crowd_data(twins=False):
    """Six classes of 5 to 55 rows, which overlap."""
    rng = np.random.default_rng(4)
    y = np.repeat(np.arange(6), [5, 15, 25, 35, 45, 55])
    X = 1.5 * rng.normal(size=(6, 3))[y] + rng.normal(size=(180, 3))
    return (np.vstack([X, X[::3]]), np.append(y, (y[::3] + 1) % 6)) if twins else (X, y)


@pytest.mark.parametrize("twins", [False, True])
@pytest.mark.parametrize("params", CROWDS.values(), ids=CROWDS)
def test_pairs_of_classes_take_the_same_steps_together_as_alone(monkeypatch, params, twins):
    X, y = crowd_data(twins)
    model = SVC(**params)
    order = np.argsort(y, kind="stable")
    kernel = svm._Kernel(model, X, np.ones(len(X)))
    factor = np.array([model.class_weight.get(c, 1.0) if model.class_weight else 1.0 for c in y])
    arguments = (model, kernel, kernel.prepare(X[order]), y[order], model.C * factor[order])
    monkeypatch.setattr(svm, "_FEW", 3)
    together = svm._pairs_together(*arguments)
    monkeypatch.setattr(svm, "_FEW", 10**9)  # so few go one after the other
    alone = svm._pairs_together(*arguments)
    assert (together.dual == alone.dual).all()
    assert len(together.history) == 15
    for D, D_alone in zip(together.history, alone.history):
        assert (D == D_alone).all()
    assert together.intercept == pytest.approx(alone.intercept, abs=1e-9)
    assert together.gap == pytest.approx(alone.gap, rel=1e-6, abs=1e-9 * model.C)
    assert together.violation == pytest.approx(alone.violation, abs=1e-9 * model.C)


@pytest.mark.parametrize("name", ["rbf", "linear", "a large C", "Newton steps", "class weights"])
def test_pairs_together_are_the_machines_of_two_classes_alone(name):
    X, y = crowd_data()
    params = {"tol": 1e-6, "gamma": 0.1, **CROWDS[name]}
    model = SVC(decision_function_shape="ovo", **params).fit(X, y)
    f = model.decision_function(X)
    for p, cut in enumerate(itertools.combinations(range(6), 2)):
        rows = np.isin(y, cut)
        factors = {c: w for c, w in params.get("class_weight", {}).items() if c in cut}
        pair = SVC(**{**params, "class_weight": factors}).fit(X[rows], y[rows])
        D, D_pair = model.dual_objective_history_[p], pair.dual_objective_history_[0]
        assert D[-1] == pytest.approx(D_pair[-1], rel=1e-6)
        if params.get("C", 1) < 100:
            assert f[:, p] == pytest.approx(-pair.decision_function(X), abs=1e-4)


def test_pairs_that_climb_together_are_alike_in_length_and_fit():
    n_rows = np.sort(np.random.default_rng(0).integers(2, 3000, size=400))
    lengths = [n_rows[batch] for batch in svm._batches(n_rows)]
    assert (np.concatenate(lengths) == n_rows).all()
    for length, following in itertools.pairwise(lengths):
        assert len(length) * length[-1] <= svm._TOGETHER and length[-1] <= 2 * length[0]
        one_more = (len(length) + 1) * following[0] > svm._TOGETHER
        assert one_more or following[0] > 2 * length[0]  # as many as there may be


def test_many_pairs_of_classes_step_at_once_until_few_are_left(monkeypatch):
    steps = []
    step = svm._Crowd.step
    monkeypatch.setattr(svm._Crowd, "step", lambda crowd, tol: steps.append(1) or step(crowd, tol))
    X, y = crowd_data()
    model = SVC(C=10.0).fit(X, y)
    in_order = np.sort(model.n_iter_)
    assert in_order[0] <= len(steps) <= in_order[-svm._FEW] + 1 < in_order.sum() / 5


@pytest.mark.parametrize(("most", "size"), [(64, 7), (10**9, 1000), (300, 40)])
def test_how_many_pairs_climb_together_changes_nothing(monkeypatch, most, size):
    X, y = crowd_data()
    usual = SVC(C=10.0).fit(X, y)
    monkeypatch.setattr(svm, "_TOGETHER", most)
    monkeypatch.setattr(svm, "_WIDE", size)
    other = SVC(C=10.0).fit(X, y)
    assert other.dual_coef_ == pytest.approx(usual.dual_coef_, abs=1e-2)
    for D, D_usual in zip(other.dual_objective_history_, usual.dual_objective_history_):
        assert D[-1] == pytest.approx(D_usual[-1], rel=1e-4)


@pytest.mark.parametrize("params", [{"gamma": 10**30}, {"cache_size": 1e308}])
def test_hyperparameters_beyond_every_need_are_taken(params):
    X, y = np.array([[0.0], [1.0], [3.0], [4.0]]), np.array([0, 0, 1, 1])
    assert (SVC(**params).fit(X, y).predict(X) == y).all()


@pytest.mark.parametrize("cache_size", [0.3, 0.12, 0.05, 0.01])
def test_classes_without_room_for_one_r_share_some(cache_size):
    # 180 rows: R takes 0.26 MB, that of the last two classes 0.08 MB.
    X, y = crowd_data()
    usual = SVC(tol=1e-7).fit(X, y)
    other = SVC(tol=1e-7, cache_size=cache_size).fit(X, y)
    assert other.dual_coef_ == pytest.approx(usual.dual_coef_, abs=1e-4)
    assert other.intercept_ == pytest.approx(usual.intercept_, abs=1e-5)
    assert other.dual_gap_ == pytest.approx(usual.dual_gap_, abs=1e-4)


@pytest.mark.parametrize("room", [10, 400, 2000, 3200, 5000, 10**5])
def test_shares_hold_all_pairs_of_classes_once_and_fit(room):
    sizes = np.array([3, 9, 4, 20, 1, 7, 12])
    seen = []
    for members, pairs in svm._shares(sizes, room):
        assert np.isin(pairs, members).all()
        copied = np.sort(sizes[members])[-2:].sum()  # the largest pair
        assert len(pairs) == 1 or sizes[members].sum() ** 2 + copied**2 <= room
        seen += [tuple(pair) for pair in pairs]
    assert sorted(seen) == list(itertools.combinations(range(7), 2))


def test_a_fit_of_many_classes_cut_short_is_the_beginning_of_the_long_one():
    X, y = crowd_data()
    long = SVC(C=50.0).fit(X, y).dual_objective_history_
    for steps in (1, 7, 30):
        with pytest.warns(RuntimeWarning, match=f"after {steps} steps"):
            short = SVC(C=50.0, max_iter=steps).fit(X, y)
        assert (short.n_iter_ <= steps).all() and short.n_iter_.max() == steps
        for D, D_long in zip(short.dual_objective_history_, long):
            assert (D == D_long[:len(D)]).all()


def test_the_gap_of_many_classes_is_that_of_the_definition():
    X, y = crowd_data()
    weight = 1 + np.arange(len(X)) % 3
    for max_iter in (5, -1):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = SVC(C=3.0, gamma=0.2, max_iter=max_iter, decision_function_shape="ovo")
            model.fit(X, y, sample_weight=weight)
        f = model.decision_function(X)
        K = gram({"kernel": "rbf", "gamma": 0.2}, model.support_vectors_, model.support_vectors_)
        owner = y[model.support_]
        for p, (a, b) in enumerate(itertools.combinations(range(6), 2)):
            beta = np.where(owner == a, model.dual_coef_[b - 1], 0)
            beta = np.where(owner == b, model.dual_coef_[a], beta)
            t = np.where(y == a, 1, -1)
            hinge = np.where(np.isin(y, (a, b)), np.maximum(0, 1 - t * f[:, p]), 0)
            P = beta @ K @ beta / 2 + 3.0 * weight @ hinge
            D = abs(beta).sum() - beta @ K @ beta / 2
            assert model.dual_objective_history_[p][-1] == pytest.approx(D, rel=1e-9)
            assert model.dual_gap_[p] == pytest.approx(P - D, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize(("n_classes", "size"), [(2, 900), (3, 820), (12, 140)])
def test_the_peak_of_a_fit_is_r_and_a_block(n_classes, size):
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(n_classes), size)
    X = 3 * rng.normal(size=(n_classes, 5))[y] + rng.normal(size=(len(y), 5))
    n = 2 * size if n_classes == 3 else len(y)  # three pairs go one after the other
    tracemalloc.start()
    SVC().fit(X, y)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * n**2 + 1.5 * 8 * svm._CACHED < 1.3 * 8 * n**2


def test_the_peak_of_a_fit_is_the_cache_where_r_does_not_fit():
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(12), 100)
    X = 3 * rng.normal(size=(12, 5))[y] + rng.normal(size=(1200, 5))
    tracemalloc.start()
    SVC(cache_size=6).fit(X, y)  # R of all rows takes 11.5 MB
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 3e6 < peak < 6e6 + 8 * svm._CACHED


def test_the_memory_of_many_classes_grows_with_their_number_and_not_with_that_of_pairs():
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(60), 10)
    X = 3 * rng.normal(size=(60, 5))[y] + rng.normal(size=(600, 5))
    tracemalloc.start()
    model = SVC().fit(X, y)
    size = len(pickle.dumps(model))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    steps = sum(len(D) for D in model.dual_objective_history_)
    assert model.dual_coef_.shape[0] == 59
    assert size < 8 * (59 * 600 + 2 * steps) + 1770 * 400
    assert peak < 8 * 600**2 + 8 * 40 * svm._TOGETHER


# --- 5. bad input ---


def fit(X=MOONS, y=MOONS_Y, make=SVC, **params):
    return make(**params).fit(X, y)


def weigh(weights, make=SVC, **params):
    return make(**params).fit(MOONS, MOONS_Y, sample_weight=weights)


def renamed(columns):
    table = Frame(MOONS)
    table.columns = columns
    return table


class NAType:
    """A stand-in for the missing value of pandas, which does not know whether it equals itself."""

    def __eq__(self, other):
        return self

    __hash__ = None

    def __bool__(self):
        raise TypeError("boolean value of NA is ambiguous")


def holed(value):
    A = MOONS.copy()
    A[3, 1] = value
    return A


V, T, R = ValueError, TypeError, RuntimeError
BAD = {
    "no price": (lambda: fit(C=0), V, "C must be > 0, got 0"),
    "infinite price": (lambda: fit(C=np.inf), V, "C must be > 0 and finite, got inf"),
    "price beyond float64": (lambda: fit(C=10**400), V, "C must be > 0 and finite, got 1000"),
    "price in words": (lambda: fit(C="1"), T, "C must be a number, got '1'"),
    "no price of regression": (lambda: fit(make=SVR, C=-1), V, "C must be > 0, got -1"),
    "no price of LinearSVC": (lambda: fit(make=LinearSVC, C=0.0), V, "C must be > 0, got 0.0"),
    "a negative tube": (lambda: fit(make=SVR, epsilon=-0.1), V, "epsilon must be >= 0, got -0.1"),
    "tol of zero": (lambda: fit(tol=0), V, "tol must be > 0, got 0"),
    "tol of None": (lambda: fit(tol=None), T, "tol must be a number, got None"),
    "tol of LinearSVC": (lambda: fit(make=LinearSVC, tol=-1), V, "tol must be > 0, got -1"),
    "unknown kernel": (lambda: fit(kernel="precomputed"), V, "kernel must be .* got 'precomputed'"),
    "a kernel that is none": (lambda: fit(kernel=None), V, "kernel must be .*callable, got None"),
    "unknown gamma": (lambda: fit(gamma="big"), V,
                      "gamma must be one of 'scale', 'auto' or a number, got 'big'"),
    "gamma of None": (lambda: fit(gamma=None), T, "gamma must be a number, got None"),
    "negative gamma": (lambda: fit(gamma=-1), V, "gamma must be >= 0, got -1"),
    "nan gamma": (lambda: fit(make=SVR, gamma=np.nan), V, "gamma must be >= 0, got nan"),
    "half a degree": (lambda: fit(degree=2.5), T, "degree must be an integer, got 2.5"),
    "negative degree": (lambda: fit(degree=-1), V, "degree must be >= 0, got -1"),
    "nan coef0": (lambda: fit(coef0=np.nan), V, "coef0 must be >= -1e.300, got nan"),
    "no cache": (lambda: fit(cache_size=0), V, "cache_size must be > 0, got 0"),
    "no steps": (lambda: fit(max_iter=0), V, "max_iter must be >= 1, got 0"),
    "a float of steps": (lambda: fit(max_iter=1e3), T, "max_iter must be an integer, got 1000.0"),
    "unknown shape": (lambda: fit(decision_function_shape="ovx"), V, "'ovr', 'ovo', got 'ovx'"),
    "unknown loss": (lambda: fit(make=LinearSVC, loss="log"), V,
                     "loss must be one of 'squared_hinge', 'hinge', got 'log'"),
    "intercept in words": (lambda: fit(make=LinearSVC, fit_intercept="no"), T,
                           "fit_intercept must be True or False, got 'no'"),
    "bad random_state": (lambda: fit(make=LinearSVC, random_state="x"), T,
                         "random_state must be None, an integer .* got 'x'"),
    "negative random_state": (lambda: fit(make=pegasos, random_state=-1), V,
                              "random_state must be >= 0, got -1"),
    "class weights in a list": (lambda: fit(class_weight=[1, 2]), V,
                                "class_weight must be one of None, 'balanced' or a dict, got"),
    "a class weight of 0": (lambda: fit(class_weight={0: 0}), V, r"class_weight\[0\] must be > 0"),
    "weight of an unknown class": (lambda: fit(class_weight={7: 2}), V, "7, which is not in y"),
    "the same in LinearSVC": (lambda: fit(make=LinearSVC, class_weight={7: 2}), V,
                              "class_weight names 7, which is not in y"),
    "negative weights": (lambda: weigh(-MOONS_Y), V, "sample_weight must be >= 0 and not all zero"),
    "no weight at all": (lambda: weigh(0 * MOONS_Y, SVR), V, "sample_weight must be .* not all"),
    "a weight too few": (lambda: weigh(MOONS_Y[1:], LinearSVC), V, "sample_weight should be a 1d"),
    "weights in words": (lambda: weigh(["a"] * 120), T, "sample_weight must be an array of num"),
    "weights too large": (lambda: weigh(1e300 + 0 * MOONS_Y, C=1e9), V, "lower C or sample_weight"),
    "empty batches": (lambda: fit(make=LinearSVC, batch_size=0), V, "batch_size must be >= 1"),
    "no epochs": (lambda: fit(make=LinearSVC, max_iter=-1), V, "max_iter must be >= 1, got -1"),
    "kernel of a bad shape": (lambda: fit(kernel=lambda A, B: A @ B[:3].T), V,
                              r"kernel must return an array of shape \(\d+, \d+\) .* got shape"),
    "kernel of nan": (lambda: fit(kernel=lambda A, B: A @ B.T * np.nan), V, "gave NaN or infinity"),
    "products too large": (lambda: fit(MOONS * 1e200, kernel="linear"), V,
                           "kernel='linear' gave NaN or infinity. Scale X"),
    "powers too large": (lambda: fit(make=SVR, kernel="poly", degree=400, gamma=1e3), V,
                         "kernel='poly' gave NaN or infinity"),
    "squares too large": (lambda: fit(-MOONS * 1e200, make=LinearSVC), V,
                          r"X holds numbers as large as 2\.\de\+200.* Scale X"),
    "squares too large for Pegasos": (lambda: fit(MOONS * 1e300, make=pegasos), V, "Scale X"),
    "one class": (lambda: fit(y=MOONS_Y * 0), V, r"at least 2 classes, got 1 class: .*0"),
    "one class for Pegasos": (lambda: fit(y=MOONS_Y * 0, make=LinearSVC), V, "at least 2 classes"),
    "numbers for classes": (lambda: fit(y=MOONS[:, 0]), V, "Unknown label type"),
    "nan in y": (lambda: fit(y=MOONS[:, 0] * np.nan, make=SVR), V, "y contains NaN or infinity"),
    "words in y": (lambda: fit(y=["high"] * 120, make=SVR), T, "y must be an array of numbers"),
    "a missing label": (lambda: fit(y=["a", float("nan")] * 60), V, "y holds a missing label"),
    "a missing label of pandas": (lambda: fit(y=[1, NAType()] * 60), V, "y holds a missing label"),
    "labels of words and numbers": (lambda: fit(y=["a", 1] * 60, make=LinearSVC), T, "y mixes"),
    "y too short": (lambda: fit(y=MOONS_Y[:-1]), V, r"shape \(120,\), got \(119,\)"),
    "two columns of y": (lambda: fit(y=MOONS), V, r"shape \(120,\), got \(120, 2\)"),
    "labels of two kinds": (lambda: fit(y=np.array(["a", 1] * 60, object)), T, "y mixes strings"),
    "no y": (lambda: fit(y=None), V, "requires y to be passed, but the target y is None"),
    "no X": (lambda: SVR().fit(None, MOONS_Y), V, "X is None: an array is needed"),
    "flat X": (lambda: fit(MOONS[:, 0]), V, r"non-empty 2-D array, got shape \(120,\)"),
    "3-D X": (lambda: fit(MOONS[None]), V, r"non-empty 2-D array, got shape \(1, 120, 2\)"),
    "no rows": (lambda: fit(MOONS[:0], []), V, r"0 sample\(s\), 2 feature\(s\)"),
    "no columns": (lambda: fit(MOONS[:, :0]), V, r"120 sample\(s\), 0 feature\(s\)"),
    "nan in X": (lambda: fit(holed(np.nan)), V, "X contains NaN or infinity"),
    "infinity in X": (lambda: fit(holed(np.inf), make=LinearSVC), V, "X contains NaN or infinity"),
    "strings in X": (lambda: fit([["a"], ["b"]], [1, 2]), T, "X must be an array of numbers"),
    "text in a column": (lambda: fit([[1, "red"], [2, "blue"]], [1, 2]), T,
                         r"column 1 holds text: X\[0, 1\] is 'red'"),
    "a date in X": (lambda: fit([[1, datetime.date(2020, 1, 1)]] * 2, [1, 2]), T, "holds a date"),
    "dates in X": (lambda: fit(MOONS.astype("datetime64[D]")), T, "X must be an array of numbers"),
    "None in X": (lambda: fit([[1, None]] * 2, [1, 2]), V, r"X contains NaN .* X\[0, 1\] is None"),
    "NA in X": (lambda: fit([[1, NAType()]] * 2, [1, 2]), V, "column 1 holds a missing value"),
    "a huge integer": (lambda: fit([[10**309, 1]] * 2, [1, 2]), V, "beyond the range of float64"),
    "masked X": (lambda: fit(np.ma.masked_equal(MOONS, MOONS[0, 0])), V, "X is a masked array"),
    "ragged X": (lambda: fit([[1, 2], [3]], [1, 2]), V, "rows all have the same length"),
    "complex X": (lambda: fit(MOONS + 1j), V, "Complex data not supported: X"),
    "sparse X": (lambda: fit(Sparse(MOONS)), T, r"X is a sparse matrix.*X\.toarray\(\)"),
    "SVC unfitted": (lambda: SVC().predict(MOONS), R, "SVC is not fitted: call fit"),
    "SVR unfitted": (lambda: SVR().predict(MOONS), R, "SVR is not fitted: call fit"),
    "LinearSVC unfitted": (lambda: LinearSVC().decision_function(MOONS), R,
                           "LinearSVC is not fitted: call fit first"),
    "predict wide": (lambda: fit().predict(WINE), V, "X has 13 features.*: fit saw 2"),
    "score wide": (lambda: fit().decision_function(WINE), V, "X has 13 features.*: fit saw 2"),
    "columns in another order": (lambda: fit(Frame(MOONS)).predict(renamed(["x1", "x0"])), V,
                                 "feature names should match"),
    "columns of other names": (lambda: fit(Frame(MOONS), make=LinearSVC).predict(
        renamed(["a", "b"])), V, r"fit saw the columns \['x0', 'x1'\], X has \['a', 'b'\]"),
    "predict nan": (lambda: fit().predict(holed(np.nan)), V, "X contains NaN or infinity"),
    "predict flat": (lambda: fit().predict(MOONS[0]), V, r"X\.reshape\(1, -1\) one sample"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_met_at_the_door(name):
    call, error, message = BAD[name]
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("make", [SVC, SVR, LinearSVC, lambda: pegasos(max_iter=5)])
def test_a_failed_fit_leaves_the_earlier_fit_usable(make):
    model = make().fit(MOONS, MOONS_Y)
    before, state = model.predict(MOONS), set(vars(model))
    for bad in (lambda: model.fit(WINE, WINE_Y[:-1]), lambda: model.fit(holed(np.nan), MOONS_Y),
                lambda: setattr(model, "C", -1) or model.fit(WINE, WINE_Y)):
        with pytest.raises(ValueError):
            bad()
        assert (model.predict(MOONS) == before).all()
        assert set(vars(model)) == state


# --- 6. robustness ---

MODELS = {
    "SVC": lambda **kw: SVC(**kw), "linear SVC": lambda **kw: SVC(kernel="linear", **kw),
    "SVR": lambda **kw: SVR(**kw),
    "LinearSVC": lambda **kw: LinearSVC(**kw),
    "Pegasos": lambda **kw: pegasos(max_iter=30, **kw),
}
every_model = pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)


@pytest.mark.parametrize("Model", [SVC, SVR, LinearSVC])
def test_the_constructor_stores_its_arguments_and_does_nothing_else(Model):
    defaults = {k: p.default for k, p in inspect.signature(Model).parameters.items()}
    assert vars(Model()) == defaults
    strange = {name: object() for name in defaults}
    nothing = dict.fromkeys(defaults)
    assert vars(Model(**strange)) == strange
    assert vars(Model(**nothing)) == nothing


DEFAULTS = {
    SVC: {"C": 1.0, "kernel": "rbf", "degree": 3, "gamma": "scale", "coef0": 0.0, "tol": 1e-3,
          "cache_size": 200, "class_weight": None, "max_iter": -1,
          "decision_function_shape": "ovr"},
    SVR: {"kernel": "rbf", "degree": 3, "gamma": "scale", "coef0": 0.0, "tol": 1e-3, "C": 1.0,
          "epsilon": 0.1, "cache_size": 200, "max_iter": -1},
    LinearSVC: {"loss": "squared_hinge", "C": 1.0, "fit_intercept": True, "class_weight": None,
                "batch_size": 16, "max_iter": 1000, "tol": 1e-4, "random_state": None},
}


@pytest.mark.parametrize("Model", DEFAULTS)
def test_the_defaults_are_those_of_the_table_and_of_the_docstring(Model):
    parameters = inspect.signature(Model).parameters
    assert {name: p.default for name, p in parameters.items()} == DEFAULTS[Model]
    assert all(p.kind is p.KEYWORD_ONLY for p in parameters.values())
    assert documented_defaults(Model) == DEFAULTS[Model]


@pytest.mark.parametrize("Model", [SVC, SVR, LinearSVC])
def test_fit_returns_the_model_and_leaves_its_hyperparameters_alone(Model):
    for params in ({}, {"kernel": "linear", "max_iter": 7}, {"gamma": 0.3, "C": 10}):
        if Model is LinearSVC:
            params = {"C": params.get("C", 1), "random_state": np.random.default_rng(0),
                      "loss": "hinge" if "kernel" in params else "squared_hinge"}
        model = Model(**params)
        given = dict(vars(model))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the second stops early
            assert model.fit(MOONS, MOONS_Y) is model
        assert all(vars(model)[name] is value for name, value in given.items())


@pytest.mark.parametrize("params", KERNELS.values(), ids=KERNELS)
def test_one_row_is_predicted_by_its_own_target(params):
    model = SVR(**params).fit([[1.0, 2.0]], [3.0])
    assert model.support_.size == 0 and model.n_iter_.tolist() == [0]
    assert model.predict([[7.0, 8.0], [1.0, 2.0]]).tolist() == [3.0, 3.0]


@pytest.mark.parametrize(
    "params", [*KERNELS.values(), {"kernel": "sigmoid"}], ids=[*KERNELS, "sigmoid"]
)
def test_two_rows_are_enough(params):
    model = SVC(**params).fit([[0.0, 1.0], [2.0, 0.0]], ["no", "yes"])
    assert model.predict([[0, 1], [2, 0]]).tolist() == ["no", "yes"]
    assert model.support_.tolist() == [0, 1]
    for make in (LinearSVC, pegasos):
        both = make().fit([[0.0, 1.0], [2.0, 0.0]], ["no", "yes"])
        assert both.predict([[0, 1], [2, 0]]).tolist() == ["no", "yes"]


def test_rows_that_all_come_twice_are_rows_of_twice_the_price():
    twice = SVC(C=1.0, gamma=0.1, tol=1e-9).fit(np.vstack([WINE, WINE]), np.tile(WINE_Y, 2))
    once = SVC(C=2.0, gamma=0.1, tol=1e-9).fit(WINE, WINE_Y)
    f, g = once.decision_function(WINE), twice.decision_function(WINE)
    assert g == pytest.approx(f, abs=1e-7)


@every_kernel
def test_equal_rows_with_different_labels_end_at_the_price(params):
    X = np.array([[0.0, 1.0], [0.0, 1.0], [3.0, -1.0], [-3.0, 1.0]])
    y = [0, 1, 1, 0]
    model = SVC(C=5.0, **params).fit(X, y)
    assert beta_of(model, 4)[:2].tolist() == [-5.0, 5.0]
    assert model.predict(X[2:]).tolist() == [1, 0]
    f = SVC(C=5.0, **params).fit(X[:2], y[:2]).decision_function(X[:1])  # nothing to choose by
    assert f == pytest.approx([0.0], abs=1e-9)


def test_a_constant_column_changes_nothing():
    A = np.column_stack([MOONS, np.full(len(MOONS), 7e6)])
    for params in ({"gamma": 0.5}, {"kernel": "linear"}):
        model = SVC(tol=1e-8, **params).fit(MOONS, MOONS_Y)
        with_column = SVC(tol=1e-8, **params).fit(A, MOONS_Y)
        f, g = model.decision_function(MOONS), with_column.decision_function(A)
        assert g == pytest.approx(f, abs=1e-6)
        if params.get("kernel") == "linear":
            assert with_column.coef_[0, 2] == 0


@pytest.mark.parametrize("c", [1e3, 1e-3, 1e200, 1e-200, 1e300, 1e-300])
@pytest.mark.parametrize("kernel", ["rbf", "poly", "sigmoid"])
def test_units_may_be_of_any_size(kernel, c):
    for make, y in ((SVC, MOONS_Y), (SVR, MOONS[:, 0])):
        model = make(kernel=kernel, tol=1e-8).fit(MOONS, y)
        scaled = make(kernel=kernel, tol=1e-8).fit(MOONS * c, y)
        assert scaled.intercept_ == pytest.approx(model.intercept_, abs=1e-5)
        assert (scaled.predict(MOONS[:9] * c) == pytest.approx(model.predict(MOONS[:9]), abs=1e-5))


def test_a_very_narrow_kernel_remembers_every_sample_and_twins_do_no_harm():
    X = np.vstack([MOONS, MOONS[::2]])
    y = np.append(MOONS_Y, 1 - MOONS_Y[::2])  # half of the samples with both labels
    for gamma in (1e3, 1e6, 1e9):
        model = SVC(gamma=gamma, C=10.0).fit(X, y)
        assert len(model.support_) == len(X)
        assert (model.predict(MOONS[1::2]) == MOONS_Y[1::2]).all()
        assert abs(model.decision_function(MOONS[::2] + 5)).max() < 1


@pytest.mark.parametrize("C", [1e-6, 1e-3, 1.0, 1e3, 1e6])
@pytest.mark.parametrize("params", [{"kernel": "linear"}, {}, POLY], ids=str)
def test_any_price_ends_at_an_optimum(C, params):
    for X, y in ((IRIS, IRIS_Y), (WINE, WINE_Y)):
        model = SVC(C=C, **params).fit(X, y)
        assert model.n_iter_.max() < 1000
        exact = SVC(C=C, tol=1e-7, **params).fit(X, y)
        assert (model.dual_gap_ <= len(X) * C * model.tol).all()
        for D, best in zip(model.dual_objective_history_, exact.dual_objective_history_):
            assert D[-1] == pytest.approx(best[-1], rel=2e-3)


def test_collinear_points_and_columns_end():
    X = np.outer(np.arange(-20.0, 20.0), [1.0, -2.0, 0.5])
    y = (np.arange(40) > 17).astype(int)
    for C in (1e-6, 1.0, 1e6):
        model = SVC(kernel="linear", C=C, tol=1e-6).fit(X, y)
        assert np.isfinite(model.coef_).all()
        if C >= 1:
            assert (model.predict(X) == y).all()
            assert model.coef_[0] / model.coef_[0, 0] == pytest.approx([1, -2, 0.5])
    overlap = np.where(np.arange(40) % 7 == 0, 1 - y, y)
    model = SVC(kernel="linear", C=1e3).fit(X, overlap)
    assert model.dual_gap_[0] < 1e-3 * model.dual_objective_history_[0][-1]


@pytest.mark.parametrize("gamma", [0.01, 1.0, 50.0])
@pytest.mark.parametrize("C", [1e-3, 1.0, 1e3])
def test_an_indefinite_kernel_ends_in_a_local_optimum(gamma, C):
    K = gram({"kernel": "sigmoid", "gamma": gamma, "coef0": -1.0}, MOONS, MOONS)
    assert gamma == 0.01 or np.linalg.eigvalsh(K)[0] < -1
    model = SVC(kernel="sigmoid", gamma=gamma, coef0=-1.0, C=C).fit(MOONS, MOONS_Y)
    beta, D = beta_of(model, len(MOONS)), model.dual_objective_history_[0]
    assert (np.diff(D) >= -1e-9 * abs(D[-1])).all()
    t = 2 * MOONS_Y - 1
    assert D[-1] == pytest.approx(t @ beta - beta @ K @ beta / 2, rel=1e-7)
    s = t - K @ beta
    up = np.where(t > 0, beta < C, beta < 0)
    down = np.where(t > 0, beta > 0, beta > -C)
    assert s[up].max() - s[down].min() <= 1.01e-3


def test_a_fit_that_does_not_converge_warns_and_stays_usable():
    with pytest.warns(RuntimeWarning, match="SMO stopped after 5 steps.* 0.001. Raise max_iter"):
        model = SVC(max_iter=5).fit(WINE, WINE_Y)
    assert model.n_iter_.tolist() == [5, 5, 5] and (model.dual_gap_ > 0).all()
    assert (model.predict(WINE) == WINE_Y).mean() > 0.8
    with pytest.warns(RuntimeWarning, match="SMO stopped after 5 steps"):
        SVR(max_iter=5).fit(DIABETES, PROGRESSION)


def test_constant_data_are_predicted_by_their_majority():
    X, y = np.full((9, 2), 0.1), [1, 1, 1, 1, 1, 1, 0, 0, 0]
    for params in ({}, {"kernel": "linear"}, {"kernel": "poly"}, {"kernel": "sigmoid"}):
        model = SVC(**params).fit(X, y)
        assert model.predict(X).tolist() == [1] * 9
        assert SVR(**params).fit(X, np.ones(9)).predict(X) == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("c", [1e3, 1e-3, 1e100, 1e-100])
def test_a_linear_machine_in_other_units_has_the_price_in_other_units(c):
    model = SVC(kernel="linear", C=2.0, tol=1e-8).fit(MOONS, MOONS_Y)
    scaled = SVC(kernel="linear", C=2.0 / c**2, tol=1e-8).fit(MOONS * c, MOONS_Y)
    assert scaled.coef_ * c == pytest.approx(model.coef_, rel=1e-5)
    assert scaled.intercept_ == pytest.approx(model.intercept_, abs=1e-5)


@pytest.mark.parametrize("c", [1e5, 1e7, 1e8, 1e9, 1e12])
def test_equal_rows_stay_equal_in_a_kernel_far_too_narrow_for_the_units(c):
    # |x - z|^2 is then the difference of numbers near c^2, and its rounding alone is above 1.
    X = np.vstack([MOONS, MOONS[:20]]) * c
    y = np.append(MOONS_Y, [1 - label for label in MOONS_Y[:5]] + MOONS_Y[5:20].tolist())
    same = SVC(kernel=lambda A, B: (A[:, None] == B).all(axis=2), tol=1e-8).fit(X, y)
    model = SVC(gamma=1.0, tol=1e-8).fit(X, y)
    assert model.decision_function(X) == pytest.approx(same.decision_function(X), abs=1e-6)
    assert model.dual_gap_[0] < 1e-6


def test_a_query_from_very_far_away_gets_the_intercept_alone():
    model = SVC().fit(MOONS, MOONS_Y)
    far = model.decision_function([[1e300, -1e300], [1e9, 0.0]])
    assert far == pytest.approx(np.tile(model.intercept_, 2))


def test_many_queries_are_answered_in_blocks():
    model = SVC().fit(DIGITS[:500], DIGITS_Y[:500])
    many = np.tile(DIGITS, (4, 1))
    f = model.decision_function(many)
    assert f.shape == (len(many), 10)
    assert f[:1797] == pytest.approx(f[-1797:], abs=1e-12)


@every_model
def test_the_names_of_columns_are_remembered_and_forgotten(make):
    model = make().fit(Frame(MOONS), MOONS_Y)
    assert model.feature_names_in_.tolist() == ["x0", "x1"]
    expected = model.predict(MOONS)
    assert (model.predict(Frame(MOONS)) == expected).all()
    for columns in (["x1", "x0"], ["x0", "X1"]):
        with pytest.raises(ValueError, match="feature names should match"):
            model.predict(renamed(columns))
    numbered = renamed([0, 1])
    assert (model.predict(numbered) == expected).all()  # names that are not text are no names
    assert not hasattr(model.fit(numbered, MOONS_Y), "feature_names_in_")


@pytest.mark.parametrize("kernel", ["rbf", "linear"])
@pytest.mark.parametrize(("make", "y"), [(SVC, MOONS_Y), (SVR, MOONS[:, 0])])
def test_what_a_prediction_is_made_from_cannot_be_changed_behind_its_back(kernel, make, y):
    model = make(kernel=kernel).fit(MOONS, y)
    for name in ("dual_coef_", "support_vectors_"):
        for twin in (model, copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
            with pytest.raises(ValueError, match="read-only"):
                getattr(twin, name)[0, 0] = 7.0
            with pytest.raises(AttributeError):
                setattr(twin, name, 0 * getattr(twin, name))
    before = score_of(model, MOONS)
    model.intercept_ = model.intercept_ + 5
    assert score_of(model, MOONS) == pytest.approx(before + 5)
    if kernel == "linear":
        model.coef_ = 0 * model.coef_
        assert score_of(model, MOONS) == pytest.approx(model.intercept_[0])


@pytest.mark.parametrize("loss", ["squared_hinge", "hinge"])
def test_the_weights_of_linear_svc_can_be_changed_and_the_prediction_follows(loss):
    model = LinearSVC(loss=loss, tol=None, max_iter=9).fit(MOONS, MOONS_Y)
    model.coef_ = np.array([[1.0, 0.0]])
    model.intercept_ = np.array([-2.0])
    assert model.decision_function([[5, 9]]).tolist() == [3]


@every_model
@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_fitted_model_holds_no_functions(make, n_classes):
    model = make().fit(IRIS, np.minimum(IRIS_Y, n_classes - 1))
    functions = (types.FunctionType, types.MethodType, types.BuiltinFunctionType)
    kept = [*vars(model).values()]
    if hasattr(model, "_kernel"):
        kept += vars(model._kernel).values()
    assert not [value for value in kept if isinstance(value, functions)]


def test_warnings_say_scale_x_where_the_units_of_columns_differ():
    A = MOONS * [1.0, 5e3]
    fits = {
        "SVC": lambda X: SVC(max_iter=3).fit(X, MOONS_Y),
        "SVR": lambda X: SVR(max_iter=3).fit(X, MOONS[:, 0]),
        "Newton": lambda X: LinearSVC(max_iter=1).fit(X, MOONS_Y),
        "Pegasos": lambda X: pegasos(tol=1e-9, max_iter=1).fit(X, MOONS_Y),
    }
    for fit_to in fits.values():
        with pytest.warns(RuntimeWarning, match=r"Scale X: its columns have very different units"):
            fit_to(A)
        with pytest.warns(RuntimeWarning) as caught:
            fit_to(MOONS)
        warning = caught.pop(RuntimeWarning)
        assert "Scale X" not in str(warning.message)
        assert warning.filename == __file__


@every_model
def test_a_model_is_complete_before_it_warns(make):
    complete = make().fit(MOONS, MOONS_Y)
    model = make()
    model.tol = 1e-9
    model.max_iter = 1
    with pytest.raises(RuntimeWarning):  # warnings are errors in these tests
        model.fit(MOONS, MOONS_Y)
    assert set(vars(model)) == set(vars(complete))
    assert model.predict(MOONS).shape == (120,)


@pytest.mark.parametrize(("C", "unit"), [
    (C, unit) for C in (1e-6, 1e-3, 1.0, 1e3, 1e6) for unit in (1e-8, 1e-4, 1.0, 1e4)
    if C * unit**2 < 1e10  # beyond, 16 digits are too few: see the next test
], ids=str)
@pytest.mark.parametrize("shape", [(60, 3), (30, 80)], ids=str)
def test_newton_finds_the_optimum_at_any_price_and_in_many_units(C, unit, shape):
    rng = np.random.default_rng(1)
    X = unit * rng.normal(size=shape)
    y = np.where(X[:, 0] + unit * rng.normal(size=len(X)) > 0, 1, -1)
    model = LinearSVC(C=C, tol=1e-8).fit(X, y)  # warnings are errors: the gap is small
    w = np.append(model.coef_[0], model.intercept_)
    P, _ = squared_hinge(with_ones(X), y, w, np.full(len(X), C))
    assert model.loss_history_[-1] == pytest.approx(P)
    assert (np.diff(model.loss_history_) <= 0).all()


def test_newton_says_so_where_rounding_hides_the_optimum():
    rng = np.random.default_rng(0)
    X = 1e8 * rng.normal(size=(50, 30))
    y = X[:, 0] > 0
    with pytest.warns(RuntimeWarning, match="Rounding hides the rest: lower C, or scale X"):
        model = LinearSVC(C=1e5).fit(X, y)
    assert np.isfinite(model.coef_).all()
    assert (np.diff(model.loss_history_) <= 0).all()
    assert (model.predict(X) == y).all()


def test_newton_takes_awkward_data():
    same = LinearSVC().fit(np.full((6, 2), 3.0), [0, 1] * 3)  # nothing to learn from
    assert same.coef_ == pytest.approx(0, abs=1e-12)
    assert same.n_iter_ == 1 and same.dual_gap_ == pytest.approx(0)
    twins = LinearSVC(tol=1e-12).fit(np.vstack([MOONS, MOONS]), np.append(MOONS_Y, 1 - MOONS_Y))
    assert twins.decision_function(MOONS) == pytest.approx(0, abs=1e-9)
    for c in (1e-200, 1e-300):  # so small that only the shares of the classes count
        tiny = LinearSVC(C=10.0).fit(MOONS[:90] * c, np.arange(90) < 30)
        assert tiny.intercept_ == pytest.approx(-1 / 3, rel=1e-2)
    constant = LinearSVC(tol=1e-12).fit(np.column_stack([MOONS, 0 * MOONS_Y]), MOONS_Y)
    usual = LinearSVC(tol=1e-12).fit(MOONS, MOONS_Y)
    assert constant.coef_[0, 2] == 0
    assert constant.coef_[:, :2] == pytest.approx(usual.coef_)


@pytest.mark.parametrize("c", [1e3, 1e-3, 1e6, 1e-6])
def test_a_linear_svc_without_intercept_in_other_units_has_the_price_in_other_units(c):
    model = LinearSVC(C=2.0, fit_intercept=False, tol=1e-12).fit(MOONS, MOONS_Y)
    scaled = LinearSVC(C=2.0 / c**2, fit_intercept=False, tol=1e-12).fit(MOONS * c, MOONS_Y)
    assert scaled.coef_ * c == pytest.approx(model.coef_, rel=1e-6)


def test_the_histories_of_a_loss_are_gone_after_a_fit_with_the_other():
    model = pegasos(max_iter=3).fit(MOONS, MOONS_Y)
    assert len(model.iterate_loss_history_) == 3
    model.loss = "squared_hinge"
    assert not hasattr(model.fit(MOONS, MOONS_Y), "iterate_loss_history_")


def test_a_fit_with_another_kernel_has_no_coefficients_left_over():
    model = SVC(kernel="linear").fit(MOONS, MOONS_Y)
    assert model.coef_.shape == (1, 2)
    model.kernel = "rbf"
    assert not hasattr(model.fit(MOONS, MOONS_Y), "coef_")


@pytest.mark.parametrize("form", FORMS)
@every_model
def test_any_form_of_the_same_numbers_gives_the_same_fit(form, make):
    rng = np.random.default_rng(0)
    A = rng.integers(-9, 9, size=(40, 3)).astype(float)
    t = (A[:, 0] - 2 * A[:, 2] > rng.integers(-5, 5, 40)).astype(int)
    model, other = make().fit(A, t), make().fit(FORMS[form](A), t.astype(np.int8).tolist())
    score = [getattr(m, "decision_function", m.predict) for m in (model, other)]
    assert score[1](FORMS[form](A)) == pytest.approx(score[0](A), abs=1e-9)


def test_truth_values_are_numbers_too():
    X = np.array([[True, False], [False, True], [True, True], [False, False]])
    for make, y in ((SVC, [1, 0, 1, 0]), (SVR, [1.0, 0.0, 1.0, 0.0])):
        model, other = make().fit(X, y), make().fit(X.astype(float), y)
        assert (model.predict(X) == other.predict(X.astype(float))).all()
        assert (model.dual_coef_ == other.dual_coef_).all()


@pytest.mark.parametrize("labels", [
    ["no", "yes"], [False, True], [-7, 3], [1.0, 2.0], np.array([3, 5], dtype=np.int8),
    np.array(["one", "three"], dtype=object),
], ids=str)
@pytest.mark.parametrize("make", [SVC, LinearSVC, lambda: pegasos(max_iter=9)])
def test_labels_of_any_kind_come_back_as_they_were(make, labels):
    labels = np.asarray(labels)
    y, codes = labels[MOONS_Y], make().fit(MOONS, MOONS_Y).predict(MOONS)
    for column in (y, y[:, None]):
        model = make().fit(MOONS, column)
        assert model.classes_.dtype == labels.dtype and (model.classes_ == labels).all()
        assert model.predict(MOONS).dtype == labels.dtype
        assert (model.predict(MOONS) == labels[codes]).all()


@every_model
@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_row_predicts_the_same_alone_as_in_any_company(make, n_classes):
    model = make().fit(WINE, np.minimum(WINE_Y, n_classes - 1))
    rng = np.random.default_rng(0)
    foreign = 3 + 10 * rng.normal(size=(40, 13)) * 10.0 ** rng.integers(-2, 3, size=(40, 1))
    company = np.vstack([WINE[::9], foreign])
    order = rng.permutation(len(company))
    together = score_of(model, company)
    scale = abs(together).max()
    assert score_of(model, company[order]) == pytest.approx(together[order], abs=1e-12 * scale)
    predicted = model.predict(company)
    for row in (0, 11, 19, 30, 59):
        alone = score_of(model, company[row:row + 1])
        assert alone[0] == pytest.approx(together[row], rel=1e-9, abs=1e-12)
        if not isinstance(model, SVR):  # its predictions are the scores
            assert model.predict(company[row:row + 1])[0] == predicted[row]


@every_model
def test_input_is_left_as_it_was_and_later_changes_do_not_reach_the_model(make):
    A, t = WINE.copy(), WINE_Y.copy()
    model = make().fit(A, t)
    predicted = model.predict(A)
    assert (A == WINE).all() and (t == WINE_Y).all()
    A[:], t[:] = 0, 0
    assert (model.predict(WINE) == predicted).all()


@every_model
def test_a_second_fit_forgets_the_first(make):
    used, fresh = make().fit(WINE, WINE_Y), make().fit(MOONS, MOONS_Y)
    used.fit(MOONS, MOONS_Y)
    assert set(vars(used)) == set(vars(fresh))
    assert (used.predict(MOONS) == fresh.predict(MOONS)).all()
    assert (used.intercept_ == fresh.intercept_).all() and used.n_features_in_ == 2


@every_model
@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_a_model_survives_pickle_and_deepcopy(make, duplicate):
    model = make().fit(WINE, WINE_Y)
    twin = duplicate(model)
    assert (twin.predict(WINE) == model.predict(WINE)).all()
    assert set(vars(twin)) == set(vars(model))


def test_a_seed_fixes_the_result_and_leaves_the_global_generator_alone():
    def path(random_state):
        model = pegasos(max_iter=3, random_state=random_state)
        return model.fit(WINE, WINE_Y).loss_history_

    before = str(np.random.get_state())  # noqa: NPY002
    for make in (SVC, SVR, LinearSVC):
        make().fit(WINE, WINE_Y)  # these draw nothing
    assert (path(0) == path(0)).all()  # 0 is a seed like any other
    assert (path(0) != path(1)).any() and (path(None) != path(None)).any()
    rng = np.random.default_rng(0)
    assert (path(rng) == path(0)).all() and (path(rng) != path(0)).any()  # drawn on from there
    assert str(np.random.get_state()) == before  # noqa: NPY002
