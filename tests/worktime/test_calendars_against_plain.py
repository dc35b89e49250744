"""Days of made-up calendars against walking, also where nothing is published: before and behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

import pytest
from tests.worktime.plain import in_season

from zhunru.worktime import Calendar, DayKind, DueDay, Notice, Season, calendar_of

ONE = timedelta(1)


@dataclass(frozen=True)
class Plain:
    """What a calendar is made from, and its answers found one day after the other."""

    first: date
    horizon: date
    holidays: tuple[date, ...]
    makeup: tuple[date, ...]
    gaps: tuple[tuple[date, date], ...]
    assumed: DayKind | None = None

    def covers(self, day: date) -> bool:
        told = self.first <= day <= self.horizon
        return told and not any(start <= day <= end for start, end in self.gaps)

    def kind(self, day: date) -> DayKind:
        if self.assumed is not None and not self.covers(day):
            return self.assumed
        if day in self.holidays:
            return DayKind.HOLIDAY
        works = day.isoweekday() <= 5 or day in self.makeup
        return DayKind.WORKDAY if works else DayKind.RESTDAY

    def told(self, day: date) -> DayKind | None:
        return self.kind(day) if self.covers(day) else None

    def works(self, day: date) -> bool:
        return self.kind(day) is DayKind.WORKDAY

    def ends(self, day: date) -> bool:
        return self.kind(day) is not DayKind.HOLIDAY


def walk(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += ONE


def reach(day: date, fits: Callable[[date], bool]) -> date:
    """Return the first day from `day` on that fits; what is assumed goes on for ever."""
    near = (day + timedelta(n) for n in range(400))
    return next(filter(fits, near), date.max)


def made(random: Random) -> tuple[Plain, Calendar]:
    """Return a calendar of some weeks."""
    first = date(2026, random.randint(1, 12), random.randint(1, 28))
    days = [first + timedelta(n) for n in range(random.randint(1, 60))]
    gaps = []
    for _ in range(random.choice((0, 0, 1, 2, 3))):
        start = random.choice(days)
        gaps.append((start, start + timedelta(random.randint(0, 9))))
    plain = Plain(
        first,
        days[-1],
        tuple(random.sample(days, len(days) // 5)),
        tuple(random.sample(days, len(days) // 8)),
        tuple(gaps),
    )
    found = Calendar(first, days[-1], plain.holidays, plain.makeup, unpublished=gaps)
    if random.random() < 0.5:
        kind = random.choice(list(DayKind))
        return replace(plain, assumed=kind), found.assuming(kind)
    return plain, found


@pytest.mark.parametrize("seed", range(4))
def test_what_a_calendar_says_of_days_is_what_walking_finds(seed: int) -> None:
    random = Random(seed)
    for _ in range(100):
        plain, calendar = made(random)
        around = list(walk(plain.first - 40 * ONE, plain.horizon + 40 * ONE))
        assert [calendar.kind(day) for day in around] == [plain.kind(day) for day in around]
        turning = [d for d in around[1:] if plain.told(d) is not plain.told(d - ONE)]
        assert list(calendar.turns) == turning
        for _ in range(12):
            one, other = random.choice(around), random.choice(around)
            early, late = sorted((one, other))
            covered = all(map(plain.covers, walk(early, late)))
            assert calendar.published(early, late) is covered
            shown = calendar.one_of_each(early, late)
            assert all(early <= day <= late for day in shown)
            kinds = [plain.told(day) for day in shown]
            assert len(set(kinds)) == len(kinds)
            assert set(kinds) == {plain.told(day) for day in walk(early, late)}
            number = sum(map(plain.works, walk(early + ONE, late)))
            assert calendar.rank(late) - calendar.rank(early) == number
            known = all(map(plain.covers, walk(early + ONE, late)))
            between = number if one == early else -number
            assert calendar.count_workdays(one, other) == (between if known else None)


@pytest.mark.parametrize("seed", range(4))
def test_terms_end_where_walking_ends(seed: int) -> None:
    random = Random(seed)
    for _ in range(150):
        plain, calendar = made(random)
        start = plain.first + timedelta(random.randint(-40, 90))
        number = random.randint(0, 30)
        natural = start + number * ONE
        if plain.assumed in (None, DayKind.WORKDAY):
            end, left = start, number
            while left:
                end += ONE
                left -= plain.works(end)
            counted = walk(start + ONE, end) if number else (start,)
            firm = all(map(plain.covers, counted))
            assert calendar.add_workdays(start, number) == DueDay(end, provisional=not firm)
            end = reach(natural, plain.works)
            firm = all(map(plain.covers, walk(natural, end)))
            assert calendar.add_days(start, number) == DueDay(end, provisional=not firm)
        assert calendar.roll(natural, weekends=False) == reach(natural, plain.ends)
        assert calendar.roll(natural) == reach(natural, plain.works)


@pytest.mark.parametrize("ends", [((3, 2), (6, 30)), ((11, 15), (2, 15)), ((7, 1), (7, 1))])
def test_a_season_holds_from_its_first_day_to_its_last(
    ends: tuple[tuple[int, int], tuple[int, int]],
) -> None:
    season, year = Season(*ends), list(walk(date(2026, 1, 1), date(2026, 12, 31)))
    assert [season.holds(day) for day in year] == [in_season(season, day) for day in year]


def a_run(random: Random, first: date, length: int) -> tuple[date, date]:
    start = first + timedelta(random.randrange(40))
    return start, start + timedelta(random.randrange(length))


def notices(random: Random, number: int) -> list[Notice]:
    found = []
    for _ in range(number):
        settles = a_run(random, date(2026, 4, 1), 25)
        rest = tuple(a_run(random, date(2026, 4, 1), 6) for _ in range(random.randint(0, 3)))
        worked = (day for start, end in rest for day in (start - ONE, end + ONE))
        off = {day for start, end in rest for day in walk(start, end)}
        work = tuple((day, day) for day in worked if day not in off)
        found.append(Notice(2026, "某发〔2026〕1号", rest, work, settles))
    return found


@pytest.mark.parametrize("seed", range(4))
def test_of_several_notices_the_last_that_speaks_of_a_day_decides(seed: int) -> None:
    random = Random(seed)
    for _ in range(60):
        national = notices(random, random.randint(1, 3))
        regional = None if random.random() < 0.4 else notices(random, random.randint(0, 3))
        calendar = calendar_of(national, regional)
        assert calendar.first == min(each.settles[0] for each in national)
        assert calendar.horizon == max(each.settles[1] for each in national)
        for day in walk(date(2026, 3, 25), date(2026, 6, 20)):
            kind = DayKind.WORKDAY if day.isoweekday() <= 5 else DayKind.RESTDAY
            for each in (*national, *(regional or ())):
                if any(start <= day <= end for start, end in each.rest):
                    kind = DayKind.HOLIDAY
                if (day, day) in each.work:
                    kind = DayKind.WORKDAY
            assert calendar.kind(day) is kind
            settled = calendar.first <= day <= calendar.horizon
            if regional is not None:
                runs = [each.settles for each in regional]
                settled = settled and any(start <= day <= end for start, end in runs)
            assert calendar.covers(day) is settled
