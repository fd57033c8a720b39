FROM scratch
COPY --from=tool:1 /bin/x /x
