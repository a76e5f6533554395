"""Tests of `utils.data_generators`: the promised shapes, counts, geometry and truths, exactly."""

import doctest
import inspect
import re

import numpy as np
import pytest

from utils import data_generators
from utils.data_generators import (
    add_outliers,
    flip_labels,
    make_blobs,
    make_circles,
    make_low_rank,
    make_moons,
    make_polynomial,
    make_regression,
    make_spirals,
    make_word_counts,
    make_xor,
)
from utils.docstrings import faults, signature_defaults
from utils.forms import NA, Frame, Ragged, Sparse, masked

GENERATORS = [
    make_regression,
    make_polynomial,
    make_blobs,
    make_moons,
    make_circles,
    make_xor,
    make_spirals,
    make_word_counts,
    make_low_rank,
]
CLASSIFIED = [make_blobs, make_moons, make_circles, make_xor, make_spirals, make_word_counts]
VALUES = np.arange(40.0).reshape(20, 2) % 7
LABELS = np.repeat(["a", "b", "c"], [10, 6, 4])
EVERYTHING = [
    *GENERATORS,
    lambda random_state: add_outliers(VALUES, 3, random_state=random_state),
    lambda random_state: flip_labels(LABELS, 8, random_state=random_state),
]


def same(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


# What holds for all of them


def test_no_public_function_is_left_out_of_these_tests():
    functions = inspect.getmembers(data_generators, inspect.isfunction)
    public = {f for name, f in functions if f.__module__ == "utils.data_generators"
              and not name.startswith("_")}
    assert public == {*GENERATORS, add_outliers, flip_labels} == set(DEFAULTS)


@pytest.mark.parametrize("make", GENERATORS)
def test_the_number_of_samples_comes_first_and_is_a_hundred_by_default(make):
    first = next(iter(inspect.signature(make).parameters.values()))
    assert first.name == "n_samples" and first.default == 100
    X, *_ = make(random_state=0)
    assert len(X) == 100 and X.ndim == 2 and np.isfinite(X).all()
    assert len(make(37, random_state=0)[0]) == 37


@pytest.mark.parametrize("make", EVERYTHING)
@pytest.mark.parametrize("seed", [0, 1, np.int64(7)])
def test_a_seed_gives_the_same_data_again_and_so_does_its_generator(make, seed):
    assert same(make(random_state=seed), make(random_state=seed))
    assert same(make(random_state=seed), make(random_state=np.random.default_rng(seed)))


@pytest.mark.parametrize("make", EVERYTHING)
def test_other_seeds_and_no_seed_give_other_data(make):
    assert not same(make(random_state=0), make(random_state=1))
    assert not same(make(random_state=None), make(random_state=None))
    assert not same(make(random_state=0), make(random_state=None))


@pytest.mark.parametrize("make", EVERYTHING)
def test_a_generator_is_drawn_on_from_where_it_stands(make):
    rng = np.random.default_rng(0)
    assert not same(make(random_state=rng), make(random_state=rng))


@pytest.mark.parametrize("make", EVERYTHING)
@pytest.mark.parametrize("random_state", [None, 0])
def test_the_global_generator_is_neither_read_nor_moved(make, random_state):
    np.random.seed(987)  # noqa: NPY002
    before = np.random.get_state()  # noqa: NPY002
    make(random_state=random_state)
    after = np.random.get_state()  # noqa: NPY002
    assert before[0] == after[0] and (before[1] == after[1]).all() and before[2:] == after[2:]


@pytest.mark.parametrize("make", CLASSIFIED)
def test_classes_are_whole_numbers_from_zero(make):
    y = make(50, random_state=0)[1]
    assert y.dtype == np.int64 and np.unique(y).tolist() == list(range(y.max() + 1))


@pytest.mark.parametrize(("make", "counts"), [
    (make_blobs, [4, 3, 3]),
    (make_moons, [5, 5]),
    (make_circles, [5, 5]),
    (make_xor, [5, 5]),
    (make_spirals, [5, 5]),
    (make_word_counts, [5, 5]),
    (lambda n, **kw: make_moons(n + 1, **kw), [5, 6]),
    (lambda n, **kw: make_circles(n + 1, **kw), [5, 6]),
    (lambda n, **kw: make_xor(n + 1, **kw), [6, 5]),
    (lambda n, **kw: make_spirals(n, 3, **kw), [4, 3, 3]),
    (lambda n, **kw: make_word_counts(n, topics=4, **kw), [3, 3, 2, 2]),
    (lambda n, **kw: make_blobs([7, 1, 2, n], **kw), [7, 1, 2, 10]),
    (lambda n, **kw: make_moons((3, n), **kw), [3, 10]),
    (lambda n, **kw: make_circles((n, 3), **kw), [10, 3]),
    (lambda n, **kw: make_spirals([1, 2, n], 3, **kw), [1, 2, 10]),
    (lambda n, **kw: make_word_counts(np.array([n, 3]), **kw), [10, 3]),
])
@pytest.mark.parametrize("shuffle", [True, False])
def test_class_counts_are_exact(make, counts, shuffle):
    y = make(10, shuffle=shuffle, random_state=0)[1]
    assert np.bincount(y).tolist() == counts


@pytest.mark.parametrize("make", [f for f in CLASSIFIED if f is not make_xor])
def test_without_shuffling_the_rows_come_class_by_class(make):
    assert (np.diff(make(30, shuffle=False, random_state=0)[1]) >= 0).all()
    assert (np.diff(make(30, random_state=0)[1]) < 0).any()


@pytest.mark.parametrize("make", [make_moons, make_circles, make_xor, make_spirals])
def test_noise_has_the_asked_deviation_and_moves_the_same_points(make):
    still, labels = make(5000, random_state=3)
    moved, same_labels = make(5000, noise=0.3, random_state=3)
    assert (labels == same_labels).all()
    # 10,000 normal numbers: the deviation is known to 0.7 %, the mean to 0.003.
    assert abs((moved - still).std() - 0.3) < 0.01 and abs((moved - still).mean()) < 0.015


# Regression


@pytest.mark.parametrize("collinearity", [0, 0.5, 0.99])
def test_least_squares_gives_the_coefficients_back(collinearity):
    X, y, coef = make_regression(50, 5, intercept=-7, collinearity=collinearity, random_state=0)
    w = np.linalg.lstsq(np.column_stack([X, np.ones(50)]), y, rcond=None)[0]
    np.testing.assert_allclose(w, [*coef, -7], rtol=1e-10)


def test_given_coefficients_are_used_and_not_changed():
    coef = np.array([3.0, 0.0, -2.0])
    X, y, truth = make_regression(30, coef=coef, random_state=0)
    np.testing.assert_allclose(y, 3 * X[:, 0] - 2 * X[:, 2], atol=1e-13)
    truth[:] = 0
    assert X.shape == (30, 3) and coef.tolist() == [3, 0, -2]


@pytest.mark.parametrize(("d", "informative", "nonzero"), [(20, 3, 3), (4, 10, 4), (100, 10, 10)])
def test_exactly_the_informative_coefficients_are_not_zero(d, informative, nonzero):
    _, _, coef = make_regression(10, d, n_informative=informative, random_state=0)
    assert np.count_nonzero(coef) == nonzero and coef.min() >= 0 and coef.max() <= 100


def test_the_informative_columns_are_anywhere():
    places = {np.flatnonzero(make_regression(5, 10, n_informative=1, random_state=s)[2]).item()
              for s in range(30)}
    assert len(places) > 5


@pytest.mark.parametrize("collinearity", [0.0, 0.3, 0.9])
def test_collinearity_is_the_correlation_of_each_pair(collinearity):
    X, *_ = make_regression(40_000, 3, collinearity=collinearity, random_state=0)
    np.testing.assert_allclose(X.std(axis=0), 1, atol=0.02)
    pairs = np.corrcoef(X.T)[np.triu_indices(3, 1)]
    np.testing.assert_allclose(pairs, collinearity, atol=0.02)


def test_full_collinearity_leaves_one_column():
    X, *_ = make_regression(20, 4, collinearity=1, random_state=0)
    assert (X == X[:, :1]).all()


def test_noise_on_a_line_has_the_asked_deviation():
    X, y, coef = make_regression(40_000, 2, noise=5, random_state=0)
    residual = y - X @ coef
    assert abs(residual.std() - 5) < 0.1 and abs(residual.mean()) < 0.1


def test_a_polynomial_goes_through_its_points():
    X, y, coef = make_polynomial(30, [4, -2, 0, 7], low=-3, high=5, random_state=0)
    x = X[:, 0]
    np.testing.assert_allclose(y, 4 - 2 * x + 7 * x**3, rtol=1e-11)
    np.testing.assert_allclose(np.linalg.lstsq(np.vander(x, 4), y, rcond=None)[0], coef[::-1],
                               atol=1e-9)
    assert X.shape == (30, 1) and -3 <= x.min() < -2 and 4 < x.max() < 5


def test_noise_on_a_polynomial_has_the_asked_deviation():
    X, y, _ = make_polynomial(40_000, [1.0], noise=2, random_state=0)
    assert abs(y.std() - 2) < 0.03 and abs(y.mean() - 1) < 0.04


# Blobs


def test_given_centres_are_the_means_of_their_classes():
    centers = np.array([[0.0, 0, 5], [10, -10, 0]])
    X, y, returned = make_blobs([20_000, 5000], centers=centers, cluster_std=[0.5, 2],
                                return_centers=True, random_state=0)
    assert (returned == centers).all() and X.shape == (25_000, 3)
    for k, std in enumerate([0.5, 2]):
        np.testing.assert_allclose(X[y == k].mean(axis=0), centers[k], atol=0.1)
        np.testing.assert_allclose(X[y == k].std(axis=0), std, rtol=0.04)


def test_without_spread_every_point_is_a_centre():
    X, y, centers = make_blobs(30, 4, centers=5, cluster_std=0, return_centers=True, random_state=0)
    assert centers.shape == (5, 4) and (X == centers[y]).all()


def test_drawn_centres_fill_their_box():
    box = {"center_box": (2, 3), "return_centers": True}
    *_, centers = make_blobs(500, centers=500, **box, random_state=0)
    assert 2 <= centers.min() < 2.01 and 2.99 < centers.max() <= 3


def test_one_covariance_shapes_all_blobs():
    covariance = np.array([[4.0, 1.9], [1.9, 1]])
    X, y = make_blobs(60_000, centers=2, cluster_std=0.5, covariance=covariance, random_state=0)
    for k in range(2):
        np.testing.assert_allclose(np.cov(X[y == k].T), covariance / 4, atol=0.03)


def test_each_blob_can_have_its_own_covariance():
    shapes = np.array([np.diag([9.0, 1, 1]), [[1, 0.5, 0], [0.5, 1, 0], [0, 0, 4]]])
    X, y = make_blobs(60_000, centers=2, covariance=shapes, random_state=0)
    for k in range(2):
        np.testing.assert_allclose(np.cov(X[y == k].T), shapes[k], atol=0.2)


def test_the_identity_as_covariance_changes_nothing():
    shaped = make_blobs(50, centers=3, covariance=np.eye(2), random_state=0)
    for a, b in zip(shaped, make_blobs(50, random_state=0)):
        np.testing.assert_allclose(a, b, rtol=1e-14)


def test_a_flat_covariance_puts_a_blob_on_a_line():
    X, _ = make_blobs(50, centers=[[1, 1]], covariance=[[1, 2], [2, 4]], random_state=0)
    np.testing.assert_allclose(X[:, 1] - 1, 2 * (X[:, 0] - 1), atol=1e-7)


# Shapes that no line separates


def test_moons_are_half_circles_of_radius_one():
    X, y = make_moons(201, random_state=0)
    upper, lower = X[y == 0], X[y == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1)
    np.testing.assert_allclose(np.hypot(*(lower - [1, 0.5]).T), 1)
    assert upper[:, 1].min() >= 0 and lower[:, 1].max() <= 0.5
    assert np.ptp(upper[:, 0]) == np.ptp(lower[:, 0]) == 2


def test_moons_are_those_of_scikit_learn():
    # scikit-learn 1.9.1: make_moons(6, shuffle=False)
    expected = [[1, 0], [0, 1], [-1, 0], [0, 0.5], [1, -0.5], [2, 0.5]]
    X, y = make_moons(6, shuffle=False)
    np.testing.assert_allclose(X, expected, atol=1e-15)
    assert y.tolist() == [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize("factor", [0, 0.3, 0.8])
def test_circles_have_the_radii_one_and_factor(factor):
    X, y = make_circles(101, factor=factor, random_state=0)
    np.testing.assert_allclose(np.hypot(*X.T), np.where(y == 0, 1, factor), atol=1e-15)


def test_points_on_a_circle_are_evenly_spaced():
    X, y = make_circles(80, shuffle=False)
    for circle in (X[:40], X[40:] / 0.8):
        np.testing.assert_allclose(np.linalg.norm(circle - np.roll(circle, 1, axis=0), axis=1),
                                   2 * np.sin(np.pi / 40))


def test_xor_is_the_sign_of_the_product():
    X, y = make_xor(402, random_state=0)
    assert (y == (X[:, 0] * X[:, 1] < 0)).all() and (X != 0).all() and np.abs(X).max() <= 1
    quadrants = np.bincount(2 * (X[:, 0] > 0) + (X[:, 1] > 0))
    assert sorted(quadrants.tolist()) == [100, 100, 101, 101]


@pytest.mark.parametrize(("n_classes", "turns"), [(1, 1.0), (2, 1.5), (3, 0.75), (5, 0)])
def test_spirals_turn_in_step_with_their_radius(n_classes, turns):
    X, y = make_spirals(60, n_classes, turns=turns, random_state=0)
    r = np.hypot(*X.T)
    for k in range(n_classes):
        expected = np.linspace(0.1, 1, (y == k).sum())
        np.testing.assert_allclose(np.sort(r[y == k]), expected)
    angle = np.arctan2(X[:, 1], X[:, 0]) - 2 * np.pi * (turns * r + y / n_classes)
    np.testing.assert_allclose(np.cos(angle), 1)


# Word counts


def test_documents_have_the_asked_lengths():
    X, *_ = make_word_counts(30, length=70, random_state=0)
    assert X.dtype == np.int64 and X.shape == (30, 50) and (X.sum(axis=1) == 70).all()
    lengths = np.arange(30)
    X, *_ = make_word_counts(30, 8, length=lengths, random_state=0)
    assert (X.sum(axis=1) == lengths).all() and X.min() >= 0


def test_word_frequencies_are_those_of_the_topic():
    X, y, word_probs = make_word_counts(4000, 12, topics=3, length=100, random_state=0)
    np.testing.assert_allclose(word_probs.sum(axis=1), 1)
    for k in range(3):
        share = X[y == k].sum(axis=0) / X[y == k].sum()
        np.testing.assert_allclose(share, word_probs[k], atol=0.005)


def test_given_topics_are_proportions():
    topics = np.array([[5, 0, 5], [0, 2, 6]])
    X, y, word_probs = make_word_counts([3, 4], topics=topics, random_state=0)
    assert word_probs.tolist() == [[0.5, 0, 0.5], [0, 0.25, 0.75]]
    assert (X[y == 0, 1] == 0).all() and (X[y == 1, 0] == 0).all()
    assert topics.tolist() == [[5, 0, 5], [0, 2, 6]]


def test_a_small_concentration_gives_topics_of_few_words():
    largest = [
        make_word_counts(2, concentration=c, random_state=0)[2].max() for c in (0.01, 0.5, 100)
    ]
    assert largest[0] > 0.5 > largest[1] > 0.04 > largest[2]


# Low rank


@pytest.mark.parametrize(("n", "d", "rank", "decay"),
                         [(100, 100, 10, 0.5), (30, 8, 8, 0.9), (6, 50, 5, 1), (2, 1, 1, 0.1)])
def test_rank_singular_values_and_components_are_exact(n, d, rank, decay):
    X, s, components = make_low_rank(n, d, rank=rank, decay=decay, random_state=0)
    assert X.shape == (n, d) and np.linalg.matrix_rank(X) == rank
    np.testing.assert_allclose(s**2 / (n - 1), decay ** (2 * np.arange(rank)), rtol=1e-12)
    np.testing.assert_allclose(np.linalg.svd(X, compute_uv=False)[:rank], s, rtol=1e-11)
    np.testing.assert_allclose(components @ components.T, np.eye(rank), atol=1e-13)
    np.testing.assert_allclose(X @ components.T @ components, X, atol=1e-13)


def test_low_rank_columns_are_centred_so_pca_finds_the_components():
    X, s, components = make_low_rank(200, 20, rank=4, random_state=0)
    np.testing.assert_allclose(X.mean(axis=0), 0, atol=1e-14)
    vectors = np.linalg.svd(X - X.mean(axis=0))[2][:4]
    np.testing.assert_allclose(np.abs((vectors * components).sum(axis=1)), 1)


def test_noise_on_a_low_rank_matrix_has_the_asked_deviation():
    clean, *_ = make_low_rank(200, 200, random_state=0)
    noisy, *_ = make_low_rank(200, 200, noise=0.1, random_state=0)
    assert abs((noisy - clean).std() - 0.1) < 0.001 and np.linalg.matrix_rank(noisy) == 200


# Damage


@pytest.mark.parametrize(("asked", "got"), [(0, 0), (1, 1), (20, 20), (0.0, 0), (0.1, 2), (1.0, 20),
                                            (0.33, 7), (np.int32(3), 3), (np.float32(0.25), 5)])
def test_exactly_the_asked_number_is_damaged(asked, got):
    moved, where = add_outliers(VALUES, asked, random_state=0)
    assert np.flatnonzero((moved != VALUES).any(axis=1)).tolist() == where.tolist()
    flipped, which = flip_labels(LABELS, asked, random_state=0)
    assert np.flatnonzero(flipped != LABELS).tolist() == which.tolist()
    assert len(where) == len(which) == got


def test_outlying_rows_move_by_the_magnitude_in_deviations():
    X = np.random.default_rng(0).normal(size=(50, 3)) * [1, 100, 0.01]
    moved, where = add_outliers(X, 6, magnitude=8, random_state=0)
    steps = (moved - X)[where] / X.std(axis=0)
    np.testing.assert_allclose(np.linalg.norm(steps, axis=1), 8)


def test_outlying_targets_move_up_or_down_by_the_magnitude():
    y = np.random.default_rng(0).normal(size=200) * 3
    moved, where = add_outliers(y, 100, magnitude=5, random_state=0)
    steps = (moved - y)[where] / y.std()
    np.testing.assert_allclose(np.abs(steps), 5)
    assert 30 < (steps > 0).sum() < 70


def test_outliers_of_constant_data_move_by_the_magnitude_itself():
    moved, where = add_outliers(np.full(5, 3), 1, magnitude=10, random_state=0)
    assert abs(moved[where[0]] - 3) == 10


@pytest.mark.parametrize("y", [
    [0, 1, 1, 0, 1], ["spam", "ham", "ham"], [2.5, -1.0, 7.0], [True, False],
    np.array(["a", "bb", "a"], dtype=object), np.array([3, 1, 3], dtype=np.int8),
])
def test_flipped_labels_are_other_labels_of_the_same_kind(y):
    y = np.asarray(y)
    flipped, where = flip_labels(y, len(y), random_state=0)
    assert flipped.dtype == y.dtype and (flipped != y).all()
    assert set(flipped.tolist()) <= set(y.tolist()) and where.tolist() == list(range(len(y)))


def test_every_wrong_label_is_equally_likely():
    y = np.repeat([0, 1, 2, 3], 3000)
    flipped, _ = flip_labels(y, 1.0, random_state=0)
    pairs = np.bincount(4 * y + flipped, minlength=16).reshape(4, 4)
    assert (pairs.diagonal() == 0).all()
    assert (np.abs(pairs[~np.eye(4, dtype=bool)] - 1000) < 120).all()


def test_the_input_is_left_untouched():
    values, labels = VALUES.copy(), LABELS.copy()
    values.flags.writeable = labels.flags.writeable = False
    moved, _ = add_outliers(values, 5, random_state=0)
    flipped, _ = flip_labels(labels, 5, random_state=0)
    unchanged, _ = add_outliers(values, 0, random_state=0)
    assert (values == VALUES).all() and (labels == LABELS).all()
    assert not np.shares_memory(moved, values) and not np.shares_memory(flipped, labels)
    assert not np.shares_memory(unchanged, values)


def test_given_centres_and_topics_are_left_untouched():
    centers, topics, stds = np.ones((2, 2)), np.full((2, 3), 2.0), np.array([1.0, 2.0])
    for array in (centers, topics, stds):
        array.flags.writeable = False
    *_, returned = make_blobs(4, centers=centers, cluster_std=stds, return_centers=True)
    *_, word_probs = make_word_counts(4, topics=topics)
    assert not np.shares_memory(returned, centers) and not np.shares_memory(word_probs, topics)
    assert (topics == 2).all()


# The smallest and the flattest data


@pytest.mark.parametrize("make", [
    lambda **kw: make_regression(1, 1, n_informative=1, **kw),
    lambda **kw: make_polynomial(1, [2.0], **kw),
    lambda **kw: make_blobs(1, 1, centers=1, **kw),
    lambda **kw: make_xor(1, **kw),
    lambda **kw: make_spirals(1, 1, **kw),
    lambda **kw: make_word_counts(1, 1, topics=1, length=0, **kw),
])
def test_one_of_everything_is_enough(make):
    X, y, *_ = make(random_state=0)
    assert len(X) == len(y) == 1 and np.isfinite(X).all()
    assert len(make_moons(2)[0]) == len(make_circles(2)[0]) == 2
    assert make_low_rank(2, 1, rank=1)[0].shape == (2, 1)


def test_clouds_without_spread_are_their_centres():
    X, y, centers = make_blobs(9, cluster_std=[0, 1, 0], return_centers=True, random_state=0)
    still = y != 1
    assert (X[still] == centers[y[still]]).all() and (X[~still] != centers[1]).all()
    assert (make_blobs(9, cluster_std=0, centers=[[1, 2]])[0] == [1, 2]).all()


@pytest.mark.parametrize("seed", range(10))
def test_a_flat_cloud_has_the_shape_asked_for(seed):
    # one direction of four: rounding makes some of the eigenvalues that are 0 negative
    direction = np.random.default_rng(seed).normal(size=4)
    X, _ = make_blobs(20, centers=[[0.0] * 4], covariance=np.outer(direction, direction),
                      random_state=seed)
    along = X @ direction / (direction @ direction)
    np.testing.assert_allclose(X, along[:, None] * direction, atol=1e-6)
    assert 0.5 < along.std() < 1.6


# Arrays that come in: (function, name of the argument, a good value, other arguments)

ARRAYS = [
    (make_regression, "coef", [1.0, 2.0], {}),
    (make_polynomial, "coef", [1.0, 2.0], {}),
    (make_blobs, "n_samples", [5, 5], {}),
    (make_blobs, "centers", [[0.0, 1.0], [2.0, 3.0]], {}),
    (make_blobs, "cluster_std", [1.0, 2.0, 3.0], {}),
    (make_blobs, "covariance", [[1.0, 0.0], [0.0, 2.0]], {}),
    (make_blobs, "center_box", [-1.0, 1.0], {}),
    (make_moons, "n_samples", [5, 5], {}),
    (make_circles, "n_samples", [5, 5], {}),
    (make_spirals, "n_samples", [5, 5], {}),
    (make_word_counts, "n_samples", [5, 5], {}),
    (make_word_counts, "topics", [[1.0, 2.0], [3.0, 4.0]], {}),
    (make_word_counts, "length", [3, 4, 5], {"n_samples": 3}),
    (add_outliers, "values", [[1.0, 2.0], [3.0, 4.0]], {}),
    (add_outliers, "values", [1.0, 2.0], {}),
    (flip_labels, "y", [0, 1], {}),
]


@pytest.mark.parametrize(("make", "name", "good", "more"), ARRAYS)
def test_masked_sparse_and_ragged_arrays_are_refused(make, name, good, more):
    make(**{name: good}, **more)
    hidden = masked(good, (0,) * np.ndim(good))
    for bad, error, words in [
        (hidden, ValueError, f"{name} is a masked array: a masked entry is a missing value"),
        (np.ma.array(good), ValueError, f"{name} is a masked array"),
        (Sparse([[1, 2]]), TypeError, rf"{name} is a sparse matrix: call {name}.toarray\(\) first"),
        (Ragged(), ValueError, f"{name} has rows of different lengths"),
    ]:
        with pytest.raises(error, match=words):
            make(**{name: bad}, **more)


@pytest.mark.parametrize(("make", "name", "good", "more"), [
    row for row in ARRAYS if row[1] in ("coef", "centers", "covariance", "topics", "values")
])
def test_what_is_no_number_is_named(make, name, good, more):
    first = (0,) * np.ndim(good)
    for value, error, words in [
        ("a", TypeError, "holds text: .* is 'a'"),
        (1j, TypeError, "holds complex numbers: .* is 1j"),
        (np.datetime64("2020-01-31"), TypeError, "holds dates or times: .* is 2020-01-31"),
        (None, ValueError, "holds a missing value: .* is None"),
        (NA, ValueError, "holds a missing value: .* is <NA>"),
        (np.nan, ValueError, "contains NaN or infinity"),
        (-(10**400), ValueError, "holds an integer beyond 1.8e308"),
    ]:
        bad = np.array(good, dtype=object)
        bad[first] = value
        with pytest.raises(error, match=f"{name} .*{words}"):
            make(**{name: bad}, **more)


def test_a_frame_is_a_table_like_any_other():
    moved, where = add_outliers(Frame(VALUES), 3, random_state=0)
    assert same((moved, where), add_outliers(VALUES, 3, random_state=0))
    assert same(make_blobs(6, centers=Frame(np.eye(2)), random_state=0),
                make_blobs(6, centers=np.eye(2), random_state=0))


# Defaults

MIXED = {"shuffle": True, "noise": None, "random_state": None}
DEFAULTS = {
    make_regression: {
        "n_samples": 100, "n_features": None, "n_informative": 10, "coef": None,
        "intercept": 0.0, "noise": 0.0, "collinearity": 0.0, "random_state": None,
    },
    make_polynomial: {
        "n_samples": 100, "coef": (0.0, -1.0, 0.0, 1.0), "low": -1.0, "high": 1.0,
        "noise": 0.0, "random_state": None,
    },
    make_blobs: {
        "n_samples": 100, "n_features": None, "centers": None, "cluster_std": 1.0,
        "covariance": None, "center_box": (-10.0, 10.0), "shuffle": True,
        "return_centers": False, "random_state": None,
    },
    make_moons: {"n_samples": 100, **MIXED},
    make_circles: {
        "n_samples": 100, "shuffle": True, "noise": None, "factor": 0.8, "random_state": None,
    },
    make_xor: {"n_samples": 100, **MIXED},
    make_spirals: {"n_samples": 100, "n_classes": 2, "turns": 1.5, **MIXED},
    make_word_counts: {
        "n_samples": 100, "n_words": None, "topics": 2, "length": 50, "concentration": 0.5,
        "shuffle": True, "random_state": None,
    },
    make_low_rank: {
        "n_samples": 100, "n_features": 100, "rank": 10, "decay": 0.5, "noise": 0.0,
        "random_state": None,
    },
    add_outliers: {"n_outliers": 1, "magnitude": 10.0, "random_state": None},
    flip_labels: {"n_flips": 0.1, "random_state": None},
}


@pytest.mark.parametrize("make", DEFAULTS)
def test_defaults_are_those_of_the_table_and_of_the_docstring(make):
    assert repr(signature_defaults(make)) == repr(DEFAULTS[make])
    assert faults(make) == []


@pytest.mark.parametrize("make", [f for f in DEFAULTS if f not in (add_outliers, flip_labels)])
def test_defaults_said_aloud_change_nothing(make):
    spoken = {**DEFAULTS[make], "random_state": 0}
    assert same(make(random_state=0), make(**spoken))


def test_what_defaults_of_none_stand_for():
    assert make_regression(random_state=0)[0].shape == (100, 100)
    assert np.count_nonzero(make_regression(random_state=0)[2]) == 10
    assert make_blobs(random_state=0)[0].shape == (100, 2)
    assert make_blobs(random_state=0)[1].max() == 2
    assert make_blobs([2, 2], random_state=0)[1].max() == 1
    assert make_word_counts(random_state=0)[0].shape == (100, 50)
    for make in (make_moons, make_circles, make_xor, make_spirals):
        assert same(make(random_state=0), make(noise=0.0, random_state=0))
    assert same(make_blobs(random_state=0), make_blobs(covariance=np.eye(2), random_state=0))


def test_the_example_of_the_module_runs():
    assert doctest.testmod(data_generators).failed == 0


# Bad input


COUNTS = [(make, name) for make, table in DEFAULTS.items() for name in table
          if name in ("n_samples", "n_features", "n_informative", "n_classes", "n_words", "rank",
                      "centers", "topics")]


@pytest.mark.parametrize(("make", "name"), COUNTS)
def test_a_count_is_a_whole_number_above_zero(make, name):
    for value in (0, -3):
        with pytest.raises(ValueError, match=f"{name} must be >= 1, got {value}"):
            make(**{name: value})
    for value in (True, 2.0, "2"):
        with pytest.raises(TypeError, match=f"{name} must be an int, got {value!r}"):
            make(**{name: value})
    make(**{name: np.int8(11 if name == "n_samples" else 10), "random_state": 0})


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: make_regression(0), ValueError, "n_samples must be >= 1, got 0"),
    (lambda: make_regression(10.0), TypeError, "n_samples must be an int, got 10.0"),
    (lambda: make_regression(True), TypeError, "n_samples must be an int, got True"),
    (lambda: make_regression(5, 0), ValueError, "n_features must be >= 1, got 0"),
    (lambda: make_regression(5, n_informative=0), ValueError, "n_informative must be >= 1, got 0"),
    (lambda: make_regression(5, noise=-1), ValueError, "noise must be >= 0, got -1"),
    (lambda: make_regression(5, noise=np.nan), ValueError, "noise must be finite, got nan"),
    (lambda: make_regression(5, noise="1"), TypeError, "noise must be a number, got '1'"),
    (lambda: make_regression(5, noise=1j), TypeError, "noise must be a number, got 1j"),
    (lambda: make_regression(5, intercept=np.inf), ValueError, "intercept must be finite, got inf"),
    (lambda: make_regression(5, collinearity=1.5), ValueError,
     "collinearity must be from 0 to 1, got 1.5"),
    (lambda: make_regression(5, coef=[[1, 2]]), ValueError,
     "coef must be a non-empty 1-D array, got shape (1, 2)"),
    (lambda: make_regression(5, coef=[1, np.nan]), ValueError, "coef contains NaN or infinity"),
    (lambda: make_regression(5, coef=["a"]), TypeError,
     "coef must be an array of numbers, but holds text: coef[0] is 'a'"),
    (lambda: make_regression(5, 3, coef=[1, 2]), ValueError,
     "n_features=3 does not fit coef, which has 2"),
    (lambda: make_regression(5, random_state=-1), ValueError, "random_state must be >= 0, got -1"),
    (lambda: make_regression(5, random_state="0"), TypeError,
     "random_state must be None, an int or a Generator, got '0'"),
    (lambda: make_regression(5, random_state=0.0), TypeError, "an int or a Generator, got 0.0"),
    (lambda: make_regression(5, random_state=True), TypeError, "an int or a Generator, got True"),
    (lambda: make_polynomial(5, []), ValueError,
     "coef must be a non-empty 1-D array, got shape (0,)"),
    (lambda: make_polynomial(5, low=1, high=1), ValueError,
     "(low, high) must be two numbers, the smaller first, got (1, 1)"),
    (lambda: make_blobs(2), ValueError, "n_samples=2 is less than the 3 classes"),
    (lambda: make_blobs([5, 0]), ValueError, "n_samples must be >= 1, got 0"),
    (lambda: make_blobs([5, 2.5]), TypeError, "n_samples must be an int, got 2.5"),
    (lambda: make_blobs([[1, 2], [3]]), ValueError, "n_samples has rows of different lengths"),
    (lambda: make_blobs([5, 5], centers=3), ValueError, "n_samples has 2 entries for 3 classes"),
    (lambda: make_blobs(9, 0), ValueError, "n_features must be >= 1, got 0"),
    (lambda: make_blobs(9, centers=0), ValueError, "centers must be >= 1, got 0"),
    (lambda: make_blobs(9, centers="auto"), TypeError, "centers must be an int, got 'auto'"),
    (lambda: make_blobs(9, centers=[[1, 2], [3]]), ValueError,
     "centers has rows of different lengths"),
    (lambda: make_blobs(9, centers=[1, 2]), ValueError, "centers must be a non-empty 2-D array"),
    (lambda: make_blobs(9, 3, centers=[[1, 2]]), ValueError,
     "n_features=3 does not fit centers, which has 2"),
    (lambda: make_blobs(9, cluster_std=-1), ValueError, "cluster_std must be >= 0, got -1"),
    (lambda: make_blobs(9, cluster_std=[1, 2]), ValueError,
     "cluster_std has 2 entries for 3 classes"),
    (lambda: make_blobs(9, cluster_std=[1, 2, -3]), ValueError, "cluster_std must be >= 0, got -3"),
    (lambda: make_blobs(9, center_box=(1, -1)), ValueError,
     "center_box must be two numbers, the smaller first, got (1, -1)"),
    (lambda: make_blobs(9, center_box=1), ValueError, "center_box must be two numbers, got 1"),
    (lambda: make_blobs(9, covariance=[[1, 2], [3, 4]]), ValueError,
     "covariance must be symmetric"),
    (lambda: make_blobs(9, covariance=[[1, 2], [2, 1]]), ValueError,
     "covariance must have no negative eigenvalue, got -1"),
    (lambda: make_blobs(9, covariance=[[1, 2, 3], [2, 1, 3]]), ValueError,
     "covariance must have shape (d, d) or (n_centers, d, d) with n_centers=3, got (2, 3)"),
    (lambda: make_blobs(9, centers=[[0, 0]], covariance=np.eye(3)), ValueError,
     "n_features=3 does not fit centers, which has 2"),
    (lambda: make_blobs(9, shuffle=None), TypeError, "shuffle must be True or False, got None"),
    (lambda: make_moons(1), ValueError, "n_samples=1 is less than the 2 classes"),
    (lambda: make_moons((1, 2, 3)), ValueError, "n_samples has 3 entries for 2 classes"),
    (lambda: make_moons(10, noise=-0.1), ValueError, "noise must be >= 0, got -0.1"),
    (lambda: make_circles(10, factor=1), ValueError, "factor must be below 1, got 1"),
    (lambda: make_circles(10, factor=-0.1), ValueError, "factor must be >= 0, got -0.1"),
    (lambda: make_xor((5, 5)), TypeError, "n_samples must be an int, got (5, 5)"),
    (lambda: make_xor(-4), ValueError, "n_samples must be >= 1, got -4"),
    (lambda: make_spirals(10, 0), ValueError, "n_classes must be >= 1, got 0"),
    (lambda: make_spirals(10, turns=-1), ValueError, "turns must be >= 0, got -1"),
    (lambda: make_word_counts(10, topics=[[1, -1], [1, 1]]), ValueError, "proportions >= 0"),
    (lambda: make_word_counts(10, topics=[[0, 0], [1, 1]]), ValueError, "a row needs one above 0"),
    (lambda: make_word_counts(10, 5, topics=[[1, 2]]), ValueError,
     "n_words=5 does not fit topics, which has 2"),
    (lambda: make_word_counts(10, length=-1), ValueError, "length must be >= 0, got -1"),
    (lambda: make_word_counts(10, length=[1, 2]), ValueError,
     "length has 2 entries for 10 documents"),
    (lambda: make_word_counts(10, length=2.5), TypeError, "length must be an int, got 2.5"),
    (lambda: make_word_counts(10, concentration=0), ValueError, "concentration must be above 0"),
    (lambda: make_low_rank(10, 20, rank=10), ValueError,
     "rank=10 is more than min(n_samples - 1, n_features) = 9"),
    (lambda: make_low_rank(1, 3, rank=1), ValueError, "rank=1 is more than"),
    (lambda: make_low_rank(20, 5, rank=0), ValueError, "rank must be >= 1, got 0"),
    (lambda: make_low_rank(decay=0), ValueError, "decay must be above 0, got 0"),
    (lambda: make_low_rank(decay=1.1), ValueError, "decay must be from 0 to 1, got 1.1"),
    (lambda: add_outliers([1, 2], 3), ValueError, "n_outliers=3 is more than the 2 samples"),
    (lambda: add_outliers([1, 2], -1), ValueError, "n_outliers must be >= 0, got -1"),
    (lambda: add_outliers([1, 2], 1.5), ValueError, "n_outliers must be from 0 to 1, got 1.5"),
    (lambda: add_outliers([1, 2], "1"), TypeError, "n_outliers must be an int, got '1'"),
    (lambda: add_outliers([], 0), ValueError,
     "values must be a non-empty 1-D or 2-D array, got shape (0,)"),
    (lambda: add_outliers(5, 0), ValueError, "values must be a non-empty 1-D or 2-D"),
    (lambda: add_outliers([1, np.inf], 0), ValueError, "values contains NaN or infinity"),
    (lambda: add_outliers([1, 2j], 0), TypeError, "but holds complex numbers"),
    (lambda: add_outliers([1, 2], magnitude=-1), ValueError, "magnitude must be >= 0, got -1"),
    (lambda: flip_labels([]), ValueError, "y must be a non-empty 1-D array, got shape (0,)"),
    (lambda: flip_labels([[0, 1]]), ValueError,
     "y must be a non-empty 1-D array, got shape (1, 2)"),
    (lambda: flip_labels([[0, 1], [0]]), ValueError, "y has rows of different lengths"),
    (lambda: flip_labels([1, 1]), ValueError, "y must have at least 2 classes, got only 1"),
    (lambda: flip_labels([0, np.nan]), ValueError, "y holds a missing label (nan)"),
    (lambda: flip_labels([0, np.inf]), ValueError, "y contains infinity"),
    (lambda: flip_labels(["a", "b", np.nan]), ValueError, "y holds a missing label (nan)"),
    (lambda: flip_labels(["a", "b", NA]), ValueError, "y holds a missing label (<NA>)"),
    (lambda: flip_labels(["a", "b", 1]), TypeError, "y mixes words with other values, such as"),
    (lambda: flip_labels([b"a", b"b"]), TypeError, "as class labels, got bytes"),
    (lambda: flip_labels(None), ValueError, "y is None: an array is needed"),
    (lambda: flip_labels([0, 1, None]), ValueError, "y holds a missing label (None)"),
    (lambda: flip_labels([0, 1], 3), ValueError, "n_flips=3 is more than the 2 samples"),
    (lambda: flip_labels([0, 1], -0.5), ValueError, "n_flips must be from 0 to 1, got -0.5"),
    (lambda: flip_labels([0, 1], True), TypeError, "n_flips must be an int, got True"),
])
def test_bad_input_is_answered_in_words(call, error, message):
    with pytest.raises(error, match=re.escape(message)):
        call()
