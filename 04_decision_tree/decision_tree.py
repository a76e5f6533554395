"""Decision trees: CART for classes and for numbers, grown level by level.

A tree asks one question "x_j <= t?" in each inner node; a leaf answers with the class shares
p_k, or the mean, of its training rows. Growing lowers the impurity I of the leaves:
    gini 1 - sum_k p_k^2, entropy -sum_k p_k log2 p_k                            DT.1, DT.2
    squared error mean_i (y_i - mean y)^2                                              DT.3
Algorithm
    sort every feature once; then, for all open nodes of a level together,
    score each cut by the share of the node's impurity that it removes                 DT.4
        gini and squared error: z_i centred on its node, S its running sum,
        share = S^2 / (n_L n_R var z); gini adds up the class indicators         DT.5, DT.6
        entropy: from running class counts                                             DT.7
    cut each node at its highest share, midway between neighbouring values             DT.8
    move left rows before right rows: every feature stays sorted within its nodes
    number the nodes depth-first; fold the weakest links up to ccp_alpha        DT.9, DT.10
Symbols: n samples, d features, k classes; a node of m rows is cut into n_L and n_R.
Cost: O(n d log n) to sort, O(n d) a level (times k if k > 2), O(depth) a row to predict;
pruning looks at every node for each link that it folds. Memory O(n (d + k)).
Follows Breiman, Friedman, Olshen & Stone, "Classification and Regression Trees", 1984.
"""

from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

_BLOCK = 2**17  # numbers handled at a time: 1 MB, which stays in cache
_TIE = 1e-10  # closer shares are equal: rounding moves them by less


class Tree(NamedTuple):
    """Nodes as arrays named as in scikit-learn, depth-first: a node, its left side, its right."""

    children_left: np.ndarray  # where x <= threshold goes, -1 in a leaf
    children_right: np.ndarray  # where the other rows go, -1 in a leaf
    feature: np.ndarray  # the column asked about, -2 in a leaf
    threshold: np.ndarray  # -2 in a leaf
    impurity: np.ndarray
    n_node_samples: np.ndarray  # training rows that came by
    value: np.ndarray  # (nodes, k) class shares or (nodes, 1) means
    depth: np.ndarray  # questions asked on the way to the node


class DecisionTreeClassifier:
    """A tree of questions that ends in classes.

    Ties: of cuts whose shares differ by less than 1e-10 the lowest feature wins, then the lowest
    threshold; of equally frequent classes the first. So neither row order nor machine matters.
    A cut that gains nothing is made too (XOR starts with one): without limits a leaf is pure
    unless its rows are equal. A threshold between the values a < b has a <= threshold < b.

    Parameters
    ----------
    criterion : {"gini", "entropy", "log_loss"}, default "gini"; the last two are the same
    max_depth : int >= 1 or None, default None; most questions on a way down, None is no limit
    min_samples_split : int >= 2, default 2; nodes with fewer rows stay leaves
    min_samples_leaf : int >= 1, default 1; fewest rows on a side of a cut
    max_features : int >= 1, float in (0, 1], "sqrt", "log2" or None, default None
        So many features, or this share of d, are drawn for each node among those that can
        still cut it; None is all of them.
    random_state : None, int or numpy.random.Generator, default None; draws for max_features
    min_impurity_decrease : float >= 0, default 0.0; least fall of the tree's impurity by a cut
    ccp_alpha : float >= 0, default 0.0; price of a leaf when pruning, 0 prunes nothing

    Attributes
    ----------
    classes_ : ndarray (k,), sorted
    tree_ : Tree
    feature_importances_ : ndarray (d,), shares in the fall of impurity; all 0 without a cut
    n_classes_, max_features_, n_features_in_ : int
    """

    def __init__(self, *, criterion: str = "gini", max_depth: int | None = None,
                 min_samples_split: int = 2, min_samples_leaf: int = 1,
                 max_features: float | str | None = None, random_state=None,
                 min_impurity_decrease: float = 0.0, ccp_alpha: float = 0.0):
        self.criterion, self.max_depth, self.max_features = criterion, max_depth, max_features
        self.min_samples_split, self.min_samples_leaf = min_samples_split, min_samples_leaf
        self.min_impurity_decrease, self.ccp_alpha = min_impurity_decrease, ccp_alpha
        self.random_state = random_state

    def fit(self, X, y):
        """Grow a tree on X (n, d) and y (n,), then prune it if ccp_alpha > 0."""
        tree, d, e, state = self._grow(X, y)
        tree = _prune(tree, _ldexp(self.ccp_alpha, -2 * e))
        inner, mass = tree.feature >= 0, tree.n_node_samples * tree.impurity
        fall = mass - mass[tree.children_left] - mass[tree.children_right]             # DT.4
        fall = np.bincount(tree.feature[inner], np.maximum(fall[inner], 0), minlength=d)
        self.feature_importances_ = fall / (fall.sum() or 1)
        impurity, value = _ldexp(tree.impurity, 2 * e), _ldexp(tree.value, e)
        self.tree_ = tree._replace(impurity=impurity, value=value)
        vars(self).update(state)
        self.max_features_, self.n_features_in_ = _count_features(self.max_features, d), d
        return self

    def predict(self, X):
        """Return the most frequent class (n,) in the leaf of each row of X (n, d)."""
        leaves = self.apply(X)
        return self.classes_[self.tree_.value.argmax(axis=1)[leaves]]

    def predict_proba(self, X):
        """Return the class shares (n, k) in the leaf of each row of X (n, d)."""
        leaves = self.apply(X)
        return self.tree_.value[leaves]

    def apply(self, X):
        """Return the node number (n,) of the leaf of each row of X (n, d)."""
        X = _check_X(X, fitted=self)
        tree, node, (n, d) = self.tree_, np.arange(len(self.tree_.feature)), X.shape
        ask, t = np.repeat(np.maximum(tree.feature, 0), 2), np.repeat(tree.threshold, 2)
        # At 2 node, go[at] is where "yes" leads and go[at + 1] where "no" does; a leaf stays.
        go = 2 * np.where(tree.feature >= 0, tree[:2], node).T.ravel()
        leaves, size = np.zeros(n, np.intp), max(1, _BLOCK // d)
        for b in range(0, n, size):
            x, at = X[b:b + size].ravel(), leaves[b:b + size]
            first = np.arange(0, x.size, d)
            for _ in range(tree.depth.max()):
                at[:] = go.take(at + (x.take(first + ask.take(at)) > t.take(at)))
        return leaves // 2

    def decision_path(self, x, feature_names=None):
        """Return in words how the single row x (d,) is answered, a line for each question."""
        leaf = self.apply(np.reshape(x, (1, -1)))[0]
        _, answers, names = _in_words(self, feature_names, ".9g")
        tree, node, lines, x = self.tree_, 0, [], np.asarray(x, dtype=float).ravel()
        while node != leaf:
            j, t = tree.feature[node], tree.threshold[node]
            lines.append(f"{names[j]} is {x[j]:.9g}, {'at most' if x[j] <= t else 'above'} {t:.9g}")
            node = tree[int(x[j] > t)][node]
        return "\n".join([*lines, f"so {answers[leaf]}, from {tree.n_node_samples[leaf]} rows"])

    def export_text(self, feature_names=None, decimals=2):
        """Return the tree as indented text: a line for each answer to a question, and each leaf."""
        _check_number("decimals", decimals, 0, integer=True)
        asked, answers, _ = _in_words(self, feature_names, f".{decimals}f")
        lines = []
        for node, (j, depth) in enumerate(zip(self.tree_.feature, self.tree_.depth)):
            lines += ["|   " * (depth - 1) + "|--- " + asked[node]] if node else []
            lines += ["|   " * depth + "|--- " + answers[node]] if j < 0 else []
        return "\n".join([*lines, ""])

    def get_depth(self):
        """Return the number of questions on the longest way down."""
        return int(_fitted_tree(self).depth.max())

    def get_n_leaves(self):
        """Return the number of leaves."""
        return int((_fitted_tree(self).feature < 0).sum())

    def cost_complexity_pruning_path(self, X, y):
        """Return ccp_alphas and the leaves' impurities of the best subtrees, largest tree first."""
        tree, _, e, _ = self._grow(X, y)
        alphas, sums, _ = zip(*_weakest_links(tree))
        return SimpleNamespace(ccp_alphas=_ldexp(alphas, 2 * e), impurities=_ldexp(sums, 2 * e))

    def _grow(self, X, y):
        self._check_hyperparameters()
        X = _check_X(X)
        classes, codes = np.unique(_check_y(y, X), return_inverse=True)
        state = {"classes_": classes, "n_classes_": len(classes)}
        return _grow(self, X, codes, len(classes), 0), X.shape[1], 0, state

    def _check_hyperparameters(self, criteria=("gini", "entropy", "log_loss")):
        if self.criterion not in criteria:
            raise ValueError(f"criterion must be one of {criteria}, got {self.criterion!r}")
        _check_number("max_depth", 1 if self.max_depth is None else self.max_depth, 1, integer=True)
        _check_number("min_samples_split", self.min_samples_split, 2, integer=True)
        _check_number("min_samples_leaf", self.min_samples_leaf, 1, integer=True)
        if isinstance(self.max_features, float):
            _check_number("max_features", self.max_features, 0, 1, above=True)
        elif self.max_features not in (None, "sqrt", "log2"):
            _check_number("max_features", self.max_features, 1, integer=True)
        _check_number("min_impurity_decrease", self.min_impurity_decrease, 0)
        _check_number("ccp_alpha", self.ccp_alpha, 0)


class DecisionTreeRegressor:
    """A tree of questions that ends in numbers: the mean of y in each leaf.

    As DecisionTreeClassifier, except that criterion is "squared_error", about the node's own
    mean; impurities, min_impurity_decrease and ccp_alpha are in units of y squared.
    """

    def __init__(self, *, criterion: str = "squared_error", max_depth: int | None = None,
                 min_samples_split: int = 2, min_samples_leaf: int = 1,
                 max_features: float | str | None = None, random_state=None,
                 min_impurity_decrease: float = 0.0, ccp_alpha: float = 0.0):
        DecisionTreeClassifier.__init__(
            self, criterion=criterion, max_depth=max_depth, min_samples_split=min_samples_split,
            min_samples_leaf=min_samples_leaf, max_features=max_features, ccp_alpha=ccp_alpha,
            random_state=random_state, min_impurity_decrease=min_impurity_decrease)

    def predict(self, X):
        """Return the mean of y (n,) in the leaf of each row of X (n, d)."""
        leaves = self.apply(X)
        return self.tree_.value[leaves, 0]

    def _grow(self, X, y):
        self._check_hyperparameters(criteria=("squared_error",))
        X = _check_X(X)
        y = _check_y(y, X, numeric=True)
        e = int(np.frexp(abs(y).max())[1])                   # y / 2^e is below 1: squares are safe
        return _grow(self, X, _ldexp(y, -e), 0, e), X.shape[1], e, {}

    _check_hyperparameters = DecisionTreeClassifier._check_hyperparameters
    fit, apply = DecisionTreeClassifier.fit, DecisionTreeClassifier.apply
    decision_path = DecisionTreeClassifier.decision_path
    export_text = DecisionTreeClassifier.export_text
    get_depth, get_n_leaves = DecisionTreeClassifier.get_depth, DecisionTreeClassifier.get_n_leaves
    cost_complexity_pruning_path = DecisionTreeClassifier.cost_complexity_pruning_path


def _grow(model, X, y, k, e):  # y holds codes of k classes or, if k = 0, numbers in units of 2^e
    (n, d), XT, rng = X.shape, np.ascontiguousarray(X.T), np.random.default_rng(model.random_state)
    min_leaf, n_features = model.min_samples_leaf, _count_features(model.max_features, d)
    min_split = max(model.min_samples_split, 2 * min_leaf)
    deepest, least = model.max_depth or np.inf, _ldexp(model.min_impurity_decrease, -2 * e)
    order = XT.argsort(axis=1)                                         # (d, n) rows by value
    # The rows of a level stand node by node: m holds the sizes, at the node of each row, and
    # side where a row goes: 0 left, 1 right, 2 nowhere, it is in a leaf.
    rows, m, side, levels, seen = np.arange(n), np.array([n]), np.zeros(n, np.int8), [], 0
    while len(m):
        at, start = np.repeat(np.arange(len(m)), m), m.cumsum() - m
        impurity, value, pure, z = _describe(y[rows], k, model.criterion, at, start, m)
        left, right, feature = np.full((len(m), 3), [-1, -1, -2]).T
        threshold, depth, seen = np.full(len(m), -2.0), len(levels), seen + len(m)
        levels.append([left, right, feature, threshold, impurity, m, value, 0 * m + depth])
        is_open = ~pure & (m >= min_split) & (depth < deepest)
        if not is_open.any():
            break
        inside = is_open[at]
        side[rows[~inside]] = 2
        # Leaves drop out and left rows pass right ones: by node, each feature is sorted as before.
        s = side.take(order).ravel()
        order = np.hstack([order.ravel().compress(s == i).reshape(d, -1) for i in (0, 1)])
        nodes, rows, m, z = np.flatnonzero(is_open), rows[inside], m[is_open], z[:, inside]
        at, start = np.repeat(np.arange(len(m)), m), m.cumsum() - m
        j, last, share = _best_cuts(
            XT, order, rows, z, model.criterion, at, start, m, min_leaf, n_features, rng)
        cut = (share > -0.5) & ((share + _TIE) * impurity[nodes] * (m / n) >= least)
        inside, j, last, nodes, m = cut[at], j[cut], last[cut], nodes[cut], m[cut]
        side[rows[~inside]] = 2
        a, b = XT[j, order[j, last]], XT[j, order[j, last + 1]]
        t = a / 2 + b / 2                                              # DT.8: a + b may overflow
        t = np.where((a <= t) & (t < b), t, a)                         # nothing between neighbours
        feature[nodes], threshold[nodes] = j, t
        left[nodes] = seen + np.arange(len(j))
        right[nodes] = left[nodes] + len(j)
        rows, at = rows[inside], np.repeat(np.arange(len(j)), m)
        side[rows] = is_right = XT.take(j[at] * n + rows) > t[at]
        rows = np.concatenate([rows[~is_right], rows[is_right]])
        n_left = last + 1 - start[cut]
        m = np.concatenate([n_left, m - n_left])
    return _depth_first(levels)


def _describe(y, k, criterion, at, start, m):
    # Impurity and value of each node, whether it is pure, and z: integers, as their sums are
    # exact in any order; except for entropy those of a node add up to 0.
    if k == 0:
        low, high = np.minimum.reduceat(y, start), np.maximum.reduceat(y, start)
        span = np.where(high > low, high - low, 1)
        u = (y - low[at]) / span[at]
        mean = np.add.reduceat(u, start) / m
        u -= mean[at]
        impurity = span**2 * (np.add.reduceat(u * u, start) / m)       # DT.3
        # A grid so fine that m numbers just fit an int64; the first takes up all rounding.
        z = np.rint(np.ldexp(u, 62 - int(m.max()).bit_length())).astype(np.int64)
        z[start] -= np.add.reduceat(z, start)
        return impurity, np.minimum(low + span * mean, high)[:, None], low == high, z[None]
    counts = np.bincount(at * k + y, minlength=k * len(m)).reshape(-1, k)
    p, pure = counts / m[:, None], counts.max(axis=1) == m
    if criterion == "gini":
        impurity = 1 - (counts**2).sum(axis=1) / m**2                  # DT.1
        z = [m[at] * (y == c) - counts[at, c] for c in range(k if k > 2 else 1)]
    else:
        impurity = -(p * np.log2(np.where(p > 0, p, 1))).sum(axis=1)   # DT.2
        z = [y == c for c in range(k)]
    return impurity, p, pure, np.array(z, dtype=np.int64)


def _best_cuts(XT, order, rows, z, criterion, at, start, m, min_leaf, n_features, rng):
    # The feature of each node's best cut, the place of the last row on its left, and its share.
    (d, n), n_left = XT.shape, np.arange(1, len(at) + 1) - start[at]
    n_right, Z = m[at] - n_left, np.empty((len(z), n), np.int64)
    Z[:, rows], entropy = z, criterion in ("entropy", "log_loss")
    banned = 2.0 * (np.minimum(n_left, n_right) < min_leaf)            # a share is in [0, 1]
    if entropy:
        f = np.arange(m.max() + 1.0)
        f[1:] *= np.log2(f[1:])                                        # c log2 c of every count c
        total = np.add.reduceat(z, start, axis=1)                      # (k, nodes)
        weight = 1 / (f[m] - f[total].sum(axis=0))[at]
        before, total = (total.cumsum(axis=1) - total)[:, at], total[:, at]  # up to the node, in it
    else:
        spread = np.add.reduceat(np.square(z, dtype=float).sum(axis=0), start) / m
        weight = 1 / (spread[at] * n_left * np.maximum(n_right, 1))
    shares, best, size = np.empty(order.shape), np.empty((d, len(m))), max(1, _BLOCK // len(at))
    for b in range(0, d, size):
        block = slice(b, b + size)
        S = (np.cumsum(z_k.take(order[block]), axis=1) for z_k in Z)
        if entropy:
            sides = sum(f.take(c := S_k - b_k) + f.take(t_k - c)
                        for S_k, b_k, t_k in zip(S, before, total))
            share = 1 - weight * (f[n_left] + f[n_right] - sides)      # DT.7
        else:
            share = weight * sum(np.square(S_k, dtype=float) for S_k in S)             # DT.5, DT.6
        x = XT.take(order[block] + n * np.arange(d)[block, None])
        share -= banned                                                # below 0: not allowed
        share[:, :-1] -= 2.0 * (x[:, 1:] == x[:, :-1])                 # no cut between equals
        shares[block], best[block] = share, np.maximum.reduceat(share, start, axis=1)
    if n_features < d:
        u = np.where(best > -0.5, rng.random(best.shape), 1)
        best[u > np.sort(u, axis=0)[n_features - 1]] = -1              # the others were not drawn
    top = best.max(axis=0)
    j = (best >= top - _TIE).argmax(axis=0)                            # the lowest feature
    equal = np.flatnonzero(shares[j[at], np.arange(len(at))] >= (top - _TIE)[at])
    return j, equal[np.searchsorted(equal, start)], top                # the lowest threshold


def _depth_first(levels):
    left, right, *others = map(np.concatenate, zip(*levels))
    order, stack = [], [0]
    while stack:
        order.append(node := stack.pop())
        stack += [right[node], left[node]] if left[node] >= 0 else []
    number = np.full(len(left) + 1, -1)                                # the last is for leaves
    number[order] = np.arange(len(order))
    return Tree(*(a[order] for a in (number[left], number[right], *others)))


def _weakest_links(tree):
    # Yields alpha, the impurity of all leaves, and the node that becomes a leaf.
    # R(t) is own[t]; the subtree of t is the nodes t to end[t] - 1, and R(T_t) is below[t].
    inner, end = tree.feature >= 0, np.arange(1, len(tree.feature) + 1)
    own = tree.n_node_samples * tree.impurity / tree.n_node_samples[0]
    below, leaves, link, alpha = own.copy(), 0 * end + 1, np.full(len(end), np.inf), 0.0
    for t in np.flatnonzero(inner)[::-1]:                              # children first
        a, b = tree.children_left[t], tree.children_right[t]
        end[t], below[t], leaves[t] = end[b], below[a] + below[b], leaves[a] + leaves[b]
    link[inner] = (own - below)[inner] / (leaves[inner] - 1)           # DT.9
    yield alpha, below[0], []
    while leaves[0] > 1:
        t = link.argmin()                                              # DT.10
        alpha, link[t:end[t]] = max(alpha, link[t]), np.inf
        above = np.flatnonzero(end[:t] > t)                            # the ancestors of t
        below[above] += own[t] - below[t]
        leaves[above] -= leaves[t] - 1
        below[t], leaves[t] = own[t], 1
        link[above] = (own - below)[above] / (leaves[above] - 1)
        yield alpha, below[0], t


def _prune(tree, ccp_alpha):
    left, right, feature, threshold, *others = (a.copy() for a in tree)
    for alpha, _, t in _weakest_links(tree) if ccp_alpha > 0 else ():
        if alpha > ccp_alpha:
            break
        left[t], right[t], feature[t], threshold[t] = -1, -1, -2, -2
    return _depth_first([(left, right, feature, threshold, *others)])


def _count_features(given, d):
    most = {None: d, "sqrt": np.sqrt(d), "log2": np.log2(d)}.get(given, given)
    most = given * d if isinstance(given, float) else most
    if most > d:
        raise ValueError(f"max_features={given} is more than the {d} features")
    return max(1, int(most))


def _ldexp(a, e):
    with np.errstate(over="ignore"):
        return np.ldexp(np.asarray(a, dtype=float), e)


def _fitted_tree(model):
    if not hasattr(model, "n_features_in_"):
        raise RuntimeError(f"{type(model).__name__} is not fitted: call fit first")
    return model.tree_


def _in_words(model, feature_names, digits):
    tree, d, asked = _fitted_tree(model), model.n_features_in_, {}
    names = [f"feature_{j}" for j in range(d)] if feature_names is None else feature_names
    if len(names) != d:
        raise ValueError(f"feature_names must hold {d} names, got {len(names)}")
    for left, right, j, t in zip(*(a[tree.feature >= 0] for a in tree[:4])):
        asked[left], asked[right] = f"{names[j]} <= {t:{digits}}", f"{names[j]} >  {t:{digits}}"
    if hasattr(model, "classes_"):
        return asked, [f"class: {c}" for c in model.classes_[tree.value.argmax(axis=1)]], names
    return asked, [f"value: [{v:{digits}}]" for v in tree.value[:, 0]], names


def _check_X(X, fitted=None):
    """Return X as a finite (n, d) float64 array; d is what fit saw if a fitted model is given."""
    name = type(fitted).__name__
    if fitted is not None and not hasattr(fitted, "n_features_in_"):
        raise RuntimeError(f"{name} is not fitted: call fit first")
    X = _as_array(X, "X", numeric=True)
    if X.ndim != 2 or X.size == 0:
        raise ValueError(f"X must be a non-empty 2-D array, got shape {X.shape}. " + (
            "Reshape your data: X.reshape(-1, 1) is one feature, X.reshape(1, -1) one sample"
            if X.ndim != 2 else f"{len(X)} sample(s), {X.shape[1]} feature(s) (shape={X.shape}) "
            "while a minimum of 1 is required."))
    if fitted is not None and X.shape[1] != (seen := fitted.n_features_in_):
        raise ValueError(f"X has {X.shape[1]} features, but {name} is expecting {seen} features "
                         f"as input: fit saw {seen}")
    return X


def _check_y(y, X, numeric=False, name="y"):
    """Return y as (n,) finite float64 where numeric, else as (n,) class labels of one kind."""
    y = _as_array(y, name)
    y = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
    if y.shape != (len(X),):
        raise ValueError(f"{name} should be a 1d array with one entry for each row of X: expected "
                         f"shape ({len(X)},), got {y.shape}")
    if numeric:
        return _as_array(y, name, numeric)
    if y.dtype.kind == "f" and (y != np.floor(_as_array(y, name, numeric=True))).any():
        raise ValueError("Unknown label type: y is continuous, a classifier needs class labels")
    if y.dtype == object and (None in y or len({isinstance(v, str) for v in y}) > 1):
        raise TypeError("Unknown label type: y mixes strings with other values")
    return y


def _check_number(name, value, low, high=np.inf, *, above=False, integer=False):
    """Refuse a hyperparameter that is not a finite number >= low (> low where above), <= high."""
    kinds = (int, np.integer) if integer else (int, float, np.integer, np.floating)
    if isinstance(value, bool) or not isinstance(value, kinds):
        raise TypeError(f"{name} must be {'an integer' if integer else 'a number'}, got {value!r}")
    if not (low < value if above else low <= value) or value > high or value == np.inf:
        rule = f"{'>' if above else '>='} {low}" + f" and <= {high}" * (high < np.inf)
        raise ValueError(f"{name} must be {rule}{' and finite' * (value == np.inf)}, got {value}")


def _as_array(a, name, numeric=False):
    try:
        a = np.asarray(a)
        a = np.array(a.tolist()) if numeric and a.dtype == object else a
        if a.dtype.kind == "c":
            raise ValueError("Complex data not supported")
        if numeric and a.dtype.kind not in "biufO":
            raise TypeError(f"its dtype is {a.dtype}")
        a = a.astype(float, copy=False) if numeric else a
    except (TypeError, ValueError, OverflowError) as error:
        raise (TypeError if isinstance(error, TypeError) else ValueError)(
            f"{name} must be a dense, not a sparse, array of numbers: {error}") from None
    if numeric and not np.isfinite(np.vdot(f := a.ravel("K"), f)) and not np.isfinite(a).all():
        raise ValueError(f"{name} contains NaN or infinity")
    return a
