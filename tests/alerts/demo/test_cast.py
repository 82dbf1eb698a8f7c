"""The patients of the demo."""

from alerts.demo.cast import Condition, Course, Story, cast_of
from alerts.demo.places import TOWNS


def test_it_begins_with_the_same_people_whatever_the_size():
    assert cast_of(80, seed=2026)[:12] == cast_of(12, seed=2026)


def test_it_has_no_two_of_the_same_name():
    people = cast_of(400, seed=2026)
    assert len({(person.given, person.family) for person in people}) == 400


def test_it_covers_every_town_condition_course_and_story():
    people = cast_of(80, seed=2026)
    assert {person.town for person in people} == set(TOWNS)
    assert {person.condition for person in people} == set(Condition)
    assert {person.course for person in people} == set(Course)
    assert {person.story for person in people} == set(Story)


def test_it_has_many_old_people():
    years = [person.birth_date.year for person in cast_of(80, seed=2026)]
    assert min(years) >= 1936
    assert sum(year < 1956 for year in years) > 40
