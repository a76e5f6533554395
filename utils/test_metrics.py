"""Tests of `utils.metrics`: by hand, properties, scikit-learn's numbers, brute force, bad input."""

import doctest
import inspect
import time
import tracemalloc

import numpy as np
import pytest

import utils.metrics
from utils.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from utils.docstrings import faults, signature_defaults
from utils.forms import NA, Sparse, masked
from utils.metrics import (
    accuracy_score,
    adjusted_r2_score,
    adjusted_rand_score,
    average_precision_score,
    balanced_accuracy_score,
    brier_score,
    calibration_curve,
    confusion_matrix,
    contingency_matrix,
    f1_score,
    log_loss,
    matthews_corrcoef,
    mean_absolute_error,
    mean_squared_error,
    precision_recall_curve,
    precision_score,
    r2_score,
    recall_score,
    roc_auc_score,
    roc_curve,
    root_mean_squared_error,
    silhouette_samples,
    silhouette_score,
)

# ------------------------------------------------------------------------------------- by hand


def test_regression_scores_by_hand():
    y_true, y_pred = [1, 2, 3, 6], [2, 2, 5, 4]
    # errors -1, 0, -2, 2: squares 1 + 0 + 4 + 4 = 9, absolute values 1 + 0 + 2 + 2 = 5
    assert mean_squared_error(y_true, y_pred) == 9 / 4
    assert root_mean_squared_error(y_true, y_pred) == 3 / 2
    assert mean_absolute_error(y_true, y_pred) == 5 / 4
    # mean 3, SST = 4 + 1 + 0 + 9 = 14
    assert r2_score(y_true, y_pred) == pytest.approx(1 - 9 / 14, rel=1e-15)
    assert adjusted_r2_score(y_true, y_pred, 1) == pytest.approx(1 - 9 / 14 * 3 / 2, rel=1e-15)


def test_sample_weights_by_hand():
    y_true, y_pred, w = [1, 2, 3], [1, 3, 5], [1, 2, 1]
    assert mean_squared_error(y_true, y_pred, w) == (0 * 1 + 1 * 2 + 4 * 1) / 4
    assert mean_absolute_error(y_true, y_pred, w) == (0 * 1 + 1 * 2 + 2 * 1) / 4
    assert r2_score(y_true, y_pred, w) == 1 - 6 / 2  # SST = 1 * 1 + 2 * 0 + 1 * 1
    assert accuracy_score(["a", "b", "a"], ["a", "a", "a"], w) == (1 + 1) / 4


def test_classification_scores_by_hand():
    #      hit  miss false alarm, three correct rejections and one more miss
    y_true = [1, 1, 0, 0, 0, 0, 1]
    y_pred = [1, 0, 1, 0, 0, 0, 0]
    assert confusion_matrix(y_true, y_pred).tolist() == [[3, 1], [2, 1]]
    assert accuracy_score(y_true, y_pred) == 4 / 7
    assert precision_score(y_true, y_pred) == 1 / 2  # one of two alarms was right
    assert recall_score(y_true, y_pred) == 1 / 3  # one of three positives was found
    assert f1_score(y_true, y_pred) == 2 * 1 / (2 * 1 + 1 + 2)
    assert balanced_accuracy_score(y_true, y_pred) == (3 / 4 + 1 / 3) / 2
    # (TP TN - FP FN) / sqrt((TP+FP)(TP+FN)(TN+FP)(TN+FN)) = (3 - 2) / sqrt(2 * 3 * 4 * 5)
    assert matthews_corrcoef(y_true, y_pred) == pytest.approx(1 / np.sqrt(120), rel=1e-15)


def test_averages_over_three_classes_by_hand():
    y_true = ["ash", "ash", "ash", "elm", "elm", "oak"]
    y_pred = ["ash", "ash", "elm", "elm", "oak", "ash"]
    assert confusion_matrix(y_true, y_pred).tolist() == [[2, 1, 0], [0, 1, 1], [1, 0, 0]]
    per_class = precision_score(y_true, y_pred, average=None)
    assert per_class.tolist() == [2 / 3, 1 / 2, 0 / 1]
    assert precision_score(y_true, y_pred, average="macro") == pytest.approx(7 / 18, rel=1e-15)
    weighted = (3 * (2 / 3) + 2 * (1 / 2) + 1 * 0) / 6
    assert precision_score(y_true, y_pred, average="weighted") == pytest.approx(weighted, rel=1e-15)
    assert precision_score(y_true, y_pred, average="micro") == 3 / 6
    assert recall_score(y_true, y_pred, average=None).tolist() == [2 / 3, 1 / 2, 0]
    # 2 TP / (predicted + actual): 4 / (3 + 3), 2 / (2 + 2), 0 / (1 + 1)
    assert f1_score(y_true, y_pred, average=None).tolist() == [4 / 6, 2 / 4, 0]


def test_confusion_matrix_keeps_the_order_asked_for_and_drops_other_labels():
    y_true, y_pred = ["a", "b", "c", "a"], ["b", "b", "a", "a"]
    assert confusion_matrix(y_true, y_pred, labels=["b", "a"]).tolist() == [[1, 0], [1, 1]]
    assert confusion_matrix(y_true, y_pred, labels=["a", "z"]).tolist() == [[1, 0], [0, 0]]


def test_probability_scores_by_hand():
    y_true, p = [1, 0], [0.8, 0.4]
    assert log_loss(y_true, p) == pytest.approx(-(np.log(0.8) + np.log(0.6)) / 2, rel=1e-15)
    assert brier_score(y_true, p) == pytest.approx((0.2**2 + 0.4**2) / 2, rel=1e-15)
    P = [[0.5, 0.2, 0.3], [0.1, 0.1, 0.8]]
    labels = ["x", "y", "z"]
    assert log_loss(["x", "z"], P, labels=labels) == pytest.approx(-np.log(0.5 * 0.8) / 2)
    squares = (0.5**2 + 0.2**2 + 0.3**2) + (0.1**2 + 0.1**2 + 0.2**2)
    assert brier_score(["x", "z"], P, labels=labels) == pytest.approx(squares / 2)
    assert brier_score(["x", "z"], P, labels=labels, sample_weight=[0, 1]) == pytest.approx(0.06)


def test_roc_and_precision_recall_by_hand_with_a_tie():
    y_true, y_score = [1, 0, 1, 0], [0.9, 0.5, 0.5, 0.1]
    fpr, tpr, thresholds = roc_curve(y_true, y_score)
    # >= inf: nothing; >= 0.9: one positive; >= 0.5: one of each more, at once; >= 0.1: all
    assert thresholds.tolist() == [np.inf, 0.9, 0.5, 0.1]
    assert tpr.tolist() == [0, 1 / 2, 1, 1]
    assert fpr.tolist() == [0, 0, 1 / 2, 1]
    # pairs: 0.9 > 0.5, 0.9 > 0.1, 0.5 = 0.5 (one half), 0.5 > 0.1
    assert roc_auc_score(y_true, y_score) == 3.5 / 4
    precision, recall, thresholds = precision_recall_curve(y_true, y_score)
    assert thresholds.tolist() == [0.1, 0.5, 0.9]
    assert precision.tolist() == [2 / 4, 2 / 3, 1, 1]
    assert recall.tolist() == [1, 1, 1 / 2, 0]
    # recall 0 -> 1/2 at precision 1, 1/2 -> 1 at precision 2/3
    assert average_precision_score(y_true, y_score) == pytest.approx(1 / 2 + 1 / 2 * 2 / 3)


def test_calibration_by_hand():
    y_true, p = [0, 1, 1, 1], [0.1, 0.5, 0.6, 1.0]  # 0.5 is an edge: the lower bin's
    prob_true, prob_pred, counts = calibration_curve(y_true, p, n_bins=2, return_counts=True)
    assert prob_true.tolist() == [1 / 2, 1]
    assert prob_pred.tolist() == [0.3, 0.8]
    assert counts.tolist() == [2, 2]
    prob_true, prob_pred = calibration_curve(y_true, p, n_bins=10)  # only four bins hold a row
    assert prob_true.tolist() == [0, 1, 1, 1]
    assert prob_pred.tolist() == p
    assert calibration_curve([-1, -1], [0.1, 0.3], n_bins=1)[0].tolist() == [0]  # none came true


def test_silhouette_by_hand():
    # On a line: 0 and 2 against 10 and 14.  Point 0: a = 2, b = (10 + 14) / 2 = 12.
    s = silhouette_samples([[0], [2], [10], [14]], ["l", "l", "r", "r"])
    expected = [(12 - 2) / 12, (10 - 2) / 10, (9 - 4) / 9, (13 - 4) / 13]
    np.testing.assert_allclose(s, expected, rtol=1e-14)


def test_contingency_and_adjusted_rand_by_hand():
    labels_true, labels_pred = ["a", "a", "a", "b", "b", "b"], [0, 0, 1, 1, 2, 2]
    assert contingency_matrix(labels_true, labels_pred).tolist() == [[2, 1, 0], [0, 1, 2]]
    # pairs together in both: 1 + 1 = 2; in true 3 + 3 = 6; in pred 1 + 1 + 1 = 3; of 15 in all
    # expected 6 * 3 / 15 = 1.2, greatest (6 + 3) / 2 = 4.5
    assert adjusted_rand_score(labels_true, labels_pred) == pytest.approx((2 - 1.2) / (4.5 - 1.2))


# ---------------------------------------------------------------------------------- properties


def test_a_perfect_prediction_gets_the_best_score():
    y, x, p = [0, 1, 1, 2], [0.5, 1.0, 4.0, -2.0], [0.0, 1.0, 1.0]
    assert mean_squared_error(x, x) == root_mean_squared_error(x, x) == 0
    assert mean_absolute_error(x, x) == 0
    assert r2_score(x, x) == adjusted_r2_score(x, x, 2) == 1
    assert accuracy_score(y, y) == balanced_accuracy_score(y, y) == 1
    assert matthews_corrcoef(y, y) == pytest.approx(1, rel=1e-15)
    for score in (precision_score, recall_score, f1_score):
        assert [score(y, y, average=a) for a in ("macro", "micro", "weighted")] == [1, 1, 1]
    assert log_loss([0, 1, 1], p) == brier_score([0, 1, 1], p) == 0
    assert roc_auc_score([0, 1, 1], p) == average_precision_score([0, 1, 1], p) == 1
    assert adjusted_rand_score(y, y) == 1


def test_a_constant_prediction_scores_as_chance():
    y = np.array([0, 0, 0, 1, 1, 1, 1, 1])
    assert r2_score(y, np.full(8, y.mean())) == 0
    assert balanced_accuracy_score(y, np.ones(8, int)) == 0.5
    assert matthews_corrcoef(y, np.ones(8, int)) == 0
    assert roc_auc_score(y, np.full(8, 0.3)) == 0.5
    assert average_precision_score(y, np.full(8, 0.3)) == 5 / 8  # the share of positives
    assert log_loss(y, np.full(8, 0.5)) == pytest.approx(np.log(2), rel=1e-15)
    assert brier_score(y, np.full(8, 0.5)) == 0.25


def test_r2_is_not_a_squared_correlation():
    y = np.array([1.0, 2.0, 4.0])
    assert r2_score(y, 100 * y + 7) < -1000


def test_r2_of_a_constant_target_is_one_if_exact_and_else_zero():
    assert r2_score([0.1] * 3, [0.1] * 3) == 1.0  # the mean of these three is not 0.1
    assert r2_score([0.1] * 3, [0.2] * 3) == 0.0
    assert r2_score([5, 5, 9], [5, 5, 0], sample_weight=[0.1, 0.7, 0]) == 1.0


@pytest.mark.parametrize("offset, scale", [(1e8, 1), (-1e12, 4), (0, 1e300), (0, 1e-300)])
def test_r2_survives_offsets_and_scales(offset, scale):
    y, prediction = np.array([1.0, 2.0, 4.0, 8.0]), np.array([2.0, 2.0, 4.0, 5.0])
    expected = 1 - 10 / 28.75
    assert r2_score(offset + scale * y, offset + scale * prediction) == pytest.approx(expected)


def test_rmse_does_not_overflow():
    assert root_mean_squared_error([3e200, 0], [0, 4e200]) == pytest.approx(np.sqrt(12.5) * 1e200)


@pytest.mark.parametrize("score", [precision_score, recall_score, f1_score])
def test_zero_over_zero_is_what_zero_division_says(score):
    assert score([0, 0], [0, 0]) == 0.0
    assert score([0, 0], [0, 0], zero_division=1) == 1.0
    per_class = score([0, 1, 1], [0, 1, 1], average=None, zero_division=0.5)
    assert per_class.tolist() == [1.0, 1.0]  # a rule for 0 / 0 only


def test_nothing_predicted_positive_and_no_positive_at_all():
    assert precision_score([0, 1], [0, 0], zero_division=0.25) == 0.25
    assert recall_score([0, 1], [0, 0], zero_division=0.25) == 0.0
    assert f1_score([0, 1], [0, 0], zero_division=0.25) == 0.0  # 0 / (0 + 1): defined
    assert recall_score([0, 0], [0, 1], zero_division=0.25) == 0.25
    assert precision_score([0, 0], [0, 1], zero_division=0.25) == 0.0


def test_a_class_predicted_but_never_true_counts_in_macro_not_in_balanced_accuracy():
    y_true, y_pred = ["a", "a", "b"], ["a", "c", "b"]
    assert recall_score(y_true, y_pred, average="macro") == pytest.approx((1 / 2 + 1 + 0) / 3)
    assert balanced_accuracy_score(y_true, y_pred) == (1 / 2 + 1) / 2


def test_micro_average_is_accuracy():
    y_true, y_pred = [0, 1, 2, 2, 1], [0, 2, 2, 1, 1]
    for score in (precision_score, recall_score, f1_score):
        assert score(y_true, y_pred, average="micro") == accuracy_score(y_true, y_pred) == 0.6


def test_label_names_and_row_order_do_not_matter():
    rng = np.random.default_rng(0)
    y_true, y_pred = rng.integers(0, 3, 50), rng.integers(0, 3, 50)
    names, order = np.array(["ant", "bee", "cow"]), rng.permutation(50)
    for score in (accuracy_score, balanced_accuracy_score, matthews_corrcoef, adjusted_rand_score):
        expected = score(y_true, y_pred)
        assert score(names[y_true], names[y_pred]) == expected
        assert score(y_true[order], y_pred[order]) == pytest.approx(expected, rel=1e-14)
    assert adjusted_rand_score(y_true, (y_pred + 1) % 3) == adjusted_rand_score(y_true, y_pred)


def test_booleans_strings_and_objects_are_labels():
    assert accuracy_score([True, False], [1, 0]) == 1
    assert f1_score(np.array(["ham", "spam"], dtype=object), ["ham", "spam"], pos_label="spam") == 1
    assert roc_auc_score(["no", "yes"], [0.1, 0.7]) == 1  # the larger label is the positive one
    assert roc_auc_score([-1, 1], [0.1, 0.7]) == 1
    assert accuracy_score([1.0, 2.0], [1, 2]) == 1
    assert accuracy_score(np.array([2, 1], dtype=object), [2, 1]) == 1


def test_pos_label_turns_the_curves_round():
    y_true, y_score = ["a", "b", "b", "a"], np.array([0.9, 0.4, 0.3, 0.2])
    fpr, tpr, _ = roc_curve(y_true, y_score, pos_label="a")
    assert tpr.tolist() == [0, 1 / 2, 1 / 2, 1 / 2, 1]
    assert fpr.tolist() == [0, 0, 1 / 2, 1, 1]
    assert average_precision_score(y_true, y_score, pos_label="a") == (1 + 2 / 4) / 2


def test_probabilities_of_zero_cost_36_and_rounding_beyond_one_is_forgiven():
    assert log_loss([1, 0], [0.0, 0.0]) == pytest.approx(-np.log(np.finfo(float).eps) / 2)
    assert log_loss([1, 0], [1 + 2e-16, 0.0]) == 0


def test_auc_depends_on_order_only():
    y, s = load_breast_cancer()[1], -load_breast_cancer()[0][:, 0]
    assert roc_auc_score(y, s) == roc_auc_score(y, np.exp(s)) == roc_auc_score(y, 1e200 * s)
    assert roc_auc_score(1 - y, -s) == roc_auc_score(y, s)
    assert roc_auc_score(y, -s) == pytest.approx(1 - roc_auc_score(y, s), rel=1e-14)


def test_auc_is_the_area_under_the_curve():
    X, y = load_breast_cancer()[:2]
    fpr, tpr, _ = roc_curve(y, -X[:, 0])
    area = np.sum(np.diff(fpr) * (tpr[1:] + tpr[:-1]) / 2)
    assert roc_auc_score(y, -X[:, 0]) == pytest.approx(area, rel=1e-14)


def test_adjusted_rand_at_its_ends():
    assert adjusted_rand_score([0, 0, 1], [5, 5, 5]) == 0.0
    assert adjusted_rand_score([0, 0, 0], ["x", "x", "x"]) == 1.0
    assert adjusted_rand_score([0, 1, 2], [7, 8, 9]) == 1.0
    assert adjusted_rand_score([0], [1]) == 1.0
    assert adjusted_rand_score([0, 0, 1, 1], [0, 1, 0, 1]) == -0.5


def test_adjusted_rand_of_many_rows_and_clusters_neither_overflows_nor_needs_a_table():
    labels = np.arange(200_000) // 2
    assert adjusted_rand_score(labels, labels[::-1]) == 1.0
    assert abs(adjusted_rand_score(labels % 2, labels // 2 % 2)) < 1e-4


def test_silhouette_of_a_single_row_and_of_equal_rows_is_zero():
    assert silhouette_samples([[0], [1], [9]], [0, 0, 1])[2] == 0
    assert silhouette_samples([[4], [4], [4], [4]], [0, 0, 1, 1]).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("offset, scale", [(1e8, 1), (0, 1e300), (0, 1e-300)])
def test_silhouette_survives_offsets_and_scales(offset, scale):
    X, y = np.round(load_iris()[0] * 8), load_iris()[1]  # small integers: offset + X is exact
    expected = silhouette_samples(X, y)
    np.testing.assert_allclose(silhouette_samples(offset + scale * X, y), expected, atol=1e-9)


def test_inputs_are_left_untouched():
    X, y = load_wine()[:2]
    p = np.full(len(y), 0.5)
    X_before, y_before = X.copy(), y.copy()
    silhouette_score(X, y)
    r2_score(X[:, 0], X[:, 1])
    log_loss(y > 0, p)
    brier_score(y > 0, p)
    roc_auc_score(y > 0, X[:, 0])
    assert (X == X_before).all() and (y == y_before).all() and (p == 0.5).all()


# ----------------------------------------------- scikit-learn 1.9.1 on the data sets of utils/data


def test_regression_scores_are_those_of_scikit_learn():
    X, y = load_diabetes()[:2]
    line = 10 * X[:, 2] - 100
    scores = (mean_squared_error, root_mean_squared_error, mean_absolute_error, r2_score)
    plain = [4026.6425339366515, 63.455831362741215, 53.22171945701358, 0.32095772448557436]
    by_age = [4032.7988342270924, 63.5043213823051, 53.557612497085564, 0.32598931963378974]
    np.testing.assert_allclose([score(y, line) for score in scores], plain, rtol=1e-13)
    np.testing.assert_allclose([score(y, line, X[:, 0]) for score in scores], by_age, rtol=1e-13)


def test_binary_scores_are_those_of_scikit_learn():
    X, y = load_breast_cancer()[:2]
    radius = X[:, 0]
    p = 1 / (1 + np.exp(3 * (radius - radius.mean()) / radius.std() - 0.5))
    pred = (p > 0.5).astype(int)
    assert confusion_matrix(y, pred).tolist() == [[167, 45], [25, 332]]
    ours = [precision_score(y, pred), recall_score(y, pred), f1_score(y, pred)]
    np.testing.assert_allclose(
        ours, [0.8806366047745358, 0.9299719887955182, 0.9046321525885559], rtol=1e-13
    )
    assert matthews_corrcoef(y, pred) == pytest.approx(0.7338857214574833, rel=1e-13)
    assert balanced_accuracy_score(y, pred) == pytest.approx(0.858853918926061, rel=1e-13)
    assert log_loss(y, p) == pytest.approx(0.2949186456962851, rel=1e-12)
    assert brier_score(y, p) == pytest.approx(0.09029817857894927, rel=1e-12)
    assert roc_auc_score(y, -radius) == pytest.approx(0.9375165160403786, rel=1e-13)
    assert average_precision_score(y, -radius) == pytest.approx(0.9557717884036514, rel=1e-13)
    assert len(roc_curve(y, -radius)[0]) == 457


@pytest.mark.parametrize(
    "strategy, n_bins, prob_true, prob_pred",
    [
        (
            "uniform",
            5,
            [0.02362205, 0.18421053, 0.59649123, 0.74390244, 0.9509434],
            [0.04212654, 0.29510732, 0.50228318, 0.71554513, 0.92332066],
        ),
        (
            "quantile",
            4,
            [0.04166667, 0.59574468, 0.90140845, 0.97887324],
            [0.06499721, 0.56481609, 0.86084132, 0.96697769],
        ),
    ],
)
def test_calibration_is_that_of_scikit_learn(strategy, n_bins, prob_true, prob_pred):
    X, y = load_breast_cancer()[:2]
    radius = X[:, 0]
    p = 1 / (1 + np.exp(3 * (radius - radius.mean()) / radius.std() - 0.5))
    ours = calibration_curve(y, p, n_bins=n_bins, strategy=strategy, return_counts=True)
    np.testing.assert_allclose(ours[0], prob_true, atol=1e-8)
    np.testing.assert_allclose(ours[1], prob_pred, atol=1e-8)
    assert ours[2].sum() == len(y)


def test_multiclass_scores_are_those_of_scikit_learn():
    X, y = load_iris()[:2]
    petal = X[:, 2]
    cut = (petal > 2.5).astype(int) + (petal > 4.5)
    assert confusion_matrix(y, cut).tolist() == [[50, 0, 0], [0, 36, 14], [0, 1, 49]]
    assert adjusted_rand_score(y, cut) == pytest.approx(0.7445264308738749, rel=1e-13)
    assert matthews_corrcoef(y, cut) == pytest.approx(0.8597416125970908, rel=1e-13)
    assert f1_score(y, cut, average="macro") == pytest.approx(0.8982809480215644, rel=1e-13)
    assert precision_score(y, cut, average="weighted") == pytest.approx(0.9169169169169169)
    P = np.exp(-np.abs(petal[:, None] - [1.5, 4.3, 5.6]))
    P /= P.sum(axis=1, keepdims=True)
    assert log_loss(y, P) == pytest.approx(0.3116585984568763, rel=1e-12)
    assert brier_score(y, P) == pytest.approx(0.15501037866559816, rel=1e-12)
    assert roc_auc_score(y, P) == pytest.approx(0.9932666666666666, rel=1e-13)
    assert roc_auc_score(np.array(["p", "q", "r"])[y], P[:, ::-1], labels=["r", "q", "p"]) == (
        pytest.approx(0.9932666666666666, rel=1e-13)
    )


def test_silhouettes_are_those_of_scikit_learn():
    X, y = load_iris()[:2]
    assert silhouette_score(X, y) == pytest.approx(0.5034774406932961, rel=1e-10)
    ours = silhouette_samples(X, y)[[0, 50, 100]]
    sklearns = [0.8464691670128704, 0.06371556327037456, 0.4868420953396992]
    np.testing.assert_allclose(ours, sklearns, rtol=1e-9)
    X, y = load_wine()[:2]
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    assert silhouette_score(X, y) == pytest.approx(0.20008297882823028, rel=1e-10)
    assert silhouette_score(Z, y) == pytest.approx(0.2797798205630649, rel=1e-10)


# ---------------------------------------------------------------------------------- brute force


def silhouette_one_row_at_a_time(X, labels):
    result = []
    for i in range(len(X)):
        distance = np.sqrt(((X - X[i]) ** 2).sum(axis=1))
        own = (labels == labels[i]) & (np.arange(len(X)) != i)
        if not own.any():
            result.append(0.0)
            continue
        a = distance[own].mean()
        b = min(distance[labels == c].mean() for c in set(labels) - {labels[i]})
        result.append((b - a) / max(a, b) if max(a, b) > 0 else 0.0)
    return np.array(result)


@pytest.mark.parametrize("seed", range(20))
def test_silhouette_equals_its_definition(seed):
    rng = np.random.default_rng(seed)
    n = 1500 if seed == 0 else int(rng.integers(5, 60))  # 1500 rows take three blocks
    X = np.round(rng.normal(size=(n, int(rng.integers(1, 5)))), 1)  # with equal rows
    labels = rng.integers(0, 4, n)
    labels[:3] = [0, 0, 1]
    expected = silhouette_one_row_at_a_time(X, labels)
    np.testing.assert_allclose(silhouette_samples(X, labels), expected, rtol=1e-9, atol=1e-12)


def test_silhouette_of_tight_groups_beside_a_far_outlier_keeps_its_digits():
    rng = np.random.default_rng(0)
    X = np.vstack([rng.normal(size=(60, 3)), [[1e9, 0, 0]]])
    labels = np.append(rng.integers(0, 3, 60), 3)
    expected = silhouette_one_row_at_a_time(X, labels)
    np.testing.assert_allclose(silhouette_samples(X, labels), expected, atol=1e-6)
    assert np.ptp(expected[:60]) > 0.1


def test_silhouette_of_close_pairs_far_from_each_other_keeps_its_digits():
    rng = np.random.default_rng(1)
    X = np.repeat(rng.normal(size=(8, 2)) * 1e3, 2, axis=0)
    X[1::2] += rng.normal(size=(8, 2)) * 1e-5  # each row has one neighbour, and labels part them
    labels = np.arange(16) % 2
    expected = silhouette_one_row_at_a_time(X, labels)
    np.testing.assert_allclose(silhouette_samples(X, labels), expected, rtol=1e-9, atol=1e-12)


def test_silhouette_of_20000_points_stays_in_a_few_tens_of_megabytes():
    rng = np.random.default_rng(0)
    labels = np.arange(20_000) % 4
    X = rng.normal(size=(20_000, 2)) + 5 * labels[:, None]
    tracemalloc.start()
    score = silhouette_score(X, labels)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50e6
    assert 0.5 < score < 0.8


@pytest.mark.parametrize("seed", range(20))
def test_adjusted_rand_equals_a_count_of_all_pairs(seed):
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 3, 15), rng.integers(0, 4, 15)
    i, j = np.triu_indices(15, k=1)
    in_a, in_b = a[i] == a[j], b[i] == b[j]
    expected = in_a.mean() * in_b.mean()
    ari = ((in_a & in_b).mean() - expected) / ((in_a.mean() + in_b.mean()) / 2 - expected)
    assert adjusted_rand_score(a, b) == pytest.approx(ari, abs=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_auc_equals_a_count_of_all_pairs_and_curves_equal_one_threshold_at_a_time(seed):
    rng = np.random.default_rng(seed)
    y = np.append([0, 1], rng.integers(0, 2, 30))
    s = rng.integers(0, 8, 32) / 8  # many ties
    pairs = s[y == 1][:, None] - s[y == 0]
    assert roc_auc_score(y, s) == pytest.approx(np.mean((pairs > 0) + 0.5 * (pairs == 0)))
    fpr, tpr, thresholds = roc_curve(y, s)
    assert thresholds[1:].tolist() == sorted(set(s), reverse=True)
    assert tpr.tolist() == [(s[y == 1] >= t).mean() for t in thresholds]
    assert fpr.tolist() == [(s[y == 0] >= t).mean() for t in thresholds]
    precision, recall, thresholds = precision_recall_curve(y, s)
    assert precision[:-1].tolist() == [precision_score(y, (s >= t).astype(int)) for t in thresholds]
    assert recall[:-1].tolist() == [recall_score(y, (s >= t).astype(int)) for t in thresholds]


@pytest.mark.parametrize("seed", range(10))
def test_matthews_is_the_correlation_of_the_indicators(seed):
    rng = np.random.default_rng(seed)
    y_true, y_pred = np.append([0, 1], rng.integers(0, 2, 20)), np.append([1, 0], np.arange(20) % 2)
    expected = np.corrcoef(y_true, y_pred)[0, 1]
    assert matthews_corrcoef(y_true, y_pred) == pytest.approx(expected, abs=1e-12)


def scores_from_the_matrix(y_true, y_pred, zero_division):
    """Every score of labels by its definition, from the whole k x k matrix of counts."""
    matrix = confusion_matrix(y_true, y_pred)
    hits, predicted, actual = matrix.diagonal(), matrix.sum(axis=0), matrix.sum(axis=1)
    n, right = matrix.sum(), matrix.trace()

    def ratio(top, bottom):
        return np.array([t / b if b else zero_division for t, b in zip(top, bottom)])

    covariance = float(right * n - actual @ predicted)
    spread = float(n * n - actual @ actual) ** 0.5 * float(n * n - predicted @ predicted) ** 0.5
    return {
        precision_score: ratio(hits, predicted),
        recall_score: ratio(hits, actual),
        f1_score: ratio(2 * hits, predicted + actual),
        balanced_accuracy_score: float(np.mean((hits / np.maximum(actual, 1))[actual > 0])),
        matthews_corrcoef: covariance / spread if spread else 0.0,
    }, actual


@pytest.mark.parametrize("seed", range(30))
def test_scores_of_labels_are_to_the_bit_those_of_the_whole_matrix(seed):
    rng = np.random.default_rng(seed)
    k, n = int(rng.integers(1, 12)), int(rng.integers(1, 60))
    y_true, y_pred = rng.integers(0, k, n), rng.integers(0, k, n)
    zero_division = float(rng.integers(0, 3) / 2)
    expected, actual = scores_from_the_matrix(y_true, y_pred, zero_division)
    for score in (balanced_accuracy_score, matthews_corrcoef):
        assert score(y_true, y_pred) == expected[score]
    for score in (precision_score, recall_score, f1_score):
        options = {"zero_division": zero_division}
        each = score(y_true, y_pred, average=None, **options)
        assert each.tolist() == expected[score].tolist()
        assert score(y_true, y_pred, average="macro", **options) == expected[score].mean()
        weighted = np.average(expected[score], weights=actual)
        assert score(y_true, y_pred, average="weighted", **options) == weighted


MANY = np.arange(20_000)
FROM_COUNTS = [precision_score, recall_score, f1_score, balanced_accuracy_score, matthews_corrcoef]


@pytest.mark.parametrize("score", FROM_COUNTS)
def test_twenty_thousand_labels_take_a_blink_and_a_few_megabytes(score):
    options = {"average": "macro"} if "average" in inspect.signature(score).parameters else {}
    wrong = np.where(MANY % 4, MANY, (MANY + 4) % 20_000)  # every fourth label is another
    tracemalloc.start()
    start = time.process_time()
    result = score(MANY, wrong, **options)
    seconds = time.process_time() - start
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert result == pytest.approx(0.75, abs=1e-4)
    assert seconds < 0.5 and peak < 10e6


def test_a_confusion_matrix_of_a_few_among_many_labels_is_small():
    tracemalloc.start()
    matrix = confusion_matrix(MANY, MANY[::-1], labels=[19_999, 0, 77])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert matrix.tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    assert peak < 20e6


@pytest.mark.parametrize("seed", range(20))
def test_a_confusion_matrix_of_listed_labels_is_that_part_of_the_whole(seed):
    rng = np.random.default_rng(seed)
    y_true, y_pred = rng.integers(0, 6, 40), rng.integers(0, 6, 40)
    labels = rng.permutation(np.unique([y_true, y_pred]))[: int(rng.integers(1, 7))]
    whole = {(t, p): np.sum((y_true == t) & (y_pred == p)) for t in labels for p in labels}
    matrix = confusion_matrix(y_true, y_pred, labels=[*labels, 99])
    expected = [[whole.get((t, p), 0) for p in [*labels, 99]] for t in [*labels, 99]]
    assert matrix.tolist() == expected


# ------------------------------------------------------------------- bins of probabilities


@pytest.mark.parametrize("n_bins", [1, 2, 3, 4, 5, 7, 10, 20])
def test_a_probability_on_an_edge_belongs_to_the_lower_bin(n_bins):
    # i / n_bins is the upper edge of bin i, and 0 has no lower bin than the first
    edges = np.arange(n_bins + 1) / n_bins
    prob_pred, counts = calibration_curve(
        np.arange(n_bins + 1) % 2, edges, pos_label=1, n_bins=n_bins, return_counts=True
    )[1:]
    assert counts.tolist() == [2] + [1] * (n_bins - 1)
    np.testing.assert_allclose(prob_pred, [edges[:2].mean(), *edges[2:]])


@pytest.mark.parametrize("on_the_edge", [0.1 + 0.2, 0.3, np.mean([0.1, 0.2, 0.6]), 1 - 0.7])
def test_rounding_does_not_carry_a_probability_over_an_edge(on_the_edge):
    counts = calibration_curve([0, 1], [0.25, on_the_edge], n_bins=10, return_counts=True)[2]
    assert counts.tolist() == [2]
    counts = calibration_curve([0, 1], [0.25, 0.300001], n_bins=10, return_counts=True)[2]
    assert counts.tolist() == [1, 1]


def test_every_probability_of_ten_neighbours_is_in_the_bin_below_it():
    p = np.repeat(np.arange(11) / 10, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    for sum_of_tenths in (p, np.array([sum([0.1] * round(10 * q)) for q in p]).clip(0, 1)):
        counts = calibration_curve(p > 0.5, sum_of_tenths, n_bins=10, return_counts=True)[2]
        assert counts.tolist() == [3, 3, 4, 5, 6, 7, 8, 9, 10, 11]


def test_quantile_edges_that_are_values_belong_to_the_lower_bin():
    p = [0.1, 0.2, 0.3, 0.4, 0.5]  # the quartiles are 0.2, 0.3 and 0.4
    counts = calibration_curve(
        [0, 0, 1, 1, 1], p, n_bins=4, strategy="quantile", return_counts=True
    )[2]
    assert counts.tolist() == [2, 1, 1, 1]


# ----------------------------------------------------------------------------- every function

NUMBERS, LABELS, P, MANY_P = [1.0, 2.0, 4.0], [0, 1, 1], [0.2, 0.7, 0.9], np.eye(3)
CALLS = {
    mean_squared_error: {"y_true": NUMBERS, "y_pred": NUMBERS, "sample_weight": NUMBERS},
    root_mean_squared_error: {"y_true": NUMBERS, "y_pred": NUMBERS, "sample_weight": NUMBERS},
    mean_absolute_error: {"y_true": NUMBERS, "y_pred": NUMBERS, "sample_weight": NUMBERS},
    r2_score: {"y_true": NUMBERS, "y_pred": NUMBERS, "sample_weight": NUMBERS},
    adjusted_r2_score: {"y_true": NUMBERS, "y_pred": NUMBERS, "n_features": 1},
    accuracy_score: {"y_true": LABELS, "y_pred": LABELS, "sample_weight": NUMBERS},
    confusion_matrix: {"y_true": LABELS, "y_pred": LABELS, "labels": [0, 1]},
    balanced_accuracy_score: {"y_true": LABELS, "y_pred": LABELS},
    precision_score: {"y_true": LABELS, "y_pred": LABELS},
    recall_score: {"y_true": LABELS, "y_pred": LABELS},
    f1_score: {"y_true": LABELS, "y_pred": LABELS},
    matthews_corrcoef: {"y_true": LABELS, "y_pred": LABELS},
    log_loss: {"y_true": LABELS, "y_proba": P, "labels": [0, 1], "sample_weight": NUMBERS},
    brier_score: {"y_true": LABELS, "y_proba": P, "labels": [0, 1], "sample_weight": NUMBERS},
    calibration_curve: {"y_true": LABELS, "y_proba": P},
    roc_curve: {"y_true": LABELS, "y_score": P},
    roc_auc_score: {"y_true": LABELS, "y_score": P},
    precision_recall_curve: {"y_true": LABELS, "y_score": P},
    average_precision_score: {"y_true": LABELS, "y_score": P},
    contingency_matrix: {"labels_true": LABELS, "labels_pred": LABELS},
    adjusted_rand_score: {"labels_true": LABELS, "labels_pred": LABELS},
    silhouette_samples: {"X": [[1], [2], [4]], "labels": LABELS},
    silhouette_score: {"X": [[1], [2], [4]], "labels": LABELS},
}
ARRAYS = [(f, name) for f, given in CALLS.items() for name in given if name != "n_features"]
LABELLED = [(f, name) for f, name in ARRAYS if CALLS[f][name] is LABELS or name == "labels"]
MEASURED = [pair for pair in ARRAYS if pair not in LABELLED]


def call_with(function, name, value):
    return function(**{**CALLS[function], name: value})


@pytest.mark.parametrize("function", CALLS)
def test_the_calls_of_this_table_are_good(function):
    function(**CALLS[function])


def shape_of(function, name):
    return np.shape(CALLS[function][name])


@pytest.mark.parametrize("function, name", ARRAYS)
def test_a_masked_array_is_refused(function, name):
    hidden = masked(CALLS[function][name], (0,) * len(shape_of(function, name)))
    for form in (hidden, list(hidden), np.ma.array(CALLS[function][name])):
        with pytest.raises(ValueError, match=f"{name} is a masked array: a masked entry is a mis"):
            call_with(function, name, form)


@pytest.mark.parametrize("function, name", ARRAYS)
def test_a_sparse_matrix_is_told_what_to_call(function, name):
    with pytest.raises(TypeError, match=rf"{name} is a sparse matrix: call {name}.toarray\(\) fir"):
        call_with(function, name, Sparse([[1, 0]]))


@pytest.mark.parametrize("missing", [float("nan"), None, NA, np.nan, np.datetime64("NaT", "D")])
@pytest.mark.parametrize("function, name", LABELLED)
def test_a_missing_label_in_a_list_is_refused(function, name, missing):
    for labels in (["a", "b", missing], [0, 1, missing]):
        for form in (labels, np.array(labels, dtype=object)):
            with pytest.raises(ValueError, match=rf"{name} holds a missing label \("):
                call_with(function, name, form)


@pytest.mark.parametrize("function, name", LABELLED)
def test_words_mixed_with_numbers_are_refused(function, name):
    for labels in (["a", 1, "b"], [0, "b", 0], ("a", True, "b"), ["a", 1.5, "a"]):
        for form in (labels, np.array(labels, dtype=object)):
            with pytest.raises(TypeError, match=f"{name} mixes words with other values, such as"):
                call_with(function, name, form)


@pytest.mark.parametrize(
    "values, error, message",
    [
        (["a", "b", "c"], TypeError, "holds text: .*0.* is 'a'"),
        (np.array(["2020-01-01"] * 3, dtype="M8[D]"), TypeError, "holds dates .*0.* is 2020-01-01"),
        ([1, 2j, 3], TypeError, "holds complex numbers"),
        (["1", "2", "3"], TypeError, "holds text: .* is '1'"),
        ([1, NA, 2], ValueError, "holds a missing value: .*1.* is <NA>"),
        ([1, None, 2], ValueError, "holds a missing value: .*1.* is None"),
        ([1, float("nan"), 2], ValueError, "contains NaN or infinity"),
        ([1, 10**400, 2], ValueError, "holds an integer beyond 1.8e308, the range of floats"),
    ],
)
@pytest.mark.parametrize("function, name", MEASURED)
def test_what_is_no_number_is_named(function, name, values, error, message):
    given = [[v] for v in values] if len(shape_of(function, name)) == 2 else values
    with pytest.raises(error, match=f"{name} .*{message}"):
        call_with(function, name, given)


@pytest.mark.parametrize("function, name", ARRAYS)
def test_nothing_at_all_is_refused(function, name):
    if signature_defaults(function).get(name, ...) is not None:
        with pytest.raises(ValueError, match=f"{name} is None: an array is needed"):
            call_with(function, name, None)


DEFAULTS = {
    **{function: {} for function in CALLS},
    **{
        function: {"sample_weight": None}
        for function in (
            mean_squared_error,
            root_mean_squared_error,
            mean_absolute_error,
            r2_score,
            accuracy_score,
        )
    },
    **{
        function: {"pos_label": 1, "average": "binary", "zero_division": 0.0}
        for function in (precision_score, recall_score, f1_score)
    },
    confusion_matrix: {"labels": None},
    log_loss: {"labels": None, "sample_weight": None},
    brier_score: {"labels": None, "sample_weight": None},
    calibration_curve: {
        "pos_label": None,
        "n_bins": 5,
        "strategy": "uniform",
        "return_counts": False,
    },
    roc_curve: {"pos_label": None},
    roc_auc_score: {"labels": None},
    precision_recall_curve: {"pos_label": None},
    average_precision_score: {"pos_label": None},
}


def test_every_public_function_is_in_the_tables():
    functions = inspect.getmembers(utils.metrics, inspect.isfunction)
    public = {
        f for name, f in functions if f.__module__ == "utils.metrics" and name[0] != "_"
    }
    assert public == set(CALLS) == set(DEFAULTS)


@pytest.mark.parametrize("function", DEFAULTS)
def test_defaults_are_those_of_the_table_and_of_the_docstring(function):
    assert repr(signature_defaults(function)) == repr(DEFAULTS[function])
    assert faults(function) == []


def test_the_examples_of_the_module_run():
    assert doctest.testmod(utils.metrics).failed == 0


# ------------------------------------------------------------------------------------ bad input

NAN, TWO = float("nan"), [0, 1]

BAD_INPUT = [
    (mean_squared_error, ([1, 2], [1, 2, 3]), {}, "y_true has length 2, y_pred has length 3"),
    (mean_squared_error, ([], []), {}, r"y_true must be a non-empty 1-D array, got shape \(0,\)"),
    (mean_squared_error, (3.0, 3.0), {}, r"non-empty 1-D array, got shape \(\)"),
    (mean_squared_error, ([[1], [2]], TWO), {}, r"1-D array, got shape \(2, 1\)"),
    (mean_squared_error, ([1, NAN], TWO), {}, "y_true contains NaN or infinity"),
    (mean_absolute_error, (TWO, [1, np.inf]), {}, "y_pred contains NaN or infinity"),
    (mean_absolute_error, (TWO, [[1], [1, 2]]), {}, "y_pred has rows of different lengths"),
    (mean_squared_error, (TWO, TWO, [1]), {}, "sample_weight has length 1, y_true has length 2"),
    (mean_squared_error, (TWO, TWO, [1, -1]), {}, "sample_weight must be >= 0"),
    (r2_score, ([1], [1]), {}, "at least 2 samples, got 1"),
    (adjusted_r2_score, (TWO, TWO, 1), {}, r"n_features=1 is too many for 2 samples"),
    (adjusted_r2_score, (TWO, TWO, -1), {}, "n_features must be >= 0, got -1"),
    (accuracy_score, (TWO, [0.2, 0.9]), {}, "y_pred must hold class labels, got continuous .* 0.2"),
    (accuracy_score, (TWO, [0, NAN]), {}, r"y_pred holds a missing label \(nan\)"),
    (accuracy_score, (TWO, [0, np.inf]), {}, "y_pred contains infinity"),
    (confusion_matrix, (TWO, TWO), {"labels": [1, 1]}, r"labels=\[1, 1\] names a label twice"),
    (confusion_matrix, (TWO, TWO), {"labels": [7]}, r"labels=\[7\] holds none of the labels 0, 1"),
    (f1_score, ([0, 1, 2], [0, 1, 2]), {}, "needs at most two classes, got 3: choose 'macro'"),
    (f1_score, (TWO, TWO), {"average": "mean"}, "average must be 'binary', .* got 'mean'"),
    (f1_score, (["a", "b"], ["a", "b"]), {}, "pos_label=1 is not one of the labels 'a', 'b'"),
    (f1_score, (["a"], ["a"]), {}, "pos_label=1 is not one of the labels 'a'"),
    (f1_score, (TWO, TWO), {"zero_division": 1.5}, "zero_division must be from 0 to 1, got 1.5"),
    (log_loss, (TWO, [0.5, 1.5]), {}, "probabilities from 0 to 1, got 1.5"),
    (log_loss, (TWO, [[0.5, 0.6], [0, 1]]), {}, "must sum to 1, row 0 sums to 1.1"),
    (log_loss, (TWO, [[0.5, 0.5], [0.2, 0.7]]), {}, "must sum to 1, row 1 sums to 0.9"),
    (log_loss, (TWO, [[0.5, 0.51], [0.2, 0.7]]), {}, "must sum to 1, row 1 sums to 0.9"),
    (log_loss, ([1, 1], [0.5, 0.5]), {}, r"one class, 1: name all classes by labels=\["),
    (log_loss, ([0, 5], TWO), {"labels": [0, 1]}, r"y_true holds 5, which labels=\[0, 1\]"),
    (log_loss, ([0, 1, 2], [0, 1, 1]), {}, "columns for 2 classes, the labels are 0, 1, 2$"),
    (log_loss, ([0, 2, 0], np.eye(3)), {}, r"columns for 3 classes, the labels are 0, 2. Name all"),
    (brier_score, ([0, 2, 0], np.eye(3)), {}, r"in the order of the columns, by labels=\["),
    (roc_auc_score, ([0, 2, 0], np.eye(3)), {}, r"in the order of the columns, by labels=\["),
    (log_loss, ([0, 1, 0], np.eye(3)), {"labels": [0, 1]}, "3 classes, the labels are 0, 1$"),
    (log_loss, (["b", "b"], [[0, 1], [1, 0]]), {}, r"one class, 'b': name all .* labels=\["),
    (log_loss, ([0, 1, 1], TWO), {}, "y_true has length 3, y_proba has length 2"),
    (brier_score, (TWO, [-0.5, 1]), {}, "probabilities from 0 to 1, got -0.5"),
    (calibration_curve, (TWO, TWO), {"n_bins": 0}, "n_bins must be >= 1, got 0"),
    (calibration_curve, (TWO, TWO), {"strategy": "x"}, "'uniform' or 'quantile', got 'x'"),
    (calibration_curve, (["a", "a"], TWO), {}, "one class, 'a': name the positive by pos_label"),
    (roc_curve, ([0, 1, 2], [0, 1, 2]), {}, "y_true must hold two classes, got 3"),
    (roc_curve, ([0, 0], TWO), {}, "no positive row"),
    (roc_curve, ([1, 1], TWO), {}, "no negative row: a ROC curve needs both classes"),
    (roc_curve, (TWO, TWO), {"pos_label": 2}, "pos_label=2 is not one of the labels 0, 1"),
    (roc_curve, (TWO, [0.5]), {}, "y_true has length 2, y_score has length 1"),
    (roc_auc_score, (TWO, [[0, 1], [1, 0]]), {}, r"pass the positive class's alone"),
    (roc_auc_score, ([0, 1, 1], [[0, 1], [1, 0], [1, 0]]), {}, r"pass the positive class's alone"),
    (roc_auc_score, ([0, 1], [[0, 1, 0], [1, 0, 0]]), {}, r"columns for 3 classes, the labels are"),
    (roc_auc_score, ([0, 1, 1], np.eye(3)), {"labels": [0, 1, 2]}, "there is none of 2"),
    (average_precision_score, ([0, 0], TWO), {}, "no positive row, at least one is needed"),
    (silhouette_score, ([[1], [2], [3]], [0, 0, 0]), {}, "2 to n - 1 = 2 clusters, got 1"),
    (silhouette_score, ([[1], [2], [3]], [0, 1, 2]), {}, "2 to n - 1 = 2 clusters, got 3"),
    (silhouette_score, ([1, 2, 3], [0, 1, 1]), {}, r"X must be a non-empty 2-D array"),
    (silhouette_score, ([[1], [2], [NAN]], [0, 1, 1]), {}, "X contains NaN or infinity"),
    (silhouette_score, ([[1], [2], [3]], [0, 1]), {}, "X has length 3, labels has length 2"),
    (adjusted_rand_score, ([0, 1], [0]), {}, "labels_true has length 2, labels_pred has length 1"),
    (contingency_matrix, ([0, 1], [0.5, 1]), {}, "labels_pred must hold class labels"),
    (confusion_matrix, (MANY, MANY), {}, "20000 x 20000 counts needs 3.2 GB. Are these class la"),
    (contingency_matrix, (MANY, MANY), {}, "20000 x 20000 counts needs 3.2 GB"),
]
WRONG_KIND = [
    (accuracy_score, (["a", "b"], TWO), {}, "such as 'a', y_pred such as 0: both must be words"),
    (accuracy_score, (TWO, [1j, 0]), {}, "y_pred must hold words or numbers .* complex numbers"),
    (accuracy_score, (TWO, [b"a", b"b"]), {}, "y_pred must hold words or numbers .* got bytes"),
    (adjusted_r2_score, (NUMBERS, NUMBERS, 1.0), {}, "n_features must be an int, got 1.0"),
    (calibration_curve, (TWO, TWO), {"n_bins": 5.0}, "n_bins must be an int, got 5.0"),
    (calibration_curve, (TWO, TWO), {"n_bins": True}, "n_bins must be an int, got True"),
    (calibration_curve, (TWO, TWO), {"return_counts": 1}, "return_counts must be True or False"),
    (f1_score, (TWO, TWO), {"zero_division": "warn"}, "zero_division must be a number, got 'warn'"),
    (f1_score, (TWO, TWO), {"zero_division": True}, "zero_division must be a number, got True"),
]


@pytest.mark.parametrize("function, args, options, message", BAD_INPUT)
def test_bad_input_is_met_with_a_clear_message(function, args, options, message):
    with pytest.raises(ValueError, match=message):
        function(*args, **options)


@pytest.mark.parametrize("function, args, options, message", WRONG_KIND)
def test_a_wrong_kind_is_met_with_a_clear_message(function, args, options, message):
    with pytest.raises(TypeError, match=message):
        function(*args, **options)


def test_a_message_names_ten_labels_at_most():
    with pytest.raises(ValueError, match=r"the labels are 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, \.\.\.$"):
        log_loss(MANY, np.full(len(MANY), 0.5))
    for n, end in ((10, "8, 9$"), (11, r"8, 9, \.\.\.$")):
        with pytest.raises(ValueError, match=end):
            log_loss(MANY[:n], np.full(n, 0.5))


def test_a_matrix_of_counts_may_have_as_many_entries_as_allowed_and_no_more(monkeypatch):
    monkeypatch.setattr(utils.metrics, "_MOST_COUNTS", 12)
    assert contingency_matrix([0, 1, 2, 2], [0, 1, 2, 3]).shape == (3, 4)
    with pytest.raises(ValueError, match="a matrix of 4 x 4 counts"):
        confusion_matrix([0, 1, 2, 2], [0, 1, 2, 3])
    assert confusion_matrix([0, 1, 2, 2], [0, 1, 2, 3], labels=[0, 1]).tolist() == [[1, 0], [0, 1]]
