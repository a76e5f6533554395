"""Tests of `utils.datasets`: intact files, right values, columns by name."""

import gzip
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from utils import datasets
from utils.datasets import (
    Dataset,
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_iris,
    load_wine,
)

DATA = Path(datasets.__file__).parent / "data"
LOADERS = [load_iris, load_wine, load_breast_cancer, load_digits, load_diabetes]
CLASSIFIED = LOADERS[:-1]
SHA256 = {
    "iris.csv": "30821fb97cfd3335f67711058ee448fe1784557c374c82e52645e78563bafdb1",
    "wine.csv": "570a88383f69f1de405dcc39a1f8d44f2f83f9617aa24ee7e76672bb1d60e479",
    "breast_cancer.csv": "af399a019264f7999e6b395ee90576e46564867aa4c8a40797c96be87dc1be55",
    "digits.csv.gz": "79cd7df53191199deb5c040981e9b8e52a757860ef9eb3a4d0833809cead0f46",
    "diabetes.csv": "4017af55001ede2656a97e00283d13e9bac6f0b879353594cf1f46daf77a45b2",
}


# The files


@pytest.mark.parametrize("file_name", SHA256)
def test_each_file_has_its_checksum(file_name):
    assert hashlib.sha256((DATA / file_name).read_bytes()).hexdigest() == SHA256[file_name]


def test_the_readme_gives_the_same_checksums_in_the_files_own_sections():
    sections = re.split(r"(?m)^## ", (DATA / "README.md").read_text(encoding="utf-8"))[1:]
    stated = {s.split("\n", 1)[0]: re.findall(r"\b[0-9a-f]{64}\b", s) for s in sections}
    assert stated == {name: [checksum] for name, checksum in SHA256.items()}


@pytest.mark.parametrize("file_name", SHA256)
def test_the_readme_gives_the_true_size_of_each_file(file_name):
    size = (DATA / file_name).stat().st_size
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    row = re.search(rf"(?m)^\| \[{re.escape(file_name)}\].*$", readme)
    assert row[0].endswith(f"| {size:,} |")


def test_the_folder_holds_these_files_and_their_readme_only():
    files = {path.name for path in DATA.iterdir()} - {".ipynb_checkpoints"}  # a reader's Jupyter
    assert files == {*SHA256, "README.md"}


def test_the_compressed_file_carries_no_time_stamp():
    assert (DATA / "digits.csv.gz").read_bytes()[4:8] == bytes(4)


@pytest.mark.parametrize("file_name", SHA256)
def test_values_are_written_in_the_shortest_form_that_reads_back_exactly(file_name):
    content = (DATA / file_name).read_bytes()
    text = (gzip.decompress(content) if file_name.endswith(".gz") else content).decode("ascii")
    words = {word for row in text.splitlines()[1:] for word in row.split(",")[:-1]}
    assert [w for w in words if w != repr(float(w)).removesuffix(".0")] == []


# Shapes, types, names


@pytest.mark.parametrize(
    ("load", "shape", "counts"),
    [
        (load_iris, (150, 4), {"setosa": 50, "versicolor": 50, "virginica": 50}),
        (load_wine, (178, 13), {"Barolo": 59, "Grignolino": 71, "Barbera": 48}),
        (load_breast_cancer, (569, 30), {"malignant": 212, "benign": 357}),
        (
            load_digits,
            (1797, 64),
            dict(zip("0123456789", [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])),
        ),
    ],
)
def test_shapes_and_class_counts(load, shape, counts):
    X, y, feature_names, target_names = load()
    assert X.shape == shape and y.shape == shape[:1] and feature_names.shape == shape[1:]
    assert dict(zip(target_names.tolist(), np.bincount(y).tolist())) == counts


def test_diabetes_has_a_measured_target():
    X, y, feature_names, target_names = load_diabetes()
    assert X.shape == (442, 10) and y.shape == (442,) and y.dtype == np.float64
    assert target_names.tolist() == ["disease progression after one year"]
    assert feature_names.tolist() == [
        "age (years)",
        "sex",
        "body mass index (bmi)",
        "average blood pressure (bp)",
        "total cholesterol (s1)",
        "low-density lipoproteins (s2)",
        "high-density lipoproteins (s3)",
        "cholesterol/HDL ratio (s4)",
        "log triglycerides (s5)",
        "blood sugar (s6)",
    ]


@pytest.mark.parametrize("load", LOADERS)
def test_arrays_are_ready_to_use(load):
    data = load()
    assert isinstance(data, Dataset) and data._fields == tuple(Dataset.__annotations__)
    assert data.X.dtype == np.float64 and data.X.flags.c_contiguous and data.X.flags.writeable
    assert np.isfinite(data.X).all() and np.isfinite(data.y).all()
    assert len(set(data.feature_names)) == data.X.shape[1]
    assert data.feature_names.dtype.kind == data.target_names.dtype.kind == "U"


@pytest.mark.parametrize("load", CLASSIFIED)
def test_class_codes_index_the_class_names(load):
    data = load()
    assert data.y.dtype == np.int64
    assert np.unique(data.y).tolist() == list(range(len(data.target_names)))


def test_a_digit_is_its_own_class_name():
    data = load_digits()
    assert data.target_names[data.y].astype(int).tolist() == data.y.tolist()


# The values: published figures, and sums computed with scikit-learn 1.9.1


def test_iris_has_the_flowers_of_fishers_paper():
    X, y, *_ = load_iris()
    assert X[0].tolist() == [5.1, 3.5, 1.4, 0.2]
    assert X[34].tolist() == [4.9, 3.1, 1.5, 0.2]    # wrong in the widespread copy
    assert X[37].tolist() == [4.9, 3.6, 1.4, 0.1]    # wrong in the widespread copy
    np.testing.assert_allclose(X.mean(axis=0), [5.843333, 3.057333, 3.758, 1.199333], atol=5e-7)
    assert X.min(axis=0).tolist() == [4.3, 2.0, 1.0, 0.1]
    assert X.max(axis=0).tolist() == [7.9, 4.4, 6.9, 2.5]
    np.testing.assert_allclose(X[y == 0].mean(axis=0), [5.006, 3.428, 1.462, 0.246])


def test_wine_has_its_published_ranges():
    X, *_ = load_wine()
    assert X[0].tolist() == [14.23, 1.71, 2.43, 15.6, 127, 2.8, 3.06, 0.28, 2.29, 5.64, 1.04, 3.92,
                             1065]
    minimum = [11.03, 0.74, 1.36, 10.6, 70, 0.98, 0.34, 0.13, 0.41, 1.28, 0.48, 1.27, 278]
    maximum = [14.83, 5.8, 3.23, 30, 162, 3.88, 5.08, 0.66, 3.58, 13, 1.71, 4, 1680]
    assert X.min(axis=0).tolist() == minimum
    assert X.max(axis=0).tolist() == maximum
    np.testing.assert_allclose(X[:, [0, 12]].mean(axis=0), [13.000618, 746.893258], atol=5e-7)


def test_raw_wine_is_nearly_all_proline():
    # The first principal component of the raw measurements holds 99.8 % of the variance.
    variances = load_wine().X.var(axis=0)
    assert variances.argmax() == 12 and 0.997 < variances[12] / variances.sum() < 0.999


def test_breast_cancer_has_its_published_ranges():
    X, y, *_ = load_breast_cancer()
    assert X[0, :5].tolist() == [17.99, 10.38, 122.8, 1001, 0.1184] and y[0] == 0
    assert X.min(axis=0)[[0, 3, 6, 23]].tolist() == [6.981, 143.5, 0, 185.2]
    assert X.max(axis=0)[[0, 3, 6, 23]].tolist() == [28.11, 2501, 0.4268, 4254]
    np.testing.assert_allclose(X[y == 0, 0].mean(), 17.462830, atol=5e-7)
    np.testing.assert_allclose(X[y == 1, 0].mean(), 12.146524, atol=5e-7)


def test_digits_are_images_of_whole_numbers_to_sixteen():
    X, y, *_ = load_digits()
    assert X.min() == 0 and X.max() == 16 and (X == X.round()).all() and X.sum() == 561718
    assert np.flatnonzero(X.max(axis=0) == 0).tolist() == [0, 32, 39]
    assert y[:12].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]
    zero = X[0].reshape(8, 8)
    assert zero[0].tolist() == [0, 0, 5, 13, 9, 1, 0, 0] and (zero[3:5, 3:5] == 0).all()


def test_diabetes_is_in_raw_units():
    X, y, *_ = load_diabetes()
    assert X[0].tolist() == [59, 2, 32.1, 101, 157, 93.2, 38, 4, 4.8598, 87] and y[0] == 151
    assert X[:, 0].min() == 19 and X[:, 0].max() == 79 and set(X[:, 1]) == {1, 2}
    assert (y.min(), y.max()) == (25, 346)
    np.testing.assert_allclose([y.mean(), X[:, 2].mean()], [152.133484, 26.375792], atol=5e-7)


def test_body_mass_index_alone_explains_a_third_of_diabetes():
    data = load_diabetes()
    r = np.corrcoef(data.columns("bmi").ravel(), data.y)[0, 1]
    assert abs(r**2 - 0.3439) < 5e-5


@pytest.mark.parametrize(
    ("load", "total", "weighted"),
    [
        (load_iris, 2078.7, 174175.6),
        (load_wine, 159975.295999, 12443666.975828),
        (load_breast_cancer, 1056474.4596356, 290893084.6134091),
        (load_digits, 561718, 503904265),
        (load_diabetes, 276404.2336, 61724846.9657),
    ],
)
def test_every_value_is_in_its_row(load, total, weighted):
    X = load().X
    np.testing.assert_allclose(X.sum(), total, rtol=1e-12)
    np.testing.assert_allclose(np.arange(1, len(X) + 1) @ X.sum(axis=1), weighted, rtol=1e-12)


# How the loaders behave


@pytest.mark.parametrize("load", LOADERS)
def test_changing_what_one_call_returned_does_not_change_the_next(load):
    before = load()
    kept = [array.copy() for array in before]
    before.X[:] = -1
    before.y[:] = -1
    before.feature_names[:] = ""
    before.target_names[:] = ""
    for array, expected in zip(load(), kept):
        assert (array == expected).all()


def test_loaders_work_from_any_directory_without_a_network(tmp_path):
    program = (
        "import socket\n"
        "def refuse(*args, **kwargs): raise OSError('no network here')\n"
        "socket.socket = socket.create_connection = socket.getaddrinfo = refuse\n"
        "import utils.datasets as d\n"
        "names = ['iris', 'wine', 'breast_cancer', 'digits', 'diabetes']\n"
        "print(sum(getattr(d, 'load_' + name)().X.size for name in names))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(DATA.parent.parent)}
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, text=True,
        capture_output=True, check=False,
    )
    assert (run.stdout.strip(), run.returncode) == ("139412", 0), run.stderr


# Columns by name


@pytest.mark.parametrize(
    ("load", "names", "indices"),
    [
        (load_iris, ["petal length (cm)"], [2]),
        (load_iris, ["petal width", "sepal length"], [3, 0]),
        (load_wine, ["ash", "proline"], [2, 12]),
        (load_wine, ["OD280/OD315 of diluted wines"], [11]),
        (load_diabetes, ["bmi", "s5", "age"], [2, 8, 0]),
        (load_diabetes, ["total cholesterol", "s1"], [4, 4]),
        (load_digits, ["pixel 2 5"], [21]),
        (load_breast_cancer, ["worst radius"], [20]),
    ],
)
def test_columns_are_found_by_full_name_short_name_and_code(load, names, indices):
    data = load()
    assert (data.columns(*names) == data.X[:, indices]).all()


@pytest.mark.parametrize("load", LOADERS)
def test_every_feature_is_found_under_its_own_name(load):
    data = load()
    assert (data.columns(*data.feature_names) == data.X).all()


def test_columns_are_a_copy():
    data = load_iris()
    data.columns("petal length")[:] = 0
    assert data.X[0, 2] == 1.4


AMBIGUOUS = Dataset(np.ones((2, 2)), np.zeros(2), np.array(["a (cm)", "a (mm)"]), np.array(["t"]))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: load_iris().columns(), ValueError, "at least one name of sepal length"),
        (lambda: load_iris().columns("petal"), ValueError, "no feature is called 'petal'; the fea"),
        (lambda: load_wine().columns(""), ValueError, "no feature is called ''"),
        (lambda: load_iris().columns("petal length", "colour"), ValueError, "called 'colour'"),
        (lambda: load_iris().columns("Petal length"), ValueError, "are sepal length (cm), sepal w"),
        (lambda: load_wine().columns("od280"), ValueError, "no feature is called 'od280'"),
        (lambda: load_diabetes().columns("(bmi)"), ValueError, "no feature is called '(bmi)'"),
        (lambda: AMBIGUOUS.columns("a"), ValueError, "more than one feature is called 'a'"),
        (lambda: load_iris().columns(2), TypeError, "a column name must be a string, got 2"),
        (lambda: load_iris().columns(["petal length"]), TypeError, "must be a string, got ['petal"),
        (lambda: load_iris().columns(None), TypeError, "must be a string, got None"),
        (lambda: load_iris(True), TypeError, "takes 0 positional arguments"),
    ],
)
def test_bad_input_is_answered_in_words(call, error, message):
    with pytest.raises(error, match=re.escape(message)):
        call()
