FROM --platform=$BUILDPLATFORM base AS b
FROM base
COPY --from=b /x /x
