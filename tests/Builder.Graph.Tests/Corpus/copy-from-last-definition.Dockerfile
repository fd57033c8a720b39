FROM scratch AS a
COPY one /x
FROM scratch AS a
COPY two /x
FROM scratch
COPY --from=a /x /x
