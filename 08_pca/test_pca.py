"""Tests of PCA: by hand, by theory, against frozen numbers, against the plainest twin, with bad
input and with awkward input. PCA.1 and so on are formulas of `references/math_notes.md`.
"""

import copy
import datetime
import inspect
import pickle
import tracemalloc

import numpy as np
import pca
import pytest
from pca import PCA

from utils.data_generators import make_low_rank
from utils.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine
from utils.docstrings import documented_defaults
from utils.forms import FORMS, NA, Frame, Ragged, Sparse, masked

SOLVERS = ("full", "covariance_eigh", "gram", "randomized")
every_solver = pytest.mark.parametrize("solver", ["auto", *SOLVERS])
DATA = {
    "iris": load_iris().X,
    "wine": load_wine().X,
    "breast cancer": load_breast_cancer().X,
    "digits": load_digits().X,
    "diabetes": load_diabetes().X,
}


def cloud(n=60, d=6, seed=0, offset=0.0):
    """Return correlated normal data with variances that fall by about 2 from column to column."""
    rng = np.random.default_rng(seed)
    Q = np.linalg.qr(rng.normal(size=(d, d)))[0]
    return rng.normal(size=(n, d)) * 0.7 ** np.arange(d) @ Q + offset


def twin(X):
    """Return variances and components (signs as they come) by the plainest route there is."""
    Z = X - X.mean(axis=0)
    lam, V = np.linalg.eigh(Z.T @ Z / (len(X) - 1))
    return lam[::-1], V.T[::-1]


def same_up_to_sign(V, W, tolerance=1e-9):
    return abs(abs((V * W).sum(axis=1)) - 1).max() < tolerance


# --- 1. by hand ---

HAND = np.array([[0.0, 0], [4, 2], [2, 4], [6, 6]])


@every_solver
def test_four_points_by_hand(solver):
    # The mean is (3, 3); centred: (-3, -3), (1, -1), (-1, 1), (3, 3). Z'Z = [[20, 16], [16, 20]]
    # has eigenvalues 20 + 16 = 36 along (1, 1) and 20 - 16 = 4 along (1, -1).
    model = PCA(svd_solver=solver, random_state=0).fit(HAND)
    assert model.mean_.tolist() == [3, 3]
    assert model.explained_variance_ == pytest.approx([36 / 3, 4 / 3], rel=1e-13)
    assert model.singular_values_ == pytest.approx([6, 2], rel=1e-13)
    assert model.explained_variance_ratio_ == pytest.approx([0.9, 0.1], rel=1e-13)
    assert model.components_ * np.sqrt(2) == pytest.approx(np.array([[1, 1], [1, -1]]), abs=1e-13)
    # scores: (-3 - 3)/sqrt 2 = -3 sqrt 2 along the first, (1 + 1)/sqrt 2 = sqrt 2 along the second
    expected = np.sqrt(2) * np.array([[-3, 0], [0, 1], [0, -1], [3, 0]])
    assert model.transform(HAND) == pytest.approx(expected, abs=1e-13)


def test_one_component_of_the_four_points_rebuilds_their_shadows():
    model = PCA(1).fit(HAND)
    shadows = model.inverse_transform(model.transform(HAND))
    assert shadows == pytest.approx(np.array([[0, 0], [3, 3], [3, 3], [6, 6]]), abs=1e-13)
    assert model.noise_variance_ == pytest.approx(4 / 3)
    # lost: (1, -1) and (-1, 1), squared lengths 2 + 2 = (n - 1) 4/3


def test_whitened_scores_of_the_four_points():
    T = PCA(whiten=True).fit_transform(HAND)  # scores over sqrt 12 and sqrt(4 / 3)
    a, b = np.sqrt(18 / 12), np.sqrt(2 / (4 / 3))
    assert T == pytest.approx(np.array([[-a, 0], [0, b], [0, -b], [a, 0]]), abs=1e-13)


# --- 2. theory ---


@every_solver
@pytest.mark.parametrize("shape", [(60, 6), (6, 60), (12, 12), (2, 5), (5, 2), (3, 1)])
def test_components_are_orthonormal_and_sorted_by_variance(solver, shape):
    model = PCA(svd_solver=solver, random_state=0).fit(cloud(*shape))
    V = model.components_
    assert V.shape == (min(shape), shape[1])
    assert V @ V.T == pytest.approx(np.eye(len(V)), abs=1e-13)
    assert (np.diff(model.explained_variance_) <= 0).all()
    assert model.explained_variance_ratio_.sum() == pytest.approx(1)


@every_solver
def test_scores_are_uncorrelated_with_the_stated_variances(solver):
    X = cloud()
    model = PCA(4, svd_solver=solver, random_state=0).fit(X)
    T = model.transform(X)
    assert T.mean(axis=0) == pytest.approx(0, abs=1e-13)
    assert np.cov(T.T) == pytest.approx(np.diag(model.explained_variance_), abs=1e-13)
    assert np.linalg.norm(T, axis=0) == pytest.approx(model.singular_values_)


@every_solver
@pytest.mark.parametrize("shape", [(60, 6), (6, 60)])
def test_reconstruction_error_is_the_sum_of_the_discarded_variances(solver, shape):
    X = cloud(*shape, offset=5)
    model = PCA(3, svd_solver=solver, random_state=0).fit(X)
    lost = ((X - model.inverse_transform(model.transform(X)))**2).sum() / (len(X) - 1)
    assert lost == pytest.approx(twin(X)[0][3:].sum(), rel=1e-9)
    assert lost == pytest.approx(model.noise_variance_ * (min(shape) - 3), rel=1e-9)


def test_no_other_directions_keep_more_variance():
    X, rng = cloud(), np.random.default_rng(1)
    best = PCA(2).fit(X).explained_variance_.sum()
    for _ in range(200):
        Q = np.linalg.qr(rng.normal(size=(6, 2)))[0]
        assert np.cov((X @ Q).T).trace() < best


@pytest.mark.parametrize("whiten", [False, True])
@pytest.mark.parametrize("shape", [(60, 6), (6, 60)])
def test_all_components_rebuild_the_data(whiten, shape):
    X = cloud(*shape, offset=-20)
    model = PCA(whiten=whiten).fit(X)
    assert model.inverse_transform(model.transform(X)) == pytest.approx(X, abs=1e-12)


def test_whitened_scores_have_unit_covariance():
    X = cloud()
    T = PCA(3, whiten=True).fit_transform(X)
    assert np.cov(T.T) == pytest.approx(np.eye(3), abs=1e-13)


def test_a_direction_without_variance_is_whitened_to_zero():
    X = np.column_stack([cloud(), np.full(60, 3.0)])
    T = PCA(whiten=True).fit_transform(X)
    assert (T[:, 6] == 0).all()
    assert PCA(whiten=True).fit(X).inverse_transform(T) == pytest.approx(X, abs=1e-13)


@pytest.mark.parametrize("share", [0.5, 0.8, 0.95, 0.999999])
@pytest.mark.parametrize("solver", ["auto", "full", "covariance_eigh", "gram"])
def test_a_share_keeps_the_fewest_components_that_exceed_it(share, solver):
    X = cloud()
    model = PCA(share, svd_solver=solver).fit(X)
    ratios = PCA().fit(X).explained_variance_ratio_
    k = model.n_components_
    assert ratios[:k].sum() > share >= ratios[:k - 1].sum()
    assert len(model.components_) == len(model.explained_variance_ratio_) == k


def test_the_largest_loading_is_positive_in_every_solver():
    for seed in range(20):
        X = cloud(30, 5, seed)
        fits = [PCA(svd_solver=s, random_state=seed).fit(X).components_ for s in SOLVERS]
        assert all(V[i, abs(V[i]).argmax()] > 0 for V in fits for i in range(5))
        assert all(V == pytest.approx(fits[0], abs=1e-9) for V in fits)


def test_equal_loadings_get_their_sign_from_the_first_whatever_the_rounding():
    x = np.random.default_rng(0).normal(size=200)
    for seed in range(20):
        noise = np.random.default_rng(seed + 1).normal(size=200)
        X = np.column_stack([x + noise, x - noise])
        X = (X - X.mean(axis=0)) / X.std(axis=0)  # loadings (1, 1) and (1, -1) / sqrt 2
        assert PCA().fit(X).components_[:, 0] == pytest.approx(np.sqrt(0.5))


def test_turning_the_data_turns_the_components():
    X, Q = cloud(), np.linalg.qr(np.random.default_rng(3).normal(size=(6, 6)))[0]
    a, b = PCA().fit(X), PCA().fit(X @ Q)
    assert a.explained_variance_ == pytest.approx(b.explained_variance_)
    assert same_up_to_sign(a.components_ @ Q, b.components_)


def test_the_order_of_rows_and_an_offset_do_not_matter():
    X = cloud()
    a, b = PCA().fit(X), PCA().fit(X[::-1] - 7)
    assert a.components_ == pytest.approx(b.components_, abs=1e-12)
    assert a.explained_variance_ == pytest.approx(b.explained_variance_, rel=1e-12)


def test_transform_uses_the_training_mean_and_inverse_transform_adds_it():
    X = cloud(offset=[1, 2, 3, 4, 5, 60])
    model = PCA(2).fit(X)
    assert model.transform(model.mean_[None]) == pytest.approx(0)
    assert model.inverse_transform(np.zeros((1, 2)))[0] == pytest.approx(model.mean_)
    assert model.transform(X[:1]) == pytest.approx(model.transform(X)[:1], abs=1e-12)


# --- 3. frozen oracles ---

# scikit-learn 1.9.1, PCA(svd_solver="full"): variances, and components @ cos([0, 1, ..., d - 1]).
ORACLES = {
    "iris": ([4.2282417060349, 0.24267074792863, 0.078209500042919, 0.023835092973449],
        [-0.3954854969, 1.1979708067, -0.831071675, -0.4036916568]),
    "wine": ([99201.789517481, 172.53526647789, 9.4381137034706, 4.9911786076419, 1.2288452283714,
        0.84106386945517, 0.27897352306605, 0.15138126638308, 0.11209676473742, 0.071702603162114,
        0.037575978866193, 0.021072366149372, 0.0082037031417758],
        [0.8372044337, -0.7086269919, -1.1685211506, -0.3585472315, 0.1907888172,
        1.0643407897, 0.8660631833, -0.0351932394, -0.5931965767, -0.1582171808, -0.4381602075,
        -0.7163036793, 1.0055353345]),
    "breast cancer": ([443782.6051466, 7310.1000616534, 703.83374200628, 54.648737865224,
        39.890017787282, 3.004587678759, 1.8153302950112, 0.37146674035311, 0.15551354729341,
        0.084061219635204, 0.031608953269263, 0.007497365136111, 0.0031616565214117,
        0.0021615039509319, 0.0013265387885636, 0.00064026930415957, 0.00037488331994185,
        0.00023516962616383, 0.00018458346723621, 0.00016418006427638, 7.8110201118327e-05,
        5.7611165955948e-05, 3.4917277454489e-05, 2.8395268903664e-05, 1.6146367656631e-05,
        1.2490241904913e-05, 3.6804817106405e-06, 2.8479042519535e-06, 2.0049156435403e-06,
        7.0199726134987e-07],
        [-0.9697261153, -0.5700941564, 1.0955302794, -0.6375192614, 0.4028852417,
        0.4094423286, 0.7111747606, 0.418313822, 0.5810888673, -0.3451409492, 0.3626039075,
        1.2241271274, 0.2714909808, -1.0391828049, -0.5317614789, 0.5911330463, -0.3620459337,
        -0.5732112883, 0.2383151181, 1.6801381695, -0.3649819528, -0.847700501, 0.1372253585,
        -0.6788352021, 0.3521855101, 1.0048799159, 0.1375282858, -0.6016318488, 0.0052251757,
        1.2240954227]),
    "digits": ([179.00693009797, 163.71774688168, 141.78843909228, 101.10037520285,
        69.513165590987, 59.1085248863, 51.884539107795, 44.015106669095, 40.310995292784,
        37.011798402208, 28.519041180837, 27.321169806299, 21.901488135867, 21.324356544382,
        17.636722222051, 16.946863852712, 15.851389909343, 15.004460221602, 12.234473176254,
        10.886859323807, 10.693566251925, 9.5825977893715, 9.2264026007255, 8.690368719789,
        8.3656119002875, 7.1657796104253, 6.9197388067409, 6.1929550830225, 5.8849912256053,
        5.1558668957149, 4.4912965624405, 4.246877994854, 4.0474388293695, 3.9434033433226,
        3.706472454348, 3.531653062015, 3.0845740910306, 2.7378000203615, 2.672108955325,
        2.5417056279177, 2.2829874421088, 1.9072422871736, 1.8171656938942, 1.6899643913763,
        1.4019721950711, 1.2922188832004, 1.1589341864455, 0.93122000816489, 0.66985059360789,
        0.48606521742047, 0.25235043248103, 0.099152794409118, 0.063130784755793, 0.06073775808593,
        0.039666229730041, 0.014950563563292, 0.0084730726067754, 0.0036236595669306,
        0.0012770511328931, 0.00066127090647295, 0.00041222330534469],
        [0.9903390668, 0.4114086721, 0.6330339794, 0.0157650464, -0.3253247712,
        0.9342472825, -1.1379200196, 0.3392993718, -0.6216687185, -0.7844536166, 1.3295553939,
        0.4131166146, -1.2098651582, 1.4383216516, -0.358175067, -1.3611187693, 0.5316560388,
        0.0714452426, 1.0774446916, 0.3742855937, 0.3399265502, -0.5475304416, -0.0039180524,
        0.2062526947, 1.7287336507, -0.0926543746, 0.3078284778, 0.6460257567, -1.0018486814,
        -0.5770966391, 1.1005676642, 0.1279862956, 0.1934634049, 0.7442119235, 0.4022883402,
        -0.7033773899, -0.0795963717, 0.2398376519, -0.8177789426, -0.4937932733, 0.3083406943,
        0.6421192785, 0.328178966, 0.281958475, 0.4804202697, -0.0390038092, -0.6408531873,
        -0.0845232167, 0.9550643074, -0.3834905783, -1.0965445373, -0.1397608022, -0.9376717773,
        0.0818547054, -0.7183799467, -0.4309353057, -0.3960343495, -0.6578734845, 0.802010357,
        0.712158729, 1.0394330072]),
    "diabetes": ([2056.0967897182, 270.06639958312, 209.71270924441, 121.16199144449,
        90.282403496348, 46.116247482629, 13.141482139683, 0.20873128049094, 0.17684705039556,
        0.026954966943066],
        [-0.4036325015, -0.9178692528, 0.2351176294, 1.5775194931, -0.5992948233,
        0.5944725362, -0.1237105795, 0.9542533047, 0.3238626162, -0.0439837522]),
}


@pytest.mark.parametrize("name", ORACLES)
@pytest.mark.parametrize("solver", ["auto", "full"])
def test_frozen_scikit_learn_fits_are_met(name, solver):
    X = DATA[name]
    variances, checks = ORACLES[name]
    model, k = PCA(svd_solver=solver).fit(X), len(variances)
    assert model.explained_variance_[:k] == pytest.approx(variances, rel=1e-10, abs=0)
    assert (model.explained_variance_[k:] == 0).all()  # the blank pixels of the digits
    found = model.components_[:k] @ np.cos(np.arange(X.shape[1]))
    assert found == pytest.approx(checks, abs=1e-8)
    few = PCA(3, svd_solver=solver).fit(X)
    assert few.explained_variance_ == pytest.approx(variances[:3], rel=1e-10, abs=0)
    assert few.noise_variance_ == pytest.approx(np.mean(model.explained_variance_[3:]), rel=1e-8)


@pytest.mark.parametrize("solver", ["covariance_eigh", "gram", "randomized"])
def test_the_squaring_solvers_give_the_large_components_of_the_real_data(solver):
    for name, (variances, checks) in ORACLES.items():
        X = DATA[name]
        model = PCA(3, svd_solver=solver, random_state=0).fit(X)
        assert model.explained_variance_ == pytest.approx(variances[:3], rel=1e-9, abs=0)
        found = model.components_ @ np.cos(np.arange(X.shape[1]))
        assert found == pytest.approx(checks[:3], abs=1e-7)


def test_digits_keep_80_90_95_percent_in_13_21_29_components():
    X = DATA["digits"]
    assert [PCA(share).fit(X).n_components_ for share in (0.8, 0.9, 0.95)] == [13, 21, 29]


def test_whitened_scores_of_the_first_digit():
    # scikit-learn 1.9.1, PCA(3, svd_solver="full", whiten=True)
    T = PCA(3, whiten=True).fit_transform(DATA["digits"])
    row = [-0.0941351200623019, -1.6627207270326114, 0.7947141320341261]
    assert T[0] == pytest.approx(row, abs=1e-10)


# --- 4. slow and obvious ---


@pytest.mark.parametrize("shape", [(60, 6), (7, 7), (40, 39), (700, 450), (90, 1)])
@every_solver
def test_every_solver_agrees_with_the_plain_covariance(shape, solver):
    X = cloud(*shape, seed=shape[0])
    k = min(5, *shape)
    lam, V = twin(X)
    model = PCA(k, svd_solver=solver, random_state=1).fit(X)
    assert model.explained_variance_ == pytest.approx(lam[:k], rel=1e-9, abs=1e-15)
    assert same_up_to_sign(model.components_, V[:k], 1e-8)
    assert model.explained_variance_ratio_ == pytest.approx(lam[:k] / lam.sum(), rel=1e-9)


@pytest.mark.parametrize("solver", ["auto", "gram", "randomized", "full"])
def test_more_features_than_samples(solver):
    X = cloud(20, 300)
    s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    model = PCA(svd_solver=solver, random_state=0).fit(X)
    assert model.singular_values_[:12] == pytest.approx(s[:12], rel=1e-9)
    assert model.singular_values_[19] == 0  # centring takes one of 20 dimensions
    assert model.components_ @ model.components_.T == pytest.approx(np.eye(20), abs=1e-12)


AUTO = [  # shape, components, solver; m is the shorter side
    ((1000, 10), 3, "covariance_eigh"),
    ((10, 1000), 3, "gram"),
    ((600, 550), 54, "randomized"),
    ((600, 550), 55, "randomized"),  # m // 10
    ((600, 550), 56, "covariance_eigh"),
    ((550, 600), 60, "gram"),
    ((600, 550), 275, "covariance_eigh"),  # m // 2
    ((600, 550), 276, "full"),
    ((550, 600), 400, "full"),
    ((600, 550), None, "full"),
    ((600, 550), 0.9, "full"),
    ((1099, 550), 400, "full"),
    ((1100, 550), 400, "covariance_eigh"),  # 2 m
    ((500, 500), 50, "covariance_eigh"),  # m = 500
    ((500, 500), 400, "covariance_eigh"),
    ((501, 501), 50, "randomized"),
    ((5499, 550), 50, "randomized"),
    ((5500, 550), 50, "covariance_eigh"),  # 10 m
    ((550, 6000), 50, "gram"),
    ((100_000, 1000), 100, "covariance_eigh"),  # m = 1000
    ((100_000, 1001), 100, "randomized"),
    ((1001, 100_000), 100, "randomized"),
    ((100_000, 1001), 101, "covariance_eigh"),
]


@pytest.mark.parametrize(("shape", "k", "solver"), AUTO)
def test_auto_chooses_by_shape(shape, k, solver):
    wanted = PCA(k)._check_hyperparameters(shape)
    assert pca._choose_solver(shape, wanted) == solver


@pytest.mark.parametrize("choice", ["full", "covariance_eigh", "gram"])
def test_auto_asks_for_the_full_decomposition_at_most_once(monkeypatch, choice):
    calls, full = [], pca._full
    monkeypatch.setattr("pca._choose_solver", lambda *args: choice)
    monkeypatch.setattr("pca._full", lambda *args: calls.append(choice) or full(*args))
    X = cloud(40, 6) @ np.diag(10.0 ** -np.arange(6))  # variances far below 1e-4 of the first
    PCA().fit(X)
    assert len(calls) == 1
    PCA(1).fit(X)
    assert len(calls) == (2 if choice == "full" else 1)  # squares serve for a large variance
    PCA(svd_solver="gram").fit(X)
    assert len(calls) == (2 if choice == "full" else 1)  # and one that is asked for is kept to


def test_auto_is_exact_where_many_components_are_wanted():
    X = cloud(600, 550) + np.random.default_rng(0).normal(size=(600, 550))
    lam, V = twin(X)
    model = PCA(200).fit(X)
    assert model.explained_variance_ == pytest.approx(lam[:200], rel=1e-10)
    for k in (60, 400):
        assert PCA(k).fit(X).explained_variance_ == pytest.approx(lam[:k], rel=1e-10)


def test_block_krylov_survives_a_rank_below_its_block():
    X = make_low_rank(200, 150, rank=3, random_state=0)[0]
    model = PCA(8, svd_solver="randomized", random_state=0).fit(X)
    assert model.explained_variance_[:3] == pytest.approx([1, 0.25, 0.0625], rel=1e-9)
    assert (model.explained_variance_[3:] == 0).all()
    assert model.components_ @ model.components_.T == pytest.approx(np.eye(8), abs=1e-12)


@pytest.mark.parametrize("constant", [False, True])
@pytest.mark.parametrize("factor", [1, 2.0**980, 2.0**-980])
@pytest.mark.parametrize("offset", [0, 5])
def test_block_krylov_meets_the_full_decomposition(offset, factor, constant):
    # 8 blocks of 4 + 10 vectors are fewer than 120: the loop runs, not the shortcut for small m
    X = np.random.default_rng(0).normal(size=(200, 120)) * 0.9 ** np.arange(120) + offset
    X[:, 60] = 7 if constant else X[:, 60]
    X *= factor
    model = PCA(4, svd_solver="randomized", iterated_power=8, random_state=0).fit(X)
    exact = PCA(4, svd_solver="full").fit(X)
    assert model.components_ == pytest.approx(exact.components_, abs=1e-10)
    assert model.singular_values_ == pytest.approx(exact.singular_values_, rel=1e-12, abs=0)
    ratio, exact_ratio = model.explained_variance_ratio_, exact.explained_variance_ratio_
    assert ratio == pytest.approx(exact_ratio, rel=1e-12)
    assert model.noise_variance_ == pytest.approx(exact.noise_variance_, rel=1e-12, abs=0)
    assert factor != 1 or 0 < model.noise_variance_ < exact.explained_variance_[3]
    assert model.mean_ == pytest.approx(exact.mean_, abs=0)


@pytest.mark.parametrize("wide", [False, True])
def test_auto_keeps_the_digits_that_squaring_loses(wide):
    rng = np.random.default_rng(0)
    U = np.linalg.qr(rng.normal(size=(500, 8)))[0]
    U = np.linalg.qr(U - U.mean(axis=0))[0]  # centring leaves this one alone
    V = np.linalg.qr(rng.normal(size=(700 if wide else 8, 8)))[0].T
    s = 10.0 ** -np.arange(8)  # variances fall to 1e-14 of the first
    X = U * s @ V
    assert PCA(8).fit(X).singular_values_ == pytest.approx(s, rel=1e-8)
    left_out = PCA(7, svd_solver="full").fit(X[:, :8]).noise_variance_
    assert wide or left_out == pytest.approx(1e-14 / 499, rel=1e-8, abs=0)
    rough = PCA(8, svd_solver="gram" if wide else "covariance_eigh").fit(X)
    assert abs(rough.singular_values_[7] / s[7] - 1) > 1e-5


@pytest.mark.parametrize("block", [1, 30, 2**30])
def test_the_size_of_a_block_changes_nothing(monkeypatch, block):
    # 5 blocks of 14 vectors are fewer than 80: the third one runs the Krylov loop
    data = cloud(50, 7, offset=9), cloud(7, 50, offset=9), cloud(90, 80, offset=9)
    whole = [PCA(4, svd_solver=s, random_state=0).fit(A) for s in SOLVERS for A in data]
    monkeypatch.setattr("pca._BLOCK", block)
    cut = [PCA(4, svd_solver=s, random_state=0).fit(A) for s in SOLVERS for A in data]
    for a, b in zip(whole, cut):
        assert a.explained_variance_ == pytest.approx(b.explained_variance_, rel=1e-9)
        assert a.components_ == pytest.approx(b.components_, abs=1e-7)
        assert a.mean_ == pytest.approx(b.mean_, rel=1e-14)


def test_randomized_is_within_a_thousandth_on_a_large_decaying_spectrum():
    rng = np.random.default_rng(0)
    # Turning the rows or columns of a matrix leaves its singular values: two reflections mix all.
    s = 0.99 ** np.arange(2000)
    u, v = rng.normal(size=(2, 2000))
    u -= u.mean()
    X = np.diag(s)
    X = X - np.outer(u, 2 * (u @ X) / (u @ u))
    X = X - np.outer(X @ v, 2 * v / (v @ v))
    Z = X - X.mean(axis=0)
    exact = np.linalg.eigvalsh(Z @ Z.T)[:-11:-1]
    model = PCA(10, random_state=0).fit(X)  # auto chooses it here
    assert model.singular_values_**2 == pytest.approx(exact, rel=1e-3, abs=0)
    assert abs(model.explained_variance_ratio_ * (Z**2).sum() / exact - 1).max() < 1e-3
    again = PCA(10, svd_solver="randomized", random_state=0).fit(X)
    assert np.array_equal(again.components_, model.components_)
    more = PCA(10, iterated_power=8, random_state=0).fit(X)
    assert more.singular_values_**2 == pytest.approx(exact, rel=1e-7, abs=0)


def test_memory_is_bounded():
    X = np.random.default_rng(0).normal(size=(120_000, 40)) + 50  # 38 MB
    for solver in ("auto", "full", "randomized"):
        tracemalloc.start()
        PCA(3, svd_solver=solver, random_state=0).fit(X).transform(X)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 0.5 * X.nbytes, solver
    wide, many = X.reshape(60, 80_000), X.reshape(24_000, 200)
    for Y, solver in ((wide, "auto"), (many, "randomized")):  # the second runs the Krylov loop
        tracemalloc.start()
        PCA(3, svd_solver=solver, random_state=0).fit(Y)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 0.5 * X.nbytes, solver


# --- 5. bad input ---

GOOD = cloud()


def fit(X=GOOD, n_components=None, **params):
    return PCA(n_components, **params).fit(X)


def holed(value):
    A = GOOD.copy()
    A[3, 4] = value
    return A


V, T, R = ValueError, TypeError, RuntimeError
BAD = {
    "more than features": (lambda: fit(n_components=7), V,
                           r"n_components=7 is more than min\(n_samples"),
    "more than rows": (lambda: fit(GOOD[:2], 3), V, "n_components=3 is more than"),
    "no components": (lambda: fit(n_components=0), V, "n_components must be >= 1, got 0"),
    "negative components": (lambda: fit(n_components=-2), V, "n_components must be >= 1, got -2"),
    "no share": (lambda: fit(n_components=0.0), V, r"a share in \(0, 1\) or None, got 0.0"),
    "the whole share": (lambda: fit(n_components=1.0), V, r"a share in \(0, 1\) or None, got 1.0"),
    "a share of nan": (lambda: fit(n_components=np.nan), V, r"share in \(0, 1\) or None, got nan"),
    "a word of components": (lambda: fit(n_components="mle"), V,
                             r"an integer >= 1, a share in \(0, 1\) or None, got 'mle'"),
    "a list of components": (lambda: fit(n_components=[2]), T, "n_components must be an integer"),
    "a bool of components": (lambda: fit(n_components=True), T,
                             "n_components must be an integer, got True"),
    "unknown solver": (lambda: fit(svd_solver="arpack"), V, "svd_solver must be one of .*'arpack'"),
    "solver of None": (lambda: fit(svd_solver=None), V, "svd_solver must be one of .*None"),
    "a share at random": (lambda: fit(n_components=0.5, svd_solver="randomized"), V,
                          "n_components=0.5 needs every variance"),
    "no passes": (lambda: fit(iterated_power=0), V, "iterated_power must be >= 1, got 0"),
    "a float of passes": (lambda: fit(iterated_power=2.0), T,
                          "iterated_power must be an integer, got 2.0"),
    "a word of passes": (lambda: fit(iterated_power="many"), T,
                         "iterated_power must be an integer, got 'many'"),
    "a word for whiten": (lambda: fit(whiten="no"), T, "whiten must be True or False, got 'no'"),
    "a number for whiten": (lambda: fit(whiten=3), T, "whiten must be True or False, got 3"),
    "whiten of None": (lambda: fit(whiten=None), T, "whiten must be True or False, got None"),
    "a word for random_state": (lambda: fit(random_state="a"), T,
                                "random_state must be None, an integer >= 0 or a numpy.random"),
    "random_state below 0": (lambda: fit(random_state=-1), V, "random_state must be >= 0, got -1"),
    "a range beyond float64": (lambda: fit([[1e308, 0], [-1e308, 1], [1e308, 3]]), V,
                               "X spans more than the range of float64"),
    "the same, a moderate row first": (lambda: fit([[0, 0], [-1e308, 1], [1e308, 3]]), V,
                                       "X spans more than the range of float64"),
    "the same, at random": (lambda: fit([[-1e308, 0], [0, 1], [1e308, 3]], svd_solver="randomized"),
                            V, "X spans more than the range of float64"),
    "flat X": (lambda: fit(GOOD[0]), V, r"X must be a non-empty 2-D array, got shape \(6,\)"),
    "3-D X": (lambda: fit(GOOD[None]), V, r"non-empty 2-D array, got shape \(1, 60, 6\)"),
    "no rows": (lambda: fit(GOOD[:0]), V, r"non-empty 2-D array, got 0 sample\(s\), 6 feature"),
    "no columns": (lambda: fit(GOOD[:, :0]), V, r"non-empty 2-D array, got 60 sample\(s\), 0 fea"),
    "nan in X": (lambda: fit(holed(np.nan)), V, "X contains NaN or infinity"),
    "infinity in X": (lambda: fit(holed(-np.inf)), V, "X contains NaN or infinity"),
    "strings in X": (lambda: fit([[1, "red"], [2, "blue"]]), T,
                     r"numbers, but column 1 holds text: X\[0, 1\] is 'red'"),
    "dates in X": (lambda: fit([[datetime.date(2020, 2, 1)], [datetime.date(2021, 2, 1)]]), T,
                   r"column 0 holds a date: X\[0, 0\] is '2020-02-01'"),
    "None in X": (lambda: fit([[1], [None]]), V, r"infinity: X\[1, 0\] is None"),
    "NA in X": (lambda: fit([[1], [NA]]), V, r"column 0 holds a missing value: X\[1, 0\]"),
    "no X": (lambda: fit(None), V, "X is None: an array is needed"),
    "a huge integer": (lambda: fit([[1], [10**400]]), V, "a number beyond the range of float64"),
    "masked X": (lambda: fit(masked(GOOD)), V, "X is a masked array"),
    "complex X": (lambda: fit(GOOD + 1j), V, "Complex data not supported"),
    "ragged X": (lambda: fit([[1, 2], [3]]), V, "X must be an array whose rows all have the same"),
    "ragged frame": (lambda: fit(Ragged()), V, "X must be an array whose rows all have the same"),
    "sparse X": (lambda: fit(Sparse(GOOD)), T, r"X is a sparse matrix.*X\.toarray\(\)"),
    "names in another order": (lambda: fit(Frame(GOOD, "abcdef")).transform(Frame(GOOD, "bacdef")),
                               V, r"The feature names should match .* fit saw the columns \['a', "),
    "other names": (lambda: fit(Frame(GOOD, "abcdef")).transform(Frame(GOOD, "uvwxyz")), V,
                    "The feature names should match"),
    "transform unfitted": (lambda: PCA().transform(GOOD), R, "PCA is not fitted: call fit first"),
    "inverse unfitted": (lambda: PCA().inverse_transform(GOOD), R,
                         "PCA is not fitted: call fit first"),
    "transform narrow": (lambda: fit().transform(GOOD[:, :5]), V,
                         "X has 5 features, but PCA is expecting 6 features.*: fit saw 6"),
    "transform flat": (lambda: fit().transform(GOOD[0]), V, r"X\.reshape\(1, -1\) one sample"),
    "transform nan": (lambda: fit().transform(holed(np.nan)), V, "X contains NaN or infinity"),
    "inverse wide": (lambda: fit(n_components=2).inverse_transform(GOOD), V,
                     "X has 6 scores a row, fit kept n_components_=2"),
    "inverse flat": (lambda: fit(n_components=2).inverse_transform(GOOD[0, :2]), V,
                     "non-empty 2-D array"),
    "inverse nan": (lambda: fit(n_components=2).inverse_transform([[np.nan, 0]]), V,
                    "X contains NaN or infinity"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_met_at_the_door(name):
    call, error, message = BAD[name]
    with pytest.raises(error, match=message):
        call()


def test_a_failed_fit_leaves_the_earlier_fit_usable():
    model = PCA(2).fit(GOOD)
    before, state = model.transform(GOOD), set(vars(model))
    for bad in (lambda: model.fit(holed(np.nan)[:, 2:]), lambda: model.fit(GOOD[:1]),
                lambda: model.fit(Sparse(GOOD)),
                lambda: setattr(model, "n_components", "many") or model.fit(GOOD[:, :3]),
                lambda: setattr(model, "n_components", 9) or model.fit(GOOD[:, :3])):
        with pytest.raises((ValueError, TypeError)):
            bad()
        assert (model.transform(GOOD) == before).all()
        assert set(vars(model)) == state


# --- 6. robustness ---


def test_the_constructor_stores_its_arguments_and_does_nothing_else():
    defaults = {k: p.default for k, p in inspect.signature(PCA).parameters.items()}
    assert vars(PCA()) == defaults
    strange = {name: object() for name in defaults}
    nothing = dict.fromkeys(defaults)
    assert vars(PCA(**strange)) == strange
    assert vars(PCA(**nothing)) == nothing
    assert PCA(2).n_components == 2


def test_defaults_are_those_of_scikit_learn():
    defaults = {p.name: p.default for p in inspect.signature(PCA).parameters.values()}
    assert defaults == {"n_components": None, "whiten": False, "svd_solver": "auto",
                        "iterated_power": "auto", "random_state": None}
    assert documented_defaults(PCA) == defaults


def test_fit_returns_the_model_and_leaves_its_hyperparameters_alone():
    rng = np.random.default_rng(0)
    for params in ({}, {"n_components": 0.9}, {"whiten": True, "svd_solver": "gram"},
                   {"n_components": 2, "svd_solver": "randomized", "random_state": rng}):
        model = PCA(**params)
        given = dict(vars(model))
        assert model.fit(GOOD) is model
        assert all(vars(model)[name] is value for name, value in given.items())


@every_solver
def test_one_row_is_its_own_mean(solver):
    model = PCA(svd_solver=solver, random_state=0).fit([[1.0, 2.0, 7.0]])
    assert model.mean_.tolist() == [1, 2, 7] and model.explained_variance_.tolist() == [0]
    assert np.linalg.norm(model.components_) == pytest.approx(1)
    assert model.transform([[1, 2, 7]]).tolist() == [[0]]
    assert model.inverse_transform([[0]]).tolist() == [[1, 2, 7]]


def test_rows_that_all_come_twice_change_only_the_divisor():
    X = cloud(30, 4)
    a, b = PCA().fit(X), PCA().fit(np.repeat(X, 2, axis=0))
    assert b.explained_variance_ * 59 / 60 == pytest.approx(a.explained_variance_ * 29 / 30)
    assert b.components_ == pytest.approx(a.components_, abs=1e-12)


@every_solver
def test_a_constant_column_gets_loading_zero_and_variance_zero(solver):
    X = cloud(40, 4)
    wide = np.column_stack([X, np.full(40, 0.1), np.full(40, 1e8)])
    a = PCA(4, svd_solver=solver, random_state=0).fit(X)
    b = PCA(svd_solver=solver, random_state=0).fit(wide)
    assert b.components_[:4, :4] == pytest.approx(a.components_, abs=1e-10)
    assert (abs(b.components_[:4, 4:]) < 1e-12).all()
    assert (b.explained_variance_[4:] == 0).all()
    assert b.explained_variance_[:4] == pytest.approx(a.explained_variance_, rel=1e-10)


@every_solver
@pytest.mark.parametrize("c", [1e3, 1e-3, 2.0**500, 2.0**-500, 2.0**-520, 2.0**1015, 2.0**-980])
def test_units_may_be_of_any_size(solver, c):
    X = cloud(40, 5)
    a = PCA(3, svd_solver=solver, random_state=0).fit(X)
    b = PCA(3, svd_solver=solver, random_state=0).fit(X * c)
    assert b.components_ == pytest.approx(a.components_, abs=1e-12)
    assert b.singular_values_ / c == pytest.approx(a.singular_values_, rel=1e-12)
    assert b.explained_variance_ratio_ == pytest.approx(a.explained_variance_ratio_, rel=1e-12)
    assert b.transform(X * c) / c == pytest.approx(a.transform(X), abs=1e-12)
    if 1e-150 < c < 1e160:
        assert b.explained_variance_ / c / c == pytest.approx(a.explained_variance_, rel=1e-12)
        assert b.noise_variance_ / c / c == pytest.approx(a.noise_variance_, rel=1e-9)
    elif c > 1:
        assert np.isinf(b.explained_variance_).all()  # its square is no float64
    b.whiten = a.whiten = True
    assert b.transform(X * c) == pytest.approx(a.transform(X), abs=1e-11)


@every_solver
def test_numbers_at_the_end_of_the_range_are_centred_too(solver):
    X = [[1.7e308, 0], [1.69e308, 1], [1.7e308, 3]]  # less 1.7e308 - 1e306 / 3: 1, -2, 1 thirds
    model = PCA(1, svd_solver=solver, random_state=0).fit(X)
    assert model.components_ == pytest.approx(np.array([[1, 0]]), abs=1e-15)
    assert model.singular_values_ == pytest.approx([1e306 * np.sqrt(6) / 3], rel=1e-12)
    assert model.transform(X)[:, 0] * 3e-306 == pytest.approx([1, -2, 1], rel=1e-12)
    X = np.full((40, 1), 1.7e308)
    X[0] = 1.64e308  # the sum of the differences from the first row, 39 * 6e306, is no float64
    model = PCA(svd_solver=solver, random_state=0).fit(X)
    assert model.mean_ == pytest.approx([1.7e308 - 6e306 / 40], rel=1e-15)
    assert model.singular_values_ == pytest.approx([6e306 * np.sqrt(39 / 40)], rel=1e-12)


@every_solver
def test_an_offset_of_1e8_costs_no_digits(solver):
    X = np.round(cloud() * 2**20) / 2**20  # exact also beside 1e8
    a = PCA(svd_solver=solver, random_state=0).fit(X)
    b = PCA(svd_solver=solver, random_state=0).fit(X + 1e8)
    assert a.explained_variance_ == pytest.approx(b.explained_variance_, rel=1e-11)
    assert a.components_ == pytest.approx(b.components_, abs=1e-11)
    assert a.transform(X) == pytest.approx(b.transform(X + 1e8), abs=1e-7)  # mean_ ends at 1.5e-8


@pytest.mark.parametrize("solver", ["auto", "covariance_eigh"])
def test_rows_in_order_and_a_far_first_row_cost_no_digits(solver):
    X = np.sort(np.random.default_rng(0).normal(size=(5000, 3)), axis=0) * [1, 0.1, 0.02] + 10
    X[0] = 1e4
    lam, V = twin(X)
    model = PCA(2, svd_solver=solver).fit(X)
    assert model.explained_variance_ == pytest.approx(lam[:2], rel=1e-10)
    assert model.mean_ == pytest.approx(X.mean(axis=0), rel=1e-13)


@every_solver
@pytest.mark.parametrize("X", [np.full((5, 3), 0.1), np.zeros((3, 5)), np.array([[1.0, 2, 3]]),
                               np.full((1, 1), -4.0), np.full((9, 2), 7)])
def test_data_without_variance_give_zeros_and_orthonormal_components(solver, X):
    model = PCA(svd_solver=solver, whiten=True, random_state=0).fit(X)
    V = model.components_
    assert V @ V.T == pytest.approx(np.eye(len(V)), abs=1e-13)
    for values in (model.explained_variance_, model.explained_variance_ratio_,
                   model.singular_values_, model.transform(X).ravel()):
        assert (values == 0).all()
    assert model.noise_variance_ == 0
    assert model.inverse_transform(model.transform(X)) == pytest.approx(X, abs=1e-14)


def test_rank_deficient_data_show_their_rank():
    X = make_low_rank(80, 30, rank=4, random_state=0)[0]
    for solver in ("auto", "full", "covariance_eigh", "gram"):
        model = PCA(svd_solver=solver).fit(X)
        assert (model.explained_variance_ > 0).sum() == 4, solver
        assert model.components_ @ model.components_.T == pytest.approx(np.eye(30), abs=1e-12)
    assert PCA().fit(X).explained_variance_[:4] == pytest.approx(0.25 ** np.arange(4), rel=1e-10)
    assert PCA(0.9999999).fit(X).n_components_ == 4


def test_fractions_in_single_precision_keep_their_digits():
    X = np.round(cloud(20, 4) * 64) / 64
    a, b = PCA(2).fit(X), PCA(2).fit(X.astype(np.float32))
    assert b.components_ == pytest.approx(a.components_, abs=1e-12)
    assert b.transform(X.astype(np.float32)) == pytest.approx(a.transform(X), abs=1e-12)


def test_fit_transform_is_fit_then_transform():
    assert np.array_equal(PCA(2).fit_transform(GOOD, y=[1]), PCA(2).fit(GOOD).transform(GOOD))


@pytest.mark.parametrize("form", FORMS)
@every_solver
def test_any_form_of_the_same_numbers_gives_the_same_fit(form, solver):
    X = np.rint(cloud(20, 4) * 20)
    model, other = (PCA(2, svd_solver=solver, random_state=0) for _ in range(2))
    model.fit(X), other.fit(FORMS[form](X))
    assert other.components_ == pytest.approx(model.components_, abs=1e-12)
    assert other.transform(FORMS[form](X)) == pytest.approx(model.transform(X), abs=1e-11)
    assert other.transform(FORMS[form](X)).dtype == other.components_.dtype == float


@pytest.mark.parametrize("dtype", [int, bool])
def test_integers_and_truth_values_are_numbers_too(dtype):
    X = (cloud(30, 4) * 3).astype(dtype)
    assert np.array_equal(PCA(2).fit(X).components_, PCA(2).fit(X.astype(float)).components_)


@pytest.mark.parametrize("offset", [0, 100])
def test_a_row_transforms_the_same_alone_as_in_foreign_company(offset):
    model = PCA(2).fit(cloud(offset=offset))
    foreign = cloud(20, seed=7, offset=-2 * offset - 5) * np.arange(1, 7)
    together = model.transform(foreign)
    alone = np.vstack([model.transform(row[None]) for row in foreign])
    assert together == pytest.approx(alone, rel=1e-12)
    assert together == pytest.approx(model.transform(foreign[::-1])[::-1], rel=1e-12)
    expected = (foreign - model.mean_) @ model.components_.T
    assert together == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("offset", [1e13, -1e13])
def test_digits_survive_a_mean_far_on_either_side(offset):
    X = np.round(cloud(200, 3) * 64) / 64 + offset         # exact in float64
    near = PCA(2).fit(X - offset)
    far = PCA(2).fit(X)
    assert far.mean_ == pytest.approx(near.mean_ + offset, rel=1e-15)
    assert far.components_ == pytest.approx(near.components_, abs=1e-9)
    assert far.transform(X[:5]) == pytest.approx(near.transform(X[:5] - offset), abs=5e-3)


def test_scores_far_from_zero_keep_the_digits_of_the_differences():
    X = np.array([[1.0, 2], [3, 1], [2, 6], [5, 5]])
    for mean in (1e13, -1e13, [1e13, -3e13]):
        model = PCA().fit(X + mean)
        steps = np.diff(model.transform(X + mean), axis=0)
        assert steps == pytest.approx(np.diff(PCA().fit(X).transform(X), axis=0), abs=1e-12)


def test_auto_makes_five_passes():
    X = np.random.default_rng(0).normal(size=(300, 200)) * 0.97 ** np.arange(200)
    params = {"n_components": 3, "svd_solver": "randomized", "random_state": 0}
    fits = {passes: PCA(iterated_power=passes, **params).fit(X) for passes in ("auto", 4, 5, 6)}
    assert np.array_equal(fits["auto"].components_, fits[5].components_)
    assert not np.array_equal(fits[4].components_, fits[5].components_)
    assert not np.array_equal(fits[6].components_, fits[5].components_)


def test_column_names_are_remembered_and_forgotten():
    model = PCA(2).fit(Frame(GOOD, "abcdef"))
    assert model.feature_names_in_.tolist() == list("abcdef")
    assert np.array_equal(model.transform(GOOD), model.transform(Frame(GOOD, "abcdef")))
    assert not hasattr(model.fit(GOOD), "feature_names_in_")
    assert not hasattr(model.fit(Frame(GOOD, range(6))), "feature_names_in_")


@every_solver
@pytest.mark.parametrize("c", [1, 1e-300])
def test_input_is_left_as_it_was_and_later_changes_do_not_reach_the_model(solver, c):
    X = cloud(20, 4) * c
    A = X.copy()
    model = PCA(2, svd_solver=solver, random_state=0).fit(A)
    scores = model.transform(A)
    assert (A == X).all()
    before = copy.deepcopy(vars(model))
    A[:] = 0
    for name, value in before.items():
        assert np.array_equal(getattr(model, name), value)
    assert (model.transform(X) == scores).all()
    scores[:] = 0
    assert model.transform(X).any()


def test_a_second_fit_forgets_the_first():
    X, Y = cloud(), cloud(9, 20, seed=4)
    used, fresh = PCA(3, whiten=True).fit(X).fit(Y), PCA(3, whiten=True).fit(Y)
    assert set(vars(used)) == set(vars(fresh)) and used.n_features_in_ == 20
    assert (used.transform(Y) == fresh.transform(Y)).all()


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
@every_solver
def test_a_model_survives_pickle_and_deepcopy(duplicate, solver):
    model = PCA(3, whiten=True, svd_solver=solver, random_state=0).fit(GOOD)
    twin, scores = duplicate(model), model.transform(GOOD)
    assert (twin.transform(GOOD) == scores).all()
    assert (twin.inverse_transform(scores) == model.inverse_transform(scores)).all()
    assert set(vars(twin)) == set(vars(model))


def test_a_seed_fixes_the_result_and_leaves_the_global_generator_alone():
    X = np.random.default_rng(0).normal(size=(300, 120))

    def components(random_state):
        model = PCA(2, svd_solver="randomized", iterated_power=1, random_state=random_state)
        return model.fit(X).components_

    before = str(np.random.get_state())  # noqa: NPY002
    assert (components(0) == components(0)).all()  # 0 is a seed like any other
    assert (components(0) != components(1)).any() and (components(None) != components(None)).any()
    rng = np.random.default_rng(0)
    assert (components(rng) == components(0)).all()
    assert (components(rng) != components(0)).any()  # drawn on from there
    assert str(np.random.get_state()) == before  # noqa: NPY002
