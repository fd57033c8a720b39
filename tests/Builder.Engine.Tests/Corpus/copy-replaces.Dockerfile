FROM corpus/base
COPY hello.txt /opt/base.txt
RUN rm -r /opt/old && ln -s /etc/passwd /opt/main.c && mkdir -p -m 711 /opt/sub/deep && chown -R 4:4 /opt/sub
COPY app /opt
