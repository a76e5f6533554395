"""Tests of `utils.model_selection`: by hand, properties, scikit-learn's numbers, bad input."""

import copy
import pickle

import numpy as np
import pytest

from utils.datasets import load_diabetes, load_wine
from utils.metrics import accuracy_score, log_loss, mean_squared_error, r2_score
from utils.model_selection import (
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
        P = np.exp(-self.sign * distance**self.power)
        return P / P.sum(axis=1, keepdims=True)

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


class FirstLabel:
    """Predicts the smallest label that it was fitted on; offers nothing but `predict`."""

    def fit(self, X, y):
        self.label_ = min(y)

    def predict(self, X):
        return np.full(len(X), self.label_)


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


# ------------------------------------------------------------------------------------ pipeline


def test_pipeline_is_its_steps_one_after_the_other():
    X, y = load_wine()[:2]
    scaler = StandardScaler().fit(X[::2])
    model = NearestMean().fit(scaler.transform(X[::2]), y[::2])
    pipeline = Pipeline(StandardScaler(), NearestMean()).fit(X[::2], y[::2])
    Z = scaler.transform(X[1::2])
    assert (pipeline.predict(X[1::2]) == model.predict(Z)).all()
    assert (pipeline.predict_proba(X[1::2]) == model.predict_proba(Z)).all()
    assert pipeline.classes_.tolist() == [0, 1, 2]
    assert (pipeline.steps_[0].mean_ == scaler.mean_).all()


def test_scaling_inside_the_fold_makes_one_row_alone_score_as_in_company():
    X, y = load_wine()[:2]
    pipeline = Pipeline(StandardScaler(), NearestMean()).fit(X, y)
    alone = [pipeline.predict_proba(X[i : i + 1])[0] for i in range(10)]
    np.testing.assert_allclose(alone, pipeline.predict_proba(X[:10]), rtol=1e-13)


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
        "metric must return one number",
    ),
    (
        lambda: cross_val_score(MODEL, X6, Y6, cv=2, metric=lambda a, b: np.nan),
        ValueError,
        "metric must return one number for each fold, got nan",
    ),
    (
        lambda: cross_val_score(MODEL, X6, Y6, cv=2, method="guess"),
        TypeError,
        "method='guess': NearestMean has none",
    ),
    (
        lambda: cross_val_score(Line(), np.array(X6), [0, 2, 1, 3, 2, 5], cv=2),
        ValueError,
        "y_pred must hold class labels, got continuous values",
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
