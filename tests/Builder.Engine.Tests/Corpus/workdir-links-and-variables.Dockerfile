# W1: expanded; W2: links are followed and the config keeps the text; R6: a directory that was deleted is made again
FROM corpus/base
ARG NAME=named
ENV DIR=/x
WORKDIR $DIR/${NAME}
WORKDIR /var/run/service
RUN pwd > /pwd && rmdir /run/service
RUN pwd > /made-again
RUN ln -s /to/nowhere /dangling
WORKDIR /dangling/below
USER ann
WORKDIR /tmp/mine
RUN rmdir /tmp/mine
RUN pwd > /tmp/told
