# Three images from one file:
#   docker build --target source-flowcode -t source-flowcode .
#   docker build --target destination-iterable -t destination-iterable .
#   docker build --target flowcode-iterable -t flowcode-iterable .
ARG NODE_VERSION=26

FROM node:${NODE_VERSION}-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build

# What the images share. The platform wraps commands in a shell script, so /bin/sh has to stay.
FROM node:${NODE_VERSION}-slim AS connector
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn*
ENV NODE_ENV=production
WORKDIR /airbyte/integration_code
COPY package.json LICENSE ./
USER 1000:1000

FROM connector AS source-flowcode
COPY --from=build /build/dist/source-flowcode ./dist/source-flowcode
COPY --from=build /build/spec/source-flowcode.json ./spec/
ENV AIRBYTE_ENTRYPOINT="node /airbyte/integration_code/dist/source-flowcode/main.js"
ENTRYPOINT ["node", "/airbyte/integration_code/dist/source-flowcode/main.js"]
LABEL io.airbyte.name="flowcode-iterable/source-flowcode" \
      io.airbyte.version="0.1.0" \
      org.opencontainers.image.title="source-flowcode" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT"

FROM connector AS destination-iterable
COPY --from=build /build/dist/destination-iterable ./dist/destination-iterable
COPY --from=build /build/spec/destination-iterable.json ./spec/
ENV AIRBYTE_ENTRYPOINT="node /airbyte/integration_code/dist/destination-iterable/main.js"
ENTRYPOINT ["node", "/airbyte/integration_code/dist/destination-iterable/main.js"]
LABEL io.airbyte.name="flowcode-iterable/destination-iterable" \
      io.airbyte.version="0.1.0" \
      org.opencontainers.image.title="destination-iterable" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT"

# The runner with both connectors, for people without an orchestrator. The project lies in the volume.
FROM connector AS flowcode-iterable
COPY --from=build /build/dist/source-flowcode ./dist/source-flowcode
COPY --from=build /build/dist/destination-iterable ./dist/destination-iterable
COPY --from=build /build/dist/sync ./dist/sync
COPY --from=build /build/dist/console ./dist/console
COPY --from=build /build/spec ./spec
USER 0:0
RUN install --directory --owner=1000 --group=1000 /project
USER 1000:1000
WORKDIR /project
VOLUME /project
ENTRYPOINT ["node", "/airbyte/integration_code/dist/sync/main.js"]
LABEL org.opencontainers.image.title="flowcode-iterable" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT"
