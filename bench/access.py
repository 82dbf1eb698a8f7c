"""script/bench access: what the two locks cost on the queue page and on ingest, beside the same with both taken off.

All 399 municipalities and districts exist; one service follows up for 357 of them, and 500 agreements are in force.
"""

import argparse
import time

from bench.ingest import our_requests, reading
from bench.lab import MUNICIPALITY, Lab, Result, closed_loop, django_here, goal
from bench.queue import ROWS, make_tenant, poll, repeat, sign_in

AGREEMENTS = 500
REACHED = 357


def main() -> None:
    """Print both and the ratio of each pair."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=2000)
    parser.add_argument("--requests", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with Lab("access") as lab:
        lab.migrate()
        django_here(lab)
        make_tenant(options.patients)
        make_agreements()
        lab.as_superuser("VACUUM (ANALYZE)")
        ports = {
            "locked": lab.web(),
            "unlocked": lab.web("bench.unlocked", DATABASE_URL=lab.servers.postgres.url("postgres")),
        }
        tokens = some_tokens()
        cookies = dict.fromkeys(ports, sign_in())
        pages: dict[str, list[Result]] = {name: [] for name in ports}
        polls: dict[str, list[Result]] = {name: [] for name in ports}
        posts: dict[str, list[Result]] = {name: [] for name in ports}
        # Turn about, so that whatever else the machine does meets both.
        for _ in range(options.runs):
            for name, port in ports.items():
                pages[name].append(repeat(port, "/arbeidsko/", options.requests, {"Cookie": cookies[name]}))
                polls[name].append(poll(port, options.requests, cookies[name]))
                requests = our_requests(tokens, "/api/v1/readings/", reading)
                posts[name].append(closed_loop(port, requests, options.seconds))
        print(f"{ROWS} rows, {REACHED} municipalities reached, {AGREEMENTS} agreements, medians of {options.runs} runs")
        compare("queue page", {name: middle_p50(runs) for name, runs in pages.items()})
        compare("unchanged poll", {name: middle_p50(runs) for name, runs in polls.items()})
        compare("single reading", {name: 1000 / middle_rate(runs) for name, runs in posts.items()})


def make_agreements() -> None:
    """The service of the benchmark in 357 municipalities, and other services in some of them up to 500 in all."""
    from organisations.models import Agreement, FollowUpService, Municipality  # noqa: PLC0415 - needs Django
    from tests.factories.organisations import ALWAYS, make_agreement, make_service  # noqa: PLC0415

    service = FollowUpService.objects.get(name="bench")
    whole = Municipality.objects.exclude(pk=MUNICIPALITY).filter(district="")
    parties = list(whole.order_by("pk").values_list("pk", flat=True)[:REACHED])
    for party in parties:
        make_agreement(service, party)
    other = make_service(f"other-{int(time.time())}", owner=MUNICIPALITY)
    for party in parties[: AGREEMENTS - len(parties)]:
        make_agreement(other, party)
    assert Agreement.objects.in_force(ALWAYS).count() == AGREEMENTS


def some_tokens() -> list[str]:
    """The tablets of the benchmark's patients."""
    from bench.people import tokens_of  # noqa: PLC0415 - needs Django
    from dho.lib import rls  # noqa: PLC0415
    from patients.models import Patient  # noqa: PLC0415

    with rls.acting_for([MUNICIPALITY]):
        return tokens_of(list(Patient.objects.all()[:500]))


def middle_p50(runs: list[Result]) -> float:
    """The median run's median latency, in milliseconds."""
    return sorted(run.percentile(0.5) for run in runs)[len(runs) // 2]


def middle_rate(runs: list[Result]) -> float:
    """The median run's requests per second."""
    return sorted(run.per_second for run in runs)[len(runs) // 2]


def compare(what: str, milliseconds: dict[str, float]) -> None:
    """One line and its goal."""
    locked, unlocked = milliseconds["locked"], milliseconds["unlocked"]
    print(f"{what:16} with both locks {locked:7.2f} ms   without {unlocked:7.2f} ms")
    goal(f"{what}: with / without", locked / unlocked, 1.15, at_least=False)


if __name__ == "__main__":
    main()
