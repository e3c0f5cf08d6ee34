# Pipit in a container: `docker compose up` (docker-compose.yml) starts web, worker and database.

FROM node:24-slim AS dependencies
WORKDIR /pipit
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM node:24-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    DATA_DIR=/data \
    MALLOC_MMAP_THRESHOLD_=1048576 \
    UV_THREADPOOL_SIZE=16
RUN apt-get update && apt-get install --yes --no-install-recommends ffmpeg && rm -rf /var/lib/apt/lists/*
WORKDIR /pipit
COPY --from=dependencies /pipit/node_modules ./node_modules
COPY . .
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
# Whether the process lives: one that can't write at the moment still serves readers, and must not be ended for it.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
  CMD node -e "fetch('http://localhost:3000/livez').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"
CMD ["npm", "start"]
