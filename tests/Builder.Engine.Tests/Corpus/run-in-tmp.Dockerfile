FROM corpus/base
RUN echo a > /tmp/a && mkdir -p /var/cache/x && echo b > /var/cache/x/b && echo r > /run/r
