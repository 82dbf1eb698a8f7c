"""Opening hours: holidays, clock changes and deadlines that count open time only (R-095, S-02, AT-28)."""

import datetime as dt
import json
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from organisations.opening_hours import NeverOpens, OpeningHours

OSLO = ZoneInfo("Europe/Oslo")
DAY = (dt.time(8), dt.time(15, 30))
OFFICE = OpeningHours(dict.fromkeys(range(5), (DAY,)))
TUESDAYS = OpeningHours({1: ((dt.time(9), dt.time(11)), (dt.time(12), dt.time(14)))})
NIGHT = OpeningHours({weekday: ((dt.time(0), dt.time(7)), (dt.time(22), dt.time(0))) for weekday in range(7)})
ALWAYS = OpeningHours({weekday: ((dt.time(0), dt.time(0)),) for weekday in range(7)})
CHRISTMAS = OpeningHours(
    OFFICE.weekly,
    closures=frozenset({dt.date(2026, 12, 24), dt.date(2026, 12, 31)}),
    half_days={dt.date(2026, 12, 23): dt.time(12), dt.date(2027, 3, 24): dt.time(12)},
)
hours = dt.timedelta(hours=1)
minutes = dt.timedelta(minutes=1)


def oslo(year, month, day, hour=0, minute=0, fold=0):
    return dt.datetime(year, month, day, hour, minute, fold=fold, tzinfo=OSLO)


def test_a_reading_on_saturday_evening_waits_for_monday_morning():
    """AT-28: queued with the same text for nurse and patient; both clocks can be told."""
    arrived = oslo(2026, 11, 21, 22, 10)
    handled = oslo(2026, 11, 23, 8, 45)

    assert not OFFICE.is_open(arrived)
    assert OFFICE.describe(arrived) == "Stengt. Åpner mandag kl. 08.00"
    assert OFFICE.next_opening(arrived) == oslo(2026, 11, 23, 8)
    assert OFFICE.add_open_time(arrived, 30 * minutes) == oslo(2026, 11, 23, 8, 30)
    assert OFFICE.open_time_between(arrived, handled) == 45 * minutes
    assert handled - arrived == 34 * hours + 35 * minutes


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (oslo(2026, 11, 23, 7, 59), False),
        (oslo(2026, 11, 23, 8), True),
        (oslo(2026, 11, 23, 15, 29), True),
        (oslo(2026, 11, 23, 15, 30), False),
        (dt.datetime(2026, 11, 23, 7, 0, tzinfo=dt.UTC), True),
        (dt.datetime(2026, 7, 20, 6, 0, tzinfo=dt.UTC), True),
        (dt.datetime(2026, 7, 20, 13, 30, tzinfo=dt.UTC), False),
    ],
)
def test_it_opens_with_the_first_minute_and_closes_before_the_last(at, is_open):
    assert OFFICE.is_open(at) is is_open


@pytest.mark.parametrize(
    "holiday",
    [
        (2027, 1, 1),
        (2027, 3, 25),
        (2027, 3, 26),
        (2027, 3, 29),
        (2027, 5, 6),
        (2027, 5, 17),
        (2026, 12, 25),
        (2026, 5, 14),
        (2026, 5, 25),
        (2028, 5, 1),
        (2028, 6, 5),
    ],
)
def test_it_is_closed_on_every_public_holiday(holiday):
    noon = oslo(*holiday, 12)

    assert noon.weekday() < 5
    assert not OFFICE.is_open(noon)


def test_easter_2027_moves_a_deadline_over_the_whole_week():
    wednesday = oslo(2027, 3, 24, 15)

    assert OFFICE.next_opening(wednesday) == oslo(2027, 3, 30, 8)
    assert OFFICE.add_open_time(wednesday, 4 * hours) == oslo(2027, 3, 30, 11, 30)
    assert OFFICE.describe(oslo(2027, 3, 25, 10)) == "Stengt. Åpner tirsdag kl. 08.00"
    # The half day before Easter is the service's own data.
    assert CHRISTMAS.describe(oslo(2027, 3, 24, 10)) == "Åpent til kl. 12.00"
    assert CHRISTMAS.add_open_time(oslo(2027, 3, 24, 11), 4 * hours) == oslo(2027, 3, 30, 11)


def test_17_may_2027_falls_together_with_pentecost_monday():
    assert OFFICE.next_opening(oslo(2027, 5, 14, 15, 30)) == oslo(2027, 5, 18, 8)
    assert OFFICE.open_time_between(oslo(2027, 5, 14), oslo(2027, 5, 19)) == 15 * hours


def test_ascension_leaves_the_friday_open():
    assert OFFICE.add_open_time(oslo(2027, 5, 5, 15), 1 * hours) == oslo(2027, 5, 7, 8, 30)


def test_christmas_counts_the_services_own_closures_and_half_days():
    assert OFFICE.is_open(oslo(2026, 12, 24, 10))
    assert not CHRISTMAS.is_open(oslo(2026, 12, 24, 10))
    assert CHRISTMAS.is_open(oslo(2026, 12, 23, 11, 59))
    assert not CHRISTMAS.is_open(oslo(2026, 12, 23, 12))
    # 23 Dec until noon, 28-30 Dec whole, 31 Dec closed, 1 Jan holiday, then the weekend.
    assert CHRISTMAS.open_time_between(oslo(2026, 12, 23), oslo(2027, 1, 4)) == 4 * hours + 3 * 7.5 * hours
    assert CHRISTMAS.next_opening(oslo(2026, 12, 30, 16)) == oslo(2027, 1, 4, 8)
    assert CHRISTMAS.describe(oslo(2026, 12, 30, 16)) == "Stengt. Åpner mandag kl. 08.00"


def test_a_half_day_shortens_and_never_lengthens():
    split = OpeningHours(
        TUESDAYS.weekly, half_days={dt.date(2026, 11, 24): dt.time(12), dt.date(2026, 12, 1): dt.time(20)}
    )
    until_midnight = OpeningHours(ALWAYS.weekly, half_days={dt.date(2026, 11, 24): dt.time(12)})
    holiday = OpeningHours(OFFICE.weekly, half_days={dt.date(2026, 12, 25): dt.time(12)})

    assert split.open_time_between(oslo(2026, 11, 24), oslo(2026, 11, 25)) == 2 * hours
    assert split.open_time_between(oslo(2026, 12, 1), oslo(2026, 12, 2)) == 4 * hours
    assert until_midnight.open_time_between(oslo(2026, 11, 24), oslo(2026, 11, 25)) == 12 * hours
    assert not holiday.is_open(oslo(2026, 12, 25, 10))


def test_a_service_one_day_a_week_names_the_date_when_it_is_more_than_six_days_away():
    after_closing = oslo(2026, 11, 24, 14)

    assert TUESDAYS.describe(oslo(2026, 11, 24, 11, 30)) == "Stengt. Åpner i dag kl. 12.00"
    assert TUESDAYS.describe(oslo(2026, 11, 25, 8)) == "Stengt. Åpner tirsdag kl. 09.00"
    assert TUESDAYS.describe(after_closing) == "Stengt. Åpner tirsdag 1. desember 2026 kl. 09.00"
    # Five open hours from 24 November: two there left, three on the first of December.
    assert TUESDAYS.add_open_time(oslo(2026, 11, 24, 12), 5 * hours) == oslo(2026, 12, 1, 13)
    assert TUESDAYS.add_open_time(oslo(2026, 11, 24, 9), 400 * hours) == oslo(2028, 10, 17, 14)


def test_a_night_across_the_end_of_summer_time_is_an_hour_longer():
    evening, morning = oslo(2026, 10, 24, 22), oslo(2026, 10, 25, 7)

    assert NIGHT.open_time_between(evening, morning) == 10 * hours
    assert NIGHT.add_open_time(evening, 5 * hours).astimezone(dt.UTC) == dt.datetime(2026, 10, 25, 1, tzinfo=dt.UTC)
    assert NIGHT.add_open_time(evening + 1 * hours, 5 * hours) == oslo(2026, 10, 25, 3)
    assert NIGHT.add_open_time(evening, 10 * hours) == morning
    assert NIGHT.is_open(oslo(2026, 10, 25, 2, 30, fold=0))
    assert NIGHT.is_open(oslo(2026, 10, 25, 2, 30, fold=1))


def test_a_night_across_the_start_of_summer_time_is_an_hour_shorter():
    # Easter Sunday 2027 is the night of the clock change, and closed: 2026 shows the same change on an open Sunday.
    evening, morning = oslo(2026, 3, 28, 22), oslo(2026, 3, 29, 7)

    assert NIGHT.open_time_between(evening, morning) == 8 * hours
    assert NIGHT.add_open_time(evening, 4 * hours) == oslo(2026, 3, 29, 3)
    assert NIGHT.closing(evening) == morning
    assert not NIGHT.is_open(oslo(2027, 3, 28, 1))
    assert NIGHT.open_time_between(oslo(2027, 3, 27, 12), oslo(2027, 3, 30, 12)) == 9 * hours


def test_an_office_day_keeps_its_clock_on_both_sides_of_a_clock_change():
    assert OFFICE.add_open_time(oslo(2026, 10, 23, 15), 1 * hours) == oslo(2026, 10, 26, 8, 30)
    assert OFFICE.next_opening(oslo(2026, 10, 23, 16)).utcoffset() == 1 * hours
    assert OFFICE.next_opening(oslo(2027, 3, 24, 16)).utcoffset() == 2 * hours


def test_a_clock_time_that_occurs_twice_means_the_first_and_a_skipped_one_the_jump():
    early = OpeningHours({6: ((dt.time(0), dt.time(2, 30)), (dt.time(2, 30), dt.time(6)))})
    skipped = OpeningHours({6: ((dt.time(2, 15), dt.time(2, 45)), (dt.time(2, 50), dt.time(3, 30)))})

    assert early.open_time_between(oslo(2026, 10, 25), oslo(2026, 10, 26)) == 7 * hours
    assert early.open_time_between(oslo(2026, 10, 25), oslo(2026, 10, 25, 2, 30)) == 2.5 * hours
    assert skipped.open_time_between(oslo(2026, 3, 29), oslo(2026, 3, 30)) == 30 * minutes


def test_a_night_shift_is_one_opening_although_it_passes_midnight():
    assert NIGHT.describe(oslo(2026, 11, 23, 23)) == "Åpent til tirsdag kl. 07.00"
    assert NIGHT.describe(oslo(2026, 11, 23, 3)) == "Åpent til kl. 07.00"
    assert NIGHT.next_opening(oslo(2026, 11, 23, 23)) == oslo(2026, 11, 24, 22)
    assert NIGHT.next_opening(oslo(2026, 11, 23, 22)) == oslo(2026, 11, 24, 22)
    evening = OpeningHours({0: ((dt.time(16), dt.time(0)),)})
    assert evening.describe(oslo(2026, 11, 23, 18)) == "Åpent til kl. 24.00"


def test_a_service_that_never_closes_still_closes_on_public_holidays():
    assert ALWAYS.closing(oslo(2026, 11, 22, 3)) == oslo(2026, 12, 25)
    assert ALWAYS.describe(oslo(2026, 11, 22, 3)) == "Åpent til fredag 25. desember 2026 kl. 00.00"
    assert ALWAYS.next_opening(oslo(2026, 11, 22, 3)) == oslo(2026, 12, 27)


def test_deadlines_of_no_time_and_on_the_closing_minute():
    assert OFFICE.add_open_time(oslo(2026, 11, 23, 9), 0 * hours) == oslo(2026, 11, 23, 9)
    assert OFFICE.add_open_time(oslo(2026, 11, 21, 9), 0 * hours) == oslo(2026, 11, 23, 8)
    assert OFFICE.add_open_time(oslo(2026, 11, 23, 8), 7.5 * hours) == oslo(2026, 11, 23, 15, 30)
    assert OFFICE.open_time_between(oslo(2026, 11, 23, 12), oslo(2026, 11, 23, 9)) == 0 * hours


FIRST, LAST = oslo(2026, 1, 1).replace(tzinfo=None), oslo(2028, 12, 31).replace(tzinfo=None)
instants = st.datetimes(FIRST, LAST, timezones=st.sampled_from([dt.UTC, OSLO]))
services = st.sampled_from([OFFICE, TUESDAYS, NIGHT, ALWAYS, CHRISTMAS])


@given(services, instants, st.timedeltas(dt.timedelta(0), dt.timedelta(hours=60)))
@example(NIGHT, dt.datetime(2026, 10, 24, 23, 59, tzinfo=dt.UTC), dt.timedelta(hours=3))
@example(ALWAYS, dt.datetime(2027, 3, 27, 23, 59, tzinfo=dt.UTC), dt.timedelta(hours=3))
def test_the_open_time_until_a_deadline_is_the_time_that_was_given(service, start, open_time):
    assert service.open_time_between(start, service.add_open_time(start, open_time)) == open_time


@given(
    services,
    instants,
    st.timedeltas(dt.timedelta(0), dt.timedelta(hours=60)),
    st.timedeltas(dt.timedelta(0), 9 * hours),
)
def test_a_longer_time_never_gives_an_earlier_deadline(service, start, open_time, more):
    shorter, longer = service.add_open_time(start, open_time), service.add_open_time(start, open_time + more)
    # Two times of one zone are compared by the clock on the wall, which goes back an hour in October.
    assert shorter.astimezone(dt.UTC) <= longer.astimezone(dt.UTC)


@given(services, instants)
def test_the_next_opening_is_open_and_nothing_was_open_before_it(service, at):
    opening = service.next_opening(at)

    assert service.is_open(opening)
    assert not service.is_open(opening.astimezone(dt.UTC) - dt.timedelta(microseconds=1))
    assert service.is_open(at) or service.open_time_between(at, opening) == 0 * hours


@given(services)
def test_it_survives_being_stored(service):
    assert OpeningHours.from_json(json.loads(json.dumps(service.to_json()))) == service


def test_it_is_stored_in_a_form_a_person_can_read():
    assert CHRISTMAS.to_json() == {
        "weekly": {str(weekday): [["08:00", "15:30"]] for weekday in range(5)},
        "closures": ["2026-12-24", "2026-12-31"],
        "half_days": {"2026-12-23": "12:00", "2027-03-24": "12:00"},
    }


@pytest.mark.parametrize(
    "weekly",
    [
        {},
        {0: ()},
        {7: (DAY,)},
        {-1: (DAY,)},
        {0: ((dt.time(15), dt.time(8)),)},
        {0: ((dt.time(8), dt.time(8)),)},
        {0: (DAY, (dt.time(15), dt.time(16)))},
        {0: ((dt.time(12), dt.time(14)), DAY)},
        {0: ((dt.time(12), dt.time(0)), (dt.time(13), dt.time(14)))},
    ],
)
def test_it_refuses_hours_that_cannot_be(weekly):
    with pytest.raises(ValueError, match=r"weekday|Weekday"):
        OpeningHours(weekly)


@pytest.mark.parametrize(
    "data",
    [
        {},
        [],
        {"weekly": {}},
        {"weekly": []},
        {"weekly": {"0": [["08:00"]]}},
        {"weekly": {"0": [["8", "x"]]}},
        {"weekly": {"x": [["08:00", "09:00"]]}},
        {"weekly": {"0": [["08:00", "09:00"]]}, "closures": ["24.12."]},
        {"weekly": {"0": [["08:00", "09:00"]]}, "half_days": ["2026-12-24"]},
        {"weekly": {"0": [[8, 9]]}},
    ],
)
def test_it_refuses_data_that_is_no_opening_hours(data):
    with pytest.raises(ValueError, match=r".+"):
        OpeningHours.from_json(data)


def test_it_says_so_when_the_closures_never_end():
    shut = OpeningHours(
        OFFICE.weekly, closures=frozenset(dt.date(2026, 11, 23) + dt.timedelta(days=n) for n in range(500))
    )
    now = oslo(2026, 11, 23, 9)

    assert shut.describe(now) == "Stengt. Ny åpningstid er ikke satt"
    assert shut.open_time_between(now, now + dt.timedelta(days=450)) == 0 * hours
    with pytest.raises(NeverOpens):
        shut.next_opening(now)
    with pytest.raises(NeverOpens):
        shut.add_open_time(now, 1 * hours)


def test_it_wants_aware_instants_and_time_that_is_not_negative():
    with pytest.raises(ValueError, match="aware"):
        OFFICE.is_open(oslo(2026, 11, 23, 9).replace(tzinfo=None))
    with pytest.raises(ValueError, match="negative"):
        OFFICE.add_open_time(oslo(2026, 11, 23, 9), -1 * hours)
    with pytest.raises(ValueError, match="closed"):
        OFFICE.closing(oslo(2026, 11, 21, 9))
