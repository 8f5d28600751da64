"""The classifier of single columns."""

import numpy as np
import paddle

from ppocr_rare.modeling.heads.rec_column_classifier import ColumnClassifier


def test_each_column_is_classified_for_itself():
    classifier, features = ColumnClassifier(10, 9), paddle.randn([5, 10, 1, 7])
    logits = classifier(features)
    weight, bias = (parameter.numpy() for parameter in classifier.parameters())
    expected = features.numpy()[:, :, 0].transpose(0, 2, 1) @ weight + bias
    np.testing.assert_allclose(logits.numpy(), expected, atol=1e-5)
