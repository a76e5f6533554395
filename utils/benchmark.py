"""How fast the eight models are, against scikit-learn where that is installed and alone where not.

    python -m utils.benchmark                  every model, table to the screen
    python -m utils.benchmark linear tree      some models
    python -m utils.benchmark --write          every model, and references/benchmarks.md anew

Ours and the peer run in one process on the same threads and the same data, in turns, so that a
noisy moment strikes both; a figure is the median of its runs, and the ratio ours / peer counts.
Quality stands beside every time, because a fast wrong answer is worth nothing.

One ``Entry`` in ``ENTRIES`` is one model on one kind of data at three sizes. To add one: the words
that select it, our class, the peer's class, the data, the sizes, a quality and the stated cost.
"""

import argparse
import copy
import importlib
import importlib.util
import math
import os
import platform
import statistics
import sys
import time
import tracemalloc
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from utils.data_generators import make_blobs, make_regression
from utils.datasets import load_digits
from utils.metrics import accuracy_score, r2_score

ROOT = Path(__file__).resolve().parents[1]
MOST_SECONDS = 6.0  # of repetition for one figure


class Entry(NamedTuple):
    """One model on one kind of data.

    ``ours`` is "folder/module.Class", ``peer`` "module.Class" below sklearn, each with options;
    ``data(n, d, rng)`` returns X, y for n + n_new rows, the last n_new of which are only predicted;
    ``quality(model, X, y)`` returns a number, named in ``measure``; ``cost`` is the stated growth
    of ``fit``; ``method`` is what is timed after it.
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
    n_new: int = 1000


def r2(model, X, y):
    return r2_score(y, model.predict(X))


def accuracy(model, X, y):
    return accuracy_score(y, model.predict(X))


def squared_distance(model, X, y):
    """Mean over the rows of the squared distance to the nearest centre; lower is better."""
    return float(np.mean(model.transform(X).min(axis=1) ** 2))


def linear_data(n, d, rng):
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


def digits_data(n, d, rng):
    """Handwritten digits drawn with replacement, d of their pixels with a little noise."""
    X, y = load_digits()[:2]
    rows, columns = rng.integers(len(X), size=n), np.resize(rng.permutation(64), d)
    return X[rows][:, columns] + rng.normal(size=(n, d)), y[rows]


def step_data(target):
    """Return a function that makes noisy targets of three features, classes or numbers."""
    def data(n, d, rng):
        X = rng.normal(size=(n, d))
        y = X[:, 0] * X[:, 1] + X[:, 2] + rng.normal(size=n)
        return X, y > 0 if target == "class" else y
    return data


def word_data(n, d, rng):
    """Counts of d words in texts of three kinds."""
    y = rng.integers(0, 3, size=n)
    return rng.poisson(rng.gamma(0.3, 1.0, size=(3, d))[y]).astype(float), y


def decaying_data(n, d, rng):
    """Mixed features whose variances fall like 1, 1/4, 1/9, ..."""
    mix = np.linalg.qr(rng.normal(size=(d, d)))[0]
    return (rng.normal(size=(n, d)) / np.arange(1, d + 1)) @ mix, None


def kept(model, X, y):
    return model.explained_variance_ratio_.sum()


ENTRIES = [
    Entry("linear", "linear regression",
          "01_linear_regression/linear_regression.LinearRegression", {},
          "linear_model.LinearRegression", {}, linear_data,
          ((1_000, 20), (20_000, 50), (100_000, 50)), "R²", r2, "n d²"),
    Entry("linear", "lasso",
          "01_linear_regression/linear_regression.LinearRegression",
          {"penalty": "l1", "alpha": 1.0},
          "linear_model.Lasso", {"alpha": 1.0, "tol": 1e-6},
          linear_data, ((1_000, 20), (10_000, 50), (50_000, 100)), "R²", r2, "n d²"),
    Entry("logistic", "logistic regression",
          "02_logistic_regression/logistic_regression.LogisticRegression", {},
          "linear_model.LogisticRegression", {}, odds_data,
          ((1_000, 20), (10_000, 50), (50_000, 50)), "accuracy", accuracy, "n d + d³"),
    Entry("logistic", "softmax of ten digits",
          "02_logistic_regression/logistic_regression.LogisticRegression", {},
          "linear_model.LogisticRegression", {}, digits_data,
          ((600, 64), (1_797, 64), (10_000, 64)), "accuracy", accuracy, "n d k + d³"),
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
    quality = [entry.quality(m, X_new, y_new) for m in fitted]
    return [1e3 * t for t in fits], [1e3 * t for t in uses], memory, quality


def growth(entry):
    """Return the measured exponents of n and of d in the time of our fit, about the middle size."""
    n, d = entry.sizes[1]
    model = load(entry.ours, entry.our_options)
    calls = []
    for rows, columns in ((n, d), (4 * n, d), (n, 2 * d)):
        X, y, _, _ = split(entry, rows, columns)
        calls.append(lambda X=X, y=y: copy.deepcopy(model).fit(X, y))
    base, more_rows, more_columns = in_turns(*calls)
    return math.log(more_rows / base, 4), math.log(more_columns / base, 2)


def cells(entry, n, d, row):
    """Return the texts of one table row."""
    fits, uses, memory, quality = row
    pair = [f"{t[0]:.3g}" + (f" / {t[1]:.3g}" if len(t) > 1 else "") for t in (fits, uses)]
    ratio = [f"{t[0] / t[1]:.2f}" if len(t) > 1 else "" for t in (fits, uses)]
    return [entry.title, f"{n:,} x {d}", pair[0], ratio[0], pair[1], ratio[1], f"{memory:.1f}",
            f"{entry.measure} " + " / ".join(f"{q:.4g}" for q in quality)]


HEAD = ["model", "n x d", "fit ms, ours/peer", "ratio", "use ms, ours/peer", "ratio", "peak MB",
        "quality, ours / peer"]
WIDTHS = [24, 16, 20, 6, 20, 6, 8, 20]


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


def main(arguments=None):
    """Run the benchmark that the command line asks for."""
    words = list(dict.fromkeys(entry.word for entry in ENTRIES))
    parser = argparse.ArgumentParser(prog="python -m utils.benchmark", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", help=f"any of: {', '.join(words)}")
    parser.add_argument("--write", action="store_true", help="write references/benchmarks.md")
    options = parser.parse_args(arguments)
    if unknown := set(options.models) - set(words):
        parser.error(f"unknown model {sorted(unknown)[0]!r}; choose from {', '.join(words)}")
    if options.write and options.models:
        parser.error("--write measures every model: name none")
    with_peer = importlib.util.find_spec("sklearn") is not None
    print(machine(with_peer), "" if with_peer else "(scikit-learn is not installed: ours alone)")
    print("  ".join(f"{head:<{width}}" for head, width in zip(HEAD, WIDTHS)))
    rows, lines, growths = [], [], []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for entry in ENTRIES:
            if options.models and entry.word not in options.models:
                continue
            for n, d in entry.sizes:
                rows.append(measure(entry, n, d, with_peer))
                lines.append(cells(entry, n, d, rows[-1]))
                print("  ".join(f"{text:<{width}}" for text, width in zip(lines[-1], WIDTHS)),
                      flush=True)
            if options.write:
                in_n, in_d = growth(entry)
                growths.append([entry.title, entry.cost, f"{in_n:.2f}", f"{in_d:.2f}"])
    summary = ""
    if with_peer:
        fit, use = mean_ratios(rows)
        summary = f"Geometric mean of the ratios ours / scikit-learn: fit {fit:.2f}, use {use:.2f}."
        print(summary)
    if options.write:
        write(machine(with_peer), summary, lines, growths)


def write(where, summary, lines, growths):
    """Write references/benchmarks.md."""
    text = f"""# Benchmarks

Written by `python -m utils.benchmark --write` on {where}.

Ours and scikit-learn ran in one process, in turns, each twice in its turn, of which the second run
counts; every time is a median in milliseconds, a ratio below 1 means that ours is faster. "use" is
`predict`, or `transform` for PCA, on 1,000 new rows unless the method says otherwise. "peak MB" is
what our `fit` holds at its peak beyond the data.

{summary}

{table(HEAD, lines)}

## How the cost grows

Exponents of n and d in the time of our `fit`, measured about the middle size of the table (n times
4, d times 2), beside the cost that the model file states. Fixed costs pull small cases below the
exponent; matrix products, which grow more efficient with size, do so too.

{table(["model", "stated cost of fit", "exponent of n", "exponent of d"], growths)}
"""
    (ROOT / "references" / "benchmarks.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
