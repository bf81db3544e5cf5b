import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.corrections import Correction, about_matches, read_correction

REPLACE = [
    ("不对，是三不是四", "3", "4"),
    ("是3不是4", "3", "4"),
    ("不是四是三", "3", "4"),
    ("不是四，是三", "3", "4"),
    ("不是本人，是父母", "父母", "本人"),
    ("是父母不是本人", "父母", "本人"),
    ("不对不对，不是本人是父母", "父母", "本人"),
    ("说错了，不是配偶，是子女", "子女", "配偶"),
    ("不是138是139", "139", "138"),
    ("不 是 三 是 四", "4", "3"),
    ("我说的不是襄城是樊城", "樊城", "襄城"),
    ("是牛首镇而不是太平店镇", "牛首镇", "太平店镇"),
    ("把本人改成父母", "父母", "本人"),
    ("四改成三", "3", "4"),
    ("不对，三不是四", "3", "4"),
    ("最后一位不是三是四", "4", "3"),
    ("中间那个是3不是5", "3", "5"),
    ("我说的是三不是四", "3", "4"),
    ("错了，不是四口人，是五口人", "五口人", "四口人"),
    ("不是低保，是临时救助", "临时救助", "低保"),
    ("哎呀不是五月三号，是三月五号", "三月五号", "五月三号"),
]
VALUE = [
    ("不对，是13900139000", "13900139000"),
    ("不对是幺三九零零幺三九零零零", "13900139000"),
    ("错了，应该是五口人", "五口人"),
    ("说错了，是我妈", "我妈"),
    ("不好意思说错了是我妈", "我妈"),
    ("我重说一遍，一三九零零一三九零零零", "13900139000"),
    ("不是，是我妈", "我妈"),
    ("不是的，应该是牛首镇", "牛首镇"),
    ("不对，牛首镇花园村", "牛首镇花园村"),
    ("错了错了，是三口人", "三口人"),
    ("刚才说错了，应该是一九四九年", "一九四九年"),
    ("按错了，是2", "2"),
    ("改成父母", "父母"),
    ("你听错了，是王家村", "王家村"),
    ("更正一下，139 0013 9000", "13900139000"),
    ("哦不，是下个星期三", "下个星期三"),
    ("哎呀，说错了说错了，五月三号", "五月三号"),
    ("我记错了，是七十九岁", "七十九岁"),
    ("没有，是第一次", "第一次"),
    ("选错了，我要的是视力残疾", "要的是视力残疾"),
    ("不对，11010519491231002X", "11010519491231002X"),
]
NAMED = [
    ("手机号说错了", "手机号", ""),
    ("身份证号填错了", "身份证号", ""),
    ("编号不对", "编号", ""),
    ("我要改手机号", "手机号", ""),
    ("改一下地址", "地址", ""),
    ("手机号改成13900139000", "手机号", "13900139000"),
    ("把手机号改成一三九零零一三九零零零", "手机号", "13900139000"),
    ("我的电话号码刚才说错了", "电话号码", ""),
    ("电话错了，应该是13900139000", "电话", "13900139000"),
    ("不对，手机号是13900139000", "手机号", "13900139000"),
    ("地址填错了，是牛首镇花园村", "地址", "牛首镇花园村"),
    ("我刚才村子说错了", "村子", ""),
    ("给谁办选错了", "给谁办", ""),
    ("名字写错了", "名字", ""),
    ("说错名字了", "名字", ""),
    ("我想改一下日期", "日期", ""),
    ("能不能改手机号", "手机号", ""),
    ("把地址改一下", "地址", ""),
    ("换个手机号", "手机号", ""),
    ("身份证号有问题", "身份证号", ""),
    ("重新填身份证号", "身份证号", ""),
    ("手机号应该是13900139000", "手机号", "13900139000"),
    ("我想把给谁办改成父母", "给谁办", "父母"),
    ("给谁办改成子女", "给谁办", "子女"),
    ("身份证号码输错了一位", "身份证号码", ""),
    ("身份证号最后一位错了", "身份证号", ""),
    ("我电话改了，现在是13900139000", "电话", "13900139000"),
    ("重新说手机号", "手机号", ""),
    ("号码不对，应该是13900139000", "号码", "13900139000"),
]
LAST = [
    "说错了",
    "错了错了",
    "刚才说错了",
    "填错了",
    "按错了",
    "重新填",
    "我说错了",
    "哎呀，我刚才按错了",
    "选错了",
    "弄错了",
    "不对不对，我说错了",
    "我要改一下",
    "刚才那个不对",
    "我刚刚填错啦",
    "你听错了",
    "重新输入",
    "我填的不对",
    "上一个错了",
    "我想修改一下",
    "搞错了搞错了",
    "刚才说的不算",
]
ITEM = [
    ("换一个事项", ""),
    ("换一件事", ""),
    ("不办这个了，我要办居住证", "居住证"),
    ("办错了，是低保", "低保"),
    ("办错了", ""),
    ("我要换个服务", ""),
    ("不对，我要办居住证", "居住证"),
    ("不办低保了，改办高龄补贴", "高龄补贴"),
    ("我不是办低保，是办居住证", "居住证"),
    ("换别的事办", ""),
    ("我想办别的", ""),
    ("选错事项了，我要办老年优待证", "老年优待证"),
    ("不是，我想办老年证", "老年证"),
    ("改办社保卡", "社保卡"),
    ("不办低保，办高龄补贴", "高龄补贴"),
    ("我搞错了，我要办的是高龄补贴", "高龄补贴"),
    ("我不想办这个了，我想申请低保", "低保"),
]
NONE = (
    "不对/对/不是/不是的/不是本人/是我的/三不管/我的证丢了要换一个/换社保卡/改名字/不对啊/不对不对/是/好/没有/13800138000/父母/我要办低保/错了/没错/不错/"
    "不是我/是不是要带身份证/不是要收钱吗/换身份证/我要换居住证/户口本上名字写错了/身份证上的生日错了怎么改/手机号是13800138000/取消/算了不办了/不办了/再说一遍/"
    "重说一遍/不知道/我重新办一个/我要重新申请低保/改天再说/换人/转人工/不对，转人工/不是，不办了/我不是本地人/没有别的了/不要/不用换/牛首镇/老换新/"
    "别的没有了/他不是我儿子/重病/改嫁/换药/不对，要带什么/我搬家了要改户口/我要改姓/是的没有错/他的腿断了，不是很方便/房子要重新盖/我不想说/重度残疾/"
    "不对，不是三/不对，有误/这个不对/我儿子说错了/他们把我名字写错了/材料交错了/你们钱发错了/我来改姓名/我要改密码/改天/手机换了/我换了手机/"
    "旧卡换成新卡/13800138000不对13900139000/二六一一不对二六一二/三口人/我妈是低保户不是五保户吗/"
    "不是很清楚/不是特别好/我要换成新卡/不是我说你/这个钱不对吧/补贴金额发错了吗"
)


@pytest.mark.parametrize(("text", "new", "old"), REPLACE)
def test_one_thing_is_said_to_stand_for_another(text: str, new: str, old: str) -> None:
    assert read_correction(text) == Correction("replace", new, old)


def test_what_is_replaced_may_be_named_too() -> None:
    assert read_correction("手机号不是138是139") == Correction("replace", "139", "138", "手机号")


@pytest.mark.parametrize(("text", "new"), VALUE)
def test_the_last_answer_is_said_anew(text: str, new: str) -> None:
    assert read_correction(text) == Correction("value", new)


@pytest.mark.parametrize(("text", "about", "new"), NAMED)
def test_an_answer_is_named_that_is_wrong(text: str, about: str, new: str) -> None:
    assert read_correction(text) == Correction("named", new, about=about)


@pytest.mark.parametrize("text", LAST)
def test_the_last_answer_is_said_to_be_wrong(text: str) -> None:
    assert read_correction(text) == Correction("last")


@pytest.mark.parametrize(("text", "new"), ITEM)
def test_another_service_is_wanted(text: str, new: str) -> None:
    assert (correction := read_correction(text)) is not None
    assert (correction.kind, correction.new) == ("item", new)


@pytest.mark.parametrize("text", NONE.split("/"))
def test_an_answer_a_no_a_question_or_a_wish_takes_nothing_back(text: str) -> None:
    assert read_correction(text) is None


LABELS = [
    "给谁办",
    "身份证号",
    "联系手机号",
    "住在哪个村",
    "家里几口人",
    "出生日期",
    "残疾类别",
    "教哪个学段",
    "已经花了多少钱",
    "票据或者证明的照片",
    "办件编号",
]


@pytest.mark.parametrize(
    ("about", "label"),
    [
        ("手机", "联系手机号"),
        ("电话", "联系手机号"),
        ("电话号码", "联系手机号"),
        ("手机号", "联系手机号"),
        ("身份证", "身份证号"),
        ("证件号码", "身份证号"),
        ("给谁", "给谁办"),
        ("办的人", "给谁办"),
        ("地址", "住在哪个村"),
        ("村", "住在哪个村"),
        ("社区", "住在哪个村"),
        ("人口", "家里几口人"),
        ("生日", "出生日期"),
        ("类别", "残疾类别"),
        ("学段", "教哪个学段"),
        ("金额", "已经花了多少钱"),
        ("照片", "票据或者证明的照片"),
        ("单号", "办件编号"),
    ],
)
def test_a_spoken_name_means_a_label(about: str, label: str) -> None:
    found = about_matches(about, LABELS)
    assert found
    assert LABELS[found[0]] == label


def test_a_number_without_its_kind_may_be_any_number() -> None:
    assert {LABELS[number] for number in about_matches("号码", LABELS)} == {"身份证号", "联系手机号", "办件编号"}


def test_of_two_labels_the_one_that_holds_the_word_goes_first() -> None:
    assert about_matches("镇", ["住在哪个村", "住在哪个镇"]) == [1, 0]


@pytest.mark.parametrize("about", ["", "，", "天气", "本人"])
def test_what_no_label_means_is_empty(about: str) -> None:
    assert about_matches(about, LABELS) == []


@given(st.text(max_size=300) | st.text(alphabet="不对是错了说我改成换手机号身份证一三办事，0 刚才重新", max_size=60))
@settings(deadline=None, max_examples=300)
def test_no_text_makes_the_reader_fail(text: str) -> None:
    read_correction(text)
    about_matches(text, LABELS)
