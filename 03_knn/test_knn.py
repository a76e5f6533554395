"""Tests of k-nearest neighbours: by hand, by theory, against frozen numbers, against a slow twin,
with bad input and with awkward input. KNN.1 and so on are formulas of `references/math_notes.md`.
"""

import copy
import datetime
import inspect
import itertools
import pickle
import tracemalloc

import knn
import numpy as np
import pytest
from knn import KNeighborsClassifier, KNeighborsRegressor

from utils.datasets import load_diabetes, load_digits, load_iris, load_wine
from utils.docstrings import documented_defaults, faults
from utils.forms import FORMS, NA, Frame, Sparse, masked
from utils.metrics import accuracy_score

SEARCHES = ("brute", "kd_tree")
METRICS = {
    "euclidean": {"metric": "euclidean"}, "manhattan": {"metric": "manhattan"},
    "chebyshev": {"metric": "chebyshev"}, "cosine": {"metric": "cosine"},
    "p=3": {"p": 3}, "p=1.5": {"p": 1.5}, "p=0.5": {"p": 0.5}, "p=inf": {"p": np.inf},
}
every_search = pytest.mark.parametrize("algorithm", SEARCHES)
every_metric = pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
every_model = pytest.mark.parametrize("Model", [KNeighborsClassifier, KNeighborsRegressor])

WINE = load_wine()
TRAIN, TEST = slice(0, None, 2), slice(1, None, 2)
Z = (WINE.X - WINE.X[TRAIN].mean(axis=0)) / WINE.X[TRAIN].std(axis=0)


def all_distances(Q, X, metric="minkowski", p=2):
    """The distances of every query to every row, straight from KNN.1 and KNN.2."""
    Q, X = np.asarray(Q, dtype=float), np.asarray(X, dtype=float)
    p = {"manhattan": 1, "euclidean": 2, "chebyshev": np.inf}.get(metric, p)
    if metric == "cosine":
        with np.errstate(invalid="ignore"):
            q, x = (A / np.linalg.norm(A, axis=1)[:, None] for A in (Q, X))
            cosine = q @ x.T
        return np.where(np.isnan(cosine), Q.any(axis=1)[:, None] | X.any(axis=1), 1 - cosine)
    gaps = np.abs(Q[:, None] - X)
    if p == np.inf:
        return gaps.max(axis=2)
    if p != 2:
        return np.add.accumulate(gaps**p, axis=2)[:, :, -1] ** (1 / p)
    with np.errstate(over="ignore", under="ignore"):
        D = np.sqrt(np.add.accumulate(gaps * gaps, axis=2)[:, :, -1])
    largest = gaps.max(axis=2, keepdims=True)
    parts = gaps / np.where(largest > 0, largest, 1)  # where squares leave the range of floats
    scaled = largest[:, :, 0] * np.sqrt(np.add.accumulate(parts * parts, axis=2)[:, :, -1])
    return np.where((D > 1e-140) & (D < 1e140), D, scaled)


def nearest(D, k):
    """The k smallest of each row of D in order, ties by lower index, and their indices."""
    I = np.argsort(D, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(D, I, axis=1), I


def search(X, Q, k, algorithm="brute", **params):
    model = KNeighborsRegressor(k, algorithm=algorithm, **params)
    return model.fit(X, np.zeros(len(X))).kneighbors(Q)


# --- 1. by hand ---

FOUR, KIND, SIZE = [[0, 0], [3, 0], [0, 4], [6, 8]], ["a", "b", "a", "b"], [10, 20, 30, 40]
QUERY = [[3, 4]]  # sides 3 and 4, diagonal 5


@every_search
@pytest.mark.parametrize(("metric", "distances", "rows"), [
    ({}, [3, 4, 5, 5], [2, 1, 0, 3]),
    ({"metric": "manhattan"}, [3, 4, 7, 7], [2, 1, 0, 3]),  # 3 + 4 = 7
    ({"metric": "chebyshev"}, [3, 4, 4, 4], [2, 0, 1, 3]),  # max(3, 4) = 4
    ({"p": 3}, [3, 4, 91 ** (1 / 3), 91 ** (1 / 3)], [2, 1, 0, 3]),  # 27 + 64 = 91
    ({"metric": "cosine"}, [0, 0.2, 0.4, 1], [3, 2, 1, 0]),  # 1 - 4/5, 1 - 3/5
])
def test_four_points_by_hand(algorithm, metric, distances, rows):
    D, I = search(FOUR, QUERY, 4, algorithm, **metric)
    assert D[0] == pytest.approx(distances, abs=1e-15)
    assert I.tolist() == [rows]


@every_search
def test_three_votes_by_hand(algorithm):
    model = KNeighborsClassifier(3, algorithm=algorithm).fit(FOUR, KIND)
    assert model.classes_.tolist() == ["a", "b"]
    assert model.predict_proba(QUERY)[0] == pytest.approx([2 / 3, 1 / 3])  # a, b, a
    assert model.predict(QUERY).tolist() == ["a"]
    model = KNeighborsClassifier(3, algorithm=algorithm, weights="distance").fit(FOUR, KIND)
    share = (1 / 3 + 1 / 5) / (1 / 3 + 1 / 4 + 1 / 5)  # = 32/47
    assert model.predict_proba(QUERY)[0] == pytest.approx([share, 1 - share])
    assert share == pytest.approx(32 / 47)


@every_search
def test_three_numbers_by_hand(algorithm):
    model = KNeighborsRegressor(3, algorithm=algorithm).fit(FOUR, SIZE)
    assert model.predict(QUERY) == pytest.approx([(30 + 20 + 10) / 3])
    model = KNeighborsRegressor(3, algorithm=algorithm, weights="distance").fit(FOUR, SIZE)
    mean = (30 / 3 + 20 / 4 + 10 / 5) / (1 / 3 + 1 / 4 + 1 / 5)  # = 1020/47
    assert model.predict(QUERY) == pytest.approx([mean])
    assert mean == pytest.approx(1020 / 47)


# --- 2. theory ---


@every_search
def test_equal_distances_go_to_the_lower_index(algorithm):
    ring = [[0, 1], [1, 0], [0, -1], [-1, 0], [0, 1], [0, 9]]
    for order in ([0, 1, 2, 3, 4, 5], [5, 3, 2, 1, 4, 0]):
        _, I = search(np.array(ring)[order], [[0, 0]], 3, algorithm)
        assert I.tolist() == [[i for i in range(6) if ring[order[i]] != [0, 9]][:3]]


@pytest.mark.parametrize(
    ("labels", "winner"), [(["b", "a"], "a"), (["a", "b"], "a"), ([7, -7], -7)]
)
def test_equal_votes_go_to_the_smaller_label(labels, winner):
    model = KNeighborsClassifier(2).fit([[0], [1]], labels)
    assert model.predict([[0.1], [0.9]]).tolist() == [winner] * 2
    assert model.predict_proba([[0.1]]).tolist() == [[0.5, 0.5]]


@every_search
def test_exact_copies_take_the_whole_vote(algorithm):
    X, t = [[0], [0], [1], [2]], [4.0, 8.0, 100.0, 100.0]
    model = KNeighborsRegressor(4, weights="distance", algorithm=algorithm).fit(X, t)
    assert model.predict([[0], [1]]).tolist() == [6, 100]  # (4 + 8) / 2
    model = KNeighborsClassifier(4, weights="distance", algorithm=algorithm).fit(X, [0, 1, 2, 2])
    assert model.predict_proba([[0], [2]]).tolist() == [[0.5, 0.5, 0], [0, 0, 1]]
    assert model.predict([[0], [2]]).tolist() == [0, 2]


@pytest.mark.parametrize("tiny", [5e-324, 1e-310, 1e-200])
def test_weights_of_the_smallest_distances_stay_numbers(tiny):
    model = KNeighborsRegressor(3, weights="distance").fit([[0], [2 * tiny], [9]], [3, 0, 50])
    assert model.predict([[-tiny], [0]]) == pytest.approx([3 * 3 / 4, 3])  # 1/t and 1/(3 t)


@every_search
@every_metric
@pytest.mark.parametrize("weights", ["uniform", "distance"])
def test_probabilities_are_shares_of_the_vote_and_predict_takes_the_largest(
    algorithm, metric, weights
):
    model = KNeighborsClassifier(7, weights=weights, algorithm=algorithm, **metric)
    P = model.fit(Z[TRAIN], WINE.y[TRAIN]).predict_proba(Z[TEST])
    D, I = nearest(all_distances(Z[TEST], Z[TRAIN], **metric), 7)
    w = np.ones((89, 7)) if weights == "uniform" else 1 / D
    votes = np.array([(w * (WINE.y[TRAIN][I] == c)).sum(axis=1) for c in range(3)]).T
    assert P == pytest.approx(votes / w.sum(axis=1, keepdims=True), rel=1e-12)
    assert P.sum(axis=1) == pytest.approx(np.ones(89), abs=1e-14)
    assert (model.predict(Z[TEST]) == votes.argmax(axis=1)).all()


@every_search
def test_all_neighbours_give_the_frequencies_and_the_mean(algorithm):
    model = KNeighborsClassifier(178, algorithm=algorithm).fit(Z, WINE.y)
    assert model.predict_proba(Z[:2]) == pytest.approx(np.array([[59, 71, 48]] * 2) / 178)
    t = WINE.X[:, -1]
    assert KNeighborsRegressor(178).fit(Z, t).predict(Z[:2]) == pytest.approx([t.mean()] * 2)


@every_search
@every_metric
def test_one_neighbour_repeats_the_training_data(algorithm, metric):
    model = KNeighborsClassifier(1, algorithm=algorithm, **metric).fit(Z, WINE.y)
    assert (model.predict(Z) == WINE.y).all()
    D, I = model.kneighbors(Z)
    assert (I[:, 0] == np.arange(178)).all() and (D == 0).all()


def test_norms_shrink_as_their_power_grows():
    powers = [1, 1.5, 2, 3, 10, 500, np.inf]
    D = [search(Z, Z[:5], 178, p=p)[0] for p in powers]
    assert all((a >= b - 1e-12).all() for a, b in itertools.pairwise(D))
    assert D[-2] == pytest.approx(D[-1], rel=1e-2)  # 13^(1/500) = 1.005


@every_search
def test_a_rotation_or_a_shift_moves_no_neighbour(algorithm):
    rng = np.random.default_rng(0)
    X, Q = rng.normal(size=(300, 4)), rng.normal(size=(40, 4))
    D, I = search(X, Q, 9, algorithm)
    turn = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    for move in (lambda A: A @ turn, lambda A: A + 100, lambda A: -3 * A):
        D2, I2 = search(move(X), move(Q), 9, algorithm)
        assert (I2 == I).all()
        assert D2 / D == pytest.approx(np.full(D.shape, D2[0, 0] / D[0, 0]), rel=1e-10)


@every_search
def test_the_order_of_rows_does_not_matter(algorithm):
    order = np.random.default_rng(0).permutation(178)
    D, I = search(Z, Z[:50] + 0.01, 6, algorithm)
    D2, I2 = search(Z[order], Z[:50] + 0.01, 6, algorithm)
    assert (D2 == D).all() and (order[I2] == I).all()


@every_search
def test_more_neighbours_continue_the_list(algorithm):
    model = KNeighborsClassifier(3, algorithm=algorithm).fit(Z, WINE.y)
    D, I = model.kneighbors(Z + 0.1, 20)
    assert (np.diff(D) >= 0).all()
    assert (model.kneighbors(Z + 0.1)[1] == I[:, :3]).all()
    assert (model.kneighbors(Z + 0.1, 7, return_distance=False) == I[:, :7]).all()


@every_search
@every_metric
def test_without_queries_every_row_asks_all_others(algorithm, metric):
    model = KNeighborsClassifier(4, algorithm=algorithm, **metric).fit(Z, WINE.y)
    D, I = model.kneighbors()
    left_out = model.predict(None)
    means = KNeighborsRegressor(4, algorithm=algorithm, **metric).fit(Z, WINE.X[:, 0]).predict(None)
    assert means == pytest.approx(WINE.X[I, 0].mean(axis=1), rel=1e-14)
    for i in (0, 1, 90, 177):
        others = np.delete(np.arange(178), i)
        alone = KNeighborsClassifier(4, algorithm=algorithm, **metric)
        d, rows = alone.fit(Z[others], WINE.y[others]).kneighbors(Z[[i]])
        assert (others[rows] == I[[i]]).all() and d == pytest.approx(D[[i]], abs=1e-14)
        assert alone.predict(Z[[i]]) == left_out[i]


@every_search
def test_a_copy_of_a_row_is_its_neighbour_the_row_is_not(algorithm):
    X = [[1.0], [1.0], [1.0], [1.0], [5.0]]
    D, I = KNeighborsRegressor(2, algorithm=algorithm).fit(X, [0] * 5).kneighbors()
    assert I.tolist() == [[1, 2], [0, 2], [0, 1], [0, 1], [0, 1]]
    assert D.tolist() == [[0, 0]] * 4 + [[4, 4]]


def test_a_callable_gives_the_weights():
    def bell(d):
        return np.exp(-(d**2))

    model = KNeighborsRegressor(6, weights=bell).fit(Z[TRAIN] / 4, WINE.y[TRAIN])
    D, I = model.kneighbors(Z[TEST] / 4)
    mean = (bell(D) * WINE.y[TRAIN][I]).sum(axis=1) / bell(D).sum(axis=1)
    assert model.predict(Z[TEST] / 4) == pytest.approx(mean, rel=1e-14)
    by_hand = KNeighborsClassifier(5, weights=lambda d: 1 / d).fit(Z[TRAIN], WINE.y[TRAIN])
    built_in = KNeighborsClassifier(5, weights="distance").fit(Z[TRAIN], WINE.y[TRAIN])
    assert by_hand.predict_proba(Z[TEST]) == pytest.approx(built_in.predict_proba(Z[TEST]))


@every_search
def test_a_row_of_zeros_is_at_cosine_distance_one(algorithm):
    X, Q = [[0, 0], [1, 0], [0, 2], [-3, 0]], [[0, 0], [5, 0]]
    D, I = search(X, Q, 4, algorithm, metric="cosine")
    assert I.tolist() == [[0, 1, 2, 3], [1, 0, 2, 3]]
    assert D == pytest.approx(np.array([[0, 1, 1, 1], [0, 1, 1, 2]]), abs=1e-15)


@every_search
@pytest.mark.parametrize(
    ("metric", "same"), [("euclidean", {"p": 2}), ("manhattan", {"p": 1}),
                         ("chebyshev", {"p": np.inf}), ("cosine", {"metric": "cosine"})]
)  # fmt: skip
def test_a_metric_with_a_name_pays_no_heed_to_p(algorithm, metric, same):
    D, I = search(Z[TRAIN], Z[TEST], 5, algorithm, metric=metric, p=7)
    D2, I2 = search(Z[TRAIN], Z[TEST], 5, algorithm, **same)
    assert (D == D2).all() and (I == I2).all()


def test_auto_takes_the_tree_where_it_wins():
    def choice(n, d, **params):
        return KNeighborsRegressor(1, **params).fit(np.zeros((n, d)), np.zeros(n)).algorithm_

    assert [choice(n, 1) for n in (159, 160)] == ["brute", "kd_tree"]  # 40 * 4
    assert [choice(n, 3) for n in (2559, 2560)] == ["brute", "kd_tree"]  # 40 * 4^3
    assert [choice(50, d, p=1) for d in (7, 8)] == ["kd_tree", "brute"]
    assert choice(50, 2000) == choice(500, 1, algorithm="brute") == "brute"
    assert choice(1, 1, algorithm="kd_tree") == "kd_tree"


# --- 3. frozen oracles ---

# scikit-learn 1.9.1: KNeighborsClassifier(7) fitted to the even rows of wine, standardised with
# their mean and deviation, asked for the odd rows; KNeighborsRegressor(7) on raw diabetes, the
# same halves. metric, weights: mean distance, sum of indices, sum of squared probabilities of
# class 1, right answers, sum of squared predictions. Chebyshev distances tie, and scikit-learn
# breaks ties otherwise: there the distances alone are compared.
ORACLES = {
    ("euclidean", "uniform"): (2.662432739976, 27781, 26.061224489796, 84, 5493440.81632653),
    ("euclidean", "distance"): (2.662432739976, 27781, 26.284776163146, 84, 5524483.70117572),
    ("manhattan", "uniform"): (7.338073687689, 27808, 28.244897959184, 85, 5341549.36734694),
    ("manhattan", "distance"): (7.338073687689, 27808, 28.261958951855, 85, 5363512.21593547),
    ("chebyshev", "uniform"): (1.484661599632, None, None, None, None),
    ("p=3", "uniform"): (2.021508130048, 27988, 24.591836734694, 83, 5615470.77551020),
    ("p=3", "distance"): (2.021508130048, 27988, 24.835977767430, 83, 5641251.18936948),
    ("p=1.5", "uniform"): (3.646115880687, 27653, 26.387755102041, 85, 5413835.48979592),
    ("p=1.5", "distance"): (3.646115880687, 27653, 26.615586479409, 85, 5452704.99217587),
    ("cosine", "uniform"): (0.272272361387, 28146, 27.755102040816, 84, 5979471.75510204),
    ("cosine", "distance"): (0.272272361387, 28146, 28.091225375769, 84, 6024203.51118833),
}


@every_search
@pytest.mark.parametrize("name", ORACLES, ids=" ".join)
def test_frozen_scikit_learn_fits_are_met(name, algorithm):
    distance, rows, square, right, total = ORACLES[name]
    params = {"weights": name[1], "algorithm": algorithm, **METRICS[name[0]]}
    model = KNeighborsClassifier(7, **params).fit(Z[TRAIN], WINE.y[TRAIN])
    D, I = model.kneighbors(Z[TEST])
    assert D.mean() == pytest.approx(distance, abs=1e-12)
    if rows is not None:
        assert I.sum() == rows
        assert (model.predict_proba(Z[TEST])[:, 1] ** 2).sum() == pytest.approx(square, abs=1e-11)
        assert (model.predict(Z[TEST]) == WINE.y[TEST]).sum() == right
        X, y = load_diabetes()[:2]
        predicted = KNeighborsRegressor(7, **params).fit(X[TRAIN], y[TRAIN]).predict(X[TEST])
        assert (predicted**2).sum() == pytest.approx(total, rel=1e-11)


def test_digits_and_iris_as_scikit_learn_answers_them():
    X, y = load_digits()[:2]
    model = KNeighborsClassifier(3).fit(X[:1000], y[:1000])
    assert (model.predict(X[1000:]) == y[1000:]).sum() == 769  # scikit-learn 1.9.1
    D, I = model.kneighbors(X[1000:1003])
    assert I.tolist() == [[994, 972, 517], [970, 929, 919], [464, 441, 941]]
    assert (D**2).round().tolist() == [[145, 245, 398], [575, 648, 682], [171, 186, 201]]
    X, y = load_iris()[:2]
    assert (KNeighborsClassifier(5).fit(X, y).predict(None) == y).sum() == 145


def test_wine_needs_a_common_unit():
    raw = KNeighborsClassifier(5).fit(WINE.X[TRAIN], WINE.y[TRAIN]).predict(WINE.X[TEST])
    scaled = KNeighborsClassifier(5).fit(Z[TRAIN], WINE.y[TRAIN]).predict(Z[TEST])
    assert accuracy_score(WINE.y[TEST], raw) < 0.75 < 0.93 < accuracy_score(WINE.y[TEST], scaled)


# --- 4. slow and obvious ---


def random_problem(seed):
    """Rows and queries with many ties, many copies, or neither; k and the size of a leaf."""
    rng = np.random.default_rng(seed)
    n, m, d = rng.integers(1, 150), rng.integers(1, 30), rng.integers(1, 7)
    k, leaf = int(rng.integers(1, min(n, 40) + 1)), int(rng.choice([2, 5, 32]))
    if seed % 3 == 0:
        return rng.integers(0, 4, (n, d)) * 1.0, rng.integers(0, 4, (m, d)) * 1.0, k, leaf
    X, Q = rng.normal(size=(n, d)), rng.normal(size=(m, d))
    if seed % 3 == 1:
        Q = X[rng.integers(0, n, m)]
        X = X[rng.integers(0, n, n)]
    return X, Q, k, leaf


def assert_nearest(found, D, slack):
    """Distances and rows found must be those of the slow twin, ties in the order of the rows."""
    d, I = found
    lowest = nearest(D, d.shape[1])[0]
    assert (abs(d - lowest) <= 1e-12 * lowest + slack).all()
    at_these_rows = np.take_along_axis(D, I, axis=1)
    assert (abs(d - at_these_rows) <= 1e-12 * at_these_rows + slack).all()
    assert (np.diff(I)[np.diff(d) == 0] > 0).all()


@pytest.mark.parametrize("start", range(0, 200, 20))
def test_tree_and_brute_force_are_equal_to_the_slow_twin(start, monkeypatch):
    for seed in range(start, start + 20):
        X, Q, k, leaf = random_problem(seed)
        monkeypatch.setattr(knn, "_LEAF", leaf)
        metrics = [{}, list(METRICS.values())[seed // 2 % len(METRICS)]]
        for metric in metrics[:1 + seed % 2]:
            is_exact = metric.get("metric") != "cosine" and metric.get("p", 2) in (2, np.inf)
            slack = 3e-15 if metric.get("metric") == "cosine" else 0  # 1 - cosine cancels
            alone = all_distances(X, X, **metric)
            np.fill_diagonal(alone, np.nan)  # sorts last, and equals nothing
            for D, queries in ((all_distances(Q, X, **metric), Q), (alone, None)):
                n = len(X) - (queries is None)
                if k > n:
                    continue
                everyone = search(X, queries, n, **metric)
                assert_nearest(everyone, D, slack)
                for algorithm in SEARCHES:
                    found = search(X, queries, k, algorithm, **metric)
                    assert all((a == b[:, :k]).all() for a, b in zip(found, everyone))
                    assert not is_exact or (found[1] == nearest(D, k)[1]).all()


@every_search
@pytest.mark.parametrize("block", [100, 1000, 20_000, 2**30])
def test_the_size_of_a_block_changes_nothing(algorithm, block, monkeypatch):
    rng = np.random.default_rng(0)
    X, Q = rng.normal(size=(300, 3)), rng.normal(size=(100, 3))
    X[::7] = X[3]  # and 43 copies
    for metric in ({}, {"p": 1}):
        whole = search(X, Q, 4, algorithm, **metric)
        with monkeypatch.context() as patch:
            patch.setattr(knn, "_BLOCK", block)
            parts = search(X, Q, 4, algorithm, **metric)
        assert all((a == b).all() for a, b in zip(whole, parts))


@every_search
@pytest.mark.parametrize("offset", [1e6, -1e9])
def test_far_from_the_origin_the_neighbours_are_the_same(algorithm, offset):
    rng = np.random.default_rng(0)
    X, Q = (rng.integers(0, 2**12, (rows, 5)) / 2**12 for rows in (3000, 50))
    D, I = search(X, Q, 6, algorithm)
    D2, I2 = search(X + offset, Q + offset, 6, algorithm)  # sums without rounding
    assert (I2 == I).all() and (D2 == D).all()
    assert (I == nearest(all_distances(Q, X), 6)[1]).all()


def outliers(rng, sizes):
    """Normal rows; some of them, one for each size, are so many times as long."""
    A = rng.normal(size=(3100, 20))
    A[rng.choice(3000, len(sizes), replace=False)] *= np.array(sizes, dtype=float)[:, None]
    return A


def clusters(rng, k, distance):
    """Normal rows about k centres that are so far from each other."""
    return rng.normal(size=(3100, 20)) + distance * rng.normal(size=(k, 20))[np.arange(3100) % k]


def far_queries(rng, size, entries):
    """Normal rows, and queries with so many entries as large as that."""
    A = rng.normal(size=(3100, 20))
    A[3000:, :entries] *= size
    return A


# Data on which the screen fails, or used to cost the most: for each a function that makes 3,000
# rows and 100 queries (the last), and the largest share of the 300,000 pairs that may be measured.
HARD = {
    "a cloud": (lambda rng: rng.normal(size=(3100, 20)), 0.01),
    "ones and zeros, mostly zeros": (lambda rng: (rng.random((3100, 20)) < 0.02) * 1.0, 0.02),
    "the same, in another unit": (lambda rng: (rng.random((3100, 20)) < 0.02) * 0.1, 0.03),
    "the same, in 200 columns": (lambda rng: (rng.random((3100, 200)) < 0.02) * 1.0, 0.02),
    "a grid": (lambda rng: rng.integers(-3, 1, (3100, 20)) * 1.0, 0.02),
    "a grid in few columns": (
        lambda rng: np.pad(rng.integers(0, 9, (3100, 3)) * 1.0, ((0, 0), (0, 17))), 0.02),
    "tenths": (lambda rng: rng.integers(0, 3, (3100, 20)) * 0.1, 0.05),
    "counts": (lambda rng: rng.poisson(0.1, (3100, 20)) * 1.0, 0.02),
    "one category of 400": (lambda rng: np.eye(400)[rng.integers(0, 400, 3100)], 0.02),
    "all rows equal": (lambda rng: np.full((3100, 20), -0.3), 0.01),
    "all rows equal, queries are not": (
        lambda rng: np.vstack([np.full((3000, 20), 0.3), rng.normal(size=(100, 20))]), 0.01),
    "ten distinct rows": (lambda rng: rng.normal(size=(10, 20))[np.arange(3100) % 10], 0.03),
    "ten distinct rows, sorted": (lambda rng: np.repeat(rng.normal(size=(10, 20)), 310, 0), 0.03),
    "300 distinct rows": (lambda rng: rng.normal(size=(300, 20))[np.arange(3100) % 300], 0.02),
    "constant columns": (
        lambda rng: np.where(np.arange(20) < 10, 0.1, rng.normal(size=(3100, 20))), 0.02),
    "one column that varies": (
        lambda rng: np.where(np.arange(20) < 19, -0.1, rng.normal(size=(3100, 20))), 0.02),
    "one row 1e8 times as long": (lambda rng: outliers(rng, [1e8]), 0.01),
    "one row 1e200 times as long": (lambda rng: outliers(rng, [-1e200]), 0.01),
    "outliers of many sizes": (lambda rng: outliers(rng, 10.0 ** np.arange(1, 300, 10)), 0.02),
    "an outlier in each column": (
        lambda rng: rng.normal(size=(3100, 20)) + 1e9 * np.eye(3100, 20), 0.02),
    "one column 1e8 times as wide": (
        lambda rng: rng.normal(size=(3100, 20)) * np.where(np.arange(20) == 3, -1e8, 1), 0.03),
    "heavy tails": (lambda rng: rng.standard_cauchy((3100, 20)), 0.02),
    "heavier tails": (lambda rng: np.sinh(6 * rng.normal(size=(3100, 20))), 0.02),
    "two clusters": (lambda rng: clusters(rng, 2, 1e4), 0.02),
    "two far clusters": (lambda rng: clusters(rng, 2, -1e10), 0.02),
    "five far clusters": (lambda rng: clusters(rng, 5, 1e8), 0.03),
    "queries far out": (lambda rng: far_queries(rng, 1e6, 20), 0.01),
    "queries farther out": (lambda rng: far_queries(rng, -1e11, 20), 0.02),
    "queries beyond the range of single precision": (
        lambda rng: far_queries(rng, 1e60, 20), 0.01),
    "queries at the end of the world": (lambda rng: far_queries(rng, 1e300, 20), 0.01),
    "queries with one spoilt entry": (lambda rng: far_queries(rng, 1e25, 1), 0.01),
    "far from the origin": (lambda rng: rng.normal(size=(3100, 20)) - 1e9, 0.01),
    "a sphere": (
        lambda rng: (lambda A: A / np.linalg.norm(A, axis=1)[:, None])(
            rng.normal(size=(3100, 20))), 0.01),
    "queries in the middle of a sphere": (
        lambda rng: (lambda A: np.vstack([A / np.linalg.norm(A, axis=1)[:, None], 0 * A[:100]]))(
            rng.normal(size=(3000, 20))), 0.02),
    "queries as far from all thirds": (
        lambda rng: np.vstack([np.eye(300)[rng.integers(0, 300, 3000)] / 3, np.zeros((100, 300))]),
        0.02),
    "small changes of a large value": (lambda rng: 1e4 + 1e-8 * rng.normal(size=(3100, 20)), 1),
    "columns of unlike size": (
        lambda rng: rng.normal(size=(3100, 20)) * 10.0 ** np.linspace(-6, 2, 20), 0.02),
    "very small numbers": (lambda rng: 1e-300 * rng.normal(size=(3100, 20)), 0.01),
    "very large numbers": (lambda rng: 1e300 * rng.normal(size=(3100, 20)), 0.01),
    "small numbers among zeros": (
        lambda rng: 1e-200 * np.maximum(rng.normal(size=(3100, 20)) - 1, 0), 0.05),
}
hard_data = pytest.mark.parametrize("name", HARD)


def hard_problem(name):
    A = HARD[name][0](np.random.default_rng(0))
    return A[:3000], A[3000:]


@every_search
@hard_data
def test_on_hard_data_no_neighbour_is_lost(name, algorithm):
    X, Q = hard_problem(name)
    few = 40 if X.shape[1] < 100 else 9
    Q = np.vstack([Q[:few], X[:5], np.zeros((1, X.shape[1]))])
    X = X[::2]
    D, I = nearest(all_distances(Q, X), 5)
    found = search(X, Q, 5, algorithm)
    assert (found[1] == I).all()
    assert found[0] == pytest.approx(D, rel=1e-15, abs=0)


@pytest.fixture
def measured(monkeypatch):
    """How many pairs of points each call of _distances has measured."""
    pairs = []

    def count(A, B, p, distances=knn._distances):
        D = distances(A, B, p)
        pairs.append(D.size)
        return D

    monkeypatch.setattr(knn, "_distances", count)
    return pairs


@hard_data
def test_on_hard_data_few_pairs_are_measured(name, measured):
    X, Q = hard_problem(name)
    search(X, Q, 5)
    assert 100 <= sum(measured) <= HARD[name][1] * 300_000


@pytest.mark.parametrize("p", [2, 1])
@pytest.mark.parametrize("columns", [1, 2])
def test_the_tree_measures_few_pairs_though_most_rows_are_equal(columns, p, measured):
    X = np.random.default_rng(0).integers(0, 2, (3000, columns)) * 1.0
    search(X, X[:100] + 0.5, 5, "kd_tree", p=p)
    assert sum(measured) < 0.1 * 300_000


@pytest.mark.parametrize("p", [1, np.inf, 3])
def test_of_many_equal_rows_the_first_are_kept(p):
    X = np.zeros((9000, 3))  # more than one block of rows
    X[8500:] = 1
    D, I = search(X, [[0, 0, 0], [1, 1, 1], [0, 0, 1]], 4, p=p)
    assert I.tolist() == [[0, 1, 2, 3], [8500, 8501, 8502, 8503], [0, 1, 2, 3]]
    assert D.tolist() == [[0] * 4, [0] * 4, [1] * 4]


def test_later_blocks_of_rows_leave_fewer_pairs_to_be_measured(measured, monkeypatch):
    monkeypatch.setattr(knn, "_BLOCK", 16 * 100)  # 40 blocks of 100 rows
    X = np.random.default_rng(0).normal(size=(4020, 8))
    D, I = search(X[20:], X[:20], 5)
    # 5 of the 100 b rows so far are the nearest, 5 / b of them in block b: 21 after 40 blocks.
    assert 5 * 20 <= sum(measured) < 1.3 * 21 * 20
    assert (I == nearest(all_distances(X[:20], X[20:]), 5)[1]).all()


@pytest.mark.parametrize("k", [1, 3, 20, 90, 150])
def test_blocks_with_fewer_rows_than_neighbours_lose_none(k, monkeypatch):
    monkeypatch.setattr(knn, "_BLOCK", 16 * 100)
    monkeypatch.setattr(knn, "_FEW_GAPS", 0)
    rng = np.random.default_rng(k)
    for X in (rng.normal(size=(1230, 3)), rng.integers(0, 3, (1230, 3)) * 1.0,
              np.sinh(9 * rng.normal(size=(1230, 3)))):
        D, I = nearest(all_distances(X[:30], X[30:]), k)
        found = search(X[30:], X[:30], k)
        assert (found[0] == D).all() and (found[1] == I).all()


@pytest.mark.parametrize(("algorithm", "p", "n", "d", "m"), [
    ("brute", 2, 18_000, 50, 2000), ("brute", 1, 18_000, 50, 50), ("kd_tree", 2, 90_000, 3, 2000),
])
@pytest.mark.parametrize("kind", ["normal", "mostly equal", "whole"])
def test_memory_is_bounded(algorithm, p, n, d, m, kind):
    rng = np.random.default_rng(0)
    A = rng.normal(size=(n + m, d))
    if kind == "mostly equal":
        A = (A > 2.5) * 0.1
    if kind == "whole":
        A = np.rint(A)
    model = KNeighborsClassifier(algorithm=algorithm, p=p).fit(A[:n], np.arange(n) % 3)
    tracemalloc.start()
    model.predict(A[n:])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30e6  # all pairs: 288 MB; all their gaps for p = 1: 360 MB


@pytest.mark.parametrize("seed", [20, 25, 26])
def test_whole_numbers_too_far_out_for_exact_distances_have_the_neighbours_of_each_alone(seed):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 2, (2000, 8)).astype(float)
    Q = np.rint(2.0**29 * rng.choice([1, 1.0000001, 2, -1], (60, 8)))
    Q[0] = X[0]
    model = KNeighborsClassifier(5, algorithm="brute").fit(X, X[:, 0])
    alone = np.vstack([model.kneighbors(q[None])[1] for q in Q])
    assert (model.kneighbors(Q)[1] == alone).all()


def screen_of(X, Q, k, precision, centre=None, tie_break=0.0):
    """A _Screen with all rows of X in work, and the scores that it should have, nearly exactly."""
    centre = knn._median(X) if centre is None else centre
    screen = knn._Screen(Q, k, centre, 2.0, precision, tie_break)
    screen.load(X, np.arange(len(X)), 2 * np.linalg.norm(X - centre, axis=1).max())
    q = (Q.astype(np.longdouble) - centre) / 2
    x = (X.astype(np.longdouble) - centre) / 2
    exact = (x * x).sum(axis=1) - 2 * q @ x.T
    scores = (screen.left @ screen.right[:len(X)].T).astype(np.longdouble)
    return screen, scores, exact


def screen_length(screen, X):
    """The length of the longest row, in units of the screen."""
    return np.linalg.norm(X - screen.centre, axis=1).max() / screen.unit


@pytest.mark.parametrize("precision", [np.float32, np.float64])
@pytest.mark.parametrize("d", [1, 2, 7, 50, 700])
@pytest.mark.parametrize("far", [1.0, 30.0, 1e6])
def test_no_score_of_the_screen_is_more_wrong_than_it_admits(precision, d, far):
    rng = np.random.default_rng(d)
    X, Q = rng.normal(size=(400, d)) - 0.7, rng.normal(size=(30, d)) * far
    screen, scores, exact = screen_of(X, Q, 5, precision)
    wrong = abs(scores - exact)
    assert (wrong <= screen.error / 2).all()  # the measured distance may have the other half
    q, x = np.linalg.norm(Q - screen.centre, axis=1)[:, None] / 2, screen_length(screen, X)
    of_score = np.finfo(precision).eps * (2 * q + x) * x
    bound = (2 * d + 16) * (of_score + np.finfo(float).eps * (q + x) ** 2)  # KNN.7
    assert screen.error == pytest.approx(bound, rel=1e-6)
    if precision == np.float32:
        assert (screen.error < 1e4 * wrong.max(axis=1, keepdims=True)).all()  # and is no wild guess


def test_whole_numbers_have_scores_without_an_error_that_keep_the_order_of_the_rows():
    rng = np.random.default_rng(0)
    X, Q = rng.integers(-5, 5, (300, 4)) * 1.0, rng.integers(-5, 5, (20, 4)) * 1.0
    screen, scores, exact = screen_of(X, Q, 5, np.float64, X[7], tie_break=2.0**-9)
    assert (screen.error == 0).all()
    assert (4 * scores - 4 * exact == np.arange(300) / 512).all()
    D = all_distances(Q, X)
    assert (np.argsort(scores, axis=1) == np.argsort(D, axis=1, kind="stable")).all()
    too_large, _, _ = screen_of(1e7 * X, Q, 5, np.float64, X[7], tie_break=2.0**-9)
    assert (too_large.error > 0).all()


@every_search
def test_equal_distances_of_distinct_rows_go_to_the_lower_index(algorithm):
    for X in (np.eye(150), -np.eye(150) / 3, np.vstack([np.eye(150), -np.eye(150)]) * 7):
        Q = np.vstack([np.zeros((60, X.shape[1])), X[:60]])
        D, I = nearest(all_distances(Q, X), 7)
        found = search(X, Q, 7, algorithm)
        assert (found[0] == D).all() and (found[1] == I).all()


def test_a_tie_of_a_far_row_and_a_near_one_goes_to_the_lower_index():
    X = np.zeros((3000, 3))
    X[:, 2] = np.arange(3000) % 2
    X[1, 0] = X[4, 1] = 2.0**21
    Q = np.vstack([X[:100], [[2.0**20, 2.0**20, 0]] * 50])  # as far from the far rows as from 0
    D, I = nearest(all_distances(Q, X), 4)
    found = search(X, Q, 4)
    assert (found[0] == D).all() and (found[1] == I).all()
    assert I[-1].tolist() == [0, 2, 4, 6] and D[-1, 0] == D[-1, 3] == 2.0**20.5


@pytest.mark.parametrize("size", [1e-6, 1.0, -1e6])
def test_a_query_short_of_far_rows_finds_them(size):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3000, 3))
    X[::300] = [10, 0, 0] + 0.1 * X[::300]  # more than 8 times as far out as the unit
    Q = np.vstack([[7, 0, 0] + 0.1 * rng.normal(size=(40, 3)), rng.normal(size=(40, 3))])
    D, I = nearest(all_distances(size * Q, size * X), 5)
    found = search(size * X, size * Q, 5)
    assert (found[0] == D).all() and (found[1] == I).all()
    assert (I[:40] % 300 == 0).all()


@pytest.mark.parametrize("size", [1e12, 1e20, 1e200])
def test_neighbours_beyond_the_range_of_a_screen_are_found(size):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 3))
    X[::3] *= size
    Q = rng.normal(size=(100, 3))
    D, I = nearest(all_distances(Q, X), 450)  # only 400 rows are near
    found = search(X, Q, 450)
    assert (found[1] == I).all() and found[0] == pytest.approx(D, rel=1e-15, abs=0)


def test_rows_with_enough_copies_before_them_are_dropped():
    rng = np.random.default_rng(0)
    for X in (rng.integers(0, 2, (200, 3)) * 1.0, rng.normal(size=(9, 2))[rng.integers(0, 9, 200)],
              np.zeros((50, 1)), rng.normal(size=(40, 5)), np.full((30, 2), 1.7e308),
              np.array([[0.0, 1], [-0.0, 1], [1, 0], [0, 1]])):
        n_before = [(X[:i] == X[i]).all(axis=1).sum() for i in range(len(X))]
        for k in (1, 2, 5):
            kept = knn._without_surplus_copies(X, k)
            needed = np.flatnonzero(np.array(n_before) < k)
            assert set(needed) <= set(kept) and (np.diff(kept) > 0).all()
            if abs(X).max() < 1e300:
                assert (kept == needed).all()


@every_search
@pytest.mark.parametrize("p", [0.5, 1, 1.5, 2, 2.5, 3, 4, np.inf])
def test_zeros_and_equal_rows_are_measured_right_by_every_power(p, algorithm):
    rng = np.random.default_rng(0)
    A = np.where(rng.random((330, 6)) < 0.2, rng.normal(size=(330, 6)), 0)  # a quarter: all zeros
    X, Q = A[:300], A[300:]
    found = search(X, Q, 9, algorithm, p=p)
    assert_nearest(found, all_distances(Q, X, p=p), 0)
    small = search(1e-200 * X, 1e-200 * Q, 9, algorithm, p=p)[0]  # the powers underflow
    assert small == pytest.approx(1e-200 * found[0], rel=1e-12, abs=0)


def test_a_sample_holds_no_row_twice():
    X = np.arange(5000.0)[:, None]
    for n in [1, 2, 127, 128, 299, 300, *range(301, 700), 4999]:
        sample = knn._sample(X, np.arange(n))[:, 0]
        assert (np.diff(sample) > 0).all() and sample[-1] < n
        assert len(sample) == (n if n <= 300 else 128)


def test_a_unit_is_a_power_of_two_that_is_not_above_the_size():
    sizes = np.array([0, 5e-324, 1e-300, 0.75, 1, 1.5, 2, 1e300])
    units = knn._power_of_two(sizes)
    assert units[[0, 3, 4, 5, 6]].tolist() == [0.5, 0.5, 1, 1, 2]
    assert (units[1:] <= sizes[1:]).all() and (sizes[1:] / units[1:] < 2).all()
    assert (np.frexp(units)[0] == 0.5).all()


def test_who_sees_one_point_is_as_far_from_all_rows():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3))
    Q = np.vstack([rng.normal(size=(50, 3)) * 10.0**e for e in (0, 5, 14, 16, 17, 40, 160, 300)])
    Q[::3, 1] = X[0, 1]  # in some directions it is near
    with np.errstate(over="ignore"):
        is_point, distance = knn._are_all_equally_far(X, Q)
        D = knn._distances(Q.T[:, :, None], X.T[:, None], 2)
    assert (D[is_point] == distance[is_point, None]).all()
    assert not is_point[:100].any() and is_point[250:].all()


def test_a_bound_of_the_kth_lowest_holds_and_is_tight():
    rng = np.random.default_rng(0)
    for n, k in ((5, 5), (30, 7), (513, 1), (3000, 5), (3000, 200)):
        D = rng.random((20, n))
        kth = np.sort(D, axis=1)[:, k - 1:k]
        bound = knn._kth_lowest_or_more(D, k, np.full((20, 1), np.inf))
        assert (bound >= kth).all()
        assert (D <= bound).sum(axis=1).mean() < 1.5 * k + 2
        assert (knn._kth_lowest_or_more(D, k, kth / 2) == kth / 2).all()
    assert knn._kth_lowest_or_more(D, 3001, np.array([[np.inf]] * 20)).tolist() == [[np.inf]] * 20


def test_the_nearest_so_far_are_those_of_one_large_sort():
    rng = np.random.default_rng(0)
    nearest_so_far = knn._Nearest(8, 5)
    D = np.full((8, 300), np.inf)
    for rows in np.array_split(rng.permutation(300), 9):
        query, row = np.nonzero(np.isin(np.arange(300), rows) & (rng.random((8, 300)) < 0.2))
        mix = rng.permutation(len(query))
        query, row = query[mix], row[mix]
        D[query, row] = rng.integers(0, 40, len(query))  # with ties
        nearest_so_far.add(query, row, D[query, row])
        expected_D, expected_I = nearest(D, 5)
        found_D, found_I = (np.where(np.isinf(expected_D), a, b) for a, b in (
            (expected_D, nearest_so_far.keys.real), (expected_I, nearest_so_far.keys.imag)))
        assert (found_D == expected_D).all() and (found_I == expected_I).all()
        assert (nearest_so_far.farthest(np.arange(8)) == expected_D[:, -1]).all()


@pytest.mark.parametrize(("n", "d"), [(1, 2), (32, 3), (33, 3), (1000, 2), (777, 5)])
def test_the_tree_holds_every_row_once_and_divides_them_at_medians(n, d):
    X = np.random.default_rng(n).normal(size=(n, d))
    tree = knn._build_tree(X, 6)
    n_leaves, _, size = tree.points.shape
    is_real = tree.fillers == 0
    assert np.sort(tree.rows[is_real]).tolist() == list(range(n)) and tree.most_k == n
    assert size <= 32 and is_real.sum(axis=1).min() >= size // 2
    assert (np.moveaxis(tree.points, 1, 2) == X[tree.rows]).all()
    assert (tree.low == tree.points.min(axis=2).T).all()
    assert (tree.high == tree.points.max(axis=2).T).all()
    for node in range(1, n_leaves):
        level = node.bit_length() - 1
        below = n_leaves >> level  # leaves below this node
        leaves = slice((node - 2**level) * below, (node - 2**level + 1) * below)
        points = np.moveaxis(tree.points[leaves], 1, 2).reshape(-1, d)
        axis = np.ptp(points, axis=0).argmax()  # KNN.8
        left, right = np.split(points[:, axis], 2)
        assert tree.axes[node] == axis
        assert left.max() <= tree.cuts[node] == right.min()


@every_search
@pytest.mark.parametrize("n", [1, 2, 3, 7])
def test_few_rows_answer_very_many_queries(algorithm, n):
    rng = np.random.default_rng(n)
    X, Q = rng.normal(size=(n, 2)), rng.normal(size=(18_000, 2))
    D, I = nearest(all_distances(Q, X), n)
    found = search(X, Q, n, algorithm)
    assert (found[0] == D).all() and (found[1] == I).all()


@every_search
def test_rows_of_very_many_features_have_neighbours_too(algorithm):
    X = np.zeros((32, 140_000))
    X[:, 0] = X[:, -1] = np.arange(32)
    D, I = search(X, X[::8] + 0.25, 2, algorithm)
    assert I.tolist() == [[0, 1], [8, 9], [16, 17], [24, 25]]


def test_more_neighbours_than_the_tree_keeps_copies_of():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 3, (800, 2)) * 1.0
    for p in (2, 1):
        model = KNeighborsRegressor(3, algorithm="kd_tree", p=p).fit(X, X[:, 0])
        assert model._tree.most_k == 32 and model._tree.rows.size < 9 * 32 + 32
        for k in (3, 4, 31, 32, 33, 34, 200):
            D, I = model.kneighbors(X[:30] + 0.25, k)
            expected = search(X, X[:30] + 0.25, k, p=p)
            assert (D == expected[0]).all() and (I == expected[1]).all()
        assert (model.kneighbors(None, 32)[1] == search(X, None, 32, p=p)[1]).all()
    model = KNeighborsRegressor(40, algorithm="kd_tree").fit(X, X[:, 0])
    assert model._tree.most_k == 41  # a row that asks the others finds itself as well


# --- 5. bad input ---


def fit(X=Z, y=WINE.y, Model=KNeighborsClassifier, **params):
    return Model(**params).fit(X, y)


def holed(value):
    A = Z.copy()
    A[3, 4] = value
    return A


V, T, R = ValueError, TypeError, RuntimeError
BAD = {
    "no neighbours": (lambda: fit(n_neighbors=0), V, "n_neighbors .* must be >= 1 .*, got 0"),
    "half a neighbour": (lambda: fit(n_neighbors=2.5), T, "n_neighbors .* an integer, got 2.5"),
    "a bool": (lambda: fit(n_neighbors=True), T, "n_neighbors .* an integer, got True"),
    "too many": (lambda: fit(n_neighbors=179), V, "n_neighbors .*n_samples=178.* <= 178, got 179"),
    "unknown weights": (lambda: fit(weights="gauss"), V, "weights must be one of .*, got 'gauss'"),
    "unknown metric": (lambda: fit(metric="l2"), V, "metric must be one of .*, got 'l2'"),
    "a list of metrics": (lambda: fit(metric=["cosine"]), V, r"metric must .* \['cosine'\]"),
    "unknown search": (lambda: fit(algorithm="ball_tree"), V, "algorithm must be .* 'ball_tree'"),
    "p is zero": (lambda: fit(p=0), V, "p must be > 0, got 0"),
    "p is nan": (lambda: fit(p=np.nan), V, "p must be > 0, got nan"),
    "p is a word": (lambda: fit(p="2"), T, "p must be a number, got '2'"),
    "flat X": (lambda: fit(Z[0]), V, r"non-empty 2-D array, got shape \(13,\)\. Reshape"),
    "3-D X": (lambda: fit(Z[None]), V, r"non-empty 2-D array, got shape \(1, 178, 13\)"),
    "no rows": (lambda: fit(Z[:0], []), V, r"0 sample\(s\), 13 feature\(s\)"),
    "no columns": (lambda: fit(Z[:, :0]), V, r"178 sample\(s\), 0 feature\(s\)"),
    "nan in X": (lambda: fit(holed(np.nan)), V, r"X contains NaN or infinity: X\[3, 4\] is nan"),
    "infinity in X": (lambda: fit(holed(-np.inf)), V, "X contains NaN or infinity"),
    "text in a column": (lambda: fit([[1, "red"], [2, "blue"]], [1, 2]), T,
                         r"numbers, but column 1 holds text: X\[0, 1\] is 'red'"),
    "numerals in X": (lambda: fit(np.array([["1"], ["2"]], object), [1, 2]), T,
                      "column 0 holds text"),
    "dates in X": (lambda: fit([[datetime.date(2020, 2, 1)]] * 5, [1, 2, 1, 2, 1]), T,
                   r"column 0 holds a date: X\[0, 0\] is '2020-02-01'"),
    "None in X": (lambda: fit([[1], [None]], [1, 2]), V, r"infinity: X\[1, 0\] is None"),
    "NA in X": (lambda: fit([[1], [NA]], [1, 2]), V, r"column 0 holds a missing value: X\[1, 0\]"),
    "no X": (lambda: fit(None), V, "X is None: an array is needed"),
    "a huge integer": (lambda: fit([[1], [10**400]], [1, 2]), V,
                       "a number beyond the range of float64"),
    "masked X": (lambda: fit(masked(Z)), V, "X is a masked array"),
    "complex X": (lambda: fit(Z + 1j), V, "Complex data not supported"),
    "ragged X": (lambda: fit([[1, 2], [3]], [1, 2]), V,
                 "X must be an array whose rows all have the same length"),
    "sparse X": (lambda: fit(Sparse(Z)), T, r"X is a sparse matrix.*X\.toarray\(\)"),
    "y too short": (lambda: fit(y=WINE.y[1:]), V, r"y should be .* shape \(178,\), got \(177,\)"),
    "no y": (lambda: fit(y=None), V, "fit requires y to be passed"),
    "one label": (lambda: fit(y=3), V, r"y should be a 1d array .* got \(\)"),
    "masked y": (lambda: fit(y=masked(WINE.y, 3)), V, "y is a masked array"),
    "a missing label": (lambda: fit([[1], [2], [3]], ["a", float("nan"), "b"]), V,
                        "y holds a missing label"),
    "None among labels": (lambda: fit([[1], [2], [3]], ["a", None, "b"]), V,
                          "y holds a missing label"),
    "NA among labels": (lambda: fit([[1], [2], [3]], ["a", NA, "b"]), V, "y holds a missing label"),
    "numbers among words": (lambda: fit([[1], [2], [3]], ["a", 1, "b"]), T,
                            "y mixes strings with other values"),
    "words for numbers": (lambda: fit([[1], [2]], ["a", "b"], Model=KNeighborsRegressor,
                                      n_neighbors=1), T, "y must be .* numbers, but it holds text"),
    "two columns of y": (lambda: fit(y=Z[:, :2], Model=KNeighborsRegressor), V,
                         r"y should be a 1d array with one entry for each row .*, got \(178, 2\)"),
    "numbers for classes": (lambda: fit(y=Z[:, 0]), V, "Unknown label type: y is continuous"),
    "labels of two kinds": (lambda: fit(y=np.array(["a", 1] * 89, object)), T, "y mixes strings"),
    "nan in y": (lambda: fit(y=Z[:, 0] * np.nan, Model=KNeighborsRegressor), V,
                 "y contains NaN"),
    "predict unfitted": (lambda: KNeighborsClassifier().predict(Z), R,
                         "KNeighborsClassifier is not fitted: call fit first"),
    "kneighbors unfitted": (lambda: KNeighborsRegressor().kneighbors(), R,
                            "KNeighborsRegressor is not fitted: call fit first"),
    "predict narrow": (lambda: fit().predict(Z[:, 1:]), V, "X has 12 features.*: fit saw 13"),
    "predict flat": (lambda: fit().predict_proba(Z[0]), V, r"X\.reshape\(1, -1\) one sample"),
    "no weight in one row": (
        lambda: fit(weights=lambda d: (np.arange(len(d))[:, None] != 3) + 0 * d).predict(Z), V,
        "no row all 0"),
    "predict nan": (lambda: fit().predict(holed(np.nan)), V, "X contains NaN or infinity"),
    "predict words": (lambda: fit().predict([["a"] * 13]), T, r"column 0 holds text: X\[0, 0\]"),
    "predict sparse": (lambda: fit().predict(Sparse(Z)), T, "X is a sparse matrix"),
    "predict masked": (lambda: fit().predict(masked(Z)), V, "X is a masked array"),
    "columns in another order": (
        lambda: fit(Frame(Z[:, :2], ["a", "b"])).predict(Frame(Z[:, :2], ["b", "a"])), V,
        r"fit saw the columns \['a', 'b'\], X has \['b', 'a'\]"),
    "columns of other names": (
        lambda: fit(Frame(Z[:, :2], ["a", "b"])).kneighbors(Frame(Z[:, :2], ["a", "c"])), V,
        "The feature names should match"),
    "too many asked": (lambda: fit().kneighbors(Z, 179), V, "n_neighbors .*178 samples.*, got 179"),
    "itself asked": (lambda: fit().kneighbors(n_neighbors=178), V, "177 other samples.*, got 178"),
    "a word asked": (lambda: fit().kneighbors(Z, "3"), T, "n_neighbors .* an integer, got '3'"),
    "none asked": (lambda: fit().kneighbors(Z, 0), V, "n_neighbors .* >= 1 and <= 178, got 0"),
    "no search": (lambda: fit(algorithm=None), V, "algorithm must be one of .*, got None"),
    "no metric": (lambda: fit(metric=None), V, "metric must be one of .*, got None"),
    "no weights": (lambda: fit(weights=None), V,
                   "weights must be one of 'uniform', 'distance' or a callable, got None"),
    "p is negative infinity": (lambda: fit(p=-np.inf), V, "p must be > 0, got -inf"),
    "p is True": (lambda: fit(p=True), T, "p must be a number, got True"),
    "p is an array": (lambda: fit(p=np.array([1, 2])), T, "p must be a number, got array"),
    "weights of one row": (lambda: fit(weights=lambda d: d[0]).predict(Z), V,
                                 r"weights must return \(178, 5\) numbers >= 0"),
    "negative weights": (lambda: fit(weights=lambda d: -d).predict(-Z), V, "weights must return"),
    "no weight at all": (lambda: fit(weights=lambda d: 0 * d).predict(Z), V, "no row all 0"),
    "nan weights": (lambda: fit(weights=lambda d: d * np.nan).predict(Z), V, "NaN or infinity"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_met_at_the_door(name):
    call, error, message = BAD[name]
    with pytest.raises(error, match=message):
        call()


@every_model
def test_a_failed_fit_leaves_the_earlier_fit_usable(Model):
    model = Model().fit(Z, WINE.y)
    before, state = model.predict(Z), set(vars(model))
    wrong_metric, wrong_p, too_many = {"metric": "none"}, {"p": -1}, {"n_neighbors": 99}
    for X, y, params in ((Z[:, :3], WINE.y[1:], {}), (holed(np.nan), WINE.y, {}),
                         (Z[:3], WINE.y[:3], {}), (Z[:, :3], WINE.y, wrong_metric),
                         (Frame(Z[:, :3]), WINE.y, wrong_p), (Z[:50], WINE.y[:50], too_many),
                         (Z[:, :3], [None] * 178, {"algorithm": "kd_tree"})):
        given = {name: getattr(model, name) for name in params}
        for name, value in params.items():
            setattr(model, name, value)
        with pytest.raises(ValueError):
            model.fit(X, y)
        for name, value in given.items():
            setattr(model, name, value)
        assert (model.predict(Z) == before).all()
        assert set(vars(model)) == state
        model.algorithm = "auto"


def test_weights_that_are_set_after_fit_are_checked_too():
    for Model in (KNeighborsClassifier, KNeighborsRegressor):
        model = Model().fit(Z, WINE.y)
        model.weights = "gauss"
        with pytest.raises(ValueError, match=r"weights must be one of .* got 'gauss'"):
            model.predict(Z)


# --- 6. robustness ---


DEFAULTS = {
    "n_neighbors": 5, "weights": "uniform", "algorithm": "auto", "p": 2, "metric": "minkowski",
}


@every_model
def test_the_defaults_are_those_of_this_table_and_of_the_docstring(Model):
    signature = inspect.signature(Model).parameters
    assert {name: parameter.default for name, parameter in signature.items()} == DEFAULTS
    assert documented_defaults(Model) == DEFAULTS
    assert documented_defaults(Model.kneighbors) == {
        "X": None, "n_neighbors": None, "return_distance": True}
    for thing in (Model, Model.fit, Model.kneighbors, Model.predict):
        assert faults(thing) == []


@every_model
def test_the_constructor_stores_its_arguments_and_does_nothing_else(Model):
    assert vars(Model()) == DEFAULTS
    strange = {name: object() for name in DEFAULTS}
    nothing = dict.fromkeys(DEFAULTS)
    assert vars(Model(**strange)) == strange
    assert vars(Model(**nothing)) == nothing
    assert Model(3).n_neighbors == 3


@every_model
def test_fit_returns_the_model_and_leaves_its_hyperparameters_alone(Model):
    for params in ({}, {"weights": np.exp, "algorithm": "kd_tree", "metric": "cosine"}):
        model = Model(7, **params)
        given = dict(vars(model))
        assert model.fit(Z, WINE.y) is model
        assert all(vars(model)[name] is value for name, value in given.items())


@every_search
@every_metric
def test_one_row_answers_every_query(algorithm, metric):
    model = KNeighborsClassifier(1, algorithm=algorithm, **metric).fit([[1.0, 2.0]], ["only"])
    assert model.predict([[7, 8], [1, 2]]).tolist() == ["only"] * 2
    assert model.predict_proba([[7, 8]]).tolist() == [[1]]
    model = KNeighborsRegressor(1, weights="distance", algorithm=algorithm, **metric)
    assert model.fit([[1.0, 2.0]], [9]).predict([[7, 8], [1, 2]]).tolist() == [9, 9]


@every_search
def test_rows_that_all_come_twice_are_twice_the_neighbours(algorithm):
    X, t, Q = Z[TRAIN], WINE.X[TRAIN, -1], Z[TEST]
    for weights in ("uniform", "distance"):
        once, twice = (KNeighborsRegressor(k, weights=weights, algorithm=algorithm) for k in (3, 6))
        once.fit(X, t), twice.fit(np.vstack([X, X]), np.append(t, t))
        assert twice.predict(Q) == pytest.approx(once.predict(Q), rel=1e-13)
        assert (twice.kneighbors(Q)[0] == np.repeat(once.kneighbors(Q)[0], 2, axis=1)).all()


@every_search
def test_equal_rows_with_different_labels_share_the_vote(algorithm):
    X, y = np.ones((500, 2)), np.arange(500) % 2
    for weights in ("uniform", "distance"):
        model = KNeighborsClassifier(4, weights=weights, algorithm=algorithm).fit(X, y)
        assert model.kneighbors([[1, 1], [8, 8]])[1].tolist() == [[0, 1, 2, 3]] * 2
        assert model.predict_proba([[1, 1], [8, 8]]).tolist() == [[0.5, 0.5]] * 2
        assert model.predict([[1, 1]]).tolist() == [0]


@every_search
def test_a_constant_column_changes_nothing(algorithm):
    A = np.column_stack([Z[:, :3], np.full(178, 0.1)])
    for metric in ({}, {"p": 1}, {"p": np.inf}, {"p": 3}):
        with_it, without = (search(X, X[:9] + 0, 5, algorithm, **metric) for X in (A, Z[:, :3]))
        assert (with_it[0] == without[0]).all() and (with_it[1] == without[1]).all()


@every_search
@every_metric
@pytest.mark.parametrize("c", [1e3, 1e-3, 1e300, 1e-300])
def test_units_may_be_of_any_size(algorithm, metric, c):
    X, Q = np.split(np.random.default_rng(0).normal(size=(150, 4)), [120])
    D, I = search(X, Q, 5, algorithm, **metric)
    D2, I2 = search(c * X, c * Q, 5, algorithm, **metric)
    assert (I2 == I).all()
    unit = 1 if metric == {"metric": "cosine"} else c
    assert D2 / unit == pytest.approx(D, rel=1e-12)


@every_search
def test_large_and_small_values_live_together(algorithm):
    X = np.array([[1e300], [4e-300], [1e-300], [3.0], [1.0], [-1e300], [-1.7e308]])
    D, I = search(X, [[0], [2e300], [1.7e308], [3.5]], 3, algorithm)
    assert I.tolist() == [[2, 1, 4], [0, 1, 2], [0, 1, 2], [3, 4, 1]]
    assert D[0] == pytest.approx([1e-300, 4e-300, 1]) and D[1, 0] == 1e300
    D, I = search(X, [[1.7e308]], 7, algorithm)  # 3.4e308 is no double
    assert I.tolist() == [[0, 1, 2, 3, 4, 5, 6]] and D[0, -1] >= 1.79e308


def test_neighbours_and_weights_may_be_changed_after_fit():
    model = KNeighborsClassifier(5).fit(Z, WINE.y)
    model.n_neighbors, model.weights = 1, "distance"
    fresh = KNeighborsClassifier(1, weights="distance").fit(Z, WINE.y)
    assert (model.predict_proba(Z + 1) == fresh.predict_proba(Z + 1)).all()


@every_search
@every_metric
@pytest.mark.parametrize("form", FORMS)
def test_any_form_of_the_same_numbers_gives_the_same_fit(algorithm, metric, form):
    A = np.random.default_rng(0).integers(-9, 9, size=(80, 3)).astype(float)
    model, other = (KNeighborsRegressor(3, weights="distance", algorithm=algorithm, **metric)
                    for _ in range(2))
    other.fit(FORMS[form](A[:60]), A[:60, 0].astype(int).tolist())
    model.fit(A[:60], A[:60, 0])
    assert (other.predict(FORMS[form](A[60:])) == model.predict(A[60:])).all()
    assert other.predict(FORMS[form](A[60:])).dtype == other.kneighbors()[0].dtype == float


def test_truth_values_and_a_column_of_labels_are_welcome():
    model = KNeighborsClassifier(1).fit([[True], [False]], [["yes"], ["no"]])
    assert model.predict([[1], [0]]).tolist() == ["yes", "no"]


@pytest.mark.parametrize("labels", [
    ["red", "green"], [b"x", b"y"], [True, False], [-1, 300], [2.0, 1.0],
    np.array(["one", "three"], dtype=object), np.array([3, 1], dtype=np.int8),
], ids=str)
def test_labels_of_any_kind_come_back_as_they_were(labels):
    labels = np.asarray(labels)
    y = labels[WINE.y % 2]
    model = KNeighborsClassifier(5).fit(Z, y)
    assert model.classes_.dtype == labels.dtype
    assert (model.classes_ == np.sort(labels)).all()
    codes = KNeighborsClassifier(5).fit(Z, WINE.y % 2).predict(Z)
    assert (model.predict(Z) == labels[codes]).all()


@every_search
@every_metric
def test_a_row_predicts_the_same_alone_as_in_company(algorithm, metric):
    model = KNeighborsRegressor(5, weights="distance", algorithm=algorithm, **metric)
    model.fit(Z[TRAIN], WINE.X[TRAIN, -1])
    rng = np.random.default_rng(0)
    rows = np.vstack([Z[TEST], 20 - 3 * rng.normal(size=(20, 13))])  # some unlike any wine
    alone = [model.predict(row[None])[0] for row in rows]
    strangers = [rng.normal(size=(300, 13)) * 50 + 100, np.full((200, 13), -1e9),
                 np.full((1, 13), 1e200), np.zeros((150, 13)), -rows]
    for company in (*strangers, np.vstack(strangers)):
        assert model.predict(np.vstack([rows, company]))[:len(rows)].tolist() == alone
        assert model.predict(np.vstack([company, rows]))[len(company):].tolist() == alone
    mix = rng.permutation(len(rows))
    assert model.predict(rows[mix]).tolist() == [alone[i] for i in mix]


@every_model
def test_the_names_of_columns_are_kept_and_forgotten_with_the_fit(Model):
    model = Model().fit(Frame(Z[:, :3], ["a", "b", "c"]), WINE.y)
    assert model.feature_names_in_.tolist() == ["a", "b", "c"]
    named = model.predict(Frame(Z[:, :3], ["a", "b", "c"]))
    assert (named == model.predict(Z[:, :3])).all()  # an array has no names to compare
    assert not hasattr(model.fit(Z[:, :3], WINE.y), "feature_names_in_")
    assert not hasattr(model.fit(Frame(Z[:, :3], [0, 1, 2]), WINE.y), "feature_names_in_")
    assert (model.predict(Frame(Z[:, :3], ["c", "b", "a"])) == named).all()


@every_search
@every_model
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_input_is_left_as_it_was_and_later_changes_do_not_reach_the_model(Model, algorithm, metric):
    A, t = Z.copy(), WINE.y.astype(float)
    model = Model(algorithm=algorithm, metric=metric).fit(A, t)
    before = model.predict(A)
    assert (A == Z).all() and (t == WINE.y).all()
    A[:], t[:] = 0, 0
    assert (model.predict(Z) == before).all()
    D, I = model.kneighbors(Z)
    D[:], I[:] = 0, 0
    assert (model.predict(Z) == before).all()


def test_a_second_fit_forgets_the_first():
    used = KNeighborsClassifier(algorithm="kd_tree", metric="cosine").fit(Z, WINE.y)
    used.algorithm, used.metric = "auto", "minkowski"
    used.fit(Z[:99, :3], WINE.X[:99, 0] > 13)
    fresh = KNeighborsClassifier().fit(Z[:99, :3], WINE.X[:99, 0] > 13)
    assert set(vars(used)) == set(vars(fresh))
    assert (used.predict_proba(Z[:, :3]) == fresh.predict_proba(Z[:, :3])).all()
    assert (used.n_features_in_, used.n_samples_fit_, used.algorithm_) == (3, 99, "brute")


@every_search
@every_model
@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_a_model_survives_pickle_and_deepcopy(Model, algorithm, duplicate):
    model = Model(algorithm=algorithm).fit(Z, WINE.y)
    twin = duplicate(model)
    assert (twin.predict(Z + 1) == model.predict(Z + 1)).all()
    assert (twin.fit(Z[:9], WINE.y[:9]).predict(Z[:9]) == WINE.y[0]).all()
    assert model.n_samples_fit_ == 178


@every_search
@every_model
def test_nothing_that_a_model_keeps_is_a_function(Model, algorithm):
    model = Model(algorithm=algorithm).fit(Frame(Z), WINE.y)
    kept = [*vars(model).values(), *(model._tree or ())]
    assert not any(callable(value) for value in kept)


def test_nothing_is_drawn_from_the_global_generator():
    before = str(np.random.get_state())  # noqa: NPY002
    for algorithm in SEARCHES:
        KNeighborsClassifier(algorithm=algorithm).fit(Z, WINE.y).predict(Z)
    assert str(np.random.get_state()) == before  # noqa: NPY002
