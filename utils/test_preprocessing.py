"""Tests of `utils.preprocessing`: by hand, as properties, against scikit-learn, at the edges."""

import copy
import doctest
import inspect
import pickle
import re
import time
import tracemalloc
from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
import pytest

import utils.preprocessing
from utils.datasets import load_digits, load_iris, load_wine
from utils.docstrings import faults, signature_defaults
from utils.forms import NA, Frame, Ragged, Sparse, masked
from utils.preprocessing import OrdinalEncoder, PolynomialFeatures, StandardScaler

TRANSFORMERS = [StandardScaler, PolynomialFeatures, OrdinalEncoder]


def random_matrix(n=50, d=3, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d))


# StandardScaler: by hand


def test_standardising_by_hand():
    X = [[1, 10], [3, 10], [5, 40], [7, 40]]
    scaler = StandardScaler().fit(X)
    assert scaler.mean_.tolist() == [4, 25]                    # (1 + 3 + 5 + 7) / 4
    # ((-3)² + (-1)² + 1² + 3²) / 4 = 5   and   4 · 15² / 4 = 225
    np.testing.assert_allclose(scaler.scale_, [5**0.5, 15], rtol=1e-15)
    np.testing.assert_allclose(scaler.transform([[4, 55]]), [[0, 2]])
    assert scaler.n_features_in_ == 2


def test_the_training_statistics_are_remembered():
    train, test = random_matrix(), random_matrix(n=7, seed=1) * 50 + 3
    scaler = StandardScaler().fit(train)
    together = scaler.transform(test)
    expected = (test - train.mean(axis=0)) / train.std(axis=0)
    np.testing.assert_allclose(together, expected, rtol=1e-13)
    for row, alone in zip(together, test):
        assert (scaler.transform(alone[None]) == row).all()


# StandardScaler: properties


@pytest.mark.parametrize("load", [load_iris, load_wine])
def test_standardised_columns_have_mean_zero_and_deviation_one(load):
    Z = StandardScaler().fit_transform(load().X)
    np.testing.assert_allclose(Z.mean(axis=0), 0, atol=1e-13)
    np.testing.assert_allclose(Z.std(axis=0), 1, rtol=1e-13)


def test_inverse_transform_returns_to_the_original_units():
    X = load_wine().X
    scaler = StandardScaler()
    np.testing.assert_allclose(scaler.inverse_transform(scaler.fit_transform(X)), X, rtol=1e-13)


def test_standardising_ignores_units_and_the_order_of_rows():
    X, order = random_matrix(), np.random.default_rng(1).permutation(50)
    Z = StandardScaler().fit_transform(X)
    W = StandardScaler().fit_transform(X * [1000, 0.001, -1] + [5, -7, 0])
    np.testing.assert_allclose(W, Z * [1, 1, -1], rtol=1e-9)
    np.testing.assert_allclose(StandardScaler().fit_transform(X[order]), Z[order], rtol=1e-12)


@pytest.mark.parametrize(("with_mean", "with_std"), list(product([False, True], repeat=2)))
def test_each_step_can_be_left_out(with_mean, with_std):
    X = random_matrix() * 3 + 2
    scaler = StandardScaler(with_mean=with_mean, with_std=with_std)
    Z = scaler.fit_transform(X)
    expected = X - X.mean(axis=0) if with_mean else X
    expected = expected / X.std(axis=0) if with_std else expected
    np.testing.assert_allclose(Z, expected, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(scaler.inverse_transform(Z), X, rtol=1e-13)
    assert (scaler.mean_ is None) == (not with_mean) and (scaler.scale_ is None) == (not with_std)
    assert not np.shares_memory(Z, X)


# StandardScaler: numbers at the edge


def exact_statistics(column):
    """Mean and variance in rational arithmetic, without any rounding."""
    values = [Fraction(float(v)) for v in column]
    mean = sum(values) / len(values)
    return mean, sum((v - mean) ** 2 for v in values) / len(values)


@pytest.mark.parametrize("offset", [0, 1, 1e8, -1e12, 1e13])
@pytest.mark.parametrize("n", [2, 7, 1000])
def test_an_offset_costs_no_digits(offset, n):
    x = random_matrix(n, 1) + offset
    scaler = StandardScaler().fit(x)
    mean, variance = exact_statistics(x[:, 0])
    assert abs(Fraction(scaler.mean_[0]) - mean) <= 2 * np.spacing(abs(float(mean))) + 1e-16
    np.testing.assert_allclose(scaler.scale_[0], float(variance) ** 0.5, rtol=1e-14)


def test_an_outlier_in_the_first_row_costs_no_digits():
    x = random_matrix(1000, 1)
    x[0] = 1e9
    std = float(exact_statistics(x[:, 0])[1]) ** 0.5
    np.testing.assert_allclose(StandardScaler().fit(x).scale_[0], std, rtol=1e-13)


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e-3, 1e3, 1e160, 1e300])
def test_very_small_and_very_large_values_are_standardised_too(scale):
    X = random_matrix()
    scaler = StandardScaler()
    Z = scaler.fit_transform(X * scale)
    np.testing.assert_allclose(Z, StandardScaler().fit_transform(X), rtol=1e-11)
    np.testing.assert_allclose(scaler.inverse_transform(Z), X * scale, rtol=1e-11)


@pytest.mark.parametrize("value", [0, 0.1, -7.3, 1e8 + 0.1, 1e300, 1e-300, 5e-324])
@pytest.mark.parametrize("n", [1, 3, 1000])
def test_a_constant_column_becomes_zero(value, n):
    X = np.full((n, 1), value)
    scaler = StandardScaler().fit(X)
    assert scaler.scale_[0] == 1 and scaler.mean_[0] == value
    assert (scaler.transform(X) == 0).all() and (scaler.inverse_transform(X * 0) == value).all()


def test_a_column_that_varies_by_rounding_only_is_constant():
    X = np.array([[0.3], [0.1 * 3], [0.1 + 0.2], [0.3]])
    assert np.ptp(X) > 0
    scaler = StandardScaler().fit(X)
    assert scaler.scale_[0] == 1 and np.abs(scaler.transform(X)).max() < 1e-16


def test_columns_below_zero_are_treated_as_those_above():
    X = np.array([[0.3, 1.0, 1e300], [0.1 * 3, 1.0, 3e300], [0.1 + 0.2, 1e-300, 1.0]])
    above, below = StandardScaler().fit(X), StandardScaler().fit(-X)
    assert (above.scale_ == below.scale_).all() and (above.mean_ == -below.mean_).all()
    assert above.scale_[0] == 1 and np.isfinite(above.scale_).all()
    assert (below.transform(-X) == -above.transform(X)).all()
    np.testing.assert_allclose(above.scale_[2], np.std([1, 3, 0]) * 1e300, rtol=1e-14)


def test_a_small_but_real_spread_is_not_constant():
    X = 1e8 + np.array([[0.0], [1e-6], [2e-6], [3e-6]])
    assert 1e-6 < StandardScaler().fit(X).scale_[0] < 2e-6


# PolynomialFeatures: by hand, and as properties


def test_degree_two_by_hand():
    poly = PolynomialFeatures()
    # a = 2, b = 3: 1, a, b, a², ab, b²
    assert poly.fit_transform([[2, 3]]).tolist() == [[1, 2, 3, 4, 6, 9]]
    assert poly.get_feature_names().tolist() == ["1", "x0", "x1", "x0^2", "x0 x1", "x1^2"]
    assert poly.powers_.tolist() == [[0, 0], [1, 0], [0, 1], [2, 0], [1, 1], [0, 2]]


def test_interactions_only_by_hand():
    poly = PolynomialFeatures(3, interaction_only=True, include_bias=False)
    assert poly.fit_transform([[2, 3, 5]]).tolist() == [[2, 3, 5, 6, 10, 15, 30]]
    names = poly.get_feature_names(["a", "b", "c"]).tolist()
    assert names == ["a", "b", "c", "a b", "a c", "b c", "a b c"]


def test_degree_three_has_the_order_of_scikit_learn():
    # scikit-learn 1.9.1: PolynomialFeatures(3).fit_transform([[2, 3, 5]])
    expected = [1, 2, 3, 5, 4, 6, 10, 9, 15, 25, 8, 12, 20, 18, 30, 50, 27, 45, 75, 125]
    names = ["1", "a", "b", "c", "a^2", "a b", "a c", "b^2", "b c", "c^2", "a^3", "a^2 b", "a^2 c"]
    names += ["a b^2", "a b c", "a c^2", "b^3", "b^2 c", "b c^2", "c^3"]
    poly = PolynomialFeatures(3)
    assert poly.fit_transform([[2, 3, 5]]).tolist() == [expected]
    assert poly.get_feature_names(("a", "b", "c")).tolist() == names


@pytest.mark.parametrize("interaction_only", [False, True])
@pytest.mark.parametrize("include_bias", [False, True])
@pytest.mark.parametrize(("d", "degree"), [(1, 1), (1, 6), (2, 3), (3, 4), (4, 2), (5, 1)])
def test_each_output_is_the_product_that_its_powers_say(d, degree, include_bias, interaction_only):
    poly = PolynomialFeatures(degree, include_bias=include_bias, interaction_only=interaction_only)
    X = random_matrix(9, d)
    P = poly.fit_transform(X)
    assert P.shape == (9, poly.n_output_features_) == (9, len(poly.powers_))
    for column, powers in zip(P.T, poly.powers_):
        np.testing.assert_allclose(column, np.prod(X**powers, axis=1), rtol=1e-13)


@pytest.mark.parametrize(("d", "degree"), [(1, 0), (1, 4), (2, 3), (4, 3)])
def test_the_powers_are_all_there_are_each_once_by_rising_degree(d, degree):
    powers = PolynomialFeatures(degree).fit(np.ones((1, d))).powers_.tolist()
    every = [list(p) for p in product(range(degree + 1), repeat=d) if sum(p) <= degree]
    assert sorted(powers) == sorted(every) and len(powers) == comb(d + degree, d)
    assert [sum(p) for p in powers] == sorted(sum(p) for p in powers)


def test_interactions_leave_out_exactly_the_squares():
    X = np.ones((1, 4))
    every = PolynomialFeatures(3).fit(X).powers_
    kept = PolynomialFeatures(3, interaction_only=True).fit(X).powers_
    assert kept.tolist() == every[every.max(axis=1) <= 1].tolist()


def test_degree_zero_is_a_column_of_ones():
    poly = PolynomialFeatures(0)
    assert poly.fit_transform([[2, 3], [4, 5]]).tolist() == [[1], [1]]
    assert poly.get_feature_names().tolist() == ["1"]
    assert poly.powers_.tolist() == [[0, 0]]


def test_a_cubic_is_found_exactly_by_least_squares_on_its_powers():
    x = np.linspace(-1, 1, 20)[:, None]
    P = PolynomialFeatures(3).fit_transform(x)
    w = np.linalg.lstsq(P, 4 - 2 * x[:, 0] + 7 * x[:, 0] ** 3, rcond=None)[0]
    np.testing.assert_allclose(w, [4, -2, 0, 7], atol=1e-13)


# Frozen oracles: scikit-learn 1.9.1


def test_wine_is_standardised_as_scikit_learn_does():
    scaler = StandardScaler()
    Z = scaler.fit_transform(load_wine().X)
    mean = [13.000617977528083, 2.336348314606741, 2.3665168539325854, 19.49494382022472,
            99.74157303370787, 2.295112359550562, 2.0292696629213474, 0.36185393258426973,
            1.5908988764044953, 5.058089882022473, 0.9574494382022468, 2.6116853932584254,
            746.8932584269663]
    scale = [0.809542914528517, 1.1140036269797895, 0.2735722944264325, 3.330169757658213,
             14.242307673359807, 0.6240905641965366, 0.9960489503792328, 0.12410325988364797,
             0.5707488486199377, 2.3117646609525573, 0.2279286065650725, 0.7079932646716006,
             314.0216568419877]
    first = [1.5186125409891542, -0.562249798328623, 0.23205254099473993, -1.1695931750229027,
             1.9139052175708111, 0.8089973946320399, 1.0348189581307379, -0.6595631143050651,
             1.2248839840604513, 0.2517168498188532, 0.3621772757786129, 1.8479195665066535,
             1.013008926747691]
    np.testing.assert_allclose(scaler.mean_, mean, rtol=1e-14)
    np.testing.assert_allclose(scaler.scale_, scale, rtol=1e-14)
    np.testing.assert_allclose(Z[0], first, rtol=1e-12)


def test_digits_have_three_constant_pixels():
    scaler = StandardScaler()
    Z = scaler.fit_transform(load_digits().X)
    assert np.flatnonzero(scaler.scale_ == 1).tolist() == [0, 32, 39]
    assert (Z[:, [0, 32, 39]] == 0).all() and np.isfinite(Z).all()


def test_iris_is_expanded_as_scikit_learn_does():
    P = PolynomialFeatures(include_bias=False).fit_transform(load_iris().X)
    sums = [876.5, 458.6, 563.7, 179.9, 5223.85, 2673.43, 3483.76, 1128.14, 1430.4, 1674.3,
            531.89, 2582.71, 869.11, 302.33]
    np.testing.assert_allclose(P.sum(axis=0), sums, rtol=1e-13)


# OrdinalEncoder


DAYS = [
    ["sunny", "hot", "weak"],
    ["overcast", "mild", "strong"],
    ["rain", "cool", "weak"],
    ["sunny", "mild", "strong"],
]


def test_encoding_by_hand():
    encoder = OrdinalEncoder()
    # Sorted labels: overcast 0, rain 1, sunny 2; cool 0, hot 1, mild 2; strong 0, weak 1.
    assert encoder.fit_transform(DAYS).tolist() == [[2, 1, 1], [0, 2, 0], [1, 0, 1], [2, 2, 0]]
    assert [c.tolist() for c in encoder.categories_] == [
        ["overcast", "rain", "sunny"], ["cool", "hot", "mild"], ["strong", "weak"],
    ]
    assert encoder.transform([["rain", "hot", "strong"]]).tolist() == [[1, 1, 0]]
    assert encoder.transform(DAYS).dtype == np.int64


@pytest.mark.parametrize("dtype", [None, object])
def test_labels_come_back_from_their_codes(dtype):
    days = np.array(DAYS, dtype=dtype)
    encoder = OrdinalEncoder()
    assert encoder.inverse_transform(encoder.fit_transform(days)).tolist() == DAYS


@pytest.mark.skipif(not hasattr(np, "dtypes") or not hasattr(np.dtypes, "StringDType"),
                    reason="NumPy 1 has no strings of any length")
def test_strings_of_any_length_are_words():
    days = np.array(DAYS, dtype=np.dtypes.StringDType())
    encoder = OrdinalEncoder().fit(days)
    assert (encoder.transform(days) == OrdinalEncoder().fit_transform(DAYS)).all()
    assert (encoder.transform(DAYS) == encoder.transform(days)).all()


def test_numbers_can_be_labels():
    encoder = OrdinalEncoder().fit([[30, 0.5], [10, 0.25], [20, 0.5]])
    assert encoder.transform([[10, 0.5], [30, 0.25]]).tolist() == [[0, 1], [2, 0]]
    assert encoder.inverse_transform([[1, 0]]).tolist() == [[20, 0.25]]


# Robustness, all three


@pytest.mark.parametrize("transformer", TRANSFORMERS)
@pytest.mark.parametrize("convert", [
    np.ndarray.tolist,
    lambda X: X.astype(np.float32),
    lambda X: X.astype(object),
    np.asfortranarray,
    lambda X: np.repeat(X, 2, axis=0)[::2],
    lambda X: X[::-1, ::-1].copy()[::-1, ::-1],
])
def test_input_of_any_kind_gives_the_same_result_and_is_left_untouched(transformer, convert):
    X = np.arange(12.0).reshape(4, 3) % 5
    given = convert(X)
    if isinstance(given, np.ndarray):
        given.flags.writeable = False
    before = copy.deepcopy(given)
    result = transformer().fit_transform(given)
    np.testing.assert_array_equal(result, transformer().fit_transform(X))
    assert np.array_equal(given, before)


@pytest.mark.parametrize("transformer", TRANSFORMERS)
def test_a_row_alone_is_transformed_as_in_foreign_company(transformer):
    train = np.array([[0, 1], [4, -2], [9, 7], [4, 7]])
    company = np.array([[9, -2], [4, 1], [0, 7], [9, 1], [9, 1]])  # no row is one of the training
    if transformer is not OrdinalEncoder:
        company = np.concatenate([company, company * 1000, [[-5, 0.25]]])
    model = transformer().fit(train)
    together = model.transform(company)
    for row, expected in zip(company, together):
        assert (model.transform(row[None])[0] == expected).all()
    assert (model.transform(company[::-1]) == together[::-1]).all()
    if transformer is not PolynomialFeatures:
        back = model.inverse_transform(together)
        np.testing.assert_allclose(back, company, rtol=1e-12, atol=1e-12)
        for row, expected in zip(together, back):
            assert (model.inverse_transform(row[None])[0] == expected).all()


@pytest.mark.parametrize("transformer", TRANSFORMERS)
def test_a_fitted_transformer_survives_pickle_and_deepcopy(transformer):
    X = np.arange(12).reshape(4, 3)
    fitted = transformer().fit(X)
    for twin in (pickle.loads(pickle.dumps(fitted)), copy.deepcopy(fitted)):
        assert (twin.transform(X) == fitted.transform(X)).all()


@pytest.mark.parametrize("transformer", TRANSFORMERS)
def test_a_second_fit_forgets_the_first_and_a_failed_one_changes_nothing(transformer):
    first, second = np.arange(12).reshape(4, 3), np.arange(8).reshape(4, 2) * 10
    model = transformer().fit(first)
    expected = model.transform(first)
    with pytest.raises(ValueError, match="NaN"):
        model.fit([[np.nan, 1.0]])
    assert (model.transform(first) == expected).all()
    assert (model.fit(second).transform(second) == transformer().fit_transform(second)).all()


@pytest.mark.parametrize("transformer", TRANSFORMERS)
def test_later_changes_of_the_training_data_do_not_reach_the_model(transformer):
    X = np.arange(6.0).reshape(3, 2)
    kept = X.copy()
    model = transformer().fit(X)
    expected = model.transform(kept)
    X[:] = 100
    assert (model.transform(kept) == expected).all()


# The largest numbers


def test_numbers_near_the_largest_float_are_standardised_and_come_back():
    X = np.array([[1.7e308, 1.0], [1.6e308, 2.0], [-1.7e308, 4.0]])
    scaler = StandardScaler()
    Z = scaler.fit_transform(X)
    expected = StandardScaler().fit_transform(X / [1e10, 1])
    np.testing.assert_allclose(Z, expected, rtol=1e-14)
    np.testing.assert_allclose(scaler.inverse_transform(Z), X, rtol=1e-14)
    far = StandardScaler().fit([[1.7e308], [1.6e308]]).transform([[-1.7e308]])
    np.testing.assert_allclose(far, -(1.7 + 1.65) / 0.05, rtol=1e-12)  # 3.35e308 overflows


# Large expansions


def products_one_by_one(X, powers):
    return np.array([[np.prod(row**p) for p in powers] for row in X])


@pytest.mark.parametrize("seed", range(40))
def test_blocks_of_products_are_the_products_one_by_one(seed):
    rng = np.random.default_rng(seed)
    d, degree = int(rng.integers(1, 7)), int(rng.integers(1, 6))
    options = {"interaction_only": bool(seed % 2), "include_bias": bool(seed // 2 % 2)}
    X = rng.normal(size=(3, d))
    poly = PolynomialFeatures(degree, **options).fit(X)
    choose = [p for p in product(range(degree + 1), repeat=d) if sum(p) <= degree]
    if options["interaction_only"]:
        choose = [p for p in choose if max(p) <= 1]
    if not options["include_bias"]:
        choose = [p for p in choose if sum(p) > 0]
    choose.sort(key=lambda p: (sum(p), [-q for q in p]))
    assert poly.powers_.tolist() == [list(p) for p in choose]
    assert poly.n_output_features_ == len(choose)
    expected = products_one_by_one(X, np.array(choose))
    np.testing.assert_allclose(poly.transform(X), expected, rtol=1e-13)


def test_half_a_million_columns_take_about_the_time_and_memory_of_writing_them():
    X = random_matrix(3, 1000)
    tracemalloc.start()
    start = time.process_time()
    poly = PolynomialFeatures().fit(X)
    assert poly.n_output_features_ == 501_501
    assert time.process_time() - start < 0.1 and tracemalloc.get_traced_memory()[1] < 1e6
    P = poly.transform(X)
    assert time.process_time() - start < 1 and tracemalloc.get_traced_memory()[1] < 1.5 * P.nbytes
    tracemalloc.stop()
    assert (P[:, 0] == 1).all() and (P[:, 1:1001] == X).all()
    i, j = np.triu_indices(1000)
    assert (P[:, 1001:] == X[:, i] * X[:, j]).all()


def test_a_table_may_be_as_large_as_allowed_and_no_larger(monkeypatch):
    poly = PolynomialFeatures().fit([[1, 2]])  # six columns
    monkeypatch.setattr(utils.preprocessing, "_MOST_NUMBERS", 12)
    assert poly.transform([[1, 2], [3, 4]]).shape == poly.powers_.T.shape == (2, 6)
    with pytest.raises(ValueError, match="6 columns, and 3 rows of them need"):
        poly.transform([[1, 2]] * 3)
    monkeypatch.setattr(utils.preprocessing, "_MOST_NUMBERS", 11)
    with pytest.raises(ValueError, match="6 columns, and 2 exponents for each of them need"):
        poly.powers_  # noqa: B018


def test_names_and_powers_are_made_when_they_are_asked_for():
    poly = PolynomialFeatures().fit(np.ones((1, 300)))
    assert max(np.size(value) for value in vars(poly).values()) == 1
    names = poly.get_feature_names()
    assert len(names) == 45_451 and names[-2:].tolist() == ["x298 x299", "x299^2"]
    assert (poly.powers_.sum(axis=1) == [0] + [1] * 300 + [2] * 45_150).all()


def test_what_was_fitted_counts_even_if_a_parameter_is_set_afterwards():
    poly = PolynomialFeatures().fit([[2, 3]])
    poly.degree, poly.include_bias = 5, False
    assert poly.transform([[2, 3]]).tolist() == [[1, 2, 3, 4, 6, 9]]
    assert len(poly.get_feature_names()) == len(poly.powers_) == 6


def test_a_million_columns_are_allowed_and_one_more_is_not():
    X = np.ones((1, 999_999))
    assert PolynomialFeatures(1).fit(X).n_output_features_ == 1_000_000
    assert PolynomialFeatures(999_999).fit([[1]]).n_output_features_ == 1_000_000
    with pytest.raises(ValueError, match="gives 1000001 columns"):
        PolynomialFeatures(1_000_000).fit([[1]])


@pytest.mark.parametrize("interaction_only", [False, True])
@pytest.mark.parametrize(("d", "degree"), [(1, 60), (60, 1), (3, 3), (12, 20), (20, 3)])
def test_the_count_is_the_number_of_columns(d, degree, interaction_only):
    poly = PolynomialFeatures(degree, interaction_only=interaction_only)
    if comb(d + degree, d) < 10_000 or interaction_only:
        assert poly.fit_transform(np.ones((1, d))).shape == (1, poly.n_output_features_)
        assert len(poly.get_feature_names()) == poly.n_output_features_
        return
    with pytest.raises(ValueError, match=f"gives {comb(d + degree, d)} columns"):
        poly.fit(np.ones((1, d)))


# Names of columns

WORDS = np.array([["sun", "hot", "dry"], ["rain", "mild", "wet"]])


def table_for(transformer):
    return WORDS if transformer is OrdinalEncoder else np.array([[1.0, 2.0, 3.0], [4.0, 6.0, 8.0]])


@pytest.mark.parametrize("transformer", TRANSFORMERS)
def test_names_of_columns_are_remembered_and_forgotten(transformer):
    A = table_for(transformer)
    model = transformer().fit(Frame(A, ["a", "b", "c"]))
    assert model.feature_names_in_.tolist() == ["a", "b", "c"]
    assert (model.transform(Frame(A, ["a", "b", "c"])) == model.transform(A)).all()
    assert (model.transform(A) == transformer().fit(A).transform(A)).all()
    assert (model.transform(Frame(A, [0, 1, 2])) == model.transform(A)).all()
    model.fit(A)
    assert not hasattr(model, "feature_names_in_")
    model.transform(Frame(A, ["c", "b", "a"]))  # fit saw no names
    for columns in ([0, 1, 2], ["a", "b", 2]):
        assert not hasattr(transformer().fit(Frame(A, columns)), "feature_names_in_")


@pytest.mark.parametrize("transformer", TRANSFORMERS)
@pytest.mark.parametrize("columns, message", [
    (["b", "a", "c"], "columns of X are in another order, fit saw ['a', 'b', 'c']"),
    (["a", "b", "d"], "fit did not see ['d'] and X lacks ['c']"),
    (["a", "b", "B"], "fit did not see ['B'] and X lacks ['c']"),
    (["c", "a", "b"], "in another order"),
    (["a", "b"], "X lacks ['c']"),
    (["a", "b", "c", "d"], "fit did not see ['d']"),
])
def test_other_columns_or_another_order_are_refused(transformer, columns, message):
    model = transformer().fit(Frame(table_for(transformer), ["a", "b", "c"]))
    rows = np.resize(table_for(transformer), (2, len(columns)))
    with pytest.raises(ValueError, match=re.escape(message)):
        model.transform(Frame(rows, columns))


def test_the_way_back_looks_at_the_names_too():
    for model, rows in ((StandardScaler(), [[0.0, 1.0]]), (OrdinalEncoder(), [[0, 0]])):
        model.fit(Frame([[1, 2], [3, 5]], ["a", "b"]))
        model.inverse_transform(Frame(rows, ["a", "b"]))
        with pytest.raises(ValueError, match="in another order"):
            model.inverse_transform(Frame(rows, ["b", "a"]))


@pytest.mark.parametrize("transformer", TRANSFORMERS)
def test_names_are_copied_and_survive_pickle_and_a_failed_fit(transformer):
    A, names = table_for(transformer), ["a", "b", "c"]
    frame = Frame(A, names)
    model = transformer().fit(frame)
    frame.columns[0] = "z"
    with pytest.raises(ValueError):
        model.fit(np.full((2, 3), np.nan))
    for twin in (model, pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert twin.feature_names_in_.tolist() == ["a", "b", "c"]
        with pytest.raises(ValueError, match="another order"):
            twin.transform(Frame(A, ["b", "a", "c"]))


def test_products_are_named_after_the_columns():
    poly = PolynomialFeatures().fit(Frame([[1.0, 2.0]], ["height", "age"]))
    names = ["1", "height", "age", "height^2", "height age", "age^2"]
    assert poly.get_feature_names().tolist() == names
    assert poly.get_feature_names(["h", "a"]).tolist() == ["1", "h", "a", "h^2", "h a", "a^2"]


# Defaults

DEFAULTS = {
    StandardScaler: {"with_mean": True, "with_std": True},
    PolynomialFeatures: {"degree": 2, "interaction_only": False, "include_bias": True},
    OrdinalEncoder: {},
    StandardScaler.fit: {"y": None},
    StandardScaler.transform: {},
    StandardScaler.inverse_transform: {},
    StandardScaler.fit_transform: {"y": None},
    PolynomialFeatures.fit: {"y": None},
    PolynomialFeatures.transform: {},
    PolynomialFeatures.get_feature_names: {"names": None},
    OrdinalEncoder.fit: {"y": None},
    OrdinalEncoder.transform: {},
    OrdinalEncoder.inverse_transform: {},
}


@pytest.mark.parametrize("thing", DEFAULTS, ids=lambda thing: thing.__qualname__)
def test_defaults_are_those_of_the_table_and_of_the_docstring(thing):
    assert repr(signature_defaults(thing)) == repr(DEFAULTS[thing])
    assert faults(thing) == []


def test_every_public_class_and_method_is_in_the_table():
    classes = [c for name, c in inspect.getmembers(utils.preprocessing, inspect.isclass)
               if c.__module__ == "utils.preprocessing" and name[0] != "_"]
    methods = {f for c in classes for name, f in inspect.getmembers(c, inspect.isfunction)
               if name[0] != "_"}
    assert {*classes, *methods} == set(DEFAULTS)


def test_the_examples_run():
    assert doctest.testmod(utils.preprocessing).failed == 0


# Bad input


FITTED_SCALER = StandardScaler().fit([[1, 2], [3, 5]])
FITTED_POLY = PolynomialFeatures().fit([[1, 2]])
FITTED_ENCODER = OrdinalEncoder().fit([["a", "x"], ["b", "y"]])


@pytest.mark.parametrize("X, error, message", [
    ([1, 2, 3], ValueError, "X must be a non-empty 2-D array, got shape (3,)"),
    (5, ValueError, "X must be a non-empty 2-D array, got shape ()"),
    ([], ValueError, "X must be a non-empty 2-D array, got shape (0,)"),
    (np.empty((0, 3)), ValueError, "X must be a non-empty 2-D array, got shape (0, 3)"),
    (np.empty((3, 0)), ValueError, "X must be a non-empty 2-D array, got shape (3, 0)"),
    (np.ones((2, 2, 2)), ValueError, "X must be a non-empty 2-D array, got shape (2, 2, 2)"),
    ([[1, np.nan]], ValueError, "X contains NaN or infinity"),
    ([[1, -np.inf]], ValueError, "X contains NaN or infinity"),
    ([[1, 2], [3]], ValueError, "X has rows of different lengths"),
    (Ragged(), ValueError, "X has rows of different lengths"),
    ([[1, 2j]], TypeError, "column 0 holds complex numbers: X[0, 0] is (1+0j)"),
    ([[1, {}]], TypeError, "column 1 holds a value of type dict: X[0, 1] is {}"),
    (np.array([[b"a"]]), TypeError, "column 0 holds bytes: X[0, 0] is b'a'"),
    (np.array([["2020-01-31"]], dtype="M8[D]"), TypeError, "holds dates or times: X[0, 0] is 2020"),
    (None, ValueError, "X is None: an array is needed"),
    (Sparse([[1, 2]]), TypeError, "X is a sparse matrix: call X.toarray() first"),
    (masked([[1.0, 2.0]]), ValueError, "X is a masked array: a masked entry is a missing value"),
    (masked([[1, 2]], (0, 1)), ValueError, "X is a masked array"),
    (list(masked([[1, 2], [3, 4]])), ValueError, "X is a masked array"),
    (np.ma.array([[1.0, 2.0]]), ValueError, "X is a masked array"),
    ([[1, None]], ValueError, "X holds a missing value: X[0, 1] is None"),
    ([[1, 2], [NA, 1]], ValueError, "X holds a missing value: X[1, 0] is <NA>"),
    ([[1, 10**400]], ValueError, "X holds an integer beyond 1.8e308, the range of floats"),
])
@pytest.mark.parametrize("transformer", TRANSFORMERS)
def test_bad_tables_are_answered_in_words(transformer, X, error, message):
    with pytest.raises(error, match=re.escape(message)):
        transformer().fit(X)


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: StandardScaler().fit([["a", "b"]]), TypeError,
     "X must be an array of numbers, but column 0 holds text: X[0, 0] is 'a'"),
    (lambda: StandardScaler().fit([[1, 2, "red"]]), TypeError,
     "X must be an array of numbers, but column 2 holds text: X[0, 2] is 'red'"),
    (lambda: StandardScaler().fit(np.array([[1, "2"]], dtype=object)), TypeError,
     "column 1 holds text: X[0, 1] is '2'"),
    (lambda: PolynomialFeatures().fit([["1", "2"]]), TypeError, "holds text: X[0, 0] is '1'"),
    (lambda: FITTED_SCALER.transform([[1, "2"]]), TypeError, "column 1 holds text: X[0, 1] is '2'"),
    (lambda: FITTED_POLY.transform(masked([[1, 2]])), ValueError, "X is a masked array"),
    (lambda: FITTED_SCALER.inverse_transform(masked([[1, 2]])), ValueError, "X is a masked array"),
    (lambda: FITTED_ENCODER.transform(masked([["a", "x"]])), ValueError, "X is a masked array"),
    (lambda: FITTED_ENCODER.inverse_transform(masked([[0, 1]])), ValueError, "X is a masked arr"),
    (lambda: StandardScaler().fit([[0.0], [1e-10]]).transform([[1.0], [1e300]]), ValueError,
     "standardised values of column 0 are beyond the range of floats"),
    (lambda: FITTED_SCALER.inverse_transform([[0, 1.7e308]]), ValueError,
     "values in the original units of column 1 are beyond the range of floats"),
    (lambda: StandardScaler().transform([[1]]), RuntimeError,
     "StandardScaler is not fitted: call fit first"),
    (lambda: StandardScaler().inverse_transform([[1]]), RuntimeError, "is not fitted: call fit"),
    (lambda: FITTED_SCALER.transform([[1, 2, 3]]), ValueError, "X has 3 features, fit saw 2"),
    (lambda: FITTED_SCALER.inverse_transform([[1]]), ValueError, "X has 1 features, fit saw 2"),
    (lambda: FITTED_SCALER.transform([1, 2]), ValueError, "non-empty 2-D array, got shape (2,)"),
    (lambda: FITTED_SCALER.transform([[1, np.inf]]), ValueError, "X contains NaN or infinity"),
    (lambda: StandardScaler(with_mean=1).fit([[1]]), TypeError, "with_mean must be True or False"),
    (lambda: StandardScaler(with_std="no").fit([[1]]), TypeError, "with_std must be True or False"),
    (lambda: PolynomialFeatures(-1).fit([[1]]), ValueError, "degree must be >= 0, got -1"),
    (lambda: PolynomialFeatures(2.0).fit([[1]]), TypeError, "degree must be an int, got 2.0"),
    (lambda: PolynomialFeatures(True).fit([[1]]), TypeError, "degree must be an int, got True"),
    (lambda: PolynomialFeatures("2").fit([[1]]), TypeError, "degree must be an int, got '2'"),
    (lambda: PolynomialFeatures(0, include_bias=False).fit([[1]]), ValueError, "leaves no column"),
    (lambda: PolynomialFeatures(include_bias=None).fit([[1]]), TypeError,
     "include_bias must be True or False, got None"),
    (lambda: PolynomialFeatures(interaction_only=1).fit([[1]]), TypeError,
     "interaction_only must be True or False, got 1"),
    (lambda: PolynomialFeatures(10).fit(np.ones((1, 64))), ValueError,
     "degree=10 on 64 features gives 718406958841 columns, more than 1000000"),
    (lambda: PolynomialFeatures(20, interaction_only=True).fit(np.ones((1, 64))), ValueError,
     "degree=20 on 64 features gives over 1e15 columns, more than 1000000"),
    (lambda: PolynomialFeatures(10**9).fit(np.ones((1, 1))), ValueError,
     "degree=1000000000 on 1 features gives 1000000001 columns, more than 1000000"),
    (lambda: PolynomialFeatures(10**6).fit(np.ones((1, 10**5))), ValueError,
     "degree=1000000 on 100000 features gives over 1e15 columns"),
    (lambda: PolynomialFeatures(10**6, interaction_only=True).fit(np.ones((1, 10**6))), ValueError,
     "gives over 1e15 columns"),
    (lambda: PolynomialFeatures(1).fit(np.ones((1, 10**6))), ValueError,
     "degree=1 on 1000000 features gives 1000001 columns, more than 1000000"),
    (lambda: PolynomialFeatures().fit(np.ones((1, 1000))).powers_, ValueError,
     "degree=2 on 1000 features gives 501501 columns, and 1000 exponents for each of them need "
     "4.01 GB, more than 4"),
    (lambda: PolynomialFeatures().fit(np.ones((1, 1000))).transform(np.ones((10_000, 1000))),
     ValueError, "501501 columns, and 10000 rows of them need 40.1 GB, more than 4"),
    (lambda: PolynomialFeatures().powers_, AttributeError, "has no powers_ before fit"),
    (lambda: PolynomialFeatures().fit_transform([[1e200, -1e200]]), ValueError,
     "a product of degree 2 overflows: the largest value of X is 1e+200; standardise X first"),
    (lambda: PolynomialFeatures().transform([[1]]), RuntimeError,
     "PolynomialFeatures is not fitted: call fit first"),
    (lambda: PolynomialFeatures().get_feature_names(), RuntimeError, "is not fitted"),
    (lambda: FITTED_POLY.transform([[1]]), ValueError, "X has 1 features, fit saw 2"),
    (lambda: FITTED_POLY.get_feature_names(["a"]), ValueError, "names has 1 entries, fit saw 2"),
    (lambda: OrdinalEncoder().transform([["a"]]), RuntimeError,
     "OrdinalEncoder is not fitted: call fit first"),
    (lambda: FITTED_ENCODER.transform([["a"]]), ValueError, "X has 1 features, fit saw 2"),
    (lambda: FITTED_ENCODER.transform([["b", "x"], ["a", "z"]]), ValueError,
     "column 1 of X contains 'z', which fit did not see; it saw ['x', 'y']"),
    (lambda: OrdinalEncoder().fit([[1], [2]]).transform([[3]]), ValueError,
     "column 0 of X contains 3, which fit did not see; it saw [1, 2]"),
    (lambda: FITTED_ENCODER.transform([[0, 1]]), TypeError, "X must hold words, as in fit"),
    (lambda: OrdinalEncoder().fit([[1]]).transform([["1"]]), TypeError, "X must hold numbers, as"),
    (lambda: OrdinalEncoder().fit([["a", None]]), ValueError, "a missing value: X[0, 1] is None"),
    (lambda: OrdinalEncoder().fit([["a"], [np.nan]]), ValueError, "missing value: X[1, 0] is nan"),
    (lambda: OrdinalEncoder().fit([["a", "b"], ["a", NA]]), ValueError, "value: X[1, 1] is <NA>"),
    (lambda: OrdinalEncoder().fit([[1, np.nan]]), ValueError, "X contains NaN or infinity"),
    (lambda: OrdinalEncoder().fit([["a", 1]]), TypeError,
     "X must hold words only or numbers only: X[0, 0] is 'a', X[0, 1] is 1"),
    (lambda: OrdinalEncoder().fit(np.array([[2, 1], ["a", 1]], dtype=object)), TypeError,
     "X must hold words only or numbers only: X[1, 0] is 'a', X[0, 0] is 2"),
    (lambda: OrdinalEncoder().fit([["a"], [True]]), TypeError, "X[0, 0] is 'a', X[1, 0] is True"),
    (lambda: FITTED_ENCODER.transform([["a", 1]]), TypeError, "X[0, 0] is 'a', X[0, 1] is 1"),
    (lambda: FITTED_ENCODER.transform([["a", None]]), ValueError, "X[0, 1] is None"),
    (lambda: FITTED_ENCODER.inverse_transform([[0, 2]]), ValueError,
     "column 1 of X contains the code 2; its codes are whole numbers from 0 to 1"),
    (lambda: FITTED_ENCODER.inverse_transform([[-1, 0]]), ValueError, "contains the code -1"),
    (lambda: FITTED_ENCODER.inverse_transform([[0.5, 0]]), ValueError, "contains the code 0.5"),
    (lambda: OrdinalEncoder().inverse_transform([[0]]), RuntimeError, "is not fitted"),
])
def test_bad_input_is_answered_in_words(call, error, message):
    with pytest.raises(error, match=re.escape(message)):
        call()
