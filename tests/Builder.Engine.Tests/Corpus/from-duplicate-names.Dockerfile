FROM corpus/base AS a
RUN echo 1 > /n
FROM corpus/base AS a
RUN echo 2 > /n
FROM a
