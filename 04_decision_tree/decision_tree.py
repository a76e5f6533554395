"""Decision trees: CART for classes and for numbers, grown level by level.

A tree asks one question "x_j <= t?" in each inner node. A leaf answers with the classes, or with
the mean, of the training rows that end in it. A question is good if the rows on either side of it
are more alike than all of them together.

Objective: the impurity I of a node says how mixed its rows are. It is one of
    gini             1 - sum_k p_k^2                                                      DT.1
    entropy          -sum_k p_k log2 p_k                                                  DT.2
    squared error    mean_i (y_i - mean y)^2                                              DT.3
A cut of the node gets as its score the share of I that it removes                        DT.4

Algorithm. The steps have the names of the functions below.
    grow             sort the rows by each feature, once; then, level after level:
        describe     find the impurity and the answer of each node
        best_cuts    score every cut of every node by running sums over the sorted
                     rows, and take the best cut of each node                 DT.5, DT.6, DT.7
        split        ask x_j <= t, with t midway between two neighbouring values          DT.8
    prune            fold the weakest link, again and again, up to ccp_alpha       DT.9, DT.10
    importances      add up what the questions about each feature remove                  DT.4
    find_leaves      walk down the tree with new rows

Symbols: n samples (rows), d features, k classes. In a shape, "nodes" is the number of nodes of a
level, r the number of their rows, b the number of features that are handled at a time, and q the
number of sums that a score needs: 1, or one for each class.
    m              the rows of a node. A cut sends n_L of them to the left and n_R to the right
    c_k, p_k       the number and the share of the rows of class k in a node
    z_i            y_i less the mean of y in its node. For gini y_i is an indicator, which is 1 if
                   row i is of class k and 0 if not: one z for each class
    S              the sum of z over the left rows of a cut
    v, T_v         a node, and the subtree below it, with |T_v| leaves
    R(v), R(T_v)   I times m / n of the node, and the sum of that over the leaves of T_v
    w (n,)         the weights of the rows: a row of weight 2 counts as two equal rows, so that
                   m, n_L, n_R and c_k are sums of weights, and means are weighted
Cost: O(n d log n) time to sort, then O(n d) a level (times k if k > 2), and O(depth) a row to
predict. Pruning looks at every node for each link that it folds. Memory: O(n (d + k)).

Follows Breiman, Friedman, Olshen & Stone (1984): see DecisionTreeClassifier.
"""

from types import SimpleNamespace
from typing import NamedTuple

import numpy as np


class Tree(NamedTuple):
    """The nodes of a tree: an array for each property, with its name from scikit-learn.

    The nodes stand depth-first: first a node, then everything on its left side, then everything
    on its right side. Node 0 is the root.

    Attributes
    ----------
    children_left : ndarray of int, shape (node_count,)
        The node where rows with x <= threshold go, -1 in a leaf.
    children_right : ndarray of int, shape (node_count,)
        The node where the other rows go, -1 in a leaf.
    feature : ndarray of int, shape (node_count,)
        The column that the node asks about, -2 in a leaf.
    threshold : ndarray of shape (node_count,)
        What the column is compared with, -2 in a leaf.
    impurity : ndarray of shape (node_count,)
        How mixed the training rows of the node are, by `criterion`.
    n_node_samples : ndarray of int, shape (node_count,)
        The number of training rows that came to the node.
    weighted_n_node_samples : ndarray of shape (node_count,)
        The weight of these rows, together.
    value : ndarray of shape (node_count, n_classes) or (node_count, 1)
        The answer of the node: the share of each class in its weight, or the mean of its targets.
    depth : ndarray of int, shape (node_count,)
        The number of questions on the way to the node.
    """

    children_left: np.ndarray
    children_right: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    impurity: np.ndarray
    n_node_samples: np.ndarray
    weighted_n_node_samples: np.ndarray
    value: np.ndarray
    depth: np.ndarray

    @property
    def node_count(self):
        """The number of nodes, leaves included."""
        return len(self.feature)

    @property
    def max_depth(self):
        """The number of questions on the longest way down."""
        return int(self.depth.max())

    @property
    def n_leaves(self):
        """The number of leaves."""
        return int((self.feature < 0).sum())


class _DecisionTree:
    """What the tree for classes and the tree for numbers have in common.

    Each has a method `_training_rows` of its own. It checks all that `fit` is given, and returns
    X, y and the weights as _TrainingRows.
    """

    def _fit(self, X, y, sample_weight):
        """Grow a tree, prune it, and set all attributes. Return the model."""
        names = _feature_names(X)
        rng = _check_random_state(self.random_state)
        rows = self._training_rows(X, y, sample_weight)
        n_features = rows.X.shape[1]
        # Until the tree is done, y is in a unit that keeps it below 1, and impurities are as well.
        tree = _grow(rows, self._limits(rows), rng)
        tree = _prune(tree, rows.to_unit_of_tree(self.ccp_alpha))
        importances = _importances(tree, n_features)

        if rows.classes is not None:
            self.classes_ = rows.classes
            self.n_classes_ = len(rows.classes)
        self.tree_ = rows.to_units_of_user(tree)
        self.feature_importances_ = importances
        self.max_features_ = _count_features(self.max_features, n_features)
        self.n_features_in_ = n_features
        self.feature_names_in_ = names
        if names is None:
            del self.feature_names_in_
        return self

    def apply(self, X):
        """Return the leaf in which each row of X ends.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Rows with the features that `fit` saw.

        Returns
        -------
        leaves : ndarray of int, shape (n_samples,)
            The numbers of the leaves in `tree_`.
        """
        X = _check_X(X, fitted=self)
        return _find_leaves(self.tree_, X)

    def explain(self, x, feature_names=None):
        """Return in words how the answer to one row comes about.

        Parameters
        ----------
        x : array of shape (n_features,) or (1, n_features)
            The row.
        feature_names : list of str, default=None
            The names of the features. None takes the names of the columns that `fit` saw, or
            else "feature_0", "feature_1", ...

        Returns
        -------
        text : str
            A line for each question on the way down, and one for the answer.
        """
        x = self._check_one_row(x)
        names = self._names(feature_names)
        tree = self.tree_
        leaf = _find_leaves(tree, x[None])[0]

        lines = []
        node = 0
        while node != leaf:
            j = tree.feature[node]
            t = tree.threshold[node]
            if x[j] <= t:
                lines.append(f"{names[j]} is {x[j]:.9g}, at most {t:.9g}")
                node = tree.children_left[node]
            else:
                lines.append(f"{names[j]} is {x[j]:.9g}, above {t:.9g}")
                node = tree.children_right[node]
        n_rows = tree.n_node_samples[leaf]
        rows = "1 row" if n_rows == 1 else f"{n_rows} rows"
        lines.append(f"so {self._answers('.9g')[leaf]}, from {rows}")
        return "\n".join(lines)

    def export_text(self, feature_names=None, decimals=2):
        """Return the tree as indented text.

        Parameters
        ----------
        feature_names : list of str, default=None
            The names of the features. None takes the names of the columns that `fit` saw, or
            else "feature_0", "feature_1", ...
        decimals : int, default=2
            The digits behind the point of thresholds and of means.

        Returns
        -------
        text : str
            A line for each answer to a question, and one for each leaf.
        """
        tree = _fitted_tree(self)
        _check_number("decimals", decimals, 0, integer=True)
        names = self._names(feature_names)
        answers = self._answers(f".{decimals}f")
        heading = [""] * tree.node_count       # the way from its parent to each node
        lines = []
        for node in range(tree.node_count):
            j = tree.feature[node]
            indent = "|   " * tree.depth[node]
            if node > 0:
                lines.append(heading[node])
            if j < 0:
                lines.append(f"{indent}|--- {answers[node]}")
            else:
                t = f"{tree.threshold[node]:.{decimals}f}"
                heading[tree.children_left[node]] = f"{indent}|--- {names[j]} <= {t}"
                heading[tree.children_right[node]] = f"{indent}|--- {names[j]} >  {t}"
        return "\n".join(lines) + "\n"

    def get_depth(self):
        """Return the number of questions on the longest way down."""
        return _fitted_tree(self).max_depth

    def get_n_leaves(self):
        """Return the number of leaves."""
        return _fitted_tree(self).n_leaves

    def cost_complexity_pruning_path(self, X, y, sample_weight=None):
        """Return what pruning does to a tree grown on these rows, step by step.

        `ccp_alpha` plays no part, and the model stays as it is.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            The training rows.
        y : array of shape (n_samples,)
            The label, or the target, of each row.
        sample_weight : array of shape (n_samples,), default=None
            How many times each row counts, >= 0. None is once.

        Returns
        -------
        path : SimpleNamespace
            `path.ccp_alphas`, ndarray of shape (n_steps + 1,): the prices of a leaf at which the
            tree gets smaller, from 0 up. `path.impurities`, of the same shape: the impurity of
            the leaves that are left, together.
        """
        rng = _check_random_state(self.random_state)
        rows = self._training_rows(X, y, sample_weight)
        tree = _grow(rows, self._limits(rows), rng)
        alphas, impurities, _ = zip(*_weakest_links(tree))
        exponent = 2 * rows.exponent           # from the unit of the tree to that of the user
        return SimpleNamespace(ccp_alphas=_times_power_of_two(alphas, exponent),
                               impurities=_times_power_of_two(impurities, exponent))

    def _limits(self, rows):
        """Return the _Limits that the hyperparameters set to a tree on the _TrainingRows."""
        n, d = rows.X.shape
        weights = rows.weights.each
        weight_of_all = n if weights is None else weights.sum()
        # A little less, so that a side of just this weight is allowed in spite of rounding.
        min_weight = self.min_weight_fraction_leaf * weight_of_all * (1 - 1e-12)
        min_leaf = self.min_samples_leaf
        if weights is None:      # the weight of a side is its number of rows: one limit for both
            min_leaf = max(min_leaf, int(np.ceil(min_weight)))
        return _Limits(
            max_depth=np.inf if self.max_depth is None else self.max_depth,
            min_split=max(self.min_samples_split, 2 * self.min_samples_leaf),
            min_leaf=min_leaf,
            min_weight=min_weight,
            min_decrease=rows.to_unit_of_tree(self.min_impurity_decrease),
            n_features=_count_features(self.max_features, d))

    def _check_hyperparameters(self, criteria):
        """Refuse hyperparameters that cannot be used. `criteria` are the allowed criteria."""
        _check_option("criterion", self.criterion, criteria)
        if self.max_depth is not None:
            _check_number("max_depth", self.max_depth, 1, integer=True)
        _check_number("min_samples_split", self.min_samples_split, 2, integer=True)
        _check_number("min_samples_leaf", self.min_samples_leaf, 1, integer=True)
        _check_number("min_weight_fraction_leaf", self.min_weight_fraction_leaf, 0, 0.5)
        if isinstance(self.max_features, (int, np.integer)):
            _check_number("max_features", self.max_features, 1, integer=True)
        elif isinstance(self.max_features, (float, np.floating)):
            _check_number("max_features", self.max_features, 0, 1, above=True)
        else:
            _check_option("max_features", self.max_features, (None, "sqrt", "log2"),
                          other="an integer >= 1 or a fraction > 0 and <= 1")
        _check_number("min_impurity_decrease", self.min_impurity_decrease, 0)
        _check_number("ccp_alpha", self.ccp_alpha, 0)

    def _check_one_row(self, x):
        """Return x, one row as (n_features,) or (1, n_features), as an array (n_features,)."""
        is_flat = _as_array(x, "x").ndim == 1
        X = _check_X([x] if is_flat else x, fitted=self)
        if len(X) > 1:
            raise ValueError(f"{type(self).__name__}.explain takes one row, got {len(X)} rows: "
                             "explain(X[0]) explains the first")
        return X[0]

    def _names(self, feature_names):
        """Return the names of the features, a list or array (n_features,)."""
        d = self.n_features_in_
        if feature_names is None:
            return getattr(self, "feature_names_in_", [f"feature_{j}" for j in range(d)])
        if len(feature_names) != d:
            raise ValueError(f"feature_names must hold {d} names, got {len(feature_names)}")
        return feature_names

    def _answers(self, digits):
        """Return the answer of each node in words. Numbers have the format `digits`."""
        if hasattr(self, "classes_"):
            classes = self.classes_[self.tree_.value.argmax(axis=1)]
            return [f"class: {label}" for label in classes]
        return [f"value: [{mean:{digits}}]" for mean in self.tree_.value[:, 0]]


class DecisionTreeClassifier(_DecisionTree):
    """A tree of questions that ends in classes.

    Without limits the tree grows until the training rows of a leaf are of one class, or are equal
    in all features. (Rows that weigh less than 1e-14 of their node count as none there.) A cut
    that gains nothing is made too: with XOR the first cut is one of these.

    Ties: of cuts whose shares differ by less than 1e-10 the lowest feature wins, then the lowest
    threshold. Of equally frequent classes the first wins. So the tree depends neither on the
    order of the rows nor on the machine. A threshold t between the neighbouring values a < b
    has a <= t < b.

    Parameters
    ----------
    criterion : {"gini", "entropy", "log_loss"}, default="gini"
        The impurity. "log_loss" is another name of "entropy".
    max_depth : int or None, default=None
        The most questions on a way down, >= 1. None is no limit.
    min_samples_split : int, default=2
        The fewest rows of a node that is cut, >= 2.
    min_samples_leaf : int, default=1
        The fewest rows on either side of a cut, >= 1. As for `min_samples_split`, rows are
        counted here, whatever their weights.
    min_weight_fraction_leaf : float, default=0.0
        The least weight on either side of a cut, as a fraction of the weight of all rows, from 0
        to 0.5.
    max_features : None, int, float or {"sqrt", "log2"}, default=None
        How many features are drawn for each node, among those that can still cut it: so many, or
        this fraction of n_features, or its square root or logarithm. None is all of them.
    random_state : None, int or numpy.random.Generator, default=None
        What draws the features if `max_features` is below n_features. An int makes the result
        repeatable.
    min_impurity_decrease : float, default=0.0
        The least that a cut must take off the impurity of the whole tree: the fall in its node
        times the node's part of the weight of all rows.
    class_weight : None, dict or "balanced", default=None
        What the weights of the rows of each class are multiplied by, {label: factor}, 1 for
        labels that the dict leaves out. "balanced" gives all classes the same weight. None is 1
        for all.
    ccp_alpha : float, default=0.0
        The price of a leaf when the tree is pruned, in units of the impurity. 0 prunes nothing.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    n_classes_ : int
        The number of classes.
    tree_ : Tree
        The nodes. See `help(Tree)`.
    feature_importances_ : ndarray of shape (n_features,)
        What the questions about each feature take off the impurity of the tree, as a share of
        what all questions take off. All are 0 if the root is a leaf.
    max_features_ : int
        The number of features that are drawn for each node.
    n_features_in_ : int
        The number of features that `fit` saw.
    feature_names_in_ : ndarray of str, shape (n_features,)
        The names of the columns of X. It is only there if X was a table with such names.

    References
    ----------
    L. Breiman, J. Friedman, R. Olshen and C. Stone (1984), "Classification and Regression Trees".

    Examples
    --------
    >>> from decision_tree import DecisionTreeClassifier
    >>> X = [[1], [2], [3], [4], [5], [6]]
    >>> model = DecisionTreeClassifier(max_depth=1).fit(X, ["a", "a", "b", "b", "b", "a"])
    >>> model.predict([[2.5], [2.6]]).tolist()
    ['a', 'b']
    >>> model.predict_proba([[9]]).tolist()
    [[0.25, 0.75]]
    >>> model.explain([4], feature_names=["length"]).splitlines()
    ['length is 4, above 2.5', 'so class: b, from 4 rows']
    """

    def __init__(self, *, criterion: str = "gini", max_depth: int | None = None,
                 min_samples_split: int = 2, min_samples_leaf: int = 1,
                 min_weight_fraction_leaf: float = 0.0,
                 max_features: int | float | str | None = None,
                 random_state: int | np.random.Generator | None = None,
                 min_impurity_decrease: float = 0.0, class_weight: dict | str | None = None,
                 ccp_alpha: float = 0.0):
        self.criterion = criterion
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.min_weight_fraction_leaf = min_weight_fraction_leaf
        self.max_features = max_features
        self.random_state = random_state
        self.min_impurity_decrease = min_impurity_decrease
        self.class_weight = class_weight
        self.ccp_alpha = ccp_alpha

    def fit(self, X, y, sample_weight=None) -> "DecisionTreeClassifier":
        """Grow a tree, then prune it if `ccp_alpha` is above 0.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            The training rows.
        y : array of shape (n_samples,)
            The label of each row, numbers or text.
        sample_weight : array of shape (n_samples,), default=None
            How many times each row counts, >= 0. None is once.

        Returns
        -------
        self : DecisionTreeClassifier
        """
        return self._fit(X, y, sample_weight)

    def predict(self, X):
        """Return the most frequent class in the leaf of each row.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Rows with the features that `fit` saw.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
        """
        leaves = self.apply(X)
        return self.classes_[self.tree_.value.argmax(axis=1)[leaves]]

    def predict_proba(self, X):
        """Return the share of each class in the leaf of each row.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Rows with the features that `fit` saw.

        Returns
        -------
        shares : ndarray of shape (n_samples, n_classes)
            The columns are in the order of `classes_`. Each row sums to 1.
        """
        leaves = self.apply(X)
        return self.tree_.value[leaves]

    def _training_rows(self, X, y, sample_weight):
        """Check all that `fit` is given. Return the _TrainingRows, with labels as codes."""
        self._check_hyperparameters(("gini", "entropy", "log_loss"))
        _check_class_weight(self.class_weight)
        X = _check_X(X)
        y = _check_y(y, X)
        X, y, weights = _rows_that_count(X, y, _check_weights(sample_weight, X))
        classes, codes = np.unique(y, return_inverse=True)
        if self.class_weight is None:
            weights = _relative_weights(weights)
        else:
            scaled, _ = _below_one(weights)                            # sums stay in range
            totals = np.bincount(codes, scaled)                        # of each class
            totals = np.maximum(totals, 1e-300)                        # "balanced" divides by them
            factors = _class_factors(self.class_weight, classes, totals)
            weights = _relative_weights(weights, factors[codes])
        criterion = "gini" if self.criterion == "gini" else "entropy"
        return _TrainingRows(X, codes, 0, weights, criterion, classes)


class DecisionTreeRegressor(_DecisionTree):
    """A tree of questions that ends in numbers: the mean of y in each leaf.

    Without limits the tree grows until the training rows of a leaf have one and the same target,
    or are equal in all features. (Rows that weigh less than 1e-14 of their node count as none
    there.) A cut that gains nothing is made too: with XOR the first cut is one of these.

    Ties: of cuts whose shares differ by less than 1e-10 the lowest feature wins, then the lowest
    threshold. So the tree depends neither on the order of the rows nor on the machine. A threshold
    t between the neighbouring values a < b has a <= t < b.

    Parameters
    ----------
    criterion : {"squared_error"}, default="squared_error"
        The impurity: the mean squared distance of the targets from their mean.
    max_depth : int or None, default=None
        The most questions on a way down, >= 1. None is no limit.
    min_samples_split : int, default=2
        The fewest rows of a node that is cut, >= 2.
    min_samples_leaf : int, default=1
        The fewest rows on either side of a cut, >= 1. As for `min_samples_split`, rows are
        counted here, whatever their weights.
    min_weight_fraction_leaf : float, default=0.0
        The least weight on either side of a cut, as a fraction of the weight of all rows, from 0
        to 0.5.
    max_features : None, int, float or {"sqrt", "log2"}, default=None
        How many features are drawn for each node, among those that can still cut it: so many, or
        this fraction of n_features, or its square root or logarithm. None is all of them.
    random_state : None, int or numpy.random.Generator, default=None
        What draws the features if `max_features` is below n_features. An int makes the result
        repeatable.
    min_impurity_decrease : float, default=0.0
        The least that a cut must take off the impurity of the whole tree, in squared units of y:
        the fall in its node times the node's part of the weight of all rows.
    ccp_alpha : float, default=0.0
        The price of a leaf when the tree is pruned, in squared units of y. 0 prunes nothing.

    Attributes
    ----------
    tree_ : Tree
        The nodes. See `help(Tree)`.
    feature_importances_ : ndarray of shape (n_features,)
        What the questions about each feature take off the impurity of the tree, as a share of
        what all questions take off. All are 0 if the root is a leaf.
    max_features_ : int
        The number of features that are drawn for each node.
    n_features_in_ : int
        The number of features that `fit` saw.
    feature_names_in_ : ndarray of str, shape (n_features,)
        The names of the columns of X. It is only there if X was a table with such names.

    References
    ----------
    L. Breiman, J. Friedman, R. Olshen and C. Stone (1984), "Classification and Regression Trees".

    Examples
    --------
    >>> from decision_tree import DecisionTreeRegressor
    >>> model = DecisionTreeRegressor(max_depth=2).fit([[1], [2], [3], [4]], [1, 1, 5, 9])
    >>> model.predict([[0], [2.5], [2.6], [100]]).tolist()
    [1.0, 1.0, 5.0, 9.0]
    >>> model.tree_.threshold.tolist()
    [2.5, -2.0, 3.5, -2.0, -2.0]
    >>> model.explain([3.2], feature_names=["x"]).splitlines()
    ['x is 3.2, above 2.5', 'x is 3.2, at most 3.5', 'so value: [5], from 1 row']
    """

    def __init__(self, *, criterion: str = "squared_error", max_depth: int | None = None,
                 min_samples_split: int = 2, min_samples_leaf: int = 1,
                 min_weight_fraction_leaf: float = 0.0,
                 max_features: int | float | str | None = None,
                 random_state: int | np.random.Generator | None = None,
                 min_impurity_decrease: float = 0.0, ccp_alpha: float = 0.0):
        self.criterion = criterion
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.min_weight_fraction_leaf = min_weight_fraction_leaf
        self.max_features = max_features
        self.random_state = random_state
        self.min_impurity_decrease = min_impurity_decrease
        self.ccp_alpha = ccp_alpha

    def fit(self, X, y, sample_weight=None) -> "DecisionTreeRegressor":
        """Grow a tree, then prune it if `ccp_alpha` is above 0.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            The training rows.
        y : array of shape (n_samples,)
            The target of each row.
        sample_weight : array of shape (n_samples,), default=None
            How many times each row counts, >= 0. None is once.

        Returns
        -------
        self : DecisionTreeRegressor
        """
        return self._fit(X, y, sample_weight)

    def predict(self, X):
        """Return the mean of the targets in the leaf of each row.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Rows with the features that `fit` saw.

        Returns
        -------
        means : ndarray of shape (n_samples,)
        """
        leaves = self.apply(X)
        return self.tree_.value[leaves, 0]

    def _training_rows(self, X, y, sample_weight):
        """Check all that `fit` is given. Return the _TrainingRows."""
        self._check_hyperparameters(("squared_error",))
        X = _check_X(X)
        y = _check_y(y, X, numeric=True)
        X, y, weights = _rows_that_count(X, y, _check_weights(sample_weight, X))
        y, exponent = _below_one(y)
        return _TrainingRows(X, y, exponent, _relative_weights(weights), "squared_error", None)


# ---- The algorithm ----
#
# All nodes of a level are handled together. For one node at a time the same takes some fifteen
# plain lines: they are `slow_tree` in test_decision_tree.py, and a test compares the two. From
# the next part come:
#     rows, _TrainingRows         what a tree grows on: rows.X (n, d), rows.y (n,) and more
#     limits, _Limits             what keeps it from growing: limits.min_leaf, ...
#     level, a _Level             the nodes of one level. Their rows stand node by node:
#         level.rows              the numbers of these rows, (r,)
#         level.node              the node of each of them, (r,)
#         level.start             the place where each node begins, (nodes,)
#         level.size              the number of rows of each node, (nodes,)
#         level.weight            the weight of each node, (nodes,)
#         level.part              the weight of each row as a part of the weight of its node, (r,),
#                                 or None if all rows weigh the same
#         level.mean(a)           the mean of a (r,) in each node, (nodes,)
#         level.counts(codes, k)  c_k of each node (with weights: p_k), (nodes, k)
#         level.keep(chosen)      the level without the nodes that are not chosen
#         level.by_number(a)      a (..., r) as an array (..., n), to be looked up by row number
#     columns, _SortedColumns     the same rows once for each feature, sorted by it in each node
#         columns.order           the numbers of the rows, (d, r)
#         columns.follow(level)   goes on to the rows of the next level
#         columns.sorted_values   the values of a block of features in this order, (b, r)
#         columns.value_at        the value at a place of this order
#         columns.value_of        the value of a row in a feature
#     _Sides                      n_L and n_R of every cut
#     _whole_numbers              rounds z so that its sums are exact
#     _depth_first                puts the nodes of all levels in their final order
#     _TIE, 1e-10                 shares that differ by less count as equal
#     _FORBIDDEN, -0.5            the share of a cut that is not allowed is below this
#     _NOTHING, 1e-14             a node with an impurity below this is pure


def _grow(rows, limits, rng):
    """Grow a Tree on the _TrainingRows, level by level, within the _Limits.

    Every node starts as a leaf. Where a node can be cut, its best cut turns it into a question,
    and the two sides become nodes of the next level. The Generator `rng` draws features.
    """
    Score = _EntropyScore if rows.criterion == "entropy" else _SquaresScore
    level = _root(rows)
    columns = _SortedColumns(rows.X)
    weight_of_all = level.weight[0]
    levels = []
    n_nodes = 0
    while len(level.size) > 0:
        description = _describe(rows, level)
        nodes = _leaves(level, description, depth=len(levels))
        levels.append(nodes)
        n_nodes += nodes.node_count
        is_open = ~description.is_pure & (level.size >= limits.min_split)
        is_open &= level.weight >= 2 * limits.min_weight
        if len(levels) > limits.max_depth or not is_open.any():
            break

        # The nodes that stay leaves drop out, with their rows. The others look for a cut.
        description = description.keep(is_open, level.node)
        level = level.keep(is_open)
        columns.follow(level)
        score = Score(description.z, level)
        cuts = _best_cuts(columns, level, score, limits, rng)

        # Not all of them find one. _TIE is for a fall that misses its limit by rounding alone.
        part_of_all = level.weight / weight_of_all                                     # m / n
        fall = (cuts.share + _TIE) * description.impurity * part_of_all                # DT.4
        is_cut = (cuts.share > _FORBIDDEN) & (fall >= limits.min_decrease)
        cuts = cuts.keep(is_cut)
        asking = np.flatnonzero(is_open)[is_cut]
        _turn_into_questions(nodes, asking, cuts, n_nodes)
        level = _split(level.keep(is_cut), columns, cuts)
    return _depth_first(levels)


def _turn_into_questions(nodes, asking, cuts, n_nodes):
    """Let some nodes, leaves so far, ask for their _Cuts.

    nodes : Tree, the nodes of one level
    asking : ndarray of int, the places of the nodes that have a cut
    n_nodes : int, the number of nodes before the next level. There all left sides come before all
        right sides
    """
    n_cuts = len(asking)
    nodes.feature[asking] = cuts.feature
    nodes.threshold[asking] = cuts.threshold
    nodes.children_left[asking] = n_nodes + np.arange(n_cuts)
    nodes.children_right[asking] = n_nodes + n_cuts + np.arange(n_cuts)


class _Description(NamedTuple):
    """What `_describe` finds out about the nodes of a level.

    impurity : ndarray (nodes,), I
    value : ndarray (nodes, k) of class shares, or (nodes, 1) of means
    is_pure : ndarray of bool (nodes,), whether a node has nothing left to tell apart
    z : ndarray (q, r), q numbers for each row. The score of a cut needs their sums over its left
        rows:
            squared error    q = 1: y less its mean in the node
            gini             q = k, or 1 of 2 classes: see `_centred_indicators`
            entropy          q = k: the indicators, True for the rows of the class
    """

    impurity: np.ndarray
    value: np.ndarray
    is_pure: np.ndarray
    z: np.ndarray

    def keep(self, chosen, node):
        """Return that of the `chosen` nodes, bool (nodes,), given the node of each row (r,)."""
        if chosen.all():
            return self
        inside = chosen[node]
        return _Description(self.impurity[chosen], self.value[chosen], self.is_pure[chosen],
                            self.z[:, inside])


def _describe(rows, level):
    """Return the _Description of the nodes of a level that holds some of the _TrainingRows."""
    y = rows.y[level.rows]
    if rows.criterion == "squared_error":
        return _describe_numbers(y, level)
    k = len(rows.classes)
    counts = level.counts(y, k)                                        # c_k, (nodes, k)
    m = counts.sum(axis=1)                                             # with weights: about 1
    p = counts / m[:, None]                                            # p_k, (nodes, k)
    if rows.criterion == "gini":
        impurity = _gini(counts, m)
        z = _centred_indicators(y, counts, m, level)
    else:
        impurity = _entropy(p)
        z = y == np.arange(k)[:, None]
    return _Description(impurity, p, impurity <= _NOTHING, z)


def _describe_numbers(y, level):
    """Return the _Description of nodes whose rows have the targets y (r,).

    The targets of each node are moved and stretched to reach from 0 to 1: this is u. So no digits
    are lost if all of them are far from 0.
    """
    low = np.minimum.reduceat(y, level.start)
    high = np.maximum.reduceat(y, level.start)
    span = np.where(high > low, high - low, 1)
    u = (y - low[level.node]) / span[level.node]
    mean = level.mean(u)
    z = u - mean[level.node]
    variance = level.mean(z * z)
    impurity = span**2 * variance                                      # DT.3
    value = np.minimum(low + span * mean, high)                        # a mean is at most high
    return _Description(impurity, value[:, None], variance <= _NOTHING, z[None])


def _gini(counts, m):
    """Return the Gini impurity (nodes,) of nodes with class counts (nodes, k) of sum m (nodes,)."""
    # Counts are squared, and not shares, because the squares of whole numbers are exact.
    return 1 - (counts**2).sum(axis=1) / m**2                          # DT.1


def _entropy(p):
    """Return the entropy (nodes,), in bits, of nodes with class shares p (nodes, k)."""
    p_log_p = p * np.log2(np.where(p > 0, p, 1))                       # 0 log2 0 is 0
    return 0 - p_log_p.sum(axis=1)                                     # DT.2, and 0 is not -0


def _centred_indicators(codes, counts, m, level):
    """Return the indicators of the classes, less their means in each node, times m, (q, r).

    The indicator of class k is 1 for its rows and 0 for the others. Its mean is p_k = c_k / m. So
    z is m - c_k for the rows of class k and -c_k for the others: whole numbers, if rows have no
    weights. Of two classes one is enough, as the other has the same squares.

    codes : ndarray of int (r,), the classes of the rows
    counts : ndarray (nodes, k), c_k
    m : ndarray (nodes,), the sum of the counts
    """
    k = counts.shape[1]
    q = k if k > 2 else 1
    m_of_row = m[level.node]
    z = np.empty((q, len(codes)), dtype=counts.dtype)
    for code in range(q):
        z[code] = m_of_row * (codes == code) - counts[level.node, code]
    return z


class _SquaresScore:
    """Scores cuts by squared error, and by gini, which is the squared error of the indicators.

    Parameters
    ----------
    z : ndarray (q, r)
        Targets or indicators, less their mean in each node.
    level : _Level
        The open nodes.
    """

    def __init__(self, z, level):
        z, variance = _whole_numbers(z, level)
        self.z = level.by_number(z)                                    # (q, n)
        self.variance = variance[level.node]                           # I in units of z, (r,)
        self.sides = _Sides(level)
        self.of_square = None
        if level.part is None:      # n_L and n_R are the same for all features: divide once
            n_left, n_right = self.sides.weights()
            self.of_square = 1 / (self.variance * n_left * n_right)    # share / S^2, (r,)

    def shares(self, order):
        """Return the share of the impurity of its node that each cut removes, (b, r).

        `order` (b, r) holds the numbers of the rows for b features: node by node, and within each
        node sorted by the feature. Entry (j, i) of the result is for the cut that sends the rows
        of the node up to order[j, i] to the left.

        The z of a node add up to 0. So one running sum S goes through all nodes of the level: at
        the end of each node it is back at 0.
        """
        squares = 0
        for z in self.z:
            S = z.take(order).cumsum(axis=1)                           # (b, r)
            squares = squares + np.square(S, dtype=float)
        if self.of_square is not None:
            return self.of_square * squares                            # DT.5, DT.6
        n_left, n_right = self.sides.weights(order)
        return squares / (self.variance * n_left * n_right)            # DT.5, DT.6


class _EntropyScore:
    """Scores cuts by entropy.

    Parameters
    ----------
    indicators : ndarray of bool (k, r)
        Whether each row is of each class.
    level : _Level
        The open nodes.
    """

    def __init__(self, indicators, level):
        counted = level.whole_parts() * indicators     # a row counts 1, or its part: (k, r)
        total = level.sums(counted)                                    # c_k, (k, nodes)
        earlier = total.cumsum(axis=1) - total         # c_k of all earlier nodes together
        self.counted = level.by_number(counted)                        # (k, n)
        self.total = total[:, level.node]                              # (k, r)
        self.earlier = earlier[:, level.node]                          # (k, r)
        self.sides = _Sides(level)
        self.f = _CountTimesLog(level)                                 # f(c) = c log2 c
        m_impurity = self.f(total.sum(axis=0)) - self.f(total).sum(axis=0)
        self.m_impurity = m_impurity[level.node]                       # m I, (r,)

    def shares(self, order):
        """Return the share of the impurity of its node that each cut removes, (b, r).

        `order` is as in _SquaresScore. A running sum counts the rows of a class from the first
        node on. Less the rows of earlier nodes, it is the count on the left.
        """
        n_left, n_right = self.sides.weights(order)
        left = self.f(n_left)                  # n_L I_L and n_R I_R, when the loop is done
        right = self.f(n_right)
        for counted, earlier, total in zip(self.counted, self.earlier, self.total):
            c_left = counted.take(order).cumsum(axis=1) - earlier
            left = left - self.f(c_left)
            right = right - self.f(total - c_left)
        return 1 - (left + right) / self.m_impurity                    # DT.7


class _Cuts(NamedTuple):
    """The best cut of each node of a level.

    feature : ndarray of int (nodes,)
    threshold : ndarray (nodes,)
    n_left : ndarray of int (nodes,), the number of rows on the left
    share : ndarray (nodes,), of the impurity of the node; below _FORBIDDEN if no cut is allowed
    """

    feature: np.ndarray
    threshold: np.ndarray
    n_left: np.ndarray
    share: np.ndarray

    def keep(self, chosen):
        """Return the cuts of the chosen nodes alone."""
        return _Cuts(*(a[chosen] for a in self))


def _best_cuts(columns, level, score, limits, rng):
    """Return the best cut of every node of a level, as _Cuts.

    columns : _SortedColumns, the rows of the level, sorted
    level : _Level, the open nodes
    score : _SquaresScore or _EntropyScore
    limits : _Limits
    rng : Generator, which draws features
    """
    share, best = _score_cuts(columns, level, score, limits)
    if limits.n_features < len(best):
        _forbid_features_not_drawn(best, limits.n_features, rng)
    top = best.max(axis=0)                                             # (nodes,)
    feature = (best >= top - _TIE).argmax(axis=0)                      # the lowest of the best
    # Now the best places in that feature. The first one in each node has the lowest threshold.
    # The row there is the last on the left, and the next row the first on the right.
    r = len(level.rows)
    share_in_feature = share[feature[level.node], np.arange(r)]        # (r,)
    places = np.flatnonzero(share_in_feature >= (top - _TIE)[level.node])
    last_left = places[np.searchsorted(places, level.start)]           # (nodes,)
    first_right = np.minimum(last_left + 1, r - 1)   # in range too where no cut is allowed
    a = columns.value_at(feature, last_left)
    b = columns.value_at(feature, first_right)
    return _Cuts(feature, _between(a, b), last_left + 1 - level.start, top)


def _forbid_features_not_drawn(best, n_features, rng):
    """Draw n_features features for each node, among those that can cut it. Forbid the others.

    `best` (d, nodes) holds the highest share of each feature in each node, and is changed.
    """
    lots = np.where(best > _FORBIDDEN, rng.random(best.shape), 1)
    highest_drawn = np.sort(lots, axis=0)[n_features - 1]              # the lowest lots are drawn
    best[lots > highest_drawn] = -1                                    # below _FORBIDDEN


def _score_cuts(columns, level, score, limits):
    """Score every cut of a level. The parameters are as in `_best_cuts`.

    Returns
    -------
    share : ndarray (d, r)
        The share of the impurity of its node that the cut of each feature behind each place
        removes, from 0 to 1, or less than _FORBIDDEN if the cut is not allowed.
    best : ndarray (d, nodes)
        The highest share of each feature in each node.
    """
    d = len(columns.order)
    r = len(level.rows)
    # Shares are at most 1, so 2 less means forbidden. At the end of a node the right side has no
    # rows, so it is too small: there is no cut between two nodes.
    too_small = 2.0 * score.sides.too_small(limits.min_leaf)           # (r,)
    share = np.empty((d, r))
    best = np.empty((d, len(level.size)))
    for some in _blocks(d, width=r):
        block = score.shares(columns.order[some])
        if level.part is not None:
            np.clip(block, 0, 1, out=block)    # rounding is large if weights differ a great deal
        block -= too_small
        if level.part is not None and limits.min_weight > 0:
            block -= 2.0 * score.sides.too_light(columns.order[some], limits.min_weight)
        x = columns.sorted_values(some)
        block[:, :-1] -= 2.0 * (x[:, 1:] == x[:, :-1])                 # no cut between equals
        share[some] = block
        best[some] = np.maximum.reduceat(block, level.start, axis=1)
    return share, best


def _between(a, b):
    """Return thresholds t with a <= t < b (nodes,), midway if there is a float in the middle."""
    t = a / 2 + b / 2                                                  # a + b may overflow
    return np.where((a <= t) & (t < b), t, a)                          # DT.8


def _split(level, columns, cuts):
    """Cut every node of a level. Return the next level: all left sides, then all right sides."""
    values = columns.value_of(cuts.feature[level.node], level.rows)
    is_right = values > cuts.threshold[level.node]
    rows = np.concatenate([level.rows[~is_right], level.rows[is_right]])
    size = np.concatenate([cuts.n_left, level.size - cuts.n_left])
    came_right = np.arange(len(rows)) >= cuts.n_left.sum()
    return _Level(rows, size, came_right, level.all_weights, level.n)


def _importances(tree, d):
    """Return the share of each feature in the fall of the impurity of a tree, (d,)."""
    inner = tree.feature >= 0
    R = tree.weighted_n_node_samples * tree.impurity                   # R(v) n
    fall = R - R[tree.children_left] - R[tree.children_right]                          # DT.4
    fall = np.maximum(fall[inner], 0)          # leaves have no children, rounding may go below 0
    total = np.bincount(tree.feature[inner], fall, minlength=d)
    return total / (total.sum() or 1)          # a root that is a leaf removes nothing


def _weakest_links(tree):
    """Fold the weakest link of a Tree, again and again until the root is a leaf.

    The Tree stays as it is: only the figures of its nodes are kept up to date.

    Yields
    ------
    alpha : float
        The price of a leaf from which on it is better to fold. At first 0.
    impurity : float
        R(T), of all leaves that are left.
    v : int or None
        The node that is now a leaf. None at first, for the whole tree.
    """
    n_nodes = tree.node_count
    inner = tree.feature >= 0
    R = tree.weighted_n_node_samples * tree.impurity / tree.weighted_n_node_samples[0]    # R(v)
    R_below = R.copy()                         # R(T_v)
    n_leaves = np.ones(n_nodes, dtype=int)     # |T_v|
    end = np.arange(1, n_nodes + 1)            # T_v is the nodes v to end[v] - 1
    for v in np.flatnonzero(inner)[::-1]:      # children come before their parents
        left = tree.children_left[v]
        right = tree.children_right[v]
        R_below[v] = R_below[left] + R_below[right]
        n_leaves[v] = n_leaves[left] + n_leaves[right]
        end[v] = end[right]
    g = np.full(n_nodes, np.inf)               # leaves cannot be folded
    g[inner] = (R - R_below)[inner] / (n_leaves[inner] - 1)            # DT.9

    alpha = 0.0
    yield alpha, R_below[0], None
    while n_leaves[0] > 1:
        v = g.argmin()                                                 # DT.10
        alpha = max(alpha, g[v])               # g never falls but by rounding
        g[v:end[v]] = np.inf                   # nothing in T_v can be folded any more
        above = np.flatnonzero(end[:v] > v)    # the nodes before v whose subtree holds v
        R_below[above] += R[v] - R_below[v]
        n_leaves[above] -= n_leaves[v] - 1
        R_below[v] = R[v]
        n_leaves[v] = 1
        g[above] = (R - R_below)[above] / (n_leaves[above] - 1)        # DT.9
        yield alpha, R_below[0], v


def _prune(tree, ccp_alpha):
    """Return the Tree without the subtrees that are not worth `ccp_alpha` a leaf."""
    if ccp_alpha == 0:
        return tree
    pruned = Tree(*(a.copy() for a in tree))
    for alpha, _, v in _weakest_links(tree):
        if alpha > ccp_alpha:
            break
        if v is not None:
            pruned.children_left[v] = -1
            pruned.children_right[v] = -1
            pruned.feature[v] = -2
            pruned.threshold[v] = -2
    return _depth_first([pruned])              # without the nodes below the new leaves


# ---- Arithmetic: fast, small, safe ----
#
# A first reading may skip this part. What it buys, measured by leaving out each piece in turn (20
# features, 300 to 100,000 rows):
#     all nodes of a level at once    2.4 to 3.7 times as fast as one node after the other
#     columns sorted only once        1.7 to 6 times as fast as sorting every level
#     blocks of features              up to 1.4 times as fast
#     a table of c log2 c             1.2 to 1.5 times as fast, with entropy
#     flat arrays to walk down        1.1 to 2.5 times as fast
#     whole numbers                   ties are ties: the order of the rows does not matter
#     a power of two as the unit      right trees for targets of 1e300 and of 1e-300

_BLOCK = 2**17         # numbers handled at a time: 1 MB, which stays in the cache
_TIE = 1e-10           # shares that differ by less are equal: rounding moves them by less
_FORBIDDEN = -0.5      # the share of a cut that is not allowed is below this, others are above
_NOTHING = 1e-14       # an impurity below this is rounding, or rows of next to no weight
_FINE = 61             # parts have the unit 2**-61: the sum over a node stays well within int64


class _TrainingRows(NamedTuple):
    """What a tree grows on.

    X : ndarray (n, d)
    y : ndarray (n,), codes 0, 1, ... of the classes, or targets in a unit that keeps them below 1
    exponent : int, this unit is 2**exponent, so that the unit of impurities is its square
    weights : _Weights, of the rows
    criterion : "gini", "entropy" or "squared_error"
    classes : ndarray (k,), the label of each code, or None if y holds targets
    """

    X: np.ndarray
    y: np.ndarray
    exponent: int
    weights: "_Weights"
    criterion: str
    classes: np.ndarray | None

    def to_unit_of_tree(self, impurity):
        """Return an impurity in units of the user's y in the unit in which the tree grows."""
        return _times_power_of_two(impurity, -2 * self.exponent)

    def to_units_of_user(self, tree):
        """Return a Tree that was grown on these rows in the units of the user's y and weights."""
        weight = tree.weighted_n_node_samples * self.weights.factor
        return tree._replace(
            impurity=_times_power_of_two(tree.impurity, 2 * self.exponent),
            value=_times_power_of_two(tree.value, self.exponent),
            weighted_n_node_samples=_times_power_of_two(weight, self.weights.exponent))


class _Limits(NamedTuple):
    """What keeps a tree from growing.

    max_depth : int or inf, the most questions on a way down
    min_split : int, the fewest rows of a node that is cut
    min_leaf : int, the fewest rows on either side of a cut
    min_weight : float, the least weight on either side of a cut
    min_decrease : float, the least fall of the impurity of the whole tree by a cut
    n_features : int, how many features are drawn for each node
    """

    max_depth: float
    min_split: int
    min_leaf: int
    min_weight: float
    min_decrease: float
    n_features: int


class _Level:
    """The nodes of one level. Their training rows stand node by node.

    Parameters
    ----------
    rows : ndarray of int (r,)
        The numbers of the rows: first those of node 0, then those of node 1, ...
    size : ndarray of int (nodes,)
        The number of rows of each node.
    is_right : ndarray of bool (r,)
        Whether the row came from the right side of the node above.
    all_weights : ndarray (n,) or None
        The weights of all training rows, or None if all weigh the same.
    n : int
        The number of all training rows.

    Attributes
    ----------
    node : ndarray of int (r,)
        The node of each row.
    start : ndarray of int (nodes,)
        The place where each node begins.
    weight : ndarray (nodes,)
        The weight of each node, which is its size if all rows weigh the same.
    part : ndarray (r,) or None
        What part of the weight of its node each row has, or None if all rows weigh the same.
    """

    def __init__(self, rows, size, is_right, all_weights, n):
        self.rows = rows
        self.size = size
        self.is_right = is_right
        self.all_weights = all_weights
        self.n = n
        self.node = np.repeat(np.arange(len(size)), size)
        self.start = size.cumsum() - size
        self.weight = size
        self.part = None
        if all_weights is not None:
            own = all_weights[rows]
            self.weight = self.sums(own)
            self.part = own / self.weight[self.node]

    def keep(self, chosen):
        """Return the level without the nodes that are not `chosen`, bool (nodes,)."""
        if chosen.all():
            return self
        inside = chosen[self.node]
        return _Level(self.rows[inside], self.size[chosen], self.is_right[inside],
                      self.all_weights, self.n)

    def by_number(self, a):
        """Return a (..., r) as an array (..., n): what belongs to row i of X stands at place i.

        The places of rows outside of the level hold anything.
        """
        of_all = np.empty(a.shape[:-1] + (self.n,), dtype=a.dtype)
        of_all[..., self.rows] = a
        return of_all

    def sums(self, a):
        """Return the sum of a (..., r) over the rows of each node, (..., nodes)."""
        return np.add.reduceat(a, self.start, axis=-1)

    def mean(self, a):
        """Return the weighted mean of a (r,) in each node, (nodes,)."""
        if self.part is None:
            return self.sums(a) / self.size
        return self.sums(self.part * a)

    def counts(self, codes, k):
        """Return c_k, how often each of k classes occurs in each node, (nodes, k).

        `codes` (r,) are the classes of the rows. If rows have weights, these are parts of the
        weight of the node: p_k.
        """
        cells = self.node * k + codes
        return np.bincount(cells, self.part, minlength=k * len(self.size)).reshape(-1, k)

    def whole_parts(self):
        """Return the parts of the rows in units of 2**-61, rounded (r,), or 1 without weights."""
        if self.part is None:
            return 1
        return np.rint(np.ldexp(self.part, _FINE)).astype(np.int64)


class _Sides:
    """The weight on either side of each cut.

    Parameters
    ----------
    level : _Level
        The open nodes.
    """

    def __init__(self, level):
        self.level = level
        self.n_left = np.arange(1, len(level.rows) + 1) - level.start[level.node]
        self.n_right = level.size[level.node] - self.n_left
        if level.part is None:
            return
        whole = level.whole_parts()
        total = level.sums(whole)
        self.whole = level.by_number(whole)                            # (n,)
        self.total = total[level.node]                                 # (r,)
        self.earlier = (total.cumsum() - total)[level.node]            # in the nodes before

    def weights(self, order=None):
        """Return n_L and n_R of the cuts behind each place of `order` (b, r).

        If all rows weigh the same, these are numbers of rows (r,), the same for all features.
        Else they are parts of the weight of the node (b, r), in units of 2**-61. A running sum
        over many nodes may leave the range of int64. It wraps around then, and the difference to
        the nodes before is right all the same. At the end of a node, which is no cut, n_R is 0.
        We return 1 there, because the scores divide by it.
        """
        if self.level.part is None:
            return self.n_left, np.maximum(self.n_right, 1)
        left = self.whole.take(order).cumsum(axis=1) - self.earlier
        right = self.total - left
        return np.maximum(left, 1.0), np.maximum(right, 1.0)

    def too_small(self, least):
        """Return whether a side of the cut behind each place has less than `least` rows, (r,)."""
        return np.minimum(self.n_left, self.n_right) < least

    def too_light(self, order, least):
        """Return whether a side of each cut weighs less than `least`, bool (b, r)."""
        n_left, n_right = self.weights(order)
        least_part = np.ldexp(least / self.level.weight, _FINE)
        return np.minimum(n_left, n_right) < least_part[self.level.node]


class _CountTimesLog:
    """The function f(c) = c log2 c of the class counts in the nodes of a _Level.

    Counts of rows are small whole numbers, so the values stand in a table. Counts by weight are
    in units of 2**-61.
    """

    def __init__(self, level):
        self.table = None
        if level.part is None:
            self.table = np.arange(level.size.max() + 1.0)
            self.table[1:] *= np.log2(self.table[1:])

    def __call__(self, c):
        """Return f(c) of an array."""
        if self.table is not None:
            return self.table.take(c)
        c = np.ldexp(c, -_FINE)
        return c * np.log2(np.where(c > 0, c, 1))


class _SortedColumns:
    """The rows of a level once for each feature: node by node, sorted within each node.

    Each feature is sorted once, for the whole tree. If left rows are moved before right rows and
    all keep their order otherwise, every side is sorted again.

    Parameters
    ----------
    X : ndarray (n, d)
        All training rows.

    Attributes
    ----------
    XT : ndarray (d, n)
        The features as rows.
    order : ndarray of int (d, r)
        The sorted rows of the level.
    """

    def __init__(self, X):
        self.XT = np.ascontiguousarray(X.T)
        self.order = self.XT.argsort(axis=1)

    def follow(self, level):
        """Go on to the next _Level, as it comes from `_split` (and `keep`).

        Rows that are not in it drop out. All left rows come before all right rows.
        """
        d, n = self.XT.shape
        side = np.full(n, 2, dtype=np.int8)    # 0 left, 1 right, 2 nowhere: in a leaf
        side[level.rows] = level.is_right
        old = self.order.ravel()
        side_of_old = side.take(old)
        left = old.compress(side_of_old == 0).reshape(d, -1)
        right = old.compress(side_of_old == 1).reshape(d, -1)
        self.order = np.concatenate([left, right], axis=1)

    def sorted_values(self, some):
        """Return the values of the features in the slice `some` in the sorted order, (b, r)."""
        d, n = self.XT.shape
        first = n * np.arange(d)[some, None]   # where the feature begins in XT
        return self.XT.take(self.order[some] + first)

    def value_at(self, feature, place):
        """Return the values at these places of the sorted features, all (nodes,)."""
        return self.XT[feature, self.order[feature, place]]

    def value_of(self, feature, rows):
        """Return the value of each row in the feature that is given for it, all (r,)."""
        return self.XT.take(feature * self.XT.shape[1] + rows)


def _find_leaves(tree, X):
    """Return the leaf (n,) in which each row of X (n, d) ends.

    For one row, `explain` shows the way down in plain steps. Here all rows take a step at a time,
    and a row that has come to a leaf stays there. Node i is written as the number 2 i. Its left
    side stands in `sides` at place 2 i and its right side at 2 i + 1. So the next node is found
    at 2 i plus the answer to "x > t", as 0 or 1.
    """
    n, d = X.shape
    node = np.arange(tree.node_count)
    is_inner = tree.feature >= 0
    sides = np.empty(2 * len(node), dtype=np.intp)
    sides[0::2] = 2 * np.where(is_inner, tree.children_left, node)
    sides[1::2] = 2 * np.where(is_inner, tree.children_right, node)
    feature = np.repeat(np.maximum(tree.feature, 0), 2)
    threshold = np.repeat(tree.threshold, 2)

    leaves = np.empty(n, dtype=np.intp)
    for some in _blocks(n, width=d):
        x = X[some].ravel()
        first = np.arange(0, x.size, d)        # where each row begins in x
        at = np.zeros(len(first), dtype=np.intp)
        for _ in range(tree.max_depth):
            is_right = x.take(first + feature.take(at)) > threshold.take(at)
            at = sides.take(at + is_right)
        leaves[some] = at
    return leaves // 2


def _root(rows):
    """Return the level that holds the root alone, with all _TrainingRows."""
    n = len(rows.y)
    nobody = np.zeros(n, dtype=bool)
    return _Level(np.arange(n), np.array([n]), nobody, rows.weights.each, n)


def _leaves(level, description, depth):
    """Return the nodes of a level as a Tree of leaves. They become questions in place."""
    n_nodes = len(level.size)
    no_child = np.full(n_nodes, -1)
    no_feature = np.full(n_nodes, -2)
    return Tree(children_left=no_child, children_right=no_child.copy(), feature=no_feature,
                threshold=no_feature.astype(float), impurity=description.impurity,
                n_node_samples=level.size, weighted_n_node_samples=level.weight.astype(float),
                value=description.value, depth=np.full(n_nodes, depth))


def _depth_first(levels):
    """Join Trees whose nodes are numbered in one sequence, and number them depth-first.

    Nodes that no way down from the root leads to are left out.
    """
    tree = Tree(*(np.concatenate(arrays) for arrays in zip(*levels)))
    order = []
    stack = [0]
    while stack:
        node = stack.pop()
        order.append(node)
        if tree.children_left[node] >= 0:
            stack.append(tree.children_right[node])
            stack.append(tree.children_left[node])
    # The child of a leaf is -1, and number[-1] is the last entry: it stays -1.
    number = np.full(tree.node_count + 1, -1)
    number[order] = np.arange(len(order))
    tree = Tree(*(a[order] for a in tree))
    return tree._replace(children_left=number[tree.children_left],
                         children_right=number[tree.children_right])


def _whole_numbers(z, level):
    """Round z to whole numbers, whose sums are exact.

    Exact sums do not depend on the order of the rows, and a cut is worth the same from the left
    and from the right. So ties are ties.

    Parameters
    ----------
    z : ndarray (q, r)
        Numbers from -1 to 1 whose mean in each node is 0, or whole numbers with that mean.
    level : _Level
        The open nodes.

    Returns
    -------
    z : ndarray of int64 (q, r)
        The same in units so small that the sums over a node just fit int64. If rows have weights,
        each z is multiplied by the part of its row. The first row of a node takes up what
        rounding has left, so that the sum over the node is 0.
    variance : ndarray (nodes,)
        The variance of the new z in each node, added up over the q. If rows have weights: of the
        given z. For then n_L, n_R and the new z all have the unit 2**-61, which cancels in DT.5.
    """
    if level.part is not None:
        variance = level.mean((z * z).sum(axis=0))
        z = _rounded(np.ldexp(level.part * z, _FINE), level)
        return z, variance
    if z.dtype.kind == "f":
        bits = _FINE + 1 - int(level.size.max()).bit_length()
        z = _rounded(np.ldexp(z, bits), level)
    return z, level.mean(np.square(z, dtype=float).sum(axis=0))


def _rounded(z, level):
    """Round z (q, r), whose sum over each node is 0, so that these sums are still 0."""
    z = np.rint(z).astype(np.int64)
    z[:, level.start] -= level.sums(z)
    return z


class _Weights(NamedTuple):
    """The weights of the training rows.

    each : ndarray (n,), above 0 and below 1, or None if all weights are equal, which stands for 1
    factor : float
    exponent : int, the weights of the user are each * factor * 2**exponent
    """

    each: np.ndarray | None
    factor: float
    exponent: int


def _relative_weights(*factors):
    """Return the product of one or more arrays (n,) of numbers > 0 as _Weights.

    No weight becomes 0, so no row is lost.
    """
    each = 1.0
    exponent = 0
    for factor in factors:
        factor, its_exponent = _below_one(factor)
        each = np.maximum(each * factor, np.finfo(float).tiny)
        exponent += its_exponent
    if each.min() == each.max():
        return _Weights(None, each[0], exponent)
    return _Weights(each, 1.0, exponent)


def _rows_that_count(X, y, weights):
    """Return X (n, d), y (n,) and weights (n,) without the rows of weight 0."""
    is_counted = weights > 0
    if is_counted.all():
        return X, y, weights
    return X[is_counted], y[is_counted], weights[is_counted]


def _below_one(a):
    """Return the array a / 2**e, whose largest number in size is from 1/2 to 1, and the int e.

    So squares are in range. To divide by a power of two is exact.
    """
    exponent = int(np.frexp(abs(a).max())[1])
    return _times_power_of_two(a, -exponent), exponent


def _times_power_of_two(a, exponent):
    """Return a * 2**exponent as floats, inf or 0 where that is beyond their range."""
    with np.errstate(over="ignore"):
        return np.ldexp(np.asarray(a, dtype=float), exponent)


def _blocks(n, width):
    """Yield slices that cover n rows. Each has about _BLOCK numbers, `width` of them a row."""
    size = max(1, _BLOCK // width)
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))


def _count_features(max_features, d):
    """Return how many of d features are drawn for each node."""
    if max_features is None:
        return d
    if isinstance(max_features, (int, np.integer)):
        if max_features > d:
            raise ValueError(f"max_features={max_features} is more than the {d} features")
        return int(max_features)
    if max_features == "sqrt":
        wanted = np.sqrt(d)
    elif max_features == "log2":
        wanted = np.log2(d)
    else:
        wanted = max_features * d
    return max(1, int(wanted))


def _fitted_tree(model):
    """Return the Tree of a model, or say that it is not fitted."""
    if not hasattr(model, "n_features_in_"):
        raise RuntimeError(f"{type(model).__name__} is not fitted: call fit first")
    return model.tree_


# ---- The door: the same in every folder ----
#
# Everything that comes from outside passes these checks before any work begins. So an error names
# the argument that caused it, and a `fit` that fails leaves the model as it was.


def _check_X(X, fitted=None):
    """Return X as an array (n, d) of finite float64 numbers.

    `fitted` is the model that is about to use X. It must be fitted, and X must have the features
    that its `fit` saw: as many, and with the same names in the same order if both have names.
    """
    model = type(fitted).__name__
    if fitted is not None and not hasattr(fitted, "n_features_in_"):
        raise RuntimeError(f"{model} is not fitted: call fit first")
    names = _feature_names(X)
    X = _as_array(X, "X", numeric=True)
    if X.ndim != 2:
        raise ValueError(f"X must be a non-empty 2-D array, got shape {X.shape}. Reshape your "
                         "data: X.reshape(-1, 1) is one feature, X.reshape(1, -1) one sample")
    n, d = X.shape
    if X.size == 0:
        raise ValueError(f"X must be a non-empty 2-D array, got {n} sample(s), {d} feature(s) "
                         f"(shape={X.shape}) while a minimum of 1 is required.")
    if fitted is None:
        return X
    if d != fitted.n_features_in_:
        raise ValueError(f"X has {d} features, but {model} is expecting {fitted.n_features_in_} "
                         f"features as input: fit saw {fitted.n_features_in_}")
    seen = getattr(fitted, "feature_names_in_", None)
    if names is not None and seen is not None and list(names) != list(seen):
        raise ValueError("The feature names should match those that were passed during fit: fit "
                         f"saw the columns {list(seen)}, X has {list(names)}. "
                         "X[model.feature_names_in_] puts columns into the order of fit")
    return X


def _feature_names(X):
    """Return the column names (d,) of a table such as a DataFrame, if all are text, else None."""
    columns = getattr(X, "columns", None)
    if columns is None or not all(isinstance(name, str) for name in columns):
        return None
    return np.array(list(columns), dtype=object)


def _check_y(y, X, numeric=False, name="y"):
    """Return y as an array (n,), one entry for each row of X.

    Its entries are finite float64 numbers if `numeric`, else class labels of one kind. `name` is
    what error messages call y.
    """
    if y is None:
        raise ValueError(f"fit requires {name} to be passed, but the target {name} is None")
    given = y
    y = _as_array(y, name)
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.shape != (len(X),):
        raise ValueError(f"{name} should be a 1d array with one entry for each row of X: expected "
                         f"shape ({len(X)},), got {y.shape}")
    if numeric:
        return _as_array(given, name, numeric=True).reshape(len(X))
    if y.dtype.kind == "f":
        numbers = _as_array(y, name, numeric=True)                     # refuses nan and infinity
        if (numbers != np.floor(numbers)).any():
            raise ValueError(f"Unknown label type: {name} is continuous, a classifier needs class "
                             "labels")
    elif y.dtype.kind not in "biu":
        _check_labels(given, name)
    return y


def _check_labels(y, name):
    """Refuse labels that are missing, and text mixed with other values.

    NumPy turns ["a", nan] and ["a", 1] into text, so this looks at y as it was given.
    """
    y = y if isinstance(y, np.ndarray) else np.array(y, dtype=object)
    if y.dtype.kind in "US":
        return
    labels = y.ravel().tolist()
    for label in labels:
        if _is_missing(label):
            raise ValueError(f"{name} holds a missing label ({label}): leave such rows out")
    texts = [label for label in labels if isinstance(label, (str, bytes))]
    others = [label for label in labels if not isinstance(label, (str, bytes))]
    if texts and others:
        raise TypeError(f"Unknown label type: {name} mixes strings with other values, "
                        f"{texts[0]!r} with {others[0]!r}")


def _check_weights(sample_weight, X):
    """Return the weights (n,) of the rows of X: all 1 if None, else >= 0 and not all 0."""
    if sample_weight is None:
        return np.ones(len(X))
    weights = _check_y(sample_weight, X, numeric=True, name="sample_weight")
    if weights.min() < 0 or weights.max() == 0:
        raise ValueError("sample_weight must be >= 0 and not all zero, got numbers from "
                         f"{weights.min()} to {weights.max()}")
    return weights


def _check_class_weight(class_weight):
    """Refuse class weights other than None, "balanced" and a dict of numbers > 0."""
    if isinstance(class_weight, dict):
        for label, factor in class_weight.items():
            _check_number(f"class_weight[{label!r}]", factor, 0, above=True)
    else:
        _check_option("class_weight", class_weight, (None, "balanced"), other="a dict")


def _class_factors(class_weight, classes, totals):
    """Return what each of the `classes` (k,) multiplies the weights of its rows by, (k,).

    `totals` (k,) is the sum of the weights of the rows of each class. "balanced" makes all these
    sums equal and keeps the sum over all classes.
    """
    if class_weight is None:
        return np.ones(len(classes))
    if isinstance(class_weight, str):
        return totals.mean() / totals
    labels = classes.tolist()
    for label in class_weight:
        if label not in labels:
            raise ValueError(f"class_weight names {label!r}, which is not in y")
    return np.array([float(class_weight.get(label, 1)) for label in labels])


def _check_number(name, value, low, high=np.inf, *, above=False, integer=False):
    """Refuse a hyperparameter that is not a finite number from `low` to `high`.

    With `above` it must be greater than `low`, with `integer` a whole number.
    """
    kinds = (int, np.integer) if integer else (int, float, np.integer, np.floating)
    if isinstance(value, bool) or not isinstance(value, kinds):
        kind = "an integer" if integer else "a number"
        raise TypeError(f"{name} must be {kind}, got {value!r}")
    value = value.item() if isinstance(value, np.generic) else value
    largest = np.inf if integer else float(np.finfo(float).max)
    large_enough = value > low if above else value >= low
    if large_enough and -largest <= value <= min(high, largest):
        return
    rules = []
    if low > -np.inf:
        rules.append(f"> {low}" if above else f">= {low}")
    if high < np.inf:
        rules.append(f"<= {high}")
    if value > largest or not rules:
        rules.append("finite")
    raise ValueError(f"{name} must be {' and '.join(rules)}, got {value}")


def _check_option(name, value, options, other=None):
    """Refuse a hyperparameter that is none of the `options`, which are texts or None.

    `other` says in words what is allowed besides them; the caller has checked that.
    """
    if value is None and None in options:
        return
    if isinstance(value, str) and value in options:
        return
    allowed = ", ".join(repr(option) for option in options)
    if other is not None:
        allowed += f" or {other}"
    raise ValueError(f"{name} must be one of {allowed}, got {value!r}")


def _check_random_state(random_state):
    """Return a Generator made from None, an integer >= 0 or a Generator, which comes back as is."""
    if random_state is None or isinstance(random_state, np.random.Generator):
        return np.random.default_rng(random_state)
    if isinstance(random_state, bool) or not isinstance(random_state, (int, np.integer)):
        raise TypeError("random_state must be None, an integer >= 0 or a numpy.random.Generator, "
                        f"got {random_state!r}")
    _check_number("random_state", random_state, 0, integer=True)
    return np.random.default_rng(random_state)


def _as_array(a, name, numeric=False):
    """Return `a`, which messages call `name`, as an array; as finite float64 numbers if `numeric`.

    What is no dense array of one kind of values is refused, and the message says what it holds.
    """
    if type(a) is not np.ndarray:
        _check_container(a, name)
    try:
        array = np.asarray(a)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be an array whose rows all have the same length: "
                         f"{error}") from None
    if array.dtype.kind == "c":
        raise ValueError(f"Complex data not supported: {name} must hold real numbers")
    if not numeric:
        return array
    numbers = array if array.dtype == float else _as_floats(a, array, name)
    # The sum of all squares tells in one quick pass, without a copy, that all numbers are finite.
    flat = numbers.ravel("K")
    if not np.isfinite(np.vdot(flat, flat)) and not np.isfinite(numbers).all():
        place = np.argwhere(~np.isfinite(numbers))[0].tolist()
        entry = array[tuple(place)]
        raise ValueError(f"{name} contains NaN or infinity: {name}{place} is {entry}. Leave such "
                         "rows out or fill them in")
    return numbers


def _check_container(a, name):
    """Refuse None, a masked array and a sparse matrix."""
    if a is None:
        raise ValueError(f"{name} is None: an array is needed")
    if isinstance(a, np.ma.MaskedArray):
        raise ValueError(f"{name} is a masked array, and a masked entry is a missing value: leave "
                         f"such rows out or fill them in, then pass {name}.data")
    if hasattr(a, "toarray"):
        raise TypeError(f"{name} is a sparse matrix, a dense array is needed: {name}.toarray()")


def _as_floats(a, array, name):
    """Return `array`, which was made of `a`, as float64 numbers. Refuse what is no number."""
    try:
        plain = np.array(array.tolist()) if array.dtype == object else array
        if plain.dtype.kind not in "biufO":
            raise TypeError(f"its dtype is {plain.dtype}")
        if plain.dtype == object and any(_kind_of(entry)[0] == "a date" for entry in plain.flat):
            raise TypeError("a date is no number")
        with np.errstate(over="ignore"):
            return plain.astype(float)
    except (TypeError, ValueError, OverflowError) as error:
        raise _not_numbers(a, name, error) from None


def _not_numbers(a, name, reason):
    """Return the error that names the first entry of `a` that is not a number."""
    entries = np.array(a, dtype=object)
    if entries.ndim == 0:
        return TypeError(f"{name} must be an array of numbers, got {type(a).__name__}: {reason}")
    kinds = ((place, entry, *_kind_of(entry)) for place, entry in np.ndenumerate(entries))
    place, entry, kind, error = next(found for found in kinds if found[2] != "a number")
    where = f"column {place[1]} holds" if len(place) == 2 else "it holds"
    return error(f"{name} must be an array of numbers, but {where} {kind}: {name}{list(place)} is "
                 f"{str(entry)[:40]!r} ({reason})")


def _kind_of(entry):
    """Return what an entry of an array is, in words, and the kind of error it deserves."""
    if isinstance(entry, (str, bytes)):
        return "text", TypeError
    if _is_missing(entry):
        return "a missing value", ValueError
    if hasattr(entry, "isoformat") or isinstance(entry, (np.datetime64, np.timedelta64)):
        return "a date", TypeError
    try:
        float(entry)
    except OverflowError:
        return "a number beyond the range of float64", ValueError
    except (TypeError, ValueError):
        return f"a {type(entry).__name__}", TypeError
    return "a number", ValueError


def _is_missing(entry):
    """Return whether an entry is a missing value: None, nan, NaT, or NA of pandas."""
    try:
        return entry is None or not entry == entry
    except TypeError:                      # NA does not know whether it is equal to itself
        return True
    except ValueError:                     # an array compares entry by entry
        return False
