FROM scratch AS a
COPY x /x
FROM scratch
COPY --from=A /x /y
COPY --from=0 /x /z
