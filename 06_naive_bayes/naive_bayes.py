"""Naive Bayes classifiers: learn what each class looks like, then say which class suits a row.

Bayes' rule turns "how probable is this row in each class?" into "how probable is each class, now
that this row is seen?". The first question is easy under one assumption, the naive one: within a
class the features are independent, so the probability of a row is a product over its features.
Each factor is learned on its own: by counting, or from a mean and a variance. Nothing has to be
optimised.

Objective: the class c of the highest posterior probability. In logarithms, which turn the product
into a sum, and with L_c for the log joint probability of the class and the row:
    L_c = log P(c) + sum_j log p(x_j | c)                                                 NB.1
    log P(c | x) = L_c - log sum_c' exp(L_c')                                             NB.2

Algorithm. The steps have the names of the functions below. Where the models differ, the name of the
model comes first, as in gaussian_estimate.
    learn         P(c) is the share of the class among all rows                           NB.3
    count         what the rows of each class add up to, batch after batch:
        gaussian_moments      means and squared distances from them                       NB.4
        merge                 those of two batches together                               NB.8
        feature_counts        how often each word or feature occurs (multinomial, bernoulli)
        category_counts       how many rows show each category (categorical)
    estimate      what each class looks like:
        gaussian      a mean and a variance of each feature: a bell curve           NB.5, NB.6
        multinomial   the share of each word among all words of the class                NB.10
        bernoulli     the share of the rows of the class that have the feature           NB.12
        categorical   the share of the rows of the class that show each category         NB.13
    log_joint     L_c of new rows, by NB.1 with
        gaussian      the height of the bell curves                                 NB.4, NB.7
        multinomial   each word as often as it stands in the row                          NB.9
        bernoulli     the features that are present, and those that are absent           NB.11
        categorical   the categories that the row shows                                  NB.13
    normalise     the posterior probabilities                                             NB.2

Symbols: n samples (rows), d features, k classes; in a shape, "rows" is some of the n rows.
    X (n, d)      the rows x_i                 B (rows, d)   some of the rows
    w (n,)        the weights of the rows      W (k,)        the sum of the weights of each class
    codes (n,)    the class of each row, as a number from 0 to k - 1
    L (k, rows)   the log joint probability of each class and each row
    N (k, d)      what was counted in each class, each row as often as its weight says
    K             the number of categories of a feature: N is (k, K) for each feature then
    Z (rows, d)   B, measured from a point among the rows (gaussian)
Cost: O(n d k) time for fit and predict. Memory: a few numbers for each class and feature, k numbers
for each row to predict, and one block of rows.

Follows Manning, Raghavan and Schuetze (2008), chapter 13: see MultinomialNB.
"""

from typing import NamedTuple

import numpy as np


class _NaiveBayes:
    """What the four models share: Bayes' rule, the priors, and learning batch by batch.

    The models differ in what they count, and in what the counts say about a row. Each has these
    methods of its own:
        _check_parameters(k)         refuse bad hyperparameters; return the prior (k,) or None
        _count(batch, goes_on)       return what the model counts in a _Batch. If goes_on, there
                                     were batches before, and what they counted is added
        _estimate(counts, W)         set the attributes that describe the classes
        _log_joint(B, log_prior)     return L (k, rows) of the rows B (rows, d)
    The models that count replace `_read` too, which says what numbers a row may hold, and two of
    them `_check_table`.
    """

    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Learn from one more batch of rows. The result is that of one `fit` on all batches.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            The rows of this batch.
        y : array of shape (n_samples,)
            The label of each row, numbers or text.
        classes : array of shape (n_classes,), default=None
            All labels that this or a later batch will hold. The first call needs them. In a later
            call they may be left out.
        sample_weight : array of shape (n_samples,), default=None
            How many times each row counts, >= 0. None is once.

        Returns
        -------
        self : the model
        """
        goes_on = hasattr(self, "n_features_in_")
        if classes is not None:
            classes = _check_classes(classes)
        elif goes_on:
            classes = self.classes_
        else:
            raise ValueError("classes must name all classes in the first call of partial_fit")
        if goes_on and not np.array_equal(classes, self.classes_):
            raise ValueError(f"classes={classes} is not the same as before: {self.classes_}")
        return self._learn(X, y, sample_weight, classes, goes_on)

    def predict(self, X):
        """Return the most probable class of each row of X.

        Of equally probable classes it is the one that comes first in `classes_`.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Rows with the features that `fit` saw.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
        """
        X = _check_X_or_file(X, fitted=self)
        best = np.empty(len(X), dtype=int)
        for rows, L in self._log_joint_blocks(X):
            best[rows] = L.argmax(axis=0)                                              # NB.1
        return self.classes_[best]

    def predict_log_proba(self, X):
        """Return the logarithms of the probabilities of the classes for each row of X.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Rows with the features that `fit` saw.

        Returns
        -------
        log_probabilities : ndarray of shape (n_samples, n_classes)
            The columns are in the order of `classes_`.
        """
        X = _check_X_or_file(X, fitted=self)
        log_P = np.empty((len(self.classes_), len(X)))                 # laid out as L is
        for rows, L in self._log_joint_blocks(X):
            log_P[:, rows] = _normalise(L)                                             # NB.2
        return log_P.T

    def predict_proba(self, X):
        """Return the probabilities of the classes for each row of X.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Rows with the features that `fit` saw.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            The columns are in the order of `classes_`. Each row sums to 1.
        """
        return np.exp(self.predict_log_proba(X))

    @property
    def class_log_prior_(self):
        """ndarray of shape (n_classes,): the logarithm of `class_prior_`, -inf where that is 0."""
        with np.errstate(divide="ignore"):
            return _read_only(np.log(self.class_prior_))

    def _learn(self, X, y, sample_weight, classes=None, goes_on=False):
        """Learn from the rows of `fit`, or from one batch of `partial_fit`.

        Parameters
        ----------
        X, y, sample_weight
            As in `partial_fit`.
        classes : ndarray (k,) or None
            All labels, sorted. None if they are those in y.
        goes_on : bool
            Whether there were batches before. What they taught is kept.
        """
        # What comes from outside is checked.
        names = _feature_names(X)
        X = self._check_table(X, fitted=self if goes_on else None)
        y = _check_y(y, X)
        w = _check_weights(sample_weight, X)
        if classes is None:
            classes = _distinct(y)
        k = len(classes)
        codes = _class_codes(y, classes)
        prior = self._check_parameters(k)
        counts = self._count(_Batch(X, codes, w, k), goes_on)          # it may refuse rows of X

        # From here on nothing can fail. An error above leaves the model as it was.
        W = np.bincount(codes, w, minlength=k)
        if goes_on:
            W += self.class_count_
            names = getattr(self, "feature_names_in_", None)           # those of the first batch
        self.classes_ = classes
        self.class_count_ = W
        self.class_prior_ = W / W.sum() if prior is None else prior                    # NB.3
        self._estimate(counts, W)
        self.n_features_in_ = X.shape[1]
        self.feature_names_in_ = names
        if names is None:
            del self.feature_names_in_     # also a name that an earlier fit has left
        return self

    def _log_joint_blocks(self, X):
        """Yield slices of the rows of X (n, d), each with L (k, rows) of these rows: NB.1."""
        log_prior = self.class_log_prior_
        for rows in _row_blocks(X, len(log_prior)):
            B = self._read(X[rows].astype(float, copy=False))
            yield rows, self._log_joint(B, log_prior)

    def _check_table(self, X, fitted):
        """Return X as a table (n, d) of finite numbers."""
        return _check_X_or_file(X, fitted)

    def _read(self, B):
        """Return the rows B (rows, d) as the model counts them. Here: as they are.

        Refuse numbers that have no meaning for the model.
        """
        return B


class GaussianNB(_NaiveBayes):
    """Naive Bayes for numbers: within a class each feature has a normal distribution.

    A class without rows (named in `partial_fit`, or all its rows have weight 0) is impossible,
    unless `priors` says otherwise. It then gets the mean and the variance of all rows.

    Parameters
    ----------
    priors : array of shape (n_classes,) or None, default=None
        The probability of each class before a row is seen, in the order of `classes_`. None
        learns it as the share of the class.
    var_smoothing : float, default=1e-9
        What is added to every variance, as a share of the largest variance of any feature. So a
        feature that is constant in a class does not make the density infinite. Below 1e-30 it
        counts as 1e-30.

    Attributes
    ----------
    theta_ : ndarray of shape (n_classes, n_features)
        The mean of each feature in each class. It cannot be set.
    var_ : ndarray of shape (n_classes, n_features)
        The variance of each feature in each class, `epsilon_` included, in squared units of X.
        It is inf or 0 where it lies beyond the range of floats. It cannot be set.
    epsilon_ : float
        What was added to every variance, in squared units of X. If no feature varies, it is 1.
        It cannot be set.
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    class_count_ : ndarray of shape (n_classes,)
        The sum of the weights of the rows of each class.
    class_prior_ : ndarray of shape (n_classes,)
        The probability of each class before a row is seen. If you set it, predictions follow.
    class_log_prior_ : ndarray of shape (n_classes,)
        The logarithm of `class_prior_`. It cannot be set.
    n_features_in_ : int
        The number of features that `fit` saw.
    feature_names_in_ : ndarray of str, shape (n_features,)
        The names of the columns of X. It is only there if X was a table with such names.

    References
    ----------
    T. Chan, G. Golub and R. LeVeque (1983), "Algorithms for computing the sample variance", for
    batches.

    Examples
    --------
    >>> from naive_bayes import GaussianNB
    >>> model = GaussianNB().fit([[1], [3], [4], [8], [6]], ["A", "A", "B", "B", "B"])
    >>> model.theta_.tolist()
    [[2.0], [6.0]]
    >>> model.predict([[2], [7]]).tolist()
    ['A', 'B']
    >>> model.predict_proba([[4]]).round(2).tolist()
    [[0.24, 0.76]]
    """

    def __init__(self, *, priors=None, var_smoothing: float = 1e-9):
        self.priors = priors
        self.var_smoothing = var_smoothing

    def fit(self, X, y, sample_weight=None) -> "GaussianNB":
        """Learn the mean and the variance of each feature in each class.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            The training rows.
        y : array of shape (n_samples,)
            The label of each row, numbers or text.
        sample_weight : array of shape (n_samples,), default=None
            How many times each row counts, >= 0. None is once.

        Returns
        -------
        self : GaussianNB
        """
        return self._learn(X, y, sample_weight)

    @property
    def theta_(self):
        """ndarray of shape (n_classes, n_features): the mean of each feature in each class."""
        # The bells are measured from a point among the rows, and in a unit of their own: their
        # _Frame. Here and below they are turned back into the units of X.
        return _read_only(self._bells.frame.restore(self._bells.mean))

    @property
    def var_(self):
        """ndarray of shape (n_classes, n_features): the variance of each feature in each class."""
        unit = self._bells.frame.unit
        with np.errstate(over="ignore", under="ignore"):               # inf or 0 in extreme units
            return _read_only(self._bells.var * unit * unit)

    @property
    def epsilon_(self):
        """float: what was added to every variance."""
        unit = self._bells.frame.unit
        with np.errstate(over="ignore", under="ignore"):
            return float(self._bells.epsilon * unit * unit)

    def _check_parameters(self, k):
        """Refuse bad hyperparameters. Return the given priors (k,), or None to learn them."""
        _check_number("var_smoothing", self.var_smoothing, 0)
        return _check_prior("priors", self.priors, k)

    def _count(self, batch, goes_on):
        """Return the _Moments of the classes."""
        before = self._moments if goes_on else None
        return _gaussian_moments(_without_weight_zero(batch), before)

    def _estimate(self, moments, W):
        """Learn the bell curves from the _Moments."""
        self._moments = moments
        self._bells = _gaussian_estimate(moments, self.var_smoothing)
        self._fast_bells = _FastBells(self._bells)

    def _log_joint(self, B, log_prior):
        """Return L (k, rows) of the rows B (rows, d): see `_gaussian_log_joint`."""
        return self._fast_bells.log_joint(B, log_prior)


class MultinomialNB(_NaiveBayes):
    """Naive Bayes for counts, such as how often each word stands in a text.

    A class is a bag of words: each word of a text is drawn from it, whatever the others are.
    Counts may be fractions, but not negative.

    Parameters
    ----------
    alpha : float, default=1.0
        What is added to every count, so that no word is impossible. Below 1e-10 it counts as
        1e-10.
    fit_prior : bool, default=True
        Whether to learn the priors, as the shares of the classes. If not, all are equal.
    class_prior : array of shape (n_classes,) or None, default=None
        The probability of each class before a row is seen, in the order of `classes_`. If it is
        given, `fit_prior` plays no part.

    Attributes
    ----------
    feature_count_ : ndarray of shape (n_classes, n_features)
        How often each word stands in the rows of each class, each row as often as its weight
        says.
    feature_log_prob_ : ndarray of shape (n_classes, n_features)
        log p(word | class), the logarithm of the share of the word among all words of the class.
        It cannot be set.
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    class_count_ : ndarray of shape (n_classes,)
        The sum of the weights of the rows of each class.
    class_prior_ : ndarray of shape (n_classes,)
        The probability of each class before a row is seen. If you set it, predictions follow.
    class_log_prior_ : ndarray of shape (n_classes,)
        The logarithm of `class_prior_`. It cannot be set.
    n_features_in_ : int
        The number of features that `fit` saw.
    feature_names_in_ : ndarray of str, shape (n_features,)
        The names of the columns of X. It is only there if X was a table with such names.

    References
    ----------
    C. Manning, P. Raghavan and H. Schuetze (2008), "Introduction to Information Retrieval",
    chapter 13.

    Examples
    --------
    >>> from naive_bayes import MultinomialNB
    >>> X = [[2, 1, 0], [1, 0, 0], [0, 1, 1]]              # times of the words sun, rain, snow
    >>> model = MultinomialNB().fit(X, ["A", "A", "B"])
    >>> model.feature_count_.tolist()
    [[3.0, 1.0, 0.0], [0.0, 1.0, 1.0]]
    >>> model.predict_proba([[0, 1, 1]]).round(3).tolist()
    [[0.338, 0.662]]
    """

    def __init__(self, *, alpha: float = 1.0, fit_prior: bool = True, class_prior=None):
        self.alpha = alpha
        self.fit_prior = fit_prior
        self.class_prior = class_prior

    def fit(self, X, y, sample_weight=None) -> "MultinomialNB":
        """Learn the share of each word among all words of each class.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            The training rows: how often each word stands in each text.
        y : array of shape (n_samples,)
            The label of each row, numbers or text.
        sample_weight : array of shape (n_samples,), default=None
            How many times each row counts, >= 0. None is once.

        Returns
        -------
        self : MultinomialNB
        """
        return self._learn(X, y, sample_weight)

    @property
    def feature_log_prob_(self):
        """ndarray of shape (n_classes, n_features): log p(word | class)."""
        return _read_only(self._log_theta)

    def _check_parameters(self, k):
        """Refuse bad hyperparameters. Return the prior (k,), or None to learn it."""
        return _check_counting_parameters(self, k)

    def _check_table(self, X, fitted):
        """Return X as a table (n, d), whose numbers may be checked while they are counted."""
        return _check_table_of_counts(X, fitted)

    def _read(self, B):
        """Return the rows B (rows, d). Refuse negative counts."""
        _check_not_negative(self, B)
        return B

    def _count(self, batch, goes_on):
        """Return the counts N (k, d) of the words in each class."""
        N = _feature_counts(batch, self._read)
        return N + self.feature_count_ if goes_on else N

    def _estimate(self, N, W):
        """Learn the shares of the words from the counts N (k, d)."""
        self.feature_count_ = N
        log_theta = _multinomial_estimate(N, self.alpha)
        self._log_theta = np.asfortranarray(log_theta)                 # products in half the time

    def _log_joint(self, B, log_prior):
        """Return L (k, rows) of the rows B (rows, d)."""
        return _multinomial_log_joint(B, log_prior, self._log_theta)


class BernoulliNB(_NaiveBayes):
    """Naive Bayes for features that are present or absent. Absence counts as evidence too.

    Parameters
    ----------
    alpha : float, default=1.0
        What is added to the number of rows with a feature, and to the number of rows without it,
        so that neither is impossible. Below 1e-10 it counts as 1e-10.
    binarize : float or None, default=0.0
        A feature is present where its number is larger than this. None says that X holds nothing
        but 0 and 1 already.
    fit_prior : bool, default=True
        Whether to learn the priors, as the shares of the classes. If not, all are equal.
    class_prior : array of shape (n_classes,) or None, default=None
        The probability of each class before a row is seen, in the order of `classes_`. If it is
        given, `fit_prior` plays no part.

    Attributes
    ----------
    feature_count_ : ndarray of shape (n_classes, n_features)
        The number of rows of each class that have the feature, each row as often as its weight
        says.
    feature_log_prob_ : ndarray of shape (n_classes, n_features)
        log p(present | class), the logarithm of the share of the rows of the class that have the
        feature. It cannot be set.
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    class_count_ : ndarray of shape (n_classes,)
        The sum of the weights of the rows of each class.
    class_prior_ : ndarray of shape (n_classes,)
        The probability of each class before a row is seen. If you set it, predictions follow.
    class_log_prior_ : ndarray of shape (n_classes,)
        The logarithm of `class_prior_`. It cannot be set.
    n_features_in_ : int
        The number of features that `fit` saw.
    feature_names_in_ : ndarray of str, shape (n_features,)
        The names of the columns of X. It is only there if X was a table with such names.

    References
    ----------
    C. Manning, P. Raghavan and H. Schuetze (2008), "Introduction to Information Retrieval",
    chapter 13.

    Examples
    --------
    >>> from naive_bayes import BernoulliNB
    >>> X = [[2, 1, 0], [1, 0, 0], [0, 1, 1]]              # sun, rain, snow: larger than 0 or not
    >>> model = BernoulliNB().fit(X, ["A", "A", "B"])
    >>> model.feature_count_.tolist()
    [[2.0, 1.0, 0.0], [0.0, 1.0, 1.0]]
    >>> model.predict_proba([[0, 1, 1]]).round(3).tolist()
    [[0.174, 0.826]]
    """

    def __init__(self, *, alpha: float = 1.0, binarize: float | None = 0.0,
                 fit_prior: bool = True, class_prior=None):
        self.alpha = alpha
        self.binarize = binarize
        self.fit_prior = fit_prior
        self.class_prior = class_prior

    def fit(self, X, y, sample_weight=None) -> "BernoulliNB":
        """Learn the share of the rows of each class that have each feature.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            The training rows. What is larger than `binarize` is present.
        y : array of shape (n_samples,)
            The label of each row, numbers or text.
        sample_weight : array of shape (n_samples,), default=None
            How many times each row counts, >= 0. None is once.

        Returns
        -------
        self : BernoulliNB
        """
        return self._learn(X, y, sample_weight)

    @property
    def feature_log_prob_(self):
        """ndarray of shape (n_classes, n_features): log p(present | class)."""
        return _read_only(self._log_present)

    def _check_parameters(self, k):
        """Refuse bad hyperparameters. Return the prior (k,), or None to learn it."""
        if self.binarize is not None:
            _check_number("binarize", self.binarize, -np.inf)
        return _check_counting_parameters(self, k)

    def _check_table(self, X, fitted):
        """Return X as a table (n, d), whose numbers may be checked while they are counted."""
        return _check_table_of_counts(X, fitted)

    def _read(self, B):
        """Return where the features of the rows B (rows, d) are present, as 1.0 and 0.0.

        Refuse other numbers than 0 and 1 if `binarize` is None.
        """
        if self.binarize is None and ((B != 0) & (B != 1)).any():
            raise ValueError("X must hold nothing but 0 and 1 where binarize is None")
        threshold = 0 if self.binarize is None else self.binarize
        return (B > threshold).astype(float)

    def _count(self, batch, goes_on):
        """Return the numbers N (k, d) of the rows of each class that have the features."""
        N = _feature_counts(batch, self._read)
        return N + self.feature_count_ if goes_on else N

    def _estimate(self, N, W):
        """Learn the shares of the rows with a feature from the counts N (k, d) and W (k,)."""
        self.feature_count_ = N
        self._log_present, log_absent = _bernoulli_estimate(N, W, self.alpha)
        self._log_odds = self._log_present - log_absent
        self._all_absent = log_absent.sum(axis=1)

    def _log_joint(self, B, log_prior):
        """Return L (k, rows) of the rows B (rows, d), as `_read` returns them."""
        return _bernoulli_log_joint(B, log_prior, self._log_odds, self._all_absent)


class CategoricalNB(_NaiveBayes):
    """Naive Bayes for categories, which are coded 0, 1, 2, ... in each column.

    A category that a class never had keeps a small share there, thanks to `alpha`. So does one
    that no training row had at all, even one beyond the n_categories_ of its column.

    Parameters
    ----------
    alpha : float, default=1.0
        What is added to the count of every category, so that none is impossible. Below 1e-10 it
        counts as 1e-10.
    fit_prior : bool, default=True
        Whether to learn the priors, as the shares of the classes. If not, all are equal.
    class_prior : array of shape (n_classes,) or None, default=None
        The probability of each class before a row is seen, in the order of `classes_`. If it is
        given, `fit_prior` plays no part.
    min_categories : int, array of shape (n_features,) or None, default=None
        The least number of categories, in all columns or in each. None is one more than the
        largest code of the column.

    Attributes
    ----------
    category_count_ : list of n_features ndarrays of shape (n_classes, n_categories_[j])
        The number of rows of each class that show each category of feature j, each row as often
        as its weight says.
    feature_log_prob_ : tuple of n_features ndarrays of shape (n_classes, n_categories_[j])
        log p(category | class), the logarithm of the share of the rows of the class that show the
        category. It cannot be set.
    n_categories_ : ndarray of int, shape (n_features,)
        The number of categories of each feature.
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    class_count_ : ndarray of shape (n_classes,)
        The sum of the weights of the rows of each class.
    class_prior_ : ndarray of shape (n_classes,)
        The probability of each class before a row is seen. If you set it, predictions follow.
    class_log_prior_ : ndarray of shape (n_classes,)
        The logarithm of `class_prior_`. It cannot be set.
    n_features_in_ : int
        The number of features that `fit` saw.
    feature_names_in_ : ndarray of str, shape (n_features,)
        The names of the columns of X. It is only there if X was a table with such names.

    References
    ----------
    C. Manning, P. Raghavan and H. Schuetze (2008), "Introduction to Information Retrieval",
    chapter 13.

    Examples
    --------
    >>> from naive_bayes import CategoricalNB
    >>> model = CategoricalNB().fit([[0], [0], [1], [1], [2]], ["A", "A", "A", "B", "B"])
    >>> model.category_count_[0].tolist()
    [[2.0, 1.0, 0.0], [0.0, 1.0, 1.0]]
    >>> model.predict_proba([[2]]).round(3).tolist()
    [[0.385, 0.615]]
    """

    def __init__(self, *, alpha: float = 1.0, fit_prior: bool = True, class_prior=None,
                 min_categories=None):
        self.alpha = alpha
        self.fit_prior = fit_prior
        self.class_prior = class_prior
        self.min_categories = min_categories

    def fit(self, X, y, sample_weight=None) -> "CategoricalNB":
        """Learn the share of each category in each class.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            The training rows. Each column holds categories, coded 0, 1, 2, ...
        y : array of shape (n_samples,)
            The label of each row, numbers or text.
        sample_weight : array of shape (n_samples,), default=None
            How many times each row counts, >= 0. None is once.

        Returns
        -------
        self : CategoricalNB
        """
        return self._learn(X, y, sample_weight)

    @property
    def feature_log_prob_(self):
        """tuple of n_features ndarrays of shape (n_classes, n_categories_[j]): log p(v | class)."""
        return tuple(_read_only(table[:-1].T) for table in self._tables)

    def _check_parameters(self, k):
        """Refuse bad hyperparameters. Return the prior (k,), or None to learn it."""
        return _check_counting_parameters(self, k)

    def _check_table(self, X, fitted):
        """Return X as a table (n, d) of finite float64 numbers, because columns are read whole."""
        return _check_X(X, fitted)

    def _read(self, B):
        """Return the rows B (rows, d). Refuse numbers that are no categories 0, 1, 2, ..."""
        _check_not_negative(self, B)
        for j, x in enumerate(B.T):
            is_whole = x == np.floor(x)
            if not is_whole.all():
                raise ValueError(f"X must hold categories 0, 1, 2, ..., but column {j} holds "
                                 f"{x[~is_whole][0]}")
        return B

    def _least_categories(self, d):
        """Return the least number of categories of each of the d columns: `min_categories`."""
        least = 1 if self.min_categories is None else self.min_categories
        K = _as_array(least, "min_categories", numeric=True)
        if K.shape not in ((), (d,)) or (K < 1).any() or (K != np.floor(K)).any():
            raise ValueError("min_categories must be an integer >= 1 or one for each of the "
                             f"{d} features, got {least}")
        return np.broadcast_to(K, (d,))

    def _count(self, batch, goes_on):
        """Return the counts of the categories: for each column an array N (k, K)."""
        least = self._least_categories(batch.X.shape[1])
        self._read(batch.X)
        batch = _without_weight_zero(batch)
        if goes_on:
            least = np.maximum(least, self.n_categories_)
        K = np.maximum(least, batch.X.max(axis=0) + 1)                 # (d,), one K a column
        _check_table_sizes(K, batch)

        counts = [_category_counts(x, batch, size) for x, size in zip(batch.X.T, K.astype(int))]
        if goes_on:
            for N, before in zip(counts, self.category_count_):
                N[:, :before.shape[1]] += before
        return counts

    def _estimate(self, counts, W):
        """Learn the shares of the categories from their counts and W (k,)."""
        self.category_count_ = counts
        self.n_categories_ = np.array([N.shape[1] for N in counts])
        self._tables = [_categorical_estimate(N, W, self.alpha) for N in counts]

    def _log_joint(self, B, log_prior):
        """Return L (k, rows) of the rows B (rows, d)."""
        return _categorical_log_joint(B, log_prior, self._tables)


# ---- The algorithm ----
#
# First what all models use, then for each model what it learns and the L of new rows. From the
# next part come:
#     _parts(batch)          the rows of a _Batch, some at a time, as smaller batches
#     _finite_block(B, X)    the rows B of X as floats, checked
#     _frame_for(X, before)  a _Frame: the point from which distances are measured, and their unit
#         .measure(B)        the rows B (rows, d) as distances from that point
#     _change_frame(m, ...)  the same _Moments in another unit


class _Batch(NamedTuple):
    """The rows of one call of `fit` or `partial_fit`, or some of them.

    X : ndarray (n, d), the rows
    codes : ndarray of int (n,), the class of each row, as a number from 0 to k - 1
    w : ndarray (n,), the weight of each row
    k : int, the number of classes
    """

    X: np.ndarray
    codes: np.ndarray
    w: np.ndarray
    k: int


def _class_sums(B, part):
    """Return the sum of the rows of each class, each row times its weight: (k, columns).

    B (rows, columns) is what to add up, `part` the _Batch that says the class and the weight of
    each row. The table M has one row for each row of B, with its weight in the column of its
    class and 0 elsewhere. So M' B adds up row by row what a loop over the classes would.
    """
    n_rows = len(B)
    M = np.zeros((n_rows, part.k))
    M[np.arange(n_rows), part.codes] = part.w
    return M.T @ B


def _feature_counts(batch, read):
    """Return N (k, d): for each class the sum of its rows, each row times its weight.

    `read` is the method `_read` of the model. It says what to add up for rows B (rows, d): the
    numbers of the words, or 1 where a feature is present and 0 elsewhere.
    """
    N = np.zeros((batch.k, batch.X.shape[1]))
    for part in _parts(batch):
        B = _finite_block(part.X, batch.X)
        N += _class_sums(read(B), part)
    return N


def _normalise(L):
    """Return log P(c | x) (k, rows) from the log joint probabilities L (k, rows).

    Even the largest L_c of a row may be -1000, and exp(-1000) is 0 in floats. So the largest is
    taken off first. It becomes 0, and the sum of the exponentials is at least 1.
    """
    L = np.ascontiguousarray(L)        # class by class in memory, for faster sums over classes
    L = L - L.max(axis=0)
    return L - np.log(np.exp(L).sum(axis=0))                                           # NB.2


class _Moments(NamedTuple):
    """What the rows of each class add up to.

    W : ndarray (k,), the sum of the weights
    mean : ndarray (k, d), the means
    squares : ndarray (k, d), the sums of the squared distances from the means, S in the notes
    frame : _Frame, from where the means are measured (the first row) and in which unit
    """

    W: np.ndarray
    mean: np.ndarray
    squares: np.ndarray
    frame: "_Frame"


class _Bells(NamedTuple):
    """The bell curves of all features in all classes.

    mean : ndarray (k, d), the centre of each bell
    var : ndarray (k, d), the variance of each bell
    epsilon : float, the part of each variance that was added
    middle : ndarray (d,), the mean of all rows
    frame : _Frame, from where all this is measured (the first row) and in which unit
    """

    mean: np.ndarray
    var: np.ndarray
    epsilon: float
    middle: np.ndarray
    frame: "_Frame"


def _gaussian_moments(batch, before):
    """Return the _Moments of the classes in a batch, merged with those of the batches `before`.

    The squares take a second pass over the rows, about the means just found. One pass could give
    them too, as a difference of two sums, but loses digits. `before` is None for the first batch.
    """
    frame = _frame_for(batch.X, before)
    W = np.bincount(batch.codes, batch.w, minlength=batch.k)
    shape = (batch.k, batch.X.shape[1])

    sums = np.zeros(shape)
    for part in _parts(batch):
        sums += _class_sums(frame.measure(part.X), part)
    divisor = np.where(W > 0, W, 1)[:, None]       # a class without rows has the mean 0 / 1
    mean = sums / divisor                                                              # NB.4

    squares = np.zeros(shape)
    for part in _parts(batch):
        mean_of_class = mean.take(part.codes, axis=0)                  # (rows, d), of each row
        deviations = frame.measure(part.X) - mean_of_class
        squares += _class_sums(deviations**2, part)

    moments = _Moments(W, mean, squares, frame)
    return moments if before is None else _merge(before, moments)


def _merge(a, b):
    """Return the _Moments of two batches together. It is what one pass over both would find."""
    a = _change_frame(a, b.frame)
    W = a.W + b.W
    share = (b.W / np.where(W > 0, W, 1))[:, None]                     # (k, 1), of b in the whole
    step = b.mean - a.mean
    mean = a.mean + share * step
    squares = a.squares + b.squares + a.W[:, None] * share * step**2                   # NB.8
    return _Moments(W, mean, squares, b.frame)


def _gaussian_estimate(moments, var_smoothing):
    """Return the _Bells of all features in all classes.

    A class without rows gets the mean and the variance of all rows.
    """
    W = moments.W
    middle = W @ moments.mean / W.sum()
    between = W @ (moments.mean - middle)**2
    overall = (moments.squares.sum(axis=0) + between) / W.sum()        # (d,), of all rows
    epsilon = max(var_smoothing, 1e-30) * overall.max()                                # NB.6
    if epsilon < 1e-200:                   # as good as 0 in this unit: nothing varies
        epsilon = 1.0

    W = W[:, None]
    within = moments.squares / np.where(W > 0, W, 1)
    mean = np.where(W > 0, moments.mean, middle)
    var = np.where(W > 0, within, overall) + epsilon                                   # NB.5
    return _Bells(mean, var, epsilon, middle, moments.frame)


def _log_tops(var):
    """Return the log density (k,) of a row that is the mean of its class: var is (k, d)."""
    return -np.log(2 * np.pi * var).sum(axis=1) / 2                                    # NB.4


def _gaussian_log_joint(Z, log_joint_at_mean, mean, var):
    """Return L (k, rows) of the rows Z (rows, d), from the mean and var (k, d) of the bells.

    `log_joint_at_mean` (k,) is the L of a row that is the mean of the class: its log prior and
    its _log_tops. This is the definition. `_FastBells` gives the same in less time.
    """
    L = np.empty((len(mean), len(Z)))
    for c, (mean_c, var_c) in enumerate(zip(mean, var)):
        squared_distances = (Z - mean_c)**2 @ (1 / var_c)              # (rows,), in deviations
        L[c] = log_joint_at_mean[c] - squared_distances / 2                            # NB.4
    return L


def _multinomial_estimate(N, alpha):
    """Return log theta (k, d): of each word the share among all words of the class.

    N (k, d) says how often each word was counted in each class. Every count gets alpha more.
    """
    smoothed = N + max(alpha, 1e-10)
    return np.log(smoothed / smoothed.sum(axis=1, keepdims=True))                      # NB.10


def _multinomial_log_joint(B, log_prior, log_theta):
    """Return L (k, rows) of the rows B (rows, d), which say how often each word stands there."""
    return (B @ log_theta.T + log_prior).T                                             # NB.9


def _bernoulli_estimate(N, W, alpha):
    """Return log theta and log(1 - theta) (k, d), theta the share of rows that have a feature.

    N (k, d) of the W (k,) rows of each class have it. The shares of those that have it and of
    those that do not both come from counts: 1 - theta loses digits where theta is almost 1.
    """
    alpha = max(alpha, 1e-10)
    W = W[:, None]
    without = np.maximum(W - N, 0)                                     # below 0 is rounding
    total = W + 2 * alpha
    return np.log((N + alpha) / total), np.log((without + alpha) / total)              # NB.12


def _bernoulli_log_joint(B, log_prior, log_odds, all_absent):
    """Return L (k, rows) of the rows B (rows, d), 1 where a feature is present and 0 elsewhere.

    First all features count as absent: `all_absent` (k,) is the sum of log(1 - theta). Then each
    that is present changes its log(1 - theta) to log theta: `log_odds` (k, d) is the difference.
    """
    return log_odds @ B.T + (all_absent + log_prior)[:, None]                          # NB.11


def _category_counts(x, batch, K):
    """Return the counts N (k, K) of the categories x (n,) of one feature in each class.

    A row of class c with category v counts in the cell c K + v, all cells in one line.
    """
    cell = batch.codes * K + x.astype(int)
    return np.bincount(cell, batch.w, minlength=batch.k * K).reshape(batch.k, K)


def _categorical_estimate(N, W, alpha):
    """Return log p(v | c) of one feature, a row for each category v: (K + 1, k).

    N (k, K) of the W (k,) rows of each class show each category. The last row is for a category
    that no training row had: its count is 0.
    """
    alpha = max(alpha, 1e-10)
    k, K = N.shape
    with_unseen = np.vstack([N.T, np.zeros(k)])
    return np.log((with_unseen + alpha) / (W + alpha * K))                             # NB.13


def _categorical_log_joint(B, log_prior, tables):
    """Return L (k, rows) of the rows B (rows, d), from a table (K + 1, k) for each feature."""
    L = np.tile(log_prior, (len(B), 1))
    for x, table in zip(B.T, tables):
        unseen = len(table) - 1
        L += table.take(np.minimum(x, unseen).astype(int), axis=0)                     # NB.13
    return L.T


# ---- Arithmetic: fast, small, safe ----
#
# A first reading may skip this part: it changes no class and no probability. What it buys, measured
# by leaving out each piece in turn:
#     the squares of all rows by two products, NB.7    GaussianNB.predict 1.4 to 5 times as fast
#     blocks of rows                                   5 MB and not 38 (100,000 rows, 20 features)
#     a mapped file in blocks                          0.13 of a float32 file in memory, not 2.1
#     small matrix products                            up to 20 times as fast on two busy cores
#     counts that are checked block by block           fit 1.2 to 2 times as fast
#     labels that are sorted                           fit up to 1.3 times as fast (few classes)
#     an origin among the rows                         all digits of numbers like 1e8 + 1
#     a power of two as the unit                       right answers at 1e300 and at 1e-300

_BLOCK = 10**5      # numbers in a block of rows: 0.8 MB, which stay in the cache
_PRODUCT = 2**19    # multiplications in a matrix product: BLAS shares larger ones among threads,
#                     and waiting for these threads takes longer than the product
_TABLES = 2**25     # numbers in all tables of categories: 0.3 GB


class _FastBells:
    """The bell curves of all classes, for many rows at a time.

    `log_joint` gives what `_gaussian_log_joint` gives, up to a number that is the same for all
    classes of a row and cancels in NB.2. It multiplies out the squares of NB.4. With a = 1 / var,
        a (z - m)^2 = a z^2 - 2 a m z + a m^2                                             NB.7
    so two matrix products, with Z^2 and with Z, give the sums for all rows and all classes.

    The three terms may be large and their sum small, and then digits are lost. Two steps prevent
    this. First, Z and m are measured from the middle of the data. A class whose mean lies more
    than a hundred of its own deviations from there (4 of the 16 digits are at risk) is left to
    `_gaussian_log_joint`. Second, the part of a z^2 that all classes share is left out, because
    far from the data all else would vanish beside it.

    Attributes
    ----------
    frame : _Frame, that of the bells, moved to the middle of the data
    mean : ndarray (k, d), m: the centres of the bells, measured in this frame
    var : ndarray (k, d), the variances of the bells
    log_tops : ndarray (k,), the log density of each class at its mean
    near : ndarray of bool (k,), which classes lie near enough to the middle
    """

    def __init__(self, bells):
        """Prepare the matrices of NB.7 from the _Bells."""
        middle = bells.frame.restore(bells.middle)
        self.frame = bells.frame._replace(origin=middle)
        self.mean = bells.mean - bells.frame.measure(middle)
        self.var = bells.var
        self.log_tops = _log_tops(self.var)
        amm = (self.mean**2 / self.var).sum(axis=1)                    # (k,), a m^2 added up
        self.near = amm < 1e4                                          # 100 deviations, squared

        a = 1 / self.var[self.near]                                    # (near classes, d)
        # A far class is computed with nothing left out. The others must then be, too.
        shared = a.min(axis=0) if self.near.all() else 0
        self._a = a - shared
        self._am = a * self.mean[self.near]
        self._amm = amm[self.near]

    def log_joint(self, B, log_prior):
        """Return L (k, rows) of the rows B (rows, d), as `_gaussian_log_joint` would."""
        near, far = self.near, ~self.near
        log_joint_at_mean = log_prior + self.log_tops
        with np.errstate(over="ignore"):
            Z = self.frame.measure(B)
        np.clip(Z, -1e100, 1e100, out=Z)                               # so that squares are finite
        L = np.empty((len(near), len(B)))
        if far.any():
            at_mean = log_joint_at_mean[far]
            L[far] = _gaussian_log_joint(Z, at_mean, self.mean[far], self.var[far])
        if near.any():
            at_middle = log_joint_at_mean[near] - self._amm / 2
            products = self._am @ Z.T
            np.square(Z, out=Z)                                        # Z is no longer needed
            products -= self._a @ Z.T / 2
            L[near] = products + at_middle[:, None]                                    # NB.7
        return L


class _Frame(NamedTuple):
    """The point from which rows are measured, and the unit.

    Measured from one of the rows, features like 1e8 + small changes keep every digit. And in the
    right unit all squares are in the range of floats, even at 1e300 and at 1e-300.

    origin : ndarray (d,), the point that counts as 0
    reach : float, the largest distance from it of any number in any column
    """

    origin: np.ndarray
    reach: float

    @property
    def unit(self):
        """The unit, a power of two: for most data 1."""
        if self.reach == 0 or 1e-25 < self.reach < 1e25:
            return 1.0
        return _power_of_two(min(max(self.reach, 1e-300), 1e308))

    def measure(self, B):
        """Return the numbers B (..., d) measured in this frame."""
        if self.unit == 1:
            return B - self.origin
        return (B / 2 - self.origin / 2) / (self.unit / 2)             # B - origin may overflow

    def restore(self, Z):
        """Return the numbers that are Z (..., d) when measured in this frame."""
        return 2 * (self.origin / 2 + self.unit / 2 * Z)               # unit * Z may overflow


def _frame_for(X, before):
    """Return the _Frame for the rows X (n, d) of a batch.

    Its origin is the first row of all. If there were batches `before` (their _Moments), it keeps
    their origin and reaches as far as all of them.
    """
    if before is None:
        origin, reach = X[0].astype(float), 0.0
    else:
        origin, reach = before.frame
    for rows in _row_blocks(X, k=1):
        with np.errstate(over="ignore"):                               # `reach` may be inf
            Z = X[rows] - origin
        reach = max(reach, Z.max(), -Z.min())
    return _Frame(origin, float(reach))


def _change_frame(moments, frame):
    """Return the _Moments in a frame of the same origin that reaches as far or farther."""
    # The unit only grows, except after batches in which nothing varied: their moments are 0.
    factor = min(moments.frame.unit / frame.unit, 1.0)
    squares = moments.squares * factor * factor
    return moments._replace(mean=moments.mean * factor, squares=squares, frame=frame)


def _parts(batch):
    """Yield the rows of a _Batch block by block, each block as a _Batch."""
    for rows in _row_blocks(batch.X, batch.k):
        yield _Batch(batch.X[rows], batch.codes[rows], batch.w[rows], batch.k)


def _finite_block(B, X):
    """Return the rows B (rows, d) of the table X (n, d) as float64 numbers, checked to be finite.

    To check a block while it is in the cache, just before it is counted, saves reading X from
    memory twice, and whole numbers become floats block by block.
    """
    B = B.astype(float, copy=False)
    flat = B.ravel("K")
    sum_of_squares = np.vdot(flat, flat)
    if not np.isfinite(sum_of_squares):    # a number is inf or nan, or its square is too large
        _check_X(X)                        # it looks closer, and its message names the number
    return B


def _check_X_or_file(X, fitted=None):
    """Return X as `_check_X` does, but a file that is mapped into memory in its own type.

    A float64 copy of a float32 file is twice as large as the file. So the file is checked some
    rows at a time. Whoever uses some rows of it combines them with float64 numbers, and the result
    is float64.
    """
    is_file = isinstance(X, np.memmap) and np.can_cast(X.dtype, float)
    if not is_file or X.dtype == float or X.ndim != 2:
        return _check_X(X, fitted)
    n_parts = min(len(X), 1 + X.size // 2**18)
    try:
        for part in np.array_split(X, n_parts):
            _check_X(part, fitted)
    except ValueError:
        return _check_X(X, fitted)         # its message counts the rows from the first of all
    return X.view(np.ndarray)


def _row_blocks(X, k):
    """Yield slices that cover the rows of X (n, d).

    Each has about _BLOCK numbers. With many classes it has fewer, so that its product with k
    classes takes about _PRODUCT multiplications, but not fewer than 64 rows: then the work around
    the product would take longer.
    """
    n, d = X.shape
    size = min(_BLOCK // d, max(64, _PRODUCT // (d * k)))
    size = max(1, size)
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))


def _power_of_two(size):
    """Return the largest power of two that is not above `size`, a number or an array of them.

    It serves as a unit: to divide by a power of two is exact. For 0 it is 1/2.
    """
    return np.ldexp(1.0, np.frexp(size)[1] - 1)


def _without_weight_zero(batch):
    """Return the _Batch without its rows of weight 0, which count as no rows."""
    if batch.w.min() > 0:
        return batch
    keep = batch.w > 0
    return _Batch(batch.X[keep], batch.codes[keep], batch.w[keep], batch.k)


def _read_only(a):
    """Return a view of the array `a` that cannot be written to."""
    view = a.view()
    view.flags.writeable = False
    return view


def _distinct(labels):
    """Return the distinct labels, sorted, as np.unique does.

    But np.unique hashes integers (NumPy from 2.3). For those of a few classes it takes up to three
    times as long.
    """
    ordered = np.sort(labels, axis=None)
    is_new = ordered[1:] != ordered[:-1]
    return np.append(ordered[:1], ordered[1:][is_new])


def _class_codes(y, classes):
    """Return the class of each label in y (n,): its place among the sorted `classes` (k,)."""
    try:
        codes = np.searchsorted(classes, y)
    except TypeError:                      # text among numbers has no place
        raise ValueError(f"y has labels of another kind than the classes {classes}") from None
    codes = np.minimum(codes, len(classes) - 1)
    strange = classes[codes] != y
    if strange.any():
        raise ValueError(f"y has the label {y[strange][0]!r}, the classes are {classes}")
    return codes


def _check_classes(classes):
    """Return the labels `classes` that partial_fit was given, sorted and each once."""
    labels = _as_array(classes, "classes")
    _check_labels(classes, "classes")
    labels = _distinct(labels)
    if len(labels) == 0:
        raise ValueError("classes must name all classes in the first call of partial_fit")
    return labels


def _check_prior(name, prior, k):
    """Return a copy of the prior (k,) that the hyperparameter `name` holds, or None."""
    if prior is None:
        return None
    prior = _as_array(prior, name, numeric=True).copy()
    if prior.shape != (k,) or prior.min() < 0 or abs(prior.sum() - 1) > 1e-8:
        raise ValueError(f"{name} must be {k} numbers >= 0 with sum 1, got {prior}")
    return prior


def _check_counting_parameters(model, k):
    """Refuse bad hyperparameters that the three models which count have in common.

    Return the prior (k,) if it is given or if all are equal, or None to learn it.
    """
    _check_number("alpha", model.alpha, 0)
    _check_flag("fit_prior", model.fit_prior)
    prior = _check_prior("class_prior", model.class_prior, k)
    if prior is None and not model.fit_prior:
        return np.full(k, 1 / k)
    return prior


def _check_table_of_counts(X, fitted):
    """Return X as a table (n, d) as `_check_X` does, but leave its numbers for `_finite_block`.

    A plain array of numbers, or a file that is mapped into memory, passes here as it is, if its
    shape is right. All else goes through `_check_X`.
    """
    is_plain = type(X) in (np.ndarray, np.memmap) and np.can_cast(X.dtype, float)
    if not is_plain or X.ndim != 2 or X.size == 0:
        return _check_X(X, fitted)
    has_right_width = fitted is None or X.shape[1] == fitted.n_features_in_
    return np.asarray(X) if has_right_width else _check_X(X, fitted)


def _check_not_negative(model, B):
    """Refuse rows B (rows, d) with negative numbers."""
    if B.min() < 0:
        i, j = np.unravel_index(B.argmin(), B.shape)
        raise ValueError(f"Negative values in data passed to {type(model).__name__}: column {j} "
                         f"holds {B[i, j]}")


def _check_table_sizes(K, batch):
    """Refuse to make huge tables for K (d,) categories.

    They may hold _TABLES numbers, or as many as X itself, whichever is more.
    """
    size = batch.k * K.sum()
    if size <= max(_TABLES, batch.X.size):
        return
    j = K.argmax()
    largest = batch.X[:, j].max()
    if largest + 1 == K[j]:
        cause = f"column {j} of X holds the category {largest:.0f}"
    else:
        cause = f"column {j} has {K[j]:.0f} categories, by min_categories or by the batches before"
    raise ValueError(f"{cause}, and the tables of all categories would hold {size:.3g} numbers. "
                     "Code the categories of each column as 0, 1, 2, ..., as OrdinalEncoder of "
                     "utils/preprocessing.py does")


# ---- The door: the same in every folder ----
#
# Everything that comes from outside passes these checks before any work begins. So an error names
# the argument that caused it, and a `fit` that fails leaves the model as it was.


def _check_X(X, fitted=None):
    """Return X as an array (n, d) of finite float64 numbers.

    `fitted` is the model that is about to use X. It must be fitted, and X must have the features
    that its `fit` saw: as many, and with the same names in the same order if both have names.
    """
    model = type(fitted).__name__
    if fitted is not None and not hasattr(fitted, "n_features_in_"):
        raise RuntimeError(f"{model} is not fitted: call fit first")
    names = _feature_names(X)
    X = _as_array(X, "X", numeric=True)
    if X.ndim != 2:
        raise ValueError(f"X must be a non-empty 2-D array, got shape {X.shape}. Reshape your "
                         "data: X.reshape(-1, 1) is one feature, X.reshape(1, -1) one sample")
    n, d = X.shape
    if X.size == 0:
        raise ValueError(f"X must be a non-empty 2-D array, got {n} sample(s), {d} feature(s) "
                         f"(shape={X.shape}) while a minimum of 1 is required.")
    if fitted is None:
        return X
    if d != fitted.n_features_in_:
        raise ValueError(f"X has {d} features, but {model} is expecting {fitted.n_features_in_} "
                         f"features as input: fit saw {fitted.n_features_in_}")
    seen = getattr(fitted, "feature_names_in_", None)
    if names is not None and seen is not None and list(names) != list(seen):
        raise ValueError("The feature names should match those that were passed during fit: fit "
                         f"saw the columns {list(seen)}, X has {list(names)}. "
                         "X[model.feature_names_in_] puts columns into the order of fit")
    return X


def _feature_names(X):
    """Return the column names (d,) of a table such as a DataFrame, if all are text, else None."""
    columns = getattr(X, "columns", None)
    if columns is None or not all(isinstance(name, str) for name in columns):
        return None
    return np.array(list(columns), dtype=object)


def _check_y(y, X, numeric=False, name="y"):
    """Return y as an array (n,), one entry for each row of X.

    Its entries are finite float64 numbers if `numeric`, else class labels of one kind. `name` is
    what error messages call y.
    """
    if y is None:
        raise ValueError(f"fit requires {name} to be passed, but the target {name} is None")
    given = y
    y = _as_array(y, name)
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.shape != (len(X),):
        raise ValueError(f"{name} should be a 1d array with one entry for each row of X: expected "
                         f"shape ({len(X)},), got {y.shape}")
    if numeric:
        return _as_array(given, name, numeric=True).reshape(len(X))
    if y.dtype.kind == "f":
        numbers = _as_array(y, name, numeric=True)                     # refuses nan and infinity
        if (numbers != np.floor(numbers)).any():
            raise ValueError(f"Unknown label type: {name} is continuous, a classifier needs class "
                             "labels")
    elif y.dtype.kind not in "biu":
        _check_labels(given, name)
    return y


def _check_labels(y, name):
    """Refuse labels that are missing, and text mixed with other values.

    NumPy turns ["a", nan] and ["a", 1] into text, so this looks at y as it was given.
    """
    y = y if isinstance(y, np.ndarray) else np.array(y, dtype=object)
    if y.dtype.kind in "US":
        return
    labels = y.ravel().tolist()
    for label in labels:
        if _is_missing(label):
            raise ValueError(f"{name} holds a missing label ({label}): leave such rows out")
    texts = [label for label in labels if isinstance(label, (str, bytes))]
    others = [label for label in labels if not isinstance(label, (str, bytes))]
    if texts and others:
        raise TypeError(f"Unknown label type: {name} mixes strings with other values, "
                        f"{texts[0]!r} with {others[0]!r}")


def _check_weights(sample_weight, X):
    """Return the weights (n,) of the rows of X: all 1 if None, else >= 0 and not all 0."""
    if sample_weight is None:
        return np.ones(len(X))
    weights = _check_y(sample_weight, X, numeric=True, name="sample_weight")
    if weights.min() < 0 or weights.max() == 0:
        raise ValueError("sample_weight must be >= 0 and not all zero, got numbers from "
                         f"{weights.min()} to {weights.max()}")
    return weights


def _check_number(name, value, low, high=np.inf, *, above=False, integer=False):
    """Refuse a hyperparameter that is not a finite number from `low` to `high`.

    With `above` it must be greater than `low`, with `integer` a whole number.
    """
    kinds = (int, np.integer) if integer else (int, float, np.integer, np.floating)
    if isinstance(value, bool) or not isinstance(value, kinds):
        kind = "an integer" if integer else "a number"
        raise TypeError(f"{name} must be {kind}, got {value!r}")
    value = value.item() if isinstance(value, np.generic) else value
    largest = np.inf if integer else float(np.finfo(float).max)
    large_enough = value > low if above else value >= low
    if large_enough and -largest <= value <= min(high, largest):
        return
    rules = []
    if low > -np.inf:
        rules.append(f"> {low}" if above else f">= {low}")
    if high < np.inf:
        rules.append(f"<= {high}")
    if value > largest or not rules:
        rules.append("finite")
    raise ValueError(f"{name} must be {' and '.join(rules)}, got {value}")


def _check_flag(name, value):
    """Refuse a hyperparameter that is neither True nor False."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {value!r}")


def _as_array(a, name, numeric=False):
    """Return `a`, which messages call `name`, as an array; as finite float64 numbers if `numeric`.

    What is no dense array of one kind of values is refused, and the message says what it holds.
    """
    if type(a) is not np.ndarray:
        _check_container(a, name)
    try:
        array = np.asarray(a)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be an array whose rows all have the same length: "
                         f"{error}") from None
    if array.dtype.kind == "c":
        raise ValueError(f"Complex data not supported: {name} must hold real numbers")
    if not numeric:
        return array
    numbers = array if array.dtype == float else _as_floats(a, array, name)
    # The sum of all squares tells in one quick pass, without a copy, that all numbers are finite.
    flat = numbers.ravel("K")
    if not np.isfinite(np.vdot(flat, flat)) and not np.isfinite(numbers).all():
        place = np.argwhere(~np.isfinite(numbers))[0].tolist()
        entry = array[tuple(place)]
        raise ValueError(f"{name} contains NaN or infinity: {name}{place} is {entry}. Leave such "
                         "rows out or fill them in")
    return numbers


def _check_container(a, name):
    """Refuse None, a masked array and a sparse matrix."""
    if a is None:
        raise ValueError(f"{name} is None: an array is needed")
    if isinstance(a, np.ma.MaskedArray):
        raise ValueError(f"{name} is a masked array, and a masked entry is a missing value: leave "
                         f"such rows out or fill them in, then pass {name}.data")
    if hasattr(a, "toarray"):
        raise TypeError(f"{name} is a sparse matrix, a dense array is needed: {name}.toarray()")


def _as_floats(a, array, name):
    """Return `array`, which was made of `a`, as float64 numbers. Refuse what is no number."""
    try:
        plain = np.array(array.tolist()) if array.dtype == object else array
        if plain.dtype.kind not in "biufO":
            raise TypeError(f"its dtype is {plain.dtype}")
        if plain.dtype == object and any(_kind_of(entry)[0] == "a date" for entry in plain.flat):
            raise TypeError("a date is no number")
        with np.errstate(over="ignore"):
            return plain.astype(float)
    except (TypeError, ValueError, OverflowError) as error:
        raise _not_numbers(a, name, error) from None


def _not_numbers(a, name, reason):
    """Return the error that names the first entry of `a` that is not a number."""
    entries = np.array(a, dtype=object)
    if entries.ndim == 0:
        return TypeError(f"{name} must be an array of numbers, got {type(a).__name__}: {reason}")
    kinds = ((place, entry, *_kind_of(entry)) for place, entry in np.ndenumerate(entries))
    place, entry, kind, error = next(found for found in kinds if found[2] != "a number")
    where = f"column {place[1]} holds" if len(place) == 2 else "it holds"
    return error(f"{name} must be an array of numbers, but {where} {kind}: {name}{list(place)} is "
                 f"{str(entry)[:40]!r} ({reason})")


def _kind_of(entry):
    """Return what an entry of an array is, in words, and the kind of error it deserves."""
    if isinstance(entry, (str, bytes)):
        return "text", TypeError
    if _is_missing(entry):
        return "a missing value", ValueError
    if hasattr(entry, "isoformat") or isinstance(entry, (np.datetime64, np.timedelta64)):
        return "a date", TypeError
    try:
        float(entry)
    except OverflowError:
        return "a number beyond the range of float64", ValueError
    except (TypeError, ValueError):
        return f"a {type(entry).__name__}", TypeError
    return "a number", ValueError


def _is_missing(entry):
    """Return whether an entry is a missing value: None, nan, NaT, or NA of pandas."""
    try:
        return entry is None or not entry == entry
    except TypeError:                      # NA does not know whether it is equal to itself
        return True
    except ValueError:                     # an array compares entry by entry
        return False
