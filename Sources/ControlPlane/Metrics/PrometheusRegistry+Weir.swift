extension PrometheusRegistry {
    /// The registry of this service, which knows what its metrics mean.
    package static func weir() -> PrometheusRegistry {
        PrometheusRegistry(help: [
            "weir_acquires_total": "Claims decided, by host, role and result.",
            "weir_acquires_refused_total": "Requests that could never be granted.",
            "weir_acquire_wait_seconds": "Time from asking to the start that was granted.",
            "weir_denials_total": "Limits that said no, by host, role and kind of limit.",
            "weir_shadow_denials_total": "Limits in shadow mode that would have said no, by host, role and kind.",
            "weir_pauses_total": "Times that a host was closed for a while, by reason.",
            "weir_limit_multiplier": "What the units of a key's windows are multiplied by, where it ever changed.",
            "weir_limiter_events_dropped_total": "Events of limits that a listener missed because it was too slow.",
            "weir_in_flight": "Leases held over all hosts.",
            "weir_waiting": "Callers that wait for their start.",
            "weir_limited_keys": "Hosts and roles that the limiter remembers.",
            "weir_limits_version": "Version of the limits in force.",
            "weir_limits_reloads_total": "Times that the limits document was read again, by result.",
            "weir_limits_reload_failed":
                "1 while the limits document cannot be accepted and an older table is in force.",
            "weir_jobs": "Jobs by state.",
            "weir_works_total": "Works finished, by what became of them.",
            "weir_artifacts_total": "Files stored.",
            "weir_artifact_bytes_total": "Bytes of files stored.",
            "weir_exchanges_total": "Fetches that ended, by host, role and what became of them.",
            "weir_exchange_bytes_total": "Bytes of body that fetches brought, from the cache or from upstreams.",
            "weir_exchange_seconds": "Time that fetches with an answer took, waiting and body included.",
            "weir_exchange_first_byte_seconds": "Time until the answer began.",
            "weir_cache_requests_total": "Fetches that came to the cache, by what it did with them.",
            "weir_cache_bytes": "Bytes of all bodies that the cache keeps.",
            "weir_cache_evictions_total": "Responses that were dropped to make room.",
            "weir_retries_total": "Attempts that repeated an earlier one.",
            "weir_resumptions_total": "Files that were gone on with after their connection broke.",
            "weir_breaker_opens_total": "Times that a host was left alone since it kept failing.",
            "weir_upstream_responses_total": "Attempts at upstreams, by host, role and class of answer.",
        ])
    }
}
