ARG BASE=corpus/base
ARG G=global
FROM $BASE AS parent
RUN echo "[$G]" > /before
ARG G
ARG P=$G-parent
RUN echo $G $P > /in-parent
FROM parent
RUN echo $G $P > /in-child
FROM parent AS sibling
ARG MORE=1
FROM sibling
RUN echo $MORE $P > /in-grandchild
