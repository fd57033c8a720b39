FROM corpus/base AS a
ONBUILD ARG V=1
ONBUILD RUN echo $V > /v
FROM a
RUN cat /v > /w
