# syntax=docker/dockerfile:1
ARG GO=1.24
FROM --platform=$BUILDPLATFORM golang:${GO} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG VERSION=dev
RUN --mount=type=cache,target=/root/.cache \
    go build -ldflags "-X main.version=$VERSION" -o /out/app ./cmd/app

FROM scratch
COPY --from=build --chown=65532:65532 /out/app /app
USER 65532
EXPOSE 8080
ENTRYPOINT ["/app"]
