"""Draw the pictures of this folder: for each algorithm one that moves and one that stands still.

    python references/algorithm_diagrams/draw.py             all of them
    python references/algorithm_diagrams/draw.py linear      some of them

Every picture comes out of the repository's own model, in the house style, the same bytes each time.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), *(str(folder) for folder in sorted(ROOT.glob("0*_*")))]

import matplotlib  # noqa: E402

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402

from utils import plotting as draw  # noqa: E402

SMALL = (4.8, 3.0)  # inches of an animated picture, four of which stand in a row of the README


def linear():
    """Gradient descent turns a flat line into the least-squares line."""
    from linear_regression import LinearRegression

    rng = np.random.default_rng(0)
    x = 2 * rng.random(30)
    y = 4 + 3 * x + 0.7 * rng.normal(size=30)
    run = LinearRegression(solver="gd", learning_rate=0.12, max_iter=17, tol=None)
    run.fit(x[:, None], y)

    def scene(fig, step, legend=False):
        w, b = run.coef_history_[step]
        ax = fig.subplots()
        ax.vlines(x, b + w * x, y, color=draw.COLORS[1], alpha=0.6, lw=1.2, label="residuals")
        ax.plot(x, y, "o", color=draw.COLORS[0], ms=4.5, label="samples")
        ax.plot([0, 2], [b, b + 2 * w], color=draw.COLORS[5], lw=2.5, label="line")
        ax.set(xlim=(-0.1, 2.1), ylim=(-0.5, 12), xlabel="x", ylabel="y")
        ax.set_title(f"step {step}: J = {run.loss_history_[step]:.2f}")
        if legend:
            ax.legend(loc="upper left")

    both("linear_regression", scene, range(18), still=[0, 2, 17])


def logistic():
    """The ramp of probability turns and steepens between two slanting clouds."""
    from logistic_regression import LogisticRegression

    from utils.data_generators import make_blobs

    X, y = make_blobs(120, centers=np.array([[-1.2, 0.0], [1.2, 0.0]]), random_state=3,
                      covariance=np.array([[1.6, 1.3], [1.3, 1.6]]))  # fmt: skip
    run = LogisticRegression(C=np.inf, solver="gd", learning_rate=0.3, max_iter=57, tol=None)
    run.fit(X, y)

    def scene(ax, step, last=True):
        *w, b = run.coef_history_[step, 0]
        field = draw.probability_field(ax, lambda P: 1 / (1 + np.exp(-P @ w - b)), X,
                                       label="P(class 1)")  # fmt: skip
        draw.plot_classes(ax, X, y, ["class 0", "class 1"], size=14, legend=False)
        ax.set(xlabel="x₁", ylabel="x₂", title=f"step {step}: J = {run.loss_history_[step]:.1f}",
               aspect="equal")  # fmt: skip
        if last:
            ax.legend(loc="lower right", frameon=True, fontsize=8, handletextpad=0.2)
        else:
            field.colorbar.remove()  # one bar is enough for three panels

    draw.animate(lambda fig, step: scene(fig.subplots(), step), [0, 1, 2, *range(3, 58, 3)],
                 size=SMALL, path=HERE / "logistic_regression.png")  # fmt: skip
    fig, axes = plt.subplots(1, 3, figsize=(10, 3.05), sharey=True)
    for ax, step in zip(axes, (0, 3, 57)):
        scene(ax, step, last=step == 57)
        ax.label_outer()
    fig.suptitle("The border starts upright, then leans over, and the ramp grows steeper")
    draw.save(fig, HERE / "logistic_regression_still.png")
    plt.close(fig)


def knn():
    """The border between two moons as more and more neighbours are asked."""
    from knn import KNeighborsClassifier

    from utils.data_generators import make_moons

    X, y = make_moons(160, noise=0.3, random_state=0)

    def scene(fig, k, legend=False):
        ax = fig.subplots()
        draw.decision_regions(ax, KNeighborsClassifier(k).fit(X, y), X, resolution=150)
        draw.plot_classes(ax, X, y, ["upper", "lower"], size=16, legend=False)
        ax.set(xlabel="x₁", ylabel="x₂", title=f"k = {k} neighbour" + "s" * (k > 1))
        if legend:
            ax.legend(loc="upper left", frameon=True, handletextpad=0, borderpad=0.3)

    both("knn", scene, [*range(1, 20, 2), 23, 29, 37, 47, 59, 75, 95, 119], still=[1, 15, 119])


def tree():
    """A decision tree parts two moons, one cut after the other, level by level."""
    from decision_tree import DecisionTreeClassifier

    from utils.data_generators import make_moons

    X, y = make_moons(160, noise=0.3, random_state=0)
    grown = DecisionTreeClassifier(max_depth=5).fit(X, y).tree_
    box = np.array([[-1.8, 2.7], [-1.4, 1.8]])
    order = grown.depth.argsort(kind="stable")
    order = order[grown.feature[order] >= 0]  # the nodes that ask, level by level

    def scene(fig, n, legend=False):
        made, left, right = set(order[:n]), grown.children_left, grown.children_right
        ax = fig.subplots()

        def part(node, box):
            if node not in made:
                winner = draw.COLORS[grown.value[node].argmax()]
                ax.fill_between(box[0], *box[1], color=winner, alpha=0.25, lw=0, zorder=0)
                return
            wall, below, above = box.copy(), box.copy(), box.copy()
            j, t = grown.feature[node], grown.threshold[node]
            wall[j] = below[j, 1] = above[j, 0] = t
            part(left[node], below)
            part(right[node], above)
            newest = node == order[n - 1]
            color, lw = (draw.COLORS[3], 3) if newest else (draw.INK, 2.5 / (1 + grown.depth[node]))
            ax.plot(*wall, color=color, lw=lw, zorder=2.5 if newest else 2)

        part(0, box)
        draw.plot_classes(ax, X, y, ["upper", "lower"], size=16, legend=False)
        if legend:
            ax.legend(loc="upper right", frameon=True, handletextpad=0, borderpad=0.3)
        ax.grid(False)
        ax.set(xlim=box[0], ylim=box[1], xlabel="x₁", ylabel="x₂")
        ax.set_title("1 cut" if n == 1 else f"{n} cuts")

    both("decision_tree", scene, range(len(order) + 1), still=[1, 3, len(order)])


def svm():
    """The street turns and widens as trespassing grows cheap, and support vectors light up."""
    from svm import SVC

    from utils.data_generators import make_blobs

    middle = np.array([[-1.3, -0.5], [1.3, 0.5]])
    X, y = make_blobs(70, centers=middle, cluster_std=0.85, random_state=4)
    gx, gy = np.meshgrid(np.linspace(-3.8, 3.8, 120), np.linspace(-2.8, 2.8, 120))

    def scene(fig, price, legend=False):
        model = SVC(kernel="linear", C=10.0**price).fit(X, y)
        f = model.decision_function(np.c_[gx.ravel(), gy.ravel()]).reshape(gx.shape)
        ax = fig.subplots()
        ax.contourf(gx, gy, f, levels=[-1, 1], colors=[draw.GREY], alpha=0.25)
        ax.contour(gx, gy, f, levels=[-1, 0, 1], linestyles=["--", "-", "--"], colors=draw.INK,
                   linewidths=1.3)  # fmt: skip
        draw.plot_classes(ax, X, y, size=16, alpha=0.4, label="_", legend=False)
        draw.plot_classes(ax, model.support_vectors_, y[model.support_], ["west", "east"],
                          size=30, edgecolor=draw.INK, linewidth=1.1, legend=False)  # fmt: skip
        ax.set(xlim=(-3.8, 3.8), ylim=(-2.8, 2.8), xlabel="x₁", ylabel="x₂")
        ax.set_title(f"C = {10.0**price:.3g}: {len(model.support_)} support vectors")
        ax.grid(False)
        if legend:
            ax.legend(loc="upper left", handletextpad=0, borderpad=0)

    both("svm", scene, np.linspace(2, -2, 21), still=[2, -0.4, -2])


def naive_bayes():
    """The border between two classes gives way as one of them is expected more often."""
    from naive_bayes import GaussianNB

    from utils.data_generators import make_blobs

    X, y = make_blobs(160, centers=np.array([[-1.2, -0.4], [1.4, 0.6]]), random_state=2,
                      cluster_std=[0.8, 1.4])  # fmt: skip
    chances = [0.4, 0.3, 0.2, 0.1, 0.05, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5,
               0.6, 0.7, 0.8, 0.85, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5]  # fmt: skip

    def scene(fig, chance, legend=False):
        model = GaussianNB(priors=[1 - chance, chance]).fit(X, y)
        ax = fig.subplots()
        draw.decision_regions(ax, model, X, resolution=150)
        draw.plot_classes(ax, X, y, ["class 0", "class 1"], size=14, legend=legend)
        for k in (0, 1):
            for n_std in (1, 2):
                draw.covariance_ellipse(ax, model.theta_[k], np.diag(model.var_[k]), n_std,
                                        color=draw.COLORS[k])  # fmt: skip
        ax.set(xlabel="x₁", ylabel="x₂", title=f"prior of class 1: {chance:.2f}")

    both("naive_bayes", scene, chances, still=[0.02, 0.5, 0.9])


def k_means():
    """Four centres that start in one corner share out four clouds."""
    from k_means import KMeans

    from utils.data_generators import make_blobs

    places = np.array([[-4.0, 3.0], [3.5, 3.5], [-2.0, -3.5], [4.0, -2.5]])
    X, _ = make_blobs(200, centers=places, cluster_std=1.3, random_state=1)
    corner = np.array([[-5.0, 4.0], [-4.5, 3.5], [-4.0, 4.0], [-3.5, 3.8]])
    run = KMeans(4, init=corner, n_init=1, tol=0).fit(X)
    path = run.centers_history_

    def scene(fig, step, legend=False):
        def assign(points):
            return ((points[:, None] - path[step]) ** 2).sum(axis=2).argmin(axis=1)

        ax = fig.subplots()
        labels = assign(X)
        draw.decision_regions(ax, assign, X, n_classes=4, resolution=150)
        draw.plot_classes(ax, X, labels, classes=range(4), size=13, legend=False)
        ax.plot(*path[: step + 1].transpose(2, 0, 1), color=draw.INK, lw=1.3, zorder=5)
        ax.plot(*path[step].T, "*", color=draw.INK, mec="white", ms=14, zorder=6)
        J = ((X - path[step][labels]) ** 2).sum()
        ax.set(xlabel="x₁", ylabel="x₂", title=f"round {step}: J = {J:,.0f}")

    both("k_means", scene, range(run.n_iter_ + 1), still=[0, run.n_iter_ // 2, run.n_iter_])


def pca():
    """A line turns through a tilted cloud until the shadow on it is widest."""
    from pca import PCA

    from utils.data_generators import make_blobs

    X, _ = make_blobs(40, centers=[[0, 0]], covariance=[[2.4, 1.2], [1.2, 1.1]], random_state=0)
    model = PCA(1).fit(X)
    Z = X - model.mean_
    best = np.degrees(np.arctan2(*model.components_[0, ::-1]))

    def scene(fig, turn, legend=False):
        angle = np.radians(best + turn)
        v = np.array([np.cos(angle), np.sin(angle)])
        feet = np.outer(Z @ v, v)
        strokes = np.stack([Z, feet, np.full_like(Z, np.nan)], axis=1).reshape(-1, 2)
        ax = fig.subplots()
        ax.plot(*strokes.T, color=draw.GREY, lw=0.7)
        ax.axline((0, 0), v, color=draw.COLORS[5], lw=2, label="line")
        ax.plot(*Z.T, "o", color=draw.COLORS[0], ms=4, label="samples")
        ax.plot(*feet.T, "D", color=draw.COLORS[1], ms=3.5, label="shadows")
        ax.set(xlim=(-4.4, 4.4), ylim=(-3, 3), xlabel="x₁", ylabel="x₂", aspect="equal")
        ax.set_title(f"variance of the shadow {(Z @ v).var(ddof=1):.2f}")
        if legend:
            ax.legend(loc="upper left", handlelength=1)

    both("pca", scene, np.linspace(-90, 0, 14), still=[-90, -42, 0])


def both(name, scene, frames, still):
    """Write name.png, which moves through the frames, and name_still.png, a strip of three."""
    draw.animate(scene, frames, size=SMALL, path=HERE / f"{name}.png")
    fig = plt.figure(figsize=(10, 3.2))
    for k, (part, frame) in enumerate(zip(fig.subfigures(1, len(still)), still)):
        scene(part, frame, legend=k == 0)
    draw.save(fig, HERE / f"{name}_still.png")
    plt.close(fig)


PICTURES = {
    "linear": linear,
    "logistic": logistic,
    "knn": knn,
    "tree": tree,
    "svm": svm,
    "naive_bayes": naive_bayes,
    "k_means": k_means,
    "pca": pca,
}

if __name__ == "__main__":
    draw.use_house_style()
    for word in sys.argv[1:] or PICTURES:
        PICTURES[word]()
