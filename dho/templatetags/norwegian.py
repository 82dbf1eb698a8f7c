"""Dates, clock times, numbers and durations as Norwegian screens write them; the rules are in `dho.lib.numbers`."""

import datetime as dt

from django import template

from dho.lib import numbers

register = template.Library()
register.filter("date_nb", numbers.date_nb)
register.filter("long_date_nb", numbers.long_date_nb)
register.filter("time_nb", numbers.time_nb)
register.filter("duration_nb", numbers.duration_nb)
register.filter("decimal_comma", numbers.decimal_comma)
register.filter("weekday_nb", numbers.weekday_nb)


@register.filter
def day_nb(value: dt.date) -> str:
    """22. november, where the year is plain."""
    return numbers.long_date_nb(value).rsplit(" ", 1)[0]


@register.filter
def time_seconds_nb(value: dt.datetime) -> str:
    """kl. 10.42.05, where the reader follows the clock."""
    return numbers.time_nb(value, seconds=True)
