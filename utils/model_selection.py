"""How good will it be on new rows? Splits, cross-validation, a pipeline and a grid search.

Names and meanings are scikit-learn's `sklearn.model_selection` wherever it has them, and its folds
too: `KFold`, `StratifiedKFold` and an integer `cv` without a seed hold the same rows as there.
Models are whatever has `fit` and `predict`; nothing given is changed, every fit is of a deep copy.

    >>> from utils.metrics import accuracy_score
    >>> class Majority:
    ...     def fit(self, X, y):
    ...         self.label_ = max(sorted(set(y)), key=list(y).count)
    ...     def predict(self, X):
    ...         return [self.label_] * len(X)
    >>> cross_val_score(Majority(), [[0]] * 6, ["a", "a", "a", "a", "b", "b"], cv=2).tolist()
    [0.6666666666666666, 0.6666666666666666]
"""

import copy
import itertools
import math
import warnings
from dataclasses import dataclass
from functools import partial
from numbers import Integral, Real
from typing import Any

import numpy as np

from utils.metrics import accuracy_score, check_labels

# -------------------------------------------------------------------------------------- splits


def train_test_split(*arrays, test_size=0.25, shuffle=True, stratify=None, random_state=None):
    """Rows kept for training and rows held out, of every array alike.

    Parameters
    ----------
    *arrays : X, or X and y, or more, of equal length
    test_size : share of the rows, above 0 and below 1 (rounded up to whole rows), or their number
    shuffle : False takes the last rows as they stand
    stratify : labels; classes are shared out in proportion, with a row of each on both sides
    random_state : None, an int or a Generator

    Returns
    -------
    X_train, X_test, y_train, y_test, ... : copies, as NumPy arrays
    """
    if not arrays:
        raise TypeError("train_test_split needs at least one array")
    arrays = [_rows(a, f"array {i + 1}") for i, a in enumerate(arrays)]
    n = len(arrays[0])
    for i, a in enumerate(arrays[1:], start=2):
        if len(a) != n:
            raise ValueError(f"array 1 has length {n}, array {i} has length {len(a)}")
    n_test = _test_rows(test_size, n)
    rng = _generator(random_state)
    if stratify is not None:
        if not shuffle:
            raise ValueError("stratify needs shuffle=True")
        train, test = _stratified_split(stratify, n, n_test, rng)
    else:
        order = rng.permutation(n) if shuffle else np.arange(n)
        train, test = order[: n - n_test], order[n - n_test :]
    return [part for a in arrays for part in (a[train], a[test])]


def _test_rows(test_size, n):
    if isinstance(test_size, bool) or not isinstance(test_size, Real):
        raise TypeError(f"test_size must be a share or a number of rows, got {test_size!r}")
    whole = isinstance(test_size, Integral)
    if not 0 < test_size < (n if whole else 1):
        limit = f"a number of rows below the {n} given" if whole else "a share below 1"
        raise ValueError(f"test_size must be above 0 and {limit}, got {test_size!r}")
    # 0.07 * 100 is 7.000000000000001 in floats and means 7
    n_test = int(test_size) if whole else math.ceil(round(test_size * n, 9))
    if not 0 < n_test < n:
        raise ValueError(f"test_size={test_size!r} of {n} rows leaves {n - n_test} to train on")
    return n_test


def _stratified_split(stratify, n, n_test, rng):
    labels = check_labels(stratify, "stratify")
    if len(labels) != n:
        raise ValueError(f"stratify has length {len(labels)}, array 1 has length {n}")
    classes, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    if counts.min() < 2:
        alone = classes.tolist()[counts.argmin()]
        raise ValueError(f"stratify needs 2 rows of every class, {alone!r} has 1")
    if min(n_test, n - n_test) < len(classes):
        raise ValueError(
            f"{n - n_test} train and {n_test} test rows cannot both hold all {len(classes)} classes"
        )
    share = counts * (n_test / n)
    take = np.clip(np.round(share).astype(int), 1, counts - 1)
    while missing := n_test - take.sum():
        step = np.sign(missing)
        room = take < counts - 1 if step > 0 else take > 1
        take[np.where(room, step * (share - take), -np.inf).argmax()] += step
    is_test = np.zeros(n, dtype=bool)
    for c, size in enumerate(take):
        is_test[rng.permutation(np.flatnonzero(codes == c))[:size]] = True
    return rng.permutation(np.flatnonzero(~is_test)), rng.permutation(np.flatnonzero(is_test))


class KFold:
    """`n_splits` folds of consecutive rows (shuffled first if asked): each is the test set once.

    Every row is in exactly one test fold; the first n % n_splits folds are one row longer.
    Without `shuffle`, rows that were sorted by class give folds that miss a class.
    """

    def __init__(self, n_splits=5, *, shuffle=False, random_state=None):
        self.n_splits = n_splits
        self.shuffle = shuffle
        self.random_state = random_state

    def split(self, X, y=None):
        """Yield the row numbers (train, test) of each fold."""
        n = len(_rows(X, "X"))
        rng = _check_folds(self, n)
        order = rng.permutation(n) if self.shuffle else np.arange(n)
        fold = np.empty(n, dtype=int)
        fold[order] = np.sort(np.arange(n) % self.n_splits)
        yield from _train_and_test(fold, self.n_splits)


class StratifiedKFold(KFold):
    """Folds with the same mix of classes: counts of each class differ by at most one row.

    Every row is in exactly one test fold. Rows are dealt to the folds like cards, class by class
    without a break, so that the folds' sizes differ by at most one as well. Warns when a class
    has fewer rows than there are folds: some folds then miss it.
    """

    def split(self, X, y):
        """Yield the row numbers (train, test) of each fold; y holds the class labels."""
        n = len(_rows(X, "X"))
        labels = check_labels(y, "y")
        if len(labels) != n:
            raise ValueError(f"X has {n} rows, y has {len(labels)}")
        rng = _check_folds(self, n)
        classes, first, codes, counts = np.unique(
            labels, return_index=True, return_inverse=True, return_counts=True
        )
        smallest = counts.argmin()
        if self.n_splits > counts.max():
            raise ValueError(
                f"n_splits={self.n_splits} is more than the {counts.max()} rows of any class"
            )
        if self.n_splits > counts[smallest]:
            warnings.warn(
                f"class {classes.tolist()[smallest]!r} has {counts[smallest]} rows for "
                f"n_splits={self.n_splits}: some folds miss it",
                stacklevel=2,
            )
        by_appearance = np.argsort(np.argsort(first))[codes]  # scikit-learn's order of classes
        order = np.argsort(by_appearance, kind="stable")
        deal = np.arange(n) % self.n_splits
        ends = np.cumsum(np.bincount(by_appearance))
        for hand in np.split(deal, ends[:-1]):  # views: one class's share of the deal
            if self.shuffle:
                rng.shuffle(hand)
            else:
                hand.sort()
        fold = np.empty(n, dtype=int)
        fold[order] = deal
        yield from _train_and_test(fold, self.n_splits)


def _check_folds(cv, n):
    if isinstance(cv.n_splits, bool) or not isinstance(cv.n_splits, Integral):
        raise TypeError(f"n_splits must be an int, got {cv.n_splits!r}")
    if cv.n_splits < 2:
        raise ValueError(f"n_splits must be >= 2, got {cv.n_splits}")
    if cv.n_splits > n:
        raise ValueError(f"n_splits={cv.n_splits} is more than the {n} samples")
    if cv.random_state is not None and not cv.shuffle:
        raise ValueError("random_state has no effect without shuffle=True")
    return _generator(cv.random_state)


def _train_and_test(fold, n_splits):
    for k in range(n_splits):
        yield np.flatnonzero(fold != k), np.flatnonzero(fold == k)


# ------------------------------------------------------------------------------------ pipeline


class Pipeline:
    """Steps that transform, then a model: fitted together, so that scaling stays inside the fold.

        Pipeline(StandardScaler(), KNeighborsClassifier(5)).fit(X_train, y_train).predict(X_test)

    Every step but the last has `fit` and `transform`; the last has `fit` and is the model, or one
    more transformer. `fit` works on deep copies, kept in `steps_` (`pipeline.steps_[-1].coef_`);
    the steps given stay unfitted. Methods that the last step has not, the pipeline has not either.
    """

    def __init__(self, *steps):
        self.steps = steps

    def fit(self, X, y=None):
        """Fit each transformer on what the one before it makes of X, then the last step."""
        if not self.steps:
            raise ValueError("Pipeline needs at least one step")
        for i, step in enumerate(self.steps):
            needs = ("fit",) if i == len(self.steps) - 1 else ("fit", "transform")
            lacks = [name for name in needs if not hasattr(step, name)]
            if isinstance(step, type):
                raise TypeError(f"step {i + 1} is a class: write {step.__name__}()")
            if lacks:
                raise TypeError(f"step {i + 1}, {type(step).__name__}, has no {lacks[0]}()")
        steps = copy.deepcopy(self.steps)
        for step in steps[:-1]:
            step.fit(X)
            X = step.transform(X)
        if y is None:
            steps[-1].fit(X)
        else:
            steps[-1].fit(X, y)
        self.steps_ = steps
        return self

    @property
    def predict(self):
        return self._last("predict")

    @property
    def predict_proba(self):
        return self._last("predict_proba")

    @property
    def predict_log_proba(self):
        return self._last("predict_log_proba")

    @property
    def decision_function(self):
        return self._last("decision_function")

    @property
    def transform(self):
        return self._last("transform")

    @property
    def classes_(self):
        return self.steps_[-1].classes_

    def _last(self, name):
        """The last step's method, on rows that first go through the steps before it."""
        if not self.steps or not hasattr(self.steps[-1], name):
            raise AttributeError(f"the last step of the pipeline has no {name}()")

        def method(X):
            if not hasattr(self, "steps_"):
                raise RuntimeError("Pipeline is not fitted: call fit first")
            for step in self.steps_[:-1]:
                X = step.transform(X)
            return getattr(self.steps_[-1], name)(X)

        return method


# ---------------------------------------------------------------------------- cross-validation


def cross_val_score(
    model, X, y, *, cv=5, metric=accuracy_score, method="predict", random_state=None
):
    """`metric(y_test, prediction)` on each fold, by a model fitted on the other folds.

    Parameters
    ----------
    model : an unfitted model or `Pipeline`, deep-copied for each fold; or a class or function
        that makes one when called without arguments
    cv : number of folds, or an object with `split(X, y)`, or a list of (train, test) row numbers.
        A number means `StratifiedKFold` for classifiers (models with predict_proba or
        decision_function, or y of strings or booleans) and `KFold` for the rest.
    metric : function of (y_true, prediction) that returns one number
    method : what predicts: "predict", "predict_proba" (`metric=log_loss`), "decision_function"
    random_state : shuffles the rows when `cv` is a number; None leaves them as they stand

    Returns
    -------
    scores : (n_folds,)
    """
    make, X, y, folds = _prepare(model, X, y, cv, random_state)
    return _fold_scores(make, X, y, folds, metric, method)


def cross_val_predict(model, X, y, *, cv=5, method="predict", random_state=None):
    """Prediction for each row by the model that has not seen it, in the order of the rows.

    Arguments as in `cross_val_score`. `cv` must put every row in exactly one test fold; for other
    methods than "predict", every training fold must hold every class, or columns would not match.
    """
    make, X, y, folds = _prepare(model, X, y, cv, random_state)
    tested = np.concatenate([test for _, test in folds])
    if not np.array_equal(np.sort(tested), np.arange(len(X))):
        raise ValueError("cv must put every row in exactly one test fold")
    if method != "predict":
        n_classes = len(np.unique(y))
        for k, (train, _) in enumerate(folds):
            seen = len(np.unique(y[train]))
            if seen < n_classes:
                raise ValueError(f"training fold {k} holds {seen} of the {n_classes} classes in y")
    parts = [_predict(make(), X, y, train, test, method) for train, test in folds]
    return np.concatenate(parts)[np.argsort(tested)]


@dataclass
class GridSearchResult:
    """What `grid_search` found.

    `scores` has one axis per parameter, in the order of `grid`, so two parameters are a heat map
    as they stand; `fold_scores` has the folds as one more axis.
    """

    grid: dict
    scores: np.ndarray
    fold_scores: np.ndarray
    best_params: dict
    best_score: float
    best_model: Any


def grid_search(
    model,
    grid,
    X,
    y,
    *,
    cv=5,
    metric=accuracy_score,
    method="predict",
    greater_is_better=True,
    random_state=None,
):
    """Cross-validate every combination of parameters on the same folds; refit the best on all rows.

    `grid` maps names to lists of values. They are set as attributes of a copy of the model: of the
    last step if it is a `Pipeline`. Equal scores: the combination that comes first in the grid
    wins. For an error such as `mean_squared_error` say greater_is_better=False. Other arguments
    as in `cross_val_score`.
    """
    make, X, y, folds = _prepare(model, X, y, cv, random_state)
    grid = _check_grid(grid, _final_step(make()))

    def with_params(values):
        candidate = make()
        for name, value in zip(grid, values):
            setattr(_final_step(candidate), name, value)
        return candidate

    combinations = list(itertools.product(*grid.values()))
    makes = [partial(with_params, values) for values in combinations]
    fold_scores = np.array([_fold_scores(fresh, X, y, folds, metric, method) for fresh in makes])
    means = fold_scores.mean(axis=1)
    best = int(means.argmax() if greater_is_better else means.argmin())
    best_model = makes[best]()
    best_model.fit(X, y)
    shape = tuple(len(values) for values in grid.values())
    return GridSearchResult(
        grid=grid,
        scores=means.reshape(shape),
        fold_scores=fold_scores.reshape(*shape, len(folds)),
        best_params=dict(zip(grid, combinations[best])),
        best_score=float(means[best]),
        best_model=best_model,
    )


def _prepare(model, X, y, cv, random_state):
    """A function that makes fresh models, the arrays, and the folds as a list."""
    X, y = _rows(X, "X"), _rows(y, "y")
    if len(X) != len(y):
        raise ValueError(f"X has {len(X)} rows, y has {len(y)}")
    if isinstance(model, type) or (callable(model) and not hasattr(model, "fit")):
        make = model
    elif hasattr(model, "fit"):
        def make():
            return copy.deepcopy(model)
    else:
        raise TypeError(f"model must have fit() or make a model when called, got {model!r}")

    if isinstance(cv, Integral) and not isinstance(cv, bool):
        last = _final_step(make())
        scored = hasattr(last, "predict_proba") or hasattr(last, "decision_function")
        stratified = scored or isinstance(y.flat[0], (str, bool, np.bool_))
        Folds = StratifiedKFold if stratified else KFold
        cv = Folds(cv, shuffle=random_state is not None, random_state=random_state)
    elif random_state is not None:
        raise ValueError("random_state shuffles only when cv is a number: give it to cv itself")
    if isinstance(cv, str) or not (hasattr(cv, "split") or isinstance(cv, (list, tuple))):
        raise TypeError(f"cv must be an int, a splitter or a list of (train, test), got {cv!r}")
    folds = list(cv.split(X, y) if hasattr(cv, "split") else cv)
    if not folds:
        raise ValueError("cv holds no folds")
    return make, X, y, folds


def _fold_scores(make, X, y, folds, metric, method):
    if not callable(metric):
        raise TypeError(f"metric must be a function of (y_true, prediction), got {metric!r}")
    scores = []
    for train, test in folds:
        score = metric(y[test], _predict(make(), X, y, train, test, method))
        if not isinstance(score, Real) or np.isnan(score):
            raise ValueError(f"metric must return one number for each fold, got {score!r}")
        scores.append(float(score))
    return np.array(scores)


def _predict(model, X, y, train, test, method):
    if not hasattr(model, method):
        raise TypeError(f"method={method!r}: {type(_final_step(model)).__name__} has none")
    model.fit(X[train], y[train])
    return np.asarray(getattr(model, method)(X[test]))


def _final_step(model):
    while isinstance(model, Pipeline) and model.steps:
        model = model.steps[-1]
    return model


def _check_grid(grid, model):
    if not isinstance(grid, dict) or not grid:
        raise TypeError(f"grid must be a dict of names and lists of values, got {grid!r}")
    for name, values in grid.items():
        if not hasattr(model, name):
            raise ValueError(f"{type(model).__name__} has no parameter {name!r}")
        if isinstance(values, (str, dict)) or not hasattr(values, "__len__") or len(values) == 0:
            raise ValueError(f"grid[{name!r}] must be a list of values, got {values!r}")
    return {name: list(values) for name, values in grid.items()}


# --------------------------------------------------------------------------------- door checks


def _rows(a, name):
    try:
        a = np.asarray(a)
    except ValueError:
        raise ValueError(f"{name} has rows of different lengths") from None
    if a.ndim == 0 or len(a) == 0:
        raise ValueError(f"{name} must be a non-empty array of rows, got shape {a.shape}")
    return a


def _generator(random_state):
    if isinstance(random_state, Integral):
        if random_state < 0:
            raise ValueError(f"random_state must be >= 0, got {random_state}")
    elif random_state is not None and not isinstance(random_state, np.random.Generator):
        raise TypeError(f"random_state must be None, an int or a Generator, got {random_state!r}")
    return np.random.default_rng(random_state)
