"""Five real datasets, read from the files in `utils/data`: no download, no further package.

    >>> from utils.datasets import load_iris
    >>> X, y, feature_names, target_names = load_iris()
    >>> X.shape, y[:3], str(target_names[0])
    ((150, 4), array([0, 0, 0]), 'setosa')

| loader | samples x features | target |
|---|---|---|
| `load_iris` | 150 x 4 | 3 species of iris, 50 flowers of each |
| `load_wine` | 178 x 13 | 3 cultivars: 59, 71 and 48 bottles |
| `load_breast_cancer` | 569 x 30 | 212 malignant and 357 benign tumours |
| `load_digits` | 1797 x 64 | 10 handwritten digits, images of 8 x 8 pixels |
| `load_diabetes` | 442 x 10 | disease progression, a number; raw units |

Rows, columns and class codes stand in the order that scikit-learn's loaders of the same names
have, so results can be compared number for number. `data/README.md` tells where each set comes
from, how to cite it, its licence, and the checksum of its file.
"""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import NamedTuple

import numpy as np

_FOLDER = Path(__file__).resolve().parent / "data"


class Dataset(NamedTuple):
    """What a loader returns; unpacks as `X, y, feature_names, target_names`.

    Attributes
    ----------
    X : float64 array of shape (n_samples, n_features)
        One row per flower, bottle, tumour, image or patient.
    y : array of shape (n_samples,)
        Class codes 0, 1, ... as int64; measured values as float64 for diabetes.
    feature_names : string array of shape (n_features,)
        Name of each column of `X`, with its unit or its short code in brackets where it has one.
    target_names : string array
        Name of each class, so `target_names[y]` are the labels in words. For diabetes, which has
        no classes, one entry: the name of the measured quantity.
    """

    X: np.ndarray
    y: np.ndarray
    feature_names: np.ndarray
    target_names: np.ndarray

    def columns(self, *names: str) -> np.ndarray:
        """Columns of `X` by name, in the order asked for.

        A feature answers to its full name, to the part before the brackets, and to the part
        inside them: "body mass index (bmi)" is also "body mass index" and "bmi".

            >>> load_iris().columns("petal length", "petal width").shape
            (150, 2)

        Parameters
        ----------
        *names : str
            One or more feature names.

        Returns
        -------
        array of shape (n_samples, len(names))
            A copy; 2-D for a single name too, ready for `fit`.
        """
        if not names:
            raise ValueError(f"columns needs at least one name of {', '.join(self.feature_names)}")
        wanted = []
        for name in names:
            if not isinstance(name, str):
                raise TypeError(f"a column name must be a string, got {name!r}")
            found = [j for j, full in enumerate(self.feature_names) if name in _aliases(str(full))]
            if len(found) != 1:
                problem = "no" if not found else "more than one"
                raise ValueError(
                    f"{problem} feature is called {name!r}; "
                    f"the features are {', '.join(self.feature_names)}"
                )
            wanted += found
        return self.X[:, wanted]


def load_iris() -> Dataset:
    """Four lengths of 150 iris flowers, three species (Anderson 1935, Fisher 1936).

    Petals alone separate setosa from the two others; versicolor and virginica overlap. The
    values are those of Fisher's paper: the widespread copy with two wrong flowers (rows 34 and
    37) is corrected here.

    Returns
    -------
    Dataset
        `X` (150, 4) in centimetres; `y` 0 setosa, 1 versicolor, 2 virginica.
    """
    return _classes("iris.csv", ["setosa", "versicolor", "virginica"])


def load_wine() -> Dataset:
    """Thirteen chemical measurements of 178 wines from three cultivars (Forina et al. 1986).

    The units differ by a factor of thousands (hue is near 1, proline near 750), so this is the
    set on which standardising matters most.

    Returns
    -------
    Dataset
        `X` (178, 13); `y` 0 Barolo (59 bottles), 1 Grignolino (71), 2 Barbera (48).
    """
    return _classes("wine.csv", ["Barolo", "Grignolino", "Barbera"])


def load_breast_cancer() -> Dataset:
    """Thirty measurements of the cell nuclei in 569 breast tumours (Street et al. 1993).

    Ten properties of the nuclei in one image, each as its mean, its standard error ("error")
    and the mean of its three largest values ("worst"). Many are nearly collinear: radius,
    perimeter and area say almost the same.

    Returns
    -------
    Dataset
        `X` (569, 30); `y` 0 malignant (212 tumours), 1 benign (357).
    """
    return _classes("breast_cancer.csv", ["malignant", "benign"])


def load_digits() -> Dataset:
    """Handwritten digits as 1,797 images of 8 x 8 grey values (Alpaydin & Kaynak 1998).

    `X[i].reshape(8, 8)` is one image, 0 for paper and 16 for ink; "pixel 2 5" is row 2, column 5.
    Three pixels at the left and right edge are 0 in every image: constant columns.

    Returns
    -------
    Dataset
        `X` (1797, 64), whole numbers from 0 to 16; `y` the digit itself.
    """
    return _classes("digits.csv.gz", [str(digit) for digit in range(10)])


def load_diabetes() -> Dataset:
    """Ten measurements of 442 patients, and their diabetes a year later (Efron et al. 2004).

    In raw units, not standardised: age in years, sex coded 1 and 2, body mass index in kg/m²,
    blood pressure, and six blood serum values. The short codes of the paper and of scikit-learn
    (bmi, bp, s1 to s6) stand in brackets in the names, so `load_diabetes().columns("bmi")` works.

    Returns
    -------
    Dataset
        `X` (442, 10); `y` a measure of disease progression one year after baseline, 25 to 346.
    """
    header, X, last = _read("diabetes.csv")
    y = np.array(last, dtype=np.float64)
    return Dataset(X, y, np.array(header[:-1]), np.array(header[-1:]))


def _classes(file_name: str, target_names: list[str]) -> Dataset:
    """A dataset whose last column names the class; the codes follow the order of `target_names`."""
    header, X, last = _read(file_name)
    codes = {name: code for code, name in enumerate(target_names)}
    y = np.array([codes[name] for name in last], dtype=np.int64)
    return Dataset(X, y, np.array(header[:-1]), np.array(target_names))


def _read(file_name: str) -> tuple[list[str], np.ndarray, list[str]]:
    """Header, numeric columns, and last column as text of one file."""
    content = (_FOLDER / file_name).read_bytes()
    if file_name.endswith(".gz"):
        content = gzip.decompress(content)
    header, *rows = content.decode("ascii").splitlines()
    names = header.split(",")
    X = np.loadtxt(rows, delimiter=",", usecols=range(len(names) - 1))
    return names, X, [row.rpartition(",")[2] for row in rows]


def _aliases(full_name: str) -> set[str]:
    """The names that one feature answers to."""
    words, _, bracket = full_name.removesuffix(")").partition(" (")
    return {full_name, words, bracket} - {""}
