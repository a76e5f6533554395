"""Toy data whose truth is known: lines, curves, blobs, moons, word counts, and damage done to them.

    >>> X, y, coef = make_regression(100, 2, noise=0.1, random_state=0)
    >>> X.shape, y.shape, coef.shape
    ((100, 2), (100,), (2,))

| generator | returns |
|---|---|
| `make_regression` | X, y, coef: a plane with noise; correlated columns on request |
| `make_polynomial` | X, y, coef: a curve in one variable |
| `make_blobs` | X, y: normal clouds, round or elongated, of any sizes |
| `make_moons`, `make_circles`, `make_xor`, `make_spirals` | X, y: classes that no line separates |
| `make_word_counts` | X, y, word_probs: documents on topics, as counts of words |
| `make_low_rank` | X, singular_values, components: few directions in many columns |
| `add_outliers`, `flip_labels` | a damaged copy, and the indices of what was damaged |

Names, defaults and meanings are scikit-learn's where it has them. `random_state` is None (new data
at each call), an int (the same data at each call) or a `numpy.random.Generator` (drawn on from
where it stands); NumPy's global generator is never touched.
"""

from __future__ import annotations

import numpy as np

from utils.checks import (
    as_array,
    check_flag,
    check_generator,
    check_integer,
    check_labels,
    check_number,
    check_numbers,
)


def make_regression(
    n_samples: int = 100,
    n_features: int | None = None,
    *,
    n_informative: int = 10,
    coef=None,
    intercept: float = 0.0,
    noise: float = 0.0,
    collinearity: float = 0.0,
    random_state=None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A linear relation: y = X coef + intercept + noise.

    Parameters
    ----------
    n_samples : int, default=100
        The number of rows.
    n_features : int, default=None
        The number of columns. None means as many as `coef` has, or 100 without `coef`.
    n_informative : int, default=10
        Without `coef`: so many coefficients, at random places, are drawn uniformly from 0 to 100;
        the others are 0. At most `n_features` are.
    coef : array of shape (n_features,), default=None
        The true coefficients. None draws them.
    intercept : float, default=0.0
        The true intercept (scikit-learn's `bias`).
    noise : float, default=0.0
        Standard deviation of the normal noise on y.
    collinearity : float, default=0.0
        Correlation of every pair of columns, from 0 to 1; at 1 all columns are equal. Each column
        is normal with mean 0 and variance 1 whatever it is.
    random_state : None, int or numpy.random.Generator, default=None
        None for new data at each call, an int for the same data at each call, or a generator to
        draw on.

    Returns
    -------
    X (n_samples, n_features), y (n_samples,), coef (n_features,)
    """
    rng = check_generator(random_state)
    n = check_integer("n_samples", n_samples, low=1)
    noise = check_number("noise", noise)
    intercept = check_number("intercept", intercept, low=-np.inf)
    shared = check_number("collinearity", collinearity, high=1)
    if coef is None:
        d = 100 if n_features is None else check_integer("n_features", n_features, low=1)
        informative = rng.permutation(d)[: check_integer("n_informative", n_informative, low=1)]
        coef = np.zeros(d)
        coef[informative] = 100 * rng.uniform(size=len(informative))
    else:
        coef = _copy_of_numbers("coef", coef, 1)
        d = _agree("n_features", n_features, len(coef), "coef")
    X = np.sqrt(1 - shared) * rng.normal(size=(n, d)) + np.sqrt(shared) * rng.normal(size=(n, 1))
    y = X @ coef + intercept + noise * rng.normal(size=n)
    return X, y, coef


def make_polynomial(
    n_samples: int = 100,
    coef=(0.0, -1.0, 0.0, 1.0),
    *,
    low: float = -1.0,
    high: float = 1.0,
    noise: float = 0.0,
    random_state=None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A curve in one variable: y = coef[0] + coef[1] x + coef[2] x² + ... + noise.

    Parameters
    ----------
    n_samples : int, default=100
        The number of rows.
    coef : array of shape (degree + 1,), default=(0.0, -1.0, 0.0, 1.0)
        Coefficients from the constant upwards; x³ - x by default.
    low : float, default=-1.0
        x is uniform from here
    high : float, default=1.0
        to here.
    noise : float, default=0.0
        Standard deviation of the normal noise on y.
    random_state : None, int or numpy.random.Generator, default=None
        None for new data at each call, an int for the same data at each call, or a generator to
        draw on.

    Returns
    -------
    X (n_samples, 1), y (n_samples,), coef (degree + 1,)
    """
    rng = check_generator(random_state)
    n = check_integer("n_samples", n_samples, low=1)
    coef = _copy_of_numbers("coef", coef, 1)
    low, high = _interval("(low, high)", (low, high))
    noise = check_number("noise", noise)
    x = rng.uniform(low, high, size=n)
    y = np.polynomial.polynomial.polyval(x, coef) + noise * rng.normal(size=n)
    return x[:, None], y, coef


def make_blobs(
    n_samples=100,
    n_features: int | None = None,
    *,
    centers=None,
    cluster_std=1.0,
    covariance=None,
    center_box: tuple[float, float] = (-10.0, 10.0),
    shuffle: bool = True,
    return_centers: bool = False,
    random_state=None,
):
    """Normal clouds around centres, one class each.

    Parameters
    ----------
    n_samples : int or list of int, default=100
        The number of rows in all, shared out evenly (the first classes get what is left over); or
        of each class.
    n_features : int, default=None
        The number of columns. None means as many as `centers` or `covariance` has, or 2.
    centers : int or array of shape (n_centers, n_features), default=None
        A number of centres to draw from `center_box`, or the centres. None means as many as
        `n_samples` has entries, or 3.
    cluster_std : float or array of shape (n_centers,), default=1.0
        Standard deviation, of all or of each.
    covariance : array of shape (d, d) or (n_centers, d, d), default=None
        Shape of the clouds, of all or of each: a cloud's covariance is its `cluster_std`² times
        this. None means the identity: round clouds.
    center_box : pair of float, default=(-10.0, 10.0)
        Drawn centres are uniform in this box.
    shuffle : bool, default=True
        Mix the classes; otherwise the rows come class by class.
    return_centers : bool, default=False
        Return the centres, too.
    random_state : None, int or numpy.random.Generator, default=None
        None for new data at each call, an int for the same data at each call, or a generator to
        draw on.

    Returns
    -------
    X (n_samples, n_features), y (n_samples,), and with `return_centers` the centres
    """
    rng = check_generator(random_state)
    shapes = None
    if covariance is not None:
        shapes = check_numbers(covariance, "covariance", ndim=(2, 3))
        n_features = _agree("n_features", n_features, shapes.shape[-1], "covariance")
    if centers is None:
        centers = len(n_samples) if _is_array("n_samples", n_samples) else 3
    if _is_array("centers", centers):
        centers = _copy_of_numbers("centers", centers, 2)
        k = len(centers)
        d = _agree("n_features", n_features, centers.shape[1], "centers")
    else:
        k = check_integer("centers", centers, low=1)
        d = 2 if n_features is None else check_integer("n_features", n_features, low=1)
        centers = rng.uniform(*_interval("center_box", center_box), size=(k, d))
    sizes = _sizes(n_samples, k)
    stds = np.broadcast_to(_per_class("cluster_std", cluster_std, k), k)
    y = np.repeat(np.arange(k), sizes)
    Z = stds[y, None] * rng.normal(size=(len(y), d))
    if shapes is not None:
        roots = np.broadcast_to(_square_roots(shapes, k), (k, d, d))
        for j, root in enumerate(roots):
            Z[y == j] = Z[y == j] @ root
    X, y = _mix(rng, shuffle, centers[y] + Z, y)
    return (X, y, centers) if return_centers else (X, y)


def make_moons(
    n_samples=100, *, shuffle: bool = True, noise: float | None = None, random_state=None
) -> tuple[np.ndarray, np.ndarray]:
    """Two interleaving half circles of radius 1: class 0 the upper one, class 1 the lower one.

    Parameters
    ----------
    n_samples : int or (n_upper, n_lower), default=100
        The number of rows in all, halved (an odd one more goes to class 1); or of each class.
    shuffle : bool, default=True
        Mix the classes; otherwise the rows come class by class.
    noise : float, default=None
        Standard deviation of the normal noise on both coordinates. None is no noise.
    random_state : None, int or numpy.random.Generator, default=None
        None for new data at each call, an int for the same data at each call, or a generator to
        draw on.

    Returns
    -------
    X (n_samples, 2), y (n_samples,)
    """
    rng = check_generator(random_state)
    sizes = _halves(n_samples)
    upper, lower = (np.linspace(0, np.pi, size) for size in sizes)
    X = np.concatenate([
        np.column_stack([np.cos(upper), np.sin(upper)]),
        np.column_stack([1 - np.cos(lower), 0.5 - np.sin(lower)]),
    ])
    return _blur_and_mix(rng, noise, shuffle, X, sizes)


def make_circles(
    n_samples=100,
    *,
    shuffle: bool = True,
    noise: float | None = None,
    factor: float = 0.8,
    random_state=None,
) -> tuple[np.ndarray, np.ndarray]:
    """A circle in a circle: class 0 of radius 1, class 1 of radius `factor`.

    Parameters
    ----------
    n_samples : int or (n_outer, n_inner), default=100
        The number of rows in all, halved (an odd one more goes to class 1); or of each class.
    shuffle : bool, default=True
        Mix the classes; otherwise the rows come class by class.
    noise : float, default=None
        Standard deviation of the normal noise on both coordinates. None is no noise.
    factor : float, default=0.8
        Radius of the inner circle, at least 0 and below 1.
    random_state : None, int or numpy.random.Generator, default=None
        None for new data at each call, an int for the same data at each call, or a generator to
        draw on.

    Returns
    -------
    X (n_samples, 2), y (n_samples,)
    """
    rng = check_generator(random_state)
    sizes = _halves(n_samples)
    factor = check_number("factor", factor)
    if factor >= 1:
        raise ValueError(f"factor must be below 1, got {factor:g}")
    angles = [np.linspace(0, 2 * np.pi, size, endpoint=False) for size in sizes]
    X = np.concatenate([
        radius * np.column_stack([np.cos(t), np.sin(t)]) for radius, t in zip((1, factor), angles)
    ])
    return _blur_and_mix(rng, noise, shuffle, X, sizes)


def make_xor(
    n_samples: int = 100, *, shuffle: bool = True, noise: float | None = None, random_state=None
) -> tuple[np.ndarray, np.ndarray]:
    """Four squares of a chessboard: class 1 where exactly one coordinate is positive.

    Points are uniform in the square from -1 to 1, equally many in each quadrant (up to one).
    The class is that of the place before `noise` moved the point.

    Parameters
    ----------
    n_samples : int, default=100
        The number of rows.
    shuffle : bool, default=True
        Mix the rows; otherwise they come quadrant by quadrant.
    noise : float, default=None
        Standard deviation of the normal noise on both coordinates. None is no noise.
    random_state : None, int or numpy.random.Generator, default=None
        None for new data at each call, an int for the same data at each call, or a generator to
        draw on.

    Returns
    -------
    X (n_samples, 2), y (n_samples,)
    """
    rng = check_generator(random_state)
    quadrant = np.sort(np.arange(check_integer("n_samples", n_samples, low=1)) % 4)
    signs = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])[quadrant]
    # 1 - [0, 1) is never 0, so no point lies on a border.
    X = signs * (1 - rng.uniform(size=(len(quadrant), 2)))
    return _mix(rng, shuffle, X + _blur(rng, noise, X.shape), quadrant % 2)


def make_spirals(
    n_samples=100,
    n_classes: int = 2,
    *,
    turns: float = 1.5,
    shuffle: bool = True,
    noise: float | None = None,
    random_state=None,
) -> tuple[np.ndarray, np.ndarray]:
    """Spirals wound into each other, one class each.

    The radius r grows evenly from 0.1 to 1 while the angle of spiral k is
    2π (turns r + k / n_classes).

    Parameters
    ----------
    n_samples : int or list of int, default=100
        The number of rows in all, shared out evenly (the first classes get what is left over); or
        of each class.
    n_classes : int, default=2
        The number of spirals.
    turns : float, default=1.5
        How often a spiral winds around the centre for each unit of radius.
    shuffle : bool, default=True
        Mix the classes; otherwise the rows come class by class.
    noise : float, default=None
        Standard deviation of the normal noise on both coordinates. None is no noise.
    random_state : None, int or numpy.random.Generator, default=None
        None for new data at each call, an int for the same data at each call, or a generator to
        draw on.

    Returns
    -------
    X (n_samples, 2), y (n_samples,)
    """
    rng = check_generator(random_state)
    k = check_integer("n_classes", n_classes, low=1)
    sizes = _sizes(n_samples, k)
    turns = check_number("turns", turns)
    r = np.concatenate([np.linspace(0.1, 1, size) for size in sizes])
    angle = 2 * np.pi * (turns * r + np.repeat(np.arange(k), sizes) / k)
    X = r[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return _blur_and_mix(rng, noise, shuffle, X, sizes)


def make_word_counts(
    n_samples=100,
    n_words: int | None = None,
    *,
    topics=2,
    length=50,
    concentration: float = 0.5,
    shuffle: bool = True,
    random_state=None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Documents as counts of words, drawn word by word from the distribution of their topic.

    Parameters
    ----------
    n_samples : int or list of int, default=100
        The number of documents in all, shared out evenly (the first topics get what is left
        over); or on each topic.
    n_words : int, default=None
        Size of the vocabulary. None means as many as `topics` has columns, or 50.
    topics : int or array of shape (n_topics, n_words), default=2
        A number of topics to draw, or how often each topic uses each word. Only the proportions
        within a row count.
    length : int or array of shape (n_samples,), default=50
        Words in every document, or in each row of the result.
    concentration : float, default=0.5
        Drawn topics come from a Dirichlet distribution with this parameter, above 0: the smaller,
        the fewer words carry a topic.
    shuffle : bool, default=True
        Mix the topics; otherwise the rows come topic by topic.
    random_state : None, int or numpy.random.Generator, default=None
        None for new data at each call, an int for the same data at each call, or a generator to
        draw on.

    Returns
    -------
    X (n_samples, n_words) of int64, y (n_samples,), word_probs (n_topics, n_words)
        Row i of `X` sums to its length; rows of `word_probs` sum to 1.
    """
    rng = check_generator(random_state)
    if _is_array("topics", topics):
        word_probs = _copy_of_numbers("topics", topics, 2)
        k, d = word_probs.shape
        _agree("n_words", n_words, d, "topics")
        totals = word_probs.sum(axis=1, keepdims=True)
        if (word_probs < 0).any() or (totals == 0).any():
            raise ValueError("topics must hold proportions >= 0, and a row needs one above 0")
        word_probs /= totals
    else:
        k = check_integer("topics", topics, low=1)
        d = 50 if n_words is None else check_integer("n_words", n_words, low=1)
        if check_number("concentration", concentration) == 0:
            raise ValueError("concentration must be above 0, got 0")
        word_probs = rng.dirichlet(np.full(d, float(concentration)), size=k)
    y = np.repeat(np.arange(k), _sizes(n_samples, k))
    if _is_array("length", length):
        lengths = np.array([check_integer("length", entry, low=0) for entry in length])
        if len(lengths) != len(y):
            raise ValueError(f"length has {len(lengths)} entries for {len(y)} documents")
    else:
        lengths = np.full(len(y), check_integer("length", length, low=0))
    if check_flag("shuffle", shuffle):
        y = rng.permutation(y)
    return rng.multinomial(lengths, word_probs[y]), y, word_probs


def make_low_rank(
    n_samples: int = 100,
    n_features: int = 100,
    *,
    rank: int = 10,
    decay: float = 0.5,
    noise: float = 0.0,
    random_state=None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Few directions in many columns: X = U diag(s) Vᵀ + noise, with `rank` singular values.

    Without noise the columns of X have mean 0, so its principal components are `components` (up
    to sign) and component j explains the variance s_j² / (n_samples - 1) = decay^(2j).

    Parameters
    ----------
    n_samples : int, default=100
        The number of rows.
    n_features : int, default=100
        The number of columns.
    rank : int, default=10
        At most n_samples - 1 (centring takes one) and n_features.
    decay : float, default=0.5
        Ratio of each singular value to the one before, above 0 and at most 1; at 1 all are equal.
    noise : float, default=0.0
        Standard deviation of the normal noise on every entry; it makes the rank full.
    random_state : None, int or numpy.random.Generator, default=None
        None for new data at each call, an int for the same data at each call, or a generator to
        draw on.

    Returns
    -------
    X (n_samples, n_features), singular_values (rank,), components (rank, n_features)
    """
    rng = check_generator(random_state)
    n = check_integer("n_samples", n_samples, low=1)
    d = check_integer("n_features", n_features, low=1)
    r = check_integer("rank", rank, low=1)
    if r > min(n - 1, d):
        raise ValueError(f"rank={r} is more than min(n_samples - 1, n_features) = {min(n - 1, d)}")
    decay = check_number("decay", decay, high=1)
    if decay == 0:
        raise ValueError("decay must be above 0, got 0")
    noise = check_number("noise", noise)
    G = rng.normal(size=(n, r))
    U, _ = np.linalg.qr(G - G.mean(axis=0))
    V, _ = np.linalg.qr(rng.normal(size=(d, r)))
    s = np.sqrt(n - 1) * decay ** np.arange(r)
    return (U * s) @ V.T + noise * rng.normal(size=(n, d)), s, V.T.copy()


def add_outliers(
    values, n_outliers: int | float = 1, *, magnitude: float = 10.0, random_state=None
) -> tuple[np.ndarray, np.ndarray]:
    """Move some rows far away, in a copy.

    A row of a 2-D array moves in a random direction, an entry of a 1-D array up or down.

    Parameters
    ----------
    values : array of shape (n_samples,) or (n_samples, n_features)
        Targets or features.
    n_outliers : int or float, default=1
        How many (int), or which share (float from 0 to 1, rounded to whole rows).
    magnitude : float, default=10.0
        How far, in standard deviations of the columns (1 where a column is constant).
    random_state : None, int or numpy.random.Generator, default=None
        None for new data at each call, an int for the same data at each call, or a generator to
        draw on.

    Returns
    -------
    damaged (float64 copy of values), indices (n_outliers,), ascending
    """
    rng = check_generator(random_state)
    damaged = _copy_of_numbers("values", values, (1, 2))
    m = _how_many("n_outliers", n_outliers, len(damaged))
    magnitude = check_number("magnitude", magnitude)
    std = damaged.std(axis=0)
    std = np.where(std == 0, 1.0, std)
    indices = np.sort(rng.choice(len(damaged), m, replace=False))
    direction = rng.normal(size=(m, *damaged.shape[1:]))
    length = np.abs(direction) if damaged.ndim == 1 else np.linalg.norm(direction, axis=1)[:, None]
    damaged[indices] += magnitude * std * (direction / length)
    return damaged, indices


def flip_labels(
    y, n_flips: int | float = 0.1, *, random_state=None
) -> tuple[np.ndarray, np.ndarray]:
    """Give some samples a wrong label, in a copy.

    Each of exactly that many samples gets one of the other labels, each of them equally likely.

    Parameters
    ----------
    y : array of shape (n_samples,)
        Labels, words or numbers, of two classes or more.
    n_flips : int or float, default=0.1
        How many (int), or which share (float from 0 to 1, rounded to whole samples).
    random_state : None, int or numpy.random.Generator, default=None
        None for new data at each call, an int for the same data at each call, or a generator to
        draw on.

    Returns
    -------
    flipped (copy of y), indices (n_flips,), ascending
    """
    rng = check_generator(random_state)
    check_labels(y, "y", whole=False)
    y = np.asarray(y)
    classes, codes = np.unique(y, return_inverse=True)
    if len(classes) < 2:
        raise ValueError(f"y must have at least 2 classes, got only {classes[0]}")
    m = _how_many("n_flips", n_flips, len(y))
    indices = np.sort(rng.choice(len(y), m, replace=False))
    codes[indices] = (codes[indices] + rng.integers(1, len(classes), size=m)) % len(classes)
    return classes[codes], indices


def _blur_and_mix(rng, noise, shuffle, X, sizes):
    """Return X (n, d) with noise and its classes, of which `sizes` says the rows, both mixed."""
    y = np.repeat(np.arange(len(sizes)), sizes)
    return _mix(rng, shuffle, X + _blur(rng, noise, X.shape), y)


def _blur(rng, noise, shape) -> np.ndarray:
    """Return normal noise of this deviation; zeros for None, but as many numbers are drawn."""
    return (0.0 if noise is None else check_number("noise", noise)) * rng.normal(size=shape)


def _mix(rng, shuffle, X, y):
    """Return the rows of X (n, d) and y (n,) in one random order, or as they are."""
    if not check_flag("shuffle", shuffle):
        return X, y
    order = rng.permutation(len(y))
    return X[order], y[order]


def _square_roots(shapes: np.ndarray, k: int) -> np.ndarray:
    """Symmetric square roots of covariance matrices; unlike eigenvectors they have no free sign."""
    d = shapes.shape[-1]
    if shapes.shape not in ((d, d), (k, d, d)):
        raise ValueError(
            f"covariance must have shape (d, d) or (n_centers, d, d) with n_centers={k}, "
            f"got {shapes.shape}"
        )
    if not np.allclose(shapes, shapes.swapaxes(-1, -2), rtol=1e-10, atol=0):
        raise ValueError("covariance must be symmetric")
    values, vectors = np.linalg.eigh(shapes)
    if (values < -1e-12 * np.abs(values).max()).any():
        raise ValueError(f"covariance must have no negative eigenvalue, got {values.min():.3g}")
    return (vectors * np.sqrt(values.clip(min=0))[..., None, :]) @ vectors.swapaxes(-1, -2)


def _sizes(n_samples, k: int) -> list[int]:
    """Samples of each of `k` classes."""
    if _is_array("n_samples", n_samples):
        sizes = [check_integer("n_samples", size, low=1) for size in n_samples]
        if len(sizes) != k:
            raise ValueError(f"n_samples has {len(sizes)} entries for {k} classes")
        return sizes
    n = check_integer("n_samples", n_samples, low=1)
    if n < k:
        raise ValueError(f"n_samples={n} is less than the {k} classes")
    return [n // k + (j < n % k) for j in range(k)]


def _halves(n_samples) -> list[int]:
    """Samples of each of two classes; of an odd number the second gets one more."""
    sizes = _sizes(n_samples, 2)
    return sizes if _is_array("n_samples", n_samples) else sizes[::-1]


def _interval(name: str, pair) -> tuple[float, float]:
    """Return two finite numbers, the smaller first."""
    if not _is_array(name, pair) or len(pair) != 2:
        raise ValueError(f"{name} must be two numbers, got {pair!r}")
    low, high = (check_number(name, value, low=-np.inf) for value in pair)
    if low >= high:
        raise ValueError(f"{name} must be two numbers, the smaller first, got {pair!r}")
    return low, high


def _how_many(name: str, value, n: int) -> int:
    """A number of samples given as a count (int) or as a share of `n` (float)."""
    if isinstance(value, (float, np.floating)):
        return round(check_number(name, value, high=1) * n)
    m = check_integer(name, value, low=0)
    if m > n:
        raise ValueError(f"{name}={m} is more than the {n} samples")
    return m


def _is_array(name: str, value) -> bool:
    """Return whether an argument that may be one value, or one for each class, is the latter."""
    return value is not None and as_array(value, name).ndim > 0


def _copy_of_numbers(name: str, value, ndim: int) -> np.ndarray:
    """Return a float64 copy of a finite, non-empty array."""
    return check_numbers(value, name, ndim).copy()


def _per_class(name: str, value, k: int) -> np.ndarray:
    """A number >= 0 for all classes, or one for each of `k`."""
    if not _is_array(name, value):
        return np.array(check_number(name, value))
    values = check_numbers(value, name)
    if len(values) != k:
        raise ValueError(f"{name} has {len(values)} entries for {k} classes")
    if (values < 0).any():
        raise ValueError(f"{name} must be >= 0, got {values.min():g}")
    return values


def _agree(name: str, value, size: int, source: str) -> int:
    """`size`, which `source` has, unless `value` contradicts it."""
    if value is not None and check_integer(name, value, low=1) != size:
        raise ValueError(f"{name}={value} does not fit {source}, which has {size}")
    return size
