"""Tests of the decision trees: by hand, by theory, against frozen numbers, against a slow twin,
with bad input and with awkward input. DT.1 and so on are formulas of `references/math_notes.md`.
"""

import ast
import copy
import datetime
import inspect
import itertools
import pickle
import re
import tracemalloc

import numpy as np
import pytest
from decision_tree import DecisionTreeClassifier, DecisionTreeRegressor, Tree

from utils.data_generators import make_moons, make_xor
from utils.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine
from utils.forms import FORMS, NA, Frame, Sparse, masked

DATA = {
    "iris": load_iris()[:2],
    "wine": load_wine()[:2],
    "breast cancer": load_breast_cancer()[:2],
    "digits": load_digits()[:2],
    "diabetes": load_diabetes()[:2],
}
MODELS = (DecisionTreeClassifier, DecisionTreeRegressor)
every_model = pytest.mark.parametrize("Model", MODELS)
every_criterion = pytest.mark.parametrize("criterion", ["gini", "entropy", "squared_error"])


def tree_of(criterion, **params):
    """A tree for classes or for numbers, as the criterion wants it."""
    number = criterion == "squared_error"
    return (DecisionTreeRegressor if number else DecisionTreeClassifier)(
        criterion=criterion, **params
    )


def impurity_of(y, criterion, w=None):
    """I of one node, as DT.1, DT.2 and DT.3 say. The rows have the weights w, or 1."""
    w = np.ones(len(y)) if w is None else w
    if criterion == "squared_error":
        mean = np.average(y, weights=w)
        return np.average((y - mean) ** 2, weights=w)
    p = np.array([w[y == label].sum() for label in np.unique(y)]) / w.sum()
    return 1 - np.sum(p**2) if criterion == "gini" else -np.sum(p * np.log2(p))


def same_shape(a, b):
    """Whether two models ask the same questions, node for node."""
    return all(np.array_equal(u, v) for u, v in zip(a.tree_[:4], b.tree_[:4]))


def rows_of(model, X):
    """Yield each node with the rows that come by it."""
    stack = [(0, np.arange(len(X)))]
    while stack:
        node, rows = stack.pop()
        yield node, rows
        j = model.tree_.feature[node]
        if j >= 0:
            left = X[rows, j] <= model.tree_.threshold[node]
            stack += [(model.tree_.children_right[node], rows[~left])]
            stack += [(model.tree_.children_left[node], rows[left])]


def mixed_data(seed, n=60):
    """Few and many different values, a constant column, repeated rows with different answers."""
    rng = np.random.default_rng(seed)
    X = np.c_[rng.integers(0, 3, n), rng.normal(size=n), np.ones(n), rng.integers(0, 9, n) / 10]
    X[n // 2 : n // 2 + 5] = X[:5]
    return X, rng.integers(0, 3, n)


def real_targets(X, y, criterion):
    """With squared error, targets of many different values instead of the classes y."""
    return y + X @ [1.0, 0.1, 0, 3.0] if criterion == "squared_error" else y


def fall_of(tree, node=0):
    """What the question of a node takes off its impurity, as DT.4 says."""
    w = tree.weighted_n_node_samples
    left, right = tree.children_left[node], tree.children_right[node]
    rest = w[left] * tree.impurity[left] + w[right] * tree.impurity[right]
    return tree.impurity[node] - rest / w[node]


# --- 1. by hand ---

EIGHT = np.array([[1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [7.0], [8.0]])
COLORS = np.array(["red", "red", "red", "blue", "red", "blue", "blue", "blue"])
# Four of each: gini 1 - (1/4 + 1/4) = 1/2. Cut behind 3: the left is pure, the right holds 1 red
# and 4 blue, gini 1 - (1 + 16) / 25 = 8/25; leaves 5/8 * 8/25 = 1/5, so the cut removes 3/10.
# Behind 5: left 4 red, 1 blue; right pure: 1/5 too. The tie goes to the lower threshold.


def test_the_first_cut_of_eight_points():
    tree = DecisionTreeClassifier(max_depth=1).fit(EIGHT, COLORS).tree_
    assert tree.threshold[0] == 3.5
    assert tree.impurity == pytest.approx([1 / 2, 0, 8 / 25])
    assert tree.n_node_samples.tolist() == [8, 3, 5]
    assert tree.value == pytest.approx(np.array([[1 / 2, 1 / 2], [0, 1], [4 / 5, 1 / 5]]))


def test_the_whole_tree_of_eight_points():
    model = DecisionTreeClassifier().fit(EIGHT, COLORS)
    # 4 | 5 | 6 7 8 is blue, red, blue: behind 5 leaves 2/5 * 1/2 = 1/5, behind 4 leaves
    # 4/5 * 3/8 = 3/10, so 5.5 comes before 4.5.
    assert model.export_text(["x"], decimals=1) == (
        "|--- x <= 3.5\n"
        "|   |--- class: red\n"
        "|--- x >  3.5\n"
        "|   |--- x <= 5.5\n"
        "|   |   |--- x <= 4.5\n"
        "|   |   |   |--- class: blue\n"
        "|   |   |--- x >  4.5\n"
        "|   |   |   |--- class: red\n"
        "|   |--- x >  5.5\n"
        "|   |   |--- class: blue\n"
    )
    assert model.tree_.children_left.tolist() == [1, -1, 3, 4, -1, -1, -1]
    assert model.tree_.children_right.tolist() == [2, -1, 6, 5, -1, -1, -1]
    assert model.tree_.feature.tolist() == [0, -2, 0, 0, -2, -2, -2]
    assert model.tree_.threshold.tolist() == [3.5, -2, 5.5, 4.5, -2, -2, -2]
    assert model.tree_.depth.tolist() == [0, 1, 1, 2, 3, 3, 2]
    assert (model.get_depth(), model.get_n_leaves()) == (3, 4)
    assert (model.tree_.node_count, model.tree_.max_depth, model.tree_.n_leaves) == (7, 3, 4)
    assert model.apply([[3.5], [3.6], [5.0], [9]]).tolist() == [1, 4, 5, 6]
    assert model.predict([[3.5], [3.6], [5.0], [9]]).tolist() == ["red", "blue", "red", "blue"]


def test_entropy_of_eight_points_in_bits():
    tree = DecisionTreeClassifier(criterion="entropy", max_depth=1).fit(EIGHT, COLORS).tree_
    assert tree.threshold[0] == 3.5  # again a tie with 5.5
    assert tree.impurity == pytest.approx([1, 0, -0.2 * np.log2(0.2) - 0.8 * np.log2(0.8)])


def test_pruning_eight_points():
    path = DecisionTreeClassifier().cost_complexity_pruning_path(EIGHT, COLORS)
    # Own impurities in shares of all 8 rows: root 1/2, behind 3.5 it is 5/8 * 8/25 = 1/5, below
    # that 4 and 5 with 2/8 * 1/2 = 1/8. Links: (1/5 - 0) / 2 = 1/10 for the right side with its
    # three leaves, 1/8 for 4 and 5, (1/2 - 0) / 3 = 1/6 for the root: 1/10 goes first, and then
    # the root is worth 1/2 - 1/5 = 3/10.
    assert path.ccp_alphas == pytest.approx([0, 1 / 10, 3 / 10])
    assert path.impurities == pytest.approx([0, 1 / 5, 1 / 2])
    leaves = [DecisionTreeClassifier(ccp_alpha=a).fit(EIGHT, COLORS).get_n_leaves()
              for a in (0.0, 0.09, 0.11, 0.29, 0.31)]
    assert leaves == [4, 4, 2, 2, 1]


def test_a_step_of_numbers():
    model = DecisionTreeRegressor().fit([[1], [2], [3], [4]], [1.0, 1.0, 5.0, 9.0])
    # Mean 4, squared error (9 + 9 + 1 + 25) / 4 = 11. Behind 2 the right has mean 7 and error 4,
    # leaves 2/4 * 4 = 2; behind 3 the left is (1, 1, 5) with error 32/9, leaves 24/9.
    assert model.tree_.threshold.tolist() == [2.5, -2, 3.5, -2, -2]
    assert model.tree_.impurity.tolist() == [11, 0, 4, 0, 0]
    assert model.tree_.value.tolist() == [[4], [1], [7], [5], [9]]
    assert model.predict([[0], [2.5], [2.6], [100]]).tolist() == [1, 1, 5, 9]


def test_importances_share_out_the_fall_of_impurity():
    X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0.0, 2.0, 10.0, 12.0]
    model = DecisionTreeRegressor().fit(X, y)
    # Mean 6, error (36 + 16 + 16 + 36) / 4 = 26; feature 0 leaves 1, feature 1 takes the rest.
    assert model.feature_importances_ == pytest.approx([25 / 26, 1 / 26])


def test_one_answer_in_words():
    model = DecisionTreeClassifier().fit(EIGHT, COLORS)
    assert model.explain([4.75], ["length"]) == (
        "length is 4.75, above 3.5\n"
        "length is 4.75, at most 5.5\n"
        "length is 4.75, above 4.5\n"
        "so class: red, from 1 row"
    )
    numbers = DecisionTreeRegressor(max_depth=1).fit(EIGHT, EIGHT[:, 0] ** 2)
    answer = "feature_0 is 2, at most 5.5\nso value: [11], from 5 rows"
    assert numbers.explain([[2]]) == answer
    assert numbers.explain(np.array([2])) == answer


def test_a_row_on_a_threshold_is_explained_as_at_most_it():
    model = DecisionTreeClassifier().fit(EIGHT, COLORS)
    assert model.explain([3.5]) == "feature_0 is 3.5, at most 3.5\nso class: red, from 3 rows"
    assert model.explain([5.5]) == (
        "feature_0 is 5.5, above 3.5\n"
        "feature_0 is 5.5, at most 5.5\n"
        "feature_0 is 5.5, above 4.5\n"
        "so class: red, from 1 row"
    )
    assert model.explain([4.5]).endswith("at most 4.5\nso class: blue, from 1 row")


def test_weights_move_the_first_cut():
    X, y = [[1], [2], [3]], ["red", "blue", "red"]
    # Without weights both cuts leave 2/3 * 1/2 = 1/3, and the lower one wins.
    assert DecisionTreeClassifier(max_depth=1).fit(X, y).tree_.threshold[0] == 1.5
    # The last row counts twice: gini of 3 red and 1 blue is 1 - 9/16 - 1/16 = 3/8. Behind 1 the
    # right has 2 red and 1 blue, gini 1 - 4/9 - 1/9 = 4/9, and 3/4 * 4/9 = 1/3 is left. Behind 2
    # the left has one of each: 2/4 * 1/2 = 1/4 is left.
    tree = DecisionTreeClassifier(max_depth=1).fit(X, y, sample_weight=[1, 1, 2]).tree_
    assert tree.threshold[0] == 2.5
    assert tree.impurity == pytest.approx([3 / 8, 1 / 2, 0])
    assert tree.value == pytest.approx(np.array([[1 / 4, 3 / 4], [1 / 2, 1 / 2], [0, 1]]))
    assert tree.n_node_samples.tolist() == [3, 2, 1]
    assert tree.weighted_n_node_samples.tolist() == [4, 2, 2]


def test_weights_of_numbers():
    model = DecisionTreeRegressor(min_samples_leaf=2)
    tree = model.fit([[1], [2], [3]], [0.0, 4.0, 4.0], sample_weight=[1, 2, 1]).tree_
    # The mean is (0 + 8 + 4) / 4 = 3, the squared error (9 + 2 + 1) / 4 = 3.
    assert (tree.value.tolist(), tree.impurity.tolist()) == ([[3]], [3])
    assert (tree.n_node_samples.tolist(), tree.weighted_n_node_samples.tolist()) == ([3], [4])


def test_class_weights_of_eight_points():
    # Blue counts three times: 4 red and 12 blue of 16.
    tree = DecisionTreeClassifier(class_weight={"blue": 3}).fit(EIGHT, COLORS).tree_
    assert tree.value[0] == pytest.approx([12 / 16, 4 / 16])
    assert tree.impurity[0] == pytest.approx(1 - (9 + 1) / 16)
    assert tree.weighted_n_node_samples[0] == 16
    # Of 3 red and 1 blue each class weighs 2 if they are balanced.
    balanced = DecisionTreeClassifier(class_weight="balanced", max_depth=1)
    tree = balanced.fit([[1], [2], [3], [4]], ["red", "red", "red", "blue"]).tree_
    assert tree.value[0] == pytest.approx([1 / 2, 1 / 2])
    assert tree.weighted_n_node_samples == pytest.approx([4, 2, 2])


# --- 2. theory ---


@every_criterion
@pytest.mark.parametrize("weighted", [False, True])
def test_the_running_sums_score_a_cut_as_the_definition_does(criterion, weighted):
    """DT.5, DT.6 and DT.7 against DT.4: no cut of the root removes more than the chosen one."""
    for seed in range(8):
        X, y = mixed_data(seed)
        w = np.random.default_rng(seed).uniform(0.1, 5, len(y)) if weighted else np.ones(len(y))
        tree = tree_of(criterion, max_depth=1).fit(X, y, sample_weight=w).tree_
        falls = []
        for j in range(X.shape[1]):
            for a in np.unique(X[:, j])[:-1]:
                left = X[:, j] <= a
                rest = sum(w[side].sum() / w.sum() * impurity_of(y[side], criterion, w[side])
                           for side in (left, ~left))
                falls.append(impurity_of(y, criterion, w) - rest)
        assert fall_of(tree) == pytest.approx(max(falls), abs=1e-12)


@every_criterion
@pytest.mark.parametrize("weighted", [False, True])
def test_each_node_describes_its_own_rows(criterion, weighted):
    X, y = mixed_data(3)
    w = np.random.default_rng(3).uniform(0.1, 5, len(y)) if weighted else np.full(len(y), 2.5)
    model = tree_of(criterion, max_depth=4).fit(X, y, sample_weight=w)
    tree = model.tree_
    for node, rows in rows_of(model, X):
        assert tree.n_node_samples[node] == len(rows)
        assert tree.weighted_n_node_samples[node] == pytest.approx(w[rows].sum())
        assert tree.impurity[node] == pytest.approx(impurity_of(y[rows], criterion, w[rows]))
        if criterion == "squared_error":
            own = np.average(y[rows], weights=w[rows])
        else:
            own = [w[rows][y[rows] == c].sum() / w[rows].sum() for c in model.classes_]
        assert tree.value[node] == pytest.approx(own)


@every_criterion
@pytest.mark.parametrize("weighted", [False, True])
def test_importances_are_the_falls_of_all_questions_added_up(criterion, weighted):
    X, y = mixed_data(8)
    w = np.random.default_rng(8).uniform(0.1, 5, len(y)) if weighted else None
    model = tree_of(criterion, max_depth=4).fit(X, y, sample_weight=w)
    tree = model.tree_
    total = np.zeros(X.shape[1])
    for node in np.flatnonzero(tree.feature >= 0):
        total[tree.feature[node]] += tree.weighted_n_node_samples[node] * fall_of(tree, node)
    assert model.feature_importances_ == pytest.approx(total / total.sum(), abs=1e-14)


@every_criterion
def test_full_trees_are_pure_wherever_rows_differ(criterion):
    for seed in range(5):
        X, y = mixed_data(seed)
        model = tree_of(criterion).fit(X, y)
        leaves = model.apply(X)
        for leaf in np.unique(leaves):
            inside = leaves == leaf
            assert len(np.unique(y[inside])) == 1 or len(np.unique(X[inside], axis=0)) == 1


@every_criterion
def test_xor_is_solved_although_the_first_cut_gains_nothing(criterion):
    X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    model = tree_of(criterion).fit(X, [0, 1, 1, 0])
    assert model.predict(X).tolist() == [0, 1, 1, 0]
    assert model.tree_.feature.tolist() == [0, 1, -2, -2, 1, -2, -2]


@every_criterion
def test_the_number_of_rows_bounds_a_tree_from_both_ends(criterion):
    X, y = mixed_data(7, 200)
    for split, leaf in ((2, 1), (30, 1), (2, 12), (40, 12)):
        tree = tree_of(criterion, min_samples_split=split, min_samples_leaf=leaf).fit(X, y).tree_
        inner = tree.feature >= 0
        assert tree.n_node_samples[inner].min() >= split
        assert tree.n_node_samples[~inner].min() >= leaf
        assert inner.any()


@pytest.mark.parametrize("depth", [1, 2, 3, 7])
def test_max_depth_counts_questions(depth):
    X, y = make_moons(400, noise=0.4, random_state=0)
    assert DecisionTreeClassifier(max_depth=depth).fit(X, y).get_depth() == depth


@every_criterion
def test_a_deeper_tree_contains_the_shallower(criterion):
    X, y = mixed_data(11, 200)
    full = tree_of(criterion).fit(X, y)
    for depth in range(1, 6):
        cut = tree_of(criterion, max_depth=depth).fit(X, y)
        kept = full.tree_.depth <= depth
        assert np.array_equal(full.tree_.n_node_samples[kept], cut.tree_.n_node_samples)
        inner = full.tree_.depth[kept] < depth
        assert np.array_equal(full.tree_.feature[kept][inner], cut.tree_.feature[inner])
        assert np.array_equal(full.tree_.threshold[kept][inner], cut.tree_.threshold[inner])


@every_criterion
@pytest.mark.parametrize("weighted", [False, True])
def test_min_impurity_decrease_is_the_least_fall_of_the_whole_tree(criterion, weighted):
    X, y = mixed_data(5, 200)
    w = np.random.default_rng(5).uniform(0.1, 5, len(y)) if weighted else np.ones(len(y))

    def grown(least):
        return tree_of(criterion, min_impurity_decrease=least).fit(X, y, sample_weight=w).tree_

    fall = fall_of(grown(0.0))
    for share in (0.2, 0.999):
        tree = grown(share * fall)
        for node in np.flatnonzero(tree.feature >= 0):
            part = tree.weighted_n_node_samples[node] / w.sum()
            assert part * fall_of(tree, node) >= share * fall * (1 - 1e-6)
    assert grown(fall * 1.001).max_depth == 0
    assert grown(fall * 0.999).max_depth > 0


def test_min_impurity_decrease_counts_the_part_of_the_rows_in_the_node():
    def depth(X, y, least):
        return DecisionTreeClassifier(min_impurity_decrease=least).fit(X, y).get_depth()

    # The first cut of XOR removes nothing, so any limit stops it.
    X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    assert (depth(X, y, 0.0), depth(X, y, 1e-9)) == (2, 0)
    # With four rows of a third class, gini is 1 - 2/16 - 1/4 = 5/8. The first cut takes these rows
    # away and leaves half of the rows with gini 1/2, together 1/4: it removes 3/8. The last two
    # cuts remove 1/2 in a quarter of the rows each.
    X, y = X + 4 * [[2, 0]], y + 4 * [2]
    assert [depth(X, y, least) for least in (0.0, 1e-9, 0.374, 0.376)] == [3, 1, 1, 0]
    # With another label in the fourth row gini is 1 - 1/64 - 9/64 - 16/64 = 38/64. The first cut
    # leaves 1/2 (1 - 1/16 - 9/16) = 12/64, the second 1/4 * 1/2 = 8/64, the third nothing.
    y[3] = 1
    limits = np.array([3.9, 4.1, 25.9, 26.1]) / 64
    assert [depth(X, y, least) for least in limits] == [3, 1, 1, 0]


@every_criterion
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("weighted", [False, True])
def test_the_order_of_rows_does_not_matter(criterion, seed, weighted):
    X, y = mixed_data(seed, 150)
    y = real_targets(X, y, criterion)
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(len(X))
    w = rng.uniform(0.1, 5, len(y)) if weighted else np.ones(len(y))
    a = tree_of(criterion).fit(X, y, sample_weight=w)
    b = tree_of(criterion).fit(X[shuffled], y[shuffled], sample_weight=w[shuffled])
    assert same_shape(a, b)
    assert a.tree_.value == pytest.approx(b.tree_.value, rel=1e-13)


@every_criterion
def test_only_the_order_of_values_matters(criterion):
    """Any increasing function of a feature gives the same partition of the training rows."""
    X, y = mixed_data(2, 120)
    a, b = tree_of(criterion).fit(X, y), tree_of(criterion).fit(np.exp(3 * X), y)
    assert np.array_equal(a.tree_.feature, b.tree_.feature)
    assert np.array_equal(a.apply(X), b.apply(np.exp(3 * X)))


@every_criterion
@pytest.mark.parametrize("weighted", [False, True])
def test_every_node_asks_what_it_would_ask_alone(criterion, weighted):
    """However large and however heavy the other nodes of its level are."""
    X, y = mixed_data(12, 600)
    y = real_targets(X, y, criterion)
    rng = np.random.default_rng(12)
    w = rng.uniform(0.1, 5, 600) if weighted else np.ones(600)
    X[:3, 0] = 100  # three rows that leave first
    y[:3] = [1e4, 1e4, 1e4 + 1] if criterion == "squared_error" else [3, 3, 4]
    w[:3] *= 1e4 if weighted else 1
    model = tree_of(criterion, max_depth=4).fit(X, y, sample_weight=w)
    tree = model.tree_
    for node, rows in rows_of(model, X):
        if tree.feature[node] >= 0:
            alone = tree_of(criterion, max_depth=1).fit(X[rows], y[rows], sample_weight=w[rows])
            assert alone.tree_.feature[0] == tree.feature[node]
            assert alone.tree_.threshold[0] == tree.threshold[node]


def test_log_loss_is_another_name_of_entropy():
    X, y = mixed_data(2, 120)
    a, b = (DecisionTreeClassifier(criterion=c, max_depth=4).fit(X, y)
            for c in ("entropy", "log_loss"))
    assert same_shape(a, b)
    assert np.array_equal(a.tree_.impurity, b.tree_.impurity)
    assert not same_shape(a, DecisionTreeClassifier(max_depth=4).fit(X, y))  # gini


def test_label_names_do_not_matter():
    X, y = DATA["wine"]
    a = DecisionTreeClassifier().fit(X, y)
    b = DecisionTreeClassifier().fit(X, np.array(["Barolo", "Grignolino", "zinfandel"])[y])
    assert same_shape(a, b)
    assert b.predict(X)[0] == "Barolo"


@every_criterion
def test_ties_go_to_the_lowest_feature_then_the_lowest_threshold(criterion):
    """A feature, its negative and its triple make the same cuts; sums run the other way round."""
    for seed in range(6):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=200)
        y = x + rng.normal(size=200) if criterion == "squared_error" else rng.integers(0, 3, 200)
        for w in (None, rng.uniform(0.01, 10, 200)):
            alone = tree_of(criterion, max_depth=6).fit(x[:, None], y, sample_weight=w)
            copies = np.c_[x, -x, 3 * x, x**3]
            together = tree_of(criterion, max_depth=6).fit(copies, y, sample_weight=w)
            assert same_shape(alone, together)
    low = tree_of(criterion, max_depth=1).fit(np.arange(6.0)[:, None], [0, 1, 1, 1, 1, 0])
    assert low.tree_.threshold[0] == 0.5  # as good as 4.5


@pytest.mark.parametrize("sign", [1, -1])
def test_a_big_node_leaves_no_rounding_to_a_small_one(sign):
    """60,000 targets of 0, 0, 1 have thirds in their centred values, all rounded the same way."""
    y = np.append(np.tile([0.0, 0.0, 1.0], 20_000), 1000 + sign * np.array([0.0, 0.2, 0.8, 1.0]))
    x = np.append(np.tile([1, 2, 3], 20_000), [11, 12, 13, 14])
    tree = DecisionTreeRegressor(max_depth=2).fit(np.c_[x, -x], y).tree_
    assert tree.threshold[[0, tree.children_right[0]]].tolist() == [7, 12.5]
    assert (tree.feature <= 0).all()  # the second column cuts as well, from the other end


def test_an_equal_share_beats_rounding():
    """29/49 of the rows and 29/49 again: two cuts whose gains are the same fraction."""
    y = np.repeat([0, 1, 0, 1, 0], [20, 9, 40, 9, 20])
    tree = DecisionTreeClassifier(max_depth=1).fit(np.arange(98.0)[:, None], y).tree_
    mirrored = DecisionTreeClassifier(max_depth=1).fit(np.arange(98.0)[::-1, None], y).tree_
    assert tree.threshold[0] == mirrored.threshold[0] < 49


def test_probabilities_sum_to_one_and_predict_takes_the_largest():
    X, y = make_moons(300, noise=0.4, random_state=1)
    model = DecisionTreeClassifier(max_depth=4).fit(X, y)
    p = model.predict_proba(X)
    assert p.sum(axis=1) == pytest.approx(1)
    assert np.array_equal(model.predict(X), model.classes_[p.argmax(axis=1)])
    tie = DecisionTreeClassifier().fit([[0], [0]], ["b", "a"])
    assert tie.predict([[0]])[0] == "a"


def test_a_leaf_predicts_the_mean_so_residuals_sum_to_zero_in_it():
    X, y = DATA["diabetes"]
    model = DecisionTreeRegressor(min_samples_leaf=10).fit(X, y)
    leaves = model.apply(X)
    sums = np.bincount(leaves, y - model.predict(X))
    assert sums == pytest.approx(0, abs=1e-9)


@every_criterion
def test_pruning_never_prefers_a_dearer_subtree(criterion):
    """At each alpha the kept subtree costs no more than any other of the sequence (DT.9)."""
    X, y = mixed_data(1, 120)
    path = tree_of(criterion).cost_complexity_pruning_path(X, y)
    assert (np.diff(path.ccp_alphas) >= 0).all()
    assert (np.diff(path.impurities) >= -1e-12).all()
    trees = [tree_of(criterion, ccp_alpha=a).fit(X, y) for a in path.ccp_alphas * 1.0001 + 1e-9]
    leaves = np.array([t.get_n_leaves() for t in trees])
    own = [t.tree_.n_node_samples * t.tree_.impurity / len(X) for t in trees]
    impurities = np.array([o[t.tree_.feature < 0].sum() for o, t in zip(own, trees)])
    assert leaves[-1] == 1
    assert (np.diff(leaves) <= 0).all()
    for i, alpha in enumerate(path.ccp_alphas * 1.0001 + 1e-9):
        costs = impurities + alpha * leaves
        assert costs[i] == pytest.approx(costs.min(), abs=1e-9)


def all_subtrees(tree, node=0):
    """The (impurity, leaves) of every way to prune below a node, itself as a leaf included."""
    w = tree.weighted_n_node_samples
    own = w[node] * tree.impurity[node] / w[0]
    if tree.feature[node] < 0:
        return [(own, 1)]
    sides = (all_subtrees(tree, side[node]) for side in tree[:2])
    return [(own, 1)] + [(a + b, m + n) for (a, m), (b, n) in itertools.product(*sides)]


@every_criterion
@pytest.mark.parametrize(("seed", "weighted"), [(0, False), (1, False), (2, False), (3, True)])
def test_no_subtree_at_all_is_cheaper_than_the_pruned_one(criterion, seed, weighted):
    """DT.10 against brute force: of all prunings the least cost, and of equal ones the smallest."""
    X, y = mixed_data(seed, 100)
    w = np.random.default_rng(seed).uniform(0.1, 5, len(y)) if weighted else None
    full = tree_of(criterion, max_depth=4).fit(X, y, sample_weight=w).tree_
    impurity, leaves = np.array(all_subtrees(full)).T
    assert len(leaves) > 20
    path = tree_of(criterion, max_depth=4).cost_complexity_pruning_path(X, y, sample_weight=w)
    alphas = path.ccp_alphas
    gaps = np.diff(alphas) > 1e-9  # between equal prices both trees are right
    for alpha in [*(alphas[1:] + alphas[:-1])[gaps] / 2, 1.1 * alphas[-1]]:
        kept = tree_of(criterion, max_depth=4, ccp_alpha=alpha).fit(X, y, sample_weight=w)
        cost = impurity + alpha * leaves
        tree, end = kept.tree_, kept.tree_.feature < 0
        weight = tree.weighted_n_node_samples
        own = weight[end] @ tree.impurity[end] / weight[0]
        assert own + alpha * kept.get_n_leaves() == pytest.approx(cost.min(), rel=1e-12)
        assert kept.get_n_leaves() == leaves[cost < cost.min() * (1 + 1e-12)].min()


def test_a_pruned_tree_is_renumbered_depth_first():
    X, y = DATA["breast cancer"]
    model = DecisionTreeClassifier(ccp_alpha=0.005).fit(X, y)
    tree = model.tree_
    inner = np.flatnonzero(tree.feature >= 0)
    assert np.array_equal(tree.children_left[inner], inner + 1)
    assert [node for node, _ in rows_of(model, X)] == list(range(len(tree.feature)))
    assert (tree.threshold[tree.feature < 0] == -2).all()
    for node, rows in rows_of(model, X):
        assert tree.n_node_samples[node] == len(rows)


def test_features_are_drawn_anew_for_each_node_and_by_seed():
    X, y = DATA["breast cancer"]
    trees = [DecisionTreeClassifier(max_features=3, random_state=s).fit(X, y) for s in range(8)]
    assert len({t.tree_.feature[0] for t in trees}) > 3
    assert len(set(trees[0].tree_.feature)) > 4
    again = DecisionTreeClassifier(max_features=3, random_state=0).fit(X, y)
    assert same_shape(trees[0], again)
    assert [DecisionTreeClassifier(max_features=m).fit(X, y).max_features_
            for m in (None, "sqrt", "log2", 7, 0.5, 1.0)] == [30, 5, 4, 7, 15, 30]
    # A share that is less than one feature is one.
    assert DecisionTreeClassifier(max_features=0.01).fit(X, y).max_features_ == 1
    assert DecisionTreeClassifier(max_features="log2").fit(X[:, :1], y).max_features_ == 1
    assert same_shape(DecisionTreeClassifier(max_features=30).fit(X, y),
                      DecisionTreeClassifier().fit(X, y))


def test_a_drawn_feature_can_always_cut():
    """Constant features are not drawn, so that one feature in a hundred is found every time."""
    X = np.zeros((20, 100))
    X[:, 57] = np.arange(20)
    model = DecisionTreeClassifier(max_features=1, random_state=0).fit(X, np.arange(20) % 2)
    assert model.get_n_leaves() == 20


def test_one_feature_of_two_is_drawn_half_of_the_time():
    X, y = np.arange(16.0)[:, None] * [1, 1], np.arange(16) >= 8
    roots = [DecisionTreeClassifier(max_features=1, random_state=s).fit(X, y).tree_.feature[0]
             for s in range(100)]
    assert 30 < sum(roots) < 70


def test_exactly_so_many_features_are_drawn():
    """Of five equally good features the lowest that is drawn wins: two of five miss 0, 1 and 2."""
    X, y = np.arange(16.0)[:, None] * np.ones(5), np.arange(16) >= 8
    for wanted, never in ((2, 4), (4, 2), (5, 1)):
        roots = {DecisionTreeClassifier(max_features=wanted, random_state=s).fit(X, y)
                 .tree_.feature[0] for s in range(80)}
        assert roots == set(range(5)) - set(range(never, 5))


# Weights of rows and of classes, still by theory.


def weighted_case(seed):
    """Rows, targets of both kinds, and how often each row counts: 0, 1, 2 or 3 times."""
    rng = np.random.default_rng(seed)
    n = int(rng.choice([3, 20, 60]))
    X = np.c_[rng.integers(0, 3, n), rng.normal(size=n), np.ones(n), rng.normal(size=n).round(1)]
    times = rng.integers(0, 4, n)
    times[rng.integers(n)] = 2
    return X, rng.integers(0, 3, n), rng.normal(size=n), times


def assert_same_tree(a, b, times=1):
    """The same questions and answers; the weights of `b` are so many times those of `a`."""
    assert same_shape(a, b)
    assert b.tree_.value == pytest.approx(a.tree_.value, rel=1e-10, abs=1e-12)
    assert b.tree_.impurity == pytest.approx(a.tree_.impurity, rel=1e-10, abs=1e-13)
    assert b.feature_importances_ == pytest.approx(a.feature_importances_, abs=1e-11)
    weights = [m.tree_.weighted_n_node_samples for m in (a, b)]
    assert weights[1] == pytest.approx(weights[0] * times, rel=1e-12, abs=0)


@every_criterion
@pytest.mark.parametrize("params", [
    {}, {"max_depth": 2}, {"ccp_alpha": 0.03}, {"min_impurity_decrease": 0.02},
    {"min_weight_fraction_leaf": 0.15},
    {"max_features": 1, "random_state": 3},
    {"max_features": "sqrt", "random_state": 0, "max_depth": 3},
    {"max_features": 2, "random_state": 1, "min_weight_fraction_leaf": 0.3},
], ids=str)
def test_a_weight_of_two_is_the_row_twice_and_of_zero_no_row(criterion, params):
    for seed in range(8):
        X, labels, numbers, times = weighted_case(seed)
        y = numbers if criterion == "squared_error" else labels
        repeated = tree_of(criterion, **params)
        repeated.fit(np.repeat(X, times, axis=0), np.repeat(y, times))
        weighted = tree_of(criterion, **params).fit(X, y, sample_weight=times)
        assert_same_tree(repeated, weighted)
        assert weighted.tree_.n_node_samples[0] == (times > 0).sum()
        unit = 0.3e-150 if seed % 2 else 0.3e150
        again = tree_of(criterion, **params).fit(X, y, sample_weight=unit * times)
        assert_same_tree(weighted, again, times=unit)


@pytest.mark.parametrize("class_weight", ["balanced", {0: 2, 1: 0.25}], ids=str)
def test_class_weights_count_repeated_rows_as_they_count_weights(class_weight):
    for seed in range(8):
        X, y, _, times = weighted_case(seed)
        times[:3] = 1
        y[:3] = [0, 1, 2]
        model = DecisionTreeClassifier(class_weight=class_weight)
        repeated = copy.copy(model).fit(np.repeat(X, times, axis=0), np.repeat(y, times))
        weighted = copy.copy(model).fit(X, y, sample_weight=times)
        assert_same_tree(repeated, weighted)


def test_class_weights_are_weights_of_rows():
    X, y = mixed_data(4, 200)
    w = np.random.default_rng(4).uniform(0.1, 2, 200)
    for class_weight, factors in (
        ({1: 5.0}, np.array([1, 5, 1.0])),
        ({0: 1e-3, 1: 2, 2: 1e3}, np.array([1e-3, 2, 1e3])),
        ("balanced", w.sum() / 3 / np.bincount(y, w)),
    ):
        a = DecisionTreeClassifier(class_weight=class_weight).fit(X, y, sample_weight=w)
        b = DecisionTreeClassifier().fit(X, y, sample_weight=w * factors[y])
        assert_same_tree(b, a)
    balanced = a.tree_.value[0]
    assert balanced == pytest.approx(1 / 3)
    assert a.tree_.weighted_n_node_samples[0] == pytest.approx(w.sum())


def test_equal_weights_change_nothing_but_the_weight_of_nodes():
    X, y = DATA["wine"]
    plain = DecisionTreeClassifier().fit(X, y)
    for w in (np.ones(178), np.full(178, 3), np.full(178, 0.1), np.full(178, 1e-300),
              np.full(178, 1e300)):
        model = DecisionTreeClassifier().fit(X, y, sample_weight=w)
        assert same_shape(plain, model)
        assert np.array_equal(model.tree_.impurity, plain.tree_.impurity)  # to the last digit
        assert np.array_equal(model.tree_.value, plain.tree_.value)
        expected = plain.tree_.n_node_samples * w[0]
        assert model.tree_.weighted_n_node_samples == pytest.approx(expected, rel=1e-15, abs=0)
    assert np.array_equal(plain.tree_.weighted_n_node_samples, plain.tree_.n_node_samples)


def test_the_brakes_on_rows_count_rows_whatever_they_weigh():
    X, y = np.arange(6.0)[:, None], [0, 0, 1, 1, 0, 1]
    heavy = [100, 1, 1, 1, 1, 100]
    for name in ("min_samples_leaf", "min_samples_split"):
        for least in (2, 3, 4, 6, 7):
            model = DecisionTreeClassifier(**{name: least}).fit(X, y, sample_weight=heavy)
            tree = model.tree_
            counted = tree.feature < 0 if name == "min_samples_leaf" else tree.feature >= 0
            if tree.node_count > 1:
                assert tree.n_node_samples[counted].min() >= least
            assert (tree.node_count > 1) == (least <= (3 if name == "min_samples_leaf" else 6))


@every_criterion
@pytest.mark.parametrize("weighted", [False, True])
def test_min_weight_fraction_leaf_is_the_least_part_of_all_weight_in_a_leaf(criterion, weighted):
    X, y = mixed_data(6, 200)
    w = np.random.default_rng(6).uniform(0.1, 5, len(y)) if weighted else np.ones(len(y))
    n_leaves = []
    for part in (0.0, 0.01, 0.1, 0.3, 0.5):
        model = tree_of(criterion, min_weight_fraction_leaf=part).fit(X, y, sample_weight=w)
        tree = model.tree_
        assert tree.weighted_n_node_samples[tree.feature < 0].min() >= part * w.sum() * (1 - 1e-9)
        n_leaves.append(tree.n_leaves)
    assert n_leaves == sorted(n_leaves, reverse=True)
    assert n_leaves[0] > n_leaves[1] > n_leaves[2] > 1


def test_a_fraction_of_the_weight_is_reached_exactly():
    """7 of 100 rows are 0.07 of them, although 0.07 * 100 is a little above 7 as a float."""
    X, y = np.arange(100.0)[:, None], np.arange(100) >= 7
    for w, fraction in ((np.ones(100), 7 / 100), (1 + np.arange(100) % 2, 10 / 150)):
        for part, threshold in ((fraction, 6.5), (1.01 * fraction, 7.5)):
            model = DecisionTreeClassifier(min_weight_fraction_leaf=part)
            assert model.fit(X, y, sample_weight=w).tree_.threshold[0] == threshold


def test_a_class_whose_rows_all_weigh_nothing_is_no_class():
    model = DecisionTreeClassifier().fit(EIGHT[:3], ["a", "b", "c"], sample_weight=[1, 0, 1])
    assert model.classes_.tolist() == ["a", "c"]
    assert model.n_classes_ == 2
    assert model.tree_.threshold[0] == 2  # midway between the rows that count


@every_criterion
def test_weights_may_differ_by_any_factor(criterion):
    """The tree stays whole: no row is lost, and no number is nan or infinite."""
    for seed in range(20):
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(60, 2)).round(1)
        y = rng.normal(size=60) if criterion == "squared_error" else rng.integers(0, 3, 60)
        w = 10.0 ** rng.choice([0, 3, -8, -15, -20, 150, -150, 300, -300], 60)
        model = tree_of(criterion).fit(X, y, sample_weight=w)
        tree = model.tree_
        assert np.isfinite(tree.value).all() and np.isfinite(model.feature_importances_).all()
        assert (tree.impurity >= 0).all()
        counts = np.bincount(model.apply(X), minlength=tree.node_count)
        leaves = tree.feature < 0
        assert np.array_equal(counts[leaves], tree.n_node_samples[leaves])
        assert counts[leaves].min() > 0


def test_extreme_class_weights_leave_numbers():
    X, y = mixed_data(2)
    for class_weight in ({0: 1e300, 1: 1e-300}, {0: 1.7e308}, {2: 5e-324}, "balanced"):
        w = np.where(y == 1, 1e-300, 1e300)
        for sample_weight in (None, w):
            model = DecisionTreeClassifier(class_weight=class_weight)
            tree = model.fit(X, y, sample_weight=sample_weight).tree_
            assert tree.value.sum(axis=1) == pytest.approx(1)


def test_a_light_row_among_heavy_ones_is_found():
    """The cut that separates it is worth the whole impurity, however little that is."""
    for light in (1e-3, 1e-7, 1e-11):
        for place in (0, 19):
            w, y = np.ones(20), np.zeros(20, int)
            w[place], y[place] = light, 1
            X = np.c_[np.arange(20) % 7, np.arange(20)]
            for criterion in ("gini", "entropy", "squared_error"):
                model = tree_of(criterion).fit(X, y, sample_weight=w)
                assert (model.get_depth(), model.tree_.feature[0]) == (1, 1)


class Boost:
    """AdaBoost for two and more classes (SAMME), with a tree that takes weights.

    `errors` are the weighted shares of wrong answers in each round, `errors_after` those of the
    same tree with the weights of the next round.
    """

    def __init__(self, model, X, y, rounds):
        self.classes = np.unique(y)
        self.votes = np.zeros((len(y), len(self.classes)))
        self.errors, self.errors_after = [], []
        w = np.full(len(y), 1 / len(y))
        for _ in range(rounds):
            answer = model.fit(X, y, sample_weight=w).predict(X)
            wrong = answer != y
            error = w @ wrong
            say = np.log((1 - error) / error) + np.log(len(self.classes) - 1)
            self.votes += say * (answer[:, None] == self.classes)
            w = w * np.exp(say * wrong)
            w /= w.sum()
            self.errors.append(error)
            self.errors_after.append(w @ wrong)

    def accuracy(self, y):
        return np.mean(self.classes[self.votes.argmax(axis=1)] == y)


def test_a_boosted_stump_learns_two_moons():
    X, y = make_moons(200, noise=0.2, random_state=0)
    stump = DecisionTreeClassifier(max_depth=1)
    boosted = Boost(stump, X, y, rounds=60)
    assert np.mean(stump.fit(X, y).predict(X) == y) < 0.85
    assert boosted.accuracy(y) > 0.98
    # Each tree meets weights with which the tree before it is no better than a coin.
    assert boosted.errors_after == pytest.approx(np.full(60, 1 / 2))
    assert max(boosted.errors) < 1 / 2


def test_small_boosted_trees_learn_ten_digits():
    X, y = DATA["digits"]
    tree = DecisionTreeClassifier(max_depth=3)
    boosted = Boost(tree, X, y, rounds=8)
    assert np.mean(tree.fit(X, y).predict(X) == y) < 0.5
    assert boosted.accuracy(y) > 0.8
    assert boosted.errors_after == pytest.approx(np.full(8, 9 / 10))  # a coin of ten sides




# --- 3. frozen oracles ---

# scikit-learn 1.9.1, whose thresholds are rounded to float32.
ROOTS = {  # feature, threshold, fall of impurity, rows on the left
    ("iris", "gini"): (2, 2.449999988079071, 0.3333333333333334, 50),  # or 3: an exact tie
    ("iris", "entropy"): (2, 2.449999988079071, 0.9182958340544894, 50),
    ("wine", "gini"): (12, 755.0, 0.25178540093643914, 111),
    ("wine", "entropy"): (6, 1.5750000476837158, 0.6468552711494296, 62),
    ("breast cancer", "gini"): (20, 16.795000076293945, 0.3252108798364008, 379),
    ("breast cancer", "entropy"): (22, 105.95000076293945, 0.561986885126551, 345),
    ("digits", "gini"): (36, 0.5, 0.0639038323703347, 275),
    ("digits", "entropy"): (42, 7.5, 0.46207293036506814, 970),
    ("diabetes", "squared_error"): (8, 4.600149869918823, 1728.8084308440666, 218),
}
HITS = {  # rows answered rightly at max_depth 1 to 10
    ("iris", "gini"): [100, 144, 146, 149, 150, 150, 150, 150, 150, 150],
    ("iris", "entropy"): [100, 144, 146, 149, 150, 150, 150, 150, 150, 150],
    ("wine", "gini"): [124, 164, 174, 176, 178, 178, 178, 178, 178, 178],
    ("wine", "entropy"): [107, 172, 177, 178, 178, 178, 178, 178, 178, 178],
    ("breast cancer", "gini"): [525, 536, 557, 559, 566, 568, 569, 569, 569, 569],
    ("breast cancer", "entropy"): [523, 524, 551, 560, 566, 568, 569, 569, 569, 569],
    ("digits", "gini"): [356, 573, 878, 1070, 1271, 1478, 1602, 1681, 1729, 1767],
    ("digits", "entropy"): [358, 669, 991, 1290, 1521, 1625, 1710, 1764, 1788, 1794],
}
ERRORS = [4201.0764660663135, 3360.050096675736, 2960.9574740671464, 2516.5744443402637,
          2018.9991872058833, 1512.499206233058, 1067.674323598727, 650.1139753080558,
          365.8161057456872, 210.4243459971401]


@pytest.mark.parametrize(("data", "criterion"), ROOTS)
def test_the_root_is_the_same_on_real_data(data, criterion):
    X, y = DATA[data]
    tree = tree_of(criterion, max_depth=1).fit(X, y).tree_
    feature, threshold, fall, n_left = ROOTS[data, criterion]
    n, impurity = tree.n_node_samples, tree.impurity
    assert (tree.feature[0], n[1]) == (feature, n_left)
    assert tree.threshold[0] == pytest.approx(threshold, rel=1e-7)
    found = impurity[0] - (n[1] * impurity[1] + n[2] * impurity[2]) / n[0]
    assert found == pytest.approx(fall, rel=1e-11)


@pytest.mark.parametrize(("data", "criterion"), HITS)
def test_training_accuracy_is_the_same_at_every_depth(data, criterion):
    X, y = DATA[data]
    model = tree_of(criterion).fit(X, y)
    full = model.tree_
    for depth, hits in enumerate(HITS[data, criterion], start=1):
        model.tree_ = full._replace(feature=np.where(full.depth < depth, full.feature, -2))
        found = (model.predict(X) == y).sum()
        # Between equal cuts scikit-learn draws lots: over twenty seeds it gets 1765 to 1767 and
        # 1787 to 1788 right where ours differs from seed 0.
        assert abs(found - hits) <= (2 if data == "digits" and depth >= 9 else 0)
    assert full.impurity[full.feature < 0].max() == 0


def test_training_error_is_the_same_at_every_depth():
    X, y = DATA["diabetes"]
    found = [np.mean((DecisionTreeRegressor(max_depth=d).fit(X, y).predict(X) - y) ** 2)
             for d in range(1, 11)]
    assert found == pytest.approx(ERRORS, rel=1e-12)


def test_the_pruning_path_of_wine():
    path = DecisionTreeClassifier().cost_complexity_pruning_path(*DATA["wine"])
    assert path.ccp_alphas == pytest.approx([
        0.0, 0.009363295880149813, 0.010879258070269298, 0.010955056179775272,
        0.016853932584269662, 0.021110973919962684, 0.02171015044753381, 0.03830402214623024,
        0.06105020507820828, 0.20542179096160537, 0.2517854009364391], abs=1e-14)
    assert path.impurities == pytest.approx([
        0.0, 0.009363295880149813, 0.031121812020688408, 0.04207686820046368,
        0.05893080078473334, 0.08004177470469602, 0.10175192515222983, 0.14005594729846008,
        0.20110615237666835, 0.4065279433382737, 0.6583133442747128], abs=1e-14)


def test_the_pruning_path_of_diabetes():
    path = DecisionTreeRegressor(max_depth=3).cost_complexity_pruning_path(*DATA["diabetes"])
    assert path.ccp_alphas == pytest.approx([
        0.0, 61.69442572446252, 62.55505749929034, 93.02618424601178, 181.81695513882858,
        335.6367634524156, 505.3896059381582, 1728.8084308440666], rel=1e-10)
    assert path.impurities == pytest.approx([
        2960.957474067145, 3022.651899791608, 3085.206957290898, 3178.23314153691,
        3360.0500966757386, 3695.686860128154, 4201.076466066312, 5929.884896910378,
    ], rel=1e-10)


@pytest.mark.parametrize(
    ("data", "name", "values", "leaves"),
    [
        ("breast cancer", "ccp_alpha", (0.002, 0.005, 0.01, 0.02, 0.05), [16, 7, 6, 3, 3]),
        ("breast cancer", "min_samples_leaf", (1, 2, 5, 20, 100), [22, 20, 15, 9, 4]),
        ("breast cancer", "min_samples_split", (2, 10, 50, 200), [22, 18, 10, 7]),
        ("breast cancer", "min_impurity_decrease", (0.001, 0.005, 0.02, 0.1), [13, 7, 3, 2]),
        ("diabetes", "ccp_alpha", (5, 20, 100.0), [134, 55, 6]),
        ("diabetes", "min_samples_leaf", (2, 5, 20, 100), [188, 69, 17, 4]),
        ("diabetes", "min_impurity_decrease", (5, 20, 100.0), [132, 55, 6]),
    ],
)
def test_every_brake_leaves_as_many_leaves(data, name, values, leaves):
    X, y = DATA[data]
    Model = DecisionTreeRegressor if data == "diabetes" else DecisionTreeClassifier
    assert [Model(**{name: v}).fit(X, y).get_n_leaves() for v in values] == leaves


def test_the_wine_tree_of_depth_three():
    wine = load_wine()
    model = DecisionTreeClassifier(max_depth=3).fit(wine.X, wine.y)
    assert model.export_text(list(wine.feature_names), decimals=3) == """\
|--- proline <= 755.000
|   |--- OD280/OD315 of diluted wines <= 2.115
|   |   |--- hue <= 0.935
|   |   |   |--- class: 2
|   |   |--- hue >  0.935
|   |   |   |--- class: 1
|   |--- OD280/OD315 of diluted wines >  2.115
|   |   |--- flavanoids <= 0.795
|   |   |   |--- class: 2
|   |   |--- flavanoids >  0.795
|   |   |   |--- class: 1
|--- proline >  755.000
|   |--- flavanoids <= 2.165
|   |   |--- malic acid <= 2.085
|   |   |   |--- class: 1
|   |   |--- malic acid >  2.085
|   |   |   |--- class: 2
|   |--- flavanoids >  2.165
|   |   |--- magnesium <= 135.500
|   |   |   |--- class: 0
|   |   |--- magnesium >  135.500
|   |   |   |--- class: 1
"""
    used = {1: 0.027349780869250207, 4: 0.035230226204457905, 6: 0.13332735433251364,
            10: 0.06215799231854471, 11: 0.3333489641350838, 12: 0.4085856821401496}
    expected = np.zeros(13)
    expected[list(used)] = list(used.values())
    assert model.feature_importances_ == pytest.approx(expected, abs=1e-14)


def test_the_diabetes_importances():
    X, y = DATA["diabetes"]
    found = DecisionTreeRegressor(max_depth=3).fit(X, y).feature_importances_
    expected = np.zeros(10)
    expected[[0, 2, 6, 8]] = [0.02078003835653888, 0.37584937246690475, 0.021069918051207757,
                              0.5823006711253487]
    assert found == pytest.approx(expected, abs=1e-12)


# The same version, with the weights 0.5, 1.5, ..., 6.5, 0.5, ...
WEIGHTED = {  # features, thresholds, weights of the nodes, impurities; at max_depth 2
    ("wine", "gini"): (
        [12, 9, -2, -2, 6, -2, -2], [755.0, 4.8500001430511475, -2, -2, 2.165000081062317, -2, -2],
        [617.0, 392.5, 244.5, 148.0, 224.5, 22.0, 202.5],
        [0.6580502720068087, 0.4917619376039596, 0.15653999439614252, 0.14332998539079622,
         0.24031626827247876, 0.35123966942148765, 0.07589087029416253]),
    ("breast cancer", "entropy"): (
        [22, 27, -2, -2, 7, -2, -2],
        [114.45000076293945, 0.11099999770522118, -2, -2, 0.050084998831152916, -2, -2],
        [1986.5, 1365.5, 1081.0, 284.5, 621.0, 45.5, 575.5],
        [0.9463232422899757, 0.4256343054426629, 0.08499555983671264, 0.9552397874752616,
         0.16844810564252227, 0.9254482516437046, 0.0]),
    ("diabetes", "squared_error"): (
        [2, 8, -2, -2, 2, -2, -2],
        [27.25, 4.791650056838989, -2, -2, 33.14999961853027, -2, -2],
        [1544.0, 966.5, 729.0, 237.5, 577.5, 455.5, 122.0],
        [5859.6236215024255, 3400.361082824009, 2324.4997285681748, 3862.6298238227173,
         4952.382971833365, 4416.301621479637, 1874.3080321150046]),
}
WEIGHTED_IMPORTANCES = {
    ("wine", "gini"): {6: 0.09540040633050637, 9: 0.41284865080399413, 12: 0.49175094286549953},
    ("breast cancer", "entropy"): {7: 0.042397153818856954, 22: 0.8100177635493075,
                                   27: 0.14758508263183553},
    ("diabetes", "squared_error"): {2: 0.8392112533081203, 8: 0.16078874669187962},
}
BOOSTED = {  # AdaBoostClassifier: data, depth of its trees, the weighted errors of the first rounds
    ("breast cancer", 1): [
        0.07732864674868191, 0.1185930735930736, 0.1556584179042982, 0.24180957955705581,
        0.2051478020800458, 0.27422047031449853, 0.3001816788893527, 0.27628603066990365,
        0.40881920575986114, 0.35296989293594344, 0.30596008854705026, 0.30332379019015576],
    ("wine", 1): [
        0.30337078651685395, 0.22520908004778975, 0.2263376842112917, 0.18106164656947768,
        0.21353588426030512, 0.26819647354979664, 0.21344814132894635, 0.14822825786313382],
    ("digits", 3): [0.5114079020589872, 0.40950733812379014, 0.4025549207811543],
}


def sevens(n):
    return 0.5 + np.arange(n) % 7


@pytest.mark.parametrize(("data", "criterion"), WEIGHTED)
def test_weighted_trees_are_the_same_on_real_data(data, criterion):
    X, y = DATA[data]
    model = tree_of(criterion, max_depth=2).fit(X, y, sample_weight=sevens(len(y)))
    feature, threshold, weight, impurity = WEIGHTED[data, criterion]
    assert model.tree_.feature.tolist() == feature
    assert model.tree_.threshold == pytest.approx(threshold, rel=1e-7)
    assert model.tree_.weighted_n_node_samples == pytest.approx(weight, rel=1e-14)
    assert model.tree_.impurity == pytest.approx(impurity, rel=1e-11)
    expected = np.zeros(X.shape[1])
    for j, importance in WEIGHTED_IMPORTANCES[data, criterion].items():
        expected[j] = importance
    assert model.feature_importances_ == pytest.approx(expected, abs=1e-13)


def test_the_weighted_pruning_path_of_wine():
    X, y = DATA["wine"]
    model = DecisionTreeClassifier(max_depth=3)
    path = model.cost_complexity_pruning_path(X, y, sample_weight=sevens(178))
    assert path.ccp_alphas == pytest.approx([
        0.0, 0.012523942831884486, 0.023120862188391218, 0.024907457430418008,
        0.032827397900331456, 0.05000944613505808, 0.21641765646978836, 0.2577786954480962,
    ], abs=1e-13)
    assert path.impurities == pytest.approx([
        0.040464813602840835, 0.05298875643472532, 0.07610961862311655, 0.10101707605353455,
        0.133844473953866, 0.1838539200889241, 0.4002715765587125, 0.6580502720068087,
    ], abs=1e-13)


@pytest.mark.parametrize(("name", "values", "weighted", "plain"), [
    ("min_weight_fraction_leaf", (0.01, 0.05, 0.1, 0.3), [15, 7, 6, 3], [14, 7, 5, 3]),
    ("min_impurity_decrease", (0.001, 0.005, 0.02), [19, 10, 3], [13, 7, 3]),
    ("ccp_alpha", (0.002, 0.005, 0.02), [15, 10, 3], [16, 7, 3]),
    ("min_samples_leaf", (1, 5, 20), [28, 16, 8], [22, 15, 9]),
])
def test_every_brake_leaves_as_many_leaves_with_weights(name, values, weighted, plain):
    X, y = DATA["breast cancer"]
    for weights, leaves in ((sevens(len(y)), weighted), (None, plain)):
        found = [DecisionTreeClassifier(**{name: value}).fit(X, y, sample_weight=weights)
                 .get_n_leaves() for value in values]
        assert found == leaves


def test_class_weights_of_breast_cancer():
    X, y = DATA["breast cancer"]
    model = DecisionTreeClassifier(max_depth=3, class_weight="balanced").fit(X, y)
    assert model.tree_.impurity[:3] == pytest.approx(
        [0.5, 0.14765759902501896, 0.04087097582626764], rel=1e-12)
    assert model.tree_.value[-1] == pytest.approx([0.9965987485961816, 0.0034012514038184])
    model = DecisionTreeClassifier(max_depth=3, class_weight={0: 5, 1: 0.5}).fit(X, y)
    assert model.tree_.weighted_n_node_samples.tolist() == [
        1238.5, 194.0, 166.0, 155.5, 10.5, 28.0, 3.0, 25.0, 1044.5, 31.5, 10.5, 21.0, 1013.0, 1.5,
        1011.5]


@pytest.mark.parametrize(("data", "depth"), BOOSTED)
def test_boosting_makes_the_same_errors(data, depth):
    X, y = DATA[data]
    expected = BOOSTED[data, depth]
    boosted = Boost(DecisionTreeClassifier(max_depth=depth), X, y, len(expected))
    assert boosted.errors == pytest.approx(expected, rel=1e-10)


# --- 4. slow and obvious ---


def slow_tree(X, y, w, criterion, max_depth=99, min_split=2, min_leaf=1):
    """One node at a time: try every cut of every feature, keep the first of the best."""
    if len(y) < max(min_split, 2 * min_leaf) or max_depth == 0 or len(np.unique(y)) == 1:
        return len(y)
    impurity = impurity_of(y, criterion, w)
    best = np.inf
    for j, x in enumerate(X.T):
        for a, b in itertools.pairwise(np.unique(x)):
            left = x <= a
            if min(left.sum(), (~left).sum()) >= min_leaf:
                rest = sum(w[s].sum() / w.sum() * impurity_of(y[s], criterion, w[s])
                           for s in (left, ~left))                     # DT.4
                if rest < best - 1e-10 * impurity:
                    best, question, is_left = rest, (j, a / 2 + b / 2), left           # DT.8
    if best == np.inf:
        return len(y)
    sides = [slow_tree(X[s], y[s], w[s], criterion, max_depth - 1, min_split, min_leaf)
             for s in (is_left, ~is_left)]
    return [*question, *sides]


def nested(tree, node=0):
    """A Tree as `slow_tree` returns it: nested lists, with numbers of rows as leaves."""
    if tree.feature[node] < 0:
        return tree.n_node_samples[node]
    sides = nested(tree, tree.children_left[node]), nested(tree, tree.children_right[node])
    return [tree.feature[node], tree.threshold[node], *sides]


@every_criterion
@pytest.mark.parametrize(("max_depth", "min_split", "min_leaf"), [(9, 2, 1), (3, 2, 4), (5, 15, 2)])
@pytest.mark.parametrize("weighted", [False, True])
def test_all_nodes_of_a_level_at_once_equal_one_node_at_a_time(
    criterion, max_depth, min_split, min_leaf, weighted
):
    for seed in range(2 if weighted else 4):
        X, y = mixed_data(seed, 70)
        y = y if seed % 2 else np.minimum(y, 1)  # three classes, and two
        y = y + X[:, 1] if criterion == "squared_error" else y
        w = np.random.default_rng(seed).uniform(0.1, 5, 70) if weighted else np.ones(70)
        fast = tree_of(criterion, max_depth=max_depth, min_samples_split=min_split,
                       min_samples_leaf=min_leaf).fit(X, y, sample_weight=w)
        slow = slow_tree(X, y, w, criterion, max_depth, min_split, min_leaf)
        assert nested(fast.tree_) == slow


def test_all_rows_at_once_walk_down_as_each_row_does():
    X, y = DATA["digits"]
    model = DecisionTreeClassifier().fit(X[::2], y[::2])
    leaf = np.empty(len(X), dtype=int)
    for node, rows in rows_of(model, X):
        leaf[rows] = node
    assert np.array_equal(model.apply(X), leaf)
    assert np.array_equal(model.apply(X[:1]), leaf[:1])


@every_criterion
@pytest.mark.parametrize("block", [1, 100, 2**30])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_size_of_a_block_changes_nothing(monkeypatch, block, criterion, weighted):
    X, y = DATA["wine"]
    w = sevens(178) if weighted else None
    params = {"min_weight_fraction_leaf": 0.01, "max_features": 7, "random_state": 0}
    expected = tree_of(criterion, **params).fit(X, y, sample_weight=w)
    monkeypatch.setattr("decision_tree._BLOCK", block)
    model = tree_of(criterion, **params).fit(X, y, sample_weight=w)
    assert same_shape(model, expected)
    assert np.array_equal(model.apply(X), expected.apply(X))


def slow_path(tree, n):
    """Weakest links by the definition, on nested sets of leaves."""
    own = tree.n_node_samples * tree.impurity / n
    left, right = tree.children_left.copy(), tree.children_right.copy()

    def leaves(t):
        """The leaves below t."""
        return [t] if left[t] < 0 else leaves(left[t]) + leaves(right[t])

    def reached(t):
        """The nodes from t on down."""
        return [t] if left[t] < 0 else [t, *reached(left[t]), *reached(right[t])]

    alphas, sums = [0.0], [own[leaves(0)].sum()]
    while left[0] >= 0:
        inner = [t for t in reached(0) if left[t] >= 0]
        links = [(own[t] - own[leaves(t)].sum()) / (len(leaves(t)) - 1) for t in inner]
        weakest = inner[int(np.argmin(np.round(links, 13)))]
        left[weakest] = right[weakest] = -1
        alphas.append(min(links))
        sums.append(own[leaves(0)].sum())
    return alphas, sums


@pytest.mark.parametrize("data", ["wine", "breast cancer", "diabetes"])
def test_the_pruning_path_follows_its_definition(data):
    X, y = DATA[data]
    model = tree_of("squared_error" if data == "diabetes" else "entropy", max_depth=5)
    alphas, sums = slow_path(model.fit(X, y).tree_, len(X))
    path = model.cost_complexity_pruning_path(X, y)
    assert path.ccp_alphas == pytest.approx(alphas, abs=1e-10)
    assert path.impurities == pytest.approx(sums, abs=1e-10)


def test_memory_is_bounded():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(20_000, 10))
    y = X[:, 0] * X[:, 1] + X[:, 2] > 0
    tracemalloc.start()
    model = DecisionTreeClassifier(max_depth=8).fit(X, y)
    fit = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert model.get_depth() == 8
    assert fit < 6.5 * X.nbytes  # a few copies of the data, whatever the number of nodes
    many = np.tile(X, (10, 1))
    tracemalloc.start()
    model.predict_proba(many)
    predict = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert predict < many.nbytes / 2


def test_weights_take_two_more_copies_of_the_data_at_most():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(20_000, 10))
    y = X[:, 0] * X[:, 1] + X[:, 2] > 0
    tracemalloc.start()
    DecisionTreeClassifier(max_depth=8).fit(X, y, sample_weight=rng.uniform(size=20_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8.5 * X.nbytes


# --- 5. bad input ---

GOOD_X, GOOD_Y = [[0.0, 1.0], [1.0, 0.0], [2.0, 5.0]], [0, 1, 1]


@pytest.fixture
def fitted():
    """A classifier that has seen a table with the columns "a" and "b"."""
    return DecisionTreeClassifier().fit(Frame(GOOD_X, ["a", "b"]), GOOD_Y)


def holed(value):
    return [[0.0, value], *GOOD_X[1:]]


V, T, R = ValueError, TypeError, RuntimeError


def bad_training(Model, door):
    """What both trees refuse, to grow and to walk the pruning path alike."""

    def fit(X=GOOD_X, y=GOOD_Y, sample_weight=None, **params):
        return getattr(Model(**params), door)(X, y, sample_weight=sample_weight)

    def weigh(*sample_weight):
        return fit(sample_weight=sample_weight)

    allowed = "max_features must be one of None, 'sqrt', 'log2' or an integer >= 1 or a fraction"
    seeds = "random_state must be None, an integer >= 0 or a numpy.random.Generator"
    return {
        "unknown criterion": (lambda: fit(criterion="mse"), V, "criterion must be one of .*'mse'"),
        "no criterion": (lambda: fit(criterion=None), V, "criterion must be one of .* got None"),
        "no depth": (lambda: fit(max_depth=0), V, "max_depth must be >= 1, got 0"),
        "half a depth": (lambda: fit(max_depth=2.5), T, "max_depth must be an integer, got 2.5"),
        "a split of one": (lambda: fit(min_samples_split=1), V,
                           "min_samples_split must be >= 2, got 1"),
        "a split of half": (lambda: fit(min_samples_split=0.5), T,
                            "min_samples_split must be an integer, got 0.5"),
        "empty leaves": (lambda: fit(min_samples_leaf=0), V,
                         "min_samples_leaf must be >= 1, got 0"),
        "a bool of rows": (lambda: fit(min_samples_leaf=True), T,
                           "min_samples_leaf must be an integer, got True"),
        "more than half of the weight": (lambda: fit(min_weight_fraction_leaf=0.6), V,
                                         "min_weight_fraction_leaf must be >= 0 and <= 0.5"),
        "weight in words": (lambda: fit(min_weight_fraction_leaf="none"), T,
                            "min_weight_fraction_leaf must be a number, got 'none'"),
        "too many features": (lambda: fit(max_features=3), V,
                              "max_features=3 is more than the 2 features"),
        "no features": (lambda: fit(max_features=0), V, "max_features must be >= 1, got 0"),
        "too large a share": (lambda: fit(max_features=1.5), V,
                              "max_features must be > 0 and <= 1, got 1.5"),
        "an empty share": (lambda: fit(max_features=np.float32(0)), V,
                           "max_features must be > 0 and <= 1, got 0.0"),
        "auto features": (lambda: fit(max_features="auto"), V, f"{allowed}.* got 'auto'"),
        "a word of features": (lambda: fit(max_features="half"), V, f"{allowed}.* got 'half'"),
        "a list of features": (lambda: fit(max_features=[1]), V, allowed),
        "a bool of features": (lambda: fit(max_features=True), T,
                               "max_features must be an integer, got True"),
        "a seed in words": (lambda: fit(random_state="a"), T, f"{seeds}, got 'a'"),
        "half a seed": (lambda: fit(random_state=0.5), T, f"{seeds}, got 0.5"),
        "a negative seed": (lambda: fit(random_state=-1), V, "random_state must be >= 0, got -1"),
        "a rise of impurity": (lambda: fit(min_impurity_decrease=-1), V,
                               "min_impurity_decrease must be >= 0, got -1"),
        "negative price": (lambda: fit(ccp_alpha=-0.1), V, "ccp_alpha must be >= 0, got -0.1"),
        "infinite price": (lambda: fit(ccp_alpha=np.inf), V,
                           "ccp_alpha must be >= 0 and finite, got inf"),
        "price in words": (lambda: fit(ccp_alpha="big"), T,
                           "ccp_alpha must be a number, got 'big'"),
        "flat X": (lambda: fit([1.0, 2.0, 3.0]), V, r"non-empty 2-D array, got shape \(3,\)\."),
        "3-D X": (lambda: fit([GOOD_X]), V, r"non-empty 2-D array, got shape \(1, 3, 2\)"),
        "no rows": (lambda: fit(np.empty((0, 2)), []), V, r"0 sample\(s\), 2 feature\(s\)"),
        "no columns": (lambda: fit(np.empty((3, 0))), V, r"3 sample\(s\), 0 feature\(s\)"),
        "no X": (lambda: fit(None), V, "X is None: an array is needed"),
        "nan in X": (lambda: fit(holed(np.nan)), V, r"X contains NaN or infinity: X\[0, 1\]"),
        "infinity in X": (lambda: fit(holed(-np.inf)), V, "X contains NaN or infinity"),
        "None in X": (lambda: fit(holed(None)), V, r"infinity: X\[0, 1\] is None"),
        "NA in X": (lambda: fit(holed(NA)), V, r"column 1 holds a missing value: X\[0, 1\]"),
        "text in a column": (lambda: fit(holed("red")), T,
                             r"numbers, but column 1 holds text: X\[0, 1\] is 'red'"),
        "numerals in X": (lambda: fit(np.array(holed("3"), dtype=object)), T,
                          "column 1 holds text"),
        "dates in X": (lambda: fit(holed(datetime.date(2020, 2, 1))), T,
                       r"column 1 holds a date: X\[0, 1\] is '2020-02-01'"),
        "a huge integer": (lambda: fit(holed(10**400)), V, "a number beyond the range of float64"),
        "masked X": (lambda: fit(masked(GOOD_X)), V, "X is a masked array"),
        "complex X": (lambda: fit([[1j, 2]] * 3), V, "Complex data not supported"),
        "ragged X": (lambda: fit([[1, 2], [3]], [0, 1]), V,
                     "X must be an array whose rows all have the same length"),
        "sparse X": (lambda: fit(Sparse(EIGHT)), T, r"X is a sparse matrix.*X\.toarray\(\)"),
        "y too short": (lambda: fit(y=[0, 1]), V,
                        r"one entry for each row of X: expected shape \(3,\), got \(2,\)"),
        "two columns of y": (lambda: fit(y=[[0, 1]] * 3), V, r"shape \(3,\), got \(3, 2\)"),
        "nan in y": (lambda: fit(y=[0, 1, np.nan]), V, "y contains NaN or infinity"),
        "None in y": (lambda: fit(y=np.array([0, 1, None])), V, "missing|infinity: y.2. is None"),
        "masked y": (lambda: fit(y=masked(GOOD_Y, 0)), V, "y is a masked array"),
        "no y": (lambda: fit(y=None), V, "fit requires y to be passed, but the target y is None"),
        "a negative weight": (lambda: weigh(1, -1, 1), V, "sample_weight must be >= 0 and not all"),
        "no weight above 0": (lambda: weigh(0, 0, 0), V, "sample_weight must be >= 0 and not all"),
        "a missing weight": (lambda: weigh(1, np.nan, 1), V, "sample_weight contains NaN"),
        "too few weights": (lambda: weigh(1, 2), V,
                            r"sample_weight should be a 1d array .* \(3,\), got \(2,\)"),
        "weights in words": (lambda: weigh("a", "b", "c"), T,
                             "sample_weight must be an array of numbers, but it holds text"),
    }


def bad_labels(door):
    """What only the tree for classes refuses."""

    def fit(y=GOOD_Y, **params):
        return getattr(DecisionTreeClassifier(**params), door)(GOOD_X, y)

    missing = "y holds a missing label"
    return {
        "numbers for classes": (lambda: fit([0.5, 1, 2]), V, "y is continuous"),
        "a missing label in a list": (lambda: fit(["a", float("nan"), "b"]), V, missing),
        "None among labels": (lambda: fit(["a", 1, None]), V, missing),
        "NA among labels": (lambda: fit(["a", NA, "b"]), V, missing),
        "numbers mixed with words": (lambda: fit(["a", 1, "b"]), T,
                                     "y mixes strings with other values, 'a' with 1"),
        "a class weight below 0": (lambda: fit(class_weight={0: -1}), V,
                                   r"class_weight\[0\] must be > 0, got -1"),
        "a class weight in words": (lambda: fit(class_weight={0: "b"}), T,
                                    r"class_weight\[0\] must be a number, got 'b'"),
        "weights of an unknown class": (lambda: fit(class_weight={7: 2}), V,
                                        "class_weight names 7, which is not in y"),
        "unknown class weights": (lambda: fit(class_weight="even"), V,
                                  "class_weight must be one of None, 'balanced' or a dict"),
        "a list of class weights": (lambda: fit(class_weight=[1, 2]), V, "class_weight must be"),
    }


BAD_FITS = {
    f"{name}: {Model.__name__}.{door}": case
    for Model, door in itertools.product(MODELS, ("fit", "cost_complexity_pruning_path"))
    for name, case in bad_training(Model, door).items()
} | {
    f"{name}: {door}": case
    for door in ("fit", "cost_complexity_pruning_path")
    for name, case in bad_labels(door).items()
} | {
    "words for numbers": (lambda: DecisionTreeRegressor().fit(GOOD_X, ["a", "b", "c"]), T,
                          r"y must be an array of numbers, but it holds text: y\[0\] is 'a'"),
    "gini of numbers": (lambda: DecisionTreeRegressor(criterion="gini").fit(GOOD_X, GOOD_Y), V,
                        "criterion must be one of 'squared_error', got 'gini'"),
}

BAD_QUESTIONS = {
    "predict narrow": (lambda m: m.predict([[1.0]]), V,
                       "X has 1 features, but DecisionTreeClassifier is expecting 2.*: fit saw 2"),
    "predict flat": (lambda m: m.predict([1.0, 2.0]), V, r"X\.reshape\(1, -1\) one sample"),
    "predict nan": (lambda m: m.predict([[1.0, np.nan]]), V, "X contains NaN or infinity"),
    "predict text": (lambda m: m.predict([[1.0, "b"]]), T, "column 1 holds text"),
    "predict in another order": (lambda m: m.predict(Frame(GOOD_X, ["b", "a"])), V,
                                 r"fit saw the columns \['a', 'b'\], X has \['b', 'a'\]"),
    "probabilities of other columns": (lambda m: m.predict_proba(Frame(GOOD_X, ["a", "c"])), V,
                                       "The feature names should match"),
    "leaves in another order": (lambda m: m.apply(Frame(GOOD_X, ["b", "a"])), V,
                                "The feature names should match"),
    "probabilities flat": (lambda m: m.predict_proba([1.0, 2.0]), V, r"got shape \(2,\)"),
    "leaf of nan": (lambda m: m.apply([[1.0, np.nan]]), V, "X contains NaN or infinity"),
    "explain a narrow row": (lambda m: m.explain([1.0]), V, "X has 1 features, but"),
    "explain two rows": (lambda m: m.explain([[1.0, 2], [3, 4]]), V,
                         "DecisionTreeClassifier.explain takes one row, got 2 rows"),
    "explain a row of four": (lambda m: m.explain([1.0, 2, 3, 4]), V, "X has 4 features, but"),
    "explain a block": (lambda m: m.explain([[[1.0, 2]]]), V, r"got shape \(1, 1, 2\)"),
    "explain a number": (lambda m: m.explain(3), V, r"2-D array, got shape \(\)"),
    "explain no rows": (lambda m: m.explain(np.empty((0, 2))), V, r"0 sample\(s\)"),
    "explain None": (lambda m: m.explain(None), V, "x is None"),
    "explain nan": (lambda m: m.explain([1.0, np.nan]), V, "X contains NaN or infinity"),
    "explain text": (lambda m: m.explain([1.0, "b"]), T, "column 1 holds text"),
    "explain in another order": (lambda m: m.explain(Frame(GOOD_X[:1], ["b", "a"])), V,
                                 "The feature names should match"),
    "explain with one name": (lambda m: m.explain([1.0, 2], ["a"]), V,
                              "feature_names must hold 2 names, got 1"),
    "text with three names": (lambda m: m.export_text(["a"] * 3), V,
                              "feature_names must hold 2 names, got 3"),
    "text of -1 digits": (lambda m: m.export_text(decimals=-1), V, "decimals must be >= 0, got -1"),
    "text of half a digit": (lambda m: m.export_text(decimals=0.5), T,
                             "decimals must be an integer, got 0.5"),
}


@pytest.mark.parametrize("name", BAD_FITS)
def test_bad_input_is_met_at_the_door(name):
    call, error, message = BAD_FITS[name]
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("name", BAD_QUESTIONS)
def test_bad_questions_are_met_at_the_door(name, fitted):
    call, error, message = BAD_QUESTIONS[name]
    with pytest.raises(error, match=message):
        call(fitted)


USES = {
    "predict": lambda m: m.predict(GOOD_X),
    "apply": lambda m: m.apply(GOOD_X),
    "explain": lambda m: m.explain(GOOD_X[0]),
    "export_text": lambda m: m.export_text(),
    "get_depth": lambda m: m.get_depth(),
    "get_n_leaves": lambda m: m.get_n_leaves(),
}


@every_model
@pytest.mark.parametrize("use", USES)
def test_a_model_that_is_not_fitted_says_so(Model, use):
    with pytest.raises(RuntimeError, match=f"{Model.__name__} is not fitted: call fit first"):
        USES[use](Model())
    if Model is DecisionTreeClassifier:
        with pytest.raises(RuntimeError, match="is not fitted"):
            Model().predict_proba(GOOD_X)


@every_model
def test_errors_and_help_name_the_class_they_belong_to(Model):
    with pytest.raises(TypeError, match=f"{Model.__name__}.fit"):
        Model().fit(GOOD_X)
    with pytest.raises(TypeError, match=f"{Model.__name__}.__init__"):
        Model(depth=3)
    assert Model.fit.__annotations__["return"] == Model.__name__
    assert f"self : {Model.__name__}" in Model.fit.__doc__
    for method in ("fit", "predict"):
        assert getattr(Model, method).__qualname__ == f"{Model.__name__}.{method}"
    other = (set(MODELS) - {Model}).pop()
    for name in dir(Model):
        assert other.__name__ not in getattr(getattr(Model, name), "__qualname__", "")


@every_model
def test_a_failed_fit_leaves_the_earlier_fit_usable(Model):
    model = Model().fit(GOOD_X, GOOD_Y)
    before, text = copy.deepcopy(vars(model)), model.export_text()
    changes = {"max_features": 9, "criterion": "mse", "random_state": "a", "ccp_alpha": -1}
    for name, value in changes.items():
        setattr(model, name, value)
        with pytest.raises((ValueError, TypeError)):
            model.fit([[1.0], [2.0]], [2, 1])
        setattr(model, name, before[name])
        assert model.predict(GOOD_X).tolist() == GOOD_Y and model.export_text() == text
    for X, y, w in (([[1.0], [2.0]], [2, 1, 1], None), ([[np.nan], [1.0]], [0, 1], None),
                    ([[1.0], [2.0]], [0, 1], [0, 0]), ([["a"], ["b"]], [0, 1], None)):
        with pytest.raises((ValueError, TypeError)):
            model.fit(X, y, sample_weight=w)
        assert model.predict(GOOD_X).tolist() == GOOD_Y and model.export_text() == text
    assert set(vars(model)) == set(before)
    for name in before.keys() - {"tree_"}:
        assert np.array_equal(before[name], vars(model)[name])


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
    DecisionTreeClassifier: {
        "criterion": "gini", "max_depth": None, "min_samples_split": 2, "min_samples_leaf": 1,
        "min_weight_fraction_leaf": 0.0, "max_features": None, "random_state": None,
        "min_impurity_decrease": 0.0, "class_weight": None, "ccp_alpha": 0.0},
    DecisionTreeRegressor: {
        "criterion": "squared_error", "max_depth": None, "min_samples_split": 2,
        "min_samples_leaf": 1, "min_weight_fraction_leaf": 0.0, "max_features": None,
        "random_state": None, "min_impurity_decrease": 0.0, "ccp_alpha": 0.0},
}
DEFAULTS_OF_METHODS = {
    "fit": {"sample_weight": None},
    "cost_complexity_pruning_path": {"sample_weight": None},
    "explain": {"feature_names": None},
    "export_text": {"feature_names": None, "decimals": 2},
}


def stated_defaults(documented):
    """What a docstring says after `default=`."""
    found = re.findall(r"(?m)^(\w+) : .*default=(.+)$", inspect.getdoc(documented))
    return {name: ast.literal_eval(value) for name, value in found}


def defaults_in_the_signature(function):
    parameters = inspect.signature(function).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not p.empty}


@every_model
def test_defaults_are_those_of_scikit_learn_and_of_the_docstring(Model):
    assert defaults_in_the_signature(Model) == DEFAULTS[Model] == stated_defaults(Model)
    kinds = {p.kind for p in inspect.signature(Model).parameters.values()}
    assert kinds == {inspect.Parameter.KEYWORD_ONLY}
    for method, defaults in DEFAULTS_OF_METHODS.items():
        function = getattr(Model, method)
        assert defaults_in_the_signature(function) == defaults == stated_defaults(function)


@every_model
def test_fit_returns_the_model_and_leaves_its_hyperparameters_alone(Model):
    for params in ({}, {"max_features": "sqrt", "random_state": np.random.default_rng(0)},
                   {"max_features": 0.5, "ccp_alpha": 1, "max_depth": 3}):
        model = Model(**params)
        given = dict(vars(model))
        assert model.fit(*mixed_data(0)) is model
        assert all(vars(model)[name] is value for name, value in given.items())


@every_model
def test_one_row_is_one_leaf(Model):
    model = Model().fit([[3.0]], [1])
    assert model.predict([[8.0], [0]]).tolist() == [1, 1]
    assert (model.get_depth(), model.get_n_leaves()) == (0, 1)
    assert model.export_text().startswith("|--- ")
    assert model.explain([3.0]).startswith("so ")
    assert (model.tree_.node_count, model.tree_.max_depth, model.tree_.n_leaves) == (1, 0, 1)
    assert model.cost_complexity_pruning_path([[3.0]], [1]).ccp_alphas.tolist() == [0]


@every_criterion
def test_rows_that_all_come_twice_change_only_the_counts(criterion):
    X, y = mixed_data(1)
    once = tree_of(criterion).fit(X, y)
    twice = tree_of(criterion).fit(np.vstack([X, X]), np.append(y, y))
    assert same_shape(twice, once)
    assert (twice.tree_.n_node_samples == 2 * once.tree_.n_node_samples).all()
    assert twice.tree_.value == pytest.approx(once.tree_.value, rel=1e-13)
    assert twice.feature_importances_ == pytest.approx(once.feature_importances_, rel=1e-12)


def test_equal_rows_with_different_labels_share_a_leaf():
    model = DecisionTreeClassifier().fit([[1], [1], [1], [2]], ["a", "b", "b", "a"])
    assert model.predict_proba([[1]])[0] == pytest.approx([1 / 3, 2 / 3])
    assert (model.get_depth(), model.get_n_leaves()) == (1, 2)
    lone = DecisionTreeRegressor().fit([[7], [7]], [1.0, 2.0])
    assert (lone.get_depth(), lone.predict([[7]]).tolist()) == (0, [1.5])


@every_model
def test_a_constant_column_is_never_asked_about(Model):
    X, y = mixed_data(0)
    assert 2 not in Model().fit(X, y).tree_.feature
    assert Model().fit(np.ones((9, 2)), np.arange(9) % 2).get_n_leaves() == 1


@every_criterion
@pytest.mark.parametrize("c", [1e3, 1e-3, 1e300, 1e-300])
def test_units_may_be_of_any_size(criterion, c):
    X, y = mixed_data(4)
    a, b = tree_of(criterion).fit(X, y), tree_of(criterion).fit(X * c, y)
    assert np.array_equal(a.tree_.feature, b.tree_.feature)
    assert np.array_equal(a.apply(X), b.apply(X * c))


@pytest.mark.parametrize("a", [1.0, -1.0, 0.0, 5e-324, -1e-310, 1e16, -1e300, 1.797693134862e308])
@every_model
def test_neighbouring_floats_are_truly_separated(Model, a):
    X = np.array([[a], [np.nextafter(a, np.inf)]])
    model = Model().fit(X, [0, 1])
    assert a <= model.tree_.threshold[0] < X[1, 0]
    assert model.predict(X).tolist() == [0, 1]


@every_model
def test_thresholds_do_not_overflow(Model):
    X = np.array([[-1.7e308], [1.7e308], [1.6e308]])
    assert Model().fit(X, [0, 1, 2]).predict(X).tolist() == [0, 1, 2]


@pytest.mark.parametrize("power", [-1070, -1000, -10, 10, 1000, 1021])
def test_the_scale_of_y_does_not_matter(power):
    X, y = mixed_data(4)
    a = DecisionTreeRegressor(max_depth=4).fit(X, y)
    b = DecisionTreeRegressor(max_depth=4).fit(X, np.ldexp(y, power))
    assert same_shape(a, b)
    assert b.feature_importances_ == pytest.approx(a.feature_importances_)
    # No mean is lost; an impurity, being a square, may leave the floats on either side.
    assert b.predict(X) == pytest.approx(np.ldexp(a.predict(X), power), abs=5e-324)
    assert not np.isnan(b.tree_.impurity).any()


@pytest.mark.parametrize("power", [-500, -10, 10, 500])
def test_prices_are_in_units_of_y_squared(power):
    X, y = mixed_data(4)
    path = DecisionTreeRegressor().cost_complexity_pruning_path(X, y)
    scaled = DecisionTreeRegressor().cost_complexity_pruning_path(X, np.ldexp(y, power))
    assert scaled.ccp_alphas.tolist() == np.ldexp(path.ccp_alphas, 2 * power).tolist()
    assert scaled.impurities.tolist() == np.ldexp(path.impurities, 2 * power).tolist()
    full = DecisionTreeRegressor().fit(X, y).get_n_leaves()
    for name in ("ccp_alpha", "min_impurity_decrease"):
        a = DecisionTreeRegressor(**{name: 0.02}).fit(X, y)
        b = DecisionTreeRegressor(**{name: np.ldexp(0.02, 2 * power)}).fit(X, np.ldexp(y, power))
        assert same_shape(a, b)
        assert 1 < a.get_n_leaves() < full


@every_model
@pytest.mark.parametrize("name", ["ccp_alpha", "min_impurity_decrease"])
def test_the_largest_price_leaves_one_leaf_and_the_smallest_a_full_tree(Model, name):
    X, y = EIGHT, np.arange(8) // 2 % 2
    for price, leaves in ((5e-324, 4), (1.7e308, 1)):  # without an overflow on the way
        assert Model(**{name: price}).fit(X, y).get_n_leaves() == leaves


@pytest.mark.parametrize("offset", [1e6, 1e9, -1e12])
def test_an_offset_of_y_costs_no_digits(offset):
    """About the node's own mean there is nothing to cancel; about zero 1e12 would drown it all."""
    X, y = mixed_data(9)
    y = np.array([0, 1, 3])[y]  # thirds of the span
    a, b = DecisionTreeRegressor().fit(X, y), DecisionTreeRegressor().fit(X, y + offset)
    assert same_shape(a, b)
    assert b.tree_.impurity == pytest.approx(a.tree_.impurity, rel=1e-12)
    assert b.predict(X) - offset == pytest.approx(a.predict(X), abs=2e-16 * abs(offset))


def test_constant_targets_are_one_leaf_with_exactly_that_value():
    for value in (0.1, 1e300, -3e-308, 0.0):
        model = DecisionTreeRegressor().fit(np.arange(7.0)[:, None], np.full(7, value))
        assert model.get_n_leaves() == 1
        assert model.predict([[3]])[0] == value
        assert (model.feature_importances_ == 0).all()


def test_targets_that_differ_by_little_beside_one_huge_one_are_still_told_apart():
    for sign in (1, -1):
        y = sign * np.array([1.0, 1e-200, 2e-200, 2e-200])
        model = DecisionTreeRegressor().fit(EIGHT[:4], y)
        assert model.predict(EIGHT[:4]).tolist() == y.tolist()


def test_a_long_chain_of_cuts_needs_no_recursion():
    n = 1200
    X, y = np.arange(n)[:, None], np.ldexp(1.0, -np.arange(n) // 2)
    model = DecisionTreeRegressor().fit(X, y)
    assert model.get_depth() > 300
    assert model.predict(X) == pytest.approx(y, rel=1e-12, abs=0)
    assert model.export_text().count("\n") == 2 * (model.get_n_leaves() - 1) + model.get_n_leaves()


def test_a_path_leaves_the_model_as_it_is():
    model = DecisionTreeClassifier(ccp_alpha=0.1).fit(GOOD_X, GOOD_Y)
    before = dict(vars(model))
    path = model.cost_complexity_pruning_path(*DATA["iris"])
    assert vars(model).keys() == before.keys()
    assert model.tree_ is before["tree_"]
    assert len(path.ccp_alphas) > 2  # of the unpruned tree, whatever ccp_alpha


def test_later_splits_can_be_hidden_for_an_animation():
    """A tree with its last cuts folded back is a tree: regions and drawing can grow together."""
    X, y = make_xor(100, random_state=0)
    model = DecisionTreeClassifier().fit(X, y)
    feature = np.where(np.arange(len(model.tree_.feature)) < 1, model.tree_.feature, -2)
    stump = copy.copy(model)
    stump.tree_ = model.tree_._replace(feature=feature)
    assert set(stump.apply(X)) == {model.tree_.children_left[0], model.tree_.children_right[0]}


@every_model
def test_fractions_in_single_precision_are_cut_where_they_lie(Model):
    X, y = mixed_data(6)
    X = X.astype(np.float32)
    model, other = Model().fit(X.astype(float), y), Model().fit(X, y)
    assert same_shape(model, other)
    assert np.array_equal(other.predict(X), model.predict(X.astype(float)))


@every_model
@pytest.mark.parametrize("form", FORMS)
def test_any_form_of_the_same_numbers_gives_the_same_fit(form, Model):
    X, y = mixed_data(6)
    X = np.rint(10 * X)
    model, other = Model().fit(X, y), Model().fit(FORMS[form](X), y.tolist())
    assert same_shape(model, other)
    assert np.array_equal(other.predict(FORMS[form](X)), model.predict(X))
    assert np.array_equal(model.apply(FORMS[form](X)), model.apply(X))


def test_integers_and_truth_values_are_cut_by_size():
    X = np.array([[1], [2], [3], [10]])
    model = DecisionTreeClassifier().fit(X, [0, 0, 1, 1])
    assert (model.get_n_leaves(), model.tree_.threshold[0]) == (2, 2.5)
    assert DecisionTreeClassifier().fit(X > 2, [0, 0, 1, 1]).tree_.threshold[0] == 0.5


@pytest.mark.parametrize("labels", [
    ["red", "green"], [True, False], [-7, 300], [2.0, 1.0],
    np.array(["one", "three"], dtype=object), np.array([3, 1], dtype=np.int8),
], ids=str)
def test_labels_of_any_kind_come_back_as_they_were(labels):
    labels = np.asarray(labels)
    y = labels[np.arange(8) // 2 % 2]
    for column in (y, y[:, None]):
        model = DecisionTreeClassifier().fit(EIGHT, column)
        assert model.classes_.tolist() == sorted(labels.tolist())
        assert model.predict(EIGHT).dtype == labels.dtype
        assert (model.predict(EIGHT) == y).all()


@every_model
def test_a_row_predicts_the_same_alone_as_in_company(Model):
    """The company is foreign: rows far from all that fit saw, before and after."""
    X, y = DATA["wine"]
    model = Model(max_depth=3).fit(X, y)
    rng = np.random.default_rng(0)
    alone = [model.predict(row[None])[0] for row in X]
    foreign = np.vstack([np.full((1, 13), 1e300), -1e3 * X[:50], rng.normal(size=(70_000, 13))])
    assert model.predict(np.vstack([X, foreign]))[:len(X)].tolist() == alone
    assert model.predict(np.vstack([foreign, X]))[-len(X):].tolist() == alone
    shuffled = rng.permutation(len(X))
    assert model.predict(X[shuffled]).tolist() == np.array(alone)[shuffled].tolist()
    if Model is DecisionTreeClassifier:
        p = model.predict_proba(np.vstack([foreign, X]))[-len(X):]
        assert np.array_equal(p, np.vstack([model.predict_proba(row[None]) for row in X]))


@every_model
def test_column_names_are_remembered_used_and_forgotten(Model):
    X, y = [[0, 1], [1, 0], [2, 5]], [0, 1, 1]
    model = Model().fit(Frame(X, ["length", "width"]), y)
    assert model.feature_names_in_.tolist() == ["length", "width"]
    assert "length <= 0.5" in model.export_text(decimals=1)
    assert "length <= 0.5" in Model().fit(X, y).export_text(["length", "width"], decimals=1)
    assert model.explain(Frame([[0, 1]], ["length", "width"])).startswith("length is 0, at most")
    assert model.explain([0, 1]).startswith("length is 0, at most 0.5")
    assert model.explain([0, 1], ["a", "b"]).startswith("a is 0, at most 0.5")
    assert np.array_equal(model.predict(X), model.predict(Frame(X, ["length", "width"])))
    assert not hasattr(model.fit(X, y), "feature_names_in_")
    assert "feature_0 <= 0.5" in model.export_text(decimals=1)
    assert not hasattr(model.fit(Frame(X, [0, 1]), y), "feature_names_in_")


@every_model
def test_input_is_left_as_it_was_and_later_changes_do_not_reach_the_model(Model):
    X, y = mixed_data(8)
    weights = np.arange(len(y)) % 4
    A, t, w = X.copy(), y.copy(), weights.copy()
    model = Model().fit(A, t, sample_weight=w)
    before = model.predict(A)
    assert (A == X).all() and (t == y).all() and (w == weights).all()
    A[:], t[:], w[:] = 0, 0, 0
    assert (model.predict(X) == before).all()
    model.apply(X)[:] = 7
    model.predict(X)[:] = 7
    assert (model.predict(X) == before).all()


@every_model
def test_a_second_fit_forgets_the_first(Model):
    X, y = mixed_data(1)
    model = Model(ccp_alpha=0.01).fit(*DATA["iris"]).fit(X, y)
    fresh = Model(ccp_alpha=0.01).fit(X, y)
    assert vars(model).keys() == vars(fresh).keys()
    assert same_shape(model, fresh)
    assert np.array_equal(model.feature_importances_, fresh.feature_importances_)


@every_model
@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_a_model_survives_pickle_and_deepcopy(Model, duplicate):
    X, y = mixed_data(1)
    model = Model().fit(X, y)
    twin = duplicate(model)
    assert isinstance(twin.tree_, Tree)
    assert (twin.predict(X) == model.predict(X)).all()
    assert set(vars(twin)) == set(vars(model))


@every_model
def test_a_seed_fixes_the_result_and_leaves_the_global_generator_alone(Model):
    def tree(random_state):
        return Model(max_features=1, random_state=random_state).fit(*DATA["wine"])

    before = str(np.random.get_state())  # noqa: NPY002
    assert same_shape(tree(0), tree(0))  # 0 is a seed like any other
    assert not same_shape(tree(0), tree(1)) and not same_shape(tree(None), tree(None))
    rng = np.random.default_rng(0)
    assert same_shape(tree(rng), tree(0)) and not same_shape(tree(rng), tree(0))  # drawn on
    assert str(np.random.get_state()) == before  # noqa: NPY002
