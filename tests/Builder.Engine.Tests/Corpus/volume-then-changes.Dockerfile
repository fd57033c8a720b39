# R9: volumes are ordinary directories while building
FROM corpus/base
VOLUME /data ["kept"]
RUN mkdir /data && echo written > /data/file
VOLUME ["/data", "/with space"]
COPY hello.txt /data/
RUN rm /data/file
ARG V=/third
VOLUME $V /fourth
