ARG NODE=24.21.0

# On the machine that builds, whatever the image is for: what it makes is the same for every processor.
FROM --platform=$BUILDPLATFORM node:${NODE}-bookworm-slim AS build
WORKDIR /source
COPY . .
RUN deploy/build-root /keyferry

FROM node:${NODE}-bookworm-slim
COPY --from=build /keyferry /keyferry
# /data is all that is written; the rest of the file system may be read-only.
RUN install -d -o node -g node -m 0700 /data && ln -s /keyferry/node_modules/.bin/keyferry /usr/local/bin/keyferry
VOLUME /data
WORKDIR /keyferry/node_modules/keyferry-server
USER 1000:1000
# A key that the first start made would be lost with its container.
ENV NODE_ENV=production HOST=0.0.0.0 KEYFERRY_DATA_DIR=/data KEYFERRY_CREATE_ROOT_KEY=false
EXPOSE 4400
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.METRICS_PORT || process.env.PORT || 4400}/api/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Node itself is process 1, so SIGTERM reaches it: it stops in order.
ENTRYPOINT ["node", "--liftoff-only", "--max-semi-space-size=8", "--heap-growing-percent=50", "--no-incremental-marking-task"]
# API, console and worker in one. A fleet runs api.js and worker.js instead; the command line is keyferry.
CMD ["server.js"]
