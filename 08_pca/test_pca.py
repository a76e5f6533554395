"""Tests of pca.py. Run: pytest 08_pca"""

import copy
import pickle
import tracemalloc
import warnings

import numpy as np
import pytest
from pca import PCA

from utils import datasets
from utils.data_generators import make_low_rank

SOLVERS = ("full", "covariance_eigh", "gram", "randomized")


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


@pytest.mark.parametrize("solver", ["auto", *SOLVERS])
def test_four_points_by_hand(solver):
    # The mean is (3, 3); centred: (-3, -3), (1, -1), (-1, 1), (3, 3). Z'Z = [[20, 16], [16, 20]]
    # has eigenvalues 20 + 16 = 36 along (1, 1) and 20 - 16 = 4 along (1, -1).
    model = PCA(svd_solver=solver, random_state=0).fit(HAND)
    assert model.mean_.tolist() == [3, 3]
    assert np.allclose(model.explained_variance_, [36 / 3, 4 / 3], rtol=1e-14)
    assert np.allclose(model.singular_values_, [6, 2], rtol=1e-14)
    assert np.allclose(model.explained_variance_ratio_, [0.9, 0.1], rtol=1e-14)
    assert np.allclose(model.components_ * np.sqrt(2), [[1, 1], [1, -1]], atol=1e-14)
    # scores: (-3 - 3)/sqrt 2 = -3 sqrt 2 along the first, (1 + 1)/sqrt 2 = sqrt 2 along the second
    expected = np.sqrt(2) * np.array([[-3, 0], [0, 1], [0, -1], [3, 0]])
    assert np.allclose(model.transform(HAND), expected, atol=1e-14)


def test_one_component_of_the_four_points_rebuilds_their_shadows():
    model = PCA(1).fit(HAND)
    shadows = model.inverse_transform(model.transform(HAND))
    assert np.allclose(shadows, [[0, 0], [3, 3], [3, 3], [6, 6]], atol=1e-14)
    assert np.isclose(model.noise_variance_, 4 / 3)
    # lost: (1, -1) and (-1, 1), squared lengths 2 + 2 = (n - 1) 4/3


def test_whitened_scores_of_the_four_points():
    T = PCA(whiten=True).fit_transform(HAND)                # scores over sqrt 12 and sqrt(4 / 3)
    a, b = np.sqrt(18 / 12), np.sqrt(2 / (4 / 3))
    assert np.allclose(T, [[-a, 0], [0, b], [0, -b], [a, 0]], atol=1e-14)


# --- 2. theory ---

@pytest.mark.parametrize("solver", ["auto", *SOLVERS])
@pytest.mark.parametrize("shape", [(60, 6), (6, 60), (12, 12), (2, 5), (5, 2), (3, 1)])
def test_components_are_orthonormal_and_sorted_by_variance(solver, shape):
    model = PCA(svd_solver=solver, random_state=0).fit(cloud(*shape))
    V = model.components_
    assert V.shape == (min(shape), shape[1])
    assert np.allclose(V @ V.T, np.eye(len(V)), atol=1e-13)
    assert (np.diff(model.explained_variance_) <= 0).all()
    assert np.isclose(model.explained_variance_ratio_.sum(), 1)


@pytest.mark.parametrize("solver", ["auto", *SOLVERS])
def test_scores_are_uncorrelated_with_the_stated_variances(solver):
    X = cloud()
    model = PCA(4, svd_solver=solver, random_state=0).fit(X)
    T = model.transform(X)
    assert np.allclose(T.mean(axis=0), 0, atol=1e-13)
    assert np.allclose(np.cov(T.T), np.diag(model.explained_variance_), atol=1e-13)
    assert np.allclose(np.linalg.norm(T, axis=0), model.singular_values_)


@pytest.mark.parametrize("solver", ["auto", *SOLVERS])
@pytest.mark.parametrize("shape", [(60, 6), (6, 60)])
def test_reconstruction_error_is_the_sum_of_the_discarded_variances(solver, shape):
    X = cloud(*shape, offset=5)
    model = PCA(3, svd_solver=solver, random_state=0).fit(X)
    lost = ((X - model.inverse_transform(model.transform(X)))**2).sum() / (len(X) - 1)
    assert np.isclose(lost, twin(X)[0][3:].sum(), rtol=1e-9)
    assert np.isclose(lost, model.noise_variance_ * (min(shape) - 3), rtol=1e-9)


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
    assert np.allclose(model.inverse_transform(model.transform(X)), X, atol=1e-12)


def test_whitened_scores_have_unit_covariance():
    X = cloud()
    T = PCA(3, whiten=True).fit_transform(X)
    assert np.allclose(np.cov(T.T), np.eye(3), atol=1e-13)


def test_a_direction_without_variance_is_whitened_to_zero():
    X = np.column_stack([cloud(), np.full(60, 3.0)])
    T = PCA(whiten=True).fit_transform(X)
    assert (T[:, 6] == 0).all()
    assert np.allclose(PCA(whiten=True).fit(X).inverse_transform(T), X, atol=1e-13)


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
        assert all(np.allclose(V, fits[0], atol=1e-9) for V in fits)


def test_equal_loadings_get_their_sign_from_the_first_whatever_the_rounding():
    x = np.random.default_rng(0).normal(size=200)
    for seed in range(20):
        noise = np.random.default_rng(seed + 1).normal(size=200)
        X = np.column_stack([x + noise, x - noise])
        X = (X - X.mean(axis=0)) / X.std(axis=0)            # loadings (1, 1) and (1, -1) / sqrt 2
        assert np.allclose(PCA().fit(X).components_[:, 0], np.sqrt(0.5))


def test_turning_the_data_turns_the_components():
    X, Q = cloud(), np.linalg.qr(np.random.default_rng(3).normal(size=(6, 6)))[0]
    a, b = PCA().fit(X), PCA().fit(X @ Q)
    assert np.allclose(a.explained_variance_, b.explained_variance_)
    assert same_up_to_sign(a.components_ @ Q, b.components_)


def test_row_order_and_offset_change_nothing():
    X = cloud()
    a, b = PCA().fit(X), PCA().fit(X[::-1] - 7)
    assert np.allclose(a.components_, b.components_, atol=1e-12)
    assert np.allclose(a.explained_variance_, b.explained_variance_, rtol=1e-12)


def test_transform_uses_the_training_mean_and_inverse_transform_adds_it():
    X = cloud(offset=[1, 2, 3, 4, 5, 60])
    model = PCA(2).fit(X)
    assert np.allclose(model.transform(model.mean_[None]), 0)
    assert np.allclose(model.inverse_transform(np.zeros((1, 2))), model.mean_)
    assert np.allclose(model.transform(X[:1]), model.transform(X)[:1], atol=1e-12)


# --- 3. frozen oracles ---

# scikit-learn 1.9.1, PCA(svd_solver="full"): variances, and components @ cos([0, 1, ..., d - 1])
SKLEARN = {
    "iris": ([4.2282417060349, 0.24267074792863, 0.078209500042919, 0.023835092973449],
        [-0.3954854969, 1.1979708067, -0.831071675, -0.4036916568]),
    "wine": ([99201.789517481, 172.53526647789, 9.4381137034706, 4.9911786076419, 1.2288452283714,
        0.84106386945517, 0.27897352306605, 0.15138126638308, 0.11209676473742, 0.071702603162114,
        0.037575978866193, 0.021072366149372, 0.0082037031417758],
        [0.8372044337, -0.7086269919, -1.1685211506, -0.3585472315, 0.1907888172,
        1.0643407897, 0.8660631833, -0.0351932394, -0.5931965767, -0.1582171808, -0.4381602075,
        -0.7163036793, 1.0055353345]),
    "breast_cancer": ([443782.6051466, 7310.1000616534, 703.83374200628, 54.648737865224,
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


@pytest.mark.parametrize("name", SKLEARN)
@pytest.mark.parametrize("solver", ["auto", "full"])
def test_variances_and_components_are_those_of_scikit_learn(name, solver):
    X = getattr(datasets, f"load_{name}")().X
    variances, checks = SKLEARN[name]
    model, k = PCA(svd_solver=solver).fit(X), len(variances)
    assert np.allclose(model.explained_variance_[:k], variances, rtol=1e-10, atol=0)
    assert (model.explained_variance_[k:] == 0).all()       # the blank pixels of the digits
    found = model.components_[:k] @ np.cos(np.arange(X.shape[1]))
    assert np.allclose(found, checks, rtol=0, atol=1e-8)
    few = PCA(3, svd_solver=solver).fit(X)
    assert np.allclose(few.explained_variance_, variances[:3], rtol=1e-10, atol=0)
    assert np.isclose(few.noise_variance_, np.mean(model.explained_variance_[3:]), rtol=1e-8)


@pytest.mark.parametrize("solver", ["covariance_eigh", "gram", "randomized"])
def test_the_squaring_solvers_give_the_large_components_of_the_real_data(solver):
    for name, (variances, checks) in SKLEARN.items():
        X = getattr(datasets, f"load_{name}")().X
        model = PCA(3, svd_solver=solver, random_state=0).fit(X)
        assert np.allclose(model.explained_variance_, variances[:3], rtol=1e-9, atol=0)
        found = model.components_ @ np.cos(np.arange(X.shape[1]))
        assert np.allclose(found, checks[:3], rtol=0, atol=1e-7)


def test_digits_keep_80_90_95_percent_in_13_21_29_components():
    X = datasets.load_digits().X
    assert [PCA(share).fit(X).n_components_ for share in (0.8, 0.9, 0.95)] == [13, 21, 29]


def test_whitened_scores_of_the_first_digit():
    # scikit-learn 1.9.1, PCA(3, svd_solver="full", whiten=True)
    T = PCA(3, whiten=True).fit_transform(datasets.load_digits().X)
    assert np.allclose(T[0], [-0.0941351200623019, -1.6627207270326114, 0.7947141320341261],
                       rtol=0, atol=1e-10)


# --- 4. brute-force twin ---

@pytest.mark.parametrize("shape", [(60, 6), (7, 7), (40, 39), (700, 450), (90, 1)])
@pytest.mark.parametrize("solver", ["auto", *SOLVERS])
def test_every_solver_agrees_with_the_plain_covariance(shape, solver):
    X = cloud(*shape, seed=shape[0])
    k = min(5, *shape)
    lam, V = twin(X)
    model = PCA(k, svd_solver=solver, random_state=1).fit(X)
    assert np.allclose(model.explained_variance_, lam[:k], rtol=1e-9, atol=1e-15)
    assert same_up_to_sign(model.components_, V[:k], 1e-8)
    assert np.allclose(model.explained_variance_ratio_, lam[:k] / lam.sum(), rtol=1e-9)


@pytest.mark.parametrize("solver", ["auto", "gram", "randomized", "full"])
def test_more_features_than_samples(solver):
    X = cloud(20, 300)
    s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    model = PCA(svd_solver=solver, random_state=0).fit(X)
    assert np.allclose(model.singular_values_[:12], s[:12], rtol=1e-9)
    assert model.singular_values_[19] == 0                  # centring takes one of 20 dimensions
    assert np.allclose(model.components_ @ model.components_.T, np.eye(20), atol=1e-12)


def test_auto_is_exact_where_many_components_are_wanted():
    X = cloud(600, 550) + np.random.default_rng(0).normal(size=(600, 550))
    lam, V = twin(X)
    model = PCA(200).fit(X)
    assert np.allclose(model.explained_variance_, lam[:200], rtol=1e-10)
    for k in (60, 400):
        assert np.allclose(PCA(k).fit(X).explained_variance_, lam[:k], rtol=1e-10)


def test_block_krylov_survives_a_rank_below_its_block():
    X = make_low_rank(200, 150, rank=3, random_state=0)[0]
    model = PCA(8, svd_solver="randomized", random_state=0).fit(X)
    assert np.allclose(model.explained_variance_[:3], [1, 0.25, 0.0625], rtol=1e-9)
    assert (model.explained_variance_[3:] == 0).all()
    assert np.allclose(model.components_ @ model.components_.T, np.eye(8), atol=1e-12)


@pytest.mark.parametrize("wide", [False, True])
def test_auto_keeps_the_digits_that_squaring_loses(wide):
    rng = np.random.default_rng(0)
    U = np.linalg.qr(rng.normal(size=(500, 8)))[0]
    U = np.linalg.qr(U - U.mean(axis=0))[0]                 # centring leaves this one alone
    V = np.linalg.qr(rng.normal(size=(700 if wide else 8, 8)))[0].T
    s = 10.0 ** -np.arange(8)                               # variances fall to 1e-14 of the first
    X = U * s @ V
    assert np.allclose(PCA(8).fit(X).singular_values_, s, rtol=1e-8)
    left_out = PCA(7, svd_solver="full").fit(X[:, :8]).noise_variance_
    assert wide or np.isclose(left_out, 1e-14 / 499, rtol=1e-8, atol=0)
    rough = PCA(8, svd_solver="gram" if wide else "covariance_eigh").fit(X)
    assert abs(rough.singular_values_[7] / s[7] - 1) > 1e-5


def test_blocks_of_rows_and_columns_change_nothing(monkeypatch):
    X, Y = cloud(50, 7, offset=9), cloud(7, 50, offset=9)
    whole = [PCA(4, svd_solver=s, random_state=0).fit(A) for s in SOLVERS for A in (X, Y)]
    monkeypatch.setattr("pca._BLOCK", 30)
    cut = [PCA(4, svd_solver=s, random_state=0).fit(A) for s in SOLVERS for A in (X, Y)]
    for a, b in zip(whole, cut):
        assert np.allclose(a.explained_variance_, b.explained_variance_, rtol=1e-9)
        assert np.allclose(a.components_, b.components_, atol=1e-7)
        assert np.allclose(a.mean_, b.mean_, rtol=1e-15)


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
    model = PCA(10, random_state=0).fit(X)                  # auto chooses it here
    assert np.allclose(model.singular_values_**2, exact, rtol=1e-3, atol=0)
    assert abs(model.explained_variance_ratio_ * (Z**2).sum() / exact - 1).max() < 1e-3
    again = PCA(10, svd_solver="randomized", random_state=0).fit(X)
    assert np.array_equal(again.components_, model.components_)
    more = PCA(10, iterated_power=8, random_state=0).fit(X)
    assert np.allclose(more.singular_values_**2, exact, rtol=1e-7, atol=0)


def test_the_fit_holds_blocks_and_not_a_copy_of_the_data():
    X = np.random.default_rng(0).normal(size=(120_000, 40)) + 50    # 38 MB
    for solver in ("auto", "full", "randomized"):
        tracemalloc.start()
        PCA(3, svd_solver=solver, random_state=0).fit(X)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 0.5 * X.nbytes, solver
    wide = X.reshape(60, 80_000)
    tracemalloc.start()
    PCA(3).fit(wide)
    assert tracemalloc.get_traced_memory()[1] < 0.5 * X.nbytes
    tracemalloc.stop()


# --- 5. bad input ---

GOOD = cloud()


class Ragged:
    def __array__(self, dtype=None, copy=None):
        raise ValueError("inhomogeneous shape")


@pytest.mark.parametrize(("options", "method", "X", "error", "message"), [
    ({"n_components": 7}, "fit", GOOD, ValueError, r"n_components=7 is more than min\(n_samples"),
    ({"n_components": 3}, "fit", GOOD[:2], ValueError, "n_components=3 is more than"),
    ({"n_components": 0}, "fit", GOOD, ValueError, "n_components must be >= 1, got 0"),
    ({"n_components": -2}, "fit", GOOD, ValueError, "n_components must be >= 1, got -2"),
    ({"n_components": 0.0}, "fit", GOOD, ValueError, r"a share in \(0, 1\) or None, got 0.0"),
    ({"n_components": 1.0}, "fit", GOOD, ValueError, r"a share in \(0, 1\) or None, got 1.0"),
    ({"n_components": np.nan}, "fit", GOOD, ValueError, r"a share in \(0, 1\) or None, got nan"),
    ({"n_components": "mle"}, "fit", GOOD, TypeError, "n_components must be an integer, got 'mle'"),
    ({"n_components": True}, "fit", GOOD, TypeError, "n_components must be an integer, got True"),
    ({"svd_solver": "arpack"}, "fit", GOOD, ValueError, "svd_solver must be one of .*'arpack'"),
    ({"svd_solver": None}, "fit", GOOD, ValueError, "svd_solver must be one of .*None"),
    ({"svd_solver": "randomized", "n_components": 0.5}, "fit", GOOD, ValueError,
     "n_components=0.5 needs every variance"),
    ({"iterated_power": 0}, "fit", GOOD, ValueError, "iterated_power must be >= 1, got 0"),
    ({"iterated_power": 2.0}, "fit", GOOD, TypeError, "iterated_power must be an integer, got 2.0"),
    ({"iterated_power": "many"}, "fit", GOOD, TypeError, "iterated_power must be an integer"),
    ({}, "fit", GOOD[0], ValueError, r"X must be a non-empty 2-D array, got shape \(6,\)"),
    ({}, "fit", GOOD[:0], ValueError, r"non-empty 2-D array, got shape \(0, 6\)"),
    ({}, "fit", GOOD[:, :0], ValueError, r"non-empty 2-D array, got shape \(60, 0\)"),
    ({}, "fit", np.where(GOOD > 1, np.nan, GOOD), ValueError, "X contains NaN or infinity"),
    ({}, "fit", np.where(GOOD > 1, -np.inf, GOOD), ValueError, "X contains NaN or infinity"),
    ({}, "fit", GOOD + 1j, ValueError, "Complex data not supported"),
    ({}, "fit", [["a", "b"]], TypeError, "X must be a dense, not a sparse, array of numbers"),
    ({}, "fit", [[1, 2], [3]], ValueError, "X must be a dense"),
    ({}, "fit", Ragged(), ValueError, "X must be a dense"),
    ({}, "transform", GOOD, RuntimeError, "PCA is not fitted: call fit first"),
    ({}, "inverse_transform", GOOD, RuntimeError, "PCA is not fitted: call fit first"),
])
def test_bad_input_is_met_at_the_door(options, method, X, error, message):
    with pytest.raises(error, match=message):
        getattr(PCA(**options), method)(X)


@pytest.mark.parametrize(("method", "X", "message"), [
    ("transform", GOOD[:, :5], "X has 5 features, but PCA is expecting 6 features"),
    ("transform", GOOD[0], "non-empty 2-D array"),
    ("inverse_transform", GOOD, "X has 6 scores a row, fit kept n_components_=2"),
    ("inverse_transform", GOOD[0, :2], "non-empty 2-D array"),
    ("inverse_transform", [[np.nan, 0]], "X contains NaN or infinity"),
])
def test_bad_input_after_fit_is_met_at_the_door(method, X, message):
    with pytest.raises(ValueError, match=message):
        getattr(PCA(2).fit(GOOD), method)(X)


def test_a_failed_fit_leaves_the_earlier_fit_usable():
    model = PCA(2).fit(GOOD)
    before = model.transform(GOOD)
    for X, k in ((GOOD * np.nan, 2), (GOOD[:1], 2), (GOOD, "many")):
        model.n_components = k
        with pytest.raises((ValueError, TypeError)):
            model.fit(X)
        assert np.array_equal(model.transform(GOOD), before)


# --- 6. robustness ---

@pytest.mark.parametrize("solver", ["auto", *SOLVERS])
def test_an_offset_of_1e8_costs_no_digits(solver):
    X = np.round(cloud() * 2**20) / 2**20                   # exact also beside 1e8
    a = PCA(svd_solver=solver, random_state=0).fit(X)
    b = PCA(svd_solver=solver, random_state=0).fit(X + 1e8)
    assert np.allclose(a.explained_variance_, b.explained_variance_, rtol=1e-11)
    assert np.allclose(a.components_, b.components_, atol=1e-11)
    assert np.allclose(a.transform(X), b.transform(X + 1e8), atol=1e-7)   # mean_ ends at 1.5e-8


@pytest.mark.parametrize("solver", ["auto", "covariance_eigh"])
def test_rows_in_order_and_a_far_first_row_cost_no_digits(solver):
    X = np.sort(np.random.default_rng(0).normal(size=(5000, 3)), axis=0) * [1, 0.1, 0.02] + 10
    X[0] = 1e4
    lam, V = twin(X)
    model = PCA(2, svd_solver=solver).fit(X)
    assert np.allclose(model.explained_variance_, lam[:2], rtol=1e-10)
    assert np.allclose(model.mean_, X.mean(axis=0), rtol=1e-13)


@pytest.mark.parametrize("solver", ["auto", *SOLVERS])
@pytest.mark.parametrize("power", [-980, -500, -10, 10, 500, 980])
def test_scale_changes_nothing_but_the_scale(solver, power):
    X, unit = cloud(40, 5), 2.0**power
    a = PCA(3, svd_solver=solver, random_state=0).fit(X)
    b = PCA(3, svd_solver=solver, random_state=0).fit(X * unit)
    assert np.allclose(b.components_, a.components_, atol=1e-12)
    assert np.allclose(b.singular_values_ / unit, a.singular_values_, rtol=1e-12)
    assert np.allclose(b.explained_variance_ratio_, a.explained_variance_ratio_, rtol=1e-12)
    assert np.allclose(b.transform(X * unit) / unit, a.transform(X), atol=1e-12)
    if abs(power) <= 500:
        assert np.allclose(b.explained_variance_ / unit / unit, a.explained_variance_, rtol=1e-12)
        assert np.isclose(b.noise_variance_ / unit / unit, a.noise_variance_, rtol=1e-9)
    elif power > 0:
        assert np.isinf(b.explained_variance_).all()        # its square is no float64
    b.whiten = a.whiten = True
    assert np.allclose(b.transform(X * unit), a.transform(X), atol=1e-11)


@pytest.mark.parametrize("solver", ["auto", *SOLVERS])
def test_constant_columns_get_loading_zero_and_variance_zero(solver):
    X = cloud(40, 4)
    wide = np.column_stack([X, np.full(40, 0.1), np.full(40, 1e8)])
    a = PCA(4, svd_solver=solver, random_state=0).fit(X)
    b = PCA(svd_solver=solver, random_state=0).fit(wide)
    assert np.allclose(b.components_[:4, :4], a.components_, atol=1e-10)
    assert (abs(b.components_[:4, 4:]) < 1e-12).all()
    assert (b.explained_variance_[4:] == 0).all()
    assert np.allclose(b.explained_variance_[:4], a.explained_variance_, rtol=1e-10)


@pytest.mark.parametrize("solver", ["auto", *SOLVERS])
@pytest.mark.parametrize("X", [np.full((5, 3), 0.1), np.zeros((3, 5)), [[1.0, 2, 3]],
                               np.full((1, 1), -4.0), [[7.0, 7]] * 9])
def test_data_without_variance_give_zeros_and_orthonormal_components(solver, X):
    model = PCA(svd_solver=solver, whiten=True, random_state=0).fit(X)
    V = model.components_
    assert np.allclose(V @ V.T, np.eye(len(V)), atol=1e-14)
    for values in (model.explained_variance_, model.explained_variance_ratio_,
                   model.singular_values_, model.transform(X).ravel()):
        assert (values == 0).all()
    assert model.noise_variance_ == 0
    assert np.allclose(model.inverse_transform(model.transform(X)), X, atol=1e-15)


def test_rank_deficient_data_show_their_rank():
    X = make_low_rank(80, 30, rank=4, random_state=0)[0]
    for solver in ("auto", "full", "covariance_eigh", "gram"):
        model = PCA(svd_solver=solver).fit(X)
        assert (model.explained_variance_ > 0).sum() == 4, solver
        assert np.allclose(model.components_ @ model.components_.T, np.eye(30), atol=1e-12)
    assert np.allclose(PCA().fit(X).explained_variance_[:4], 0.25 ** np.arange(4), rtol=1e-10)
    assert PCA(0.9999999).fit(X).n_components_ == 4


def test_duplicate_rows_weigh_twice():
    X = cloud(30, 4)
    a, b = PCA().fit(X), PCA().fit(np.repeat(X, 2, axis=0))
    assert np.allclose(b.explained_variance_ * 59 / 60, a.explained_variance_ * 29 / 30)
    assert np.allclose(b.components_, a.components_, atol=1e-12)


@pytest.mark.parametrize("make", [
    lambda X: X.tolist(), lambda X: X.astype(np.float32), np.asfortranarray,
    lambda X: np.repeat(np.repeat(X, 2, axis=0), 3, axis=1)[::2, ::3], lambda X: X.astype(object),
    lambda X: type("Frame", (), {"__array__": lambda self, dtype=None, copy=None: X})(),
], ids=["list", "float32", "fortran", "strided", "object", "frame"])
@pytest.mark.parametrize("solver", ["auto", *SOLVERS])
def test_any_array_like_gives_the_same_fit(make, solver):
    X = np.round(cloud(20, 4) * 64) / 64
    a = PCA(2, svd_solver=solver, random_state=0).fit(X)
    b = PCA(2, svd_solver=solver, random_state=0).fit(make(X))
    assert np.allclose(a.components_, b.components_, atol=1e-12)
    assert b.transform(make(X)).dtype == float
    assert np.allclose(a.transform(X), b.transform(make(X)), atol=1e-12)


@pytest.mark.parametrize("dtype", [int, bool])
def test_integers_and_booleans_are_numbers(dtype):
    X = (cloud(30, 4) * 3).astype(dtype)
    assert np.array_equal(PCA(2).fit(X).components_, PCA(2).fit(X.astype(float)).components_)


@pytest.mark.parametrize("solver", ["auto", *SOLVERS])
def test_input_is_untouched_and_later_changes_do_not_reach_the_model(solver):
    for unit in (1, 1e-300):
        X = cloud(20, 4) * unit
        before = X.copy()
        X.flags.writeable = False
        model = PCA(2, svd_solver=solver, random_state=0).fit(X)
        T = model.transform(X)
        assert np.array_equal(X, before)
        X.flags.writeable = True
        X[:] = 0
        assert np.array_equal(model.transform(before), T)
        T[:] = 0
        assert model.transform(before).any()


def test_a_refit_equals_a_fresh_fit_and_copies_agree():
    X, Y = cloud(), cloud(9, 20, seed=4)
    model = PCA(3, whiten=True).fit(X).fit(Y)
    fresh = PCA(3, whiten=True).fit(Y)
    assert vars(model).keys() == vars(fresh).keys()
    T = fresh.transform(Y)
    for other in (model, copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert np.array_equal(other.transform(Y), T)
        assert np.array_equal(other.inverse_transform(T), fresh.inverse_transform(T))


def test_random_state_is_reproducible_and_the_global_generator_untouched():
    X = np.random.default_rng(0).normal(size=(300, 120))
    state = np.random.get_state()[1].copy()  # noqa: NPY002

    def fit(seed):
        model = PCA(2, svd_solver="randomized", iterated_power=1, random_state=seed)
        return model.fit(X).components_

    assert np.array_equal(fit(0), fit(0))
    assert np.array_equal(fit(0), fit(np.random.default_rng(0)))
    assert not np.array_equal(fit(0), fit(1))
    assert not np.array_equal(fit(None), fit(None))
    assert np.array_equal(np.random.get_state()[1], state)  # noqa: NPY002


def test_hyperparameters_are_stored_verbatim_and_fit_returns_the_model():
    model = PCA(2, whiten=True, svd_solver="gram", iterated_power=3, random_state=7)
    options = dict(vars(model))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert model.fit(GOOD) is model
    assert {name: vars(model)[name] for name in options} == options == {
        "n_components": 2, "whiten": True, "svd_solver": "gram", "iterated_power": 3,
        "random_state": 7}


def test_fit_transform_is_fit_then_transform():
    assert np.array_equal(PCA(2).fit_transform(GOOD, y=[1]), PCA(2).fit(GOOD).transform(GOOD))
