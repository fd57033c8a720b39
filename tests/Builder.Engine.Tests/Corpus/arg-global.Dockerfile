#: arg=G=given
ARG G=default
ARG BASE=corpus/base
FROM ${BASE} AS a
RUN echo "[$G]" > /not-declared
ARG G
RUN echo "[$G]" > /declared
