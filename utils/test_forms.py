"""Tests of `utils.forms`: each form is what its name says, and holds the same numbers."""

import doctest

import numpy as np
import pytest

import utils.forms
from utils.forms import FORMS, NA, Frame, Ragged, Sparse, masked

A = np.array([[1.0, -2.0, 0.0], [127.0, 5.0, -128.0]])
IS = {
    "list": lambda B: type(B) is list and type(B[0]) is list and type(B[0][0]) is float,
    "float32": lambda B: B.dtype == np.float32,
    "int8": lambda B: B.dtype == np.int8,
    "object": lambda B: B.dtype == object and type(B[0, 0]) is float,
    "Fortran": lambda B: B.flags.f_contiguous and not B.flags.c_contiguous,
    "strided": lambda B: B.strides == (2 * 9 * 8, 3 * 8),  # every second row of 9, third column
    "reversed": lambda B: B.strides == (-3 * 8, -8),
    "read-only": lambda B: not B.flags.writeable,
    "frame": lambda B: not isinstance(B, np.ndarray) and B.columns == ["x0", "x1", "x2"],
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_what_its_name_says(form):
    assert IS[form](FORMS[form](A))


@pytest.mark.parametrize("form", FORMS)
def test_each_form_holds_the_same_numbers(form):
    B = np.asarray(FORMS[form](A))
    assert B.shape == A.shape and (B == A).all()


@pytest.mark.parametrize("form", FORMS)
def test_the_original_is_untouched_and_shares_no_memory_with_the_form(form):
    original = A.copy()
    B = FORMS[form](original)
    assert original.flags.writeable and original.flags.c_contiguous
    assert form == "frame" or not np.shares_memory(original, B)
    if isinstance(B, np.ndarray) and B.flags.writeable:
        B[:] = 0
    assert (original == A).all() and original.dtype == float


def test_between_the_numbers_of_a_strided_form_nothing_is_a_number():
    base = FORMS["strided"](A).base
    assert np.isnan(base).sum() == base.size - A.size


def test_a_frame_turns_into_a_new_array_of_the_type_asked_for():
    frame = Frame(A)
    B = np.asarray(frame, dtype=np.float32)
    assert B.dtype == np.float32 and not np.shares_memory(np.asarray(frame), A)


def test_a_frame_has_the_names_given_and_keeps_them_when_rows_are_taken():
    frame = Frame(A, ["a", "b", "c"])
    rows = frame.iloc[[1, 0, 1]]
    assert rows.columns == frame.columns == ["a", "b", "c"]
    assert rows.shape == (3, 3) and len(rows) == 3 and len(frame) == 2
    assert (np.asarray(rows) == A[[1, 0, 1]]).all()
    assert not np.shares_memory(rows.values, A)


def test_a_sparse_matrix_shows_its_numbers_only_when_asked():
    assert Sparse(A).shape == (2, 3) and (Sparse(A).toarray() == A).all()
    with pytest.raises(TypeError):
        np.asarray(Sparse(A)).astype(float)


def test_a_masked_array_hides_one_number():
    hidden = masked(A, (1, 2))
    assert hidden.mask.tolist() == [[False] * 3, [False, False, True]]
    assert np.asarray(hidden)[1, 2] == -99 and A[1, 2] == -128
    assert masked(A).mask.tolist() == [[True, False, False], [False] * 3]
    assert masked([1, 2, -99], 1).mask.tolist() == [False, True, False]
    assert masked(["a", "b"], 1).data.tolist() == ["a", "b"]


def test_nothing_can_be_said_about_a_missing_value():
    for comparison in (NA == NA, NA != NA, NA < 1, NA >= "a"):
        assert comparison is NA
    with pytest.raises(TypeError, match="ambiguous"):
        bool(NA == 1)
    with pytest.raises(TypeError):
        float(NA)
    assert len({NA, NA}) == 1 and repr(NA) == "<NA>"


def test_ragged_rows_are_no_array_just_as_a_list_of_them():
    for rows in (Ragged(), [[1, 2], [3]]):
        with pytest.raises(ValueError, match="inhomogeneous shape"):
            np.asarray(rows)


def test_the_example_of_the_module_runs():
    assert doctest.testmod(utils.forms).failed == 0
