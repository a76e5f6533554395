"""Tests of naive Bayes: by hand, by theory, against frozen numbers, against slow twins, with bad
input and with awkward input. NB.1 and so on are formulas of `references/math_notes.md`.
"""

import copy
import datetime
import inspect
import itertools
import math
import pickle
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from naive_bayes import (
    BernoulliNB,
    CategoricalNB,
    GaussianNB,
    MultinomialNB,
    _gaussian_log_joint,
    _log_tops,
    _row_blocks,
)

from utils.datasets import load_digits, load_iris, load_wine
from utils.docstrings import documented_defaults
from utils.forms import FORMS, NA, Frame, Sparse

MODELS = (GaussianNB, MultinomialNB, BernoulliNB, CategoricalNB)
every_model = pytest.mark.parametrize("Model", MODELS)
every_counting_model = pytest.mark.parametrize("Model", MODELS[1:])

rng = np.random.default_rng(0)
y = rng.integers(0, 3, 90)
X = rng.poisson(1 + y[:, None] * [1, 0, 2, 0.5, 1]).astype(float)  # counts, codes, and numbers
s = np.arange(90) % 4.0  # weights, some of them zero


def table(model):
    """What the model has learned about its features, (k, anything)."""
    if isinstance(model, GaussianNB):
        return np.hstack([model.theta_, model.var_])
    if isinstance(model, CategoricalNB):
        return np.hstack(model.feature_log_prob_)
    return model.feature_log_prob_


def smoothed(Model):
    """A model whose smoothing is not the default, so that a forgotten alpha shows."""
    return GaussianNB(var_smoothing=0.01) if Model is GaussianNB else Model(alpha=0.5)


def assert_same(model, other, rel=1e-12):
    """Both models have learned the same and say the same, (nearly) to the last digit."""
    assert (other.classes_ == model.classes_).all()
    for name in ("class_count_", "class_prior_", "class_log_prior_"):
        assert getattr(other, name) == pytest.approx(getattr(model, name), rel=rel, abs=0)
    assert table(other) == pytest.approx(table(model), rel=rel, abs=0)


def gaussian_log_joint(model, x):
    """log P(c) p(x | c) of NB.4, a sum that takes one feature after the other."""
    return [
        log_prior - sum(math.log(2 * math.pi * v) / 2 + (xj - m) ** 2 / (2 * v)
                        for xj, m, v in zip(x, means, variances))
        for log_prior, means, variances in zip(model.class_log_prior_, model.theta_, model.var_)
    ]


# --- 1. by hand ---

# Columns sun, rain, snow; class A holds the texts "sun sun rain" and "sun", class B "rain snow".
TEXTS, WEATHER = [[2, 1, 0], [1, 0, 0], [0, 1, 1]], ["A", "A", "B"]


def test_three_texts_by_word_counts():
    model = MultinomialNB().fit(TEXTS, WEATHER)
    assert model.feature_count_.tolist() == [[3, 1, 0], [0, 1, 1]]
    assert np.exp(model.feature_log_prob_) == pytest.approx(
        np.array([[4 / 7, 2 / 7, 1 / 7], [1 / 5, 2 / 5, 2 / 5]]))
    # "rain snow": 2/3 * 2/7 * 1/7 = 4/147 for A and 1/3 * 2/5 * 2/5 = 4/75 for B
    assert model.predict_proba([[0, 1, 1]]) == pytest.approx(np.array([[75, 147]]) / 222)
    assert model.predict([[0, 1, 1], [1, 0, 0]]).tolist() == ["B", "A"]


def test_three_texts_by_presence_and_absence():
    model = BernoulliNB().fit(TEXTS, WEATHER)
    assert model.feature_count_.tolist() == [[2, 1, 0], [0, 1, 1]]
    assert np.exp(model.feature_log_prob_) == pytest.approx(
        np.array([[3 / 4, 2 / 4, 1 / 4], [1 / 3, 2 / 3, 2 / 3]]))
    # "rain snow", no sun: 2/3 * 1/4 * 2/4 * 1/4 = 1/48 for A, 1/3 * 2/3 * 2/3 * 2/3 = 8/81 for B
    assert model.predict_proba([[0, 5, 1]]) == pytest.approx(np.array([[81, 48 * 8]]) / 465)


def test_five_days_by_category():
    model = CategoricalNB().fit([[0], [0], [1], [1], [2]], ["A", "A", "A", "B", "B"])
    assert model.category_count_[0].tolist() == [[2, 1, 0], [0, 1, 1]]
    assert np.exp(model.feature_log_prob_[0]) == pytest.approx(
        np.array([[3 / 6, 2 / 6, 1 / 6], [1 / 5, 2 / 5, 2 / 5]]))
    # category 2: 3/5 * 1/6 = 1/10 for A, 2/5 * 2/5 = 4/25 for B
    assert model.predict_proba([[2]]) == pytest.approx(np.array([[5 / 13, 8 / 13]]))


def test_two_groups_of_numbers():
    model = GaussianNB().fit([[1], [3], [4], [8], [6]], ["A", "A", "B", "B", "B"])
    # All five have the mean 4.4 and the squares 3.4² + 1.4² + 0.4² + 3.6² + 1.6² = 29.2 about it.
    assert model.epsilon_ == pytest.approx(1e-9 * 29.2 / 5, rel=1e-12, abs=0)
    assert model.theta_ == pytest.approx(np.array([[2], [6]]))
    assert model.var_ == pytest.approx(np.array([[1], [8 / 3]]) + model.epsilon_, rel=1e-12)
    # At 4 both means are 2 away: exp(-4 / 2) / sqrt(1) for A, exp(-4 / (16/3)) / sqrt(8/3) for B
    A, B = 2 / 5 * math.exp(-2), 3 / 5 * math.exp(-0.75) / math.sqrt(8 / 3)
    assert model.predict_proba([[4]]) == pytest.approx(np.array([[A, B]]) / (A + B), rel=1e-8)


def test_two_groups_merge_into_one():
    model = GaussianNB().partial_fit([[1], [3]], [0, 0], classes=[0])
    model.partial_fit([[4], [8], [6]], [0, 0, 0])
    # 2 + 3/5 * (6 - 2) = 4.4, and 2 * 1 + 3 * 8/3 + 2 * 3 / 5 * (6 - 2)² = 2 + 8 + 19.2 = 29.2
    assert model.theta_.item() == pytest.approx(4.4, rel=1e-15)
    assert model.var_.item() == pytest.approx(5.84 * (1 + 1e-9), rel=1e-15)


def test_a_positive_test_for_a_rare_disease():
    # Of 1,000 people 10 are ill; the test finds 9 of them, and 99 of the 990 healthy as well.
    model = BernoulliNB(alpha=0).fit(
        [[1], [0], [1], [0]], ["ill", "ill", "well", "well"], sample_weight=[9, 1, 99, 891])
    assert model.predict_proba([[1]]) == pytest.approx(np.array([[9, 99]]) / 108)
    assert model.predict([[1]]).tolist() == ["well"]


# --- 2. theory ---


@every_model
def test_probabilities_sum_to_one_and_agree_with_their_logarithms(Model):
    model = Model().fit(X, y)
    P, L = model.predict_proba(X), model.predict_log_proba(X)
    assert P.shape == L.shape == (90, 3)
    assert P.sum(axis=1) == pytest.approx(np.ones(90), rel=1e-14)
    assert (L <= 0).all() and np.exp(L) == pytest.approx(P, rel=1e-14)
    assert (model.predict(X) == model.classes_[P.argmax(axis=1)]).all()
    assert np.exp(model.class_log_prior_) == pytest.approx(np.bincount(y) / 90)  # NB.3


@every_counting_model
def test_shares_of_a_class_sum_to_one(Model):
    for alpha in (0, 0.3, 7):
        model = Model(alpha=alpha).fit(X, y, s)
        if Model is BernoulliNB:
            absent = BernoulliNB(alpha=alpha).fit(X == 0, y, s)
            total = np.exp(model.feature_log_prob_) + np.exp(absent.feature_log_prob_)
        else:
            tables = model.feature_log_prob_
            tables = tables if Model is CategoricalNB else [tables]
            total = np.array([np.exp(p).sum(axis=1) for p in tables])
        assert total == pytest.approx(np.ones_like(total), rel=1e-9)  # alpha = 0 acts as 1e-10


def test_mean_and_variance_are_where_the_likelihood_is_largest():
    A = X + np.random.default_rng(1).normal(size=X.shape)
    model = GaussianNB(var_smoothing=0).fit(A, y)
    for c in range(3):
        rows, m, v = A[y == c], model.theta_[c], model.var_[c]

        def loss(m, v, rows=rows):
            return (np.log(v) / 2 + (rows - m) ** 2 / (2 * v)).mean(axis=0)

        for slope in (loss(m + 1e-4, v) - loss(m - 1e-4, v), loss(m, v + 1e-4) - loss(m, v - 1e-4)):
            assert np.abs(slope / 2e-4).max() < 1e-7


def test_equal_variances_make_the_boundary_a_line_and_unequal_ones_a_parabola():
    def bend(B):
        model = GaussianNB().fit(np.vstack([A, B]), np.repeat([0, 1], 90))
        L = model.predict_log_proba(np.array([[-1.0], [0], [1]]) * [3, 1, 4, 1, 5])
        return np.diff(L[:, 1] - L[:, 0], n=2).item()

    A = np.random.default_rng(1).normal(size=(90, 5))
    assert abs(bend(A + [1, 0, 2, 0, 0])) < 1e-6  # the shift adds to epsilon, the same in both
    assert abs(bend(2 * A)) > 1


@every_model
def test_a_feature_that_comes_five_times_is_believed_five_times(Model):
    once = Model().fit(X[:, :1], y)
    if Model is MultinomialNB:  # one word alone has the share 1; pair it with another
        pair, many = X[:, :2], np.tile(X[:, :2], 5)
        once = Model(alpha=5).fit(pair, y)
        five = Model(alpha=5).fit(many, y)
    else:
        pair, many = X[:, :1], np.tile(X[:, :1], 5)
        five = Model().fit(many, y)

    def evidence(model, A):
        L = model.predict_log_proba(A) - model.class_log_prior_
        return L - L[:, :1]

    assert evidence(five, many) == pytest.approx(5 * evidence(once, pair), rel=1e-9, abs=1e-9)


def test_evidence_of_a_text_is_the_sum_of_the_evidence_of_its_words():
    model = MultinomialNB(fit_prior=False).fit(X, y)
    L = model.predict_log_proba(np.vstack([np.eye(5), [[3, 0, 1, 2, 0]]]))
    odds = L - L[:, :1]
    assert 3 * odds[0] + odds[2] + 2 * odds[3] == pytest.approx(odds[5])
    assert model.predict_log_proba(np.zeros((1, 5))) == pytest.approx(np.full((1, 3), -np.log(3)))


def test_two_categories_are_presence_and_absence():
    for alpha in (0, 1, 4):
        present = BernoulliNB(alpha=alpha).fit(X, y, s)
        category = CategoricalNB(alpha=alpha, min_categories=2).fit(X > 0, y, s)
        assert category.predict_log_proba(X > 0) == pytest.approx(present.predict_log_proba(X))


@every_counting_model
def test_smoothing_without_end_leaves_the_prior(Model):
    model = Model(alpha=1e13).fit(X, y)
    assert model.predict_proba(X) == pytest.approx(np.tile(model.class_prior_, (90, 1)), rel=1e-9)


@every_counting_model
@pytest.mark.parametrize("alpha", [0, 1e-12, 1e-11])
def test_hardly_any_smoothing_is_a_smoothing_of_one_in_ten_billion(Model, alpha):
    least = Model(alpha=1e-10).fit(X, y)
    assert (table(Model(alpha=alpha).fit(X, y)) == table(least)).all()
    assert not (table(Model(alpha=2e-10).fit(X, y)) == table(least)).all()


@pytest.mark.parametrize("var_smoothing", [0, 1e-33])
def test_the_floor_of_the_variance_is_not_below_1e_30(var_smoothing):
    model = GaussianNB(var_smoothing=var_smoothing).fit(X, y)
    assert model.epsilon_ == pytest.approx(1e-30 * X.var(axis=0).max(), rel=1e-12, abs=0)


@every_counting_model
def test_without_smoothing_a_zero_count_vetoes_and_stays_finite(Model):
    A, t = np.array([[1, 0], [1, 1], [0, 1], [0, 2]]), [0, 0, 1, 1]
    L = Model(alpha=0).fit(A, t).predict_log_proba(A)
    assert np.isfinite(L).all()
    assert L[0, 1] < -20 and abs(L[0, 0]) < 1e-9
    assert Model(alpha=0).fit(A, t).predict(A[[0, 2]]).tolist() == [0, 1]


@every_model
def test_given_priors_shift_the_log_odds_and_nothing_else(Model):
    prior = [0.7, 0.1, 0.2]
    name = "priors" if Model is GaussianNB else "class_prior"
    learned, given = Model().fit(X, y), Model(**{name: prior}).fit(X, y)
    assert given.class_prior_.tolist() == prior
    assert (table(given) == table(learned)).all()
    joint = learned.predict_log_proba(X) - learned.class_log_prior_ + np.log(prior)
    expected = joint - np.log(np.exp(joint).sum(axis=1, keepdims=True))
    assert given.predict_log_proba(X) == pytest.approx(expected, rel=1e-10, abs=1e-10)


@every_counting_model
def test_priors_that_are_not_learned_are_equal(Model):
    model = Model(fit_prior=False).fit(X, y, s)
    assert model.class_prior_ == pytest.approx(np.full(3, 1 / 3))
    given = Model(fit_prior=False, class_prior=[0.5, 0.25, 0.25]).fit(X, y)
    assert given.class_prior_.tolist() == [0.5, 0.25, 0.25]  # what is given goes first


@every_model
def test_priors_may_miss_the_sum_of_one_by_rounding_and_no_more(Model):
    name = "priors" if Model is GaussianNB else "class_prior"
    for rounding in (5e-9, -5e-9):
        prior = [0.5, 0.25, 0.25 + rounding]
        assert Model(**{name: prior}).fit(X, y).class_prior_.tolist() == prior
    for error in (2e-8, -2e-8):
        with pytest.raises(ValueError, match=f"{name} must be 3 numbers >= 0 with sum 1"):
            Model(**{name: [0.5, 0.25, 0.25 + error]}).fit(X, y)


@every_model
def test_a_prior_of_zero_forbids_a_class_without_nan(Model):
    model = Model(**{"priors" if Model is GaussianNB else "class_prior": [0.5, 0, 0.5]}).fit(X, y)
    L = model.predict_log_proba(X)
    assert (L[:, 1] == -np.inf).all() and np.isfinite(L[:, [0, 2]]).all()
    assert (model.predict_proba(X)[:, 1] == 0).all() and 1 not in model.predict(X)


@every_model
def test_the_order_of_rows_and_columns_and_the_names_of_classes_do_not_matter(Model):
    shuffle = np.random.default_rng(1).permutation
    model, rows, columns = Model().fit(X, y, s), shuffle(90), shuffle(5)
    names = np.array(["c", "b", "a"])
    other = Model().fit(X[rows][:, columns], names[y[rows]], s[rows])
    assert other.classes_.tolist() == ["a", "b", "c"]
    L = other.predict_log_proba(X[:, columns])[:, ::-1]
    assert model.predict_log_proba(X) == pytest.approx(L, rel=1e-11, abs=1e-13)
    assert (other.predict(X[:, columns]) == names[model.predict(X)]).all()


@every_model
def test_of_equally_probable_classes_the_first_is_named(Model):
    A = X[:64]  # means of so many whole numbers are exact, so the two classes are equal to the bit
    model = Model().fit(np.vstack([A, A]), np.repeat([4, 2], 64))
    assert (model.predict(X) == 2).all()


@every_model
@pytest.mark.parametrize("seed", range(6))
def test_a_weight_of_two_is_a_row_twice_and_a_weight_of_zero_a_row_less(Model, seed):
    rng = np.random.default_rng(seed)
    n, d, k = rng.integers(5, 60), rng.integers(1, 6), rng.integers(1, 4)
    A = rng.integers(0, 4, (n, d)).astype(float)
    t = rng.integers(0, k, n)
    w = rng.integers(0, 4, n)
    w[np.unique(t, return_index=True)[1]] = 2      # each class keeps a row
    rows = np.repeat(np.arange(n), w)
    weighty = smoothed(Model).fit(A, t, w)
    repeated = smoothed(Model).fit(A[rows], t[rows])
    assert_same(repeated, weighty)
    L = repeated.predict_log_proba(A)
    assert weighty.predict_log_proba(A) == pytest.approx(L, rel=1e-10, abs=1e-12)
    assert_same(smoothed(Model).fit(A, t, np.ones(n)), smoothed(Model).fit(A, t))


@every_model
@pytest.mark.parametrize("seed", range(4))
def test_weights_count_rows_batch_by_batch_too(Model, seed):
    rng = np.random.default_rng(seed)
    w = rng.integers(0, 4, 90)
    whole = smoothed(Model).fit(X, y, w)
    weighty, repeated = smoothed(Model), smoothed(Model)
    for batch in np.array_split(rng.permutation(90), 4):
        weighty.partial_fit(X[batch], y[batch], [0, 1, 2], w[batch])
        rows = np.repeat(batch, w[batch])
        repeated.partial_fit(X[rows], y[rows], [0, 1, 2])
    assert_same(weighty, whole)
    assert_same(repeated, whole)


@pytest.mark.parametrize(("Model", "strange"), [
    (GaussianNB, 1e300), (GaussianNB, -1e300), (GaussianNB, 1e-300), (MultinomialNB, 1e300),
    (BernoulliNB, 7), (CategoricalNB, 40), (CategoricalNB, 10**9),
])
@pytest.mark.parametrize("place", [0, 90])
def test_a_row_of_weight_zero_leaves_no_trace(Model, strange, place):
    A = np.insert(X, place, np.full(5, strange), axis=0)
    t = np.insert(y, place, 1)
    w = np.insert(np.ones(90), place, 0)
    known = Model().fit(X, y)
    fitted = Model().fit(A, t, w)
    in_batches = Model().partial_fit(A[:50], t[:50], [0, 1, 2], w[:50])
    in_batches.partial_fit(A[50:], t[50:], sample_weight=w[50:])
    for model in (fitted, in_batches):
        assert_same(model, known)
        assert model.predict_log_proba(X) == pytest.approx(known.predict_log_proba(X), rel=1e-10,
                                                           abs=1e-12)


def test_only_the_proportions_of_the_weights_matter_to_densities():
    model = GaussianNB().fit(X, y, s)
    for c in (1e-200, 1e-3, 1e200):
        scaled = GaussianNB().fit(X, y, c * s)
        assert scaled.class_prior_ == pytest.approx(model.class_prior_)
        assert table(scaled) == pytest.approx(table(model))


# what was learned can be read, and setting it changes the predictions or is impossible

LEARNED = {
    GaussianNB: ("theta_", "var_", "class_log_prior_"),
    MultinomialNB: ("feature_log_prob_", "class_log_prior_"),
    BernoulliNB: ("feature_log_prob_", "class_log_prior_"),
    CategoricalNB: ("feature_log_prob_", "class_log_prior_"),
}
WHAT_WAS_LEARNED = [(Model, name) for Model, names in LEARNED.items() for name in names]


@pytest.mark.parametrize(("Model", "name"), WHAT_WAS_LEARNED)
def test_what_predictions_are_made_from_cannot_be_set(Model, name):
    model = Model().fit(X, y)
    L = model.predict_log_proba(X)
    with pytest.raises(AttributeError, match=name):
        setattr(model, name, getattr(model, name))
    arrays = getattr(model, name)
    if not isinstance(arrays, tuple):
        arrays = (arrays,)
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    assert (model.predict_log_proba(X) == L).all()


def test_the_tables_of_the_categories_cannot_be_exchanged():
    model = CategoricalNB().fit(X, y)
    with pytest.raises(TypeError, match="item assignment"):
        model.feature_log_prob_[0] = np.zeros((3, 9))


def test_the_added_variance_cannot_be_set():
    with pytest.raises(AttributeError, match="epsilon_"):
        GaussianNB().fit(X, y).epsilon_ = 1


@every_model
@pytest.mark.parametrize("prior", [[0.7, 0.1, 0.2], [0.5, 0.5, 0.0]], ids=str)
def test_predictions_follow_a_prior_that_is_set(Model, prior):
    name = "priors" if Model is GaussianNB else "class_prior"
    given = Model(**{name: prior}).fit(X, y)
    model = Model().fit(X, y)
    model.class_prior_ = prior
    assert model.predict_log_proba(X) == pytest.approx(given.predict_log_proba(X))
    model.class_prior_ = np.full(3, 1 / 3)
    model.class_prior_[:] = prior                  # in place
    assert model.predict_log_proba(X) == pytest.approx(given.predict_log_proba(X))
    assert model.class_log_prior_[:2] == pytest.approx(np.log(prior[:2]))
    assert (model.partial_fit(X, y).class_prior_ == Model().fit(X, y).class_prior_).all()


@every_model
def test_before_fit_nothing_has_been_learned(Model):
    for name in (*LEARNED[Model], "class_prior_", "classes_", "n_features_in_"):
        assert not hasattr(Model(), name)


# partial_fit


@every_model
@pytest.mark.parametrize("order", [*itertools.permutations(range(4))], ids=str)
def test_batches_in_any_order_are_one_fit(Model, order):
    batches = [slice(0, 1), slice(1, 30), slice(30, 37), slice(37, 90)]
    model = Model()
    for i in order:
        model.partial_fit(X[batches[i]], y[batches[i]], [0, 1, 2])
    assert_same(model, Model().fit(X, y))
    assert model.predict_log_proba(X) == pytest.approx(
        Model().fit(X, y).predict_log_proba(X), rel=1e-12, abs=1e-14)


@every_model
def test_rows_one_at_a_time_are_one_fit(Model):
    mixed = np.random.default_rng(1).permutation(90)
    for rows in (np.arange(90), np.argsort(y), np.argsort(-y), mixed):
        model = Model()
        for i in rows:
            model.partial_fit(X[i:i + 1], y[i:i + 1], [0, 1, 2] if i == rows[0] else None)
        assert_same(model, Model().fit(X, y))


@every_model
def test_one_partial_fit_is_a_fit_and_fit_forgets_the_batches_before(Model):
    fresh = Model().fit(X, y)
    assert_same(Model().partial_fit(X, y, classes=[2, 0, 1, 1]), fresh)
    model = Model().partial_fit(X[:, :2], y + 5, classes=[5, 6, 7, 8]).fit(X, y)
    assert_same(model, fresh, rel=0)
    assert set(vars(model)) == set(vars(fresh))


@every_model
def test_a_class_may_come_in_a_later_batch(Model):
    first = y < 2
    model = Model().partial_fit(X[first], y[first], classes=[0, 1, 2])
    L = model.predict_log_proba(X)
    assert (L[:, 2] == -np.inf).all() and not np.isnan(L).any()
    assert 2 not in model.predict(X)
    assert_same(model.partial_fit(X[~first], y[~first]), Model().fit(X, y))


@pytest.mark.parametrize("offset", [0, 1e8, -1e8])
def test_means_of_a_hundred_million_keep_the_digits_of_a_spread_of_one(offset):
    rng = np.random.default_rng(1)
    A, t = offset + rng.normal(size=(60, 2)) + [0, 3], rng.integers(0, 2, 60)
    exact = [[Fraction(v) for v in A[t == c, j]] for c in (0, 1) for j in (0, 1)]
    means = [sum(v) / len(v) for v in exact]
    variances = [sum((x - m) ** 2 for x in v) / len(v) for v, m in zip(exact, means)]
    whole = [Fraction(v) for v in A[:, 0]], [Fraction(v) for v in A[:, 1]]
    largest = max(sum((x - sum(v) / 60) ** 2 for x in v) / 60 for v in whole)
    orders = [np.arange(60), np.argsort(t), np.argsort(A[:, 0]), rng.permutation(60)]
    for rows, size in itertools.product(orders, (1, 7, 60)):
        model = GaussianNB()
        for i in range(0, 60, size):
            part = rows[i:i + size]
            model.partial_fit(A[part], t[part], classes=[0, 1])
        true = [float(v + largest / 10**9) for v in variances]
        assert model.var_.ravel() == pytest.approx(true, rel=1e-12)  # NB.5, NB.8
        assert model.epsilon_ == pytest.approx(float(largest) * 1e-9, rel=1e-12, abs=0)
        assert model.theta_.ravel() == pytest.approx([float(m) for m in means], rel=1e-15,
                                                     abs=1e-14)


def test_the_floor_of_the_variance_is_that_of_all_data_seen():
    model = GaussianNB(var_smoothing=0.1)
    for size in (1, 1e3, 1e-3):
        model.partial_fit(X * size, y, classes=[0, 1, 2])
    everything = np.vstack([X, X * 1e3, X * 1e-3])
    assert model.epsilon_ == pytest.approx(0.1 * everything.var(axis=0).max())  # NB.6


@pytest.mark.parametrize("weighted", [False, True])
def test_a_class_without_rows_but_with_a_prior_takes_no_row_by_a_spike(weighted):
    model = GaussianNB(priors=[0.5, 0.4, 0.1])
    if weighted:
        seen = X[y < 2]
        model.fit(X, y, np.where(y < 2, 1.0, 0.0))
    else:
        seen = X
        model.partial_fit(X, y % 2, [0, 1, 2])
    assert model.theta_[2] == pytest.approx(seen.mean(axis=0), rel=1e-12)
    assert model.var_[2] == pytest.approx(seen.var(axis=0) + model.epsilon_, rel=1e-12)
    assert model.predict_proba(X)[:, 2].max() < 1 - 1e-6
    known = GaussianNB(priors=[0.5, 0.5]).fit(seen, y[y < 2] if weighted else y % 2)
    assert model.theta_[:2] == pytest.approx(known.theta_, rel=1e-12)
    assert model.var_[:2] == pytest.approx(known.var_, rel=1e-12)


def test_a_class_whose_rows_come_at_last_gets_a_bell_of_its_own():
    model = GaussianNB(priors=[0.5, 0.4, 0.1])
    for c in (1, 0, 2):
        model.partial_fit(X[y == c], y[y == c], [0, 1, 2])
    assert_same(model, GaussianNB(priors=[0.5, 0.4, 0.1]).fit(X, y))


def test_a_category_that_comes_later_widens_the_table():
    model = CategoricalNB().partial_fit([[0, 1], [1, 0]], [0, 1], classes=[0, 1])
    model.partial_fit([[4, 0], [0, 0]], [0, 1])
    assert model.n_categories_.tolist() == [5, 2]
    assert_same(model, CategoricalNB().fit([[0, 1], [1, 0], [4, 0], [0, 0]], [0, 1, 0, 1]))


@every_model
def test_the_names_of_the_columns_are_those_of_the_first_batch(Model):
    model = named(Model)
    assert model.feature_names_in_.tolist() == list("abcde")
    model.partial_fit(X, y).partial_fit(frame("abcde"), y)     # without names, with the same names
    assert model.feature_names_in_.tolist() == list("abcde")
    assert (model.predict(frame("abcde")) == model.predict(X)).all()
    nameless = Model().partial_fit(X, y, [0, 1, 2]).partial_fit(frame("abcde"), y)
    assert not hasattr(nameless, "feature_names_in_")
    assert not hasattr(model.fit(X, y), "feature_names_in_")   # a second fit forgets them
    assert model.fit(frame("edcba"), y).feature_names_in_.tolist() == list("edcba")


@pytest.mark.parametrize("unit", [1.0, 1e-200, 1e200])
def test_rows_one_at_a_time_are_one_fit_in_any_unit(unit):
    rows = np.random.default_rng(1).permutation(90)
    model = GaussianNB()
    for i in rows:
        model.partial_fit(unit * X[i:i + 1], y[i:i + 1], [0, 1, 2])
    whole = GaussianNB().fit(unit * X, y)
    assert model.theta_ == pytest.approx(whole.theta_, rel=1e-12, abs=0)
    L = whole.predict_log_proba(unit * X)
    assert model.predict_log_proba(unit * X) == pytest.approx(L, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("sizes", [*itertools.permutations([1e-200, 1.0, 1e200])], ids=str)
def test_batches_of_very_different_sizes_are_one_fit(sizes):
    model = GaussianNB()
    for size in sizes:
        model.partial_fit(size * X, y, [0, 1, 2])
    everything = np.vstack([size * X for size in sizes])
    whole = GaussianNB().fit(everything, np.tile(y, 3))
    L = whole.predict_log_proba(1e200 * X)
    assert model.predict_log_proba(1e200 * X) == pytest.approx(L, rel=1e-10, abs=1e-12)
    assert np.abs(L).max() > 0.1


# ten thousand features, one sample, small differences, unseen categories


@every_model
def test_ten_thousand_features_do_not_underflow(Model):
    rng = np.random.default_rng(2)
    t = np.repeat([0, 1], 20)
    A = rng.poisson(1 + 0.5 * (t[:, None] == np.arange(10_000) % 2)).astype(float)
    model = Model().fit(A[::2], t[::2])
    L, P = model.predict_log_proba(A[1::2]), model.predict_proba(A[1::2])
    assert (model.predict(A[1::2]) == t[1::2]).all()  # class 1 as well, not the first by default
    assert not np.isnan(L).any() and np.isfinite(L).all()
    assert P.sum(axis=1) == pytest.approx(np.ones(20))
    if Model is GaussianNB:
        densities = np.exp(-(A[1] - model.theta_)**2 / model.var_ / 2) / np.sqrt(model.var_)
        assert (densities.prod(axis=1) == 0).all()  # the product has nothing left to compare
    else:
        assert L.min() < -50


@every_model
def test_a_class_with_one_sample(Model):
    A, t = np.zeros((91, 6)), np.append(y, 3)
    A[:90, :5], A[90, 5] = X > 0, 3  # the last row alone has the last feature, and no other
    model = Model().fit(A, t)
    L = model.predict_log_proba(A)
    assert np.isfinite(L).all()
    assert model.predict(A[-1:]).tolist() == [3]
    assert model.class_prior_[3] == pytest.approx(1 / 91)
    if Model is GaussianNB:
        assert (model.theta_[3] == A[-1]).all()
        floor = np.full(6, 1e-9 * A.var(axis=0).max())
        assert model.var_[3] == pytest.approx(floor, rel=1e-12, abs=0)


def test_classes_that_differ_in_the_eighth_decimal_are_told_apart():
    A = np.array([[1e-8], [2e-8], [3e-8], [7e-8], [8e-8], [9e-8]])
    model = GaussianNB().fit(A, [0, 0, 0, 1, 1, 1])
    assert model.predict(A).tolist() == [0, 0, 0, 1, 1, 1]
    assert model.predict_proba(A).max(axis=1).min() > 0.999


def test_a_category_never_seen_gets_its_smoothed_share():
    A, t = np.array([[0, 1], [0, 3], [1, 0], [0, 0], [1, 1]]), np.array([0, 0, 0, 1, 1])
    for alpha in (1.0, 0.5):
        model = CategoricalNB(alpha=alpha).fit(A, t)
        assert model.n_categories_.tolist() == [2, 4]
        known = np.exp(model.feature_log_prob_[0][:, 0])
        for unseen, K in ((2, 4), (4, 4), (99, 4), (1e300, 4)):  # within K, next to it, beyond
            shares = alpha / (np.array([3, 2]) + alpha * K)  # NB.13 with N = 0
            joint = np.array([3, 2]) / 5 * known * shares
            assert model.predict_proba([[0, unseen]])[0] == pytest.approx(joint / joint.sum())


# raw ids: their tables would not fit into memory

IDS = {
    "an id of 1e9": ([[0], [10**9]], {}, "column 0 of X holds the category 1000000000,"),
    "the second column": ([[1, 0], [2, 3 * 10**8]], {}, "column 1 of X holds the category 3000"),
    "ids as floats": ([[1.0], [123456789012.0]], {}, "column 0 of X holds the category 123456"),
    "beyond integers": ([[0.0], [1e300]], {}, "column 0 of X holds the category 1000000000000000"),
    "many columns": (np.full((2, 50), 10**6), {}, r"holds the category 1000000, .* 1e\+08 numbers"),
    "a huge minimum": ([[0], [1]], {"min_categories": 10**9},
                       "column 0 has 1000000000 categories, by min_categories"),
    "one huge minimum": ([[0, 1], [1, 0]], {"min_categories": [2, 10**10]},
                         "column 1 has 10000000000 categories, by min_categories"),
}


@pytest.mark.parametrize("name", IDS)
def test_raw_ids_are_refused_before_any_table_is_made(name):
    ids, params, message = IDS[name]
    tracemalloc.start()
    for method in ("fit", "partial_fit"):
        model = CategoricalNB(**params)
        arguments = {} if method == "fit" else {"classes": [0, 1]}
        with pytest.raises(ValueError, match=message) as error:
            getattr(model, method)(ids, [0, 1], **arguments)
        assert "OrdinalEncoder" in str(error.value)
        assert not hasattr(model, "classes_")
    assert tracemalloc.get_traced_memory()[1] < 1e6
    tracemalloc.stop()


def test_ids_in_a_later_batch_are_refused_and_leave_the_model_as_it_was():
    model = CategoricalNB().partial_fit([[0], [1]], [0, 1], [0, 1])
    L = model.predict_log_proba([[0], [1], [10**9]])
    with pytest.raises(ValueError, match="column 0 of X holds the category 1000000000"):
        model.partial_fit([[0], [10**9]], [0, 1])
    assert (model.predict_log_proba([[0], [1], [10**9]]) == L).all()
    assert model.n_categories_.tolist() == [2]


def test_large_tables_of_the_batches_before_are_named_as_such(monkeypatch):
    model = CategoricalNB().partial_fit([[0, 0], [30, 0]], [0, 1], [0, 1])
    monkeypatch.setattr("naive_bayes._TABLES", 100)
    with pytest.raises(ValueError, match=r"column 0 has 31 categories, by .* the batches before"):
        model.partial_fit([[0, 0], [0, 25]], [0, 1])
    assert model.partial_fit([[0, 0], [0, 18]], [0, 1]).n_categories_.tolist() == [31, 19]


def test_the_limit_counts_all_classes_and_large_data_may_have_large_tables(monkeypatch):
    monkeypatch.setattr("naive_bayes._TABLES", 60)
    t = np.arange(20) % 3
    assert CategoricalNB().fit(np.arange(20)[:, None], t).n_categories_.tolist() == [20]
    with pytest.raises(ValueError, match=r"column 0 of X holds the category 20,.* 63 numbers"):
        CategoricalNB().fit(np.arange(1, 21)[:, None], t)
    wide = np.zeros((20, 10))                      # 200 numbers, so the tables may hold 200 too
    wide[0, 7] = 56                                # 3 classes, 9 columns of 1 and one of 57
    assert CategoricalNB().fit(wide, t).n_categories_[7] == 57
    wide[0, 7] = 58
    with pytest.raises(ValueError, match=r"column 7 of X holds the category 58,.* 204 numbers"):
        CategoricalNB().fit(wide, t)


def test_categories_may_be_announced():
    model = CategoricalNB(min_categories=[3, 7, 2, 2, 2]).fit(X % 3, y)
    assert model.n_categories_.tolist() == [3, 7, 3, 3, 3]
    assert [p.shape for p in model.feature_log_prob_] == [(3, K) for K in (3, 7, 3, 3, 3)]
    one = CategoricalNB(min_categories=9).fit(X % 3, y)
    assert one.n_categories_.tolist() == [9] * 5
    expected = np.log(1 / (np.bincount(y) + 9))
    assert one.feature_log_prob_[2][:, 8] == pytest.approx(expected)


def test_larger_than_binarize_is_present():
    for threshold in (0.0, 1.0, -1.0, 2.5):
        model = BernoulliNB(binarize=threshold).fit(X, y)
        ready = BernoulliNB(binarize=None).fit(X > threshold, y)
        assert (model.feature_count_ == ready.feature_count_).all()
        assert (model.predict_proba(X) == ready.predict_proba(X > threshold)).all()


# --- 3. frozen oracles ---

# scikit-learn 1.9.1, predict_log_proba: the row in the middle of the data, and for every class the
# mean over all rows of log(1 - log P), in which no single improbable row drowns the others.
# Categories are floor(X), of wine floor(X / 64).
ORACLES = {
    ("iris", GaussianNB): (
        [-215.2470011711, -0.01260806705434, -4.379715837547],
        [3.763197756404, 1.998019014816, 2.008985082608],
    ),
    ("iris", MultinomialNB): (
        [-2.858981766386, -0.6846963488483, -0.8245560806056],
        [1.122919611835, 0.6999343027398, 0.7607704049546],
    ),
    ("iris", BernoulliNB): (
        [-6.069710770274, -0.5937122264887, -0.80874919027],
        [1.232264483378, 0.9140845798754, 0.9257247259162],
    ),
    ("iris", CategoricalNB): (
        [-9.945470472921, -0.1714539958365, -1.848247075816],
        [1.584358982082, 1.328899107172, 1.334346238021],
    ),
    ("wine", GaussianNB): (
        [-26.97931348349, -1.950439809661e-12, -31.13963731535],
        [2.251195757368, 1.768367076937, 2.749632233657],
    ),
    ("wine", MultinomialNB): (
        [-1.631404182427, -0.9899213975542, -0.8376194534218],
        [2.005397079845, 1.593568842159, 1.702216552125],
    ),
    ("wine", BernoulliNB): (
        [-4.559430456965, -0.01375648783048, -5.746393408337],
        [1.234228083717, 0.9210979851052, 1.518004933115],
    ),
    ("wine", CategoricalNB): (
        [-2.931607824111, -0.8303251310274, -0.6718139415128],
        [0.9407610314165, 0.6844789871636, 0.8748746185696],
    ),
    ("digits", GaussianNB): (
        [-1567.884461982, -25.03347469977, -74.62142436223, -42.07164274275, -11705007.63018,
         -92.08519374763, -3120.751045078, -585198085.4931, -1.342925770587e-11, -36.84216818432],
        [7.793868706592, 5.045342960852, 5.201918991859, 4.90103964718, 10.36983413005,
         5.482782391631, 8.281765436271, 12.36950371596, 4.664854122662, 4.464171062407],
    ),
    ("digits", MultinomialNB): (
        [-208.303014565, -18.13274121688, -94.40121815019, -48.21241253098, -109.0061801681,
         -60.84443579246, -205.1708956861, -183.567604974, -1.538751348562e-08, -20.00508143352],
        [4.76397593312, 4.047886752196, 4.301939362559, 4.256464375052, 4.455279498882,
         4.267008650433, 4.602040795605, 4.583475187045, 3.776281034463, 4.03751827615],
    ),
    ("digits", BernoulliNB): (
        [-26.24310559038, -6.289245126387, -11.0646236001, -7.043727812475, -14.67899933446,
         -5.150403548262, -26.72197375643, -11.41743704123, -0.04059789749174, -3.466322618034],
        [2.979590135131, 2.476983344206, 2.597040144595, 2.518000313008, 2.761440395996,
         2.554344938334, 2.930141530622, 2.718203767818, 2.288014708441, 2.458888630113],
    ),
    ("digits", CategoricalNB): (
        [-37.6886849387, -6.283156954639, -21.29123453722, -19.26233069982, -24.73058580194,
         -15.1764090465, -26.69304701792, -19.28834113694, -0.01618015011245, -4.255768085963],
        [3.466409852642, 2.990801280649, 3.162131673826, 3.07163844051, 3.23237161373,
         3.072254039386, 3.34613548223, 3.141418876785, 2.904025510226, 2.997505485446],
    ),
}

DATA = {"iris": load_iris()[:2], "wine": load_wine()[:2], "digits": load_digits()[:2]}
THRESHOLD, WIDTH = {"iris": 3.0, "wine": 2.0, "digits": 7.5}, {"iris": 1, "wine": 64, "digits": 1}


def assert_frozen(L, frozen):
    row, means = frozen
    assert L[len(L) // 2] == pytest.approx(row, rel=1e-9, abs=1e-9)
    assert np.log1p(-L).mean(axis=0) == pytest.approx(means, rel=1e-9)


@pytest.mark.parametrize(("name", "Model"), ORACLES, ids=lambda v: getattr(v, "__name__", v))
def test_frozen_scikit_learn_fits_are_met(name, Model):
    A, t = DATA[name]
    A = np.floor(A / WIDTH[name]) if Model is CategoricalNB else A
    params = {"binarize": THRESHOLD[name]} if Model is BernoulliNB else {}
    assert_frozen(Model(**params).fit(A, t).predict_log_proba(A), ORACLES[name, Model])
    half = Model(**params).partial_fit(A[::2], t[::2], classes=np.unique(t))
    assert_frozen(half.partial_fit(A[1::2], t[1::2]).predict_log_proba(A), ORACLES[name, Model])


# The same on wine with other parameters, and weights 1, 2, 3, 1, 2, 3, ... save for the first,
# as the largest variance of NB.6 is weighted here and is not in scikit-learn.
GIVEN = [0.5, 0.3, 0.2]
OTHERS = [
    (GaussianNB(priors=GIVEN, var_smoothing=1e-3), (
        [-4.739754841445, -0.3419074855879, -1.269951344897],
        [1.00151031802, 1.028941061495, 1.264918551213],
    )),
    (GaussianNB(priors=GIVEN, var_smoothing=0), (
        [-26.15887375542, -4.401812248034e-12, -30.74639874514],
        [2.235597684707, 1.76683211251, 2.732330719789],
    )),
    (MultinomialNB(class_prior=GIVEN, alpha=0.1), (
        [-1.537253260582, -0.5283280233664, -1.632505364698],
        [1.972110330711, 1.539114951132, 1.733333566066],
    )),
    (BernoulliNB(fit_prior=False, binarize=2.0, alpha=0.5), (
        [-7.228794983229, -0.00168350286211, -6.952028935223],
        [1.364913343863, 0.9966666913434, 1.583790958043],
    )),
    (CategoricalNB(alpha=2.0, min_categories=30), (
        [-3.018335939215, -0.2792445165778, -1.6359740697],
        [1.015127403937, 0.4135901356199, 1.238607911146],
    )),
]


@pytest.mark.parametrize(("model", "frozen"), OTHERS, ids=[str(i) for i in range(5)])
def test_weighted_fits_with_other_parameters_are_those_of_scikit_learn(model, frozen):
    A, t = DATA["wine"]
    A = np.floor(A / 64) if isinstance(model, CategoricalNB) else A
    weighted = getattr(model, "var_smoothing", 0) == 0
    model = copy.deepcopy(model).fit(A, t, 1 + np.arange(178) % 3 if weighted else None)
    assert_frozen(model.predict_log_proba(A), frozen)


@pytest.mark.parametrize(("name", "Model", "errors"), [  # scikit-learn 1.9.1
    ("iris", GaussianNB, 6), ("wine", GaussianNB, 2), ("digits", GaussianNB, 255),
    ("iris", MultinomialNB, 7), ("wine", MultinomialNB, 23), ("digits", MultinomialNB, 170),
    ("iris", BernoulliNB, 42), ("wine", BernoulliNB, 39), ("digits", BernoulliNB, 182),
    ("iris", CategoricalNB, 10), ("wine", CategoricalNB, 43), ("digits", CategoricalNB, 79),
])
def test_the_rows_misjudged_are_as_many_as_there(name, Model, errors):
    A, t = DATA[name]
    A = np.floor(A / WIDTH[name]) if Model is CategoricalNB else A
    params = {"binarize": THRESHOLD[name]} if Model is BernoulliNB else {}
    assert (Model(**params).fit(A, t).predict(A) != t).sum() == errors


# --- 4. slow and obvious ---


def normalised(joint):
    top = max(joint)
    return [v - top - math.log(sum(math.exp(u - top) for u in joint)) for v in joint]  # NB.2


@pytest.mark.parametrize("seed", range(5))
def test_counting_row_by_row_finds_the_same(seed):
    rng = np.random.default_rng(seed)
    n, d, k, alpha = 40, 4, 3, float(rng.choice([0.1, 1, 2.5]))
    A, t, w = rng.integers(0, 4, (n, d)), rng.integers(0, k, n), rng.integers(0, 3, n)
    t[:k], w[:k] = range(k), 1
    K = [max(A[:, j]) + 1 for j in range(d)]
    for Model in MODELS[1:]:
        model = Model(alpha=alpha).fit(A, t, w)
        L = model.predict_log_proba(A)
        for i in range(0, n, 7):
            joint = []
            for c in range(k):
                rows = [r for r in range(n) if t[r] == c]
                W = sum(w[r] for r in rows)
                log_p = math.log(W / sum(w))
                total = sum(w[r] * A[r, j] for r in rows for j in range(d)) + alpha * d
                for j in range(d):
                    if Model is MultinomialNB:
                        N = sum(w[r] * A[r, j] for r in rows)
                        log_p += A[i, j] * math.log((N + alpha) / total)  # NB.9, NB.10
                    elif Model is BernoulliNB:
                        N = sum(w[r] for r in rows if (A[r, j] > 0) == (A[i, j] > 0))
                        log_p += math.log((N + alpha) / (W + 2 * alpha))  # NB.11, NB.12
                    else:
                        N = sum(w[r] for r in rows if A[r, j] == A[i, j])
                        log_p += math.log((N + alpha) / (W + alpha * K[j]))  # NB.13
                joint.append(log_p)
            assert L[i] == pytest.approx(normalised(joint), rel=1e-11, abs=1e-12)


@pytest.mark.parametrize("apart", [0.0, 10.0, 1e3, 1e5, 1e7])
@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_densities_one_by_one_find_the_same_near_the_middle_and_far_away(apart, offset):
    # Multiplied out, the squares of NB.7 would lose their digits where classes lie far apart.
    rng = np.random.default_rng(3)
    t = np.repeat([0, 1, 2], 20)
    A = offset + apart * (t == 2)[:, None] + rng.normal(size=(60, 3)) + t[:, None]
    model = GaussianNB(var_smoothing=0).fit(A, t)
    twin = [normalised(gaussian_log_joint(model, x)) for x in A.tolist()]
    assert model.predict_log_proba(A) == pytest.approx(np.array(twin), rel=1e-8, abs=1e-8)


def test_the_definition_of_a_gaussian_log_joint_is_the_density_of_normal_distributions():
    # Feature by feature: exp(-(z - m)² / (2 v)) / sqrt(2 pi v).
    Z = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.0]])
    mean = np.array([[1.0, 0.0], [0.0, 2.0]])
    var = np.array([[1.0, 4.0], [0.25, 9.0]])
    log_prior = np.log([0.3, 0.7])
    L = _gaussian_log_joint(Z, log_prior + _log_tops(var), mean, var)
    for c, i in itertools.product(range(2), range(3)):
        densities = np.exp(-((Z[i] - mean[c]) ** 2) / (2 * var[c])) / np.sqrt(2 * np.pi * var[c])
        assert np.exp(L[c, i]) == pytest.approx(np.exp(log_prior[c]) * densities.prod())


@pytest.mark.parametrize("n", [1, 7, 30_000])
def test_blocks_of_rows_leave_no_seam(n):
    rng = np.random.default_rng(4)
    A, t = rng.integers(0, 3, (n, 30)).astype(float), np.arange(n) % 4
    for Model in MODELS:
        model = Model().fit(A, t)
        L = model.predict_log_proba(A)
        some = np.unique(np.linspace(0, n - 1, 50).astype(int))
        alone = np.vstack([model.predict_log_proba(A[i:i + 1]) for i in some])
        assert L.shape == (n, min(n, 4))
        assert L[some] == pytest.approx(alone, rel=1e-10, abs=1e-11)
        if Model is GaussianNB:
            for c in range(min(n, 4)):
                assert model.theta_[c] == pytest.approx(A[t == c].mean(axis=0))
                assert model.var_[c] - model.epsilon_ == pytest.approx(
                    A[t == c].var(axis=0), abs=1e-12)
        elif Model is CategoricalNB:
            assert (model.category_count_[7].sum(axis=0) == np.bincount(
                A[:, 7].astype(int), minlength=model.n_categories_[7])).all()
        else:
            B = A if Model is MultinomialNB else A > 0
            assert model.feature_count_[0] == pytest.approx(B[t == 0].sum(axis=0))


@pytest.mark.parametrize("d", [1, 20, 500, 10_000, 300_000])
@pytest.mark.parametrize("k", [1, 3, 10, 100])
def test_blocks_are_small_and_so_are_products_with_the_classes(d, k):
    X = np.broadcast_to(0.0, (70_000, d))
    blocks = [*_row_blocks(X, k)]
    starts, stops = [rows.start for rows in blocks], [rows.stop for rows in blocks]
    assert starts == [0, *stops[:-1]] and stops[-1] == len(X)
    size = stops[0]
    assert size == 1 or size * d <= 10**5
    assert size <= 64 or size * d * k <= 2**19
    assert size == len(X) or (size + 1) * d > 10**5 or (size + 1) * d * k > 2**19


@every_model
@pytest.mark.parametrize("block", [1, 100, 2**30])
def test_the_size_of_a_block_changes_nothing(monkeypatch, block, Model):
    whole = Model().fit(X, y, s)
    L = whole.predict_log_proba(X)
    monkeypatch.setattr("naive_bayes._BLOCK", block)
    parts = Model().fit(X, y, s)
    assert_same(parts, whole)
    assert parts.predict_log_proba(X) == pytest.approx(L, rel=1e-11, abs=1e-13)


@every_model
def test_memory_is_bounded(Model):
    A = np.random.default_rng(0).integers(0, 9, (60_000, 50)).astype(float)  # 24 MB
    t = np.arange(60_000) % 3
    tracemalloc.start()
    Model().fit(A, t).predict(A)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12e6  # half of X


@pytest.mark.parametrize("Model", [MultinomialNB, BernoulliNB])
def test_whole_numbers_are_counted_without_a_copy_of_them_all(Model):
    A = np.random.default_rng(0).integers(0, 9, (60_000, 50))
    t = np.arange(60_000) % 3
    tracemalloc.start()
    model = Model().fit(A, t)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.4 * A.nbytes
    assert_same(model, Model().fit(A.astype(float), t))


@pytest.mark.parametrize("shift", [0.0, 1.0, 100.0, 200.0, 1e4])
@pytest.mark.parametrize("size", [1.0, 10.0, 1e6])
def test_the_squares_multiplied_out_are_the_squares(shift, size):
    # NB.7 against NB.4: with a shift of 1e4 the classes lie far from the middle, else near.
    rng = np.random.default_rng(5)
    t = np.arange(60) % 4
    A = rng.normal(size=(60, 3)) * [1, 3, 0.5] + (shift * t / 4)[:, None]
    model = GaussianNB(var_smoothing=0).fit(A, t)
    Q = size * rng.normal(size=(20, 3))
    twin = np.array([normalised(gaussian_log_joint(model, x)) for x in Q.tolist()])
    L = model.predict_log_proba(Q)
    largest = np.abs(np.maximum(twin, -1e300)).max(axis=1, keepdims=True)
    assert np.abs(L - twin).max() <= 1e-10 * largest.max()
    near = model._fast_bells.near
    assert near.all() == (shift < 200) and near.any() == (shift < 1e4)


# --- 5. bad input ---


def fit(Model=MultinomialNB, X=X, y=y, sample_weight=None, **params):
    return Model(**params).fit(X, y, sample_weight)


def more(**second):
    return GaussianNB().partial_fit(X, y, [0, 1, 2]).partial_fit(**{"X": X, "y": y, **second})


def holed(value):
    A = X.copy()
    A[3, 4] = value
    return A


def objects(value):
    """X as an array of objects, with one entry that is none of its numbers."""
    A = X.astype(object)
    A[3, 4] = value
    return A


def frame(names):
    """X as a table whose columns have these names."""
    return Frame(X, columns=list(names))


def named(Model=MultinomialNB):
    """A model that has seen one batch, a table with the columns a, b, c, d, e."""
    return Model().partial_fit(frame("abcde"), y, [0, 1, 2])


G, B, C = GaussianNB, BernoulliNB, CategoricalNB
V, T, R = ValueError, TypeError, RuntimeError
BAD = {
    "negative alpha": (lambda: fit(alpha=-1), V, "alpha must be >= 0, got -1"),
    "alpha is nan": (lambda: fit(B, alpha=np.nan), V, "alpha must be >= 0, got nan"),
    "alpha is infinite": (lambda: fit(C, alpha=np.inf), V, "alpha must be >= 0 and finite"),
    "alpha is a string": (lambda: fit(alpha="1"), T, "alpha must be a number, got '1'"),
    "alpha is a bool": (lambda: fit(alpha=True), T, "alpha must be a number, got True"),
    "negative floor": (lambda: fit(G, var_smoothing=-1), V, "var_smoothing must be >= 0, got -1"),
    "floor is None": (lambda: fit(G, var_smoothing=None), T, "var_smoothing must be a number"),
    "threshold is nan": (lambda: fit(B, binarize=np.nan), V, "binarize must be .* got nan"),
    "threshold is beyond float64": (lambda: fit(B, binarize=-(10**400)), V,
                                    "binarize must be finite, got -1000"),
    "threshold is a word": (lambda: fit(B, binarize="no"), T, "binarize must be a number"),
    "not yet binary": (lambda: fit(B, binarize=None), V, "X must hold nothing but 0 and 1"),
    "too few priors": (lambda: fit(G, priors=[0.5, 0.5]), V, "priors must be 3 numbers"),
    "priors of sum 2": (lambda: fit(G, priors=[1, 0.5, 0.5]), V, "priors must be .* sum 1"),
    "a negative prior": (lambda: fit(class_prior=[1, 1, -1]), V, "class_prior must be 3 numbers"),
    "priors are words": (lambda: fit(class_prior=list("abc")), T, "class_prior must be .* numbers"),
    "a prior is nan": (lambda: fit(G, priors=[np.nan, 1, 0]), V, "priors contains NaN"),
    "negative counts": (lambda: fit(X=-X), V, "Negative values in data passed to MultinomialNB"),
    "a negative count": (lambda: fit(X=holed(-2)), V, "MultinomialNB: column 4 holds -2"),
    "a negative category": (lambda: fit(C, holed(-1)), V, r"CategoricalNB: column 4 holds -1\.0"),
    "half a category": (lambda: fit(C, holed(0.5)), V, r"X must hold cat.* column 4 holds 0\.5"),
    "no categories": (lambda: fit(C, min_categories=0), V, "min_categories must be an integer"),
    "half of two": (lambda: fit(C, min_categories=2.5), V, "min_categories .* got 2.5"),
    "half of one": (lambda: fit(C, min_categories=[2, 2, 2.5, 2, 2]), V, "min_categories must be"),
    "one below 1": (lambda: fit(C, min_categories=[2, 2, 2, 0, 2]), V, "min_categories must be"),
    "too few minima": (lambda: fit(C, min_categories=[2, 2]), V, "one for each of the 5 features"),
    "minimum of words": (lambda: fit(C, min_categories="x"), T, "min_categories must be"),
    "flat X": (lambda: fit(X=y), V, r"non-empty 2-D array, got shape \(90,\)\. Reshape"),
    "3-D X": (lambda: fit(X=X[None]), V, r"non-empty 2-D array, got shape \(1, 90, 5\)"),
    "no rows": (lambda: fit(X=X[:0], y=y[:0]), V, r"0 sample\(s\), 5 feature\(s\)"),
    "no columns": (lambda: fit(X=X[:, :0]), V, r"90 sample\(s\), 0 feature\(s\)"),
    "nan in X": (lambda: fit(G, holed(np.nan)), V, "X contains NaN or infinity"),
    "infinity in X": (lambda: fit(G, holed(-np.inf)), V, "X contains NaN or infinity"),
    "strings in X": (lambda: fit(X=[["a"], ["b"]], y=[1, 2]), T, "X must be .* array of numbers"),
    "ragged X": (lambda: fit(X=[[1, 2], [3]], y=[1, 2]), V, "X must be .* the same length"),
    "complex X": (lambda: fit(X=X + 1j), V, "Complex data not supported: X must hold"),
    "sparse X": (lambda: fit(X=Sparse(X)), T, r"X is a sparse matrix.* X\.toarray\(\)"),
    "text in X": (lambda: fit(X=objects("red")), T, r"column 4 holds text: X\[3, 4\] is 'red'"),
    "text in X of counts": (lambda: fit(B, objects("red")), T, "column 4 holds text"),
    "dates in X": (lambda: fit(G, X.astype("datetime64[D]")), T, "column 0 holds a date"),
    "a date in X": (lambda: fit(C, objects(datetime.date(2020, 1, 1))), T, "column 4 holds a date"),
    "X is None": (lambda: fit(X=None), V, "X is None"),
    "None in X": (lambda: fit(G, objects(None)), V, r"X\[3, 4\] is None"),
    "pd.NA in X": (lambda: fit(C, objects(NA)), V, "4 holds a missing value"),
    "masked X": (lambda: fit(X=np.ma.masked_equal(X, 1)), V, "X is a masked array"),
    "10**400 in X": (lambda: fit(G, objects(10**400)), V, "column 4 holds a number beyond the ran"),
    "words in X": (lambda: fit(G, X.astype(str)), T, "X must be an array of numbers"),
    "y too short": (lambda: fit(y=y[:-1]), V, r"y should be .* shape \(90,\), got \(89,\)"),
    "two columns of y": (lambda: fit(y=X[:, :2]), V, r"shape \(90,\), got \(90, 2\)"),
    "no y": (lambda: fit(y=None), V, "requires y to be passed, but the target y is None"),
    "one label": (lambda: fit(y=3), V, r"y should be a 1d array .* got \(\)"),
    "masked y": (lambda: fit(y=np.ma.masked_equal(y, 1)), V, "y is a masked array"),
    "a missing label": (lambda: fit(y=["a", float("nan"), "b"] * 30), V, "y holds a missing label"),
    "None for a label": (lambda: fit(y=["a", None, "b"] * 30), V, "y holds a missing label"),
    "words and numbers": (lambda: fit(y=["a", 1, "b"] * 30), T, "y mixes strings with other"),
    "numbers for classes": (lambda: fit(y=y + 0.5), V, "Unknown label type: y is continuous"),
    "nan in y": (lambda: fit(y=y * np.nan), V, "y contains NaN or infinity"),
    "labels of two kinds": (lambda: fit(y=np.array(["a", 1, 2] * 30, object)), T,
                            "y mixes strings"),
    "too few weights": (lambda: fit(sample_weight=[1]), V, r"sample_weight .* got \(1,\)"),
    "a negative weight": (lambda: fit(sample_weight=s - 1), V, "sample_weight must be >= 0"),
    "all weights zero": (lambda: fit(G, sample_weight=0 * s), V, "not all zero"),
    "nan weight": (lambda: fit(sample_weight=s * np.nan), V, "sample_weight contains NaN"),
    "masked weights": (lambda: fit(sample_weight=np.ma.masked_equal(s, 1)), V,
                       "sample_weight is a masked array"),
    "weights are words": (lambda: fit(sample_weight=["a"] * 90), T, "sample_weight must be .* num"),
    "fit_prior is a word": (lambda: fit(fit_prior="no"), T, "fit_prior must be True or False, got"),
    "fit_prior is 0": (lambda: fit(B, fit_prior=0), T, "fit_prior must be True or False, got 0"),
    "fit_prior is None": (lambda: fit(C, fit_prior=None), T, "fit_prior must be True or False"),
    "threshold is False": (lambda: fit(B, binarize=False), T, "binarize must be a number, got Fal"),
    "threshold is empty": (lambda: fit(B, binarize=""), T, "binarize must be a number, got ''"),
    "predict unfitted": (lambda: G().predict(X), R, "GaussianNB is not fitted: call fit first"),
    "classes not named": (lambda: G().partial_fit(X, y), V, "classes must name all classes"),
    "no class named": (lambda: G().partial_fit(X, y, []), V, "classes must name all classes"),
    "other classes later": (lambda: more(classes=[0, 1]), V, r"classes=\[0 1\] is not the same"),
    "classes missing": (lambda: G().partial_fit(X, y, [0, 1, np.nan]), V, "classes holds a mis"),
    "classes of two kinds": (lambda: G().partial_fit(X, y, [0, "a"]), T, "classes mixes strings"),
    "masked classes": (lambda: G().partial_fit(X, y, np.ma.masked_equal([0, 1, 2], 1)), V,
                       "classes is a masked array"),
    "words later": (lambda: more(y=np.array(["0", "1", "2"])[y]), V, "y has the label .*0"),
    "objects later": (lambda: more(y=np.array(["0", "1", "2"], dtype=object)[y]), V, "y has lab"),
    "a class not named": (lambda: C().partial_fit(X, y, [0, 1]), V, "y has the label .*2"),
    "a new class later": (lambda: more(y=y + 1), V, r"y has the label .*3.*are \[0 1 2\]"),
    "narrow batch": (lambda: more(X=X[:, :4]), V, "X has 4 features.*: fit saw 5"),
    "narrow square batch": (lambda: fit(B).partial_fit(X[:5, :4], y[:5]), V, "X has 4 features"),
    "wide square batch": (lambda: fit().partial_fit(np.ones((5, 6)), y[:5]), V, "X has 6 features"),
    "other columns later": (lambda: named(G).partial_fit(frame("abxde"), y), V, "feature names"),
    "other order later": (lambda: named(C).partial_fit(frame("bacde"), y), V, "feature names"),
    "other order of counts": (lambda: named(B).partial_fit(frame("bacde"), y), V, "feature names"),
    "other order": (lambda: named(G).predict(frame("abced")), V, r"X\[model\.feature_names_in_\]"),
    "other names": (lambda: named().predict_proba(frame("ABCDE")), V, "feature names should match"),
    "predict narrow": (lambda: fit().predict(X[:, :4]), V, "X has 4 features.*: fit saw 5"),
    "predict flat": (lambda: fit(G).predict(X[0]), V, r"X\.reshape\(1, -1\) one sample"),
    "predict nan": (lambda: fit(B).predict_proba(holed(np.nan)), V, "X contains NaN or infinity"),
    "predict negative": (lambda: fit().predict_log_proba(holed(-2)), V, "Negative values"),
    "predict a half": (lambda: fit(C).predict(holed(1.5)), V, "X must hold categories"),
    "predict not binary": (lambda: fit(B, X > 0, binarize=None).predict(X), V, "nothing but 0 and"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_met_at_the_door(name):
    call, error, message = BAD[name]
    with pytest.raises(error, match=message):
        call()


@every_model
@pytest.mark.parametrize("method", ["predict", "predict_proba", "predict_log_proba"])
def test_a_model_that_is_not_fitted_says_so(Model, method):
    with pytest.raises(RuntimeError, match=f"{Model.__name__} is not fitted: call fit first"):
        getattr(Model(), method)(X)


@pytest.mark.parametrize(("model", "bad"), [
    (MultinomialNB(), -X), (CategoricalNB(), X + 0.5), (CategoricalNB(), -X),
    (BernoulliNB(binarize=None), X > 0),
], ids=lambda v: type(v).__name__)
def test_rows_that_only_this_kind_refuses_leave_it_as_it_was(model, bad):
    good = np.minimum(X, 1)
    model = copy.deepcopy(model).fit(good, y)
    L, bad = model.predict_log_proba(good), bad if bad.dtype == float else X
    for method, labels in ((model.fit, y + 5), (model.partial_fit, y)):
        with pytest.raises(ValueError, match=r"Negative values|X must hold"):
            method(bad, labels)
        assert (model.predict_log_proba(good) == L).all() and model.classes_.tolist() == [0, 1, 2]


@pytest.mark.parametrize("Model", [MultinomialNB, BernoulliNB])
@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_counts_are_checked_to_the_last_block(monkeypatch, Model, number):
    monkeypatch.setattr("naive_bayes._BLOCK", 1)
    model = Model().fit(X, y)
    A, before = np.array(X, dtype=float), vars(model).copy()
    A[-1, -1] = number
    for learn in (model.fit, model.partial_fit):
        with pytest.raises(ValueError, match="X contains NaN or infinity"):
            learn(A, y)
        assert vars(model) == before


@pytest.mark.parametrize("Model", [MultinomialNB, BernoulliNB])
def test_a_number_that_is_not_finite_is_named_by_its_row_in_the_whole_table(monkeypatch, Model):
    monkeypatch.setattr("naive_bayes._BLOCK", 10)      # two rows of five numbers
    A = X.copy()
    A[77, 3] = np.inf
    with pytest.raises(ValueError, match=r"X\[77, 3\] is inf"):
        Model().fit(A, y)


@every_model
def test_help_and_errors_name_the_class(Model):
    for method in (Model.__init__, Model.fit):
        assert method.__qualname__.startswith(Model.__name__)
    assert inspect.signature(Model.fit).return_annotation == Model.__name__
    with pytest.raises(TypeError, match=rf"{Model.__name__}\.fit\(\) missing"):
        Model().fit(X)
    for method in ("partial_fit", "predict", "predict_proba", "predict_log_proba"):
        assert "GaussianNB" not in getattr(Model, method).__qualname__


@every_model
def test_a_failed_fit_leaves_the_earlier_fit_usable(Model):
    model = Model().fit(X, y)
    name = "var_smoothing" if Model is GaussianNB else "alpha"
    before, L = copy.deepcopy(vars(model)), model.predict_log_proba(X)
    for bad in (
        lambda: model.fit(X[:, :3], y[:-1]),
        lambda: model.fit(holed(np.nan)[:, 2:], y),
        lambda: model.fit(X[:, :2], y, -s),
        lambda: model.partial_fit(X, y + 1),
        lambda: model.partial_fit(X[:, :2], y),
        lambda: model.partial_fit(X, y, classes=[0, 1, 2, 3]),
        lambda: setattr(model, name, -1) or model.fit(X[:, :3], y),
        lambda: model.partial_fit(X, y),
    ):
        with pytest.raises(ValueError):
            bad()
        assert (model.predict_log_proba(X) == L).all()
        assert set(vars(model)) == set(before)
    setattr(model, name, before[name])
    assert_same(model.partial_fit(X[:50], y[:50]),
                Model().fit(np.vstack([X, X[:50]]), np.append(y, y[:50])))


# --- 6. robustness ---


@every_model
def test_the_constructor_stores_its_arguments_and_does_nothing_else(Model):
    defaults = {k: p.default for k, p in inspect.signature(Model).parameters.items()}
    assert vars(Model()) == defaults
    strange = {name: object() for name in defaults}
    nothing = dict.fromkeys(defaults)
    assert vars(Model(**strange)) == strange
    assert vars(Model(**nothing)) == nothing


DEFAULTS = {
    GaussianNB: {"priors": None, "var_smoothing": 1e-9},
    MultinomialNB: {"alpha": 1.0, "fit_prior": True, "class_prior": None},
    BernoulliNB: {"alpha": 1.0, "binarize": 0.0, "fit_prior": True, "class_prior": None},
    CategoricalNB: {"alpha": 1.0, "fit_prior": True, "class_prior": None, "min_categories": None},
}


@every_model
def test_the_defaults_are_those_of_the_table_and_of_the_docstring(Model):
    signature = inspect.signature(Model).parameters.values()
    assert {p.name: p.default for p in signature} == DEFAULTS[Model]
    assert all(p.kind is p.KEYWORD_ONLY for p in signature)
    assert documented_defaults(Model) == DEFAULTS[Model]
    later = inspect.signature(Model.partial_fit).parameters
    assert [p.default for p in later.values()][-2:] == [None, None]
    assert [*later][-2:] == ["classes", "sample_weight"]


@every_model
def test_fit_returns_the_model_and_leaves_its_hyperparameters_alone(Model):
    name = "priors" if Model is GaussianNB else "class_prior"
    model = Model(**{name: [0.5, 0.25, 0.25]})
    given = dict(vars(model))
    assert model.fit(X, y) is model and model.partial_fit(X, y) is model
    assert all(vars(model)[name] is value for name, value in given.items())
    assert given[name] == [0.5, 0.25, 0.25]


@every_model
def test_one_row_is_predicted_by_its_own_label(Model):
    model = Model().fit([[1, 2]], ["only"])
    assert model.predict([[7, 0], [1, 2]]).tolist() == ["only", "only"]
    assert model.predict_proba([[7, 0]]).tolist() == [[1.0]]
    assert model.predict_log_proba([[7, 0]]).tolist() == [[0.0]]


@every_model
def test_rows_that_all_come_twice_change_only_the_smoothing(Model):
    params = {} if Model is GaussianNB else {"alpha": 2}
    twice = Model(**params).fit(np.vstack([X, X]), np.tile(y, 2))
    once = Model().fit(X, y)
    assert twice.predict_log_proba(X) == pytest.approx(once.predict_log_proba(X), rel=1e-10)


@every_model
@pytest.mark.parametrize("value", [0.0, 2.0])
def test_equal_rows_with_different_labels_leave_the_prior(Model, value):
    A = np.full((90, 4), value)
    params = {"alpha": 0} if Model in (BernoulliNB, CategoricalNB) else {}
    model = Model(**params).fit(A, y)
    assert model.predict_proba(A) == pytest.approx(np.tile(np.bincount(y) / 90, (90, 1)))
    if Model is GaussianNB:
        assert model.epsilon_ == 1 and (model.var_ == 1).all()


@every_model
@pytest.mark.parametrize("value", [0.0, 1.0, 3.0])
def test_a_constant_column_has_no_say(Model, value):
    if Model is MultinomialNB:
        value = 0.0  # a word in every text counts in the total; one in none does not
    A = np.column_stack([X[:, :2], np.full(90, value), X[:, 2:]])
    params = {} if Model is GaussianNB else {"alpha": 0}
    t = y if Model in (GaussianNB, MultinomialNB) else np.arange(90) % 3  # classes of equal size
    model, without = Model(**params).fit(A, t), Model(**params).fit(X, t)
    L = model.predict_log_proba(A)
    assert np.isfinite(L).all()
    assert L == pytest.approx(without.predict_log_proba(X), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("n", [1, 2, 90])
@pytest.mark.parametrize("value", [0.0, 3.0, 1e30, -1e300])
@pytest.mark.parametrize("batches", [1, 2])
def test_rows_that_are_all_equal_leave_the_prior_to_any_other_row(n, value, batches):
    A = np.full((n, 3), value) * [1, 0, 2]
    t = np.arange(n) % 3 // 2                              # two of three are 0
    model = GaussianNB()
    for _ in range(batches):
        model.partial_fit(A, t, classes=[0, 1])
    assert model.epsilon_ == 1 and (model.var_ == 1).all()
    others = np.vstack([A[:1], A[:1] + 1, 0 * A[:1], 1e10 * np.eye(3), np.eye(3) / 1e9])
    prior = np.bincount(t, minlength=2) / n
    assert model.predict_proba(others) == pytest.approx(np.tile(prior, (9, 1)))


def test_equal_variances_leave_a_line_however_far_the_row():
    # Bells of variance 1 about 0 and 2 (and a small epsilon): the log-odds of class 1 are 2 x - 2.
    model = GaussianNB().fit([[-1], [1], [1], [3]], [0, 0, 1, 1])
    for x in (1 + 1e-9, 1.5, -300.0, 1e6, 1e9, -1e12, 1e100):
        L = model.predict_log_proba([[x]])[0]
        assert L[1] - L[0] == pytest.approx((2 * x - 2) / model.var_[0, 0], rel=1e-7)


@pytest.mark.parametrize("value", [1e10, -1e300, 1e300])
@pytest.mark.parametrize("scale", [1.0, 1e-170, 1e-280])
def test_a_constant_column_may_be_of_another_size_than_the_rest(value, scale):
    A = scale * X
    model = GaussianNB().fit(np.insert(A, 2, value, axis=1), y)
    without = GaussianNB().fit(A, y)
    L = without.predict_log_proba(A)
    assert model.predict_log_proba(np.insert(A, 2, value, axis=1)) == pytest.approx(L, rel=1e-9)
    if scale == 1:
        assert model.epsilon_ == pytest.approx(without.epsilon_, rel=1e-12, abs=0)


def test_numbers_may_reach_from_one_end_of_the_floats_to_the_other():
    A = np.array([[-1.7e308], [-1.6e308], [-1.5e308], [1.5e308], [1.6e308], [1.7e308]])
    model = GaussianNB().fit(A, [0, 0, 0, 1, 1, 1])
    assert model.theta_.ravel() == pytest.approx([-1.6e308, 1.6e308])
    assert model.predict(A).tolist() == [0, 0, 0, 1, 1, 1]
    assert model.predict([[-1e308], [1e308], [0.1e308]]).tolist() == [0, 1, 1]


def test_weights_may_differ_by_any_factor():
    model = GaussianNB().fit([[0], [1], [5], [6]], [0, 0, 1, 1], [1, 1, 1e-150, 1e-150])
    assert model.theta_.ravel() == pytest.approx([0.5, 5.5])
    assert model.class_prior_.tolist() == [1, 1e-150]
    P = GaussianNB().fit([[0], [1]], [0, 1], [1, 1e-300]).predict_proba([[0], [1]])
    assert np.isfinite(P).all() and P.sum(axis=1) == pytest.approx([1, 1])


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("first", ["min", "max"])
def test_the_first_row_may_be_the_lowest_or_the_highest(sign, first):
    order = np.argsort(X[:, 0])
    rows = order if first == "min" else order[::-1]
    A, t = sign * 1e200 * X[rows, :1], y[rows]
    L = GaussianNB().fit(X[:, :1], y).predict_log_proba(X[rows, :1])
    assert GaussianNB().fit(A, t).predict_log_proba(A) == pytest.approx(L, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("c", [1e-8, 1e-3, 1e3, 1e8, 1e-100, 1e100, 1e-300, 1e300])
def test_units_may_be_of_any_size(c):
    iris, species = load_iris()[:2]
    model, scaled = GaussianNB().fit(iris, species), GaussianNB().fit(c * iris, species)
    L = scaled.predict_log_proba(c * iris)
    assert L == pytest.approx(model.predict_log_proba(iris), rel=1e-9, abs=1e-9)
    assert scaled.theta_ / c == pytest.approx(model.theta_)
    if 1e-150 < c < 1e150:  # beyond, a variance in these units is no number
        assert scaled.var_ / c / c == pytest.approx(model.var_, rel=1e-12)
        assert scaled.epsilon_ / c / c == pytest.approx(model.epsilon_, rel=1e-12, abs=0)
        assert model.epsilon_ == pytest.approx(1e-9 * iris.var(axis=0).max(), rel=1e-12, abs=0)
        batches = GaussianNB().partial_fit(c * iris[::2], species[::2], [0, 1, 2])
        assert_same(batches.partial_fit(c * iris[1::2], species[1::2]), scaled)


def test_counts_may_be_fractions_of_any_size():
    for c in (1e-300, 1e-3, 1e3, 1e300):
        scaled = MultinomialNB(alpha=max(c, 1e-10)).fit(X * c, y)
        if c > 1e-10:  # below, alpha is raised to 1e-10
            assert scaled.feature_log_prob_ == pytest.approx(
                MultinomialNB().fit(X, y).feature_log_prob_)
            assert np.isfinite(scaled.predict_log_proba(X)).all()
        else:  # beside which such counts are nothing: all words are alike, the prior remains
            assert scaled.predict_proba(X) == pytest.approx(
                np.tile(np.bincount(y) / 90, (90, 1)), rel=1e-12)


@pytest.mark.parametrize("far", [1e10, 1e155, 1e200, 1e308])
def test_a_row_far_from_everything_belongs_to_the_class_that_is_widest_there(far):
    A = X + np.arange(90)[:, None] / 90
    model = GaussianNB().fit(A, y)
    ways = np.vstack([np.eye(5), np.ones(5), [1, 0, -1, 0, 0], [1, -1, 0, 0, 1]])
    # Seen from there all means are one point, and only the squares over the variances are left.
    squares = [(ways**2 / A[y == c].var(axis=0)).sum(axis=1) for c in range(3)]
    widest = np.argmin(squares, axis=0)
    assert set(widest) == {0, 1, 2}
    for rows in (far * ways, -far * ways):
        P = model.predict_proba(rows)
        assert not np.isnan(P).any() and P.sum(axis=1) == pytest.approx(np.ones(8))
        assert (P.argmax(axis=1) == widest).all() and (model.predict(rows) == widest).all()


@every_model
def test_predictions_change_nothing_in_the_model(Model):
    model = Model().fit(X, y)
    first = model.predict_log_proba(X)
    model.predict(10 * X + 7), model.predict_proba(X[:1])
    assert (model.predict_log_proba(X) == first).all()


@every_model
@pytest.mark.parametrize("form", FORMS)
def test_any_form_of_the_same_numbers_gives_the_same_fit(form, Model):
    model, other = Model().fit(X, y, s), Model()
    other.fit(FORMS[form](X), y.tolist(), s.astype(int).tolist())
    assert_same(other, model)
    P = other.predict_proba(FORMS[form](X))
    assert P == pytest.approx(model.predict_proba(X), rel=1e-11) and P.dtype == float


@every_model
@pytest.mark.parametrize("names", [
    ["x", "yy", "z"], [True, False, True], [-7, 3, 10**12], [1.0, 2.0, 3.0],
    np.array(["p", "q", "r"], dtype=object),
], ids=str)
def test_labels_of_any_kind_come_back_as_they_were(Model, names):
    labels = np.asarray(names)[y]
    model = Model().fit(X > 0, labels[:, None])  # a column of labels, and features that are bools
    assert (model.classes_ == np.unique(labels)).all()
    assert model.predict(X > 0).dtype == labels.dtype
    assert set(model.predict(X > 0)) <= set(labels)


@every_model
def test_a_row_predicts_the_same_alone_as_in_company(Model):
    model = Model().fit(X, y)
    # Rows like those of the training, and rows like none of them. Company must not matter.
    foreign = np.vstack([X + 30, 1000 * X, np.zeros((3, 5)), np.full((3, 5), 1e6)])
    rows = np.vstack([X[:40], foreign])
    order = np.random.default_rng(1).permutation(len(rows))
    L = model.predict_log_proba(rows)
    alone = np.vstack([model.predict_log_proba(row[None]) for row in rows])
    assert alone == pytest.approx(L, rel=1e-11, abs=1e-12)
    assert model.predict_log_proba(rows[order]) == pytest.approx(L[order], rel=1e-11, abs=1e-12)
    labels = model.predict(rows)
    assert [model.predict(row[None])[0] for row in rows] == labels.tolist()
    assert model.predict(rows[order]).tolist() == labels[order].tolist()
    assert model.predict(rows[40:]).tolist() == labels[40:].tolist()


@every_model
def test_input_is_left_as_it_was_and_later_changes_do_not_reach_the_model(Model):
    prior = np.array([0.2, 0.3, 0.5])
    name = "priors" if Model is GaussianNB else "class_prior"
    A, t, w, classes = X.copy(), y.copy(), s + 1, np.array([0, 1, 2])
    model = Model(**{name: prior}).partial_fit(A, t, classes, w)
    model.partial_fit(A, t, classes, w)
    L, learned = model.predict_log_proba(A), table(model)
    model.predict(A)
    assert (A == X).all() and (t == y).all() and (w == s + 1).all()
    assert prior.tolist() == [0.2, 0.3, 0.5] and classes.tolist() == [0, 1, 2]
    A[:], t[:], w[:], classes[:], prior[:] = 0, 0, 0, 0, 0
    assert (model.predict_log_proba(X) == L).all() and model.classes_.tolist() == [0, 1, 2]
    assert model.class_prior_.tolist() == [0.2, 0.3, 0.5]
    assert (table(model) == learned).all()
    prior[:] = [0.2, 0.3, 0.5]
    model.partial_fit(X, y, sample_weight=s + 1)
    three, labels, weights = np.vstack([X] * 3), np.tile(y, 3), np.tile(s + 1, 3)
    others = Model(**{name: [0.2, 0.3, 0.5]}).fit(three, labels, weights)
    assert table(model) == pytest.approx(table(others), rel=1e-12)


@every_model
def test_a_second_fit_forgets_the_first(Model):
    used, fresh = Model().fit(X, y).fit(X[:, :3], y // 2, s), Model().fit(X[:, :3], y // 2, s)
    assert set(vars(used)) == set(vars(fresh)) and used.n_features_in_ == 3
    assert_same(used, fresh, rel=0)


@every_model
@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_a_model_survives_pickle_and_deepcopy(duplicate, Model):
    model = Model().fit(X, y)
    twin = duplicate(model)
    assert (twin.predict_log_proba(X) == model.predict_log_proba(X)).all()
    assert set(vars(twin)) == set(vars(model))
    assert_same(twin.partial_fit(X, y), model.partial_fit(X, y), rel=0)


def test_nothing_is_drawn_from_the_global_generator():
    before = str(np.random.get_state())  # noqa: NPY002
    for Model in MODELS:
        assert (Model().fit(X, y).predict(X) == Model().fit(X, y).predict(X)).all()
    assert str(np.random.get_state()) == before  # noqa: NPY002
