import pytest

from nlu.yes_no import read_yes_no

YES = (
    "是 是的 对 对的 对对对 好 好的 行 可以 嗯 嗯嗯 要 确认 没错 不错 没问题 没有问题 要得 中 当然 是的没错 我确认提交 那就好 可以吧"
    " 对的谢谢 1 一 按1 第一个 事的 队 恩 OK"
)
NO = (
    "不是 不对 不 不要 不行 不用 不用了 错了 没有 取消 算了 是不对 不是的我要办老年证 不是这个是那个 2 二 按2 部队 步行 布是 不事 否"
    " No 不需要谢谢"
)
NEITHER = (
    "好难啊 要多少钱 对不起 不好意思 不知道 不清楚 是不是 对吗 可以吗 对方 行政 老年证 好像不是 没听清 别人 是谁 要带什么材料 好多钱"
    " 你好 天气 我要办低保 有点问题"
)


@pytest.mark.parametrize("text", [*YES.split(), "是 的", "嗯，好的，可以！"])
def test_a_yes_is_a_yes(text: str) -> None:
    assert read_yes_no(text) is True


@pytest.mark.parametrize("text", NO.split())
def test_a_no_is_a_no(text: str) -> None:
    assert read_yes_no(text) is False


@pytest.mark.parametrize("text", [*NEITHER.split(), "", "。", "是的" * 30])
def test_what_is_unclear_is_never_a_yes(text: str) -> None:
    assert read_yes_no(text) is None
