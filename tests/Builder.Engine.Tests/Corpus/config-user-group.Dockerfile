FROM corpus/base
USER 1000:50
WORKDIR /mine
RUN id -u > /tmp/u; id -g > /tmp/g
USER ann
RUN id -u > /tmp/u2; id -G > /tmp/g2
