"""How good is it? Scores for regression, classification, probabilities, rankings and clusters.

Names and meanings are scikit-learn's `sklearn.metrics` wherever it has them. Every function takes
lists or arrays; labels may be numbers or strings; no argument is modified. Wherever a score has a
corner in which its formula says 0 / 0, the docstring states the rule.
"""

import numpy as np

# ---------------------------------------------------------------------------------- regression


def mean_squared_error(y_true, y_pred, sample_weight=None):
    """Mean of (y_true - y_pred)²: a mean, never a sum. 0 is perfect."""
    error, weight = _errors(y_true, y_pred, sample_weight)
    return float(np.average(error**2, weights=weight))


def root_mean_squared_error(y_true, y_pred, sample_weight=None):
    """Square root of the mean squared error, in the units of y."""
    error, weight = _errors(y_true, y_pred, sample_weight)
    largest = np.abs(error).max() or 1.0  # squares of errors over 1e154 would overflow
    return float(largest * np.sqrt(np.average((error / largest) ** 2, weights=weight)))


def mean_absolute_error(y_true, y_pred, sample_weight=None):
    """Mean of |y_true - y_pred|, in the units of y; less moved by outliers than the RMSE."""
    error, weight = _errors(y_true, y_pred, sample_weight)
    return float(np.average(np.abs(error), weights=weight))


def r2_score(y_true, y_pred, sample_weight=None):
    """Coefficient of determination, R² = 1 - SSE / SST.

    1 is perfect, 0 is what the mean of y_true scores, below 0 is worse than that mean. It is not
    a squared correlation: predictions of the right shape at the wrong scale score badly.
    Constant y_true (SST = 0): 1.0 if every prediction is exact, else 0.0.
    """
    error, weight = _errors(y_true, y_pred, sample_weight)
    y = check_numbers(y_true, "y_true")
    if weight is not None:
        y, error, weight = y[weight > 0], error[weight > 0], weight[weight > 0]
    if len(y) < 2:
        raise ValueError("R² needs at least 2 samples, got 1")
    y -= y[0]  # a large common offset goes first, and constant y becomes exactly 0
    y -= np.average(y, weights=weight)
    scale = np.abs(y).max()  # squares at 1e±200 leave the range of floats
    if scale == 0.0:
        return 1.0 if not error.any() else 0.0
    sse = np.average((error / scale) ** 2, weights=weight)
    sst = np.average((y / scale) ** 2, weights=weight)
    return float(1.0 - sse / sst)


def adjusted_r2_score(y_true, y_pred, n_features):
    """R² that pays for its features: 1 - (1 - R²)(n - 1) / (n - n_features - 1).

    `n_features` counts the columns, not the intercept; n must exceed n_features + 1.
    """
    r2, n = r2_score(y_true, y_pred), len(y_true)
    if not isinstance(n_features, (int, np.integer)) or n_features < 0:
        raise ValueError(f"n_features must be an int >= 0, got {n_features!r}")
    if n <= n_features + 1:
        raise ValueError(f"n_features={n_features} is too many for {n} samples: n > n_features + 1")
    return 1.0 - (1.0 - r2) * (n - 1) / (n - n_features - 1)


# ------------------------------------------------------------------------------ classification


def accuracy_score(y_true, y_pred, sample_weight=None):
    """Share of labels that are right."""
    _, true, pred = _label_pair(y_true, y_pred)
    return float(np.average(true == pred, weights=_weights(sample_weight, len(true))))


def confusion_matrix(y_true, y_pred, labels=None):
    """Counts with true classes as rows and predicted classes as columns.

    `labels` gives the order of rows and columns (default: all labels seen, sorted). A pair of
    which either label is not listed is left out, so one class can be looked at alone.
    """
    classes, true, pred = _label_pair(y_true, y_pred)
    matrix = _cross_counts(true, pred, len(classes), len(classes))
    if labels is None:
        return matrix
    labels = _label_list(labels)
    known = classes.tolist()
    if not any(label in known for label in labels):
        raise ValueError(f"labels={labels} holds none of the labels {_names(known)} in the data")
    padded = np.pad(matrix, (0, 1))  # the extra row and column serve labels that never occur
    place = [known.index(label) if label in known else -1 for label in labels]
    return padded[np.ix_(place, place)]


def balanced_accuracy_score(y_true, y_pred):
    """Mean recall over the classes of y_true: always guessing one of k classes scores 1/k."""
    matrix = confusion_matrix(y_true, y_pred)
    actual = matrix.sum(axis=1)
    return float(np.mean(matrix.diagonal()[actual > 0] / actual[actual > 0]))


def precision_score(y_true, y_pred, *, pos_label=1, average="binary", zero_division=0.0):
    """Of those predicted positive, the share that are: TP / (TP + FP).

    Parameters
    ----------
    pos_label : the positive class, used by average="binary" only
    average : "binary" scores `pos_label`; "macro" is the plain mean over all labels seen;
        "weighted" weights that mean by the true counts; "micro" pools the counts of all classes
        first; None returns one score per label, in sorted order.
    zero_division : number from 0 to 1 that stands for 0 / 0. Precision is 0 / 0 for a class that
        was never predicted, recall for one that never occurs, F1 for one that does neither.
    """
    hits, predicted, actual = _counts(y_true, y_pred, pos_label, average)
    return _averaged(hits, predicted, actual, average, zero_division)


def recall_score(y_true, y_pred, *, pos_label=1, average="binary", zero_division=0.0):
    """Of those that are positive, the share found: TP / (TP + FN). See `precision_score`."""
    hits, _, actual = _counts(y_true, y_pred, pos_label, average)
    return _averaged(hits, actual, actual, average, zero_division)


def f1_score(y_true, y_pred, *, pos_label=1, average="binary", zero_division=0.0):
    """Harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN). See `precision_score`."""
    hits, predicted, actual = _counts(y_true, y_pred, pos_label, average)
    return _averaged(2 * hits, predicted + actual, actual, average, zero_division)


def matthews_corrcoef(y_true, y_pred):
    """Correlation of true and predicted labels, for two classes or more.

    1 is perfect, 0 is chance, -1 is always wrong (two classes). 0.0 if either side holds one
    class only.
    """
    matrix = confusion_matrix(y_true, y_pred)
    n, hits = matrix.sum(), matrix.trace()
    actual, predicted = matrix.sum(axis=1), matrix.sum(axis=0)
    covariance = float(hits * n - actual @ predicted)
    spread = float(n * n - actual @ actual) ** 0.5 * float(n * n - predicted @ predicted) ** 0.5
    return covariance / spread if spread > 0 else 0.0


def _counts(y_true, y_pred, pos_label, average):
    """Hits, predicted and actual rows: one of each per label, or of `pos_label`, or pooled."""
    if average not in ("binary", "macro", "micro", "weighted", None):
        raise ValueError(
            f"average must be 'binary', 'macro', 'micro', 'weighted' or None, got {average!r}"
        )
    classes, true, pred = _label_pair(y_true, y_pred)
    matrix = _cross_counts(true, pred, len(classes), len(classes))
    counts = np.array([matrix.diagonal(), matrix.sum(axis=0), matrix.sum(axis=1)])
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
    if not isinstance(zero_division, (int, float, np.number)) or not 0 <= zero_division <= 1:
        raise ValueError(f"zero_division must be a number from 0 to 1, got {zero_division!r}")
    scores = np.full(len(top), float(zero_division))
    np.divide(top, bottom, out=scores, where=bottom > 0)
    if average is None:
        return scores
    return float(np.average(scores, weights=actual if average == "weighted" else None))


# ------------------------------------------------------------------------------- probabilities


def log_loss(y_true, y_proba, *, labels=None, sample_weight=None):
    """Mean of -log(probability given to the class that came true); log(2) is a coin's score.

    `y_proba` is (n, k) with columns in the order of `labels` (default: the sorted labels of
    y_true), rows summing to 1; or (n,), the probability of the second of two labels.
    A probability below 2.2e-16 counts as 2.2e-16, so one certain mistake costs 36 and not
    infinity.
    """
    true, P = _class_probabilities(y_true, y_proba, labels)
    chosen = np.maximum(P[np.arange(len(P)), true], np.finfo(float).eps)
    return float(np.average(-np.log(chosen), weights=_weights(sample_weight, len(P))))


def brier_score(y_true, y_proba, *, labels=None, sample_weight=None):
    """Mean squared distance of the probabilities from what came true; lower is better.

    Two classes: mean of (outcome - p)², from 0 to 1. More: summed over the classes, from 0 to 2.
    Arguments as in `log_loss`; scikit-learn's name is `brier_score_loss`.
    """
    true, P = _class_probabilities(y_true, y_proba, labels)
    P[np.arange(len(P)), true] -= 1.0  # now the errors
    halves = 2 if P.shape[1] == 2 else 1  # two columns tell the same error twice
    squares = np.einsum("ij,ij->i", P, P) / halves
    return float(np.average(squares, weights=_weights(sample_weight, len(P))))


def calibration_curve(
    y_true, y_proba, *, pos_label=None, n_bins=5, strategy="uniform", return_counts=False
):
    """Reliability diagram: does 0.8 come true four times in five?

    The predictions are sorted into bins of equal width ("uniform") or of about equal counts
    ("quantile"); a value on an edge belongs to the lower bin; empty bins are left out.

    Returns
    -------
    prob_true : share of positives per bin
    prob_pred : mean predicted probability per bin
    counts : rows per bin, only with return_counts=True
    """
    positive = _is_positive(y_true, pos_label)
    p = _probabilities(y_proba, ndim=1)
    _same_length("y_true", positive, "y_proba", p)
    if not isinstance(n_bins, (int, np.integer)) or n_bins < 1:
        raise ValueError(f"n_bins must be an int >= 1, got {n_bins!r}")
    if strategy not in ("uniform", "quantile"):
        raise ValueError(f"strategy must be 'uniform' or 'quantile', got {strategy!r}")
    edges = np.linspace(0, 1, n_bins + 1)
    if strategy == "quantile":
        edges = np.quantile(p, edges)
    which = np.searchsorted(edges[1:-1], p)
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
    that calls nothing positive. `pos_label` defaults to 1 for labels 0/1 or -1/1, otherwise to
    the larger of the two labels.

    Returns
    -------
    fpr, tpr, thresholds : arrays of equal length; fpr and tpr run from 0 to 1
    """
    tp, fp, scores = _ranked_counts(y_true, y_score, pos_label, both_classes=True)
    fpr, tpr = np.append(0.0, fp / fp[-1]), np.append(0.0, tp / tp[-1])
    return fpr, tpr, np.append(np.inf, scores)


def roc_auc_score(y_true, y_score, *, labels=None):
    """Area under the ROC curve: the chance that a random positive outranks a random negative.

    Equal scores count one half. Two classes: `y_score` is (n,), any scores that rise with the
    positive class (as in `roc_curve`). More: (n, k), columns in the order of `labels` (default:
    sorted); the result is the plain mean of each class against the rest.
    """
    y_score = check_numbers(y_score, "y_score", ndim=(1, 2))
    if y_score.ndim == 1:
        tp, fp, _ = _ranked_counts(y_true, y_score, None, both_classes=True)
        tp, fp = np.append(0, tp), np.append(0, fp)
        return float(np.diff(fp) @ (tp[1:] + tp[:-1]) / (2 * tp[-1] * fp[-1]))
    if y_score.shape[1] == 2:
        raise ValueError("y_score has 2 columns: pass the positive class's alone, y_score[:, 1]")
    true, classes = _columns_of(y_true, y_score, "y_score", labels)
    absent = [label for c, label in enumerate(classes) if c not in true]
    if absent:
        raise ValueError(f"every class needs a row in y_true, there is none of {_names(absent)}")
    return float(np.mean([roc_auc_score(true == c, column) for c, column in enumerate(y_score.T)]))


def precision_recall_curve(y_true, y_score, *, pos_label=None):
    """Precision and recall at every distinct score as threshold, from the lowest up.

    A last point, precision 1 and recall 0, has no threshold: it closes the curve, so precision
    and recall are one longer than thresholds. `pos_label` as in `roc_curve`.
    """
    tp, fp, scores = _ranked_counts(y_true, y_score, pos_label)
    precision, recall = tp / (tp + fp), tp / tp[-1]
    return np.append(precision[::-1], 1.0), np.append(recall[::-1], 0.0), scores[::-1]


def average_precision_score(y_true, y_score, *, pos_label=None):
    """Precision averaged over the steps in recall, sum of (R_i - R_{i-1}) P_i; no interpolation."""
    precision, recall, _ = precision_recall_curve(y_true, y_score, pos_label=pos_label)
    return float(-np.diff(recall) @ precision[:-1])


def _ranked_counts(y_true, y_score, pos_label, both_classes=False):
    """True and false positives among the rows scoring at least each distinct score, descending."""
    positive = _is_positive(y_true, pos_label)
    y_score = check_numbers(y_score, "y_score")
    _same_length("y_true", positive, "y_score", y_score)
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
    """Counts of rows per true class (rows, sorted) and per cluster (columns, sorted)."""
    true, pred = _two_labelings(labels_true, labels_pred)
    return _cross_counts(true, pred, true.max() + 1, pred.max() + 1)


def adjusted_rand_score(labels_true, labels_pred):
    """Agreement of two labelings over all pairs of rows, corrected for chance.

    1 for equal partitions whatever the labels are called, about 0 for random ones, at least -0.5.
    Two labelings that both put everything together, or both keep every row apart, score 1.0.
    """
    true, pred = _two_labelings(labels_true, labels_pred)
    n = len(true)

    def pairs(codes):
        counts = np.unique(codes, return_counts=True)[1]
        return int((counts * (counts - 1) // 2).sum())

    # Python's integers: products of pair counts pass 2^63 at 100,000 rows.
    together = pairs(true * (pred.max() + 1) + pred)
    in_true, in_pred, total = pairs(true), pairs(pred), n * (n - 1) // 2
    above_chance = 2 * (together * total - in_true * in_pred)
    most_possible = (in_true + in_pred) * total - 2 * in_true * in_pred
    return above_chance / most_possible if most_possible else 1.0


def silhouette_samples(X, labels):
    """(b - a) / max(a, b) of each row: is it nearer to its own cluster than to the next one?

    a is the mean Euclidean distance to the other rows of its own cluster, b the smallest mean
    distance to the rows of another cluster. A row alone in its cluster scores 0, and so does one
    for which a = b = 0. There must be 2 to n - 1 clusters. Distances are made in blocks of rows:
    time grows with n², memory does not.
    """
    X = check_numbers(X, "X", ndim=2)
    labels = check_labels(labels, "labels")
    _same_length("X", X, "labels", labels)
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
        own, here = codes[rows], np.arange(len(rows))
        sums = np.add.reduceat(_distances(X, norms, rows), first, axis=1)  # (rows, k)
        a = sums[here, own] / np.maximum(counts[own] - 1, 1)
        sums /= counts
        sums[here, own] = np.inf
        b = sums.min(axis=1)
        larger = np.maximum(a, b)
        np.divide(b - a, larger, out=s[rows[0] : rows[-1] + 1], where=larger > 0)
    s[counts[codes] == 1] = 0.0
    result = np.empty(n)
    result[order] = s
    return result


def silhouette_score(X, labels):
    """Mean of `silhouette_samples`: from -1 (wrong clusters) over 0 (overlap) to 1 (far apart)."""
    return float(silhouette_samples(X, labels).mean())


def _distances(X, norms, rows):
    """Distances of X[rows] to all of X, (rows, n), from |u - v|² = |u|² - 2 u·v + |v|².

    That cancels for two rows much closer to each other than to the origin. A row that has such a
    neighbour, other than itself, is done again by plain differences.
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


# ---------------------------------------------------------------------------------- door checks


def check_numbers(a, name, ndim=1):
    """A finite, non-empty float copy of `a`; `ndim` is the number of dimensions, or a tuple."""
    a = _array(a, name, ndim)
    try:
        numbers = a.astype(float) if a.dtype.kind in "biufO" else None
    except (TypeError, ValueError):
        numbers = None
    if numbers is None:
        example = a.ravel()[:1].tolist()[0]
        raise ValueError(f"{name} must hold real numbers, got values such as {example!r}")
    if not np.isfinite(numbers).all():
        raise ValueError(f"{name} contains NaN or infinity")
    return numbers


def check_labels(a, name):
    """`a` as a 1-D array of class labels: strings, or whole numbers, or booleans."""
    labels = _array(a, name, ndim=1)
    if labels.dtype.kind in "OUT":
        is_string = {isinstance(v, str) for v in np.asarray(a, dtype=object)}  # ["a", 1] is both
        if len(is_string) == 2:
            raise ValueError(f"{name} mixes strings with other values: labels must be of one kind")
        if is_string == {True}:
            return labels.astype(str)
        labels = check_numbers(labels, name)
    if labels.dtype.kind not in "biuf":
        raise ValueError(f"{name} must hold class labels, got {labels.dtype} values")
    if labels.dtype.kind == "f":
        if not np.isfinite(labels).all():
            raise ValueError(f"{name} contains NaN or infinity")
        broken = labels[labels != np.floor(labels)]
        if broken.size:
            raise ValueError(
                f"{name} must hold class labels, got continuous values such as {broken[0]:g}"
            )
    return labels


def _array(a, name, ndim):
    try:
        a = np.asarray(a)
    except ValueError:
        raise ValueError(f"{name} has rows of different lengths") from None
    allowed = ndim if isinstance(ndim, tuple) else (ndim,)
    if a.ndim not in allowed or a.size == 0:
        wanted = " or ".join(f"{d}-D" for d in allowed)
        raise ValueError(f"{name} must be a non-empty {wanted} array, got shape {a.shape}")
    return a


def _same_length(name_a, a, name_b, b):
    if len(a) != len(b):
        raise ValueError(f"{name_a} has length {len(a)}, {name_b} has length {len(b)}")


def _errors(y_true, y_pred, sample_weight):
    y_true, y_pred = check_numbers(y_true, "y_true"), check_numbers(y_pred, "y_pred")
    _same_length("y_true", y_true, "y_pred", y_pred)
    return y_true - y_pred, _weights(sample_weight, len(y_true))


def _weights(sample_weight, n):
    if sample_weight is None:
        return None
    weight = check_numbers(sample_weight, "sample_weight")
    if len(weight) != n:
        raise ValueError(f"sample_weight has length {len(weight)}, y_true has length {n}")
    if weight.min() < 0 or weight.max() == 0:
        raise ValueError("sample_weight must be >= 0 with at least one weight above 0")
    return weight / weight.max()


def _label_pair(y_true, y_pred):
    """All labels seen, sorted, and both sequences as positions among them."""
    y_true, y_pred = check_labels(y_true, "y_true"), check_labels(y_pred, "y_pred")
    _same_length("y_true", y_true, "y_pred", y_pred)
    if (y_true.dtype.kind == "U") != (y_pred.dtype.kind == "U"):
        raise ValueError(
            f"y_true holds labels such as {y_true[0].item()!r}, y_pred such as "
            f"{y_pred[0].item()!r}: both must be strings or both numbers"
        )
    classes, codes = np.unique(np.concatenate([y_true, y_pred]), return_inverse=True)
    return classes, codes[: len(y_true)], codes[len(y_true) :]


def _two_labelings(labels_true, labels_pred):
    true, pred = check_labels(labels_true, "labels_true"), check_labels(labels_pred, "labels_pred")
    _same_length("labels_true", true, "labels_pred", pred)
    return np.unique(true, return_inverse=True)[1], np.unique(pred, return_inverse=True)[1]


def _cross_counts(rows, columns, n_rows, n_columns):
    flat = np.bincount(rows * n_columns + columns, minlength=n_rows * n_columns)
    return flat.reshape(n_rows, n_columns)


def _label_list(labels):
    labels = check_labels(labels, "labels").tolist()
    if len(set(labels)) < len(labels):
        raise ValueError(f"labels={labels} names a label twice")
    return labels


def _names(labels):
    return ", ".join(repr(label) for label in labels)


def _place_of(pos_label, classes):
    """Position of pos_label among at most two labels; None if it may be the one not seen."""
    seen = classes.tolist()
    if pos_label in seen:
        return seen.index(pos_label)
    if len(seen) == 2 or isinstance(seen[0], str) != isinstance(pos_label, str):
        raise ValueError(f"pos_label={pos_label!r} is not one of the labels {_names(seen)}")
    return None


def _is_positive(y_true, pos_label):
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
    P = check_numbers(y_proba, "y_proba", ndim)
    outside = P[(P < -1e-9) | (P > 1 + 1e-9)]  # a softmax may sum to 1 + 2e-16
    if outside.size:
        raise ValueError(f"y_proba must hold probabilities from 0 to 1, got {outside[0]:g}")
    return P.clip(0.0, 1.0)


def _class_probabilities(y_true, y_proba, labels):
    """Each row's class as a column number, and the (n, k) probabilities."""
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
    """Each row's class as a column number of `scores`, and the labels of the columns."""
    y_true = check_labels(y_true, "y_true")
    _same_length("y_true", y_true, name, scores)
    seen, codes = np.unique(y_true, return_inverse=True)
    seen = seen.tolist()
    labels = seen if labels is None else _label_list(labels)
    if len(labels) < 2:
        raise ValueError(f"y_true holds one class, {_names(seen)}: name them all by labels=[...]")
    unknown = [label for label in seen if label not in labels]
    if unknown:
        raise ValueError(f"y_true holds {_names(unknown)}, which labels={labels} does not name")
    if scores.shape[1] != len(labels):
        raise ValueError(
            f"{name} tells of {scores.shape[1]} classes, the labels are {_names(labels)}"
        )
    return np.array([labels.index(label) for label in seen])[codes], labels
