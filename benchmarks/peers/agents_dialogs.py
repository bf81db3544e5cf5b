"""The three questions of `bench_engine.py` as a user of microsoft-agents-hosting-dialogs (MIT) writes them: waterfall, prompts, its recognisers.

Runs in the peer's own environment, which `bench_engine.py` makes, and imports nothing of ours:

    python agents_dialogs.py < ORDER.json > RESULT.json
"""

from __future__ import annotations

import asyncio
import json
import pickle
import re
import sys
import time
from typing import Any

from microsoft_agents.activity import Activity, ChannelAccount, ConversationAccount, ResourceResponse
from microsoft_agents.hosting.core import ChannelAdapter, ConversationState, MemoryStorage, MessageFactory, TurnContext
from microsoft_agents.hosting.dialogs import (
    ComponentDialog,
    ConfirmPrompt,
    Dialog,
    DialogExtensions,
    DialogSet,
    DialogTurnResult,
    DialogTurnStatus,
    PromptOptions,
    PromptValidatorContext,
    TextPrompt,
    WaterfallDialog,
    WaterfallStepContext,
)
from microsoft_agents.hosting.dialogs.choices import Choice, FoundChoice
from microsoft_agents.hosting.dialogs.prompts import ChoicePrompt

_MOBILE = re.compile(r"1[3-9][0-9]{9}")


class Questions:
    """Which service, ever had one, which mobile."""

    def __init__(self, words: dict[str, Any]) -> None:
        self._words = words
        self.parts: list[Dialog] = [
            WaterfallDialog("steps", [self.service, self.had, self.mobile, self.finish]),
            ChoicePrompt("service", default_locale="zh-cn"),
            ConfirmPrompt("had", default_locale="zh-cn"),
            TextPrompt("mobile", self._is_mobile),
        ]

    async def service(self, step: WaterfallStepContext) -> DialogTurnResult:
        options = self._options("service")
        options.choices = [Choice(value=service) for service in self._words["services"]]
        return await step.prompt("service", options)

    async def had(self, step: WaterfallStepContext) -> DialogTurnResult:
        found: FoundChoice = step.result
        step.values["service"] = found.value
        return await step.prompt("had", self._options("had"))

    async def mobile(self, step: WaterfallStepContext) -> DialogTurnResult:
        step.values["had"] = step.result
        return await step.prompt("mobile", self._options("mobile"))

    async def finish(self, step: WaterfallStepContext) -> DialogTurnResult:
        text = self._words["finish"].format(tail=step.result.strip()[-4:])
        await step.context.send_activity(MessageFactory.text(text))
        return await step.end_dialog()

    def _options(self, question: str) -> PromptOptions:
        return PromptOptions(
            prompt=MessageFactory.text(self._words["ask"][question]), retry_prompt=MessageFactory.text(self._words["retry"][question])
        )

    @staticmethod
    async def _is_mobile(prompt: PromptValidatorContext) -> bool:
        recognized = prompt.recognized
        return bool(recognized.succeeded and recognized.value and _MOBILE.fullmatch(recognized.value.strip()))


class Request(ComponentDialog):
    """The questions as one component, as its samples do it."""

    def __init__(self, questions: Questions) -> None:
        super().__init__("request")
        for part in questions.parts:
            self.add_dialog(part)
        self.initial_dialog_id = "steps"


class Collector(ChannelAdapter):
    """Keeps what would be sent to the resident."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    async def send_activities(self, context: TurnContext, activities: list[Activity]) -> list[ResourceResponse]:
        self.said += [activity.text for activity in activities if activity.type == "message" and activity.text]
        return [ResourceResponse(id="1") for _ in activities]

    async def update_activity(self, context: TurnContext, activity: Activity) -> ResourceResponse:
        raise NotImplementedError

    async def delete_activity(self, context: TurnContext, reference: Any) -> None:
        raise NotImplementedError


class Pickled(MemoryStorage):
    """Keeps bytes. Its own stores beyond one process write JSON, which this state cannot become (1.9.0: DialogState is no StoreItem)."""

    size = 0

    async def read(self, keys: list[str], *, target_cls: Any, **kwargs: Any) -> dict[str, Any]:
        return {key: target_cls.from_json_to_store_item(pickle.loads(self._memory[key])) for key in keys if key in self._memory}

    async def write(self, changes: dict[str, Any]) -> None:
        for key, item in changes.items():
            self._memory[key] = kept = pickle.dumps(item.store_item_to_json(), pickle.HIGHEST_PROTOCOL)
            self.size = len(kept)


async def run(order: dict[str, Any]) -> dict[str, Any]:
    storage = Pickled() if order["as_bytes"] else MemoryStorage()
    state = ConversationState(storage)
    stack = state.create_property("DialogState")
    component, dialogs = Request(Questions(order)), DialogSet(stack)
    for part in Questions(order).parts:
        dialogs.add(part)
    adapter = Collector()

    async def run_dialog(context: TurnContext) -> None:
        await state.load(context)
        await DialogExtensions.run_dialog(component, context, stack)
        await state.save(context)

    async def quick_start(context: TurnContext) -> None:
        await state.load(context)
        running = await dialogs.create_context(context)
        result = await running.continue_dialog()
        if result.status == DialogTurnStatus.Empty:
            await running.begin_dialog("steps")
        await state.save(context)

    turn = {"run_dialog": run_dialog, "quick_start": quick_start}[order["way"]]

    async def take(conversation: str, text: str) -> list[str]:
        kind = {"type": "message", "text": text} if text else {"type": "conversationUpdate"}
        activity = Activity(
            **kind,
            channel_id="test",
            locale="zh-cn",
            service_url="http://localhost",
            id="1",
            from_property=ChannelAccount(id=conversation),
            recipient=ChannelAccount(id="agent"),
            conversation=ConversationAccount(id=conversation),
        )
        adapter.said = []
        await adapter.run_pipeline(TurnContext(adapter, activity), turn)
        return adapter.said

    said, sizes = [], []
    for text in order["shown"]:
        said.append(await take("shown", text))
        sizes.append(storage.size if isinstance(storage, Pickled) else 0)
    for n, inputs in enumerate(order["warm"]):
        for text in inputs:
            await take(f"warm{n}", text)
    seconds: list[float] = []
    began = time.process_time()
    for n, inputs in enumerate(order["dialogs"]):
        for text in inputs:
            before = time.perf_counter()
            await take(f"resident{n}", text)
            seconds.append(time.perf_counter() - before)
    return {"seconds": seconds, "busy": time.process_time() - began, "said": said, "sizes": sizes if order["as_bytes"] else []}


if __name__ == "__main__":
    json.dump(asyncio.run(run(json.load(sys.stdin))), sys.stdout, ensure_ascii=False)
