#: on=triggers
FROM corpus/triggers
RUN echo own >> /order
FROM corpus/base
COPY --from=0 /order /built/ /
