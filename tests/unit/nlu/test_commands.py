import pytest

from nlu.commands import COMMAND_PHRASES, read_command

IDS = {"!back", "!repeat", "!help", "!cancel", "!menu", "!person", "!end", "!skip", "!slower", "!forget_me"}
SAID = [
    (
        "!person",
        "转人工|我要人工|人工服务|找人|听人说话|我想找个人说话|客服|麻烦你帮我转人工一下谢谢|能不能给我转人工|人工人工人工|转人共|不要机器人|有人吗",
    ),
    ("!repeat", "再说一遍|没听清|重听|再说一遍吧|在说一遍|再说一边|刚才说什么|什么"),
    ("!back", "上一步|返回|返回上一步吧|回上一步"),
    ("!cancel", "不办了|算了|取消|我不办了|那我不办了|取消一下"),
    ("!menu", "主菜单|首页|从头来|返回主菜单|主才单"),
    ("!help", "怎么用|帮助|不会用|能说什么"),
    ("!end", "再见|挂了|拜拜|我先挂了啊|结束"),
    ("!skip", "跳过|没有这个|跳过这个吧"),
]
ELSE = (
    "我想取消低保|人工授精证明|你好|没有|怎么办|老年证怎么办|低保取消了怎么办|我要返回城镇户口|首页在哪里看|帮助残疾人的补贴|结束婚姻登记|人工耳蜗补助"
    "|我找人给我代办可以吗|重复参保怎么退费|上一步办得怎么样了|什么材料|再见到你很高兴|跳过体检可以吗||。"
)


@pytest.mark.parametrize(("command", "text"), [(command, text) for command, texts in SAID for text in texts.split("|")])
def test_a_universal_is_known_with_its_padding(command: str, text: str) -> None:
    assert read_command(text) == command


@pytest.mark.parametrize("text", ELSE.split("|"))
def test_a_longer_sentence_that_means_something_else_is_no_universal(text: str) -> None:
    assert read_command(text) is None


@pytest.mark.parametrize(("command", "phrase"), [(command, phrase) for command, phrases in COMMAND_PHRASES.items() for phrase in phrases])
def test_every_phrase_of_the_table_gives_its_command(command: str, phrase: str) -> None:
    assert read_command(phrase) == command


def test_all_universals_have_phrases_and_show_their_first() -> None:
    assert set(COMMAND_PHRASES) == IDS
    assert [COMMAND_PHRASES[one][0] for one in ("!back", "!repeat", "!help", "!cancel", "!menu", "!person", "!end", "!skip")] == [
        "返回", "重复", "帮助", "取消", "主菜单", "人工", "再见", "跳过",
    ]  # fmt: skip
