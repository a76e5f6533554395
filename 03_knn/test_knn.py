"""Tests of k-nearest neighbours: by hand, by theory, against frozen numbers, against a slow twin,
with bad input and with awkward input. KNN.1 and so on are formulas of `references/math_notes.md`.
"""

import copy
import inspect
import itertools
import pickle
import tracemalloc

import knn
import numpy as np
import pytest
from knn import KNeighborsClassifier, KNeighborsRegressor

from utils.datasets import load_diabetes, load_digits, load_iris, load_wine
from utils.forms import FORMS, Sparse
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
    if p == 2:
        return np.sqrt(np.add.accumulate(gaps**2, axis=2)[:, :, -1])
    return (gaps**p).sum(axis=2) ** (1 / p)


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
    X, Q = ((rng.integers(0, 4, (rows, d)) * 1.0 if seed % 3 == 0 else rng.normal(size=(rows, d)))
            for rows in (n, m))
    if seed % 3 == 1:
        X, Q = X[rng.integers(0, n, n)], X[rng.integers(0, n, m)]
    return X, Q, int(rng.integers(1, min(n, 40) + 1)), int(rng.choice([2, 5, 32]))


def assert_nearest(found, D, slack):
    """Distances and rows found must be those of the slow twin, ties in the order of the rows."""
    d, I = found
    for expected in (nearest(D, d.shape[1])[0], np.take_along_axis(D, I, axis=1)):
        assert (abs(d - expected) <= 1e-12 * expected + slack).all()
    assert (np.diff(I)[np.diff(d) == 0] > 0).all()


@pytest.mark.parametrize("start", range(0, 200, 20))
def test_tree_and_brute_force_are_equal_to_the_slow_twin(start, monkeypatch):
    for seed in range(start, start + 20):
        X, Q, k, leaf = random_problem(seed)
        monkeypatch.setattr(knn, "_LEAF", leaf)
        for metric in ({}, list(METRICS.values())[seed // 2 % len(METRICS)])[:1 + seed % 2]:
            exact = metric.get("metric") != "cosine" and metric.get("p", 2) in (2, np.inf)
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
                    assert not exact or (found[1] == nearest(D, k)[1]).all()


@every_search
@pytest.mark.parametrize("block", [40, 300, 4000, 2**30])
def test_the_size_of_a_block_changes_nothing(algorithm, block, monkeypatch):
    rng = np.random.default_rng(0)
    X, Q = rng.normal(size=(300, 3)), rng.normal(size=(40, 3))
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


HARD = {
    "a ring": lambda A: A / np.linalg.norm(A, axis=1, keepdims=True) * (1 + A[:, :1] * 1e-10),
    "two far clusters": lambda A: A * 1e-4 + 1e5 * (A[:, :1] > 0),
    "an outlier": lambda A: np.where(np.arange(len(A))[:, None] == 7, 1e12, A),
    "small changes of a large value": lambda A: 1e4 + A * 1e-8,
    "columns of unlike size": lambda A: A * 10.0 ** np.arange(-6, 2),
    "heavy tails": lambda A: np.sinh(6 * A),
}


@every_search
@pytest.mark.parametrize("name", HARD)
def test_the_screen_in_single_precision_loses_no_neighbour(name, algorithm):
    rng = np.random.default_rng(0)
    X, Q = HARD[name](rng.normal(size=(1500, 8))), HARD[name](rng.normal(size=(40, 8)))
    Q = np.vstack([Q, X[:5], np.zeros((1, 8))])
    D, I = nearest(all_distances(Q, X), 5)
    found = search(X, Q, 5, algorithm)
    assert (found[0] == D).all() and (found[1] == I).all()


@every_search
@pytest.mark.parametrize("exponent", [10, 18, 39, 60, 150, 300])
def test_a_query_far_outside_of_the_data_gets_its_neighbours(algorithm, exponent):
    rng = np.random.default_rng(exponent)
    X, Q = rng.normal(size=(20, 2)), rng.normal(size=(9, 2)) * 10.0**exponent
    D, I = nearest(all_distances(Q / 10.0**exponent, X / 10.0**exponent), 5)
    d, i = search(X, Q, 5, algorithm)
    assert (i == I).all() and d == pytest.approx(D * 10.0**exponent, rel=1e-15)


@pytest.fixture
def measured(monkeypatch):
    """How many pairs of a query and a row each call of _length has measured."""
    pairs = []

    def count(G, p, length=knn._length):
        pairs.append(G[0].size)
        return length(G, p)

    monkeypatch.setattr(knn, "_length", count)
    return pairs


@pytest.mark.parametrize("change", [
    lambda A: A, lambda A: A + 1e9, lambda A: A / 10 + 1e3 * (A[:, :1] > 0),
    lambda A: np.where(np.arange(len(A))[:, None] == 7, 1e4, A),
], ids=["a cloud", "far away", "two clusters", "an outlier"])
def test_the_screen_leaves_few_pairs_to_be_measured(change, measured):
    A = change(np.random.default_rng(0).normal(size=(3000, 8)))
    search(A[:2900], A[2900:], 5)
    assert 500 <= sum(measured) < 10_000  # of 290,000 pairs


def test_later_blocks_of_rows_leave_fewer_pairs_to_be_measured(measured, monkeypatch):
    monkeypatch.setattr(knn, "_BLOCK", 9 * 100)  # 40 blocks of 100 rows
    X = np.random.default_rng(0).normal(size=(4020, 8))
    search(X[20:], X[:20], 5)
    # 5 of the 100 b rows so far are the nearest, 5 / b of them in block b: 21 after 40 blocks.
    assert 5 * 20 <= sum(measured) < 1.2 * 21 * 20


@pytest.mark.parametrize(("algorithm", "p", "n", "d", "m"), [
    ("brute", 2, 18_000, 50, 2000), ("brute", 1, 18_000, 50, 50), ("kd_tree", 2, 90_000, 3, 2000),
])
def test_memory_is_bounded(algorithm, p, n, d, m):
    rng = np.random.default_rng(0)
    model = KNeighborsClassifier(algorithm=algorithm, p=p)
    model.fit(rng.normal(size=(n, d)), np.arange(n) % 3)
    Q = rng.normal(size=(m, d))
    tracemalloc.start()
    model.predict(Q)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 25e6  # all pairs: 288 MB; all their gaps for p = 1: 360 MB


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
    "nan in X": (lambda: fit(holed(np.nan)), V, "X contains NaN or infinity"),
    "infinity in X": (lambda: fit(holed(np.inf)), V, "X contains NaN or infinity"),
    "strings in X": (lambda: fit([["a"], ["b"]], [1, 2]), T, "X must be .* array of numbers"),
    "complex X": (lambda: fit(Z + 1j), V, "Complex data not supported"),
    "ragged X": (lambda: fit([[1, 2], [3]], [1, 2]), V, "X must be .* array of numbers"),
    "sparse X": (lambda: fit(Sparse(Z)), T, "X must be a dense, not a sparse, array of numbers"),
    "y too short": (lambda: fit(y=WINE.y[1:]), V, r"y should be .* shape \(178,\), got \(177,\)"),
    "no y": (lambda: fit(y=None), V, r"y should be a 1d array .* got \(\)"),
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
    "predict nan": (lambda: fit().predict(holed(np.nan)), V, "X contains NaN or infinity"),
    "too many asked": (lambda: fit().kneighbors(Z, 179), V, "n_neighbors .*178 samples.*, got 179"),
    "itself asked": (lambda: fit().kneighbors(n_neighbors=178), V, "177 other samples.*, got 178"),
    "a word asked": (lambda: fit().kneighbors(Z, "3"), T, "n_neighbors .* an integer, got '3'"),
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
    for bad in (lambda: model.fit(Z[:, :3], WINE.y[1:]), lambda: model.fit(holed(np.nan), WINE.y),
                lambda: model.fit(Z[:3], WINE.y[:3]),
                lambda: setattr(model, "metric", "none") or model.fit(Z[:, :3], WINE.y)):
        with pytest.raises(ValueError):
            bad()
        assert (model.predict(Z) == before).all()
        assert set(vars(model)) == state


# --- 6. robustness ---


@every_model
def test_the_constructor_stores_its_arguments_and_does_nothing_else(Model):
    defaults = {name: p.default for name, p in inspect.signature(Model).parameters.items()}
    assert vars(Model()) == defaults
    assert (defaults["n_neighbors"], defaults["weights"], defaults["p"]) == (5, "uniform", 2)
    strange = {name: object() for name in defaults}
    nothing = dict.fromkeys(defaults)
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
    company = model.predict(np.vstack([Z[TEST], np.full((1, 13), 1e200)]))
    assert [model.predict(row[None])[0] for row in Z[TEST]] == company[:-1].tolist()


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


def test_nothing_is_drawn_from_the_global_generator():
    before = str(np.random.get_state())  # noqa: NPY002
    for algorithm in SEARCHES:
        KNeighborsClassifier(algorithm=algorithm).fit(Z, WINE.y).predict(Z)
    assert str(np.random.get_state()) == before  # noqa: NPY002
