"""For schemathesis: a request that fits its schema is refused with 422 only for what no schema can say."""

import schemathesis

# Problems that depend on the limits in force and on earlier requests.
STATEFUL = {"unknown_role", "weight_exceeds_limit", "idempotency_key_reused", "hosts_apart"}

# What else a schema cannot say, by the words of the message.
EXPLAINED = [
    # Rules over several values.
    "this host and role are claimed already",
    "must not be before year_start",
    "has the same interval as",
    "has an interval of more than 366 days",
    "min_multiplier",
    "is given more than once",
    "is not the host of the url",
    # Settings that the service was started without.
    "needs a mail address",
    "needs a key",
    "needs the setting webhook_key",
    "there is no limits document to read",
    # YAML that costs more than its length.
    "characters are not accepted by number",
]


@schemathesis.hook
def filter_case(context, case):
    """Hosts in other scripts are left out: which of them DNS can name is more than a pattern says."""
    parts = (case.path_parameters, case.query, case.body)
    hosts = [part.get("host") for part in parts if hasattr(part, "get")]
    return all(not isinstance(host, str) or host.isascii() for host in hosts)


@schemathesis.check
def refused_for_a_reason(ctx, response, case):
    if response.status_code != 422 or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    problem = response.json()
    if problem["type"].rsplit(":", 1)[-1] in STATEFUL:
        return
    unexplained = [
        error
        for error in problem.get("errors", [{"message": problem["detail"]}])
        if not any(words in error["message"] for words in EXPLAINED)
    ]
    assert not unexplained, f"refused although the schema allows it: {unexplained}"
