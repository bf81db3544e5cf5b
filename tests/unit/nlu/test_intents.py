import pytest

from nlu.intents import intent_of, read_intent

CASES = {
    "check_status": (
        "查进度|我想查一下进度|办得怎么样了|老年优待证办得怎么样了|办好了没有|到哪一步了|我的申请批下来没有|上次交的材料通过了吗"
        "|我的低保批了没有|什么时候能办好|还要多久|有结果了吗|我前几天申请的居住证怎么还没消息|办理进度|残疾证办到哪儿了|查办件|我要查低保|查一下老年优待证|审核通过了没"
    ),
    "request": (
        "我要办低保|申请低保|我想给我妈办老年优待证|办老年证|领一个残疾证|帮我办个居住证|身份证丢了|我想开一个证明|办理社保卡"
        "|社保卡要补办|登记失业"
    ),
    "guide": (
        "要带什么材料|低保要多少钱|要多久|怎么办低保|老年证怎么办|低保需要什么条件|在哪里办居住证|办老年证要带什么|低保怎么申请"
        "|我能不能办低保|办居住证收费吗|老年证有什么用|几点上班|居住证多久能办好|准生证需要哪些材料"
    ),
}
NONE = "老年优待证|今天天气怎么样|你好|取消|我想取消低保|办公时间真长|唱首歌||嗯|谢谢"


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in CASES.items() for text in texts.split("|")])
def test_the_wish_is_read_from_the_sentence(kind: str, text: str) -> None:
    assert read_intent(text) == kind


@pytest.mark.parametrize("text", NONE.split("|"))
def test_a_sentence_without_a_wish_has_none(text: str) -> None:
    assert read_intent(text) is None


def test_the_evidence_is_part_of_the_sentence() -> None:
    found = intent_of("老年优待证办得怎么样了")
    assert found is not None
    assert found.evidence in "老年优待证办得怎么样了"
