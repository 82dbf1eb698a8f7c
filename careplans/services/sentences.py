"""The scorer's objections to limits, as people read them."""

from careplans.scoring import RuleSet, problems


def sentences(ruleset: RuleSet) -> list[str]:
    """The scorer's objections to the limits, each with the name of what it is about."""
    subjects = {rule.id: rule.quantity or str(rule.kind) for rule in ruleset.rules}
    labels = {code: quantity.label for code, quantity in ruleset.quantities.items()}
    return [
        f"{labels.get(subjects[problem.rule_id], subjects[problem.rule_id])}: {problem.message_nb}"
        for problem in problems(ruleset)
    ]
