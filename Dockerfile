# The server of Centralita. The Debian packages of both stages are those of dev.d/packages.sh.

FROM debian:12-slim AS build
WORKDIR /src
COPY dev ./
COPY dev.d ./dev.d
# The list has a name of its own: should it fail, so does the step.
RUN packages="$(./dev packages build sandbox)" \
  && apt-get update \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages \
  && rm -rf /var/lib/apt/lists/*
COPY . .
RUN ./dev install /usr/local

FROM debian:12-slim
COPY dev /opt/packages/dev
COPY dev.d /opt/packages/dev.d
RUN packages="$(/opt/packages/dev packages image)" \
  && apt-get update \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages \
  && rm -rf /var/lib/apt/lists/* /opt/packages \
  && useradd --uid 10001 --no-create-home --home-dir /var/lib/centralita --shell /usr/sbin/nologin centralita \
  && install -d -m 700 -o centralita -g centralita /var/lib/centralita
COPY --from=build /usr/local /usr/local
RUN ldconfig
ENV CENTRALITA_HOST=0.0.0.0 \
  CENTRALITA_PORT=8000 \
  CENTRALITA_DATA=/var/lib/centralita \
  GST_PLUGIN_PATH_1_0=/usr/local/lib/gstreamer-1.0 \
  GST_REGISTRY_1_0=/var/lib/centralita/gst-registry.bin
USER centralita
WORKDIR /var/lib/centralita
VOLUME /var/lib/centralita
EXPOSE 8000
# bash is in the base image and can ask over TCP, so that no HTTP client is needed.
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$CENTRALITA_PORT && printf 'GET /health HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["centralita"]
CMD ["serve"]
