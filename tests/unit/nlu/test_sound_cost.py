from nlu.sound_cost import Clash, Ears
from nlu.sounds import parse_sound

NAMES = {
    "services": [("A", "端午补贴"), ("B", "单午补贴"), ("B", "丹午补贴")],
    "places 樊城区/甲镇": [("花园村", "花园村")],
    "places 樊城区/乙镇": [("法园村", "法园村"), ("花园村", "花园村")],
}


def test_a_line_costs_the_names_that_only_it_makes_alike() -> None:
    ears = Ears(NAMES)
    assert ears.cost(parse_sound("whole duan=dan"), []) == (
        Clash("services", "丹午补贴", "端午补贴"),
        Clash("services", "单午补贴", "端午补贴"),
    )


def test_names_of_the_same_thing_and_places_of_different_towns_cost_nothing() -> None:
    ears = Ears(NAMES)
    assert ears.cost(parse_sound("whole hua=fa"), []) == (Clash("places", "法园村", "花园村"),), "only within a town"
    assert ears.clashes([]) == frozenset(), "单 and 丹 are names of one service"


def test_what_another_line_makes_alike_already_is_not_counted_again() -> None:
    ears = Ears(NAMES)
    assert ears.cost(parse_sound("ends uan=an"), [parse_sound("whole duan=dan")]) == ()
