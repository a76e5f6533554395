"""One house style for the notebooks, the README gallery and the diagrams.

A class is a colour *and* a marker, a field is `cividis`, a title states the finding. What moves is
an animated PNG (`animate`); what is interactive is stored as a strip of pictures (`explore`).
Functions draw on the axes that they are given and never open a pyplot figure of their own.
"""

import functools
import importlib.util
import io
import numbers
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Circle, Ellipse, Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.textpath import TextPath
from PIL import Image

from utils.checks import as_array, check_numbers
from utils.metrics import calibration_curve, roc_curve

COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")  # Okabe and Ito
MARKERS = ("o", "s", "^", "D", "v", "P")
INK, GREY = "#222222", "#8A8A8A"
SINGLE, WIDE = (7, 4), (10, 3.4)


def use_house_style():
    """Set Matplotlib's defaults to the house style and make notebook pictures byte-stable."""
    mpl.rcdefaults()
    mpl.rcParams.update({
        "figure.figsize": SINGLE, "figure.dpi": 100, "figure.constrained_layout.use": True,
        "figure.facecolor": "white", "font.family": "DejaVu Sans", "font.size": 10,
        "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": GREY, "axes.linewidth": 0.8,
        "xtick.color": INK, "ytick.color": INK, "axes.spines.top": False,
        "axes.spines.right": False, "axes.grid": True, "axes.axisbelow": True,
        "grid.color": "#E8E8E8", "grid.linewidth": 0.8, "axes.titlelocation": "left",
        "axes.titleweight": "bold", "axes.titlesize": 11.5, "axes.titlepad": 8,
        "figure.titlesize": 12.5, "figure.titleweight": "bold", "axes.labelsize": 10.5,
        "legend.frameon": False, "legend.fontsize": 9.5, "lines.linewidth": 2,
        "lines.markersize": 6, "image.cmap": "cividis",
        "axes.prop_cycle": mpl.cycler(color=COLORS),
    })  # fmt: skip
    _make_inline_pngs_stable()


def save(fig, path):
    """Write `fig` to `path` as a PNG without version or time, for the same bytes every time."""
    Path(path).write_bytes(_png(fig))


# ------------------------------------------------------------------------------- points and regions


def plot_classes(ax, X, y, names=None, *, classes=None, size=36, legend=True, **style):
    """Scatter two columns, each class with its colour and its marker.

    Parameters
    ----------
    X : array of shape (n, 2)
    y : labels of shape (n,), of any type
    names : one name per class for the legend; the labels themselves when None
    classes : the labels in the order of the colours; the sorted labels of `y` when None
    legend : False, True, or "outside" for one beside the axes where it would cover points
    **style : passed on to `Axes.scatter`

    Returns
    -------
    list of the scatter artists, one per class
    """
    X, y = np.asarray(X), np.asarray(y)
    if X.ndim != 2 or X.shape[1] != 2:
        raise ValueError(f"X must have shape (n, 2), got {X.shape}")
    if y.shape != (len(X),):
        raise ValueError(f"y must have shape ({len(X)},) as X has {len(X)} rows, got {y.shape}")
    classes = np.unique(y) if classes is None else np.asarray(classes)
    names = classes if names is None else names
    if len(names) != len(classes):
        raise ValueError(f"names has {len(names)} entries for {len(classes)} classes")
    artists = []
    for i, (label, name) in enumerate(zip(classes, names)):
        look = {"color": COLORS[i % 6], "marker": MARKERS[(i + i // 6) % 6], "s": size, "zorder": 3,
                "edgecolor": "white", "linewidth": 0.6, "label": str(name)}  # fmt: skip
        artists.append(ax.scatter(*X[y == label].T, **{**look, **style}))
    if legend:
        outside = {"loc": "upper left", "bbox_to_anchor": (1, 1)}
        ax.legend(**(outside if legend == "outside" else {}))
    return artists


def decision_regions(ax, model, X, *, classes=None, n_classes=None, resolution=200, alpha=0.25):
    """Fill the plane with the colour of the class predicted there, by one call on a grid.

    Parameters
    ----------
    model : an object with `predict`, or a function from (m, 2) points to (m,) labels
    X : (n, 2) points to cover with a margin, or the limits (x_min, x_max, y_min, y_max)
    classes : the labels in the order of the colours; else `range(n_classes)`, else
        `model.classes_`, else the labels that occur

    Returns
    -------
    the image; its array holds the class numbers, pixel centres lie on the grid
    """
    xs, ys, points = _grid(X, resolution)
    labels = _values(getattr(model, "predict", model), points)
    if classes is None:
        known = getattr(model, "classes_", np.unique(labels))
        classes = known if n_classes is None else np.arange(n_classes)
    classes = np.asarray(classes)
    match = labels[:, None] == classes
    if not match.any(axis=1).all():
        strange = labels[~match.any(axis=1)][0]
        raise ValueError(f"the model predicts {strange!r}, which is not in classes={list(classes)}")
    half_x, half_y = (xs[1] - xs[0]) / 2, (ys[1] - ys[0]) / 2
    image = ax.imshow(
        match.argmax(axis=1).reshape(resolution, resolution), origin="lower", aspect="auto",
        extent=(xs[0] - half_x, xs[-1] + half_x, ys[0] - half_y, ys[-1] + half_y),
        cmap=ListedColormap([COLORS[i % 6] for i in range(len(classes))]),
        vmin=-0.5, vmax=len(classes) - 0.5, alpha=alpha, zorder=0,
        interpolation="bilinear", interpolation_stage="rgba",  # smooth edges between flat colours
    )  # fmt: skip
    ax.set(xlim=xs[[0, -1]], ylim=ys[[0, -1]])
    ax.grid(False)
    return image


def class_map(ax, model, X, y, *, size=20, resolution=200):
    """Fill the regions that a fitted model predicts, and draw points in the look of their classes.

    Parameters
    ----------
    model : an object with `predict` and `classes_`
    X : (n, 2) points
    y : labels of shape (n,), among the classes of the model
    size : of the points
    resolution : of the regions
    """
    decision_regions(ax, model, X, resolution=resolution)
    plot_classes(ax, X, y, classes=model.classes_, size=size, legend=False)


def clusters(ax, X, nearest, trail, *, limits=None, size=18, resolution=150):
    """Fill the area of each centre, and draw the points in its look and the centre as a star.

    Parameters
    ----------
    X : (n, 2) points
    nearest : function from (m, 2) points to (m,) numbers of the centres that they belong to
    trail : (steps, k, 2) places of the k centres one after the other; the stars stand at the last
    limits : what the axes show, as `X` of `decision_regions`; the points and the trail when None
    size : of the points
    resolution : of the areas
    """
    trail = np.asarray(trail, dtype=float)
    if trail.ndim != 3 or trail.shape[2] != 2:
        raise ValueError(f"trail must have shape (steps, k, 2), got {trail.shape}")
    centres = range(trail.shape[1])
    if limits is None:
        limits = np.concatenate([np.asarray(X, dtype=float), trail.reshape(-1, 2)])
    decision_regions(ax, nearest, limits, classes=centres, resolution=resolution)
    plot_classes(ax, X, nearest(X), classes=centres, size=size, legend=False)
    for j in centres:
        color = COLORS[j % 6]
        ax.plot(*trail[:, j].T, "-", color=INK, lw=3.2, zorder=5)
        ax.plot(*trail[:, j].T, "-", color=color, lw=1.6, zorder=6)
        ax.plot(*trail[-1, j], "*", color=color, mec=INK, ms=16, zorder=7)


def contour_field(ax, function, X, *, label, levels=12, lines=(), cmap="cividis", resolution=120):
    """Fill contours of a function of two variables, with a labelled colour bar.

    Parameters
    ----------
    function : from (m, 2) points to (m,) values, called once
    X : (n, 2) points to cover with a margin, or the limits (x_min, x_max, y_min, y_max)
    label : what the colour bar measures
    levels : their number, or the levels themselves
    lines : values at which to draw a white contour line as well

    Returns
    -------
    the filled contour set
    """
    xs, ys, points = _grid(X, resolution)
    Z = _values(function, points).reshape(resolution, resolution)
    filled = ax.contourf(xs, ys, Z, levels=levels, cmap=cmap, zorder=0)
    if len(lines):
        ax.contour(xs, ys, Z, levels=sorted(lines), colors="white", linewidths=1.5, zorder=1)
    bar = ax.figure.colorbar(filled, ax=ax, label=label)
    bar.outline.set_visible(False)
    ax.grid(False)
    return filled


def probability_field(ax, model, X, *, column=1, label="probability", lines=(0.5,), **options):
    """Contours from 0 to 1 of column `column` of `model.predict_proba`, the 0.5 line in white.

    `model` may also be a function from (m, 2) points to (m,) probabilities; `options` are those of
    `contour_field`.
    """

    def probability(points):
        P = np.asarray(getattr(model, "predict_proba", model)(points))
        return P[:, column] if P.ndim == 2 else P

    options = {"levels": np.linspace(0, 1, 11), **options}
    return contour_field(ax, probability, X, label=label, lines=lines, **options)


def contour_path(ax, function, paths, *, limits=None, levels=14, resolution=120, legend=True):
    """Draw the contours of a loss and the path, or paths, of an optimiser over them.

    Parameters
    ----------
    function : from (m, 2) parameters to (m,) losses, called once
    paths : (steps, 2) parameters, or a dict name -> such an array (the names make the legend)
    limits : (x_min, x_max, y_min, y_max); the surroundings of the paths when None
    levels : number of contours, spaced quadratically so that a bowl gets even rings

    Returns
    -------
    list of the path lines; each begins at a ring and ends at a star
    """
    named = paths if isinstance(paths, dict) else {None: paths}
    named = {name: np.asarray(path, dtype=float) for name, path in named.items()}
    for path in named.values():
        if path.ndim != 2 or path.shape[1] != 2 or len(path) == 0:
            raise ValueError(f"a path must have shape (steps, 2), got {path.shape}")
    around = np.concatenate(list(named.values())) if limits is None else limits
    xs, ys, points = _grid(around, resolution, margin=0.25)
    Z = _values(function, points).reshape(resolution, resolution)
    heights = Z.min() + np.ptp(Z) * np.linspace(0, 1, levels + 1)[1:] ** 2
    ax.contour(xs, ys, Z, levels=heights, cmap="cividis", linewidths=1, alpha=0.75, zorder=1)
    lines = []
    for i, (name, path) in enumerate(named.items()):
        color = COLORS[(5 - i) % 6]
        lines += ax.plot(*path.T, ".-", color=color, lw=1.6, ms=5, zorder=3, label=name)
        ax.plot(*path[0], "o", mfc="white", mec=color, mew=1.8, ms=8, zorder=4)
        ax.plot(*path[-1], "*", color=color, mec="white", ms=14, zorder=5)
    ax.set(xlim=xs[[0, -1]], ylim=ys[[0, -1]])
    ax.grid(False)
    if legend and isinstance(paths, dict):
        ax.legend()
    return lines


def boundary_line(ax, w, b, level=0.0, **style):
    """Draw the line w[0] x + w[1] y + b = level across the axes, whose limits stay as they are."""
    w = np.asarray(w, dtype=float).ravel()
    if w.shape != (2,) or not w.any():
        raise ValueError(f"w must hold two numbers that are not both 0, got {w}")
    limits = ax.axis()
    foot = (level - float(np.squeeze(b))) * w / (w @ w)
    line = ax.axline(foot, foot + [-w[1], w[0]], **{"color": INK, "zorder": 2, **style})
    ax.axis(limits)
    return line


def arrow(ax, start, end, label=None, *, color=INK, **style):
    """Draw an arrow from `start` to `end` in data units, with an optional label at its middle."""
    props = {"arrowstyle": "-|>", "color": color, "lw": 2, "shrinkA": 0, "shrinkB": 0, **style}
    tip = ax.annotate("", xy=end, xytext=start, arrowprops=props, zorder=4)
    if label is not None:
        (x, y), (dx, dy) = np.add(start, end) / 2, np.subtract(end, start)
        side = np.sign(dx * dy) if dy else 0  # on the upper side of a rising or a falling arrow
        ax.annotate(label, (x, y), (-5 * side if dx else 6, 5 if dx else 0), color=color, zorder=5,
                    ha=("center", "right", "left")[int(side)] if dx else "left",
                    va="bottom" if dx else "center", textcoords="offset points")  # fmt: skip
    return tip


def street(ax, score, X, y, *, held=(), names=None, limits=None, size=36, resolution=150):
    """Draw the street of a score between two classes, its middle and kerbs, and the points.

    The street is where the score is between -1 and 1, grey. Its kerbs are dashed.

    Parameters
    ----------
    score : a model with `decision_function`, or a function from (m, 2) points to (m,) scores
    X, y, names, size : points, labels, names for a legend (None is no legend) and size, as for
        `plot_classes`
    held : (k, 2) points that get a ring, the support vectors say
    limits : what the axes show, as `X` of `decision_regions`; the points when None
    resolution : of the grid on which the score is computed
    """
    xs, ys, points = _grid(X if limits is None else limits, resolution)
    F = _values(getattr(score, "decision_function", score), points).reshape(resolution, resolution)
    ax.contourf(xs, ys, F, levels=[-1, 1], colors=[GREY], alpha=0.25, zorder=1)
    for level, style in ((-1, "--"), (0, "-"), (1, "--")):
        if F.min() < level < F.max():
            ax.contour(xs, ys, F, levels=[level], linestyles=style, colors=INK, linewidths=1.3,
                       zorder=2)  # fmt: skip
    plot_classes(ax, X, y, names, size=size, legend=names is not None)
    if len(held):
        ax.plot(*np.transpose(held), "o", mfc="none", mec=INK, ms=6 + size**0.5, mew=1.5, zorder=4)
    ax.set(xlim=xs[[0, -1]], ylim=ys[[0, -1]])
    ax.grid(False)


def lift(ax, X, y, w, b):
    """Draw two classes lifted onto the bowl z = x² + y², and a plane that cuts the bowl.

    Parameters
    ----------
    ax : axes with `projection="3d"`
    X, y : points and labels, as for `plot_classes`
    w, b : the plane w[0] x + w[1] y + w[2] z + b = 0, with w[2] not 0
    """
    X, y, w = np.asarray(X, dtype=float), np.asarray(y), np.asarray(w, dtype=float).ravel()
    if w.shape != (3,) or w[2] == 0:
        raise ValueError(f"w must hold three numbers, the last not 0, got {w}")
    slope, height = -w[:2] / w[2], -float(np.squeeze(b)) / w[2]
    reach = 1.1 * np.sqrt((X**2).sum(axis=1).max())
    turn, radius = np.meshgrid(np.linspace(0, 2 * np.pi, 41), np.linspace(0, reach, 9))
    ax.plot_wireframe(radius * np.cos(turn), radius * np.sin(turn), radius**2, color=GREY,
                      lw=0.5, alpha=0.6, rstride=2, cstride=4)  # fmt: skip
    across = np.stack(np.meshgrid([-reach, reach], [-reach, reach]))
    ax.plot_surface(*across, height + np.tensordot(slope, across, 1), color=COLORS[4], alpha=0.3)
    squared = height + slope @ slope / 4  # the cut, seen from above: a circle around slope / 2
    if squared > 0:
        around = 2 * np.pi * np.arange(101) / 100
        cut = slope[:, None] / 2 + squared**0.5 * np.array([np.cos(around), np.sin(around)])
        ax.plot(*cut, (cut**2).sum(axis=0), color=COLORS[5], lw=2.5)
    for i, label in enumerate(np.unique(y)):
        own = X[y == label]
        ax.scatter(*own.T, (own**2).sum(axis=1), color=COLORS[i % 6], marker=MARKERS[i % 6], s=16)
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), zlim=(0, reach**2))


def covariance_ellipse(ax, mean, covariance, n_std=2.0, *, color=INK, **style):
    """Draw the ellipse of all points `n_std` Mahalanobis units away from `mean`."""
    variances, axes = np.linalg.eigh(np.asarray(covariance, dtype=float))
    width, height = 2 * n_std * np.sqrt(np.maximum(variances, 0.0))
    angle = np.degrees(np.arctan2(axes[1, 0], axes[0, 0]))
    look = {"fill": False, "edgecolor": color, "linewidth": 2, "zorder": 2, **style}
    return ax.add_patch(Ellipse(mean, width, height, angle=angle, **look))


def shadows(ax, points, direction, centre=(0.0, 0.0), *, every=1, feet=True):
    """Draw a line, points, and from each point a stroke at right angles to its foot on the line.

    Parameters
    ----------
    points : (n, 2) points
    direction : (2,) along the line
    centre : (2,) a point of the line
    every : 1 for a stroke from each point, 4 from every fourth
    feet : whether the feet are marked
    """
    points, direction, centre = (np.asarray(a, dtype=float) for a in (points, direction, centre))
    length = direction @ direction
    if not length > 0:
        raise ValueError(f"direction must not be zero, got {direction.tolist()}")
    ends = centre + np.outer((points - centre) @ direction / length, direction)
    ax.axline(centre, centre + direction, color=INK, lw=1.2)
    ax.plot(*np.stack([points, ends], axis=1)[::every].T, color=COLORS[5], lw=1)
    ax.plot(*points.T, "o", color=COLORS[0], ms=4, zorder=3)
    if feet:
        ax.plot(*ends.T, "D", color=COLORS[1], mec="white", mew=0.5, ms=5, zorder=4)


def residual_squares(ax, x, y, fitted, *, every=1):
    """Draw points and a line through their fitted values, and on each residual its square.

    The axes get the same scale both ways, so that the squares are square. Each has its own edge,
    so that squares on top of each other can be told apart.

    Parameters
    ----------
    x, y : (n,) the points
    fitted : (n,) what a line predicts at `x`
    every : 1 for a square on each point, 5 on every fifth
    """
    x, y, fitted = (np.asarray(a, dtype=float) for a in (x, y, fitted))
    for left, top, foot in zip(x[::every], y[::every], fitted[::every]):
        ax.add_patch(Rectangle((left, foot), top - foot, top - foot, fc=(*to_rgb(COLORS[1]), 0.2),
                               ec=COLORS[1], lw=1))  # fmt: skip
    ax.plot(x, y, "o", color=COLORS[0], ms=3.5)
    order = x.argsort()
    ax.plot(x[order], fitted[order], color=INK)
    ax.set_aspect("equal")


def line_and_residuals(top, bottom, x, y, predict):
    """Draw points and a line on one axes, and what the line leaves over on another.

    Parameters
    ----------
    top : axes of the points, with the line across all of it
    bottom : axes of the residuals y - predict(x), with a line at zero
    x, y : (n,) the points
    predict : function from (m,) places to (m,) heights of the line
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    top.plot(x, y, "o", color=COLORS[0], ms=4)
    ends = np.array(top.get_xlim())
    top.plot(ends, predict(ends), color=INK)
    top.set_xlim(ends)
    bottom.axhline(0, color=INK)
    bottom.plot(x, y - predict(x), "o", color=COLORS[5], ms=4)


def numerals(ax, points, labels, size=34):
    """Draw each point as the numeral of its label, a digit from 0 to 9, in one of six colours.

    Parameters
    ----------
    points : (n, 2) places
    labels : (n,) integers from 0 to 9
    size : of a numeral
    """
    palette = (*COLORS[:5], INK)
    for digit, color in enumerate((0, 1, 2, 1, 3, 5, 2, 0, 4, 3)):  # neighbours differ
        place = np.asarray(points)[np.asarray(labels) == digit].T
        ax.scatter(*place, marker=f"${digit}$", color=palette[color], s=size, linewidth=0.3)


def biplot(ax, loadings, names, scale=1.0, shift=None):
    """Draw an arrow for each feature, its two loadings times a scale, with the name at its tip.

    The names have a white edge, so that they can be read on points and arrows.

    Parameters
    ----------
    loadings : (d, 2) loadings of d features on two components
    names : d texts
    scale : what the loadings are multiplied by
    shift : dict name -> (right, up), the points by which a name that would overlap is moved
    """
    shift = {} if shift is None else shift
    edge = [withStroke(linewidth=3, foreground="white")]
    for name, tip in zip(names, scale * np.asarray(loadings)):
        arrow(ax, (0, 0), tip, lw=1.5)
        side, (right, up) = 1 if tip[0] > 0 else -1, shift.get(name, (0, 0))
        ax.annotate(name, tip, (6 * side + right, up), textcoords="offset points", va="center",
                    ha="left" if side > 0 else "right", fontsize=9.5, zorder=6,
                    path_effects=edge)  # fmt: skip


def neighbourhoods(ax, query, radii, labels):
    """Draw a star at a query, and around it a circle with its label for each radius.

    Parameters
    ----------
    query : (2,) place of the star
    radii : the radius of each circle
    labels : a text for each circle, which stands on it below the star
    """
    x, y = query
    for radius, label in zip(radii, labels, strict=True):
        ax.add_patch(Circle((x, y), radius, fill=False, color=GREY))
        ax.text(x + 0.5 * radius, y - 0.87 * radius, label, ha="center", va="center", zorder=4,
                bbox={"facecolor": "white", "lw": 0, "pad": 1})  # fmt: skip
    ax.plot(x, y, "*", color=COLORS[5], ms=20, mec="white", zorder=5)


def cells(ax, distances, X, *, resolution=200, **style):
    """Draw the edges of the Voronoi cells: the ground that is nearer to one point than to others.

    Parameters
    ----------
    distances : function from (m, 2) places to (m, n) distances from the n points
    X : what to cover, as in `decision_regions`
    **style : passed on to `Axes.contour`
    """
    xs, ys, places = _grid(X, resolution)
    D = np.asarray(distances(places))
    if D.ndim != 2 or len(D) != len(places) or D.shape[1] < 2:
        raise ValueError(f"distances must give shape ({len(places)}, n) with n >= 2, got {D.shape}")
    for j in range(D.shape[1]):
        lead = D[:, j] - np.delete(D, j, axis=1).min(axis=1)  # 0 on the edge of cell j
        ax.contour(xs, ys, lead.reshape(resolution, resolution), levels=[0],
                   **{"colors": INK, "linewidths": 0.8, "zorder": 2, **style})  # fmt: skip


def borders(ax, models, X, *, resolution=100, **style):
    """Lay the borders of many classifiers of two classes over each other.

    Parameters
    ----------
    models : objects with `predict_proba`, or functions from (m, 2) points to (m,) chances
    X : what to cover, as in `decision_regions`
    **style : passed on to `Axes.contour`
    """
    xs, ys, points = _grid(X, resolution)
    for model in models:
        P = np.asarray(getattr(model, "predict_proba", model)(points), dtype=float)
        P = P[:, 1] if P.ndim == 2 else P
        ax.contour(xs, ys, P.reshape(resolution, resolution), levels=[0.5],
                   **{"colors": COLORS[0], "linewidths": 0.7, "alpha": 0.6, **style})  # fmt: skip
    ax.set(xlim=xs[[0, -1]], ylim=ys[[0, -1]])


def balls(ax, radius, powers, centre=(0.0, 0.0)):
    """Draw all points at one Minkowski distance from a star: a line for each power p >= 1."""
    angle = np.linspace(0, 2 * np.pi, 401)
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    for p, style in zip(powers, ("-", "--", ":", "-.") * len(powers)):
        length = np.linalg.norm(circle, ord=p, axis=1)
        ball = np.asarray(centre) + radius * circle / length[:, None]
        ax.plot(*ball.T, style, label="p = ∞" if np.isinf(p) else f"p = {p:g}")
    ax.plot(*centre, "*", color=COLORS[5], ms=16)
    ax.set_aspect("equal")


def margins(fig, X, y, density, names=None, *, size=18):
    """Scatter two columns, with the density of each column in each class above and on the right.

    Parameters
    ----------
    X : (n, 2) points
    y : labels of shape (n,)
    density : function from (m,) values and the number of a column, 0 or 1, to the densities there,
        one row of m numbers for each class
    names : one name per class for the legend; the labels when None
    size : of the points

    Returns
    -------
    the axes of the points
    """
    grid = fig.add_gridspec(2, 2, width_ratios=(4, 1), height_ratios=(1, 3))
    top = fig.add_subplot(grid[0, 0])
    middle = fig.add_subplot(grid[1, 0], sharex=top)
    side = fig.add_subplot(grid[1, 1], sharey=middle)
    plot_classes(middle, X, y, names, size=size)
    low, high = np.min(X, axis=0), np.max(X, axis=0)
    edge = 0.1 * np.where(high > low, high - low, 1.0)
    x, height = np.linspace(low - edge, high + edge, 200).T
    for i, (above, beside) in enumerate(zip(density(x, 0), density(height, 1))):
        top.plot(x, above, color=COLORS[i % 6])
        side.plot(beside, height, color=COLORS[i % 6])
    middle.set(xlim=x[[0, -1]], ylim=height[[0, -1]])
    top.set(ylabel="density", ylim=(0, None))
    side.set(xlabel="density", xlim=(0, None))
    top.tick_params(labelbottom=False)
    side.tick_params(labelleft=False)
    return middle


def crowd(ax, marked, ringed, *, columns=50):
    """Draw one mark for each person, row by row: an orange square if marked, a blue dot if not.

    Parameters
    ----------
    marked : (n,) booleans
    ringed : (n,) booleans, who gets a ring as well
    columns : people in a row
    """
    marked, ringed = np.asarray(marked, dtype=bool), np.asarray(ringed, dtype=bool)
    if marked.ndim != 1 or marked.shape != ringed.shape:
        raise ValueError(f"marked has shape {marked.shape}, ringed {ringed.shape}")
    row, column = np.divmod(np.arange(len(marked)), columns)
    ax.plot(column[~marked], row[~marked], ".", color=COLORS[0], ms=5)
    ax.plot(column[marked], row[marked], "s", color=COLORS[1], ms=6)
    ax.plot(column[ringed], row[ringed], "o", mfc="none", mec=INK, mew=1.2, ms=10)
    ax.set(xlim=(-1, columns), ylim=(row.max() + 1, -1), xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.grid(False)


# -------------------------------------------------------------------------- tables, bars and digits


def heat_map(ax, table, rows=None, columns=None, *, fmt=None, label=None, cmap="cividis"):
    """Draw a table as coloured cells with the number in each; a confusion matrix is one such table.

    Parameters
    ----------
    table : array of shape (n_rows, n_columns)
    rows, columns : names of the rows and of the columns; their numbers when None
    fmt : format of the numbers; "d" for integers and ".2f" otherwise when None
    label : text of a colour bar; none is drawn when None

    Returns
    -------
    the image
    """
    table = np.asarray(table)
    if table.ndim != 2:
        raise ValueError(f"table must be 2-D, got shape {table.shape}")
    rows, columns = (range(n) if t is None else t for n, t in zip(table.shape, (rows, columns)))
    for what, names, n in (("rows", rows, table.shape[0]), ("columns", columns, table.shape[1])):
        if len(names) != n:
            raise ValueError(f"{what} has {len(names)} names for {n} {what} of the table")
    fmt = fmt or ("d" if table.dtype.kind in "iu" else ".2f")
    image = ax.imshow(table, cmap=cmap, aspect="auto")
    ax.set_xticks(range(len(columns)), [str(c) for c in columns])
    ax.set_yticks(range(len(rows)), [str(r) for r in rows])
    for (i, j), value in np.ndenumerate(table):
        dark = np.dot(image.to_rgba(value)[:3], (0.299, 0.587, 0.114)) < 0.5
        ax.text(j, i, format(value, fmt), ha="center", va="center", color="w" if dark else INK)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.grid(False)
    if label is not None:
        ax.figure.colorbar(image, ax=ax, label=label).outline.set_visible(False)
    return image


def image_grid(ax, images, titles=None, *, columns=None, cmap="gray_r", shared_scale=True):
    """Draw small pictures, such as digits, side by side in rows.

    Parameters
    ----------
    ax : axes, or a figure, which then gets one axes
    images : (n, height, width), or (n, side²) for square pictures stored as rows
    titles : a text above each picture
    columns : pictures per row; up to 10 in one row when None
    shared_scale : one grey scale for all pictures, or one for each

    Returns
    -------
    list of the images
    """
    ax = ax if hasattr(ax, "imshow") else ax.subplots()
    images = np.asarray(images, dtype=float)
    if images.ndim == 2 and round(images.shape[1] ** 0.5) ** 2 == images.shape[1]:
        images = images.reshape(len(images), round(images.shape[1] ** 0.5), -1)
    if images.ndim != 3 or len(images) == 0:
        raise ValueError(f"images must have shape (n, height, width), got {images.shape}")
    if titles is not None and len(titles) != len(images):
        raise ValueError(f"titles has {len(titles)} entries for {len(images)} images")
    n, height, width = images.shape
    columns = min(n, 10) if columns is None else columns
    step_x, step_y = 1.12, height / width + (0.12 if titles is None else 0.4)
    scale = {"vmin": images.min(), "vmax": images.max()} if shared_scale else {}
    drawn = []
    for i, picture in enumerate(images):
        left, top = (i % columns) * step_x, -(i // columns) * step_y
        box = (left, left + 1, top - height / width, top)
        drawn.append(ax.imshow(picture, extent=box, cmap=cmap, interpolation="nearest", **scale))
        if titles is not None:
            ax.text(left + 0.5, top + 0.04, str(titles[i]), ha="center", va="bottom", fontsize=9)
    bottom = -((n - 1) // columns) * step_y - height / width
    ax.set(xlim=(-0.02, columns * step_x - 0.1), ylim=(bottom - 0.02, step_y - height / width))
    ax.set_axis_off()
    return drawn


def label_bars(ax, names, values, *, fmt=".2f", color=COLORS[0], **style):
    """Draw horizontal bars from top to bottom, each with its name and, at its end, its number."""
    values = np.asarray(values, dtype=float)
    if values.shape != (len(names),):
        raise ValueError(f"values must have shape ({len(names)},) as names has, got {values.shape}")
    bars = ax.barh(range(len(names)), values, color=color, **style)
    ax.bar_label(bars, [format(v, fmt) for v in values], padding=3, fontsize=9)
    ax.set_yticks(range(len(names)), [str(name) for name in names])
    ax.invert_yaxis()
    ax.margins(x=0.16)
    ax.grid(False, axis="y")
    return bars


def staircase(ax, values, labels=None, *, color=COLORS[0], **style):
    """Draw a quantity that changes step by step; `labels` name the steps on the x-axis."""
    values = np.asarray(values, dtype=float)
    steps = np.arange(len(values))
    (line,) = ax.step(steps, values, where="post", color=color, **style)
    ax.plot(steps, values, "o", color=color, ms=5, mec="white")
    if labels is not None:
        if len(labels) != len(values):
            raise ValueError(f"labels has {len(labels)} entries for {len(values)} values")
        ax.set_xticks(steps, [str(label) for label in labels])
    return line


def votes(ax, words, weights, *, limit=None, sides=("friend", "advertisement")):
    """Draw the vote of each word as a bar: to the right if positive, to the left if negative.

    Parameters
    ----------
    words : n texts, from top to bottom
    weights : (n,) the votes
    limit : the axis goes from -limit to limit; a little more than the largest vote when None
    sides : what a vote to the left and to the right is for
    """
    weights = np.asarray(weights, dtype=float)
    if weights.shape != (len(words),):
        raise ValueError(f"weights must have shape ({len(words)},) as words has, "
                         f"got {weights.shape}")  # fmt: skip
    if limit is None:
        limit = 1.1 * max(np.abs(weights).max(initial=0.0), 1.0)
    ax.barh(range(len(words)), weights, color=np.where(weights > 0, COLORS[1], COLORS[0]))
    ax.set_yticks(range(len(words)), words)
    ax.axvline(0, color=INK, lw=1)
    ax.set(xlim=(-limit, limit), ylim=(max(len(words), 1) - 0.4, -0.6))
    ax.set_xlabel(f"{sides[0]}  ←  vote  →  {sides[1]}")
    ax.grid(False, axis="y")


def validation_curve(ax, values, own, unseen):
    """Draw how often models of growing size are right: on their own rows, and on unseen ones.

    Lines are medians over the draws, the band holds the middle 80 % of the unseen, and a star
    stands at the best median of the unseen (of equal ones at the first).

    Parameters
    ----------
    values : (m,) of the parameter that grows
    own, unseen : (draws, m) shares of right answers

    Returns
    -------
    the value at the star, and the medians of the unseen (m,)
    """
    low, middle, high = np.quantile(unseen, [0.1, 0.5, 0.9], axis=0)
    best = middle.argmax()
    ax.plot(values, np.median(own, axis=0), "--", color=GREY, label="own rows")
    ax.fill_between(values, low, high, color=COLORS[0], alpha=0.2, lw=0)
    ax.plot(values, middle, color=COLORS[0], label="unseen rows")
    ax.plot(values[best], middle[best], "*", color=COLORS[5], mec="white", ms=16, zorder=4)
    ax.set(ylabel="share of right answers")
    ax.legend(loc="lower center")
    return values[best], middle


def reliability_diagram(ax, y_true, probability, *, n_bins=10, least=1, label=None,
                        color=COLORS[0], word=None):  # fmt: skip
    """Plot how often a claimed probability came true; an honest model lies on the diagonal.

    The bins are those of `utils.metrics.calibration_curve`: a probability on an edge belongs to
    the lower bin. A marker's area grows with the number of its predictions.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    y_true : array of shape (n,)
        What came true: 0 or 1, False or True.
    probability : array of shape (n,)
        The claimed probabilities of 1.
    n_bins : int, default=10
        The number of bins, of equal width.
    least : int, default=1
        Bins with fewer predictions are left out: their shares are chance.
    label : str, default=None
        The name in a legend.
    color : color, default="#0072B2"
        Of the line and the markers.
    word : str, default=None
        "claims", say: each marker then gets its number of predictions and this word.

    Returns
    -------
    claimed, observed : ndarrays of shape (n_bins_drawn,)
        The mean claim and the observed share of every bin that is drawn.
    count : ndarray of int, shape (n_bins_drawn,)
        The number of its predictions.
    """
    y_true = as_array(y_true, "y_true")
    if y_true.ndim != 1 or not np.isin(y_true, (0, 1)).all():
        raise ValueError("y_true must hold 0 and 1 only, in one dimension")
    probability = check_numbers(probability, "probability")
    if y_true.shape != probability.shape:
        raise ValueError(f"probability has shape {probability.shape}, y_true {y_true.shape}")
    if not ((probability >= 0) & (probability <= 1)).all():
        raise ValueError("probability must lie in [0, 1]")
    observed, claimed, count = calibration_curve(
        y_true, probability, pos_label=1, n_bins=n_bins, return_counts=True
    )
    many = count >= least
    claimed, observed, count = claimed[many], observed[many], count[many]
    ax.plot([0, 1], [0, 1], "--", color=GREY, lw=1.2, zorder=1)
    ax.plot(claimed, observed, color=color, lw=1.5, zorder=2, label=label)
    area = 20 + 180 * count / count.max(initial=1)
    ax.scatter(claimed, observed, s=area, color=color, edgecolor="white", zorder=3)
    ax.set(xlim=(-0.04, 1.04), ylim=(-0.06, 1.06), xlabel="claimed probability",
           ylabel="observed share")  # fmt: skip
    if word is not None:
        ax.set(xlim=(-0.04, 1.2), ylim=(-0.12, 1.06))  # room below and on the right
        for *marker, n in zip(claimed, observed, count):
            ax.annotate(f"{n} {word}", marker, (9, -13), textcoords="offset points")
    return claimed, observed, count


def outcomes(ax, x, y, names=("0", "1"), *, low=0.0, high=1.0, step=0.05, size=6, legend=True):
    """Draw outcomes 0 and 1 over a number, equal ones stacked, so that all can be counted.

    Parameters
    ----------
    x : (n,) numbers
    y : (n,) outcomes 0 or 1
    names : of the outcomes 0 and 1, for the legend
    low, high : the heights of the first 0, from which others hang, and of the first 1, on which
        others stand
    step : the height of one more
    size : of the markers
    legend : whether to draw one
    """
    x, y = np.asarray(x), np.asarray(y)
    if not np.isin(y, (0, 1)).all() or x.shape != y.shape:
        raise ValueError(f"y must hold 0 and 1, one for each of {x.size} numbers, got {y.tolist()}")
    for k, (name, first, up) in enumerate(zip(names, (low, high), (-step, step))):
        own = np.sort(x[y == k])
        height = first + up * (np.arange(len(own)) - np.searchsorted(own, own))
        ax.plot(own, height, MARKERS[k], color=COLORS[k], ms=size, mec="white", mew=0.5, label=name,
                zorder=3)  # fmt: skip
    if legend:
        ax.legend()


def roc(ax, y, score, threshold):
    """Draw a ROC curve and, as a star, the place of a threshold on it.

    Parameters
    ----------
    y : (n,) truth, 0 or 1
    score : (n,) scores or probabilities; from the threshold on there is an alarm
    threshold : a number

    Returns
    -------
    caught, missed, false_alarms, quiet : numbers of rows: of y = 1 with and without an alarm, and
        of y = 0 with and without one
    """
    y, alarm = np.asarray(y), np.asarray(score) >= threshold
    caught, false_alarms = int(alarm[y == 1].sum()), int(alarm[y == 0].sum())
    ones, zeros = int((y == 1).sum()), int((y == 0).sum())
    ax.plot([0, 1], [0, 1], "--", color=GREY, lw=1.2)
    ax.plot(*roc_curve(y, score)[:2], color=INK)
    ax.plot(false_alarms / zeros, caught / ones, "*", color=COLORS[5], mec="white", ms=16, zorder=4)
    ax.set(xlabel="share of false alarms", ylabel="share caught", xlim=(-0.04, 1.04),
           ylim=(-0.04, 1.06))  # fmt: skip
    return caught, ones - caught, false_alarms, zeros - false_alarms


# ------------------------------------------------------------------------------------ decision tree


def draw_tree(ax, tree, feature_names=None, class_names=None, *, max_depth=None, n_splits=None,
              fontsize=9.5):  # fmt: skip
    """Draw a fitted decision tree: a question on each split, a class or a mean on each leaf.

    Parameters
    ----------
    tree : object with the arrays `children_left`, `children_right`, `feature`, `threshold`,
        `n_node_samples` and `value`, as a fitted model's `tree_`
    feature_names, class_names : words for the columns and for the classes
    max_depth : deeper nodes are cut off and drawn as "..."
    n_splits : draw only the first splits, level by level, the rest as leaves; every node keeps
        its place, so that a tree can grow from frame to frame
    fontsize : the largest; it shrinks until no two boxes of a level touch

    Returns
    -------
    list of the box texts, in node order
    """
    left, right = np.asarray(tree.children_left), np.asarray(tree.children_right)
    cut = np.inf if max_depth is None else max_depth
    depth, x, shown = _tree_layout(left, right, cut)
    is_split = (left != -1) & shown & (depth <= cut)
    if n_splits is not None:
        is_split[_by_level(is_split, depth)[n_splits:]] = False
        shown = np.zeros_like(shown)
        shown[[0, *left[is_split], *right[is_split]]] = True
    ax.set(xlim=(x.min() - 0.55, x.max() + 0.55), ylim=(-max(depth.max(), 1) - 0.5, 0.5))
    ax.set_axis_off()
    for node in np.flatnonzero(is_split):
        for child in (left[node], right[node]):
            ax.plot(x[[node, child]], -depth[[node, child]], color=GREY, lw=1.2, zorder=1)
    value = np.asarray(tree.value, dtype=float).reshape(len(left), -1)
    faces = _tree_colors(value)
    texts, size = [], 0.0
    for separator in (" ≤ ", "\n≤ "):  # the question goes on two lines where one is too wide
        if size < min(8, fontsize):
            words = _tree_texts(tree, value, is_split, feature_names, class_names, separator)
            words = ["..." if depth[i] > cut else text for i, text in enumerate(words)]
            fitting = _tree_fontsize(ax, words, x, depth, shown, fontsize)
            texts, size = (words, fitting) if fitting > size else (texts, size)
    boxes = []
    for node in np.flatnonzero(shown):
        stub = texts[node] == "..."
        box = {"boxstyle": "round,pad=0.35", "facecolor": "white" if stub else faces[node],
               "edgecolor": "none" if stub else GREY, "linewidth": 0.8}  # fmt: skip
        boxes.append(ax.text(x[node], -depth[node], texts[node], ha="center", va="center",
                             fontsize=size, color=INK, bbox=box, zorder=3))  # fmt: skip
    if is_split[0]:
        for child, word, side in ((left[0], "yes", "right"), (right[0], "no", "left")):
            ax.text((x[0] + x[child]) / 2, -0.5, f"  {word}  ", ha=side, va="bottom",
                    fontsize=size, color=INK, style="italic")  # fmt: skip
    return boxes


def tree_regions(ax, tree, X, *, n_splits=None, numbers=False, alpha=0.25):
    """Fill the rectangle of each leaf of a tree with two features, and draw its cuts as walls.

    The walls of early cuts are thick. With `n_splits` the newest wall is pink.

    Parameters
    ----------
    tree : object with the arrays that `draw_tree` takes, of a tree for classes
    X : (n, 2) points to cover with a margin, or the limits (x_min, x_max, y_min, y_max)
    n_splits : draw only the first splits, level by level, the rest as leaves
    numbers : whether each wall carries its depth: 1 for the first question, 2 for the next ones
    alpha : the strength of the colours

    Returns
    -------
    list of the rectangles, in the order of the leaves from left to right in the tree
    """
    left, right = np.asarray(tree.children_left), np.asarray(tree.children_right)
    winner = np.asarray(tree.value, dtype=float).reshape(len(left), -1).argmax(axis=1)
    xs, ys, _ = _grid(X, 2)
    depth, _, _ = _tree_layout(left, right, np.inf)
    order = _by_level(left != -1, depth)
    asked = set(order[:n_splits].tolist())
    newest = None if n_splits is None or not asked else order[:n_splits][-1]
    patches, stack = [], [(0, np.array([xs, ys]))]
    while stack:
        node, box = stack.pop()
        if node not in asked:
            (x, y), (width, height) = box[:, 0], np.ptp(box, axis=1)
            look = {"facecolor": COLORS[winner[node] % 6], "edgecolor": "none", "alpha": alpha}
            patches.append(ax.add_patch(Rectangle((x, y), width, height, zorder=0, **look)))
            continue
        j, t = tree.feature[node], tree.threshold[node]
        wall, below, above = box.copy(), box.copy(), box.copy()
        wall[j] = below[j, 1] = above[j, 0] = t
        stack += [(right[node], above), (left[node], below)]
        look = {"color": COLORS[3], "lw": 3.5} if node == newest else {"color": INK}
        ax.plot(*wall, **{"lw": 3 / (1 + depth[node]), "zorder": 2, **look})
        if numbers:
            paper = {"boxstyle": "circle,pad=0.25", "facecolor": "white", "edgecolor": INK}
            ax.text(*wall.mean(axis=1), str(depth[node] + 1), ha="center", va="center",
                    fontsize=9, bbox=paper, zorder=5)  # fmt: skip
    ax.set(xlim=xs, ylim=ys)
    ax.grid(False)
    return patches


def split_curve(ax, x, y, thresholds, impurity, names=None):
    """Draw the impurity that each cut leaves, a star at the lowest, and the rows of each class.

    Parameters
    ----------
    x : (n,) values of one feature
    y : (n,) labels
    thresholds : (m,) places of the cuts
    impurity : (m,) what is left after each of them
    names : one name per class, in the order of the sorted labels; the labels when None

    Returns
    -------
    the threshold and the impurity at the star; of equal cuts the first has it. Two nan if there
    is no cut.
    """
    x, thresholds, impurity = (np.asarray(a, dtype=float) for a in (x, thresholds, impurity))
    classes, codes = np.unique(y, return_inverse=True)
    names = classes if names is None else names
    curve = impurity if len(impurity) else np.zeros(1)  # without a cut: only the rows are drawn
    span, wide = max(np.ptp(curve), 0.1), np.ptp(x) or 1.0
    rug = curve.min() - span * (0.2 + 0.12 * np.arange(len(classes)))  # one row for each class
    plot_classes(ax, np.column_stack([x, rug[codes]]), codes, size=20, legend=False)
    for height, name in zip(rug, names):
        ax.text(x.max() + 0.04 * wide, height, str(name), va="center", fontsize=9.5)
    ax.set_xlim(x.min() - 0.05 * wide, x.max() + 0.3 * wide)
    ax.set_ylim(rug.min() - 0.1 * span, curve.max() + 0.08 * span)
    ticks = [t for t in ax.get_yticks() if curve.min() - 0.01 <= t <= ax.get_ylim()[1]]
    ax.set_yticks(ticks)  # the heights of the rows of points mean nothing
    if len(impurity) == 0:
        return np.nan, np.nan
    best = impurity.round(10).argmin()
    ax.plot(thresholds, impurity, ".-", color=INK, lw=1, ms=5)
    ax.plot(thresholds[best], impurity[best], "*", color=COLORS[5], ms=16, zorder=4)
    return thresholds[best], impurity[best]


def _by_level(is_split, depth):
    """The nodes that are split, level by level, from left to right in each level."""
    nodes = np.flatnonzero(is_split)
    return nodes[np.asarray(depth)[nodes].argsort(kind="stable")]


def _tree_layout(left, right, cut):
    """Depth and place of every node: leaves at 0, 1, 2, ..., parents midway above."""
    n = len(left)
    depth, x, shown = np.zeros(n, dtype=int), np.zeros(n), np.zeros(n, dtype=bool)
    order, stack = [], [0]
    while stack:
        node = stack.pop()
        order.append(node)
        shown[node] = True
        if left[node] != -1 and depth[node] <= cut:
            depth[[left[node], right[node]]] = depth[node] + 1
            stack += [right[node], left[node]]
    ends = [i for i in order if left[i] == -1 or depth[i] > cut]
    x[ends] = np.arange(len(ends))
    for node in reversed(order):
        if left[node] != -1 and depth[node] <= cut:
            x[node] = (x[left[node]] + x[right[node]]) / 2
    return depth, x, shown


def _tree_texts(tree, value, is_split, feature_names, class_names, separator):
    """What each box says; a leaf names its majority class, or its mean in a regression tree."""
    texts = []
    for node, row in enumerate(value):
        feature = tree.feature[node]
        if is_split[node]:
            name = f"x[{feature}]" if feature_names is None else feature_names[feature]
            text = f"{name}{separator}{tree.threshold[node]:.4g}"
        elif len(row) == 1 and class_names is None:
            text = f"{row[0]:.4g}"
        else:
            text = f"class {row.argmax()}" if class_names is None else class_names[row.argmax()]
        texts.append(f"{text}\nn = {int(tree.n_node_samples[node])}")
    return texts


def _tree_colors(value):
    """Majority colour, the stronger the purer; in a regression tree the stronger the higher."""
    if value.shape[1] == 1:
        strength = (value[:, 0] - value.min()) / (np.ptp(value) or 1.0)
        winner = np.zeros(len(value), dtype=int)
    else:
        share = value.max(axis=1) / value.sum(axis=1)
        strength = (share - 1 / value.shape[1]) / (1 - 1 / value.shape[1])
        winner = value.argmax(axis=1)
    colors = np.array([to_rgb(c) for c in COLORS])[winner % 6]
    return 1 - (0.08 + 0.47 * strength[:, None]) * (1 - colors)  # opaque: edges end at the box


@functools.lru_cache(maxsize=1000)  # a film asks for the same lines in each of its frames
def _text_width(line, family):
    """Width of a line of text at font size 100, in points."""
    font = FontProperties(family=family)
    return TextPath((0, 0), line, size=100, prop=font).get_extents().width


def _tree_fontsize(ax, texts, x, depth, shown, largest):
    """Largest font size at which neighbours of a level, and levels, keep clear of each other."""
    ax.figure.figure.draw_without_rendering()  # the layout engine gives the axes its final size
    area = ax.get_window_extent()
    points = 72 / ax.figure.figure.dpi
    unit_x = area.width * points / np.ptp(ax.get_xlim())
    unit_y = area.height * points / np.ptp(ax.get_ylim())
    family = tuple(mpl.rcParams["font.family"])
    half = np.array([max(_text_width(line, family) for line in text.split("\n"))
                     for text in texts]) / 200 + 0.5  # fmt: skip
    size = min(largest, unit_y / (1.25 * max(t.count("\n") + 1 for t in texts) + 1.2))
    for level in range(depth[shown].max() + 1):
        row = np.flatnonzero(shown & (depth == level))
        row = row[x[row].argsort()]
        edges = (x[row[0]] - ax.get_xlim()[0], ax.get_xlim()[1] - x[row[-1]])
        limits = [*(np.diff(x[row]) / (half[row[1:]] + half[row[:-1]])),
                  *(edges / half[row[[0, -1]]])]  # fmt: skip
        size = min(size, unit_x * min(limits))
    return max(size, 5.0)


# ---------------------------------------------------------------------------------------- animation


def animate(draw, frames, *, size=(6, 3.6), dpi=80, ms=400, last_ms=2000, path=None):
    """Make an animated PNG that plays for ever, wherever a still PNG is shown.

    A program that shows no animation shows the last frame.

    Parameters
    ----------
    draw : function `draw(fig, frame)`, called on an empty figure for each item of `frames`; axis
        limits that it sets itself keep the picture from jumping
    frames : iterable of at least two items, of any type
    size, dpi : inches and dots per inch
    ms, last_ms : milliseconds per frame, and for the last one; a run of frames without any change
        may be stored as one long frame
    path : file to write as well

    Returns
    -------
    IPython.display.Image, which a notebook stores as `image/png`
    """
    frames = list(frames)
    if len(frames) < 2:
        raise ValueError(f"frames must hold at least 2 items, got {len(frames)}")
    if ms <= 0 or last_ms <= 0:
        raise ValueError(f"ms and last_ms must be > 0, got ms={ms}, last_ms={last_ms}")
    fig = figure(size, dpi)
    pictures = []
    for frame in frames:
        fig.clear()
        draw(fig, frame)
        fig.canvas.draw()
        pictures.append(np.asarray(fig.canvas.buffer_rgba())[..., :3].copy())
    data = _animated_png(np.stack(pictures), [ms] * (len(frames) - 1) + [last_ms])
    if path is not None:
        Path(path).write_bytes(data)
    from IPython import display

    return display.Image(data=data, format="png")


def _animated_png(pictures, durations):
    """Encode (n, height, width, 3) bytes; all frames share one palette and a transparent entry.

    In front of the frames stands the last of them as the picture of those who show no animation.
    """
    index, palette = _indexed(pictures, n_colors=63)
    still = index[-1].copy()
    same = index[1:] == index[:-1]
    index[1:][same] = len(palette)  # transparent where nothing changed: a third of the bytes
    images = [Image.fromarray(picture) for picture in (still, *index)]
    for image in images:
        image.putpalette(palette.tobytes() + bytes(3))
    stream = io.BytesIO()
    images[0].save(stream, format="PNG", save_all=True, default_image=True,
                   append_images=images[1:], duration=durations, loop=0, blend=1,
                   transparency=len(palette), optimize=True)  # fmt: skip
    return stream.getvalue()


def _indexed(pictures, n_colors, n_exact=16):
    """Turn (..., 3) colours into (...) indices of a palette of at most n_colors of them."""
    red, green, blue = (pictures[..., i].astype(np.int32) for i in range(3))
    packed, where, counts = np.unique(
        red << 16 | green << 8 | blue, return_inverse=True, return_counts=True
    )
    colors = np.stack([packed >> 16, packed >> 8 & 255, packed & 255], axis=1).astype(np.float32)
    palette = colors
    if len(colors) > n_colors:
        # The commonest colours stay exact, so that white is white. The others share what is left;
        # square roots of their counts keep thin lines from drowning in large areas.
        common = counts.argsort(kind="stable")[::-1][:n_exact]
        sample = np.repeat(colors, np.ceil(np.sqrt(counts)).astype(int), axis=0).astype(np.uint8)
        coarse = Image.fromarray(sample[None]).quantize(n_colors - n_exact, kmeans=2)
        mixed = np.array(coarse.getpalette(), dtype=np.float32).reshape(-1, 3)
        palette = np.concatenate([colors[common], mixed[: n_colors - n_exact]])
    distance = (palette**2).sum(axis=1) - 2 * colors @ palette.T
    index = distance.argmin(axis=1).astype(np.uint8)[where].reshape(pictures.shape[:-1])
    return index, palette.astype(np.uint8)


# -------------------------------------------------------------------------------------- exploration


def explore(draw, panels, *, rows=1, size=None, **sliders):
    """Show a stored strip of pictures at named settings, then live sliders where a kernel runs.

    Parameters
    ----------
    draw : function `draw(ax, **settings)`; with `rows` > 1, `draw(axes, **settings)` with an array
        of axes, stacked in one column
    panels : dict title -> settings; the first panel names every slider and is where they start, a
        later one names only what differs from the first
    rows : number of axes that `draw` fills
    size : inches of the strip
    **sliders : for at most four settings `(low, high, step)` for numbers,
        `(low, high, step, "log")` for powers of ten, `step` in decades, a list for a choice, a bool
        for a check box
    """
    settings = panel_settings(panels, sliders)
    width, height = size or (WIDE[0] if len(panels) > 1 else SINGLE[0], 0.8 + 2.6 * rows)
    fig = figure((width, height))
    axes = fig.subplots(rows, len(panels), squeeze=False)
    for column, (title, setting) in zip(axes.T, settings.items()):
        draw(column[0] if rows == 1 else column, **setting)
        own = column[0].get_title(loc=mpl.rcParams["axes.titlelocation"])
        column[0].set_title(f"{title}\n{own}" if own else title)
    for row in axes:
        _say_once(row)
    from IPython import display, get_ipython

    display.display(display.Image(data=_png(fig), format="png"))
    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is not None and importlib.util.find_spec("ipywidgets"):
        start = next(iter(settings.values()))
        display.display(_live(draw, start, sliders, rows, (SINGLE[0], 1.4 + 2.6 * rows)))


def _say_once(row):
    """Keep a y-label that the panels of a row share on the first, a shared legend on the last."""
    words = [ax.get_legend() and [t.get_text() for t in ax.get_legend().get_texts()] for ax in row]
    for ax, legend in zip(row[:-1], words):
        if legend and legend == words[-1]:
            ax.get_legend().remove()
    for ax in row[1:]:
        if ax.get_ylabel() == row[0].get_ylabel():
            ax.set_ylabel("")


def panel_settings(panels, sliders):
    """Complete settings of every panel, after checks that speak to the author of a lesson."""
    if not panels:
        raise ValueError("panels must name at least one setting, got none")
    if not 1 <= len(sliders) <= 4:
        raise ValueError(f"explore takes one to four sliders, got {len(sliders)}")
    for name, spec in sliders.items():
        _check_slider(name, spec)
    first_title, first = next(iter(panels.items()))
    missing = [name for name in sliders if name not in first]
    if missing:
        raise ValueError(f"the first panel {first_title!r} must set every slider, lacks {missing}")
    for title, setting in panels.items():
        for name, value in setting.items():
            if name not in sliders:
                raise ValueError(f"panel {title!r} sets {name!r}, but the sliders are {[*sliders]}")
            _check_value(title, name, value, sliders[name])
    return {title: {**first, **setting} for title, setting in panels.items()}


def _check_slider(name, spec):
    if isinstance(spec, bool) or (isinstance(spec, list) and spec):
        return
    numeric = isinstance(spec, tuple) and len(spec) in (3, 4) and all(map(_is_number, spec[:3]))
    if not numeric or spec[3:] not in ((), ("log",)):
        raise ValueError(f"slider {name!r} must be (low, high, step), (low, high, step, 'log'), "
                         f"a non-empty list or a bool, got {spec!r}")  # fmt: skip
    low, high, step = spec[:3]
    if not (low < high and step > 0):
        raise ValueError(f"slider {name!r} needs low < high and step > 0, got {spec!r}")
    if len(spec) == 4 and low <= 0:
        raise ValueError(f"slider {name!r} is logarithmic, so low must be > 0, got {low}")


def _check_value(title, name, value, spec):
    if isinstance(spec, bool):
        good, rule = isinstance(value, bool), "True or False"
    elif isinstance(spec, list):
        good, rule = value in spec, f"one of {spec}"
    else:
        good = _is_number(value) and spec[0] <= value <= spec[1]
        rule = f"a number from {spec[0]} to {spec[1]}"
    if not good:
        raise ValueError(f"panel {title!r}: {name} must be {rule}, got {value!r}")


def _is_number(value):
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _control(name, spec, value):
    """The ipywidgets control for one slider."""
    import ipywidgets as widgets

    look = {"value": value, "description": name.replace("_", " "),
            "style": {"description_width": "130px"}, "layout": {"width": "480px"}}  # fmt: skip
    if isinstance(spec, bool):
        return widgets.Checkbox(**look)
    if isinstance(spec, list):
        return widgets.Dropdown(options=spec, **look)
    look |= {"step": spec[2], "continuous_update": False}
    if len(spec) == 4:
        return widgets.FloatLogSlider(min=np.log10(spec[0]), max=np.log10(spec[1]), **look)
    if all(isinstance(v, numbers.Integral) for v in (*spec, value)):
        return widgets.IntSlider(min=spec[0], max=spec[1], **look)
    return widgets.FloatSlider(min=spec[0], max=spec[1], readout_format=".3g", **look)


def _live(draw, start, sliders, rows, size):
    """Controls above one picture, drawn anew when a control changes."""
    import ipywidgets as widgets

    controls = {name: _control(name, spec, start[name]) for name, spec in sliders.items()}
    fig = figure(size)
    message = widgets.Label()
    picture = widgets.Image(format="png", width=size[0] * fig.dpi, layout={"max_width": "100%"})

    def redraw(_=None):
        fig.clear()
        try:
            axes = fig.subplots(rows, 1)
            draw(axes, **{name: control.value for name, control in controls.items()})
            picture.value, message.value = _png(fig), ""
        except Exception as error:  # a callback's traceback would be hidden in the log
            message.value = f"{type(error).__name__}: {error}"

    for control in controls.values():
        control.observe(redraw, names="value")
    redraw()
    box = widgets.VBox([*controls.values(), picture, message], layout={"align_items": "flex-start"})
    box.add_class("widget-interact")
    return box


# ------------------------------------------------------------------------------------------ helpers


def figure(size, dpi=100):
    """A figure that pyplot does not know, so that nothing shows it twice or has to close it."""
    fig = Figure(figsize=size, dpi=dpi, layout="constrained")
    FigureCanvasAgg(fig)
    return fig


def _png(fig, **options):
    """Encode a figure as a PNG of 160 colours, a third of the bytes, without version or time."""
    stream = io.BytesIO()
    fig.savefig(stream, format="png", dpi=fig.dpi, **options)
    index, palette = _indexed(np.asarray(Image.open(stream).convert("RGB")), n_colors=160)
    picture = Image.fromarray(index)
    picture.putpalette(palette.tobytes())
    stream = io.BytesIO()
    picture.save(stream, format="PNG", optimize=True)
    return stream.getvalue()


def _make_inline_pngs_stable():
    """Let a notebook, if this is one, store its figures as `_png` makes them."""
    try:
        from IPython import get_ipython
    except ImportError:
        return
    shell = get_ipython()
    if getattr(shell, "kernel", None) is not None:
        shell.run_line_magic("matplotlib", "inline")
        formatter = shell.display_formatter.formatters["image/png"]
        formatter.for_type(Figure, lambda fig: _png(fig, bbox_inches="tight"))


def _grid(X, resolution, margin=0.08):
    """Axes and points of a regular grid over (n, 2) points with a margin, or over four limits."""
    X = np.asarray(X, dtype=float)
    if X.shape == (4,):
        x_low, x_high, y_low, y_high = X
    elif X.ndim == 2 and X.shape[1] == 2 and len(X):
        pad = margin * np.where(np.ptp(X, axis=0) > 0, np.ptp(X, axis=0), 1.0)
        (x_low, y_low), (x_high, y_high) = X.min(axis=0) - pad, X.max(axis=0) + pad
    else:
        raise ValueError(f"X must have shape (n, 2) or hold x_min, x_max, y_min, y_max, got shape "
                         f"{X.shape}")  # fmt: skip
    if not (x_low < x_high and y_low < y_high):
        raise ValueError(f"limits must be x_min < x_max and y_min < y_max, got {X}")
    xs, ys = np.linspace(x_low, x_high, resolution), np.linspace(y_low, y_high, resolution)
    return xs, ys, np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)


def _values(function, points):
    """One value of the function for each point, by one call."""
    if not callable(function):
        raise TypeError(f"expected a function of (m, 2) points or a model, got {function!r}")
    values = np.asarray(function(points))
    if values.shape != (len(points),):
        raise ValueError(f"a function of {len(points)} points must give shape ({len(points)},), "
                         f"got {values.shape}")  # fmt: skip
    return values
