"""Tests of the repository as a whole: what every folder promises, and what the text says of it."""

import ast
import doctest
import importlib.util
import inspect
import json
import marshal
import os
import re
import runpy
import subprocess
import sys
import tracemalloc
import types
import warnings
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest

from utils.forms import NA, Frame, Sparse, masked

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = sorted(path for path in ROOT.glob("[0-9][0-9]_*") if path.is_dir())
MODELS = [folder / f"{folder.name[3:]}.py" for folder in FOLDERS]
DOOR = "# ---- The door: the same in every folder ----"
BANNERS = ("# ---- The algorithm ----", "# ---- Arithmetic: fast, small, safe ----", DOOR)
SHARED = {"_blocks", "_power_of_two", "_squares", "_times", "_check_X_or_file"}  # with one wording
OTHER_LIBRARIES = {"sklearn", "scipy", "pandas", "torch", "tensorflow", "statsmodels", "xgboost",
                   "dask", "dask_ml", "joblib"}
NOTES = ROOT / "references" / "math_notes.md"
BEYOND = ROOT / "references" / "beyond_this_repository.md"
NEEDED = {  # the sections of BEYOND, and the libraries that the code of each needs
    "Inside scikit-learn": ("sklearn", "pandas"),
    "More rows than memory": (),
    "More than one machine": ("dask", "dask_ml"),
}
TAG = re.compile(r"\b[A-Z]{2,3}\.\d+\b")
NOT_OURS = {".venv", "venv", ".pytest_cache", ".ipynb_checkpoints"}  # tools leave copies there


def ours(pattern):
    return sorted(path for path in ROOT.rglob(pattern)
                  if NOT_OURS.isdisjoint(path.relative_to(ROOT).parts))


TEXTS = ours("*.md")


def name(path):
    return str(path.relative_to(ROOT))


def imported(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "a relative import" if node.level else node.module.split(".")[0]


def notebook_code(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_a_numbered_folder_holds_its_three_files_and_nothing_else(folder):
    model = folder.name[3:]
    files = {path.name for path in folder.iterdir()}
    files -= {"__pycache__", ".ipynb_checkpoints", ".pytest_cache"}
    assert files == {f"{model}.py", f"test_{model}.py", "notebook_demo.ipynb"}


@pytest.mark.parametrize("model", MODELS, ids=name)
def test_a_model_file_imports_numpy_and_the_standard_library_only(model):
    assert set(imported(model.read_text(encoding="utf-8"))) <= {"numpy", *sys.stdlib_module_names}


@pytest.mark.parametrize("model", MODELS, ids=name)
def test_a_model_file_works_from_its_own_folder_with_no_path_set(model):
    lift_out = f"import sys; sys.path.insert(0, '.'); import {model.stem}"
    command = [sys.executable, "-I", "-W", f"error:::{model.stem}", "-c", lift_out]
    subprocess.run(command, cwd=model.parent, check=True, timeout=60)


def test_no_machine_learning_library_is_imported_anywhere():
    sources = {path: path.read_text(encoding="utf-8") for path in ours("*.py")}
    sources |= {path: notebook_code(path) for path in ROOT.glob("[0-9][0-9]_*/*.ipynb")}
    guilty = {name(path): OTHER_LIBRARIES & {*imported(source)} for path, source in sources.items()}
    assert {path: found for path, found in guilty.items() if found} == {}


def functions(text):
    """The functions at the top level of a module, name -> source."""
    nodes = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    return {node.name: ast.get_source_segment(text, node) for node in nodes}


def imported_module(model):
    """The module of a model file, importable by its name as in its own folder."""
    if str(model.parent) not in sys.path:
        sys.path.append(str(model.parent))
    return importlib.import_module(model.stem)


def classes_with_fit(model):
    """The names of the public classes of a model file that can be fitted."""
    for node in ast.parse(model.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            if any(getattr(part, "name", None) == "fit" for part in node.body):
                yield node.name


CLASSES = {cls: model for model in MODELS for cls in classes_with_fit(model)}


def class_of(name):
    return getattr(imported_module(CLASSES[name]), name)


@pytest.mark.parametrize("model", MODELS, ids=name)
def test_a_model_file_tells_the_story_first_and_the_machinery_last(model):
    text = model.read_text(encoding="utf-8")
    places = [text.find(f"\n{banner}\n") for banner in BANNERS]
    last_class = max(text.find(f"\nclass {name}") for name in classes_with_fit(model))
    assert 0 < last_class < places[0] < places[1] < places[2]


def test_the_door_and_the_shared_helpers_are_the_same_to_the_letter_in_every_model_file():
    copies = {}
    for model in MODELS:
        text = model.read_text(encoding="utf-8")
        at_the_door = functions(text[text.index(DOOR):])
        shared = {key: body for key, body in functions(text).items() if key in SHARED}
        for key, body in (at_the_door | shared).items():
            copies.setdefault(key, {}).setdefault(body, []).append(model.name)
    assert {"_check_X", "_as_array", "_blocks"} <= set(copies)
    several = {key: list(bodies.values()) for key, bodies in copies.items() if len(bodies) > 1}
    assert several == {}


@pytest.mark.parametrize("model", MODELS, ids=name)
def test_every_function_of_a_model_file_is_used_and_has_a_docstring(model):
    text = model.read_text(encoding="utf-8")
    tree = ast.parse(text)
    defined = [node for node in ast.walk(tree)
               if isinstance(node, ast.FunctionDef) and not node.name.startswith("__")]
    assert [node.name for node in defined if not ast.get_docstring(node)] == []
    private = {node.name for node in defined if node.name.startswith("_")}
    assert {key for key in private if len(re.findall(rf"\b{key}\b", text)) < 2} == set()


class Day:
    """Like a date: something that can say itself in ISO format."""

    def isoformat(self):
        return "2020-02-01"


TWO = np.array([[1.0, 2.0], [3.0, 4.0]])
REFUSED = {  # what comes as X: the error, and what it must say
    "nothing": (None, ValueError, "X is None"),
    "text": ([[1, "red"], [2, "blue"]], TypeError, r"column 1 holds text: X\[0, 1\] is 'red'"),
    "numerals": (np.array([[1, "2"]], object), TypeError, r"column 1 holds text: X\[0, 1\] is '2'"),
    "bytes": ([[b"a"]], TypeError, "column 0 holds text"),
    "a date": ([[1, 2], [3, Day()]], TypeError, r"column 1 holds a date: X\[1, 1\]"),
    "datetime64": (np.array([["2020-02-01"]], "M8[D]"), TypeError, "column 0 holds a date"),
    "datetime64 among numbers": ([[1, np.datetime64("2020-02-01")]], TypeError,
                                 r"column 1 holds a date: X\[0, 1\] is '2020-02-01'"),
    "None": ([[1, 2], [None, 4]], ValueError, r"contains NaN or infinity: X\[1, 0\] is None"),
    "NA": ([[1, NA]], ValueError, r"column 1 holds a missing value: X\[0, 1\]"),
    "nan": (TWO * [1, np.nan], ValueError, r"contains NaN or infinity: X\[0, 1\] is nan"),
    "infinity": (TWO * [-np.inf, 1], ValueError, r"NaN or infinity: X\[0, 0\] is -inf"),
    "a huge integer": ([[1, 10**400]], ValueError, "column 1 holds a number beyond the range"),
    "a dict": ([[1, {}]], TypeError, "column 1 holds a dict"),
    "complex numbers": (TWO * 1j, ValueError, "Complex data not supported"),
    "rows of two lengths": ([[1, 2], [3]], ValueError, "rows all have the same length"),
    "a sparse matrix": (Sparse(TWO), TypeError, r"X\.toarray\(\)"),
    "a masked array": (masked(TWO), ValueError, "X is a masked array"),
    "a function": (print, TypeError, "X must be an array of numbers, got builtin_function"),
    "one dimension": ([1, 2], ValueError, r"got shape \(2,\)\. Reshape your data"),
    "no rows": (TWO[:0], ValueError, r"0 sample\(s\), 2 feature\(s\) \(shape=\(0, 2\)\)"),
    "no columns": (TWO[:, :0], ValueError, r"2 sample\(s\), 0 feature\(s\)"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_the_door_says_what_it_refuses(case):
    X, error, message = REFUSED[case]
    with pytest.raises(error, match=message):
        runpy.run_path(str(MODELS[0]))["_check_X"](X)


REFUSED_LABELS = {  # what comes as y for two rows: the error, and what it must say
    "nothing": (None, ValueError, "the target y is None"),
    "nan among text": (["a", float("nan")], ValueError, r"y holds a missing label \(nan\)"),
    "None among text": (["a", None], ValueError, r"y holds a missing label \(None\)"),
    "None among numbers": ([1, None], ValueError, "y holds a missing label"),
    "NA": (np.array(["a", NA], object), ValueError, "y holds a missing label"),
    "nan in an object array": (np.array(["a", np.nan], object), ValueError, "a missing label"),
    "no time": (np.array(["2020-02-01", "NaT"], "M8[D]"), ValueError, "y holds a missing label"),
    "text and numbers": (["a", 1], TypeError, "y mixes strings with other values, 'a' with 1"),
    "text and truth": (("a", True), TypeError, "y mixes strings with other values"),
    "text and numbers as objects": (np.array([1, "a"], object), TypeError, "y mixes strings"),
    "nan among numbers": ([1, float("nan")], ValueError, r"y contains NaN or infinity: y\[1\]"),
    "fractions": ([0.5, 1], ValueError, "Unknown label type: y is continuous"),
    "a masked array": (masked([1, 2], 1), ValueError, "y is a masked array"),
    "two columns": ([[1, 2], [3, 4]], ValueError, r"expected shape \(2,\), got \(2, 2\)"),
    "too few": ([1], ValueError, r"expected shape \(2,\), got \(1,\)"),
    "one word": ("ab", ValueError, r"expected shape \(2,\), got \(\)"),
}


@pytest.mark.parametrize("case", REFUSED_LABELS)
def test_the_door_says_which_labels_it_refuses(case):
    y, error, message = REFUSED_LABELS[case]
    with pytest.raises(error, match=message):
        runpy.run_path(str(MODELS[1]))["_check_y"](y, TWO)


@pytest.mark.parametrize("y", [["a", "b"], ("a", "b"), [True, False], [1.0, 2.0], [[1], [2]],
                               np.array([1, 2], object), np.array(["a", "b"], object),
                               [b"a", b"b"], np.array(["2020-02-01", "2020-02-02"], "M8[D]")],
                         ids=str)
def test_the_door_lets_labels_of_one_kind_pass(y):
    passed = runpy.run_path(str(MODELS[1]))["_check_y"](y, TWO)
    assert passed.tolist() == np.asarray(y).ravel().tolist()


def small_data():
    """Small data that any model can be fitted to: X of counts, y of two classes."""
    X = np.array([[0.0, 1], [1, 0], [1, 2], [2, 1], [3, 3], [2, 3], [3, 2], [0, 2]])
    return X, np.array([0, 0, 0, 0, 1, 1, 1, 1])


def fitted(cls, X, y, *weights):
    """A model of the class, fitted; a warning that it stopped early is no matter here."""
    needed = {"n_clusters": 2, "n_neighbors": 3, "n_components": 2, "random_state": 0}
    params = {key: needed[key] for key in inspect.signature(cls).parameters if key in needed}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return cls(**params).fit(X, y, *weights)


def entries(docstring, section):
    """The entries of a section of a numpydoc docstring, name -> (type, text)."""
    lines = inspect.cleandoc(docstring).splitlines()
    if section not in lines:
        return {}
    found, key = {}, None
    for i in range(lines.index(section) + 2, len(lines)):
        if i + 1 < len(lines) and set(lines[i + 1]) == {"-"}:
            break
        if match := re.fullmatch(r"(\w+) : (.+)", lines[i]):
            key = match[1]
            found[key] = [match[2], ""]
        elif lines[i].strip():
            assert lines[i].startswith("    "), f"no entry of numpydoc: {lines[i]!r}"
            found[key][1] += lines[i].strip() + " "
    return found


@pytest.mark.parametrize("name", CLASSES)
def test_every_parameter_has_an_entry_with_its_default(name):
    cls = class_of(name)
    stated = entries(cls.__doc__, "Parameters")
    signature = {key: p.default for key, p in inspect.signature(cls).parameters.items()}
    assert list(stated) == list(signature)
    for key, (kind, text) in stated.items():
        assert len(text.split()) >= 3, f"{key} is not explained"
        default = re.search(r"default=(.+)$", kind)
        assert default, f"{key} states no default"
        assert eval(default[1], {"np": np}) == signature[key]


@pytest.mark.parametrize("name", CLASSES)
def test_every_attribute_that_fit_sets_has_an_entry(name):
    cls = class_of(name)
    X, y = small_data()
    frame = Frame(X)
    model = fitted(cls, frame, y)
    stated = entries(cls.__doc__, "Attributes")
    given = set(inspect.signature(cls).parameters)
    public = {key for key in vars(model) if not key.startswith("_")} - given
    assert public <= set(stated), f"{name}: {public - set(stated)} without an entry"
    source = CLASSES[name].read_text(encoding="utf-8")
    for key, (_, text) in stated.items():
        assert key.endswith("_") and re.search(rf"(self\.|def ){key}\b", source), key
        assert len(text.split()) >= 2, f"{key} is not explained"
    assert model.feature_names_in_.tolist() == frame.columns
    assert model.n_features_in_ == X.shape[1]


@pytest.mark.parametrize("name", CLASSES)
def test_methods_explain_their_parameters(name):
    cls = class_of(name)
    for key, method in inspect.getmembers(cls, inspect.isfunction):
        if key.startswith("_"):
            continue
        assert method.__doc__, f"{name}.{key} has no docstring"
        stated = entries(method.__doc__, "Parameters")
        signature = inspect.signature(method).parameters
        assert not stated or list(stated) == list(signature)[1:], f"{name}.{key}"
    assert entries(cls.fit.__doc__, "Parameters"), f"{name}.fit has no Parameters"
    assert cls.fit.__qualname__ == f"{name}.fit"
    assert cls.fit.__annotations__["return"] == name


@pytest.mark.parametrize("name", CLASSES)
def test_the_example_of_a_class_runs(name):
    cls = class_of(name)
    examples = doctest.DocTestFinder(recurse=False).find(cls, name)
    assert sum(len(test.examples) for test in examples) >= 3
    assert "References" in cls.__doc__
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    assert sum(runner.run(test).failed for test in examples) == 0


def by_value(module):
    """The module built once more from the bytes of its code, as a pickle by value would."""
    copy = types.ModuleType(module.__name__)
    code = compile(Path(module.__file__).read_text(encoding="utf-8"), module.__file__, "exec")
    exec(marshal.loads(marshal.dumps(code)), vars(copy))
    return copy


def plain_state(value, path):
    """Fail if a function or an object of the module hangs on a model."""
    kinds = (types.FunctionType, types.MethodType, types.BuiltinFunctionType)
    assert not isinstance(value, kinds), f"{path} is a function"
    if isinstance(value, dict):
        for key, part in value.items():
            plain_state(part, f"{path}[{key!r}]")
    elif isinstance(value, (list, tuple)):
        for i, part in enumerate(value):
            plain_state(part, f"{path}[{i}]")
    elif hasattr(value, "__dict__") and not isinstance(value, np.ndarray):
        plain_state(vars(value), path)


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_that_is_pasted_elsewhere_can_be_pickled_by_value(name):
    cls = class_of(name)
    X, y = small_data()
    model = fitted(cls, X, y)
    plain_state(vars(model), name)
    module = sys.modules[cls.__module__]
    for part in [value for value in vars(module).values() if inspect.isfunction(value)] + [
            method for owner in vars(module).values() if inspect.isclass(owner)
            for method in vars(owner).values() if inspect.isfunction(method)]:
        if part.__module__ == module.__name__ and "namedtuple" not in part.__code__.co_filename:
            assert part.__closure__ is None or part.__code__.co_freevars == ("__class__",)
            assert not hasattr(part, "__wrapped__"), f"{part.__qualname__} is decorated"
    twin = fitted(getattr(by_value(module), name), X, y)
    question = "predict" if hasattr(model, "predict") else "transform"
    assert np.array_equal(getattr(twin, question)(X), getattr(model, question)(X))


@pytest.mark.parametrize("order", ["C", "F"])
def test_the_door_looks_at_every_number_without_a_copy_of_the_data(order):
    door = runpy.run_path(str(MODELS[0]))["_check_X"]
    X = np.ones((10_000, 50), order=order)
    door(X)  # the first call loads what NumPy loads late
    tracemalloc.start()
    assert door(X) is X
    assert tracemalloc.get_traced_memory()[1] < 0.1 * X.nbytes
    tracemalloc.stop()
    X[9_999, 49] = np.nan
    with pytest.raises(ValueError, match="X contains NaN or infinity"):
        door(X)


BY_BLOCKS = {  # what uses a mapped file block by block, and how many times its size `fit` may take
    "LinearRegression": 1, "LogisticRegression": 1, "GaussianNB": 1, "MultinomialNB": 1,
    "BernoulliNB": 1, "KMeans": 2, "PCA": 1,
}


def mapped(X, dtype, folder):
    """The numbers X in a file, mapped into memory."""
    np.save(folder / "X.npy", X.astype(dtype))
    return np.load(folder / "X.npy", mmap_mode="r")


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int16, np.uint8])
@pytest.mark.parametrize("name", CLASSES)
def test_a_mapped_file_gives_what_its_numbers_give_in_memory(name, dtype, tmp_path, monkeypatch):
    cls = class_of(name)
    monkeypatch.setattr(sys.modules[cls.__module__], "_BLOCK", 500, raising=False)
    rng = np.random.default_rng(0)
    X = rng.integers(1, 9, size=(400, 5)).astype(float)
    y = (X @ [1, 2, 0, 0, -1] + rng.normal(size=400) > 8).astype(int)
    if name != "CategoricalNB":
        X += rng.random(size=X.shape)
    file = mapped(X, dtype, tmp_path)
    X = file.astype(float)
    has_weights = "sample_weight" in inspect.signature(cls.fit).parameters
    weights = [rng.integers(1, 4, size=400)] if has_weights else []
    model, twin = fitted(cls, file, y, *weights), fitted(cls, X, y, *weights)
    for question in ("predict", "transform", "predict_proba", "decision_function"):
        if hasattr(cls, question):
            answer, expected = (getattr(m, question) for m in (model, twin))
            assert answer(file).dtype == expected(X).dtype
            assert np.allclose(answer(file), expected(X), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", BY_BLOCKS)
def test_a_mapped_file_of_float32_is_not_copied_as_a_whole(name, tmp_path):
    rng = np.random.default_rng(0)
    X = rng.integers(0, 9, size=(150_000, 40))
    file = mapped(X, np.float32, tmp_path)
    y = (X[:, 0] > 4).astype(int)
    fitted(class_of(name), file[:100], y[:100])  # the first call loads what NumPy loads late
    tracemalloc.start()
    model = fitted(class_of(name), file, y)
    assert tracemalloc.get_traced_memory()[1] < BY_BLOCKS[name] * file.nbytes
    tracemalloc.reset_peak()
    (model.transform if name == "PCA" else model.predict)(file)
    assert tracemalloc.get_traced_memory()[1] < file.nbytes
    tracemalloc.stop()


@pytest.mark.parametrize("name", CLASSES)
def test_what_is_wrong_in_a_mapped_file_is_found(name, tmp_path):
    cls = class_of(name)
    model = fitted(cls, *small_data())
    X, y = (np.tile(part.T, 20_000).T for part in small_data())
    wide = mapped(X[:, [0, 1, 1]], "f4", tmp_path)
    with pytest.raises(ValueError, match="X has 3 features"):
        (model.transform if name == "PCA" else model.predict)(wide)
    with pytest.raises(ValueError, match=r"0 sample\(s\), 3 feature\(s\)"):
        fitted(cls, wide[:0], y[:0])
    X[-1, 1] = np.nan
    with pytest.raises(ValueError, match=r"X contains NaN or infinity: X\[159999, 1\] is nan"):
        fitted(cls, mapped(X, "f4", tmp_path), y)
    with pytest.raises(ValueError, match="Complex data not supported"):
        fitted(cls, mapped(X, "c8", tmp_path), y)
    with pytest.raises(ValueError, match=r"got shape \(160000,\)\. Reshape your data"):
        fitted(cls, mapped(y, "f4", tmp_path), y)


@pytest.mark.parametrize("text", [*MODELS, BEYOND], ids=name)
def test_every_tag_that_a_model_cites_stands_once_in_the_notes(text):
    cited = set(TAG.findall(text.read_text(encoding="utf-8")))
    defined = re.findall(r"\\tag\{([^}]*)\}", NOTES.read_text(encoding="utf-8"))
    assert cited, "a model file cites the equations that it carries out"
    assert {tag: defined.count(tag) for tag in cited} == dict.fromkeys(cited, 1)


def test_tags_of_the_notes_are_numbered_from_one_without_gaps_in_any_order():
    seen = {}
    for tag in re.findall(r"\\tag\{([^}]*)\}", NOTES.read_text(encoding="utf-8")):
        prefix, _, number = tag.partition(".")
        seen.setdefault(prefix, []).append(int(number))
    assert len(seen) == len(MODELS)
    for numbers in seen.values():
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_worked_numbers_of_the_notes_run():
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    sections = re.split(r"(?m)^## ", NOTES.read_text(encoding="utf-8"))[1:]
    assert len(sections) == len(MODELS) + 1  # and the glossary
    for section in sections[:-1]:
        blocks = "\n".join(re.findall(r"(?s)```python\n(.*?)```", section))
        test = parser.get_doctest(blocks, {}, section.splitlines()[0], str(NOTES), 0)
        assert test.examples, f"section {test.name!r} has no worked numbers"
        assert runner.run(test).failed == 0, test.name


@pytest.mark.parametrize("section", NEEDED)
def test_the_code_beyond_this_repository_runs(section, tmp_path):
    text = BEYOND.read_text(encoding="utf-8")
    sections = dict(part.split("\n", 1) for part in text.split("\n## ")[1:])
    assert sections.keys() == NEEDED.keys()
    assert len(doctest.DocTestParser().get_examples(sections[section])) >= 10
    missing = [library for library in NEEDED[section] if not importlib.util.find_spec(library)]
    if missing:
        pytest.skip(f"{' and '.join(missing)}: not installed")
    page = tmp_path / "section.md"
    page.write_text(sections[section], encoding="utf-8")
    command = [sys.executable, "-m", "doctest", str(page)]
    environment = os.environ | {"MPLBACKEND": "agg", "PYTHONUTF8": "1"}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True,
                         timeout=600)
    assert run.returncode == 0, run.stdout + run.stderr


def prose(path):
    """The Markdown of a file or of a notebook, without code."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = [c for c in json.loads(text)["cells"] if c["cell_type"] == "markdown"]
        text = "\n\n".join("".join(cell["source"]) for cell in cells)
    return re.sub(r"`[^`\n]*`", "", re.sub(r"(?s)```.*?```", "", text))


def formulas(path):
    """The displayed and the inline formulas of a Markdown file or of a notebook."""
    text = prose(path)
    inline = re.sub(r"(?s)\$\$.*?\$\$", "", text)
    return re.findall(r"(?s)\$\$(.*?)\$\$", text), re.findall(r"\$([^$]+)\$", inline)


FORMULAS = [NOTES, BEYOND, *ROOT.glob("[0-9][0-9]_*/notebook_demo.ipynb")]


@pytest.mark.parametrize("path", FORMULAS, ids=name)
def test_formulas_are_such_as_github_shows(path):
    displayed, inline = formulas(path)
    for formula in displayed + inline:
        assert "\\operatorname" not in formula, f"GitHub refuses it: {formula}"
        for opening, closing in (("{", "}"), (r"\left", r"\right"), (r"\begin", r"\end")):
            plain = re.sub(r"\\[{}]|\\leftarrow|\\rightarrow", "", formula)
            assert plain.count(opening) == plain.count(closing), f"not closed: {formula}"
    for formula in inline:
        assert not re.search(r"\\[^a-zA-Z]", formula), f"GitHub eats the backslash: {formula}"
        assert "\n" not in formula, f"an inline formula ends in its line: {formula}"
    widest = max((len(re.sub(r"\\[a-zA-Z]+|[{}^_&\s]", "", line)) for formula in displayed
                  for line in formula.split(r"\\")), default=0)
    assert widest <= 110, "a formula is wider than the page"


@pytest.mark.parametrize("text", TEXTS, ids=name)
def test_links_between_files_resolve(text):
    content = text.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)\s]+)\)", content)
    targets += re.findall(r'(?:src|href)="([^"]+)"', content)
    targets += re.findall(r"(?m)^\[[^\]]+\]: (\S+)$", content)
    local = [target for target in targets if not target.startswith(("http", "mailto:"))]
    for target in local:
        path, _, anchor = unquote(target).partition("#")
        file = (text.parent / path) if path else text
        assert file.exists(), f"{target} is not there"
        if anchor:
            assert anchor in anchors(file), f"{target}: no such heading"


def anchors(path):
    """The anchors that GitHub gives to the headings of a Markdown file."""
    headings = re.findall(r"(?m)^#+ +(.+?)\s*$", path.read_text(encoding="utf-8"))
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower() for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}


def test_requirements_are_the_four_packages():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").split()
    packages = [re.fullmatch(r"(\w+)>=[\d.]+", line)[1] for line in lines]
    assert packages == ["numpy", "matplotlib", "jupyter", "pytest"]


def test_the_gate_runs_the_test_command_of_the_readme_and_plays_with_the_lessons():
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8").strip().splitlines()[-1]
    command, _, option = gate.partition(".venv/bin/")[2].replace('"', "").partition(" -m play")
    assert (command, option) == ("python -m pytest", " or not play")
    assert f".venv/bin/{command}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_table_names_every_folder_with_links_to_its_files():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for folder, model in zip(FOLDERS, MODELS):
        for file in (model.name, f"test_{model.name}", "notebook_demo.ipynb"):
            assert f"({folder.name}/{file})" in readme


def test_the_names_of_the_tests_are_the_same_in_every_process(request):
    # Parallel runs compare the names, and the address of a function is another each time.
    assert not [item.nodeid for item in request.session.items if " at 0x" in item.nodeid]


DEPENDENCY = """
import warnings

def is_old(kind):
    warnings.warn("there is a new way", kind, stacklevel=1)
"""
OURS = """
import dependency, pytest, warnings
KINDS = [DeprecationWarning, PendingDeprecationWarning, FutureWarning, RuntimeWarning]

@pytest.mark.parametrize("kind", KINDS)
def test_theirs(kind):
    dependency.is_old(kind)

@pytest.mark.parametrize("kind", KINDS)
def test_ours(kind):
    warnings.warn("there is a new way", kind, stacklevel=1)
"""


def test_a_deprecation_inside_a_dependency_is_shown_and_one_of_ours_is_an_error(tmp_path):
    (tmp_path / "dependency.py").write_text(DEPENDENCY)
    (tmp_path / "test_warnings.py").write_text(OURS)
    command = [sys.executable, "-m", "pytest", "-q", "-c", str(ROOT / "pyproject.toml"),
               "--rootdir", str(tmp_path), str(tmp_path)]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert re.search("5 failed, 3 passed, 3 warnings", run.stdout), run.stdout + run.stderr
    assert "FAILED test_warnings.py::test_theirs[RuntimeWarning]" in run.stdout
    assert "dependency.py:5: FutureWarning: there is a new way" in run.stdout


def test_a_warning_of_any_module_of_ours_is_an_error(pytestconfig):
    modules = [line.removeprefix("error:::") for line in pytestconfig.getini("filterwarnings")
               if line.startswith("error:::")]
    names = [path.stem if path.parent.name != "utils" else f"utils.{path.stem}"
             for path in ours("*.py")]
    names += ["__main__", "<string>", "<run_path>"]
    assert [name for name in names if not any(re.match(m, name) for m in modules)] == []
    assert not any(re.match(module, name) for module in modules for name in OTHER_LIBRARIES)
