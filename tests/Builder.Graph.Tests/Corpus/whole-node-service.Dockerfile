FROM node:22 AS deps
WORKDIR /app
COPY package*.json ./
RUN npm ci --omit=dev

FROM node:22-slim
ENV NODE_ENV=production \
    PORT=3000
WORKDIR /app
COPY --link --from=deps /app/node_modules node_modules
COPY . .
USER node
EXPOSE $PORT
HEALTHCHECK --interval=30s CMD node health.js
CMD ["node", "server.js"]
