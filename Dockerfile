FROM swift:6.3-bookworm AS build
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends libsqlite3-dev libhiredis-dev libpq-dev zlib1g-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
COPY openapi openapi
RUN swift build -c release --static-swift-stdlib --product weir \
    && install -D "$(swift build -c release --static-swift-stdlib --show-bin-path)/weir" /out/weir \
    && strip /out/weir

FROM debian:bookworm-slim
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends ca-certificates libhiredis0.14 libpq5 libsqlite3-0 libstdc++6 zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin weir \
    && install -d -o weir -g weir /data
COPY --from=build /out/weir /usr/local/bin/weir
COPY config/ratelimits.yaml /etc/weir/ratelimits.yaml
USER weir
# Inside a container the loopback address reaches nobody; publish the port to the host's loopback.
ENV WEIR_HOST=0.0.0.0 WEIR_PORT=8080 WEIR_DATA=/data DOCSTOKG_RLIMITS_YAML=/etc/weir/ratelimits.yaml
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$WEIR_PORT && printf 'GET /readyz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && grep -q '200 OK' <&3"]
ENTRYPOINT ["weir"]
CMD ["serve"]
