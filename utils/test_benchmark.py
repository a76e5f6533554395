"""Tests of the benchmark's arithmetic and table; nothing here asserts a time."""

import numpy as np
import pytest

from utils import benchmark
from utils.benchmark import ENTRIES, Entry, cells, load, main, mean_ratios, measure, peak_memory


def small(entry):
    return entry._replace(n_new=50)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.title)
def test_every_entry_runs_alone_and_gives_a_sound_quality(entry):
    fits, uses, memory, quality = measure(small(entry), 120, 12, with_peer=False)
    assert len(fits) == len(uses) == len(quality) == 1
    assert fits[0] > 0 and uses[0] > 0 and memory > 0 and np.isfinite(quality[0])


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.title)
def test_every_entry_has_three_sizes_and_splits_off_the_new_rows(entry):
    assert len(entry.sizes) == 3
    X, y, X_new, y_new = benchmark.split(small(entry), 120, 12)
    assert len(X) == 120 and len(X_new) == 50
    assert (y is None and y_new is None) or (len(y), len(y_new)) == (120, 50)


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
    assert load(entry.ours, entry.our_options).penalty == "l1"


@pytest.mark.parametrize("arguments, message", [
    (["linaer"], "unknown model 'linaer'; choose from linear"),
    (["LINEAR"], "unknown model 'LINEAR'"),
    (["linear", "forest"], "unknown model 'forest'"),
    (["01_linear_regression"], "unknown model '01_linear_regression'"),
    ([""], "unknown model ''"),
    (["linear", "--write"], "--write measures every model: name none"),
    (["--write", "knn", "tree"], "--write measures every model: name none"),
    (["--wirte"], "unrecognized arguments"),
    (["--write=yes"], "ignored explicit argument 'yes'"),
    (["-x", "svm"], "unrecognized arguments: -x"),
])
def test_a_wrong_command_line_is_told_what_is_right(arguments, message, capsys):
    with pytest.raises(SystemExit):
        main(arguments)
    assert message in capsys.readouterr().err
