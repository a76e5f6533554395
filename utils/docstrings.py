"""What a docstring says of the parameters, and whether the signature agrees.

    >>> def scale(X, factor=2.0):
    ...     '''Multiply.
    ...
    ...     Parameters
    ...     ----------
    ...     X : array
    ...         What to multiply.
    ...     factor : float, default=2.0
    ...         By what.
    ...     '''
    >>> documented_defaults(scale)
    {'factor': 2.0}
    >>> faults(scale)
    []

Docstrings are in the style of numpydoc: a section "Parameters", and in it a line
`name : type, default=value` for each parameter, its meaning indented below.
"""

from __future__ import annotations

import ast
import inspect
import re

_ENTRY = re.compile(r"^(\*{0,2}\w+(?:, \*{0,2}\w+)*) : (.+)$")
_DEFAULT = re.compile(r"\bdefault=(.+)$")
_NAMES = {"inf": float("inf")}  # values that are written as names


def signature_defaults(thing) -> dict:
    """Return name -> default of each parameter that has one, as the signature says.

    Parameters
    ----------
    thing : function or class
        Of a class, the signature of `__init__` counts.
    """
    parameters = _parameters(thing)
    return {p.name: p.default for p in parameters if p.default is not p.empty}


def documented_defaults(thing) -> dict:
    """Return name -> default of each parameter that has one, as the docstring says.

    Parameters
    ----------
    thing : function or class
        What has the docstring.
    """
    return {name: _value(text) for name, text in _entries(thing).items() if text is not None}


def faults(thing) -> list:
    """Return in words where the docstring and the signature do not agree.

    Parameters
    ----------
    thing : function, method or class
        What has the docstring and the signature. `self` needs no entry.

    Returns
    -------
    faults : list of str
        Empty if every parameter has its entry, with its default and its meaning, in order.
    """
    documented = list(_entries(thing))
    parameters = _parameters(thing)
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    expected = [stars.get(p.kind, "") + p.name for p in parameters]
    found = []
    if documented != expected:
        found.append(f"{thing.__name__} documents {documented}, its parameters are {expected}")
    said, true = documented_defaults(thing), signature_defaults(thing)
    for name in {*said, *true}:
        if repr(said.get(name, "none")) != repr(true.get(name, "none")):
            found.append(
                f"{thing.__name__} says default={said.get(name)!r} of {name}, "
                f"it is {true.get(name)!r}"
            )
    lines = _section(thing)
    for line, below in zip(lines, [*lines[1:], ""]):
        if _ENTRY.match(line) and not below.startswith("    "):
            found.append(f"{thing.__name__} does not say what {line!r} means")
    return found


def _parameters(thing) -> list:
    """Return the parameters of the signature, without `self`."""
    return [p for p in inspect.signature(thing).parameters.values() if p.name != "self"]


def _entries(thing) -> dict:
    """Return name -> the text of its default, or None, for each entry of the section."""
    entries = {}
    for line in _section(thing):
        entry = _ENTRY.match(line)
        if entry:
            default = _DEFAULT.search(entry[2])
            for name in entry[1].split(", "):
                entries[name] = default and default[1]
    return entries


def _section(thing) -> list:
    """Return the lines of the section "Parameters", without its heading."""
    lines = (inspect.getdoc(thing) or "").splitlines()
    heads = [i for i, line in enumerate(lines) if re.fullmatch(r"-{3,}", line)]
    for head, following in zip(heads, [*heads[1:], len(lines) + 1]):
        if lines[head - 1] == "Parameters":
            return lines[head + 1 : following - 1]
    return []


def _value(text):
    """Return the value that a default is, as written in a docstring."""
    return _NAMES[text] if text in _NAMES else ast.literal_eval(text)
