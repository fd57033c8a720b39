FROM corpus/base
VOLUME /b /a
VOLUME ["/c d", "rel"]
COPY hello.txt /a/kept
