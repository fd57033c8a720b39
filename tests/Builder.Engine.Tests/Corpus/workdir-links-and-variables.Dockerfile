FROM corpus/base
ARG NAME=named
ENV DIR=/x
WORKDIR $DIR/${NAME}
WORKDIR /var/run/service
RUN pwd > /pwd && rmdir /run/service
RUN pwd > /made-again
RUN ln -s /to/nowhere /dangling
WORKDIR /dangling/below
