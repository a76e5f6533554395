"""Tests of `utils.model_selection`: by hand, properties, scikit-learn's numbers, bad input."""

import copy
import doctest
import inspect
import pickle

import numpy as np
import pytest

import utils.model_selection
from utils.datasets import load_diabetes, load_wine
from utils.docstrings import faults, signature_defaults
from utils.forms import NA, Frame, Ragged, Sparse, masked
from utils.metrics import accuracy_score, log_loss, mean_squared_error, r2_score
from utils.model_selection import (
    GridSearchResult,
    KFold,
    Pipeline,
    StratifiedKFold,
    cross_val_predict,
    cross_val_score,
    grid_search,
    train_test_split,
)
from utils.preprocessing import StandardScaler

# ------------------------------------------------------------------- the smallest models there are


class Line:
    """Least squares on one feature."""

    def fit(self, X, y):
        self.slope_, self.intercept_ = np.polyfit(X[:, 0], y, 1)

    def predict(self, X):
        return self.slope_ * X[:, 0] + self.intercept_


class NearestMean:
    """The class whose mean is nearest; `power` stretches the distances, `sign` turns them round."""

    def __init__(self, power=1.0, sign=1):
        self.power = power
        self.sign = sign

    def fit(self, X, y):
        if hasattr(self, "classes_"):
            raise AssertionError("fitted twice: folds must not share a model")
        self.classes_ = np.unique(y)
        self.means_ = np.array([X[y == c].mean(axis=0) for c in self.classes_])
        return self

    def predict_proba(self, X):
        distance = np.sqrt(((X[:, None] - self.means_) ** 2).sum(axis=2))
        closeness = -self.sign * distance**self.power
        P = np.exp(closeness - closeness.max(axis=1, keepdims=True))
        return P / P.sum(axis=1, keepdims=True)

    def predict_log_proba(self, X):
        return np.log(self.predict_proba(X))

    def decision_function(self, X):
        return self.predict_proba(X)[:, 0] - 0.5

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


class FirstLabel:
    """Predicts the smallest label that it was fitted on; offers nothing but `predict`."""

    def fit(self, X, y):
        self.label_ = min(y)

    def predict(self, X):
        return np.full(len(X), self.label_)


class Mean:
    """A regressor that predicts the mean of what it was fitted on, plus `shift`."""

    def __init__(self, shift=0.0):
        self.shift = shift

    def fit(self, X, y):
        if self.shift < 0:
            raise ValueError(f"shift must be >= 0, got {self.shift}")
        self.mean_ = np.mean(y) + self.shift

    def predict(self, X):
        return np.full(len(X), self.mean_)


class Groups:
    """Clusters a column by its sign; `fit_predict` counts its calls, as `fit` would have to."""

    def fit(self, X, y=None):
        self.n_rows_ = len(X)
        return self

    def fit_predict(self, X, y=None):
        self.fit(X)
        self.y_ = y
        return (X[:, 0] > 0).astype(int)


class Doubler:
    """A transformer with `fit` and `transform` alone."""

    def fit(self, X, y=None):
        self.y_ = y
        return self

    def transform(self, X):
        return 2 * np.asarray(X)


class Tripler(Doubler):
    """A transformer whose `fit_transform` is another than `fit` and `transform`, to be seen."""

    def fit_transform(self, X, y=None):
        self.y_ = y
        return 3 * np.asarray(X)


class NamedColumns:
    """Predicts the column "a"; remembers the names that it was fitted with."""

    def fit(self, X, y):
        self.names_ = list(X.columns)

    def predict(self, X):
        assert list(X.columns) == self.names_
        return np.asarray(X)[:, self.names_.index("a")]


class Witness:
    """Remembers the rows it was fitted on; predicts 1 for a row that it has seen."""

    def fit(self, X, y):
        self.seen_ = {tuple(row) for row in X}

    def predict(self, X):
        return np.array([int(tuple(row) in self.seen_) for row in X])


def held_out(cv, X, y=None):
    return [test.tolist() for _, test in cv.split(X, y)]


# ------------------------------------------------------------------------------------- by hand


def test_k_fold_by_hand():
    # 7 = 3 + 2 + 2: the first 7 % 3 = 1 folds are one longer, nothing is left over
    assert held_out(KFold(3), range(7)) == [[0, 1, 2], [3, 4], [5, 6]]
    train, test = next(KFold(3).split(range(7)))
    assert train.tolist() == [3, 4, 5, 6]


def test_stratified_k_fold_by_hand():
    # c c b c a b b c a c a, classes by first appearance: c at 0 1 3 7 9, b at 2 5 6, a at 4 8 10.
    # Dealt to folds 0 1 2 0 1 | 2 0 1 | 2 0 1: c has 2 + 2 + 1 rows, b and a one in each fold.
    folds = held_out(StratifiedKFold(3), range(11), list("ccbcabbcaca"))
    assert folds == [[0, 1, 2, 4], [3, 5, 7, 8], [6, 9, 10]]


def test_stratified_k_fold_deals_the_class_seen_first_first_as_scikit_learn_does():
    # b at 0 2 3 5, a at 1 4 6 7, dealt to folds 0 1 2 0 | 1 2 0 1: sorted, b 0 0 1 2 | a 0 1 1 2
    folds = held_out(StratifiedKFold(3), range(8), list("babbabaa"))
    assert folds == [[0, 1, 2], [3, 4, 6], [5, 7]]


def test_train_test_split_by_hand():
    X, y = [[0], [1], [2], [3], [4]], list("abcde")
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, shuffle=False)
    assert X_test.ravel().tolist() == [3, 4]  # 5 * 0.25 = 1.25 rows, rounded up
    assert X_train.ravel().tolist() == [0, 1, 2]
    assert y_train.tolist() == ["a", "b", "c"]
    assert y_test.tolist() == ["d", "e"]


def test_stratified_split_by_hand():
    # 8 a, 4 b; 3 of 12 to test: 8 * 3/12 = 2 and 4 * 3/12 = 1
    y = ["a", "b", "a"] * 4
    train, test = train_test_split(y, test_size=3, stratify=y, random_state=0)
    assert sorted(test.tolist()) == ["a", "a", "b"]
    assert sorted(train.tolist()) == ["a"] * 6 + ["b"] * 3


def test_cross_val_score_by_hand():
    X, y = np.arange(6.0)[:, None], np.array([0, 1, 2, 3, 4, 8.0])
    # fold 2: the line through 0..3 is y = x and predicts 4, 5 where 4, 8 came: (0 + 9) / 2
    scores = cross_val_score(Line(), X, y, cv=[(range(4), [4, 5])], metric=mean_squared_error)
    np.testing.assert_allclose(scores, [4.5])


def test_grid_search_by_hand():
    X, y = [[0.0], [1.0], [9.0], [10.0]], ["a", "a", "b", "b"]
    found = grid_search(NearestMean(), {"power": [1.0, 2.0], "sign": [-1, 0, 1]}, X, y, cv=2)
    # sign -1 is always wrong, 0 cannot tell and says "a", 1 is always right; power changes nothing
    assert found.scores.tolist() == [[0, 0.5, 1], [0, 0.5, 1]]
    assert found.fold_scores.shape == (2, 3, 2)
    assert found.best_params == {"power": 1.0, "sign": 1}  # of equals, the first
    assert found.best_score == 1
    assert found.best_model.predict(np.array([[2.0], [8.0]])).tolist() == ["a", "b"]


# ---------------------------------------------------------------------------------- properties


@pytest.mark.parametrize("test_size, n_test", [(0.25, 25), (0.07, 7), (0.001, 1), (30, 30)])
def test_split_is_a_partition_of_the_size_asked_for(test_size, n_test):
    rows = np.arange(100)
    train, test, train_again, test_again = train_test_split(
        rows, rows, test_size=test_size, random_state=0
    )
    assert len(test) == n_test
    assert sorted([*train, *test]) == rows.tolist()
    assert (train == train_again).all() and (test == test_again).all()


def test_seed_zero_is_a_seed_and_seeds_differ():
    rows = np.arange(50)
    first = train_test_split(rows, random_state=0)[1].tolist()
    assert first == train_test_split(rows, random_state=0)[1].tolist()
    assert first == train_test_split(rows, random_state=np.random.default_rng(0))[1].tolist()
    assert first != train_test_split(rows, random_state=1)[1].tolist()


def test_global_generator_is_left_alone():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    train_test_split(np.arange(50))
    list(KFold(5, shuffle=True, random_state=0).split(np.arange(50)))
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002


@pytest.mark.parametrize("seed", range(20))
def test_stratified_split_keeps_proportions_and_every_class_on_both_sides(seed):
    rng = np.random.default_rng(seed)
    y = np.repeat(np.arange(4), [2, 3, *rng.integers(10, 60, 2)])
    n_test = int(rng.integers(5, len(y) - 5))
    train, test = train_test_split(y, test_size=n_test, stratify=y, random_state=seed)
    counts = np.bincount(test, minlength=4)
    assert len(test) == n_test and len(train) == len(y) - n_test
    assert set(train) == set(test) == {0, 1, 2, 3}
    assert (np.abs(counts - np.bincount(y) * n_test / len(y)) <= 1.5).all()


def test_a_split_may_hold_just_one_row_of_each_class():
    y = np.arange(12) % 3
    for n_test in (3, 9):
        train, test = train_test_split(y, test_size=n_test, stratify=y, random_state=0)
        assert np.bincount(test).tolist() == [n_test // 3] * 3
        assert np.bincount(train).tolist() == [4 - n_test // 3] * 3
    with pytest.raises(ValueError, match="10 train and 2 test rows cannot both hold all 3 classes"):
        train_test_split(y, test_size=2, stratify=y)
    with pytest.raises(ValueError, match="2 train and 10 test rows cannot both hold all 3 classes"):
        train_test_split(y, test_size=10, stratify=y)


def test_stratified_split_of_many_rare_classes_gives_each_a_test_row():
    y = np.concatenate([np.repeat(np.arange(20), 2), np.full(160, 20)])
    _, test = train_test_split(y, test_size=0.2, stratify=y, random_state=0)
    assert np.bincount(test).tolist() == [1] * 20 + [20]


@pytest.mark.parametrize("Folds", [KFold, StratifiedKFold])
@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("n, k", [(10, 2), (11, 3), (53, 5), (20, 10)])
def test_every_row_is_tested_once_and_never_trained_on_there(Folds, shuffle, n, k):
    y = np.arange(n) % 2
    folds = list(Folds(k, shuffle=shuffle, random_state=0 if shuffle else None).split(y, y))
    assert len(folds) == k
    assert sorted(np.concatenate([test for _, test in folds])) == list(range(n))
    for train, test in folds:
        assert sorted([*train, *test]) == list(range(n))
    sizes = [len(test) for _, test in folds]
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("seed", range(15))
def test_class_counts_differ_by_at_most_one_between_stratified_folds(seed, shuffle):
    rng = np.random.default_rng(seed)
    y = np.append(np.repeat([0, 1, 2], 6), rng.choice(3, 40, p=[0.7, 0.2, 0.1]))
    cv = StratifiedKFold(6, shuffle=shuffle, random_state=seed if shuffle else None)
    counts = np.array([np.bincount(y[test], minlength=3) for _, test in cv.split(y, y)])
    assert (np.ptp(counts, axis=0) <= 1).all()
    assert np.ptp(counts.sum(axis=1)) <= 1


@pytest.mark.parametrize("Folds", [KFold, StratifiedKFold])
def test_shuffled_folds_repeat_with_their_seed_and_differ_without(Folds):
    y = np.arange(30) % 3
    folds = held_out(Folds(5, shuffle=True, random_state=0), y, y)
    assert folds == held_out(Folds(5, shuffle=True, random_state=0), y, y)
    assert folds != held_out(Folds(5, shuffle=True, random_state=1), y, y)
    assert folds != held_out(Folds(5), y, y)


def test_a_class_rarer_than_the_folds_is_reported():
    y = ["a"] * 6 + ["b"] * 2
    with pytest.warns(UserWarning, match="class 'b' has 2 rows for n_splits=3"):
        folds = held_out(StratifiedKFold(3), y, y)
    assert sorted(np.concatenate(folds)) == list(range(8))


def test_models_are_tested_on_rows_they_have_not_seen():
    X = np.arange(20.0)[:, None]
    seen = cross_val_predict(Witness(), X, np.zeros(20))
    assert seen.tolist() == [0] * 20


def test_cross_validation_fits_fresh_copies_and_leaves_the_model_unfitted():
    X, y = load_wine()[:2]
    model, scaler = NearestMean(), StandardScaler()
    pipeline = Pipeline(scaler, model)
    cross_val_score(pipeline, X, y)
    grid_search(pipeline, {"power": [1.0, 2.0]}, X, y, cv=2)
    assert not hasattr(model, "classes_") and not hasattr(scaler, "mean_")
    assert not hasattr(pipeline, "steps_") and model.power == 1.0


def test_model_may_be_a_class_or_a_function_that_makes_one():
    X, y = load_wine()[:2]
    expected = cross_val_score(NearestMean(), X, y).tolist()
    assert cross_val_score(NearestMean, X, y).tolist() == expected
    assert cross_val_score(lambda: NearestMean(power=1.0), X, y).tolist() == expected


def test_an_integer_cv_is_stratified_for_classifiers_only():
    y = np.repeat([0, 1], 10)  # sorted: plain folds of consecutive rows would miss a class
    X = y[:, None] + np.linspace(0, 0.1, 20)[:, None]
    assert cross_val_score(NearestMean(), X, y, cv=2).tolist() == [1, 1]
    assert cross_val_score(NearestMean(), X, y, cv=KFold(2)).tolist() == [0, 0]
    names = np.array(["ant", "bee"])[y]
    assert cross_val_score(FirstLabel(), X, names, cv=2).tolist() == [0.5, 0.5]
    assert cross_val_score(FirstLabel(), X, y, cv=2).tolist() == [0, 0]
    by_hand = cross_val_score(Line(), X, y, cv=KFold(4), metric=mean_squared_error)
    assert (cross_val_score(Line(), X, y, cv=4, metric=mean_squared_error) == by_hand).all()


def test_random_state_shuffles_an_integer_cv():
    X, y = load_wine()[:2]
    shuffled = cross_val_score(NearestMean(), X, y, random_state=0)
    cv = StratifiedKFold(5, shuffle=True, random_state=0)
    assert shuffled.tolist() == cross_val_score(NearestMean(), X, y, cv=cv).tolist()
    assert shuffled.tolist() != cross_val_score(NearestMean(), X, y).tolist()


def test_probabilities_can_be_scored_and_collected():
    X, y = load_wine()[:2]
    model = Pipeline(StandardScaler(), NearestMean())
    P = cross_val_predict(model, X, y, method="predict_proba", random_state=0)
    assert P.shape == (178, 3)
    np.testing.assert_allclose(P.sum(axis=1), 1, rtol=1e-14)
    hard = cross_val_predict(model, X, y, random_state=0)
    assert (P.argmax(axis=1) == hard).all()
    options = {"metric": log_loss, "method": "predict_proba", "random_state": 0}
    losses = cross_val_score(model, X, y, **options)
    sizes = [len(test) for _, test in StratifiedKFold(5).split(X, y)]
    assert np.average(losses, weights=sizes) == pytest.approx(log_loss(y, P), rel=1e-12)


def test_string_labels_of_different_lengths_come_back_whole():
    X, y = np.arange(8.0)[:, None], np.array(["ox", "elephant"] * 4)
    predicted = cross_val_predict(NearestMean(), X, y, cv=2)
    assert set(predicted) <= {"ox", "elephant"}


def test_grid_search_minimises_errors_when_told_to_and_refits_on_all_rows():
    X, y = load_wine()[:2]
    grid = {"power": [0.5, 1.0], "sign": [1, -1]}
    model = Pipeline(StandardScaler(), NearestMean())
    options = {"metric": log_loss, "method": "predict_proba", "random_state": 0}
    found = grid_search(model, grid, X, y, greater_is_better=False, **options)
    assert len(np.unique(found.scores)) == 4  # the values did reach the last step
    assert found.best_score == found.scores.min() == found.scores[1, 0]
    assert grid_search(model, grid, X, y, **options).best_score == found.scores.max()
    np.testing.assert_allclose(found.fold_scores.mean(axis=-1), found.scores)
    expected = Pipeline(StandardScaler(), NearestMean(power=1.0, sign=1)).fit(X, y)
    assert (found.best_model.predict_proba(X) == expected.predict_proba(X)).all()


@pytest.mark.parametrize("seed", range(20))
def test_rows_of_each_class_are_shared_out_as_near_to_proportion_as_whole_rows_can_be(seed):
    rng = np.random.default_rng(seed)
    counts = rng.integers(2, 30, int(rng.integers(2, 5)))
    n_test = int(rng.integers(len(counts), counts.sum() - len(counts) + 1))
    y = np.repeat(np.arange(len(counts)), counts)
    _, test = train_test_split(y, test_size=n_test, stratify=y, random_state=seed)
    take = np.bincount(test, minlength=len(counts))
    cost = np.abs(take - counts * n_test / counts.sum()).max()
    for up in range(len(counts)):  # no exchange of a row between two classes comes nearer
        for down in range(len(counts)):
            other = take.copy()
            other[up] += 1
            other[down] -= 1
            if up != down and (other >= 1).all() and (other < counts).all():
                assert np.abs(other - counts * n_test / counts.sum()).max() >= cost - 1e-9


# ------------------------------------------------------------------------- the default metric


REGRESSORS = {
    "a line": Line(),
    "a line in a pipeline": Pipeline(StandardScaler(), Line()),
    "a named line": Pipeline(("scale", StandardScaler()), ("line", Line())),
    "a class": Line,
    "a function": lambda: Line(),
    "a nested pipeline": Pipeline(StandardScaler(), Pipeline(Line())),
}


@pytest.mark.parametrize("model", REGRESSORS)
@pytest.mark.parametrize("kind", [float, int])
def test_a_regressor_is_scored_by_r2_whatever_its_targets_look_like(model, kind):
    X, y = load_diabetes()[:2]
    X, y = X[:, [2]], y.astype(kind)  # whole numbers, as floats or as integers
    model = REGRESSORS[model]
    expected = cross_val_score(model, X, y, metric=r2_score)
    assert cross_val_score(model, X, y).tolist() == expected.tolist()
    assert 0.2 < expected.mean() < 0.5
    by_hand = []
    for train, test in KFold(5).split(X):
        slope, height = np.polyfit(X[train, 0], y[train], 1)
        by_hand.append(r2_score(y[test], slope * X[test, 0] + height))
    np.testing.assert_allclose(expected, by_hand, rtol=1e-12)


def test_a_grid_search_of_a_regressor_looks_for_the_largest_r2():
    X, y = load_diabetes()[:2]
    found = grid_search(Mean(), {"shift": [50.0, 0.0, 9.0]}, X, y, cv=4)
    assert found.best_params == {"shift": 0.0}
    expected = cross_val_score(Mean(9.0), X, y, cv=4, metric=r2_score)
    assert found.fold_scores[2].tolist() == expected.tolist()
    assert (found.scores <= 0).all()  # a mean explains nothing of what it has not seen


def test_a_classifier_is_scored_by_accuracy():
    X, y = load_wine()[:2]
    for labels in (y, y.astype(float), np.array(["a", "b", "c"])[y]):
        scores = cross_val_score(NearestMean(), X, labels)
        expected = cross_val_score(NearestMean(), X, labels, metric=accuracy_score)
        assert scores.tolist() == expected.tolist() and 0.6 < scores.mean() < 0.9
    names = np.array(["ant", "bee"])[np.arange(20) % 2]
    for labels in (names, names.astype(object), names.tolist(), np.arange(20) % 2 == 0):
        scores = cross_val_score(FirstLabel(), np.zeros((20, 1)), labels, cv=2)
        assert scores.tolist() == [0.5, 0.5]
    searched = grid_search(NearestMean(), {"sign": [1]}, X, y, cv=2).fold_scores[0]
    assert searched.tolist() == cross_val_score(NearestMean(), X, y, cv=2).tolist()


def test_whole_numbers_and_nothing_but_predict_look_like_a_regressor():
    y = np.arange(20) % 4
    scores = cross_val_score(FirstLabel(), np.zeros((20, 1)), y, cv=2)
    expected = [r2_score(half, np.zeros(10)) for half in (y[:10], y[10:])]
    assert scores.tolist() == expected
    ours = cross_val_score(FirstLabel(), np.zeros((20, 1)), y, cv=2, metric=accuracy_score)
    assert ours.tolist() == [0.3, 0.2]


# ------------------------------------------------------------------------------- DataFrames


def test_a_frame_stays_a_frame_in_every_part():
    A, y = np.arange(24.0).reshape(8, 3), np.arange(8)
    frame = Frame(A, ["c", "a", "b"])
    train, test, y_train, y_test = train_test_split(frame, y, random_state=0)
    assert train.columns == test.columns == ["c", "a", "b"]
    assert (np.asarray(train)[:, 0] == 3 * y_train).all()
    assert (np.asarray(test)[:, 0] == 3 * y_test).all()
    assert sorted([*y_train, *y_test]) == list(range(8)) and len(test) == 2
    plain = train_test_split(A, y, random_state=0)
    assert (np.asarray(train) == plain[0]).all() and isinstance(plain[0], np.ndarray)


def test_models_see_the_names_of_the_columns_in_every_fold():
    A, y = np.arange(24.0).reshape(8, 3), np.arange(8) * 3.0 + 1
    frame = Frame(A, ["c", "a", "b"])
    assert cross_val_score(NamedColumns(), frame, y, cv=2).tolist() == [1, 1]
    assert cross_val_predict(NamedColumns(), frame, y, cv=4).tolist() == y.tolist()
    for cv in (KFold(2), [(range(4), range(4, 8))]):
        assert (cross_val_score(NamedColumns(), frame, y, cv=cv) == 1).all()
    assert StratifiedKFold(2).split(frame, [0, 1] * 4).__next__()[1].tolist() == [0, 1, 2, 3]


def test_columns_in_another_order_are_refused_by_whatever_came_of_the_frame():
    X, y = load_wine()[:2]
    names = [f"x{j}" for j in range(13)]
    frame, turned = Frame(X, names), Frame(X[:, ::-1], names[::-1])
    model = Pipeline(StandardScaler(), NearestMean())
    searched = grid_search(model, {"power": [1.0]}, frame, y, cv=2)
    train, *_ = train_test_split(frame, random_state=0)
    fitted = copy.deepcopy(model).fit(train, y[: len(train)])
    for pipeline in (searched.best_model, fitted, copy.deepcopy(model).fit(frame, y)):
        pipeline.predict(frame)
        for method in (pipeline.predict, pipeline.predict_proba):
            with pytest.raises(ValueError, match="columns of X are in another order"):
                method(turned)
    scores = cross_val_score(model, frame, y)
    assert scores.tolist() == cross_val_score(model, X, y).tolist()


# ------------------------------------------------------------------------------------ pipeline


def test_pipeline_is_its_steps_one_after_the_other():
    X, y = load_wine()[:2]
    scaler = StandardScaler().fit(X[::2])
    model = NearestMean().fit(scaler.transform(X[::2]), y[::2])
    pipeline = Pipeline(StandardScaler(), NearestMean()).fit(X[::2], y[::2])
    Z = scaler.transform(X[1::2])
    assert (pipeline.predict(X[1::2]) == model.predict(Z)).all()
    assert (pipeline.predict_proba(X[1::2]) == model.predict_proba(Z)).all()
    assert (pipeline.predict_log_proba(X[1::2]) == model.predict_log_proba(Z)).all()
    assert (pipeline.decision_function(X[1::2]) == model.decision_function(Z)).all()
    assert pipeline.classes_.tolist() == [0, 1, 2]
    assert (pipeline.steps_[0].mean_ == scaler.mean_).all()


def test_scaling_inside_the_fold_makes_one_row_alone_score_as_in_foreign_company():
    X, y = load_wine()[:2]
    pipeline = Pipeline(StandardScaler(), NearestMean()).fit(X[::2], y[::2])
    company = np.concatenate([X[1:20:2], -50 * X[:5], 100 + X[::7]])  # rows unlike those of fit
    together = pipeline.predict_proba(company)
    alone = [pipeline.predict_proba(row[None])[0] for row in company]
    np.testing.assert_allclose(alone, together, rtol=1e-12, atol=1e-300)
    assert (pipeline.predict(company) == [pipeline.predict(row[None])[0] for row in company]).all()


def test_pipeline_of_transformers_transforms_and_has_no_other_methods():
    X = load_wine()[0]
    pipeline = Pipeline(StandardScaler(), StandardScaler())
    np.testing.assert_allclose(pipeline.fit(X).transform(X).std(axis=0), 1)
    assert not hasattr(pipeline, "predict") and not hasattr(pipeline, "predict_proba")
    assert not hasattr(Pipeline(StandardScaler(), Line()), "decision_function")
    assert hasattr(Pipeline(StandardScaler(), NearestMean()), "predict_proba")


def test_pipelines_nest_refit_copy_and_pickle():
    X, y = load_wine()[:2]
    flat = Pipeline(StandardScaler(), NearestMean()).fit(X, y)
    nested = Pipeline(Pipeline(StandardScaler()), Pipeline(NearestMean())).fit(X, y)
    assert (nested.predict(X) == flat.predict(X)).all()
    half = copy.deepcopy(flat).fit(X[::2], y[::2])
    assert (half.fit(X, y).predict(X) == flat.predict(X)).all()
    assert (pickle.loads(pickle.dumps(flat)).predict(X) == flat.predict(X)).all()


def test_a_failed_fit_leaves_the_earlier_one_usable():
    X, y = load_wine()[:2]
    pipeline = Pipeline(StandardScaler(), NearestMean()).fit(X, y)
    before = pipeline.predict(X)
    with pytest.raises(ValueError):
        pipeline.fit(np.full((3, 2), np.nan), [0, 1, 2])
    assert (pipeline.predict(X) == before).all()


def test_steps_may_have_names_as_in_scikit_learn():
    X, y = load_wine()[:2]
    expected = Pipeline(StandardScaler(), NearestMean()).fit(X, y).predict_proba(X)
    pairs = [("scale", StandardScaler()), ("model", NearestMean())]
    half_named, lists = [pairs[0], NearestMean()], [list(pair) for pair in pairs]
    for steps in (pairs, [pairs], [tuple(pairs)], half_named, lists):
        pipeline = Pipeline(*steps)
        assert (pipeline.fit(X, y).predict_proba(X) == expected).all()
        assert isinstance(pipeline.steps_[0], StandardScaler)
        assert hasattr(pipeline, "predict") and not hasattr(pipeline, "transform")
        assert (pickle.loads(pickle.dumps(pipeline)).predict_proba(X) == expected).all()
    assert cross_val_score(Pipeline(pairs), X, y, cv=3).tolist() == (
        cross_val_score(Pipeline(StandardScaler(), NearestMean()), X, y, cv=3).tolist())
    assert not hasattr(pairs[0][1], "mean_")


def test_named_steps_are_those_given_before_fit_and_the_fitted_ones_after_it():
    X, y = load_wine()[:2]
    scaler, model = StandardScaler(), NearestMean()
    pipeline = Pipeline(("scale", scaler), ("model", model))
    assert pipeline.named_steps == {"scale": scaler, "model": model}
    pipeline.fit(X, y)
    assert pipeline.named_steps == dict(zip(("scale", "model"), pipeline.steps_))
    assert pipeline.named_steps["scale"] is not scaler


def test_steps_without_a_name_have_that_of_their_class():
    assert list(Pipeline(StandardScaler(), NearestMean()).named_steps) == [
        "standardscaler", "nearestmean"]
    assert list(Pipeline(Doubler(), Doubler(), Line()).named_steps) == [
        "doubler-1", "doubler-2", "line"]


def test_grid_names_may_say_which_step_they_mean():
    X, y = load_wine()[:2]
    grid = {"scale__with_std": [True, False], "model__sign": [1, -1]}
    model = Pipeline(("scale", StandardScaler()), ("model", NearestMean()))
    found = grid_search(model, grid, X, y, cv=3)
    assert found.best_params == {"scale__with_std": True, "model__sign": 1}
    assert found.best_model.steps_[0].with_std is True and found.best_model.steps_[1].sign == 1
    for i, with_std in enumerate([True, False]):
        for j, sign in enumerate([1, -1]):
            alone = Pipeline(StandardScaler(with_std=with_std), NearestMean(sign=sign))
            assert found.fold_scores[i, j].tolist() == cross_val_score(alone, X, y, cv=3).tolist()
    nameless = Pipeline(StandardScaler(), NearestMean())
    grid = {"standardscaler__with_std": [False], "sign": [1]}
    short = grid_search(nameless, grid, X, y, cv=3)
    assert short.fold_scores[0, 0].tolist() == found.fold_scores[1, 0].tolist()
    nested = Pipeline(("outer", Pipeline(("scale", StandardScaler()))), ("model", NearestMean()))
    deep = grid_search(nested, {"outer__scale__with_std": [False]}, X, y, cv=3)
    assert deep.fold_scores[0].tolist() == found.fold_scores[1, 0].tolist()


def test_three_steps_are_done_one_after_the_other():
    X, y = load_wine()[:2]
    steps = Doubler(), StandardScaler(), NearestMean()
    pipeline = Pipeline(*steps).fit(X, y)
    expected = Pipeline(StandardScaler(), NearestMean()).fit(X, y)
    assert (pipeline.predict_proba(X) == expected.predict_proba(X)).all()
    assert pipeline.classes_.tolist() == [0, 1, 2] and hasattr(pipeline, "predict_proba")
    assert cross_val_score(Pipeline(*steps), X, y).tolist() == cross_val_score(
        Pipeline(StandardScaler(), NearestMean()), X, y).tolist()
    assert grid_search(Pipeline(*steps), {"sign": [-1, 1]}, X, y, cv=2).best_params == {"sign": 1}
    triple = Pipeline(Doubler(), Doubler(), StandardScaler())
    assert (triple.fit_transform(X) == StandardScaler().fit_transform(X)).all()
    assert (triple.transform(X) == triple.fit(X).transform(X)).all()
    clusters = Pipeline(Doubler(), StandardScaler(), Groups())
    assert clusters.fit_predict([[5.0], [7.0], [9.0], [11.0]]).tolist() == [0, 0, 1, 1]
    assert clusters.steps_[1].mean_.tolist() == [16]


def test_fit_predict_is_that_of_the_last_step_on_transformed_rows():
    X = np.array([[5.0], [7.0], [9.0], [11.0]])
    pipeline = Pipeline(StandardScaler(), Groups())
    assert pipeline.fit_predict(X).tolist() == [0, 0, 1, 1]  # the mean is 8
    assert pipeline.steps_[0].mean_.tolist() == [8] and pipeline.steps_[1].n_rows_ == 4
    assert pipeline.steps_[1].y_ is None
    pipeline.fit_predict(X[:2], [3, 4])
    assert pipeline.steps_[0].mean_.tolist() == [6] and pipeline.steps_[1].y_ == [3, 4]
    assert not hasattr(Pipeline(StandardScaler(), Line()), "fit_predict")
    assert not hasattr(Pipeline(), "fit_predict")


def test_fit_transform_is_fit_and_then_transform():
    X = load_wine().X
    for steps in ([StandardScaler(), Doubler()], [Doubler(), StandardScaler()], [Doubler()]):
        pipeline = Pipeline(*steps)
        Z = pipeline.fit_transform(X, "targets")
        assert (Z == Pipeline(*steps).fit(X).transform(X)).all()
        assert (pipeline.transform(X) == Z).all()
    assert pipeline.steps_[0].y_ == "targets" and Pipeline(Doubler()).fit(X).steps_[0].y_ is None
    triple = Pipeline(Doubler(), Tripler())
    assert (triple.fit_transform(X) == 6 * X).all() and triple.steps_[1].y_ is None
    assert (triple.fit_transform(X, 1) == 6 * X).all() and triple.steps_[1].y_ == 1
    assert not hasattr(Pipeline(StandardScaler(), Line()), "fit_transform")


def test_a_pipeline_of_transformers_is_a_step_like_any_other():
    X, y = load_wine()[:2]
    inner = Pipeline(("double", Doubler()), ("scale", StandardScaler()))
    outer = Pipeline(inner, NearestMean()).fit(X, y)
    flat = Pipeline(StandardScaler(), NearestMean()).fit(X, y)
    assert (outer.predict(X) == flat.predict(X)).all()


def test_failed_fits_of_every_kind_leave_the_earlier_one_usable():
    X = load_wine().X
    pipeline = Pipeline(Doubler(), StandardScaler()).fit(X)
    before = pipeline.transform(X)
    for method in (pipeline.fit, pipeline.fit_transform):
        with pytest.raises(ValueError):
            method(np.full((3, 2), np.nan))
    assert (pipeline.transform(X) == before).all()


# --------------------------------------------------------------------- a candidate that fails


def test_the_candidate_that_fails_is_named():
    X, y = load_diabetes()[:2]
    message = r"^with shift=-1\.0: shift must be >= 0, got -1\.0$"
    with pytest.raises(ValueError, match=message) as info:
        grid_search(Mean(), {"shift": [0.0, -1.0, 2.0]}, X, y, cv=2)
    assert isinstance(info.value.__cause__, ValueError)
    pipeline = Pipeline(("scale", StandardScaler()), ("mean", Mean()))
    grid = {"scale__with_mean": [True, "no"], "mean__shift": [0.5]}
    with pytest.raises(TypeError, match=r"with scale__with_mean='no', mean__shift=0\.5: with_me"):
        grid_search(pipeline, grid, X, y, cv=2)


class Fails(Mean):
    """A regressor whose `fit` raises the error that is its parameter."""

    def fit(self, X, y):
        raise self.shift


@pytest.mark.parametrize("error, kind", [
    (TypeError("no"), TypeError), (ValueError("no"), ValueError), (KeyError("no"), RuntimeError),
    (np.linalg.LinAlgError("no"), ValueError), (ZeroDivisionError("no"), RuntimeError),
    (RuntimeError("no"), RuntimeError),
])
def test_whatever_a_candidate_raises_is_named(error, kind):
    with pytest.raises(kind, match=r"^with shift=.*no.*: .*no.*$") as info:
        grid_search(Fails(), {"shift": [error]}, X6, Y6, cv=2)
    assert info.type is kind and info.value.__cause__ is error


def test_a_warning_that_is_an_error_stays_a_warning():
    with pytest.raises(UserWarning, match=r"^careful$"):
        grid_search(Fails(), {"shift": [UserWarning("careful")]}, X6, Y6, cv=2)


# ----------------------------------------------- scikit-learn 1.9.1 on the data sets of utils/data


def test_cross_validation_of_nearest_means_on_wine_is_that_of_scikit_learn():
    X, y = load_wine()[:2]
    raw = [26 / 36, 24 / 36, 23 / 36, 24 / 35, 31 / 35]
    scaled = [35 / 36, 34 / 36, 35 / 36, 34 / 35, 33 / 35]
    model = Pipeline(StandardScaler(), NearestMean())
    assert cross_val_score(NearestMean(), X, y).tolist() == raw
    assert cross_val_score(model, X, y).tolist() == scaled
    wrong = np.flatnonzero(cross_val_predict(model, X, y) != y)
    assert wrong.tolist() == [43, 61, 73, 83, 95, 118, 121]


def test_cross_validation_of_a_line_on_diabetes_is_that_of_scikit_learn():
    X, y = load_diabetes()[:2]
    sklearns = [
        0.2066977098948105,
        0.3700152478341835,
        0.38937266790914105,
        0.29361018222398183,
        0.36254054806070146,
    ]
    ours = cross_val_score(Line(), X[:, [2]], y, metric=r2_score)
    np.testing.assert_allclose(ours, sklearns, rtol=1e-10)


# ------------------------------------------------------------------------------------ bad input

X6, Y6 = [[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]], [0, 1, 0, 1, 0, 1]
MODEL = NearestMean()


def folds_of(cv, X=X6, y=Y6):
    return list(cv.split(X, y))


BAD_INPUT = [
    (lambda: train_test_split(), TypeError, "needs at least one array"),
    (lambda: train_test_split(X6, [1]), ValueError, "array 1 has length 6, array 2 has length 1"),
    (lambda: train_test_split([]), ValueError, "array 1 must be a non-empty array"),
    (lambda: train_test_split([[1], [1, 2]]), ValueError, "array 1 has rows of different lengths"),
    (lambda: train_test_split(Ragged()), ValueError, "array 1 has rows of different lengths"),
    (lambda: train_test_split(masked(X6)), ValueError, "array 1 is a masked array: a masked entry"),
    (lambda: train_test_split(X6, masked(Y6, 0)), ValueError, "array 2 is a masked array"),
    (lambda: train_test_split(list(masked(X6))), ValueError, "array 1 is a masked array"),
    (lambda: train_test_split(X6, np.ma.array(Y6)), ValueError, "array 2 is a masked array"),
    (lambda: train_test_split(X6, stratify=masked(Y6, 0)), ValueError, "stratify is a masked arr"),
    (lambda: train_test_split(Sparse(X6)), TypeError, r"sparse matrix: call array 1.toarray\(\)"),
    (lambda: train_test_split(X6, None), ValueError, "array 2 is None: an array is needed"),
    (lambda: train_test_split(5), ValueError, r"array 1 must be a non-empty array .* shape \(\)"),
    (lambda: train_test_split(X6, shuffle="no"), TypeError, "shuffle must be True or False"),
    (lambda: train_test_split(X6, random_state=True), TypeError, "random_state must be .* True"),
    (lambda: train_test_split(X6, test_size=True), TypeError, "test_size must be .* got True"),
    (lambda: train_test_split(X6, test_size=np.nan), ValueError, "above 0 and .* got nan"),
    (lambda: train_test_split(X6, test_size=-2), ValueError, "above 0 and .* got -2"),
    (lambda: train_test_split(X6, stratify=["a", "b", "a", "b", np.nan, "a"]), ValueError,
     r"stratify holds a missing label \(nan\)"),
    (lambda: train_test_split(X6, stratify=["a", "b", "a", "b", 1, "a"]), TypeError,
     "stratify mixes words with other values"),
    (lambda: train_test_split(X6, test_size=1.5), ValueError, "a share below 1, got 1.5"),
    (lambda: train_test_split(X6, test_size=0), ValueError, "must be above 0 and .*got 0"),
    (lambda: train_test_split(X6, test_size=6), ValueError, "rows below the 6 given, got 6"),
    (lambda: train_test_split(X6, test_size=0.99), ValueError, "of 6 rows leaves 0 to train on"),
    (lambda: train_test_split(X6, test_size="a"), TypeError, "test_size must be .* got 'a'"),
    (lambda: train_test_split(X6, random_state="a"), TypeError, "random_state must be .* got 'a'"),
    (lambda: train_test_split(X6, random_state=-1), ValueError, "must be >= 0, got -1"),
    (lambda: train_test_split(X6, stratify=[1]), ValueError, "stratify has length 1, array 1 has"),
    (
        lambda: train_test_split(X6, stratify=[0, 0, 0, 0, 0, 7]),
        ValueError,
        "stratify needs 2 rows of every class, 7 has 1",
    ),
    (
        lambda: train_test_split(X6, stratify=Y6, test_size=1),
        ValueError,
        "5 train and 1 test rows cannot both hold all 2 classes",
    ),
    (
        lambda: train_test_split(X6, stratify=Y6, shuffle=False),
        ValueError,
        "stratify needs shuffle=True",
    ),
    (lambda: folds_of(KFold(1)), ValueError, "n_splits must be >= 2, got 1"),
    (lambda: folds_of(KFold(7)), ValueError, "n_splits=7 is more than the 6 samples"),
    (lambda: folds_of(KFold(2.0)), TypeError, "n_splits must be an int, got 2.0"),
    (lambda: folds_of(KFold(2, random_state=0)), ValueError, "no effect without shuffle=True"),
    (lambda: folds_of(KFold(True)), TypeError, "n_splits must be an int, got True"),
    (lambda: folds_of(KFold(2, shuffle=1)), TypeError, "shuffle must be True or False, got 1"),
    (lambda: folds_of(KFold(2), X=masked(X6)), ValueError, "X is a masked array"),
    (lambda: folds_of(StratifiedKFold(2), X=Sparse(X6)), TypeError, "X is a sparse matrix"),
    (lambda: folds_of(StratifiedKFold(2), y=masked(Y6, 0)), ValueError, "y is a masked array"),
    (lambda: folds_of(StratifiedKFold(2), y=list("aabb") + [None, "a"]), ValueError,
     r"y holds a missing label \(None\)"),
    (lambda: folds_of(StratifiedKFold(2), y=list("aabb") + [1, "a"]), TypeError, "y mixes words"),
    (lambda: folds_of(StratifiedKFold(4)), ValueError, "n_splits=4 is more than the 3 rows"),
    (lambda: folds_of(StratifiedKFold(2), y=[1, 2]), ValueError, "X has 6 rows, y has 2"),
    (
        lambda: folds_of(StratifiedKFold(2), y=[0.1, 0.2, 0.3, 0.4, 0.5, 0.6]),
        ValueError,
        "y must hold class labels, got continuous values such as 0.1",
    ),
    (lambda: cross_val_score(7, X6, Y6), TypeError, r"model must have fit\(\) or .* got 7"),
    (lambda: cross_val_score(MODEL, X6, [1]), ValueError, "X has 6 rows, y has 1"),
    (lambda: cross_val_score(MODEL, X6, Y6, cv="a"), TypeError, "cv must be an int, .* got 'a'"),
    (lambda: cross_val_score(MODEL, X6, Y6, cv=[]), ValueError, "cv holds no folds"),
    (lambda: cross_val_score(MODEL, X6, Y6, cv=True), TypeError, "cv must be an int, .* got True"),
    (lambda: cross_val_score(MODEL, X6, Y6, cv=2.0), TypeError, "cv must be an int, .* got 2.0"),
    (lambda: cross_val_score(MODEL, X6, Y6, cv={}), TypeError, "cv must be an int, .* got {}"),
    (lambda: cross_val_score(MODEL, X6, Y6, cv=[3]), TypeError, "cv must hold pairs .* got 3"),
    (lambda: cross_val_score(MODEL, X6, Y6, cv=[([0], [1], [2])]), TypeError, "cv must hold pairs"),
    (
        lambda: cross_val_score(MODEL, X6, Y6, cv=[([0, 1], [6])]),
        ValueError,
        "cv names row 6, the rows are 0 to 5",
    ),
    (
        lambda: cross_val_score(MODEL, X6, Y6, cv=[([-1, 1], [5])]),
        ValueError,
        "cv names row -1, the rows are 0 to 5",
    ),
    (
        lambda: cross_val_score(MODEL, X6, Y6, cv=[([0, 1], [])]),
        ValueError,
        r"pairs of non-empty lists of row numbers, got \[\]",
    ),
    (
        lambda: cross_val_score(MODEL, X6, Y6, cv=[([0, 1], np.array([], dtype=int))]),
        ValueError,
        "pairs of non-empty lists of row numbers",
    ),
    (
        lambda: cross_val_score(MODEL, X6, Y6, cv=[([0.0, 1.0], [2])]),
        ValueError,
        "lists of row numbers, got",
    ),
    (lambda: cross_val_score(MODEL, masked(X6), Y6, cv=2), ValueError, "X is a masked array"),
    (lambda: cross_val_score(MODEL, X6, masked(Y6, 1), cv=2), ValueError, "y is a masked array"),
    (lambda: cross_val_predict(MODEL, X6, masked(Y6, 1), cv=2), ValueError, "y is a masked array"),
    (
        lambda: grid_search(MODEL, {"power": [1]}, masked(X6), Y6, cv=2),
        ValueError,
        "X is a masked array: a masked entry is a missing value",
    ),
    (lambda: cross_val_score(MODEL, Sparse(X6), Y6, cv=2), TypeError, r"call X.toarray\(\) first"),
    (lambda: cross_val_score(MODEL, None, Y6, cv=2), ValueError, "X is None: an array is needed"),
    (lambda: cross_val_score(MODEL, X6, None, cv=2), ValueError, "y is None: an array is needed"),
    (lambda: cross_val_score(MODEL, X6, [], cv=2), ValueError, "y must be a non-empty array of r"),
    (lambda: cross_val_score(MODEL, X6, 5, cv=2), ValueError, "y must be a non-empty array of ro"),
    (
        lambda: cross_val_score(MODEL, X6, ["a", "b", "a", "b", float("nan"), "b"], cv=2),
        ValueError,
        r"y holds a missing label \(nan\)",
    ),
    (
        lambda: cross_val_score(MODEL, X6, ["a", "b", "a", "b", NA, "b"], cv=2),
        ValueError,
        r"y holds a missing label \(<NA>\)",
    ),
    (
        lambda: cross_val_score(MODEL, X6, ["a", "b", "a", "b", 1, "b"], cv=2),
        TypeError,
        "y mixes words with other values, such as 'a' and 1",
    ),
    (
        lambda: grid_search(MODEL, {"power": [1]}, X6, np.array(["a", None] * 3), cv=2),
        ValueError,
        r"y holds a missing label \(None\)",
    ),
    (
        lambda: cross_val_score(MODEL, X6, Y6, cv=KFold(2), random_state=0),
        ValueError,
        "random_state shuffles only when cv is a number",
    ),
    (
        lambda: cross_val_score(MODEL, X6, Y6, cv=2, metric="accuracy"),
        TypeError,
        "metric must be a function of .* got 'accuracy'",
    ),
    (
        lambda: cross_val_score(MODEL, X6, Y6, cv=2, metric=lambda a, b: a == b),
        ValueError,
        "metric=<lambda> must return one number",
    ),
    (
        lambda: cross_val_score(MODEL, X6, Y6, cv=2, metric=lambda a, b: np.nan),
        ValueError,
        "metric=<lambda> must return one number for each fold, got nan",
    ),
    (
        lambda: cross_val_score(MODEL, X6, Y6, cv=2, method="guess"),
        TypeError,
        "method='guess': NearestMean has none",
    ),
    (
        lambda: cross_val_score(
            Line(), np.array(X6), [0, 2, 1, 3, 2, 5], cv=2, metric=accuracy_score
        ),
        ValueError,
        "^metric=accuracy_score fails on fold 0: y_pred must hold class labels, got continuous",
    ),
    (
        lambda: grid_search(Mean(), {"shift": [0.5]}, X6, Y6, cv=2, metric=accuracy_score),
        ValueError,
        "^with shift=0.5: metric=accuracy_score fails on fold 0: y_pred must hold class labels",
    ),
    (
        lambda: cross_val_score(Mean(), X6, Y6, cv=6),
        ValueError,
        "metric=r2_score fails on fold 0: R² needs at least 2 samples, got 1",
    ),
    (
        lambda: cross_val_score(MODEL, X6, list("ababab"), cv=2, metric=r2_score),
        TypeError,
        "metric=r2_score fails on fold 0: y_true must be an array of numbers, but holds text",
    ),
    (
        lambda: cross_val_score(MODEL, X6, Y6, cv=2, method="predict_proba"),
        ValueError,
        "method='predict_proba' needs a metric of what it returns, such as metric=log_loss",
    ),
    (
        lambda: cross_val_predict(MODEL, X6, Y6, cv=2, method="guess"),
        TypeError,
        "method='guess': NearestMean has none",
    ),
    (
        lambda: cross_val_score(Pipeline(MODEL), X6, Y6, cv=2, method=3),
        TypeError,
        "method=3: NearestMean has none",
    ),
    (
        lambda: cross_val_predict(MODEL, X6, Y6, cv=[([0, 1], [2, 3])]),
        ValueError,
        "every row in exactly one test fold",
    ),
    (
        lambda: cross_val_predict(MODEL, X6, list("aaabbb"), cv=KFold(2), method="predict_proba"),
        ValueError,
        "training fold 0 holds 1 of the 2 classes",
    ),
    (lambda: grid_search(MODEL, [], X6, Y6, cv=2), TypeError, r"grid must be a dict .* got \[\]"),
    (lambda: grid_search(MODEL, {}, X6, Y6, cv=2), TypeError, r"grid must be a dict .* got {}"),
    (lambda: grid_search(MODEL, [1], X6, Y6, cv=2), TypeError, r"grid must be a dict .* got \[1\]"),
    (
        lambda: grid_search(MODEL, {"k": [1]}, X6, Y6, cv=2),
        ValueError,
        "NearestMean has no parameter 'k'",
    ),
    (
        lambda: grid_search(MODEL, {"power": 1}, X6, Y6, cv=2),
        ValueError,
        r"grid\['power'\] must be a list of values, got 1",
    ),
    (
        lambda: grid_search(MODEL, {"power": []}, X6, Y6, cv=2),
        ValueError,
        r"must be a list of values, got \[\]",
    ),
    (
        lambda: grid_search(MODEL, {3: [1]}, X6, Y6, cv=2),
        TypeError,
        "grid must name parameters by strings, got 3",
    ),
    (
        lambda: grid_search(Pipeline(("m", MODEL)), {"svc__power": [1]}, X6, Y6, cv=2),
        ValueError,
        "grid names the step 'svc', the steps are 'm'",
    ),
    (
        lambda: grid_search(Pipeline(("m", MODEL)), {"m__k": [1]}, X6, Y6, cv=2),
        ValueError,
        "NearestMean has no parameter 'k'",
    ),
    (
        lambda: grid_search(MODEL, {"power": [1]}, X6, Y6, cv=2, greater_is_better="no"),
        TypeError,
        "greater_is_better must be True or False, got 'no'",
    ),
    (lambda: Pipeline([]).fit(X6), ValueError, "at least one step"),
    (lambda: Pipeline(("a", MODEL, 3)).fit(X6), TypeError, r"a model or a pair \('name', model\)"),
    (lambda: Pipeline((MODEL, MODEL), MODEL).fit(X6), TypeError, "must be a model or a pair"),
    (lambda: Pipeline(("a__b", MODEL)).fit(X6), ValueError, "two underscores, got 'a__b'"),
    (
        lambda: Pipeline(("a", Doubler()), ("a", MODEL)).fit(X6),
        ValueError,
        "two steps of the pipeline are named 'a'",
    ),
    (lambda: Pipeline(None, MODEL).fit(X6), TypeError, r"step 1, NoneType, has no fit\(\)"),
    (lambda: Pipeline().fit_transform(X6), AttributeError, "the last step .* has no transform"),
    (lambda: Pipeline(MODEL).fit_predict(X6), AttributeError, "last step .* has no fit_predict"),
    (lambda: Pipeline(Doubler()).transform(X6), RuntimeError, "not fitted: call fit first"),
    (lambda: Pipeline().fit(X6), ValueError, "at least one step"),
    (lambda: Pipeline(StandardScaler, MODEL).fit(X6), TypeError, r"write StandardScaler\(\)"),
    (lambda: Pipeline(MODEL, MODEL).fit(X6), TypeError, r"NearestMean, has no transform\(\)"),
    (lambda: Pipeline(StandardScaler(), 3).fit(X6), TypeError, r"step 2, int, has no fit\(\)"),
    (lambda: Pipeline(MODEL).predict(X6), RuntimeError, "not fitted: call fit first"),
    (lambda: Pipeline(Line()).transform(X6), AttributeError, r"last step .* has no transform\(\)"),
]


@pytest.mark.parametrize("call, error, message", BAD_INPUT)
def test_bad_input_is_met_with_a_clear_message(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_inputs_are_left_untouched():
    X, y = load_wine()[:2]
    X_before, y_before = X.copy(), y.copy()
    X_train, *_ = train_test_split(X, y, stratify=y, random_state=0)
    X_train[:] = -1
    cross_val_score(Pipeline(StandardScaler(), NearestMean()), X, y, metric=accuracy_score)
    assert (X == X_before).all() and (y == y_before).all()


def test_folds_may_come_from_a_generator_and_as_marks():
    X, y = load_wine()[:2]
    folds = list(StratifiedKFold(3).split(X, y))
    expected = cross_val_score(NearestMean(), X, y, cv=3).tolist()
    marks = [[np.isin(np.arange(178), part) for part in fold] for fold in folds]
    for cv in ((fold for fold in folds), folds, marks, [[list(a), list(b)] for a, b in folds]):
        assert cross_val_score(NearestMean(), X, y, cv=cv).tolist() == expected
    predicted = cross_val_predict(NearestMean(), X, y, cv=marks)
    assert (predicted == cross_val_predict(NearestMean(), X, y, cv=3)).all()


# ------------------------------------------------------------------------------- docstrings

COMMON = {"cv": 5, "metric": None, "method": "predict"}
DEFAULTS = {
    train_test_split: {
        "test_size": 0.25, "shuffle": True, "stratify": None, "random_state": None,
    },
    KFold: {"n_splits": 5, "shuffle": False, "random_state": None},
    KFold.split: {"y": None},
    StratifiedKFold: {"n_splits": 5, "shuffle": False, "random_state": None},
    StratifiedKFold.split: {},
    Pipeline: {},
    Pipeline.fit: {"y": None},
    cross_val_score: {**COMMON, "random_state": None},
    cross_val_predict: {"cv": 5, "method": "predict", "random_state": None},
    grid_search: {**COMMON, "greater_is_better": True, "random_state": None},
}


@pytest.mark.parametrize("thing", DEFAULTS, ids=lambda thing: thing.__qualname__)
def test_defaults_are_those_of_the_table_and_of_the_docstring(thing):
    assert repr(signature_defaults(thing)) == repr(DEFAULTS[thing])
    assert faults(thing) == []


def test_everything_public_is_in_the_table_of_defaults():
    module = utils.model_selection
    things = [thing for name, thing in inspect.getmembers(module)
              if name[0] != "_" and getattr(thing, "__module__", "") == module.__name__]
    methods = {f for c in things if inspect.isclass(c)
               for name, f in inspect.getmembers(c, inspect.isfunction) if name[0] != "_"}
    assert {*things, *methods} == {*DEFAULTS, GridSearchResult}


def test_every_property_says_what_it_is():
    for name, member in vars(Pipeline).items():
        assert not isinstance(member, property) or member.__doc__, name


def test_the_example_of_the_module_runs():
    assert doctest.testmod(utils.model_selection).failed == 0
