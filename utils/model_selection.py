"""How good will it be on new rows? Splits, cross-validation, a pipeline and a grid search.

Names and meanings are scikit-learn's `sklearn.model_selection` wherever it has them, and its folds
too: `KFold`, `StratifiedKFold` and an integer `cv` without a seed hold the same rows as there.
Models are whatever has `fit` and `predict`; nothing given is changed, every fit is of a deep copy.
A DataFrame stays a DataFrame in every part, so that a model can remember the names of its columns.

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
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from numbers import Integral, Real
from typing import Any

import numpy as np

from utils.checks import as_array, check_flag, check_generator, check_integer, check_labels
from utils.metrics import accuracy_score, r2_score

# -------------------------------------------------------------------------------------- splits


def train_test_split(*arrays, test_size=0.25, shuffle=True, stratify=None, random_state=None):
    """Rows kept for training and rows held out, of every array alike.

    Parameters
    ----------
    *arrays : arrays of equal length
        X, or X and y, or more.
    test_size : float or int, default=0.25
        A share of the rows, above 0 and below 1, which is rounded up to whole rows; or their
        number.
    shuffle : bool, default=True
        Draw the rows at random. False takes the last rows as they stand.
    stratify : array of labels, default=None
        Share out these classes in proportion, with a row of each on both sides.
    random_state : None, int or numpy.random.Generator, default=None
        What draws the rows. An int makes the result repeatable.

    Returns
    -------
    X_train, X_test, y_train, y_test, ... : list
        Copies: DataFrames and Series stay what they are, all else comes as NumPy arrays.
    """
    if not arrays:
        raise TypeError("train_test_split needs at least one array")
    check_flag("shuffle", shuffle)
    arrays = [_rows(a, f"array {i + 1}") for i, a in enumerate(arrays)]
    n = len(arrays[0])
    for i, a in enumerate(arrays[1:], start=2):
        if len(a) != n:
            raise ValueError(f"array 1 has length {n}, array {i} has length {len(a)}")
    n_test = _test_rows(test_size, n)
    rng = check_generator(random_state)
    if stratify is not None:
        if not shuffle:
            raise ValueError("stratify needs shuffle=True")
        train, test = _stratified_split(stratify, n, n_test, rng)
    else:
        order = rng.permutation(n) if shuffle else np.arange(n)
        train, test = order[: n - n_test], order[n - n_test :]
    parts = []
    for a in arrays:
        parts += [_take(a, train), _take(a, test)]
    return parts


def _test_rows(test_size, n):
    """Return the number of rows held out of n, which is at least 1 and at most n - 1."""
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
    """Return the numbers of the rows to train on (n - n_test,) and to test on (n_test,), mixed."""
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
    is_test = np.zeros(n, dtype=bool)
    for c, size in enumerate(_test_rows_per_class(counts, n_test)):
        is_test[rng.permutation(np.flatnonzero(codes == c))[:size]] = True
    return rng.permutation(np.flatnonzero(~is_test)), rng.permutation(np.flatnonzero(is_test))


def _test_rows_per_class(counts, n_test):
    """Return how many rows of each class (k,) to hold out: in proportion, and one on each side.

    Rounding may leave a few rows too many or too few. They come from, or go to, the classes that
    are farthest from their share.
    """
    share = counts * (n_test / counts.sum())
    take = np.clip(np.round(share).astype(int), 1, counts - 1)
    while missing := n_test - take.sum():
        step = np.sign(missing)
        room = take < counts - 1 if step > 0 else take > 1
        take[np.where(room, step * (share - take), -np.inf).argmax()] += step
    return take


class KFold:
    """Folds of consecutive rows (shuffled first if asked): each is the test set once.

    Every row is in exactly one test fold; the first n % n_splits folds are one row longer.
    Without `shuffle`, rows that were sorted by class give folds that miss a class.

    Parameters
    ----------
    n_splits : int, default=5
        The number of folds, 2 or more.
    shuffle : bool, default=False
        Mix the rows before they are cut into folds.
    random_state : None, int or numpy.random.Generator, default=None
        What mixes them. An int makes the folds repeatable.
    """

    def __init__(self, n_splits=5, *, shuffle=False, random_state=None):
        self.n_splits = n_splits
        self.shuffle = shuffle
        self.random_state = random_state

    def split(self, X, y=None):
        """Yield the row numbers (train, test) of each fold.

        Parameters
        ----------
        X : array of shape (n_samples, ...)
            The rows, of which only the number counts.
        y : array of shape (n_samples,), default=None
            Not used here. `StratifiedKFold` needs it.
        """
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

    Parameters
    ----------
    n_splits : int, default=5
        The number of folds, 2 or more.
    shuffle : bool, default=False
        Mix the rows of each class before they are dealt.
    random_state : None, int or numpy.random.Generator, default=None
        What mixes them. An int makes the folds repeatable.
    """

    def split(self, X, y):
        """Yield the row numbers (train, test) of each fold.

        Parameters
        ----------
        X : array of shape (n_samples, ...)
            The rows, of which only the number counts.
        y : array of shape (n_samples,)
            Their class labels.
        """
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
    """Refuse parameters of a splitter that do not fit n rows; return its random generator."""
    check_integer("n_splits", cv.n_splits, low=2)
    check_flag("shuffle", cv.shuffle)
    if cv.n_splits > n:
        raise ValueError(f"n_splits={cv.n_splits} is more than the {n} samples")
    if cv.random_state is not None and not cv.shuffle:
        raise ValueError("random_state has no effect without shuffle=True")
    return check_generator(cv.random_state)


def _train_and_test(fold, n_splits):
    """Yield the row numbers outside and inside each fold; `fold` (n,) holds that of each row."""
    for k in range(n_splits):
        yield np.flatnonzero(fold != k), np.flatnonzero(fold == k)


# ------------------------------------------------------------------------------------ pipeline


class Pipeline:
    """Steps that transform, then a model: fitted together, so that scaling stays inside the fold.

        Pipeline(StandardScaler(), KNeighborsClassifier(5)).fit(X_train, y_train).predict(X_test)

    Every step but the last has `fit` and `transform`; the last has `fit` and is the model, or one
    more transformer. `fit` works on deep copies; the steps given stay unfitted. Methods that the
    last step has not, the pipeline has not either: `predict`, `predict_proba`,
    `predict_log_proba`, `decision_function`, `transform`, `fit_predict`, `fit_transform`.

    Parameters
    ----------
    *steps : models, or pairs ("name", model), or one list of them
        What is done, one after the other. Without a name a step has that of its class in lower
        case, as in scikit-learn's `make_pipeline`. `grid_search` takes "name__parameter".

    Attributes
    ----------
    steps_ : tuple
        The fitted steps, without names: `pipeline.steps_[-1].coef_`.
    """

    def __init__(self, *steps):
        self.steps = steps

    def fit(self, X, y=None):
        """Fit each transformer on what the one before it makes of X, then the last step.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            The rows.
        y : array of shape (n_samples,), default=None
            Their targets, for a last step that takes some.

        Returns
        -------
        self : Pipeline
        """
        steps, X = self._fit_transformers(X)
        targets = () if y is None else (y,)
        steps[-1].fit(X, *targets)
        self.steps_ = steps
        return self

    @property
    def named_steps(self):
        """The steps by name, a dict: the fitted ones after `fit`, before it those given."""
        pairs = _named_steps(self)
        steps = getattr(self, "steps_", [step for _, step in pairs])
        return {name: step for (name, _), step in zip(pairs, steps)}

    @property
    def predict(self):
        """Predict for rows, which go through the transformers first."""
        return self._answer_of_last("predict")

    @property
    def predict_proba(self):
        """Return the probability of each class for rows, which are transformed first."""
        return self._answer_of_last("predict_proba")

    @property
    def predict_log_proba(self):
        """Return the logarithms of `predict_proba`."""
        return self._answer_of_last("predict_log_proba")

    @property
    def decision_function(self):
        """Return the last step's decision function for rows, which are transformed first."""
        return self._answer_of_last("decision_function")

    @property
    def transform(self):
        """Transform rows by all steps."""
        return self._answer_of_last("transform")

    @property
    def fit_predict(self):
        """Do `fit(X, y)` and return what the last step's own `fit_predict` says of these rows."""
        self._check_last("fit_predict")
        return self._fit_predict

    @property
    def fit_transform(self):
        """Do `fit(X, y)` and return X transformed by all steps."""
        self._check_last("transform")
        return self._fit_transform

    @property
    def classes_(self):
        """The classes that the fitted last step knows."""
        return self.steps_[-1].classes_

    def _fit_transformers(self, X):
        """Return copies of the steps, all fitted but the last, and what reaches the last of X."""
        steps = copy.deepcopy(tuple(step for _, step in _named_steps(self)))
        for i, step in enumerate(steps):
            if isinstance(step, type):
                raise TypeError(f"step {i + 1} is a class: write {step.__name__}()")
            needed = ("fit",) if i == len(steps) - 1 else ("fit", "transform")
            for name in needed:
                if not hasattr(step, name):
                    raise TypeError(f"step {i + 1}, {type(step).__name__}, has no {name}()")
        for step in steps[:-1]:
            step.fit(X)
            X = step.transform(X)
        return steps, X

    def _fit_predict(self, X, y=None):
        """Fit all steps, and return the last step's `fit_predict`."""
        steps, X = self._fit_transformers(X)
        targets = () if y is None else (y,)
        labels = steps[-1].fit_predict(X, *targets)
        self.steps_ = steps
        return labels

    def _fit_transform(self, X, y=None):
        """Fit all steps, and return X transformed; the last step may do both at once."""
        steps, X = self._fit_transformers(X)
        last = steps[-1]
        targets = () if y is None else (y,)
        if hasattr(last, "fit_transform"):
            Z = last.fit_transform(X, *targets)
        else:
            last.fit(X, *targets)
            Z = last.transform(X)
        self.steps_ = steps
        return Z

    def _check_last(self, name):
        """Have no method that the last step has not."""
        pairs = _named_steps(self) if self.steps else []
        if not pairs or not hasattr(pairs[-1][1], name):
            raise AttributeError(f"the last step of the pipeline has no {name}()")

    def _answer_of_last(self, name):
        """Return the last step's method as a function of rows that are not transformed yet."""
        self._check_last(name)
        return partial(self._answer, name)

    def _answer(self, name, X):
        """Transform X, and return what the last step's method says of it."""
        if not hasattr(self, "steps_"):
            raise RuntimeError("Pipeline is not fitted: call fit first")
        for step in self.steps_[:-1]:
            X = step.transform(X)
        return getattr(self.steps_[-1], name)(X)


def _named_steps(pipeline):
    """Return the steps of a pipeline as a list of pairs (name, step), checked."""
    steps = pipeline.steps
    if len(steps) == 1 and isinstance(steps[0], (list, tuple)):
        one_pair = len(steps[0]) > 0 and isinstance(steps[0][0], str)
        steps = steps if one_pair else steps[0]
    if not steps:
        raise ValueError("Pipeline needs at least one step")
    given = [_pair(step) for step in steps]
    times = Counter(name for name, _ in given)
    seen = Counter()
    pairs = []
    for (name, step), original in zip(given, steps):
        if times[name] > 1 and isinstance(original, (tuple, list)):
            raise ValueError(f"two steps of the pipeline are named {name!r}")
        seen[name] += 1
        pairs.append((name if times[name] == 1 else f"{name}-{seen[name]}", step))
    return pairs


def _pair(step):
    """Return a step as (name, step), whether it has a name or not."""
    if not isinstance(step, (tuple, list)):
        return type(step).__name__.lower(), step
    if len(step) != 2 or not isinstance(step[0], str):
        raise TypeError(f"a step must be a model or a pair ('name', model), got {step!r}")
    if "__" in step[0]:
        raise ValueError(f"the name of a step must not hold two underscores, got {step[0]!r}")
    return tuple(step)


# ---------------------------------------------------------------------------- cross-validation


def cross_val_score(model, X, y, *, cv=5, metric=None, method="predict", random_state=None):
    """`metric(y_test, prediction)` on each fold, by a model fitted on the other folds.

    Parameters
    ----------
    model : model, Pipeline, class or function
        An unfitted model, deep-copied for each fold; or a class or function that makes one when
        called without arguments.
    X : array of shape (n_samples, n_features)
        The rows.
    y : array of shape (n_samples,)
        Their labels or targets.
    cv : int, splitter or list, default=5
        The number of folds, or an object with `split(X, y)`, or a list of (train, test) row
        numbers. A number means `StratifiedKFold` for a classifier and `KFold` for the rest. A
        classifier has predict_proba or decision_function, or y holds strings or booleans.
    metric : function, default=None
        Of (y_true, prediction), returns one number. None means `accuracy_score` for a classifier
        (as for `cv`) and `r2_score` for the rest.
    method : str, default="predict"
        What predicts: "predict", "predict_proba" (with metric=log_loss), "decision_function".
    random_state : None, int or numpy.random.Generator, default=None
        Shuffles the rows when `cv` is a number; None leaves them as they stand.

    Returns
    -------
    scores : ndarray of shape (n_folds,)
    """
    trial = _Trial(model, X, y, cv, random_state)
    trial.choose_method(method)
    trial.choose_metric(metric)
    return trial.scores(trial.make)


def cross_val_predict(model, X, y, *, cv=5, method="predict", random_state=None):
    """Prediction for each row by the model that has not seen it, in the order of the rows.

    Parameters
    ----------
    model : model, Pipeline, class or function
        As in `cross_val_score`.
    X : array of shape (n_samples, n_features)
        The rows.
    y : array of shape (n_samples,)
        Their labels or targets.
    cv : int, splitter or list, default=5
        As in `cross_val_score`. It must put every row in exactly one test fold.
    method : str, default="predict"
        What predicts. For other methods than "predict" every training fold must hold every
        class, or columns would not match.
    random_state : None, int or numpy.random.Generator, default=None
        Shuffles the rows when `cv` is a number; None leaves them as they stand.

    Returns
    -------
    predictions : ndarray of shape (n_samples,) or (n_samples, n_columns)
    """
    trial = _Trial(model, X, y, cv, random_state)
    trial.choose_method(method)
    tested = np.concatenate([test for _, test in trial.folds])
    if not np.array_equal(np.sort(tested), np.arange(len(trial.y))):
        raise ValueError("cv must put every row in exactly one test fold")
    if method != "predict":
        n_classes = len(np.unique(trial.y))
        for k, (train, _) in enumerate(trial.folds):
            seen = len(np.unique(trial.y[train]))
            if seen < n_classes:
                raise ValueError(f"training fold {k} holds {seen} of the {n_classes} classes in y")
    parts = [trial.prediction(trial.make(), train, test) for train, test in trial.folds]
    return np.concatenate(parts)[np.argsort(tested)]


@dataclass
class GridSearchResult:
    """What `grid_search` found.

    Attributes
    ----------
    grid : dict
        The names and values that were tried.
    scores : ndarray
        The mean score of each combination, with one axis for each parameter, in the order of
        `grid`. So two parameters are a heat map as they stand.
    fold_scores : ndarray
        The same fold by fold, with the folds as one more axis.
    best_params : dict
        The best combination.
    best_score : float
        Its mean score.
    best_model : model
        The model with these parameters, fitted to all rows.
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
    metric=None,
    method="predict",
    greater_is_better=True,
    random_state=None,
):
    """Cross-validate every combination of parameters on the same folds; refit the best on all rows.

    Equal scores: the combination that comes first in the grid wins.

    Parameters
    ----------
    model : model, Pipeline, class or function
        As in `cross_val_score`.
    grid : dict of str to list
        The values to try for each parameter. They are set as attributes of a copy of the model;
        if it is a `Pipeline`, of its last step, or of the step "name" for "name__parameter".
    X : array of shape (n_samples, n_features)
        The rows.
    y : array of shape (n_samples,)
        Their labels or targets.
    cv : int, splitter or list, default=5
        As in `cross_val_score`.
    metric : function, default=None
        As in `cross_val_score`: None means accuracy for a classifier, R² for the rest.
    method : str, default="predict"
        What predicts, as in `cross_val_score`.
    greater_is_better : bool, default=True
        Say False for an error such as `mean_squared_error`.
    random_state : None, int or numpy.random.Generator, default=None
        Shuffles the rows when `cv` is a number; None leaves them as they stand.

    Returns
    -------
    found : GridSearchResult
    """
    check_flag("greater_is_better", greater_is_better)
    trial = _Trial(model, X, y, cv, random_state)
    trial.choose_method(method)
    trial.choose_metric(metric)
    grid = _check_grid(grid, trial.make())
    combinations = list(itertools.product(*grid.values()))
    makes = [partial(_with_parameters, trial.make, grid, values) for values in combinations]
    fold_scores = []
    for values, make in zip(combinations, makes):
        try:
            fold_scores.append(trial.scores(make))
        except Warning:  # where warnings are errors they stay what they are
            raise
        except Exception as error:
            setting = ", ".join(f"{name}={value!r}" for name, value in zip(grid, values))
            raise _error_like(error, f"with {setting}: {error}") from error
    fold_scores = np.array(fold_scores)
    means = fold_scores.mean(axis=1)
    best = int(means.argmax() if greater_is_better else means.argmin())
    best_model = makes[best]()
    best_model.fit(trial.X, trial.y)
    shape = tuple(len(values) for values in grid.values())
    return GridSearchResult(
        grid=grid,
        scores=means.reshape(shape),
        fold_scores=fold_scores.reshape(*shape, len(trial.folds)),
        best_params=dict(zip(grid, combinations[best])),
        best_score=float(means[best]),
        best_model=best_model,
    )


class _Trial:
    """A model on trial: what makes it, the rows, and the folds, all checked.

    make : function that returns a fresh, unfitted model
    X : (n, ...) rows, an array or a DataFrame;  y : (n,) array
    folds : list of (train, test) row numbers
    is_classifier : bool
    """

    def __init__(self, model, X, y, cv, random_state):
        self.X = _rows(X, "X")
        self.y = as_array(y, "y")
        if self.y.ndim == 0 or len(self.y) == 0:
            raise ValueError(f"y must be a non-empty array of rows, got shape {self.y.shape}")
        if len(self.X) != len(self.y):
            raise ValueError(f"X has {len(self.X)} rows, y has {len(self.y)}")
        kind = self.y.dtype.kind
        if self.y.ndim == 1 and kind in "OSUT":
            kind = check_labels(self.y, "y", whole=False).dtype.kind
        self.make = _maker(model)
        last = _last_step(self.make())
        scored = hasattr(last, "predict_proba") or hasattr(last, "decision_function")
        self.is_classifier = scored or kind in "Ub"
        self.folds = self._folds(cv, random_state)

    def _folds(self, cv, random_state):
        """Return the folds that `cv` stands for, a list of pairs of row numbers."""
        if isinstance(cv, Integral) and not isinstance(cv, bool):
            Folds = StratifiedKFold if self.is_classifier else KFold
            cv = Folds(cv, shuffle=random_state is not None, random_state=random_state)
        elif random_state is not None:
            raise ValueError("random_state shuffles only when cv is a number: give it to cv itself")
        if hasattr(cv, "split") and not isinstance(cv, (str, bytes)):
            cv = cv.split(self.X, self.y)
        elif isinstance(cv, (str, bytes, dict)) or not isinstance(cv, Iterable):
            raise TypeError(f"cv must be an int, a splitter or a list of (train, test), got {cv!r}")
        folds = []
        for fold in cv:
            if not isinstance(fold, (tuple, list)) or len(fold) != 2:
                raise TypeError(f"cv must hold pairs (train, test) of row numbers, got {fold!r}")
            folds.append(tuple(_row_numbers(part, len(self.y)) for part in fold))
        if not folds:
            raise ValueError("cv holds no folds")
        return folds

    def choose_method(self, method):
        """Set what predicts."""
        model = self.make()
        if not isinstance(method, str) or not hasattr(model, method):
            raise TypeError(f"method={method!r}: {type(_last_step(model)).__name__} has none")
        self.method = method

    def choose_metric(self, metric):
        """Set what scores. Without a metric the kind of model decides."""
        if metric is None and self.method != "predict":
            raise ValueError(
                f"method={self.method!r} needs a metric of what it returns, such as metric=log_loss"
            )
        if metric is None:
            metric = accuracy_score if self.is_classifier else r2_score
        if not callable(metric):
            raise TypeError(f"metric must be a function of (y_true, prediction), got {metric!r}")
        self.metric = metric

    def scores(self, make):
        """Return the score of the models that `make` makes on each fold, (n_folds,)."""
        name = getattr(self.metric, "__name__", repr(self.metric))
        scores = []
        for k, (train, test) in enumerate(self.folds):
            prediction = self.prediction(make(), train, test)
            try:
                score = self.metric(self.y[test], prediction)
            except (TypeError, ValueError) as error:
                raise _error_like(error, f"metric={name} fails on fold {k}: {error}") from error
            if not isinstance(score, Real) or np.isnan(score):
                raise ValueError(
                    f"metric={name} must return one number for each fold, got {score!r}"
                )
            scores.append(float(score))
        return np.array(scores)

    def prediction(self, model, train, test):
        """Fit the model to some rows, and return what it says of others."""
        model.fit(_take(self.X, train), self.y[train])
        return np.asarray(getattr(model, self.method)(_take(self.X, test)))


def _maker(model):
    """Return a function that makes fresh copies of a model."""
    if isinstance(model, type) or (callable(model) and not hasattr(model, "fit")):
        return model
    if hasattr(model, "fit"):
        return partial(copy.deepcopy, model)
    raise TypeError(f"model must have fit() or make a model when called, got {model!r}")


def _row_numbers(part, n):
    """Return one side of a fold as row numbers from 0 to n - 1; booleans mark the rows."""
    numbers = as_array(part, "cv")
    if numbers.dtype == bool and numbers.shape == (n,):
        return np.flatnonzero(numbers)
    if numbers.ndim != 1 or numbers.size == 0 or numbers.dtype.kind not in "iu":
        raise ValueError(f"cv must hold pairs of non-empty lists of row numbers, got {part!r}")
    wrong = numbers[(numbers < 0) | (numbers >= n)]
    if wrong.size:
        raise ValueError(f"cv names row {wrong[0]}, the rows are 0 to {n - 1}")
    return numbers


def _last_step(model):
    """Return the model itself, or the last step of a pipeline, of pipelines within pipelines."""
    while isinstance(model, Pipeline) and model.steps:
        model = _named_steps(model)[-1][1]
    return model


def _owner(model, name):
    """Return the object and the name of the attribute that a name of a grid stands for."""
    if not isinstance(model, Pipeline) or "__" not in name:
        return _last_step(model), name
    step, _, rest = name.partition("__")
    steps = dict(_named_steps(model))
    if step not in steps:
        known = ", ".join(repr(other) for other in steps)
        raise ValueError(f"grid names the step {step!r}, the steps are {known}")
    return _owner(steps[step], rest)


def _check_grid(grid, model):
    """Return the grid as a dict of lists; its names must be parameters of the model."""
    if not isinstance(grid, dict) or not grid:
        raise TypeError(f"grid must be a dict of names and lists of values, got {grid!r}")
    for name, values in grid.items():
        if not isinstance(name, str):
            raise TypeError(f"grid must name parameters by strings, got {name!r}")
        owner, attribute = _owner(model, name)
        if not hasattr(owner, attribute):
            raise ValueError(f"{type(owner).__name__} has no parameter {attribute!r}")
        if isinstance(values, (str, dict)) or not hasattr(values, "__len__") or len(values) == 0:
            raise ValueError(f"grid[{name!r}] must be a list of values, got {values!r}")
    return {name: list(values) for name, values in grid.items()}


def _with_parameters(make, names, values):
    """Return a fresh model with these parameters."""
    candidate = make()
    for name, value in zip(names, values):
        owner, attribute = _owner(candidate, name)
        setattr(owner, attribute, value)
    return candidate


def _error_like(error, message):
    """Return a ValueError or TypeError, as `error` is, or else a RuntimeError with this message."""
    for kind in (ValueError, TypeError):
        if isinstance(error, kind):
            return kind(message)
    return RuntimeError(message)


# --------------------------------------------------------------------------------- rows of data


def _rows(a, name):
    """Return `a` as rows that `_take` can take: a NumPy array, or the DataFrame that it is."""
    array = as_array(a, name)
    if array.ndim == 0 or len(array) == 0:
        raise ValueError(f"{name} must be a non-empty array of rows, got shape {array.shape}")
    return a if hasattr(a, "iloc") else array


def _take(rows, numbers):
    """Return a copy of some rows, by number."""
    return rows.iloc[numbers] if hasattr(rows, "iloc") else rows[numbers]
