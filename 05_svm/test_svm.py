"""Tests of the support vector machines: by hand, by theory, against frozen numbers, against slow
twins, with bad input and with awkward input. SVM.1 and so on are formulas of
`references/math_notes.md`.
"""

import copy
import inspect
import itertools
import pickle
import tracemalloc
import warnings

import numpy as np
import pytest
from svm import SVC, SVR, LinearSVC

from utils.data_generators import make_blobs, make_circles, make_moons
from utils.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine
from utils.forms import FORMS, Sparse
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
    model = LinearSVC(fit_intercept=False, batch_size=2, max_iter=3, tol=None)
    model.fit([[-1.0], [1.0]], ["no", "yes"])
    assert model.coef_ == pytest.approx(1.0) and model.intercept_ == 0
    assert model.loss_history_ == pytest.approx([2**2 / 2, (4 / 3) ** 2 / 2, 1 / 2])
    assert model.iterate_loss_history_ == pytest.approx([2, 1 / 2, (2 / 3) ** 2 / 2 + 2 / 3])
    # alpha = 1, 1/2, 1/3 for both rows: D = 2 alpha - w^2 / 2
    assert model.dual_history_ == pytest.approx([2 - 2, 1 - 1 / 2, 2 / 3 - 2 / 9])
    assert model.dual_gap_ == pytest.approx([1 / 2 - 4 / 9])


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
    model = LinearSVC(C=0.1, batch_size=batch_size, max_iter=20, tol=None, random_state=0).fit(X, y)
    assert (model.loss_history_ >= least - 1e-6).all()
    assert (model.iterate_loss_history_ >= least - 1e-6).all()
    assert (model.dual_history_ <= least + 1e-6).all()
    gap = model.loss_history_[-1] - model.dual_history_[-1]
    assert model.dual_gap_.sum() == pytest.approx(gap)
    assert model.loss_history_[-1] - least <= gap


def test_the_averaged_weights_settle_where_the_last_ones_jump():
    model = LinearSVC(C=1.0, batch_size=1, max_iter=60, tol=None, random_state=0)
    model.fit(IRIS[50:], IRIS_Y[50:])
    mean, last = model.loss_history_[10:], model.iterate_loss_history_[10:]
    assert np.std(np.diff(mean)) < np.std(np.diff(last)) / 5
    assert mean[-1] < np.median(last[-10:])


def test_pegasos_stops_at_its_certificate_and_says_when_it_cannot():
    model = LinearSVC(C=0.01, tol=0.01, random_state=0).fit(CANCER, CANCER_Y)
    assert model.n_iter_ < 1000
    assert model.dual_gap_[0] <= 0.01 * model.loss_history_[-1]
    with pytest.warns(RuntimeWarning, match=r"max_iter=2: the duality gap is .* above tol=0\.01"):
        LinearSVC(max_iter=2, random_state=0).fit(CANCER, CANCER_Y)


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
    model = LinearSVC(C=C, batch_size=batch_size, fit_intercept=intercept, max_iter=epochs,
                      tol=None, random_state=5).fit(WINE, WINE_Y)
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


def test_memory_is_bounded():
    X, y = np.random.default_rng(0).normal(size=(1000, 2)), np.arange(1000) % 2
    for model in (SVC(C=1e-3).fit(X, y), SVR(C=1e-3).fit(X, 100 * X[:, 0])):
        assert len(model.support_) > 990
        tracemalloc.start()
        model.predict(np.tile(X, (20, 1)))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 25e6  # all kernel values: 160 MB


# --- 5. bad input ---


def fit(X=MOONS, y=MOONS_Y, make=SVC, **params):
    return make(**params).fit(X, y)


def holed(value):
    A = MOONS.copy()
    A[3, 1] = value
    return A


V, T, R = ValueError, TypeError, RuntimeError
BAD = {
    "no price": (lambda: fit(C=0), V, "C must be > 0, got 0"),
    "infinite price": (lambda: fit(C=np.inf), V, "C must be > 0 and finite, got inf"),
    "price in words": (lambda: fit(C="1"), T, "C must be a number, got '1'"),
    "no price of regression": (lambda: fit(make=SVR, C=-1), V, "C must be > 0, got -1"),
    "no price of LinearSVC": (lambda: fit(make=LinearSVC, C=0.0), V, "C must be > 0, got 0.0"),
    "a negative tube": (lambda: fit(make=SVR, epsilon=-0.1), V, "epsilon must be >= 0, got -0.1"),
    "tol of zero": (lambda: fit(tol=0), V, "tol must be > 0, got 0"),
    "tol of None": (lambda: fit(tol=None), T, "tol must be a number, got None"),
    "tol of LinearSVC": (lambda: fit(make=LinearSVC, tol=-1), V, "tol must be > 0, got -1"),
    "unknown kernel": (lambda: fit(kernel="precomputed"), V, "kernel must be .* got 'precomputed'"),
    "a kernel that is none": (lambda: fit(kernel=None), V, "kernel must be .*callable, got None"),
    "unknown gamma": (lambda: fit(gamma="big"), T, "gamma, if not 'scale' or 'auto', .* got 'big'"),
    "negative gamma": (lambda: fit(gamma=-1), V, "gamma, .* must be >= 0, got -1"),
    "nan gamma": (lambda: fit(gamma=np.nan), V, "gamma, .* must be >= 0, got nan"),
    "half a degree": (lambda: fit(degree=2.5), T, "degree must be an integer, got 2.5"),
    "negative degree": (lambda: fit(degree=-1), V, "degree must be >= 0, got -1"),
    "nan coef0": (lambda: fit(coef0=np.nan), V, "coef0 must be >= -1e.300, got nan"),
    "no cache": (lambda: fit(cache_size=0), V, "cache_size must be > 0, got 0"),
    "no steps": (lambda: fit(max_iter=0), V, "max_iter must be >= 1, got 0"),
    "a float of steps": (lambda: fit(max_iter=1e3), T, "max_iter must be an integer, got 1000.0"),
    "unknown shape": (lambda: fit(decision_function_shape="ovx"), V, "'ovr' or 'ovo', got 'ovx'"),
    "empty batches": (lambda: fit(make=LinearSVC, batch_size=0), V, "batch_size must be >= 1"),
    "no epochs": (lambda: fit(make=LinearSVC, max_iter=-1), V, "max_iter must be >= 1, got -1"),
    "kernel of a bad shape": (lambda: fit(kernel=lambda A, B: A @ B[:3].T), V, "gave .* or shape"),
    "kernel of nan": (lambda: fit(kernel=lambda A, B: A @ B.T * np.nan), V, "gave NaN, infinity"),
    "products too large": (lambda: fit(MOONS * 1e200, kernel="linear"), V, "'linear' gave NaN"),
    "one class": (lambda: fit(y=MOONS_Y * 0), V, r"at least 2 classes, got 1 class: .*0"),
    "one class for Pegasos": (lambda: fit(y=MOONS_Y * 0, make=LinearSVC), V, "at least 2 classes"),
    "numbers for classes": (lambda: fit(y=MOONS[:, 0]), V, "Unknown label type"),
    "nan in y": (lambda: fit(y=MOONS[:, 0] * np.nan, make=SVR), V, "y contains NaN or infinity"),
    "words in y": (lambda: fit(y=["high"] * 120, make=SVR), T, "y must be .* array of numbers"),
    "y too short": (lambda: fit(y=MOONS_Y[:-1]), V, r"shape \(120,\), got \(119,\)"),
    "two columns of y": (lambda: fit(y=MOONS), V, r"shape \(120,\), got \(120, 2\)"),
    "labels of two kinds": (lambda: fit(y=np.array(["a", 1] * 60, object)), T, "y mixes strings"),
    "no y": (lambda: fit(y=None), V, r"y should be a 1d array .* got \(\)"),
    "flat X": (lambda: fit(MOONS[:, 0]), V, r"non-empty 2-D array, got shape \(120,\)"),
    "3-D X": (lambda: fit(MOONS[None]), V, r"non-empty 2-D array, got shape \(1, 120, 2\)"),
    "no rows": (lambda: fit(MOONS[:0], []), V, r"0 sample\(s\), 2 feature\(s\)"),
    "no columns": (lambda: fit(MOONS[:, :0]), V, r"120 sample\(s\), 0 feature\(s\)"),
    "nan in X": (lambda: fit(holed(np.nan)), V, "X contains NaN or infinity"),
    "infinity in X": (lambda: fit(holed(np.inf), make=LinearSVC), V, "X contains NaN or infinity"),
    "strings in X": (lambda: fit([["a"], ["b"]], [1, 2]), T, "X must be .* array of numbers"),
    "ragged X": (lambda: fit([[1, 2], [3]], [1, 2]), V, "X must be .* array of numbers"),
    "complex X": (lambda: fit(MOONS + 1j), V, "X must be .* Complex data not supported"),
    "sparse X": (lambda: fit(Sparse(MOONS)), T, "X must be a dense, not a sparse, array"),
    "SVC unfitted": (lambda: SVC().predict(MOONS), R, "SVC is not fitted: call fit"),
    "SVR unfitted": (lambda: SVR().predict(MOONS), R, "SVR is not fitted: call fit"),
    "LinearSVC unfitted": (lambda: LinearSVC().decision_function(MOONS), R,
                           "LinearSVC is not fitted: call fit first"),
    "predict wide": (lambda: fit().predict(WINE), V, "X has 13 features.*: fit saw 2"),
    "score wide": (lambda: fit().decision_function(WINE), V, "X has 13 features.*: fit saw 2"),
    "predict nan": (lambda: fit().predict(holed(np.nan)), V, "X contains NaN or infinity"),
    "predict flat": (lambda: fit().predict(MOONS[0]), V, r"X\.reshape\(1, -1\) one sample"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_met_at_the_door(name):
    call, error, message = BAD[name]
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("make", [SVC, SVR, lambda: LinearSVC(max_iter=5, tol=None)])
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
    "LinearSVC": lambda **kw: LinearSVC(max_iter=30, tol=None, random_state=0, **kw),
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


@pytest.mark.parametrize("Model", [SVC, SVR, LinearSVC])
def test_fit_returns_the_model_and_leaves_its_hyperparameters_alone(Model):
    for params in ({}, {"kernel": "linear", "max_iter": 7}, {"gamma": 0.3, "C": 10}):
        if Model is LinearSVC:
            params = {"C": params.get("C", 1), "random_state": np.random.default_rng(0)}
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
    both = LinearSVC(tol=None, random_state=0).fit([[0.0, 1.0], [2.0, 0.0]], ["no", "yes"])
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
    with pytest.warns(RuntimeWarning, match="SMO stopped after 5 steps.* tol is 0.001"):
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


def test_pegasos_says_so_when_its_numbers_overflow():
    with np.errstate(all="ignore"), pytest.warns(RuntimeWarning, match="duality gap is nan"):
        LinearSVC(max_iter=3, random_state=0).fit(MOONS * 1e300, MOONS_Y)


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
@pytest.mark.parametrize("make", [SVC, lambda: LinearSVC(max_iter=9, tol=None, random_state=0)])
def test_labels_of_any_kind_come_back_as_they_were(make, labels):
    labels = np.asarray(labels)
    y, codes = labels[MOONS_Y], make().fit(MOONS, MOONS_Y).predict(MOONS)
    for column in (y, y[:, None]):
        model = make().fit(MOONS, column)
        assert model.classes_.dtype == labels.dtype and (model.classes_ == labels).all()
        assert model.predict(MOONS).dtype == labels.dtype
        assert (model.predict(MOONS) == labels[codes]).all()


@every_model
def test_a_row_predicts_the_same_alone_as_in_company(make):
    model = make().fit(WINE, WINE_Y)
    score = getattr(model, "decision_function", model.predict)
    for row in (0, 90, 177):
        assert score(WINE[row:row + 1])[0] == pytest.approx(score(WINE)[row], rel=1e-12)


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
        model = LinearSVC(max_iter=3, tol=None, random_state=random_state)
        return model.fit(WINE, WINE_Y).loss_history_

    before = str(np.random.get_state())  # noqa: NPY002
    SVC().fit(WINE, WINE_Y), SVR().fit(DIABETES, PROGRESSION)  # these draw nothing
    assert (path(0) == path(0)).all()  # 0 is a seed like any other
    assert (path(0) != path(1)).any() and (path(None) != path(None)).any()
    rng = np.random.default_rng(0)
    assert (path(rng) == path(0)).all() and (path(rng) != path(0)).any()  # drawn on from there
    assert str(np.random.get_state()) == before  # noqa: NPY002
