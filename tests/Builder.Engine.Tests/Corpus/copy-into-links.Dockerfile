FROM corpus/base
RUN ln -s opt/base.txt /file-link && ln -s /missing/target /dangling && ln -s /opt /dir-link && ln -s ../../../../opt /escape
COPY hello.txt /bin/hello
COPY hello.txt /var/run/
COPY hello.txt /file-link
COPY world.txt /dangling
COPY conf /dir-link
COPY world.txt /escape/
COPY tree/ /
