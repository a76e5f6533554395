"""Tests of the benchmark's arithmetic and table; nothing here asserts a time."""

import numpy as np
import pytest

from utils import benchmark
from utils.benchmark import ENTRIES, Entry, cells, load, main, mean_ratios, measure, peak_memory
from utils.datasets import load_digits


def small(entry):
    return entry._replace(n_new=50)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.title)
def test_every_entry_runs_alone_and_gives_a_sound_quality(entry):
    fits, uses, memory, quality = measure(small(entry), 120, 12, with_peer=False)
    assert len(fits) == len(uses) == len(quality) == 1
    assert fits[0] > 0 and uses[0] > 0 and memory > 0 and np.isfinite(quality[0])


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.title)
def test_every_entry_splits_off_the_new_rows(entry):
    assert entry.hard or entry.word == "svm" or len(entry.sizes) == 3
    X, y, X_new, y_new = benchmark.split(small(entry), 120, 12)
    assert len(X) == 120 and len(X_new) == 50
    assert (y is None and y_new is None) or (len(y), len(y_new)) == (120, 50)


def test_new_digits_come_from_digits_that_no_other_row_comes_from():
    rng = np.random.default_rng(0)
    X, y = benchmark.digits_data(3_000, 64, rng)
    pixels = np.random.default_rng(0)
    order = pixels.permutation(1797)                       # the same draws, to know the columns
    pixels.choice(order[359:], 2_000), pixels.choice(order[:359], 1_000)
    digits = load_digits().X[:, pixels.permutation(64)]
    def nearest(rows):
        squares = (digits**2).sum(axis=1) - 2 * rows @ digits.T
        return set(squares.argmin(axis=1).tolist())
    known, unseen = nearest(X[:2_000]), nearest(X[2_000:])
    assert known <= set(order[359:].tolist()) and unseen <= set(order[:359].tolist())


def test_the_columns_that_matter_to_a_tree_stand_anywhere():
    seen = set()
    for seed in range(20):
        X, y = benchmark.step_data("number")(3_000, 6, np.random.default_rng(seed))
        seen.add(int(abs(np.corrcoef(X.T, y)[-1, :-1]).argmax()))
    assert len(seen) >= 4


def test_the_share_of_a_mapped_file_tells_a_model_that_copies(monkeypatch):
    class Copies:
        def fit(self, X, y):
            self.copy = X + 1
            return self

        def predict(self, X):
            return X[:, 0].copy()

    entry = next(entry for entry in ENTRIES if entry.title == "Gaussian naive Bayes")
    monkeypatch.setattr(benchmark, "load", lambda *args: Copies())
    fits, uses = benchmark.mapped_shares(entry, float, with_peer=False, n=20_000, d=20)
    assert fits == pytest.approx([1], rel=0.05) and uses == pytest.approx([1 / 20], rel=0.2)


def test_the_report_has_a_table_for_every_model_and_counts_what_is_slower():
    rows = [([1.0, 2.0], [3.0, 2.0], 0.25, [0.5, 0.75]) for entry in ENTRIES for _ in entry.sizes]
    text = benchmark.report("here", rows, rows, [["a", "n", "1.0", "1.0"]], [["a", "1 %"] * 2])
    for title in benchmark.TITLES.values():
        assert f"## {title}\n" in text
    assert set(benchmark.TITLES) == {entry.word for entry in ENTRIES}
    usual = sum(len(entry.sizes) for entry in ENTRIES if not entry.hard)
    assert f"usual data, one thread: fit 0.50, use 1.50 (0 of {usual} fits and {usual} uses" in text
    assert all(entry.note in text for entry in ENTRIES)
    assert set(benchmark.MAPPED) <= {entry.title for entry in ENTRIES}


def test_the_runs_are_in_turns_and_the_median_of_the_second_is_taken(monkeypatch):
    clock = iter(np.cumsum([0, 0, 1, 0, 5, 0, 2, 0, 5, 0, 9, 0, 6, 0, 0]))
    monkeypatch.setattr(benchmark, "MOST_SECONDS", 0)
    monkeypatch.setattr(benchmark.time, "perf_counter", lambda: next(clock))
    order = []
    medians = benchmark.in_turns(lambda: order.append("ours"), lambda: order.append("peer"))
    assert order == ["ours", "ours", "peer", "peer"] * 3
    assert medians == [2, 5]  # of 1, 2, 9 and of 5, 5, 6


def test_peak_memory_sees_an_array_that_is_gone_afterwards():
    assert 8 <= peak_memory(lambda: np.ones(1_000_000).sum()) < 9


def test_the_summary_is_the_geometric_mean_of_the_ratios():
    rows = [([1.0, 4.0], [3.0, 1.0], 0, [0, 0]), ([4.0, 1.0], [3.0, 1.0], 0, [0, 0])]
    assert mean_ratios(rows) == pytest.approx([1.0, 3.0])  # sqrt(1/4 * 4), sqrt(3 * 3)


def test_a_row_shows_both_times_their_ratio_and_both_qualities():
    row = cells(ENTRIES[0], 1000, 20, ([1.0, 4.0], [3.0, 2.0], 0.25, [0.5, 0.75]))
    assert row == ["linear regression", "1,000 x 20", "1 / 4", "0.25", "3 / 2", "1.50", "0.2",
                   "R² 0.5 / 0.75"]


def test_without_the_peer_a_row_has_no_ratio():
    row = cells(ENTRIES[0], 1000, 20, ([1.0], [3.0], 0.25, [0.5]))
    assert row[2:6] == ["1", "", "3", ""]


def test_models_load_by_path_with_their_options():
    entry = next(entry for entry in ENTRIES if entry.title == "lasso")
    assert isinstance(entry, Entry)
    assert load(entry.ours, entry.our_options).alpha == 1.0


@pytest.mark.parametrize("arguments, message", [
    (["linaer"], "unknown model 'linaer'; choose from linear"),
    (["LINEAR"], "unknown model 'LINEAR'"),
    (["linear", "forest"], "unknown model 'forest'"),
    (["01_linear_regression"], "unknown model '01_linear_regression'"),
    ([""], "unknown model ''"),
    (["linear", "--write"], "--write measures every model: name none"),
    (["--write", "knn", "tree"], "--write measures every model: name none"),
    (["--threads", "0"], "--threads must be at least 1"),
    (["--threads", "two"], "invalid int value: 'two'"),
    (["--wirte"], "unrecognized arguments"),
    (["--write=yes"], "ignored explicit argument 'yes'"),
    (["-x", "svm"], "unrecognized arguments: -x"),
])
def test_a_wrong_command_line_is_told_what_is_right(arguments, message, capsys):
    with pytest.raises(SystemExit):
        main(arguments)
    assert message in capsys.readouterr().err
