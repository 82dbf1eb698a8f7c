"""script/bench fuzz: thousands of generated requests to every operation of the REST interface, good and broken."""

import argparse

from bench.lab import Lab, django_here


def main() -> None:
    """Print what was answered how often; ends with an error at the first request that breaks the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="per group: reading, writing")
    options = parser.parse_args()
    with Lab("fuzz") as lab:
        lab.migrate()
        django_here(lab)
        from bench.people import make_patients, make_service_with_nurse, tokens_of  # noqa: PLC0415 - needs Django
        from tests.measurements.fuzzing import hold  # noqa: PLC0415
        from tests.measurements.test_openapi import OAUTH, OPERATIONS  # noqa: PLC0415

        (token,) = tokens_of(make_patients(1, *make_service_with_nurse()))
        for group in ("get", "post"):
            operations = [path for path, method in OPERATIONS | OAUTH if method == group]
            total = 0
            for path in operations:
                examples = -(-options.cases // (2 * len(operations)))
                answered = hold(path, group, token=token, examples=examples)
                total += answered.total()
                print(f"{group.upper():5}{path:38}{dict(sorted(answered.items()))}", flush=True)
            print(f"{group.upper()}: {total} cases, no 5xx, nothing undocumented, nothing wrong accepted", flush=True)


if __name__ == "__main__":
    main()
