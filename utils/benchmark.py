"""How fast the eight models are, against scikit-learn where that is installed and alone where not.

    python -m utils.benchmark                  every model, table to the screen
    python -m utils.benchmark linear tree      some models
    python -m utils.benchmark --threads 1      on one thread (all that the machine has, without)
    python -m utils.benchmark --write          every model, on one thread and on two, and
                                               references/benchmarks.md anew

Ours and the peer run in one process on the same threads and the same data, in turns, so that a
noisy moment strikes both; a figure is the median of its runs, and the ratio ours / peer counts.
Quality stands beside every time, because a fast wrong answer is worth nothing.

One ``Entry`` in ``ENTRIES`` is one model on one kind of data at some sizes. To add one: the words
that select it, our class, the peer's class, the data, the sizes, a quality and the stated cost.
"""

import argparse
import copy
import importlib
import importlib.util
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from utils.data_generators import make_blobs, make_regression
from utils.datasets import load_breast_cancer, load_digits
from utils.metrics import accuracy_score, r2_score

ROOT = Path(__file__).resolve().parents[1]
MOST_SECONDS = 6.0  # of repetition for one figure
NEW = 1000  # rows that are only predicted, unless an entry says otherwise
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")  # read at the start


class Entry(NamedTuple):
    """One model on one kind of data.

    ``ours`` is "folder/module.Class", ``peer`` "module.Class" below sklearn, each with options;
    ``data(n, d, rng)`` returns X, y for n + n_new rows, the last n_new of which are only predicted;
    ``quality(model, X, y)`` returns a number, named in ``measure``; ``cost`` is the stated growth
    of ``fit``; ``method`` is what is timed after it. ``hard`` marks legal data that once was slow
    for somebody. ``note`` becomes a footnote of the table.
    """

    word: str
    title: str
    ours: str
    our_options: dict
    peer: str
    peer_options: dict
    data: Callable
    sizes: tuple
    measure: str
    quality: Callable
    cost: str
    method: str = "predict"
    n_new: int = NEW
    hard: bool = False
    note: str = ""


def r2(model, X, y):
    """R² on new rows."""
    return r2_score(y, model.predict(X))


def accuracy(model, X, y):
    """The share of new rows with the right label."""
    return accuracy_score(y, model.predict(X))


def squared_distance(model, X, y):
    """Mean over the rows of the squared distance to the nearest centre; lower is better."""
    return float(np.mean(model.transform(X).min(axis=1) ** 2))


def kept(model, X, y):
    """The share of the variance that the components keep."""
    return model.explained_variance_ratio_.sum()


def linear_data(n, d, rng):
    """Targets that are linear in the features, with noise."""
    X, y, _ = make_regression(n, d, noise=5.0, random_state=rng)
    return X, y


def blob_data(k, spread):
    """Return a function that makes k overlapping Gaussian classes."""
    def data(n, d, rng):
        centers = rng.normal(size=(k, d)) * spread
        return make_blobs(n, centers=centers, random_state=rng)[:2]
    return data


def odds_data(n, d, rng):
    """Correlated features, and two classes whose log-odds are linear in them."""
    X = rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) / d**0.5
    return X, (X @ rng.normal(size=d) + rng.logistic(size=n) > 0).astype(int)


def overlapping_data(n, d, rng):
    """Two classes that the features hardly tell apart."""
    X = rng.normal(size=(n, d))
    return X, (0.1 * X[:, 0] + rng.logistic(size=n) > 0).astype(int)


def sparse_odds_data(n, d, rng):
    """Two classes that depend on the first of many features."""
    X = rng.normal(size=(n, d))
    return X, (X[:, 0] + 0.5 * rng.normal(size=n) > 0).astype(int)


def digits_data(n, d, rng):
    """Handwritten digits drawn with replacement, d of their pixels with a little noise.

    The last NEW rows come from a fifth of the digits that no other row comes from.
    """
    X, y = load_digits()[:2]
    order = rng.permutation(len(X))
    known, unseen = order[len(X) // 5:], order[:len(X) // 5]
    n_new = min(NEW, n // 2)
    rows = np.append(rng.choice(known, n - n_new), rng.choice(unseen, n_new))
    columns = np.resize(rng.permutation(64), d)
    return X[rows][:, columns] + rng.normal(size=(n, d)), y[rows]


def tumour_data(n, d, rng):
    """The standardised breast cancer data, rows drawn with replacement, with a little noise."""
    X, y = load_breast_cancer()[:2]
    rows = rng.integers(len(X), size=n)
    Z = ((X - X.mean(axis=0)) / X.std(axis=0))[rows][:, np.resize(np.arange(X.shape[1]), d)]
    return Z + 0.1 * rng.normal(size=(n, d)), y[rows]


def step_data(target):
    """Return a function that makes noisy targets of three of the features, classes or numbers.

    The three stand in any places, so that a tie between features favours nobody.
    """
    def data(n, d, rng):
        X = rng.normal(size=(n, d))
        y = X[:, 0] * X[:, 1] + X[:, 2] + rng.normal(size=n)
        return X[:, rng.permutation(d)], y > 0 if target == "class" else y
    return data


def word_data(n, d, rng):
    """Counts of d words in texts of three kinds."""
    y = rng.integers(0, 3, size=n)
    return rng.poisson(rng.gamma(0.3, 1.0, size=(3, d))[y]).astype(float), y


def one_hot_data(n, d, rng):
    """Zeros and 2 % ones: many rows are equal, and most distances are ties."""
    return (rng.random((n, d)) < 0.02).astype(float), rng.integers(0, 2, n)


def outlier_data(n, d, rng):
    """A cloud, and one row 100 million times as far out."""
    X = rng.normal(size=(n, d))
    y = (X[:, 0] > 0).astype(int)
    X[0] *= 1e8
    return X, y


def decaying_data(n, d, rng):
    """Mixed features whose variances fall like 1, 1/4, 1/9, ..."""
    mix = np.linalg.qr(rng.normal(size=(d, d)))[0]
    return (rng.normal(size=(n, d)) / np.arange(1, d + 1)) @ mix, None


ENTRIES = [
    Entry("linear", "linear regression",
          "01_linear_regression/linear_regression.LinearRegression", {},
          "linear_model.LinearRegression", {}, linear_data,
          ((1_000, 20), (20_000, 50), (100_000, 50)), "R²", r2, "n d²"),
    Entry("linear", "lasso",
          "01_linear_regression/linear_regression.LinearRegression",
          {"alpha": 1.0, "l1_ratio": 1.0},
          "linear_model.Lasso", {"alpha": 1.0, "tol": 1e-6},
          linear_data, ((1_000, 20), (10_000, 50), (50_000, 100)), "R²", r2, "n d²"),
    Entry("logistic", "logistic regression",
          "02_logistic_regression/logistic_regression.LogisticRegression", {},
          "linear_model.LogisticRegression", {"max_iter": 1000}, odds_data,
          ((1_000, 20), (10_000, 50), (50_000, 50)), "accuracy", accuracy, "n d + d³",
          note="The peer may take 1,000 steps; with its default of 100 it stops early."),
    Entry("logistic", "softmax of ten digits",
          "02_logistic_regression/logistic_regression.LogisticRegression", {},
          "linear_model.LogisticRegression", {"max_iter": 1000}, digits_data,
          ((600, 64), (1_797, 64), (10_000, 64)), "accuracy", accuracy, "n d k + d³",
          note="The peer may take 1,000 steps; with its default of 100 it stops early."),
    Entry("logistic", "classes that overlap",
          "02_logistic_regression/logistic_regression.LogisticRegression", {},
          "linear_model.LogisticRegression", {"max_iter": 1000}, overlapping_data,
          ((1_000, 20), (50_000, 50)), "accuracy", accuracy, "n d + d³", hard=True,
          note="Nearly all is noise, and the peer stops after a few rough steps."),
    Entry("logistic", "more columns than rows",
          "02_logistic_regression/logistic_regression.LogisticRegression", {},
          "linear_model.LogisticRegression", {"max_iter": 1000}, sparse_odds_data,
          ((100, 250), (100, 510), (100, 2_000)), "accuracy", accuracy, "n² d", hard=True),
    Entry("logistic", "L1, more columns than rows",
          "02_logistic_regression/logistic_regression.LogisticRegression", {"l1_ratio": 1.0},
          "linear_model.LogisticRegression",
          {"l1_ratio": 1.0, "solver": "liblinear", "max_iter": 1000}, sparse_odds_data,
          ((100, 110), (200, 250)), "accuracy", accuracy, "n d", hard=True,
          note="The peer is liblinear, which also penalises the intercept."),
    Entry("knn", "k-NN, brute force",
          "03_knn/knn.KNeighborsClassifier", {"algorithm": "brute"},
          "neighbors.KNeighborsClassifier", {"algorithm": "brute"}, blob_data(5, 0.5),
          ((2_000, 20), (18_000, 50), (50_000, 50)), "accuracy", accuracy, "n d", n_new=2_000),
    Entry("knn", "k-NN, k-d tree",
          "03_knn/knn.KNeighborsClassifier", {"algorithm": "kd_tree"},
          "neighbors.KNeighborsClassifier", {"algorithm": "kd_tree"}, blob_data(5, 2.0),
          ((5_000, 2), (20_000, 3), (90_000, 3)), "accuracy", accuracy, "d n log n",
          n_new=10_000),
    Entry("knn", "k-NN regression",
          "03_knn/knn.KNeighborsRegressor", {"weights": "distance"},
          "neighbors.KNeighborsRegressor", {"weights": "distance"}, step_data("number"),
          ((2_000, 4), (20_000, 4), (100_000, 4)), "R²", r2, "d n log n"),
    Entry("knn", "rows that are mostly equal",
          "03_knn/knn.KNeighborsClassifier", {"algorithm": "brute"},
          "neighbors.KNeighborsClassifier", {"algorithm": "brute"}, one_hot_data,
          ((2_000, 20), (16_000, 20)), "accuracy", accuracy, "n d", n_new=500, hard=True,
          note="The labels are noise, and which of many equal rows is asked is a matter of taste."),
    Entry("knn", "one far outlier",
          "03_knn/knn.KNeighborsClassifier", {"algorithm": "brute"},
          "neighbors.KNeighborsClassifier", {"algorithm": "brute"}, outlier_data,
          ((2_000, 20), (20_000, 20)), "accuracy", accuracy, "n d", n_new=500, hard=True),
    Entry("tree", "decision tree, pure leaves",
          "04_decision_tree/decision_tree.DecisionTreeClassifier", {},
          "tree.DecisionTreeClassifier", {"random_state": 0}, step_data("class"),
          ((1_000, 20), (10_000, 20), (30_000, 20)), "accuracy", accuracy, "n d log n"),
    Entry("tree", "decision tree, depth 8",
          "04_decision_tree/decision_tree.DecisionTreeClassifier", {"max_depth": 8},
          "tree.DecisionTreeClassifier", {"max_depth": 8, "random_state": 0}, step_data("class"),
          ((1_000, 20), (10_000, 20), (100_000, 20)), "accuracy", accuracy, "n d log n",
          n_new=100_000),
    Entry("tree", "regression tree, depth 10",
          "04_decision_tree/decision_tree.DecisionTreeRegressor", {"max_depth": 10},
          "tree.DecisionTreeRegressor", {"max_depth": 10, "random_state": 0}, step_data("number"),
          ((1_000, 10), (20_000, 10), (100_000, 10)), "R²", r2, "n d log n"),
    Entry("svm", "SVC, rbf kernel",
          "05_svm/svm.SVC", {}, "svm.SVC", {}, odds_data,
          ((1_000, 20), (2_000, 20), (4_000, 200)), "accuracy", accuracy, "n² d"),
    Entry("svm", "SVC of ten digits",
          "05_svm/svm.SVC", {}, "svm.SVC", {}, digits_data,
          ((600, 64), (1_797, 64), (4_000, 64)), "accuracy", accuracy, "n² d"),
    Entry("svm", "SVC of a hundred classes",
          "05_svm/svm.SVC", {}, "svm.SVC", {}, blob_data(100, 1.0),
          ((1_500, 20),), "accuracy", accuracy, "n² d", hard=True),
    Entry("svm", "SVC, classes that overlap",
          "05_svm/svm.SVC", {}, "svm.SVC", {}, overlapping_data,
          ((1_000, 20), (2_000, 20)), "accuracy", accuracy, "n² d", hard=True),
    Entry("svm", "linear SVC",
          "05_svm/svm.LinearSVC", {}, "svm.LinearSVC", {"random_state": 0}, odds_data,
          ((1_000, 20), (20_000, 50)), "accuracy", accuracy, "n d²"),
    Entry("svm", "linear SVC of tumours",
          "05_svm/svm.LinearSVC", {}, "svm.LinearSVC", {"random_state": 0}, tumour_data,
          ((569, 30), (5_000, 30)), "accuracy", accuracy, "n d²"),
    Entry("svm", "linear SVC of ten digits",
          "05_svm/svm.LinearSVC", {}, "svm.LinearSVC", {"random_state": 0, "max_iter": 10_000},
          digits_data, ((1_797, 64),), "accuracy", accuracy, "n d² k",
          note="The peer may take 10,000 steps; with its default of 1,000 it stops early."),
    Entry("svm", "SVR, rbf kernel",
          "05_svm/svm.SVR", {"C": 10.0}, "svm.SVR", {"C": 10.0}, step_data("number"),
          ((500, 10), (1_000, 10), (4_000, 50)), "R²", r2, "n² d"),
    Entry("bayes", "Gaussian naive Bayes",
          "06_naive_bayes/naive_bayes.GaussianNB", {},
          "naive_bayes.GaussianNB", {}, blob_data(5, 0.7),
          ((1_000, 20), (10_000, 20), (100_000, 20)), "accuracy", accuracy, "n d k", n_new=10_000),
    Entry("bayes", "multinomial naive Bayes",
          "06_naive_bayes/naive_bayes.MultinomialNB", {},
          "naive_bayes.MultinomialNB", {}, word_data,
          ((1_000, 100), (5_000, 500), (20_000, 500)), "accuracy", accuracy, "n d k"),
    Entry("kmeans", "k-means, 10 blobs",
          "07_k_means/k_means.KMeans", {"n_clusters": 10, "n_init": 5, "random_state": 0},
          "cluster.KMeans", {"n_clusters": 10, "n_init": 5, "random_state": 0}, blob_data(10, 1.0),
          ((1_000, 20), (10_000, 20), (100_000, 20)), "MSE", squared_distance, "n d"),
    Entry("kmeans", "k-means, 30 in a cloud",
          "07_k_means/k_means.KMeans",
          {"n_clusters": 30, "max_iter": 30, "tol": None, "random_state": 0},
          "cluster.KMeans", {"n_clusters": 30, "max_iter": 30, "tol": 0, "random_state": 0},
          step_data("number"), ((1_000, 10), (10_000, 10), (50_000, 10)), "MSE", squared_distance,
          "n d"),
    Entry("pca", "PCA of tall data",
          "08_pca/pca.PCA", {"n_components": 10},
          "decomposition.PCA", {"n_components": 10}, decaying_data,
          ((1_000, 20), (20_000, 50), (100_000, 100)), "variance kept", kept, "n d² + d³",
          method="transform"),
    Entry("pca", "PCA of square data",
          "08_pca/pca.PCA", {"n_components": 10, "random_state": 0},
          "decomposition.PCA", {"n_components": 10, "random_state": 0}, decaying_data,
          ((300, 300), (1_000, 1_000), (2_000, 2_000)), "variance kept", kept, "n d k",
          method="transform"),
]


def load(path, options, package=None):
    """Return the model that a path such as "07_k_means/k_means.KMeans" names, with options."""
    folder, _, dotted = path.rpartition("/")
    module, _, name = dotted.rpartition(".")
    if folder and str(ROOT / folder) not in sys.path:
        sys.path.insert(0, str(ROOT / folder))
    module = importlib.import_module(f"{package}.{module}" if package else module)
    return getattr(module, name)(**options)


def in_turns(*calls):
    """Return the median seconds of each call, run in turns for at most MOST_SECONDS.

    In its turn a call runs twice and the second run counts: the threads of the one before still
    hold the cores for some milliseconds, which would be charged to whoever comes next.
    """
    times, start = [[] for _ in calls], time.perf_counter()
    while len(times[0]) < 3 or (len(times[0]) < 15 and time.perf_counter() - start < MOST_SECONDS):
        for call, record in zip(calls, times):
            call()
            begin = time.perf_counter()
            call()
            record.append(time.perf_counter() - begin)
    return [statistics.median(record) for record in times]


def peak_memory(call):
    """Return the megabytes that a call holds at its peak, beyond what was there before."""
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def split(entry, n, d):
    """Return X, y of n rows and X, y of the new rows, made from the same seed each time."""
    X, y = entry.data(n + entry.n_new, d, np.random.default_rng(0))
    return X[:n], None if y is None else y[:n], X[n:], None if y is None else y[n:]


def measure(entry, n, d, with_peer):
    """Return a row: times of fit and predict in ms (ours, peer), peak MB, quality (ours, peer)."""
    X, y, X_new, y_new = split(entry, n, d)
    models = [load(entry.ours, entry.our_options)]
    if with_peer:
        models.append(load(entry.peer, entry.peer_options, "sklearn"))
    fits = in_turns(*(lambda m=m: copy.deepcopy(m).fit(X, y) for m in models))
    memory = peak_memory(lambda: copy.deepcopy(models[0]).fit(X, y))
    fitted = [copy.deepcopy(m).fit(X, y) for m in models]
    uses = in_turns(*(lambda m=m: getattr(m, entry.method)(X_new) for m in fitted))
    quality = [float(entry.quality(m, X_new, y_new)) for m in fitted]
    return [1e3 * t for t in fits], [1e3 * t for t in uses], memory, quality


MAPPED = ("linear regression", "logistic regression", "Gaussian naive Bayes",
          "multinomial naive Bayes", "k-means, 10 blobs", "PCA of tall data")


def mapped_shares(entry, dtype, with_peer, n=400_000, d=50):
    """Return the peak memory of fit and of predict as shares of X, which is a file of n rows.

    Each is a list: ours and, with the peer, the peer's.
    """
    X, y = entry.data(n, d, np.random.default_rng(0))
    options = [(entry.ours, entry.our_options, None)]
    if with_peer:
        options.append((entry.peer, entry.peer_options, "sklearn"))
    fits, uses = [], []
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/X.npy", X.astype(dtype))
        mapped = np.load(f"{folder}/X.npy", mmap_mode="r")
        for path, chosen, package in options:
            model = load(path, chosen, package)
            use = getattr(model, entry.method)
            fits.append(1e6 * peak_memory(lambda m=model: m.fit(mapped, y)) / mapped.nbytes)
            uses.append(1e6 * peak_memory(lambda use=use: use(mapped)) / mapped.nbytes)
        mapped = None  # some systems do not remove a file that is in use
    return fits, uses


def growth(entry):
    """Return the measured exponents of n and of d in the time of our fit, about the middle size."""
    n, d = entry.sizes[min(1, len(entry.sizes) - 1)]
    model = load(entry.ours, entry.our_options)
    calls = []
    for rows, columns in ((n, d), (4 * n, d), (n, 2 * d)):
        X, y, _, _ = split(entry, rows, columns)
        calls.append(lambda X=X, y=y: copy.deepcopy(model).fit(X, y))
    base, more_rows, more_columns = in_turns(*calls)
    return math.log(more_rows / base, 4), math.log(more_columns / base, 2)


HEAD = ["model", "n x d", "fit ms, ours/peer", "ratio", "use ms, ours/peer", "ratio", "peak MB",
        "quality, ours / peer"]
WIDTHS = [28, 16, 20, 6, 20, 6, 8, 20]


def ratio(times):
    """Return the text of ours / peer, or nothing without a peer."""
    return f"{times[0] / times[1]:.2f}" if len(times) > 1 else ""


def cells(entry, n, d, row):
    """Return the texts of one table row."""
    fits, uses, memory, quality = row
    pair = [f"{t[0]:.3g}" + (f" / {t[1]:.3g}" if len(t) > 1 else "") for t in (fits, uses)]
    return [entry.title, f"{n:,} x {d:,}", pair[0], ratio(fits), pair[1], ratio(uses),
            f"{memory:.1f}", f"{entry.measure} " + " / ".join(f"{q:.4g}" for q in quality)]


def mean_ratios(rows):
    """Return the geometric means of the ratios of fit and of use."""
    return [math.exp(statistics.fmean(math.log(row[i][0] / row[i][1]) for row in rows))
            for i in (0, 1)]


def table(head, lines):
    """Return a Markdown table."""
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, ["---"] * len(head), *lines])


def machine(with_peer):
    """Return one sentence: processor, cores and versions."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.split(":", 1)[1].strip() for line in info.read_text().splitlines()
                 if line.startswith("model name")]
        cpu = names[0] if names else cpu
    peer = f", scikit-learn {importlib.import_module('sklearn').__version__}" if with_peer else ""
    return (f"{cpu}, {os.cpu_count()} cores, {platform.system()}, Python "
            f"{platform.python_version()}, NumPy {np.__version__}{peer}")


def with_threads(threads, arguments):
    """Run the benchmark once more in a process of so many threads; return its exit status.

    The libraries read the number when they are loaded, so this process cannot change its own.
    """
    command = [sys.executable, "-m", "utils.benchmark", *arguments]
    environment = os.environ | dict.fromkeys(THREADS, str(threads))
    return subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode


def main(arguments=None):
    """Run the benchmark that the command line asks for."""
    arguments = sys.argv[1:] if arguments is None else arguments
    words = list(dict.fromkeys(entry.word for entry in ENTRIES))
    parser = argparse.ArgumentParser(prog="python -m utils.benchmark", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", help=f"any of: {', '.join(words)}")
    parser.add_argument("--threads", type=int, help="the most threads; all, without")
    parser.add_argument("--save", metavar="FILE", help="write the rows to a JSON file as well")
    parser.add_argument("--write", action="store_true", help="write references/benchmarks.md")
    options = parser.parse_args(arguments)
    if unknown := set(options.models) - set(words):
        parser.error(f"unknown model {sorted(unknown)[0]!r}; choose from {', '.join(words)}")
    if options.write and options.models:
        parser.error("--write measures every model: name none")
    if options.threads is not None and options.threads < 1:
        parser.error("--threads must be at least 1")
    threads = 1 if options.write else options.threads  # but for the tables, which name theirs
    if threads and os.environ.get(THREADS[0]) != str(threads):
        sys.exit(with_threads(threads, arguments))
    with_peer = importlib.util.find_spec("sklearn") is not None
    if options.write:
        write(with_peer)
        return
    print(machine(with_peer), "" if with_peer else "(scikit-learn is not installed: ours alone)")
    print("  ".join(f"{head:<{width}}" for head, width in zip(HEAD, WIDTHS)))
    rows = run([entry for entry in ENTRIES if entry.word in (options.models or words)], with_peer)
    if with_peer:
        fit, use = mean_ratios(rows)
        print(f"Geometric mean of the ratios ours / scikit-learn: fit {fit:.2f}, use {use:.2f}.")
    if options.save:
        Path(options.save).write_text(json.dumps(rows), encoding="utf-8")


def run(entries, with_peer):
    """Measure the entries at all their sizes, print a line for each, and return the rows."""
    rows = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for entry in entries:
            for n, d in entry.sizes:
                rows.append(measure(entry, n, d, with_peer))
                line = cells(entry, n, d, rows[-1])
                texts = [f"{text:<{width}}" for text, width in zip(line, WIDTHS)]
                print("  ".join(texts), flush=True)
    return rows


TITLES = {"linear": "Linear regression", "logistic": "Logistic regression",
          "knn": "k-nearest neighbours", "tree": "Decision trees", "svm": "Support vector machines",
          "bayes": "Naive Bayes", "kmeans": "k-means", "pca": "Principal component analysis"}
FULL_HEAD = ["data and model", "n x d", "fit ms", "ratio", "ratio, 2 threads", "use ms", "ratio",
             "ratio, 2 threads", "peak MB", "quality"]


def write(with_peer):
    """Measure everything and write references/benchmarks.md."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for threads in (1, 2):
            saved = Path(folder) / f"{threads}.json"
            if with_threads(threads, ["--threads", str(threads), "--save", str(saved)]):
                sys.exit("the benchmark did not come to its end: nothing is written")
            rows.append(json.loads(saved.read_text(encoding="utf-8")))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        growths = [[entry.title, entry.cost, *(f"{power:.1f}" for power in growth(entry))]
                   for entry in ENTRIES if not entry.hard and len(entry.sizes) == 3]
        shares = [mapped_row(entry, with_peer) for entry in ENTRIES if entry.title in MAPPED]
    text = report(machine(with_peer), *rows, growths, shares)
    (ROOT / "references" / "benchmarks.md").write_text(text, encoding="utf-8")


def mapped_row(entry, with_peer):
    """Return the texts of one row of the table of data that are larger than memory."""
    row = [entry.title]
    for dtype in (np.float64, np.float32):
        for shares in mapped_shares(entry, dtype, with_peer):
            row.append(" / ".join(f"{100 * share:.1f} %" for share in shares))
    return row


def means(one, two, hard):
    """Return the geometric means of the ratios as a sentence, of the hard data or of the rest."""
    sizes = [entry for entry in ENTRIES for _ in entry.sizes]
    parts = []
    for threads, rows in (("one thread", one), ("two threads", two)):
        chosen = [row for row, entry in zip(rows, sizes) if entry.hard == hard]
        fit, use = mean_ratios(chosen)
        slower = [sum(row[i][0] > row[i][1] for row in chosen) for i in (0, 1)]
        parts.append(f"{threads}: fit {fit:.2f}, use {use:.2f} ({slower[0]} of {len(chosen)} fits "
                     f"and {slower[1]} uses took longer than the peer's)")
    return "; ".join(parts)


def report(where, one, two, growths, shares):
    """Return the text of references/benchmarks.md, of the rows on one thread and on two."""
    with_peer = len(one[0][0]) > 1
    summary = ""
    if with_peer:
        summary = f"""Geometric means of the ratios ours / peer, below 1 where ours is faster:

- usual data, {means(one, two, hard=False)}.
- hard data (marked *), {means(one, two, hard=True)}.
"""
    sections = []
    sizes = [(entry, n, d) for entry in ENTRIES for n, d in entry.sizes]
    for word, title in TITLES.items():
        lines, notes = [], {}
        for (entry, n, d), first, second in zip(sizes, one, two):
            if entry.word != word:
                continue
            line = cells(entry, n, d, first)
            line[0] += " *" if entry.hard else ""
            if entry.note:
                number = notes.setdefault(entry.note, len(notes) + 1)
                line[0] += f" ({number})"
            line.insert(4, ratio(second[0]))
            line.insert(7, ratio(second[1]))
            lines.append(line)
        footnotes = "".join(f"\n({number}) {note}\n" for note, number in notes.items())
        sections.append(f"## {title}\n\n{table(FULL_HEAD, lines)}\n{footnotes}")
    joined = "\n".join(sections)
    return f"""# Benchmarks

Written by `python -m utils.benchmark --write` on {where}.

**How it was measured.** The *peer* is scikit-learn. Ours and the peer run in one process, in turns,
each twice in its turn, of which the second run counts. Every time is the median of 3 to 15 such
turns in milliseconds, ours / peer, on one thread. The next column is the ratio of the two, and the
one after it the ratio when both may use two threads. *Use* is `predict`, or `transform` for PCA, on
new rows that `fit` has not seen: 2,000 and 10,000 for k-NN (500 on hard data), 100,000 for the tree
of depth 8, 10,000 for Gaussian naive Bayes, else 1,000. *Peak MB* is what our `fit` holds at its
peak beyond the data. Quality is that of ours / the peer on the new rows.

{summary}
{joined}
## More rows than memory

`fit` and `predict` (or `transform`) on a file of 400,000 x 50 numbers that is mapped into memory
(`np.load(..., mmap_mode="r")`). The shares are the memory that NumPy takes at the peak, in per cent
of the file, ours / peer.

{table(["model", "fit, float64", "predict, float64", "fit, float32", "predict, float32"], shares)}

k-NN and the trees are not in this table: they keep or sort all rows.

## How the cost grows

Exponents of n and d in the time of our `fit` on one thread, measured about the middle size of the
tables (n times 4, d times 2), beside the cost that the model file states. Fixed costs pull small
cases below the exponent. Matrix products, which grow more efficient with size, do so too. For more
columns k-NN regression goes over from the tree to brute force, which has almost no `fit`. The steps
of SVC and SVR do not depend on d, and how many are needed changes with the data.

{table(["model", "stated cost of fit", "exponent of n", "exponent of d"], growths)}
"""


if __name__ == "__main__":
    main()
