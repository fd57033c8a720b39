FROM scratch AS s
COPY a /a
FROM scratch
RUN --mount=target=/src --mount=type=bind,from=s,src=/a,dst=/b,rw x
