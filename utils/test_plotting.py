"""Tests of the house style: pictures agree with what was asked, and their bytes never change."""

import io
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import PIL
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

from utils import plotting
from utils.docstrings import faults, signature_defaults
from utils.forms import masked
from utils.metrics import calibration_curve
from utils.plotting import (
    COLORS,
    animate,
    arrow,
    biplot,
    boundary_line,
    clusters,
    contour_field,
    contour_path,
    covariance_ellipse,
    crowd,
    decision_regions,
    draw_tree,
    explore,
    heat_map,
    image_grid,
    label_bars,
    lift,
    line_and_residuals,
    margins,
    numerals,
    outcomes,
    plot_classes,
    probability_field,
    reliability_diagram,
    residual_squares,
    roc,
    save,
    shadows,
    split_curve,
    staircase,
    street,
    tree_regions,
    use_house_style,
    validation_curve,
    votes,
)


@pytest.fixture(autouse=True)
def _house_style():
    with mpl.rc_context():
        use_house_style()
        yield


@pytest.fixture
def ax():
    fig = Figure(figsize=(7, 4))
    FigureCanvasAgg(fig)
    return fig.subplots()


class HalfPlane:
    """Predicts "east" where x > 0 and "west" elsewhere, and counts its calls."""

    classes_ = np.array(["east", "west"])
    calls = 0

    def predict(self, X):
        self.calls += 1
        return np.where(X[:, 0] > 0, "east", "west")

    def predict_proba(self, X):
        p = 1 / (1 + np.exp(-X[:, 0]))
        return np.column_stack([1 - p, p])


# Three splits, four leaves:            0: x0 <= 2.45
#                               1: leaf            2: x1 <= 1.75
#                                           3: x0 <= 4.95       4: leaf
#                                        5: leaf    6: leaf
TREE = SimpleNamespace(
    children_left=np.array([1, -1, 3, 5, -1, -1, -1]),
    children_right=np.array([2, -1, 4, 6, -1, -1, -1]),
    feature=np.array([0, -2, 1, 0, -2, -2, -2]),
    threshold=np.array([2.45, -2, 1.75, 4.95, -2, -2, -2]),
    n_node_samples=np.array([150, 50, 100, 54, 46, 48, 6]),
    value=np.array(
        [[1, 1, 1], [3, 0, 0], [0, 1.5, 1.5], [0, 2.7, 0.3], [0, 0, 3], [0, 3, 0], [0, 1, 2]]
    ) / 3,
)  # fmt: skip


def moving_dot(fig, t):
    ax = fig.subplots()
    ax.plot(t, np.sin(t), "o", ms=12)
    ax.set(xlim=(-1, 6), ylim=(-2, 2), title=f"t = {t}")


def decoded(data):
    """The frames as RGB arrays, and their durations. The first picture is not one of them."""
    image = Image.open(io.BytesIO(data))
    assert image.default_image
    frames, durations = [], []
    for i in range(1, image.n_frames):
        image.seek(i)
        frames.append(np.asarray(image.convert("RGB")))
        durations.append(image.info["duration"])
    return frames, durations


# ------------------------------------------------------------------------------ points and regions


def test_a_class_is_a_colour_and_a_marker(ax):
    y = np.array(["b", "a", "b", "c"])
    artists = plot_classes(ax, np.arange(8.0).reshape(4, 2), y, ["Ann", "Bob", "Cy"])
    assert [len(a.get_offsets()) for a in artists] == [1, 2, 1]
    assert [tuple(a.get_facecolor()[0, :3]) for a in artists] == [to_rgb(c) for c in COLORS[:3]]
    shapes = {a.get_paths()[0].vertices.tobytes() for a in artists}
    assert len(shapes) == 3
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["Ann", "Bob", "Cy"]


def test_ten_classes_have_ten_different_looks(ax):
    artists = plot_classes(ax, np.zeros((10, 2)), np.arange(10))
    looks = {
        (a.get_facecolor()[0].tobytes(), a.get_paths()[0].vertices.tobytes()) for a in artists
    }
    assert len(looks) == 10


def test_a_class_keeps_its_colour_when_others_are_missing(ax):
    artists = plot_classes(ax, np.ones((2, 2)), ["c", "c"], classes=["a", "b", "c"], legend=False)
    assert tuple(artists[2].get_facecolor()[0, :3]) == to_rgb(COLORS[2])
    assert ax.get_legend() is None


def test_regions_agree_with_predict_at_every_grid_point(ax):
    model = HalfPlane()
    image = decision_regions(ax, model, (-1, 2, -1, 1), resolution=31)
    xs, ys = np.linspace(-1, 2, 31), np.linspace(-1, 1, 31)
    for i, y in enumerate(ys):
        expected = model.predict(np.column_stack([xs, np.full(31, y)]))
        assert (model.classes_[image.get_array()[i]] == expected).all()
    # Pixel centres lie on the grid: the extent reaches half a step beyond the limits.
    assert np.allclose(image.get_extent(), (-1.05, 2.05, -1 - 1 / 30, 1 + 1 / 30))
    assert ax.get_xlim() == (-1, 2)


def test_regions_need_one_call_of_predict(ax):
    model = HalfPlane()
    decision_regions(ax, model, np.array([[0.0, 0.0], [1.0, 1.0]]))
    assert model.calls == 1


def test_regions_are_filled_with_the_colours_of_the_points(ax):
    image = decision_regions(ax, lambda Z: np.full(len(Z), 2), (0, 1, 0, 1), n_classes=3, alpha=1)
    assert np.allclose(image.to_rgba(image.get_array())[0, 0, :3], to_rgb(COLORS[2]))


def test_a_constant_column_still_has_an_area_to_fill(ax):
    decision_regions(ax, lambda Z: Z[:, 0] > 0, np.array([[1.0, 5.0], [2.0, 5.0]]))
    assert np.ptp(ax.get_ylim()) > 0


def test_clusters_have_areas_points_trails_and_a_star_for_each_centre(ax):
    X = np.array([[0.0, 0], [4, 0], [4, 2]])
    trail = np.array([[[1.0, 1], [2, 1]], [[0, 0], [9, 1]]])

    def nearest(points):
        return (np.abs(points[:, 0]) > 2).astype(int)

    clusters(ax, X, nearest, trail)
    assert ax.get_xlim()[0] < 0 and ax.get_xlim()[1] > 9
    assert [len(points.get_offsets()) for points in ax.collections] == [1, 2]
    lines = [np.column_stack(line.get_data()).tolist() for line in ax.lines]
    assert lines == [[[1, 1], [0, 0]]] * 2 + [[[0, 0]]] + [[[2, 1], [9, 1]]] * 2 + [[[9, 1]]]
    ax.clear()
    clusters(ax, X, nearest, trail[:1], limits=(0, 5, 0, 3))
    assert (*ax.get_xlim(), *ax.get_ylim()) == (0, 5, 0, 3)


def test_a_probability_field_runs_from_0_to_1_with_a_labelled_bar(ax):
    filled = probability_field(ax, HalfPlane(), (-3, 3, -1, 1), label="P(east)")
    assert (filled.levels[0], filled.levels[-1]) == (0, 1)
    assert "P(east)" in [a.get_ylabel() for a in ax.figure.axes]


def test_a_contour_field_asks_the_function_once(ax):
    calls = []
    contour_field(ax, lambda Z: calls.append(1) or Z[:, 0], (0, 1, 0, 1), label="height")
    assert calls == [1]


def test_contour_paths_begin_and_end_where_the_optimiser_did(ax):
    path = np.array([[2.0, 2.0], [1.0, 0.5], [0.0, 0.0]])
    lines = contour_path(ax, lambda W: (W**2).sum(axis=1), {"slow": path, "fast": path[::2]})
    assert np.array_equal(lines[0].get_xydata(), path)
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["slow", "fast"]
    (x_low, x_high), (y_low, y_high) = ax.get_xlim(), ax.get_ylim()
    assert x_low < 0 and x_high > 2 and y_low < 0 and y_high > 2


@pytest.mark.parametrize("w, b, level", [((1, 2), -30, 0), ((1, 0), -2, 1), ((0, -4), 1, -1)])
def test_a_boundary_line_satisfies_its_equation_and_keeps_the_limits(ax, w, b, level):
    ax.plot([0, 1], [0, 1])
    before = ax.axis()
    line = boundary_line(ax, w, b, level)
    for point in (line.get_xy1(), line.get_xy2()):
        assert np.isclose(np.dot(w, point) + b, level)
    assert ax.axis() == before


def test_an_arrow_points_from_start_to_end(ax):
    tip = arrow(ax, (0, 0), (1, 2), "gradient")
    assert tip.xy == (1, 2) and tip.xyann == (0, 0)
    assert "gradient" in [t.get_text() for t in ax.texts]


@pytest.mark.parametrize("c", [1.2, -1.2, 0.0])
def test_every_point_of_a_covariance_ellipse_is_equally_far_from_the_mean(ax, c):
    S, mean = np.array([[3.0, c], [c, 1.0]]), np.array([5.0, -2.0])
    ellipse = covariance_ellipse(ax, mean, S, n_std=1.5)
    angles = np.linspace(0, 2 * np.pi, 9)
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    away = ellipse.get_patch_transform().transform(circle) - mean
    distance = np.sqrt((away * np.linalg.solve(S, away.T).T).sum(axis=1))
    assert np.allclose(distance, 1.5)


# ---------------------------------------------------------------------------- tables, bars, digits


def test_a_heat_map_writes_every_number_where_it_belongs(ax):
    heat_map(ax, np.array([[5, 0], [1, 7]]), ["a", "b"], ["c", "d"])
    cells = {t.get_position(): t.get_text() for t in ax.texts}
    assert cells == {(0, 0): "5", (1, 0): "0", (0, 1): "1", (1, 1): "7"}
    assert [t.get_text() for t in ax.get_xticklabels()] == ["c", "d"]


def test_numbers_in_a_heat_map_contrast_with_their_cell(ax):
    image = heat_map(ax, np.linspace(0, 1, 6).reshape(2, 3))
    weights = (0.299, 0.587, 0.114)
    for text, value in zip(ax.texts, np.linspace(0, 1, 6)):
        ground = np.dot(image.to_rgba(value)[:3], weights)
        assert abs(np.dot(to_rgb(text.get_color()), weights) - ground) > 0.3


def test_an_image_grid_draws_flat_rows_as_square_pictures(ax):
    flat = np.arange(12 * 16.0).reshape(12, 16)
    drawn = image_grid(ax, flat, range(12))
    assert len(drawn) == 12 and len(ax.texts) == 12
    assert np.array_equal(drawn[3].get_array(), flat[3].reshape(4, 4))
    boxes = [im.get_extent() for im in drawn]
    assert boxes[10][0] == boxes[0][0] and boxes[10][3] < boxes[0][2]  # a second row, below


def test_a_figure_may_stand_for_the_axes_of_an_image_grid(ax):
    fig = Figure()
    image_grid(fig, np.zeros((3, 2, 2)))
    assert len(fig.axes) == 1


def test_bars_carry_their_numbers_from_top_to_bottom(ax):
    label_bars(ax, ["up", "down"], [0.5, -0.25])
    assert [t.get_text() for t in ax.texts] == ["0.50", "-0.25"]
    assert ax.yaxis_inverted()


def test_a_staircase_holds_each_value_until_the_next_step(ax):
    line = staircase(ax, [3, 2, 1], ["a", "b", "c"])
    assert line.get_drawstyle() == "steps-post"
    assert np.array_equal(line.get_xydata(), [[0, 3], [1, 2], [2, 1]])


def test_reliability_worked_by_hand(ax):
    claimed, observed, count = reliability_diagram(
        ax, [0, 1, 1, 1], [0.1, 0.3, 0.8, 1.0], n_bins=2
    )
    assert np.allclose(claimed, [(0.1 + 0.3) / 2, (0.8 + 1.0) / 2])
    assert np.allclose(observed, [1 / 2, 2 / 2])
    assert count.tolist() == [2, 2]
    assert not ax.texts


def test_each_marker_of_a_reliability_diagram_can_say_how_many_it_stands_for(ax):
    claims = [0.1, 0.3, 0.2, 0.8, 1.0]
    claimed, observed, _ = reliability_diagram(ax, [0, 1, 0, 1, 1], claims, n_bins=2, word="claims")
    assert [text.get_text() for text in ax.texts] == ["3 claims", "2 claims"]
    assert np.allclose([text.xy for text in ax.texts], np.column_stack([claimed, observed]))


@pytest.mark.parametrize("n_bins", [1, 2, 3, 4, 5, 10])
@pytest.mark.parametrize("neighbours", [1, 3, 5, 10, 20])
def test_a_diagram_and_the_curve_of_the_metrics_have_the_same_bins(ax, n_bins, neighbours):
    rng = np.random.default_rng(neighbours)
    p = rng.integers(0, neighbours + 1, 60) / neighbours  # as k-NN and trees have them: all edges
    y = (rng.random(60) < p).astype(int)
    claimed, observed, count = reliability_diagram(ax, y, p, n_bins=n_bins)
    curve = calibration_curve(y, p, n_bins=n_bins, return_counts=True)
    assert [observed.tolist(), claimed.tolist(), count.tolist()] == [c.tolist() for c in curve]
    line, marks = ax.lines[1], ax.collections[-1]
    assert np.array_equal(line.get_xydata(), np.column_stack([claimed, observed]))
    assert np.array_equal(marks.get_offsets(), np.column_stack([claimed, observed]))
    assert np.allclose(marks.get_sizes(), 20 + 180 * count / count.max())
    ax.clear()


def test_the_diagram_shows_the_whole_diagonal(ax):
    reliability_diagram(ax, [0, 1], [0.4, 0.6])
    assert ax.lines[0].get_xydata().tolist() == [[0, 0], [1, 1]]
    for low, high in (ax.get_xlim(), ax.get_ylim()):
        assert -0.1 < low < 0 and 1 < high < 1.1
    assert ax.get_xlabel() == "claimed probability" and ax.get_ylabel() == "observed share"


def test_a_validation_curve_has_its_star_at_the_first_of_the_best_medians(ax):
    own = [[0.5, 0.75, 1], [0.5, 0.75, 1], [0, 0, 0]]
    unseen = [[0.25, 0.5, 0.5], [0.75, 1, 0.5], [0.25, 0.5, 0.75]]
    best, middle = validation_curve(ax, [1, 2, 4], own, unseen)
    assert best == 2 and middle.tolist() == [0.25, 0.5, 0.5]
    grey, blue, star = (np.transpose(line.get_data()).tolist() for line in ax.lines)
    assert grey == [[1, 0.5], [2, 0.75], [4, 1]]
    assert blue == [[1, 0.25], [2, 0.5], [4, 0.5]] and star == [[2, 0.5]]
    edges = ax.collections[0].get_paths()[0].vertices
    at_one = edges[edges[:, 0] == 1, 1]
    assert np.allclose([at_one.min(), at_one.max()], [0.25, 0.65])
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["own rows", "unseen rows"]


def test_a_claim_on_the_edge_counts_in_the_bin_below(ax):
    claimed, observed, count = reliability_diagram(ax, [0, 1, 1], [0.25, 0.5, 0.75], n_bins=2)
    assert claimed.tolist() == [0.375, 0.75] and observed.tolist() == [0.5, 1]
    assert count.tolist() == [2, 1]


def test_a_diagram_takes_booleans_and_one_class_alone(ax):
    assert reliability_diagram(ax, [True, False], [0.9, 0.1], n_bins=1)[1].tolist() == [0.5]
    assert reliability_diagram(ax, [0, 0], [0.9, 0.1], n_bins=2)[1].tolist() == [0, 0]
    assert reliability_diagram(ax, [1, 1], [0.9, 0.1])[1].tolist() == [1, 1]


def test_the_diagram_has_ten_bins_by_default_and_says_so():
    assert faults(reliability_diagram) == []
    expected = {"n_bins": 10, "least": 1, "label": None, "color": COLORS[0], "word": None}
    assert signature_defaults(reliability_diagram) == expected


# ------------------------------------------------------------------------------------ decision tree


def test_a_tree_has_a_box_for_every_node_and_asks_its_questions(ax):
    boxes = draw_tree(ax, TREE, ["petal length", "petal width"], ["setosa", "versi", "virgin"])
    texts = [b.get_text().replace("\n≤", " ≤") for b in boxes]
    assert len(boxes) == 7
    assert texts[0] == "petal length ≤ 2.45\nn = 150"
    assert texts[1] == "setosa\nn = 50"
    assert texts[6] == "virgin\nn = 6"
    assert [t.get_text().strip() for t in ax.texts[7:]] == ["yes", "no"]


def test_leaves_are_spread_evenly_and_parents_stand_midway(ax):
    x, y = np.array([b.get_position() for b in draw_tree(ax, TREE)]).T
    assert x[[1, 5, 6, 4]].tolist() == [0, 1, 2, 3]
    for parent in (0, 2, 3):
        assert x[parent] == (x[TREE.children_left[parent]] + x[TREE.children_right[parent]]) / 2
    assert y.tolist() == [0, -1, -1, -2, -2, -3, -3]


@pytest.mark.parametrize("shape", ["full", "chain"])
@pytest.mark.parametrize("width", [5, 7, 10])
def test_no_two_boxes_of_a_tree_of_eight_leaves_overlap_or_leave_the_figure(width, shape):
    n = 15
    inner = np.arange(n) < 7 if shape == "full" else np.arange(n) % 2 == 0
    inner[-1] = False
    first = np.cumsum(inner) * 2 - 1  # the children stand in the order of their parents
    tree = SimpleNamespace(
        children_left=np.where(inner, first, -1),
        children_right=np.where(inner, first + 1, -1),
        feature=np.where(inner, 0, -2),
        threshold=np.full(n, 123.4),
        n_node_samples=np.full(n, 1000),
        value=np.full((n, 2), 0.5),
    )
    fig = Figure(figsize=(width, 3 if width > 5 else 4), layout="constrained")
    FigureCanvasAgg(fig)
    boxes = draw_tree(fig.subplots(), tree, ["flavanoid phenols"], ["cultivar 1", "cultivar 2"])
    fig.draw_without_rendering()
    areas = [b.get_bbox_patch().get_window_extent() for b in boxes]
    for i, a in enumerate(areas):
        assert a.x0 >= 0 and a.x1 <= fig.bbox.width and a.y0 >= 0 and a.y1 <= fig.bbox.height
        for b in areas[:i]:
            assert not a.overlaps(b)
    if (width, shape) == (10, "full"):
        assert boxes[0].get_fontsize() >= 7


def test_max_depth_cuts_a_tree_with_dots(ax):
    texts = [b.get_text() for b in draw_tree(ax, TREE, max_depth=1)]
    assert texts.count("...") == 2 and len(texts) == 5
    assert [b.get_text() for b in draw_tree(ax, TREE, max_depth=0)].count("...") == 2


def test_a_growing_tree_keeps_every_node_in_its_place(ax):
    whole = [b.get_position() for b in draw_tree(ax, TREE)]
    for n_splits, nodes in ((0, [0]), (1, [0, 1, 2]), (2, [0, 1, 2, 3, 4]), (9, range(7))):
        boxes = draw_tree(ax, TREE, n_splits=n_splits)
        assert [b.get_position() for b in boxes] == [whole[i] for i in nodes]
    assert draw_tree(ax, TREE, n_splits=1)[2].get_text() == "class 1\nn = 100"


BUSHY = SimpleNamespace(  # the left side is cut at x = 2 and at y = 5, the right side at y = 7
    children_left=np.array([1, 2, -1, 4, -1, -1, 7, -1, -1]),
    children_right=np.array([6, 3, -1, 5, -1, -1, 8, -1, -1]),
    feature=np.array([0, 0, -2, 1, -2, -2, 1, -2, -2]),
    threshold=np.array([4.0, 2, -2, 5, -2, -2, 7, -2, -2]),
    n_node_samples=np.ones(9, dtype=int),
    value=np.array([[5, 4], [3, 2], [1, 0], [2, 3], [3, 1], [0, 1], [2, 3], [4, 0], [0, 1]]),
)


def test_a_tree_grows_level_by_level(ax):
    whole = [b.get_position() for b in draw_tree(ax, BUSHY)]
    nodes = {1: [0, 1, 6], 2: [0, 1, 2, 3, 6], 3: [0, 1, 2, 3, 6, 7, 8], 4: range(9)}
    for n_splits, shown in nodes.items():
        boxes = draw_tree(ax, BUSHY, n_splits=n_splits)
        assert [b.get_position() for b in boxes] == [whole[i] for i in shown]


def boxes_of(rectangles):
    """Colour number and x_min, x_max, y_min, y_max of each."""
    hues = [to_rgb(c) for c in COLORS]
    return [(hues.index(r.get_facecolor()[:3]), *r.get_bbox().intervalx, *r.get_bbox().intervaly)
            for r in rectangles]  # fmt: skip


def test_the_leaves_of_a_tree_fill_the_plane(ax):
    boxes = boxes_of(tree_regions(ax, BUSHY, (0, 10, 0, 8), numbers=True))
    assert boxes == [(0, 0, 2, 0, 8), (0, 2, 4, 0, 5), (1, 2, 4, 5, 8),
                     (0, 4, 10, 0, 7), (1, 4, 10, 7, 8)]  # fmt: skip
    walls = sorted(np.transpose(line.get_data()).tolist() for line in ax.lines)
    assert walls == [[[2, 0], [2, 8]], [[2, 5], [4, 5]], [[4, 0], [4, 8]], [[4, 7], [10, 7]]]
    marks = {text.get_position(): text.get_text() for text in ax.texts}
    assert marks == {(4, 4): "1", (2, 4): "2", (7, 7): "2", (3, 5): "3"}
    assert ax.axis() == (0, 10, 0, 8)


def test_a_map_that_is_not_yet_finished_has_a_pink_wall_and_leaves_for_later_cuts(ax):
    assert boxes_of(tree_regions(ax, BUSHY, (0, 10, 0, 8), n_splits=0)) == [(0, 0, 10, 0, 8)]
    assert not ax.lines and not ax.texts
    boxes = boxes_of(tree_regions(ax, BUSHY, (0, 10, 0, 8), n_splits=3))
    assert boxes == [(0, 0, 2, 0, 8), (1, 2, 4, 0, 8), (0, 4, 10, 0, 7), (1, 4, 10, 7, 8)]
    pink = [line for line in ax.lines if line.get_color() == COLORS[3]]
    assert [np.transpose(line.get_data()).tolist() for line in pink] == [[[4, 7], [10, 7]]]
    corners = tree_regions(ax, BUSHY, [[0, 0], [100, 50]])[-1].get_bbox()
    assert (corners.x1, corners.y1) == (108, 54)


def test_a_curve_of_cuts_has_its_star_at_the_first_of_the_lowest(ax):
    cuts, left_over = [1.5, 2.5, 3.5], [0.4, 0.1 + 1e-15, 0.1]
    place, height = split_curve(ax, [1, 2, 3, 4], ["a", "b", "a", "c"], cuts, left_over)
    assert (place, round(height, 6)) == (2.5, 0.1)
    curve, star = (np.transpose(line.get_data()) for line in ax.lines)
    assert curve[:, 0].tolist() == cuts and curve[:, 1].tolist() == left_over
    assert star.tolist() == [[2.5, 0.1 + 1e-15]]
    rug = [points.get_offsets() for points in ax.collections]
    assert [points[:, 0].tolist() for points in rug] == [[1, 3], [2], [4]]
    heights = [points[0, 1] for points in rug]
    assert 0.1 > heights[0] > heights[1] > heights[2] > ax.get_ylim()[0]
    assert [(text.get_text(), text.get_position()[1]) for text in ax.texts] == [
        ("a", heights[0]), ("b", heights[1]), ("c", heights[2])
    ]  # fmt: skip
    assert all(0.09 <= tick <= ax.get_ylim()[1] for tick in ax.get_yticks())


def test_a_curve_without_a_cut_shows_its_rows_alone(ax):
    assert np.isnan(split_curve(ax, [1, 1], ["a", "b"], [], [])).all()
    assert [points.get_offsets()[:, 0].tolist() for points in ax.collections] == [[1], [1]]
    assert not ax.lines and ax.get_xlim()[0] < 1 < ax.get_xlim()[1]


def test_purer_nodes_are_stronger_and_regression_leaves_show_their_mean(ax):
    boxes = draw_tree(ax, TREE)
    assert [np.argmin(b.get_bbox_patch().get_facecolor()[:3]) for b in boxes[4:]] == [0, 2, 0]
    hues = [b.get_bbox_patch().get_facecolor() for b in boxes]
    assert hues[1][2] > hues[1][0] and hues[5][0] > hues[5][2]  # blue first class, orange second
    paleness = [min(b.get_bbox_patch().get_facecolor()[:3]) for b in boxes]
    assert paleness[0] > paleness[3] > paleness[5]
    means = SimpleNamespace(**{**vars(TREE), "value": np.arange(7.0)[:, None]})
    assert draw_tree(ax, means)[6].get_text() == "6\nn = 6"


def test_a_single_leaf_is_a_tree(ax):
    leaf = SimpleNamespace(
        children_left=[-1], children_right=[-1], feature=[-2], threshold=[-2.0],
        n_node_samples=[5], value=[[1.0, 0.0]],
    )  # fmt: skip
    assert [b.get_text() for b in draw_tree(ax, leaf)] == ["class 0\nn = 5"]


# ---------------------------------------------------------------------------------------- animation


def test_an_animation_has_its_frames_its_durations_and_plays_for_ever():
    pytest.importorskip("IPython")
    data = animate(moving_dot, range(6), ms=250, last_ms=1500).data
    frames, durations = decoded(data)
    assert b"acTL" in data[:4096] and data.startswith(b"\x89PNG")
    assert durations == [250] * 5 + [1500]
    assert Image.open(io.BytesIO(data)).info["loop"] == 0
    assert frames[0].shape == (288, 480, 3)


@pytest.mark.skipif(
    int(PIL.__version__.split(".")[0]) < 11,
    reason="an older Pillow writes these files well but loses the transparency when it reads them",
)
def test_an_animation_shows_what_was_drawn():
    pytest.importorskip("IPython")
    frames, _ = decoded(animate(moving_dot, range(4)).data)
    for t, frame in enumerate(frames):
        fig = Figure(figsize=(6, 3.6), dpi=80, layout="constrained")
        canvas = FigureCanvasAgg(fig)
        moving_dot(fig, t)
        canvas.draw()
        drawn = np.asarray(canvas.buffer_rgba())[..., :3].astype(int)
        assert np.abs(frame - drawn).max() <= 24  # the palette rounds, nothing is left behind
        assert (frame[drawn.min(axis=2) == 255] == 255).all()  # white stays white


def test_without_animation_the_last_frame_is_shown():
    pytest.importorskip("IPython")
    data = animate(moving_dot, range(4)).data
    still = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    frames, _ = decoded(data)
    assert (still == frames[-1]).all() and (still != frames[0]).any()


def test_a_colourful_animation_shares_one_palette_of_64_colours():
    pytest.importorskip("IPython")

    def rainbow(fig, shift):
        fig.subplots().imshow(np.random.default_rng(shift).random((40, 40)), cmap="viridis")

    data = animate(rainbow, range(3)).data
    seen = np.unique(np.concatenate([f.reshape(-1, 3) for f in decoded(data)[0]]), axis=0)
    assert 32 < len(seen) <= 64
    assert data.count(b"PLTE") == 1
    assert (decoded(data)[0][0][0] == 255).all()  # the ground is among the commonest: kept exactly


def test_an_animation_is_the_same_bytes_twice_and_on_disc(tmp_path):
    pytest.importorskip("IPython")
    first = animate(moving_dot, range(3), path=tmp_path / "dot.png").data
    assert first == animate(moving_dot, range(3)).data
    assert (tmp_path / "dot.png").read_bytes() == first
    assert b"Software" not in first and b"tIME" not in first


def test_twenty_frames_of_points_and_regions_stay_below_90_kilobytes():
    pytest.importorskip("IPython")
    X = np.random.default_rng(0).normal(size=(150, 2))

    def turn(fig, k):
        ax, w = fig.subplots(), np.array([np.cos(k / 8), np.sin(k / 8)])
        y = (X @ w > 0).astype(int)
        decision_regions(ax, lambda Z: (Z @ w > 0).astype(int), X, n_classes=2)
        plot_classes(ax, X, y)
        ax.set_title(f"step {k}")

    assert 10_000 < len(animate(turn, range(20)).data) < 90_000


def test_saved_figures_are_byte_stable(tmp_path, ax):
    ax.plot([1, 2])
    for name in "ab":
        save(ax.figure, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert b"Software" not in (tmp_path / "a").read_bytes()


# -------------------------------------------------------------------------------------- exploration


@pytest.fixture
def shown(monkeypatch):
    display = pytest.importorskip("IPython.display")
    outputs = []
    monkeypatch.setattr(display, "display", outputs.append)
    return outputs


def power(ax, degree, scale=1.0):
    ax.plot(np.linspace(0, 1, 5), scale * np.linspace(0, 1, 5) ** degree)
    ax.set(ylabel="y")


PANELS = {"line": {"degree": 1}, "bowl": {"degree": 2}, "steep": {"degree": 3}}


def test_explore_without_a_kernel_shows_one_strip_and_the_same_bytes_twice(shown):
    for _ in range(2):
        explore(power, PANELS, degree=(1, 5, 1))
    assert len(shown) == 2 and shown[0].data == shown[1].data
    assert Image.open(io.BytesIO(shown[0].data)).size == (1000, 340)


def test_each_panel_is_drawn_at_its_settings_with_the_first_filling_the_gaps(shown):
    seen = []

    def draw(axes, degree, scale):
        seen.append((degree, scale))
        assert axes.shape == (2,)
        axes[0].set_title("finding")

    panels = {"a": {"degree": 1, "scale": 2.0}, "b": {"degree": 3}}
    explore(draw, panels, rows=2, degree=(1, 5, 1), scale=(0.5, 4.0, 0.5))
    assert seen == [(1, 2.0), (3, 2.0)]


def test_a_panel_keeps_its_finding_below_its_name_and_a_strip_says_things_once(shown, monkeypatch):
    figures = []
    monkeypatch.setattr(plotting, "_png", lambda fig: figures.append(fig) or b"\x89PNG")

    def draw(ax, degree):
        power(ax, degree)
        ax.set_title(f"degree {degree}")
        ax.lines[0].set_label("power")
        ax.legend()

    explore(draw, PANELS, degree=(1, 5, 1))
    titles = [ax.get_title(loc="left") for ax in figures[0].axes]
    assert titles == ["line\ndegree 1", "bowl\ndegree 2", "steep\ndegree 3"]
    assert [ax.get_ylabel() for ax in figures[0].axes] == ["y", "", ""]
    assert [ax.get_legend() is not None for ax in figures[0].axes] == [False, False, True]


def live(draw=power, start=None, **sliders):
    pytest.importorskip("ipywidgets")
    return plotting._live(draw, start or {"degree": 1}, sliders, 1, (4, 3)).children


def test_a_live_slider_changes_the_picture():
    slider, picture, message = live(degree=(1, 5, 1))
    before = picture.value
    slider.value = 4
    assert picture.value != before and bytes(picture.value[:4]) == b"\x89PNG"
    slider.value = 1
    assert picture.value == before and message.value == ""


def test_an_error_while_sliding_is_shown_and_passes():
    def draw(ax, degree):
        if degree == 3:
            raise ValueError("three is too many")
        power(ax, degree)

    slider, picture, message = live(draw, degree=(1, 5, 1))
    slider.value = 3
    assert message.value == "ValueError: three is too many"
    slider.value = 2
    assert message.value == ""


def test_each_kind_of_slider_becomes_its_control():
    start = {"a": 2, "b": 0.5, "c": 0.1, "d": "rbf"}
    *controls, picture, message = live(
        lambda ax, **settings: None, start,
        a=(1, 5, 1), b=(0, 1, 0.25), c=(0.01, 100, 0.5, "log"), d=["linear", "rbf"],
    )  # fmt: skip
    kinds = [type(c).__name__ for c in controls]
    assert kinds == ["IntSlider", "FloatSlider", "FloatLogSlider", "Dropdown"]
    assert [c.value for c in controls] == [2, 0.5, 0.1, "rbf"]
    assert not any(c.continuous_update for c in controls[:3])
    assert (controls[2].min, controls[2].max) == (-2, 2)
    assert type(live(lambda ax, e: None, {"e": True}, e=False)[0]).__name__ == "Checkbox"


def test_nothing_opens_a_pyplot_figure(shown, ax):
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    animate(moving_dot, range(2))
    explore(power, PANELS, degree=(1, 5, 1))
    draw_tree(ax, TREE)
    image_grid(ax, np.zeros((2, 2, 2)))
    assert plt.get_fignums() == before


# ---------------------------------------------------------------------------------------- bad input

ONE = {"a": {"k": 1}}
BAD = [
    (lambda ax: plot_classes(ax, np.ones((3, 3)), [0, 1, 2]), r"X must have shape \(n, 2\)"),
    (lambda ax: plot_classes(ax, np.ones((3, 2)), [0, 1]), r"y must have shape \(3,\)"),
    (lambda ax: plot_classes(ax, np.ones((2, 2)), [0, 1], ["a"]), "names has 1 entries for 2"),
    (lambda ax: decision_regions(ax, np.sign, np.ones((3, 4))), "X must have shape"),
    (lambda ax: decision_regions(ax, np.sign, (1, 0, 0, 1)), "x_min < x_max"),
    (lambda ax: decision_regions(ax, np.sign, (0, 1, 0, 1)), r"must give shape \(40000,\)"),
    (
        lambda ax: decision_regions(ax, HalfPlane(), (-1, 1, 0, 1), classes=["east"]),
        "predicts .*west.* not in classes",
    ),
    (lambda ax: clusters(ax, np.ones((3, 2)), np.sum, np.ones((3, 2))), r"shape \(steps, k, 2\)"),
    (lambda ax: contour_path(ax, np.sum, np.ones((3, 3))), r"path must have shape \(steps, 2\)"),
    (lambda ax: boundary_line(ax, (0, 0), 1), "w must hold two numbers"),
    (lambda ax: heat_map(ax, np.ones(3)), "table must be 2-D"),
    (lambda ax: heat_map(ax, np.ones((2, 2)), ["a"]), "rows has 1 names for 2 rows"),
    (lambda ax: image_grid(ax, np.ones((3, 7))), "images must have shape"),
    (lambda ax: image_grid(ax, np.ones((3, 4)), ["a"]), "titles has 1 entries for 3"),
    (lambda ax: label_bars(ax, ["a"], [1, 2]), r"values must have shape \(1,\)"),
    (lambda ax: staircase(ax, [1, 2], ["a"]), "labels has 1 entries for 2"),
    (lambda ax: reliability_diagram(ax, [0, 2], [0.1, 0.2]), "y_true must hold 0 and 1"),
    (lambda ax: reliability_diagram(ax, [[0, 1]], [[0.1, 1]]), "0 and 1 only, in one dimension"),
    (lambda ax: reliability_diagram(ax, [0, 1], [0.1]), "probability has shape"),
    (lambda ax: reliability_diagram(ax, [0, 1], [[0.1, 1]]), "probability must be a non-empty 1-D"),
    (lambda ax: reliability_diagram(ax, [0, 1], [0.1, np.nan]), "probability contains NaN"),
    (lambda ax: reliability_diagram(ax, [0, 1], [0.1, None]), "probability holds a missing value"),
    (lambda ax: reliability_diagram(ax, [0, 1], [-0.1, 1]), r"must lie in \[0, 1\]"),
    (lambda ax: reliability_diagram(ax, masked([0, 1], 0), [0, 1]), "y_true is a masked array"),
    (lambda ax: reliability_diagram(ax, [0, 1], masked([0, 1], 0)), "probability is a masked arr"),
    (lambda ax: reliability_diagram(ax, [0, 1], [0, 1], n_bins=0), "n_bins must be >= 1, got 0"),
    (lambda ax: reliability_diagram(ax, [0, 1], [0.1, 1.2]), r"must lie in \[0, 1\]"),
    (lambda ax: animate(moving_dot, [1]), "frames must hold at least 2 items, got 1"),
    (lambda ax: animate(moving_dot, [1, 2], ms=0), "must be > 0, got ms=0"),
    (lambda ax: explore(power, {}, k=(0, 1, 1)), "panels must name at least one"),
    (lambda ax: explore(power, ONE), "one to four sliders, got 0"),
    (lambda ax: explore(power, ONE, **dict.fromkeys("abcde", (0, 1, 1))), "four sliders, got 5"),
    (lambda ax: explore(power, {"a": {}}, k=(0, 1, 1)), "must set every slider, lacks"),
    (lambda ax: explore(power, {"a": {"k": 1, "m": 2}}, k=(0, 1, 1)), "panel 'a' sets 'm'"),
    (lambda ax: explore(power, {"a": {"k": 9}}, k=(0, 1, 1)), "k must be a number from 0 to 1"),
    (lambda ax: explore(power, {"a": {"k": "x"}}, k=["y"]), "k must be one of"),
    (lambda ax: explore(power, {"a": {"k": 1}}, k=True), "k must be True or False, got 1"),
    (lambda ax: explore(power, ONE, k=(0, 1)), r"slider 'k' must be \(low, high, step\)"),
    (lambda ax: explore(power, ONE, k=(3, 1, 1)), "needs low < high"),
    (lambda ax: explore(power, ONE, k=(0, 1, 1, "log")), "logarithmic, so low must be > 0"),
]


@pytest.mark.parametrize("call, message", BAD)
def test_bad_input_is_answered_by_name(ax, call, message):
    with pytest.raises(ValueError, match=message):
        call(ax)


def test_what_cannot_be_called_is_a_type_error(ax):
    with pytest.raises(TypeError, match=r"expected a function .* got 3"):
        contour_field(ax, 3, (0, 1, 0, 1), label="height")


def test_a_street_has_a_band_a_middle_and_two_kerbs(ax):
    X, y = np.array([[0.0, 3], [1, 1], [3, 2], [4, 4]]), np.array([-1, -1, 1, 1])
    street(ax, lambda points: points[:, 0] - 2, X, y, held=X[1:3], limits=(0, 5, 0, 4))
    band, *lines, west, east = ax.collections
    assert np.ptp(band.get_paths()[0].vertices, axis=0) == pytest.approx([2, 4])
    assert [np.unique(line.get_paths()[0].vertices[:, 0]).round(9) for line in lines] == [1, 2, 3]
    assert (west.get_offsets() == X[:2]).all() and (east.get_offsets() == X[2:]).all()
    assert np.column_stack(ax.lines[0].get_data()).tolist() == [[1, 1], [3, 2]]
    assert (*ax.get_xlim(), *ax.get_ylim()) == (0, 5, 0, 4) and ax.get_legend() is None


def test_a_street_takes_a_model_and_leaves_out_what_is_not_in_the_picture(ax):
    X = np.array([[0.0, 0], [1, 1]])
    model = SimpleNamespace(decision_function=lambda points: points[:, 1] + 0.5)
    street(ax, model, X, [0, 1], names=["west", "east"], limits=(0, 1, 0, 1))
    _, kerb, *points = ax.collections
    assert np.unique(kerb.get_paths()[0].vertices[:, 1]).round(9) == 0.5 and len(points) == 2
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["west", "east"]
    assert not ax.lines


@pytest.mark.parametrize("w, b", [((0, 0, 2), -1), ((0.4, -0.8, -2), [3.0])])
def test_a_lift_cuts_the_bowl_where_the_plane_does(ax, w, b):
    ax = ax.figure.add_subplot(projection="3d")
    X = np.array([[0.1, 0.2], [0.0, 1], [-1, 0], [1, 1]])
    lift(ax, X, [1, 0, 0, 0], w, b)
    cut = np.array(ax.lines[0].get_data_3d())
    np.testing.assert_allclose(cut[2], (cut[:2] ** 2).sum(axis=0))
    np.testing.assert_allclose(w @ cut + b, 0, atol=1e-12)
    *_, ring, core = ax.collections
    assert np.transpose(ring._offsets3d).tolist() == [[0, 1, 1], [-1, 0, 1], [1, 1, 2]]
    assert np.transpose(core._offsets3d) == pytest.approx(np.array([[0.1, 0.2, 0.05]]))


def test_a_lift_without_a_cut_has_no_circle(ax):
    ax = ax.figure.add_subplot(projection="3d")
    lift(ax, np.eye(2), [0, 1], (0, 0, 1), 1)
    assert not ax.lines
    with pytest.raises(ValueError, match="the last not 0"):
        lift(ax, np.eye(2), [0, 1], (1, 1, 0), 1)


def test_shadows_lie_at_the_feet_of_the_points(ax):
    shadows(ax, [[2, 0], [0, 4]], [3, 3], every=2)
    strokes, points, feet = ax.lines[1], ax.lines[-2], ax.lines[-1]
    assert np.column_stack(strokes.get_data()).tolist() == [[2, 0], [1, 1]]
    assert np.column_stack(points.get_data()).tolist() == [[2, 0], [0, 4]]
    assert np.column_stack(feet.get_data()).tolist() == [[1, 1], [2, 2]]
    ax.clear()
    shadows(ax, [[5, 1]], [0, 2], centre=[1, 1], feet=False)
    assert np.column_stack(ax.lines[1].get_data()).tolist() == [[5, 1], [1, 1]]
    with pytest.raises(ValueError, match="direction must not be zero"):
        shadows(ax, [[5, 1]], [0, 0])


def test_the_squares_on_residuals_are_square_and_reach_from_the_line_to_the_point(ax):
    residual_squares(ax, [3, 1, 2], [5, 0, 9], [4, 2, 3], every=2)
    boxes = [patch.get_bbox().extents.tolist() for patch in ax.patches]
    assert boxes == [[3, 4, 4, 5], [2, 3, 8, 9]] and ax.get_aspect() == 1
    for box in ax.patches:
        assert box.get_linewidth() > 0 and box.get_edgecolor()[3] == 1 > box.get_facecolor()[3]
    points, line = (np.column_stack(drawn.get_data()).tolist() for drawn in ax.lines)
    assert points == [[3, 5], [1, 0], [2, 9]] and line == [[1, 2], [2, 3], [3, 4]]
    ax.clear()
    residual_squares(ax, [1, 2], [5, 1], [4, 4])
    below = ax.patches[1]
    assert below.get_width() == below.get_height() == -3


def test_residuals_stand_below_the_points_that_left_them(ax):
    bottom = ax.figure.add_subplot(2, 1, 2)
    line_and_residuals(ax, bottom, [0, 1, 4], [1, 5, 8], lambda x: 2 * x + 1)
    points, line = (np.column_stack(drawn.get_data()) for drawn in ax.lines)
    assert points.tolist() == [[0, 1], [1, 5], [4, 8]]
    assert line[:, 0].tolist() == list(ax.get_xlim()) and line[0, 0] < 0 and line[1, 0] > 4
    assert np.allclose(line[:, 1], 2 * line[:, 0] + 1)
    zero, left_over = (np.column_stack(drawn.get_data()) for drawn in bottom.lines)
    assert zero[:, 1].tolist() == [0, 0]
    assert left_over.tolist() == [[0, 0], [1, 2], [4, -1]]


def test_numerals_stand_at_their_points(ax):
    numerals(ax, [[1, 2], [3, 4], [5, 6]], [7, 0, 7])
    places = {d: points.get_offsets().tolist() for d, points in enumerate(ax.collections)}
    assert places[7] == [[1, 2], [5, 6]] and places[0] == [[3, 4]] and places[1] == []


def test_a_biplot_has_an_arrow_and_a_name_for_each_feature(ax):
    biplot(ax, [[0.5, 0.1], [-0.5, 0.2]], ["ash", "hue"], scale=4, shift={"hue": (20, 9)})
    names = [text for text in ax.texts if text.get_text()]
    assert [text.get_text() for text in names] == ["ash", "hue"]
    assert [tuple(text.xy) for text in names] == [(2, 0.4), (-2, 0.8)]
    assert [text.get_position() for text in names] == [(6, 0), (14, 9)]
    assert [text.get_horizontalalignment() for text in names] == ["left", "right"]
    assert all(text.get_path_effects() for text in names)


def test_equal_outcomes_are_stacked_so_that_all_can_be_counted(ax):
    outcomes(ax, [5, 3, 5, 5, 5], [0, 1, 1, 0, 0], ["no", "yes"], step=0.1, low=-1)
    zeros, ones = (np.column_stack(line.get_data()) for line in ax.lines)
    assert np.allclose(zeros, [[5, -1], [5, -1.1], [5, -1.2]])
    assert np.allclose(ones, [[3, 1], [5, 1]])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["no", "yes"]
    ax.clear()
    outcomes(ax, [1.0], [1], legend=False)
    assert ax.get_legend() is None
    for x, y in (([1, 2], [0, 2]), ([1, 2], [1])):
        with pytest.raises(ValueError, match=r"y must hold 0 and 1, one for each of 2 numbers"):
            outcomes(ax, x, y)


def test_the_star_on_a_roc_curve_stands_at_its_threshold(ax):
    y, score = [1, 1, 1, 0, 0, 0, 0, 0], [0.9, 0.5, 0.2, 0.6, 0.5, 0.4, 0.1, 0.0]
    assert roc(ax, y, score, 0.5) == (2, 1, 2, 3)  # from the threshold on: 0.5 is an alarm
    curve, star = (np.column_stack(line.get_data()) for line in ax.lines[1:])
    assert np.allclose(star, [[2 / 5, 2 / 3]])
    assert (np.abs(curve - star).max(axis=1) < 1e-12).any()
    assert roc(ax, y, score, 2) == (0, 3, 0, 5) and roc(ax, y, score, 0) == (3, 0, 5, 0)


def test_neighbourhoods_are_circles_around_a_star(ax):
    plotting.neighbourhoods(ax, [1, 2], [3, 5], ["three", "five"])
    assert [(c.center, c.radius) for c in ax.patches] == [((1, 2), 3), ((1, 2), 5)]
    assert [t.get_text() for t in ax.texts] == ["three", "five"]
    assert ax.texts[1].get_position() == (3.5, 2 - 0.87 * 5)
    assert ax.lines[0].get_xydata().tolist() == [[1, 2]]
    with pytest.raises(ValueError, match="shorter"):
        plotting.neighbourhoods(ax, [1, 2], [3, 5], ["three"])


def test_the_edges_of_cells_are_as_near_to_two_points(ax):
    points = np.array([[-2.0, 0], [2, 0], [0, 4]])

    def distances(places):
        return np.linalg.norm(places[:, None] - points, axis=2)

    plotting.cells(ax, distances, (-4, 4, -3, 6))
    assert len(ax.collections) == len(points)
    for j, edge in enumerate(ax.collections):
        places = edge.get_paths()[0].vertices
        D = distances(places)
        np.testing.assert_allclose(D[:, j], np.delete(D, j, axis=1).min(axis=1), atol=0.01)
    left = ax.collections[0].get_paths()[0].vertices
    np.testing.assert_allclose(left[left[:, 1] < 1, 0], 0, atol=1e-9)
    with pytest.raises(ValueError, match="distances must give shape"):
        plotting.cells(ax, lambda places: places[:, 0], (0, 1, 0, 1))


def test_borders_lie_where_the_chance_is_one_half(ax):
    def rising(points):
        return 0.5 + (points[:, 0] - 0.3) / 4

    def both(points):
        return np.column_stack([1 - rising(points), rising(points)])

    model = SimpleNamespace(predict_proba=both)
    plotting.borders(ax, [rising, model], (-1, 1, -2, 2), linewidths=3)
    assert len(ax.collections) == 2 and ax.get_xlim() == (-1, 1) and ax.get_ylim() == (-2, 2)
    for border in ax.collections:
        np.testing.assert_allclose(border.get_paths()[0].vertices[:, 0], 0.3, atol=1e-9)
        assert border.get_linewidth() == 3


def test_balls_hold_the_points_at_one_distance(ax):
    powers = (1, 2, np.inf)
    plotting.balls(ax, 5, powers, centre=(1, 0))
    for p, line in zip(powers, ax.lines):
        lengths = np.linalg.norm(line.get_xydata() - [1, 0], ord=p, axis=1)
        np.testing.assert_allclose(lengths, 5)
    assert [line.get_label() for line in ax.lines[:3]] == ["p = 1", "p = 2", "p = ∞"]
    assert len({line.get_linestyle() for line in ax.lines[:3]}) == 3
    assert ax.lines[3].get_xydata().tolist() == [[1, 0]]


def test_a_crowd_has_one_mark_for_each_person(ax):
    crowd(ax, [True, False, False, True, False], [True, True, False, False, False], columns=3)
    dots, squares, rings = (line.get_xydata().tolist() for line in ax.lines)
    assert dots == [[1, 0], [2, 0], [1, 1]]
    assert squares == [[0, 0], [0, 1]]
    assert rings == [[0, 0], [1, 0]]
    with pytest.raises(ValueError, match=r"marked has shape \(2,\), ringed \(1,\)"):
        crowd(ax, [True, False], [True])


def test_votes_go_to_their_side(ax):
    votes(ax, ["win", "lunch", "the"], [2.0, -1.0, 0.0])
    assert [bar.get_width() for bar in ax.patches] == [2, -1, 0]
    assert [to_rgb(bar.get_facecolor()) for bar in ax.patches[:2]] == [
        to_rgb(plotting.COLORS[1]), to_rgb(plotting.COLORS[0])]  # fmt: skip
    assert [text.get_text() for text in ax.get_yticklabels()] == ["win", "lunch", "the"]
    assert ax.get_xlim() == pytest.approx((-2.2, 2.2)) and ax.get_ylim() == (2.6, -0.6)
    ax.clear()
    votes(ax, [], [], limit=3)
    assert ax.get_xlim() == (-3, 3)
    with pytest.raises(ValueError, match=r"weights must have shape \(1,\)"):
        votes(ax, ["a"], [1, 2])


def test_margins_have_the_density_of_their_column():
    fig = plotting.figure((6, 4))
    X = [[0, 10], [1, 20], [2, 30]]
    middle = margins(fig, X, [0, 1, 1], lambda t, column: np.array([t + column, 2 * t]))
    top, _, side = fig.axes
    assert [points.get_offsets().tolist() for points in middle.collections] == [X[:1], X[1:]]
    for i, factor in enumerate((1, 2)):
        x, above = top.lines[i].get_data()
        beside, height = side.lines[i].get_data()
        assert np.allclose(above, factor * x)
        assert np.allclose(beside, factor * height + (i == 0))
    assert middle.get_xlim() == pytest.approx((-0.2, 2.2))
    assert middle.get_ylim() == pytest.approx((8, 32))


def test_a_diagram_leaves_out_bins_with_few_predictions(ax):
    y, p = [0, 1, 1, 1, 0], [0.1, 0.2, 0.6, 0.9, 0.9]
    claimed, observed, count = reliability_diagram(ax, y, p, n_bins=4, least=2)
    assert np.allclose(claimed, [0.15, 0.9]) and observed.tolist() == [0.5, 0.5]
    assert count.tolist() == [2, 2] and len(ax.collections[-1].get_offsets()) == 2
    assert len(reliability_diagram(ax, y, p, n_bins=4, least=3)[0]) == 0


def test_a_class_map_has_regions_and_points_of_the_same_colours(ax):
    classes = np.array([3, 7])
    model = SimpleNamespace(predict=lambda P: classes[(P[:, 0] > 0) * 1], classes_=classes)
    plotting.class_map(ax, model, [[-1.0, 0], [1, 1], [2, 0]], [7, 7, 7], size=9, resolution=30)
    assert np.unique(ax.images[0].get_array()).tolist() == [0, 1]
    empty, sevens = ax.collections
    assert len(empty.get_offsets()) == 0 and len(sevens.get_offsets()) == 3
    assert to_rgb(sevens.get_facecolor()[0]) == to_rgb(COLORS[1]) and sevens.get_sizes() == [9]
