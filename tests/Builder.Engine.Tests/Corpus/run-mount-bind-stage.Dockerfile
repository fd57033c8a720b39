FROM corpus/base AS s
RUN echo from-stage > /f
FROM corpus/base
RUN --mount=from=s,source=/f,target=/in cat /in > /out
RUN --mount=target=/ctx cat /ctx/hello.txt > /two
RUN --mount=target=/ctx,rw echo lost > /ctx/new
