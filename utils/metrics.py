"""How good is it? Scores for regression, classification, probabilities, rankings and clusters.

    >>> accuracy_score(["ant", "bee", "bee"], ["ant", "bee", "ant"])
    0.6666666666666666
    >>> r2_score([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    0.5

Names and meanings are scikit-learn's `sklearn.metrics` wherever it has them. Every function takes
lists or arrays; labels may be numbers or words; no argument is modified. Wherever a score has a
corner in which its formula says 0 / 0, the docstring states the rule.
"""

import numpy as np

from utils.checks import (
    check_flag,
    check_integer,
    check_labels,
    check_number,
    check_numbers,
    check_same_length,
)

_MOST_COUNTS = 10**8  # in a matrix of counts: 800 MB
_ON_THE_EDGE = 1e-12  # a share of the edge of a bin: so far rounding may carry a probability

# ---------------------------------------------------------------------------------- regression


def mean_squared_error(y_true, y_pred, sample_weight=None):
    """Mean of (y_true - y_pred)². It is a mean, never a sum, and 0 is perfect.

    Parameters
    ----------
    y_true : array of shape (n,)
        The right values.
    y_pred : array of shape (n,)
        The predicted values.
    sample_weight : array of shape (n,), default=None
        How much each row counts. None counts all rows alike.

    Returns
    -------
    error : float
        In squared units of y; inf where a square is beyond the range of floats.
    """
    error, weight = _errors(y_true, y_pred, sample_weight)
    with np.errstate(over="ignore"):
        return float(np.average(error**2, weights=weight))


def root_mean_squared_error(y_true, y_pred, sample_weight=None):
    """Square root of the mean squared error, in the units of y.

    Parameters
    ----------
    y_true : array of shape (n,)
        The right values.
    y_pred : array of shape (n,)
        The predicted values.
    sample_weight : array of shape (n,), default=None
        How much each row counts. None counts all rows alike.

    Returns
    -------
    error : float
    """
    error, weight = _errors(y_true, y_pred, sample_weight)
    largest = np.abs(error).max() or 1.0  # squares of errors over 1e154 would overflow
    return float(largest * np.sqrt(np.average((error / largest) ** 2, weights=weight)))


def mean_absolute_error(y_true, y_pred, sample_weight=None):
    """Mean of |y_true - y_pred|, in the units of y. Outliers move it less than the RMSE.

    Parameters
    ----------
    y_true : array of shape (n,)
        The right values.
    y_pred : array of shape (n,)
        The predicted values.
    sample_weight : array of shape (n,), default=None
        How much each row counts. None counts all rows alike.

    Returns
    -------
    error : float
    """
    error, weight = _errors(y_true, y_pred, sample_weight)
    return float(np.average(np.abs(error), weights=weight))


def r2_score(y_true, y_pred, sample_weight=None):
    """Coefficient of determination, R² = 1 - SSE / SST.

    1 is perfect, 0 is what the mean of y_true scores, below 0 is worse than that mean. It is not
    a squared correlation: predictions of the right shape at the wrong scale score badly.
    Constant y_true (SST = 0): 1.0 if every prediction is exact, else 0.0.

    Parameters
    ----------
    y_true : array of shape (n,)
        The right values, two or more.
    y_pred : array of shape (n,)
        The predicted values.
    sample_weight : array of shape (n,), default=None
        How much each row counts. None counts all rows alike.

    Returns
    -------
    r2 : float
    """
    error, weight = _errors(y_true, y_pred, sample_weight)
    y = check_numbers(y_true, "y_true")
    if weight is not None:
        y, error, weight = y[weight > 0], error[weight > 0], weight[weight > 0]
    if len(y) < 2:
        raise ValueError("R² needs at least 2 samples, got 1")
    y = y - y[0]  # a large common offset goes first, and constant y becomes exactly 0
    y = y - np.average(y, weights=weight)
    scale = np.abs(y).max()  # squares at 1e±200 leave the range of floats
    if scale == 0.0:
        return 1.0 if not error.any() else 0.0
    sse = np.average((error / scale) ** 2, weights=weight)
    sst = np.average((y / scale) ** 2, weights=weight)
    return float(1.0 - sse / sst)


def adjusted_r2_score(y_true, y_pred, n_features):
    """R² that pays for its features: 1 - (1 - R²)(n - 1) / (n - n_features - 1).

    Parameters
    ----------
    y_true : array of shape (n,)
        The right values. n must exceed n_features + 1.
    y_pred : array of shape (n,)
        The predicted values.
    n_features : int
        The number of columns that the model uses, the intercept not counted.

    Returns
    -------
    r2 : float
    """
    r2 = r2_score(y_true, y_pred)
    n = len(y_true)
    check_integer("n_features", n_features, low=0)
    if n <= n_features + 1:
        raise ValueError(f"n_features={n_features} is too many for {n} samples: n > n_features + 1")
    return 1.0 - (1.0 - r2) * (n - 1) / (n - n_features - 1)


# ------------------------------------------------------------------------------ classification


def accuracy_score(y_true, y_pred, sample_weight=None):
    """Share of labels that are right.

    Parameters
    ----------
    y_true : array of shape (n,)
        The right labels.
    y_pred : array of shape (n,)
        The predicted labels.
    sample_weight : array of shape (n,), default=None
        How much each row counts. None counts all rows alike.

    Returns
    -------
    share : float
    """
    _, true, pred = _label_pair(y_true, y_pred)
    return float(np.average(true == pred, weights=_weights(sample_weight, len(true))))


def confusion_matrix(y_true, y_pred, labels=None):
    """Counts with true classes as rows and predicted classes as columns.

    Parameters
    ----------
    y_true : array of shape (n,)
        The right labels.
    y_pred : array of shape (n,)
        The predicted labels.
    labels : sequence of k labels, default=None
        The order of rows and columns. A row of the data of which either label is not listed is
        left out, so one class can be looked at alone. None lists all labels seen, sorted.

    Returns
    -------
    counts : ndarray of int, shape (k, k)
    """
    classes, true, pred = _label_pair(y_true, y_pred)
    if labels is None:
        return _cross_counts(true, pred, len(classes), len(classes))
    labels = _label_list(labels)
    number = {label: i for i, label in enumerate(labels)}
    place = np.array([number.get(label, -1) for label in classes.tolist()])  # -1: not listed
    if (place < 0).all():
        known = _names(classes.tolist())
        raise ValueError(f"labels={labels} holds none of the labels {known} in the data")
    true, pred = place[true], place[pred]
    listed = (true >= 0) & (pred >= 0)
    return _cross_counts(true[listed], pred[listed], len(labels), len(labels))


def balanced_accuracy_score(y_true, y_pred):
    """Mean recall over the classes of y_true: always guessing one of k classes scores 1/k.

    Parameters
    ----------
    y_true : array of shape (n,)
        The right labels.
    y_pred : array of shape (n,)
        The predicted labels.

    Returns
    -------
    recall : float
    """
    hits, _, actual = _counts_per_label(*_label_pair(y_true, y_pred))
    occurs = actual > 0
    return float(np.mean(hits[occurs] / actual[occurs]))


def precision_score(y_true, y_pred, *, pos_label=1, average="binary", zero_division=0.0):
    """Of those predicted positive, the share that are: TP / (TP + FP).

    Parameters
    ----------
    y_true : array of shape (n,)
        The right labels.
    y_pred : array of shape (n,)
        The predicted labels.
    pos_label : label, default=1
        The positive class. Only average="binary" uses it.
    average : {"binary", "macro", "micro", "weighted"} or None, default="binary"
        "binary" scores `pos_label`. "macro" is the plain mean over all labels seen. "weighted"
        weights that mean by the true counts. "micro" pools the counts of all classes first. None
        returns one score per label, in sorted order.
    zero_division : float, default=0.0
        What stands for 0 / 0, from 0 to 1. Precision is 0 / 0 for a class that was never
        predicted, recall for one that never occurs, F1 for one that does neither.

    Returns
    -------
    precision : float, or ndarray of shape (k,) for average=None
    """
    hits, predicted, actual = _counts(y_true, y_pred, pos_label, average)
    return _averaged(hits, predicted, actual, average, zero_division)


def recall_score(y_true, y_pred, *, pos_label=1, average="binary", zero_division=0.0):
    """Of those that are positive, the share found: TP / (TP + FN).

    Parameters
    ----------
    y_true : array of shape (n,)
        The right labels.
    y_pred : array of shape (n,)
        The predicted labels.
    pos_label : label, default=1
        The positive class. Only average="binary" uses it.
    average : {"binary", "macro", "micro", "weighted"} or None, default="binary"
        As in `precision_score`.
    zero_division : float, default=0.0
        What stands for 0 / 0, from 0 to 1. Recall is 0 / 0 for a class that never occurs.

    Returns
    -------
    recall : float, or ndarray of shape (k,) for average=None
    """
    hits, _, actual = _counts(y_true, y_pred, pos_label, average)
    return _averaged(hits, actual, actual, average, zero_division)


def f1_score(y_true, y_pred, *, pos_label=1, average="binary", zero_division=0.0):
    """Harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN).

    Parameters
    ----------
    y_true : array of shape (n,)
        The right labels.
    y_pred : array of shape (n,)
        The predicted labels.
    pos_label : label, default=1
        The positive class. Only average="binary" uses it.
    average : {"binary", "macro", "micro", "weighted"} or None, default="binary"
        As in `precision_score`.
    zero_division : float, default=0.0
        What stands for 0 / 0, from 0 to 1. F1 is 0 / 0 for a class that is neither true nor
        predicted anywhere.

    Returns
    -------
    f1 : float, or ndarray of shape (k,) for average=None
    """
    hits, predicted, actual = _counts(y_true, y_pred, pos_label, average)
    return _averaged(2 * hits, predicted + actual, actual, average, zero_division)


def matthews_corrcoef(y_true, y_pred):
    """Correlation of true and predicted labels, for two classes or more.

    1 is perfect, 0 is chance, -1 is always wrong (two classes). 0.0 if either side holds one
    class only.

    Parameters
    ----------
    y_true : array of shape (n,)
        The right labels.
    y_pred : array of shape (n,)
        The predicted labels.

    Returns
    -------
    correlation : float
    """
    hits, predicted, actual = _counts_per_label(*_label_pair(y_true, y_pred))
    n, right = actual.sum(), hits.sum()
    covariance = float(right * n - actual @ predicted)
    spread_true = float(n * n - actual @ actual) ** 0.5
    spread_pred = float(n * n - predicted @ predicted) ** 0.5
    spread = spread_true * spread_pred
    return covariance / spread if spread > 0 else 0.0


def _counts_per_label(classes, true, pred):
    """Return three counts for each of k labels: rows hit, rows predicted, rows that are.

    `true` and `pred` (n,) are positions in `classes` (k,). Precision, recall, F1, Matthews and
    balanced accuracy follow from these (k,) arrays alone: a k x k matrix is not needed.
    """
    k = len(classes)
    hits = np.bincount(true[true == pred], minlength=k)
    return hits, np.bincount(pred, minlength=k), np.bincount(true, minlength=k)


def _counts(y_true, y_pred, pos_label, average):
    """Return hits, predicted and actual rows: of each label, or of `pos_label`, or pooled."""
    if average not in ("binary", "macro", "micro", "weighted", None):
        raise ValueError(
            f"average must be 'binary', 'macro', 'micro', 'weighted' or None, got {average!r}"
        )
    classes, true, pred = _label_pair(y_true, y_pred)
    counts = np.array(_counts_per_label(classes, true, pred))  # (3, k)
    if average == "micro":
        return counts.sum(axis=1, keepdims=True)
    if average != "binary":
        return counts
    if len(classes) > 2:
        raise ValueError(
            f"average='binary' needs at most two classes, got {len(classes)}: "
            "choose 'macro', 'micro', 'weighted' or None"
        )
    place = _place_of(pos_label, classes)
    return np.zeros((3, 1)) if place is None else counts[:, [place]]


def _averaged(top, bottom, actual, average, zero_division):
    """Return top / bottom for each label (k,), or their mean; `actual` (k,) may weight it."""
    zero_division = check_number("zero_division", zero_division, high=1)
    scores = np.full(len(top), zero_division)
    np.divide(top, bottom, out=scores, where=bottom > 0)
    if average is None:
        return scores
    return float(np.average(scores, weights=actual if average == "weighted" else None))


# ------------------------------------------------------------------------------- probabilities


def log_loss(y_true, y_proba, *, labels=None, sample_weight=None):
    """Mean of -log(probability given to the class that came true); log(2) is a coin's score.

    A probability below 2.2e-16 counts as 2.2e-16, so one certain mistake costs 36 and not
    infinity.

    Parameters
    ----------
    y_true : array of shape (n,)
        The labels that came true.
    y_proba : array of shape (n, k) or (n,)
        The probabilities of k classes, which sum to 1 in each row; or of the second of two.
    labels : sequence of k labels, default=None
        The classes in the order of the columns. None means the sorted labels of `y_true`. Name
        them where a class has no row in `y_true`.
    sample_weight : array of shape (n,), default=None
        How much each row counts. None counts all rows alike.

    Returns
    -------
    loss : float
    """
    true, P = _class_probabilities(y_true, y_proba, labels)
    chosen = np.maximum(P[np.arange(len(P)), true], np.finfo(float).eps)
    return float(np.average(-np.log(chosen), weights=_weights(sample_weight, len(P))))


def brier_score(y_true, y_proba, *, labels=None, sample_weight=None):
    """Mean squared distance of the probabilities from what came true; lower is better.

    Two classes: mean of (outcome - p)², from 0 to 1. More: summed over the classes, from 0 to 2.
    scikit-learn's name is `brier_score_loss`.

    Parameters
    ----------
    y_true : array of shape (n,)
        The labels that came true.
    y_proba : array of shape (n, k) or (n,)
        The probabilities of k classes, which sum to 1 in each row; or of the second of two.
    labels : sequence of k labels, default=None
        The classes in the order of the columns. None means the sorted labels of `y_true`. Name
        them where a class has no row in `y_true`.
    sample_weight : array of shape (n,), default=None
        How much each row counts. None counts all rows alike.

    Returns
    -------
    score : float
    """
    true, P = _class_probabilities(y_true, y_proba, labels)
    P[np.arange(len(P)), true] -= 1.0  # now the errors
    halves = 2 if P.shape[1] == 2 else 1  # two columns tell the same error twice
    squares = np.einsum("ij,ij->i", P, P) / halves
    return float(np.average(squares, weights=_weights(sample_weight, len(P))))


def calibration_curve(
    y_true, y_proba, *, pos_label=None, n_bins=5, strategy="uniform", return_counts=False
):
    """Reliability of probabilities: does 0.8 come true four times in five?

    The predictions are sorted into bins. A value on an edge belongs to the lower bin, and so does
    one that rounding has carried over it, such as 0.1 + 0.2 at the edge 0.3. Empty bins are left
    out.

    Parameters
    ----------
    y_true : array of shape (n,)
        The labels that came true, of two classes.
    y_proba : array of shape (n,)
        The probability of the positive class.
    pos_label : label, default=None
        The positive class. None means 1 for labels 0/1 or -1/1, else the larger of the two.
    n_bins : int, default=5
        The number of bins.
    strategy : {"uniform", "quantile"}, default="uniform"
        Bins of equal width, or of about equal counts.
    return_counts : bool, default=False
        Return the number of rows in each bin, too.

    Returns
    -------
    prob_true : ndarray of shape (n_full_bins,)
        Share of positives in each bin.
    prob_pred : ndarray of shape (n_full_bins,)
        Mean predicted probability in each bin.
    counts : ndarray of int, shape (n_full_bins,)
        Rows in each bin, only with return_counts=True.
    """
    positive = _is_positive(y_true, pos_label)
    p = _probabilities(y_proba, ndim=1)
    check_same_length("y_true", positive, "y_proba", p)
    check_integer("n_bins", n_bins, low=1)
    check_flag("return_counts", return_counts)
    if strategy not in ("uniform", "quantile"):
        raise ValueError(f"strategy must be 'uniform' or 'quantile', got {strategy!r}")
    edges = np.linspace(0, 1, n_bins + 1)
    if strategy == "quantile":
        edges = np.quantile(p, edges)
    inner = edges[1:-1] * (1 + _ON_THE_EDGE)
    which = np.searchsorted(inner, p)  # the lower bin for a value on an edge
    counts = np.bincount(which, minlength=n_bins)
    full = counts > 0
    prob_true = np.bincount(which, weights=positive, minlength=n_bins)[full] / counts[full]
    prob_pred = np.bincount(which, weights=p, minlength=n_bins)[full] / counts[full]
    return (prob_true, prob_pred, counts[full]) if return_counts else (prob_true, prob_pred)


# ------------------------------------------------------------------------------------ rankings


def roc_curve(y_true, y_score, *, pos_label=None):
    """False and true positive rate at every threshold; equal scores are one point.

    A row is called positive when its score >= threshold. Every distinct score is a threshold,
    from the highest down (scikit-learn's drop_intermediate=False), after a first one of infinity
    that calls nothing positive.

    Parameters
    ----------
    y_true : array of shape (n,)
        The labels, of two classes.
    y_score : array of shape (n,)
        Any scores that rise with the positive class.
    pos_label : label, default=None
        The positive class. None means 1 for labels 0/1 or -1/1, else the larger of the two.

    Returns
    -------
    fpr, tpr, thresholds : ndarrays of equal length
        fpr and tpr run from 0 to 1.
    """
    tp, fp, scores = _ranked_counts(y_true, y_score, pos_label, both_classes=True)
    fpr = np.append(0.0, fp / fp[-1])
    tpr = np.append(0.0, tp / tp[-1])
    return fpr, tpr, np.append(np.inf, scores)


def roc_auc_score(y_true, y_score, *, labels=None):
    """Area under the ROC curve: the chance that a random positive outranks a random negative.

    Equal scores count one half. For more than two classes it is the plain mean of each class
    against the rest.

    Parameters
    ----------
    y_true : array of shape (n,)
        The labels.
    y_score : array of shape (n,) or (n, k)
        Two classes: any scores that rise with the positive class, which is chosen as in
        `roc_curve`. More: a column for each class.
    labels : sequence of k labels, default=None
        The classes in the order of the columns. None means the sorted labels of `y_true`. With
        `y_score` of shape (n,) it is not used.

    Returns
    -------
    area : float
    """
    y_score = check_numbers(y_score, "y_score", ndim=(1, 2))
    if y_score.ndim == 1:
        tp, fp, _ = _ranked_counts(y_true, y_score, None, both_classes=True)
        tp = np.append(0, tp)
        fp = np.append(0, fp)
        return float(np.diff(fp) @ (tp[1:] + tp[:-1]) / (2 * tp[-1] * fp[-1]))
    if y_score.shape[1] == 2:
        raise ValueError("y_score has 2 columns: pass the positive class's alone, y_score[:, 1]")
    true, classes = _columns_of(y_true, y_score, "y_score", labels)
    rows = np.bincount(true, minlength=len(classes))
    absent = [label for label, count in zip(classes, rows) if count == 0]
    if absent:
        raise ValueError(f"every class needs a row in y_true, there is none of {_names(absent)}")
    return float(np.mean([roc_auc_score(true == c, column) for c, column in enumerate(y_score.T)]))


def precision_recall_curve(y_true, y_score, *, pos_label=None):
    """Precision and recall at every distinct score as threshold, from the lowest up.

    A last point, precision 1 and recall 0, has no threshold: it closes the curve, so precision
    and recall are one longer than thresholds.

    Parameters
    ----------
    y_true : array of shape (n,)
        The labels, of two classes.
    y_score : array of shape (n,)
        Any scores that rise with the positive class.
    pos_label : label, default=None
        The positive class. None means 1 for labels 0/1 or -1/1, else the larger of the two.

    Returns
    -------
    precision, recall : ndarrays of shape (n_thresholds + 1,)
    thresholds : ndarray of shape (n_thresholds,)
    """
    tp, fp, scores = _ranked_counts(y_true, y_score, pos_label)
    precision = tp / (tp + fp)
    recall = tp / tp[-1]
    return np.append(precision[::-1], 1.0), np.append(recall[::-1], 0.0), scores[::-1]


def average_precision_score(y_true, y_score, *, pos_label=None):
    """Precision averaged over the steps in recall, sum of (R_i - R_{i-1}) P_i; no interpolation.

    Parameters
    ----------
    y_true : array of shape (n,)
        The labels, of two classes.
    y_score : array of shape (n,)
        Any scores that rise with the positive class.
    pos_label : label, default=None
        The positive class. None means 1 for labels 0/1 or -1/1, else the larger of the two.

    Returns
    -------
    precision : float
    """
    precision, recall, _ = precision_recall_curve(y_true, y_score, pos_label=pos_label)
    return float(-np.diff(recall) @ precision[:-1])


def _ranked_counts(y_true, y_score, pos_label, both_classes=False):
    """Return true and false positives among the rows that score at least each distinct score.

    The third array is these scores, from the highest down.
    """
    positive = _is_positive(y_true, pos_label)
    y_score = check_numbers(y_score, "y_score")
    check_same_length("y_true", positive, "y_score", y_score)
    if not positive.any():
        raise ValueError("y_true holds no positive row, at least one is needed")
    if both_classes and positive.all():
        raise ValueError("y_true holds no negative row: a ROC curve needs both classes")
    order = np.argsort(y_score)[::-1]
    scores = y_score[order]
    group_end = np.append(np.flatnonzero(scores[1:] != scores[:-1]), len(scores) - 1)
    tp = np.cumsum(positive[order])[group_end]
    return tp, group_end + 1 - tp, scores[group_end]


# ------------------------------------------------------------------------------------ clusters


def contingency_matrix(labels_true, labels_pred):
    """Counts of rows per true class (rows, sorted) and per cluster (columns, sorted).

    Parameters
    ----------
    labels_true : array of shape (n,)
        The classes.
    labels_pred : array of shape (n,)
        The clusters.

    Returns
    -------
    counts : ndarray of int, shape (n_classes, n_clusters)
    """
    true, pred = _two_labelings(labels_true, labels_pred)
    return _cross_counts(true, pred, true.max() + 1, pred.max() + 1)


def adjusted_rand_score(labels_true, labels_pred):
    """Agreement of two labelings over all pairs of rows, corrected for chance.

    1 for equal partitions whatever the labels are called, about 0 for random ones, at least -0.5.
    Two labelings that both put everything together, or both keep every row apart, score 1.0.

    Parameters
    ----------
    labels_true : array of shape (n,)
        One labeling.
    labels_pred : array of shape (n,)
        The other.

    Returns
    -------
    agreement : float
    """
    true, pred = _two_labelings(labels_true, labels_pred)
    n = len(true)

    # Python's integers: products of pair counts pass 2^63 at 100,000 rows.
    together = _pairs(true * (pred.max() + 1) + pred)
    in_true, in_pred = _pairs(true), _pairs(pred)
    total = n * (n - 1) // 2
    above_chance = 2 * (together * total - in_true * in_pred)
    most_possible = (in_true + in_pred) * total - 2 * in_true * in_pred
    return above_chance / most_possible if most_possible else 1.0


def _pairs(codes):
    """Return the number of pairs of rows that have the same code."""
    counts = np.unique(codes, return_counts=True)[1]
    return int((counts * (counts - 1) // 2).sum())


def silhouette_samples(X, labels):
    """(b - a) / max(a, b) of each row: is it nearer to its own cluster than to the next one?

    a is the mean Euclidean distance to the other rows of its own cluster, b the smallest mean
    distance to the rows of another cluster. A row alone in its cluster scores 0, and so does one
    for which a = b = 0. Distances are made in blocks of rows: time grows with n², memory does not.

    Parameters
    ----------
    X : array of shape (n, d)
        The rows.
    labels : array of shape (n,)
        The cluster of each row. There must be 2 to n - 1 clusters.

    Returns
    -------
    silhouettes : ndarray of shape (n,)
    """
    X = check_numbers(X, "X", ndim=2)
    labels = check_labels(labels, "labels")
    check_same_length("X", X, "labels", labels)
    _, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    n, k = len(X), len(counts)
    if not 2 <= k <= n - 1:
        raise ValueError(f"labels must name 2 to n - 1 = {n - 1} clusters, got {k}")

    order = np.argsort(codes, kind="stable")  # clusters become contiguous columns of distances
    X, codes = X[order], codes[order]
    first = np.cumsum(counts) - counts
    X -= X.mean(axis=0)  # far from the origin every expanded square below would cancel
    X /= np.abs(X).max() or 1.0  # a silhouette has no unit; squares then cannot overflow
    norms = np.einsum("ij,ij->i", X, X)

    s = np.zeros(n)
    step = max(1, 2**20 // n)  # 8 MB of distances at a time
    for start in range(0, n, step):
        rows = np.arange(start, min(start + step, n))
        here = np.arange(len(rows))
        own = codes[rows]
        sums = np.add.reduceat(_distances(X, norms, rows), first, axis=1)  # (rows, k)
        a = sums[here, own] / np.maximum(counts[own] - 1, 1)
        sums /= counts
        sums[here, own] = np.inf
        b = sums.min(axis=1)
        larger = np.maximum(a, b)
        s[rows] = np.divide(b - a, larger, out=np.zeros(len(rows)), where=larger > 0)
    s[counts[codes] == 1] = 0.0
    result = np.empty(n)
    result[order] = s
    return result


def silhouette_score(X, labels):
    """Mean of `silhouette_samples`: from -1 (wrong clusters) over 0 (overlap) to 1 (far apart).

    Parameters
    ----------
    X : array of shape (n, d)
        The rows.
    labels : array of shape (n,)
        The cluster of each row. There must be 2 to n - 1 clusters.

    Returns
    -------
    silhouette : float
    """
    return float(silhouette_samples(X, labels).mean())


def _distances(X, norms, rows):
    """Return the distances of X[rows] from all of X, (rows, n).

    They come from |u - v|² = |u|² - 2 u·v + |v|², with `norms` = |v|². That cancels for two rows
    much closer to each other than to the origin. A row that has such a neighbour, other than
    itself, is done again by plain differences.
    """
    D = X[rows] @ X.T
    D *= -2.0
    D += norms
    D += norms[rows, None]
    cancelled = np.count_nonzero(D <= 2e-8 * norms[rows, None], axis=1) > 1
    for i in np.flatnonzero(cancelled):
        difference = X - X[rows[i]]
        D[i] = np.einsum("ij,ij->i", difference, difference)
    D[np.arange(len(rows)), rows] = 0.0
    return np.sqrt(np.maximum(D, 0.0, out=D), out=D)


# ------------------------------------------------------------------- labels, weights and columns


def _errors(y_true, y_pred, sample_weight):
    """Return y_true - y_pred (n,), and the weights (n,) or None."""
    y_true, y_pred = check_numbers(y_true, "y_true"), check_numbers(y_pred, "y_pred")
    check_same_length("y_true", y_true, "y_pred", y_pred)
    return y_true - y_pred, _weights(sample_weight, len(y_true))


def _weights(sample_weight, n):
    """Return the weights (n,) in units of the largest, or None."""
    if sample_weight is None:
        return None
    weight = check_numbers(sample_weight, "sample_weight")
    if len(weight) != n:
        raise ValueError(f"sample_weight has length {len(weight)}, y_true has length {n}")
    if weight.min() < 0 or weight.max() == 0:
        raise ValueError("sample_weight must be >= 0 with at least one weight above 0")
    return weight / weight.max()


def _label_pair(y_true, y_pred):
    """Return all labels seen, sorted (k,), and both sequences (n,) as positions among them."""
    y_true, y_pred = check_labels(y_true, "y_true"), check_labels(y_pred, "y_pred")
    check_same_length("y_true", y_true, "y_pred", y_pred)
    if (y_true.dtype.kind == "U") != (y_pred.dtype.kind == "U"):
        raise TypeError(
            f"y_true holds labels such as {y_true[0].item()!r}, y_pred such as "
            f"{y_pred[0].item()!r}: both must be words or both numbers"
        )
    classes, codes = np.unique(np.concatenate([y_true, y_pred]), return_inverse=True)
    return classes, codes[: len(y_true)], codes[len(y_true) :]


def _two_labelings(labels_true, labels_pred):
    """Return both labelings (n,) as numbers from 0, each in the sorted order of its labels."""
    true, pred = check_labels(labels_true, "labels_true"), check_labels(labels_pred, "labels_pred")
    check_same_length("labels_true", true, "labels_pred", pred)
    return np.unique(true, return_inverse=True)[1], np.unique(pred, return_inverse=True)[1]


def _cross_counts(rows, columns, n_rows, n_columns):
    """Return how often each pair (rows[i], columns[i]) occurs, (n_rows, n_columns)."""
    size = int(n_rows) * int(n_columns)
    if size > _MOST_COUNTS:
        raise ValueError(
            f"a matrix of {n_rows} x {n_columns} counts needs {8 * size / 1e9:.3g} GB. Are these "
            "class labels? If so, look at some of them at a time"
        )
    return np.bincount(rows * n_columns + columns, minlength=size).reshape(n_rows, n_columns)


def _label_list(labels):
    """Return `labels` as a list without repetition."""
    labels = check_labels(labels, "labels").tolist()
    if len(set(labels)) < len(labels):
        raise ValueError(f"labels={labels} names a label twice")
    return labels


def _names(labels):
    """Return the labels in words for a message, the first ten of them."""
    more = ", ..." if len(labels) > 10 else ""
    return ", ".join(repr(label) for label in labels[:10]) + more


def _place_of(pos_label, classes):
    """Return the position of pos_label among at most two labels; None for the one not seen."""
    seen = classes.tolist()
    if pos_label in seen:
        return seen.index(pos_label)
    if len(seen) == 2 or isinstance(seen[0], str) != isinstance(pos_label, str):
        raise ValueError(f"pos_label={pos_label!r} is not one of the labels {_names(seen)}")
    return None


def _is_positive(y_true, pos_label):
    """Return for each row whether it is of the positive class, (n,) booleans."""
    classes, codes = np.unique(check_labels(y_true, "y_true"), return_inverse=True)
    seen = classes.tolist()
    if len(seen) > 2:
        raise ValueError(f"y_true must hold two classes, got {len(seen)}")
    if pos_label is None:
        if set(seen) <= {0, 1} or set(seen) <= {-1, 1}:
            pos_label = 1
        elif len(seen) == 2:
            pos_label = seen[1]
        else:
            raise ValueError(f"y_true holds one class, {seen[0]!r}: name the positive by pos_label")
    place = _place_of(pos_label, classes)
    return codes == (-1 if place is None else place)


def _probabilities(y_proba, ndim):
    """Return a copy of the probabilities; what rounding has carried beyond 0 or 1 is put back."""
    P = check_numbers(y_proba, "y_proba", ndim)
    outside = P[(P < -1e-9) | (P > 1 + 1e-9)]  # a softmax may sum to 1 + 2e-16
    if outside.size:
        raise ValueError(f"y_proba must hold probabilities from 0 to 1, got {outside[0]:g}")
    return P.clip(0.0, 1.0)


def _class_probabilities(y_true, y_proba, labels):
    """Return each row's class as a column number (n,), and the probabilities (n, k)."""
    P = _probabilities(y_proba, ndim=(1, 2))
    if P.ndim == 1:
        P = np.column_stack([1.0 - P, P])
    true, _ = _columns_of(y_true, P, "y_proba", labels)
    sums = P.sum(axis=1)
    worst = np.abs(sums - 1.0).argmax()
    if abs(sums[worst] - 1.0) > 1e-5:
        raise ValueError(f"rows of y_proba must sum to 1, row {worst} sums to {sums[worst]:g}")
    return true, P


def _columns_of(y_true, scores, name, labels):
    """Return each row's class as a column number of `scores` (n,), and the labels of the columns.

    `scores` is (n, k), `name` what the caller calls it, `labels` the k labels, or None for the
    sorted labels of `y_true`.
    """
    y_true = check_labels(y_true, "y_true")
    check_same_length("y_true", y_true, name, scores)
    seen, codes = np.unique(y_true, return_inverse=True)
    seen = seen.tolist()
    given = seen if labels is None else _label_list(labels)
    if len(given) < 2:
        raise ValueError(
            f"y_true holds one class, {_names(given)}: name all classes by labels=[...]"
        )
    column = {label: c for c, label in enumerate(given)}
    unknown = [label for label in seen if label not in column]
    if unknown:
        raise ValueError(f"y_true holds {_names(unknown)}, which labels={given} does not name")
    columns = scores.shape[1]
    if columns != len(given):
        message = f"{name} has columns for {columns} classes, the labels are {_names(given)}"
        if labels is None and columns > len(given):
            message += ". Name all classes, in the order of the columns, by labels=[...]"
        raise ValueError(message)
    return np.array([column[label] for label in seen])[codes], given
