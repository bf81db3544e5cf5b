"""A small engine for the television's tests: a real `Talk` with choices, numbers, a person, an end and a breakdown, and no records."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from dialogs.contract import (
    Address,
    Arrive,
    Card,
    Choice,
    Expectation,
    Incoming,
    Keys,
    Leave,
    Outcome,
    Pick,
    Prompt,
    Reply,
    Wants,
)

UNIVERSALS = (
    Choice("!back", "返回", "*"),
    Choice("!repeat", "重复"),
    Choice("!help", "帮助"),
    Choice("!cancel", "取消"),
    Choice("!menu", "主菜单"),
    Choice("!person", "人工", "0"),
    Choice("!end", "结束", "9"),
)
CASE, TAIL, ID = "2611230427", "8000", "11010519491231002X"
GUIDE = (
    "老年优待证：年满六十周岁的本市户籍老年人，或者在本市居住半年以上的外地老年人，都可以申请。",
    "要带的材料（样例）：\n一、本人身份证原件；\n二、户口簿或者居住证原件；\n三、近期一寸免冠彩色照片两张；\n四、填好的《老年人优待证申请表》一份，"
    "窗口有空白的表，工作人员可以帮您填。",
    "办理流程：先到社区便民服务站提交材料，社区看过以后报到街道，街道审核以后报到区里，区里审核通过就制证，证做好了会通知您来拿，也可以寄到家里。",
    "承诺时限：材料齐全的，自受理那天起七个工作日办结。\n收费标准：不收费。",
)
SIX = (
    Choice("YL-001", "老年优待证", hint="六十岁以上"),
    Choice("YL-002", "八十周岁以上老年人高龄补贴", hint="每月发放"),
    Choice("JS-001", "流动人口婚育证明"),
    Choice("JS-002", "独生子女父母光荣证", hint="补领也在这里"),
    Choice("JY-001", "教师资格证认定"),
    Choice("MZ-001", "困难残疾人生活补贴和重度残疾人护理补贴"),
)


def asked(question: str, text: str, *before: str, title: str = "一站通", **expect: object) -> Reply:
    """A reply that waits."""
    shape = Expectation(question, Wants.CHOICE, "choice", universals=UNIVERSALS)
    wait = replace(shape, **expect)  # type: ignore[arg-type]
    numbered = tuple(replace(choice, key=str(n)) for n, choice in enumerate(wait.choices, 1))
    return Reply(tuple(map(Prompt, (*before, text))), Outcome.WAIT, replace(wait, choices=numbered), title)


MENU = asked(
    "main.menu",
    "您要办什么事？",
    "您好，这里是襄阳一站通，可以查办件进度，也可以在这里申请办事。",
    choices=(
        Choice("status", "查进度", hint="看看办到哪一步了"),
        Choice("request", "办事", hint="申请一项服务"),
        Choice("guide", "看要带什么材料"),
    ),
)
NUMBER = asked(
    "status.number",
    "请输入办件编号，一共 10 位数字，在回执上。",
    title="查办件进度",
    wants=Wants.DIGITS,
    slot="case_number",
    least=10,
    most=10,
)
TAIL_ASKED = asked(
    "status.tail", "请输入申请时留的手机号的后四位。", title="查办件进度", wants=Wants.DIGITS, slot="digits", least=4, most=4, mask=True
)
ID_ASKED = asked(
    "request.id",
    "请输入老人的身份证号码，一共 18 位，最后一位是 X 的，请选 X。",
    title="老年优待证",
    wants=Wants.DIGITS,
    slot="id_number",
    least=18,
    most=18,
    mask=True,
    letter_x=True,
    universals=(Choice("!skip", "跳过"), *UNIVERSALS),
)
SERVICES = asked("request.item", "请问办哪一项？", title="申请办事", choices=SIX)
WISH = asked("request.wish", "您要办什么事？", wants=Wants.TEXT, slot="service_item", choices=SIX[:2])
FOUND = asked(
    "main.more",
    "还要办别的事吗？",
    "编号 261 123 0427：老年优待证，现在是“办理”。",
    title="查办件进度",
    choices=(Choice("status", "查进度"), Choice("finish", "没有了")),
)
READ_GUIDE = asked(
    "guide.read", "现在就申请吗？", *GUIDE, title="老年优待证", choices=(Choice("request", "现在申请"), Choice("no", "先不申请"))
)
BYE = Reply((Prompt("好的，祝您生活愉快，再见。"),), Outcome.END, title="再见")
PERSON = Reply((Prompt("好的，工作人员来帮您。"),), Outcome.HAND_OVER, title="人工服务", card=Card("1", "asked"))
DOWN = Reply((Prompt("对不起，系统现在有点忙，您的事还没有办。"),), Outcome.DOWN)

AFTER: dict[tuple[str, str], Reply] = {
    ("main.menu", "status"): NUMBER,
    ("main.menu", "request"): SERVICES,
    ("main.menu", "guide"): READ_GUIDE,
    ("main.more", "status"): NUMBER,
    ("main.more", "finish"): BYE,
    ("guide.read", "request"): ID_ASKED,
    ("guide.read", "no"): WISH,
    **{("request.item", choice.id): ID_ASKED for choice in SIX},
    **{("request.wish", choice.id): ID_ASKED for choice in SIX},
}


@dataclass
class SmallEngine:
    """`down`: every turn breaks down. `turns`: what was taken, without what came twice."""

    down: bool = False
    turns: list[Incoming] = field(default_factory=list)
    states: dict[Address, Reply] = field(default_factory=dict)
    answers: dict[str, Reply] = field(default_factory=dict)

    async def take(self, incoming: Incoming) -> Reply:
        if self.down:
            return DOWN
        if incoming.key in self.answers:
            return replace(self.answers[incoming.key], repeated=True)
        self.turns.append(incoming)
        now = self.states.get(incoming.address)
        reply = self._next(now, incoming)
        reply = replace(reply, revision=(now.revision if now else 0) + 1)
        self.answers[incoming.key] = reply
        self.states[incoming.address] = reply
        return reply

    async def current(self, address: Address) -> Reply | None:
        held = self.states.get(address)
        return None if held is None or held.outcome is Outcome.END else held

    def _next(self, now: Reply | None, incoming: Incoming) -> Reply:
        event = incoming.event
        if now is None or now.outcome is Outcome.END:
            return MENU
        if isinstance(event, Leave):
            return now
        if isinstance(event, Arrive):
            return MENU if now.outcome is Outcome.HAND_OVER else now
        question = now.expect.question if now.expect else ""
        if isinstance(event, Pick):
            universal = {"!menu": MENU, "!back": MENU, "!cancel": MENU, "!person": PERSON, "!end": BYE, "!skip": FOUND}.get(event.choice)
            return universal or AFTER.get((question, event.choice), now)
        if isinstance(event, Keys):
            if question == "status.number":
                again = replace(NUMBER, prompts=(Prompt("这个编号不对，请看着回执再输一次。"), *NUMBER.prompts))
                return TAIL_ASKED if event.keys == CASE else again
            return FOUND
        return now
