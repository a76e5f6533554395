"""Tests of k-means: by hand, by theory, against frozen numbers, against slow twins, with bad input
and with awkward input. KM.1 and so on are formulas of `references/math_notes.md`.
"""

import copy
import datetime
import inspect
import itertools
import pickle
import re
import sys
import tracemalloc
import warnings

import numpy as np
import pytest
from k_means import KMeans, _CentredRows

from utils.data_generators import make_blobs
from utils.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from utils.docstrings import documented_defaults
from utils.forms import FORMS, NA, Frame, Sparse, masked
from utils.metrics import adjusted_rand_score
from utils.preprocessing import StandardScaler

WINE = StandardScaler().fit_transform(load_wine().X)
FOUR = np.array([[0.0, 0.0], [9.0, 1.0], [1.0, 8.0], [10.0, 10.0]])
BLOBS = make_blobs(300, centers=FOUR, cluster_std=1.5, random_state=0)[0]


def squared_distances(X, C):
    return ((X[:, None, :] - C) ** 2).sum(axis=2)


def inertia(X, C, labels):
    """J of KM.1."""
    return ((X - C[labels]) ** 2).sum()


def variation(X):
    return ((X - X.mean(axis=0)) ** 2).sum()


def assert_that_inertia_never_rises(model, X):
    """From the path of the centres alone, since the model may smooth the history that it shows."""
    path, history, t = model.centers_history_, model.inertia_history_, 2 * model.n_iter_
    nearest = np.array([squared_distances(X, C).min(axis=1).sum() for C in path])
    slack = 1e-12 * (variation(X) + nearest[0]) + 1e-20
    assert (np.diff(nearest) <= slack).all()
    # Between two of these lie a half-step and a half-step; a re-seed lowers the first of them.
    assert (history[:t:2] <= nearest[:-1] + 1e3 * slack).all()
    assert (nearest[1:] <= history[1:t:2] + 1e3 * slack).all()
    assert (np.diff(history) <= 0).all() and history[-1] == model.inertia_
    assert len(history) - t in (0, 1) and len(path) == model.n_iter_ + 1


def same_model(a, b, **tolerance):
    return (np.array_equal(a.labels_, b.labels_) and a.n_iter_ == b.n_iter_
            and a.cluster_centers_ == pytest.approx(b.cluster_centers_, **tolerance))


# --- 1. by hand ---

SIX = np.array([[1.0], [2.0], [3.0], [8.0], [9.0], [13.0]])
# From centres 1 and 2.  Round 1: only x = 1 is nearer to 1; J = 0 + (0 + 1 + 36 + 49 + 121) = 207;
# the means are 1 and (2 + 3 + 8 + 9 + 13) / 5 = 7; J = 25 + 16 + 1 + 4 + 36 = 82.
# Round 2: the border is 4; J = (0 + 1 + 4) + (1 + 4 + 36) = 46; the means are 2 and 10;
# J = (1 + 0 + 1) + (4 + 1 + 9) = 16.  Round 3: the border is 6, no label changes.


def test_six_points_and_two_centres_on_paper():
    model = KMeans(2, init=[[1], [2]]).fit(SIX)
    assert model.inertia_history_ == pytest.approx([207, 82, 46, 16, 16, 16])
    assert model.centers_history_[..., 0] == pytest.approx(
        np.array([[1, 2], [1, 7], [2, 10], [2, 10]]))
    assert model.cluster_centers_ == pytest.approx(np.array([[2], [10]]))
    assert model.labels_.tolist() == [0, 0, 0, 1, 1, 1]
    assert (model.inertia_, model.n_iter_) == (pytest.approx(16), 3)
    assert model.predict([[5.9], [6.1], [-40]]).tolist() == [0, 1, 0]
    assert model.transform([[5]]) == pytest.approx(np.array([[3, 5]]))


def test_a_tie_goes_to_the_lower_label():
    for start in ([[0], [2]], [[2], [0]]):
        model = KMeans(2, init=start, max_iter=1, tol=None).fit([[0], [1], [2]])
        ends = [[0.5], [2.0]] if start == [[0], [2]] else [[1.5], [0.0]]
        assert model.cluster_centers_ == pytest.approx(np.array(ends))  # x = 1 went to label 0
    model = KMeans(2, init=[[0], [4]]).fit([[0], [4]])
    assert model.predict([[2], [2.001], [1.999]]).tolist() == [0, 1, 0]


def test_ties_stay_with_the_lower_label_where_centring_rounds():
    X = np.array([[0.1], [0.7], [1.3], [17.3]])  # 0.7 lies halfway between 0.1 and 1.3, to rounding
    for start in ([[0.1], [1.3], [17.3]], [[1.3], [0.1], [17.3]]):
        assert KMeans(3, init=start, max_iter=1, tol=None).fit(X).labels_[1] == 0


def test_an_empty_cluster_moves_to_the_farthest_row():
    # From centres 1 and 100 all rows fall to 1: distances 1, 0, 1, 81. Row 10 becomes the seed.
    model = KMeans(2, init=[[1], [100]]).fit([[0], [1], [2], [10]])
    assert model.labels_.tolist() == [0, 0, 0, 1]
    assert model.cluster_centers_ == pytest.approx(np.array([[1], [10]]))
    assert model.inertia_history_ == pytest.approx([2, 2, 2, 2])


def test_a_seed_may_come_from_a_cluster_of_one():
    # Row 50 is alone with centre 30 and farthest, so it moves to the third centre; the second is
    # now the empty one and takes row 0, the first of the rows at distance 1.
    model = KMeans(3, init=[[1], [30], [1000]]).fit([[0], [1], [2], [50]])
    assert model.labels_.tolist() == [1, 0, 0, 2]
    assert model.cluster_centers_ == pytest.approx(np.array([[1.5], [0], [50]]))
    assert model.inertia_history_ == pytest.approx([1, 0.5, 0.5, 0.5])


def test_the_second_seed_is_the_better_of_two_draws_by_squared_distance():
    # A first seed of 1 gives D^2 = 0, 1, 4, 49, 64, 144, so 13 is drawn with chance 144 / 262.
    D2 = squared_distances(SIX, SIX)
    left = np.minimum(D2[:, None], D2[None]).sum(axis=2)  # J of every pair of seeds
    chance = np.zeros((6, 6))
    for first in range(6):
        share = D2[first] / D2[first].sum()
        for a in range(6):
            for b in range(6):
                best = a if left[first, a] <= left[first, b] else b
                chance[first, best] += share[a] * share[b] / 6
    count, draws = np.zeros((6, 6)), 2000
    rng = np.random.default_rng(0)
    for _ in range(draws):
        start = KMeans(2, max_iter=1, tol=None, random_state=rng).fit(SIX).centers_history_[0]
        count[tuple(np.searchsorted(SIX[:, 0], start[:, 0] - 1e-9))] += 1
    assert count[chance == 0].sum() == 0
    z = (count - draws * chance)[chance > 0] / np.sqrt(draws * chance * (1 - chance))[chance > 0]
    assert np.abs(z).max() < 4 and (z**2).mean() < 2


@pytest.mark.parametrize(("k", "draws"), [(3, 3), (4, 3), (8, 4)])
def test_each_further_seed_is_the_best_of_two_and_log_k_draws(k, draws):
    places = np.random.default_rng(1).normal(size=(12, 2))
    times = np.arange(1, 13)  # each place has its own number of rows, lest two candidates tie
    X, D2 = np.repeat(places, times, axis=0), squared_distances(places, places)
    chance = {frozenset([i]): times[i] / 78 for i in range(12)}
    for _ in range(k - 1):
        after = {}
        for seeds, p in chance.items():
            D = D2[list(seeds)].min(axis=0)
            left, share = np.minimum(D, D2) @ times, times * D / (times @ D)
            for i in set(range(12)) - seeds:  # the best of the draws: none is better, one is it
                wins = share[left >= left[i]].sum()**draws - share[left > left[i]].sum()**draws
                after[seeds | {i}] = after.get(seeds | {i}, 0) + p * wins
        chance = after
    count, rng = dict.fromkeys(chance, 0), np.random.default_rng(0)
    for _ in range(1200):
        start = KMeans(k, max_iter=1, tol=None, random_state=rng).fit(X).centers_history_[0]
        count[frozenset(squared_distances(start, places).argmin(axis=1).tolist())] += 1
    assert sum(chance.values()) == pytest.approx(1)
    p = np.array([*chance.values()])
    z = ((np.array([*count.values()]) - 1200 * p) / np.sqrt(1200 * p * (1 - p)))[p > 0.005]
    assert len(z) > 5 and np.abs(z).max() < 4 and (z**2).mean() < 2


def test_mini_batches_give_the_mean_of_all_rows_ever_dealt():
    # Whatever the order, the left centre is dealt 0, 1, 2 once an epoch, the right 100, 101, 102.
    model = KMeans(2, init=[[-7], [150]], batch_size=2, random_state=0)
    model.fit([[0], [1], [2], [100], [101], [102]])
    path = np.array([[-7, 150], [1, 101], [1, 101]])
    assert model.centers_history_[..., 0] == pytest.approx(path)
    assert model.inertia_history_ == pytest.approx([4, 4])
    assert (model.labels_.tolist(), model.n_iter_) == ([0, 0, 0, 1, 1, 1], 2)


# --- 2. theory ---


def random_problem(rng):
    n, d = int(rng.integers(2, 80)), int(rng.integers(1, 6))
    k = int(rng.integers(1, min(n, 9) + 1))
    X = rng.normal(size=(n, d)) * 10.0 ** rng.uniform(-2, 2) + rng.normal() * 100
    if rng.uniform() < 0.3:
        X = np.round(X)  # ties and duplicates
    return X, X[rng.choice(n, k, replace=False)] + rng.normal(size=(k, d)) * rng.integers(2)


def slow_seeds(X, C):
    """Labels by KM.2, and KM.7 for as long as a centre is without rows; the centres, too."""
    labels, C = squared_distances(X, C).argmin(axis=1), C.copy()
    while not (sizes := np.bincount(labels, minlength=len(C))).all():
        far = ((X - C[labels]) ** 2).sum(axis=1)
        if far.max() <= 1e-28 * variation(X):
            break
        i, j = far.argmax(), sizes.argmin()
        C[j], labels[i] = X[i], j
    return labels, C


def test_inertia_never_rises_after_any_half_step_of_500_random_problems():
    rng, reseeded = np.random.default_rng(0), 0
    for _ in range(500):
        X, start = random_problem(rng)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of duplicates
            model = KMeans(len(start), init=start, tol=0).fit(X)
        assert_that_inertia_never_rises(model, X)
        true = []  # J after each half-step, from nothing but the centres
        for old, new in itertools.pairwise(model.centers_history_):
            labels, seeded = slow_seeds(X, old)
            same = np.array_equal(old, seeded)  # of rows equally far, a seed may be any
            true += [inertia(X, seeded, labels), inertia(X, new, labels) if same else np.nan]
            reseeded += not same
        true += [model.inertia_] * (len(model.inertia_history_) - len(true))
        known = np.isfinite(true)
        near = pytest.approx(np.array(true)[known], rel=1e-9, abs=1e-9 * variation(X))
        assert model.inertia_history_[known] == near
    assert reseeded > 50


def test_an_update_lowers_inertia_by_count_times_squared_movement():
    model = KMeans(4, init=BLOBS[:4]).fit(BLOBS)
    for t, (old, new) in enumerate(itertools.pairwise(model.centers_history_)):
        counts = np.bincount(squared_distances(BLOBS, old).argmin(axis=1), minlength=4)
        fall = model.inertia_history_[2 * t] - model.inertia_history_[2 * t + 1]
        assert fall == pytest.approx(counts @ ((new - old) ** 2).sum(axis=1), abs=1e-8)


def test_at_the_end_each_row_is_with_its_nearest_centre_and_each_centre_is_a_mean():
    model = KMeans(4, tol=0, random_state=0).fit(BLOBS)
    labels = squared_distances(BLOBS, model.cluster_centers_).argmin(axis=1)
    assert np.array_equal(model.labels_, labels)
    means = [BLOBS[labels == j].mean(axis=0) for j in range(4)]
    assert model.cluster_centers_ == pytest.approx(np.array(means), abs=1e-12)
    assert model.inertia_ == pytest.approx(inertia(BLOBS, np.array(means), labels), rel=1e-12)


def test_tight_clusters_lose_no_digits_of_the_inertia():
    X = np.repeat([[0.0], [1.0], [5.0]], 20, axis=0) + 1e-9 * np.tile(np.arange(20.0), 3)[:, None]
    model = KMeans(3, init=[[0], [1], [5]]).fit(X)
    assert model.inertia_ == pytest.approx(3 * 665e-18, rel=1e-6)  # sum of (i - 9.5)^2 is 665


@pytest.mark.parametrize("offset", [1e6, -1e6])
def test_an_offset_changes_no_label(offset):
    plain, moved = (KMeans(4, random_state=3).fit(BLOBS + shift) for shift in (0, offset))
    assert np.array_equal(plain.labels_, moved.labels_)
    assert moved.cluster_centers_ - offset == pytest.approx(plain.cluster_centers_, abs=1e-8)
    assert moved.inertia_ == pytest.approx(plain.inertia_, rel=1e-8)
    assert np.array_equal(moved.predict(BLOBS + offset), plain.predict(BLOBS))


def test_the_order_of_rows_does_not_matter():
    order = np.random.default_rng(0).permutation(len(BLOBS))
    one, other = (KMeans(4, init=BLOBS[:4]).fit(X) for X in (BLOBS, BLOBS[order]))
    assert np.array_equal(one.labels_[order], other.labels_)
    assert one.cluster_centers_ == pytest.approx(other.cluster_centers_, abs=1e-12)


def test_one_cluster_is_the_mean_and_as_many_clusters_as_rows_are_the_rows():
    assert KMeans(1).fit(BLOBS).cluster_centers_[0] == pytest.approx(BLOBS.mean(axis=0))
    model = KMeans(30, init="random", random_state=0).fit(BLOBS[:30])
    assert model.inertia_ == pytest.approx(0, abs=1e-20)
    assert sorted(model.labels_) == list(range(30))


def test_distances_keep_ten_digits_far_from_zero_and_close_to_a_centre():
    rng = np.random.default_rng(0)
    C = 1e6 + 10 * rng.normal(size=(5, 8))
    step = np.outer(10.0 ** -np.arange(8), rng.normal(size=8))
    X = (C[:, None] + step).reshape(-1, 8)  # from 1 to 1e-7 away from each centre
    model = KMeans(5, init=C, max_iter=1, tol=None).fit(C)
    direct = np.sqrt(((X[:, None] - C) ** 2).sum(axis=2))
    assert model.transform(X) == pytest.approx(direct, rel=1e-10)


def test_transform_gives_distances_and_the_inertia_is_their_squares():
    model = KMeans(4, random_state=0).fit(BLOBS)
    D = model.transform(BLOBS)
    assert D == pytest.approx(np.sqrt(squared_distances(BLOBS, model.cluster_centers_)))
    assert (D.min(axis=1) ** 2).sum() == pytest.approx(model.inertia_)
    assert np.array_equal(D.argmin(axis=1), model.predict(BLOBS))
    other = KMeans(4, random_state=0)
    assert np.array_equal(other.fit_predict(BLOBS), model.labels_)
    assert np.array_equal(other.fit_transform(BLOBS), D)


def test_restarts_keep_the_lowest_inertia():
    rng = np.random.default_rng(5)
    alone = [KMeans(6, init="random", n_init=1, random_state=rng).fit(WINE) for _ in range(7)]
    best = min(alone, key=lambda model: model.inertia_)
    assert alone[0] is not best is not alone[-1] and best.n_iter_ != alone[-1].n_iter_
    together = KMeans(6, init="random", n_init=7, random_state=np.random.default_rng(5)).fit(WINE)
    assert same_model(together, best, abs=0) and together.inertia_ == best.inertia_
    assert np.array_equal(together.centers_history_, best.centers_history_)
    assert np.array_equal(together.inertia_history_, best.inertia_history_)


def test_auto_means_ten_random_starts_or_one_careful_one():
    for init, n_init in (("random", 10), ("k-means++", 1)):
        # Both generators have drawn the same starts if their next numbers agree.
        auto, said = np.random.default_rng(0), np.random.default_rng(0)
        fits = [KMeans(5, init=init, n_init=n, random_state=rng).fit(WINE)
                for n, rng in (("auto", auto), (n_init, said))]
        assert same_model(*fits, abs=0)
        assert auto.random() == said.random()
    given = KMeans(5, init=WINE[:5], n_init=4).fit(WINE)  # has nothing to draw
    assert same_model(given, KMeans(5, init=WINE[:5]).fit(WINE), abs=0)


def test_careful_seeding_beats_random_seeding():
    grid = 10 * np.array([(i, j) for i in range(5) for j in range(5)])
    X = make_blobs(400, centers=grid, random_state=0)[0]
    careful, drawn = ([KMeans(25, init=init, n_init=1, random_state=s).fit(X).inertia_
                       for s in range(20)] for init in ("k-means++", "random"))
    assert np.mean(careful) < np.mean(drawn) / 3


def test_a_larger_tol_stops_earlier_and_zero_waits_for_the_labels():
    loose, usual, strict = (KMeans(6, init=WINE[:6], tol=tol).fit(WINE) for tol in (0.3, 1e-4, 0))
    assert loose.n_iter_ < usual.n_iter_ <= strict.n_iter_
    assert strict.n_iter_ == KMeans(6, init=WINE[:6], tol=None).fit(WINE).n_iter_
    step = ((loose.centers_history_[-1] - loose.centers_history_[-2]) ** 2).sum()
    before = ((loose.centers_history_[-2] - loose.centers_history_[-3]) ** 2).sum()
    assert step <= 0.3 * WINE.var(axis=0).mean() < before
    assert len(loose.inertia_history_) == 2 * loose.n_iter_ + 1  # labels to match the last centres
    assert np.array_equal(loose.labels_, loose.predict(WINE))


@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_a_fit_cut_short_has_labels_and_inertia_of_its_last_centres(rounds):
    model = KMeans(6, init=WINE[:6], max_iter=rounds, tol=None).fit(WINE)
    D = squared_distances(WINE, model.cluster_centers_)
    assert np.array_equal(model.labels_, D.argmin(axis=1))
    assert model.inertia_ == pytest.approx(D.min(axis=1).sum())
    assert model.inertia_ < model.inertia_history_[-2]


def test_a_warning_names_the_line_that_calls_fit():
    with pytest.warns(RuntimeWarning, match="stopped at max_iter=1") as caught:
        KMeans(4, max_iter=1, random_state=0).fit(BLOBS)
    with pytest.warns(RuntimeWarning, match="clusters have rows") as caught_too:
        KMeans(2).fit(np.ones((3, 1)))
    for warnings_of_a_fit in (caught, caught_too):
        assert warnings_of_a_fit.pop(RuntimeWarning).filename == __file__


@pytest.mark.parametrize("unit", [1, 2.0**60, 2.0**-60])
def test_stopping_at_max_iter_says_by_how_much_it_missed(unit):
    X = WINE * unit
    model = KMeans(6, init=X[:6], max_iter=2)
    words = r"max_iter=2: its centres moved by ([\d.e+-]+), tol=0.0001 allows ([\d.e+-]+)"
    with pytest.warns(RuntimeWarning, match=words) as w:
        model.fit(X)
    step = np.linalg.norm(model.centers_history_[-1] - model.centers_history_[-2])
    said, allowed = re.search(words, str(w.pop(RuntimeWarning).message)).groups()
    assert float(said) == pytest.approx(step, rel=0.01)
    assert float(allowed) == pytest.approx(np.sqrt(1e-4 * X.var(axis=0).mean()), rel=0.01)
    assert KMeans(6, init=X[:6], max_iter=2, tol=None).fit(X).n_iter_ == 2  # no verdict


@pytest.mark.parametrize("batch_size", [1, 7, 100])
def test_mini_batches_come_close_to_lloyd(batch_size):
    X = make_blobs(1000, centers=FOUR, cluster_std=1.5, random_state=1)[0]
    best = KMeans(4, random_state=0).fit(X)
    model = KMeans(4, batch_size=batch_size, random_state=0).fit(X)
    assert best.inertia_ <= model.inertia_ < 1.03 * best.inertia_
    assert adjusted_rand_score(best.labels_, model.labels_) > 0.95
    assert model.inertia_ == pytest.approx(inertia(X, model.cluster_centers_, model.labels_))
    assert model.inertia_history_[-1] == model.inertia_
    assert len(model.inertia_history_) == model.n_iter_ == len(model.centers_history_) - 1
    assert np.array_equal(model.labels_, model.predict(X))


def test_mini_batches_that_stop_at_max_iter_say_by_how_much_they_missed():
    model = KMeans(6, init=WINE[:6], batch_size=30, max_iter=2, random_state=0)
    words = r"max_iter=2: its centres moved by ([\d.]+), tol=0.0001 allows ([\d.]+)"
    with pytest.warns(RuntimeWarning, match=words) as w:
        model.fit(WINE)
    step = np.linalg.norm(model.centers_history_[-1] - model.centers_history_[-2])
    said, allowed = re.search(words, str(w.pop(RuntimeWarning).message)).groups()
    assert float(said) == pytest.approx(step, rel=0.01)
    assert float(allowed) == pytest.approx(np.sqrt(1e-4 * WINE.var(axis=0).mean()), rel=0.01)


def test_mini_batches_without_tol_go_on_to_max_iter_without_a_verdict():
    model = KMeans(6, init=WINE[:6], batch_size=30, max_iter=40, tol=None, random_state=0)
    assert model.fit(WINE).n_iter_ == 40  # a warning would be an error
    usual = KMeans(6, init=WINE[:6], batch_size=30, random_state=0).fit(WINE)
    assert usual.n_iter_ < 40
    assert np.array_equal(usual.centers_history_, model.centers_history_[: usual.n_iter_ + 1])


def test_a_batch_of_all_rows_is_lloyd():
    lloyd = KMeans(4, random_state=0).fit(BLOBS)
    for size in (len(BLOBS), 10**6):
        assert same_model(lloyd, KMeans(4, batch_size=size, random_state=0).fit(BLOBS), abs=0)


def test_mini_batches_move_an_idle_centre_to_a_far_row():
    model = KMeans(3, init=[[5, 5], [900, 900], [-900, 900]], batch_size=32, random_state=0)
    assert np.bincount(model.fit(BLOBS).labels_, minlength=3).min() > 10


# --- 3. frozen oracles ---

# scikit-learn 1.9.1, KMeans(init=X[rows], n_init=1, algorithm="lloyd"): data, rows that start,
# n_iter_, inertia_, cluster sizes, sum of |centres|.
ORACLES = {
    "iris": (load_iris().X, [0, 50, 100], 4, 78.851441426146, [50, 62, 38], 42.35626146010188),
    "wine, raw": (load_wine().X, [0, 60, 130], 4, 2370689.6867829696, [47, 62, 69],
                  2839.8159193751603),
    "wine": (WINE, [0, 60, 130], 6, 1282.4635183465314, [67, 62, 49], 22.670732916999942),
    "breast cancer": (StandardScaler().fit_transform(load_breast_cancer().X), [0, 100], 10,
                      11595.683312822128, [188, 381], 32.99675477078758),
    "digits": (load_digits().X, range(10), 14, 1167859.3840065985,
               [179, 120, 89, 178, 163, 370, 181, 199, 164, 154], 3128.0475585208155),
}


@pytest.mark.parametrize("name", ORACLES)
def test_frozen_scikit_learn_fits_are_met(name):
    X, rows, rounds, J, sizes, total = ORACLES[name]
    model = KMeans(len(rows), init=X[list(rows)]).fit(X)
    assert model.n_iter_ == rounds
    assert model.inertia_ == pytest.approx(J, rel=1e-11)
    assert np.bincount(model.labels_).tolist() == sizes
    assert np.abs(model.cluster_centers_).sum() == pytest.approx(total, rel=1e-11)


@pytest.mark.parametrize(
    ("X", "y", "J", "rand"),  # the best of 50 starts of scikit-learn 1.9.1
    [(WINE, load_wine().y, 1277.928488844643, 0.8974949815093207),
     (load_wine().X, load_wine().y, 2370689.6867829696, 0.37111371823084754),
     (load_iris().X, load_iris().y, 78.851441426146, 0.7302382722834697)],
    ids=["wine", "wine, raw", "iris"])
def test_the_best_of_twenty_starts_finds_the_known_optimum(X, y, J, rand):
    model = KMeans(3, n_init=20, random_state=0).fit(X)
    assert model.inertia_ == pytest.approx(J, rel=1e-11)
    assert adjusted_rand_score(y, model.labels_) == pytest.approx(rand)


# --- 4. slow and obvious ---


def slow_k_means(X, C, tol):
    """Lloyd with loops: KM.2 and KM.4 as they stand."""
    labels, C = None, [list(c) for c in C]
    for n_iter in range(1, 301):
        old, before = labels, [list(c) for c in C]
        labels = []
        for x in X:
            D = [sum((a - b) ** 2 for a, b in zip(x, c)) for c in C]
            labels.append(D.index(min(D)))
        for j in range(len(C)):
            members = [x for x, label in zip(X, labels) if label == j]
            C[j] = [sum(column) / len(members) for column in zip(*members)]
        moved = sum((a - b) ** 2 for c, b_ in zip(C, before) for a, b in zip(c, b_))
        if labels == old or moved <= tol * np.var(X, axis=0).mean():
            return np.array(C), n_iter


@pytest.mark.parametrize("seed", range(12))
def test_lloyd_equals_its_slow_twin(seed):
    rng = np.random.default_rng(seed)
    X, k = rng.normal(size=(400, 1 + seed % 4)), 2 + seed % 6
    C, rounds = slow_k_means(X, X[:k], tol := 1e-4 * (seed % 2))
    model = KMeans(k, init=X[:k], tol=tol).fit(X)
    assert model.n_iter_ == rounds
    assert model.cluster_centers_ == pytest.approx(C, abs=1e-12)


def slow_mini_batches(X, C, size, epochs, rng):
    """KM.10 a row at a time: the running mean of all the rows that a centre was ever dealt."""
    C, N, path = [list(map(float, c)) for c in C], [0] * len(C), [np.array(C)]
    for _ in range(epochs):
        before = list(N)
        for batch in np.array_split(rng.permutation(len(X)), -(-len(X) // size)):
            labels = squared_distances(X[batch], np.array(C)).argmin(axis=1)
            for x, j in zip(X[batch], labels):
                N[j] += 1
                C[j] = [c + (value - c) / N[j] for c, value in zip(C[j], x)]
        path.append(np.array(C))
        far = squared_distances(X, np.array(C)).min(axis=1)
        for j in (j for j in range(len(C)) if N[j] == before[j]):
            C[j], N[j] = list(X[far.argmax()]), 1
    return np.array(path)


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("size", [1, 7, 64, 299])
def test_mini_batches_equal_their_slow_twin(size, lost):
    start = BLOBS[:4] + [[0], [0], [0], [1e3 * lost]]  # one centre may be dealt nothing at first
    model = KMeans(4, init=start, batch_size=size, max_iter=5, tol=None, random_state=3).fit(BLOBS)
    path = slow_mini_batches(BLOBS, start, size, 5, np.random.default_rng(3))
    assert model.centers_history_ == pytest.approx(path, abs=1e-10)
    J = [squared_distances(BLOBS, C).min(axis=1).sum() for C in path[1:]]
    assert model.inertia_history_ == pytest.approx(J)


@pytest.mark.parametrize("k", [127, 128, 256, 300])
def test_many_clusters_are_counted_right(k):
    X = np.random.default_rng(0).normal(size=(500, 3))
    model = KMeans(k, init=X[:k]).fit(X)
    D = squared_distances(X, model.cluster_centers_)
    assert np.array_equal(model.labels_, D.argmin(axis=1))
    assert np.array_equal(model.predict(X[::-1]), model.labels_[::-1])


def test_every_round_gives_every_row_its_nearest_centre():
    X = np.random.default_rng(0).normal(size=(5000, 3))  # no clusters: many rounds
    model = KMeans(7, init=X[:7], tol=0).fit(X)
    assert model.n_iter_ > 30
    for t, (old, new) in enumerate(itertools.pairwise(model.centers_history_)):
        D = squared_distances(X, old)
        assert model.inertia_history_[2 * t] == pytest.approx(D.min(axis=1).sum(), rel=1e-11)
        means = [X[D.argmin(axis=1) == j].mean(axis=0) for j in range(7)]
        assert new == pytest.approx(np.array(means), abs=1e-12)


@pytest.mark.parametrize("d", [1, 5, 50])
@pytest.mark.parametrize("step", [1e-5, 1e-7, 1e-9, 1e-11])
def test_rows_near_a_border_are_decided_in_double_precision(step, d):
    rng = np.random.default_rng(0)
    C = rng.normal(size=(6, d))
    a, b = np.array([*itertools.permutations(range(6), 2)]).T
    X = (C[a] + C[b]) / 2 + step * (C[a] - C[b])  # just past halfway from b to a
    model = KMeans(6, init=C, max_iter=1, tol=None).fit(C)
    nearest = squared_distances(X, C).argmin(axis=1)
    assert (nearest == a).mean() > 0.3  # at the others a third centre is nearer still
    assert np.array_equal(model.predict(X), nearest)


@pytest.mark.parametrize("gap", [1e-1, 1e-3, 1e-5, 1e-7])
def test_rows_that_single_precision_cannot_tell_apart_are_told_apart(gap):
    rng = np.random.default_rng(0)  # two far groups, each of two near ones
    X = np.repeat([[-1.0, 0.0], [-1.0, gap], [1.0, 0.0], [1.0, gap]], 50, axis=0)
    X += gap / 10 * rng.uniform(-1, 1, size=X.shape)
    model = KMeans(4, init=X[::50]).fit(X)
    assert model.labels_.tolist() == np.repeat(range(4), 50).tolist()
    assert np.array_equal(model.predict(X), model.labels_)
    seeds = [KMeans(4, random_state=s).fit(X).centers_history_[0] for s in range(20)]
    spread = [squared_distances(X, C).min(axis=1).max() < gap**2 / 2 for C in seeds]
    assert np.mean(spread) > 0.8  # seeding sees the near groups too


def test_a_far_outlier_hides_nothing():
    X = np.vstack([BLOBS, [[1e9, -1e9]]])
    model = KMeans(5, init=[*BLOBS[:4], [1e9, -1e9]]).fit(X)
    alone = KMeans(4, init=BLOBS[:4], tol=0).fit(BLOBS)
    assert model.labels_[-1] == 4
    first = squared_distances(BLOBS, BLOBS[:4]).argmin(axis=1)
    tight = KMeans(5, init=[*BLOBS[:4], [1e9, -1e9]], tol=0).fit(X)
    assert np.array_equal(tight.labels_[:-1], alone.labels_)
    assert not np.array_equal(first, alone.labels_)


@pytest.mark.parametrize("block", [1, 600, 2**30])
@pytest.mark.parametrize("params", [{}, {"batch_size": 50}], ids=str)
def test_the_size_of_a_block_changes_nothing(monkeypatch, block, params):
    whole = KMeans(4, random_state=0, **params).fit(BLOBS)
    for name in ("_BLOCK", "_PRODUCT"):
        monkeypatch.setattr(f"k_means.{name}", block)
    parts = KMeans(4, random_state=0, **params).fit(BLOBS)
    assert same_model(whole, parts, abs=1e-12)
    assert (parts.predict(BLOBS) == whole.labels_).all()
    assert parts.transform(BLOBS) == pytest.approx(whole.transform(BLOBS), abs=1e-12)


def test_memory_is_bounded():
    X = np.random.default_rng(0).normal(size=(100_000, 20))
    model = KMeans(10, max_iter=4, tol=None, random_state=0)
    tracemalloc.start()
    model.fit(X)
    fit = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    model.predict(X)
    predict = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert fit < 25e6 and predict < 6e6  # X has 16 MB


# --- 5. bad input ---

def fit(X=BLOBS, n_clusters=2, sample_weight=None, **params):
    params = {"random_state": 0} | params
    return KMeans(n_clusters, **params).fit(X, sample_weight=sample_weight)


def holed(value):
    A = BLOBS.copy()
    A[3, 1] = value
    return A


V, T, R = ValueError, TypeError, RuntimeError
BAD = {
    "no clusters": (lambda: fit(n_clusters=0), V, "n_clusters must be >= 1, got 0"),
    "a float of clusters": (lambda: fit(n_clusters=2.0), T,
                            "n_clusters must be an integer, got 2.0"),
    "a bool of clusters": (lambda: fit(n_clusters=True), T,
                           "n_clusters must be an integer, got True"),
    "too many clusters": (lambda: fit(BLOBS[:5], 12), V,
                          "n_clusters=12 is more than the 5 samples"),
    "unknown init": (lambda: fit(init="kmeans"), V,
                     r"init must be one of 'k-means\+\+', 'random' or an array, got 'kmeans'"),
    "init of None": (lambda: fit(init=None), V, "init is None: an array is needed"),
    "init is a function": (lambda: fit(init=print), T, "init must be an array of numbers, got"),
    "too few centres": (lambda: fit(init=[[0, 0]]), V,
                        r"init must have shape \(2, 2\), got \(1, 2\)"),
    "narrow centres": (lambda: fit(init=[[0], [1]]), V,
                       r"init must have shape \(2, 2\), got \(2, 1\)"),
    "flat centres": (lambda: fit(init=[0, 1]), V, r"init must have shape \(2, 2\), got \(2,\)"),
    "nan in init": (lambda: fit(init=[[0, 1], [0, np.nan]]), V, "init contains NaN or infinity"),
    "strings in init": (lambda: fit(init=[["a", "b"], ["c", "d"]]), T, "column 0 holds text"),
    "no starts": (lambda: fit(n_init=0), V, "n_init must be >= 1, got 0"),
    "a word of starts": (lambda: fit(n_init="many"), T, "n_init must be an integer, got 'many'"),
    "None of starts": (lambda: fit(n_init=None), T, "n_init must be an integer, got None"),
    "empty batches": (lambda: fit(batch_size=0), V, "batch_size must be >= 1, got 0"),
    "half a row": (lambda: fit(batch_size=1.5), T, "batch_size must be an integer, got 1.5"),
    "no rounds": (lambda: fit(max_iter=0), V, "max_iter must be >= 1, got 0"),
    "None of rounds": (lambda: fit(max_iter=None), T, "max_iter must be an integer, got None"),
    "negative tol": (lambda: fit(tol=-1e-3), V, "tol must be >= 0, got -0.001"),
    "infinite tol": (lambda: fit(tol=np.inf), V, "tol must be >= 0 and finite, got inf"),
    "tol in words": (lambda: fit(tol="small"), T, "tol must be a number, got 'small'"),
    "flat X": (lambda: fit([1.0, 2.0]), V, r"non-empty 2-D array, got shape \(2,\)\. Reshape"),
    "3-D X": (lambda: fit(BLOBS[None]), V, r"non-empty 2-D array, got shape \(1, 300, 2\)"),
    "no rows": (lambda: fit(np.empty((0, 2))), V, r"0 sample\(s\), 2 feature\(s\)"),
    "no columns": (lambda: fit(BLOBS[:, :0]), V, r"300 sample\(s\), 0 feature\(s\)"),
    "nan in X": (lambda: fit(holed(np.nan)), V, "X contains NaN or infinity"),
    "infinity in X": (lambda: fit(holed(np.inf)), V, "X contains NaN or infinity"),
    "strings in X": (lambda: fit([[1, "red"], [2, "blue"]]), T,
                     r"numbers, but column 1 holds text: X\[0, 1\] is 'red'"),
    "numerals in X": (lambda: fit(np.array([["1"], ["2"]], object)), T, "column 0 holds text"),
    "dates in X": (lambda: fit([[datetime.date(2020, 2, 1)], [datetime.date(2021, 2, 1)]]), T,
                   r"column 0 holds a date: X\[0, 0\] is '2020-02-01'"),
    "None in X": (lambda: fit([[1], [None]]), V, r"infinity: X\[1, 0\] is None"),
    "NA in X": (lambda: fit([[1], [NA]]), V, r"column 0 holds a missing value: X\[1, 0\]"),
    "no X": (lambda: fit(None), V, "X is None: an array is needed"),
    "a huge integer": (lambda: fit([[1], [10**400]]), V, "a number beyond the range of float64"),
    "masked X": (lambda: fit(masked(BLOBS)), V, "X is a masked array"),
    "complex X": (lambda: fit([[1j], [2]]), V, "Complex data not supported"),
    "ragged X": (lambda: fit([[1, 2], [3]]), V, "X must be an array whose rows all have the same"),
    "sparse X": (lambda: fit(Sparse(BLOBS)), T, r"X is a sparse matrix.*X\.toarray\(\)"),
    "a seed in words": (lambda: fit(random_state="a"), T, "random_state must be None, an integer"),
    "half a seed": (lambda: fit(random_state=0.5), T, "random_state must be None, an integer"),
    "a negative seed": (lambda: fit(random_state=-1), V, "random_state must be >= 0, got -1"),
    "a negative weight": (lambda: fit(sample_weight=np.arange(300) - 1), V,
                          "sample_weight must be >= 0 and not all zero"),
    "no weight above 0": (lambda: fit(sample_weight=np.zeros(300)), V,
                          "sample_weight must be >= 0 and not all zero"),
    "too few weights": (lambda: fit(sample_weight=[1, 2]), V,
                        r"sample_weight should be a 1d array .* shape \(300,\), got \(2,\)"),
    "a missing weight": (lambda: fit(BLOBS[:2], sample_weight=[1, np.nan]), V,
                         "sample_weight contains NaN or infinity"),
    "weights in words": (lambda: fit(BLOBS[:2], sample_weight=["a", "b"]), T,
                         r"sample_weight must be an array of numbers, but it holds text"),
    "more clusters than weights above 0": (lambda: fit(sample_weight=np.arange(300) == 7), V,
                                           "n_clusters=2 is more than the 1 samples"),
}


def bad_questions(method):
    """What predict and transform refuse alike."""

    def ask(X, model=None):
        if model is None:
            model = KMeans(2, random_state=0).fit(Frame(BLOBS, ["x", "y"]))
        return getattr(model, method)(X)

    return {
        "unfitted": (lambda: ask(BLOBS, KMeans(2)), R, "KMeans is not fitted: call fit first"),
        "narrow": (lambda: ask(BLOBS[:, :1]), V,
                   "X has 1 features, but KMeans is expecting 2 features.*: fit saw 2"),
        "flat": (lambda: ask(BLOBS[0]), V, r"X must be a non-empty 2-D array, got shape \(2,\)"),
        "nan": (lambda: ask([[1, np.nan]]), V, "X contains NaN or infinity"),
        "words": (lambda: ask([["a", "b"]]), T, r"column 0 holds text: X\[0, 0\] is 'a'"),
        "other order": (lambda: ask(Frame(BLOBS, ["y", "x"])), V,
                        r"fit saw the columns \['x', 'y'\], X has \['y', 'x'\]"),
        "other names": (lambda: ask(Frame(BLOBS, ["x", "z"])), V, "The feature names should match"),
    }


BAD |= {f"{method} {name}": case for method in ("predict", "transform")
        for name, case in bad_questions(method).items()}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_met_at_the_door(name):
    call, error, message = BAD[name]
    with pytest.raises(error, match=message):
        call()


def test_a_failed_fit_leaves_the_earlier_fit_usable():
    model = KMeans(2, random_state=0).fit(BLOBS)
    given, before, state = copy.deepcopy(vars(model)), model.predict(BLOBS), set(vars(model))
    changes = [("n_clusters", 0), ("n_clusters", 999), ("init", "kmeans"), ("init", [[0], [1]]),
               ("init", [[np.nan] * 13] * 2), ("init", print), ("n_init", None),
               ("random_state", "a"),
               ("batch_size", 0), ("max_iter", 0), ("tol", -1)]
    for name, value in changes:
        setattr(model, name, value)
        with pytest.raises((ValueError, TypeError)):
            model.fit(WINE)
        setattr(model, name, given[name])
        assert (model.predict(BLOBS) == before).all() and set(vars(model)) == state
    for X in (WINE[:1], WINE[0], WINE * np.nan, WINE + 1j, [["a"], ["b"]], [[1, 2], [3]]):
        with pytest.raises((ValueError, TypeError)):
            model.fit(X)
        assert (model.predict(BLOBS) == before).all() and set(vars(model)) == state
    assert all(np.array_equal(vars(model)[name], value) for name, value in given.items())


# --- 6. robustness ---

MORE_FORMS = FORMS | {
    "int64": lambda A: A.astype(np.int64), "uint8": lambda A: A.astype(np.uint8),  # without a sign
}


def test_the_constructor_stores_its_arguments_and_does_nothing_else():
    defaults = {k: p.default for k, p in inspect.signature(KMeans).parameters.items()}
    assert vars(KMeans()) == defaults
    strange = {name: object() for name in defaults}
    nothing = dict.fromkeys(defaults)
    assert vars(KMeans(**strange)) == strange
    assert vars(KMeans(**nothing)) == nothing
    assert KMeans(3).n_clusters == 3


def test_defaults_are_those_of_scikit_learn():
    defaults = {p.name: p.default for p in inspect.signature(KMeans).parameters.values()}
    assert defaults == {"n_clusters": 8, "init": "k-means++", "n_init": "auto", "batch_size": None,
                        "max_iter": 300, "tol": 1e-4, "random_state": None}
    assert documented_defaults(KMeans) == defaults


def test_fit_returns_the_model_and_leaves_its_hyperparameters_alone():
    rng = np.random.default_rng(0)
    for params in ({}, {"init": "random", "batch_size": 9, "random_state": rng},
                   {"init": BLOBS[:4].tolist(), "n_init": 3, "tol": None}):
        model = KMeans(4, **params)
        given, as_it_was = dict(vars(model)), copy.deepcopy(vars(model))
        assert model.fit(BLOBS) is model
        assert all(vars(model)[name] is value for name, value in given.items())
        del as_it_was["random_state"]  # a generator is drawn from
        assert all(vars(model)[name] == value for name, value in as_it_was.items())


def test_one_row_is_its_own_cluster():
    model = KMeans(1).fit([[3.0, -1.0]])
    assert model.cluster_centers_.tolist() == [[3.0, -1.0]] and model.inertia_ == 0
    assert model.predict([[100, 100]]).tolist() == [0]


def test_rows_that_all_come_twice_only_double_the_inertia():
    once, twice = (KMeans(4, init=BLOBS[:4]).fit(X) for X in (BLOBS, np.vstack([BLOBS, BLOBS])))
    assert twice.cluster_centers_ == pytest.approx(once.cluster_centers_, abs=1e-12)
    assert (twice.labels_ == np.tile(once.labels_, 2)).all()
    assert twice.inertia_history_ == pytest.approx(2 * once.inertia_history_, rel=1e-12)


def test_a_constant_column_changes_nothing():
    wide = np.column_stack([BLOBS, np.full(len(BLOBS), 7.7)])
    one, other = KMeans(4, init=BLOBS[:4]).fit(BLOBS), KMeans(4, init=wide[:4]).fit(wide)
    assert np.array_equal(one.labels_, other.labels_)
    assert other.cluster_centers_[:, 2] == pytest.approx([7.7] * 4)


@pytest.mark.parametrize("c", [1e3, 1e-3, 2.0**100, 1e300, 1e-300])
def test_units_may_be_of_any_size(c):
    one, other = KMeans(4, random_state=1).fit(BLOBS), KMeans(4, random_state=1).fit(BLOBS * c)
    assert np.array_equal(one.labels_, other.labels_) and one.n_iter_ == other.n_iter_
    assert other.cluster_centers_ / c == pytest.approx(one.cluster_centers_)
    assert np.array_equal(other.predict(BLOBS * c), one.labels_)
    assert other.transform(BLOBS * c) / c == pytest.approx(one.transform(BLOBS))
    with np.errstate(over="ignore"):
        assert other.inertia_ == pytest.approx(one.inertia_ * c * c)  # inf, 0 at the ends


@pytest.mark.parametrize(
    "params", [{}, {"init": "random"}, {"batch_size": 5}, {"init": np.arange(10.0).reshape(5, 2)}])
def test_more_clusters_than_distinct_rows(params):
    rows = np.array([[0.1, 0.2], [0.3, 0.1], [0.7, 0.7]])
    X = np.repeat(rows, [3, 4, 5], axis=0)
    with pytest.warns(RuntimeWarning, match=r"only 3 of the 5 clusters have rows: X has fewer"):
        model = KMeans(5, random_state=0, **params).fit(X)
    assert model.inertia_ == pytest.approx(0, abs=1e-28)
    assert model.cluster_centers_[model.labels_] == pytest.approx(X, abs=1e-15)
    assert np.isfinite(model.cluster_centers_).all()
    assert np.array_equal(model.labels_, model.predict(X))
    assert len(np.unique(model.labels_)) == 3


def test_rows_that_are_all_equal_are_one_cluster():
    with pytest.warns(RuntimeWarning, match="only 1 of the 3 clusters have rows"):
        model = KMeans(3, random_state=0).fit(np.full((7, 2), 0.1))
    assert model.labels_.tolist() == [0] * 7 and model.inertia_ == pytest.approx(0, abs=1e-30)


def test_several_empty_clusters_at_once_are_all_given_rows():
    start = np.vstack([BLOBS[:1], 1e4 * np.arange(1, 6)[:, None] * np.ones(2)])
    model = KMeans(6, init=start).fit(BLOBS)
    assert np.bincount(model.labels_, minlength=6).min() > 0
    assert_that_inertia_never_rises(model, BLOBS)


def test_given_centres_stay_as_they_were():
    start = BLOBS[:4].copy()
    model = KMeans(4, init=start).fit(BLOBS)
    assert model.init is start and np.array_equal(start, BLOBS[:4])
    first = model.centers_history_[0].copy()
    start[:] = 0
    model.centers_history_[-1] = 0
    assert np.array_equal(model.centers_history_[0], first)
    assert np.array_equal(model.predict(BLOBS), model.labels_)  # not a view of the history


@pytest.mark.parametrize("form", MORE_FORMS)
@pytest.mark.parametrize("params", [{}, {"batch_size": 50, "random_state": 0}], ids=str)
def test_any_form_of_the_same_numbers_gives_the_same_fit(form, params):
    convert, X = MORE_FORMS[form], np.clip(np.round(5 * BLOBS + 25), 0, 127)
    model, other = KMeans(4, init=X[:4], **params), KMeans(4, init=convert(X[:4]), **params)
    assert same_model(model.fit(X), other.fit(convert(X)), abs=1e-11)
    assert (other.predict(convert(X)) == model.labels_).all()
    assert other.transform(convert(X)).dtype == other.cluster_centers_.dtype == float


@pytest.mark.parametrize("params", [{}, {"batch_size": 50}], ids=str)
def test_labels_are_signed_integers_that_arithmetic_does_not_wrap(params):
    model = KMeans(4, random_state=0, **params).fit(BLOBS)
    for labels in (model.labels_, model.predict(BLOBS)):
        assert labels.dtype.kind == "i" and labels.dtype.itemsize >= 4


def test_truth_values_are_numbers_too():
    X = np.array([[True, False], [True, False], [False, True]])
    assert KMeans(2, random_state=0).fit(X).inertia_ == pytest.approx(0)


@pytest.mark.parametrize("offset", [0, 3, -3, 1e3, -1e6])
def test_a_row_predicts_the_same_alone_as_in_foreign_company(offset):
    model = KMeans(4, random_state=0).fit(BLOBS)
    foreign = BLOBS[:50] * [2, -0.5] + offset
    together = model.predict(foreign)
    distances = model.transform(foreign)
    assert together.tolist() == [model.predict(x[None])[0] for x in foreign]
    assert together.tolist() == model.predict(foreign[::-1])[::-1].tolist()
    alone = np.vstack([model.transform(x[None]) for x in foreign])
    assert distances == pytest.approx(alone, rel=1e-10)
    assert distances == pytest.approx(np.sqrt(squared_distances(foreign, model.cluster_centers_)))
    assert model.predict([[1e308, -1e308]]).shape == (1,)


def test_the_range_of_the_data_is_looked_at_on_both_sides():
    for X in ([[1.0], [2.0], [3.0], [1e25]], [[-1.0], [-2.0], [-3.0], [-1e25]]):
        model = KMeans(2, init=[X[0], X[3]]).fit(X)
        assert model.labels_.tolist() == [0, 0, 0, 1]
        assert model.cluster_centers_[1].tolist() == X[3]
        assert model.predict(X).tolist() == [0, 0, 0, 1]
    for far in (1e200, -1e200):                       # a start far from all rows finds its row
        model = KMeans(2, init=[[0.0], [far]]).fit([[0.0], [1.0], [10.0]])
        assert model.labels_.tolist() == [0, 0, 1] and model.inertia_ == 0.5


def test_column_names_are_remembered_and_forgotten():
    model = KMeans(2, random_state=0).fit(Frame(BLOBS, ["x", "y"]))
    assert model.feature_names_in_.tolist() == ["x", "y"]
    assert np.array_equal(model.predict(BLOBS), model.predict(Frame(BLOBS, ["x", "y"])))
    assert not hasattr(model.fit(BLOBS), "feature_names_in_")
    assert not hasattr(model.fit(Frame(BLOBS, [0, 1])), "feature_names_in_")


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("batch_size", [None, 10**6])
def test_a_weight_of_two_is_the_row_twice_and_of_zero_no_row(seed, batch_size):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(60, 2)) * [3, 1] - 5
    times = rng.integers(0, 4, 60)
    params = {"init": X[times > 0][:5], "batch_size": batch_size}
    weighted = KMeans(5, **params).fit(X, sample_weight=times)
    repeated = KMeans(5, **params).fit(np.repeat(X, times, axis=0))
    assert weighted.cluster_centers_ == pytest.approx(repeated.cluster_centers_, rel=1e-12)
    assert weighted.inertia_history_ == pytest.approx(repeated.inertia_history_, rel=1e-12)
    assert np.array_equal(np.repeat(weighted.labels_, times), repeated.labels_)
    assert np.array_equal(weighted.labels_, weighted.predict(X))
    halves = KMeans(5, **params).fit(X, sample_weight=times * 0.3e-200)
    assert halves.cluster_centers_ == pytest.approx(weighted.cluster_centers_, rel=1e-12)
    assert halves.inertia_ == pytest.approx(weighted.inertia_ * 0.3e-200, rel=1e-12)


@pytest.mark.parametrize("init", ["k-means++", "random"])
def test_starts_are_drawn_in_proportion_to_the_weights(init):
    X = np.array([[0.0], [1.0], [2.0], [3.0]])
    weights = np.array([1.0, 0.0, 2.0, 5.0])
    rng = np.random.default_rng(0)
    model = KMeans(1, init=init, n_init=1, random_state=rng)
    starts = [model.fit(X, sample_weight=weights).centers_history_[0, 0, 0] for _ in range(2000)]
    shares = np.bincount(np.array(starts).astype(int), minlength=4) / 2000
    assert shares == pytest.approx(weights / weights.sum(), abs=0.04)
    # The second of two seeds: only rows of weight above 0, the greedy choice of the heavy side.
    model = KMeans(2, init=init, n_init=1, random_state=rng)
    for _ in range(50):
        assert 1.0 not in model.fit(X, sample_weight=weights).centers_history_[0]


def test_the_greedy_choice_counts_weights():
    # The first seed is 0. With the second at 10 the row -10.1 leaves 2.9 * 102.0 = 295.8, with the
    # second at -10.1 the row 10 leaves 3 * 100 = 300. Each is drawn with a chance of about a half,
    # so 10 is among the two draws in three of four cases, and then it is taken.
    X = np.array([[0.0], [10.0], [-10.1]])
    rng = np.random.default_rng(0)
    model = KMeans(2, n_init=1, random_state=rng)
    starts = [model.fit(X, sample_weight=[1e6, 3, 2.9]).centers_history_[0] for _ in range(400)]
    assert np.mean([10.0 in start for start in starts]) == pytest.approx(0.75, abs=0.08)


@pytest.mark.parametrize("size", [7, 20])
def test_mini_batches_with_weights_give_the_weighted_mean_of_all_rows_dealt(size):
    rng = np.random.default_rng(size)
    X = rng.normal(size=(40, 2))
    weights = rng.uniform(0.1, 3, 40)
    weights[5] = 0
    model = KMeans(1, batch_size=size, max_iter=3, tol=None, random_state=0)
    model.fit(X, sample_weight=weights)
    mean = weights @ X / weights.sum()
    assert model.cluster_centers_[0] == pytest.approx(mean, rel=1e-12)
    assert model.inertia_ == pytest.approx(weights @ squared_distances(X, mean[None])[:, 0])


def test_the_tolerance_of_weighted_rows_is_that_of_repeated_rows():
    times = np.arange(300) % 4
    for tol in (1e-1, 1e-2, 1e-3):
        params = {"init": BLOBS[1:5] - 9, "tol": tol}
        weighted = KMeans(4, **params).fit(BLOBS, sample_weight=times)
        repeated = KMeans(4, **params).fit(np.repeat(BLOBS, times, axis=0))
        assert weighted.n_iter_ == repeated.n_iter_


def test_an_empty_cluster_of_weighted_rows_is_seeded_and_then_left_exactly_empty():
    X = np.array([[0.0], [1.0], [2.0], [50.0]])
    model = KMeans(2, init=[[1.0], [900.0]]).fit(X, sample_weight=[0.1, 0.2, 0.3, 0.7])
    assert model.labels_.tolist() == [0, 0, 0, 1]
    assert model.cluster_centers_.ravel() == pytest.approx([(0.2 + 0.6) / 0.6, 50])
    assert_that_weighted_inertia_is(model, X, np.array([0.1, 0.2, 0.3, 0.7]))


def test_a_cluster_whose_last_row_leaves_is_exactly_empty_and_seeded_anew():
    # 0.1 + 0.2 - 0.2 - 0.1 is 2.8e-17 in floats, which is no row.
    X = np.array([[10.0], [11.0], [1000.0], [1001.0]])
    weights = [0.1, 0.2, 1, 1]
    model = KMeans(4, init=[[0.0], [1000.0], [5000.0], [6000.0]], tol=None, max_iter=1)
    model.fit(X, sample_weight=weights)
    assert sorted(model.cluster_centers_.ravel()) == pytest.approx(X.ravel(), rel=1e-12)
    assert model.inertia_ == pytest.approx(0, abs=1e-20)


def test_rows_of_weight_zero_do_not_fill_an_empty_cluster():
    with pytest.warns(RuntimeWarning, match="only 1 of the 2 clusters have rows"):
        model = KMeans(2, init=[[0.0], [5.0]]).fit([[0.0], [0], [5]], sample_weight=[1, 1, 0])
    assert model.labels_.tolist() == [0, 0, 1]


def assert_that_weighted_inertia_is(model, X, weights):
    squared = squared_distances(X, model.cluster_centers_).min(axis=1)
    assert model.inertia_ == pytest.approx(weights @ squared, rel=1e-12)


def test_nearly_all_rows_are_settled_in_single_precision(monkeypatch):
    asked = []

    def counted(B, C):
        asked.append(len(B))
        return nearest_centre(B, C)

    nearest_centre = sys.modules[_CentredRows.__module__]._nearest_centre
    monkeypatch.setattr(sys.modules[_CentredRows.__module__], "_nearest_centre", counted)
    X = np.random.default_rng(0).normal(size=(20_000, 8))
    model = KMeans(10, max_iter=20, tol=None, random_state=0).fit(X)
    assert 0 < sum(asked) < 1e-3 * len(X) * model.n_iter_


@pytest.mark.parametrize("params", [{}, {"batch_size": 50}, {"init": "random"}], ids=str)
def test_input_is_left_as_it_was_and_later_changes_do_not_reach_the_model(params):
    A = BLOBS.copy()
    model = KMeans(4, random_state=0, **params).fit(A)
    model.predict(A), model.transform(A)
    assert (A == BLOBS).all()
    before = copy.deepcopy(vars(model))
    A[:] = 0
    for name, value in before.items():
        assert np.array_equal(getattr(model, name), value)
    assert (model.predict(BLOBS) == model.labels_).all()


def test_a_second_fit_forgets_the_first():
    model = KMeans(3, random_state=0).fit(WINE)
    fresh = KMeans(3, random_state=0).fit(BLOBS)
    assert same_model(model.fit(BLOBS), fresh, abs=0)
    assert vars(model).keys() == vars(fresh).keys()


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
@pytest.mark.parametrize("params", [{}, {"batch_size": 50}, {"init": BLOBS[:4]}], ids=str)
def test_a_model_survives_pickle_and_deepcopy(duplicate, params):
    model = KMeans(4, random_state=0, **params).fit(BLOBS)
    twin = duplicate(model)
    assert (twin.predict(BLOBS) == model.labels_).all()
    assert set(vars(twin)) == set(vars(model))
    assert same_model(twin.fit(WINE[:, :2]), model.fit(WINE[:, :2]), abs=0)


@pytest.mark.parametrize("params", [{}, {"init": "random"}, {"batch_size": 20}], ids=str)
def test_a_seed_fixes_the_result_and_leaves_the_global_generator_alone(params):
    def path(random_state):
        return KMeans(6, random_state=random_state, **params).fit(WINE).centers_history_

    before = str(np.random.get_state())  # noqa: NPY002
    assert np.array_equal(path(0), path(0))  # 0 is a seed like any other
    assert not np.array_equal(path(0), path(1)) and not np.array_equal(path(None), path(None))
    rng = np.random.default_rng(0)
    assert np.array_equal(path(rng), path(0)) and not np.array_equal(path(rng), path(0))  # drawn on
    assert str(np.random.get_state()) == before  # noqa: NPY002
