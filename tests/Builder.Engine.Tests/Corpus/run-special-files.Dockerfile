FROM corpus/base
RUN mkfifo /pipe && mknod /null c 1 3 && mknod /block b 7 0
RUN ln -s /nowhere /dangling
