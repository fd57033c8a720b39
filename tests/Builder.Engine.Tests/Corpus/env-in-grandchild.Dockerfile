FROM corpus/base AS a
ENV X=a
FROM a AS b
ENV Y=$X-b
FROM b
RUN echo $X $Y > /xy
