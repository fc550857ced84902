# The worker. The same image runs the twin and pvlctl: node lib/cli/main.js <command>.
FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
# The bundle of the workflows is made here, once: a worker that starts compiles nothing.
RUN node scripts/build.mjs \
  && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
  && node scripts/prune-native-cores.mjs

FROM node:20.20.2-bookworm-slim
# TLS to the cloud and to Temporal is checked against the authorities of the system, which the slim image lacks.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/lib lib
# V8 grows its heap by more than it needs while the limit is far away: see docs/scaling.md.
ENV NODE_ENV=production \
  NODE_OPTIONS=--max-old-space-size=512 \
  PVL_HEALTH_ADDRESS=127.0.0.1:8081 \
  PVL_METRICS_ADDRESS=0.0.0.0:9464
EXPOSE 9464
USER 1000:1000
# 503 once a worker has stopped or failed. Whether the Temporal server answers is no reason to restart a worker.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://' + process.env.PVL_HEALTH_ADDRESS + '/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Exec form: the worker is process 1, hears SIGTERM, and lets the calls in flight finish.
CMD ["node", "lib/worker.js"]
