#: on=triggers
#: arg=WHO=me
FROM corpus/triggers
RUN echo own >> /order; pwd >> /order
ONBUILD RUN echo not now
