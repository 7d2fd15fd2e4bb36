"""Drives a service with the client that openapi-python-client makes from its description: python3 drive.py URL."""

import importlib
import inspect
import pkgutil
import sys
import time

import attrs
import weir_client
from weir_client import Client, models
from weir_client.api.jobs import cancel_job, delete_job, get_job, list_jobs, list_works, submit_job
from weir_client.api.limits import get_limits, get_policy, list_limits_versions, patch_limits
from weir_client.api.tokens import acquire_tokens, check_tokens, release_tokens, renew_tokens
from weir_client.models import (
    AcquireRequest, AcquireResponse, CheckResponse, Claim, ExplainedPolicy, HostsPatch, Job, JobList, JobReport,
    JobRequest, JobState, Limits, LimitsPatch, LimitsVersionList, Outcome, PoliciesPatch, Policy, Problem, ProblemType,
    RateLimitProblem, RateLimitProblemType, ReleaseRequest, ReleaseResponse, ReleaseResponseState, RenewRequest,
    RenewResponse, Transition, WorkList,
)

# What is passed over in requests has no type of its own; nor have bytes that no schema describes.
UNTYPED_FIELDS = {"LimitsDocument.status", "LimitsPatch.status"}
UNTYPED_RESPONSES = {"delete_job"}


def every_module_imports():
    names = [module.name for module in pkgutil.walk_packages(weir_client.__path__, "weir_client.")]
    return {name: importlib.import_module(name) for name in names}


def everything_is_typed(modules):
    fields = {
        f"{name}.{field.name}"
        for name in models.__all__
        if attrs.has(model := getattr(models, name))
        for field in attrs.fields(model)
        if "Any" in str(field.type) and field.name != "additional_properties"
    }
    assert fields == UNTYPED_FIELDS, fields
    operations = {
        name.rpartition(".")[2]: module
        for name, module in modules.items()
        if name.startswith("weir_client.api.") and hasattr(module, "sync_detailed")
    }
    assert len(operations) > 40, operations.keys()
    for name, module in operations.items():
        signature = inspect.signature(module.sync_detailed)
        answers = str(signature.return_annotation)
        assert ("Any" in answers) == (name in UNTYPED_RESPONSES), f"{name}: {answers}"
        assert "Problem" in answers, f"{name}: {answers}"
        body = signature.parameters.get("body")
        assert body is None or "Any" not in str(body.annotation), f"{name}: {body}"
    answers = str(inspect.signature(acquire_tokens.sync_detailed).return_annotation)
    assert "RateLimitProblem" in answers, answers


def expect(kind, value):
    assert isinstance(value, kind), f"{kind.__name__} was expected, not {value}"
    return value


def drive_tokens(client):
    ask = AcquireRequest(host="api.example.org", role="metadata", client="generated")
    grant = expect(AcquireResponse, acquire_tokens.sync(client=client, body=ask, idempotency_key="generated-1"))
    again = expect(AcquireResponse, acquire_tokens.sync(client=client, body=ask, idempotency_key="generated-1"))
    assert grant.lease == again.lease and grant.claims[0].in_flight == 1
    renewed = expect(
        RenewResponse,
        renew_tokens.sync(client=client, body=RenewRequest(lease=grant.lease, lease_ttl_ms=600_000)))
    assert renewed.expires_at > grant.expires_at
    release = ReleaseRequest(lease=grant.lease, outcome=Outcome(status=200))
    released = expect(ReleaseResponse, release_tokens.sync(client=client, body=release))
    assert released.state == ReleaseResponseState.RELEASED
    gone = expect(Problem, renew_tokens.sync(client=client, body=RenewRequest(lease=grant.lease)))
    assert gone.status == 410 and gone.type_ == ProblemType.URNWEIRPROBLEMLEASE_RELEASED

    both = AcquireRequest(claims=[
        Claim(host="one.example.org", role="metadata", weight=10), Claim(host="two.example.org", role="metadata"),
    ], hold=False, max_wait_ms=0)
    expect(AcquireResponse, acquire_tokens.sync(client=client, body=both))
    denied = expect(RateLimitProblem, acquire_tokens.sync(client=client, body=both))
    assert denied.status == 429 and denied.type_ == RateLimitProblemType.URNWEIRPROBLEMRATE_LIMITED
    assert denied.retry_after_ms > 0 and denied.violated[0].limit == "10/SECOND"
    checked = expect(CheckResponse, check_tokens.sync(client=client, body=both))
    assert not checked.allowed and checked.retry_after_ms > 0
    refused = expect(Problem, acquire_tokens.sync(client=client, body=AcquireRequest(host="a", role="nonsense")))
    assert refused.status == 422 and refused.errors[0].path == "role"


def drive_limits(client):
    before = expect(Limits, get_limits.sync(client=client)).status.version
    policy = Policy(rates=["1/HOUR"])
    patch = LimitsPatch(hosts=host_patch("slow.example.org", policy))
    changed = expect(
        Limits, patch_limits.sync(client=client, body=patch, if_match=f'"{before}"', from_="generated@example.org"))
    assert changed.status.version == before + 1 and changed.status.by == "generated@example.org"
    stale = expect(Problem, patch_limits.sync(client=client, body=patch, if_match=f'"{before}"'))
    assert stale.status == 412
    explained = expect(ExplainedPolicy, get_policy.sync(client=client, host="slow.example.org", role="metadata"))
    assert explained.policy["rates"].value == ["1/HOUR"], explained
    ask = AcquireRequest(host="slow.example.org", role="metadata", hold=False, max_wait_ms=0)
    expect(AcquireResponse, acquire_tokens.sync(client=client, body=ask))
    expect(RateLimitProblem, acquire_tokens.sync(client=client, body=ask))
    expect(Limits, patch_limits.sync(client=client, body=LimitsPatch(hosts=host_patch("slow.example.org", None))))
    versions = expect(LimitsVersionList, list_limits_versions.sync(client=client))
    assert [change.after for change in versions.versions[1].changes] == [["1/HOUR"]], versions


def host_patch(host, policy):
    policies, hosts = PoliciesPatch(), HostsPatch()
    policies["metadata"] = policy
    hosts[host] = policies
    return hosts


def drive_jobs(client):
    request = JobRequest(topic="rivers", max_=3, list_only=True)
    job = expect(Job, submit_job.sync(client=client, body=request, idempotency_key="generated-job"))
    assert job.request.topic == "rivers" and job.request.list_only
    while (report := expect(JobReport, get_job.sync(job.id, client=client))).state in (
        JobState.QUEUED, JobState.RUNNING,
    ):
        time.sleep(0.05)
    assert report.state == JobState.SUCCEEDED and report.works.done == 3, report
    works = expect(WorkList, list_works.sync(job.id, client=client)).works
    assert len(works) == 3 and all(work.job_id == job.id for work in works)
    refused = expect(Problem, cancel_job.sync(job.id, client=client))
    assert refused.status == 409
    waiting = expect(Job, submit_job.sync(client=client, body=JobRequest(dois=["10.5555/1"])))
    expect(Transition | Problem, cancel_job.sync(waiting.id, client=client))
    assert {entry.id for entry in expect(JobList, list_jobs.sync(client=client)).jobs} == {job.id, waiting.id}
    assert delete_job.sync_detailed(job.id, client=client).status_code == 204
    assert expect(Problem, get_job.sync(job.id, client=client)).status == 404


modules = every_module_imports()
everything_is_typed(modules)
with Client(base_url=sys.argv[1]) as client:
    drive_tokens(client)
    drive_limits(client)
    drive_jobs(client)
